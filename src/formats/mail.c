#include "base/day.h"
#include "base/email.h"
#include "base/memory.h"
#include "formats/mail_inside.h"

#include <gmime/gmime.h>
#include <pthread.h>
#include <string.h>

enum { DEPTH_MAX = 30, PARTS_MAX = 500, HEADER_MAX = 2000, STATUS_MAX = 64 << 10, LOGO_MAX = 20 << 10 };

static void start(void)
{
	g_mime_init();
}

/* --- text that can be shown ------------------------------------------------------------------------------------------------------ */
/* Valid UTF-8 without control characters but the line's end; what is no character becomes "?". Appends at most max bytes. */
static void add_clean(struct text *out, const char *bytes, size_t len, size_t max, bool lines)
{
	size_t stop = out->len + max;
	for (size_t i = 0; i < len && out->len + 4 < stop;) {
		unsigned char c = (unsigned char)bytes[i];
		size_t size = c < 0x80 ? 1 : c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : 2;
		if (c < 0x80) {
			if (c == '\n' && lines) text_add_char(out, '\n');
			else if (c == '\r' && lines && !(i + 1 < len && bytes[i + 1] == '\n')) text_add_char(out, '\n');
			else if (c == '\t' || c == '\n') text_add_char(out, ' ');
			else if (c >= 0x20 && c != 0x7f) text_add_char(out, (char)c);
		} else if (i + size <= len && utf8_valid(bytes + i, size)) {
			/* marks that turn the writing direction, or are not seen: names and amounts must read as they are */
			bool unseen = (size == 3 && c == 0xe2 && (unsigned char)bytes[i + 1] == 0x80 && (unsigned char)bytes[i + 2] >= 0x8b && (unsigned char)bytes[i + 2] <= 0x8f) ||
			              (size == 3 && c == 0xe2 && (unsigned char)bytes[i + 1] == 0x80 && (unsigned char)bytes[i + 2] >= 0xa8 && (unsigned char)bytes[i + 2] <= 0xae) ||
			              (size == 3 && c == 0xe2 && (unsigned char)bytes[i + 1] == 0x81 && (unsigned char)bytes[i + 2] >= 0xa6 && (unsigned char)bytes[i + 2] <= 0xa9) ||
			              (size == 3 && memcmp(bytes + i, "\xef\xbb\xbf", 3) == 0) || (size == 2 && c == 0xc2 && (unsigned char)bytes[i + 1] < 0xa0);
			if (size == 2 && c == 0xc2 && (unsigned char)bytes[i + 1] == 0xa0) text_add_char(out, ' ');
			else if (!unseen) text_add_bytes(out, bytes + i, size);
		} else {
			text_add_char(out, '?');
			size = 1;
		}
		i += size;
	}
}

static const char *clean_line(struct arena *arena, const char *text)
{
	cleanup_text struct text out = { 0 };
	if (text) add_clean(&out, text, strnlen(text, HEADER_MAX), HEADER_MAX, false);
	return arena_strdup(arena, text_cstr(&out));
}

static const char *header(GMimeObject *object, struct arena *arena, const char *name)
{
	return clean_line(arena, g_mime_object_get_header(object, name));
}

/* --- message ids -------------------------------------------------------------------------------------------------------------------- */
static void add_id(struct mail *mail, struct arena *arena, const char *from, size_t len)
{
	if (len < 3 || len > 250 || mail->id_count == MAIL_IDS_MAX) return;
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)from[i] <= ' ' || (unsigned char)from[i] >= 0x7f || from[i] == '<' || from[i] == '>') return;
	for (size_t i = 0; i < mail->id_count; i++)
		if (strlen(mail->ids[i]) == len && memcmp(mail->ids[i], from, len) == 0) return;
	mail->ids[mail->id_count++] = arena_strndup(arena, from, len);
}

/* "<a@b> <c@d>", the last ones being the nearest. */
static void add_ids(struct mail *mail, struct arena *arena, const char *text)
{
	if (!text) return;
	const char *found[MAIL_IDS_MAX];
	size_t lens[MAIL_IDS_MAX], count = 0, len = strnlen(text, 20000);
	for (const char *p = text + len; p > text && count < MAIL_IDS_MAX; p--) {
		if (*p != '>') continue;
		const char *open = p;
		while (open > text && *open != '<') open--;
		if (*open == '<') found[count] = open + 1, lens[count++] = (size_t)(p - open - 1), p = open > text ? open : text + 1;
	}
	for (size_t i = 0; i < count; i++) add_id(mail, arena, found[i], lens[i]);
}

/* Ids of our own making wherever they stand: a program may drop the headers and quote the message. */
static void add_tokens(struct mail *mail, struct arena *arena, const char *text)
{
	for (const char *at = text; at && (at = strstr(at, "encours.")) != NULL; at += 8) {
		size_t hex = strspn(at + 8, "0123456789abcdef");
		if (hex != 24 || at[32] != '@') continue;
		size_t len = 33 + strspn(at + 33, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-");
		while (len > 33 && at[len - 1] == '.') len--;
		add_id(mail, arena, at, len);
	}
}

/* --- parts ------------------------------------------------------------------------------------------------------------------------------ */
struct walk {
	struct arena *arena;
	struct mail *mail;
	struct text plain, html_text, status, returned;
	const char *report_type;
	size_t file_bytes;
	int parts;
	bool feedback, disposition, report;
};

static void part_bytes(GMimePart *part, size_t max, struct text *out, bool *cut)
{
	GMimeDataWrapper *content = g_mime_part_get_content(part);
	if (!content) return;
	GMimeStream *stream = g_mime_stream_mem_new();
	g_mime_data_wrapper_write_to_stream(content, stream);
	GByteArray *bytes = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(stream));
	*cut = bytes->len > max;
	text_add_bytes(out, (const char *)bytes->data, bytes->len < max ? bytes->len : max);
	g_object_unref(stream);
}

static void add_text(struct walk *walk, GMimePart *part, bool html)
{
	struct text *to = html ? &walk->html_text : &walk->plain;
	if (to->len >= MAIL_TEXT_MAX) return;
	char *decoded = GMIME_IS_TEXT_PART(part) ? g_mime_text_part_get_text(GMIME_TEXT_PART(part)) : NULL;
	cleanup_text struct text raw = { 0 }, clean = { 0 };
	bool cut = false;
	if (!decoded) part_bytes(part, MAIL_TEXT_MAX, &raw, &cut);
	const char *bytes = decoded ? decoded : text_cstr(&raw);
	size_t len = decoded ? strlen(decoded) : raw.len;
	if (to->len) text_add(to, "\n\n");
	if (html) {
		add_clean(&clean, bytes, len < MAIL_TEXT_MAX * 4 ? len : MAIL_TEXT_MAX * 4, MAIL_TEXT_MAX * 4, true);
		mail_html_text(text_cstr(&clean), clean.len, MAIL_TEXT_MAX - (to->len < MAIL_TEXT_MAX ? to->len : MAIL_TEXT_MAX), to);
	} else {
		add_clean(to, bytes, len, MAIL_TEXT_MAX - (to->len < MAIL_TEXT_MAX ? to->len : MAIL_TEXT_MAX), true);
	}
	g_free(decoded);
}

static const char *file_name(struct walk *walk, const char *given, const char *type)
{
	const char *name = clean_line(walk->arena, given);
	const char *slash = strrchr(name, '/'), *back = strrchr(name, '\\');
	if (slash) name = slash + 1;
	if (back && back >= name) name = back + 1;
	while (*name == '.') name++;
	if (strlen(name) > 150) { /* its end says what it is */
		const char *dot = strrchr(name, '.');
		size_t head = 120;
		while (head && ((unsigned char)name[head] & 0xc0) == 0x80) head--;
		name = arena_printf(walk->arena, "%.*s%s", (int)head, name, dot && strlen(dot) < 12 ? dot : "");
	}
	if (*name) return name;
	const char *kind = strchr(type, '/');
	return arena_printf(walk->arena, "document-%zu.%s", walk->mail->file_count + 1,
	                    strcmp(type, "message/rfc822") == 0 ? "eml" : kind && strlen(kind) < 8 && !strstr(type, "octet") ? kind + 1 : "bin");
}

static void add_file(struct walk *walk, const char *name, const char *type, const char *bytes, size_t len)
{
	struct mail *mail = walk->mail;
	if (len == 0) return;
	if (mail->file_count == MAIL_FILES_MAX || len > MAIL_FILE_MAX || walk->file_bytes + len > MAIL_FILES_BYTES_MAX) {
		mail->files_left_out++;
		return;
	}
	walk->file_bytes += len;
	mail->files[mail->file_count++] = (struct mail_file){ file_name(walk, name, type), arena_strdup(walk->arena, type), arena_strndup(walk->arena, bytes, len), len };
}

static void add_attachment(struct walk *walk, GMimePart *part, const char *type)
{
	cleanup_text struct text bytes = { 0 };
	bool cut = false;
	part_bytes(part, MAIL_FILE_MAX, &bytes, &cut);
	const char *disposition = g_mime_object_get_disposition(GMIME_OBJECT(part));
	bool inside = strncmp(type, "image/", 6) == 0 && g_mime_object_get_content_id(GMIME_OBJECT(part)) && !(disposition && strcasecmp(disposition, "attachment") == 0);
	if (inside && bytes.len < LOGO_MAX) return; /* of a signature */
	if (cut) walk->mail->files_left_out++;
	else add_file(walk, g_mime_part_get_filename(part), type, text_cstr(&bytes), bytes.len);
}

/* The message that came back: its headers as text, and the ids that lead home. */
static void read_returned(struct walk *walk, GMimeObject *object)
{
	static const char *const names[] = { "To", "From", "Subject", "Message-ID", "Cc" };
	for (size_t i = 0; i < COUNT(names); i++) {
		const char *value = header(object, walk->arena, names[i]);
		if (*value && walk->returned.len < STATUS_MAX) text_addf(&walk->returned, "%s%s: %s", walk->returned.len ? "\n" : "", names[i], value);
	}
	add_ids(walk->mail, walk->arena, g_mime_object_get_header(object, "Message-ID"));
}

static void add_status(struct walk *walk, const char *bytes, size_t len)
{
	if (walk->status.len) text_add(&walk->status, "\n\n");
	if (walk->status.len < STATUS_MAX) {
		/* folded lines keep their indentation */
		cleanup_text struct text clean = { 0 };
		add_clean(&clean, bytes, len, STATUS_MAX - walk->status.len, true);
		text_add_bytes(&walk->status, text_cstr(&clean), clean.len);
	}
}

static void walk_part(struct walk *walk, GMimeObject *object, int depth, bool alone)
{
	if (!object || depth > DEPTH_MAX || walk->parts++ > PARTS_MAX) return;
	GMimeContentType *content_type = g_mime_object_get_content_type(object);
	if (GMIME_IS_MULTIPART(object)) {
		GMimeMultipart *multi = GMIME_MULTIPART(object);
		if (g_mime_content_type_is_type(content_type, "multipart", "report") && depth == 0) {
			walk->report = true;
			walk->report_type = clean_line(walk->arena, g_mime_content_type_get_parameter(content_type, "report-type"));
		}
		int count = g_mime_multipart_get_count(multi);
		for (int i = 0; i < count && i < PARTS_MAX; i++) walk_part(walk, g_mime_multipart_get_part(multi, i), depth + 1, false);
		return;
	}
	char *full = g_mime_content_type_get_mime_type(content_type);
	const char *type = clean_line(walk->arena, full);
	g_free(full);
	if (GMIME_IS_MESSAGE_PART(object)) {
		GMimeMessage *inner = g_mime_message_part_get_message(GMIME_MESSAGE_PART(object));
		if (!inner) return;
		read_returned(walk, GMIME_OBJECT(inner));
		if (walk->report) return; /* our own message, come back */
		char *bytes = g_mime_object_to_string(GMIME_OBJECT(inner), NULL);
		if (bytes) {
			const char *subject = header(GMIME_OBJECT(inner), walk->arena, "Subject");
			const char *name = *subject ? arena_printf(walk->arena, "%.100s.eml", subject) : NULL;
			if (name) /* a subject is no path */
				for (char *c = (char *)(uintptr_t)name; *c; c++)
					if (strchr("/\\:*?\"<>|", *c)) *c = ' ';
			add_file(walk, name, "message/rfc822", bytes, strlen(bytes));
			g_free(bytes);
		}
		return;
	}
	if (!GMIME_IS_PART(object)) return;
	GMimePart *part = GMIME_PART(object);
	bool feedback = strcasecmp(type, "message/feedback-report") == 0;
	if (feedback || strcasecmp(type, "message/delivery-status") == 0 || strcasecmp(type, "message/global-delivery-status") == 0) {
		cleanup_text struct text bytes = { 0 };
		bool cut;
		part_bytes(part, STATUS_MAX, &bytes, &cut);
		add_status(walk, text_cstr(&bytes), bytes.len);
		walk->feedback |= feedback;
		return;
	}
	if (strcasecmp(type, "message/disposition-notification") == 0) {
		walk->disposition = true;
		return;
	}
	if (strcasecmp(type, "text/rfc822-headers") == 0) {
		cleanup_text struct text bytes = { 0 };
		bool cut;
		part_bytes(part, 16 << 10, &bytes, &cut);
		if (walk->returned.len) text_add(&walk->returned, "\n");
		add_clean(&walk->returned, text_cstr(&bytes), bytes.len, STATUS_MAX, true);
		const char *id = strcasestr(text_cstr(&bytes), "message-id:");
		if (id) add_ids(walk->mail, walk->arena, arena_strndup(walk->arena, id, strcspn(id, ">") + (id[strcspn(id, ">")] == '>')));
		return;
	}
	const char *disposition = g_mime_object_get_disposition(object);
	bool attached = (disposition && strcasecmp(disposition, "attachment") == 0) || (g_mime_part_get_filename(part) && !alone);
	bool html = strcasecmp(type, "text/html") == 0;
	if (!attached && (html || strncasecmp(type, "text/", 5) == 0)) add_text(walk, part, html);
	else add_attachment(walk, part, type);
}

/* How much of a text fits, no character cut. */
static size_t whole_characters(const char *text, size_t max)
{
	size_t len = strnlen(text, max + 1);
	if (len <= max) return len;
	len = max;
	while (len && ((unsigned char)text[len] & 0xc0) == 0x80) len--;
	return len;
}

/* --- the head --------------------------------------------------------------------------------------------------------------------------- */
static void read_sender(GMimeMessage *message, struct arena *arena, struct mail *mail)
{
	InternetAddressList *list = g_mime_message_get_addresses(message, GMIME_ADDRESS_TYPE_FROM);
	for (int i = 0; list && i < internet_address_list_length(list) && i < 5; i++) {
		InternetAddress *address = internet_address_list_get_address(list, i);
		if (!INTERNET_ADDRESS_IS_MAILBOX(address)) continue;
		char folded[200];
		const char *raw = internet_address_mailbox_get_addr(INTERNET_ADDRESS_MAILBOX(address));
		if (!*mail->from_name) mail->from_name = clean_line(arena, internet_address_get_name(address));
		if (raw && email_fold(raw, folded, sizeof folded)) {
			mail->from = arena_strdup(arena, folded);
			return;
		}
		if (raw && !*mail->from) mail->from = clean_line(arena, raw);
	}
	if (!*mail->from && !*mail->from_name) mail->from_name = header(GMIME_OBJECT(message), arena, "From"); /* "MAILER-DAEMON <>" */
}

static void add_recipients(GMimeObject *object, struct arena *arena, struct text *out)
{
	static const char *const names[] = { "To", "Cc", "Delivered-To", "X-Original-To", "Envelope-To" };
	for (size_t i = 0; i < COUNT(names); i++) {
		const char *value = header(object, arena, names[i]), *start;
		char address[200];
		for (const char *p = value; out->len < 8000 && (p = mail_address_next(p, &start, address, sizeof address)) != NULL;) text_addf(out, "%s%s", out->len ? "\n" : "", address);
	}
}

/* Parts that can't be told apart (a boundary that is not the one announced): all that stands under the headers, rather than nothing. */
static void add_raw(struct walk *walk, const char *bytes, size_t len)
{
	for (size_t i = 0; i + 1 < len; i++) {
		if (bytes[i] != '\n') continue;
		size_t next = i + 1 + (bytes[i + 1] == '\r');
		if (next >= len || bytes[next] != '\n') continue;
		add_clean(&walk->plain, bytes + next + 1, len - next - 1, MAIL_TEXT_MAX / 4, true);
		return;
	}
}

static void read_message(GMimeMessage *message, const char *bytes, size_t len, int32_t today, struct arena *arena, struct mail *mail)
{
	GMimeObject *object = GMIME_OBJECT(message);
	struct walk walk = { .arena = arena, .mail = mail, .report_type = "" };
	const char *id = g_mime_message_get_message_id(message);
	mail->message_id = clean_line(arena, id);
	read_sender(message, arena, mail);
	mail->subject = clean_line(arena, g_mime_message_get_subject(message));
	GDateTime *date = g_mime_message_get_date(message);
	if (date) mail->date = g_date_time_to_unix(date);
	if (mail->date < 0 || mail->date > INT64_C(4102444800)) mail->date = 0; /* 2100 */
	add_ids(mail, arena, g_mime_object_get_header(object, "In-Reply-To"));
	add_ids(mail, arena, g_mime_object_get_header(object, "References"));
	walk_part(&walk, g_mime_message_get_mime_part(message), 0, true);
	if (!slice_trim((struct slice){ text_cstr(&walk.plain), walk.plain.len }).len && !slice_trim((struct slice){ text_cstr(&walk.html_text), walk.html_text.len }).len &&
	    !mail->file_count && !walk.status.len)
		add_raw(&walk, bytes, len);

	cleanup_text struct text to = { 0 };
	add_recipients(object, arena, &to);
	mail->recipients = arena_strdup(arena, text_cstr(&to));
	bool empty = slice_trim((struct slice){ text_cstr(&walk.plain), walk.plain.len }).len == 0;
	const struct text *body = empty ? &walk.html_text : &walk.plain;
	mail->text = arena_strdup(arena, text_cstr(body));
	cleanup_free char *words = mail_trim(mail->text);
	mail->words = arena_strndup(arena, words, whole_characters(words, MAIL_WORDS_MAX));
	add_tokens(mail, arena, mail->text);
	add_tokens(mail, arena, text_cstr(&walk.html_text));

	/* a header that is there and empty says more than none */
	const char *path = g_mime_object_get_header(object, "Return-Path");
	cleanup_free char *bare = xstrdup(path ? path : "");
	for (char *c = bare; *c; c++)
		if (strchr("<> \t\r\n", *c)) memmove(c, c + 1, strlen(c)), c--;
	const struct mail_pieces pieces = {
		.from = mail->from, .from_name = mail->from_name, .subject = mail->subject, .return_path = path ? bare : NULL,
		.auto_submitted = header(object, arena, "Auto-Submitted"), .precedence = header(object, arena, "Precedence"),
		.auto_response = *header(object, arena, "X-Autoreply") ? header(object, arena, "X-Autoreply") : *header(object, arena, "X-Autorespond") ? header(object, arena, "X-Autorespond") : header(object, arena, "X-Autoresponder"),
		.failed_recipients = header(object, arena, "X-Failed-Recipients"), .report_type = walk.report_type, .notice = mail->text,
		.status = text_cstr(&walk.status), .returned = text_cstr(&walk.returned), .recipients = mail->recipients,
		.feedback = walk.feedback || strcasecmp(walk.report_type, "feedback-report") == 0,
		.disposition = walk.disposition || strcasecmp(walk.report_type, "disposition-notification") == 0,
	};
	if (!mail_bounce_read(&pieces, arena, mail)) mail_automatic_read(&pieces, today, mail);
	if (mail->kind == MAIL_BOUNCE) /* the notice says why */
		mail->words = arena_strndup(arena, mail->text, whole_characters(mail->text, MAIL_WORDS_MAX));
	text_free(&walk.plain), text_free(&walk.html_text), text_free(&walk.status), text_free(&walk.returned);
}

void mail_read(const char *bytes, size_t len, int32_t today, struct arena *arena, struct mail *out)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	pthread_once(&once, start);
	*out = (struct mail){ .message_id = "", .from = "", .from_name = "", .recipients = "", .subject = "", .text = "", .words = "", .back_day = DAY_NONE };
	if (len > MAIL_BYTES_MAX) len = MAIL_BYTES_MAX;
	GMimeStream *stream = g_mime_stream_mem_new_with_buffer(bytes, len);
	GMimeParser *parser = g_mime_parser_new_with_stream(stream);
	GMimeParserOptions *options = g_mime_parser_options_new();
	const char *charsets[] = { "utf-8", "windows-1252", "iso-8859-1", NULL };
	g_mime_parser_options_set_fallback_charsets(options, charsets);
	GMimeMessage *message = g_mime_parser_construct_message(parser, options);
	if (message) {
		read_message(message, bytes, len, today, arena, out);
		g_object_unref(message);
	}
	g_mime_parser_options_free(options);
	g_object_unref(parser);
	g_object_unref(stream);
}
