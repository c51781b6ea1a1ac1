/* doubtful — what a person decides of debts that will hardly be paid (créances douteuses et irrécouvrables).
 *
 *   proposed by rule ─► doubtful (416) ─► lost (654, VAT back with proof)
 *                   └──────────────────► lost        each with its entry for the books, each can be undone
 *   small balance ─► let go (658 or 758)
 *
 * The ledger changes only when the books post the entry and it is imported: then the item on 416 is found again by its chain
 * (doubtful_case.h). Until then a doubtful item leaves automatic reminders as one on 416 does, and a lost one is held. */
#ifndef LEDGER_DOUBTFUL_H
#define LEDGER_DOUBTFUL_H

#include "ledger/doubtful_case.h"

struct doubtful_new {
	int64_t item_id;
	const char *reason;  /* of doubtful_reasons */
	const char *why;     /* needed for "other" */
	int32_t vat;         /* rate contained, basis points; -1: as known */
};
/* RIGHT_SCENARIO, as what ends the amicable stage. Where the books have it on 416 already only the decision is kept. */
struct status doubtful_decide(struct change *change, const struct doubtful_new *decision, int64_t *id);
/* While the books have not moved it. */
struct status doubtful_cancel(struct change *change, int64_t id, const char *why);

struct doubtful_loss {
	int64_t item_id;
	const char *proof;        /* of doubtful_proofs */
	const char *proof_words;  /* its reference */
	const char *why;          /* needed without proof */
	int32_t proof_day;        /* DAY_NONE: with a liquidation, that of the judgment */
	int32_t vat;              /* -1: as known */
	bool keep_vat;            /* the VAT is not taken back (too late, or done by other means) */
};
/* RIGHT_SCENARIO. The whole of what is open; what it is written down by is released. */
struct status doubtful_lose(struct change *change, const struct doubtful_loss *loss, int64_t *id);
/* RIGHT_CASH: a balance no larger than small.most, of the company's currency, owed by him or by us. */
struct status doubtful_let_go(struct change *change, int64_t item_id, const char *why, int64_t *id);
/* A loss or a small balance: back to what it was, while the books have not closed it; one that was paid, while no file has its entry. */
struct status doubtful_restore(struct change *change, int64_t id, const char *why);
/* The duplicate with the words of CGI 272 was sent to the customer on that day. */
struct status doubtful_duplicate_sent(struct change *change, int64_t id, int32_t day);
/* Each day: what was lost stays held when the books move it. *changed counts. */
struct status doubtful_keep(struct change *change, int64_t *changed);

#endif
