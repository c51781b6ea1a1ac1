/* limitation_report — when the claims of a company's items become time-barred, and what moved those days: contract section 4. */
#ifndef DUNNING_LIMITATION_REPORT_H
#define DUNNING_LIMITATION_REPORT_H

#include "book/book.h"
#include "dunning/limitation.h"
#include "ledger/company.h"

#include <jansson.h>

struct limitation_filter {
	int64_t customer_id, item_id; /* 0: all */
	int32_t as_of;                /* what is open, and what had happened */
	int32_t before;               /* barred from before this day; DAY_NONE: any */
};
/* {"rows": […]} by day, with the viewer's portfolio; of each event also whether it is confirmed, and of a noted one its id, proof,
 * document and who confirmed it. A new reference. */
struct status limitation_report(struct db *db, const struct viewer *viewer, int64_t company_id, const struct limitation_filter *filter,
                                struct arena *arena, json_t **out);

/* How near it is: the months left of the warnings of 12, 6, 3 and 1 months that are behind us; 0: barred; -1: farther than a year. */
int limitation_warning(int32_t barred_from, int32_t today);

#endif
