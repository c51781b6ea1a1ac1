/* A doubtful debt from the proposal to the loss and back: decision, books' own posting, provisions of closings, VAT, files. */
#include "base/memory.h"
#include "ledger/doubtful.h"
#include "ledger/hold.h"
#include "ledger/provision.h"
#include "ledger/testcompany.h"

#include <stdlib.h>

static int64_t made, moved;
static struct status decide(struct change *c, void *x) { return doubtful_decide(c, x, &made); }
static struct status cancel(struct change *c, void *x) { return doubtful_cancel(c, *(int64_t *)x, "an error"); }
static struct status lose(struct change *c, void *x) { return doubtful_lose(c, x, &made); }
static struct status let_go(struct change *c, void *x) { return doubtful_let_go(c, *(int64_t *)x, "", &made); }
static struct status restore(struct change *c, void *x) { return doubtful_restore(c, *(int64_t *)x, "he paid"); }
static struct status sent(struct change *c, void *x) { return doubtful_duplicate_sent(c, *(int64_t *)x, today); }
static struct status keep(struct change *c, void *x) { (void)x; return doubtful_keep(c, &moved); }
static struct status write_file(struct change *c, void *x) { return book_entry_write(c, x, &moved); }
static struct status lift(struct change *c, void *x) { return hold_lift_by_hand(c, *(int64_t *)x); }
struct closing {
	int32_t day;
	struct provision_choice choices[2];
	size_t count;
	bool in_books;
};
static struct status close_books(struct change *c, void *x)
{
	struct closing *closing = x;
	return provision_book(c, closing->day, closing->choices, closing->count, closing->in_books, &moved);
}
static struct status reopen(struct change *c, void *x) { return provision_take_back(c, *(int32_t *)x, &moved); }

static struct doubtful_case debt(int64_t root, int32_t day)
{
	struct db *db = NULL;
	static struct doubtful_case found;
	struct arena *arena = arena_new();
	struct doubtful_case *list;
	size_t count;
	CHECK_OK(store_reader(store, &db));
	CHECK_OK(doubtful_cases(db, &everybody, &company, day, (struct doubtful_filter){ .root_id = root }, arena, &list, &count));
	CHECK_INT(count, 1);
	found = count ? list[0] : (struct doubtful_case){ .state = "" };
	static char state[32];
	snprintf(state, sizeof state, "%s", found.state);
	found.state = state;
	store_release(store, db);
	arena_free(arena);
	return found;
}

/* What the file for the books says, entry by entry: every one sums to nothing. */
static int64_t file_sum(int64_t file_id, const char *account)
{
	struct db *db = NULL;
	cleanup_arena struct arena *arena = arena_new();
	struct book_entry *list;
	size_t count;
	int64_t sum = 0;
	CHECK_OK(store_reader(store, &db));
	CHECK_OK(book_entry_list(db, &everybody, company.id, (struct book_entry_filter){ .file_id = file_id }, arena, &list, &count));
	for (size_t i = 0; i < count; i++) {
		CHECK(book_lines_balance(list[i].lines, list[i].count));
		for (size_t k = 0; k < list[i].count; k++)
			if (strncmp(list[i].lines[k].account, account, strlen(account)) == 0) sum += list[i].lines[k].amount;
	}
	cleanup_text struct text fec = { 0 }, csv = { 0 };
	const struct settings *settings;
	CHECK_OK(settings_load(db, 1, company.id, arena, &settings));
	book_entry_fec(list, count, settings, &fec);
	book_entry_csv(list, count, settings, LANG_FR, &csv);
	size_t lines = 0, tabs = 0;
	for (const char *at = text_cstr(&fec); *at; at++) lines += *at == '\n', tabs += *at == '\t';
	CHECK_INT(tabs, lines * 17);
	CHECK(!strstr(text_cstr(&csv), ";=")); /* no label becomes a formula */
	store_release(store, db);
	return sum;
}

static void make_company(struct store *given)
{
	store = given, everybody = viewer_system(TENANT_FIRST), today = on("2025-12-31");
	CHECK_OK(company_create(store, &everybody, (struct company_new){ .name = "Essai", .code = "T" }, NOW, &company));
	CHECK_OK(sql("INSERT INTO customer (tenant_id, company_id, id, code, name, class, country, created_at) VALUES (1, 1, 1, 'C1', '=Dupont;x', 'professional', 'FR', 0),"
	             "(1, 1, 2, 'C2', 'Schmidt', 'professional', 'DE', 0);"
	             "INSERT INTO item (tenant_id, company_id, customer_id, id, number, kind, account, issue_day, posting_day, due_day, "
	             "due_source, amount, open_amount, currency, label) VALUES "
	             "(1, 1, 1, 11, 'F1', 'invoice', '411000', 20100, 20100, 20130, 'terms', 120000, 120000, 'EUR', ''),"
	             "(1, 1, 1, 12, 'F2', 'invoice', '411000', 20100, 20100, 20130, 'terms', 300, 300, 'EUR', ''),"
	             "(1, 1, 1, 13, 'V2', 'payment', '411000', 20100, 20100, 20100, 'issue', -4, -4, 'EUR', ''),"
	             "(1, 1, 2, 14, 'F3', 'invoice', '411000', 20100, 20100, 20130, 'terms', 100000, 100000, 'EUR', ''),"
	             "(1, 1, 2, 15, 'F4', 'invoice', '411000', 20100, 20100, 20130, 'terms', 100000, 100000, 'USD', '')"));
}

static void from_the_proposal_to_the_loss(struct store *given)
{
	make_company(given);
	struct doubtful_new new = { .item_id = 11, .reason = "age", .vat = -1 };
	CHECK_INT(change(decide, &(struct doubtful_new){ .item_id = 11, .reason = "mood", .vat = -1 }).code, STATUS_INVALID);
	CHECK_INT(change(decide, &(struct doubtful_new){ .item_id = 11, .reason = "other", .vat = -1 }).code, STATUS_INVALID);
	CHECK_INT(change(decide, &(struct doubtful_new){ .item_id = 15, .reason = "age", .vat = -1 }).code, STATUS_INVALID); /* dollars */
	CHECK_INT(change(decide, &(struct doubtful_new){ .item_id = 13, .reason = "age", .vat = -1 }).code, STATUS_CONFLICT); /* a credit */
	CHECK_OK(change(decide, &new));
	int64_t id = made;
	CHECK_INT(change(decide, &new).code, STATUS_CONFLICT); /* twice */
	CHECK_TEXT(debt(11, today).state, "doubtful");
	CHECK_INT(debt(11, today).vat, 2000);
	CHECK_INT(number("SELECT open_amount FROM item WHERE id = 11"), 120000); /* nothing of the ledger moves */
	/* taken back before any file had it: no entry at all */
	CHECK_OK(change(cancel, &id));
	CHECK_INT(number("SELECT COUNT(*) FROM book_entry WHERE cancelled = 0"), 0);
	CHECK_OK(change(decide, &new));
	id = made;
	int64_t first = 0;
	CHECK_OK(change(write_file, &first));
	CHECK_INT(moved, 1);
	CHECK_INT(change(write_file, &first).code, STATUS_CONFLICT); /* once */
	CHECK_INT(file_sum(first, "416"), 120000);
	CHECK_INT(file_sum(first, "411"), -120000);
	/* the closing: 50 % of 1 000.00 at 370 days late */
	today = 20130 + 370;
	struct closing closing = { .day = today };
	CHECK_OK(change(close_books, &closing));
	CHECK_INT(moved, 1);
	CHECK_INT(debt(11, today).allowance, 50000);
	CHECK_INT(debt(11, today - 1).allowance, 0); /* as of the day before */
	CHECK_INT(change(close_books, &closing).code, STATUS_CONFLICT); /* nothing moves any more */
	closing.choices[0] = (struct provision_choice){ 11, 8000, "" }, closing.count = 1;
	CHECK_INT(change(close_books, &closing).code, STATUS_INVALID); /* a rate of one's own wants its reason */
	closing.choices[0].why = "his bank says no";
	CHECK_OK(change(close_books, &closing));
	CHECK_INT(debt(11, today).allowance, 80000);
	/* the posting comes back: 411 settled, the item on 416 stands for it, and nothing is doubled */
	CHECK_OK(sql("UPDATE item SET open_amount = 0, closed_day = 20400 WHERE id = 11;"
	             "INSERT INTO item (tenant_id, company_id, customer_id, id, number, kind, account, issue_day, posting_day, due_day, due_source, amount, open_amount, currency, label,"
	             " origin_id) VALUES (1, 1, 1, 20, 'T1', 'transfer', '411000', 20400, 20400, 20400, 'issue', -120000, 0, 'EUR', '', 0),"
	             "(1, 1, 1, 21, 'F1', 'transfer', '416000', 20100, 20400, 20130, 'original', 120000, 120000, 'EUR', '', 11);"
	             "INSERT INTO settlement (tenant_id, company_id, customer_id, debit_id, credit_id, day, amount) VALUES (1, 1, 1, 11, 20, 20400, 120000)"));
	struct doubtful_case there = debt(11, today);
	CHECK_INT(there.item_id, 21);
	CHECK_INT(there.booked_day, 20400);
	CHECK_INT(there.open, 120000);
	CHECK_INT(debt(11, 20350).open_then, 120000); /* before, on 411 */
	CHECK_INT(there.open_then, 120000);
	CHECK_INT(there.due_day, 20130);
	CHECK_INT(there.id, id);
	CHECK_INT(change(decide, &(struct doubtful_new){ .item_id = 21, .reason = "age", .vat = -1 }).code, STATUS_CONFLICT); /* it is the same debt */
	CHECK_INT(change(cancel, &id).code, STATUS_CONFLICT); /* the books have it */
	/* lost: a proof with its day and words, VAT, what was written down is released, nobody reminds */
	struct doubtful_loss loss = { .item_id = 21, .proof = "certificate", .proof_day = today - 3, .vat = -1 };
	CHECK_INT(change(lose, &loss).code, STATUS_INVALID);
	loss.proof_words = "Me Martin, 12/12";
	loss.proof = "liquidation";
	CHECK_INT(change(lose, &loss).code, STATUS_CONFLICT); /* none is noted */
	loss.proof = "certificate";
	CHECK_OK(change(lose, &loss));
	CHECK_INT(made, id);
	CHECK_INT(number("SELECT lost_vat FROM doubtful WHERE state = 'lost'"), 20000);
	CHECK_INT(debt(11, today).allowance, 0);
	CHECK_INT(change(reopen, &closing.day).code, STATUS_CONFLICT); /* a loss stands on it */
	int64_t hold = number("SELECT id FROM hold WHERE item_id = 21 AND kind = 'lost' AND lifted_day IS NULL");
	CHECK_INT(change(lift, &hold).code, STATUS_CONFLICT);
	CHECK_OK(change(sent, &id));
	int64_t second = 0;
	CHECK_OK(change(write_file, &second));
	CHECK_INT(file_sum(second, "654"), 100000);
	CHECK_INT(file_sum(second, "4457"), 20000);
	CHECK_INT(file_sum(second, "416"), -120000);
	CHECK_INT(file_sum(second, "491"), 0);    /* 800 up in two steps, 800 back */
	CHECK_INT(file_sum(second, "681"), 80000);
	CHECK_INT(file_sum(second, "781"), -80000);
	/* undone after the file had it: an entry that reverses each, once */
	CHECK_OK(change(restore, &id));
	CHECK_TEXT(debt(11, today).state, "doubtful");
	CHECK_INT(debt(11, today).allowance, 80000);
	CHECK_INT(number("SELECT COUNT(*) FROM hold WHERE item_id = 21 AND kind = 'lost' AND lifted_day IS NULL"), 0);
	CHECK_INT(change(restore, &id).code, STATUS_CONFLICT);
	int64_t third = 0;
	CHECK_OK(change(write_file, &third));
	CHECK_INT(moved, 2);
	CHECK_INT(file_sum(third, "654"), -100000);
	CHECK_INT(file_sum(third, "491"), -80000);
	CHECK_INT(change(lose, &(struct doubtful_loss){ .item_id = 21, .proof = "none", .proof_day = DAY_NONE, .vat = -1 }).code, STATUS_INVALID); /* why */
	CHECK_OK(change(lose, &(struct doubtful_loss){ .item_id = 21, .proof = "none", .why = "too dear to sue", .proof_day = DAY_NONE, .vat = -1 }));
	CHECK_INT(number("SELECT lost_vat FROM doubtful WHERE state = 'lost'"), 0); /* without proof no VAT */
	CHECK_INT(change(sent, &id).code, STATUS_CONFLICT);
	/* the books move a lost debt: it stays held */
	CHECK_OK(sql("UPDATE item SET open_amount = 0 WHERE id = 21; INSERT INTO item (tenant_id, company_id, customer_id, id, number, kind, account, issue_day, posting_day, due_day,"
	             " due_source, amount, open_amount, currency, label, origin_id) VALUES (1, 1, 1, 22, 'F1', 'transfer', '416100', 20100, 20401, 20130, 'original', 120000, 120000, 'EUR', '', 21)"));
	CHECK_OK(change(keep, NULL));
	CHECK_INT(moved, 1);
	CHECK_INT(number("SELECT COUNT(*) FROM hold WHERE item_id = 22 AND kind = 'lost' AND lifted_day IS NULL"), 1);
	CHECK_OK(change(keep, NULL));
	CHECK_INT(moved, 0);
	/* and write it off: before it is lettered, and after, nothing to take back any more */
	CHECK_OK(sql("INSERT INTO item (tenant_id, company_id, customer_id, id, number, kind, account, issue_day, posting_day, due_day, due_source, amount, open_amount, currency, label)"
	             " VALUES (1, 1, 1, 23, 'F1', 'other', '416100', 20402, 20402, 20402, 'issue', -120000, -120000, 'EUR', '')"));
	CHECK_INT(debt(11, today).lost_booked_day, 20402);
	CHECK_INT(change(restore, &id).code, STATUS_CONFLICT);
	CHECK_OK(sql("UPDATE item SET open_amount = 0 WHERE id = 22"));
	CHECK_INT(change(restore, &id).code, STATUS_CONFLICT);
}

/* He pays after all, before the books were told: the loss must not reach them beside his payment. */
static void paid_after_the_loss(struct store *given)
{
	make_company(given);
	CHECK_OK(change(lose, &(struct doubtful_loss){ .item_id = 11, .proof = "none", .why = "too dear to sue", .proof_day = DAY_NONE, .vat = -1 }));
	int64_t id = made;
	CHECK_INT(number("SELECT SUM(amount) FROM book_entry_line l WHERE account = '411000'"), -120000);
	CHECK_OK(sql("INSERT INTO item (tenant_id, company_id, customer_id, id, number, kind, account, issue_day, posting_day, due_day, due_source, amount, open_amount, currency, label)"
	             " VALUES (1, 1, 1, 40, 'V', 'payment', '411000', 20453, 20453, 20453, 'issue', -120000, 0, 'EUR', '');"
	             "INSERT INTO settlement (tenant_id, company_id, customer_id, debit_id, credit_id, day, amount) VALUES (1, 1, 1, 11, 40, 20453, 120000);"
	             "UPDATE item SET open_amount = 0, closed_day = 20453 WHERE id = 11"));
	CHECK_OK(change(restore, &id));
	CHECK_INT(number("SELECT COUNT(*) FROM book_entry WHERE cancelled = 0"), 0);
	CHECK_INT(number("SELECT COUNT(*) FROM doubtful WHERE state <> 'cancelled'"), 0);
	CHECK_INT(number("SELECT COUNT(*) FROM hold WHERE kind = 'lost' AND lifted_day IS NULL"), 0);
	CHECK_INT(change(restore, &id).code, STATUS_NOT_FOUND); /* once */
	/* once a file has it, the books take it back */
	int64_t file = 0, small = 12;
	CHECK_OK(change(let_go, &small));
	id = made;
	CHECK_OK(change(write_file, &file));
	CHECK_OK(sql("UPDATE item SET open_amount = 0 WHERE id = 12"));
	CHECK_INT(change(restore, &id).code, STATUS_CONFLICT);
}

static void closings_and_small_balances(struct store *given)
{
	make_company(given);
	/* sold abroad: no VAT in it */
	CHECK_OK(change(decide, &(struct doubtful_new){ .item_id = 14, .reason = "age", .vat = -1 }));
	int64_t id = made;
	CHECK_INT(debt(14, today).vat, 0);
	today = on("2026-12-31");
	struct closing year = { .day = on("2025-12-31") }, next = { .day = on("2026-12-31") }, tomorrow = { .day = today + 1 };
	CHECK_INT(change(close_books, &tomorrow).code, STATUS_INVALID);
	year.in_books = true; /* taken over: the books have it already */
	CHECK_OK(change(close_books, &year));
	CHECK_INT(number("SELECT COUNT(*) FROM book_entry WHERE kind = 'provision'"), 0);
	CHECK_INT(debt(14, year.day).allowance, 25000);
	CHECK_OK(change(close_books, &next));
	CHECK_INT(debt(14, next.day).allowance, 50000);
	CHECK_INT(number("SELECT SUM(l.amount) FROM book_entry_line l WHERE l.account = '491000'"), -25000); /* what it grew by */
	CHECK_INT(change(close_books, &year).code, STATUS_CONFLICT); /* a later one stands */
	CHECK_INT(change(reopen, &year.day).code, STATUS_CONFLICT);
	CHECK_OK(change(reopen, &next.day));
	CHECK_INT(debt(14, next.day).allowance, 25000);
	/* paid in part: the closing releases what is too much; paid: all */
	CHECK_OK(sql("INSERT INTO item (tenant_id, company_id, customer_id, id, number, kind, account, issue_day, posting_day, due_day, due_source, amount, open_amount, currency, label)"
	             " VALUES (1, 1, 2, 30, 'R', 'payment', '411000', 20700, 20700, 20700, 'issue', -90000, 0, 'EUR', '');"
	             "INSERT INTO settlement (tenant_id, company_id, customer_id, debit_id, credit_id, day, amount) VALUES (1, 1, 2, 14, 30, 20700, 90000);"
	             "UPDATE item SET open_amount = 10000 WHERE id = 14"));
	CHECK_INT(debt(14, 20699).open_then, 100000);
	CHECK_OK(change(close_books, &next));
	CHECK_INT(debt(14, next.day).allowance, 5000);
	CHECK_INT(number("SELECT SUM(l.amount) FROM book_entry_line l JOIN book_entry e ON e.id = l.entry_id WHERE l.account = '781740' AND e.cancelled = 0"), -20000);
	CHECK_OK(change(reopen, &next.day));
	CHECK_OK(change(cancel, &id));
	CHECK_OK(change(close_books, &next)); /* no longer doubtful: all of it is released */
	CHECK_INT(debt(14, next.day).allowance, 0);
	/* small balances, both ways */
	int64_t large = 11, small = 12, ours = 13;
	CHECK_INT(change(let_go, &large).code, STATUS_CONFLICT);
	CHECK_OK(change(let_go, &small));
	int64_t gone = made;
	CHECK_INT(number("SELECT COUNT(*) FROM hold WHERE item_id = 12 AND kind = 'lost'"), 1);
	CHECK_OK(change(let_go, &ours));
	CHECK_INT(number("SELECT SUM(amount) FROM book_entry_line WHERE account = '758000'"), -4);
	CHECK_INT(number("SELECT SUM(amount) FROM book_entry_line WHERE account = '658000'"), 300);
	CHECK_OK(change(restore, &gone));
	CHECK_OK(change(let_go, &small)); /* and again */
	/* the VAT of an old proof can't be taken back any more */
	today = on("2029-01-02");
	struct doubtful_loss loss = { .item_id = 11, .proof = "certificate", .proof_words = "x", .proof_day = on("2026-05-04"), .vat = -1 };
	CHECK_INT(change(lose, &loss).code, STATUS_CONFLICT);
	loss.keep_vat = true;
	CHECK_OK(change(lose, &loss));
	CHECK_INT(number("SELECT lost_vat FROM doubtful WHERE item_id = 11 AND state = 'lost'"), 0);
}

static void from_the_proposal_to_the_loss_both(void) { teststore_each(from_the_proposal_to_the_loss); }
/* The closing of a year is made weeks after it, when one of its debts is lost already. */
static void closed_after_a_loss(struct store *given)
{
	make_company(given);
	struct closing year = { .day = today }, next = { .day = on("2026-12-31") };
	CHECK_OK(change(decide, &(struct doubtful_new){ .item_id = 11, .reason = "age", .vat = -1 }));
	CHECK_OK(change(decide, &(struct doubtful_new){ .item_id = 14, .reason = "age", .vat = -1 }));
	CHECK_OK(change(close_books, &year));
	today = on("2027-01-05");
	CHECK_OK(change(lose, &(struct doubtful_loss){ .item_id = 14, .proof = "none", .why = "gone", .proof_day = DAY_NONE, .vat = -1 }));
	int64_t id = made;
	today = on("2027-01-20");
	CHECK_OK(change(close_books, &next));
	CHECK_INT(moved, 1);
	CHECK_INT(debt(11, next.day).allowance, 50000);
	CHECK_INT(debt(14, next.day).allowance, 25000); /* what its loss released later */
	CHECK_INT(debt(14, today).allowance, 0);
	CHECK_INT(number("SELECT SUM(l.amount) FROM book_entry_line l WHERE l.account = '491000'"), -50000);
	CHECK_INT(change(reopen, &year.day).code, STATUS_CONFLICT); /* the later closing, and the loss */
	CHECK_OK(change(reopen, &next.day));
	CHECK_INT(moved, 1);
	CHECK_INT(change(reopen, &year.day).code, STATUS_CONFLICT); /* the loss stands on it */
	CHECK_OK(change(restore, &id));
	CHECK_OK(change(reopen, &year.day));
	CHECK_INT(number("SELECT COUNT(*) FROM book_entry WHERE kind = 'provision' AND cancelled = 0"), 0);
}

static void closed_after_a_loss_both(void) { teststore_each(closed_after_a_loss); }
static void paid_after_the_loss_both(void) { teststore_each(paid_after_the_loss); }
static void closings_and_small_balances_both(void) { teststore_each(closings_and_small_balances); }

TESTS({ "84: doubtful, in the books, lost, taken back; nothing is doubled", from_the_proposal_to_the_loss_both },
	{ "a year closed after one of its debts was lost", closed_after_a_loss_both },
	{ "paid after the loss, before the books heard of it", paid_after_the_loss_both },
	{ "closings as of their day, small balances both ways, VAT too late", closings_and_small_balances_both }, )
