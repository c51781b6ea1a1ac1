#include "intake/quality.h"

#include "base/memory.h"
#include "intake/terms.h"
#include "intake/unposted.h"
#include "ledger/company.h"
#include "ledger/fact_store.h"
#include "ledger/projection.h"
#include "ledger/setting.h"

#include <string.h>

#define OF_COMPANY db_int("tenant", viewer->tenant_id), db_int("company", company_id)

static struct status measure_items(struct db *db, const struct viewer *viewer, int64_t company_id, struct quality *q)
{
	cleanup_rows struct rows *rows = db_query(db,
		"SELECT due_source, kind, count(*), sum(amount), sum(open_amount), sum(CASE WHEN open_amount <> 0 THEN 1 ELSE 0 END),"
		" sum(CASE WHEN open_amount > 0 THEN 1 ELSE 0 END), sum(CASE WHEN open_amount > 0 THEN open_amount ELSE 0 END),"
		" sum(CASE WHEN amount < 0 THEN -amount ELSE 0 END), sum(CASE WHEN amount < 0 THEN open_amount - amount ELSE 0 END),"
		" max(posting_day) FROM item WHERE tenant_id = $tenant AND company_id = $company AND withdrawn = 0"
		" GROUP BY due_source, kind", DB_ARGS(OF_COMPANY));
	while (rows_next(rows)) {
		enum due_source source;
		enum item_kind kind;
		if (!due_source_parse(row_text(rows, 0), &source) || !item_kind_parse(row_text(rows, 1), &kind)) continue;
		q->items += row_int(rows, 2), q->open_items += row_int(rows, 5);
		q->due_count[source] += row_int(rows, 6), q->due_amount[source] += row_int(rows, 7);
		if (row_day(rows, 10) > q->last_day) q->last_day = row_day(rows, 10);
		if (kind != ITEM_PAYMENT && kind != ITEM_CREDIT_NOTE) continue;
		q->credits += row_int(rows, 8), q->credits_settled += row_int(rows, 9);
	}
	q->lettered = q->credits ? (double)q->credits_settled / (double)q->credits : -1;
	return rows_status(rows);
}

static struct status measure_customers(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t percent,
                                       struct arena *arena, struct quality *q)
{
	size_t cap = 0;
	cleanup_rows struct rows *rows = db_query(db,
		"SELECT c.id, c.code, c.name, c.generic, c.email, COALESCE(i.debits, 0), COALESCE(i.credits, 0), COALESCE(k.contacts, 0)"
		" FROM customer c LEFT JOIN (SELECT customer_id, sum(CASE WHEN open_amount > 0 THEN open_amount ELSE 0 END) AS debits,"
		" sum(CASE WHEN open_amount < 0 THEN -open_amount ELSE 0 END) AS credits FROM item WHERE tenant_id = $tenant"
		" AND company_id = $company AND withdrawn = 0 GROUP BY customer_id) i ON i.customer_id = c.id"
		" LEFT JOIN (SELECT customer_id, count(*) AS contacts FROM contact WHERE tenant_id = $tenant AND company_id = $company"
		" AND removed = 0 AND email <> '' AND bounced_at = 0 GROUP BY customer_id) k ON k.customer_id = c.id"
		" WHERE c.tenant_id = $tenant AND c.company_id = $company AND c.merged_into = 0 ORDER BY c.code",
		DB_ARGS(OF_COMPANY));
	while (rows_next(rows)) {
		int64_t debits = row_int(rows, 5), credits = row_int(rows, 6);
		q->customers++;
		if (debits > 0) {
			q->customers_open++;
			q->without_contact += *row_text(rows, 4) == 0 && row_int(rows, 7) == 0;
			q->poorly_lettered += (__int128)credits * 100 > (__int128)debits * percent;
		}
		if (!*row_text(rows, 3)) continue;
		if (q->generic_count == cap) {
			cap = cap ? cap * 2 : 16;
			struct quality_generic *bigger = arena_array(arena, struct quality_generic, cap);
			if (q->generic_count) memcpy(bigger, q->generics, q->generic_count * sizeof *bigger);
			q->generics = bigger;
		}
		q->generics[q->generic_count++] = (struct quality_generic){
			.customer_id = row_int(rows, 0), .code = arena_strdup(arena, row_text(rows, 1)),
			.name = arena_strdup(arena, row_text(rows, 2)), .answer = arena_strdup(arena, row_text(rows, 3)),
			.open = debits - credits,
		};
	}
	return rows_status(rows);
}

/* --- receivables against the accounts ---------------------------------------------------------------------------------------------- */
static bool receivable(const char *account, const char *prefixes)
{
	for (const char *p = prefixes; *p;) {
		size_t len = strcspn(p, ",");
		if (len && strncmp(account, p, len) == 0) return true;
		p += len + (p[len] == ',');
	}
	return false;
}

/* The balance of an account is what was posted since its last opening, that opening included: each day by the file that stands
 * for it now. */
static struct status measure_accounts(struct db *db, const struct viewer *viewer, int64_t company_id, const char *prefixes,
                                      struct arena *arena, struct quality *q)
{
	struct fact_store facts;
	struct known_opening *openings;
	size_t opening_count;
	TRY(fact_store_open(db, viewer->tenant_id, company_id, arena, &facts));
	q->has_ledger = facts.file_count > 0;
	if (!q->has_ledger) return STATUS_FINE;
	projection_known_openings(facts.files, facts.file_count, arena, &openings, &opening_count);
	cleanup_rows struct rows *rows = db_scan(db,
		"SELECT import_id, account, day, debit - credit FROM account_day WHERE tenant_id = $tenant AND company_id = $company",
		DB_ARGS(OF_COMPANY));
	while (rows_next(rows)) {
		const struct import_row *import = fact_store_import(&facts, row_int(rows, 0));
		if (!import || !import->active || import->from_day == DAY_NONE || !receivable(row_text(rows, 1), prefixes)) continue;
		int32_t day = row_day(rows, 2);
		if (day < import->from_day) day = import->from_day; /* openings with the dates of older years */
		if (projection_lettering_file(facts.files, facts.file_count, import->source, day) != import->id) continue;
		bool before_opening = false;
		for (size_t i = 0; i < opening_count; i++)
			before_opening |= openings[i].source == import->source && day < openings[i].day;
		if (!before_opening) q->accounts += row_int(rows, 3);
	}
	TRY(rows_status(rows));
	int64_t all = 0, lists = 0;
	TRY(db_get_int(db, "SELECT COALESCE(sum(open_amount), 0) FROM item WHERE tenant_id = $tenant AND company_id = $company",
	               DB_ARGS(OF_COMPANY), &all, NULL));
	bool any_list = false;
	for (size_t i = 0; i < facts.import_count; i++) any_list |= facts.imports[i].active && facts.imports[i].mode != IMPORT_LEDGER;
	if (any_list)
		TRY(db_get_int(db,
		               "SELECT COALESCE(sum(i.open_amount), 0) FROM item i JOIN fact f ON f.tenant_id = i.tenant_id"
		               " AND f.company_id = i.company_id AND f.customer_id = i.customer_id AND f.id = i.id"
		               " JOIN import m ON m.tenant_id = f.tenant_id AND m.company_id = f.company_id AND m.id = f.import_id"
		               " WHERE i.tenant_id = $tenant AND i.company_id = $company AND m.mode <> 'ledger'",
		               DB_ARGS(OF_COMPANY), &lists, NULL));
	q->receivables = all - lists;
	return STATUS_FINE;
}

struct status quality_measure(struct db *db, const struct viewer *viewer, int64_t company_id, struct arena *arena,
                              struct quality *out)
{
	*out = (struct quality){ .last_day = DAY_NONE };
	struct company company;
	const struct settings *settings;
	TRY(company_get(db, viewer, company_id, &company));
	TRY(settings_load(db, viewer->tenant_id, company_id, arena, &settings));
	out->currency = arena_strdup(arena, company.currency);
	TRY(measure_items(db, viewer, company_id, out));
	TRY(measure_customers(db, viewer, company_id, setting_int(settings, "quality.poorly_lettered"), arena, out));
	TRY(measure_accounts(db, viewer, company_id, setting_text(settings, "accounts.receivable"), arena, out));
	struct unposted unposted;
	TRY(unposted_documents(db, viewer->tenant_id, company_id, arena, &unposted));
	out->unposted = unposted.count, out->unposted_numbers = unposted.numbers;
	struct terms_proposal *proposals;
	size_t count = 0;
	TRY(terms_propose(db, viewer, company_id, arena, &proposals, &count));
	out->terms_proposed = (int64_t)count;
	return STATUS_FINE;
}

json_t *quality_json(const struct quality *q)
{
	json_t *sources = json_array(), *generics = json_array();
	for (int i = 0; i < DUE_SOURCE_COUNT; i++)
		json_array_append_new(sources, json_pack("{s:s, s:I, s:I}", "source", due_source_code((enum due_source)i), "items",
		                                         (json_int_t)q->due_count[i], "amount", (json_int_t)q->due_amount[i]));
	for (size_t i = 0; i < q->generic_count; i++) {
		const struct quality_generic *g = &q->generics[i];
		json_array_append_new(generics, json_pack("{s:I, s:s, s:s, s:s, s:I}", "id", (json_int_t)g->customer_id, "customer", g->code,
		                                          "name", g->name, "answer", g->answer, "open", (json_int_t)g->open));
	}
	json_t *out = json_pack("{s:s, s:I, s:I, s:I, s:I, s:o, s:o, s:I, s:I, s:I, s:I, s:I, s:o, s:b}", "currency", q->currency,
	                        "items", (json_int_t)q->items, "open_items", (json_int_t)q->open_items, "credits",
	                        (json_int_t)q->credits, "credits_settled", (json_int_t)q->credits_settled, "lettered",
	                        q->lettered < 0 ? json_null() : json_real(q->lettered), "due_dates", sources, "customers",
	                        (json_int_t)q->customers, "customers_open", (json_int_t)q->customers_open, "without_contact",
	                        (json_int_t)q->without_contact, "poorly_lettered", (json_int_t)q->poorly_lettered, "terms_proposed",
	                        (json_int_t)q->terms_proposed, "generic_accounts", generics, "has_ledger", q->has_ledger);
	json_object_set_new(out, "unposted", json_integer((json_int_t)q->unposted));
	json_object_set_new(out, "unposted_numbers", json_string(q->unposted_numbers ? q->unposted_numbers : ""));
	char day[11];
	day_format(q->last_day, day);
	json_object_set_new(out, "last_posting", q->last_day == DAY_NONE ? json_null() : json_string(day));
	json_object_set_new(out, "receivables", q->has_ledger ? json_integer(q->receivables) : json_null());
	json_object_set_new(out, "accounts", q->has_ledger ? json_integer(q->accounts) : json_null());
	json_object_set_new(out, "accounts_difference", q->has_ledger ? json_integer(q->receivables - q->accounts) : json_null());
	return out;
}
