#include "ledger/insolvency_file.h"

#include "base/calendar.h"
#include "base/day.h"
#include "base/memory.h"
#include "base/text.h"
#include "ledger/customer.h"
#include "ledger/event.h"

#include <string.h>

enum { WORDS = 2000 };

static int32_t months_after(int32_t day, int months)
{
	static const struct calendar calendar = { 0 };
	return day == DAY_NONE ? DAY_NONE : calendar_next(&calendar, day_add_months(day, months)); /* CPC 642 */
}

void insolvency_deadlines(struct insolvency_file *file)
{
	file->declare_by = months_after(file->published_day, file->abroad ? 4 : 2);
	file->reclaim_by = months_after(file->published_day, 3);
	file->relief_by = months_after(file->published_day, 6);
}

/* The newest opening or conversion that the gazette told of him, not dismissed nor cancelled. */
static struct status from_gazette(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t customer_id, struct arena *arena,
                                  struct insolvency_file *out)
{
	cleanup_rows struct rows *rows = db_query(db,
		"SELECT published_day, kind, court FROM insolvency_notice WHERE tenant_id = $tenant AND company_id = $company AND customer_id = $customer"
		" AND act IN ('opening', 'conversion') AND state IN ('proposed', 'confirmed') ORDER BY CASE WHEN act = 'opening' THEN 0 ELSE 1 END, id DESC LIMIT 1",
		DB_ARGS(db_int("tenant", viewer->tenant_id), db_int("company", company_id), db_int("customer", customer_id)));
	if (rows_next(rows)) {
		if (out->published_day == DAY_NONE) out->published_day = row_day(rows, 0);
		if (!*out->kind) out->kind = arena_strdup(arena, row_text(rows, 1));
		if (!*out->court) out->court = arena_strdup(arena, row_text(rows, 2));
	}
	return rows_status(rows);
}

struct status insolvency_file_get(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t customer_id, struct arena *arena,
                                  struct insolvency_file *out)
{
	TRY(customer_check(db, viewer, company_id, customer_id));
	*out = (struct insolvency_file){ .kind = "", .court = "", .trustee = "", .declared_proof = "", .note = "", .published_day = DAY_NONE,
		                         .declared_day = DAY_NONE, .admitted_day = DAY_NONE };
	{
		cleanup_rows struct rows *rows = db_query(db,
			"SELECT kind, court, published_day, trustee, abroad, retention_of_title, declared_day, declared_amount, declared_proof, admitted_amount,"
			" admitted_day, dividends, note FROM insolvency_file WHERE tenant_id = $tenant AND company_id = $company AND customer_id = $customer",
			DB_ARGS(db_int("tenant", viewer->tenant_id), db_int("company", company_id), db_int("customer", customer_id)));
		if (rows_next(rows))
			*out = (struct insolvency_file){ .kind = arena_strdup(arena, row_text(rows, 0)), .court = arena_strdup(arena, row_text(rows, 1)),
				.published_day = row_day(rows, 2), .trustee = arena_strdup(arena, row_text(rows, 3)), .abroad = row_int(rows, 4) != 0,
				.retention_of_title = row_int(rows, 5) != 0, .declared_day = row_day(rows, 6), .declared = row_int(rows, 7),
				.declared_proof = arena_strdup(arena, row_text(rows, 8)), .admitted = row_int(rows, 9), .admitted_day = row_day(rows, 10),
				.dividends = row_int(rows, 11), .note = arena_strdup(arena, row_text(rows, 12)) };
		TRY(rows_status(rows));
	}
	TRY(from_gazette(db, viewer, company_id, customer_id, arena, out));
	insolvency_deadlines(out);
	return STATUS_FINE;
}

static struct status refuse(const struct insolvency_file *file, const char *part, struct status status)
{
	if (file->wrong) *file->wrong = part;
	return status;
}

static struct status check(const struct insolvency_file *file, const struct customer *who, int32_t today)
{
	static const char *const kinds[] = { "", "safeguard", "receivership", "liquidation" };
	bool known = false;
	for (size_t i = 0; i < COUNT(kinds); i++) known |= strcmp(kinds[i], file->kind) == 0;
	if (!known) return refuse(file, "kind", status_make(STATUS_INVALID, "“%s” is no collective procedure.", file->kind));
	const struct { const char *part, *text; } texts[] = { { "court", file->court }, { "trustee", file->trustee }, { "proof", file->declared_proof }, { "note", file->note } };
	for (size_t i = 0; i < COUNT(texts); i++)
		if (strlen(texts[i].text) > WORDS || !utf8_valid(texts[i].text, strlen(texts[i].text)))
			return refuse(file, texts[i].part, status_make(STATUS_INVALID, "This text is too long, or not readable: at most %d characters.", WORDS));
	if (file->published_day != DAY_NONE && (file->published_day < who->insolvency_day || file->published_day > today))
		return refuse(file, "published", status_make(STATUS_INVALID, "The publication is neither before the judgment nor after today."));
	if (file->declared_day != DAY_NONE && (file->declared_day < who->insolvency_day || file->declared_day > today))
		return refuse(file, "declared_on", status_make(STATUS_INVALID, "The declaration is neither before the judgment nor after today."));
	const struct { const char *part; int64_t amount; } amounts[] = { { "declared", file->declared }, { "admitted", file->admitted }, { "dividends", file->dividends } };
	for (size_t i = 0; i < COUNT(amounts); i++)
		if (amounts[i].amount < 0) return refuse(file, amounts[i].part, status_make(STATUS_INVALID, "These amounts are never negative."));
	if (file->admitted && file->declared_day == DAY_NONE) return refuse(file, "admitted", status_make(STATUS_INVALID, "What was not declared can't be admitted."));
	if (file->declared_day != DAY_NONE && !*file->declared_proof)
		return refuse(file, "proof", status_make(STATUS_INVALID, "Give the proof of the declaration: number of the registered letter, or receipt of the portal."));
	return STATUS_FINE;
}

struct status insolvency_file_set(struct change *change, int64_t customer_id, const struct insolvency_file *file)
{
	TRY(change_allows(change, RIGHT_COLLECT));
	cleanup_arena struct arena *arena = arena_new();
	struct customer who;
	TRY(customer_get(change->db, change->viewer, change->company.id, customer_id, arena, &who));
	if (who.insolvency_day == DAY_NONE) return status_make(STATUS_CONFLICT, "No insolvency is noted at this customer.");
	TRY(check(file, &who, change->today));
	TRY(db_run(change->db, "DELETE FROM insolvency_file WHERE tenant_id = $tenant AND company_id = $company AND customer_id = $customer",
	           DB_ARGS(db_int("tenant", change->company.tenant_id), db_int("company", change->company.id), db_int("customer", customer_id))));
	TRY(db_run(change->db,
	           "INSERT INTO insolvency_file (tenant_id, company_id, customer_id, kind, court, published_day, trustee, abroad, retention_of_title, declared_day,"
	           " declared_amount, declared_proof, admitted_amount, admitted_day, dividends, note, rev) VALUES ($tenant, $company, $customer, $kind, $court,"
	           " $published, $trustee, $abroad, $retention, $declared_day, $declared, $proof, $admitted, $admitted_day, $dividends, $note, $rev)",
	           DB_ARGS(db_int("tenant", change->company.tenant_id), db_int("company", change->company.id), db_int("customer", customer_id),
	                   db_text("kind", file->kind), db_text("court", file->court), db_day("published", file->published_day), db_text("trustee", file->trustee),
	                   db_int("abroad", file->abroad), db_int("retention", file->retention_of_title), db_day("declared_day", file->declared_day),
	                   db_int("declared", file->declared), db_text("proof", file->declared_proof), db_int("admitted", file->admitted),
	                   db_day("admitted_day", file->admitted_day), db_int("dividends", file->dividends), db_text("note", file->note), db_int("rev", change->rev))));
	char published[11] = "", declared[11] = "";
	if (file->published_day != DAY_NONE) day_format(file->published_day, published);
	if (file->declared_day != DAY_NONE) day_format(file->declared_day, declared);
	return event_add_json(change, (struct event_new){ .kind = "insolvency.changed", .customer_id = customer_id },
	                      json_pack("{s:s, s:s, s:s, s:s, s:s, s:I, s:s, s:I, s:I, s:s, s:s}", "what", file->kind, "court", file->court, "published", published,
	                                "trustee", file->trustee, "declared_on", declared, "amount", (json_int_t)file->declared, "currency", change->company.currency,
	                                "admitted", (json_int_t)file->admitted, "dividends", (json_int_t)file->dividends, "proof", file->declared_proof, "text", file->note));
}
