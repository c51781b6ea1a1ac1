/* Customers' fields, contacts, disputes, promises, holds, replies, notes: what people decide, and what is refused. */
#include "base/day.h"
#include "base/memory.h"
#include "base/test.h"
#include "db/teststore.h"
#include "ledger/contact.h"
#include "ledger/dispute.h"
#include "ledger/event.h"
#include "ledger/hold.h"
#include "ledger/promise.h"
#include "ledger/reply.h"

enum { NOW = 1760000000, TODAY = 20370 /* 2025-10-09 */ };
static struct store *store;
static struct company company;
static struct viewer everybody;
static const struct viewer *acting;

/* One change; what it is to do is a nested function's job, as a block of the test. */
typedef struct status step(struct change *change, void *context);
struct call {
	step *run;
	void *context;
};
static struct status in_change(struct db *db, void *context)
{
	struct call *call = context;
	struct change change;
	TRY(company_begin(db, acting, company.id, TODAY, NOW, &change));
	TRY(call->run(&change, call->context));
	return company_end(&change);
}
static struct status change(step *run, void *context)
{
	return store_transact(store, in_change, &(struct call){ run, context });
}
static struct status sql(const char *text)
{
	struct db *db = NULL;
	TRY(store_writer(store, &db));
	struct status status = db_begin(db, DB_WRITE);
	if (!status.code) status = db_script(db, text);
	if (!status.code) status = db_commit(db);
	store_release(store, db);
	return status;
}
static int64_t number(const char *text)
{
	struct db *db = NULL;
	int64_t value = -1;
	CHECK_OK(store_reader(store, &db));
	CHECK_OK(db_get_int(db, text, DB_NO_ARGS, &value, NULL));
	store_release(store, db);
	return value;
}

/* Two customers; the first has two overdue invoices, one not due, a credit note and one that is paid; numbers repeat. */
static void set_up(struct store *given)
{
	store = given, everybody = viewer_system(TENANT_FIRST), acting = &everybody;
	CHECK_OK(company_create(store, &everybody, (struct company_new){ .name = "Essai", .code = "T" }, NOW, &company));
	CHECK_OK(sql("INSERT INTO customer (tenant_id, company_id, id, code, name, email, created_at) VALUES "
	             "(1, 1, 1, 'C1', 'Dupont', 'compta@dupont.fr', 0), (1, 1, 2, 'C2', 'Martin', '', 0);"
	             "INSERT INTO item (tenant_id, company_id, customer_id, id, number, kind, account, issue_day, posting_day, due_day, "
	             "due_source, amount, open_amount, currency, label) VALUES "
	             "(1, 1, 1, 11, 'F1', 'invoice', '411', 20300, 20300, 20330, 'terms', 100000, 100000, 'EUR', ''),"
	             "(1, 1, 1, 12, 'F2', 'invoice', '411', 20310, 20310, 20340, 'terms', 50000, 30000, 'EUR', ''),"
	             "(1, 1, 1, 13, 'F3', 'invoice', '411', 20360, 20360, 20390, 'terms', 20000, 20000, 'EUR', ''),"
	             "(1, 1, 1, 14, 'A1', 'credit_note', '411', 20320, 20320, 20320, 'issue', -5000, -5000, 'EUR', ''),"
	             "(1, 1, 1, 15, 'F0', 'invoice', '411', 20200, 20200, 20230, 'terms', 70000, 0, 'EUR', ''),"
	             "(1, 1, 2, 21, 'F1', 'invoice', '411', 20300, 20300, 20330, 'terms', 40000, 40000, 'EUR', ''),"
	             "(1, 1, 2, 22, '13', 'invoice', '411', 20300, 20300, 20330, 'terms', 40000, 40000, 'EUR', '');"));
}

/* --- items by name ------------------------------------------------------------------------------------------------------ */
static void items(struct store *given)
{
	set_up(given);
	struct db *db = NULL;
	struct item item;
	CHECK_OK(store_reader(store, &db));
	struct status several = item_find(db, &everybody, company.id, 0, "F1", &item);
	CHECK_INT(several.code, STATUS_INVALID);
	CHECK_TEXT(several.text, "2 items bear the number F1. Name one by its id: 11, 21.");
	CHECK_OK(item_find(db, &everybody, company.id, 2, "F1", &item));
	CHECK_INT(item.id, 21);
	CHECK_OK(item_find(db, &everybody, company.id, 0, "11", &item));
	CHECK_INT(item.id, 11);
	CHECK_OK(item_find(db, &everybody, company.id, 0, " F2 ", &item));
	CHECK_INT(item.id, 12);
	/* a number that looks like an id is a number first; # says id */
	CHECK_OK(item_find(db, &everybody, company.id, 0, "13", &item));
	CHECK_INT(item.id, 22);
	CHECK_OK(item_find(db, &everybody, company.id, 0, "#13", &item));
	CHECK_INT(item.id, 13);
	CHECK_INT(item_find(db, &everybody, company.id, 0, "F9", &item).code, STATUS_NOT_FOUND);
	CHECK_INT(item_find(db, &everybody, company.id, 0, "999", &item).code, STATUS_NOT_FOUND);
	struct viewer sales = { .tenant_id = 1, .user_id = 5, .portfolio = PORTFOLIO_OWN, .rights = RIGHT_ALL };
	CHECK_INT(item_find(db, &sales, company.id, 0, "F2", &item).code, STATUS_NOT_FOUND);
	CHECK_INT(item_get(db, &sales, company.id, 12, &item).code, STATUS_NOT_FOUND);
	store_release(store, db);
	CHECK_OK(sql("UPDATE customer SET sales_id = 5 WHERE id = 1; UPDATE item SET withdrawn = 1 WHERE id = 12"));
	CHECK_OK(store_reader(store, &db));
	CHECK_OK(item_find(db, &sales, company.id, 0, "F1", &item)); /* his own customer's, so there is only one */
	CHECK_INT(item.id, 11);
	CHECK_INT(item_find(db, &everybody, company.id, 0, "F2", &item).code, STATUS_NOT_FOUND);
	store_release(store, db);
}

/* --- customers -------------------------------------------------------------------------------------------------------------- */
struct field {
	int64_t customer;
	const char *name, *value;
};
static struct status set_field(struct change *change, void *context)
{
	const struct field *field = context;
	return customer_set(change, field->customer, field->name, field->value);
}
static struct status set_customer(const char *name, const char *value)
{
	return change(set_field, &(struct field){ 1, name, value });
}

static void fields(struct store *given)
{
	set_up(given);
	static const struct {
		const char *name, *value;
		bool fine;
	} cases[] = {
		{ "name", "Dupont SA", true },        { "name", "  ", false },              { "class", "public", true },
		{ "class", "", false },               { "class", "martian", false },        { "profile", "average", true },
		{ "profile", "", true },              { "profile", "bad", false },          { "scenario", "none", true },
		{ "scenario", "nowhere", false },     { "key_account", "oui", true },       { "key_account", "2", false },
		{ "language", "en", true },           { "language", "de", true },           { "language", "PT_br", true },      { "language", "xx", false },          { "language", "en", true },          { "email", "x@example.fr", true },
		{ "email", "x", false },              { "terms.days", "60", true },         { "terms.days", "", true },
		{ "terms.days", "400", false },       { "terms.end_of_month", "after", true }, { "terms.day", "15", true },
		{ "credit_limit", "5000000", true },  { "credit_limit", "50 000,00", true }, { "credit_limit", "-1", false },
		{ "collector", "nobody@example.fr", false }, { "generic", "accepted", true }, { "rev", "9", false },
		{ "tenant_id", "2", false },          { "code", "C9", false },              { "stopped", "1", false },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct status status = set_customer(cases[i].name, cases[i].value);
		if ((status.code == STATUS_OK) != cases[i].fine) printf("  %s=%s: %s\n", cases[i].name, cases[i].value, status.text);
		CHECK_INT(status.code == STATUS_OK, cases[i].fine);
	}
	struct db *db = NULL;
	cleanup_arena struct arena *arena = arena_new();
	struct customer customer;
	CHECK_OK(store_reader(store, &db));
	CHECK_OK(customer_find(db, &everybody, company.id, "C1", arena, &customer));
	CHECK_TEXT(customer.name, "Dupont SA");
	CHECK_INT(customer.credit_limit, 5000000);
	CHECK_INT(customer.terms_days, -1);
	CHECK_TEXT(customer.terms_month, "after");
	CHECK_TEXT(customer.hand_made, "name,class,profile,scenario,key_account,language,email,terms_days,terms_month,terms_day,"
	                               "credit_limit,generic");
	CHECK_TEXT(customer_field_value(&customer, "terms.day", arena), "15");
	store_release(store, db);
	/* the same again changes nothing and adds no event */
	int64_t before = number("SELECT COUNT(*) FROM event");
	CHECK_OK(set_customer("name", "Dupont SA"));
	CHECK_INT(number("SELECT COUNT(*) FROM event"), before);
	/* rights: a sales person writes notes, not scenarios */
	struct viewer sales = { .tenant_id = 1, .user_id = 5, .rights = role_rights(ROLE_SALES) };
	acting = &sales;
	CHECK_OK(set_customer("note", "Appeler avant midi"));
	CHECK_INT(set_customer("scenario", "none").code, STATUS_FORBIDDEN);
	CHECK_INT(set_customer("class", "public").code, STATUS_FORBIDDEN);
	CHECK_INT(number("SELECT by_user FROM event ORDER BY seq DESC LIMIT 1"), 5);
}

struct contact_call {
	struct contact_new contact;
	int64_t customer, id;
};
static struct status add_contact(struct change *change, void *context)
{
	struct contact_call *call = context;
	return contact_add(change, call->customer, &call->contact, &call->id);
}
static struct status set_contact(struct change *change, void *context)
{
	struct contact_call *call = context;
	return contact_set(change, call->id, &call->contact);
}
static struct status remove_contact(struct change *change, void *context)
{
	struct contact_call *call = context;
	return contact_remove(change, call->id);
}
struct reply_call {
	struct reply_new reply;
	int64_t id;
};
static struct status add_reply(struct change *change, void *context)
{
	struct reply_call *call = context;
	return reply_note(change, &call->reply, &call->id);
}
static struct status handle_reply(struct change *change, void *context)
{
	return reply_handle(change, ((struct reply_call *)context)->id, "promise", "le 15");
}

static void contacts_and_replies(struct store *given)
{
	set_up(given);
	struct contact_call lea = { { .email = "Lea@Dupont.fr", .name = "Léa" }, 1, 0 }, paul = { { .email = "paul@dupont.fr", .main = true }, 1, 0 };
	CHECK_OK(change(add_contact, &lea));
	CHECK_OK(change(add_contact, &paul));
	CHECK_INT(change(add_contact, &(struct contact_call){ { .email = "lea@dupont.fr" }, 1, 0 }).code, STATUS_CONFLICT);
	CHECK_OK(change(add_contact, &(struct contact_call){ { .email = "lea@dupont.fr" }, 2, 0 })); /* another customer's */
	CHECK_INT(change(add_contact, &(struct contact_call){ { .email = "nope" }, 1, 0 }).code, STATUS_INVALID);
	CHECK_INT(change(add_contact, &(struct contact_call){ { .role = "boss", .name = "x" }, 1, 0 }).code, STATUS_INVALID);
	CHECK_INT(change(add_contact, &(struct contact_call){ { 0 }, 1, 0 }).code, STATUS_INVALID);
	CHECK_INT(change(add_contact, &(struct contact_call){ { .name = "x" }, 99, 0 }).code, STATUS_NOT_FOUND);
	cleanup_arena struct arena *arena = arena_new();
	struct contact *contacts = NULL;
	struct reply *replies = NULL;
	size_t count = 0;
	struct db *db = NULL;
	CHECK_OK(store_reader(store, &db));
	CHECK_OK(contact_list(db, &everybody, company.id, 1, arena, &contacts, &count));
	store_release(store, db);
	CHECK_INT(count, 2);
	if (count == 2) {
		CHECK_INT(contacts[0].id, paul.id);
		CHECK(contacts[0].main && !contacts[1].main); /* one main contact */
		CHECK_TEXT(contacts[1].email, "lea@dupont.fr");
	}
	/* a bounce marks the address; a new one is taken to work */
	struct reply_call bounce = { { .customer_id = 1, .kind = REPLY_BOUNCE, .address = "LEA@dupont.fr" }, 0 };
	CHECK_OK(change(add_reply, &bounce));
	CHECK_INT(number("SELECT bounced_at FROM contact WHERE id = 1"), NOW);
	CHECK_INT(number("SELECT bounced_at FROM contact WHERE customer_id = 2"), 0);
	bounce.reply.address = "other@dupont.fr";
	CHECK_INT(change(add_reply, &bounce).code, STATUS_NOT_FOUND);
	bounce.reply.address = NULL;
	CHECK_INT(change(add_reply, &bounce).code, STATUS_INVALID);
	lea.contact = (struct contact_new){ .email = "lea.m@dupont.fr" };
	CHECK_OK(change(set_contact, &lea));
	CHECK_INT(number("SELECT bounced_at FROM contact WHERE id = 1"), 0);
	/* the customer's general address has no row: it is suppressed */
	bounce.reply.address = "compta@dupont.fr";
	CHECK_OK(change(add_reply, &bounce));
	CHECK_INT(number("SELECT COUNT(*) FROM suppression WHERE address = 'compta@dupont.fr'"), 1);
	CHECK_OK(set_customer("email", "factures@dupont.fr"));
	CHECK_OK(set_customer("email", "compta@dupont.fr")); /* written anew: it works again */
	CHECK_INT(number("SELECT COUNT(*) FROM suppression"), 0);
	/* an answer waits until it is handled; an absence does not */
	struct reply_call answer = { { .customer_id = 1, .kind = REPLY_REPLY, .text = "Payé demain" }, 0 };
	CHECK_OK(change(add_reply, &answer));
	CHECK_OK(change(add_reply, &(struct reply_call){ { .customer_id = 1, .kind = REPLY_ABSENCE }, 0 }));
	CHECK_OK(store_reader(store, &db));
	CHECK_OK(reply_list(db, &everybody, company.id, 1, true, arena, &replies, &count));
	store_release(store, db);
	CHECK_INT(count, 3); /* the answer and two bounces */
	CHECK_OK(change(handle_reply, &answer));
	CHECK_INT(change(handle_reply, &answer).code, STATUS_NOT_FOUND);
	CHECK_OK(change(remove_contact, &paul));
	CHECK_INT(change(remove_contact, &paul).code, STATUS_NOT_FOUND);
}

/* --- disputes ------------------------------------------------------------------------------------------------------------------ */
struct dispute_call {
	struct dispute_new dispute;
	int64_t id;
	const char *outcome;
};
static struct status open_dispute(struct change *change, void *context)
{
	struct dispute_call *call = context;
	return dispute_open(change, &call->dispute, &call->id);
}
static struct status close_dispute(struct change *change, void *context)
{
	struct dispute_call *call = context;
	return dispute_close(change, call->id, call->outcome, NULL);
}
static struct dispute_call disputed(int64_t item, int64_t amount)
{
	return (struct dispute_call){ { .item_id = item, .amount = amount, .reason = "price", .due_day = DAY_NONE,
		                        .credit_expected_day = DAY_NONE }, 0, "settled" };
}

static void disputes(struct store *given)
{
	set_up(given);
	struct dispute_call part = disputed(12, 10000), whole = disputed(11, 0);
	CHECK_OK(change(open_dispute, &part));
	CHECK_OK(change(open_dispute, &whole));
	CHECK_INT(number("SELECT COUNT(*) FROM dispute WHERE item_id = 12 AND amount = 10000 AND opened_day = 20370"), 1);
	CHECK_INT(number("SELECT COUNT(*) FROM dispute WHERE item_id = 11 AND amount IS NULL"), 1);
	struct dispute_call again = disputed(11, 0);
	CHECK_INT(change(open_dispute, &again).code, STATUS_CONFLICT);
	struct dispute_call more = disputed(13, 20001), paid = disputed(15, 0), credit = disputed(14, 0), nothing = disputed(99, 0);
	CHECK_TEXT(change(open_dispute, &more).text, "The disputed amount exceeds what is open on F3, €200.00.");
	CHECK_INT(change(open_dispute, &paid).code, STATUS_CONFLICT);
	CHECK_INT(change(open_dispute, &credit).code, STATUS_CONFLICT);
	CHECK_INT(change(open_dispute, &nothing).code, STATUS_NOT_FOUND);
	struct dispute_call bad = disputed(13, 0);
	bad.dispute.reason = "mood";
	CHECK_INT(change(open_dispute, &bad).code, STATUS_INVALID);
	bad = disputed(13, 0), bad.dispute.due_day = TODAY - 1;
	CHECK_INT(change(open_dispute, &bad).code, STATUS_INVALID);
	part.outcome = "whatever";
	CHECK_INT(change(close_dispute, &part).code, STATUS_INVALID);
	part.outcome = "accepted";
	CHECK_OK(change(close_dispute, &part));
	CHECK_INT(change(close_dispute, &part).code, STATUS_CONFLICT);
	/* refused changes leave nothing: as many events as things done */
	CHECK_INT(number("SELECT COUNT(*) FROM event WHERE kind LIKE 'dispute.%'"), 3);
	CHECK_INT(number("SELECT COUNT(*) FROM dispute"), 2);
	/* a reader opens none; a resolver closes */
	struct viewer reader = { .tenant_id = 1, .user_id = 5, .rights = role_rights(ROLE_READER) };
	struct viewer resolver = { .tenant_id = 1, .user_id = 6, .rights = role_rights(ROLE_RESOLVER) };
	acting = &reader;
	struct dispute_call other = disputed(13, 0);
	CHECK_INT(change(open_dispute, &other).code, STATUS_FORBIDDEN);
	CHECK_INT(change(close_dispute, &whole).code, STATUS_FORBIDDEN);
	acting = &resolver;
	CHECK_OK(change(close_dispute, &whole));
}

/* --- promises -------------------------------------------------------------------------------------------------------------------- */
struct promise_call {
	struct promise_new promise;
	int64_t id;
};
static struct status make_promise(struct change *change, void *context)
{
	struct promise_call *call = context;
	return promise_make(change, &call->promise, &call->id);
}
static struct status cancel_promise(struct change *change, void *context)
{
	return promise_cancel(change, ((struct promise_call *)context)->id, NULL);
}

static void promises(struct store *given)
{
	set_up(given);
	const int64_t first[] = { 11 }, mixed[] = { 11, 21 }, twice[] = { 11, 11 }, paid[] = { 15 };
	struct promise_call call = { { 1, first, 1, 0, TODAY + 5, NULL, NULL }, 0 };
	CHECK_OK(change(make_promise, &call));
	CHECK_INT(number("SELECT amount FROM promise"), 100000);
	struct promise_call again = call;
	CHECK_INT(change(make_promise, &again).code, STATUS_CONFLICT); /* covered already */
	CHECK_OK(change(cancel_promise, &call));
	CHECK_INT(change(cancel_promise, &call).code, STATUS_CONFLICT);
	CHECK_OK(change(make_promise, &again));
	CHECK_OK(change(cancel_promise, &again));
	struct promise_call bad[] = {
		{ { 1, first, 1, 0, TODAY - 1, NULL, NULL }, 0 },     { { 1, first, 1, 0, TODAY + 91, NULL, NULL }, 0 },
		{ { 1, first, 1, 0, DAY_NONE, NULL, NULL }, 0 },      { { 1, first, 1, 100001, TODAY, NULL, NULL }, 0 },
		{ { 1, first, 1, -1, TODAY, NULL, NULL }, 0 },        { { 1, mixed, 2, 0, TODAY, NULL, NULL }, 0 },
		{ { 1, twice, 2, 0, TODAY, NULL, NULL }, 0 },
	};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) CHECK_INT(change(make_promise, &bad[i]).code, STATUS_INVALID);
	struct promise_call gone = { { 1, paid, 1, 0, TODAY, NULL, NULL }, 0 };
	CHECK_INT(change(make_promise, &gone).code, STATUS_CONFLICT);
	/* without items: the overdue ones, oldest first, as far as the amount goes */
	struct promise_call whole = { { 1, NULL, 0, 0, TODAY, NULL, NULL }, 0 };
	CHECK_OK(change(make_promise, &whole));
	CHECK_INT(number("SELECT amount FROM promise WHERE id = (SELECT MAX(id) FROM promise)"), 130000); /* F1, F2; not F3 nor A1 */
	CHECK_INT(number("SELECT COUNT(*) FROM promise_item WHERE promise_id = (SELECT MAX(id) FROM promise)"), 2);
	CHECK_OK(change(cancel_promise, &whole));
	struct promise_call some = { { 1, NULL, 0, 80000, TODAY, NULL, NULL }, 0 };
	CHECK_OK(change(make_promise, &some));
	CHECK_INT(number("SELECT item_id FROM promise_item WHERE promise_id = (SELECT MAX(id) FROM promise)"), 11);
	cleanup_arena struct arena *arena = arena_new();
	struct promise *list = NULL;
	size_t count = 0;
	struct db *db = NULL;
	CHECK_OK(store_reader(store, &db));
	CHECK_OK(promise_list(db, &everybody, company.id, 1, false, arena, &list, &count));
	CHECK_INT(count, 4);
	if (count == 4) {
		CHECK_TEXT(list[0].state, "expected");
		CHECK_INT(list[0].item_count, 1);
		CHECK_INT(list[1].item_count, 2);
		CHECK_INT(list[1].items[1], 12);
	}
	CHECK_OK(promise_list(db, &everybody, company.id, 0, true, arena, &list, &count));
	CHECK_INT(count, 1);
	store_release(store, db);
}

/* --- holds ------------------------------------------------------------------------------------------------------------------------ */
struct hold_call {
	struct hold_new hold;
	int64_t id;
};
static struct status set_hold(struct change *change, void *context)
{
	struct hold_call *call = context;
	return hold_set(change, &call->hold, &call->id);
}
static struct status lift_hold(struct change *change, void *context)
{
	return hold_lift(change, ((struct hold_call *)context)->id);
}
static struct status lift_of(struct change *change, void *context)
{
	struct hold_call *call = context;
	return hold_lift_of(change, call->hold.customer_id, call->hold.item_id, call->hold.kind);
}
static size_t held(int32_t day)
{
	cleanup_arena struct arena *arena = arena_new();
	struct hold *list = NULL;
	size_t count = 0;
	struct db *db = NULL;
	CHECK_OK(store_reader(store, &db));
	CHECK_OK(hold_list(db, &everybody, company.id, 1, day, arena, &list, &count));
	store_release(store, db);
	return count;
}

static void holds(struct store *given)
{
	set_up(given);
	struct hold_call item = { { 0, 11, HOLD_HOLD, TODAY + 3, "photo attendue" }, 0 }, whole = { { 1, 0, HOLD_EXCLUSION, DAY_NONE, NULL }, 0 };
	CHECK_OK(change(set_hold, &item));
	CHECK_OK(change(set_hold, &whole));
	CHECK_INT(held(TODAY), 2);
	CHECK_INT(held(TODAY + 3), 2); /* the last day is held */
	CHECK_INT(held(TODAY + 4), 1);
	struct hold_call longer = item;
	longer.hold.until_day = TODAY + 10;
	CHECK_OK(change(set_hold, &longer)); /* replaces */
	CHECK_INT(held(TODAY + 4), 2);
	CHECK_INT(held(TODAY), 2);
	CHECK_INT(change(lift_hold, &item).code, STATUS_CONFLICT); /* replaced: over */
	CHECK_OK(change(lift_hold, &longer));
	CHECK_INT(held(TODAY), 1);
	CHECK_INT(change(lift_of, &item).code, STATUS_NOT_FOUND);
	CHECK_OK(change(lift_of, &whole));
	CHECK_INT(held(TODAY), 0);
	CHECK_INT(held(DAY_NONE), 3);
	struct hold_call past = { { 1, 0, HOLD_HOLD, TODAY - 1, NULL }, 0 }, other = { { 2, 11, HOLD_HOLD, DAY_NONE, NULL }, 0 },
	                 nobody = { { 9, 0, HOLD_HOLD, DAY_NONE, NULL }, 0 }, paid = { { 0, 15, HOLD_HOLD, DAY_NONE, NULL }, 0 };
	CHECK_INT(change(set_hold, &past).code, STATUS_INVALID);
	CHECK_INT(change(set_hold, &other).code, STATUS_INVALID);
	CHECK_INT(change(set_hold, &nobody).code, STATUS_NOT_FOUND);
	CHECK_INT(change(set_hold, &paid).code, STATUS_CONFLICT);
	/* a collector holds, only a credit manager excludes */
	struct viewer collector = { .tenant_id = 1, .user_id = 5, .rights = role_rights(ROLE_COLLECTOR) };
	acting = &collector;
	CHECK_OK(change(set_hold, &item));
	CHECK_INT(change(set_hold, &whole).code, STATUS_FORBIDDEN);
}

/* --- switches and notes -------------------------------------------------------------------------------------------------------------- */
static struct status stop(struct change *change, void *context)
{
	return customer_stop(change, 1, *(bool *)context, "demande du client");
}
static struct status insolvency(struct change *change, void *context)
{
	return customer_insolvency(change, 1, *(int32_t *)context, "redressement, TC Annecy");
}
static struct status note(struct change *change, void *context)
{
	return note_add(change, 1, context, (const int64_t[]){ 11, 12 }, 2);
}
static struct status note_elsewhere(struct change *change, void *context)
{
	return note_add(change, 1, context, (const int64_t[]){ 21 }, 1);
}

static void switches_and_notes(struct store *given)
{
	set_up(given);
	bool on = true, off = false;
	CHECK_OK(change(stop, &on));
	CHECK_INT(change(stop, &on).code, STATUS_CONFLICT);
	CHECK_INT(number("SELECT stopped FROM customer WHERE id = 1"), 1);
	CHECK_OK(change(stop, &off));
	CHECK_INT(number("SELECT stopped FROM customer WHERE id = 1"), 0);
	int32_t future = TODAY + 1, day = TODAY - 10, none = DAY_NONE;
	CHECK_INT(change(insolvency, &future).code, STATUS_INVALID);
	CHECK_INT(change(insolvency, &none).code, STATUS_CONFLICT);
	CHECK_OK(change(insolvency, &day));
	CHECK_INT(number("SELECT insolvency_day FROM customer WHERE id = 1"), TODAY - 10);
	CHECK_OK(change(insolvency, &none));
	CHECK_INT(number("SELECT COUNT(*) FROM customer WHERE insolvency_day IS NULL"), 2);
	CHECK_OK(change(note, (void *)"Rappeler lundi"));
	CHECK_INT(change(note, (void *)" \n ").code, STATUS_INVALID);
	CHECK_INT(change(note_elsewhere, (void *)"pas le sien").code, STATUS_NOT_FOUND);
	struct db *db = NULL;
	cleanup_arena struct arena *arena = arena_new();
	struct event *events = NULL;
	size_t count = 0;
	int64_t chain = 0, broken = 0;
	CHECK_OK(store_reader(store, &db));
	CHECK_OK(event_list(db, &everybody, company.id, 1, NULL, 0, 20, arena, &events, &count));
	CHECK_INT(count, 5);
	if (count) CHECK_TEXT(events[0].content, "{\"text\":\"Rappeler lundi\",\"items\":[\"F1\",\"F2\"]}");
	CHECK_OK(event_verify(db, 1, company.id, &chain, &broken));
	CHECK_INT(broken, 0);
	store_release(store, db);
}

#define BOTH(name)                                                                                                             \
	static void name##_both(void)                                                                                          \
	{                                                                                                                      \
		teststore_each(name);                                                                                          \
	}
BOTH(items)
BOTH(fields)
BOTH(contacts_and_replies)
BOTH(disputes)
BOTH(promises)
BOTH(holds)
BOTH(switches_and_notes)

TESTS({ "items by number or id", items_both }, { "customers' fields", fields_both }, { "contacts and replies", contacts_and_replies_both },
      { "disputes", disputes_both }, { "promises", promises_both }, { "holds and exclusions", holds_both },
      { "switches and notes", switches_and_notes_both }, )
