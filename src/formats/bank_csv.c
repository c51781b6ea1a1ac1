#include "formats/statement_maker.h"

#include "base/memory.h"
#include "formats/column.h"
#include "formats/table.h"

#include <ctype.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

/* A bank's own CSV: each bank has its headers, some lines of account and balance above them, and a column of debits beside one of
 * credits or one of signed amounts. What a list of items or payments of customers has, a bank never has: a customer's code, an
 * invoice, a due date, an account of the ledger. */

enum { HEADER_WITHIN = 40, COLUMNS = 64 };
enum meaning { M_NONE, M_DATE, M_VALUE, M_LABEL, M_TEXT, M_DEBIT, M_CREDIT, M_AMOUNT, M_SENSE, M_REFERENCE, M_PAYER, M_IBAN, M_BALANCE, M_CURRENCY, M_ACCOUNT, M_TYPE, M_FEE,
	M_FOREIGN, M_COUNT };

static const struct {
	enum meaning meaning;
	const char *names; /* normalised, separated by | */
} synonyms[] = {
	{ M_DATE, "|date|date operation|date de l operation|date d operation|date comptable|date de comptabilisation|date comptabilisation|date ecriture|date transaction|date op|dateop|"
	          "booking date|posting date|transaction date|operation date|date posted|date completed|completed date|accounting date|entry date|"
	          "settlement date utc|settlement date|date de la valeur d achat|operation date local|buchungstag|started date|" },
	{ M_VALUE, "|date valeur|date de valeur|dateval|valeur|value date|date val|valuta|valutadatum|date de la valeur|" },
	{ M_LABEL, "|libelle|libelle operation|libelle de l operation|libelle simplifie|libelle court|label|description|designation|operation|nature|nature de l operation|intitule|details|"
	           "transaction|narrative|particulars|memo|libelle complet|transaction details|buchungstext|" },
	{ M_TEXT, "|informations complementaires|information complementaire|detail|details de l operation|complement|commentaire|motif|communication|libelle detaille|libelle complementaire|"
	          "payment reference|remittance information|details 1|infos complementaires|note|message|purpose|verwendungszweck|reference de paiement|objet|" },
	{ M_DEBIT, "|debit|montant debit|debits|paid out|money out|withdrawal|withdrawals|sortie|sorties|depense|debit amount|montant au debit|montant debiteur|" },
	{ M_CREDIT, "|credit|montant credit|credits|paid in|money in|deposit|deposits|entree|entrees|recette|credit amount|montant au credit|montant crediteur|" },
	{ M_AMOUNT, "|montant|amount|montant de l operation|montant operation|montant total|value|betrag|total amount|montant total ttc|transaction amount|somme|local amount|" },
	{ M_SENSE, "|sens|debit credit|d c|dc|cr dr|direction|credit debit indicator|debit or credit|side|" },
	{ M_REFERENCE, "|reference|ref|reference operation|reference de l operation|numero d operation|n operation|id|transaction id|bank reference|reference bancaire|identifiant|"
	               "cheque|n cheque|numero de cheque|cheque number|reference interne|" },
	{ M_PAYER, "|tiers|contrepartie|nom contrepartie|nom de la contrepartie|counterparty|counterparty name|payee|payer|payer name|beneficiaire|donneur d ordre|emetteur|debiteur|name|"
	           "nom du tiers|beneficiary|sender|beneficiaire donneur d ordre|" },
	{ M_IBAN, "|iban|iban contrepartie|iban du tiers|iban de la contrepartie|counterparty iban|account number of counterparty|compte contrepartie|payer iban|counterparty account|compte tiers|" },
	{ M_BALANCE, "|solde|balance|solde comptable|solde apres operation|running balance|accountbalance|account balance|solde progressif|nouveau solde|saldo|kontostand|" },
	{ M_CURRENCY, "|devise|currency|monnaie|ccy|local amount currency|wahrung|" },
	{ M_ACCOUNT, "|compte|numero de compte|n compte|numero compte|account|account number|accountnum|compte bancaire|iban du compte|account iban|" },
	{ M_TYPE, "|type|type operation|type d operation|transaction type|categorie|category|payment method|mode de paiement|moyen de paiement|code operation|" },
	{ M_FEE, "|frais|fee|fees|commission|" },
	{ M_FOREIGN, "|code client|client|nom client|n client|customer|customer code|customer name|customer no|customer number|numero client|code tiers|compte client|compte auxiliaire|compauxnum|facture|"
	             "n facture|numero facture|numero de facture|invoice|invoice number|invoice no|document|document no|n piece|numero de piece|piece|pieceref|doc no|document number|echeance|"
	             "date echeance|date d echeance|due date|journal|code journal|lettrage|compte general|comptenum|compte num|numero de compte general|tva|montant tva|vat|ht|montant ht|montant ttc|"
	             "ttc|siren|siret|restant du|reste a payer|solde du|amount due|remaining amount|date facture|invoice date|ecriturelib|balance due|code journal|terms|" },
};

static enum meaning meaning_of(const char *plain)
{
	cleanup_text struct text wanted = { 0 };
	text_addf(&wanted, "|%s|", plain);
	for (size_t i = 0; i < COUNT(synonyms); i++)
		if (strstr(synonyms[i].names, text_cstr(&wanted))) return synonyms[i].meaning;
	return M_NONE;
}

/* "Montant (EUR)", "Débit Euros", "Crédit €" without what they are in. */
static enum meaning header_meaning(struct slice cell, const struct encoding_guess *encoding, struct arena *arena)
{
	struct slice text = encoding_text(arena, encoding, cell);
	cleanup_free char *plain = text_normalise(text.bytes, text.len);
	static const char *const units[] = { " en euros", " en euro", " euros", " euro", " eur", " usd", " gbp", " chf", " en eur", " utc", " local" };
	enum meaning found = *plain ? meaning_of(plain) : M_NONE;
	for (size_t i = 0; i < COUNT(units) && found == M_NONE; i++) {
		size_t len = strlen(plain), unit = strlen(units[i]);
		if (len <= unit || strcmp(plain + len - unit, units[i]) != 0) continue;
		plain[len - unit] = 0;
		found = meaning_of(plain);
		break;
	}
	return found;
}

struct shape {
	int64_t header_line;
	int column[M_COUNT];    /* of each meaning; -1 */
	bool foreign, french;
	struct table_dialect dialect;
};

static bool is_header(const struct table *table, const struct encoding_guess *encoding, struct arena *arena, struct shape *shape)
{
	for (size_t i = 0; i < M_COUNT; i++) shape->column[i] = -1;
	shape->foreign = false;
	int known = 0;
	for (size_t i = 0; i < table->count && i < COLUMNS; i++) {
		enum meaning meaning = header_meaning(table->cells[i], encoding, arena);
		if (meaning == M_FOREIGN) shape->foreign = true;
		if (meaning == M_LABEL && shape->column[M_LABEL] >= 0) meaning = shape->column[M_TEXT] < 0 ? M_TEXT : M_NONE;
		if (meaning == M_NONE || shape->column[meaning] >= 0) continue;
		shape->column[meaning] = (int)i, known++;
	}
	if (shape->column[M_DATE] < 0) shape->column[M_DATE] = shape->column[M_VALUE];
	const int *c = shape->column;
	return known >= 3 && c[M_DATE] >= 0 && (c[M_AMOUNT] >= 0 || c[M_DEBIT] >= 0 || c[M_CREDIT] >= 0);
}

/* The separator as sniffed, or, where the lines above the header mislead, the one that shows a header. */
static bool find_header(const char *bytes, size_t len, const struct encoding_guess *encoding, struct arena *arena, struct shape *shape)
{
	struct table_dialect sniffed = table_sniff(bytes, len);
	static const char separators[] = { 0, ';', '\t', ',', '|' };
	for (size_t i = 0; i < COUNT(separators); i++) {
		struct table_dialect dialect = { .separator = separators[i] ? separators[i] : sniffed.separator, .cr_lines = sniffed.cr_lines };
		if (!dialect.separator) continue;
		struct table table;
		table_open(&table, bytes, len, dialect);
		bool found = false;
		while (!found && table.line < HEADER_WITHIN && table_next(&table) == TABLE_ROW) {
			if (table.blank || table.count < 3 || !is_header(&table, encoding, arena, shape)) continue;
			found = true;
			shape->header_line = table.line, shape->dialect = dialect;
			struct slice label = encoding_text(arena, encoding, table_cell(&table, shape->column[M_LABEL] >= 0 ? shape->column[M_LABEL] : 0));
			cleanup_free char *plain = text_normalise(label.bytes, label.len);
			const int *c = shape->column;
			struct slice money = encoding_text(arena, encoding, table_cell(&table, c[M_AMOUNT] >= 0 ? c[M_AMOUNT] : c[M_DEBIT] >= 0 ? c[M_DEBIT] : c[M_CREDIT]));
			cleanup_free char *plain_money = text_normalise(money.bytes, money.len);
			shape->french = strncmp(plain, "libel", 5) == 0 || strncmp(plain_money, "montant", 7) == 0 || strstr(plain_money, "euros");
		}
		table_close(&table);
		if (found) return true;
	}
	return false;
}

/* --- what stands above the header ------------------------------------------------------------------------------------------ */

static const char *iban_within(struct statement_maker *maker, const char *text)
{
	cleanup_text struct text plain = { 0 };
	for (const char *at = text; *at; at++)
		if (*at != ' ') text_add_char(&plain, (char)toupper((unsigned char)*at));
	for (size_t i = 0; i + 15 <= plain.len; i++) {
		const char *at = plain.bytes + i;
		if (!isupper((unsigned char)at[0]) || !isupper((unsigned char)at[1]) || !isdigit((unsigned char)at[2]) || !isdigit((unsigned char)at[3])) continue;
		for (size_t len = plain.len - i < 34 ? plain.len - i : 34; len >= 15; len--) {
			char candidate[35];
			memcpy(candidate, at, len);
			candidate[len] = 0;
			if (iban_valid(candidate)) return arena_strdup(maker->file->arena, candidate);
		}
	}
	return "";
}

/* The number in "Compte N° 0123456A012" or in the cell beside "Numéro de compte". */
/* A RIB, in groups or not: 30006 00001 12345678901 89; its IBAN, "" when none begins here. */
static const char *rib_at(struct statement_maker *maker, const char *at)
{
	char rib[24], iban[28];
	size_t len = 0;
	for (; *at && len < 23; at++) {
		if (isalnum((unsigned char)*at)) rib[len++] = (char)toupper((unsigned char)*at);
		else if (*at != ' ' || len == 0) return "";
	}
	rib[len] = 0;
	if (len < 23 || isalnum((unsigned char)*at) || !iban_french(rib, rib + 5, rib + 10, iban) || memcmp(iban + 25, rib + 21, 2) != 0) return "";
	return arena_strdup(maker->file->arena, iban);
}

static const char *number_within(struct statement_maker *maker, const char *text)
{
	for (const char *at = text; *at; at++) {
		if (!isdigit((unsigned char)*at) || (at > text && isalnum((unsigned char)at[-1]))) continue;
		const char *rib = rib_at(maker, at);
		if (*rib) return rib;
		size_t len = strspn(at, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ");
		size_t digits = 0;
		for (size_t i = 0; i < len; i++) digits += isdigit((unsigned char)at[i]) != 0;
		if (digits >= 5) return arena_strndup(maker->file->arena, at, len);
	}
	return "";
}

struct preamble {
	const char *account;
	bool balance_said;
};

static void read_preamble(struct statement_maker *maker, const char *bytes, size_t len, const struct shape *shape, char mark, enum date_order order, struct preamble *out)
{
	struct bank_statement *statement = maker_last(maker);
	struct table table;
	table_open(&table, bytes, len, shape->dialect);
	*out = (struct preamble){ .account = "" };
	const char *number = "";
	while (table_next(&table) == TABLE_ROW && table.line < shape->header_line) {
		bool of_account = false, of_balance = false;
		for (size_t i = 0; i < table.count; i++) {
			const char *text = maker_text(maker, table.cells[i]);
			cleanup_free char *plain = text_normalise(text, strlen(text));
			of_account |= strstr(plain, "compte") || strstr(plain, "account");
			of_balance |= strstr(plain, "solde") || strstr(plain, "balance");
			if (!*out->account) out->account = iban_within(maker, text);
			if (of_account && !*number) number = number_within(maker, text);
			int64_t amount;
			/* in the cell beside the word, or behind its colon */
			const char *colon = strrchr(text, ':'), *value = colon ? colon + 1 : text;
			while (*value == ' ') value++;
			if (!statement || !of_balance || out->balance_said || !*value) continue;
			if (amount_parse(value, strlen(value), (struct amount_style){ mark, currency_decimals("EUR") }, &amount) && strpbrk(value, ",.€-+ ")) {
				out->balance_said = true;
				statement->closing = (struct bank_balance){ true, DAY_NONE, amount };
				for (size_t j = 0; j < table.count; j++) {
					const char *other = maker_text(maker, table.cells[j]);
					for (const char *at = other; *at; at++) {
						int32_t day;
						if ((isdigit((unsigned char)*at) && strlen(at) >= 10 && date_read((struct slice){ at, 10 }, order, &day)) && (at == other || !isdigit((unsigned char)at[-1]))) {
							statement->closing.day = day;
							break;
						}
					}
				}
			}
		}
	}
	table_close(&table);
	if (!*out->account) out->account = number;
}

bool bank_csv_like(const char *bytes, size_t len, const struct encoding_guess *encoding, const char **grounds)
{
	cleanup_arena struct arena *arena = arena_new();
	struct shape shape;
	if (!find_header(bytes, len, encoding, arena, &shape) || shape.foreign) return false;
	const int *c = shape.column;
	bool sides = c[M_DEBIT] >= 0 && c[M_CREDIT] >= 0, label = c[M_LABEL] >= 0 || c[M_TEXT] >= 0;
	/* msgids */
	if (c[M_BALANCE] >= 0 && (label || c[M_PAYER] >= 0))
		*grounds = "A bank's list of movements: a date, an amount and the running balance.";
	else if (c[M_VALUE] >= 0 && c[M_VALUE] != c[M_DATE])
		*grounds = "A bank's list of movements: beside the date stands a value date.";
	else if (label && sides)
		*grounds = "A bank's list of movements: a label with debits and credits, and neither customer nor invoice.";
	else if (label && c[M_AMOUNT] >= 0)
		*grounds = "A bank's list of movements: a label with an amount, and neither customer nor invoice.";
	else if (c[M_PAYER] >= 0 && c[M_IBAN] >= 0)
		*grounds = "A bank's list of movements: payers with their IBAN.";
	else
		return false;
	return true;
}

/* --- rows ------------------------------------------------------------------------------------------------------------------ */

struct style {
	enum date_order dates;
	char mark;
};

static struct slice cell(const struct table *table, const struct shape *shape, enum meaning meaning)
{
	int column = shape->column[meaning];
	return column < 0 ? (struct slice){ "", 0 } : slice_trim(table_cell(table, column));
}

/* ASCII of a cell for dates and amounts: the no-break spaces of Windows-1252 become those of UTF-8. */
static struct slice number_cell(struct statement_maker *maker, const struct table *table, const struct shape *shape, enum meaning meaning)
{
	return encoding_text(maker->file->arena, &maker->encoding, cell(table, shape, meaning));
}

static struct status decide(struct statement_maker *maker, const char *bytes, size_t len, const struct shape *shape, struct style *style)
{
	static const enum meaning days[] = { M_DATE, M_VALUE }, amounts[] = { M_DEBIT, M_CREDIT, M_AMOUNT, M_BALANCE };
	struct date_votes dates = { 0 };
	struct amount_votes votes = { 0 };
	int32_t last[2] = { DAY_NONE, DAY_NONE };
	int up[2] = { 0 }, down[2] = { 0 };
	struct table table;
	enum table_step step;
	table_open(&table, bytes, len, shape->dialect);
	while ((step = table_next(&table)) == TABLE_ROW) {
		if (table.line <= shape->header_line || table.blank) continue;
		struct slice date = number_cell(maker, &table, shape, M_DATE);
		for (size_t i = 0; i < COUNT(days); i++) date_vote(&dates, number_cell(maker, &table, shape, days[i]));
		for (size_t i = 0; i < COUNT(amounts); i++) amount_vote(&votes, number_cell(maker, &table, shape, amounts[i]));
		for (size_t i = 0; i < 2; i++) {
			int32_t day;
			if (!date_read(date, i ? DATE_MDY : DATE_DMY, &day)) continue;
			if (last[i] != DAY_NONE) up[i] += day > last[i], down[i] += day < last[i];
			last[i] = day;
		}
	}
	int64_t line = table.line;
	table_close(&table);
	if (step == TABLE_TOO_LONG) return status_make(STATUS_INVALID, "Line %" PRId64 " is longer than %d bytes: this is no table as text.", line, TABLE_LINE_MAX);
	if (step == TABLE_TOO_WIDE) return status_make(STATUS_INVALID, "Line %" PRId64 " has more than %d columns.", line, TABLE_COLUMNS_MAX);
	style->dates = date_decide(&dates), style->mark = amount_decide(&votes);
	json_t *said = maker->options.mapping ? json_loads(maker->options.mapping, 0, NULL) : NULL;
	const char *order = json_string_value(json_object_get(said, "dates")), *mark = json_string_value(json_object_get(said, "decimal_mark"));
	if (order && date_order_parse(order) != DATE_UNDECIDED) style->dates = date_order_parse(order);
	if (mark && (*mark == ',' || *mark == '.')) style->mark = *mark;
	json_decref(said);
	if (style->dates == DATE_UNDECIDED && dates.cells) {
		bool sorted[2];
		for (size_t i = 0; i < 2; i++) sorted[i] = !(up[i] && down[i]) && up[i] + down[i] >= 2;
		if (sorted[0] != sorted[1])
			style->dates = sorted[0] ? DATE_DMY : DATE_MDY;
		else if (shape->french)
			style->dates = DATE_DMY;
		else
			return status_make(STATUS_INVALID, "The dates of this file can be read with the day or with the month first, and nothing tells which.");
		maker_warn(maker, tr(maker->lang, style->dates == DATE_DMY ? "Dates are read with the day first; no date of the file contradicts it." : "Dates are read with the month first; no date of the file contradicts it."));
	}
	if (!style->mark) return status_make(STATUS_INVALID, "The amounts of this file (as 1,234) can be read as thousands or as decimals, and nothing tells which.");
	return STATUS_FINE;
}

static bool amount_cell(struct statement_maker *maker, const struct table *table, const struct shape *shape, enum meaning meaning, const struct style *style, const char *currency,
                        int64_t *out, bool *wrong)
{
	struct slice text = number_cell(maker, table, shape, meaning);
	if (!text.len) return false;
	if (amount_parse(text.bytes, text.len, (struct amount_style){ style->mark, currency_decimals(currency) }, out)) return true;
	maker_reject(maker, table->line, meaning == M_DEBIT ? tr(maker->lang, "Debit") : meaning == M_CREDIT ? tr(maker->lang, "Credit") : tr(maker->lang, "Amount"),
	             maker_utf8(maker, text.bytes, text.len), tr(maker->lang, "This is not an amount as the other lines write it."));
	*wrong = true;
	return false;
}

static bool begins(const char *text, const char *const *words)
{
	cleanup_free char *plain = text_normalise(text, strlen(text));
	for (; *words; words++)
		if (strncmp(plain, *words, strlen(*words)) == 0) return true;
	return false;
}

struct running {
	int64_t *balances; /* of each line, INT64_MIN where it has none */
	size_t count, cap;
};

static void take_row(struct statement_maker *maker, const struct table *table, const struct shape *shape, const struct style *style, struct running *running)
{
	static const char *const totals[] = { "total", "solde", "balance", "ancien solde", "nouveau solde", "sous total", NULL };
	struct bank_statement *statement = maker_last(maker);
	const char *label = maker_text(maker, cell(table, shape, M_LABEL));
	struct slice date = number_cell(maker, table, shape, M_DATE);
	bool money = cell(table, shape, M_AMOUNT).len || cell(table, shape, M_DEBIT).len || cell(table, shape, M_CREDIT).len;
	if (!date.len) {
		/* a label that goes on below its line, or a total */
		struct bank_line *last = maker_last_line(maker);
		if (!money && *label && last && !begins(label, totals)) {
			last->text = maker_join(maker, last->text, label);
		} else if (money && !begins(label, totals) && !begins(maker_text(maker, table_cell(table, 0)), totals)) {
			maker_reject(maker, table->line, tr(maker->lang, "Date"), "", tr(maker->lang, "The movement has no date."));
		}
		return;
	}
	int32_t day, valued = DAY_NONE;
	if (!date_read(date, style->dates, &day)) {
		if (!money || begins(maker_utf8(maker, date.bytes, date.len), totals)) return; /* the header again, a title, a total */
		maker_reject(maker, table->line, tr(maker->lang, "Date"), maker_utf8(maker, date.bytes, date.len), tr(maker->lang, "This is not a date as the other lines write it."));
		return;
	}
	if (!money) return; /* a balance line of its own, or an entry without money */
	char currency[4];
	memcpy(currency, statement->currency, sizeof currency);
	maker_currency(currency, maker_text(maker, cell(table, shape, M_CURRENCY)));
	int64_t amount = 0, debit = 0, credit = 0;
	bool wrong = false, said = amount_cell(maker, table, shape, M_AMOUNT, style, currency, &amount, &wrong);
	if (!said && !wrong) {
		bool has_debit = amount_cell(maker, table, shape, M_DEBIT, style, currency, &debit, &wrong);
		bool has_credit = !wrong && amount_cell(maker, table, shape, M_CREDIT, style, currency, &credit, &wrong);
		said = has_debit || has_credit;
		if (said && __builtin_sub_overflow(credit, debit < 0 ? -debit : debit, &amount)) said = false;
	}
	if (wrong || !said) return;
	const char *sense = maker_text(maker, cell(table, shape, M_SENSE));
	static const char *const out_words[] = { "d", "out", "sortie", "-", NULL };
	if (*sense && begins(sense, out_words) && amount > 0) amount = -amount;
	int32_t read;
	if (date_read(number_cell(maker, table, shape, M_VALUE), style->dates, &read)) valued = read;
	const char *account = maker_account(maker, maker_text(maker, cell(table, shape, M_ACCOUNT)));
	if (*account && strcmp(account, statement->account) != 0) {
		if (statement->line_count) {
			char keep[4];
			memcpy(keep, statement->currency, sizeof keep);
			statement = maker_statement(maker);
			memcpy(statement->currency, keep, sizeof keep);
			running->count = 0;
		}
		statement->account = account;
	}
	if (statement->line_count == 0 && shape->column[M_CURRENCY] >= 0) memcpy(statement->currency, currency, sizeof currency);
	struct bank_line *line = maker_line(maker, table->line);
	line->booking_day = day, line->value_day = valued, line->amount = amount;
	memcpy(line->currency, currency, sizeof currency);
	line->label = label;
	line->text = maker_text(maker, cell(table, shape, M_TEXT));
	line->payer = maker_text(maker, cell(table, shape, M_PAYER));
	line->payer_iban = maker_account(maker, maker_text(maker, cell(table, shape, M_IBAN)));
	line->bank_reference = maker_reference(maker_text(maker, cell(table, shape, M_REFERENCE)));
	line->kind = kind_of_label(label);
	if (line->kind == BANK_LINE_OTHER) line->kind = kind_of_label(maker_text(maker, cell(table, shape, M_TYPE)));
	if (statement->from_day == DAY_NONE || day < statement->from_day) statement->from_day = day;
	if (statement->to_day == DAY_NONE || day > statement->to_day) statement->to_day = day;
	int64_t balance = INT64_MIN;
	struct slice balance_text = number_cell(maker, table, shape, M_BALANCE);
	if (!balance_text.len || !amount_parse(balance_text.bytes, balance_text.len, (struct amount_style){ style->mark, currency_decimals(currency) }, &balance)) balance = INT64_MIN;
	GROW(running->balances, running->count, running->cap);
	running->balances[running->count++] = balance;
}

/* The running balance gives opening and closing, whichever end of the list is the older. */
static void take_running(struct statement_maker *maker, const struct running *running)
{
	struct bank_statement *statement = maker_last(maker);
	size_t n = statement ? statement->line_count : 0;
	if (!n || running->count != n) return;
	bool up = true, down = true;
	for (size_t i = 0; i < n; i++)
		if (running->balances[i] == INT64_MIN) return;
	for (size_t i = 1; i < n; i++) {
		up &= (__int128)running->balances[i - 1] + statement->lines[i].amount == running->balances[i];
		down &= (__int128)running->balances[i] + statement->lines[i - 1].amount == running->balances[i - 1];
	}
	if (!up && !down) {
		maker_warn(maker, tr(maker->lang, "The running balances do not follow from the amounts: lines may be missing, or the list is not in order."));
		return;
	}
	if (n > 1 && up && down) down = statement->lines[0].booking_day > statement->lines[n - 1].booking_day, up = !down;
	size_t first = up ? 0 : n - 1, last = up ? n - 1 : 0;
	int64_t opening;
	if (__builtin_sub_overflow(running->balances[first], statement->lines[first].amount, &opening)) return;
	statement->opening = (struct bank_balance){ true, statement->from_day, opening };
	statement->closing = (struct bank_balance){ true, statement->to_day, running->balances[last] };
}

struct status bank_csv_read(struct statement_maker *maker, const char *bytes, size_t len)
{
	struct shape shape;
	if (!find_header(bytes, len, &maker->encoding, maker->file->arena, &shape))
		return status_make(STATUS_INVALID, "No line in the first %d names a date and an amount (or debit and credit): this is no bank's list of movements.", HEADER_WITHIN);
	struct style style = { 0 };
	TRY(decide(maker, bytes, len, &shape, &style));
	struct bank_statement *statement = maker_statement(maker);
	memcpy(statement->currency, "EUR", 4);
	maker_currency(statement->currency, maker->options.currency);
	struct preamble preamble;
	read_preamble(maker, bytes, len, &shape, style.mark, style.dates, &preamble);
	statement->account = preamble.account;
	struct running running = { 0 };
	struct table table;
	table_open(&table, bytes, len, shape.dialect);
	while (table_next(&table) == TABLE_ROW) {
		if (table.line <= shape.header_line || table.blank) continue;
		size_t statements = maker->file->statement_count;
		take_row(maker, &table, &shape, &style, &running);
		if (maker->file->statement_count != statements) shape.column[M_BALANCE] = -1; /* several accounts: their balances are mixed */
	}
	table_close(&table);
	if (maker->file->statement_count == 1) take_running(maker, &running);
	free(running.balances);
	if (maker->file->statement_count == 1 && maker_last(maker)->line_count == 0 && maker->file->rejected.total == 0)
		return status_make(STATUS_INVALID, "The file holds no movement below its header.");
	return STATUS_FINE;
}
