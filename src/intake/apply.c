#include "base/memory.h"
#include "base/words.h"
#include "intake/levels.h"
#include "intake/assign_store.h"
#include "intake/batch.h"
#include "intake/erased.h"
#include "intake/people.h"
#include "intake/lifecycle_batch.h"
#include "intake/notice_batch.h"
#include "intake/statement_batch.h"
#include "intake/supply.h"
#include "intake/truth.h"
#include "intake/unposted.h"
#include "intake/values.h"
#include "ledger/event.h"
#include "ledger/invoice_status.h"
#include "ledger/projection.h"
#include "ledger/projection_index.h"
#include "ledger/projection_store.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct applying {
	const struct intake *intake;
	const struct batch *batch;
	const struct intake_result *read; /* what reading and matching found */
	struct intake_result result;      /* of this attempt */
	int64_t import_id, base;
	bool needs_yes, rolled_back;      /* why it ended in STATUS_CONFLICT */
};

#define OF_COMPANY(a) db_int("tenant", (a)->intake->viewer->tenant_id), db_int("company", (a)->intake->company_id)

/* --- customers ---------------------------------------------------------------------------------------------------------------- */
static struct status add_customers(struct applying *a, const struct change *change)
{
	if (a->read->customers_new == 0) return STATUS_FINE;
	struct bulk *bulk;
	TRY(bulk_begin(change->db, "customer",
	               "tenant_id, company_id, id, code, name, generic, import_id, created_at, ledger_rev, rev", &bulk));
	for (size_t i = 0; i < a->batch->customer_count; i++) {
		const struct batch_customer *customer = &a->batch->customers[i];
		if (!customer->is_new) continue;
		bulk_int(bulk, change->company.tenant_id), bulk_int(bulk, change->company.id), bulk_int(bulk, customer->id);
		bulk_text(bulk, customer->code.bytes, customer->code.len);
		bulk_text(bulk, customer->name.len ? customer->name.bytes : "", customer->name.len);
		bulk_cstr(bulk, customer->generic ? "proposed" : ""), bulk_int(bulk, a->import_id), bulk_int(bulk, change->now);
		bulk_int(bulk, change->rev), bulk_int(bulk, change->rev);
		struct status status = bulk_row(bulk);
		if (status.code) return bulk_abort(bulk), status;
	}
	return bulk_end(bulk);
}

static struct status update_customers(struct applying *a, struct change *change)
{
	cleanup_arena struct arena *arena = arena_new();
	struct truth *truth;
	TRY(truth_load(change->db, change->company.tenant_id, change->company.id, a->batch->source, arena, &truth));
	for (size_t i = 0; i < a->batch->customer_count; i++) {
		const struct batch_customer *customer = &a->batch->customers[i];
		if (customer->is_new) continue;
		if (customer->renamed)
			TRY(db_run(change->db,
			           "UPDATE customer SET name = $name, rev = $rev WHERE tenant_id = $tenant AND company_id = $company AND id = $id",
			           DB_ARGS(OF_COMPANY(a), db_int("id", customer->id), db_int("rev", change->rev),
			                   db_text_len("name", customer->name.bytes, customer->name.len))));
		if (customer->renamed) TRY(truth_note(change, truth, customer->id, "name"));
		if (customer->generic) /* once answered, the answer stays */
			TRY(db_run(change->db,
			           "UPDATE customer SET generic = 'proposed', rev = $rev WHERE tenant_id = $tenant AND company_id = $company"
			           " AND id = $id AND generic = ''",
			           DB_ARGS(OF_COMPANY(a), db_int("id", customer->id), db_int("rev", change->rev))));
	}
	return STATUS_FINE;
}

/* --- the guard ------------------------------------------------------------------------------------------------------------------ */
/* What the file takes away without saying why: open items it no longer holds, and those that its absence closes (mode stock).
 * Items that it shows as paid are its business. */
static struct status taken_away(struct applying *a, struct db *db, int64_t *away, int64_t *outstanding)
{
	*away = 0;
	TRY(db_get_int(db, "SELECT COALESCE(sum(open_amount), 0) FROM item WHERE tenant_id = $tenant AND company_id = $company",
	               DB_ARGS(OF_COMPANY(a)), outstanding, NULL));
	if (a->batch->gone_count)
		TRY(db_get_int(db,
		               "SELECT COALESCE(sum(i.open_amount), 0) FROM fact_change c JOIN item i ON i.tenant_id = c.tenant_id AND"
		               " i.company_id = c.company_id AND i.id = c.fact_id AND i.open_amount > 0"
		               " WHERE c.tenant_id = $tenant AND c.company_id = $company AND c.import_id = $id AND c.present = 0",
		               DB_ARGS(OF_COMPANY(a), db_int("id", a->import_id)), away, NULL));
	for (size_t i = 0; i < a->batch->settling_count; i++) {
		const struct batch_settling *settling = &a->batch->settling[i];
		if (!settling->payment && settling->amount < 0 && settling->row == NO_ROW) *away -= settling->amount;
	}
	return STATUS_FINE;
}

/* --- whom to recompute -------------------------------------------------------------------------------------------------------------- */
static struct status opening_signature(struct db *db, const struct applying *a, struct text *out, bool *narrowed)
{
	cleanup_arena struct arena *arena = arena_new();
	struct fact_store facts;
	struct known_opening *openings;
	size_t count;
	TRY(fact_store_open(db, a->intake->viewer->tenant_id, a->intake->company_id, arena, &facts));
	projection_known_openings(facts.files, facts.file_count, arena, &openings, &count);
	for (size_t i = 0; i < count; i++) text_addf(out, "%u:%d-%d;", openings[i].source, openings[i].day, openings[i].until);
	/* a file that takes over only a part of what another covers splits that one's lettering groups */
	uint32_t source = fact_store_source(&facts, a->batch->source);
	for (size_t i = 0; i < facts.file_count; i++)
		*narrowed |= facts.files[i].source == source && facts.files[i].id != a->import_id
		             && facts.files[i].from_day < a->batch->from_day && facts.files[i].to_day >= a->batch->from_day;
	return STATUS_FINE;
}

static void gather_touched(const struct applying *a, int64_t **ids, size_t *count)
{
	const struct batch *batch = a->batch;
	size_t cap = 0;
	for (size_t i = 0; i < batch->customer_count; i++) {
		const struct batch_customer *customer = &batch->customers[i];
		bool touched = false;
		for (uint32_t r = 0; r < customer->count && !touched; r++)
			touched = batch->rows[customer->first + r].state != ROW_UNCHANGED;
		if (!touched) continue;
		GROW(*ids, *count, cap);
		(*ids)[(*count)++] = customer->id;
	}
	for (size_t i = 0; i < batch->settling_count; i++) {
		if (batch->settling[i].row != NO_ROW) continue; /* his rows say so already */
		GROW(*ids, *count, cap);
		(*ids)[(*count)++] = batch->settling[i].customer_id;
	}
	for (size_t i = 0; i < batch->gone_count; i++) {
		int64_t id = batch->gone[i].fact->stored_customer;
		if (i > 0 && id == batch->gone[i - 1].fact->stored_customer) continue;
		GROW(*ids, *count, cap);
		(*ids)[(*count)++] = id;
	}
}

static void warn_differences(const struct applying *a, struct intake_result *result, const struct projection_outcome *outcome)
{
	for (size_t i = 0; i < outcome->difference_count; i++) batch_warn(a->intake, result, outcome->differences[i]);
	if (outcome->opening_differences > (int64_t)outcome->difference_count)
		batch_warn(a->intake, result,
		           arena_printf(a->intake->arena, tr(a->intake->viewer->lang, "… and %lld more customers whose opening differs."),
		                        (long long)(outcome->opening_differences - (int64_t)outcome->difference_count)));
}

/* Once the books are there, or an electronic invoice that they should have. */
static struct status warn_unposted(const struct applying *a, struct db *db, struct intake_result *result)
{
	struct unposted unposted;
	if (a->batch->mode != IMPORT_LEDGER && !fact_format_is_document(a->batch->format)) return STATUS_FINE;
	TRY(unposted_documents(db, a->intake->viewer->tenant_id, a->intake->company_id, a->intake->arena, &unposted));
	if (unposted.count)
		batch_warn(a->intake, result, arena_printf(a->intake->arena,
			tr(a->intake->viewer->lang, "Electronic invoices that the books do not have, though they reach beyond their day: %lld (%s)."), (long long)unposted.count, unposted.numbers));
	return STATUS_FINE;
}

static int by_id(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
	return (x > y) - (x < y);
}

/* Rules of assignment, for whom the file names. */
static struct status assign(struct applying *a, struct change *change)
{
	enum { SHOWN = 50 };
	cleanup_arena struct arena *arena = arena_new();
	cleanup_free int64_t *ids = xmalloc((a->batch->customer_count + 1) * sizeof *ids);
	size_t count = 0;
	for (size_t i = 0; i < a->batch->customer_count; i++) {
		const struct batch_customer *customer = &a->batch->customers[i];
		if (customer->id) ids[count++] = customer->into ? customer->into : customer->id;
	}
	qsort(ids, count, sizeof *ids, by_id);
	struct assign_plan plan;
	TRY(assign_apply(change, ids, count, arena, &plan));
	a->result.assigned = (int64_t)plan.customers;
	if (!plan.count) return STATUS_FINE;
	json_t *rows = assign_changes_json(change->db, &change->company, &plan, SHOWN, a->intake->viewer->lang, arena);
	cleanup_free char *text = json_dumps(rows, JSON_COMPACT);
	json_decref(rows);
	a->result.assignments = arena_strdup(a->intake->arena, text);
	return STATUS_FINE;
}

static struct status apply(struct db *db, void *context)
{
	struct applying *a = context;
	const struct batch *batch = a->batch;
	struct change change;
	a->result = *a->read;
	a->result.warnings = NULL, a->result.warning_count = a->result.warning_cap = 0;
	for (size_t i = 0; i < a->read->warning_count; i++) batch_warn(a->intake, &a->result, a->read->warnings[i]);
	TRY(company_begin(db, a->intake->viewer, a->intake->company_id, a->intake->today, a->intake->now, &change));
	int64_t base = 0, changed = 0, away = 0, outstanding = 0;
	TRY(db_get_int(db, "SELECT COALESCE(max(rev), 0) FROM import WHERE tenant_id = $tenant AND company_id = $company",
	               DB_ARGS(OF_COMPANY(a)), &base, NULL));
	if (base != a->base)
		return status_make(STATUS_CONFLICT, "Another import was made meanwhile. Nothing was changed: import this file again.");
	TRY(taken_away(a, db, &away, &outstanding));
	cleanup_arena struct arena *arena = arena_new();
	const struct settings *settings;
	TRY(settings_load(db, change.company.tenant_id, change.company.id, arena, &settings));
	__extension__ __int128 allowed = (__int128)outstanding * setting_int(settings, "import.close_guard");
	if (away > 0 && !a->intake->options.yes && (__int128)away * 100 > allowed) {
		a->needs_yes = true;
		cleanup_text struct text words = { 0 };
		words_amount(&words, a->intake->viewer->lang, away, change.company.currency);
		return status_make(STATUS_CONFLICT,
		                   "This file would close or withdraw %s, more than %lld %% of the outstanding, without a payment. "
		                   "Confirm it if that is right.",
		                   text_cstr(&words), (long long)setting_int(settings, "import.close_guard"));
	}
	cleanup_text struct text before = { 0 }, after = { 0 };
	bool narrowed = false;
	TRY(opening_signature(db, a, &before, &narrowed));
	narrowed = false;
	TRY(add_customers(a, &change));
	TRY(update_customers(a, &change));
	TRY(db_run_count(db,
	                 "UPDATE import SET state = 'active', rev = $rev WHERE tenant_id = $tenant AND company_id = $company"
	                 " AND id = $id AND state = 'staged'",
	                 DB_ARGS(OF_COMPANY(a), db_int("id", a->import_id), db_int("rev", change.rev)), &changed));
	if (changed != 1)
		return status_make(STATUS_CONFLICT, "This import was given up by another process. Nothing was changed: import it again.");
	TRY(opening_signature(db, a, &after, &narrowed));
	bool everybody = narrowed || strcmp(text_cstr(&before), text_cstr(&after)) != 0;
	cleanup_free int64_t *touched = NULL;
	size_t count = 0;
	if (!everybody) gather_touched(a, &touched, &count);
	if (batch->statements) TRY(statement_batch_apply(&change, batch, a->import_id));
	if (batch->lifecycle) TRY(lifecycle_batch_apply(&change, batch, a->import_id, &touched, &count));
	if (batch->notices) TRY(notice_batch_apply(&change, batch, a->import_id));
	if (batch->people) TRY(people_apply(&change, a->intake, batch, a->import_id, &touched, &count));
	if (!fact_format_is_document(batch->format)) TRY(einvoice_join(&change, a->intake, batch, &a->result, &touched, &count));
	struct supply supply;
	struct projection_outcome outcome = { .arena = a->intake->arena,
		                              .supply = supply_open(&supply, batch, a->import_id, a->base == 0, arena) };
	struct projection_index aside;
	TRY(projection_index_drop(db, a->read->items_new, arena, &aside));
	if (everybody || count) TRY(projection_refresh_counted(&change, everybody ? NULL : touched, count, &outcome));
	TRY(projection_index_make(db, &aside));
	TRY(values_apply(&change, batch, a->import_id));
	TRY(levels_apply(&change, batch, a->import_id));
	if (batch->document_count) TRY(documents_apply(&change, batch, a->import_id));
	cleanup_free int64_t *tied = NULL; /* statuses that came before the invoice that they speak of */
	size_t tied_count = 0;
	if (!batch->lifecycle && !batch->statements && !batch->notices) TRY(invoice_status_tie(&change, &tied, &tied_count));
	if (tied_count) TRY(projection_refresh(&change, tied, tied_count));
	TRY(assign(a, &change));
	struct intake_result *result = &a->result;
	result->import_id = a->import_id;
	result->items_closed = outcome.closed, result->items_withdrawn = outcome.withdrawn;
	for (size_t i = 0; i < batch->gone_count; i++) /* a closing that is taken back is no item to people */
		result->items_withdrawn -= batch->gone[i].fact->fact.applies_to[0] == '#' && result->items_withdrawn > 0;
	result->settlements = outcome.settlements;
	result->open_before = outstanding, result->open_after = outstanding + outcome.open_after - outcome.open_before;
	warn_differences(a, result, &outcome);
	TRY(erased_again(&change, a->intake, batch, a->import_id, result));
	TRY(warn_unposted(a, db, result));
	json_t *report = intake_result_json(result);
	cleanup_free char *text = json_dumps(report, JSON_COMPACT);
	json_decref(report);
	TRY(db_run(db, "UPDATE import SET report = $report WHERE tenant_id = $tenant AND company_id = $company AND id = $id",
	           DB_ARGS(OF_COMPANY(a), db_int("id", a->import_id), db_text("report", text))));
	json_t *content = json_pack("{s:s, s:s, s:s, s:s, s:I, s:I, s:I, s:I}", "file", result->file_name, "format", batch->format,
	                            "source", batch->source, "mode", import_mode_code(batch->mode), "lines",
	                            (json_int_t)result->lines, "new", (json_int_t)result->items_new, "changed",
	                            (json_int_t)result->items_changed, "withdrawn", (json_int_t)result->items_withdrawn);
	if (result->mended) json_object_set_new(content, "mended", json_loads(result->mended, 0, NULL));
	cleanup_free char *event_text = json_dumps(content, JSON_COMPACT);
	json_decref(content);
	TRY(event_add(&change, &(struct event_new){ .kind = "import.applied", .ref = a->import_id, .content = event_text }));
	TRY(company_end(&change));
	if (a->intake->options.commit && !a->intake->options.dry_run) TRY(a->intake->options.commit(db, a->intake->options.commit_context, result));
	if (a->intake->options.dry_run) {
		a->rolled_back = true;
		return status_make(STATUS_CONFLICT, "Dry run: nothing was changed.");
	}
	return STATUS_FINE;
}

struct status batch_apply(const struct intake *intake, const struct batch *batch, int64_t import_id, int64_t base,
                          struct intake_result *result)
{
	struct applying applying = { .intake = intake, .batch = batch, .read = result, .import_id = import_id, .base = base };
	if (intake->options.progress && !intake->options.progress(intake->options.progress_context, 0.8, "Computing the open items"))
		return status_make(STATUS_CONFLICT, "The import was stopped. Nothing was changed.");
	struct status status = store_transact(intake->store, apply, &applying);
	if (applying.rolled_back) {
		*result = applying.result;
		result->import_id = 0, result->dry_run = true;
		return STATUS_FINE;
	}
	if (status.code && applying.needs_yes) {
		result->refused = result->needs_yes = true;
		result->reason = arena_strdup(intake->arena, status.text);
		return STATUS_FINE;
	}
	TRY(status);
	*result = applying.result;
	return STATUS_FINE;
}
