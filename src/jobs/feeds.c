/* Feeds: each place that files come from is looked at when its time has come (intake/feed.h holds the lease of each). */
#include "jobs/scheduler.h"

#include "base/log.h"
#include "intake/feed.h"

static struct status run(struct job_turn *turn)
{
	struct feed_turn result;
	const struct intake intake = { .store = turn->store, .viewer = &turn->viewer, .company_id = turn->company.id, .today = turn->today, .now = turn->now,
		                       .arena = turn->arena };
	TRY(feed_turn_due(&intake, false, &result));
	if (result.imported || result.waiting || result.failed || result.error[0])
		log_line(LOG_INFO, "job=feeds company=%s imported=%d unchanged=%d waiting=%d failed=%d %s", turn->company.code, result.imported, result.unchanged,
		         result.waiting, result.failed, result.error);
	return STATUS_FINE;
}

const struct job feeds_job = { "feeds", .every_seconds = 30, .lease_seconds = 0, .run = run };
