#include "insight/dispute_figures.h"

#include "base/day.h"
#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

static struct dispute_group *group_of(struct dispute_group *groups, size_t *count, size_t limit, const char *code, const char *label, bool blockage)
{
	for (size_t i = 0; i < *count; i++)
		if (strcmp(groups[i].code, code) == 0) return &groups[i];
	if (*count == limit) return NULL;
	groups[*count] = (struct dispute_group){ .code = code, .label = label, .blockage = blockage, .median = -1 };
	return &groups[(*count)++];
}

static void add(struct dispute_group *group, const struct dispute_case *one)
{
	if (!group) return;
	bool closed = one->state == CASE_CLOSED;
	group->count++;
	group->amount += one->opened_amount;
	group->granted += one->granted;
	group->open += !closed;
	group->closed += closed;
	if (one->answered_day != DAY_NONE && one->due_day != DAY_NONE) group->answered++, group->in_time += one->answered_day <= one->due_day;
	if (closed) group->days += one->closed_day - one->opened_day;
}

static int by_amount(const void *left, const void *right)
{
	const struct dispute_group *a = left, *b = right;
	if (a->blockage != b->blockage) return a->blockage ? 1 : -1;
	if (a->amount != b->amount) return a->amount > b->amount ? -1 : 1;
	return strcmp(a->code, b->code);
}

static int by_count(const void *left, const void *right)
{
	const struct dispute_group *a = left, *b = right;
	if (a->count != b->count) return a->count > b->count ? -1 : 1;
	return strcmp(a->code, b->code);
}

static int day_order(const void *left, const void *right)
{
	int32_t a = *(const int32_t *)left, b = *(const int32_t *)right;
	return (a > b) - (a < b);
}

static bool within(const struct dispute_case *one, const struct dispute_figures_options *options)
{
	return strcmp(one->currency, options->currency) == 0 && one->opened_day >= options->from && one->opened_day <= options->to;
}

static const char *owner_of(const struct dispute_case *one)
{
	return *one->owner_name ? one->owner_name : one->owner_email;
}

/* The middle one; of an even number the lower, so that it is a duration that was seen. */
static void set_median(struct dispute_group *group, const struct dispute_case *cases, size_t count, const struct dispute_figures_options *options,
                       const char *type, const char *owner)
{
	if (!group->closed) return;
	int32_t *days = xcalloc(group->closed, sizeof *days);
	size_t found = 0;
	for (size_t i = 0; i < count && found < group->closed; i++) {
		const struct dispute_case *one = &cases[i];
		if (!within(one, options) || one->state != CASE_CLOSED) continue;
		if (type && strcmp(one->kind->code, type) != 0) continue;
		if (owner && strcmp(owner_of(one), owner) != 0) continue;
		if (!type && !owner && one->kind->blockage != group->blockage) continue;
		days[found++] = one->closed_day - one->opened_day;
	}
	if (found) qsort(days, found, sizeof *days, day_order), group->median = days[(found - 1) / 2];
	free(days);
}

static void add_months(struct dispute_figures *out, const struct dispute_case *one)
{
	for (size_t m = 0; m < DISPUTE_MONTHS; m++) {
		struct dispute_month *month = &out->months[m];
		int32_t last = day_month_end(month->first_day);
		if (one->opened_day >= month->first_day && one->opened_day <= last) month->opened++, month->amount += one->opened_amount;
		if (one->state != CASE_CLOSED || one->closed_day < month->first_day || one->closed_day > last) continue;
		month->closed++;
		month->granted += one->granted;
		month->days += one->closed_day - one->opened_day;
	}
}

void dispute_figures(const struct dispute_case *cases, size_t count, const struct dispute_figures_options *options, struct dispute_figures *out)
{
	*out = (struct dispute_figures){ .all = { .code = "", .label = "", .median = -1 }, .blockages = { .code = "", .label = "", .blockage = true, .median = -1 } };
	for (int m = 0; m < DISPUTE_MONTHS; m++) out->months[m].first_day = day_add_months(day_month_start(options->to), m + 1 - DISPUTE_MONTHS);
	__int128 waited = 0;
	for (size_t i = 0; i < count; i++) {
		const struct dispute_case *one = &cases[i];
		if (!within(one, options)) continue;
		add(group_of(out->types, &out->type_count, DISPUTE_TYPES, one->kind->code, one->kind->label, one->kind->blockage), one);
		if (*owner_of(one)) add(group_of(out->owners, &out->owner_count, DISPUTE_OWNERS, owner_of(one), owner_of(one), false), one);
		add(one->kind->blockage ? &out->blockages : &out->all, one);
		out->handling_cost += options->handling;
		int32_t until = one->state == CASE_CLOSED ? one->closed_day : options->to;
		waited += (__int128)one->opened_amount * (until > one->opened_day ? until - one->opened_day : 0);
		if (one->kind->blockage) continue;
		add_months(out, one);
		out->accepted += strcmp(one->outcome, "accepted") == 0;
		out->refused += strcmp(one->outcome, "refused") == 0;
		out->settled += strcmp(one->outcome, "settled") == 0;
		out->written_off += strcmp(one->outcome, "written_off") == 0;
	}
	const __int128 unit = (__int128)365 * 10000;
	out->funds_cost = (int64_t)((waited * options->funds_rate + unit / 2) / unit);
	qsort(out->types, out->type_count, sizeof *out->types, by_amount);
	qsort(out->owners, out->owner_count, sizeof *out->owners, by_count);
	for (size_t i = 0; i < out->type_count; i++) set_median(&out->types[i], cases, count, options, out->types[i].code, NULL);
	for (size_t i = 0; i < out->owner_count; i++) set_median(&out->owners[i], cases, count, options, NULL, out->owners[i].code);
	set_median(&out->all, cases, count, options, NULL, NULL);
	set_median(&out->blockages, cases, count, options, NULL, NULL);
}

static const struct dispute_group *like(const struct dispute_figures *figures, const struct dispute_case *one)
{
	for (size_t i = 0; i < figures->type_count; i++)
		if (strcmp(figures->types[i].code, one->kind->code) == 0 && figures->types[i].closed) return &figures->types[i];
	const struct dispute_group *all = one->kind->blockage ? &figures->blockages : &figures->all;
	return all->closed ? all : NULL;
}

int32_t dispute_usual_days(const struct dispute_figures *figures, const struct dispute_case *one)
{
	const struct dispute_group *group = like(figures, one);
	if (!group) return one->due_day != DAY_NONE && one->due_day > one->opened_day ? one->due_day - one->opened_day : one->kind->days;
	return (int32_t)((group->days * 2 + (int64_t)group->closed) / (2 * (int64_t)group->closed));
}

int dispute_kept_share(const struct dispute_figures *figures, const struct dispute_case *one)
{
	const struct dispute_group *group = like(figures, one);
	if (!group || group->amount <= 0) return 10000;
	int64_t given = group->granted < group->amount ? group->granted : group->amount;
	return (int)(10000 - (__int128)given * 10000 / group->amount);
}
