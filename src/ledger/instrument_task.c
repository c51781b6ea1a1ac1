#include "ledger/instrument.h"

#include "base/day.h"
#include "base/memory.h"
#include "base/words.h"
#include "ledger/setting.h"
#include "ledger/together.h"

#include <string.h>

/* Days after the day of a bill or a debit on which the bank's answer is looked for: CFONB gives unpaid bills back within 4 banking days,
 * a debit's return within 5 (law.md 1.4). */
enum { ANSWER_DAYS = 8 };

enum instrument_wait instrument_waits(const struct instrument *one, int chase_days, int32_t today, int32_t *since)
{
	*since = DAY_NONE;
	if (strcmp(one->state, "sent") == 0 && one->to_accept && one->sent_day != DAY_NONE) {
		*since = one->chased_day != DAY_NONE ? one->chased_day : one->sent_day;
		return (int64_t)today - *since >= chase_days ? INSTRUMENT_NOT_RETURNED : INSTRUMENT_WAITS_NOT;
	}
	if (!instrument_matured(one, today)) return INSTRUMENT_WAITS_NOT;
	*since = one->due_day;
	return (int64_t)today - one->due_day >= ANSWER_DAYS ? INSTRUMENT_NOT_ANSWERED : INSTRUMENT_WAITS_NOT;
}

static struct status give_task(struct change *change, const struct instrument *one, enum instrument_wait wait, int32_t since, struct arena *arena)
{
	struct customer who;
	int64_t task;
	char reference[INSTRUMENT_REFERENCE];
	cleanup_text struct text amount = { 0 }, day = { 0 };
	TRY(db_run(change->db, "UPDATE instrument SET tasked_day = $today, rev = $rev WHERE tenant_id = $tenant AND company_id = $company AND id = $id",
	           DB_ARGS(db_day("today", change->today), db_int("rev", change->rev), db_int("tenant", change->company.tenant_id), db_int("company", change->company.id),
	                   db_int("id", one->id))));
	TRY(customer_get(change->db, change->viewer, change->company.id, one->customer_id, arena, &who));
	if (!who.collector_id) return STATUS_FINE; /* nobody in charge: the list of bills shows it */
	instrument_reference(one->id, reference);
	words_amount(&amount, lang_spoken(), one->amount, one->currency);
	words_date(&day, lang_spoken(), since);
	const char *text = wait == INSTRUMENT_NOT_RETURNED
	        ? arena_printf(arena, tr(lang_spoken(), "Bill %s, %s: not back accepted since %s. Ask for it again."), reference, text_cstr(&amount), text_cstr(&day))
	        : arena_printf(arena, tr(lang_spoken(), "%s, %s: presented for %s, and the bank has not answered. Look at the statement."), reference, text_cstr(&amount), text_cstr(&day));
	struct status status = task_add(change, &(struct task_new){ .customer_id = one->customer_id, .owner_id = who.collector_id, .due_day = change->today, .text = text }, &task);
	/* whoever left gets no task */
	return status.code == STATUS_INVALID || status.code == STATUS_NOT_FOUND || status.code == STATUS_FORBIDDEN ? STATUS_FINE : status;
}

struct status instrument_tasks(struct change *change, int64_t *changed)
{
	cleanup_arena struct arena *arena = arena_new();
	struct instrument *list;
	size_t count;
	const struct settings *settings;
	*changed = 0;
	TRY(settings_load(change->db, change->company.tenant_id, change->company.id, arena, &settings));
	TRY(instrument_list(change->db, change->viewer, change->company.id, (struct instrument_filter){ .open_only = true }, arena, &list, &count));
	for (size_t i = 0; i < count; i++) {
		int32_t since;
		enum instrument_wait wait = instrument_waits(&list[i], (int)setting_int(settings, "bill.chase_days"), change->today, &since);
		if (wait == INSTRUMENT_WAITS_NOT || (list[i].tasked_day != DAY_NONE && list[i].tasked_day >= since)) continue; /* once for each wait */
		TRY(give_task(change, &list[i], wait, since, arena));
		++*changed;
	}
	return STATUS_FINE;
}
