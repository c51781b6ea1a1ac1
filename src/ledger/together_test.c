/* Who is told of what, on both stores: never of a customer he may not see. */
#include "ledger/together.h"

#include "base/day.h"
#include "base/memory.h"
#include "base/test.h"
#include "db/teststore.h"
#include "ledger/event.h"

enum { TENANT = 1 };
static struct {
	struct store *store;
	struct viewer system, manager;
	int32_t today;
	int64_t now, ids[5]; /* manager, claire (collector, own), paul (collector, own), sales, reader */
} desk;

static int64_t number(const char *query)
{
	struct db *db = NULL;
	int64_t out = -1;
	CHECK_OK(store_reader(desk.store, &db));
	CHECK_OK(db_get_int(db, query, DB_NO_ARGS, &out, NULL));
	store_release(desk.store, db);
	return out;
}

static struct status run_sql(struct db *db, void *context)
{
	return db_script(db, context);
}

static void sql(const char *script)
{
	CHECK_OK(store_transact(desk.store, run_sql, (void *)(uintptr_t)script));
}

static struct viewer as(int which)
{
	struct db *db = NULL;
	struct viewer viewer;
	CHECK_OK(store_reader(desk.store, &db));
	CHECK_OK(user_viewer(db, TENANT, desk.ids[which], &viewer));
	store_release(desk.store, db);
	return viewer;
}

/* Customers 1 and 2 are Claire's, 3 is Paul's. */
static void open_desk(struct store *store)
{
	static const struct {
		const char *email, *name;
		enum role role;
	} people[] = { { "manager@x.example", "Max", ROLE_CREDIT_MANAGER }, { "claire.lefort@x.example", "Claire", ROLE_COLLECTOR }, { "paul@x.example", "Paul", ROLE_COLLECTOR },
		       { "vente@x.example", "Vera", ROLE_SALES }, { "lecteur@x.example", "Rene", ROLE_READER } };
	desk.store = store, desk.system = viewer_system(TENANT), desk.today = day_from_civil(2026, 1, 15), desk.now = 1768467600;
	CHECK_OK(company_create(store, &desk.system, (struct company_new){ .name = "Brévent", .code = "BRE" }, 1000, &(struct company){ 0 }));
	for (size_t i = 0; i < COUNT(people); i++) {
		char made[USER_PASSWORD_MADE];
		struct user user;
		CHECK_OK(user_add(store, &desk.system, (struct user_new){ people[i].email, people[i].name, people[i].role, "a long password" }, 1000, made, &user));
		desk.ids[i] = user.id;
	}
	char script[900];
	snprintf(script, sizeof script,
	         "UPDATE user_account SET portfolio = 'own' WHERE id IN (%lld, %lld);"
	         "INSERT INTO customer (tenant_id, company_id, id, code, name, collector_id, created_at, rev, ledger_rev) VALUES (1, 1, 1, 'C1', 'Un', %lld, 0, 1, 1);"
	         "INSERT INTO customer (tenant_id, company_id, id, code, name, collector_id, created_at, rev, ledger_rev) VALUES (1, 1, 2, 'C2', 'Deux', %lld, 0, 1, 1);"
	         "INSERT INTO customer (tenant_id, company_id, id, code, name, collector_id, created_at, rev, ledger_rev) VALUES (1, 1, 3, 'C3', 'Trois', %lld, 0, 1, 1)",
	         (long long)desk.ids[1], (long long)desk.ids[2], (long long)desk.ids[1], (long long)desk.ids[1], (long long)desk.ids[2]);
	sql(script);
	desk.manager = as(0);
}

struct call {
	enum { COMMENT, TASK, DONE, MOVE, WATCH, NOTIFY, HAND } what;
	const struct viewer *viewer;
	int64_t customer, a, b;
	const char *text;
	int called;
	int64_t count;
};

static struct status work(struct db *db, void *context)
{
	struct call *call = context;
	struct change change;
	TRY(company_begin(db, call->viewer, 1, desk.today, desk.now, &change));
	switch (call->what) {
	case COMMENT: TRY(comment_add(&change, call->customer, call->text, &call->called)); break;
	case TASK: TRY(task_add(&change, &(struct task_new){ call->customer, call->a, desk.today + (int32_t)call->b, call->text }, &call->count)); break;
	case DONE: TRY(task_done(&change, call->a, call->text)); break;
	case MOVE: TRY(task_move(&change, call->a, desk.today + 5, call->b)); break;
	case WATCH: TRY(watch_set(&change, call->customer, call->a != 0)); break;
	case NOTIFY:
		TRY(notify_customer(&change, call->customer, "reply", 9, call->text));
		TRY(event_add(&change, &(struct event_new){ .kind = "reply.noted", .customer_id = call->customer }));
		break;
	case HAND: TRY(portfolio_hand(&change, call->a, call->b, call->text, &call->count)); break;
	}
	return company_end(&change);
}

static struct status act(struct call *call)
{
	return store_transact(desk.store, work, call);
}

static size_t told(int which)
{
	struct viewer viewer = as(which);
	struct db *db = NULL;
	cleanup_arena struct arena *arena = arena_new();
	struct notification *list;
	size_t count;
	CHECK_OK(store_reader(desk.store, &db));
	CHECK_OK(notification_list(db, &viewer, 1, true, 50, arena, &list, &count));
	store_release(desk.store, db);
	return count;
}

static void a_mention_is_told_to_who_may_see(struct store *store)
{
	open_desk(store);
	struct call call = { .what = COMMENT, .viewer = &desk.manager, .customer = 1, .text = "@claire.lefort peux-tu rappeler ? @paul aussi, et @personne. paul@x.example n’est pas un appel." };
	CHECK_OK(act(&call));
	CHECK_INT(call.called, 1); /* Paul does not see this customer */
	CHECK_INT(told(1), 1);
	CHECK_INT(told(2), 0);
	call = (struct call){ .what = COMMENT, .viewer = &desk.manager, .customer = 3, .text = "Vu avec @PAUL." };
	CHECK_OK(act(&call));
	CHECK_INT(told(2), 1);
	call.text = "pas @paula ni a@paul", call.called = 0;
	CHECK_OK(act(&call));
	CHECK_INT(call.called, 0);
	/* he loses the customer: what he was told of him is no longer shown */
	sql("UPDATE customer SET collector_id = 0 WHERE id = 3");
	CHECK_INT(told(2), 0);
	struct viewer reader = as(4);
	CHECK(act(&(struct call){ .what = COMMENT, .viewer = &reader, .customer = 1, .text = "non" }).code == STATUS_FORBIDDEN);
}

static void tasks_have_an_owner_who_sees_them(struct store *store)
{
	open_desk(store);
	struct call call = { .what = TASK, .viewer = &desk.manager, .customer = 1, .a = desk.ids[2], .b = 1, .text = "rappeler" };
	CHECK(act(&call).code == STATUS_INVALID); /* Paul does not see him */
	call.a = desk.ids[1], call.b = -1;
	CHECK(act(&call).code == STATUS_INVALID); /* yesterday */
	call.b = 0;
	CHECK_OK(act(&call));
	CHECK_INT(told(1), 1);
	struct viewer claire = as(1), paul = as(2);
	struct db *db = NULL;
	cleanup_arena struct arena *arena = arena_new();
	struct task *list;
	size_t count;
	int64_t due = 0;
	CHECK_OK(store_reader(store, &db));
	CHECK_OK(task_list(db, &claire, 1, 0, claire.user_id, true, arena, &list, &count));
	CHECK_INT(count, 1);
	CHECK_TEXT(list[0].owner, "Claire");
	CHECK_OK(task_due(db, &claire, 1, desk.today, &due));
	CHECK_INT(due, 1);
	CHECK_OK(task_list(db, &paul, 1, 0, 0, true, arena, &list, &count));
	CHECK_INT(count, 0);
	store_release(store, db);
	CHECK(act(&(struct call){ .what = DONE, .viewer = &paul, .a = call.count, .text = "" }).code == STATUS_NOT_FOUND);
	CHECK_OK(act(&(struct call){ .what = MOVE, .viewer = &claire, .a = call.count, .b = 0 }));
	CHECK_INT(number("SELECT due_day FROM task"), desk.today + 5);
	CHECK_OK(act(&(struct call){ .what = DONE, .viewer = &claire, .a = call.count, .text = "fait, paie vendredi" }));
	CHECK(act(&(struct call){ .what = DONE, .viewer = &claire, .a = call.count, .text = "" }).code == STATUS_NOT_FOUND); /* a second click */
	CHECK_INT(told(0), 1); /* who gave it hears that it is done */
}

static void followers_and_the_collector_hear_of_an_answer(struct store *store)
{
	open_desk(store);
	struct viewer sales = as(3);
	CHECK_OK(act(&(struct call){ .what = WATCH, .viewer = &desk.manager, .customer = 1, .a = 1 }));
	CHECK(act(&(struct call){ .what = WATCH, .viewer = &desk.manager, .customer = 1, .a = 1 }).code == STATUS_CONFLICT);
	CHECK(act(&(struct call){ .what = WATCH, .viewer = &sales, .customer = 1, .a = 1 }).code == 0 || sales.portfolio != PORTFOLIO_ALL);
	CHECK_OK(act(&(struct call){ .what = NOTIFY, .viewer = &desk.system, .customer = 1, .text = "Le virement part." }));
	CHECK_INT(told(0), 1);
	CHECK_INT(told(1), 1);
	CHECK_INT(told(2), 0);
	CHECK_OK(act(&(struct call){ .what = WATCH, .viewer = &desk.manager, .customer = 1, .a = 0 }));
	CHECK_OK(act(&(struct call){ .what = NOTIFY, .viewer = &desk.system, .customer = 1, .text = "Encore." }));
	CHECK_INT(told(0), 1);
}

static void a_portfolio_changes_hands_whole(struct store *store)
{
	open_desk(store);
	struct call task = { .what = TASK, .viewer = &desk.manager, .customer = 2, .a = desk.ids[1], .b = 3, .text = "rappeler" };
	CHECK_OK(act(&task));
	struct viewer claire = as(1);
	CHECK(act(&(struct call){ .what = HAND, .viewer = &claire, .a = desk.ids[1], .b = desk.ids[2], .text = "" }).code == STATUS_FORBIDDEN);
	CHECK(act(&(struct call){ .what = HAND, .viewer = &desk.manager, .a = desk.ids[1], .b = desk.ids[4], .text = "" }).code == STATUS_INVALID); /* a reader collects nothing */
	struct call call = { .what = HAND, .viewer = &desk.manager, .a = desk.ids[1], .b = desk.ids[2], .text = "congé maternité" };
	CHECK_OK(act(&call));
	CHECK_INT(call.count, 2);
	CHECK(act(&call).code == STATUS_NOT_FOUND); /* nothing left: a second click */
	char query[200];
	snprintf(query, sizeof query, "SELECT COUNT(*) FROM customer WHERE collector_id = %lld", (long long)desk.ids[2]);
	CHECK_INT(number(query), 3);
	snprintf(query, sizeof query, "SELECT COUNT(*) FROM task WHERE owner_id = %lld AND done_at = 0", (long long)desk.ids[2]);
	CHECK_INT(number(query), 1);
	CHECK_INT(number("SELECT COUNT(*) FROM event WHERE kind = 'customer.handed'"), 2);
	CHECK_INT(told(2), 1);
}

#define BOTH(name)                                                                                                             \
	static void name##_on_both(void)                                                                                       \
	{                                                                                                                      \
		teststore_each(name);                                                                                          \
	}
BOTH(a_mention_is_told_to_who_may_see)
BOTH(tasks_have_an_owner_who_sees_them)
BOTH(followers_and_the_collector_hear_of_an_answer)
BOTH(a_portfolio_changes_hands_whole)

TESTS({ "a mention is told to who may see", a_mention_is_told_to_who_may_see_on_both },
      { "tasks have an owner who sees them", tasks_have_an_owner_who_sees_them_on_both },
      { "followers and the collector hear of an answer", followers_and_the_collector_hear_of_an_answer_on_both },
      { "a portfolio changes hands whole", a_portfolio_changes_hands_whole_on_both })
