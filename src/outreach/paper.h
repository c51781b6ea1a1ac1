/* paper — A4 pages drawn with pango and cairo: text in millimetres and points, tables that go on over pages, QR codes.
 *
 * A document is drawn twice by its function: once to count its pages, once for good, so that each says "page n/N".
 *
 *     TRY(paper_make(draw, context, &(struct paper_about){ .title = "Relevé de compte", .lang = LANG_FR, .today = today }, arena, &pdf, &len));
 */
#ifndef OUTREACH_PAPER_H
#define OUTREACH_PAPER_H

#include "base/arena.h"
#include "base/locale.h"
#include "base/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct paper;
#define PAPER_WIDTH  210.0
#define PAPER_HEIGHT 297.0
#define PAPER_MARGIN 20.0 /* of a page that stands, as the two above; paper_width and paper_height ask the page itself */

struct paper_about {
	const char *title, *author, *reference; /* reference: repeated at the foot of each page */
	enum lang lang;
	int32_t today;
	double offset_x, offset_y; /* of the printer, mm */
	bool landscape;
	void (*head)(struct paper *paper, void *context); /* drawn at the top of each page; NULL: nothing */
};
typedef void paper_draw(struct paper *paper, void *context);
struct status paper_make(paper_draw *draw, void *context, const struct paper_about *about, struct arena *arena, const char **bytes,
                         size_t *len);

/* Several documents in one file, each with pages of its own count. */
struct paper_part {
	paper_draw *draw;
	void *context;
	struct paper_about about;
};
struct status paper_make_all(const struct paper_part *parts, size_t count, struct arena *arena, const char **bytes, size_t *len);
struct status paper_count(const struct paper_part *part, size_t *pages);

double paper_width(const struct paper *paper);   /* mm */
double paper_height(const struct paper *paper);
bool paper_counting(const struct paper *paper);  /* the first time: only where pages end matters */

enum paper_align { PAPER_LEFT, PAPER_RIGHT };
/* Text in a box from its top left corner; wraps at `width`. Returns its height in mm. markup: pango's, already escaped. */
double paper_text(struct paper *paper, double x, double y, double width, double points, enum paper_align align, bool markup,
                  const char *text);
/* What its height would be. */
double paper_measure(struct paper *paper, double width, double points, bool markup, const char *text);
void paper_line(struct paper *paper, double x1, double y1, double x2, double y2, double width_mm, double grey);
void paper_bar(struct paper *paper, double x, double y, double width, double height, unsigned rgb); /* 0xRRGGBB */
/* Its squares, row by row: width × width. False when it can't be made. */
struct paper_code {
	int width;
	const bool *dark;
};
bool paper_code(const char *payload, struct arena *arena, struct paper_code *out);
void paper_qr(struct paper *paper, double x, double y, double size, const char *payload); /* nothing when it can't be made */

/* A PNG of ours within a box, keeping its shape, from its top left corner; *drawn gets its width, the height is returned. 0 when it can't be read. */
double paper_picture(struct paper *paper, double x, double y, double width, double height, const char *png, size_t len, double *drawn);

/* Flowing down the page between the margins; a new page is begun when there is no room. */
double paper_y(const struct paper *paper);
void paper_move(struct paper *paper, double y);
void paper_room(struct paper *paper, double height); /* a new page unless that much is left */
void paper_new_page(struct paper *paper);
void paper_paragraph(struct paper *paper, double points, double after_mm, bool markup, const char *text);

struct paper_column {
	const char *head;
	double width;
	enum paper_align align;
};
/* Rows of column_count cells; the last `totals` rows are bold under a line. The head is repeated on each page. */
void paper_table(struct paper *paper, const struct paper_column *columns, size_t column_count, const char *const *cells, size_t rows,
                 size_t totals, double points);

/* The same, with the sum so far at the foot of each page ("à reporter") and at the head of the next ("report"). */
struct paper_carry {
	const char *forward, *brought; /* what the two lines are called, in the first column */
	const char *const *sums;       /* after each row but the totals */
	size_t column;                 /* where they stand */
};
void paper_table_carried(struct paper *paper, const struct paper_column *columns, size_t column_count, const char *const *cells, size_t rows,
                         size_t totals, double points, const struct paper_carry *carry);

/* One line of a long table at paper_y: each cell on one line, cut with an ellipsis where it is too wide; moves down by its
 * height. For tables of thousands of rows: nothing is measured, and nothing drawn while counting. */
void paper_line_cells(struct paper *paper, const struct paper_column *columns, size_t column_count, const char *const *cells, double points,
                      bool bold);
double paper_line_height(double points);
double paper_text_width(struct paper *paper, double points, bool bold, const char *text); /* of one line, mm */

#endif
