/* What colleagues have not seen, by mail once a day (outreach/digest.h). */
#include "jobs/scheduler.h"

#include "base/log.h"
#include "outreach/digest.h"

static struct status run(struct job_turn *turn)
{
	int sent = 0;
	TRY(digest_send(turn->store, &turn->viewer, &turn->company, turn->today, turn->minutes, turn->now, &sent));
	if (sent) log_line(LOG_INFO, "job=digest company=%s sent=%d", turn->company.code, sent);
	return STATUS_FINE;
}

const struct job digest_job = { "digest", .every_seconds = 900, .lease_seconds = 1800, .run = run };
