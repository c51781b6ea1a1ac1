/* answer — a person's words back to somebody who wrote: a message of its own in the same thread, through the outbox.
 *
 * It says what the person typed and nothing else: no amounts are claimed by it, so the plan's checks do not hold it; the customer's
 * switch and addresses that are never to be used do. The same words to the same answer leave once, however often they are sent.
 */
#ifndef OUTREACH_ANSWER_H
#define OUTREACH_ANSWER_H

#include "ledger/reply.h"
#include "outreach/compose.h"

/* "Re: …", once. */
void answer_subject(const char *subject, struct text *out);
struct answer_sent {
	int64_t outbox_id;
	bool held; /* test mode, or no mail server: it does not leave */
};
/* handle: the answer counts as handled ("answered"). STATUS_CONFLICT when these words were sent already. */
struct status answer_send(struct change *change, const struct settings *settings, int64_t reply_id, const char *subject, const char *body,
                          bool handle, struct answer_sent *out);

#endif
