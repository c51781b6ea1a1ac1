/* One message, one page and one answer for a payer and those he pays for; nothing of anybody else. On both stores. */
#include "outreach/sending_desk.h"

#include "ledger/payer_group.h"
#include "ledger/setting.h"
#include "outreach/debtor_account.h"
#include "outreach/debtor_answer.h"
#include "outreach/outbox.h"

/* Customer 1 pays for 2 and 3; 4 is somebody else. */
static void open_group(struct store *store, const char *mode)
{
	open_desk(store);
	add_customer(2, "p2@client.example"), add_customer(3, ""), add_customer(4, "p4@client.example");
	add_item(2, 2, 30000, 11), add_item(3, 3, 5000, 10), add_item(4, 4, 7000, 12);
	add_item(13, 3, -9000, 3); /* more than he owes */
	sql("UPDATE customer SET payer_id = 1 WHERE id IN (2, 3); UPDATE customer SET payer_mode = '%s' WHERE id = 1", mode);
}

static void to_nobody(void *context, const struct smtp_server *server, const struct smtp_mail *mail, struct smtp_result *out)
{
	(void)context, (void)server, (void)mail;
	*out = (struct smtp_result){ .outcome = SMTP_SENT };
}

static void the_message_lists_each(struct store *store)
{
	open_group(store, "together");
	int64_t id = number("SELECT 0"), outbox;
	cleanup_arena struct arena *arena = arena_new();
	struct run_result result;
	CHECK_OK(run_day(desk.store, &desk.viewer, desk.company.id, desk.today, desk.now, &(struct run_options){ 0 }, arena, &result));
	for (size_t i = 0; i < result.action_count; i++)
		if (result.actions[i].customer_id == 1 && result.actions[i].channel == CHANNEL_EMAIL) id = result.actions[i].id;
	CHECK(id > 0);
	outbox = confirm(id);
	struct db *db = NULL;
	struct outbox_row row = { .text = "" }, *rows;
	size_t count;
	CHECK_OK(store_reader(store, &db));
	CHECK_OK(outbox_get(db, &desk.viewer, desk.company.id, outbox, arena, &row));
	CHECK(strstr(row.text, "FA0001") && strstr(row.text, "FA0002") && !strstr(row.text, "FA0004"));
	CHECK(!strstr(row.text, "FA0003") && !strstr(row.text, "FA0013")); /* covered by his own credit, which is nobody else's */
	CHECK(strstr(row.text, "Client 2 · C00002") && strstr(row.text, "500,00")); /* 1 200 + 300 */
	CHECK(strstr(row.html, "Client 2 · C00002"));
	/* kept in the file of each whose items it lists */
	CHECK_OK(outbox_list(db, &desk.viewer, desk.company.id, &(struct outbox_filter){ .customer_id = 2 }, arena, &rows, &count));
	CHECK(count == 1 && rows[0].id == outbox);
	CHECK_OK(outbox_list(db, &desk.viewer, desk.company.id, &(struct outbox_filter){ .customer_id = 4 }, arena, &rows, &count));
	CHECK(count == 0);
	struct outbox_file *files;
	CHECK_OK(outbox_files(db, &desk.viewer, desk.company.id, outbox, arena, &files, &count));
	CHECK(count >= 1);
	store_release(store, db);
	/* whoever does not see one of them sees neither the message nor its files */
	sql("UPDATE customer SET collector_id = 9 WHERE id = 1");
	struct viewer one = { .tenant_id = TENANT, .user_id = 9, .role = ROLE_COLLECTOR, .rights = role_rights(ROLE_COLLECTOR), .portfolio = PORTFOLIO_OWN };
	struct attachment file;
	CHECK_OK(store_reader(store, &db));
	CHECK(outbox_get(db, &one, desk.company.id, outbox, arena, &row).code == STATUS_NOT_FOUND);
	CHECK(outbox_file(db, &one, desk.company.id, files[0].id, arena, &file).code == STATUS_NOT_FOUND);
	CHECK_OK(outbox_list(db, &one, desk.company.id, &(struct outbox_filter){ 0 }, arena, &rows, &count));
	CHECK(count == 0);
	store_release(store, db);
	struct sender_result sent;
	CHECK_OK(sender_turn(store, TENANT, &(struct sender_options){ .holder = "test", .clock = desk.clock, .transport = to_nobody }, &sent));
	CHECK_INT(sent.sent, 1);
	CHECK(number("SELECT COUNT(*) FROM event WHERE kind = 'action.sent' AND customer_id IN (1, 2)") == 2);
}

static void a_payment_between_plan_and_sending(struct store *store)
{
	open_group(store, "netted");
	int64_t id = 0;
	cleanup_arena struct arena *arena = arena_new();
	struct run_result result;
	CHECK_OK(run_day(desk.store, &desk.viewer, desk.company.id, desk.today, desk.now, &(struct run_options){ 0 }, arena, &result));
	for (size_t i = 0; i < result.action_count; i++)
		if (result.actions[i].customer_id == 1 && result.actions[i].channel == CHANNEL_EMAIL) {
			id = result.actions[i].id;
			CHECK_INT(result.actions[i].amount, 146000);
		}
	confirm(id);
	sql("UPDATE item SET open_amount = 0, closed_day = %d WHERE id = 2; UPDATE company SET rev = rev + 1;"
	    "UPDATE customer SET ledger_rev = (SELECT MAX(rev) FROM company) WHERE id = 2", (int)desk.today);
	struct sender_result sent;
	CHECK_OK(sender_turn(store, TENANT, &(struct sender_options){ .holder = "test", .clock = desk.clock, .transport = to_nobody }, &sent));
	CHECK(sent.sent == 0 && sent.cancelled == 1);
}

struct answering {
	struct debtor_link link;
	struct answer_new answer;
	struct answer_done done;
};
static struct status answer_work(struct db *db, void *context)
{
	struct answering *work = context;
	cleanup_arena struct arena *arena = arena_new();
	struct change change;
	TRY(in_change(db, &change));
	TRY(debtor_answer(&change, &work->link, &work->answer, arena, &work->done));
	return company_end(&change);
}

static bool shows(const struct debtor_page *page, int64_t item)
{
	for (size_t a = 0; a < page->account_count; a++)
		for (size_t i = 0; i < page->accounts[a].count; i++)
			if (page->accounts[a].items[i].id == item) return true;
	return false;
}

static struct debtor_page page_of(struct store *store, int64_t customer, struct arena *arena)
{
	struct db *db = NULL;
	struct debtor_page page = { 0 };
	const struct settings *settings;
	CHECK_OK(store_reader(store, &db));
	CHECK_OK(settings_load(db, TENANT, desk.company.id, arena, &settings));
	CHECK_OK(debtor_page_load(db, &desk.company, settings, customer, desk.today, arena, &page));
	store_release(store, db);
	return page;
}

static void his_page_shows_theirs_and_nothing_else(struct store *store)
{
	open_group(store, "together");
	cleanup_arena struct arena *arena = arena_new();
	struct compose_facts statement;
	sql("UPDATE customer SET discount_days = 10, discount_rate = 200 WHERE id = 1");
	struct debtor_page page = page_of(store, 1, arena);
	CHECK(shows(&page, 1) && shows(&page, 2) && shows(&page, 3) && shows(&page, 13) && !shows(&page, 4));
	debtor_account_facts(&page, &page.accounts[0], arena, &statement);
	CHECK_INT(statement.discount_rate, 0); /* his discount is granted on his own items alone */
	CHECK_INT(page.accounts[0].asked, 150000); /* his credit of 90 covers 50 of his own and nothing of the others */
	debtor_account_pick(&page.accounts[0], (int64_t[]){ 2, 13 }, 2);
	CHECK_INT(page.accounts[0].asked, 30000);
	page = page_of(store, 2, arena);
	CHECK(shows(&page, 2) && !shows(&page, 1) && !shows(&page, 3));
	sql("UPDATE customer SET payer_mode = 'netted' WHERE id = 1");
	page = page_of(store, 1, arena);
	CHECK_INT(page.accounts[0].asked, 146000);
	sql("UPDATE customer SET insolvency_day = %d WHERE id = 3", (int)desk.today - 1);
	page = page_of(store, 1, arena);
	CHECK(!shows(&page, 3) && !shows(&page, 13) && shows(&page, 2));
	sql("UPDATE customer SET payer_mode = 'apart' WHERE id = 1");
	page = page_of(store, 1, arena);
	CHECK(shows(&page, 1) && !shows(&page, 2));
	debtor_account_facts(&page, &page.accounts[0], arena, &statement);
	CHECK_INT(statement.discount_rate, 200);
}

static void an_answer_for_several_is_one_of_each(struct store *store)
{
	open_group(store, "together");
	set((const char *const[]){ "debtor.on_promise", "at_once", NULL });
	struct answering work = { .link = { .tenant_id = TENANT, .company_id = desk.company.id, .id = 77, .customer_id = 1, .recipient = "" },
	                          .answer = { .kind = ANSWER_PROMISE, .items = (int64_t[]){ 1, 2 }, .count = 2, .day = desk.today + 4, .key = "k" } };
	CHECK_OK(store_transact(store, answer_work, &work));
	CHECK(number("SELECT COUNT(*) FROM answer WHERE customer_id IN (1, 2) AND state = 'done'") == 2);
	CHECK(number("SELECT COUNT(*) FROM promise WHERE customer_id = 1") == 1 && number("SELECT COUNT(*) FROM promise WHERE customer_id = 2") == 1);
	CHECK(number("SELECT COUNT(*) FROM promise_item WHERE item_id IN (1, 2)") == 2);
	CHECK_OK(store_transact(store, answer_work, &work)); /* a double tap */
	CHECK(work.done.again && number("SELECT COUNT(*) FROM answer") == 2);
	/* another customer's item is as if it did not exist, also beside his own */
	work.answer.items = (int64_t[]){ 1, 4 }, work.answer.key = "l";
	CHECK(store_transact(store, answer_work, &work).code == STATUS_CONFLICT);
	sql("UPDATE customer SET payer_mode = 'apart' WHERE id = 1");
	work.answer.items = (int64_t[]){ 2 }, work.answer.count = 1, work.answer.key = "m";
	CHECK(store_transact(store, answer_work, &work).code == STATUS_CONFLICT);
	CHECK(number("SELECT COUNT(*) FROM answer") == 2);
}

/* A colleague in copy gets no items of customers whom he does not see. */
static void a_copy_goes_to_who_sees_all(struct store *store)
{
	for (int sees = 0; sees < 2; sees++) {
		if (sees) sql("UPDATE user_account SET portfolio = 'all' WHERE id = 78; DELETE FROM outbox; DELETE FROM action; DELETE FROM action_item; DELETE FROM action_member;"
		              "DELETE FROM buyer_contact");
		else {
			open_group(store, "together");
			sql("INSERT INTO user_account (tenant_id, id, email, name, role, portfolio, created_at) VALUES (1, 78, 'one@brevent.example', 'One', 'collector', 'own', 0);"
			    "UPDATE customer SET collector_id = 78 WHERE id = 1;"
			    "INSERT INTO preference (tenant_id, company_id, customer_id, copies) VALUES (1, 1, 1, 'collector')");
		}
		plan();
		int64_t id = number("SELECT MAX(id) FROM action WHERE customer_id = 1 AND state = 'to_confirm'");
		CHECK(id > 0 && number("SELECT COUNT(*) FROM action_member WHERE action_id = %lld", (long long)id) == 1);
		confirm(id);
		CHECK(is_text(sees ? "one@brevent.example" : "", "SELECT copies FROM outbox"));
		/* nor would he print it */
		sql("UPDATE action SET channel = 'letter', state = 'to_confirm' WHERE id = %lld", (long long)id);
		struct viewer one = { .tenant_id = TENANT, .user_id = 78, .role = ROLE_COLLECTOR, .rights = role_rights(ROLE_COLLECTOR), .portfolio = sees ? PORTFOLIO_ALL : PORTFOLIO_OWN };
		cleanup_arena struct arena *arena = arena_new();
		struct db *db = NULL;
		struct letter_row *letters;
		size_t count;
		CHECK_OK(store_reader(store, &db));
		CHECK_OK(letters_list(db, &one, desk.company.id, desk.today, arena, &letters, &count));
		CHECK_INT(count, sees);
		store_release(store, db);
	}
}

static int64_t asked_for(struct store *store, int64_t customer)
{
	struct db *db = NULL;
	const struct settings *settings;
	int64_t asked = 0;
	cleanup_arena struct arena *arena = arena_new();
	CHECK_OK(store_reader(store, &db));
	CHECK_OK(settings_load(db, TENANT, desk.company.id, arena, &settings));
	CHECK_OK(payer_group_asked(db, &desk.company, settings, customer, desk.today, &asked));
	store_release(store, db);
	return asked;
}

static void who_is_asked_for_whom(struct store *store)
{
	open_group(store, "together");
	CHECK(asked_for(store, 2) == 1 && asked_for(store, 1) == 1 && asked_for(store, 4) == 4);
	sql("UPDATE customer SET insolvency_day = %d WHERE id = 1", (int)desk.today);
	CHECK(asked_for(store, 2) == 2);
	sql("UPDATE customer SET insolvency_day = NULL, payer_mode = '' WHERE id = 1");
	CHECK(asked_for(store, 2) == 2); /* apart is the usual way */
	set((const char *const[]){ "engine.payer", "netted", NULL });
	CHECK(asked_for(store, 2) == 1);
	sql("UPDATE customer SET payer_id = 4 WHERE id = 1"); /* a chain, after two were made one: no group */
	CHECK(asked_for(store, 2) == 2 && asked_for(store, 1) == 4);
}

BOTH(the_message_lists_each)
BOTH(a_copy_goes_to_who_sees_all)
BOTH(who_is_asked_for_whom)
BOTH(a_payment_between_plan_and_sending)
BOTH(his_page_shows_theirs_and_nothing_else)
BOTH(an_answer_for_several_is_one_of_each)

TESTS({ "the message lists each", the_message_lists_each_on_both },
      { "a copy goes to who sees all", a_copy_goes_to_who_sees_all_on_both },
      { "who is asked for whom", who_is_asked_for_whom_on_both },
      { "a payment between plan and sending", a_payment_between_plan_and_sending_on_both },
      { "his page shows theirs and nothing else", his_page_shows_theirs_and_nothing_else_on_both },
      { "an answer for several is one of each", an_answer_for_several_is_one_of_each_on_both })
