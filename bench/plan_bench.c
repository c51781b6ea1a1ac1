/* The plan of a day of a company whose book is there already, as the desk and its jobs find it: time of the processor, median of several
 * runs. Nothing is written.
 *
 *     plan_bench STORE [TODAY [COMPANY]]
 *
 * A store of 200,000 customers: bench/generate_fec.py fec 3000000 212000 > …FEC….txt, then encours init and import. */
#include "base/memory.h"
#include "book/book.h"
#include "dunning/run.h"
#include "ledger/company.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { ROUNDS = 5 };

static double seconds(void)
{
	struct timespec now;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static int ascending(const void *left, const void *right)
{
	double a = *(const double *)left, b = *(const double *)right;
	return (a > b) - (a < b);
}

static struct status measure(struct store *store, int64_t company, int32_t today)
{
	struct viewer viewer = viewer_system(1);
	double times[ROUNDS], start = seconds();
	cleanup_book const struct book *book = NULL;
	TRY(book_get(store, 1, company, &book));
	printf("the book: %.2f s, %zu items of %zu customers\n", seconds() - start, book_items(book), book_customers(book));
	for (int i = 0; i < ROUNDS; i++) {
		cleanup_arena struct arena *arena = arena_new();
		struct run_result plan;
		start = seconds();
		TRY(run_day(store, &viewer, company, today, (int64_t)today * 86400 + 36000, &(struct run_options){ .dry_run = true }, arena, &plan));
		times[i] = seconds() - start;
		printf("plan %d: %.2f s, %zu actions, %zu left out\n", i + 1, times[i], plan.action_count, plan.left_count);
	}
	qsort(times, ROUNDS, sizeof *times, ascending);
	printf("median %.2f s, best %.2f s\n", times[ROUNDS / 2], times[0]);
	return STATUS_FINE;
}

int main(int argc, char **argv)
{
	int32_t today;
	if (argc < 2 || argc > 4 || !day_parse(argc > 2 ? argv[2] : "2026-01-06", 10, &today))
		return fprintf(stderr, "usage: plan_bench STORE [TODAY [COMPANY]]\n"), 2;
	memory_keep_freed();
	struct store *store = NULL;
	struct status status = store_open(argv[1], &store);
	if (!status.code) status = measure(store, argc > 3 ? strtoll(argv[3], NULL, 10) : 1, today);
	if (status.code) fprintf(stderr, "%s\n", status.text);
	store_close(store);
	return status.code ? 1 : 0;
}
