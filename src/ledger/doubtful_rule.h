/* doubtful_rule — which debts are doubtful, by how much they are written down, and the entries of each step (reference/law.md section 10).
 * Pure: same facts, same settings, same day, same result. Amounts are minor units, VAT included unless said; rates are basis points.
 *
 *     doubtful       D 416               C 411                    the debt as it stands
 *     provision      D 681  C 491        on what is before VAT    and back: D 491  C 781
 *     lost           D 654  D 44571      C 416                    VAT only with proof; taxed on receipts it goes off the account where it waits
 *     small balance  D 658  C 411        or D 411  C 758 */
#ifndef LEDGER_DOUBTFUL_RULE_H
#define LEDGER_DOUBTFUL_RULE_H

#include "ledger/book_entry.h"
#include "ledger/rebate.h"

/* --- which ------------------------------------------------------------------------------------------------------------------------- */
struct doubtful_view { /* of one debt, on a day */
	int64_t open;
	int32_t issue_day, due_day, insolvency_day; /* insolvency_day: of the customer, DAY_NONE */
	bool handed_over, disputed, liquidation;
	bool not_due_by_nature;  /* a retention, or a bill the bank has */
};
struct doubtful_terms {
	int64_t days, dispute_days;               /* days late from which age, or a dispute, makes it doubtful; 0: never */
	struct rebate_step ages[REBATE_STEPS];    /* days late: rate */
	size_t age_count;
	int32_t insolvency, liquidation, handed_over, dispute; /* rates by stage */
	int32_t vat;                              /* where nothing better is known */
	bool on_receipts;                         /* VAT is due when the money comes in (encaissements) */
};
struct status doubtful_terms_read(const struct settings *settings, struct doubtful_terms *out);
struct status doubtful_stages_check(char *value); /* of a setting: "insolvency:50.00,liquidation:100.00" */

/* Why it is doubtful, the strongest first: "insolvency", "handed_over", "dispute", "age"; NULL: it is not. */
const char *doubtful_reason(const struct doubtful_view *view, const struct doubtful_terms *terms, int32_t today);
struct doubtful_word {
	const char *code, *label; /* English msgid */
};
extern const struct doubtful_word doubtful_reasons[]; /* "other" too; { 0 } at the end */
const char *doubtful_reason_label(const char *code);

/* --- how much ---------------------------------------------------------------------------------------------------------------------- */
int64_t doubtful_vat(int64_t amount, int32_t vat); /* contained in it; what is left is before VAT */
/* The higher of stage and age wins; *rule names it. 0 with rule "none" where none applies. A rate by age alone is a rule for management:
 * the tax wants the single case (CGI 39-1-5°). */
int32_t provision_rate(const struct doubtful_view *view, const struct doubtful_terms *terms, int32_t day, const char **rule);
int64_t provision_amount(int64_t base, int32_t rate);

/* --- lost -------------------------------------------------------------------------------------------------------------------------- */
extern const struct doubtful_proof { /* of the loss */
	const char *code, *label; /* English msgid */
	bool vat;                 /* lets the VAT be taken back (CGI 272-1, BOI-TVA-DED-40-10-20) */
} doubtful_proofs[];              /* { 0 } at the end */
const struct doubtful_proof *doubtful_proof_find(const char *code); /* NULL */
int32_t doubtful_vat_until(int32_t proof_day); /* last day to take the VAT back: 31 December of the second year after */

/* --- entries ----------------------------------------------------------------------------------------------------------------------- */
struct doubtful_accounts {
	const char *doubtful, *loss, *vat, *vat_waiting, *provision, *charge, *release, *small_loss, *small_gain, *supplier;
};
void doubtful_accounts_read(const struct settings *settings, struct doubtful_accounts *out);
/* Each fills lines[BOOK_LINES] and gives how many; 0 where there is nothing to say. They balance whatever the amounts. */
size_t doubtful_transfer_lines(const struct doubtful_accounts *accounts, const char *from, int64_t amount, struct book_line *lines);
/* change: what the allowance grows by, or shrinks (negative). */
size_t doubtful_provision_lines(const struct doubtful_accounts *accounts, int64_t change, struct book_line *lines);
/* vat: what is taken back of the amount; on_receipts: it was never due. */
size_t doubtful_loss_lines(const struct doubtful_accounts *accounts, const char *from, int64_t amount, int64_t vat, bool on_receipts, struct book_line *lines);
size_t doubtful_small_lines(const struct doubtful_accounts *accounts, const char *from, int64_t open, struct book_line *lines);
size_t doubtful_set_off_lines(const struct doubtful_accounts *accounts, const char *from, int64_t amount, struct book_line *lines);

#endif
