#include "formats/journal_file.h"

#include "base/day.h"
#include "base/money.h"

#include <inttypes.h>

void journal_cell(struct text *out, const char *text, char separator)
{
	/* a spreadsheet takes these for a formula */
	if (separator == ';' && (*text == '=' || *text == '+' || *text == '-' || *text == '@')) text_add_char(out, '\'');
	for (; *text; text++) text_add_char(out, *text == separator || (unsigned char)*text < ' ' || *text == '"' ? ' ' : *text);
}

void journal_amount(struct text *out, int64_t amount, const char *currency)
{
	int decimals = currency_decimals(currency);
	int64_t unit = 1;
	for (int i = 0; i < decimals; i++) unit *= 10;
	text_addf(out, "%" PRId64, amount / unit);
	if (decimals) text_addf(out, ",%0*" PRId64, decimals, amount % unit);
}

static void add_day(struct text *out, int32_t day)
{
	struct civil civil = day_civil(day);
	text_addf(out, "%04d%02d%02d", civil.year, civil.month, civil.day);
}

void journal_head(struct text *out)
{
	text_add(out, "JournalCode\tJournalLib\tEcritureNum\tEcritureDate\tCompteNum\tCompteLib\tCompAuxNum\tCompAuxLib\tPieceRef\tPieceDate\tEcritureLib\t"
	              "Debit\tCredit\tEcritureLet\tDateLet\tValidDate\tMontantdevise\tIdevise\r\n");
}

void journal_row_add(struct text *out, const struct journal_row *row)
{
	journal_cell(out, row->journal, '\t'), text_add_char(out, '\t');
	journal_cell(out, row->journal_name, '\t'), text_add_char(out, '\t');
	journal_cell(out, row->entry, '\t'), text_add_char(out, '\t');
	add_day(out, row->day), text_add_char(out, '\t');
	journal_cell(out, row->account, '\t'), text_add_char(out, '\t');
	journal_cell(out, row->account_name, '\t'), text_add_char(out, '\t');
	journal_cell(out, row->customer_code, '\t'), text_add_char(out, '\t');
	journal_cell(out, row->customer_name, '\t'), text_add_char(out, '\t');
	journal_cell(out, row->piece, '\t'), text_add_char(out, '\t');
	add_day(out, row->piece_day), text_add_char(out, '\t');
	journal_cell(out, row->label, '\t'), text_add_char(out, '\t');
	journal_amount(out, row->amount > 0 ? row->amount : 0, row->currency), text_add_char(out, '\t');
	journal_amount(out, row->amount < 0 ? -row->amount : 0, row->currency), text_add_char(out, '\t');
	journal_cell(out, row->letter, '\t'), text_add_char(out, '\t');
	if (*row->letter) add_day(out, row->lettered_day);
	text_add(out, "\t\t\t\r\n");
}
