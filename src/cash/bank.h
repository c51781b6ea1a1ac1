/* bank — what banks said: accounts with their balances, and lines, each kept once however often it is told.
 *
 * Lines meet on (account, day, amount) and the bank's own reference, else the text, and on which of several alike they are: the
 * same file again, statements that overlap, the same days in another format add nothing; two real transfers of the same amount
 * and text on one day are two (reference/pitfalls.md 67-70). A line is there as long as one import that holds it is active.
 *
 *     struct bank_news *news;
 *     TRY(bank_compare(db, tenant, company, file, arena, &news));        what of a file is new
 *     TRY(bank_store(&change, news, import_id));                          inside the change that makes the import count
 *     TRY(bank_forget(&change, import_id));                               taking it back: applications of its lines go with it
 */
#ifndef CASH_BANK_H
#define CASH_BANK_H

#include "formats/statement.h"
#include "ledger/company.h"

#include <jansson.h>

const char *bank_line_kind_code(enum bank_line_kind kind); /* "direct_debit" */
enum bank_line_kind bank_line_kind_parse(const char *code); /* BANK_LINE_OTHER when it is none */

/* A line that may be a customer's: money in, or money of ours that comes back. Others are kept for the balances, and set aside. */
bool bank_line_concerns(const struct bank_line *line);
/* It takes an earlier payment back: said by the bank, or by the words of its label (impayé, rejet, retour). */
bool bank_line_returns(const struct bank_line *line);

/* Digest of what a line is told by (its text, else its label; letters and digits only), kept when a person's name is taken out of it, so
 * that the same line told again still meets it. */
enum { BANK_TOLD_SALT = 16, BANK_TOLD = BANK_TOLD_SALT + 32 };
void bank_told(const char *text, const unsigned char salt[static BANK_TOLD_SALT], unsigned char out[static BANK_TOLD]);

struct bank_news {
	const struct statement_file *file;
	struct bank_news_line *lines; /* inside */
	size_t line_count;
	int64_t added, known;       /* lines that concern a customer */
	int64_t aside;              /* others, new or known */
	bool anything;              /* a line, an account or a balance that is not known yet */
	const char **warnings;      /* gaps between balances, accounts of another currency: in words (arena) */
	size_t warning_count;
};
struct status bank_compare(struct db *db, int64_t tenant, int64_t company, const struct statement_file *file, enum lang lang,
                           struct arena *arena, struct bank_news **out);
struct status bank_store(struct change *change, struct bank_news *news, int64_t import_id);
/* How many applications went with the lines; *customers malloc'd, whose items are to be recomputed. */
struct status bank_forget(struct change *change, int64_t import_id, int64_t **customers, size_t *count, int64_t *applications);

/* --- accounts ----------------------------------------------------------------------------------------------------------------- */
struct bank_account_row {
	int64_t id, balance, line_count, open_count, open_amount; /* open: in, waiting for a decision */
	const char *account, *name, *bank;
	char currency[4];
	bool known;                 /* the bank gave a balance */
	int32_t balance_day, last_day; /* of the latest closing balance, of the last line; DAY_NONE */
	bool gap;                   /* a statement opens at another balance than the one before it closed */
	int32_t gap_day;
	int64_t gap_amount;
};
struct status bank_account_list(struct db *db, const struct viewer *viewer, int64_t company_id, struct arena *arena,
                                struct bank_account_row **out, size_t *count);
json_t *bank_accounts_json(const struct bank_account_row *rows, size_t count); /* list_json.c */

#endif
