#include "ledger/collected.h"

#include "base/memory.h"
#include "base/money.h"
#include "base/zone.h"
#include "formats/archive.h"
#include "formats/lifecycle_write.h"
#include "ledger/customer.h"
#include "ledger/event.h"
#include "ledger/fact_store.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { LINES_MAX = 200000 };

/* Invoices in scope, the returns and transfers that go back to them, and what money came and went for each. */
#define DOCUMENTS "('ubl', 'cii', 'facturx', 'einvoices')"
static const char money_sql[] =
	"WITH RECURSIVE scope AS (SELECT i.id FROM item i WHERE i.tenant_id = $tenant AND i.company_id = $company AND i.kind = 'invoice' AND i.amount > 0"
	" AND i.withdrawn = 0 AND (CAST($all AS BIGINT) = 1 OR EXISTS (SELECT 1 FROM invoice_status s WHERE s.tenant_id = i.tenant_id AND s.company_id = i.company_id"
	" AND s.item_id = i.id AND s.present = 1)"
	" OR EXISTS (SELECT 1 FROM fact f JOIN import m ON m.tenant_id = f.tenant_id AND m.company_id = f.company_id AND m.id = f.import_id AND m.format IN " DOCUMENTS
	" WHERE f.tenant_id = i.tenant_id AND f.company_id = i.company_id AND f.customer_id = i.customer_id AND f.id = i.id)"
	" OR EXISTS (SELECT 1 FROM restatement r JOIN fact f ON f.tenant_id = r.tenant_id AND f.company_id = r.company_id AND f.id = r.fact_id AND f.customer_id = r.customer_id"
	" JOIN import m ON m.tenant_id = f.tenant_id AND m.company_id = f.company_id AND m.id = f.import_id AND m.format IN " DOCUMENTS
	" WHERE r.tenant_id = i.tenant_id AND r.company_id = i.company_id AND r.customer_id = i.customer_id AND r.item_id = i.id)"
	" OR EXISTS (SELECT 1 FROM collected_report c WHERE c.tenant_id = i.tenant_id AND c.company_id = i.company_id AND c.item_id = i.id))),"
	" chain(root, id) AS (SELECT id, id FROM scope UNION SELECT c.root, i.id FROM item i JOIN chain c ON i.origin_id = c.id AND i.origin_id > 0 WHERE i.tenant_id = $tenant"
	" AND i.company_id = $company AND i.kind IN ('unpaid_return', 'transfer') AND i.amount > 0)"
	" SELECT c.root, s.day, s.amount, k.number FROM chain c JOIN settlement s ON s.tenant_id = $tenant AND s.company_id = $company AND s.debit_id = c.id"
	" JOIN item k ON k.tenant_id = s.tenant_id AND k.company_id = s.company_id AND k.customer_id = s.customer_id AND k.id = s.credit_id AND k.kind = 'payment'"
	" WHERE NOT EXISTS (SELECT 1 FROM cash_fact f WHERE f.tenant_id = k.tenant_id AND f.company_id = k.company_id AND f.customer_id = k.customer_id AND f.id = k.id"
	" AND f.collected_day >= CAST($today AS BIGINT)) AND s.day <= CAST($today AS BIGINT)"
	" UNION ALL SELECT c.root, i.posting_day, -i.amount, i.number FROM chain c JOIN item i ON i.tenant_id = $tenant AND i.company_id = $company AND i.id = c.id"
	" WHERE i.kind = 'unpaid_return' AND i.id <> c.root AND i.posting_day <= CAST($today AS BIGINT)"
	" ORDER BY 1, 2, 4, 3";

struct movement {
	int64_t root, amount;
	int32_t day;
	const char *number;
};
struct told {
	int64_t item, amount;
};
struct work {
	struct db *db;
	const struct viewer *viewer;
	int64_t company;
	int32_t today;
	struct arena *arena;
	struct movement *movements;
	size_t movement_count, movement_cap;
	struct told *told;
	size_t told_count;
	struct collected_line *lines;
	size_t line_count, line_cap;
};

#define OF(w) db_int("tenant", (w)->viewer->tenant_id), db_int("company", (w)->company)

/* Most stores have no electronic invoice and no status of one: then no item needs to be looked at. */
static struct status any_scope(struct work *w, bool *any)
{
	static const char *const queries[] = {
		"SELECT COUNT(*) FROM (SELECT 1 FROM import WHERE tenant_id = $tenant AND company_id = $company AND format IN " DOCUMENTS " LIMIT 1) x",
		"SELECT COUNT(*) FROM (SELECT 1 FROM invoice_status WHERE tenant_id = $tenant AND company_id = $company AND present = 1 LIMIT 1) x",
		"SELECT COUNT(*) FROM (SELECT 1 FROM collected_report WHERE tenant_id = $tenant AND company_id = $company LIMIT 1) x",
	};
	for (size_t i = 0; i < COUNT(queries) && !*any; i++) {
		int64_t found = 0;
		TRY(db_get_int(w->db, queries[i], DB_ARGS(OF(w)), &found, NULL));
		*any = found > 0;
	}
	return STATUS_FINE;
}

static struct status read_movements(struct work *w, bool all)
{
	bool any = all;
	TRY(any_scope(w, &any));
	if (!any) return STATUS_FINE;
	cleanup_rows struct rows *rows = db_query(w->db, money_sql, DB_ARGS(OF(w), db_int("all", all), db_day("today", w->today)));
	while (rows_next(rows)) {
		GROW(w->movements, w->movement_count, w->movement_cap);
		w->movements[w->movement_count++] = (struct movement){ row_int(rows, 0), row_int(rows, 2), row_day(rows, 1), arena_strdup(w->arena, row_text(rows, 3)) };
	}
	return rows_status(rows);
}

static struct status read_told(struct work *w)
{
	int64_t most = 0;
	TRY(db_get_int(w->db, "SELECT count(DISTINCT item_id) FROM collected_report WHERE tenant_id = $tenant AND company_id = $company", DB_ARGS(OF(w)), &most, NULL));
	w->told = arena_array(w->arena, struct told, most + 1);
	cleanup_rows struct rows *rows = db_query(w->db,
		"SELECT item_id, CAST(sum(amount) AS BIGINT) FROM collected_report WHERE tenant_id = $tenant AND company_id = $company GROUP BY item_id ORDER BY item_id", DB_ARGS(OF(w)));
	while (rows_next(rows) && (int64_t)w->told_count < most) w->told[w->told_count++] = (struct told){ row_int(rows, 0), row_int(rows, 1) };
	return rows_status(rows);
}

static int compare_told(const void *a, const void *b)
{
	const struct told *x = a, *y = b;
	return (x->item > y->item) - (x->item < y->item);
}

static void add_line(struct work *w, int64_t item, int32_t day, int64_t amount, const char *payment)
{
	GROW(w->lines, w->line_count, w->line_cap);
	w->lines[w->line_count++] = (struct collected_line){ .item_id = item, .day = day, .amount = amount, .payment = payment };
}

/* Of one invoice: the latest payments make up what is not told yet; what is told beyond what is there is taken back. */
static void settle_one(struct work *w, const struct movement *movements, size_t count, int64_t item, int64_t told)
{
	int64_t received = 0;
	int32_t last = w->today;
	const char *number = "";
	for (size_t i = 0; i < count; i++) {
		received += movements[i].amount;
		if (movements[i].amount < 0) last = movements[i].day, number = movements[i].number;
	}
	if (received < 0) received = 0; /* came back before its time was over: it was never told */
	int64_t left = received - told;
	if (left < 0) add_line(w, item, last, left, number);
	size_t first = w->line_count;
	for (size_t i = count; i-- > 0 && left > 0;) {
		if (movements[i].amount <= 0) continue;
		int64_t part = movements[i].amount < left ? movements[i].amount : left;
		add_line(w, item, movements[i].day, part, movements[i].number);
		left -= part;
	}
	for (size_t i = first, j = w->line_count; j > i + 1; i++, j--) { /* oldest first */
		struct collected_line line = w->lines[i];
		w->lines[i] = w->lines[j - 1], w->lines[j - 1] = line;
	}
}

static struct status describe(struct work *w, struct collected_line *line)
{
	cleanup_rows struct rows *rows = db_query(w->db,
		"SELECT i.number, i.issue_day, i.currency, i.extra, i.customer_id, c.code, c.name, c.siren FROM item i JOIN customer c ON c.tenant_id = i.tenant_id"
		" AND c.company_id = i.company_id AND c.id = i.customer_id WHERE i.tenant_id = $tenant AND i.company_id = $company AND i.id = $item",
		DB_ARGS(OF(w), db_int("item", line->item_id)));
	line->number = line->currency = line->customer_code = line->customer_name = line->buyer_siren = line->vat_rate = "";
	if (rows_next(rows)) {
		line->number = arena_strdup(w->arena, row_text(rows, 0)), line->issue_day = row_day(rows, 1), line->currency = arena_strdup(w->arena, row_text(rows, 2));
		json_t *extra = json_loads(row_text(rows, 3), 0, NULL);
		const char *rate = json_string_value(json_object_get(extra, "vat_rate"));
		line->vat_rate = arena_strdup(w->arena, rate ? rate : "");
		json_decref(extra);
		line->customer_id = row_int(rows, 4), line->customer_code = arena_strdup(w->arena, row_text(rows, 5));
		line->customer_name = arena_strdup(w->arena, row_text(rows, 6)), line->buyer_siren = arena_strdup(w->arena, row_text(rows, 7));
	}
	return rows_status(rows);
}

static struct status gather(struct work *w)
{
	const struct settings *settings;
	TRY(settings_load(w->db, w->viewer->tenant_id, w->company, w->arena, &settings));
	TRY(read_movements(w, setting_bool(settings, "collected.all")));
	TRY(read_told(w));
	size_t at = 0, t = 0;
	while (at < w->movement_count || t < w->told_count) {
		int64_t item = at < w->movement_count ? w->movements[at].root : INT64_MAX;
		if (t < w->told_count && w->told[t].item < item) item = w->told[t].item;
		size_t end = at;
		while (end < w->movement_count && w->movements[end].root == item) end++;
		const struct told *told = bsearch(&(struct told){ .item = item }, w->told, w->told_count, sizeof *w->told, compare_told);
		settle_one(w, w->movements + at, end - at, item, told ? told->amount : 0);
		if (w->line_count > LINES_MAX) return status_make(STATUS_INVALID, "More than %d payments are to be told at once.", LINES_MAX);
		at = end;
		while (t < w->told_count && w->told[t].item <= item) t++;
	}
	for (size_t i = 0; i < w->line_count; i++) TRY(describe(w, &w->lines[i]));
	return STATUS_FINE;
}

struct status collected_due(struct db *db, const struct viewer *viewer, int64_t company_id, int32_t today, struct arena *arena, struct collected_line **out,
                            size_t *count)
{
	struct work work = { .db = db, .viewer = viewer, .company = company_id, .today = today, .arena = arena };
	*out = NULL, *count = 0;
	if (!viewer_may(viewer, RIGHT_EXPORT) || !viewer_sees_company(viewer, company_id)) return status_make(STATUS_FORBIDDEN, "You may not export lists of this company.");
	struct status status = gather(&work);
	*out = arena_array(arena, struct collected_line, work.line_count + 1);
	if (work.line_count) memcpy(*out, work.lines, work.line_count * sizeof **out);
	*count = work.line_count;
	free(work.lines), free(work.movements);
	return status;
}

struct status collected_write(struct change *change, struct arena *arena, int64_t *batch)
{
	struct collected_line *lines;
	size_t count;
	int64_t first, sum = 0;
	TRY(change_allows(change, RIGHT_CASH));
	TRY(collected_due(change->db, change->viewer, change->company.id, change->today, arena, &lines, &count));
	if (!count) return status_make(STATUS_CONFLICT, "Nothing new was collected since the last file.");
	TRY(id_take(change->db, change->company.tenant_id, change->company.id, "collected_batch", 1, batch));
	TRY(id_take(change->db, change->company.tenant_id, change->company.id, "collected_report", (int64_t)count, &first));
	for (size_t i = 0; i < count; i++) {
		const struct collected_line *line = &lines[i];
		TRY(db_run(change->db,
		           "INSERT INTO collected_report (tenant_id, company_id, id, batch_id, at, by_user, customer_id, item_id, number, issue_day, day, amount, currency, payment)"
		           " VALUES ($tenant, $company, $id, $batch, $at, $by, $customer, $item, $number, $issue, $day, $amount, $currency, $payment)",
		           DB_ARGS(db_int("tenant", change->company.tenant_id), db_int("company", change->company.id), db_int("id", first + (int64_t)i), db_int("batch", *batch),
		                   db_int("at", change->now), db_int("by", change->viewer->user_id), db_int("customer", line->customer_id), db_int("item", line->item_id),
		                   db_text("number", line->number), db_day("issue", line->issue_day), db_day("day", line->day), db_int("amount", line->amount),
		                   db_text("currency", line->currency), db_text("payment", line->payment))));
		if (strcmp(line->currency, change->company.currency) == 0) sum += line->amount;
	}
	return event_add_json(change, (struct event_new){ .kind = "collected.written", .ref = *batch },
	                      json_pack("{s:I, s:I, s:s}", "lines", (json_int_t)count, "amount", (json_int_t)sum, "currency", change->company.currency));
}

/* --- files ------------------------------------------------------------------------------------------------------------------------------ */
struct status collected_batches(struct db *db, const struct viewer *viewer, int64_t company_id, size_t limit, struct arena *arena, struct collected_batch **out,
                                size_t *count)
{
	*out = arena_array(arena, struct collected_batch, limit + 1), *count = 0;
	if (!viewer_may(viewer, RIGHT_EXPORT) || !viewer_sees_company(viewer, company_id)) return status_make(STATUS_FORBIDDEN, "You may not export lists of this company.");
	cleanup_rows struct rows *rows = db_query(db,
		"SELECT r.batch_id, max(r.at), max(r.by_user), count(*), CAST(COALESCE(sum(CASE WHEN r.currency = c.currency THEN r.amount ELSE 0 END), 0) AS BIGINT)"
		" FROM collected_report r JOIN company c ON c.tenant_id = r.tenant_id AND c.id = r.company_id WHERE r.tenant_id = $tenant AND r.company_id = $company"
		" GROUP BY r.batch_id ORDER BY r.batch_id DESC LIMIT $limit",
		DB_ARGS(db_int("tenant", viewer->tenant_id), db_int("company", company_id), db_int("limit", (int64_t)limit)));
	while (rows_next(rows) && *count < limit)
		(*out)[(*count)++] = (struct collected_batch){ row_int(rows, 0), row_int(rows, 1), row_int(rows, 2), row_int(rows, 3), row_int(rows, 4) };
	return rows_status(rows);
}

static void csv_cell(struct text *out, const char *value, bool last)
{
	bool formula = *value && strchr("=+-@\t", *value) != NULL;
	text_add(out, "\"");
	if (formula) text_add(out, "'");
	for (; *value; value++) text_add(out, *value == '"' ? "\"\"" : (char[]){ *value, 0 });
	text_add(out, last ? "\"\r\n" : "\";");
}

static void csv_amount(struct text *out, int64_t minor, const char *currency)
{
	int decimals = currency_decimals(currency);
	int64_t unit = 1;
	for (int i = 0; i < decimals; i++) unit *= 10;
	text_addf(out, "%s%lld", minor < 0 ? "-" : "", (long long)(llabs(minor) / unit));
	if (decimals) text_addf(out, ",%0*lld", decimals, (long long)(llabs(minor) % unit));
	text_add(out, ";");
}

static struct status read_batch(struct work *w, int64_t batch, int64_t *at, int64_t *first)
{
	cleanup_rows struct rows *rows = db_query(w->db,
		"SELECT item_id, day, amount, payment, at, id, number, issue_day, currency FROM collected_report WHERE tenant_id = $tenant AND company_id = $company"
		" AND batch_id = $batch ORDER BY id", DB_ARGS(OF(w), db_int("batch", batch)));
	while (rows_next(rows)) {
		add_line(w, row_int(rows, 0), row_day(rows, 1), row_int(rows, 2), arena_strdup(w->arena, row_text(rows, 3)));
		if (w->line_count == 1) *at = row_int(rows, 4), *first = row_int(rows, 5);
		struct collected_line *line = &w->lines[w->line_count - 1];
		line->number = arena_strdup(w->arena, row_text(rows, 6)), line->issue_day = row_day(rows, 7), line->currency = arena_strdup(w->arena, row_text(rows, 8));
	}
	return rows_status(rows);
}

static struct status write_file(struct work *w, const struct company *company, int64_t at, int64_t first, enum collected_format format, struct text *out)
{
	struct archive_part *parts = xcalloc(w->line_count + 1, sizeof *parts);
	struct text *texts = xcalloc(w->line_count + 1, sizeof *texts);
	struct status status = STATUS_FINE;
	int32_t written = w->today;
	int minutes = 0;
	zone_civil(company->zone, at, &written, &minutes);
	if (format == COLLECTED_CSV)
		text_add(out, "\xEF\xBB\xBFNum\xC3\xA9ro de facture;Date de facture;SIREN du vendeur;SIREN de l'acheteur;Code statut;Statut;Date d'encaissement;Montant encaiss\xC3\xA9 TTC;Devise;Taux de TVA;R\xC3\xA9" "f\xC3\xA9rence du paiement\r\n");
	for (size_t i = 0; i < w->line_count && !status.code; i++) {
		struct collected_line *line = &w->lines[i], now = *line;
		status = describe(w, &now); /* the buyer as he is known now; number, day and currency as they were told */
		if (status.code) break;
		char issued[11], day[11];
		day_format(line->issue_day, issued), day_format(line->day, day);
		if (format == COLLECTED_CDAR) {
			lifecycle_write_collected(&(struct lifecycle_collected){ .message = arena_printf(w->arena, "%s-COL-%lld", company->code, (long long)(first + (int64_t)i)),
				.number = line->number, .seller_siren = company->siren, .buyer_siren = now.buyer_siren, .vat_rate = now.vat_rate, .issue_day = line->issue_day,
				.day = line->day, .written_day = written, .written_minutes = minutes, .amount = line->amount, .currency = line->currency }, &texts[i]);
			parts[i] = (struct archive_part){ arena_printf(w->arena, "encaissee-%lld.xml", (long long)(first + (int64_t)i)), texts[i].bytes, texts[i].len };
			continue;
		}
		csv_cell(out, line->number, false);
		text_addf(out, "%s;%s;%s;212;Encaiss\xC3\xA9" "e;%s;", issued, company->siren, now.buyer_siren, day);
		csv_amount(out, line->amount, line->currency);
		text_addf(out, "%s;%s;", line->currency, now.vat_rate);
		csv_cell(out, line->payment, true);
	}
	if (!status.code && format == COLLECTED_CDAR) status = archive_pack(parts, w->line_count, out);
	for (size_t i = 0; i < w->line_count; i++) text_free(&texts[i]);
	free(parts), free(texts);
	return status;
}

struct status collected_file(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t batch, enum collected_format format, struct text *out)
{
	cleanup_arena struct arena *arena = arena_new();
	struct work work = { .db = db, .viewer = viewer, .company = company_id, .arena = arena, .today = 0 };
	struct company company;
	int64_t at = 0, first = 0;
	if (!viewer_may(viewer, RIGHT_EXPORT)) return status_make(STATUS_FORBIDDEN, "You may not export lists of this company.");
	TRY(company_get(db, viewer, company_id, &company));
	struct status status = read_batch(&work, batch, &at, &first);
	if (!status.code && !work.line_count) status = status_make(STATUS_NOT_FOUND, "There is no such file.");
	if (!status.code) status = write_file(&work, &company, at, first, format, out);
	free(work.lines);
	return status;
}
