#include "outreach/casework.h"

#include "base/log.h"
#include "base/memory.h"
#include "base/words.h"
#include "dunning/plan_load.h"
#include "ledger/event.h"
#include "ledger/promise.h"
#include "outreach/facts.h"
#include "outreach/outbox.h"
#include "outreach/parts.h"
#include "outreach/question.h"

#include <string.h>

/* --- the rule -------------------------------------------------------------------------------------------------------------------- */
enum casework_letter casework_due(const struct dispute_case *one, const struct calendar *calendar, int escalate_days, int32_t today)
{
	if (one->state == CASE_CLOSED || one->paused_day != DAY_NONE || !calendar_works(calendar, today)) return CASEWORK_NOTHING;
	if (one->reminded_day == today || one->escalated_day == today) return CASEWORK_NOTHING;
	bool owner = *one->owner_email != 0, late = one->due_day != DAY_NONE && one->due_day < today;
	if (late && *one->manager_email && one->escalated_day == DAY_NONE && calendar_between(calendar, one->due_day, today) >= escalate_days &&
	    (!owner || one->reminded_day != DAY_NONE)) /* nobody is complained about before he was told */
		return CASEWORK_ESCALATED;
	if (!owner) return CASEWORK_NOTHING;
	if (one->reminded_day == DAY_NONE) return CASEWORK_GIVEN;
	if (one->due_day == DAY_NONE) return CASEWORK_NOTHING;
	if (late) return calendar_between(calendar, one->reminded_day, today) >= 2 ? CASEWORK_LATE : CASEWORK_NOTHING;
	int32_t eve = calendar_add(calendar, one->due_day, -1); /* the working day before it */
	return today >= eve && one->reminded_day < eve ? CASEWORK_SOON : CASEWORK_NOTHING;
}

/* --- to our own people ------------------------------------------------------------------------------------------------------------ */
struct letter {
	const struct viewer *viewer;
	int64_t company_id, id;
	int32_t today;
	int64_t now;
	const struct settings *settings;
	const struct calendar *calendar;
	enum casework_letter what;
};

static void add_line(struct text *out, const char *label, const char *value)
{
	if (*value) text_addf(out, "%s : %s\n", label, value);
}

static const char *numbers_of(const struct dispute_case *one, struct arena *arena)
{
	cleanup_text struct text out = { 0 };
	for (size_t i = 0; i < one->part_count; i++)
		if (i < 6) text_addf(&out, "%s%s", i ? ", " : "", one->parts[i].number);
	if (one->part_count > 6) text_addf(&out, " +%zu", one->part_count - 6);
	return arena_strdup(arena, text_cstr(&out));
}

static const char *subject_of(const struct letter *letter, const struct dispute_case *one, enum lang lang, struct arena *arena)
{
	char number[24];
	cleanup_text struct text name = { 0 }; /* a subject has at most 78 characters: the name gives way */
	size_t room = 32;
	for (const char *p = one->customer_name; *p && room; p++)
		if (((unsigned char)*p & 0xc0) != 0x80 ? room-- > 0 : true) text_add_char(&name, (unsigned char)*p < ' ' ? ' ' : *p);
	while (name.len && ((unsigned char)name.bytes[name.len - 1] & 0xc0) == 0xc0) name.bytes[--name.len] = 0;
	dispute_case_number(one, number);
	switch (letter->what) {
	case CASEWORK_SOON: return arena_printf(arena, tr(lang, "Dispute %s, %s: your answer is due"), number, text_cstr(&name));
	case CASEWORK_LATE: return arena_printf(arena, tr(lang, "Dispute %s, %s: your answer is late"), number, text_cstr(&name));
	case CASEWORK_ESCALATED: return arena_printf(arena, tr(lang, "Dispute %s, %s: an answer is late"), number, text_cstr(&name));
	default: return arena_printf(arena, tr(lang, "Dispute %s, %s: your answer is awaited"), number, text_cstr(&name));
	}
}

/* What is said to one of our own about a dispute. */
static void add_words(struct text *out, const struct letter *letter, const struct dispute_case *one, enum lang lang, struct arena *arena)
{
	cleanup_text struct text amount = { 0 }, due = { 0 };
	words_amount(&amount, lang, one->amount, one->currency);
	if (one->due_day != DAY_NONE) words_date_long(&due, lang, one->due_day);
	static const char *const openings[] = {
		[CASEWORK_GIVEN] = "This dispute is for you. While it is open, nobody asks the customer for what he contests: he waits for our answer.",
		[CASEWORK_SOON] = "Our answer to this dispute is due. Past its deadline, nothing firm may be sent to this customer any more.",
		[CASEWORK_LATE] = "Our answer to this dispute is late. Until it is given, nothing firm is sent to this customer.",
		[CASEWORK_ESCALATED] = "The answer to this dispute is late. Until it is given, nothing firm is sent to this customer. Please see to it.",
	};
	text_addf(out, "%s\n\n", tr(lang, openings[letter->what]));
	add_line(out, tr(lang, "Customer"), one->customer_name);
	add_line(out, tr(lang, "Items"), numbers_of(one, arena));
	add_line(out, tr(lang, "What is contested"), tr(lang, one->kind->label));
	add_line(out, tr(lang, "Amount"), text_cstr(&amount));
	add_line(out, tr(lang, "We answer by"), text_cstr(&due));
	add_line(out, tr(lang, "What was noted"), one->note);
	if (letter->what == CASEWORK_ESCALATED) add_line(out, tr(lang, "Who answers for it"), *one->owner_name ? one->owner_name : one->owner_email);
}

static struct status write_internal(struct change *change, const struct letter *letter, const struct dispute_case *one, struct arena *arena)
{
	enum lang lang = lang_parse(setting_text(letter->settings, "language"), LANG_FR);
	cleanup_text struct text body = { 0 }, html = { 0 };
	add_words(&body, letter, one, lang, arena);
	text_addf(&body, "\n%s\n", tr(lang, "Answer on the page of the dispute, or to whoever gave it to you. This message stays among us."));
	text_add(&html, "<!doctype html><html><body><pre style=\"font-family:inherit;white-space:pre-wrap\">");
	mustache_escape(&html, text_cstr(&body), body.len);
	text_add(&html, "</pre></body></html>");
	const char *to = letter->what == CASEWORK_ESCALATED ? one->manager_email : one->owner_email;
	struct message message = { .lang = lang, .recipient = to, .recipient_name = "", .subject = subject_of(letter, one, lang, arena),
		                   .text = text_cstr(&body), .html = text_cstr(&html), .html_body = text_cstr(&html) };
	int64_t id = 0;
	/* the revision of the case is in the key: the same case, unchanged, never gives two messages */
	char key[80], about[40];
	snprintf(key, sizeof key, "dispute-%lld-%lld-%d", (long long)one->id, (long long)one->rev, (int)letter->what);
	snprintf(about, sizeof about, "dispute %lld", (long long)one->id);
	return outbox_add(change, letter->settings,
	                  &(struct outbox_new){ .customer_id = one->customer_id, .key = key, .held = !change->company.live || !mail_ready(letter->settings),
	                                        .channel = "email", .internal = true, .about = about, .message = &message },
	                  &id);
}

/* An owner without an account is asked by a link of his own, where the desk has an address to be reached by: what he answers comes
 * back into the conversation about the dispute (question.h). */
static struct status ask_by_link(struct change *change, const struct letter *letter, const struct dispute_case *one, struct arena *arena)
{
	cleanup_text struct text words = { 0 };
	char number[24];
	enum lang lang = lang_parse(setting_text(letter->settings, "language"), LANG_FR);
	text_addf(&words, "%s\n", dispute_case_number(one, number));
	add_words(&words, letter, one, lang, arena);
	int64_t question;
	TRY(question_of_dispute(change->db, change->viewer, change->company.id, one->id, one->owner_email, &question));
	if (question) return question_remind(change, question, text_cstr(&words), arena);
	return question_ask(change, &(struct question_new){ .customer_id = one->customer_id, .dispute_id = one->id, .item_id = one->part_count == 1 ? one->parts[0].item_id : 0,
	                    .address = one->owner_email, .text = text_cstr(&words), .due_day = one->due_day != DAY_NONE && one->due_day >= change->today ? one->due_day : DAY_NONE },
	                    arena, &question);
}

/* In one transaction: is it still due, then the message and the mark that it was written. */
static struct status send_letter(struct db *db, void *context)
{
	struct letter *letter = context;
	cleanup_arena struct arena *arena = arena_new();
	struct change change;
	struct dispute_case one;
	TRY(company_begin(db, letter->viewer, letter->company_id, letter->today, letter->now, &change));
	TRY(dispute_case_get(db, letter->viewer, letter->company_id, letter->id, arena, &one));
	letter->what = casework_due(&one, letter->calendar, (int)setting_int(letter->settings, "dispute.escalate_days"), letter->today);
	if (letter->what == CASEWORK_NOTHING) return status_make(STATUS_CONFLICT, "This message is no longer due.");
	if (letter->what != CASEWORK_ESCALATED && !one.owner_id && *debtor_link_base(letter->settings))
		TRY(ask_by_link(&change, letter, &one, arena));
	else
		TRY(write_internal(&change, letter, &one, arena));
	TRY(dispute_reminded(&change, one.id, letter->what == CASEWORK_ESCALATED));
	return company_end(&change);
}

/* --- payment plans: what an instalment is due ----------------------------------------------------------------------------------------- */
enum casework_call casework_instalment(const struct plan_part *part, const struct calendar *calendar, int ahead_days, int32_t today)
{
	if (strcmp(part->state, "expected") != 0 || part->received >= part->amount || !calendar_works(calendar, today)) return CASEWORK_QUIET;
	if (today > part->day) return part->reminded_day == DAY_NONE || part->reminded_day <= part->day ? CASEWORK_PAST : CASEWORK_QUIET;
	return ahead_days > 0 && today >= part->day - ahead_days && part->reminded_day == DAY_NONE ? CASEWORK_AHEAD : CASEWORK_QUIET;
}

struct call {
	const struct viewer *viewer;
	int64_t company_id, plan_id, now;
	int32_t today;
	const struct settings *settings;
	const struct calendar *calendar;
};

static struct status plan_facts(struct db *db, const struct viewer *viewer, const struct company *company, const struct settings *settings,
                                const struct payment_plan *plan, int32_t today, struct arena *arena, struct compose_facts *out);

static struct status call_part(struct change *change, const struct call *call, const struct payment_plan *plan, size_t index, enum casework_call what,
                               struct arena *arena)
{
	struct compose_facts facts;
	struct message message;
	const struct plan_part *part = &plan->parts[index];
	TRY(plan_facts(change->db, change->viewer, &change->company, call->settings, plan, change->today, arena, &facts));
	if (!*facts.recipient) return status_make(STATUS_INVALID, "%s has no usable address. Add a contact.", plan->customer_name);
	cleanup_text struct text amount = { 0 }, day = { 0 }, body = { 0 };
	words_amount(&amount, facts.lang, part->amount - part->received, plan->currency);
	words_date_long(&day, facts.lang, part->day);
	text_addf(&body, "%s\n\n", tr(facts.lang, "Hello,"));
	if (what == CASEWORK_AHEAD)
		text_addf(&body, tr(facts.lang, "As agreed, instalment %zu of your payment plan, %s, is due on %s. Thank you for seeing to it."), index + 1, text_cstr(&amount), text_cstr(&day));
	else
		text_addf(&body, tr(facts.lang, "We have not seen instalment %zu of your payment plan yet: %s, due on %s. If your payment is on its way, thank you; otherwise please make it now, so that the plan stands."),
		          index + 1, text_cstr(&amount), text_cstr(&day));
	text_addf(&body, "\n\n%s\n\n%s", parts_payment(&facts, arena), parts_signature(&facts, arena));
	TRY(compose_edited(&facts, what == CASEWORK_AHEAD ? tr(facts.lang, "Your payment plan: next instalment") : tr(facts.lang, "Your payment plan: instalment awaited"), text_cstr(&body),
	                   arena, &message));
	message.recipient = facts.recipient;
	char key[80], about[40];
	int64_t outbox;
	snprintf(key, sizeof key, "plan-%lld-%zu-%d", (long long)plan->id, index + 1, (int)what); /* the same never leaves twice */
	snprintf(about, sizeof about, "plan %lld", (long long)plan->id);
	TRY(outbox_add(change, call->settings, &(struct outbox_new){ .customer_id = plan->customer_id, .key = key, .held = !change->company.live || !mail_ready(call->settings),
	               .channel = "email", .about = about, .message = &message }, &outbox));
	TRY(payment_plan_reminded(change, plan->id, (int)index + 1));
	char iso[11];
	day_format(part->day, iso);
	return event_add_json(change, (struct event_new){ .kind = "plan.reminded", .customer_id = plan->customer_id, .ref = plan->id },
	                      json_pack("{s:I,s:s,s:s}", "amount", (json_int_t)part->amount, "currency", plan->currency, "date", iso));
}

/* One message a plan and day at most; looked at again in the transaction that writes it. */
static struct status send_call(struct db *db, void *context)
{
	struct call *call = context;
	cleanup_arena struct arena *arena = arena_new();
	struct change change;
	struct payment_plan plan;
	TRY(company_begin(db, call->viewer, call->company_id, call->today, call->now, &change));
	TRY(payment_plan_get(db, call->viewer, call->company_id, call->plan_id, arena, &plan));
	for (size_t i = 0; strcmp(plan.state, "agreed") == 0 && plan.remind && i < plan.part_count; i++) {
		enum casework_call what = casework_instalment(&plan.parts[i], call->calendar, (int)setting_int(call->settings, "plan.remind_days"), call->today);
		if (what == CASEWORK_QUIET) continue;
		TRY(call_part(&change, call, &plan, i, what, arena));
		return company_end(&change);
	}
	return status_make(STATUS_CONFLICT, "This message is no longer due.");
}

static struct status call_plans(struct store *store, const struct call *given, struct arena *arena, struct casework_result *out)
{
	struct db *db = NULL;
	struct payment_plan *plans = NULL;
	size_t count = 0;
	TRY(store_reader(store, &db));
	struct status status = payment_plan_list(db, given->viewer, given->company_id, (struct payment_plan_filter){ .open_only = true }, arena, &plans, &count);
	store_release(store, db);
	TRY(status);
	for (size_t p = 0; p < count; p++) {
		bool due = false;
		for (size_t i = 0; strcmp(plans[p].state, "agreed") == 0 && plans[p].remind && i < plans[p].part_count; i++)
			due |= casework_instalment(&plans[p].parts[i], given->calendar, (int)setting_int(given->settings, "plan.remind_days"), given->today) != CASEWORK_QUIET;
		if (!due) continue;
		struct call call = *given;
		call.plan_id = plans[p].id;
		status = store_transact(store, send_call, &call);
		if (status.code == STATUS_UNAVAILABLE) return status;
		if (status.code && status.code != STATUS_CONFLICT) {
			log_line(LOG_WARNING, "casework: plan=%lld not told: %s", (long long)call.plan_id, status.text);
			out->failed++;
		}
		out->debtors += status.code == STATUS_OK;
	}
	return STATUS_FINE;
}

struct status casework_day(struct store *store, const struct viewer *viewer, int64_t company_id, int32_t today, int64_t now, struct arena *arena,
                           struct casework_result *out)
{
	*out = (struct casework_result){ 0 };
	struct db *db = NULL;
	struct company company;
	const struct settings *settings = NULL;
	struct dispute_case *cases = NULL;
	size_t count = 0;
	TRY(store_reader(store, &db));
	struct status status = company_get(db, viewer, company_id, &company);
	if (!status.code) status = settings_load(db, company.tenant_id, company_id, arena, &settings);
	if (!status.code) status = dispute_case_list(db, viewer, company_id, (struct dispute_case_filter){ .open_only = true }, arena, &cases, &count);
	store_release(store, db);
	TRY(status);
	if (setting_bool(settings, "stop_all")) return STATUS_FINE;
	struct calendar calendar = calendar_of(settings, company.country, arena);
	TRY(call_plans(store, &(struct call){ .viewer = viewer, .company_id = company_id, .today = today, .now = now, .settings = settings, .calendar = &calendar },
	               arena, out));
	if (!setting_bool(settings, "dispute.remind")) return STATUS_FINE;
	for (size_t i = 0; i < count; i++) {
		struct letter letter = { viewer, company_id, cases[i].id, today, now, settings, &calendar, CASEWORK_NOTHING };
		if (casework_due(&cases[i], &calendar, (int)setting_int(settings, "dispute.escalate_days"), today) == CASEWORK_NOTHING) continue;
		status = store_transact(store, send_letter, &letter);
		if (status.code == STATUS_CONFLICT) continue; /* another server was faster */
		if (status.code == STATUS_UNAVAILABLE) return status;
		if (status.code) {
			log_line(LOG_WARNING, "casework: dispute=%lld not told: %s", (long long)cases[i].id, status.text);
			out->failed++;
			continue;
		}
		if (letter.what == CASEWORK_ESCALATED) out->managers++;
		else out->owners++;
	}
	return STATUS_FINE;
}

/* --- to the customer ----------------------------------------------------------------------------------------------------------------- */
static struct status debtor_facts(struct change *change, const struct settings *settings, const struct dispute_case *one, struct arena *arena,
                                  struct compose_facts *out)
{
	TRY(facts_of_customer(change->db, change->viewer, &change->company, settings, one->customer_code, "dispute_opened", change->today, arena, out));
	if (!*out->recipient) return status_make(STATUS_INVALID, "%s has no usable address. Add a contact.", one->customer_name);
	snprintf(out->currency, sizeof out->currency, "%s", one->currency);
	/* about these items, whatever else he owes */
	struct compose_item *items = arena_array(arena, struct compose_item, one->part_count + 1);
	out->item_count = 0;
	out->undisputed_amount = 0;
	for (size_t i = 0; i < one->part_count; i++) {
		const struct dispute_part *part = &one->parts[i];
		items[out->item_count++] = (struct compose_item){ .id = part->item_id, .number = part->number, .kind = ITEM_INVOICE, .due_day = part->due_day,
			.issue_day = part->due_day, .amount = part->open, .open = part->open, .asked = part->open, .role = PLAN_CLAIMED };
		out->undisputed_amount += part->open - part->contested;
	}
	out->items = items;
	out->dispute_id = one->id, out->dispute_amount = one->amount, out->dispute_due_day = one->due_day;
	out->dispute_reason = tr(out->lang, one->kind->label);
	out->dispute_owner = *one->owner_name ? one->owner_name : out->sender.user_name;
	if (!*out->dispute_owner) out->dispute_owner = out->sender.name;
	return STATUS_FINE;
}

static struct status leave(struct change *change, const struct settings *settings, const struct dispute_case *one, const char *what,
                           const struct compose_facts *facts, struct message *message)
{
	char key[80], about[40];
	snprintf(key, sizeof key, "dispute-%lld-%s-%lld", (long long)one->id, what, (long long)change->rev);
	snprintf(about, sizeof about, "dispute %lld", (long long)one->id);
	int64_t outbox = 0;
	message->recipient = facts->recipient;
	TRY(outbox_add(change, settings, &(struct outbox_new){ .customer_id = one->customer_id, .key = key,
	               .held = !change->company.live || !mail_ready(settings), .channel = "email", .about = about, .message = message }, &outbox));
	return dispute_say(change, one->id, true, "out", NULL, message->text, outbox);
}

struct status casework_write_debtor(struct change *change, int64_t case_id, const char *text, struct arena *arena)
{
	const struct settings *settings;
	struct dispute_case one;
	struct compose_facts facts;
	struct message message;
	char number[24];
	TRY(dispute_case_get(change->db, change->viewer, change->company.id, case_id, arena, &one));
	TRY(change_allows(change, RIGHT_COLLECT)); /* who speaks to customers */
	if (!text || !slice_trim(slice_of(text)).len) return status_make(STATUS_INVALID, "Write what was said.");
	TRY(settings_load(change->db, change->company.tenant_id, change->company.id, arena, &settings));
	TRY(debtor_facts(change, settings, &one, arena, &facts));
	const char *subject = arena_printf(arena, tr(facts.lang, "Your claim %s"), dispute_case_number(&one, number));
	TRY(compose_edited(&facts, subject, arena_printf(arena, "%s\n\n%s", text, parts_signature(&facts, arena)), arena, &message));
	return leave(change, settings, &one, "write", &facts, &message);
}

struct status casework_acknowledge(struct change *change, int64_t case_id, struct arena *arena)
{
	const struct settings *settings;
	struct dispute_case one;
	struct compose_facts facts;
	struct template_text text;
	struct message message;
	TRY(dispute_case_get(change->db, change->viewer, change->company.id, case_id, arena, &one));
	TRY(change_allows(change, RIGHT_COLLECT));
	TRY(settings_load(change->db, change->company.tenant_id, change->company.id, arena, &settings));
	TRY(debtor_facts(change, settings, &one, arena, &facts));
	TRY(facts_text(change->db, &change->company, &facts, "dispute_opened", arena, &text));
	TRY(compose_message(&facts, &text, arena, &message));
	return leave(change, settings, &one, "opened", &facts, &message);
}

/* --- promises ------------------------------------------------------------------------------------------------------------------------ */
static const char *means_words(enum lang lang, const char *means)
{
	static const struct { const char *code, *words; } known[] = { /* msgids */ { "transfer", "bank transfer" }, { "cheque", "cheque" }, { "direct_debit", "direct debit" },
		{ "card", "bank card" }, { "bill", "bill of exchange" } };
	for (size_t i = 0; i < COUNT(known); i++)
		if (strcmp(known[i].code, means) == 0) return tr(lang, known[i].words);
	return *means ? means : tr(lang, "bank transfer");
}

struct status casework_confirm_promise(struct change *change, int64_t promise_id, struct arena *arena)
{
	const struct settings *settings;
	const struct company *company = &change->company;
	struct promise *promises;
	size_t count;
	TRY(change_allows(change, RIGHT_COLLECT));
	TRY(promise_list(change->db, change->viewer, company->id, 0, true, arena, &promises, &count));
	const struct promise *promise = NULL;
	for (size_t i = 0; i < count; i++)
		if (promises[i].id == promise_id) promise = &promises[i];
	if (!promise) return status_make(STATUS_NOT_FOUND, "There is no promise %lld.", (long long)promise_id);
	struct compose_facts facts;
	struct template_text text;
	struct message message;
	TRY(settings_load(change->db, company->tenant_id, company->id, arena, &settings));
	TRY(facts_of_customer(change->db, change->viewer, company, settings, promise->customer_code, "promise_noted", change->today, arena, &facts));
	if (!*facts.recipient) return status_make(STATUS_INVALID, "%s has no usable address. Add a contact.", promise->customer_name);
	snprintf(facts.currency, sizeof facts.currency, "%s", promise->currency);
	facts.call_day = promise->made_day, facts.promise_day = promise->day, facts.promise_amount = promise->amount;
	facts.promise_means = means_words(facts.lang, promise->means);
	cleanup_text struct text numbers = { 0 };
	for (size_t i = 0; i < promise->item_count; i++) {
		struct item item;
		TRY(item_get(change->db, change->viewer, company->id, promise->items[i], &item));
		text_addf(&numbers, "%s%s", numbers.len ? ", " : "", item.number);
	}
	facts.paid_invoices = text_cstr(&numbers);
	facts.item_count = 0; /* nothing is asked here */
	TRY(facts_text(change->db, company, &facts, "promise_noted", arena, &text));
	TRY(compose_message(&facts, &text, arena, &message));
	message.recipient = facts.recipient;
	char key[60], about[40];
	int64_t outbox;
	snprintf(key, sizeof key, "promise-%lld", (long long)promise_id); /* confirmed once */
	snprintf(about, sizeof about, "promise %lld", (long long)promise_id);
	bool sent = false;
	int64_t before;
	TRY(db_get_int(change->db, "SELECT id FROM outbox WHERE tenant_id = $tenant AND company_id = $company AND about = $about LIMIT 1",
	               DB_ARGS(db_int("tenant", company->tenant_id), db_int("company", company->id), db_text("about", about)), &before, &sent));
	if (sent) return status_make(STATUS_CONFLICT, "This promise was confirmed already.");
	TRY(outbox_add(change, settings, &(struct outbox_new){ .customer_id = promise->customer_id, .key = key, .held = !company->live || !mail_ready(settings),
	               .channel = "email", .about = about, .message = &message }, &outbox));
	return event_add_json(change, (struct event_new){ .kind = "promise.confirmed", .customer_id = promise->customer_id, .ref = promise_id },
	                      json_pack("{s:s}", "recipient", facts.recipient));
}

/* --- the letter of a payment plan ---------------------------------------------------------------------------------------------------- */
static struct status plan_facts(struct db *db, const struct viewer *viewer, const struct company *company, const struct settings *settings,
                                const struct payment_plan *plan, int32_t today, struct arena *arena, struct compose_facts *out)
{
	TRY(facts_of_customer(db, viewer, company, settings, plan->customer_code, "instalments", today, arena, out));
	snprintf(out->currency, sizeof out->currency, "%s", plan->currency);
	out->channel = CHANNEL_LETTER;
	struct compose_item *items = arena_array(arena, struct compose_item, plan->item_count + 2);
	cleanup_text struct text numbers = { 0 };
	out->item_count = 0;
	for (size_t i = 0; i < plan->item_count; i++) {
		const struct plan_held *held = &plan->items[i];
		struct item item;
		TRY(item_get(db, viewer, company->id, held->item_id, &item));
		items[out->item_count++] = (struct compose_item){ .id = held->item_id, .number = held->number, .kind = ITEM_INVOICE, .issue_day = item.issue_day,
			.due_day = held->due_day, .amount = item.amount, .open = held->amount, .asked = held->amount, .role = PLAN_CLAIMED,
			.days_late = today > held->due_day ? (int)(today - held->due_day) : 0 };
		text_addf(&numbers, "%s%s", numbers.len ? ", " : "", held->number);
	}
	if (plan->interest_kept && plan->interest > 0) { /* the instalments are of both */
		const char *late = tr(out->lang, "late interest");
		items[out->item_count++] = (struct compose_item){ .number = late, .kind = ITEM_OTHER, .issue_day = plan->made_day, .due_day = plan->made_day,
			.amount = plan->interest, .open = plan->interest, .asked = plan->interest, .role = PLAN_CLAIMED };
		text_addf(&numbers, ", %s", late);
	}
	out->items = items;
	out->paid_invoices = arena_strdup(arena, text_cstr(&numbers));
	struct compose_instalment *parts = arena_array(arena, struct compose_instalment, plan->part_count + 1);
	for (size_t i = 0; i < plan->part_count; i++) parts[i] = (struct compose_instalment){ plan->parts[i].day, plan->parts[i].amount };
	out->instalments = parts, out->instalment_count = plan->part_count;
	out->plan = (struct compose_plan){ true, plan->interest, plan->interest_kept };
	return STATUS_FINE;
}

static struct status draw_plan(struct db *db, const struct viewer *viewer, const struct company *company, int64_t plan_id, int32_t today, struct arena *arena,
                               const struct settings **settings, struct payment_plan *plan, struct compose_facts *facts, struct template_text *text,
                               struct attachment *out)
{
	TRY(payment_plan_get(db, viewer, company->id, plan_id, arena, plan));
	TRY(settings_load(db, company->tenant_id, company->id, arena, settings));
	TRY(plan_facts(db, viewer, company, *settings, plan, today, arena, facts));
	TRY(facts_text(db, company, facts, "instalments", arena, text));
	return letter_pdf(facts, text, (int)setting_int(*settings, "letter.offset_x"), (int)setting_int(*settings, "letter.offset_y"), arena, out);
}

struct status casework_plan_letter(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t plan_id, int32_t today, struct arena *arena,
                                   struct attachment *out)
{
	struct company *company = arena_make(arena, struct company);
	const struct settings *settings;
	struct payment_plan plan;
	struct compose_facts facts;
	struct template_text text;
	TRY(company_get(db, viewer, company_id, company));
	return draw_plan(db, viewer, company, plan_id, today, arena, &settings, &plan, &facts, &text, out);
}

struct status casework_send_plan(struct change *change, int64_t plan_id, struct arena *arena)
{
	const struct settings *settings;
	struct payment_plan plan;
	struct compose_facts facts;
	struct template_text text;
	struct message message;
	struct attachment file;
	TRY(change_allows(change, RIGHT_COLLECT));
	TRY(draw_plan(change->db, change->viewer, &change->company, plan_id, change->today, arena, &settings, &plan, &facts, &text, &file));
	if (strcmp(plan.state, "proposed") != 0) return status_make(STATUS_CONFLICT, "Payment plan %lld is not waiting for an answer any more.", (long long)plan_id);
	if (!*facts.recipient) return status_make(STATUS_INVALID, "%s has no usable address. Add a contact.", plan.customer_name);
	TRY(compose_message(&facts, &text, arena, &message));
	message.recipient = facts.recipient;
	message.attachments[0] = file, message.attachment_count = 1;
	char key[60], about[40];
	int64_t outbox = 0;
	snprintf(key, sizeof key, "plan-%lld-letter-%lld", (long long)plan_id, (long long)change->rev);
	snprintf(about, sizeof about, "plan %lld", (long long)plan_id);
	TRY(db_get_int(change->db, "SELECT COUNT(*) FROM outbox WHERE tenant_id = $tenant AND company_id = $company AND about = $about"
	                           " AND state NOT IN ('failed', 'cancelled')",
	               DB_ARGS(db_int("tenant", change->company.tenant_id), db_int("company", change->company.id), db_text("about", about)), &outbox, NULL));
	if (outbox) return status_make(STATUS_CONFLICT, "This payment plan was sent already.");
	TRY(outbox_add(change, settings, &(struct outbox_new){ .customer_id = plan.customer_id, .key = key, .held = !change->company.live || !mail_ready(settings),
	               .channel = "email", .about = about, .message = &message }, &outbox));
	return event_add_json(change, (struct event_new){ .kind = "plan.sent", .customer_id = plan.customer_id, .ref = plan_id },
	                      json_pack("{s:s,s:I,s:s}", "recipient", facts.recipient, "amount", (json_int_t)plan.total, "currency", plan.currency));
}
