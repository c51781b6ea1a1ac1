/* The mailbox that answers come to, looked into when its time has come (outreach/inbox.h). */
#include "jobs/scheduler.h"

#include "base/log.h"
#include "outreach/inbox.h"

static int stop(void *context)
{
	return atomic_load((const atomic_bool *)context);
}

static struct status run(struct job_turn *turn)
{
	struct inbox_result result;
	const struct inbox_turn look = { .store = turn->store, .viewer = &turn->viewer, .company_id = turn->company.id, .today = turn->today, .now = turn->now,
		                         .lease = turn->lease, .token = turn->token, .stop = stop, .context = (void *)(uintptr_t)turn->stopping };
	TRY(inbox_turn(&look, &result));
	if (result.read || result.error[0])
		log_line(result.error[0] ? LOG_WARNING : LOG_INFO, "job=inbox company=%s read=%d tied=%d waiting=%d bounces=%d known=%d %s", turn->company.code, result.read, result.tied,
		         result.waiting, result.bounces, result.known, result.error);
	return STATUS_FINE;
}

const struct job inbox_job = { "inbox", .every_seconds = 20, .lease_seconds = 1800, .run = run };
