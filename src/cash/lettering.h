/* lettering — what was decided here, for the books: the entries they do not have yet (bank, customer, what was let go) and the
 * letters that say which lines settle each other. A small letter: something is left of it.
 *
 *     TRY(cash_lettering(db, &viewer, company_id, from, to, arena, &lettering));
 *     cash_lettering_csv(&lettering, lang, &out);     every line, entries and known items
 *     cash_lettering_fec(&lettering, &out);           the entries alone, in the columns of a FEC
 */
#ifndef CASH_LETTERING_H
#define CASH_LETTERING_H

#include "access/viewer.h"
#include "base/arena.h"
#include "base/locale.h"
#include "base/text.h"
#include "db/db.h"

struct lettering_row {
	int64_t application_id, amount; /* debit positive */
	int32_t day;                    /* posting day of the line */
	int32_t lettered_day;           /* when it was decided */
	bool entry;                     /* not in the books yet: to be posted; otherwise a line they have, to be lettered */
	const char *journal, *account, *customer_code, *customer_name, *number, *label, *letter;
	char currency[4];
};
struct lettering {
	struct lettering_row *rows; /* by decision: its entry first, then the lines it letters */
	size_t count;
	int64_t entries, lettered;  /* how many of each */
};
/* Decisions of these days that stand. Needs RIGHT_EXPORT. */
struct status cash_lettering(struct db *db, const struct viewer *viewer, int64_t company_id, int32_t from, int32_t to, struct arena *arena,
                             struct lettering *out);
void cash_lettering_csv(const struct lettering *lettering, enum lang lang, struct text *out);
void cash_lettering_fec(const struct lettering *lettering, struct text *out);

#endif
