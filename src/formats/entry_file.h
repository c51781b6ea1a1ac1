/* entry_file — accounting entries in a package's own exchange format (Sage, Ciel, EBP, Cegid, Quadra), written out as the rows of
 * a FEC, so that one set of rules (fec.h: entries, kinds, numbers, transfers) reads them all.
 *
 * One file per format (sage_pnm.c, sage_mecg.c, ciel.c, ebp.c, cegid_tra.c, quadra.c, entry_table.c) turns bytes into rows; entry_file.c writes
 * them out, each on the line where it stands in the file, below a header put above it. A cell that can't be read is passed on
 * as it is, so that the FEC's own complaint names line, column and value.
 *
 *     struct entry_file *entries;
 *     TRY(entry_file_read(FORMAT_CEGID_TRA, bytes, len, (struct entry_file_options){ .lang = LANG_FR, .currency = "EUR" }, &entries));
 *     TRY(fec_read(entries->fec.bytes, entries->fec.len, (struct fec_options){ .header_above = true, … }, &fec));
 *     entry_file_free(entries);
 */
#ifndef FORMATS_ENTRY_FILE_H
#define FORMATS_ENTRY_FILE_H

#include "base/arena.h"
#include "base/day.h"
#include "base/locale.h"
#include "base/status.h"
#include "base/text.h"
#include "formats/encoding.h"
#include "formats/recognise.h"

#include <stdbool.h>
#include <stdint.h>

struct entry_file_options {
	enum lang lang;
	const char *currency; /* of the company; NULL: EUR */
};

struct entry_row {               /* one line of an entry; text as in the file, any encoding, not trimmed */
	int64_t line;            /* rising */
	struct slice journal, account, account_label, customer, customer_name;
	struct slice piece;      /* the document's number, as the item's number is */
	struct slice bundle;     /* what lines of one entry share besides journal and day; empty: nothing */
	struct slice label, lettering, currency;
	struct slice raw_day, raw_due, raw_amount; /* passed on where the value could not be read */
	int32_t day, due_day;    /* DAY_NONE: could not be read (day), none (due_day) */
	int64_t amount;          /* minor units, debit positive */
	bool amount_read, opening;
};

struct entry_file {
	struct text fec;         /* UTF-8, tabs, one header line */
	const char *format;      /* "cegid-tra"… */
	const char *producer;    /* "Cegid", for people */
	const char *encoding;
	int64_t skipped;         /* lines of data that are no entries: analytic ones */

	struct arena *arena;
	struct encoding_guess guess;
	struct entry_row *rows;
	size_t row_count, row_cap;
	struct entry_file_options options;
};

/* Whether a format of accounting entries is meant; its name, "" for others. */
const char *entry_file_format(enum format_kind kind);
enum format_kind entry_file_kind(const char *format); /* FORMAT_UNKNOWN for other names */
const char *entry_file_grounds(enum format_kind kind, enum lang lang); /* in words: what shows it */
/* By content alone: FORMAT_UNKNOWN when the bytes are none of these formats. */
enum format_kind entry_file_recognise(const char *bytes, size_t len);

/* STATUS_INVALID, in words, when the bytes are not of that format or hold no entry. */
struct status entry_file_read(enum format_kind kind, const char *bytes, size_t len, struct entry_file_options options,
                           struct entry_file **out);
void entry_file_free(struct entry_file *entries);

/* --- for the formats ------------------------------------------------------------------------------------------------------- */
struct entry_row *entry_file_add(struct entry_file *entries); /* zeroed, days DAY_NONE; until the next one is added */
/* Minor units of the company's currency; "" is 0; the text is kept where it can't be read. */
void entry_amount(struct entry_file *entries, struct entry_row *row, struct slice text, char decimal_mark, bool credit);
void entry_cents(struct entry_file *entries, struct entry_row *row, struct slice text, bool credit); /* sign and digits, no mark */
/* Neither debit nor credit: the row is refused, amount and side as written. */
void entry_without_side(struct entry_file *entries, struct entry_row *row, struct slice side);
enum entry_day { ENTRY_DMY, ENTRY_YMD }; /* 6 or 8 digits, slashes allowed */
int32_t entry_day(struct slice text, enum entry_day order); /* DAY_NONE when it is no day */
bool entry_side(struct slice text, bool *credit);          /* D, C */

/* A file of lines, some of fixed columns: columns are counted in characters, also where the file is UTF-8. */
struct entry_lines {
	const char *at, *end;
	struct slice line;       /* without its line break */
	int64_t number;          /* from 1 */
	bool wide;               /* UTF-8 with letters of more than one byte */
};
struct entry_lines entry_lines_open(const char *bytes, size_t len);
bool entry_lines_next(struct entry_lines *lines);
/* Characters from..from+count-1 of the line, from 1, trimmed; empty beyond its end. */
struct slice entry_column(const struct entry_lines *lines, int from, int count);
size_t entry_width(const struct entry_lines *lines); /* characters */

bool sage_pnm_is(const char *bytes, size_t len);
bool sage_mecg_is(const char *bytes, size_t len);
bool ciel_ximport_is(const char *bytes, size_t len);
bool ciel_rimport_is(const char *bytes, size_t len);
bool ebp_is(const char *bytes, size_t len);
bool entry_table_is(const char *bytes, size_t len);
bool cegid_tra_is(const char *bytes, size_t len);
bool quadra_is(const char *bytes, size_t len);
struct status sage_pnm_read(struct entry_file *entries, const char *bytes, size_t len);
struct status sage_mecg_read(struct entry_file *entries, const char *bytes, size_t len);
struct status ciel_ximport_read(struct entry_file *entries, const char *bytes, size_t len);
struct status ciel_rimport_read(struct entry_file *entries, const char *bytes, size_t len);
struct status ebp_read(struct entry_file *entries, const char *bytes, size_t len);
struct status entry_table_read(struct entry_file *entries, const char *bytes, size_t len);
struct status cegid_tra_read(struct entry_file *entries, const char *bytes, size_t len);
struct status quadra_read(struct entry_file *entries, const char *bytes, size_t len);

#endif
