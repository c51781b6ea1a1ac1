/* preset — what the columns of a program's list mean, as a text that a person reads and edits. Pure.
 *
 *     name: Sage 100, échéancier clients
 *     what: csv-items
 *     * Compte tiers = customer_code          with a star: a file is this program's when it has all of these (at least two)
 *     * N° pièce = number
 *     Échéance = due_date, dmy                days: dmy, mdy, ymd, where the program always writes them so
 *     Solde = open, ","                       amounts: their decimal mark
 *     Mode de règlement = ignored
 *
 * Lines that begin with # are remarks. Headers meet a file's without regard to case, accents and punctuation; a header may be given in
 * several spellings. Those that ship with Encours are assets/presets/CODE.preset; intake/preset_store.h keeps a company's own.
 */
#ifndef FORMATS_PRESET_H
#define FORMATS_PRESET_H

#include "base/arena.h"
#include "formats/csv.h"

enum { PRESET_COLUMNS = 200, PRESET_BYTES = 32768 };

struct preset {
	const char *name;
	enum csv_what what;
	bool credits_positive;
	struct preset_column {
		const char *header, *target; /* target as mappings name it; also field.<code> */
		enum date_order dates;
		char decimal;                /* 0: not said */
		bool needed;
	} *columns;
	size_t count;
};
/* STATUS_INVALID names the line. */
struct status preset_read(const char *text, size_t len, struct arena *arena, struct preset *out);
/* How many columns of the file it knows; 0: it is not this program's. */
size_t preset_fit(const struct preset *preset, const struct csv *csv);
/* As options.mapping takes it, for the columns of this file; the columns that it does not name are left to the proposal. */
const char *preset_mapping(const struct preset *preset, const struct csv *csv, struct arena *arena);

#endif
