/* complaint — what a reader of files has to say about single rows: where, what stood there, and why it can't be used.
 *
 * Readers compose the words themselves, in the language they are asked for, so that a person sees the line of his file, the
 * name of its column, the value as written and a reason he can act on.
 *
 *     complaint_add(list, (struct complaint){ .line = 12, .column = "Debit", .value = "12,3,4", .reason = "…" });
 */
#ifndef FORMATS_COMPLAINT_H
#define FORMATS_COMPLAINT_H

#include "base/arena.h"
#include "base/locale.h"
#include "base/text.h"

struct complaint {
	int64_t line; /* of the file, from 1, the header counted; 0: the file as a whole */
	const char *column, *value, *reason; /* UTF-8, never NULL; the arena of the list owns them */
};

enum { COMPLAINTS_MAX = 5000 }; /* kept in words; the rest is counted */
struct complaints {
	struct arena *arena; /* borrowed */
	struct complaint *rows;
	size_t count, cap;
	int64_t total; /* rows refused, kept or not */
};
void complaint_add(struct complaints *list, struct complaint complaint); /* copies the text, cuts long values */
void complaints_free(struct complaints *list);                           /* not the arena */

/* Replaces {name} by its value: fill(arena, tr(lang, "Line {line} …"), (struct blank[]){ { "line", "12" }, { 0 } }). Words
 * that are translated keep the order that their language wants. */
struct blank {
	const char *name, *value;
};
char *fill(struct arena *arena, const char *pattern, const struct blank *blanks);

#endif
