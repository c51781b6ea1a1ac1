/* Two customers made one, and two again: their items, what was done for them, and what later lists say of either. */
#include "ledger/customer_merge.h"

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

static void in_both_stores(void)
{
	teststore_each(made_one_and_two_again);
}

TESTS({ "made one, and two again", in_both_stores }, )
