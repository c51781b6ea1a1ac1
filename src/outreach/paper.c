#include "outreach/paper.h"

#include "base/day.h"
#include "base/memory.h"
#include "base/text.h"

#include <cairo-pdf.h>
#include <pango/pangocairo.h>
#include <qrencode.h>

/* Liberation Sans has Arial's widths and is in every Debian; DejaVu fills the gaps. Both are embedded as subsets. */
#define PAPER_FONT "Liberation Sans, DejaVu Sans"
#define MM         (72.0 / 25.4)
enum { BOTTOM_MM = 22 };

/* fontconfig keeps what it has read until the process ends: no leak of ours. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
	return "leak:libfontconfig\n";
}

struct paper {
	cairo_t *cairo;
	const struct paper_about *about;
	void *context;
	PangoLayout *line;                     /* used again and again by paper_line_cells */
	double y;
	int page, pages; /* pages 0: counting */
};

static cairo_status_t append(void *context, const unsigned char *bytes, unsigned len)
{
	text_add_bytes(context, (const char *)bytes, len);
	return CAIRO_STATUS_SUCCESS;
}

static PangoLayout *layout_new(struct paper *paper, double width, double points, enum paper_align align, bool markup, const char *text)
{
	PangoLayout *layout = pango_cairo_create_layout(paper->cairo);
	PangoFontDescription *font = pango_font_description_from_string(PAPER_FONT);
	pango_font_description_set_absolute_size(font, points * PANGO_SCALE);
	pango_layout_set_font_description(layout, font);
	pango_font_description_free(font);
	pango_context_set_language(pango_layout_get_context(layout), pango_language_from_string(lang_code(paper->about->lang)));
	if (width > 0) pango_layout_set_width(layout, (int)(width * MM * PANGO_SCALE));
	pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
	pango_layout_set_alignment(layout, align == PAPER_RIGHT ? PANGO_ALIGN_RIGHT : PANGO_ALIGN_LEFT);
	pango_layout_set_line_spacing(layout, 1.15f);
	if (markup)
		pango_layout_set_markup(layout, text, -1);
	else
		pango_layout_set_text(layout, text, -1);
	return layout;
}

static double layout_height(PangoLayout *layout)
{
	int height;
	pango_layout_get_size(layout, NULL, &height);
	return (double)height / PANGO_SCALE / MM;
}

double paper_width(const struct paper *paper)
{
	return paper->about->landscape ? PAPER_HEIGHT : PAPER_WIDTH;
}

double paper_height(const struct paper *paper)
{
	return paper->about->landscape ? PAPER_WIDTH : PAPER_HEIGHT;
}

bool paper_counting(const struct paper *paper)
{
	return paper->pages == 0;
}

double paper_measure(struct paper *paper, double width, double points, bool markup, const char *text)
{
	PangoLayout *layout = layout_new(paper, width, points, PAPER_LEFT, markup, text);
	double height = layout_height(layout);
	g_object_unref(layout);
	return height;
}

double paper_text(struct paper *paper, double x, double y, double width, double points, enum paper_align align, bool markup,
                  const char *text)
{
	PangoLayout *layout = layout_new(paper, width, points, align, markup, text);
	cairo_move_to(paper->cairo, x * MM, y * MM);
	pango_cairo_show_layout(paper->cairo, layout);
	double height = layout_height(layout);
	g_object_unref(layout);
	return height;
}

void paper_line(struct paper *paper, double x1, double y1, double x2, double y2, double width_mm, double grey)
{
	cairo_save(paper->cairo);
	cairo_set_source_rgb(paper->cairo, grey, grey, grey);
	cairo_set_line_width(paper->cairo, width_mm * MM);
	cairo_move_to(paper->cairo, x1 * MM, y1 * MM);
	cairo_line_to(paper->cairo, x2 * MM, y2 * MM);
	cairo_stroke(paper->cairo);
	cairo_restore(paper->cairo);
}

void paper_bar(struct paper *paper, double x, double y, double width, double height, unsigned rgb)
{
	cairo_save(paper->cairo);
	cairo_set_source_rgb(paper->cairo, (rgb >> 16 & 255) / 255.0, (rgb >> 8 & 255) / 255.0, (rgb & 255) / 255.0);
	cairo_rectangle(paper->cairo, x * MM, y * MM, width * MM, height * MM);
	cairo_fill(paper->cairo);
	cairo_restore(paper->cairo);
}

struct png_bytes {
	const char *at;
	size_t left;
};

static cairo_status_t read_png(void *context, unsigned char *out, unsigned int len)
{
	struct png_bytes *bytes = context;
	if (len > bytes->left) return CAIRO_STATUS_READ_ERROR;
	memcpy(out, bytes->at, len);
	bytes->at += len, bytes->left -= len;
	return CAIRO_STATUS_SUCCESS;
}

double paper_picture(struct paper *paper, double x, double y, double width, double height, const char *png, size_t len, double *drawn)
{
	struct png_bytes bytes = { png, len };
	cairo_surface_t *image = cairo_image_surface_create_from_png_stream(read_png, &bytes);
	double high = 0;
	*drawn = 0;
	if (cairo_surface_status(image) == CAIRO_STATUS_SUCCESS) {
		double w = cairo_image_surface_get_width(image), h = cairo_image_surface_get_height(image), scale = width / w < height / h ? width / w : height / h;
		cairo_save(paper->cairo);
		cairo_translate(paper->cairo, x * MM, y * MM);
		cairo_scale(paper->cairo, scale * MM, scale * MM);
		cairo_set_source_surface(paper->cairo, image, 0, 0);
		cairo_paint(paper->cairo);
		cairo_restore(paper->cairo);
		*drawn = w * scale, high = h * scale;
	}
	cairo_surface_destroy(image);
	return high;
}

bool paper_code(const char *payload, struct arena *arena, struct paper_code *out)
{
	QRcode *code = QRcode_encodeString8bit(payload, 0, QR_ECLEVEL_M);
	if (!code) return false;
	bool *dark = arena_array(arena, bool, (size_t)code->width * (size_t)code->width);
	for (int i = 0; i < code->width * code->width; i++) dark[i] = code->data[i] & 1;
	*out = (struct paper_code){ code->width, dark };
	QRcode_free(code);
	return true;
}

void paper_qr(struct paper *paper, double x, double y, double size, const char *payload)
{
	/* EPC 069-12: level M, at most version 13, bytes in UTF-8 (character set 1) */
	QRcode *code = QRcode_encodeString8bit(payload, 0, QR_ECLEVEL_M);
	if (!code) return;
	double module = size / code->width;
	for (int row = 0; row < code->width; row++)
		for (int column = 0; column < code->width; column++)
			if (code->data[row * code->width + column] & 1)
				cairo_rectangle(paper->cairo, (x + column * module) * MM, (y + row * module) * MM, module * MM, module * MM);
	cairo_fill(paper->cairo);
	QRcode_free(code);
}

/* --- flowing ---------------------------------------------------------------------------------------------------------------- */

static void foot(struct paper *paper)
{
	char words[32];
	snprintf(words, sizeof words, "%d/%d", paper->page, paper->pages);
	double y = paper_height(paper) - 14;
	if (paper->about->reference) paper_text(paper, PAPER_MARGIN, y, 140, 8, PAPER_LEFT, false, paper->about->reference);
	if (paper->pages > 1 || paper->about->head) paper_text(paper, paper_width(paper) - PAPER_MARGIN - 25, y, 25, 8, PAPER_RIGHT, false, words);
}

double paper_y(const struct paper *paper)
{
	return paper->y;
}

void paper_move(struct paper *paper, double y)
{
	paper->y = y;
}

void paper_new_page(struct paper *paper)
{
	foot(paper);
	cairo_show_page(paper->cairo);
	paper->page++;
	paper->y = PAPER_MARGIN;
	if (paper->about->head) paper->about->head(paper, paper->context);
}

void paper_room(struct paper *paper, double height)
{
	if (paper->y + height > paper_height(paper) - BOTTOM_MM && paper->y > PAPER_MARGIN) paper_new_page(paper);
}

/* Line by line, so that a long paragraph goes on over pages. */
void paper_paragraph(struct paper *paper, double points, double after_mm, bool markup, const char *text)
{
	PangoLayout *layout = layout_new(paper, paper_width(paper) - 2 * PAPER_MARGIN, points, PAPER_LEFT, markup, text);
	PangoLayoutIter *iter = pango_layout_get_iter(layout);
	do {
		PangoLayoutLine *line = pango_layout_iter_get_line_readonly(iter);
		PangoRectangle box;
		pango_layout_iter_get_line_extents(iter, NULL, &box);
		double height = (double)box.height / PANGO_SCALE / MM;
		double baseline = (double)(pango_layout_iter_get_baseline(iter) - box.y) / PANGO_SCALE / MM;
		paper_room(paper, height);
		cairo_move_to(paper->cairo, PAPER_MARGIN * MM, (paper->y + baseline) * MM);
		pango_cairo_show_layout_line(paper->cairo, line);
		paper->y += height;
	} while (pango_layout_iter_next_line(iter));
	pango_layout_iter_free(iter);
	g_object_unref(layout);
	paper->y += after_mm;
}

/* --- tables ------------------------------------------------------------------------------------------------------------------ */

static void draw_row(struct paper *paper, const struct paper_column *columns, size_t count, const char *const *cells, double points,
                     bool bold)
{
	double height = 0, x = PAPER_MARGIN;
	for (size_t i = 0; i < count; i++, x += columns[i - 1].width) {
		cleanup_text struct text markup = { 0 };
		char *escaped = g_markup_escape_text(cells[i], -1);
		text_addf(&markup, bold ? "<b>%s</b>" : "%s", escaped);
		g_free(escaped);
		double drawn = paper_text(paper, x + 0.8, paper->y + 0.9, columns[i].width - 1.6, points, columns[i].align, true, text_cstr(&markup));
		if (drawn > height) height = drawn;
	}
	paper->y += height + 1.8;
}

static void draw_head(struct paper *paper, const struct paper_column *columns, size_t count, double points)
{
	const char *heads[16];
	double width = 0;
	for (size_t i = 0; i < count; i++) heads[i] = columns[i].head, width += columns[i].width;
	draw_row(paper, columns, count, heads, points, true);
	paper_line(paper, PAPER_MARGIN, paper->y, PAPER_MARGIN + width, paper->y, 0.3, 0.35);
}

static bool fits(const struct paper *paper, double height)
{
	return paper->y + height <= paper_height(paper) - BOTTOM_MM || paper->y <= PAPER_MARGIN;
}

static void draw_carry(struct paper *paper, const struct paper_column *columns, size_t count, const struct paper_carry *carry, const char *label,
                       size_t row, double points)
{
	const char *cells[16];
	for (size_t i = 0; i < count; i++) cells[i] = "";
	cells[0] = label;
	cells[carry->column] = carry->sums[row];
	draw_row(paper, columns, count, cells, points, true);
}

void paper_table(struct paper *paper, const struct paper_column *columns, size_t column_count, const char *const *cells, size_t rows,
                 size_t totals, double points)
{
	paper_table_carried(paper, columns, column_count, cells, rows, totals, points, NULL);
}

void paper_table_carried(struct paper *paper, const struct paper_column *columns, size_t column_count, const char *const *cells, size_t rows,
                         size_t totals, double points, const struct paper_carry *carry)
{
	double width = 0;
	for (size_t i = 0; i < column_count; i++) width += columns[i].width;
	paper_room(paper, 20);
	draw_head(paper, columns, column_count, points);
	for (size_t row = 0; row < rows; row++) {
		const char *const *line = cells + row * column_count;
		double height = 0;
		for (size_t i = 0; i < column_count; i++) {
			double cell = paper_measure(paper, columns[i].width - 1.6, points, false, line[i]);
			if (cell > height) height = cell;
		}
		/* the first total stays with the row before it; below every other row there is room for the sum to carry over */
		enum { ONE_LINE_MM = 8 };
		bool room_below = totals && row + totals + 1 == rows ? true : carry && row + totals < rows;
		if (!fits(paper, height + 1.8 + (room_below ? ONE_LINE_MM : 0))) {
			if (carry && row) draw_carry(paper, columns, column_count, carry, carry->forward, row - 1, points);
			paper_new_page(paper);
			draw_head(paper, columns, column_count, points);
			if (carry && row) draw_carry(paper, columns, column_count, carry, carry->brought, row - 1, points);
		}
		bool total = row + totals >= rows;
		if (total && row + totals == rows) paper_line(paper, PAPER_MARGIN, paper->y, PAPER_MARGIN + width, paper->y, 0.3, 0.35);
		draw_row(paper, columns, column_count, line, points, total);
		if (!total) paper_line(paper, PAPER_MARGIN, paper->y, PAPER_MARGIN + width, paper->y, 0.1, 0.8);
	}
	paper->y += 3;
}

double paper_line_height(double points)
{
	return points * 1.35 / MM + 1.2;
}

static PangoLayout *line_layout(struct paper *paper, double points, bool bold)
{
	if (!paper->line) {
		paper->line = layout_new(paper, 0, points, PAPER_LEFT, false, "");
		pango_layout_set_single_paragraph_mode(paper->line, TRUE);
		pango_layout_set_ellipsize(paper->line, PANGO_ELLIPSIZE_END);
	}
	PangoFontDescription *font = pango_font_description_copy(pango_layout_get_font_description(paper->line));
	pango_font_description_set_absolute_size(font, points * PANGO_SCALE);
	pango_font_description_set_weight(font, bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
	pango_layout_set_font_description(paper->line, font);
	pango_font_description_free(font);
	return paper->line;
}

double paper_text_width(struct paper *paper, double points, bool bold, const char *text)
{
	PangoLayout *layout = line_layout(paper, points, bold);
	int width;
	pango_layout_set_width(layout, -1);
	pango_layout_set_text(layout, text, -1);
	pango_layout_get_size(layout, &width, NULL);
	return (double)width / PANGO_SCALE / MM;
}

void paper_line_cells(struct paper *paper, const struct paper_column *columns, size_t column_count, const char *const *cells, double points,
                      bool bold)
{
	double x = PAPER_MARGIN, height = paper_line_height(points);
	PangoLayout *layout = paper_counting(paper) ? NULL : line_layout(paper, points, bold);
	for (size_t i = 0; layout && i < column_count; i++, x += columns[i - 1].width) {
		if (!cells[i] || !*cells[i]) continue;
		pango_layout_set_width(layout, (int)((columns[i].width - 1.6) * MM * PANGO_SCALE));
		pango_layout_set_alignment(layout, columns[i].align == PAPER_RIGHT ? PANGO_ALIGN_RIGHT : PANGO_ALIGN_LEFT);
		pango_layout_set_text(layout, cells[i], -1);
		cairo_move_to(paper->cairo, (x + 0.8) * MM, (paper->y + 0.6) * MM);
		pango_cairo_show_layout(paper->cairo, layout);
	}
	paper->y += height;
}

/* --- making -------------------------------------------------------------------------------------------------------------------- */

static void draw_part(cairo_t *cairo, const struct paper_part *part, int pages, int *drawn)
{
	const struct paper_about *about = &part->about;
	cairo_save(cairo);
	cairo_translate(cairo, about->offset_x * MM, about->offset_y * MM);
	struct paper paper = { .cairo = cairo, .about = about, .context = part->context, .y = PAPER_MARGIN, .page = 1, .pages = pages };
	if (about->head) about->head(&paper, part->context);
	part->draw(&paper, part->context);
	foot(&paper);
	*drawn = paper.page;
	if (paper.line) g_object_unref(paper.line);
	cairo_show_page(cairo);
	cairo_restore(cairo);
}

/* pages NULL: counting, into drawn. */
static struct status draw_all(const struct paper_part *parts, size_t count, const int *pages, struct text *out, int *drawn)
{
	const struct paper_about *about = &parts[0].about;
	cairo_surface_t *surface = cairo_pdf_surface_create_for_stream(append, out, (about->landscape ? PAPER_HEIGHT : PAPER_WIDTH) * MM,
	                                                               (about->landscape ? PAPER_WIDTH : PAPER_HEIGHT) * MM);
	cairo_t *cairo = cairo_create(surface);
	char date[24], day[11];
	day_format(about->today, day);
	snprintf(date, sizeof date, "%sT00:00:00Z", day); /* the same facts give the same bytes */
	cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE, about->title);
	cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_AUTHOR, about->author ? about->author : "");
	cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATOR, "Encours");
	cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATE_DATE, date);
	for (size_t i = 0; i < count; i++) draw_part(cairo, &parts[i], pages ? pages[i] : 0, &drawn[i]);
	cairo_destroy(cairo);
	cairo_surface_finish(surface);
	cairo_status_t status = cairo_surface_status(surface);
	cairo_surface_destroy(surface);
	if (status == CAIRO_STATUS_SUCCESS) return STATUS_FINE;
	return status_make(STATUS_INTERNAL, "The PDF could not be drawn: %s.", cairo_status_to_string(status));
}

struct status paper_make_all(const struct paper_part *parts, size_t count, struct arena *arena, const char **bytes, size_t *len)
{
	cleanup_text struct text out = { 0 };
	int *pages = arena_array(arena, int, count + 1), *drawn = arena_array(arena, int, count + 1);
	TRY(draw_all(parts, count, NULL, &out, pages));
	text_clear(&out);
	TRY(draw_all(parts, count, pages, &out, drawn));
	*bytes = arena_strndup(arena, out.bytes, out.len);
	*len = out.len;
	return STATUS_FINE;
}

struct status paper_count(const struct paper_part *part, size_t *pages)
{
	cleanup_text struct text out = { 0 };
	int drawn = 0;
	TRY(draw_all(part, 1, NULL, &out, &drawn));
	*pages = (size_t)drawn;
	return STATUS_FINE;
}

struct status paper_make(paper_draw *draw, void *context, const struct paper_about *about, struct arena *arena, const char **bytes,
                         size_t *len)
{
	return paper_make_all(&(struct paper_part){ draw, context, *about }, 1, arena, bytes, len);
}
