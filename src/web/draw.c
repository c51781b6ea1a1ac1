#include "web/draw.h"

#include "web/server.h"

#include <math.h>
#include <qrencode.h>
#include <stdlib.h>
#include <string.h>

json_t *draw_bar(const int64_t *parts, const char *const *classes, size_t count, int64_t whole)
{
	int64_t sum = 0;
	for (size_t i = 0; i < count; i++)
		if (parts[i] > 0) sum += parts[i];
	if (whole < sum) whole = sum;
	json_t *bar = json_array();
	if (whole <= 0) return bar;
	int64_t before = 0;
	for (size_t i = 0; i < count; i++) {
		if (parts[i] <= 0) continue;
		/* both ends are rounded, not the width: neighbours always touch */
		double from = round((double)before / (double)whole * 10000) / 100;
		double to = round((double)(before + parts[i]) / (double)whole * 10000) / 100;
		json_array_append_new(bar, json_pack("{s:s, s:f, s:f}", "class", classes[i], "x", from, "width", round((to - from) * 100) / 100));
		before += parts[i];
	}
	return bar;
}

json_t *draw_ageing(const struct book_ageing *ageing)
{
	static const char *const classes[BOOK_BUCKETS] = { "a0", "a1", "a2", "a3", "a4" };
	return draw_bar(ageing->bucket, classes, BOOK_BUCKETS, 0);
}

json_t *draw_gauge(double score)
{
	double angle = M_PI * (1 - fmin(fmax(score, 0), 100) / 100);
	return json_pack("{s:f, s:f}", "x", round((80 + 62 * cos(angle)) * 10) / 10, "y", round((74.4 - 62 * sin(angle)) * 10) / 10);
}

json_t *draw_qr(const char *payload)
{
	QRcode *code = payload ? QRcode_encodeString8bit(payload, 0, QR_ECLEVEL_M) : NULL;
	if (!code) return json_null();
	cleanup_text struct text path = { 0 };
	for (int row = 0; row < code->width; row++)
		for (int column = 0; column < code->width;) {
			int run = 0;
			while (column + run < code->width && code->data[row * code->width + column + run] & 1) run++;
			if (run) text_addf(&path, "M%d %dh%dv1h-%dz", column, row, run, run);
			column += run ? run : 1;
		}
	int width = code->width;
	QRcode_free(code);
	return json_pack("{s:i, s:s}", "size", width, "path", text_cstr(&path));
}

json_t *draw_spark(const double *values, const bool *known, size_t count, double width, double height)
{
	double low = INFINITY, high = -INFINITY;
	size_t points = 0;
	for (size_t i = 0; i < count; i++)
		if (known[i]) low = fmin(low, values[i]), high = fmax(high, values[i]), points++;
	if (points < 2) return json_null();
	cleanup_text struct text out = { 0 };
	for (size_t i = 0; i < count; i++) {
		if (!known[i]) continue;
		double x = (double)i / (double)(count - 1) * width;
		double y = high > low ? (high - values[i]) / (high - low) * height : height / 2;
		text_addf(&out, "%s%.1f,%.1f", out.len ? " " : "", x, y);
	}
	return json_string(text_cstr(&out));
}

/* --- addresses ----------------------------------------------------------------------------------------------------------- */
const char *page_address(const struct request *request, const char *name, const char *value)
{
	const struct exchange *x = exchange_of(request);
	cleanup_text struct text out = { 0 };
	text_add(&out, request->path);
	char mark = '?';
	for (const struct field *field = x ? x->query.first : NULL; field; field = field->next) {
		if (strcmp(field->name, name) == 0 || strcmp(field->name, "offset") == 0 || strcmp(field->name, "lang") == 0 || !*field->value) continue;
		text_add_char(&out, mark);
		url_encode(&out, field->name);
		text_add_char(&out, '=');
		url_encode(&out, field->value);
		mark = '&';
	}
	if (value) {
		text_add_char(&out, mark);
		url_encode(&out, name);
		text_add_char(&out, '=');
		url_encode(&out, value);
	}
	return arena_strdup(request->arena, text_cstr(&out));
}

json_t *page_link(const struct request *request, const char *name, const char *value)
{
	return json_string(page_address(request, name, value));
}

json_t *page_pager(const struct request *request, size_t offset, size_t limit, size_t total)
{
	if (limit == 0 || (offset == 0 && total <= limit)) return json_null();
	char previous[24], next[24];
	snprintf(previous, sizeof previous, "%zu", offset > limit ? offset - limit : 0);
	snprintf(next, sizeof next, "%zu", offset + limit);
	size_t to = offset + limit < total ? offset + limit : total;
	return json_pack("{s:I, s:I, s:I, s:o, s:o}", "from", (json_int_t)(offset < total ? offset + 1 : total), "to", (json_int_t)to, "total",
	                 (json_int_t)total, "previous",
	                 offset == 0 ? json_null() : page_link(request, "offset", offset > limit ? previous : NULL), "next",
	                 to < total ? page_link(request, "offset", next) : json_null());
}

json_t *page_sort(const struct request *request, const char *code, const char *sort, bool descending, bool descending_first)
{
	bool here = strcmp(code, sort) == 0;
	bool down = here ? !descending : descending_first;
	cleanup_text struct text value = { 0 };
	text_addf(&value, "%s%s", down ? "-" : "", code);
	return json_pack("{s:o, s:o}", "href", page_link(request, "sort", text_cstr(&value)), "sorted",
	                 here ? json_string(descending ? "descending" : "ascending") : json_null());
}
