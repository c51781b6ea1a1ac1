#include "ledger/invoice_status.h"

#include "base/memory.h"
#include "ledger/customer.h"
#include "ledger/dispute.h"
#include "ledger/event.h"
#include "ledger/hold.h"
#include "ledger/item.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum { ITEM_CANDIDATES = 50 };

#define OF_COMPANY(tenant, company) db_int("tenant", tenant), db_int("company", company)
#define OF_CHANGE(change) OF_COMPANY((change)->company.tenant_id, (change)->company.id)

/* --- which invoice ---------------------------------------------------------------------------------------------------------------------- */
/* "FA-2025/001" and "fa2025001" are one number. */
static bool same_number(const char *a, const char *b)
{
	bool any = false;
	while (true) {
		while (*a && !isalnum((unsigned char)*a) && (unsigned char)*a < 0x80) a++;
		while (*b && !isalnum((unsigned char)*b) && (unsigned char)*b < 0x80) b++;
		if (!*a || !*b) return *a == *b && any;
		if (toupper((unsigned char)*a) != toupper((unsigned char)*b)) return false;
		any = true, a++, b++;
	}
}

struct choosing {
	int64_t item, customer;
	int rank; /* of the best so far; higher is better */
	bool several;
};

/* An item that the status may speak of: its customer does not bear another SIREN; the same days, a debit, and open go first. */
static void consider(struct choosing *c, const struct lifecycle_status *row, int64_t item, int64_t customer, const char *siren, int32_t issue_day, int64_t amount, int64_t open)
{
	bool named = *row->buyer_siren && *siren;
	if (named && strncmp(siren, row->buyer_siren, 9) != 0) return;
	int rank = named ? 100 : 0;
	if (row->issue_day != DAY_NONE && abs(issue_day - row->issue_day) <= 5) rank += 20;
	rank += (amount > 0) * 4 + (open > 0) * 2;
	if (!c->item || rank > c->rank) *c = (struct choosing){ item, customer, rank, false };
	else if (rank == c->rank && customer != c->customer) c->several = true;
}

struct status invoice_status_find(struct db *db, int64_t tenant, int64_t company, const struct lifecycle_status *row, int64_t *item_id, int64_t *customer_id,
                                  bool *several)
{
	struct choosing choosing = { 0 };
	*item_id = *customer_id = 0, *several = false;
	{
		cleanup_rows struct rows *rows = db_query(db,
			"SELECT i.id, i.customer_id, c.siren, i.issue_day, i.amount, i.open_amount FROM item i JOIN customer c ON c.tenant_id = i.tenant_id"
			" AND c.company_id = i.company_id AND c.id = i.customer_id WHERE i.tenant_id = $tenant AND i.company_id = $company AND i.number = $number"
			" AND i.withdrawn = 0 AND i.kind <> 'payment' ORDER BY i.id",
			DB_ARGS(OF_COMPANY(tenant, company), db_text("number", row->number)));
		while (rows_next(rows)) consider(&choosing, row, row_int(rows, 0), row_int(rows, 1), row_text(rows, 2), row_day(rows, 3), row_int(rows, 4), row_int(rows, 5));
		TRY(rows_status(rows));
	}
	if (!choosing.item && *row->buyer_siren) { /* written another way: among the buyer's own items only */
		cleanup_rows struct rows *rows = db_query(db,
			"SELECT i.id, i.customer_id, c.siren, i.issue_day, i.amount, i.open_amount, i.number FROM customer c JOIN item i ON i.tenant_id = c.tenant_id"
			" AND i.company_id = c.company_id AND i.customer_id = c.id WHERE c.tenant_id = $tenant AND c.company_id = $company AND c.siren = $siren"
			" AND i.withdrawn = 0 AND i.kind <> 'payment' ORDER BY i.id",
			DB_ARGS(OF_COMPANY(tenant, company), db_text("siren", row->buyer_siren)));
		while (rows_next(rows))
			if (same_number(row->number, row_text(rows, 6)))
				consider(&choosing, row, row_int(rows, 0), row_int(rows, 1), row_text(rows, 2), row_day(rows, 3), row_int(rows, 4), row_int(rows, 5));
		TRY(rows_status(rows));
	}
	*several = choosing.several;
	if (!choosing.several) *item_id = choosing.item, *customer_id = choosing.customer;
	return STATUS_FINE;
}

/* --- which are new ------------------------------------------------------------------------------------------------------------------------ */
static bool same_in_file(const struct lifecycle_status *a, const struct lifecycle_status *b)
{
	return a->code == b->code && a->day == b->day && a->minutes == b->minutes && strcmp(a->number, b->number) == 0 && strcmp(a->said, b->said) == 0
	       && strcmp(a->buyer_siren, b->buyer_siren) == 0 && strcmp(a->reason_code, b->reason_code) == 0 && a->contested == b->contested;
}

static int by_number(const void *a, const void *b)
{
	const struct lifecycle_status *x = *(const struct lifecycle_status *const *)a, *y = *(const struct lifecycle_status *const *)b;
	int order = strcmp(x->number, y->number);
	if (order) return order;
	if (x->day != y->day) return x->day < y->day ? -1 : 1;
	return (x->line > y->line) - (x->line < y->line);
}

/* The same status is the same invoice, buyer, code and day; the minute where both say one. */
static struct status known_id(struct db *db, int64_t tenant, int64_t company, const struct lifecycle_status *row, int64_t *id)
{
	*id = 0;
	cleanup_rows struct rows *rows = db_query(db,
		"SELECT id, day, minutes FROM invoice_status WHERE tenant_id = $tenant AND company_id = $company AND number = $number AND code = $code"
		" AND said = $said AND buyer_siren = $siren AND reason_code = $reason AND contested = $contested ORDER BY id",
		DB_ARGS(OF_COMPANY(tenant, company), db_text("number", row->number), db_text("code", lifecycle_name(row->code)), db_text("said", row->said),
		        db_text("siren", row->buyer_siren), db_text("reason", row->reason_code), db_int("contested", row->contested)));
	while (rows_next(rows)) {
		bool day = row->day == DAY_NONE || row_day(rows, 1) == row->day;
		bool minute = row->minutes < 0 || row_int(rows, 2) < 0 || row_int(rows, 2) == row->minutes;
		if (day && minute && !*id) *id = row_int(rows, 0);
	}
	return rows_status(rows);
}

struct status invoice_status_compare(struct db *db, int64_t tenant, int64_t company, const struct lifecycle_status *const *rows, size_t count, struct arena *arena,
                                     struct invoice_status_plan *out)
{
	*out = (struct invoice_status_plan){ .rows = arena_array(arena, const struct lifecycle_status *, count + 1), .known = arena_array(arena, int64_t, count + 1) };
	const struct lifecycle_status **sorted = arena_array(arena, const struct lifecycle_status *, count + 1);
	for (size_t i = 0; i < count; i++) sorted[i] = rows[i];
	qsort(sorted, count, sizeof *sorted, by_number);
	for (size_t i = 0; i < count; i++) {
		bool twice = false;
		for (size_t j = i; j > 0 && !twice && strcmp(sorted[j - 1]->number, sorted[i]->number) == 0; j--) twice = same_in_file(sorted[j - 1], sorted[i]);
		int64_t id = 0;
		if (!twice) TRY(known_id(db, tenant, company, sorted[i], &id));
		if (twice || id) out->told_again++;
		bool listed = false;
		for (size_t k = 0; id && k < out->known_count && !listed; k++) listed = out->known[out->known_count - 1 - k] == id;
		if (id && !listed) out->known[out->known_count++] = id;
		if (!twice && !id) out->rows[out->row_count++] = sorted[i];
	}
	return STATUS_FINE;
}

/* --- one item's statuses --------------------------------------------------------------------------------------------------------------------- */
#define LIST_SQL \
	"SELECT s.id, s.import_id, s.customer_id, s.item_id, s.contested, s.handled_at, s.handled_by, s.code, s.number, s.said, s.reason_code, s.reason, s.note," \
	" s.currency, s.format, s.task, s.day, s.minutes, COALESCE(c.code, ''), COALESCE(c.name, ''), COALESCE(c.collector_id, 0), COALESCE(c.sales_id, 0)," \
	" COALESCE(c.group_code, '') FROM invoice_status s LEFT JOIN customer c ON c.tenant_id = s.tenant_id AND c.company_id = s.company_id AND c.id = s.customer_id" \
	" WHERE s.tenant_id = $tenant AND s.company_id = $company AND s.present = 1"

static struct invoice_status read_row(struct rows *rows, struct arena *arena)
{
	struct invoice_status status = { .id = row_int(rows, 0), .import_id = row_int(rows, 1), .customer_id = row_int(rows, 2), .item_id = row_int(rows, 3),
		.contested = row_int(rows, 4), .handled_at = row_int(rows, 5), .handled_by = row_int(rows, 6), .code = lifecycle_parse(row_text(rows, 7)), .day = row_day(rows, 16),
		.minutes = (int)row_int(rows, 17) };
	const char **texts[] = { &status.number, &status.said, &status.reason_code, &status.reason, &status.note, &status.currency, &status.format, &status.task };
	for (size_t i = 0; i < COUNT(texts); i++) *texts[i] = arena_strdup(arena, row_text(rows, 8 + (int)i));
	status.customer_code = arena_strdup(arena, row_text(rows, 18)), status.customer_name = arena_strdup(arena, row_text(rows, 19));
	return status;
}

static void append(struct arena *arena, struct invoice_status **list, size_t *count, size_t *cap, struct invoice_status status)
{
	if (*count == *cap) {
		size_t bigger_cap = *cap ? *cap * 2 : 16;
		struct invoice_status *bigger = arena_array(arena, struct invoice_status, bigger_cap);
		if (*count) memcpy(bigger, *list, *count * sizeof *bigger);
		*list = bigger, *cap = bigger_cap;
	}
	(*list)[(*count)++] = status;
}

/* In the order in which they came about: by day and minute; what says no minute stands by the invoice's course (deposited before
 * approved). */
static int by_course(const void *a, const void *b)
{
	const struct invoice_status *x = a, *y = b;
	if (x->day != y->day) return x->day < y->day ? -1 : 1;
	if (x->minutes >= 0 && y->minutes >= 0 && x->minutes != y->minutes) return x->minutes < y->minutes ? -1 : 1;
	if (x->code != y->code && (x->minutes < 0 || y->minutes < 0)) return x->code < y->code ? -1 : 1;
	return (x->id > y->id) - (x->id < y->id);
}

static struct status statuses_of(struct db *db, int64_t tenant, int64_t company, int64_t item, struct arena *arena, struct invoice_status **out, size_t *count)
{
	size_t cap = 0;
	*out = NULL, *count = 0;
	cleanup_rows struct rows *rows = db_query(db, LIST_SQL " AND s.item_id = $item ORDER BY s.id", DB_ARGS(OF_COMPANY(tenant, company), db_int("item", item)));
	while (rows_next(rows)) append(arena, out, count, &cap, read_row(rows, arena));
	TRY(rows_status(rows));
	if (*count) qsort(*out, *count, sizeof **out, by_course);
	return STATUS_FINE;
}

/* --- what follows, put right --------------------------------------------------------------------------------------------------------------------- */
/* "Refused by the buyer: The order number is wrong or missing. Voir avec les achats", in the company's main language: kept as text. */
static const char *words_of(const struct invoice_status *status, enum lang lang, struct arena *arena)
{
	cleanup_text struct text out = { 0 };
	text_add(&out, status->code == LIFECYCLE_OTHER ? status->said : tr(lang, lifecycle_words(status->code)));
	bool first = true;
	const char *reason = lifecycle_reason_words(status->reason_code);
	const char *said[] = { reason ? tr(lang, reason) : status->reason_code, status->reason, status->note };
	for (size_t i = 0; i < COUNT(said); i++)
		if (*said[i] && out.len + strlen(said[i]) < 480) text_addf(&out, "%s%s", !first ? ". " : lang == LANG_FR ? "\u00A0: " : ": ", said[i]), first = false;
	return arena_strdup(arena, text_cstr(&out));
}

struct effect {
	int64_t id, status_id, ref_id;
	char kind[12];
	bool there;
};

static struct status effect_of(struct change *change, int64_t item, struct effect *out)
{
	*out = (struct effect){ 0 };
	cleanup_rows struct rows *rows = db_query(change->db,
		"SELECT id, status_id, ref_id, kind FROM invoice_status_effect WHERE tenant_id = $tenant AND company_id = $company AND item_id = $item AND ended = 0"
		" ORDER BY id DESC",
		DB_ARGS(OF_CHANGE(change), db_int("item", item)));
	if (rows_next(rows)) {
		out->there = true, out->id = row_int(rows, 0), out->status_id = row_int(rows, 1), out->ref_id = row_int(rows, 2);
		snprintf(out->kind, sizeof out->kind, "%s", row_text(rows, 3));
	}
	return rows_status(rows);
}

static bool over_already(struct status status)
{
	return status.code == STATUS_CONFLICT || status.code == STATUS_NOT_FOUND;
}

static struct status end_effect(struct change *change, const struct effect *effect)
{
	struct status status = STATUS_FINE;
	if (effect->ref_id && strcmp(effect->kind, "dispute") == 0) status = dispute_close(change, effect->ref_id, "settled", "");
	if (effect->ref_id && strcmp(effect->kind, "hold") == 0) status = hold_lift(change, effect->ref_id);
	if (status.code && !over_already(status)) return status; /* a person ended it: fine */
	return db_run(change->db, "UPDATE invoice_status_effect SET ended = 1 WHERE tenant_id = $tenant AND company_id = $company AND id = $id",
	              DB_ARGS(OF_CHANGE(change), db_int("id", effect->id)));
}

static struct status make_effect(struct change *change, const struct item *item, const struct invoice_standing *standing, struct arena *arena)
{
	const struct invoice_status *cause = standing->cause;
	const char *kind = "none", *words = words_of(cause, change->viewer->lang, arena);
	int64_t ref = 0, id;
	bool past = standing->binding == BINDING_HOLD && standing->until_day != DAY_NONE && standing->until_day < change->today;
	struct status status = STATUS_FINE;
	if (item->open > 0 && !past && standing->binding == BINDING_DISPUTE) {
		kind = "dispute";
		int64_t part = cause->contested > 0 && cause->contested < item->open && strcmp(cause->currency, item->currency) == 0 ? cause->contested : 0;
		status = dispute_open(change, &(struct dispute_new){ .item_id = item->id, .amount = part, .reason = lifecycle_reason_subject(cause->reason_code), .note = words,
			.due_day = DAY_NONE, .credit_expected_day = DAY_NONE }, &ref);
	} else if (item->open > 0 && !past) {
		kind = "hold";
		status = hold_set(change, &(struct hold_new){ .item_id = item->id, .kind = HOLD_PLATFORM, .until_day = standing->until_day, .reason = words }, &ref);
	}
	if (status.code == STATUS_CONFLICT) kind = "none", ref = 0; /* a dispute stands already: a person's */
	else if (status.code) return status;
	TRY(id_take(change->db, change->company.tenant_id, change->company.id, "invoice_status_effect", 1, &id));
	return db_run(change->db,
	              "INSERT INTO invoice_status_effect (tenant_id, company_id, id, item_id, status_id, kind, ref_id) VALUES ($tenant, $company, $id, $item, $status, $kind, $ref)",
	              DB_ARGS(OF_CHANGE(change), db_int("id", id), db_int("item", item->id), db_int("status", cause->id), db_text("kind", kind), db_int("ref", ref)));
}

static struct status put_due(struct change *change, int64_t item, int32_t due, bool *changed)
{
	int64_t stands = 0;
	bool found = false;
	TRY(db_get_int(change->db, "SELECT due_day FROM platform_due WHERE tenant_id = $tenant AND company_id = $company AND item_id = $item",
	               DB_ARGS(OF_CHANGE(change), db_int("item", item)), &stands, &found));
	*changed = due == DAY_NONE ? found : !found || stands != due;
	if (!*changed) return STATUS_FINE;
	if (due == DAY_NONE)
		return db_run(change->db, "DELETE FROM platform_due WHERE tenant_id = $tenant AND company_id = $company AND item_id = $item",
		              DB_ARGS(OF_CHANGE(change), db_int("item", item)));
	return db_run(change->db,
	              "INSERT INTO platform_due (tenant_id, company_id, item_id, due_day) VALUES ($tenant, $company, $item, $due)"
	              " ON CONFLICT (tenant_id, company_id, item_id) DO UPDATE SET due_day = excluded.due_day",
	              DB_ARGS(OF_CHANGE(change), db_int("item", item), db_int("due", due)));
}

static struct status terms_of(struct change *change, int64_t customer_id, const struct invoice_status *statuses, size_t count, struct invoice_terms company,
                              struct invoice_terms *out)
{
	*out = company;
	for (size_t i = 0; i < count; i++) out->public_buyer |= strcmp(statuses[i].format, "chorus-pro") == 0;
	int64_t terms = 0;
	bool public = false;
	TRY(db_get_int(change->db, "SELECT COALESCE(terms_days, 0) FROM customer WHERE tenant_id = $tenant AND company_id = $company AND id = $customer AND class = 'public'",
	               DB_ARGS(OF_CHANGE(change), db_int("customer", customer_id)), &terms, &public));
	out->public_buyer |= public;
	if (terms > 0) out->days = (int)terms; /* hospitals: 50 */
	return STATUS_FINE;
}

/* What a later word has settled needs nobody any more; taken back, it does again. */
static struct status put_tasks(struct change *change, const struct invoice_status *statuses, size_t count, int64_t cause)
{
	for (size_t i = 0; i < count; i++) {
		const char *task = statuses[i].task, *to = strcmp(task, "open") == 0 && statuses[i].id != cause ? "over" : strcmp(task, "over") == 0 && statuses[i].id == cause ? "open" : NULL;
		if (!to) continue;
		TRY(db_run(change->db, "UPDATE invoice_status SET task = $to, rev = $rev WHERE tenant_id = $tenant AND company_id = $company AND id = $id",
		           DB_ARGS(OF_CHANGE(change), db_int("id", statuses[i].id), db_text("to", to), db_int("rev", change->rev))));
	}
	return STATUS_FINE;
}

static void add_id(int64_t **ids, size_t *count, int64_t id)
{
	*ids = xrealloc(*ids, *count + 1, sizeof **ids);
	(*ids)[(*count)++] = id;
}

static struct status put_right(struct change *change, int64_t item_id, struct invoice_terms company, int64_t **ids, size_t *count)
{
	cleanup_arena struct arena *arena = arena_new();
	struct invoice_status *statuses;
	size_t n;
	struct item item;
	struct effect effect;
	struct status found = item_get(change->db, change->viewer, change->company.id, item_id, &item);
	if (found.code == STATUS_NOT_FOUND) return STATUS_FINE; /* withdrawn */
	TRY(found);
	TRY(statuses_of(change->db, change->company.tenant_id, change->company.id, item_id, arena, &statuses, &n));
	struct invoice_terms terms = { 0 };
	TRY(terms_of(change, item.customer_id, statuses, n, company, &terms));
	struct invoice_standing standing = invoice_standing(statuses, n, terms);
	TRY(effect_of(change, item_id, &effect));
	bool same = effect.there && standing.cause && effect.status_id == standing.cause->id;
	if (effect.there && !same) TRY(end_effect(change, &effect));
	if (standing.cause && !same) TRY(make_effect(change, &item, &standing, arena));
	TRY(put_tasks(change, statuses, n, standing.cause ? standing.cause->id : 0));
	bool due = false;
	TRY(put_due(change, item_id, item.amount > 0 ? standing.due_day : DAY_NONE, &due));
	if (due) add_id(ids, count, item.customer_id);
	return STATUS_FINE;
}

/* --- kept ----------------------------------------------------------------------------------------------------------------------------------- */
/* What a person has to do about it: issue again, send what is missing, answer; an unknown word is to be looked at. */
static bool wants_person(enum lifecycle_code code)
{
	switch (code) {
	case LIFECYCLE_REFUSED: case LIFECYCLE_REJECTED: case LIFECYCLE_TO_RECYCLE: case LIFECYCLE_SUSPENDED: case LIFECYCLE_DISPUTED: case LIFECYCLE_PARTLY: return true;
	default: return false;
	}
}

static struct status tell(struct change *change, const struct invoice_status *status, const char *number)
{
	cleanup_arena struct arena *arena = arena_new();
	char iso[11];
	day_format(status->day, iso);
	return event_add_json(change, (struct event_new){ .kind = "status.received", .customer_id = status->customer_id, .ref = status->id },
	                      json_pack("{s:[s], s:s, s:s, s:s}", "items", number, "code", lifecycle_name(status->code), "on", iso, "text",
	                                words_of(status, change->viewer->lang, arena)));
}

/* Acts as the program for the one who imports: his right to import is enough. */
struct acting {
	struct viewer viewer;
	const struct viewer *asked;
};

static void act(struct change *change, struct acting *acting)
{
	acting->asked = change->viewer;
	acting->viewer = viewer_system(change->company.tenant_id);
	acting->viewer.user_id = change->viewer->user_id, acting->viewer.lang = strcmp(change->company.country, "FR") == 0 ? LANG_FR : change->viewer->lang; /* of what is kept as text */
	change->viewer = &acting->viewer;
}

struct ids {
	int64_t *rows;
	size_t count;
};

static int compare_ids(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
	return (x > y) - (x < y);
}

static struct status put_all_right(struct change *change, struct ids *items, int64_t **ids, size_t *count)
{
	if (!items->count) return STATUS_FINE;
	cleanup_arena struct arena *arena = arena_new();
	const struct settings *settings;
	TRY(settings_load(change->db, change->company.tenant_id, change->company.id, arena, &settings));
	const struct invoice_terms company = { .days = (int)setting_int(settings, "public.days"), .payment_pause = (int)setting_int(settings, "platform.payment_pause") };
	qsort(items->rows, items->count, sizeof *items->rows, compare_ids);
	for (size_t i = 0; i < items->count; i++)
		if (i == 0 || items->rows[i] != items->rows[i - 1]) TRY(put_right(change, items->rows[i], company, ids, count));
	return STATUS_FINE;
}

static struct status said_by(struct change *change, int64_t import_id, int64_t status_id)
{
	return db_run(change->db,
	              "INSERT INTO invoice_status_said (tenant_id, company_id, import_id, status_id) VALUES ($tenant, $company, $import, $status)"
	              " ON CONFLICT (tenant_id, company_id, import_id, status_id) DO NOTHING",
	              DB_ARGS(OF_CHANGE(change), db_int("import", import_id), db_int("status", status_id)));
}

static struct status keep_new(struct change *change, const struct lifecycle_status *row, const char *format, int64_t import_id, int32_t fallback_day, int64_t id, struct ids *items)
{
	struct invoice_status status = { .id = id, .code = row->code, .said = row->said, .reason_code = row->reason_code, .reason = row->reason, .note = row->note,
		.day = row->day != DAY_NONE ? row->day : fallback_day };
	bool several = false;
	TRY(invoice_status_find(change->db, change->company.tenant_id, change->company.id, row, &status.item_id, &status.customer_id, &several));
	TRY(db_run(change->db,
	           "INSERT INTO invoice_status (tenant_id, company_id, id, import_id, line, customer_id, item_id, number, code, said, day, minutes, reason_code, reason, note,"
	           " contested, currency, buyer_siren, buyer_siret, issue_day, format, message, task, rev) VALUES ($tenant, $company, $id, $import, $line, $customer, $item,"
	           " $number, $code, $said, $day, $minutes, $reason_code, $reason, $note, $contested, $currency, $siren, $siret, $issue, $format, $message, $task, $rev)",
	           DB_ARGS(OF_CHANGE(change), db_int("id", id), db_int("import", import_id), db_int("line", row->line), db_int("customer", status.customer_id),
	                   db_int("item", status.item_id), db_text("number", row->number), db_text("code", lifecycle_name(row->code)), db_text("said", row->said),
	                   db_day("day", status.day), db_int("minutes", row->minutes), db_text("reason_code", row->reason_code), db_text("reason", row->reason),
	                   db_text("note", row->note), db_int("contested", row->contested), db_text("currency", row->currency), db_text("siren", row->buyer_siren),
	                   db_text("siret", row->buyer_siret), db_day("issue", row->issue_day), db_text("format", format), db_text("message", row->message),
	                   db_text("task", wants_person(row->code) ? "open" : ""), db_int("rev", change->rev))));
	TRY(said_by(change, import_id, id));
	if (!status.item_id) return STATUS_FINE;
	add_id(&items->rows, &items->count, status.item_id);
	return tell(change, &status, row->number);
}

static struct status store_all(struct change *change, const struct invoice_status_plan *plan, const char *format, int64_t import_id, int32_t fallback_day,
                               struct ids *items)
{
	int64_t first = 0;
	if (plan->row_count) TRY(id_take(change->db, change->company.tenant_id, change->company.id, "invoice_status", (int64_t)plan->row_count, &first));
	for (size_t i = 0; i < plan->row_count; i++) TRY(keep_new(change, plan->rows[i], format, import_id, fallback_day, first + (int64_t)i, items));
	for (size_t i = 0; i < plan->known_count; i++) {
		int64_t item = 0;
		TRY(said_by(change, import_id, plan->known[i]));
		TRY(db_run(change->db, "UPDATE invoice_status SET present = 1, rev = $rev WHERE tenant_id = $tenant AND company_id = $company AND id = $id AND present = 0",
		           DB_ARGS(OF_CHANGE(change), db_int("rev", change->rev), db_int("id", plan->known[i]))));
		TRY(db_get_int(change->db, "SELECT item_id FROM invoice_status WHERE tenant_id = $tenant AND company_id = $company AND id = $id",
		               DB_ARGS(OF_CHANGE(change), db_int("id", plan->known[i])), &item, NULL));
		if (item) add_id(&items->rows, &items->count, item);
	}
	return STATUS_FINE;
}

struct status invoice_status_store(struct change *change, const struct invoice_status_plan *plan, const char *format, int64_t import_id, int32_t fallback_day,
                                   int64_t **ids, size_t *count)
{
	struct acting acting;
	struct ids items = { 0 };
	act(change, &acting);
	struct status status = store_all(change, plan, format, import_id, fallback_day, &items);
	if (!status.code) status = put_all_right(change, &items, ids, count);
	free(items.rows);
	change->viewer = acting.asked;
	return status;
}

static struct status items_of(struct db *db, const char *sql, const struct db_arg *args, struct ids *items)
{
	cleanup_rows struct rows *rows = db_query(db, sql, args);
	while (rows_next(rows)) add_id(&items->rows, &items->count, row_int(rows, 0));
	return rows_status(rows);
}

struct status invoice_status_undo(struct change *change, int64_t import_id, int64_t **ids, size_t *count)
{
	struct acting acting;
	struct ids items = { 0 };
	struct status status = items_of(change->db,
		"SELECT DISTINCT s.item_id FROM invoice_status_said d JOIN invoice_status s ON s.tenant_id = d.tenant_id AND s.company_id = d.company_id AND s.id = d.status_id"
		" WHERE d.tenant_id = $tenant AND d.company_id = $company AND d.import_id = $import AND s.item_id > 0",
		DB_ARGS(OF_CHANGE(change), db_int("import", import_id)), &items);
	if (!status.code)
		status = db_run(change->db,
			"UPDATE invoice_status SET present = 0, rev = $rev WHERE tenant_id = $tenant AND company_id = $company AND present = 1 AND id IN (SELECT status_id FROM"
			" invoice_status_said WHERE tenant_id = $tenant AND company_id = $company AND import_id = $import) AND NOT EXISTS (SELECT 1 FROM invoice_status_said d"
			" JOIN import i ON i.tenant_id = d.tenant_id AND i.company_id = d.company_id AND i.id = d.import_id AND i.state = 'active' WHERE d.tenant_id = $tenant"
			" AND d.company_id = $company AND d.status_id = invoice_status.id AND d.import_id <> $import)",
			DB_ARGS(OF_CHANGE(change), db_int("import", import_id), db_int("rev", change->rev)));
	act(change, &acting);
	if (!status.code) status = put_all_right(change, &items, ids, count);
	change->viewer = acting.asked;
	free(items.rows);
	return status;
}

/* --- invoices that came after their status ----------------------------------------------------------------------------------------------------- */
struct untied {
	int64_t id;
	struct lifecycle_status row;
};

static struct status read_untied(struct change *change, struct arena *arena, struct untied **out, size_t *count)
{
	int64_t most = 0;
	TRY(db_get_int(change->db, "SELECT count(*) FROM invoice_status WHERE tenant_id = $tenant AND company_id = $company AND item_id = 0", DB_ARGS(OF_CHANGE(change)), &most, NULL));
	*out = arena_array(arena, struct untied, most + 1), *count = 0;
	if (!most) return STATUS_FINE;
	/* those alone of which an item bears the number, or whose buyer is known */
	cleanup_rows struct rows *rows = db_query(change->db,
		"SELECT s.id, s.number, s.code, s.said, s.reason_code, s.reason, s.note, s.buyer_siren, s.day, s.issue_day FROM invoice_status s"
		" WHERE s.tenant_id = $tenant AND s.company_id = $company AND s.item_id = 0 AND (EXISTS (SELECT 1 FROM item i WHERE i.tenant_id = s.tenant_id"
		" AND i.company_id = s.company_id AND i.number = s.number) OR (s.buyer_siren <> '' AND EXISTS (SELECT 1 FROM customer c WHERE c.tenant_id = s.tenant_id"
		" AND c.company_id = s.company_id AND c.siren = s.buyer_siren))) ORDER BY s.id",
		DB_ARGS(OF_CHANGE(change)));
	while (rows_next(rows) && (int64_t)*count < most) {
		struct untied *one = &(*out)[(*count)++];
		one->id = row_int(rows, 0);
		one->row = (struct lifecycle_status){ .number = arena_strdup(arena, row_text(rows, 1)), .code = lifecycle_parse(row_text(rows, 2)),
			.said = arena_strdup(arena, row_text(rows, 3)), .reason_code = arena_strdup(arena, row_text(rows, 4)), .reason = arena_strdup(arena, row_text(rows, 5)),
			.note = arena_strdup(arena, row_text(rows, 6)), .buyer_siren = arena_strdup(arena, row_text(rows, 7)), .day = row_day(rows, 8), .issue_day = row_day(rows, 9) };
	}
	return rows_status(rows);
}

static struct status tie_all(struct change *change, const struct untied *untied, size_t n, struct ids *items)
{
	for (size_t i = 0; i < n; i++) {
		const struct lifecycle_status *row = &untied[i].row;
		int64_t item, customer;
		bool several;
		TRY(invoice_status_find(change->db, change->company.tenant_id, change->company.id, row, &item, &customer, &several));
		if (!item) continue;
		TRY(db_run(change->db, "UPDATE invoice_status SET item_id = $item, customer_id = $customer, rev = $rev WHERE tenant_id = $tenant AND company_id = $company AND id = $id",
		           DB_ARGS(OF_CHANGE(change), db_int("item", item), db_int("customer", customer), db_int("rev", change->rev), db_int("id", untied[i].id))));
		add_id(&items->rows, &items->count, item);
		const struct invoice_status status = { .id = untied[i].id, .customer_id = customer, .code = row->code, .said = row->said, .reason_code = row->reason_code,
			.reason = row->reason, .note = row->note, .day = row->day };
		TRY(tell(change, &status, row->number));
	}
	return STATUS_FINE;
}

struct status invoice_status_tie(struct change *change, int64_t **ids, size_t *count)
{
	cleanup_arena struct arena *arena = arena_new();
	struct untied *untied;
	size_t n;
	struct acting acting;
	struct ids items = { 0 };
	TRY(read_untied(change, arena, &untied, &n));
	if (!n) return STATUS_FINE;
	act(change, &acting);
	struct status status = tie_all(change, untied, n, &items);
	if (!status.code) status = put_all_right(change, &items, ids, count);
	change->viewer = acting.asked;
	free(items.rows);
	return status;
}

/* --- reading ----------------------------------------------------------------------------------------------------------------------------------- */
struct status invoice_status_list(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t item_id, int64_t customer_id, bool tasks, size_t limit,
                                  struct arena *arena, struct invoice_status **out, size_t *count)
{
	size_t cap = 0;
	*out = NULL, *count = 0;
	if (!viewer_sees_company(viewer, company_id) || !viewer_may(viewer, RIGHT_READ)) return status_make(STATUS_FORBIDDEN, "You may not see the invoices of this company.");
	cleanup_rows struct rows *rows = db_query(db, LIST_SQL
		" AND (CAST($item AS BIGINT) = 0 OR s.item_id = $item) AND (CAST($customer AS BIGINT) = 0 OR s.customer_id = $customer)"
		" AND (CAST($tasks AS BIGINT) = 0 OR s.task = 'open') ORDER BY s.day DESC, s.minutes DESC, s.id DESC",
		DB_ARGS(OF_COMPANY(viewer->tenant_id, company_id), db_int("item", item_id), db_int("customer", customer_id), db_int("tasks", tasks)));
	while (rows_next(rows) && (!limit || *count < limit)) {
		bool sees = row_int(rows, 2) ? viewer_sees_customer(viewer, row_int(rows, 20), row_int(rows, 21), row_text(rows, 22)) : viewer_may(viewer, RIGHT_IMPORT);
		if (sees) append(arena, out, count, &cap, read_row(rows, arena));
	}
	return rows_status(rows);
}

struct status invoice_status_tasks(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t *count)
{
	cleanup_arena struct arena *arena = arena_new();
	struct invoice_status *list;
	size_t n;
	*count = 0;
	TRY(invoice_status_list(db, viewer, company_id, 0, 0, true, 0, arena, &list, &n));
	*count = (int64_t)n;
	return STATUS_FINE;
}

struct status invoice_status_handle(struct change *change, int64_t id, bool done)
{
	TRY(change_allows(change, RIGHT_COLLECT));
	int64_t customer = 0, changed = 0;
	cleanup_free char *number = NULL;
	bool found = false;
	TRY(db_get_int(change->db, "SELECT customer_id FROM invoice_status WHERE tenant_id = $tenant AND company_id = $company AND id = $id AND task <> ''",
	               DB_ARGS(OF_CHANGE(change), db_int("id", id)), &customer, &found));
	if (!found) return status_make(STATUS_NOT_FOUND, "There is no such task.");
	if (customer) TRY(customer_check(change->db, change->viewer, change->company.id, customer));
	TRY(db_get_text(change->db, "SELECT number FROM invoice_status WHERE tenant_id = $tenant AND company_id = $company AND id = $id", DB_ARGS(OF_CHANGE(change), db_int("id", id)), &number));
	TRY(db_run_count(change->db,
	                 "UPDATE invoice_status SET task = $to, handled_at = $at, handled_by = $by, rev = $rev WHERE tenant_id = $tenant AND company_id = $company AND id = $id"
	                 " AND task = $from",
	                 DB_ARGS(OF_CHANGE(change), db_int("id", id), db_text("to", done ? "done" : "open"), db_text("from", done ? "open" : "done"), db_int("at", done ? change->now : 0),
	                         db_int("by", done ? change->viewer->user_id : 0), db_int("rev", change->rev)), &changed));
	if (!changed) return status_make(STATUS_CONFLICT, "Somebody else has done this already.");
	return event_add_json(change, (struct event_new){ .kind = done ? "status.handled" : "status.reopened", .customer_id = customer, .ref = id },
	                      json_pack("{s:[s]}", "items", number ? number : ""));
}
