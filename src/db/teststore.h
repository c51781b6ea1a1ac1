/* teststore — a fresh, empty, migrated store for a test; each behaviour runs on SQLite and on PostgreSQL.
 *
 *     static void holds_end(struct store *store) { … }
 *     static void holds_end_on_both(void) { teststore_each(holds_end); }
 *
 * SQLite: a file in a temporary folder. PostgreSQL: a database of its own on the server of ENCOURS_TEST_PG (a URL), or on one
 * started for this program from Debian's package (scripts/postgres.sh), stopped at exit. Without PostgreSQL on the machine
 * the test fails: it is never skipped silently. ENCOURS_TEST_STORE=sqlite runs that one only (while working on something). */
#ifndef DB_TESTSTORE_H
#define DB_TESTSTORE_H

#include "db/db.h"

void teststore_each(void (*behaviour)(struct store *store));
struct store *teststore_open(enum db_kind kind); /* aborts with a message when it can't */
void teststore_close(struct store *store);       /* and removes it */
/* What --db takes to open the same store from another process; lives as long as the store. */
const char *teststore_address(struct store *store);

#endif
