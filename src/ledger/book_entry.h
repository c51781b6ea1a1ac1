/* book_entry — entries that what is decided here asks of the books: a transfer to 416, a provision, a loss, a set-off. Nothing of the
 * ledger changes by them: the books post them, and their posting comes back with the next import.
 *
 * An entry balances or is refused. It is written into a file once, and can be had again in the same file. Taken back before any file
 * had it, it is only cancelled; after, another entry reverses it.
 *
 *     TRY(book_entry_add(change, &(struct book_entry_new){ .kind = "transfer", .subject_id = id, … .lines = lines, .count = n }, &entry));
 *     TRY(book_entry_take_back(change, "transfer", id));
 *     TRY(book_entry_write(change, &file_id, &count));          marks what waits
 *     TRY(book_entry_list(db, viewer, company_id, (struct book_entry_filter){ .file_id = file_id }, arena, &entries, &count));
 *     book_entry_fec(entries, count, settings, &out);           book_entry_csv for people */
#ifndef LEDGER_BOOK_ENTRY_H
#define LEDGER_BOOK_ENTRY_H

#include "base/locale.h"
#include "base/text.h"
#include "ledger/company.h"

enum { BOOK_LINES = 6 };
struct book_line {
	const char *account;
	bool person;       /* with the customer's own account beside it */
	int64_t amount;    /* debit positive; none is nothing */
};
/* Whether it has lines, each with an account and an amount, that sum to nothing without overflow. Pure. */
bool book_lines_balance(const struct book_line *lines, size_t count);

struct book_entry_new {
	const char *kind, *number, *label, *currency;
	int64_t subject_id, customer_id, item_id;
	int32_t day;
	const struct book_line *lines;
	size_t count;
};
struct status book_entry_add(struct change *change, const struct book_entry_new *entry, int64_t *id);
/* Every entry of that decision that stands. */
struct status book_entry_take_back(struct change *change, const char *kind, int64_t subject_id);
/* Needs RIGHT_EXPORT and the whole portfolio. STATUS_CONFLICT when nothing waits. */
struct status book_entry_write(struct change *change, int64_t *file_id, int64_t *count);

struct book_entry {
	int64_t id, subject_id, customer_id, item_id, reverses_id, file_id, total /* of its debits */;
	const char *kind, *number, *label, *customer_code, *customer_name;
	char currency[4];
	int32_t day, written_day;
	struct book_line lines[BOOK_LINES];
	size_t count;
};
struct book_entry_filter {
	bool waiting;        /* in no file yet */
	int64_t file_id;     /* 0: any */
	int32_t from, to;    /* by day; both 0: any */
};
/* Those that stand, by day and id. Needs RIGHT_EXPORT and the whole portfolio. *out lives in the arena. */
struct status book_entry_list(struct db *db, const struct viewer *viewer, int64_t company_id, struct book_entry_filter filter, struct arena *arena,
                              struct book_entry **out, size_t *count);
struct book_file {
	int64_t id, count;
	int32_t day;
};
struct status book_entry_files(struct db *db, const struct viewer *viewer, int64_t company_id, struct arena *arena, struct book_file **out, size_t *count); /* newest first */

/* Labels of entries are in the language of the company's documents, whoever asks for them. */
struct status book_entry_lang(struct change *change, struct arena *arena, enum lang *out);
const char *book_entry_kind_label(const char *kind); /* English msgid */
void book_entry_fec(const struct book_entry *entries, size_t count, const struct settings *settings, struct text *out);
void book_entry_csv(const struct book_entry *entries, size_t count, const struct settings *settings, enum lang lang, struct text *out);

#endif
