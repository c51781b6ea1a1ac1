/* event — the append-only chain of a company: the customer's timeline, the audit trail, the proof.
 *
 * hash = BLAKE2b-256(previous hash, content_hash), content_hash = BLAKE2b-256(salt, seq, at, day, by, kind, customer, ref,
 * content): a person's data can be erased (content and salt) without breaking the chain. The head is in company.event_hash.
 */
#ifndef LEDGER_EVENT_H
#define LEDGER_EVENT_H

#include "ledger/company.h"

struct event_new {
	const char *kind;      /* "dispute.opened": noun.verb; src/ledger/event.c lists them all with their words */
	int64_t customer_id;   /* 0: none */
	int64_t ref;           /* id of the item, action, import… by kind */
	const char *content;   /* JSON text; NULL: "{}" */
};
struct status event_add(struct change *change, const struct event_new *event);

struct event {
	int64_t seq, at, by_user, customer_id, ref;
	int32_t day;
	const char *kind, *content; /* content "" once erased */
};
/* Newest first; customer_id 0: all (needs RIGHT_AUDIT); before_seq 0: from the head; kind NULL: all, else a prefix. */
struct status event_list(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t customer_id,
                         const char *kind, int64_t before_seq, size_t limit, struct arena *arena, struct event **out,
                         size_t *count);
struct status event_erase_customer(struct change *change, int64_t customer_id); /* content and salt; the chain still verifies */
/* Walks the chain: *broken_at is the first seq that does not fit, 0 when all do. */
struct status event_verify(struct db *db, int64_t tenant, int64_t company, int64_t *count, int64_t *broken_at);

#endif
