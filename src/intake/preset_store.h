/* preset_store — presets (formats/preset.h): those that ship with Encours, and a company's own, which may replace them.
 *
 *     TRY(preset_list(db, tenant, company, arena, &rows, &count));
 *     TRY(preset_choose(&intake, csv, arena, &row, &mapping));        the one whose columns this file has, or none
 */
#ifndef INTAKE_PRESET_STORE_H
#define INTAKE_PRESET_STORE_H

#include "formats/preset.h"
#include "intake/intake.h"

struct preset_row {
	const char *code, *text;
	struct preset preset;
	bool shipped, own; /* both: the company's own stands in the place of the shipped one */
};
/* By code; *out lives in the arena. */
struct status preset_list(struct db *db, int64_t tenant, int64_t company, struct arena *arena, struct preset_row **out, size_t *count);
/* STATUS_NOT_FOUND. */
struct status preset_get(struct db *db, int64_t tenant, int64_t company, const char *code, struct arena *arena, struct preset_row *out);
/* Code: lower-case letters, digits and dashes. */
struct status preset_save(const struct intake *intake, const char *code, const char *text, size_t len);
/* A company's own; the shipped one that it stood for comes back. */
struct status preset_remove(const struct intake *intake, const char *code);

/* out->code NULL: none. *mapping as options.mapping takes it. */
struct status preset_choose(const struct intake *intake, const struct csv *csv, struct arena *arena, struct preset_row *out, const char **mapping);

#endif
