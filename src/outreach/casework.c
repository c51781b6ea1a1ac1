#include "outreach/casework.h"

#include "base/log.h"
#include "base/memory.h"
#include "base/words.h"
#include "dunning/plan_load.h"
#include "outreach/facts.h"
#include "outreach/outbox.h"
#include "outreach/parts.h"

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

static struct status write_internal(struct change *change, const struct letter *letter, const struct dispute_case *one, struct arena *arena)
{
	enum lang lang = lang_parse(setting_text(letter->settings, "language"), LANG_FR);
	cleanup_text struct text body = { 0 }, html = { 0 }, amount = { 0 }, due = { 0 };
	words_amount(&amount, lang, one->amount, one->currency);
	if (one->due_day != DAY_NONE) words_date_long(&due, lang, one->due_day);
	static const char *const openings[] = {
		[CASEWORK_GIVEN] = "This dispute is for you. While it is open, nobody asks the customer for what he contests: he waits for our answer.",
		[CASEWORK_SOON] = "Our answer to this dispute is due. Past its deadline, nothing firm may be sent to this customer any more.",
		[CASEWORK_LATE] = "Our answer to this dispute is late. Until it is given, nothing firm is sent to this customer.",
		[CASEWORK_ESCALATED] = "The answer to this dispute is late. Until it is given, nothing firm is sent to this customer. Please see to it.",
	};
	text_addf(&body, "%s\n\n", tr(lang, openings[letter->what]));
	add_line(&body, tr(lang, "Customer"), one->customer_name);
	add_line(&body, tr(lang, "Items"), numbers_of(one, arena));
	add_line(&body, tr(lang, "What is contested"), tr(lang, one->kind->label));
	add_line(&body, tr(lang, "Amount"), text_cstr(&amount));
	add_line(&body, tr(lang, "We answer by"), text_cstr(&due));
	add_line(&body, tr(lang, "What was noted"), one->note);
	if (letter->what == CASEWORK_ESCALATED) add_line(&body, tr(lang, "Who answers for it"), *one->owner_name ? one->owner_name : one->owner_email);
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
	TRY(write_internal(&change, letter, &one, arena));
	TRY(dispute_reminded(&change, one.id, letter->what == CASEWORK_ESCALATED));
	return company_end(&change);
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
	if (!setting_bool(settings, "dispute.remind") || setting_bool(settings, "stop_all")) return STATUS_FINE;
	struct calendar calendar = calendar_of(settings, company.country, arena);
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
	TRY(template_load(change->db, change->company.tenant_id, change->company.id, "dispute_opened", facts.lang, arena, &text));
	TRY(compose_message(&facts, &text, arena, &message));
	return leave(change, settings, &one, "opened", &facts, &message);
}
