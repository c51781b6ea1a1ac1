#include "base/memory.h"
#include "intake/batch.h"
#include "intake/match.h"
#include "intake/original.h"

#include <string.h>

enum { STAGE_ROWS = 100000 };

struct taking {
	const struct intake *intake;
	const char *name;
	int64_t count, first;
};

static struct status take_ids(struct db *db, void *context)
{
	struct taking *taking = context;
	return id_take(db, taking->intake->viewer->tenant_id, taking->intake->company_id, taking->name, taking->count,
	               &taking->first);
}

struct status intake_take_ids(const struct intake *intake, const char *name, int64_t count, int64_t *first)
{
	struct taking taking = { intake, name, count, 0 };
	TRY(store_transact(intake->store, take_ids, &taking));
	*first = taking.first;
	return STATUS_FINE;
}

/* --- one batch of rows, one transaction ------------------------------------------------------------------------------------ */
struct staging {
	const struct intake *intake;
	const struct batch *batch;
	const struct intake_result *result;
	struct original *original;
	int64_t import_id;
	size_t from, to; /* rows, or gone facts */
};

static void put_slice(struct bulk *bulk, struct slice slice)
{
	bulk_text(bulk, slice.len ? slice.bytes : "", slice.len);
}

static struct status stage_facts(struct db *db, void *context)
{
	const struct staging *s = context;
	struct bulk *bulk;
	TRY(bulk_begin(db, "fact",
	               "tenant_id, company_id, customer_id, id, import_id, line, class, account, journal, entry, pair, posting_day,"
	               " number, piece, piece_day, due_day, amount, currency, lettering, label, applies_to, external_id, extra",
	               &bulk));
	for (size_t i = s->from; i < s->to; i++) {
		const struct batch_row *row = &s->batch->rows[i];
		if (row->state != ROW_NEW) continue;
		bulk_int(bulk, s->intake->viewer->tenant_id), bulk_int(bulk, s->intake->company_id);
		bulk_int(bulk, s->batch->customers[row->customer].id), bulk_int(bulk, row->fact_id), bulk_int(bulk, s->import_id);
		bulk_int(bulk, row->line), bulk_cstr(bulk, fact_class(row->kind, row->opening));
		put_slice(bulk, spot_text(row->account)), put_slice(bulk, spot_text(row->journal));
		bulk_int(bulk, row->entry), bulk_int(bulk, row->pair), bulk_day(bulk, row->posting_day);
		put_slice(bulk, spot_text(row->number)), put_slice(bulk, spot_text(row->piece));
		bulk_day(bulk, row->piece_day), bulk_day(bulk, row->due_day);
		bulk_int(bulk, row->amount), bulk_cstr(bulk, row->currency), put_slice(bulk, spot_text(row->lettering));
		put_slice(bulk, spot_text(row->label)), put_slice(bulk, spot_text(row->applies_to)), put_slice(bulk, spot_text(row->external_id));
		put_slice(bulk, spot_text(row->extra));
		struct status status = bulk_row(bulk);
		if (status.code) return bulk_abort(bulk), status;
	}
	return bulk_end(bulk);
}

/* Payments and closings that a list tells of its items: "#" and the item's id says what they settle. */
static struct status stage_settling(struct db *db, void *context)
{
	const struct staging *s = context;
	struct bulk *bulk;
	TRY(bulk_begin(db, "fact",
	               "tenant_id, company_id, customer_id, id, import_id, line, class, account, journal, entry, pair, posting_day,"
	               " number, piece, amount, currency, lettering, label, applies_to, external_id", &bulk));
	for (size_t i = s->from; i < s->to; i++) {
		const struct batch_settling *settling = &s->batch->settling[i];
		const struct batch_row *row = settling->row == NO_ROW ? NULL : &s->batch->rows[settling->row];
		int64_t customer = row ? s->batch->customers[row->customer].id : settling->customer_id;
		char link[32];
		snprintf(link, sizeof link, "#%lld", (long long)(row ? row->fact_id : settling->fact_id));
		bulk_int(bulk, s->intake->viewer->tenant_id), bulk_int(bulk, s->intake->company_id), bulk_int(bulk, customer);
		bulk_int(bulk, settling->id), bulk_int(bulk, s->import_id), bulk_int(bulk, settling->line);
		bulk_cstr(bulk, settling->payment ? item_kind_code(ITEM_PAYMENT) : FACT_CLOSING);
		put_slice(bulk, settling->account), bulk_cstr(bulk, ""), bulk_int(bulk, settling->line), bulk_int(bulk, 0);
		bulk_day(bulk, settling->posting_day), put_slice(bulk, settling->number), bulk_cstr(bulk, "");
		bulk_int(bulk, settling->amount), bulk_cstr(bulk, settling->currency), bulk_cstr(bulk, ""), bulk_cstr(bulk, "");
		bulk_cstr(bulk, link), bulk_cstr(bulk, "");
		struct status status = bulk_row(bulk);
		if (status.code) return bulk_abort(bulk), status;
	}
	return bulk_end(bulk);
}

static const char change_columns[] =
	"tenant_id, company_id, customer_id, fact_id, import_id, present, class, line, entry, pair, number, piece_day, due_day, amount,"
	" lettering, label, applies_to, extra";

static struct status stage_changes(struct db *db, void *context)
{
	const struct staging *s = context;
	struct bulk *bulk;
	TRY(bulk_begin(db, "fact_change", change_columns, &bulk));
	for (size_t i = s->from; i < s->to; i++) {
		const struct batch_row *row = &s->batch->rows[i];
		if (row->state != ROW_CHANGED && row->state != ROW_RESTATED) continue;
		bulk_int(bulk, s->intake->viewer->tenant_id), bulk_int(bulk, s->intake->company_id);
		bulk_int(bulk, s->batch->customers[row->customer].id), bulk_int(bulk, row->fact_id), bulk_int(bulk, s->import_id);
		bulk_int(bulk, 1), bulk_cstr(bulk, fact_class(row->kind, row->opening));
		bulk_int(bulk, row->line), bulk_int(bulk, row->entry), bulk_int(bulk, row->pair), put_slice(bulk, spot_text(row->number));
		bulk_day(bulk, row->piece_day), bulk_day(bulk, row->due_day);
		bulk_int(bulk, row->amount), put_slice(bulk, spot_text(row->lettering));
		put_slice(bulk, spot_text(row->label)), put_slice(bulk, spot_text(row->applies_to)), put_slice(bulk, spot_text(row->extra));
		struct status status = bulk_row(bulk);
		if (status.code) return bulk_abort(bulk), status;
	}
	return bulk_end(bulk);
}

static struct status stage_gone(struct db *db, void *context)
{
	const struct staging *s = context;
	struct bulk *bulk;
	TRY(bulk_begin(db, "fact_change", change_columns, &bulk));
	for (size_t i = s->from; i < s->to; i++) {
		const struct stored_fact *gone = s->batch->gone[i].fact;
		bulk_int(bulk, s->intake->viewer->tenant_id), bulk_int(bulk, s->intake->company_id);
		bulk_int(bulk, gone->stored_customer), bulk_int(bulk, gone->fact.id), bulk_int(bulk, s->import_id);
		bulk_int(bulk, 0), bulk_cstr(bulk, gone->class);
		bulk_int(bulk, gone->fact.line), bulk_int(bulk, gone->entry), bulk_int(bulk, gone->fact.pair);
		bulk_cstr(bulk, gone->fact.number), bulk_day(bulk, gone->fact.piece_day), bulk_day(bulk, gone->fact.due_day);
		bulk_int(bulk, gone->fact.amount);
		bulk_cstr(bulk, gone->fact.lettering), bulk_cstr(bulk, gone->fact.label), bulk_cstr(bulk, gone->fact.applies_to);
		bulk_cstr(bulk, gone->fact.extra);
		struct status status = bulk_row(bulk);
		if (status.code) return bulk_abort(bulk), status;
	}
	return bulk_end(bulk);
}

static struct status stage_head(struct db *db, void *context)
{
	const struct staging *s = context;
	const struct batch *batch = s->batch;
	cleanup_text struct text openings = { 0 };
	for (size_t i = 0; i < batch->opening_count; i++) text_addf(&openings, i ? ",%d" : "%d", batch->opening_days[i]);
	TRY(db_run(db,
	           "INSERT INTO import (tenant_id, company_id, id, at, by_user, file_name, format, source, mode, digest, from_day, to_day,"
	           " as_of_day, opening_days, lines, state) VALUES ($tenant, $company, $id, $at, $by, $file, $format, $source, $mode,"
	           " $digest, $from, $to, $as_of, $openings, $lines, 'staged')",
	           DB_ARGS(db_int("tenant", s->intake->viewer->tenant_id), db_int("company", s->intake->company_id),
	                   db_int("id", s->import_id), db_int("at", s->intake->now), db_int("by", s->intake->viewer->user_id),
	                   db_text("file", s->result->file_name), db_text("format", batch->format), db_text("source", batch->source),
	                   db_text("mode", import_mode_code(batch->mode)), db_blob("digest", s->original->digest, ORIGINAL_DIGEST),
	                   db_day("from", batch->mode == IMPORT_LEDGER ? batch->from_day : DAY_NONE),
	                   db_day("to", batch->mode == IMPORT_LEDGER ? batch->to_day : DAY_NONE),
	                   db_day("as_of", batch->mode == IMPORT_STOCK ? batch->as_of_day : DAY_NONE),
	                   db_text("openings", text_cstr(&openings)), db_int("lines", s->result->lines))));
	TRY(original_rewind(s->original));
	cleanup_free char *bytes = xmalloc(ORIGINAL_PART);
	struct bulk *bulk;
	TRY(bulk_begin(db, "import_file", "tenant_id, company_id, import_id, part, bytes", &bulk));
	size_t len = 0;
	for (int64_t part = 0;; part++) {
		struct status status = original_part(s->original, bytes, &len);
		if (!status.code && len == 0) return bulk_end(bulk);
		if (!status.code) {
			bulk_int(bulk, s->intake->viewer->tenant_id), bulk_int(bulk, s->intake->company_id), bulk_int(bulk, s->import_id);
			bulk_int(bulk, part), bulk_blob(bulk, bytes, len);
			status = bulk_row(bulk);
		}
		if (status.code) return bulk_abort(bulk), status;
	}
}

static struct status stage_sums(struct db *db, void *context)
{
	const struct staging *s = context;
	struct bulk *bulk;
	TRY(bulk_begin(db, "account_day", "tenant_id, company_id, import_id, account, day, debit, credit", &bulk));
	for (size_t i = s->from; i < s->to; i++) {
		const struct account_sum *sum = &s->batch->sums[i];
		bulk_int(bulk, s->intake->viewer->tenant_id), bulk_int(bulk, s->intake->company_id), bulk_int(bulk, s->import_id);
		put_slice(bulk, sum->account), bulk_day(bulk, sum->day), bulk_int(bulk, sum->debit), bulk_int(bulk, sum->credit);
		struct status status = bulk_row(bulk);
		if (status.code) return bulk_abort(bulk), status;
	}
	return bulk_end(bulk);
}

/* Runs a step over `count` rows, a transaction for each STAGE_ROWS of them: others may write in between. */
static struct status in_batches(struct staging *staging, size_t count, db_work *work, double from, double to)
{
	const struct intake_options *options = &staging->intake->options;
	for (staging->from = 0; staging->from < count; staging->from = staging->to) {
		staging->to = count - staging->from < STAGE_ROWS ? count : staging->from + STAGE_ROWS;
		TRY(store_transact(staging->intake->store, work, staging));
		double done = from + (to - from) * (double)staging->to / (double)count;
		if (options->progress && !options->progress(options->progress_context, done, "Writing"))
			return status_make(STATUS_CONFLICT, "The import was stopped. Nothing was changed.");
	}
	return STATUS_FINE;
}

struct status batch_stage(const struct intake *intake, struct batch *batch, const struct intake_result *result,
                          struct original *original, int64_t *import_id)
{
	struct staging staging = { .intake = intake, .batch = batch, .result = result, .original = original };
	int64_t new_rows = 0, changes = 0, id = 0;
	for (size_t i = 0; i < batch->row_count; i++) {
		new_rows += batch->rows[i].state == ROW_NEW;
		changes += batch->rows[i].state == ROW_CHANGED || batch->rows[i].state == ROW_RESTATED;
	}
	TRY(intake_take_ids(intake, "import", 1, &staging.import_id));
	if (new_rows + (int64_t)batch->settling_count)
		TRY(intake_take_ids(intake, "fact", new_rows + (int64_t)batch->settling_count, &id));
	for (size_t i = 0; i < batch->row_count; i++)
		if (batch->rows[i].state == ROW_NEW) batch->rows[i].fact_id = id++;
	for (size_t i = 0; i < batch->settling_count; i++) batch->settling[i].id = id++;
	*import_id = staging.import_id;
	TRY(store_transact(intake->store, stage_head, &staging));
	if (new_rows) TRY(in_batches(&staging, batch->row_count, stage_facts, 0.5, 0.7));
	TRY(in_batches(&staging, batch->settling_count, stage_settling, 0.7, 0.72));
	if (changes) TRY(in_batches(&staging, batch->row_count, stage_changes, 0.7, 0.75));
	TRY(in_batches(&staging, batch->gone_count, stage_gone, 0.75, 0.78));
	return in_batches(&staging, batch->sum_count, stage_sums, 0.78, 0.8);
}

/* --- dropping what was staged and never became active ------------------------------------------------------------------------ */
struct unstaging {
	const struct intake *intake;
	int64_t import_id;
};

static struct status unstage(struct db *db, void *context)
{
	static const char *const deletes[] = {
		"DELETE FROM fact WHERE tenant_id = $tenant AND company_id = $company AND import_id = $id",
		"DELETE FROM fact_change WHERE tenant_id = $tenant AND company_id = $company AND import_id = $id",
		"DELETE FROM account_day WHERE tenant_id = $tenant AND company_id = $company AND import_id = $id",
		"DELETE FROM import_file WHERE tenant_id = $tenant AND company_id = $company AND import_id = $id",
	};
	const struct unstaging *u = context;
	int64_t changed = 0;
	/* the import's row first: it is what an apply that is under way holds */
	TRY(db_run_count(db, "DELETE FROM import WHERE tenant_id = $tenant AND company_id = $company AND id = $id AND state = 'staged'",
	                 DB_ARGS(db_int("tenant", u->intake->viewer->tenant_id), db_int("company", u->intake->company_id),
	                         db_int("id", u->import_id)), &changed));
	for (size_t i = 0; changed && i < COUNT(deletes); i++)
		TRY(db_run(db, deletes[i], DB_ARGS(db_int("tenant", u->intake->viewer->tenant_id),
		                                   db_int("company", u->intake->company_id), db_int("id", u->import_id))));
	return STATUS_FINE;
}

static struct status find_staged(const struct intake *intake, int64_t *id)
{
	struct db *db;
	TRY(store_reader(intake->store, &db));
	struct status status = db_get_int(db,
		"SELECT COALESCE(min(id), 0) FROM import WHERE tenant_id = $tenant AND company_id = $company AND state = 'staged'",
		DB_ARGS(db_int("tenant", intake->viewer->tenant_id), db_int("company", intake->company_id)), id, NULL);
	store_release(intake->store, db);
	return status;
}

struct status batch_unstage(const struct intake *intake, int64_t import_id)
{
	struct unstaging unstaging = { intake, import_id };
	if (import_id) return store_transact(intake->store, unstage, &unstaging);
	while (true) {
		TRY(find_staged(intake, &unstaging.import_id));
		if (!unstaging.import_id) return STATUS_FINE;
		TRY(store_transact(intake->store, unstage, &unstaging));
	}
}
