#include "formats/statement.h"

#include "base/memory.h"
#include "base/test.h"

/* A record with texts at columns (from 1), padded to its width. */
struct put {
	int at;
	const char *text;
};

static void record(struct text *out, size_t width, const struct put *puts)
{
	char line[241];
	memset(line, ' ', sizeof line);
	for (; puts->at; puts++) memcpy(line + puts->at - 1, puts->text, strlen(puts->text));
	text_add_bytes(out, line, width);
}
#define RECORD(out, width, ...) record(out, width, (struct put[]){ __VA_ARGS__, { 0 } })

static void balance(struct text *out, const char *kind, const char *day, const char *amount)
{
	RECORD(out, 120, { 1, kind }, { 3, "30004" }, { 12, "00841" }, { 17, "EUR2" }, { 22, "00010130055" }, { 35, day }, { 91, amount });
}

static void movement(struct text *out, const char *operation, const char *reason, const char *label, const char *amount, const char *reference)
{
	RECORD(out, 120, { 1, "04" }, { 3, "30004" }, { 12, "00841" }, { 17, "EUR2" }, { 22, "00010130055" }, { 33, operation }, { 35, "020126" }, { 41, reason }, { 43, "030126" },
	       { 49, label }, { 82, "0000000" }, { 91, amount }, { 105, reference });
}

static void detail(struct text *out, const char *qualifier, const char *text)
{
	RECORD(out, 120, { 1, "05" }, { 3, "30004" }, { 12, "00841" }, { 17, "EUR2" }, { 22, "00010130055" }, { 33, "05" }, { 35, "020126" }, { 46, qualifier }, { 49, text });
}

static struct statement_file *read_as(enum format_kind kind, const char *bytes, size_t len)
{
	struct statement_file *file = NULL;
	struct status status = statement_read(kind, bytes, len, (struct statement_options){ .lang = LANG_EN }, &file);
	if (status.code) printf("  %s\n", status.text), test_failures++;
	return file;
}

static void statement(struct text *out, const char *ending)
{
	balance(out, "01", "311225", "0000000152345F"), text_add(out, ending);
	movement(out, "05", "  ", "VIR SEPA DUPONT SA", "0000000012000{", "FA2025-0123"), text_add(out, ending);
	detail(out, "NPY", "DUPONT SA"), text_add(out, ending);
	detail(out, "LCC", "FACTURE FA2025-0123"), text_add(out, ending);
	detail(out, "RCN", "E2E-DUP-0001"), text_add(out, ending);
	movement(out, "A3", "20", "PRLV REJETE MARTIN", "0000000004500P", "FA2025-0099"), text_add(out, ending);
	balance(out, "07", "020126", "0000000159844I"), text_add(out, ending);
}

static void check_statement(const struct statement_file *file)
{
	CHECK_INT(file->statement_count, 1);
	CHECK_INT(file->rejected.total, 0);
	CHECK_INT(file->warning_count, 0);
	const struct bank_statement *s = &file->statements[0];
	CHECK_TEXT(s->account, "FR7630004008410001013005581");
	CHECK_INT(s->opening.amount, 1523456);
	CHECK_INT(s->closing.amount, 1598449);
	CHECK(!s->unbalanced && !s->advice);
	CHECK_INT(s->line_count, 2);
	const struct bank_line *line = &s->lines[0];
	CHECK_INT(line->amount, 120000);
	CHECK_INT(line->booking_day, day_from_civil(2026, 1, 2));
	CHECK_INT(line->value_day, day_from_civil(2026, 1, 3));
	CHECK_INT(line->kind, BANK_LINE_TRANSFER);
	CHECK_TEXT(line->label, "VIR SEPA DUPONT SA");
	CHECK_TEXT(line->payer, "DUPONT SA");
	CHECK_TEXT(line->text, "FACTURE FA2025-0123");
	CHECK_TEXT(line->end_to_end, "E2E-DUP-0001");
	line++;
	CHECK_INT(line->amount, -45007);
	CHECK_INT(line->kind, BANK_LINE_RETURN);
	CHECK_TEXT(line->return_code, "20");
	CHECK_TEXT(line->end_to_end, "FA2025-0099");
}

static void a_statement_is_read_with_and_without_line_breaks(void)
{
	static const char *const endings[] = { "\n", "\r\n", "", "\r" };
	for (size_t i = 0; i < COUNT(endings); i++) {
		cleanup_text struct text out = { 0 };
		statement(&out, endings[i]);
		struct statement_file *file = read_as(FORMAT_CFONB, out.bytes, out.len);
		if (!file) continue;
		check_statement(file);
		CHECK_INT(file->statements[0].lines[1].position, 6);
		statement_file_free(file);
	}
}

static void trailing_spaces_may_be_missing(void)
{
	cleanup_text struct text whole = { 0 }, out = { 0 };
	statement(&whole, "\n");
	for (size_t i = 0; i < whole.len; i++) {
		if (whole.bytes[i] == '\n')
			while (out.len && out.bytes[out.len - 1] == ' ') out.len--;
		text_add_char(&out, whole.bytes[i]);
	}
	CHECK(out.len < whole.len);
	struct statement_file *file = read_as(FORMAT_CFONB, out.bytes, out.len);
	check_statement(file);
	statement_file_free(file);
}

static void one_amount(const char *field, const char *currency, const char *encoded, int64_t want)
{
	cleanup_text struct text out = { 0 };
	RECORD(&out, 120, { 1, "04" }, { 3, "30004" }, { 12, "00841" }, { 17, currency }, { 22, "00010130055" }, { 35, "020126" }, { 91, field });
	out.len = 103; /* the sign may take two bytes */
	text_add(&out, encoded);
	struct statement_file *file = read_as(FORMAT_CFONB, out.bytes, out.len);
	CHECK_INT(file->rejected.total, want == INT64_MIN);
	if (want != INT64_MIN) CHECK_INT(file->statements[0].lines[0].amount, want);
	statement_file_free(file);
}

static void amounts_carry_their_sign_in_the_last_character(void)
{
	one_amount("0000000004843", "EUR2", "H", 48438);
	one_amount("0000000000920", "EUR2", "}", -9200);
	one_amount("0000000001234", "EUR2", "{", 12340);
	one_amount("0000000000117", "TND3", "O", -1176);
	one_amount("0000000001234", "EUR2", "\xC3\xA9", 12340);  /* é */
	one_amount("0000000001234", "EUR2", "\xE8", -12340);     /* è of Windows-1252 */
	one_amount("0000000001234", "EUR2", "\xE0", 12340);      /* à */
	one_amount("0000000000012", "JPY0", "C", 123);
	one_amount("0000000001234", "EUR0", "E", 1234500);       /* no decimals written: whole euros */
	one_amount("0000000001234", "EUR3", "0", 1234);          /* three, the last one zero */
	one_amount("         1234", "EUR2", "A", 12341);
	one_amount("0000000001234", "EUR2", "z", INT64_MIN);
	one_amount("00000000-1234", "EUR2", "A", INT64_MIN);
	one_amount("0000000001234", "EUR3", "1", INT64_MIN);     /* a tenth of a cent */
}

static void an_account_that_is_none_stays_as_written(void)
{
	cleanup_text struct text out = { 0 };
	RECORD(&out, 120, { 1, "01" }, { 3, "\xC9TR" }, { 12, "00841" }, { 17, "EUR2" }, { 22, "COMPTE" }, { 35, "020126" }, { 91, "0000000000000{" });
	struct statement_file *file = read_as(FORMAT_CFONB, out.bytes, out.len);
	CHECK_TEXT(file->statements[0].account, "ÉTR00841COMPTE");
	statement_file_free(file);
}

static void details_complete_their_movement(void)
{
	cleanup_text struct text out = { 0 };
	balance(&out, "01", "311225", "0000000000000{"), text_add(&out, "\n");
	movement(&out, "18", "  ", "VIR DE L ETRANGER", "0000000098000{", ""), text_add(&out, "\n");
	detail(&out, "MMO", "USD200000001080000205000010800"), text_add(&out, "\n");
	detail(&out, "FEE", "EUR200000000001500"), text_add(&out, "\n");
	detail(&out, "LCC", "1234567890123456789012345678901234567890123456789012345678901234567890"), text_add(&out, "\n");
	detail(&out, "LC2", "12 suite"), text_add(&out, "\n");
	detail(&out, "LCS", "RF31FA2026000123"), text_add(&out, "\n");
	detail(&out, "NPO", "FILIALE SARL"), text_add(&out, "\n");
	detail(&out, "RUM", "MANDAT-7"), text_add(&out, "\n");
	detail(&out, "REF", "BNK-REF-1"), text_add(&out, "\n");
	movement(&out, "05", "  ", "VIR SEPA MARTIN", "0000000001000{", "NOTPROVIDED"), text_add(&out, "\n");
	detail(&out, "RET", "MD07 DEBITEUR DECEDE"), text_add(&out, "\n");
	struct statement_file *file = read_as(FORMAT_CFONB, out.bytes, out.len);
	const struct bank_line *line = &file->statements[0].lines[0];
	CHECK_INT(line->original_amount, 1080000);
	CHECK_TEXT(line->original_currency, "USD");
	CHECK_INT(line->fee, 1500);
	CHECK_TEXT(line->text, "123456789012345678901234567890123456789012345678901234567890123456789012 suite");
	CHECK_TEXT(line->structured, "RF31FA2026000123");
	CHECK_TEXT(line->ultimate_payer, "FILIALE SARL");
	CHECK_TEXT(line->mandate, "MANDAT-7");
	CHECK_TEXT(line->bank_reference, "BNK-REF-1");
	line++;
	CHECK_TEXT(line->end_to_end, "");
	CHECK_TEXT(line->return_code, "MD07");
	CHECK_TEXT(line->return_text, "DEBITEUR DECEDE");
	CHECK_INT(line->kind, BANK_LINE_RETURN);
	CHECK_INT(file->warning_count, 1); /* no record 07 */
	statement_file_free(file);
}

static void a_balance_that_does_not_follow_is_said_with_both_sums(void)
{
	cleanup_text struct text out = { 0 };
	balance(&out, "01", "311225", "0000000010000{"), text_add(&out, "\n");
	movement(&out, "05", "  ", "VIR", "0000000005000{", ""), text_add(&out, "\n");
	balance(&out, "07", "020126", "0000000016000{"), text_add(&out, "\n");
	balance(&out, "01", "020126", "0000000017000{"), text_add(&out, "\n");
	balance(&out, "07", "030126", "0000000017000{"), text_add(&out, "\n");
	struct statement_file *file = read_as(FORMAT_CFONB, out.bytes, out.len);
	CHECK(file->statements[0].unbalanced && !file->statements[1].unbalanced);
	CHECK_INT(file->warning_count, 2);
	CHECK(strstr(file->warnings[0], "€1,500.00") && strstr(file->warnings[0], "€1,600.00"));
	CHECK(strstr(file->warnings[1], "€1,600.00") && strstr(file->warnings[1], "€1,700.00"));
	statement_file_free(file);
}

static void what_is_damaged_is_listed_and_the_rest_read(void)
{
	cleanup_text struct text out = { 0 };
	balance(&out, "01", "311225", "0000000010000{"), text_add(&out, "\n");
	movement(&out, "05", "  ", "VIR UN", "00000000050x0{", ""), text_add(&out, "\n");
	detail(&out, "NPY", "NOBODY"), text_add(&out, "\n");
	text_add(&out, "garbage\n");
	movement(&out, "05", "  ", "VIR DEUX", "0000000005000{", ""), text_add(&out, "\n");
	struct statement_file *file = read_as(FORMAT_CFONB, out.bytes, out.len);
	CHECK_INT(file->statements[0].line_count, 1);
	CHECK_TEXT(file->statements[0].lines[0].payer, "");
	CHECK_INT(file->rejected.total, 2);
	CHECK_INT(file->rejected.rows[0].line, 2);
	CHECK_TEXT(file->rejected.rows[0].column, "91-104");
	CHECK_INT(file->rejected.rows[1].line, 4);
	statement_file_free(file);
	struct statement_file *none = NULL;
	CHECK_INT(statement_read(FORMAT_CFONB, "Date;Montant\n", 13, (struct statement_options){ 0 }, &none).code, STATUS_INVALID);
	CHECK_INT(statement_read(FORMAT_CFONB, "01\0\0\0", 5, (struct statement_options){ 0 }, &none).code, 0);
	statement_file_free(none);
}

static void returns_of_debits_and_bills_come_from_cfonb_240(void)
{
	cleanup_text struct text out = { 0 };
	RECORD(&out, 240, { 1, "31000001" }, { 9, "81" }, { 11, "050126" }, { 17, "E" }, { 22, "300040084100010130055" }, { 43, "ENTREPRISE SAS" }), text_add(&out, "\n");
	RECORD(&out, 240, { 1, "34000002" }, { 9, "81" }, { 11, "050126" }, { 17, "E" }, { 22, "300040084100010130055" }, { 43, "ENTREPRISE SAS" }, { 78, "300060000112345678901" },
	       { 99, "MARTIN SARL" }, { 153, "FA2025-0099" }, { 215, "201225" }, { 227, "20" }, { 229, "000000045007" }), text_add(&out, "\n");
	RECORD(&out, 240, { 1, "34000003" }, { 9, "61" }, { 11, "050126" }, { 17, "E" }, { 22, "300040084100010130055" }, { 78, "300060000112345678901" }, { 99, "DURAND" },
	       { 139, "LCR-00077 " }, { 213, "311225" }, { 227, "75" }, { 229, "000000100000" }), text_add(&out, "\n");
	RECORD(&out, 240, { 1, "39000004" }, { 9, "81" }, { 11, "050126" }, { 17, "E" }, { 229, "000000145007" }), text_add(&out, "\n");
	struct statement_file *file = read_as(FORMAT_CFONB240, out.bytes, out.len);
	CHECK_INT(file->warning_count, 0);
	CHECK_INT(file->rejected.total, 0);
	const struct bank_statement *s = &file->statements[0];
	CHECK(s->advice);
	CHECK_TEXT(s->account, "FR7630004008410001013005581");
	CHECK_INT(s->line_count, 2);
	CHECK_INT(s->lines[0].amount, -45007);
	CHECK_INT(s->lines[0].kind, BANK_LINE_RETURN);
	CHECK_TEXT(s->lines[0].return_code, "20");
	CHECK_TEXT(s->lines[0].end_to_end, "FA2025-0099");
	CHECK_TEXT(s->lines[0].payer, "MARTIN SARL");
	CHECK_TEXT(s->lines[0].payer_iban, "FR7630006000011234567890189");
	CHECK_INT(s->lines[0].value_day, day_from_civil(2025, 12, 20));
	CHECK_TEXT(s->lines[1].end_to_end, "LCR-00077");
	CHECK_INT(s->lines[1].value_day, day_from_civil(2025, 12, 31));
	statement_file_free(file);
	out.bytes[out.len - 2] = '8'; /* another total */
	file = read_as(FORMAT_CFONB240, out.bytes, out.len);
	CHECK_INT(file->warning_count, 1);
	statement_file_free(file);
}

TESTS({ "a statement is read with and without line breaks", a_statement_is_read_with_and_without_line_breaks },
      { "trailing spaces may be missing", trailing_spaces_may_be_missing },
      { "amounts carry their sign in the last character", amounts_carry_their_sign_in_the_last_character },
      { "an account that is none stays as written", an_account_that_is_none_stays_as_written }, { "details complete their movement", details_complete_their_movement },
      { "a balance that does not follow is said with both sums", a_balance_that_does_not_follow_is_said_with_both_sums },
      { "what is damaged is listed and the rest read", what_is_damaged_is_listed_and_the_rest_read },
      { "returns of debits and bills come from CFONB 240", returns_of_debits_and_bills_come_from_cfonb_240 }, )
