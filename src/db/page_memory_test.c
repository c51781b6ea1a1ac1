#include "db/page_memory.h"

#include "base/test.h"

#include <sqlite3.h>
#include <string.h>

static void test_memory_keeps_what_is_in_it(void)
{
	enum { PIECES = 64 };
	static const int sizes[] = { 100, 4095, 4096, 4368, 4608, 4609, 70000 };
	char *pieces[PIECES];
	page_memory_use();
	for (int round = 0; round < 3; round++) {
		for (int i = 0; i < PIECES; i++) {
			int size = sizes[(i + round) % 7];
			pieces[i] = sqlite3_malloc(size);
			CHECK(pieces[i] && (int)sqlite3_msize(pieces[i]) >= size);
			memset(pieces[i], i + 1, (size_t)size);
		}
		for (int i = 0; i < PIECES; i++) { /* grown and shrunk: what fits stays */
			int size = sizes[(i + round) % 7], other = sizes[(i + round + 2) % 7], least = size < other ? size : other;
			pieces[i] = sqlite3_realloc(pieces[i], other);
			for (int k = 0; k < least; k++) CHECK(pieces[i][k] == (char)(i + 1));
		}
		for (int i = 0; i < PIECES; i++) sqlite3_free(pieces[i]);
	}
}

TESTS({ "memory keeps what is in it, through places of a page and beyond", test_memory_keeps_what_is_in_it }, )
