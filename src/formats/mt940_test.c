#include "formats/statement.h"

#include "base/memory.h"
#include "base/test.h"
#include "base/text.h"

static struct statement_file *read_text(const char *text)
{
	struct statement_file *file = NULL;
	struct status status = statement_read(FORMAT_MT940, text, strlen(text), (struct statement_options){ .lang = LANG_EN }, &file);
	if (status.code) printf("  %s\n", status.text), test_failures++;
	return file;
}

#define HEAD ":20:X\n:25:FR7630006000011234567890189\n:28C:1/1\n:60F:C260101EUR100,00\n"
#define FOOT ":62F:C260102EUR1300,00\n-\n"

static void one(const char *entry, const char *currency, void (*check)(const struct bank_line *line))
{
	cleanup_text struct text out = { 0 };
	text_addf(&out, ":20:X\n:25:ACC\n:28C:1\n:60F:C260101%s100,00\n%s", currency, entry);
	struct statement_file *file = read_text(text_cstr(&out));
	if (!file) return;
	CHECK_INT(file->statements[0].line_count, 1);
	CHECK_INT(file->rejected.total, 0);
	if (file->statements[0].line_count) check(&file->statements[0].lines[0]);
	statement_file_free(file);
}

static void plain(const struct bank_line *line)
{
	CHECK_INT(line->amount, 120000);
	CHECK_INT(line->booking_day, day_from_civil(2026, 1, 2));
	CHECK_TEXT(line->end_to_end, "E2E-DUP-0001");
	CHECK_TEXT(line->bank_reference, "0A12345");
	CHECK_INT(line->kind, BANK_LINE_TRANSFER);
	CHECK_TEXT(line->label, "VIR RECU");
	CHECK_TEXT(line->text, "FACTURE FA1 DUPONT");
}

static void a_statement_is_read(void)
{
	struct statement_file *file = read_text(HEAD ":61:2601020102C1200,00NTRFE2E-DUP-0001//0A12345\nVIR RECU\n:86:FACTURE FA1\nDUPONT\n" FOOT);
	const struct bank_statement *s = &file->statements[0];
	CHECK_TEXT(s->account, "FR7630006000011234567890189");
	CHECK_TEXT(s->number, "1/1");
	CHECK_INT(s->opening.amount, 10000);
	CHECK_INT(s->closing.amount, 130000);
	CHECK_INT(file->warning_count, 0);
	CHECK_INT(s->lines[0].position, 5);
	plain(&s->lines[0]);
	statement_file_free(file);
	/* in its envelope, with Windows line ends, a sender's lines before it */
	file = read_text("ABNANL2A\r\n940\r\n{1:F01BANKFRPP}{2:O940}{4:\r\n:20:X\r\n:25:1\r\n:60F:D260101EUR1,\r\n:61:260102RC5,50NTRFNONREF\r\n:62F:D260102EUR6,50\r\n-}{5:}\r\n");
	CHECK_INT(file->warning_count, 0);
	CHECK_INT(file->statements[0].opening.amount, -100);
	CHECK_INT(file->statements[0].lines[0].amount, -550);
	CHECK(file->statements[0].lines[0].reversal);
	CHECK_TEXT(file->statements[0].lines[0].end_to_end, "");
	statement_file_free(file);
}

static void german_check(const struct bank_line *line)
{
	CHECK_TEXT(line->label, "SEPA-LASTSCHRIFT");
	CHECK_TEXT(line->payer, "MUSTERMANN UND SOEHNE AKTIENGESELLSCHAFT");
	CHECK_TEXT(line->payer_iban, "DE89370400440532013000");
	CHECK_TEXT(line->end_to_end, "RE-2026-1");
	CHECK_TEXT(line->mandate, "M7");
	CHECK_TEXT(line->text, "Rechnung 1 vom 2. Januar");
	CHECK_TEXT(line->ultimate_payer, "Tochter GmbH");
}
static void returned_check(const struct bank_line *line)
{
	CHECK_INT(line->kind, BANK_LINE_RETURN);
	CHECK_INT(line->amount, -5000);
}
static void slash_check(const struct bank_line *line)
{
	CHECK_TEXT(line->end_to_end, "E1");
	CHECK_TEXT(line->payer, "DUPONT SA");
	CHECK_TEXT(line->payer_iban, "BE71096123456769");
	CHECK_TEXT(line->text, "FACTURE 12/34 DU MOIS");
	CHECK_TEXT(line->return_code, "AC04");
	CHECK_INT(line->kind, BANK_LINE_RETURN);
}
static void adjoining_check(const struct bank_line *line)
{
	CHECK_TEXT(line->end_to_end, "");
	CHECK_TEXT(line->payer, "DUPONT");
}
static void accented_check(const struct bank_line *line)
{
	CHECK_TEXT(line->end_to_end, "REFERENCE-14567");
	CHECK_TEXT(line->payer, "éa DUPONT");
}
static void counterpart_check(const struct bank_line *line)
{
	CHECK_TEXT(line->payer, "JANSEN BV");
	CHECK_TEXT(line->payer_iban, "NL91ABNA0417164300");
	CHECK_TEXT(line->text, "FA-77");
}
static void wrapped_check(const struct bank_line *line)
{
	CHECK_TEXT(line->text, "PAIEMENT DE LA FACTURE NUMERO FA2026-0001234 PAR LA SOCIETE DUPONT SA 14:26:37 fini");
}
static void exchange_check(const struct bank_line *line)
{
	CHECK_INT(line->original_amount, 450);
	CHECK_TEXT(line->original_currency, "USD");
	CHECK_INT(line->fee, 50);
}

static void details_are_read_in_every_dialect(void)
{
	one(":61:260102D50,NDDTNONREF\n:86:105?00SEPA-LASTSCHRIFT?10931?20EREF+RE-2026-1?21MREF+M7?22SVWZ+Rechnung 1?23vom 2. Januar?24ABWA+Tochter GmbH?30COBADEFF\n"
	    "?31DE89370400440532013000?32MUSTERMANN UND SOEHNE AKTIE?33NGESELLSCHAFT?34992\n", "EUR", german_check);
	one(":61:260102D50,NMSCNONREF\n:86:109?00RUECKLASTSCHRIFT?20EREF+X\n", "EUR", returned_check);
	one(":61:260102C50,NTRFEREF\n:86:/EREF/E1/ORDP//NAME/DUPONT SA/IBAN/BE71096123456769/REMI/FACTURE 12/34 DU MOIS/RTRN/AC04/\n", "EUR", slash_check);
	one(":61:260102C50,NTRFEREF\n:86:/CNTP/NL91ABNA0417164300/ABNANL2A/JANSEN BV///REMI/USTD//FA-77/\n", "EUR", counterpart_check);
	one(":61:260102C50,NTRFEREF\n:86:/EREF/NAME/DUPONT\n", "EUR", adjoining_check);
	one(":61:260102C50,NTRFREFERENCE-14567éa DUPONT\n", "EUR", accented_check);
	/* a full line of 65 goes on, a short one ended; ":26:37" is no field */
	one(":61:260102C50,NTRFX\n:86:PAIEMENT DE LA FACTURE NUMERO FA2026-0001234 PAR LA SOCIETE DUPON\nT SA 14\n:26:37 fini\n", "EUR", wrapped_check);
	one(":61:260102C5,NTRFX//Y\n/OCMT/USD4,5//CHGS/EUR0,5/\n", "EUR", exchange_check);
}

static void february_check(const struct bank_line *line)
{
	CHECK_INT(line->value_day, day_from_civil(2026, 2, 28));
	CHECK_INT(line->booking_day, day_from_civil(2026, 3, 2));
}
static void year_end_check(const struct bank_line *line)
{
	CHECK_INT(line->value_day, day_from_civil(2025, 12, 31));
	CHECK_INT(line->booking_day, day_from_civil(2026, 1, 2));
}
static void yen_check(const struct bank_line *line)
{
	CHECK_INT(line->amount, 5000);
}

static void dates_and_amounts_of_the_format(void)
{
	one(":61:2602300302D1,NTRFX\n", "EUR", february_check);
	one(":61:2512310102D1,NTRFX\n", "EUR", year_end_check);
	one(":61:260102CR5000,NTRFX\n", "JPY", yen_check);
}

static void what_cannot_be_used_is_listed_or_refused(void)
{
	struct statement_file *file = read_text(HEAD ":61:26ab02C1,NTRFX\n:86:lost\n:61:260102X1,NTRFX\n:61:2601021399C1,NTRFX\n:61:260102C9999999999999999999,NTRFX\n:61:260102C1200,NTRFX\n:86:kept\n" FOOT);
	CHECK_INT(file->rejected.total, 4);
	CHECK_INT(file->rejected.rows[0].line, 5);
	CHECK_INT(file->statements[0].line_count, 1);
	CHECK_TEXT(file->statements[0].lines[0].text, "kept");
	CHECK_INT(file->warning_count, 0);
	statement_file_free(file);
	static const struct {
		const char *text, *part;
	} refusals[] = { { ":61:260102C1,NTRFX\n:86:text\n", "fragment" }, { ":60F:C140829EUR147,64\n", "fragment" }, { "1\n2\n", "No field" }, { ":NS:\n", "No field" }, { "", "empty" } };
	for (size_t i = 0; i < COUNT(refusals); i++) {
		struct statement_file *none = NULL;
		struct status status = statement_read(FORMAT_MT940, refusals[i].text, strlen(refusals[i].text), (struct statement_options){ .lang = LANG_EN }, &none);
		CHECK_INT(status.code, STATUS_INVALID);
		CHECK(strstr(status.text, refusals[i].part) != NULL && !none);
	}
}

static void an_interim_report_is_pending(void)
{
	struct statement_file *file = read_text(":20:X\n:25:1\n:28C:1/1\n:34F:CHFD0,00\n:13D:2601021730+0000\n:61:260102C5,NTRFX\n:86:now\n:90C:1CHF5,00\n");
	CHECK_TEXT(file->format, "mt942");
	CHECK(file->statements[0].lines[0].pending);
	CHECK_TEXT(file->statements[0].currency, "CHF");
	CHECK_TEXT(file->statements[0].lines[0].currency, "CHF");
	CHECK_INT(file->warning_count, 1);
	statement_file_free(file);
}

TESTS({ "a statement is read", a_statement_is_read }, { "details are read in every dialect", details_are_read_in_every_dialect },
      { "dates and amounts of the format", dates_and_amounts_of_the_format }, { "what cannot be used is listed or refused", what_cannot_be_used_is_listed_or_refused },
      { "an interim report is pending", an_interim_report_is_pending }, )
