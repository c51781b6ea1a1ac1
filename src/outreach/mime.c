#include "outreach/mime.h"

#include "base/memory.h"

#include <gmime/gmime.h>
#include <pthread.h>

enum { ATTACHMENTS_MAX = 10 << 20 };

static void start(void)
{
	g_mime_init();
}

/* Nothing in a name may end its header line. */
static char *one_line(const char *text)
{
	char *copy = xstrdup(text);
	for (char *c = copy; *c; c++)
		if ((unsigned char)*c < 0x20 || *c == 0x7f) *c = ' ';
	return copy;
}

static void add_address(GMimeMessage *message, GMimeAddressType type, const char *name, const char *address)
{
	cleanup_free char *clean = one_line(name), *addr = one_line(address);
	InternetAddress *mailbox = internet_address_mailbox_new(*clean ? clean : NULL, addr);
	internet_address_set_charset(mailbox, "utf-8"); /* otherwise GMime guesses windows-1251 for a dash */
	internet_address_list_add(g_mime_message_get_addresses(message, type), mailbox);
	g_object_unref(mailbox);
}

static GMimeObject *text_part(const char *subtype, const char *text)
{
	GMimeTextPart *part = g_mime_text_part_new_with_subtype(subtype);
	g_mime_text_part_set_charset(part, "utf-8");
	GMimeStream *stream = g_mime_stream_mem_new_with_buffer(text, strlen(text));
	GMimeDataWrapper *content = g_mime_data_wrapper_new_with_stream(stream, GMIME_CONTENT_ENCODING_DEFAULT);
	g_mime_part_set_content(GMIME_PART(part), content);
	g_mime_part_set_content_encoding(GMIME_PART(part), GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE);
	g_object_unref(content);
	g_object_unref(stream);
	return GMIME_OBJECT(part);
}

static void set_utf8(GMimeParamList *list, const char *name, const char *value)
{
	g_mime_param_list_set_parameter(list, name, value);
	g_mime_param_set_charset(g_mime_param_list_get_parameter(list, name), "utf-8");
}

static GMimeObject *file_part(const struct attachment *file)
{
	const char *slash = strchr(file->type, '/');
	cleanup_free char *type = xstrndup(file->type, slash ? (size_t)(slash - file->type) : strlen(file->type));
	GMimePart *part = g_mime_part_new_with_type(slash ? type : "application", slash ? slash + 1 : "octet-stream");
	cleanup_free char *name = one_line(file->name);
	g_mime_object_set_disposition(GMIME_OBJECT(part), GMIME_DISPOSITION_ATTACHMENT);
	set_utf8(g_mime_content_disposition_get_parameters(g_mime_object_get_content_disposition(GMIME_OBJECT(part))), "filename", name);
	set_utf8(g_mime_content_type_get_parameters(g_mime_object_get_content_type(GMIME_OBJECT(part))), "name", name);
	GMimeStream *stream = g_mime_stream_mem_new_with_buffer(file->bytes, file->len);
	GMimeDataWrapper *content = g_mime_data_wrapper_new_with_stream(stream, GMIME_CONTENT_ENCODING_DEFAULT);
	g_mime_part_set_content(part, content);
	g_mime_part_set_content_encoding(part, GMIME_CONTENT_ENCODING_BASE64);
	g_object_unref(content);
	g_object_unref(stream);
	return GMIME_OBJECT(part);
}

static void add_part(GMimeMultipart *to, GMimeObject *part)
{
	g_mime_multipart_add(to, part);
	g_object_unref(part);
}

static GMimeObject *body(const struct mime_mail *mail)
{
	GMimeMultipart *both = g_mime_multipart_new_with_subtype("alternative");
	add_part(both, text_part("plain", mail->text));
	if (mail->logo) {
		GMimeMultipart *related = g_mime_multipart_new_with_subtype("related");
		GMimeObject *image = file_part(mail->logo);
		g_mime_object_set_disposition(image, GMIME_DISPOSITION_INLINE);
		g_mime_object_set_content_id(image, COMPOSE_LOGO);
		g_mime_object_set_content_type_parameter(GMIME_OBJECT(related), "type", "text/html"); /* RFC 2387 */
		add_part(related, text_part("html", mail->html));
		add_part(related, image);
		add_part(both, GMIME_OBJECT(related));
	} else {
		add_part(both, text_part("html", mail->html));
	}
	if (!mail->attachment_count) return GMIME_OBJECT(both);
	GMimeMultipart *mixed = g_mime_multipart_new_with_subtype("mixed");
	add_part(mixed, GMIME_OBJECT(both));
	for (size_t i = 0; i < mail->attachment_count; i++) add_part(mixed, file_part(&mail->attachments[i]));
	return GMIME_OBJECT(mixed);
}

struct status mime_build(const struct mime_mail *mail, struct text *out)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	pthread_once(&once, start);
	size_t size = 0;
	for (size_t i = 0; i < mail->attachment_count; i++) size += mail->attachments[i].len;
	if (size > ATTACHMENTS_MAX) return status_make(STATUS_INVALID, "The attachments are over %d MB together.", ATTACHMENTS_MAX >> 20);

	GMimeMessage *message = g_mime_message_new(TRUE);
	add_address(message, GMIME_ADDRESS_TYPE_FROM, mail->from_name, mail->from);
	add_address(message, GMIME_ADDRESS_TYPE_TO, mail->to_name, mail->to);
	for (const char *cc = mail->cc ? mail->cc : ""; *cc; cc += strcspn(cc, ","), cc += *cc == ',') {
		cleanup_free char *one = xstrndup(cc, strcspn(cc, ","));
		if (*one) add_address(message, GMIME_ADDRESS_TYPE_CC, "", one);
	}
	if (*mail->reply_to) add_address(message, GMIME_ADDRESS_TYPE_REPLY_TO, "", mail->reply_to);
	cleanup_free char *subject = one_line(mail->subject);
	g_mime_message_set_subject(message, subject, "utf-8");
	GDateTime *date = g_date_time_new_from_unix_utc(mail->date);
	g_mime_message_set_date(message, date);
	g_date_time_unref(date);
	g_mime_message_set_message_id(message, mail->message_id);
	if (*mail->in_reply_to) {
		cleanup_text struct text id = { 0 };
		text_addf(&id, "<%s>", mail->in_reply_to);
		g_mime_object_set_header(GMIME_OBJECT(message), "In-Reply-To", text_cstr(&id), "utf-8");
		g_mime_object_set_header(GMIME_OBJECT(message), "References", text_cstr(&id), "utf-8");
	}
	GMimeObject *parts = body(mail);
	g_mime_message_set_mime_part(message, parts);
	g_object_unref(parts);

	GMimeFormatOptions *format = g_mime_format_options_new();
	g_mime_format_options_set_newline_format(format, GMIME_NEWLINE_FORMAT_DOS);
	GMimeStream *stream = g_mime_stream_mem_new();
	bool written = g_mime_object_write_to_stream(GMIME_OBJECT(message), format, stream) >= 0;
	GByteArray *bytes = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(stream));
	if (written) text_add_bytes(out, (const char *)bytes->data, bytes->len);
	g_object_unref(stream);
	g_mime_format_options_free(format);
	g_object_unref(message);
	return written ? STATUS_FINE : status_make(STATUS_INTERNAL, "The message could not be put together.");
}
