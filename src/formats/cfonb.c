#include "formats/statement_maker.h"

#include "base/memory.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* CFONB 120 (statement) and 240 (what was collected or came back): records of fixed width, cut by characters, not bytes, since
 * names and the sign of an amount may be accented. Banks leave trailing spaces or line breaks out. */

enum { WIDTH_MAX = 240 };

struct record {
	const char *bytes;
	uint32_t at[WIDTH_MAX + 1]; /* where each character begins; columns beyond the record begin at its end */
	int64_t line;
};

struct records {
	const struct statement_maker *maker;
	const char *at, *end;
	int64_t line;
	size_t width;
	bool goes_on; /* the last record ended without a line break: the next counts as a line of its own */
};

static size_t step_of(const struct statement_maker *maker, const char *at, const char *end)
{
	unsigned char c = (unsigned char)*at;
	if (c < 0xC0 || maker->encoding.encoding > ENCODING_UTF8_DAMAGED) return 1;
	size_t want = c >= 0xF0 ? 4 : c >= 0xE0 ? 3 : 2;
	if (want > (size_t)(end - at)) return 1;
	for (size_t i = 1; i < want; i++)
		if (((unsigned char)at[i] & 0xC0) != 0x80) return 1;
	return want;
}

/* The next record that is not blank: a line, or its next piece where line breaks are missing. */
static bool next_record(struct records *records, struct record *record)
{
	while (records->at < records->end) {
		if (*records->at == '\n' || *records->at == '\r') {
			bool pair = *records->at == '\r' && records->at + 1 < records->end && records->at[1] == '\n';
			records->at += pair ? 2 : 1, records->line++, records->goes_on = false;
			continue;
		}
		const char *start = records->at, *at = start;
		size_t count = 0;
		bool blank = true;
		while (at < records->end && *at != '\n' && *at != '\r' && count < records->width) {
			record->at[count++] = (uint32_t)(at - start);
			blank &= *at == ' ' || *at == '\t';
			at += step_of(records->maker, at, records->end);
		}
		records->at = at;
		if (blank) continue;
		records->line += records->goes_on, records->goes_on = true;
		while (count <= records->width) record->at[count++] = (uint32_t)(at - start);
		record->bytes = start, record->line = records->line;
		return true;
	}
	return false;
}

/* Columns are counted from 1, both ends included, as in the brochure. */
static struct slice zone(const struct record *record, size_t from, size_t to)
{
	return (struct slice){ record->bytes + record->at[from - 1], record->at[to] - record->at[from - 1] };
}

static const char *text_zone(struct statement_maker *maker, const struct record *record, size_t from, size_t to)
{
	return maker_text(maker, zone(record, from, to));
}

static void copy_zone(const struct record *record, size_t from, size_t to, char *out, size_t size)
{
	struct slice raw = slice_trim(zone(record, from, to));
	size_t len = raw.len < size - 1 ? raw.len : size - 1;
	memcpy(out, raw.bytes, len);
	out[len] = 0;
}

/* JJMMAA; DAY_NONE where blank or zeros. False where it is neither. */
static bool day_zone(const struct record *record, size_t from, int32_t *out)
{
	struct slice raw = slice_trim(zone(record, from, from + 5));
	*out = DAY_NONE;
	if (!raw.len || slice_equal(raw, "000000")) return true;
	int part[3];
	if (raw.len != 6) return false;
	for (size_t i = 0; i < 3; i++) {
		char a = raw.bytes[2 * i], b = raw.bytes[2 * i + 1];
		if (a < '0' || a > '9' || b < '0' || b > '9') return false;
		part[i] = (a - '0') * 10 + (b - '0');
	}
	int year = part[2] + (part[2] >= 70 ? 1900 : 2000);
	if (!day_valid(year, part[1], part[0])) return false;
	*out = day_from_civil(year, part[1], part[0]);
	return true;
}

static bool digits_of(struct slice raw, int64_t *out)
{
	raw = slice_trim(raw);
	*out = 0;
	for (size_t i = 0; i < raw.len; i++) {
		if (raw.bytes[i] < '0' || raw.bytes[i] > '9') return false;
		if (__builtin_mul_overflow(*out, 10, out) || __builtin_add_overflow(*out, raw.bytes[i] - '0', out)) return false;
	}
	return true;
}

/* From the number of decimals that the record has to that of the currency. */
static bool scale(int64_t *amount, int decimals, const char *currency)
{
	for (int want = currency_decimals(currency); decimals < want; decimals++)
		if (__builtin_mul_overflow(*amount, 10, amount)) return false;
	for (int want = currency_decimals(currency); decimals > want; decimals--) {
		if (*amount % 10) return false;
		*amount /= 10;
	}
	return true;
}

/* The last character holds a digit and the sign. é, è and à stand where { and } went through a French or Italian EBCDIC table. */
static bool signed_zone(const struct statement_maker *maker, const struct record *record, size_t from, size_t to, int decimals, const char *currency, int64_t *out)
{
	struct slice last = zone(record, to, to);
	if (!last.len || !digits_of(zone(record, from, to - 1), out)) return false;
	uint32_t c = (unsigned char)last.bytes[0];
	if (last.len == 2)
		c = (c & 0x1F) << 6 | ((unsigned char)last.bytes[1] & 0x3F);
	else if (c >= 0x80)
		c = encoding_code_point(maker->encoding.encoding == ENCODING_UTF8_DAMAGED ? ENCODING_WINDOWS_1252 : maker->encoding.encoding, (unsigned char)last.bytes[0]);
	int digit;
	bool negative = false;
	if (c >= '0' && c <= '9')
		digit = (int)(c - '0');
	else if (c >= 'A' && c <= 'I')
		digit = (int)(c - 'A') + 1;
	else if (c >= 'J' && c <= 'R')
		digit = (int)(c - 'J') + 1, negative = true;
	else if (c == '{' || c == 0xE9 || c == 0xE0)
		digit = 0;
	else if (c == '}' || c == 0xE8)
		digit = 0, negative = true;
	else
		return false;
	if (__builtin_mul_overflow(*out, 10, out) || __builtin_add_overflow(*out, digit, out) || !scale(out, decimals, currency)) return false;
	if (negative) *out = -*out;
	return true;
}

static void reject(struct statement_maker *maker, const struct record *record, const char *column, size_t from, size_t to, const char *reason)
{
	maker_reject(maker, record->line, column, text_zone(maker, record, from, to), reason);
}

static const char *account_at(struct statement_maker *maker, const struct record *record, size_t bank, size_t branch, size_t account)
{
	char b[6], g[6], c[12], iban[28];
	copy_zone(record, bank, bank + 4, b, sizeof b), copy_zone(record, branch, branch + 4, g, sizeof g), copy_zone(record, account, account + 10, c, sizeof c);
	if (iban_french(b, g, c, iban)) return arena_strdup(maker->file->arena, iban);
	return maker_account(maker, arena_printf(maker->file->arena, "%s%s%s", text_zone(maker, record, bank, bank + 4), text_zone(maker, record, branch, branch + 4),
	                                         text_zone(maker, record, account, account + 10)));
}

/* --- 120 ----------------------------------------------------------------------------------------------------------------- */

struct reading {
	struct statement_maker *maker;
	struct bank_line *line;   /* that 05 records complete; NULL after one that was refused */
	char account[24];         /* branch and account of the open statement; a movement may name another bank of the same group */
	bool open;
	size_t remittance_len;    /* of the LCC of the line: LC2 goes on where it was full */
};

static void account_key(const struct record *record, char out[static 24])
{
	char branch[6], account[12];
	copy_zone(record, 12, 16, branch, sizeof branch), copy_zone(record, 22, 32, account, sizeof account);
	snprintf(out, 24, "%.5s%.11s", branch, account);
}

static void begin_statement(struct reading *reading, const struct record *record)
{
	struct bank_statement *statement = maker_statement(reading->maker);
	char currency[4];
	copy_zone(record, 17, 19, currency, sizeof currency);
	maker_currency(statement->currency, currency);
	statement->account = account_at(reading->maker, record, 3, 12, 22);
	statement->bank = text_zone(reading->maker, record, 3, 7);
	account_key(record, reading->account);
	reading->open = true, reading->line = NULL;
}

static int decimals_of(const struct record *record)
{
	struct slice raw = zone(record, 20, 20);
	return raw.len == 1 && raw.bytes[0] >= '0' && raw.bytes[0] <= '9' ? raw.bytes[0] - '0' : 2;
}

static void take_balance(struct reading *reading, const struct record *record, struct bank_balance *balance)
{
	struct statement_maker *maker = reading->maker;
	struct bank_statement *statement = maker_last(maker);
	const char *currency = statement->currency[0] ? statement->currency : "EUR";
	if (!signed_zone(maker, record, 91, 104, decimals_of(record), currency, &balance->amount)) {
		reject(maker, record, "91-104", 91, 104, tr(maker->lang, "This is not an amount of CFONB: 13 digits and a last character from A to R, { or } are expected."));
		return;
	}
	if (!day_zone(record, 35, &balance->day)) {
		reject(maker, record, "35-40", 35, 40, tr(maker->lang, "This is not a date (DDMMYY)."));
		return;
	}
	balance->known = true;
}

static void take_movement(struct reading *reading, const struct record *record)
{
	struct statement_maker *maker = reading->maker;
	char key[24], code[3], reason[3], number[8];
	account_key(record, key);
	if (!reading->open || strcmp(key, reading->account) != 0) begin_statement(reading, record);
	struct bank_statement *statement = maker_last(maker);
	reading->line = NULL, reading->remittance_len = 0;
	int64_t amount;
	int32_t booked, valued;
	char currency[4] = "", written[4];
	copy_zone(record, 17, 19, written, sizeof written);
	maker_currency(currency, written);
	if (!currency[0]) memcpy(currency, statement->currency[0] ? statement->currency : "EUR", 4);
	if (!signed_zone(maker, record, 91, 104, decimals_of(record), currency, &amount)) {
		reject(maker, record, "91-104", 91, 104, tr(maker->lang, "This is not an amount of CFONB: 13 digits and a last character from A to R, { or } are expected."));
		return;
	}
	if (!day_zone(record, 35, &booked) || booked == DAY_NONE) {
		reject(maker, record, "35-40", 35, 40, tr(maker->lang, "This is not a date (DDMMYY)."));
		return;
	}
	if (!day_zone(record, 43, &valued)) valued = DAY_NONE;
	struct bank_line *line = reading->line = maker_line(maker, record->line);
	line->booking_day = booked, line->value_day = valued, line->amount = amount;
	memcpy(line->currency, currency, sizeof line->currency);
	line->label = text_zone(maker, record, 49, 79);
	copy_zone(record, 33, 34, code, sizeof code), copy_zone(record, 41, 42, reason, sizeof reason), copy_zone(record, 82, 88, number, sizeof number);
	line->kind = kind_of_operation(code);
	if (line->kind == BANK_LINE_OTHER || kind_of_label(line->label) == BANK_LINE_RETURN) line->kind = kind_of_label(line->label);
	if (reason[0] && strcmp(reason, "00") != 0) line->return_code = text_zone(maker, record, 41, 42), line->kind = BANK_LINE_RETURN;
	line->end_to_end = maker_reference(text_zone(maker, record, 105, 120));
	if (maker_reference(number)[0]) line->bank_reference = text_zone(maker, record, 82, 88);
}

/* MMO and FEE: currency 3, decimals 1, amount 14 without sign. */
static bool money_detail(const struct record *record, char currency[static 4], int64_t *amount)
{
	char code[4], count[2];
	copy_zone(record, 49, 51, code, sizeof code), copy_zone(record, 52, 52, count, sizeof count);
	currency[0] = 0;
	maker_currency(currency, code);
	return currency[0] && count[0] >= '0' && count[0] <= '9' && digits_of(zone(record, 53, 66), amount) && scale(amount, count[0] - '0', currency);
}

static void take_detail(struct reading *reading, const struct record *record)
{
	struct statement_maker *maker = reading->maker;
	struct bank_line *line = reading->line;
	if (!line) return; /* of a movement that was refused, and is listed */
	char qualifier[4], currency[4];
	copy_zone(record, 46, 48, qualifier, sizeof qualifier);
	const char *text = text_zone(maker, record, 49, 118), *first = text_zone(maker, record, 49, 83);
	bool ours = line->kind == BANK_LINE_RETURN; /* of what came back, the debtor of our debit is the other side */
	int64_t amount;
#define IS(code) (strcmp(qualifier, code) == 0)
	if (IS("LIB") || IS("LEM"))
		line->text = maker_join(maker, line->text, text);
	else if (IS("NPY"))
		line->payer = line->amount >= 0 || ours || !*line->payer ? text : line->payer;
	else if (IS("NBE"))
		line->payer = (line->amount < 0 && !ours) || !*line->payer ? text : line->payer;
	else if (IS("NPO"))
		line->ultimate_payer = line->amount >= 0 || ours || !*line->ultimate_payer ? text : line->ultimate_payer;
	else if (IS("NBU"))
		line->ultimate_payer = line->amount < 0 && !ours ? text : line->ultimate_payer;
	else if (IS("LCC")) {
		line->text = maker_join(maker, line->text, text);
		struct slice raw = zone(record, 49, 118);
		reading->remittance_len = raw.len && raw.bytes[raw.len - 1] != ' ' ? raw.len : 0;
	} else if (IS("LC2"))
		line->text = reading->remittance_len ? arena_printf(maker->file->arena, "%s%s", line->text, text) : maker_join(maker, line->text, text);
	else if (IS("LCS"))
		line->structured = maker_reference(text);
	else if (IS("RCN") && *maker_reference(first))
		line->end_to_end = maker_reference(first);
	else if (IS("REF") && *text)
		line->bank_reference = text;
	else if (IS("RUM"))
		line->mandate = maker_reference(first);
	else if (IS("CBE") || IS("CPY"))
		line->payer_iban = maker_account(maker, first);
	else if (IS("RET")) {
		/* an ISO code and its label, or the label alone */
		const char *space = strchr(text, ' ');
		bool iso = strlen(text) >= 4 && (space == text + 4 || text[4] == 0) && text[0] >= 'A' && text[0] <= 'Z';
		if (iso) line->return_code = arena_strndup(maker->file->arena, text, 4);
		line->return_text = iso ? (space ? space + 1 : "") : text;
		line->kind = BANK_LINE_RETURN;
	} else if (IS("MMO") && money_detail(record, currency, &amount) && strcmp(currency, line->currency) != 0) {
		line->original_amount = line->amount < 0 ? -amount : amount;
		memcpy(line->original_currency, currency, sizeof currency);
	} else if (IS("FEE") && money_detail(record, currency, &amount) && strcmp(currency, line->currency) == 0)
		line->fee = amount;
#undef IS
}

struct status cfonb_read(struct statement_maker *maker, const char *bytes, size_t len)
{
	struct records records = { maker, bytes, bytes + len, 1, 120, false };
	struct reading reading = { .maker = maker };
	struct record record;
	bool any = false;
	while (next_record(&records, &record)) {
		struct slice kind = zone(&record, 1, 2);
		if (!any && !slice_equal(kind, "01") && !slice_equal(kind, "04"))
			return status_make(STATUS_INVALID, "Line %" PRId64 ": a CFONB statement begins with a record 01 (old balance), which is not here.", record.line);
		any = true;
		if (slice_equal(kind, "01")) {
			begin_statement(&reading, &record);
			take_balance(&reading, &record, &maker_last(maker)->opening);
		} else if (slice_equal(kind, "04")) {
			take_movement(&reading, &record);
		} else if (slice_equal(kind, "05")) {
			take_detail(&reading, &record);
		} else if (slice_equal(kind, "07") && maker_last(maker)) {
			char key[24];
			account_key(&record, key);
			if (!reading.open || strcmp(key, reading.account) != 0) begin_statement(&reading, &record);
			take_balance(&reading, &record, &maker_last(maker)->closing);
			reading.open = false, reading.line = NULL;
		} else {
			reject(maker, &record, "1-2", 1, 120, tr(maker->lang, "This is no record of a CFONB statement: 01, 04, 05 or 07 is expected at the start."));
		}
	}
	for (size_t i = 0; i < maker->file->statement_count; i++) {
		struct bank_statement *statement = &maker->file->statements[i];
		statement->from_day = statement->opening.day, statement->to_day = statement->closing.day;
	}
	if (reading.open)
		maker_warn(maker, tr(maker->lang, "The file ends before the new balance of its last account (record 07): lines may be missing."));
	return STATUS_FINE;
}

/* --- 240 ----------------------------------------------------------------------------------------------------------------- */

static void take_240(struct statement_maker *maker, const struct record *record, const char *own, int64_t *sum)
{
	int64_t amount;
	int32_t day;
	if (!digits_of(zone(record, 229, 240), &amount)) {
		reject(maker, record, "229-240", 229, 240, tr(maker->lang, "This is not an amount: 12 digits in cents are expected."));
		return;
	}
	if (!day_zone(record, 11, &day) || day == DAY_NONE) {
		reject(maker, record, "11-16", 11, 16, tr(maker->lang, "This is not a date (DDMMYY)."));
		return;
	}
	*sum += amount;
	char operation[3], reason[3];
	copy_zone(record, 9, 10, operation, sizeof operation), copy_zone(record, 227, 228, reason, sizeof reason);
	bool debit = strcmp(operation, "81") == 0, bill = strcmp(operation, "61") == 0;
	bool returned = debit || bill || (reason[0] && strcmp(reason, "00") != 0);
	struct bank_line *line = maker_line(maker, record->line);
	line->kind = returned ? BANK_LINE_RETURN : BANK_LINE_TRANSFER;
	line->booking_day = day, line->amount = returned ? -amount : amount;
	if (returned) line->return_code = text_zone(maker, record, 227, 228);
	line->bank_reference = maker_reference(text_zone(maker, record, 3, 8));
	/* two parties: the one whose account the file is about is ourselves */
	const char *first = account_at(maker, record, 22, 27, 32), *second = account_at(maker, record, 78, 83, 88);
	bool second_is_us = strcmp(second, own) == 0 && strcmp(first, own) != 0;
	line->payer_iban = second_is_us ? first : second;
	line->payer = second_is_us ? text_zone(maker, record, 43, 66) : text_zone(maker, record, 99, 122);
	line->label = returned ? tr(maker->lang, debit ? "Returned direct debit" : bill ? "Returned bill" : "Returned payment") : tr(maker->lang, "Transfer received");
	line->text = text_zone(maker, record, 129, debit ? 214 : bill ? 212 : 216);
	/* the reference that we gave: of a direct debit and of a bill at places of their own */
	if (debit) line->end_to_end = maker_reference(text_zone(maker, record, 153, 183));
	if (bill) line->end_to_end = maker_reference(text_zone(maker, record, 139, 148));
	int32_t original;
	if (day_zone(record, debit ? 215 : bill ? 213 : 217, &original)) line->value_day = original;
}

struct status cfonb240_read(struct statement_maker *maker, const char *bytes, size_t len)
{
	struct records records = { maker, bytes, bytes + len, 1, 240, false };
	struct record record;
	const char *own = "";
	int64_t sum = 0;
	bool open = false, any = false;
	while (next_record(&records, &record)) {
		struct slice kind = zone(&record, 1, 2);
		if (!any && !slice_equal(kind, "31"))
			return status_make(STATUS_INVALID, "Line %" PRId64 ": a CFONB 240 file begins with a record 31, which is not here.", record.line);
		any = true;
		if (slice_equal(kind, "31")) {
			struct bank_statement *statement = maker_statement(maker);
			statement->advice = true, open = true, sum = 0;
			memcpy(statement->currency, "EUR", 4);
			own = statement->account = account_at(maker, &record, 22, 27, 32);
			statement->account_name = text_zone(maker, &record, 43, 66);
			if (!day_zone(&record, 11, &statement->from_day)) statement->from_day = DAY_NONE;
			statement->to_day = statement->from_day;
		} else if (slice_equal(kind, "34") && open) {
			take_240(maker, &record, own, &sum);
		} else if (slice_equal(kind, "39") && open) {
			int64_t total;
			open = false;
			if (!digits_of(zone(&record, 229, 240), &total))
				reject(maker, &record, "229-240", 229, 240, tr(maker->lang, "This is not an amount: 12 digits in cents are expected."));
			else if (total != sum)
				maker_warn(maker, fill(maker->file->arena, tr(maker->lang, "Account {account}: the lines make {sum}, but the file's own total is {total}. Lines may be missing."),
					(struct blank[]){ { "account", own }, { "sum", maker_money(maker, sum, "EUR") }, { "total", maker_money(maker, total, "EUR") }, { 0 } }));
		} else {
			reject(maker, &record, "1-2", 1, 120, tr(maker->lang, "This is no record of CFONB 240: 31, 34 or 39 is expected at the start."));
		}
	}
	if (open) maker_warn(maker, tr(maker->lang, "The file ends before its total (record 39): lines may be missing."));
	return STATUS_FINE;
}
