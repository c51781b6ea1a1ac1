#include "intake/truth.h"

#include "base/memory.h"
#include "base/text.h"
#include "ledger/customer.h"
#include "ledger/event.h"

#include <stdlib.h>
#include <string.h>

/* msgids */
static const struct truth_field fields[] = {
	{ "name", "Customer name" }, { "email", "E-mail" },     { "phone", "Phone" },      { "address", "Address" },       { "country", "Country" },
	{ "siren", "SIREN" },        { "vat_number", "VAT number" }, { "group_code", "Group" }, { "class", "Kind of customer" }, { "language", "Language" },
	{ "salesperson", "Salesperson" }, { "terms_days", "Payment terms" }, { "credit_limit", "Credit limit" },
};

const struct truth_field *truth_fields(size_t *count)
{
	*count = COUNT(fields);
	return fields;
}

/* An address goes as a whole, terms too. */
static const char *field_of(const char *column)
{
	if (strcmp(column, "postcode") == 0 || strcmp(column, "city") == 0) return "address";
	if (strncmp(column, "terms_", 6) == 0) return "terms_days";
	return column;
}

struct origin {
	int64_t customer;
	const char *field, *source;
	bool rule;
};
struct rank {
	const char *field, *source;
	int64_t position;
};
struct truth {
	const char *source;
	struct origin *origins; /* by customer, field */
	size_t origin_count;
	struct rank *ranks;
	size_t rank_count;
};

static int by_customer(const void *a, const void *b)
{
	const struct origin *x = a, *y = b;
	if (x->customer != y->customer) return x->customer < y->customer ? -1 : 1;
	return strcmp(x->field, y->field);
}

struct status truth_load(struct db *db, int64_t tenant, int64_t company, const char *source, struct arena *arena, struct truth **out)
{
	struct truth *truth = *out = arena_make(arena, struct truth);
	struct origin *origins = NULL;
	struct rank *ranks = NULL;
	size_t cap = 0, rank_cap = 0;
	truth->source = arena_strdup(arena, source);
	const struct db_arg *args = DB_ARGS(db_int("tenant", tenant), db_int("company", company));
	/* a rule that is gone, or switched off, holds nothing any more */
	struct rows *rows = db_query(db,
		"SELECT o.customer_id, o.field, o.source, CASE WHEN r.id IS NULL THEN 0 ELSE 1 END FROM customer_origin o LEFT JOIN assign_rule r ON r.tenant_id = o.tenant_id"
		" AND r.company_id = o.company_id AND r.id = o.rule_id AND r.enabled = 1 WHERE o.tenant_id = $tenant AND o.company_id = $company", args);
	while (rows_next(rows)) {
		GROW(origins, truth->origin_count, cap);
		origins[truth->origin_count++] = (struct origin){ row_int(rows, 0), arena_strdup(arena, row_text(rows, 1)), arena_strdup(arena, row_text(rows, 2)), row_int(rows, 3) != 0 };
	}
	struct status status = rows_status(rows);
	rows_close(rows);
	rows = db_query(db, "SELECT field, source, position FROM source_rank WHERE tenant_id = $tenant AND company_id = $company ORDER BY field, position", args);
	while (!status.code && rows_next(rows)) {
		GROW(ranks, truth->rank_count, rank_cap);
		ranks[truth->rank_count++] = (struct rank){ arena_strdup(arena, row_text(rows, 0)), arena_strdup(arena, row_text(rows, 1)), row_int(rows, 2) };
	}
	if (!status.code) status = rows_status(rows);
	rows_close(rows);
	truth->origins = arena_array(arena, struct origin, truth->origin_count + 1);
	if (truth->origin_count) memcpy(truth->origins, origins, truth->origin_count * sizeof *origins);
	if (truth->origin_count) qsort(truth->origins, truth->origin_count, sizeof *truth->origins, by_customer);
	truth->ranks = arena_array(arena, struct rank, truth->rank_count + 1);
	if (truth->rank_count) memcpy(truth->ranks, ranks, truth->rank_count * sizeof *ranks);
	free(origins), free(ranks);
	return status;
}

/* From 0, the most believed; INT64_MAX for one that stands nowhere; -1 when the field has no order. */
static int64_t rank_of(const struct truth *truth, const char *field, const char *source)
{
	int64_t rank = -1;
	for (size_t i = 0; i < truth->rank_count; i++) {
		if (strcmp(truth->ranks[i].field, field) != 0) continue;
		if (strcmp(truth->ranks[i].source, source) == 0) return truth->ranks[i].position;
		rank = INT64_MAX;
	}
	return rank;
}

bool truth_may(const struct truth *truth, int64_t customer_id, const char *column)
{
	const char *field = field_of(column);
	if (!truth->origin_count) return true;
	const char *const names[] = { column, field };
	for (size_t i = 0; i < COUNT(names); i++) {
		const struct origin key = { .customer = customer_id, .field = names[i] };
		const struct origin *origin = bsearch(&key, truth->origins, truth->origin_count, sizeof key, by_customer);
		if (!origin) continue;
		if (origin->rule) return false;
		if (!*origin->source || strcmp(origin->source, truth->source) == 0) continue;
		if (rank_of(truth, field, origin->source) < rank_of(truth, field, truth->source)) return false;
	}
	return true;
}

struct status truth_note(struct change *change, const struct truth *truth, int64_t customer_id, const char *column)
{
	const char *field = field_of(column);
	if (rank_of(truth, field, truth->source) < 0) return STATUS_FINE;
	return db_run(change->db,
	              "INSERT INTO customer_origin (tenant_id, company_id, customer_id, field, source, rule_id, rev) VALUES ($tenant, $company, $customer, $field, $source, 0, $rev)"
	              " ON CONFLICT (tenant_id, company_id, customer_id, field) DO UPDATE SET source = excluded.source, rule_id = 0, rev = excluded.rev",
	              DB_ARGS(db_int("tenant", change->company.tenant_id), db_int("company", change->company.id), db_int("customer", customer_id), db_text("field", field),
	                      db_text("source", truth->source), db_int("rev", change->rev)));
}

/* --- the orders -------------------------------------------------------------------------------------------------------------------- */
struct status truth_order(struct db *db, int64_t tenant, int64_t company, const char *field, struct arena *arena, const char **out)
{
	cleanup_text struct text list = { 0 };
	cleanup_rows struct rows *rows = db_query(db, "SELECT source FROM source_rank WHERE tenant_id = $tenant AND company_id = $company AND field = $field ORDER BY position, source",
	                                          DB_ARGS(db_int("tenant", tenant), db_int("company", company), db_text("field", field)));
	while (rows_next(rows)) text_addf(&list, "%s%s", list.len ? ", " : "", row_text(rows, 0));
	*out = arena_strdup(arena, text_cstr(&list));
	return rows_status(rows);
}

struct status truth_order_set(struct change *change, const char *field, const char *sources)
{
	TRY(change_allows(change, RIGHT_SETTINGS));
	bool known = false;
	for (size_t i = 0; i < COUNT(fields); i++) known |= strcmp(fields[i].name, field) == 0;
	if (!known) return status_make(STATUS_NOT_FOUND, "There is no field “%s”.", field);
	if (strlen(sources) > 400 || !utf8_valid(sources, strlen(sources))) return status_make(STATUS_INVALID, "%s is too long.", field);
	cleanup_arena struct arena *arena = arena_new();
	const char *before;
	TRY(truth_order(change->db, change->company.tenant_id, change->company.id, field, arena, &before));
	const struct db_arg company = db_int("company", change->company.id), tenant = db_int("tenant", change->company.tenant_id), of = db_text("field", field);
	TRY(db_run(change->db, "DELETE FROM source_rank WHERE tenant_id = $tenant AND company_id = $company AND field = $field", DB_ARGS(tenant, company, of)));
	int64_t position = 0;
	for (const char *at = sources; *at;) {
		size_t len = strcspn(at, ",;");
		struct slice one = slice_trim((struct slice){ at, len });
		at += len + (at[len] != 0);
		if (!one.len) continue;
		TRY(db_run(change->db,
		           "INSERT INTO source_rank (tenant_id, company_id, field, source, position) VALUES ($tenant, $company, $field, $source, $position)"
		           " ON CONFLICT (tenant_id, company_id, field, source) DO NOTHING",
		           DB_ARGS(tenant, company, of, db_text_len("source", one.bytes, one.len), db_int("position", position++))));
	}
	const char *after;
	TRY(truth_order(change->db, change->company.tenant_id, change->company.id, field, arena, &after));
	if (strcmp(before, after) == 0) return STATUS_FINE;
	return event_add_json(change, (struct event_new){ .kind = "source.ranked" }, json_pack("{s:s, s:s, s:s}", "name", field, "before", before, "after", after));
}

struct status truth_sources(struct db *db, int64_t tenant, int64_t company, struct arena *arena, const char ***out, size_t *count)
{
	enum { MOST = 50 };
	*out = arena_array(arena, const char *, MOST + 1), *count = 0;
	cleanup_rows struct rows *rows = db_query(db, "SELECT DISTINCT source FROM import WHERE tenant_id = $tenant AND company_id = $company AND state = 'active' ORDER BY source",
	                                          DB_ARGS(db_int("tenant", tenant), db_int("company", company)));
	while (rows_next(rows) && *count < MOST) (*out)[(*count)++] = arena_strdup(arena, row_text(rows, 0));
	return rows_status(rows);
}
