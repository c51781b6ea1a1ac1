/* draft — a file that was dropped on the imports page and waits for a yes: its bytes, how its columns are read, and what a dry
 * run says. Kept in the store, so that any server can go on with it; forgotten after a day. Looking and importing can take
 * minutes: work.h does them behind the page.
 *
 *     TRY(draft_keep(&intake, path, &id));                 its bytes; nothing is known of it yet
 *     TRY(draft_look(&intake, id, options));               recognises it and tries it, with this mapping and mode
 *     TRY(draft_get(db, &viewer, company_id, id, arena, &draft));
 *     TRY(draft_import(&intake, id, accept_partial, yes, &result, &held));
 */
#ifndef INTAKE_DRAFT_H
#define INTAKE_DRAFT_H

#include "intake/intake.h"

struct draft {
	int64_t id, at, by_user, size;
	const char *file_name;
	json_t *options; /* { "mode", "as_of", "mapping": {…}, "mended": {…} as in intake_options, "held": id of the import
	                  * whose refused lines these are }: as draft_look takes it; the caller drops it */
	/* { "readable", "name" (fec, csv-items…), "grounds", "problem" (words, or null: can be imported), "encoding", "separator", "sheet", "sheets" (of a workbook),
	 *   "columns": [{ "header", "target", "confidence", "samples", "dates", "decimal", "doubt" }], "result": contract's import JSON,
	 *   "refused_lines": the first of them with their cells, to be mended [{ "line", "cells": [{ "index", "header", "value", "wrong" }] }],
	 *   "as_last": name of the kept mapping that was applied, or null; "differs": { "name", "gone", "added" } or null,
	 *   "warned" (words: it closes more than the guard allows, a yes is needed; or null) } */
	json_t *preview; /* {} until it was looked at; the caller drops it */
};

/* From a file on disk, or from memory; intake->options.file_name names it. */
struct status draft_keep(const struct intake *intake, const char *path, int64_t *id);
/* Several at once: an archive's files one by one, electronic invoices (and PDF files) as one archive of them. All or none. */
struct draft_upload {
	const char *path, *name;
};
struct status draft_keep_all(const struct intake *intake, const struct draft_upload *uploads, size_t count, int64_t **ids, size_t *id_count);
struct status draft_keep_bytes(const struct intake *intake, const char *bytes, size_t len, int64_t *id);
/* What was known before stays when it is stopped (intake->options.progress). */
struct status draft_look(const struct intake *intake, int64_t id, const json_t *options);
/* {} until it was looked at. */
struct status draft_get(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t id, struct arena *arena, struct draft *out);
/* The refused lines of a list are held aside as a draft of their own, *held (0: none), to be mended and imported later: only what
 * is in them changes then. The draft itself stays: who imports drops it (draft_forget in options.commit, or draft_drop). */
struct status draft_import(const struct intake *intake, int64_t id, bool accept_partial, bool yes, struct intake_result *out, int64_t *held);
/* All that wait, newest first; the caller drops options and preview of each. */
struct status draft_list(struct db *db, const struct viewer *viewer, int64_t company_id, struct arena *arena, struct draft **out, size_t *count);
struct status draft_drop(const struct intake *intake, int64_t id);
struct status draft_forget(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t id); /* in the caller's transaction */

/* Keeps a mapping under a name for the next file with the same header. */
struct status mapping_save(const struct intake *intake, const char *name, const char *header, const char *json);

/* One that was kept; the caller drops it. */
struct status mapping_get(struct db *db, const struct intake *intake, const char *name, json_t **out);

#endif
