/* seal — secrets at rest: what the store keeps of a password is of no use without a key that is not in it.
 *
 * The key is 32 bytes in hexadecimal: the variable ENCOURS_KEY, else the file named by ENCOURS_KEY_FILE, else, for a SQLite store,
 * the file PATH.key beside it (rights 0600), made when the first secret is kept. A PostgreSQL store has no place beside it: the
 * variable must be set. Copies of the store (backup, export, a dump) hold no key: it is kept, and carried, apart.
 *
 *     TRY(seal_close(store, "s3cret", &sealed));      "sealed:1:…", XSalsa20-Poly1305 (libsodium's secretbox), another one each time
 *     TRY(seal_open(store, sealed, &plain));          STATUS_UNAVAILABLE, in words, without the key it was sealed with
 */
#ifndef DB_SEAL_H
#define DB_SEAL_H

#include "base/status.h"
#include "db/db.h"

bool seal_is(const char *text);             /* sealed, not plain */
bool seal_ready(const struct store *store); /* there is a key, or one can be made */
struct status seal_close(const struct store *store, const char *plain, char **out);
struct status seal_open(const struct store *store, const char *sealed, char **out); /* *out: malloc'd, wipe it when done */

#endif
