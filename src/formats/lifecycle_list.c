/* Lists of statuses: a platform's CSV, the export of invoices sent on Chorus Pro. Columns by meaning, since every portal names them in
 * its own way. */
#include "formats/lifecycle.h"

#include "base/memory.h"
#include "formats/column.h"
#include "formats/table.h"

#include <string.h>

enum column {
	COLUMN_NUMBER, COLUMN_STATUS, COLUMN_STATUS_CODE, COLUMN_DAY, COLUMN_DEPOSITED, COLUMN_ISSUED, COLUMN_BUYER, COLUMN_SELLER, COLUMN_REASON_CODE, COLUMN_REASON,
	COLUMN_NOTE, COLUMN_CONTESTED, COLUMN_CURRENCY, COLUMN_FOREIGN, COLUMNS
};
static const struct {
	enum column column;
	const char *header; /* normalised */
} headers[] = {
	{ COLUMN_NUMBER, "numero de facture" }, { COLUMN_NUMBER, "numero facture" }, { COLUMN_NUMBER, "n de facture" }, { COLUMN_NUMBER, "n facture" }, { COLUMN_NUMBER, "no facture" },
	{ COLUMN_NUMBER, "numerofacture" }, { COLUMN_NUMBER, "facture" }, { COLUMN_NUMBER, "reference facture" }, { COLUMN_NUMBER, "invoice number" }, { COLUMN_NUMBER, "invoice no" },
	{ COLUMN_NUMBER, "invoice id" }, { COLUMN_NUMBER, "invoice" }, { COLUMN_NUMBER, "numero" }, { COLUMN_NUMBER, "number" },
	{ COLUMN_STATUS, "statut" }, { COLUMN_STATUS, "statut de la facture" }, { COLUMN_STATUS, "statut facture" }, { COLUMN_STATUS, "statut courant" }, { COLUMN_STATUS, "libelle statut" },
	{ COLUMN_STATUS, "libelle du statut" }, { COLUMN_STATUS, "etat" }, { COLUMN_STATUS, "etat courant" }, { COLUMN_STATUS, "etat de la facture" }, { COLUMN_STATUS, "status" },
	{ COLUMN_STATUS, "invoice status" }, { COLUMN_STATUS, "lifecycle status" },
	{ COLUMN_STATUS_CODE, "code statut" }, { COLUMN_STATUS_CODE, "code du statut" }, { COLUMN_STATUS_CODE, "status code" }, { COLUMN_STATUS_CODE, "processconditioncode" },
	{ COLUMN_DAY, "date du statut" }, { COLUMN_DAY, "date statut" }, { COLUMN_DAY, "date de statut" }, { COLUMN_DAY, "datestatut" }, { COLUMN_DAY, "date heure etat courant" },
	{ COLUMN_DAY, "dateheureetatcourant" }, { COLUMN_DAY, "date etat" }, { COLUMN_DAY, "date de l etat" }, { COLUMN_DAY, "date etat courant" }, { COLUMN_DAY, "date de changement de statut" },
	{ COLUMN_DAY, "date changement statut" }, { COLUMN_DAY, "date de derniere modification" }, { COLUMN_DAY, "status date" }, { COLUMN_DAY, "date of status" }, { COLUMN_DAY, "horodatage" },
	{ COLUMN_DEPOSITED, "date de depot" }, { COLUMN_DEPOSITED, "date depot" }, { COLUMN_DEPOSITED, "datedepot" }, { COLUMN_DEPOSITED, "deposit date" },
	{ COLUMN_ISSUED, "date de facture" }, { COLUMN_ISSUED, "date facture" }, { COLUMN_ISSUED, "datefacture" }, { COLUMN_ISSUED, "date de la facture" }, { COLUMN_ISSUED, "date d emission" },
	{ COLUMN_ISSUED, "invoice date" }, { COLUMN_ISSUED, "issue date" },
	{ COLUMN_BUYER, "siret" }, { COLUMN_BUYER, "siret destinataire" }, { COLUMN_BUYER, "siret du destinataire" }, { COLUMN_BUYER, "siret acheteur" }, { COLUMN_BUYER, "siret client" },
	{ COLUMN_BUYER, "code destinataire" }, { COLUMN_BUYER, "codedestinataire" }, { COLUMN_BUYER, "identifiant destinataire" }, { COLUMN_BUYER, "identifiant du destinataire" },
	{ COLUMN_BUYER, "siren" }, { COLUMN_BUYER, "siren destinataire" }, { COLUMN_BUYER, "siren du destinataire" }, { COLUMN_BUYER, "siren acheteur" }, { COLUMN_BUYER, "siren client" },
	{ COLUMN_BUYER, "buyer siren" }, { COLUMN_BUYER, "buyer siret" }, { COLUMN_BUYER, "buyer id" },
	{ COLUMN_SELLER, "siren fournisseur" }, { COLUMN_SELLER, "siret fournisseur" }, { COLUMN_SELLER, "siret du fournisseur" }, { COLUMN_SELLER, "siren vendeur" }, { COLUMN_SELLER, "siren emetteur" },
	{ COLUMN_SELLER, "siret emetteur" }, { COLUMN_SELLER, "seller siren" }, { COLUMN_SELLER, "seller siret" },
	{ COLUMN_REASON_CODE, "code motif" }, { COLUMN_REASON_CODE, "code du motif" }, { COLUMN_REASON_CODE, "motif code" }, { COLUMN_REASON_CODE, "reason code" },
	{ COLUMN_REASON, "motif" }, { COLUMN_REASON, "motif du statut" }, { COLUMN_REASON, "motif de suspension" }, { COLUMN_REASON, "motif de rejet" }, { COLUMN_REASON, "libelle motif" },
	{ COLUMN_REASON, "reason" },
	{ COLUMN_NOTE, "commentaire" }, { COLUMN_NOTE, "commentaireetatcourant" }, { COLUMN_NOTE, "commentaire etat courant" }, { COLUMN_NOTE, "comment" },
	{ COLUMN_CONTESTED, "montant conteste" }, { COLUMN_CONTESTED, "montant non approuve" }, { COLUMN_CONTESTED, "disputed amount" }, { COLUMN_CONTESTED, "contested amount" },
	{ COLUMN_CURRENCY, "devise" }, { COLUMN_CURRENCY, "currency" },
	/* a list of invoices or payments, which says more than statuses: not ours to read */
	{ COLUMN_FOREIGN, "echeance" }, { COLUMN_FOREIGN, "date d echeance" }, { COLUMN_FOREIGN, "date echeance" }, { COLUMN_FOREIGN, "due date" }, { COLUMN_FOREIGN, "solde" },
	{ COLUMN_FOREIGN, "reste du" }, { COLUMN_FOREIGN, "restant du" }, { COLUMN_FOREIGN, "reste a payer" }, { COLUMN_FOREIGN, "open amount" }, { COLUMN_FOREIGN, "balance" },
	{ COLUMN_FOREIGN, "debit" }, { COLUMN_FOREIGN, "credit" },
};

struct list {
	struct table table;
	struct encoding_guess guess;
	int at[COLUMNS]; /* -1: not there */
	struct arena *arena;
};

static void take_headers(struct list *list)
{
	for (int i = 0; i < COLUMNS; i++) list->at[i] = -1;
	for (size_t c = 0; c < list->table.count; c++) {
		struct slice cell = encoding_text(list->arena, &list->guess, list->table.cells[c]);
		cleanup_free char *plain = text_normalise(cell.bytes, cell.len < 100 ? cell.len : 100);
		for (size_t h = 0; h < COUNT(headers); h++)
			if (strcmp(headers[h].header, plain) == 0 && list->at[headers[h].column] < 0) list->at[headers[h].column] = (int)c;
	}
}

/* The header is the first line that names both a number and a status: portals put a title above. */
static bool open_list(struct list *list, const char *bytes, size_t len)
{
	table_open(&list->table, bytes, len, table_sniff(bytes, len));
	for (int line = 0; line < 10 && table_next(&list->table) == TABLE_ROW; line++) {
		take_headers(list);
		if (list->at[COLUMN_NUMBER] >= 0 && (list->at[COLUMN_STATUS] >= 0 || list->at[COLUMN_STATUS_CODE] >= 0)) return true;
	}
	return false;
}

static struct slice cell_of(const struct list *list, enum column column)
{
	if (list->at[column] < 0) return (struct slice){ "", 0 };
	return encoding_text(list->arena, &list->guess, table_cell(&list->table, list->at[column]));
}

static enum lifecycle_code code_of(const struct list *list, struct slice *said)
{
	struct slice code = cell_of(list, COLUMN_STATUS_CODE), words = cell_of(list, COLUMN_STATUS);
	enum lifecycle_code found = lifecycle_of_words(code.bytes, code.len);
	*said = words.len ? words : code;
	return found != LIFECYCLE_OTHER ? found : lifecycle_of_words(words.bytes, words.len);
}

bool lifecycle_like_list(const char *bytes, size_t len, const struct encoding_guess *encoding, bool *chorus)
{
	struct list list = { .guess = *encoding, .arena = arena_new() };
	int64_t rows = 0, known = 0;
	bool like = open_list(&list, bytes, len) && list.at[COLUMN_FOREIGN] < 0;
	*chorus = like && (list.at[COLUMN_DEPOSITED] >= 0 || list.at[COLUMN_BUYER] >= 0);
	bool of_public = false;
	while (like && rows < 50 && table_next(&list.table) == TABLE_ROW) {
		if (list.table.blank) continue;
		struct slice said;
		enum lifecycle_code code = code_of(&list, &said);
		if (!said.len) continue;
		rows++;
		known += code != LIFECYCLE_OTHER;
		of_public |= code >= LIFECYCLE_TO_RECYCLE;
	}
	*chorus &= of_public || list.at[COLUMN_DEPOSITED] >= 0;
	table_close(&list.table);
	arena_free(list.arena);
	return like && known > 0 && known * 2 >= rows;
}

static const char *kept(struct list *list, enum column column)
{
	struct slice cell = cell_of(list, column);
	return arena_strndup(list->arena, cell.bytes, cell.len < 2000 ? cell.len : 2000);
}

/* "… 14:32[:10]", "T14:32": the order of several statuses of one day. */
static int minutes_of(struct slice cell)
{
	for (size_t i = 1; i + 5 <= cell.len; i++) {
		const char *at = cell.bytes + i;
		if ((at[-1] != ' ' && at[-1] != 'T') || at[2] != ':') continue;
		int64_t hour, minute;
		if (text_parse_int(at, 2, &hour) && text_parse_int(at + 3, 2, &minute) && hour >= 0 && hour < 24 && minute >= 0 && minute < 60) return (int)(hour * 60 + minute);
	}
	return -1;
}

struct orders {
	enum date_order day, deposited, issued;
	char mark; /* decimal mark of contested amounts; 0: undecided */
};

/* Each column of dates is read in one order; portals of this country put the day first where nothing tells. */
static struct orders vote(const char *bytes, size_t len, const struct encoding_guess *guess, struct arena *arena)
{
	struct list list = { .guess = *guess, .arena = arena };
	struct date_votes votes[3] = { 0 };
	struct amount_votes amounts = { 0 };
	static const enum column columns[] = { COLUMN_DAY, COLUMN_DEPOSITED, COLUMN_ISSUED };
	if (open_list(&list, bytes, len))
		for (int64_t rows = 0; rows < 5000 && table_next(&list.table) == TABLE_ROW; rows++) {
			for (int i = 0; i < 3; i++) {
				struct slice cell = cell_of(&list, columns[i]);
				if (cell.len) date_vote(&votes[i], cell);
			}
			struct slice amount = cell_of(&list, COLUMN_CONTESTED);
			if (amount.len) amount_vote(&amounts, amount);
		}
	table_close(&list.table);
	enum date_order found[3];
	for (int i = 0; i < 3; i++) {
		found[i] = date_decide(&votes[i]);
		if (found[i] == DATE_UNDECIDED) found[i] = DATE_DMY;
	}
	return (struct orders){ found[0], found[1], found[2], amount_decide(&amounts) };
}

static struct status take_row(struct list *list, const struct orders *orders, struct lifecycle_options options, struct lifecycle_file *file)
{
	struct slice number = cell_of(list, COLUMN_NUMBER), said, day = cell_of(list, COLUMN_DAY), deposited = cell_of(list, COLUMN_DEPOSITED), issued = cell_of(list, COLUMN_ISSUED);
	enum lifecycle_code code = code_of(list, &said);
	if (!number.len && !said.len) return STATUS_FINE; /* a total, a foot */
	file->lines++;
	if (file->lines > LIFECYCLE_ROWS_MAX) return status_make(STATUS_INVALID, "This file holds more than %d statuses. Split it.", LIFECYCLE_ROWS_MAX);
	struct complaint complaint = { .line = list->table.line, .column = "", .value = kept(list, COLUMN_NUMBER) };
	if (!number.len) complaint.reason = tr(options.lang, "This status does not say of which invoice it speaks.");
	else if (!said.len) complaint.reason = tr(options.lang, "This invoice has no status here.");
	else if (number.len > 120) complaint.reason = tr(options.lang, "This invoice number is too long.");
	int32_t on = DAY_NONE;
	if (!complaint.reason && !date_empty(day) && !date_read(day, orders->day, &on))
		complaint.value = kept(list, COLUMN_DAY), complaint.reason = tr(options.lang, "This is not a date.");
	if (complaint.reason) return complaint_add(&file->rejected, complaint), STATUS_FINE;
	struct lifecycle_status *row = lifecycle_add(file);
	row->line = list->table.line, row->code = code, row->number = kept(list, COLUMN_NUMBER);
	row->said = arena_strndup(list->arena, said.bytes, said.len < 120 ? said.len : 120);
	row->day = on, row->minutes = minutes_of(day);
	if (row->day == DAY_NONE && code == LIFECYCLE_DEPOSITED && !date_empty(deposited)) date_read(deposited, orders->deposited, &row->day);
	if (!date_empty(issued)) date_read(issued, orders->issued, &row->issue_day);
	row->reason_code = kept(list, COLUMN_REASON_CODE), row->reason = kept(list, COLUMN_REASON), row->note = kept(list, COLUMN_NOTE);
	lifecycle_take_company(list->arena, kept(list, COLUMN_BUYER), &row->buyer_siren, &row->buyer_siret);
	const char *seller_siret = "";
	lifecycle_take_company(list->arena, kept(list, COLUMN_SELLER), &row->seller_siren, &seller_siret);
	struct slice amount = cell_of(list, COLUMN_CONTESTED);
	const char *currency = kept(list, COLUMN_CURRENCY);
	if (!currency_known(currency)) currency = options.currency ? options.currency : "EUR";
	if (amount.len && orders->mark && amount_parse(amount.bytes, amount.len, (struct amount_style){ orders->mark, currency_decimals(currency) }, &row->contested) && row->contested > 0)
		snprintf(row->currency, sizeof row->currency, "%s", currency);
	else
		row->contested = 0;
	return STATUS_FINE;
}

struct status lifecycle_list_read(const char *bytes, size_t len, struct lifecycle_options options, struct lifecycle_file *file)
{
	struct encoding_guess guess = encoding_guess(bytes, len);
	cleanup_free char *converted = NULL;
	file->encoding = encoding_name(guess.encoding);
	if (guess.encoding == ENCODING_UTF16_LE || guess.encoding == ENCODING_UTF16_BE) {
		encoding_convert_utf16(bytes, len, guess.encoding == ENCODING_UTF16_BE, &converted, &len);
		bytes = converted;
		guess = (struct encoding_guess){ .encoding = ENCODING_UTF8 };
	}
	bytes += guess.mark_len, len -= guess.mark_len;
	if (memchr(bytes, 0, len)) return status_make(STATUS_INVALID, "This is not a text file: it holds zero bytes.");
	bool chorus = false;
	lifecycle_like_list(bytes, len, &guess, &chorus);
	file->format = chorus ? "chorus-pro" : "status-list";
	struct orders orders = vote(bytes, len, &guess, file->arena);
	struct list list = { .guess = guess, .arena = file->arena };
	struct status status = open_list(&list, bytes, len) ? STATUS_FINE
	                                                     : status_make(STATUS_INVALID, "No column of invoice numbers, or none of statuses, was found in this list.");
	enum table_step step = TABLE_ROW;
	while (!status.code && (step = table_next(&list.table)) == TABLE_ROW)
		if (!list.table.blank) status = take_row(&list, &orders, options, file);
	if (!status.code && step != TABLE_END) status = status_make(STATUS_INVALID, "Line %lld is too long for a list.", (long long)list.table.line);
	table_close(&list.table);
	return status;
}
