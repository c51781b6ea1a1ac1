/* Two customers made one, and two again: their items, what was done for them, and what later lists say of either. */
#include "ledger/customer_merge.h"
#include "ledger/customer_merge_rows.h"
#include "ledger/event.h"

#include "base/memory.h"
#include "base/test.h"
#include "db/teststore.h"
#include "intake/intake.h"
#include "ledger/contact.h"
#include "ledger/projection_store.h"

enum { NOW = 1700000000, TODAY = 20400 };

struct desk {
	struct store *store;
	struct viewer viewer;
	struct company company;
	struct arena *arena;
	struct intake_result result;
	int64_t merge, from, into;
	struct status (*run)(struct change *change, struct desk *desk);
};

static struct status in_change(struct db *db, void *context)
{
	struct desk *desk = context;
	struct change change;
	TRY(company_begin(db, &desk->viewer, desk->company.id, TODAY, NOW, &change));
	TRY(desk->run(&change, desk));
	return company_end(&change);
}

static struct status doing(struct desk *desk, struct status (*run)(struct change *change, struct desk *desk))
{
	desk->run = run;
	return store_transact(desk->store, in_change, desk);
}

static struct status add_contacts(struct change *change, struct desk *desk)
{
	int64_t id;
	(void)desk;
	TRY(contact_add(change, 1, &(struct contact_new){ .name = "Un", .email = "un@ex.fr", .role = "billing", .main = true }, &id));
	return contact_add(change, 2, &(struct contact_new){ .name = "Deux", .email = "deux@ex.fr", .role = "billing", .main = true }, &id);
}

static struct status merge(struct change *change, struct desk *desk)
{
	return customer_merge_by_hand(change, desk->from, desk->into, &desk->merge);
}

static struct status unmerge(struct change *change, struct desk *desk)
{
	return customer_unmerge(change, desk->merge);
}

static struct status apart(struct change *change, struct desk *desk)
{
	return customer_distinct(change, desk->from, desk->into);
}

static struct status import_text(struct desk *desk, const char *text)
{
	struct intake intake = { .store = desk->store, .viewer = &desk->viewer, .company_id = desk->company.id, .today = TODAY, .now = NOW, .arena = desk->arena,
		.options = { .as_of = DAY_NONE, .yes = true, .file_name = "list.csv" } };
	complaints_free(&desk->result.rejected);
	return intake_import(&intake, text, strlen(text), &desk->result);
}

static int64_t number(struct desk *desk, const char *sql)
{
	struct db *db;
	int64_t value = -1;
	CHECK_OK(store_reader(desk->store, &db));
	CHECK_OK(db_get_int(db, sql, DB_NO_ARGS, &value, NULL));
	store_release(desk->store, db);
	return value;
}

static size_t twins(struct desk *desk)
{
	struct db *db;
	struct customer_twin *list;
	size_t count = 99;
	CHECK_OK(store_reader(desk->store, &db));
	CHECK_OK(customer_twins(db, &desk->viewer, desk->company.id, 10, desk->arena, &list, &count));
	store_release(desk->store, db);
	return count;
}

static void verified(struct desk *desk)
{
	struct db *db;
	bool ok = false;
	const char *detail = "";
	CHECK_OK(store_reader(desk->store, &db));
	CHECK_OK(projection_verify(db, desk->company.tenant_id, desk->company.id, desk->arena, &ok, &detail));
	store_release(desk->store, db);
	CHECK_TEXT(detail, "");
	CHECK(ok);
}

static void made_one_and_two_again(struct store *store)
{
	struct desk desk = { .store = store, .viewer = viewer_system(1), .arena = arena_new(), .from = 2, .into = 1 };
	desk.viewer.lang = LANG_EN;
	CHECK_OK(company_create(store, &desk.viewer, (struct company_new){ .name = "Test", .code = "TEST" }, NOW, &desk.company));
	static const char items[] = "code client;nom client;numero facture;date facture;date echeance;montant ttc;reste du\n"
	                            "C1;SARL Dupont;F1;13/10/2025;12/11/2025;120,00;120,00\nC2;Dupont;F2;13/10/2025;12/11/2025;240,00;240,00\n"
	                            "C3;Durand;F3;13/10/2025;12/11/2025;360,00;360,00\n";
	CHECK_OK(import_text(&desk, items));
	CHECK_OK(import_text(&desk, "code client;nom client;code postal;ville;siren\nC1;SARL Dupont;69003;Lyon;\nC2;Dupont;69003;Lyon;732829320\nC3;Durand;69003;Lyon;\n"));
	CHECK_OK(doing(&desk, add_contacts));
	CHECK_INT(twins(&desk), 1); /* the same name but for its legal form, at the same place */

	CHECK_OK(doing(&desk, merge));
	CHECK_INT(number(&desk, "SELECT sum(open_amount) FROM item WHERE customer_id = 1"), 36000);
	CHECK_INT(number(&desk, "SELECT count(*) FROM item WHERE customer_id = 2"), 0);
	CHECK_INT(number(&desk, "SELECT count(*) FROM contact WHERE customer_id = 1"), 2);
	CHECK_INT(number(&desk, "SELECT count(*) FROM contact WHERE customer_id = 1 AND main = 1"), 1);
	CHECK_INT(number(&desk, "SELECT count(*) FROM customer WHERE id = 1 AND siren = '732829320'"), 1);
	CHECK_INT(number(&desk, "SELECT count(*) FROM event WHERE kind = 'customer.merged'"), 1);
	CHECK_INT(twins(&desk), 0);
	verified(&desk);
	CHECK_INT(doing(&desk, merge).code, STATUS_CONFLICT); /* twice */

	/* the next lists: nothing new of the items; what is said of the one that went is said of the one that stays */
	CHECK_OK(import_text(&desk, items));
	CHECK_INT(desk.result.import_id, 0);
	CHECK_OK(import_text(&desk, "code client;nom;fonction;email\nC2;Trois;comptable;trois@ex.fr\n"));
	CHECK_INT(number(&desk, "SELECT count(*) FROM contact WHERE customer_id = 1 AND email = 'trois@ex.fr'"), 1);
	CHECK_OK(import_text(&desk, "code client;nom client;numero facture;date facture;date echeance;montant ttc;reste du\n"
	                            "C1;SARL Dupont;F1;13/10/2025;12/11/2025;120,00;120,00\nC2;Dupont;F2;13/10/2025;12/11/2025;240,00;240,00\n"
	                            "C2;Dupont;F4;14/10/2025;13/11/2025;40,00;40,00\nC3;Durand;F3;13/10/2025;12/11/2025;360,00;360,00\n"));
	CHECK_INT(number(&desk, "SELECT sum(open_amount) FROM item WHERE customer_id = 1"), 40000);

	CHECK_OK(doing(&desk, unmerge));
	CHECK_INT(number(&desk, "SELECT sum(open_amount) FROM item WHERE customer_id = 1"), 12000);
	CHECK_INT(number(&desk, "SELECT sum(open_amount) FROM item WHERE customer_id = 2"), 28000);
	CHECK_INT(number(&desk, "SELECT count(*) FROM contact WHERE customer_id = 2 AND email = 'deux@ex.fr'"), 1);
	CHECK_INT(number(&desk, "SELECT count(*) FROM customer WHERE id = 1 AND siren = ''"), 1);
	CHECK_INT(number(&desk, "SELECT count(*) FROM customer WHERE merged_into > 0"), 0);
	CHECK_INT(doing(&desk, unmerge).code, STATUS_NOT_FOUND);
	verified(&desk);
	CHECK_INT(twins(&desk), 1);
	CHECK_OK(doing(&desk, apart));
	CHECK_INT(twins(&desk), 0);

	/* one after another, taken back in the other order */
	CHECK_OK(doing(&desk, merge));
	int64_t first = desk.merge;
	desk.from = 1, desk.into = 3;
	CHECK_OK(doing(&desk, merge));
	CHECK_INT(number(&desk, "SELECT sum(open_amount) FROM item WHERE customer_id = 3"), 76000);
	verified(&desk);
	int64_t second = desk.merge;
	desk.merge = first;
	CHECK_INT(doing(&desk, unmerge).code, STATUS_CONFLICT);
	desk.merge = second;
	CHECK_OK(doing(&desk, unmerge));
	CHECK_INT(number(&desk, "SELECT sum(open_amount) FROM item WHERE customer_id = 1"), 40000);
	desk.merge = first;
	CHECK_OK(doing(&desk, unmerge));
	CHECK_INT(number(&desk, "SELECT sum(open_amount) FROM item WHERE customer_id = 2"), 28000);
	verified(&desk);

	desk.viewer.rights = RIGHT_READ | RIGHT_COLLECT;
	CHECK_INT(doing(&desk, merge).code, STATUS_FORBIDDEN);
	complaints_free(&desk.result.rejected);
	arena_free(desk.arena);
}

/* Everything else that hangs on a customer: one row of the one who goes, and where the other has his own, both. */
static const char things[] =
	"UPDATE customer SET tags = 'vip,export', hand_made = 'tags,scenario', scenario = 'none', stopped = 1, stopped_reason = 'asked', insolvency_day = 20390,"
	" insolvency_note = 'RJ', collector_id = 7, terms_days = 45, terms_month = 'after', payer_id = 3, rev = 1 WHERE id = 2;"
	"UPDATE customer SET tags = 'vip,old', rev = 1 WHERE id = 1; UPDATE customer SET payer_id = 2, rev = 1 WHERE id = 3;"
	"INSERT INTO custom_value (tenant_id, company_id, subject, owner_id, field_id, value) VALUES (1, 1, 'customer', 2, 1, 'a'), (1, 1, 'customer', 2, 2, 'b'),"
	" (1, 1, 'customer', 1, 2, 'mine'), (1, 1, 'item', 2, 1, 'an item');"
	"INSERT INTO cash_payer (tenant_id, company_id, id, iban, name, customer_id, times, last_day) VALUES (1, 1, 1, 'FR1', 'DUPONT', 2, 3, 20000),"
	" (1, 1, 2, 'FR2', 'X', 2, 1, 20000), (1, 1, 3, 'FR2', 'X', 1, 1, 20000);"
	"INSERT INTO preference (tenant_id, company_id, customer_id, no_phone) VALUES (1, 1, 2, 1);"
	"INSERT INTO call_attempt (tenant_id, company_id, customer_id, id, at, day, minute, outcome, reached) VALUES (1, 1, 2, 1, 5, 20000, 600, 'reached', 1);"
	"INSERT INTO letter (tenant_id, company_id, action_id, customer_id) VALUES (1, 1, 11, 2);"
	"INSERT INTO debtor_link (tenant_id, company_id, id, customer_id, hash, made_at, expires_at) VALUES (1, 1, 1, 2, x'01', 0, 1);"
	"INSERT INTO watch (tenant_id, company_id, customer_id, user_id, at) VALUES (1, 1, 2, 7, 0), (1, 1, 2, 8, 0), (1, 1, 1, 8, 0);"
	"INSERT INTO level_taken (tenant_id, company_id, customer_id, item_id, level, import_id) VALUES (1, 1, 2, 0, 2, 1);"
	"INSERT INTO insolvency_file (tenant_id, company_id, customer_id, kind) VALUES (1, 1, 2, 'receivership');"
	"INSERT INTO dispute_message (tenant_id, company_id, id, case_id, customer_id, at, side, direction, text) VALUES (1, 1, 1, 5, 2, 0, 'internal', 'note', 'x');";

static struct status add_things(struct change *change, struct desk *desk)
{
	(void)desk;
	TRY(event_add_json(change, (struct event_new){ .kind = "note.added", .customer_id = 2 }, json_pack("{s:s}", "text", "before")));
	cleanup_free char *script = xstrdup(things);
	char *at;
	if (db_kind(change->db) == DB_POSTGRESQL)
		while ((at = strstr(script, "x'01'")) != NULL) memcpy(at, "'h01'", 5);
	return db_script(change->db, script);
}

static void all_that_hangs_on_him(struct store *store)
{
	struct desk desk = { .store = store, .viewer = viewer_system(1), .arena = arena_new(), .from = 2, .into = 1 };
	CHECK_OK(company_create(store, &desk.viewer, (struct company_new){ .name = "Test", .code = "TEST" }, NOW, &desk.company));
	CHECK_OK(import_text(&desk, "code client;nom client;numero facture;date facture;montant ttc\nC1;Dupont;F1;13/10/2025;120,00\nC2;Dupont;F2;13/10/2025;240,00\n"
	                            "C3;Durand;F3;13/10/2025;360,00\n"));
	CHECK_OK(doing(&desk, add_things));
	CHECK_OK(doing(&desk, merge));
	static const struct {
		const char *sql;
		int64_t before, after;
	} told[] = {
		{ "SELECT count(*) FROM customer WHERE id = 1 AND tags = 'vip,old,export'", 0, 1 },
		{ "SELECT count(*) FROM customer WHERE id = 1 AND scenario = 'none' AND hand_made = 'scenario'", 0, 1 },
		{ "SELECT count(*) FROM customer WHERE id = 1 AND stopped = 1 AND stopped_reason = 'asked' AND insolvency_day = 20390", 0, 1 },
		{ "SELECT count(*) FROM customer WHERE id = 1 AND collector_id = 7 AND terms_days = 45 AND terms_month = 'after' AND payer_id = 3", 0, 1 },
		{ "SELECT payer_id FROM customer WHERE id = 3", 2, 1 },
		{ "SELECT count(*) FROM custom_value WHERE subject = 'customer' AND owner_id = 1", 1, 2 }, /* his own stays */
		{ "SELECT count(*) FROM custom_value WHERE subject = 'customer' AND owner_id = 1 AND value = 'b'", 0, 0 },
		{ "SELECT count(*) FROM custom_value WHERE subject = 'item' AND owner_id = 2", 1, 1 },
		{ "SELECT count(*) FROM cash_payer WHERE customer_id = 1", 1, 2 },
		{ "SELECT count(*) FROM preference WHERE customer_id = 1 AND no_phone = 1", 0, 1 },
		{ "SELECT count(*) FROM call_attempt WHERE customer_id = 1", 0, 1 },
		{ "SELECT count(*) FROM letter WHERE customer_id = 1 AND action_id = 11", 0, 1 },
		{ "SELECT count(*) FROM debtor_link WHERE customer_id = 1", 0, 1 },
		{ "SELECT count(*) FROM watch WHERE customer_id = 1", 1, 2 },
		{ "SELECT count(*) FROM level_taken WHERE customer_id = 1", 0, 1 },
		{ "SELECT count(*) FROM insolvency_file WHERE customer_id = 1", 0, 1 },
		{ "SELECT count(*) FROM dispute_message WHERE customer_id = 1", 0, 1 },
	};
	for (size_t i = 0; i < COUNT(told); i++)
		if (number(&desk, told[i].sql) != told[i].after) printf("  over: %s\n", told[i].sql), test_failures++;
	struct db *db;
	struct event *events;
	size_t count = 0, before = 0;
	CHECK_OK(store_reader(store, &db));
	CHECK_OK(event_list(db, &desk.viewer, 1, 1, "note.", 0, 10, desk.arena, &events, &count));
	store_release(store, db);
	CHECK_INT(count, 1); /* his timeline goes on */
	CHECK_OK(doing(&desk, unmerge));
	for (size_t i = 0; i < COUNT(told); i++)
		if (number(&desk, told[i].sql) != told[i].before) printf("  back: %s\n", told[i].sql), test_failures++;
	CHECK_OK(store_reader(store, &db));
	CHECK_OK(event_list(db, &desk.viewer, 1, 1, "note.", 0, 10, desk.arena, &events, &before));
	store_release(store, db);
	CHECK_INT(before, 0);
	verified(&desk);
	complaints_free(&desk.result.rejected);
	arena_free(desk.arena);
}

static void hangs_in_both_stores(void)
{
	teststore_each(all_that_hangs_on_him);
}

/* A new table with a column customer_id has to say what becomes of its rows. */
static void no_table_is_forgotten(void)
{
	struct store *store = teststore_open(DB_SQLITE);
	struct db *db;
	CHECK_OK(store_reader(store, &db));
	cleanup_rows struct rows *rows = db_query(db, "SELECT m.name FROM sqlite_master m JOIN pragma_table_info(m.name) c ON c.name = 'customer_id' WHERE m.type = 'table' ORDER BY 1", DB_NO_ARGS);
	size_t count, seen = 0;
	const struct merge_table *tables = merge_tables(&count);
	while (rows_next(rows)) {
		bool known = false;
		for (size_t i = 0; i < count; i++) known |= strcmp(tables[i].name, row_text(rows, 0)) == 0;
		if (!known) printf("what becomes of %s when customers are made one? (ledger/customer_merge_rows.c)\n", row_text(rows, 0));
		CHECK(known);
		seen++;
	}
	CHECK_OK(rows_status(rows));
	CHECK(seen > 30);
	rows_close(rows), rows = NULL;
	store_release(store, db);
	teststore_close(store);
}

static void in_both_stores(void)
{
	teststore_each(made_one_and_two_again);
}

TESTS({ "made one, and two again", in_both_stores }, { "all that hangs on him", hangs_in_both_stores }, { "no table is forgotten", no_table_is_forgotten }, )
