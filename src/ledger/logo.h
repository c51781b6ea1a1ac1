/* logo — the company's picture on its letters, mails and the customers' page: one, made small and written anew as PNG (formats/picture.h).
 *
 *     struct logo logo;
 *     TRY(logo_get(db, tenant, company, arena, &logo));      len 0: none */
#ifndef LEDGER_LOGO_H
#define LEDGER_LOGO_H

#include "ledger/company.h"

enum { LOGO_WIDTH = 600, LOGO_HEIGHT = 300 };
struct logo {
	const char *bytes; /* PNG, in the arena */
	size_t len;
	int width, height;
	int64_t rev;
};
struct status logo_get(struct db *db, int64_t tenant, int64_t company, struct arena *arena, struct logo *out);
/* A PNG or JPEG as it was uploaded; len 0 takes the logo away. Adds logo.changed. */
struct status logo_set(struct change *change, const char *bytes, size_t len);

#endif
