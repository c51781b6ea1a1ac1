/* draft_inside — what the parts of a draft share: draft.c keeps it, draft_look.c says what it is. */
#ifndef INTAKE_DRAFT_INSIDE_H
#define INTAKE_DRAFT_INSIDE_H

#include "intake/draft.h"

/* The preview of these bytes, as draft.h tells it; the caller drops it. */
json_t *draft_preview(const struct intake *intake, const char *bytes, size_t len, const json_t *options);
/* How these options of a draft import it. */
struct intake draft_with_options(const struct intake *intake, const json_t *options, struct arena *arena);

/* Whether these bytes are a list of rows. *by_hand: the mapping to begin with where the columns' names say nothing and a person must
 * name them; else NULL. */
bool draft_is_list(const struct intake *intake, const char *bytes, size_t len, const char **by_hand);
/* A first look, with nothing said: the mapping kept for this very header goes into options. preview["as_last"] gets its name; or
 * preview["differs"] { "name", "gone", "added" } when the nearest one kept is for a header that is not quite this one. Both null
 * when none fits. */
struct status mapping_known(const struct intake *intake, const char *bytes, size_t len, json_t *options, json_t *preview);
/* The lines of a list that were refused, as a list of their own: text malloc'd, "" when there are none or too many to be kept. */
struct status draft_refused_text(const struct intake *intake, const char *bytes, size_t len, const json_t *options,
                                 const struct complaints *rejected, struct text *out, json_t **held_options);

#endif
