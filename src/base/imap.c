#include "base/imap.h"

#include "base/day.h"
#include "base/memory.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { LINE_MAX_BYTES = 4 << 20, SMALL_LITERAL_MAX = 64 << 10, LINES_MAX = 200000 };

struct imap {
	struct imap_wire wire;
	char buffer[16384];
	size_t at, end;
	unsigned tag;
	bool broken, selected, asked, can_move;
	char said[200]; /* the server's last refusal */
};

struct imap *imap_over(struct imap_wire wire)
{
	struct imap *imap = xcalloc(1, sizeof *imap);
	imap->wire = wire;
	return imap;
}

/* --- bytes and lines -------------------------------------------------------------------------------------------------------- */
static struct status broke(struct imap *imap)
{
	imap->broken = true;
	return status_make(STATUS_UNAVAILABLE, "The connection to the mailbox broke.");
}

static struct status strange(struct imap *imap)
{
	imap->broken = true;
	return status_make(STATUS_UNAVAILABLE, "The mailbox's server answered something that is not IMAP.");
}

static bool fill(struct imap *imap)
{
	if (imap->broken) return false;
	int got = imap->wire.read(imap->wire.context, imap->buffer, sizeof imap->buffer);
	if (got <= 0 || (size_t)got > sizeof imap->buffer) return false;
	imap->at = 0, imap->end = (size_t)got;
	return true;
}

/* Up to a line's end, which is not kept. */
static struct status read_line(struct imap *imap, struct text *line)
{
	for (;;) {
		if (imap->at == imap->end && !fill(imap)) return broke(imap);
		const char *from = imap->buffer + imap->at;
		const char *end = memchr(from, '\n', imap->end - imap->at);
		size_t len = end ? (size_t)(end - from) : imap->end - imap->at;
		if (line->len + len > LINE_MAX_BYTES) return strange(imap);
		if (len) text_add_bytes(line, from, len);
		imap->at += len + (end != NULL);
		if (!end) continue;
		if (line->len && line->bytes[line->len - 1] == '\r') line->bytes[--line->len] = 0;
		return STATUS_FINE;
	}
}

static struct status read_exactly(struct imap *imap, size_t len, struct text *out)
{
	while (len) {
		if (imap->at == imap->end && !fill(imap)) return broke(imap);
		size_t part = imap->end - imap->at < len ? imap->end - imap->at : len;
		if (out) text_add_bytes(out, imap->buffer + imap->at, part);
		imap->at += part, len -= part;
	}
	return STATUS_FINE;
}

/* One answer with its literals: in the line they stand as "{}", their bytes go to `literal` (NULL: dropped), at most max together. */
static struct status read_answer(struct imap *imap, struct text *line, struct text *literal, size_t max)
{
	size_t room = max;
	text_clear(line);
	for (;;) {
		TRY(read_line(imap, line));
		size_t open = line->len;
		if (!line->len || line->bytes[line->len - 1] != '}') return STATUS_FINE;
		while (open > 0 && line->bytes[open - 1] != '{') open--;
		int64_t size = 0;
		size_t digits = open ? line->len - 1 - open : 0;
		if (digits && line->bytes[open + digits - 1] == '+') digits--;
		if (!open || !digits || !text_parse_int(line->bytes + open, digits, &size)) return STATUS_FINE; /* words that end so */
		if (size < 0 || (size_t)size > room) return strange(imap);
		room -= (size_t)size;
		line->len = open;
		text_add_char(line, '}');
		TRY(read_exactly(imap, (size_t)size, literal));
	}
}

/* --- one command, its untagged answers, its end ------------------------------------------------------------------------------- */
enum ending { ENDING_OK, ENDING_NO, ENDING_BAD };
typedef struct status answer_reader(void *context, const struct text *line, const struct text *literal);

static void keep_said(struct imap *imap, const char *words)
{
	size_t kept = 0;
	for (; *words && kept + 1 < sizeof imap->said; words++) imap->said[kept++] = (unsigned char)*words < 0x20 ? ' ' : *words;
	imap->said[kept] = 0;
	if (!utf8_valid(imap->said, kept))
		for (size_t i = 0; i < kept; i++)
			if ((unsigned char)imap->said[i] >= 0x80) imap->said[i] = '?';
}

static struct status command(struct imap *imap, const char *words, answer_reader *reader, void *context, size_t literal_max, enum ending *ending)
{
	if (imap->broken) return broke(imap);
	char tag[16];
	snprintf(tag, sizeof tag, "e%u ", ++imap->tag);
	cleanup_text struct text out = { 0 }, line = { 0 }, literal = { 0 };
	text_addf(&out, "%s%s\r\n", tag, words);
	if (!imap->wire.write(imap->wire.context, out.bytes, out.len)) return broke(imap);
	for (int lines = 0; lines < LINES_MAX; lines++) {
		text_clear(&literal);
		TRY(read_answer(imap, &line, &literal, literal_max > SMALL_LITERAL_MAX ? literal_max : SMALL_LITERAL_MAX));
		const char *said = text_cstr(&line);
		if (strncmp(said, "* ", 2) == 0) {
			if (strncasecmp(said + 2, "BYE", 3) == 0) {
				keep_said(imap, said + 2);
				return broke(imap);
			}
			if (reader) TRY(reader(context, &line, &literal));
			continue;
		}
		if (*said == '+') continue; /* an idle continuation: we send no literals */
		if (strncmp(said, tag, strlen(tag)) != 0) return strange(imap);
		said += strlen(tag);
		keep_said(imap, said);
		*ending = strncasecmp(said, "OK", 2) == 0 ? ENDING_OK : strncasecmp(said, "NO", 2) == 0 ? ENDING_NO : ENDING_BAD;
		return STATUS_FINE;
	}
	return strange(imap);
}

static struct status refused(const struct imap *imap)
{
	return status_make(STATUS_UNAVAILABLE, "The mailbox's server refused: %s", imap->said);
}

/* A command that must end well. */
static struct status must(struct imap *imap, const char *words, answer_reader *reader, void *context, size_t literal_max)
{
	enum ending ending;
	TRY(command(imap, words, reader, context, literal_max, &ending));
	return ending == ENDING_OK ? STATUS_FINE : refused(imap);
}

/* --- names ------------------------------------------------------------------------------------------------------------------ */
static void add_base64(struct text *out, const unsigned char *bytes, size_t len)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,";
	unsigned held = 0;
	int bits = 0;
	for (size_t i = 0; i < len; i++) {
		held = held << 8 | bytes[i], bits += 8;
		while (bits >= 6) bits -= 6, text_add_char(out, digits[held >> bits & 63]);
	}
	if (bits) text_add_char(out, digits[held << (6 - bits) & 63]);
}

static uint32_t next_code_point(const unsigned char **at)
{
	const unsigned char *p = *at;
	uint32_t code = *p;
	int more = code >= 0xf0 ? 3 : code >= 0xe0 ? 2 : code >= 0xc0 ? 1 : 0;
	if (more) code &= 0x3fu >> more;
	for (p++; more && (*p & 0xc0) == 0x80; more--, p++) code = code << 6 | (*p & 0x3fu);
	*at = p;
	return code;
}

void imap_folder_encode(struct text *out, const char *utf8)
{
	for (const unsigned char *p = (const unsigned char *)utf8; *p;) {
		if (*p >= 0x20 && *p < 0x7f) {
			text_add_char(out, (char)*p);
			if (*p++ == '&') text_add_char(out, '-');
			continue;
		}
		unsigned char units[256];
		size_t len = 0;
		while ((*p < 0x20 || *p >= 0x7f) && *p && len + 4 <= sizeof units) {
			uint32_t code = next_code_point(&p);
			if (code >= 0x10000) {
				uint32_t high = 0xd800 + ((code - 0x10000) >> 10 & 0x3ff), low = 0xdc00 + ((code - 0x10000) & 0x3ff);
				units[len++] = (unsigned char)(high >> 8), units[len++] = (unsigned char)high;
				code = low;
			}
			units[len++] = (unsigned char)(code >> 8), units[len++] = (unsigned char)code;
		}
		text_add_char(out, '&');
		add_base64(out, units, len);
		text_add_char(out, '-');
	}
}

static void add_quoted(struct text *out, const char *folder)
{
	cleanup_text struct text name = { 0 };
	imap_folder_encode(&name, folder);
	text_add_char(out, '"');
	for (const char *p = text_cstr(&name); *p; p++) {
		if (*p == '"' || *p == '\\') text_add_char(out, '\\');
		text_add_char(out, *p);
	}
	text_add_char(out, '"');
}

/* --- the words of an answer -------------------------------------------------------------------------------------------------- */
struct words {
	const char *at, *end;
};

/* The next atom, quoted text (with its quotes), "{}", "(" or ")"; an atom keeps its brackets: BODY[]<0>. */
static bool next_word(struct words *words, struct slice *out)
{
	const char *p = words->at, *end = words->end;
	while (p < end && *p == ' ') p++;
	if (p == end) return false;
	const char *from = p;
	if (*p == '(' || *p == ')') {
		p++;
	} else if (*p == '"') {
		for (p++; p < end && *p != '"'; p++)
			if (*p == '\\' && p + 1 < end) p++;
		if (p < end) p++;
	} else {
		int depth = 0;
		for (; p < end && (depth || (*p != ' ' && *p != '(' && *p != ')')); p++) depth += (*p == '[') - (*p == ']' && depth > 0);
	}
	words->at = p;
	*out = (struct slice){ from, (size_t)(p - from) };
	return true;
}

static bool word_int(struct slice word, int64_t *out)
{
	return word.len && text_parse_int(word.bytes, word.len, out) && *out >= 0;
}

static bool starts(struct slice word, const char *with)
{
	return word.len >= strlen(with) && strncasecmp(word.bytes, with, strlen(with)) == 0;
}

static void unquote(struct slice word, struct text *out)
{
	for (size_t i = 1; i + 1 < word.len; i++) {
		if (word.bytes[i] == '\\' && i + 2 < word.len) i++;
		text_add_char(out, word.bytes[i]);
	}
}

/* --- capabilities, folders ------------------------------------------------------------------------------------------------------ */
static struct status read_capability(void *context, const struct text *line, const struct text *literal)
{
	(void)literal;
	struct imap *imap = context;
	struct words words = { line->bytes + 2, line->bytes + line->len };
	struct slice word;
	if (!next_word(&words, &word) || !slice_equal_fold(word, "CAPABILITY")) return STATUS_FINE;
	while (next_word(&words, &word)) imap->can_move |= slice_equal_fold(word, "MOVE");
	return STATUS_FINE;
}

static struct status ask(struct imap *imap)
{
	if (imap->asked) return STATUS_FINE;
	imap->asked = true;
	return must(imap, "CAPABILITY", read_capability, imap, 0);
}

bool imap_can_move(const struct imap *imap)
{
	return imap->can_move;
}

static int64_t number_after(const char *line, const char *word)
{
	const char *at = strcasestr(line, word);
	if (!at) return -1;
	int64_t number = -1;
	at += strlen(word);
	return text_parse_int(at, strspn(at, "0123456789"), &number) ? number : -1;
}

static struct status read_selected(void *context, const struct text *line, const struct text *literal)
{
	(void)literal;
	struct imap_folder *folder = context;
	int64_t validity = number_after(line->bytes, "[UIDVALIDITY "), next = number_after(line->bytes, "[UIDNEXT "), messages = 0;
	if (validity > 0) folder->uid_validity = validity;
	if (next > 0) folder->uid_next = next;
	struct words words = { line->bytes + 2, line->bytes + line->len };
	struct slice number, word;
	if (next_word(&words, &number) && next_word(&words, &word) && slice_equal_fold(word, "EXISTS") && word_int(number, &messages))
		folder->messages = messages;
	return STATUS_FINE;
}

struct status imap_select(struct imap *imap, const char *folder, struct imap_folder *out)
{
	*out = (struct imap_folder){ 0 };
	TRY(ask(imap));
	imap->selected = false;
	cleanup_text struct text words = { 0 };
	text_add(&words, "SELECT ");
	add_quoted(&words, folder);
	enum ending ending;
	TRY(command(imap, text_cstr(&words), read_selected, out, 0, &ending));
	if (ending == ENDING_NO) return status_make(STATUS_NOT_FOUND, "The mailbox has no folder “%s”, or it can't be opened.", folder);
	if (ending != ENDING_OK) return refused(imap);
	if (out->uid_validity <= 0) return strange(imap); /* without it nothing tells a message read from a new one */
	imap->selected = true;
	return STATUS_FINE;
}

/* --- searching --------------------------------------------------------------------------------------------------------------------- */
struct search {
	int64_t after, *uids;
	size_t max, count;
};

/* Keeps the lowest `max`, in order: answers come in any order, and at times twice. */
static void search_add(struct search *search, int64_t uid)
{
	if (uid <= search->after || (search->count == search->max && uid >= search->uids[search->count - 1])) return;
	size_t low = 0, high = search->count;
	while (low < high) {
		size_t middle = (low + high) / 2;
		if (search->uids[middle] < uid) low = middle + 1;
		else high = middle;
	}
	if (low < search->count && search->uids[low] == uid) return;
	size_t moved = search->count - low;
	if (search->count < search->max) search->count++;
	else moved--;
	memmove(search->uids + low + 1, search->uids + low, moved * sizeof *search->uids);
	search->uids[low] = uid;
}

static struct status read_search(void *context, const struct text *line, const struct text *literal)
{
	(void)literal;
	struct search *search = context;
	struct words words = { line->bytes + 2, line->bytes + line->len };
	struct slice word;
	if (!next_word(&words, &word) || !slice_equal_fold(word, "SEARCH")) return STATUS_FINE;
	int64_t uid = 0;
	while (next_word(&words, &word))
		if (word_int(word, &uid) && uid <= UINT32_MAX) search_add(search, uid);
	return STATUS_FINE;
}

struct status imap_search(struct imap *imap, int64_t after, int32_t since, int64_t *uids, size_t max, size_t *count)
{
	static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
	struct search search = { .after = after, .uids = uids, .max = max };
	*count = 0;
	if (!imap->selected || !max) return STATUS_FINE;
	cleanup_text struct text words = { 0 };
	/* "n:*" names the last message also where n is above it: what is not above `after` is left out */
	text_addf(&words, "UID SEARCH UID %" PRId64 ":*", after + 1);
	if (since != DAY_NONE) {
		struct civil civil = day_civil(since);
		text_addf(&words, " SINCE %d-%s-%04d", civil.day, months[civil.month - 1], civil.year);
	}
	TRY(must(imap, text_cstr(&words), read_search, &search, 0));
	*count = search.count;
	return STATUS_FINE;
}

/* --- a message ------------------------------------------------------------------------------------------------------------------------- */
/* "17-Jul-1996 02:44:25 -0700" as UTC seconds; 0 when it is not that. */
static int64_t read_internal_date(const char *text)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	char month[4] = "", sign = '+';
	int day = 0, year = 0, hour = 0, minute = 0, second = 0, zone = 0;
	if (sscanf(text, "%2d-%3s-%4d %2d:%2d:%2d %c%4d", &day, month, &year, &hour, &minute, &second, &sign, &zone) != 8) return 0;
	const char *found = strlen(month) == 3 ? strstr(months, month) : NULL;
	if (!found || (found - months) % 3 || day < 1 || day > 31 || year < 1970 || year > 9999 || hour < 0 || hour > 23 || minute < 0 || minute > 59 ||
	    second < 0 || second > 60 || zone < 0 || zone > 1400)
		return 0;
	int64_t at = (int64_t)day_from_civil(year, (int)(found - months) / 3 + 1, day) * 86400 + hour * 3600 + minute * 60 + second;
	int64_t offset = (zone / 100) * 3600 + (zone % 100) * 60;
	return sign == '-' ? at + offset : at - offset;
}

struct fetch {
	int64_t uid;
	size_t max;
	struct imap_message *message;
};

static struct status read_fetch(void *context, const struct text *line, const struct text *literal)
{
	struct fetch *fetch = context;
	struct words words = { line->bytes + 2, line->bytes + line->len };
	struct slice word;
	int64_t uid = 0, size = 0, at = 0;
	bool has_body = false;
	cleanup_text struct text body = { 0 };
	if (!next_word(&words, &word) || !next_word(&words, &word) || !slice_equal_fold(word, "FETCH") || !next_word(&words, &word)) return STATUS_FINE;
	while (next_word(&words, &word) && *word.bytes != ')') {
		struct slice value;
		if (!next_word(&words, &value)) break;
		if (*value.bytes == '(') { /* FLAGS (…) */
			for (int depth = 1; depth && next_word(&words, &value);) depth += (*value.bytes == '(') - (*value.bytes == ')');
			continue;
		}
		if (slice_equal_fold(word, "UID")) word_int(value, &uid);
		else if (slice_equal_fold(word, "RFC822.SIZE")) word_int(value, &size);
		else if (slice_equal_fold(word, "INTERNALDATE")) {
			cleanup_text struct text date = { 0 };
			unquote(value, &date);
			at = read_internal_date(text_cstr(&date));
		} else if (starts(word, "BODY[]")) {
			has_body = true;
			if (slice_equal(value, "{}")) text_add_bytes(&body, text_cstr(literal), literal->len);
			else if (*value.bytes == '"') unquote(value, &body);
		}
	}
	if (uid != fetch->uid || !has_body || fetch->message->found) return STATUS_FINE; /* of another, or of flags alone */
	if (body.len > fetch->max) body.len = fetch->max, body.bytes[body.len] = 0;
	struct imap_message *message = fetch->message;
	message->found = true;
	message->size = size > (int64_t)body.len ? size : (int64_t)body.len;
	message->received_at = at;
	size_t len = body.len;
	text_free(&message->bytes);
	message->bytes = (struct text){ 0 };
	if (len) {
		message->bytes.len = len, message->bytes.cap = body.cap;
		message->bytes.bytes = text_take(&body);
	}
	return STATUS_FINE;
}

struct status imap_fetch(struct imap *imap, int64_t uid, size_t max, struct imap_message *out)
{
	*out = (struct imap_message){ 0 };
	struct fetch fetch = { .uid = uid, .max = max, .message = out };
	cleanup_text struct text words = { 0 };
	text_addf(&words, "UID FETCH %" PRId64 " (UID INTERNALDATE RFC822.SIZE BODY.PEEK[]<0.%zu>)", uid, max);
	struct status status = must(imap, text_cstr(&words), read_fetch, &fetch, max);
	if (status.code) text_free(&out->bytes), *out = (struct imap_message){ 0 };
	return status;
}

struct status imap_mark_seen(struct imap *imap, int64_t uid)
{
	cleanup_text struct text words = { 0 };
	text_addf(&words, "UID STORE %" PRId64 " +FLAGS.SILENT (\\Seen)", uid);
	return must(imap, text_cstr(&words), NULL, NULL, 0);
}

struct status imap_move(struct imap *imap, int64_t uid, const char *folder)
{
	TRY(ask(imap));
	if (!imap->can_move) return status_make(STATUS_UNAVAILABLE, "This mailbox can't move messages: have them marked as read instead.");
	cleanup_text struct text words = { 0 };
	text_addf(&words, "UID MOVE %" PRId64 " ", uid);
	add_quoted(&words, folder);
	enum ending ending;
	TRY(command(imap, text_cstr(&words), NULL, NULL, 0, &ending));
	if (ending == ENDING_OK) return STATUS_FINE;
	if (!strcasestr(imap->said, "[TRYCREATE]")) return refused(imap);
	cleanup_text struct text make = { 0 };
	text_add(&make, "CREATE ");
	add_quoted(&make, folder);
	TRY(must(imap, text_cstr(&make), NULL, NULL, 0));
	return must(imap, text_cstr(&words), NULL, NULL, 0);
}

void imap_close(struct imap *imap)
{
	if (!imap) return;
	enum ending ending;
	if (!imap->broken && imap->wire.close) (void)command(imap, "LOGOUT", NULL, NULL, 0, &ending).code;
	if (imap->wire.close) imap->wire.close(imap->wire.context);
	free(imap);
}

void imap_close_at(struct imap **imap)
{
	imap_close(*imap);
}
