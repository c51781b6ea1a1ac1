#include "intake/notice_batch.h"

#include "formats/notice.h"
#include "ledger/insolvency_notice.h"

static void free_owner(void *owner)
{
	notice_free(owner);
}

struct status notice_batch_read(const struct intake *intake, const char *bytes, size_t len, struct batch *batch, struct intake_result *result)
{
	struct notice_file *file = NULL;
	TRY(notice_read(bytes, len, intake->viewer->lang, &file));
	batch->owner = file, batch->owner_free = free_owner;
	batch->notices = file;
	result->encoding = "utf-8", result->lines = file->lines;
	for (size_t i = 0; i < file->count; i++) {
		int32_t day = file->rows[i].published_day;
		if (batch->from_day == DAY_NONE || day < batch->from_day) batch->from_day = day;
		if (batch->to_day == DAY_NONE || day > batch->to_day) batch->to_day = day;
	}
	result->from_day = batch->from_day, result->to_day = batch->to_day;
	for (size_t i = 0; i < file->rejected.count; i++) complaint_add(&result->rejected, file->rejected.rows[i]);
	result->rejected.total = file->rejected.total;
	return STATUS_FINE;
}

struct status notice_batch_match(const struct intake *intake, struct db *db, struct batch *batch, struct intake_result *result)
{
	const struct notice_file *file = batch->notices;
	batch->insolvency_news = arena_make(batch->arena, struct insolvency_news);
	TRY(insolvency_compare(db, intake->viewer->tenant_id, intake->company_id, file->rows, file->count, batch->arena, batch->insolvency_news));
	result->items_new = (int64_t)batch->insolvency_news->count, result->items_unchanged = batch->insolvency_news->known;
	result->ignored = result->lines - result->items_new - result->items_unchanged - result->rejected.total;
	if (result->ignored < 0) result->ignored = 0; /* one notice may name several customers */
	return STATUS_FINE;
}

struct status notice_batch_apply(struct change *change, const struct batch *batch, int64_t import_id)
{
	return insolvency_store(change, batch->insolvency_news, import_id);
}
