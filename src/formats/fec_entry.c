#include "formats/fec_inside.h"

#include "base/memory.h"

#include <string.h>

static bool equal(struct slice a, struct slice b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.bytes, b.bytes, a.len) == 0);
}

static uint32_t entry_new(struct entries *entries, uint32_t journal, struct slice number, uint32_t line)
{
	GROW(entries->entries, entries->count, entries->cap);
	entries->entries[entries->count] = (struct entry){ .journal = journal, .number = number, .first_line = line, .last_line = line,
		.alias = ENTRY_NONE, .next = ENTRY_NONE };
	return entries->count++;
}

/* Where the entry of a journal and number is kept; ENTRY_NONE there when the number is new. */
static uint32_t *entry_slot(struct entries *entries, uint32_t journal, struct slice number)
{
	uint32_t before = entries->numbers.count, key = keys_take(&entries->numbers, number, journal);
	if (key >= entries->of_number_cap) {
		entries->of_number_cap = entries->of_number_cap ? entries->of_number_cap * 2 : 256;
		entries->of_number = xrealloc(entries->of_number, entries->of_number_cap, sizeof *entries->of_number);
	}
	if (entries->numbers.count > before) entries->of_number[key] = ENTRY_NONE;
	return &entries->of_number[key];
}

/* A second number appears in the journal: its numbers do mean something, and the runs read so far are one entry. */
static void gather_runs(struct entries *entries, uint32_t journal)
{
	struct entry_journal *state = &entries->journals[journal];
	uint32_t whole = entry_new(entries, journal, state->only_number, entries->entries[state->first_run].first_line);
	struct entry *to = &entries->entries[whole];
	for (uint32_t run = state->first_run; run != ENTRY_NONE; run = entries->entries[run].next) {
		struct entry *from = &entries->entries[run];
		if (__builtin_add_overflow(to->debit, from->debit, &to->debit)
		    || __builtin_add_overflow(to->credit, from->credit, &to->credit))
			to->flags |= ENTRY_BAD;
		to->count += from->count, to->receivables += from->receivables, to->flags |= from->flags;
		to->last_line = from->last_line;
		from->alias = whole;
	}
	*entry_slot(entries, journal, state->only_number) = whole;
	state->varied = true;
}

static uint32_t run_find(struct entries *entries, uint32_t journal, struct slice number, uint32_t line)
{
	struct entry_journal *state = &entries->journals[journal];
	uint32_t *open = number.len ? &state->open : &state->open_unnumbered;
	if (*open != ENTRY_NONE) {
		const struct entry *run = &entries->entries[*open];
		if (run->count == 0 || run->debit != run->credit) return *open;
	}
	*open = entry_new(entries, journal, number, line);
	state->runs++;
	if (number.len) {
		if (state->last_run == ENTRY_NONE)
			state->first_run = *open;
		else
			entries->entries[state->last_run].next = *open;
		state->last_run = *open;
	}
	return *open;
}

uint32_t entry_find(struct entries *entries, uint32_t journal, struct slice number, uint32_t line)
{
	if (journal >= entries->journal_cap) {
		uint32_t cap = entries->journal_cap ? entries->journal_cap * 2 : 64;
		while (cap <= journal) cap *= 2;
		entries->journals = xrealloc(entries->journals, cap, sizeof *entries->journals);
		for (uint32_t i = entries->journal_cap; i < cap; i++)
			entries->journals[i] = (struct entry_journal){ .open = ENTRY_NONE, .open_unnumbered = ENTRY_NONE,
				.first_run = ENTRY_NONE, .last_run = ENTRY_NONE };
		entries->journal_cap = cap;
	}
	struct entry_journal *state = &entries->journals[journal];
	if (number.len == 0) return run_find(entries, journal, number, line);
	if (!state->varied) {
		if (!state->any) state->only_number = number, state->any = true;
		if (equal(number, state->only_number)) return run_find(entries, journal, number, line);
		gather_runs(entries, journal);
		entries->last_entry = ENTRY_NONE;
	}
	if (entries->last_number.bytes && entries->last_entry != ENTRY_NONE && entries->last_journal == journal
	    && equal(number, entries->last_number))
		return entries->last_entry;
	uint32_t *slot = entry_slot(entries, journal, number);
	if (*slot == ENTRY_NONE) *slot = entry_new(entries, journal, number, line);
	entries->last_journal = journal, entries->last_number = number;
	return entries->last_entry = *slot;
}

bool entry_add(struct entries *entries, uint32_t index, int64_t debit, int64_t credit, uint32_t line, bool receivable, uint8_t flags)
{
	struct entry *entry = &entries->entries[index];
	entry->count++;
	entry->receivables += receivable;
	entry->flags |= flags;
	entry->last_line = line;
	return !__builtin_add_overflow(entry->debit, debit, &entry->debit) && !__builtin_add_overflow(entry->credit, credit, &entry->credit);
}

bool entry_journal_numbered(const struct entries *entries, uint32_t journal)
{
	return journal < entries->journal_cap && entries->journals[journal].varied;
}

uint32_t entry_journal_runs(const struct entries *entries, uint32_t journal)
{
	return journal < entries->journal_cap ? entries->journals[journal].runs : 0;
}

void entries_drop_numbers(struct entries *entries)
{
	keys_free(&entries->numbers);
	free(entries->of_number);
	entries->of_number = NULL, entries->of_number_cap = 0;
}

void entries_drop(struct entries *entries)
{
	entries_drop_numbers(entries);
	free(entries->entries);
	entries->entries = NULL, entries->count = entries->cap = 0;
}

void entries_free(struct entries *entries)
{
	entries_drop(entries);
	free(entries->journals);
	*entries = (struct entries){ 0 };
}
