/* The rows, by the mapping that csv_look proposed and perhaps a person corrected. */
#include "formats/csv_inside.h"

#include "base/email.h"
#include "base/memory.h"

#include <string.h>

struct day_count {
	int32_t day;
	int64_t rows;
};

struct reading {
	struct csv *csv;
	const struct table *table;
	int columns[CSV_TARGETS]; /* the first column of each; -1 */
	struct csv_value *values; /* of the row: as many as there are columns */
	struct slice head;        /* name of the customer whose rows follow, in grouped prints */
	struct day_count file_days[8];
	int64_t dated_rows;
	bool payments_signed;     /* a payments file that shows credits as negative amounts */
	int64_t linked;
};

static const char *words(const struct csv *csv, const char *msgid)
{
	return tr(csv->options.lang, msgid);
}

static struct slice cell_at(const struct reading *r, int column)
{
	struct slice mended;
	if (column >= 0 && csv_mended(r->csv, r->table->line, column, &mended)) return mended;
	if (column < 0 || (size_t)column >= r->table->count) return (struct slice){ "", 0 };
	struct slice raw = r->table->cells[column];
	const struct csv *csv = r->csv;
	/* what the table unquoted lives only as long as the row */
	if (raw.len && (raw.bytes < csv->bytes || raw.bytes >= csv->bytes + csv->len))
		raw.bytes = arena_strndup(csv->arena, raw.bytes, raw.len);
	return encoding_text(csv->arena, &csv->encoding, raw);
}

static struct slice cell(const struct reading *r, enum csv_target target)
{
	return cell_at(r, r->columns[target]);
}

static const char *normal(const struct reading *r, struct slice text)
{
	if (text.len == 0) return "";
	char *plain = text_normalise(text.bytes, text.len);
	const char *kept = arena_strdup(r->csv->arena, plain);
	free(plain);
	return kept;
}

static void refuse_as(const struct reading *r, enum csv_target target, struct slice value, const char *reason)
{
	int column = r->columns[target];
	complaint_add(&r->csv->rejected, (struct complaint){ .line = r->table->line,
		.column = column >= 0 ? csv_column_words(r->csv, column) : words(r->csv, csv_target_words(target)),
		.value = arena_strndup(r->csv->arena, value.bytes, value.len), .reason = reason });
}

static bool one_of(const char *plain, const char *list)
{
	size_t n = strlen(plain);
	for (const char *at = list; n && *at;) {
		size_t len = strcspn(at, "|");
		if (len == n && memcmp(at, plain, n) == 0) return true;
		at += len + (at[len] == '|');
	}
	return false;
}

/* One of the listed words (whole words) begins the text. */
static bool begins(const char *plain, const char *list)
{
	for (const char *at = list; *plain && *at;) {
		size_t len = strcspn(at, "|");
		if (strncmp(plain, at, len) == 0 && (plain[len] == ' ' || plain[len] == 0)) return true;
		at += len + (at[len] == '|');
	}
	return false;
}

/* --- rows that are none of the list ------------------------------------------------------------------------------------- */
bool csv_row_is_total(struct csv *csv, const struct table *table)
{
	bool dashes = true;
	int filled = 0;
	for (size_t i = 0; i < table->count; i++) {
		struct slice raw = slice_trim(table->cells[i]);
		if (raw.len == 0) continue;
		for (size_t j = 0; j < raw.len && dashes; j++) dashes = raw.bytes[j] == '-' || raw.bytes[j] == '=' || raw.bytes[j] == '_';
		if (filled++ < 2 && raw.len <= 3 && raw.bytes[0] == '*' && raw.bytes[raw.len - 1] == '*') return true; /* SAP marks sums */
		/* The word must be the first thing in the row, or stand where the customer or the number would: "Total Energies" is one. */
		enum csv_target target = i < csv->column_count ? csv->columns[i].target : CSV_IGNORED;
		if (filled > 1 && target != CSV_CUSTOMER_CODE && target != CSV_CUSTOMER_NAME && target != CSV_NUMBER && target != CSV_LABEL) continue;
		char c = raw.bytes[0];
		if (c != 'T' && c != 't' && c != 'S' && c != 's' && c != 'G' && c != 'g') continue;
		struct slice text = encoding_text(csv->arena, &csv->encoding, raw);
		if (text.len > 60) continue;
		cleanup_free char *plain = text_normalise(text.bytes, text.len);
		bool total = begins(plain, "total|totaux|sous total|total general|grand total|subtotal|sub total|solde total|sum");
		if (!total) continue;
		/* a row with a number and dates of its own is an item, whatever its customer is called */
		bool own = false, sum = csv->what == CSV_CUSTOMERS || csv->what == CSV_CONTACTS;
		for (size_t k = 0; k < csv->column_count && k < table->count; k++) {
			if (k == i || slice_trim(table->cells[k]).len == 0) continue;
			own |= csv_target_is_day(csv->columns[k].target) || csv->columns[k].target == CSV_NUMBER;
			sum |= csv_target_is_amount(csv->columns[k].target);
		}
		if (!own && sum && (csv->what == CSV_ITEMS || csv->what == CSV_PAYMENTS || strcmp(plain, "total") == 0 || begins(plain, "total general|grand total"))) return true;
	}
	return filled > 0 && dashes;
}

bool csv_row_is_header(struct csv *csv, const struct table *table)
{
	size_t filled = 0;
	for (size_t i = 0; i < csv->column_count && i < table->count; i++) {
		if (!csv->columns[i].header[0]) continue;
		filled++;
		if (slice_trim(table->cells[i]).len == 0) return false;
		struct slice text = encoding_text(csv->arena, &csv->encoding, table->cells[i]);
		if (!slice_equal(text, csv->columns[i].header)) return false;
	}
	return filled > 1;
}

/* "balance âgée" prints put the customer on a line of his own, above his items. */
int csv_row_head(const struct csv *csv, const struct table *table)
{
	if (csv->what != CSV_ITEMS) return -1;
	int found = -1;
	for (size_t i = 0; i < table->count; i++) {
		if (slice_trim(table->cells[i]).len == 0) continue;
		enum csv_target target = i < csv->column_count ? csv->columns[i].target : CSV_IGNORED;
		bool textual = target == CSV_CUSTOMER_CODE || target == CSV_CUSTOMER_NAME || target == CSV_NUMBER || target == CSV_LABEL || i == 0;
		if (!textual) return -1;
		if (found < 0) found = (int)i;
	}
	return found;
}

static bool group_head(struct reading *r)
{
	int column = csv_row_head(r->csv, r->table);
	if (column >= 0) r->head = cell_at(r, column);
	return column >= 0;
}

/* A document that was never posted, or was taken back: Odoo, Pennylane and others list them beside the real ones. */
static bool unposted(const struct reading *r)
{
	if (r->columns[CSV_STATE] < 0) return false;
	struct slice text = cell(r, CSV_STATE);
	if (text.len == 0 || text.len > 40) return false;
	return begins(normal(r, text), "brouillon|draft|annule|annulee|cancelled|canceled|cancel|void|voided|proforma|pro forma");
}

/* --- cells of each kind ---------------------------------------------------------------------------------------------------- */
static bool day_of(struct reading *r, enum csv_target target, int32_t *out)
{
	*out = DAY_NONE;
	if (r->columns[target] < 0) return true;
	struct slice text = cell(r, target);
	if (date_empty(text)) return true;
	if (date_read(text, r->csv->columns[r->columns[target]].dates, out)) return true;
	refuse_as(r, target, text, words(r->csv, "This is not a date as the rest of the column writes them."));
	return false;
}

static bool amount_of(struct reading *r, enum csv_target target, const char *currency, int64_t *out, bool *has)
{
	*out = 0, *has = false;
	if (r->columns[target] < 0) return true;
	const struct csv_column *column = &r->csv->columns[r->columns[target]];
	struct slice text = cell(r, target);
	if (text.len == 0 || slice_equal(text, "-")) return true;
	*has = true;
	if (column->minor_units) {
		if (text_parse_int(text.bytes, text.len, out)) return true;
		refuse_as(r, target, text, words(r->csv, "The column is in cents: whole numbers only."));
		return false;
	}
	struct amount_style style = { column->decimal_mark, currency_decimals(currency) };
	if (amount_parse(text.bytes, text.len, style, out)) return true;
	refuse_as(r, target, text, words(r->csv, "This is not an amount as the rest of the column writes them."));
	return false;
}

static bool currency_of(struct reading *r, char out[static 4])
{
	struct slice text = cell(r, CSV_CURRENCY);
	const char *own = r->csv->options.currency ? r->csv->options.currency : "EUR";
	if (text.len == 0 || slice_equal(text, "€")) {
		memcpy(out, text.len ? "EUR" : own, 4);
		return true;
	}
	if (text.len == 3) {
		for (int i = 0; i < 3; i++) out[i] = (char)(text.bytes[i] >= 'a' && text.bytes[i] <= 'z' ? text.bytes[i] - 32 : text.bytes[i]);
		out[3] = 0;
		if (currency_known(out)) return true;
	}
	refuse_as(r, CSV_CURRENCY, text, words(r->csv, "This is no currency code (ISO 4217), such as EUR."));
	return false;
}

static bool kind_of(const char *plain, enum csv_kind *out)
{
	if (one_of(plain, "invoice|facture|out invoice|rv|dr|f|fac|fact|inv|fa|facture client|sales invoice|ft|debit note"))
		return *out = CSV_INVOICE, true;
	if (begins(plain, "avoir|credit memo|credit note|note de credit|out refund|credit memos|av|facture d avoir|avoirs") || one_of(plain, "dg|a|cn|credit"))
		return *out = CSV_CREDIT_NOTE, true;
	if (begins(plain, "paiement|reglement|payment|encaissement|virement|cheque") || one_of(plain, "dz|p|r|pmt"))
		return *out = CSV_PAYMENT, true;
	if (begins(plain, "impaye|remboursement|refund|rejet|unpaid|chargeback|retour")) return *out = CSV_UNPAID_RETURN, true;
	if (begins(plain, "traite|lcr|effet|bill|draft|billet")) return *out = CSV_BILL, true;
	if (begins(plain, "acompte|deposit request|demande d acompte|down payment request|deposit")) return *out = CSV_DEPOSIT_REQUEST, true;
	if (begins(plain, "retenue|retention")) return *out = CSV_RETENTION, true;
	if (begins(plain, "facture|invoice")) return *out = CSV_INVOICE, true;
	return *out = CSV_OTHER, plain[0] != 0;
}

/* 1 debit, -1 credit, 0 not said. */
static int sense_of(const char *plain, struct slice raw)
{
	if (one_of(plain, "d|debit|s|dr") || slice_equal(raw, "+1") || slice_equal(raw, "1") || slice_equal(raw, "+")) return 1;
	if (one_of(plain, "c|credit|h|cr") || slice_equal(raw, "-1") || slice_equal(raw, "-")) return -1;
	return 0;
}

static void terms_of(const char *plain, struct csv_row *row)
{
	row->terms_days = -1, row->terms_month = "none", row->terms_day = 0;
	if (!*plain) return;
	if (begins(plain, "comptant|a reception|immediat|immediate|due on receipt|cash|on receipt")) {
		row->terms_days = 0;
		return;
	}
	const char *month = strstr(plain, "fin de mois");
	if (!month) month = strstr(plain, "fdm");
	if (!month) month = strstr(plain, "end of month");
	if (!month) month = strstr(plain, "eom");
	const char *number = plain;
	while (*number && (*number < '0' || *number > '9')) number++;
	const char *on = strstr(plain, " le ");
	if (*number && number != (on ? on + 4 : NULL)) {
		int days = 0;
		for (const char *at = number; *at >= '0' && *at <= '9' && days < 1000; at++) days = days * 10 + (*at - '0');
		if (days <= 365) row->terms_days = days;
	} else if (month) {
		row->terms_days = 0;
	}
	if (row->terms_days < 0) return;
	/* "30 jours fin de mois": 30 days, then to the month's end; "fin de mois + 30": the month's end, then 30 days */
	if (month) row->terms_month = *number && number < month ? "after" : "before";
	if (month && on && on > month) {
		int day = 0;
		for (const char *at = on + 4; *at >= '0' && *at <= '9' && day < 100; at++) day = day * 10 + (*at - '0');
		if (day >= 1 && day <= 31) row->terms_day = day;
	}
}

static struct slice country_of(const struct reading *r, struct slice text)
{
	static const struct {
		const char *names, *code;
	} countries[] = { { "france", "FR" }, { "belgique|belgium|belgie", "BE" }, { "suisse|switzerland|schweiz", "CH" }, { "luxembourg", "LU" },
		{ "allemagne|germany|deutschland", "DE" }, { "espagne|spain|espana", "ES" }, { "italie|italy|italia", "IT" },
		{ "royaume uni|united kingdom|uk|great britain|grande bretagne|gb", "GB" }, { "pays bas|netherlands|nederland", "NL" },
		{ "portugal", "PT" }, { "etats unis|united states|usa|us", "US" }, { "monaco", "MC" } };
	const char *plain = normal(r, text);
	for (size_t i = 0; i < COUNT(countries); i++)
		if (one_of(plain, countries[i].names)) return slice_of(countries[i].code);
	if (text.len == 2 && strlen(plain) == 2) return slice_of(arena_printf(r->csv->arena, "%c%c", plain[0] - 32, plain[1] - 32));
	return text;
}

static const char *class_of(const char *plain)
{
	if (begins(plain, "public|secteur public|mairie|collectivite|administration|etat|commune|hopital")) return "public";
	if (begins(plain, "particulier|consumer|individual|b2c|consommateur|prive|private")) return "consumer";
	if (begins(plain, "professionnel|entreprise|company|business|b2b|societe|pro|professional")) return "professional";
	return "";
}

static void disputed_of(const struct reading *r, struct csv_row *row)
{
	row->disputed = -1;
	if (r->columns[CSV_DISPUTED] < 0) return;
	struct slice text = cell(r, CSV_DISPUTED);
	const char *plain = normal(r, text);
	if (!*plain || one_of(plain, "no|non|n|0|false|faux|aucun|none")) {
		row->disputed = 0;
	} else {
		row->disputed = 1;
		if (!one_of(plain, "yes|oui|y|o|x|1|true|vrai|litige|disputed")) row->dispute_reason = text;
	}
}

/* Several numbers in one cell: by semicolon, comma or line; by spaces where none of these stands. Line feeds between them. */
static struct slice numbers_of(const struct reading *r, struct slice text)
{
	const char *marks = ";,|";
	bool marked = false, spaced = false;
	for (size_t i = 0; i < text.len; i++) {
		char c = text.bytes[i];
		marked |= c == ';' || c == ',' || c == '|', spaced |= c == ' ';
	}
	if (!marked && !spaced) return text;
	cleanup_text struct text out = { 0 };
	for (size_t i = 0; i <= text.len;) {
		size_t from = i;
		while (i < text.len && !(marked ? strchr(marks, text.bytes[i]) != NULL : text.bytes[i] == ' ')) i++;
		struct slice part = slice_trim((struct slice){ text.bytes + from, i - from });
		if (part.len) {
			if (out.len) text_add_char(&out, '\n');
			text_add_bytes(&out, part.bytes, part.len);
		}
		i++;
	}
	return (struct slice){ arena_strndup(r->csv->arena, text_cstr(&out), out.len), out.len };
}

static struct slice joined(const struct reading *r, enum csv_target target, char between)
{
	cleanup_text struct text out = { 0 };
	int columns = 0;
	struct slice only = { "", 0 };
	for (size_t i = 0; i < r->csv->column_count; i++) {
		if (r->csv->columns[i].target != target) continue;
		struct slice part = cell_at(r, (int)i);
		if (part.len == 0) continue;
		if (columns++ == 0) only = part;
		if (out.len) text_add_char(&out, between);
		text_add_bytes(&out, part.bytes, part.len);
	}
	if (columns <= 1) return only;
	return (struct slice){ arena_strndup(r->csv->arena, text_cstr(&out), out.len), out.len };
}

/* --- one row ------------------------------------------------------------------------------------------------------------------ */
static bool amounts_of(struct reading *r, struct csv_row *row)
{
	int64_t debit, credit, net, tax;
	bool has_debit, has_credit, has_net, has_tax;
	if (!currency_of(r, row->currency) || !amount_of(r, CSV_AMOUNT, row->currency, &row->amount, &row->has_amount)
	    || !amount_of(r, CSV_OPEN, row->currency, &row->open, &row->has_open) || !amount_of(r, CSV_PAID, row->currency, &row->paid, &row->has_paid)
	    || !amount_of(r, CSV_DEBIT, row->currency, &debit, &has_debit) || !amount_of(r, CSV_CREDIT, row->currency, &credit, &has_credit)
	    || !amount_of(r, CSV_NET_AMOUNT, row->currency, &net, &has_net) || !amount_of(r, CSV_TAX, row->currency, &tax, &has_tax))
		return false;
	bool overflow = false, sided = false;
	if (!row->has_amount && (has_debit || has_credit)) {
		overflow |= __builtin_sub_overflow(debit, credit, &row->amount);
		row->has_amount = sided = true;
	}
	if (!row->has_amount && has_net && has_tax) {
		overflow |= __builtin_add_overflow(net, tax, &row->amount);
		row->has_amount = true;
	}
	if (!row->has_amount && row->has_open && row->has_paid && !sided) {
		overflow |= __builtin_add_overflow(row->open, row->paid, &row->amount);
		row->has_amount = !overflow;
	}
	const int64_t limit = INT64_MAX / 4;
	overflow |= row->amount > limit || row->amount < -limit || row->open > limit || row->open < -limit || row->paid > limit || row->paid < -limit;
	if (overflow || (!row->has_amount && !row->has_open)) {
		refuse_as(r, r->columns[CSV_AMOUNT] >= 0 ? CSV_AMOUNT : CSV_OPEN, cell(r, CSV_AMOUNT),
			overflow ? words(r->csv, "The amount is larger than any ledger holds.") : words(r->csv, "The amount is missing."));
		return false;
	}
	if (!row->has_amount) row->amount = row->open;

	struct slice type = cell(r, CSV_TYPE), side = cell(r, CSV_SENSE);
	const char *plain = normal(r, type);
	row->kind_said = kind_of(plain, &row->kind);
	int sense = sense_of(normal(r, side), side);
	if (side.len && sense == 0) {
		refuse_as(r, CSV_SENSE, side, words(r->csv, "Debit or credit? Expected D or C, +1 or -1."));
		return false;
	}
	if (!sense && type.len && type.len <= 2) {
		sense = one_of(plain, "d|s") ? 1 : one_of(plain, "c|h") ? -1 : 0;
		if (sense) row->kind_said = false;
	}
	if (sense < 0) row->amount = -row->amount, row->open = -row->open, row->paid = -row->paid;
	bool turn = r->csv->what == CSV_PAYMENTS ? !sided && !sense && !r->payments_signed : r->csv->credits_positive;
	if (turn) row->amount = -row->amount, row->open = -row->open, row->paid = -row->paid;
	if (r->csv->what == CSV_PAYMENTS) {
		if (!row->kind_said || row->kind == CSV_INVOICE || row->kind == CSV_OTHER) row->kind = row->amount <= 0 ? CSV_PAYMENT : CSV_UNPAID_RETURN;
	} else if (row->kind_said && (row->kind == CSV_CREDIT_NOTE || row->kind == CSV_PAYMENT)) {
		if (row->amount > 0) row->amount = -row->amount;
	} else if (!row->kind_said) {
		/* A negative row of a list of invoices is a credit note, unless its words say money. */
		const char *label = normal(r, cell(r, CSV_LABEL));
		bool money = begins(label, "vir|virement|reglement|paiement|payment|cheque|chq|prlv|prelevement|acompte|cb");
		row->kind = row->amount >= 0 ? CSV_INVOICE : money ? CSV_PAYMENT : CSV_CREDIT_NOTE;
	}
	if ((row->open < 0) != (row->amount < 0)) row->open = -row->open;
	if ((row->paid < 0) != (row->amount < 0)) row->paid = -row->paid;
	if (row->has_open && (row->amount < 0 ? row->open < row->amount : row->open > row->amount)) {
		refuse_as(r, CSV_OPEN, cell(r, CSV_OPEN), words(r->csv, "More is open than the amount."));
		return false;
	}
	if (!row->has_open && row->has_paid) row->open = row->amount - row->paid, row->has_open = true;
	return true;
}

static void late_day(struct reading *r, const struct csv_row *row)
{
	struct slice text = cell(r, CSV_DAYS_LATE);
	int64_t late;
	bool open = row->has_open ? row->open > 0 : row->settled_on == DAY_NONE && row->amount > 0;
	if (!open || row->due_day == DAY_NONE || !text_parse_int(text.bytes, text.len, &late) || late <= 0 || late > 20000) return;
	r->dated_rows++;
	for (size_t i = 0; i < COUNT(r->file_days); i++) {
		struct day_count *count = &r->file_days[i];
		if (count->rows && count->day != row->due_day + late) continue;
		count->day = row->due_day + (int32_t)late, count->rows++;
		return;
	}
}

static bool list_row(struct reading *r, struct csv_row *row)
{
	if (!day_of(r, CSV_ISSUE_DAY, &row->issue_day) || !day_of(r, CSV_POSTING_DAY, &row->posting_day) || !day_of(r, CSV_DUE_DAY, &row->due_day)
	    || !day_of(r, CSV_SETTLED_ON, &row->settled_on) || !amounts_of(r, row))
		return false;
	if (row->issue_day == DAY_NONE && row->posting_day == DAY_NONE && row->due_day == DAY_NONE && row->settled_on == DAY_NONE) {
		enum csv_target target = r->csv->what == CSV_PAYMENTS ? CSV_SETTLED_ON : CSV_ISSUE_DAY;
		refuse_as(r, target, (struct slice){ "", 0 }, words(r->csv, "The date is missing."));
		return false;
	}
	if (r->csv->what == CSV_PAYMENTS && row->settled_on == DAY_NONE) row->settled_on = row->posting_day != DAY_NONE ? row->posting_day : row->issue_day;
	row->number = cell(r, CSV_NUMBER);
	row->lettering = cell(r, CSV_LETTERING);
	row->label = cell(r, CSV_LABEL);
	row->external_id = cell(r, CSV_EXTERNAL_ID);
	row->purchase_order = cell(r, CSV_PURCHASE_ORDER);
	row->sending = cell(r, CSV_SENDING);
	row->applies_by_id = r->columns[CSV_APPLIES_ID] >= 0 && cell(r, CSV_APPLIES_ID).len > 0;
	row->applies_to = numbers_of(r, cell(r, row->applies_by_id ? CSV_APPLIES_ID : CSV_APPLIES_NUMBER));
	disputed_of(r, row);
	late_day(r, row);
	return true;
}

static bool people_row(struct reading *r, struct csv_row *row)
{
	struct slice email = cell(r, CSV_EMAIL);
	if (email.len) {
		const char *address = arena_strndup(r->csv->arena, email.bytes, email.len);
		if (!email_plausible(address)) {
			refuse_as(r, CSV_EMAIL, email, words(r->csv, "This is not an e-mail address."));
			return false;
		}
		row->email = email;
	}
	row->phone = cell(r, CSV_PHONE);
	row->contact_name = joined(r, CSV_CONTACT_NAME, ' ');
	row->contact_role = cell(r, CSV_CONTACT_ROLE);
	if (r->csv->what == CSV_CONTACTS && row->email.len == 0 && row->phone.len == 0) {
		refuse_as(r, CSV_EMAIL, email, words(r->csv, "Neither an e-mail address nor a telephone number."));
		return false;
	}
	row->customer_class = class_of(normal(r, cell(r, CSV_CLASS)));
	return amount_of(r, CSV_CREDIT_LIMIT, r->csv->options.currency ? r->csv->options.currency : "EUR", &row->credit_limit, &row->has_credit_limit);
}

static bool own_refused(struct reading *r, int column, struct slice value, const char *reason)
{
	complaint_add(&r->csv->rejected, (struct complaint){ .line = r->table->line, .column = csv_column_words(r->csv, column),
		.value = arena_strndup(r->csv->arena, value.bytes, value.len), .reason = reason });
	return false;
}

/* Fields of the company's own: days and numbers as the column writes them, texts and choices as they stand. */
static bool own_values(struct reading *r, struct csv_row *row)
{
	enum { DECIMALS = 6 };
	struct csv *csv = r->csv;
	row->values = r->values;
	for (size_t i = 0; i < csv->column_count; i++) {
		const struct csv_column *column = &csv->columns[i];
		struct slice text = column->own ? cell_at(r, (int)i) : (struct slice){ "", 0 };
		if (!text.len) continue;
		if (column->own->is_day) {
			int32_t day;
			char iso[11];
			if (date_empty(text)) continue;
			if (!date_read(text, column->dates, &day)) return own_refused(r, (int)i, text, words(csv, "This is not a date as the rest of the column writes them."));
			day_format(day, iso);
			text = slice_of(arena_strdup(csv->arena, iso));
		} else if (column->own->is_number) {
			int64_t number;
			if (!amount_parse(text.bytes, text.len, (struct amount_style){ column->decimal_mark, DECIMALS }, &number))
				return own_refused(r, (int)i, text, words(csv, "This is not a number as the rest of the column writes them."));
			uint64_t size = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;
			text = slice_of(arena_printf(csv->arena, "%s%llu.%06llu", number < 0 ? "-" : "", (unsigned long long)(size / 1000000), (unsigned long long)(size % 1000000)));
		}
		row->values[row->value_count++] = (struct csv_value){ column->own, text, (int)i };
	}
	return true;
}

/* "2", "R2", "Relance n° 2", "2e relance", "mise en demeure", "aucune". */
static bool level_of(struct reading *r, struct csv_row *row)
{
	row->level = -1, row->level_day = DAY_NONE;
	if (!day_of(r, CSV_LEVEL_DAY, &row->level_day)) return false;
	struct slice text = cell(r, CSV_LEVEL);
	const char *plain = normal(r, text), *digit = plain + strcspn(plain, "0123456789");
	size_t digits = strspn(digit, "0123456789");
	if (!*plain) {
		if (text.len == 0) return true;
	} else if (digits && digits <= 2) {
		int said = digits == 1 ? digit[0] - '0' : (digit[0] - '0') * 10 + digit[1] - '0';
		row->level = said > 4 ? 4 : said;
		return true;
	} else if (strstr(plain, "demeure") || strstr(plain, "formal") || strstr(plain, "final notice") || begins(plain, "med|contentieux|legal|litigation")) {
		row->level = 4;
		return true;
	} else if (begins(plain, "ferme|firm")) {
		row->level = 3;
		return true;
	} else if (begins(plain, "aucun|none|no|non|jamais|never")) {
		row->level = 0;
		return true;
	} else if (begins(plain, "relance|rappel|reminder")) {
		row->level = 1;
		return true;
	}
	refuse_as(r, CSV_LEVEL, text, words(r->csv, "This is not a level of reminder: 0 to 4, or its name."));
	return false;
}

static bool row_read(struct reading *r, struct csv_row *row)
{
	*row = (struct csv_row){ .line = r->table->line, .issue_day = DAY_NONE, .posting_day = DAY_NONE, .due_day = DAY_NONE, .settled_on = DAY_NONE,
		.disputed = -1, .terms_days = -1, .terms_month = "none", .customer_class = "" };
	bool list = r->csv->what == CSV_ITEMS || r->csv->what == CSV_PAYMENTS;
	row->customer_code = cell(r, CSV_CUSTOMER_CODE);
	row->customer_name = cell(r, CSV_CUSTOMER_NAME);
	if (row->customer_code.len == 0) row->customer_code = row->customer_name.len ? row->customer_name : r->head;
	if (!(list ? list_row(r, row) : people_row(r, row)) || !level_of(r, row)) return false;
	if (!list && row->number.len == 0) row->number = cell(r, CSV_NUMBER);
	if (row->customer_code.len == 0 && row->applies_to.len == 0) {
		refuse_as(r, r->columns[CSV_CUSTOMER_CODE] >= 0 ? CSV_CUSTOMER_CODE : CSV_CUSTOMER_NAME, row->customer_code, words(r->csv, "The customer is missing."));
		return false;
	}
	terms_of(normal(r, cell(r, CSV_TERMS)), row);
	row->siren = cell(r, CSV_SIREN);
	row->tax_number = cell(r, CSV_TAX_NUMBER);
	row->address = joined(r, CSV_ADDRESS, '\n');
	row->postcode = cell(r, CSV_POSTCODE);
	row->city = cell(r, CSV_CITY);
	row->country = country_of(r, cell(r, CSV_COUNTRY));
	row->salesperson = cell(r, CSV_SALESPERSON);
	row->group = cell(r, CSV_GROUP);
	struct slice language = cell(r, CSV_LANGUAGE);
	const char *plain = normal(r, language);
	row->language = begins(plain, "fr|french|francais|fra") ? slice_of("fr") : *plain ? slice_of("en") : language;
	if (list && row->email.len == 0) row->email = cell(r, CSV_EMAIL);
	return own_values(r, row);
}

/* --- all rows ------------------------------------------------------------------------------------------------------------------- */
/* Whether most amounts of a payments file are negative: then it writes them as the ledger does. */
static bool payments_negative(struct csv *csv, int column)
{
	struct table table;
	int64_t negative = 0, rows = 0;
	table_open(&table, csv->bytes, csv->len, csv->dialect);
	while (column >= 0 && rows < 1000 && table_next(&table) == TABLE_ROW) {
		if (table.line <= csv->header_line) continue;
		struct slice text = slice_trim(table_cell(&table, column));
		if (text.len == 0) continue;
		rows++;
		negative += text.bytes[0] == '-' || text.bytes[0] == '(' || text.bytes[text.len - 1] == '-';
	}
	table_close(&table);
	return negative * 2 > rows;
}

static void afterthoughts(struct reading *r)
{
	struct csv *csv = r->csv;
	const struct day_count *best = &r->file_days[0];
	for (size_t i = 1; i < COUNT(r->file_days); i++)
		if (r->file_days[i].rows > best->rows) best = &r->file_days[i];
	if (best->rows >= 3 && best->rows * 10 >= r->dated_rows * 9) csv->file_day = best->day;
	if (csv->negative_mostly && !csv->credits_positive)
		csv_warn(csv, words(csv, "Most open amounts are negative: if this file shows what customers owe as negative, say so and read it again."));
	for (size_t i = 0; i < csv->column_count; i++)
		if (csv->columns[i].doubt && csv->columns[i].dates == DATE_DMY) {
			csv_warn(csv, csv->columns[i].doubt);
			break;
		}
}

struct status csv_read(struct csv *csv, csv_take *take, void *context)
{
	TRY(csv_ready(csv));
	TRY(csv_mends_read(csv));
	cleanup_free struct reading *r = xcalloc(1, sizeof *r);
	cleanup_free struct csv_value *values = xcalloc(csv->column_count + 1, sizeof *values);
	r->csv = csv, r->values = values;
	for (int i = 0; i < CSV_TARGETS; i++) r->columns[i] = -1;
	for (size_t i = csv->column_count; i-- > 0;)
		if (csv->columns[i].target != CSV_IGNORED) r->columns[csv->columns[i].target] = (int)i;
	if (csv->what == CSV_PAYMENTS) r->payments_signed = payments_negative(csv, r->columns[CSV_AMOUNT]);
	struct table table;
	r->table = &table;
	table_open(&table, csv->bytes, csv->len, csv->dialect);
	struct status status = STATUS_FINE;
	enum table_step step;
	bool last_short = false;
	int64_t full = 0;
	while (!status.code && (step = table_next(&table)) == TABLE_ROW) {
		if (table.line <= csv->header_line || table.blank) continue;
		csv->data_rows++;
		last_short = table.count < csv->column_count, full += !last_short;
		struct csv_row row;
		if (csv_row_is_total(csv, &table)) {
			csv->ignored_rows++;
			r->head = (struct slice){ "", 0 }; /* behind his sum nothing is his any more */
		} else if (csv_row_is_header(csv, &table) || group_head(r) || unposted(r)) {
			csv->ignored_rows++;
		} else if (table.count > csv->column_count && slice_trim(table.cells[table.count - 1]).len) {
			complaint_add(&csv->rejected, (struct complaint){ .line = table.line, .column = "", .value = "",
				.reason = fill(csv->arena, words(csv, "The line has {columns} columns, the header {expected}."),
					(struct blank[]){ { "columns", arena_printf(csv->arena, "%zu", table.count) },
						{ "expected", arena_printf(csv->arena, "%zu", csv->column_count) }, { 0 } }) });
		} else if (row_read(r, &row)) {
			status = take(context, &row);
		}
	}
	/* every line has its cells, and the last one stops in the middle of a line */
	if (!csv->sheet && last_short && full + 1 == csv->data_rows && full > 0 && csv->bytes[csv->len - 1] != '\n' && csv->bytes[csv->len - 1] != '\r')
		csv_warn(csv, words(csv, "The last line breaks off: the file may have been cut. Compare its total with your program's."));
	if (!status.code && step != TABLE_END)
		status = status_make(STATUS_INVALID, "%s", fill(csv->arena, words(csv, "Line {line} is too long to be a line of a text file. Is this the right file?"),
			(struct blank[]){ { "line", arena_printf(csv->arena, "%lld", (long long)table.line) }, { 0 } }));
	table_close(&table);
	if (!status.code && csv->data_rows == 0) status = status_make(STATUS_INVALID, "%s", words(csv, "The file holds no line below its header."));
	if (!status.code) afterthoughts(r);
	return status;
}
