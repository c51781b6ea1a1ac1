#include "formats/statement.h"

#include "base/memory.h"
#include "base/test.h"
#include "formats/recognise.h"

static struct statement_file *read_text(const char *text, const char *mapping)
{
	struct statement_file *file = NULL;
	struct status status = statement_read(FORMAT_BANK_CSV, text, strlen(text), (struct statement_options){ .lang = LANG_EN, .mapping = mapping }, &file);
	if (status.code) printf("  %s\n", status.text), test_failures++;
	return file;
}

static void a_french_list_with_lines_above_its_header(void)
{
	struct statement_file *file = read_text("Soci\xE9t\xE9 DUPONT\n\nCompte courant;N\xB0 00010130055\nIBAN : FR76 3000 6000 0112 3456 7890 189\nSolde au 31/01/2026;1 234,56 \x80\n\n"
		"Date;Date de valeur;Libell\xE9;D\xE9" "bit euros;Cr\xE9" "dit euros;\n05/01/2026;06/01/2026;VIR SEPA MARTIN SARL;;1\xA0" "200,50;\n;;FACTURE FA2026-1;;;\n"
		"07/01/2026;07/01/2026;PRLV EDF;-45,10;;\n12/01/2026;12/01/2026;FRAIS;3,00;;\nTotal;;;48,10;1 200,50;\n", NULL);
	CHECK_TEXT(file->encoding, "windows-1252");
	const struct bank_statement *s = &file->statements[0];
	CHECK_TEXT(s->account, "FR7630006000011234567890189");
	CHECK(s->closing.known && s->closing.amount == 123456 && s->closing.day == day_from_civil(2026, 1, 31));
	CHECK_INT(file->rejected.total, 0);
	CHECK_INT(s->line_count, 3);
	CHECK_INT(s->lines[0].amount, 120050);
	CHECK_INT(s->lines[0].value_day, day_from_civil(2026, 1, 6));
	CHECK_TEXT(s->lines[0].label, "VIR SEPA MARTIN SARL");
	CHECK_TEXT(s->lines[0].text, "FACTURE FA2026-1");
	CHECK_INT(s->lines[0].kind, BANK_LINE_TRANSFER);
	CHECK_INT(s->lines[0].position, 8);
	CHECK_INT(s->lines[1].amount, -4510);
	CHECK_INT(s->lines[2].amount, -300);
	statement_file_free(file);
}

static void a_running_balance_is_checked_from_either_end(void)
{
	struct statement_file *file = read_text("Date,Description,Amount,Balance\n2026-01-05,Transfer A,100.00,150.00\n2026-01-03,Card B,-20.00,50.00\n", NULL);
	CHECK_INT(file->warning_count, 0);
	CHECK_INT(file->statements[0].opening.amount, 7000);
	CHECK_INT(file->statements[0].closing.amount, 15000);
	CHECK(!file->statements[0].unbalanced);
	statement_file_free(file);
	file = read_text("Date,Description,Amount,Balance\n2026-01-05,Transfer A,100.00,150.00\n2026-01-06,Card B,-20.00,131.00\n", NULL);
	CHECK_INT(file->warning_count, 1);
	statement_file_free(file);
}

static void one_column_with_a_side_and_accounts_by_line(void)
{
	struct statement_file *file = read_text("accountNum;Date;Label;Montant;Sens;Devise;Contrepartie;IBAN contrepartie;R\xC3\xA9" "f\xC3\xA9rence\n"
		"111;13/01/2026;x;10,00;C;CHF;Dupont;FR14 2004 1010 0505 0001 3M02 606;R1\n111;13/01/2026;y;5,00;D;CHF;;;\n222;14/01/2026;z;7,00;C;EUR;;;\n", NULL);
	CHECK_INT(file->statement_count, 2);
	CHECK_TEXT(file->statements[0].account, "111");
	CHECK_TEXT(file->statements[0].currency, "CHF");
	CHECK_INT(file->statements[0].lines[1].amount, -500);
	CHECK_TEXT(file->statements[0].lines[0].payer, "Dupont");
	CHECK_TEXT(file->statements[0].lines[0].payer_iban, "FR1420041010050500013M02606");
	CHECK_TEXT(file->statements[0].lines[0].bank_reference, "R1");
	CHECK_TEXT(file->statements[1].currency, "EUR");
	statement_file_free(file);
}

static void what_the_cells_do_not_tell_is_asked_or_said(void)
{
	struct statement_file *file = read_text("Date;Libelle;Montant\n05/01/2026;a;1,50\n", NULL);
	CHECK_INT(file->statements[0].lines[0].booking_day, day_from_civil(2026, 1, 5)); /* French headers */
	CHECK_INT(file->warning_count, 1);
	statement_file_free(file);
	static const char english[] = "Date,Description,Amount\n05/01/2026,a,1.50\n";
	struct statement_file *none = NULL;
	CHECK_INT(statement_read(FORMAT_BANK_CSV, english, strlen(english), (struct statement_options){ .lang = LANG_EN }, &none).code, STATUS_INVALID);
	file = read_text(english, "{\"dates\":\"mdy\"}");
	CHECK_INT(file->statements[0].lines[0].booking_day, day_from_civil(2026, 5, 1));
	statement_file_free(file);
	file = read_text("Date;Libelle;Montant\n31/01/2026;a;1,50\n30/02/2026;b;2,00\n01/02/2026;c;NaN\n;d;4,00\n", NULL);
	CHECK_INT(file->rejected.total, 3);
	CHECK_INT(file->rejected.rows[1].line, 4);
	CHECK_INT(file->statements[0].line_count, 1);
	statement_file_free(file);
}

TESTS({ "a French list with lines above its header", a_french_list_with_lines_above_its_header }, { "a running balance is checked from either end", a_running_balance_is_checked_from_either_end },
      { "one column with a side, and accounts by line", one_column_with_a_side_and_accounts_by_line },
      { "what the cells do not tell is asked or said", what_the_cells_do_not_tell_is_asked_or_said }, )
