#include "intake/erased.h"

#include "base/memory.h"
#include "privacy/erase.h"

#include <string.h>

enum { CODES_SHOWN = 5 };

/* Ids of customers, the merged ones too: few, and none at most companies. */
static struct status load(struct change *change, int64_t **out, size_t *count)
{
	size_t cap = 0;
	cleanup_rows struct rows *rows = db_query(change->db,
		"SELECT c.id FROM erasure e JOIN customer c ON c.tenant_id = e.tenant_id AND c.company_id = e.company_id AND (c.id = e.customer_id OR c.merged_into = e.customer_id)"
		" WHERE e.tenant_id = $tenant AND e.company_id = $company AND e.subject = 'customer' AND e.lifted_day IS NULL ORDER BY c.id",
		DB_ARGS(db_int("tenant", change->company.tenant_id), db_int("company", change->company.id)));
	while (rows_next(rows)) {
		GROW(*out, *count, cap);
		(*out)[(*count)++] = row_int(rows, 0);
	}
	return rows_status(rows);
}

static int compare(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
	return (x > y) - (x < y);
}

struct status erased_again(struct change *change, const struct intake *intake, const struct batch *batch, int64_t import_id, struct intake_result *result)
{
	cleanup_free int64_t *erased = NULL;
	size_t count = 0;
	TRY(load(change, &erased, &count));
	if (!count) return STATUS_FINE;
	cleanup_text struct text codes = { 0 };
	int64_t told = 0;
	for (size_t i = 0; i < batch->customer_count; i++) {
		const struct batch_customer *customer = &batch->customers[i];
		if (!customer->id || !bsearch(&customer->id, erased, count, sizeof *erased, compare)) continue;
		const char *name = arena_strndup(intake->arena, customer->name.bytes ? customer->name.bytes : "", customer->name.len);
		int32_t day = DAY_NONE;
		int64_t items = 0, under = 0;
		TRY(erase_again(change, customer->id, name, import_id, intake->arena, &day, &items));
		if (customer->into) TRY(erase_again(change, customer->into, name, import_id, intake->arena, &day, &under));
		if (!items) continue;
		if (told++ < CODES_SHOWN) text_addf(&codes, "%s%.*s", codes.len ? ", " : "", SLICE_PRINT(customer->code));
	}
	if (!told) return STATUS_FINE;
	if (told > CODES_SHOWN) text_add(&codes, "…");
	batch_warn(intake, result, arena_printf(intake->arena, told == 1 ? tr(lang_spoken(), "%lld customer whose data was erased has new items: %s. Nobody is reminded of them until the erasure is lifted (Settings, Personal data).")
		: tr(lang_spoken(), "%lld customers whose data was erased have new items: %s. Nobody is reminded of them until the erasure is lifted (Settings, Personal data)."), (long long)told, text_cstr(&codes)));
	return STATUS_FINE;
}
