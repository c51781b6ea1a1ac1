/* fec_inside — what the parts of the FEC reader share: fec.c reads lines, fec_entry.c gathers them into entries, fec_kind.c
 * says what each line is, fec_number.c what it is called. Nothing outside these files includes it. */
#ifndef FORMATS_FEC_INSIDE_H
#define FORMATS_FEC_INSIDE_H

#include "formats/fec.h"
#include "formats/keys.h"

#define ENTRY_NONE UINT32_MAX

enum entry_flag {
	ENTRY_SALE = 1, /* holds a line on 70x or 4457x */
	ENTRY_BANK = 2, /* on 51x, 53x or 58x */
	ENTRY_BAD = 4,  /* one of its lines could not be read */
};

struct entry {
	int64_t debit, credit;
	struct slice number; /* raw, borrowed from the file */
	uint32_t journal, count, receivables;
	uint32_t first_line, last_line;
	uint32_t alias; /* the entry this run turned out to belong to; ENTRY_NONE: itself */
	uint32_t next;  /* the next run of its journal while its numbers are all the same */
	uint8_t flags;
};

struct entry_journal {
	struct slice only_number; /* as long as no other was seen */
	bool any, varied;
	uint32_t open, open_unnumbered; /* runs that do not sum to zero yet; ENTRY_NONE */
	uint32_t first_run, last_run, runs;
};

struct entries {
	struct entry *entries;
	uint32_t count, cap;
	struct keys numbers; /* salted by journal */
	uint32_t *of_number; /* entry by key */
	uint32_t of_number_cap;
	struct entry_journal *journals;
	uint32_t journal_cap;
	uint32_t last_journal, last_entry; /* the line before: most lines continue its entry */
	struct slice last_number;
};

/* The entry a line belongs to; `number` is raw and lives as long as the file. */
uint32_t entry_find(struct entries *entries, uint32_t journal, struct slice number, uint32_t line);
/* Adds a line to it; false when its sums overflow. A line that can't be read is added as bad, with nothing. */
bool entry_add(struct entries *entries, uint32_t entry, int64_t debit, int64_t credit, uint32_t line, bool receivable, uint8_t flags);
static inline uint32_t entry_resolve(const struct entries *entries, uint32_t entry)
{
	return entries->entries[entry].alias == ENTRY_NONE ? entry : entries->entries[entry].alias;
}
static inline bool entry_refused(const struct entry *entry)
{
	return entry->debit != entry->credit || (entry->flags & ENTRY_BAD);
}
bool entry_journal_numbered(const struct entries *entries, uint32_t journal);
uint32_t entry_journal_runs(const struct entries *entries, uint32_t journal); /* of a journal that is not numbered */
/* All lines were read: numbers are looked for no more. */
void entries_drop_numbers(struct entries *entries);
/* Only what is known of journals is asked for from now on. */
void entries_drop(struct entries *entries);
void entries_free(struct entries *entries);

/* lines[].entry are indexes of `entries` here. */
void fec_classify(struct fec *fec, const struct entries *entries);
void fec_number(struct fec *fec);

#endif
