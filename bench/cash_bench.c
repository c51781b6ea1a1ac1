/* The matcher of bank lines judged on invented statements whose truth is known.
 *
 *     cash_bench [tune [COUNT]]        the tuning seeds (default: the evaluation seeds of cash_seeds.h)
 *     cash_bench second | third        the larger sets of evaluation seeds
 *     cash_bench seed N                one world; with `show KIND`, its lines that were not matched right
 *     cash_bench calibrate             how often raw evidence was right, for the table in match.c
 *     cash_bench learn [tune]          six months, what is confirmed is learned
 *     cash_bench speed [ITEMS [LINES]] one thread, index included
 *     cash_bench worst [ITEMS]         lines meant to be slow, against one customer's items
 *     cash_bench goals                 a few evaluation seeds; exits 1 when a goal of docs/performance.md is missed
 */
#include "cash_seeds.h"
#include "cash_world.h"

#include "base/memory.h"

#include <math.h>
#include <time.h>

static const struct cash_settings settings = { .tolerance = 5, .fee_tolerance = 3000 };

static bool calibrating; /* one row a first proposal: state, confidence, right */

struct figures {
	size_t lines, right, certain, certain_wrong, proposed, proposed_right, tie, tie_right, none;
};
struct judged {
	struct figures by_kind[WORLD_KINDS], payments, outside;
	size_t bins[20], bins_right[20];
	double bins_sum[20];
};

static double seconds(void)
{
	struct timespec now;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* --- right or wrong -------------------------------------------------------------------------------------------------------------- */

static bool same_parts(const struct cash_part *truth, size_t truth_count, const struct cash_proposal *proposal)
{
	if (truth_count != proposal->part_count) return false;
	for (size_t i = 0; i < truth_count; i++) {
		bool found = false;
		for (size_t k = 0; k < proposal->part_count && !found; k++)
			found = truth[i].item_id == proposal->parts[k].item_id && truth[i].amount == proposal->parts[k].amount;
		if (!found) return false;
	}
	return true;
}

/* The same items with the same amounts, and the same rest on the same account. */
static bool is_right(const struct world_line *line, const struct cash_proposal *proposal)
{
	if (line->remainder != proposal->remainder) return false;
	if (line->remainder && line->customer_id != proposal->customer_id) return false;
	return same_parts(line->parts, line->part_count, proposal);
}

static void count(struct figures *figures, const struct cash_match *match, bool right)
{
	figures->lines++;
	figures->right += right;
	switch (match->state) {
	case CASH_CERTAIN: figures->certain++, figures->certain_wrong += !right; break;
	case CASH_PROPOSED: figures->proposed++, figures->proposed_right += right; break;
	case CASH_TIE: figures->tie++, figures->tie_right += right; break;
	case CASH_NONE: figures->none++; break;
	}
}

static void judge(struct judged *judged, const struct world_line *line, const struct cash_match *match)
{
	bool outside = line->kind == WORLD_OUTSIDE || line->kind == WORLD_OUTSIDE_OUT;
	bool right = match->proposal_count ? is_right(line, &match->proposals[0]) : outside;
	count(&judged->by_kind[line->kind], match, right);
	count(outside ? &judged->outside : &judged->payments, match, right);
	if (!match->proposal_count) return;
	if (calibrating) printf("%s %.6f %d\n", cash_state_code(match->state), match->proposals[0].confidence, right);
	double confidence = match->proposals[0].confidence;
	size_t bin = (size_t)(confidence * 20);
	if (bin > 19) bin = 19;
	judged->bins[bin]++, judged->bins_right[bin] += right, judged->bins_sum[bin] += confidence;
}

static void show(const struct cash_world *world, const struct world_line *line, const struct cash_match *match)
{
	char day[11];
	day_format(line->line.day, day);
	printf("%s  %lld %s  “%s”  label “%s” payer “%s” iban %s e2e %s ref %s\n", day, (long long)line->line.amount, line->line.currency, line->line.text, line->line.label, line->line.payer,
	       line->line.payer_iban, line->line.end_to_end, line->line.structured);
	printf("    truth:");
	for (size_t i = 0; i < line->part_count; i++)
		printf(" %s %lld of %s", world->items[line->parts[i].item_id - 1].number, (long long)line->parts[i].amount, world->customers[line->parts[i].customer_id - 1000].name);
	printf(" rest %lld\n    %s (%s)\n", (long long)line->remainder, cash_state_code(match->state), match->doubt);
	for (size_t p = 0; p < match->proposal_count && p < 3; p++) {
		const struct cash_proposal *proposal = &match->proposals[p];
		printf("      %.3f", proposal->confidence);
		for (size_t i = 0; i < proposal->part_count; i++)
			printf(" %s %lld of %s;", world->items[proposal->parts[i].item_id - 1].number, (long long)proposal->parts[i].amount, world->customers[proposal->parts[i].customer_id - 1000].name);
		printf(" rest %lld |", (long long)proposal->remainder);
		for (size_t i = 0; i < proposal->reason_count; i++) printf(" %s.", proposal->reasons[i]);
		puts("");
	}
}

/* Day by day: the lines of a day are matched together, then a person settles what was not certain, and rightly. */
static void run_world(const struct cash_world *world, struct judged *judged, int show_kind, bool show_all)
{
	struct cash_index *index = cash_index_new(&world->view);
	struct arena *arena = arena_new();
	cleanup_free struct cash_line *lines = xcalloc(world->line_count + 1, sizeof *lines);
	cleanup_free struct cash_match *matches = xcalloc(world->line_count + 1, sizeof *matches);
	for (size_t from = 0; from < world->line_count;) {
		size_t to = from;
		while (to < world->line_count && world->lines[to].line.day == world->lines[from].line.day) lines[to - from] = world->lines[to].line, to++;
		/* discounts in time are all of the first day: they join the day they stand in */
		cash_match_lines(index, lines, to - from, &settings, LANG_EN, arena, matches);
		for (size_t i = from; i < to; i++) {
			const struct cash_match *match = &matches[i - from];
			const struct world_line *line = &world->lines[i];
			judge(judged, line, match);
			bool right = match->proposal_count && is_right(line, &match->proposals[0]);
			bool wrong_certain = match->state == CASH_CERTAIN && !right;
			if (wrong_certain || (show_kind >= 0 && (int)line->kind == show_kind && (show_all || !right || match->state != CASH_CERTAIN))) {
				if (wrong_certain) printf("WRONG AND CERTAIN (%s)\n", world_kind_name(line->kind));
				show(world, line, match);
			}
			if (match->state == CASH_CERTAIN && right) continue;
			if (wrong_certain)
				for (size_t k = 0; k < match->proposals[0].part_count; k++) cash_index_take(index, match->proposals[0].parts[k].item_id, -match->proposals[0].parts[k].amount);
			for (size_t k = 0; k < line->part_count; k++) cash_index_take(index, line->parts[k].item_id, line->parts[k].amount);
		}
		arena_reset(arena);
		from = to;
	}
	arena_free(arena);
	cash_index_free(index);
}

/* --- figures --------------------------------------------------------------------------------------------------------------------- */

/* Wilson's interval of 95 %. */
static void interval(size_t right, size_t of, double *low, double *high)
{
	double n = (double)of, p = of ? (double)right / n : 0, z = 1.96, middle = (p + z * z / (2 * n)) / (1 + z * z / n);
	double half = z * sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n);
	*low = middle - half, *high = middle + half;
}

static double share(size_t part, size_t of)
{
	return of ? 100.0 * (double)part / (double)of : 0;
}

static void print_row(const char *name, const struct figures *f)
{
	printf("| %s | %zu | %.1f %% | %.1f %% | %zu | %.1f %% | %.1f %% | %.1f %% |\n", name, f->lines, share(f->right, f->lines), share(f->certain, f->lines), f->certain_wrong,
	       share(f->proposed, f->lines), share(f->tie, f->lines), share(f->none, f->lines));
}

static void print(const struct judged *judged)
{
	puts("| kind of line | lines | first proposal right | certain | certain and wrong | proposed | tie | nothing |\n| --- | --- | --- | --- | --- | --- | --- | --- |");
	for (int kind = 0; kind < WORLD_KINDS; kind++)
		if (judged->by_kind[kind].lines) print_row(world_kind_name((enum world_kind)kind), &judged->by_kind[kind]);
	print_row("**all payments**", &judged->payments);
	print_row("**all that are no payment**", &judged->outside);
	const struct figures *f = &judged->payments;
	double low, high;
	size_t certain = f->certain + judged->outside.certain, wrong = f->certain_wrong + judged->outside.certain_wrong;
	printf("\ncertain: %zu, wrong: %zu", certain, wrong);
	if (wrong == 0 && certain) printf(" (at 95 %%: fewer than 1 in %.0f)", (double)certain / 3.0);
	interval(certain - wrong, certain, &low, &high);
	printf("; precision %.4f %% [%.4f, %.4f]\n", share(certain - wrong, certain), 100 * low, 100 * high);
	interval(f->right, f->lines, &low, &high);
	printf("first proposal right: %.2f %% [%.2f, %.2f] of %zu payments; certain %.2f %%\n", share(f->right, f->lines), 100 * low, 100 * high, f->lines, share(f->certain, f->lines));
	interval(f->proposed_right, f->proposed, &low, &high);
	printf("proposed and right: %.1f %% [%.1f, %.1f] of %zu; ties: %.1f %% of %zu\n", share(f->proposed_right, f->proposed), 100 * low, 100 * high, f->proposed, share(f->tie_right, f->tie), f->tie);
	puts("\n| confidence shown | lines | mean shown | right |\n| --- | --- | --- | --- |");
	double error = 0;
	size_t all = 0;
	for (size_t i = 0; i < 20; i++) {
		if (!judged->bins[i]) continue;
		double mean = judged->bins_sum[i] / (double)judged->bins[i], right = (double)judged->bins_right[i] / (double)judged->bins[i];
		printf("| %.2f–%.2f | %zu | %.3f | %.3f |\n", (double)i / 20, (double)(i + 1) / 20, judged->bins[i], mean, right);
		error += fabs(mean - right) * (double)judged->bins[i], all += judged->bins[i];
	}
	printf("\nmean distance of shown and right: %.3f\n", all ? error / (double)all : 0);
}

static struct judged run_seeds(uint64_t first, size_t count, double learned)
{
	struct judged judged = { 0 };
	for (uint64_t seed = first; seed < first + count; seed++) {
		struct cash_world *world = cash_world_new((struct cash_world_options){ .seed = seed, .customers = CASH_WORLD_CUSTOMERS, .lines = CASH_WORLD_LINES, .learned = learned });
		run_world(world, &judged, -1, false);
		cash_world_free(world);
	}
	return judged;
}

/* --- learning ------------------------------------------------------------------------------------------------------------------------ */

static void learn_from(struct cash_learned **learned, size_t *count, size_t *cap, const struct world_line *line)
{
	if (!*line->line.payer_iban && !*line->line.payer) return;
	for (size_t i = 0; i < line->part_count; i++) {
		int64_t customer = line->parts[i].customer_id;
		bool known = false;
		for (size_t k = 0; k < *count && !known; k++) {
			struct cash_learned *old = &(*learned)[k];
			if (old->customer_id != customer || strcmp(old->iban, line->line.payer_iban) != 0 || strcmp(old->name, line->line.payer) != 0) continue;
			old->times++, known = true;
		}
		if (known) continue;
		GROW(*learned, *count, *cap);
		(*learned)[(*count)++] = (struct cash_learned){ .iban = line->line.payer_iban, .name = line->line.payer, .customer_id = customer, .times = 1 };
	}
}

/* Six months of the same payers: nothing is known at first; what a person settled is learned by the next morning, or never. */
static void learn(bool learning, uint64_t first, struct judged by_month[6])
{
	for (uint64_t seed = first; seed < first + 6; seed++) {
		struct cash_world *world = cash_world_new((struct cash_world_options){ .seed = seed, .customers = 500, .lines = 2400, .learned = 0, .months = 6 });
		struct cash_learned *learned = NULL;
		size_t count_learned = 0, cap = 0;
		struct arena *arena = arena_new();
		cleanup_free struct cash_match *matches = xcalloc(world->line_count + 1, sizeof *matches);
		cleanup_free struct cash_line *lines = xcalloc(world->line_count + 1, sizeof *lines);
		cleanup_free struct cash_item *items = xcalloc(world->view.item_count + 1, sizeof *items);
		memcpy(items, world->items, world->view.item_count * sizeof *items);
		for (size_t from = 0; from < world->line_count;) {
			size_t to = from;
			while (to < world->line_count && world->lines[to].line.day == world->lines[from].line.day) lines[to - from] = world->lines[to].line, to++;
			struct cash_view view = world->view;
			view.items = items, view.learned = learned, view.learned_count = learning ? count_learned : 0;
			struct cash_index *index = cash_index_new(&view);
			cash_match_lines(index, lines, to - from, &settings, LANG_EN, arena, matches);
			cash_index_free(index);
			for (size_t i = from; i < to; i++) {
				const struct world_line *line = &world->lines[i];
				if (matches[i - from].state == CASH_CERTAIN && !is_right(line, &matches[i - from].proposals[0])) show(world, line, &matches[i - from]);
				judge(&by_month[(line->line.day - world->lines[0].line.day) / 30 % 6], line, &matches[i - from]);
				for (size_t k = 0; k < line->part_count; k++) items[line->parts[k].item_id - 1].open -= line->parts[k].amount;
				learn_from(&learned, &count_learned, &cap, line);
			}
			arena_reset(arena);
			from = to;
		}
		arena_free(arena);
		free(learned);
		cash_world_free(world);
	}
}

static void print_learning(uint64_t first)
{
	static struct judged without[6], with[6];
	learn(false, first, without);
	learn(true, first, with);
	puts("| month | payments | right, nothing learned | certain | right, learned | certain | wrong and certain |\n| --- | --- | --- | --- | --- | --- | --- |");
	for (size_t i = 0; i < 6; i++)
		printf("| %zu | %zu | %.1f %% | %.1f %% | %.1f %% | %.1f %% | %zu |\n", i + 1, with[i].payments.lines, share(without[i].payments.right, without[i].payments.lines),
		       share(without[i].payments.certain, without[i].payments.lines), share(with[i].payments.right, with[i].payments.lines), share(with[i].payments.certain, with[i].payments.lines),
		       with[i].payments.certain_wrong + without[i].payments.certain_wrong);
	puts("\nof payments by holdings, third parties and agents:");
	for (size_t i = 0; i < 6; i += 5) {
		struct figures a = { 0 }, b = { 0 };
		for (enum world_kind kind = WORLD_HOLDING; kind <= WORLD_FACTOR; kind++) {
			a.lines += without[i].by_kind[kind].lines, a.right += without[i].by_kind[kind].right, a.certain += without[i].by_kind[kind].certain;
			b.lines += with[i].by_kind[kind].lines, b.right += with[i].by_kind[kind].right, b.certain += with[i].by_kind[kind].certain;
		}
		printf("month %zu: %zu; right %.1f %%, learned %.1f %%; certain %.1f %%, learned %.1f %%\n", i + 1, a.lines, share(a.right, a.lines), share(b.right, b.lines), share(a.certain, a.lines),
		       share(b.certain, b.lines));
	}
}

/* --- goals --------------------------------------------------------------------------------------------------------------------------- */

/* A part of the evaluation seeds, quick enough for every check. */
static int goals(void)
{
	struct judged judged = run_seeds(CASH_EVALUATION_FIRST, 6, 0.6);
	const struct figures *f = &judged.payments;
	size_t wrong = f->certain_wrong + judged.outside.certain_wrong;
	double right = share(f->right, f->lines), certain = share(f->certain, f->lines);
	bool met[] = { wrong == 0, right >= 90, certain >= 75, judged.outside.certain == 0 };
	printf("%s no wrong certain match (%zu of %zu)\n", met[0] ? "ok" : "FAILED", wrong, f->certain + judged.outside.certain);
	printf("%s first proposals right: %.1f %%, goal 90\n", met[1] ? "ok" : "FAILED", right);
	printf("%s certain: %.1f %%, goal 75\n", met[2] ? "ok" : "FAILED", certain);
	printf("%s nothing certain that is no payment\n", met[3] ? "ok" : "FAILED");
	int passed = met[0] + met[1] + met[2] + met[3];
	printf("%d passed, %d failed\n", passed, 4 - passed);
	return passed < 4;
}

/* --- speed ------------------------------------------------------------------------------------------------------------------------- */

static void speed(size_t items, size_t line_count)
{
	struct cash_world *world = cash_world_new((struct cash_world_options){ .seed = 5, .customers = items / 10 + 1, .lines = 1, .learned = 0.6, .big = true, .items = items });
	/* lines as a month brings them, written for a small world, with the numbers, names and amounts of this one */
	cleanup_free struct cash_line *lines = xcalloc(line_count, sizeof *lines);
	struct cash_world *small = cash_world_new((struct cash_world_options){ .seed = 6, .customers = line_count, .lines = line_count, .learned = 0.6 });
	for (size_t i = 0; i < line_count; i++) {
		lines[i] = small->lines[i % small->line_count].line;
		const struct cash_item *item = &world->items[i * 7919 % world->view.item_count];
		const char *name = world->customers[item->customer_id - 1000].name;
		if (i % 3 == 0) lines[i].text = arena_printf(world->arena, "VIR SEPA RECU /DE %s /MOTIF FACT %s /REF A%07zu", name, item->number, i), lines[i].amount = item->open, lines[i].payer = "";
		if (i % 3 == 1) lines[i].payer = name, lines[i].amount = item->open + (i % 2 ? 0 : 12345);
		snprintf(lines[i].currency, sizeof lines[i].currency, "%s", item->currency);
	}
	double start = seconds();
	struct cash_index *index = cash_index_new(&world->view);
	double built = seconds();
	struct arena *arena = arena_new();
	double worst = 0;
	size_t certain = 0;
	for (size_t i = 0; i < line_count; i++) {
		struct cash_match match;
		double before = seconds();
		cash_match(index, &lines[i], &settings, LANG_FR, arena, &match);
		double took = seconds() - before;
		if (took > worst) worst = took;
		certain += match.state == CASH_CERTAIN;
		if (i % 256 == 0) arena_reset(arena);
	}
	double end = seconds();
	printf("%zu lines against %zu open items of %zu customers: index %.2f s, lines %.2f s (worst %.1f ms), together %.2f s; %zu certain\n", line_count, world->view.item_count,
	       world->view.customer_count, built - start, end - built, worst * 1e3, end - start, certain);
	arena_free(arena);
	cash_index_free(index);
	cash_world_free(small);
	cash_world_free(world);
}

/* Lines meant to be slow: each the worst of its kind, against one customer with so many items. */
static void worst(size_t items)
{
	struct arena *arena = arena_new();
	static const struct cash_customer customers[] = { { 1, "C1", "Dupont SA", "", 0, 0 }, { 2, "C2", "Dupont Holding", "", 0, 0 } };
	struct cash_item *all = xcalloc(items, sizeof *all);
	static const char *const kinds[] = { "equal amounts", "amounts that differ", "powers of two", "numbers that all end alike" };
	for (size_t kind = 0; kind < COUNT(kinds); kind++) {
		for (size_t i = 0; i < items; i++) {
			int64_t amount = kind == 0 ? 12000 : kind == 2 ? (int64_t)1 << i % 40 : (int64_t)(10000 + i * 7919 % 900000);
			all[i] = (struct cash_item){ .id = (int64_t)i + 1, .customer_id = 1, .number = arena_printf(arena, kind == 3 ? "%zu-00001" : "FA25%06zu", i), .reference = "", .due_day = 20000 + (int32_t)(i % 90),
				.amount = i % 20 ? amount : -amount, .open = i % 20 ? amount : -amount, .currency = "EUR" };
		}
		struct cash_view view = { .items = all, .item_count = items, .customers = customers, .customer_count = 2 };
		struct cash_index *index = cash_index_new(&view);
		char digits[1200] = "", list[1200] = "FA25000001", words[1200] = "";
		while (strlen(digits) < 1100) snprintf(digits + strlen(digits), 8, "%d ", (int)(strlen(digits) * 37 % 9000 + 1000));
		for (size_t i = 0; strlen(list) < 1100; i++) snprintf(list + strlen(list), 40, ", FA25%06zu", i * 13 % items);
		while (strlen(words) < 1100) snprintf(words + strlen(words), 16, "DUPONT%zu ", strlen(words));
		const char *texts[] = { "", "FACT 00001", digits, list, words, "FA25000001 A FA25000059" };
		for (size_t t = 0; t < COUNT(texts); t++) {
			struct cash_line line = { .day = 20100, .amount = kind == 2 ? 987654321 : 7654321, .currency = "EUR", .text = texts[t], .payer = "DUPONT" };
			struct cash_match match;
			double start = seconds();
			cash_match(index, &line, &settings, LANG_FR, arena, &match);
			printf("%s, text of %zu bytes “%.20s”: %.1f ms, %s\n", kinds[kind], strlen(texts[t]), texts[t], (seconds() - start) * 1e3, cash_state_code(match.state));
		}
		cash_index_free(index);
	}
	free(all);
	arena_free(arena);
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "evaluate";
	if (strcmp(what, "speed") == 0) return speed(argc > 2 ? strtoull(argv[2], NULL, 10) : 1000000, argc > 3 ? strtoull(argv[3], NULL, 10) : 10000), 0;
	if (strcmp(what, "worst") == 0) return worst(argc > 2 ? strtoull(argv[2], NULL, 10) : 10000), 0;
	if (strcmp(what, "learn") == 0) return print_learning(argc > 2 ? CASH_TUNING_FIRST + 100 : CASH_EVALUATION_FIRST + 1000), 0;
	if (strcmp(what, "goals") == 0) return goals();
	if (strcmp(what, "seed") == 0 && argc > 2) {
		struct judged judged = { 0 };
		struct cash_world *world = cash_world_new((struct cash_world_options){ .seed = strtoull(argv[2], NULL, 10), .customers = CASH_WORLD_CUSTOMERS, .lines = CASH_WORLD_LINES, .learned = 0.6 });
		run_world(world, &judged, argc > 4 ? (int)strtol(argv[4], NULL, 10) : -1, argc > 5);
		print(&judged);
		cash_world_free(world);
		return 0;
	}
	calibrating = strcmp(what, "calibrate") == 0;
	bool tune = calibrating || strcmp(what, "tune") == 0;
	bool second = strcmp(what, "second") == 0, third = strcmp(what, "third") == 0;
	struct judged judged = run_seeds(third ? CASH_THIRD_FIRST : second ? CASH_SECOND_FIRST : tune ? CASH_TUNING_FIRST : CASH_EVALUATION_FIRST, argc > 2 ? strtoull(argv[2], NULL, 10) : third ? CASH_THIRD_COUNT : second ? CASH_SECOND_COUNT : tune ? CASH_TUNING_COUNT : CASH_EVALUATION_COUNT, 0.6);
	print(&judged);
	return 0;
}
