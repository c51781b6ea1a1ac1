/* What an answer does: the promise, dispute, hold or contact it asks for, item by item, as far as each still can; and a person's
 * yes or no to one that waits. */
#include "base/calendar.h"
#include "base/day.h"
#include "base/email.h"
#include "base/memory.h"
#include "base/text.h"
#include "dunning/plan_load.h"
#include "ledger/contact.h"
#include "ledger/dispute.h"
#include "ledger/event.h"
#include "ledger/hold.h"
#include "ledger/payment_plan.h"
#include "ledger/promise.h"
#include "ledger/reply.h"
#include "outreach/answer_inside.h"

#include <sodium.h>

/* What is known of one item before it takes effect. */
struct standing_item {
	int64_t id, open;
	bool disputed, refused_before, held, said_paid_before, planned;
	int64_t promise_id, promises;
};

#define ITEM_ARGS                                                                                                              \
	DB_ARGS(db_int("tenant", change->company.tenant_id), db_int("company", change->company.id), db_int("item", out->id),   \
	        db_int("answer", effect->answer_id), db_day("today", change->today), db_int("customer", effect->customer_id))

static struct status look(struct change *change, const struct effect *effect, struct standing_item *out)
{
	static const char sql[] =
		"SELECT i.open_amount, "
		"(SELECT COUNT(*) FROM dispute d WHERE d.tenant_id = $tenant AND d.company_id = $company AND d.item_id = $item AND d.closed_day IS NULL), "
		"(SELECT COUNT(*) FROM dispute d WHERE d.tenant_id = $tenant AND d.company_id = $company AND d.item_id = $item AND d.outcome = 'refused'), "
		"(SELECT COUNT(*) FROM hold h WHERE h.tenant_id = $tenant AND h.company_id = $company AND h.customer_id = $customer AND h.item_id = $item "
		"AND h.kind = 'hold' AND h.lifted_day IS NULL AND (h.until_day IS NULL OR h.until_day >= $today)), "
		"(SELECT COUNT(*) FROM answer_item ai JOIN answer a ON a.tenant_id = ai.tenant_id AND a.company_id = ai.company_id AND a.id = ai.answer_id "
		"WHERE ai.tenant_id = $tenant AND ai.company_id = $company AND ai.item_id = $item AND a.kind = 'paid' AND ai.effect = 'hold' "
		"AND a.id <> $answer), "
		"COALESCE((SELECT MAX(p.id) FROM promise_item pi JOIN promise p ON p.tenant_id = pi.tenant_id AND p.company_id = pi.company_id "
		"AND p.id = pi.promise_id WHERE pi.tenant_id = $tenant AND pi.company_id = $company AND pi.item_id = $item AND p.state = 'expected'), 0), "
		"(SELECT COUNT(*) FROM promise_item pi JOIN promise p ON p.tenant_id = pi.tenant_id AND p.company_id = pi.company_id "
		"AND p.id = pi.promise_id WHERE pi.tenant_id = $tenant AND pi.company_id = $company AND pi.item_id = $item), "
		"(SELECT COUNT(*) FROM plan_item n JOIN payment_plan p ON p.tenant_id = n.tenant_id AND p.company_id = n.company_id "
		"AND p.id = n.plan_id WHERE n.tenant_id = $tenant AND n.company_id = $company AND n.item_id = $item AND p.state IN ('proposed','agreed')) "
		"FROM item i WHERE i.tenant_id = $tenant AND i.company_id = $company AND i.customer_id = $customer AND i.id = $item AND i.withdrawn = 0";
	cleanup_rows struct rows *rows = db_query(change->db, sql, ITEM_ARGS);
	if (rows_next(rows)) {
		out->open = row_int(rows, 0);
		out->disputed = row_int(rows, 1) > 0;
		out->refused_before = row_int(rows, 2) > 0;
		out->held = row_int(rows, 3) > 0;
		out->said_paid_before = row_int(rows, 4) > 0;
		out->promise_id = row_int(rows, 5);
		out->promises = row_int(rows, 6);
		out->planned = row_int(rows, 7) > 0;
	}
	return rows_status(rows);
}

static struct status note_effect(struct change *change, int64_t answer_id, int64_t item_id, const char *effect, int64_t effect_id)
{
	return db_run(change->db,
	        "UPDATE answer_item SET effect = $effect, effect_id = $effect_id WHERE tenant_id = $tenant AND company_id = $company "
	        "AND answer_id = $answer AND item_id = $item",
	        DB_ARGS(db_text("effect", effect), db_int("effect_id", effect_id), db_int("tenant", change->company.tenant_id),
	                db_int("company", change->company.id), db_int("answer", answer_id), db_int("item", item_id)));
}

/* What goes with it: our own words first, so that whoever reads the dispute or the hold knows where it came from. */
static const char *note_of(const struct effect *effect, size_t limit, struct arena *arena)
{
	const char *note = arena_printf(arena, "%s %s", tr(lang_spoken(), "Answer on the customer's page:"), *effect->text ? effect->text : effect->reference);
	size_t len = strlen(note);
	if (len <= limit) return note;
	while (limit && !utf8_valid(note, limit)) limit--;
	return arena_strndup(arena, note, limit);
}

/* --- a promise ---------------------------------------------------------------------------------------------------------------- */
/* Changing one's mind: a promise whose open items are all among these gives way to the new one; another one keeps its items. */
static struct status give_way(struct change *change, int64_t promise_id, const struct standing_item *items, size_t count, bool *gone)
{
	*gone = true;
	{
		cleanup_rows struct rows *rows = db_query(change->db,
		        "SELECT pi.item_id FROM promise_item pi JOIN item i ON i.tenant_id = pi.tenant_id AND i.company_id = pi.company_id "
		        "AND i.id = pi.item_id WHERE pi.tenant_id = $tenant AND pi.company_id = $company AND pi.promise_id = $promise "
		        "AND i.open_amount > 0 AND i.withdrawn = 0",
		        DB_ARGS(db_int("tenant", change->company.tenant_id), db_int("company", change->company.id), db_int("promise", promise_id)));
		while (rows_next(rows)) {
			bool among = false;
			for (size_t i = 0; i < count; i++) among = among || items[i].id == row_int(rows, 0);
			*gone = *gone && among;
		}
		TRY(rows_status(rows));
	}
	return *gone ? promise_cancel(change, promise_id, tr(lang_spoken(), "Another day was announced on the customer's page.")) : STATUS_FINE;
}

static struct status take_promise(struct change *change, const struct effect *effect, struct standing_item *items, struct arena *arena, size_t *taken)
{
	int64_t *ids = arena_array(arena, int64_t, effect->count + 1);
	char (*currencies)[4] = arena_alloc(arena, (effect->count + 1) * sizeof *currencies);
	size_t count = 0;
	for (size_t i = 0; i < effect->count; i++) {
		if (items[i].open <= 0 || items[i].disputed) continue;
		if (items[i].promise_id) {
			bool gone;
			int64_t promise = items[i].promise_id;
			TRY(give_way(change, promise, items, effect->count, &gone));
			for (size_t j = 0; gone && j < effect->count; j++)
				if (items[j].promise_id == promise) items[j].promise_id = 0;
			if (!gone) continue;
		}
		struct item item;
		TRY(item_get(change->db, change->viewer, change->company.id, items[i].id, &item));
		memcpy(currencies[count], item.currency, sizeof *currencies);
		ids[count++] = items[i].id;
	}
	/* a promise is in one currency: one for each */
	for (size_t from = 0; from < count; from++) {
		if (!ids[from]) continue;
		int64_t *group = arena_array(arena, int64_t, count), id = 0;
		size_t grouped = 0;
		for (size_t i = from; i < count; i++) {
			if (!ids[i] || memcmp(currencies[i], currencies[from], sizeof *currencies) != 0) continue;
			group[grouped++] = ids[i];
			if (i > from) ids[i] = 0;
		}
		TRY(promise_make(change, &(struct promise_new){ .customer_id = effect->customer_id, .items = group, .item_count = grouped,
		                                                .day = effect->day, .note = note_of(effect, 3900, arena) }, &id));
		for (size_t i = 0; i < grouped; i++) TRY(note_effect(change, effect->answer_id, group[i], "promise", id));
		*taken += grouped;
	}
	return STATUS_FINE;
}

/* --- a dispute, a hold ------------------------------------------------------------------------------------------------------------- */
/* One case for all of them, a currency each: whoever answers for it answers once. Owner and deadline by the kind of dispute, the
 * collector where that names nobody. */
static struct status take_disputes(struct change *change, const struct effect *effect, const struct standing_item *items, const char *reason,
                                   struct arena *arena, size_t *taken)
{
	int64_t case_id = 0;
	char currency[4] = "";
	for (size_t i = 0; i < effect->count; i++) {
		if (items[i].open <= 0 || items[i].disputed) continue;
		int64_t id = 0;
		struct item item;
		TRY(item_get(change->db, change->viewer, change->company.id, items[i].id, &item));
		bool shares = case_id && strcmp(currency, item.currency) == 0;
		TRY(dispute_open(change, &(struct dispute_new){ .item_id = items[i].id, .reason = reason, .note = note_of(effect, 3900, arena),
		                                                .case_id = shares ? case_id : 0, .owner_id = shares ? 0 : effect->owner_id,
		                                                .due_day = DAY_NONE, .credit_expected_day = DAY_NONE }, &id));
		if (!case_id) case_id = id, memcpy(currency, item.currency, sizeof currency); /* a case bears the number of its first one */
		TRY(note_effect(change, effect->answer_id, items[i].id, "dispute", id));
		(*taken)++;
	}
	return STATUS_FINE;
}

static struct status take_holds(struct change *change, const struct effect *effect, const struct standing_item *items, enum hold_kind kind,
                                int32_t until, struct arena *arena, size_t *taken)
{
	for (size_t i = 0; i < effect->count; i++) {
		if (items[i].open <= 0) continue;
		int64_t id = 0;
		(*taken)++;
		if (kind == HOLD_HOLD && items[i].held) continue; /* somebody holds it already: his reason and his day stand */
		TRY(hold_set(change, &(struct hold_new){ .customer_id = effect->customer_id, .item_id = items[i].id, .kind = kind, .until_day = until,
		                                         .reason = note_of(effect, 480, arena) }, &id));
		TRY(note_effect(change, effect->answer_id, items[i].id, "hold", id));
	}
	return STATUS_FINE;
}

/* A plan of its own for each currency, agreed at once: from then on it is followed as any other (payment_plan.h). Accepted later than
 * its first day, it starts today. */
static struct status take_plan(struct change *change, const struct effect *effect, const struct standing_item *items, struct arena *arena, size_t *taken)
{
	int64_t *ids = arena_array(arena, int64_t, effect->count + 1);
	struct item *known = arena_array(arena, struct item, effect->count + 1);
	size_t count = 0;
	for (size_t i = 0; i < effect->count && count < PLAN_ITEMS; i++) {
		if (items[i].open <= 0 || items[i].disputed || items[i].planned) continue;
		TRY(item_get(change->db, change->viewer, change->company.id, items[i].id, &known[count]));
		ids[count++] = items[i].id;
	}
	for (size_t from = 0; from < count; from++) {
		if (!ids[from]) continue;
		int64_t *group = arena_array(arena, int64_t, count), total = 0, id = 0;
		size_t grouped = 0;
		for (size_t i = from; i < count; i++) {
			if (!ids[i] || strcmp(known[i].currency, known[from].currency) != 0) continue;
			if (__builtin_add_overflow(total, known[i].open, &total)) return status_make(STATUS_INVALID, "These amounts are too large.");
			group[grouped++] = ids[i];
			if (i > from) ids[i] = 0;
		}
		size_t parts = effect->parts < 1 ? 1 : effect->parts > PLAN_INSTALMENTS ? PLAN_INSTALMENTS : (size_t)effect->parts;
		if ((int64_t)parts > total) parts = (size_t)total; /* three cents in four instalments */
		struct plan_part *part = arena_array(arena, struct plan_part, parts);
		payment_plan_split(total, parts, effect->day != DAY_NONE && effect->day > change->today ? effect->day : change->today, part);
		TRY(payment_plan_propose(change, &(struct payment_plan_new){ .customer_id = effect->customer_id, .items = group, .item_count = grouped,
		                                 .parts = part, .part_count = parts, .by_debtor = true, .remind = true, .note = note_of(effect, 480, arena) }, &id));
		TRY(payment_plan_agree(change, id, false));
		for (size_t i = 0; i < grouped; i++) TRY(note_effect(change, effect->answer_id, group[i], "plan", id));
		*taken += grouped;
	}
	return STATUS_FINE;
}

static struct status take_contact(struct change *change, const struct effect *effect, size_t *taken)
{
	if (!*effect->email && !*effect->phone) return STATUS_FINE; /* a name alone: somebody has to find out more */
	char folded[160] = "";
	if (*effect->email && !email_fold(effect->email, folded, sizeof folded)) return STATUS_FINE;
	int64_t id = 0, known = 0;
	TRY(db_get_int(change->db,
	        "SELECT COUNT(*) FROM contact WHERE tenant_id = $tenant AND company_id = $company AND customer_id = $customer AND removed = 0 "
	        "AND LOWER(email) = $email AND email <> ''",
	        DB_ARGS(db_int("tenant", change->company.tenant_id), db_int("company", change->company.id), db_int("customer", effect->customer_id),
	                db_text("email", folded)), &known, NULL));
	if (!known)
		TRY(contact_add(change, effect->customer_id,
		        &(struct contact_new){ .name = effect->name, .email = folded, .phone = effect->phone, .role = "billing" }, &id));
	*taken = 1;
	return STATUS_FINE;
}

/* --- all of it -------------------------------------------------------------------------------------------------------------------------- */
static bool said_before(const struct effect *effect, const struct standing_item *item)
{
	switch (effect->kind) {
	case ANSWER_PROMISE: return item->promises >= 2;
	case ANSWER_PAID: return item->said_paid_before;
	case ANSWER_DISPUTE:
	case ANSWER_CREDIT: return item->refused_before;
	default: return false;
	}
}

struct status effect_take(struct change *change, const struct effect *effect, struct arena *arena, const char **waits)
{
	struct calendar calendar = calendar_of(effect->settings, change->company.country, arena);
	struct standing_item *items = arena_array(arena, struct standing_item, effect->count + 1);
	size_t taken = 0, wanted = effect->kind == ANSWER_CONTACT ? 1 : effect->count;
	*waits = "";
	for (size_t i = 0; i < effect->count; i++) {
		items[i].id = effect->items[i];
		TRY(look(change, effect, &items[i]));
		if (!effect->by_person && said_before(effect, &items[i])) *waits = "repeated";
	}
	if (**waits) return STATUS_FINE;
	switch (effect->kind) {
	case ANSWER_PROMISE: TRY(take_promise(change, effect, items, arena, &taken)); break;
	case ANSWER_DISPUTE: TRY(take_disputes(change, effect, items, effect->reason, arena, &taken)); break;
	case ANSWER_CREDIT: TRY(take_disputes(change, effect, items, "credit_expected", arena, &taken)); break;
	case ANSWER_PAID:
		TRY(take_holds(change, effect, items, HOLD_HOLD, calendar_add(&calendar, change->today, (int)setting_int(effect->settings, "debtor.paid_days")),
		               arena, &taken));
		break;
	case ANSWER_DOCUMENT:
		if (strcmp(effect->paper, "purchase_order") == 0)
			TRY(take_disputes(change, effect, items, "purchase_order", arena, &taken)); /* ours to provide: nothing is asked meanwhile */
		else
			TRY(take_holds(change, effect, items, HOLD_HOLD,
			               calendar_add(&calendar, change->today, (int)setting_int(effect->settings, "debtor.document_days")), arena, &taken));
		break;
	case ANSWER_CONTACT: TRY(take_contact(change, effect, &taken)); break;
	case ANSWER_INSTALMENTS: TRY(take_plan(change, effect, items, arena, &taken)); break;
	case ANSWER_KIND_COUNT: break;
	}
	*waits = taken == 0 ? "nothing_open" : taken < wanted ? "partly" : "";
	return STATUS_FINE;
}

json_t *answer_detail(const struct effect *effect)
{
	char day[11];
	day_format(effect->day, day);
	return json_pack("{s:s, s:I, s:s, s:s, s:s, s:s, s:s, s:s, s:s}", "day", day, "parts", (json_int_t)effect->parts, "reference",
	                 effect->reference, "reason", effect->reason, "paper", effect->paper, "name", effect->name, "email", effect->email, "phone",
	                 effect->phone, "language", lang_code(effect->lang));
}

static const char *text_of(const json_t *detail, const char *name, struct arena *arena)
{
	const char *value = json_string_value(json_object_get(detail, name));
	return value ? arena_strdup(arena, value) : "";
}

void effect_load(const struct settings *settings, const struct answer *answer, struct arena *arena, struct effect *out)
{
	json_t *detail = json_loads(answer->detail, 0, NULL);
	int64_t *ids = arena_array(arena, int64_t, answer->count + 1);
	for (size_t i = 0; i < answer->count; i++) ids[i] = answer->items[i].id;
	*out = (struct effect){ .answer_id = answer->id, .customer_id = answer->customer_id, .kind = answer->kind, .items = ids,
	                        .count = answer->count, .day = DAY_NONE, .parts = json_integer_value(json_object_get(detail, "parts")),
	                        .text = answer->text, .reference = text_of(detail, "reference", arena), .reason = text_of(detail, "reason", arena),
	                        .paper = text_of(detail, "paper", arena), .name = text_of(detail, "name", arena),
	                        .email = text_of(detail, "email", arena), .phone = text_of(detail, "phone", arena), .settings = settings,
	                        .lang = lang_parse(text_of(detail, "language", arena), LANG_FR) };
	const char *day = text_of(detail, "day", arena);
	day_parse(day, strlen(day), &out->day);
	json_decref(detail);
	out->owner_id = answer->owner_id;
}

/* In the words of the list of answers. */
static const char *how_of(const struct answer *answer, const char *state)
{
	static const char *const how[ANSWER_KIND_COUNT] = {
		[ANSWER_PROMISE] = "promise", [ANSWER_PAID] = "paid", [ANSWER_DISPUTE] = "dispute", [ANSWER_DOCUMENT] = "document",
		[ANSWER_CREDIT] = "dispute", [ANSWER_CONTACT] = "contact", [ANSWER_INSTALMENTS] = "plan",
	};
	return strcmp(state, "refused") == 0 ? "answered" : how[answer->kind];
}

/* --- a person's yes or no ----------------------------------------------------------------------------------------------------------------- */
static struct status settle(struct change *change, const struct answer *answer, const char *state, const char *note)
{
	TRY(db_run(change->db,
	        "UPDATE answer SET state = $state, waits = '', outcome = $note, settled_at = $now, settled_by = $by, rev = $rev "
	        "WHERE tenant_id = $tenant AND company_id = $company AND id = $id",
	        DB_ARGS(db_text("state", state), db_text("note", note), db_int("now", change->now), db_int("by", change->viewer->user_id),
	                db_int("rev", change->rev), db_int("tenant", change->company.tenant_id), db_int("company", change->company.id),
	                db_int("id", answer->id))));
	struct status handled = reply_handle(change, answer->reply_id, how_of(answer, state), note);
	if (handled.code && handled.code != STATUS_NOT_FOUND) return handled; /* somebody handled it before: fine */
	return event_add_json(change,
	        (struct event_new){ .kind = strcmp(state, "refused") == 0 ? "answer.refused" : "answer.accepted", .customer_id = answer->customer_id,
	                            .ref = answer->id },
	        json_pack("{s:s, s:s}", "words", answer->words, "text", note));
}

static struct status take(struct change *change, int64_t id, const char *note, struct arena *arena, struct answer *answer)
{
	TRY(change_allows(change, RIGHT_COLLECT));
	if (strlen(note) > 2000 || !utf8_valid(note, strlen(note)))
		return status_make(STATUS_INVALID, "This text is too long, or not readable: at most %d characters.", 2000);
	TRY(answer_get(change->db, change->viewer, change->company.id, id, arena, answer));
	return strcmp(answer->state, "waiting") == 0 ? STATUS_FINE : status_make(STATUS_CONFLICT, "This answer does not wait any more.");
}

struct status answer_accept(struct change *change, int64_t id, const char *note, struct arena *arena)
{
	struct answer answer;
	struct effect effect;
	const struct settings *settings;
	const char *waits = "";
	TRY(take(change, id, note ? note : "", arena, &answer));
	TRY(settings_load(change->db, change->company.tenant_id, change->company.id, arena, &settings));
	effect_load(settings, &answer, arena, &effect);
	effect.by_person = true;
	if (strcmp(answer.waits, "partly") != 0) TRY(effect_take(change, &effect, arena, &waits));
	if (strcmp(waits, "nothing_open") == 0 && answer.kind != ANSWER_CONTACT)
		return status_make(STATUS_CONFLICT, "It can't take effect any more: nothing is open, or it is disputed or promised already. Refuse it, or handle the reply.");
	return settle(change, &answer, "accepted", note ? note : "");
}

struct status answer_refuse(struct change *change, int64_t id, const char *note, struct arena *arena)
{
	struct answer answer;
	TRY(take(change, id, note ? note : "", arena, &answer));
	return settle(change, &answer, "refused", note ? note : "");
}
