/* 93: a claim assigned with notice never stands beside our IBAN, in mail, letter, QR code, statement or on the debtor's page
 * (reference/law.md 1.4, pitfalls.md 93). */
#include "base/memory.h"
#include "ledger/assignment.h"
#include "outreach/debtor_account.h"
#include "outreach/facts.h"
#include "outreach/parts.h"
#include "ledger/testcompany.h"

#define OURS   "FR7630006000011234567890189"
#define THEIRS "FR1420041010050500013M02606"

static int64_t made;
static struct arena *arena;

static struct payee bank;
static int64_t items[3];
static size_t item_count;
static struct status save(struct change *c, void *x) { return payee_save(c, &bank, x); }
static struct status assign(struct change *c, void *x) { return assignment_make(c, *(int64_t *)x, items, item_count, &made); }
static struct status notify(struct change *c, void *x) { return assignment_notify(c, *(int64_t *)x); }
static struct status back(struct change *c, void *x) { return assignment_back(c, *(int64_t *)x, items[0], "not covered"); }
static struct status cancel(struct change *c, void *x) { return assignment_cancel(c, *(int64_t *)x); }

static void set_up(struct store *given)
{
	if (arena) arena_free(arena);
	arena = arena_new();
	store = given, everybody = viewer_system(TENANT_FIRST), today = 20480;
	CHECK_OK(company_create(store, &everybody, (struct company_new){ .name = "Essai", .code = "T" }, NOW, &company));
	CHECK_OK(sql("INSERT INTO customer (tenant_id, company_id, id, code, name, class, email, language, created_at) VALUES (1, 1, 1, 'C1', 'Dupont', 'professional', 'c@d.fr', 'en', 0);"
	             "INSERT INTO setting (tenant_id, company_id, name, value) VALUES (1, 1, 'bank.iban', '" OURS "'), (1, 1, 'debtor.pay_url', 'https://pay.example/?a={amount}');"
	             "INSERT INTO item (tenant_id, company_id, customer_id, id, number, kind, account, issue_day, posting_day, due_day, "
	             "due_source, amount, open_amount, currency, label) VALUES "
	             "(1, 1, 1, 11, 'F1', 'invoice', '411', 20400, 20400, 20430, 'terms', 100000, 100000, 'EUR', ''),"
	             "(1, 1, 1, 12, 'F2', 'invoice', '411', 20410, 20410, 20440, 'terms', 50000, 50000, 'EUR', ''),"
	             "(1, 1, 1, 13, 'F3', 'invoice', '411', 20410, 20410, 20490, 'terms', 7000, 7000, 'EUR', '')"));
	bank = (struct payee){ .name = "Crédit & Factor", .route = "factoring", .iban = THEIRS, .notified = true, .managed = true, .commission_bp = 100, .interest_bp = 365,
		.reserve_bp = 1000 };
	items[0] = 11, items[1] = 12, item_count = 1;
}

struct seen {
	const char *text, *html, *epc, *page_iban, *pay_url, *elsewhere;
	int64_t asked, page_asked;
};
static struct seen look(void)
{
	struct db *db = NULL;
	const struct settings *settings;
	struct compose_facts facts;
	struct message message = { .text = "", .html = "" };
	struct attachment file;
	struct debtor_page page;
	struct template_text text = { .code = "reminder", .subject = "S", .body = "{{invoice_table}}\n\n{{payment_block}}\n\nIBAN {{iban}}" };
	CHECK_OK(store_reader(store, &db));
	CHECK_OK(settings_load(db, 1, company.id, arena, &settings));
	CHECK_OK(facts_of_customer(db, &everybody, &company, settings, "C1", "reminder", today, arena, &facts));
	CHECK_OK(compose_message(&facts, &text, arena, &message));
	if (!message.text) message.text = message.html = "";
	fflush(stdout);
	CHECK_OK(statement_pdf(&facts, arena, &file));
	CHECK_OK(debtor_page_load(db, &company, settings, 1, today, arena, &page));
	struct seen out = { message.text, message.html, parts_epc(&facts, arena), page.accounts[0].sender.iban, debtor_pay_url(settings, &page, &page.accounts[0], arena),
		page.accounts[0].elsewhere_count ? page.accounts[0].elsewhere[0].iban : "", message.asked, page.accounts[0].asked };
	store_release(store, db);
	return out;
}
static bool names(const struct seen *seen, const char *iban)
{
	char spaced[60] = "";
	size_t at = 0;
	for (size_t i = 0; iban[i]; i++) {
		if (i && i % 4 == 0) spaced[at++] = ' ';
		spaced[at++] = iban[i];
	}
	if (!seen->text || !seen->html) return false;
	return strstr(seen->text, iban) || strstr(seen->html, iban) || (seen->epc && strstr(seen->epc, iban)) || strstr(seen->text, spaced) || strstr(seen->html, spaced);
}

static void our_iban_never_beside_it(struct store *given)
{
	set_up(given);
	struct payee wrong = bank;
	snprintf(bank.iban, sizeof bank.iban, "FR1420041010050500013M02607");
	int64_t id = 0;
	CHECK_INT(change(save, &id).code, STATUS_INVALID); /* a wrong IBAN is a wrong payment */
	bank.iban[0] = 0;
	CHECK_INT(change(save, &id).code, STATUS_INVALID); /* notified, and nowhere to pay */
	bank = wrong;
	CHECK_OK(change(save, &id));
	struct seen before = look();
	CHECK(names(&before, OURS) && !names(&before, THEIRS));
	CHECK_INT(before.asked, 150000);
	CHECK(*before.pay_url);
	CHECK_OK(change(assign, &id));
	int64_t slip = made;
	CHECK_INT(change(assign, &id).code, STATUS_CONFLICT); /* a claim is assigned once */
	/* ours goes on, alone; the assigned one is told apart with the factor's account */
	struct seen mixed = look();
	CHECK_INT(mixed.asked, 50000);
	CHECK(names(&mixed, OURS) && !strstr(mixed.text, "F1"));
	CHECK_TEXT(mixed.elsewhere, THEIRS);
	CHECK_TEXT(mixed.page_iban, OURS);
	CHECK_INT(mixed.page_asked, 50000);
	/* all assigned: only the factor's account, everywhere; no page that pays us */
	items[0] = 12, items[1] = 13, item_count = 2;
	CHECK_OK(change(assign, &id));
	struct seen theirs = look();
	CHECK_INT(theirs.asked, 150000);
	CHECK(names(&theirs, THEIRS) && !names(&theirs, OURS));
	CHECK(theirs.epc && strstr(theirs.epc, THEIRS));
	CHECK(strstr(theirs.text, "Crédit & Factor"));
	CHECK_TEXT(theirs.page_iban, THEIRS);
	CHECK_TEXT(theirs.pay_url, "");
	/* given back: ours again */
	items[0] = 11;
	CHECK_OK(change(back, &slip));
	CHECK_INT(change(back, &slip).code, STATUS_CONFLICT);
	struct seen again = look();
	CHECK_INT(again.asked, 100000);
	CHECK(names(&again, OURS) && !names(&again, THEIRS));
	today++;
	CHECK_INT(change(cancel, &slip).code, STATUS_CONFLICT); /* on its own day only */
}

static void who_reminds(struct store *given)
{
	set_up(given);
	int64_t id = 0;
	bank.managed = false;
	CHECK_OK(change(save, &id));
	CHECK_OK(change(assign, &id));
	CHECK_INT(number("SELECT COUNT(*) FROM hold WHERE kind = 'ceded' AND item_id = 11 AND lifted_day IS NULL"), 1);
	struct seen seen = look();
	CHECK(!strstr(seen.text, "F1"));
	CHECK_TEXT(seen.elsewhere, THEIRS);
	/* nothing of ours is left: our account stands nowhere */
	CHECK_OK(sql("UPDATE item SET open_amount = 0 WHERE id IN (12, 13)"));
	struct db *db = NULL;
	const struct settings *settings;
	struct debtor_page page;
	CHECK_OK(store_reader(store, &db));
	CHECK_OK(settings_load(db, 1, company.id, arena, &settings));
	CHECK_OK(debtor_page_load(db, &company, settings, 1, today, arena, &page));
	CHECK_TEXT(page.accounts[0].sender.iban, "");
	CHECK_INT(page.accounts[0].elsewhere_count, 1);
	store_release(store, db);
	CHECK_OK(sql("UPDATE item SET open_amount = amount WHERE id IN (12, 13)"));
	CHECK_OK(change(cancel, &made));
	CHECK_INT(number("SELECT COUNT(*) FROM hold WHERE kind = 'ceded' AND lifted_day IS NULL"), 0);
	/* confidential: nothing is said of it, and reminders go on, to our account; until the debtors are told */
	bank.notified = false, bank.iban[0] = 0, bank.id = id;
	CHECK_OK(change(save, &id));
	CHECK_OK(change(assign, &id));
	seen = look();
	CHECK(names(&seen, OURS) && strstr(seen.text, "F1"));
	CHECK_TEXT(seen.elsewhere, "");
	CHECK_INT(change(notify, &made).code, STATUS_INVALID); /* where to pay? */
	snprintf(bank.iban, sizeof bank.iban, "%s", THEIRS);
	CHECK_OK(change(save, &id));
	CHECK_OK(change(notify, &made));
	seen = look();
	CHECK(!strstr(seen.text, "F1"));
	CHECK_INT(number("SELECT COUNT(*) FROM hold WHERE kind = 'ceded' AND lifted_day IS NULL"), 1);
	/* what is about to leave names our account */
	CHECK_OK(sql("INSERT INTO action (tenant_id, company_id, id, customer_id, plan_day, scenario, scenario_version, step, step_rank, channel, mode, state, test, currency,"
	             " amount, created_at) VALUES (1, 1, 1, 1, 20480, 'average', 1, 'reminder', 3, 'email', 'confirm', 'queued', 1, 'EUR', 50000, 0);"
	             "INSERT INTO action_item (tenant_id, company_id, action_id, item_id, role, amount) VALUES (1, 1, 1, 12, 'claimed', 50000)"));
	items[0] = 12;
	CHECK_INT(change(assign, &id).code, STATUS_CONFLICT);
}

static void cost_against_delay(void)
{
	struct payee payee = { .commission_bp = 100, .interest_bp = 365, .reserve_bp = 1000 };
	struct assignment_cost cost = assignment_cost(&payee, 1000000, 100, 730);
	CHECK_INT(cost.advanced, 900000);
	CHECK_INT(cost.commission, 10000);
	CHECK_INT(cost.interest, 9000);  /* 9 000.00 × 3.65 % × 100 ÷ 365 */
	CHECK_INT(cost.total, 19000);
	CHECK_INT(cost.waiting, 18000);
	struct assigned_item one = { .number = "=1+2", .customer_code = "C1", .customer_name = "A \"B\"; C", .siren = "", .city = "Lyon", .amount = 123456, .issue_day = 20400,
		.due_day = 20430, .back_day = DAY_NONE }, gone = one;
	gone.back_day = 20440;
	struct assigned_item both[] = { one, gone };
	struct assignment slip = { .id = 4, .day = 20480, .currency = "EUR", .items = both, .item_count = 2 };
	payee.name = "Factor", payee.contract = "";
	cleanup_text struct text out = { 0 };
	assignment_csv(&slip, &payee, &out);
	CHECK_TEXT(text_cstr(&out), "slip;date;payee;contract;debtor;name;siren;city;invoice;issued;due;currency;amount\r\n"
	           "4;2026-01-27;\"Factor\";\"\";\"C1\";\"A \"\"B\"\"; C\";\"\";\"Lyon\";\"'=1+2\";2025-11-08;2025-12-08;EUR;1234.56\r\n");
}

static void our_iban_never_beside_it_both(void) { teststore_each(our_iban_never_beside_it); }
static void who_reminds_both(void) { teststore_each(who_reminds); }

TESTS({ "93: our IBAN is nowhere beside an assigned claim", our_iban_never_beside_it_both }, { "notified or confidential, and who reminds", who_reminds_both },
      { "cost against delay; the batch for the factor", cost_against_delay }, )
