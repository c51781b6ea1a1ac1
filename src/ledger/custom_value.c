/* Values of the fields that a company defines: read for many at once, written by persons, files and rules. */
#include "ledger/custom.h"

#include "base/memory.h"
#include "ledger/customer.h"
#include "ledger/event.h"
#include "ledger/item.h"

#include <stdlib.h>
#include <string.h>

#define OF_COMPANY(change) db_int("tenant", (change)->company.tenant_id), db_int("company", (change)->company.id)

/* --- reading -------------------------------------------------------------------------------------------------------------------- */
struct status custom_values_load(struct db *db, int64_t tenant, int64_t company, enum custom_subject subject, int64_t owner,
                                 struct arena *arena, struct custom_values *out)
{
	struct custom_value *list = NULL;
	size_t cap = 0;
	*out = (struct custom_values){ 0 };
#define VALUES "SELECT owner_id, field_id, value, by_hand FROM custom_value WHERE tenant_id = $tenant AND company_id = $company AND subject = $subject"
	const struct db_arg *args = DB_ARGS(db_int("tenant", tenant), db_int("company", company), db_text("subject", custom_subject_code(subject)),
	                                    db_int("owner", owner));
	struct rows *rows = owner ? db_query(db, VALUES " AND owner_id = $owner ORDER BY owner_id, field_id", args)
	                          : db_query(db, VALUES " AND owner_id > $owner ORDER BY owner_id, field_id", args);
#undef VALUES
	while (rows_next(rows)) {
		GROW(list, out->count, cap);
		list[out->count++] = (struct custom_value){ row_int(rows, 0), row_int(rows, 1), arena_strdup(arena, row_text(rows, 2)), row_int(rows, 3) != 0 };
	}
	struct status status = rows_status(rows);
	rows_close(rows);
	struct custom_value *kept = arena_array(arena, struct custom_value, out->count + 1);
	if (out->count) memcpy(kept, list, out->count * sizeof *list);
	free(list);
	out->rows = kept;
	return status;
}

static int by_owner(const void *a, const void *b)
{
	const struct custom_value *x = a, *y = b;
	if (x->owner != y->owner) return x->owner < y->owner ? -1 : 1;
	return (x->field > y->field) - (x->field < y->field);
}

const struct custom_value *custom_value_find(const struct custom_values *values, int64_t owner, int64_t field)
{
	const struct custom_value key = { .owner = owner, .field = field };
	return values->count ? bsearch(&key, values->rows, values->count, sizeof key, by_owner) : NULL;
}

const char *custom_value_of(const struct custom_values *values, int64_t owner, int64_t field)
{
	const struct custom_value *value = custom_value_find(values, owner, field);
	return value ? value->text : "";
}

struct status custom_owners(struct db *db, int64_t tenant, int64_t company, const struct custom_field *field, enum custom_op op,
                            const char *wanted, struct arena *arena, int64_t **out, size_t *count)
{
	int64_t *list = NULL;
	size_t cap = 0;
	*count = 0;
	struct rows *rows = db_query(db,
		"SELECT owner_id, value FROM custom_value WHERE tenant_id = $tenant AND company_id = $company AND field_id = $field ORDER BY owner_id",
		DB_ARGS(db_int("tenant", tenant), db_int("company", company), db_int("field", field->id)));
	while (rows_next(rows)) {
		if (!custom_test(field, row_text(rows, 1), op, wanted)) continue;
		GROW(list, *count, cap);
		list[(*count)++] = row_int(rows, 0);
	}
	struct status status = rows_status(rows);
	rows_close(rows);
	*out = arena_array(arena, int64_t, *count + 1);
	if (*count) memcpy(*out, list, *count * sizeof *list);
	free(list);
	return status;
}

/* --- writing ------------------------------------------------------------------------------------------------------------------------ */
/* An empty value is kept as a person's word too: an import does not fill it again. */
static struct status value_write(struct change *change, const struct custom_field *field, int64_t owner, const char *value, bool by_hand,
                           int64_t import_id, const char *before)
{
	return db_run(change->db,
	              "INSERT INTO custom_value (tenant_id, company_id, subject, owner_id, field_id, value, by_hand, import_id, before, rev)"
	              " VALUES ($tenant, $company, $subject, $owner, $field, $value, $by_hand, $import, $before, $rev)"
	              " ON CONFLICT (tenant_id, company_id, subject, owner_id, field_id) DO UPDATE SET value = excluded.value,"
	              " by_hand = excluded.by_hand, import_id = excluded.import_id, before = excluded.before, rev = excluded.rev",
	              DB_ARGS(OF_COMPANY(change), db_text("subject", custom_subject_code(field->subject)), db_int("owner", owner),
	                      db_int("field", field->id), db_text("value", value), db_int("by_hand", by_hand), db_int("import", import_id),
	                      db_text("before", before), db_int("rev", change->rev)));
}

struct status custom_store(struct change *change, const struct custom_field *field, int64_t owner, const char *value, int64_t import_id,
                           bool over_hand, bool *changed)
{
	bool aside;
	if (!changed) changed = &aside;
	*changed = false;
	cleanup_arena struct arena *arena = arena_new();
	struct custom_values values;
	TRY(custom_values_load(change->db, change->company.tenant_id, change->company.id, field->subject, owner, arena, &values));
	const struct custom_value *known = custom_value_find(&values, owner, field->id);
	if (known && (strcmp(known->text, value) == 0 || (known->by_hand && !over_hand))) return STATUS_FINE;
	if (!known && !*value) return STATUS_FINE;
	*changed = true;
	return value_write(change, field, owner, value, false, import_id, known ? known->text : NULL);
}

static struct status customer_of_item(struct change *change, int64_t item_id, int64_t *customer_id, const char **number, struct arena *arena)
{
	struct item item;
	TRY(item_get(change->db, change->viewer, change->company.id, item_id, &item));
	*customer_id = item.customer_id, *number = arena_strdup(arena, item.number);
	return STATUS_FINE;
}

struct status custom_set(struct change *change, enum custom_subject subject, int64_t owner, const char *code, const char *text)
{
	TRY(change_allows(change, RIGHT_COLLECT));
	cleanup_arena struct arena *arena = arena_new();
	struct custom_fields fields;
	struct custom_values values;
	TRY(custom_fields_load(change->db, change->company.tenant_id, change->company.id, arena, &fields));
	const struct custom_field *field = custom_field_find(&fields, subject, code);
	if (!field) return status_make(STATUS_NOT_FOUND, "There is no field “%s”.", code);
	int64_t customer_id = owner;
	const char *number = NULL, *value;
	if (subject == CUSTOM_ITEM)
		TRY(customer_of_item(change, owner, &customer_id, &number, arena));
	else
		TRY(customer_check(change->db, change->viewer, change->company.id, owner));
	TRY(custom_read(field, text, arena, &value));
	TRY(custom_values_load(change->db, change->company.tenant_id, change->company.id, subject, owner, arena, &values));
	const struct custom_value *known = custom_value_find(&values, owner, field->id);
	const char *before = known ? known->text : "";
	if (strcmp(before, value) == 0) return STATUS_FINE;
	TRY(value_write(change, field, owner, value, true, 0, NULL));
	json_t *content = json_pack("{s:o, s:s, s:s}", "field", json_sprintf("field.%s", field->code), "before", before, "after", value);
	json_object_set_new(content, "label", json_string(custom_label(field, LANG_EN)));
	json_object_set_new(content, "label_fr", json_string(custom_label(field, LANG_FR)));
	if (number) json_object_set_new(content, "items", json_pack("[s]", number));
	return event_add_json(change, (struct event_new){ .kind = number ? "item.changed" : "customer.changed", .customer_id = customer_id,
		.ref = number ? owner : 0 }, content);
}

struct status custom_undo(struct change *change, int64_t import_id)
{
	const struct db_arg *args = DB_ARGS(OF_COMPANY(change), db_int("import", import_id), db_int("rev", change->rev));
	TRY(db_run(change->db, "DELETE FROM custom_value WHERE tenant_id = $tenant AND company_id = $company AND import_id = $import AND import_id > 0 AND before IS NULL",
	           DB_ARGS(OF_COMPANY(change), db_int("import", import_id))));
	return db_run(change->db,
	              "UPDATE custom_value SET value = before, before = NULL, import_id = 0, rev = $rev WHERE tenant_id = $tenant AND company_id = $company"
	              " AND import_id = $import AND import_id > 0 AND before IS NOT NULL", args);
}
