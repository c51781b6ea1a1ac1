#include "formats/column.h"

#include "base/memory.h"

#include <string.h>

/* --- dates ---------------------------------------------------------------------------------------------------------- */

/* Month names in French and English, normalised; three letters tell them apart but for juin and juillet. */
static int month_named(const char *bytes, size_t len)
{
	static const struct {
		const char *start;
		int month;
	} names[] = { { "jan", 1 }, { "fev", 2 }, { "feb", 2 }, { "mar", 3 }, { "avr", 4 }, { "apr", 4 }, { "mai", 5 }, { "may", 5 },
		{ "juin", 6 }, { "jun", 6 }, { "juil", 7 }, { "jul", 7 }, { "aou", 8 }, { "aug", 8 }, { "sep", 9 }, { "oct", 10 },
		{ "nov", 11 }, { "dec", 12 } };
	cleanup_free char *plain = text_normalise(bytes, len);
	for (size_t i = 0; i < COUNT(names); i++)
		if (strncmp(plain, names[i].start, strlen(names[i].start)) == 0) return names[i].month;
	return 0;
}

struct parts {
	int number[3], digits[3]; /* digits: how many were written; 0 for a month by name */
	int count, named;         /* index of the month by name, -1 */
	bool dotted;
};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Cuts a cell into three numbers (the month perhaps a name); what follows a third part must be a time. */
static bool cut(struct slice cell, struct parts *parts)
{
	*parts = (struct parts){ .named = -1 };
	size_t i = 0;
	while (i < cell.len && parts->count < 3) {
		char c = cell.bytes[i];
		if (is_digit(c)) {
			int value = 0, digits = 0;
			for (; i < cell.len && is_digit(cell.bytes[i]); i++, digits++) {
				if (digits == 4) return false;
				value = value * 10 + (cell.bytes[i] - '0');
			}
			parts->number[parts->count] = value, parts->digits[parts->count++] = digits;
		} else if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (unsigned char)c >= 0xC3) {
			size_t from = i;
			while (i < cell.len && !is_digit(cell.bytes[i]) && !strchr(" ./-,", cell.bytes[i])) i++;
			int month = month_named(cell.bytes + from, i - from);
			if (!month || parts->named >= 0) return false;
			parts->named = parts->count, parts->number[parts->count++] = month;
		} else {
			return false;
		}
		if (parts->count == 3) break;
		size_t from = i;
		while (i < cell.len && strchr(" ./-,", cell.bytes[i])) i++;
		if (i == from || i - from > 2) return false;
		parts->dotted |= cell.bytes[from] == '.';
	}
	if (parts->count < 3) return false;
	/* a time of day: nothing of it is needed, all of it must look like one */
	if (i < cell.len && cell.bytes[i] != 'T' && cell.bytes[i] != ' ') return false;
	for (; i < cell.len; i++)
		if (!is_digit(cell.bytes[i]) && !strchr("T :.Z+-APMapmh", cell.bytes[i])) return false;
	return true;
}

static bool civil(int year, int digits, int month, int day, int32_t *out)
{
	if (digits == 2) year += year >= 70 ? 1900 : 2000;
	if ((digits != 2 && digits != 4) || !day_valid(year, month, day)) return false;
	*out = day_from_civil(year, month, day);
	return true;
}

static int two(const char *at)
{
	return (at[0] - '0') * 10 + (at[1] - '0');
}

static bool all_digits(struct slice cell)
{
	for (size_t i = 0; i < cell.len; i++)
		if (!is_digit(cell.bytes[i])) return false;
	return cell.len > 0;
}

static bool read_serial(struct slice cell, int32_t *out)
{
	size_t dot = 0;
	while (dot < cell.len && is_digit(cell.bytes[dot])) dot++;
	if (dot != 5) return false;
	for (size_t i = dot; i < cell.len; i++)
		if (i == dot ? cell.bytes[i] != '.' && cell.bytes[i] != ',' : !is_digit(cell.bytes[i])) return false;
	int serial = 0;
	for (size_t i = 0; i < 5; i++) serial = serial * 10 + (cell.bytes[i] - '0');
	if (serial < 20000 || serial > 80000) return false; /* 1954 .. 2119 */
	*out = serial - 25569;                              /* 25569 is 1970-01-01 */
	return true;
}

/* "/Date(1735603200000)/" of OData: milliseconds UTC. */
static bool read_odata(struct slice cell, int32_t *out)
{
	if (cell.len < 9 || memcmp(cell.bytes, "/Date(", 6) != 0) return false;
	size_t end = 6;
	while (end < cell.len && (is_digit(cell.bytes[end]) || (end == 6 && cell.bytes[end] == '-'))) end++;
	int64_t ms;
	if (!text_parse_int(cell.bytes + 6, end - 6, &ms)) return false;
	int64_t day = ms >= 0 ? ms / 86400000 : -((-ms + 86399999) / 86400000);
	if (day < DAY_MIN || day > DAY_MAX) return false;
	*out = (int32_t)day;
	return true;
}

bool date_read(struct slice cell, enum date_order order, int32_t *out)
{
	int32_t day;
	if (order == DATE_SERIAL) return read_serial(cell, out);
	if (cell.len && cell.bytes[0] == '/') return order != DATE_UNDECIDED && read_odata(cell, out);
	const char *b = cell.bytes;
	bool ok = false;
	if (cell.len == 8 && all_digits(cell)) {
		switch (order) {
		case DATE_YMD: ok = civil(two(b) * 100 + two(b + 2), 4, two(b + 4), two(b + 6), &day); break;
		case DATE_DMY: ok = civil(two(b + 4) * 100 + two(b + 6), 4, two(b + 2), two(b), &day); break;
		case DATE_MDY: ok = civil(two(b + 4) * 100 + two(b + 6), 4, two(b), two(b + 2), &day); break;
		default: break;
		}
	} else if (cell.len == 6 && all_digits(cell)) {
		switch (order) {
		case DATE_YMD: ok = civil(two(b), 2, two(b + 2), two(b + 4), &day); break;
		case DATE_DMY: ok = civil(two(b + 4), 2, two(b + 2), two(b), &day); break;
		case DATE_MDY: ok = civil(two(b + 4), 2, two(b), two(b + 2), &day); break;
		default: break;
		}
	} else {
		struct parts p;
		if (!cut(cell, &p)) return false;
		const int *n = p.number, *d = p.digits;
		bool year_first = d[0] == 4;
		/* a month by name settles day and month wherever it stands */
		if (p.named == 0)
			ok = order != DATE_UNDECIDED && civil(n[2], d[2], n[0], n[1], &day);
		else if (p.named == 1)
			ok = order != DATE_UNDECIDED && (year_first ? civil(n[0], d[0], n[1], n[2], &day) : civil(n[2], d[2], n[1], n[0], &day));
		else if (p.named < 0 && order == DATE_YMD)
			ok = d[1] <= 2 && d[2] <= 2 && civil(n[0], d[0], n[1], n[2], &day);
		else if (p.named < 0 && order == DATE_DMY)
			ok = d[0] <= 2 && d[1] <= 2 && civil(n[2], d[2], n[1], n[0], &day);
		else if (p.named < 0 && order == DATE_MDY)
			ok = d[0] <= 2 && d[1] <= 2 && !p.dotted && civil(n[2], d[2], n[0], n[1], &day);
	}
	if (ok) *out = day;
	return ok;
}

bool date_empty(struct slice cell)
{
	bool zero = true;
	for (size_t i = 0; i < cell.len && zero; i++) zero = strchr("0/-. :T", cell.bytes[i]) != NULL && cell.bytes[i];
	if (zero) return true;
	/* Business Central's and .NET's "no date" */
	return cell.len >= 10 && (memcmp(cell.bytes, "0001-01-01", 10) == 0 || memcmp(cell.bytes, "01/01/0001", 10) == 0);
}

void date_vote(struct date_votes *votes, struct slice cell)
{
	if (date_empty(cell)) return;
	votes->cells++;
	int32_t day;
	votes->ymd += date_read(cell, DATE_YMD, &day);
	votes->dmy += date_read(cell, DATE_DMY, &day);
	votes->mdy += date_read(cell, DATE_MDY, &day);
	votes->serial += date_read(cell, DATE_SERIAL, &day);
}

enum date_order date_decide(const struct date_votes *votes)
{
	int64_t best = votes->ymd;
	if (votes->dmy > best) best = votes->dmy;
	if (votes->mdy > best) best = votes->mdy;
	if (votes->serial > best) return DATE_SERIAL;
	if (best == 0) return DATE_UNDECIDED;
	/* eight digits that read as a year first are a year first: 2025 is no day, and 20122025 no plausible year */
	if (votes->ymd == best && votes->ymd > votes->dmy && votes->ymd > votes->mdy) return DATE_YMD;
	if (votes->ymd == best && votes->dmy < best && votes->mdy < best) return DATE_YMD;
	if (votes->ymd == best && votes->dmy == best && votes->mdy == best) return DATE_YMD; /* months by name only */
	if (votes->dmy > votes->mdy && votes->dmy > votes->ymd) return DATE_DMY;
	if (votes->mdy > votes->dmy && votes->mdy > votes->ymd) return DATE_MDY;
	return DATE_UNDECIDED;
}

static const char *const order_names[] = { "", "ymd", "dmy", "mdy", "serial" };

const char *date_order_name(enum date_order order)
{
	return order_names[order];
}

enum date_order date_order_parse(const char *name)
{
	for (size_t i = 1; i < COUNT(order_names); i++)
		if (name && strcmp(name, order_names[i]) == 0) return (enum date_order)i;
	return DATE_UNDECIDED;
}

/* --- amounts -------------------------------------------------------------------------------------------------------- */

void amount_vote(struct amount_votes *votes, struct slice cell)
{
	int commas = 0, dots = 0, after = 0, before = 0;
	char last = 0;
	bool digits = false, leading_zero = false, spaced = false;
	for (size_t i = 0; i < cell.len; i++) {
		char c = cell.bytes[i];
		if (is_digit(c)) {
			if (!digits) leading_zero = c == '0';
			digits = true;
			after++;
		} else if (c == ',' || c == '.') {
			commas += c == ',', dots += c == '.';
			if (!last) before = after;
			last = c, after = 0;
		} else if ((c == ' ' || c == '\'' || (unsigned char)c >= 0x80) && digits && !last) {
			spaced = true; /* groups by space: a mark behind them is the decimal one */
		}
	}
	if (!digits) return;
	votes->cells++;
	if (!last) return;
	char other = last == ',' ? '.' : ',', decimal = 0;
	int same = last == ',' ? commas : dots, others = last == ',' ? dots : commas;
	if (others > 0)
		decimal = same == 1 ? last : 0; /* 1.234,56; 1,234.567.8 is nothing */
	else if (same > 1)
		decimal = other;                /* 1.234.567 */
	else if (after != 3 || before == 0 || before > 3 || (leading_zero) || spaced)
		decimal = last;
	if (decimal == ',')
		votes->comma++;
	else if (decimal == '.')
		votes->dot++;
	else if (others == 0)
		votes->open++;
}

char amount_decide(const struct amount_votes *votes)
{
	if (votes->comma > votes->dot) return ',';
	if (votes->dot > votes->comma) return '.';
	return votes->open || votes->comma ? 0 : ',';
}
