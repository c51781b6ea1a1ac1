/* The day of each company: planned once, early, and again after an import or a change (the desk and the command line call the
 * same run_day; it is safe to repeat). At the first look of a day the head of the event chain is published in the log, so that
 * nobody can rewrite what was before unseen. */
#include "jobs/scheduler.h"

#include "base/day.h"
#include "base/log.h"
#include "dunning/run.h"
#include "outreach/confirm.h"

enum { DAY_STARTS = 5 * 60 }; /* 05:00 there: after midnight's re-exports, before anybody comes in */

static struct status ran_today(struct job_turn *turn, bool *out)
{
	struct db *db;
	TRY(store_reader(turn->store, &db));
	struct status status = run_done(db, &turn->viewer, turn->company.id, turn->today, out);
	store_release(turn->store, db);
	return status;
}

static struct status run(struct job_turn *turn)
{
	if (turn->minutes < DAY_STARTS) return STATUS_FINE;
	bool done = false;
	TRY(ran_today(turn, &done));
	if (done) return STATUS_FINE;
	struct run_result result = { 0 };
	const struct run_options options = { .queue = confirm_automatic };
	TRY(run_day(turn->store, &turn->viewer, turn->company.id, turn->today, turn->now, &options, turn->arena, &result));
	char day[11];
	day_format(turn->today, day);
	log_line(LOG_INFO, "job=daily company=%s day=%s created=%lld actions=%zu left_out=%zu", turn->company.code, day, (long long)result.created,
	         result.action_count, result.left_count);
	return STATUS_FINE;
}

const struct job daily_job = { "daily", .every_seconds = 60, .lease_seconds = 1800, .run = run };
