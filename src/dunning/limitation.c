#include "dunning/limitation.h"

#include "base/memory.h"

static const char *const kind_codes[LIMIT_KIND_COUNT] = { "acknowledged", "payment_named", "court", "demand", "allocation", "suspension" };

const char *limitation_kind_code(enum limitation_kind kind) { return kind_codes[kind]; }

bool limitation_kind_parse(const char *code, enum limitation_kind *out)
{
	for (int i = 0; i < LIMIT_KIND_COUNT; i++)
		if (strcmp(kind_codes[i], code) == 0) {
			*out = (enum limitation_kind)i;
			return true;
		}
	return false;
}

static int period_years(const struct limitation_claim *claim)
{
	if (claim->carriage) return 1;                           /* C. com. L133-6 */
	switch (claim->debtor) {
	case DEBTOR_CONSUMER: return 2;                          /* C. conso L218-2; not to be adapted, L218-1 */
	case DEBTOR_PUBLIC: return 4;                            /* loi 68-1250 */
	default: return claim->years ? claim->years : 5;         /* C. com. L110-4; by contract 1 to 10, C. civ. 2254 */
	}
}

static int32_t next_new_year(int32_t day) { return day_from_civil(day_civil(day).year + 1, 1, 1); }

/* The last day, at 24:00, of a period that starts on a day (C. civ. 2228, 2229); a public body's runs by calendar years. */
static int32_t period_end(int32_t starts, int years, bool public_body)
{
	int32_t end = day_add_months(starts, 12 * years);
	return public_body ? end - 1 : end;
}

/* What interrupts, by debtor (law.md section 6, the table): our own letters never do, except a written demand to a public body. */
static bool interrupts(enum limitation_kind kind, bool public_body)
{
	switch (kind) {
	case LIMIT_ACKNOWLEDGED:
	case LIMIT_PAYMENT_NAMED:
	case LIMIT_COURT: return true;
	case LIMIT_DEMAND: return public_body;
	default: return false;
	}
}

struct limitation limitation_compute(struct limitation_claim *claim)
{
	bool public_body = claim->debtor == DEBTOR_PUBLIC && !claim->carriage;
	int years = period_years(claim);
	struct limitation out = { .warning_from = DAY_NONE };
	int32_t right = claim->right_day != DAY_NONE ? claim->right_day : claim->issue_day;
	out.starts = public_body ? next_new_year(right) : claim->carriage ? right : claim->due_day;
	out.last_day = period_end(out.starts, years, public_body);
	for (size_t i = 0; i < claim->event_count; i++) {
		struct limitation_event *event = &claim->events[i];
		event->effect = EFFECT_NONE;
		/* not confirmed, or already barred: Cass. 1re civ. 19 May 2021, 19-26.253 */
		if (!event->confirmed || event->day > out.last_day) continue;
		if (event->kind == LIMIT_SUSPENSION) {
			if (event->until == DAY_NONE || event->until < event->day) continue;
			int32_t until = event->until;
			if (public_body && until > day_add_months(event->day, 6)) until = day_add_months(event->day, 6);
			out.last_day += until - event->day + 1;
			/* after a mediation or conciliation at least six months remain (C. civ. 2238) */
			int32_t at_least = day_add_months(until, 6);
			if (!public_body && out.last_day < at_least) out.last_day = at_least;
			event->effect = EFFECT_SUSPENDS;
		} else if (interrupts(event->kind, public_body)) {
			int32_t from = event->kind == LIMIT_COURT && event->until != DAY_NONE ? event->until : event->day;
			out.starts = public_body ? next_new_year(from) : from;
			out.last_day = period_end(out.starts, years, public_body);
			event->effect = EFFECT_INTERRUPTS;
		}
	}
	out.barred_from = out.last_day + 1;
	if (claim->debtor == DEBTOR_UNKNOWN && !claim->carriage) out.warning_from = day_add_months(claim->due_day, 24) + 1;
	snprintf(out.period, sizeof out.period, "%d year%s", years, years > 1 ? "s" : "");
	return out;
}
