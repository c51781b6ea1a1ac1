/* What a colleague has not seen leaves once a day, on both stores, through a real mail server. */
#include "outreach/digest.h"

#include "base/day.h"
#include "base/memory.h"
#include "base/test.h"
#include "db/teststore.h"
#include "ledger/together.h"
#include "outreach/testmail.h"

static struct store *at;
static struct viewer claire_viewer;

static struct status run_sql(struct db *db, void *context)
{
	return db_script(db, context);
}

static struct status want_none(struct db *db, void *context)
{
	(void)context;
	return digest_want(db, &claire_viewer, false);
}

static int send_at(const struct company *company, int minutes, int64_t now)
{
	struct viewer system = viewer_system(1);
	int sent = -1;
	CHECK_OK(digest_send(at, &system, company, 20468, minutes, now, &sent));
	return sent;
}

static void once_a_day_and_only_what_is_not_seen(struct store *store)
{
	enum { NOW = 1768467600 };
	struct viewer system = viewer_system(1);
	struct company company;
	struct user claire;
	char made[USER_PASSWORD_MADE], script[1500];
	at = store;
	CHECK_OK(company_create(store, &system, (struct company_new){ .name = "Brévent", .code = "BRE" }, 1000, &company));
	CHECK_OK(user_add(store, &system, (struct user_new){ "claire@brevent.example", "Claire", ROLE_CREDIT_MANAGER, "a long password" }, 1000, made, &claire));
	claire_viewer = system, claire_viewer.user_id = claire.id;
	struct testmail mail = testmail_start("/usr/bin/python3", "real.py", NULL);
	snprintf(script, sizeof script,
	         "INSERT INTO customer (tenant_id, company_id, id, code, name, created_at, rev, ledger_rev) VALUES (1, 1, 1, 'C1', 'Tôlerie', 0, 1, 1);"
	         "INSERT INTO notification (tenant_id, company_id, id, user_id, at, kind, customer_id, text) VALUES (1, 1, 1, %lld, 5, 'mention', 1, 'peux-tu <rappeler> ?');"
	         "INSERT INTO notification (tenant_id, company_id, id, user_id, at, kind, customer_id, text, seen_at) VALUES (1, 1, 2, %lld, 5, 'mention', 1, 'vu', 6);"
	         "INSERT INTO setting (tenant_id, company_id, name, value) VALUES (1, 1, 'mail.host', '127.0.0.1'); INSERT INTO setting (tenant_id, company_id, name, value) VALUES (1, 1, 'mail.port', '1');"
	         "INSERT INTO setting (tenant_id, company_id, name, value) VALUES (1, 1, 'mail.security', 'none'); INSERT INTO setting (tenant_id, company_id, name, value) VALUES (1, 1, 'mail.from', 'r@brevent.example')",
	         (long long)claire.id, (long long)claire.id);
	CHECK_OK(store_transact(store, run_sql, script));
	CHECK_INT(send_at(&company, 9 * 60, NOW), 0); /* no server there: it is not lost */
	snprintf(script, sizeof script, "UPDATE setting SET value = '%d' WHERE name = 'mail.port'", mail.port);
	CHECK_OK(store_transact(store, run_sql, script));
	CHECK_INT(send_at(&company, 7 * 60, NOW), 0); /* too early */
	CHECK_INT(send_at(&company, 9 * 60, NOW), 1);
	CHECK_INT(send_at(&company, 10 * 60, NOW + 3600), 0);
	CHECK_INT(send_at(&company, 9 * 60, NOW + 86400), 0); /* each thing once */
	CHECK_INT(testmail_count(&mail), 1);
	cleanup_free char *text = testmail_read(&mail, "0001.eml");
	CHECK(strstr(text, "-> claire@brevent.example") && strstr(text, "&lt;rappeler&gt;") && !strstr(text, "- Tôlerie: vu"));
	snprintf(script, sizeof script, "INSERT INTO notification (tenant_id, company_id, id, user_id, at, kind, customer_id, text) VALUES (1, 1, 3, %lld, 5, 'mention', 1, 'encore')", (long long)claire.id);
	CHECK_OK(store_transact(store, run_sql, script));
	CHECK_OK(store_transact(store, want_none, NULL));
	CHECK_INT(send_at(&company, 9 * 60, NOW + 2 * 86400), 0); /* he wants none */
	testmail_stop(&mail);
}

static void on_both(void)
{
	teststore_each(once_a_day_and_only_what_is_not_seen);
}

TESTS({ "once a day, and only what is not seen", on_both })
