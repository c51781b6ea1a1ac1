#include "formats/statement_maker.h"

#include "base/memory.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* MT940 and MT942 as banks write them: with or without the SWIFT envelope, blank lines inside, details in German sub-fields
 * (?20…), in words of SEPA (EREF+…), behind slashes (/EREF/…) or as free text. A line is only taken for a field when its tag is
 * known: texts hold lines that look like ":26:". */

enum { FIELD_MAX = 1 << 16, SWIFT_LINE = 65 };

struct field {
	char tag[4];
	int64_t line;
	struct slice first; /* the rest of its first line */
	struct slice body;  /* all its lines as written, the first included */
};
struct fields {
	const char *at, *end;
	int64_t line;
	bool inside; /* a message has begun and not ended */
};

static bool tag_at(const char *at, const char *end, char tag[static 4], size_t *len)
{
	static const char *const known[] = { "20", "21", "25", "28", "28C", "60F", "60M", "61", "62F", "62M", "64", "65", "86", "13", "13C", "13D", "34F", "90C", "90D", "NS", "940",
		"942" };
	if (at >= end || *at != ':') return false;
	for (size_t i = 2; i <= 3; i++) {
		if (at + 1 + i >= end || at[1 + i] != ':') continue;
		memcpy(tag, at + 1, i);
		tag[i] = 0;
		for (size_t k = 0; k < COUNT(known); k++)
			if (strcmp(known[k], tag) == 0) {
				*len = i + 2;
				return true;
			}
	}
	/* :25P: and :60F: with options that few banks use */
	return false;
}

static struct slice line_at(const char *at, const char *end)
{
	const char *stop = at;
	while (stop < end && *stop != '\n' && *stop != '\r') stop++;
	return (struct slice){ at, (size_t)(stop - at) };
}

static void pass_line(struct fields *fields, struct slice line)
{
	fields->at = line.bytes + line.len;
	if (fields->at < fields->end && *fields->at == '\r') fields->at++;
	if (fields->at < fields->end && *fields->at == '\n') fields->at++;
	fields->line++;
}

/* "-", "-}", and what ING writes ("-XXX") */
static bool ends_message(struct slice line)
{
	struct slice trimmed = slice_trim(line);
	return trimmed.len && trimmed.bytes[0] == '-' && (trimmed.len == 1 || trimmed.bytes[1] == '}' || slice_equal(trimmed, "-XXX"));
}

/* tag "-" where a message ends. */
static bool next_field(struct fields *fields, struct field *field)
{
	while (fields->at < fields->end) {
		struct slice line = line_at(fields->at, fields->end);
		const char *envelope = line.len ? memmem(line.bytes, line.len, "{4:", 3) : NULL;
		size_t skip;
		if (ends_message(line)) {
			*field = (struct field){ .tag = "-", .line = fields->line };
			pass_line(fields, line);
			return true;
		}
		if (envelope && line.bytes[0] == '{') { /* the text may begin on the envelope's own line */
			fields->at = envelope + 3;
			line = line_at(fields->at, fields->end);
		}
		if (!tag_at(fields->at, fields->end, field->tag, &skip)) {
			pass_line(fields, line); /* between messages: sender, message type */
			continue;
		}
		field->line = fields->line;
		field->first = (struct slice){ fields->at + skip, line.len - skip };
		const char *start = field->first.bytes, *stop = start + field->first.len;
		pass_line(fields, line);
		char tag[4];
		while (fields->at < fields->end) {
			line = line_at(fields->at, fields->end);
			if (tag_at(fields->at, fields->end, tag, &skip) || ends_message(line) || (line.len && line.bytes[0] == '{')) break;
			stop = line.bytes + line.len;
			pass_line(fields, line);
		}
		field->body = (struct slice){ start, (size_t)(stop - start) };
		return true;
	}
	return false;
}

/* --- amounts and dates ---------------------------------------------------------------------------------------------------- */

static bool two_digits(const char *at, int *out)
{
	if (at[0] < '0' || at[0] > '9' || at[1] < '0' || at[1] > '9') return false;
	*out = (at[0] - '0') * 10 + (at[1] - '0');
	return true;
}

/* YYMMDD. Value dates on a month of 30 days (30 February) become the month's last day. */
static bool read_day(struct slice text, int32_t *out)
{
	int year, month, day;
	if (text.len < 6 || !two_digits(text.bytes, &year) || !two_digits(text.bytes + 2, &month) || !two_digits(text.bytes + 4, &day)) return false;
	year += year >= 70 ? 1900 : 2000;
	if (month < 1 || month > 12 || day < 1 || day > 31) return false;
	int length = day_month_length(year, month);
	if (day > length && day > 30) return false;
	*out = day_from_civil(year, month, day > length ? length : day);
	return true;
}

static struct slice past(struct slice text, size_t count)
{
	return count > text.len ? (struct slice){ text.bytes + text.len, 0 } : (struct slice){ text.bytes + count, text.len - count };
}

/* C|D YYMMDD [CCY] amount; currency kept where it is not written (some banks leave it out of the closing balance). */
static bool read_balance(struct slice text, char currency[static 4], struct bank_balance *out)
{
	text = slice_trim(text);
	if (text.len < 8 || (text.bytes[0] != 'C' && text.bytes[0] != 'D')) return false;
	bool debit = text.bytes[0] == 'D';
	int32_t day;
	if (!read_day(past(text, 1), &day)) return false;
	struct slice rest = past(text, 7);
	if (rest.len >= 3 && isalpha((unsigned char)rest.bytes[0])) {
		char code[4] = { rest.bytes[0], rest.bytes[1], rest.bytes[2] };
		maker_currency(currency, code);
		rest = past(rest, 3);
	}
	int64_t amount;
	if (!plain_amount(slice_trim(rest), 0, currency[0] ? currency : "EUR", &amount) || amount < 0) return false;
	*out = (struct bank_balance){ true, day, debit ? -amount : amount };
	return true;
}

/* --- :61: ----------------------------------------------------------------------------------------------------------------- */

static size_t read_mark(struct slice text, bool *debit, bool *reversal)
{
	size_t n = text.len && (text.bytes[0] == 'R' || text.bytes[0] == 'E') ? 1 : 0; /* E: expected, MT942 */
	if (text.len <= n || (text.bytes[n] != 'C' && text.bytes[n] != 'D')) return 0;
	*reversal = n == 1 && text.bytes[0] == 'R';
	/* RC takes a credit back, so money goes out */
	*debit = (text.bytes[n] == 'D') != *reversal;
	n++;
	if (n < text.len && isalpha((unsigned char)text.bytes[n])) n++; /* third letter of the currency */
	return n;
}

static enum bank_line_kind kind_of_type(const char *type)
{
	static const struct {
		enum bank_line_kind kind;
		const char *types;
	} table[] = { { BANK_LINE_TRANSFER, "TRF STO CMT FEX " }, { BANK_LINE_DIRECT_DEBIT, "DDT " }, { BANK_LINE_CHEQUE, "CHK CLR CAR ECK TCK " }, { BANK_LINE_BILL, "BOE COL DCR " },
		      { BANK_LINE_RETURN, "RTI " }, { BANK_LINE_FEE, "CHG COM INT BRF " } };
	for (size_t i = 0; i < COUNT(table); i++) {
		const char *at = strstr(table[i].types, type);
		if (at && at[3] == ' ') return table[i].kind;
	}
	return BANK_LINE_OTHER;
}

struct reading {
	struct statement_maker *maker;
	bool open;              /* a statement that :20: or :25: began */
	bool has_account, has_balance, interim; /* of MT942 */
	bool for_line;          /* :86: belongs to the last :61: */
	bool refused_line;
	struct text details;    /* of the :86: fields of that line */
};

static struct slice code_of(struct slice text, const char *code)
{
	const char *at = text.len ? memmem(text.bytes, text.len, code, strlen(code)) : NULL;
	if (!at) return (struct slice){ "", 0 };
	struct slice rest = past(text, (size_t)(at - text.bytes) + strlen(code));
	const char *end = memchr(rest.bytes, '/', rest.len);
	return (struct slice){ rest.bytes, end ? (size_t)(end - rest.bytes) : rest.len };
}

/* Supplementary details of :61:. */
static void take_supplement(struct reading *reading, struct bank_line *line, struct slice text)
{
	struct statement_maker *maker = reading->maker;
	struct slice original = code_of(text, "/OCMT/"), charges = code_of(text, "/CHGS/");
	char currency[4] = "";
	if (original.len > 3) {
		char code[4] = { original.bytes[0], original.bytes[1], original.bytes[2] };
		maker_currency(currency, code);
		int64_t amount;
		if (currency[0] && strcmp(currency, line->currency) != 0 && plain_amount(past(original, 3), 0, currency, &amount) && amount > 0) {
			line->original_amount = line->amount < 0 ? -amount : amount;
			memcpy(line->original_currency, currency, sizeof currency);
		}
	}
	int64_t fee;
	if (charges.len > 3 && plain_amount(past(charges, 3), 0, line->currency[0] ? line->currency : "EUR", &fee) && fee > 0) line->fee = fee;
	const char *plain = maker_text(maker, text), *account = maker_account(maker, plain);
	if (iban_shaped(account))
		line->payer_iban = account;
	else if (!original.len && !charges.len)
		line->label = maker_join(maker, line->label, plain);
}

static void take_line(struct reading *reading, const struct field *field)
{
	struct statement_maker *maker = reading->maker;
	struct bank_statement *statement = maker_last(maker);
	struct slice text = slice_trim(field->first);
	const char *shown = maker_text(maker, text);
	reading->for_line = true, reading->refused_line = true;
	text_clear(&reading->details);
	if (!reading->open) {
		maker_reject(maker, field->line, ":61:", shown, tr(maker->lang, "This movement stands outside any statement: it has neither account nor balance."));
		return;
	}
	int32_t valued, booked;
	if (!read_day(text, &valued)) {
		maker_reject(maker, field->line, ":61:", shown, tr(maker->lang, "A movement begins with its value date (YYMMDD), which is not here."));
		return;
	}
	booked = valued;
	struct slice rest = past(text, 6);
	int month, day;
	if (rest.len >= 4 && two_digits(rest.bytes, &month) && two_digits(rest.bytes + 2, &day)) {
		struct civil value = day_civil(valued);
		int year = value.year + (value.month - month > 6) - (month - value.month > 6);
		if (!day_valid(year, month, day)) {
			maker_reject(maker, field->line, ":61:", shown, tr(maker->lang, "The entry date (MMDD) is no day of the calendar."));
			return;
		}
		booked = day_from_civil(year, month, day);
		rest = past(rest, 4);
	}
	bool debit, reversal;
	size_t mark = read_mark(rest, &debit, &reversal), digits = 0;
	rest = past(rest, mark);
	while (digits < rest.len && (isdigit((unsigned char)rest.bytes[digits]) || rest.bytes[digits] == ',' || rest.bytes[digits] == '.')) digits++;
	int64_t amount;
	const char *currency = statement->currency[0] ? statement->currency : "EUR";
	if (!mark || !plain_amount((struct slice){ rest.bytes, digits }, 0, currency, &amount)) {
		maker_reject(maker, field->line, ":61:", shown, tr(maker->lang, "C or D and an amount with a decimal comma are expected behind the dates."));
		return;
	}
	reading->refused_line = false;
	struct bank_line *line = maker_line(maker, field->line);
	line->booking_day = booked, line->value_day = valued, line->amount = debit ? -amount : amount, line->reversal = reversal;
	rest = past(rest, digits);
	if (rest.len >= 4) {
		char type[4] = { rest.bytes[1], rest.bytes[2], rest.bytes[3] };
		line->kind = kind_of_type(type);
		rest = past(rest, 4);
	}
	const char *bank = rest.len ? memmem(rest.bytes, rest.len, "//", 2) : NULL;
	struct slice ours = { rest.bytes, bank ? (size_t)(bank - rest.bytes) : rest.len };
	if (bank) line->bank_reference = maker_reference(maker_text(maker, past(rest, ours.len + 2)));
	/* 16 characters of reference; behind them some Dutch banks put the name */
	if (ours.len > 16 && !bank) {
		size_t cut = 16;
		while (((unsigned char)ours.bytes[cut] & 0xC0) == 0x80 && cut > 0) cut--; /* whole characters */
		line->payer = maker_text(maker, past(ours, cut));
		ours.len = cut;
	}
	line->end_to_end = maker_reference(maker_text(maker, ours));
	if (strncmp(line->end_to_end, "KREF", 4) == 0 || strlen(line->end_to_end) < 2) line->end_to_end = "";
	struct slice more = past(field->body, field->first.len);
	if (slice_trim(more).len) take_supplement(reading, line, more);
}

/* --- :86: ----------------------------------------------------------------------------------------------------------------- */

/* The lines of a field behind one another: a full line goes on in the next, a shorter one ended by itself. */
static void unwrap(struct slice body, bool always, struct text *out)
{
	const char *end = body.bytes + body.len;
	size_t last = SWIFT_LINE;
	for (const char *at = body.bytes; at < end;) {
		struct slice line = line_at(at, end);
		at = line.bytes + line.len;
		while (at < end && (*at == '\r' || *at == '\n')) at++;
		if (!always && out->len && last < SWIFT_LINE - 1 && !(line.len && line.bytes[0] == ':')) text_add_char(out, ' '); /* ":26" of a time goes on */
		text_add_bytes(out, line.bytes, line.len);
		last = line.len;
	}
}

enum word { W_EREF, W_KREF, W_MREF, W_CRED, W_DEBT, W_SVWZ, W_ABWA, W_ABWE, W_IBAN, W_BIC, W_OTHER };
struct key {
	const char *key;
	enum word word;
};

/* The value behind each key that is found, until the next; what stands before the first key is `before`. */
static void cut_words(struct slice text, const struct key *keys, size_t count, struct slice values[static W_OTHER + 1], struct slice *before)
{
	for (size_t i = 0; i <= W_OTHER; i++) values[i] = (struct slice){ "", 0 };
	*before = text;
	struct slice *open = NULL;
	const char *from = text.bytes, *end = text.bytes + text.len;
	for (const char *at = text.bytes; at < end; at++) {
		const struct key *found = NULL;
		for (size_t i = 0; i < count && !found; i++)
			if ((size_t)(end - at) >= strlen(keys[i].key) && memcmp(at, keys[i].key, strlen(keys[i].key)) == 0) found = &keys[i];
		if (!found) continue;
		if (open)
			open->len = (size_t)(at - from);
		else
			before->len = (size_t)(at - text.bytes);
		at += strlen(found->key) - 1;
		from = at + 1;
		open = &values[found->word];
		*open = (struct slice){ from, (size_t)(end - from) };
	}
}

static const struct key sepa_words[] = { { "EREF+", W_EREF }, { "KREF+", W_KREF }, { "MREF+", W_MREF }, { "CRED+", W_CRED }, { "DEBT+", W_DEBT }, { "SVWZ+", W_SVWZ },
	{ "ABWA+", W_ABWA }, { "ABWE+", W_ABWE }, { "IBAN+", W_IBAN }, { "BIC+", W_BIC }, { "COAM+", W_OTHER }, { "OAMT+", W_OTHER }, { "PURP+", W_OTHER } };

static void take_words(struct statement_maker *maker, struct bank_line *line, struct slice purpose)
{
	struct slice values[W_OTHER + 1], before;
	cut_words(purpose, sepa_words, COUNT(sepa_words), values, &before);
	if (values[W_EREF].len) line->end_to_end = maker_reference(maker_text(maker, values[W_EREF]));
	if (values[W_MREF].len) line->mandate = maker_reference(maker_text(maker, values[W_MREF]));
	if (values[W_ABWA].len) line->ultimate_payer = maker_text(maker, values[W_ABWA]);
	if (values[W_IBAN].len && !*line->payer_iban) line->payer_iban = maker_account(maker, maker_text(maker, values[W_IBAN]));
	line->text = maker_join(maker, maker_text(maker, before), maker_text(maker, values[W_SVWZ]));
}

/* Three digits and a mark, then the mark and two digits before each piece: ?00 wording, ?20 to ?29 and ?60 to ?63 purpose, ?31
 * account, ?32 and ?33 name, ?34 reason. Pieces are 27 long; a full one goes on in the next. */
static bool german(struct reading *reading, struct bank_line *line, struct slice text)
{
	enum { PIECE = 27 };
	text = slice_trim(text);
	if (text.len < 6 || !isdigit((unsigned char)text.bytes[0]) || !isdigit((unsigned char)text.bytes[1]) || !isdigit((unsigned char)text.bytes[2])) return false;
	char mark = text.bytes[3];
	if (isalnum((unsigned char)mark) || mark == ' ' || mark == '/' || !isdigit((unsigned char)text.bytes[4]) || !isdigit((unsigned char)text.bytes[5])) return false;
	struct statement_maker *maker = reading->maker;
	char transaction[4] = { text.bytes[0], text.bytes[1], text.bytes[2] };
	cleanup_text struct text purpose = { 0 }, name = { 0 };
	bool purpose_full = true, name_full = true;
	int last_purpose = 29;
	cleanup_text struct text more = { 0 };
	struct slice account = { "", 0 }, iban = { "", 0 }, piece;
	const char *end = text.bytes + text.len;
	for (const char *at = text.bytes + 3; at + 2 < end; at = piece.bytes + piece.len) {
		int number = 0;
		bool code = two_digits(at + 1, &number);
		const char *stop = at + 3;
		while (stop < end && !(*stop == mark && stop + 2 < end && isdigit((unsigned char)stop[1]) && isdigit((unsigned char)stop[2]))) stop++;
		if (stop + 1 == end && *stop == mark) stop = end; /* a mark at the very end */
		piece = (struct slice){ at + 3, (size_t)(stop - at) - 3 };
		if (!code) continue;
		if (number == 0)
			line->label = maker_text(maker, piece);
		else if ((number >= 20 && number <= 29) || (number >= 60 && number <= 63)) {
			/* ?60 goes on only where ?20 to ?29 were all used; else it is a text of its own */
			struct text *to = number >= 60 && last_purpose < 29 ? &more : &purpose;
			if (to->len && !purpose_full) text_add_char(to, ' ');
			text_add_bytes(to, piece.bytes, piece.len);
			purpose_full = piece.len >= PIECE;
			if (to == &purpose) last_purpose = number;
		} else if (number == 31)
			account = piece;
		else if (number == 38)
			iban = piece;
		else if (number == 32 || number == 33) {
			if (name.len && !name_full) text_add_char(&name, ' ');
			text_add_bytes(&name, piece.bytes, piece.len);
			name_full = piece.len >= PIECE;
		}
	}
	take_words(maker, line, (struct slice){ text_cstr(&purpose), purpose.len });
	line->text = maker_join(maker, line->text, maker_text(maker, (struct slice){ text_cstr(&more), more.len }));
	if (slice_trim((struct slice){ text_cstr(&name), name.len }).len) line->payer = maker_text(maker, (struct slice){ text_cstr(&name), name.len });
	struct slice other = slice_trim(iban).len ? iban : account;
	if (slice_trim(other).len) line->payer_iban = maker_account(maker, maker_text(maker, other));
	/* transaction codes of the German banks: what came back */
	static const char *const returned[] = { "108", "109", "111", "159", "181", "182" };
	for (size_t i = 0; i < COUNT(returned); i++)
		if (strcmp(returned[i], transaction) == 0) line->kind = BANK_LINE_RETURN;
	return true;
}

enum slash { S_EREF, S_NAME, S_REMI, S_IBAN, S_MARF, S_RTRN, S_CNTP, S_ULTIMATE, S_TRTP, S_OTHER, S_COUNT };
static const struct slash_key {
	const char *key;
	enum slash slash;
} slash_keys[] = { { "EREF", S_EREF }, { "PREF", S_OTHER }, { "NAME", S_NAME }, { "REMI", S_REMI }, { "IBAN", S_IBAN }, { "MARF", S_MARF }, { "RTRN", S_RTRN }, { "CNTP", S_CNTP },
	{ "ULTD", S_ULTIMATE }, { "ULTB", S_ULTIMATE }, { "ULTC", S_ULTIMATE }, { "TRTP", S_TRTP }, { "ORDP", S_OTHER }, { "BENM", S_OTHER }, { "ISDT", S_OTHER }, { "CSID", S_OTHER },
	{ "BIC", S_OTHER }, { "PURP", S_OTHER }, { "TRCD", S_OTHER }, { "ADDR", S_OTHER }, { "ID", S_OTHER }, { "KREF", S_OTHER }, { "SVCL", S_OTHER }, { "INIT", S_OTHER },
	{ "ACCW", S_OTHER } };

static bool slashes(struct reading *reading, struct bank_line *line, struct slice text)
{
	struct statement_maker *maker = reading->maker;
	text = slice_trim(text);
	if (text.len < 6 || text.bytes[0] != '/') return false;
	struct slice values[S_COUNT];
	for (size_t i = 0; i < S_COUNT; i++) values[i] = (struct slice){ "", 0 };
	struct slice *open = NULL;
	const char *end = text.bytes + text.len, *from = text.bytes;
	int met = 0;
	for (const char *at = text.bytes; at < end; at++) {
		if (*at != '/') continue;
		const struct slash_key *found = NULL;
		for (size_t i = 0; i < COUNT(slash_keys) && !found; i++) {
			size_t len = strlen(slash_keys[i].key);
			if ((size_t)(end - at) >= len + 2 && memcmp(at + 1, slash_keys[i].key, len) == 0 && at[len + 1] == '/') found = &slash_keys[i];
		}
		if (!found) continue;
		if (open) open->len = at > from ? (size_t)(at - from) : 0; /* keys share the slash between them */
		met++;
		at += strlen(found->key); /* the slash behind it may open the next */
		from = at + 2 <= end ? at + 2 : end;
		open = values[found->slash].len ? &values[S_OTHER] : &values[found->slash];
		*open = (struct slice){ from, (size_t)(end - from) };
	}
	if (!met) return false;
	if (values[S_EREF].len) line->end_to_end = maker_reference(maker_text(maker, values[S_EREF]));
	if (values[S_MARF].len) line->mandate = maker_reference(maker_text(maker, values[S_MARF]));
	if (values[S_NAME].len) line->payer = maker_text(maker, values[S_NAME]);
	if (values[S_ULTIMATE].len) line->ultimate_payer = maker_text(maker, values[S_ULTIMATE]);
	if (values[S_IBAN].len) line->payer_iban = maker_account(maker, maker_text(maker, values[S_IBAN]));
	if (values[S_TRTP].len) line->label = maker_text(maker, values[S_TRTP]);
	if (values[S_RTRN].len) {
		struct slice code = values[S_RTRN];
		const char *slash = memchr(code.bytes, '/', code.len);
		if (slash) code.len = (size_t)(slash - code.bytes);
		line->return_code = maker_text(maker, code), line->kind = BANK_LINE_RETURN;
	}
	/* /CNTP/account/BIC/name/town/ */
	struct slice rest = values[S_CNTP];
	for (int part = 0; part < 3 && rest.len; part++) {
		const char *slash = memchr(rest.bytes, '/', rest.len);
		struct slice piece = { rest.bytes, slash ? (size_t)(slash - rest.bytes) : rest.len };
		if (part == 0) line->payer_iban = maker_account(maker, maker_text(maker, piece));
		if (part == 2 && piece.len) line->payer = maker_text(maker, piece);
		rest = past(rest, piece.len + 1);
	}
	struct slice remittance = values[S_REMI];
	static const char *const prefixes[] = { "USTD//", "/USTD//", "STRD/CUR/", "/STRD/CUR/" };
	for (size_t i = 0; i < COUNT(prefixes); i++)
		if (remittance.len >= strlen(prefixes[i]) && memcmp(remittance.bytes, prefixes[i], strlen(prefixes[i])) == 0) {
			remittance = past(remittance, strlen(prefixes[i]));
			if (i >= 2) line->structured = maker_text(maker, remittance);
			break;
		}
	while (remittance.len && remittance.bytes[remittance.len - 1] == '/') remittance.len--;
	line->text = maker_text(maker, remittance);
	return true;
}

/* All that the :86: fields of a line said. */
static void finish_details(struct reading *reading)
{
	struct statement_maker *maker = reading->maker;
	struct bank_line *line = reading->open && !reading->refused_line ? maker_last_line(maker) : NULL;
	reading->for_line = false;
	if (!line) return;
	if (reading->details.len) {
		struct slice body = { text_cstr(&reading->details), reading->details.len };
		cleanup_text struct text joined = { 0 }, free_text = { 0 };
		unwrap(body, true, &joined);
		struct slice whole = { text_cstr(&joined), joined.len };
		if (!german(reading, line, whole)) {
			unwrap(body, false, &free_text);
			struct slice words = { text_cstr(&free_text), free_text.len };
			if (!slashes(reading, line, words)) take_words(maker, line, words);
		}
	}
	if (line->kind == BANK_LINE_OTHER || kind_of_label(line->label) == BANK_LINE_RETURN) {
		enum bank_line_kind kind = kind_of_label(line->label);
		if (kind != BANK_LINE_OTHER) line->kind = kind;
	}
	text_clear(&reading->details);
}

/* --- statements ------------------------------------------------------------------------------------------------------------ */

static void finish_statement(struct reading *reading)
{
	if (reading->for_line) finish_details(reading);
	if (!reading->open) return;
	struct bank_statement *statement = maker_last(reading->maker);
	reading->open = false;
	if (reading->interim && !statement->opening.known && !statement->closing.known) {
		reading->maker->file->format = "mt942";
		for (size_t i = 0; i < statement->line_count; i++) statement->lines[i].pending = true;
	}
	statement->from_day = statement->opening.day, statement->to_day = statement->closing.day;
}

static void take_account(struct reading *reading, struct slice text)
{
	struct statement_maker *maker = reading->maker;
	struct bank_statement *statement = maker_last(maker);
	statement->account = maker_account(maker, maker_text(maker, text));
	const char *slash = strchr(statement->account, '/');
	if (slash && slash > statement->account) statement->bank = arena_strndup(maker->file->arena, statement->account, (size_t)(slash - statement->account));
	reading->has_account = true;
}

static void take_field(struct reading *reading, const struct field *field)
{
	struct statement_maker *maker = reading->maker;
	const char *tag = field->tag;
	struct bank_statement *statement = maker_last(maker);
	if (reading->for_line && strcmp(tag, "86") != 0 && strcmp(tag, "NS") != 0) finish_details(reading);
	if (strcmp(tag, "-") == 0) {
		finish_statement(reading);
	} else if (strcmp(tag, "20") == 0) {
		finish_statement(reading);
		maker_statement(maker);
		reading->open = true, reading->interim = reading->has_account = reading->has_balance = false;
	} else if (strcmp(tag, "61") == 0) {
		take_line(reading, field);
	} else if (strcmp(tag, "86") == 0) {
		if (reading->for_line && reading->details.len < FIELD_MAX) {
			if (reading->details.len) text_add_char(&reading->details, '\n');
			text_add_bytes(&reading->details, field->body.bytes, field->body.len < FIELD_MAX ? field->body.len : FIELD_MAX);
		}
	} else if (!reading->open) {
		return; /* a field outside any statement: the whole is judged at the end */
	} else if (strcmp(tag, "25") == 0) {
		take_account(reading, field->first);
	} else if (strncmp(tag, "28", 2) == 0) {
		statement->number = maker_text(maker, field->first);
	} else if (strncmp(tag, "60", 2) == 0 || strncmp(tag, "62", 2) == 0) {
		bool opening = tag[1] == '0';
		char column[8];
		snprintf(column, sizeof column, ":%s:", tag);
		reading->has_balance = true;
		if (!read_balance(field->first, statement->currency, opening ? &statement->opening : &statement->closing))
			maker_reject(maker, field->line, column, maker_text(maker, field->first), tr(maker->lang, "A balance is C or D, a date (YYMMDD), a currency and an amount with a decimal comma."));
	} else if (strcmp(tag, "34F") == 0 || strncmp(tag, "13", 2) == 0 || strncmp(tag, "90", 2) == 0) {
		reading->interim = true;
		struct slice text = slice_trim(field->first);
		if (tag[0] == '3' && text.len > 3) {
			char code[4] = { text.bytes[0], text.bytes[1], text.bytes[2] };
			maker_currency(statement->currency, code);
		}
	}
}

struct status mt940_read(struct statement_maker *maker, const char *bytes, size_t len)
{
	struct fields fields = { .at = bytes, .end = bytes + len, .line = 1 };
	struct reading reading = { .maker = maker };
	struct field field;
	bool any = false, complete = false;
	struct status status = STATUS_FINE;
	while (next_field(&fields, &field)) {
		if (strcmp(field.tag, "-") != 0 && strcmp(field.tag, "NS") != 0) any = true;
		if (field.body.len > FIELD_MAX) {
			status = status_make(STATUS_INVALID, "Line %" PRId64 ": the field :%s: is longer than %d characters. This is no MT940.", field.line, field.tag, FIELD_MAX);
			break;
		}
		take_field(&reading, &field);
		complete |= reading.has_account || reading.has_balance;
	}
	finish_statement(&reading);
	text_free(&reading.details);
	TRY(status);
	if (!any) return status_make(STATUS_INVALID, "No field of an MT940 (:20:, :25:, :60F:, :61: …) stands in the file.");
	if (!complete)
		return status_make(STATUS_INVALID, "This is a fragment of an MT940: without :20: and :25: nothing says which account it is about. Export the whole statement.");
	if (strcmp(maker->file->format, "mt942") == 0) maker_warn(maker, tr(maker->lang, "An interim report (MT942): its movements are not booked yet and are only shown."));
	return STATUS_FINE;
}
