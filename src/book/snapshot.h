/* snapshot — a book as a file, for fast starts: read back in tenths of a second where the store takes seconds, then brought forward
 * by what changed since its revision.
 *
 * A cache, never a source: it may be deleted at any time. A file that is damaged, cut short, of another build, store or company is
 * not there. That it belongs to the store's own past is proved by its mark: a random number that is written into the store (the
 * counter `book@…`, one per server and folder) after each writing. A store that holds the mark descends from the state the file
 * holds, also as a backup restored later; one restored from before the writing, or copied from elsewhere, doesn't hold it.
 *
 * The bytes are checked against a checksum, then every index in them against its range: no file can lead a reader astray.
 * Only the book's own files and its tests include this.
 */
#ifndef BOOK_SNAPSHOT_H
#define BOOK_SNAPSHOT_H

#include "book/columns.h"

struct snapshot_key {
	int64_t tenant, company;
	int64_t mark;      /* <> 0 */
	int64_t life;      /* of the store: another after each restore */
	int schema;        /* of the store */
};
/* Blocks and people of the book; what binds items is few, and read from the store. The file is replaced at once or not at all. */
struct status snapshot_write(const char *path, const struct snapshot_key *key, const struct book *book);
/* *out is NULL when there is no such file, or none to be trusted; *out has no bounds yet. */
void snapshot_read(const char *path, const struct snapshot_key *key, struct book **out);
/* The same of bytes in memory, for tests and fuzzing: NULL when refused. */
struct book *snapshot_parse(const unsigned char *bytes, size_t len, const struct snapshot_key *key);

/* Puts the right checksum on bytes that were tampered with: what then keeps a reader safe are the checks of the indexes. With a key
 * also what the head says of build, store and length. */
void snapshot_seal(unsigned char *bytes, size_t len, const struct snapshot_key *key);

/* Where the snapshot of a company lies, malloc'd; NULL when none is kept (ENCOURS_CACHE=none, or nowhere to put it). */
char *snapshot_path(struct store *store, int64_t tenant, int64_t company);
/* Fills in what the store expects of a file at `path`; mark 0: nothing. In the transaction that reads the book. */
struct status snapshot_expect(struct db *db, const char *path, struct snapshot_key *key);
/* Writes the file, then its mark into the store. `loaded` is what the store said when the book was read. */
struct status snapshot_keep(struct store *store, const char *path, const struct snapshot_key *loaded, const struct book *book);

/* Books with fewer items than this are read from the store just as fast; tests lower it. */
extern size_t snapshot_least_items;

#endif
