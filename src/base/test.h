/* test — the runner of every …_test.c: named behaviours, one process, a count at the end.
 *
 *     static void amounts_are_read(void) { CHECK(x == 1); CHECK_INT(sum, 42); CHECK_TEXT(name, "Dupont"); }
 *     TESTS({ "amounts are read", amounts_are_read },)
 *
 * A failed check prints where and goes on; the program then exits 1. `PROGRAM part-of-a-name` runs only those. */
#ifndef BASE_TEST_H
#define BASE_TEST_H

#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

struct test {
	const char *name;
	void (*run)(void);
};

static int test_failures;

#define CHECK(condition)                                                                                               \
	do {                                                                                                           \
		if (!(condition)) {                                                                                    \
			printf("  %s:%d: not true: %s\n", __FILE__, __LINE__, #condition);                             \
			test_failures++;                                                                               \
		}                                                                                                      \
	} while (0)
#define CHECK_INT(got, want)                                                                                           \
	do {                                                                                                           \
		int64_t check_got = (int64_t)(got), check_want = (int64_t)(want);                                      \
		if (check_got != check_want) {                                                                         \
			printf("  %s:%d: %s is %" PRId64 ", expected %" PRId64 "\n", __FILE__, __LINE__, #got, check_got,  \
			       check_want);                                                                            \
			test_failures++;                                                                               \
		}                                                                                                      \
	} while (0)
#define CHECK_TEXT(got, want)                                                                                          \
	do {                                                                                                           \
		const char *check_got = (got), *check_want = (want);                                                   \
		if (!check_got || strcmp(check_got, check_want) != 0) {                                                \
			printf("  %s:%d: %s is “%s”, expected “%s”\n", __FILE__, __LINE__, #got,                       \
			       check_got ? check_got : "(null)", check_want);                                          \
			test_failures++;                                                                               \
		}                                                                                                      \
	} while (0)
/* For a struct status. */
#define CHECK_OK(expr)                                                                                                 \
	do {                                                                                                           \
		struct status check_status = (expr);                                                                   \
		if (check_status.code) {                                                                               \
			printf("  %s:%d: %s: %s\n", __FILE__, __LINE__, #expr, check_status.text);                     \
			test_failures++;                                                                               \
		}                                                                                                      \
	} while (0)

static inline int test_run(const struct test *tests, size_t count, const char *only)
{
	int passed = 0, failed = 0;
	for (size_t i = 0; i < count; i++) {
		if (only && !strstr(tests[i].name, only)) continue;
		int before = test_failures;
		tests[i].run();
		bool ok = test_failures == before;
		fputs(ok ? "ok " : "FAILED ", stdout), puts(tests[i].name ? tests[i].name : "?");
		fflush(stdout);
		if (ok)
			passed++;
		else
			failed++;
	}
	printf("%d passed, %d failed\n", passed, failed);
	return failed ? 1 : 0;
}

#define TESTS(...)                                                                                                     \
	int main(int argc, char **argv)                                                                                \
	{                                                                                                              \
		static const struct test tests[] = { __VA_ARGS__ };                                                    \
		return test_run(tests, sizeof tests / sizeof *tests, argc > 1 ? argv[1] : NULL);                       \
	}

#endif
