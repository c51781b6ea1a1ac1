#include "outreach/gateway.h"

#include "base/memory.h"

#include <jansson.h>
#include <sodium.h>

enum { HEADERS_MAX = 16 };

/* --- filling ---------------------------------------------------------------------------------------------------------------------- */
static void add_json(struct text *out, const char *value)
{
	json_t *string = json_string(value);
	char *quoted = string ? json_dumps(string, JSON_ENCODE_ANY) : NULL;
	if (quoted) text_add_bytes(out, quoted + 1, strlen(quoted) - 2); /* the template has its own quotes */
	free(quoted);
	json_decref(string);
}

static void add_form(struct text *out, const char *value)
{
	for (const unsigned char *c = (const unsigned char *)value; *c; c++) {
		bool plain = (*c >= '0' && *c <= '9') || (*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') || strchr("-_.~", *c);
		if (plain)
			text_add_char(out, (char)*c);
		else
			text_addf(out, "%%%02X", *c);
	}
}

static void add_raw(struct text *out, const char *value)
{
	for (const char *c = value; *c; c++)
		if ((unsigned char)*c >= ' ' && *c != 0x7f) text_add_char(out, *c); /* a header stays one line */
}

void gateway_fill(struct text *out, const char *template, const struct gateway_value *values, size_t count, enum gateway_escape escape)
{
	for (const char *c = template; *c;) {
		const struct gateway_value *found = NULL;
		for (size_t i = 0; *c == '{' && i < count; i++) {
			size_t len = strlen(values[i].name);
			if (strncmp(c + 1, values[i].name, len) == 0 && c[1 + len] == '}') found = &values[i];
		}
		if (!found) {
			text_add_char(out, *c++);
			continue;
		}
		if (escape == GATEWAY_JSON)
			add_json(out, found->value);
		else if (escape == GATEWAY_FORM)
			add_form(out, found->value);
		else
			add_raw(out, found->value);
		c += strlen(found->name) + 2;
	}
}

enum gateway_escape gateway_escape_of(const char *body)
{
	while (*body == ' ' || *body == '\n' || *body == '\r' || *body == '\t') body++;
	return *body == '{' || *body == '[' ? GATEWAY_JSON : GATEWAY_FORM;
}

const char *gateway_field(const char *json, size_t len, const char *path, struct arena *arena)
{
	json_t *root = len && *path ? json_loadb(json, len, 0, NULL) : NULL;
	const json_t *at = root;
	for (const char *p = path; at && *p;) {
		size_t part = strcspn(p, ".");
		const char *name = arena_strndup(arena, p, part);
		int64_t index;
		at = json_is_array(at) && text_parse_int(name, part, &index) && index >= 0 ? json_array_get(at, (size_t)index) : json_object_get(at, name);
		p += part + (p[part] == '.');
	}
	const char *out = NULL;
	if (json_is_string(at))
		out = arena_strdup(arena, json_string_value(at));
	else if (json_is_integer(at))
		out = arena_printf(arena, "%lld", (long long)json_integer_value(at));
	json_decref(root);
	return out;
}

/* --- calling ------------------------------------------------------------------------------------------------------------------------ */
bool sms_ready(const struct settings *settings)
{
	return *setting_text(settings, "sms.url") && *setting_text(settings, "sms.body");
}

bool post_ready(const struct settings *settings)
{
	return *setting_text(settings, "post.url") != 0;
}

/* One line a header. */
static size_t read_headers(const char *lines, const struct gateway_value *values, size_t count, struct arena *arena, const char **out)
{
	size_t made = 0;
	for (const char *p = lines; *p && made < HEADERS_MAX;) {
		size_t len = strcspn(p, "\r\n");
		if (len) {
			cleanup_text struct text header = { 0 };
			gateway_fill(&header, arena_strndup(arena, p, len), values, count, GATEWAY_RAW);
			out[made++] = arena_strdup(arena, text_cstr(&header));
		}
		p += len;
		p += strspn(p, "\r\n");
	}
	return made;
}

static void judge(const struct hook_answer *answer, struct smtp_result *out)
{
	*out = (struct smtp_result){ .code = answer->code };
	if (answer->outcome == HOOK_NOT_SENT) {
		out->outcome = SMTP_LATER, out->code = 0; /* nothing left: again later, the others wait as well */
		snprintf(out->words, sizeof out->words, "%s", answer->words);
	} else if (answer->outcome == HOOK_UNKNOWN) {
		out->outcome = SMTP_UNKNOWN;
		snprintf(out->words, sizeof out->words, "%s", answer->words);
	} else if (answer->code >= 200 && answer->code < 300) {
		out->outcome = SMTP_SENT;
	} else {
		/* 429 and 503 say that nothing was done; after any other 5xx it may have been */
		out->outcome = answer->code == 429 || answer->code == 503 ? SMTP_LATER : answer->code >= 500 ? SMTP_UNKNOWN : SMTP_REFUSED;
		size_t len = answer->body.len < 180 ? answer->body.len : 180;
		while (len && ((unsigned char)answer->body.bytes[len - 1] & 0xC0) == 0x80) len--; /* no half character */
		if (len && (unsigned char)answer->body.bytes[len - 1] >= 0xC0) len--;
		snprintf(out->words, sizeof out->words, "%d %.*s", answer->code, (int)len, len ? answer->body.bytes : "");
		for (char *c = out->words; *c; c++)
			if ((unsigned char)*c < ' ') *c = ' ';
		if (!utf8_valid(out->words, strlen(out->words))) snprintf(out->words, sizeof out->words, "%d", answer->code);
	}
}

static const char *ca_file(void)
{
	const char *ca = getenv("ENCOURS_CA_FILE"); /* a private authority of the house */
	return ca && *ca ? ca : NULL;
}

void gateway_sms(const struct settings *settings, const struct outbox_row *row, struct arena *arena, struct smtp_result *out,
                 const char **reference)
{
	struct status locked = setting_unlocked(settings, "sms.key");
	*reference = NULL;
	if (locked.code) {
		*out = (struct smtp_result){ .outcome = SMTP_LATER };
		snprintf(out->words, sizeof out->words, "%.230s", locked.text);
		return;
	}
	const struct gateway_value values[] = { { "to", row->recipient }, { "from", setting_text(settings, "sms.from") }, { "text", row->text },
		                                { "id", row->message_id }, { "key", setting_text(settings, "sms.key") } };
	const char *template = setting_text(settings, "sms.body"), *headers[HEADERS_MAX + 2];
	enum gateway_escape escape = gateway_escape_of(template);
	size_t count = 0;
	headers[count++] = escape == GATEWAY_JSON ? "Content-Type: application/json" : "Content-Type: application/x-www-form-urlencoded";
	count += read_headers(setting_text(settings, "sms.headers"), values, COUNT(values), arena, headers + count);
	headers[count] = NULL;
	cleanup_text struct text body = { 0 };
	gateway_fill(&body, template, values, COUNT(values), escape);
	cleanup_hook_answer struct hook_answer answer = { 0 };
	hook_send(&(struct hook_call){ .url = setting_text(settings, "sms.url"), .headers = headers, .body = text_cstr(&body), .len = body.len,
	                               .ca_file = ca_file(), .timeout_s = (int)setting_int(settings, "sms.timeout") }, &answer);
	judge(&answer, out);
	if (out->outcome == SMTP_SENT) *reference = gateway_field(answer.body.bytes, answer.body.len, setting_text(settings, "sms.reference"), arena);
}

void gateway_post(const struct settings *settings, const struct company *company, const struct outbox_row *row, const struct attachment *pdf,
                  struct arena *arena, struct smtp_result *out, const char **reference)
{
	struct status locked = setting_unlocked(settings, "post.key");
	*reference = NULL;
	if (locked.code) {
		*out = (struct smtp_result){ .outcome = SMTP_LATER };
		snprintf(out->words, sizeof out->words, "%.230s", locked.text);
		return;
	}
	size_t size = sodium_base64_ENCODED_LEN(pdf->len, sodium_base64_VARIANT_ORIGINAL);
	char *encoded = arena_alloc(arena, size);
	sodium_bin2base64(encoded, size, (const unsigned char *)pdf->bytes, pdf->len, sodium_base64_VARIANT_ORIGINAL);
	json_t *lines = json_array();
	for (const char *p = row->recipient; *p;) {
		size_t len = strcspn(p, "\n");
		json_array_append_new(lines, json_stringn(p, len));
		p += len + (p[len] == '\n');
	}
	json_t *model = json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:o, s:{s:s, s:s, s:s}}", "id", row->message_id, "kind", row->channel, "company",
	                          company->code, "customer", row->customer_code, "name", row->customer_name, "subject", row->subject, "address", lines,
	                          "document", "name", pdf->name, "type", pdf->type, "base64", encoded);
	char *body = json_dumps(model, JSON_COMPACT);
	json_decref(model);
	const struct gateway_value values[] = { { "id", row->message_id }, { "key", setting_text(settings, "post.key") } };
	const char *headers[HEADERS_MAX + 3];
	size_t count = 0;
	headers[count++] = "Content-Type: application/json";
	headers[count++] = arena_printf(arena, "Idempotency-Key: %s", row->message_id);
	count += read_headers(setting_text(settings, "post.headers"), values, COUNT(values), arena, headers + count);
	headers[count] = NULL;
	cleanup_hook_answer struct hook_answer answer = { 0 };
	hook_send(&(struct hook_call){ .url = setting_text(settings, "post.url"), .headers = headers, .body = body, .len = strlen(body),
	                               .ca_file = ca_file(), .timeout_s = 120 }, &answer);
	free(body);
	judge(&answer, out);
	if (out->outcome == SMTP_SENT) *reference = gateway_field(answer.body.bytes, answer.body.len, "reference", arena);
}
