/* promises — the week's promises as a grid: a day each, what is expected on it, and what came of it; how many were kept in a year. */
#include "web/casework_page.h"

#include "base/calendar.h"
#include "base/day.h"
#include "base/memory.h"
#include "dunning/plan_load.h"
#include "ledger/promise.h"
#include "outreach/casework.h"
#include "web/draw.h"

#include <string.h>

struct week {
	struct request *request;
	const struct book *book;
	int32_t monday;
	json_t *days[7];
	int64_t sums[7], received[7];
	size_t counts[7];
};

static json_t *promise_row(const struct week *week, const struct promise *promise)
{
	json_t *items = json_array();
	for (size_t k = 0; k < promise->item_count; k++) {
		size_t at = book_find_item(week->book, promise->items[k]);
		json_array_append_new(items, json_pack("{s:I, s:s}", "id", (json_int_t)promise->items[k], "number",
		                                       at != SIZE_MAX ? book_item(week->book, at, week->request->as_of).number : ""));
	}
	return json_pack("{s:I, s:s, s:s, s:I, s:I, s:s, s:s, s:s, s:o, s:o, s:o}", "id", (json_int_t)promise->id, "customer", promise->customer_code, "name",
	                 promise->customer_name, "amount", (json_int_t)promise->amount, "received", (json_int_t)promise->received, "currency", promise->currency,
	                 "state", promise->state, "note", promise->note, "made_on", model_day(promise->made_day), "date", model_day(promise->day), "items", items);
}

static void place(struct week *week, const struct promise *promise)
{
	int32_t at = promise->day - week->monday;
	if (at < 0 || at > 6 || strcmp(promise->state, "cancelled") == 0) return;
	json_array_append_new(week->days[at], promise_row(week, promise));
	week->counts[at]++;
	if (strcmp(promise->currency, week->request->company.currency) != 0) return;
	week->sums[at] += promise->amount;
	week->received[at] += promise->received < promise->amount ? promise->received : promise->amount;
}

/* kpi.md section 4: fallen due in the last 365 days; by count, and by amount. */
static json_t *kept_rates(const struct request *request, const struct promise *promises, size_t count)
{
	int64_t due = 0, kept = 0, streak = 0, amount = 0, received = 0;
	bool running = true;
	for (size_t i = 0; i < count; i++) { /* newest first */
		const struct promise *one = &promises[i];
		bool over = strcmp(one->state, "kept") == 0 || strcmp(one->state, "partly_kept") == 0 || strcmp(one->state, "broken") == 0;
		if (!over || one->day <= request->as_of - 365) continue;
		due++;
		kept += strcmp(one->state, "kept") == 0;
		if (running && strcmp(one->state, "broken") == 0) streak++;
		else running = false;
		if (strcmp(one->currency, request->company.currency) != 0) continue;
		amount += one->amount;
		/* kept ones of an earlier build have no amount of their own */
		received += strcmp(one->state, "kept") == 0 || one->received > one->amount ? one->amount : one->received;
	}
	return json_pack("{s:I, s:I, s:o, s:o, s:I, s:I}", "due", (json_int_t)due, "kept", (json_int_t)kept, "rate", due ? json_real((double)kept / (double)due) : json_null(),
	                 "amount_rate", amount ? json_real((double)received / (double)amount) : json_null(), "amount", (json_int_t)amount, "received", (json_int_t)received);
}

static struct status promises_show(struct request *request)
{
	struct promise *promises;
	size_t count;
	int32_t day = request->today;
	const char *asked = request_field(request, "week");
	if (asked && *asked && !day_parse(asked, strlen(asked), &day)) return status_make(STATUS_INVALID, "“%.40s” is no date: write it as 2025-09-30.", asked);
	struct week week = { .request = request, .monday = day - (day_weekday(day) - 1) };
	TRY(request_book(request, &week.book));
	TRY(promise_list(request->db, request->viewer, request->company.id, 0, false, request->arena, &promises, &count));
	for (int d = 0; d < 7; d++) week.days[d] = json_array();
	int64_t open = 0;
	size_t waiting = 0;
	json_t *late = json_array();
	for (size_t i = 0; i < count; i++) {
		place(&week, &promises[i]);
		if (strcmp(promises[i].state, "expected") != 0) continue;
		waiting++;
		if (strcmp(promises[i].currency, request->company.currency) == 0) open += promises[i].amount;
		if (promises[i].day < request->today) json_array_append_new(late, promise_row(&week, &promises[i]));
	}
	struct calendar calendar = calendar_of(request->settings, request->company.country, request->arena);
	json_t *days = json_array(), *all = json_array();
	int64_t sum = 0, received = 0;
	for (int d = 0; d < 7; d++) {
		int32_t at = week.monday + d;
		size_t i;
		json_t *row;
		json_array_foreach(week.days[d], i, row) json_array_append(all, row);
		sum += week.sums[d], received += week.received[d];
		if (d >= 5 && !week.counts[d]) { /* a weekend is shown when something is promised for it */
			json_decref(week.days[d]);
			continue;
		}
		json_array_append_new(days, json_pack("{s:o, s:b, s:b, s:I, s:I, s:I, s:o}", "date", model_day(at), "today", at == request->today, "closed",
		                                      !calendar_works(&calendar, at), "count", (json_int_t)week.counts[d], "sum", (json_int_t)week.sums[d], "received",
		                                      (json_int_t)week.received[d], "promises", week.days[d]));
	}
	json_t *model = request->model;
	char iso[11];
	json_object_set_new(model, "title", json_string("Promises"));
	json_object_set_new(model, "currency", json_string(request->company.currency));
	json_object_set_new(model, "from", model_day(week.monday));
	json_object_set_new(model, "to", model_day(week.monday + 6));
	json_object_set_new(model, "promises", all);
	json_object_set_new(model, "days", days);
	json_object_set_new(model, "sum", json_integer(sum));
	json_object_set_new(model, "received", json_integer(received));
	json_object_set_new(model, "waiting", json_integer((json_int_t)waiting));
	json_object_set_new(model, "open", json_integer(open));
	json_object_set_new(model, "late", json_array_size(late) ? json_pack("{s:I, s:O}", "count", (json_int_t)json_array_size(late), "promises", late) : json_null());
	json_decref(late);
	json_object_set_new(model, "grace", json_integer(setting_int(request->settings, "promise.grace_days")));
	json_object_set_new(model, "year", kept_rates(request, promises, count));
	day_format(week.monday - 7, iso);
	json_object_set_new(model, "previous", page_link(request, "week", iso));
	day_format(week.monday + 7, iso);
	json_object_set_new(model, "next", page_link(request, "week", iso));
	json_object_set_new(model, "this_week", page_link(request, "week", NULL));
	casework_tabs(request, "promises");
	return STATUS_FINE;
}

static struct status confirm_work(struct change *change, void *context)
{
	struct request *request = context;
	return casework_confirm_promise(change, request_int(request, "id", 0), request->arena);
}

static struct status promise_confirmed(struct request *request)
{
	TRY(request_change(request, confirm_work, request));
	request->notice = tr(request->lang, "Confirmation written: it leaves with the next messages.");
	request->redirect = request_back(request, "/promises");
	return STATUS_FINE;
}

const struct route promises_routes[] = {
	{ "GET", "/promises", RIGHT_READ, promises_show, .template = "promises", .menu = MENU_DISPUTES, .summary = "Promises of a week", .fields = "week" },
	{ "POST", "/promises/{id}/confirm", RIGHT_COLLECT, promise_confirmed, .menu = MENU_DISPUTES, .summary = "Confirm a promise to the customer by mail" },
	{ 0 },
};
