/* event — the append-only chain of a company: the customer's timeline, the audit trail, the proof.
 *
 * hash = BLAKE2b-256(previous hash, content_hash), content_hash = BLAKE2b-256(salt, seq, at, day, by, kind, customer, ref,
 * content): a person's data can be erased (content and salt) without breaking the chain. The head is in company.event_hash,
 * and is published (log, daily mail, verify's output) so that nobody can rewrite the whole unseen.
 *
 *     TRY(event_add_json(&change, (struct event_new){ .kind = "promise.made", .customer_id = c, .ref = id },
 *                        json_pack("{s:I,s:s}", "amount", (json_int_t)amount, "day", iso)));
 */
#ifndef LEDGER_EVENT_H
#define LEDGER_EVENT_H

#include "base/text.h"
#include "ledger/company.h"

#include <jansson.h>

struct event_new {
	const char *kind;      /* "dispute.opened": noun.verb; src/ledger/event.c lists them all with their words */
	int64_t customer_id;   /* 0: none */
	int64_t ref;           /* id of the item, action, import… by kind */
	const char *content;   /* JSON text; NULL: "{}" */
};
struct status event_add(struct change *change, const struct event_new *event);
/* The same with a jansson object, whose reference it takes (also on failure). */
struct status event_add_json(struct change *change, struct event_new event, json_t *content);

struct event {
	int64_t seq, at, by_user, customer_id, ref;
	int32_t day;
	const char *kind, *content; /* content "" once erased */
};
/* Newest first; customer_id 0: all (needs RIGHT_AUDIT); before_seq 0: from the head; kind NULL: all, else a prefix. */
struct status event_list(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t customer_id,
                         const char *kind, int64_t before_seq, size_t limit, struct arena *arena, struct event **out,
                         size_t *count);
/* The audit log's filters; 0, DAY_NONE or NULL where one doesn't matter. by_user -1: anybody; 0: the program itself. */
struct event_filter {
	int64_t customer_id, by_user, before_seq;
	const char *kind;    /* prefix */
	int32_t from, to;    /* business days, both included */
	size_t limit;
};
struct status event_search(struct db *db, const struct viewer *viewer, int64_t company_id, struct event_filter filter,
                           struct arena *arena, struct event **out, size_t *count);

/* English msgid for people: "Dispute opened"; the kind itself when it is not in the table. */
const char *event_words(const char *kind);
struct event_kind {
	const char *kind, *words;
};
const struct event_kind *event_kinds(size_t *count);

/* Content and salt go; the chain still verifies, and an event says that it was done. */
struct status event_erase_customer(struct change *change, int64_t customer_id);
/* The same of some events, all of that customer (0: of none). content, a jansson object whose reference it takes, goes into the event
 * that says so, beside how many they were; verify counts them. */
struct status event_erase(struct change *change, int64_t customer_id, const int64_t *seqs, size_t count, json_t *content);
/* Walks the chain: *broken_at is the first seq that does not fit, 0 when all do. */
struct status event_verify(struct db *db, int64_t tenant, int64_t company, int64_t *count, int64_t *broken_at);
/* A customer's part of the chain as JSON lines that anybody can check without the rest (docs/security.md says how): where it starts,
 * each link from his first event to the head, of his own events also what they say (not what colleagues said among themselves), and the head. Appends to `out`. */
struct status event_proof(struct db *db, int64_t tenant, int64_t company, int64_t customer_id, struct text *out);
/* The head as hexadecimal; "" for an empty chain. */
enum { EVENT_HEX = 65 };
struct status event_head(struct db *db, int64_t tenant, int64_t company, int64_t *seq, char hex[static EVENT_HEX]);
/* One line in the log, "chain CODE SEQ HASH": after the commit of a change; and of every company of a tenant, now and then. */
void event_publish(const struct change *change);
struct status event_publish_all(struct db *db, int64_t tenant);

#endif
