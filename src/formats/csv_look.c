/* The proposal: where the header is, what the file holds, what each column means and how it writes dates and amounts. */
#include "formats/csv_inside.h"

#include "base/memory.h"
#include "formats/sap.h"

#include <jansson.h>
#include <string.h>

enum { HEADER_SEARCH = 20, PROFILE_ROWS = 500, DECISIVE_ROWS = 2000, NAMED = 60,
       SURE = 100, /* points of a header that is one of the names, whole */
       SURE_AMOUNT = 86, /* "amount" and "montant" alone too: what else would they be? */
       UNLIKE = 62 /* of such a column when most of its values are not what it says */ };

void csv_warn(struct csv *csv, const char *words)
{
	GROW(csv->warnings, csv->warning_count, csv->warning_cap);
	csv->warnings[csv->warning_count++] = arena_strdup(csv->arena, words);
}

static const char *words(const struct csv *csv, const char *msgid)
{
	return tr(csv->options.lang, msgid);
}

/* --- the header ------------------------------------------------------------------------------------------------------ */
static int named_cells(struct csv *csv, const struct table *table)
{
	int named = 0;
	for (size_t i = 0; i < table->count; i++) {
		struct slice cell = encoding_text(csv->arena, &csv->encoding, table->cells[i]);
		if (cell.len == 0 || cell.len > 80) continue;
		bool minor;
		cleanup_free char *plain = csv_header_plain(arena_strndup(csv->arena, cell.bytes, cell.len), &minor);
		named += csv_header_best(plain) >= NAMED || csv_header_own(csv, plain);
	}
	return named;
}

static void header_take(struct csv *csv, const struct table *table)
{
	csv->header_line = table->line;
	csv->column_count = table->count;
	csv->columns = arena_array(csv->arena, struct csv_column, table->count);
	for (size_t i = 0; i < table->count; i++) {
		struct slice cell = encoding_text(csv->arena, &csv->encoding, table->cells[i]);
		csv->columns[i].header = arena_strndup(csv->arena, cell.bytes, cell.len);
	}
}

/* Of the columns that a person's mapping names, how many stand in this row. */
static int mapped_cells(struct csv *csv, const struct table *table, const json_t *columns)
{
	int mapped = 0;
	for (size_t i = 0; i < table->count; i++) {
		struct slice cell = encoding_text(csv->arena, &csv->encoding, table->cells[i]);
		mapped += cell.len > 0 && cell.len < 500 && json_object_get(columns, arena_strndup(csv->arena, cell.bytes, cell.len)) != NULL;
	}
	return mapped;
}

/* By a mapping: the row with most of its columns. */
static bool header_mapped(struct csv *csv)
{
	json_t *json = csv->options.mapping ? json_loads(csv->options.mapping, 0, NULL) : NULL;
	const json_t *columns = json_object_get(json, "columns");
	struct table table;
	int best = 1;
	table_open(&table, csv->bytes, csv->len, csv->dialect);
	for (int rows = 0; columns && rows < HEADER_SEARCH && table_next(&table) == TABLE_ROW; rows++) {
		int mapped = table.blank ? 0 : mapped_cells(csv, &table, columns);
		if (mapped <= best) continue;
		best = mapped;
		header_take(csv, &table);
	}
	table_close(&table);
	json_decref(json);
	return csv->header_line > 0;
}

static bool header_find(struct csv *csv)
{
	struct table table;
	int best = 1;
	table_open(&table, csv->bytes, csv->len, csv->dialect);
	for (int rows = 0; rows < HEADER_SEARCH && table_next(&table) == TABLE_ROW; rows++) {
		int named = table.blank ? 0 : named_cells(csv, &table);
		if (named <= best) continue;
		best = named;
		header_take(csv, &table);
	}
	table_close(&table);
	return csv->header_line > 0;
}

/* --- what the values look like ----------------------------------------------------------------------------------------- */
static bool looks_like_amount(struct slice cell)
{
	size_t digits = 0, others = 0;
	for (size_t i = 0; i < cell.len; i++) {
		unsigned char c = (unsigned char)cell.bytes[i];
		if (c >= '0' && c <= '9')
			digits++;
		else if (!strchr(" .,'-+()", c) && c < 0x80)
			others++;
	}
	return digits > 0 && others <= 3; /* a currency's code */
}

/* Where a person will name the columns: the first row of several words, none of them an amount or a date. */
static bool header_by_hand(struct csv *csv)
{
	struct table table;
	table_open(&table, csv->bytes, csv->len, csv->dialect);
	for (int rows = 0; rows < HEADER_SEARCH && !csv->header_line && table_next(&table) == TABLE_ROW; rows++) {
		int filled = 0, figures = 0;
		for (size_t i = 0; i < table.count; i++) {
			struct slice cell = encoding_text(csv->arena, &csv->encoding, table.cells[i]);
			int32_t day;
			filled += cell.len > 0 && cell.len <= 80;
			figures += cell.len > 0 && (looks_like_amount(cell) || date_read(cell, DATE_YMD, &day) || date_read(cell, DATE_DMY, &day) || cell.len > 80);
		}
		if (filled > 1 && !figures) header_take(csv, &table);
	}
	table_close(&table);
	return csv->header_line > 0;
}

static void profile_cell(struct csv_profile *profile, struct slice cell)
{
	if (cell.len == 0) return;
	profile->filled++;
	int32_t day;
	bool dated = date_empty(cell) || date_read(cell, DATE_YMD, &day) || date_read(cell, DATE_DMY, &day) || date_read(cell, DATE_MDY, &day)
	             || date_read(cell, DATE_SERIAL, &day);
	profile->dates += dated;
	profile->amounts += looks_like_amount(cell);
	int64_t whole;
	profile->whole += text_parse_int(cell.bytes, cell.len, &whole);
	const char *at = memchr(cell.bytes, '@', cell.len);
	profile->emails += at && at > cell.bytes && memchr(at, '.', (size_t)(cell.bytes + cell.len - at)) != NULL;
	bool digit = false, space = false;
	for (size_t i = 0; i < cell.len; i++) digit |= cell.bytes[i] >= '0' && cell.bytes[i] <= '9', space |= cell.bytes[i] == ' ';
	profile->coded += digit && !space;
	profile->spaced += space;
}

/* A customer on a line of his own, or "Total …": in a grouped print they stand in whatever column is the first. */
static bool heading(struct csv *csv, const struct table *table)
{
	size_t filled = 0, first = 0;
	for (size_t i = 0; i < table->count; i++)
		if (slice_trim(table->cells[i]).len && filled++ == 0) first = i;
	if (filled == 1) return csv->column_count > 2;
	struct slice text = encoding_text(csv->arena, &csv->encoding, table->cells[first]);
	return first == 0 && text.len > 6 && strncasecmp(text.bytes, "total ", 6) == 0;
}

static void profile_columns(struct csv *csv, struct csv_profile *profiles)
{
	struct table table;
	table_open(&table, csv->bytes, csv->len, csv->dialect);
	while (csv->rows_seen < PROFILE_ROWS && table_next(&table) == TABLE_ROW) {
		if (table.line <= csv->header_line || table.blank || heading(csv, &table)) continue;
		csv->rows_seen++;
		for (size_t i = 0; i < csv->column_count && i < table.count; i++) {
			struct slice cell = encoding_text(csv->arena, &csv->encoding, table.cells[i]);
			profile_cell(&profiles[i], cell);
			struct csv_column *column = &csv->columns[i];
			for (size_t s = 0; s < COUNT(column->samples) && cell.len; s++) {
				if (column->samples[s] && slice_equal(cell, column->samples[s])) break;
				if (column->samples[s]) continue;
				column->samples[s] = arena_strndup(csv->arena, cell.bytes, cell.len < 60 ? cell.len : 0);
				break;
			}
		}
	}
	table_close(&table);
}

/* A header that leaves no doubt keeps its meaning when some of its values can be read so: the others are refused with their line,
 * where a column that is quietly taken for none would lose them all. */
static int confirmed_share(int score, int sure, int64_t fit, const struct csv_profile *profile)
{
	if (fit * 10 >= profile->filled * 6) return score;
	return score >= sure && fit > 0 ? UNLIKE : 0;
}

/* Whether the values allow the meaning that the header suggests. */
static int confirmed(int score, enum csv_target target, const struct csv_profile *profile)
{
	if (profile->filled == 0) return score * 9 / 10;
	if (csv_target_is_day(target)) return confirmed_share(score, SURE, profile->dates, profile);
	/* not one amount under "amount": still no list of customers, its rows are refused */
	if (target == CSV_AMOUNT && score >= SURE_AMOUNT && profile->amounts == 0) return UNLIKE;
	if (csv_target_is_amount(target)) return confirmed_share(score, SURE_AMOUNT, profile->amounts, profile);
	if (target == CSV_EMAIL) return profile->emails * 2 >= profile->filled ? score : 0;
	if (target == CSV_DAYS_LATE) return profile->whole * 2 >= profile->filled ? score : 0;
	/* "client" over C00012 is a code, over "Dupont SA" a name */
	if (target == CSV_CUSTOMER_NAME && profile->coded * 10 >= profile->filled * 8) return score - 50;
	if (target == CSV_CUSTOMER_CODE && profile->spaced * 10 >= profile->filled * 8 && score < 100) return score - 30;
	if (target == CSV_TYPE && profile->amounts * 10 >= profile->filled * 8 && profile->whole * 10 < profile->filled * 8) return 0;
	return score;
}

/* --- what the file holds ------------------------------------------------------------------------------------------------- */
static int score_anywhere(const struct csv *csv, char *const *plain, enum csv_target target, enum csv_what what)
{
	int best = 0;
	for (size_t i = 0; i < csv->column_count; i++) {
		int score = csv_header_score(plain[i], target, what);
		if (score > best) best = score;
	}
	return best;
}

static bool has_word(const struct csv *csv, char *const *plain, const char *const *list)
{
	for (size_t i = 0; i < csv->column_count; i++)
		for (const char *const *word = list; *word; word++) {
			const char *at = strstr(plain[i], *word);
			if (at && (at == plain[i] || at[-1] == ' ')) return true;
		}
	return false;
}

static enum csv_what recognise_what(struct csv *csv, char *const *plain, const struct csv_profile *profiles)
{
	static const char *const paying[] = { "payment", "paiement", "reglement", "encaissement", "receipt", "paid", "virement", "applies to", NULL };
	bool amount = false, email = false;
	for (size_t i = 0; i < csv->column_count; i++) {
		bool limit = csv_header_score(plain[i], CSV_CREDIT_LIMIT, CSV_CUSTOMERS) >= NAMED; /* "encours autorisé" is not what is owed */
		for (int target = CSV_AMOUNT; target <= CSV_CREDIT && !limit; target++)
			amount |= confirmed(csv_header_score(plain[i], (enum csv_target)target, CSV_ITEMS), (enum csv_target)target, &profiles[i]) >= NAMED
			          && target != CSV_TAX;
		email |= profiles[i].emails * 2 > profiles[i].filled && profiles[i].filled;
	}
	email |= score_anywhere(csv, plain, CSV_EMAIL, CSV_CONTACTS) >= NAMED;
	if (amount) {
		bool due = score_anywhere(csv, plain, CSV_DUE_DAY, CSV_ITEMS) >= NAMED, open = score_anywhere(csv, plain, CSV_OPEN, CSV_ITEMS) >= NAMED;
		bool issued = score_anywhere(csv, plain, CSV_ISSUE_DAY, CSV_ITEMS) == 100;
		if (has_word(csv, plain, paying) && !due && !open && !issued) {
			csv->grounds = words(csv, "Amounts with a payment date or an invoice they pay, and no due date: payments.");
			return CSV_PAYMENTS;
		}
		csv->grounds = open || due ? words(csv, "Amounts with a due date or what is still open: invoices and other items.")
		                           : words(csv, "Amounts with a number or a date: invoices and other items.");
		return CSV_ITEMS;
	}
	bool customer = score_anywhere(csv, plain, CSV_CUSTOMER_CODE, CSV_CONTACTS) >= NAMED || score_anywhere(csv, plain, CSV_CUSTOMER_NAME, CSV_CONTACTS) >= NAMED
	                || score_anywhere(csv, plain, CSV_CUSTOMER_NAME, CSV_CUSTOMERS) >= NAMED;
	if (!customer) return CSV_UNKNOWN;
	bool firm = score_anywhere(csv, plain, CSV_ADDRESS, CSV_CUSTOMERS) >= 80 || score_anywhere(csv, plain, CSV_SIREN, CSV_CUSTOMERS) >= NAMED
	            || score_anywhere(csv, plain, CSV_TERMS, CSV_CUSTOMERS) >= NAMED || score_anywhere(csv, plain, CSV_POSTCODE, CSV_CUSTOMERS) >= NAMED;
	bool person = score_anywhere(csv, plain, CSV_CONTACT_NAME, CSV_CUSTOMERS) == 100 || score_anywhere(csv, plain, CSV_CONTACT_ROLE, CSV_CUSTOMERS) == 100;
	bool reachable = email || score_anywhere(csv, plain, CSV_PHONE, CSV_CONTACTS) >= NAMED;
	if (reachable && (person || !firm)) {
		csv->grounds = words(csv, "Addresses or telephone numbers of persons at customers: contacts.");
		return CSV_CONTACTS;
	}
	csv->grounds = score_anywhere(csv, plain, CSV_LEVEL, CSV_CUSTOMERS) >= NAMED
		? words(csv, "Customers or their invoices with the level of reminder they have reached, and no amounts: levels taken over.")
		: words(csv, "Customers with what is known of them, and no amounts: customers.");
	return CSV_CUSTOMERS;
}

/* --- what each column means ------------------------------------------------------------------------------------------------ */
struct bid {
	int score;
	size_t column;
	enum csv_target target;
};

static int by_score(const void *a, const void *b)
{
	const struct bid *left = a, *right = b;
	if (left->score != right->score) return left->score > right->score ? -1 : 1;
	if (left->column != right->column) return left->column < right->column ? -1 : 1;
	return left->target < right->target ? -1 : left->target > right->target;
}

static void assign(struct csv *csv, char *const *plain, const struct csv_profile *profiles)
{
	struct bid *bids = NULL;
	size_t count = 0, cap = 0;
	for (size_t i = 0; i < csv->column_count; i++)
		for (int target = 0; target < CSV_TARGETS; target++) {
			int score = confirmed(csv_header_score(plain[i], (enum csv_target)target, csv->what), (enum csv_target)target, &profiles[i]);
			/* a column of addresses needs no header to be known for what it is */
			if (target == CSV_EMAIL && score < 55 && profiles[i].filled && profiles[i].emails * 10 > profiles[i].filled * 8) score = 55;
			if (score < 50) continue;
			GROW(bids, count, cap);
			bids[count++] = (struct bid){ score, i, (enum csv_target)target };
		}
	bool taken[CSV_TARGETS] = { false };
	cleanup_free bool *settled = xcalloc(csv->column_count + 1, sizeof *settled);
	/* what the company named itself, by that very name */
	for (size_t i = 0; i < csv->column_count; i++) {
		const struct csv_own *own = csv_header_own(csv, plain[i]);
		if (!own || (own->of_item && csv->what != CSV_ITEMS)) continue;
		csv->columns[i].target = CSV_FIELD, csv->columns[i].own = own, csv->columns[i].confidence = 100;
		settled[i] = true;
	}
	if (count) qsort(bids, count, sizeof *bids, by_score);
	for (size_t i = 0; i < count; i++) {
		if (settled[bids[i].column] || (taken[bids[i].target] && !csv_target_many(bids[i].target))) continue;
		settled[bids[i].column] = taken[bids[i].target] = true;
		csv->columns[bids[i].column].target = bids[i].target;
		csv->columns[bids[i].column].confidence = bids[i].score;
	}
	free(bids);
}

static struct csv_column *column_of(const struct csv *csv, enum csv_target target)
{
	for (size_t i = 0; i < csv->column_count; i++)
		if (csv->columns[i].target == target) return &csv->columns[i];
	return NULL;
}

/* An aged print spreads what is open over columns of age, "1-30", "31-60", "Older": what it calls total is what is open. */
static bool age_column(const char *plain)
{
	static const char *const ages[] = { "current", "older", "non echu", "a echoir", "not due", "over 90", "plus de 90", "1 month", "2 months", "3 months", "1 mois",
		"2 mois", "3 mois", "90", "91" };
	for (size_t i = 0; i < COUNT(ages); i++)
		if (strcmp(plain, ages[i]) == 0) return true;
	int from = 0, to = 0, used = 0;
	if (sscanf(plain, "%3d %3d%n", &from, &to, &used) < 2) return false;
	const char *rest = plain + used;
	return from < to && (*rest == 0 || strcmp(rest, " jours") == 0 || strcmp(rest, " days") == 0 || strcmp(rest, " j") == 0);
}

static void take_aged_print(struct csv *csv, char *const *plain)
{
	int ages = 0;
	for (size_t i = 0; i < csv->column_count; i++) ages += age_column(plain[i]);
	struct csv_column *total = column_of(csv, CSV_AMOUNT);
	if (csv->what == CSV_ITEMS && ages >= 3 && total && !column_of(csv, CSV_OPEN)) total->target = CSV_OPEN;
}

/* --- votes over the file ---------------------------------------------------------------------------------------------------- */
static bool french_headers(char *const *plain, size_t count)
{
	static const char *const french[] = { "facture", "echeance", "montant", "client", "piece", "reglement", "solde", "libelle", "nom", "numero",
		"paiement", "emission" };
	for (size_t i = 0; i < count; i++)
		for (size_t w = 0; w < COUNT(french); w++)
			if (strstr(plain[i], french[w])) return true;
	return false;
}

static void vote(struct csv *csv, char *const *plain)
{
	cleanup_free struct csv_profile *profiles = xcalloc(csv->column_count + 1, sizeof *profiles);
	struct table table;
	int64_t rows = 0, negative = 0, amounts = 0;
	const struct csv_column *open = column_of(csv, CSV_OPEN);
	if (!open) open = column_of(csv, CSV_AMOUNT);
	table_open(&table, csv->bytes, csv->len, csv->dialect);
	while (table_next(&table) == TABLE_ROW) {
		if (table.line <= csv->header_line || table.blank) continue;
		bool open_question = rows++ < DECISIVE_ROWS;
		csv->grouped |= open_question && csv_row_head(csv, &table) >= 0;
		for (size_t i = 0; i < csv->column_count; i++) {
			const struct csv_column *column = &csv->columns[i];
			if (i >= table.count || (!csv_column_is_day(column) && !csv_column_is_amount(column))) continue;
			struct slice cell = encoding_text(csv->arena, &csv->encoding, table.cells[i]);
			if (csv_column_is_day(column)) {
				date_vote(&profiles[i].date_votes, cell);
				if (!open_question && profiles[i].date_votes.cells) open_question = date_decide(&profiles[i].date_votes) == DATE_UNDECIDED;
			} else if (!csv->columns[i].minor_units) {
				amount_vote(&profiles[i].amount_votes, cell);
				if (!open_question && profiles[i].amount_votes.open) open_question = amount_decide(&profiles[i].amount_votes) == 0;
			}
			if (open == &csv->columns[i] && cell.len && !csv_row_is_total(csv, &table)) {
				amounts++;
				negative += cell.bytes[0] == '-' || cell.bytes[0] == '(' || cell.bytes[cell.len - 1] == '-';
			}
		}
		if (!open_question) break;
	}
	table_close(&table);
	csv->negative_mostly = csv->what == CSV_ITEMS && !column_of(csv, CSV_SENSE) && negative * 2 > amounts && amounts >= 3;

	/* One program writes all its dates alike: what one column can't say, another may. */
	struct date_votes all = { 0 };
	struct amount_votes money = { 0 };
	for (size_t i = 0; i < csv->column_count; i++) {
		const struct date_votes *d = &profiles[i].date_votes;
		if (date_decide(d) == DATE_DMY || date_decide(d) == DATE_MDY) all.cells += d->cells, all.dmy += d->dmy, all.mdy += d->mdy;
		money.comma += profiles[i].amount_votes.comma, money.dot += profiles[i].amount_votes.dot;
	}
	bool french = french_headers(plain, csv->column_count);
	for (size_t i = 0; i < csv->column_count; i++) {
		struct csv_column *column = &csv->columns[i];
		if (csv_column_is_day(column)) {
			column->dates = date_decide(&profiles[i].date_votes);
			if (column->dates == DATE_UNDECIDED) column->dates = date_decide(&all);
			if (column->dates == DATE_UNDECIDED && profiles[i].date_votes.cells == 0) column->dates = DATE_YMD; /* empty throughout */
			if (column->dates == DATE_UNDECIDED && french && profiles[i].date_votes.dmy == profiles[i].date_votes.cells) {
				column->dates = DATE_DMY;
				column->doubt = words(csv, "No date is past the 12th: read day first, as the headers are French.");
			}
			if (column->dates == DATE_UNDECIDED) column->doubt = words(csv, "Day or month first? No date of the file tells.");
		}
		if (csv_column_is_amount(column)) {
			column->decimal_mark = column->minor_units ? ',' : amount_decide(&profiles[i].amount_votes);
			if (!column->decimal_mark && (money.comma == 0) != (money.dot == 0)) column->decimal_mark = money.comma ? ',' : '.';
			if (!column->decimal_mark)
				column->doubt = profiles[i].amount_votes.comma ? words(csv, "Comma and point both stand as decimal marks in this column.")
				                                               : words(csv, "Is 1,234 one thousand or one unit? No amount of the column tells.");
		}
		if (!column->doubt && column->confidence == UNLIKE)
			column->doubt = words(csv, "Many values of this column are not what its header says: their rows are refused.");
	}
}

/* --- what a person said --------------------------------------------------------------------------------------------------------- */
static struct status mapping_apply(struct csv *csv)
{
	if (!csv->options.mapping) return STATUS_FINE;
	json_error_t error;
	json_t *json = json_loads(csv->options.mapping, 0, &error);
	if (!json_is_object(json)) {
		json_decref(json);
		return status_make(STATUS_INVALID, "%s", words(csv, "The mapping is not readable."));
	}
	csv->credits_positive = json_is_true(json_object_get(json, "credits_positive"));
	const json_t *columns = json_object_get(json, "columns");
	for (size_t i = 0; i < csv->column_count; i++) {
		const json_t *said = json_object_get(columns, csv->columns[i].header);
		if (!json_is_object(said)) continue;
		const char *target = json_string_value(json_object_get(said, "target"));
		const struct csv_own *own = NULL;
		for (size_t o = 0; target && strncmp(target, "field.", 6) == 0 && o < csv->options.own_count; o++)
			if (strcmp(csv->options.own[o].code, target + 6) == 0) own = &csv->options.own[o];
		if (own) {
			for (size_t j = 0; j < csv->column_count; j++)
				if (csv->columns[j].own == own) csv->columns[j].target = CSV_IGNORED, csv->columns[j].own = NULL;
			csv->columns[i].target = CSV_FIELD, csv->columns[i].own = own, csv->columns[i].confidence = 100;
		} else if (target && csv_target_name(csv_target_parse(target)) && strcmp(csv_target_name(csv_target_parse(target)), target) == 0) {
			enum csv_target wanted = csv_target_parse(target);
			/* one column each: the one that a person names takes it from the one that was proposed */
			for (size_t j = 0; j < csv->column_count && !csv_target_many(wanted); j++)
				if (csv->columns[j].target == wanted) csv->columns[j].target = CSV_IGNORED;
			csv->columns[i].target = wanted, csv->columns[i].confidence = 100, csv->columns[i].own = NULL;
		}
	}
	json_decref(json);
	return STATUS_FINE;
}

static void mapping_styles(struct csv *csv)
{
	if (!csv->options.mapping) return;
	json_t *json = json_loads(csv->options.mapping, 0, NULL);
	const json_t *columns = json_object_get(json, "columns");
	for (size_t i = 0; i < csv->column_count; i++) {
		struct csv_column *column = &csv->columns[i];
		const json_t *said = json_object_get(columns, column->header);
		enum date_order order = date_order_parse(json_string_value(json_object_get(said, "dates")));
		const char *mark = json_string_value(json_object_get(said, "decimal"));
		if (order != DATE_UNDECIDED && csv_column_is_day(column)) column->dates = order, column->doubt = NULL;
		if (mark && (mark[0] == ',' || mark[0] == '.') && csv_column_is_amount(column)) column->decimal_mark = mark[0], column->doubt = NULL;
	}
	json_decref(json);
}

const char *csv_mapping_json(const struct csv *csv)
{
	json_t *columns = json_object();
	for (size_t i = 0; i < csv->column_count; i++) {
		const struct csv_column *column = &csv->columns[i];
		if (!column->header[0]) continue;
		json_t *said = json_pack("{s:s}", "target", csv_column_target(csv, column));
		if (csv_column_is_day(column) && column->dates != DATE_UNDECIDED) json_object_set_new(said, "dates", json_string(date_order_name(column->dates)));
		if (csv_column_is_amount(column) && column->decimal_mark) json_object_set_new(said, "decimal", json_stringn(&column->decimal_mark, 1));
		json_object_set_new(columns, column->header, said);
	}
	json_t *json = json_pack("{s:s, s:b, s:o}", "what", csv_what_name(csv->what), "credits_positive", csv->credits_positive, "columns", columns);
	if (csv->sheet) json_object_set_new(json, "sheet", json_string(csv->sheet));
	char *text = json_dumps(json, JSON_SORT_KEYS);
	const char *kept = arena_strdup(csv->arena, text);
	free(text);
	json_decref(json);
	return kept;
}

/* --- all of it --------------------------------------------------------------------------------------------------------------------- */
static struct status look(struct csv *csv, const char *bytes, size_t len)
{
	if (!csv->options.sheet_text && csv_is_workbook(bytes, len)) {
		TRY(csv_sheet_read(csv, bytes, len));
		bytes = csv->converted, len = csv->sheet_len;
	}
	csv->encoding = encoding_guess(bytes, len);
	csv->file_encoding = csv->encoding.encoding;
	struct text plain_list = { 0 };
	if (!csv->sheet && !csv->options.sheet_text && sap_list(bytes, len, &plain_list)) {
		csv->sap = true;
		len = plain_list.len, bytes = csv->converted = text_take(&plain_list);
	}
	const bool ours = csv->sheet || csv->sap || csv->options.sheet_text; /* text of our own making */
	if (ours) csv->encoding = (struct encoding_guess){ .encoding = ENCODING_UTF8 };
	if (csv->encoding.encoding == ENCODING_UTF16_LE || csv->encoding.encoding == ENCODING_UTF16_BE) {
		encoding_convert_utf16(bytes, len, csv->encoding.encoding == ENCODING_UTF16_BE, &csv->converted, &len);
		bytes = csv->converted;
		csv->encoding = (struct encoding_guess){ .encoding = ENCODING_UTF8 };
	}
	csv->bytes = bytes + csv->encoding.mark_len, csv->len = len - csv->encoding.mark_len;
	if (memchr(csv->bytes, 0, csv->len)) return status_make(STATUS_INVALID, "%s", words(csv, "This is not a text file: it holds zero bytes."));
	csv->dialect = table_sniff(csv->bytes, csv->len);
	if (ours) csv->dialect = (struct table_dialect){ .separator = '\t', .columns = csv->dialect.columns, .one_line = true };
	/* Excel's own note on the separator */
	if (csv->len > 5 && strncasecmp(csv->bytes, "sep=", 4) == 0) csv->dialect.separator = csv->bytes[4];
	if (!csv->dialect.separator && !csv->options.mapping)
		return status_make(STATUS_INVALID, "%s", words(csv, "No columns were found: no tab, bar, semicolon or comma stands on each line."));
	if (!header_mapped(csv) && !header_find(csv) && !(csv->options.mapping && header_by_hand(csv)))
		return status_make(STATUS_INVALID, "%s", words(csv, "No line names its columns. The file needs a header such as: customer code; invoice number; invoice date; due date; amount."));
	cleanup_free char **plain = xcalloc(csv->column_count + 1, sizeof *plain);
	for (size_t i = 0; i < csv->column_count; i++) {
		char *cut = csv_header_plain(csv->columns[i].header, &csv->columns[i].minor_units);
		plain[i] = arena_strdup(csv->arena, cut);
		free(cut);
	}
	cleanup_free struct csv_profile *profiles = xcalloc(csv->column_count + 1, sizeof *profiles);
	profile_columns(csv, profiles);
	csv->what = csv->options.what;
	if (csv->what == CSV_UNKNOWN && csv->options.mapping) {
		json_t *json = json_loads(csv->options.mapping, 0, NULL);
		csv->what = csv_what_parse(json_string_value(json_object_get(json, "what")));
		json_decref(json);
	}
	if (csv->what == CSV_UNKNOWN)
		csv->what = recognise_what(csv, plain, profiles);
	else
		csv->grounds = words(csv, "As you said.");
	if (csv->what == CSV_UNKNOWN)
		return status_make(STATUS_INVALID, "%s", words(csv, "The columns of this file were not recognised: neither amounts nor customers are among them."));
	assign(csv, plain, profiles);
	take_aged_print(csv, plain);
	TRY(mapping_apply(csv));
	vote(csv, plain);
	mapping_styles(csv);
	return STATUS_FINE;
}

struct status csv_look(const char *bytes, size_t len, struct csv_options options, struct csv **out)
{
	struct csv *csv = xcalloc(1, sizeof *csv);
	csv->arena = arena_new();
	csv->rejected.arena = csv->arena;
	csv->options = options;
	csv->grounds = "";
	csv->file_day = DAY_NONE;
	struct status status = look(csv, bytes, len);
	if (status.code) {
		csv_free(csv);
		return status;
	}
	*out = csv;
	return STATUS_FINE;
}

static struct status missing(const struct csv *csv, enum csv_target target)
{
	return status_make(STATUS_INVALID, "%s", fill(csv->arena, words(csv, "No column holds “{target}”. Name it in the mapping."),
		(struct blank[]){ { "target", words(csv, csv_target_words(target)) }, { 0 } }));
}

struct status csv_ready(const struct csv *csv)
{
	if (!column_of(csv, CSV_CUSTOMER_CODE) && !column_of(csv, CSV_CUSTOMER_NAME)) {
		/* payments that say which invoice they pay belong to that invoice's customer */
		bool linked = csv->what == CSV_PAYMENTS && (column_of(csv, CSV_APPLIES_ID) || column_of(csv, CSV_APPLIES_NUMBER));
		if (!linked && !csv->grouped) return missing(csv, CSV_CUSTOMER_CODE);
	}
	if (csv->what == CSV_ITEMS || csv->what == CSV_PAYMENTS) {
		bool amount = column_of(csv, CSV_AMOUNT) || column_of(csv, CSV_OPEN) || column_of(csv, CSV_DEBIT) || column_of(csv, CSV_CREDIT)
		              || (column_of(csv, CSV_NET_AMOUNT) && column_of(csv, CSV_TAX));
		if (!amount) return missing(csv, CSV_AMOUNT);
		bool day = column_of(csv, CSV_ISSUE_DAY) || column_of(csv, CSV_POSTING_DAY) || column_of(csv, CSV_DUE_DAY) || column_of(csv, CSV_SETTLED_ON);
		if (!day) return missing(csv, csv->what == CSV_ITEMS ? CSV_ISSUE_DAY : CSV_SETTLED_ON);
	}
	if (csv->what == CSV_CONTACTS && !column_of(csv, CSV_EMAIL) && !column_of(csv, CSV_PHONE)) return missing(csv, CSV_EMAIL);
	for (size_t i = 0; i < csv->column_count; i++) {
		const struct csv_column *column = &csv->columns[i];
		bool open = (csv_column_is_day(column) && column->dates == DATE_UNDECIDED)
		            || (csv_column_is_amount(column) && column->decimal_mark == 0);
		if (open)
			return status_make(STATUS_INVALID, "%s", fill(csv->arena, words(csv, "Column “{column}”: {doubt} Say it in the mapping."),
				(struct blank[]){ { "column", csv_column_words(csv, (int)i) }, { "doubt", column->doubt ? column->doubt : "" }, { 0 } }));
	}
	return STATUS_FINE;
}

void csv_free(struct csv *csv)
{
	if (!csv) return;
	free(csv->converted);
	free(csv->warnings);
	complaints_free(&csv->rejected);
	arena_free(csv->arena);
	free(csv);
}
