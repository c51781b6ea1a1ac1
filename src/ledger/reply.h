/* reply — what came back from a customer: an answer (two working days of peace), a bounce (its address is not used again), an
 * absence message (noted only). By hand now, from the inbox later. */
#ifndef LEDGER_REPLY_H
#define LEDGER_REPLY_H

#include "ledger/customer.h"

enum reply_kind { REPLY_REPLY, REPLY_BOUNCE, REPLY_ABSENCE, REPLY_KIND_COUNT };
const char *reply_kind_code(enum reply_kind kind);
bool reply_kind_parse(const char *code, enum reply_kind *out);

struct reply {
	int64_t id, customer_id, at, action_id, handled_at, handled_by, rev;
	enum reply_kind kind;
	int32_t day;
	const char *address, *text;
};
struct reply_new {
	int64_t customer_id, action_id; /* action_id 0: none */
	enum reply_kind kind;
	const char *address, *text;     /* NULL: ""; a bounce needs its address */
};
/* A bounce marks the contacts that have the address, and the customer's general address. */
struct status reply_note(struct change *change, const struct reply_new *reply, int64_t *id);
struct status reply_handle(struct change *change, int64_t id);
/* customer_id 0: all in the portfolio; unhandled replies only, or all kinds and states. Newest first. */
struct status reply_list(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t customer_id, bool open_only,
                         struct arena *arena, struct reply **out, size_t *count);

#endif
