/* keeping — how long each kind of data is kept, what is due to be erased, and erasing it.
 *
 * A period is a setting (retention.…), in months; its default is argued in docs/registre-des-traitements.md. A period runs from the end
 * of what the data was for: nothing of a claim that is open, disputed or handed over is ever due. Nothing goes by itself unless
 * retention.automatic says so: a person looks at what is due (keeping_due) and says yes.
 */
#ifndef PRIVACY_KEEPING_H
#define PRIVACY_KEEPING_H

#include "privacy/erase.h"

struct keeping_kind {
	const char *code;    /* "exchanges" */
	const char *setting; /* "retention.exchanges" */
	const char *title;   /* English msgids */
	const char *basis;   /* why so long */
};
const struct keeping_kind *keeping_kinds(size_t *count);
const struct keeping_kind *keeping_kind(const char *code); /* NULL */

struct keeping_row {
	const struct keeping_kind *kind;
	int64_t months, rows, refused; /* refused: persons against whose erasure something stands */
	int32_t before;                /* what ended before that day */
	const char **names;            /* of persons, the first ones */
	size_t name_count;
};
/* One row a kind. Wants RIGHT_PERSONAL. */
struct status keeping_due(struct db *db, const struct viewer *viewer, int64_t company_id, int32_t today, struct arena *arena, struct keeping_row **out, size_t *count);
/* What is due of one kind goes, at most so many persons at a time; *rows: changed or gone. A row of the register and an event say so. */
struct status keeping_erase(struct change *change, const struct keeping_kind *kind, struct arena *arena, int64_t *rows);

#endif
