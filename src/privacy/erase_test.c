/* Every table that can hold what is about a person is filled with one who is named everywhere; then he is erased, and every column of
 * the store is read for him. Tables come from the schema, so one that is added is tried too. */
#include "privacy/erase.h"

#include "base/memory.h"
#include "ledger/contact.h"
#include "ledger/customer_merge.h"
#include "ledger/event.h"
#include "ledger/forgotten.h"
#include "ledger/testcompany.h"

#include <string.h>

#define NAMED "Bonjour Jean Kérouac, KEROUAC JEAN, jean@kerouac.fr, 06 12 34 56 78, FR76 3000 6000 0112 3456 7890 189"
static const char *const traces[] = { "Kérouac", "KEROUAC", "jean@kerouac.fr", "06 12 34 56 78", "FR76 3000 6000 0112 3456 7890 189", "FR7630006000011234567890189" };

static bool in_list(const char *list, const char *column, struct personal_column *out)
{
	for (const char *at = list; personal_column_next(&at, out);)
		if (strcmp(out->name, column) == 0) return true;
	return false;
}

/* Values that stand for something: a state that does not stand against an erasure, ids that meet. */
static const char *value_of(const char *table, const char *column)
{
	static const struct { const char *table, *column, *value; } known[] = {
		{ "", "tenant_id", "1" }, { "", "company_id", "1" }, { "", "customer_id", "7" }, { "", "item_id", "70" }, { "", "action_id", "90" }, { "", "application_id", "80" },
		{ "", "import_id", "60" }, { "", "user_id", "5" }, { "dispute_case", "state", "'closed'" }, { "case_file", "stage", "'closed'" }, { "payment_plan", "state", "'kept'" },
		{ "promise", "state", "'kept'" }, { "instrument", "state", "'paid'" }, { "set_off", "state", "'settled'" }, { "deposit", "state", "'used'" }, { "interest_note", "settled_day", "20000" },
		{ "reply", "handled_at", "1" }, { "outbox", "state", "'sent'" }, { "item", "id", "70" }, { "item", "open_amount", "0" }, { "action", "id", "90" }, { "bank_line", "id", "81" },
		{ "cash_application", "id", "80" }, { "custom_value", "subject", "'customer'" }, { "custom_value", "owner_id", "7" }, { "customer_merge", "from_id", "8" },
		{ "customer_merge", "into_id", "7" }, { "document", "item_id", "0" }, { "letter", "batch_id", "1" }, { "customer_merge", "state", "'active'" }, { "limitation_event", "document_id", "0" },
	};
	for (size_t i = 0; i < COUNT(known); i++)
		if ((!*known[i].table || strcmp(known[i].table, table) == 0) && strcmp(known[i].column, column) == 0) {
			bool own = false; /* a table's own word before that of all */
			for (size_t k = i + 1; k < COUNT(known); k++) own |= strcmp(known[k].table, table) == 0 && strcmp(known[k].column, column) == 0;
			if (!own) return known[i].value;
		}
	return NULL;
}

static struct text columns_of(struct db *db, const char *table)
{
	struct text out = { 0 };
	cleanup_rows struct rows *rows = store_kind(store) == DB_SQLITE
		? db_query(db, "SELECT name FROM pragma_table_info($table)", DB_ARGS(db_text("table", table)))
		: db_query(db, "SELECT CAST(column_name AS TEXT) FROM information_schema.columns WHERE table_schema = current_schema() AND table_name = $table", DB_ARGS(db_text("table", table)));
	while (rows_next(rows)) text_addf(&out, "%s%s", out.len ? " " : "", row_text(rows, 0));
	CHECK_OK(rows_status(rows));
	return out;
}

static struct status fill(struct db *db, void *context)
{
	(void)context;
	size_t count;
	const struct personal_table *tables = personal_tables(&count);
	for (size_t i = 0; i < count; i++) {
		const struct personal_table *table = &tables[i];
		if (!table->customer || strstr("customer event", table->name)) continue;
		cleanup_text struct text columns = columns_of(db, table->name), names = { 0 }, values = { 0 };
		struct personal_column one, declared;
		for (const char *at = text_cstr(&columns); personal_column_next(&at, &one);) {
			bool words = in_list(table->names, one.name, &declared) || in_list(table->words, one.name, &declared);
			if (!words && !in_list(table->plain, one.name, &declared)) declared = (struct personal_column){ .type = 'n' };
			const char *value = value_of(table->name, one.name);
			text_addf(&names, "%s%s", names.len ? ", " : "", one.name);
			if (values.len) text_add(&values, ", ");
			if (value) text_add(&values, value);
			else if (declared.type == 'b') text_add(&values, store_kind(store) == DB_SQLITE ? "x'00'" : "'\\x00'");
			else if (declared.type) text_add(&values, "1");
			else text_addf(&values, "'%s'", !words ? "x" : strcmp(declared.empty, "{}") == 0 ? "{\"text\":\"" NAMED "\"}" : NAMED);
		}
		cleanup_text struct text sql = { 0 };
		text_addf(&sql, "INSERT INTO %s (%s) VALUES (%s)", table->name, text_cstr(&names), text_cstr(&values));
		TRY(db_script(db, text_cstr(&sql)));
	}
	TRY(db_script(db, store_kind(store) == DB_SQLITE ? "UPDATE inbox_message SET digest = x'01'" : "UPDATE inbox_message SET digest = '\\x01'"));
	return db_script(db,
		"INSERT INTO letter_batch (tenant_id, company_id, id, at, day, letters, document_id) VALUES (1, 1, 1, 1, 1, 2, 900);"
		"INSERT INTO document (tenant_id, company_id, id, customer_id, item_id, import_id, name, type, digest, bytes, at) SELECT 1, 1, 900, 0, 0, 0, 'run.pdf', 'x', digest, digest, 1 FROM document WHERE id = 1;"
		"INSERT INTO document (tenant_id, company_id, id, customer_id, item_id, import_id, name, type, digest, bytes, at) SELECT 1, 1, 901, 7, 70, 60, 'Facture Jean Kérouac.pdf', 'x', digest, digest, 1 FROM document WHERE id = 1;"
		"INSERT INTO import (tenant_id, company_id, id, at, file_name, format, source, mode, digest, state, report) SELECT 1, 1, 60, 1, 'a.csv', 'fec', 'accounting', 'ledger', digest, 'active',"
		" '{\"rejected\":[{\"value\":\"jean@kerouac.fr\"}]}' FROM document WHERE id = 1;"
		"INSERT INTO inbox_message (tenant_id, company_id, id, at, received_at, uid_validity, uid, digest, kind, state, from_address, from_name, words) SELECT 1, 1, 500, 1, 1, 1, 1, digest, 'reply',"
		" 'waiting', 'Jean@Kerouac.fr', 'Jean Kérouac', 'Kérouac' FROM document WHERE id = 900;"
		"INSERT INTO suppression (tenant_id, address, reason, at) VALUES (1, 'jean@kerouac.fr', 'bounce', 1)");
}

static struct status tell(struct change *change, void *context)
{
	(void)context;
	TRY(event_add_json(change, (struct event_new){ .kind = "note.added", .customer_id = 7 }, json_pack("{s:s}", "text", "Vu\nJean Kérouac")));
	TRY(event_add_json(change, (struct event_new){ .kind = "contact.added", .customer_id = 8 }, json_pack("{s:s}", "email", "jean@kerouac.fr")));
	TRY(event_add_json(change, (struct event_new){ .kind = "payer.forgotten" }, json_pack("{s:s}", "name", "KEROUAC JEAN")));
	return event_add_json(change, (struct event_new){ .kind = "note.added", .customer_id = 9 }, json_pack("{s:s}", "text", "un autre"));
}

/* Every text of every table, but the digests. */
static int64_t found_of(struct db *db, const char *trace, bool say)
{
	size_t count;
	int64_t found = 0;
	const struct personal_table *tables = personal_tables(&count);
	for (size_t i = 0; i < count; i++) {
		if (strcmp(tables[i].name, "schema_migration") == 0) continue;
		cleanup_text struct text columns = columns_of(db, tables[i].name);
		struct personal_column one, declared;
		for (const char *at = text_cstr(&columns); personal_column_next(&at, &one);) {
			if (in_list(tables[i].names, one.name, &declared) && declared.type == 'b') continue;
			cleanup_text struct text sql = { 0 };
			int64_t hits = 0;
			text_addf(&sql, "SELECT COUNT(*) FROM %s WHERE CAST(%s AS TEXT) LIKE '%%' || $trace || '%%'", tables[i].name, one.name);
			CHECK_OK(db_get_int(db, text_cstr(&sql), DB_ARGS(db_text("trace", trace)), &hits, NULL));
			if (hits && say) printf("%s.%s still holds %s\n", tables[i].name, one.name, trace);
			found += hits;
		}
	}
	return found;
}

static int64_t traces_left(bool say)
{
	struct db *db;
	int64_t found = 0;
	CHECK_OK(store_reader(store, &db));
	for (size_t i = 0; i < COUNT(traces); i++) found += found_of(db, traces[i], say);
	store_release(store, db);
	return found;
}

static void chain_stands(void)
{
	struct db *db;
	int64_t count = 0, broken = -1;
	CHECK_OK(store_reader(store, &db));
	CHECK_OK(event_verify(db, 1, company.id, &count, &broken));
	store_release(store, db);
	CHECK_INT(broken, 0);
	CHECK(count > 0);
}

static struct status fill_person(struct db *db, void *context)
{
	(void)context;
	return db_script(db,
		"INSERT INTO customer (tenant_id, company_id, id, code, name, email, phone, address, city, siren, note, class, created_at) VALUES"
		" (1, 1, 7, 'C7', 'Jean Kérouac', 'jean@kerouac.fr', '06 12 34 56 78', '1 rue Kérouac', 'Brest', '732829320', 'Jean Kérouac est poli', 'consumer', 1),"
		" (1, 1, 8, 'C8', 'KEROUAC JEAN', '', '', '', '', '', '', 'consumer', 1), (1, 1, 9, 'C9', 'Autre', '', '', '', '', '', '', 'professional', 1);"
		"UPDATE customer SET merged_into = 7 WHERE id = 8;"
		"INSERT INTO cash_payer (tenant_id, company_id, id, iban, name, customer_id, times, last_day) VALUES (1, 1, 400, 'FR7630006000011234567890189', 'KEROUAC JEAN', 7, 1, 1);"
		"INSERT INTO contact (tenant_id, company_id, id, customer_id, name, email, phone) VALUES (1, 1, 300, 7, 'Jean Kérouac', 'jean@kerouac.fr', '06 12 34 56 78'), (1, 1, 301, 9, 'Jean Kérouac', 'Jean@kerouac.fr', ''),"
		" (1, 1, 302, 9, 'Marie Autre', 'marie@autre.fr', '');"
		"INSERT INTO reply (tenant_id, company_id, id, customer_id, at, day, kind, address, name, text, handled_at) VALUES (1, 1, 310, 9, 1, 1, 'reply', 'paul@autre.fr', 'Paul Le Goff', 'Je paie. Paul Le Goff', 1);"
		"INSERT INTO outbox (tenant_id, company_id, id, action_id, customer_id, channel, message_id, sender, recipient, subject, body_text, body_html, state, queued_at) VALUES"
		" (1, 1, 320, 0, 9, 'email', 'm', 'us', 'marie@autre.fr, jean@kerouac.fr', 'Facture', 'Bonjour Mme Autre, M. Kérouac', '', 'sent', 1)");
}

static void begin(struct store *given, bool everywhere)
{
	store = given, everybody = viewer_system(1), everybody.lang = LANG_EN, today = on("2026-03-02");
	CHECK_OK(company_create(store, &everybody, (struct company_new){ .name = "Test", .code = "TEST" }, NOW, &company));
	CHECK_OK(store_transact(store, fill_person, NULL));
	if (everywhere) CHECK_OK(store_transact(store, fill, NULL));
	CHECK_OK(change(tell, NULL));
}

struct order {
	enum subject_kind kind;
	int64_t id;
	struct arena *arena;
	struct erase_plan plan;
};
static struct status do_erase(struct change *change, void *context)
{
	struct order *order = context;
	return erase(change, order->kind, order->id, "asked", order->arena, &order->plan);
}
static struct status look(struct order *order)
{
	struct db *db;
	CHECK_OK(store_reader(store, &db));
	struct status status = erase_look(db, &everybody, company.id, order->kind, order->id, order->arena, &order->plan);
	store_release(store, db);
	return status;
}
static int64_t part(const struct erase_plan *plan, const char *table, int fate)
{
	for (size_t i = 0; i < plan->count; i++)
		if (strcmp(plan->parts[i].table, table) == 0 && (int)plan->parts[i].fate == fate) return plan->parts[i].rows;
	return 0;
}

static void same_plan(const struct erase_plan *said, const struct erase_plan *done)
{
	for (size_t i = 0; i < said->count; i++) {
		int64_t rows = part(done, said->parts[i].table, (int)said->parts[i].fate);
		if (rows != said->parts[i].rows) printf("%s %d: said %lld, done %lld\n", said->parts[i].table, (int)said->parts[i].fate, (long long)said->parts[i].rows, (long long)rows);
	}
	CHECK_INT(done->rows, said->rows);
	CHECK_INT(done->events, said->events);
}

static struct status unmerge(struct change *change, void *context) { return customer_unmerge(change, *(int64_t *)context); }

static void a_customer_goes_everywhere(struct store *given)
{
	begin(given, true);
	cleanup_arena struct arena *arena = arena_new();
	struct order before = { SUBJECT_CUSTOMER, 7, arena, { 0 } }, order = before;
	CHECK(traces_left(false) > 60);
	/* the contact at another customer's stays: only this customer's file is asked for */
	CHECK_OK(sql("UPDATE contact SET name = 'Nobody', email = 'nobody@autre.fr' WHERE id = 301; UPDATE outbox SET recipient = 'marie@autre.fr', body_text = 'x' WHERE id = 320;"
	             /* his payer was written to about him too */
	             "INSERT INTO action_member (tenant_id, company_id, customer_id, action_id) VALUES (1, 1, 7, 91);"
	             "INSERT INTO outbox (tenant_id, company_id, id, action_id, customer_id, channel, message_id, sender, recipient, subject, body_text, body_html, state, queued_at) VALUES"
	             " (1, 1, 321, 91, 9, 'email', 'm321', 'us', 'marie@autre.fr', 'Jean Kérouac', 'Autre : 10 €, Jean Kérouac : 20 €', '<td>KEROUAC JEAN</td>', 'sent', 1)"));
	CHECK_OK(look(&before));
	CHECK_INT(before.plan.refusal_count, 0);
	for (size_t i = 0; i < before.plan.refusal_count; i++) printf("%s\n", before.plan.refusals[i]);
	CHECK_OK(change(do_erase, &order));
	same_plan(&before.plan, &order.plan); /* what was announced is what was done */
	CHECK_INT(traces_left(true), 0);
	chain_stands();
	CHECK_INT(part(&order.plan, "document", ERASE_KEPT), 1);
	CHECK_INT(number("SELECT COUNT(*) FROM document WHERE id = 901 AND name = 'Facture […].pdf'"), 1);
	CHECK_INT(number("SELECT COUNT(*) FROM document WHERE id IN (1, 900)"), 0);
	CHECK_INT(number("SELECT COUNT(*) FROM letter_batch WHERE document_id = 0"), 1);
	CHECK_INT(number("SELECT COUNT(*) FROM customer WHERE id IN (7, 8) AND name LIKE 'Erased C%' AND stopped = 1 AND siren = '' AND email = ''"), 2);
	CHECK_INT(number("SELECT COUNT(*) FROM customer WHERE id = 9 AND name = 'Autre'"), 1);
	CHECK_INT(number("SELECT COUNT(*) FROM contact WHERE id = 302 AND removed = 0 AND name = 'Marie Autre'"), 1);
	CHECK_INT(number("SELECT COUNT(*) FROM outbox WHERE id = 321 AND recipient = 'marie@autre.fr' AND body_text = 'Autre : 10 €, […] : 20 €'"), 1);
	int64_t merge_id = number("SELECT MIN(id) FROM customer_merge");
	CHECK_INT(change(unmerge, &merge_id).code, STATUS_CONFLICT); /* what it had moved went too */
	CHECK_INT(number("SELECT COUNT(*) FROM customer WHERE id = 8 AND merged_into = 7"), 1);
	CHECK_INT(number("SELECT COUNT(*) FROM event WHERE customer_id = 9 AND content IS NOT NULL"), 1);
	CHECK_INT(number("SELECT COUNT(*) FROM bank_line WHERE told IS NOT NULL AND amount = 1 AND payer = ''"), 1);
	CHECK_INT(number("SELECT COUNT(*) FROM item WHERE id = 70 AND number = 'x' AND label LIKE '%[…]%'"), 1);
	CHECK_INT(number("SELECT COUNT(*) FROM inbox_message WHERE id = 500 AND state = 'dismissed'"), 1);
	CHECK_INT(number("SELECT COUNT(*) FROM erasure WHERE subject = 'customer' AND customer_id = 7 AND reason = 'asked'"), 1);
	/* once is enough */
	CHECK_INT(change(do_erase, &order).code, STATUS_CONFLICT);
	/* taken by hand, without an erasure that says so */
	CHECK_OK(sql("UPDATE event SET content = NULL, salt = NULL WHERE customer_id = 9"));
	struct db *db;
	int64_t count, broken;
	CHECK_OK(store_reader(store, &db));
	CHECK_OK(event_verify(db, 1, company.id, &count, &broken));
	store_release(store, db);
	CHECK(broken > 0);
}

static void more_than_was_said_shows(struct store *given)
{
	begin(given, false);
	cleanup_arena struct arena *arena = arena_new();
	struct order order = { SUBJECT_CONTACT, 300, arena, { 0 } };
	CHECK_OK(change(tell, NULL));
	CHECK_OK(change(do_erase, &order));
	chain_stands();
	CHECK_OK(sql("UPDATE event SET content = NULL, salt = NULL WHERE customer_id = 9 AND seq = (SELECT MIN(seq) FROM event WHERE customer_id = 9 AND content IS NOT NULL AND kind = 'note.added')"));
	struct db *db;
	int64_t count, broken;
	CHECK_OK(store_reader(store, &db));
	CHECK_OK(event_verify(db, 1, company.id, &count, &broken));
	store_release(store, db);
	CHECK(broken > 0);
}

static void a_contact_goes_and_the_words_stay(struct store *given)
{
	begin(given, true);
	cleanup_arena struct arena *arena = arena_new();
	struct order before = { SUBJECT_CONTACT, 301, arena, { 0 } }, order = before;
	CHECK_OK(sql("UPDATE customer SET name = 'Le client', email = '', phone = '', note = '', address = '' WHERE id IN (7, 8); DELETE FROM cash_payer;"
	             "UPDATE mandate SET iban = 'x', debtor = 'x'; UPDATE instrument SET iban = 'x'; UPDATE bank_line SET payer_iban = 'x'"));
	CHECK_OK(look(&before));
	CHECK_INT(before.plan.refusal_count, 0);
	CHECK_INT(before.plan.customers, 3); /* where he is a contact, and who was merged into them */
	CHECK_OK(change(do_erase, &order));
	same_plan(&before.plan, &order.plan);
	for (size_t i = 0; i < 4; i++) { /* an account number is not his */
		struct db *db;
		CHECK_OK(store_reader(store, &db));
		CHECK_INT(found_of(db, traces[i], true), 0);
		store_release(store, db);
	}
	chain_stands();
	CHECK_INT(number("SELECT COUNT(*) FROM contact WHERE id IN (300, 301) AND removed = 1 AND email = ''"), 2);
	CHECK_INT(number("SELECT COUNT(*) FROM outbox WHERE id = 320 AND recipient = 'marie@autre.fr, […]' AND body_text = 'Bonjour Mme Autre, M. […]'"), 1);
	CHECK_INT(number("SELECT COUNT(*) FROM customer WHERE id = 7 AND name = 'Le client' AND stopped = 0"), 1);
}

static struct status add_back(struct change *change, void *context)
{
	int64_t id;
	return contact_add(change, 9, context, &id);
}
static struct status lift(struct change *change, void *context) { return erasure_lift(change, *(int64_t *)context); }

/* Whoever was stopped before the erasure is stopped after it was lifted: nobody asked that he be written to again. */
static void a_stop_from_before_stays(struct store *given)
{
	begin(given, false);
	cleanup_arena struct arena *arena = arena_new();
	struct order order = { SUBJECT_CUSTOMER, 7, arena, { 0 } };
	CHECK_OK(sql("UPDATE customer SET stopped = 1, stopped_reason = 'Litige' WHERE id = 7"));
	CHECK_OK(change(do_erase, &order));
	CHECK_OK(change(lift, &order.plan.erasure_id));
	CHECK_INT(number("SELECT COUNT(*) FROM customer WHERE id = 7 AND stopped = 1 AND hand_made = ''"), 1);
	CHECK_OK(sql("UPDATE customer SET stopped = 0 WHERE id = 7"));
	CHECK_OK(change(do_erase, &order));
	CHECK_OK(change(lift, &order.plan.erasure_id));
	CHECK_INT(number("SELECT COUNT(*) FROM customer WHERE id = 7 AND stopped = 0"), 1);
}

static void nobody_comes_back_unseen(struct store *given)
{
	begin(given, false);
	cleanup_arena struct arena *arena = arena_new();
	struct order order = { SUBJECT_CONTACT, 300, arena, { 0 } };
	struct contact_new again = { .name = "J. K.", .email = "JEAN@kerouac.fr" }, by_phone = { .name = "Jean", .phone = "+33 6 12 34 56 78" }, other = { .email = "autre@kerouac.fr" };
	CHECK_OK(change(do_erase, &order));
	CHECK_INT(change(add_back, &again).code, STATUS_CONFLICT);
	CHECK_INT(change(add_back, &by_phone).code, STATUS_CONFLICT);
	CHECK_OK(change(add_back, &other));
	CHECK_OK(change(lift, &order.plan.erasure_id));
	CHECK_INT(change(lift, &order.plan.erasure_id).code, STATUS_CONFLICT);
	CHECK_OK(change(add_back, &again));
	CHECK_INT(number("SELECT COUNT(*) FROM forgotten WHERE kind <> 'key'"), 0);
	chain_stands();
}

/* A sole trader's only contact bears his name: what he owes stands under it, and stays. */
static void a_contact_who_is_the_customer(struct store *given)
{
	begin(given, false);
	cleanup_arena struct arena *arena = arena_new();
	struct order order = { SUBJECT_CONTACT, 300, arena, { 0 } };
	CHECK_OK(change(do_erase, &order));
	CHECK_INT(number("SELECT COUNT(*) FROM customer WHERE id = 7 AND name = 'Jean Kérouac' AND city = 'Brest' AND siren = '732829320' AND email = '[…]'"), 1);
	CHECK_INT(number("SELECT COUNT(*) FROM contact WHERE id IN (300, 301) AND removed = 1 AND email = ''"), 2);
	chain_stands();
}

/* One address for the owners of many flats: every one of their files is gone through. */
static void a_contact_at_very_many(struct store *given)
{
	begin(given, false);
	cleanup_arena struct arena *arena = arena_new();
	cleanup_text struct text rows = { 0 };
	struct subject subject;
	struct db *db;
	for (int i = 1001; i <= 1450; i++)
		text_addf(&rows, "INSERT INTO customer (tenant_id, company_id, id, code, name, created_at) VALUES (1, 1, %d, 'M%d', 'Lot %d', 1);"
		                 "INSERT INTO contact (tenant_id, company_id, id, customer_id, name, email) VALUES (1, 1, %d, %d, 'Syndic Nadir', 'syndic@nadir.fr');", i, i, i, i, i);
	CHECK_OK(sql(text_cstr(&rows)));
	CHECK_OK(store_reader(store, &db));
	CHECK_OK(subject_load(db, &everybody, company.id, SUBJECT_CONTACT, 1001, arena, &subject));
	store_release(store, db);
	CHECK_INT((int64_t)subject.customer_count, 450);
	CHECK_INT(subject.customers[0], 1001);
	CHECK_INT(subject.customers[449], 1450);
	subject_free(&subject);
}

static void who_answered(struct store *given)
{
	begin(given, false);
	cleanup_arena struct arena *arena = arena_new();
	struct order order = { SUBJECT_ANSWER, 310, arena, { 0 } };
	CHECK_OK(change(do_erase, &order));
	CHECK_INT(number("SELECT COUNT(*) FROM reply WHERE id = 310 AND address = '[…]' AND name = '[…]' AND text = 'Je paie. […]'"), 1);
	chain_stands();
}

static void what_stands_against_it(struct store *given)
{
	static const struct { const char *sql, *undo, *words; } cases[] = {
		{ "INSERT INTO item (tenant_id, company_id, customer_id, id, number, kind, account, issue_day, posting_day, due_day, due_source, amount, open_amount, currency, label)"
		  " VALUES (1, 1, 8, 71, 'F1', 'invoice', '411', 1, 1, 1, 'file', 12000, 5000, 'EUR', '')", "DELETE FROM item", "€50.00 is still owed" },
		{ "INSERT INTO item (tenant_id, company_id, customer_id, id, number, kind, account, issue_day, posting_day, due_day, due_source, amount, open_amount, currency, label)"
		  " VALUES (1, 1, 7, 71, 'A1', 'credit_note', '411', 1, 1, 1, 'file', -12000, -5000, 'EUR', '')", "DELETE FROM item", "to be given back" },
		{ "INSERT INTO dispute_case (tenant_id, company_id, id, customer_id, reason, state, chain, currency, opened_day) VALUES (1, 1, 1, 7, 'price', 'open', '', 'EUR', 1)", "DELETE FROM dispute_case",
		  "dispute is open" },
		{ "INSERT INTO case_file (tenant_id, company_id, id, customer_id, route, stage, opened_day, currency, principal, interest, fee, by_user, at) VALUES (1, 1, 1, 7, 'bailiff', 'sent', 1, 'EUR', 1, 0, 0, 1, 1)",
		  "DELETE FROM case_file", "file is handed over" },
		{ "INSERT INTO promise (tenant_id, company_id, id, customer_id, day, amount, currency, made_day, state) VALUES (1, 1, 1, 7, 1, 1, 'EUR', 1, 'expected')", "DELETE FROM promise", "promise is expected" },
		{ "INSERT INTO deposit (tenant_id, company_id, id, customer_id, state, order_amount, amount, currency, made_day, due_day) VALUES (1, 1, 1, 7, 'received', 5, 2, 'EUR', 1, 2)",
		  "DELETE FROM deposit", "deposit is asked for" },
		{ "UPDATE customer SET payer_id = 7 WHERE id = 9", "UPDATE customer SET payer_id = 0", "pays for other customers" },
		{ "INSERT INTO reply (tenant_id, company_id, id, customer_id, at, day, kind) VALUES (1, 1, 1, 7, 1, 1, 'reply')", "DELETE FROM reply WHERE id = 1", "answer waits" },
		{ "INSERT INTO outbox (tenant_id, company_id, id, action_id, customer_id, channel, message_id, sender, recipient, subject, body_text, body_html, state, queued_at) VALUES"
		  " (1, 1, 1, 0, 7, 'email', 'q', 'us', 'jean@kerouac.fr', '', '', '', 'queued', 1)", "DELETE FROM outbox WHERE id = 1", "on its way" },
	};
	begin(given, false);
	for (size_t i = 0; i < COUNT(cases); i++) {
		cleanup_arena struct arena *arena = arena_new();
		struct order order = { SUBJECT_CUSTOMER, 7, arena, { 0 } };
		CHECK_OK(sql(cases[i].sql));
		struct status status = change(do_erase, &order);
		CHECK_INT(status.code, STATUS_CONFLICT);
		if (!strstr(status.text, cases[i].words)) printf("%s\n", status.text);
		CHECK(strstr(status.text, cases[i].words));
		CHECK_OK(look(&order));
		CHECK_INT(order.plan.refusal_count, 1);
		CHECK_INT(number("SELECT COUNT(*) FROM customer WHERE name = 'Jean Kérouac'"), 1);
		CHECK_OK(sql(cases[i].undo));
	}
	cleanup_arena struct arena *arena = arena_new();
	struct order order = { SUBJECT_CUSTOMER, 7, arena, { 0 } };
	everybody.rights = RIGHT_ALL & ~(unsigned)RIGHT_PERSONAL;
	CHECK_INT(change(do_erase, &order).code, STATUS_FORBIDDEN);
	CHECK_INT(look(&order).code, STATUS_FORBIDDEN);
	everybody.rights = RIGHT_ALL;
	order.id = 99;
	CHECK_INT(change(do_erase, &order).code, STATUS_NOT_FOUND);
	order.kind = SUBJECT_CONTACT;
	CHECK_INT(change(do_erase, &order).code, STATUS_NOT_FOUND);
}

static struct status tell_user(struct change *change, void *context)
{
	(void)context;
	return event_add_json(change, (struct event_new){ .kind = "user.added", .ref = 5 }, json_pack("{s:s}", "email", "anne@us.fr"));
}

static void a_colleague(struct store *given)
{
	begin(given, false);
	cleanup_arena struct arena *arena = arena_new();
	struct order order = { SUBJECT_USER, 5, arena, { 0 } };
	CHECK_OK(sql("INSERT INTO user_account (tenant_id, id, email, name, role, phone, password_hash, created_at) VALUES (1, 5, 'anne@us.fr', 'Anne Martin', 'collector', '0612345678', 'h', 1);"
	             "INSERT INTO token (tenant_id, id, user_id, name, hash, scope, created_at) SELECT 1, 1, 5, 'laptop', hash, 'read', 1 FROM event WHERE seq = 1"));
	CHECK_OK(change(tell_user, NULL));
	struct company first = company, other; /* what becomes of an account is in the history of every company */
	CHECK_OK(company_create(store, &everybody, (struct company_new){ .name = "Autre", .code = "OTHER" }, NOW, &other));
	company = other;
	CHECK_OK(change(tell_user, NULL));
	company = first;
	CHECK_INT(change(do_erase, &order).code, STATUS_CONFLICT); /* in use */
	CHECK_OK(sql("UPDATE user_account SET disabled = 1; UPDATE customer SET collector_id = 5 WHERE id = 9"));
	CHECK_INT(change(do_erase, &order).code, STATUS_CONFLICT); /* in charge of somebody */
	CHECK_OK(sql("UPDATE customer SET collector_id = 0"));
	struct order before = order;
	CHECK_OK(look(&before));
	CHECK_OK(change(do_erase, &order));
	same_plan(&before.plan, &order.plan);
	CHECK_INT(number("SELECT COUNT(*) FROM user_account WHERE id = 5 AND email = 'erased-5' AND name = 'Former colleague 5' AND phone = '' AND password_hash = ''"), 1);
	CHECK_INT(number("SELECT COUNT(*) FROM token"), 0);
	CHECK_INT(number("SELECT COUNT(*) FROM event WHERE kind = 'user.added' AND content IS NULL"), 2);
	chain_stands();
	company = other;
	chain_stands();
}

/* Another company of the tenant, another tenant: untouched. */
static void only_here(struct store *given)
{
	begin(given, false);
	cleanup_arena struct arena *arena = arena_new();
	CHECK_OK(sql("INSERT INTO customer (tenant_id, company_id, id, code, name, email, created_at) VALUES (1, 2, 7, 'C7', 'Jean Kérouac', 'jean@kerouac.fr', 1), (2, 1, 7, 'C7', 'Jean Kérouac', 'jean@kerouac.fr', 1);"
	             "INSERT INTO contact (tenant_id, company_id, id, customer_id, name, email) VALUES (1, 2, 300, 7, 'Jean Kérouac', 'jean@kerouac.fr'), (2, 1, 300, 7, 'Jean Kérouac', 'jean@kerouac.fr')"));
	struct order order = { SUBJECT_CUSTOMER, 7, arena, { 0 } }, contact = { SUBJECT_CONTACT, 301, arena, { 0 } };
	CHECK_OK(change(do_erase, &order));
	CHECK_OK(change(do_erase, &contact));
	CHECK_INT(number("SELECT COUNT(*) FROM customer WHERE name = 'Jean Kérouac'"), 2);
	CHECK_INT(number("SELECT COUNT(*) FROM contact WHERE name = 'Jean Kérouac' AND removed = 0"), 2);
}

#define ON_BOTH(name) static void name##_on_both(void) { teststore_each(name); }
ON_BOTH(a_customer_goes_everywhere)
ON_BOTH(a_contact_goes_and_the_words_stay)
ON_BOTH(more_than_was_said_shows)
ON_BOTH(a_stop_from_before_stays)
ON_BOTH(nobody_comes_back_unseen)
ON_BOTH(a_contact_who_is_the_customer)
ON_BOTH(a_contact_at_very_many)
ON_BOTH(who_answered)
ON_BOTH(what_stands_against_it)
ON_BOTH(a_colleague)
ON_BOTH(only_here)

TESTS({ "a customer goes everywhere", a_customer_goes_everywhere_on_both }, { "a contact goes, the words stay", a_contact_goes_and_the_words_stay_on_both },
      { "more than was said shows", more_than_was_said_shows_on_both }, { "a stop from before stays", a_stop_from_before_stays_on_both }, { "nobody comes back unseen", nobody_comes_back_unseen_on_both }, { "a contact who is the customer", a_contact_who_is_the_customer_on_both }, { "a contact at very many", a_contact_at_very_many_on_both }, { "who answered", who_answered_on_both },
      { "what stands against it", what_stands_against_it_on_both }, { "a colleague", a_colleague_on_both }, { "only here", only_here_on_both }, )
