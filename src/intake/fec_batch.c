#include "base/memory.h"
#include "formats/csv.h"
#include "formats/fec.h"
#include "intake/batch.h"
#include "intake/generic.h"

#include <string.h>

enum {
	FIRST_OPENING_DAYS = 180, /* opening lines up to this long after the first other line belong to the file's first opening */
	OPENING_GROUP_DAYS = 300, /* later ones: this long after the first of them begins another year's opening */
};

static void fec_free_owner(void *owner)
{
	fec_free(owner);
}

/* "411,413,416" as a NULL-terminated array. */
static const char *const *split_list(struct arena *arena, const char *list)
{
	size_t most = 2, count = 0;
	for (const char *c = list; *c; c++) most += *c == ',';
	const char **out = arena_array(arena, const char *, most);
	while (*list) {
		size_t len = strcspn(list, ",");
		if (len) out[count++] = arena_strndup(arena, list, len);
		list += len + (list[len] == ',');
	}
	return count ? out : NULL;
}

struct fec_progress {
	const struct intake *intake;
};

static bool report_progress(void *context, size_t done, size_t total)
{
	const struct intake *intake = ((struct fec_progress *)context)->intake;
	if (!intake->options.progress) return true;
	return intake->options.progress(intake->options.progress_context, total ? 0.4 * (double)done / (double)total : 0,
	                                "Reading the file");
}

static enum item_kind item_kind_of(enum fec_kind kind)
{
	static const enum item_kind kinds[] = {
		[FEC_RETENTION] = ITEM_RETENTION, [FEC_OPENING] = ITEM_OPENING, [FEC_TRANSFER] = ITEM_TRANSFER,
		[FEC_INVOICE] = ITEM_INVOICE, [FEC_CREDIT_NOTE] = ITEM_CREDIT_NOTE, [FEC_PAYMENT] = ITEM_PAYMENT,
		[FEC_UNPAID_RETURN] = ITEM_UNPAID_RETURN, [FEC_OTHER] = ITEM_OTHER,
	};
	return kinds[kind];
}

/* Where the file's fiscal years open, and from which day on it stands for what its source gives.
 *
 * Usual: all opening lines on the first day of the year. Also seen: on the last day of the year before, in mid-month, or each
 * line with the date of its own document; then the year opens with the month of the first line that is none. A file over
 * several years has one more opening for each. */
static void find_opening_days(struct batch *batch)
{
	int32_t other = INT32_MAX, first = INT32_MAX, last = INT32_MIN;
	for (size_t i = 0; i < batch->row_count; i++)
		if (!batch->rows[i].opening && batch->rows[i].posting_day < other) other = batch->rows[i].posting_day;
	for (size_t i = 0; i < batch->row_count; i++) {
		int32_t day = batch->rows[i].posting_day;
		if (!batch->rows[i].opening || (other != INT32_MAX && day > other + FIRST_OPENING_DAYS)) continue;
		if (day < first) first = day;
		if (day > last) last = day;
	}
	size_t most = 2 + (size_t)(batch->to_day - batch->from_day) / OPENING_GROUP_DAYS;
	batch->opening_days = arena_array(batch->arena, int32_t, most);
	if (first != INT32_MAX) {
		int32_t day = first;
		if (other == INT32_MAX)
			day = last;
		else if (day_civil(first).day != 1 || first != last)
			day = day_month_start(other) > first ? day_month_start(other) : first;
		batch->opening_days[batch->opening_count++] = day;
		batch->from_day = day < other ? day : other;
	}
	while (other != INT32_MAX && batch->opening_count < most) { /* the openings of further years in the same file */
		int32_t after = batch->opening_count ? batch->opening_days[batch->opening_count - 1] + OPENING_GROUP_DAYS : INT32_MIN;
		int32_t next = INT32_MAX;
		if (after < other + FIRST_OPENING_DAYS) after = other + FIRST_OPENING_DAYS;
		for (size_t i = 0; i < batch->row_count; i++) {
			int32_t day = batch->rows[i].posting_day;
			if (batch->rows[i].opening && day > after && day < next) next = day;
		}
		if (next == INT32_MAX) break;
		batch->opening_days[batch->opening_count++] = next;
	}
}

/* A file of a gigabyte has millions of them: the reader's rows go as ours come. */
static void take_lines(struct fec *fec, struct batch *batch, const char *currency)
{
	enum { AT_ONCE = 1 << 16 };
	batch->rows = xmalloc_large((fec->line_count + 1) * sizeof *batch->rows);
	batch->row_count = fec->line_count;
	for (size_t i = 0; i < fec->line_count; i++) {
		const struct fec_line *line = &fec->lines[i];
		struct batch_row *row = &batch->rows[i];
		*row = (struct batch_row){
			.line = line->line, .entry = line->entry, .customer = line->customer, .kind = item_kind_of(line->kind), .opening = line->opening,
			.number_from_entry = line->number_source == FEC_NUMBER_ENTRY,
			.posting_day = line->posting_day, .piece_day = line->piece_day, .due_day = line->due_day, .amount = line->amount,
			.currency = currency, .account = spot_of(fec->accounts[line->account].number, batch->arena),
			.journal = spot_of(fec->journals[line->journal].code, batch->arena), .number = line->number, .piece = line->piece,
			.lettering = line->lettering, .label = line->label,
		};
		if (line->pair >= 0) {
			size_t half = (size_t)line->pair;
			int64_t other = half < i ? batch->rows[half].line : fec->lines[half].line;
			row->pair = (uint32_t)(other < line->line ? other : line->line);
		}
		/* what a returned payment names in its label helps to find the item that it reopens */
		if (row->kind == ITEM_UNPAID_RETURN && !spot_empty(line->label_number)) row->applies_to = line->label_number;
		if ((i + 1) % AT_ONCE == 0) fec_lines_taken(fec, i + 1);
	}
}

struct status fec_batch_read(const struct intake *intake, const struct settings *settings, const char *bytes, size_t len,
                             struct batch *batch, struct intake_result *result)
{
	struct fec *fec = NULL;
	struct fec_progress progress = { intake };
	struct fec_options options = {
		.lang = intake->viewer->lang, .currency = batch->currency,
		.receivable = split_list(batch->arena, setting_text(settings, "accounts.receivable")),
		.opening_codes = split_list(batch->arena, setting_text(settings, "opening.journals")),
		.header_above = strcmp(batch->format, "fec") != 0, .progress = report_progress, .progress_context = &progress,
	};
	if (csv_is_workbook(bytes, len)) {
		TRY(csv_workbook_fec(bytes, len, options.lang, &batch->sheet_text, &len));
		bytes = batch->sheet_text;
	}
	TRY(fec_read(bytes, len, options, &fec));
	batch->owner = fec, batch->owner_free = fec_free_owner;
	batch->entries = true;
	result->encoding = fec->encoding;
	result->lines = fec->data_lines, result->ignored = fec->ignored_lines;
	result->from_day = fec->from_day, result->to_day = fec->to_day;
	result->receivable_balance = fec->receivable_balance;
	for (size_t i = 0; i < fec->rejected.count; i++) complaint_add(&result->rejected, fec->rejected.rows[i]);
	result->rejected.total = fec->rejected.total;
	batch->partial = fec->rejected.total > 0;
	if (batch->partial && intake->options.accept_partial)
		batch_warn(intake, result, tr(intake->viewer->lang, "Part of the file was refused: what is missing from it stays as it was."));
	for (size_t i = 0; i < fec->warning_count; i++) batch_warn(intake, result, fec->warnings[i]);
	take_lines(fec, batch, batch->currency);
	fec_drop_lines(fec);
	batch->from_day = fec->from_day, batch->to_day = fec->to_day;
	if (batch->row_count) find_opening_days(batch);
	batch->customers = arena_array(batch->arena, struct batch_customer, fec->customer_count + 1);
	batch->customer_count = fec->customer_count;
	for (size_t i = 0; i < fec->customer_count; i++)
		batch->customers[i] = (struct batch_customer){ .code = fec->customers[i].code, .name = fec->customers[i].name };
	generic_propose(batch);
	batch->sums = arena_array(batch->arena, struct account_sum, fec->account_day_count + 1);
	batch->sum_count = fec->account_day_count;
	for (size_t i = 0; i < fec->account_day_count; i++) {
		const struct fec_account_day *day = &fec->account_days[i];
		batch->sums[i] = (struct account_sum){ fec->accounts[day->account].number, day->day, day->debit, day->credit };
	}
	return STATUS_FINE;
}
