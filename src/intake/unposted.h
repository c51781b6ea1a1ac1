/* unposted — invoices that exist as electronic documents and that the books, which reach beyond their day, do not have: forgotten
 * postings, or documents of another company. */
#ifndef INTAKE_UNPOSTED_H
#define INTAKE_UNPOSTED_H

#include "base/arena.h"
#include "db/db.h"

#include <stdint.h>

struct unposted {
	int64_t count;
	const char *numbers; /* the first ones: "F1, F2, F3 …"; "" */
};
/* Still open ones, issued up to that day. Nothing while there are no books (a FEC) at all. *out lives in the arena. */
struct status unposted_documents(struct db *db, int64_t tenant, int64_t company, struct arena *arena, struct unposted *out);

#endif
