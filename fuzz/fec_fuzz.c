/* Any bytes as a FEC: what is accepted balances, every line is accounted for once, and all text is UTF-8. */
#include "formats/fec.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void text_checked(struct slice text)
{
	if (text.len && !utf8_valid(text.bytes, text.len)) abort();
	if (text.len && (text.bytes[0] == ' ' || text.bytes[text.len - 1] == ' ')) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct fec *fec = NULL;
	if (len > 1 << 17 || fec_read((const char *)bytes, len, (struct fec_options){ .lang = LANG_EN }, &fec).code) return 0;
	if (fec->data_lines != (int64_t)fec->line_count + fec->ignored_lines + fec->rejected.total || fec->ignored_lines < 0) abort();
	int64_t debit = 0, credit = 0, receivable = 0, items = 0;
	for (size_t i = 0; i < fec->account_day_count; i++) {
		const struct fec_account_day *sum = &fec->account_days[i];
		debit += sum->debit, credit += sum->credit;
		if (fec->accounts[sum->account].receivable) receivable += sum->debit - sum->credit;
		if (sum->day < fec->from_day || sum->day > fec->to_day) abort();
	}
	if (debit != credit) abort();
	int64_t last = 0;
	for (size_t i = 0; i < fec->line_count; i++) {
		const struct fec_line *line = &fec->lines[i];
		if (line->line <= last || line->customer >= fec->customer_count || line->journal >= fec->journal_count || line->account >= fec->account_count) abort();
		last = line->line;
		items += line->amount;
		if (!fec->accounts[line->account].receivable || fec->customers[line->customer].code.len == 0 || spot_empty(line->number)) abort();
		if (line->pair >= 0) {
			const struct fec_line *other = &fec->lines[line->pair];
			if (other->pair != (int32_t)i || other->amount != -line->amount || other->entry != line->entry) abort();
		}
		if ((line->kind == FEC_TRANSFER) && line->pair < 0) abort();
		if ((line->kind == FEC_INVOICE || line->kind == FEC_UNPAID_RETURN) && line->amount <= 0) abort();
		if ((line->kind == FEC_CREDIT_NOTE || line->kind == FEC_PAYMENT) && line->amount >= 0) abort();
		text_checked(spot_text(line->number)), text_checked(spot_text(line->piece)), text_checked(spot_text(line->label)), text_checked(spot_text(line->lettering));
	}
	if (items != receivable || items != fec->receivable_balance) abort();
	for (size_t i = 0; i < fec->customer_count; i++) text_checked(fec->customers[i].code), text_checked(fec->customers[i].name);
	for (size_t i = 0; i < fec->rejected.count; i++) {
		const struct complaint *row = &fec->rejected.rows[i];
		if (!row->reason[0] || !utf8_valid(row->value, strlen(row->value)) || !utf8_valid(row->reason, strlen(row->reason))) abort();
	}
	fec_free(fec);
	return 0;
}
