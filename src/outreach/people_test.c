/* Who gets a step's message, who has a copy, who signs: as the published step says. On both stores. */
#include "access/user.h"
#include "base/memory.h"
#include "base/test.h"
#include "db/teststore.h"
#include "dunning/plan_load.h"
#include "outreach/facts.h"
#include "outreach/outbox.h"

static struct store *desk;
static struct viewer viewer;
static struct company company;

static struct status run_sql(struct db *db, void *context) { return db_script(db, context); }
[[gnu::format(printf, 1, 2)]] static void sql(const char *format, ...)
{
	cleanup_free char *script = NULL;
	va_list args;
	va_start(args, format);
	if (vasprintf(&script, format, args) < 0) abort();
	va_end(args);
	CHECK_OK(store_transact(desk, run_sql, script));
}

static struct status publish(struct db *db, void *context)
{
	struct change change;
	TRY(company_begin(db, &viewer, company.id, 20500, 20500 * 86400LL, &change));
	TRY(scenario_draft(&change, context));
	TRY(scenario_publish(&change, "average", MIDWAY_STEP));
	return company_end(&change);
}

static struct compose_facts facts_now(struct arena *arena)
{
	struct db *db;
	struct compose_facts facts = { 0 };
	const struct settings *settings;
	CHECK_OK(store_reader(desk, &db));
	CHECK_OK(settings_load(db, 1, company.id, arena, &settings));
	CHECK_OK(facts_of_action(db, &viewer, &company, settings, 1, 20500, arena, &facts, NULL));
	store_release(desk, db);
	return facts;
}

static void as_the_step_says(struct store *store)
{
	cleanup_arena struct arena *arena = arena_new();
	desk = store, viewer = viewer_system(1);
	CHECK_OK(company_create(store, &viewer, (struct company_new){ .name = "Test", .code = "T" }, 1000, &company));
	struct user sales, head;
	char made[USER_PASSWORD_MADE];
	CHECK_OK(user_add(store, &viewer, (struct user_new){ .email = "vente@example.org", .name = "Victor", .role = ROLE_SALES, .password = "un mot de passe" }, 1000, made, &sales));
	CHECK_OK(user_add(store, &viewer, (struct user_new){ .email = "daf@example.org", .name = "Denise", .role = ROLE_COLLECTOR, .password = "un mot de passe" }, 1000, made, &head));
	sql("INSERT INTO customer (tenant_id, company_id, id, code, name, class, sales_id, collector_id, created_at) VALUES (1, %d, 1, 'C1', 'Client', 'professional', %d, %d, 0);"
	    "INSERT INTO contact (tenant_id, company_id, id, customer_id, name, email, role, main) VALUES (1, %d, 1, 1, 'Anne', 'anne@client.fr', 'billing', 1),"
	    " (1, %d, 2, 1, 'Marc', 'marc@client.fr', 'manager', 0);"
	    "INSERT INTO action (tenant_id, company_id, id, customer_id, plan_day, scenario, scenario_version, step, step_rank, channel, mode, state, test, currency, amount, created_at)"
	    " VALUES (1, %d, 1, 1, 20500, 'average', 1, 'reminder', 3, 'email', 'confirm', 'to_confirm', 1, 'EUR', 0, 0);"
	    "INSERT INTO setting (tenant_id, company_id, name, value) VALUES (1, %d, 'escalation.sender', 'daf@example.org')",
	    (int)company.id, (int)sales.id, (int)head.id, (int)company.id, (int)company.id, (int)company.id, (int)company.id);
	struct scenario *scenario = arena_make(arena, struct scenario);
	*scenario = *scenario_ready("average");
	struct step *step = &scenario->steps[scenario_step(scenario, "reminder")];
	snprintf(step->recipient, sizeof step->recipient, "manager");
	step->copy_sales = step->copy_collector = true, step->sender = SENDER_ESCALATED;
	CHECK_OK(store_transact(store, publish, scenario));
	struct compose_facts facts = facts_now(arena);
	CHECK_TEXT(facts.recipient, "marc@client.fr");
	CHECK_TEXT(facts.copies, "vente@example.org,daf@example.org");
	CHECK_TEXT(facts.sender.user_name, "Denise");

	/* nobody of that role: the fallback, else the main contact; or, where the step says so, nobody */
	sql("UPDATE contact SET bounced_at = 5 WHERE id = 2");
	CHECK_TEXT(facts_now(arena).recipient, "anne@client.fr");
	snprintf(step->fallback, sizeof step->fallback, "none");
	CHECK_OK(store_transact(store, publish, scenario));
	sql("UPDATE action SET scenario_version = 2");
	CHECK_TEXT(facts_now(arena).recipient, "");
	sql("UPDATE contact SET bounced_at = 0 WHERE id = 2");
	step->sender = SENDER_SALES;
	CHECK_OK(store_transact(store, publish, scenario));
	sql("UPDATE action SET scenario_version = 3");
	facts = facts_now(arena);
	CHECK_TEXT(facts.recipient, "marc@client.fr");
	CHECK_TEXT(facts.sender.user_name, "Victor");
}

static void as_the_step_says_on_both(void) { teststore_each(as_the_step_says); }
TESTS({ "as the step says", as_the_step_says_on_both })
