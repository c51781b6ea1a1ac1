#include "formats/statement_maker.h"

#include "base/memory.h"
#include "base/words.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { JOINED_MAX = 8192, WARNINGS_MAX = 200 };

struct bank_statement *maker_statement(struct statement_maker *maker)
{
	struct statement_file *file = maker->file;
	GROW(file->statements, file->statement_count, maker->statement_cap);
	maker->line_cap = 0;
	struct bank_statement *statement = &file->statements[file->statement_count++];
	*statement = (struct bank_statement){ .account = "", .account_name = "", .bank = "", .number = "", .from_day = DAY_NONE, .to_day = DAY_NONE };
	statement->opening.day = statement->closing.day = DAY_NONE;
	return statement;
}

struct bank_statement *maker_last(struct statement_maker *maker)
{
	struct statement_file *file = maker->file;
	return file->statement_count ? &file->statements[file->statement_count - 1] : NULL;
}

struct bank_line *maker_line(struct statement_maker *maker, int64_t position)
{
	struct bank_statement *statement = maker_last(maker);
	GROW(statement->lines, statement->line_count, maker->line_cap);
	struct bank_line *line = &statement->lines[statement->line_count++];
	*line = (struct bank_line){ .position = position, .booking_day = DAY_NONE, .value_day = DAY_NONE, .bank_reference = "", .end_to_end = "",
		.structured = "", .mandate = "", .text = "", .label = "", .payer = "", .payer_iban = "", .ultimate_payer = "", .return_code = "", .return_text = "" };
	memcpy(line->currency, statement->currency, sizeof line->currency);
	return line;
}

struct bank_line *maker_last_line(struct statement_maker *maker)
{
	struct bank_statement *statement = maker_last(maker);
	return statement && statement->line_count ? &statement->lines[statement->line_count - 1] : NULL;
}

void maker_drop_line(struct statement_maker *maker)
{
	maker_last(maker)->line_count--;
}

/* --- texts -------------------------------------------------------------------------------------------------------------- */

const char *maker_utf8(struct statement_maker *maker, const char *bytes, size_t len)
{
	struct slice text = slice_trim((struct slice){ bytes, len });
	if (!text.len) return "";
	char *copy = arena_strndup(maker->file->arena, text.bytes, text.len);
	size_t out = 0;
	for (size_t i = 0; i < text.len; i++) {
		char c = (unsigned char)copy[i] < 0x20 || copy[i] == 0x7F ? ' ' : copy[i];
		if (c != ' ' || (out && copy[out - 1] != ' ')) copy[out++] = c;
	}
	if (out && copy[out - 1] == ' ') out--; /* of a control character at the end */
	copy[out] = 0;
	return copy;
}

const char *maker_text(struct statement_maker *maker, struct slice raw)
{
	raw = slice_trim(raw);
	if (!raw.len) return "";
	struct encoding_guess encoding = maker->encoding;
	if (encoding.ascii || (encoding.encoding == ENCODING_UTF8 && utf8_valid(raw.bytes, raw.len))) return maker_utf8(maker, raw.bytes, raw.len);
	/* a field of so many bytes may end inside a character */
	if (encoding.encoding == ENCODING_UTF8) encoding.encoding = ENCODING_UTF8_DAMAGED;
	struct slice text = encoding_text(maker->file->arena, &encoding, raw);
	return maker_utf8(maker, text.bytes, text.len);
}

const char *maker_account(struct statement_maker *maker, const char *text)
{
	char *out = arena_strdup(maker->file->arena, text);
	size_t len = 0;
	for (size_t i = 0; out[i]; i++)
		if ((unsigned char)out[i] > ' ') out[len++] = out[i];
	out[len] = 0;
	cleanup_free char *capitals = xstrdup(out);
	for (size_t i = 0; i < len; i++) capitals[i] = (char)toupper((unsigned char)capitals[i]);
	if (iban_valid(capitals)) memcpy(out, capitals, len);
	char iban[28]; /* a RIB: bank, branch, account, key */
	if (len == 23 && strspn(capitals, "0123456789") >= 10 && iban_french(capitals, capitals + 5, capitals + 10, iban) && memcmp(iban + 25, capitals + 21, 2) == 0)
		return arena_strdup(maker->file->arena, iban);
	return out;
}

const char *maker_join(struct statement_maker *maker, const char *first, const char *second)
{
	if (!*second) return first;
	if (!*first) return second;
	if (strlen(first) + strlen(second) > JOINED_MAX) return first;
	return arena_printf(maker->file->arena, "%s %s", first, second);
}

const char *maker_reference(const char *text)
{
	static const char *const none[] = { "NOTPROVIDED", "NOT PROVIDED", "NOTAVAILABLE", "NONREF", "NOREF", "NONE", "N/A", "EREF", "UNDEFINED" };
	for (size_t i = 0; i < COUNT(none); i++)
		if (strcasecmp(text, none[i]) == 0) return "";
	return text[strspn(text, "0 -")] ? text : ""; /* only zeros: nothing was filled in */
}

void maker_currency(char out[static 4], const char *text)
{
	if (!text || strlen(text) != 3) return;
	char code[4] = { (char)toupper((unsigned char)text[0]), (char)toupper((unsigned char)text[1]), (char)toupper((unsigned char)text[2]) };
	for (size_t i = 0; i < 3; i++)
		if (code[i] < 'A' || code[i] > 'Z') return;
	memcpy(out, code, sizeof code);
}

void maker_warn(struct statement_maker *maker, const char *words)
{
	struct statement_file *file = maker->file;
	if (file->warning_count == WARNINGS_MAX) return;
	GROW(file->warnings, file->warning_count, maker->warning_cap);
	file->warnings[file->warning_count++] = arena_strdup(file->arena, words);
}

void maker_reject(struct statement_maker *maker, int64_t line, const char *column, const char *value, const char *reason)
{
	complaint_add(&maker->file->rejected, (struct complaint){ .line = line, .column = column, .value = value, .reason = reason });
}

const char *maker_money(struct statement_maker *maker, int64_t minor, const char *currency)
{
	cleanup_text struct text out = { 0 };
	words_amount(&out, maker->lang, minor, currency);
	return arena_strdup(maker->file->arena, text_cstr(&out));
}

/* --- amounts and accounts ------------------------------------------------------------------------------------------------ */

bool plain_amount(struct slice text, char mark, const char *currency, int64_t *out)
{
	size_t i = 0;
	bool negative = false, fraction = false;
	int64_t minor = 0;
	int decimals = currency_decimals(currency), run = 0, digits = 0;
	if (i < text.len && (text.bytes[i] == '-' || text.bytes[i] == '+')) negative = text.bytes[i++] == '-';
	for (; i < text.len; i++) {
		char c = text.bytes[i];
		if (c >= '0' && c <= '9') {
			digits++;
			if (fraction && run++ >= decimals) {
				if (c != '0') return false;
				continue;
			}
			if (__builtin_mul_overflow(minor, 10, &minor) || __builtin_add_overflow(minor, c - '0', &minor)) return false;
		} else if (!fraction && (mark ? c == mark : c == ',' || c == '.')) {
			fraction = true;
		} else {
			return false;
		}
	}
	if (!digits) return false;
	for (; run < decimals; run++)
		if (__builtin_mul_overflow(minor, 10, &minor)) return false;
	*out = negative ? -minor : minor;
	return true;
}

bool iban_shaped(const char *text)
{
	size_t len = strlen(text);
	if (len < 15 || len > 34 || !isupper((unsigned char)text[0]) || !isupper((unsigned char)text[1]) || !isdigit((unsigned char)text[2])
	    || !isdigit((unsigned char)text[3])) return false;
	for (size_t i = 4; i < len; i++)
		if (!isdigit((unsigned char)text[i]) && !isupper((unsigned char)text[i])) return false;
	return true;
}

bool iban_valid(const char *text)
{
	if (!iban_shaped(text)) return false;
	size_t len = strlen(text);
	int rest = 0;
	for (size_t i = 0; i < len; i++) {
		char c = text[(i + 4) % len];
		rest = c <= '9' ? (rest * 10 + (c - '0')) % 97 : (rest * 100 + (c - 'A' + 10)) % 97;
	}
	return rest == 1;
}

bool iban_french(const char *bank, const char *branch, const char *account, char out[static 28])
{
	char digits[24];
	snprintf(out, 28, "FR00%.5s%.5s%.11s", bank, branch, account);
	if (strlen(out) != 25) return false;
	/* letters of an account: A, J 1; B, K, S 2; … I, R, Z 9 */
	for (size_t i = 4; i < 25; i++) {
		out[i] = (char)toupper((unsigned char)out[i]);
		char c = out[i];
		if (c >= '0' && c <= '9')
			digits[i - 4] = c;
		else if (c >= 'A' && c <= 'R')
			digits[i - 4] = (char)('1' + (c - 'A') % 9);
		else if (c >= 'S' && c <= 'Z')
			digits[i - 4] = (char)('2' + (c - 'S'));
		else
			return false;
	}
	int rest = 0;
	for (size_t i = 0; i < 23; i++) rest = (rest * 10 + (i < 21 ? digits[i] - '0' : 0)) % 97;
	int key = 97 - rest;
	out[25] = (char)('0' + key / 10), out[26] = (char)('0' + key % 10), out[27] = 0;
	rest = 0;
	for (size_t i = 4; i < 27 + 4; i++) {
		char c = out[i < 27 ? i : i - 27];
		rest = c <= '9' ? (rest * 10 + (c - '0')) % 97 : (rest * 100 + (c - 'A' + 10)) % 97;
	}
	int check = 98 - rest;
	out[2] = (char)('0' + check / 10), out[3] = (char)('0' + check % 10);
	return true;
}

/* --- kinds --------------------------------------------------------------------------------------------------------------- */

static bool word(const char *plain, const char *wanted)
{
	size_t len = strlen(wanted);
	for (const char *at = plain; (at = strstr(at, wanted)); at++)
		if ((at == plain || at[-1] == ' ') && (at[len] == 0 || at[len] == ' ')) return true;
	return false;
}

/* The order matters: a returned cheque's fee is a fee, a returned cheque a return. */
enum bank_line_kind kind_of_label(const char *label)
{
	static const struct {
		enum bank_line_kind kind;
		const char *words[16];
	} table[] = {
		{ BANK_LINE_FEE, { "frais", "commission", "commissions", "cotisation", "agios", "charges", "charge", "fee", "fees", "srvchg", "entgelt", "entgeltabschluss" } },
		{ BANK_LINE_RETURN, { "impaye", "impayes", "impayee", "rejet", "rejets", "rejete", "rejetee", "rejected", "returned", "unpaid", "bounced", "rucklastschrift",
		                      "ruecklastschrift" } },
		{ BANK_LINE_RETURN, { "retour prlv", "retour prelevement", "retour prelevements", "retour cheque", "retour chq", "retour lcr", "retour effet", "retour vir", "retour virement",
		                      "retour sepa", "retour sdd", "return of direct debit", "direct debit return", "returned cheque" } },
		{ BANK_LINE_DIRECT_DEBIT, { "prlv", "prelevement", "prelevements", "prelvt", "prlvt", "sdd", "direct debit", "direct debits", "lastschrift", "domiciliation", "tip" } },
		{ BANK_LINE_BILL, { "lcr", "bor", "effet", "effets", "traite", "traites", "wechsel", "bill of exchange" } },
		{ BANK_LINE_CHEQUE, { "chq", "cheque", "cheques", "check", "rem chq", "remise chq", "scheck" } },
		{ BANK_LINE_CARD, { "cb", "carte", "cartes", "tpe", "card", "pos", "dab", "retrait dab", "paiement cb" } },
		{ BANK_LINE_TRANSFER, { "vir", "virt", "virement", "virements", "virinst", "transfer", "transfers", "sct", "uberweisung", "ueberweisung", "sepa credit transfer", "trf" } },
	};
	if (!*label) return BANK_LINE_OTHER;
	cleanup_free char *plain = text_normalise(label, strlen(label));
	for (size_t i = 0; i < COUNT(table); i++)
		for (size_t j = 0; j < COUNT(table[i].words) && table[i].words[j]; j++)
			if (word(plain, table[i].words[j])) return table[i].kind;
	return BANK_LINE_OTHER;
}

enum bank_line_kind kind_of_operation(const char *code)
{
	static const struct {
		enum bank_line_kind kind;
		const char *codes; /* of two characters each */
	} table[] = {
		{ BANK_LINE_RETURN, "03 10 12 26 27 33 34 38 98 A3 A4 B3 B4 C3 C5" },
		{ BANK_LINE_DIRECT_DEBIT, "08 09 22 24 96 97 A1 A2 B1 B2" },
		{ BANK_LINE_TRANSFER, "05 06 13 14 18 21 39 41 44 45 90 C1 C2" },
		{ BANK_LINE_CHEQUE, "01 02 15" },
		{ BANK_LINE_BILL, "07 31 32 35 37" },
		{ BANK_LINE_CARD, "11 28 29 30 36" },
		{ BANK_LINE_FEE, "61 62 64 65 66 67 70 88" },
	};
	if (strlen(code) != 2 || code[0] == ' ') return BANK_LINE_OTHER;
	for (size_t i = 0; i < COUNT(table); i++)
		if (word(table[i].codes, code)) return table[i].kind;
	return BANK_LINE_OTHER;
}
