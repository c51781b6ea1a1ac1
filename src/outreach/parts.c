#include "outreach/parts.h"

#include "base/memory.h"
#include "base/words.h"

#include <ctype.h>
#include <inttypes.h>

/* --- blocks of lines ------------------------------------------------------------------------------------------------------------ */

static bool given(const char *value)
{
	return value && *value;
}

const char *parts_iban(const char *iban, struct arena *arena)
{
	cleanup_text struct text out = { 0 };
	for (size_t i = 0; iban[i]; i++) {
		if (i && i % 4 == 0) text_add_char(&out, ' ');
		text_add_char(&out, iban[i]);
	}
	return arena_strdup(arena, text_cstr(&out));
}

static const char *payee(const struct compose_facts *facts)
{
	return given(facts->sender.payee) ? facts->sender.payee : facts->sender.name;
}

const char *parts_payment(const struct compose_facts *facts, struct arena *arena)
{
	enum lang lang = facts->lang;
	const struct compose_sender *sender = &facts->sender;
	const char *colon = lang == LANG_FR ? " :" : ":";
	cleanup_text struct text out = { 0 };
	if (given(sender->iban)) {
		text_addf(&out, "%s%s %s\n", tr(lang, "Payment by transfer to"), colon, payee(facts));
		text_addf(&out, "IBAN%s %s\n", colon, parts_iban(sender->iban, arena));
		if (given(sender->bic)) text_addf(&out, "BIC%s %s\n", colon, sender->bic);
	}
	char reference[26];
	compose_reference(facts->customer_code, reference);
	text_addf(&out, "%s%s %s", tr(lang, "Reference to quote"), colon, reference);
	return arena_strdup(arena, text_cstr(&out));
}

const char *parts_signature(const struct compose_facts *facts, struct arena *arena)
{
	const struct compose_sender *sender = &facts->sender;
	cleanup_text struct text out = { 0 };
	const char *name = given(sender->user_name) ? sender->user_name : sender->signatory_name;
	const char *title = given(sender->user_name) ? sender->user_title : sender->signatory_title;
	if (given(name)) text_addf(&out, "%s\n", name);
	if (given(title)) text_addf(&out, "%s\n", title);
	text_add(&out, sender->name);
	const char *phone = given(sender->user_phone) ? sender->user_phone : sender->phone;
	if (given(phone)) text_addf(&out, "\n%s", phone);
	if (given(sender->user_email)) text_addf(&out, "\n%s", sender->user_email);
	if (given(sender->signature_text)) text_addf(&out, "\n%s", sender->signature_text);
	return arena_strdup(arena, text_cstr(&out));
}

const char *parts_sender(const struct compose_facts *facts, struct arena *arena)
{
	const struct compose_sender *sender = &facts->sender;
	cleanup_text struct text out = { 0 };
	text_add(&out, sender->name);
	if (given(sender->address)) text_addf(&out, "\n%s", sender->address);
	if (given(sender->city)) text_addf(&out, "\n%s%s%s", sender->postcode, given(sender->postcode) ? " " : "", sender->city);
	if (given(sender->form))
		text_addf(&out, "\n%s%s%s", sender->form, given(sender->capital) ? (facts->lang == LANG_FR ? " au capital de " : ", share capital ") : "",
		          given(sender->capital) ? sender->capital : "");
	if (given(sender->rcs))
		text_addf(&out, "\n%s", sender->rcs);
	else if (given(sender->siren))
		text_addf(&out, "\nSIREN %s", sender->siren);
	if (given(sender->vat)) text_addf(&out, "\n%s %s", tr(facts->lang, "VAT number"), sender->vat);
	if (given(sender->phone)) text_addf(&out, "\n%s", sender->phone);
	return arena_strdup(arena, text_cstr(&out));
}

/* Capitals without accents lost: the postal rules want capitals, and these are the letters French addresses have. */
static void add_capitals(struct text *out, const char *line)
{
	for (const unsigned char *c = (const unsigned char *)line; *c; c++) {
		if (c[0] == 0xC3 && c[1] >= 0xA0 && c[1] <= 0xBE && c[1] != 0xB7) { /* à..þ: À..Þ stand 32 before, but for ÷ */
			text_add_char(out, (char)0xC3);
			text_add_char(out, (char)(c[1] - 0x20));
			c++;
		} else if (c[0] == 0xC5 && c[1] == 0x93) { /* œ */
			text_add(out, "Œ");
			c++;
		} else {
			text_add_char(out, (char)(*c < 0x80 ? toupper(*c) : *c));
		}
	}
}

static const char *country_name(const char *code, enum lang lang)
{
	static const struct {
		const char *code, *name[2];
	} countries[] = {
		{ "BE", { "BELGIQUE", "BELGIUM" } },      { "LU", { "LUXEMBOURG", "LUXEMBOURG" } }, { "CH", { "SUISSE", "SWITZERLAND" } },
		{ "DE", { "ALLEMAGNE", "GERMANY" } },     { "ES", { "ESPAGNE", "SPAIN" } },         { "IT", { "ITALIE", "ITALY" } },
		{ "PT", { "PORTUGAL", "PORTUGAL" } },     { "NL", { "PAYS-BAS", "NETHERLANDS" } },  { "GB", { "ROYAUME-UNI", "UNITED KINGDOM" } },
		{ "IE", { "IRLANDE", "IRELAND" } },       { "MC", { "MONACO", "MONACO" } },         { "AT", { "AUTRICHE", "AUSTRIA" } },
		{ "US", { "ÉTATS-UNIS", "UNITED STATES" } },
	};
	for (size_t i = 0; i < COUNT(countries); i++)
		if (strcmp(countries[i].code, code) == 0) return countries[i].name[lang];
	return code;
}

const char *parts_address(const struct compose_facts *facts, struct arena *arena)
{
	cleanup_text struct text out = { 0 };
	text_add(&out, facts->customer_name);
	int room = 6 - 1 - 1; /* six lines: the name, and postcode and city */
	bool abroad = given(facts->customer_country) && given(facts->sender.country) && strcmp(facts->customer_country, facts->sender.country) != 0;
	room -= abroad;
	if (given(facts->contact_name) && room > 1) {
		text_addf(&out, "\n%s", facts->contact_name);
		room--;
	}
	const char *street = facts->customer_address ? facts->customer_address : "";
	int lines = 0, last = 0;
	for (const char *p = street; *p; p += strcspn(p, "\n") + (p[strcspn(p, "\n")] == '\n')) lines += p[strspn(p, " \r\t")] != '\n';
	for (const char *p = street; *p && last < room;) {
		size_t len = strcspn(p, "\n");
		struct slice line = slice_trim((struct slice){ p, len });
		p += len + (p[len] == '\n');
		if (!line.len) continue;
		char *copy = arena_strndup(arena, line.bytes, line.len);
		text_add_char(&out, '\n');
		if (++last == lines || last == room)
			add_capitals(&out, copy); /* the last three lines are in capitals: XP Z10-011 */
		else
			text_add(&out, copy);
	}
	text_add_char(&out, '\n');
	add_capitals(&out, arena_printf(arena, "%s%s%s", facts->customer_postcode ? facts->customer_postcode : "",
	                                given(facts->customer_postcode) ? " " : "", facts->customer_city ? facts->customer_city : ""));
	if (abroad) text_addf(&out, "\n%s", country_name(facts->customer_country, facts->lang));
	return arena_strdup(arena, text_cstr(&out));
}

/* European Payments Council 069-12, version 002: BIC optional within the EEA. */
const char *parts_epc(const struct compose_facts *facts, struct arena *arena)
{
	int64_t asked = compose_asked(facts);
	if (!given(facts->sender.iban) || strcmp(facts->currency, "EUR") != 0 || asked <= 0 || asked > INT64_C(99999999999)) return NULL;
	char reference[26];
	compose_reference(facts->customer_code, reference);
	const char *name = payee(facts);
	size_t len = 0; /* at most 70 characters */
	for (size_t count = 0; name[len]; len++)
		if (((unsigned char)name[len] & 0xC0) != 0x80 && ++count > 70) break;
	return arena_printf(arena, "BCD\n002\n1\nSCT\n%s\n%.*s\n%s\nEUR%" PRId64 ".%02" PRId64 "\n\n%s\n", given(facts->sender.bic) ? facts->sender.bic : "",
	                    (int)len, name, facts->sender.iban, asked / 100, asked % 100, reference);
}

/* --- text ------------------------------------------------------------------------------------------------------------------------- */

/* ** around words: bold where the medium has it. Only pairs count. */
static void add_bold(struct text *out, const char *text, const char *open, const char *close)
{
	for (const char *rest = text;;) {
		const char *from = strstr(rest, "**"), *to = from ? strstr(from + 2, "**") : NULL;
		if (!to || memchr(from, '\n', (size_t)(to - from))) {
			text_add(out, rest);
			return;
		}
		text_add_bytes(out, rest, (size_t)(from - rest));
		text_add(out, open);
		text_add_bytes(out, from + 2, (size_t)(to - from - 2));
		text_add(out, close);
		rest = to + 2;
	}
}

/* A list rather than columns: mail programs show text in any font. */
static void add_text_rows(struct text *out, const struct compose_facts *facts, enum part_rows wanted, struct arena *arena)
{
	struct part_row *rows;
	size_t count = parts_rows(facts, wanted, arena, &rows);
	bool french = facts->lang == LANG_FR;
	for (size_t i = 0; i < count; i++) {
		const struct part_row *row = &rows[i];
		if (i + 1 == count) {
			text_addf(out, french ? "Total : %s" : "Total: %s", row->open);
			return;
		}
		text_addf(out, french ? "- %s du %s" : "- %s of %s", row->number, row->issue);
		if (*row->due) text_addf(out, french ? ", échéance %s" : ", due %s", row->due);
		if (*row->late) text_addf(out, french ? " (%s %s de retard)" : " (%s %s late)", row->late,
			                  french ? (strcmp(row->late, "1") ? "jours" : "jour") : (strcmp(row->late, "1") ? "days" : "day"));
		if (*row->remark) text_addf(out, ", %s", row->remark);
		text_addf(out, french ? " : %s" : ": %s", row->open);
		if (*row->paid) text_addf(out, french ? " (montant %s, réglé %s)" : " (amount %s, paid %s)", row->amount, row->paid);
		text_add_char(out, '\n');
	}
}

static void add_text_instalments(struct text *out, const struct compose_facts *facts, struct arena *arena)
{
	const char *const *cells;
	size_t rows = parts_instalments(facts, arena, &cells);
	for (size_t i = 0; i < rows; i++)
		if (i + 1 < rows) text_addf(out, facts->lang == LANG_FR ? "%s. %s : %s\n" : "%s. %s: %s\n", cells[i * 3], cells[i * 3 + 1], cells[i * 3 + 2]);
		else text_addf(out, facts->lang == LANG_FR ? "%s : %s" : "%s: %s", cells[i * 3], cells[i * 3 + 2]);
}

static void add_text_totals(struct text *out, const struct compose_facts *facts, struct arena *arena)
{
	const char *const *cells;
	size_t rows = parts_totals(facts, arena, &cells);
	for (size_t i = 0; i < rows; i++)
		text_addf(out, facts->lang == LANG_FR ? "%s%s : %s" : "%s%s: %s", i ? "\n" : "", cells[i * 2], cells[i * 2 + 1]);
}

static void add_text_interest(struct text *out, const struct compose_facts *facts, struct arena *arena)
{
	const char *const *cells;
	size_t rows = parts_interest_rows(facts, arena, &cells);
	for (size_t i = 0; i < rows; i++) {
		const char *const *cell = cells + i * PARTS_INTEREST_COLUMNS;
		if (i + 1 == rows)
			text_addf(out, facts->lang == LANG_FR ? "%s : %s" : "%s: %s", cell[0], cell[5]);
		else
			text_addf(out, facts->lang == LANG_FR ? "- %s : %s à %s, du %s au %s (%s jours)\n" : "- %s: %s at %s, %s to %s (%s days)\n", cell[0], cell[4], cell[5],
			          cell[1], cell[2], cell[3]);
	}
}

/* The way to his own page, where he answers and pays. */
static const char *answer_line(const struct compose_facts *facts, struct arena *arena)
{
	return arena_printf(arena, facts->lang == LANG_FR ? "%s : %s" : "%s: %s", tr(facts->lang, "Answer or pay online"), facts->answer_link);
}

const char *parts_text(const struct compose_facts *facts, const struct part *parts, size_t count, struct arena *arena)
{
	cleanup_text struct text out = { 0 };
	for (size_t i = 0; i < count; i++) {
		if (i) text_add(&out, "\n\n");
		switch (parts[i].kind) {
		case PART_PARAGRAPH: add_bold(&out, parts[i].text, "", ""); break;
		case PART_INVOICE_TABLE: add_text_rows(&out, facts, ROWS_CLAIMED, arena); break;
		case PART_STATEMENT_TABLE: add_text_rows(&out, facts, ROWS_STATEMENT, arena); break;
		case PART_OVERDUE_TABLE: add_text_rows(&out, facts, ROWS_OVERDUE, arena); break;
		case PART_NOT_DUE_TABLE: add_text_rows(&out, facts, ROWS_NOT_DUE, arena); break;
		case PART_CREDITS_TABLE: add_text_rows(&out, facts, ROWS_CREDITS, arena); break;
		case PART_INTEREST_TABLE: add_text_interest(&out, facts, arena); break;
		case PART_TOTALS: add_text_totals(&out, facts, arena); break;
		case PART_QR: text_add(&out, parts_payment(facts, arena)); break; /* a code can't be read as text: what it says can */
		case PART_ANSWER: text_add(&out, answer_line(facts, arena)); break;
		case PART_INSTALMENT_TABLE: add_text_instalments(&out, facts, arena); break;
		case PART_PAYMENT: text_add(&out, parts_payment(facts, arena)); break;
		case PART_SENDER: text_add(&out, parts_sender(facts, arena)); break;
		case PART_ADDRESS: text_add(&out, parts_address(facts, arena)); break;
		case PART_SIGNATURE: text_add(&out, parts_signature(facts, arena)); break;
		}
	}
	text_add_char(&out, '\n');
	return arena_strdup(arena, text_cstr(&out));
}

/* --- HTML ------------------------------------------------------------------------------------------------------------------------- */

/* Already escaped; line feeds become <br>. */
static void add_html_lines(struct text *out, const char *escaped)
{
	for (const char *c = escaped; *c; c++) {
		if (*c == '\n')
			text_add(out, "<br>\n");
		else
			text_add_char(out, *c);
	}
}

static void add_html_block(struct text *out, const char *lines)
{
	cleanup_text struct text escaped = { 0 };
	mustache_escape(&escaped, lines, strlen(lines));
	text_add(out, "<p>");
	add_html_lines(out, text_cstr(&escaped));
	text_add(out, "</p>\n");
}

static void add_cell(struct text *out, const char *tag, bool right, const char *words, const char *remark_words)
{
	text_addf(out, right ? "<%s align=\"right\" class=\"num\">" : "<%s align=\"left\">", tag);
	mustache_escape(out, words, strlen(words));
	if (remark_words && *remark_words) {
		text_add(out, "<br><small>");
		mustache_escape(out, remark_words, strlen(remark_words));
		text_add(out, "</small>");
	}
	text_addf(out, "</%s>", tag);
}

/* Attributes rather than inline styles: mail programs honour them, and the desk's page may show it under its own policy. */
static void add_html_rows(struct text *out, const struct compose_facts *facts, enum part_rows wanted, struct arena *arena)
{
	enum lang lang = facts->lang;
	struct part_row *rows;
	size_t count = parts_rows(facts, wanted, arena, &rows);
	static const struct {
		const char *label;
		bool right;
	} columns[] = {
		{ "Number", false }, { "Date", false }, { "Due date", false }, { "Days late", true }, { "Amount", true }, { "Paid", true }, { "Open", true },
	};
	text_add(out, "<table class=\"items\" border=\"0\" cellpadding=\"6\" cellspacing=\"0\">\n<thead><tr bgcolor=\"#f4f6f7\">");
	for (size_t i = 0; i < COUNT(columns); i++) add_cell(out, "th", columns[i].right, tr(lang, columns[i].label), NULL);
	text_add(out, "</tr></thead>\n<tbody>\n");
	for (size_t i = 0; i + 1 < count; i++) {
		const struct part_row *row = &rows[i];
		text_add(out, "<tr>");
		add_cell(out, "td", false, row->number, row->remark);
		add_cell(out, "td", false, row->issue, NULL);
		add_cell(out, "td", false, row->due, NULL);
		add_cell(out, "td", true, row->late, NULL);
		add_cell(out, "td", true, row->amount, NULL);
		add_cell(out, "td", true, row->paid, NULL);
		add_cell(out, "td", true, row->open, NULL);
		text_add(out, "</tr>\n");
	}
	text_addf(out, "</tbody>\n<tfoot><tr><td colspan=\"6\"><b>%s</b></td><td align=\"right\" class=\"num\"><b>%s</b></td></tr></tfoot>\n</table>\n",
	          tr(lang, "Total"), rows[count - 1].open);
}

/* The personal link can be clicked; any other address in a text is left to the reader's mail program. */
static const char *with_link(const struct compose_facts *facts, const char *html, struct arena *arena)
{
	cleanup_text struct text link = { 0 }, out = { 0 };
	const char *url = facts->answer_link ? facts->answer_link : "";
	mustache_escape(&link, url, strlen(url));
	const char *at = link.len ? strstr(html, text_cstr(&link)) : NULL;
	if (!at) return html;
	for (; at; html = at + link.len, at = strstr(html, text_cstr(&link))) {
		text_add_bytes(&out, html, (size_t)(at - html));
		text_addf(&out, "<a href=\"%s\">%s</a>", text_cstr(&link), text_cstr(&link));
	}
	text_add(&out, html);
	return arena_strdup(arena, text_cstr(&out));
}

/* Cells under their heads; the last row is the total. */
static void add_html_table(struct text *out, const struct compose_facts *facts, const char *const *heads, const char *right, const char *const *cells, size_t rows)
{
	size_t columns = strlen(right); /* "  >": a sign a column, > on the right */
	text_add(out, "<table class=\"items\" border=\"0\" cellpadding=\"6\" cellspacing=\"0\">\n");
	if (heads) {
		text_add(out, "<thead><tr bgcolor=\"#f4f6f7\">");
		for (size_t c = 0; c < columns; c++) add_cell(out, "th", right[c] == '>', tr(facts->lang, heads[c]), NULL);
		text_add(out, "</tr></thead>\n");
	}
	text_add(out, "<tbody>\n");
	for (size_t i = 0; i < rows; i++) {
		text_add(out, "<tr>");
		for (size_t c = 0; c < columns; c++) add_cell(out, "td", right[c] == '>', cells[i * columns + c], NULL);
		text_add(out, "</tr>\n");
	}
	text_add(out, "</tbody>\n</table>\n");
}

static void add_html_instalments(struct text *out, const struct compose_facts *facts, struct arena *arena)
{
	const char *const *cells;
	size_t rows = parts_instalments(facts, arena, &cells);
	add_html_table(out, facts, (const char *const[]){ "Instalment", "Date", "Amount" }, "  >", cells, rows);
}

static void add_html_interest(struct text *out, const struct compose_facts *facts, struct arena *arena)
{
	const char *const *cells;
	size_t rows = parts_interest_rows(facts, arena, &cells);
	if (rows) add_html_table(out, facts, (const char *const[]){ "Number", "From", "To", "Days", "Base", "Rate" }, "   >>>", cells, rows);
}

static void add_html_totals(struct text *out, const struct compose_facts *facts, struct arena *arena)
{
	const char *const *cells;
	size_t rows = parts_totals(facts, arena, &cells);
	add_html_table(out, facts, NULL, " >", cells, rows);
}

/* The code as a table of black and white cells: no picture to be fetched or blocked, and nothing to follow anybody with. */
static void add_html_qr(struct text *out, const struct compose_facts *facts, struct arena *arena)
{
	enum { PIXELS = 4 };
	const char *payload = parts_epc(facts, arena);
	struct paper_code code = { 0 };
	if (!payload || !paper_code(payload, arena, &code)) {
		add_html_block(out, parts_payment(facts, arena));
		return;
	}
	text_addf(out, "<table class=\"code\" border=\"0\" cellpadding=\"0\" cellspacing=\"0\" bgcolor=\"#ffffff\" width=\"%d\" role=\"img\" aria-label=\"%s\">\n<tr>", code.width * PIXELS,
	          tr(facts->lang, "QR code to pay by transfer"));
	for (int c = 0; c < code.width; c++) text_addf(out, "<td width=\"%d\" height=\"1\"></td>", PIXELS); /* fixes the widths */
	text_add(out, "</tr>\n");
	for (int r = 0; r < code.width; r++) {
		text_add(out, "<tr>");
		for (int c = 0, run; c < code.width; c += run) {
			bool dark = code.dark[r * code.width + c];
			for (run = 1; c + run < code.width && code.dark[r * code.width + c + run] == dark; run++);
			text_addf(out, dark ? "<td colspan=\"%d\" height=\"%d\" bgcolor=\"#000000\"></td>" : "<td colspan=\"%d\" height=\"%d\"></td>", run, PIXELS);
		}
		text_add(out, "</tr>\n");
	}
	text_add(out, "</table>\n");
}

static void add_html_answer(struct text *out, const struct compose_facts *facts)
{
	const char *colour = given(facts->sender.colour) ? facts->sender.colour : "#1d3d6f";
	text_addf(out, "<table class=\"button\" border=\"0\" cellpadding=\"12\" cellspacing=\"0\"><tr><td bgcolor=\"%s\"><a href=\"", colour);
	mustache_escape(out, facts->answer_link, strlen(facts->answer_link));
	text_add(out, "\"><font color=\"#ffffff\"><b>");
	const char *words = tr(facts->lang, "Answer or pay online");
	mustache_escape(out, words, strlen(words));
	text_add(out, "</b></font></a></td></tr></table>\n");
}

const char *parts_html(const struct compose_facts *facts, const struct part *parts, size_t count, struct arena *arena)
{
	cleanup_text struct text out = { 0 };
	for (size_t i = 0; i < count; i++) {
		switch (parts[i].kind) {
		case PART_PARAGRAPH: {
			cleanup_text struct text bold = { 0 };
			add_bold(&bold, parts[i].text, "<b>", "</b>");
			text_add(&out, "<p>");
			add_html_lines(&out, with_link(facts, text_cstr(&bold), arena));
			text_add(&out, "</p>\n");
			break;
		}
		case PART_INVOICE_TABLE: add_html_rows(&out, facts, ROWS_CLAIMED, arena); break;
		case PART_STATEMENT_TABLE: add_html_rows(&out, facts, ROWS_STATEMENT, arena); break;
		case PART_OVERDUE_TABLE: add_html_rows(&out, facts, ROWS_OVERDUE, arena); break;
		case PART_NOT_DUE_TABLE: add_html_rows(&out, facts, ROWS_NOT_DUE, arena); break;
		case PART_CREDITS_TABLE: add_html_rows(&out, facts, ROWS_CREDITS, arena); break;
		case PART_INTEREST_TABLE: add_html_interest(&out, facts, arena); break;
		case PART_TOTALS: add_html_totals(&out, facts, arena); break;
		case PART_QR: add_html_qr(&out, facts, arena); break;
		case PART_ANSWER: add_html_answer(&out, facts); break;
		case PART_INSTALMENT_TABLE: add_html_instalments(&out, facts, arena); break;
		case PART_PAYMENT: add_html_block(&out, parts_payment(facts, arena)); break;
		case PART_SENDER: add_html_block(&out, parts_sender(facts, arena)); break;
		case PART_ADDRESS: add_html_block(&out, parts_address(facts, arena)); break;
		case PART_SIGNATURE: add_html_block(&out, parts_signature(facts, arena)); break;
		}
	}
	return arena_strdup(arena, text_cstr(&out));
}
