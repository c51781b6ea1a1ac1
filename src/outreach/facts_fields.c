#include "outreach/facts_read.h"

#include "base/memory.h"
#include "ledger/custom.h"

#include <string.h>

/* "Lyon, Paris": what the claimed items say, each value once, at most five. */
static struct status of_items(struct db *db, const struct company *company, const struct compose_facts *facts, const struct custom_field *field,
                              struct arena *arena, const char **out)
{
	enum { MOST = 5 };
	const char *seen[MOST];
	size_t count = 0;
	cleanup_text struct text joined = { 0 };
	for (size_t i = 0; i < facts->item_count && count < MOST; i++) {
		if (facts->items[i].role != PLAN_CLAIMED) continue;
		struct custom_values values;
		TRY(custom_values_load(db, company->tenant_id, company->id, CUSTOM_ITEM, facts->items[i].id, arena, &values));
		const char *value = custom_shown(field, custom_value_of(&values, facts->items[i].id, field->id), facts->lang, arena);
		bool again = !*value;
		for (size_t k = 0; k < count; k++) again |= strcmp(seen[k], value) == 0;
		if (again) continue;
		seen[count++] = value;
		text_addf(&joined, "%s%s", joined.len ? ", " : "", value);
	}
	*out = arena_strdup(arena, text_cstr(&joined));
	return STATUS_FINE;
}

struct status facts_fields(struct db *db, const struct company *company, struct arena *arena, struct compose_facts *facts)
{
	struct custom_fields fields;
	struct custom_values values;
	TRY(custom_fields_load(db, company->tenant_id, company->id, arena, &fields));
	if (!fields.count) return STATUS_FINE;
	TRY(custom_values_load(db, company->tenant_id, company->id, CUSTOM_CUSTOMER, facts->customer_id, arena, &values));
	struct compose_field *list = arena_array(arena, struct compose_field, fields.count + 1);
	for (size_t i = 0; i < fields.count; i++) {
		const struct custom_field *field = &fields.rows[i];
		list[i] = (struct compose_field){ .code = field->code, .label = custom_label(field, lang_spoken()) };
		if (field->subject == CUSTOM_CUSTOMER)
			list[i].value = custom_shown(field, custom_value_of(&values, facts->customer_id, field->id), facts->lang, arena);
		else
			TRY(of_items(db, company, facts, field, arena, &list[i].value));
	}
	facts->fields = list, facts->field_count = fields.count;
	return STATUS_FINE;
}
