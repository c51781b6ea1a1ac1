/* document — files that belong to items: the PDF of an invoice, kept byte for byte as it was received.
 *
 * One that an import brought goes with it when it is taken back; one that left with a message is the outbox's (outreach/outbox.h).
 * When an item gives way to another (an electronic invoice to its posting in the books), its documents go over with it.
 */
#ifndef LEDGER_DOCUMENT_H
#define LEDGER_DOCUMENT_H

#include "ledger/company.h"

enum { DOCUMENT_DIGEST = 32 };

struct document {
	int64_t id, customer_id, item_id, size, at;
	const char *name, *type, *kind; /* kind: of document_kind.h, "" not said */
};
struct document_new {
	int64_t customer_id, item_id /* 0: of the customer */, import_id;
	int64_t reply_id, inbox_id; /* it came with an answer, with a mail; 0 */
	const char *name, *type; /* "application/pdf" */
	const char *kind;        /* NULL: by the words of its name */
	const char *bytes;
	size_t len;
};
void document_digest(const char *bytes, size_t len, unsigned char out[static DOCUMENT_DIGEST]);
/* Whether these very bytes were brought before: for this item, or (item 0) for any. */
struct status document_known(struct db *db, int64_t tenant, int64_t company, int64_t item_id, const unsigned char digest[static DOCUMENT_DIGEST],
                             bool *known);
struct status document_add(struct change *change, const struct document_new *document, int64_t *id);
/* A person keeps a file with a customer, or one of his items: RIGHT_NOTE, an event; and says later what it is. item_id 0: of the customer. */
struct status document_keep(struct change *change, const struct document_new *document, int64_t *id);
struct status document_mark(struct change *change, int64_t id, const char *kind, int64_t item_id);
struct status document_undo(struct change *change, int64_t import_id); /* removes what it brought */

/* Of an item, or (item 0) of a customer, newest first; those of messages left out. The caller has found the customer for this
 * viewer before. */
struct status document_list(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t customer_id, int64_t item_id,
                            struct arena *arena, struct document **out, size_t *count);

#endif
