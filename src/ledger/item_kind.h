/* item_kind — the kinds of an item and where its due date comes from, in the contract's words (section 3).
 *
 *     item_kind_code(ITEM_UNPAID_RETURN)      "unpaid_return"
 */
#ifndef LEDGER_ITEM_KIND_H
#define LEDGER_ITEM_KIND_H

#include <stdbool.h>

enum item_kind {
	ITEM_INVOICE, ITEM_CREDIT_NOTE, ITEM_PAYMENT, ITEM_UNPAID_RETURN, ITEM_TRANSFER, ITEM_OPENING, ITEM_OTHER, ITEM_BILL,
	ITEM_DEPOSIT_REQUEST, ITEM_RETENTION, ITEM_KIND_COUNT
};
enum due_source { DUE_FILE, DUE_ORIGINAL, DUE_OPENING, DUE_ISSUE, DUE_RETENTION, DUE_TERMS, DUE_ASSUMED, DUE_SOURCE_COUNT };

const char *item_kind_code(enum item_kind kind); /* "invoice", as in the contract */
bool item_kind_parse(const char *code, enum item_kind *out);
const char *due_source_code(enum due_source source); /* "assumed" */
bool due_source_parse(const char *code, enum due_source *out);

#endif
