/* text_reference — what a bank's text may name: runs of digits and letters, what is surely no invoice number (dates, phones,
 * company numbers, amounts), and how a number may be written in it.
 *
 *     struct cash_runs runs = { 0 };
 *     cash_runs_add(&runs, line->text);
 *     cash_number_in_text(&runs, "FA2500123")         CASH_WRITTEN_SLIP in "FACT FA2500132"
 *
 * "FA-2025/0123" is three runs: FA, 2025, 0123. A number is any run of runs; what stands between them does not matter.
 */
#ifndef CASH_TEXT_REFERENCE_H
#define CASH_TEXT_REFERENCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { CASH_RUNS = 160, CASH_FOLDED = 1200, CASH_NUMBER_MAX = 48, CASH_PIECE_RUNS = 6 };

enum cash_noise { CASH_NOISE_NONE, CASH_NOISE_DATE, CASH_NOISE_PHONE, CASH_NOISE_COMPANY, CASH_NOISE_AMOUNT, CASH_NOISE_ACCOUNT };

struct cash_run {
	uint16_t start, len;     /* in folded */
	bool digits;
	bool glued;              /* nothing stands before it: FA|2500123 */
	char before;             /* what stands between it and the run before: one of " ,-/.+:&;" or 0 at the start of a field */
	bool last;               /* ends its field: may be cut */
	bool dated;              /* behind DU, LE, ÉCHÉANCE */
	bool owed_word;          /* behind a word that announces an invoice: FACTURE, FACT, N° … */
	enum cash_noise noise;
};
struct cash_runs {
	char folded[CASH_FOLDED]; /* A-Z 0-9 only */
	size_t used;
	struct cash_run runs[CASH_RUNS];
	size_t count;
};

void cash_runs_add(struct cash_runs *runs, const char *text); /* a field; what exceeds the room is left out */
void cash_runs_judge(struct cash_runs *runs);                  /* noise and announcing words, when all is in */
bool cash_run_is(const struct cash_runs *runs, size_t at, const char *word);

/* Capitals A-Z and 0-9 of `text`; with `strip`, each run of digits without its leading zeros. At most CASH_NUMBER_MAX. */
size_t cash_canonical(const char *text, bool strip, char out[static CASH_NUMBER_MAX]);
size_t cash_canonical_digits(const char *text, bool strip, char out[static CASH_NUMBER_MAX]);
/* The same of runs from … to, both included; 0 when too long. `skip` letters of the first run are left out. */
size_t cash_piece(const struct cash_runs *runs, size_t from, size_t to, size_t skip, bool strip, char out[static CASH_NUMBER_MAX]);

/* The run of digits that counts up: the last with three or more, else the longest. False when there is none. */
bool cash_counter(const char *number, size_t *start, size_t *len);

/* How a number that was not found as such may stand in the text after all. */
enum cash_written { CASH_NOT_WRITTEN, CASH_WRITTEN_CUT, CASH_WRITTEN_TAIL, CASH_WRITTEN_SLIP };
enum cash_written cash_number_in_text(const struct cash_runs *runs, const char *number, size_t *at);

bool cash_rf_valid(const char *text, size_t len); /* ISO 11649: RF, two check digits, up to 21 more */
bool cash_luhn(const char *digits, size_t len);

#endif
