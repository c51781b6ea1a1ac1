#include "formats/statement.h"

#include "base/memory.h"
#include "base/test.h"

static struct statement_file *read_text(const char *text)
{
	struct statement_file *file = NULL;
	struct status status = statement_read(FORMAT_QIF, text, strlen(text), (struct statement_options){ .lang = LANG_EN }, &file);
	if (status.code) printf("  %s\n", status.text), test_failures++;
	return file;
}

/* What nothing in the file tells, a person says, for the whole of it. */
static void the_order_of_dates_may_be_said(void)
{
	static const char text[] = "!Type:Bank\nD03/04/2025\nT1\n^\nD01/05/2025\nT2\n^\n";
	static const int32_t want[] = { 20181 /* 2025-04-03 */, 20151 /* 2025-03-04 */ };
	for (int i = 0; i < 2; i++) {
		struct statement_file *file = NULL;
		CHECK_OK(statement_read(FORMAT_QIF, text, strlen(text), (struct statement_options){ .lang = LANG_EN, .mapping = i ? "{\"dates\":\"mdy\"}" : "{\"dates\":\"dmy\"}" }, &file));
		if (file) CHECK_INT(file->statements[0].lines[0].booking_day, want[i]);
		statement_file_free(file);
	}
}

static void refused(const char *text, const char *part)
{
	struct statement_file *file = NULL;
	struct status status = statement_read(FORMAT_QIF, text, strlen(text), (struct statement_options){ .lang = LANG_EN }, &file);
	CHECK_INT(status.code, STATUS_INVALID);
	if (!strstr(status.text, part)) printf("  “%s” lacks “%s”\n", status.text, part), test_failures++;
}

static void movements_are_read_with_their_totals(void)
{
	struct statement_file *file = read_text("!Type:Bank\nD31/12/2025\nT1.000,00\nPOpening Balance\nL[Compte courant]\n^\nD02/01/2026\nT-1.234,56\nPVIR DUPONT\nMFacture FA1\nN77\n"
		"SAchats\n$-1.000,00\nD05/05/2025\nSAutres\n$-234,56\n^\nD13/01/26\nT50,00\nPMartin SA");
	const struct bank_statement *s = &file->statements[0];
	CHECK_TEXT(s->account, "Compte courant");
	CHECK(s->opening.known && s->opening.amount == 100000);
	CHECK_INT(s->line_count, 2);
	CHECK_INT(s->lines[0].amount, -123456);
	CHECK_INT(s->lines[0].booking_day, day_from_civil(2026, 1, 2));
	CHECK_TEXT(s->lines[0].label, "VIR DUPONT");
	CHECK_TEXT(s->lines[0].text, "Facture FA1 77");
	CHECK_INT(s->lines[0].position, 7);
	CHECK_INT(s->lines[1].amount, 5000); /* without its ^ */
	CHECK_TEXT(s->lines[1].payer, "Martin SA");
	statement_file_free(file);
}

static void day_and_month_are_decided_once_for_the_file(void)
{
	struct statement_file *file = read_text("!Type:Bank\nD2/10'2026\nT1.00\n^\nD2/14'26\nT1,234.00\n^\n");
	CHECK_INT(file->statements[0].lines[0].booking_day, day_from_civil(2026, 2, 10));
	CHECK_INT(file->statements[0].lines[1].amount, 123400);
	statement_file_free(file);
	/* all below 13, but only with the day first are they in order */
	file = read_text("!Type:Bank\nD05/01/2026\nT1\n^\nD11/01/2026\nT1\n^\nD03/02/2026\nT1\n^\n");
	CHECK_INT(file->statements[0].lines[2].booking_day, day_from_civil(2026, 2, 3));
	CHECK_INT(file->warning_count, 1);
	statement_file_free(file);
	refused("!Type:Bank\nD05/01/2026\nT1\n^\n", "day or with the month first");
	file = read_text("!Type:Bank\nD2026-01-05\nT1\n^\nD2026-02-30\nT1\n^\nD2026-01-06\nTabc\n^\n");
	CHECK_INT(file->statements[0].line_count, 1);
	CHECK_INT(file->rejected.total, 2);
	CHECK_INT(file->rejected.rows[0].line, 5);
	statement_file_free(file);
}

static void accounts_and_lists_are_told_apart(void)
{
	struct statement_file *file = read_text("!Option:AutoSwitch\n!Account\nNCourant\nTBank\n^\n!Type:Cat\nNVentes\nT1\n^\n!Account\nNCarte\nTCCard\n^\n!Type:CCard\nD2026-01-05\nT-9.99\nPBoutique\n^\n"
		"!Account\nNCourant\nTBank\n^\n!Type:Bank\nD2026-01-05\nT1\n^\n!Clear:AutoSwitch\n!Type:Invst\nD2026-01-05\nT1\n^\n");
	CHECK_INT(file->statement_count, 2);
	CHECK_TEXT(file->statements[0].account, "Carte");
	CHECK_INT(file->statements[0].lines[0].kind, BANK_LINE_CARD);
	CHECK_TEXT(file->statements[1].account, "Courant");
	CHECK_INT(file->warning_count, 1);
	statement_file_free(file);
	refused("!Type:Invst\nD2026-01-05\nNBuy\nT1\n^\n", "investment");
	refused("!Account\nNX\nTBank\n^\n", "no movement");
	refused("Date;Montant\n", "No line of a QIF");
}

TESTS({ "the order of dates may be said", the_order_of_dates_may_be_said },
      { "movements are read with their totals", movements_are_read_with_their_totals }, { "day and month are decided once for the file", day_and_month_are_decided_once_for_the_file },
      { "accounts and lists are told apart", accounts_and_lists_are_told_apart }, )
