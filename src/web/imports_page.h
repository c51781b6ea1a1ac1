/* imports_page — screens of files coming in: imports, the quality of the books, the first steps of a new company. */
#ifndef WEB_IMPORTS_PAGE_H
#define WEB_IMPORTS_PAGE_H

#include "intake/work.h"
#include "web/web.h"

extern const struct route imports_routes[], import_draft_routes[], feeds_routes[], presets_routes[], rules_routes[], sources_routes[], quality_routes[], start_routes[];

/* The measure of the books and what it proposes, into the model. */
struct status quality_fill(struct request *request);
struct intake imports_intake(const struct request *request);
/* The ids of ticked rows; STATUS_INVALID when none is. */
struct status imports_ids(struct request *request, const char *field, int64_t **out, size_t *count);
/* {id} of the address. */
struct status imports_path_id(const struct request *request, int64_t *id);
/* The latest imports, into the model. */
struct status imports_list(struct request *request, size_t limit);
const char *imports_format_words(const char *name); /* msgid */
/* null, or the latest { id, file, state, open, waiting, fine, importing, percent, others } of the viewer: for the shell. */
json_t *imports_news(struct request *request);
/* Asks for work on a draft; a small file is done at once. */
struct status imports_work(struct request *request, int64_t draft_id, enum work_task task, const json_t *options);
/* Puts the file of the form (field "file") into a draft; *id is 0 when none was sent. */
struct status imports_draft(struct request *request, int64_t *id);

#endif
