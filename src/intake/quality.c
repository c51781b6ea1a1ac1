#include "intake/quality.h"

#include "base/memory.h"
#include "book/census.h"
#include "intake/contactless.h"
#include "intake/unposted.h"
#include "ledger/company.h"
#include "ledger/fact_store.h"
#include "ledger/projection.h"
#include "ledger/setting.h"

#include <string.h>

#define OF_COMPANY db_int("tenant", viewer->tenant_id), db_int("company", company_id)

static void measure_items(const struct book *book, struct quality *q, int64_t *open)
{
	struct book_census census;
	book_census(book, &census);
	q->last_day = census.last_posting;
	*open = 0;
	for (int source = 0; source < DUE_SOURCE_COUNT; source++)
		for (int kind = 0; kind < ITEM_KIND_COUNT; kind++) {
			const struct book_census_row *row = &census.of[source][kind];
			q->items += row->items, q->open_items += row->open_items, *open += row->open;
			q->due_count[source] += row->owed_items, q->due_amount[source] += row->owed;
			if (kind != ITEM_PAYMENT && kind != ITEM_CREDIT_NOTE) continue;
			q->credits += row->credits, q->credits_settled += row->settled;
		}
	q->lettered = q->credits ? (double)q->credits_settled / (double)q->credits : -1;
}

static struct status measure_customers(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t percent, const struct book *book,
                                       struct arena *arena, struct quality *q)
{
	size_t cap = 0, count = book_customers(book);
	uint8_t *reached = arena_array(arena, uint8_t, count + 1);
	TRY(customers_reached(db, viewer, company_id, book, reached));
	struct book_opens *opens = book_opens(book, INT32_MAX);
	q->customers = (int64_t)count;
	for (size_t c = 0; c < count; c++) {
		struct book_customer who = book_customer(book, c);
		int64_t debits = 0, credits = 0;
		for (size_t k = 0; k < book_currencies(book); k++) {
			const struct book_open *rows;
			size_t open = book_opens_of(opens, c, book_currency_at(book, k), &rows);
			for (size_t i = 0; i < open; i++) *(rows[i].open > 0 ? &debits : &credits) += rows[i].open > 0 ? rows[i].open : -rows[i].open;
		}
		if (debits > 0) {
			q->customers_open++;
			q->without_contact += !reached[c];
			q->poorly_lettered += (__int128)credits * 100 > (__int128)debits * percent;
		}
		if (!*who.generic) continue;
		if (q->generic_count == cap) {
			cap = cap ? cap * 2 : 16;
			struct quality_generic *bigger = arena_array(arena, struct quality_generic, cap);
			if (q->generic_count) memcpy(bigger, q->generics, q->generic_count * sizeof *bigger);
			q->generics = bigger;
		}
		q->generics[q->generic_count++] = (struct quality_generic){ .customer_id = who.id, .code = arena_strdup(arena, who.code),
			.name = arena_strdup(arena, who.name), .answer = arena_strdup(arena, who.generic), .open = debits - credits };
	}
	book_opens_free(opens);
	return STATUS_FINE;
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
                                      int64_t open, struct arena *arena, struct quality *q)
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
	/* what lists brought is no part of the accounts; import by import, each by its index */
	q->receivables = open;
	for (size_t i = 0; i < facts.import_count; i++) {
		const struct import_row *import = &facts.imports[i];
		int64_t list = 0;
		if (import->mode == IMPORT_LEDGER) continue;
		TRY(db_get_int(db,
		               "SELECT COALESCE(SUM(i.open_amount), 0) FROM fact f JOIN item i ON i.tenant_id = f.tenant_id AND i.company_id = f.company_id"
		               " AND i.customer_id = f.customer_id AND i.id = f.id WHERE f.tenant_id = $tenant AND f.company_id = $company"
		               " AND f.import_id = $import", DB_ARGS(OF_COMPANY, db_int("import", import->id)), &list, NULL));
		q->receivables -= list;
	}
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
	cleanup_book const struct book *book = NULL;
	int64_t open = 0;
	TRY(book_get(db_store(db), viewer->tenant_id, company_id, &book));
	measure_items(book, out, &open);
	TRY(measure_customers(db, viewer, company_id, setting_int(settings, "quality.poorly_lettered"), book, arena, out));
	TRY(measure_accounts(db, viewer, company_id, setting_text(settings, "accounts.receivable"), open, arena, out));
	struct unposted unposted;
	TRY(unposted_documents(db, viewer->tenant_id, company_id, arena, &unposted));
	out->unposted = unposted.count, out->unposted_numbers = unposted.numbers;
	size_t count = 0;
	TRY(terms_propose(db, viewer, company_id, arena, &out->terms, &count));
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
