/* outbox — messages that were decided, and what became of each. At most once, never a silent loss.
 *
 *   queued → sending → sent          taken by the mail server
 *                    → queued        refused for now (4xx, unreachable): again later, at most OUTBOX_ATTEMPTS times
 *                    → failed        refused for good (5xx before the message's first byte), with the server's words
 *                    → unknown       anything after the first byte of DATA, or the program died: a person settles it
 *          → cancelled               no longer stands: paid, disputed, promised, held, replied, stopped…
 *   held                             no mail server yet: it waits for one, on its day
 *   simulated                        test mode: it would have left; shown, never sent, and nothing waits for it
 *
 * The row is taken to `sending` in the transaction that checks it again, under the sender's lease and fencing token. */
#ifndef OUTREACH_OUTBOX_H
#define OUTREACH_OUTBOX_H

#include "ledger/company.h"
#include "outreach/compose.h"
#include "outreach/smtp.h"

enum { OUTBOX_ATTEMPTS = 6 };
enum outbox_state {
	OUTBOX_QUEUED, OUTBOX_SENDING, OUTBOX_SENT, OUTBOX_UNKNOWN, OUTBOX_FAILED, OUTBOX_CANCELLED, OUTBOX_HELD,
	OUTBOX_SIMULATED, OUTBOX_STATES
};
const char *outbox_state_code(enum outbox_state state);
bool outbox_state_parse(const char *code, enum outbox_state *out);
const char *outbox_state_label(enum outbox_state state); /* English msgid */

struct outbox_row {
	int64_t id, action_id, customer_id, attempts, not_before, queued_at, sent_at, rev;
	enum outbox_state state;
	bool internal;       /* to one of our own */
	const char *about;   /* "question 12"… */
	const char *customer_code, *customer_name, *message_id, *sender, *recipient, *copies, *subject, *text, *html, *error;
	const char *channel, *cc, *provider_ref; /* cc: copies that everybody sees, separated by commas */
	int64_t parts, cost;                     /* of a text message; cost in ten-thousandths of the company's currency */
};
struct outbox_filter {
	unsigned states;     /* 1u << OUTBOX_…, or-ed; 0: any */
	int64_t customer_id; /* 0: any */
	size_t limit, skip;  /* limit 0: 200 */
	const char *sought;  /* in subject, text, recipient or customer's name, ASCII case aside; NULL, "": any */
};
/* Newest first, narrowed to the viewer's portfolio. Texts are left out of a list. */
struct status outbox_list(struct db *db, const struct viewer *viewer, int64_t company_id, const struct outbox_filter *filter,
                          struct arena *arena, struct outbox_row **out, size_t *count);
struct status outbox_get(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t id, struct arena *arena,
                         struct outbox_row *out);
struct status outbox_counts(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t counts[static OUTBOX_STATES]);
/* Documents that went with it: names only with bytes NULL, or one whole. */
struct outbox_file {
	int64_t id;
	const char *name, *type;
	int64_t size;
};
struct status outbox_files(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t outbox_id, struct arena *arena,
                           struct outbox_file **out, size_t *count);
struct status outbox_file(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t document_id, struct arena *arena,
                          struct attachment *out);

/* Whether a message of that key was decided already. */
struct status outbox_known(struct db *db, const struct company *company, const struct settings *settings, const char *key, bool *out);

/* --- writing, inside company_begin … company_end --------------------------------------------------------------------------- */
struct outbox_new {
	int64_t action_id, customer_id, not_before;
	const char *key;     /* what the Message-ID is made of besides the company: "action-12" */
	bool held;           /* no mail server */
	bool simulated;      /* test mode */
	bool posted;         /* a letter: printed and posted by hand, kept as it was */
	bool internal;       /* to one of our own: no contact with the customer, and what comes back is no reply of his */
	const char *about;   /* "dispute 12", "promise 3", "plan 4", "question 5"; NULL: "" */
	const char *channel; /* "email", "letter"… */
	const char *cc;      /* NULL: none */
	int64_t parts, cost;
	const struct message *message;
};
struct status outbox_add(struct change *change, const struct settings *settings, const struct outbox_new *add, int64_t *id);
/* A file that came later, kept beside what was sent: the scan of a receipt. */
struct status outbox_attach(struct change *change, int64_t customer_id, int64_t outbox_id, const struct attachment *file);
/* A person says what became of an unknown one: it arrived, or send it again (same Message-ID). */
struct status outbox_settle(struct change *change, int64_t id, bool arrived, const char *note);
/* Takes back what has not left (queued, held, failed); its action is cancelled and may be planned again. */
struct status outbox_cancel(struct change *change, int64_t id);
struct status outbox_retry(struct change *change, int64_t id); /* failed: queued again, checked again before it leaves */

/* --- sending ------------------------------------------------------------------------------------------------------------------ */
/* How a message leaves; tests put their own. */
typedef void outbox_transport(void *context, const struct smtp_server *server, const struct smtp_mail *mail, struct smtp_result *out);

struct sender_options {
	const char *holder;          /* this process */
	struct clock clock;
	outbox_transport *transport; /* NULL: smtp_send */
	void *context;
	int64_t company_id;          /* only this company's; 0: all */
	int batch;                   /* most messages in one turn; 0: 50 */
	int (*stop)(void *context);  /* asked between messages; NULL: never */
};
struct sender_result {
	int sent, later, failed, unknown, cancelled, recovered;
	bool idle;                   /* another server holds the lease */
};
/* One turn: takes the lease, settles rows that a dead sender left in `sending` as unknown, sends what is due within the window and
 * the limits of each company. Errors of one company or message do not stop the others. */
struct status sender_turn(struct store *store, int64_t tenant, const struct sender_options *options, struct sender_result *out);

/* Whether these hours ("09:00-12:30,14:00-17:30") are open at a local day and minute; never on a closed day. Pure. */
bool sending_open(const char *hours, const struct calendar *calendar, int32_t day, int minutes);
int sending_pause(int attempts); /* seconds to wait after that many refusals for now */
/* Whether anything can leave: server and sender address set. */
bool mail_ready(const struct settings *settings);
struct smtp_server mail_server(const struct settings *settings);
/* Sends a message to one of our own at once, outside the outbox: a try of a text, or of the settings. Marked as a test. */
struct status mail_try(const struct settings *settings, const struct company *company, const struct message *message, const char *to,
                       int64_t now);

#endif
