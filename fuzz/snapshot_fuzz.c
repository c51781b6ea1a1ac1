/* Any bytes as the file of a book, with the head and checksum of this build: refused, or a book whose every figure and list can be asked
 * for without harm. */
#include "book/snapshot.h"

#include "base/arena.h"
#include "base/memory.h"
#include "book/list.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void use(const struct book *book)
{
	cleanup_arena struct arena *arena = arena_new();
	static const int32_t days[] = { 0, 20000, 20100, INT32_MAX / 4 };
	size_t customers = book_customers(book);
	struct book_ageing *rows = arena_array(arena, struct book_ageing, customers + 1), total;
	for (size_t d = 0; d < COUNT(days); d++) {
		book_age(book, (struct book_age_options){ .as_of = days[d] }, rows, &total);
		book_age(book, (struct book_age_options){ .as_of = days[d], .basis = BASIS_NET }, rows, &total);
		struct book_behaviour behaviour;
		book_behave(book, (struct book_behaviour_options){ .as_of = days[d] }, NULL, &behaviour);
		struct book_opens *opens = book_opens(book, days[d]);
		const struct book_open *open;
		for (size_t c = 0; c < customers; c++) book_opens_of(opens, c, book_currency(book), &open);
		book_opens_free(opens);
	}
	for (size_t c = 0; c < customers; c++) {
		struct book_customer customer = book_customer(book, c);
		if (strlen(customer.code) + strlen(customer.name) + strlen(customer.class) > 1 << 20) abort();
		if (customer.item_count > book_items(book)) abort();
		struct book_item *items = arena_array(arena, struct book_item, customer.item_count + 1);
		book_customer_items(book, c, days[1], items);
	}
	for (size_t i = 0; i < book_items(book); i++) {
		struct book_item item = book_item(book, i, days[1]);
		if (strlen(item.number) > 1 << 20 || strlen(item.currency) > 3) abort();
		book_find_item(book, item.id);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	const struct snapshot_key key = { .tenant = 1, .company = 1, .mark = 7, .life = 1, .schema = 1 };
	if (len > 1 << 15) return 0;
	unsigned char *copy = xmalloc(len);
	if (len) memcpy(copy, bytes, len);
	struct book *book = snapshot_parse(copy, len, &key); /* as it is: nearly always refused */
	book_release(book);
	snapshot_seal(copy, len, &key);
	book = snapshot_parse(copy, len, &key);
	if (book) use(book);
	book_release(book);
	free(copy);
	return 0;
}
