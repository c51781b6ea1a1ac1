#include "outreach/answer.h"

#include "base/memory.h"
#include "base/mustache.h"
#include "ledger/contact.h"
#include "ledger/event.h"
#include "outreach/facts.h"
#include "outreach/outbox.h"

#include <sodium.h>
#include <string.h>

enum { SUBJECT_MAX = 200, BODY_MAX = 20000 };

void answer_subject(const char *subject, struct text *out)
{
	while (*subject == ' ') subject++;
	bool already = strncasecmp(subject, "re:", 3) == 0 || strncasecmp(subject, "re :", 4) == 0 || strncasecmp(subject, "tr:", 3) == 0;
	text_addf(out, "%s%.*s", already ? "" : "Re: ", SUBJECT_MAX - 10, subject);
	while (out->len && !utf8_valid(out->bytes, out->len)) out->bytes[--out->len] = 0;
}

static struct status tidy(struct arena *arena, const char *given, size_t max, bool lines, const char **out)
{
	struct slice text = slice_trim(slice_of(given ? given : ""));
	cleanup_text struct text clean = { 0 };
	if (text.len > max || !utf8_valid(text.bytes, text.len))
		return status_make(STATUS_INVALID, "This text is too long, or not readable: at most %d characters.", (int)max);
	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.bytes[i];
		if (c == '\n' && lines) text_add_char(&clean, '\n');
		else if (c >= 0x20 && c != 0x7f) text_add_char(&clean, (char)c);
		else if (c != '\r') text_add_char(&clean, ' ');
	}
	*out = arena_strdup(arena, text_cstr(&clean));
	return STATUS_FINE;
}

static const char *page_of(struct arena *arena, enum lang lang, const char *text)
{
	cleanup_text struct text html = { 0 };
	text_addf(&html, "<!doctype html><html lang=\"%s\"><head><meta charset=\"utf-8\"></head><body><p>", lang_code(lang));
	for (const char *p = text; *p;) {
		size_t len = strcspn(p, "\n");
		mustache_escape(&html, p, len);
		p += len;
		if (*p && p[1] == '\n') text_add(&html, "</p><p>");
		else if (*p) text_add(&html, "<br>");
		while (*p == '\n') p++;
	}
	text_add(&html, "</p></body></html>");
	return arena_strdup(arena, text_cstr(&html));
}

struct status answer_send(struct change *change, const struct settings *settings, int64_t reply_id, const char *subject, const char *body,
                          bool handle, struct answer_sent *out)
{
	cleanup_arena struct arena *arena = arena_new();
	struct reply reply;
	struct customer customer;
	const char *words = NULL, *line = NULL;
	TRY(change_allows(change, RIGHT_COLLECT));
	TRY(reply_get(change->db, change->viewer, change->company.id, reply_id, arena, &reply));
	TRY(customer_get(change->db, change->viewer, change->company.id, reply.customer_id, arena, &customer));
	TRY(tidy(arena, subject, SUBJECT_MAX, false, &line));
	TRY(tidy(arena, body, BODY_MAX, true, &words));
	if (!*words) return status_make(STATUS_INVALID, "The text is empty.");
	if (!*line) return status_make(STATUS_INVALID, "The subject is empty.");
	if (!*reply.address) return status_make(STATUS_INVALID, "This answer came without an address: there is nowhere to write to.");
	if (customer.stopped) return status_make(STATUS_CONFLICT, "Nothing goes to this customer: his switch is off. Allow it again first.");
	if (!*setting_text(settings, "mail.from")) return status_make(STATUS_INVALID, "Set the mail server and the sender's address first.");
	TRY(recipient_check(change->db, change->company.tenant_id, change->company.id, reply.address));
	/* the same words to the same answer are the same message: a second click finds it there */
	unsigned char hash[8];
	char hex[sizeof hash * 2 + 1], key[80];
	crypto_generichash_state state;
	crypto_generichash_init(&state, NULL, 0, 16);
	crypto_generichash_update(&state, (const unsigned char *)line, strlen(line) + 1);
	crypto_generichash_update(&state, (const unsigned char *)words, strlen(words));
	unsigned char whole[16];
	crypto_generichash_final(&state, whole, sizeof whole);
	memcpy(hash, whole, sizeof hash);
	sodium_bin2hex(hex, sizeof hex, hash, sizeof hash);
	snprintf(key, sizeof key, "answer-%lld-%s", (long long)reply_id, hex);
	int64_t before = 0;
	TRY(db_get_int(change->db, "SELECT COUNT(*) FROM outbox WHERE tenant_id = $tenant AND company_id = $company AND customer_id = $customer AND recipient = $to AND body_text = $text AND subject = $subject",
	               DB_ARGS(db_int("tenant", change->company.tenant_id), db_int("company", change->company.id), db_int("customer", reply.customer_id),
	                       db_text("to", reply.address), db_text("text", words), db_text("subject", line)), &before, NULL));
	if (before) return status_make(STATUS_CONFLICT, "These very words were sent to him already.");
	enum lang lang = lang_parse(customer.language, lang_parse(setting_text(settings, "language"), LANG_FR));
	const struct message message = { .lang = lang, .recipient = reply.address, .recipient_name = reply.name, .subject = line, .text = words, .html = page_of(arena, lang, words) };
	out->held = !change->company.live || !mail_ready(settings);
	TRY(outbox_add(change, settings, &(struct outbox_new){ .customer_id = reply.customer_id, .key = key, .held = out->held, .simulated = !change->company.live, .channel = "email",
	                                                       .message = &message }, &out->outbox_id));
	TRY(event_add_json(change, (struct event_new){ .kind = "reply.answered", .customer_id = reply.customer_id, .ref = reply_id },
	                   json_pack("{s:s,s:s,s:s,s:I}", "recipient", reply.address, "subject", line, "text", words, "message", (json_int_t)out->outbox_id)));
	return handle && !reply.handled_at ? reply_handle(change, reply_id, "answered", "") : STATUS_FINE;
}
