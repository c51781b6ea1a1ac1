/* Fields that a company defines: how values are read and compared, who may change them, what an import may not. */
#include "ledger/custom.h"

#include "base/memory.h"
#include "base/test.h"
#include "db/teststore.h"
#include "ledger/customer.h"
#include "ledger/event.h"

enum { NOW = 1760000000, TODAY = 20370 /* 2025-10-09 */ };

static const char *const colours[] = { "Rouge foncé", "Bleu", NULL };
static const struct custom_field of_text = { .id = 1, .kind = CUSTOM_TEXT, .code = "t", .label_fr = "T", .label_en = "T" },
	of_number = { .id = 2, .kind = CUSTOM_NUMBER, .code = "n", .label_fr = "N", .label_en = "N" },
	of_date = { .id = 3, .kind = CUSTOM_DATE, .code = "d", .label_fr = "D", .label_en = "D" },
	of_choice = { .id = 4, .kind = CUSTOM_CHOICE, .code = "c", .label_fr = "C", .label_en = "C", .choices = colours };

static void values_are_read_as_their_kind(void)
{
	static const struct {
		const struct custom_field *field;
		const char *given, *kept; /* NULL: refused */
	} cases[] = {
		{ &of_text, "  Grande distribution ", "Grande distribution" }, { &of_text, "", "" },
		{ &of_number, "12,50", "12.5" },   { &of_number, "1 234,5", "1234.5" },    { &of_number, "-3", "-3" },
		{ &of_number, "100", "100" },      { &of_number, "0,000001", "0.000001" }, { &of_number, "1,234.50", "1234.5" },
		{ &of_number, "0", "0" },          { &of_number, "douze", NULL },          { &of_number, "NaN", NULL },
		{ &of_date, "31/01/2025", "2025-01-31" }, { &of_date, "2025-01-31", "2025-01-31" }, { &of_date, "31/02/2025", NULL },
		{ &of_date, "bientôt", NULL },     { &of_choice, "rouge FONCE", "Rouge foncé" }, { &of_choice, "Vert", NULL }, { &of_choice, " ", "" },
	};
	cleanup_arena struct arena *arena = arena_new();
	for (size_t i = 0; i < COUNT(cases); i++) {
		const char *kept;
		struct status status = custom_read(cases[i].field, cases[i].given, arena, &kept);
		CHECK_INT(status.code != STATUS_OK, cases[i].kept == NULL);
		if (cases[i].kept && !status.code) CHECK_TEXT(kept, cases[i].kept);
	}
	CHECK_TEXT(custom_shown(&of_date, "2025-01-31", LANG_FR, arena), "31/01/2025");
	CHECK_TEXT(custom_shown(&of_number, "12.5", LANG_FR, arena), "12,5");
	CHECK_TEXT(custom_shown(&of_number, "12.5", LANG_EN, arena), "12.5");
}

static void values_are_compared_as_their_kind(void)
{
	static const struct {
		const struct custom_field *field;
		const char *value;
		enum custom_op op;
		const char *wanted;
		bool fits;
	} cases[] = {
		{ &of_number, "9", CUSTOM_AT_LEAST, "10", false },  { &of_number, "10", CUSTOM_AT_LEAST, "9,5", true },
		{ &of_number, "-3", CUSTOM_AT_MOST, "-2", true },   { &of_number, "12.5", CUSTOM_IS, "12,50", true },
		{ &of_date, "2025-01-31", CUSTOM_AT_LEAST, "01/01/2025", true }, { &of_date, "2024-12-31", CUSTOM_AT_LEAST, "2025-01-01", false },
		{ &of_choice, "Bleu", CUSTOM_IS, "bleu", true },    { &of_choice, "Bleu", CUSTOM_IS_NOT, "Rouge foncé", true },
		{ &of_choice, "Bleu", CUSTOM_IS_NOT, "Vert", false /* no such choice */ },
		{ &of_text, "Île-de-France", CUSTOM_IS, "ile de france", true }, { &of_text, "Île-de-France", CUSTOM_HOLDS, "france", true },
		{ &of_text, "", CUSTOM_KNOWN, NULL, false },        { &of_text, NULL, CUSTOM_UNKNOWN, NULL, true },
		{ &of_text, "", CUSTOM_IS_NOT, "x", true },         { &of_number, "", CUSTOM_AT_MOST, "5", false },
		{ &of_number, "5", CUSTOM_IS, "cinq", false },
	};
	for (size_t i = 0; i < COUNT(cases); i++)
		CHECK_INT(custom_test(cases[i].field, cases[i].value, cases[i].op, cases[i].wanted) ? (int)i : -1, cases[i].fits ? (int)i : -1);
}

/* --- in a store ------------------------------------------------------------------------------------------------------------------ */
static struct viewer acting;
static struct company company;

struct step {
	struct status (*run)(struct change *change, void *context);
	void *context;
};

static struct status in_change(struct db *db, void *context)
{
	struct step *step = context;
	struct change change;
	TRY(company_begin(db, &acting, company.id, TODAY, NOW, &change));
	TRY(step->run(&change, step->context));
	return company_end(&change);
}

static struct status define(struct change *change, void *context)
{
	struct custom_new *given = context;
	return custom_define(change, given, &given->id);
}

struct setting {
	const char *code, *value;
	int64_t owner, import_id;
	enum custom_subject subject;
	bool over_hand;
};

static struct status by_hand(struct change *change, void *context)
{
	const struct setting *s = context;
	return custom_set(change, s->subject, s->owner, s->code, s->value);
}

static struct status by_import(struct change *change, void *context)
{
	const struct setting *s = context;
	cleanup_arena struct arena *arena = arena_new();
	struct custom_fields fields;
	TRY(custom_fields_load(change->db, 1, company.id, arena, &fields));
	TRY(custom_store(change, custom_field_find(&fields, s->subject, s->code), s->owner, s->value, s->import_id, s->over_hand, NULL));
	return event_add(change, &(struct event_new){ .kind = "import.applied", .ref = s->import_id });
}

static struct status undo(struct change *change, void *context)
{
	TRY(custom_undo(change, *(const int64_t *)context));
	return event_add(change, &(struct event_new){ .kind = "import.undone" });
}

static const char *value_now(struct store *store, struct arena *arena, int64_t owner, const char *code)
{
	struct db *db;
	struct custom_fields fields;
	struct custom_values values;
	CHECK_OK(store_reader(store, &db));
	CHECK_OK(custom_fields_load(db, 1, company.id, arena, &fields));
	CHECK_OK(custom_values_load(db, 1, company.id, CUSTOM_CUSTOMER, 0, arena, &values));
	store_release(store, db);
	const struct custom_field *field = custom_field_find(&fields, CUSTOM_CUSTOMER, code);
	return field ? custom_value_of(&values, owner, field->id) : "(no field)";
}

static struct status sql(struct db *db, void *context)
{
	return db_script(db, context);
}

#define DO(what, ...) store_transact(store, in_change, &(struct step){ what, __VA_ARGS__ })

static void fields_hold_what_persons_and_files_say(struct store *store)
{
	cleanup_arena struct arena *arena = arena_new();
	acting = viewer_system(1);
	CHECK_OK(company_create(store, &acting, (struct company_new){ .code = "T", .name = "Test" }, NOW, &company));
	CHECK_OK(store_transact(store, sql, "INSERT INTO customer (tenant_id, company_id, id, code, name, created_at) VALUES (1, 1, 1, 'C1', 'Dupont', 0), (1, 1, 2, 'C2', 'Martin', 0)"));
	struct custom_new sector = { .subject = CUSTOM_CUSTOMER, .kind = CUSTOM_CHOICE, .label_fr = "Secteur d’activité", .label_en = "Sector", .choices = "Retail\n Industrie \nRetail\n" };
	CHECK_OK(DO(define, &sector));
	struct custom_new again = { .subject = CUSTOM_CUSTOMER, .label_fr = "Secteur d’activité" };
	CHECK_INT(DO(define, &again).code, STATUS_CONFLICT);
	struct custom_new site = { .subject = CUSTOM_ITEM, .code = "Bad Code", .label_fr = "Chantier" };
	CHECK_INT(DO(define, &site).code, STATUS_INVALID);
	struct custom_new nothing = { .subject = CUSTOM_CUSTOMER, .kind = CUSTOM_CHOICE, .label_fr = "Vide" };
	CHECK_INT(DO(define, &nothing).code, STATUS_INVALID);

	struct setting set = { "field.secteur_d_activite", "industrie", .owner = 1 };
	struct db *db;
	struct custom_fields fields;
	CHECK_OK(store_reader(store, &db));
	CHECK_OK(custom_fields_load(db, 1, company.id, arena, &fields));
	store_release(store, db);
	CHECK_INT(fields.count, 1);
	CHECK_TEXT(fields.rows[0].choice_lines, "Retail\nIndustrie\n");
	CHECK_TEXT(fields.rows[0].label_en, "Sector");

	/* files, one after another; the second one's word goes, the first one's comes back */
	struct setting first = { "secteur_d_activite", "Retail", .owner = 1, .import_id = 5 }, second = { "secteur_d_activite", "Industrie", .owner = 1, .import_id = 6 };
	CHECK_OK(DO(by_import, &first));
	CHECK_OK(DO(by_import, &second));
	CHECK_TEXT(value_now(store, arena, 1, "secteur_d_activite"), "Industrie");
	CHECK_OK(DO(undo, &(int64_t){ 6 }));
	CHECK_TEXT(value_now(store, arena, 1, "secteur_d_activite"), "Retail");

	/* a person's word stays, until told otherwise */
	CHECK_OK(DO(by_hand, &set));
	CHECK_TEXT(value_now(store, arena, 1, "secteur_d_activite"), "Industrie");
	CHECK_OK(DO(by_import, &first));
	CHECK_TEXT(value_now(store, arena, 1, "secteur_d_activite"), "Industrie");
	first.over_hand = true;
	CHECK_OK(DO(by_import, &first));
	CHECK_TEXT(value_now(store, arena, 1, "secteur_d_activite"), "Retail");

	set.value = "Banque";
	CHECK_INT(DO(by_hand, &set).code, STATUS_INVALID);
	set.owner = 99, set.value = "Retail";
	CHECK_INT(DO(by_hand, &set).code, STATUS_NOT_FOUND);

	int64_t *owners;
	size_t count;
	CHECK_OK(store_reader(store, &db));
	CHECK_OK(custom_owners(db, 1, company.id, &fields.rows[0], CUSTOM_IS, "retail", arena, &owners, &count));
	store_release(store, db);
	CHECK_INT(count, 1);
	CHECK_INT(count ? owners[0] : 0, 1);

	struct viewer reader = viewer_system(1);
	reader.rights = RIGHT_READ;
	acting = reader;
	set.owner = 1;
	CHECK_INT(DO(by_hand, &set).code, STATUS_FORBIDDEN);
	CHECK_INT(DO(define, &(struct custom_new){ .label_fr = "X" }).code, STATUS_FORBIDDEN);
}

static void in_both_stores(void)
{
	teststore_each(fields_hold_what_persons_and_files_say);
}

TESTS({ "values are read as their kind", values_are_read_as_their_kind },
      { "values are compared as their kind", values_are_compared_as_their_kind },
      { "fields hold what persons and files say", in_both_stores }, )
