/* imports_page — screens of files coming in: imports, the quality of the books, the first steps of a new company. */
#ifndef WEB_IMPORTS_PAGE_H
#define WEB_IMPORTS_PAGE_H

#include "intake/intake.h"
#include "web/web.h"

extern const struct route imports_routes[], quality_routes[], start_routes[];

/* The measure of the books and what it proposes, into the model. */
struct status quality_fill(struct request *request);
struct intake imports_intake(const struct request *request);
/* The ids of ticked rows; STATUS_INVALID when none is. */
struct status imports_ids(struct request *request, const char *field, int64_t **out, size_t *count);
/* Puts the file of the form (field "file") into a draft; *id is 0 when none was sent. */
struct status imports_draft(struct request *request, int64_t *id);

#endif
