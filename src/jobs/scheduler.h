/* scheduler — work that is done without anybody asking: one file per job, taken by lease, safe with several servers.
 *
 * Each job of the table has a thread that wakes every so often, and for each company takes the job's lease, runs, and gives it
 * back. Another server that finds the lease taken leaves the work alone; one that dies loses its lease when it runs out. The
 * fencing token goes to the job, which checks it (lease_check) in the transaction that acts.
 *
 *     struct jobs *jobs;
 *     TRY(jobs_start(store, &clock, &jobs));
 *     … serve …
 *     jobs_stop(jobs);        asks running jobs to stop at the next seam, and waits for them
 */
#ifndef JOBS_SCHEDULER_H
#define JOBS_SCHEDULER_H

#include "ledger/company.h"

#include <stdatomic.h>

struct job_turn {
	struct store *store;
	const struct clock *clock;
	const char *holder;       /* this process, for leases a job takes itself */
	struct viewer viewer;     /* the system's */
	struct company company;   /* id 0: a job of the tenant */
	int32_t today;
	int minutes;              /* local minutes since midnight */
	int64_t now;
	const char *lease;        /* the lease held, and its token; NULL for jobs that take their own */
	int64_t token;
	struct arena *arena;      /* reset after the turn */
	const atomic_bool *stopping;
};

struct job {
	const char *name;         /* "daily" */
	int every_seconds;        /* between two looks */
	int lease_seconds;        /* longer than a turn takes; 0: the job takes its own leases */
	bool per_tenant;          /* one turn for the tenant, not one per company */
	/* STATUS_CONFLICT: somebody else took over, said without alarm. Anything else that fails is logged, and tried again later. */
	struct status (*run)(struct job_turn *turn);
};
extern const struct job casework_job, daily_job, digest_job, feeds_job, importing_job, inbox_job, proof_job, retention_job, sending_job, sweep_job;

struct jobs;
struct status jobs_start(struct store *store, const struct clock *clock, struct jobs **out);
void jobs_stop(struct jobs *jobs); /* NULL is fine */
/* One round of one job over all companies, as its thread does it; for tests. */
void jobs_round(struct store *store, const struct clock *clock, const struct job *job, const char *holder, const atomic_bool *stopping);

#endif
