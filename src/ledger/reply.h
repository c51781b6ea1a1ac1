/* reply — what came back from a customer, by mail (outreach/inbox.h), on his own page, or noted by hand: an answer (two working days
 * of peace), a bounce (its address is not used again), a message that was not delivered for another reason, an absence or an
 * automatic answer (noted only), a complaint about our mail (the address is not used again). Answers, bounces, undelivered messages
 * and complaints wait until somebody handled them, and says how. */
#ifndef LEDGER_REPLY_H
#define LEDGER_REPLY_H

#include "ledger/customer.h"

enum reply_kind { REPLY_REPLY, REPLY_BOUNCE, REPLY_ABSENCE, REPLY_UNDELIVERED, REPLY_AUTOMATIC, REPLY_COMPLAINT, REPLY_KIND_COUNT };
const char *reply_kind_code(enum reply_kind kind);
bool reply_kind_parse(const char *code, enum reply_kind *out);
const char *reply_kind_label(enum reply_kind kind); /* English msgid */
/* What an answer is about, and what was done with it: codes with their English msgids; NULL label: no such code. */
struct reply_word {
	const char *code, *label;
};
const struct reply_word *reply_topics(size_t *count);   /* promise paid dispute document contact credit plan */
const struct reply_word *reply_outcomes(size_t *count); /* promise paid dispute document contact answered plan nothing other */
const char *reply_word_label(const struct reply_word *words, size_t count, const char *code);

struct reply {
	int64_t id, customer_id, at, action_id, outbox_id, inbox_id, handled_at, handled_by, rev;
	enum reply_kind kind;
	int32_t day, back_day; /* back_day: of an absence; DAY_NONE not said */
	const char *address, *name, *subject, *text, *source, *topic, *detail, *handled_how, *handled_note;
};
struct reply_new {
	int64_t customer_id, action_id; /* action_id 0: none */
	enum reply_kind kind;
	const char *address, *text;     /* NULL: ""; a bounce needs its address */
	/* NULL, 0: none. source: hand (NULL), mail, page; topic: reply_topics; detail: JSON text by topic, kept word for word. */
	const char *source, *topic, *detail, *subject, *name;
	int64_t outbox_id, inbox_id;
	int32_t day, back_day;          /* day 0: today; back_day 0: not said */
};
/* A bounce, and a complaint, mark the contacts that have the address, and the customer's general address. */
struct status reply_note(struct change *change, const struct reply_new *reply, int64_t *id);
/* how: reply_outcomes, NULL or "" not said. */
struct status reply_handle(struct change *change, int64_t id, const char *how, const char *note);
struct status reply_get(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t id, struct arena *arena, struct reply *out);
/* customer_id 0: all in the portfolio; unhandled replies only, or all kinds and states. Newest first. */
struct status reply_list(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t customer_id, bool open_only,
                         struct arena *arena, struct reply **out, size_t *count);

#endif
