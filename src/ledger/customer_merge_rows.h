/* customer_merge_rows — what goes over when two customers are made one, and back: by table, and the fields that the one who stays does
 * not know yet.
 *
 *     TRY(merge_rows_over(change, from, into, noted));        noted: JSON object that tells the way back
 *     TRY(merge_rows_back(change, from, into, noted));
 *
 * Each table with a column customer_id is in merge_tables(), with what becomes of its rows; a test walks the schema and fails for one
 * that nobody thought of.
 */
#ifndef LEDGER_CUSTOMER_MERGE_ROWS_H
#define LEDGER_CUSTOMER_MERGE_ROWS_H

#include "ledger/company.h"

#include <jansson.h>

struct merge_table {
	const char *name;
	const char *stays;  /* why its rows stay where they are; NULL: they go over */
	const char *key;    /* names a row among those of a customer; NULL: there is one at most */
	const char *clash;  /* rows go over only where he who stays has none like it ("t" the row, "o" the other's); NULL: all go */
	const char *owner;  /* "customer_id" where NULL */
	const char *only;   /* of these rows: "" or " AND …" where NULL */
	bool rev;           /* the row has a revision */
};
const struct merge_table *merge_tables(size_t *count);

struct status merge_rows_over(struct change *change, int64_t from, int64_t into, json_t *noted);
struct status merge_rows_back(struct change *change, int64_t from, int64_t into, const json_t *noted);

#endif
