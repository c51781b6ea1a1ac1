#include "formats/fec_header.h"

#include "base/memory.h"
#include "formats/complaint.h"

/* Names as text_normalise gives them, without spaces; the first is the law's (arrêté of 29 July 2013). */
static const struct {
	enum fec_field field;
	const char *names[8];
} known[] = {
	{ FEC_JOURNAL, { "journalcode", "codejournal", "journal", "jrn" } },
	{ FEC_JOURNAL_LABEL, { "journallib", "libellejournal", "journallibelle", "libjournal" } },
	{ FEC_ENTRY, { "ecriturenum", "numecriture", "numeroecriture", "necriture" } },
	{ FEC_POSTING_DAY, { "ecrituredate", "dateecriture", "datecomptable", "datecomptabilisation" } },
	{ FEC_ACCOUNT, { "comptenum", "numcompte", "numerocompte", "ncompte" } },
	{ FEC_ACCOUNT_LABEL, { "comptelib", "libellecompte", "comptelibelle", "libcompte" } },
	{ FEC_CUSTOMER, { "compauxnum", "compteauxnum", "comptauxnum", "numcompteaux" } },
	{ FEC_CUSTOMER_LABEL, { "compauxlib", "compteauxlib", "comptauxlib", "libcompteaux" } },
	{ FEC_PIECE, { "pieceref", "refpiece", "piece", "npiece", "numpiece" } },
	{ FEC_PIECE_DAY, { "piecedate", "datepiece" } },
	{ FEC_LABEL, { "ecriturelib", "libelleecriture", "ecriturelibelle", "libelle" } },
	{ FEC_DEBIT, { "debit", "montantdebit" } },
	{ FEC_CREDIT, { "credit", "montantcredit" } },
	{ FEC_AMOUNT, { "montant" } },
	{ FEC_SENSE, { "sens" } },
	{ FEC_LETTERING, { "ecriturelet", "lettrage", "codelettrage" } },
	{ FEC_LETTERED_DAY, { "datelet", "datelettrage" } },
	{ FEC_CURRENCY_AMOUNT, { "montantdevise" } },
	{ FEC_CURRENCY, { "idevise", "devise", "iddevise" } },
	{ FEC_DUE_DAY, { "dateecheance", "echeancedate", "datedecheance", "echeance", "dateech", "datech", "duedate" } },
};

static void squeeze(char *text)
{
	char *to = text;
	for (const char *from = text; *from; from++)
		if (*from != ' ') *to++ = *from;
	*to = 0;
}

bool fec_header_match(const struct table *table, const struct encoding_guess *guess, struct arena *arena, struct fec_header *out)
{
	*out = (struct fec_header){ 0 };
	for (int i = 0; i < FEC_FIELDS; i++) out->columns[i] = -1;
	for (size_t i = 0; i < table->count; i++) {
		struct slice name = encoding_text(arena, guess, table->cells[i]);
		if (name.len) out->count = (int)i + 1;
		if (name.len == 0 || name.len > 60) continue;
		cleanup_free char *plain = text_normalise(name.bytes, name.len);
		squeeze(plain);
		for (size_t k = 0; k < COUNT(known); k++)
			for (size_t n = 0; n < COUNT(known[k].names) && known[k].names[n]; n++)
				if (out->columns[known[k].field] < 0 && strcmp(plain, known[k].names[n]) == 0) {
					out->columns[known[k].field] = (int)i;
					out->names[known[k].field] = arena_strndup(arena, name.bytes, name.len);
				}
	}
	const int *c = out->columns;
	bool sides = c[FEC_DEBIT] >= 0 && c[FEC_CREDIT] >= 0;
	if (sides) out->columns[FEC_AMOUNT] = out->columns[FEC_SENSE] = -1;
	if (c[FEC_JOURNAL] < 0 || c[FEC_ACCOUNT] < 0 || c[FEC_POSTING_DAY] < 0 || !(sides || c[FEC_AMOUNT] >= 0)) return false;
	const enum fec_field needed[] = { FEC_JOURNAL, FEC_ACCOUNT, FEC_POSTING_DAY, FEC_DEBIT, FEC_CREDIT, FEC_AMOUNT, FEC_SENSE };
	for (size_t i = 0; i < COUNT(needed); i++)
		if (c[needed[i]] > out->last_needed) out->last_needed = c[needed[i]];
	return true;
}

struct status fec_header_read(const char *bytes, size_t len, struct table_dialect dialect, const struct encoding_guess *guess,
                              enum lang lang, struct arena *arena, struct fec_header *out, int64_t *line)
{
	struct table table;
	bool found = false;
	table_open(&table, bytes, len, dialect);
	for (int rows = 0; rows < 5 && !found && table_next(&table) == TABLE_ROW; rows++) {
		if (table.blank) continue;
		found = fec_header_match(&table, guess, arena, out);
		*line = table.line;
	}
	table_close(&table);
	if (found) return STATUS_FINE;
	return status_make(STATUS_INVALID, "%s",
		tr(lang, "This is not a FEC: its first line does not name the columns JournalCode, EcritureDate, CompteNum and Debit, Credit (or Montant, Sens)."));
}
