/* disputes — the board: cases by state with their countdown, blockages apart, what the last twelve months say; and how each type is
 * handled. */
#include "web/casework_page.h"

#include "access/user.h"
#include "base/day.h"
#include "base/memory.h"
#include "base/money.h"
#include "insight/dispute_figures.h"
#include "web/draw.h"
#include "web/item_view.h"

#include <string.h>

void casework_tabs(struct request *request, const char *on)
{
	static const struct { const char *code, *label, *href; } tabs[] = { /* msgids */ { "disputes", "Disputes", "/disputes" },
		{ "promises", "Promises", "/promises" }, { "plans", "Payment plans", "/plans" }, { "holds", "Holds", "/holds" }, { "bills", "Bills, assigned claims…", "/bills" } };
	json_t *bar = json_array();
	for (size_t i = 0; i < COUNT(tabs); i++)
		json_array_append_new(bar, json_pack("{s:s, s:s, s:b, s:n}", "label", tabs[i].label, "href", tabs[i].href, "on", strcmp(on, tabs[i].code) == 0, "count"));
	json_object_set_new(request->model, "tabs", bar);
}

json_t *casework_people(struct request *request, int64_t chosen)
{
	json_t *list = json_array();
	struct user *users;
	size_t count;
	if (user_list(request->db, request->viewer, request->arena, &users, &count).code) return list;
	for (size_t i = 0; i < count; i++)
		if (!users[i].disabled)
			json_array_append_new(list, json_pack("{s:I, s:s, s:b}", "id", (json_int_t)users[i].id, "name", *users[i].name ? users[i].name : users[i].email,
			                                      "on", users[i].id == chosen));
	return list;
}

/* How long is left: what the chip says and its colour. */
static json_t *clock_of(const struct dispute_case *one, int32_t today)
{
	int days = 0;
	if (one->state == CASE_CLOSED)
		return json_pack("{s:s, s:s, s:i}", "code", "solved", "tone", "ok", "days", (int)(one->closed_day - one->opened_day));
	if (one->paused_day != DAY_NONE) return json_pack("{s:s, s:s, s:i}", "code", "paused", "tone", "", "days", (int)(today - one->paused_day));
	if (!dispute_case_left(one, today, &days)) return json_null();
	const char *code = days < 0 ? "late" : days == 0 ? "today" : days == 1 ? "tomorrow" : "left";
	return json_pack("{s:s, s:s, s:i}", "code", code, "tone", days < 0 ? "bad" : days <= 1 ? "warn" : "ok", "days", days < 0 ? -days : days);
}

static const char *initials(struct arena *arena, const char *name)
{
	cleanup_text struct text out = { 0 };
	size_t taken = 0;
	for (const char *p = name; *p && taken < 2;) {
		p += strspn(p, " .-_");
		if (!*p || *p == '@') break;
		size_t len = 1;
		while (((unsigned char)p[len] & 0xc0) == 0x80) len++;
		text_add_bytes(&out, p, len), taken++;
		p += strcspn(p, " .-_@");
	}
	for (size_t i = 0; i < out.len; i++)
		if (out.bytes[i] >= 'a' && out.bytes[i] <= 'z') out.bytes[i] = (char)(out.bytes[i] - 'a' + 'A');
	return arena_strdup(arena, text_cstr(&out));
}

json_t *dispute_row(const struct request *request, const struct dispute_case *one)
{
	char number[24];
	json_t *items = json_array();
	for (size_t i = 0; i < one->part_count; i++)
		json_array_append_new(items, json_pack("{s:I, s:s, s:I, s:I, s:b}", "id", (json_int_t)one->parts[i].item_id, "number", one->parts[i].number, "amount",
		                                       (json_int_t)one->parts[i].contested, "open", (json_int_t)one->parts[i].open, "closed", one->parts[i].closed));
	const char *owner = *one->owner_name ? one->owner_name : one->owner_email;
	json_t *row = json_pack("{s:I, s:s, s:s, s:s, s:s, s:s, s:s, s:b, s:s, s:s, s:s, s:I, s:s, s:o}", "id", (json_int_t)one->id, "number",
	                        dispute_case_number(one, number), "customer", one->customer_code, "name", one->customer_name, "kind", one->kind->code, "label",
	                        one->kind->label, "icon", one->kind->icon, "blockage", one->kind->blockage, "state", dispute_state_code(one->state),
	                        "state_label", dispute_state_label(one->state), "note", one->note, "amount", (json_int_t)one->amount, "currency", one->currency,
	                        "items", items);
	json_object_set_new(row, "owner", *owner ? json_string(owner) : json_null());
	json_object_set_new(row, "initials", *owner ? json_string(initials(request->arena, owner)) : json_null());
	json_object_set_new(row, "opened_on", model_day(one->opened_day));
	json_object_set_new(row, "due_on", model_day(one->due_day));
	json_object_set_new(row, "closed_on", model_day(one->closed_day));
	json_object_set_new(row, "credit_on", model_day(one->credit_item_id ? DAY_NONE : one->credit_day));
	json_object_set_new(row, "credit_amount", one->credit_amount ? json_integer(one->credit_amount) : json_null());
	json_object_set_new(row, "proposed", one->credit_item_id && one->state != CASE_CLOSED ? json_string(one->credit_number) : json_null());
	json_object_set_new(row, "outcome", *one->outcome ? json_string(one->outcome) : json_null());
	json_object_set_new(row, "paid", json_boolean(one->state != CASE_CLOSED && one->amount == 0));
	json_object_set_new(row, "clock", clock_of(one, request->today));
	return row;
}

/* --- what twelve months say ------------------------------------------------------------------------------------------------------ */
static double mean(int64_t sum, size_t count) { return count ? (double)sum / (double)count : 0; }

static json_t *group_row(const struct dispute_group *group, int64_t whole)
{
	return json_pack("{s:s, s:s, s:b, s:I, s:I, s:I, s:I, s:f, s:o, s:o, s:f}", "code", group->code, "label", group->label, "blockage", group->blockage, "amount",
	                 (json_int_t)group->amount, "granted", (json_int_t)group->granted, "count", (json_int_t)group->count, "closed",
	                 (json_int_t)group->closed, "share", whole > 0 ? (double)group->amount / (double)whole : 0.0, "median",
	                 group->median < 0 ? json_null() : json_integer(group->median), "mean", group->closed ? json_real(mean(group->days, group->closed)) : json_null(),
	                 "in_time", group->answered ? (double)group->in_time / (double)group->answered : 0.0);
}

static void set_figures(struct request *request, const struct dispute_case *cases, size_t count)
{
	struct dispute_figures *figures = arena_make(request->arena, struct dispute_figures);
	const char *rate = setting_text(request->settings, "dispute.funds_rate");
	int64_t basis = 0;
	amount_parse(rate, strlen(rate), (struct amount_style){ '.', 2 }, &basis);
	dispute_figures(cases, count, &(struct dispute_figures_options){ .currency = request->company.currency, .from = request->as_of - 365, .to = request->as_of,
	                .handling = setting_int(request->settings, "dispute.cost"), .funds_rate = (int)basis }, figures);
	json_t *types = json_array(), *owners = json_array(), *months = json_array(), *x = json_array(), *values = json_array(), *share = json_array();
	int64_t sum = 0;
	for (size_t i = 0; i < figures->type_count; i++) {
		const struct dispute_group *group = &figures->types[i];
		json_array_append_new(types, group_row(group, group->blockage ? 0 : figures->all.amount));
		if (group->blockage) continue;
		sum += group->amount;
		json_array_append_new(x, json_string(tr(request->lang, group->label)));
		json_array_append_new(values, json_integer(group->amount));
		json_array_append_new(share, json_real(figures->all.amount > 0 ? (double)sum / (double)figures->all.amount : 0));
	}
	for (size_t i = 0; i < figures->owner_count; i++) json_array_append_new(owners, group_row(&figures->owners[i], figures->all.amount));
	for (size_t m = 0; m < DISPUTE_MONTHS; m++) {
		const struct dispute_month *month = &figures->months[m];
		struct civil civil = day_civil(month->first_day);
		json_array_append_new(months, json_pack("{s:s, s:I, s:I, s:I, s:I, s:o}", "month", arena_printf(request->arena, "%04d-%02d", civil.year, civil.month),
		                                        "opened", (json_int_t)month->opened, "closed", (json_int_t)month->closed, "amount", (json_int_t)month->amount,
		                                        "granted", (json_int_t)month->granted, "mean", month->closed ? json_real(mean(month->days, month->closed)) : json_null()));
	}
	const struct dispute_group *all = &figures->all;
	json_t *year = json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "count", (json_int_t)all->count, "blockages", (json_int_t)figures->blockages.count,
	                         "amount", (json_int_t)all->amount, "granted", (json_int_t)(all->granted + figures->blockages.granted), "funds_cost",
	                         (json_int_t)figures->funds_cost, "handling_cost", (json_int_t)figures->handling_cost, "accepted", (json_int_t)figures->accepted,
	                         "refused", (json_int_t)figures->refused, "written_off", (json_int_t)figures->written_off);
	json_object_set_new(year, "cost", json_integer(all->granted + figures->blockages.granted + figures->funds_cost + figures->handling_cost));
	json_object_set_new(year, "median", all->median < 0 ? json_null() : json_integer(all->median));
	json_object_set_new(year, "in_time", all->answered ? json_real((double)all->in_time / (double)all->answered) : json_null());
	json_object_set_new(year, "credited", all->closed ? json_real((double)(figures->accepted + figures->settled) / (double)all->closed) : json_null());
	json_object_set_new(year, "first", figures->type_count && !figures->types[0].blockage ? group_row(&figures->types[0], all->amount) : json_null());
	const struct dispute_group *slow = NULL;
	const struct dispute_kind *kind = NULL;
	for (size_t i = 0; i < figures->type_count; i++)
		if (figures->types[i].closed && (!slow || mean(figures->types[i].days, figures->types[i].closed) > mean(slow->days, slow->closed))) slow = &figures->types[i];
	struct dispute_policy policy = { 0 };
	if (slow) kind = dispute_kind(slow->code), dispute_policy(request->settings, kind, &policy);
	json_object_set_new(year, "slowest", slow ? json_pack("{s:s, s:s, s:f, s:i, s:b}", "label", slow->label, "icon", kind->icon, "mean", mean(slow->days, slow->closed),
	                                                       "days", policy.days, "over", mean(slow->days, slow->closed) > policy.days) : json_null());
	json_object_set_new(year, "types", types);
	json_object_set_new(year, "owners", owners);
	json_object_set_new(year, "months", months);
	json_object_set_new(year, "chart", json_pack("{s:o, s:o, s:o, s:s, s:s, s:s}", "x", x, "values", values, "share", share, "name",
	                                             tr(request->lang, "Contested amount"), "share_name", tr(request->lang, "Running total"), "currency",
	                                             request->company.currency));
	json_object_set_new(request->model, "year", year);
}

/* --- the board -------------------------------------------------------------------------------------------------------------------- */
static bool chosen(const struct request *request, const struct dispute_case *one)
{
	const char *family = request_field(request, "family"), *reason = request_field(request, "reason");
	if (family && strcmp(family, "dispute") == 0 && one->kind->blockage) return false;
	if (family && strcmp(family, "blockage") == 0 && !one->kind->blockage) return false;
	if (reason && *reason && strcmp(reason, one->kind->code) != 0) return false;
	if (request_field(request, "mine") && one->owner_id != request->viewer->user_id) return false;
	if (request_field(request, "late") && !(one->state != CASE_CLOSED && one->paused_day == DAY_NONE && one->due_day != DAY_NONE && one->due_day < request->today))
		return false;
	return true;
}

static void set_filters(struct request *request, size_t disputes, size_t blockages, size_t mine, size_t late)
{
	const char *family = request_field(request, "family");
	bool only_mine = request_field(request, "mine") != NULL, only_late = request_field(request, "late") != NULL;
	json_t *filters = json_array();
	const struct { const char *code, *label, *icon; size_t count; } families[] = { { NULL, "All cases", NULL, disputes + blockages },
		{ "dispute", "Disputes", "message-report", disputes }, { "blockage", "Administrative blockages", "file-off", blockages } };
	for (size_t i = 0; i < COUNT(families); i++)
		json_array_append_new(filters, json_pack("{s:s, s:s?, s:I, s:b, s:o}", "label", families[i].label, "icon", families[i].icon, "count",
		                                         (json_int_t)families[i].count, "on",
		                                         families[i].code ? family && strcmp(family, families[i].code) == 0 : !family || !*family, "href",
		                                         page_link(request, "family", families[i].code)));
	json_array_append_new(filters, json_pack("{s:s, s:s, s:I, s:b, s:o}", "label", "Answer late", "icon", "clock", "count", (json_int_t)late, "on", only_late,
	                                         "href", page_link(request, "late", only_late ? NULL : "1")));
	json_object_set_new(request->model, "filters", filters);
	json_object_set_new(request->model, "mine", json_pack("{s:b, s:I, s:o}", "on", only_mine, "count", (json_int_t)mine, "href",
	                                                      page_link(request, "mine", only_mine ? NULL : "1")));
}

static struct status disputes_show(struct request *request)
{
	struct dispute_case *cases;
	size_t count, totals[2] = { 0 }, mine = 0, late = 0;
	int64_t held[2] = { 0 };
	int32_t month = day_month_start(request->today);
	TRY(dispute_case_list(request->db, request->viewer, request->company.id, (struct dispute_case_filter){ .since = request->as_of - 365 - 31 }, request->arena,
	                      &cases, &count));
	json_t *columns = json_array(), *lists[CASE_STATES], *blockages = json_array(), *all = json_array();
	int64_t sums[CASE_STATES] = { 0 }, blocked = 0;
	for (int s = 0; s < CASE_STATES; s++) lists[s] = json_array();
	for (size_t i = 0; i < count; i++) {
		const struct dispute_case *one = &cases[i];
		bool open = one->state != CASE_CLOSED, own = strcmp(one->currency, request->company.currency) == 0;
		if (!open && one->closed_day < month) continue;
		if (open) {
			totals[one->kind->blockage]++;
			if (own) held[one->kind->blockage] += one->amount;
			mine += one->owner_id != 0 && one->owner_id == request->viewer->user_id;
			late += one->paused_day == DAY_NONE && one->due_day != DAY_NONE && one->due_day < request->today;
		}
		if (!chosen(request, one)) continue;
		json_t *row = dispute_row(request, one);
		json_array_append(all, row);
		if (one->kind->blockage && open) {
			json_array_append_new(blockages, row);
			if (own) blocked += one->amount;
			continue;
		}
		json_array_append_new(lists[one->state], row);
		if (own) sums[one->state] += one->amount;
	}
	for (int s = 0; s < CASE_STATES; s++)
		json_array_append_new(columns, json_pack("{s:s, s:s, s:I, s:I, s:o}", "code", dispute_state_code((enum dispute_state)s), "label",
		                                         s == CASE_CLOSED ? "Closed this month" : dispute_state_label((enum dispute_state)s), "count",
		                                         (json_int_t)json_array_size(lists[s]), "sum", (json_int_t)sums[s], "cases", lists[s]));
	json_t *model = request->model;
	json_object_set_new(model, "disputes", all);
	json_object_set_new(model, "title", json_string("Disputes"));
	json_object_set_new(model, "currency", json_string(request->company.currency));
	json_object_set_new(model, "open_count", json_integer((json_int_t)totals[0]));
	json_object_set_new(model, "open_sum", json_integer(held[0]));
	json_object_set_new(model, "blockage_count", json_integer((json_int_t)totals[1]));
	json_object_set_new(model, "blockage_sum", json_integer(held[1]));
	json_object_set_new(model, "columns", columns);
	json_object_set_new(model, "blocked", json_array_size(blockages) ? json_pack("{s:I, s:I, s:O}", "count", (json_int_t)json_array_size(blockages), "sum",
	                                                                             (json_int_t)blocked, "cases", blockages) : json_null());
	json_decref(blockages);
	set_filters(request, totals[0], totals[1], mine, late);
	set_figures(request, cases, count);
	casework_tabs(request, "disputes");
	json_object_set_new(model, "empty", count ? json_null() : json_pack("{s:s, s:s, s:s, s:s, s:s}", "icon", "message-report", "title", tr(request->lang, "No dispute yet"),
		"text", tr(request->lang, "Tick items in a list and open a dispute: what is contested is not asked for, the rest of the account goes on."), "href", "/items",
		"action", tr(request->lang, "Choose items")));
	return STATUS_FINE;
}

/* --- how each type is handled --------------------------------------------------------------------------------------------------------- */
static struct status types_model(struct request *request, const char *problem)
{
	size_t count;
	const struct dispute_kind *kinds = dispute_kinds(&count);
	json_t *rows = json_array();
	for (size_t i = 0; i < count; i++) {
		struct dispute_policy policy;
		dispute_policy(request->settings, &kinds[i], &policy);
		json_t *steps = json_array();
		for (int s = 0; s < DISPUTE_BACK; s++) {
			bool on = false;
			for (int k = 0; k < policy.step_count; k++) on |= policy.steps[k] == (enum dispute_step)s;
			json_array_append_new(steps, json_pack("{s:s, s:s, s:b, s:s}", "code", dispute_step_code((enum dispute_step)s), "label",
			                                       dispute_step_label((enum dispute_step)s), "on", on, "type", kinds[i].code));
		}
		json_array_append_new(rows, json_pack("{s:s, s:s, s:s, s:b, s:i, s:s, s:o}", "code", kinds[i].code, "label", kinds[i].label, "icon", kinds[i].icon,
		                                      "blockage", kinds[i].blockage, "days", policy.days, "owner", policy.owner, "steps", steps));
	}
	json_object_set_new(request->model, "types", rows);
	json_object_set_new(request->model, "problem", problem ? json_string(problem) : json_null());
	json_object_set_new(request->model, "manager", json_string(setting_text(request->settings, "dispute.manager")));
	json_object_set_new(request->model, "escalate_days", json_integer(setting_int(request->settings, "dispute.escalate_days")));
	json_object_set_new(request->model, "remind", json_boolean(setting_bool(request->settings, "dispute.remind")));
	json_object_set_new(request->model, "cost", json_integer(setting_int(request->settings, "dispute.cost")));
	json_object_set_new(request->model, "funds_rate", json_string(setting_text(request->settings, "dispute.funds_rate")));
	json_object_set_new(request->model, "currency", json_string(request->company.currency));
	json_object_set_new(request->model, "title", json_string("How disputes are handled"));
	casework_tabs(request, "disputes");
	if (problem) request->http_status = 422;
	return STATUS_FINE;
}

static struct status types_show(struct request *request) { return types_model(request, NULL); }

struct types_work {
	struct request *request;
	struct text days, chains, owners;
};

static void add_entry(struct text *list, const char *code, const char *value)
{
	text_addf(list, "%s%s:%s", list->len ? "," : "", code, value);
}

/* What differs from the usual is kept; the steps stand in one order, whatever was ticked first. */
static struct status types_read(struct request *request, struct types_work *work)
{
	size_t count;
	const struct dispute_kind *kinds = dispute_kinds(&count);
	for (size_t i = 0; i < count; i++) {
		const struct dispute_kind *kind = &kinds[i];
		const char *days = request_field(request, arena_printf(request->arena, "days_%s", kind->code));
		const char *owner = request_field(request, arena_printf(request->arena, "owner_%s", kind->code));
		const char *const *ticked = request_fields(request, arena_printf(request->arena, "steps_%s", kind->code));
		if (!days) continue; /* the form did not show it */
		int64_t number;
		if (!text_parse_int(days, strlen(days), &number) || number < 0 || number > DISPUTE_DAYS_MAX)
			return status_make(STATUS_INVALID, "The days to answer a dispute are a number up to %d.", DISPUTE_DAYS_MAX);
		if (number != kind->days) add_entry(&work->days, kind->code, days);
		if (owner && *owner) add_entry(&work->owners, kind->code, owner);
		cleanup_text struct text chain = { 0 };
		for (int s = 0; s < DISPUTE_BACK; s++)
			for (size_t k = 0; ticked[k]; k++)
				if (strcmp(ticked[k], dispute_step_code((enum dispute_step)s)) == 0) {
					text_addf(&chain, "%s>", ticked[k]);
					break;
				}
		text_add(&chain, dispute_step_code(DISPUTE_BACK));
		if (strcmp(text_cstr(&chain), kind->chain) != 0) add_entry(&work->chains, kind->code, text_cstr(&chain));
	}
	return STATUS_FINE;
}

static struct status types_store(struct change *change, void *context)
{
	struct types_work *work = context;
	TRY(change_allows(change, RIGHT_SCENARIO));
	TRY(setting_change(change, "dispute.days", text_cstr(&work->days)));
	TRY(setting_change(change, "dispute.chains", text_cstr(&work->chains)));
	TRY(setting_change(change, "dispute.owners", text_cstr(&work->owners)));
	static const char *const others[][2] = { { "manager", "dispute.manager" }, { "escalate_days", "dispute.escalate_days" },
		{ "funds_rate", "dispute.funds_rate" } };
	for (size_t i = 0; i < COUNT(others); i++) {
		const char *value = request_field(work->request, others[i][0]);
		if (value) TRY(setting_change(change, others[i][1], value));
	}
	const char *cost = request_field(work->request, "cost");
	int64_t minor = 0;
	if (cost && *cost && (!field_amount(cost, change->company.currency, &minor) || minor < 0))
		return status_make(STATUS_INVALID, "“%.40s” is not an amount: write it as 1500 or 1500.50.", cost);
	if (cost) TRY(setting_change(change, "dispute.cost", arena_printf(work->request->arena, "%lld", (long long)minor)));
	if (request_field(work->request, "remind.there")) TRY(setting_change(change, "dispute.remind", request_field(work->request, "remind") ? "1" : "0"));
	return change->events ? STATUS_FINE : status_make(STATUS_CONFLICT, "Nothing changed.");
}

static struct status types_save(struct request *request)
{
	struct types_work work = { .request = request };
	struct status status = types_read(request, &work);
	if (!status.code) status = request_change(request, types_store, &work);
	text_free(&work.days), text_free(&work.chains), text_free(&work.owners);
	if (status.code == STATUS_INVALID && !request->json) return types_model(request, status.text);
	if (status.code && status.code != STATUS_CONFLICT) return status;
	request->notice = tr(request->lang, status.code ? "Nothing changed." : "Saved. Disputes that are open keep their deadline and steps.");
	request->redirect = "/disputes/types";
	return STATUS_FINE;
}

const struct route disputes_routes[] = {
	{ "GET", "/disputes", RIGHT_READ, disputes_show, .template = "disputes", .menu = MENU_DISPUTES, .summary = "Disputes by state, and what they say",
	  .fields = "family reason mine late" },
	{ "GET", "/disputes/types", RIGHT_SCENARIO, types_show, .template = "dispute_types", .menu = MENU_DISPUTES, .summary = "How disputes are handled" },
	{ "POST", "/disputes/types", RIGHT_SCENARIO, types_save, .template = "dispute_types", .menu = MENU_DISPUTES, .summary = "Change how disputes are handled",
	  .fields = "manager escalate_days remind cost funds_rate days_price owner_price steps_price[]" },
	{ 0 },
};
