/* customer_head — the top of a customer's file: who he is, how he stands, what weighs on his score. */
#include "web/customer_page.h"

#include "insight/cover_report.h"
#include "ledger/insolvency_notice.h"
#include "ledger/instrument_risk.h"
#include "web/invoice_status_view.h"

#include "access/user.h"
#include "base/words.h"
#include "dunning/plan_load.h"
#include "web/draw.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct status customer_of(struct request *request, struct customer *out)
{
	return customer_find(request->db, request->viewer, request->company.id, request_path(request, "code"), request->arena, out);
}

void terms_words(struct text *out, enum lang lang, int64_t days, const char *month, int64_t day)
{
	text_addf(out, tr(lang, "%lld days"), (long long)days);
	if (strcmp(month, "after") == 0) text_addf(out, " %s", tr(lang, "then end of month"));
	if (strcmp(month, "before") == 0) text_addf(out, " %s", tr(lang, "after end of month"));
	if (day > 0) {
		text_add(out, ", ");
		text_addf(out, tr(lang, "on day %lld"), (long long)day);
	}
}

static json_t *terms_of(const struct customer_page *page)
{
	const struct request *request = page->request;
	const struct customer *customer = &page->customer;
	cleanup_text struct text out = { 0 };
	if (customer->terms_days >= 0) {
		terms_words(&out, request->lang, customer->terms_days, customer->terms_month, customer->terms_day);
	} else {
		terms_words(&out, request->lang, setting_int(request->settings, "terms.days"), setting_text(request->settings, "terms.end_of_month"),
		            setting_int(request->settings, "terms.day"));
		text_addf(&out, " (%s)", tr(request->lang, "the company's terms"));
	}
	return json_string(text_cstr(&out));
}

/* Points each part brings or costs, the heaviest loss first: what a part would bring at 100 less what it brings. */
struct weighed {
	int part;
	double lost, brings;
};

static int heavier(const void *left, const void *right)
{
	const struct weighed *a = left, *b = right;
	return a->lost < b->lost ? 1 : a->lost > b->lost ? -1 : a->part - b->part;
}

static json_t *score_list(const struct customer_page *page, const struct standing *standing)
{
	struct weighed parts[SCORE_PARTS];
	int count = 0, known = 0;
	for (int i = 0; i < SCORE_PARTS; i++)
		if (standing->score.parts[i].known) known += standing->score.parts[i].weight;
	for (int i = 0; i < SCORE_PARTS && known > 0; i++) {
		const struct score_line *line = &standing->score.parts[i];
		if (!line->known) continue;
		double full = 100.0 * line->weight / known;
		parts[count++] = (struct weighed){ .part = i, .lost = full - line->contribution, .brings = line->contribution };
	}
	qsort(parts, (size_t)count, sizeof *parts, heavier);
	const struct book_behaviour *b = &standing->behaviour;
	json_t *list = json_array();
	for (int i = 0; i < count; i++) {
		bool lost = parts[i].lost >= 0.5;
		char points[16];
		snprintf(points, sizeof points, "%s%.0f", lost ? "−" : "+", lost ? parts[i].lost : parts[i].brings);
		json_t *row = json_pack("{s:s, s:b, s:s}", "code", score_part_code((enum score_part)parts[i].part), "lost", lost, "points", points);
		switch ((enum score_part)parts[i].part) {
		case SCORE_LATENESS: {
			int64_t days = b->late_weight > 0 ? (int64_t)llround((double)b->days_late / (double)b->late_weight) : 0;
			json_object_set_new(row, "days", days > 0 ? json_integer(days) : json_null());
			break;
		}
		case SCORE_OVERDUE:
			json_object_set_new(row, "share", json_ratio(book_overdue(&standing->ageing), book_positive(&standing->ageing)));
			break;
		case SCORE_TREND:
			json_object_set_new(row, "worse", json_boolean(lost));
			break;
		case SCORE_PROMISES:
			json_object_set_new(row, "share", json_ratio(b->kept, b->promised));
			break;
		case SCORE_REJECTS:
			json_object_set_new(row, "share", json_ratio(b->returned, b->collected));
			break;
		case SCORE_DISPUTES:
			json_object_set_new(row, "share", json_ratio(b->disputed, b->invoiced));
			break;
		case SCORE_AGE:
			json_object_set_new(row, "years", json_integer(b->first_day == DAY_NONE ? 0 : (page->request->as_of - b->first_day) / 365));
			break;
		case SCORE_RATING:
		case SCORE_PARTS:
			break;
		}
		json_array_append_new(list, row);
	}
	return list;
}

static json_t *last_payment(const struct customer_page *page, struct book_customer row)
{
	struct book_item *items = arena_array(page->request->arena, struct book_item, row.item_count + 1);
	book_customer_items(page->context.book, page->index, page->request->as_of, items);
	const struct book_item *last = NULL;
	for (size_t i = 0; i < row.item_count; i++)
		if (items[i].exists && items[i].kind == ITEM_PAYMENT && (!last || items[i].posting_day > last->posting_day)) last = &items[i];
	if (!last) return json_null();
	return json_pack("{s:o, s:I, s:s}", "date", model_day(last->posting_day), "amount", (json_int_t)-last->amount, "currency", last->currency);
}

static struct status set_scenario(struct customer_page *page, char score_class)
{
	struct request *request = page->request;
	const struct customer *customer = &page->customer;
	const char *code = profile_scenario(&(struct profile_facts){ customer->scenario, customer->profile, customer->class, customer->key_account, score_class });
	bool by_hand = *customer->scenario || *customer->profile;
	const char *profile = "";
	int32_t since;
	const struct profile_rules *rules;
	TRY(profile_rules_load(request->db, request->viewer->tenant_id, request->company.id, request->arena, &rules));
	if (!by_hand) TRY(profile_stored(request->db, request->viewer->tenant_id, request->company.id, customer->id, request->arena, &profile, &since));
	if (*profile) code = profile_scenario_of(rules, profile);
	if (!*customer->scenario && *customer->profile) code = profile_scenario_of(rules, customer->profile), profile = customer->profile;
	const struct scenario *found;
	TRY(scenario_load(request->db, request->viewer->tenant_id, request->company.id, code, request->arena, &found));
	const char *name = found ? scenario_name(found, request->lang) : strcmp(code, "none") == 0 ? tr(request->lang, "Never chased") : code;
	const char *how = by_hand ? "set by hand" : "by rule";
	cleanup_text struct text line = { 0 };
	text_addf(&line, "%s %s", tr(request->lang, "Scenario"), tr(request->lang, how));
	if (*profile) text_addf(&line, " · %s", tr(request->lang, profile_label(profile)));
	json_object_set_new(request->model, "scenario", json_pack("{s:s, s:s, s:s}", "code", code, "name", name, "line", text_cstr(&line)));
	return STATUS_FINE;
}

struct status customer_head(struct customer_page *page)
{
	struct request *request = page->request;
	const struct customer *customer = &page->customer;
	json_t *model = request->model;
	struct standing standing = { 0 };
	struct book_customer row = { .credit_limit = customer->credit_limit };
	struct standing_options options = report_standing(&page->context);
	if (page->index != SIZE_MAX) {
		row = book_customer(page->context.book, page->index);
		standing = standing_one(page->context.book, page->index, options);
	}
	const struct book_behaviour *b = &standing.behaviour;
	const struct score *score = &standing.score;
	char class[2] = { score->class, 0 };

	json_object_set_new(model, "customer", json_string(customer->code));
	json_object_set_new(model, "customer_id", json_integer(customer->id));
	json_object_set_new(model, "name", json_string(customer->name));
	json_object_set_new(model, "title", json_string(customer->name));
	json_object_set_new(model, "currency", json_string(request->company.currency));
	json_object_set_new(model, "group", *customer->group_code ? json_string(customer->group_code) : json_null());
	json_object_set_new(model, "class", score->known ? json_string(class) : json_null());
	json_object_set_new(model, "score", score->known ? json_integer(llround(score->value)) : json_null());
	json_object_set_new(model, "gauge", score->known ? draw_gauge(score->value) : json_null());
	json_t *list = score_list(page, &standing);
	json_object_set_new(model, "parts", json_array_size(list) ? json_pack("{s:o}", "list", list) : (json_decref(list), json_null()));
	json_object_set_new(model, "bar", draw_ageing(&standing.ageing));
	json_object_set_new(model, "outstanding", json_integer(book_outstanding(&standing.ageing)));
	json_object_set_new(model, "not_due", json_integer(standing.ageing.bucket[0]));
	json_object_set_new(model, "overdue", json_integer(book_overdue(&standing.ageing)));
	json_object_set_new(model, "unallocated", json_integer(standing.ageing.unallocated));
	json_object_set_new(model, "poorly_lettered", json_boolean(standing.poorly_lettered));
	json_object_set_new(model, "strip", ageing_strip(request, &standing.ageing, options.edges, 0, false));

	struct instrument_risk *risks;
	size_t risk_count;
	TRY(instrument_risks(request->db, request->viewer, request->company.id, request->company.currency, customer->id, request->as_of, request->arena, &risks, &risk_count));
	int64_t risk = instrument_risk_find(risks, risk_count, customer->id);
	json_object_set_new(model, "bill_risk", risk ? json_integer(risk) : json_null());
	if (customer->credit_limit > 0) {
		int64_t owed = book_outstanding(&standing.ageing) + risk, left = customer->credit_limit - owed;
		json_object_set_new(model, "limit", json_pack("{s:I, s:o, s:o, s:I}", "amount", (json_int_t)customer->credit_limit, "used",
		                    json_ratio(owed, customer->credit_limit), "over",
		                    left < 0 ? json_integer(-left) : json_null(), "left", (json_int_t)left));
	} else {
		json_object_set_new(model, "limit", json_null());
	}

	json_t *cover;
	TRY(cover_line(request->db, request->viewer, request->company.id, page->context.book, page->index, request->as_of, request->arena, &cover));
	json_object_set_new(model, "cover", cover);

	/* his sales of twelve months: one more pass, over him alone */
	struct book_kpi kpi = { 0 };
	if (page->index != SIZE_MAX) {
		struct book_age_options one = report_ageing(&page->context);
		uint8_t *only = arena_alloc(request->arena, book_customers(page->context.book) + 1);
		only[page->index] = 1;
		one.selected = only;
		book_kpi(page->context.book, one, &kpi);
	}
	json_t *late = b->late_weight > 0 ? json_integer(llround((double)b->days_late / (double)b->late_weight)) : json_null();
	json_t *pays = b->settled > 0 ? json_integer(llround((double)b->days_to_pay / (double)b->settled)) : json_null();
	json_object_set_new(model, "behaviour", json_pack("{s:I, s:o, s:o, s:o, s:I, s:o}", "settled", (json_int_t)b->late_weight,
	                    "average_days_late", late, "average_days_to_pay", pays, "on_time_rate", json_ratio(b->on_time, b->late_weight), "sales",
	                    (json_int_t)kpi.sales_365, "last_payment", page->index != SIZE_MAX ? last_payment(page, row) : json_null()));

	cleanup_text struct text place = { 0 };
	if (*customer->siren) text_addf(&place, "SIREN %s", customer->siren);
	if (*customer->city) text_addf(&place, "%s%s", place.len ? " · " : "", customer->city);
	bool insolvent = customer->insolvency_day != DAY_NONE && customer->insolvency_day <= request->as_of;
	json_object_set_new(model, "file", json_pack("{s:o, s:o, s:o, s:b, s:o, s:b, s:s}", "place",
	                    place.len ? json_string(text_cstr(&place)) : json_null(), "terms_text", terms_of(page), "note",
	                    *customer->note ? json_string(customer->note) : json_null(), "insolvent", insolvent, "insolvency_date",
	                    insolvent ? model_day(customer->insolvency_day) : json_null(), "stopped", customer->stopped, "generic",
	                    customer->generic));
	struct insolvency_notice *notices;
	size_t notice_count;
	json_t *proposed = json_array();
	json_object_set_new(model, "insolvency_proposed", proposed);
	TRY(insolvency_list(request->db, request->viewer, request->company.id, customer->id, true, request->arena, &notices, &notice_count));
	for (size_t i = 0; i < notice_count; i++) json_array_append_new(proposed, insolvency_view(request, &notices[i]));
	json_object_set_new(model, "main_phone", *customer->phone ? json_string(customer->phone) : json_null());
	json_t *collector = json_null();
	struct user user;
	if (customer->collector_id && user_get(request->db, request->viewer, customer->collector_id, &user).code == STATUS_OK)
		collector = json_string(*user.name ? user.name : user.email);
	json_object_set_new(model, "collector", collector);
	TRY(set_scenario(page, score->class));
	return STATUS_FINE;
}
