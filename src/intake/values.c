#include "intake/values.h"

#include "base/memory.h"
#include "ledger/custom.h"

#include <stdlib.h>
#include <string.h>

struct value {
	const struct custom_field *field;
	int64_t owner;          /* known once matched */
	uint32_t customer, line; /* line: of the item's row */
	uint32_t order;         /* of two for the same, the later one counts */
	const char *text;
	bool news, fresh;       /* fresh: nothing is known of it yet */
};

struct values {
	struct custom_fields fields;
	struct value *rows; /* in the batch's arena */
	size_t count, cap;
};

static struct status fields_of(const struct intake *intake, struct arena *arena, struct custom_fields *out)
{
	struct db *db;
	*out = (struct custom_fields){ 0 };
	TRY(store_reader(intake->store, &db));
	struct status status = custom_fields_load(db, intake->viewer->tenant_id, intake->company_id, arena, out);
	store_release(intake->store, db);
	return status;
}

struct csv_options values_options(const struct intake *intake, const char *mapping)
{
	struct csv_options options = { .lang = intake->viewer->lang, .mapping = mapping };
	struct custom_fields fields;
	if (fields_of(intake, intake->arena, &fields).code) return options; /* what reads next tells what is wrong with the store */
	struct csv_own *own = arena_array(intake->arena, struct csv_own, fields.count + 1);
	for (size_t i = 0; i < fields.count; i++)
		own[i] = (struct csv_own){ .code = fields.rows[i].code, .label_fr = fields.rows[i].label_fr, .label_en = fields.rows[i].label_en,
			.of_item = fields.rows[i].subject == CUSTOM_ITEM, .is_day = fields.rows[i].kind == CUSTOM_DATE, .is_number = fields.rows[i].kind == CUSTOM_NUMBER };
	options.own = own, options.own_count = fields.count;
	return options;
}

struct status values_take(const struct intake *intake, struct batch *batch, struct csv *csv, const struct csv_row *row, uint32_t customer, bool *fits)
{
	*fits = true;
	if (!row->value_count) return STATUS_FINE;
	if (!batch->values) {
		batch->values = arena_make(batch->arena, struct values);
		TRY(fields_of(intake, batch->arena, &batch->values->fields));
	}
	struct values *values = batch->values;
	size_t before = values->count;
	for (size_t i = 0; i < row->value_count; i++) {
		const struct csv_value *said = &row->values[i];
		const struct custom_field *field = custom_field_find(&values->fields, said->own->of_item ? CUSTOM_ITEM : CUSTOM_CUSTOMER, said->own->code);
		const char *read;
		if (!field) continue; /* removed meanwhile */
		struct status status = custom_read(field, arena_strndup(batch->arena, said->text.bytes, said->text.len), batch->arena, &read);
		if (status.code) {
			complaint_add(&csv->rejected, (struct complaint){ .line = row->line, .column = csv->columns[said->column].header,
				.value = arena_strndup(csv->arena, said->text.bytes, said->text.len), .reason = arena_strdup(csv->arena, status.text) });
			values->count = before;
			*fits = false;
			return STATUS_FINE;
		}
		if (!*read) continue;
		if (values->count == values->cap) {
			size_t cap = values->cap ? values->cap * 2 : 256;
			struct value *bigger = arena_array(batch->arena, struct value, cap);
			if (values->count) memcpy(bigger, values->rows, values->count * sizeof *bigger);
			values->rows = bigger, values->cap = cap;
		}
		values->rows[values->count] = (struct value){ .field = field, .customer = customer, .line = (uint32_t)row->line, .order = (uint32_t)values->count, .text = read };
		values->count++;
	}
	return STATUS_FINE;
}

/* --- against what is known --------------------------------------------------------------------------------------------------------- */
static int by_owner(const void *a, const void *b)
{
	const struct value *x = a, *y = b;
	if (x->field->subject != y->field->subject) return x->field->subject < y->field->subject ? -1 : 1;
	if (x->owner != y->owner) return x->owner < y->owner ? -1 : 1;
	if (x->field->id != y->field->id) return x->field->id < y->field->id ? -1 : 1;
	return (x->order > y->order) - (x->order < y->order);
}

struct line_row {
	uint32_t line, row;
};

static int by_line(const void *a, const void *b)
{
	const struct line_row *x = a, *y = b;
	return (x->line > y->line) - (x->line < y->line);
}

/* Rows that are new facts get their ids when they are staged: until then they are named by their line, below zero. */
static void find_owners(struct batch *batch)
{
	struct values *values = batch->values;
	cleanup_free struct line_row *lines = xmalloc((batch->row_count + 1) * sizeof *lines);
	for (uint32_t i = 0; i < batch->row_count; i++) lines[i] = (struct line_row){ batch->rows[i].line, i };
	qsort(lines, batch->row_count, sizeof *lines, by_line);
	for (size_t i = 0; i < values->count; i++) {
		struct value *value = &values->rows[i];
		if (value->field->subject == CUSTOM_CUSTOMER) {
			const struct batch_customer *customer = &batch->customers[value->customer];
			value->owner = customer->into ? customer->into : customer->id;
			value->fresh = customer->is_new;
			continue;
		}
		const struct line_row key = { value->line, 0 };
		const struct line_row *found = bsearch(&key, lines, batch->row_count, sizeof *lines, by_line);
		if (!found) continue;
		const struct batch_row *row = &batch->rows[found->row];
		value->fresh = row->state == ROW_NEW;
		value->owner = row->fact_id ? row->fact_id : -(int64_t)value->line;
	}
}

struct status values_match(const struct intake *intake, struct db *db, struct batch *batch, struct intake_result *result)
{
	struct values *values = batch->values;
	if (!values || !values->count) return STATUS_FINE;
	find_owners(batch);
	qsort(values->rows, values->count, sizeof *values->rows, by_owner);
	struct custom_values known[CUSTOM_SUBJECT_COUNT];
	for (int s = 0; s < CUSTOM_SUBJECT_COUNT; s++)
		TRY(custom_values_load(db, intake->viewer->tenant_id, intake->company_id, (enum custom_subject)s, 0, batch->arena, &known[s]));
	int64_t counted = 0;
	enum custom_subject counted_subject = CUSTOM_SUBJECT_COUNT;
	for (size_t i = 0; i < values->count; i++) {
		struct value *value = &values->rows[i];
		bool last = i + 1 == values->count || values->rows[i + 1].owner != value->owner || values->rows[i + 1].field != value->field;
		if (!value->owner || !last) continue;
		const struct custom_value *before = value->fresh ? NULL : custom_value_find(&known[value->field->subject], value->owner, value->field->id);
		value->news = !before || (strcmp(before->text, value->text) != 0 && !before->by_hand);
		if (!before) value->fresh = true;
		if (!value->news) continue;
		batch->value_news = true;
		/* one of whom nothing else is new counts as changed, once */
		bool again = counted == value->owner && counted_subject == value->field->subject;
		counted = value->owner, counted_subject = value->field->subject;
		if (again) continue;
		if (value->field->subject == CUSTOM_CUSTOMER) {
			const struct batch_customer *customer = &batch->customers[value->customer];
			if (!customer->is_new && !customer->renamed && !batch->people_news) result->customers_changed++;
		} else if (value->owner > 0 && result->items_unchanged > 0) {
			result->items_unchanged--, result->items_changed++;
		}
	}
	return STATUS_FINE;
}

/* --- writing ---------------------------------------------------------------------------------------------------------------------------- */
struct status values_apply(struct change *change, const struct batch *batch, int64_t import_id)
{
	struct values *values = batch->values;
	if (!batch->value_news) return STATUS_FINE;
	/* rows have their ids now */
	cleanup_free struct line_row *lines = xmalloc((batch->row_count + 1) * sizeof *lines);
	for (uint32_t i = 0; i < batch->row_count; i++) lines[i] = (struct line_row){ batch->rows[i].line, i };
	qsort(lines, batch->row_count, sizeof *lines, by_line);
	struct bulk *bulk;
	TRY(bulk_begin(change->db, "custom_value", "tenant_id, company_id, subject, owner_id, field_id, value, by_hand, import_id, rev", &bulk));
	for (size_t i = 0; i < values->count; i++) {
		const struct value *value = &values->rows[i];
		if (!value->news || !value->fresh) continue;
		int64_t owner = value->owner;
		if (owner < 0) {
			const struct line_row key = { value->line, 0 };
			const struct line_row *found = bsearch(&key, lines, batch->row_count, sizeof *lines, by_line);
			owner = found ? batch->rows[found->row].fact_id : 0;
		}
		if (owner <= 0) continue;
		bulk_int(bulk, change->company.tenant_id), bulk_int(bulk, change->company.id);
		bulk_cstr(bulk, custom_subject_code(value->field->subject)), bulk_int(bulk, owner), bulk_int(bulk, value->field->id);
		bulk_cstr(bulk, value->text), bulk_int(bulk, 0), bulk_int(bulk, import_id), bulk_int(bulk, change->rev);
		struct status status = bulk_row(bulk);
		if (status.code) return bulk_abort(bulk), status;
	}
	TRY(bulk_end(bulk));
	for (size_t i = 0; i < values->count; i++)
		if (values->rows[i].news && !values->rows[i].fresh) TRY(custom_store(change, values->rows[i].field, values->rows[i].owner, values->rows[i].text, import_id, false, NULL));
	return STATUS_FINE;
}
