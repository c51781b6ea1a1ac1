/* One sheet, twice: first what its columns hold as text and which cells are merged, then the text itself. */
#include "formats/xlsx_inside.h"

#include "base/day.h"
#include "base/memory.h"
#include "formats/column.h"
#include "formats/table.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { COLUMNS = TABLE_COLUMNS_MAX, TEXT_MAX = 1 << 30, CELL_MAX = 1 << 16, MERGES_MAX = 200000 };
static const uint64_t SHEET_MAX = 4ull << 30;

enum cell_type { CELL_NUMBER, CELL_SHARED, CELL_TEXT, CELL_BOOLEAN, CELL_DATE };

struct merge {
	int64_t first_row, last_row, column;
};
struct column {
	struct amount_votes amounts; /* of cells that hold text */
	struct date_votes dates;
	int64_t fill_until;          /* merged: its text goes on until this row */
	struct text fill;
};
struct reading {
	struct xlsx *xlsx;
	bool counting;               /* the first time: votes and merges only */
	int64_t rows_max, row, written; /* from 1; written: lines in out */
	bool row_hidden, too_wide, too_long;
	struct column *columns;
	struct merge *merges;
	size_t merge_count, merge_cap, merge_at;
	struct text cells[COLUMNS];
	int64_t column, last_column; /* of the cell being read; of the row's last cell */
	size_t filled;               /* cells of this row, from the left */
	enum cell_type type;
	int64_t style;
	bool in_cell, in_value, in_formula, in_inline, in_phonetic;
	struct text value, formula;
	struct text *out;
	struct xlsx_notes notes;
};

/* --- numbers -------------------------------------------------------------------------------------------------------------------- */
/* As a spreadsheet shows it: fifteen digits are all that Excel keeps, and a binary fraction next to a round one is that one. At
 * least two decimals where there is any, never exactly three: "1234.567" would look like a group of thousands. */
static void add_number(struct text *out, double value, int decimals, char mark)
{
	char digits[64];
	if (!isfinite(value) || fabs(value) >= 1e15) {
		text_addf(out, "%.15g", value);
		return;
	}
	if (value == nearbyint(value)) {
		text_addf(out, "%.0f", value == 0 ? 0.0 : value);
		return;
	}
	double thousandths = value * 1000;
	bool round = fabs(thousandths - nearbyint(thousandths)) < 1e-4 && fabs(value) < 1e11;
	int whole = value < 1 && value > -1 ? 1 : (int)floor(log10(fabs(value))) + 1;
	int places = round ? 3 : whole < 15 ? 15 - whole : 0;
	if (!round && decimals >= 2 && decimals < places) places = decimals;
	snprintf(digits, sizeof digits, "%.*f", places, value);
	char *dot = strchr(digits, '.');
	if (!dot) {
		text_add(out, digits);
		return;
	}
	size_t len = strlen(digits);
	while (len > (size_t)(dot - digits) + 3 && digits[len - 1] == '0') digits[--len] = 0;
	if (strspn(dot + 1, "0") == strlen(dot + 1)) len = (size_t)(dot - digits), digits[len] = 0; /* the dust of a whole number */
	bool three = digits + len - dot == 4;
	if (strcmp(digits, "-0") == 0) text_add_char(out, '0');
	for (size_t i = 0; i < len && strcmp(digits, "-0") != 0; i++) text_add_char(out, digits[i] == '.' ? mark : digits[i]);
	if (three) text_add_char(out, '0');
}

static bool add_day(struct text *out, double serial, bool epoch_1904, const struct column *column)
{
	if (!(serial >= 1 && serial < 110000)) return false;
	int32_t whole = (int32_t)floor(serial);
	int32_t day = epoch_1904 ? day_from_civil(1904, 1, 1) + whole : day_from_civil(1899, 12, 30) + whole + (whole < 61); /* Excel has a 29 February 1900 */
	if (day < DAY_MIN || day > DAY_MAX) return false;
	const struct civil civil = day_civil(day);
	const struct date_votes *votes = &column->dates;
	enum date_order order = votes->cells ? date_decide(votes) : DATE_YMD;
	if (order == DATE_DMY)
		text_addf(out, "%02d/%02d/%04d", civil.day, civil.month, civil.year);
	else if (order == DATE_MDY)
		text_addf(out, "%02d/%02d/%04d", civil.month, civil.day, civil.year);
	else
		text_addf(out, "%04d-%02d-%02d", civil.year, civil.month, civil.day);
	return true;
}

static void add_typed(struct reading *r, struct text *out, const struct column *column)
{
	static const struct xlsx_style plain = { SHAPE_NUMBER, -1 };
	char *end = NULL;
	double value = strtod(text_cstr(&r->value), &end);
	if (!r->value.len || *end) {
		text_add_bytes(out, text_cstr(&r->value), r->value.len);
		return;
	}
	bool known = r->style >= 0 && (size_t)r->style < r->xlsx->style_count;
	const struct xlsx_style *style = known ? &r->xlsx->styles[r->style] : &plain;
	if (style->shape == SHAPE_DATE && add_day(out, value, r->xlsx->epoch_1904, column)) return;
	if (style->shape == SHAPE_PADDED && value >= 0 && value < 1e15 && value == floor(value)) {
		text_addf(out, "%0*.0f", style->digits < 30 ? style->digits : 30, value);
		return;
	}
	bool comma = column->amounts.comma > column->amounts.dot;
	add_number(out, value, style->shape == SHAPE_NUMBER ? style->digits : -1, comma ? ',' : '.');
}

/* --- one cell --------------------------------------------------------------------------------------------------------------------- */
static struct slice shared(const struct xlsx *xlsx, const char *index)
{
	int64_t n;
	if (!text_parse_int(index, strlen(index), &n) || n < 0 || (uint64_t)n >= xlsx->string_count) return (struct slice){ "", 0 };
	uint32_t from = n ? xlsx->string_ends[n - 1] : 0;
	return (struct slice){ text_cstr(&xlsx->strings) + from, xlsx->string_ends[n] - from };
}

/* Line breaks and tabs within a cell become spaces: a row stays a line. */
static void add_plain(struct text *out, struct slice text)
{
	if (text.len > CELL_MAX) text.len = CELL_MAX;
	while (text.len && ((unsigned char)text.bytes[text.len - 1] & 0xC0) == 0x80 && !utf8_valid(text.bytes, text.len)) text.len--;
	for (size_t from = 0, i = 0; i <= text.len; i++) {
		bool space = i < text.len && (text.bytes[i] == '\t' || text.bytes[i] == '\n' || text.bytes[i] == '\r');
		if (i < text.len && !space) continue;
		text_add_bytes(out, text.bytes + from, i - from);
		if (space) text_add_char(out, ' ');
		from = i + 1;
	}
}

static void end_cell(struct reading *r)
{
	r->in_cell = false;
	struct slice text = { text_cstr(&r->value), r->value.len };
	if (r->type == CELL_SHARED) text = shared(r->xlsx, text_cstr(&r->value));
	bool textual = r->type == CELL_SHARED || r->type == CELL_TEXT;
	bool uncomputed = r->value.len == 0 && r->formula.len > 0;
	if (slice_trim(text).len == 0 && !uncomputed) return;
	if (r->column >= COLUMNS) {
		r->too_wide = true;
		return;
	}
	struct column *column = &r->columns[r->column];
	if (r->counting) {
		if (textual) amount_vote(&column->amounts, slice_trim(text)), date_vote(&column->dates, slice_trim(text));
		return;
	}
	struct text *out = &r->cells[r->column];
	text_clear(out);
	if (uncomputed) {
		text_addf(out, "=%s", text_cstr(&r->formula));
		r->notes.uncomputed++;
	} else if (textual) {
		add_plain(out, text);
	} else if (r->type == CELL_DATE) {
		add_plain(out, (struct slice){ text.bytes, text.len < 10 ? text.len : 10 });
	} else if (r->type == CELL_BOOLEAN) {
		text_add(out, slice_equal(text, "1") ? "TRUE" : "FALSE");
	} else {
		add_typed(r, out, column);
	}
	while (r->filled <= (size_t)r->column) {
		if (r->filled < (size_t)r->column) text_clear(&r->cells[r->filled]);
		r->filled++;
	}
}

static void start_cell(struct reading *r, const char **attributes)
{
	const char *reference = xlsx_attribute(attributes, "r"), *type = xlsx_attribute(attributes, "t"), *style = xlsx_attribute(attributes, "s");
	int64_t column = -1, row = -1;
	if (reference) xlsx_reference(reference, &column, &row);
	r->column = column > r->last_column ? column : r->last_column + 1;
	r->last_column = r->column;
	r->in_cell = true, r->in_value = r->in_formula = r->in_inline = r->in_phonetic = false;
	r->style = -1;
	if (style && !text_parse_int(style, strlen(style), &r->style)) r->style = -1;
	r->type = !type || strcmp(type, "n") == 0 ? CELL_NUMBER : strcmp(type, "s") == 0 ? CELL_SHARED : strcmp(type, "b") == 0 ? CELL_BOOLEAN
	          : strcmp(type, "d") == 0        ? CELL_DATE : CELL_TEXT;
	text_clear(&r->value), text_clear(&r->formula);
}

/* --- one row ------------------------------------------------------------------------------------------------------------------------ */
static void start_row(struct reading *r, const char **attributes)
{
	const char *number = xlsx_attribute(attributes, "r"), *hidden = xlsx_attribute(attributes, "hidden");
	int64_t row = 0;
	if (!number || !text_parse_int(number, strlen(number), &row) || row <= r->row || row > XLSX_ROWS_MAX) row = r->row + 1;
	r->row = row, r->row_hidden = hidden && (strcmp(hidden, "1") == 0 || strcmp(hidden, "true") == 0);
	r->last_column = -1, r->filled = 0;
	if (r->row > XLSX_ROWS_MAX) r->too_long = true;
}

/* A text that is merged over several rows stands for each of them: customers above their invoices are often drawn so. */
static void fill_merged(struct reading *r)
{
	while (r->merge_at < r->merge_count && r->merges[r->merge_at].first_row < r->row) r->merge_at++;
	for (; r->merge_at < r->merge_count && r->merges[r->merge_at].first_row == r->row; r->merge_at++) {
		const struct merge *merge = &r->merges[r->merge_at];
		struct column *column = &r->columns[merge->column];
		text_clear(&column->fill);
		column->fill_until = 0;
		if ((size_t)merge->column >= r->filled || !r->cells[merge->column].len) continue;
		text_add_bytes(&column->fill, r->cells[merge->column].bytes, r->cells[merge->column].len);
		column->fill_until = merge->last_row;
	}
	for (size_t c = 0; c < r->filled; c++)
		if (r->columns[c].fill_until >= r->row && !r->cells[c].len) text_add_bytes(&r->cells[c], text_cstr(&r->columns[c].fill), r->columns[c].fill.len);
}

static void add_cell(struct text *out, const struct text *cell)
{
	if (!cell->len || !memchr(cell->bytes, '"', cell->len)) {
		if (cell->len) text_add_bytes(out, cell->bytes, cell->len);
		return;
	}
	text_add_char(out, '"');
	for (size_t i = 0; i < cell->len; i++) {
		if (cell->bytes[i] == '"') text_add_char(out, '"');
		text_add_char(out, cell->bytes[i]);
	}
	text_add_char(out, '"');
}

static void end_row(struct reading *r)
{
	if (r->counting || r->filled == 0) return;
	fill_merged(r);
	for (; r->written < r->row - 1; r->written++) text_add_char(r->out, '\n');
	for (size_t c = 0; c < r->filled; c++) {
		if (c) text_add_char(r->out, '\t');
		add_cell(r->out, &r->cells[c]);
	}
	if (r->filled == 1) text_add_char(r->out, '\t'); /* a single column is a table too */
	text_add_char(r->out, '\n');
	r->written++;
	r->notes.rows++, r->notes.hidden_rows += r->row_hidden;
	if (r->out->len > TEXT_MAX) r->too_long = true;
}

static void add_merge(struct reading *r, const char *reference)
{
	const char *colon = reference ? strchr(reference, ':') : NULL;
	struct merge merge;
	int64_t last_column;
	if (!r->counting || !colon || r->merge_count == MERGES_MAX) return;
	xlsx_reference(reference, &merge.column, &merge.first_row);
	xlsx_reference(colon + 1, &last_column, &merge.last_row);
	if (merge.column < 0 || merge.column >= COLUMNS || merge.first_row < 0 || merge.last_row <= merge.first_row) return;
	GROW(r->merges, r->merge_count, r->merge_cap);
	r->merges[r->merge_count++] = merge;
}

static int compare_merges(const void *a, const void *b)
{
	const struct merge *x = a, *y = b;
	return (x->first_row > y->first_row) - (x->first_row < y->first_row);
}

/* --- the elements ---------------------------------------------------------------------------------------------------------------------- */
static void start(void *context, const char *name, const char **attributes)
{
	struct reading *r = context;
	if (!r->in_cell) {
		if (strcmp(name, "row") == 0) start_row(r, attributes);
		if (strcmp(name, "c") == 0) start_cell(r, attributes);
		if (strcmp(name, "mergeCell") == 0) add_merge(r, xlsx_attribute(attributes, "ref"));
		return;
	}
	if (strcmp(name, "v") == 0) r->in_value = true;
	if (strcmp(name, "f") == 0) r->in_formula = true;
	if (strcmp(name, "is") == 0) r->in_inline = true;
	if (strcmp(name, "rPh") == 0) r->in_phonetic = true;
	if (strcmp(name, "t") == 0 && r->in_inline && !r->in_phonetic) r->in_value = true, r->type = CELL_TEXT;
}

static void text(void *context, const char *bytes, int len)
{
	struct reading *r = context;
	struct text *to = r->in_value ? &r->value : r->in_formula ? &r->formula : NULL;
	if (to && to->len + (size_t)len <= CELL_MAX) text_add_bytes(to, bytes, (size_t)len);
}

struct passing {
	struct reading *reading;
	struct xlsx_parse *parse;
};

static void end(void *context, const char *name)
{
	struct reading *r = context;
	if (r->in_cell) {
		if (strcmp(name, "v") == 0 || strcmp(name, "t") == 0) r->in_value = false;
		if (strcmp(name, "f") == 0) r->in_formula = false;
		if (strcmp(name, "is") == 0) r->in_inline = false;
		if (strcmp(name, "rPh") == 0) r->in_phonetic = false;
		if (strcmp(name, "c") == 0) end_cell(r);
	} else if (strcmp(name, "row") == 0) {
		end_row(r);
	}
}

static void pass_start(void *context, const char *name, const char **attributes)
{
	start(((struct passing *)context)->reading, name, attributes);
}

static void pass_text(void *context, const char *bytes, int len)
{
	text(((struct passing *)context)->reading, bytes, len);
}

static void pass_end(void *context, const char *name)
{
	struct passing *passing = context;
	struct reading *r = passing->reading;
	end(r, name);
	if (r->too_wide)
		passing->parse->failure = status_make(STATUS_INVALID, "Row %lld of the sheet has more than %d columns: it is not a list.", (long long)r->row, COLUMNS);
	else if (r->too_long)
		passing->parse->failure = status_make(STATUS_INVALID, "The sheet is too long to be read: split it.");
	else if (r->rows_max && !r->counting && r->notes.rows >= r->rows_max)
		passing->parse->stop = true;
}

static struct status pass(struct reading *r, const char *member)
{
	struct xlsx_parse parse = { .start = pass_start, .end = pass_end, .text = pass_text };
	struct passing passing = { r, &parse };
	parse.context = &passing;
	r->row = r->written = 0, r->last_column = -1, r->filled = 0, r->in_cell = false;
	return xlsx_parse(r->xlsx, member, SHEET_MAX, &parse);
}

struct status xlsx_text(struct xlsx *xlsx, size_t sheet, int64_t rows_max, struct text *out, struct xlsx_notes *notes)
{
	if (!xlsx->sheets[sheet].member) return status_make(STATUS_INVALID, "The sheet “%s” is a chart: it has no cells.", xlsx->sheets[sheet].name);
	struct reading *r = xcalloc(1, sizeof *r);
	r->xlsx = xlsx, r->out = out, r->rows_max = rows_max;
	r->columns = xcalloc(COLUMNS, sizeof *r->columns);
	struct status status = STATUS_FINE;
	if (!rows_max) { /* to choose a sheet a glance at its first rows is enough */
		r->counting = true;
		status = pass(r, xlsx->sheets[sheet].member);
		if (r->merge_count) qsort(r->merges, r->merge_count, sizeof *r->merges, compare_merges);
		r->counting = false;
	}
	if (!status.code) status = pass(r, xlsx->sheets[sheet].member);
	*notes = r->notes;
	for (size_t i = 0; i < COLUMNS; i++) text_free(&r->cells[i]), text_free(&r->columns[i].fill);
	text_free(&r->value), text_free(&r->formula);
	free(r->merges), free(r->columns), free(r);
	return status;
}
