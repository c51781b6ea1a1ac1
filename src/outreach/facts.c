#include "outreach/facts.h"

#include "access/user.h"
#include "base/email.h"
#include "base/memory.h"
#include "dunning/action_member.h"
#include "book/book.h"
#include "ledger/contact.h"
#include "ledger/customer.h"
#include "ledger/preference.h"
#include "outreach/debtor_link.h"
#include "outreach/facts_read.h"
#include "outreach/pay_to.h"

#include <stdlib.h>
#include <string.h>

static bool given(const char *value)
{
	return value && *value;
}

/* --- who it goes to ------------------------------------------------------------------------------------------------------- */

/* The contact's, else the customer's, else by country: French is read in these five (letters.md section 9). */
static struct status set_language(struct db *db, const struct company *company, const char *contact, const struct customer *customer, struct arena *arena,
                                  struct recipient *out)
{
	if (!language_tag(contact, out->language) && !language_tag(customer->language, out->language)) {
		static const char *const french[] = { "FR", "BE", "LU", "CH", "MC" };
		const char *country = given(customer->country) ? customer->country : company->country;
		snprintf(out->language, sizeof out->language, "en");
		for (size_t i = 0; i < COUNT(french); i++)
			if (strcmp(country, french[i]) == 0) snprintf(out->language, sizeof out->language, "fr");
	}
	if (language_words(out->language, LANG_EN, &out->lang)) return STATUS_FINE;
	const struct settings *settings;
	TRY(settings_load(db, company->tenant_id, company->id, arena, &settings));
	out->lang = setting_words(settings, out->language);
	return STATUS_FINE;
}

struct status recipient_check(struct db *db, int64_t tenant, int64_t company, const char *email)
{
	char folded[256];
	if (!email_fold(email, folded, sizeof folded)) return status_make(STATUS_INVALID, "“%s” is not an e-mail address.", email);
	bool suppressed;
	TRY(suppression_find(db, tenant, folded, &suppressed));
	if (suppressed) return status_make(STATUS_CONFLICT, "“%s” is never to be used: it bounced or asked us to stop.", folded);
	int64_t bounced;
	TRY(db_get_int(db, "SELECT COUNT(*) FROM contact WHERE tenant_id = $tenant AND company_id = $company AND lower(email) = $email "
	                   "AND bounced_at > 0 AND removed = 0",
	               DB_ARGS(db_int("tenant", tenant), db_int("company", company), db_text("email", folded)), &bounced, NULL));
	if (bounced) return status_make(STATUS_CONFLICT, "“%s” bounced: its mailbox refused our last message.", folded);
	return STATUS_FINE;
}

/* A contact of a role that a step names; with `none`, nobody else: a person finds one. */
struct wanted_role { const char *role, *fallback; };

static const struct contact *of_role(const struct contact *contacts, size_t count, const char *role)
{
	for (size_t i = 0; i < count; i++)
		if (given(contacts[i].email) && !contacts[i].suppressed && !contacts[i].bounced_at && strcmp(contacts[i].role, role) == 0) return &contacts[i];
	return NULL;
}

static struct status pick_role(struct db *db, const struct viewer *viewer, const struct company *company, const struct customer *customer,
                          int64_t wanted, const struct wanted_role *by, struct arena *arena, struct recipient *out)
{
	struct contact *contacts;
	size_t count;
	bool refused = false;
	TRY(contact_list(db, viewer, company->id, customer->id, arena, &contacts, &count)); /* main first, billing, manager… */
	*out = (struct recipient){ .email = "", .name = "", .reason = "no_contact" };
	TRY(set_language(db, company, NULL, customer, arena, out));
	const struct contact *best = NULL;
	for (size_t i = 0; i < count; i++) {
		const struct contact *contact = &contacts[i];
		if (!given(contact->email)) continue;
		if (contact->suppressed || contact->bounced_at) {
			refused = true;
			continue;
		}
		if (contact->id == wanted) {
			best = contact;
			break;
		}
		if (!best) best = contact;
	}
	if (by && given(by->role) && !(best && best->id == wanted)) {
		const struct contact *found = of_role(contacts, count, by->role);
		if (!found && given(by->fallback) && strcmp(by->fallback, "none") != 0) found = of_role(contacts, count, by->fallback);
		if (!found && given(by->fallback) && strcmp(by->fallback, "none") == 0) return STATUS_FINE; /* no_contact */
		if (found) best = found;
	}
	if (best) {
		*out = (struct recipient){ .contact_id = best->id, .name = best->name, .email = best->email };
		return set_language(db, company, best->language, customer, arena, out);
	}
	if (given(customer->email)) {
		struct status status = recipient_check(db, company->tenant_id, company->id, customer->email);
		if (!status.code) {
			out->email = customer->email, out->reason = NULL;
			return STATUS_FINE;
		}
		if (status.code != STATUS_CONFLICT && status.code != STATUS_INVALID) return status;
		refused = refused || status.code == STATUS_CONFLICT;
	}
	if (refused) out->reason = "suppressed";
	return STATUS_FINE;
}

void facts_language(struct compose_facts *facts, const char *language, enum lang words)
{
	snprintf(facts->language, sizeof facts->language, "%s", language);
	facts->lang = words;
}

struct status facts_text(struct db *db, const struct company *company, const struct compose_facts *facts, const char *code, struct arena *arena,
                         struct template_text *out)
{
	return template_load(db, company->tenant_id, company->id, code, facts->language, facts->lang, arena, out);
}

static struct status pick(struct db *db, const struct viewer *viewer, const struct company *company, const struct customer *customer,
                          int64_t wanted, struct arena *arena, struct recipient *out)
{
	return pick_role(db, viewer, company, customer, wanted, NULL, arena, out);
}

struct status recipient_find(struct db *db, int64_t tenant, int64_t company_id, int64_t customer_id, int64_t wanted_contact,
                             struct arena *arena, struct recipient *out)
{
	struct viewer system = viewer_system(tenant);
	struct company company;
	struct customer customer;
	TRY(company_get(db, &system, company_id, &company));
	TRY(customer_get(db, &system, company_id, customer_id, arena, &customer));
	return pick(db, &system, &company, &customer, wanted_contact, arena, out);
}

/* --- who writes ------------------------------------------------------------------------------------------------------------- */

static struct status read_sender(struct db *db, const struct viewer *viewer, const struct company *company, const struct settings *settings,
                                 int64_t writer, struct arena *arena, struct compose_sender *out)
{
	*out = (struct compose_sender){
		.name = company->name, .form = setting_text(settings, "legal.form"), .capital = setting_text(settings, "legal.capital"),
		.rcs = setting_text(settings, "legal.rcs"), .siren = company->siren, .vat = setting_text(settings, "legal.vat"),
		.address = setting_text(settings, "legal.address"), .postcode = setting_text(settings, "legal.postcode"),
		.city = setting_text(settings, "legal.city"), .country = company->country, .phone = setting_text(settings, "legal.phone"),
		.website = setting_text(settings, "legal.website"), .iban = setting_text(settings, "bank.iban"),
		.bic = setting_text(settings, "bank.bic"), .payee = setting_text(settings, "bank.payee"), .mediator = setting_text(settings, "legal.mediator"), .colour = setting_text(settings, "debtor.colour"),
		.signatory_name = setting_text(settings, "signature.name"), .signatory_title = setting_text(settings, "signature.title"),
		.logo_in_mail = setting_bool(settings, "mail.logo"), .user_name = "", .user_email = "", .user_phone = setting_text(settings, "signature.phone"), .user_title = "",
		.signature_text = setting_text(settings, "signature.text"),
	};
	struct logo *logo = arena_make(arena, struct logo);
	TRY(logo_get(db, company->tenant_id, company->id, arena, logo));
	if (logo->len) out->logo = logo;
	if (!writer) return STATUS_FINE;
	struct viewer system = viewer_system(viewer->tenant_id);
	struct user *user = arena_make(arena, struct user);
	struct status status = user_get(db, &system, writer, user);
	if (status.code == STATUS_NOT_FOUND) return STATUS_FINE; /* a deleted account: the company signs */
	if (status.code) return status;
	out->user_name = given(user->name) ? user->name : "";
	out->user_email = user->email;
	if (given(user->phone)) out->user_phone = user->phone;
	return STATUS_FINE;
}

static struct status start(struct db *db, const struct viewer *viewer, const struct company *company, const struct settings *settings,
                           const struct customer *customer, int64_t contact, int64_t writer, int32_t today, struct arena *arena,
                           struct compose_facts *out)
{
	struct recipient recipient;
	const struct company *kept = memcpy(arena_alloc(arena, sizeof *company), company, sizeof *company); /* its texts are borrowed */
	*out = (struct compose_facts){
		.today = today, .customer_id = customer->id, .customer_name = customer->name, .customer_code = customer->code,
		.customer_siren = customer->siren, .customer_address = customer->address, .customer_postcode = customer->postcode,
		.customer_city = customer->city, .customer_country = customer->country, .debtor = debtor_class_parse(customer->class),
		.profile = "", .next_step = "", .next_day = DAY_NONE, .registered_no = "", .contract_reference = "", .delivery_reference = "",
		.pay_link = "", .answer_link = "", .answer_words = "", .question = "", .notice_days = (int)setting_int(settings, "interest.notice_days"), .promise_day = DAY_NONE, .promise_means = "",
		.payment_day = DAY_NONE, .next_due_day = DAY_NONE, .paid_invoices = "", .dispute_due_day = DAY_NONE, .dispute_reason = "",
		.dispute_owner = "", .call_day = DAY_NONE,
	};
	out->discount_rate = customer->discount_rate, out->discount_days = customer->discount_days;
	snprintf(out->currency, sizeof out->currency, "%s", company->currency);
	TRY(read_sender(db, viewer, kept, settings, writer, arena, &out->sender));
	out->own_iban = out->sender.iban, out->own_bic = out->sender.bic, out->own_payee = out->sender.payee;
	TRY(pick(db, viewer, company, customer, contact, arena, &recipient));
	out->recipient = recipient.email, out->contact_name = recipient.name, out->contact_id = recipient.contact_id;
	facts_language(out, recipient.language, recipient.lang);
	/* several customers stand behind a generic account: none of them may see it */
	if (strcmp(customer->generic, "accepted") != 0) out->pay_link = out->answer_link = debtor_link_placeholder(settings, arena);
	return STATUS_FINE;
}

/* Whether a colleague sees all whose items it names: a payer's message may name customers of several portfolios. */
static struct status sees_all(struct db *db, const struct company *company, const struct action *action, int64_t user_id, bool *out)
{
	struct viewer his;
	*out = true;
	if (!action->others) return STATUS_FINE;
	TRY(user_viewer(db, company->tenant_id, user_id, &his));
	for (size_t i = 0; i < action->item_count && *out; i++) {
		if (i && action->items[i].customer_id == action->items[i - 1].customer_id) continue;
		struct status status = customer_check(db, &his, company->id, action->items[i].customer_id);
		*out = status.code != STATUS_NOT_FOUND;
		if (*out) TRY(status);
	}
	return STATUS_FINE;
}

static struct status mail_of(struct db *db, const struct company *company, const struct action *action, int64_t user_id, struct arena *arena,
                             const char **out)
{
	struct viewer system = viewer_system(company->tenant_id);
	struct user user;
	bool all;
	*out = "";
	if (!user_id) return STATUS_FINE;
	struct status status = user_get(db, &system, user_id, &user);
	if (status.code == STATUS_NOT_FOUND || (!status.code && user.disabled)) return STATUS_FINE;
	TRY(status);
	TRY(sees_all(db, company, action, user_id, &all));
	if (all) *out = arena_strdup(arena, user.email);
	return STATUS_FINE;
}

/* What the step says of who gets it, who has a copy, who signs. */
static struct status step_people(struct db *db, const struct viewer *viewer, const struct company *company, const struct settings *settings,
                                 const struct customer *customer, const struct action *action, struct arena *arena, struct compose_facts *out)
{
	const struct step *step = action->of_step;
	struct preference preference;
	TRY(preference_get(db, company->tenant_id, company->id, customer->id, arena, &preference));
	const char *sales = "", *collector = "";
	if (preference.copy_sales || (step && step->copy_sales)) TRY(mail_of(db, company, action, customer->sales_id, arena, &sales));
	if (preference.copy_collector || (step && step->copy_collector)) TRY(mail_of(db, company, action, customer->collector_id, arena, &collector));
	out->copies = strcmp(sales, collector) == 0 ? sales : arena_printf(arena, "%s%s%s", sales, *sales && *collector ? "," : "", collector);
	if (!step) return STATUS_FINE;
	if (step->recipient[0]) {
		struct recipient recipient;
		TRY(pick_role(db, viewer, company, customer, action->contact_id, &(struct wanted_role){ step->recipient, step->fallback }, arena, &recipient));
		out->recipient = recipient.email, out->contact_name = recipient.name, out->contact_id = recipient.contact_id;
		facts_language(out, recipient.language, recipient.lang);
	}
	int64_t writer = 0;
	if (step->sender == SENDER_SALES) writer = customer->sales_id;
	if (step->sender == SENDER_ESCALATED && *setting_text(settings, "escalation.sender")) {
		struct viewer system = viewer_system(viewer->tenant_id);
		struct user user;
		struct status status = user_find(db, &system, setting_text(settings, "escalation.sender"), &user);
		if (status.code && status.code != STATUS_NOT_FOUND) return status;
		if (!status.code && !user.disabled) writer = user.id;
	}
	/* kept beyond this call: the company's own texts are borrowed from a copy */
	if (!writer) return STATUS_FINE;
	const struct company *kept = memcpy(arena_alloc(arena, sizeof *company), company, sizeof *company);
	return read_sender(db, viewer, kept, settings, writer, arena, &out->sender);
}

/* --- for one action ------------------------------------------------------------------------------------------------------------ */

/* The step's text: what the scenario names, else that of its rank, with the public and consumer ones for those. */
static const char *template_of(const struct action *action, enum debtor_class debtor)
{
	if (given(action->template) && template_kind(action->template)) return action->template;
	if (strcmp(action->step, "thanks") == 0) return "thanks";
	if (strcmp(action->step, "unpaid_return") == 0) return "debit_returned";
	if (action->rank == RANK_FORMAL_NOTICE) return "formal_notice";
	if (debtor == DEBTOR_PUBLIC && action->rank >= RANK_REMINDER) return "public";
	if (debtor == DEBTOR_CONSUMER && action->rank >= RANK_REMINDER) return "consumer";
	return action->rank == RANK_NONE ? "reminder" : rank_code(action->rank);
}

/* Of a payer's message: whose items the action names, himself first where he is among them. Of the others nothing is listed. */
static struct status read_members(struct db *db, const struct company *company, const struct action *action, struct arena *arena,
                                  struct compose_facts *out)
{
	if (!action->others) return STATUS_FINE;
	int64_t *ids = arena_array(arena, int64_t, action->item_count + 1);
	size_t count = 0;
	ids[count++] = action->customer_id;
	for (size_t i = 0; i < action->item_count; i++) {
		bool known = !action->items[i].customer_id;
		for (size_t k = 0; k < count && !known; k++) known = ids[k] == action->items[i].customer_id;
		if (!known) ids[count++] = action->items[i].customer_id;
	}
	struct payer_member *members;
	TRY(payer_members_read(db, company, ids, count, arena, &members, &out->member_count));
	out->members = members;
	return STATUS_FINE;
}

static struct status read_items(struct db *db, const struct company *company, const struct action *action, struct arena *arena,
                                struct compose_facts *out)
{
	TRY(read_members(db, company, action, arena, out));
	struct compose_item *items = arena_array(arena, struct compose_item, 1);
	size_t count = 0;
	for (size_t m = 0; m < (out->member_count ? out->member_count : 1); m++) {
		struct compose_item *his, *all;
		size_t more;
		bool ceded;
		TRY(facts_open_items(db, company, out->member_count ? out->members[m].id : out->customer_id, out->currency, out->today, 0, arena, &his, &more, &ceded));
		out->ceded_left_out |= ceded;
		all = arena_array(arena, struct compose_item, count + more + 1);
		memcpy(all, items, count * sizeof *all);
		memcpy(all + count, his, more * sizeof *all);
		items = all, count += more;
	}
	struct compose_item *list = arena_array(arena, struct compose_item, action->item_count + count + 1);
	size_t made = 0;
	for (size_t i = 0; i < action->item_count; i++) {
		const struct action_item *item = &action->items[i];
		if (item->role != PLAN_CLAIMED && item->role != PLAN_CREDIT) continue;
		int late = (int)(out->today - item->due_day);
		list[made++] = (struct compose_item){ .id = item->item_id, .number = item->number, .kind = item->kind, .issue_day = item->issue_day,
		                                      .due_day = item->due_day, .amount = item->total, .open = item->open, .asked = item->amount,
		                                      .role = item->role, .days_late = late > 0 ? late : 0, .customer_id = item->customer_id };
	}
	size_t asked = made;
	for (size_t i = 0; i < count; i++) {
		bool known = false;
		for (size_t j = 0; j < asked; j++) known = known || list[j].id == items[i].id;
		if (!known) list[made++] = items[i];
	}
	struct compose_item *sorted = arena_array(arena, struct compose_item, made + 1);
	size_t at = 0;
	for (size_t m = 0; m < out->member_count; m++) /* one member after the other */
		for (size_t i = 0; i < made; i++)
			if (list[i].customer_id == out->members[m].id) sorted[at++] = list[i];
	out->items = out->member_count ? sorted : list, out->item_count = out->member_count ? at : made;
	return STATUS_FINE;
}

static struct status read_thanks(struct db *db, const struct company *company, const struct action *action, struct arena *arena,
                                 struct compose_facts *out)
{
	cleanup_text struct text numbers = { 0 };
	for (size_t i = 0; i < action->item_count; i++) {
		const struct action_item *item = &action->items[i];
		if (item->role != PLAN_PAID) continue;
		if (numbers.len) text_add(&numbers, ", ");
		text_add(&numbers, item->number);
		out->payment_amount += item->amount;
		int64_t day = 0;
		bool found = false;
		TRY(db_get_int(db, "SELECT MAX(day) FROM settlement WHERE tenant_id = $tenant AND company_id = $company AND customer_id = $customer "
		                   "AND debit_id = $item AND day <= $today",
		               DB_ARGS(db_int("tenant", company->tenant_id), db_int("company", company->id), db_int("customer", item->customer_id),
		                       db_int("item", item->item_id), db_day("today", out->today)),
		               &day, &found));
		if (found && day > out->payment_day) out->payment_day = (int32_t)day;
	}
	out->paid_invoices = arena_strdup(arena, text_cstr(&numbers));
	return STATUS_FINE;
}

/* The postal number of a registered letter, once somebody noted it. */
static struct status read_registered(struct db *db, const struct company *company, const struct action *action, struct arena *arena,
                                     struct compose_facts *out)
{
	if (action->channel != CHANNEL_REGISTERED_LETTER || !action->id) return STATUS_FINE;
	cleanup_free char *number = NULL;
	TRY(db_get_text(db, "SELECT number FROM letter WHERE tenant_id = $tenant AND company_id = $company AND action_id = $action",
	                DB_ARGS(db_int("tenant", company->tenant_id), db_int("company", company->id), db_int("action", action->id)), &number));
	if (number) out->registered_no = arena_strdup(arena, number);
	return STATUS_FINE;
}

static void read_next_due(struct compose_facts *out)
{
	for (size_t i = 0; i < out->item_count; i++) {
		const struct compose_item *item = &out->items[i];
		if (item->role == PLAN_STATEMENT && item->amount > 0 && (out->next_due_day == DAY_NONE || item->due_day < out->next_due_day))
			out->next_due_day = item->due_day;
	}
}

struct status facts_files(struct db *db, const struct company *company, const struct settings *settings, struct arena *arena, struct compose_facts *facts)
{
	TRY(template_files(db, company->tenant_id, company->id, facts->template, &facts->files));
	bool invoices = facts->files == TEMPLATE_FILES_USUAL ? setting_bool(settings, "mail.invoices") : facts->files & FILE_INVOICES;
	if (!invoices || strcmp(facts->template, "thanks") == 0) return STATUS_FINE;
	return facts_invoices(db, company, setting_int(settings, "mail.attach_mb") << 20, arena, facts);
}

struct status facts_of_proposed(struct db *db, const struct viewer *viewer, const struct company *company,
                                const struct settings *settings, const struct action *action, int32_t today, struct arena *arena,
                                struct compose_facts *out)
{
	struct customer customer;
	TRY(action_whole(action));
	TRY(customer_get(db, viewer, company->id, action->customer_id, arena, &customer));
	/* the collector in charge signs; without one, whoever sends it */
	TRY(start(db, viewer, company, settings, &customer, action->contact_id, action->assigned_to ? action->assigned_to : viewer->user_id,
	          today, arena, out));
	snprintf(out->currency, sizeof out->currency, "%s", action->currency);
	snprintf(out->template, sizeof out->template, "%s", template_of(action, out->debtor));
	out->action_id = action->id;
	out->rank = action->rank, out->channel = action->channel;
	out->profile = action->scenario;
	out->takeover = action->takeover, out->broken_promise = action->broken_promise;
	if (action->others) out->discount_rate = 0; /* items of several customers: each has terms of his own */
	out->next_step = out->lang == LANG_FR ? action->next_fr : action->next_en;
	out->next_day = action->next_day != DAY_NONE ? action->next_day : today + 8;
	TRY(step_people(db, viewer, company, settings, &customer, action, arena, out));
	TRY(read_registered(db, company, action, arena, out));
	TRY(read_items(db, company, action, arena, out));
	TRY(pay_to(db, company, true, arena, out));
	if (strcmp(out->template, "thanks") == 0) {
		TRY(read_thanks(db, company, action, arena, out));
		read_next_due(out);
	}
	TRY(action->id ? facts_contacts(db, company, action->id, action->test, today, arena, out)
	               : facts_customer_contacts(db, company, today, arena, out));
	TRY(facts_references(db, company, arena, out));
	TRY(facts_fields(db, company, arena, out));
	if (action->channel == CHANNEL_EMAIL) TRY(facts_files(db, company, settings, arena, out));
	TRY(facts_promise(db, company, out->broken_promise, arena, out));
	if (strcmp(out->template, "debit_returned") == 0) TRY(facts_returned(db, company, settings, out));
	return facts_interest(db, company, settings, arena, out);
}

struct status facts_of_action(struct db *db, const struct viewer *viewer, const struct company *company,
                              const struct settings *settings, int64_t action_id, int32_t today, struct arena *arena,
                              struct compose_facts *out, struct action **action_out)
{
	struct action *action;
	TRY(action_get(db, viewer, company->id, action_id, arena, &action));
	if (action_out) *action_out = action;
	return facts_of_proposed(db, viewer, company, settings, action, today, arena, out);
}

struct status facts_promised(struct db *db, const struct company *company, struct arena *arena, struct compose_facts *facts)
{
	facts->promise_day = DAY_NONE, facts->promise_amount = 0;
	return facts_promise(db, company, false, arena, facts);
}

/* --- for a preview on a customer --------------------------------------------------------------------------------------------------- */

static enum rank rank_of(const char *template)
{
	enum rank rank;
	if (rank_parse(template, &rank)) return rank;
	return strcmp(template, "public") == 0 ? RANK_FIRM : RANK_REMINDER;
}

struct status facts_of_customer(struct db *db, const struct viewer *viewer, const struct company *company,
                                const struct settings *settings, const char *code, const char *template, int32_t today,
                                struct arena *arena, struct compose_facts *out)
{
	struct customer customer;
	TRY(customer_find(db, viewer, company->id, code, arena, &customer));
	TRY(start(db, viewer, company, settings, &customer, 0, customer.collector_id ? customer.collector_id : viewer->user_id, today, arena, out));
	snprintf(out->template, sizeof out->template, "%s", template);
	out->rank = rank_of(template);
	out->profile = given(customer.profile) ? customer.profile : customer.key_account ? "key_account" : "average";
	out->next_day = today + 8;
	if (strcmp(template, "answer_received") == 0) out->answer_words = tr(out->lang, "Payment announced for the day that the customer chose.");
	if (strcmp(template, "question") == 0) out->question = tr(out->lang, "Was this delivery complete?");
	struct compose_item *items;
	TRY(facts_open_items(db, company, customer.id, out->currency, today, 0, arena, &items, &out->item_count, &out->ceded_left_out));
	bool before = out->rank == RANK_BEFORE_DUE || out->rank == RANK_DUE, any = false;
	int64_t asked = 0;
	for (size_t i = 0; i < out->item_count; i++) {
		bool late = items[i].due_day < today;
		if (items[i].amount <= 0 || before == late || (out->rank == RANK_FIRM && items[i].days_late < 8)) continue;
		items[i].role = PLAN_CLAIMED;
		asked += items[i].asked;
		any = true;
	}
	for (size_t i = 0; any && i < out->item_count; i++) /* credits as far as something stays to be asked */
		if (items[i].amount < 0 && asked + items[i].asked > 0) {
			items[i].role = PLAN_CREDIT;
			asked += items[i].asked;
		}
	out->items = items;
	TRY(pay_to(db, company, false, arena, out));
	if (strcmp(template, "thanks") == 0) {
		for (size_t i = 0; i < out->item_count; i++) items[i].role = PLAN_STATEMENT;
		TRY(facts_last_payment(db, company, arena, out));
		read_next_due(out);
	}
	TRY(facts_customer_contacts(db, company, today, arena, out));
	TRY(facts_references(db, company, arena, out));
	TRY(facts_fields(db, company, arena, out));
	TRY(facts_files(db, company, settings, arena, out));
	TRY(facts_promise(db, company, strcmp(template, "promise_broken") == 0, arena, out));
	TRY(facts_dispute(db, company, arena, out));
	return facts_interest(db, company, settings, arena, out);
}

struct debtor { /* who is offered for a preview */
	int64_t late, open;
	size_t customer;
};

static int latest_first(const void *a, const void *b)
{
	const struct debtor *x = a, *y = b;
	if (x->late != y->late) return x->late > y->late ? -1 : 1;
	if (x->open != y->open) return x->open > y->open ? -1 : 1;
	return (x->customer > y->customer) - (x->customer < y->customer); /* the order of their codes */
}

struct status facts_customers(struct db *db, const struct viewer *viewer, int64_t company_id, int32_t today, size_t limit,
                              struct arena *arena, struct facts_customer **out, size_t *count)
{
	*out = arena_array(arena, struct facts_customer, limit + 1);
	*count = 0;
	if (!viewer_sees_company(viewer, company_id)) return STATUS_FINE;
	cleanup_book const struct book *book = NULL;
	TRY(book_get(db_store(db), viewer->tenant_id, company_id, &book));
	size_t customers = book_customers(book), debtors = 0;
	struct debtor *rows = arena_array(arena, struct debtor, customers * book_currencies(book) + 1);
	struct book_ageing *ages = arena_array(arena, struct book_ageing, customers + 1);
	for (size_t k = 0; k < book_currencies(book); k++) { /* the first currency is the company's: those who owe in it come first */
		book_age(book, (struct book_age_options){ .as_of = today, .currency = book_currency_at(book, k) }, ages, &(struct book_ageing){ 0 });
		size_t from = debtors;
		for (size_t c = 0; c < customers; c++) {
			struct book_customer who = book_customer(book, c);
			if (book_positive(&ages[c]) == 0 && ages[c].unallocated == 0) continue;
			if (strcmp(who.generic, "accepted") == 0 || !viewer_sees_customer(viewer, who.collector_id, who.sales_id, who.group_code)) continue;
			rows[debtors++] = (struct debtor){ book_overdue(&ages[c]), book_outstanding(&ages[c]), c };
		}
		if (debtors > from) qsort(rows + from, debtors - from, sizeof *rows, latest_first);
	}
	for (size_t i = 0; i < debtors && *count < limit; i++) {
		struct book_customer who = book_customer(book, rows[i].customer);
		bool named = false;
		for (size_t n = 0; n < *count && !named; n++) named = strcmp((*out)[n].code, who.code) == 0;
		if (!named) (*out)[(*count)++] = (struct facts_customer){ arena_strdup(arena, who.code), arena_strdup(arena, who.name) };
	}
	return STATUS_FINE;
}
