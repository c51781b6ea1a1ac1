/* A replay finds what it was fed: customers who pay after a contact pay sooner with an earlier ladder, others do not. */
#include "base/memory.h"
#include "base/test.h"
#include "dunning/replay.h"

#include <math.h>

enum { CUSTOMERS = 60, EACH = 12 };
static struct replay_invoice invoices[CUSTOMERS * EACH];
static struct replay_contact contacts[CUSTOMERS * EACH];
static uint64_t dice = 9;
static int32_t between(int32_t low, int32_t high)
{
	dice += 0x9e3779b97f4a7c15u;
	uint64_t z = (dice ^ dice >> 30) * 0xbf58476d1ce4e5b9u;
	return low + (int32_t)((z ^ z >> 31) % (uint64_t)(high - low + 1));
}

/* Each invoice is reminded of 12 days after its due date; `reacts`: it is paid within a week of that, else at any time up to day 40. */
static void a_year(bool reacts, int32_t from)
{
	for (uint32_t c = 0; c < CUSTOMERS; c++)
		for (int i = 0; i < EACH; i++) {
			size_t at = c * EACH + (size_t)i;
			int32_t issue = from + 20 + i * 26, due = issue + 30;
			invoices[at] = (struct replay_invoice){ c, issue, due, due + (reacts ? 12 + between(1, 7) : between(1, 40)), 100000 };
			contacts[at] = (struct replay_contact){ c, due + 12 };
			if (!reacts && invoices[at].paid_day <= due + 12) contacts[at].day = due - 400; /* paid before anybody wrote */
		}
	for (uint32_t c = 0; c < CUSTOMERS; c++) /* by day within each customer */
		for (size_t i = c * EACH + 1; i < (c + 1) * EACH; i++)
			for (size_t j = i; j > c * EACH && contacts[j - 1].day > contacts[j].day; j--) {
				struct replay_contact kept = contacts[j];
				contacts[j] = contacts[j - 1], contacts[j - 1] = kept;
			}
}

static struct replay compared(bool reacts, struct scenario *before, struct scenario *after)
{
	struct arena *arena = arena_new(), *scratch = arena_new();
	int32_t from = 20000, to = 20364;
	a_year(reacts, from);
	struct replay_model model;
	replay_learn(invoices, COUNT(invoices), contacts, COUNT(contacts), CUSTOMERS, from, to, arena, &model);
	static struct replay_life lives[2][CUSTOMERS];
	memset(lives, 0, sizeof lives);
	struct plan_settings settings = plan_settings_default();
	struct plan_view view = { .customer_id = 1, .code = "C", .insolvency_day = DAY_NONE, .minimum = -1, .replied_day = DAY_NONE, .score = 50 };
	for (size_t c = 0; c < CUSTOMERS; c++) {
		replay_live(&model, &view, c, invoices + c * EACH, EACH, before, &settings, from, to, 3, scratch, &lives[0][c]);
		replay_live(&model, &view, c, invoices + c * EACH, EACH, after, &settings, from, to, 3, scratch, &lives[1][c]);
	}
	struct replay out = { .after_contact = model.after_contact, .observed_days = model.observed_days };
	replay_compare(lives[0], lives[1], CUSTOMERS, 5, &out);
	arena_free(arena), arena_free(scratch);
	return out;
}

static void an_earlier_ladder_helps_those_who_react(void)
{
	struct scenario late = *scenario_ready("good_payer"), early = late;
	late.steps[0].offset = 12, late.steps[1].offset = 20;
	early.steps[0].offset = 3, early.steps[1].offset = 9;
	struct replay reacts = compared(true, &late, &early);
	printf("  they react: %.1f days [%.1f, %.1f], replayed %.1f, observed %.1f\n", reacts.days.value, reacts.days.low, reacts.days.high, reacts.replayed_days, reacts.observed_days);
	CHECK(reacts.after_contact > REPLAY_LEAST);
	CHECK(reacts.days.high < -1); /* paid sooner, beyond doubt */
	double late_before = 0, late_after = 0;
	for (int m = 0; m < REPLAY_MONTHS; m++) late_before += reacts.overdue_month[0][m], late_after += reacts.overdue_month[1][m];
	CHECK(late_after < late_before);
	struct replay same = compared(true, &late, &late);
	CHECK(same.days.value == 0 && same.days.low == 0 && same.days.high == 0 && same.overdue.value == 0); /* the same luck: nothing differs */
	CHECK(same.contacts[0] == same.contacts[1]);
	struct replay deaf = compared(false, &late, &early);
	printf("  they do not: %.1f days [%.1f, %.1f]\n", deaf.days.value, deaf.days.low, deaf.days.high);
	CHECK(fabs(deaf.days.value) < fabs(reacts.days.value) / 2); /* whatever is done, they pay in their own time */
	CHECK(fabs(same.replayed_days - same.observed_days) < 6); /* the year replayed looks like the year that was */
}

static void nothing_seen_changes_nothing(void)
{
	struct arena *arena = arena_new();
	struct replay_model model;
	replay_learn(invoices, 0, contacts, 0, 1, 20000, 20364, arena, &model);
	CHECK_INT(model.after_contact, 0);
	for (int b = 0; b < REPLAY_BUCKETS; b++) CHECK(fabs(model.hazard[b][0] - model.hazard[b][1]) < 1e-9);
	CHECK(model.factor[0] == 1);
	CHECK_INT(replay_bucket(-4), 0);
	CHECK_INT(replay_bucket(1), 1);
	CHECK_INT(replay_bucket(30), 3);
	CHECK_INT(replay_bucket(91), 6);
	arena_free(arena);
}

TESTS({ "an earlier ladder helps those who react", an_earlier_ladder_helps_those_who_react }, { "nothing seen changes nothing", nothing_seen_changes_nothing })
