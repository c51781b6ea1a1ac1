/* Bills and direct debits through their states: what is held, what is refused, what the bank and the books say (reference/law.md 1.4,
 * pitfalls.md 65, 92). */
#include "base/memory.h"
#include "ledger/instrument_risk.h"
#include "ledger/remittance.h"
#include "ledger/testcompany.h"
#include "ledger/event.h"
#include "ledger/hold.h"

static int64_t made;

static int64_t held(const char *kind)
{
	char text[200];
	snprintf(text, sizeof text, "SELECT COUNT(*) FROM hold WHERE kind = '%s' AND lifted_day IS NULL AND (until_day IS NULL OR until_day >= %d)", kind, (int)today);
	return number(text);
}

static struct status draw(struct change *c, void *x) { return instrument_draw(c, x, &made); }
static struct status send(struct change *c, void *x) { return instrument_send(c, *(int64_t *)x); }
static struct status accept_it(struct change *c, void *x) { return instrument_accept(c, *(int64_t *)x, today); }
static struct status refuse(struct change *c, void *x) { return instrument_refuse(c, *(int64_t *)x, "goods refused"); }
static struct status cancel(struct change *c, void *x) { return instrument_cancel(c, *(int64_t *)x, ""); }
static struct status paid(struct change *c, void *x) { return instrument_paid(c, *(int64_t *)x, today); }
static struct status remit(struct change *c, void *x) { return remittance_make(c, x, &(int64_t){ 0 }); }
static struct status mandate(struct change *c, void *x) { return mandate_add(c, x, &made); }
static struct status end_mandate(struct change *c, void *x) { return mandate_end(c, *(int64_t *)x, "he asked"); }
static const char *code_back;
static struct status back(struct change *c, void *x) { return instrument_back(c, *(int64_t *)x, code_back, today); }
static struct status lift(struct change *c, void *x) { return hold_lift_by_hand(c, *(int64_t *)x); }
static struct status lift_of(struct change *c, void *x) { return hold_lift_of_by_hand(c, 0, *(int64_t *)x, HOLD_DIRECT_DEBIT); }
static struct status settle(struct change *c, void *x) { return instrument_settle(c, x); }
static int64_t settled(void)
{
	int64_t changed = 0;
	CHECK_OK(change(settle, &changed));
	return changed;
}
static struct instrument get(int64_t id)
{
	static struct arena *arena;
	if (!arena) arena = arena_new();
	struct db *db = NULL;
	struct instrument one = { .id = 0 };
	CHECK_OK(store_reader(store, &db));
	CHECK_OK(instrument_get(db, &everybody, company.id, id, arena, &one));
	store_release(store, db);
	return one;
}
static int64_t risk(void)
{
	cleanup_arena struct arena *arena = arena_new();
	struct db *db = NULL;
	struct instrument_risk *list;
	size_t count;
	CHECK_OK(store_reader(store, &db));
	CHECK_OK(instrument_risks(db, &everybody, company.id, "EUR", 0, today, arena, &list, &count));
	store_release(store, db);
	return instrument_risk_find(list, count, 1);
}
static const struct mandate_new good = { .customer_id = 1, .rum = "RUM-1", .scheme = "core", .iban = "FR14 2004 1010 0505 0001 3m02 606", .bic = "PSSTFRPPXXX" };

static void set_up(struct store *given)
{
	store = given, everybody = viewer_system(TENANT_FIRST), today = on("2026-01-05");
	CHECK_OK(company_create(store, &everybody, (struct company_new){ .name = "Essai", .code = "T" }, NOW, &company));
	CHECK_OK(sql("INSERT INTO customer (tenant_id, company_id, id, code, name, class, created_at) VALUES (1, 1, 1, 'C1', 'Dupont', 'professional', 0),"
	             " (1, 1, 2, 'C2', 'Martin', 'consumer', 0);"
	             "INSERT INTO setting (tenant_id, company_id, name, value) VALUES (1, 1, 'bank.iban', 'FR7630006000011234567890189'), (1, 1, 'bank.name', 'Banque'),"
	             " (1, 1, 'debit.creditor_id', 'FR72ZZZ123456');"
	             "INSERT INTO item (tenant_id, company_id, customer_id, id, number, kind, account, issue_day, posting_day, due_day, "
	             "due_source, amount, open_amount, currency, label) VALUES "
	             "(1, 1, 1, 11, 'F1', 'invoice', '411', 20400, 20400, 20430, 'terms', 100000, 100000, 'EUR', ''),"
	             "(1, 1, 1, 12, 'F2', 'invoice', '411', 20410, 20410, 20440, 'terms', 50000, 50000, 'EUR', ''),"
	             "(1, 1, 1, 14, 'A1', 'credit_note', '411', 20420, 20420, 20420, 'issue', -5000, -5000, 'EUR', ''),"
	             "(1, 1, 1, 15, 'F0', 'invoice', '411', 20300, 20300, 20330, 'terms', 70000, 0, 'EUR', ''),"
	             "(1, 1, 2, 21, 'F9', 'invoice', '411', 20400, 20400, 20430, 'terms', 40000, 40000, 'EUR', '');"));
}

/* --- pure ------------------------------------------------------------------------------------------------------------------------ */
static void may_come_back(void)
{
	struct instrument debit = { .kind = "debit", .scheme = "core", .state = "paid", .due_day = on("2026-01-15"), .paid_day = on("2026-01-15") };
	CHECK_INT(instrument_risk_until(&debit, false), on("2026-03-12"));
	CHECK_INT(instrument_risk_until(&debit, true), on("2027-02-15"));
	snprintf(debit.scheme, sizeof debit.scheme, "b2b");
	CHECK_INT(instrument_risk_until(&debit, false), on("2026-01-20")); /* a Thursday, 3 banking days */
	/* which codes are presented again */
	CHECK_OK(instrument_again_allowed("AM04", 1, 3, false));
	CHECK_OK(instrument_again_allowed("AM04", 3, 3, false));
	CHECK_INT(instrument_again_allowed("AM04", 4, 3, false).code, STATUS_CONFLICT);
	CHECK_INT(instrument_again_allowed("AC04", 1, 3, false).code, STATUS_CONFLICT);
	CHECK_OK(instrument_again_allowed("AC04", 1, 3, true));
	CHECK_INT(instrument_again_allowed("MD06", 1, 3, true).code, STATUS_CONFLICT);
	CHECK_INT(instrument_again_allowed("70", 1, 3, true).code, STATUS_CONFLICT);
	CHECK_INT(instrument_again_allowed("", 1, 3, false).code, STATUS_CONFLICT);
	struct mandate one = { .signed_day = on("2023-01-05"), .last_used_day = DAY_NONE, .ended_day = DAY_NONE };
	CHECK(mandate_usable(&one, on("2026-01-05")) && !mandate_usable(&one, on("2026-01-06")) && !mandate_usable(&one, on("2023-01-04")));
	one.last_used_day = on("2024-02-29");
	CHECK(mandate_usable(&one, on("2027-02-28")) && !mandate_usable(&one, on("2027-03-01")));
}

/* --- direct debits ------------------------------------------------------------------------------------------------------------------ */
static void direct_debit(struct store *given)
{
	set_up(given);
	struct mandate_new new = good;
	new.signed_day = on("2026-01-06");
	CHECK_INT(change(mandate, &new).code, STATUS_INVALID); /* signed tomorrow */
	new.signed_day = on("2025-12-01"), new.iban = "FR1420041010050500013M02607";
	CHECK_INT(change(mandate, &new).code, STATUS_INVALID);
	new.iban = good.iban, new.scheme = "b2b", new.customer_id = 2;
	CHECK_INT(change(mandate, &new).code, STATUS_INVALID); /* a consumer's */
	struct instrument_new asked = { .customer_id = 1, .items = (int64_t[]){ 11, 14 }, .item_count = 2, .kind = "debit", .due_day = on("2026-01-19") };
	CHECK_INT(change(draw, &asked).code, STATUS_CONFLICT); /* no mandate */
	new.customer_id = 1, new.scheme = "core";
	CHECK_OK(change(mandate, &new));
	int64_t mandate_id = made;
	CHECK_INT(change(mandate, &new).code, STATUS_CONFLICT); /* a reference is used once */
	asked.due_day = on("2026-01-18");
	CHECK_INT(change(draw, &asked).code, STATUS_INVALID); /* told 14 days before */
	asked.due_day = on("2026-01-19");
	CHECK_OK(change(draw, &asked));
	int64_t id = made;
	struct instrument one = get(id);
	CHECK_INT(one.amount, 95000); /* less the credit note */
	CHECK_TEXT(one.iban, "FR1420041010050500013M02606");
	CHECK_INT(held("direct_debit"), 1); /* the invoice; a credit is not reminded of */
	/* nobody lifts it by hand: the customer would be reminded of what we are about to take */
	int64_t hold = number("SELECT MAX(id) FROM hold WHERE kind = 'direct_debit'"), item = 11;
	CHECK_INT(change(lift, &hold).code, STATUS_CONFLICT);
	CHECK_INT(change(lift_of, &item).code, STATUS_CONFLICT);
	CHECK_INT(held("direct_debit"), 1);
	CHECK_INT(change(draw, &asked).code, STATUS_CONFLICT); /* twice */
	CHECK_INT(change(end_mandate, &mandate_id).code, STATUS_CONFLICT);
	struct remittance_new batch = { .instruments = &id, .count = 1, .made_minutes = 600 };
	CHECK_INT(change(remit, &batch).code, STATUS_CONFLICT); /* not told */
	CHECK_OK(change(send, &id));
	CHECK_INT(change(send, &id).code, STATUS_CONFLICT);
	today = on("2026-01-16");
	CHECK_OK(change(remit, &batch));
	CHECK_INT(change(remit, &batch).code, STATUS_CONFLICT); /* two people at once: the second is refused */
	CHECK_INT(number("SELECT COUNT(*) FROM remittance WHERE count = 1 AND total = 95000 AND kind = 'core'"), 1);
	CHECK_INT(number("SELECT last_used_day FROM mandate"), on("2026-01-19"));
	CHECK_INT(change(cancel, &id).code, STATUS_CONFLICT); /* it is at the bank */
	CHECK_INT(settled(), 0);
	today = on("2026-02-20"); /* weeks late, and the bank has not answered: still held */
	CHECK_INT(settled(), 0);
	CHECK_INT(held("direct_debit"), 1);
	CHECK(instrument_matured(&(struct instrument){ .state = "remitted", .due_day = on("2026-01-19") }, today));
	/* the bank's file names our reference: pain.002, camt or CFONB 240 */
	CHECK_OK(sql("INSERT INTO bank_line (tenant_id, company_id, id, account_id, import_id, position, occurrence, booking_day, amount, currency, kind, end_to_end, return_code) VALUES "
	             "(1, 1, 1, 1, 1, 1, 1, 20480, -95000, 'EUR', 'return', 'EN00000001', 'AM04')"));
	CHECK_INT(settled(), 1);
	CHECK_INT(settled(), 0);
	one = get(id);
	CHECK_TEXT(one.state, "unpaid");
	CHECK_TEXT(one.back_code, "AM04");
	CHECK_INT(held("direct_debit"), 0); /* due since its own day, and chased again */
	/* presented again, twice at most */
	struct instrument_new again = { .customer_id = 1, .kind = "debit", .due_day = on("2026-02-25"), .before_id = id };
	CHECK_OK(change(draw, &again));
	one = get(made);
	CHECK_INT(one.attempt, 2);
	CHECK_INT(one.amount, 100000); /* what is open of it; the credit is applied by a person */
	CHECK_INT(change(draw, &again).code, STATUS_CONFLICT);
	CHECK_OK(change(cancel, &made));
	CHECK_INT(held("direct_debit"), 0);
	CHECK_OK(change(end_mandate, &mandate_id));
	CHECK_INT(change(draw, &again).code, STATUS_CONFLICT); /* no mandate any more */
}

static void refunded_weeks_later(struct store *given)
{
	set_up(given);
	struct mandate_new new = good;
	new.signed_day = on("2025-12-01");
	CHECK_OK(change(mandate, &new));
	CHECK_OK(change(draw, &(struct instrument_new){ .customer_id = 1, .items = (int64_t[]){ 11 }, .item_count = 1, .kind = "debit", .due_day = on("2026-01-19") }));
	int64_t id = made;
	CHECK_OK(change(send, &id));
	CHECK_OK(change(remit, &(struct remittance_new){ .instruments = &id, .count = 1 }));
	today = on("2026-01-19");
	CHECK_OK(change(paid, &id));
	CHECK_INT(held("direct_debit"), 1); /* paid by the bank, not in the books yet: days of peace */
	CHECK_OK(sql("UPDATE item SET open_amount = 0 WHERE id = 11"));
	CHECK_INT(settled(), 0);
	today = on("2026-03-10");
	CHECK_OK(sql("INSERT INTO item (tenant_id, company_id, customer_id, id, number, kind, account, issue_day, posting_day, due_day, due_source, amount, open_amount,"
	             " currency, label, origin_id) VALUES (1, 1, 1, 31, 'F1', 'unpaid_return', '411', 20400, 20520, 20430, 'original', 100000, 100000, 'EUR', '', 11)"));
	CHECK_INT(settled(), 1);
	CHECK_TEXT(get(id).state, "unpaid");
	CHECK_INT(get(id).back_day, 20520);
	CHECK_INT(held("direct_debit"), 0);
	/* again: what the books opened in its place */
	today = on("2026-03-11");
	CHECK_OK(change(draw, &(struct instrument_new){ .customer_id = 1, .kind = "debit", .due_day = on("2026-03-20"), .before_id = id, .corrected = true }));
	CHECK_INT(get(made).items[0].item_id, 31);
}

/* --- bills --------------------------------------------------------------------------------------------------------------------------- */
static void bill(struct store *given)
{
	set_up(given);
	struct instrument_new asked = { .customer_id = 1, .items = (int64_t[]){ 11, 12 }, .item_count = 2, .kind = "lcr", .due_day = on("2026-03-31"), .to_accept = true,
		.iban = "FR1420041010050500013M02606" };
	CHECK_OK(change(draw, &asked));
	int64_t id = made;
	CHECK_INT(get(id).amount, 150000);
	CHECK_INT(held("bill"), 2);
	struct remittance_new batch = { .instruments = &id, .count = 1 };
	CHECK_INT(change(remit, &batch).code, STATUS_CONFLICT); /* to be accepted first */
	CHECK_OK(change(send, &id));
	CHECK_OK(change(accept_it, &id));
	CHECK_INT(change(refuse, &id).code, STATUS_CONFLICT);
	batch.discount = true;
	today = on("2026-01-20");
	CHECK_OK(change(remit, &batch));
	CHECK(get(id).discounted);
	/* the books put it on 413: followed, and held as well */
	CHECK_OK(sql("UPDATE item SET open_amount = 0 WHERE id IN (11, 12);"
	             "INSERT INTO item (tenant_id, company_id, customer_id, id, number, kind, account, issue_day, posting_day, due_day, due_source, amount, open_amount,"
	             " currency, label, origin_id) VALUES (1, 1, 1, 41, 'F1', 'transfer', '413', 20400, 20470, 20430, 'original', 150000, 150000, 'EUR', '', 11)"));
	CHECK_INT(settled(), 1);
	CHECK_INT(get(id).open, 150000);
	CHECK_INT(number("SELECT COUNT(*) FROM hold WHERE kind = 'bill' AND item_id = 41 AND lifted_day IS NULL"), 1);
	CHECK_INT(risk(), 0); /* it stands in his outstanding */
	CHECK_OK(sql("UPDATE item SET open_amount = 0 WHERE id = 41")); /* discounted: the books hold it paid */
	CHECK_INT(risk(), 150000); /* our risk until good end */
	CHECK_OK(sql("UPDATE item SET open_amount = 150000 WHERE id = 41"));
	/* matured, and nothing heard: never overdue before the bank's answer */
	today = on("2026-04-20");
	CHECK_INT(settled(), 0);
	CHECK_INT(number("SELECT COUNT(*) FROM hold WHERE kind = 'bill' AND item_id = 41 AND lifted_day IS NULL"), 1);
	CHECK(instrument_matured(&(struct instrument){ .state = "remitted", .due_day = on("2026-03-31") }, today));
	code_back = "AM999";
	CHECK_INT(change(back, &id).code, STATUS_INVALID);
	code_back = "75"; /* the customer asks for more time */
	CHECK_OK(change(back, &id));
	CHECK_INT(number("SELECT COUNT(*) FROM hold WHERE kind = 'bill' AND lifted_day IS NULL"), 0);
	CHECK_INT(change(back, &id).code, STATUS_CONFLICT);
}

static void bill_refused_and_paid(struct store *given)
{
	set_up(given);
	struct instrument_new asked = { .customer_id = 1, .items = (int64_t[]){ 11 }, .item_count = 1, .kind = "lcr", .due_day = on("2026-03-31"), .to_accept = true };
	CHECK_OK(change(draw, &asked));
	int64_t id = made;
	CHECK_OK(change(send, &id));
	CHECK_OK(change(refuse, &id));
	CHECK_INT(held("bill"), 0); /* the invoice is chased as before */
	CHECK_TEXT(get(id).state, "refused");
	/* a BOR comes signed */
	asked.kind = "bor", asked.iban = "FR1420041010050500013M02606";
	CHECK_OK(change(draw, &asked));
	id = made;
	CHECK_TEXT(get(id).state, "accepted");
	CHECK_OK(change(remit, &(struct remittance_new){ .instruments = &id, .count = 1 }));
	CHECK_INT(change(paid, &id).code, STATUS_INVALID); /* before its day */
	today = on("2026-04-02");
	CHECK_OK(sql("UPDATE item SET open_amount = 0 WHERE id = 11;"
	             "INSERT INTO settlement (tenant_id, company_id, customer_id, debit_id, credit_id, day, amount) VALUES (1, 1, 1, 11, 99, 20545, 100000)"));
	CHECK_INT(settled(), 1);
	CHECK_TEXT(get(id).state, "paid");
	CHECK_INT(get(id).paid_day, 20545);
	/* what is paid by other means before it was remitted */
	asked.kind = "lcr", asked.items = (int64_t[]){ 12 }, asked.due_day = on("2026-05-31");
	CHECK_OK(change(draw, &asked));
	id = made;
	CHECK_OK(sql("UPDATE item SET open_amount = 0 WHERE id = 12"));
	CHECK_INT(settled(), 1);
	CHECK_TEXT(get(id).state, "cancelled");
	/* refused: another customer's item, nothing open, too far, no kind */
	asked.items = (int64_t[]){ 21 };
	CHECK_INT(change(draw, &asked).code, STATUS_INVALID);
	asked.items = (int64_t[]){ 15 };
	CHECK_INT(change(draw, &asked).code, STATUS_CONFLICT);
	asked.items = (int64_t[]){ 14 };
	CHECK_INT(change(draw, &asked).code, STATUS_INVALID); /* a credit alone */
	asked.items = (int64_t[]){ 21 }, asked.customer_id = 2, asked.due_day = on("2029-01-01");
	CHECK_INT(change(draw, &asked).code, STATUS_INVALID);
	asked.due_day = on("2026-05-31"), asked.kind = "cheque";
	CHECK_INT(change(draw, &asked).code, STATUS_INVALID);
	/* assigned with notice: not ours to collect */
	asked.kind = "lcr";
	CHECK_OK(sql("INSERT INTO hold (tenant_id, company_id, id, customer_id, item_id, kind, from_day) VALUES (1, 1, 900, 2, 21, 'ceded', 20000)"));
	CHECK_INT(change(draw, &asked).code, STATUS_CONFLICT);
	/* likewise where we go on reminding in the payee's name: no hold says so */
	CHECK_OK(sql("DELETE FROM hold WHERE id = 900;"
	             "INSERT INTO payee (tenant_id, company_id, id, name, route, iban, notified, managed) VALUES (1, 1, 1, 'Factor', 'factoring', 'FR1420041010050500013M02606', 1, 1);"
	             "INSERT INTO assignment (tenant_id, company_id, id, payee_id, day, notified, recourse, managed, currency, total, state, at) VALUES (1, 1, 1, 1, 20480, 1, 0, 1, 'EUR', 40000, 'active', 0);"
	             "INSERT INTO assignment_item (tenant_id, company_id, assignment_id, item_id, amount) VALUES (1, 1, 1, 21, 40000)"));
	CHECK_INT(change(draw, &asked).code, STATUS_CONFLICT);
	CHECK_OK(sql("UPDATE assignment_item SET back_day = 20500"));
	CHECK_OK(change(draw, &asked)); /* given back */
}

static struct status tasks(struct change *c, void *x)
{
	TRY(instrument_tasks(c, x));
	return event_add(c, &(struct event_new){ .kind = "bill.drawn" });
}

/* Once for each wait: a bill that does not come back accepted, then a bank that does not answer. */
static void what_waits_too_long(struct store *given)
{
	int64_t told = 0;
	set_up(given);
	CHECK_OK(sql("INSERT INTO user_account (tenant_id, id, email, name, role, created_at) VALUES (1, 7, 'zoe@essai.fr', 'Zoé', 'collector', 0);"
	             "UPDATE customer SET collector_id = 7 WHERE id = 1"));
	struct instrument_new asked = { .customer_id = 1, .items = (int64_t[]){ 11 }, .item_count = 1, .kind = "lcr", .due_day = on("2026-03-31"), .to_accept = true,
		.iban = "FR1420041010050500013M02606" };
	CHECK_OK(change(draw, &asked));
	int64_t id = made;
	CHECK_OK(change(send, &id));
	today = on("2026-01-14");
	CHECK_OK(change(tasks, &told));
	CHECK_INT(told, 0); /* nine days */
	today = on("2026-01-15");
	CHECK_OK(change(tasks, &told));
	CHECK_INT(told, 1);
	CHECK_INT(number("SELECT COUNT(*) FROM task WHERE owner_id = 7 AND customer_id = 1"), 1);
	CHECK_OK(change(tasks, &told));
	CHECK_INT(told, 0);
	CHECK_OK(change(accept_it, &id));
	CHECK_OK(change(remit, &(struct remittance_new){ .instruments = &id, .count = 1 }));
	today = on("2026-04-07");
	CHECK_OK(change(tasks, &told));
	CHECK_INT(told, 0); /* seven days after its day */
	today = on("2026-04-08");
	CHECK_OK(change(tasks, &told));
	CHECK_INT(told, 1);
	CHECK_INT(number("SELECT COUNT(*) FROM task WHERE owner_id = 7"), 2);
	CHECK_OK(change(tasks, &told));
	CHECK_INT(told, 0);
}

#define BOTH(name) static void name##_both(void) { teststore_each(name); }
BOTH(direct_debit)
BOTH(refunded_weeks_later)
BOTH(bill)
BOTH(bill_refused_and_paid)
BOTH(what_waits_too_long)

TESTS({ "until when it may come back, and what is presented again (law.md 1.4)", may_come_back }, { "92: a direct debit from its mandate to its return", direct_debit_both },
      { "65, 92: a debit refunded weeks later is due again", refunded_weeks_later_both }, { "a bill to its return; never overdue before the bank's answer", bill_both },
      { "a bill refused, a BOR paid, what is refused", bill_refused_and_paid_both },
      { "a task for what waits too long, once for each wait", what_waits_too_long_both }, )
