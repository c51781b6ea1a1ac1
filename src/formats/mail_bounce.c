/* What mail systems say of messages that did not arrive: RFC 3464 where they follow it, their own words where they don't. The one
 * question that matters is whether the address is to be used again: "there is no such mailbox" is told apart from a full one, a
 * message too large, a policy, a server that gave up. */
#include "base/day.h"
#include "base/email.h"
#include "base/memory.h"
#include "formats/mail_inside.h"

#include <ctype.h>
#include <string.h>

bool mail_holds(const char *text, const char *const *words, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (strcasestr(text, words[i])) return true;
	return false;
}
#define HOLDS(text, words) mail_holds((text), (words), COUNT(words))

static bool address_char(char c)
{
	return isalnum((unsigned char)c) || strchr(".!#$%&'*+/=?^_`{|}~-", c) != NULL || (unsigned char)c >= 0x80;
}

const char *mail_address_next(const char *at, const char **start, char *out, size_t size)
{
	for (const char *sign; (sign = strchr(at, '@')) != NULL; at = sign + 1) {
		const char *from = sign, *to = sign + 1;
		while (from > at && sign - from < 64 && from[-1] && address_char(from[-1])) from--;
		while (*to && to - sign < 250 && (isalnum((unsigned char)*to) || *to == '.' || *to == '-')) to++;
		while (to > sign && !isalnum((unsigned char)to[-1])) to--;
		while (from < sign && strchr(".'`=/", *from)) from++;
		if (from < sign && to > sign + 1 && strncasecmp(from, "mailto:", 7) != 0) {
			char raw[340];
			size_t len = (size_t)(to - from);
			if (len < sizeof raw) {
				memcpy(raw, from, len), raw[len] = 0;
				if (email_fold(raw, out, size)) return *start = from, to;
			}
		}
	}
	return NULL;
}

/* --- what the words mean --------------------------------------------------------------------------------------------------------- */
static const char *const unknown_words[] = {
	"user unknown", "unknown user", "unknown address", "unknown recipient", "recipient unknown", "no such user", "no such recipient", "no such mailbox", "no such address",
	"no such account", "no mailbox here", "mailbox not found", "mailbox does not exist", "does not exist", "doesn't exist", "doesn't have a", "not listed in", "recipient name is not recognized",
	"invalid recipient", "invalid user", "invalid mailbox", "invalid address", "recipientnotfound", "recipient not found", "user not found", "not found by smtp", "wasn't found", "wasn’t found",
	"was not found", "could not be found", "couldn't be found", "address rejected: user", "no valid recipients", "account has been disabled", "account is disabled", "mailbox disabled",
	"mailbox is disabled", "account that you tried to reach is disabled", "account inactive", "inactive user", "mailbox is inactive", "no longer valid", "no longer available", "no longer in use", "unrouteable address", "unroutable", "host unknown",
	"unknown host", "domain not found", "host not found", "name or service not known", "possibly incorrect", "bad destination", "nonexistent", "non-existent", "#5.1.0 address rejected", "not our customer", "unknown local part", "unknown local-part",
	"mailbox unavailable", "mailbox is unavailable", "not a valid mailbox", "not a valid recipient", "undeliverable address", "no account by", "user doesn't", "user does not", "addressee unknown", "not a known user", "this address no longer", "recipient address is possibly", "addresses unknown",
	"utilisateur inconnu", "destinataire inconnu", "adresse inconnue", "adresse d au moins", "adresse invalide", "n'existe pas", "n’existe pas", "n'existe plus", "boîte inexistante", "introuvable", "account closed", "account not available",
};
static const char *const refused_words[] = {
	"spam", "blocked", "blacklist", "block list", "blocklist", "black list", "policy", "dmarc", "dkim", "spf ", "too large", "size limit", "message size", "exceeds", "virus", "relay", "access denied for", "not authorized",
	"unauthenticated", "reputation", "banned", "ip address", "content", "filter", "prohibited", "suspicious", "not accept mail from", "smtp server of your isp", "forbidden", "restricted", "unsolicited", "not permitted to send", "recipient preferences", "spamhaus", "reverse dns", "rdns", "ptr record",
};
static const char *const full_words[] = { "mailbox full", "mailbox is full", "full mailbox", "quota", "exceeded the local limit", "over the limit", "insufficient disk", "insufficient storage", "mailbox size", "boîte pleine", "folder is full",
	"not have enough", "out of space", "storage allocation" };
static const char *const delayed_words[] = { "will be retried", "still trying", "will retry", "delivery delayed", "has been delayed", "delayed for", "no action is required", "not yet been delivered", "warning: could not send", "will keep trying",
	"will continue to try", "do not need to resend" };

/* "5.1.1" at `at`, standing by itself. */
static size_t enhanced_at(const char *text, const char *at)
{
	if ((at[0] != '4' && at[0] != '5') || at[1] != '.' || !isdigit((unsigned char)at[2])) return 0;
	if (at > text && (isalnum((unsigned char)at[-1]) || at[-1] == '.')) return 0;
	size_t first = strspn(at + 2, "0123456789");
	if (first > 3 || at[2 + first] != '.') return 0;
	size_t second = strspn(at + 3 + first, "0123456789");
	size_t len = 3 + first + second;
	if (second < 1 || second > 3 || at[len] == '.' || isalpha((unsigned char)at[len])) return 0;
	return len;
}

/* The most telling status in some words: a precise one before "5.0.0". */
static void find_status(const char *text, char *out, size_t size)
{
	for (const char *p = text; *p; p++) {
		size_t len = enhanced_at(text, p);
		if (!len || len >= size) continue;
		bool vague = strncmp(p + 1, ".0.0", 4) == 0 || strncmp(p + 1, ".1.0", 4) == 0 || strncmp(p + 1, ".5.0", 4) == 0 || strncmp(p + 1, ".2.0", 4) == 0;
		if (!*out || !vague) {
			memcpy(out, p, len), out[len] = 0;
			if (!vague) return;
		}
		p += len - 1;
	}
}

static int find_code(const char *text)
{
	for (const char *p = text; *p; p++)
		if ((*p == '5' || *p == '4') && isdigit((unsigned char)p[1]) && isdigit((unsigned char)p[2]) && p[1] <= '7' && (p[3] == ' ' || p[3] == '-') &&
		    (p == text || (!isalnum((unsigned char)p[-1]) && p[-1] != '.' && p[-1] != '-')))
			return (p[0] - '0') * 100 + (p[1] - '0') * 10 + p[2] - '0';
	return 0;
}

static bool one_of(const char *status, const char *const *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(status + 1, list[i]) == 0) return true;
	return false;
}

/* field: the Status field, "" none; words: what the server said; action: "" none. */
static enum mail_verdict verdict_of(const char *action, const char *field, const char *words, char *status, size_t size)
{
	static const char *const gone[] = { ".1.1", ".1.2", ".1.3", ".1.4", ".1.6", ".1.10", ".2.1", ".4.4", ".4.310" };
	static const char *const vague[] = { ".0.0", ".1.0", ".2.0", ".3.0", ".4.0", ".5.0", ".5.1", ".5.4", ".7.0" };
	status[0] = 0;
	find_status(words, status, size);
	if (!*status || (one_of(status, vague, COUNT(vague)) && *field)) {
		char own[16] = "";
		find_status(field, own, sizeof own);
		if (*own) snprintf(status, size, "%s", own);
	}
	if (strcasecmp(action, "delayed") == 0) return MAIL_DELAYED;
	bool failed = strcasecmp(action, "failed") == 0;
	int code = find_code(words);
	bool unknown = HOLDS(words, unknown_words), refused = HOLDS(words, refused_words), full = HOLDS(words, full_words);
	if (!failed && !*field && HOLDS(words, delayed_words)) return MAIL_DELAYED;
	if (status[0] == '5' && strcmp(status, "5.4.1") == 0) return MAIL_NO_ADDRESS; /* Exchange Online's recipient filter */
	if (status[0] == '4' && !(code >= 500 && code < 600)) return MAIL_UNDELIVERED;
	if (full && strncmp(status, "5.1.", 4) != 0) return MAIL_UNDELIVERED;
	if (*status && one_of(status, gone, COUNT(gone))) /* 5.1.1 with words of a policy is a policy, unless it names the mailbox too */
		return refused && !unknown ? MAIL_UNDELIVERED : MAIL_NO_ADDRESS;
	if (*status && !one_of(status, vague, COUNT(vague))) /* 5.7.1, 5.2.2, 5.3.4…; some say 5.7.1 of a mailbox that is not there */
		return unknown && !refused && !full ? MAIL_NO_ADDRESS : MAIL_UNDELIVERED;
	if (unknown && !(refused && !HOLDS(words, ((const char *const[]){ "user unknown", "unknown user", "no such user", "unknown recipient", "does not exist" })))) return MAIL_NO_ADDRESS;
	return MAIL_UNDELIVERED;
}

/* --- the fields of RFC 3464 ------------------------------------------------------------------------------------------------------- */
static void one_line(const char *from, size_t len, struct text *out)
{
	text_clear(out);
	for (size_t i = 0; i < len && out->len < 400; i++) {
		bool space = (unsigned char)from[i] <= ' ';
		if (!space) text_add_char(out, from[i]);
		else if (out->len && out->bytes[out->len - 1] != ' ') text_add_char(out, ' ');
	}
	while (out->len && !utf8_valid(out->bytes, out->len)) out->bytes[--out->len] = 0;
	while (out->len && out->bytes[out->len - 1] == ' ') out->bytes[--out->len] = 0;
}

struct block {
	char address[200], original[200], action[24];
	struct text status, words;
	bool said;
};

static void add_failed(struct mail *mail, struct arena *arena, const char *address, const char *action, const char *field, const char *words)
{
	char status[16];
	enum mail_verdict verdict = verdict_of(action, field, words, status, sizeof status);
	for (size_t i = 0; i < mail->failed_count; i++) {
		struct mail_failed *known = &mail->failed[i];
		if (strcmp(known->address, address) != 0) continue;
		if (verdict > known->verdict) known->verdict = verdict;
		return;
	}
	if (mail->failed_count == MAIL_FAILED_MAX) return;
	cleanup_text struct text line = { 0 };
	one_line(words, strlen(words), &line);
	mail->failed[mail->failed_count++] = (struct mail_failed){ arena_strdup(arena, address), verdict, arena_strdup(arena, status), arena_strdup(arena, text_cstr(&line)) };
}

static void end_block(struct block *block, struct arena *arena, struct mail *mail, const char *notice)
{
	const char *address = *block->original ? block->original : block->address;
	bool tells = strcasecmp(block->action, "failed") == 0 || strcasecmp(block->action, "delayed") == 0 ||
	             (!*block->action && (text_cstr(&block->status)[0] == '5' || text_cstr(&block->status)[0] == '4'));
	if (block->said && tells && *address) {
		/* a server that says nothing itself: what the notice says to people */
		const char *words = block->words.len ? text_cstr(&block->words) : notice;
		add_failed(mail, arena, address, block->action, text_cstr(&block->status), words);
	}
	text_free(&block->status), text_free(&block->words);
	*block = (struct block){ 0 };
}

/* "rfc822; <a@b>" as an address; "" when it is none. */
static void field_address(const char *value, char *out, size_t size)
{
	const char *at = strchr(value, ';'), *start;
	if (!mail_address_next(at ? at + 1 : value, &start, out, size)) out[0] = 0;
}

static void read_fields(const char *fields, const char *notice, struct arena *arena, struct mail *mail)
{
	struct block block = { 0 };
	cleanup_text struct text value = { 0 }, raw = { 0 };
	for (const char *p = fields; *p;) {
		size_t len = strcspn(p, "\n");
		const char *next = p + len + (p[len] == '\n');
		struct slice line = slice_trim((struct slice){ p, len });
		const char *colon = memchr(line.bytes, ':', line.len);
		if (line.len == 0) {
			if (block.said && *block.action) end_block(&block, arena, mail, notice);
			p = next;
			continue;
		}
		text_clear(&raw);
		if (colon) text_add_bytes(&raw, colon + 1, line.len - (size_t)(colon + 1 - line.bytes));
		while ((*next == ' ' || *next == '\t') && raw.len < 2000) { /* folded */
			size_t more = strcspn(next, "\n");
			if (slice_trim((struct slice){ next, more }).len == 0) break;
			text_add_bytes(&raw, next, more);
			next += more + (next[more] == '\n');
		}
		one_line(text_cstr(&raw), raw.len, &value);
		const char *said = text_cstr(&value);
		size_t name = colon ? (size_t)(colon - line.bytes) : 0;
#define NAMED(text) (name == sizeof text - 1 && strncasecmp(line.bytes, text, name) == 0)
		if (NAMED("Final-Recipient")) {
			if (*block.address && *block.action) end_block(&block, arena, mail, notice);
			field_address(said, block.address, sizeof block.address), block.said = true;
		} else if (NAMED("Original-Recipient")) {
			field_address(said, block.original, sizeof block.original), block.said = true;
		} else if (NAMED("Action")) {
			snprintf(block.action, sizeof block.action, "%.*s", (int)strcspn(said, " ;("), said);
		} else if (NAMED("Status")) {
			text_clear(&block.status), text_add(&block.status, said);
		} else if (NAMED("Diagnostic-Code") || NAMED("Remote-MTA-Diagnostic")) {
			const char *semicolon = strchr(said, ';');
			text_clear(&block.words), text_add(&block.words, semicolon ? semicolon + 1 : said);
		}
#undef NAMED
		p = next;
	}
	end_block(&block, arena, mail, notice);
}

/* --- those who write as they like -------------------------------------------------------------------------------------------------- */
/* The notice without the message that came back in it. */
static char *before_the_copy(const char *notice)
{
	static const char *const marks[] = { "original message", "copy of the message", "copy of your message", "message headers follow", "header of the original", "returned message", "unsent message", "message header:",
		"message follows", "original headers", "---- message text", "your message reads", "included is a copy", "body of message", "message details:", "headers of the message", "begin header", "below this line",
		"the following is a copy", "-original message", "message d'origine", "message d’origine" };
	for (const char *p = notice; *p;) {
		size_t len = strcspn(p, "\n");
		cleanup_free char *line = xstrndup(p, len);
		if (p != notice && len < 120 && (HOLDS(line, marks) || strncasecmp(line, "Received: ", 10) == 0)) return xstrndup(notice, (size_t)(p - notice));
		p += len + (p[len] == '\n');
	}
	return xstrdup(notice);
}

static bool is_among(const char *list, const char *address)
{
	size_t len = strlen(address);
	for (const char *p = list; *p; p += strcspn(p, "\n"), p += *p == '\n')
		if (strcspn(p, "\n") == len && strncasecmp(p, address, len) == 0) return true;
	return false;
}

/* Words right before an address that make it somebody else than who failed. */
static bool sender_before(const char *text, const char *at)
{
	char before[40] = "";
	size_t len = (size_t)(at - text) < sizeof before - 1 ? (size_t)(at - text) : sizeof before - 1;
	memcpy(before, at - len, len), before[len] = 0;
	const char *line = strrchr(before, '\n');
	static const char *const words[] = { "from:", "from <", "mail from", "sender", "reply-to", "contact ", "postmaster at", "return-path" };
	return mail_holds(line ? line : before, words, COUNT(words));
}

static void read_notice(const struct mail_pieces *pieces, struct arena *arena, struct mail *mail)
{
	cleanup_free char *notice = before_the_copy(pieces->notice);
	char returned_to[200] = "", address[200], chosen[200] = "";
	const char *start, *to = strcasestr(pieces->returned, "\nTo:");
	if (strncasecmp(pieces->returned, "To:", 3) == 0) to = pieces->returned;
	const char *copy = pieces->notice + strlen(notice); /* the message as text under the notice */
	if (!to) to = strcasestr(copy, "\nTo:");
	if (!to) to = strcasestr(copy, "RCPT TO:");
	cleanup_free char *to_line = to ? xstrndup(to, 1 + strcspn(to + 1, "\n")) : xstrdup("");
	if (!mail_address_next(to_line, &start, returned_to, sizeof returned_to)) *returned_to = 0;
	const char *named = pieces->failed_recipients;
	if (*named) mail_address_next(named, &start, chosen, sizeof chosen);
	for (const char *p = notice; !*chosen && (p = mail_address_next(p, &start, address, sizeof address)) != NULL;) {
		if (is_among(pieces->recipients, address) || strcmp(address, pieces->from) == 0 || sender_before(notice, start)) continue;
		if (!*returned_to || strcmp(address, returned_to) == 0 || !strcasestr(notice, returned_to)) snprintf(chosen, sizeof chosen, "%s", address);
	}
	if (!*chosen) { /* the subject may name it; else whoever the message that came back was for */
		for (const char *p = pieces->subject; !*chosen && (p = mail_address_next(p, &start, address, sizeof address)) != NULL;)
			if (!is_among(pieces->recipients, address)) snprintf(chosen, sizeof chosen, "%s", address);
		if (!*chosen) snprintf(chosen, sizeof chosen, "%s", returned_to);
	}
	cleanup_text struct text words = { 0 };
	text_addf(&words, "%s\n%s", notice, pieces->subject);
	add_failed(mail, arena, chosen, "", "", text_cstr(&words));
}

static bool looks_like_one(const struct mail_pieces *pieces)
{
	static const char *const daemons[] = { "mailer-daemon", "mailer_daemon", "mailerdaemon", "postmaster", "post_master", "mail-daemon", "maildaemon", "mail.delivery", "mmsc", "mdaemon", "bounce" };
	static const char *const subjects[] = { "undeliver", "non-deliver", "nondeliver", "undelivered", "delivery fail", "delivery status", "delivery has failed", "delivery problem", "failure notice", "returned mail", "returned to sender", "returning message",
		"mail delivery", "delivery error", "delivery report", "delivery notification", "mail system error", "mail failure", "message could not be delivered", "could not send", "message delayed", "non remis", "non délivré", "non distribué",
		"échec de la remise", "échec de remise", "impossible de remettre", "undeliverable", "rejected", "unzustellbar", "failed to deliver", "remise impossible", "warning: could not", "notification d'échec", "mail returned", "failure delivering" };
	static const char *const bodies[] = { "could not be delivered", "not delivered", "wasn't able to deliver", "unable to deliver", "was not delivered", "did not reach", "delivery has failed", "error delivering", "failed permanently", "permanent error", "permanent fatal",
		"undeliverable", "following addresses failed", "address failed", "had delivery", "was rejected", "n'a pas pu être remis", "n’a pas pu être remis", "n'a pas été remis", "n’a pas été remis", "non-delivered", "following recipients was rejected", "recipient address rejected",
		"delivery to the following", "failure reasons", "user unknown", "unknown user", "no such user", "mailbox full", "mailbox unavailable", "invalid user", "failed to deliver" };
	bool daemon = mail_holds(pieces->from, daemons, COUNT(daemons)) || mail_holds(pieces->from_name, ((const char *const[]){ "mail delivery", "mailer-daemon", "mailer daemon", "postmaster", "system administrator" }), 5);
	bool null_path = pieces->return_path && (!*pieces->return_path || strcasestr(pieces->return_path, "mailer-daemon"));
	bool subject = HOLDS(pieces->subject, subjects), body = HOLDS(pieces->notice, bodies);
	if (strncasecmp(pieces->subject, "re:", 3) == 0 && !daemon) return false;
	if (daemon && (subject || body || find_code(pieces->notice))) return true;
	return (null_path && subject) || (null_path && body && find_code(pieces->notice)) || (*pieces->returned && body);
}

static void read_complaint(const struct mail_pieces *pieces, struct arena *arena, struct mail *mail)
{
	static const char *const fields[] = { "Original-Rcpt-To:", "Removal-Recipient:", "Final-Recipient:", "Original-Recipient:" };
	char address[200] = "";
	const char *start;
	for (size_t i = 0; i < COUNT(fields) && !*address; i++) {
		const char *at = strcasestr(pieces->status, fields[i]);
		if (at) {
			cleanup_free char *line = xstrndup(at, strcspn(at, "\n"));
			if (!mail_address_next(line, &start, address, sizeof address)) *address = 0;
		}
	}
	if (!*address) {
		const char *to = strcasestr(pieces->returned, "\nTo:");
		cleanup_free char *line = to ? xstrndup(to + 1, strcspn(to + 1, "\n")) : xstrdup("");
		if (!mail_address_next(line, &start, address, sizeof address)) *address = 0;
	}
	if (strncmp(address, "redacted", 8) == 0) *address = 0;
	mail->failed[mail->failed_count++] = (struct mail_failed){ arena_strdup(arena, address), MAIL_UNDELIVERED, "", "" };
}

bool mail_bounce_read(const struct mail_pieces *pieces, struct arena *arena, struct mail *mail)
{
	if (pieces->feedback) {
		mail->kind = MAIL_COMPLAINT;
		read_complaint(pieces, arena, mail);
		return true;
	}
	read_fields(pieces->status, pieces->notice, arena, mail);
	if (!mail->failed_count && strcasestr(pieces->notice, "Final-Recipient:")) read_fields(pieces->notice, pieces->notice, arena, mail);
	if (!mail->failed_count) {
		bool report = strcasecmp(pieces->report_type, "delivery-status") == 0;
		/* a report that something did arrive (relayed, delivered, expanded) says nothing of a failure */
		bool good = *pieces->status && strcasestr(pieces->status, "Action:") && !strcasestr(pieces->status, "failed") && !strcasestr(pieces->status, "delayed");
		if (good) return mail->kind = MAIL_AUTOMATIC, true;
		if (!report && !*pieces->failed_recipients && !looks_like_one(pieces)) return false;
		read_notice(pieces, arena, mail);
	}
	mail->kind = MAIL_BOUNCE;
	return true;
}
