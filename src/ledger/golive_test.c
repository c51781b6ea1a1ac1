/* Going live, the switch, rates, who changed accounts. */
#include "ledger/golive.h"

#include "base/day.h"
#include "base/test.h"
#include "db/teststore.h"
#include "ledger/dispute.h"
#include "ledger/event.h"
#include "ledger/people.h"
#include "ledger/rate.h"
#include "ledger/verify.h"

enum { NOW = 1760000000, TODAY = 20370 };
static struct store *store;
static struct company company;
static struct viewer everybody;

typedef struct status step(struct change *change, void *context);
struct call {
	const struct viewer *viewer;
	step *run;
	void *context;
};
static struct status in_change(struct db *db, void *context)
{
	struct call *call = context;
	struct change change;
	TRY(company_begin(db, call->viewer, company.id, TODAY, NOW, &change));
	TRY(call->run(&change, call->context));
	return company_end(&change);
}
static struct status change_as(const struct viewer *viewer, step *run, void *context)
{
	return store_transact(store, in_change, &(struct call){ viewer, run, context });
}
static struct status script(struct db *db, void *sql)
{
	return db_script(db, sql);
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
static void set_up(struct store *given)
{
	store = given, everybody = viewer_system(TENANT_FIRST);
	CHECK_OK(company_create(store, &everybody, (struct company_new){ .name = "Essai", .siren = "123456789" }, NOW, &company));
}

static struct status live(struct change *change, void *context)
{
	return golive_set(change, *(bool *)context);
}
static struct status set(struct change *change, void *context)
{
	const char *const *pair = context;
	return setting_change(change, pair[0], pair[1]);
}

static void going_live(struct store *given)
{
	set_up(given);
	CHECK_OK(store_transact(store, script, (void *)
	         "INSERT INTO customer (tenant_id, company_id, id, code, name, created_at) VALUES (1, 1, 1, 'C1', 'Dupont', 0);"
	         "INSERT INTO action (tenant_id, company_id, id, customer_id, plan_day, scenario, scenario_version, step, step_rank, channel, "
	         "mode, state, test, currency, amount, created_at) VALUES (1, 1, 1, 1, 20360, 'average', 1, 'r', 3, 'email', 'confirm', 'sent', 1, "
	         "'EUR', 100, 0), (1, 1, 2, 1, 20361, 'average', 1, 'r', 3, 'email', 'confirm', 'sent', 0, 'EUR', 100, 0);"
	         "INSERT INTO action_item (tenant_id, company_id, action_id, item_id, role, amount) VALUES (1, 1, 1, 5, 'claimed', 1), "
	         "(1, 1, 2, 5, 'claimed', 1);"
	         "INSERT INTO outbox (tenant_id, company_id, id, action_id, customer_id, channel, message_id, sender, recipient, subject, "
	         "body_text, body_html, state, queued_at) VALUES (1, 1, 1, 1, 1, 'email', 'a', '', '', '', '', '', 'held', 0), "
	         "(1, 1, 2, 2, 1, 'email', 'b', '', '', '', '', '', 'sent', 0);"));
	bool on = true, off = false;
	struct viewer manager = { .tenant_id = 1, .user_id = 4, .rights = role_rights(ROLE_CREDIT_MANAGER) };
	CHECK_INT(change_as(&manager, live, &on).code, STATUS_FORBIDDEN);
	CHECK_OK(change_as(&everybody, live, &on));
	CHECK_INT(number("SELECT live FROM company"), 1);
	CHECK_INT(number("SELECT COUNT(*) FROM action"), 1); /* what was made in test mode is gone, the rest stands */
	CHECK_INT(number("SELECT id FROM action"), 2);
	CHECK_INT(number("SELECT COUNT(*) FROM action_item"), 1);
	CHECK_INT(number("SELECT COUNT(*) FROM outbox"), 1);
	int64_t events = number("SELECT COUNT(*) FROM event");
	CHECK_OK(change_as(&everybody, live, &on)); /* already so */
	CHECK_INT(number("SELECT COUNT(*) FROM event"), events);
	CHECK_OK(change_as(&everybody, live, &off));
	CHECK_INT(number("SELECT COUNT(*) FROM action"), 1);
	CHECK_INT(number("SELECT live FROM company"), 0);
}

static const struct golive_check *check_of(struct arena *arena, const char *code)
{
	struct db *db = NULL;
	struct golive_check *checks = NULL;
	size_t count = 0;
	CHECK_OK(store_reader(store, &db));
	CHECK_OK(golive_checks(db, &company, TODAY, arena, &checks, &count));
	store_release(store, db);
	for (size_t i = 0; i < count; i++)
		if (strcmp(checks[i].code, code) == 0) return &checks[i];
	static const struct golive_check none;
	printf("  no check %s\n", code), test_failures++;
	return &none;
}

static void checklist(struct store *given)
{
	set_up(given);
	cleanup_arena struct arena *arena = arena_new();
	CHECK(!check_of(arena, "items")->ok);
	CHECK(!check_of(arena, "bank")->ok);
	CHECK(!check_of(arena, "contacts")->ok);
	CHECK(check_of(arena, "stop")->ok);
	CHECK_OK(store_transact(store, script, (void *)
	         "INSERT INTO customer (tenant_id, company_id, id, code, name, created_at) VALUES (1, 1, 1, 'C1', 'Dupont', 0), "
	         "(1, 1, 2, 'C2', 'Martin', 0);"
	         "INSERT INTO item (tenant_id, company_id, customer_id, id, number, kind, account, issue_day, posting_day, due_day, due_source, "
	         "amount, open_amount, currency, label) VALUES (1, 1, 1, 11, 'F1', 'invoice', '411', 20300, 20300, 20330, 'assumed', 1, 1, 'EUR', ''),"
	         "(1, 1, 2, 12, 'F2', 'invoice', '411', 20300, 20300, 20330, 'terms', 1, 1, 'EUR', '');"
	         "INSERT INTO contact (tenant_id, company_id, id, customer_id, email) VALUES (1, 1, 1, 1, 'lea@example.fr');"));
	CHECK(check_of(arena, "items")->ok);
	CHECK_INT(check_of(arena, "contacts")->missing, 1); /* C2 */
	CHECK_INT(check_of(arena, "due_dates")->missing, 1);
	CHECK(!check_of(arena, "fresh")->ok);
	CHECK_OK(change_as(&everybody, set, (const char *[]){ "bank.iban", "FR7630006000011234567890189" }));
	CHECK(check_of(arena, "bank")->ok);
	CHECK_OK(change_as(&everybody, set, (const char *[]){ "stop_all", "1" }));
	CHECK(!check_of(arena, "stop")->ok);
}

struct rate_call {
	const char *kind, *percent;
	int32_t from;
};
static struct status enter(struct change *change, void *context)
{
	const struct rate_call *call = context;
	return rate_enter(change, call->kind, call->from, call->percent);
}

static void rates(struct store *given)
{
	set_up(given);
	CHECK_OK(change_as(&everybody, enter, &(struct rate_call){ "ecb", "2,65", TODAY }));
	CHECK_OK(change_as(&everybody, enter, &(struct rate_call){ "ecb", "2.90", TODAY }));
	CHECK_INT(number("SELECT basis_points FROM rate"), 290);
	CHECK_INT(change_as(&everybody, enter, &(struct rate_call){ "ecb", "much", TODAY }).code, STATUS_INVALID);
	CHECK_INT(change_as(&everybody, enter, &(struct rate_call){ "ecb", "101", TODAY }).code, STATUS_INVALID);
	CHECK_INT(change_as(&everybody, enter, &(struct rate_call){ "fed", "1", TODAY }).code, STATUS_INVALID);
	CHECK_INT(change_as(&everybody, enter, &(struct rate_call){ "ecb", "1", DAY_NONE }).code, STATUS_INVALID);
	struct rate_entered *list = NULL;
	size_t count = 0;
	cleanup_arena struct arena *arena = arena_new();
	struct db *db = NULL;
	CHECK_OK(store_reader(store, &db));
	CHECK_OK(rate_list(db, &everybody, company.id, arena, &list, &count));
	store_release(store, db);
	CHECK_INT(count, 1);
	CHECK_OK(change_as(&everybody, enter, &(struct rate_call){ "ecb", "", TODAY }));
	CHECK_INT(change_as(&everybody, enter, &(struct rate_call){ "ecb", "", TODAY }).code, STATUS_INVALID);
	CHECK_INT(number("SELECT COUNT(*) FROM rate"), 0);
}

static void lists_and_checks(struct store *given)
{
	set_up(given);
	struct user user = { .id = 7, .email = "lea@example.fr", .role = ROLE_READER };
	CHECK_OK(people_record(store, &everybody, "user.added", &user, NOW));
	CHECK_INT(number("SELECT COUNT(*) FROM event WHERE kind = 'user.added' AND ref = 7"), 1);
	cleanup_arena struct arena *arena = arena_new();
	struct dispute *disputes = NULL;
	size_t count = 9;
	struct db *db = NULL;
	CHECK_OK(store_reader(store, &db));
	CHECK_OK(dispute_list(db, &everybody, company.id, 0, true, arena, &disputes, &count));
	CHECK_INT(count, 0);
	store_release(store, db);
	/* a contact of nobody: only the references complain */
	CHECK_OK(store_transact(store, script, (void *)
	         "INSERT INTO contact (tenant_id, company_id, id, customer_id, email) VALUES (1, 1, 1, 77, 'lea@example.fr');"));
	for (const struct verify_line *line = verify_ledger; line->name; line++) {
		bool ok = false;
		const char *detail = NULL;
		CHECK_OK(store_reader(store, &db));
		CHECK_OK(line->check(db, 1, company.id, arena, &ok, &detail));
		store_release(store, db);
		bool expected = strcmp(line->name, "references") != 0;
		if (ok != expected) printf("  %s: %s\n", line->name, detail);
		CHECK_INT(ok, expected);
		if (!expected) CHECK_TEXT(detail, "1 contacts without customer");
	}
}

#define BOTH(name)                                                                                                             \
	static void name##_both(void)                                                                                          \
	{                                                                                                                      \
		teststore_each(name);                                                                                          \
	}
BOTH(going_live)
BOTH(checklist)
BOTH(rates)
BOTH(lists_and_checks)

TESTS({ "going live drops the test history", going_live_both }, { "the checklist before", checklist_both },
      { "rates that a person enters", rates_both }, { "lists and checks", lists_and_checks_both }, )
