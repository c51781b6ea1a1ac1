/* The head of each company's event chain, told once a day to administrators and to a file (outreach/proof.h). */
#include "jobs/scheduler.h"

#include "base/log.h"
#include "outreach/proof.h"

#include <stdlib.h>

enum { DAY_STARTS = 6 * 60 };

static struct status run(struct job_turn *turn)
{
	if (turn->minutes < DAY_STARTS) return STATUS_FINE;
	const char *folder = getenv("ENCOURS_HEADS");
	const struct proof_options options = { .folder = folder && *folder ? folder : NULL };
	struct proof_result result;
	TRY(proof_day(turn->store, &turn->viewer, &turn->company, turn->today, turn->now, &options, turn->arena, &result));
	if (result.sent || result.failed)
		log_line(LOG_INFO, "job=proof company=%s sent=%d failed=%d", turn->company.code, result.sent, result.failed);
	return STATUS_FINE;
}

const struct job proof_job = { "proof", .every_seconds = 300, .lease_seconds = 600, .run = run };
