/* A bank's statement through the pipeline: once, in words when something is missing, and taken back with what was decided. */
#include "base/memory.h"
#include "base/test.h"
#include "base/text.h"
#include "cash/apply.h"
#include "db/teststore.h"
#include "intake/intake.h"
#include "ledger/event.h"

#include <inttypes.h>
#include <string.h>

enum { NOW = 1760000000, TODAY = 20370 /* 2025-10-09 */ };
static struct store *store;
static struct viewer viewer;
static struct company company;
static struct arena *arena;

static void set_up(struct store *given)
{
	store = given, viewer = viewer_system(TENANT_FIRST), viewer.lang = LANG_EN, arena = arena_new();
	CHECK_OK(company_create(store, &viewer, (struct company_new){ .name = "Essai", .code = "T" }, NOW, &company));
}

static struct intake_result import(const char *text, bool dry_run)
{
	struct intake_result r;
	CHECK_OK(intake_import(&(struct intake){ .store = store, .viewer = &viewer, .company_id = company.id, .today = TODAY, .now = NOW, .arena = arena,
	                                         .options = { .file_name = "r.xml", .as_of = DAY_NONE, .dry_run = dry_run } }, text, strlen(text), &r));
	CHECK_INT(r.lines, r.items_new + r.items_changed + r.items_unchanged + r.rejected.total + r.ignored);
	return r;
}

static int64_t number(const char *text)
{
	struct db *db = NULL;
	int64_t value = -1;
	CHECK_OK(store_reader(store, &db));
	CHECK_OK(db_get_int(db, text, DB_NO_ARGS, &value, NULL));
	store_release(store, db);
	return value;
}

struct entry {
	const char *day;
	int cents;
	const char *reference, *payer, *text;
};

static const char *statement(const struct entry *entries, size_t count, const char *opens, int opening, const char *closes, int closing)
{
	cleanup_text struct text out = { 0 };
	text_addf(&out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.02\"><BkToCstmrStmt>"
	                "<GrpHdr><MsgId>1</MsgId></GrpHdr><Stmt><Id>1</Id><Acct><Id><IBAN>FR7630006000011234567890189</IBAN></Id><Ccy>EUR</Ccy></Acct>"
	                "<Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy=\"EUR\">%d.%02d</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>%s</Dt></Dt></Bal>"
	                "<Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy=\"EUR\">%d.%02d</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>%s</Dt></Dt></Bal>",
	          opening / 100, opening % 100, opens, closing / 100, closing % 100, closes);
	for (size_t i = 0; i < count; i++) {
		int cents = entries[i].cents < 0 ? -entries[i].cents : entries[i].cents;
		text_addf(&out, "<Ntry><Amt Ccy=\"EUR\">%d.%02d</Amt><CdtDbtInd>%s</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>%s</Dt></BookgDt>"
		                "<AcctSvcrRef>%s</AcctSvcrRef><BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>%s</Cd><SubFmlyCd>ESCT</SubFmlyCd></Fmly></Domn></BkTxCd>"
		                "<NtryDtls><TxDtls><RltdPties><%s><Nm>%s</Nm></%s></RltdPties><RmtInf><Ustrd>%s</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>",
		          cents / 100, cents % 100, entries[i].cents < 0 ? "DBIT" : "CRDT", entries[i].day, entries[i].reference,
		          entries[i].cents < 0 ? "ICDT" : "RCDT", entries[i].cents < 0 ? "Cdtr" : "Dbtr", entries[i].payer,
		          entries[i].cents < 0 ? "Cdtr" : "Dbtr", entries[i].text);
	}
	text_add(&out, "</Stmt></BkToCstmrStmt></Document>");
	return arena_strdup(arena, text_cstr(&out));
}

static const struct entry october[] = { { "2025-10-01", 120000, "R1", "DUPONT SA", "FA25-001" }, { "2025-10-02", 50000, "R2", "MARTIN", "VIR" },
	                                { "2025-10-02", 50000, "R3", "MARTIN", "VIR" }, { "2025-10-03", -30000, "R4", "EDF", "FACTURE" } };

static void a_statement_comes_in_once(struct store *given)
{
	set_up(given);
	const char *file = statement(october, 4, "2025-09-30", 0, "2025-10-03", 190000);
	struct intake_result r = import(file, true);
	CHECK_INT(r.items_new, 3);
	CHECK_INT(number("SELECT COUNT(*) FROM bank_line"), 0); /* previewed: nothing stored */
	r = import(file, false);
	CHECK_TEXT(r.format, "camt.053");
	CHECK_TEXT(r.source, "bank");
	CHECK_TEXT(r.mode, "delta");
	CHECK_INT(r.lines, 4);
	CHECK_INT(r.items_new, 3);
	CHECK_INT(r.ignored, 1);
	CHECK_INT(r.warning_count, 0);
	CHECK_INT(number("SELECT COUNT(*) FROM bank_line"), 4);
	CHECK_INT(number("SELECT closing FROM bank_statement"), 190000);
	CHECK_INT(number("SELECT COUNT(*) FROM event WHERE kind = 'import.applied'"), 1);
	int64_t first = r.import_id;
	r = import(file, false);
	CHECK_INT(r.import_id, 0);
	CHECK_INT(r.items_unchanged, 3);
	/* the next one opens elsewhere: said, and taken all the same */
	static const struct entry later[] = { { "2025-10-08", 1000, "R8", "X", "Y" } };
	r = import(statement(later, 1, "2025-10-07", 200000, "2025-10-08", 201000), false);
	CHECK_INT(r.warning_count, 1);
	struct intake_undone undone;
	CHECK_OK(intake_undo(&(struct intake){ .store = store, .viewer = &viewer, .company_id = company.id, .today = TODAY, .now = NOW, .arena = arena },
	                     first, &undone));
	CHECK_INT(undone.applications, 0);
	CHECK_INT(number("SELECT COUNT(*) FROM bank_line WHERE present = 1"), 1);
	arena_free(arena);
}

static struct status decide(struct change *change, void *context)
{
	const struct cash_part *part = context;
	int64_t id;
	return cash_apply(change, &(struct cash_decision){ .line_id = 1, .parts = part, .part_count = 1 }, &id);
}
static struct status in_change(struct db *db, void *context)
{
	struct change change;
	TRY(company_begin(db, &viewer, company.id, TODAY, NOW, &change));
	TRY(decide(&change, context));
	return company_end(&change);
}

#define FEC_HEAD                                                                                                       \
	"JournalCode|JournalLib|EcritureNum|EcritureDate|CompteNum|CompteLib|CompAuxNum|CompAuxLib|PieceRef|PieceDate|EcritureLib|Debit|Credit|"   \
	"EcritureLet|DateLet|ValidDate|Montantdevise|Idevise\n"
#define SALE                                                                                                           \
	"VE|Ventes|1|20250901|411000|Clients|DUPONT|Dupont SA|FA25-001|20250901|Facture|1200,00|0,00|||20250901||\n"                               \
	"VE|Ventes|1|20250901|707000|Ventes|||FA25-001|20250901|Facture|0,00|1200,00|||20250901||\n"
#define POSTING                                                                                                        \
	"BQ|Banque|2|20251002|512000|Banque|||VIR|20251002|Virement Dupont|1200,00|0,00|||20251002||\n"                                           \
	"BQ|Banque|2|20251002|411000|Clients|DUPONT|Dupont SA|VIR|20251002|Virement Dupont|0,00|1200,00|||20251002||\n"

/* The bank first, the books a week later: never a second credit; the statement taken back: the books' payment stays, free. */
static void the_books_follow(struct store *given)
{
	set_up(given);
	import(FEC_HEAD SALE, false);
	struct intake_result r = import(statement(october, 4, "2025-09-30", 0, "2025-10-03", 190000), false);
	struct cash_part part = { .item_id = number("SELECT id FROM item WHERE number = 'FA25-001'"), .amount = 120000 };
	CHECK_OK(store_transact(store, in_change, &part));
	CHECK_INT(number("SELECT SUM(open_amount) FROM item"), 0);
	struct intake_result books = import(FEC_HEAD SALE POSTING, false);
	CHECK_INT(books.items_new, 1);
	CHECK_INT(books.open_after, 0);
	CHECK_INT(number("SELECT COUNT(*) FROM item"), 2);
	CHECK_INT(number("SELECT COUNT(*) FROM item WHERE open_amount <> 0"), 0);
	struct intake_undone undone;
	CHECK_OK(intake_undo(&(struct intake){ .store = store, .viewer = &viewer, .company_id = company.id, .today = TODAY, .now = NOW, .arena = arena },
	                     r.import_id, &undone));
	CHECK_INT(undone.applications, 1);
	CHECK_INT(number("SELECT COUNT(*) FROM item WHERE open_amount <> 0"), 2);
	CHECK_INT(number("SELECT SUM(open_amount) FROM item"), 0);
	arena_free(arena);
}

#define ON_BOTH(name)                                                                                                  \
	static void name##_on_both(void)                                                                               \
	{                                                                                                              \
		teststore_each(name);                                                                                  \
	}
ON_BOTH(a_statement_comes_in_once)
ON_BOTH(the_books_follow)

TESTS({ "a statement comes in once", a_statement_comes_in_once_on_both }, { "the books follow", the_books_follow_on_both })
