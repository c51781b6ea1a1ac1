#include "intake/intake.h"

#include "base/log.h"
#include "base/memory.h"
#include "formats/entry_file.h"
#include "formats/recognise.h"
#include "formats/siren.h"
#include "intake/batch.h"
#include "intake/lifecycle_batch.h"
#include "intake/notice_batch.h"
#include "ledger/insolvency_notice.h"
#include "intake/statement_batch.h"
#include "ledger/invoice_status.h"
#include "cash/bank.h"
#include "intake/original.h"
#include "ledger/company.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <string.h>
#include <strings.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { LEASE_SECONDS = 20, LEASE_RENEWAL = 5, LEASE_TRIES = 70, LEASE_PAUSE_US = 500000 };

void batch_free(struct batch *batch)
{
	if (batch->owner_free) batch->owner_free(batch->owner);
	batch->owner = NULL, batch->owner_free = NULL;
	free(batch->rows);
	batch->rows = NULL;
	free(batch->sheet_text);
	batch->sheet_text = NULL;
	arena_free(batch->arena);
	batch->arena = NULL;
}

void batch_warn(const struct intake *intake, struct intake_result *result, const char *words)
{
	if (result->warning_count == result->warning_cap) {
		size_t cap = result->warning_cap ? result->warning_cap * 2 : 8;
		const char **bigger = arena_array(intake->arena, const char *, cap);
		if (result->warning_count) memcpy(bigger, result->warnings, result->warning_count * sizeof *bigger);
		result->warnings = bigger, result->warning_cap = cap;
	}
	result->warnings[result->warning_count++] = arena_strdup(intake->arena, words);
}

/* --- one import of a company at a time ------------------------------------------------------------------------------------------------ */
/* The turn is a lease, renewed beside the work for as long as that takes; whoever dies loses it. What fences is the staged row. */
struct turn {
	const struct intake *intake;
	char name[48], holder[64];
	int64_t token;
	pthread_t keeper;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	bool kept, over; /* over: guarded by lock */
};

static struct status lease_again(struct turn *turn, bool *taken)
{
	return lease_take(turn->intake->store, turn->intake->viewer->tenant_id, turn->name, turn->holder, LEASE_SECONDS, &turn->token, taken);
}

static void *keep(void *context)
{
	struct turn *turn = context;
	pthread_mutex_lock(&turn->lock);
	while (!turn->over) {
		struct timespec until;
		clock_gettime(CLOCK_REALTIME, &until);
		until.tv_sec += LEASE_RENEWAL;
		if (pthread_cond_timedwait(&turn->wake, &turn->lock, &until) != ETIMEDOUT || turn->over) continue;
		pthread_mutex_unlock(&turn->lock);
		bool taken = false;
		struct status status = lease_again(turn, &taken);
		if (status.code) log_line(LOG_INFO, "lease=%s not renewed for now: %s", turn->name, status.text);
		pthread_mutex_lock(&turn->lock);
	}
	pthread_mutex_unlock(&turn->lock);
	return NULL;
}

static struct status turn_take(struct turn *turn)
{
	snprintf(turn->name, sizeof turn->name, "intake/%lld", (long long)turn->intake->company_id);
	snprintf(turn->holder, sizeof turn->holder, "%ld/%lx", (long)getpid(), (unsigned long)pthread_self());
	bool taken = false;
	for (int i = 0; i < LEASE_TRIES && !taken; i++) {
		TRY(lease_again(turn, &taken));
		if (!taken) usleep(LEASE_PAUSE_US); /* one that died in the middle frees it when its lease runs out */
	}
	if (!taken) return status_make(STATUS_BUSY, "Another import of this company is under way. Try again when it is done.");
	pthread_mutex_init(&turn->lock, NULL);
	pthread_cond_init(&turn->wake, NULL);
	turn->kept = pthread_create(&turn->keeper, NULL, keep, turn) == 0;
	return STATUS_FINE;
}

static struct status turn_give(struct turn *turn)
{
	pthread_mutex_lock(&turn->lock);
	turn->over = true;
	pthread_cond_signal(&turn->wake);
	pthread_mutex_unlock(&turn->lock);
	if (turn->kept) pthread_join(turn->keeper, NULL);
	pthread_cond_destroy(&turn->wake);
	pthread_mutex_destroy(&turn->lock);
	return lease_drop(turn->intake->store, turn->intake->viewer->tenant_id, turn->name, turn->token);
}

/* --- the steps ------------------------------------------------------------------------------------------------------------------------- */
static struct status read_batch(const struct intake *intake, const char *bytes, size_t len, const struct settings *settings,
                                struct batch *batch, struct intake_result *result)
{
	if (strcmp(batch->format, "fec") == 0) return fec_batch_read(intake, settings, bytes, len, batch, result);
	if (statement_kind(batch->format) != FORMAT_UNKNOWN) return statement_batch_read(intake, bytes, len, batch, result);
	if (lifecycle_kind(batch->format) != FORMAT_UNKNOWN) return lifecycle_batch_read(intake, bytes, len, batch, result);
	if (strcmp(batch->format, NOTICE_FORMAT) == 0) return notice_batch_read(intake, bytes, len, batch, result);
	if (entry_file_kind(batch->format) != FORMAT_UNKNOWN) return entry_batch_read(intake, settings, bytes, len, batch, result);
	if (fact_format_is_document(batch->format)) return einvoice_batch_read(intake, settings, bytes, len, batch, result);
	return csv_batch_read(intake, settings, bytes, len, batch, result);
}

static struct status choose(const struct intake *intake, const char *bytes, size_t len, struct batch *batch)
{
	const char *format = intake->options.format;
	if (!format || !*format) {
		struct recognised found = recognise(bytes, len, intake->viewer->lang, batch->arena);
		if (!found.readable) return status_make(STATUS_INVALID, "%s", found.grounds);
		format = found.kind == FORMAT_ZIP ? "einvoices" : found.name; /* what else an archive holds: bundle.c */
	}
	bool known = strcmp(format, "fec") == 0 || entry_file_kind(format) != FORMAT_UNKNOWN || strcmp(format, "csv") == 0 || strncmp(format, "csv-", 4) == 0
	             || strcmp(format, "xlsx") == 0 || statement_kind(format) != FORMAT_UNKNOWN || fact_format_is_document(format)
	             || lifecycle_kind(format) != FORMAT_UNKNOWN || strcmp(format, NOTICE_FORMAT) == 0;
	if (!known) return status_make(STATUS_INVALID, "The format %s is unknown. Leave it out, and the file is recognised by its content.", format);
	batch->format = format;
	bool of_bank = statement_kind(format) != FORMAT_UNKNOWN, of_platform = lifecycle_kind(format) != FORMAT_UNKNOWN;
	bool of_gazette = strcmp(format, NOTICE_FORMAT) == 0;
	batch->source = intake->options.source && *intake->options.source ? intake->options.source : of_bank ? "bank" : of_platform ? "platform" : of_gazette ? NOTICE_FORMAT : "accounting";
	if (strlen(batch->source) > 60) return status_make(STATUS_INVALID, "A source's name has at most 60 characters.");
	batch->as_of_day = intake->options.as_of && intake->options.as_of != DAY_NONE ? intake->options.as_of : intake->today;
	batch->mode = IMPORT_DELTA;
	if (strcmp(format, "fec") == 0) batch->mode = IMPORT_LEDGER;
	const char *mode = intake->options.mode;
	if (mode && *mode && !import_mode_parse(mode, &batch->mode))
		return status_make(STATUS_INVALID, "The mode %s is unknown. There are: ledger, stock, delta.", mode);
	if (of_bank && batch->mode != IMPORT_DELTA) return status_make(STATUS_INVALID, "A bank's statement only adds lines: its mode is delta.");
	if ((of_platform || of_gazette) && batch->mode != IMPORT_DELTA) return status_make(STATUS_INVALID, "Statuses and notices only add to what is known: their mode is delta.");
	return STATUS_FINE;
}

static bool nothing_new(const struct batch *batch, const struct intake_result *result)
{
	if (batch->bank) return !batch->bank->anything;
	if (batch->status_plan) return batch->status_plan->row_count == 0;
	if (batch->insolvency_news) return batch->insolvency_news->count == 0 && batch->insolvency_news->correction_count == 0;
	if (batch->gone_count || batch->settling_count || batch->people_news || batch->value_news || batch->level_news || batch->document_news || result->customers_new || result->customers_changed) return false;
	for (size_t i = 0; i < batch->row_count; i++)
		if (batch->rows[i].state != ROW_UNCHANGED) return false;
	return true;
}

/* 732829320FEC20251231.txt: the fiscal year ends on 2025-12-31. */
static int32_t fiscal_end_of(const char *name)
{
	const char *fec = strstr(name, "FEC");
	if (!fec || strspn(fec + 3, "0123456789") < 8) return DAY_NONE;
	int64_t digits = 0;
	if (!text_parse_int(fec + 3, 8, &digits)) return DAY_NONE;
	int year = (int)(digits / 10000), month = (int)(digits / 100 % 100), day = (int)(digits % 100);
	return day_valid(year, month, day) ? day_from_civil(year, month, day) : DAY_NONE;
}

/* The name says whose books they are. The warning, not a refusal: names are given by hand. */
static void warn_of_another_company(const struct intake *intake, const struct batch *batch, const char *siren, struct intake_result *result)
{
	const char *name = result->file_name;
	char named[10];
	if (strcmp(batch->format, "fec") != 0 || strspn(name, "0123456789") != 9 || strncasecmp(name + 9, "FEC", 3) != 0) return;
	memcpy(named, name, 9), named[9] = 0;
	if (!*siren || !siren_valid(named) || strcmp(named, siren) == 0) return;
	batch_warn(intake, result, arena_printf(intake->arena, tr(intake->viewer->lang, "The file's name bears the SIREN %s, this company's is %s. Is it this company's file?"), named, siren));
}

static struct status stage_and_apply(const struct intake *intake, struct batch *batch, struct original *original, int64_t base,
                                     struct intake_result *result)
{
	TRY(original_end(original));
	int64_t import_id = 0;
	struct status status = batch_stage(intake, batch, result, original, &import_id);
	if (!status.code) status = batch_apply(intake, batch, import_id, base, result);
	if ((status.code || result->refused || result->dry_run) && import_id) {
		struct status dropped = batch_unstage(intake, import_id);
		if (!status.code) status = dropped;
	}
	return status;
}

static struct status load_settings(const struct intake *intake, struct batch *batch, const struct settings **settings)
{
	struct db *db;
	struct company company;
	TRY(store_reader(intake->store, &db));
	struct status status = company_get(db, intake->viewer, intake->company_id, &company);
	if (!status.code)
		status = settings_load(db, intake->viewer->tenant_id, intake->company_id, batch->arena, settings);
	store_release(intake->store, db);
	batch->currency = arena_strdup(batch->arena, company.currency);
	batch->company_siren = arena_strdup(batch->arena, company.siren);
	return status;
}

static struct status match(const struct intake *intake, struct batch *batch, struct intake_result *result, int64_t *base)
{
	struct db *db;
	TRY(store_reader(intake->store, &db));
	struct status status = batch_match(intake, db, batch, result, base);
	store_release(intake->store, db);
	return status;
}

/* For a file that says nothing new: before is after. */
static struct status read_outstanding(const struct intake *intake, struct intake_result *result)
{
	struct db *db;
	TRY(store_reader(intake->store, &db));
	struct status status = db_get_int(db,
		"SELECT COALESCE(sum(open_amount), 0) FROM item WHERE tenant_id = $tenant AND company_id = $company",
		DB_ARGS(db_int("tenant", intake->viewer->tenant_id), db_int("company", intake->company_id)), &result->open_before, NULL);
	store_release(intake->store, db);
	result->open_after = result->open_before;
	return status;
}

static struct status import_in_turn(const struct intake *intake, const char *bytes, size_t len, struct batch *batch,
                                    struct original *original, struct intake_result *result)
{
	const struct settings *settings;
	int64_t base = 0;
	TRY(batch_unstage(intake, 0)); /* what a crash left behind */
	TRY(load_settings(intake, batch, &settings));
	TRY(choose(intake, bytes, len, batch));
	original_begin(original, bytes, len);
	TRY(read_batch(intake, bytes, len, settings, batch, result));
	if (result->refused) return result->format = batch->format, STATUS_FINE; /* a yes is wanted before anything else */
	batch->fiscal_end = fiscal_end_of(result->file_name);
	warn_of_another_company(intake, batch, batch->company_siren, result);
	result->format = batch->format, result->source = arena_strdup(intake->arena, batch->source);
	result->mode = import_mode_code(batch->mode);
	bool refused = result->rejected.total && !intake->options.accept_partial;
	if (batch->row_count == 0 && batch->mode != IMPORT_STOCK && !batch->people && !batch->document_count && !batch->statements && !batch->lifecycle && !batch->notices && !refused) {
		if (!result->rejected.total) return status_make(STATUS_INVALID, "This file holds no line to import.");
		result->refused = true;
		result->reason = tr(intake->viewer->lang, "No line of this file can be used. Nothing was imported.");
		return STATUS_FINE;
	}
	if (batch->row_count || !refused) TRY(match(intake, batch, result, &base));
	if (refused) {
		result->refused = true;
		result->reason = tr(intake->viewer->lang, "Some lines can't be used. Nothing was imported.");
		return STATUS_FINE;
	}
	if (result->refused) return STATUS_FINE; /* a yes is asked for */
	if (nothing_new(batch, result)) return read_outstanding(intake, result);
	return stage_and_apply(intake, batch, original, base, result);
}

struct status intake_import(const struct intake *intake, const char *bytes, size_t len, struct intake_result *out)
{
	*out = (struct intake_result){ .rejected.arena = intake->arena, .from_day = DAY_NONE, .to_day = DAY_NONE,
		                       .format = "", .encoding = "", .mode = "", .source = "", .reason = "" };
	out->file_name = arena_strdup(intake->arena, intake->options.file_name);
	if (!viewer_may(intake->viewer, RIGHT_IMPORT)) return status_make(STATUS_FORBIDDEN, "You may not import files.");
	if (len == 0) return status_make(STATUS_INVALID, "This file is empty.");
	if (intake->options.begun) intake->options.begun(intake->options.begun_context, bytes, len);
	struct turn turn = { .intake = intake };
	TRY(turn_take(&turn));
	struct batch batch = { .arena = arena_new(), .from_day = DAY_NONE, .to_day = DAY_NONE, .fiscal_end = DAY_NONE };
	struct original original = { 0 };
	struct status status = import_in_turn(intake, bytes, len, &batch, &original, out);
	original_free(&original);
	/* texts of the result must outlive the batch */
	out->format = arena_strdup(intake->arena, out->format), out->encoding = arena_strdup(intake->arena, out->encoding);
	batch_free(&batch);
	struct status dropped = turn_give(&turn);
	return status.code ? status : dropped;
}

struct status intake_import_path(const struct intake *intake, const char *path, struct intake_result *out)
{
	cleanup_fd int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat stat;
	if (fd < 0) return status_make(STATUS_NOT_FOUND, "%s could not be opened: %s.", path, strerror(errno));
	if (fstat(fd, &stat) != 0 || !S_ISREG(stat.st_mode)) return status_make(STATUS_INVALID, "%s is not a file.", path);
	if (stat.st_size == 0) return status_make(STATUS_INVALID, "%s is empty.", path);
	size_t len = (size_t)stat.st_size;
	char *bytes = mmap(NULL, len, PROT_READ, MAP_PRIVATE, fd, 0);
	if (bytes == MAP_FAILED) return status_make(STATUS_INTERNAL, "%s could not be read: %s.", path, strerror(errno));
	madvise(bytes, len, MADV_SEQUENTIAL);
	struct intake named = *intake;
	const char *slash = strrchr(path, '/');
	if (!named.options.file_name) named.options.file_name = slash ? slash + 1 : path;
	struct status status = intake_import(&named, bytes, len, out);
	munmap(bytes, len);
	return status;
}
