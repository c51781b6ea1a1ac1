/* parts — the inside of composing: a text filled with facts, cut into paragraphs and blocks, for each medium to draw.
 *
 * One model and one set of rows serve subject, text part, HTML part, statement and letter, so their figures are the same. */
#ifndef OUTREACH_PARTS_H
#define OUTREACH_PARTS_H

#include "outreach/compose.h"
#include "outreach/paper.h"

enum part_kind {
	PART_PARAGRAPH,
	PART_INVOICE_TABLE,
	PART_STATEMENT_TABLE,
	PART_INSTALMENT_TABLE,
	PART_PAYMENT,
	PART_SENDER,
	PART_ADDRESS,
	PART_SIGNATURE,
	PART_OVERDUE_TABLE,
	PART_NOT_DUE_TABLE,
	PART_CREDITS_TABLE,
	PART_INTEREST_TABLE,
	PART_TOTALS,
	PART_QR,
	PART_ANSWER,
};
struct part {
	enum part_kind kind;
	const char *text; /* PART_PARAGRAPH: escaped for the medium, with line feeds, ** kept */
};

/* Values and tests for these facts, in the debtor's language; what is unknown is absent. short_numbers: a count in place of the
 * items' numbers. New reference. */
json_t *parts_model(const struct compose_facts *facts, bool short_numbers);
/* Fills the body for a medium. *out lives in the arena. */
struct status parts_fill(const struct compose_facts *facts, const struct template_text *text, enum mustache_medium medium,
                         struct arena *arena, struct part **out, size_t *count);
/* The subject on one line, at most 78 characters. */
struct status parts_subject(const struct compose_facts *facts, const struct template_text *text, struct arena *arena,
                            const char **out);

/* --- figures ------------------------------------------------------------------------------------------------------------ */
int64_t parts_fee(const struct compose_facts *facts);      /* fixed fees claimed */
int64_t parts_interest(const struct compose_facts *facts); /* late interest claimed */
/* The rate of all claimed segments in basis points; -1 when there are several or none. */
int32_t parts_rate(const struct compose_facts *facts);
bool parts_has_role(const struct compose_facts *facts, enum plan_role role);

/* --- rows and blocks ------------------------------------------------------------------------------------------------------ */
/* One line of a table, as people read it. */
struct part_row {
	const char *number, *issue, *due, *late, *amount, *paid, *open, *remark; /* remark: "Credit note", "in dispute: …" or "" */
	const char *sum; /* of this row and those before it: carried over pages */
};
enum part_rows {
	ROWS_CLAIMED,   /* what is asked, with its credits */
	ROWS_STATEMENT, /* the account's other items */
	ROWS_OVERDUE, ROWS_NOT_DUE, ROWS_CREDITS, /* of the whole account, asked or not */
};
/* "Credit note", "without the part in dispute: …"; "" nothing to remark. */
const char *parts_remark(const struct compose_facts *facts, const struct compose_item *item, struct arena *arena);
bool parts_has_rows(const struct compose_facts *facts, enum part_rows rows);
/* The last row is the total (number "" ). */
size_t parts_rows(const struct compose_facts *facts, enum part_rows rows, struct arena *arena, struct part_row **out);
/* Rows of a payment plan: { rank, day, amount }, the last one the total. */
size_t parts_instalments(const struct compose_facts *facts, struct arena *arena, const char *const **cells);
/* Rows of { label, amount }: what is claimed, credits, interest, fee, and last their sum. */
size_t parts_totals(const struct compose_facts *facts, struct arena *arena, const char *const **cells);
/* Rows of { number, from, to, days, base, rate }, the last one the total; 0 when none is claimed. */
enum { PARTS_INTEREST_COLUMNS = 6 };
size_t parts_interest_rows(const struct compose_facts *facts, struct arena *arena, const char *const **cells);
const char *parts_payment(const struct compose_facts *facts, struct arena *arena); /* lines; never empty */
const char *parts_signature(const struct compose_facts *facts, struct arena *arena);
const char *parts_sender(const struct compose_facts *facts, struct arena *arena);
/* At most six lines: name, street…, postcode and city, country; the last ones in capitals (letters.md section 4). */
const char *parts_address(const struct compose_facts *facts, struct arena *arena);
const char *parts_iban(const char *iban, struct arena *arena); /* in groups of four */
/* EPC 069-12 payload for the QR code; NULL without IBAN, in another currency, or for nothing to pay. */
const char *parts_epc(const struct compose_facts *facts, struct arena *arena);

const char *parts_text(const struct compose_facts *facts, const struct part *parts, size_t count, struct arena *arena);
const char *parts_html(const struct compose_facts *facts, const struct part *parts, size_t count, struct arena *arena);

/* --- paper --------------------------------------------------------------------------------------------------------------- */
/* PDF bytes in the arena. */
struct status statement_pdf(const struct compose_facts *facts, struct arena *arena, struct attachment *out);
/* The same rows as a table for his own programs: real numbers and dates, in whole units; no text can become a formula. */
struct status statement_xlsx(const struct compose_facts *facts, struct arena *arena, struct attachment *out);
struct status statement_csv(const struct compose_facts *facts, struct arena *arena, struct attachment *out);
/* "releve-c00012-2026-01-15.pdf" */
const char *statement_name(const struct compose_facts *facts, const char *ending, struct arena *arena);
/* The same letter to be drawn among others (paper_make_all). facts must outlive it. */
struct letter_drawing;
struct status letter_drawing(const struct compose_facts *facts, const struct template_text *text, int offset_x_mm, int offset_y_mm,
                             struct arena *arena, struct letter_drawing **out);
struct paper_part letter_part(struct letter_drawing *drawing);
struct status letter_pdf(const struct compose_facts *facts, const struct template_text *text, int offset_x_mm, int offset_y_mm,
                         struct arena *arena, struct attachment *out);

#endif
