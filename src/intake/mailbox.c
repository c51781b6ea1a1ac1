#include "intake/mailbox.h"

#include "base/imap.h"
#include "base/log.h"
#include "base/memory.h"
#include "formats/mail.h"

#include <jansson.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

enum { MAIL_MAX = 40 << 20 };

bool mailbox_sender_named(const char *senders, const char *address)
{
	const char *domain = strrchr(address, '@');
	if (!domain || !*address) return false;
	while (*senders) {
		senders += strspn(senders, ", ;\t");
		size_t len = strcspn(senders, ", ;\t");
		if (len && senders[0] == '@' && strlen(domain) == len && strncasecmp(senders, domain, len) == 0) return true;
		if (len && senders[0] != '@' && strlen(address) == len && strncasecmp(senders, address, len) == 0) return true;
		senders += len;
	}
	return false;
}

/* imaps://user%40firm.fr@host:993/INBOX/Factures */
struct place {
	struct imap_server server;
	const char *folder;
};

static char *decoded(struct arena *arena, const char *bytes, size_t len)
{
	char *out = arena_alloc(arena, len + 1), *to = out;
	for (size_t i = 0; i < len; i++) {
		char hex[3] = { bytes[i], i + 1 < len ? bytes[i + 1] : 0, 0 };
		if (bytes[i] == '%' && i + 2 < len) {
			hex[0] = bytes[i + 1], hex[1] = bytes[i + 2];
			*to++ = (char)strtol(hex, NULL, 16), i += 2;
		} else {
			*to++ = bytes[i];
		}
	}
	*to = 0;
	return out;
}

static struct status read_place(const struct feed *feed, const char *security, const char *password, struct arena *arena, struct place *out)
{
	bool tls = strncmp(feed->location, "imaps://", 8) == 0;
	const char *rest = feed->location + (tls ? 8 : 7), *slash = strchr(rest, '/');
	size_t authority = slash ? (size_t)(slash - rest) : strlen(rest);
	const char *sign = NULL;
	for (size_t i = 0; i < authority; i++)
		if (rest[i] == '@') sign = rest + i;
	if (!sign) return status_make(STATUS_INVALID, "A mailbox wants an address such as imaps://user@host/ (or imap:// with STARTTLS).");
	char *host = arena_strndup(arena, sign + 1, authority - (size_t)(sign + 1 - rest)), *colon = strchr(host, ':');
	int64_t port = 0;
	if (colon && (!text_parse_int(colon + 1, strlen(colon + 1), &port) || port < 1 || port > 65535)) return status_make(STATUS_INVALID, "The mailbox's port is a number from 1 to 65535.");
	if (colon) *colon = 0;
	bool local = strcmp(host, "127.0.0.1") == 0 || strcmp(host, "localhost") == 0, plain = security && strcmp(security, "plain") == 0;
	if (plain && !local) return status_make(STATUS_INVALID, "Mail is fetched over a line that is secured, but from this machine.");
	out->server = (struct imap_server){ .host = host, .port = (int)port, .security = plain ? IMAP_PLAIN : tls ? IMAP_TLS : IMAP_STARTTLS,
		.user = decoded(arena, rest, (size_t)(sign - rest)), .password = password };
	out->folder = slash && slash[1] ? decoded(arena, slash + 1, strlen(slash + 1)) : "INBOX";
	return STATUS_FINE;
}

struct reading {
	const struct intake *intake;
	const struct feed *feed;
	feed_take *take;
	void *context;
	struct arena *arena;
	const char *senders, *move;
	int64_t validity, last;
	bool took;
};

static const char *cursor_of(const struct reading *r)
{
	return arena_printf(r->intake->arena, "{\"uid\":%lld,\"validity\":%lld}", (long long)r->last, (long long)r->validity);
}

/* "[3f2a9c1d] facture.pdf": by the message's id and the bytes. */
static const char *mark_of(const struct reading *r, const struct mail *mail, const struct mail_file *file)
{
	unsigned char digest[16];
	char hex[33];
	crypto_generichash_state state;
	crypto_generichash_init(&state, NULL, 0, sizeof digest);
	crypto_generichash_update(&state, (const unsigned char *)mail->message_id, strlen(mail->message_id) + 1);
	crypto_generichash_update(&state, (const unsigned char *)file->bytes, file->len);
	crypto_generichash_final(&state, digest, sizeof digest);
	sodium_bin2hex(hex, sizeof hex, digest, sizeof digest);
	return arena_printf(r->intake->arena, "[%.20s] %.180s", hex, file->name && *file->name ? file->name : "attachment");
}

static struct status known(const struct reading *r, const char *name, bool *out)
{
	struct db *db;
	int64_t count = 0;
	TRY(store_reader(r->intake->store, &db));
	struct status status = db_get_int(db,
		"SELECT count(*) FROM feed_file WHERE tenant_id = $tenant AND company_id = $company AND feed_id = $feed AND name = $name AND state <> 'failed'",
		DB_ARGS(db_int("tenant", r->intake->viewer->tenant_id), db_int("company", r->intake->company_id), db_int("feed", r->feed->id), db_text("name", name)), &count, NULL);
	store_release(r->intake->store, db);
	*out = count > 0;
	return status;
}

/* What people's programs put beside what they send. */
static bool of_interest(const struct mail_file *file)
{
	static const char *const not[] = { "image/", "application/pkcs7", "application/x-pkcs7", "application/pgp", "text/calendar", "text/html", "message/", "video/", "audio/" };
	for (size_t i = 0; i < COUNT(not); i++)
		if (strncmp(file->type, not[i], strlen(not[i])) == 0) return false;
	return file->len > 0;
}

static struct status take_attachment(struct reading *r, const struct mail *mail, const struct mail_file *file)
{
	bool before = false;
	const char *path = NULL, *slash = file->name ? strrchr(file->name, '/') : NULL;
	const struct feed_entry entry = { .name = mark_of(r, mail, file), .file = arena_strdup(r->intake->arena, slash ? slash + 1 : file->name ? file->name : ""), .size = (int64_t)file->len,
		.changed_at = mail->date };
	TRY(known(r, entry.name, &before));
	if (before) return STATUS_FINE;
	TRY(feed_ask_file(r->intake->arena, file->bytes, file->len, &path));
	struct status status = r->take(r->context, &entry, path);
	unlink(path);
	return status;
}

static struct status take_mail(struct reading *r, struct imap *imap, int64_t uid)
{
	struct imap_message message = { 0 };
	struct status status = imap_fetch(imap, uid, MAIL_MAX, &message);
	struct mail mail = { 0 };
	bool ours = false;
	if (!status.code && message.found) {
		mail_read(message.bytes.bytes ? message.bytes.bytes : "", message.bytes.len, r->intake->today, r->arena, &mail);
		ours = mailbox_sender_named(r->senders, mail.from);
		for (size_t i = 0; ours && i < mail.file_count && !status.code; i++)
			if (of_interest(&mail.files[i])) status = take_attachment(r, &mail, &mail.files[i]);
		if (ours && mail.files_left_out)
			log_line(LOG_WARNING, "feed=%lld %zu attachments of a mail are too large, or too many, to be taken", (long long)r->feed->id, mail.files_left_out);
	}
	text_free(&message.bytes);
	TRY(status); /* tried again: the mark stays before it */
	r->last = uid, r->took = true;
	if (!ours) return STATUS_FINE;
	status = *r->move && imap_can_move(imap) ? imap_move(imap, uid, r->move) : imap_mark_seen(imap, uid);
	if (status.code) log_line(LOG_INFO, "feed=%lld a mail that was read could not be marked: %s", (long long)r->feed->id, status.text);
	return STATUS_FINE;
}

static struct status read_folder(struct reading *r, struct imap *imap, const char *folder)
{
	struct imap_folder found;
	int64_t uids[MAILBOX_MAILS_MAX];
	size_t count = 0;
	TRY(imap_select(imap, folder, &found));
	if (found.uid_validity != r->validity) r->validity = found.uid_validity, r->last = 0; /* it counts anew */
	TRY(imap_search(imap, r->last, r->last ? DAY_NONE : r->intake->today - 60, uids, MAILBOX_MAILS_MAX, &count));
	struct status status = STATUS_FINE;
	for (size_t i = 0; i < count && !status.code; i++) {
		cleanup_arena struct arena *arena = arena_new();
		r->arena = arena;
		status = take_mail(r, imap, uids[i]);
	}
	return status;
}

struct status mailbox_ask(const struct intake *intake, const struct feed *feed, const char *password, feed_take *take, void *context)
{
	json_t *options = json_loads(feed->options, 0, NULL), *cursor = json_loads(feed->cursor, 0, NULL);
	const char *senders = json_string_value(json_object_get(options, "senders")), *move = json_string_value(json_object_get(options, "move"));
	struct reading reading = { .intake = intake, .feed = feed, .take = take, .context = context, .senders = arena_strdup(intake->arena, senders ? senders : ""),
		.move = arena_strdup(intake->arena, move ? move : ""), .validity = json_integer_value(json_object_get(cursor, "validity")),
		.last = json_integer_value(json_object_get(cursor, "uid")) };
	struct place place = { 0 };
	struct status status = read_place(feed, json_string_value(json_object_get(options, "security")), password, intake->arena, &place);
	const char *ca = json_string_value(json_object_get(options, "ca_file"));
	place.server.ca_file = ca ? arena_strdup(intake->arena, ca) : NULL;
	json_decref(options);
	json_decref(cursor);
	if (!status.code && !*reading.senders) status = status_make(STATUS_INVALID, "Whose mails? --set senders=invoices@erp.example,@bank.example");
	cleanup_imap struct imap *imap = NULL;
	if (!status.code) status = imap_open(&place.server, &imap);
	if (!status.code) status = read_folder(&reading, imap, place.folder);
	if (status.code && !reading.took) return status;
	const struct feed_entry mark = { .name = "", .cursor = cursor_of(&reading) };
	struct status kept = take(context, &mark, NULL); /* how far it was read, also where a later mail failed */
	return status.code ? status : kept;
}
