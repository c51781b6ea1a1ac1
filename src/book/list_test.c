/* Lists against the obvious: filter everything, sort everything, cut the page. */
#include "book/list.h"

#include "base/memory.h"
#include "base/test.h"
#include "book/build.h"
#include "book/page.h"

#include <stdlib.h>

static uint64_t state = 2463534242ull;
static uint64_t rnd(uint64_t below)
{
	state ^= state << 13, state ^= state >> 7, state ^= state << 17;
	return state % below;
}
enum { AS_OF = 20000 };

static const struct book *random_book(size_t items)
{
	struct book_builder *builder = book_builder_new("EUR");
	for (int64_t c = 1; c <= 20; c++) {
		char code[16], name[32];
		snprintf(code, sizeof code, "C%02lld", (long long)c);
		snprintf(name, sizeof name, "Société Élan %lld", (long long)c);
		builder_customer(builder, &(struct book_customer){ .id = c, .code = code, .name = name, .stopped = c == 4,
			.generic = c == 5 ? "accepted" : "", .insolvency_day = c == 3 ? AS_OF - 20 : DAY_NONE });
	}
	for (size_t i = 0; i < items; i++) {
		int64_t amount = (int64_t)rnd(2000) - 500;
		char number[32];
		snprintf(number, sizeof number, "FA%03u", (unsigned)rnd(400));
		int32_t issue = AS_OF - (int32_t)rnd(300) + 10;
		builder_item(builder, &(struct builder_item){ .customer_id = 1 + (int64_t)rnd(20), .id = (int64_t)i + 1, .amount = amount,
			.kind = amount < 0 ? ITEM_PAYMENT : rnd(9) ? ITEM_INVOICE : ITEM_DEPOSIT_REQUEST, .issue_day = issue, .posting_day = issue,
			.due_day = issue + (int32_t)rnd(60), .number = number, .currency = rnd(8) ? "EUR" : "USD", .withdrawn = rnd(30) == 0 });
		if (amount > 0 && rnd(6) == 0) builder_dispute(builder, 1, (int64_t)i + 1, -1, AS_OF - 5, DAY_NONE);
	}
	const struct book *book = NULL;
	CHECK_OK(builder_book(builder, &book));
	return book;
}

static bool slow_fits(const struct book *book, const struct item_filter *filter, size_t index)
{
	struct book_item item = book_item(book, index, filter->as_of);
	struct book_customer customer = book_customer(book, item.customer);
	int late = filter->as_of - item.due_day;
	bool insolvent = customer.insolvency_day != DAY_NONE && customer.insolvency_day <= filter->as_of;
	bool disputed = book_item_bound(book, index, filter->as_of, item.open).disputed > 0;
	if (!item.exists || (item.outside && !filter->outside)) return false;
	if (filter->currency && strcmp(filter->currency, item.currency) != 0) return false;
	if (filter->customer && item.customer != filter->customer - 1) return false;
	if (filter->selected && !filter->selected[item.customer]) return false;
	if (filter->kinds && !(filter->kinds >> item.kind & 1)) return false;
	if (filter->text && !strcasestr(item.number, filter->text) && !strcasestr(customer.code, filter->text) &&
	    !strstr(customer.name, filter->text) && strcmp(filter->text, "societe elan") != 0)
		return false;
	if (filter->bucket) {
		int bucket = late <= 0 ? 1 : late <= 30 ? 2 : late <= 60 ? 3 : late <= 90 ? 4 : 5;
		if (item.open <= 0 || bucket != filter->bucket) return false;
	}
	switch (filter->state) {
	case LIST_OPEN: return item.open != 0;
	case LIST_DUE: return item.open > 0;
	case LIST_NOT_DUE: return item.open > 0 && late <= 0;
	case LIST_OVERDUE: return item.open > 0 && late > 0;
	case LIST_UNALLOCATED: return item.open < 0;
	case LIST_CLOSED: return item.open == 0;
	case LIST_DISPUTED: return item.open > 0 && disputed;
	case LIST_PROMISED: return false;
	case LIST_TO_CHASE:
		return item.open > 0 && late > 0 && !disputed && !customer.stopped && !*customer.generic && !insolvent;
	case LIST_HELD:
	case LIST_IN_PROMISE: return false;
	case LIST_IN_DISPUTE: return item.open > 0 && late > 0 && disputed && !insolvent && !customer.stopped && !*customer.generic;
	case LIST_BLOCKED: return item.open > 0 && late > 0 && !insolvent && (customer.stopped || *customer.generic);
	case LIST_INSOLVENT: return item.open > 0 && late > 0 && insolvent;
	default: return true;
	}
}

static void filters_and_sums_are_those_of_the_slow_version(void)
{
	cleanup_arena struct arena *arena = arena_new();
	cleanup_book const struct book *book = random_book(900);
	uint8_t selected[20];
	static const char *const texts[] = { NULL, "12", "c07", "societe elan" };
	for (int round = 0; round < 200; round++) {
		for (int c = 0; c < 20; c++) selected[c] = rnd(4) != 0;
		struct item_filter filter = { .as_of = AS_OF - (int32_t)rnd(100), .state = (enum item_state)rnd(LIST_STATE_COUNT),
			.bucket = rnd(3) ? 0 : (int)rnd(6), .currency = rnd(2) ? NULL : rnd(2) ? "USD" : "EUR", .outside = rnd(4) == 0,
			.customer = rnd(4) ? 0 : 1 + rnd(20), .selected = rnd(2) ? selected : NULL, .kinds = rnd(4) ? 0 : 1u << ITEM_INVOICE,
			.text = texts[rnd(4)] };
		struct item_list list;
		item_list(book, &filter, (struct list_page){ .sort = (int)rnd(ITEM_SORT_COUNT), .descending = rnd(2), .limit = 25,
			.offset = rnd(60) }, arena, &list);
		size_t total = 0;
		int64_t open = 0, amount = 0, overdue = 0;
		bool others = false;
		for (size_t i = 0; i < book_items(book); i++) {
			if (!slow_fits(book, &filter, i)) continue;
			struct book_item item = book_item(book, i, filter.as_of);
			total++;
			if (strcmp(item.currency, filter.currency ? filter.currency : "EUR") != 0) {
				others = true;
				continue;
			}
			open += item.open, amount += item.amount;
			if (item.open > 0 && item.due_day < filter.as_of) overdue += item.open;
		}
		CHECK_INT(list.total, total);
		CHECK_INT(list.open, open);
		CHECK_INT(list.amount, amount);
		CHECK_INT(list.overdue, overdue);
		CHECK(list.several_currencies == others);
		for (size_t i = 0; i < list.count; i++) {
			CHECK(slow_fits(book, &filter, list.rows[i].index));
			CHECK_INT(list.rows[i].open, book_item(book, list.rows[i].index, filter.as_of).open);
		}
		arena_reset(arena);
	}
}

static void pages_put_together_are_the_whole(void)
{
	cleanup_arena struct arena *arena = arena_new();
	cleanup_book const struct book *book = random_book(500);
	struct item_filter filter = { .as_of = AS_OF, .state = LIST_ALL };
	for (int sort = 0; sort < ITEM_SORT_COUNT; sort++)
		for (int descending = 0; descending < 2; descending++) {
			struct item_list whole, page;
			struct list_page asked = { .sort = sort, .descending = descending };
			item_list(book, &filter, asked, arena, &whole);
			CHECK_INT(whole.count, whole.total);
			asked.limit = 37;
			for (asked.offset = 0; asked.offset < whole.count + 40; asked.offset += 37) {
				item_list(book, &filter, asked, arena, &page);
				size_t left = asked.offset < whole.count ? whole.count - asked.offset : 0;
				CHECK_INT(page.count, left < 37 ? left : 37);
				for (size_t i = 0; i < page.count; i++) CHECK_INT(page.rows[i].index, whole.rows[asked.offset + i].index);
			}
			for (size_t i = 1; i < whole.count; i++) {
				struct book_item a = book_item(book, whole.rows[i - 1].index, AS_OF), b = book_item(book, whole.rows[i].index, AS_OF);
				int64_t x = sort == ITEM_BY_DUE ? a.due_day : sort == ITEM_BY_OPEN ? a.open : sort == ITEM_BY_AMOUNT ? a.amount
				          : sort == ITEM_BY_CUSTOMER ? (int64_t)a.customer : sort == ITEM_BY_ISSUE ? a.issue_day : 0;
				int64_t y = sort == ITEM_BY_DUE ? b.due_day : sort == ITEM_BY_OPEN ? b.open : sort == ITEM_BY_AMOUNT ? b.amount
				          : sort == ITEM_BY_CUSTOMER ? (int64_t)b.customer : sort == ITEM_BY_ISSUE ? b.issue_day : 0;
				CHECK(descending ? x >= y : x <= y);
				if (sort == ITEM_BY_NUMBER) CHECK(descending ? strcmp(a.number, b.number) >= 0 : strcmp(a.number, b.number) <= 0);
			}
			arena_reset(arena);
		}
}

static int compare_numbers(const void *left, const void *right)
{
	const struct page_key *a = left, *b = right;
	if (a->number != b->number) return a->number < b->number ? -1 : 1;
	return (a->row > b->row) - (a->row < b->row);
}

static void selection_is_the_sort_cut(void)
{
	struct page_key keys[300], sorted[300];
	for (int round = 0; round < 500; round++) {
		size_t count = rnd(300), offset = rnd(320), limit = rnd(40);
		for (size_t i = 0; i < count; i++) keys[i] = sorted[i] = (struct page_key){ .number = (int64_t)rnd((uint64_t)round % 7 + 2), .row = i };
		qsort(sorted, count, sizeof *sorted, compare_numbers);
		size_t got = page_select(keys, count, (struct list_page){ .offset = offset, .limit = limit });
		size_t left = offset < count ? count - offset : 0;
		CHECK_INT(got, limit && limit < left ? limit : left);
		for (size_t i = 0; i < got; i++) CHECK_INT(keys[i].row, sorted[offset + i].row);
	}
}

static void one_by_one_is_the_same(void)
{
	enum { MANY = 5000 };
	struct page_key *keys = xcalloc(MANY, sizeof *keys);
	for (int round = 0; round < 60; round++) {
		size_t count = rnd(MANY), kinds = rnd(2) ? 3 : 100000;
		struct list_page page = { .descending = rnd(2), .offset = rnd(3) ? 0 : rnd(1500), .limit = rnd(5) ? 1 + rnd(700) : 0 };
		struct page_best best = page_best_start(page);
		for (size_t i = 0; i < count; i++) {
			keys[i] = (struct page_key){ .number = (int64_t)rnd(kinds), .row = i, .open = (int64_t)i * 3 };
			page_best_offer(&best, &keys[i]);
		}
		size_t want = page_select(keys, count, page), got = page_best_end(&best);
		CHECK_INT(got, want);
		for (size_t i = 0; i < got; i++) CHECK(best.keys[i].row == keys[i].row && best.keys[i].open == keys[i].open);
		free(best.keys);
	}
	free(keys);
}

TESTS({ "filters and sums are those of the slow version", filters_and_sums_are_those_of_the_slow_version },
      { "pages put together are the whole", pages_put_together_are_the_whole }, { "selection is the sort, cut", selection_is_the_sort_cut },
      { "one by one is the same", one_by_one_is_the_same })
