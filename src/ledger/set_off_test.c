/* Set-off: its conditions, its amount and day, what it holds until the books have it (law.md 1.4, pitfalls.md 94). */
#include "base/memory.h"
#include "ledger/hold.h"
#include "ledger/set_off.h"
#include "ledger/testcompany.h"

enum { TODAY = 20480 };
static int64_t made;

static struct status propose(struct change *c, void *x) { return set_off_propose(c, x, &made); }
static struct status hold(struct change *c, void *x) { return hold_set(c, x, &(int64_t){ 0 }); }
static struct status lift(struct change *c, void *x) { return hold_lift_by_hand(c, *(int64_t *)x); }
static struct status agree(struct change *c, void *x) { return set_off_agree(c, *(int64_t *)x); }
static struct status settled(struct change *c, void *x) { return set_off_settled(c, *(int64_t *)x); }
static struct status cancel(struct change *c, void *x) { return set_off_cancel(c, *(int64_t *)x); }

static void amount_and_day(void)
{
	const struct set_off_item his[] = { { 1, 100000, 100000, "F1", 20400 }, { 2, 50000, 50000, "F2", 20450 } };
	const struct set_off_debt ours[] = { { "A", 20410, 60000 }, { "B", 20440, 60000 } };
	int32_t day;
	CHECK_INT(set_off_amount(his, 2, ours, 2, &day), 120000);
	CHECK_INT(day, 20450); /* the second invoice is needed for it */
	CHECK_INT(set_off_amount(his, 2, ours, 1, &day), 60000);
	CHECK_INT(day, 20410); /* back to the day its conditions were met (1347) */
	CHECK_INT(set_off_amount(his, 1, ours, 0, &day), 0);
	const struct set_off_debt huge[] = { { "A", 1, INT64_MAX }, { "B", 1, 1 } };
	CHECK_INT(set_off_amount(his, 1, huge, 2, &day), -1);
}

static void a_whole_set_off(struct store *given)
{
	store = given, everybody = viewer_system(TENANT_FIRST), today = TODAY;
	CHECK_OK(company_create(store, &everybody, (struct company_new){ .name = "Essai", .code = "T" }, NOW, &company));
	CHECK_OK(sql("INSERT INTO customer (tenant_id, company_id, id, code, name, class, created_at, supplier_balance) VALUES (1, 1, 1, 'C1', 'Dupont', 'professional', 0, 90000);"
	             "INSERT INTO item (tenant_id, company_id, customer_id, id, number, kind, account, issue_day, posting_day, due_day, "
	             "due_source, amount, open_amount, currency, label) VALUES "
	             "(1, 1, 1, 11, 'F1', 'invoice', '411', 20400, 20400, 20430, 'terms', 100000, 100000, 'EUR', ''),"
	             "(1, 1, 1, 12, 'F2', 'invoice', '411', 20470, 20470, 20500, 'terms', 50000, 50000, 'EUR', '')"));
	struct set_off_debt debts[] = { { "FR-9", 20440, 90000 } };
	struct set_off_new asked = { .customer_id = 1, .items = (int64_t[]){ 11, 12 }, .item_count = 2, .debts = debts, .debt_count = 1 };
	CHECK_INT(change(propose, &asked).code, STATUS_CONFLICT); /* F2 is not due: 1347-1 */
	asked.item_count = 1;
	debts[0].due_day = TODAY + 1;
	CHECK_INT(change(propose, &asked).code, STATUS_CONFLICT); /* nor is ours */
	debts[0].due_day = 20440, debts[0].amount = 0;
	CHECK_INT(change(propose, &asked).code, STATUS_INVALID);
	debts[0].amount = 90000;
	CHECK_OK(change(hold, &(struct hold_new){ .item_id = 11, .until_day = TODAY + 9, .reason = "agreed" }));
	CHECK_OK(change(propose, &asked));
	int64_t id = made;
	CHECK_INT(number("SELECT amount FROM set_off"), 90000);
	CHECK_INT(number("SELECT effect_day FROM set_off"), 20440);
	CHECK_INT(number("SELECT open_amount FROM item WHERE id = 11"), 100000); /* nothing is netted by the program (94) */
	CHECK_INT(number("SELECT COUNT(*) FROM hold WHERE item_id = 11 AND lifted_day IS NULL"), 2); /* beside the one that a person had set */
	int64_t held = number("SELECT id FROM hold WHERE item_id = 11 AND kind = 'set_off'");
	CHECK_INT(change(lift, &held).code, STATUS_CONFLICT);
	CHECK_INT(change(propose, &asked).code, STATUS_CONFLICT); /* twice */
	CHECK_INT(change(settled, &id).code, STATUS_CONFLICT); /* not agreed yet */
	CHECK_OK(change(agree, &id));
	CHECK_INT(number("SELECT COUNT(*) FROM hold WHERE item_id = 11 AND lifted_day IS NULL"), 2); /* until the books have it */
	CHECK_INT(number("SELECT amount FROM book_entry_line WHERE account = '411'"), -90000); /* what it asks of them: D 401, C 411 */
	CHECK_INT(number("SELECT SUM(amount) FROM book_entry_line WHERE account = '401000'"), 90000);
	CHECK_INT(number("SELECT SUM(amount) FROM book_entry_line"), 0);
	CHECK_OK(change(settled, &id));
	CHECK_INT(number("SELECT COUNT(*) FROM hold WHERE item_id = 11 AND lifted_day IS NULL AND kind = 'hold'"), 1); /* his stands */
	CHECK_INT(number("SELECT COUNT(*) FROM hold WHERE item_id = 11 AND lifted_day IS NULL"), 1);
	CHECK_INT(change(cancel, &id).code, STATUS_CONFLICT);
	/* by agreement what is not due may be in it; after a judgment only connected debts */
	asked.items = (int64_t[]){ 12 }, asked.agreed = true;
	CHECK_OK(sql("UPDATE customer SET insolvency_day = 20475 WHERE id = 1"));
	CHECK_INT(change(propose, &asked).code, STATUS_CONFLICT);
	asked.connected = true;
	CHECK_OK(change(propose, &asked));
	CHECK_OK(change(agree, &made));
	CHECK_INT(number("SELECT COUNT(*) FROM book_entry WHERE cancelled = 0"), 2);
	CHECK_OK(change(cancel, &made));
	CHECK_INT(number("SELECT COUNT(*) FROM book_entry WHERE cancelled = 0"), 1); /* its entry is not asked for any more */
	CHECK_INT(number("SELECT COUNT(*) FROM hold WHERE item_id = 12 AND lifted_day IS NULL"), 0);
}
static void a_whole_set_off_both(void) { teststore_each(a_whole_set_off); }

TESTS({ "the smaller of both sides, back to the day its conditions were met", amount_and_day }, { "94: proposed, agreed, booked; nothing is netted by the program", a_whole_set_off_both }, )
