#include "web/server.h"

#include "base/day.h"
#include "base/log.h"
#include "base/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <strings.h>
#include <unistd.h>

/* --- fields ---------------------------------------------------------------------------------------------------------- */
void fields_add(struct fields *fields, struct arena *arena, const char *name, const char *value)
{
	struct field *field = arena_make(arena, struct field);
	*field = (struct field){ .name = name, .value = value };
	if (!fields->first) fields->last = &fields->first;
	*fields->last = field;
	fields->last = &field->next;
	fields->count++;
}

const char *fields_find(const struct fields *fields, const char *name)
{
	for (const struct field *field = fields->first; field; field = field->next)
		if (strcmp(field->name, name) == 0) return field->value;
	return NULL;
}

static int hex(char c)
{
	if (c >= '0' && c <= '9') return c - '0';
	if (c >= 'a' && c <= 'f') return c - 'a' + 10;
	if (c >= 'A' && c <= 'F') return c - 'A' + 10;
	return -1;
}

char *url_decode(struct arena *arena, const char *bytes, size_t len, bool plus)
{
	char *out = arena_alloc(arena, len + 1);
	size_t used = 0;
	for (size_t i = 0; i < len; i++) {
		char c = bytes[i];
		if (c == '%') {
			int high = -1, low = -1;
			if (len - i > 2) high = hex(bytes[i + 1]), low = hex(bytes[i + 2]);
			if (high < 0 || low < 0) return NULL;
			c = (char)(high << 4 | low);
			i += 2;
		} else if (c == '+' && plus) {
			c = ' ';
		}
		if (c == 0) return NULL;
		out[used++] = c;
	}
	out[used] = 0;
	return utf8_valid(out, used) ? out : NULL;
}

void url_encode(struct text *out, const char *bytes)
{
	for (; *bytes; bytes++) {
		unsigned char c = (unsigned char)*bytes;
		if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || strchr("-._~", c))
			text_add_char(out, (char)c);
		else
			text_addf(out, "%%%02X", c);
	}
}

static struct status parse_pairs(struct exchange *x, const char *bytes, size_t len, struct fields *out)
{
	while (len > 0) {
		const char *end = memchr(bytes, '&', len);
		size_t pair = end ? (size_t)(end - bytes) : len;
		if (pair > 0) {
			const char *equals = memchr(bytes, '=', pair);
			size_t name_len = equals ? (size_t)(equals - bytes) : pair;
			char *name = url_decode(x->request.arena, bytes, name_len, true);
			char *value = equals ? url_decode(x->request.arena, equals + 1, pair - name_len - 1, true) : "";
			if (!name || !value) return status_make(STATUS_INVALID, "What was sent is not valid text (UTF-8).");
			if (out->count >= LIMIT_FIELDS) return status_make(STATUS_INVALID, "The form has too many fields.");
			fields_add(out, x->request.arena, name, value);
		}
		if (!end) break;
		bytes += pair + 1, len -= pair + 1;
	}
	return STATUS_FINE;
}

/* --- headers ----------------------------------------------------------------------------------------------------------- */
const char *exchange_header(const struct exchange *x, const char *name)
{
	return MHD_lookup_connection_value(x->connection, MHD_HEADER_KIND, name);
}

const char *exchange_cookie(struct exchange *x, const char *name)
{
	return MHD_lookup_connection_value(x->connection, MHD_COOKIE_KIND, name);
}

void exchange_reply_header(struct exchange *x, const char *name, const char *value)
{
	fields_add(&x->headers, x->request.arena, name, arena_strdup(x->request.arena, value));
}

void exchange_reply_headerf(struct exchange *x, const char *name, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	char value[2048];
	vsnprintf(value, sizeof value, format, args);
	va_end(args);
	exchange_reply_header(x, name, value);
}

void exchange_set_cookie(struct exchange *x, const char *name, const char *value, int64_t seconds)
{
	char age[40] = "";
	if (seconds) snprintf(age, sizeof age, "; Max-Age=%lld", (long long)(seconds < 0 ? 0 : seconds));
	exchange_reply_headerf(x, "Set-Cookie", "%s=%s; Path=/; HttpOnly; SameSite=Lax%s%s", name, value,
	                       x->server->options.https ? "; Secure" : "", age);
}

/* --- reading ------------------------------------------------------------------------------------------------------------ */
/* A name ends up on screens and in the import's record, never in a path: cut to its last part, control characters out. */
static const char *upload_name(struct arena *arena, const char *given)
{
	const char *name = given ? given : "";
	for (const char *at = name; *at; at++)
		if ((*at == '/' || *at == '\\') && at[1]) name = at + 1;
	size_t len = strnlen(name, 200);
	while (len > 0 && !utf8_valid(name, len) && len > 190) len--; /* a cut character */
	char *out = arena_strndup(arena, name, len);
	if (!utf8_valid(out, len))
		for (char *at = out; *at; at++)
			if (*at & 0x80) *at = '_';
	for (char *at = out; *at; at++)
		if ((unsigned char)*at < 32 || *at == 127) *at = ' ';
	return *out ? out : "file";
}

static struct upload_part *upload_open(struct exchange *x, const char *field, const char *name)
{
	const char *folder = getenv("TMPDIR");
	char path[512];
	if (snprintf(path, sizeof path, "%s/encours-upload-XXXXXX", folder && *folder ? folder : "/tmp") >= (int)sizeof path) return NULL;
	int fd = mkostemp(path, O_CLOEXEC);
	if (fd < 0) return NULL;
	unlink(path); /* it lives as long as its descriptor: nothing is left behind, even after a crash */
	struct upload_part *part = arena_make(x->request.arena, struct upload_part);
	part->fd = fd;
	part->field = arena_strdup(x->request.arena, field);
	part->upload.name = upload_name(x->request.arena, name);
	part->upload.path = arena_printf(x->request.arena, "/proc/self/fd/%d", fd);
	if (!x->uploads) x->uploads_last = &x->uploads;
	*x->uploads_last = part;
	x->uploads_last = &part->next;
	return part;
}

static void part_end(struct exchange *x)
{
	if (!x->part_name) return;
	if (!utf8_valid(text_cstr(&x->part), x->part.len) || memchr(text_cstr(&x->part), 0, x->part.len))
		x->refused = status_make(STATUS_INVALID, "What was sent is not valid text (UTF-8).");
	else if (x->form.count >= LIMIT_FIELDS)
		x->refused = status_make(STATUS_INVALID, "The form has too many fields.");
	else
		fields_add(&x->form, x->request.arena, x->part_name, arena_strdup(x->request.arena, text_cstr(&x->part)));
	x->part_name = NULL;
	text_clear(&x->part);
}

/* One piece of one part, as libmicrohttpd's reader finds it. offset 0 starts a part. */
static enum MHD_Result on_part(void *context, enum MHD_ValueKind kind, const char *key, const char *filename, const char *type,
                               const char *encoding, const char *bytes, uint64_t offset, size_t size)
{
	(void)kind, (void)type, (void)encoding;
	struct exchange *x = context;
	if (x->refused.code) return MHD_NO;
	if (!key || strnlen(key, 200) == 200 || !utf8_valid(key, strlen(key))) {
		x->refused = status_make(STATUS_INVALID, "A part of the form has no usable name.");
		return MHD_NO;
	}
	if (!filename) {
		if (offset == 0) {
			part_end(x);
			x->part_name = arena_strdup(x->request.arena, key);
		}
		if (x->part.len + size > LIMIT_BODY) {
			x->refused = status_make(STATUS_INVALID, "A field of the form is too long.");
			return MHD_NO;
		}
		text_add_bytes(&x->part, bytes, size);
		return x->refused.code ? MHD_NO : MHD_YES;
	}
	if (offset == 0) part_end(x);
	if (!*filename) return MHD_YES; /* a file field left empty */
	struct upload_part *part = NULL;
	for (struct upload_part *each = x->uploads; each; each = each->next) part = each;
	if (offset == 0 || !part) part = upload_open(x, key, filename);
	if (!part) {
		log_line(LOG_ERROR, "request=%s no temporary file: %s", x->id, strerror(errno));
		x->refused = status_make(STATUS_UNAVAILABLE, "The server can't keep the file: its disk is full or not writable.");
		return MHD_NO;
	}
	while (size > 0) {
		ssize_t done = write(part->fd, bytes, size);
		if (done < 0 && errno == EINTR) continue;
		if (done <= 0) {
			log_line(LOG_ERROR, "request=%s writing an upload: %s", x->id, strerror(errno));
			x->refused = status_make(STATUS_UNAVAILABLE, "The server can't keep the file: its disk is full or not writable.");
			return MHD_NO;
		}
		bytes += done, size -= (size_t)done, part->upload.size += done;
	}
	return MHD_YES;
}

static bool type_is(const char *header, const char *type)
{
	size_t len = strlen(type);
	return header && strncasecmp(header, type, len) == 0 && (header[len] == 0 || header[len] == ';' || header[len] == ' ');
}

struct status request_start(struct exchange *x)
{
	x->body_limit = x->route && x->route->upload ? x->server->upload_limit : LIMIT_BODY;
	if (x->route && x->route->body_limit && x->route->body_limit < x->body_limit) x->body_limit = x->route->body_limit;
	if (x->query_text) TRY(parse_pairs(x, x->query_text, strlen(x->query_text), &x->query));
	const char *type = exchange_header(x, MHD_HTTP_HEADER_CONTENT_TYPE);
	if (type_is(type, "application/x-www-form-urlencoded")) {
		x->body_kind = BODY_FORM;
	} else if (type_is(type, "application/json")) {
		x->body_kind = BODY_JSON;
	} else if (type_is(type, "multipart/form-data")) {
		x->body_kind = BODY_MULTIPART;
		x->post = MHD_create_post_processor(x->connection, 32 << 10, on_part, x);
		if (!x->post) return status_make(STATUS_INVALID, "The form can't be read: its header names no boundary.");
	} else {
		x->body_kind = BODY_NONE;
	}
	return STATUS_FINE;
}

void request_feed(struct exchange *x, const char *bytes, size_t len)
{
	x->body_seen += (int64_t)len;
	if (x->refused.code) return; /* read to its end and dropped, so that the answer can be heard */
	if (x->body_seen > x->body_limit) {
		x->refused = status_make(STATUS_INVALID, "What was sent is over %lld MB.", (long long)(x->body_limit >> 20));
		x->refused_http = 413;
	} else if (x->body_kind == BODY_MULTIPART) {
		if (MHD_post_process(x->post, bytes, len) != MHD_YES && !x->refused.code)
			x->refused = status_make(STATUS_INVALID, "The form can't be read: its parts are broken.");
	} else if (x->body_kind == BODY_NONE) {
		x->refused = status_make(STATUS_INVALID, "Send a form, or JSON with Content-Type: application/json.");
		x->refused_http = 415;
	} else {
		text_add_bytes(&x->body, bytes, len);
	}
}

/* Members of a JSON object that are plain values, or lists of them, can be read like a form's fields. */
static void json_fields(struct exchange *x)
{
	const char *name;
	json_t *value;
	struct arena *arena = x->request.arena;
	json_object_foreach(x->json, name, value) {
		size_t count = json_is_array(value) ? json_array_size(value) : 1;
		for (size_t i = 0; i < count && x->form.count < LIMIT_FIELDS; i++) {
			json_t *one = json_is_array(value) ? json_array_get(value, i) : value;
			const char *text = NULL;
			if (json_is_string(one)) text = arena_strdup(arena, json_string_value(one));
			if (json_is_integer(one)) text = arena_printf(arena, "%lld", (long long)json_integer_value(one));
			if (json_is_real(one)) text = arena_printf(arena, "%.15g", json_real_value(one));
			if (json_is_boolean(one)) text = json_is_true(one) ? "1" : "0";
			if (text) fields_add(&x->form, arena, arena_strdup(arena, name), text);
		}
	}
}

struct status request_finish(struct exchange *x)
{
	if (x->post) {
		enum MHD_Result whole = MHD_destroy_post_processor(x->post);
		x->post = NULL;
		if (!x->refused.code) {
			part_end(x);
			if (whole != MHD_YES) x->refused = status_make(STATUS_INVALID, "The form ends too early: please send it again.");
		}
	}
	if (x->refused.code) return x->refused;
	if (x->body_kind == BODY_FORM) return parse_pairs(x, x->body.bytes, x->body.len, &x->form);
	if (x->body_kind == BODY_JSON && x->body.len > 0) {
		json_error_t error;
		x->json = json_loadb(x->body.bytes, x->body.len, JSON_REJECT_DUPLICATES, &error);
		if (!x->json)
			return status_make(STATUS_INVALID, "The JSON can't be read at line %d, column %d: %s.", error.line, error.column, error.text);
		if (!json_is_object(x->json)) return status_make(STATUS_INVALID, "The JSON must be an object.");
		json_fields(x);
	}
	return STATUS_FINE;
}

void request_drop(struct exchange *x)
{
	if (x->post) (void)MHD_destroy_post_processor(x->post);
	for (struct upload_part *part = x->uploads; part; part = part->next) close(part->fd);
	json_decref(x->json);
	json_decref(x->request.model);
	text_free(&x->request.file);
	text_free(&x->body);
	text_free(&x->part);
	text_free(&x->out);
	free(x->selected);
	arena_free(x->request.arena);
	free(x->target);
	free(x);
}

/* --- what handlers ask ---------------------------------------------------------------------------------------------------- */
const char *request_path(const struct request *request, const char *name)
{
	return fields_find(&exchange_of(request)->path_fields, name);
}

const char *request_field(const struct request *request, const char *name)
{
	const struct exchange *x = exchange_of(request);
	const char *value = fields_find(&x->path_fields, name);
	if (!value) value = fields_find(&x->form, name);
	return value ? value : fields_find(&x->query, name);
}

const char *const *request_fields(const struct request *request, const char *name)
{
	const struct exchange *x = exchange_of(request);
	size_t count = 0;
	const char **values = arena_array(request->arena, const char *, x->form.count + x->query.count + 1);
	for (int part = 0; part < 2; part++)
		for (const struct field *field = part ? x->query.first : x->form.first; field; field = field->next)
			if (strcmp(field->name, name) == 0) values[count++] = field->value;
	return values;
}

int64_t request_int(const struct request *request, const char *name, int64_t otherwise)
{
	const char *text = request_field(request, name);
	int64_t value;
	return text && text_parse_int(text, strlen(text), &value) ? value : otherwise;
}

bool request_day(const struct request *request, const char *name, int32_t *out)
{
	const char *text = request_field(request, name);
	return text && day_parse(text, strlen(text), out);
}

const struct upload *request_upload(const struct request *request, const char *field, size_t index)
{
	for (const struct upload_part *part = exchange_of(request)->uploads; part; part = part->next)
		if (strcmp(part->field, field) == 0 && index-- == 0) return &part->upload;
	return NULL;
}

const json_t *request_body(const struct request *request)
{
	return exchange_of(request)->json;
}

const char *request_escape(const struct request *request, const char *text)
{
	cleanup_text struct text out = { 0 };
	url_encode(&out, text);
	return arena_strdup(request->arena, text_cstr(&out));
}

const char *request_back(const struct request *request, const char *otherwise)
{
	const char *back = request_field(request, "back");
	if (!back || back[0] != '/' || back[1] == '/' || back[1] == '\\' || strnlen(back, 2000) == 2000) return otherwise;
	for (const char *at = back; *at; at++)
		if ((unsigned char)*at <= 32 || *at == 127 || *at == '\\') return otherwise;
	return back;
}

bool request_throttle(const struct request *request, const char *key, int each_minute)
{
	(void)request;
	return throttle_allow(key, each_minute, clock_ns());
}

const char *request_address(const struct request *request)
{
	return exchange_of(request)->address;
}

const char *request_key(const struct request *request)
{
	const char *key = exchange_header(exchange_of(request), "Idempotency-Key");
	if (!key || !*key) key = request_field(request, "key");
	return key && *key ? key : NULL;
}
