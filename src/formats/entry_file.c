#include "formats/entry_file.h"

#include "base/memory.h"
#include "base/money.h"
#include "formats/keys.h"

#include <string.h>

static const struct entry_file_kind {
	enum format_kind kind;
	const char *format, *producer;
	/* msgids */
	const char *grounds;
	bool (*is)(const char *bytes, size_t len);
	struct status (*read)(struct entry_file *entries, const char *bytes, size_t len);
} kinds[] = { /* those that say so themselves first */
	{ FORMAT_CEGID_TRA, "cegid-tra", "Cegid",
	  "Accounting entries from Cegid (TRA): its first line begins with ***S.", cegid_tra_is, cegid_tra_read },
	{ FORMAT_CIEL_RIMPORT, "ciel-rimport", "Sage 50, Ciel",
	  "Accounting entries from Sage 50 or Ciel (RImport): its first line says so.", ciel_rimport_is, ciel_rimport_read },
	{ FORMAT_SAGE_MECG, "sage-mecg", "Sage 100",
	  "Accounting entries from Sage 100: blocks that begin with #MECG.", sage_mecg_is, sage_mecg_read },
	{ FORMAT_SAGE_PNM, "sage-pnm", "Sage 100",
	  "Accounting entries from Sage 100 (PNM): dates, accounts and sides stand in its columns.", sage_pnm_is, sage_pnm_read },
	{ FORMAT_CIEL_XIMPORT, "ciel-ximport", "Ciel",
	  "Accounting entries from Ciel (XIMPORT): dates, accounts and sides stand in its columns.", ciel_ximport_is, ciel_ximport_read },
	{ FORMAT_QUADRA, "quadra", "Cegid Quadra",
	  "Accounting entries from Cegid Quadra: its movements begin with M, its accounts with C.", quadra_is, quadra_read },
	{ FORMAT_ENTRY_TABLE, "entry-table", "",
	  "Accounting entries as a table: journal, date, account, debit and credit, and accounts that are no customers’.", entry_table_is, entry_table_read },
	{ FORMAT_EBP, "ebp", "EBP",
	  "Accounting entries from EBP: number, date, journal, account… between commas, without a header.", ebp_is, ebp_read },
};

static const struct entry_file_kind *kind_find(enum format_kind kind)
{
	for (size_t i = 0; i < COUNT(kinds); i++)
		if (kinds[i].kind == kind) return &kinds[i];
	return NULL;
}

const char *entry_file_format(enum format_kind kind)
{
	const struct entry_file_kind *found = kind_find(kind);
	return found ? found->format : "";
}

enum format_kind entry_file_kind(const char *format)
{
	for (size_t i = 0; i < COUNT(kinds); i++)
		if (strcmp(kinds[i].format, format) == 0) return kinds[i].kind;
	return FORMAT_UNKNOWN;
}

const char *entry_file_grounds(enum format_kind kind, enum lang lang)
{
	const struct entry_file_kind *found = kind_find(kind);
	return found ? tr(lang, found->grounds) : "";
}

enum format_kind entry_file_recognise(const char *bytes, size_t len)
{
	for (size_t i = 0; i < COUNT(kinds); i++)
		if (kinds[i].is(bytes, len)) return kinds[i].kind;
	return FORMAT_UNKNOWN;
}

/* --- lines and columns --------------------------------------------------------------------------------------------------------- */
struct entry_lines entry_lines_open(const char *bytes, size_t len)
{
	struct encoding_guess guess = encoding_guess(bytes, len);
	bool wide = !guess.ascii && (guess.encoding == ENCODING_UTF8 || guess.encoding == ENCODING_UTF8_DAMAGED);
	return (struct entry_lines){ .at = bytes + guess.mark_len, .end = bytes + len, .wide = wide };
}

bool entry_lines_next(struct entry_lines *lines)
{
	if (lines->at >= lines->end || *lines->at == 0x1A) return false; /* Ctrl-Z: the end, for DOS */
	size_t left = (size_t)(lines->end - lines->at);
	const char *feed = memchr(lines->at, '\n', left);
	size_t len = feed ? (size_t)(feed - lines->at) : left;
	lines->line = (struct slice){ lines->at, len };
	while (lines->line.len && lines->line.bytes[lines->line.len - 1] == '\r') lines->line.len--;
	lines->at += len + (feed != NULL);
	lines->number++;
	return true;
}

static bool continues(char byte)
{
	return ((unsigned char)byte & 0xC0) == 0x80;
}

size_t entry_width(const struct entry_lines *lines)
{
	if (!lines->wide) return lines->line.len;
	size_t width = 0;
	for (size_t i = 0; i < lines->line.len; i++) width += !continues(lines->line.bytes[i]);
	return width;
}

/* The byte where a character stands, from 0. */
static size_t place_of(const struct entry_lines *lines, size_t character)
{
	if (!lines->wide) return character < lines->line.len ? character : lines->line.len;
	size_t at = 0;
	while (at < lines->line.len && character > 0) {
		at++;
		while (at < lines->line.len && continues(lines->line.bytes[at])) at++;
		character--;
	}
	return at;
}

struct slice entry_column(const struct entry_lines *lines, int from, int count)
{
	size_t begin = place_of(lines, (size_t)from - 1), end = place_of(lines, (size_t)(from - 1 + count));
	return slice_trim((struct slice){ lines->line.bytes + begin, end - begin });
}

/* --- cells ------------------------------------------------------------------------------------------------------------------------ */
struct entry_row *entry_file_add(struct entry_file *entries)
{
	GROW(entries->rows, entries->row_count, entries->row_cap);
	struct entry_row *row = &entries->rows[entries->row_count++];
	*row = (struct entry_row){ .day = DAY_NONE, .due_day = DAY_NONE };
	return row;
}

static const char *currency_of(const struct entry_file *entries)
{
	return entries->options.currency && *entries->options.currency ? entries->options.currency : "EUR";
}

void entry_amount(struct entry_file *entries, struct entry_row *row, struct slice text, char decimal_mark, bool credit)
{
	struct amount_style style = { decimal_mark, currency_decimals(currency_of(entries)) };
	row->raw_amount = text = slice_trim(text);
	row->amount = 0;
	row->amount_read = text.len == 0 || amount_parse(text.bytes, text.len, style, &row->amount);
	if (row->amount_read && credit) row->amount = -row->amount;
}

void entry_cents(struct entry_file *entries, struct entry_row *row, struct slice text, bool credit)
{
	row->raw_amount = text = slice_trim(text);
	if (text.len && text.bytes[0] == '+') text.bytes++, text.len--;
	(void)entries;
	row->amount = 0;
	row->amount_read = text.len == 0 || (text_parse_int(text.bytes, text.len, &row->amount) && row->amount != INT64_MIN);
	if (row->amount_read && credit) row->amount = -row->amount;
}

void entry_without_side(struct entry_file *entries, struct entry_row *row, struct slice side)
{
	side = slice_trim(side);
	char *both = arena_printf(entries->arena, "%.*s %.*s", SLICE_PRINT(row->raw_amount), side.len ? (int)side.len : 1, side.len ? side.bytes : "?");
	row->raw_amount = slice_of(both), row->amount_read = false;
}

int32_t entry_day(struct slice text, enum entry_day order)
{
	char digits[9];
	size_t count = 0;
	text = slice_trim(text);
	for (size_t i = 0; i < text.len; i++) {
		char c = text.bytes[i];
		if (c == '/' || c == '-' || c == '.') continue;
		if (c < '0' || c > '9' || count == 8) return DAY_NONE;
		digits[count++] = c;
	}
	int64_t value;
	if ((count != 6 && count != 8) || !text_parse_int(digits, count, &value)) return DAY_NONE;
	int64_t year, month, day;
	if (order == ENTRY_YMD) {
		year = value / 10000, month = value / 100 % 100, day = value % 100;
	} else {
		int64_t unit = count == 6 ? 100 : 10000;
		year = value % unit, month = value / unit % 100, day = value / unit / 100;
	}
	if (count == 6) year += year >= 70 ? 1900 : 2000;
	if (!day_valid((int)year, (int)month, (int)day)) return DAY_NONE;
	return day_from_civil((int)year, (int)month, (int)day);
}

bool entry_side(struct slice text, bool *credit)
{
	text = slice_trim(text);
	*credit = slice_equal_fold(text, "C");
	return *credit || slice_equal_fold(text, "D");
}

/* --- which lines make one entry ------------------------------------------------------------------------------------------------- */
/* By what the package calls its pieces, where every one of them sums to zero; else the FEC's rule of the shortest run. */
static bool bundles_balance(const struct entry_file *entries)
{
	struct keys keys = { 0 };
	size_t cap = 0, count = 0;
	int64_t *sums = NULL;
	bool fine = true;
	for (size_t i = 0; i < entries->row_count && fine; i++) {
		const struct entry_row *row = &entries->rows[i];
		struct slice bundle = slice_trim(row->bundle);
		if (bundle.len == 0 || !row->amount_read) {
			fine = false;
			break;
		}
		char *key = arena_printf(entries->arena, "%.*s\t%d\t%.*s", SLICE_PRINT(slice_trim(row->journal)), row->day, SLICE_PRINT(bundle));
		uint32_t id = keys_take(&keys, slice_of(key), 0);
		while (count <= id) {
			GROW(sums, count, cap);
			sums[count++] = 0;
		}
		fine = !__builtin_add_overflow(sums[id], row->amount, &sums[id]);
	}
	for (size_t i = 0; i < count && fine; i++) fine = sums[i] == 0;
	keys_free(&keys);
	free(sums);
	return fine && entries->row_count > 0;
}

/* --- written out ---------------------------------------------------------------------------------------------------------------------- */
static void put(struct entry_file *entries, struct slice raw)
{
	struct slice text = encoding_text(entries->arena, &entries->guess, raw);
	for (size_t i = 0; i < text.len; i++) {
		char c = text.bytes[i];
		text_add_char(&entries->fec, c == '\t' || c == '\n' || c == '\r' ? ' ' : c == '"' ? '\'' : c);
	}
	text_add_char(&entries->fec, '\t');
}

static void put_day(struct entry_file *entries, int32_t day, struct slice raw)
{
	if (day == DAY_NONE) return put(entries, raw);
	struct civil civil = day_civil(day);
	text_addf(&entries->fec, "%04d%02d%02d\t", civil.year, civil.month, civil.day);
}

static void put_amount(struct entry_file *entries, int64_t minor)
{
	int decimals = currency_decimals(currency_of(entries));
	int64_t unit = 1;
	for (int i = 0; i < decimals; i++) unit *= 10;
	if (decimals)
		text_addf(&entries->fec, "%lld,%0*lld\t", (long long)(minor / unit), decimals, (long long)(minor % unit));
	else
		text_addf(&entries->fec, "%lld\t", (long long)minor);
}

static void write_out(struct entry_file *entries)
{
	static const char header[] =
		"JournalCode\tEcritureNum\tEcritureDate\tCompteNum\tCompteLib\tCompAuxNum\tCompAuxLib\tPieceRef\tPieceDate\tDateEcheance\t"
		"EcritureLib\tDebit\tCredit\tEcritureLet\tIdevise\n";
	bool bundled = bundles_balance(entries);
	text_add(&entries->fec, header);
	int64_t line = 1;
	for (size_t i = 0; i < entries->row_count; i++) {
		const struct entry_row *row = &entries->rows[i];
		for (; line < row->line; line++) text_add_char(&entries->fec, '\n');
		put(entries, row->opening ? slice_of("AN") : row->journal);
		if (bundled) text_addf(&entries->fec, "%d-%.*s", row->day, SLICE_PRINT(slice_trim(row->bundle)));
		text_add_char(&entries->fec, '\t');
		put_day(entries, row->day, row->raw_day);
		put(entries, row->account), put(entries, row->account_label), put(entries, row->customer), put(entries, row->customer_name);
		put(entries, row->piece);
		text_add_char(&entries->fec, '\t');
		put_day(entries, row->due_day, row->raw_due), put(entries, row->label);
		if (!row->amount_read) {
			put(entries, row->raw_amount);
			text_add_char(&entries->fec, '\t');
		} else {
			put_amount(entries, row->amount > 0 ? row->amount : 0), put_amount(entries, row->amount < 0 ? -row->amount : 0);
		}
		put(entries, row->lettering), put(entries, row->currency);
		text_add_char(&entries->fec, '\n'), line++;
	}
}

struct status entry_file_read(enum format_kind kind, const char *bytes, size_t len, struct entry_file_options options,
                           struct entry_file **out)
{
	const struct entry_file_kind *format = kind_find(kind);
	if (!format) return status_make(STATUS_INVALID, "This is no format of accounting entries.");
	struct entry_file *entries = xcalloc(1, sizeof *entries);
	entries->arena = arena_new(), entries->options = options;
	entries->format = format->format, entries->producer = format->producer;
	entries->guess = encoding_guess(bytes, len);
	struct status status = STATUS_FINE;
	if (entries->guess.encoding == ENCODING_UTF16_LE || entries->guess.encoding == ENCODING_UTF16_BE)
		status = status_make(STATUS_INVALID, "This file is UTF-16. Save it again as ANSI or UTF-8.");
	else
		status = format->read(entries, bytes, len);
	if (!status.code && entries->row_count == 0) status = status_make(STATUS_INVALID, "This file holds no entry.");
	if (status.code) return entry_file_free(entries), status;
	entries->encoding = encoding_name(entries->guess.encoding);
	write_out(entries);
	*out = entries;
	return STATUS_FINE;
}

void entry_file_free(struct entry_file *entries)
{
	if (!entries) return;
	text_free(&entries->fec);
	arena_free(entries->arena);
	free(entries->rows);
	free(entries);
}
