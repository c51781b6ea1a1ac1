/* Importing: big files that were dropped on the imports page are looked at and imported here, one of a company after the other
 * (intake/work.h does the work and holds the lease that fences it). */
#include "jobs/scheduler.h"

#include "base/log.h"
#include "intake/work.h"

static struct status companies(struct job_turn *turn, int64_t **ids, size_t *count)
{
	struct db *db;
	TRY(store_reader(turn->store, &db));
	struct status status = work_companies(db, turn->viewer.tenant_id, turn->arena, ids, count);
	store_release(turn->store, db);
	return status;
}

static struct status run(struct job_turn *turn)
{
	int64_t *ids;
	size_t count;
	TRY(companies(turn, &ids, &count));
	for (size_t i = 0; i < count; i++) {
		const struct worker worker = { .store = turn->store, .clock = turn->clock, .holder = turn->holder, .tenant_id = turn->viewer.tenant_id,
			                       .company_id = ids[i], .stopping = turn->stopping };
		bool worked = false;
		do {
			struct status status = work_turn(&worker, 0, &worked);
			if (status.code) log_line(LOG_WARNING, "job=importing company=%lld %s", (long long)ids[i], status.text);
			if (status.code) break; /* it waits for the next look; other companies go on */
		} while (worked && !atomic_load(turn->stopping));
	}
	return STATUS_FINE;
}

const struct job importing_job = { "importing", .every_seconds = 1, .lease_seconds = 0, .per_tenant = true, .run = run };
