/* Credit insurance in the store: policies, decisions that follow each other, what was told, the duties and their tasks. */
#include "base/memory.h"
#include "base/text.h"
#include "ledger/payment_plan.h"
#include "ledger/testcompany.h"
#include "ledger/together.h"
#include "standing/insured.h"

static int64_t made;
static struct arena *arena;

static struct status save(struct change *c, void *x) { return insurance_policy_save(c, x, &made); }
static struct status decide(struct change *c, void *x) { return cover_decide(c, x, &made); }
static struct status take_back(struct change *c, void *x) { return cover_decision_remove(c, *(int64_t *)x, "typed twice"); }
struct mark {
	int64_t item;
	const char *step;
	int32_t day;
	int64_t amount;
	const char *words;
};
static struct status mark(struct change *c, void *x)
{
	const struct mark *m = x;
	return insured_mark(c, m->item, m->step, m->day, m->amount, m->words);
}
static struct status told(struct change *c, void *x) { return insurer_told(c, 1, x, c->today, "by their portal"); }
static struct status tasks(struct change *c, void *x)
{
	const struct settings *settings;
	TRY(settings_load(c->db, company.tenant_id, company.id, arena, &settings));
	TRY(insurance_tasks(c, settings, x));
	return c->events ? STATUS_FINE : status_make(STATUS_CONFLICT, "nothing to do");
}

static void world(struct store *given)
{
	store = given, everybody = viewer_system(TENANT_FIRST), today = on("2026-05-12");
	CHECK_OK(company_create(store, &everybody, (struct company_new){ .name = "Essai", .code = "T" }, NOW, &company));
	CHECK_OK(sql("INSERT INTO user_account (tenant_id, id, email, name, role, created_at) VALUES (1, 7, 'c@example.test', 'Claire', 'collector', 0);"
	             "INSERT INTO customer (tenant_id, company_id, id, code, name, class, country, collector_id, created_at) VALUES (1, 1, 1, 'C1', 'Dupont', 'professional', 'FR', 7, 0),"
	             "(1, 1, 2, 'C2', 'Rossi', 'professional', 'IT', 0, 0), (1, 1, 3, 'C3', 'Madame Petit', 'consumer', '', 0, 0)"));
	struct text text = { 0 };
	const struct { int id, customer; const char *issued, *due; long amount, open; } items[] = { { 11, 1, "2026-01-10", "2026-02-09", 4500000, 4500000 },
		{ 12, 1, "2026-03-15", "2026-05-14", 1000000, 1000000 }, { 13, 2, "2026-04-01", "2026-05-31", 600000, 600000 }, { 14, 3, "2026-04-01", "2026-05-01", 5000, 5000 } };
	for (size_t i = 0; i < COUNT(items); i++)
		text_addf(&text, "INSERT INTO item (tenant_id, company_id, customer_id, id, number, kind, account, issue_day, posting_day, due_day, due_source, amount, open_amount, currency, label)"
		                 " VALUES (1, 1, %d, %d, 'F%d', 'invoice', '411', %d, %d, %d, 'terms', %ld, %ld, 'EUR', '');",
		          items[i].customer, items[i].id, items[i].id, on(items[i].issued), on(items[i].issued), on(items[i].due), items[i].amount, items[i].open);
	CHECK_OK(sql(text_cstr(&text)));
	text_free(&text);
	arena = arena_new();
}

static struct insurance_policy usual(void)
{
	return (struct insurance_policy){ .rule = { .currency = "EUR", .from_day = on("2026-01-01"), .until_day = on("2026-12-31"), .share_bp = 9000, .terms_days = 90, .terms_export_days = 120,
		.extension_days = 60, .declare_days = 100, .claim_days = 180, .insolvency_days = 10, .discretionary = 500000, .discretionary_late = 30 },
		.insurer = "Assureur SA", .number = "P-1", .email = "sinistres@assureur.example", .note = "" };
}

static void look(struct insurance_view *view, const struct insurance **insurance, const struct book **book)
{
	struct db *db = NULL;
	CHECK_OK(store_reader(store, &db));
	CHECK_OK(insurance_load(db, &everybody, company.id, 0, arena, insurance));
	CHECK(*insurance != NULL);
	CHECK_OK(book_get(store, company.tenant_id, company.id, book));
	CHECK_OK(insurance_view(db, &everybody, company.id, *insurance, *book, NULL, today, "EUR", arena, view));
	store_release(store, db);
}

static void a_year_with_an_insurer(struct store *given)
{
	world(given);
	struct insurance_policy policy = usual();
	policy.rule.share_bp = 10001;
	CHECK_INT(change(save, &policy).code, STATUS_INVALID);
	policy = usual(), policy.rule.claim_days = 30;
	CHECK_INT(change(save, &policy).code, STATUS_INVALID); /* before the declaration */
	policy = usual(), policy.insurer = "";
	CHECK_INT(change(save, &policy).code, STATUS_INVALID);
	policy = usual();
	CHECK_OK(change(save, &policy));
	policy.rule.id = made;

	struct cover_decision_new ask = { .policy_id = policy.rule.id, .customer_id = 1, .state = "granted", .amount = 5000000, .from_day = on("2026-01-05"), .until_day = DAY_NONE };
	CHECK_OK(change(decide, &ask));
	int64_t granted = made;
	ask.state = "reduced", ask.amount = 2000000, ask.from_day = on("2026-03-01");
	CHECK_OK(change(decide, &ask));
	ask.state = "withdrawn";
	CHECK_INT(change(decide, &ask).code, STATUS_INVALID); /* with an amount */
	ask.amount = 0, ask.from_day = on("2025-12-31");
	CHECK_INT(change(decide, &ask).code, STATUS_INVALID); /* outside the policy */
	ask.from_day = on("2026-05-01");
	CHECK_OK(change(decide, &ask));
	ask = (struct cover_decision_new){ .policy_id = policy.rule.id, .customer_id = 2, .state = "requested", .amount = 900000, .from_day = on("2026-05-01"), .until_day = DAY_NONE };
	CHECK_OK(change(decide, &ask));
	ask.temporary = true, ask.state = "granted";
	CHECK_INT(change(decide, &ask).code, STATUS_INVALID); /* without a last day */

	struct insurance_view view;
	const struct insurance *insurance;
	const struct book *book = NULL;
	look(&view, &insurance, &book);
	CHECK_INT(view.row_count, 3);
	CHECK_INT(view.sum.exposed, 6105000);
	CHECK_INT(view.sum.covered, 5000000); /* F11 within 50 000; F12 finds 20 000 taken; F13 by the discretionary 5 000.00 */
	CHECK_INT(view.sum.uncovered, 1105000);
	CHECK_INT(view.rows[0].customer, book_find_customer(book, 1));
	CHECK_INT(view.rows[0].total.now, COVER_WITHDRAWN_LIMIT);
	CHECK_INT(view.duty_count, 2);
	CHECK_INT(view.duties[0].kind, INSURER_ANSWER); /* asked on 1 May, no answer after a week */
	CHECK_INT(view.duties[1].kind, INSURER_DECLARE);
	CHECK_INT(view.duties[1].by, on("2026-05-20")); /* 9 February and 100 days */
	CHECK_INT(view.duties[1].amount, 4500000);
	CHECK_INT(view.duties[1].items[0], 11);
	book_release(book);

	/* a task, once */
	int64_t changed = 0;
	CHECK_OK(change(tasks, &changed));
	CHECK_INT(changed, 1);
	CHECK_INT(number("SELECT COUNT(*) FROM task WHERE customer_id = 1 AND owner_id = 7"), 1);
	CHECK_INT(change(tasks, &changed).code, STATUS_CONFLICT);
	CHECK_INT(number("SELECT COUNT(*) FROM task"), 1);

	/* told, claimed, refused: in this order only */
	CHECK_INT(change(mark, &(struct mark){ 11, "paid", today, 100, "" }).code, STATUS_CONFLICT);
	CHECK_INT(change(mark, &(struct mark){ 11, "declare", today + 1, 0, "" }).code, STATUS_INVALID);
	CHECK_INT(change(mark, &(struct mark){ 11, "dream", today, 0, "" }).code, STATUS_INVALID);
	CHECK_OK(change(mark, &(struct mark){ 11, "declare", today, 0, "" }));
	CHECK_INT(change(mark, &(struct mark){ 11, "declare", today, 0, "" }).code, STATUS_CONFLICT); /* a double click */
	CHECK_INT(change(mark, &(struct mark){ 11, "extend", today + 30, 0, "" }).code, STATUS_CONFLICT);
	look(&view, &insurance, &book);
	CHECK_INT(view.duty_count, 2);
	CHECK_INT(view.duties[1].kind, INSURER_CLAIM);
	CHECK_INT(view.duties[1].by, on("2026-08-08"));
	book_release(book);
	CHECK_OK(change(mark, &(struct mark){ 11, "claim", today, 0, "S-77" }));
	CHECK_INT(change(mark, &(struct mark){ 11, "paid", today, 4500001, "" }).code, STATUS_INVALID);
	CHECK_OK(change(mark, &(struct mark){ 11, "paid", today, 4050000, "" }));
	CHECK_OK(change(mark, &(struct mark){ 11, "undo" }));
	CHECK_INT(number("SELECT paid FROM insured_item WHERE item_id = 11"), 0);
	CHECK_INT(number("SELECT COUNT(*) FROM insured_item WHERE claim_reference = 'S-77' AND declared_day IS NOT NULL"), 1);
	CHECK_OK(change(mark, &(struct mark){ 11, "refuse", today, 0, "Declared after the delay" }));
	look(&view, &insurance, &book);
	CHECK_INT(view.sum.covered, 500000); /* F13 alone; the refused one keeps its part of the limit taken */
	book_release(book);

	/* proceedings: within ten days, then it was told */
	CHECK_OK(change(mark, &(struct mark){ 11, "undo" }));
	CHECK_OK(change(mark, &(struct mark){ 11, "undo" }));
	struct text text = { 0 };
	text_addf(&text, "UPDATE customer SET insolvency_day = %d, rev = 900 WHERE id = 1; UPDATE company SET rev = 900", on("2026-05-11"));
	CHECK_OK(sql(text_cstr(&text)));
	text_free(&text);
	look(&view, &insurance, &book);
	CHECK_INT(view.duties[1].kind, INSURER_INSOLVENCY);
	CHECK_INT(view.duties[1].by, on("2026-05-21"));
	book_release(book);
	CHECK_INT(change(told, "gossip").code, STATUS_INVALID);
	CHECK_OK(change(told, "insolvency"));
	look(&view, &insurance, &book);
	CHECK_INT(view.duties[1].kind, INSURER_CLAIM);
	CHECK_INT(view.duties[1].by, on("2026-05-21"));
	book_release(book);

	/* what was entered by mistake is taken back, and told */
	CHECK_OK(change(take_back, &granted));
	CHECK_INT(change(take_back, &granted).code, STATUS_NOT_FOUND);
	look(&view, &insurance, &book);
	CHECK_INT(view.sum.covered, 2000000); /* F11 by the discretionary 5 000.00 of its day, so F12 finds 15 000 of 20 000 left; F13 */
	book_release(book);
	arena_free(arena);
}

static void who_may(struct store *given)
{
	world(given);
	struct insurance_policy policy = usual();
	CHECK_OK(change(save, &policy));
	int64_t id = made;
	everybody.rights = RIGHT_READ | RIGHT_COLLECT;
	CHECK_INT(change(save, &policy).code, STATUS_FORBIDDEN);
	struct cover_decision_new ask = { .policy_id = id, .customer_id = 1, .state = "granted", .amount = 100, .from_day = today, .until_day = DAY_NONE };
	CHECK_INT(change(decide, &ask).code, STATUS_FORBIDDEN);
	ask.state = "requested";
	CHECK_OK(change(decide, &ask));
	CHECK_INT(change(take_back, &made).code, STATUS_FORBIDDEN);
	/* another's portfolio */
	everybody.portfolio = PORTFOLIO_OWN, everybody.user_id = 9;
	CHECK_INT(change(decide, &ask).code, STATUS_NOT_FOUND);
	CHECK_INT(change(mark, &(struct mark){ 11, "declare", today, 0, "" }).code, STATUS_NOT_FOUND);
	everybody.rights = RIGHT_READ;
	CHECK_INT(change(mark, &(struct mark){ 11, "declare", today, 0, "" }).code, STATUS_FORBIDDEN);
	arena_free(arena);
}

static void a_year_with_an_insurer_on_both(void) { teststore_each(a_year_with_an_insurer); }
static void who_may_on_both(void) { teststore_each(who_may); }
TESTS({ "a year with an insurer", a_year_with_an_insurer_on_both }, { "who may", who_may_on_both })
