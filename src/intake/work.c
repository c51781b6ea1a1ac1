#include "intake/work.h"

#include "access/user.h"
#include "base/log.h"
#include "base/memory.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <time.h>

enum { LEASE_SECONDS = 15, RENEWAL_MS = 4000, LOOK_MS = 300, TRIES_MAX = 3 };

static const char *const states[] = { "waiting", "running", "done", "refused", "failed", "cancelled", "interrupted" };

const char *work_state_code(enum work_state state)
{
	return states[state];
}

static enum work_state state_parse(const char *code)
{
	for (size_t i = 0; i < COUNT(states); i++)
		if (strcmp(states[i], code) == 0) return (enum work_state)i;
	return WORK_FAILED;
}

static struct status may_import(const struct viewer *viewer)
{
	return viewer_may(viewer, RIGHT_IMPORT) ? STATUS_FINE : status_make(STATUS_FORBIDDEN, "You may not import files.");
}

/* --- asking ------------------------------------------------------------------------------------------------------------------------ */
struct asking {
	const struct intake *intake;
	int64_t id;
	enum work_task task;
	const char *options;
};

#define OF_DRAFT(intake, id) db_int("tenant", (intake)->viewer->tenant_id), db_int("company", (intake)->company_id), db_int("draft", id)

static struct status ask(struct db *db, void *context)
{
	const struct asking *a = context;
	struct draft draft;
	cleanup_arena struct arena *arena = arena_new();
	TRY(draft_get(db, a->intake->viewer, a->intake->company_id, a->id, arena, &draft));
	json_decref(draft.options);
	json_decref(draft.preview);
	int64_t changed = 0;
	TRY(db_run_count(db,
		"INSERT INTO import_work (tenant_id, company_id, draft_id, task, options, asked_at, asked_by, language, file_name, size, state, tries)"
		" VALUES ($tenant, $company, $draft, $task, $options, $at, $by, $language, $file, $size, 'waiting', 0)"
		" ON CONFLICT (tenant_id, company_id, draft_id) DO UPDATE SET task = $task, options = $options, asked_at = $at, asked_by = $by,"
		" language = $language, state = 'waiting', tries = 0, started_at = 0, done = 0, doing = '', ended_at = 0, words = '', import_id = 0,"
		" result = '', seen = 0 WHERE import_work.state NOT IN ('waiting', 'running')",
		DB_ARGS(OF_DRAFT(a->intake, a->id), db_text("task", a->task == WORK_IMPORT ? "import" : "look"), db_text("options", a->options),
		        db_int("at", a->intake->now), db_int("by", a->intake->viewer->user_id), db_text("language", lang_code(a->intake->viewer->lang)),
		        db_text("file", draft.file_name), db_int("size", draft.size)), &changed));
	if (changed != 1) return status_make(STATUS_CONFLICT, "This file is being worked on already. Wait for it, or cancel it.");
	return STATUS_FINE;
}

struct status work_ask(const struct intake *intake, int64_t draft_id, enum work_task task, const json_t *options)
{
	TRY(may_import(intake->viewer));
	cleanup_free char *text = options ? json_dumps(options, JSON_COMPACT) : NULL;
	return store_transact(intake->store, ask, &(struct asking){ intake, draft_id, task, text ? text : "{}" });
}

/* --- reading ------------------------------------------------------------------------------------------------------------------------ */
#define SELECT_WORK \
	"SELECT draft_id, task, asked_at, asked_by, size, state, started_at, ended_at, import_id, lines, done, doing, file_name," \
	" words, result, seen, (SELECT count(*) FROM import_work b WHERE b.tenant_id = w.tenant_id AND b.company_id = w.company_id AND" \
	" (b.state = 'running' OR b.state = 'waiting' AND (b.asked_at < w.asked_at OR b.asked_at = w.asked_at AND b.draft_id < w.draft_id)))" \
	" FROM import_work w WHERE tenant_id = $tenant AND company_id = $company "

static void row_take(struct rows *rows, struct arena *arena, struct work_row *out)
{
	*out = (struct work_row){
		.draft_id = row_int(rows, 0), .task = strcmp(row_text(rows, 1), "import") == 0 ? WORK_IMPORT : WORK_LOOK, .asked_at = row_int(rows, 2),
		.asked_by = row_int(rows, 3), .size = row_int(rows, 4), .state = state_parse(row_text(rows, 5)), .started_at = row_int(rows, 6),
		.ended_at = row_int(rows, 7), .import_id = row_int(rows, 8), .lines = row_int(rows, 9), .done = (int)row_int(rows, 10),
		.doing = arena_strdup(arena, row_text(rows, 11)), .file_name = arena_strdup(arena, row_text(rows, 12)),
		.words = arena_strdup(arena, row_text(rows, 13)), .result = arena_strdup(arena, row_text(rows, 14)), .seen = row_int(rows, 15) != 0,
	};
	if (out->state == WORK_WAITING) out->before = (int)row_int(rows, 16);
}

static struct status rows_take(struct rows *rows, struct arena *arena, struct work_row **out, size_t *count)
{
	size_t cap = 8;
	*out = arena_array(arena, struct work_row, cap);
	for (*count = 0; rows_next(rows); ++*count) {
		if (*count == cap) {
			struct work_row *bigger = arena_array(arena, struct work_row, cap *= 2);
			memcpy(bigger, *out, *count * sizeof **out);
			*out = bigger;
		}
		row_take(rows, arena, &(*out)[*count]);
	}
	return rows_status(rows);
}

struct status work_get(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t draft_id, struct arena *arena, struct work_row *out)
{
	TRY(may_import(viewer));
	cleanup_rows struct rows *rows = db_query(db, SELECT_WORK "AND draft_id = $draft",
		DB_ARGS(db_int("tenant", viewer->tenant_id), db_int("company", company_id), db_int("draft", draft_id)));
	bool found = rows_next(rows);
	if (found) row_take(rows, arena, out);
	TRY(rows_status(rows));
	return found ? STATUS_FINE : status_make(STATUS_NOT_FOUND, "This file is no longer waiting: drop it again.");
}

struct status work_news(struct db *db, const struct viewer *viewer, int64_t company_id, struct arena *arena, struct work_row **out, size_t *count)
{
	*count = 0;
	if (!viewer_may(viewer, RIGHT_IMPORT)) return STATUS_FINE;
	cleanup_rows struct rows *rows = db_query(db,
		SELECT_WORK "AND asked_by = $by AND (state IN ('waiting', 'running') OR seen = 0) ORDER BY asked_at DESC, draft_id DESC",
		DB_ARGS(db_int("tenant", viewer->tenant_id), db_int("company", company_id), db_int("by", viewer->user_id)));
	return rows_take(rows, arena, out, count);
}

struct status work_list(struct db *db, const struct viewer *viewer, int64_t company_id, struct arena *arena, struct work_row **out, size_t *count)
{
	TRY(may_import(viewer));
	cleanup_rows struct rows *rows = db_query(db, SELECT_WORK "AND state IN ('waiting', 'running') ORDER BY state, asked_at, draft_id",
		DB_ARGS(db_int("tenant", viewer->tenant_id), db_int("company", company_id)));
	return rows_take(rows, arena, out, count);
}

struct status work_companies(struct db *db, int64_t tenant_id, struct arena *arena, int64_t **out, size_t *count)
{
	size_t cap = 8;
	*out = arena_array(arena, int64_t, cap);
	*count = 0;
	cleanup_rows struct rows *rows = db_query(db,
		"SELECT DISTINCT company_id FROM import_work WHERE tenant_id = $tenant AND state IN ('waiting', 'running') ORDER BY company_id",
		DB_ARGS(db_int("tenant", tenant_id)));
	while (rows_next(rows)) {
		if (*count == cap) {
			int64_t *bigger = arena_array(arena, int64_t, cap *= 2);
			memcpy(bigger, *out, *count * sizeof **out);
			*out = bigger;
		}
		(*out)[(*count)++] = row_int(rows, 0);
	}
	return rows_status(rows);
}

struct status work_seen(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t draft_id)
{
	return db_run(db, "UPDATE import_work SET seen = 1 WHERE tenant_id = $tenant AND company_id = $company AND draft_id = $draft AND asked_by = $by"
	                  " AND state NOT IN ('waiting', 'running')",
	              DB_ARGS(db_int("tenant", viewer->tenant_id), db_int("company", company_id), db_int("draft", draft_id), db_int("by", viewer->user_id)));
}

/* --- cancelling ---------------------------------------------------------------------------------------------------------------------- */
static struct status cancel(struct db *db, void *context)
{
	const struct asking *a = context;
	int64_t changed = 0;
	TRY(db_run_count(db, "UPDATE import_work SET state = 'cancelled', ended_at = $at, seen = 1 WHERE tenant_id = $tenant AND company_id = $company"
	                     " AND draft_id = $draft AND state IN ('waiting', 'running')",
	                 DB_ARGS(OF_DRAFT(a->intake, a->id), db_int("at", a->intake->now)), &changed));
	return changed ? STATUS_FINE : status_make(STATUS_CONFLICT, "It has ended already: there is nothing to cancel.");
}

struct status work_cancel(const struct intake *intake, int64_t draft_id)
{
	TRY(may_import(intake->viewer));
	return store_transact(intake->store, cancel, &(struct asking){ .intake = intake, .id = draft_id });
}

/* --- working -------------------------------------------------------------------------------------------------------------------------- */
struct job_of {
	const struct worker *worker;
	char lease[48];
	int64_t token;
	int64_t now;
	/* what was picked */
	int64_t draft_id, wanted, by, size, tries;
	enum work_task task;
	enum lang lang;
	char *options;            /* malloc'd */
	bool picked;
	/* shared with whoever attends */
	pthread_t attendant;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	bool over;                             /* guarded by lock */
	atomic_int done;
	_Atomic(const char *) doing;
	atomic_bool lost;                      /* cancelled, or another one has taken over */
	_Atomic int64_t lines;
	/* how it ended */
	enum work_state state;
	const char *words;
	struct intake_result result;
	bool ended;                            /* inside the import's own transaction */
};

#define OF_WORKER(w) db_int("tenant", (w)->tenant_id), db_int("company", (w)->company_id)
#define MINE(job)    OF_WORKER((job)->worker), db_int("draft", (job)->draft_id), db_int("tries", (job)->tries)

/* Who holds the lease and finds something running: its worker has died. */
static struct status bury(struct db *db, const struct job_of *job)
{
	TRY(db_run(db, "UPDATE import_work SET state = 'interrupted', ended_at = $at WHERE tenant_id = $tenant AND company_id = $company"
	               " AND state = 'running' AND tries >= $most",
	           DB_ARGS(OF_WORKER(job->worker), db_int("most", TRIES_MAX), db_int("at", job->now))));
	return db_run(db, "UPDATE import_work SET state = 'waiting', done = 0 WHERE tenant_id = $tenant AND company_id = $company AND state = 'running'",
	              DB_ARGS(OF_WORKER(job->worker)));
}

static struct status pick(struct db *db, void *context)
{
	struct job_of *job = context;
	job->picked = false;
	free(job->options);
	job->options = NULL;
	TRY(lease_check(db, job->worker->tenant_id, job->lease, job->token));
	TRY(bury(db, job));
	{
		cleanup_rows struct rows *rows = db_query(db,
			"SELECT draft_id, asked_by, size, tries, task, language, options FROM import_work WHERE tenant_id = $tenant AND company_id = $company"
			" AND state = 'waiting' AND (CAST($wanted AS BIGINT) = 0 OR draft_id = CAST($wanted AS BIGINT)) ORDER BY asked_at, draft_id LIMIT 1",
			DB_ARGS(OF_WORKER(job->worker), db_int("wanted", job->wanted)));
		if (rows_next(rows)) {
			job->picked = true;
			job->draft_id = row_int(rows, 0), job->by = row_int(rows, 1), job->size = row_int(rows, 2), job->tries = row_int(rows, 3) + 1;
			job->task = strcmp(row_text(rows, 4), "import") == 0 ? WORK_IMPORT : WORK_LOOK;
			job->lang = lang_parse(row_text(rows, 5), LANG_FR);
			job->options = xstrdup(row_text(rows, 6));
		}
		TRY(rows_status(rows));
	}
	if (!job->picked) return STATUS_FINE;
	return db_run(db, "UPDATE import_work SET state = 'running', tries = $tries, started_at = $at, done = 0, doing = '' WHERE tenant_id = $tenant"
	                  " AND company_id = $company AND draft_id = $draft",
	              DB_ARGS(MINE(job), db_int("at", job->now)));
}

/* --- beside the work: its progress into the row, its lease renewed, its cancelling noticed --------------------------------------------- */
static struct status write_progress(struct db *db, void *context)
{
	struct job_of *job = context;
	const char *doing = atomic_load(&job->doing);
	return db_run(db, "UPDATE import_work SET done = $done, doing = $doing, lines = $lines WHERE tenant_id = $tenant AND company_id = $company"
	                  " AND draft_id = $draft AND tries = $tries AND state = 'running'",
	              DB_ARGS(MINE(job), db_int("done", atomic_load(&job->done)), db_text("doing", doing ? doing : ""), db_int("lines", atomic_load(&job->lines))));
}

static struct status still_mine(const struct job_of *job, bool *out)
{
	struct db *db;
	TRY(store_reader(job->worker->store, &db));
	int64_t count = 0;
	struct status status = db_get_int(db, "SELECT count(*) FROM import_work WHERE tenant_id = $tenant AND company_id = $company AND draft_id = $draft"
	                                      " AND tries = $tries AND state = 'running'", DB_ARGS(MINE(job)), &count, NULL);
	store_release(job->worker->store, db);
	*out = count == 1;
	return status;
}

static int64_t milliseconds(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void attend_once(struct job_of *job, int64_t *renewed, int *shown)
{
	const struct worker *worker = job->worker;
	bool mine = true;
	struct status status = still_mine(job, &mine);
	if (!status.code && !mine) atomic_store(&job->lost, true);
	int done = atomic_load(&job->done);
	if (!status.code && mine && done != *shown) {
		status = store_transact(worker->store, write_progress, job);
		if (!status.code) *shown = done;
	}
	if (milliseconds() - *renewed >= RENEWAL_MS) {
		bool taken = false;
		struct status kept = lease_take(worker->store, worker->tenant_id, job->lease, worker->holder, LEASE_SECONDS, &job->token, &taken);
		if (!kept.code && !taken) atomic_store(&job->lost, true);
		if (!kept.code) *renewed = milliseconds();
		if (!status.code) status = kept;
	}
	/* the importing itself may hold SQLite's only writer: then nobody else can take over either */
	if (status.code && status.code != STATUS_BUSY) log_line(LOG_WARNING, "import draft=%lld progress not noted: %s", (long long)job->draft_id, status.text);
}

static void *attend(void *context)
{
	struct job_of *job = context;
	int64_t renewed = milliseconds();
	int shown = -1;
	lang_speak(LANG_EN);
	pthread_mutex_lock(&job->lock);
	while (!job->over) {
		struct timespec until;
		clock_gettime(CLOCK_REALTIME, &until);
		until.tv_nsec += LOOK_MS * 1000000L;
		if (until.tv_nsec >= 1000000000L) until.tv_sec++, until.tv_nsec -= 1000000000L;
		if (pthread_cond_timedwait(&job->wake, &job->lock, &until) != ETIMEDOUT || job->over) continue;
		pthread_mutex_unlock(&job->lock);
		attend_once(job, &renewed, &shown);
		pthread_mutex_lock(&job->lock);
	}
	pthread_mutex_unlock(&job->lock);
	return NULL;
}

static bool stopping(const struct job_of *job)
{
	return job->worker->stopping && atomic_load(job->worker->stopping);
}

static bool progress(void *context, double done, const char *what)
{
	struct job_of *job = context;
	atomic_store(&job->done, (int)(done * 1000));
	atomic_store(&job->doing, what);
	return !atomic_load(&job->lost) && !stopping(job);
}

/* --- the end: with the import itself where there is one ---------------------------------------------------------------------------------- */
static struct status write_end(struct db *db, const struct job_of *job, enum work_state state, const char *words, const struct intake_result *result)
{
	cleanup_free char *text = NULL;
	if (result) {
		json_t *json = intake_result_json(result);
		text = json_dumps(json, JSON_COMPACT);
		json_decref(json);
	}
	int64_t changed = 0;
	TRY(db_run_count(db,
		"UPDATE import_work SET state = $state, done = 1000, doing = '', lines = $lines, ended_at = $at, words = $words, import_id = $import, result = $result"
		" WHERE tenant_id = $tenant AND company_id = $company AND draft_id = $draft AND tries = $tries AND state = 'running'",
		DB_ARGS(MINE(job), db_text("state", work_state_code(state)), db_int("at", job->now), db_text("words", words ? words : ""),
		        db_int("import", result ? result->import_id : 0), db_int("lines", atomic_load(&job->lines)), db_text("result", text ? text : "")), &changed));
	return changed == 1 ? STATUS_FINE : status_make(STATUS_CONFLICT, "The import was stopped. Nothing was changed.");
}

static struct status commit(struct db *db, void *context, const struct intake_result *result)
{
	const struct job_of *job = context;
	const struct viewer viewer = { .tenant_id = job->worker->tenant_id };
	TRY(write_end(db, job, WORK_DONE, NULL, result));
	return draft_forget(db, &viewer, job->worker->company_id, job->draft_id);
}

static struct status end(struct db *db, void *context)
{
	struct job_of *job = context;
	bool imported = job->task == WORK_IMPORT && job->state == WORK_DONE; /* nothing new in it */
	const struct viewer viewer = { .tenant_id = job->worker->tenant_id };
	TRY(write_end(db, job, job->state, job->words, job->task == WORK_IMPORT && job->state != WORK_FAILED ? &job->result : NULL));
	return imported ? draft_forget(db, &viewer, job->worker->company_id, job->draft_id) : STATUS_FINE;
}

/* A server that is asked to stop gives the work back as it was. */
static struct status give_back(struct db *db, void *context)
{
	const struct job_of *job = context;
	return db_run(db, "UPDATE import_work SET state = 'waiting', tries = tries - 1, done = 0 WHERE tenant_id = $tenant AND company_id = $company"
	                  " AND draft_id = $draft AND tries = $tries AND state = 'running'", DB_ARGS(MINE(job)));
}

/* Said beside the share that is done. */
static int64_t count_lines(const char *bytes, size_t len)
{
	int64_t lines = 0;
	for (const char *at = bytes, *stop = bytes + len; (at = memchr(at, '\n', (size_t)(stop - at))); at++) lines++;
	return lines + (len && bytes[len - 1] != '\n');
}

static void begun(void *context, const char *bytes, size_t len)
{
	struct job_of *job = context;
	atomic_store(&job->lines, count_lines(bytes, len));
}

static struct status intake_of(struct job_of *job, struct viewer *viewer, struct arena *arena, struct intake *out)
{
	const struct worker *worker = job->worker;
	struct db *db;
	struct company company;
	TRY(store_reader(worker->store, &db));
	struct status status = STATUS_FINE;
	if (job->by)
		status = user_viewer(db, worker->tenant_id, job->by, viewer); /* as he may now, not as he might when he asked */
	else
		*viewer = viewer_system(worker->tenant_id);
	if (!status.code) status = company_get(db, viewer, worker->company_id, &company);
	store_release(worker->store, db);
	TRY(status);
	viewer->lang = job->lang;
	*out = (struct intake){ .store = worker->store, .viewer = viewer, .company_id = worker->company_id, .today = company_today(&company, worker->clock),
		.now = company_now(&company, worker->clock), .arena = arena,
		.options = { .as_of = DAY_NONE, .progress = progress, .progress_context = job, .begun = begun, .begun_context = job, .commit = commit, .commit_context = job } };
	return STATUS_FINE;
}

/* Lines held aside: looked at here and now, they are few. The import is done by then; whoever opens them can look again. */
static void look_at_held(const struct intake *intake, int64_t held)
{
	struct intake plain = *intake;
	plain.options = (struct intake_options){ .as_of = DAY_NONE };
	struct status status = draft_look(&plain, held, NULL);
	if (status.code) log_line(LOG_WARNING, "held draft=%lld not looked at: %s", (long long)held, status.text);
}

static struct status work(struct job_of *job, struct arena *arena)
{
	struct viewer viewer;
	struct intake intake;
	TRY(intake_of(job, &viewer, arena, &intake));
	json_t *options = json_loads(job->options, 0, NULL);
	struct status status;
	int64_t held = 0;
	if (job->task == WORK_LOOK) {
		status = draft_look(&intake, job->draft_id, options);
	} else {
		status = draft_import(&intake, job->draft_id, json_is_true(json_object_get(options, "accept_partial")),
		                      json_is_true(json_object_get(options, "yes")), &job->result, &held);
		job->ended = !status.code && job->result.import_id != 0;
		if (held) look_at_held(&intake, held);
		if (!status.code && job->result.refused) job->state = WORK_REFUSED, job->words = job->result.reason;
	}
	json_decref(options);
	return status;
}

static struct status conclude(struct job_of *job, struct status status)
{
	struct store *store = job->worker->store;
	if (job->ended) return STATUS_FINE;
	if (status.code && stopping(job)) return store_transact(store, give_back, job);
	if (status.code == STATUS_BUSY || status.code == STATUS_UNAVAILABLE) return status; /* the store is away: another try, by whoever reaches it */
	if (status.code) job->state = WORK_FAILED, job->words = status.text;
	struct status written = store_transact(store, end, job);
	return atomic_load(&job->lost) && written.code == STATUS_CONFLICT ? STATUS_FINE : written;
}

static struct status run(struct job_of *job)
{
	cleanup_arena struct arena *arena = arena_new();
	pthread_mutex_init(&job->lock, NULL);
	pthread_cond_init(&job->wake, NULL);
	job->state = WORK_DONE;
	lang_speak(job->lang);
	bool attended = pthread_create(&job->attendant, NULL, attend, job) == 0;
	struct status status = attended ? work(job, arena) : status_make(STATUS_UNAVAILABLE, "No thread could be started: the machine is out of them.");
	pthread_mutex_lock(&job->lock);
	job->over = true;
	pthread_cond_signal(&job->wake);
	pthread_mutex_unlock(&job->lock);
	if (attended) pthread_join(job->attendant, NULL);
	pthread_cond_destroy(&job->wake);
	pthread_mutex_destroy(&job->lock);
	status = conclude(job, status);
	complaints_free(&job->result.rejected);
	return status;
}

static struct status company_instant(const struct worker *worker, int64_t *now)
{
	struct db *db;
	struct company company;
	const struct viewer viewer = viewer_system(worker->tenant_id);
	TRY(store_reader(worker->store, &db));
	struct status status = company_get(db, &viewer, worker->company_id, &company);
	store_release(worker->store, db);
	if (!status.code) *now = company_now(&company, worker->clock);
	return status;
}

struct status work_turn(const struct worker *worker, int64_t draft_id, bool *worked)
{
	struct job_of job = { .worker = worker, .wanted = draft_id };
	*worked = false;
	TRY(company_instant(worker, &job.now));
	snprintf(job.lease, sizeof job.lease, "import-work/%lld", (long long)worker->company_id);
	bool taken = false;
	TRY(lease_take(worker->store, worker->tenant_id, job.lease, worker->holder, LEASE_SECONDS, &job.token, &taken));
	if (!taken) return STATUS_FINE;
	struct status status = store_transact(worker->store, pick, &job);
	if (!status.code && job.picked) {
		*worked = true;
		status = run(&job);
	}
	free(job.options);
	struct status dropped = lease_drop(worker->store, worker->tenant_id, job.lease, job.token);
	return status.code ? status : dropped;
}
