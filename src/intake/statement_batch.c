#include "intake/statement_batch.h"

#include "base/memory.h"
#include "cash/bank.h"
#include "formats/statement.h"

#include <string.h>

enum format_kind statement_kind(const char *format)
{
	static const struct {
		const char *name;
		enum format_kind kind;
	} names[] = {
		{ "camt", FORMAT_CAMT },     { "camt.052", FORMAT_CAMT },  { "camt.053", FORMAT_CAMT },    { "camt.054", FORMAT_CAMT },
		{ "cfonb", FORMAT_CFONB },   { "cfonb120", FORMAT_CFONB }, { "cfonb240", FORMAT_CFONB240 }, { "mt940", FORMAT_MT940 },
		{ "mt942", FORMAT_MT940 },   { "ofx", FORMAT_OFX },        { "qif", FORMAT_QIF },          { "bank-csv", FORMAT_BANK_CSV },
		{ "pain.002", FORMAT_PAIN002 },
	};
	for (size_t i = 0; i < COUNT(names); i++)
		if (strcmp(names[i].name, format) == 0) return names[i].kind;
	return FORMAT_UNKNOWN;
}

static void free_owner(void *owner)
{
	statement_file_free(owner);
}

struct status statement_batch_read(const struct intake *intake, const char *bytes, size_t len, struct batch *batch, struct intake_result *result)
{
	struct statement_file *file = NULL;
	TRY(statement_read(statement_kind(batch->format), bytes, len,
	                   (struct statement_options){ .lang = intake->viewer->lang, .currency = batch->currency, .mapping = intake->options.mapping },
	                   &file));
	batch->owner = file, batch->owner_free = free_owner;
	batch->statements = file;
	batch->format = file->format;
	result->encoding = file->encoding;
	for (size_t i = 0; i < file->warning_count; i++) batch_warn(intake, result, file->warnings[i]);
	for (size_t s = 0; s < file->statement_count; s++) {
		result->lines += (int64_t)file->statements[s].line_count;
		for (size_t i = 0; i < file->statements[s].line_count; i++) {
			int32_t day = file->statements[s].lines[i].booking_day;
			if (batch->from_day == DAY_NONE || day < batch->from_day) batch->from_day = day;
			if (batch->to_day == DAY_NONE || day > batch->to_day) batch->to_day = day;
		}
	}
	result->from_day = batch->from_day, result->to_day = batch->to_day;
	result->lines += file->rejected.total;
	for (size_t i = 0; i < file->rejected.count; i++) complaint_add(&result->rejected, file->rejected.rows[i]);
	result->rejected.total = file->rejected.total;
	return STATUS_FINE;
}

struct status statement_batch_match(const struct intake *intake, struct db *db, struct batch *batch, struct intake_result *result)
{
	TRY(bank_compare(db, intake->viewer->tenant_id, intake->company_id, batch->statements, intake->viewer->lang, batch->arena, &batch->bank));
	result->items_new = batch->bank->added, result->items_unchanged = batch->bank->known, result->ignored = batch->bank->aside;
	for (size_t i = 0; i < batch->bank->warning_count; i++) batch_warn(intake, result, batch->bank->warnings[i]);
	return STATUS_FINE;
}

struct status statement_batch_apply(struct change *change, const struct batch *batch, int64_t import_id)
{
	return bank_store(change, batch->bank, import_id);
}

struct status statement_batch_undo(struct change *change, int64_t import_id, int64_t **ids, size_t *count, int64_t *applications)
{
	return bank_forget(change, import_id, ids, count, applications);
}
