#include "dunning/plan.h"

#include "base/memory.h"

void plan_ahead(const struct plan_view *view, const struct scenario *scenario, const struct plan_settings *settings, int32_t today,
                int days, struct arena *arena, struct plan_coming **out, size_t *count)
{
	struct plan_view ahead = *view;
	struct plan_settings fresh = *settings;
	fresh.stale = false; /* files are taken to keep coming */
	size_t room = view->past_count + (size_t)days * 3 + 1;
	struct plan_past *past = arena_array(arena, struct plan_past, room);
	if (view->past_count) memcpy(past, view->past, view->past_count * sizeof *past);
	ahead.past = past;
	ahead.payment_count = 0;
	struct plan_coming *list = arena_array(arena, struct plan_coming, (size_t)days * 3 + 1);
	*out = list;
	*count = 0;
	for (int32_t day = today; day < today + days; day++) {
		struct plan plan;
		plan_day(&ahead, scenario, &fresh, day, arena, &plan);
		for (size_t a = 0; a < plan.action_count && ahead.past_count < room; a++) {
			const struct plan_action *action = &plan.actions[a];
			struct plan_past *done = &past[ahead.past_count];
			int64_t *items = arena_array(arena, int64_t, action->item_count + 1);
			*done = (struct plan_past){ .scenario = scenario ? scenario->code : "", .step = action->step, .rank = action->rank,
						    .channel = action->channel, .state = STATE_DONE,
						    .takeover = (action->reasons & YES_TAKEOVER) != 0,
						    .contact = channel_is_contact(action->channel), .plan_day = day, .done_day = day,
						    .items = items };
			/* an address that is missing is taken to be found: the step itself goes on */
			if (action->reasons & YES_NO_CONTACT) done->contact = true;
			snprintf(done->currency, sizeof done->currency, "%s", action->currency);
			for (size_t i = 0; i < action->item_count; i++)
				if (action->items[i].role == PLAN_CLAIMED) items[done->item_count++] = action->items[i].item_id;
			ahead.past_count++;
			struct plan_coming *coming = &list[(*count)++];
			*coming = (struct plan_coming){ .day = day, .channel = action->channel, .amount = action->amount };
			snprintf(coming->step, sizeof coming->step, "%s", action->step);
			snprintf(coming->currency, sizeof coming->currency, "%s", action->currency);
		}
		ahead.broken_promise = ahead.broken_promise && plan.action_count == 0;
	}
}
