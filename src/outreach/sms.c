#include "outreach/sms.h"

#include "base/memory.h"
#include "ledger/contact.h"
#include "ledger/customer.h"
#include "ledger/event.h"
#include "outreach/parts.h"

#include <ctype.h>

/* --- length ------------------------------------------------------------------------------------------------------------------------- */
/* 3GPP TS 23.038: the basic alphabet, and its extension whose signs count twice. */
static const char basic[] = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
                            "abcdefghijklmnopqrstuvwxyzäöñüà";
static const char extended[] = "\f^{}\\[~]|€";

static size_t sign_len(const char *at)
{
	size_t len = 1;
	while (((unsigned char)at[len] & 0xC0) == 0x80) len++;
	return len;
}

static bool holds(const char *alphabet, const char *sign, size_t len)
{
	for (const char *at = alphabet; *at; at += sign_len(at))
		if (sign_len(at) == len && memcmp(at, sign, len) == 0) return true;
	return false;
}

struct sms_size sms_measure(const char *text)
{
	struct sms_size size = { .gsm = true };
	int septets = 0, utf16 = 0;
	for (const char *at = text; *at;) {
		size_t len = sign_len(at);
		if (holds(basic, at, len))
			septets++;
		else if (holds(extended, at, len))
			septets += 2;
		else
			size.gsm = false;
		utf16 += len == 4 ? 2 : 1;
		at += len;
	}
	size.units = size.gsm ? septets : utf16;
	int single = size.gsm ? 160 : 70, each = size.gsm ? 153 : 67; /* a part of several gives seven signs to its header */
	size.parts = size.units <= single ? 1 : (size.units + each - 1) / each;
	return size;
}

void sms_tidy(const char *text, struct text *out)
{
	static const struct {
		const char *from, *to;
	} twins[] = { { "\u00a0", " " }, { "\u202f", " " }, { "\u2019", "'" }, { "\u2018", "'" }, { "\u201c", "\"" }, { "\u201d", "\"" },
		      { "\u00ab ", "\"" }, { " \u00bb", "\"" }, { "\u2013", "-" }, { "\u2014", "-" }, { "\u2212", "-" }, { "\u2026", "..." } };
	bool blank = true;
	for (const char *at = text; *at;) {
		size_t t = 0;
		while (t < COUNT(twins) && strncmp(at, twins[t].from, strlen(twins[t].from)) != 0) t++;
		bool space = t < COUNT(twins) ? *twins[t].to == ' ' : (unsigned char)*at <= ' ';
		if (space) {
			if (!blank) text_add_char(out, ' ');
			blank = true;
			at += t < COUNT(twins) ? strlen(twins[t].from) : 1;
			continue;
		}
		blank = false;
		if (t < COUNT(twins))
			text_add(out, twins[t].to), at += strlen(twins[t].from);
		else {
			size_t len = sign_len(at);
			text_add_bytes(out, at, len), at += len;
		}
	}
	while (out->len && out->bytes[out->len - 1] == ' ') out->bytes[--out->len] = 0;
}

bool sms_phone(const char *phone, const char *country, char *out, size_t size)
{
	static const struct {
		const char *country, *prefix;
	} prefixes[] = { { "FR", "33" }, { "BE", "32" }, { "LU", "352" }, { "CH", "41" }, { "DE", "49" }, { "ES", "34" }, { "IT", "39" }, { "GB", "44" },
		         { "NL", "31" }, { "PT", "351" }, { "MC", "377" }, { "IE", "353" }, { "AT", "43" } };
	char digits[24];
	size_t count = 0;
	bool plus = false;
	for (const char *c = phone; *c; c++) {
		if (*c == '+' && count == 0) plus = true;
		else if (*c == '(' && strncmp(c, "(0)", 3) == 0 && plus) c += 2; /* +33 (0)6 … */
		else if (isdigit((unsigned char)*c)) {
			if (count + 1 >= sizeof digits) return false;
			digits[count++] = *c;
		} else if (!strchr(" .-/()", *c) && strncmp(c, "\u00a0", 2) != 0 && ((unsigned char)*c & 0xC0) != 0x80)
			return false;
	}
	digits[count] = 0;
	const char *national = digits;
	if (!plus && strncmp(digits, "00", 2) == 0) plus = true, national = digits + 2;
	cleanup_text struct text whole = { 0 };
	if (plus) {
		text_addf(&whole, "+%s", national);
	} else {
		const char *prefix = NULL;
		for (size_t i = 0; i < COUNT(prefixes); i++)
			if (strcmp(prefixes[i].country, *country ? country : "FR") == 0) prefix = prefixes[i].prefix;
		if (!prefix) return false;
		bool trunk = digits[0] == '0' && strcmp(prefix, "39") != 0; /* Italy keeps its zero */
		text_addf(&whole, "+%s%s", prefix, digits + trunk);
	}
	const char *number = text_cstr(&whole);
	size_t len = strlen(number);
	if (len < 9 || len > 16 || len >= size) return false;
	if (strncmp(number, "+33", 3) == 0 && (len != 12 || (number[3] != '6' && number[3] != '7'))) return false;
	snprintf(out, size, "%s", number);
	return true;
}

bool sms_says_stop(const char *text)
{
	cleanup_free char *folded = text_normalise(text, strlen(text));
	static const char *const words[] = { "stop", "arret", "stop sms", "stopsms", "unsubscribe", "desinscription" };
	for (size_t i = 0; i < COUNT(words); i++)
		if (strcmp(folded, words[i]) == 0) return true;
	return strncmp(folded, "stop ", 5) == 0 && strlen(folded) < 20;
}

/* --- who ------------------------------------------------------------------------------------------------------------------------------ */
struct status sms_check(struct db *db, int64_t tenant, const char *phone)
{
	int64_t count = 0;
	TRY(db_get_int(db, "SELECT COUNT(*) FROM phone_stop WHERE tenant_id = $tenant AND phone = $phone",
	               DB_ARGS(db_int("tenant", tenant), db_text("phone", phone)), &count, NULL));
	return count ? status_make(STATUS_CONFLICT, "%s wants no more text messages.", phone) : STATUS_FINE;
}

static struct status try_phone(struct db *db, const struct company *company, const char *phone, const char *country, struct arena *arena,
                               struct sms_recipient *out, bool *found)
{
	char number[24];
	*found = false;
	if (!phone || !*phone || !sms_phone(phone, country, number, sizeof number)) return STATUS_FINE;
	struct status status = sms_check(db, company->tenant_id, number);
	if (status.code == STATUS_CONFLICT) {
		out->reason = "suppressed";
		return STATUS_FINE;
	}
	TRY(status);
	out->phone = arena_strdup(arena, number), out->reason = NULL, *found = true;
	return STATUS_FINE;
}

struct status sms_find(struct db *db, const struct viewer *viewer, const struct company *company, int64_t customer_id, struct arena *arena,
                       struct sms_recipient *out)
{
	struct customer customer;
	struct contact *contacts;
	size_t count;
	bool found;
	*out = (struct sms_recipient){ .phone = "", .name = "", .reason = "no_phone" };
	TRY(customer_get(db, viewer, company->id, customer_id, arena, &customer));
	const struct settings *settings;
	TRY(settings_load(db, company->tenant_id, company->id, arena, &settings));
	if (!language_tag(customer.language, out->language)) snprintf(out->language, sizeof out->language, "fr");
	int64_t no_phone = 0;
	TRY(db_get_int(db, "SELECT COUNT(*) FROM preference WHERE tenant_id = $tenant AND company_id = $company AND customer_id = $customer AND no_phone = 1",
	               DB_ARGS(db_int("tenant", company->tenant_id), db_int("company", company->id), db_int("customer", customer_id)), &no_phone, NULL));
	if (no_phone) {
		out->reason = "suppressed";
		return STATUS_FINE;
	}
	const char *country = customer.country && *customer.country ? customer.country : company->country;
	TRY(contact_list(db, viewer, company->id, customer_id, arena, &contacts, &count));
	for (size_t i = 0; i < count; i++) {
		TRY(try_phone(db, company, contacts[i].phone, country, arena, out, &found));
		if (!found) continue;
		out->name = contacts[i].name, out->contact_id = contacts[i].id;
		char tag[LANGUAGE_TAG];
		if (language_tag(contacts[i].language, tag)) memcpy(out->language, tag, sizeof tag);
		out->lang = setting_words(settings, out->language);
		return STATUS_FINE;
	}
	out->lang = setting_words(settings, out->language);
	return try_phone(db, company, customer.phone, country, arena, out, &found);
}

struct status sms_stop(struct change *change, const char *phone, const char *reason)
{
	char number[24];
	if (!sms_phone(phone, change->company.country, number, sizeof number))
		return status_make(STATUS_INVALID, "“%.40s” is no number that text messages reach.", phone);
	TRY(db_run(change->db, "INSERT INTO phone_stop (tenant_id, phone, reason, at) VALUES ($tenant, $phone, $reason, $at) "
	                       "ON CONFLICT (tenant_id, phone) DO NOTHING",
	           DB_ARGS(db_int("tenant", change->company.tenant_id), db_text("phone", number), db_text("reason", reason), db_int("at", change->now))));
	return event_add_json(change, (struct event_new){ .kind = "sms.stopped" }, json_pack("{s:s, s:s}", "phone", number, "reason", reason));
}

struct status sms_allow(struct change *change, const char *phone)
{
	char number[24];
	if (!sms_phone(phone, change->company.country, number, sizeof number))
		return status_make(STATUS_INVALID, "“%.40s” is no number that text messages reach.", phone);
	TRY(db_run(change->db, "DELETE FROM phone_stop WHERE tenant_id = $tenant AND phone = $phone",
	           DB_ARGS(db_int("tenant", change->company.tenant_id), db_text("phone", number))));
	return event_add_json(change, (struct event_new){ .kind = "sms.allowed" }, json_pack("{s:s}", "phone", number));
}

/* --- words ------------------------------------------------------------------------------------------------------------------------------ */
struct status sms_compose(const struct compose_facts *facts, const struct template_text *text, struct arena *arena, struct message *out,
                          struct sms_size *size)
{
	TRY(compose_message(facts, text, arena, out));
	cleanup_text struct text line = { 0 }, escaped = { 0 };
	sms_tidy(out->text, &line);
	*size = sms_measure(text_cstr(&line));
	if (size->parts > SMS_PARTS_MAX)
		return status_make(STATUS_INVALID, "This text message would take %d parts, at most %d leave: shorten its text.", size->parts, SMS_PARTS_MAX);
	out->text = arena_strdup(arena, text_cstr(&line));
	mustache_escape(&escaped, out->text, strlen(out->text));
	out->html_body = arena_printf(arena, "<p>%s</p>", text_cstr(&escaped)); /* for a preview; the message itself has no HTML */
	out->html = "";
	return STATUS_FINE;
}
