#include "base/memory.h"
#include "formats/csv.h"
#include "formats/keys.h"
#include "intake/batch.h"
#include "intake/generic.h"
#include "intake/levels.h"
#include "intake/people.h"
#include "intake/preset_store.h"
#include "intake/values.h"

#include <string.h>

/* The account that items of a list stand on: they name none. */
#define LIST_ACCOUNT "411"
#define BILL_ACCOUNT "413"
#define RETENTION_ACCOUNT "4117"

static void csv_free_owner(void *owner)
{
	csv_free(owner);
}

enum { PROGRESS_ROWS = 8192 };

struct taking {
	const struct intake *intake;
	struct batch *batch;
	struct intake_result *result;
	struct csv *csv;
	struct keys codes;
	const char *last_currency;
	bool payments;
	int64_t without_day;
	int64_t lines; /* of the file, where somebody looks on */
};

static uint32_t take_customer(struct taking *t, const struct csv_row *row)
{
	struct batch *batch = t->batch;
	uint32_t index = keys_take(&t->codes, row->customer_code, 0);
	if (index == batch->customer_count) {
		if (batch->customer_count == batch->customer_cap) {
			size_t cap = batch->customer_cap ? batch->customer_cap * 2 : 256;
			struct batch_customer *bigger = arena_array(batch->arena, struct batch_customer, cap);
			if (batch->customer_count) memcpy(bigger, batch->customers, batch->customer_count * sizeof *bigger);
			batch->customers = bigger, batch->customer_cap = cap;
		}
		batch->customers[batch->customer_count++] = (struct batch_customer){ .code = row->customer_code };
	}
	if (row->customer_name.len) batch->customers[index].name = row->customer_name;
	return index;
}

static enum item_kind item_kind_of(enum csv_kind kind)
{
	static const enum item_kind kinds[] = {
		[CSV_INVOICE] = ITEM_INVOICE, [CSV_CREDIT_NOTE] = ITEM_CREDIT_NOTE, [CSV_PAYMENT] = ITEM_PAYMENT,
		[CSV_UNPAID_RETURN] = ITEM_UNPAID_RETURN, [CSV_BILL] = ITEM_BILL, [CSV_DEPOSIT_REQUEST] = ITEM_DEPOSIT_REQUEST,
		[CSV_RETENTION] = ITEM_RETENTION, [CSV_OTHER] = ITEM_OTHER,
	};
	return kinds[kind];
}

static struct slice slice_copy(struct arena *arena, const char *text)
{
	return slice_of(arena_strdup(arena, text));
}

/* What belongs to an item and no rule reads: the purchase order, the dispute that the other program knows of. */
static struct slice extra_of(struct taking *t, const struct csv_row *row)
{
	if (!row->purchase_order.len && row->disputed != 1) return (struct slice){ "", 0 };
	json_t *extra = json_object();
	if (row->purchase_order.len)
		json_object_set_new(extra, "purchase_order", json_stringn(row->purchase_order.bytes, row->purchase_order.len));
	if (row->disputed == 1) json_object_set_new(extra, "disputed", json_true());
	if (row->dispute_reason.len)
		json_object_set_new(extra, "dispute_reason", json_stringn(row->dispute_reason.bytes, row->dispute_reason.len));
	cleanup_free char *text = json_dumps(extra, JSON_COMPACT | JSON_SORT_KEYS);
	json_decref(extra);
	return text ? slice_copy(t->batch->arena, text) : (struct slice){ "", 0 };
}

/* How much of an item is settled, as its row tells: by what is open, what was paid, or that it was settled on a day. */
static void tell_settled(const struct csv_row *row, struct batch_row *out)
{
	if (row->has_open && row->has_amount) {
		out->tells_settled = true, out->settled = row->amount - row->open;
		out->settled_on = row->settled_on;
	} else if (row->has_paid && row->has_amount) {
		out->tells_settled = true, out->settled = row->paid;
		out->settled_on = row->settled_on;
	} else if (row->settled_on != DAY_NONE && row->has_amount && !row->has_open) {
		out->tells_settled = true, out->settled = row->amount;
		out->settled_on = row->settled_on;
	}
	bool within = out->amount >= 0 ? out->settled >= 0 && out->settled <= out->amount
	                               : out->settled <= 0 && out->settled >= out->amount;
	if (!within) out->tells_settled = false, out->settled = 0;
}

static const char *currency_of(struct taking *t, const char *currency)
{
	if (!*currency || strcmp(currency, t->batch->currency) == 0) return t->batch->currency;
	if (!t->last_currency || strcmp(t->last_currency, currency) != 0)
		t->last_currency = arena_strdup(t->batch->arena, currency);
	return t->last_currency;
}

static struct status take_row(void *context, const struct csv_row *row)
{
	struct taking *t = context;
	struct batch *batch = t->batch;
	if (row->line > UINT32_MAX || batch->row_count == UINT32_MAX - 1)
		return status_make(STATUS_INVALID, "The file has too many lines. Split it and import the parts.");
	if (batch->row_count == batch->row_cap) {
		batch->row_cap = batch->row_cap ? batch->row_cap * 2 : 4096;
		batch->rows = xrealloc(batch->rows, batch->row_cap, sizeof *batch->rows);
	}
	bool fits;
	uint32_t customer = take_customer(t, row);
	TRY(values_take(t->intake, batch, t->csv, row, customer, &fits));
	if (!fits) return STATUS_FINE;
	levels_take(batch, row, customer);
	enum item_kind kind = item_kind_of(row->kind);
	bool payment = kind == ITEM_PAYMENT || kind == ITEM_UNPAID_RETURN; /* the day it was paid is its own day */
	int32_t posting = row->posting_day != DAY_NONE ? row->posting_day : DAY_NONE;
	if (posting == DAY_NONE && payment) posting = row->settled_on;
	if (posting == DAY_NONE) posting = row->issue_day;
	if (posting == DAY_NONE) {
		posting = row->due_day != DAY_NONE && row->due_day < batch->as_of_day ? row->due_day : batch->as_of_day;
		t->without_day++;
	}
	struct batch_row *out = &batch->rows[batch->row_count++];
	*out = (struct batch_row){
		.line = (uint32_t)row->line, .entry = (uint32_t)row->line, .customer = customer, .kind = kind, .posting_day = posting,
		.piece_day = row->issue_day, .due_day = row->due_day, .amount = row->has_amount ? row->amount : row->open,
		.settled_on = DAY_NONE, .currency = currency_of(t, row->currency), .number = spot_of(row->number, batch->arena), .piece = spot_of(row->number, batch->arena),
		.account = spot_of(slice_of(kind == ITEM_BILL ? BILL_ACCOUNT : kind == ITEM_RETENTION ? RETENTION_ACCOUNT : LIST_ACCOUNT), batch->arena),
		.lettering = spot_of(row->lettering, batch->arena), .label = spot_of(row->label, batch->arena), .applies_to = spot_of(row->applies_to, batch->arena),
		.external_id = spot_of(row->external_id, batch->arena), .extra = spot_of(extra_of(t, row), batch->arena),
	};
	/* a payment's own day is when it was paid; how much of it is left is told as for any item */
	if (!payment) tell_settled(row, out);
	if (payment && row->has_open) tell_settled(row, out), out->settled_on = DAY_NONE;
	t->result->receivable_balance += out->amount - out->settled;
	if (t->intake->options.progress && batch->row_count % PROGRESS_ROWS == 0
	    && !t->intake->options.progress(t->intake->options.progress_context, 0.4 * (double)row->line / (double)(t->lines + 1), "Reading the file"))
		return status_make(STATUS_CONFLICT, "The import was stopped. Nothing was changed.");
	return STATUS_FINE;
}

static bool has_column(const struct csv *csv, enum csv_target target)
{
	for (size_t i = 0; i < csv->column_count; i++)
		if (csv->columns[i].target == target) return true;
	return false;
}

/* A list of what is open says so: it has a column of open amounts, or of days late. Any other list adds to what is known. */
static bool lists_open_items(const struct csv *csv)
{
	return csv->what == CSV_ITEMS && (has_column(csv, CSV_OPEN) || has_column(csv, CSV_DAYS_LATE))
	       && !has_column(csv, CSV_SETTLED_ON);
}

static struct status stored_mapping(const struct intake *intake, struct arena *arena, const char **out)
{
	*out = NULL;
	if (!intake->options.mapping || !*intake->options.mapping) return STATUS_FINE;
	if (*intake->options.mapping == '{') return *out = intake->options.mapping, STATUS_FINE; /* itself, not its name */
	struct db *db;
	cleanup_free char *columns = NULL;
	TRY(store_reader(intake->store, &db));
	struct status status = db_get_text(db,
		"SELECT columns FROM mapping WHERE tenant_id = $tenant AND company_id = $company AND name = $name",
		DB_ARGS(db_int("tenant", intake->viewer->tenant_id), db_int("company", intake->company_id),
		        db_text("name", intake->options.mapping)), &columns);
	store_release(intake->store, db);
	TRY(status);
	if (!columns) return STATUS_FINE; /* a preset of that name? */
	*out = arena_strdup(arena, columns);
	return STATUS_FINE;
}

static void copy_complaints(const struct intake *intake, const struct csv *csv, struct intake_result *result)
{
	for (size_t i = 0; i < csv->rejected.count; i++) complaint_add(&result->rejected, csv->rejected.rows[i]);
	result->rejected.total = csv->rejected.total;
	for (size_t i = 0; i < csv->warning_count; i++) batch_warn(intake, result, csv->warnings[i]);
}

static struct status read_items(const struct intake *intake, struct csv *csv, struct batch *batch, struct intake_result *result)
{
	struct taking taking = { .intake = intake, .batch = batch, .result = result, .csv = csv };
	for (const char *at = csv->bytes, *stop = csv->bytes + csv->len; intake->options.progress && (at = memchr(at, '\n', (size_t)(stop - at))); at++)
		taking.lines++;
	struct status status = csv_read(csv, take_row, &taking);
	keys_free(&taking.codes);
	TRY(status);
	if (taking.without_day)
		batch_warn(intake, result,
		           arena_printf(intake->arena, tr(intake->viewer->lang, "%lld rows have no date of their own."),
		                        (long long)taking.without_day));
	generic_propose(batch);
	return STATUS_FINE;
}

/* What was read otherwise than it stands in the file, for the import's report and its event. */
static struct status tell_mended(const struct intake *intake, struct csv *csv, struct intake_result *result)
{
	if (!csv->mend_count) return STATUS_FINE;
	json_t *said = json_loads(intake->options.mended, 0, NULL), *rows = json_array();
	struct status status = STATUS_FINE;
	for (size_t i = 0; i < csv->mend_count && !status.code; i++) {
		const struct csv_mend mend = csv->mends[i];
		struct csv_line *line;
		char number[24];
		status = csv_lines(csv, &mend.line, 1, false, intake->arena, &line);
		if (status.code || !line->found) continue;
		snprintf(number, sizeof number, "%lld", (long long)mend.line);
		const char *by = json_string_value(json_object_get(json_object_get(said, number), "by"));
		json_array_append_new(rows, json_pack("{s:I, s:s, s:s, s:s%, s:s}", "line", (json_int_t)mend.line, "column", csv->columns[mend.column].header, "from",
			line->cells[mend.column], "to", mend.text.bytes, mend.text.len, "by", by ? by : ""));
	}
	char *text = json_dumps(rows, JSON_COMPACT);
	result->mended = arena_strdup(intake->arena, text);
	free(text);
	json_decref(rows);
	json_decref(said);
	return status;
}

/* By its code, or by the columns that the file has; one for another kind of list than was said is none. */
static struct status preset_for(const struct intake *intake, struct batch *batch, const struct csv *csv, enum csv_what what, const char **mapping)
{
	struct preset_row row;
	const char *code = intake->options.mapping;
	if (code && *code) {
		struct db *db;
		TRY(store_reader(intake->store, &db));
		struct status status = preset_get(db, intake->viewer->tenant_id, intake->company_id, code, batch->arena, &row);
		store_release(intake->store, db);
		if (status.code == STATUS_NOT_FOUND) return status_make(STATUS_NOT_FOUND, "There is no mapping and no preset “%s”.", code);
		TRY(status);
		*mapping = preset_mapping(&row.preset, csv, batch->arena);
		return STATUS_FINE;
	}
	TRY(preset_choose(intake, csv, batch->arena, &row, mapping));
	if (*mapping && what != CSV_UNKNOWN && what != row.preset.what) *mapping = NULL;
	return STATUS_FINE;
}

struct status csv_batch_read(const struct intake *intake, const struct settings *settings, const char *bytes, size_t len,
                             struct batch *batch, struct intake_result *result)
{
	(void)settings;
	struct csv *csv = NULL;
	const char *mapping = NULL;
	TRY(stored_mapping(intake, batch->arena, &mapping));
	struct csv_options options = values_options(intake, mapping);
	options.currency = batch->currency, options.what = csv_what_parse(batch->format), options.mended = intake->options.mended;
	TRY(csv_look(bytes, len, options, &csv));
	batch->owner = csv, batch->owner_free = csv_free_owner;
	if (!mapping) {
		TRY(preset_for(intake, batch, csv, options.what, &options.mapping));
		if (options.mapping) {
			csv_free(csv);
			batch->owner = NULL;
			TRY(csv_look(bytes, len, options, &csv));
			batch->owner = csv;
		}
	}
	TRY(csv_ready(csv));
	bool of_people = csv->what == CSV_CUSTOMERS || csv->what == CSV_CONTACTS;
	/* people in a workbook are told apart: they make the books no younger */
	batch->format = !csv->sheet ? csv_what_name(csv->what) : !of_people ? "xlsx" : csv->what == CSV_CUSTOMERS ? "xlsx-customers" : "xlsx-contacts";
	result->encoding = encoding_name(csv->file_encoding);
	const char *mode = intake->options.mode;
	if ((!mode || !*mode) && lists_open_items(csv)) batch->mode = IMPORT_STOCK;
	if (batch->mode == IMPORT_LEDGER) return status_make(STATUS_INVALID, "A list is read in mode stock or delta, not ledger.");
	bool people = csv->what == CSV_CUSTOMERS || csv->what == CSV_CONTACTS;
	TRY(people ? people_read(intake, csv, batch, result) : read_items(intake, csv, batch, result));
	result->lines = csv->data_rows, result->ignored = csv->ignored_rows;
	batch->partial = csv->rejected.total > 0;
	if (batch->partial && batch->mode == IMPORT_STOCK && intake->options.accept_partial)
		batch_warn(intake, result, tr(intake->viewer->lang, "Part of the file was refused: what is missing from it stays as it was."));
	/* lines that are no receivable (contract section 4): what became of customers stands under customers */
	if (people) result->ignored = csv->data_rows - csv->rejected.total;
	copy_complaints(intake, csv, result);
	return tell_mended(intake, csv, result);
}
