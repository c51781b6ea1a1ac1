#include "formats/table.h"

#include "base/memory.h"
#include "base/test.h"

/* Rows as "a¦b⏎c¦d", so that a case fits on a line. */
static const char *shown(const char *bytes, size_t len, struct table_dialect dialect)
{
	static char out[4000];
	size_t n = 0;
	struct table table;
	table_open(&table, bytes, len, dialect);
	enum table_step step;
	while ((step = table_next(&table)) == TABLE_ROW) {
		if (n) n += (size_t)snprintf(out + n, sizeof out - n, "\n");
		n += (size_t)snprintf(out + n, sizeof out - n, "%" PRId64 ":", table.line);
		for (size_t i = 0; i < table.count; i++)
			n += (size_t)snprintf(out + n, sizeof out - n, "[%.*s]", SLICE_PRINT(table.cells[i]));
	}
	if (step != TABLE_END) n += (size_t)snprintf(out + n, sizeof out - n, "!%d", step);
	table_close(&table);
	if (!n) out[0] = 0;
	return out;
}

static void quotes_follow_rfc_4180_where_they_close(void)
{
	static const struct {
		const char *text, *rows;
	} cases[] = {
		{ "a;b\n1;2\n", "1:[a][b]\n2:[1][2]" },
		{ "a;b\n\"x;y\";\"say \"\"hi\"\"\"\n", "1:[a][b]\n2:[x;y][say \"hi\"]" },
		{ "a;b\n\"two\nlines\";2\n3;4\n", "1:[a][b]\n2:[two\nlines][2]\n4:[3][4]" },
		{ "a;b\n\"Le Relais;2\n\"x\";4\n", "1:[a][b]\n2:[\"Le Relais][2]\n3:[x][4]" }, /* never closed on its own line */
		{ "a;b\nPANNEAU 4\" ACIER;2\n", "1:[a][b]\n2:[PANNEAU 4\" ACIER][2]" },
		{ "a;b\n\"a \"quoted\" word\";2\n", "1:[a][b]\n2:[a \"quoted\" word][2]" },
		{ "a;b\n \"x\" ;2\n", "1:[a][b]\n2:[x][2]" },
		{ "a;b\n\"\";\n", "1:[a][b]\n2:[][]" },
		{ "a;b\n\"", "1:[a][b]\n2:[\"]" },
	};
	for (size_t i = 0; i < COUNT(cases); i++)
		CHECK_TEXT(shown(cases[i].text, strlen(cases[i].text), (struct table_dialect){ .separator = ';', .columns = 2 }), cases[i].rows);
}

static void all_line_ends_are_read(void)
{
	static const char *const texts[] = { "a|b\n1|2\n3|4", "a|b\r\n1|2\r\n3|4\r\n", "a|b\r\r\n1|2\r\r\n3|4\r\r\n", "a|b\r1|2\r3|4\r",
		"a|b\n1|2\n3|4\n\x1A" };
	for (size_t i = 0; i < COUNT(texts); i++)
		CHECK_TEXT(shown(texts[i], strlen(texts[i]), table_sniff(texts[i], strlen(texts[i]))), "1:[a][b]\n2:[1][2]\n3:[3][4]");
}

static void the_separator_is_the_one_that_stands_on_each_line(void)
{
	static const struct {
		const char *text;
		char separator;
		int columns;
	} cases[] = {
		{ "nom;montant\nDupont;1,50\nMartin;2,50\n", ';', 2 },
		{ "nom,montant\n\"Dupont, Jean\",1.50\n\"a;b\",2.50\n", ',', 2 },
		{ "JournalCode\tJournalLib\tx\nVE\tVentes; export, reste\tx\n", '\t', 3 },
		{ "a|b|c|\n1|2|3|\n", '|', 4 },
		{ "Balance âgée au 30/09/2025\n\ncode;nom;solde\nA;B;1\nC;D;2\n", ';', 3 },
		{ "only\none\ncolumn\n", 0, 0 },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct table_dialect dialect = table_sniff(cases[i].text, strlen(cases[i].text));
		CHECK_INT(dialect.separator, cases[i].separator);
		CHECK_INT(dialect.columns, cases[i].columns);
	}
}

static void an_endless_line_is_refused(void)
{
	size_t len = (size_t)3 << 20;
	cleanup_free char *bytes = xmalloc(len);
	memset(bytes, 'x', len);
	memcpy(bytes, "a;b\n", 4);
	CHECK_TEXT(shown(bytes, len, (struct table_dialect){ .separator = ';' }), "1:[a][b]!2");
	memset(bytes + 4, ';', 5000);
	bytes[5004] = '\n';
	CHECK_TEXT(shown(bytes, 5005, (struct table_dialect){ .separator = ';' }), "1:[a][b]!3");
}

TESTS({ "quotes follow RFC 4180 where they close", quotes_follow_rfc_4180_where_they_close },
      { "all line ends are read", all_line_ends_are_read },
      { "the separator is the one that stands on each line", the_separator_is_the_one_that_stands_on_each_line },
      { "an endless line is refused", an_endless_line_is_refused }, )
