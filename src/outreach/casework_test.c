/* Who hears of a dispute and when: the rule, and the day's messages in the store, on both kinds. */
#include "base/calendar.h"
#include "base/day.h"
#include "base/memory.h"
#include "base/test.h"
#include "db/teststore.h"
#include "ledger/dispute.h"
#include "outreach/casework.h"
#include "outreach/outbox.h"
#include "outreach/question.h"

enum { NOW = 1760000000, THURSDAY = 20370 /* 2025-10-09 */ };
static const struct calendar working = { 0 };

static struct dispute_case given(int32_t due, int32_t reminded, int32_t escalated)
{
	return (struct dispute_case){ .state = CASE_OPEN, .owner_email = "ana@example.com", .manager_email = "boss@example.com", .opened_day = THURSDAY - 5,
		.due_day = due, .paused_day = DAY_NONE, .reminded_day = reminded, .escalated_day = escalated };
}

static void the_rule(void)
{
	/* 9 October 2025 is a Thursday */
	static const struct { int32_t due, reminded, escalated, today; enum casework_letter what; const char *why; } cases[] = {
		{ THURSDAY + 5, DAY_NONE, DAY_NONE, THURSDAY, CASEWORK_GIVEN, "at once" },
		{ THURSDAY + 5, DAY_NONE, DAY_NONE, THURSDAY + 2, CASEWORK_NOTHING, "not on a Saturday" },
		{ THURSDAY + 5, THURSDAY - 1, DAY_NONE, THURSDAY, CASEWORK_NOTHING, "five days are left" },
		{ THURSDAY + 5, THURSDAY, DAY_NONE, THURSDAY + 4, CASEWORK_SOON, "the working day before: Monday for Tuesday" },
		{ THURSDAY + 4, THURSDAY - 1, DAY_NONE, THURSDAY + 1, CASEWORK_SOON, "Friday for Monday" },
		{ THURSDAY + 5, THURSDAY + 4, DAY_NONE, THURSDAY + 5, CASEWORK_NOTHING, "once" },
		{ THURSDAY, THURSDAY - 1, DAY_NONE, THURSDAY + 1, CASEWORK_LATE, "two working days since" },
		{ THURSDAY, THURSDAY + 1, DAY_NONE, THURSDAY + 1, CASEWORK_NOTHING, "never twice a day" },
		{ THURSDAY, THURSDAY + 1, DAY_NONE, THURSDAY + 4, CASEWORK_ESCALATED, "two working days late" },
		{ THURSDAY, THURSDAY + 1, THURSDAY + 4, THURSDAY + 4, CASEWORK_NOTHING, "one message a day, whoever it goes to" },
		{ THURSDAY, THURSDAY + 1, THURSDAY + 4, THURSDAY + 5, CASEWORK_LATE, "the owner still" },
		{ THURSDAY, DAY_NONE, DAY_NONE, THURSDAY + 6, CASEWORK_GIVEN, "told before he is complained about" },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct dispute_case one = given(cases[i].due, cases[i].reminded, cases[i].escalated);
		enum casework_letter what = casework_due(&one, &working, 2, cases[i].today);
		if (what != cases[i].what) printf("  case “%s”\n", cases[i].why);
		CHECK_INT(what, cases[i].what);
	}
	struct dispute_case one = given(THURSDAY - 9, THURSDAY - 9, DAY_NONE);
	one.paused_day = THURSDAY - 2;
	CHECK_INT(casework_due(&one, &working, 2, THURSDAY), CASEWORK_NOTHING); /* it waits for the customer */
	one.paused_day = DAY_NONE, one.state = CASE_CLOSED;
	CHECK_INT(casework_due(&one, &working, 2, THURSDAY), CASEWORK_NOTHING);
	one.state = CASE_CREDIT, one.owner_email = "";
	CHECK_INT(casework_due(&one, &working, 2, THURSDAY), CASEWORK_ESCALATED); /* nobody answers for it: the manager hears of it */
	one.manager_email = "";
	CHECK_INT(casework_due(&one, &working, 2, THURSDAY), CASEWORK_NOTHING);
}

/* --- in the store ------------------------------------------------------------------------------------------------------------------- */
static struct store *store;
static struct company company;
static struct viewer system_viewer;
static int32_t today;
static int64_t case_id;

typedef struct status work(struct change *change);
static struct status in_change(struct db *db, void *context)
{
	work **run = context;
	struct change change;
	TRY(company_begin(db, &system_viewer, company.id, today, NOW + (today - THURSDAY) * 86400, &change));
	TRY((*run)(&change));
	return company_end(&change);
}
static void change(work *run) { CHECK_OK(store_transact(store, in_change, &run)); }
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
static struct casework_result day(void)
{
	cleanup_arena struct arena *arena = arena_new();
	struct casework_result result;
	CHECK_OK(casework_day(store, &system_viewer, company.id, today, NOW + (today - THURSDAY) * 86400, arena, &result));
	return result;
}

static struct status settings(struct change *c)
{
	TRY(setting_change(c, "dispute.manager", "boss@example.com"));
	return setting_change(c, "dispute.owners", "price:sales@example.com");
}
static struct status open_price(struct change *c)
{
	int64_t second;
	TRY(dispute_open(c, &(struct dispute_new){ .item_id = 11, .amount = 40000, .reason = "price", .due_day = DAY_NONE, .credit_expected_day = DAY_NONE }, &case_id));
	return dispute_open(c, &(struct dispute_new){ .item_id = 12, .case_id = case_id, .due_day = DAY_NONE, .credit_expected_day = DAY_NONE }, &second);
}
static struct status ask_customer(struct change *c) { return dispute_move(c, case_id, CASE_CUSTOMER, ""); }
static struct status customer_said(struct change *c) { return dispute_say(c, case_id, true, "in", NULL, "Le bon de livraison est joint.", 0); }
static struct status credit(struct change *c) { return dispute_promise_credit(c, case_id, 0, today + 10); }
static struct status find(struct change *c)
{
	int64_t found;
	TRY(dispute_find_credits(c, &found));
	return found == 1 ? STATUS_FINE : status_make(STATUS_INTERNAL, "%lld credits", (long long)found);
}
static struct status write_him(struct change *c)
{
	cleanup_arena struct arena *arena = arena_new();
	TRY(casework_acknowledge(c, case_id, arena));
	return casework_write_debtor(c, case_id, "Nous regardons cela.", arena);
}
static struct status finish(struct change *c) { return dispute_case_close(c, case_id, &(struct dispute_closing){ .outcome = "accepted", .granted = -1 }); }
static struct status again(struct change *c) { return dispute_reopen(c, case_id); }

static const struct debtor_link *answering;
static struct status answer_it(struct change *c) { return question_answer(c, answering, "La remise est due.", "Marie"); }

static void a_case(struct store *given_store)
{
	store = given_store, system_viewer = viewer_system(TENANT_FIRST), today = THURSDAY;
	CHECK_OK(company_create(store, &system_viewer, (struct company_new){ .name = "Essai", .code = "T" }, NOW, &company));
	CHECK_OK(sql("INSERT INTO customer (tenant_id, company_id, id, code, name, email, created_at) VALUES (1, 1, 1, 'C1', 'Dupont', 'compta@dupont.fr', 0);"
	             "INSERT INTO item (tenant_id, company_id, customer_id, id, number, kind, account, issue_day, posting_day, due_day, due_source, amount, "
	             "open_amount, currency, label) VALUES (1, 1, 1, 11, 'F1', 'invoice', '411', 20300, 20300, 20330, 'terms', 100000, 100000, 'EUR', ''),"
	             "(1, 1, 1, 12, 'F2', 'invoice', '411', 20310, 20310, 20340, 'terms', 50000, 30000, 'EUR', '')"));
	change(settings);
	change(open_price);
	CHECK_INT(number("SELECT COUNT(*) FROM dispute_case"), 1); /* two items, one case */
	CHECK_INT(number("SELECT due_day FROM dispute_case"), THURSDAY + 3); /* the price's three days */
	CHECK_INT(number("SELECT SUM(contested) FROM dispute"), 70000);

	struct casework_result told = day();
	CHECK_INT(told.owners, 1);
	told = day(); /* repeated: nothing more */
	CHECK_INT(told.owners + told.managers, 0);
	CHECK_INT(number("SELECT COUNT(*) FROM outbox WHERE internal = 1 AND recipient = 'sales@example.com' AND state = 'held' AND about = 'dispute 1'"), 1);

	change(ask_customer); /* the countdown stands still: no deadline for the plan to see */
	CHECK_INT(number("SELECT COUNT(*) FROM dispute WHERE due_day IS NULL"), 2);
	today = THURSDAY + 7;
	told = day();
	CHECK_INT(told.owners + told.managers, 0);
	change(customer_said); /* he answered: it goes on, the days he took are not ours */
	CHECK_INT(number("SELECT COUNT(*) FROM dispute WHERE due_day = 20380"), 2);
	CHECK_INT(number("SELECT COUNT(*) FROM dispute_case WHERE state = 'analysis' AND paused_day IS NULL"), 1);
	told = day();
	CHECK_INT(told.owners, 1);
	today = THURSDAY + 14;
	told = day(); /* two working days late */
	CHECK_INT(told.managers, 1);
	CHECK_INT(number("SELECT COUNT(*) FROM outbox WHERE recipient = 'boss@example.com'"), 1);

	change(write_him);
	CHECK_INT(number("SELECT COUNT(*) FROM outbox WHERE internal = 0 AND recipient = 'compta@dupont.fr' AND subject LIKE '%L-1%'"), 2);
	CHECK_INT(number("SELECT COUNT(*) FROM dispute_message WHERE side = 'debtor' AND direction = 'out' AND outbox_id > 0"), 2);

	change(credit);
	CHECK_INT(number("SELECT COUNT(*) FROM dispute WHERE credit_expected_day = 20394"), 2);
	CHECK_OK(sql("INSERT INTO item (tenant_id, company_id, customer_id, id, number, kind, account, issue_day, posting_day, due_day, due_source, amount, "
	             "open_amount, currency, label) VALUES (1, 1, 1, 20, 'A8', 'credit_note', '411', 20380, 20380, 20380, 'issue', -69999, -69999, 'EUR', ''),"
	             "(1, 1, 1, 21, 'A9', 'credit_note', '411', 20381, 20381, 20381, 'issue', -70000, -70000, 'EUR', '')"));
	today = THURSDAY + 15;
	change(find); /* the one of that very amount */
	CHECK_INT(number("SELECT credit_item_id FROM dispute_case"), 21);
	CHECK_INT(number("SELECT COUNT(*) FROM dispute WHERE credit_expected_day IS NOT NULL"), 0); /* our promise is kept */
	CHECK_INT(number("SELECT COUNT(*) FROM dispute_case WHERE state = 'credit'"), 1); /* proposed, not closed by itself */
	change(finish);
	CHECK_INT(number("SELECT granted FROM dispute_case WHERE state = 'closed' AND outcome = 'accepted'"), 70000);
	CHECK_INT(number("SELECT COUNT(*) FROM dispute WHERE closed_day IS NULL"), 0);
	change(again);
	CHECK_INT(number("SELECT COUNT(*) FROM dispute WHERE closed_day IS NULL"), 2);
}
static struct status desk_address(struct change *c) { return setting_change(c, "debtor.address", "https://desk.example.com"); }
static void an_owner_answers_by_link(struct store *given_store)
{
	store = given_store, system_viewer = viewer_system(TENANT_FIRST), today = THURSDAY;
	CHECK_OK(company_create(store, &system_viewer, (struct company_new){ .name = "Essai", .code = "T" }, NOW, &company));
	CHECK_OK(sql("INSERT INTO customer (tenant_id, company_id, id, code, name, email, created_at) VALUES (1, 1, 1, 'C1', 'Dupont', 'compta@dupont.fr', 0);"
	             "INSERT INTO item (tenant_id, company_id, customer_id, id, number, kind, account, issue_day, posting_day, due_day, due_source, amount, "
	             "open_amount, currency, label) VALUES (1, 1, 1, 11, 'F1', 'invoice', '411', 20300, 20300, 20330, 'terms', 100000, 100000, 'EUR', ''),"
	             "(1, 1, 1, 12, 'F2', 'invoice', '411', 20310, 20310, 20340, 'terms', 50000, 30000, 'EUR', '')"));
	change(settings);
	change(desk_address);
	change(open_price);
	struct casework_result told = day();
	CHECK_INT(told.owners, 1);
	CHECK_INT(number("SELECT COUNT(*) FROM question WHERE dispute_id = 1 AND address = 'sales@example.com' AND text LIKE '%L-1%'"), 1);
	told = day();
	CHECK_INT(told.owners, 0);
	struct debtor_link link = { .tenant_id = 1, .company_id = 1, .customer_id = 1, .question_id = 1 };
	answering = &link;
	change(answer_it);
	CHECK_INT(number("SELECT COUNT(*) FROM dispute_message WHERE side = 'internal' AND author = 'Marie' AND text = 'La remise est due.'"), 1);
	/* late, he is reminded of the same question, by a link of its own again: never a second question, never the customer's page */
	today = THURSDAY + 4;
	told = day();
	CHECK_INT(told.owners, 1);
	CHECK_INT(number("SELECT COUNT(*) FROM question"), 1);
	CHECK_INT(number("SELECT COUNT(*) FROM outbox WHERE internal = 1 AND about = 'question 1' AND recipient = 'sales@example.com'"), 2);
}
static void an_owner_answers_by_link_on_both(void) { teststore_each(an_owner_answers_by_link); }
static void a_case_on_both(void) { teststore_each(a_case); }

TESTS({ "who hears when", the_rule }, { "a dispute from its opening to its credit note", a_case_on_both },
      { "an owner without an account answers by a link", an_owner_answers_by_link_on_both })
