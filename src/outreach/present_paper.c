#include "outreach/present_paper.h"

#include "base/day.h"
#include "base/memory.h"
#include "base/words.h"
#include "outreach/facts.h"
#include "outreach/outbox.h"
#include "outreach/paper.h"
#include "outreach/parts.h"

#include <string.h>

struct sheet {
	const struct instrument *one;
	const struct compose_facts *facts;
	struct arena *arena;
	enum lang lang;
	const char *numbers, *reference;
};

static const char *money_of(const struct instrument *one, enum lang lang, struct arena *arena)
{
	cleanup_text struct text out = { 0 };
	words_amount(&out, lang, one->amount, one->currency);
	return arena_strdup(arena, text_cstr(&out));
}

static const char *day_of(int32_t day, enum lang lang, struct arena *arena)
{
	cleanup_text struct text out = { 0 };
	words_date_long(&out, lang, day);
	return arena_strdup(arena, text_cstr(&out));
}

static const char *numbers_of(const struct instrument *one, struct arena *arena)
{
	cleanup_text struct text out = { 0 };
	for (size_t i = 0; i < one->item_count; i++) text_addf(&out, "%s%s", i ? ", " : "", one->items[i].number);
	return arena_strdup(arena, text_cstr(&out));
}

/* --- the bill --------------------------------------------------------------------------------------------------------------------- */
static void field(struct paper *paper, const struct sheet *x, const char *label, const char *value)
{
	double y = paper_y(paper);
	paper_text(paper, PAPER_MARGIN, y, 52, 9, PAPER_LEFT, false, label);
	double height = paper_text(paper, PAPER_MARGIN + 55, y, 115, 10, PAPER_LEFT, false, *value ? value : " ");
	paper_move(paper, y + (height > 6 ? height : 6) + 1);
	(void)x;
}

static void draw_bill(struct paper *paper, void *context)
{
	const struct sheet *x = context;
	const struct instrument *one = x->one;
	const struct compose_sender *sender = &x->facts->sender;
	enum lang lang = x->lang;
	bool promissory = strcmp(one->kind, "bor") == 0;
	paper_text(paper, PAPER_MARGIN, PAPER_MARGIN, 80, 9, PAPER_LEFT, false, parts_sender(x->facts, x->arena));
	paper_text(paper, 110, 55, 85, 10, PAPER_LEFT, false, parts_address(x->facts, x->arena));
	paper_move(paper, 96);
	paper_paragraph(paper, 15, 4, false, promissory ? tr(lang, "Promissory note (billet à ordre)") : tr(lang, "Bill of exchange (lettre de change)"));
	const char *to = *sender->payee ? sender->payee : sender->name, *sum = money_of(one, lang, x->arena);
	paper_paragraph(paper, 11, 5, false, promissory
		? arena_printf(x->arena, tr(lang, "Against this promissory note we promise to pay to the order of %s, at its maturity, the sum of %s."), to, sum)
		: arena_printf(x->arena, tr(lang, "Against this bill of exchange, please pay to the order of %s, at its maturity, the sum of %s."), to, sum));
	field(paper, x, tr(lang, "Maturity"), day_of(one->due_day, lang, x->arena));
	field(paper, x, tr(lang, "Drawn at, on"), arena_printf(x->arena, "%s, %s", sender->city, day_of(one->made_day, lang, x->arena)));
	field(paper, x, promissory ? tr(lang, "Subscriber") : tr(lang, "Drawee"), x->facts->customer_name);
	if (*x->facts->customer_siren) field(paper, x, "SIREN", x->facts->customer_siren);
	field(paper, x, tr(lang, "Payable at (bank and account)"), *one->iban ? parts_iban(one->iban, x->arena) : "");
	field(paper, x, tr(lang, "Reference"), x->reference);
	field(paper, x, tr(lang, "Value received in"), x->numbers);
	paper_move(paper, paper_y(paper) + 8);
	double y = paper_y(paper);
	paper_line(paper, PAPER_MARGIN, y, PAPER_MARGIN + 78, y, 0.2, 0.4);
	paper_line(paper, PAPER_MARGIN + 92, y, PAPER_MARGIN + 170, y, 0.2, 0.4);
	paper_text(paper, PAPER_MARGIN, y + 2, 78, 9, PAPER_LEFT, false, promissory ? tr(lang, "Signature of the subscriber, with his stamp") : tr(lang, "Accepted: signature of the drawee, with his stamp"));
	if (!promissory) paper_text(paper, PAPER_MARGIN + 92, y + 2, 78, 9, PAPER_LEFT, false, tr(lang, "Signature of the drawer"));
	paper_move(paper, y + 34);
	paper_paragraph(paper, 8.5, 2, false, promissory ? tr(lang, "C. com. L512-1. Without protest, without costs.") : tr(lang, "C. com. L511-1. Without protest, without costs. Please return it accepted; acceptance binds the drawee to pay it at maturity (L511-19)."));
}

static struct status prepare(struct db *db, const struct viewer *viewer, const struct company *company, const struct settings *settings, int64_t id, int32_t today,
                             struct arena *arena, struct instrument *one, struct compose_facts *facts)
{
	TRY(instrument_get(db, viewer, company->id, id, arena, one));
	TRY(facts_of_customer(db, viewer, company, settings, one->customer_code, "bill", today, arena, facts));
	facts->item_count = 0; /* nothing is asked here */
	snprintf(facts->currency, sizeof facts->currency, "%s", one->currency);
	facts->paid_invoices = numbers_of(one, arena);
	facts->bill_amount = one->amount, facts->bill_due_day = one->due_day, facts->bill_sent_day = one->sent_day != DAY_NONE ? one->sent_day : today;
	return STATUS_FINE;
}

static struct status bill_of(const struct instrument *one, const struct compose_facts *facts, int32_t today, struct arena *arena, struct attachment *out)
{
	char reference[INSTRUMENT_REFERENCE];
	instrument_reference(one->id, reference);
	if (strcmp(one->kind, "debit") == 0) return status_make(STATUS_INVALID, "A direct debit has no bill.");
	struct sheet sheet = { one, facts, arena, facts->lang, facts->paid_invoices, arena_strdup(arena, reference) };
	const char *title = arena_printf(arena, tr(facts->lang, "Bill %s"), reference);
	*out = (struct attachment){ .name = arena_printf(arena, "%s-%s.pdf", facts->lang == LANG_FR ? "effet" : "bill", reference), .type = "application/pdf" };
	return paper_make(draw_bill, &sheet, &(struct paper_about){ .title = title, .author = facts->sender.name, .reference = title, .lang = facts->lang, .today = today }, arena,
	                  &out->bytes, &out->len);
}

struct status present_bill_pdf(struct db *db, const struct viewer *viewer, const struct company *company, int64_t id, int32_t today, struct arena *arena,
                               struct attachment *out)
{
	const struct settings *settings;
	struct instrument one;
	struct compose_facts facts;
	TRY(settings_load(db, company->tenant_id, company->id, arena, &settings));
	TRY(prepare(db, viewer, company, settings, id, today, arena, &one, &facts));
	return bill_of(&one, &facts, today, arena, out);
}

/* --- mails -------------------------------------------------------------------------------------------------------------------------- */
static struct status queue(struct change *change, const struct settings *settings, const struct instrument *one, const struct compose_facts *facts, const char *what,
                           struct message *message)
{
	char key[60], about[40];
	int64_t outbox = 0;
	message->recipient = facts->recipient;
	snprintf(key, sizeof key, "bill-%lld-%s-%lld", (long long)one->id, what, (long long)change->rev);
	snprintf(about, sizeof about, "bill %lld", (long long)one->id);
	return outbox_add(change, settings, &(struct outbox_new){ .customer_id = one->customer_id, .key = key, .held = !change->company.live || !mail_ready(settings),
	                  .channel = "email", .about = about, .message = message }, &outbox);
}

static struct status announce(struct change *change, const struct settings *settings, const struct instrument *one, const struct compose_facts *facts, struct arena *arena,
                              struct message *out)
{
	enum lang lang = facts->lang;
	struct mandate *mandates;
	size_t count;
	TRY(mandate_list(change->db, change->viewer, change->company.id, one->customer_id, one->mandate_id, arena, &mandates, &count));
	if (!count) return status_make(STATUS_CONFLICT, "This customer has no mandate in use: note the one that he signed first.");
	const char *hello = *facts->contact_name ? facts->contact_name : lang == LANG_FR ? "Madame, Monsieur" : "Sir or Madam";
	const char *iban = mandates[0].iban;
	size_t len = strlen(iban);
	const char *body = arena_printf(arena,
		tr(lang, "Dear %s,\n\nOn %s we shall debit your account ending in %s with %s, for %s.\n\nMandate: %s. Our creditor identifier: %s.\n\nIf this amount is not right, "
		         "please tell us before that day. You have nothing to do otherwise.\n\n%s"),
		hello, day_of(one->due_day, lang, arena), iban + (len > 4 ? len - 4 : 0), money_of(one, lang, arena), facts->paid_invoices, mandates[0].rum,
		setting_text(settings, "debit.creditor_id"), parts_signature(facts, arena));
	return compose_edited(facts, arena_printf(arena, tr(lang, "Direct debit of %s on %s"), money_of(one, lang, arena), day_of(one->due_day, lang, arena)), body, arena, out);
}

static struct status for_acceptance(const struct instrument *one, const struct compose_facts *facts, int32_t today, struct arena *arena, struct message *out)
{
	enum lang lang = facts->lang;
	const char *hello = *facts->contact_name ? facts->contact_name : lang == LANG_FR ? "Madame, Monsieur" : "Sir or Madam";
	const char *body = arena_printf(arena,
		tr(lang, "Dear %s,\n\nPlease find enclosed a bill of exchange of %s, maturing on %s, for %s. Please return it to us accepted: dated, signed and stamped, with the "
		         "account on which it is payable.\n\n%s"),
		hello, money_of(one, lang, arena), day_of(one->due_day, lang, arena), facts->paid_invoices, parts_signature(facts, arena));
	TRY(compose_edited(facts, arena_printf(arena, tr(lang, "Bill of exchange of %s to be accepted"), money_of(one, lang, arena)), body, arena, out));
	out->attachment_count = 1;
	return bill_of(one, facts, today, arena, &out->attachments[0]);
}

static struct status ready(struct change *change, int64_t id, struct arena *arena, const struct settings **settings, struct instrument *one, struct compose_facts *facts)
{
	TRY(change_allows(change, RIGHT_COLLECT));
	TRY(settings_load(change->db, change->company.tenant_id, change->company.id, arena, settings));
	TRY(prepare(change->db, change->viewer, &change->company, *settings, id, change->today, arena, one, facts));
	if (!*facts->recipient) return status_make(STATUS_INVALID, "%s has no usable address. Add a contact.", one->customer_name);
	return STATUS_FINE;
}

struct status present_tell(struct change *change, int64_t id, struct arena *arena)
{
	const struct settings *settings;
	struct instrument one;
	struct compose_facts facts;
	struct message message;
	TRY(ready(change, id, arena, &settings, &one, &facts));
	TRY(instrument_send(change, id));
	if (strcmp(one.kind, "debit") == 0) TRY(announce(change, settings, &one, &facts, arena, &message));
	else TRY(for_acceptance(&one, &facts, change->today, arena, &message));
	return queue(change, settings, &one, &facts, "told", &message);
}

struct status present_chase(struct change *change, int64_t id, struct arena *arena)
{
	const struct settings *settings;
	struct instrument one;
	struct compose_facts facts;
	struct template_text text;
	struct message message;
	TRY(ready(change, id, arena, &settings, &one, &facts));
	int32_t last = one.chased_day != DAY_NONE ? one.chased_day : one.sent_day;
	int days = (int)setting_int(settings, "bill.chase_days");
	if (strcmp(one.state, "sent") == 0 && change->today < last + days)
		return status_make(STATUS_CONFLICT, "It is asked for again %d days after it was sent (a setting): not before %s.", days, day_of(last + days, lang_spoken(), arena));
	TRY(instrument_chased(change, id));
	TRY(facts_text(change->db, &change->company, &facts, "bill", arena, &text));
	TRY(compose_message(&facts, &text, arena, &message));
	message.attachment_count = 1;
	TRY(bill_of(&one, &facts, change->today, arena, &message.attachments[0]));
	return queue(change, settings, &one, &facts, "chase", &message);
}
