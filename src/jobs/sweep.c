/* Sweep: once an hour, sessions that ended are dropped, and the heads of the event chains go into the log: who keeps the log can
 * show that the past was not rewritten. */
#include "jobs/scheduler.h"

#include "access/session.h"
#include "access/user.h"
#include "ledger/event.h"

#include <time.h>

static struct status sweep(struct db *db, void *context)
{
	const int64_t *now = context;
	TRY(session_sweep(db, TENANT_FIRST, *now));
	return event_publish_all(db, TENANT_FIRST);
}

static struct status run(struct job_turn *turn)
{
	int64_t now = (int64_t)time(NULL); /* sessions live by the real clock */
	return store_transact(turn->store, sweep, &now);
}

const struct job sweep_job = { "sweep", .every_seconds = 3600, .lease_seconds = 300, .per_tenant = true, .run = run };
