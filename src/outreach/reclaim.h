/* reclaim — the claim for the return of goods sold under retention of title to a customer in a collective procedure (revendication, C. com.
 * L624-9, L624-16, R624-13): within three months of the publication, to whom administers it. Always in French: it goes to a French trustee. */
#ifndef OUTREACH_RECLAIM_H
#define OUTREACH_RECLAIM_H

#include "outreach/declaration.h"

/* STATUS_CONFLICT where no retention of title is noted, or nothing of before the judgment is open. */
struct status reclaim_pdf(const struct declaration *declaration, const struct compose_facts *facts, int32_t today, struct arena *arena, struct attachment *out);

#endif
