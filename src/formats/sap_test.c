#include "formats/sap.h"

#include "base/memory.h"
#include "base/test.h"
#include "formats/csv.h"

static struct text shown;

static struct status show(void *context, const struct csv_row *row)
{
	char day[11] = "-", due[11] = "-";
	(void)context;
	if (row->issue_day != DAY_NONE) day_format(row->issue_day, day);
	if (row->due_day != DAY_NONE) day_format(row->due_day, due);
	text_addf(&shown, "%" PRId64 " %.*s/%.*s %s %.*s %s %s %" PRId64 " %.*s\n", row->line, SLICE_PRINT(row->customer_code), SLICE_PRINT(row->customer_name),
	          csv_kind_name(row->kind), SLICE_PRINT(row->number), day, due, row->has_amount ? row->amount : row->open, SLICE_PRINT(row->lettering));
	return STATUS_FINE;
}

static bool open_list;

static const char *rows_of(const char *file)
{
	struct csv *csv = NULL;
	text_clear(&shown);
	struct status status = csv_look(file, strlen(file), (struct csv_options){ .lang = LANG_EN, .currency = "EUR" }, &csv);
	if (!status.code) status = csv_ready(csv);
	if (!status.code) status = csv_read(csv, show, NULL);
	if (status.code) text_addf(&shown, "refused: %s", status.text);
	open_list = false;
	for (size_t i = 0; csv && i < csv->column_count; i++) open_list |= csv->columns[i].target == CSV_OPEN;
	for (size_t i = 0; csv && i < csv->rejected.count; i++)
		text_addf(&shown, "line %" PRId64 " %s “%s”\n", csv->rejected.rows[i].line, csv->rejected.rows[i].column, csv->rejected.rows[i].value);
	csv_free(csv);
	return text_cstr(&shown);
}

#define RULE "---------------------------------------------------------------------------------------------------\n"
#define HEAD RULE "|   |Affectation |N\xC2\xB0 pi\xC3\xA8" "ce  |Type|Date pi\xC3\xA8" "ce|Date comptable|\xC3\x89" "ch. nette|Montant en devise interne|Devise|R\xC3\xA9" "f\xC3\xA9rence|Texte|\n" RULE

static void a_print_of_open_items_over_pages(void)
{
	static const char file[] =
		"01.10.2025        Postes individuels clients        1\n" RULE
		"Client          1000123\nNom             DUPONT SA\n"
		HEAD
		"|   |FA25-001    |1800000123|RV  |15.01.2025|15.01.2025    |14.02.2025|              1.200,00   |EUR   |FA25-001 |Facture|\n"
		"|   |            |1600000010|DG  |21.01.2025|21.01.2025    |21.01.2025|                200,00-  |EUR   |         |       |\n"
		RULE "| * |            |          |    |          |              |          |              1.000,00   |EUR   |         |       |\n" RULE
		"Client          1000200\nNom             MARTIN SARL\n"
		HEAD
		"|   |FA25-003    |1800000125|RV  |22.01.2025|22.01.2025    |21.02.2025|                150,00   |EUR   |FA25-003 |       |\n"
		RULE "| **|            |          |    |          |              |          |              1.150,00   |EUR   |         |       |\n" RULE;
	CHECK_TEXT(rows_of(file), "8 1000123/DUPONT SA invoice FA25-001 2025-01-15 2025-02-14 120000 \n"
	                          "9 1000123/DUPONT SA credit_note 1600000010 2025-01-21 2025-01-21 -20000 \n"
	                          "18 1000200/MARTIN SARL invoice FA25-003 2025-01-22 2025-02-21 15000 \n");
	CHECK(open_list);
}

#define TABLE "KUNNR;UMSKZ;AUGDT;AUGBL;ZUONR;GJAHR;BELNR;BUZEI;BUDAT;BLDAT;WAERS;XBLNR;BLART;SHKZG;DMBTR;SGTXT;ZFBDT;ZBD1T;ZBD2T;ZBD3T;REBZG\n"

static void the_net_due_date_of_a_table_is_computed(void)
{
	static const char file[] = TABLE
		"0000100023;;00000000;;;2025;1800000123;001;20250115;20250115;EUR;FA25-001;RV;S;1200.00;;20250115;14;30;0;\n"
		"0000100023;;00000000;;;2025;1800000124;001;20250115;20250115;EUR;FA25-002;RV;S;100.00;;20250115;45;0;0;\n"
		"0000100023;;00000000;;;2025;1600000010;001;20250120;20250120;EUR;AV25-001;DG;H;200.00;;20250120;30;0;0;\n"
		"0000100024;F;00000000;;;2025;1600000012;001;20250120;20250120;EUR;;DZ;S;50.00;;20250120;0;0;0;\n"
		"0000100024;W;00000000;;;2025;1600000013;001;20250131;20250120;EUR;LCR1;DA;S;70.00;;20250120;60;0;0;\n";
	CHECK_TEXT(rows_of(file), "2 100023/ invoice FA25-001 2025-01-15 2025-02-14 120000 \n"
	                          "3 100023/ invoice FA25-002 2025-01-15 2025-03-01 10000 \n"
	                          "4 100023/ credit_note AV25-001 2025-01-20 2025-01-20 -20000 \n"
	                          "6 100024/ bill LCR1 2025-01-20 2025-03-21 7000 \n");
	CHECK(open_list);
}

static void what_a_clearing_document_joins_is_lettered_by_it(void)
{
	static const char file[] = TABLE
		"0000100023;;20250220;1400000022;;2025;1800000123;001;20250115;20250115;EUR;FA25-001;RV;S;1200.00;;20250115;30;0;0;\n"
		"0000100023;;20250220;1400000022;;2025;1400000022;001;20250220;20250220;EUR;;DZ;H;1200.00;;20250220;0;0;0;\n";
	CHECK_TEXT(rows_of(file), "2 100023/ invoice FA25-001 2025-01-15 2025-02-14 120000 1400000022\n"
	                          "3 100023/ payment 1400000022 2025-02-20 2025-02-20 -120000 1400000022\n");
	CHECK(!open_list);
}

static void other_lists_are_left_alone(void)
{
	static const char *const files[] = { "", "a;b\n1;2\n", "Client;Num\xC3\xA9ro;Montant\nDUP;FA1;12,00\n", "|a|b|\n|---|---|\n|1|2|\n", "|", "-", "\n\n" };
	for (size_t i = 0; i < COUNT(files); i++) {
		struct text out = { 0 };
		CHECK(!sap_list(files[i], strlen(files[i]), &out));
		CHECK_INT(out.len, 0);
	}
}

TESTS(
	{ "FBL5N's print: pages, customers above their items, sums", a_print_of_open_items_over_pages },
	{ "BSID: the net due date is computed", the_net_due_date_of_a_table_is_computed },
	{ "BSAD: what a clearing document joins is lettered by it", what_a_clearing_document_joins_is_lettered_by_it },
	{ "other lists are left alone", other_lists_are_left_alone },
)
