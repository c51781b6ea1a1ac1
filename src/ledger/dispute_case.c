#include "ledger/dispute_case.h"

#include "access/user.h"
#include "base/day.h"
#include "base/email.h"
#include "base/memory.h"
#include "base/text.h"
#include "ledger/dispute.h"
#include "ledger/event.h"

#include <string.h>

static const struct { const char *code, *label; } states[CASE_STATES] = {
	[CASE_OPEN] = { "open", "Just opened" },
	[CASE_ANALYSIS] = { "analysis", "Being looked into" },
	[CASE_CUSTOMER] = { "customer", "Waiting for the customer" },
	[CASE_CREDIT] = { "credit", "Credit note to issue" },
	[CASE_CLOSED] = { "closed", "Over" },
};

const char *dispute_state_code(enum dispute_state state) { return states[state].code; }
const char *dispute_state_label(enum dispute_state state) { return states[state].label; }

bool dispute_state_parse(const char *code, enum dispute_state *out)
{
	for (int i = 0; code && i < CASE_STATES; i++)
		if (strcmp(states[i].code, code) == 0) return *out = (enum dispute_state)i, true;
	return false;
}

const char *dispute_case_number(const struct dispute_case *one, char out[static 24])
{
	snprintf(out, 24, "%c-%lld", one->kind->blockage ? 'B' : 'L', (long long)one->id);
	return out;
}

bool dispute_case_left(const struct dispute_case *one, int32_t today, int *days)
{
	if (one->state == CASE_CLOSED || one->due_day == DAY_NONE || one->paused_day != DAY_NONE) return false;
	*days = (int)(one->due_day - today);
	return true;
}

/* --- reading ------------------------------------------------------------------------------------------------------------------ */
struct part_row {
	size_t of;
	struct dispute_part part;
};

#define CASE_COLUMNS                                                                                                              \
	"k.id, k.customer_id, k.owner_id, k.by_user, k.rev, k.credit_amount, k.credit_item_id, k.granted, k.step, k.reason, k.state,"   \
	" k.chain, k.currency, k.note, k.owner_name, k.owner_email, k.manager_email, k.outcome, k.closing, k.cause, k.remedy,"          \
	" k.opened_day, k.due_day, k.paused_day, k.answered_day, k.credit_day, k.proposed_day, k.closed_day, k.reminded_day,"           \
	" k.escalated_day, c.code, c.name, c.collector_id, c.sales_id, c.group_code, u.name, u.email, x.number"
#define CASE_FROM                                                                                                                 \
	" FROM dispute_case k JOIN customer c ON c.tenant_id = k.tenant_id AND c.company_id = k.company_id AND c.id = k.customer_id"    \
	" LEFT JOIN user_account u ON u.tenant_id = k.tenant_id AND u.id = k.owner_id"                                                  \
	" LEFT JOIN item x ON x.tenant_id = k.tenant_id AND x.company_id = k.company_id AND x.id = k.credit_item_id"                    \
	" WHERE k.tenant_id = $tenant AND k.company_id = $company AND (CAST($id AS BIGINT) = 0 OR k.id = $id)"                          \
	" AND (CAST($customer AS BIGINT) = 0 OR k.customer_id = $customer) AND (CAST($owner AS BIGINT) = 0 OR k.owner_id = $owner)"     \
	" AND (k.state <> 'closed' OR (CAST($open AS BIGINT) = 0 AND k.closed_day >= $since))"

static void read_case(struct rows *rows, struct arena *arena, struct dispute_case *out)
{
	const char *reason = row_text(rows, 9);
	const struct dispute_kind *kind = dispute_kind(reason);
	bool account = row_int(rows, 2) != 0 && !row_null(rows, 36);
	*out = (struct dispute_case){
		.id = row_int(rows, 0), .customer_id = row_int(rows, 1), .owner_id = row_int(rows, 2), .by_user = row_int(rows, 3), .rev = row_int(rows, 4),
		.credit_amount = row_int(rows, 5), .credit_item_id = row_int(rows, 6), .granted = row_int(rows, 7), .step = (int)row_int(rows, 8),
		.reason = arena_strdup(arena, reason), .chain = arena_strdup(arena, row_text(rows, 11)), .currency = arena_strdup(arena, row_text(rows, 12)),
		.note = arena_strdup(arena, row_text(rows, 13)),
		.owner_name = arena_strdup(arena, row_text(rows, account && *row_text(rows, 35) ? 35 : account ? 36 : 14)),
		.owner_email = arena_strdup(arena, row_text(rows, account ? 36 : 15)), .manager_email = arena_strdup(arena, row_text(rows, 16)),
		.outcome = arena_strdup(arena, row_text(rows, 17)), .closing = arena_strdup(arena, row_text(rows, 18)),
		.cause = arena_strdup(arena, row_text(rows, 19)), .remedy = arena_strdup(arena, row_text(rows, 20)), .opened_day = row_day(rows, 21),
		.due_day = row_day(rows, 22), .paused_day = row_day(rows, 23), .answered_day = row_day(rows, 24), .credit_day = row_day(rows, 25),
		.proposed_day = row_day(rows, 26), .closed_day = row_day(rows, 27), .reminded_day = row_day(rows, 28), .escalated_day = row_day(rows, 29),
		.customer_code = arena_strdup(arena, row_text(rows, 30)), .customer_name = arena_strdup(arena, row_text(rows, 31)),
		.credit_number = arena_strdup(arena, row_text(rows, 37)), .kind = kind ? kind : dispute_kind("other") };
	dispute_state_parse(row_text(rows, 10), &out->state);
}

/* What is still withheld of each item: the part named, or all that is open. */
static struct status read_parts(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t id, int64_t customer_id, struct arena *arena,
                                struct dispute_case *cases, size_t count)
{
	struct { int64_t id; size_t at; } *index = count ? xcalloc(count, sizeof *index) : NULL;
	for (size_t i = 0; i < count; i++) {
		size_t at = i;
		while (at > 0 && index[at - 1].id > cases[i].id) index[at] = index[at - 1], at--;
		index[at].id = cases[i].id, index[at].at = i;
	}
	struct part_row *list = NULL;
	size_t found = 0, cap = 0;
	cleanup_rows struct rows *rows = db_query(db,
		"SELECT d.case_id, d.id, d.item_id, d.amount, d.contested, d.closed_day, COALESCE(i.open_amount, 0), i.number, i.due_day FROM dispute d"
		" LEFT JOIN item i ON i.tenant_id = d.tenant_id AND i.company_id = d.company_id AND i.customer_id = d.customer_id AND i.id = d.item_id"
		" WHERE d.tenant_id = $tenant AND d.company_id = $company AND (CAST($id AS BIGINT) = 0 OR d.case_id = $id)"
		" AND (CAST($customer AS BIGINT) = 0 OR d.customer_id = $customer) ORDER BY d.case_id, d.id",
		DB_ARGS(db_int("tenant", viewer->tenant_id), db_int("company", company_id), db_int("id", id), db_int("customer", customer_id)));
	while (rows_next(rows)) {
		int64_t of = row_int(rows, 0);
		size_t low = 0, high = count;
		while (low < high) {
			size_t middle = low + (high - low) / 2;
			if (index[middle].id < of) low = middle + 1;
			else high = middle;
		}
		if (low == count || index[low].id != of) continue;
		int64_t open = row_int(rows, 6) > 0 ? row_int(rows, 6) : 0;
		bool closed = !row_null(rows, 5);
		int64_t part = row_null(rows, 3) || row_int(rows, 3) > open ? open : row_int(rows, 3);
		GROW(list, found, cap);
		list[found++] = (struct part_row){ index[low].at, { .id = row_int(rows, 1), .item_id = row_int(rows, 2), .open = open,
			.contested = closed ? row_int(rows, 4) : part, .number = arena_strdup(arena, row_text(rows, 7)), .due_day = row_day(rows, 8),
			.closed = closed } };
		struct dispute_case *one = &cases[index[low].at];
		one->opened_amount += row_int(rows, 4);
		one->part_count++;
		if (!closed || one->state == CASE_CLOSED) one->amount += list[found - 1].part.contested;
	}
	struct dispute_part *parts = arena_array(arena, struct dispute_part, found + 1);
	size_t from = 0;
	for (size_t i = 0; i < found; i++) { /* rows of one case stand together */
		if (i == 0 || list[i].of != list[i - 1].of) cases[list[i].of].parts = parts + from;
		parts[from++] = list[i].part;
	}
	free(list), free(index);
	return rows_status(rows);
}

struct status dispute_case_list(struct db *db, const struct viewer *viewer, int64_t company_id, struct dispute_case_filter filter,
                                struct arena *arena, struct dispute_case **out, size_t *count)
{
	*out = arena_array(arena, struct dispute_case, 1), *count = 0;
	if (!viewer_sees_company(viewer, company_id)) return status_make(STATUS_NOT_FOUND, "There is no such company.");
	struct dispute_case *list = NULL;
	size_t cap = 0;
	struct status status;
	{
		cleanup_rows struct rows *rows = db_query(db,
			"SELECT " CASE_COLUMNS CASE_FROM " ORDER BY CASE WHEN k.state = 'closed' THEN 1 ELSE 0 END,"
			" COALESCE(k.closed_day, k.due_day, 99999999), k.id",
			DB_ARGS(db_int("tenant", viewer->tenant_id), db_int("company", company_id), db_int("id", filter.id),
			        db_int("customer", filter.customer_id), db_int("owner", filter.owner_id), db_int("open", filter.open_only),
			        db_int("since", filter.since == DAY_NONE ? 0 : filter.since)));
		while (rows_next(rows)) {
			if (!viewer_sees_customer(viewer, row_int(rows, 32), row_int(rows, 33), row_text(rows, 34))) continue;
			if (filter.reason && *filter.reason && strcmp(filter.reason, row_text(rows, 9)) != 0) continue;
			GROW(list, *count, cap);
			read_case(rows, arena, &list[(*count)++]);
		}
		status = rows_status(rows);
	}
	*out = arena_array(arena, struct dispute_case, *count + 1);
	if (*count) memcpy(*out, list, *count * sizeof *list);
	free(list);
	return status.code ? status : read_parts(db, viewer, company_id, filter.id, filter.customer_id, arena, *out, *count);
}

struct status dispute_case_get(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t id, struct arena *arena,
                               struct dispute_case *out)
{
	int64_t of = id;
	bool found = false;
	TRY(db_get_int(db, "SELECT case_id FROM dispute WHERE tenant_id = $tenant AND company_id = $company AND id = $id",
	               DB_ARGS(db_int("tenant", viewer->tenant_id), db_int("company", company_id), db_int("id", id)), &of, &found));
	struct dispute_case *list;
	size_t count = 0;
	if (found && id > 0) TRY(dispute_case_list(db, viewer, company_id, (struct dispute_case_filter){ .id = of }, arena, &list, &count));
	if (!count) return status_make(STATUS_NOT_FOUND, "There is no dispute %lld, or it is not in your portfolio.", (long long)id);
	*out = list[0];
	return STATUS_FINE;
}

/* --- writing ------------------------------------------------------------------------------------------------------------------- */
static struct status check_text(const char *text)
{
	return strlen(text) <= 4000 && utf8_valid(text, strlen(text))
	               ? STATUS_FINE
	               : status_make(STATUS_INVALID, "This text is too long, or not readable: at most %d characters.", 4000);
}

static struct status may_handle(const struct change *change)
{
	return viewer_may(change->viewer, RIGHT_RESOLVE) ? STATUS_FINE : change_allows(change, RIGHT_COLLECT);
}

/* The case, if the viewer may work on it and it is still open. */
static struct status take(struct change *change, int64_t id, struct arena *arena, struct dispute_case *out)
{
	TRY(dispute_case_get(change->db, change->viewer, change->company.id, id, arena, out));
	TRY(may_handle(change));
	return out->state == CASE_CLOSED ? status_make(STATUS_CONFLICT, "Dispute %lld is closed already.", (long long)out->id) : STATUS_FINE;
}

static json_t *numbers_of(const struct dispute_case *one)
{
	json_t *numbers = json_array();
	for (size_t i = 0; i < one->part_count; i++) json_array_append_new(numbers, json_string(one->parts[i].number));
	return numbers;
}

static struct status tell(struct change *change, const struct dispute_case *one, const char *kind, const char *label, const char *text)
{
	json_t *content = json_pack("{s:o}", "items", numbers_of(one));
	/* where it stands now is one of our own messages; the others name somebody */
	if (label && *label) json_object_set_new(content, strcmp(kind, "dispute.moved") == 0 ? "state" : "label", json_string(label));
	if (text && *text) json_object_set_new(content, "text", json_string(text));
	return event_add_json(change, (struct event_new){ .kind = kind, .customer_id = one->customer_id, .ref = one->id }, content);
}

/* The deadline stands on the rows too: they are what the plan reads. While the case waits for the customer there is none. */
static struct status store_rows(struct change *change, int64_t id, int32_t due_day, int32_t credit_day)
{
	return db_run(change->db,
	              "UPDATE dispute SET due_day = $due, credit_expected_day = $credit, rev = $rev WHERE tenant_id = $tenant"
	              " AND company_id = $company AND case_id = $id AND closed_day IS NULL",
	              DB_ARGS(db_day("due", due_day), db_day("credit", credit_day), db_int("rev", change->rev),
	                      db_int("tenant", change->company.tenant_id), db_int("company", change->company.id), db_int("id", id)));
}

static struct status store_case(struct change *change, const struct dispute_case *one)
{
	TRY(db_run(change->db,
	           "UPDATE dispute_case SET state = $state, step = $step, due_day = $due, paused_day = $paused, answered_day = $answered,"
	           " credit_amount = $credit_amount, credit_day = $credit_day, credit_item_id = $credit_item, proposed_day = $proposed,"
	           " owner_id = $owner, owner_name = $owner_name, owner_email = $owner_email, cause = $cause, remedy = $remedy,"
	           " outcome = $outcome, granted = $granted, closing = $closing, closed_day = $closed, reminded_day = $reminded,"
	           " escalated_day = $escalated, rev = $rev WHERE tenant_id = $tenant AND company_id = $company AND id = $id",
	           DB_ARGS(db_text("state", dispute_state_code(one->state)), db_int("step", one->step), db_day("due", one->due_day),
	                   db_day("paused", one->paused_day), db_day("answered", one->answered_day), db_int("credit_amount", one->credit_amount),
	                   db_day("credit_day", one->credit_day), db_int("credit_item", one->credit_item_id), db_day("proposed", one->proposed_day),
	                   db_int("owner", one->owner_id), db_text("owner_name", one->owner_id ? "" : one->owner_name),
	                   db_text("owner_email", one->owner_id ? "" : one->owner_email), db_text("cause", one->cause), db_text("remedy", one->remedy),
	                   db_text("outcome", one->outcome), db_int("granted", one->granted), db_text("closing", one->closing),
	                   db_day("closed", one->closed_day), db_day("reminded", one->reminded_day), db_day("escalated", one->escalated_day),
	                   db_int("rev", change->rev), db_int("tenant", change->company.tenant_id), db_int("company", change->company.id),
	                   db_int("id", one->id))));
	if (one->state == CASE_CLOSED) return STATUS_FINE;
	return store_rows(change, one->id, one->paused_day == DAY_NONE ? one->due_day : DAY_NONE,
	                  one->credit_item_id ? DAY_NONE : one->credit_day);
}

struct status dispute_case_make(struct change *change, int64_t id, int64_t customer_id, const char *currency, const struct dispute_kind *kind,
                                const struct dispute_new *given, int32_t *due_day)
{
	cleanup_arena struct arena *arena = arena_new();
	const struct settings *settings;
	TRY(settings_load(change->db, change->company.tenant_id, change->company.id, arena, &settings));
	struct dispute_policy policy;
	dispute_policy(settings, kind, &policy);
	*due_day = given->due_day != DAY_NONE ? given->due_day : change->today + policy.days;
	const char *name = given->owner ? given->owner : "", *email = given->owner_email ? given->owner_email : "";
	if (*email && !email_plausible(email)) return status_make(STATUS_INVALID, "“%s” is not an e-mail address.", email);
	if (!given->owner_id && !*name && !*email) email = policy.owner;
	return db_run(change->db,
	              "INSERT INTO dispute_case (tenant_id, company_id, id, customer_id, reason, state, chain, currency, note, owner_id, owner_name,"
	              " owner_email, manager_email, opened_day, due_day, credit_day, by_user, rev) VALUES ($tenant, $company, $id, $customer,"
	              " $reason, 'open', $chain, $currency, $note, $owner, $owner_name, $owner_email, $manager, $today, $due, $credit, $by, $rev)",
	              DB_ARGS(db_int("tenant", change->company.tenant_id), db_int("company", change->company.id), db_int("id", id),
	                      db_int("customer", customer_id), db_text("reason", kind->code), db_text("chain", policy.chain),
	                      db_text("currency", currency), db_text("note", given->note ? given->note : ""), db_int("owner", given->owner_id),
	                      db_text("owner_name", name), db_text("owner_email", email), db_text("manager", setting_text(settings, "dispute.manager")),
	                      db_day("today", change->today), db_day("due", *due_day), db_day("credit", given->credit_expected_day),
	                      db_int("by", change->viewer->user_id), db_int("rev", change->rev)));
}

struct status dispute_assign(struct change *change, int64_t id, const struct dispute_owner *owner)
{
	cleanup_arena struct arena *arena = arena_new();
	struct dispute_case one;
	TRY(take(change, id, arena, &one));
	const char *name = owner->name ? owner->name : "", *email = owner->email ? owner->email : "";
	TRY(check_text(name));
	if (*email && !email_plausible(email)) return status_make(STATUS_INVALID, "“%s” is not an e-mail address.", email);
	if (strlen(name) > 200 || strlen(email) > 200) return status_make(STATUS_INVALID, "This text is too long, or not readable: at most %d characters.", 200);
	struct user user = { 0 };
	if (owner->user_id) {
		struct viewer system = viewer_system(change->company.tenant_id); /* any colleague may be named */
		TRY(user_get(change->db, &system, owner->user_id, &user));
		if (user.disabled) return status_make(STATUS_CONFLICT, "This account is disabled: choose somebody else.");
	}
	one.owner_id = owner->user_id, one.owner_name = name, one.owner_email = email;
	one.reminded_day = one.escalated_day = DAY_NONE; /* the new one is told */
	TRY(store_case(change, &one));
	return tell(change, &one, "dispute.assigned", owner->user_id ? *user.name ? user.name : user.email : *name ? name : email, NULL);
}

/* Entering and leaving "waiting for the customer" stops and restarts the countdown. */
static void enter(struct dispute_case *one, enum dispute_state state, int32_t today)
{
	if (one->paused_day != DAY_NONE && state != CASE_CUSTOMER) {
		if (one->due_day != DAY_NONE) one->due_day += today - one->paused_day;
		one->paused_day = DAY_NONE;
		one->reminded_day = one->escalated_day = DAY_NONE;
	} else if (state == CASE_CUSTOMER && one->paused_day == DAY_NONE) {
		one->paused_day = today;
	}
	if ((state == CASE_CUSTOMER || state == CASE_CREDIT || state == CASE_CLOSED) && one->answered_day == DAY_NONE) one->answered_day = today;
	one->state = state;
}

static struct status move_to(struct change *change, struct dispute_case *one, enum dispute_state state, const char *label, const char *note)
{
	enter(one, state, change->today);
	TRY(store_case(change, one));
	return tell(change, one, "dispute.moved", label, note);
}

struct status dispute_advance(struct change *change, int64_t id, const char *note)
{
	cleanup_arena struct arena *arena = arena_new();
	struct dispute_case one;
	note = note ? note : "";
	TRY(check_text(note));
	TRY(take(change, id, arena, &one));
	enum dispute_step steps[DISPUTE_CHAIN_MAX];
	int count = dispute_chain_read(one.chain, steps);
	if (one.step + 1 >= count || steps[one.step + 1] == DISPUTE_BACK)
		return status_make(STATUS_CONFLICT, "Nothing is left to do but to close it: say how it ended.");
	enum dispute_step step = steps[++one.step];
	static const enum dispute_state into[DISPUTE_STEPS] = { [DISPUTE_PROOF] = CASE_CUSTOMER, [DISPUTE_OWNER] = CASE_ANALYSIS,
		[DISPUTE_MANAGER] = CASE_ANALYSIS, [DISPUTE_CREDIT] = CASE_CREDIT };
	return move_to(change, &one, into[step], dispute_step_label(step), note);
}

struct status dispute_move(struct change *change, int64_t id, enum dispute_state state, const char *note)
{
	cleanup_arena struct arena *arena = arena_new();
	struct dispute_case one;
	note = note ? note : "";
	TRY(check_text(note));
	TRY(take(change, id, arena, &one));
	if (state == CASE_CLOSED) return status_make(STATUS_INVALID, "Say how it ended to close a dispute.");
	if (state == one.state) return status_make(STATUS_CONFLICT, "The dispute stands there already. Reload the page.");
	/* the chain follows: the next step is the one after the first that leads here */
	enum dispute_step steps[DISPUTE_CHAIN_MAX];
	int count = dispute_chain_read(one.chain, steps);
	static const enum dispute_step of[CASE_STATES] = { [CASE_ANALYSIS] = DISPUTE_OWNER, [CASE_CUSTOMER] = DISPUTE_PROOF, [CASE_CREDIT] = DISPUTE_CREDIT };
	for (int i = 0; i < count; i++)
		if (state != CASE_OPEN && steps[i] == of[state]) {
			one.step = i;
			break;
		}
	if (state == CASE_OPEN) one.step = -1;
	return move_to(change, &one, state, dispute_state_label(state), note);
}

struct status dispute_set_due(struct change *change, int64_t id, int32_t day)
{
	cleanup_arena struct arena *arena = arena_new();
	struct dispute_case one;
	TRY(take(change, id, arena, &one));
	if (day == DAY_NONE || day < change->today) return status_make(STATUS_INVALID, "Our deadline to answer is in the past.");
	one.due_day = day;
	if (one.paused_day != DAY_NONE) one.paused_day = change->today; /* given anew: it counts from now */
	one.reminded_day = one.escalated_day = DAY_NONE;
	TRY(store_case(change, &one));
	char iso[11];
	day_format(day, iso);
	return event_add_json(change, (struct event_new){ .kind = "dispute.due", .customer_id = one.customer_id, .ref = one.id },
	                      json_pack("{s:s,s:o}", "day", iso, "items", numbers_of(&one)));
}

struct status dispute_promise_credit(struct change *change, int64_t id, int64_t amount, int32_t day)
{
	cleanup_arena struct arena *arena = arena_new();
	struct dispute_case one;
	TRY(take(change, id, arena, &one));
	if (amount < 0) return status_make(STATUS_INVALID, "The amount is above zero.");
	if (day != DAY_NONE && day < change->today) return status_make(STATUS_INVALID, "The credit note is expected on a day in the past.");
	one.credit_amount = amount ? amount : one.amount;
	one.credit_day = day;
	one.credit_item_id = 0, one.proposed_day = DAY_NONE;
	enter(&one, CASE_CREDIT, change->today);
	enum dispute_step steps[DISPUTE_CHAIN_MAX];
	int count = dispute_chain_read(one.chain, steps);
	for (int i = 0; i < count; i++)
		if (steps[i] == DISPUTE_CREDIT) one.step = i;
	TRY(store_case(change, &one));
	json_t *content = json_pack("{s:I,s:s,s:o}", "amount", (json_int_t)one.credit_amount, "currency", one.currency, "items", numbers_of(&one));
	char iso[11];
	if (day != DAY_NONE) day_format(day, iso), json_object_set_new(content, "day", json_string(iso));
	return event_add_json(change, (struct event_new){ .kind = "dispute.credit", .customer_id = one.customer_id, .ref = one.id }, content);
}

struct status dispute_learn(struct change *change, int64_t id, const char *cause, const char *remedy)
{
	cleanup_arena struct arena *arena = arena_new();
	struct dispute_case one;
	TRY(dispute_case_get(change->db, change->viewer, change->company.id, id, arena, &one)); /* closed ones too */
	TRY(may_handle(change));
	if (cause) one.cause = cause;
	if (remedy) one.remedy = remedy;
	TRY(check_text(one.cause));
	TRY(check_text(one.remedy));
	TRY(store_case(change, &one));
	return tell(change, &one, "dispute.learned", one.cause, one.remedy);
}

/* --- the end ---------------------------------------------------------------------------------------------------------------------- */
static const char *const outcomes[] = { "", "accepted", "refused", "settled", "written_off" };

static bool outcome_known(const char *outcome)
{
	for (size_t i = 0; i < COUNT(outcomes); i++)
		if (strcmp(outcomes[i], outcome) == 0) return true;
	return false;
}

/* A reason without its words is no reason: what was given away follows from the outcome unless it is said. */
static int64_t granted_of(const char *outcome, int64_t said, int64_t contested)
{
	if (said >= 0) return said;
	return strcmp(outcome, "accepted") == 0 || strcmp(outcome, "written_off") == 0 ? contested : 0;
}

struct status dispute_case_row_closed(struct change *change, int64_t case_id, const char *outcome, const char *note, int64_t granted)
{
	if (!outcome_known(outcome))
		return status_make(STATUS_INVALID, "A dispute ends accepted, refused, settled or written_off, not “%s”.", outcome);
	int64_t left = 0;
	TRY(db_get_int(change->db, "SELECT COUNT(*) FROM dispute WHERE tenant_id = $tenant AND company_id = $company AND case_id = $id"
	                           " AND closed_day IS NULL",
	               DB_ARGS(db_int("tenant", change->company.tenant_id), db_int("company", change->company.id), db_int("id", case_id)), &left, NULL));
	struct db_arg tenant = db_int("tenant", change->company.tenant_id), company = db_int("company", change->company.id), id = db_int("id", case_id);
	if (left)
		return db_run(change->db,
		              "UPDATE dispute_case SET granted = granted + $granted, rev = $rev WHERE tenant_id = $tenant AND company_id = $company AND id = $id",
		              DB_ARGS(db_int("granted", granted), db_int("rev", change->rev), tenant, company, id));
	return db_run(change->db,
	              "UPDATE dispute_case SET state = 'closed', closed_day = $today, outcome = $outcome, granted = granted + $granted,"
	              " closing = CASE WHEN CAST($note AS TEXT) = '' THEN closing ELSE $note END, paused_day = NULL,"
	              " answered_day = COALESCE(answered_day, $today), rev = $rev WHERE tenant_id = $tenant AND company_id = $company AND id = $id",
	              DB_ARGS(db_int("granted", granted), db_int("rev", change->rev), tenant, company, id, db_day("today", change->today),
	                      db_text("outcome", outcome), db_text("note", note)));
}

struct status dispute_case_close(struct change *change, int64_t id, const struct dispute_closing *closing)
{
	cleanup_arena struct arena *arena = arena_new();
	struct dispute_case one;
	TRY(take(change, id, arena, &one));
	const char *outcome = closing->outcome ? closing->outcome : "";
	if (!outcome_known(outcome))
		return status_make(STATUS_INVALID, "A dispute ends accepted, refused, settled or written_off, not “%s”.", outcome);
	one.outcome = outcome;
	one.granted += granted_of(outcome, closing->granted, one.amount);
	if (one.granted > one.opened_amount && closing->granted > 0)
		return status_make(STATUS_INVALID, "More is given away than what was contested.");
	if (closing->note) one.closing = closing->note;
	if (closing->cause) one.cause = closing->cause;
	if (closing->remedy) one.remedy = closing->remedy;
	TRY(check_text(one.closing));
	TRY(check_text(one.cause));
	TRY(check_text(one.remedy));
	enter(&one, CASE_CLOSED, change->today);
	one.closed_day = change->today;
	TRY(db_run(change->db,
	           "UPDATE dispute SET closed_day = $today, outcome = $outcome, rev = $rev WHERE tenant_id = $tenant AND company_id = $company"
	           " AND case_id = $id AND closed_day IS NULL",
	           DB_ARGS(db_day("today", change->today), db_text("outcome", outcome), db_int("rev", change->rev),
	                   db_int("tenant", change->company.tenant_id), db_int("company", change->company.id), db_int("id", one.id))));
	TRY(store_case(change, &one));
	json_t *content = json_pack("{s:s,s:s,s:o}", "outcome", outcome, "text", one.closing, "items", numbers_of(&one));
	if (one.granted) json_object_set_new(content, "amount", json_integer(one.granted)), json_object_set_new(content, "currency", json_string(one.currency));
	return event_add_json(change, (struct event_new){ .kind = "dispute.closed", .customer_id = one.customer_id, .ref = one.id }, content);
}

struct status dispute_reopen(struct change *change, int64_t id)
{
	cleanup_arena struct arena *arena = arena_new();
	struct dispute_case one;
	TRY(may_handle(change));
	TRY(dispute_case_get(change->db, change->viewer, change->company.id, id, arena, &one));
	if (one.state != CASE_CLOSED) return status_make(STATUS_CONFLICT, "Dispute %lld is open.", (long long)one.id);
	for (size_t i = 0; i < one.part_count; i++) { /* one open dispute an item */
		int64_t other;
		struct status status = dispute_of_item(change->db, change->viewer, change->company.id, one.parts[i].item_id, &other);
		if (!status.code) return status_make(STATUS_CONFLICT, "A dispute is open on %s already.", one.parts[i].number);
		if (status.code != STATUS_NOT_FOUND) return status;
	}
	TRY(db_run(change->db,
	           "UPDATE dispute SET closed_day = NULL, outcome = '', rev = $rev WHERE tenant_id = $tenant AND company_id = $company AND case_id = $id",
	           DB_ARGS(db_int("rev", change->rev), db_int("tenant", change->company.tenant_id), db_int("company", change->company.id),
	                   db_int("id", one.id))));
	one.outcome = "", one.granted = 0, one.closed_day = DAY_NONE;
	enter(&one, one.step < 0 ? CASE_OPEN : CASE_ANALYSIS, change->today);
	TRY(store_case(change, &one));
	return tell(change, &one, "dispute.reopened", NULL, NULL);
}

/* --- credit notes that came ---------------------------------------------------------------------------------------------------------- */
struct wanted {
	int64_t id, customer_id, amount;
	char currency[4];
	int32_t since;
};

/* Only a credit note of exactly the amount, posted since the case was opened, that no other case has. */
static struct status credit_of(struct change *change, const struct wanted *wanted, int64_t *item_id, bool *found)
{
	return db_get_int(change->db,
		"SELECT i.id FROM item i WHERE i.tenant_id = $tenant AND i.company_id = $company AND i.customer_id = $customer AND i.kind = 'credit_note'"
		" AND i.withdrawn = 0 AND i.amount = $amount AND i.currency = $currency AND i.posting_day >= $since AND i.posting_day <= $today"
		" AND NOT EXISTS (SELECT 1 FROM dispute_case k WHERE k.tenant_id = i.tenant_id AND k.company_id = i.company_id AND k.credit_item_id = i.id)"
		" ORDER BY i.posting_day, i.id LIMIT 1",
		DB_ARGS(db_int("tenant", change->company.tenant_id), db_int("company", change->company.id), db_int("customer", wanted->customer_id),
		        db_int("amount", -wanted->amount), db_text("currency", wanted->currency), db_day("since", wanted->since),
		        db_day("today", change->today)), item_id, found);
}

struct status dispute_find_credits(struct change *change, int64_t *found)
{
	*found = 0;
	struct wanted *list = NULL;
	size_t count = 0, cap = 0;
	struct status status;
	{
		cleanup_rows struct rows *rows = db_query(change->db,
			"SELECT id, customer_id, credit_amount, currency, opened_day FROM dispute_case WHERE tenant_id = $tenant AND company_id = $company"
			" AND state <> 'closed' AND credit_amount > 0 AND credit_item_id = 0 ORDER BY id",
			DB_ARGS(db_int("tenant", change->company.tenant_id), db_int("company", change->company.id)));
		while (rows_next(rows)) {
			GROW(list, count, cap);
			list[count] = (struct wanted){ .id = row_int(rows, 0), .customer_id = row_int(rows, 1), .amount = row_int(rows, 2), .since = row_day(rows, 4) };
			snprintf(list[count++].currency, sizeof list->currency, "%s", row_text(rows, 3));
		}
		status = rows_status(rows);
	}
	cleanup_arena struct arena *arena = arena_new();
	for (size_t i = 0; i < count && !status.code; i++) {
		int64_t item_id = 0;
		bool there = false;
		status = credit_of(change, &list[i], &item_id, &there);
		if (status.code || !there) continue;
		struct dispute_case one;
		status = dispute_case_get(change->db, change->viewer, change->company.id, list[i].id, arena, &one);
		if (status.code) break;
		one.credit_item_id = item_id, one.proposed_day = change->today;
		status = store_case(change, &one);
		if (!status.code) status = tell(change, &one, "dispute.credit_arrived", NULL, NULL);
		++*found;
	}
	free(list);
	return status;
}

/* --- what was said ------------------------------------------------------------------------------------------------------------------- */
struct status dispute_say(struct change *change, int64_t id, bool debtor, const char *direction, const char *author, const char *text,
                          int64_t outbox_id)
{
	cleanup_arena struct arena *arena = arena_new();
	struct dispute_case one;
	if (!viewer_may(change->viewer, RIGHT_NOTE)) TRY(may_handle(change));
	TRY(dispute_case_get(change->db, change->viewer, change->company.id, id, arena, &one));
	if (!text || !*slice_trim(slice_of(text)).bytes || !slice_trim(slice_of(text)).len) return status_make(STATUS_INVALID, "Write what was said.");
	TRY(check_text(text));
	author = author ? author : "";
	if (strlen(author) > 200 || !utf8_valid(author, strlen(author))) return status_make(STATUS_INVALID, "This name is too long, or not readable.");
	if (strcmp(direction, "in") != 0 && strcmp(direction, "out") != 0 && strcmp(direction, "note") != 0)
		return status_make(STATUS_INVALID, "A message goes in, out, or is a note, not “%s”.", direction);
	int64_t message = 0;
	TRY(id_take(change->db, change->company.tenant_id, change->company.id, "dispute_message", 1, &message));
	TRY(db_run(change->db,
	           "INSERT INTO dispute_message (tenant_id, company_id, id, case_id, customer_id, at, side, direction, by_user, author, text, outbox_id, rev)"
	           " VALUES ($tenant, $company, $id, $case, $customer, $at, $side, $direction, $by, $author, $text, $outbox, $rev)",
	           DB_ARGS(db_int("tenant", change->company.tenant_id), db_int("company", change->company.id), db_int("id", message),
	                   db_int("case", one.id), db_int("customer", one.customer_id), db_int("at", change->now),
	                   db_text("side", debtor ? "debtor" : "internal"), db_text("direction", direction), db_int("by", change->viewer->user_id),
	                   db_text("author", author), db_text("text", text), db_int("outbox", outbox_id), db_int("rev", change->rev))));
	bool answered = debtor && strcmp(direction, "in") == 0 && one.state == CASE_CUSTOMER;
	if (answered) {
		enter(&one, CASE_ANALYSIS, change->today);
		TRY(store_case(change, &one));
	}
	return tell(change, &one, debtor ? "dispute.exchange" : "dispute.comment", author, text);
}

struct status dispute_conversation(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t id, struct arena *arena,
                                   struct dispute_said **out, size_t *count)
{
	struct dispute_case one;
	*out = arena_array(arena, struct dispute_said, 1), *count = 0;
	TRY(dispute_case_get(db, viewer, company_id, id, arena, &one)); /* may he see it at all */
	size_t cap = 0;
	struct dispute_said *list = NULL;
	cleanup_rows struct rows *rows = db_query(db,
		"SELECT id, at, by_user, outbox_id, side, direction, author, text FROM dispute_message WHERE tenant_id = $tenant"
		" AND company_id = $company AND case_id = $case ORDER BY id",
		DB_ARGS(db_int("tenant", viewer->tenant_id), db_int("company", company_id), db_int("case", one.id)));
	while (rows_next(rows)) {
		GROW(list, *count, cap);
		list[(*count)++] = (struct dispute_said){ row_int(rows, 0), row_int(rows, 1), row_int(rows, 2), row_int(rows, 3),
			strcmp(row_text(rows, 4), "debtor") == 0, arena_strdup(arena, row_text(rows, 5)), arena_strdup(arena, row_text(rows, 6)),
			arena_strdup(arena, row_text(rows, 7)) };
	}
	*out = arena_array(arena, struct dispute_said, *count + 1);
	if (*count) memcpy(*out, list, *count * sizeof *list);
	free(list);
	return rows_status(rows);
}

struct status dispute_reminded(struct change *change, int64_t id, bool escalated)
{
	cleanup_arena struct arena *arena = arena_new();
	struct dispute_case one;
	TRY(dispute_case_get(change->db, change->viewer, change->company.id, id, arena, &one));
	if (escalated) one.escalated_day = change->today;
	else one.reminded_day = change->today;
	TRY(store_case(change, &one));
	return tell(change, &one, escalated ? "dispute.escalated" : "dispute.reminded", escalated ? one.manager_email : one.owner_email, NULL);
}
