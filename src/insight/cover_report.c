#include "insight/cover_report.h"

#include "base/memory.h"
#include "insight/report.h"

#include <string.h>

static json_t *day_json(int32_t day)
{
	char iso[11];
	if (day == DAY_NONE) return json_null();
	day_format(day, iso);
	return json_string(iso);
}

json_t *cover_policy_json(const struct insurance_policy *policy, int32_t today)
{
	const struct cover_policy *rule = &policy->rule;
	json_t *row = json_pack("{s:I, s:s, s:s, s:s, s:s, s:s, s:s}", "id", (json_int_t)rule->id, "insurer", policy->insurer, "number", policy->number, "email", policy->email, "currency",
	                        rule->currency, "scope", cover_scope_code(rule->scope), "counted_from", cover_counted_code(rule->counted));
	const struct { const char *name; int64_t value; } numbers[] = { { "share_bp", rule->share_bp }, { "vat_bp", rule->vat_bp }, { "deductible", rule->deductible },
		{ "discretionary", rule->discretionary }, { "discretionary_late", rule->discretionary_late }, { "terms_days", rule->terms_days },
		{ "terms_export_days", rule->terms_export_days }, { "extension_days", rule->extension_days }, { "declare_days", rule->declare_days },
		{ "declare_from", rule->declare_from }, { "claim_days", rule->claim_days }, { "insolvency_days", rule->insolvency_days }, { "stop_days", rule->stop_days } };
	for (size_t i = 0; i < COUNT(numbers); i++) json_object_set_new(row, numbers[i].name, json_integer((json_int_t)numbers[i].value));
	json_object_set_new(row, "share", json_ratio(rule->share_bp, 10000));
	json_object_set_new(row, "public_buyers", json_boolean(rule->public_buyers));
	json_object_set_new(row, "note", json_string(policy->note));
	json_object_set_new(row, "from", day_json(rule->from_day));
	json_object_set_new(row, "until", day_json(rule->until_day));
	json_object_set_new(row, "in_force", json_boolean(rule->from_day <= today && (rule->until_day == DAY_NONE || today <= rule->until_day)));
	return row;
}

static json_t *total_json(const struct insurance *insurance, const struct cover_total *total, const char *currency)
{
	const struct insurance_policy *policy = insurance_policy_of(insurance, total->policy);
	return json_pack("{s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:s, s:s, s:b, s:o, s:s}", "currency", currency, "exposed", (json_int_t)total->exposed, "covered",
	                 (json_int_t)total->covered, "uncovered", (json_int_t)total->uncovered, "indemnity", (json_int_t)total->indemnity, "residual", (json_int_t)total->residual, "limit",
	                 (json_int_t)total->limit, "used", (json_int_t)total->used, "available", (json_int_t)total->available, "now", cover_reason_code(total->now), "now_label",
	                 cover_reason_label(total->now), "discretionary", total->discretionary, "limit_until", day_json(total->limit_until), "insurer", policy ? policy->insurer : "");
}

static json_t *policies_json(const struct insurance *insurance, int32_t today)
{
	const struct insurance_policy *list;
	json_t *rows = json_array();
	size_t count = insurance_policies(insurance, &list);
	for (size_t i = 0; i < count; i++) json_array_append_new(rows, cover_policy_json(&list[i], today));
	return rows;
}

static json_t *duty_json(const struct insurer_duty *duty, const struct book *book, int32_t today, const char *currency)
{
	struct book_customer who = book_customer(book, duty->customer);
	json_t *items = json_array();
	for (size_t i = 0; i < duty->item_count; i++) {
		size_t index = book_find_item(book, duty->items[i]);
		if (index != SIZE_MAX) json_array_append_new(items, json_pack("{s:I, s:s}", "id", (json_int_t)duty->items[i], "number", book_item(book, index, BOOK_FACTS).number));
	}
	json_t *row = json_pack("{s:s, s:s, s:s, s:s, s:I, s:s, s:I, s:o, s:I}", "kind", insurer_duty_code(duty->kind), "label", insurer_duty_label(duty->kind), "customer", who.code, "name",
	                        who.name, "amount", (json_int_t)duty->amount, "currency", currency, "ref", (json_int_t)duty->ref, "items", items, "item_count", (json_int_t)duty->item_count);
	bool dated = duty->by != DAY_NONE;
	json_object_set_new(row, "by", day_json(duty->by));
	json_object_set_new(row, "days", dated ? json_integer(duty->by - today) : json_null());
	json_object_set_new(row, "late", json_boolean(dated && duty->by < today));
	json_object_set_new(row, "insurer", json_string(duty->policy ? duty->policy->insurer : ""));
	return row;
}

struct status cover_report(struct db *db, const struct viewer *viewer, int64_t company_id, int32_t as_of, struct arena *arena, json_t **out)
{
	const struct insurance *insurance;
	cleanup_book const struct book *book = NULL;
	struct insurance_view view;
	TRY(insurance_load(db, viewer, company_id, 0, arena, &insurance));
	if (!insurance) {
		*out = json_pack("{s:[], s:n, s:n, s:n, s:o}", "policies", "total", "customers", "duties", "as_of", day_json(as_of));
		return STATUS_FINE;
	}
	TRY(book_get(db_store(db), viewer->tenant_id, company_id, &book));
	const char *currency = insurance_currency(insurance);
	TRY(insurance_view(db, viewer, company_id, insurance, book, book_select(book, viewer, arena), as_of, currency, arena, &view));
	json_t *duties = json_array(), *rows = json_array();
	for (size_t i = 0; i < view.duty_count; i++) json_array_append_new(duties, duty_json(&view.duties[i], book, as_of, currency));
	for (size_t i = 0; i < view.row_count; i++) {
		struct book_customer who = book_customer(book, view.rows[i].customer);
		json_t *row = total_json(insurance, &view.rows[i].total, currency);
		json_object_set_new(row, "customer", json_string(who.code));
		json_object_set_new(row, "name", json_string(who.name));
		json_array_append_new(rows, row);
	}
	*out = json_pack("{s:o, s:o, s:s, s:o, s:o, s:{s:I, s:I, s:I, s:I, s:I, s:I}}", "as_of", day_json(as_of), "policies", policies_json(insurance, as_of), "currency", currency, "duties",
	                 duties, "customers", rows, "total", "exposed", (json_int_t)view.sum.exposed, "covered", (json_int_t)view.sum.covered, "uncovered", (json_int_t)view.sum.uncovered,
	                 "indemnity", (json_int_t)view.sum.indemnity, "residual", (json_int_t)view.sum.residual, "customers", (json_int_t)view.sum.customers);
	return STATUS_FINE;
}

/* --- one customer ---------------------------------------------------------------------------------------------------------------- */
static json_t *item_json(const struct insurance *insurance, const struct book *book, const struct insured_account *account, size_t i, int32_t as_of)
{
	const struct cover_item *item = &account->items[i];
	const struct cover *cover = &item->cover;
	const struct insured_item *mark = account->marks[i];
	const struct insurance_policy *policy = insurance_policy_of(insurance, cover->policy);
	static const char *const duties[] = { "", "declare", "claim", "insolvency" };
	struct book_item stored = book_item(book, account->index[i], as_of);
	json_t *row = json_pack("{s:s, s:I, s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:s, s:s, s:b, s:b, s:s, s:s}", "item", stored.number, "item_id", (json_int_t)item->id, "currency", item->currency,
	                        "open", (json_int_t)item->open, "exposed", (json_int_t)cover->exposed, "limit", (json_int_t)cover->limit, "covered", (json_int_t)cover->covered, "uncovered",
	                        (json_int_t)(cover->exposed - cover->covered), "indemnity", (json_int_t)cover->indemnity, "reason", cover_reason_code(cover->reason), "label",
	                        cover_reason_label(cover->reason), "discretionary", cover->discretionary, "suspended", cover->suspended, "duty", duties[cover->duty], "insurer",
	                        policy ? policy->insurer : "");
	const struct { const char *name; int32_t day; } days[] = { { "delivered_on", item->delivered_day }, { "due_date", item->due_day }, { "extend_by", cover->extend_by },
		{ "declare_by", cover->declare_by }, { "claim_by", cover->claim_by }, { "duty_by", cover->duty_by }, { "extended_until", item->extended_until },
		{ "declared_on", item->declared_day }, { "claimed_on", item->claimed_day }, { "refused_on", item->refused_day }, { "paid_on", mark ? mark->paid_day : DAY_NONE } };
	for (size_t d = 0; d < COUNT(days); d++) json_object_set_new(row, days[d].name, day_json(days[d].day));
	json_object_set_new(row, "paid", json_integer(mark ? (json_int_t)mark->paid : 0));
	json_object_set_new(row, "claim_reference", json_string(mark ? mark->claim_reference : ""));
	json_object_set_new(row, "refused_why", json_string(mark ? mark->refused_why : ""));
	json_object_set_new(row, "short", json_string(cover->reason == COVER_YES ? "Covered" : cover->reason == COVER_IN_PART ? "In part" : "Not covered"));
	json_object_set_new(row, "why", json_boolean(cover->reason != COVER_YES));
	json_object_set_new(row, "late", json_boolean(cover->duty_by != DAY_NONE && cover->duty_by < as_of));
	json_object_set_new(row, "tone", json_string(cover->reason == COVER_YES ? "ok" : cover->reason == COVER_IN_PART ? "warn" : "bad"));
	return row;
}

static json_t *decisions_json(const struct insurer_decision *list, size_t count)
{
	json_t *rows = json_array();
	for (size_t i = 0; i < count; i++) {
		json_t *row = json_pack("{s:I, s:I, s:s, s:s, s:s, s:s, s:s, s:s, s:b, s:I, s:s, s:s, s:s}", "id", (json_int_t)list[i].rule.id, "policy", (json_int_t)list[i].rule.policy_id,
			"customer", list[i].customer_code, "name", list[i].customer_name, "insurer", list[i].insurer, "number", list[i].number, "state",
			cover_state_code(list[i].rule.state), "currency", list[i].currency, "temporary", list[i].rule.temporary, "amount", (json_int_t)list[i].rule.amount, "reference",
			list[i].reference, "note", list[i].note, "kind", list[i].rule.temporary ? "temporary" : "named");
		json_object_set_new(row, "from", day_json(list[i].rule.from_day));
		json_object_set_new(row, "until", day_json(list[i].rule.until_day));
		json_array_append_new(rows, row);
	}
	return rows;
}

struct status cover_customer(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t customer_id, int32_t as_of, struct arena *arena, json_t **out)
{
	const struct insurance *insurance;
	cleanup_book const struct book *book = NULL;
	struct insurer_decision *decisions;
	struct insurer_notice *notices;
	size_t decided, told;
	struct customer who;
	TRY(customer_get(db, viewer, company_id, customer_id, arena, &who));
	TRY(insurance_load(db, viewer, company_id, customer_id, arena, &insurance));
	TRY(cover_decision_list(db, viewer, company_id, customer_id, arena, &decisions, &decided));
	TRY(insurer_notices(db, viewer->tenant_id, company_id, customer_id, arena, &notices, &told));
	TRY(book_get(db_store(db), viewer->tenant_id, company_id, &book));
	size_t index = book_find_customer(book, customer_id);
	json_t *items = json_array(), *total = json_null(), *notes = json_array();
	const char *currency = insurance ? insurance_currency(insurance) : book_currency(book);
	if (insurance && index != SIZE_MAX) {
		struct insured_account account;
		insured_account(insurance, book, index, as_of, currency, arena, &account);
		for (size_t i = 0; i < account.open; i++) json_array_append_new(items, item_json(insurance, book, &account, i, as_of));
		total = total_json(insurance, &account.total, currency);
	}
	for (size_t i = 0; i < told; i++)
		json_array_append_new(notes, json_pack("{s:s, s:o, s:s}", "kind", notices[i].kind, "date", day_json(notices[i].day), "note", notices[i].note));
	*out = json_pack("{s:s, s:s, s:o, s:s, s:o, s:o, s:o, s:o, s:o}", "customer", who.code, "name", who.name, "as_of", day_json(as_of), "currency", currency, "policies",
	                 policies_json(insurance, as_of), "decisions", decisions_json(decisions, decided), "items", items, "told", notes, "total", total);
	return STATUS_FINE;
}

struct status cover_line(struct db *db, const struct viewer *viewer, int64_t company_id, const struct book *book, size_t customer, int32_t as_of, struct arena *arena, json_t **out)
{
	const struct insurance *insurance;
	*out = json_null();
	if (customer == SIZE_MAX) return STATUS_FINE;
	TRY(insurance_load(db, viewer, company_id, book_customer(book, customer).id, arena, &insurance));
	if (!insurance) return STATUS_FINE;
	struct insured_account account;
	const char *currency = insurance_currency(insurance);
	insured_account(insurance, book, customer, as_of, currency, arena, &account);
	*out = total_json(insurance, &account.total, currency);
	return STATUS_FINE;
}

struct status cover_item(struct db *db, const struct viewer *viewer, int64_t company_id, const struct book *book, size_t item, int32_t as_of, struct arena *arena, json_t **out)
{
	struct book_item one = book_item(book, item, as_of);
	const struct insurance *insurance;
	struct insured_account account;
	*out = json_null();
	if (one.customer == SIZE_MAX || one.open <= 0) return STATUS_FINE;
	TRY(insurance_load(db, viewer, company_id, book_customer(book, one.customer).id, arena, &insurance));
	if (!insurance) return STATUS_FINE;
	insured_account(insurance, book, one.customer, as_of, insurance_currency(insurance), arena, &account);
	for (size_t i = 0; i < account.open; i++)
		if (account.items[i].id == one.id) {
			*out = item_json(insurance, book, &account, i, as_of);
			json_object_set_new(*out, "customer", json_string(book_customer(book, one.customer).code));
		}
	return STATUS_FINE;
}
