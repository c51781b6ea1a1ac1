#include "dunning/engine.h"

#include "base/day.h"
#include "base/memory.h"

enum { LOOKED = 5000 };

static const char *const codes[ENGINE_COUNT] = { "oldest", "highest", "item" };
const char *engine_code(enum engine engine) { return codes[engine]; }

enum engine engine_of(const struct plan_settings *settings)
{
	return settings->per_item ? ENGINE_ITEM : settings->highest ? ENGINE_HIGHEST : ENGINE_OLDEST;
}

void engine_set(struct plan_settings *settings, enum engine engine)
{
	settings->per_item = engine == ENGINE_ITEM, settings->highest = engine == ENGINE_HIGHEST;
}

static struct engine_outcome outcome_of(const struct plan *plan)
{
	struct engine_outcome out = { .next_day = DAY_NONE };
	for (size_t a = 0; a < plan->action_count; a++) {
		const struct plan_action *action = &plan->actions[a];
		if (action->rank < RANK_REMINDER || out.step[0]) continue;
		snprintf(out.step, sizeof out.step, "%s", action->step);
		out.amount = action->amount;
		for (size_t i = 0; i < action->item_count; i++) out.items += action->items[i].role == PLAN_CLAIMED;
	}
	for (size_t l = 0; l < plan->left_count && !out.step[0]; l++)
		if (plan->left[l].until != DAY_NONE && (out.next_day == DAY_NONE || plan->left[l].until < out.next_day)) out.next_day = plan->left[l].until;
	return out;
}

struct status engine_example(struct db *db, const struct company *company, int32_t today,
			     const uint8_t *(*visible)(void *context, const struct book *book), void *context, struct arena *arena,
			     struct engine_example *out)
{
	*out = (struct engine_example){ .code = "", .name = "" };
	cleanup_plan_data struct plan_data *data = NULL;
	TRY(plan_data_load(db, company, today, 0, 0, arena, &data));
	const struct book *book = plan_data_book(data);
	const uint8_t *selected = visible ? visible(context, book) : NULL;
	cleanup_arena struct arena *scratch = arena_new();
	size_t best = 0, looked = 0;
	for (size_t c = 0; c < book_customers(book) && looked < LOOKED; c++) {
		struct plan_view view;
		const struct scenario *scenario;
		arena_reset(scratch);
		if ((selected && !selected[c]) || !plan_data_view(data, c, scratch, &view, &scenario) || !scenario) continue;
		struct engine_example one = { .found = true, .scenario = scenario };
		for (size_t i = 0; i < view.item_count; i++) {
			if (view.items[i].open <= 0 || view.items[i].due_day >= today) continue;
			one.late_items++;
			if (today - view.items[i].due_day > one.oldest_days) one.oldest_days = today - view.items[i].due_day;
			if (!one.currency[0]) snprintf(one.currency, sizeof one.currency, "%s", view.items[i].currency);
		}
		if (one.late_items < 2) continue;
		looked++;
		size_t different = 0;
		for (int e = 0; e < ENGINE_COUNT; e++) {
			struct plan_settings settings = *plan_data_settings(data);
			struct plan plan;
			engine_set(&settings, (enum engine)e);
			settings.stale = settings.stop_all = false;
			plan_day(&view, scenario, &settings, today, scratch, &plan);
			one.outcomes[e] = outcome_of(&plan);
			for (int before = 0; before < e; before++)
				different += strcmp(one.outcomes[e].step, one.outcomes[before].step) != 0 || one.outcomes[e].amount != one.outcomes[before].amount;
		}
		size_t worth = 1 + different * 1000 + (one.late_items < 900 ? one.late_items : 900);
		if (worth <= best) continue;
		best = worth;
		struct book_customer who = book_customer(book, c);
		one.code = arena_strdup(arena, who.code), one.name = arena_strdup(arena, who.name);
		*out = one;
	}
	return STATUS_FINE;
}

/* --- who pays for others ---------------------------------------------------------------------------------------------------- */
static void outcome_add(const struct plan *plan, const struct plan_view *view, struct payer_outcome *out, char currency[static 4])
{
	for (size_t a = 0; a < plan->action_count; a++) {
		const struct plan_action *action = &plan->actions[a];
		if (action->rank < RANK_REMINDER || (currency[0] && strcmp(currency, action->currency) != 0)) continue;
		snprintf(currency, 4, "%s", action->currency);
		out->messages++, out->amount += action->amount;
		size_t before = out->customers;
		for (size_t m = 0; m < view->member_count; m++) {
			bool named = false;
			for (size_t i = 0; i < action->item_count; i++)
				named |= action->items[i].role == PLAN_CLAIMED && view->items[action->items[i].item].member == m;
			out->customers += named;
		}
		if (out->customers == before) out->customers++;
	}
}

static struct payer_outcome outcome_as(const struct plan_data *data, const size_t *members, size_t count, enum payer_mode mode, int32_t today,
				       struct arena *scratch, char currency[static 4])
{
	struct payer_outcome out = { 0 };
	struct plan_settings settings = *plan_data_settings(data);
	settings.stale = settings.stop_all = false;
	for (size_t m = 0; m < (mode == PAYER_APART ? count : 1); m++) {
		struct plan_view view;
		const struct scenario *scenario;
		struct plan plan;
		bool any = mode == PAYER_APART ? plan_data_view_as(data, members + m, 1, false, scratch, &view, &scenario)
					       : plan_data_view_as(data, members, count, mode == PAYER_NETTED, scratch, &view, &scenario);
		if (!any) continue;
		plan_day(&view, scenario, &settings, today, scratch, &plan);
		outcome_add(&plan, &view, &out, currency);
	}
	return out;
}

struct status payer_example(struct db *db, const struct company *company, int32_t today,
			    const uint8_t *(*visible)(void *context, const struct book *book), void *context, struct arena *arena,
			    struct payer_example *out)
{
	enum { PAYERS = 200 };
	*out = (struct payer_example){ .code = "", .name = "" };
	cleanup_plan_data struct plan_data *data = NULL;
	TRY(plan_data_load(db, company, today, 0, 0, arena, &data));
	const struct book *book = plan_data_book(data);
	const uint8_t *selected = visible ? visible(context, book) : NULL;
	cleanup_arena struct arena *scratch = arena_new();
	size_t best = 0, *payers;
	size_t count = plan_data_payers(data, PAYERS, arena, &payers);
	for (size_t p = 0; p < count; p++) {
		size_t *members;
		arena_reset(scratch);
		struct payer_example one = { .found = true };
		one.members = plan_data_pays_for(data, payers[p], scratch, &members);
		bool seen = one.members > 1;
		for (size_t m = 0; m < one.members; m++) seen &= !selected || selected[members[m]];
		if (!seen) continue;
		size_t different = 0;
		for (int mode = 0; mode < PAYER_MODES; mode++) {
			one.outcomes[mode] = outcome_as(data, members, one.members, (enum payer_mode)mode, today, scratch, one.currency);
			for (int before = 0; before < mode; before++)
				different += one.outcomes[mode].messages != one.outcomes[before].messages || one.outcomes[mode].amount != one.outcomes[before].amount;
		}
		size_t worth = 1 + different * 1000 + (one.members < 900 ? one.members : 900);
		if (worth <= best) continue;
		best = worth;
		struct book_customer who = book_customer(book, payers[p]);
		one.code = arena_strdup(arena, who.code), one.name = arena_strdup(arena, who.name);
		if (!one.currency[0]) snprintf(one.currency, sizeof one.currency, "%s", company->currency);
		*out = one;
	}
	return STATUS_FINE;
}
