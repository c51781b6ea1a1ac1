#include "formats/statement_maker.h"

#include "base/memory.h"
#include "formats/column.h"

#include <inttypes.h>
#include <jansson.h>
#include <string.h>
#include <strings.h>

/* QIF: fields by their first letter, records closed by ^. It names neither currency nor day order nor decimal mark, so that these
 * are decided once for the whole file, and a file whose dates could be either way is refused rather than guessed, until a person says it. */

enum { LINE_MAX_QIF = 1 << 16 };
enum section { SECTION_NONE, SECTION_MONEY, SECTION_CARD, SECTION_ACCOUNT, SECTION_INVESTMENT, SECTION_LIST };

struct lines {
	const char *at, *end;
	int64_t line; /* of the one given last */
};

static bool next_line(struct lines *lines, struct slice *out)
{
	if (lines->at >= lines->end) return false;
	const char *stop = lines->at;
	while (stop < lines->end && *stop != '\n' && *stop != '\r') stop++;
	*out = slice_trim((struct slice){ lines->at, (size_t)(stop - lines->at) });
	if (stop < lines->end && *stop == '\r') stop++;
	if (stop < lines->end && *stop == '\n') stop++;
	lines->at = stop;
	lines->line++;
	return true;
}

static enum section section_of(struct slice line)
{
	static const struct {
		const char *name;
		enum section section;
	} table[] = { { "!Type:Bank", SECTION_MONEY }, { "!Type:Cash", SECTION_MONEY }, { "!Type:CCard", SECTION_CARD }, { "!Type:Oth A", SECTION_MONEY }, { "!Type:Oth L", SECTION_MONEY },
		      { "!Type:Invst", SECTION_INVESTMENT }, { "!Type:Port", SECTION_INVESTMENT }, { "!Account", SECTION_ACCOUNT } };
	for (size_t i = 0; i < COUNT(table); i++)
		if (line.len >= strlen(table[i].name) && strncasecmp(line.bytes, table[i].name, strlen(table[i].name)) == 0) return table[i].section;
	return SECTION_LIST;
}

static bool is_option(struct slice line)
{
	return line.len > 7 && (strncasecmp(line.bytes, "!Option", 7) == 0 || strncasecmp(line.bytes, "!Clear:", 7) == 0);
}

/* "2/10'2020" and "1/ 1'00" as a date that column.h reads. */
static struct slice plain_date(struct slice raw, char out[static 32])
{
	size_t len = 0;
	for (size_t i = 0; i < raw.len && len < 31; i++)
		if (raw.bytes[i] != ' ') out[len++] = raw.bytes[i] == '\'' ? '/' : raw.bytes[i];
	out[len] = 0;
	return (struct slice){ out, len };
}

struct record {
	int64_t line;
	struct slice date, amount, payee, memo, number, category;
	bool split, any;
};

/* One pass over the money records; the same for deciding and for reading. */
struct walk {
	struct lines lines;
	enum section section;
	bool section_begins;     /* the record is the first of its section */
	struct slice account;
	int investments;
};

static bool next_record(struct walk *walk, struct record *record)
{
	struct slice line;
	*record = (struct record){ 0 };
	while (next_line(&walk->lines, &line)) {
		if (!line.len) continue;
		if (line.bytes[0] == '!') {
			if (is_option(line)) continue;
			walk->section = section_of(line), walk->section_begins = true;
			walk->investments += walk->section == SECTION_INVESTMENT;
			*record = (struct record){ 0 };
			continue;
		}
		struct slice value = slice_trim((struct slice){ line.bytes + 1, line.len - 1 });
		if (walk->section == SECTION_ACCOUNT && line.bytes[0] == 'N') walk->account = value;
		if (walk->section != SECTION_MONEY && walk->section != SECTION_CARD) continue;
		if (line.bytes[0] == '^') {
			if (record->any) return true;
			continue;
		}
		if (!record->any) record->line = walk->lines.line;
		record->any = true;
		switch (line.bytes[0]) {
		case 'S': record->split = true; break;
		case 'D':
			if (!record->split) record->date = value; /* a split may bring its own */
			break;
		case 'T': record->amount = value; break;
		case 'U':
			if (!record->amount.len) record->amount = value;
			break;
		case 'P': record->payee = value; break;
		case 'M': record->memo = value; break;
		case 'N': record->number = value; break;
		case 'L': record->category = value; break;
		default: break; /* address, cleared, split amounts: the total says it all */
		}
	}
	return record->any; /* the last one without its ^ */
}

struct style {
	enum date_order dates;
	char mark;
};

/* Both ways read: the one in which the records are in order of time, when it is only one. */
static enum date_order by_sequence(const char *bytes, size_t len)
{
	bool fits[2] = { true, true };
	static const enum date_order orders[2] = { DATE_DMY, DATE_MDY };
	for (size_t i = 0; i < 2; i++) {
		struct walk walk = { .lines = { bytes, bytes + len, 0 } };
		struct record record;
		int32_t last = DAY_NONE, day;
		int up = 0, down = 0;
		while (next_record(&walk, &record)) {
			char plain[32];
			if (!date_read(plain_date(record.date, plain), orders[i], &day)) continue;
			if (last != DAY_NONE) up += day > last, down += day < last;
			last = day;
		}
		fits[i] = !(up && down) && up + down >= 2;
	}
	return fits[0] == fits[1] ? DATE_UNDECIDED : fits[0] ? DATE_DMY : DATE_MDY;
}

static struct status decide(struct statement_maker *maker, const char *bytes, size_t len, struct style *style)
{
	struct walk walk = { .lines = { bytes, bytes + len, 0 } };
	struct record record;
	struct date_votes dates = { 0 };
	struct amount_votes amounts = { 0 };
	bool differ = false;
	while (next_record(&walk, &record)) {
		char plain[32];
		int32_t dmy, mdy;
		struct slice date = plain_date(record.date, plain);
		date_vote(&dates, date);
		differ |= date_read(date, DATE_DMY, &dmy) && date_read(date, DATE_MDY, &mdy) && dmy != mdy;
		amount_vote(&amounts, record.amount);
	}
	style->dates = date_decide(&dates);
	json_t *told = maker->options.mapping ? json_loads(maker->options.mapping, 0, NULL) : NULL; /* by a person: never cell by cell */
	const char *order = json_string_value(json_object_get(told, "dates"));
	if (order && date_order_parse(order) != DATE_UNDECIDED) style->dates = date_order_parse(order);
	json_decref(told);
	if (style->dates == DATE_UNDECIDED && dates.dmy) {
		style->dates = differ ? by_sequence(bytes, len) : DATE_DMY;
		if (style->dates == DATE_UNDECIDED)
			return status_make(STATUS_INVALID, "The dates of this file can be read with the day or with the month first, and nothing tells which: say it where the file waits (page Imports), or export it as OFX or CSV.");
		if (differ) maker_warn(maker, tr(maker->lang, style->dates == DATE_DMY ? "Dates are read with the day first: only so are the movements in order of time." : "Dates are read with the month first: only so are the movements in order of time."));
	}
	style->mark = amount_decide(&amounts);
	if (!style->mark) style->mark = '.'; /* 1,234 throughout: as Quicken writes thousands */
	return STATUS_FINE;
}

static void take(struct statement_maker *maker, const struct walk *walk, const struct record *record, struct style style)
{
	char plain[32];
	int32_t day;
	int64_t amount;
	const char *currency = maker->options.currency ? maker->options.currency : "EUR";
	if (!record->date.len || !date_read(plain_date(record->date, plain), style.dates, &day)) {
		maker_reject(maker, record->line, "D", maker_text(maker, record->date), record->date.len ? tr(maker->lang, "This is not a date as the other lines write it.") : tr(maker->lang, "The movement has no date."));
		return;
	}
	if (!record->amount.len || !amount_parse(record->amount.bytes, record->amount.len, (struct amount_style){ style.mark, currency_decimals(currency) }, &amount)) {
		maker_reject(maker, record->line, "T", maker_text(maker, record->amount), tr(maker->lang, "This is not an amount as the other lines write it."));
		return;
	}
	struct bank_statement *statement = maker_last(maker);
	const char *payee = maker_text(maker, record->payee);
	if (strcasecmp(payee, "Opening Balance") == 0 && !statement->opening.known && statement->line_count == 0) {
		statement->opening = (struct bank_balance){ true, day, amount };
		const char *category = maker_text(maker, record->category);
		if (!*statement->account && category[0] == '[') statement->account = maker_utf8(maker, category + 1, strcspn(category + 1, "]"));
		return;
	}
	struct bank_line *line = maker_line(maker, record->line);
	line->booking_day = day, line->amount = amount;
	line->label = payee;
	line->text = maker_text(maker, record->memo);
	const char *number = maker_reference(maker_text(maker, record->number));
	if (*number) line->text = maker_join(maker, line->text, number);
	line->kind = kind_of_label(payee);
	if (line->kind == BANK_LINE_OTHER && walk->section == SECTION_CARD) line->kind = BANK_LINE_CARD;
	/* whoever the program took for the other side; where it is the bank's wording, nobody */
	if (line->kind == BANK_LINE_OTHER) line->payer = payee;
	if (statement->from_day == DAY_NONE || day < statement->from_day) statement->from_day = day;
	if (statement->to_day == DAY_NONE || day > statement->to_day) statement->to_day = day;
}

struct status qif_read(struct statement_maker *maker, const char *bytes, size_t len)
{
	struct lines lines = { bytes, bytes + len, 0 };
	struct slice line;
	bool header = false;
	while (next_line(&lines, &line)) {
		if (line.len > LINE_MAX_QIF) return status_make(STATUS_INVALID, "Line %" PRId64 " is longer than %d characters. This is no QIF.", lines.line, LINE_MAX_QIF);
		header |= line.len > 1 && line.bytes[0] == '!';
	}
	if (!header) return status_make(STATUS_INVALID, "No line of a QIF file (!Type:Bank …) stands in the file.");
	struct style style = { 0 };
	TRY(decide(maker, bytes, len, &style));
	struct walk walk = { .lines = { bytes, bytes + len, 0 } };
	struct record record;
	while (next_record(&walk, &record)) {
		if (walk.section_begins || !maker_last(maker)) {
			const char *account = maker_account(maker, maker_text(maker, walk.account));
			struct bank_statement *last = maker_last(maker);
			if (!last || strcmp(last->account, account) != 0) maker_statement(maker)->account = account;
			walk.section_begins = false;
		}
		take(maker, &walk, &record, style);
	}
	if (maker->file->statement_count == 0) {
		if (walk.investments) return status_make(STATUS_INVALID, "This file is about an investment account (securities). Only bank and card accounts are read.");
		return status_make(STATUS_INVALID, "The file holds no movement, only lists of accounts, categories or classes.");
	}
	if (walk.investments) maker_warn(maker, tr(maker->lang, "The file also holds an investment account (securities), which is left out."));
	return STATUS_FINE;
}
