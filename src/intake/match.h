/* match — for each row of a batch the stored fact that it says again: for ledger files by contract section 3 "Modes" (match.c),
 * for lists of items and payments by id, number or content (match_list.c). */
#ifndef INTAKE_MATCH_H
#define INTAKE_MATCH_H

#include "intake/batch.h"

int slice_order(struct slice a, struct slice b); /* by code point */
int spot_order(struct spot a, struct spot b);
void batch_add_gone(struct batch *batch, const struct stored_fact *fact); /* copies what is needed of it */
/* Ids outside any transaction of the import. */
struct status intake_take_ids(const struct intake *intake, const char *name, int64_t count, int64_t *first);

/* --- lists: modes stock and delta ---------------------------------------------------------------------------------------- */
/* What is open of the stored items of a range of customers, by id. */
struct list_open {
	int64_t id, open;
};
struct list_opens {
	struct list_open *rows;
	size_t count;
};
struct status list_opens_read(const struct fact_store *facts, int64_t low, int64_t high, struct arena *arena,
                              struct list_opens *out);

struct list_side { /* one customer */
	struct batch_row *rows;
	size_t count;
	const struct stored_fact *stored;
	size_t stored_count;
	int64_t customer_id;
	uint32_t source;
	const struct list_opens *opens; /* mode stock */
	bool told;                      /* earlier lists told of settlings: found by match_list */
};
/* Finds the facts that rows say again; what the list tells of their settling becomes batch.settling, and what it takes back of
 * that becomes batch.gone. Mode stock: what is absent is closed. */
void match_list(struct batch *batch, struct list_side *side);
/* Settlings of rows that are new. */
void list_settle_new(struct batch *batch);
void batch_add_settling(struct batch *batch, struct batch_settling settling);

/* --- what lists closed after the day on which a ledger file ends (match_closing.c) ---------------------------------------- */
struct closing_side { /* one customer */
	const struct batch_row *rows;
	size_t count;
	const struct stored_fact **met; /* by row; NULL: the row is new */
	const struct stored_fact *stored;
	size_t stored_count;
	uint32_t source;
	int32_t year_end;
};
void match_closings(struct batch *batch, const struct closing_side *side);

/* Words of the file are those that are kept, also where a person's name was taken out of these. */
bool match_words(struct spot said, const char *kept);

#endif
