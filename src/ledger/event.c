#include "ledger/event.h"

#include "base/day.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/text.h"

#include <sodium.h>
#include <string.h>

enum { HASH = 32, SALT = 16 };

/* Every kind of event with its words, for the timeline and the audit log. Add yours. */
static const struct event_kind kinds[] = {
	{ "company.created", "Company created" },
	{ "company.changed", "Company changed" },
	{ "company.live", "Went live" },
	{ "company.test", "Back to test mode" },
	{ "setting.changed", "Setting changed" },
	{ "field.defined", "Field of our own defined" },
	{ "field.removed", "Field of our own removed" },
	{ "rule.saved", "Assignment rule saved" },
	{ "rule.removed", "Assignment rule removed" },
	{ "source.ranked", "Order of sources changed" },
	{ "chain.published", "Seal of the history told to administrators" },
	{ "rate.set", "Rate entered" },
	{ "user.added", "Account added" },
	{ "user.changed", "Account changed" },
	{ "user.disabled", "Account disabled" },
	{ "user.enabled", "Account enabled" },
	{ "user.reset", "Password reset" },
	{ "import.applied", "File imported" },
	{ "import.undone", "Import taken back" },
	{ "feed.added", "Feed added" },
	{ "feed.removed", "Feed removed" },
	{ "feed.enabled", "Feed switched on" },
	{ "feed.disabled", "Feed switched off" },
	{ "feed.late", "Nothing comes from a feed any more" },
	{ "feed.file", "File taken from a feed" },
	{ "cash.applied", "Payment applied" },
	{ "cash.returned", "Payment came back" },
	{ "cash.undone", "Application taken back" },
	{ "cash.ignored", "Bank line set aside" },
	{ "cash.waiting", "Bank line kept waiting" },
	{ "cash.reopened", "Bank line taken up again" },
	{ "cash.settled", "Items matched by hand" },
	{ "cash.same", "Bank line and posting: one payment" },
	{ "cash.another", "Bank line and posting: two payments" },
	{ "cash.unsettled", "Manual match taken back" },
	{ "payer.forgotten", "Payer forgotten" },
	{ "customer.changed", "Customer changed" },
	{ "customer.erased", "Personal data erased" },
	{ "retention.erased", "Data erased at the end of its period" },
	{ "erasure.lifted", "Known again after an erasure" },
	{ "person.exported", "A person’s data exported" },
	{ "customer.stopped", "All messages stopped" },
	{ "customer.resumed", "Messages allowed again" },
	{ "customer.insolvent", "Insolvency noted" },
	{ "insolvency.proposed", "Insolvency published: to confirm" },
	{ "insolvency.noted", "Judgment published" },
	{ "insolvency.cancelled", "Notice cancelled" },
	{ "insolvency.confirmed", "Insolvency confirmed" },
	{ "insolvency.dismissed", "Notice dismissed" },
	{ "customer.solvent", "Insolvency withdrawn" },
	{ "customer.generic", "Marked as a generic account" },
	{ "customer.merged", "Customers made one" },
	{ "customer.unmerged", "Customers two again" },
	{ "customer.distinct", "Not the same customer" },
	{ "customer.assigned", "Assigned by rule" },
	{ "item.changed", "Item changed" },
	{ "contact.added", "Contact added" },
	{ "contact.changed", "Contact changed" },
	{ "contact.removed", "Contact removed" },
	{ "note.added", "Note" },
	{ "status.received", "Status of the invoice" },
	{ "status.handled", "Status handled" },
	{ "collected.written", "Collected money written out for the platform" },
	{ "status.reopened", "Status taken up again" },
	{ "dispute.opened", "Dispute opened" },
	{ "dispute.closed", "Dispute closed" },
	{ "dispute.assigned", "Dispute given to somebody" },
	{ "dispute.moved", "Dispute taken further" },
	{ "dispute.due", "Deadline of a dispute set" },
	{ "dispute.credit", "Credit note promised" },
	{ "dispute.credit_arrived", "Promised credit note arrived" },
	{ "dispute.learned", "Cause of a dispute noted" },
	{ "dispute.reopened", "Dispute opened again" },
	{ "dispute.exchange", "Exchange about a dispute" },
	{ "dispute.comment", "Comment on a dispute" },
	{ "dispute.reminded", "Owner of a dispute reminded" },
	{ "dispute.escalated", "Manager told of a late dispute" },
	{ "promise.made", "Promise noted" },
	{ "promise.cancelled", "Promise cancelled" },
	{ "promise.kept", "Promise kept" },
	{ "promise.partly_kept", "Promise partly kept" },
	{ "promise.broken", "Promise broken" },
	{ "plan.proposed", "Payment plan proposed" },
	{ "plan.sent", "Payment plan sent to be signed" },
	{ "plan.agreed", "Payment plan agreed" },
	{ "plan.acknowledged", "Acknowledgement of debt signed" },
	{ "plan.insurer_told", "Credit insurer told of the payment plan" },
	{ "plan.instalment", "Instalment paid" },
	{ "plan.reminded", "Instalment called to mind" },
	{ "plan.kept", "Payment plan kept" },
	{ "plan.missed", "Payment plan broken: the rest is due at once" },
	{ "plan.cancelled", "Payment plan cancelled" },
	{ "promise.confirmed", "Promise confirmed by mail" },
	{ "hold.set", "Hold set" },
	{ "hold.lifted", "Hold lifted" },
	{ "exclusion.set", "Excluded from reminders" },
	{ "exclusion.lifted", "Exclusion lifted" },
	{ "plan.set", "Payment plan noted" },
	{ "plan.lifted", "Payment plan ended" },
	{ "direct_debit.set", "Direct debit pending" },
	{ "direct_debit.lifted", "Direct debit no longer pending" },
	{ "insolvency.changed", "Collective procedure: file" },
	{ "interest.claimed", "Late interest claimed" },
	{ "interest.paid", "Late interest paid" },
	{ "interest.waived", "Late interest waived" },
	{ "interest.cancelled", "Note of late interest cancelled" },
	{ "case.opened", "File handed over" },
	{ "case.step", "File handed over: step" },
	{ "case.bundled", "File handed over: bundle made" },
	{ "case.closed", "File handed over: closed" },
	{ "limitation.noted", "Limitation: event to confirm" },
	{ "limitation.confirmed", "Limitation: event confirmed" },
	{ "limitation.removed", "Limitation: event taken back" },
	{ "bill.set", "Covered by a bill" },
	{ "bill.lifted", "No longer covered by a bill" },
	{ "bill.drawn", "Bill of exchange drawn" },
	{ "bill.sent", "Bill sent for acceptance" },
	{ "bill.chased", "Bill asked for again" },
	{ "bill.accepted", "Bill came back accepted" },
	{ "bill.refused", "Bill not accepted" },
	{ "bill.remitted", "Bill remitted to the bank" },
	{ "bill.discounted", "Bill remitted for discount" },
	{ "bill.paid", "Bill paid" },
	{ "bill.unpaid", "Bill returned unpaid" },
	{ "bill.cancelled", "Bill withdrawn" },
	{ "mandate.added", "Direct debit mandate noted" },
	{ "mandate.ended", "Direct debit mandate ended" },
	{ "debit.drawn", "Direct debit planned" },
	{ "debit.told", "Direct debit announced to the customer" },
	{ "debit.remitted", "Direct debit presented" },
	{ "debit.paid", "Direct debit paid" },
	{ "debit.unpaid", "Direct debit returned" },
	{ "debit.cancelled", "Direct debit withdrawn" },
	{ "payee.saved", "Bank or factor noted" },
	{ "claim.assigned", "Claim assigned" },
	{ "claim.notified", "Assignment notified to the debtor" },
	{ "claim.back", "Claim given back" },
	{ "retention.accepted", "Retention: acceptance of the works noted" },
	{ "retention.guaranteed", "Retention replaced by a bank guarantee" },
	{ "retention.opposed", "Retention: opposition received" },
	{ "retention.claimed", "Release of the retention asked for" },
	{ "insurance.policy", "Credit insurance policy noted" },
	{ "insurance.deliver", "Day of delivery noted for the credit insurer" },
	{ "insurance.extend", "Term extended under the credit insurance" },
	{ "insurance.declare", "Declared overdue to the credit insurer" },
	{ "insurance.claim", "Claim filed with the credit insurer" },
	{ "insurance.paid", "Indemnity received from the credit insurer" },
	{ "insurance.refuse", "Claim refused by the credit insurer" },
	{ "insurance.undo", "Credit insurance: last note taken back" },
	{ "insurance.insolvency", "Credit insurer told of the insolvency" },
	{ "insurance.told", "Credit insurer told of something" },
	{ "cover.requested", "Credit insurance limit asked for" },
	{ "cover.granted", "Credit insurance limit granted" },
	{ "cover.reduced", "Credit insurance limit reduced" },
	{ "cover.withdrawn", "Credit insurance limit withdrawn" },
	{ "cover.refused", "Credit insurance limit refused" },
	{ "cover.removed", "Decision of a credit insurer taken back" },
	{ "deposit.asked", "Deposit asked for" },
	{ "deposit.received", "Deposit received" },
	{ "deposit.returned", "Deposit given back" },
	{ "deposit.used", "Deposit deducted from an invoice" },
	{ "deposit.cancelled", "Deposit no longer asked for" },
	{ "setoff.proposed", "Set-off proposed" },
	{ "setoff.agreed", "Set-off agreed" },
	{ "setoff.settled", "Set-off booked" },
	{ "setoff.cancelled", "Set-off dropped" },
	{ "doubtful.decided", "Debt held to be doubtful" },
	{ "doubtful.cancelled", "Debt no longer held to be doubtful" },
	{ "doubtful.lost", "Debt written off" },
	{ "doubtful.small", "Small balance let go" },
	{ "doubtful.restored", "Write-off taken back" },
	{ "doubtful.duplicate", "Duplicate of an unpaid invoice sent" },
	{ "provision.booked", "Provisions of a closing" },
	{ "provision.cancelled", "Provisions of a closing taken back" },
	{ "entries.written", "Entries written for the books" },
	{ "remittance.made", "File for the bank written" },
	{ "ceded.set", "Assigned to a third party" },
	{ "ceded.lifted", "No longer assigned" },
	{ "reply.noted", "Reply received" },
	{ "reply.bounced", "Address failed" },
	{ "reply.absent", "Absence message received" },
	{ "reply.undelivered", "Message not delivered" },
	{ "reply.automatic", "Automatic answer received" },
	{ "reply.complained", "Complaint about our mail" },
	{ "inbox.received", "Mail received" },
	{ "inbox.tied", "Mail tied to a customer" },
	{ "inbox.dismissed", "Mail set aside" },
	{ "task.added", "Task given" },
	{ "task.changed", "Task changed" },
	{ "task.done", "Task done" },
	{ "file.added", "File added" },
	{ "file.marked", "File classified" },
	{ "watch.started", "Followed" },
	{ "watch.stopped", "No longer followed" },
	{ "portfolio.handed", "Portfolio handed over" },
	{ "customer.handed", "Handed over to a colleague" },
	{ "reply.handled", "Reply handled" },
	{ "link.made", "Personal link made by hand" },
	{ "link.revoked", "Personal links revoked" },
	{ "answer.received", "Answer on the customer's page" },
	{ "answer.accepted", "Answer accepted" },
	{ "answer.refused", "Answer refused" },
	{ "question.asked", "Question to a colleague" },
	{ "question.answered", "Colleague's answer" },
	{ "question.closed", "Question withdrawn" },
	{ "reply.answered", "Answer sent" },
	{ "run.done", "Day planned" },
	{ "action.planned", "Action planned" },
	{ "action.confirmed", "Action confirmed" },
	{ "action.queued", "Message ready to leave" },
	{ "action.sent", "Message sent" },
	{ "action.simulated", "Simulated: would have left" },
	{ "action.failed", "Message not sent" },
	{ "action.unknown", "Sending uncertain" },
	{ "action.done", "Action done" },
	{ "action.approved", "Formal notice approved" },
	{ "action.skipped", "Action skipped" },
	{ "sms.stopped", "No more text messages" },
	{ "sms.allowed", "Text messages allowed again" },
	{ "letter.posted", "Letters posted" },
	{ "letter.printed", "Letters printed" },
	{ "letter.followed", "Registered letter followed" },
	{ "preference.changed", "Preferences changed" },
	{ "logo.changed", "Logo changed" },
	{ "template.files", "Attachments of a text changed" },
	{ "call.recap", "Notes of the call sent" },
	{ "action.snoozed", "Action put off" },
	{ "action.assigned", "Action given to somebody" },
	{ "action.cancelled", "Action cancelled" },
	{ "action.reopened", "Action taken up again" },
	{ "message.leaving", "Message leaving" },
	{ "message.later", "Message refused for now" },
	{ "message.held", "Message kept back" },
	{ "message.simulated", "Simulated: would have left" },
	{ "message.sent", "Message sent" },
	{ "message.failed", "Message not sent" },
	{ "message.unknown", "Sending uncertain" },
	{ "message.arrived", "Message said to have arrived" },
	{ "message.again", "Message to be sent again" },
	{ "message.cancelled", "Message taken back" },
	{ "scenario.published", "Scenario published" },
	{ "scenario.changed", "Scenario changed" },
	{ "customer.profile", "Profile changed by rule" },
	{ "profile.rules", "Rules of profiles changed" },
	{ "trial.started", "Trial started" },
	{ "trial.stopped", "Trial stopped" },
	{ "template.changed", "Text changed" },
	{ "template.reset", "Text as shipped again" },
	{ "backup.made", "Backup made" },
};

const struct event_kind *event_kinds(size_t *count)
{
	*count = COUNT(kinds);
	return kinds;
}

const char *event_words(const char *kind)
{
	for (size_t i = 0; i < COUNT(kinds); i++)
		if (strcmp(kinds[i].kind, kind) == 0) return kinds[i].words;
	return kind;
}

/* --- hashing -------------------------------------------------------------------------------------------------------- */
/* Each part with its length before it, so that no two contents give the same bytes. */
static void hash_part(crypto_generichash_state *state, const void *bytes, size_t len)
{
	unsigned char length[8];
	for (int i = 0; i < 8; i++) length[i] = (unsigned char)((uint64_t)len >> (56 - 8 * i));
	crypto_generichash_update(state, length, sizeof length);
	crypto_generichash_update(state, bytes, len);
}

static void hash_number(crypto_generichash_state *state, int64_t value)
{
	unsigned char bytes[8];
	for (int i = 0; i < 8; i++) bytes[i] = (unsigned char)((uint64_t)value >> (56 - 8 * i));
	hash_part(state, bytes, sizeof bytes);
}

static void hash_content(const struct event *event, const void *salt, size_t salt_len, unsigned char out[static HASH])
{
	crypto_generichash_state state;
	crypto_generichash_init(&state, NULL, 0, HASH);
	hash_part(&state, salt, salt_len);
	hash_number(&state, event->seq);
	hash_number(&state, event->at);
	hash_number(&state, event->day);
	hash_number(&state, event->by_user);
	hash_part(&state, event->kind, strlen(event->kind));
	hash_number(&state, event->customer_id);
	hash_number(&state, event->ref);
	hash_part(&state, event->content, strlen(event->content));
	crypto_generichash_final(&state, out, HASH);
}

static void hash_link(const unsigned char previous[static HASH], const unsigned char content[static HASH],
                      unsigned char out[static HASH])
{
	crypto_generichash_state state;
	crypto_generichash_init(&state, NULL, 0, HASH);
	crypto_generichash_update(&state, previous, HASH);
	crypto_generichash_update(&state, content, HASH);
	crypto_generichash_final(&state, out, HASH);
}

/* --- adding ----------------------------------------------------------------------------------------------------------- */
struct status event_add(struct change *change, const struct event_new *add)
{
	struct event event = { .seq = change->event_seq + 1,
		               .at = change->now,
		               .day = change->today,
		               .by_user = change->viewer->user_id,
		               .customer_id = add->customer_id,
		               .ref = add->ref,
		               .kind = add->kind,
		               .content = add->content ? add->content : "{}" };
	unsigned char salt[SALT], content_hash[HASH];
	randombytes_buf(salt, sizeof salt);
	hash_content(&event, salt, sizeof salt, content_hash);
	hash_link(change->event_hash, content_hash, change->event_hash);
	TRY(db_run(change->db,
	           "INSERT INTO event (tenant_id, company_id, seq, at, day, by_user, kind, customer_id, ref, salt, content, "
	           "content_hash, hash) VALUES ($tenant, $company, $seq, $at, $day, $by, $kind, $customer, $ref, $salt, $content, "
	           "$content_hash, $hash)",
	           DB_ARGS(db_int("tenant", change->company.tenant_id), db_int("company", change->company.id), db_int("seq", event.seq),
	                   db_int("at", event.at), db_int("day", event.day), db_int("by", event.by_user), db_text("kind", event.kind),
	                   db_int("customer", event.customer_id), db_int("ref", event.ref), db_blob("salt", salt, sizeof salt),
	                   db_text("content", event.content), db_blob("content_hash", content_hash, sizeof content_hash),
	                   db_blob("hash", change->event_hash, HASH))));
	change->event_seq = event.seq;
	change->events++;
	return STATUS_FINE;
}

struct status event_add_json(struct change *change, struct event_new event, json_t *content)
{
	cleanup_free char *text = content ? json_dumps(content, JSON_COMPACT | JSON_REAL_PRECISION(15)) : NULL;
	json_decref(content);
	if (!text) return status_make(STATUS_INVALID, "The change holds text that can't be kept.");
	event.content = text;
	return event_add(change, &event);
}

/* --- reading ------------------------------------------------------------------------------------------------------------ */
struct status event_search(struct db *db, const struct viewer *viewer, int64_t company_id, struct event_filter filter,
                           struct arena *arena, struct event **out, size_t *count)
{
	*out = NULL, *count = 0;
	if (!viewer_sees_company(viewer, company_id)) return status_make(STATUS_NOT_FOUND, "There is no such company.");
	if (!filter.customer_id && !viewer_may(viewer, RIGHT_AUDIT))
		return status_make(STATUS_FORBIDDEN, "The audit log is not open to your role.");
	/* "dispute." up to "dispute/": the character after the point bounds a prefix in code point order */
	cleanup_text struct text low = { 0 }, high = { 0 };
	text_add(&low, filter.kind ? filter.kind : "");
	text_add(&high, filter.kind && *filter.kind ? filter.kind : "");
	text_add(&high, "\xF4\x8F\xBF\xBF");
	static const char all[] =
	        "SELECT seq, at, day, by_user, kind, customer_id, ref, content FROM event WHERE tenant_id = $tenant "
	        "AND company_id = $company AND seq < $before AND kind >= $low AND kind <= $high AND day >= $from AND day <= $to "
	        "AND ($any_user = 1 OR by_user = $user) ORDER BY seq DESC LIMIT $limit";
	/* of one into whom others were made one: theirs too, which one index can't give in order */
	static const char of_several[] =
	        "SELECT seq, at, day, by_user, kind, customer_id, ref, content FROM event WHERE tenant_id = $tenant "
	        "AND company_id = $company AND customer_id IN (SELECT id FROM customer WHERE tenant_id = $tenant AND company_id = $company "
	        "AND (id = $customer OR merged_into = $customer)) AND seq < $before AND kind >= $low AND kind <= $high "
	        "AND day >= $from AND day <= $to AND ($any_user = 1 OR by_user = $user) ORDER BY seq DESC LIMIT $limit";
	static const char of_customer[] =
	        "SELECT seq, at, day, by_user, kind, customer_id, ref, content FROM event WHERE tenant_id = $tenant "
	        "AND company_id = $company AND customer_id = $customer AND seq < $before AND kind >= $low AND kind <= $high "
	        "AND day >= $from AND day <= $to AND ($any_user = 1 OR by_user = $user) ORDER BY seq DESC LIMIT $limit";
	const struct db_arg args[] = {
		db_int("tenant", viewer->tenant_id),
		db_int("company", company_id),
		db_int("before", filter.before_seq ? filter.before_seq : INT64_MAX),
		db_text("low", text_cstr(&low)),
		db_text("high", text_cstr(&high)),
		db_int("from", filter.from == DAY_NONE ? DAY_MIN : filter.from),
		db_int("to", filter.to == DAY_NONE ? DAY_MAX : filter.to),
		db_int("any_user", filter.by_user < 0),
		db_int("user", filter.by_user),
		db_int("limit", (int64_t)filter.limit),
		filter.customer_id ? db_int("customer", filter.customer_id) : (struct db_arg){ .type = DB_END },
		{ .type = DB_END },
	};
	struct event *events = arena_array(arena, struct event, filter.limit ? filter.limit : 1);
	int64_t merged = 0;
	if (filter.customer_id)
		TRY(db_get_int(db, "SELECT COUNT(*) FROM customer WHERE tenant_id = $tenant AND company_id = $company AND merged_into = $customer AND merged_into > 0",
		               DB_ARGS(db_int("tenant", viewer->tenant_id), db_int("company", company_id), db_int("customer", filter.customer_id)), &merged, NULL));
	cleanup_rows struct rows *rows = db_query(db, !filter.customer_id ? all : merged ? of_several : of_customer, args);
	size_t found = 0;
	while (found < filter.limit && rows_next(rows))
		events[found++] = (struct event){ .seq = row_int(rows, 0),
			                          .at = row_int(rows, 1),
			                          .day = row_day(rows, 2),
			                          .by_user = row_int(rows, 3),
			                          .kind = arena_strdup(arena, row_text(rows, 4)),
			                          .customer_id = row_int(rows, 5),
			                          .ref = row_int(rows, 6),
			                          .content = arena_strdup(arena, row_text(rows, 7)) };
	TRY(rows_status(rows));
	*out = events, *count = found;
	return STATUS_FINE;
}

struct status event_list(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t customer_id, const char *kind,
                         int64_t before_seq, size_t limit, struct arena *arena, struct event **out, size_t *count)
{
	return event_search(db, viewer, company_id,
	                    (struct event_filter){ .customer_id = customer_id, .by_user = -1, .before_seq = before_seq, .kind = kind,
	                                           .from = DAY_NONE, .to = DAY_NONE, .limit = limit },
	                    arena, out, count);
}

/* --- erasing -------------------------------------------------------------------------------------------------------------- */
struct status event_erase_customer(struct change *change, int64_t customer_id)
{
	int64_t erased = 0;
	TRY(db_run_count(change->db,
	                 "UPDATE event SET content = NULL, salt = NULL WHERE tenant_id = $tenant AND company_id = $company "
	                 "AND customer_id = $customer AND content IS NOT NULL AND kind <> 'customer.erased'",
	                 DB_ARGS(db_int("tenant", change->company.tenant_id), db_int("company", change->company.id),
	                         db_int("customer", customer_id)),
	                 &erased));
	return event_add_json(change, (struct event_new){ .kind = "customer.erased", .customer_id = customer_id },
	                      json_pack("{s:I}", "events", (json_int_t)erased));
}

struct status event_erase(struct change *change, int64_t customer_id, const int64_t *seqs, size_t count, json_t *content)
{
	int64_t erased = 0;
	struct status status = STATUS_FINE;
	for (size_t i = 0; i < count && !status.code; i++) {
		int64_t changed = 0;
		status = db_run_count(change->db,
		                      "UPDATE event SET content = NULL, salt = NULL WHERE tenant_id = $tenant AND company_id = $company "
		                      "AND seq = $seq AND customer_id = $customer AND content IS NOT NULL AND kind <> 'customer.erased'",
		                      DB_ARGS(db_int("tenant", change->company.tenant_id), db_int("company", change->company.id), db_int("seq", seqs[i]),
		                              db_int("customer", customer_id)),
		                      &changed);
		erased += changed;
	}
	if (status.code) {
		json_decref(content);
		return status;
	}
	json_object_set_new(content, "events", json_integer(erased));
	return event_add_json(change, (struct event_new){ .kind = "customer.erased", .customer_id = customer_id }, content);
}

/* --- verifying -------------------------------------------------------------------------------------------------------------- */
/* As many contents are missing as the events that erased them say: more, and somebody took them by hand. */
struct told {
	int64_t customer_id, missing, said, first;
};
struct tally {
	struct told *list;
	size_t count, cap;
};
static struct told *told_of(struct tally *tally, int64_t customer_id)
{
	for (size_t i = tally->count; i-- > 0;)
		if (tally->list[i].customer_id == customer_id) return &tally->list[i];
	GROW(tally->list, tally->count, tally->cap);
	tally->list[tally->count] = (struct told){ .customer_id = customer_id };
	return &tally->list[tally->count++];
}
static int64_t said_erased(const char *content)
{
	json_t *said = json_loads(content, 0, NULL);
	int64_t count = json_integer_value(json_object_get(said, "events"));
	json_decref(said);
	return count;
}

static struct status walk_chain(struct db *db, int64_t tenant, int64_t company, struct tally *tally, int64_t *count, int64_t *broken_at)
{
	*count = 0, *broken_at = 0;
	int64_t head_seq = 0;
	unsigned char head[HASH] = { 0 }, running[HASH] = { 0 };
	{
		cleanup_rows struct rows *rows = db_query(
		        db, "SELECT event_seq, event_hash FROM company WHERE tenant_id = $tenant AND id = $company",
		        DB_ARGS(db_int("tenant", tenant), db_int("company", company)));
		if (rows_next(rows)) {
			head_seq = row_int(rows, 0);
			size_t len = 0;
			const void *hash = row_blob(rows, 1, &len);
			if (hash && len == HASH) memcpy(head, hash, HASH);
		}
		TRY(rows_status(rows));
	}
	/* an erased event's content can't be hashed again; what may be missing is said by a later customer.erased */
	cleanup_rows struct rows *rows = db_query(
	        db,
	        "SELECT seq, at, day, by_user, kind, customer_id, ref, content, salt, content_hash, hash, "
	        "CASE WHEN content IS NULL AND NOT EXISTS (SELECT 1 FROM event later WHERE later.tenant_id = e.tenant_id "
	        "AND later.company_id = e.company_id AND later.customer_id = e.customer_id AND later.seq > e.seq "
	        "AND later.kind = 'customer.erased') THEN 1 ELSE 0 END "
	        "FROM event e WHERE tenant_id = $tenant AND company_id = $company ORDER BY seq",
	        DB_ARGS(db_int("tenant", tenant), db_int("company", company)));
	while (rows_next(rows)) {
		struct event event = { .seq = row_int(rows, 0),
			               .at = row_int(rows, 1),
			               .day = row_day(rows, 2),
			               .by_user = row_int(rows, 3),
			               .kind = row_text(rows, 4),
			               .customer_id = row_int(rows, 5),
			               .ref = row_int(rows, 6),
			               .content = row_text(rows, 7) };
		size_t salt_len = 0, content_len = 0, hash_len = 0;
		unsigned char expected[HASH];
		const void *salt = row_blob(rows, 8, &salt_len);
		const void *content_hash = row_blob(rows, 9, &content_len);
		const void *hash = row_blob(rows, 10, &hash_len);
		bool fits = event.seq == *count + 1 && content_len == HASH && hash_len == HASH;
		if (fits && row_null(rows, 7)) {
			struct told *told = told_of(tally, event.customer_id);
			if (!told->missing++) told->first = event.seq;
			fits = row_int(rows, 11) == 0;
		} else if (fits) {
			hash_content(&event, salt, salt_len, expected);
			fits = memcmp(expected, content_hash, HASH) == 0;
			if (strcmp(event.kind, "customer.erased") == 0) told_of(tally, event.customer_id)->said += said_erased(event.content);
		}
		if (fits) {
			unsigned char content[HASH];
			memcpy(content, content_hash, HASH);
			hash_link(running, content, running);
			fits = memcmp(running, hash, HASH) == 0;
		}
		if (!fits) {
			*broken_at = *count + 1;
			return STATUS_FINE;
		}
		++*count;
	}
	TRY(rows_status(rows));
	if (*count != head_seq || memcmp(running, head, HASH) != 0) *broken_at = *count < head_seq ? *count + 1 : head_seq + 1;
	return STATUS_FINE;
}

struct status event_verify(struct db *db, int64_t tenant, int64_t company, int64_t *count, int64_t *broken_at)
{
	struct tally tally = { 0 };
	struct status status = walk_chain(db, tenant, company, &tally, count, broken_at);
	for (size_t i = 0; i < tally.count && !status.code && !*broken_at; i++)
		if (tally.list[i].missing != tally.list[i].said) *broken_at = tally.list[i].first ? tally.list[i].first : 1;
	free(tally.list);
	return status;
}

struct status event_head(struct db *db, int64_t tenant, int64_t company, int64_t *seq, char hex[static EVENT_HEX])
{
	*seq = 0, hex[0] = 0;
	cleanup_rows struct rows *rows =
	        db_query(db, "SELECT event_seq, event_hash FROM company WHERE tenant_id = $tenant AND id = $company",
	                 DB_ARGS(db_int("tenant", tenant), db_int("company", company)));
	if (rows_next(rows)) {
		size_t len = 0;
		*seq = row_int(rows, 0);
		const void *hash = row_blob(rows, 1, &len);
		if (hash && len == HASH) sodium_bin2hex(hex, EVENT_HEX, hash, HASH);
	}
	return rows_status(rows);
}

void event_publish(const struct change *change)
{
	char hex[EVENT_HEX];
	sodium_bin2hex(hex, sizeof hex, change->event_hash, HASH);
	log_line(LOG_INFO, "chain %s %lld %s", change->company.code, (long long)change->event_seq, hex);
}

struct status event_publish_all(struct db *db, int64_t tenant)
{
	cleanup_rows struct rows *rows = db_query(
	        db, "SELECT code, event_seq, event_hash FROM company WHERE tenant_id = $tenant AND event_seq > 0 ORDER BY code",
	        DB_ARGS(db_int("tenant", tenant)));
	while (rows_next(rows)) {
		size_t len = 0;
		char hex[EVENT_HEX] = "";
		const void *hash = row_blob(rows, 2, &len);
		if (hash && len == HASH) sodium_bin2hex(hex, sizeof hex, hash, HASH);
		log_line(LOG_INFO, "chain %s %lld %s", row_text(rows, 0), (long long)row_int(rows, 1), hex);
	}
	return rows_status(rows);
}

/* --- a customer's part, for others ------------------------------------------------------------------------------------------- */

static void hex_of(const void *bytes, size_t len, char *out)
{
	static const char digits[] = "0123456789abcdef";
	const unsigned char *b = bytes;
	for (size_t i = 0; i < len; i++) out[2 * i] = digits[b[i] >> 4], out[2 * i + 1] = digits[b[i] & 15];
	out[2 * len] = 0;
}

/* What may leave the house: what passed between us and the customer, and what has effect in law. Comments among colleagues, tasks,
 * questions and settings show their digest only. */
static bool told_outside(const char *kind)
{
	static const char *const told[] = { "action.", "message.", "reply.", "promise.", "plan.", "limitation.", "interest.", "case.", "insolvency.",
		"dispute.opened", "dispute.closed", "dispute.exchange", "dispute.credit", "customer.insolvent", "customer.solvent" };
	for (size_t i = 0; i < COUNT(told); i++)
		if (strncmp(kind, told[i], strlen(told[i])) == 0) return true;
	return false;
}

static void add_line(struct text *out, json_t *line)
{
	cleanup_free char *text = json_dumps(line, JSON_COMPACT);
	json_decref(line);
	text_add(out, text ? text : "{}");
	text_add_char(out, '\n');
}

struct status event_proof(struct db *db, int64_t tenant, int64_t company, int64_t customer_id, struct text *out)
{
	int64_t first = 0;
	TRY(db_get_int(db, "SELECT COALESCE(MIN(seq), 0) FROM event WHERE tenant_id = $tenant AND company_id = $company AND customer_id = $customer",
	               DB_ARGS(db_int("tenant", tenant), db_int("company", company), db_int("customer", customer_id)), &first, NULL));
	char hex[2 * HASH + 1], salt_hex[2 * SALT + 1], head[2 * HASH + 1];
	memset(head, '0', 2 * HASH), head[2 * HASH] = 0;
	int64_t last = first > 0 ? first - 1 : 0;
	cleanup_rows struct rows *rows = db_query(db,
		"SELECT seq, at, day, by_user, kind, customer_id, ref, content, salt, content_hash, hash FROM event WHERE tenant_id = $tenant"
		" AND company_id = $company AND seq >= $from ORDER BY seq",
		DB_ARGS(db_int("tenant", tenant), db_int("company", company), db_int("from", last)));
	bool begun = last == 0;
	if (begun) add_line(out, json_pack("{s:s, s:I, s:s}", "what", "start", "seq", (json_int_t)0, "hash", head));
	while (rows_next(rows)) {
		size_t len = 0, content_len = 0;
		const void *hash = row_blob(rows, 10, &len);
		if (len == HASH) hex_of(hash, HASH, head);
		last = row_int(rows, 0);
		if (!begun) { /* the event before his first: only where the chain stood */
			add_line(out, json_pack("{s:s, s:I, s:s}", "what", "start", "seq", (json_int_t)last, "hash", head));
			begun = true;
			continue;
		}
		const void *content_hash = row_blob(rows, 9, &content_len);
		hex_of(content_hash, content_len == HASH ? HASH : 0, hex);
		json_t *line = json_pack("{s:s, s:I, s:s}", "what", "link", "seq", (json_int_t)last, "content_hash", hex);
		if (customer_id && row_int(rows, 5) == customer_id && !row_null(rows, 7) && told_outside(row_text(rows, 4))) {
			size_t salt_len = 0;
			const void *salt = row_blob(rows, 8, &salt_len);
			hex_of(salt, salt_len == SALT ? SALT : 0, salt_hex);
			json_t *said = json_pack("{s:s, s:I, s:I, s:I, s:s, s:I, s:I, s:s}", "salt", salt_hex, "at", (json_int_t)row_int(rows, 1), "day",
			                         (json_int_t)row_day(rows, 2), "by", (json_int_t)row_int(rows, 3), "kind", row_text(rows, 4), "customer",
			                         (json_int_t)row_int(rows, 5), "ref", (json_int_t)row_int(rows, 6), "content", row_text(rows, 7));
			json_object_update(line, said);
			json_decref(said);
		}
		add_line(out, line);
	}
	TRY(rows_status(rows));
	add_line(out, json_pack("{s:s, s:I, s:s}", "what", "head", "seq", (json_int_t)last, "hash", head));
	return STATUS_FINE;
}
