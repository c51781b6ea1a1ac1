/* Fields of the company's own in lists: proposed by their name, filled, refused, mended, taken back; a person's word stays. */
#include "intake/values.h"

#include "base/memory.h"
#include "base/test.h"
#include "db/teststore.h"
#include "intake/push.h"
#include "ledger/custom.h"

enum { NOW = 1700000000, TODAY = 20400 /* 2025-11-08 */ };

struct desk {
	struct store *store;
	struct viewer viewer;
	struct company company;
	struct arena *arena;
	struct intake_result result;
};

static struct status in_change(struct db *db, void *context)
{
	struct desk *desk = context;
	static const struct custom_new fields[] = {
		{ .subject = CUSTOM_CUSTOMER, .kind = CUSTOM_CHOICE, .label_fr = "Secteur", .label_en = "Sector", .choices = "Industrie\nCommerce" },
		{ .subject = CUSTOM_CUSTOMER, .kind = CUSTOM_NUMBER, .label_fr = "Effectif", .label_en = "Headcount" },
		{ .subject = CUSTOM_ITEM, .kind = CUSTOM_TEXT, .label_fr = "Chantier", .label_en = "Site" },
		{ .subject = CUSTOM_ITEM, .kind = CUSTOM_DATE, .label_fr = "Date de livraison réelle", .label_en = "Delivered", .code = "livraison" },
	};
	struct change change;
	TRY(company_begin(db, &desk->viewer, desk->company.id, TODAY, NOW, &change));
	for (size_t i = 0; i < COUNT(fields); i++) {
		int64_t id;
		TRY(custom_define(&change, &fields[i], &id));
	}
	return company_end(&change);
}

static struct desk desk_new(struct store *store)
{
	struct desk desk = { .store = store, .viewer = viewer_system(1), .arena = arena_new() };
	desk.viewer.lang = LANG_EN;
	CHECK_OK(company_create(store, &desk.viewer, (struct company_new){ .name = "Test", .code = "TEST" }, NOW, &desk.company));
	CHECK_OK(store_transact(store, in_change, &desk));
	return desk;
}

static struct intake intake_of(struct desk *desk)
{
	return (struct intake){ .store = desk->store, .viewer = &desk->viewer, .company_id = desk->company.id, .today = TODAY, .now = NOW,
		                .arena = desk->arena, .options = { .as_of = DAY_NONE, .yes = true } };
}

static struct status import_text(struct desk *desk, const char *text, bool partial)
{
	struct intake intake = intake_of(desk);
	intake.options.file_name = "list.csv", intake.options.accept_partial = partial;
	complaints_free(&desk->result.rejected);
	return intake_import(&intake, text, strlen(text), &desk->result);
}

/* What stands for one owner: the first customer or item by its code or number. */
static const char *value_of(struct desk *desk, const char *subject, const char *named, const char *code)
{
	struct db *db;
	char *text = NULL;
	CHECK_OK(store_reader(desk->store, &db));
	CHECK_OK(db_get_text(db,
		"SELECT v.value FROM custom_value v JOIN custom_field f ON f.tenant_id = v.tenant_id AND f.company_id = v.company_id AND f.id = v.field_id"
		" WHERE v.subject = $subject AND f.code = $code AND (v.owner_id IN (SELECT id FROM customer WHERE code = $named) AND v.subject = 'customer'"
		" OR v.owner_id IN (SELECT id FROM item WHERE number = $named) AND v.subject = 'item')",
		DB_ARGS(db_text("subject", subject), db_text("code", code), db_text("named", named)), &text));
	store_release(desk->store, db);
	const char *kept = text ? arena_strdup(desk->arena, text) : "(none)";
	free(text);
	return kept;
}

static struct status set_by_hand(struct db *db, void *context)
{
	struct desk *desk = context;
	struct change change;
	TRY(company_begin(db, &desk->viewer, desk->company.id, TODAY, NOW, &change));
	TRY(custom_set(&change, CUSTOM_CUSTOMER, 1, "secteur", "Commerce"));
	return company_end(&change);
}

static void lists_fill_them(struct store *store)
{
	struct desk desk = desk_new(store);
	CHECK_OK(import_text(&desk, "code client;nom client;numero facture;date facture;date echeance;montant ttc;reste du;Secteur;Effectif;Chantier;Date de livraison réelle\n"
	                            "C1;Dupont;F1;13/10/2025;12/11/2025;120,00;120,00;industrie;12,5;Lyon;14/10/2025\n"
	                            "C2;Martin;F2;13/10/2025;12/11/2025;240,00;240,00;;1 200;;\n", false));
	CHECK(!desk.result.refused);
	CHECK_TEXT(value_of(&desk, "customer", "C1", "secteur"), "Industrie");
	CHECK_TEXT(value_of(&desk, "customer", "C1", "effectif"), "12.5");
	CHECK_TEXT(value_of(&desk, "customer", "C2", "effectif"), "1200");
	CHECK_TEXT(value_of(&desk, "customer", "C2", "secteur"), "(none)");
	CHECK_TEXT(value_of(&desk, "item", "F1", "chantier"), "Lyon");
	CHECK_TEXT(value_of(&desk, "item", "F1", "livraison"), "2025-10-14");

	/* the same again says nothing; another value alone is a change, and goes with its import */
	static const char changed[] = "code client;nom client;numero facture;date facture;date echeance;montant ttc;reste du;Chantier\n"
	                              "C1;Dupont;F1;13/10/2025;12/11/2025;120,00;120,00;%s\n"
	                              "C2;Martin;F2;13/10/2025;12/11/2025;240,00;240,00;\n";
	char text[600];
	snprintf(text, sizeof text, changed, "Lyon");
	CHECK_OK(import_text(&desk, text, false));
	CHECK_INT(desk.result.import_id, 0);
	snprintf(text, sizeof text, changed, "Paris");
	CHECK_OK(import_text(&desk, text, false));
	CHECK(desk.result.import_id > 0);
	CHECK_INT(desk.result.items_changed, 1);
	CHECK_INT(desk.result.items_unchanged, 1);
	CHECK_TEXT(value_of(&desk, "item", "F1", "chantier"), "Paris");
	struct intake intake = intake_of(&desk);
	struct intake_undone undone;
	CHECK_OK(intake_undo(&intake, desk.result.import_id, &undone));
	CHECK_TEXT(value_of(&desk, "item", "F1", "chantier"), "Lyon");

	/* a choice that there is not: its line is refused, the others come */
	static const char wrong[] = "code client;nom client;siren;Secteur\nC1;Dupont;732829320;Banque\nC2;Martin;;Commerce\n";
	CHECK_OK(import_text(&desk, wrong, false));
	CHECK(desk.result.refused);
	CHECK_INT(desk.result.rejected.total, 1);
	CHECK_TEXT(desk.result.rejected.rows[0].column, "Secteur");
	CHECK_OK(import_text(&desk, wrong, true));
	CHECK_TEXT(value_of(&desk, "customer", "C2", "secteur"), "Commerce");
	CHECK_TEXT(value_of(&desk, "customer", "C1", "secteur"), "Industrie");

	/* what a person said stays */
	CHECK_OK(store_transact(store, set_by_hand, &desk));
	CHECK_OK(import_text(&desk, "code client;nom client;Secteur\nC1;Dupont;Industrie\n", false));
	CHECK_TEXT(value_of(&desk, "customer", "C1", "secteur"), "Commerce");

	/* by the API, under their codes */
	json_t *body = json_loads("{\"customers\":[{\"customer_code\":\"C2\",\"field.effectif\":7.25,\"field.secteur\":\"Industrie\"}]}", 0, NULL), *answer = NULL;
	CHECK_OK(push_json(&intake, NULL, body, &answer));
	CHECK_TEXT(value_of(&desk, "customer", "C2", "effectif"), "7.25");
	CHECK_TEXT(value_of(&desk, "customer", "C2", "secteur"), "Industrie");
	json_decref(body), json_decref(answer);
	complaints_free(&desk.result.rejected);
	arena_free(desk.arena);
}

static void in_both_stores(void)
{
	teststore_each(lists_fill_them);
}

TESTS({ "lists fill fields of the company's own", in_both_stores }, )
