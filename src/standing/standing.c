#include "standing/standing.h"

#include "base/memory.h"
#include "base/text.h"
#include "book/page.h"

#include <stdlib.h>
#include <string.h>

static struct book_age_options ageing_options(const struct standing_options *options)
{
	struct book_age_options out = { .as_of = options->as_of, .currency = options->currency, .selected = options->selected };
	memcpy(out.edges, options->edges, sizeof out.edges);
	return out;
}

static bool poorly_lettered(const struct standing_options *options, const struct book_ageing *ageing)
{
	return book_poorly_lettered(ageing, options->poor_percent ? options->poor_percent : 20);
}

static void standing_fill(const struct book *book, const struct standing_options *options, const struct book_customer *customer,
                          struct standing *standing)
{
	standing->poorly_lettered = poorly_lettered(options, &standing->ageing);
	standing->score = score_of(&(struct score_facts){ .gross = standing->ageing, .behaviour = standing->behaviour,
		.as_of = options->as_of, .rating = -1, .presented = customer->presented,
		.disputes_kept = book_has_disputes(book) });
}

void standing_all(const struct book *book, struct standing_options options, struct arena *arena, struct standing **rows)
{
	size_t count = book_customers(book);
	*rows = options.selected ? arena_array(arena, struct standing, count + 1) : arena_array_raw(arena, struct standing, count + 1);
	struct book_ageing *ageing = xmalloc_large((count + 1) * sizeof *ageing);
	struct book_behaviour *behaviour = xmalloc_large((count + 1) * sizeof *behaviour);
	book_age(book, ageing_options(&options), ageing, NULL);
	book_behave(book, (struct book_behaviour_options){ .as_of = options.as_of, .currency = options.currency,
		.selected = options.selected, .no_lateness = options.no_lateness }, behaviour, NULL);
	for (size_t c = 0; c < count; c++) {
		if (options.selected && !options.selected[c]) {
			(*rows)[c].behaviour.first_day = DAY_NONE;
			continue;
		}
		(*rows)[c].ageing = ageing[c];
		(*rows)[c].behaviour = behaviour[c];
		struct book_customer customer = book_customer(book, c);
		standing_fill(book, &options, &customer, &(*rows)[c]);
	}
	free(ageing), free(behaviour);
}

struct standing standing_one(const struct book *book, size_t customer, struct standing_options options)
{
	struct standing standing = { 0 };
	struct book_age_options ageing = ageing_options(&options);
	ageing.customer = customer + 1;
	book_age(book, ageing, NULL, &standing.ageing);
	book_behave(book, (struct book_behaviour_options){ .as_of = options.as_of, .currency = options.currency,
		.no_lateness = options.no_lateness, .customer = customer + 1 }, NULL, &standing.behaviour);
	struct book_customer row = book_customer(book, customer);
	standing_fill(book, &options, &row, &standing);
	return standing;
}

/* --- the list of customers ----------------------------------------------------------------------------------------------- */

static const char *const sort_codes[CUSTOMER_SORT_COUNT] = {
	[CUSTOMER_BY_CODE] = "customer", [CUSTOMER_BY_NAME] = "name", [CUSTOMER_BY_OUTSTANDING] = "outstanding",
	[CUSTOMER_BY_OVERDUE] = "overdue", [CUSTOMER_BY_UNALLOCATED] = "unallocated", [CUSTOMER_BY_SCORE] = "score",
	[CUSTOMER_BY_LATE] = "average_days_late", [CUSTOMER_BY_OLDEST] = "oldest",
};

const char *customer_sort_code(enum customer_sort sort)
{
	return sort_codes[sort];
}

bool customer_sort_parse(const char *code, enum customer_sort *out)
{
	for (int i = 0; i < CUSTOMER_SORT_COUNT; i++)
		if (strcmp(sort_codes[i], code) == 0) {
			*out = (enum customer_sort)i;
			return true;
		}
	return false;
}

static bool text_fits(const struct book_customer *customer, const char *text, const char *wanted)
{
	if (strcasestr(customer->code, text) || (*customer->group_code && strcasestr(customer->group_code, text))) return true;
	if (!*wanted) return false;
	cleanup_free char *name = text_normalise(customer->name, strlen(customer->name));
	return strstr(name, wanted) != NULL;
}

static bool customer_fits(const struct customer_filter *filter, const char *wanted, const struct book_customer *customer,
                          const struct standing *standing, int32_t as_of)
{
	const struct book_ageing *ageing = &standing->ageing;
	if (filter->group_code && strcmp(filter->group_code, customer->group_code) != 0) return false;
	if (filter->collector_id && customer->collector_id != (filter->collector_id < 0 ? 0 : filter->collector_id)) return false;
	if (filter->no_collector && customer->collector_id != 0) return false;
	if (filter->class == 'N' ? standing->score.known : filter->class && filter->class != standing->score.class) return false;
	if (filter->overdue && book_overdue(ageing) <= 0) return false;
	if (filter->open && book_positive(ageing) == 0 && ageing->unallocated == 0) return false;
	if (filter->poorly_lettered && !standing->poorly_lettered) return false;
	if (filter->insolvent && (customer->insolvency_day == DAY_NONE || customer->insolvency_day > as_of)) return false;
	if (filter->generic && !*customer->generic) return false;
	if (filter->over_limit && (customer->credit_limit < 0 || book_outstanding(ageing) <= customer->credit_limit)) return false;
	return !filter->text || !*filter->text || text_fits(customer, filter->text, wanted);
}

/* The oldest bucket with something in it ranks first; more of it, before less. */
static int64_t oldest_rank(const struct book_ageing *ageing)
{
	for (int k = BOOK_BUCKETS - 1; k > 0; k--)
		if (ageing->bucket[k] > 0) return ((int64_t)k << 58) + (ageing->bucket[k] >> 6);
	return 0;
}

static struct page_key customer_key(const struct book_customer *customer, const struct standing *standing, size_t index,
                                    enum customer_sort sort)
{
	struct page_key key = { .row = index };
	const struct book_behaviour *behaviour = &standing->behaviour;
	switch (sort) {
	case CUSTOMER_BY_CODE: key.number = (int64_t)index; break; /* they are numbered in that order */
	case CUSTOMER_BY_NAME: key.text = customer->name; break;
	case CUSTOMER_BY_OUTSTANDING: key.number = book_outstanding(&standing->ageing); break;
	case CUSTOMER_BY_OVERDUE: key.number = book_overdue(&standing->ageing); break;
	case CUSTOMER_BY_UNALLOCATED: key.number = standing->ageing.unallocated; break;
	case CUSTOMER_BY_SCORE: key.number = standing->score.known ? (int64_t)(standing->score.value * 1e6) : -1; break;
	case CUSTOMER_BY_LATE:
		key.number = behaviour->late_weight ? (int64_t)(behaviour->days_late * 100 / behaviour->late_weight) : INT64_MIN;
		break;
	case CUSTOMER_BY_OLDEST: key.number = oldest_rank(&standing->ageing); break;
	case CUSTOMER_SORT_COUNT: break;
	}
	return key;
}

/* Only a class, or an order by it, needs to know how everybody pays; a page of the rest asks for its own rows. */
static bool needs_behaviour(const struct customer_filter *filter, struct list_page page)
{
	enum { FEW = 1000 };
	return filter->class || page.sort == CUSTOMER_BY_SCORE || page.sort == CUSTOMER_BY_LATE || page.limit == 0 || page.limit > FEW;
}

void customer_list(const struct book *book, struct standing_options options, const struct customer_filter *filter,
                   struct list_page page, struct arena *arena, struct customer_list *out)
{
	*out = (struct customer_list){ 0 };
	size_t count = book_customers(book);
	struct standing *all = NULL, one = { 0 };
	struct book_ageing *ageing = NULL;
	if (needs_behaviour(filter, page)) {
		standing_all(book, options, arena, &all);
	} else {
		ageing = xmalloc_large((count + 1) * sizeof *ageing);
		book_age(book, ageing_options(&options), ageing, NULL);
	}
	struct page_best best = page_best_start(page);
	cleanup_free char *wanted = text_normalise(filter->text ? filter->text : "", filter->text ? strlen(filter->text) : 0);
	for (size_t c = 0; c < count; c++) {
		if ((options.selected && !options.selected[c]) || (filter->chosen && !filter->chosen[c])) continue;
		const struct standing *standing = all ? &all[c] : &one;
		if (!all) {
			one.ageing = ageing[c];
			one.poorly_lettered = poorly_lettered(&options, &one.ageing);
		}
		struct book_customer customer = book_customer(book, c);
		if (!customer_fits(filter, wanted, &customer, standing, options.as_of)) continue;
		out->total++;
		out->outstanding += book_outstanding(&standing->ageing);
		out->overdue += book_overdue(&standing->ageing);
		out->unallocated += standing->ageing.unallocated;
		struct page_key key = customer_key(&customer, standing, c, (enum customer_sort)page.sort);
		page_best_offer(&best, &key);
	}
	out->count = page_best_end(&best);
	out->rows = arena_array(arena, size_t, out->count + 1);
	struct standing *standings = arena_array(arena, struct standing, out->count + 1);
	for (size_t i = 0; i < out->count; i++) {
		out->rows[i] = best.keys[i].row;
		standings[i] = all ? all[out->rows[i]] : standing_one(book, out->rows[i], options);
	}
	out->standings = standings;
	free(best.keys), free(ageing);
}
