/* Any bytes as a CSV list: each row is taken, ignored or refused once; the stored mapping reads the same rows again. */
#include "formats/csv.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

struct seen {
	const struct csv *csv;
	int64_t rows, amount;
};

static void text_checked(struct slice text)
{
	if (text.len && !utf8_valid(text.bytes, text.len)) abort();
}

static struct status take(void *context, const struct csv_row *row)
{
	struct seen *seen = context;
	seen->rows++;
	seen->amount = (int64_t)((uint64_t)seen->amount * 31 + (uint64_t)row->amount);
	if (row->customer_code.len == 0 && row->applies_to.len == 0) abort();
	text_checked(row->customer_code), text_checked(row->customer_name), text_checked(row->number), text_checked(row->label);
	text_checked(row->applies_to), text_checked(row->address), text_checked(row->email), text_checked(row->contact_name);
	if (row->kind_said && row->kind == CSV_CREDIT_NOTE && seen->csv->what == CSV_ITEMS && row->amount > 0) abort();
	if (row->has_open && (row->amount < 0 ? row->open < row->amount || row->open > 0 : row->open > row->amount)) {
		if (row->paid == 0) abort(); /* more can be paid than the amount, never more open */
	}
	if (row->terms_days > 365 || row->terms_day > 31) abort();
	return STATUS_FINE;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	if (len > 1 << 16) return 0;
	struct csv *csv = NULL, *again = NULL;
	if (csv_look((const char *)bytes, len, (struct csv_options){ .lang = LANG_EN }, &csv).code) return 0;
	struct seen seen = { .csv = csv }, second = { 0 };
	const char *mapping = csv_mapping_json(csv);
	if (csv_read(csv, take, &seen).code == STATUS_OK) {
		if (csv->data_rows != csv->ignored_rows + csv->rejected.total + seen.rows) abort();
		bool twice = false; /* headers that stand twice can't be named apart */
		for (size_t i = 0; i < csv->column_count; i++)
			for (size_t j = 0; j < i; j++) twice |= strcmp(csv->columns[i].header, csv->columns[j].header) == 0;
		if (!twice) {
			if (csv_look((const char *)bytes, len, (struct csv_options){ .lang = LANG_EN, .mapping = mapping }, &again).code) abort();
			second.csv = again;
			if (csv_read(again, take, &second).code || second.rows != seen.rows || second.amount != seen.amount) abort();
		}
	}
	csv_free(again);
	csv_free(csv);
	return 0;
}
