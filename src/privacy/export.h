/* export — what is held about a person, for himself (GDPR art. 15 and 20), as a ZIP:
 *
 *   00-donnees.pdf      readable: who, from when, why it is kept and for how long, then every row in words
 *   donnees.json        the same as data: { "person", "company", "made_on", "tables": { "contact": { "title", "rows": [ … ] } } }
 *   documents/…         letters, attachments and files of his, as they are
 *
 * A customer's is all of his file; of a contact, or of who answered, it is the rows that name him. Secrets (password hashes, tokens, links)
 * are never in it. What a colleague wrote is in it too, without the colleague's name.
 */
#ifndef PRIVACY_EXPORT_H
#define PRIVACY_EXPORT_H

#include "base/text.h"
#include "privacy/subject.h"

#include <jansson.h>

struct person_export {
	struct text zip;      /* text_free */
	const char *name;     /* of the file */
	const char *who;
	int64_t customer_id, rows, documents;
};
/* At most 300 MB of documents: STATUS_INVALID says so. */
struct status person_export(struct db *db, const struct viewer *viewer, const struct company *company, enum subject_kind kind, int64_t id, int32_t today, int64_t now,
                            struct arena *arena, struct person_export *out);
/* That it was handed out goes into the history. */
struct status person_exported(struct change *change, enum subject_kind kind, int64_t id, const struct person_export *export);
/* donnees.pdf of that data: export_paper.c. */
struct status person_paper(const json_t *data, const struct company *company, enum lang lang, int32_t today, struct arena *arena, const char **bytes, size_t *len);

#endif
