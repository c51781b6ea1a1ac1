/* duplicates — customers who may be one: suggested, seen side by side, made one, made two again. */
#include "web/customer_page.h"

#include "access/user.h"
#include "base/memory.h"
#include "ledger/customer_merge.h"

#include <inttypes.h>
#include <string.h>

enum { SUGGESTED = 100 };

static json_t *twin_row(const struct customer_twin *twin)
{
	return json_pack("{s:s, s:s, s:s, s:s, s:o, s:o}", "one", twin->one_code, "one_name", twin->one_name, "other", twin->other_code, "other_name", twin->other_name,
	                 "siren", *twin->siren ? json_string(twin->siren) : json_null(), "place", *twin->place ? json_string(twin->place) : json_null());
}

static struct status duplicates_show(struct request *request)
{
	struct customer_twin *twins;
	struct customer_merged *merges;
	size_t twin_count, merge_count;
	TRY(customer_twins(request->db, request->viewer, request->company.id, SUGGESTED, request->arena, &twins, &twin_count));
	TRY(customer_merges(request->db, request->viewer, request->company.id, request->arena, &merges, &merge_count));
	json_t *pairs = json_array(), *done = json_array();
	for (size_t i = 0; i < twin_count; i++) json_array_append_new(pairs, twin_row(&twins[i]));
	for (size_t i = 0; i < merge_count; i++) {
		struct user user;
		bool known = merges[i].by_user && user_get(request->db, request->viewer, merges[i].by_user, &user).code == STATUS_OK;
		json_array_append_new(done, json_pack("{s:I, s:o, s:s, s:s, s:s, s:s, s:I, s:o}", "id", (json_int_t)merges[i].id, "at", model_instant(merges[i].at), "from",
			merges[i].from_code, "from_name", merges[i].from_name, "into", merges[i].into_code, "into_name", merges[i].into_name, "moved", (json_int_t)merges[i].moved,
			"by", known ? json_string(*user.name ? user.name : user.email) : json_null()));
	}
	json_object_set_new(request->model, "pairs", pairs);
	json_object_set_new(request->model, "has_pairs", json_boolean(twin_count > 0));
	json_object_set_new(request->model, "merges", done);
	json_object_set_new(request->model, "has_merges", json_boolean(merge_count > 0));
	json_object_set_new(request->model, "title", json_string(tr(request->lang, "Duplicate customers")));
	return STATUS_FINE;
}

struct sides {
	struct customer from, into;
};

static struct status sides_of(struct request *request, struct sides *out)
{
	const char *from = request_field(request, "from"), *into = request_field(request, "into");
	if (!from || !*from || !into || !*into) return status_make(STATUS_INVALID, "Name two customers.");
	TRY(customer_find(request->db, request->viewer, request->company.id, from, request->arena, &out->from));
	return customer_find(request->db, request->viewer, request->company.id, into, request->arena, &out->into);
}

static json_t *side(struct request *request, const struct report_context *context, const struct customer *c)
{
	struct book_ageing ageing = { 0 };
	size_t index = book_find_customer(context->book, c->id);
	int64_t outstanding = 0, overdue = 0, items = 0;
	if (index != SIZE_MAX) {
		struct standing standing = standing_one(context->book, index, report_standing(context));
		ageing = standing.ageing;
		outstanding = book_outstanding(&ageing), overdue = book_overdue(&ageing);
		items = (int64_t)book_customer(context->book, index).item_count;
	}
	return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:I, s:I, s:I, s:b}", "code", c->code, "name", c->name, "siren", c->siren, "place",
	                 arena_printf(request->arena, "%s %s", c->postcode, c->city), "email", c->email, "group", c->group_code, "outstanding", (json_int_t)outstanding, "overdue",
	                 (json_int_t)overdue, "items", (json_int_t)items, "merged", c->merged_into != 0);
}

static struct status merge_show(struct request *request)
{
	struct report_context context;
	struct sides sides;
	TRY(sides_of(request, &sides));
	TRY(view_context(request, &context));
	json_object_set_new(request->model, "from", side(request, &context, &sides.from));
	json_object_set_new(request->model, "into", side(request, &context, &sides.into));
	json_object_set_new(request->model, "other_siren", json_boolean(*sides.from.siren && *sides.into.siren && strcmp(sides.from.siren, sides.into.siren) != 0));
	json_object_set_new(request->model, "title", json_string(tr(request->lang, "Make two customers one")));
	return STATUS_FINE;
}

struct merging {
	int64_t from, into, id;
};

static struct status merge_work(struct change *change, void *context)
{
	struct merging *merging = context;
	return customer_merge_by_hand(change, merging->from, merging->into, &merging->id);
}

static struct status merge_save(struct request *request)
{
	struct sides sides;
	TRY(sides_of(request, &sides));
	struct merging merging = { sides.from.id, sides.into.id, 0 };
	TRY(request_change(request, merge_work, &merging));
	json_object_set_new(request->model, "id", json_integer(merging.id));
	request->notice = arena_printf(request->arena, tr(request->lang, "%s is now part of %s."), sides.from.name, sides.into.name);
	request->undo = arena_printf(request->arena, "/customers/merges/%" PRId64 "/undo", merging.id);
	request->redirect = arena_printf(request->arena, "/customers/%s", request_escape(request, sides.into.code));
	return STATUS_FINE;
}

static struct status unmerge_work(struct change *change, void *context)
{
	return customer_unmerge(change, *(const int64_t *)context);
}

static struct status merge_undo(struct request *request)
{
	int64_t id = request_int(request, "id", 0);
	TRY(request_change(request, unmerge_work, &id));
	request->notice = tr(request->lang, "They are two customers again.");
	request->redirect = "/customers/duplicates";
	return STATUS_FINE;
}

static struct status distinct_work(struct change *change, void *context)
{
	const struct merging *merging = context;
	return customer_distinct(change, merging->from, merging->into);
}

static struct status distinct_save(struct request *request)
{
	struct sides sides;
	TRY(sides_of(request, &sides));
	struct merging merging = { sides.from.id, sides.into.id, 0 };
	TRY(request_change(request, distinct_work, &merging));
	request->notice = tr(request->lang, "Noted: these are two customers.");
	request->redirect = "/customers/duplicates";
	return STATUS_FINE;
}

const struct route duplicates_routes[] = {
	{ "GET", "/customers/duplicates", RIGHT_SCENARIO, duplicates_show, .template = "duplicates", .menu = MENU_CUSTOMERS, .summary = "Customers who may be one, and those made one" },
	{ "GET", "/customers/merge", RIGHT_SCENARIO, merge_show, .template = "merge", .menu = MENU_CUSTOMERS, .summary = "Two customers side by side", .fields = "from* into*" },
	{ "POST", "/customers/merge", RIGHT_SCENARIO, merge_save, .menu = MENU_CUSTOMERS, .summary = "Make two customers one", .fields = "from* into*" },
	{ "POST", "/customers/merges/{id}/undo", RIGHT_SCENARIO, merge_undo, .menu = MENU_CUSTOMERS, .summary = "Make them two again" },
	{ "POST", "/customers/distinct", RIGHT_SCENARIO, distinct_save, .menu = MENU_CUSTOMERS, .summary = "These two are not one", .fields = "from* into*" },
	{ 0 },
};
