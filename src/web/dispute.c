/* dispute — one case: what it is about, the steps, the two conversations, the credit note that is expected, how it ended. */
#include "web/casework_page.h"

#include "access/user.h"
#include "base/day.h"
#include "base/memory.h"
#include "outreach/casework.h"
#include "web/item_view.h"

#include <string.h>

static bool may_handle(const struct request *request)
{
	return !request->past && (viewer_may(request->viewer, RIGHT_RESOLVE) || viewer_may(request->viewer, RIGHT_COLLECT));
}

static const char *who(struct request *request, int64_t id, const char *author)
{
	struct user user;
	if (*author) return author;
	if (!id) return tr(request->lang, "Encours");
	struct viewer system = viewer_system(request->viewer->tenant_id);
	if (user_get(request->db, &system, id, &user).code) return "–";
	return arena_strdup(request->arena, *user.name ? user.name : user.email);
}

static struct status set_conversation(struct request *request, int64_t id)
{
	struct dispute_said *said;
	size_t count;
	json_t *sides[2] = { json_array(), json_array() };
	json_object_set_new(request->model, "internal", sides[0]);
	json_object_set_new(request->model, "exchange", sides[1]);
	TRY(dispute_conversation(request->db, request->viewer, request->company.id, id, request->arena, &said, &count));
	for (size_t i = 0; i < count; i++)
		json_array_append_new(sides[said[i].debtor], json_pack("{s:o, s:s, s:s, s:s, s:o}", "at", model_instant(said[i].at), "who",
		                                                       who(request, said[i].by_user, said[i].author), "text", said[i].text, "direction",
		                                                       said[i].direction, "message", said[i].outbox_id ? json_integer(said[i].outbox_id) : json_null()));
	return STATUS_FINE;
}

static void set_steps(struct request *request, const struct dispute_case *one)
{
	enum dispute_step steps[DISPUTE_CHAIN_MAX];
	int count = dispute_chain_read(one->chain, steps);
	json_t *list = json_array();
	for (int i = 0; i < count; i++)
		json_array_append_new(list, json_pack("{s:s, s:s, s:b, s:b}", "code", dispute_step_code(steps[i]), "label", dispute_step_label(steps[i]), "done",
		                                      i < one->step || (one->state == CASE_CLOSED), "on", i == one->step && one->state != CASE_CLOSED));
	json_object_set_new(request->model, "steps", list);
	bool more = one->state != CASE_CLOSED && one->step + 1 < count && steps[one->step + 1] != DISPUTE_BACK;
	json_object_set_new(request->model, "next", more ? json_string(dispute_step_label(steps[one->step + 1])) : json_null());
	json_t *states = json_array();
	for (int s = 0; s < CASE_CLOSED; s++)
		json_array_append_new(states, json_pack("{s:s, s:s, s:b}", "code", dispute_state_code((enum dispute_state)s), "label",
		                                        dispute_state_label((enum dispute_state)s), "on", (int)one->state == s));
	json_object_set_new(request->model, "states", states);
}

static struct status case_of(struct request *request, struct dispute_case *out)
{
	return dispute_case_get(request->db, request->viewer, request->company.id, request_int(request, "id", 0), request->arena, out);
}

static const struct { const char *code, *label; } outcomes[] = { /* msgids */
	{ "accepted", "Justified: we give a credit note" }, { "refused", "Not justified: the customer owes it" }, { "settled", "Settled half-way" },
	{ "written_off", "Written off" },
};

static struct status show(struct request *request, const char *problem, const char *field)
{
	struct dispute_case one;
	TRY(case_of(request, &one));
	json_t *model = request->model, *row = dispute_row(request, &one);
	char number[24];
	json_object_update(model, row);
	json_decref(row);
	json_object_set_new(model, "title", json_string(dispute_case_number(&one, number)));
	json_object_set_new(model, "open", json_boolean(one.state != CASE_CLOSED));
	json_object_set_new(model, "opened_amount", json_integer(one.opened_amount));
	json_object_set_new(model, "granted", one.granted ? json_integer(one.granted) : json_null());
	json_object_set_new(model, "closing", *one.closing ? json_string(one.closing) : json_null());
	json_object_set_new(model, "cause", json_string(one.cause));
	json_object_set_new(model, "remedy", json_string(one.remedy));
	json_object_set_new(model, "owner_email", *one.owner_email ? json_string(one.owner_email) : json_null());
	json_object_set_new(model, "manager_email", *one.manager_email ? json_string(one.manager_email) : json_null());
	json_object_set_new(model, "reminded_on", model_day(one.reminded_day));
	json_object_set_new(model, "escalated_on", model_day(one.escalated_day));
	json_object_set_new(model, "paused_on", model_day(one.paused_day));
	json_object_set_new(model, "may_handle", json_boolean(may_handle(request)));
	json_object_set_new(model, "people", casework_people(request, one.owner_id));
	json_t *ends = json_array();
	for (size_t i = 0; i < COUNT(outcomes); i++) {
		json_array_append_new(ends, json_pack("{s:s, s:s}", "code", outcomes[i].code, "label", outcomes[i].label));
		if (strcmp(one.outcome, outcomes[i].code) == 0) json_object_set_new(model, "outcome_label", json_string(outcomes[i].label));
	}
	if (!json_object_get(model, "outcome_label")) json_object_set_new(model, "outcome_label", json_null());
	json_object_set_new(model, "outcomes", ends);
	json_object_set_new(model, "form", form_again(request, (const char *const[]){ "text", "amount", "date", "note", NULL }));
	json_object_set_new(model, "problem", problem ? json_string(problem) : json_null());
	json_object_set_new(model, "field", field ? json_string(field) : json_null());
	set_steps(request, &one);
	casework_tabs(request, "disputes");
	request->template = "dispute";
	request->here = arena_printf(request->arena, "/disputes/%lld", (long long)one.id);
	if (problem) request->http_status = 422;
	return set_conversation(request, one.id);
}

static struct status dispute_show(struct request *request) { return show(request, NULL, NULL); }

/* --- acting on it ------------------------------------------------------------------------------------------------------------------- */
struct act {
	struct request *request;
	int64_t id, amount;
	int32_t day;
	const char *text;
};

static struct status read_act(struct request *request, struct act *out, const char **field)
{
	const char *amount = request_field(request, "amount"), *date = request_field(request, "date");
	*out = (struct act){ .request = request, .id = request_int(request, "id", 0), .day = DAY_NONE, .amount = -1 };
	out->text = request_field(request, "text");
	if (date && *date && !day_parse(date, strlen(date), &out->day)) {
		*field = "date";
		return status_make(STATUS_INVALID, "“%.40s” is no date: write it as 2025-09-30.", date);
	}
	if (!amount || !*amount) return STATUS_FINE;
	struct dispute_case one;
	TRY(case_of(request, &one));
	if (!field_amount(amount, one.currency, &out->amount) || out->amount < 0) {
		*field = "amount";
		return status_make(STATUS_INVALID, "“%.40s” is not an amount: write it as 1500 or 1500.50.", amount);
	}
	return STATUS_FINE;
}

static struct status act(struct request *request, request_work *work, const char *notice, const char *undo)
{
	struct act done;
	const char *field = NULL;
	struct status status = read_act(request, &done, &field);
	if (!status.code) status = request_change(request, work, &done);
	if (status.code) {
		bool words = status.code == STATUS_INVALID || status.code == STATUS_CONFLICT;
		return words && !request->json ? show(request, status.text, field) : status;
	}
	request->notice = tr(request->lang, notice);
	if (undo) request->undo = arena_printf(request->arena, "/disputes/%lld/%s", (long long)done.id, undo);
	request->redirect = request_back(request, arena_printf(request->arena, "/disputes/%lld", (long long)done.id));
	return STATUS_FINE;
}

static struct status next_work(struct change *change, void *context)
{
	const struct act *act = context;
	return dispute_advance(change, act->id, act->text);
}
static struct status move_work(struct change *change, void *context)
{
	const struct act *act = context;
	enum dispute_state state;
	struct dispute_case one; /* one that is not there is said before what is wrong with the form */
	TRY(dispute_case_get(change->db, change->viewer, change->company.id, act->id, act->request->arena, &one));
	if (!dispute_state_parse(request_field(act->request, "state"), &state)) return status_make(STATUS_INVALID, "Where does the dispute stand?");
	return dispute_move(change, act->id, state, act->text);
}
static struct status assign_work(struct change *change, void *context)
{
	const struct act *act = context;
	return dispute_assign(change, act->id, &(struct dispute_owner){ .user_id = request_int(act->request, "owner", 0),
	                      .name = request_field(act->request, "owner_name"), .email = request_field(act->request, "owner_email") });
}
static struct status due_work(struct change *change, void *context)
{
	const struct act *act = context;
	return dispute_set_due(change, act->id, act->day);
}
static struct status credit_work(struct change *change, void *context)
{
	const struct act *act = context;
	return dispute_promise_credit(change, act->id, act->amount > 0 ? act->amount : 0, act->day);
}
static struct status learn_work(struct change *change, void *context)
{
	const struct act *act = context;
	return dispute_learn(change, act->id, request_field(act->request, "cause"), request_field(act->request, "remedy"));
}
static struct status close_work(struct change *change, void *context)
{
	const struct act *act = context;
	const char *note = act->text ? act->text : request_field(act->request, "note");
	return dispute_case_close(change, act->id, &(struct dispute_closing){ .outcome = request_field(act->request, "outcome"), .granted = act->amount, .note = note,
	                          .cause = request_field(act->request, "cause"), .remedy = request_field(act->request, "remedy") });
}
static struct status reopen_work(struct change *change, void *context)
{
	const struct act *act = context;
	return dispute_reopen(change, act->id);
}
static struct status comment_work(struct change *change, void *context)
{
	const struct act *act = context;
	return dispute_say(change, act->id, false, "note", NULL, act->text, 0);
}
/* To the customer by mail, or what he said by other ways. */
static struct status exchange_work(struct change *change, void *context)
{
	const struct act *act = context;
	const char *way = request_field(act->request, "way");
	if (way && strcmp(way, "mail") == 0) return casework_write_debtor(change, act->id, act->text, act->request->arena);
	return dispute_say(change, act->id, true, way && strcmp(way, "in") == 0 ? "in" : "note", NULL, act->text, 0);
}

static struct status dispute_next(struct request *request) { return act(request, next_work, "Taken further.", NULL); }
static struct status dispute_moved(struct request *request) { return act(request, move_work, "Taken further.", NULL); }
static struct status dispute_assigned(struct request *request) { return act(request, assign_work, "Given on: the owner is told by mail.", NULL); }
static struct status dispute_due(struct request *request) { return act(request, due_work, "Deadline set.", NULL); }
static struct status dispute_credit(struct request *request) { return act(request, credit_work, "Credit note expected: closing is proposed when it arrives.", NULL); }
static struct status dispute_learned(struct request *request) { return act(request, learn_work, "Noted.", NULL); }
static struct status dispute_closed(struct request *request)
{
	return act(request, close_work, request_field(request, "undo") ? "Undone." : "Dispute closed: what is left goes back to collection.",
	           request_field(request, "undo") ? NULL : "reopen");
}
static struct status dispute_reopened(struct request *request) { return act(request, reopen_work, "Open again.", NULL); }
static struct status dispute_comment(struct request *request) { return act(request, comment_work, "Noted.", NULL); }
static struct status dispute_exchange(struct request *request) { return act(request, exchange_work, "Noted.", NULL); }

const struct route dispute_routes[] = {
	{ "GET", "/disputes/{id}", RIGHT_READ, dispute_show, .template = "dispute", .menu = MENU_DISPUTES, .summary = "A dispute" },
	{ "POST", "/disputes/{id}/next", RIGHT_NOTE, dispute_next, .template = "dispute", .menu = MENU_DISPUTES, .summary = "Take a dispute to its next step", .fields = "text" },
	{ "POST", "/disputes/{id}/move", RIGHT_NOTE, dispute_moved, .template = "dispute", .menu = MENU_DISPUTES, .summary = "Say where a dispute stands", .fields = "state* text" },
	{ "POST", "/disputes/{id}/assign", RIGHT_NOTE, dispute_assigned, .template = "dispute", .menu = MENU_DISPUTES, .summary = "Say who answers for a dispute",
	  .fields = "owner owner_name owner_email" },
	{ "POST", "/disputes/{id}/due", RIGHT_NOTE, dispute_due, .template = "dispute", .menu = MENU_DISPUTES, .summary = "Set the deadline of a dispute", .fields = "date*" },
	{ "POST", "/disputes/{id}/credit", RIGHT_NOTE, dispute_credit, .template = "dispute", .menu = MENU_DISPUTES, .summary = "Promise a credit note", .fields = "amount date" },
	{ "POST", "/disputes/{id}/learn", RIGHT_NOTE, dispute_learned, .template = "dispute", .menu = MENU_DISPUTES, .summary = "Note cause and remedy of a dispute",
	  .fields = "cause remedy" },
	{ "POST", "/disputes/{id}/comment", RIGHT_NOTE, dispute_comment, .template = "dispute", .menu = MENU_DISPUTES, .summary = "Comment on a dispute", .fields = "text*" },
	{ "POST", "/disputes/{id}/exchange", RIGHT_NOTE, dispute_exchange, .template = "dispute", .menu = MENU_DISPUTES,
	  .summary = "Write to the customer about a dispute, or note what he said", .fields = "text* way" },
	{ "POST", "/disputes/{id}/close", RIGHT_RESOLVE, dispute_closed, .template = "dispute", .menu = MENU_DISPUTES, .summary = "Close a dispute",
	  .fields = "outcome amount note cause remedy" },
	{ "POST", "/disputes/{id}/reopen", RIGHT_RESOLVE, dispute_reopened, .template = "dispute", .menu = MENU_DISPUTES, .summary = "Open a closed dispute again" },
	{ 0 },
};
