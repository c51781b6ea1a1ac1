#include "formats/fec_inside.h"

#include "base/memory.h"
#include "formats/column.h"
#include "formats/encoding.h"
#include "formats/fec_header.h"
#include "formats/table.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { PROGRESS_LINES = 1 << 16 };

struct account_sum {
	uint64_t place; /* account in the high half, day + DAY_SHIFT in the low one; + 1, 0 is free */
	int64_t debit, credit;
};
#define DAY_SHIFT 100000

struct reading {
	struct fec *fec;
	struct fec_options options;
	const char *bytes;
	size_t len;
	struct encoding_guess guess;
	struct table_dialect dialect;
	struct fec_header header;
	int64_t header_line;
	enum date_order dates[FEC_FIELDS];
	struct amount_style style;
	struct keys journals, accounts, customers;
	struct entries entries;
	uint32_t *line_entry; /* by data line; ENTRY_NONE where the line itself was refused */
	size_t line_entry_cap;
	size_t lines_cap, customers_cap, journals_cap, accounts_cap, warnings_cap;
	uint8_t *account_flags;
	size_t account_flags_cap;
	struct account_sum *sums;
	uint32_t sum_count, sum_cap;
	uint64_t last_place;
	uint32_t last_sum;
	int64_t zero_lines, collective_lines, unread_currency;
};

static void rows_open(const struct reading *r, struct table *table)
{
	table_open(table, r->bytes, r->len, r->dialect);
	if (r->options.header_above) table->next_line = 0;
}

/* --- small readers --------------------------------------------------------------------------------------------------- */
static struct slice trim(struct slice s)
{
	while (s.len && (s.bytes[0] == ' ' || s.bytes[0] == '\t' || s.bytes[0] == '\r')) s.bytes++, s.len--;
	while (s.len && (s.bytes[s.len - 1] == ' ' || s.bytes[s.len - 1] == '\t' || s.bytes[s.len - 1] == '\r')) s.len--;
	return s;
}

static struct slice field(const struct reading *r, const struct table *table, enum fec_field name)
{
	int column = r->header.columns[name];
	return column < 0 ? (struct slice){ "", 0 } : trim(table_cell(table, column));
}

/* The same bytes, in a place that outlives the row: cells whose quotes were undone sit in the table's scratch. */
static struct slice steady(struct reading *r, struct slice raw)
{
	if (raw.len == 0) return (struct slice){ "", 0 };
	if (raw.bytes >= r->bytes && raw.bytes + raw.len <= r->bytes + r->len) return raw;
	return (struct slice){ arena_strndup(r->fec->arena, raw.bytes, raw.len), raw.len };
}

static struct slice words(struct reading *r, struct slice raw)
{
	return encoding_text(r->fec->arena, &r->guess, steady(r, raw));
}

/* A cell of no-break spaces or control characters is as empty as one without anything. */
static bool blank(struct reading *r, struct slice raw)
{
	if (raw.len == 0) return true;
	unsigned char first = (unsigned char)raw.bytes[0];
	return (first >= 0x80 || first < 0x20 || first == 0x7F) && words(r, raw).len == 0;
}

/* "0000000069,60", "683,23", "": what nearly every cell looks like. The rest goes the long way. */
static bool amount_read(struct reading *r, struct slice cell, int64_t *out)
{
	int64_t minor = 0;
	size_t i = 0;
	if (cell.len == 0) return *out = 0, true;
	if (cell.len <= 17) {
		for (; i < cell.len && cell.bytes[i] >= '0' && cell.bytes[i] <= '9'; i++) minor = minor * 10 + (cell.bytes[i] - '0');
		if (i > 0 && r->style.decimals == 2 && i + 3 == cell.len && cell.bytes[i] == r->style.decimal_mark
		    && cell.bytes[i + 1] >= '0' && cell.bytes[i + 1] <= '9' && cell.bytes[i + 2] >= '0' && cell.bytes[i + 2] <= '9')
			return *out = minor * 100 + (cell.bytes[i + 1] - '0') * 10 + (cell.bytes[i + 2] - '0'), true;
	}
	struct slice text = encoding_text(r->fec->arena, &r->guess, cell);
	if (text.len == 0) return *out = 0, true;
	return amount_parse(text.bytes, text.len, r->style, out);
}

static bool day_read(const struct reading *r, enum fec_field name, struct slice cell, int32_t *out)
{
	return date_read(cell, r->dates[name], out);
}

/* +1 debit, -1 credit, 0 can't be read. */
static int sense_read(struct slice cell)
{
	static const struct {
		const char *text;
		int sense;
	} senses[] = { { "D", 1 }, { "C", -1 }, { "+1", 1 }, { "-1", -1 }, { "1", 1 }, { "+", 1 }, { "-", -1 }, { "DEBIT", 1 }, { "CREDIT", -1 },
		{ "D\xC3\xA9" "bit", 1 }, { "Cr\xC3\xA9" "dit", -1 }, { "DB", 1 }, { "CR", -1 } };
	for (size_t i = 0; i < COUNT(senses); i++)
		if (slice_equal_fold(cell, senses[i].text)) return senses[i].sense;
	return 0;
}

static void refuse(struct reading *r, int64_t line, enum fec_field name, struct slice value, const char *reason)
{
	struct slice text = words(r, value);
	complaint_add(&r->fec->rejected, (struct complaint){ .line = line, .column = r->header.names[name] ? r->header.names[name] : "",
		.value = arena_strndup(r->fec->arena, text.bytes, text.len), .reason = reason });
}

static const char *count_text(struct arena *arena, int64_t value)
{
	return arena_printf(arena, "%lld", (long long)value);
}

static void warn(struct reading *r, const char *pattern, const struct blank *blanks)
{
	GROW(r->fec->warnings, r->fec->warning_count, r->warnings_cap);
	r->fec->warnings[r->fec->warning_count++] = fill(r->fec->arena, tr(r->options.lang, pattern), blanks);
}

/* --- journals, accounts, customers, sums ------------------------------------------------------------------------------ */
static bool code_in(struct slice code, const char *const *codes)
{
	for (; *codes; codes++)
		if (slice_equal_fold(code, *codes)) return true;
	return false;
}

static bool opening_label(struct slice label)
{
	cleanup_free char *plain = text_normalise(label.bytes, label.len);
	return strncmp(plain, "a nouveau", 9) == 0 || strncmp(plain, "report a nouveau", 16) == 0 || strncmp(plain, "anouveau", 8) == 0;
}

static uint32_t journal_take(struct reading *r, struct slice code, struct slice label)
{
	static const char *const usual[] = { "AN", "RAN", "ANO", "AD", NULL };
	uint32_t before = r->journals.count;
	uint32_t id = keys_take(&r->journals, code, 0);
	if (id >= before) {
		GROW(r->fec->journals, r->fec->journal_count, r->journals_cap);
		/* the key must not point into the table's scratch */
		r->journals.keys[id].bytes = steady(r, code).bytes;
		r->fec->journals[r->fec->journal_count++] = (struct fec_journal){ .code = words(r, code),
			.from_day = DAY_NONE, .to_day = DAY_NONE,
			.opening = code_in(code, r->options.opening_codes ? r->options.opening_codes : usual) };
	}
	struct fec_journal *journal = &r->fec->journals[id];
	if (journal->label.len == 0 && label.len) {
		journal->label = words(r, label);
		journal->opening |= opening_label(journal->label);
	}
	return id;
}

static bool prefixed(struct slice account, const char *prefix)
{
	size_t len = strlen(prefix);
	return account.len >= len && memcmp(account.bytes, prefix, len) == 0;
}

enum { ACCOUNT_RECEIVABLE = 64 };

static uint32_t account_take(struct reading *r, struct slice number, struct slice label)
{
	static const char *const usual[] = { "411", "413", "416", NULL };
	static const char *const never[] = { "4191", "4196", "4198", "418", NULL };
	uint32_t before = r->accounts.count, id = keys_take(&r->accounts, number, 0);
	if (id < before) return id;
	r->accounts.keys[id].bytes = steady(r, number).bytes;
	uint8_t flags = 0;
	const char *const *prefixes = r->options.receivable ? r->options.receivable : usual;
	for (; *prefixes; prefixes++)
		if (**prefixes && prefixed(number, *prefixes)) flags = ACCOUNT_RECEIVABLE;
	for (prefixes = never; *prefixes; prefixes++)
		if (prefixed(number, *prefixes)) flags = 0;
	if (prefixed(number, "70") || prefixed(number, "4457")) flags |= ENTRY_SALE;
	if (prefixed(number, "51") || prefixed(number, "53") || prefixed(number, "58")) flags |= ENTRY_BANK;
	if (id >= r->account_flags_cap) {
		r->account_flags_cap = r->account_flags_cap ? r->account_flags_cap * 2 : 256;
		r->account_flags = xrealloc(r->account_flags, r->account_flags_cap, 1);
	}
	r->account_flags[id] = flags;
	GROW(r->fec->accounts, r->fec->account_count, r->accounts_cap);
	r->fec->accounts[r->fec->account_count++] = (struct fec_account){ .number = words(r, number), .label = words(r, label),
		.receivable = flags & ACCOUNT_RECEIVABLE };
	return id;
}

static uint32_t customer_take(struct reading *r, struct slice code, struct slice name, bool collective)
{
	uint32_t before = r->customers.count, id = keys_take(&r->customers, code, 0);
	if (id >= before) {
		r->customers.keys[id].bytes = steady(r, code).bytes;
		GROW(r->fec->customers, r->fec->customer_count, r->customers_cap);
		r->fec->customers[r->fec->customer_count++] = (struct fec_customer){ .code = words(r, code), .collective = collective };
	}
	struct fec_customer *customer = &r->fec->customers[id];
	if (customer->name.len == 0 && name.len) customer->name = words(r, name);
	return id;
}

static struct account_sum *sum_find(struct reading *r, uint32_t account, int32_t day)
{
	uint64_t place = ((uint64_t)account << 32 | (uint32_t)(day + DAY_SHIFT)) + 1;
	if (place == r->last_place) return &r->sums[r->last_sum];
	if (r->sum_count * 2 >= r->sum_cap) {
		uint32_t cap = r->sum_cap ? r->sum_cap * 2 : 1024;
		struct account_sum *sums = xcalloc(cap, sizeof *sums);
		for (uint32_t i = 0; i < r->sum_cap; i++) {
			if (!r->sums[i].place) continue;
			uint32_t at = (uint32_t)(r->sums[i].place * UINT64_C(0x9E3779B97F4A7C15) >> 32) & (cap - 1);
			while (sums[at].place) at = (at + 1) & (cap - 1);
			sums[at] = r->sums[i];
		}
		free(r->sums);
		r->sums = sums, r->sum_cap = cap;
	}
	uint32_t at = (uint32_t)(place * UINT64_C(0x9E3779B97F4A7C15) >> 32) & (r->sum_cap - 1);
	while (r->sums[at].place && r->sums[at].place != place) at = (at + 1) & (r->sum_cap - 1);
	if (!r->sums[at].place) r->sums[at].place = place, r->sum_count++;
	r->last_place = place, r->last_sum = at;
	return &r->sums[at];
}

/* --- how the file writes dates and amounts ------------------------------------------------------------------------------ */
static void styles_decide(struct reading *r)
{
	static const enum fec_field dated[] = { FEC_POSTING_DAY, FEC_PIECE_DAY, FEC_DUE_DAY, FEC_LETTERED_DAY };
	struct date_votes dates[FEC_FIELDS] = { 0 };
	struct amount_votes amounts = { 0 };
	struct table table;
	rows_open(r, &table);
	for (int64_t rows = 0; table_next(&table) == TABLE_ROW; rows++) {
		if (table.line <= r->header_line || table.blank) continue;
		for (size_t i = 0; i < COUNT(dated); i++) date_vote(&dates[dated[i]], field(r, &table, dated[i]));
		amount_vote(&amounts, field(r, &table, FEC_DEBIT));
		amount_vote(&amounts, field(r, &table, FEC_CREDIT));
		amount_vote(&amounts, field(r, &table, FEC_AMOUNT));
		/* a thousand rows settle it, unless all their days are below the 13th, or no amount has decimals */
		if (rows >= 1000 && date_decide(&dates[FEC_POSTING_DAY]) != DATE_UNDECIDED && (amounts.comma || amounts.dot)) break;
	}
	table_close(&table);
	enum date_order order = date_decide(&dates[FEC_POSTING_DAY]);
	if (order == DATE_UNDECIDED) {
		for (size_t i = 1; i < COUNT(dated) && order == DATE_UNDECIDED; i++) order = date_decide(&dates[dated[i]]);
		/* The law's AAAAMMJJ, and failing that a French file's day first. */
		if (order == DATE_UNDECIDED) order = dates[FEC_POSTING_DAY].dmy ? DATE_DMY : DATE_YMD;
	}
	for (size_t i = 0; i < FEC_FIELDS; i++) r->dates[i] = order;
	for (size_t i = 1; i < COUNT(dated); i++) {
		enum date_order own = date_decide(&dates[dated[i]]);
		if (own != DATE_UNDECIDED) r->dates[dated[i]] = own;
	}
	char mark = amount_decide(&amounts);
	const char *currency = r->options.currency ? r->options.currency : "EUR";
	r->style = (struct amount_style){ mark ? mark : ',', currency_decimals(currency) }; /* the law's comma */
}

/* --- one line ------------------------------------------------------------------------------------------------------- */
enum line_result { LINE_TAKEN, LINE_REFUSED, LINE_OVERFLOW };

static bool amounts_read(struct reading *r, const struct table *table, bool complain, int64_t *debit, int64_t *credit)
{
	const char *reason = tr(r->options.lang, "This is not an amount as the rest of the file writes them.");
	*debit = *credit = 0;
	if (r->header.columns[FEC_AMOUNT] >= 0) {
		struct slice cell = field(r, table, FEC_AMOUNT), sense = field(r, table, FEC_SENSE);
		int64_t amount;
		if (!amount_read(r, cell, &amount)) {
			if (complain) refuse(r, table->line, FEC_AMOUNT, cell, reason);
			return false;
		}
		int side = r->header.columns[FEC_SENSE] < 0 ? 1 : sense_read(words(r, sense));
		if (side == 0 && amount != 0) {
			if (complain) refuse(r, table->line, FEC_SENSE, sense, tr(r->options.lang, "Debit or credit? Expected D or C, +1 or -1."));
			return false;
		}
		if (r->header.columns[FEC_SENSE] < 0 && amount < 0)
			*credit = -amount; /* signed amounts */
		else
			*(side >= 0 ? debit : credit) = amount;
		return true;
	}
	struct slice cell = field(r, table, FEC_DEBIT);
	enum fec_field name = FEC_DEBIT;
	bool ok = amount_read(r, cell, debit);
	if (ok) {
		cell = field(r, table, FEC_CREDIT), name = FEC_CREDIT;
		ok = amount_read(r, cell, credit);
	}
	if (!ok && complain) refuse(r, table->line, name, cell, reason);
	return ok;
}

/* Extra cells are fine when they are empty (a trailing separator); fewer are fine when only the last columns are missing. */
static bool width_fits(const struct reading *r, const struct table *table)
{
	if ((int)table->count <= r->header.last_needed) return false;
	for (size_t i = (size_t)r->header.count; i < table->count; i++)
		if (trim(table->cells[i]).len) return false;
	return true;
}

static bool optional_day(struct reading *r, const struct table *table, enum fec_field name, int32_t *out, bool *ok)
{
	*out = DAY_NONE;
	struct slice cell = field(r, table, name);
	if (date_empty(cell)) return true;
	if (day_read(r, name, cell, out)) return true;
	if (name == FEC_LETTERED_DAY) return true; /* told, never used for a figure */
	refuse(r, table->line, name, cell, tr(r->options.lang, "This is not a date as the rest of the column writes them."));
	return *ok = false;
}

static void currency_read(struct reading *r, const struct table *table, struct fec_line *line)
{
	struct slice code = field(r, table, FEC_CURRENCY), cell = field(r, table, FEC_CURRENCY_AMOUNT);
	const char *own = r->options.currency ? r->options.currency : "EUR";
	if (code.len != 3 || slice_equal_fold(code, own) || cell.len == 0) return;
	char currency[4] = { 0 };
	for (int i = 0; i < 3; i++) currency[i] = (char)(code.bytes[i] >= 'a' && code.bytes[i] <= 'z' ? code.bytes[i] - 32 : code.bytes[i]);
	int64_t amount;
	struct slice text = words(r, cell);
	struct amount_style style = { r->style.decimal_mark, currency_decimals(currency) };
	if (!currency_known(currency) || !amount_parse(text.bytes, text.len, style, &amount)) {
		r->unread_currency++;
		return;
	}
	if (amount == 0) return;
	memcpy(line->currency, currency, 4);
	line->currency_amount = (amount < 0) == (line->amount < 0) ? amount : -amount;
}

static void remember_entry(struct reading *r, size_t data_line, uint32_t entry)
{
	if (data_line >= r->line_entry_cap) {
		r->line_entry_cap = r->line_entry_cap ? r->line_entry_cap * 2 : 4096;
		r->line_entry = xrealloc(r->line_entry, r->line_entry_cap, sizeof *r->line_entry);
	}
	r->line_entry[data_line] = entry;
}

static enum line_result line_read(struct reading *r, const struct table *table, size_t data_line)
{
	struct fec *fec = r->fec;
	if (!width_fits(r, table)) {
		complaint_add(&fec->rejected, (struct complaint){ .line = table->line, .column = "", .value = "",
			.reason = fill(fec->arena, tr(r->options.lang, "The line has {columns} columns, the header {expected}."),
				(struct blank[]){ { "columns", count_text(fec->arena, (int64_t)table->count) },
					{ "expected", count_text(fec->arena, r->header.count) }, { 0 } }) });
		return LINE_REFUSED;
	}
	uint32_t journal = journal_take(r, field(r, table, FEC_JOURNAL), field(r, table, FEC_JOURNAL_LABEL));
	uint32_t number = (uint32_t)table->line;
	struct slice entry_number = field(r, table, FEC_ENTRY);
	uint32_t entry = entry_find(&r->entries, journal, steady(r, entry_number), number);
	struct slice account_cell = field(r, table, FEC_ACCOUNT), day_cell = field(r, table, FEC_POSTING_DAY);
	int64_t debit = 0, credit = 0, amount = 0;
	int32_t day = DAY_NONE;
	bool ok = amounts_read(r, table, true, &debit, &credit);
	if (ok && (!day_read(r, FEC_POSTING_DAY, day_cell, &day))) {
		refuse(r, table->line, FEC_POSTING_DAY, day_cell, tr(r->options.lang, "This is not a date as the rest of the column writes them."));
		ok = false;
	}
	if (ok && blank(r, account_cell)) {
		refuse(r, table->line, FEC_ACCOUNT, account_cell, tr(r->options.lang, "The account is missing."));
		ok = false;
	}
	if (ok && __builtin_sub_overflow(debit, credit, &amount)) return LINE_OVERFLOW;
	uint32_t account = ok ? account_take(r, account_cell, field(r, table, FEC_ACCOUNT_LABEL)) : 0;
	bool receivable = ok && (r->account_flags[account] & ACCOUNT_RECEIVABLE);
	struct fec_line line = { .line = number, .entry = entry, .journal = journal, .account = account, .posting_day = day,
		.amount = amount };
	if (receivable) {
		optional_day(r, table, FEC_PIECE_DAY, &line.piece_day, &ok);
		if (ok) optional_day(r, table, FEC_DUE_DAY, &line.due_day, &ok);
		if (ok) optional_day(r, table, FEC_LETTERED_DAY, &line.lettered_day, &ok);
	}
	if (!ok) {
		entry_add(&r->entries, entry, 0, 0, number, false, ENTRY_BAD);
		return LINE_REFUSED;
	}
	uint8_t flags = r->account_flags[account] & (ENTRY_SALE | ENTRY_BANK);
	if (!entry_add(&r->entries, entry, debit, credit, number, receivable, flags)) return LINE_OVERFLOW;
	struct account_sum *sum = sum_find(r, account, day);
	if (__builtin_add_overflow(sum->debit, debit, &sum->debit) || __builtin_add_overflow(sum->credit, credit, &sum->credit)
	    || __builtin_add_overflow(fec->debit, debit, &fec->debit) || __builtin_add_overflow(fec->credit, credit, &fec->credit))
		return LINE_OVERFLOW;
	struct fec_journal *where = &fec->journals[journal];
	if (where->from_day == DAY_NONE || day < where->from_day) where->from_day = day;
	if (where->to_day == DAY_NONE || day > where->to_day) where->to_day = day;
	r->zero_lines += debit == 0 && credit == 0;
	remember_entry(r, data_line, entry);
	if (!receivable) return LINE_TAKEN;

	struct slice code = field(r, table, FEC_CUSTOMER), name = field(r, table, FEC_CUSTOMER_LABEL);
	bool own_account = blank(r, code);
	if (own_account || blank(r, name)) name = field(r, table, FEC_ACCOUNT_LABEL);
	line.customer = customer_take(r, own_account ? account_cell : code, name, own_account);
	r->collective_lines += own_account;
	currency_read(r, table, &line);
	line.piece = spot_of(words(r, field(r, table, FEC_PIECE)), fec->arena);
	line.entry_number = spot_of(words(r, entry_number), fec->arena);
	line.label = spot_of(words(r, field(r, table, FEC_LABEL)), fec->arena);
	line.lettering = spot_of(words(r, field(r, table, FEC_LETTERING)), fec->arena);
	GROW(fec->lines, fec->line_count, r->lines_cap);
	fec->lines[fec->line_count++] = line;
	return LINE_TAKEN;
}

/* --- entries that don't balance ---------------------------------------------------------------------------------------- */
struct refused {
	uint32_t entry;
	struct text lines; /* "12–14, 20" */
	int64_t from, to;
	int shown;
	const char *reason;
};

static int by_entry(const void *a, const void *b)
{
	uint32_t left = ((const struct refused *)a)->entry, right = ((const struct refused *)b)->entry;
	return left < right ? -1 : left > right;
}

static void lines_add(struct refused *refused, int64_t line)
{
	if (refused->to && line == refused->to + 1) {
		refused->to = line;
		return;
	}
	if (refused->to && refused->shown < 6) {
		text_addf(&refused->lines, "%s%lld", refused->shown++ ? ", " : "", (long long)refused->from);
		if (refused->to > refused->from) text_addf(&refused->lines, "–%lld", (long long)refused->to);
	} else if (refused->to && refused->shown == 6) {
		text_add(&refused->lines, "…");
		refused->shown++;
	}
	refused->from = refused->to = line;
}

static const char *imbalance(struct reading *r, struct refused *refused)
{
	const struct entry *entry = &r->entries.entries[refused->entry];
	struct arena *arena = r->fec->arena;
	lines_add(refused, INT64_MAX / 2); /* writes the range that is still open */
	cleanup_text struct text debit = { 0 }, credit = { 0 };
	int64_t unit = r->style.decimals == 0 ? 1 : r->style.decimals == 3 ? 1000 : 100;
	const int64_t sums[2] = { entry->debit, entry->credit };
	for (int i = 0; i < 2; i++) {
		uint64_t size = sums[i] < 0 ? -(uint64_t)sums[i] : (uint64_t)sums[i];
		struct text *out = i ? &credit : &debit;
		text_addf(out, "%s%llu", sums[i] < 0 ? "-" : "", (unsigned long long)(size / (uint64_t)unit));
		if (unit > 1) text_addf(out, "%c%0*llu", r->style.decimal_mark, r->style.decimals, (unsigned long long)(size % (uint64_t)unit));
	}
	struct slice journal = r->fec->journals[entry->journal].code, number = words(r, entry->number);
	const struct blank blanks[] = { { "journal", arena_strndup(arena, journal.bytes, journal.len) },
		{ "number", number.len ? arena_strndup(arena, number.bytes, number.len) : "—" }, { "lines", text_cstr(&refused->lines) },
		{ "debit", text_cstr(&debit) }, { "credit", text_cstr(&credit) }, { 0 } };
	if (entry->debit != entry->credit)
		return fill(arena, tr(r->options.lang, "Entry {number} of journal {journal} (lines {lines}) does not balance: debit {debit}, credit {credit}. It is refused whole."), blanks);
	return fill(arena, tr(r->options.lang, "Entry {number} of journal {journal} (lines {lines}) holds a line that can't be read. It is refused whole."), blanks);
}

/* Goes through the file once more for the entries that are refused: their lines, their sums, their words. */
static void refuse_entries(struct reading *r)
{
	struct refused *list = NULL;
	size_t count = 0, cap = 0;
	for (uint32_t i = 0; i < r->entries.count; i++) {
		if (r->entries.entries[i].alias != ENTRY_NONE || !entry_refused(&r->entries.entries[i])) continue;
		GROW(list, count, cap);
		list[count++] = (struct refused){ .entry = i };
	}
	if (count == 0) return;
	for (int pass = 0; pass < 2; pass++) {
		struct table table;
		rows_open(r, &table);
		for (size_t data_line = 0; table_next(&table) == TABLE_ROW;) {
			if (table.line <= r->header_line || table.blank) continue;
			uint32_t entry = r->line_entry[data_line++];
			if (entry == ENTRY_NONE) continue;
			struct refused key = { .entry = entry_resolve(&r->entries, entry) };
			struct refused *refused = bsearch(&key, list, count, sizeof *list, by_entry);
			if (!refused) continue;
			if (pass == 0) {
				lines_add(refused, table.line);
				continue;
			}
			if (!refused->reason) refused->reason = imbalance(r, refused);
			int64_t debit, credit;
			int32_t day = DAY_NONE;
			refuse(r, table.line, FEC_ENTRY, field(r, &table, FEC_ENTRY), refused->reason);
			if (!amounts_read(r, &table, false, &debit, &credit) || !day_read(r, FEC_POSTING_DAY, field(r, &table, FEC_POSTING_DAY), &day)) continue;
			struct account_sum *sum = sum_find(r, account_take(r, field(r, &table, FEC_ACCOUNT), (struct slice){ "", 0 }), day);
			sum->debit -= debit, sum->credit -= credit;
		}
		table_close(&table);
	}
	for (size_t i = 0; i < count; i++) text_free(&list[i].lines);
	free(list);
	size_t kept = 0;
	for (size_t i = 0; i < r->fec->line_count; i++) {
		const struct fec_line *line = &r->fec->lines[i];
		if (!entry_refused(&r->entries.entries[entry_resolve(&r->entries, line->entry)])) r->fec->lines[kept++] = *line;
	}
	r->fec->line_count = kept;
}

static int by_line(const void *a, const void *b)
{
	int64_t left = ((const struct complaint *)a)->line, right = ((const struct complaint *)b)->line;
	return left < right ? -1 : left > right;
}

/* --- the end -------------------------------------------------------------------------------------------------------- */
static int by_account_and_day(const void *a, const void *b, void *context)
{
	const struct fec *fec = context;
	const struct fec_account_day *left = a, *right = b;
	if (left->account != right->account) {
		struct slice l = fec->accounts[left->account].number, m = fec->accounts[right->account].number;
		int order = memcmp(l.bytes, m.bytes, l.len < m.len ? l.len : m.len);
		if (order) return order;
		return l.len < m.len ? -1 : l.len > m.len ? 1 : left->account < right->account ? -1 : 1;
	}
	return left->day < right->day ? -1 : left->day > right->day;
}

static void account_days_write(struct reading *r)
{
	struct fec *fec = r->fec;
	fec->account_days = xcalloc(r->sum_count + 1, sizeof *fec->account_days);
	for (uint32_t i = 0; i < r->sum_cap; i++) {
		if (!r->sums[i].place || (r->sums[i].debit == 0 && r->sums[i].credit == 0)) continue;
		uint64_t place = r->sums[i].place - 1;
		fec->account_days[fec->account_day_count++] = (struct fec_account_day){ .account = (uint32_t)(place >> 32),
			.day = (int32_t)(uint32_t)place - DAY_SHIFT, .debit = r->sums[i].debit, .credit = r->sums[i].credit };
	}
	qsort_r(fec->account_days, fec->account_day_count, sizeof *fec->account_days, by_account_and_day, fec);
}

/* Customers that only stood in refused entries are none. */
static void customers_compact(struct fec *fec)
{
	uint32_t *place = xcalloc(fec->customer_count + 1, sizeof *place), kept = 0;
	for (size_t i = 0; i < fec->line_count; i++) place[fec->lines[i].customer] = 1;
	for (size_t i = 0; i < fec->customer_count; i++) {
		if (!place[i]) continue;
		fec->customers[kept] = fec->customers[i];
		place[i] = kept++;
	}
	for (size_t i = 0; i < fec->line_count; i++) fec->lines[i].customer = place[fec->lines[i].customer];
	fec->customer_count = kept;
	free(place);
}

static void finish(struct reading *r)
{
	struct fec *fec = r->fec;
	/* a file of a gigabyte has millions of entries: what the next step needs takes the place of what it does not */
	entries_drop_numbers(&r->entries);
	for (size_t i = 0; i < fec->journal_count; i++) fec->journals[i].numbered = entry_journal_numbered(&r->entries, (uint32_t)i);
	refuse_entries(r);
	free(r->line_entry);
	r->line_entry = NULL;
	if (fec->rejected.count) qsort(fec->rejected.rows, fec->rejected.count, sizeof *fec->rejected.rows, by_line);
	for (size_t i = 0; i < fec->line_count; i++) fec->lines[i].entry = entry_resolve(&r->entries, fec->lines[i].entry);
	fec_classify(fec, &r->entries);
	entries_drop(&r->entries);
	customers_compact(fec);
	fec_number(fec);
	for (size_t i = 0; i < fec->line_count; i++) fec->lines[i].entry++, fec->receivable_balance += fec->lines[i].amount;
	fec->ignored_lines = fec->data_lines - (int64_t)fec->line_count - fec->rejected.total;
	account_days_write(r);
	fec->from_day = fec->to_day = fec->fiscal_from = fec->fiscal_to = DAY_NONE;
	for (size_t i = 0; i < fec->account_day_count; i++) {
		int32_t day = fec->account_days[i].day;
		if (fec->from_day == DAY_NONE || day < fec->from_day) fec->from_day = day;
		if (fec->to_day == DAY_NONE || day > fec->to_day) fec->to_day = day;
	}
	/* Opening lines may carry the day of what they restate: only a journal posted on one day shows where the year begins. */
	for (size_t i = 0; i < fec->journal_count; i++) {
		const struct fec_journal *journal = &fec->journals[i];
		if (journal->opening || journal->from_day == DAY_NONE) continue;
		if (fec->fiscal_from == DAY_NONE || journal->from_day < fec->fiscal_from) fec->fiscal_from = journal->from_day;
	}
	if (fec->fiscal_from == DAY_NONE) fec->fiscal_from = fec->to_day;
	for (size_t i = 0; i < fec->journal_count; i++) {
		const struct fec_journal *journal = &fec->journals[i];
		if (journal->opening && journal->from_day != DAY_NONE && journal->from_day == journal->to_day && journal->from_day < fec->fiscal_from)
			fec->fiscal_from = journal->from_day;
	}
	if (fec->fiscal_from != DAY_NONE) {
		fec->fiscal_from = day_month_start(fec->fiscal_from);
		fec->fiscal_to = day_month_end(fec->to_day);
	}
}

static void warnings_write(struct reading *r)
{
	struct fec *fec = r->fec;
	struct arena *arena = fec->arena;
	if (r->guess.encoding == ENCODING_UTF8_DAMAGED)
		warn(r, "The file is UTF-8, but {count} characters are not; they were read as Windows-1252.",
		     (struct blank[]){ { "count", count_text(arena, r->guess.damaged) }, { 0 } });
	for (size_t i = 0; i < fec->journal_count; i++)
		if (!fec->journals[i].numbered && entry_journal_runs(&r->entries, (uint32_t)i) > 1)
			warn(r, "Journal {journal}: the entry number says nothing, entries were told apart by lines that sum to zero.",
			     (struct blank[]){ { "journal", arena_strndup(arena, fec->journals[i].code.bytes, fec->journals[i].code.len) }, { 0 } });
	if (r->collective_lines)
		for (size_t i = 0; i < fec->customer_count; i++) {
			const struct fec_customer *customer = &fec->customers[i];
			size_t zeros = customer->code.len;
			while (zeros > 3 && customer->code.bytes[zeros - 1] == '0') zeros--;
			if (customer->collective && zeros <= 3)
				warn(r, "Lines on the collective account {account} name no customer (CompAuxNum is empty): they are one customer.",
				     (struct blank[]){ { "account", arena_strndup(arena, customer->code.bytes, customer->code.len) }, { 0 } });
		}
	if (r->zero_lines)
		warn(r, "{count} lines have neither debit nor credit.", (struct blank[]){ { "count", count_text(arena, r->zero_lines) }, { 0 } });
	if (r->unread_currency)
		warn(r, "{count} amounts in foreign currency could not be read; the lines stand in the ledger's currency.",
		     (struct blank[]){ { "count", count_text(arena, r->unread_currency) }, { 0 } });
	if (fec->line_count == 0 && fec->rejected.total == 0)
		warn(r, "No line of this file is on a receivable account.", (struct blank[]){ { 0 } });
}

/* --- the file ------------------------------------------------------------------------------------------------------- */
static struct status lines_read(struct reading *r)
{
	struct fec *fec = r->fec;
	enum lang lang = r->options.lang;
	struct table table;
	rows_open(r, &table);
	enum table_step step;
	struct status status = STATUS_FINE;
	while ((step = table_next(&table)) == TABLE_ROW && !status.code) {
		if (table.line <= r->header_line || table.blank) continue;
		if (table.line >= UINT32_MAX - 1) {
			status = status_make(STATUS_INVALID, "%s", tr(lang, "The file has too many lines. Import it year by year."));
			break;
		}
		size_t data_line = (size_t)fec->data_lines++;
		switch (line_read(r, &table, data_line)) {
		case LINE_TAKEN: break;
		case LINE_REFUSED: remember_entry(r, data_line, ENTRY_NONE); break;
		case LINE_OVERFLOW:
			status = status_make(STATUS_INVALID, "%s",
				fill(fec->arena, tr(lang, "Line {line}: the amounts add up to more than any ledger holds. Is this the right file?"),
				     (struct blank[]){ { "line", count_text(fec->arena, table.line) }, { 0 } }));
			break;
		}
		if (fec->data_lines % PROGRESS_LINES == 0 && r->options.progress
		    && !r->options.progress(r->options.progress_context, (size_t)(table.at - r->bytes), r->len))
			status = status_make(STATUS_CONFLICT, "%s", tr(lang, "The import was stopped."));
	}
	if (!status.code && step != TABLE_END)
		status = status_make(STATUS_INVALID, "%s",
			fill(fec->arena, tr(lang, "Line {line} is too long to be a line of a text file. Is this the right file?"),
			     (struct blank[]){ { "line", count_text(fec->arena, table.line) }, { 0 } }));
	table_close(&table);
	if (!status.code && fec->data_lines == 0)
		status = status_make(STATUS_INVALID, "%s", tr(lang, "The file holds no line below its header."));
	return status;
}

static struct status read_all(struct reading *r, const char *bytes, size_t len)
{
	enum lang lang = r->options.lang;
	r->guess = encoding_guess(bytes, len);
	r->fec->encoding = encoding_name(r->guess.encoding);
	if (r->guess.encoding == ENCODING_UTF16_LE || r->guess.encoding == ENCODING_UTF16_BE) {
		encoding_convert_utf16(bytes, len, r->guess.encoding == ENCODING_UTF16_BE, &r->fec->converted, &len);
		bytes = r->fec->converted;
		r->guess = (struct encoding_guess){ .encoding = ENCODING_UTF8 };
	}
	r->bytes = bytes + r->guess.mark_len, r->len = len - r->guess.mark_len;
	if (memchr(r->bytes, 0, r->len)) return status_make(STATUS_INVALID, "%s", tr(lang, "This is not a text file: it holds zero bytes."));
	r->dialect = table_sniff(r->bytes, r->len);
	r->dialect.one_line = true;
	r->fec->separator = r->dialect.separator;
	TRY(fec_header_read(r->bytes, r->len, r->dialect, &r->guess, lang, r->fec->arena, &r->header, &r->header_line));
	if (r->options.header_above) r->header_line = 0;
	r->fec->has_due_column = r->header.columns[FEC_DUE_DAY] >= 0;
	styles_decide(r);
	TRY(lines_read(r));
	finish(r);
	warnings_write(r);
	return STATUS_FINE;
}

struct status fec_read(const char *bytes, size_t len, struct fec_options options, struct fec **out)
{
	struct fec *fec = xcalloc(1, sizeof *fec);
	fec->arena = arena_new();
	fec->rejected.arena = fec->arena;
	/* on the heap: its keys are salted by their addresses, which must not change */
	struct reading *r = xcalloc(1, sizeof *r);
	r->fec = fec, r->options = options;
	struct status status = read_all(r, bytes, len);
	keys_free(&r->journals);
	keys_free(&r->accounts);
	keys_free(&r->customers);
	entries_free(&r->entries);
	free(r->line_entry);
	free(r->account_flags);
	free(r->sums);
	free(r);
	if (status.code) {
		fec_free(fec);
		return status;
	}
	*out = fec;
	return STATUS_FINE;
}

void fec_drop_lines(struct fec *fec)
{
	free(fec->lines);
	fec->lines = NULL, fec->line_count = 0;
}

void fec_lines_taken(struct fec *fec, size_t count)
{
	uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE), from = (uintptr_t)fec->lines, to = (uintptr_t)(fec->lines + count);
	from = (from + page - 1) / page * page, to = to / page * page;
	if (to > from) madvise((void *)from, to - from, MADV_DONTNEED); /* a wish: refused, they stay until fec_drop_lines */
}

void fec_free(struct fec *fec)
{
	if (!fec) return;
	free(fec->lines);
	free(fec->customers);
	free(fec->journals);
	free(fec->accounts);
	free(fec->account_days);
	free(fec->warnings);
	free(fec->converted);
	complaints_free(&fec->rejected);
	arena_free(fec->arena);
	free(fec);
}
