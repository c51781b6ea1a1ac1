#include "outreach/inbox.h"

#include "base/day.h"
#include "base/email.h"
#include "base/memory.h"
#include "ledger/contact.h"
#include "ledger/event.h"
#include "ledger/reply.h"
#include "ledger/together.h"
#include "outreach/compose.h"
#include "outreach/inbox_home.h"

#include <sodium.h>
#include <string.h>

enum { LISTED = 500, WORDS_NOTED = 19000 };

#define SCOPE(change) db_int("tenant", (change)->company.tenant_id), db_int("company", (change)->company.id)

/* --- taking one in ------------------------------------------------------------------------------------------------------------- */
/* What makes it this message: its id and what it says, or all of it where it bears no id. */
static void digest_of(const struct mail *mail, unsigned char out[static DOCUMENT_DIGEST])
{
	crypto_generichash_state state;
	crypto_generichash_init(&state, NULL, 0, DOCUMENT_DIGEST);
	const char *parts[] = { mail->message_id, mail->from, mail->subject, mail->text };
	for (size_t i = 0; i < COUNT(parts); i++) crypto_generichash_update(&state, (const unsigned char *)parts[i], strlen(parts[i]) + 1);
	if (!*mail->message_id) crypto_generichash_update(&state, (const unsigned char *)&mail->date, sizeof mail->date);
	for (size_t i = 0; i < mail->file_count; i++) crypto_generichash_update(&state, (const unsigned char *)mail->files[i].bytes, mail->files[i].len);
	crypto_generichash_final(&state, out, DOCUMENT_DIGEST);
}

static const char *kind_of(const struct mail *mail)
{
	switch (mail->kind) {
	case MAIL_REPLY: return "reply";
	case MAIL_ABSENCE: return "absence";
	case MAIL_AUTOMATIC: return "automatic";
	case MAIL_COMPLAINT: return "complaint";
	case MAIL_BOUNCE: break;
	}
	enum mail_verdict worst = MAIL_DELAYED;
	for (size_t i = 0; i < mail->failed_count; i++)
		if (mail->failed[i].verdict > worst) worst = mail->failed[i].verdict;
	return worst == MAIL_NO_ADDRESS ? "bounce" : worst == MAIL_UNDELIVERED ? "undelivered" : "delayed";
}

static json_t *detail_of(const struct mail *mail)
{
	static const char *const verdicts[] = { [MAIL_DELAYED] = "delayed", [MAIL_UNDELIVERED] = "undelivered", [MAIL_NO_ADDRESS] = "no_address" };
	json_t *detail = json_object(), *failed = json_array();
	for (size_t i = 0; i < mail->failed_count; i++)
		json_array_append_new(failed, json_pack("{s:s,s:s,s:s,s:s}", "address", mail->failed[i].address, "verdict", verdicts[mail->failed[i].verdict], "status",
		                                        mail->failed[i].status, "words", mail->failed[i].words));
	if (json_array_size(failed)) json_object_set(detail, "failed", failed);
	json_decref(failed);
	if (mail->files_left_out) json_object_set_new(detail, "files_left_out", json_integer((json_int_t)mail->files_left_out));
	if (mail->back_day != DAY_NONE) {
		char day[11];
		day_format(mail->back_day, day);
		json_object_set_new(detail, "back", json_string(day));
	}
	return detail;
}

struct taking {
	struct change *change;
	const struct settings *settings;
	const struct mail *mail;
	const struct inbox_arrival *arrival;
	struct inbox_home home;
	struct arena *arena;
	int64_t id, reply_id;
};

static int32_t day_of(const struct taking *taking)
{
	const struct inbox_arrival *arrival = taking->arrival;
	if (!arrival->old || arrival->received_at <= 0) return taking->change->today;
	int32_t day = (int32_t)(arrival->received_at / 86400);
	return day < taking->change->today ? day : taking->change->today;
}

static struct status note(struct taking *taking, int64_t customer_id, enum reply_kind kind, const char *address, const char *text)
{
	const struct mail *mail = taking->mail;
	const struct reply_new reply = {
		.customer_id = customer_id, .action_id = taking->home.customer_id == customer_id ? taking->home.action_id : 0, .kind = kind, .address = address, .text = text, .source = "mail",
		.subject = mail->subject, .name = kind == REPLY_REPLY || kind == REPLY_ABSENCE || kind == REPLY_AUTOMATIC ? mail->from_name : "",
		.outbox_id = taking->home.customer_id == customer_id ? taking->home.outbox_id : 0, .inbox_id = taking->id, .day = day_of(taking),
		.back_day = mail->back_day != DAY_NONE ? mail->back_day : 0,
	};
	int64_t id = 0;
	TRY(reply_note(taking->change, &reply, &id));
	if (!taking->reply_id) taking->reply_id = id;
	if (kind == REPLY_ABSENCE || kind == REPLY_AUTOMATIC) return STATUS_FINE;
	return notify_customer(taking->change, customer_id, "reply", id, text);
}

/* The address failed for good: marked when it is this customer's, or where we wrote to. *noted: somebody was told. */
static struct status note_failed(struct taking *taking, const struct mail_failed *failed, bool *noted)
{
	struct change *change = taking->change;
	const struct inbox_home *home = &taking->home;
	const char *address = *failed->address ? failed->address : home->recipient;
	int64_t customer = home->customer_id, outbox = 0;
	if (!customer) {
		TRY(inbox_wrote_to(change, address, &customer, &outbox));
		if (!customer) return STATUS_FINE;
		taking->home.customer_id = customer, taking->home.outbox_id = outbox, taking->home.how = "address";
	}
	const char *text = *failed->words ? arena_printf(taking->arena, "%s: %s", address, failed->words) : arena_printf(taking->arena, "%s: %s", address, taking->mail->subject);
	*noted = true;
	if (failed->verdict == MAIL_DELAYED) return note(taking, customer, REPLY_AUTOMATIC, address, text);
	if (failed->verdict != MAIL_NO_ADDRESS || !*address) return note(taking, customer, REPLY_UNDELIVERED, address, text);
	struct status status = note(taking, customer, REPLY_BOUNCE, address, text);
	if (status.code != STATUS_NOT_FOUND) return status;
	/* no address of his: one that was typed in, or where his own is passed on to */
	if (strcmp(address, home->recipient) == 0) TRY(suppression_add(change->db, change->company.tenant_id, address, "bounce", change->now));
	return note(taking, customer, REPLY_UNDELIVERED, address, text);
}

static struct status note_complaint(struct taking *taking, bool *noted)
{
	struct change *change = taking->change;
	const char *named = taking->mail->failed_count ? taking->mail->failed[0].address : "";
	const char *address = *taking->home.recipient ? taking->home.recipient : named; /* what we know before what is told */
	int64_t customer = taking->home.customer_id, outbox = 0;
	if (!customer) TRY(inbox_wrote_to(change, address, &customer, &outbox));
	if (!customer) return STATUS_FINE;
	taking->home.customer_id = customer;
	if (!*taking->home.how) taking->home.how = "address", taking->home.outbox_id = outbox;
	*noted = true;
	struct status status = note(taking, customer, REPLY_COMPLAINT, address, taking->mail->words);
	if (status.code != STATUS_NOT_FOUND) return status;
	TRY(suppression_add(change->db, change->company.tenant_id, address, "complaint", change->now));
	return note(taking, customer, REPLY_UNDELIVERED, address, taking->mail->words);
}

static struct status note_all(struct taking *taking, bool *noted)
{
	const struct mail *mail = taking->mail;
	*noted = false;
	if (mail->kind == MAIL_COMPLAINT) return note_complaint(taking, noted);
	if (mail->kind == MAIL_BOUNCE) {
		for (size_t i = 0; i < mail->failed_count; i++) TRY(note_failed(taking, &mail->failed[i], noted));
		return STATUS_FINE;
	}
	if (!taking->home.customer_id) return STATUS_FINE;
	*noted = true;
	enum reply_kind kind = mail->kind == MAIL_ABSENCE ? REPLY_ABSENCE : mail->kind == MAIL_AUTOMATIC ? REPLY_AUTOMATIC : REPLY_REPLY;
	char folded[160];
	return note(taking, taking->home.customer_id, kind, email_fold(mail->from, folded, sizeof folded) ? folded : "", mail->words);
}

static struct status keep_files(struct taking *taking)
{
	for (size_t i = 0; i < taking->mail->file_count; i++) {
		const struct mail_file *file = &taking->mail->files[i];
		int64_t id = 0;
		TRY(document_add(taking->change, &(struct document_new){ .customer_id = taking->home.customer_id, .reply_id = taking->reply_id, .inbox_id = taking->id,
		                                                         .name = file->name, .type = file->type, .bytes = file->bytes, .len = file->len }, &id));
	}
	return STATUS_FINE;
}

static struct status insert(struct taking *taking, const unsigned char *digest, const char *state)
{
	struct change *change = taking->change;
	const struct mail *mail = taking->mail;
	json_t *detail = detail_of(mail);
	cleanup_free char *text = json_dumps(detail, JSON_COMPACT);
	json_decref(detail);
	return db_run(change->db,
	        "INSERT INTO inbox_message (tenant_id, company_id, id, at, received_at, uid_validity, uid, digest, message_id, kind, state, how, from_address, "
	        "from_name, subject, words, text, detail, customer_id, suggested_id, outbox_id, reply_id, rev) VALUES ($tenant, $company, $id, $now, $received, "
	        "$validity, $uid, $digest, $message_id, $kind, $state, $how, $from, $name, $subject, $words, $text, $detail, $customer, $suggested, $outbox, $reply, $rev)",
	        DB_ARGS(SCOPE(change), db_int("id", taking->id), db_int("now", change->now), db_int("received", taking->arrival->received_at),
	                db_int("validity", taking->arrival->uid_validity), db_int("uid", taking->arrival->uid), db_blob("digest", digest, DOCUMENT_DIGEST),
	                db_text("message_id", mail->message_id), db_text("kind", kind_of(mail)), db_text("state", state), db_text("how", taking->home.how),
	                db_text("from", mail->from), db_text("name", mail->from_name), db_text("subject", mail->subject), db_text("words", mail->words),
	                db_text("text", mail->text), db_text("detail", text ? text : ""), db_int("customer", taking->home.customer_id),
	                db_int("suggested", taking->home.suggested_id), db_int("outbox", taking->home.outbox_id), db_int("reply", taking->reply_id),
	                db_int("rev", change->rev)));
}

struct status inbox_take(struct change *change, const struct settings *settings, const struct mail *mail, const struct inbox_arrival *arrival,
                         int64_t *id, bool *known)
{
	unsigned char digest[DOCUMENT_DIGEST];
	digest_of(mail, digest);
	TRY(db_get_int(change->db, "SELECT id FROM inbox_message WHERE tenant_id = $tenant AND company_id = $company AND digest = $digest",
	               DB_ARGS(SCOPE(change), db_blob("digest", digest, sizeof digest)), id, known));
	if (*known) return STATUS_FINE;
	cleanup_arena struct arena *arena = arena_new();
	struct taking taking = { .change = change, .settings = settings, .mail = mail, .arrival = arrival, .arena = arena };
	TRY(inbox_home_find(change, settings, mail, arena, &taking.home));
	TRY(id_take(change->db, change->company.tenant_id, change->company.id, "inbox_message", 1, &taking.id));
	bool noted = false;
	if (!taking.home.ours) TRY(note_all(&taking, &noted));
	if (!noted) taking.home.customer_id = taking.home.outbox_id = 0;
	TRY(keep_files(&taking));
	TRY(insert(&taking, digest, taking.home.ours ? "dismissed" : noted ? "tied" : "waiting"));
	*id = taking.id;
	/* what is noted has its own event; what waits, or is ours, is told as received */
	if (noted) return STATUS_FINE;
	return event_add_json(change, (struct event_new){ .kind = "inbox.received", .ref = taking.id }, json_pack("{s:s,s:s}", "from", mail->from, "subject", mail->subject));
}

/* --- the tray ---------------------------------------------------------------------------------------------------------------------- */
bool inbox_tray_seen(const struct viewer *viewer, int64_t company_id)
{
	return viewer_sees_company(viewer, company_id) && viewer_may(viewer, RIGHT_COLLECT) && viewer->portfolio == PORTFOLIO_ALL;
}

#define COLUMNS                                                                                                                                  \
	"SELECT m.id, m.at, m.received_at, m.customer_id, m.suggested_id, m.outbox_id, m.reply_id, m.settled_by, m.settled_at, m.kind, m.state, m.how, " \
	"m.from_address, m.from_name, m.subject, m.words, m.detail, m.message_id, c.code, c.name, s.code, s.name, c.collector_id, c.sales_id, c.group_code, m.text " \
	"FROM inbox_message m LEFT JOIN customer c ON c.tenant_id = m.tenant_id AND c.company_id = m.company_id AND c.id = m.customer_id "       \
	"LEFT JOIN customer s ON s.tenant_id = m.tenant_id AND s.company_id = m.company_id AND s.id = m.suggested_id "                           \
	"WHERE m.tenant_id = $tenant AND m.company_id = $company "

static struct inbox_message read_row(struct rows *rows, struct arena *arena)
{
	struct inbox_message m = { .id = row_int(rows, 0), .at = row_int(rows, 1), .received_at = row_int(rows, 2), .customer_id = row_int(rows, 3), .suggested_id = row_int(rows, 4),
		                   .outbox_id = row_int(rows, 5), .reply_id = row_int(rows, 6), .settled_by = row_int(rows, 7), .settled_at = row_int(rows, 8), .text = "" };
	const char **texts[] = { &m.kind, &m.state, &m.how, &m.from_address, &m.from_name, &m.subject, &m.words, &m.detail, &m.message_id, &m.customer_code, &m.customer_name,
		                 &m.suggested_code, &m.suggested_name };
	for (size_t i = 0; i < COUNT(texts); i++) *texts[i] = arena_strdup(arena, row_text(rows, 9 + (int)i));
	return m;
}

struct status inbox_list(struct db *db, const struct viewer *viewer, int64_t company_id, const char *state, struct arena *arena,
                         struct inbox_message **out, size_t *count)
{
	*out = arena_array(arena, struct inbox_message, LISTED), *count = 0;
	if (!inbox_tray_seen(viewer, company_id)) return STATUS_FINE;
	cleanup_rows struct rows *rows = db_query(db, COLUMNS "AND m.state = $state ORDER BY m.id DESC LIMIT 500",
	        DB_ARGS(db_int("tenant", viewer->tenant_id), db_int("company", company_id), db_text("state", state)));
	while (*count < LISTED && rows_next(rows)) (*out)[(*count)++] = read_row(rows, arena);
	return rows_status(rows);
}

struct status inbox_waiting(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t *count)
{
	*count = 0;
	if (!inbox_tray_seen(viewer, company_id)) return STATUS_FINE;
	return db_get_int(db, "SELECT COUNT(*) FROM inbox_message WHERE tenant_id = $tenant AND company_id = $company AND state = 'waiting'",
	                  DB_ARGS(db_int("tenant", viewer->tenant_id), db_int("company", company_id)), count, NULL);
}

struct status inbox_get(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t id, struct arena *arena, struct inbox_message *out)
{
	cleanup_rows struct rows *rows = db_query(db, COLUMNS "AND m.id = $id",
	        DB_ARGS(db_int("tenant", viewer->tenant_id), db_int("company", company_id), db_int("id", id)));
	bool found = viewer_sees_company(viewer, company_id) && rows_next(rows);
	if (found) {
		*out = read_row(rows, arena);
		out->text = arena_strdup(arena, row_text(rows, 25));
		found = out->customer_id ? viewer_sees_customer(viewer, row_int(rows, 22), row_int(rows, 23), row_text(rows, 24)) : inbox_tray_seen(viewer, company_id);
	}
	TRY(rows_status(rows));
	return found ? STATUS_FINE : status_make(STATUS_NOT_FOUND, "There is no mail %lld.", (long long)id);
}

struct status inbox_files(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t id, struct arena *arena, struct document **out,
                          size_t *count)
{
	struct inbox_message message;
	*out = arena_array(arena, struct document, MAIL_FILES_MAX), *count = 0;
	TRY(inbox_get(db, viewer, company_id, id, arena, &message)); /* may he see it at all */
	cleanup_rows struct rows *rows = db_query(db,
	        "SELECT id, customer_id, item_id, name, type, length(bytes), at FROM document WHERE tenant_id = $tenant AND company_id = $company AND inbox_id = $id ORDER BY id",
	        DB_ARGS(db_int("tenant", viewer->tenant_id), db_int("company", company_id), db_int("id", id)));
	while (*count < MAIL_FILES_MAX && rows_next(rows))
		(*out)[(*count)++] = (struct document){ .id = row_int(rows, 0), .customer_id = row_int(rows, 1), .item_id = row_int(rows, 2), .name = arena_strdup(arena, row_text(rows, 3)),
			.type = arena_strdup(arena, row_text(rows, 4)), .size = row_int(rows, 5), .at = row_int(rows, 6) };
	return rows_status(rows);
}

struct status inbox_file(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t id, int64_t document_id, struct arena *arena,
                         struct attachment *out)
{
	struct inbox_message message;
	TRY(inbox_get(db, viewer, company_id, id, arena, &message)); /* may he see it at all */
	cleanup_rows struct rows *rows = db_query(db,
	        "SELECT name, type, bytes FROM document WHERE tenant_id = $tenant AND company_id = $company AND inbox_id = $inbox AND id = $id",
	        DB_ARGS(db_int("tenant", viewer->tenant_id), db_int("company", company_id), db_int("inbox", id), db_int("id", document_id)));
	bool found = rows_next(rows);
	if (found) {
		size_t len;
		const void *bytes = row_blob(rows, 2, &len);
		*out = (struct attachment){ arena_strdup(arena, row_text(rows, 0)), arena_strdup(arena, row_text(rows, 1)), arena_strndup(arena, len ? bytes : "", len), len };
	}
	TRY(rows_status(rows));
	return found ? STATUS_FINE : status_make(STATUS_NOT_FOUND, "There is no document %lld.", (long long)document_id);
}

/* As the kind of what was kept: a bounce tied by hand says that a message did not arrive; whether the address is dead, a person says. */
static enum reply_kind tied_kind(const char *kind)
{
	if (strcmp(kind, "absence") == 0) return REPLY_ABSENCE;
	if (strcmp(kind, "automatic") == 0 || strcmp(kind, "delayed") == 0) return REPLY_AUTOMATIC;
	return strcmp(kind, "reply") == 0 ? REPLY_REPLY : REPLY_UNDELIVERED;
}

static struct status move_over(struct change *change, const struct inbox_message *message, int64_t customer_id)
{
	static const char *const moves[] = {
		"UPDATE reply SET customer_id = $customer, action_id = 0, outbox_id = 0, rev = $rev WHERE tenant_id = $tenant AND company_id = $company AND inbox_id = $id",
		"UPDATE document SET customer_id = $customer WHERE tenant_id = $tenant AND company_id = $company AND inbox_id = $id AND CAST($rev AS BIGINT) > 0",
	};
	for (size_t i = 0; i < COUNT(moves); i++)
		TRY(db_run(change->db, moves[i], DB_ARGS(SCOPE(change), db_int("customer", customer_id), db_int("rev", change->rev), db_int("id", message->id))));
	return event_add_json(change, (struct event_new){ .kind = "inbox.tied", .customer_id = message->customer_id, .ref = message->id },
	                      json_pack("{s:s,s:s,s:b}", "from", message->from_address, "subject", message->subject, "gone", 1));
}

struct status inbox_tie(struct change *change, int64_t id, int64_t customer_id, bool add_contact)
{
	cleanup_arena struct arena *arena = arena_new();
	struct inbox_message message;
	TRY(change_allows(change, RIGHT_COLLECT));
	TRY(inbox_get(change->db, change->viewer, change->company.id, id, arena, &message));
	TRY(customer_check(change->db, change->viewer, change->company.id, customer_id));
	if (message.customer_id == customer_id) return status_make(STATUS_CONFLICT, "This mail is tied to that customer already.");
	int64_t reply_id = message.reply_id;
	if (message.customer_id && reply_id) {
		TRY(move_over(change, &message, customer_id));
	} else {
		char folded[160] = "";
		const char *address = email_fold(message.from_address, folded, sizeof folded) ? folded : "";
		TRY(reply_note(change, &(struct reply_new){ .customer_id = customer_id, .kind = tied_kind(message.kind), .address = address, .text = message.words, .source = "mail",
		                                            .subject = message.subject, .name = message.from_name, .inbox_id = id }, &reply_id));
		TRY(db_run(change->db, "UPDATE document SET customer_id = $customer, reply_id = $reply WHERE tenant_id = $tenant AND company_id = $company AND inbox_id = $id",
		           DB_ARGS(SCOPE(change), db_int("customer", customer_id), db_int("reply", reply_id), db_int("id", id))));
	}
	TRY(db_run(change->db,
	           "UPDATE inbox_message SET state = 'tied', how = 'hand', customer_id = $customer, outbox_id = 0, reply_id = $reply, settled_by = $by, settled_at = $now, rev = $rev "
	           "WHERE tenant_id = $tenant AND company_id = $company AND id = $id",
	           DB_ARGS(SCOPE(change), db_int("customer", customer_id), db_int("reply", reply_id), db_int("by", change->viewer->user_id), db_int("now", change->now),
	                   db_int("rev", change->rev), db_int("id", id))));
	char folded[160];
	if (add_contact && strcmp(message.kind, "reply") == 0 && email_fold(message.from_address, folded, sizeof folded)) {
		int64_t contact = 0, known = 0;
		TRY(db_get_int(change->db, "SELECT COUNT(*) FROM contact WHERE tenant_id = $tenant AND company_id = $company AND customer_id = $customer AND removed = 0 AND LOWER(email) = $address",
		               DB_ARGS(SCOPE(change), db_int("customer", customer_id), db_text("address", folded)), &known, NULL));
		if (!known) TRY(contact_add(change, customer_id, &(struct contact_new){ .name = message.from_name, .email = folded, .role = "other" }, &contact));
	}
	return event_add_json(change, (struct event_new){ .kind = "inbox.tied", .customer_id = customer_id, .ref = id },
	                      json_pack("{s:s,s:s}", "from", message.from_address, "subject", message.subject));
}

struct status inbox_dismiss(struct change *change, int64_t id)
{
	cleanup_arena struct arena *arena = arena_new();
	struct inbox_message message;
	TRY(change_allows(change, RIGHT_COLLECT));
	TRY(inbox_get(change->db, change->viewer, change->company.id, id, arena, &message));
	if (strcmp(message.state, "waiting") != 0) return status_make(STATUS_CONFLICT, "This mail does not wait any more. Reload the page.");
	TRY(db_run(change->db,
	           "UPDATE inbox_message SET state = 'dismissed', settled_by = $by, settled_at = $now, rev = $rev WHERE tenant_id = $tenant AND company_id = $company AND id = $id",
	           DB_ARGS(SCOPE(change), db_int("by", change->viewer->user_id), db_int("now", change->now), db_int("rev", change->rev), db_int("id", id))));
	return event_add_json(change, (struct event_new){ .kind = "inbox.dismissed", .ref = id }, json_pack("{s:s,s:s}", "from", message.from_address, "subject", message.subject));
}
