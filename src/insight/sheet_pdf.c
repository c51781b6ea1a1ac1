/* A sheet on A4 pages: head and foot on each, a chart where one says more than the rows, then the rows. */
#include "insight/sheet.h"

#include "base/day.h"
#include "base/memory.h"
#include "base/words.h"
#include "outreach/paper.h"

#include <stdlib.h>
#include <string.h>

enum { ROWS_MOST = 20000, MEASURED = 300, BARS = 40 };
static const double POINTS_MOST = 8.5, POINTS_LEAST = 6, TEXT_LEAST = 32, GAP = 3.4, STRETCH_MOST = 1.5, CHART_HEIGHT = 46;
static const unsigned BRAND = 0x2563A8, BAND = 0xB9CDE6, LATE = 0xC2571A, GREY = 0x8A9099;

struct drawing {
	const struct sheet *sheet;
	const struct sheet_page *page;
	enum lang lang;
	struct arena *arena;
	const char **cells;            /* rows × count, the total last */
	size_t rows, totals;
	struct paper_column columns[SHEET_COLUMNS];
	double points;
};

static const char *words_of(struct arena *arena, void (*say)(struct text *, enum lang, int32_t), enum lang lang, int32_t day)
{
	cleanup_text struct text words = { 0 };
	say(&words, lang, day);
	return arena_strdup(arena, text_cstr(&words));
}

static double table_width(const struct drawing *d)
{
	double width = 0;
	for (size_t c = 0; c < d->sheet->count; c++) width += d->columns[c].width;
	return width;
}

/* --- head -------------------------------------------------------------------------------------------------------------------------- */
static const char *period_words(const struct drawing *d)
{
	const struct sheet_page *page = d->page;
	if (page->from != DAY_NONE && page->to != DAY_NONE)
		return arena_printf(d->arena, tr(d->lang, "From %s to %s"), words_of(d->arena, words_date, d->lang, page->from),
		                    words_of(d->arena, words_date, d->lang, page->to));
	return arena_printf(d->arena, tr(d->lang, "As of %s"), words_of(d->arena, words_date, d->lang, page->as_of));
}

static void draw_head(struct paper *paper, void *context)
{
	struct drawing *d = context;
	double width = paper_width(paper) - 2 * PAPER_MARGIN, y = 10;
	cleanup_text struct text about = { 0 };
	text_add(&about, period_words(d));
	if (d->sheet->basis) text_addf(&about, " · %s", tr(d->lang, strcmp(d->sheet->basis, "net") == 0 ? "Net of credits" : "Gross"));
	if (d->sheet->currency) text_addf(&about, " · %s", d->sheet->currency);
	const struct paper_column columns[] = { { "", width * 0.6, PAPER_LEFT }, { "", width * 0.4, PAPER_RIGHT } };
	paper_move(paper, y);
	paper_line_cells(paper, columns, 2, (const char *const[]){ tr(d->lang, d->sheet->title), d->page->company }, 12, true);
	paper_line_cells(paper, columns, 2, (const char *const[]){ text_cstr(&about), "" }, 9, false);
	paper_line(paper, PAPER_MARGIN, paper_y(paper) + 0.8, PAPER_MARGIN + width, paper_y(paper) + 0.8, 0.3, 0.35);
	paper_move(paper, paper_y(paper) + 4);
}

/* --- chart ------------------------------------------------------------------------------------------------------------------------- */
struct bar {
	const char *label, *words;
	double value, low, high;       /* low and high: a band around it, where they differ */
	unsigned rgb;
};

static void draw_bars(struct paper *paper, const struct bar *bars, size_t count)
{
	double most = 0, left = PAPER_MARGIN, width = paper_width(paper) - 2 * PAPER_MARGIN, top = paper_y(paper) + 4;
	for (size_t i = 0; i < count; i++) most = bars[i].high > most ? bars[i].high : bars[i].value > most ? bars[i].value : most;
	if (most <= 0 || count == 0) return;
	double step = width / (double)count, thick = step * 0.62 > 26 ? 26 : step * 0.62, reach = CHART_HEIGHT - 12, base = top + reach;
	for (size_t i = 0; i < count; i++) {
		double middle = left + step * ((double)i + 0.5), height = bars[i].value > 0 ? reach * bars[i].value / most : 0;
		paper_bar(paper, middle - thick / 2, base - height, thick, height, bars[i].rgb);
		if (bars[i].high > bars[i].low) {
			double low = reach * bars[i].low / most, high = reach * bars[i].high / most;
			paper_bar(paper, middle - 0.35, base - high, 0.7, high - low, GREY);
			paper_bar(paper, middle - 1.6, base - high, 3.2, 0.35, GREY);
			paper_bar(paper, middle - 1.6, base - low, 3.2, 0.35, GREY);
		}
		if (paper_counting(paper)) continue;
		double above = bars[i].high > bars[i].value ? reach * bars[i].high / most : height;
		double wide = paper_text_width(paper, 7, false, bars[i].words);
		if (wide <= step) paper_text(paper, middle - wide / 2, base - above - 3.6, wide + 2, 7, PAPER_LEFT, false, bars[i].words);
		wide = paper_text_width(paper, 7, false, bars[i].label);
		if (wide <= step * 1.05) paper_text(paper, middle - wide / 2, base + 1, wide + 2, 7, PAPER_LEFT, false, bars[i].label);
	}
	paper_line(paper, left, base, left + width, base, 0.2, 0.5);
	paper_move(paper, top + CHART_HEIGHT - 4);
}

static const char *short_amount(const struct drawing *d, int64_t minor)
{
	cleanup_text struct text words = { 0 };
	words_amount_short(&words, d->lang, minor, d->sheet->currency ? d->sheet->currency : "EUR");
	return arena_strdup(d->arena, text_cstr(&words));
}

/* The buckets of an aged balance, from its total. */
static size_t ageing_bars(const struct drawing *d, struct bar *bars)
{
	size_t count = 0;
	for (size_t c = 0; c < d->sheet->count && count < BARS; c++) {
		const struct sheet_column *column = &d->sheet->columns[c];
		if (column->type != SHEET_AMOUNT || strcmp(column->key, "outstanding") == 0 || strcmp(column->key, "unallocated") == 0) continue;
		int64_t value = json_integer_value(json_object_get(d->sheet->total, column->key));
		bars[count++] = (struct bar){ tr(d->lang, column->title), short_amount(d, value), (double)value, 0, 0,
			strcmp(column->key, "not_due") == 0 ? BRAND : LATE };
	}
	return count;
}

/* One column over the rows' months or days. */
static size_t series_bars(const struct drawing *d, struct bar *bars)
{
	size_t count = 0, i;
	json_t *row;
	size_t label = 0;
	while (label < d->sheet->count && d->sheet->columns[label].type != SHEET_MONTH && d->sheet->columns[label].type != SHEET_DATE) label++;
	if (label == d->sheet->count || json_array_size(d->sheet->rows) > BARS) return 0;
	json_array_foreach(d->sheet->rows, i, row) {
		const json_t *value = json_object_get(row, d->sheet->chart);
		int64_t minor = json_integer_value(value);
		bars[count++] = (struct bar){ d->cells[i * d->sheet->count + label], short_amount(d, minor), (double)minor,
			(double)json_integer_value(json_object_get(row, "p10")), (double)json_integer_value(json_object_get(row, "p90")),
			json_object_get(row, "p90") ? BAND : BRAND };
	}
	return count;
}

static void draw_chart(struct paper *paper, const struct drawing *d)
{
	struct bar bars[BARS];
	if (!d->sheet->chart || (strcmp(d->sheet->chart, "ageing") == 0 && !d->sheet->total)) return;
	size_t count = strcmp(d->sheet->chart, "ageing") == 0 ? ageing_bars(d, bars) : series_bars(d, bars);
	draw_bars(paper, bars, count);
}

/* --- rows -------------------------------------------------------------------------------------------------------------------------- */
/* A head may take several lines: bold, between its words. */
static const char *head_markup(const struct drawing *d, size_t column)
{
	cleanup_text struct text markup = { 0 };
	const char *title = tr(d->lang, d->sheet->columns[column].title);
	text_add(&markup, "<b>");
	for (const char *at = title; *at; at++) {
		if (*at == '&') text_add(&markup, "&amp;");
		else if (*at == '<') text_add(&markup, "&lt;");
		else text_add_char(&markup, *at);
	}
	text_add(&markup, "</b>");
	return arena_strdup(d->arena, text_cstr(&markup));
}

static void draw_heads(struct paper *paper, const struct drawing *d)
{
	double width = table_width(d), height = 0, x = PAPER_MARGIN, top = paper_y(paper);
	for (size_t c = 0; c < d->sheet->count; c++) {
		double drawn = paper_text(paper, x + 0.8, top, d->columns[c].width - 1.6, d->points, d->columns[c].align, true, head_markup(d, c));
		if (drawn > height) height = drawn;
		x += d->columns[c].width;
	}
	paper_line(paper, PAPER_MARGIN, top + height + 0.8, PAPER_MARGIN + width, top + height + 0.8, 0.3, 0.35);
	paper_move(paper, top + height + 1.2);
}

static void draw(struct paper *paper, void *context)
{
	struct drawing *d = context;
	double line = paper_line_height(d->points), width = table_width(d);
	draw_chart(paper, d);
	if (d->rows - d->totals == 0) {
		paper_paragraph(paper, 10, 3, false, tr(d->lang, "Nothing to report"));
		return;
	}
	draw_heads(paper, d);
	for (size_t i = 0; i < d->rows; i++) {
		bool total = i + d->totals >= d->rows;
		double top = paper_y(paper);
		paper_room(paper, line * (!total && i + d->totals + 1 == d->rows ? (double)d->totals + 1 : 1)); /* a total not alone on its page */
		if (paper_y(paper) < top) draw_heads(paper, d);
		if (total && i + d->totals == d->rows) paper_line(paper, PAPER_MARGIN, paper_y(paper), PAPER_MARGIN + width, paper_y(paper), 0.3, 0.35);
		paper_line_cells(paper, d->columns, d->sheet->count, d->cells + i * d->sheet->count, d->points, total);
		if (!total) paper_line(paper, PAPER_MARGIN, paper_y(paper), PAPER_MARGIN + width, paper_y(paper), 0.1, 0.85);
	}
}

static void fill_cells(struct drawing *d)
{
	size_t count = json_array_size(d->sheet->rows);
	d->totals = d->sheet->total ? 1 : 0, d->rows = count + d->totals;
	d->cells = arena_array(d->arena, const char *, d->rows * d->sheet->count + 1);
	for (size_t i = 0; i < d->rows; i++) {
		const json_t *row = i < count ? json_array_get(d->sheet->rows, i) : d->sheet->total;
		for (size_t c = 0; c < d->sheet->count; c++) {
			cleanup_text struct text words = { 0 };
			const json_t *value = json_object_get(row, d->sheet->columns[c].key);
			if (i == count && c == 0) text_add(&words, tr(d->lang, "Total"));
			/* most cells of an aged balance are nothing: a dash reads better */
			else if (i < count && d->sheet->total && json_is_integer(value) && json_integer_value(value) == 0) text_add(&words, "–");
			else sheet_cell(d->sheet, row, c, d->lang, &words);
			d->cells[i * d->sheet->count + c] = arena_strdup(d->arena, text_cstr(&words));
		}
	}
}

/* --- widths ------------------------------------------------------------------------------------------------------------------------- */
struct measuring {
	struct drawing *d;
	double wide[SHEET_COLUMNS], head[SHEET_COLUMNS];
};

/* The longest word: a head breaks between words, not in one. */
static double word_width(struct paper *paper, double points, const char *text)
{
	double most = 0;
	cleanup_free char *copy = xstrdup(text);
	for (char *rest = copy, *word; (word = strsep(&rest, " ")) != NULL;) {
		double width = paper_text_width(paper, points, true, word);
		if (width > most) most = width;
	}
	return most;
}

static void measure(struct paper *paper, void *context)
{
	struct measuring *m = context;
	const struct drawing *d = m->d;
	size_t step = d->rows / MEASURED + 1;
	for (size_t c = 0; c < d->sheet->count; c++) {
		m->head[c] = word_width(paper, POINTS_MOST, tr(d->lang, d->sheet->columns[c].title)) + GAP;
		m->wide[c] = m->head[c];
		for (size_t i = 0; i < d->rows; i += step) {
			double width = paper_text_width(paper, POINTS_MOST, i + d->totals >= d->rows, d->cells[i * d->sheet->count + c]) + GAP;
			if (width > m->wide[c]) m->wide[c] = width;
		}
		for (size_t i = d->rows - d->totals; i < d->rows; i++) {
			double width = paper_text_width(paper, POINTS_MOST, true, d->cells[i * d->sheet->count + c]) + GAP;
			if (width > m->wide[c]) m->wide[c] = width;
		}
	}
}

/* Figures keep their width; texts share what is left, the widest giving way first. False when figures alone are too wide. */
static bool fit(struct drawing *d, const struct measuring *m, double width, double scale, bool anyway)
{
	double fixed = 0, texts[SHEET_COLUMNS] = { 0 }, wanted = 0;
	for (size_t c = 0; c < d->sheet->count; c++) {
		enum sheet_type type = d->sheet->columns[c].type;
		bool text = type == SHEET_TEXT && !sheet_right(d->sheet, c);
		if (text) texts[c] = m->wide[c] * scale, wanted += texts[c];
		else fixed += m->wide[c] * scale;
		d->columns[c] = (struct paper_column){ "", m->wide[c] * scale, sheet_right(d->sheet, c) ? PAPER_RIGHT : PAPER_LEFT };
	}
	double left = width - fixed, limit = wanted;
	if (wanted > left) {
		/* the width that no text column may exceed: halved towards what fits */
		double low = 0, high = wanted;
		for (int i = 0; i < 40; i++) {
			double sum = 0;
			limit = (low + high) / 2;
			for (size_t c = 0; c < d->sheet->count; c++) sum += texts[c] < limit ? texts[c] : limit;
			if (sum > left) high = limit;
			else low = limit;
		}
		limit = low;
		if (limit < TEXT_LEAST * scale && !anyway) return false;
	}
	for (size_t c = 0; c < d->sheet->count; c++)
		if (texts[c] > limit) d->columns[c].width = limit;
	double stretch = width / table_width(d);
	if (stretch > STRETCH_MOST) stretch = STRETCH_MOST;
	for (size_t c = 0; c < d->sheet->count && stretch > 1; c++) d->columns[c].width *= stretch;
	return true;
}

struct status sheet_pdf(const struct sheet *sheet, const struct sheet_page *page, enum lang lang, struct arena *arena, struct text *out)
{
	if (json_array_size(sheet->rows) > ROWS_MOST)
		return status_make(STATUS_INVALID, "A PDF of more than 20,000 rows is read by nobody. Narrow the list, or take Excel or CSV.");
	struct drawing d = { .sheet = sheet, .page = page, .lang = lang, .arena = arena, .points = POINTS_MOST };
	struct paper_about about = { .title = tr(lang, sheet->title), .author = page->company, .reference = page->company, .lang = lang,
		.today = page->as_of };
	const char *bytes;
	size_t len;
	fill_cells(&d);
	struct measuring m = { .d = &d };
	TRY(paper_make(measure, &m, &about, arena, &bytes, &len));
	double standing = PAPER_WIDTH - 2 * PAPER_MARGIN, lying = PAPER_HEIGHT - 2 * PAPER_MARGIN;
	bool fits = fit(&d, &m, standing, 1, false);
	about.landscape = !fits; /* lying before smaller, and smaller until it fits */
	while (!fits) {
		fits = fit(&d, &m, lying, d.points / POINTS_MOST, d.points <= POINTS_LEAST);
		if (!fits) d.points -= 0.5;
	}
	about.head = draw_head;
	TRY(paper_make(draw, &d, &about, arena, &bytes, &len));
	text_add_bytes(out, bytes, len);
	return STATUS_FINE;
}
