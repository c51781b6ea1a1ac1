/* inbox — a company's mailbox, read: each mail once, tied to its customer, or waiting in a tray until a person ties it or sets it aside.
 *
 * A turn looks for what came since, and for each message, in one transaction: the message is kept, what it means is noted
 * (ledger/reply.h: an answer gives two working days of peace, a failed address is not used again), its files become documents, and
 * the reading moves on. Only then is it marked or moved in the mailbox. A program that dies anywhere reads nothing twice and loses
 * nothing: a message is known by UID, and by what it says (`digest`) when the mailbox was rebuilt or it was delivered twice.
 *
 * Whose it is, in this order: the message it answers (headers, or our reference anywhere in it), the sender's address, numbers of
 * items in it. Two customers with one accountant, a number that fits two, nothing at all: it waits, with a suggestion where there
 * is one. An address is only marked as failed when we wrote to it lately: anybody can write a bounce.
 */
#ifndef OUTREACH_INBOX_H
#define OUTREACH_INBOX_H

#include "base/imap.h"
#include "formats/mail.h"
#include "ledger/company.h"
#include "ledger/document.h"

bool inbox_ready(const struct settings *settings); /* server and login set */
struct imap_server inbox_server(const struct settings *settings);
/* Connects and opens the folder; *messages: how many are there. */
struct status inbox_try(const struct settings *settings, int64_t *messages);

struct inbox_state {
	int64_t checked_at, received_at, next_at, failures;
	const char *error;   /* of the last look; "" */
	bool on, late;       /* on: a mailbox is set; late: no look worked for longer than inbox.late_hours */
};
struct status inbox_state(struct db *db, const struct viewer *viewer, int64_t company_id, const struct settings *settings, int64_t now,
                          struct arena *arena, struct inbox_state *out);

/* --- reading ----------------------------------------------------------------------------------------------------------------- */
struct inbox_turn {
	struct store *store;
	const struct viewer *viewer;  /* the system's */
	int64_t company_id;
	int32_t today;
	int64_t now;
	const char *lease;            /* held by the caller; checked in each transaction */
	int64_t token;
	int (*stop)(void *context);   /* asked between messages; NULL: never */
	void *context;
	bool now_please;              /* whatever the schedule says */
};
struct inbox_result {
	int read, tied, waiting, bounces, known; /* known: had it already */
	bool due;                                /* a look was made */
	char error[200];                         /* why it failed; "" */
};
/* One look; at most INBOX_TURN messages. A mailbox that can't be read is in its row and in `error`, tried again later each time. */
enum { INBOX_TURN = 200 };
struct status inbox_turn(const struct inbox_turn *turn, struct inbox_result *out);

/* One message, inside company_begin … company_end; *known: it was kept before, nothing was done. */
struct inbox_arrival {
	int64_t uid_validity, uid, received_at;
	bool old;                     /* it was there before the mailbox was read for the first time: noted on its own day */
};
struct status inbox_take(struct change *change, const struct settings *settings, const struct mail *mail, const struct inbox_arrival *arrival,
                         int64_t *id, bool *known);

/* --- the tray ------------------------------------------------------------------------------------------------------------------ */
struct inbox_message {
	int64_t id, at, received_at, customer_id, suggested_id, outbox_id, reply_id, settled_by, settled_at;
	const char *kind, *state, *how, *from_address, *from_name, *subject, *words, *text, *detail, *message_id;
	const char *customer_code, *customer_name, *suggested_code, *suggested_name; /* "" none */
};
/* Whoever sees all customers and may collect sees what waits; nobody else. Newest first. */
bool inbox_tray_seen(const struct viewer *viewer, int64_t company_id);
struct status inbox_list(struct db *db, const struct viewer *viewer, int64_t company_id, const char *state, struct arena *arena,
                         struct inbox_message **out, size_t *count);
struct status inbox_waiting(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t *count);
/* A tied one is seen by whoever sees its customer. */
struct status inbox_get(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t id, struct arena *arena, struct inbox_message *out);
struct status inbox_files(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t id, struct arena *arena, struct document **out,
                          size_t *count);
struct attachment;
struct status inbox_file(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t id, int64_t document_id, struct arena *arena,
                         struct attachment *out);
/* Ties what waits, or what was tied to another: the answer and its files go over. */
struct status inbox_tie(struct change *change, int64_t id, int64_t customer_id, bool add_contact);
struct status inbox_dismiss(struct change *change, int64_t id);

#endif
