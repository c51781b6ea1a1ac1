/* draft_inside — what the parts of a draft share: draft.c keeps it, draft_look.c says what it is. */
#ifndef INTAKE_DRAFT_INSIDE_H
#define INTAKE_DRAFT_INSIDE_H

#include "intake/draft.h"

/* The preview of these bytes, as draft.h tells it; the caller drops it. */
json_t *draft_preview(const struct intake *intake, const char *bytes, size_t len, const json_t *options);
/* How these options of a draft import it. */
struct intake draft_with_options(const struct intake *intake, const json_t *options, struct arena *arena);

#endif
