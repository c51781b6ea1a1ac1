/* draft — a file that was dropped on the imports page and waits for a yes: its bytes, how its columns are read, and what a dry
 * run says. Kept in the store, so that any server can go on with it; forgotten after a day.
 *
 *     TRY(draft_make(&intake, path, &id));                 reads, recognises, tries it
 *     TRY(draft_get(db, &viewer, company_id, id, arena, &draft));
 *     TRY(draft_change(&intake, id, options));             another mapping or mode: tried again
 *     TRY(draft_import(&intake, id, accept_partial, yes, &result));
 */
#ifndef INTAKE_DRAFT_H
#define INTAKE_DRAFT_H

#include "intake/intake.h"

struct draft {
	int64_t id, at, by_user, size;
	const char *file_name;
	json_t *options; /* { "mode", "as_of", "mapping": {…} }: as draft_change takes it; the caller drops it */
	/* { "readable", "name" (fec, csv-items…), "grounds", "problem" (words, or null: can be imported), "encoding", "separator", "sheet", "sheets" (of a workbook),
	 *   "columns": [{ "header", "target", "confidence", "samples", "dates", "decimal", "doubt" }], "result": contract's import JSON,
	 *   "warned" (words: it closes more than the guard allows, a yes is needed; or null) } */
	json_t *preview; /* the caller drops it */
};

/* From a file on disk; intake->options.file_name names it. */
struct status draft_make(const struct intake *intake, const char *path, int64_t *id);
struct status draft_get(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t id, struct arena *arena, struct draft *out);
struct status draft_change(const struct intake *intake, int64_t id, const json_t *options);
/* The draft is gone when something was imported; kept when it was refused. */
struct status draft_import(const struct intake *intake, int64_t id, bool accept_partial, bool yes, struct intake_result *out);
struct status draft_drop(const struct intake *intake, int64_t id);

/* Keeps a mapping under a name for the next file with the same header. */
struct status mapping_save(const struct intake *intake, const char *name, const char *header, const char *json);

#endif
