/* From a planned mail to what became of it, with a real server, a hostile one, and a sender that is killed. On both stores. */
#include "outreach/sending_desk.h"

static void a_mail_leaves_once(struct store *store)
{
	open_desk(store);
	struct testmail mail = testmail_start("/usr/bin/python3", "real.py", NULL);
	server_is(mail.port);
	int64_t action = plan();
	CHECK(action);
	confirm(action);
	CHECK(!confirmed.held);
	CHECK(is_text("queued", OUTBOX_STATE) && is_text("queued", ACTION_STATE));
	CHECK_INT(turn().sent, 1);
	CHECK(is_text("sent", OUTBOX_STATE) && is_text("sent", ACTION_STATE));
	CHECK_INT(turn().sent, 0);
	CHECK_INT(testmail_count(&mail), 1);
	cleanup_free char *got = testmail_read(&mail, "0001.eml");
	CHECK(strstr(got, "-> paul@client.example"));
	CHECK(strstr(got, "application/pdf") && strstr(got, "filename=releve-c00001-2026-01-15.pdf"));
	/* confirming the same action again sends nothing */
	struct status again = store_transact(desk.store, confirm_work, &action);
	CHECK_INT(again.code, STATUS_CONFLICT);
	CHECK_INT(number("SELECT COUNT(*) FROM outbox"), 1);
	CHECK_INT(number("SELECT COUNT(*) FROM document"), 1);
	CHECK_INT(number("SELECT COUNT(*) FROM event WHERE kind = 'action.sent'"), 1);
	testmail_stop(&mail);
}

static void test_mode_sends_nothing(struct store *store)
{
	open_desk(store);
	sql("UPDATE company SET live = 0");
	desk.company.live = false;
	struct testmail mail = testmail_start("/usr/bin/python3", "real.py", NULL);
	server_is(mail.port);
	int64_t action = plan();
	CHECK(action);
	confirm(action);
	CHECK(confirmed.held);
	CHECK(confirmed.simulated);
	CHECK(is_text("simulated", OUTBOX_STATE) && is_text("queued", ACTION_STATE));
	CHECK_INT(turn().sent, 0);
	CHECK_INT(testmail_count(&mail), 0);
	CHECK(number("SELECT length(body_text) FROM outbox") > 100); /* what would leave can be read */
	testmail_stop(&mail);
}

/* What was confirmed in test mode does not stand in the way: the clock goes on, and so does the ladder, with or without a mail server. */
static void a_simulated_message_lets_later_steps_be_seen(struct store *store)
{
	open_desk(store);
	sql("UPDATE company SET live = 0");
	desk.company.live = false;
	set((const char *const[]){ "mail.host", "", "stale.days", "365", NULL });
	int64_t first = plan();
	CHECK(first);
	confirm(first);
	CHECK(confirmed.simulated);
	CHECK_INT(plan(), 0); /* nothing more on that day */
	CHECK(is_text("queued", ACTION_STATE));
	int64_t next = 0;
	for (int i = 0; i < 30 && !next; i++) {
		desk.today++, desk.clock.today++, desk.now += 86400;
		plan();
		next = number("SELECT COALESCE(MAX(id), 0) FROM action WHERE state IN ('planned', 'to_confirm')");
	}
	CHECK(next && next != first);
	CHECK(is_text("sent", "SELECT state FROM action WHERE id = (SELECT MIN(action_id) FROM outbox)"));
	CHECK_INT(number("SELECT done_day FROM action WHERE id = %lld", (long long)first), day_from_civil(2026, 1, 15));
	CHECK_INT(number("SELECT COUNT(*) FROM event WHERE kind = 'action.simulated' AND customer_id = 1"), 1);
	CHECK(number("SELECT step_rank FROM action WHERE id = %lld", (long long)next) >=
	      number("SELECT step_rank FROM action WHERE id = %lld", (long long)first));
	/* going live forgets the trial and sends none of it */
	sql("UPDATE company SET live = 1");
	CHECK_INT(turn().sent, 0);
	CHECK_INT(number("SELECT COUNT(*) FROM outbox WHERE state = 'simulated'"), 1);
}

static void without_a_server_it_waits_for_one(struct store *store)
{
	open_desk(store);
	set((const char *const[]){ "mail.host", "", NULL });
	confirm(plan());
	CHECK(confirmed.held);
	CHECK_INT(turn().sent, 0);
	struct testmail mail = testmail_start("/usr/bin/python3", "real.py", NULL);
	server_is(mail.port);
	CHECK_INT(turn().sent, 1); /* on the same day */
	testmail_stop(&mail);
}

static void what_could_not_leave_on_its_day_is_taken_back(struct store *store)
{
	open_desk(store);
	set((const char *const[]){ "mail.host", "", NULL });
	confirm(plan());
	server_is(1);
	desk.clock.today++;
	CHECK_INT(turn().sent, 0);
	CHECK(is_text("cancelled", OUTBOX_STATE) && is_text("cancelled", ACTION_STATE));
}

/* What happens between the yes and the sending is seen by the last check (reference/pitfalls.md 9, 21, 90). */
static void the_last_check_takes_it_back(struct store *store)
{
	static const struct {
		const char *what, *script;
	} cases[] = {
		{ "cleared", "UPDATE item SET open_amount = 0, closed_day = 20468; UPDATE company SET rev = rev + 1 WHERE code = 'BRE';"
		             "UPDATE customer SET ledger_rev = (SELECT MAX(rev) FROM company)" },
		{ "paid", "INSERT INTO item (tenant_id, company_id, customer_id, id, number, kind, account, issue_day, posting_day, due_day, due_source, "
		          "amount, open_amount, currency, label, rev) VALUES (1, 1, 1, 90, 'BQ', 'payment', '411', 20467, 20467, 20467, 'issue', -120000, "
		          "0, 'EUR', '', 1); INSERT INTO settlement (tenant_id, company_id, customer_id, debit_id, credit_id, day, amount) "
		          "VALUES (1, 1, 1, 1, 90, 20467, 120000); UPDATE customer SET ledger_rev = (SELECT MAX(rev) + 1 FROM company)" },
		{ "stopped", "UPDATE customer SET stopped = 1" },
		{ "stop_all", "INSERT INTO setting (tenant_id, company_id, name, value) VALUES (1, 1, 'stop_all', '1')" },
		{ "dispute", "INSERT INTO dispute (tenant_id, company_id, id, customer_id, item_id, reason, opened_day) VALUES (1, 1, 1, 1, 1, 'price', 20468)" },
		{ "hold", "INSERT INTO hold (tenant_id, company_id, id, customer_id, kind, from_day) VALUES (1, 1, 1, 1, 'hold', 20468)" },
		{ "promise", "INSERT INTO promise (tenant_id, company_id, id, customer_id, day, amount, currency, made_day, state) "
		             "VALUES (1, 1, 1, 1, 20475, 120000, 'EUR', 20468, 'expected');"
		             "INSERT INTO promise_item (tenant_id, company_id, promise_id, item_id, amount) VALUES (1, 1, 1, 1, 120000)" },
		{ "replied", "INSERT INTO reply (tenant_id, company_id, id, customer_id, at, day, kind) VALUES (1, 1, 1, 1, 1, 20468, 'reply')" },
		{ "suppressed", "INSERT INTO suppression (tenant_id, address, reason, at) VALUES (1, 'paul@client.example', 'request', 1)" },
		{ "bounced", "UPDATE contact SET bounced_at = 5" },
	};
	enum db_kind kind = store_kind(store);
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct store *fresh = i ? teststore_open(kind) : store;
		open_desk(fresh);
		CHECK_INT(desk.company.id, 1);
		CHECK_INT(desk.today, 20468);
		struct testmail mail = testmail_hostile("accept");
		server_is(mail.port);
		confirm(plan());
		sql("%s; UPDATE company SET rev = rev + 1 WHERE code = 'BRE'", cases[i].script);
		struct sender_result result = turn();
		if (result.cancelled != 1) printf("  %s: sent %d cancelled %d\n", cases[i].what, result.sent, result.cancelled);
		CHECK_INT(result.cancelled, 1);
		CHECK_INT(testmail_logged(&mail, "greeting"), 0);
		CHECK(is_text("cancelled", OUTBOX_STATE) && is_text("cancelled", ACTION_STATE));
		CHECK_INT(number("SELECT COUNT(*) FROM action WHERE done_day IS NOT NULL AND state = 'sent'"), 0);
		testmail_stop(&mail);
		if (i) teststore_close(fresh);
	}
}

/* reference/pitfalls.md 2, 4, 8. */
static void each_answer_of_the_server_has_its_state(struct store *store)
{
	static const struct {
		const char *mode, *outbox, *action;
	} cases[] = {
		{ "rcpt4", "queued", "queued" },         { "rcpt5", "failed", "failed" },          { "drop_before_dot", "unknown", "unknown" },
		{ "drop_after_dot", "unknown", "unknown" }, { "dot5", "unknown", "unknown" },      { "greet4", "queued", "queued" },
	};
	enum db_kind kind = store_kind(store);
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct store *fresh = i ? teststore_open(kind) : store;
		open_desk(fresh);
		struct testmail mail = testmail_hostile(cases[i].mode);
		server_is(mail.port);
		confirm(plan());
		turn();
		if (!is_text(cases[i].outbox, OUTBOX_STATE)) printf("  mode %s\n", cases[i].mode), test_failures++;
		CHECK(is_text(cases[i].action, ACTION_STATE));
		bool left = strcmp(cases[i].outbox, "unknown") == 0;
		CHECK_INT(number("SELECT COUNT(*) FROM action WHERE done_day IS NOT NULL"), left ? 1 : 0);
		/* nothing of it is tried again at once, whatever it was */
		turn();
		CHECK_INT(testmail_logged(&mail, "greeting"), 1);
		testmail_stop(&mail);
		if (i) teststore_close(fresh);
	}
}

/* 550 5.1.1 to the recipient: his address has failed, which his file and the next plan know. */
static void a_mailbox_that_is_none_is_marked(struct store *store)
{
	open_desk(store);
	struct testmail mail = testmail_hostile("rcpt5");
	server_is(mail.port);
	confirm(plan());
	turn();
	testmail_stop(&mail);
	CHECK(is_text("failed", OUTBOX_STATE));
	CHECK_INT(number("SELECT COUNT(*) FROM contact WHERE bounced_at > 0"), 1);
	CHECK_INT(number("SELECT COUNT(*) FROM event WHERE kind = 'reply.bounced' AND customer_id > 0"), 1);
	CHECK_INT(number("SELECT COUNT(*) FROM reply WHERE kind = 'bounce' AND action_id > 0"), 1);
	desk.clock.today = ++desk.today, desk.now += 86400;
	plan();
	CHECK_INT(number("SELECT COUNT(*) FROM action WHERE channel = 'task' AND state <> 'cancelled' AND reason LIKE '%%no_contact%%'"), 1);
}

/* Refused, but not for want of a mailbox: the address stays. */
static void another_refusal_marks_nothing(struct store *store)
{
	open_desk(store);
	struct testmail mail = testmail_hostile("mail5");
	server_is(mail.port);
	confirm(plan());
	turn();
	testmail_stop(&mail);
	CHECK(is_text("failed", OUTBOX_STATE));
	CHECK_INT(number("SELECT COUNT(*) FROM contact WHERE bounced_at > 0"), 0);
}

/* --- the head of the chain, told once a day ---------------------------------------------------------------------------------- */
static struct proof_result tell_head(const char *folder)
{
	cleanup_arena struct arena *arena = arena_new();
	struct proof_result result;
	struct company company;
	struct db *db = NULL;
	CHECK_OK(store_reader(desk.store, &db));
	CHECK_OK(company_find(db, &desk.viewer, "BRE", &company));
	store_release(desk.store, db);
	CHECK_OK(proof_day(desk.store, &desk.viewer, &company, desk.today, desk.now, &(struct proof_options){ .folder = folder }, arena, &result));
	return result;
}

static void the_head_is_told_to_administrators_once_a_day(struct store *store)
{
	open_desk(store);
	static const struct { const char *email; enum role role; } people[] = { { "ada@brevent.example", ROLE_ADMINISTRATOR },
		{ "bea@brevent.example", ROLE_ADMINISTRATOR }, { "cleo@brevent.example", ROLE_COLLECTOR } };
	for (size_t i = 0; i < COUNT(people); i++) {
		char made[64];
		struct user user;
		CHECK_OK(user_add(store, &desk.viewer, (struct user_new){ people[i].email, "X", people[i].role, NULL }, desk.now, made, &user));
	}
	struct testmail mail = testmail_hostile("accept");
	server_is(mail.port);
	struct proof_result told = tell_head(mail.folder);
	CHECK_INT(told.sent, 2);
	CHECK(told.filed && !told.already);
	CHECK_INT(testmail_logged(&mail, "delivered"), 2);
	told = tell_head(mail.folder); /* the other server, or this one again */
	CHECK(told.already && told.sent == 0);
	CHECK_INT(testmail_logged(&mail, "delivered"), 2);
	CHECK_INT(number("SELECT COUNT(*) FROM event WHERE kind = 'chain.published'"), 1);
	cleanup_free char *lines = testmail_read(&mail, "BRE-heads.txt");
	CHECK(strncmp(lines, "2026-01-15 BRE ", 15) == 0 && strlen(lines) > 80 && strchr(lines, '\n') == lines + strlen(lines) - 1);
	desk.today++, desk.now += 86400;
	CHECK_INT(tell_head(NULL).sent, 2);
	set((const char *const[]){ "proof.mail", "0", NULL });
	desk.today++, desk.now += 86400;
	CHECK_INT(tell_head(NULL).sent, 0); /* switched off, and no folder: nothing is noted either */
	CHECK_INT(number("SELECT COUNT(*) FROM event WHERE kind = 'chain.published'"), 2);
	set((const char *const[]){ "proof.mail", "1", NULL });
	sql("UPDATE company SET live = 0 WHERE code = 'BRE'");
	CHECK_INT(tell_head(NULL).sent, 0); /* in test mode nothing leaves */
	testmail_stop(&mail);
}

static void a_refusal_for_now_is_tried_again_and_ends(struct store *store)
{
	open_desk(store);
	struct testmail mail = testmail_hostile("rcpt4");
	server_is(mail.port);
	confirm(plan());
	for (int i = 0; i < OUTBOX_ATTEMPTS; i++) {
		CHECK(is_text("queued", OUTBOX_STATE));
		turn();
		sql("UPDATE outbox SET not_before = 0");
	}
	CHECK(is_text("failed", OUTBOX_STATE) && is_text("failed", ACTION_STATE));
	CHECK_INT(testmail_logged(&mail, "rcpt"), OUTBOX_ATTEMPTS);
	testmail_stop(&mail);
	/* a person tries again with a server that works */
	struct testmail good = testmail_start("/usr/bin/python3", "real.py", NULL);
	server_is(good.port);
	confirm(number("SELECT MAX(action_id) FROM outbox"));
	CHECK_INT(turn().sent, 1);
	CHECK_INT(testmail_count(&good), 1);
	testmail_stop(&good);
}

static bool settle_arrived;
static struct status settle_work(struct db *db, void *context)
{
	struct change change;
	TRY(in_change(db, &change));
	TRY(outbox_settle(&change, *(int64_t *)context, settle_arrived, "asked by telephone"));
	return company_end(&change);
}

static void a_person_settles_what_is_unknown(struct store *store)
{
	enum db_kind kind = store_kind(store);
	for (int arrived = 0; arrived < 2; arrived++) {
		struct store *fresh = arrived ? teststore_open(kind) : store;
		open_desk(fresh);
		struct testmail bad = testmail_hostile("drop_before_dot");
		server_is(bad.port);
		int64_t id = confirm(plan());
		turn();
		CHECK(is_text("unknown", OUTBOX_STATE));
		testmail_stop(&bad);
		struct testmail good = testmail_hostile("accept");
		server_is(good.port);
		CHECK_INT(turn().sent, 0); /* never by itself */
		settle_arrived = arrived;
		CHECK_OK(store_transact(fresh, settle_work, &id));
		CHECK_INT(turn().sent, arrived ? 0 : 1);
		CHECK(is_text("sent", OUTBOX_STATE) && is_text("sent", ACTION_STATE));
		CHECK_INT(testmail_logged(&good, "delivered"), arrived ? 0 : 1);
		CHECK_INT(store_transact(fresh, settle_work, &id).code, STATUS_CONFLICT);
		testmail_stop(&good);
		if (arrived) teststore_close(fresh);
	}
}

/* --- kill -9 ----------------------------------------------------------------------------------------------------------------------- */

static int child_turn(const char *address, const char *holder)
{
	pid_t pid = fork();
	if (pid == 0) { /* a server of its own: connections don't survive a fork */
		struct store *store;
		if (store_open(address, &store).code) _exit(3);
		struct sender_result result;
		struct status status = sender_turn(store, TENANT, &(struct sender_options){ .holder = holder, .clock = desk.clock }, &result);
		_exit(status.code ? 4 : 0);
	}
	return pid;
}

/* The sender is killed at each moment of the dialogue. Whatever happened, one copy at most was taken, and the row says so or says that
 * nobody knows; it is never lost, never sent again by itself. */
static void a_killed_sender_never_sends_twice(struct store *store)
{
	static const struct {
		const char *mode, *stage;
	} cases[] = {
		{ "hang_greeting", "greeting" }, { "hang_rcpt", "rcpt" }, { "hang_data", "data" }, { "hang_dot", "dot" },
	};
	enum db_kind kind = store_kind(store);
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct store *fresh = i ? teststore_open(kind) : store;
		open_desk(fresh);
		struct testmail mail = testmail_hostile(cases[i].mode);
		server_is(mail.port);
		confirm(plan());
		pid_t pid = child_turn(teststore_address(fresh), "dies");
		for (int wait = 0; wait < 500 && !testmail_logged(&mail, cases[i].stage); wait++) testmail_pause(20);
		CHECK(testmail_logged(&mail, cases[i].stage));
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
		CHECK(is_text("sending", OUTBOX_STATE));
		int delivered = testmail_logged(&mail, "delivered");
		testmail_stop(&mail);
		struct testmail good = testmail_hostile("accept");
		server_is(good.port);
		/* another server waits for the lease to run out; then it finds the row, and leaves it to a person */
		CHECK(turn().idle);
		CHECK(is_text("sending", OUTBOX_STATE));
		sql("UPDATE lease SET until_at = 0");
		struct sender_result result = turn();
		CHECK_INT(result.recovered, 1);
		CHECK_INT(result.sent, 0);
		CHECK(is_text("unknown", OUTBOX_STATE) && is_text("unknown", ACTION_STATE));
		turn();
		delivered += testmail_logged(&good, "delivered");
		CHECK(delivered <= 1);
		CHECK_INT(testmail_logged(&good, "greeting"), 0);
		testmail_stop(&good);
		if (i) teststore_close(fresh);
	}
}

/* Killed while the row was still queued, or after its end was written: nothing to settle. */
static void a_sender_killed_before_or_after_is_harmless(struct store *store)
{
	open_desk(store);
	struct testmail mail = testmail_hostile("accept");
	server_is(mail.port);
	confirm(plan());
	sql("INSERT INTO lease (tenant_id, name, holder, token, until_at) VALUES (1, 'outbox', 'dead', 7, 0)");
	CHECK_INT(turn().sent, 1);
	CHECK_INT(turn().recovered, 0);
	CHECK_INT(testmail_logged(&mail, "delivered"), 1);
	testmail_stop(&mail);
}

/* A sender that was taken for dead comes back: its token is old, what it wants to claim stays untouched. */
static void two_senders_share_the_work(struct store *store)
{
	open_desk(store);
	for (int i = 2; i <= 6; i++) {
		char email[40];
		snprintf(email, sizeof email, "c%d@client.example", i);
		add_customer(i, email);
		add_item(i, i, 50000, 12);
	}
	struct testmail mail = testmail_hostile("accept");
	server_is(mail.port);
	cleanup_arena struct arena *arena = arena_new();
	struct run_result result;
	CHECK_OK(run_day(store, &desk.viewer, desk.company.id, desk.today, desk.now, &(struct run_options){ 0 }, arena, &result));
	int queued = 0;
	for (size_t i = 0; i < result.action_count; i++)
		if (result.actions[i].state == STATE_TO_CONFIRM) confirm(result.actions[i].id), queued++;
	CHECK_INT(queued, 6);
	pid_t first = child_turn(teststore_address(store), "one"), second = child_turn(teststore_address(store), "two");
	int status;
	waitpid(first, &status, 0);
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	waitpid(second, &status, 0);
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	turn();
	CHECK_INT(testmail_logged(&mail, "delivered"), 6);
	CHECK_INT(number("SELECT COUNT(DISTINCT message_id) FROM outbox WHERE state = 'sent'"), 6);
	testmail_stop(&mail);
}

static void limits_and_hours_are_kept(struct store *store)
{
	open_desk(store);
	for (int i = 2; i <= 4; i++) {
		char email[40];
		snprintf(email, sizeof email, "c%d@client.example", i);
		add_customer(i, email);
		add_item(i, i, 50000, 12);
	}
	struct testmail mail = testmail_hostile("accept");
	server_is(mail.port);
	set((const char *const[]){ "mail.per_minute", "2", NULL });
	cleanup_arena struct arena *arena = arena_new();
	struct run_result result;
	CHECK_OK(run_day(store, &desk.viewer, desk.company.id, desk.today, desk.now, &(struct run_options){ 0 }, arena, &result));
	for (size_t i = 0; i < result.action_count; i++) confirm(result.actions[i].id);
	CHECK_INT(turn().sent, 2);
	CHECK_INT(turn().sent, 0);
	sql("UPDATE outbox SET sent_at = sent_at - 61 WHERE state = 'sent'");
	sql("UPDATE action SET done_by = 0 WHERE state = 'queued'"); /* automatic ones wait for their hours */
	desk.clock.minutes = 13 * 60;
	CHECK_INT(turn().sent, 0);
	desk.clock.minutes = 14 * 60 + 5;
	CHECK_INT(turn().sent, 2);
	testmail_stop(&mail);

	struct calendar calendar = { 0 };
	static const char hours[] = "09:00-12:30,14:00-17:30";
	CHECK(sending_open(hours, &calendar, desk.today, 9 * 60) && !sending_open(hours, &calendar, desk.today, 12 * 60 + 30));
	CHECK(!sending_open(hours, &calendar, desk.today + 2, 600)); /* Saturday */
	CHECK(!sending_open("", &calendar, desk.today, 600));
}

static void no_address_is_said(struct store *store)
{
	open_desk(store);
	int64_t action = plan();
	sql("UPDATE contact SET bounced_at = 9");
	struct status status = store_transact(desk.store, confirm_work, &action);
	CHECK_INT(status.code, STATUS_INVALID);
	CHECK(strstr(status.text, "no usable address"));
	CHECK_INT(number("SELECT COUNT(*) FROM outbox"), 0);
	CHECK(is_text("to_confirm", "SELECT state FROM action"));
}

static int64_t letter_action;
static struct status post_work(struct db *db, void *context)
{
	cleanup_arena struct arena *arena = arena_new();
	struct change change;
	TRY(in_change(db, &change));
	TRY(confirm_done(&change, *(int64_t *)context, "", "posted", arena));
	return company_end(&change);
}

/* The letter as it was printed is kept: later changes of the customer or the text don't touch it (reference/pitfalls.md 78). */
static void a_posted_letter_is_kept_as_it_was(struct store *store)
{
	open_desk(store);
	sql("INSERT INTO action (tenant_id, company_id, id, customer_id, plan_day, scenario, scenario_version, step, step_rank, channel, mode, state, "
	    "test, currency, amount, done_day, created_at, rev) VALUES (1, 1, 501, 1, 20460, 'average', 0, 'reminder', 3, 'email', 'confirm', 'sent', 0, 'EUR', "
	    "120000, 20460, 1, 1), (1, 1, 502, 1, 20468, 'average', 0, 'firm', 5, 'letter', 'manual', 'planned', 0, 'EUR', 120000, NULL, 1, 1);"
	    "INSERT INTO action_item (tenant_id, company_id, action_id, item_id, role, amount) VALUES (1, 1, 501, 1, 'claimed', 120000), "
	    "(1, 1, 502, 1, 'claimed', 120000)");
	letter_action = 502;
	cleanup_arena struct arena *arena = arena_new();
	struct attachment before = { 0 }, after = { 0 };
	struct db *db = NULL;
	CHECK_OK(store_reader(store, &db));
	CHECK_OK(confirm_letter(db, &desk.viewer, desk.company.id, 502, desk.today, arena, &before));
	store_release(store, db);
	CHECK_OK(store_transact(store, post_work, &letter_action));
	sql("UPDATE customer SET name = 'Another name', address = 'elsewhere'");
	CHECK_OK(store_reader(store, &db));
	CHECK_OK(confirm_letter(db, &desk.viewer, desk.company.id, 502, desk.today + 30, arena, &after));
	store_release(store, db);
	CHECK(before.len > 1000 && after.len == before.len && memcmp(after.bytes, before.bytes, before.len) == 0);
	CHECK(is_text("sent", OUTBOX_STATE) && is_text("done", "SELECT state FROM action WHERE id = 502"));
	CHECK(turn().sent == 0);
}

/* Paid by a payment, the plan asks for thanks: the mail names what was received, and asks for nothing. */
static void thanks_name_the_payment(struct store *store)
{
	open_desk(store);
	sql("INSERT INTO item (tenant_id, company_id, customer_id, id, number, kind, account, issue_day, posting_day, due_day, due_source, "
	    "amount, open_amount, currency, label, rev) VALUES (1, 1, 1, 90, 'BQ', 'payment', '411', 20467, 20467, 20467, 'issue', -120000, 0, 'EUR', '', 1);"
	    "INSERT INTO settlement (tenant_id, company_id, customer_id, debit_id, credit_id, day, amount) VALUES (1, 1, 1, 1, 90, 20467, 120000);"
	    "UPDATE item SET open_amount = 0, closed_day = 20467 WHERE id = 1;"
	    "INSERT INTO action (tenant_id, company_id, id, customer_id, plan_day, scenario, scenario_version, step, step_rank, channel, mode, state, "
	    "test, currency, amount, template, created_at, rev) VALUES (1, 1, 601, 1, 20468, 'average', 0, 'thanks', 0, 'email', 'confirm', 'to_confirm', 0, "
	    "'EUR', 0, 'thanks', 1, 1);"
	    "INSERT INTO action_item (tenant_id, company_id, action_id, item_id, role, amount) VALUES (1, 1, 601, 1, 'paid', 120000)");
	cleanup_arena struct arena *arena = arena_new();
	struct message message = { 0 };
	struct db *db = NULL;
	CHECK_OK(store_reader(store, &db));
	CHECK_OK(confirm_preview(db, &desk.viewer, desk.company.id, 601, desk.today, arena, &message));
	store_release(store, db);
	CHECK(message.text && strstr(message.text, "1\u00a0200,00\u00a0€ le 14 janvier 2026, affecté à FA0001. Votre compte est à jour."));
	CHECK(message.text && !strstr(message.text, "IBAN"));
}

/* reference/pitfalls.md 41, 44: the contact's language and address, whoever is at the desk. */
static void the_contact_decides_address_and_language(struct store *store)
{
	open_desk(store);
	sql("UPDATE customer SET country = 'DE', email = 'general@client.example'");
	cleanup_arena struct arena *arena = arena_new();
	struct recipient recipient;
	struct db *db = NULL;
	CHECK_OK(store_reader(store, &db));
	CHECK_OK(recipient_find(db, TENANT, desk.company.id, 1, 0, arena, &recipient));
	CHECK_TEXT(recipient.email, "paul@client.example");
	CHECK_INT(recipient.lang, LANG_EN); /* by country */
	store_release(store, db);
	sql("UPDATE contact SET language = 'fr'");
	CHECK_OK(store_reader(store, &db));
	CHECK_OK(recipient_find(db, TENANT, desk.company.id, 1, 0, arena, &recipient));
	CHECK_INT(recipient.lang, LANG_FR);
	store_release(store, db);
	sql("UPDATE contact SET bounced_at = 3");
	CHECK_OK(store_reader(store, &db));
	CHECK_OK(recipient_find(db, TENANT, desk.company.id, 1, 0, arena, &recipient));
	CHECK_TEXT(recipient.email, "general@client.example");
	store_release(store, db);
	sql("INSERT INTO suppression (tenant_id, address, reason, at) VALUES (1, 'general@client.example', 'request', 1)");
	CHECK_OK(store_reader(store, &db));
	CHECK_OK(recipient_find(db, TENANT, desk.company.id, 1, 0, arena, &recipient));
	CHECK_TEXT(recipient.reason, "suppressed");
	store_release(store, db);
}

static struct status automatic_work(struct db *db, void *context)
{
	struct change change;
	TRY(in_change(db, &change));
	TRY(confirm_automatic(&change, *(int64_t *)context, NULL));
	return company_end(&change);
}

/* An automatic action is queued by the run itself, and waits for the sending hours; a person's yes doesn't. */
static void automatic_ones_wait_for_their_hours(struct store *store)
{
	open_desk(store);
	struct testmail mail = testmail_hostile("accept");
	server_is(mail.port);
	int64_t action = plan();
	sql("UPDATE action SET mode = 'automatic', state = 'planned'");
	CHECK_OK(store_transact(store, automatic_work, &action));
	CHECK(is_text("queued", OUTBOX_STATE) && is_text("queued", ACTION_STATE));
	desk.clock.minutes = 18 * 60;
	CHECK_INT(turn().sent, 0);
	desk.clock.minutes = 10 * 60;
	CHECK_INT(turn().sent, 1);
	CHECK_INT(testmail_logged(&mail, "delivered"), 1);
	testmail_stop(&mail);
}

BOTH(a_mail_leaves_once)
BOTH(test_mode_sends_nothing)
BOTH(a_simulated_message_lets_later_steps_be_seen)
BOTH(without_a_server_it_waits_for_one)
BOTH(what_could_not_leave_on_its_day_is_taken_back)
BOTH(the_last_check_takes_it_back)
BOTH(each_answer_of_the_server_has_its_state)
BOTH(a_refusal_for_now_is_tried_again_and_ends)
BOTH(a_mailbox_that_is_none_is_marked)
BOTH(another_refusal_marks_nothing)
BOTH(the_head_is_told_to_administrators_once_a_day)
BOTH(a_person_settles_what_is_unknown)
BOTH(a_killed_sender_never_sends_twice)
BOTH(a_sender_killed_before_or_after_is_harmless)
BOTH(two_senders_share_the_work)
BOTH(limits_and_hours_are_kept)
BOTH(no_address_is_said)
BOTH(a_posted_letter_is_kept_as_it_was)
BOTH(thanks_name_the_payment)
BOTH(automatic_ones_wait_for_their_hours)
BOTH(the_contact_decides_address_and_language)

TESTS({ "a mail leaves once", a_mail_leaves_once_on_both },
      { "test mode sends nothing", test_mode_sends_nothing_on_both },
      { "a simulated message lets later steps be seen", a_simulated_message_lets_later_steps_be_seen_on_both },
      { "without a server it waits for one", without_a_server_it_waits_for_one_on_both },
      { "what could not leave on its day is taken back", what_could_not_leave_on_its_day_is_taken_back_on_both },
      { "the last check takes it back", the_last_check_takes_it_back_on_both },
      { "each answer of the server has its state", each_answer_of_the_server_has_its_state_on_both },
      { "a refusal for now is tried again and ends", a_refusal_for_now_is_tried_again_and_ends_on_both },
      { "a mailbox that is none is marked", a_mailbox_that_is_none_is_marked_on_both },
      { "another refusal marks nothing", another_refusal_marks_nothing_on_both },
      { "the head is told to administrators once a day", the_head_is_told_to_administrators_once_a_day_on_both },
      { "a person settles what is unknown", a_person_settles_what_is_unknown_on_both },
      { "a killed sender never sends twice", a_killed_sender_never_sends_twice_on_both },
      { "a sender killed before or after is harmless", a_sender_killed_before_or_after_is_harmless_on_both },
      { "two senders share the work", two_senders_share_the_work_on_both },
      { "limits and hours are kept", limits_and_hours_are_kept_on_both },
      { "no address is said", no_address_is_said_on_both },
      { "a posted letter is kept as it was", a_posted_letter_is_kept_as_it_was_on_both },
      { "thanks name the payment", thanks_name_the_payment_on_both },
      { "automatic ones wait for their hours", automatic_ones_wait_for_their_hours_on_both },
      { "the contact decides address and language", the_contact_decides_address_and_language_on_both }, )
