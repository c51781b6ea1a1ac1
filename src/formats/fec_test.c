#include "formats/fec.h"

#include "base/memory.h"
#include "base/test.h"

#define HEADER "JournalCode|JournalLib|EcritureNum|EcritureDate|CompteNum|CompteLib|CompAuxNum|CompAuxLib|PieceRef|PieceDate|EcritureLib|Debit|Credit|EcritureLet|DateLet|ValidDate|Montantdevise|Idevise\n"

/* The example of the formats page, section 1. */
static const char example[] = HEADER
	"VE|Ventes|VE0001|20250115|411000|Clients|CDUP|DUPONT SA|FA25-001|20250115|Facture FA25-001|1200,00|0,00|A|20250220|20250131||\n"
	"VE|Ventes|VE0001|20250115|707000|Ventes|||FA25-001|20250115|Facture FA25-001|0,00|1000,00|||20250131||\n"
	"VE|Ventes|VE0001|20250115|445710|TVA collectée|||FA25-001|20250115|Facture FA25-001|0,00|200,00|||20250131||\n"
	"BQ|Banque|BQ0007|20250220|512000|Banque|||VIR|20250220|VIR DUPONT|1200,00|0,00|||20250228||\n"
	"BQ|Banque|BQ0007|20250220|411000|Clients|CDUP|DUPONT SA|VIR|20250220|VIR DUPONT|0,00|1200,00|A|20250220|20250228||\n"
	"BQ|Banque|BQ0012|20250305|411000|Clients|CDUP|DUPONT SA|FA25-001|20250305|IMPAYE FA25-001|1200,00|0,00|B|20250630|20250331||\n"
	"BQ|Banque|BQ0012|20250305|512000|Banque|||FA25-001|20250305|IMPAYE FA25-001|0,00|1200,00|||20250331||\n"
	"OD|Divers|OD0003|20250630|416000|Clients douteux|CDUP|DUPONT SA|FA25-001|20250630|Passage en douteux|1200,00|0,00|||20250630||\n"
	"OD|Divers|OD0003|20250630|411000|Clients|CDUP|DUPONT SA|FA25-001|20250630|Passage en douteux|0,00|1200,00|B|20250630|20250630||\n";

static struct fec *read_bytes(const char *bytes, size_t len)
{
	struct fec *fec = NULL;
	struct status status = fec_read(bytes, len, (struct fec_options){ .lang = LANG_EN }, &fec);
	if (status.code) printf("  %s\n", status.text), test_failures++;
	return fec;
}

static struct fec *read_text(const char *text)
{
	return read_bytes(text, strlen(text));
}

/* One line per receivable line: "2 CDUP invoice FA25-001 120000". */
static const char *shown(const struct fec *fec)
{
	static struct text out;
	text_clear(&out);
	for (size_t i = 0; fec && i < fec->line_count; i++) {
		const struct fec_line *line = &fec->lines[i];
		text_addf(&out, "%" PRIu32 " %.*s %s %.*s %" PRId64 "\n", line->line, SLICE_PRINT(fec->customers[line->customer].code),
		          fec_kind_name(line->kind), SLICE_PRINT(spot_text(line->number)), line->amount);
	}
	return text_cstr(&out);
}

static const char example_shown[] = "2 CDUP invoice FA25-001 120000\n6 CDUP payment VIR -120000\n7 CDUP unpaid_return FA25-001 120000\n"
                                    "9 CDUP transfer FA25-001 120000\n10 CDUP transfer FA25-001 -120000\n";

static void the_example_gives_its_five_items(void)
{
	struct fec *fec = read_text(example);
	CHECK_TEXT(shown(fec), example_shown);
	CHECK_INT(fec->data_lines, 9);
	CHECK_INT(fec->ignored_lines, 4);
	CHECK_INT(fec->rejected.total, 0);
	CHECK_INT(fec->customer_count, 1);
	CHECK_INT(fec->receivable_balance, 120000);
	CHECK_INT(fec->debit, 480000);
	CHECK_INT(fec->credit, 480000);
	CHECK_INT(fec->lines[3].pair, 4);
	CHECK_INT(fec->lines[4].pair, 3);
	CHECK_INT(fec->lines[0].pair, -1);
	CHECK_INT(fec->lines[0].posting_day, day_from_civil(2025, 1, 15));
	CHECK_INT(fec->lines[0].due_day, DAY_NONE);
	CHECK(slice_equal(spot_text(fec->lines[2].label_number), "FA25-001"));
	CHECK(slice_equal(spot_text(fec->lines[0].lettering), "A"));
	CHECK(slice_equal(fec->customers[0].name, "DUPONT SA"));
	CHECK_INT(fec->fiscal_from, day_from_civil(2025, 1, 1));
	CHECK_INT(fec->fiscal_to, day_from_civil(2025, 6, 30));
	int64_t bank = 0;
	for (size_t i = 0; i < fec->account_day_count; i++)
		if (slice_equal(fec->accounts[fec->account_days[i].account].number, "512000")) bank += fec->account_days[i].debit - fec->account_days[i].credit;
	CHECK_INT(bank, 0);
	fec_free(fec);
}

/* The example with another separator, line end, quotes, or its amounts said otherwise, as a text the caller frees. */
enum variant { TABS, TRAILING, CRLF, CR_CR_LF, CR_ONLY, QUOTED, BOM, PADDED, SENSE_DC, SENSE_SIGN, SIGNED, NEGATIVE_DEBIT, REORDERED, CASE, DOTS, DASHED_DATES, VARIANTS };

static char *vary(enum variant variant)
{
	struct text out = { 0 };
	if (variant == BOM) text_add(&out, "\xEF\xBB\xBF");
	int line = 0;
	for (const char *at = example; *at; line++) {
		const char *end = strchr(at, '\n');
		struct slice cells[18] = { 0 };
		int count = 0;
		for (const char *cell = at; cell <= end; count++) {
			const char *stop = cell;
			while (stop < end && *stop != '|') stop++;
			cells[count] = (struct slice){ cell, (size_t)(stop - cell) };
			cell = stop + 1;
		}
		char debit[30], credit[30];
		snprintf(debit, sizeof debit, "%.*s", SLICE_PRINT(cells[11]));
		snprintf(credit, sizeof credit, "%.*s", SLICE_PRINT(cells[12]));
		bool is_debit = strcmp(credit, "0,00") == 0, header = line == 0;
		char other[40], sense[30];
		snprintf(other, sizeof other, "%s", header ? "Montant" : is_debit ? debit : credit);
		snprintf(sense, sizeof sense, "%s", header ? "Sens" : is_debit ? "D" : "C");
		if (variant == SENSE_SIGN && !header) snprintf(sense, sizeof sense, "%s", is_debit ? "+1" : "-1");
		if (variant == SIGNED) {
			if (!header && !is_debit) snprintf(other, sizeof other, "-%s", credit);
			snprintf(sense, sizeof sense, "%s", header ? "Rien" : "");
		}
		if (variant == SENSE_DC || variant == SENSE_SIGN || variant == SIGNED) cells[11] = slice_of(other), cells[12] = slice_of(sense);
		if (variant == NEGATIVE_DEBIT && !header && !is_debit) {
			snprintf(other, sizeof other, "-%s", credit);
			cells[11] = slice_of(other), cells[12] = slice_of("0,00");
		}
		if (variant == DOTS && !header) {
			char *comma;
			if ((comma = strchr(debit, ','))) *comma = '.';
			if ((comma = strchr(credit, ','))) *comma = '.';
			cells[11] = slice_of(debit), cells[12] = slice_of(credit);
		}
		char dates[2][12];
		if (variant == DASHED_DATES && !header)
			for (int i = 0; i < 2; i++) {
				const char *b = cells[i ? 9 : 3].bytes;
				snprintf(dates[i], sizeof dates[i], "%.2s/%.2s/%.4s", b + 6, b + 4, b);
				cells[i ? 9 : 3] = slice_of(dates[i]);
			}
		for (int i = 0; i < 18; i++) {
			int from = variant == REORDERED ? 17 - i : i;
			if (i) text_add_char(&out, variant == TABS ? '\t' : variant == QUOTED ? ';' : '|');
			if (variant == QUOTED) text_add_char(&out, '"');
			if (variant == PADDED) text_add(&out, header ? " " : "  ");
			for (size_t j = 0; j < cells[from].len; j++) {
				char c = cells[from].bytes[j];
				text_add_char(&out, variant == CASE && header && c >= 'a' ? (char)(c - 32) : c);
			}
			if (variant == PADDED) text_add(&out, "     ");
			if (variant == QUOTED) text_add_char(&out, '"');
		}
		if (variant == TRAILING) text_add_char(&out, '|');
		text_add(&out, variant == CRLF ? "\r\n" : variant == CR_CR_LF ? "\r\r\n" : variant == CR_ONLY ? "\r" : "\n");
		at = end + 1;
	}
	return text_take(&out);
}

static void every_variant_of_the_form_gives_the_same(void)
{
	for (int variant = 0; variant < VARIANTS; variant++) {
		cleanup_free char *text = vary((enum variant)variant);
		struct fec *fec = read_text(text);
		if (strcmp(shown(fec), example_shown) != 0) printf("  variant %d\n", variant);
		CHECK_TEXT(shown(fec), example_shown);
		CHECK_INT(fec->receivable_balance, 120000);
		CHECK_INT(fec->rejected.total, 0);
		fec_free(fec);
	}
}

static void accents_survive_every_encoding(void)
{
	static const struct {
		const char *e, *name;
		size_t len;
	} sets[] = { { "\xC3\xA9", "utf-8", 2 }, { "\xE9", "windows-1252", 1 }, { "\x82", "cp850", 1 } };
	for (size_t i = 0; i < COUNT(sets); i++) {
		cleanup_text struct text text = { 0 };
		text_addf(&text, HEADER "VE|Ventes|1|20250115|411000|Clients|CGEN|Soci%st%s G%sn%srale|F1|20250115|R%sglement|10,00|0,00||||||\n"
			  "VE|Ventes|1|20250115|707000|Ventes|||F1|20250115|x|0,00|10,00||||||\n",
		          sets[i].e, sets[i].e, sets[i].e, sets[i].e, sets[i].e);
		struct fec *fec = read_text(text_cstr(&text));
		CHECK_TEXT(fec->encoding, sets[i].name);
		CHECK(slice_equal(fec->customers[0].name, "Société Générale"));
		fec_free(fec);
	}
	/* UTF-16, as a spreadsheet saves "Unicode text" */
	cleanup_text struct text wide = { 0 };
	text_add_bytes(&wide, "\xFF\xFE", 2);
	for (const char *at = example; *at; at++) {
		unsigned char c = (unsigned char)*at;
		if (c == 0xC3) c = 0xE9, at++;
		text_add_bytes(&wide, (char[]){ (char)c, 0 }, 2);
	}
	struct fec *fec = read_bytes(wide.bytes, wide.len);
	CHECK_TEXT(shown(fec), example_shown);
	fec_free(fec);
}

static void an_entry_that_does_not_balance_is_refused_whole(void)
{
	struct fec *fec = read_text(HEADER
		"VE|Ventes|1|20250115|411000|Clients|A|A SA|F1|20250115|x|10,00|0,00||||||\n"
		"VE|Ventes|1|20250115|707000|Ventes|||F1|20250115|x|0,00|10,00||||||\n"
		"VE|Ventes|2|20250116|411000|Clients|B|B SA|F2|20250116|x|10,00|0,00||||||\n"
		"VE|Ventes|2|20250116|707000|Ventes|||F2|20250116|x|0,00|9,00||||||\n"
		"VE|Ventes|3|20250117|411000|Clients|C|C SA|F3|20250117|x|30/00|0,00||||||\n"
		"VE|Ventes|3|20250117|707000|Ventes|||F3|20250117|x|0,00|30,00||||||\n");
	CHECK_TEXT(shown(fec), "2 A invoice F1 1000\n");
	CHECK_INT(fec->rejected.total, 4);
	CHECK_INT(fec->ignored_lines, 1);
	CHECK_INT(fec->customer_count, 1);
	CHECK_INT(fec->rejected.rows[0].line, 4);
	CHECK_TEXT(fec->rejected.rows[0].column, "EcritureNum");
	CHECK_TEXT(fec->rejected.rows[0].value, "2");
	CHECK_TEXT(fec->rejected.rows[0].reason, "Entry 2 of journal VE (lines 4–5) does not balance: debit 10,00, credit 9,00. It is refused whole.");
	CHECK_INT(fec->rejected.rows[2].line, 6);
	CHECK_TEXT(fec->rejected.rows[2].column, "Debit");
	CHECK_TEXT(fec->rejected.rows[2].value, "30/00");
	CHECK_TEXT(fec->rejected.rows[3].reason, "Entry 3 of journal VE (lines 7) does not balance: debit 0,00, credit 30,00. It is refused whole.");
	int64_t sales = 0;
	for (size_t i = 0; i < fec->account_day_count; i++)
		if (slice_equal(fec->accounts[fec->account_days[i].account].number, "707000")) sales += fec->account_days[i].credit;
	CHECK_INT(sales, 1000);
	fec_free(fec);
}

static void an_entry_is_journal_and_number_wherever_its_lines_stand(void)
{
	struct fec *fec = read_text(HEADER
		"VE|Ventes|1|20250115|411000|Clients|A|A SA|F1|20250115|x|10,00|0,00||||||\n"
		"BQ|Banque|1|20250115|411000|Clients|A|A SA|V1|20250115|x|0,00|10,00||||||\n"
		"VE|Ventes|2|20250115|411000|Clients|A|A SA|F2|20250115|x|20,00|0,00||||||\n"
		"VE|Ventes|1|20250131|707000|Ventes|||F1|20250115|x|0,00|10,00||||||\n"
		"VE|Ventes|2|20250116|707000|Ventes|||F2|20250115|x|0,00|20,00||||||\n"
		"BQ|Banque|1|20250115|512000|Banque|||V1|20250115|x|10,00|0,00||||||\n"
		"BQ|Banque|2|20250115|627000|Frais|||V2|20250115|x|1,00|0,00||||||\n"
		"BQ|Banque|2|20250115|512000|Banque|||V2|20250115|x|0,00|1,00||||||\n");
	CHECK_TEXT(shown(fec), "2 A invoice F1 1000\n3 A payment V1 -1000\n4 A invoice F2 2000\n");
	CHECK(fec->lines[0].entry != fec->lines[2].entry);
	CHECK_INT(fec->rejected.total, 0);
	fec_free(fec);
}

static void useless_entry_numbers_give_runs_that_sum_to_zero(void)
{
	static const char *const numbers[] = { "", "0" };
	for (size_t i = 0; i < COUNT(numbers); i++) {
		cleanup_text struct text text = { 0 };
		text_addf(&text, HEADER
			"VE|Ventes|%1$s|20250115|411000|Clients|A|A SA|F1|20250115|x|12,00|0,00||||||\n"
			"VE|Ventes|%1$s|20250115|707000|Ventes|||F1|20250115|x|0,00|10,00||||||\n"
			"BQ|Banque|%1$s|20250116|512000|Banque|||V1|20250116|x|12,00|0,00||||||\n"
			"VE|Ventes|%1$s|20250115|445710|TVA|||F1|20250115|x|0,00|2,00||||||\n"
			"VE|Ventes|%1$s|20250117|709000|Rabais|||A1|20250117|x|5,00|0,00||||||\n"
			"BQ|Banque|%1$s|20250116|411000|Clients|A|A SA|V1|20250116|x|0,00|12,00||||||\n"
			"VE|Ventes|%1$s|20250117|411000|Clients|A|A SA|A1|20250117|x|0,00|5,00||||||\n"
			"VE|Ventes|%1$s|20250118|411000|Clients|A|A SA|F2|20250118|x|7,00|0,00||||||\n", numbers[i]);
		struct fec *fec = read_text(text_cstr(&text));
		CHECK_TEXT(shown(fec), "2 A invoice F1 1200\n7 A payment V1 -1200\n8 A credit_note A1 -500\n");
		CHECK_INT(fec->rejected.total, 1); /* F2 has no counterpart */
		CHECK_INT(fec->rejected.rows[0].line, 9);
		CHECK(!fec->journals[0].numbered);
		CHECK(fec->lines[0].entry != fec->lines[2].entry);
		fec_free(fec);
	}
}

static void kinds_follow_the_contract(void)
{
	struct fec *fec = read_text(HEADER
		/* opening by code and by label, also with 70x in the entry; retention before anything else */
		"AN|x|1|20250101|411000|C|A|A|F0|20241201|x|10,00|0,00||||||\n" "AN|x|1|20250101|411700|R|A|A|F0|20241201|x|5,00|0,00||||||\n"
		"AN|x|1|20250101|110000|R|||F0|20241201|x|0,00|15,00||||||\n"
		"X9|À nouveaux 2025|1|20250101|411000|C|A|A|F9|20241201|x|1,00|0,00||||||\n" "X9|À nouveaux 2025|1|20250101|707000|R|||F9|20241201|x|0,00|1,00||||||\n"
		"X9|À nouveaux 2025|2|20250101|411000|C|A|A|F9|20241201|x|1,00|0,00||||||\n" "X9|À nouveaux 2025|2|20250101|707000|R|||F9|20241201|x|0,00|1,00||||||\n"
		/* a sale paid on the spot: debit with 70 is an invoice, credit with 70 and bank a payment */
		"CA|Caisse|1|20250102|411000|C|A|A|T1|20250102|x|12,00|0,00||||||\n" "CA|Caisse|1|20250102|707000|V|||T1|20250102|x|0,00|12,00||||||\n"
		"CA|Caisse|1|20250102|411000|C|A|A|T1|20250102|x|0,00|12,00||||||\n" "CA|Caisse|1|20250102|530000|Caisse|||T1|20250102|x|12,00|0,00||||||\n"
		"CA|Caisse|2|20250102|530000|Caisse|||T2|20250102|x|0,00|3,00||||||\n" "CA|Caisse|2|20250102|411000|C|A|A|T2|20250102|x|3,00|0,00||||||\n"
		/* VAT alone, write-off, transfer, retention carved out, a wash without a pair */
		"OD|x|1|20250103|411000|C|A|A|O1|20250103|x|2,00|0,00||||||\n" "OD|x|1|20250103|445710|T|||O1|20250103|x|0,00|2,00||||||\n"
		"OD|x|2|20250103|411000|C|A|A|O2|20250103|x|0,00|4,00||||||\n" "OD|x|2|20250103|654000|P|||O2|20250103|x|4,00|0,00||||||\n"
		"OD|x|3|20250103|411000|C|A|A|O3|20250103|x|0,00|6,00||||||\n" "OD|x|3|20250103|411700|R|A|A|O3|20250103|x|6,00|0,00||||||\n"
		"OD|x|4|20250103|413000|E|A|A|O4|20250103|x|8,00|0,00||||||\n" "OD|x|4|20250103|411000|C|A|A|O4|20250103|x|0,00|8,00||||||\n"
		"OD|x|5|20250103|411000|C|A|A|O5|20250103|x|9,00|0,00||||||\n" "OD|x|5|20250103|411000|C|B|B|O5|20250103|x|0,00|4,00||||||\n"
		"OD|x|5|20250103|411000|C|C|C|O5|20250103|x|0,00|5,00||||||\n"
		/* deposits received, doubtful provisions: no receivables */
		"OD|x|6|20250103|419100|D|A|A|O6|20250103|x|0,00|4,00||||||\n" "OD|x|6|20250103|418000|D|A|A|O6|20250103|x|4,00|0,00||||||\n");
	CHECK_TEXT(shown(fec), "2 A opening F0 1000\n3 A retention F0 500\n5 A opening F9 100\n7 A opening F9 100\n9 A invoice T1 1200\n"
	                       "11 A payment T1 -1200\n14 A unpaid_return T2 300\n15 A invoice O1 200\n17 A other O2 -400\n"
	                       "19 A transfer O3 -600\n20 A retention O3 600\n21 A transfer O4 800\n22 A transfer O4 -800\n"
	                       "23 A other OD-5 900\n24 B other OD-5 -400\n25 C other OD-5 -500\n");
	CHECK(fec->lines[11].bill && !fec->lines[12].bill);
	CHECK_INT(fec->lines[9].pair, 10);
	fec_free(fec);
}

static void placeholders_give_way_to_numbers_in_labels(void)
{
	struct fec *fec = read_text(HEADER
		"AN|x|1|20250101|411000|C|A|A|AN|20250101|Facture FA24-0912 A|10,00|0,00||||||\n"
		"AN|x|1|20250101|411000|C|B|B|AN|20250101|solde|20,00|0,00||||||\n"
		"AN|x|1|20250101|110000|R|||AN|20250101|x|0,00|30,00||||||\n"
		"VE|x|1|20250115|411000|C|A|A|FA25-001|20250115|x|10,00|0,00||||||\n" "VE|x|1|20250115|707000|V|||FA25-001|20250115|x|0,00|10,00||||||\n"
		"VE|x|2|20250116|411000|C|A|A|-|20250115|Fact. FA25-002|10,00|0,00||||||\n" "VE|x|2|20250115|707000|V|||-|20250115|x|0,00|10,00||||||\n"
		"BQ|x|7|20250117|411000|C|A|A|VIR|20250117|VIR A|0,00|10,00||||||\n" "BQ|x|7|20250117|512000|B|||VIR|20250117|x|10,00|0,00||||||\n"
		"BQ|x|8|20250117|411000|C|B|B|VIR|20250117|VIR B FACTURE 2024/118|0,00|20,00||||||\n" "BQ|x|8|20250117|512000|B|||VIR|20250117|x|20,00|0,00||||||\n"
		"BQ|x|9|20250118|411000|C|A|A||20250118|IMPAYE fa25-001 31/12/2024|10,00|0,00||||||\n" "BQ|x|9|20250118|512000|B||||20250118|x|0,00|10,00||||||\n");
	CHECK_TEXT(shown(fec), "2 A opening FA24-0912 1000\n3 B opening AN-1 2000\n5 A invoice FA25-001 1000\n7 A invoice FA25-002 1000\n"
	                       "9 A payment BQ-7 -1000\n11 B payment 2024/118 -2000\n13 A unpaid_return fa25-001 1000\n");
	fec_free(fec);
	/* no PieceRef at all: the form that the sales labels share */
	fec = read_text(HEADER
		"VE|x|1|20250115|411000|C|A|A||20250115|F2501 A|10,00|0,00||||||\n" "VE|x|1|20250115|707000|V||||20250115|x|0,00|10,00||||||\n"
		"VE|x|2|20250116|411000|C|B|B||20250115|F2502 B|10,00|0,00||||||\n" "VE|x|2|20250115|707000|V||||20250115|x|0,00|10,00||||||\n"
		"VE|x|3|20250116|411000|C|B|B||20250115|F2503 B|10,00|0,00||||||\n" "VE|x|3|20250115|707000|V||||20250115|x|0,00|10,00||||||\n");
	CHECK_TEXT(shown(fec), "2 A invoice F2501 1000\n4 B invoice F2502 1000\n6 B invoice F2503 1000\n");
	fec_free(fec);
}

static void customers_without_auxiliary_account_are_their_account(void)
{
	struct fec *fec = read_text(HEADER
		"VE|x|1|20250115|411DUPONT|DUPONT SA|||F1|20250115|x|10,00|0,00||||||\n" "VE|x|1|20250115|707000|V|||F1|20250115|x|0,00|10,00||||||\n"
		"VE|x|2|20250115|411000|Clients|||F2|20250115|x|10,00|0,00||||||\n" "VE|x|2|20250115|707000|V|||F2|20250115|x|0,00|10,00||||||\n");
	CHECK_TEXT(shown(fec), "2 411DUPONT invoice F1 1000\n4 411000 invoice F2 1000\n");
	CHECK(slice_equal(fec->customers[0].name, "DUPONT SA"));
	CHECK(fec->customers[0].collective);
	CHECK_INT(fec->warning_count, 1);
	CHECK_TEXT(fec->warnings[0], "Lines on the collective account 411000 name no customer (CompAuxNum is empty): they are one customer.");
	fec_free(fec);
}

static void extra_columns_bring_due_dates_and_currencies(void)
{
	struct fec *fec = read_text("JournalCode\tEcritureNum\tEcritureDate\tCompteNum\tCompAuxNum\tPieceRef\tPieceDate\tDébit\tCrédit\tMontantDevise\tIdevise\tDate d'échéance\n"
		"VE\t1\t20250115\t411000\tA\tF1\t20250114\t100,00\t\t110,50\tUSD\t28/02/2025\n"
		"VE\t1\t20250115\t707000\t\tF1\t20250114\t\t100,00\t\t\t\n"
		"VE\t2\t20250115\t411000\tA\tF2\t20250114\t100,00\t\t\tEUR\t\n"
		"VE\t2\t20250115\t707000\t\tF2\t20250114\t\t100,00\n"
		"VE\t3\t20250115\t411000\tA\tF3\t20251314\t100,00\t\t\tEUR\t\n"
		"VE\t3\t20250115\t707000\t\tF3\t20250114\t\t100,00\n");
	CHECK_TEXT(shown(fec), "2 A invoice F1 10000\n4 A invoice F2 10000\n");
	CHECK_INT(fec->lines[0].due_day, day_from_civil(2025, 2, 28));
	CHECK_INT(fec->lines[0].piece_day, day_from_civil(2025, 1, 14));
	CHECK_TEXT(fec->lines[0].currency, "USD");
	CHECK_INT(fec->lines[0].currency_amount, 11050);
	CHECK_TEXT(fec->lines[1].currency, "");
	CHECK_INT(fec->lines[1].due_day, DAY_NONE);
	CHECK_INT(fec->rejected.total, 2);
	CHECK_TEXT(fec->rejected.rows[0].column, "PieceDate");
	fec_free(fec);
}

static void stray_quotes_and_separators_hurt_only_their_line(void)
{
	struct fec *fec = read_text(HEADER
		"VE|x|1|20250115|411000|C|A|\"LE RELAIS|F1|20250115|panneau 4\" acier|10,00|0,00||||||\n" "VE|x|1|20250115|707000|V|||F1|20250115|x|0,00|10,00||||||\n"
		"VE|x|2|20250115|411000|C|A|A|F2|20250115|a|b|10,00|0,00|||||EUR|x\n" "VE|x|2|20250115|707000|V|||F2|20250115|x|0,00|10,00||||||\n");
	CHECK_TEXT(shown(fec), "2 A invoice F1 1000\n");
	CHECK(slice_equal(fec->customers[0].name, "\"LE RELAIS"));
	CHECK_INT(fec->rejected.total, 2);
	CHECK_TEXT(fec->rejected.rows[0].reason, "The line has 20 columns, the header 18.");
	fec_free(fec);
}

static void what_is_no_fec_is_refused_in_words(void)
{
	static const struct {
		const char *text, *reason;
	} cases[] = {
		{ "", "This is not a FEC" }, { "nom;montant\nA;1\n", "This is not a FEC" }, { HEADER, "The file holds no line below its header." },
		{ HEADER "VE|x|1|20250115|411000|C|A|A|F1|20250115|x|90000000000000000,00|0,00||||||\n"
			 "VE|x|1|20250115|411000|C|A|A|F1|20250115|x|90000000000000000,00|0,00||||||\n", "Line 3: the amounts add up to more than any ledger holds." },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct fec *fec = NULL;
		struct status status = fec_read(cases[i].text, strlen(cases[i].text), (struct fec_options){ .lang = LANG_EN }, &fec);
		CHECK_INT(status.code, STATUS_INVALID);
		if (strncmp(status.text, cases[i].reason, strlen(cases[i].reason)) != 0) CHECK_TEXT(status.text, cases[i].reason);
		CHECK(fec == NULL);
	}
	struct fec *fec = NULL;
	CHECK_INT(fec_read("Journal\0Code", 12, (struct fec_options){ .lang = LANG_EN }, &fec).code, STATUS_INVALID);
}

/* --- files that others wrote --------------------------------------------------------------------------------------------- */
static struct fec *read_sample(const char *name, char **bytes)
{
	char path[1024];
	snprintf(path, sizeof path, "%s/../shared/samples/fec/neolegal/%s", getenv("ENCOURS_SOURCE") ? getenv("ENCOURS_SOURCE") : ".", name);
	cleanup_file FILE *file = fopen(path, "rb");
	if (!file) return NULL;
	enum { LIMIT = 1 << 20 };
	*bytes = xmalloc(LIMIT);
	return read_bytes(*bytes, fread(*bytes, 1, LIMIT, file));
}

static void a_padded_code_page_850_file_gives_its_known_figures(void)
{
	cleanup_free char *bytes = NULL;
	struct fec *fec = read_sample("111111111FEC20221231.TXT", &bytes);
	if (!fec) return;
	CHECK_TEXT(fec->encoding, "cp850");
	CHECK_INT(fec->data_lines, 934);
	CHECK_INT(fec->debit, 22568223);
	CHECK_INT(fec->credit, 22568223);
	CHECK_INT(fec->rejected.total, 0);
	CHECK_INT(fec->line_count, 151);
	CHECK_INT(fec->customer_count, 34);
	CHECK_INT(fec->receivable_balance, 1441652);
	int64_t balance[40] = { 0 }, debtors = 0, creditors = 0, lettered = 0;
	for (size_t i = 0; i < fec->line_count; i++) {
		balance[fec->lines[i].customer] += fec->lines[i].amount;
		lettered += !spot_empty(fec->lines[i].lettering);
	}
	for (int i = 0; i < 34; i++) *(balance[i] > 0 ? &debtors : &creditors) += balance[i];
	CHECK_INT(debtors, 1447255);
	CHECK_INT(creditors, -5603);
	CHECK_INT(lettered, 117);
	CHECK_INT(fec->from_day, day_from_civil(2023, 1, 1));
	CHECK_INT(fec->to_day, day_from_civil(2023, 7, 31));
	fec_free(fec);
}

static void a_file_without_entry_numbers_gives_its_known_figures(void)
{
	cleanup_free char *bytes = NULL;
	struct fec *fec = read_sample("000000000FEC20231231.txt", &bytes);
	if (!fec) return;
	CHECK_TEXT(fec->encoding, "utf-8");
	CHECK_INT(fec->data_lines, 2102);
	CHECK_INT(fec->debit, 126535082);
	CHECK_INT(fec->credit, 126535082);
	CHECK_INT(fec->rejected.total, 0);
	CHECK_INT(fec->line_count, 153);
	CHECK_INT(fec->customer_count, 4);
	CHECK_INT(fec->receivable_balance, 2777170);
	int invoices = 0, payments = 0;
	for (size_t i = 0; i < fec->line_count; i++) invoices += fec->lines[i].kind == FEC_INVOICE, payments += fec->lines[i].kind == FEC_PAYMENT;
	CHECK_INT(invoices, 14);
	CHECK(payments > 100);
	CHECK_INT(fec->fiscal_from, day_from_civil(2023, 1, 1));
	fec_free(fec);
}

TESTS({ "the example gives its five items", the_example_gives_its_five_items },
      { "every variant of the form gives the same", every_variant_of_the_form_gives_the_same },
      { "accents survive every encoding", accents_survive_every_encoding },
      { "an entry that does not balance is refused whole", an_entry_that_does_not_balance_is_refused_whole },
      { "an entry is journal and number wherever its lines stand", an_entry_is_journal_and_number_wherever_its_lines_stand },
      { "useless entry numbers give runs that sum to zero", useless_entry_numbers_give_runs_that_sum_to_zero },
      { "kinds follow the contract", kinds_follow_the_contract },
      { "placeholders give way to numbers in labels", placeholders_give_way_to_numbers_in_labels },
      { "customers without auxiliary account are their account", customers_without_auxiliary_account_are_their_account },
      { "extra columns bring due dates and currencies", extra_columns_bring_due_dates_and_currencies },
      { "stray quotes and separators hurt only their line", stray_quotes_and_separators_hurt_only_their_line },
      { "what is no FEC is refused in words", what_is_no_fec_is_refused_in_words },
      { "a padded code page 850 file gives its known figures", a_padded_code_page_850_file_gives_its_known_figures },
      { "a file without entry numbers gives its known figures", a_file_without_entry_numbers_gives_its_known_figures }, )
