/* Sweep: sessions that ended are dropped, once an hour. */
#include "jobs/scheduler.h"

#include "access/session.h"
#include "access/user.h"

#include <time.h>

static struct status sweep(struct db *db, void *context)
{
	const int64_t *now = context;
	return session_sweep(db, TENANT_FIRST, *now);
}

static struct status run(struct job_turn *turn)
{
	int64_t now = (int64_t)time(NULL); /* sessions live by the real clock */
	return store_transact(turn->store, sweep, &now);
}

const struct job sweep_job = { "sweep", .every_seconds = 3600, .lease_seconds = 300, .per_tenant = true, .run = run };
