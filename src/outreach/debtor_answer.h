/* debtor_answer — what a customer says on his page, from his words to its remedy.
 *
 * An answer is kept word for word (row and event chain), put into the list of answers to handle (its reply: two working days of
 * peace) with an owner and a deadline, and confirmed by mail. By setting a kind takes effect at once: a promise, a dispute, a hold.
 * Whatever would let a customer put us off for ever waits for a person instead: a third promise for one item, a dispute refused
 * before, a second "I have paid". The form's key makes a double tap one answer; the same words within ten minutes too.
 *
 *     TRY(debtor_answer(change, &link, &(struct answer_new){ .kind = ANSWER_PROMISE, .items = ids, .count = 2, .day = d }, arena, &done));
 *     TRY(answer_accept(change, id, "", arena));      a person; or answer_refuse(change, id, "Already delivered on …", arena)
 */
#ifndef OUTREACH_DEBTOR_ANSWER_H
#define OUTREACH_DEBTOR_ANSWER_H

#include "outreach/debtor_link.h"
#include "outreach/compose.h"

enum answer_kind {
	ANSWER_PROMISE, ANSWER_PAID, ANSWER_DISPUTE, ANSWER_DOCUMENT, ANSWER_CREDIT, ANSWER_CONTACT, ANSWER_INSTALMENTS, ANSWER_KIND_COUNT
};
const char *answer_kind_code(enum answer_kind kind);
bool answer_kind_parse(const char *code, enum answer_kind *out);
const char *answer_kind_label(enum answer_kind kind); /* English msgid, as the customer says it: "I will pay on…" */
extern const char *const answer_reasons[];            /* of a dispute, that a customer may choose */
const char *answer_reason_label(const char *code);    /* English msgid */
extern const char *const answer_papers[];             /* invoice purchase_order delivery_note other */
const char *answer_paper_label(const char *code);

enum { ANSWER_TEXT_MAX = 4000, ANSWER_FILES = 5, ANSWER_FILE_MAX = 10 << 20, ANSWER_ITEMS = 500, ANSWERS_A_DAY = 40 };
struct answer_file {
	int64_t id;              /* of the document, once kept */
	const char *name, *type; /* type: what its first bytes say, never what the browser says */
	const char *bytes;
	size_t len;
};
/* What these bytes are, among what a customer may send: PDF, JPEG, PNG, WebP, HEIC. NULL: none of them. */
const char *answer_file_type(const char *bytes, size_t len);
/* A name to save it under: no folders, no control characters, its ending that of its type. */
const char *answer_file_name(const char *given, const char *type, struct arena *arena);

struct answer_new {
	enum answer_kind kind;
	const int64_t *items;    /* none only for a wrong contact */
	size_t count;
	int32_t day;             /* promise: when; paid: on which day; instalments: the first; else DAY_NONE */
	const char *text;        /* his own words; NULL: "" */
	const char *reference;   /* paid: of the transfer */
	const char *reason;      /* dispute */
	const char *paper;       /* document */
	const char *name, *email, *phone; /* contact */
	int64_t parts;           /* instalments: how many, 2 to 24, one a month */
	const struct answer_file *files;
	size_t file_count;
	const char *key;         /* the form's number */
};
struct answer_done {
	int64_t id;
	bool again;              /* it was known already: nothing was done twice */
};
struct status debtor_answer(struct change *change, const struct debtor_link *link, const struct answer_new *answer, struct arena *arena,
                            struct answer_done *out);
/* The last day for which he may announce a payment, a working one. */
int32_t debtor_last_day(const struct settings *settings, const char *country, int32_t today, struct arena *arena);

/* --- reading ---------------------------------------------------------------------------------------------------------------- */
struct answer_item {
	int64_t id, amount, effect_id;
	const char *number, *currency, *effect;
};
struct answer {
	int64_t id, customer_id, link_id, reply_id, at, owner_id, settled_at, settled_by, rev;
	enum answer_kind kind;
	int32_t day, due_day;
	const char *customer_code, *customer_name, *text, *words, *detail, *state, *waits, *outcome, *owner, *recipient;
	struct answer_item *items;
	size_t count;
	struct answer_file *files; /* without bytes */
	size_t file_count;
	/* "I have paid": the bank line that came for one of its items since, and what it brought to them; 0 none yet */
	int64_t bank_line, bank_amount;
	int32_t bank_day;
};
const char *answer_waits_label(const char *code); /* English msgid: why it waits for a person */
/* customer_id 0: all in the portfolio; reply_id 0: any; waiting only, or all. Newest first, at most 500; items and files filled. */
struct status answer_list(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t customer_id, int64_t reply_id,
                          bool waiting_only, struct arena *arena, struct answer **out, size_t *count);
struct status answer_get(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t id, struct arena *arena, struct answer *out);
/* The answers of one link, for the page that shows what was received. */
struct status answer_of_link(struct db *db, const struct debtor_link *link, int64_t id, struct arena *arena, struct answer *out);

/* --- a person decides ---------------------------------------------------------------------------------------------------------- */
/* Takes the effect that it waits for, as far as it still can; its reply is handled. */
struct status answer_accept(struct change *change, int64_t id, const char *note, struct arena *arena);
struct status answer_refuse(struct change *change, int64_t id, const char *note, struct arena *arena);

#endif
