/* The sender: at most once, never a silent loss. A row goes to `sending` in the transaction that checks it again, under the lease's
 * fencing token; what came of it is written by whoever holds that token. A row that a dead sender left behind is `unknown`. */
#include "base/log.h"
#include "base/memory.h"
#include "base/zone.h"
#include "dunning/action.h"
#include "dunning/plan_load.h"
#include "ledger/event.h"
#include "ledger/preference.h"
#include "ledger/reply.h"
#include "outreach/debtor_link.h"
#include "outreach/facts.h"
#include "outreach/gateway.h"
#include "outreach/sms.h"
#include "outreach/mime.h"
#include "outreach/outbox.h"
#include "outreach/mail_login.h"

#define LEASE "outbox"
enum { LEASE_SECONDS = 300, BATCH = 50 };

bool mail_ready(const struct settings *settings)
{
	return *setting_text(settings, "mail.host") && *setting_text(settings, "mail.from");
}

struct smtp_server mail_server(const struct settings *settings)
{
	const char *security = setting_text(settings, "mail.security");
	const char *ca = getenv("ENCOURS_CA_FILE"); /* a private authority of the house */
	struct smtp_server server = { .host = setting_text(settings, "mail.host"), .port = (int)setting_int(settings, "mail.port"),
	                             .security = strcmp(security, "tls") == 0 ? SMTP_TLS : strcmp(security, "none") == 0 ? SMTP_PLAIN : SMTP_STARTTLS,
	                             .user = setting_text(settings, "mail.user"), .password = setting_text(settings, "mail.password"),
	                             .ca_file = ca && *ca ? ca : NULL, .timeout_s = 120 };
	mail_login_bearer(settings, "mail", server.bearer);
	return server;
}

static bool read_minutes(const char *text, int *out)
{
	for (int i = 0; i < 5; i++)
		if (i == 2 ? text[i] != ':' : text[i] < '0' || text[i] > '9') return false;
	*out = ((text[0] - '0') * 10 + text[1] - '0') * 60 + (text[3] - '0') * 10 + text[4] - '0';
	return true;
}

bool sending_open(const char *hours, const struct calendar *calendar, int32_t day, int minutes)
{
	if (!calendar_works(calendar, day)) return false;
	for (const char *part = hours; *part; part += strcspn(part, ","), part += *part == ',') {
		int from, to;
		if (strcspn(part, ",") == 11 && part[5] == '-' && read_minutes(part, &from) && read_minutes(part + 6, &to) && minutes >= from && minutes < to)
			return true;
	}
	return false;
}

int sending_pause(int attempts)
{
	static const int seconds[] = { 60, 300, 900, 3600, 3 * 3600, 6 * 3600 };
	return seconds[attempts < 1 ? 0 : attempts > (int)COUNT(seconds) ? (int)COUNT(seconds) - 1 : attempts - 1];
}

/* --- one company's turn --------------------------------------------------------------------------------------------------------- */

enum { RECEIVERS = 24 }; /* the recipient and copies: seen ones, and those of our own people */

struct turn {
	struct store *store;
	const struct sender_options *options;
	struct sender_result *result;
	struct viewer viewer;
	struct company company;
	const struct settings *settings; /* in the company's arena */
	struct calendar calendar;
	int32_t today;
	int minutes;
	int64_t now, token;
	struct arena *arena;             /* reset after each message */
	/* the message at hand */
	struct outbox_row row;
	bool automatic, claimed;
	const char *hours;               /* at which its reader wants to be written to by telephone; "": at any of the company's */
	char link[DEBTOR_TOKEN_MAX];     /* the personal link that its text has a place for; "" none */
	enum outbox_state to;
	struct smtp_result outcome;
	const char *reference;           /* of the gateway, in the arena; NULL: none */
};

static struct status change_begin(struct turn *turn, struct db *db, struct change *change)
{
	TRY(lease_check(db, turn->viewer.tenant_id, LEASE, turn->token));
	return company_begin(db, &turn->viewer, turn->company.id, turn->today, turn->now, change);
}

/* Writes a row's new state, and tells its action and the event chain. */
static struct status move(struct turn *turn, struct change *change, enum outbox_state to, const char *why)
{
	static const char *const kinds[OUTBOX_STATES] = {
		[OUTBOX_QUEUED] = "message.later",   [OUTBOX_SENDING] = "message.leaving", [OUTBOX_SENT] = "message.sent",
		[OUTBOX_UNKNOWN] = "message.unknown", [OUTBOX_FAILED] = "message.failed",   [OUTBOX_CANCELLED] = "message.cancelled",
		[OUTBOX_HELD] = "message.held",    [OUTBOX_SIMULATED] = "message.simulated",
	};
	static const enum action_state actions[OUTBOX_STATES] = {
		[OUTBOX_QUEUED] = STATE_QUEUED,   [OUTBOX_SENDING] = STATE_SENDING, [OUTBOX_SENT] = STATE_SENT, [OUTBOX_UNKNOWN] = STATE_UNKNOWN,
		[OUTBOX_FAILED] = STATE_FAILED,   [OUTBOX_CANCELLED] = STATE_CANCELLED, [OUTBOX_HELD] = STATE_QUEUED,
		[OUTBOX_SIMULATED] = STATE_QUEUED,
	};
	const struct outbox_row *row = &turn->row;
	bool leaving = to == OUTBOX_SENDING, later = to == OUTBOX_QUEUED && row->state != OUTBOX_HELD;
	int64_t attempts = row->attempts + leaving;
	TRY(db_run(change->db,
	        "UPDATE outbox SET state = $state, error = $error, attempts = $attempts, lease_token = $token, not_before = $not_before, "
	        "sent_at = $sent, rev = $rev WHERE tenant_id = $tenant AND company_id = $company AND id = $id",
	        DB_ARGS(db_text("state", outbox_state_code(to)), db_text("error", why ? why : ""), db_int("attempts", attempts),
	                db_int("token", turn->token), db_int("not_before", later ? turn->now + sending_pause((int)attempts) : 0),
	                db_int("sent", to == OUTBOX_SENT || to == OUTBOX_UNKNOWN || leaving ? turn->now : 0), db_int("rev", change->rev),
	                db_int("tenant", turn->company.tenant_id), db_int("company", turn->company.id), db_int("id", row->id))));
	turn->row.attempts = attempts;
	/* what came of it is the action's own event; the steps between stay out of the customer's timeline */
	if (!row->action_id || leaving || to == OUTBOX_QUEUED || to == OUTBOX_HELD)
		TRY(event_add_json(change, (struct event_new){ .kind = kinds[to], .ref = row->action_id,
		                                               .customer_id = row->action_id || leaving ? 0 : row->customer_id },
		                   json_pack("{s:I, s:s}", "message", (json_int_t)row->id, "why", why ? why : "")));
	return row->action_id ? action_moved(change, row->action_id, actions[to], why) : STATUS_FINE;
}

/* The store itself, beside the plan's word: what is asked of each item is still open, and nobody threw the customer's switch. */
static struct status still_owed(struct turn *turn, struct db *db, const char **reason)
{
	int64_t gone = 0, stopped = 0;
	const struct db_arg *args = DB_ARGS(db_int("tenant", turn->company.tenant_id), db_int("company", turn->company.id),
	                                    db_int("action", turn->row.action_id), db_int("customer", turn->row.customer_id));
	TRY(db_get_int(db,
	        "SELECT COUNT(*) FROM action_item n LEFT JOIN item i ON i.tenant_id = n.tenant_id AND i.company_id = n.company_id AND i.id = n.item_id "
	        "WHERE n.tenant_id = $tenant AND n.company_id = $company AND n.action_id = $action AND n.role = 'claimed' "
	        "AND (i.id IS NULL OR i.withdrawn = 1 OR i.open_amount < n.amount) AND CAST($customer AS BIGINT) > 0", args, &gone, NULL));
	TRY(db_get_int(db, "SELECT stopped FROM customer WHERE tenant_id = $tenant AND company_id = $company AND id = $customer "
	                   "AND CAST($action AS BIGINT) >= 0", args, &stopped, NULL));
	if (turn->row.internal) stopped = 0; /* the switch is the customer's; one of our own is written to */
	*reason = stopped ? "stopped" : gone ? "cleared" : "";
	return STATUS_FINE;
}

/* A colleague's question (question.h) goes to one of us: what holds for the customer does not hold for it. */
static struct status question_of(struct turn *turn, struct db *db, int64_t *question)
{
	*question = 0;
	if (turn->row.action_id) return STATUS_FINE;
	if (strncmp(turn->row.about, "question ", 9) == 0) {
		text_parse_int(turn->row.about + 9, strlen(turn->row.about + 9), question);
		return STATUS_FINE;
	}
	/* written before messages said what they are about */
	return db_get_int(db, "SELECT COALESCE(MAX(id), 0) FROM question WHERE tenant_id = $tenant AND company_id = $company AND outbox_id = $outbox",
	                  DB_ARGS(db_int("tenant", turn->company.tenant_id), db_int("company", turn->company.id), db_int("outbox", turn->row.id)),
	                  question, NULL);
}

/* The personal link is made as the message leaves: nobody else ever sees it. Sent again, a message gets another one. */
static struct status make_link(struct turn *turn, struct db *db, int64_t question)
{
	turn->link[0] = 0;
	if (!debtor_link_wanted(turn->row.text) && !debtor_link_wanted(turn->row.html)) return STATUS_FINE;
	if (turn->row.internal && !question) return STATUS_FINE; /* one of our own never gets the customer's page */
	int64_t id = 0;
	struct recipient recipient;
	TRY(recipient_find(db, turn->company.tenant_id, turn->company.id, turn->row.customer_id, 0, turn->arena, &recipient));
	return debtor_link_make(db,
	        &(struct debtor_link_new){ .tenant_id = turn->company.tenant_id, .company_id = turn->company.id, .customer_id = turn->row.customer_id,
	                                   .question_id = question, .outbox_id = turn->row.id, .recipient = turn->row.recipient, .lang = recipient.lang,
	                                   .now = turn->now, .days = setting_int(turn->settings, "debtor.days") },
	        turn->link, &id);
}

/* In one transaction: is it still ours, still queued, does it still stand? Then it is on its way; else it is taken back. */
static struct status claim(struct db *db, void *context)
{
	struct turn *turn = context;
	struct change change;
	turn->claimed = false;
	TRY(change_begin(turn, db, &change));
	TRY(outbox_get(db, &turn->viewer, turn->company.id, turn->row.id, turn->arena, &turn->row));
	if (turn->row.state != OUTBOX_QUEUED) return status_make(STATUS_CONFLICT, "This message is no longer waiting.");
	bool stands = true;
	const char *reason = "";
	if (!change.company.live) {
		TRY(move(turn, &change, OUTBOX_HELD, ""));
		return company_end(&change);
	}
	if (turn->row.action_id)
		TRY(action_check(db, &turn->viewer, turn->company.id, turn->row.action_id, turn->today, turn->arena, &stands, &reason));
	int64_t question = 0;
	TRY(question_of(turn, db, &question));
	if (stands && !question) {
		TRY(still_owed(turn, db, &reason));
		stands = !*reason;
	}
	if (stands) {
		struct status usable = STATUS_FINE; /* a letter needs no address of ours to be checked */
		if (strcmp(turn->row.channel, "email") == 0)
			usable = recipient_check(db, turn->company.tenant_id, turn->company.id, turn->row.recipient);
		else if (strcmp(turn->row.channel, "sms") == 0)
			usable = sms_check(db, turn->company.tenant_id, turn->row.recipient);
		if (usable.code == STATUS_CONFLICT || usable.code == STATUS_INVALID)
			stands = false, reason = "suppressed";
		else if (usable.code)
			return usable;
	}
	TRY(move(turn, &change, stands ? OUTBOX_SENDING : OUTBOX_CANCELLED, reason));
	if (stands) TRY(make_link(turn, db, question));
	TRY(company_end(&change));
	turn->claimed = stands;
	return STATUS_FINE;
}

/* The server said that there is no such mailbox: a bounce, told at once. The address is not written to again. */
static struct status note_no_mailbox(struct turn *turn, struct change *change)
{
	int64_t reply = 0;
	struct status status = reply_note(change, &(struct reply_new){ .customer_id = turn->row.customer_id, .action_id = turn->row.action_id,
		.kind = REPLY_BOUNCE, .address = turn->row.recipient, .text = turn->outcome.words }, &reply);
	return status.code == STATUS_NOT_FOUND ? STATUS_FINE : status; /* no longer his address: nothing to mark */
}

/* What came of it. Only if the row is still as this sender left it: a person, or a sender that took it for dead, may have settled it. */
static struct status settle(struct db *db, void *context)
{
	struct turn *turn = context;
	struct change change;
	TRY(company_begin(db, &turn->viewer, turn->company.id, turn->today, turn->now, &change));
	int64_t mine = 0;
	TRY(db_get_int(db, "SELECT COUNT(*) FROM outbox WHERE tenant_id = $tenant AND company_id = $company AND id = $id "
	                   "AND lease_token = $token AND state IN ('sending', 'unknown')",
	               DB_ARGS(db_int("tenant", turn->company.tenant_id), db_int("company", turn->company.id), db_int("id", turn->row.id),
	                       db_int("token", turn->token)), &mine, NULL));
	if (!mine) return status_make(STATUS_CONFLICT, "This message was settled meanwhile.");
	TRY(move(turn, &change, turn->to, turn->to == OUTBOX_SENT ? "" : turn->outcome.words));
	if (turn->reference)
		TRY(db_run(db, "UPDATE outbox SET provider_ref = $ref WHERE tenant_id = $tenant AND company_id = $company AND id = $id",
		           DB_ARGS(db_text("ref", turn->reference), db_int("tenant", turn->company.tenant_id), db_int("company", turn->company.id),
		                   db_int("id", turn->row.id))));
	if (turn->to == OUTBOX_FAILED && turn->outcome.no_mailbox && turn->row.customer_id) TRY(note_no_mailbox(turn, &change));
	return company_end(&change);
}

static struct status build(struct turn *turn, struct text *out)
{
	struct db *db = NULL;
	TRY(store_reader(turn->store, &db));
	struct outbox_file *files = NULL;
	struct attachment attachments[16];
	size_t count = 0;
	char *before = NULL;
	struct status status = outbox_files(db, &turn->viewer, turn->company.id, turn->row.id, turn->arena, &files, &count);
	for (size_t i = 0; i < count && !status.code; i++)
		status = outbox_file(db, &turn->viewer, turn->company.id, files[i].id, turn->arena, &attachments[i]);
	if (!status.code) /* the same thread for the same mailbox */
		status = db_get_text(db,
		        "SELECT message_id FROM outbox WHERE tenant_id = $tenant AND company_id = $company AND customer_id = $customer "
		        "AND recipient = $recipient AND state = 'sent' AND channel = 'email' AND id < $id ORDER BY id DESC LIMIT 1",
		        DB_ARGS(db_int("tenant", turn->company.tenant_id), db_int("company", turn->company.id), db_int("customer", turn->row.customer_id),
		                db_text("recipient", turn->row.recipient), db_int("id", turn->row.id)), &before);
	if (!status.code && !turn->row.action_id) { /* a person answers: to what came last from there */
		char *came = NULL;
		status = db_get_text(db,
		        "SELECT message_id FROM inbox_message WHERE tenant_id = $tenant AND company_id = $company AND customer_id = $customer "
		        "AND from_address = $recipient AND message_id <> '' AND at <= $queued ORDER BY id DESC LIMIT 1",
		        DB_ARGS(db_int("tenant", turn->company.tenant_id), db_int("company", turn->company.id), db_int("customer", turn->row.customer_id),
		                db_text("recipient", turn->row.recipient), db_int("queued", turn->row.queued_at)), &came);
		if (came) free(before), before = came;
	}
	struct logo logo = { 0 }; /* as it is now: the message names it */
	if (!status.code && strstr(turn->row.html, "cid:" COMPOSE_LOGO))
		status = logo_get(db, turn->company.tenant_id, turn->company.id, turn->arena, &logo);
	const struct attachment picture = { "logo.png", "image/png", logo.bytes, logo.len };
	store_release(turn->store, db);
	if (!status.code) {
		const char *name = setting_text(turn->settings, "mail.from_name");
		struct mime_mail mail = { .from = turn->row.sender, .from_name = *name ? name : turn->company.name, .to = turn->row.recipient, .to_name = "", .cc = turn->row.cc,
		                          .reply_to = setting_text(turn->settings, "mail.reply_to"), .message_id = turn->row.message_id,
		                          .in_reply_to = before ? before : "", .subject = turn->row.subject,
		                          .text = debtor_link_fill(turn->row.text, turn->link, turn->arena),
		                          .html = debtor_link_fill(turn->row.html, turn->link, turn->arena), .date = turn->now, .logo = logo.len ? &picture : NULL, .attachments = attachments, .attachment_count = count };
		status = mime_build(&mail, out);
	}
	free(before);
	return status;
}

/* The letter's PDF, as it was decided. */
static struct status letter_file(struct turn *turn, struct attachment *out)
{
	struct db *db = NULL;
	struct outbox_file *files = NULL;
	size_t count = 0;
	TRY(store_reader(turn->store, &db));
	struct status status = outbox_files(db, &turn->viewer, turn->company.id, turn->row.id, turn->arena, &files, &count);
	if (!status.code && !count) status = status_make(STATUS_INTERNAL, "The letter's file is not there any more.");
	if (!status.code) status = outbox_file(db, &turn->viewer, turn->company.id, files[0].id, turn->arena, out);
	store_release(turn->store, db);
	return status;
}

/* One message, from queued to what is known of it. *broken: the server itself is in trouble, the others can wait. */
static struct status send_one(struct turn *turn, bool *broken)
{
	cleanup_text struct text bytes = { 0 };
	TRY(store_transact(turn->store, claim, turn));
	if (!turn->claimed) {
		turn->result->cancelled++;
		return STATUS_FINE;
	}
	turn->outcome = (struct smtp_result){ .outcome = SMTP_REFUSED };
	turn->reference = NULL;
	bool by_mail = strcmp(turn->row.channel, "email") == 0, sms = strcmp(turn->row.channel, "sms") == 0;
	struct attachment letter = { 0 };
	struct status built = by_mail ? build(turn, &bytes) : sms ? STATUS_FINE : letter_file(turn, &letter);
	if (!built.code && sms) {
		gateway_sms(turn->settings, &turn->row, turn->arena, &turn->outcome, &turn->reference);
	} else if (!built.code && !by_mail) {
		gateway_post(turn->settings, &turn->company, &turn->row, &letter, turn->arena, &turn->outcome, &turn->reference);
	} else if (built.code) {
		snprintf(turn->outcome.words, sizeof turn->outcome.words, "%.230s", built.text);
	} else {
		const char *to[RECEIVERS + 1] = { turn->row.recipient };
		size_t copies = 1;
		const char *const lists[] = { turn->row.cc, turn->row.copies };
		for (size_t l = 0; l < COUNT(lists); l++)
			for (const char *p = lists[l]; *p && copies < RECEIVERS;) {
				size_t len = strcspn(p, ",");
				if (len) to[copies++] = arena_strndup(turn->arena, p, len);
				p += len + (p[len] == ',');
			}
		struct smtp_server server = mail_server(turn->settings);
		struct smtp_mail mail = { .from = turn->row.sender, .to = to, .bytes = bytes.bytes, .len = bytes.len };
		if (turn->options->transport)
			turn->options->transport(turn->options->context, &server, &mail, &turn->outcome);
		else
			smtp_send(&server, &mail, &turn->outcome);
	}
	switch (turn->outcome.outcome) {
	case SMTP_SENT: turn->to = OUTBOX_SENT; break;
	case SMTP_UNKNOWN: turn->to = OUTBOX_UNKNOWN; break;
	case SMTP_REFUSED: turn->to = OUTBOX_FAILED; break;
	case SMTP_LATER: turn->to = turn->row.attempts >= OUTBOX_ATTEMPTS ? OUTBOX_FAILED : OUTBOX_QUEUED; break;
	}
	*broken = turn->outcome.outcome == SMTP_LATER && turn->outcome.code < 400;
	TRY(store_transact(turn->store, settle, turn));
	switch (turn->to) {
	case OUTBOX_SENT: turn->result->sent++; break;
	case OUTBOX_UNKNOWN: turn->result->unknown++; break;
	case OUTBOX_FAILED: turn->result->failed++; break;
	default: turn->result->later++; break;
	}
	return STATUS_FINE;
}

/* --- before sending ----------------------------------------------------------------------------------------------------------------- */

/* Rows with this state and an older token (recovery) or of this company (release), one by one. */
static struct status next_row(struct turn *turn, const char *sql, int64_t after, bool *found)
{
	struct db *db = NULL;
	TRY(store_reader(turn->store, &db));
	int64_t id = 0;
	*found = false;
	turn->automatic = false; /* what a person sent without an action leaves at once */
	struct status status = db_get_int(db, sql,
	        DB_ARGS(db_int("tenant", turn->company.tenant_id), db_int("company", turn->company.id), db_int("after", after),
	                db_int("now", turn->now), db_int("token", turn->token)), &id, found);
	if (!status.code && *found) status = outbox_get(db, &turn->viewer, turn->company.id, id, turn->arena, &turn->row);
	if (!status.code && *found && turn->row.action_id) {
		int64_t by = 0;
		status = db_get_int(db, "SELECT done_by FROM action WHERE tenant_id = $tenant AND company_id = $company AND id = $id",
		                    DB_ARGS(db_int("tenant", turn->company.tenant_id), db_int("company", turn->company.id),
		                            db_int("id", turn->row.action_id)), &by, NULL);
		turn->automatic = by == 0;
	}
	if (!status.code && *found && turn->row.internal) turn->automatic = true;
	struct preference preference = { .hours = "" };
	if (!status.code && *found && turn->row.customer_id)
		status = preference_get(db, turn->company.tenant_id, turn->company.id, turn->row.customer_id, turn->arena, &preference);
	turn->hours = preference.hours;
	store_release(turn->store, db);
	return status;
}

static struct status recover(struct db *db, void *context)
{
	struct turn *turn = context;
	struct change change;
	TRY(change_begin(turn, db, &change));
	TRY(outbox_get(db, &turn->viewer, turn->company.id, turn->row.id, turn->arena, &turn->row));
	if (turn->row.state != OUTBOX_SENDING) return status_make(STATUS_CONFLICT, "This message was settled meanwhile.");
	int64_t token = turn->token;
	/* the dead sender's token stays on the row: should it be alive after all, it may still tell what came of it */
	TRY(db_get_int(db, "SELECT lease_token FROM outbox WHERE tenant_id = $tenant AND company_id = $company AND id = $id",
	               DB_ARGS(db_int("tenant", turn->company.tenant_id), db_int("company", turn->company.id), db_int("id", turn->row.id)),
	               &turn->token, NULL));
	struct status status = move(turn, &change, OUTBOX_UNKNOWN, tr(lang_spoken(), "The program stopped while this message was leaving."));
	turn->token = token;
	if (status.code) return status;
	return company_end(&change);
}

/* The mail server was set since: what was decided today leaves, what is older is taken back and planned anew. */
static struct status release(struct db *db, void *context)
{
	struct turn *turn = context;
	struct change change;
	TRY(change_begin(turn, db, &change));
	TRY(outbox_get(db, &turn->viewer, turn->company.id, turn->row.id, turn->arena, &turn->row));
	if (turn->row.state != OUTBOX_HELD) return status_make(STATUS_CONFLICT, "This message was settled meanwhile.");
	int32_t day;
	zone_civil(turn->company.zone, turn->row.queued_at, &day, NULL);
	if (day == turn->today && *turn->row.sender)
		TRY(move(turn, &change, OUTBOX_QUEUED, ""));
	else
		TRY(move(turn, &change, OUTBOX_CANCELLED, tr(lang_spoken(), "It could not leave on its day.")));
	return company_end(&change);
}

/* Another one settled a row first: nothing to say. */
static struct status unless_conflict(struct status status)
{
	return status.code == STATUS_CONFLICT ? STATUS_FINE : status;
}

static struct status count_since(struct turn *turn, int64_t since, int64_t *out)
{
	struct db *db = NULL;
	TRY(store_reader(turn->store, &db));
	struct status status = db_get_int(db,
	        "SELECT COUNT(*) FROM outbox WHERE tenant_id = $tenant AND company_id = $company AND sent_at > $since AND channel = 'email'",
	        DB_ARGS(db_int("tenant", turn->company.tenant_id), db_int("company", turn->company.id), db_int("since", since)), out, NULL);
	store_release(turn->store, db);
	return status;
}

static struct status renew(struct turn *turn, bool *ours)
{
	return lease_take(turn->store, turn->viewer.tenant_id, LEASE, turn->options->holder, LEASE_SECONDS, &turn->token, ours);
}

/* How a message leaves: each way has its readiness, its hours, and its own trouble. */
enum way { WAY_MAIL, WAY_SMS, WAY_POST };

static struct status send_queued(struct turn *turn, enum way way)
{
#define QUEUED(channel)                                                                                                       \
	"SELECT id FROM outbox WHERE tenant_id = $tenant AND company_id = $company AND state = 'queued' AND " channel " "     \
	"AND not_before <= $now AND id > $after AND $token >= 0 ORDER BY id LIMIT 1"
	static const char *const queued[] = { QUEUED("channel = 'email'"), QUEUED("channel = 'sms'"),
		                              QUEUED("channel IN ('letter', 'registered_letter')") };
#undef QUEUED
	int64_t minute, hour, after = 0;
	TRY(count_since(turn, turn->now - 60, &minute));
	TRY(count_since(turn, turn->now - 3600, &hour));
	bool open = sending_open(setting_text(turn->settings, "window.hours"), &turn->calendar, turn->today, turn->minutes), broken = false;
	/* a telephone rings: a text message waits for its hours, whoever confirmed it */
	if (way == WAY_SMS && !sending_open(setting_text(turn->settings, "sms.hours"), &turn->calendar, turn->today, turn->minutes)) return STATUS_FINE;
	struct status first = STATUS_FINE;
	int batch = turn->options->batch > 0 ? turn->options->batch : BATCH;
	for (int i = 0; i < batch && !broken; after = turn->row.id) {
		if (turn->options->stop && turn->options->stop(turn->options->context)) break;
		if (way == WAY_MAIL && (minute >= setting_int(turn->settings, "mail.per_minute") || hour >= setting_int(turn->settings, "mail.per_hour"))) break;
		bool found, ours = true;
		arena_reset(turn->arena);
		TRY(next_row(turn, queued[way], after, &found));
		if (!found) break;
		if (way == WAY_SMS && *turn->hours && !sending_open(turn->hours, &turn->calendar, turn->today, turn->minutes)) continue;
		if (turn->automatic && !open) continue; /* what a person confirmed leaves at once */
		if (i++) TRY(renew(turn, &ours)); /* a message may take two minutes: the lease must outlast it */
		if (!ours) break;
		int before = turn->result->sent + turn->result->unknown;
		struct status status = send_one(turn, &broken);
		if (status.code == STATUS_CONFLICT) continue;
		if (status.code) {
			log_line(LOG_ERROR, "message %lld of %s: %s", (long long)turn->row.id, turn->company.code, status.text);
			if (!first.code) first = status;
			if (status.code == STATUS_UNAVAILABLE || status.code == STATUS_BUSY) break;
			continue;
		}
		int left = turn->result->sent + turn->result->unknown - before;
		minute += left, hour += left;
	}
	return first;
}

static struct status company_turn(struct turn *turn, struct arena *arena)
{
	struct db *db = NULL;
	TRY(store_reader(turn->store, &db));
	struct status status = settings_load(db, turn->company.tenant_id, turn->company.id, arena, &turn->settings);
	store_release(turn->store, db);
	if (status.code) return status;
	turn->calendar = calendar_of(turn->settings, turn->company.country, arena);
	turn->today = company_today(&turn->company, &turn->options->clock);
	turn->now = company_now(&turn->company, &turn->options->clock);
	turn->minutes = company_minutes(&turn->company, &turn->options->clock);
	lang_speak(lang_parse(setting_text(turn->settings, "language"), LANG_FR));

	bool found = true;
	for (int64_t after = 0; found; after = turn->row.id) {
		TRY(next_row(turn, "SELECT id FROM outbox WHERE tenant_id = $tenant AND company_id = $company AND state = 'sending' AND lease_token < $token "
		                   "AND id > $after AND $now >= 0 ORDER BY id LIMIT 1", after, &found));
		if (!found) break;
		TRY(unless_conflict(store_transact(turn->store, recover, turn)));
		turn->result->recovered++;
	}
	if (!turn->company.live) return STATUS_FINE;
	struct status others = sms_ready(turn->settings) ? send_queued(turn, WAY_SMS) : STATUS_FINE;
	struct status post = post_ready(turn->settings) ? send_queued(turn, WAY_POST) : STATUS_FINE;
	if (!others.code) others = post;
	if (!mail_ready(turn->settings)) return others;
	TRY(mail_login_take(turn->store, turn->company.tenant_id, turn->company.id, turn->settings, "mail")); /* what waits goes on waiting */
	found = true;
	for (int64_t after = 0; found; after = turn->row.id) {
		TRY(next_row(turn, "SELECT id FROM outbox WHERE tenant_id = $tenant AND company_id = $company AND state = 'held' AND channel = 'email' AND id > $after "
		                   "AND $now >= 0 AND $token >= 0 ORDER BY id LIMIT 1", after, &found));
		if (found) TRY(unless_conflict(store_transact(turn->store, release, turn)));
	}
	struct status mails = send_queued(turn, WAY_MAIL);
	return mails.code ? mails : others;
}

struct status sender_turn(struct store *store, int64_t tenant, const struct sender_options *options, struct sender_result *out)
{
	*out = (struct sender_result){ 0 };
	struct turn turn = { .store = store, .options = options, .result = out, .viewer = viewer_system(tenant) };
	bool ours;
	TRY(renew(&turn, &ours));
	if (!ours) {
		out->idle = true;
		return STATUS_FINE;
	}
	cleanup_arena struct arena *arena = arena_new(), *scratch = arena_new();
	turn.arena = scratch;
	struct company *companies = NULL;
	size_t count = 0;
	struct db *db = NULL;
	TRY(store_reader(store, &db));
	struct status status = company_list(db, &turn.viewer, arena, &companies, &count);
	store_release(store, db);
	struct status first = status;
	for (size_t i = 0; i < count && !status.code; i++) { /* one company's trouble does not stop the others: R9 */
		if (options->company_id && companies[i].id != options->company_id) continue;
		turn.company = companies[i];
		struct status done = company_turn(&turn, arena);
		if (done.code) log_line(LOG_ERROR, "sending for %s: %s", companies[i].code, done.text);
		if (done.code && !first.code) first = done;
	}
	struct status dropped = lease_drop(store, tenant, LEASE, turn.token);
	return first.code ? first : dropped;
}

/* --- a try ----------------------------------------------------------------------------------------------------------------------------- */

struct status mail_try(const struct settings *settings, const struct company *company, const struct message *message, const char *to,
                       int64_t now)
{
	if (!mail_ready(settings)) return status_make(STATUS_INVALID, "Set the mail server and the sender's address first.");
	TRY(mail_login_ready(settings, "mail"));
	const char *from = setting_text(settings, "mail.from"), *name = setting_text(settings, "mail.from_name"), *at = strrchr(from, '@');
	cleanup_text struct text subject = { 0 }, id = { 0 }, bytes = { 0 };
	text_addf(&subject, "%s %s", tr(message->lang, "[Test]"), message->subject);
	text_addf(&id, "encours.test.%lld.%lld@%s", (long long)company->id, (long long)now, at ? at + 1 : "localhost");
	const struct attachment picture = { "logo.png", "image/png", message->logo ? message->logo->bytes : "", message->logo ? message->logo->len : 0 };
	struct mime_mail mail = { .logo = picture.len ? &picture : NULL, .from = from, .from_name = *name ? name : company->name, .to = to, .to_name = "",
	                          .reply_to = setting_text(settings, "mail.reply_to"), .message_id = text_cstr(&id), .in_reply_to = "",
	                          .subject = text_cstr(&subject), .text = message->text, .html = message->html, .date = now,
	                          .attachments = message->attachments, .attachment_count = message->attachment_count };
	TRY(mime_build(&mail, &bytes));
	struct smtp_server server = mail_server(settings);
	server.timeout_s = 30; /* somebody is waiting */
	const char *recipients[] = { to, NULL };
	struct smtp_result result;
	smtp_send(&server, &(struct smtp_mail){ .from = from, .to = recipients, .bytes = bytes.bytes, .len = bytes.len }, &result);
	if (result.outcome == SMTP_SENT) return STATUS_FINE;
	return status_make(STATUS_UNAVAILABLE, "%s", result.words);
}
