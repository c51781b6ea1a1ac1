/* What is asked for now, calls and their notes, text messages, letters by a service or printed together, invoices, preferences. */
#include "outreach/sending_desk.h"

/* --- a message asked for now ---------------------------------------------------------------------------------------------------- */
struct reminding {
	const int64_t *items;
	size_t count;
	int64_t expected;
	const struct confirm_edit *edit;
	struct remind_way way;
};
static struct status remind_work(struct db *db, void *context)
{
	cleanup_arena struct arena *arena = arena_new();
	struct reminding *reminding = context;
	struct change change;
	TRY(in_change(db, &change));
	TRY(remind_send(&change, 1, reminding->items, reminding->count, reminding->expected, &reminding->way, reminding->edit, arena, &confirmed));
	return company_end(&change);
}
static struct status remind(const int64_t *items, size_t count, int64_t expected)
{
	return store_transact(desk.store, remind_work, &(struct reminding){ items, count, expected, NULL });
}
/* The reason for which the only item asked for is left out; "" when it is in the message. */
static const char *left_code(int64_t item)
{
	cleanup_arena struct arena *arena = arena_new();
	struct remind_preview preview;
	struct db *db = NULL;
	CHECK_OK(store_reader(desk.store, &db));
	CHECK_OK(remind_preview(db, &desk.viewer, desk.company.id, 1, &item, 1, CHANNEL_EMAIL, desk.today, arena, &preview));
	store_release(desk.store, db);
	CHECK_INT(preview.proposal.left_count + (preview.proposal.action ? 1 : 0), 1); /* in one place */
	return preview.proposal.left_count ? left_reason_code(preview.proposal.left[0].reason) : "";
}

static void chosen_items_are_reminded_now(struct store *store)
{
	open_desk(store);
	struct testmail mail = testmail_start("/usr/bin/python3", "real.py", NULL);
	server_is(mail.port);
	add_item(2, 1, 50000, 3);
	add_item(3, 1, 30000, -10);
	int64_t ladder = plan();
	CHECK(ladder);
	const int64_t two[] = { 1, 2 };
	/* a letter that is printed can't be taken back */
	sql("INSERT INTO letter (tenant_id, company_id, action_id, customer_id, printed_at, rev) VALUES (1, %d, %lld, 1, 1, 1)", (int)desk.company.id, (long long)ladder);
	CHECK_INT(remind(two, 2, 170000).code, STATUS_CONFLICT);
	sql("DELETE FROM letter");
	/* what was looked at is not what stands */
	CHECK_INT(remind(two, 2, 1).code, STATUS_CONFLICT);
	CHECK_INT(number("SELECT COUNT(*) FROM outbox"), 0);
	CHECK_INT(number("SELECT COUNT(*) FROM action WHERE step = 'now'"), 0);
	CHECK_OK(remind(two, 2, 170000));
	CHECK(is_text("queued", ACTION_STATE));
	CHECK(is_text("cancelled", "SELECT state FROM action WHERE step <> 'now'")); /* the ladder's own gives way */
	CHECK_INT(number("SELECT COUNT(*) FROM action_item WHERE action_id = %lld", (long long)ladder), 0);
	/* a second click, and a second wish on the same day */
	CHECK_INT(remind(two, 2, 170000).code, STATUS_CONFLICT);
	CHECK_INT(turn().sent, 1);
	CHECK(is_text("sent", ACTION_STATE));
	CHECK_TEXT(left_code(1), "too_soon");
	CHECK_INT(remind(two, 2, -1).code, STATUS_CONFLICT);
	CHECK_INT(testmail_count(&mail), 1);
	cleanup_free char *got = testmail_read(&mail, "0001.eml");
	CHECK(strstr(got, "FA0001") && strstr(got, "FA0002"));
	CHECK_INT(plan(), 0);
	/* nor within the days between two contacts */
	desk.today += 4, desk.clock.today += 4, desk.now += 4 * 86400; /* Monday */
	CHECK_TEXT(left_code(1), "too_soon");
	desk.today += 1, desk.clock.today += 1, desk.now += 86400;
	CHECK_TEXT(left_code(1), "");
	testmail_stop(&mail);
}

static struct status remind_by(enum channel channel, const char *outcome)
{
	const int64_t one = 1;
	return store_transact(desk.store, remind_work, &(struct reminding){ &one, 1, -1, NULL, { channel, outcome, "vu" } });
}

/* Letter, call and text message like a mail: done at once, once, and what the customer can't take is said. */
static void other_ways_than_mail(struct store *store)
{
	open_desk(store);
	CHECK_INT(remind_by(CHANNEL_SMS, NULL).code, STATUS_INVALID); /* no mobile number */
	CHECK_INT(remind_by(CHANNEL_CALL, NULL).code, STATUS_INVALID); /* how did it end? */
	CHECK_INT(remind_by(CHANNEL_TASK, NULL).code, STATUS_INVALID);
	CHECK_INT(number("SELECT COUNT(*) FROM action WHERE step = 'now'"), 0);
	sql("INSERT INTO preference (tenant_id, company_id, customer_id, no_phone) VALUES (1, 1, 1, 1)");
	struct status status = remind_by(CHANNEL_CALL, "approver");
	CHECK_INT(status.code, STATUS_CONFLICT);
	if (!strstr(status.text, "telephoned") && !strstr(status.text, "appelé")) CHECK_TEXT(status.text, "");
	sql("UPDATE preference SET no_phone = 0");
	CHECK_OK(remind_by(CHANNEL_CALL, "approver"));
	CHECK_INT(number("SELECT COUNT(*) FROM action WHERE step = 'now' AND channel = 'call' AND state = 'done' AND outcome = 'approver' AND note = 'vu'"), 1);
	CHECK_INT(number("SELECT COUNT(*) FROM call_attempt WHERE outcome = 'approver'"), 1);
	CHECK_INT(remind_by(CHANNEL_LETTER, NULL).code, STATUS_CONFLICT); /* a contact a day */
	desk.today += 5, desk.clock.today += 5, desk.now += 5 * 86400;
	sql("UPDATE customer SET city = ''");
	CHECK_INT(remind_by(CHANNEL_LETTER, NULL).code, STATUS_INVALID);
	sql("UPDATE customer SET city = 'Annecy', address = '1 quai', postcode = '74000'");
	CHECK_OK(remind_by(CHANNEL_LETTER, NULL));
	CHECK_INT(number("SELECT COUNT(*) FROM action WHERE step = 'now' AND channel = 'letter' AND state = 'done'"), 1);
	CHECK_INT(number("SELECT COUNT(*) FROM document WHERE type = 'application/pdf' AND name LIKE '%%lett%%'"), 1);
	CHECK_INT(number("SELECT COUNT(*) FROM outbox WHERE channel = 'email'"), 0);
}

static void what_keeps_an_item_out_keeps_it_out_now(struct store *store)
{
	static const struct {
		const char *reason, *script;
	} cases[] = {
		{ "", "" },
		{ "dispute", "INSERT INTO dispute (tenant_id, company_id, id, customer_id, item_id, reason, opened_day) VALUES (1, 1, 1, 1, 1, 'price', 20460)" },
		{ "promise", "INSERT INTO promise (tenant_id, company_id, id, customer_id, day, amount, currency, made_day, state) VALUES (1, 1, 1, 1, 20470, "
		             "120000, 'EUR', 20460, 'expected'); INSERT INTO promise_item (tenant_id, company_id, promise_id, item_id, amount) VALUES (1, 1, 1, 1, 120000)" },
		{ "hold", "INSERT INTO hold (tenant_id, company_id, id, customer_id, item_id, kind, from_day) VALUES (1, 1, 1, 1, 1, 'hold', 20460)" },
		{ "stopped", "UPDATE customer SET stopped = 1; UPDATE company SET rev = rev + 1 WHERE id = 1; UPDATE customer SET rev = (SELECT rev FROM company WHERE id = 1)" },
		{ "replied", "INSERT INTO reply (tenant_id, company_id, id, customer_id, at, day, kind) VALUES (1, 1, 1, 1, 0, 20468, 'reply')" },
		{ "credit_covers", "INSERT INTO item (tenant_id, company_id, customer_id, id, number, kind, account, issue_day, posting_day, due_day, due_source, amount, "
		                   "open_amount, currency, label, rev) VALUES (1, 1, 1, 90, 'AV', 'credit_note', '411', 20467, 20467, 20467, 'issue', -120000, -120000, "
		                   "'EUR', '', 1); UPDATE company SET rev = rev + 1 WHERE id = 1; UPDATE customer SET ledger_rev = (SELECT rev FROM company WHERE id = 1)" },
		{ "in_progress", "INSERT INTO action (tenant_id, company_id, id, customer_id, plan_day, scenario, scenario_version, step, step_rank, channel, mode, state, "
		                 "test, currency, amount, created_at) VALUES (1, 1, 70, 1, 20460, 'average', 0, 'reminder', 3, 'email', 'confirm', 'unknown', 0, 'EUR', 1, 0)" },
		{ "suppressed", "INSERT INTO suppression (tenant_id, address, reason, at) VALUES (1, 'paul@client.example', 'x', 0)" },
	};
	enum db_kind kind = store_kind(store);
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct store *fresh = i ? teststore_open(kind) : store;
		open_desk(fresh);
		if (i) sql("%s; UPDATE company SET rev = rev + 1 WHERE code = 'BRE'", cases[i].script);
		CHECK_TEXT(left_code(1), cases[i].reason);
		if (i) {
			CHECK_INT(remind((const int64_t[]){ 1 }, 1, -1).code, STATUS_CONFLICT);
			CHECK_INT(number("SELECT COUNT(*) FROM outbox"), 0);
			CHECK_INT(number("SELECT COUNT(*) FROM action WHERE step = 'now'"), 0);
			teststore_close(fresh);
		}
	}
}

/* --- a call and its notes -------------------------------------------------------------------------------------------------------- */
static struct {
	const char *outcome, *reason;
	struct recap_edit edit;
} calling;
static struct status call_done(struct db *db, void *context)
{
	cleanup_arena struct arena *arena = arena_new();
	struct change change;
	(void)context;
	TRY(in_change(db, &change));
	TRY(confirm_done(&change, 50, calling.outcome, "", arena));
	if (calling.reason) TRY(call_reason_set(&change, 50, calling.reason));
	return company_end(&change);
}
static struct status call_again(struct db *db, void *context)
{
	struct change change;
	(void)context;
	TRY(in_change(db, &change));
	TRY(action_reopen(&change, 50));
	return company_end(&change);
}
static struct status call_notes(struct db *db, void *context)
{
	cleanup_arena struct arena *arena = arena_new();
	struct change change;
	(void)context;
	TRY(in_change(db, &change));
	TRY(recap_send(&change, 50, &calling.edit, arena, &confirmed));
	return company_end(&change);
}
static struct status call_message(struct db *db, void *context)
{
	cleanup_arena struct arena *arena = arena_new();
	struct change change;
	(void)context;
	TRY(in_change(db, &change));
	TRY(recap_missed(&change, 50, arena, &confirmed));
	return company_end(&change);
}
static void add_call(void)
{
	sql("INSERT INTO action (tenant_id, company_id, id, customer_id, plan_day, scenario, scenario_version, step, step_rank, channel, mode, state, test, "
	    "currency, amount, created_at) VALUES (1, 1, 50, 1, %d, 'average', 0, 'follow_up', 4, 'call', 'manual', 'planned', 0, 'EUR', 120000, 0);"
	    "INSERT INTO action_item (tenant_id, company_id, action_id, item_id, role, amount) VALUES (1, 1, 50, 1, 'claimed', 120000)", desk.today);
}

static void the_notes_of_a_call_leave_once_with_copies(struct store *store)
{
	open_desk(store);
	struct testmail mail = testmail_start("/usr/bin/python3", "real.py", NULL);
	server_is(mail.port);
	add_call();
	sql("INSERT INTO contact (tenant_id, company_id, id, customer_id, name, email, role, main, rev) VALUES (1, 1, 9, 1, 'Chef', 'chef@client.example', 'manager', 0, 1)");
	calling.outcome = "na", calling.reason = NULL, calling.edit = (struct recap_edit){ 0 };
	CHECK_OK(store_transact(desk.store, call_done, NULL));
	CHECK_INT(store_transact(desk.store, call_notes, NULL).code, STATUS_INVALID); /* nobody was reached */
	CHECK_OK(store_transact(desk.store, call_again, NULL));
	CHECK_INT(number("SELECT COUNT(*) FROM call_attempt WHERE undone = 0"), 0);
	calling.outcome = "approver";
	CHECK_OK(store_transact(desk.store, call_done, NULL));
	CHECK(is_text("approval", "SELECT reason FROM call_attempt WHERE undone = 0"));
	const char *const stranger[] = { "x@elsewhere.example", NULL }, *const boss[] = { "chef@client.example", NULL };
	calling.edit.copies = stranger;
	CHECK_INT(store_transact(desk.store, call_notes, NULL).code, STATUS_INVALID);
	calling.edit.copies = boss;
	CHECK_OK(store_transact(desk.store, call_notes, NULL));
	CHECK_INT(store_transact(desk.store, call_notes, NULL).code, STATUS_CONFLICT); /* a second click */
	CHECK_INT(turn().sent, 1);
	CHECK_INT(testmail_count(&mail), 1);
	cleanup_free char *got = testmail_read(&mail, "0001.eml");
	CHECK(strstr(got, "paul@client.example") && strstr(got, "Cc: chef@client.example") && strstr(got, "validation"));
	CHECK(!strstr(got, "application/pdf"));
	/* the call stays what it was */
	CHECK(is_text("done", "SELECT state FROM action WHERE id = 50") && is_text("approver", "SELECT outcome FROM action WHERE id = 50"));
	testmail_stop(&mail);
}

static void a_missed_call_leaves_one_message(struct store *store)
{
	open_desk(store);
	add_call();
	calling.outcome = "voicemail", calling.reason = NULL;
	CHECK_INT(store_transact(desk.store, call_message, NULL).code, STATUS_INVALID); /* not called yet */
	CHECK_OK(store_transact(desk.store, call_done, NULL));
	CHECK_OK(store_transact(desk.store, call_message, NULL));
	CHECK(is_text("now", "SELECT step FROM action WHERE id = (SELECT MAX(action_id) FROM outbox)"));
	CHECK(is_text("cancelled", "SELECT state FROM action WHERE id = 50")); /* the call does not come back on top of it */
	CHECK(store_transact(desk.store, call_message, NULL).code == STATUS_CONFLICT || number("SELECT COUNT(*) FROM outbox") == 1);
	CHECK_INT(number("SELECT COUNT(*) FROM outbox"), 1);
}

static void reasons_are_counted(struct store *store)
{
	open_desk(store);
	struct db *db = NULL;
	cleanup_arena struct arena *arena = arena_new();
	for (int i = 1; i <= 3; i++)
		sql("INSERT INTO call_attempt (tenant_id, company_id, customer_id, id, action_id, at, day, minute, outcome, reached, reason) "
		    "VALUES (1, 1, 1, %d, 0, 0, %d, %d, 'approver', 1, '%s')", i, desk.today - 10 * i, 600 + i, i == 2 ? "cash" : "approval");
	sql("INSERT INTO call_attempt (tenant_id, company_id, customer_id, id, action_id, at, day, minute, outcome, reached, reason) "
	    "VALUES (1, 1, 1, 4, 0, 0, %d, 900, 'na', 0, ''), (1, 2, 1, 1, 0, 0, %d, 900, 'approver', 1, 'approval')", desk.today, desk.today);
	struct call_reason *reasons;
	struct call_hour *hours;
	size_t count;
	CHECK_OK(store_reader(store, &db));
	CHECK_OK(call_reasons(db, &desk.viewer, 1, 1, desk.today, arena, &reasons, &count));
	CHECK_INT(count, 2);
	CHECK_TEXT(reasons[0].code, "approval");
	CHECK_INT(reasons[0].times, 2);
	CHECK_TEXT(call_reason_words(&reasons[0], LANG_FR, arena), "Deuxième fois\u00a0: en cours de validation");
	CHECK_TEXT(call_reason_words(&reasons[0], LANG_EN, arena), "Second time: waiting for approval");
	CHECK_OK(call_hours(db, &desk.viewer, 1, desk.today, arena, &hours, &count));
	CHECK_INT(count, 1);
	CHECK_INT(hours[0].hour, 10);
	store_release(store, db);
	int reached[24] = { [9] = 1, [14] = 1 }, tried[24] = { [9] = 3, [14] = 1 };
	CHECK_INT(call_best_hour(reached, tried), 14);
}

/* --- text messages and letters by a service ------------------------------------------------------------------------------------------ */
static struct status hand_over_work(struct db *db, void *context)
{
	cleanup_arena struct arena *arena = arena_new();
	struct change change;
	TRY(in_change(db, &change));
	TRY(confirm_post(&change, *(int64_t *)context, arena, &confirmed));
	return company_end(&change);
}
static struct status stop_work(struct db *db, void *context)
{
	struct change change;
	TRY(in_change(db, &change));
	TRY(sms_stop(&change, context, "reply"));
	return company_end(&change);
}
static void gateway_is(const struct testmail *gateway, const char *path)
{
	char url[80];
	setenv("ENCOURS_KEY", "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff", 1);
	snprintf(url, sizeof url, "http://127.0.0.1:%d/%s", gateway->port, path);
	set((const char *const[]){ "sms.url", url, "post.url", url, "sms.timeout", "2", "sms.from", "BREVENT", "sms.price", "450", "sms.key", "s3cret",
	                           "signature.phone", "04 50 00 00 00", NULL });
}
/* The plan's mail as another channel: what leaves is the matter here, not how it was planned. */
static int64_t plan_as(const char *channel)
{
	int64_t action = plan();
	sql("UPDATE contact SET phone = '06 12 34 56 78'; UPDATE action SET channel = '%s' WHERE id = %lld", channel, (long long)action);
	return action;
}

static void a_text_message_leaves_once(struct store *store)
{
	open_desk(store);
	struct testmail gateway = testmail_start("/usr/bin/python3", "gateway.py", NULL);
	gateway_is(&gateway, "ok");
	int64_t action = plan_as("sms");
	confirm(action);
	CHECK_INT(confirmed.parts, 1);
	CHECK_INT(confirmed.cost, 450);
	CHECK(is_text("+33612345678", "SELECT recipient FROM outbox") && is_text("sms", "SELECT channel FROM outbox"));
	desk.clock.minutes = 8 * 60; /* too early for a telephone, though a person confirmed it */
	CHECK_INT(turn().sent, 0);
	desk.clock.minutes = 600;
	sql("INSERT INTO preference (tenant_id, company_id, customer_id, hours) VALUES (1, 1, 1, '10:30-12:00')");
	CHECK_INT(turn().sent, 0); /* his own hours, inside the company's */
	desk.clock.minutes = 631;
	CHECK_INT(turn().sent, 1);
	CHECK_INT(turn().sent, 0);
	CHECK(is_text("sent", OUTBOX_STATE) && is_text("sent", ACTION_STATE) && is_text("ref-1", "SELECT provider_ref FROM outbox"));
	CHECK(is_text("", "SELECT copies FROM outbox"));
	cleanup_free char *got = testmail_read(&gateway, "0001.txt"), *second = testmail_read(&gateway, "0002.txt");
	CHECK(strstr(got, "Authorization: Bearer s3cret") && strstr(got, "\"to\":\"+33612345678\"") && strstr(got, "FA0001") && strstr(got, "STOP"));
	CHECK(!*second);
	struct status again = store_transact(desk.store, confirm_work, &action);
	CHECK_INT(again.code, STATUS_CONFLICT);
	testmail_stop(&gateway);
}

static void each_answer_of_a_gateway_has_its_state(struct store *store)
{
	static const struct { const char *path, *state; } cases[] = { { "hang", "unknown" }, { "drop", "unknown" }, { "broken", "unknown" },
		{ "half", "unknown" }, { "refuse", "failed" }, { "busy", "queued" } };
	enum db_kind kind = store_kind(store);
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct store *fresh = i ? teststore_open(kind) : store;
		open_desk(fresh);
		struct testmail gateway = testmail_start("/usr/bin/python3", "gateway.py", NULL);
		gateway_is(&gateway, cases[i].path);
		confirm(plan_as("sms"));
		turn();
		CHECK(is_text(cases[i].state, OUTBOX_STATE) && is_text(cases[i].state, ACTION_STATE));
		turn(); /* what is unknown is not tried again by itself */
		CHECK(is_text(cases[i].state, OUTBOX_STATE));
		cleanup_free char *second = testmail_read(&gateway, "0002.txt");
		CHECK(!*second);
		testmail_stop(&gateway);
		if (i) teststore_close(fresh);
	}
}

static void stop_is_honoured(struct store *store)
{
	open_desk(store);
	struct testmail gateway = testmail_start("/usr/bin/python3", "gateway.py", NULL);
	gateway_is(&gateway, "ok");
	int64_t action = plan_as("sms");
	confirm(action);
	CHECK_OK(store_transact(desk.store, stop_work, (void *)(uintptr_t) "+33 6 12 34 56 78"));
	CHECK_INT(turn().cancelled, 1); /* between the yes and the sending */
	cleanup_free char *got = testmail_read(&gateway, "0001.txt");
	CHECK(!*got);
	CHECK_INT(store_transact(desk.store, confirm_work, &(int64_t){ plan_as("sms") }).code, STATUS_INVALID);
	testmail_stop(&gateway);
}

static void a_letter_goes_to_a_postal_service_once(struct store *store)
{
	open_desk(store);
	struct testmail gateway = testmail_start("/usr/bin/python3", "gateway.py", NULL);
	gateway_is(&gateway, "ok");
	int64_t action = plan_as("letter");
	CHECK_OK(store_transact(desk.store, hand_over_work, &action));
	CHECK_INT(store_transact(desk.store, hand_over_work, &action).code, STATUS_CONFLICT);
	CHECK_INT(turn().sent, 1);
	CHECK_INT(turn().sent, 0);
	CHECK(is_text("sent", OUTBOX_STATE) && is_text("sent", ACTION_STATE) && is_text("post-1", "SELECT provider_ref FROM outbox"));
	cleanup_free char *got = testmail_read(&gateway, "0001.txt");
	CHECK(strstr(got, "\"kind\":\"letter\"") && strstr(got, "69001 LYON") && strstr(got, "\"base64\":\"JVBERi0"));
	CHECK(strstr(got, "Idempotency-Key: encours."));
	testmail_stop(&gateway);
}

/* --- letters printed together, posted once ------------------------------------------------------------------------------------------- */
static struct letters_print print;
static struct arena *print_arena;
static int64_t print_ids[4];
static size_t print_count;
static struct status print_work(struct db *db, void *context)
{
	struct change change;
	(void)context;
	TRY(in_change(db, &change));
	TRY(letters_print(&change, print_ids, print_count, print_arena, &print));
	return company_end(&change);
}
static struct status posted_work(struct db *db, void *context)
{
	cleanup_arena struct arena *arena = arena_new();
	struct change change;
	TRY(in_change(db, &change));
	TRY(letter_post(&change, *(int64_t *)context, desk.today, "2C 199 000 0087 4", arena));
	return company_end(&change);
}
static struct status follow_work(struct db *db, void *context)
{
	struct change change;
	TRY(in_change(db, &change));
	TRY(letter_follow(&change, *(int64_t *)context, "delivered", desk.today, ""));
	TRY(letter_scan(&change, *(int64_t *)context, "../AR.pdf", "%PDF-1.4 scan", 13));
	return company_end(&change);
}

static void letters_are_printed_together_and_posted_once(struct store *store)
{
	open_desk(store);
	add_customer(2, "x@y.example");
	add_item(7, 2, 90000, 12);
	sql("UPDATE customer SET city = '' WHERE id = 2");
	plan();
	sql("UPDATE action SET channel = 'registered_letter', state = 'planned', mode = 'manual'");
	print_arena = arena_new();
	print_count = 0;
	for (int64_t id = number("SELECT MIN(id) FROM action"); id <= number("SELECT MAX(id) FROM action"); id++) print_ids[print_count++] = id;
	CHECK_INT(print_count, 2);
	CHECK_OK(store_transact(desk.store, print_work, NULL));
	CHECK_INT(print.printed, 1); /* the other has no address for a letter: said so */
	CHECK_INT(print.refused_count, 1);
	CHECK(memcmp(print.pdf.bytes, "%PDF", 4) == 0 && print.pages >= 2);
	int64_t id = number("SELECT action_id FROM outbox WHERE state = 'held'");
	CHECK(is_text("planned", "SELECT state FROM action WHERE id = (SELECT action_id FROM outbox WHERE state = 'held')"));
	CHECK_OK(store_transact(desk.store, print_work, NULL)); /* again: takes the place of the first */
	CHECK_INT(number("SELECT COUNT(*) FROM outbox WHERE state = 'held'"), 1);
	CHECK_INT(turn().sent + turn().cancelled, 0); /* no mail server's business */
	CHECK_INT(number("SELECT COUNT(*) FROM outbox WHERE state = 'held'"), 1);
	CHECK_INT(store_transact(desk.store, follow_work, &id).code, STATUS_CONFLICT); /* not posted yet */
	CHECK_OK(store_transact(desk.store, posted_work, &id));
	CHECK_INT(store_transact(desk.store, posted_work, &id).code, STATUS_CONFLICT); /* a second click */
	CHECK(is_text("sent", "SELECT state FROM outbox WHERE state <> 'cancelled'") && is_text("done", "SELECT state FROM action WHERE done_day IS NOT NULL"));
	CHECK(is_text("2C 199 000 0087 4", "SELECT number FROM letter"));
	CHECK_OK(store_transact(desk.store, follow_work, &id));
	CHECK(is_text("delivered", "SELECT fate FROM letter"));
	CHECK_INT(number("SELECT COUNT(*) FROM document d JOIN outbox o ON o.id = d.outbox_id WHERE o.state = 'sent'"), 2);
	CHECK(is_text("..AR.pdf", "SELECT name FROM document WHERE type = 'application/pdf' AND length(bytes) = 13"));
	struct db *db = NULL;
	struct attachment file;
	CHECK_OK(store_reader(store, &db));
	CHECK_OK(letters_batch(db, &desk.viewer, desk.company.id, print.batch_id, print_arena, &file));
	CHECK(file.len == print.pdf.len);
	store_release(store, db);
	arena_free(print_arena);
}

/* Paid between printing and posting: it is not posted. */
static void a_letter_that_no_longer_stands_is_not_posted(struct store *store)
{
	open_desk(store);
	plan();
	sql("UPDATE action SET channel = 'letter', state = 'planned', mode = 'manual'");
	print_arena = arena_new();
	print_ids[0] = number("SELECT MAX(id) FROM action"), print_count = 1;
	CHECK_OK(store_transact(desk.store, print_work, NULL));
	sql("INSERT INTO dispute (tenant_id, company_id, id, customer_id, item_id, reason, opened_day) VALUES (1, 1, 1, 1, 1, 'price', %d);"
	    "UPDATE company SET rev = rev + 1 WHERE code = 'BRE'", desk.today);
	CHECK_INT(store_transact(desk.store, posted_work, &print_ids[0]).code, STATUS_CONFLICT);
	CHECK(is_text("planned", "SELECT state FROM action"));
	CHECK_INT(number("SELECT COUNT(*) FROM outbox WHERE state = 'sent'"), 0);
	arena_free(print_arena);
}

/* The invoice's own PDF goes along where an import brought it; too many or too heavy, none does. */
static void known_invoices_are_attached(struct store *store)
{
	open_desk(store);
	struct testmail mail = testmail_start("/usr/bin/python3", "real.py", NULL);
	server_is(mail.port);
	sql("INSERT INTO document (tenant_id, company_id, id, customer_id, item_id, import_id, name, type, digest, bytes, at) VALUES "
	    "(1, 1, 900, 1, 1, 1, 'FA0001.pdf', 'application/pdf', %s, %s, 0), (1, 1, 901, 1, 1, 0, 'ours.pdf', 'application/pdf', %s, %s, 0);"
	    "UPDATE counter SET value = 950 WHERE name = 'document' AND company_id = 1;",
	    store_kind(store) == DB_SQLITE ? "x'01'" : "'\\x01'", store_kind(store) == DB_SQLITE ? "x'25504446'" : "'\\x25504446'",
	    store_kind(store) == DB_SQLITE ? "x'02'" : "'\\x02'", store_kind(store) == DB_SQLITE ? "x'25504446'" : "'\\x25504446'");
	confirm(plan());
	CHECK_INT(turn().sent, 1);
	cleanup_free char *got = testmail_read(&mail, "0001.eml");
	CHECK(strstr(got, "FA0001.pdf") && !strstr(got, "ours.pdf") && strstr(got, "releve-c00001"));
	testmail_stop(&mail);
}

/* Who does not want to be called is written to; who has a salesperson in copy has him on each message. */
static void preferences_bind(struct store *store)
{
	open_desk(store);
	sql("UPDATE contact SET phone = '06 12 34 56 78';"
	    "INSERT INTO user_account (tenant_id, id, email, name, role, created_at) VALUES (1, 77, 'vendeur@brevent.example', 'V', 'sales', 0);"
	    "UPDATE customer SET sales_id = 77, scenario = 'close_follow_up' WHERE id = 1; UPDATE company SET rev = rev + 1 WHERE code = 'BRE';"
	    "UPDATE customer SET rev = (SELECT MAX(rev) FROM company) WHERE id = 1");
	plan();
	int64_t calls = number("SELECT COUNT(*) FROM action WHERE channel = 'call' AND state = 'planned'");
	sql("INSERT INTO preference (tenant_id, company_id, customer_id, no_phone, copies) VALUES (1, 1, 1, 1, 'sales')");
	int64_t action = plan();
	CHECK_INT(number("SELECT COUNT(*) FROM action WHERE channel = 'call' AND state = 'planned'"), 0);
	if (calls) CHECK(action && is_text("email", "SELECT channel FROM action WHERE state = 'to_confirm'"));
	CHECK(action);
	confirm(action);
	CHECK(is_text("vendeur@brevent.example", "SELECT copies FROM outbox"));
}

static void who_prefers_letters_gets_letters(struct store *store)
{
	open_desk(store);
	plan();
	CHECK_INT(number("SELECT COUNT(*) FROM action WHERE customer_id = 1 AND channel = 'email' AND state = 'to_confirm'"), 1);
	sql("INSERT INTO preference (tenant_id, company_id, customer_id, channel) VALUES (1, 1, 1, 'letter')");
	plan();
	CHECK_INT(number("SELECT COUNT(*) FROM action WHERE customer_id = 1 AND channel = 'email' AND state IN ('planned', 'to_confirm')"), 0);
	CHECK_INT(number("SELECT COUNT(*) FROM action WHERE customer_id = 1 AND channel = 'letter' AND state = 'planned'"), 1);
}

BOTH(preferences_bind)
BOTH(known_invoices_are_attached)
BOTH(letters_are_printed_together_and_posted_once)
BOTH(a_letter_that_no_longer_stands_is_not_posted)
BOTH(a_text_message_leaves_once)
BOTH(each_answer_of_a_gateway_has_its_state)
BOTH(stop_is_honoured)
BOTH(a_letter_goes_to_a_postal_service_once)
BOTH(the_notes_of_a_call_leave_once_with_copies)
BOTH(a_missed_call_leaves_one_message)
BOTH(reasons_are_counted)
BOTH(chosen_items_are_reminded_now)
BOTH(other_ways_than_mail)
BOTH(what_keeps_an_item_out_keeps_it_out_now)

static void a_person_changes_the_words_of_a_reminder(struct store *store)
{
	open_desk(store);
	plan();
	const int64_t one = 1;
	struct confirm_edit edit = { .subject = "Votre facture FA0001", .body = "" };
	struct reminding reminding = { &one, 1, -1, &edit };
	CHECK_INT(store_transact(desk.store, remind_work, &reminding).code, STATUS_INVALID); /* an empty text leaves nothing behind */
	CHECK_INT(number("SELECT COUNT(*) FROM action WHERE step = 'now'"), 0);
	edit.body = "Bonjour {{contact_name}}";
	CHECK_INT(store_transact(desk.store, remind_work, &reminding).code, STATUS_INVALID);
	edit.body = "Bonjour,\n\nComme convenu <hier>, voici le point.";
	CHECK_OK(store_transact(desk.store, remind_work, &reminding));
	CHECK(is_text("Votre facture FA0001", "SELECT subject FROM outbox"));
	CHECK_INT(number("SELECT COUNT(*) FROM outbox WHERE body_html LIKE '%%&lt;hier&gt;%%'"), 1);
	CHECK_INT(number("SELECT COUNT(*) FROM document"), 1); /* the statement stays attached */
}
BOTH(a_person_changes_the_words_of_a_reminder)
BOTH(who_prefers_letters_gets_letters)

TESTS({ "other ways than mail", other_ways_than_mail_on_both },
      { "a person changes the words of a reminder", a_person_changes_the_words_of_a_reminder_on_both },
      { "who prefers letters gets letters", who_prefers_letters_gets_letters_on_both },
      { "preferences bind", preferences_bind_on_both },
      { "known invoices are attached", known_invoices_are_attached_on_both },
      { "letters are printed together and posted once", letters_are_printed_together_and_posted_once_on_both },
      { "a letter that no longer stands is not posted", a_letter_that_no_longer_stands_is_not_posted_on_both },
      { "a text message leaves once", a_text_message_leaves_once_on_both },
      { "each answer of a gateway has its state", each_answer_of_a_gateway_has_its_state_on_both },
      { "STOP is honoured", stop_is_honoured_on_both },
      { "a letter goes to a postal service once", a_letter_goes_to_a_postal_service_once_on_both },
      { "the notes of a call leave once, with copies", the_notes_of_a_call_leave_once_with_copies_on_both },
      { "a missed call leaves one message", a_missed_call_leaves_one_message_on_both },
      { "reasons are counted", reasons_are_counted_on_both },
      { "chosen items are reminded now", chosen_items_are_reminded_now_on_both },
      { "what keeps an item out keeps it out now", what_keeps_an_item_out_keeps_it_out_now_on_both }, )
