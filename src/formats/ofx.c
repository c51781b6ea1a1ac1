#include "formats/statement_maker.h"

#include "base/memory.h"
#include "formats/column.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* OFX 1 (SGML: leaves are not closed) and 2 (XML), QFX: one cutter of tags for both, since banks mix them. */

enum { TAG_MAX = 64, VALUE_MAX = 1 << 16 };

struct tag {
	char name[TAG_MAX + 1]; /* capitals */
	bool closing;
	struct slice value;     /* text behind an opening tag, raw */
	int64_t line;
};
struct tags {
	const char *at, *end;
	int64_t line;
};

static void count_lines(struct tags *tags, const char *to)
{
	for (const char *at = tags->at; at < to && (at = memchr(at, '\n', (size_t)(to - at))); at++) tags->line++;
	tags->at = to;
}

static bool starts(const char *at, const char *end, const char *what)
{
	return (size_t)(end - at) >= strlen(what) && memcmp(at, what, strlen(what)) == 0;
}

static bool next_tag(struct tags *tags, struct tag *tag)
{
	for (;;) {
		const char *open = tags->at < tags->end ? memchr(tags->at, '<', (size_t)(tags->end - tags->at)) : NULL;
		if (!open) return false;
		count_lines(tags, open);
		if (starts(open, tags->end, "<![CDATA[") || starts(open, tags->end, "<!--")) {
			const char *mark = open[2] == '[' ? "]]>" : "-->";
			const char *close = memmem(open, (size_t)(tags->end - open), mark, 3);
			count_lines(tags, close ? close + 3 : tags->end);
			continue;
		}
		const char *close = memchr(open, '>', (size_t)(tags->end - open));
		if (!close) return false;
		tag->line = tags->line;
		const char *name = open + 1;
		tag->closing = *name == '/';
		name += tag->closing;
		size_t len = 0;
		while (name + len < close && len < TAG_MAX && !strchr(" \t\r\n/", name[len]) && name[len]) {
			tag->name[len] = name[len] >= 'a' && name[len] <= 'z' ? (char)(name[len] - 32) : name[len];
			len++;
		}
		tag->name[len] = 0;
		count_lines(tags, close + 1);
		const char *value = tags->at, *stop, *text = value;
		while (text < tags->end && (*text == ' ' || *text == '\t' || *text == '\r' || *text == '\n')) text++;
		if (starts(text, tags->end, "<![CDATA[")) {
			value = text + 9;
			stop = memmem(value, (size_t)(tags->end - value), "]]>", 3);
		} else {
			stop = value < tags->end ? memchr(value, '<', (size_t)(tags->end - value)) : NULL;
		}
		tag->value = (struct slice){ value, (size_t)((stop ? stop : tags->end) - value) };
		if (tag->value.len > VALUE_MAX) tag->value.len = VALUE_MAX;
		return true;
	}
}

/* &amp; &lt; &#233; … in a text. */
static const char *decoded(struct statement_maker *maker, struct slice raw)
{
	static const struct {
		const char *name;
		uint32_t code;
	} names[] = { { "amp;", '&' }, { "lt;", '<' }, { "gt;", '>' }, { "quot;", '"' }, { "apos;", '\'' }, { "nbsp;", ' ' } };
	const char *text = maker_text(maker, raw);
	if (!strchr(text, '&')) return text;
	cleanup_text struct text out = { 0 };
	for (const char *at = text; *at;) {
		const char *next = NULL;
		if (at[0] == '&' && at[1] == '#') {
			char *end;
			bool hex = at[2] == 'x' || at[2] == 'X';
			unsigned long code = strtoul(at + 2 + hex, &end, hex ? 16 : 10);
			if (*end == ';' && end > at + 2 + hex && code >= 0x20 && code < 0x110000 && (code < 0xD800 || code > 0xDFFF)) text_add_utf8(&out, (uint32_t)code), next = end + 1;
		} else if (at[0] == '&') {
			for (size_t i = 0; i < COUNT(names) && !next; i++)
				if (strncmp(at + 1, names[i].name, strlen(names[i].name)) == 0) text_add_utf8(&out, names[i].code), next = at + 1 + strlen(names[i].name);
		}
		if (!next) text_add_char(&out, *at), next = at + 1;
		at = next;
	}
	return maker_utf8(maker, text_cstr(&out), out.len);
}

/* YYYYMMDD and perhaps a time and zone: the day as the bank writes it. */
static bool read_day(struct slice raw, int32_t *out)
{
	raw = slice_trim(raw);
	if (raw.len >= 10 && day_parse(raw.bytes, 10, out)) return true;
	int part[3] = { 0 };
	if (raw.len < 8) return false;
	for (size_t i = 0; i < 8; i++) {
		if (raw.bytes[i] < '0' || raw.bytes[i] > '9') return false;
		int *p = &part[i < 4 ? 0 : i < 6 ? 1 : 2];
		*p = *p * 10 + (raw.bytes[i] - '0');
	}
	if (!day_valid(part[0], part[1], part[2])) return false;
	*out = day_from_civil(part[0], part[1], part[2]);
	return true;
}

struct entry {
	int64_t line;
	struct slice type, posted, valued, amount, id, check, name, memo, payee, other_account, rate, currency;
	int64_t amount_line;
	bool original; /* the rate is that of ORIGCURRENCY */
};
struct reading {
	struct statement_maker *maker;
	char mark;        /* of all amounts of the file */
	bool statement, card, investment, in_entry, in_account, in_other, in_ledger, in_list, in_payee, in_status, in_available;
	int investments;
	struct entry entry;
	struct slice balance, balance_day, message;
	const char *branch; /* of the statement's account; "" */
	bool failed;      /* the bank answers with an error */
	const char *error;
};

static bool amount_of(const struct reading *reading, struct slice raw, const char *currency, int64_t *out)
{
	return amount_parse(raw.bytes, raw.len, (struct amount_style){ reading->mark, currency_decimals(currency) }, out);
}

static enum bank_line_kind kind_of_type(struct slice type, const char *label, bool card)
{
	static const struct {
		const char *type;
		enum bank_line_kind kind;
	} table[] = { { "CHECK", BANK_LINE_CHEQUE }, { "DIRECTDEBIT", BANK_LINE_DIRECT_DEBIT }, { "XFER", BANK_LINE_TRANSFER }, { "DIRECTDEP", BANK_LINE_TRANSFER }, { "FEE", BANK_LINE_FEE },
		      { "SRVCHG", BANK_LINE_FEE }, { "INT", BANK_LINE_FEE }, { "POS", BANK_LINE_CARD }, { "ATM", BANK_LINE_CARD } };
	enum bank_line_kind said = kind_of_label(label);
	if (said == BANK_LINE_RETURN || said == BANK_LINE_FEE) return said; /* RETURNED CHECK FEE is sent as CHECK */
	for (size_t i = 0; i < COUNT(table); i++)
		if (slice_equal_fold(slice_trim(type), table[i].type)) return table[i].kind;
	return said == BANK_LINE_OTHER && card ? BANK_LINE_CARD : said;
}

static void finish_entry(struct reading *reading)
{
	struct statement_maker *maker = reading->maker;
	struct entry *entry = &reading->entry;
	struct bank_statement *statement = maker_last(maker);
	char currency[4] = "EUR", written[4] = "";
	if (reading->maker->options.currency) maker_currency(currency, reading->maker->options.currency);
	if (statement->currency[0]) memcpy(currency, statement->currency, sizeof currency);
	maker_currency(written, decoded(maker, entry->currency));
	if (written[0] && !entry->original) memcpy(currency, written, sizeof currency);
	int64_t amount;
	int32_t day;
	if (!slice_trim(entry->posted).len) {
		maker_reject(maker, entry->line, "DTPOSTED", "", tr(maker->lang, "The movement has no date."));
		return;
	}
	if (!read_day(entry->posted, &day)) {
		maker_reject(maker, entry->line, "DTPOSTED", decoded(maker, entry->posted), tr(maker->lang, "This is not a date (YYYYMMDD)."));
		return;
	}
	struct slice raw = slice_trim(entry->amount);
	/* a currency sign shows that a program, not the bank, wrote it: not worth a guess */
	if (!raw.len || !strchr("+-.,0123456789", raw.bytes[0]) || !amount_of(reading, raw, currency, &amount)) {
		maker_reject(maker, entry->amount_line ? entry->amount_line : entry->line, "TRNAMT", decoded(maker, entry->amount), tr(maker->lang, "This is not an amount: digits with one decimal mark are expected."));
		return;
	}
	struct bank_line *line = maker_line(maker, entry->line);
	line->booking_day = day, line->amount = amount;
	if (!read_day(entry->valued, &line->value_day)) line->value_day = DAY_NONE;
	memcpy(line->currency, currency, sizeof currency);
	line->bank_reference = maker_reference(decoded(maker, entry->id));
	line->label = decoded(maker, entry->name);
	line->text = decoded(maker, entry->memo);
	line->payer = decoded(maker, entry->payee);
	if (!*line->label) line->label = line->payer;
	const char *check = maker_reference(decoded(maker, entry->check));
	if (*check) line->text = maker_join(maker, line->text, check);
	const char *account = maker_account(maker, decoded(maker, entry->other_account));
	if (iban_valid(account)) line->payer_iban = account;
	line->pending = slice_equal_fold(slice_trim(entry->type), "HOLD");
	line->kind = kind_of_type(entry->type, line->label, reading->card);
}

static void finish_statement(struct reading *reading)
{
	struct bank_statement *statement = maker_last(reading->maker);
	const char *currency = statement->currency[0] ? statement->currency : "EUR";
	struct slice raw = slice_trim(reading->balance);
	int64_t amount;
	int32_t day;
	if (raw.len && amount_of(reading, raw, currency, &amount))
		statement->closing = (struct bank_balance){ true, read_day(reading->balance_day, &day) ? day : DAY_NONE, amount };
	else if (raw.len)
		maker_warn(reading->maker, tr(reading->maker->lang, "The closing balance can't be read; the lines are not checked against it."));
	/* a French account in its three parts is the IBAN that other formats name it by */
	char iban[28];
	if (reading->branch && strlen(statement->bank) == 5 && strlen(reading->branch) == 5 && strlen(statement->account) == 11
	    && iban_french(statement->bank, reading->branch, statement->account, iban))
		statement->account = arena_strdup(reading->maker->file->arena, iban);
	reading->branch = "";
	reading->statement = reading->in_entry = reading->in_account = reading->in_ledger = reading->in_list = false;
}

static void take(struct reading *reading, const struct tag *tag)
{
	struct statement_maker *maker = reading->maker;
	struct bank_statement *statement = maker_last(maker);
	struct entry *entry = &reading->entry;
	bool open = !tag->closing;
#define IS(what) (strcmp(tag->name, what) == 0)
	if (IS("STMTRS") || IS("CCSTMTRS")) {
		if (reading->statement) finish_statement(reading);
		if (!open) return;
		maker_statement(maker);
		reading->statement = true, reading->card = IS("CCSTMTRS");
		reading->balance = reading->balance_day = (struct slice){ "", 0 };
	} else if (IS("INVSTMTRS")) {
		reading->investment = open;
		reading->investments += open;
	} else if (IS("STATUS")) {
		reading->in_status = open;
	} else if (reading->in_status) {
		if (!open) return;
		if (IS("SEVERITY")) reading->failed |= slice_equal_fold(slice_trim(tag->value), "ERROR");
		if (IS("MESSAGE") && reading->failed) reading->error = decoded(maker, tag->value);
	} else if (!reading->statement || reading->investment) {
		return;
	} else if (IS("STMTTRN")) {
		if (reading->in_entry) finish_entry(reading);
		reading->in_entry = open;
		*entry = (struct entry){ .line = tag->line };
	} else if (IS("BANKACCTFROM") || IS("CCACCTFROM")) {
		reading->in_account = open;
	} else if (IS("BANKACCTTO") || IS("CCACCTTO")) {
		reading->in_other = open;
	} else if (IS("LEDGERBAL")) {
		reading->in_ledger = open;
	} else if (IS("AVAILBAL")) {
		reading->in_available = open;
	} else if (IS("PAYEE")) {
		reading->in_payee = open;
	} else if (IS("BANKTRANLIST")) {
		reading->in_list = open;
	} else if (!open) {
		return;
	} else if (reading->in_entry) {
		if (IS("TRNTYPE")) entry->type = tag->value;
		else if (IS("DTPOSTED")) entry->posted = tag->value;
		else if (IS("DTAVAIL") || IS("VALUEDATE")) entry->valued = tag->value;
		else if (IS("TRNAMT")) entry->amount = tag->value, entry->amount_line = tag->line;
		else if (IS("FITID")) entry->id = tag->value;
		else if (IS("CHECKNUM")) entry->check = tag->value;
		else if (IS("NAME")) *(reading->in_payee ? &entry->payee : &entry->name) = tag->value;
		else if (IS("EXTDNAME") && slice_trim(tag->value).len) entry->name = tag->value;
		else if (IS("MEMO")) entry->memo = tag->value;
		else if (IS("ORIGCURRENCY")) entry->original = true;
		else if (IS("CURSYM")) entry->currency = tag->value;
		else if (IS("ACCTID") && reading->in_other) entry->other_account = tag->value;
	} else if (reading->in_account) {
		if (IS("ACCTID")) statement->account = maker_account(maker, decoded(maker, tag->value));
		else if (IS("BANKID")) statement->bank = decoded(maker, tag->value);
		else if (IS("BRANCHID")) reading->branch = decoded(maker, tag->value);
	} else if (reading->in_ledger) {
		if (IS("BALAMT")) reading->balance = tag->value;
		else if (IS("DTASOF")) reading->balance_day = tag->value;
	} else if (IS("CURDEF")) {
		maker_currency(statement->currency, decoded(maker, tag->value));
	} else if (IS("DTSTART")) {
		if (!read_day(tag->value, &statement->from_day)) statement->from_day = DAY_NONE;
	} else if (IS("DTEND")) {
		if (!read_day(tag->value, &statement->to_day)) statement->to_day = DAY_NONE;
	}
#undef IS
}

/* "-1234,56" is what some French banks write: one mark for the whole file, as for a column. */
static char decide_mark(const char *bytes, size_t len)
{
	struct amount_votes votes = { 0 };
	struct tags tags = { bytes, bytes + len, 1 };
	struct tag tag;
	while (next_tag(&tags, &tag))
		if (!tag.closing && (strcmp(tag.name, "TRNAMT") == 0 || strcmp(tag.name, "BALAMT") == 0)) amount_vote(&votes, slice_trim(tag.value));
	char mark = amount_decide(&votes);
	return votes.comma == 0 && votes.dot == 0 ? '.' : mark ? mark : '.'; /* the standard's, where nothing speaks */
}

struct status ofx_read(struct statement_maker *maker, const char *bytes, size_t len)
{
	struct reading reading = { .maker = maker, .error = "", .mark = decide_mark(bytes, len) };
	struct tags tags = { bytes, bytes + len, 1 };
	struct tag tag;
	bool ofx = false, closed = false;
	while (next_tag(&tags, &tag)) {
		if (strcmp(tag.name, "OFX") == 0) *(tag.closing ? &closed : &ofx) = true;
		if (ofx) take(&reading, &tag);
	}
	if (!ofx) return status_make(STATUS_INVALID, "The element <OFX> is missing: this is no OFX file.");
	if (reading.statement) {
		if (reading.in_entry) finish_entry(&reading);
		finish_statement(&reading);
	}
	if (maker->file->statement_count == 0) {
		if (reading.investments) return status_make(STATUS_INVALID, "This file is about an investment account (securities). Only bank and card accounts are read.");
		if (reading.failed) return status_make(STATUS_INVALID, "The file holds no statement, only an error of the bank: “%s”. Export it again later.", reading.error);
		return status_make(STATUS_INVALID, "The file holds no statement, only the sign-on or a list of accounts. Export the movements of an account.");
	}
	if (reading.investments) maker_warn(maker, tr(maker->lang, "The file also holds an investment account (securities), which is left out."));
	if (!closed) maker_warn(maker, tr(maker->lang, "The file breaks off before its end (</OFX>): lines may be missing."));
	return STATUS_FINE;
}
