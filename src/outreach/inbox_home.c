#include "outreach/inbox_home.h"

#include "base/email.h"
#include "base/memory.h"

#include <ctype.h>
#include <string.h>

enum { NUMBERS_MAX = 80, NUMBER_LEAST = 5, LATELY = 30 * 86400, FOUND_MAX = 20 };

#define SCOPE(change) db_int("tenant", (change)->company.tenant_id), db_int("company", (change)->company.id)

static struct status outbox_of(struct change *change, const char *message_id, struct arena *arena, struct inbox_home *home, bool *found)
{
	cleanup_rows struct rows *rows = db_query(change->db,
	        "SELECT o.id, o.action_id, o.customer_id, o.recipient, o.internal FROM outbox o JOIN customer c ON c.tenant_id = o.tenant_id AND c.company_id = o.company_id "
	        "AND c.id = o.customer_id WHERE o.tenant_id = $tenant AND o.company_id = $company AND o.message_id = $id",
	        DB_ARGS(SCOPE(change), db_text("id", message_id)));
	*found = rows_next(rows);
	if (*found && row_int(rows, 4)) /* a colleague answers a question of ours: no word of the customer */
		home->suggested_id = row_int(rows, 2), home->colleague = true;
	else if (*found) home->outbox_id = row_int(rows, 0), home->action_id = row_int(rows, 1), home->customer_id = row_int(rows, 2), home->recipient = arena_strdup(arena, row_text(rows, 3)), home->how = "thread";
	return rows_status(rows);
}

/* A mail we have, and know whose it is: the thread goes on. */
static struct status inbox_of(struct change *change, const char *message_id, struct inbox_home *home, bool *found)
{
	TRY(db_get_int(change->db, "SELECT customer_id FROM inbox_message WHERE tenant_id = $tenant AND company_id = $company AND message_id = $id AND state = 'tied' ORDER BY id DESC LIMIT 1",
	               DB_ARGS(SCOPE(change), db_text("id", message_id)), &home->customer_id, found));
	if (*found) home->how = "thread";
	return STATUS_FINE;
}

static struct status by_thread(struct change *change, const struct mail *mail, struct arena *arena, struct inbox_home *home)
{
	bool found = false;
	for (size_t i = 0; i < mail->id_count && !found; i++) TRY(outbox_of(change, mail->ids[i], arena, home, &found));
	/* the token in the address it was sent to: relances+0123…@brevent.example */
	for (const char *p = mail->recipients; *p && !found; p += strcspn(p, "\n"), p += *p == '\n') {
		const char *plus = memchr(p, '+', strcspn(p, "@\n"));
		if (!plus || strspn(plus + 1, "0123456789abcdef") != 24 || plus[25] != '@') continue;
		cleanup_free char *id = NULL;
		cleanup_text struct text low = { 0 }, high = { 0 };
		text_addf(&low, "encours.%.24s@", plus + 1), text_addf(&high, "encours.%.24sA", plus + 1); /* "A" follows "@" */
		TRY(db_get_text(change->db, "SELECT message_id FROM outbox WHERE tenant_id = $tenant AND company_id = $company AND message_id >= $low AND message_id < $high ORDER BY message_id LIMIT 1",
		                DB_ARGS(SCOPE(change), db_text("low", text_cstr(&low)), db_text("high", text_cstr(&high))), &id));
		if (id) TRY(outbox_of(change, id, arena, home, &found));
	}
	for (size_t i = 0; i < mail->id_count && !found && mail->kind != MAIL_BOUNCE; i++) TRY(inbox_of(change, mail->ids[i], home, &found));
	return STATUS_FINE;
}

struct found {
	int64_t ids[FOUND_MAX];
	size_t count;
};

static void found_add(struct found *found, int64_t id)
{
	for (size_t i = 0; i < found->count; i++)
		if (found->ids[i] == id) return;
	if (found->count < FOUND_MAX) found->ids[found->count++] = id;
}

static bool found_has(const struct found *found, int64_t id)
{
	for (size_t i = 0; i < found->count; i++)
		if (found->ids[i] == id) return true;
	return false;
}

static struct status gather(struct change *change, const char *sql, const struct db_arg *args, struct found *found)
{
	cleanup_rows struct rows *rows = db_query(change->db, sql, args);
	while (rows_next(rows)) found_add(found, row_int(rows, 0));
	return rows_status(rows);
}

static struct status with_address(struct change *change, const char *address, struct found *found)
{
	const struct db_arg *args = DB_ARGS(SCOPE(change), db_text("address", address));
	TRY(gather(change, "SELECT k.customer_id FROM contact k JOIN customer c ON c.tenant_id = k.tenant_id AND c.company_id = k.company_id AND c.id = k.customer_id "
	                   "WHERE k.tenant_id = $tenant AND k.company_id = $company AND k.removed = 0 AND LOWER(k.email) = $address AND c.merged_into = 0 ORDER BY 1 LIMIT 20", args, found));
	TRY(gather(change, "SELECT id FROM customer WHERE tenant_id = $tenant AND company_id = $company AND LOWER(email) = $address AND merged_into = 0 ORDER BY 1 LIMIT 20", args, found));
	if (!found->count)
		TRY(gather(change, "SELECT DISTINCT customer_id FROM outbox WHERE tenant_id = $tenant AND company_id = $company AND recipient = $address AND customer_id > 0 ORDER BY 1 LIMIT 20", args, found));
	return STATUS_FINE;
}

/* Words of the mail that may be numbers of items: five characters or more, a digit among them. */
static struct status with_numbers(struct change *change, const struct mail *mail, struct found *found)
{
	const char *texts[] = { mail->subject, mail->words, mail->text };
	char seen[NUMBERS_MAX][48];
	size_t count = 0;
	for (size_t t = 0; t < COUNT(texts); t++) {
		for (const char *p = texts[t]; *p && count < NUMBERS_MAX;) {
			if (!isalnum((unsigned char)*p)) {
				p++;
				continue;
			}
			size_t len = 0, digits = 0;
			while (p[len] && (isalnum((unsigned char)p[len]) || strchr("-/_.", p[len]))) digits += isdigit((unsigned char)p[len]) != 0, len++;
			size_t next = len;
			while (len && strchr("-/_.", p[len - 1])) len--;
			if (len >= NUMBER_LEAST && len < sizeof seen[0] && digits >= 2) {
				bool known = false;
				for (size_t i = 0; i < count && !known; i++) known = strlen(seen[i]) == len && memcmp(seen[i], p, len) == 0;
				if (!known) {
					memcpy(seen[count], p, len), seen[count][len] = 0;
					TRY(gather(change, "SELECT DISTINCT i.customer_id FROM item i JOIN customer c ON c.tenant_id = i.tenant_id AND c.company_id = i.company_id AND c.id = i.customer_id "
					                   "WHERE i.tenant_id = $tenant AND i.company_id = $company AND i.number = $number AND c.merged_into = 0 ORDER BY 1 LIMIT 20",
					           DB_ARGS(SCOPE(change), db_text("number", seen[count])), found));
					count++;
				}
			}
			p += next;
		}
	}
	return STATUS_FINE;
}

/* Houses where everybody lives: their name says nothing. */
static bool public_host(const char *host)
{
	static const char *const hosts[] = { "gmail.com", "googlemail.com", "outlook.com", "outlook.fr", "hotmail.com", "hotmail.fr", "live.com", "live.fr", "msn.com", "yahoo.com", "yahoo.fr", "orange.fr", "wanadoo.fr", "free.fr", "sfr.fr",
		"laposte.net", "bbox.fr", "neuf.fr", "icloud.com", "me.com", "gmx.com", "gmx.fr", "proton.me", "protonmail.com", "aol.com" };
	for (size_t i = 0; i < COUNT(hosts); i++)
		if (strcmp(hosts[i], host) == 0) return true;
	return false;
}

static struct status with_host(struct change *change, const char *address, struct found *found)
{
	const char *at = strrchr(address, '@');
	if (!at || public_host(at + 1)) return STATUS_FINE;
	/* a suffix compared by length: an address may hold % or _ */
	return gather(change,
	        "SELECT DISTINCT k.customer_id FROM contact k JOIN customer c ON c.tenant_id = k.tenant_id AND c.company_id = k.company_id AND c.id = k.customer_id "
	        "WHERE k.tenant_id = $tenant AND k.company_id = $company AND k.removed = 0 AND c.merged_into = 0 AND length(k.email) > $len "
	        "AND LOWER(SUBSTR(k.email, CAST(length(k.email) - $len + 1 AS INTEGER))) = $host ORDER BY 1 LIMIT 20",
	        DB_ARGS(SCOPE(change), db_int("len", (int64_t)strlen(at)), db_text("host", at)), found);
}

static bool our_own(const struct settings *settings, const struct mail *mail)
{
	static const char *const names[] = { "mail.from", "mail.reply_to" };
	for (size_t i = 0; i < COUNT(names); i++) {
		const char *own = setting_text(settings, names[i]);
		if (*own && strcasecmp(own, mail->from) == 0) return true;
	}
	return strncmp(mail->message_id, "encours.", 8) == 0;
}

struct status inbox_home_find(struct change *change, const struct settings *settings, const struct mail *mail, struct arena *arena, struct inbox_home *out)
{
	*out = (struct inbox_home){ .recipient = "", .how = "" };
	bool machine = mail->kind == MAIL_BOUNCE || mail->kind == MAIL_COMPLAINT;
	if (!machine && our_own(settings, mail)) return out->ours = true, STATUS_FINE;
	TRY(by_thread(change, mail, arena, out));
	if (out->customer_id || out->colleague || machine) return STATUS_FINE;
	struct found senders = { 0 }, numbered = { 0 };
	if (*mail->from) TRY(with_address(change, mail->from, &senders));
	if (senders.count == 1) return out->customer_id = senders.ids[0], out->how = "address", STATUS_FINE;
	TRY(with_numbers(change, mail, &numbered));
	struct found both = { 0 };
	for (size_t i = 0; i < numbered.count; i++)
		if (!senders.count || found_has(&senders, numbered.ids[i])) found_add(&both, numbered.ids[i]);
	if (both.count == 1) return out->customer_id = both.ids[0], out->how = "number", STATUS_FINE;
	struct found near = { 0 };
	if (*mail->from) TRY(with_host(change, mail->from, &near));
	out->suggested_id = both.count ? both.ids[0] : senders.count ? senders.ids[0] : near.count ? near.ids[0] : 0;
	return STATUS_FINE;
}

struct status inbox_wrote_to(struct change *change, const char *address, int64_t *customer_id, int64_t *outbox_id)
{
	*customer_id = *outbox_id = 0;
	if (!*address) return STATUS_FINE;
	cleanup_rows struct rows *rows = db_query(change->db,
	        "SELECT customer_id, id FROM outbox WHERE tenant_id = $tenant AND company_id = $company AND recipient = $address AND customer_id > 0 "
	        "AND state IN ('sent', 'unknown', 'sending') AND sent_at >= $since ORDER BY id DESC LIMIT 1",
	        DB_ARGS(SCOPE(change), db_text("address", address), db_int("since", change->now - LATELY)));
	if (rows_next(rows)) *customer_id = row_int(rows, 0), *outbox_id = row_int(rows, 1);
	return rows_status(rows);
}
