/* A credit insurer's list of limits: read, compared with what is in force, noted whole or not at all, the same twice changes nothing. */
#include "base/memory.h"
#include "base/text.h"
#include "intake/limit_list.h"
#include "ledger/testcompany.h"

static struct arena *arena;
static int64_t made;

static void amounts_and_days(void)
{
	static const struct { const char *text, *currency; int64_t want; } amounts[] = { /* -1: refused */
		{ "12500", "EUR", 1250000 }, { "12 500,50", "EUR", 1250050 }, { "12.500", "EUR", 1250000 }, { "1,234,567", "EUR", 123456700 }, { "12.500,5", "EUR", 1250050 },
		{ "12\xc2\xa0" "500,00 \xe2\x82\xac", "EUR", 1250000 }, { "12500 EUR", "EUR", 1250000 }, { "0", "EUR", 0 }, { "1.234,567", "EUR", -1 }, { "-5", "EUR", -1 }, { "", "EUR", -1 },
		{ "abc", "EUR", -1 }, { "12,5000", "EUR", -1 }, { "1 000", "JPY", 1000 }, { "10,50", "JPY", -1 }, { "1.234,500", "TND", 1234500 }, { "1234,500", "TND", -1 },
		{ "99999999999999999999999999999999", "EUR", -1 } };
	for (size_t i = 0; i < COUNT(amounts); i++) {
		int64_t got = -1;
		if (!limit_amount(amounts[i].text, amounts[i].currency, &got)) got = -1;
		if (got != amounts[i].want) printf("  %s %s\n", amounts[i].text, amounts[i].currency);
		CHECK_INT(got, amounts[i].want);
	}
	int32_t day = DAY_NONE;
	CHECK(limit_day("2025-03-01", &day) && day == on("2025-03-01"));
	CHECK(limit_day("01/03/2025", &day) && day == on("2025-03-01"));
	CHECK(limit_day("1.3.2025", &day) && day == on("2025-03-01"));
	CHECK(limit_day("01/03/2025 00:00", &day) && day == on("2025-03-01"));
	static const char *const wrong[] = { "", "31/02/2025", "03/25/2025", "01/03/25", "soon", "2025", "1//2025", "01/03/20255", "1/1/1/1" };
	for (size_t i = 0; i < COUNT(wrong); i++) CHECK(!limit_day(wrong[i], &day));
}

static struct status save(struct change *c, void *x) { return insurance_policy_save(c, x, &made); }
static struct status note(struct change *c, void *x) { return limit_list_make(c, x); }
static struct status look(const char *text, struct limit_list *list)
{
	struct db *db = NULL;
	CHECK_OK(store_reader(store, &db));
	struct status status = limit_list_look(db, &everybody, &company, text, strlen(text), 0, today, LANG_EN, arena, list);
	store_release(store, db);
	return status;
}

static void a_list_of_limits(struct store *given)
{
	store = given, everybody = viewer_system(TENANT_FIRST), today = on("2026-05-12"), arena = arena_new();
	CHECK_OK(company_create(store, &everybody, (struct company_new){ .name = "Essai", .code = "T" }, NOW, &company));
	CHECK_OK(sql("INSERT INTO customer (tenant_id, company_id, id, code, name, siren, created_at) VALUES (1, 1, 1, 'C1', 'Dupont', '552100554', 0), (1, 1, 2, 'C2', 'Martin', '', 0),"
	             "(1, 1, 3, 'C3', 'Jumeau', '732829320', 0), (1, 1, 4, 'C4', 'Jumelle', '732829320', 0)"));
	struct limit_list list;
	CHECK_INT(look("Code client;Montant\nC1;5000\n", &list).code, STATUS_CONFLICT); /* no policy yet */
	struct insurance_policy policy = { .rule = { .currency = "EUR", .from_day = on("2026-01-01"), .until_day = DAY_NONE, .share_bp = 9000 }, .insurer = "A", .number = "P-1", .email = "", .note = "" };
	CHECK_OK(change(save, &policy));
	CHECK_INT(look("Nom;Ville\nDupont;Lyon\n", &list).code, STATUS_INVALID);
	CHECK_OK(look("SIREN;Code client;Montant;D\xc3\xa9" "cision;Date d'effet;R\xc3\xa9" "f\xc3\xa9rence\n552 100 554;;50 000,00;Accord\xc3\xa9;01/03/2026;AG-1\n;C2;12.500;;;\n", &list));
	CHECK_INT(list.problems, 0);
	CHECK_INT(list.fresh, 2);
	CHECK_OK(change(note, &list));
	CHECK_INT(number("SELECT COUNT(*) FROM cover_decision WHERE customer_id = 1 AND amount = 5000000 AND state = 'granted' AND reference = 'AG-1'"), 1);
	CHECK_INT(number("SELECT from_day FROM cover_decision WHERE customer_id = 2"), today);
	/* again: nothing new; then one is lower, one is gone */
	CHECK_OK(look("Code client;Montant\nC1;50000\nC2;12500\n", &list));
	CHECK_INT(list.known, 2);
	CHECK_INT(list.fresh, 0);
	CHECK_OK(look("Code client;Montant;Statut\nC1;20000;\nC2;;R\xc3\xa9sili\xc3\xa9\n", &list));
	CHECK_INT(list.fresh, 2);
	CHECK_TEXT(list.rows[0].new.state, "reduced");
	CHECK_TEXT(list.rows[1].new.state, "withdrawn");
	CHECK_OK(change(note, &list));
	CHECK_OK(look("Code client;Montant;Statut\nC1;20000;\nC2;0;\n", &list));
	CHECK_INT(list.known, 2);
	/* what can't be used is said, and then nothing is noted */
	CHECK_OK(look("Code client;SIREN;Montant;Statut;Du\nC9;;100;;\n;732829320;100;;\nC1;;abc;;\nC1;;100;dreamt;\nC1;;100;;32/01/2026\nC3;;0;;\nC4;732829320;900;;\n", &list));
	CHECK_INT(list.problems, 6);
	CHECK_INT(list.fresh, 1);
	int64_t before = number("SELECT COUNT(*) FROM cover_decision");
	CHECK_INT(change(note, &list).code, STATUS_INVALID);
	CHECK_INT(number("SELECT COUNT(*) FROM cover_decision"), before);
	everybody.rights = RIGHT_READ | RIGHT_COLLECT;
	CHECK_INT(look("Code client;Montant\nC1;5000\n", &list).code, STATUS_FORBIDDEN);
	arena_free(arena);
}
static void a_list_of_limits_on_both(void) { teststore_each(a_list_of_limits); }

TESTS({ "amounts and days", amounts_and_days }, { "a list of limits", a_list_of_limits_on_both })
