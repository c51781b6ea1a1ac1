/* What must hold of any file of a bank, whatever its bytes were. */
#ifndef FUZZ_STATEMENT_CHECK_H
#define FUZZ_STATEMENT_CHECK_H

#include "base/money.h"
#include "formats/statement.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void statement_text_checked(const char *text)
{
	size_t len = strlen(text); /* faults on NULL */
	if (!utf8_valid(text, len) || (len && (text[0] == ' ' || text[len - 1] == ' '))) abort();
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)text[i] < 0x20) abort();
}

static void statement_day_checked(int32_t day, bool optional)
{
	if (!(optional && day == DAY_NONE) && (day < DAY_MIN || day > DAY_MAX)) abort();
}

static void statement_checked(enum format_kind kind, const uint8_t *bytes, size_t len)
{
	struct statement_file *file = NULL;
	struct status status = statement_read(kind, (const char *)bytes, len, (struct statement_options){ .lang = LANG_EN, .currency = "EUR" }, &file);
	if (status.code) {
		if (file || !status.text[0]) abort();
		return;
	}
	if (file->statement_count == 0 && file->rejected.total == 0) abort();
	for (size_t i = 0; i < file->statement_count; i++) {
		const struct bank_statement *statement = &file->statements[i];
		statement_text_checked(statement->account), statement_text_checked(statement->account_name), statement_text_checked(statement->bank), statement_text_checked(statement->number);
		if (strlen(statement->currency) != 3) abort();
		statement_day_checked(statement->opening.day, true), statement_day_checked(statement->closing.day, true);
		__int128 sum = statement->opening.amount;
		for (size_t j = 0; j < statement->line_count; j++) {
			const struct bank_line *line = &statement->lines[j];
			statement_day_checked(line->booking_day, false), statement_day_checked(line->value_day, true);
			if (strlen(line->currency) != 3 || line->position < 1 || line->fee < 0 || line->amount == INT64_MIN) abort();
			if (line->in_batch && line->batch < 1) abort();
			const char *const texts[] = { line->bank_reference, line->end_to_end, line->structured, line->mandate, line->text, line->label, line->payer, line->payer_iban,
				line->ultimate_payer, line->return_code, line->return_text };
			for (size_t k = 0; k < sizeof texts / sizeof *texts; k++) statement_text_checked(texts[k]);
			if (!line->pending && strcmp(line->currency, statement->currency) == 0) sum += line->amount;
		}
		if (statement->opening.known && statement->closing.known && statement->unbalanced != (sum != statement->closing.amount)) abort();
	}
	for (size_t i = 0; i < file->rejected.count; i++) {
		const struct complaint *row = &file->rejected.rows[i];
		if (!row->reason[0] || !utf8_valid(row->value, strlen(row->value))) abort();
	}
	for (size_t i = 0; i < file->warning_count; i++)
		if (!file->warnings[i][0] || !utf8_valid(file->warnings[i], strlen(file->warnings[i]))) abort();
	statement_file_free(file);
}

#endif
