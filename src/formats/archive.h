/* archive — a ZIP of files that somebody packed: what is inside, in the order in which it is to be imported.
 *
 *     struct archive *archive;
 *     TRY(archive_open(bytes, len, lang, &archive));
 *     for (size_t i = 0; i < archive->count; i++) … archive->files[i].name, .kind, .bytes …
 *     archive_free(archive);
 *
 * Bounded: number of files, size of each and of all together, how far they unpack; an archive inside an archive is not opened.
 * Names are shown to people and give a file's last part its name; they are never a path that something is written to.
 */
#ifndef FORMATS_ARCHIVE_H
#define FORMATS_ARCHIVE_H

#include "base/arena.h"
#include "base/locale.h"
#include "base/status.h"
#include "base/text.h"
#include "formats/recognise.h"

enum { ARCHIVE_FILES_MAX = 5000, ARCHIVE_RATIO_MAX = 200 };
#define ARCHIVE_FILE_MAX  ((uint64_t)1 << 30)
#define ARCHIVE_TOTAL_MAX ((uint64_t)2 << 30)

struct archive_file {
	const char *name;      /* with its folders, UTF-8, cleaned of what is no word */
	size_t index;          /* in the container */
	uint64_t size;         /* as claimed */
	struct recognised found;
	int rank;              /* customers 0, contacts 1, ledgers 2, items 3, e-invoices 4, payments 5, bank 6, others 9 */
	bool einvoice;         /* or a PDF that may belong to an item: they go in together */
	const char *problem;   /* in words; NULL */
};
struct archive {
	struct arena *arena;
	struct unzip *zip;
	struct archive_file *files; /* in the order of their import */
	size_t count;
	size_t einvoices;
};
/* Borrows the bytes until archive_free. STATUS_INVALID in words: damaged, locked, or beyond the bounds. */
struct status archive_open(const char *bytes, size_t len, enum lang lang, struct archive **out);
struct status archive_read(struct archive *archive, size_t file, char **out, size_t *len); /* malloc'd */
void archive_free(struct archive *archive); /* NULL is fine */

/* Every file in turn, without being recognised: the taker owns the bytes. Its status stops it. */
typedef struct status archive_take(void *context, const char *name, char *bytes, size_t len);
struct status archive_each(const char *bytes, size_t len, archive_take *take, void *context);

/* A ZIP of files that came one by one (several dropped at once, a folder); stored, not compressed. Adds to out. */
struct archive_part {
	const char *name, *bytes;
	size_t len;
};
struct status archive_pack(const struct archive_part *parts, size_t count, struct text *out);

#endif
