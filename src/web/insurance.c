/* insurance — credit insurance: what is owed to the insurer by when, what is covered, a customer's limit and items, the policies. */
#include "web/legal_page.h"

#include "base/memory.h"
#include "base/money.h"
#include "insight/cover_report.h"
#include "intake/limit_list.h"
#include "outreach/insurer_folder.h"
#include "web/draw.h"
#include "web/item_view.h"
#include "web/present_page.h"

#include <string.h>

enum { ROWS_SHOWN = 50, ROWS_ALL = 1000, ITEMS_MOST = 200, LIST_MAX = 16 << 20 };

static void take_over(json_t *model, json_t *from)
{
	json_object_update(model, from);
	json_decref(from);
}

static bool words_for_a_person(const struct request *request, struct status status)
{
	return (status.code == STATUS_INVALID || status.code == STATUS_CONFLICT) && !request->json;
}

/* --- the list ---------------------------------------------------------------------------------------------------------------- */
static struct status insurance_show(struct request *request)
{
	json_t *report, *model = request->model;
	TRY(cover_report(request->db, request->viewer, request->company.id, request->as_of, request->arena, &report));
	take_over(model, report);
	json_t *customers = json_object_get(model, "customers"), *duties = json_object_get(model, "duties");
	size_t late = 0, soon = 0, shown = json_array_size(customers), i;
	json_t *row;
	json_array_foreach(duties, i, row) {
		const json_t *days = json_object_get(row, "days");
		late += json_is_true(json_object_get(row, "late"));
		soon += json_is_integer(days) && json_integer_value(days) >= 0 && json_integer_value(days) <= 15;
		bool in = json_is_integer(days) && json_integer_value(days) >= 0;
		json_object_set_new(row, "left", in ? json_integer(json_integer_value(days)) : json_null());
		json_object_set_new(row, "tone", json_string(in && json_integer_value(days) <= 15 ? "warn" : "info"));
		json_object_set_new(row, "is_plan", json_boolean(strcmp(json_string_value(json_object_get(row, "kind")), "plan") == 0));
	}
	size_t most = request_field(request, "all") ? ROWS_ALL : ROWS_SHOWN;
	while (!request->json && json_array_size(customers) > most) json_array_remove(customers, json_array_size(customers) - 1);
	bool any = json_array_size(json_object_get(model, "policies")) > 0;
	json_object_set_new(model, "title", json_string("Credit insurance"));
	json_object_set_new(model, "insured", json_boolean(any));
	json_object_set_new(model, "late_count", json_integer((json_int_t)late));
	json_object_set_new(model, "soon", json_integer((json_int_t)soon));
	json_object_set_new(model, "cut", json_boolean(!request->json && shown > most));
	json_object_set_new(model, "customer_count", json_integer((json_int_t)shown));
	json_object_set_new(model, "duty_count", json_integer((json_int_t)json_array_size(duties)));
	json_object_set_new(model, "empty", any ? json_null() : json_pack("{s:s, s:s, s:s}", "icon", "umbrella", "title", tr(request->lang, "No credit insurance yet"), "text",
		tr(request->lang, "Note the policy with its delays, then the limit of each customer: this page says what is covered and by when the insurer is told.")));
	legal_tabs(request, "insurance");
	return STATUS_FINE;
}

/* --- policies ------------------------------------------------------------------------------------------------------------------ */
static const char *const policy_fields[] = { "insurer", "number", "email", "scope", "from", "until", "share", "vat", "deductible", "discretionary", "discretionary_late", "terms_days",
	"terms_export_days", "extension_days", "counted_from", "declare_days", "declare_from", "claim_days", "insolvency_days", "stop_days", "public_buyers", "note", NULL };

static json_t *percent_typed(const struct request *request, int32_t basis_points)
{
	const char *mark = request->lang == LANG_FR ? "," : ".";
	return json_string(basis_points % 100 ? arena_printf(request->arena, "%d%s%02d", basis_points / 100, mark, basis_points % 100) : arena_printf(request->arena, "%d", basis_points / 100));
}
static json_t *amount_typed(const struct request *request, int64_t minor, const char *currency)
{
	int64_t unit = 1;
	for (int i = currency_decimals(currency); i > 0; i--) unit *= 10;
	if (!minor) return json_string("");
	if (minor % unit == 0) return json_string(arena_printf(request->arena, "%lld", (long long)(minor / unit)));
	return json_string(arena_printf(request->arena, "%lld%s%0*lld", (long long)(minor / unit), request->lang == LANG_FR ? "," : ".", currency_decimals(currency), (long long)(minor % unit)));
}

static json_t *policy_form(const struct request *request, const struct insurance_policy *policy)
{
	const struct cover_policy *rule = &policy->rule;
	json_t *form = json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:b}", "insurer", policy->insurer, "number", policy->number, "email", policy->email, "note", policy->note,
		"scope", cover_scope_code(rule->scope), "counted_from", cover_counted_code(rule->counted), "share", percent_typed(request, rule->share_bp), "vat",
		rule->vat_bp ? percent_typed(request, rule->vat_bp) : json_string(""), "deductible", amount_typed(request, rule->deductible, rule->currency), "discretionary",
		amount_typed(request, rule->discretionary, rule->currency), "declare_from", amount_typed(request, rule->declare_from, rule->currency), "public_buyers", rule->public_buyers);
	const struct { const char *name; int32_t days; } days[] = { { "discretionary_late", rule->discretionary_late }, { "terms_days", rule->terms_days }, { "terms_export_days", rule->terms_export_days },
		{ "extension_days", rule->extension_days }, { "declare_days", rule->declare_days }, { "claim_days", rule->claim_days }, { "insolvency_days", rule->insolvency_days },
		{ "stop_days", rule->stop_days } };
	for (size_t i = 0; i < COUNT(days); i++) json_object_set_new(form, days[i].name, days[i].days ? json_sprintf("%d", days[i].days) : json_string(""));
	json_object_set_new(form, "from", model_day(rule->from_day));
	json_object_set_new(form, "until", model_day(rule->until_day));
	return form;
}

static struct status policy_page(struct request *request, int64_t id, const char *problem)
{
	struct insurance_policy policy = { .rule = { .from_day = day_from_civil(day_civil(request->today).year, 1, 1), .until_day = DAY_NONE, .share_bp = 9000 },
		                           .insurer = "", .number = "", .email = "", .note = "" };
	snprintf(policy.rule.currency, sizeof policy.rule.currency, "%s", request->company.currency);
	if (id) TRY(insurance_policy_get(request->db, request->viewer, request->company.id, id, request->arena, &policy));
	json_t *form = problem ? form_again(request, policy_fields) : policy_form(request, &policy), *model = request->model;
	const char *scope = json_string_value(json_object_get(form, "scope")), *counted = json_string_value(json_object_get(form, "counted_from"));
	json_object_set_new(form, "domestic", json_boolean(scope && strcmp(scope, "domestic") == 0));
	json_object_set_new(form, "export", json_boolean(scope && strcmp(scope, "export") == 0));
	json_object_set_new(form, "by_credit", json_boolean(counted && strcmp(counted, "credit") == 0));
	json_object_set_new(form, "buyers", json_boolean(json_is_true(json_object_get(form, "public_buyers")) || json_is_string(json_object_get(form, "public_buyers"))));
	json_object_set_new(model, "title", json_string(id ? policy.insurer : "New policy"));
	json_object_set_new(model, "id", json_integer(id));
	json_object_set_new(model, "new_one", json_boolean(!id));
	json_object_set_new(model, "currency", json_string(policy.rule.currency));
	json_object_set_new(model, "form", form);
	json_object_set_new(model, "problem", problem ? json_string(problem) : json_null());
	request->template = "insurance_policy";
	if (problem) request->http_status = 422;
	legal_tabs(request, "insurance");
	return STATUS_FINE;
}
static struct status policy_new(struct request *request) { return policy_page(request, 0, NULL); }
static struct status policy_show(struct request *request) { return policy_page(request, request_int(request, "id", 0), NULL); }

struct saving {
	struct insurance_policy policy;
	int64_t id;
};
static struct status do_save(struct change *change, void *context)
{
	struct saving *saving = context;
	return insurance_policy_save(change, &saving->policy, &saving->id);
}

static struct status read_percent(const struct request *request, const char *name, int32_t *out)
{
	const char *text = present_words(request, name);
	int64_t value = 0;
	if (*text && (!field_amount(text, "EUR", &value) || value < 0 || value > 10000)) return status_make(STATUS_INVALID, "“%.40s” is no percentage: write it as 90 or 92.5.", text);
	return *out = (int32_t)value, STATUS_FINE;
}

static struct status read_policy(struct request *request, struct insurance_policy *policy)
{
	struct cover_policy *rule = &policy->rule;
	const struct { const char *name; int32_t *days; } days[] = { { "discretionary_late", &rule->discretionary_late }, { "terms_days", &rule->terms_days },
		{ "terms_export_days", &rule->terms_export_days }, { "extension_days", &rule->extension_days }, { "declare_days", &rule->declare_days }, { "claim_days", &rule->claim_days },
		{ "insolvency_days", &rule->insolvency_days }, { "stop_days", &rule->stop_days } };
	const struct { const char *name; int64_t *amount; } amounts[] = { { "deductible", &rule->deductible }, { "discretionary", &rule->discretionary }, { "declare_from", &rule->declare_from } };
	policy->insurer = present_words(request, "insurer"), policy->number = present_words(request, "number");
	policy->email = present_words(request, "email"), policy->note = present_words(request, "note");
	snprintf(rule->currency, sizeof rule->currency, "%s", request->company.currency);
	if (!cover_scope_parse(request_field(request, "scope"), &rule->scope)) rule->scope = COVER_ALL;
	rule->counted = strcmp(present_words(request, "counted_from"), "credit") == 0 ? COVER_FROM_CREDIT : COVER_FROM_DUE;
	rule->public_buyers = request_field(request, "public_buyers") != NULL;
	TRY(present_day(request, "from", DAY_NONE, &rule->from_day));
	TRY(present_day(request, "until", DAY_NONE, &rule->until_day));
	TRY(read_percent(request, "share", &rule->share_bp));
	TRY(read_percent(request, "vat", &rule->vat_bp));
	for (size_t i = 0; i < COUNT(amounts); i++) {
		const char *text = present_words(request, amounts[i].name);
		if (*text && !field_amount(text, rule->currency, amounts[i].amount)) return status_make(STATUS_INVALID, "“%.40s” is not an amount: write it as 1500 or 1500.50.", text);
	}
	for (size_t i = 0; i < COUNT(days); i++) {
		const char *text = present_words(request, days[i].name);
		int64_t value = 0;
		if (*text && (!text_parse_int(text, strlen(text), &value) || value < 0 || value > 3650)) return status_make(STATUS_INVALID, "“%.40s” is no number of days.", text);
		*days[i].days = (int32_t)value;
	}
	return STATUS_FINE;
}

static struct status policy_save(struct request *request)
{
	struct saving saving = { .id = request_int(request, "id", 0) };
	int64_t asked = saving.id;
	struct status status = read_policy(request, &saving.policy);
	saving.policy.rule.id = asked;
	if (!status.code) status = request_change(request, do_save, &saving);
	if (status.code) return words_for_a_person(request, status) ? policy_page(request, asked, status.text) : status;
	json_object_set_new(request->model, "id", json_integer(saving.id));
	request->notice = tr(request->lang, "Policy noted.");
	request->redirect = "/insurance";
	return STATUS_FINE;
}

/* --- one customer --------------------------------------------------------------------------------------------------------------- */
static struct status customer_page_of(struct request *request, const char *problem)
{
	struct customer customer;
	json_t *report, *model = request->model, *row;
	size_t i;
	TRY(customer_find(request->db, request->viewer, request->company.id, request_path(request, "code"), request->arena, &customer));
	TRY(cover_customer(request->db, request->viewer, request->company.id, customer.id, request->as_of, request->arena, &report));
	take_over(model, report);
	bool any = json_array_size(json_object_get(model, "policies")) > 0;
	json_array_foreach(json_object_get(model, "decisions"), i, row) {
		static const struct { const char *code, *label, *tone; } states[] = { /* msgids */
			{ "requested", "Asked for", "info" }, { "granted", "Limit granted", "ok" }, { "reduced", "Limit reduced", "warn" }, { "withdrawn", "Limit withdrawn", "bad" },
			{ "refused", "Limit refused", "bad" } };
		for (size_t s = 0; s < COUNT(states); s++)
			if (strcmp(states[s].code, json_string_value(json_object_get(row, "state"))) == 0) {
				json_object_set_new(row, "state_label", json_string(states[s].label));
				json_object_set_new(row, "tone", json_string(states[s].tone));
			}
	}
	json_object_set_new(model, "title", json_string("Cover"));
	json_object_set_new(model, "insured", json_boolean(any));
	json_object_set_new(model, "item_count", json_integer((json_int_t)json_array_size(json_object_get(model, "items"))));
	json_object_set_new(model, "decision_count", json_integer((json_int_t)json_array_size(json_object_get(model, "decisions"))));
	json_object_set_new(model, "insolvent", json_boolean(customer.insolvency_day != DAY_NONE));
	json_object_set_new(model, "problem", problem ? json_string(problem) : json_null());
	json_object_set_new(model, "form", form_again(request, (const char *const[]){ "amount", "from", "until", "reference", "note", "words", "day", NULL }));
	json_object_set_new(model, "empty", any ? json_null() : json_pack("{s:s, s:s, s:s, s:s, s:s}", "icon", "umbrella", "title", tr(request->lang, "No credit insurance yet"), "text",
		tr(request->lang, "Note the policy with its delays first."), "href", "/insurance", "action", tr(request->lang, "Credit insurance")));
	request->template = "insurance_customer";
	if (problem) request->http_status = 422;
	legal_tabs(request, "insurance");
	return STATUS_FINE;
}
static struct status customer_cover(struct request *request) { return customer_page_of(request, NULL); }

struct deciding {
	struct cover_decision_new new;
	int64_t id, items[ITEMS_MOST], amount, customer_id;
	size_t count;
	const char *step, *words;
	int32_t day;
};
static struct status do_decide(struct change *change, void *context)
{
	struct deciding *d = context;
	return cover_decide(change, &d->new, &d->id);
}
static struct status do_remove(struct change *change, void *context)
{
	struct deciding *d = context;
	return cover_decision_remove(change, d->id, d->words);
}
static struct status do_mark(struct change *change, void *context)
{
	const struct deciding *d = context;
	for (size_t i = 0; i < d->count; i++) TRY(insured_mark(change, d->items[i], d->step, d->day, d->amount, d->words));
	return STATUS_FINE;
}
static struct status do_tell(struct change *change, void *context)
{
	const struct deciding *d = context;
	return insurer_told(change, d->customer_id, d->step, d->day, d->words);
}

static struct status done(struct request *request, struct status status, const char *notice)
{
	if (status.code) return words_for_a_person(request, status) ? customer_page_of(request, status.text) : status;
	request->notice = tr(request->lang, notice);
	request->redirect = arena_printf(request->arena, "/insurance/customers/%s", request_escape(request, request_path(request, "code")));
	return STATUS_FINE;
}

static struct status read_amount(const struct request *request, int64_t *out)
{
	const char *text = present_words(request, "amount");
	if (*text && !field_amount(text, request->company.currency, out)) return status_make(STATUS_INVALID, "“%.40s” is not an amount: write it as 1500 or 1500.50.", text);
	return STATUS_FINE;
}

static struct status limit_save(struct request *request)
{
	struct deciding deciding = { .new = { .policy_id = request_int(request, "policy", 0), .state = present_words(request, "state"), .reference = present_words(request, "reference"),
		                              .note = present_words(request, "note"), .temporary = request_field(request, "temporary") != NULL } };
	struct customer customer;
	TRY(customer_find(request->db, request->viewer, request->company.id, request_path(request, "code"), request->arena, &customer));
	deciding.new.customer_id = customer.id;
	struct status status = read_amount(request, &deciding.new.amount);
	if (!status.code) status = present_day(request, "from", request->today, &deciding.new.from_day);
	if (!status.code) status = present_day(request, "until", DAY_NONE, &deciding.new.until_day);
	if (!status.code) status = request_change(request, do_decide, &deciding);
	if (!status.code) json_object_set_new(request->model, "id", json_integer(deciding.id));
	return done(request, status, "Noted: it holds for deliveries from that day on; what was delivered before keeps its cover.");
}

static struct status limit_remove(struct request *request)
{
	struct deciding deciding = { .id = request_int(request, "id", 0), .words = present_words(request, "why") };
	return done(request, request_change(request, do_remove, &deciding), "Taken back.");
}

static struct status mark_items(struct request *request)
{
	struct deciding *d = arena_make(request->arena, struct deciding);
	d->step = present_words(request, "step"), d->words = present_words(request, "words");
	struct status status = present_ids(request, "item", d->items, ITEMS_MOST, &d->count);
	if (!status.code && !d->count) status = status_make(STATUS_INVALID, "Tick at least one item first.");
	if (!status.code) status = present_day(request, "day", request->today, &d->day);
	if (!status.code) status = read_amount(request, &d->amount);
	if (!status.code) status = request_change(request, do_mark, d);
	return done(request, status, "Noted.");
}

static struct status tell_insurer(struct request *request)
{
	struct deciding d = { .step = present_words(request, "of"), .words = present_words(request, "words") };
	struct customer customer;
	TRY(customer_find(request->db, request->viewer, request->company.id, request_path(request, "code"), request->arena, &customer));
	d.customer_id = customer.id;
	struct status status = present_day(request, "day", request->today, &d.day);
	if (!status.code) status = request_change(request, do_tell, &d);
	return done(request, status, "Noted.");
}

static struct status folder(struct request *request)
{
	struct bundle bundle;
	struct customer customer;
	TRY(customer_find(request->db, request->viewer, request->company.id, request_path(request, "code"), request->arena, &customer));
	struct status status = insurer_folder(request->db, request->viewer, &request->company, request->settings, customer.id, request->today, request->now, request->arena, &bundle);
	if (status.code) return words_for_a_person(request, status) ? customer_page_of(request, status.text) : status;
	request->file_type = "application/zip", request->file_name = bundle.name;
	text_add_bytes(&request->file, bundle.zip.bytes, bundle.zip.len);
	text_free(&bundle.zip);
	return STATUS_FINE;
}

/* --- the insurer's list -------------------------------------------------------------------------------------------------------- */
static struct status read_file(struct request *request, const char **bytes, size_t *len)
{
	const struct upload *upload = request_upload(request, "file", 0);
	const char *text = request_field(request, "text");
	if (upload && upload->size > 0) {
		if (upload->size > LIST_MAX) return status_make(STATUS_INVALID, "The file is over %d MB.", LIST_MAX >> 20);
		cleanup_file FILE *file = fopen(upload->path, "re");
		char *to = arena_alloc(request->arena, (size_t)upload->size + 1);
		if (!file || fread(to, 1, (size_t)upload->size, file) < (size_t)upload->size) return status_make(STATUS_UNAVAILABLE, "The file could not be read. Please send it again.");
		return *bytes = to, *len = (size_t)upload->size, STATUS_FINE;
	}
	if (!text || !*text) return status_make(STATUS_INVALID, "Choose a file.");
	return *bytes = text, *len = strlen(text), STATUS_FINE;
}

/* What was looked at, as a list that reads the same again: the page shows it, then sends it back to be noted. */
static void list_text(const struct limit_list *list, const struct insurance_policy *policies, size_t policy_count, struct text *out)
{
	int places = currency_decimals(list->currency);
	int64_t unit = 1;
	for (int i = places; i > 0; i--) unit *= 10;
	text_add(out, "siren\tcode client\tmontant\tdecision\tfrom\tuntil\treference\tpolicy\tkind\n");
	for (size_t i = 0; i < list->count; i++) {
		const struct limit_row *row = &list->rows[i];
		char from[11], until[11];
		day_format(row->new.from_day, from);
		day_format(row->new.until_day, until);
		text_addf(out, "\t%s\t%lld", row->customer, (long long)(row->new.amount / unit));
		if (places && row->new.amount % unit) text_addf(out, ".%0*lld", places, (long long)(row->new.amount % unit));
		text_addf(out, "\t%s\t%s\t%s\t%s\t", row->new.state, from, until, row->new.reference);
		for (size_t p = 0; p < policy_count; p++)
			if (policies[p].rule.id == row->new.policy_id) text_add(out, policies[p].number);
		text_addf(out, "\t%s\n", row->new.temporary ? "temporary" : "");
	}
}

static struct status limits_form(struct request *request, const char *error)
{
	struct insurance_policy *policies;
	size_t count;
	json_t *rows = json_array();
	TRY(insurance_policy_list(request->db, request->viewer, request->company.id, request->arena, &policies, &count));
	for (size_t i = 0; i < count; i++) json_array_append_new(rows, cover_policy_json(&policies[i], request->today));
	if (error) request->http_status = 422;
	request->template = "insurance_limits";
	json_object_set_new(request->model, "title", json_string("Limits from a list"));
	json_object_set_new(request->model, "error", error ? json_string(error) : json_null());
	json_object_set_new(request->model, "policies", rows);
	if (!json_object_get(request->model, "list")) json_object_set_new(request->model, "list", json_null());
	legal_tabs(request, "insurance");
	return STATUS_FINE;
}
static struct status limits_show(struct request *request) { return limits_form(request, NULL); }

static struct status do_limits(struct change *change, void *context) { return limit_list_make(change, context); }

static struct status limits_take(struct request *request)
{
	const char *bytes = "";
	size_t len = 0, policy_count;
	struct limit_list list;
	struct insurance_policy *policies;
	bool make = request_int(request, "make", 0) != 0;
	struct status status = read_file(request, &bytes, &len);
	if (!status.code) status = limit_list_look(request->db, request->viewer, &request->company, bytes, len, request_int(request, "policy", 0), request->today, request->lang, request->arena, &list);
	if (!status.code && make && list.fresh) status = request_change(request, do_limits, &list);
	if (status.code) return words_for_a_person(request, status) ? limits_form(request, status.text) : status;
	json_object_set_new(request->model, "noted", json_integer(make ? (json_int_t)list.fresh : 0));
	if (make && !request->json) {
		request->notice = arena_printf(request->arena, list.fresh == 1 ? tr(request->lang, "%zu limit noted.") : tr(request->lang, "%zu limits noted."), list.fresh);
		request->redirect = "/insurance";
		return STATUS_FINE;
	}
	TRY(insurance_policy_list(request->db, request->viewer, request->company.id, request->arena, &policies, &policy_count));
	json_t *rows = json_array();
	for (size_t i = 0; i < list.count; i++) {
		const struct limit_row *row = &list.rows[i];
		json_array_append_new(rows, json_pack("{s:I, s:s, s:s, s:s, s:I, s:o, s:o, s:b, s:s?}", "line", (json_int_t)row->line, "customer", row->customer, "name", row->name, "decision", row->new.state,
			"amount", (json_int_t)row->new.amount, "from", model_day(row->new.from_day), "until", model_day(row->new.until_day), "known", row->known, "problem", row->problem));
	}
	cleanup_text struct text text = { 0 };
	if (!list.problems) list_text(&list, policies, policy_count, &text);
	json_object_set_new(request->model, "currency", json_string(list.currency));
	json_object_set_new(request->model, "list", json_pack("{s:o, s:I, s:I, s:I, s:b, s:s}", "rows", rows, "fresh", (json_int_t)list.fresh, "known_count", (json_int_t)list.known, "problems",
		(json_int_t)list.problems, "ready", !list.problems && list.fresh > 0, "text", text.len ? text_cstr(&text) : ""));
	return limits_form(request, NULL);
}

const struct route insurance_routes[] = {
	{ "GET", "/insurance", RIGHT_READ, insurance_show, .template = "insurance", .menu = MENU_LEGAL, .summary = "Credit insurance: what is covered, what the insurer is told by when", .fields = "as_of all" },
	{ "GET", "/insurance/policies/new", RIGHT_SCENARIO, policy_new, .template = "insurance_policy", .menu = MENU_LEGAL, .summary = "A new credit insurance policy" },
	{ "GET", "/insurance/policies/{id}", RIGHT_READ, policy_show, .template = "insurance_policy", .menu = MENU_LEGAL, .summary = "A credit insurance policy" },
	{ "POST", "/insurance/policies", RIGHT_SCENARIO, policy_save, .template = "insurance_policy", .menu = MENU_LEGAL, .summary = "Note a credit insurance policy",
	  .fields = "id insurer* number* email scope from* until share* vat deductible discretionary discretionary_late terms_days terms_export_days extension_days counted_from declare_days "
	            "declare_from claim_days insolvency_days stop_days public_buyers note" },
	{ "GET", "/insurance/limits", RIGHT_SCENARIO, limits_show, .template = "insurance_limits", .menu = MENU_LEGAL, .summary = "Limits from the insurer's list" },
	{ "POST", "/insurance/limits", RIGHT_SCENARIO, limits_take, .template = "insurance_limits", .menu = MENU_LEGAL, .summary = "Look at a list of limits (file, or text); with make=1: note them",
	  .upload = true, .fields = "file text policy make" },
	{ "GET", "/insurance/customers/{code}", RIGHT_READ, customer_cover, .template = "insurance_customer", .menu = MENU_LEGAL, .summary = "Credit insurance of a customer: limit, items, what was told", .fields = "as_of" },
	{ "GET", "/insurance/customers/{code}/folder.zip", RIGHT_EXPORT, folder, .menu = MENU_LEGAL, .summary = "What the insurer asks for with a declaration, as a ZIP" },
	{ "POST", "/insurance/customers/{code}/limits", RIGHT_COLLECT, limit_save, .template = "insurance_customer", .menu = MENU_LEGAL, .summary = "Note what was asked of the insurer, or what he decided",
	  .fields = "policy* state* amount from until temporary reference note" },
	{ "POST", "/insurance/customers/{code}/limits/{id}/remove", RIGHT_SCENARIO, limit_remove, .template = "insurance_customer", .menu = MENU_LEGAL,
	  .summary = "Take back a decision entered by mistake", .fields = "why" },
	{ "POST", "/insurance/customers/{code}/mark", RIGHT_COLLECT, mark_items, .template = "insurance_customer", .menu = MENU_LEGAL, .summary = "What the insurer was told of items",
	  .fields = "item[]* step* day amount words" },
	{ "POST", "/insurance/customers/{code}/told", RIGHT_COLLECT, tell_insurer, .template = "insurance_customer", .menu = MENU_LEGAL, .summary = "What the insurer was told of a customer",
	  .fields = "of* day words" },
	{ 0 },
};
