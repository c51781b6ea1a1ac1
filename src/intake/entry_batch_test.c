/* Extracts of entries in a package's own format: they add to what is known, meet what they say again, and can be taken back. */
#include "intake/intake.h"

#include "base/memory.h"
#include "base/test.h"
#include "db/teststore.h"
#include "ledger/company.h"
#include "ledger/projection_store.h"

static struct viewer viewer;
static struct company company;

static struct intake_result import(struct store *store, struct arena *arena, const char *text)
{
	struct intake_result r;
	CHECK_OK(intake_import(&(struct intake){ .store = store, .viewer = &viewer, .company_id = company.id, .today = 20200, .now = 1700000000,
	                                         .arena = arena, .options = { .file_name = "export.txt", .as_of = DAY_NONE } },
	                       text, strlen(text), &r));
	CHECK_INT(r.lines, r.items_new + r.items_changed + r.items_unchanged + r.rejected.total + r.ignored);
	complaints_free(&r.rejected);
	return r;
}

#define START "##Fichier\tRImport\n##Section\tMvt\n"
#define JANUARY                                                                                                        \
	"1\tVE\t15/01/2025\t411DUP\tDUPONT SA\t1200,00\tD\tB\tFacture\tFA25-001\tF\t14/02/2025\n"                       \
	"1\tVE\t15/01/2025\t706000\tVentes\t1200,00\tC\tB\tFacture\tFA25-001\tF\t\n"
#define FEBRUARY                                                                                                       \
	"2\tVE\t03/02/2025\t411DUP\tDUPONT SA\t500,00\tD\tB\tFacture\tFA25-002\tF\t05/03/2025\n"                        \
	"2\tVE\t03/02/2025\t706000\tVentes\t500,00\tC\tB\tFacture\tFA25-002\tF\t\n"

static void an_extract_adds_and_takes_nothing_away(struct store *store)
{
	cleanup_arena struct arena *arena = arena_new();
	viewer = viewer_system(1);
	CHECK_OK(company_create(store, &viewer, (struct company_new){ .name = "Brévent", .code = "B" }, 1700000000, &company));
	struct intake_result first = import(store, arena, START JANUARY);
	CHECK_TEXT(first.format, "ciel-rimport");
	CHECK_TEXT(first.mode, "delta");
	CHECK_INT(first.items_new, 1);
	CHECK_INT(first.ignored, 1);
	CHECK_INT(first.open_after, 120000);
	struct intake_result second = import(store, arena, START FEBRUARY); /* January is not in it, and stays */
	CHECK_INT(second.items_new, 1);
	CHECK_INT(second.open_after, 170000);
	struct intake_result both = import(store, arena, START JANUARY FEBRUARY); /* nothing new */
	CHECK_INT(both.import_id, 0);
	CHECK_INT(both.items_unchanged, 2);
	/* two real lines alike in one file are two items; the same file again adds none */
	struct intake_result twins = import(store, arena, START FEBRUARY FEBRUARY);
	CHECK_INT(twins.items_new, 1);
	CHECK_INT(twins.open_after, 220000);
	CHECK_INT(import(store, arena, START FEBRUARY FEBRUARY).import_id, 0);
	struct intake_undone undone;
	CHECK_OK(intake_undo(&(struct intake){ .store = store, .viewer = &viewer, .company_id = company.id, .today = 20200, .now = 1700000000,
	                                       .arena = arena }, twins.import_id, &undone));
	CHECK_INT(import(store, arena, START JANUARY).open_before, 170000);
}

static void an_extract_adds_and_takes_nothing_away_on_both(void)
{
	teststore_each(an_extract_adds_and_takes_nothing_away);
}

TESTS({ "an extract adds, meets what it says again, and takes nothing away", an_extract_adds_and_takes_nothing_away_on_both })
