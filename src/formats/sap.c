#include "formats/sap.h"

#include "base/arena.h"
#include "base/day.h"
#include "base/memory.h"
#include "formats/column.h"
#include "formats/encoding.h"
#include "formats/table.h"

#include <string.h>

enum { LINES_LOOKED_AT = 200, COLUMNS_LEAST = 5 };

enum field {
	CUSTOMER, NAME, ASSIGNMENT, DOCUMENT, YEAR, POSITION, TYPE, SPECIAL, DOCUMENT_DAY, POSTING_DAY, DUE_DAY, AMOUNT, CURRENCY, REFERENCE,
	TEXT, CLEARING, SIDE, BASELINE, TERMS_1, TERMS_2, TERMS_3, BLOCK, INVOICE_REFERENCE, FIELDS
};

/* Headers as text_normalise gives them: technical names, FBL5N in English and French, long and short. */
static const struct {
	enum field field;
	const char *names;
} known[] = {
	{ CUSTOMER, "kunnr|customer|client|account|compte|compte client|customer account" },
	{ NAME, "name1|customer name|nom du client|name 1|nom 1" },
	{ ASSIGNMENT, "zuonr|assignment|affectation|assignment no|assignment number" },
	{ DOCUMENT, "belnr|document number|documentno|document no|doc no|n piece|n de piece|no piece|numero de document|piece comptable" },
	{ YEAR, "gjahr" },
	{ POSITION, "buzei" },
	{ TYPE, "blart|document type|doc type|type|type de piece|type piece|ty" },
	{ SPECIAL, "umskz|special g l ind|special gl ind|code cgs|sp g l|s" },
	{ DOCUMENT_DAY, "bldat|document date|doc date|date piece|date de piece" },
	{ POSTING_DAY, "budat|posting date|pstng date|date comptable|date cpt" },
	{ DUE_DAY, "net due date|net due dt|net due|echeance nette|ech nette|due date" },
	{ AMOUNT, "dmbtr|amount in local currency|amount in lc|amt in loc cur|montant en devise interne|mnt devise interne|montant en di" },
	{ CURRENCY, "waers|local currency|lcurr|currency|devise interne|devise|curr" },
	{ REFERENCE, "xblnr|reference|reference piece" },
	{ TEXT, "sgtxt|text|texte" },
	{ CLEARING, "augbl|clearing document|clrng doc|clearing doc|piece rapprochement|piece de rapprochement|pce rappr" },
	{ SIDE, "shkzg" },
	{ BASELINE, "zfbdt" },
	{ TERMS_1, "zbd1t" }, { TERMS_2, "zbd2t" }, { TERMS_3, "zbd3t" },
	{ BLOCK, "mansp" },
	{ INVOICE_REFERENCE, "rebzg" },
};

struct list {
	struct arena *arena;
	struct encoding_guess guess;
	int columns[FIELDS];
	size_t width;              /* cells of the header */
	enum date_order order;
	char mark;
	struct slice customer, name; /* of the lines above, in a print */
	int64_t line;              /* to be written next */
	int64_t header_line;
	bool cleared;              /* a row has a clearing document */
	struct text rows;
};

static bool named(const char *plain, const char *names)
{
	size_t n = strlen(plain);
	for (const char *at = names; n && *at;) {
		size_t len = strcspn(at, "|");
		if (len == n && memcmp(at, plain, n) == 0) return true;
		at += len + (at[len] == '|');
	}
	return false;
}

static int header_match(struct list *list, const struct slice *cells, size_t count)
{
	int found = 0;
	for (int i = 0; i < FIELDS; i++) list->columns[i] = -1;
	for (size_t i = 0; i < count; i++) {
		struct slice cell = encoding_text(list->arena, &list->guess, cells[i]);
		if (cell.len == 0 || cell.len > 60) continue;
		cleanup_free char *plain = text_normalise(cell.bytes, cell.len);
		for (size_t k = 0; k < COUNT(known); k++)
			if (list->columns[known[k].field] < 0 && named(plain, known[k].names)) {
				list->columns[known[k].field] = (int)i, found++;
				break;
			}
	}
	list->width = count;
	return found;
}

static struct slice cell_of(const struct list *list, const struct slice *cells, size_t count, enum field field)
{
	int column = list->columns[field];
	if (column < 0 || (size_t)column >= count) return (struct slice){ "", 0 };
	return encoding_text(list->arena, &list->guess, slice_trim(cells[column]));
}

/* --- written out ------------------------------------------------------------------------------------------------------------------- */
static void put(struct list *list, struct slice cell)
{
	for (size_t i = 0; i < cell.len; i++)
		text_add_char(&list->rows, cell.bytes[i] == '\t' || cell.bytes[i] == '"' ? ' ' : cell.bytes[i]);
	text_add_char(&list->rows, '\t');
}

static void put_day(struct list *list, int32_t day)
{
	char text[11] = "";
	if (day != DAY_NONE) day_format(day, text);
	put(list, slice_of(text));
}

static void go_to_line(struct list *list, int64_t line)
{
	for (; list->line < line; list->line++) text_add_char(&list->rows, '\n');
}

/* Above all rows, on the line where the list has it, or the first. Items none of which is cleared are a list of what is open. */
static void put_header(struct list *list, int64_t line, struct text *out)
{
	for (int64_t i = 1; i < line; i++) text_add_char(out, '\n');
	text_add(out, "Customer number\tCustomer name\tInvoice number\tExternal ID\tDocument type\tInvoice date\tPosting date\tDue date\t");
	text_add(out, list->cleared ? "Amount in local currency" : "Open amount");
	text_add(out, "\tCurrency\tText\tClearing document\tIn dispute\n");
	text_add_bytes(out, text_cstr(&list->rows), list->rows.len);
}

/* 0000100023 is 100023 on screen. */
static struct slice without_zeros(struct slice code)
{
	size_t digits = 0;
	while (digits < code.len && code.bytes[digits] >= '0' && code.bytes[digits] <= '9') digits++;
	if (digits == code.len)
		while (code.len > 1 && code.bytes[0] == '0') code.bytes++, code.len--;
	return code;
}

/* Words that csv.h knows; special G/L transactions are not what their document type says. */
static struct slice type_words(struct slice type, struct slice special)
{
	if (slice_equal(special, "W")) return slice_of("Bill");
	if (slice_equal(special, "A")) return slice_of("Payment"); /* a down payment received: free until it is cleared */
	if (slice_equal(type, "RV") || slice_equal(type, "DR")) return slice_of("Invoice");
	if (slice_equal(type, "DG")) return slice_of("Credit memo");
	if (slice_equal(type, "DZ")) return slice_of("Payment");
	return type;
}

static int64_t days_of(struct slice text)
{
	int64_t days = 0;
	return text_parse_int(text.bytes, text.len, &days) && days > 0 && days < 1000 ? days : 0;
}

/* Net due date: baseline + the longest of the three terms; a credit without an invoice is due at its baseline. */
static int32_t due_day_of(const struct list *list, const struct slice *cells, size_t count, bool credit)
{
	int32_t baseline = DAY_NONE;
	struct slice text = cell_of(list, cells, count, BASELINE);
	if (date_empty(text) || !date_read(text, list->order, &baseline)) {
		text = cell_of(list, cells, count, DOCUMENT_DAY);
		if (date_empty(text) || !date_read(text, list->order, &baseline)) return DAY_NONE;
	}
	if (credit && cell_of(list, cells, count, INVOICE_REFERENCE).len == 0) return baseline;
	for (int terms = TERMS_3; terms >= TERMS_1; terms--) {
		int64_t days = days_of(cell_of(list, cells, count, (enum field)terms));
		if (days > 0) return baseline + (int32_t)days;
	}
	return baseline;
}

static void put_row(struct list *list, const struct slice *cells, size_t count, int64_t line)
{
	struct slice reference = cell_of(list, cells, count, REFERENCE), document = cell_of(list, cells, count, DOCUMENT);
	struct slice assignment = cell_of(list, cells, count, ASSIGNMENT), year = cell_of(list, cells, count, YEAR), code = cell_of(list, cells, count, CUSTOMER);
	struct slice special = cell_of(list, cells, count, SPECIAL), amount = cell_of(list, cells, count, AMOUNT);
	if (slice_equal(special, "F")) return; /* a down payment that was asked for: statistical, in no balance */
	bool credit = slice_equal(cell_of(list, cells, count, SIDE), "H");
	go_to_line(list, line);
	put(list, without_zeros(code.len ? code : list->customer));
	struct slice name = cell_of(list, cells, count, NAME);
	put(list, name.len ? name : list->name);
	put(list, reference.len ? reference : assignment.len ? assignment : document);
	put(list, year.len ? slice_of(arena_printf(list->arena, "%.*s-%.*s-%.*s", SLICE_PRINT(document), SLICE_PRINT(year),
	                                           SLICE_PRINT(cell_of(list, cells, count, POSITION))))
	                   : document);
	put(list, type_words(cell_of(list, cells, count, TYPE), special));
	enum field days[] = { DOCUMENT_DAY, POSTING_DAY, DUE_DAY };
	for (size_t i = 0; i < COUNT(days); i++) {
		struct slice text = cell_of(list, cells, count, days[i]);
		int32_t day = DAY_NONE;
		if (days[i] == DUE_DAY && list->columns[DUE_DAY] < 0 && list->columns[BASELINE] >= 0)
			put_day(list, due_day_of(list, cells, count, credit));
		else if (date_empty(text) || date_read(text, list->order, &day))
			put_day(list, day);
		else
			put(list, text); /* refused by csv.h, with its line */
	}
	if (credit && amount.len && amount.bytes[0] != '-' && amount.bytes[amount.len - 1] != '-')
		put(list, slice_of(arena_printf(list->arena, "-%.*s", SLICE_PRINT(amount))));
	else
		put(list, amount);
	put(list, cell_of(list, cells, count, CURRENCY)), put(list, cell_of(list, cells, count, TEXT));
	struct slice clearing = cell_of(list, cells, count, CLEARING);
	list->cleared |= clearing.len > 0;
	put(list, clearing);
	struct slice block = cell_of(list, cells, count, BLOCK);
	if (block.len) text_addf(&list->rows, "SAP %.*s", SLICE_PRINT(block));
	text_add_char(&list->rows, '\n');
	list->line++;
}

/* --- the tables BSID, BSAD ----------------------------------------------------------------------------------------------------------- */
static bool is_table(const struct list *list)
{
	return list->columns[SIDE] >= 0 && list->columns[CUSTOMER] >= 0 && list->columns[AMOUNT] >= 0 && list->columns[DOCUMENT] >= 0
	       && list->columns[BASELINE] >= 0;
}

static enum date_order order_of(const char *bytes, size_t len, struct table_dialect dialect, const struct list *list, int64_t header)
{
	struct date_votes votes = { 0 };
	struct table table;
	table_open(&table, bytes, len, dialect);
	for (int rows = 0; rows < 2000 && table_next(&table) == TABLE_ROW; rows++)
		if (table.line > header && !table.blank) date_vote(&votes, slice_trim(table_cell(&table, list->columns[POSTING_DAY] >= 0 ? list->columns[POSTING_DAY] : list->columns[DOCUMENT_DAY])));
	table_close(&table);
	return date_decide(&votes);
}

static bool read_table(struct list *list, const char *bytes, size_t len)
{
	struct table_dialect dialect = table_sniff(bytes, len);
	if (!dialect.separator) return false;
	struct table table;
	int64_t header = 0;
	table_open(&table, bytes, len, dialect);
	for (int rows = 0; rows < 5 && !header && table_next(&table) == TABLE_ROW; rows++)
		if (!table.blank && header_match(list, table.cells, table.count) >= COLUMNS_LEAST && is_table(list)) header = table.line;
	if (header) {
		list->order = order_of(bytes, len, dialect, list, header);
		list->line = header + 1, list->header_line = header;
		while (table_next(&table) == TABLE_ROW)
			if (!table.blank) put_row(list, table.cells, table.count, table.line);
	}
	table_close(&table);
	return header > 0;
}

/* --- the print of FBL5N ------------------------------------------------------------------------------------------------------------------ */
struct lines {
	const char *at, *end;
	struct slice line;
	int64_t number;
};

static bool next_line(struct lines *lines)
{
	if (lines->at >= lines->end) return false;
	const char *feed = memchr(lines->at, '\n', (size_t)(lines->end - lines->at));
	size_t len = feed ? (size_t)(feed - lines->at) : (size_t)(lines->end - lines->at);
	lines->line = slice_trim((struct slice){ lines->at, len });
	lines->at += len + (feed != NULL);
	lines->number++;
	return true;
}

static bool is_rule(struct slice line)
{
	size_t dashes = 0;
	for (size_t i = 0; i < line.len; i++) {
		if (line.bytes[i] == '-') dashes++;
		else if (line.bytes[i] != '|') return false;
	}
	return dashes > 20;
}

/* "| a | b |" into cells; 0 when the line is none. */
static size_t bars(struct slice line, struct slice *cells)
{
	size_t count = 0;
	if (line.len < 3 || line.bytes[0] != '|' || is_rule(line)) return 0;
	for (size_t from = 1, i = 1; i < line.len && count < TABLE_COLUMNS_MAX; i++) {
		if (line.bytes[i] != '|') continue;
		cells[count++] = slice_trim((struct slice){ line.bytes + from, i - from });
		from = i + 1;
	}
	return count;
}

/* "Client          1000123", "Customer: 100023", "Nom   DUPONT SA" above a customer's items. */
static void take_heading(struct list *list, struct slice line)
{
	static const char *const codes[] = { "client", "customer", "compte", "account" }, *const names[] = { "nom", "name" };
	size_t word = 0;
	while (word < line.len && line.bytes[word] != ' ' && line.bytes[word] != '\t' && line.bytes[word] != ':') word++;
	struct slice first = { line.bytes, word };
	while (word < line.len && (line.bytes[word] == ' ' || line.bytes[word] == '\t' || line.bytes[word] == ':')) word++;
	struct slice rest = slice_trim((struct slice){ line.bytes + word, line.len - word });
	if (rest.len == 0 || rest.len > 80) return;
	for (size_t i = 0; i < COUNT(codes); i++)
		if (slice_equal_fold(first, codes[i]) && !memchr(rest.bytes, ' ', rest.len))
			list->customer = encoding_text(list->arena, &list->guess, rest), list->name = (struct slice){ "", 0 };
	for (size_t i = 0; i < COUNT(names); i++)
		if (slice_equal_fold(first, names[i])) list->name = encoding_text(list->arena, &list->guess, rest);
}

static bool starred(const struct slice *cells, size_t count)
{
	for (size_t i = 0; i < count && i < 2; i++)
		if (cells[i].len && cells[i].len <= 3 && cells[i].bytes[0] == '*') return true;
	return false;
}

static bool is_print_header(struct list *list, const struct slice *cells, size_t count)
{
	return header_match(list, cells, count) >= COLUMNS_LEAST && list->columns[AMOUNT] >= 0 && list->columns[DOCUMENT] >= 0;
}

static bool find_print(struct list *list, const char *bytes, size_t len, struct slice *cells)
{
	struct lines lines = { .at = bytes, .end = bytes + len };
	struct date_votes votes = { 0 };
	bool rule = false, header = false;
	int64_t looked = 0;
	while (looked++ < LINES_LOOKED_AT + (header ? 2000 : 0) && next_line(&lines)) {
		if (lines.line.len > TABLE_LINE_MAX) return false;
		rule |= is_rule(lines.line);
		size_t count = bars(lines.line, cells);
		if (count == 0) continue;
		if (!header) {
			header = is_print_header(list, cells, count);
			continue;
		}
		if (count == list->width) date_vote(&votes, cell_of(list, cells, count, list->columns[POSTING_DAY] >= 0 ? POSTING_DAY : DOCUMENT_DAY));
	}
	list->order = date_decide(&votes);
	return rule && header;
}

static bool read_print(struct list *list, const char *bytes, size_t len)
{
	struct slice *cells = xcalloc(TABLE_COLUMNS_MAX, sizeof *cells);
	bool found = find_print(list, bytes, len, cells);
	struct lines lines = { .at = bytes, .end = bytes + len };
	bool header = false;
	while (found && next_line(&lines)) {
		size_t count = lines.line.len <= TABLE_LINE_MAX ? bars(lines.line, cells) : 0;
		if (count == 0) {
			take_heading(list, lines.line);
			continue;
		}
		struct list again = *list;
		if (is_print_header(&again, cells, count)) { /* on every page */
			memcpy(list->columns, again.columns, sizeof list->columns), list->width = again.width;
			header = true;
		} else if (header && count == list->width && !starred(cells, count) && cell_of(list, cells, count, DOCUMENT).len) {
			put_row(list, cells, count, lines.number);
		}
	}
	free(cells);
	return found && header;
}

bool sap_list(const char *bytes, size_t len, struct text *out)
{
	struct list list = { .arena = arena_new(), .guess = encoding_guess(bytes, len), .line = 2, .header_line = 1 };
	bytes += list.guess.mark_len, len -= list.guess.mark_len;
	bool wide = list.guess.encoding == ENCODING_UTF16_LE || list.guess.encoding == ENCODING_UTF16_BE;
	bool found = !wide && (read_table(&list, bytes, len) || read_print(&list, bytes, len));
	if (found) put_header(&list, list.header_line, out);
	text_free(&list.rows);
	arena_free(list.arena);
	return found;
}
