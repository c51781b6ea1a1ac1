/* Casework: who answers for a dispute hears of it, and his manager when it is late (outreach/casework.h). */
#include "jobs/scheduler.h"

#include "base/log.h"
#include "outreach/casework.h"

enum { DAY_STARTS = 7 * 60 };

static struct status run(struct job_turn *turn)
{
	if (turn->minutes < DAY_STARTS) return STATUS_FINE;
	struct casework_result result;
	TRY(casework_day(turn->store, &turn->viewer, turn->company.id, turn->today, turn->now, turn->arena, &result));
	if (result.owners || result.managers || result.debtors || result.failed)
		log_line(LOG_INFO, "job=casework company=%s owners=%d managers=%d debtors=%d failed=%d", turn->company.code, result.owners, result.managers,
		         result.debtors, result.failed);
	return STATUS_FINE;
}

const struct job casework_job = { "casework", .every_seconds = 300, .lease_seconds = 600, .run = run };
