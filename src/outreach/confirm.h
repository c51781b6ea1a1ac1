/* confirm — from an action to a message in the outbox: used by `action confirm`, the agenda and automatic sending.
 *
 * Inside company_begin … company_end, so that the decision and the outbox row are one transaction (architecture, intent before
 * act). Without a mail server the row is `held`, in test mode `simulated`: it shows what
 * would leave, and nothing leaves.
 *
 *     struct confirmed done;
 *     TRY(confirm_action(change, id, NULL, arena, &done));
 */
#ifndef OUTREACH_CONFIRM_H
#define OUTREACH_CONFIRM_H

#include "dunning/now.h"
#include "outreach/facts.h"

/* What a person changed before sending; NULL fields are left as proposed. */
struct confirm_edit {
	int64_t contact_id;          /* 0: as proposed */
	const char *subject, *body;  /* both or neither: the finished words */
};
struct confirmed {
	int64_t outbox_id;
	bool held;                   /* nothing leaves: test mode, or no mail server */
	bool simulated;              /* test mode: it would have left; the next day's plan goes on as if it had */
	const char *recipient;
	int64_t action_id;           /* of remind_send */
	int64_t parts, cost;         /* of a text message; cost in ten-thousandths of the company's currency */
};
/* STATUS_CONFLICT when the action does not wait any more or no longer stands, STATUS_INVALID with the reason when a value is
 * missing or there is no usable address. */
struct status confirm_action(struct change *change, int64_t action_id, const struct confirm_edit *edit, struct arena *arena,
                             struct confirmed *out);
/* Hands a letter over to the postal service, at most once; it is then like a message in the outbox. */
struct status confirm_post(struct change *change, int64_t action_id, struct arena *arena, struct confirmed *out);
/* For run_options.queue: composes and queues an automatic action. */
struct status confirm_automatic(struct change *change, int64_t action_id, void *context);
/* A call, letter or task is done (action_done); of a letter the PDF as it was printed is kept with the customer's documents. */
struct status confirm_done(struct change *change, int64_t action_id, const char *outcome, const char *note, struct arena *arena);

/* What confirm_action would send, without its attachments; a reading function. */
struct status confirm_preview(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t action_id, int32_t today,
                              struct arena *arena, struct message *out);
/* A message about chosen items, now (dunning/now.h): what would be sent, and sending it. Each customer in a transaction of his own. */
struct remind_way {
	enum channel channel;        /* email, letter, sms or call */
	const char *outcome, *note;  /* of a call that was made just now; note may be NULL */
};
struct remind_preview {
	struct now_proposal proposal;
	struct message message;      /* of proposal.action; unset when `trouble` says why there is none. A call: recipient alone */
	const char *trouble;
};
struct status remind_preview(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t customer_id, const int64_t *items,
                             size_t count, enum channel channel, int32_t today, struct arena *arena, struct remind_preview *out);
/* A mail or text message is queued; a letter is handed to the postal service, or kept as it is printed now (confirm_done); a call is
 * noted with its outcome. */
struct status remind_send(struct change *change, int64_t customer_id, const int64_t *items, size_t count, int64_t expected,
                          const struct remind_way *way, const struct confirm_edit *edit, struct arena *arena, struct confirmed *out);

/* The letter of an action as PDF: the kept copy once it is done, else as it would be printed today. */
struct status confirm_letter(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t action_id, int32_t today,
                             struct arena *arena, struct attachment *out);
/* A text on a customer, as the templates page shows it; it goes nowhere by itself. values (may be NULL) gets every variable with its
 * value, also when the message is refused: a new reference. whole: with its attachments. */
struct status confirm_sample(struct db *db, const struct viewer *viewer, int64_t company_id, const struct template_text *text,
                             const char *customer_code, int32_t today, bool whole, struct arena *arena, struct message *out,
                             json_t **values);

#endif
