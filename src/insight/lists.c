/* Lists of items and customers, and one customer's file, as models (contract section 4). */
#include "insight/inside.h"

#include "base/memory.h"
#include "dunning/action.h"
#include "ledger/contact.h"
#include "ledger/custom.h"
#include "ledger/customer.h"
#include "ledger/event.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { TIMELINE_ROWS = 200 };

/* --- names of users ------------------------------------------------------------------------------------------------------- */

struct status user_names_load(const struct report_context *context, struct user_names *out)
{
	*out = (struct user_names){ 0 };
	if (!context->db) return STATUS_FINE;
	int64_t count;
	struct db_arg tenant = db_int("tenant", context->viewer->tenant_id);
	TRY(db_get_int(context->db, "SELECT COUNT(*) FROM user_account WHERE tenant_id = $tenant", DB_ARGS(tenant), &count, NULL));
	out->rows = arena_array(context->arena, struct user_row, count + 1);
	cleanup_rows struct rows *rows = db_query(context->db, "SELECT id, CASE WHEN name = '' THEN email ELSE name END FROM user_account "
	                                          "WHERE tenant_id = $tenant ORDER BY id", DB_ARGS(tenant));
	while (rows_next(rows) && out->count < (size_t)count)
		out->rows[out->count++] = (struct user_row){ row_int(rows, 0), arena_strdup(context->arena, row_text(rows, 1)) };
	return rows_status(rows);
}

const char *user_name(const struct user_names *users, int64_t id)
{
	for (size_t i = 0; i < users->count && id; i++)
		if (users->rows[i].id == id) return users->rows[i].name;
	return "";
}

/* --- items --------------------------------------------------------------------------------------------------------------- */

json_t *insight_item_row(const struct report_context *context, const struct book_item *item)
{
	const char *customer = item->customer == SIZE_MAX ? "" : book_customer(context->book, item->customer).code;
	int32_t until = item->closed_day == DAY_NONE ? context->as_of : item->closed_day;
	return json_pack("{s:I, s:s, s:s, s:s, s:o, s:o, s:s, s:o, s:I, s:I, s:s, s:i, s:o}", "id", (json_int_t)item->id,
	                 "number", item->number, "customer", customer, "kind", item_kind_code(item->kind), "issue_date",
	                 json_day(item->issue_day), "due_date", json_day(item->due_day), "due_source",
	                 due_source_code(item->due_source), "posting_date", json_day(item->posting_day), "amount",
	                 (json_int_t)item->amount, "open", (json_int_t)item->open, "currency", item->currency, "days_late",
	                 until - item->due_day, "closed_on", json_day(item->closed_day));
}

static void page_into(json_t *model, size_t total, struct list_page page)
{
	json_object_set_new(model, "total", json_integer((json_int_t)total));
	json_object_set_new(model, "offset", json_integer((json_int_t)page.offset));
	json_object_set_new(model, "limit", page.limit ? json_integer((json_int_t)page.limit) : json_null());
}

struct status insight_items(const struct report_context *context, const struct item_filter *filter, struct list_page page,
                            json_t **out)
{
	struct item_filter narrowed = *filter;
	narrowed.as_of = context->as_of;
	if (!narrowed.currency) narrowed.currency = context->currency;
	if (!narrowed.selected) narrowed.selected = report_selected(context);
	struct item_list list;
	item_list(context->book, &narrowed, page, context->arena, &list);
	json_t *rows = json_array();
	for (size_t i = 0; i < list.count; i++) {
		struct book_item item = book_item(context->book, list.rows[i].index, context->as_of);
		json_array_append_new(rows, insight_item_row(context, &item));
	}
	*out = json_pack("{s:s, s:o, s:o, s:I, s:I, s:I}", "company", context->company->code, "as_of", json_day(context->as_of), "items", rows,
	                 "sum_amount", (json_int_t)list.amount, "sum_open", (json_int_t)list.open, "sum_overdue",
	                 (json_int_t)list.overdue);
	page_into(*out, list.total, page);
	return STATUS_FINE;
}

/* --- customers ------------------------------------------------------------------------------------------------------------ */

/* What is planned next for a customer: the latest day, then what is most at stake. */
struct next_action {
	const char *words;             /* the viewer's: "Follow-up · call", or what stands outside a ladder; NULL: nothing */
	int32_t day;
	int64_t priority, id;
};

static bool comes_first(const struct next_action *a, const struct next_action *b)
{
	if (!b->words || a->day != b->day) return !b->words || a->day > b->day;
	return a->priority != b->priority ? a->priority > b->priority : a->id < b->id;
}

#define WAITING_ACTIONS                                                                                                         \
	"SELECT step_rank, channel, step, reason, customer_id, plan_day, priority, id FROM action "                                  \
	"WHERE tenant_id = $tenant AND company_id = $company AND state IN ('planned', 'to_confirm', 'queued', 'sending')"

static struct status next_actions_read(const struct report_context *context, struct rows *query, const bool *wanted, struct next_action *out)
{
	cleanup_rows struct rows *rows = query;
	while (rows_next(rows)) {
		size_t customer = book_find_customer(context->book, row_int(rows, 4));
		if (customer == SIZE_MAX || !wanted[customer]) continue;
		struct next_action one = { .words = "", .day = row_day(rows, 5), .priority = row_int(rows, 6), .id = row_int(rows, 7) };
		if (!comes_first(&one, &out[customer])) continue;
		int64_t rank = row_int(rows, 0);
		struct action action = { .step = arena_strdup(context->arena, row_text(rows, 2)),
			.reason = arena_strdup(context->arena, row_text(rows, 3)),
			.rank = rank > RANK_NONE && rank < RANK_COUNT ? (enum rank)rank : RANK_NONE };
		if (channel_parse(row_text(rows, 1), &action.channel)) one.words = action_label(&action, context->lang, context->arena);
		out[customer] = one;
	}
	return rows_status(rows);
}

/* By customer index, of the customers listed: those of a page by the index of what waits for each, those of a long list in one pass. */
static struct status next_actions(const struct report_context *context, const size_t *listed, size_t count, struct next_action **out)
{
	enum { PAGE = 500 };
	size_t customers = book_customers(context->book);
	*out = arena_array(context->arena, struct next_action, customers + 1);
	if (!context->db || count == 0) return STATUS_FINE;
	bool *wanted = arena_array(context->arena, bool, customers + 1);
	int64_t *ids = arena_array(context->arena, int64_t, count);
	for (size_t i = 0; i < count; i++) wanted[listed[i]] = true, ids[i] = book_customer(context->book, listed[i]).id;
	struct db_arg tenant = db_int("tenant", context->viewer->tenant_id), company = db_int("company", context->company->id);
	if (count > PAGE) return next_actions_read(context, db_query(context->db, WAITING_ACTIONS, DB_ARGS(tenant, company)), wanted, *out);
	for (size_t i = 0; i < count; i += DB_SOME) {
		struct db_arg args[DB_SOME + 3] = { tenant, company };
		db_some(args + 2, ids + i, count - i);
		TRY(next_actions_read(context, db_query(context->db, WAITING_ACTIONS " AND customer_id IN (" DB_SOME_NAMES ")", args), wanted, *out));
	}
	return STATUS_FINE;
}

static json_t *text_or_null(const char *text)
{
	return *text ? json_string(text) : json_null();
}

static json_t *customer_row(const struct report_context *context, const struct user_names *users, size_t index,
                            const struct standing *standing, const struct next_action *next)
{
	struct book_customer customer = book_customer(context->book, index);
	const char *profile = profile_scenario(&(struct profile_facts){ .by_hand_scenario = customer.scenario,
		.by_hand_profile = customer.profile, .class = customer.class, .key_account = customer.key_account,
		.score_class = standing->score.class });
	return json_pack("{s:s, s:s, s:o, s:s, s:I, s:I, s:I, s:o, s:o, s:o, s:o}", "customer", customer.code, "name", customer.name,
	                 "group", text_or_null(customer.group_code), "profile", profile, "outstanding",
	                 (json_int_t)book_outstanding(&standing->ageing), "overdue", (json_int_t)book_overdue(&standing->ageing),
	                 "unallocated", (json_int_t)standing->ageing.unallocated, "score", json_score(&standing->score),
	                 "class", json_class(&standing->score), "collector", text_or_null(user_name(users, customer.collector_id)),
	                 "next_action", text_or_null(next->words ? next->words : ""));
}

struct status insight_customers(const struct report_context *context, const struct customer_filter *filter,
                                struct list_page page, json_t **out)
{
	struct customer_list list;
	struct user_names users;
	TRY(user_names_load(context, &users));
	customer_list(context->book, report_standing(context), filter, page, context->arena, &list);
	struct next_action *next;
	TRY(next_actions(context, list.rows, list.count, &next));
	json_t *rows = json_array();
	for (size_t i = 0; i < list.count; i++)
		json_array_append_new(rows, customer_row(context, &users, list.rows[i], &list.standings[i], &next[list.rows[i]]));
	*out = json_pack("{s:s, s:o, s:s, s:o, s:I, s:I, s:I}", "company", context->company->code, "as_of", json_day(context->as_of),
	                 "currency", report_currency(context), "customers", rows, "sum_outstanding", (json_int_t)list.outstanding,
	                 "sum_overdue", (json_int_t)list.overdue, "sum_unallocated", (json_int_t)list.unallocated);
	page_into(*out, list.total, page);
	return STATUS_FINE;
}

/* --- one customer ---------------------------------------------------------------------------------------------------------- */

json_t *json_instant(int64_t at)
{
	struct tm parts;
	time_t seconds = (time_t)at;
	char text[32];
	if (!gmtime_r(&seconds, &parts) || strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts) == 0) return json_null();
	return json_string(text);
}

static struct status contacts_of(const struct report_context *context, int64_t customer_id, json_t *out)
{
	struct contact *contacts;
	size_t count;
	TRY(contact_list(context->db, context->viewer, context->company->id, customer_id, context->arena, &contacts, &count));
	for (size_t i = 0; i < count; i++)
		json_array_append_new(out, json_pack("{s:I, s:s, s:s, s:s, s:s, s:s, s:b, s:b}", "id", (json_int_t)contacts[i].id, "name",
			contacts[i].name, "email", contacts[i].email, "phone", contacts[i].phone, "role", contacts[i].role,
			"language", contacts[i].language, "main", contacts[i].main, "usable",
			*contacts[i].email && !contacts[i].bounced_at && !contacts[i].suppressed));
	return STATUS_FINE;
}

/* An event names the items it is about under "items", as numbers or as objects with one. */
static json_t *items_of_event(const json_t *content)
{
	json_t *items = json_array(), *one;
	size_t i;
	json_array_foreach(json_object_get(content, "items"), i, one) {
		json_t *number = json_is_object(one) ? json_object_get(one, "number") : one;
		if (number) json_array_append(items, number);
	}
	json_t *single = json_object_get(content, "item");
	if (json_is_string(single)) json_array_append(items, single);
	return items;
}

static struct status timeline_of(const struct report_context *context, int64_t customer_id, const struct user_names *users,
                                 json_t *out)
{
	struct event *events;
	size_t count;
	TRY(event_list(context->db, context->viewer, context->company->id, customer_id, NULL, 0, TIMELINE_ROWS, context->arena, &events,
	               &count));
	for (size_t i = 0; i < count; i++) {
		json_error_t error;
		json_t *content = json_loads(*events[i].content ? events[i].content : "{}", 0, &error);
		const char *said = json_string_value(json_object_get(content, "text"));
		if (!said) said = json_string_value(json_object_get(content, "note"));
		const char *words = tr(context->lang, event_words(events[i].kind));
		json_array_append_new(out, json_pack("{s:o, s:s, s:s, s:s, s:o}", "at", json_instant(events[i].at), "by",
			user_name(users, events[i].by_user), "kind", events[i].kind, "text",
			said && *said ? arena_printf(context->arena, "%s: %s", words, said) : words, "items", items_of_event(content)));
		json_decref(content);
	}
	return STATUS_FINE;
}

/* Tags, who pays for him, and fields of the company's own with what he has of each. */
static struct status own_fields(const struct report_context *context, int64_t customer_id, json_t *row)
{
	struct custom_fields fields;
	struct custom_values values;
	struct customer customer;
	TRY(customer_get(context->db, context->viewer, context->company->id, customer_id, context->arena, &customer));
	TRY(custom_fields_load(context->db, context->company->tenant_id, context->company->id, context->arena, &fields));
	TRY(custom_values_load(context->db, context->company->tenant_id, context->company->id, CUSTOM_CUSTOMER, customer_id, context->arena, &values));
	json_t *own = json_object();
	for (size_t i = 0; i < fields.count; i++)
		if (fields.rows[i].subject == CUSTOM_CUSTOMER)
			json_object_set_new(own, fields.rows[i].code, text_or_null(custom_value_of(&values, customer_id, fields.rows[i].id)));
	json_object_set_new(row, "fields", own);
	json_object_set_new(row, "tags", json_string(customer.tags));
	json_object_set_new(row, "payer", text_or_null(customer.payer_code));
	json_object_set_new(row, "payer_mode", text_or_null(customer.payer_mode));
	return STATUS_FINE;
}

struct status insight_customer(const struct report_context *context, const char *code, json_t **out)
{
	size_t index = book_find_customer_code(context->book, code);
	const uint8_t *selected = report_selected(context);
	if (index == SIZE_MAX || (selected && !selected[index]))
		return status_make(STATUS_NOT_FOUND, "There is no customer “%s”.", code);
	struct book_customer customer = book_customer(context->book, index);
	struct standing standing = standing_one(context->book, index, report_standing(context));
	struct user_names users;
	TRY(user_names_load(context, &users));
	struct next_action *next;
	TRY(next_actions(context, &index, 1, &next));
	json_t *row = customer_row(context, &users, index, &standing, &next[index]);
	json_t *items = json_array(), *contacts = json_array(), *timeline = json_array();
	struct book_item *all = arena_array(context->arena, struct book_item, customer.item_count + 1);
	book_customer_items(context->book, index, context->as_of, all);
	for (size_t i = 0; i < customer.item_count; i++)
		if (all[i].exists && (!context->currency || strcmp(all[i].currency, context->currency) == 0))
			json_array_append_new(items, insight_item_row(context, &all[i]));
	json_object_set_new(row, "items", items);
	json_object_set_new(row, "contacts", contacts);
	json_object_set_new(row, "timeline", timeline);
	json_object_set_new(row, "as_of", json_day(context->as_of));
	struct status status = STATUS_FINE;
	if (context->db) status = contacts_of(context, customer.id, contacts);
	if (!status.code && context->db) status = timeline_of(context, customer.id, &users, timeline);
	if (!status.code && context->db) status = own_fields(context, customer.id, row);
	if (status.code)
		json_decref(row);
	else
		*out = row;
	return status;
}
