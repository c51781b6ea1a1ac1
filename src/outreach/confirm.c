#include "outreach/confirm.h"

#include "base/memory.h"
#include "ledger/contact.h"
#include "outreach/debtor_link.h"
#include "outreach/gateway.h"
#include "outreach/outbox.h"
#include "outreach/parts.h"
#include "outreach/sms.h"

/* The contact that a person chose instead: his language decides the text. */
static struct status choose_contact(struct db *db, const struct company *company, int64_t contact_id, struct arena *arena,
                                    struct compose_facts *facts)
{
	struct recipient recipient;
	TRY(recipient_find(db, company->tenant_id, company->id, facts->customer_id, contact_id, arena, &recipient));
	if (recipient.contact_id != contact_id) return status_make(STATUS_INVALID, "This contact has no usable address.");
	facts->recipient = recipient.email, facts->contact_name = recipient.name, facts->contact_id = contact_id;
	facts_language(facts, recipient.language, recipient.lang);
	return STATUS_FINE;
}

static struct status make(struct db *db, const struct company *company, const struct compose_facts *facts, const struct confirm_edit *edit,
                          struct arena *arena, struct message *out)
{
	if (edit && edit->subject && edit->body) return compose_edited(facts, edit->subject, edit->body, arena, out);
	struct template_text text;
	TRY(facts_text(db, company, facts, facts->template, arena, &text));
	return compose_message(facts, &text, arena, out);
}

static struct status no_address(const struct compose_facts *facts, const struct action *action)
{
	if (action->recipient && *action->recipient)
		return status_make(STATUS_INVALID, "%s has no usable address: the one known bounced or is not to be used. Add a contact.",
		                   facts->customer_name);
	return status_make(STATUS_INVALID, "%s has no usable address. Add a contact.", facts->customer_name);
}

/* A failed action that is confirmed anew is a new message: its number of tries is in the key. */
static struct status action_key(struct db *db, const struct company *company, int64_t action_id, char *key, size_t size)
{
	int64_t tries = 0;
	TRY(db_get_int(db, "SELECT COUNT(*) FROM outbox WHERE tenant_id = $tenant AND company_id = $company AND action_id = $action",
	               DB_ARGS(db_int("tenant", company->tenant_id), db_int("company", company->id), db_int("action", action_id)), &tries, NULL));
	snprintf(key, size, tries ? "action-%lld-%lld" : "action-%lld", (long long)action_id, (long long)tries);
	return STATUS_FINE;
}

/* --- text messages --------------------------------------------------------------------------------------------------------------------- */
/* The text of a text message: the company's for SMS, whatever the step's own text is, which is for paper or mail. */
static struct status make_sms(struct db *db, const struct viewer *viewer, const struct company *company, const struct settings *settings,
                              const struct action *action, struct compose_facts *facts, struct arena *arena, struct message *message,
                              struct sms_size *size)
{
	struct sms_recipient recipient;
	struct template_text text;
	TRY(sms_find(db, viewer, company, action->customer_id, arena, &recipient));
	if (!*recipient.phone)
		return strcmp(recipient.reason, "suppressed") == 0
		               ? status_make(STATUS_INVALID, "%s wants no text messages. Call, or write.", facts->customer_name)
		               : status_make(STATUS_INVALID, "%s has no mobile number. Add one to a contact.", facts->customer_name);
	facts->recipient = recipient.phone, facts->contact_name = recipient.name, facts->contact_id = recipient.contact_id;
	facts_language(facts, recipient.language, recipient.lang);
	snprintf(facts->template, sizeof facts->template, "sms");
	TRY(facts_text(db, company, facts, "sms", arena, &text));
	TRY(sms_compose(facts, &text, arena, message, size));
	int64_t cost = size->parts * setting_int(settings, "sms.price");
	message->subject = size->parts == 1 ? arena_printf(arena, "SMS") : arena_printf(arena, "SMS (%d)", size->parts);
	if (cost)
		message->subject = arena_printf(arena, "%s, %lld,%04lld %s", message->subject, (long long)(cost / 10000), (long long)(cost % 10000), company->currency);
	return STATUS_FINE;
}

static struct status confirm_sms(struct change *change, const struct settings *settings, const struct action *action, struct compose_facts *facts,
                                 struct arena *arena, struct confirmed *out)
{
	const struct company *company = &change->company;
	struct message message;
	struct sms_size size;
	char key[64];
	TRY(make_sms(change->db, change->viewer, company, settings, action, facts, arena, &message, &size));
	if (message.asked != action->amount) return status_make(STATUS_CONFLICT, "The amounts of %s have changed. Plan the day again.", facts->customer_name);
	bool simulated = action->test || !company->live;
	if (!simulated && !sms_ready(settings))
		return status_make(STATUS_INVALID, "No gateway for text messages is set. Set one in the settings, or call instead.");
	TRY(action_key(change->db, company, action->id, key, sizeof key));
	TRY(action_queue(change, action->id, facts->recipient, facts->contact_id, *facts->language ? facts->language : lang_code(facts->lang)));
	*out = (struct confirmed){ .held = simulated, .simulated = simulated, .recipient = facts->recipient, .parts = size.parts,
	                           .cost = size.parts * setting_int(settings, "sms.price") };
	return outbox_add(change, settings,
	                  &(struct outbox_new){ .action_id = action->id, .customer_id = facts->customer_id, .key = key, .simulated = simulated,
	                                        .channel = "sms", .parts = out->parts, .cost = out->cost, .message = &message },
	                  &out->outbox_id);
}

/* The invoices themselves, as imports brought them: what the text says is attached. */
static struct status attach_invoices(struct db *db, const struct viewer *viewer, const struct company *company, const struct compose_facts *facts,
                                     struct arena *arena, struct message *message)
{
	for (size_t i = 0; facts->invoice_copies && i < facts->invoice_count; i++) {
		if (message->attachment_count == COUNT(message->attachments)) break;
		TRY(outbox_file(db, viewer, company->id, facts->invoice_documents[i], arena, &message->attachments[message->attachment_count++]));
	}
	return STATUS_FINE;
}

struct status confirm_action(struct change *change, int64_t action_id, const struct confirm_edit *edit, struct arena *arena,
                             struct confirmed *out)
{
	const struct company *company = &change->company;
	const struct settings *settings;
	struct compose_facts facts;
	struct action *action;
	struct message message;
	TRY(settings_load(change->db, company->tenant_id, company->id, arena, &settings));
	TRY(facts_of_action(change->db, change->viewer, company, settings, action_id, change->today, arena, &facts, &action));
	if (action->channel == CHANNEL_SMS) return confirm_sms(change, settings, action, &facts, arena, out);
	if (action->channel != CHANNEL_EMAIL)
		return status_make(STATUS_INVALID, "Action %lld is a %s: mark it as done instead.", (long long)action_id, channel_code(action->channel));
	if (edit && edit->contact_id) TRY(choose_contact(change->db, company, edit->contact_id, arena, &facts));
	if (!*facts.recipient) return no_address(&facts, action);
	TRY(make(change->db, company, &facts, edit, arena, &message));
	TRY(compose_attachments(&facts, arena, &message));
	TRY(attach_invoices(change->db, change->viewer, company, &facts, arena, &message));
	if (message.asked != action->amount && strcmp(facts.template, "thanks") != 0) /* R5: text, rows and action say the same */
		return status_make(STATUS_CONFLICT, "The amounts of %s have changed. Plan the day again.", facts.customer_name);
	TRY(action_queue(change, action_id, facts.recipient, facts.contact_id, *facts.language ? facts.language : *facts.language ? facts.language : lang_code(facts.lang)));
	TRY(debtor_link_key(change, settings));
	char key[64];
	TRY(action_key(change->db, company, action_id, key, sizeof key));
	bool simulated = action->test || !company->live;
	*out = (struct confirmed){ .held = simulated || !mail_ready(settings), .simulated = simulated, .recipient = facts.recipient };
	return outbox_add(change, settings,
	                  &(struct outbox_new){ .action_id = action_id, .customer_id = facts.customer_id, .key = key, .held = out->held, .simulated = simulated,
	                                        .channel = "email", .message = &message },
	                  &out->outbox_id);
}

struct status confirm_automatic(struct change *change, int64_t action_id, void *context)
{
	(void)context;
	cleanup_arena struct arena *arena = arena_new();
	struct confirmed done;
	return confirm_action(change, action_id, NULL, arena, &done);
}

static bool is_letter(enum channel channel)
{
	return channel == CHANNEL_LETTER || channel == CHANNEL_REGISTERED_LETTER;
}

/* A letter bears its own link: what is printed is what is kept, so it is known before the letter is sent (debtor_link.h). */
static struct status draw_letter(struct db *db, const struct company *company, const struct settings *settings,
                                 const struct compose_facts *given, struct arena *arena, struct attachment *out, struct message *message)
{
	struct template_text text;
	struct compose_facts letter = *given;
	const struct compose_facts *facts = &letter;
	const char *link = *given->answer_link ? debtor_link_of_letter(settings, company->tenant_id, company->id, given->action_id, arena) : "";
	letter.answer_link = letter.pay_link = link;
	TRY(facts_text(db, company, facts, facts->template, arena, &text));
	TRY(letter_pdf(facts, &text, (int)setting_int(settings, "letter.offset_x"), (int)setting_int(settings, "letter.offset_y"), arena, out));
	return message ? compose_message(given, &text, arena, message) : STATUS_FINE; /* the link is on the paper alone */
}

/* What was printed is what is kept: the customer's documents get the very file (pitfalls 78). */
struct status confirm_done(struct change *change, int64_t action_id, const char *outcome, const char *note, struct arena *arena)
{
	const struct company *company = &change->company;
	struct action *action;
	TRY(action_get(change->db, change->viewer, company->id, action_id, arena, &action));
	if (!is_letter(action->channel) || action->test) return action_done(change, action_id, outcome, note);
	const struct settings *settings;
	struct compose_facts facts;
	struct message message;
	struct attachment file;
	TRY(settings_load(change->db, company->tenant_id, company->id, arena, &settings));
	TRY(facts_of_action(change->db, change->viewer, company, settings, action_id, change->today, arena, &facts, NULL));
	TRY(draw_letter(change->db, company, settings, &facts, arena, &file, &message));
	if (*facts.answer_link) TRY(debtor_link_keep_letter(change, settings, facts.customer_id, action_id, facts.lang, arena));
	TRY(debtor_link_key(change, settings));
	message.recipient = facts.customer_name;
	message.attachments[0] = file, message.attachment_count = 1;
	TRY(action_done(change, action_id, outcome, note));
	char key[64];
	int64_t id;
	snprintf(key, sizeof key, "letter-%lld-%lld", (long long)action_id, (long long)change->rev);
	return outbox_add(change, settings,
	                  &(struct outbox_new){ .action_id = action_id, .customer_id = facts.customer_id, .key = key, .posted = true,
	                                        .channel = channel_code(action->channel), .message = &message },
	                  &id);
}

struct status confirm_post(struct change *change, int64_t action_id, struct arena *arena, struct confirmed *out)
{
	const struct company *company = &change->company;
	const struct settings *settings;
	struct compose_facts facts;
	struct action *action;
	struct message message;
	struct attachment file;
	char key[64];
	TRY(settings_load(change->db, company->tenant_id, company->id, arena, &settings));
	TRY(facts_of_action(change->db, change->viewer, company, settings, action_id, change->today, arena, &facts, &action));
	if (!is_letter(action->channel)) return status_make(STATUS_INVALID, "Action %lld is no letter.", (long long)action_id);
	bool simulated = action->test || !company->live;
	if (!simulated && !post_ready(settings)) return status_make(STATUS_INVALID, "No postal service is set: print the letter and post it.");
	TRY(draw_letter(change->db, company, settings, &facts, arena, &file, &message));
	if (message.asked != action->amount) return status_make(STATUS_CONFLICT, "The amounts of %s have changed. Plan the day again.", facts.customer_name);
	message.recipient = parts_address(&facts, arena);
	message.attachments[0] = file, message.attachment_count = 1;
	TRY(action_key(change->db, company, action_id, key, sizeof key));
	TRY(action_queue(change, action_id, facts.customer_name, facts.contact_id, lang_code(facts.lang)));
	*out = (struct confirmed){ .held = simulated, .simulated = simulated, .recipient = facts.customer_name };
	return outbox_add(change, settings,
	                  &(struct outbox_new){ .action_id = action_id, .customer_id = facts.customer_id, .key = key, .simulated = simulated,
	                                        .channel = channel_code(action->channel), .message = &message },
	                  &out->outbox_id);
}

struct status confirm_letter(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t action_id, int32_t today,
                             struct arena *arena, struct attachment *out)
{
	struct company company;
	const struct settings *settings;
	struct compose_facts facts;
	struct action *action;
	TRY(company_get(db, viewer, company_id, &company));
	TRY(settings_load(db, company.tenant_id, company_id, arena, &settings));
	TRY(facts_of_action(db, viewer, &company, settings, action_id, today, arena, &facts, &action));
	if (!is_letter(action->channel)) return status_make(STATUS_INVALID, "Action %lld is no letter.", (long long)action_id);
	if (action->state == STATE_DONE || action->state == STATE_QUEUED || action->state == STATE_SENT || action->state == STATE_UNKNOWN) {
		int64_t document = 0;
		bool found = false;
		TRY(db_get_int(db,
		        "SELECT MIN(d.id) FROM document d JOIN outbox o ON o.tenant_id = d.tenant_id AND o.company_id = d.company_id AND o.id = d.outbox_id "
		        "WHERE d.tenant_id = $tenant AND d.company_id = $company AND o.action_id = $action",
		        DB_ARGS(db_int("tenant", viewer->tenant_id), db_int("company", company_id), db_int("action", action_id)), &document, &found));
		if (found && document) return outbox_file(db, viewer, company_id, document, arena, out);
	}
	return draw_letter(db, &company, settings, &facts, arena, out, NULL);
}

struct status confirm_preview(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t action_id, int32_t today,
                              struct arena *arena, struct message *out)
{
	struct company company;
	const struct settings *settings;
	struct compose_facts facts;
	TRY(company_get(db, viewer, company_id, &company));
	TRY(settings_load(db, company.tenant_id, company_id, arena, &settings));
	struct action *action;
	TRY(facts_of_action(db, viewer, &company, settings, action_id, today, arena, &facts, &action));
	if (action->channel == CHANNEL_SMS) {
		struct sms_size size;
		return make_sms(db, viewer, &company, settings, action, &facts, arena, out, &size);
	}
	return make(db, &company, &facts, NULL, arena, out);
}

/* Who would be called. */
static struct status call_preview(struct db *db, const struct viewer *viewer, const struct company *company, const struct compose_facts *facts, struct arena *arena,
                                  struct message *out)
{
	struct customer customer;
	struct contact *contacts;
	size_t count;
	TRY(customer_get(db, viewer, company->id, facts->customer_id, arena, &customer));
	TRY(contact_list(db, viewer, company->id, facts->customer_id, arena, &contacts, &count));
	*out = (struct message){ .lang = facts->lang, .recipient = customer.phone, .recipient_name = "", .subject = "", .text = "", .html = "", .html_body = "",
		                 .asked = compose_asked(facts) };
	for (size_t i = 0; i < count; i++)
		if (*contacts[i].phone) {
			out->recipient = contacts[i].phone, out->recipient_name = contacts[i].name;
			break;
		}
	return *out->recipient ? STATUS_FINE : status_make(STATUS_INVALID, "%s has no telephone number. Add one to a contact.", facts->customer_name);
}

static struct status now_preview(struct db *db, const struct viewer *viewer, const struct company *company, const struct settings *settings, const struct action *action,
                                 struct compose_facts *facts, struct arena *arena, struct message *out)
{
	struct sms_size size;
	struct attachment letter;
	switch (action->channel) {
	case CHANNEL_SMS: return make_sms(db, viewer, company, settings, action, facts, arena, out, &size);
	case CHANNEL_CALL: return call_preview(db, viewer, company, facts, arena, out);
	case CHANNEL_LETTER:
		TRY(draw_letter(db, company, settings, facts, arena, &letter, out));
		out->recipient = arena_printf(arena, "%s %s", facts->customer_postcode ? facts->customer_postcode : "", facts->customer_city);
		return STATUS_FINE;
	default: return *facts->recipient ? make(db, company, facts, NULL, arena, out) : no_address(facts, action);
	}
}

struct status remind_preview(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t customer_id, const int64_t *items,
                             size_t count, enum channel channel, int32_t today, struct arena *arena, struct remind_preview *out)
{
	struct company company;
	const struct settings *settings;
	struct compose_facts facts;
	*out = (struct remind_preview){ 0 };
	TRY(now_propose(db, viewer, company_id, customer_id, items, count, channel, today, arena, &out->proposal));
	if (!out->proposal.action) return STATUS_FINE;
	TRY(company_get(db, viewer, company_id, &company));
	TRY(settings_load(db, company.tenant_id, company_id, arena, &settings));
	TRY(facts_of_proposed(db, viewer, &company, settings, out->proposal.action, today, arena, &facts));
	struct status status = now_preview(db, viewer, &company, settings, out->proposal.action, &facts, arena, &out->message);
	if (status.code == STATUS_INVALID || status.code == STATUS_CONFLICT) {
		out->trouble = arena_strdup(arena, status.text);
		return STATUS_FINE;
	}
	return status;
}

struct status remind_send(struct change *change, int64_t customer_id, const int64_t *items, size_t count, int64_t expected,
                          const struct remind_way *way, const struct confirm_edit *edit, struct arena *arena, struct confirmed *out)
{
	int64_t action_id;
	const struct settings *settings;
	*out = (struct confirmed){ .recipient = "" };
	if (way->channel == CHANNEL_CALL && (!way->outcome || !action_outcome_known(way->outcome))) return status_make(STATUS_INVALID, "Choose how the call ended.");
	TRY(now_make(change, customer_id, items, count, way->channel, expected, arena, &action_id));
	TRY(settings_load(change->db, change->company.tenant_id, change->company.id, arena, &settings));
	switch (way->channel) {
	case CHANNEL_EMAIL:
	case CHANNEL_SMS: TRY(confirm_action(change, action_id, edit, arena, out)); break;
	case CHANNEL_LETTER:
		if (post_ready(settings) && change->company.live) TRY(confirm_post(change, action_id, arena, out));
		else TRY(confirm_done(change, action_id, "", way->note, arena));
		break;
	case CHANNEL_CALL: TRY(confirm_done(change, action_id, way->outcome, way->note, arena)); break;
	default: return status_make(STATUS_INVALID, "A reminder goes by email, letter, sms or call.");
	}
	out->action_id = action_id;
	return STATUS_FINE;
}

struct status confirm_sample(struct db *db, const struct viewer *viewer, int64_t company_id, const struct template_text *text,
                             const char *customer_code, int32_t today, bool whole, struct arena *arena, struct message *out,
                             json_t **values)
{
	struct company company;
	const struct settings *settings;
	struct compose_facts facts;
	TRY(company_get(db, viewer, company_id, &company));
	TRY(settings_load(db, company.tenant_id, company_id, arena, &settings));
	TRY(facts_of_customer(db, viewer, &company, settings, customer_code, text->code, today, arena, &facts));
	facts_language(&facts, text->language, text->lang); /* the text that is being looked at, whoever the customer is */
	if (values) *values = compose_values(&facts, viewer->lang);
	TRY(compose_message(&facts, text, arena, out));
	return whole ? compose_attachments(&facts, arena, out) : STATUS_FINE;
}
