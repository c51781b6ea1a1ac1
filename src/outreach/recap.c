#include "outreach/recap.h"

#include "access/user.h"
#include "base/memory.h"
#include "base/words.h"
#include "dunning/call.h"
#include "ledger/contact.h"
#include "ledger/customer.h"
#include "ledger/event.h"
#include "outreach/outbox.h"

enum { RECAP_DAYS = 7 };

/* What an outcome says, of the call and of each side, in the debtor's language. {amount} and {date} of the promise. */
static const struct {
	const char *outcome, *points_fr, *ours_fr, *theirs_fr, *points_en, *ours_en, *theirs_en;
} said[] = {
	{ "promise", "vous réglerez {amount} le {date}", "nous suspendons nos relances jusqu’à cette date", "le virement de {amount} le {date}",
	  "you will pay {amount} on {date}", "hold our reminders until then", "transfer {amount} on {date}" },
	{ "payment_sent", "le règlement est parti", "nous l’enregistrons dès réception", "nous indiquer la date et la référence du virement",
	  "the payment has left", "record it when it arrives", "tell us its date and reference" },
	{ "dispute", "un point de la facturation est contesté", "nous le traitons et revenons vers vous", "régler la part qui n’est pas contestée",
	  "part of the invoicing is contested", "deal with it and come back to you", "pay the part that is not contested" },
	{ "resent", "la facture ne vous était pas parvenue", "nous vous en adressons la copie", "nous confirmer sa réception et la date de validation",
	  "the invoice had not reached you", "send you a copy", "confirm its receipt and the date of approval" },
	{ "approver", "la facture est en cours de validation", "nous rappelons à la date convenue", "obtenir la validation et nous donner la date du virement",
	  "the invoice waits for approval", "call again on the agreed date", "get the approval and tell us the date of the transfer" },
	{ "po_missing", "il manque un numéro de commande", "nous complétons la facture le jour même", "nous donner ce numéro, ou le nom de qui le détient",
	  "a purchase order number is missing", "complete the invoice the same day", "give us that number, or the name of who holds it" },
	{ "plan", "vous souhaitez régler en plusieurs fois", "nous vous proposons un échéancier", "nous le retourner signé, avec un premier versement",
	  "you wish to pay in instalments", "send you a schedule", "return it signed, with a first payment" },
	{ "check_in_post", "un chèque est parti par la poste", "nous l’enregistrons dès réception", "nous indiquer son numéro et sa date",
	  "a cheque is in the post", "record it when it arrives", "tell us its number and date" },
	{ "search_bank", "vous indiquez avoir réglé", "nous recherchons ce règlement", "nous en adresser la preuve (date, montant, référence)",
	  "you say it is paid", "look for this payment", "send us proof (date, amount, reference)" },
	{ "offset", "vous souhaitez une compensation", "nous examinons votre demande", "nous l’adresser par écrit, avec les pièces en cause",
	  "you wish to set off what we owe you", "look into your request", "send it in writing, with the items concerned" },
	{ "", "nous avons fait le point sur votre compte", "nous restons à votre disposition", "nous indiquer la date de votre virement",
	  "we reviewed your account", "remain at your disposal", "tell us the date of your transfer" },
};

static const char *filled(const char *words, const struct compose_facts *facts, struct arena *arena)
{
	cleanup_text struct text out = { 0 };
	for (const char *c = words; *c;) {
		if (strncmp(c, "{amount}", 8) == 0)
			words_amount(&out, facts->lang, facts->promise_amount, facts->currency), c += 8;
		else if (strncmp(c, "{date}", 6) == 0)
			words_date_long(&out, facts->lang, facts->promise_day), c += 6;
		else
			text_add_char(&out, *c++);
	}
	return arena_strdup(arena, text_cstr(&out));
}

static const char *chosen(const char *by_hand, const char *proposed)
{
	struct slice trimmed = by_hand ? slice_trim(slice_of(by_hand)) : (struct slice){ "", 0 };
	return trimmed.len ? by_hand : proposed;
}

static void propose_words(const struct action *action, const struct compose_facts *facts, const struct recap_edit *edit, struct arena *arena,
                          struct recap *out)
{
	const char *outcome = action->outcome;
	bool promised = facts->promise_amount > 0 && facts->promise_day != DAY_NONE;
	if (strcmp(outcome, "promise") == 0 && !promised) outcome = "";
	size_t at = 0;
	while (at + 1 < COUNT(said) && strcmp(said[at].outcome, outcome) != 0) at++;
	bool french = facts->lang == LANG_FR;
	const char *points = filled(french ? said[at].points_fr : said[at].points_en, facts, arena);
	/* the collector's note stays with us, unless he writes it here himself: it may say what the customer should not read */
	out->points = chosen(edit ? edit->points : NULL, points);
	out->ours = chosen(edit ? edit->ours : NULL, filled(french ? said[at].ours_fr : said[at].ours_en, facts, arena));
	out->theirs = chosen(edit ? edit->theirs : NULL, filled(french ? said[at].theirs_fr : said[at].theirs_en, facts, arena));
}

/* --- copies --------------------------------------------------------------------------------------------------------------------------- */
static void add_copy(struct recap *out, const char *email, const char *name, const char *role, bool ours, bool on, const char *recipient)
{
	if (!email || !*email || strcasecmp(email, recipient) == 0 || out->copy_count == RECAP_COPIES || strpbrk(email, ", \r\n")) return;
	for (size_t i = 0; i < out->copy_count; i++)
		if (strcasecmp(out->copies[i].email, email) == 0) return;
	out->copies[out->copy_count++] = (struct recap_copy){ email, name, role, ours, on };
}

static struct status add_user(struct db *db, const struct viewer *viewer, int64_t user_id, const char *role, bool on, struct arena *arena,
                              const char *recipient, struct recap *out)
{
	if (!user_id) return STATUS_FINE;
	struct viewer system = viewer_system(viewer->tenant_id);
	struct user *user = arena_make(arena, struct user);
	struct status status = user_get(db, &system, user_id, user);
	if (status.code == STATUS_NOT_FOUND) return STATUS_FINE;
	if (!status.code && !user->disabled) add_copy(out, user->email, *user->name ? user->name : user->email, role, true, on, recipient);
	return status;
}

static struct status find_copies(struct db *db, const struct viewer *viewer, const struct company *company, const struct compose_facts *facts,
                                 struct arena *arena, struct recap *out)
{
	struct customer customer;
	TRY(customer_get(db, viewer, company->id, facts->customer_id, arena, &customer));
	TRY(add_user(db, viewer, customer.sales_id, "sales", true, arena, facts->recipient, out));
	TRY(add_user(db, viewer, customer.collector_id, "collector", customer.collector_id != viewer->user_id, arena, facts->recipient, out));
	TRY(add_user(db, viewer, viewer->user_id, "sender", false, arena, facts->recipient, out));
	struct contact *contacts;
	size_t count;
	TRY(contact_list(db, viewer, company->id, facts->customer_id, arena, &contacts, &count));
	for (size_t i = 0; i < count; i++)
		if (!contacts[i].bounced_at && !contacts[i].suppressed)
			add_copy(out, contacts[i].email, *contacts[i].name ? contacts[i].name : contacts[i].email, contacts[i].role, false, false, facts->recipient);
	return STATUS_FINE;
}

static struct status choose_copies(const struct recap_edit *edit, struct arena *arena, struct recap *out, struct compose_facts *facts)
{
	cleanup_text struct text cc = { 0 }, names = { 0 };
	if (edit && edit->copies) {
		for (size_t i = 0; i < out->copy_count; i++) out->copies[i].on = false;
		for (size_t c = 0; edit->copies[c]; c++) {
			size_t i = 0;
			if (!*edit->copies[c]) continue;
			while (i < out->copy_count && strcasecmp(out->copies[i].email, edit->copies[c]) != 0) i++;
			if (i == out->copy_count)
				return status_make(STATUS_INVALID, "“%.80s” is neither of this customer nor of ours: no copy goes there.", edit->copies[c]);
			out->copies[i].on = true;
		}
	}
	for (size_t i = 0; i < out->copy_count; i++) {
		if (!out->copies[i].on) continue;
		text_addf(&cc, "%s%s", cc.len ? "," : "", out->copies[i].email);
		text_addf(&names, "%s%s", names.len ? ", " : "", out->copies[i].name);
	}
	out->cc = arena_strdup(arena, text_cstr(&cc));
	facts->cc_names = arena_strdup(arena, text_cstr(&names));
	return STATUS_FINE;
}

/* --- making and sending ------------------------------------------------------------------------------------------------------------ */
static void recap_key(int64_t action_id, char *out, size_t size)
{
	snprintf(out, size, "recap-%lld", (long long)action_id);
}

struct status recap_make(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t action_id, const struct recap_edit *edit,
                         int32_t today, struct arena *arena, struct recap *out)
{
	struct company *company = arena_make(arena, struct company);
	const struct settings *settings;
	struct compose_facts facts;
	struct action *action;
	*out = (struct recap){ .cc = "" };
	TRY(company_get(db, viewer, company_id, company));
	TRY(settings_load(db, company->tenant_id, company_id, arena, &settings));
	TRY(facts_of_action(db, viewer, company, settings, action_id, today, arena, &facts, &action));
	out->action = action;
	if (action->channel != CHANNEL_CALL) return status_make(STATUS_INVALID, "Action %lld is no call: there is nothing to sum up.", (long long)action_id);
	if (!*action->outcome || !call_reached(action->outcome))
		return status_make(STATUS_INVALID, "Nobody was reached: there is nothing to sum up.");
	if (edit && edit->contact_id && edit->contact_id != facts.contact_id) {
		struct recipient recipient;
		TRY(recipient_find(db, company->tenant_id, company_id, facts.customer_id, edit->contact_id, arena, &recipient));
		if (recipient.contact_id != edit->contact_id) return status_make(STATUS_INVALID, "This contact has no usable address.");
		facts.recipient = recipient.email, facts.contact_name = recipient.name, facts.contact_id = recipient.contact_id, facts_language(&facts, recipient.language, recipient.lang);
	}
	snprintf(facts.template, sizeof facts.template, "call_notes");
	facts.call_day = action->done_day != DAY_NONE ? action->done_day : today;
	TRY(facts_promised(db, company, arena, &facts));
	propose_words(action, &facts, edit, arena, out);
	facts.call_points = out->points, facts.our_actions = out->ours, facts.their_actions = out->theirs;
	TRY(find_copies(db, viewer, company, &facts, arena, out));
	TRY(choose_copies(edit, arena, out, &facts));

	char key[64];
	recap_key(action_id, key, sizeof key);
	TRY(outbox_known(db, company, settings, key, &out->sent));
	struct template_text text;
	TRY(facts_text(db, company, &facts, facts.template, arena, &text));
	struct status status = STATUS_FINE;
	if (out->sent) status = status_make(STATUS_CONFLICT, "The notes of this call were sent already.");
	else if (today - facts.call_day > RECAP_DAYS) status = status_make(STATUS_CONFLICT, "The call was more than %d days ago: its notes are not sent any more.", RECAP_DAYS);
	else if (!*facts.recipient) status = status_make(STATUS_INVALID, "%s has no usable address. Add a contact.", facts.customer_name);
	if (!status.code) status = compose_message(&facts, &text, arena, &out->message);
	if (status.code == STATUS_CONFLICT || status.code == STATUS_INVALID) {
		out->trouble = arena_strdup(arena, status.text);
		return STATUS_FINE;
	}
	return status;
}

struct status recap_send(struct change *change, int64_t action_id, const struct recap_edit *edit, struct arena *arena, struct confirmed *out)
{
	struct recap recap;
	const struct settings *settings;
	TRY(recap_make(change->db, change->viewer, change->company.id, action_id, edit, change->today, arena, &recap));
	if (recap.trouble) return status_make(recap.sent ? STATUS_CONFLICT : STATUS_INVALID, "%s", recap.trouble);
	TRY(settings_load(change->db, change->company.tenant_id, change->company.id, arena, &settings));
	TRY(recipient_check(change->db, change->company.tenant_id, change->company.id, recap.message.recipient));
	char key[64];
	recap_key(action_id, key, sizeof key);
	bool simulated = recap.action->test || !change->company.live;
	*out = (struct confirmed){ .simulated = simulated, .held = simulated || !mail_ready(settings), .recipient = recap.message.recipient };
	TRY(event_add_json(change, (struct event_new){ .kind = "call.recap", .customer_id = recap.action->customer_id, .ref = action_id },
	                   json_pack("{s:s, s:s, s:b}", "to", recap.message.recipient, "copies", recap.cc, "test", simulated)));
	/* no action of its own: the call is the contact, this is its paper */
	return outbox_add(change, settings,
	                  &(struct outbox_new){ .customer_id = recap.action->customer_id, .key = key, .held = out->held && !simulated, .simulated = simulated,
	                                        .channel = "email", .cc = recap.cc, .message = &recap.message },
	                  &out->outbox_id);
}

struct status recap_missed(struct change *change, int64_t action_id, struct arena *arena, struct confirmed *out)
{
	struct action *action;
	TRY(action_get(change->db, change->viewer, change->company.id, action_id, arena, &action));
	if (action->channel != CHANNEL_CALL || !*action->outcome || call_reached(action->outcome))
		return status_make(STATUS_INVALID, "Only a call that reached nobody can leave a message instead.");
	int64_t *items = arena_array(arena, int64_t, action->item_count + 1);
	size_t count = 0;
	for (size_t i = 0; i < action->item_count; i++)
		if (action->items[i].role == PLAN_CLAIMED) items[count++] = action->items[i].item_id;
	return remind_send(change, action->customer_id, items, count, -1, &(struct remind_way){ .channel = CHANNEL_EMAIL }, NULL, arena, out);
}
