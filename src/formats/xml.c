#include "formats/xml.h"

#include "base/memory.h"
#include "base/text.h"
#include "formats/encoding.h"

#include <expat.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { CHUNK = 1 << 16, DECLARATION = 256, SPACE_MAX = 512 };

struct xml_reader {
	XML_Parser parser;
	const struct xml_handler *handler;
	struct status status; /* of the handler, or our own refusal */
	struct text text;     /* of the open elements, one behind the other */
	size_t text_max;
	char path[XML_PATH_MAX], space[SPACE_MAX];
	size_t path_len;
	struct {
		size_t path_len, text_start;
		bool cut;
	} open[XML_DEPTH_MAX];
	int depth;
};

/* --- characters ------------------------------------------------------------------------------------------------------- */

/* What the first line says of its encoding; "" when nothing. */
static void declared(const char *bytes, size_t len, char out[static 32])
{
	out[0] = 0;
	if (len > DECLARATION) len = DECLARATION;
	const char *close = memmem(bytes, len, "?>", 2);
	const char *at = close && len > 5 && memcmp(bytes, "<?xml", 5) == 0 ? memmem(bytes, (size_t)(close - bytes), "encoding", 8) : NULL;
	if (!at) return;
	at += 8;
	while (at < close && strchr(" \t\r\n=", *at)) at++;
	if (at == close || (*at != '"' && *at != '\'')) return;
	char quote = *at++;
	for (size_t i = 0; at < close && *at != quote && i < 31; i++) *out++ = *at++;
	*out = 0;
}

struct reading {
	enum encoding encoding;
	char declared[32];
	bool known; /* the declared one, where the bytes alone can't tell */
};

static struct reading reading_of(const char *bytes, size_t len)
{
	struct reading found = { .known = true };
	struct encoding_guess guess = encoding_guess(bytes, len);
	found.encoding = guess.encoding;
	if (guess.encoding <= ENCODING_UTF8_DAMAGED || guess.encoding >= ENCODING_UTF16_LE) return found;
	declared(bytes + guess.mark_len, len - guess.mark_len, found.declared);
	static const struct {
		const char *name;
		enum encoding encoding;
	} names[] = {
		{ "", ENCODING_WINDOWS_1252 },           { "utf-8", ENCODING_WINDOWS_1252 },       { "utf8", ENCODING_WINDOWS_1252 },
		{ "us-ascii", ENCODING_WINDOWS_1252 },   { "ascii", ENCODING_WINDOWS_1252 },       { "iso-8859-1", ENCODING_WINDOWS_1252 },
		{ "latin1", ENCODING_WINDOWS_1252 },     { "iso8859-1", ENCODING_WINDOWS_1252 },   { "windows-1252", ENCODING_WINDOWS_1252 },
		{ "cp1252", ENCODING_WINDOWS_1252 },     { "iso-8859-15", ENCODING_ISO_8859_15 },  { "latin9", ENCODING_ISO_8859_15 },
		{ "iso8859-15", ENCODING_ISO_8859_15 },  { "cp850", ENCODING_CP850 },              { "ibm850", ENCODING_CP850 },
	};
	for (size_t i = 0; i < COUNT(names); i++)
		if (strcasecmp(names[i].name, found.declared) == 0) {
			found.encoding = names[i].encoding;
			return found;
		}
	found.known = false;
	return found;
}

const char *xml_encoding(const char *bytes, size_t len)
{
	return encoding_name(reading_of(bytes, len).encoding);
}

/* Everything as UTF-8, line breaks kept; the stray bytes of damaged UTF-8 are Windows-1252. */
static void to_utf8(const char *bytes, size_t len, enum encoding encoding, struct text *out)
{
	for (size_t i = 0; i < len;) {
		size_t run = i, step = 1;
		while (run < len && (unsigned char)bytes[run] < 0x80) run++;
		text_add_bytes(out, bytes + i, run - i);
		if ((i = run) == len) return;
		if (encoding == ENCODING_UTF8_DAMAGED)
			for (step = 4; step > 1 && (step > len - i || !utf8_valid(bytes + i, step)); step--) {}
		if (step > 1)
			text_add_bytes(out, bytes + i, step);
		else
			text_add_utf8(out, encoding_code_point(encoding == ENCODING_UTF8_DAMAGED ? ENCODING_WINDOWS_1252 : encoding,
			                                       (unsigned char)bytes[i]));
		i += step;
	}
}

/* --- elements --------------------------------------------------------------------------------------------------------- */

static void stop(struct xml_reader *reader, struct status status)
{
	if (reader->status.code == STATUS_OK) reader->status = status;
	XML_StopParser(reader->parser, XML_FALSE);
}

static int64_t line_of(const struct xml_reader *reader)
{
	return (int64_t)XML_GetCurrentLineNumber(reader->parser);
}

static int64_t column_of(const struct xml_reader *reader)
{
	return (int64_t)XML_GetCurrentColumnNumber(reader->parser) + 1;
}

static const char *local(const char *name)
{
	const char *colon = strrchr(name, ':');
	return colon ? colon + 1 : name;
}

/* The namespace of the root: what its own prefix, or no prefix, stands for. */
static void find_space(struct xml_reader *reader, const char *name, const char **attributes)
{
	const char *colon = strchr(name, ':');
	for (size_t i = 0; attributes[i]; i += 2) {
		const char *key = attributes[i];
		if (strncmp(key, "xmlns", 5) != 0) continue;
		bool mine = colon ? key[5] == ':' && strncmp(key + 6, name, (size_t)(colon - name)) == 0 && key[6 + (colon - name)] == 0 : key[5] == 0;
		if (mine) snprintf(reader->space, sizeof reader->space, "%s", attributes[i + 1]);
	}
}

static void XMLCALL on_start(void *user, const XML_Char *name, const XML_Char **attributes)
{
	struct xml_reader *reader = user;
	if (reader->status.code) return; /* expat may still deliver what it had begun */
	const char *short_name = local(name);
	size_t len = strlen(short_name);
	if (reader->depth == XML_DEPTH_MAX || reader->path_len + len + 2 > XML_PATH_MAX) {
		stop(reader, status_make(STATUS_INVALID, "Line %" PRId64 ", column %" PRId64 ": elements are nested deeper than %d levels. This is no file of invoices or payments.",
		                         line_of(reader), column_of(reader), XML_DEPTH_MAX));
		return;
	}
	if (reader->depth == 0) find_space(reader, name, attributes);
	reader->open[reader->depth].path_len = reader->path_len;
	reader->open[reader->depth].text_start = reader->text.len;
	reader->open[reader->depth].cut = false;
	reader->depth++;
	reader->path[reader->path_len] = '/';
	memcpy(reader->path + reader->path_len + 1, short_name, len + 1);
	reader->path_len += len + 1;
	if (!reader->handler->start) return;
	struct status status = reader->handler->start(reader->handler->context, &(struct xml_element){
		.name = short_name, .path = reader->path, .depth = reader->depth, .space = reader->space, .text = "", .attributes = attributes, .reader = reader });
	if (status.code) stop(reader, status);
}

static void XMLCALL on_text(void *user, const XML_Char *bytes, int len)
{
	struct xml_reader *reader = user;
	if (reader->depth == 0) return;
	size_t room = reader->text_max - reader->text.len, take = (size_t)len < room ? (size_t)len : room;
	if (take < (size_t)len) {
		while (take > 0 && ((unsigned char)bytes[take] & 0xC0) == 0x80) take--;
		reader->open[reader->depth - 1].cut = true;
	}
	text_add_bytes(&reader->text, bytes, take);
}

static void XMLCALL on_end(void *user, const XML_Char *name)
{
	struct xml_reader *reader = user;
	if (reader->status.code || reader->depth == 0) return;
	int level = reader->depth - 1;
	size_t start = reader->open[level].text_start;
	if (reader->handler->end) {
		struct slice text = slice_trim((struct slice){ text_cstr(&reader->text) + start, reader->text.len - start });
		if (text.len) {
			size_t end = (size_t)(text.bytes - reader->text.bytes) + text.len;
			reader->text.bytes[end] = 0;
		} else {
			text.bytes = "";
		}
		struct status status = reader->handler->end(reader->handler->context, &(struct xml_element){
			.name = local(name), .path = reader->path, .depth = reader->depth, .space = reader->space, .text = text.bytes,
			.text_len = text.len, .cut = reader->open[level].cut, .reader = reader });
		if (status.code) stop(reader, status);
	}
	reader->text.len = start;
	if (reader->text.bytes) reader->text.bytes[start] = 0;
	reader->path_len = reader->open[level].path_len;
	reader->path[reader->path_len] = 0;
	reader->depth--;
}

static void XMLCALL on_doctype(void *user, const XML_Char *name, const XML_Char *system, const XML_Char *public, int internal)
{
	(void)name, (void)system, (void)public, (void)internal;
	struct xml_reader *reader = user;
	stop(reader, status_make(STATUS_INVALID, "Line %" PRId64 ": the file brings a document type (DOCTYPE) with entities of its own. For safety such files are not read; ask for one without.",
	                         line_of(reader)));
}

/* --- reading ---------------------------------------------------------------------------------------------------------- */

static struct status wrong(const struct xml_reader *reader)
{
	if (reader->status.code) return reader->status;
	int64_t line = line_of(reader), column = column_of(reader);
	switch (XML_GetErrorCode(reader->parser)) {
	case XML_ERROR_NO_ELEMENTS:
		if (reader->depth)
			return status_make(STATUS_INVALID, "Line %" PRId64 ", column %" PRId64 ": the file breaks off inside <%s>. Export it again and send it whole.", line, column,
			                   strrchr(reader->path, '/') + 1);
		return status_make(STATUS_INVALID, "The file holds no XML element.");
	case XML_ERROR_UNCLOSED_TOKEN:
	case XML_ERROR_UNCLOSED_CDATA_SECTION:
	case XML_ERROR_PARTIAL_CHAR:
		return status_make(STATUS_INVALID, "Line %" PRId64 ", column %" PRId64 ": the file breaks off in the middle of a tag. Export it again and send it whole.", line, column);
	case XML_ERROR_TAG_MISMATCH:
		return status_make(STATUS_INVALID, "Line %" PRId64 ", column %" PRId64 ": this closing tag does not fit <%s>, which is open here.", line, column,
		                   reader->depth ? strrchr(reader->path, '/') + 1 : "");
	case XML_ERROR_UNDEFINED_ENTITY:
		return status_make(STATUS_INVALID, "Line %" PRId64 ", column %" PRId64 ": an entity (&…;) that XML does not know stands here.", line, column);
	case XML_ERROR_JUNK_AFTER_DOC_ELEMENT:
		return status_make(STATUS_INVALID, "Line %" PRId64 ", column %" PRId64 ": something follows after the end of the document. Two files may have been joined: send them one by one.",
		                   line, column);
	case XML_ERROR_DUPLICATE_ATTRIBUTE:
		return status_make(STATUS_INVALID, "Line %" PRId64 ", column %" PRId64 ": a tag has the same attribute twice.", line, column);
	default:
		return status_make(STATUS_INVALID, "Line %" PRId64 ", column %" PRId64 ": this is not well-formed XML.", line, column);
	}
}

static struct status feed(struct xml_reader *reader, const char *bytes, size_t len)
{
	for (size_t at = 0;;) {
		size_t step = len - at < CHUNK ? len - at : CHUNK;
		bool last = at + step == len;
		if (XML_Parse(reader->parser, bytes + at, (int)step, last) != XML_STATUS_OK) return wrong(reader);
		at += step;
		if (last) return reader->status;
		/* One tag, comment or attribute without end would be looked through again with every piece. */
		XML_Index done = XML_GetCurrentByteIndex(reader->parser);
		if (done >= 0 && at - (size_t)done > XML_TAG_MAX)
			return status_make(STATUS_INVALID, "Line %" PRId64 ": a tag or comment of more than %d MB stands here. This is no file of invoices or payments.", line_of(reader),
			                   XML_TAG_MAX >> 20);
	}
}

struct status xml_read(const char *bytes, size_t len, const struct xml_handler *handler)
{
	if (len == 0) return status_make(STATUS_INVALID, "The file is empty.");
	struct reading found = reading_of(bytes, len);
	if (!found.known)
		return status_make(STATUS_INVALID, "The file says that its characters are “%s”, which is not read. Ask for it in UTF-8.", found.declared);
	cleanup_text struct text converted = { 0 };
	if (found.encoding >= ENCODING_UTF16_LE) {
		size_t out_len;
		encoding_convert_utf16(bytes, len, found.encoding == ENCODING_UTF16_BE, &converted.bytes, &out_len);
		bytes = converted.bytes, len = out_len;
	} else if (found.encoding != ENCODING_UTF8) {
		to_utf8(bytes, len, found.encoding, &converted);
		bytes = text_cstr(&converted), len = converted.len;
	}
	if (len >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0) bytes += 3, len -= 3;
	while (len && strchr(" \t\r\n", *bytes) && *bytes) bytes++, len--; /* a blank line before <?xml is no XML, and common */
	struct xml_reader *reader = xcalloc(1, sizeof *reader);
	reader->handler = handler;
	reader->text_max = handler->text_max ? handler->text_max : XML_TEXT_MAX;
	reader->parser = XML_ParserCreate("UTF-8"); /* stands over the declaration */
	if (!reader->parser) abort();
	XML_SetUserData(reader->parser, reader);
	XML_SetElementHandler(reader->parser, on_start, on_end);
	XML_SetCharacterDataHandler(reader->parser, on_text);
	XML_SetStartDoctypeDeclHandler(reader->parser, on_doctype);
	struct status status = len ? feed(reader, bytes, len) : status_make(STATUS_INVALID, "The file holds no XML element.");
	XML_ParserFree(reader->parser);
	text_free(&reader->text);
	free(reader);
	return status;
}

bool xml_at(const struct xml_element *element, const char *tail)
{
	if (tail[0] == '/') return strcmp(element->path, tail) == 0;
	size_t len = strlen(element->path), tail_len = strlen(tail);
	return len > tail_len && element->path[len - tail_len - 1] == '/' && memcmp(element->path + len - tail_len, tail, tail_len) == 0;
}

const char *xml_attribute(const struct xml_element *element, const char *name)
{
	for (size_t i = 0; element->attributes && element->attributes[i]; i += 2)
		if (strncmp(element->attributes[i], "xmlns", 5) != 0 && strcmp(local(element->attributes[i]), name) == 0) return element->attributes[i + 1];
	return NULL;
}

int64_t xml_line(const struct xml_element *element)
{
	return line_of(element->reader);
}

int64_t xml_column(const struct xml_element *element)
{
	return column_of(element->reader);
}

struct finding {
	struct xml_root *root;
	bool found;
};

static void copy(char *out, size_t size, const char *text)
{
	size_t len = strlen(text);
	if (len >= size)
		for (len = size - 1; len > 0 && ((unsigned char)text[len] & 0xC0) == 0x80;) len--;
	memcpy(out, text, len);
	out[len] = 0;
}

static struct status take_root(void *context, const struct xml_element *element)
{
	struct finding *finding = context;
	copy(finding->root->name, sizeof finding->root->name, element->name);
	copy(finding->root->space, sizeof finding->root->space, element->space);
	finding->found = true;
	return (struct status){ .code = STATUS_CONFLICT }; /* seen enough */
}

bool xml_root(const char *bytes, size_t len, struct xml_root *root)
{
	*root = (struct xml_root){ 0 };
	struct finding finding = { root, false };
	struct status status = xml_read(bytes, len < CHUNK ? len : CHUNK, &(struct xml_handler){ .context = &finding, .start = take_root });
	(void)status; /* cut off at the limit it can only end in a refusal; what counts is whether the root was met */
	return finding.found;
}
