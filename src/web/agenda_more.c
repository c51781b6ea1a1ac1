/* agenda_more — beside what is to do: alerts by the company's own rules, what left by itself and what became of it, customers nobody
 * looks after, put right many at once; actions given to somebody else; who is away and who stands in. */
#include "web/agenda_page.h"

#include "access/absence.h"
#include "access/user.h"
#include "base/memory.h"
#include "dunning/alert.h"
#include "ledger/customer.h"
#include "web/draw.h"

enum { PAGE_ROWS = 100 };

static const char *shown_name(const struct user *user)
{
	return user->name[0] ? user->name : user->email;
}

/* --- filters -------------------------------------------------------------------------------------------------------------- */
/* People by whom the day can be narrowed: those who have something in it, and nobody. */
struct status agenda_collectors(struct request *request, const struct day *day, json_t **out)
{
	struct viewer system = viewer_system(request->viewer->tenant_id);
	struct user *users;
	size_t count;
	*out = json_array();
	TRY(user_list(request->db, &system, request->arena, &users, &count));
	const char *chosen = request_field(request, "collector");
	for (size_t u = 0; u <= count; u++) { /* the last one: nobody */
		int64_t id = u < count ? users[u].id : 0, has = 0;
		for (size_t i = 0; i < day->list->count; i++) has += day->list->actions[i].assigned_to == id;
		const char *code = id ? arena_printf(request->arena, "%lld", (long long)id) : "none";
		bool on = chosen && strcmp(chosen, code) == 0;
		if (!has && !on) continue;
		json_array_append_new(*out, json_pack("{s:s, s:I, s:b, s:o}", "name", id ? shown_name(&users[u]) : tr(request->lang, "Nobody"), "count",
		                                      (json_int_t)has, "on", on, "href", page_link(request, "collector", on ? NULL : code)));
	}
	return STATUS_FINE;
}

static const char *team_of(const struct day *day, int64_t user_id)
{
	for (size_t u = 0; user_id && u < day->user_count; u++)
		if (day->users[u].id == user_id) return day->users[u].team;
	return "";
}

struct status agenda_teams(struct request *request, const struct day *day, json_t **out)
{
	const char *chosen = request_field(request, "team");
	*out = json_array();
	for (size_t u = 0; u < day->user_count; u++) {
		const char *team = day->users[u].team;
		bool before = !*team;
		for (size_t b = 0; b < u; b++) before = before || strcmp(day->users[b].team, team) == 0;
		if (before) continue;
		int64_t has = 0;
		for (size_t i = 0; i < day->list->count; i++) has += strcmp(team_of(day, day->list->actions[i].assigned_to), team) == 0;
		bool on = chosen && strcmp(chosen, team) == 0;
		if (!has && !on) continue;
		json_array_append_new(*out, json_pack("{s:s, s:I, s:b, s:o}", "name", team, "count", (json_int_t)has, "on", on, "href",
		                                      page_link(request, "team", on ? NULL : team)));
	}
	return STATUS_FINE;
}

bool agenda_of_collector(const struct request *request, const struct day *day, int64_t assigned_to)
{
	const char *team = request_field(request, "team");
	if (team && *team && strcmp(team_of(day, assigned_to), team) != 0) return false;
	const char *mine = request_field(request, "mine"), *chosen = request_field(request, "collector");
	const struct viewer *viewer = request->viewer;
	if (mine && *mine == '1') {
		bool his = assigned_to == viewer->user_id;
		for (int i = 0; i < viewer->stands_for_count; i++) his = his || assigned_to == viewer->stands_for[i];
		if (!his) return false;
	}
	int64_t id = 0;
	if (!chosen || !*chosen) return true;
	if (strcmp(chosen, "none") == 0) return assigned_to == 0;
	return !text_parse_int(chosen, strlen(chosen), &id) || assigned_to == id;
}

/* Who could do it instead: people who may collect. */
struct status agenda_people(struct request *request, json_t **out)
{
	struct viewer system = viewer_system(request->viewer->tenant_id);
	struct user *users;
	size_t count;
	*out = json_array();
	TRY(user_list(request->db, &system, request->arena, &users, &count));
	for (size_t u = 0; u < count; u++)
		if (!users[u].disabled && role_rights(users[u].role) & RIGHT_COLLECT)
			json_array_append_new(*out, json_pack("{s:I, s:s, s:s}", "id", (json_int_t)users[u].id, "name", shown_name(&users[u]), "email", users[u].email));
	return STATUS_FINE;
}

/* --- alerts ----------------------------------------------------------------------------------------------------------------- */
struct status agenda_alerts_model(struct request *request, const struct day *day)
{
	struct alert *alerts;
	size_t count;
	const struct book *book = day->agenda.book;
	TRY(alert_list(request->db, request->viewer, request->company.id, book, request_selected(request, book), request->settings,
	               request->company.currency, request->as_of, request->arena, &alerts, &count));
	json_t *rows = json_array();
	int64_t offset = request_int(request, "offset", 0);
	size_t first = offset > 0 ? (size_t)offset : 0;
	for (size_t i = first; i < count && i < first + PAGE_ROWS; i++) {
		json_t *row = agenda_customer(&day->agenda, alerts[i].customer_id);
		json_object_set_new(row, "kind", json_string(alert_kind_code(alerts[i].kind)));
		json_object_set_new(row, "label", json_string(alert_kind_label(alerts[i].kind)));
		json_object_set_new(row, "item", json_string(alerts[i].number));
		json_object_set_new(row, "item_id", json_integer(alerts[i].item_id));
		json_object_set_new(row, "amount", json_integer(alerts[i].amount));
		json_object_set_new(row, "limit", json_integer(alerts[i].limit));
		json_object_set_new(row, "over", json_integer(alerts[i].amount - alerts[i].limit));
		json_object_set_new(row, "currency", json_string(alerts[i].currency));
		json_object_set_new(row, "day", model_day(alerts[i].day));
		json_array_append_new(rows, row);
	}
	json_object_set_new(request->model, "alerts", rows);
	json_object_set_new(request->model, "alert_count", json_integer((json_int_t)count));
	json_object_set_new(request->model, "pager", page_pager(request, first, PAGE_ROWS, count));
	return STATUS_FINE;
}

/* --- what left ----------------------------------------------------------------------------------------------------------------- */
static bool left_the_house(const struct day_action *action)
{
	return channel_needs_address((enum channel)action->channel) &&
	       (action->state == STATE_QUEUED || action->state == STATE_SENDING || action->state == STATE_SENT || action->state == STATE_FAILED ||
	        action->state == STATE_UNKNOWN);
}

size_t agenda_sent_count(const struct day *day)
{
	size_t count = 0;
	for (size_t i = 0; i < day->count; i++) count += left_the_house(day->actions[i]);
	return count;
}

struct status agenda_sent_model(struct request *request, const struct day *day)
{
	int64_t offset = request_int(request, "offset", 0), ids[PAGE_ROWS];
	size_t first = offset > 0 ? (size_t)offset : 0, passed = 0, shown = 0, of[4] = { 0 };
	/* trouble first: what failed, what is uncertain, what is on its way, what was sent */
	for (int turn = 0; turn < 4; turn++)
		for (size_t i = 0; i < day->count; i++) {
			const struct day_action *action = day->actions[i];
			if (!left_the_house(action)) continue;
			int group = action->state == STATE_FAILED ? 0 : action->state == STATE_UNKNOWN ? 1 : action->state == STATE_SENT ? 3 : 2;
			if (group != turn) continue;
			of[turn]++;
			if (passed++ >= first && shown < PAGE_ROWS) ids[shown++] = action->id;
		}
	struct action *whole;
	TRY(action_read(request->db, request->viewer, request->company.id, ids, shown, request->arena, &whole));
	json_t *rows = json_array();
	for (size_t i = 0; i < shown; i++) {
		if (!whole[i].id) continue;
		json_t *row = agenda_action(&day->agenda, &whole[i]);
		json_object_set_new(row, "automatic", json_boolean(whole[i].mode == MODE_AUTOMATIC && !whole[i].done_by));
		json_object_set_new(row, "trouble", json_string(whole[i].state == STATE_FAILED || whole[i].state == STATE_UNKNOWN ? whole[i].reason : ""));
		json_array_append_new(rows, row);
	}
	json_t *model = request->model;
	json_object_set_new(model, "rows", rows);
	json_object_set_new(model, "has_rows", json_boolean(json_array_size(rows) > 0));
	json_object_set_new(model, "failed", json_integer((json_int_t)of[0]));
	json_object_set_new(model, "unknown", json_integer((json_int_t)of[1]));
	json_object_set_new(model, "leaving", json_integer((json_int_t)of[2]));
	json_object_set_new(model, "sent", json_integer((json_int_t)of[3]));
	json_object_set_new(model, "pager", page_pager(request, first, PAGE_ROWS, passed));
	return STATUS_FINE;
}

/* --- customers nobody looks after ---------------------------------------------------------------------------------------------------- */
/* Those of the day, each once, as indexes of the book. */
size_t agenda_orphans(struct request *request, const struct day *day, size_t **out)
{
	const struct book *book = day->agenda.book;
	uint8_t *seen = arena_array(request->arena, uint8_t, book_customers(book) + 1);
	size_t *list = arena_array(request->arena, size_t, day->count + day->left_count + 1), count = 0;
	for (size_t i = 0; i < day->count + day->left_count; i++) {
		size_t index = book_find_customer(book, i < day->count ? day->actions[i]->customer_id : day->left[i - day->count]->customer_id);
		if (index == SIZE_MAX || seen[index]) continue;
		seen[index] = 1;
		if (!book_customer(book, index).collector_id) list[count++] = index;
	}
	*out = list;
	return count;
}

struct repair {
	struct request *request;
	const char *code, *field, *value;
};

static struct status repair_one(struct change *change, void *context)
{
	const struct repair *repair = context;
	struct customer customer;
	TRY(customer_find(change->db, change->viewer, change->company.id, repair->code, repair->request->arena, &customer));
	return customer_set(change, customer.id, repair->field, repair->value);
}

/* One collector, or one scenario, for all the customers ticked; each in its own transaction, and what was refused is said. */
static struct status repair_do(struct request *request)
{
	const char *const *codes = request_fields(request, "customer");
	const char *what = request_field(request, "what"), *value = NULL;
	struct repair repair = { .request = request };
	if (what && strcmp(what, "collector") == 0) repair.field = "collector", value = request_field(request, "collector");
	if (what && strcmp(what, "scenario") == 0) repair.field = "scenario", value = request_field(request, "scenario");
	if (!repair.field || !value || !*value) return status_make(STATUS_INVALID, "Choose a collector or a scenario.");
	if (!codes[0]) return status_make(STATUS_INVALID, "Tick at least one customer first.");
	repair.value = value;
	size_t done = 0, refused = 0;
	const char *first = "";
	for (size_t i = 0; codes[i]; i++) {
		repair.code = codes[i];
		struct status status = request_change(request, repair_one, &repair);
		if (status.code == STATUS_UNAVAILABLE || status.code == STATUS_FORBIDDEN) return status;
		if (status.code && !refused++) first = arena_strdup(request->arena, status.text);
		done += !status.code;
	}
	request->notice = arena_printf(request->arena, "%s %zu. %s %s", tr(request->lang, "Customers put right:"), done,
	                               refused ? tr(request->lang, "Some were refused:") : tr(request->lang, "Plan again to see them in the day."), first);
	request->redirect = request_back(request, "/agenda?tab=anomalies");
	return STATUS_FINE;
}

/* --- given to somebody else --------------------------------------------------------------------------------------------------------------- */
struct giving {
	int64_t id, to;
};

static struct status give_one(struct change *change, void *context)
{
	const struct giving *giving = context;
	return action_assign(change, giving->id, giving->to);
}

static struct status assign_do(struct request *request)
{
	const char *const *ids = request_fields(request, "action");
	struct giving giving = { .to = request_int(request, "to", -1) };
	if (giving.to < 0) return status_make(STATUS_INVALID, "Choose who is to do it.");
	if (!ids[0]) return status_make(STATUS_INVALID, "Tick at least one action first.");
	size_t done = 0, refused = 0;
	const char *first = "";
	for (size_t i = 0; ids[i]; i++) {
		if (!text_parse_int(ids[i], strlen(ids[i]), &giving.id)) continue;
		struct status status = request_change(request, give_one, &giving);
		if (status.code == STATUS_UNAVAILABLE) return status;
		if (status.code && !refused++) first = arena_strdup(request->arena, status.text);
		done += !status.code;
	}
	request->notice = arena_printf(request->arena, "%s %zu. %s %s", tr(request->lang, "Actions given over:"), done,
	                               refused ? tr(request->lang, "Some were refused:") : "", first);
	request->redirect = request_back(request, "/agenda");
	return STATUS_FINE;
}

/* --- away ------------------------------------------------------------------------------------------------------------------------------------ */
static struct status absences_show(struct request *request)
{
	struct absence *list;
	size_t count;
	json_t *rows = json_array(), *people;
	TRY(absence_list(request->db, request->viewer, request->today, request->arena, &list, &count));
	for (size_t i = 0; i < count; i++)
		json_array_append_new(rows, json_pack("{s:I, s:s, s:s, s:o, s:o, s:b, s:b}", "id", (json_int_t)list[i].id, "name", list[i].name, "stand_in",
		                                      list[i].stand_in, "from", model_day(list[i].from), "until", model_day(list[i].until), "now",
		                                      list[i].from <= request->today, "may_end",
		                                      list[i].user_id == request->viewer->user_id || viewer_may(request->viewer, RIGHT_USERS)));
	TRY(agenda_people(request, &people));
	json_object_set_new(request->model, "absences", rows);
	json_object_set_new(request->model, "has_absences", json_boolean(count > 0));
	json_object_set_new(request->model, "people", people);
	json_object_set_new(request->model, "me", json_integer((json_int_t)request->viewer->user_id));
	json_object_set_new(request->model, "today", model_day(request->today));
	json_object_set_new(request->model, "for_others", json_boolean(viewer_may(request->viewer, RIGHT_USERS)));
	return STATUS_FINE;
}

struct leaving {
	struct request *request;
	struct absence_new absence;
	int64_t id;
};

static struct status leave_work(struct db *db, void *context)
{
	struct leaving *leaving = context;
	return absence_set(db, leaving->request->viewer, &leaving->absence, leaving->request->today, leaving->request->now, &leaving->id);
}

static struct status absence_do(struct request *request)
{
	struct leaving leaving = { .request = request,
	                           .absence = { .user_id = request_int(request, "who", request->viewer->user_id), .stand_in_id = request_int(request, "stand_in", 0),
	                                        .from = DAY_NONE, .until = DAY_NONE } };
	request_day(request, "from", &leaving.absence.from);
	request_day(request, "until", &leaving.absence.until);
	TRY(request_transact(request, leave_work, &leaving));
	request->notice = tr(request->lang, "Noted: for these days the stand-in sees his customers and actions too.");
	request->redirect = "/agenda/absences";
	return STATUS_FINE;
}

static struct status back_work(struct db *db, void *context)
{
	struct leaving *leaving = context;
	return absence_end(db, leaving->request->viewer, leaving->id, leaving->request->now);
}

static struct status absence_end_do(struct request *request)
{
	struct leaving leaving = { .request = request, .id = request_int(request, "id", 0) };
	TRY(request_transact(request, back_work, &leaving));
	request->redirect = "/agenda/absences";
	return STATUS_FINE;
}

const struct route agenda_more_routes[] = {
	{ "POST", "/agenda/assign", RIGHT_COLLECT, assign_do, .summary = "Give ticked actions to somebody", .fields = "action[]* to* back" },
	{ "POST", "/agenda/repair", RIGHT_SCENARIO, repair_do, .summary = "Put many customers right at once", .fields = "customer[]* what* collector scenario back" },
	{ "GET", "/agenda/absences", RIGHT_COLLECT, absences_show, .template = "agenda_absences", .menu = MENU_AGENDA, .summary = "Who is away, and who stands in", .live = true },
	{ "POST", "/agenda/absences", RIGHT_COLLECT, absence_do, .summary = "Note an absence with its stand-in", .fields = "who from* until* stand_in*" },
	{ "POST", "/agenda/absences/{id}/end", RIGHT_COLLECT, absence_end_do, .summary = "Take an absence back" },
	{ 0 },
};
