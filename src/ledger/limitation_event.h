/* limitation_event — what interrupts or suspends the limitation of an item's claim, with its proof and who confirmed it.
 *
 * Only confirmed ones count (dunning/limitation.h computes with them): the debtor's own written words, a signed plan, a payment that
 * itself names the invoice, a court or enforcement act; for public bodies a written demand with proof of dispatch (reference: C. civ.
 * 2240 to 2244, loi 68-1250 art. 2). An allocation, our own letters or a recap of a call never are.
 */
#ifndef LEDGER_LIMITATION_EVENT_H
#define LEDGER_LIMITATION_EVENT_H

#include "ledger/company.h"

extern const struct limitation_event_kind {
	const char *code, *label; /* English msgid */
} limitation_event_kinds[]; /* { 0 } at the end */

enum { LIMITATION_EVENTS_MOST = 64 }; /* of an item; more is refused */
struct limitation_note {
	int64_t id, customer_id, item_id, document_id, noted_by, noted_at, confirmed_by, confirmed_at /* 0: to confirm */;
	const char *kind, *proof;
	int32_t day, until_day; /* until_day: DAY_NONE where it has none */
	const char **wrong;     /* NULL, or told which part was refused: kind date until proof document */
};
/* Wants RIGHT_COLLECT and an item of the viewer's portfolio. With `confirm` it counts at once, and must have a proof in words or a
 * document of the same customer. */
struct status limitation_note_add(struct change *change, const struct limitation_note *note, bool confirm, int64_t *id);
struct status limitation_note_confirm(struct change *change, int64_t id, const char *proof /* NULL: that it has */);
struct status limitation_note_remove(struct change *change, int64_t id, const char *why); /* why: never empty */

/* By item and day; item_id 0: the whole company's. Not narrowed by portfolio: the caller shows those of items he may see. */
struct status limitation_note_list(struct db *db, int64_t tenant, int64_t company, int64_t item_id, struct arena *arena,
                                   struct limitation_note **out, size_t *count);

#endif
