/* Sending: what was queued leaves, turn after turn (outreach/outbox.h does the work and holds the lease that fences it). */
#include "jobs/scheduler.h"

#include "access/user.h"
#include "base/log.h"
#include "outreach/outbox.h"

static int stop(void *context)
{
	return atomic_load((const atomic_bool *)context);
}

static struct status run(struct job_turn *turn)
{
	struct sender_result result = { 0 };
	const struct sender_options options = { .holder = turn->holder, .clock = *turn->clock, .stop = stop, .context = (void *)(uintptr_t)turn->stopping };
	TRY(sender_turn(turn->store, TENANT_FIRST, &options, &result));
	if (result.sent || result.later || result.failed || result.unknown || result.cancelled || result.recovered)
		log_line(LOG_INFO, "job=sending sent=%d later=%d failed=%d unknown=%d cancelled=%d recovered=%d", result.sent, result.later, result.failed,
		         result.unknown, result.cancelled, result.recovered);
	return STATUS_FINE;
}

const struct job sending_job = { "sending", .every_seconds = 5, .lease_seconds = 0, .per_tenant = true, .run = run };
