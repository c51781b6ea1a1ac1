#include "jobs/scheduler.h"

#include "access/user.h"
#include "base/locale.h"
#include "base/log.h"
#include "base/memory.h"
#include "ledger/setting.h"

#include <errno.h>
#include <pthread.h>
#include <sodium.h>
#include <time.h>
#include <unistd.h>

static const struct job *const table[] = { &casework_job, &daily_job, &digest_job, &feeds_job, &importing_job, &inbox_job, &proof_job, &retention_job, &sending_job, &sweep_job };

struct jobs {
	struct store *store;
	struct clock clock;
	char holder[80];
	pthread_mutex_t lock;
	pthread_cond_t wake;
	atomic_bool stopping;
	struct worker {
		struct jobs *jobs;
		const struct job *job;
		pthread_t thread;
	} workers[COUNT(table)];
	size_t count;
};

/* One turn for one company (or the tenant) under the job's lease. */
static void turn_run(const struct job *job, struct job_turn *turn)
{
	char lease[96];
	snprintf(lease, sizeof lease, "%s:%lld", job->name, (long long)turn->company.id);
	if (job->lease_seconds > 0) {
		bool taken = false;
		struct status status = lease_take(turn->store, turn->viewer.tenant_id, lease, turn->holder, job->lease_seconds, &turn->token, &taken);
		if (status.code) log_line(LOG_WARNING, "job=%s lease not taken: %s", lease, status.text);
		if (status.code || !taken) return;
		turn->lease = lease;
	}
	struct status status = job->run(turn);
	if (status.code && status.code != STATUS_CONFLICT) log_line(LOG_ERROR, "job=%s %s", lease, status.text);
	if (status.code == STATUS_CONFLICT) log_line(LOG_INFO, "job=%s %s", lease, status.text);
	if (turn->lease) {
		status = lease_drop(turn->store, turn->viewer.tenant_id, lease, turn->token);
		if (status.code) log_line(LOG_WARNING, "job=%s lease not given back, it runs out by itself: %s", lease, status.text);
	}
}

static struct status companies_of(struct store *store, const struct viewer *viewer, struct arena *arena, struct company **out, size_t *count)
{
	struct db *db;
	TRY(store_reader(store, &db));
	struct status status = company_list(db, viewer, arena, out, count);
	store_release(store, db);
	return status;
}

void jobs_round(struct store *store, const struct clock *clock, const struct job *job, const char *holder, const atomic_bool *stopping)
{
	cleanup_arena struct arena *arena = arena_new();
	cleanup_arena struct arena *list = arena_new();
	lang_speak(LANG_EN); /* for the log */
	struct job_turn turn = { .store = store, .clock = clock, .holder = holder, .viewer = viewer_system(TENANT_FIRST), .arena = arena,
		                 .stopping = stopping };
	struct company *companies;
	size_t count;
	struct status status = companies_of(store, &turn.viewer, list, &companies, &count);
	if (status.code) {
		log_line(LOG_WARNING, "job=%s the store can't be read: %s", job->name, status.text);
		return;
	}
	if (count == 0) return; /* nothing to work for yet */
	for (size_t i = 0; i < count && !atomic_load(stopping); i++) {
		turn.company = job->per_tenant ? (struct company){ .tenant_id = TENANT_FIRST } : companies[i];
		turn.today = company_today(&companies[i], clock);
		turn.now = company_now(&companies[i], clock);
		turn.minutes = company_minutes(&companies[i], clock);
		turn.lease = NULL;
		turn_run(job, &turn);
		arena_reset(arena);
		if (job->per_tenant) break;
	}
}

static void *worker_run(void *context)
{
	struct worker *worker = context;
	struct jobs *jobs = worker->jobs;
	while (!atomic_load(&jobs->stopping)) {
		jobs_round(jobs->store, &jobs->clock, worker->job, jobs->holder, &jobs->stopping);
		struct timespec until;
		clock_gettime(CLOCK_MONOTONIC, &until);
		until.tv_sec += worker->job->every_seconds;
		pthread_mutex_lock(&jobs->lock);
		while (!atomic_load(&jobs->stopping) && pthread_cond_timedwait(&jobs->wake, &jobs->lock, &until) != ETIMEDOUT) continue;
		pthread_mutex_unlock(&jobs->lock);
	}
	return NULL;
}

/* Passwords that an earlier build kept in plain; one that can't be sealed now stays, and is tried again at the next start. */
static void seal_secrets(struct store *store)
{
	int64_t sealed = 0;
	struct status status = settings_seal(store, TENANT_FIRST, &sealed);
	if (status.code) log_line(LOG_WARNING, "passwords in the store stay in plain: %s", status.text);
	else if (sealed) log_line(LOG_INFO, "passwords sealed: %lld", (long long)sealed);
}

struct status jobs_start(struct store *store, const struct clock *clock, struct jobs **out)
{
	seal_secrets(store);
	struct jobs *jobs = xcalloc(1, sizeof *jobs);
	jobs->store = store;
	jobs->clock = *clock;
	char host[40] = "";
	(void)gethostname(host, sizeof host - 1);
	/* the random part tells a restarted process from the one before, whose work may still be under way */
	snprintf(jobs->holder, sizeof jobs->holder, "%s-%d-%08x", host, (int)getpid(), randombytes_random());
	pthread_condattr_t attributes;
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&jobs->wake, &attributes);
	pthread_condattr_destroy(&attributes);
	pthread_mutex_init(&jobs->lock, NULL);
	for (size_t i = 0; i < COUNT(table); i++) {
		struct worker *worker = &jobs->workers[i];
		*worker = (struct worker){ .jobs = jobs, .job = table[i] };
		if (pthread_create(&worker->thread, NULL, worker_run, worker) != 0) {
			jobs_stop(jobs);
			return status_make(STATUS_UNAVAILABLE, "No thread could be started: the machine is out of them.");
		}
		jobs->count++;
	}
	*out = jobs;
	return STATUS_FINE;
}

void jobs_stop(struct jobs *jobs)
{
	if (!jobs) return;
	pthread_mutex_lock(&jobs->lock);
	atomic_store(&jobs->stopping, true);
	pthread_cond_broadcast(&jobs->wake);
	pthread_mutex_unlock(&jobs->lock);
	for (size_t i = 0; i < jobs->count; i++) pthread_join(jobs->workers[i].thread, NULL);
	pthread_cond_destroy(&jobs->wake);
	pthread_mutex_destroy(&jobs->lock);
	free(jobs);
}
