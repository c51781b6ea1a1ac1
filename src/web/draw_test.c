#include "web/draw.h"

#include "base/test.h"
#include "web/server.h"

static void parts_of_a_bar_touch_and_fill_it(void)
{
	static const char *const classes[] = { "a", "b", "c" };
	json_t *bar = draw_bar((const int64_t[]){ 1, 1, 1 }, classes, 3, 0);
	CHECK_INT(json_array_size(bar), 3);
	double end = 0;
	for (size_t i = 0; i < 3; i++) {
		json_t *part = json_array_get(bar, i);
		double x = json_real_value(json_object_get(part, "x"));
		CHECK(x > end - 0.001 && x < end + 0.001);
		end = x + json_real_value(json_object_get(part, "width"));
	}
	CHECK(end > 99.99 && end < 100.01);
	json_decref(bar);
}

static void credits_are_not_drawn(void)
{
	struct book_ageing ageing = { .bucket = { 0, 500, 0, 0, 500 }, .unallocated = -900 };
	json_t *bar = draw_ageing(&ageing);
	CHECK_INT(json_array_size(bar), 2);
	CHECK_TEXT(json_string_value(json_object_get(json_array_get(bar, 0), "class")), "a1");
	CHECK(json_real_value(json_object_get(json_array_get(bar, 1), "x")) == 50);
	json_decref(bar);
	bar = draw_ageing(&(struct book_ageing){ .unallocated = -1 });
	CHECK_INT(json_array_size(bar), 0);
	json_decref(bar);
}

static void the_gauge_runs_from_left_to_right(void)
{
	static const struct { double score, x; } cases[] = { { 0, 18 }, { 50, 80 }, { 100, 142 }, { 140, 142 }, { -3, 18 } };
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		json_t *knob = draw_gauge(cases[i].score);
		CHECK(json_real_value(json_object_get(knob, "x")) == cases[i].x);
		json_decref(knob);
	}
}

static void a_sparkline_needs_two_points(void)
{
	json_t *line = draw_spark((const double[]){ 1, 2, 3 }, (const bool[]){ true, false, false }, 3, 100, 20);
	CHECK(json_is_null(line));
	json_decref(line);
	line = draw_spark((const double[]){ 0, 9, 10 }, (const bool[]){ true, false, true }, 3, 100, 20);
	CHECK_TEXT(json_string_value(line), "0.0,20.0 100.0,0.0");
	json_decref(line);
}

static void links_keep_the_other_fields(void)
{
	cleanup_arena struct arena *arena = arena_new();
	struct exchange x = { .request = { .path = "/items", .arena = arena } };
	x.request.internal = &x;
	fields_add(&x.query, arena, "state", "overdue");
	fields_add(&x.query, arena, "q", "Cité & fils");
	fields_add(&x.query, arena, "offset", "100");
	CHECK_TEXT(page_address(&x.request, "sort", "-open"), "/items?state=overdue&q=Cit%C3%A9%20%26%20fils&sort=-open");
	CHECK_TEXT(page_address(&x.request, "state", NULL), "/items?q=Cit%C3%A9%20%26%20fils");
	json_t *pager = page_pager(&x.request, 100, 50, 130);
	CHECK_INT(json_integer_value(json_object_get(pager, "from")), 101);
	CHECK_INT(json_integer_value(json_object_get(pager, "to")), 130);
	CHECK(json_is_null(json_object_get(pager, "next")));
	CHECK_TEXT(json_string_value(json_object_get(pager, "previous")), "/items?state=overdue&q=Cit%C3%A9%20%26%20fils&offset=50");
	json_decref(pager);
	pager = page_pager(&x.request, 0, 50, 50);
	CHECK(json_is_null(pager));
	json_decref(pager);
	json_t *head = page_sort(&x.request, "open", "open", true, true);
	CHECK_TEXT(json_string_value(json_object_get(head, "sorted")), "descending");
	CHECK(strstr(json_string_value(json_object_get(head, "href")), "sort=open"));
	json_decref(head);
}

TESTS({ "parts of a bar touch and fill it", parts_of_a_bar_touch_and_fill_it }, { "credits are not drawn", credits_are_not_drawn },
      { "the gauge runs from left to right", the_gauge_runs_from_left_to_right },
      { "a sparkline needs two points", a_sparkline_needs_two_points },
      { "links keep the other fields", links_keep_the_other_fields }, )
