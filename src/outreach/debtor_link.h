/* debtor_link — the personal link to a customer's own page: who holds it may see one account and answer for it, nothing else.
 *
 * A link is 256 random bits; the store keeps a hash of it, when it expires and whether it was revoked. So a message is kept with a
 * placeholder in its place, and the link is made in the transaction that takes the message to `sending`: nobody who reads what was
 * sent can answer in the customer's stead. A letter is printed before it is sent, so its link is derived from a key (a secret of
 * the settings) and counts from the moment the letter is noted as sent.
 *
 *     const char *place = debtor_link_placeholder(settings, arena);         "https://…/r/personal", "" when pages are off
 *     TRY(debtor_link_make(db, &(struct debtor_link_new){ … }, token));     once, while sending
 *     TRY(debtor_link_find(db, token, &clock, arena, &link));               STATUS_NOT_FOUND; link.state says what it is worth
 */
#ifndef OUTREACH_DEBTOR_LINK_H
#define OUTREACH_DEBTOR_LINK_H

#include "access/secret.h"
#include "ledger/company.h"

enum { DEBTOR_TOKEN_MAX = 16 + SECRET_TEXT };

enum debtor_link_state { DEBTOR_LINK_GOOD, DEBTOR_LINK_EXPIRED, DEBTOR_LINK_REVOKED };
struct debtor_link {
	int64_t tenant_id, company_id, id, customer_id /* after a merge: who he is now */, question_id, outbox_id, action_id, made_by;
	int64_t made_at, expires_at, revoked_at, opened_at, seen_at;
	const char *recipient, *maker; /* maker: name of who made it by hand, "" the program */
	enum lang lang;
	enum debtor_link_state state;
};
struct debtor_link_new {
	int64_t tenant_id, company_id, customer_id, question_id, outbox_id, action_id, made_by, now;
	const char *recipient; /* NULL: "" */
	enum lang lang;
	int64_t days;          /* for which it is valid */
};

/* The address customers use, "" when none is set: then there are no links. */
const char *debtor_link_base(const struct settings *settings);
const char *debtor_link_placeholder(const struct settings *settings, struct arena *arena);
const char *debtor_link_url(const struct settings *settings, const char *token, struct arena *arena);
/* Whether a message's text has a place for a link; and the text with the link there (the address before it stays as it was written,
 * whatever the setting is by now). */
bool debtor_link_wanted(const char *text);
const char *debtor_link_fill(const char *text, const char *token, struct arena *arena);

struct status debtor_link_make(struct db *db, const struct debtor_link_new *link, char token[static DEBTOR_TOKEN_MAX], int64_t *id);
/* Who holds this link, and what it is worth now; texts live in the arena. */
struct status debtor_link_find(struct db *db, const char *token, const struct clock *clock, struct arena *arena, struct debtor_link *out);
/* It was used; written at most every five minutes. */
bool debtor_link_stale(const struct debtor_link *link, int64_t now);
struct status debtor_link_touch(struct db *db, const struct debtor_link *link, int64_t now);

/* --- on the customer's file ------------------------------------------------------------------------------------------- */
struct status debtor_link_list(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t customer_id, int64_t now,
                               struct arena *arena, struct debtor_link **out, size_t *count);
/* A person makes one to hand over himself: shown once. Takes RIGHT_COLLECT. */
struct status debtor_link_give(struct change *change, int64_t customer_id, struct arena *arena, const char **url);
/* id 0: every link of the customer. Revoking what is revoked already is STATUS_NOT_FOUND. */
struct status debtor_link_revoke(struct change *change, int64_t customer_id, int64_t id, int64_t *revoked);

/* --- on letters ----------------------------------------------------------------------------------------------------------- */
/* The link of an action's letter, as it will count once kept; "" without an address or a key. */
const char *debtor_link_of_letter(const struct settings *settings, int64_t tenant, int64_t company, int64_t action_id, struct arena *arena);
/* The letter was sent: its link counts from now on (kept once, however often it is called). */
struct status debtor_link_keep_letter(struct change *change, const struct settings *settings, int64_t customer_id, int64_t action_id,
                                      enum lang lang, struct arena *arena);
/* Makes the key for letters when there is an address and none yet. Without a place for secrets (db/seal.h) letters bear no link. */
struct status debtor_link_key(struct change *change, const struct settings *settings);

#endif
