/* draw — what pages draw on the server (bars, gauge, sparkline as coordinates for SVG), and addresses that keep the filters.
 *
 *     json_object_set_new(row, "bar", draw_ageing(&standing->ageing));              {{> bar}}
 *     json_object_set_new(model, "pager", page_pager(request, offset, 50, total));  {{> pager}}
 *     json_object_set_new(filter, "href", page_link(request, "state", "overdue"));  this page with one field changed
 */
#ifndef WEB_DRAW_H
#define WEB_DRAW_H

#include "web/web.h"

/* Parts of a bar from left to right: [{ "class", "x", "width" }] in percent of the whole, parts that are not positive left out.
 * whole <= 0: the sum of the parts. */
json_t *draw_bar(const int64_t *parts, const char *const *classes, size_t count, int64_t whole);
json_t *draw_ageing(const struct book_ageing *ageing); /* classes a0..a4, of the positive amounts */
/* { "x", "y", "band" } of the knob on the half circle of pages/gauge.html (centre 80,74, radius 62) for a score of 0..100. */
json_t *draw_gauge(double score);
/* "x,y x,y …" for a <polyline> of width × height; NULL values leave their point out. Null when fewer than two points. */
json_t *draw_spark(const double *values, const bool *known, size_t count, double width, double height);

/* A QR code as { "size", "path" }: squares of one unit for <path d>; null when it can't be made. Level M, as banks want it. */
json_t *draw_qr(const char *payload);

/* This page's address with its query fields kept, `name` set to value (NULL: taken away), and the offset dropped. */
json_t *page_link(const struct request *request, const char *name, const char *value);
/* The same as text in the arena. */
const char *page_address(const struct request *request, const char *name, const char *value);
/* { from, to, total, previous, next }; JSON null when everything fits on one page. */
json_t *page_pager(const struct request *request, size_t offset, size_t limit, size_t total);
/* Column head of a sorted list: { href, sorted: null | "ascending" | "descending" }; a click on the sorted one turns it round. */
json_t *page_sort(const struct request *request, const char *code, const char *sort, bool descending, bool descending_first);

#endif
