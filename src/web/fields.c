/* fields — fields of the company's own: the page that defines them, and the parts that forms and lists show of them. */
#include "web/fields_page.h"

#include "base/memory.h"
#include "base/words.h"
#include "ledger/customer.h"
#include "ledger/item.h"
#include "web/draw.h"
#include "web/settings.h"

#include <inttypes.h>
#include <string.h>

static struct status load(const struct request *request, struct custom_fields *out)
{
	return custom_fields_load(request->db, request->company.tenant_id, request->company.id, request->arena, out);
}

/* --- where they are defined ----------------------------------------------------------------------------------------------------- */
/* msgids */
static const char *const kind_labels[CUSTOM_KIND_COUNT] =
	{ [CUSTOM_TEXT] = "Free text", [CUSTOM_NUMBER] = "Figure, with decimals", [CUSTOM_DATE] = "A day", [CUSTOM_CHOICE] = "One of several choices" };

static json_t *field_row(const struct request *request, const struct custom_field *field)
{
	return json_pack("{s:I, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:b}", "id", (json_int_t)field->id, "subject", custom_subject_code(field->subject),
	                 "code", field->code, "kind", custom_kind_code(field->kind), "kind_label", kind_labels[field->kind], "label",
	                 custom_label(field, request->lang), "label_fr", field->label_fr, "label_en", field->label_en, "choices", field->choice_lines,
	                 "has_choices", field->kind == CUSTOM_CHOICE);
}

static struct status fields_show(struct request *request)
{
	struct custom_fields fields;
	TRY(load(request, &fields));
	json_t *customers = json_array(), *items = json_array(), *kinds = json_array();
	for (size_t i = 0; i < fields.count; i++)
		json_array_append_new(fields.rows[i].subject == CUSTOM_CUSTOMER ? customers : items, field_row(request, &fields.rows[i]));
	const char *kind = request_field(request, "kind"), *subject = request_field(request, "subject");
	for (int k = 0; k < CUSTOM_KIND_COUNT; k++)
		json_array_append_new(kinds, json_pack("{s:s, s:s, s:b}", "code", custom_kind_code((enum custom_kind)k), "label", kind_labels[k], "on",
		                                       kind && strcmp(kind, custom_kind_code((enum custom_kind)k)) == 0));
	json_t *groups = json_array();
	json_array_append_new(groups, json_pack("{s:s, s:b, s:o}", "heading", "Fields of customers", "some", json_array_size(customers) > 0, "list", customers));
	json_array_append_new(groups, json_pack("{s:s, s:b, s:o}", "heading", "Fields of items", "some", json_array_size(items) > 0, "list", items));
	json_object_set_new(request->model, "groups", groups);
	json_object_set_new(request->model, "kinds", kinds);
	json_object_set_new(request->model, "of_items", json_boolean(subject && strcmp(subject, "item") == 0));
	json_t *form = json_object();
	static const char *const names[] = { "label_fr", "label_en", "choices", "code" };
	for (size_t i = 0; i < COUNT(names); i++) {
		const char *given = request_field(request, "id") ? NULL : request_field(request, names[i]);
		json_object_set_new(form, names[i], json_string(given ? given : ""));
	}
	json_object_set_new(request->model, "form", form);
	if (!json_object_get(request->model, "error")) json_object_set_new(request->model, "error", json_null());
	json_object_set_new(request->model, "title", json_string(tr(request->lang, "Fields of your own")));
	return STATUS_FINE;
}

static struct status define_work(struct change *change, void *context)
{
	struct custom_new *given = context;
	return custom_define(change, given, &given->id);
}

static struct status fields_define(struct request *request)
{
	struct custom_new given = { .id = request_int(request, "id", 0), .code = request_field(request, "code"), .label_fr = request_field(request, "label_fr"),
		.label_en = request_field(request, "label_en"), .choices = request_field(request, "choices"), .position = request_int(request, "position", 0) };
	const char *subject = request_field(request, "subject"), *kind = request_field(request, "kind");
	struct status status = STATUS_FINE;
	if (!given.id && !custom_subject_parse(subject, &given.subject)) status = status_make(STATUS_INVALID, "Is it a field of customers or of items?");
	if (!status.code && !given.id && !custom_kind_parse(kind, &given.kind)) status = status_make(STATUS_INVALID, "Say what the field holds: text, number, date or choice.");
	if (!status.code) status = request_change(request, define_work, &given);
	if ((status.code == STATUS_INVALID || status.code == STATUS_CONFLICT) && !request->json) {
		json_object_set_new(request->model, "error", json_string(status.text));
		request->http_status = 422;
		request->template = "fields";
		return fields_show(request);
	}
	TRY(status);
	json_object_set_new(request->model, "id", json_integer(given.id));
	request->notice = tr(request->lang, "The field is saved.");
	request->redirect = "/settings/fields";
	return STATUS_FINE;
}

static struct status remove_work(struct change *change, void *context)
{
	return custom_remove(change, *(const int64_t *)context);
}

static struct status fields_remove(struct request *request)
{
	int64_t id = request_int(request, "id", 0);
	TRY(request_change(request, remove_work, &id));
	request->notice = tr(request->lang, "The field is removed.");
	request->redirect = "/settings/fields";
	return STATUS_FINE;
}

/* --- as inputs of a form -------------------------------------------------------------------------------------------------------------- */
static json_t *choices_of(const struct custom_field *field, const char *chosen)
{
	json_t *rows = json_array();
	for (size_t i = 0; field->choices[i]; i++)
		json_array_append_new(rows, json_pack("{s:s, s:b}", "value", field->choices[i], "on", chosen && strcmp(chosen, field->choices[i]) == 0));
	return rows;
}

/* As a person types it: decimal comma in French. */
static const char *typed(const struct request *request, const struct custom_field *field, const char *value)
{
	return field->kind == CUSTOM_NUMBER ? custom_shown(field, value, request->lang, request->arena) : value;
}

struct status fields_inputs(struct request *request, enum custom_subject subject, int64_t owner, json_t **out)
{
	struct custom_fields fields;
	struct custom_values values = { 0 };
	TRY(load(request, &fields));
	if (owner) TRY(custom_values_load(request->db, request->company.tenant_id, request->company.id, subject, owner, request->arena, &values));
	*out = json_array();
	const json_t *errors = json_object_get(request->model, "errors");
	for (size_t i = 0; i < fields.count; i++) {
		const struct custom_field *field = &fields.rows[i];
		if (field->subject != subject) continue;
		const char *name = arena_printf(request->arena, "field.%s", field->code), *given = request_field(request, name);
		const struct custom_value *value = custom_value_find(&values, owner, field->id);
		const char *text = given ? given : typed(request, field, value ? value->text : "");
		json_t *error = json_object_get(errors, name);
		json_array_append_new(*out, json_pack("{s:s, s:s, s:s, s:s, s:s, s:b, s:o, s:o}", "name", name, "label", custom_label(field, request->lang), "shape",
			custom_kind_code(field->kind), "value", text, "shown", value ? custom_shown(field, value->text, request->lang, request->arena) : "", "by_hand",
			value && value->by_hand, "choices", choices_of(field, text), "error", error ? json_incref(error) : json_null()));
	}
	return STATUS_FINE;
}

struct status fields_values(struct request *request, enum custom_subject subject, int64_t owner, json_t **out)
{
	struct custom_fields fields;
	struct custom_values values;
	TRY(load(request, &fields));
	TRY(custom_values_load(request->db, request->company.tenant_id, request->company.id, subject, owner, request->arena, &values));
	*out = json_object();
	for (size_t i = 0; i < fields.count; i++) {
		if (fields.rows[i].subject != subject) continue;
		const char *value = custom_value_of(&values, owner, fields.rows[i].id);
		json_object_set_new(*out, fields.rows[i].code, *value ? json_string(value) : json_null());
	}
	return STATUS_FINE;
}

struct saving {
	enum custom_subject subject;
	int64_t owner;
	const char **names, **values;
	size_t count;
};

static struct status save_work(struct change *change, void *context)
{
	const struct saving *saving = context;
	for (size_t i = 0; i < saving->count; i++) TRY(custom_set(change, saving->subject, saving->owner, saving->names[i], saving->values[i]));
	return STATUS_FINE;
}

struct status fields_save(struct request *request, enum custom_subject subject, int64_t owner, size_t *set)
{
	struct custom_fields fields;
	struct custom_values values;
	TRY(load(request, &fields));
	TRY(custom_values_load(request->db, request->company.tenant_id, request->company.id, subject, owner, request->arena, &values));
	struct saving saving = { .subject = subject, .owner = owner, .names = arena_array(request->arena, const char *, fields.count + 1),
		.values = arena_array(request->arena, const char *, fields.count + 1) };
	for (size_t i = 0; i < fields.count; i++) {
		const struct custom_field *field = &fields.rows[i];
		const char *name = arena_printf(request->arena, "field.%s", field->code), *given = field->subject == subject ? request_field(request, name) : NULL, *read;
		if (!given) continue;
		struct status status = custom_read(field, given, request->arena, &read);
		if (status.code) {
			json_t *errors = json_object_get(request->model, "errors");
			if (!json_is_object(errors)) json_object_set_new(request->model, "errors", errors = json_object());
			json_object_set_new(errors, name, json_string(status.text));
			return status;
		}
		if (strcmp(read, custom_value_of(&values, owner, field->id)) == 0) continue;
		saving.names[saving.count] = name, saving.values[saving.count++] = read;
	}
	*set = saving.count;
	return saving.count ? request_change(request, save_work, &saving) : STATUS_FINE;
}

/* --- filters ------------------------------------------------------------------------------------------------------------------------------ */
static const char *asked(const struct request *request, const struct custom_field *field, const char *suffix)
{
	const char *value = request_field(request, arena_printf(request->arena, "field.%s%s", field->code, suffix));
	return value && *value ? value : NULL;
}

/* Of one field: a byte each of those that pass, and'ed into *mask, which is made at the first. */
static struct status narrow(struct request *request, const struct book *book, const struct custom_field *field, enum custom_op op, const char *wanted,
                            uint8_t **mask)
{
	size_t count = field->subject == CUSTOM_CUSTOMER ? book_customers(book) : book_items(book), found;
	int64_t *owners;
	/* who has none is nobody's row: those with one are found, and the others taken */
	bool others = op == CUSTOM_UNKNOWN;
	TRY(custom_owners(request->db, request->company.tenant_id, request->company.id, field, others ? CUSTOM_KNOWN : op, wanted, request->arena, &owners, &found));
	uint8_t *one = arena_alloc(request->arena, count + 1);
	for (size_t i = 0; i < found; i++) {
		size_t index = field->subject == CUSTOM_CUSTOMER ? book_find_customer(book, owners[i]) : book_find_item(book, owners[i]);
		if (index < count) one[index] = 1;
	}
	for (size_t i = 0; i < count; i++) one[i] = (one[i] != others) && (!*mask || (*mask)[i]);
	*mask = one;
	return STATUS_FINE;
}

struct status fields_filter(struct request *request, const struct book *book, bool items, struct field_filters *out)
{
	uint8_t *masks[CUSTOM_SUBJECT_COUNT] = { NULL };
	*out = (struct field_filters){ .in_force = json_array() };
	json_object_set_new(request->model, "field_filters", out->in_force);
	TRY(load(request, &out->fields));
	for (size_t i = 0; i < out->fields.count; i++) {
		const struct custom_field *field = &out->fields.rows[i];
		if (field->subject == CUSTOM_ITEM && !items) continue;
		const char *label = custom_label(field, request->lang);
		const struct {
			const char *suffix;
			enum custom_op op;
			const char *sign;
		} asks[] = { { "", field->kind == CUSTOM_TEXT ? CUSTOM_HOLDS : CUSTOM_IS, "" }, { ".from", CUSTOM_AT_LEAST, "≥ " }, { ".to", CUSTOM_AT_MOST, "≤ " } };
		for (size_t k = 0; k < COUNT(asks); k++) {
			const char *wanted = asked(request, field, asks[k].suffix), *read;
			if (!wanted) continue;
			bool none = k == 0 && strcmp(wanted, "-") == 0;
			if (!none) TRY(custom_read(field, wanted, request->arena, &read));
			TRY(narrow(request, book, field, none ? CUSTOM_UNKNOWN : asks[k].op, wanted, &masks[field->subject]));
			const char *name = arena_printf(request->arena, "field.%s%s", field->code, asks[k].suffix);
			json_array_append_new(out->in_force, json_pack("{s:s, s:s, s:o, s:s, s:o}", "label", label, "name", name, "value",
				none ? json_string(tr(request->lang, "not filled in"))
				     : json_sprintf("%s%s", asks[k].sign, custom_shown(field, field->kind == CUSTOM_TEXT ? wanted : read, request->lang, request->arena)),
				"given", wanted, "href", page_link(request, name, NULL)));
		}
	}
	out->customers = masks[CUSTOM_CUSTOMER], out->items = masks[CUSTOM_ITEM];
	return STATUS_FINE;
}

json_t *fields_filter_form(struct request *request, const struct field_filters *filters, bool items)
{
	json_t *rows = json_array();
	for (size_t i = 0; i < filters->fields.count; i++) {
		const struct custom_field *field = &filters->fields.rows[i];
		if (field->subject == CUSTOM_ITEM && !items) continue;
		const char *value = asked(request, field, ""), *from = asked(request, field, ".from"), *to = asked(request, field, ".to");
		json_array_append_new(rows, json_pack("{s:o, s:s, s:s, s:s, s:s, s:s, s:b, s:b, s:o}", "name", json_sprintf("field.%s", field->code), "label",
			custom_label(field, request->lang), "shape", custom_kind_code(field->kind), "value", value ? value : "", "from", from ? from : "", "to",
			to ? to : "", "range", field->kind == CUSTOM_NUMBER || field->kind == CUSTOM_DATE, "none", value && strcmp(value, "-") == 0, "choices",
			choices_of(field, value)));
	}
	return rows;
}

struct status fields_columns(struct request *request, enum custom_subject subject, const struct book *book, json_t *model)
{
	struct custom_fields fields;
	struct custom_values values;
	TRY(load(request, &fields));
	json_t *named = json_array(), *rows = json_object_get(model, subject == CUSTOM_CUSTOMER ? "customers" : "items"), *row;
	for (size_t f = 0; f < fields.count; f++)
		if (fields.rows[f].subject == subject)
			json_array_append_new(named, json_pack("{s:s, s:s, s:s}", "code", fields.rows[f].code, "label", custom_label(&fields.rows[f], request->lang), "kind",
			                                       custom_kind_code(fields.rows[f].kind)));
	json_object_set_new(model, "fields", named);
	if (!json_array_size(named)) return STATUS_FINE;
	TRY(custom_values_load(request->db, request->company.tenant_id, request->company.id, subject, 0, request->arena, &values));
	size_t i;
	json_array_foreach(rows, i, row) {
		int64_t owner = json_integer_value(json_object_get(row, "id"));
		if (subject == CUSTOM_CUSTOMER) {
			size_t index = book_find_customer_code(book, json_string_value(json_object_get(row, "customer")));
			owner = index == SIZE_MAX ? 0 : book_customer(book, index).id;
		}
		for (size_t f = 0; f < fields.count; f++) {
			if (fields.rows[f].subject != subject) continue;
			const char *value = custom_value_of(&values, owner, fields.rows[f].id);
			json_object_set_new(row, arena_printf(request->arena, "field.%s", fields.rows[f].code), *value ? json_string(value) : json_null());
		}
	}
	return STATUS_FINE;
}

/* --- of an item ------------------------------------------------------------------------------------------------------------------------ */
static struct status item_fields(struct request *request)
{
	struct item item;
	size_t set;
	TRY(item_get(request->db, request->viewer, request->company.id, request_int(request, "id", 0), &item));
	struct status status = fields_save(request, CUSTOM_ITEM, item.id, &set);
	if (status.code == STATUS_INVALID && !request->json) {
		request->notice = arena_strdup(request->arena, status.text);
	} else {
		TRY(status);
		request->notice = tr(request->lang, set ? "The fields are saved." : "Nothing was changed.");
	}
	request->redirect = arena_printf(request->arena, "/items/%" PRId64, item.id);
	return STATUS_FINE;
}

const struct route fields_routes[] = {
	{ "GET", "/settings/fields", RIGHT_SETTINGS, fields_show, .template = "fields", .menu = MENU_SETTINGS, .summary = "Fields of the company's own" },
	{ "POST", "/settings/fields", RIGHT_SETTINGS, fields_define, .menu = MENU_SETTINGS, .summary = "Define a field, or change it",
	  .fields = "id subject kind code label_fr label_en choices position" },
	{ "POST", "/settings/fields/{id}/remove", RIGHT_SETTINGS, fields_remove, .menu = MENU_SETTINGS, .summary = "Remove a field" },
	{ "POST", "/items/{id}/fields", RIGHT_COLLECT, item_fields, .menu = MENU_ITEMS, .summary = "Set an item's own fields: field.CODE" },
	{ 0 },
};
