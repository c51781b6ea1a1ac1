#include "outreach/digest.h"

#include "base/log.h"
#include "base/memory.h"
#include "base/mustache.h"
#include "ledger/together.h"
#include "outreach/mime.h"
#include "outreach/outbox.h"
#include "outreach/mail_login.h"

#include <string.h>

enum { LISTED = 30, SHORT = 160, BETWEEN = 20 * 3600 };

struct digest {
	const struct viewer *system;
	const struct company *company;
	const struct settings *settings;
	int32_t today;
	int64_t now;
	struct user user;
	struct viewer reader;
	struct notification *list;
	size_t count;
	struct arena *arena;
};

struct status digest_wanted(struct db *db, const struct viewer *viewer, bool *on)
{
	int64_t value = 0;
	TRY(db_get_int(db, "SELECT digest FROM user_account WHERE tenant_id = $tenant AND id = $id", DB_ARGS(db_int("tenant", viewer->tenant_id), db_int("id", viewer->user_id)), &value, NULL));
	*on = value != 0;
	return STATUS_FINE;
}

struct status digest_want(struct db *db, const struct viewer *viewer, bool on)
{
	return db_run(db, "UPDATE user_account SET digest = $on WHERE tenant_id = $tenant AND id = $id", DB_ARGS(db_int("on", on), db_int("tenant", viewer->tenant_id), db_int("id", viewer->user_id)));
}

#define OF(digest) db_int("tenant", (digest)->system->tenant_id), db_int("company", (digest)->company->id), db_int("user", (digest)->user.id)

/* Takes what he has not seen and was not mailed, in one transaction: two servers mail it once. */
static struct status claim(struct db *db, void *context)
{
	struct digest *digest = context;
	int64_t last = 0, wants = 0;
	digest->count = 0;
	TRY(db_get_int(db, "SELECT digest FROM user_account WHERE tenant_id = $tenant AND id = $id", DB_ARGS(db_int("tenant", digest->system->tenant_id), db_int("id", digest->user.id)), &wants, NULL));
	TRY(db_get_int(db, "SELECT COALESCE(MAX(mailed_at), 0) FROM notification WHERE tenant_id = $tenant AND company_id = $company AND user_id = $user", DB_ARGS(OF(digest)), &last, NULL));
	if (!wants || digest->now - last < BETWEEN) return STATUS_FINE;
	struct status status = user_viewer(db, digest->system->tenant_id, digest->user.id, &digest->reader);
	if (status.code == STATUS_NOT_FOUND || status.code == STATUS_FORBIDDEN) return STATUS_FINE;
	TRY(status);
	struct notification *all;
	size_t count;
	TRY(notification_list(db, &digest->reader, digest->company->id, true, 200, digest->arena, &all, &count));
	int64_t changed = 0;
	TRY(db_run_count(db, "UPDATE notification SET mailed_at = $now WHERE tenant_id = $tenant AND company_id = $company AND user_id = $user AND seen_at = 0 AND mailed_at = 0",
	                 DB_ARGS(OF(digest), db_int("now", digest->now)), &changed));
	if (!changed) return STATUS_FINE;
	digest->list = all, digest->count = count;
	return STATUS_FINE;
}

static struct status give_back(struct db *db, void *context)
{
	struct digest *digest = context;
	return db_run(db, "UPDATE notification SET mailed_at = 0 WHERE tenant_id = $tenant AND company_id = $company AND user_id = $user AND mailed_at = $now",
	              DB_ARGS(OF(digest), db_int("now", digest->now)));
}

static void write_words(const struct digest *digest, enum lang lang, struct text *subject, struct text *body)
{
	text_addf(subject, "%s: %s (%zu)", digest->company->name, tr(lang, "what you have not seen"), digest->count);
	text_addf(body, "%s\n\n", tr(lang, "What happened on your customers and you have not seen yet:"));
	for (size_t i = 0; i < digest->count && i < LISTED; i++) {
		const struct notification *n = &digest->list[i];
		size_t len = strlen(n->text) < SHORT ? strlen(n->text) : SHORT;
		while (len && len < strlen(n->text) && ((unsigned char)n->text[len] & 0xc0) == 0x80) len--;
		text_add(body, "- ");
		if (*n->customer_name) text_addf(body, "%s: ", n->customer_name);
		for (size_t k = 0; k < len; k++) text_add_char(body, n->text[k] == '\n' ? ' ' : n->text[k]);
		if (*n->by) text_addf(body, " (%s)", n->by);
		text_add_char(body, '\n');
	}
	text_addf(body, "\n%s\n", tr(lang, "It is all under the bell of the desk, where this mail can be switched off."));
}

static struct status mail_one(struct digest *digest, bool *sent)
{
	enum lang lang = lang_parse(digest->user.language, lang_parse(setting_text(digest->settings, "language"), LANG_FR));
	const char *from = setting_text(digest->settings, "mail.from"), *at = strrchr(from, '@');
	cleanup_text struct text subject = { 0 }, body = { 0 }, html = { 0 }, id = { 0 }, bytes = { 0 };
	write_words(digest, lang, &subject, &body);
	text_addf(&html, "<!doctype html><html lang=\"%s\"><body><pre style=\"white-space:pre-wrap;font:inherit\">", lang_code(lang));
	mustache_escape(&html, body.bytes, body.len);
	text_add(&html, "</pre></body></html>");
	text_addf(&id, "encours.digest.%lld.%lld.%d@%s", (long long)digest->company->id, (long long)digest->user.id, (int)digest->today, at ? at + 1 : "localhost");
	const struct mime_mail mail = { .from = from, .from_name = "Encours", .to = digest->user.email, .to_name = digest->user.name, .reply_to = "", .message_id = text_cstr(&id), .in_reply_to = "",
		                        .subject = text_cstr(&subject), .text = text_cstr(&body), .html = text_cstr(&html), .date = digest->now };
	TRY(mime_build(&mail, &bytes));
	struct smtp_server server = mail_server(digest->settings);
	const char *to[] = { digest->user.email, NULL };
	struct smtp_result result;
	smtp_send(&server, &(struct smtp_mail){ .from = from, .to = to, .bytes = bytes.bytes, .len = bytes.len }, &result);
	*sent = result.outcome == SMTP_SENT;
	if (result.outcome == SMTP_LATER || result.outcome == SMTP_REFUSED) return status_make(STATUS_UNAVAILABLE, "%s", result.words);
	return STATUS_FINE; /* taken, or nobody knows: not twice */
}

struct status digest_send(struct store *store, const struct viewer *system, const struct company *company, int32_t today, int minutes, int64_t now, int *sent)
{
	*sent = 0;
	if (minutes < DIGEST_MINUTE) return STATUS_FINE;
	cleanup_arena struct arena *arena = arena_new();
	struct digest digest = { .system = system, .company = company, .today = today, .now = now, .arena = arena };
	struct user *users = NULL;
	size_t count = 0;
	struct db *db = NULL;
	TRY(store_reader(store, &db));
	struct status status = settings_load(db, system->tenant_id, company->id, arena, &digest.settings);
	if (!status.code) status = user_list(db, system, arena, &users, &count);
	store_release(store, db);
	TRY(status);
	if (!mail_ready(digest.settings) || mail_login_ready(digest.settings, "mail").code) return STATUS_FINE;
	for (size_t i = 0; i < count; i++) {
		if (users[i].disabled) continue;
		digest.user = users[i];
		TRY(store_transact(store, claim, &digest));
		if (!digest.count) continue;
		bool left = false;
		struct status mailed = mail_one(&digest, &left);
		*sent += left;
		if (!mailed.code) continue;
		log_line(LOG_WARNING, "company=%s the digest of user %lld did not leave: %s", company->code, (long long)users[i].id, mailed.text);
		TRY(store_transact(store, give_back, &digest));
		return STATUS_FINE; /* the server is in trouble: the next round tries again */
	}
	return STATUS_FINE;
}
