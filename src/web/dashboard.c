/* dashboard — the day's figures and answers as a page; what it says is computed in insight. */
#include "web/figures_page.h"

#include "base/words.h"
#include "insight/dashboard.h"
#include "web/draw.h"
#include "web/item_view.h"

#include <string.h>

/* "Vendredi 21 novembre 2025": a title starts with a capital. */
static json_t *day_title(const struct request *request)
{
	cleanup_text struct text title = { 0 };
	words_date_full(&title, request->lang, request->as_of);
	if (title.len && title.bytes[0] >= 'a' && title.bytes[0] <= 'z') title.bytes[0] = (char)(title.bytes[0] - 'a' + 'A');
	return json_string(text_cstr(&title));
}

static void draw_rows(json_t *model)
{
	size_t i;
	json_t *row;
	struct book_ageing ageing = { 0 };
	json_t *aged = json_object_get(model, "ageing");
	json_array_foreach(json_object_get(aged, "rows"), i, row)
		if (i < BOOK_BUCKETS) ageing.bucket[i] = json_integer_value(json_object_get(row, "amount"));
	json_object_set_new(aged, "bar", draw_ageing(&ageing));
	json_array_foreach(json_object_get(json_object_get(model, "top"), "customers"), i, row) {
		for (size_t k = 0; k < BOOK_BUCKETS; k++)
			ageing.bucket[k] = json_integer_value(json_array_get(json_object_get(row, "buckets"), k));
		json_object_set_new(row, "bar", draw_ageing(&ageing));
	}
	json_t *blocked = json_object_get(json_object_get(model, "answers"), "blocked"), *part;
	int64_t amounts[8];
	const char *fills[8];
	size_t count = 0;
	json_array_foreach(json_object_get(blocked, "parts"), i, part)
		if (count < 8) {
			amounts[count] = json_integer_value(json_object_get(part, "amount"));
			fills[count++] = json_string_value(json_object_get(part, "fill"));
		}
	json_object_set_new(blocked, "bar", draw_bar(amounts, fills, count, 0));
}

static struct status dashboard_show(struct request *request)
{
	struct report_context context;
	json_t *model;
	TRY(view_context(request, &context));
	TRY(dashboard_make(&context, &model));
	json_object_update(request->model, model);
	json_decref(model);
	if (request->json) return STATUS_FINE;
	draw_rows(request->model);
	json_object_set_new(request->model, "title", json_string("Dashboard"));
	json_object_set_new(request->model, "day_title", day_title(request));
	return STATUS_FINE;
}

const struct route dashboard_routes[] = {
	{ "GET", "/dashboard", RIGHT_READ, dashboard_show, .template = "dashboard", .menu = MENU_DASHBOARD, .kept = true, .summary = "The day's figures and answers",
	  .fields = "as_of" },
	{ 0 },
};
