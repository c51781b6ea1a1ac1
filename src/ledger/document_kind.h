/* document_kind — what a document of a customer's file is: what a claim is proved with, in the order of a list of exhibits.
 *
 *     document_kind_guess("BL 2025-114 signé.pdf")     "delivery"
 */
#ifndef LEDGER_DOCUMENT_KIND_H
#define LEDGER_DOCUMENT_KIND_H

#include <stdbool.h>
#include <stddef.h>

struct document_kind {
	const char *code, *label; /* English msgid */
};
extern const struct document_kind document_kinds[]; /* contract order delivery acceptance invoice notice_proof letter other; { 0 } at the end */
const struct document_kind *document_kind_find(const char *code); /* NULL: unknown */
size_t document_kind_rank(const char *code);                      /* its place in a list of exhibits; what is not known comes last */
/* By words of a file's name, in French or English; "" when it tells nothing. Pure. */
const char *document_kind_guess(const char *name);

#endif
