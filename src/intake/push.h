/* push — a program hands over a file, or rows as JSON, and means it: imported at once, once. The same key again gives the same
 * answer and changes nothing; the same key with other bytes is refused.
 *
 *     TRY(push_import(&intake, key, bytes, len, &answer));            a file; options as on the command line
 *     TRY(push_json(&intake, key, body, &answer));                    { "customers": […], "contacts": […], "items": […], "payments": […] }
 *
 * What was refused changed nothing and may be sent again under the same key.
 */
#ifndef INTAKE_PUSH_H
#define INTAKE_PUSH_H

#include "intake/intake.h"

enum { PUSH_KEY_MAX = 200, PUSH_ROWS_MAX = 100000 };

/* *answer: the contract's import document, with "repeated": true when it was given before; the caller drops it. key NULL: none.
 * Of an archive: { "imports": [one document for each of its files], "refused": whether any was }. */
struct status push_import(const struct intake *intake, const char *key, const char *bytes, size_t len, json_t **answer);
struct status push_import_path(const struct intake *intake, const char *key, const char *path, json_t **answer);
/* Rows by field name, as mappings name them (csv.h: "customer_code", "due_date"…); amounts are whole numbers in minor units, dates
 * ISO. *answer: { "imports": [one document each] }; mode
 * delta, source "api" where none is named. The first part that is refused ends it: earlier parts stand, and the
 * answer says which. */
struct status push_json(const struct intake *intake, const char *key, const json_t *body, json_t **answer);

#endif
