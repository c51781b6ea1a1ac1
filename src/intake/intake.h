/* intake — any supported file into the ledger: recognise, read, check, stage, apply as one event; and take it back.
 *
 *     struct intake_result result;
 *     TRY(intake_import(&(struct intake){ .store = store, .viewer = &viewer, .company_id = id, .today = today, .now = now,
 *                                         .arena = arena, .options = { .file_name = "732829320FEC20251231.txt" } },
 *                       bytes, len, &result));
 *     if (result.refused) …             nothing was changed; result.reason says why, result.rejected which lines
 *
 * A file is staged in batches outside any lock, under an import id that nobody sees, and becomes active in one transaction with
 * its event: a crash leaves all of it or nothing. One import of a company runs at a time (lease). The whole file is given as
 * bytes (map it); what is kept in memory is bounded by its receivable lines.
 */
#ifndef INTAKE_INTAKE_H
#define INTAKE_INTAKE_H

#include "access/viewer.h"
#include "base/arena.h"
#include "base/day.h"
#include "db/db.h"
#include "formats/complaint.h"
#include "ledger/fact_store.h"

#include <jansson.h>

struct intake_result;
struct intake_options {
	const char *file_name;      /* as the user knows it; NULL: "" */
	const char *format;         /* a bank's: "camt", "cfonb"…; "fec", "csv-items", "csv-payments", "csv-customers", "csv-contacts", "ubl"…; NULL: recognised */
	const char *mode;           /* "ledger", "stock", "delta"; NULL: by format */
	const char *source;         /* what the file speaks for; NULL: "accounting", and a yes is asked for where books and lists meet in it */
	const char *mapping;        /* name of a stored mapping of columns, or its JSON; NULL: recognised by the header */
	const char *mended;         /* of a list: cells a person mended, JSON { line: { "cells": { column: text }, "by": name } }; NULL */
	int32_t as_of;              /* mode stock; 0 and DAY_NONE: today */
	bool dry_run, accept_partial, yes;
	bool grouped;               /* an archive whose other files are imported besides (bundle.c) */
	/* Called now and then, from the thread that imports, with the share done (0..1) and what is being done (an English msgid).
	 * Returning false stops the import, nothing changed. May be NULL. */
	bool (*progress)(void *context, double done, const char *what);
	void *progress_context;
	/* Called once with the whole file, before it is read. May be NULL. */
	void (*begun)(void *context, const char *bytes, size_t len);
	void *begun_context;
	/* Called last inside the transaction that makes the import active: what fails here leaves nothing changed. May be NULL. */
	struct status (*commit)(struct db *db, void *context, const struct intake_result *result);
	void *commit_context;
};

struct intake {
	struct store *store;
	const struct viewer *viewer; /* needs RIGHT_IMPORT; its language is that of words */
	int64_t company_id;
	int32_t today;
	int64_t now;
	struct arena *arena;         /* owns the result */
	struct intake_options options;
};

struct intake_result {
	int64_t import_id;           /* 0: nothing was written */
	bool refused;                /* exit 2: nothing changed; `reason` says why in words */
	bool needs_yes;              /* refused because it closes or withdraws more than the guard allows, or may speak for what another file brought */
	const char *reason;
	const char *format, *encoding, *mode, *source, *file_name;
	int64_t lines, ignored;
	int64_t items_new, items_changed, items_closed, items_withdrawn, items_unchanged;
	int64_t customers_new, customers_changed;
	int64_t settlements;         /* of the customers that the file touches, after it */
	int64_t open_before, open_after; /* outstanding of the company */
	int64_t receivable_balance;  /* debit - credit of the file's receivable lines that were taken */
	int32_t from_day, to_day;
	struct complaints rejected;
	const char **warnings;
	size_t warning_count, warning_cap;
	bool dry_run;
	int64_t assigned;            /* customers whom rules of assignment change */
	const char *assignments;     /* JSON: the first of these changes (assign_store.h); NULL */
	const char *mended;          /* JSON [{ line, column, from, to, by }]: cells read as a person mended them; NULL */
};

struct status intake_import(const struct intake *intake, const char *bytes, size_t len, struct intake_result *out);
/* Reads (maps) a file; its name is taken from the path when options.file_name is NULL. */
struct status intake_import_path(const struct intake *intake, const char *path, struct intake_result *out);
/* A file, or an archive of several: each in a sensible order with a result of its own, electronic invoices together as one
 * import. What can't be used of an archive is refused alone, in `reason`. *out lives in the arena; their `rejected` are the
 * caller's to free. */
struct status intake_import_all(const struct intake *intake, const char *bytes, size_t len, struct intake_result **out, size_t *count);
/* A file, an archive, or a folder, which is taken as an archive of its files (not of folders inside). */
struct status intake_import_path_all(const struct intake *intake, const char *path, struct intake_result **out, size_t *count);
json_t *intake_result_json(const struct intake_result *result); /* contract section 4 */
/* As in the contract: 0, 1 (done, some rows refused), 2. */
int intake_result_exit(const struct intake_result *result);

/* --- what was imported ---------------------------------------------------------------------------------------------------- */
struct intake_row {
	int64_t id, at, by_user, lines;
	const char *by, *file_name, *format, *source, *mode, *state /* active, undone */, *report /* JSON */;
	int32_t from_day, to_day, as_of_day;
};
/* Newest first; staged ones are not shown. limit 0: all. */
struct status intake_list(struct db *db, const struct viewer *viewer, int64_t company_id, size_t limit, struct arena *arena,
                          struct intake_row **out, size_t *count);
/* Takes an import back: its facts and what it said of others stop counting, the customers it touched are recomputed.
 * Of a bank's statement the lines go that no other import holds, and what was decided of them.
 * STATUS_CONFLICT names a later import of the same source that built on it. */
struct intake_undone {
	int64_t customers, withdrawn, reopened;
	int64_t applications; /* of bank lines that went with it */
};
struct status intake_undo(const struct intake *intake, int64_t import_id, struct intake_undone *out);
/* The original file, byte for byte; *out malloc'd. */
struct status intake_original(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t import_id, char **out,
                              size_t *len);

#endif
