/* return_reason — why a payment came back, in words: the ISO 20022 codes of SEPA (AC04, MD07…) and the interbank codes of CFONB
 * (20, 75…) in one list.
 *
 *     const struct return_reason *reason = return_reason_find("AM04");
 *     if (reason) tr(lang, reason->words), reason->retry == RETURN_RETRY …
 *
 * Texts are English msgids.
 */
#ifndef FORMATS_RETURN_REASON_H
#define FORMATS_RETURN_REASON_H

#include <stddef.h>

/* What makes sense next; a person decides. */
enum return_retry {
	RETURN_ASK,     /* not known, or it depends: call */
	RETURN_RETRY,   /* presenting it once more may well work */
	RETURN_CORRECT, /* not before something was corrected: account, mandate, file */
	RETURN_NEVER,   /* not by this means again: other payment, or no claim on him at all */
};
enum return_effect {
	RETURN_PLAIN,
	RETURN_NO_MONEY,  /* insufficient funds: a sign of difficulty */
	RETURN_DISPUTED,  /* the debtor contests: open a dispute */
	RETURN_DECEASED,  /* stop every reminder */
	RETURN_INSOLVENT, /* collective proceedings: stop, declare the claim */
	RETURN_DUPLICATE, /* he says that it was paid already */
};
struct return_reason {
	const char *iso, *cfonb;  /* "" where that list has none */
	const char *words;        /* "Insufficient funds" */
	const char *advice;       /* "Present it once more …" */
	enum return_retry retry;
	enum return_effect effect;
};
const struct return_reason *return_reason_find(const char *code); /* either list, case ignored; NULL when unknown */
size_t return_reason_count(void);
const struct return_reason *return_reason_at(size_t index);

#endif
