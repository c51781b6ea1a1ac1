/* statement_maker — what the readers of bank formats share: growing a statement_file, its texts, amounts and kinds of lines.
 * Nothing outside src/formats includes it.
 *
 *     struct bank_statement *statement = maker_statement(maker);     the last one, until the next is begun
 *     struct bank_line *line = maker_line(maker, position);          of the last statement; every text ""
 *     line->text = maker_text(maker, slice);
 */
#ifndef FORMATS_STATEMENT_MAKER_H
#define FORMATS_STATEMENT_MAKER_H

#include "base/money.h"
#include "formats/encoding.h"
#include "formats/statement.h"

struct statement_maker {
	struct statement_file *file;
	struct statement_options options;
	struct encoding_guess encoding; /* of the bytes the reader sees; UTF-8 for XML */
	enum lang lang;
	size_t statement_cap, line_cap, warning_cap;
};

/* Each reads its format into the maker; bytes without byte order mark, never UTF-16 but for XML. */
struct status camt_read(struct statement_maker *maker, const char *bytes, size_t len);
struct status cfonb_read(struct statement_maker *maker, const char *bytes, size_t len);
struct status cfonb240_read(struct statement_maker *maker, const char *bytes, size_t len);
struct status mt940_read(struct statement_maker *maker, const char *bytes, size_t len);
struct status ofx_read(struct statement_maker *maker, const char *bytes, size_t len);
struct status qif_read(struct statement_maker *maker, const char *bytes, size_t len);
struct status bank_csv_read(struct statement_maker *maker, const char *bytes, size_t len);
struct status pain002_read(struct statement_maker *maker, const char *bytes, size_t len);

/* Whether a table is a bank's list of movements and not a list of items or payments; *grounds in words (an English msgid). */
bool bank_csv_like(const char *bytes, size_t len, const struct encoding_guess *encoding, const char **grounds);

struct bank_statement *maker_statement(struct statement_maker *maker);
struct bank_statement *maker_last(struct statement_maker *maker); /* NULL before the first */
struct bank_line *maker_line(struct statement_maker *maker, int64_t position);
struct bank_line *maker_last_line(struct statement_maker *maker); /* of the last statement; NULL when it has none */
void maker_drop_line(struct statement_maker *maker);

const char *maker_text(struct statement_maker *maker, struct slice raw);  /* from the file's characters, trimmed, runs of spaces one */
const char *maker_utf8(struct statement_maker *maker, const char *bytes, size_t len); /* the same of UTF-8 */
const char *maker_account(struct statement_maker *maker, const char *text); /* spaces out; capitals where it is an IBAN */
const char *maker_join(struct statement_maker *maker, const char *first, const char *second); /* with a space between; bounded */
const char *maker_reference(const char *text); /* "" for NOTPROVIDED, NONREF and their like */
void maker_currency(char out[static 4], const char *text); /* three letters, as capitals; else untouched */

void maker_warn(struct statement_maker *maker, const char *words);
/* value is in UTF-8; reason in words, translated by the caller. */
void maker_reject(struct statement_maker *maker, int64_t line, const char *column, const char *value, const char *reason);
const char *maker_money(struct statement_maker *maker, int64_t minor, const char *currency); /* as people read it */

/* [sign] digits [mark digits], nothing else; decimals beyond the currency's only zeros. mark 0: comma or dot. */
bool plain_amount(struct slice text, char mark, const char *currency, int64_t *out);
bool iban_valid(const char *text);  /* shape and check digits */
bool iban_shaped(const char *text); /* two capitals, two digits, then capitals and digits, 15 to 34 in all */
/* The IBAN of a French account as CFONB writes it: bank 5, branch 5, account 11. False where it is none. */
bool iban_french(const char *bank, const char *branch, const char *account, char out[static 28]);

/* What the bank's wording says of a line ("PRLV SEPA", "REMISE CHQ", "IMPAYE"…); BANK_LINE_OTHER when nothing. */
enum bank_line_kind kind_of_label(const char *label);
/* By CFONB's interbank operation code. */
enum bank_line_kind kind_of_operation(const char *code);

#endif
