/* Rules of assignment: which hold, what is decided, what a choice by hand keeps, what an import and its dry run do with them. */
#include "intake/assign_store.h"

#include "base/day.h"
#include "base/memory.h"
#include "base/test.h"
#include "db/teststore.h"
#include "intake/intake.h"
#include "intake/truth.h"

#include <stdlib.h>

enum { NOW = 1700000000, TODAY = 20400 /* 2025-11-08 */ };

/* --- pure ------------------------------------------------------------------------------------------------------------------------ */
static const char *const accounts[] = { "411000", "416000" };
static const char *const currencies[] = { "EUR", "USD" };

static struct assign_facts facts_of(const struct customer *customer)
{
	return (struct assign_facts){ .customer = customer, .outstanding = 500000, .largest = 300000, .items = 3, .accounts = { accounts, 2 }, .currencies = { currencies, 2 } };
}

static struct customer dupont(void)
{
	return (struct customer){ .id = 1, .code = "C012", .name = "Dupont & Fils", .country = "FR", .group_code = "GMS", .siren = "732829320", .tags = "Export,VIP",
		.class = "professional", .postcode = "69003", .city = "", .language = "", .email = "", .vat_number = "", .salesperson = "Claire", .payment_means = "",
		.profile = "", .scenario = "", .hand_made = "", .terms_days = -1 };
}

static void conditions_hold(void)
{
	static const struct {
		const char *subject;
		enum assign_op op;
		const char *value;
		bool holds;
	} cases[] = {
		{ "country", ASSIGN_IS, "FR", true },            { "country", ASSIGN_IS, "be, fr", true },      { "country", ASSIGN_IS_NOT, "BE,FR", false },
		{ "country", ASSIGN_IS_NOT, "DE", true },        { "name", ASSIGN_HOLDS, "dupont fils", true }, { "name", ASSIGN_BEGINS, "dup", true },
		{ "postcode", ASSIGN_BEGINS, "69,75", true },    { "postcode", ASSIGN_BEGINS, "75", false },    { "siren", ASSIGN_KNOWN, "", true },
		{ "vat_number", ASSIGN_KNOWN, "", false },       { "email", ASSIGN_UNKNOWN, "", true },         { "tags", ASSIGN_IS, "vip", true },
		{ "tags", ASSIGN_IS, "export vip", false },      { "tags", ASSIGN_IS_NOT, "gms", true },        { "account", ASSIGN_BEGINS, "416", true },
		{ "account", ASSIGN_IS_NOT, "416000", false },   { "currency", ASSIGN_IS, "USD", true },        { "outstanding", ASSIGN_AT_LEAST, "500000", true },
		{ "outstanding", ASSIGN_AT_MOST, "499999", false }, { "largest_item", ASSIGN_AT_LEAST, "300001", false }, { "items", ASSIGN_IS, "3", true },
		{ "terms", ASSIGN_KNOWN, "", false },            { "terms", ASSIGN_AT_MOST, "30", false },      { "class", ASSIGN_IS, "professional", true },
		{ "group", ASSIGN_IS, "", false },               { "field.gone", ASSIGN_KNOWN, "", false },     { "city", ASSIGN_IS_NOT, "Lyon", true },
	};
	struct customer customer = dupont();
	struct assign_facts facts = facts_of(&customer);
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct assign_condition condition = { cases[i].subject, cases[i].op, cases[i].value, NULL };
		struct assign_rule rule = { .conditions = &condition, .condition_count = 1 };
		CHECK_INT(assign_holds(&rule, &facts) ? (int)i : -1, cases[i].holds ? (int)i : -1);
	}
	struct assign_condition two[] = { { "country", ASSIGN_IS, "FR", NULL }, { "group", ASSIGN_IS, "BTP", NULL } };
	struct assign_rule rule = { .conditions = two, .condition_count = 2 };
	CHECK(!assign_holds(&rule, &facts));
	rule.any_of = true;
	CHECK(assign_holds(&rule, &facts));
	rule.condition_count = 0;
	CHECK(assign_holds(&rule, &facts)); /* everybody */
	cleanup_text struct text words = { 0 };
	rule.condition_count = 2;
	assign_words(&words, LANG_EN, &rule, "EUR");
	CHECK_TEXT(text_cstr(&words), "Country is “FR” or Group is “BTP”");
}

static void the_first_rule_has_the_field(void)
{
	cleanup_arena struct arena *arena = arena_new();
	struct assign_condition french[] = { { "country", ASSIGN_IS, "FR", NULL } }, belgian[] = { { "country", ASSIGN_IS, "BE", NULL } };
	struct assign_outcome a[] = { { "group", "A" }, { "tags", "nord, VIP" } }, b[] = { { "group", "B" }, { "scenario", "average" }, { "tags", "sud" } };
	const struct assign_rule rules[] = {
		{ .name = "belgian", .enabled = true, .conditions = belgian, .condition_count = 1, .outcomes = b, .outcome_count = 3 },
		{ .name = "off", .conditions = french, .condition_count = 1, .outcomes = b, .outcome_count = 3 },
		{ .name = "first", .enabled = true, .conditions = french, .condition_count = 1, .outcomes = a, .outcome_count = 2 },
		{ .name = "second", .enabled = true, .conditions = french, .condition_count = 1, .outcomes = b, .outcome_count = 3 },
	};
	struct customer customer = dupont();
	struct assign_facts facts = facts_of(&customer);
	struct assign_decision out[ASSIGN_DECISIONS];
	size_t count = assign_decide(rules, COUNT(rules), &facts, arena, out);
	CHECK_INT(count, 3);
	CHECK_TEXT(out[0].target, "group");
	CHECK_TEXT(out[0].value, "A");
	CHECK_TEXT(out[0].rule->name, "first");
	CHECK_TEXT(out[1].value, "average");
	CHECK_TEXT(out[1].rule->name, "second");
	CHECK_TEXT(out[2].target, "tags");
	CHECK_TEXT(out[2].value, "Export,VIP,nord,sud"); /* those he has, and those of all that hold, each once */
}

/* --- in a store -------------------------------------------------------------------------------------------------------------------- */
struct desk {
	struct store *store;
	struct viewer viewer;
	struct company company;
	struct arena *arena;
	struct intake_result result;
	struct assign_rule rule;
	int64_t id;
	const char *source;
};

static struct status save(struct db *db, void *context)
{
	struct desk *desk = context;
	struct change change;
	TRY(company_begin(db, &desk->viewer, desk->company.id, TODAY, NOW, &change));
	TRY(assign_rule_save(&change, &desk->rule, &desk->id));
	return company_end(&change);
}

static struct status by_hand(struct db *db, void *context)
{
	struct desk *desk = context;
	struct change change;
	TRY(company_begin(db, &desk->viewer, desk->company.id, TODAY, NOW, &change));
	TRY(customer_set(&change, 2, "group", "A LA MAIN"));
	return company_end(&change);
}

static struct status import_text(struct desk *desk, const char *text, bool dry)
{
	struct intake intake = { .store = desk->store, .viewer = &desk->viewer, .company_id = desk->company.id, .today = TODAY, .now = NOW, .arena = desk->arena,
		.options = { .as_of = DAY_NONE, .yes = true, .file_name = "list.csv", .dry_run = dry, .source = desk->source } };
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

static void an_import_follows_them(struct store *store)
{
	struct desk desk = { .store = store, .viewer = viewer_system(1), .arena = arena_new() };
	desk.viewer.lang = LANG_EN;
	CHECK_OK(company_create(store, &desk.viewer, (struct company_new){ .name = "Test", .code = "TEST" }, NOW, &desk.company));
	struct assign_condition lyon[] = { { "postcode", ASSIGN_BEGINS, "69", NULL }, { "outstanding", ASSIGN_AT_LEAST, "10000", NULL } };
	struct assign_outcome outcomes[] = { { "group", "RHONE" }, { "terms.days", "45" } };
	desk.rule = (struct assign_rule){ .name = "Rhône", .enabled = true, .conditions = lyon, .condition_count = 2, .outcomes = outcomes, .outcome_count = 2 };
	CHECK_OK(store_transact(store, save, &desk));

	/* what can't be is refused when it is saved */
	struct assign_outcome wrong[] = { { "terms.days", "soon" } };
	struct assign_rule good = desk.rule;
	desk.rule.outcomes = wrong, desk.rule.outcome_count = 1;
	CHECK_INT(store_transact(store, save, &desk).code, STATUS_INVALID);
	desk.rule = good;
	lyon[1].value = "beaucoup";
	CHECK_INT(store_transact(store, save, &desk).code, STATUS_INVALID);
	lyon[1].value = "10000";

	static const char list[] = "code client;nom client;code postal;numero facture;date facture;montant ttc;reste du\n"
	                           "C1;Dupont;69003;F1;13/10/2025;120,00;120,00\nC2;Martin;69100;F2;13/10/2025;240,00;240,00\n"
	                           "C3;Durand;75001;F3;13/10/2025;360,00;360,00\nC4;Petit;69002;F4;13/10/2025;20,00;20,00\n";
	static const char people[] = "code client;nom client;code postal;siren\nC1;Dupont;69003;732829320\nC2;Martin;69100;\nC3;Durand;75001;\nC4;Petit;69002;\n";
	CHECK_OK(import_text(&desk, list, false));
	CHECK_INT(desk.result.assigned, 0); /* a list of items does not tell the postcode */
	CHECK_OK(store_transact(store, by_hand, &desk));
	CHECK_OK(import_text(&desk, people, true));
	CHECK_INT(desk.result.assigned, 2); /* the dry run says so */
	CHECK_INT(number(&desk, "SELECT count(*) FROM customer WHERE group_code = 'RHONE'"), 0);
	CHECK_OK(import_text(&desk, people, false));
	CHECK_INT(desk.result.assigned, 2);
	CHECK_INT(number(&desk, "SELECT count(*) FROM customer WHERE group_code = 'RHONE'"), 1); /* C1; C2 by hand; C3 elsewhere; C4 owes too little */
	CHECK_INT(number(&desk, "SELECT count(*) FROM customer WHERE group_code = 'A LA MAIN' AND terms_days = 45"), 1);
	CHECK_INT(number(&desk, "SELECT due_day FROM item WHERE number = 'F1'"), 20374 + 45); /* the term moved it: 2025-10-13 + 45 */
	CHECK_INT(number(&desk, "SELECT count(*) FROM event WHERE kind = 'customer.assigned'"), 3); /* each change is one */
	CHECK_INT(number(&desk, "SELECT count(*) FROM event WHERE kind = 'customer.assigned' AND content LIKE '%Rh%ne%'"), 3);
	CHECK_OK(import_text(&desk, people, false));
	CHECK_INT(desk.result.import_id, 0);

	/* even over a choice by hand */
	struct assign_plan plan;
	struct db *db;
	desk.rule.id = desk.id, desk.rule.over_hand = true;
	CHECK_OK(store_reader(store, &db));
	CHECK_OK(assign_preview(db, &desk.viewer, &desk.company, NULL, 0, NULL, desk.arena, &plan));
	CHECK_INT(plan.count, 0);
	CHECK_INT(plan.kept, 1);
	CHECK_INT(plan.held[0], 2);
	CHECK_OK(assign_preview(db, &desk.viewer, &desk.company, NULL, 0, &desk.rule, desk.arena, &plan));
	CHECK_INT(plan.count, 1);
	CHECK_TEXT(plan.count ? plan.changes[0].before : "", "A LA MAIN");
	store_release(store, db);
	complaints_free(&desk.result.rejected);
	arena_free(desk.arena);
}

static struct status order(struct db *db, void *context)
{
	struct desk *desk = context;
	struct change change;
	TRY(company_begin(db, &desk->viewer, desk->company.id, TODAY, NOW, &change));
	TRY(truth_order_set(&change, "email", "crm, accounting"));
	TRY(truth_order_set(&change, "name", "accounting; crm"));
	CHECK_INT(truth_order_set(&change, "nonsense", "crm").code, STATUS_NOT_FOUND);
	return company_end(&change);
}

static const char *text_of(struct desk *desk, const char *sql)
{
	struct db *db;
	char *text = NULL;
	CHECK_OK(store_reader(desk->store, &db));
	CHECK_OK(db_get_text(db, sql, DB_NO_ARGS, &text));
	store_release(desk->store, db);
	const char *kept = arena_strdup(desk->arena, text ? text : "(none)");
	free(text);
	return kept;
}

/* A list does not undo a rule; of two sources the one believed more has its word, in whatever order they come. */
static void the_better_source_is_believed(struct store *store)
{
	struct desk desk = { .store = store, .viewer = viewer_system(1), .arena = arena_new() };
	desk.viewer.lang = LANG_EN;
	CHECK_OK(company_create(store, &desk.viewer, (struct company_new){ .name = "Test", .code = "TEST" }, NOW, &desk.company));
	struct assign_condition lyon[] = { { "postcode", ASSIGN_BEGINS, "69", NULL } };
	struct assign_outcome outcomes[] = { { "group", "RHONE" } };
	desk.rule = (struct assign_rule){ .name = "Rhône", .enabled = true, .conditions = lyon, .condition_count = 1, .outcomes = outcomes, .outcome_count = 1 };
	CHECK_OK(store_transact(store, save, &desk));
	static const char list[] = "code client;nom client;code postal;groupe;email;siren\nC1;Dupont;69003;PARIS;a@ex.fr;732829320\n";
	CHECK_OK(import_text(&desk, list, false));
	CHECK_TEXT(text_of(&desk, "SELECT group_code FROM customer WHERE code = 'C1'"), "RHONE");
	CHECK_OK(import_text(&desk, list, false));
	CHECK_INT(desk.result.import_id, 0); /* nor is it said again at each import */
	CHECK_TEXT(text_of(&desk, "SELECT group_code FROM customer WHERE code = 'C1'"), "RHONE");

	CHECK_OK(store_transact(store, order, &desk));
	desk.source = "crm";
	CHECK_OK(import_text(&desk, "code client;nom client;code postal;email;siren\nC1;DUPONT SA;69003;crm@ex.fr;732829320\n", false));
	CHECK_TEXT(text_of(&desk, "SELECT email FROM customer WHERE code = 'C1'"), "crm@ex.fr");
	CHECK_TEXT(text_of(&desk, "SELECT name FROM customer WHERE code = 'C1'"), "DUPONT SA");
	desk.source = NULL;
	CHECK_OK(import_text(&desk, "code client;nom client;code postal;email;siren\nC1;Dupont et fils;69003;b@ex.fr;732829320\n", false));
	CHECK_TEXT(text_of(&desk, "SELECT email FROM customer WHERE code = 'C1'"), "crm@ex.fr"); /* the CRM is believed */
	CHECK_TEXT(text_of(&desk, "SELECT name FROM customer WHERE code = 'C1'"), "Dupont et fils"); /* the accounting is */
	desk.source = "crm";
	CHECK_OK(import_text(&desk, "code client;nom client;code postal;email;siren\nC1;DUPONT SA;69003;crm2@ex.fr;732829320\n", false));
	CHECK_TEXT(text_of(&desk, "SELECT email FROM customer WHERE code = 'C1'"), "crm2@ex.fr");
	CHECK_TEXT(text_of(&desk, "SELECT name FROM customer WHERE code = 'C1'"), "Dupont et fils");
	complaints_free(&desk.result.rejected);
	arena_free(desk.arena);
}

static void in_both_stores(void)
{
	teststore_each(an_import_follows_them);
}

static void sources_in_both_stores(void)
{
	teststore_each(the_better_source_is_believed);
}

TESTS({ "conditions hold", conditions_hold }, { "the first rule has the field", the_first_rule_has_the_field }, { "an import follows them", in_both_stores },
      { "the better source is believed", sources_in_both_stores }, )
