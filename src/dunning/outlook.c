#include "dunning/outlook.h"

#include "base/day.h"
#include "base/memory.h"

#include <stdlib.h>

static int count_order(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
	return x < y ? -1 : x > y;
}

/* The usual day is the median of the days on which something leaves, with the scenario in force or, where none is, with the draft. */
void outlook_burst(struct outlook *outlook, int32_t today)
{
	int64_t contacts[OUTLOOK_DAYS];
	size_t count = 0;
	for (int pass = 0; pass < 2 && !count; pass++)
		for (int d = 0; d < OUTLOOK_DAYS; d++) {
			int64_t of_day = pass ? outlook->days[d].after_contacts : outlook->days[d].before_contacts;
			if (of_day) contacts[count++] = of_day;
		}
	if (count) qsort(contacts, count, sizeof *contacts, count_order);
	outlook->usual_contacts = count ? contacts[count / 2] : 0;
	outlook->burst_day = DAY_NONE;
	for (int d = 0; d < OUTLOOK_DAYS; d++) {
		int64_t of_day = outlook->days[d].after_contacts;
		if (of_day <= BURST_LEAST || of_day <= 2 * outlook->usual_contacts || of_day <= outlook->burst_contacts) continue;
		outlook->burst_day = today + d, outlook->burst_contacts = of_day;
	}
}

struct course { /* of one customer, with one scenario */
	int contacts, count;
	int32_t first_day;
	char step[40], currency[4];
	int64_t amount;
	uint64_t print; /* of days, steps and amounts */
};

static struct course course_of(const struct plan_view *view, const struct scenario *scenario, const struct plan_settings *settings, int32_t today,
			       struct arena *scratch, struct outlook *outlook, bool after)
{
	struct course course = { .first_day = DAY_NONE, .print = 1 };
	if (!scenario) return course;
	struct plan_coming *coming;
	size_t count;
	plan_ahead(view, scenario, settings, today, OUTLOOK_DAYS, scratch, &coming, &count);
	for (size_t i = 0; i < count; i++) {
		struct outlook_day *day = &outlook->days[coming[i].day - today];
		bool contact = channel_is_contact(coming[i].channel);
		(after ? day->after : day->before)[coming[i].channel]++;
		if (contact) *(after ? &day->after_contacts : &day->before_contacts) += 1, course.contacts++;
		if (!course.count++) {
			course.first_day = coming[i].day, course.amount = coming[i].amount;
			snprintf(course.step, sizeof course.step, "%s", coming[i].step);
			snprintf(course.currency, sizeof course.currency, "%s", coming[i].currency);
		}
		for (const char *c = coming[i].step; *c; c++) course.print = (course.print ^ (uint8_t)*c) * 1099511628211u;
		course.print = (course.print ^ (uint64_t)coming[i].day ^ (uint64_t)coming[i].amount << 20 ^ (uint64_t)coming[i].channel << 56) * 1099511628211u;
	}
	return course;
}

static int row_order(const void *a, const void *b)
{
	const struct outlook_row *x = a, *y = b;
	int32_t dx = x->after_day != DAY_NONE ? x->after_day : x->before_day, dy = y->after_day != DAY_NONE ? y->after_day : y->before_day;
	if (dx != dy) return dx < dy ? -1 : 1;
	if (x->amount != y->amount) return x->amount > y->amount ? -1 : 1;
	return strcmp(x->code, y->code);
}

struct status outlook_make(struct db *db, const struct company *company, const struct scenario *in_force, const struct scenario *draft,
			   enum midway midway, int32_t today, const uint8_t *(*visible)(void *context, const struct book *book), void *context,
			   struct arena *arena, struct outlook **out)
{
	struct outlook *outlook = arena_make(arena, struct outlook);
	*outlook = (struct outlook){ .burst_day = DAY_NONE };
	*out = outlook;
	cleanup_plan_data struct plan_data *data = NULL;
	TRY(plan_data_load(db, company, today, 0, 0, arena, &data));
	const struct book *book = plan_data_book(data);
	const uint8_t *selected = visible ? visible(context, book) : NULL;
	/* as it would be once published */
	struct scenario *then = arena_make(arena, struct scenario);
	*then = *draft;
	if (midway == MIDWAY_RESTART) then->restart_day = today;
	if (midway == MIDWAY_RANK) then->rank_day = today;

	size_t customers = book_customers(book), stride = 1, cap = 0;
	cleanup_arena struct arena *scratch = arena_new();
	for (int pass = 0; pass < 2; pass++) {
		size_t seen = 0;
		for (size_t c = 0; c < customers; c++) {
			struct plan_view view;
			const struct scenario *his;
			if (selected && !selected[c]) continue;
			arena_reset(scratch);
			if (!plan_data_view(data, c, scratch, &view, &his) || !his || strcmp(his->code, draft->code) != 0) continue;
			if (pass == 0) {
				outlook->customers++;
				continue;
			}
			if (seen++ % stride) continue;
			outlook->looked++;
			bool started = false;
			for (size_t i = 0; in_force && i < view.item_count && !started; i++) started = plan_item_step(&view, i, in_force) >= 0;
			outlook->midway += started;
			struct course before = course_of(&view, in_force, plan_data_settings(data), today, scratch, outlook, false),
				      after = course_of(&view, then, plan_data_settings(data), today, scratch, outlook, true);
			outlook->before_contacts += before.contacts, outlook->after_contacts += after.contacts;
			if (before.print == after.print) continue;
			outlook->changed++;
			struct book_customer who = book_customer(book, c);
			GROW(outlook->rows, outlook->row_count, cap);
			struct outlook_row *row = &outlook->rows[outlook->row_count++];
			*row = (struct outlook_row){ .customer_id = who.id, .code = arena_strdup(arena, who.code), .name = arena_strdup(arena, who.name),
				.amount = after.count ? after.amount : before.amount, .before_day = before.first_day, .after_day = after.first_day,
				.before_count = before.contacts, .after_count = after.contacts };
			snprintf(row->currency, sizeof row->currency, "%s", after.count ? after.currency : before.currency);
			snprintf(row->before_step, sizeof row->before_step, "%s", before.step);
			snprintf(row->after_step, sizeof row->after_step, "%s", after.step);
		}
		if (outlook->customers > OUTLOOK_CUSTOMERS) stride = (outlook->customers + OUTLOOK_CUSTOMERS - 1) / OUTLOOK_CUSTOMERS;
	}
	struct outlook_row *kept = arena_array(arena, struct outlook_row, OUTLOOK_SHOWN);
	if (outlook->row_count) qsort(outlook->rows, outlook->row_count, sizeof *outlook->rows, row_order);
	if (outlook->row_count > OUTLOOK_SHOWN) outlook->row_count = OUTLOOK_SHOWN;
	if (outlook->row_count) memcpy(kept, outlook->rows, outlook->row_count * sizeof *kept);
	free(outlook->rows);
	outlook->rows = kept;
	outlook_burst(outlook, today);
	return STATUS_FINE;
}
