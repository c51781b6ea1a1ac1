#include "outreach/outbox.h"

#include "base/memory.h"
#include "dunning/action_member.h"
#include "outreach/facts.h"
#include "ledger/event.h"

#include <sodium.h>

static const struct {
	const char *code, *label;
} states[OUTBOX_STATES] = {
	[OUTBOX_QUEUED] = { "queued", "Ready to leave" },  [OUTBOX_SENDING] = { "sending", "Leaving" },
	[OUTBOX_SENT] = { "sent", "Sent" },                [OUTBOX_UNKNOWN] = { "unknown", "Uncertain" },
	[OUTBOX_FAILED] = { "failed", "Not sent" },        [OUTBOX_CANCELLED] = { "cancelled", "Cancelled" },
	[OUTBOX_HELD] = { "held", "Kept back" },         [OUTBOX_SIMULATED] = { "simulated", "Simulated: would have left" },
};

const char *outbox_state_code(enum outbox_state state)
{
	return states[state].code;
}

bool outbox_state_parse(const char *code, enum outbox_state *out)
{
	for (int i = 0; i < OUTBOX_STATES; i++)
		if (strcmp(states[i].code, code) == 0) return *out = (enum outbox_state)i, true;
	return false;
}

const char *outbox_state_label(enum outbox_state state)
{
	return states[state].label;
}

/* --- reading ------------------------------------------------------------------------------------------------------------------ */

#define ROW_COLUMNS                                                                                                            \
	"o.id, o.action_id, o.customer_id, o.attempts, o.not_before, o.queued_at, o.sent_at, o.rev, o.state, c.code, c.name, " \
	"o.message_id, o.sender, o.recipient, o.copies, o.subject, o.error, c.collector_id, c.sales_id, c.group_code, " \
	"o.channel, o.cc, o.provider_ref, o.parts, o.cost, o.internal, o.about"
enum { ROW_COLUMN_COUNT = 27 }; /* the text parts stand after them */
#define ROW_FROM                                                                                                               \
	" FROM outbox o JOIN customer c ON c.tenant_id = o.tenant_id AND c.company_id = o.company_id AND c.id = o.customer_id " \
	"WHERE o.tenant_id = $tenant AND o.company_id = $company "

static bool may_see(const struct viewer *viewer, struct rows *rows)
{
	return viewer_sees_customer(viewer, row_int(rows, 17), row_int(rows, 18), row_text(rows, 19));
}

static void read_row(struct rows *rows, struct arena *arena, struct outbox_row *out)
{
	*out = (struct outbox_row){
		.id = row_int(rows, 0), .action_id = row_int(rows, 1), .customer_id = row_int(rows, 2), .attempts = row_int(rows, 3),
		.not_before = row_int(rows, 4), .queued_at = row_int(rows, 5), .sent_at = row_int(rows, 6), .rev = row_int(rows, 7),
		.customer_code = arena_strdup(arena, row_text(rows, 9)), .customer_name = arena_strdup(arena, row_text(rows, 10)),
		.message_id = arena_strdup(arena, row_text(rows, 11)), .sender = arena_strdup(arena, row_text(rows, 12)),
		.recipient = arena_strdup(arena, row_text(rows, 13)), .copies = arena_strdup(arena, row_text(rows, 14)),
		.subject = arena_strdup(arena, row_text(rows, 15)), .error = arena_strdup(arena, row_text(rows, 16)), .text = "", .html = "",
		.channel = arena_strdup(arena, row_text(rows, 20)), .cc = arena_strdup(arena, row_text(rows, 21)),
		.provider_ref = arena_strdup(arena, row_text(rows, 22)), .parts = row_int(rows, 23), .cost = row_int(rows, 24),
		.internal = row_int(rows, 25) != 0, .about = arena_strdup(arena, row_text(rows, 26)),
	};
	outbox_state_parse(row_text(rows, 8), &out->state);
}

struct status outbox_list(struct db *db, const struct viewer *viewer, int64_t company_id, const struct outbox_filter *filter,
                          struct arena *arena, struct outbox_row **out, size_t *count)
{
	struct outbox_row *list = NULL;
	size_t cap = 0, limit = filter->limit ? filter->limit : 200, skipped = 0;
	*count = 0, *out = NULL;
	if (!viewer_sees_company(viewer, company_id)) return STATUS_FINE;
	struct action_hidden hidden;
	TRY(action_hidden_read(db, viewer, company_id, arena, &hidden));
	cleanup_text struct text like = { 0 };
	for (const char *p = filter->sought ? filter->sought : ""; *p && like.len < 200; p++) {
		if (strchr("%_!", *p)) text_add_char(&like, '!');
		text_add_char(&like, *p >= 'A' && *p <= 'Z' ? (char)(*p + 32) : *p);
	}
	if (like.len) text_add_char(&like, '%');
	cleanup_text struct text pattern = { 0 };
	if (like.len) text_addf(&pattern, "%%%s", text_cstr(&like));
	struct rows *rows = db_query(db,
	        "SELECT " ROW_COLUMNS ROW_FROM "AND (CAST($customer AS BIGINT) = 0 OR o.customer_id = $customer OR o.action_id IN (SELECT m.action_id FROM action_member m "
	        "WHERE m.tenant_id = $tenant AND m.company_id = $company AND m.customer_id = $customer)) "
	        "AND ($like = '' OR LOWER(o.subject || ' ' || o.recipient || ' ' || c.name || ' ' || o.body_text) LIKE $like ESCAPE '!') ORDER BY o.id DESC",
	        DB_ARGS(db_int("tenant", viewer->tenant_id), db_int("company", company_id), db_int("customer", filter->customer_id), db_text("like", text_cstr(&pattern))));
	while (*count < limit && rows_next(rows)) {
		enum outbox_state state;
		if (!outbox_state_parse(row_text(rows, 8), &state) || (filter->states && !(filter->states & 1u << state))) continue;
		if (!may_see(viewer, rows) || action_hidden(&hidden, row_int(rows, 1)) || skipped++ < filter->skip) continue;
		GROW(list, *count, cap);
		read_row(rows, arena, &list[(*count)++]);
	}
	struct status status = rows_status(rows);
	rows_close(rows);
	*out = arena_array(arena, struct outbox_row, *count + 1);
	if (*count) memcpy(*out, list, *count * sizeof *list);
	free(list);
	return status;
}

struct status outbox_get(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t id, struct arena *arena,
                         struct outbox_row *out)
{
	cleanup_rows struct rows *rows = db_query(db, "SELECT " ROW_COLUMNS ", o.body_text, o.body_html" ROW_FROM "AND o.id = $id",
	        DB_ARGS(db_int("tenant", viewer->tenant_id), db_int("company", company_id), db_int("id", id)));
	bool found = viewer_sees_company(viewer, company_id) && rows_next(rows) && may_see(viewer, rows);
	if (found) {
		read_row(rows, arena, out);
		out->text = arena_strdup(arena, row_text(rows, ROW_COLUMN_COUNT));
		out->html = arena_strdup(arena, row_text(rows, ROW_COLUMN_COUNT + 1));
	}
	TRY(rows_status(rows));
	if (found) TRY(action_seen_whole(db, viewer, company_id, out->action_id, &found)); /* a message to a payer lists items of several customers */
	return found ? STATUS_FINE : status_make(STATUS_NOT_FOUND, "There is no message %lld.", (long long)id);
}

struct status outbox_counts(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t counts[static OUTBOX_STATES])
{
	memset(counts, 0, OUTBOX_STATES * sizeof *counts);
	if (!viewer_sees_company(viewer, company_id)) return STATUS_FINE;
	cleanup_rows struct rows *rows = db_query(db,
	        "SELECT o.state, c.collector_id, c.sales_id, c.group_code, COUNT(*)" ROW_FROM
	        "GROUP BY o.state, c.collector_id, c.sales_id, c.group_code",
	        DB_ARGS(db_int("tenant", viewer->tenant_id), db_int("company", company_id)));
	while (rows_next(rows)) {
		enum outbox_state state;
		if (outbox_state_parse(row_text(rows, 0), &state) && viewer_sees_customer(viewer, row_int(rows, 1), row_int(rows, 2), row_text(rows, 3)))
			counts[state] += row_int(rows, 4);
	}
	return rows_status(rows);
}

struct status outbox_files(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t outbox_id, struct arena *arena,
                           struct outbox_file **out, size_t *count)
{
	struct outbox_row row;
	TRY(outbox_get(db, viewer, company_id, outbox_id, arena, &row)); /* may he see it at all */
	struct outbox_file *list = arena_array(arena, struct outbox_file, 16);
	*count = 0, *out = list;
	cleanup_rows struct rows *rows = db_query(db,
	        "SELECT id, name, type, length(bytes) FROM document WHERE tenant_id = $tenant AND company_id = $company "
	        "AND customer_id = $customer AND outbox_id = $outbox ORDER BY id",
	        DB_ARGS(db_int("tenant", viewer->tenant_id), db_int("company", company_id), db_int("customer", row.customer_id),
	                db_int("outbox", outbox_id)));
	while (*count < 16 && rows_next(rows))
		list[(*count)++] = (struct outbox_file){ row_int(rows, 0), arena_strdup(arena, row_text(rows, 1)),
		                                         arena_strdup(arena, row_text(rows, 2)), row_int(rows, 3) };
	return rows_status(rows);
}

struct status outbox_file(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t document_id, struct arena *arena,
                          struct attachment *out)
{
	cleanup_rows struct rows *rows = db_query(db,
	        "SELECT d.name, d.type, d.bytes, c.collector_id, c.sales_id, c.group_code, COALESCE((SELECT o.action_id FROM outbox o WHERE o.tenant_id = d.tenant_id "
	        "AND o.company_id = d.company_id AND o.id = d.outbox_id), 0) FROM document d JOIN customer c "
	        "ON c.tenant_id = d.tenant_id AND c.company_id = d.company_id AND c.id = d.customer_id "
	        "WHERE d.tenant_id = $tenant AND d.company_id = $company AND d.id = $id",
	        DB_ARGS(db_int("tenant", viewer->tenant_id), db_int("company", company_id), db_int("id", document_id)));
	bool found = viewer_sees_company(viewer, company_id) && rows_next(rows) &&
	             viewer_sees_customer(viewer, row_int(rows, 3), row_int(rows, 4), row_text(rows, 5));
	int64_t action_id = found ? row_int(rows, 6) : 0;
	if (found) {
		size_t len;
		const void *bytes = row_blob(rows, 2, &len);
		*out = (struct attachment){ arena_strdup(arena, row_text(rows, 0)), arena_strdup(arena, row_text(rows, 1)),
		                            arena_strndup(arena, len ? bytes : "", len), len };
	}
	TRY(rows_status(rows));
	if (found) TRY(action_seen_whole(db, viewer, company_id, action_id, &found));
	return found ? STATUS_FINE : status_make(STATUS_NOT_FOUND, "There is no document %lld.", (long long)document_id);
}

/* --- writing -------------------------------------------------------------------------------------------------------------------- */

/* The same message always bears the same id, so that a second copy is recognised and a reply finds its way home. */
static void message_id(const struct company *company, const char *key, const char *from, char *out, size_t size)
{
	unsigned char hash[12];
	char seed[600], hex[sizeof hash * 2 + 1];
	snprintf(seed, sizeof seed, "%lld/%lld/%s/%s/%s", (long long)company->tenant_id, (long long)company->id, company->code,
	         from, key);
	crypto_generichash(hash, sizeof hash, (const unsigned char *)seed, strlen(seed), NULL, 0);
	sodium_bin2hex(hex, sizeof hex, hash, sizeof hash);
	const char *at = strrchr(from, '@');
	snprintf(out, size, "encours.%s@%s", hex, at && at[1] ? at + 1 : "localhost");
}

struct status outbox_known(struct db *db, const struct company *company, const struct settings *settings, const char *key, bool *out)
{
	char unique[160];
	int64_t count = 0;
	message_id(company, key, setting_text(settings, "mail.from"), unique, sizeof unique);
	TRY(db_get_int(db, "SELECT COUNT(*) FROM outbox WHERE tenant_id = $tenant AND company_id = $company AND message_id = $id",
	               DB_ARGS(db_int("tenant", company->tenant_id), db_int("company", company->id), db_text("id", unique)), &count, NULL));
	*out = count > 0;
	return STATUS_FINE;
}

static struct status add_document(struct change *change, int64_t customer_id, int64_t outbox_id, const struct attachment *file)
{
	int64_t id;
	unsigned char digest[crypto_generichash_BYTES];
	crypto_generichash(digest, sizeof digest, (const unsigned char *)file->bytes, file->len, NULL, 0);
	TRY(id_take(change->db, change->company.tenant_id, change->company.id, "document", 1, &id));
	return db_run(change->db,
	        "INSERT INTO document (tenant_id, company_id, id, customer_id, outbox_id, name, type, digest, bytes, at) "
	        "VALUES ($tenant, $company, $id, $customer, $outbox, $name, $type, $digest, $bytes, $at)",
	        DB_ARGS(db_int("tenant", change->company.tenant_id), db_int("company", change->company.id), db_int("id", id),
	                db_int("customer", customer_id), db_int("outbox", outbox_id), db_text("name", file->name), db_text("type", file->type),
	                db_blob("digest", digest, sizeof digest), db_blob("bytes", file->bytes, file->len), db_int("at", change->now)));
}

struct status outbox_attach(struct change *change, int64_t customer_id, int64_t outbox_id, const struct attachment *file)
{
	return add_document(change, customer_id, outbox_id, file);
}

struct status outbox_add(struct change *change, const struct settings *settings, const struct outbox_new *add, int64_t *id)
{
	const struct message *message = add->message;
	const char *from = setting_text(settings, "mail.from"), *always = setting_text(settings, "mail.copy_to");
	char unique[160];
	cleanup_text struct text copies = { 0 };
	if (!add->posted && strcmp(add->channel, "email") == 0) {
		text_add(&copies, always);
		if (message->copies && *message->copies) text_addf(&copies, "%s%s", *always ? "," : "", message->copies);
	}
	message_id(&change->company, add->key, from, unique, sizeof unique);
	TRY(id_take(change->db, change->company.tenant_id, change->company.id, "outbox", 1, id));
	enum outbox_state state = add->simulated ? OUTBOX_SIMULATED : add->posted ? OUTBOX_SENT : add->held ? OUTBOX_HELD : OUTBOX_QUEUED;
	TRY(db_run(change->db,
	        "INSERT INTO outbox (tenant_id, company_id, id, action_id, customer_id, channel, message_id, sender, recipient, copies, subject, "
	        "body_text, body_html, state, not_before, queued_at, sent_at, cc, parts, cost, rev, internal, about) VALUES ($tenant, $company, $id, $action, $customer, $channel, "
	        "$message_id, $sender, $recipient, $copies, $subject, $text, $html, $state, $not_before, $now, $sent, $cc, $parts, $cost, $rev, "
	        "$internal, $about)",
	        DB_ARGS(db_int("tenant", change->company.tenant_id), db_int("company", change->company.id), db_int("id", *id),
	                db_int("action", add->action_id), db_int("customer", add->customer_id), db_text("channel", add->channel),
	                db_text("message_id", unique), db_text("sender", from), db_text("recipient", message->recipient),
	                db_text("copies", text_cstr(&copies)), db_text("subject", message->subject),
	                db_text("text", message->text), db_text("html", message->html), db_text("state", outbox_state_code(state)),
	                db_int("not_before", add->not_before), db_int("now", change->now), db_int("sent", add->posted ? change->now : 0),
	                db_text("cc", add->cc ? add->cc : ""), db_int("parts", add->parts), db_int("cost", add->cost),
	                db_int("rev", change->rev), db_int("internal", add->internal), db_text("about", add->about ? add->about : ""))));
	for (size_t i = 0; i < message->attachment_count; i++)
		TRY(add_document(change, add->customer_id, *id, &message->attachments[i]));
	return STATUS_FINE;
}

static struct status set_state(struct change *change, int64_t id, enum outbox_state state, const char *error, bool fresh)
{
	return db_run(change->db,
	        "UPDATE outbox SET state = $state, error = $error, attempts = CASE WHEN CAST($fresh AS BIGINT) = 1 THEN 0 ELSE attempts END, "
	        "not_before = 0, rev = $rev WHERE tenant_id = $tenant AND company_id = $company AND id = $id",
	        DB_ARGS(db_text("state", outbox_state_code(state)), db_text("error", error), db_int("fresh", fresh), db_int("rev", change->rev),
	                db_int("tenant", change->company.tenant_id), db_int("company", change->company.id), db_int("id", id)));
}

static struct status not_now(const struct outbox_row *row)
{
	return status_make(STATUS_CONFLICT, "Message %lld is “%s” by now. Reload the page.", (long long)row->id, outbox_state_code(row->state));
}

static struct status say(struct change *change, const struct outbox_row *row, const char *kind, const char *note)
{
	return event_add_json(change, (struct event_new){ .kind = kind, .customer_id = row->customer_id, .ref = row->action_id },
	                      json_pack("{s:I, s:s, s:s}", "message", (json_int_t)row->id, "to", row->recipient, "note", note ? note : ""));
}

static struct status take(struct change *change, int64_t id, struct arena *arena, unsigned allowed, struct outbox_row *row)
{
	TRY(outbox_get(change->db, change->viewer, change->company.id, id, arena, row));
	return allowed & 1u << row->state ? STATUS_FINE : not_now(row);
}

struct status outbox_settle(struct change *change, int64_t id, bool arrived, const char *note)
{
	cleanup_arena struct arena *arena = arena_new();
	struct outbox_row row;
	TRY(take(change, id, arena, 1u << OUTBOX_UNKNOWN, &row));
	TRY(set_state(change, id, arrived ? OUTBOX_SENT : OUTBOX_QUEUED, "", true));
	TRY(say(change, &row, arrived ? "message.arrived" : "message.again", note));
	return row.action_id ? action_moved(change, row.action_id, arrived ? STATE_SENT : STATE_QUEUED, NULL) : STATUS_FINE;
}

struct status outbox_cancel(struct change *change, int64_t id)
{
	cleanup_arena struct arena *arena = arena_new();
	struct outbox_row row;
	TRY(take(change, id, arena, 1u << OUTBOX_QUEUED | 1u << OUTBOX_HELD | 1u << OUTBOX_FAILED | 1u << OUTBOX_SIMULATED, &row));
	TRY(set_state(change, id, OUTBOX_CANCELLED, row.error, false));
	TRY(say(change, &row, "message.cancelled", NULL));
	return row.action_id ? action_moved(change, row.action_id, STATE_CANCELLED, "taken back") : STATUS_FINE;
}

struct status outbox_retry(struct change *change, int64_t id)
{
	cleanup_arena struct arena *arena = arena_new();
	struct outbox_row row;
	TRY(take(change, id, arena, 1u << OUTBOX_FAILED, &row));
	TRY(recipient_check(change->db, change->company.tenant_id, change->company.id, row.recipient));
	TRY(set_state(change, id, change->company.live ? OUTBOX_QUEUED : OUTBOX_HELD, "", true));
	TRY(say(change, &row, "message.again", NULL));
	return row.action_id ? action_moved(change, row.action_id, STATE_QUEUED, NULL) : STATUS_FINE;
}
