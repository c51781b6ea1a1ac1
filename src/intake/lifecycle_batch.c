#include "intake/lifecycle_batch.h"

#include "base/memory.h"
#include "formats/lifecycle.h"
#include "ledger/invoice_status.h"

#include <string.h>

enum format_kind lifecycle_kind(const char *format)
{
	static const struct {
		const char *name;
		enum format_kind kind;
	} names[] = {
		{ "cdar", FORMAT_CDAR }, { "peppol-response", FORMAT_PEPPOL_RESPONSE }, { "status-list", FORMAT_STATUS_LIST }, { "chorus-pro", FORMAT_STATUS_LIST },
	};
	for (size_t i = 0; i < COUNT(names); i++)
		if (strcmp(names[i].name, format) == 0) return names[i].kind;
	return FORMAT_UNKNOWN;
}

static void free_owner(void *owner)
{
	lifecycle_free(owner);
}

struct status lifecycle_batch_read(const struct intake *intake, const char *bytes, size_t len, struct batch *batch, struct intake_result *result)
{
	struct lifecycle_file *file = NULL;
	TRY(lifecycle_read(lifecycle_kind(batch->format), bytes, len, (struct lifecycle_options){ .lang = intake->viewer->lang, .currency = batch->currency }, &file));
	batch->owner = file, batch->owner_free = free_owner;
	batch->lifecycle = file;
	if (strcmp(batch->format, "chorus-pro") != 0) batch->format = file->format; /* who says that it is Chorus Pro's is believed */
	result->encoding = file->encoding, result->lines = file->lines;
	for (size_t i = 0; i < file->count; i++) {
		int32_t day = file->rows[i].day;
		if (day == DAY_NONE) continue;
		if (batch->from_day == DAY_NONE || day < batch->from_day) batch->from_day = day;
		if (batch->to_day == DAY_NONE || day > batch->to_day) batch->to_day = day;
	}
	result->from_day = batch->from_day, result->to_day = batch->to_day;
	for (size_t i = 0; i < file->rejected.count; i++) complaint_add(&result->rejected, file->rejected.rows[i]);
	result->rejected.total = file->rejected.total;
	return STATUS_FINE;
}

/* Of an invoice of another seller, or one that was received: nothing to follow here. */
static bool ours(const struct batch *batch, const struct lifecycle_status *row)
{
	const char *we = batch->company_siren;
	if (!*we) return true;
	return *row->seller_siren ? strcmp(row->seller_siren, we) == 0 : strcmp(row->buyer_siren, we) != 0;
}

static void warn_count(const struct intake *intake, struct intake_result *result, const char *words, int64_t count, const char *first)
{
	if (!count) return;
	batch_warn(intake, result, fill(intake->arena, tr(intake->viewer->lang, words),
		(struct blank[]){ { "count", arena_printf(intake->arena, "%lld", (long long)count) }, { "first", first }, { 0 } }));
}

struct status lifecycle_batch_match(const struct intake *intake, struct db *db, struct batch *batch, struct intake_result *result)
{
	const struct lifecycle_file *file = batch->lifecycle;
	const struct lifecycle_status **rows = arena_array(batch->arena, const struct lifecycle_status *, file->count + 1);
	size_t count = 0;
	int64_t foreign = 0, unknown = 0, unclear = 0, odd = 0;
	const char *first_foreign = "", *first_unknown = "", *first_unclear = "", *first_odd = "";
	for (size_t i = 0; i < file->count; i++) {
		if (ours(batch, &file->rows[i])) rows[count++] = &file->rows[i];
		else if (!foreign++) first_foreign = file->rows[i].number;
	}
	struct invoice_status_plan *plan = arena_make(batch->arena, struct invoice_status_plan);
	TRY(invoice_status_compare(db, intake->viewer->tenant_id, intake->company_id, rows, count, batch->arena, plan));
	batch->status_plan = plan;
	for (size_t i = 0; i < plan->row_count; i++) {
		const struct lifecycle_status *row = plan->rows[i];
		int64_t item, customer;
		bool several;
		TRY(invoice_status_find(db, intake->viewer->tenant_id, intake->company_id, row, &item, &customer, &several));
		if (several && !unclear++) first_unclear = row->number;
		if (!item && !several && !unknown++) first_unknown = row->number;
		if (row->code == LIFECYCLE_OTHER && !odd++) first_odd = row->said;
	}
	result->items_new = (int64_t)plan->row_count, result->items_unchanged = plan->told_again, result->ignored = foreign;
	warn_count(intake, result, "Statuses of another seller's invoices, passed over: {count} (the first: {first}).", foreign, first_foreign);
	warn_count(intake, result, "Statuses of invoices that are not known here yet, kept until these come: {count} (the first: {first}).", unknown, first_unknown);
	warn_count(intake, result, "Statuses whose number several customers' invoices bear, without a SIREN that tells which; they change nothing: {count} (the first: {first}).", unclear,
	           first_unclear);
	warn_count(intake, result, "Statuses of a kind that is not known, kept without effect: {count} (the first: “{first}”).", odd, first_odd);
	return STATUS_FINE;
}

struct status lifecycle_batch_apply(struct change *change, const struct batch *batch, int64_t import_id, int64_t **ids, size_t *count)
{
	return invoice_status_store(change, batch->status_plan, batch->format, import_id, change->today, ids, count);
}
