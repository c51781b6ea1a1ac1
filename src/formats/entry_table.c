/* entry_table — accounting entries as a table with a header that is no FEC's: EBP, Pennylane, Sage's "paramétrable" export, a
 * general ledger out of any package (reference page formats, 10.2, 10.4, 10.7). Told from a list of items by its accounts: some
 * of them are no customers'. */
#include "formats/entry_file.h"

#include "base/memory.h"
#include "formats/column.h"
#include "formats/table.h"

#include <string.h>

enum field { JOURNAL, DAY, ACCOUNT, ACCOUNT_LABEL, THIRD, THIRD_NAME, PIECE, BUNDLE, LABEL, DUE, DEBIT, CREDIT, AMOUNT, SIDE, LETTERING, CURRENCY, FIELDS };
enum { HEADER_ROWS = 10, ROWS_LOOKED_AT = 300 };

/* As text_normalise gives them, the surest first. */
static const char *const names[FIELDS] = {
	[JOURNAL] = "journal|code journal|jo num|jnl|journal code",
	[DAY] = "date|ec date|date ecriture|date d ecriture|date comptable|date de comptabilisation|posting date",
	[ACCOUNT] = "compte|compte general|numero de compte|numero compte|n compte|n de compte|no compte|cg num|compte comptable|account|account no|account number|gl account",
	[ACCOUNT_LABEL] = "intitule du compte|intitule compte|libelle compte|libelle du compte|nom du compte|account name",
	[THIRD] = "ct num|compte tiers|code tiers|compte auxiliaire|n compte tiers|auxiliaire|tiers|customer no",
	[THIRD_NAME] = "nom tiers|nom du tiers|intitule tiers|ct intitule|customer name",
	[PIECE] = "ec refpiece|reference piece|ref piece|n facture|numero de facture|n piece|numero de piece|numero piece|no piece|n de piece|piece|reference|document no|document",
	[BUNDLE] = "ec piece|n ecriture|numero ecriture|numero d ecriture|n mouvement|mouvement|entry no",
	[LABEL] = "libelle|ec intitule|libelle ecriture|libelle de l ecriture|intitule|description|label",
	[DUE] = "echeance|date d echeance|date echeance|ec echeance|due date",
	[DEBIT] = "debit|debits|montant debit|debit eur",
	[CREDIT] = "credit|credits|montant credit|credit eur",
	[AMOUNT] = "montant|ec montant|amount",
	[SIDE] = "sens|ec sens|d c|dc",
	[LETTERING] = "lettrage|ec lettrage|lettre|code lettrage|let",
	[CURRENCY] = "devise|code devise|currency",
};

struct layout {
	int columns[FIELDS];
	int64_t header_line;
	bool french;       /* its account column is named so: 150125 is the 15th then */
	struct table_dialect dialect;
	const char *bytes; /* without its byte order mark */
	size_t len;
};

/* How far down the list of names a header stands; -1: not in it. */
static int rank_of(const char *plain, const char *list)
{
	size_t n = strlen(plain);
	int rank = 0;
	for (const char *at = list; n && *at; rank++) {
		size_t len = strcspn(at, "|");
		if (len == n && memcmp(at, plain, n) == 0) return rank;
		at += len + (at[len] == '|');
	}
	return -1;
}

static bool header_match(const struct table *table, const struct encoding_guess *guess, struct arena *arena, struct layout *layout)
{
	int ranks[FIELDS], *columns = layout->columns;
	for (int i = 0; i < FIELDS; i++) columns[i] = -1, ranks[i] = INT32_MAX;
	for (size_t i = 0; i < table->count; i++) {
		struct slice cell = encoding_text(arena, guess, table->cells[i]);
		if (cell.len == 0 || cell.len > 60) continue;
		cleanup_free char *plain = text_normalise(cell.bytes, cell.len);
		for (int field = 0; field < FIELDS; field++) {
			int rank = rank_of(plain, names[field]);
			if (rank >= 0 && rank < ranks[field]) ranks[field] = rank, columns[field] = (int)i;
		}
	}
	bool amounts = (columns[DEBIT] >= 0 && columns[CREDIT] >= 0) || (columns[AMOUNT] >= 0 && columns[SIDE] >= 0);
	layout->french = ranks[ACCOUNT] < rank_of("account", names[ACCOUNT]);
	return columns[JOURNAL] >= 0 && columns[DAY] >= 0 && columns[ACCOUNT] >= 0 && amounts;
}

static bool is_account(struct slice cell)
{
	if (cell.len < 3 || cell.bytes[0] < '1' || cell.bytes[0] > '9') return false;
	return cell.bytes[1] >= '0' && cell.bytes[1] <= '9' && cell.bytes[2] >= '0' && cell.bytes[2] <= '9';
}

static bool layout_find(const char *bytes, size_t len, struct layout *layout)
{
	struct encoding_guess guess = encoding_guess(bytes, len);
	if (guess.encoding == ENCODING_UTF16_LE || guess.encoding == ENCODING_UTF16_BE) return false;
	*layout = (struct layout){ .bytes = bytes + guess.mark_len, .len = len - guess.mark_len };
	layout->dialect = table_sniff(layout->bytes, layout->len);
	if (!layout->dialect.separator) return false;
	cleanup_arena struct arena *arena = arena_new();
	struct table table;
	int rows = 0, accounts = 0, others = 0;
	table_open(&table, layout->bytes, layout->len, layout->dialect);
	for (int i = 0; i < HEADER_ROWS && !layout->header_line && table_next(&table) == TABLE_ROW; i++)
		if (!table.blank && header_match(&table, &guess, arena, layout)) layout->header_line = table.line;
	while (layout->header_line && rows < ROWS_LOOKED_AT && table_next(&table) == TABLE_ROW) {
		struct slice account = slice_trim(table_cell(&table, layout->columns[ACCOUNT]));
		if (table.blank || account.len == 0) continue;
		rows++;
		if (!is_account(account)) continue;
		accounts++;
		others += memcmp(account.bytes, "411", 3) != 0 && memcmp(account.bytes, "413", 3) != 0 && memcmp(account.bytes, "416", 3) != 0;
	}
	table_close(&table);
	return rows > 0 && accounts * 10 >= rows * 9 && others > 0;
}

bool entry_table_is(const char *bytes, size_t len)
{
	struct layout layout;
	return layout_find(bytes, len, &layout);
}

/* --- how its columns write dates and amounts: decided once for each column ---------------------------------------------------- */
struct styles {
	enum date_order day, due;
	char mark;
};

static struct styles styles_decide(const struct layout *layout)
{
	struct date_votes day = { 0 }, due = { 0 };
	struct amount_votes amounts = { 0 };
	struct table table;
	table_open(&table, layout->bytes, layout->len, layout->dialect);
	while (table_next(&table) == TABLE_ROW) {
		if (table.line <= layout->header_line || table.blank) continue;
		date_vote(&day, slice_trim(table_cell(&table, layout->columns[DAY])));
		date_vote(&due, slice_trim(table_cell(&table, layout->columns[DUE])));
		amount_vote(&amounts, slice_trim(table_cell(&table, layout->columns[DEBIT])));
		amount_vote(&amounts, slice_trim(table_cell(&table, layout->columns[CREDIT])));
		amount_vote(&amounts, slice_trim(table_cell(&table, layout->columns[AMOUNT])));
	}
	table_close(&table);
	struct styles styles = { date_decide(&day), date_decide(&due), amount_decide(&amounts) };
	if (styles.day == DATE_UNDECIDED && layout->french && day.dmy) styles.day = DATE_DMY;
	if (styles.due == DATE_UNDECIDED) styles.due = styles.day;
	return styles;
}

/* Cells whose doubled quotes were undone lie in the table's scratch. */
static struct slice kept(struct entry_file *entries, const struct layout *layout, const struct table *table, enum field field)
{
	if (layout->columns[field] < 0) return (struct slice){ "", 0 };
	struct slice cell = slice_trim(table_cell(table, layout->columns[field]));
	if (cell.len == 0 || (cell.bytes >= layout->bytes && cell.bytes < layout->bytes + layout->len)) return cell;
	return (struct slice){ arena_strndup(entries->arena, cell.bytes, cell.len), cell.len };
}

static void take_amount(struct entry_file *entries, const struct layout *layout, const struct table *table, char mark, struct entry_row *row)
{
	if (layout->columns[DEBIT] >= 0 && layout->columns[CREDIT] >= 0) {
		entry_amount(entries, row, kept(entries, layout, table, DEBIT), mark, false);
		if (!row->amount_read) return;
		int64_t debit = row->amount;
		entry_amount(entries, row, kept(entries, layout, table, CREDIT), mark, true);
		if (row->amount_read && __builtin_add_overflow(debit, row->amount, &row->amount)) row->amount_read = false;
		return;
	}
	struct slice side = kept(entries, layout, table, SIDE);
	bool credit = slice_equal(side, "1") || slice_equal(side, "-1"); /* Sage: 0 debit, 1 credit */
	bool said = credit || slice_equal(side, "0") || entry_side(side, &credit);
	entry_amount(entries, row, kept(entries, layout, table, AMOUNT), mark, credit);
	if (!said) entry_without_side(entries, row, side);
}

static int32_t day_of(struct slice cell, enum date_order order)
{
	int32_t day;
	return !date_empty(cell) && date_read(cell, order, &day) ? day : DAY_NONE;
}

struct status entry_table_read(struct entry_file *entries, const char *bytes, size_t len)
{
	struct layout layout;
	if (!layout_find(bytes, len, &layout)) return status_make(STATUS_INVALID, "The columns of accounting entries were not found.");
	struct styles styles = styles_decide(&layout);
	if (styles.day == DATE_UNDECIDED)
		return status_make(STATUS_INVALID, "Whether day or month stands first in the dates can't be told. Export the dates as 2025-12-31.");
	if (!styles.mark) return status_make(STATUS_INVALID, "Whether 1,234 has decimals can't be told. Export the amounts with two decimals.");
	struct table table;
	enum table_step step;
	table_open(&table, layout.bytes, layout.len, layout.dialect);
	while ((step = table_next(&table)) == TABLE_ROW) {
		if (table.line <= layout.header_line || table.blank) continue;
		struct slice account = kept(entries, &layout, &table, ACCOUNT);
		if (account.len == 0) { /* totals, comments */
			entries->skipped++;
			continue;
		}
		struct entry_row *row = entry_file_add(entries);
		row->line = table.line, row->account = account;
		row->journal = kept(entries, &layout, &table, JOURNAL), row->account_label = kept(entries, &layout, &table, ACCOUNT_LABEL);
		row->customer = kept(entries, &layout, &table, THIRD), row->customer_name = kept(entries, &layout, &table, THIRD_NAME);
		row->piece = kept(entries, &layout, &table, PIECE), row->bundle = kept(entries, &layout, &table, BUNDLE);
		if (row->bundle.len == 0) row->bundle = row->piece;
		if (row->piece.len == 0) row->piece = row->bundle;
		row->label = kept(entries, &layout, &table, LABEL), row->lettering = kept(entries, &layout, &table, LETTERING);
		row->raw_day = kept(entries, &layout, &table, DAY), row->day = day_of(row->raw_day, styles.day);
		row->raw_due = kept(entries, &layout, &table, DUE), row->due_day = day_of(row->raw_due, styles.due);
		if (date_empty(row->raw_due)) row->raw_due = (struct slice){ "", 0 };
		take_amount(entries, &layout, &table, styles.mark, row);
	}
	int64_t line = table.line;
	table_close(&table);
	if (step == TABLE_END) return STATUS_FINE;
	return status_make(STATUS_INVALID, "Line %lld is too long or too wide for a file of entries.", (long long)line);
}
