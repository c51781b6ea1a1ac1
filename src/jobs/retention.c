/* What is due to be erased goes each night where the company says so (retention.automatic); else a person says yes. One kind a
 * transaction, each after a look at the lease. */
#include "jobs/scheduler.h"

#include "base/log.h"
#include "privacy/keeping.h"

enum { NIGHT_STARTS = 2 * 60, NIGHT_ENDS = 5 * 60 };

struct erasing_due {
	struct job_turn *turn;
	const struct keeping_kind *kind;
	int64_t rows;
};

static struct status erase_kind(struct db *db, void *context)
{
	struct erasing_due *work = context;
	struct job_turn *turn = work->turn;
	struct change change;
	if (turn->lease) TRY(lease_check(db, turn->company.tenant_id, turn->lease, turn->token));
	TRY(company_begin(db, &turn->viewer, turn->company.id, turn->today, turn->now, &change));
	TRY(keeping_erase(&change, work->kind, turn->arena, &work->rows));
	return change.events ? company_end(&change) : STATUS_FINE;
}

static struct status wanted(struct job_turn *turn, bool *out)
{
	struct db *db;
	const struct settings *settings;
	TRY(store_reader(turn->store, &db));
	struct status status = settings_load(db, turn->company.tenant_id, turn->company.id, turn->arena, &settings);
	*out = !status.code && setting_bool(settings, "retention.automatic");
	store_release(turn->store, db);
	return status;
}

static struct status run(struct job_turn *turn)
{
	bool on = false;
	size_t count;
	if (turn->minutes < NIGHT_STARTS || turn->minutes >= NIGHT_ENDS) return STATUS_FINE;
	TRY(wanted(turn, &on));
	const struct keeping_kind *kinds = keeping_kinds(&count);
	for (size_t i = 0; on && i < count && !atomic_load(turn->stopping); i++) {
		struct erasing_due work = { turn, &kinds[i], 0 };
		TRY(store_transact(turn->store, erase_kind, &work));
		if (work.rows) log_line(LOG_INFO, "job=retention company=%s kind=%s rows=%lld", turn->company.code, kinds[i].code, (long long)work.rows);
	}
	return STATUS_FINE;
}

const struct job retention_job = { "retention", .every_seconds = 3600, .lease_seconds = 1800, .run = run };
