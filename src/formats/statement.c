#include "formats/statement.h"

#include "base/memory.h"
#include "formats/statement_maker.h"
#include "formats/xml.h"

#include <stdlib.h>
#include <string.h>

static const struct reader {
	enum format_kind kind;
	struct status (*read)(struct statement_maker *maker, const char *bytes, size_t len);
	bool xml;
	const char *format;
} readers[] = {
	{ FORMAT_CAMT, camt_read, true, "camt.053" },
	{ FORMAT_CFONB, cfonb_read, false, "cfonb120" },
	{ FORMAT_CFONB240, cfonb240_read, false, "cfonb240" },
	{ FORMAT_MT940, mt940_read, false, "mt940" },
	{ FORMAT_OFX, ofx_read, false, "ofx" },
	{ FORMAT_QIF, qif_read, false, "qif" },
	{ FORMAT_BANK_CSV, bank_csv_read, false, "bank-csv" },
	{ FORMAT_PAIN002, pain002_read, true, "pain.002" },
};

static const char *account_words(struct statement_maker *maker, const struct bank_statement *statement)
{
	return *statement->account ? statement->account : tr(maker->lang, "without an account number");
}

/* Opening + booked lines = closing: where it is not, lines are missing or damaged, and a person should know before relying on it. */
static void check_balance(struct statement_maker *maker, struct bank_statement *statement)
{
	if (!statement->opening.known || !statement->closing.known) return;
	__int128 sum = statement->opening.amount, lines = 0;
	for (size_t i = 0; i < statement->line_count; i++)
		if (!statement->lines[i].pending && strcmp(statement->lines[i].currency, statement->currency) == 0) lines += statement->lines[i].amount;
	sum += lines;
	if (sum == statement->closing.amount) return;
	statement->unbalanced = true;
	__int128 off = sum - statement->closing.amount;
	if (sum > INT64_MAX || sum < -INT64_MAX || off > INT64_MAX || off < -INT64_MAX) {
		maker_warn(maker, fill(maker->file->arena, tr(maker->lang, "Account {account}: the amounts are too large to be summed."),
		                       (struct blank[]){ { "account", account_words(maker, statement) }, { 0 } }));
		return;
	}
	char day[11];
	day_format(statement->closing.day, day);
	maker_warn(maker, fill(maker->file->arena,
		tr(maker->lang, "Account {account}, statement of {day}: opening balance {opening} and lines of {lines} make {sum}, but the bank's closing balance is "
		                "{closing}. Lines may be missing ({off})."),
		(struct blank[]){ { "account", account_words(maker, statement) }, { "day", *day ? day : "?" },
			{ "opening", maker_money(maker, statement->opening.amount, statement->currency) },
			{ "lines", maker_money(maker, (int64_t)lines, statement->currency) }, { "sum", maker_money(maker, (int64_t)sum, statement->currency) },
			{ "closing", maker_money(maker, statement->closing.amount, statement->currency) },
			{ "off", maker_money(maker, (int64_t)off, statement->currency) }, { 0 } }));
}

/* The next statement of an account opens with what the one before closed; a gap means that a statement is missing. */
static void check_gap(struct statement_maker *maker, const struct bank_statement *before, const struct bank_statement *statement)
{
	if (!before->closing.known || !statement->opening.known || before->closing.amount == statement->opening.amount) return;
	if (strcmp(before->account, statement->account) != 0 || strcmp(before->currency, statement->currency) != 0) return;
	maker_warn(maker, fill(maker->file->arena,
		tr(maker->lang, "Account {account}: one statement closes with {closing}, the next opens with {opening}. A statement may be missing between them."),
		(struct blank[]){ { "account", account_words(maker, statement) }, { "closing", maker_money(maker, before->closing.amount, before->currency) },
			{ "opening", maker_money(maker, statement->opening.amount, statement->currency) }, { 0 } }));
}

static void settle(struct statement_maker *maker)
{
	struct statement_file *file = maker->file;
	const char *currency = maker->options.currency && strlen(maker->options.currency) == 3 ? maker->options.currency : "EUR";
	for (size_t i = 0; i < file->statement_count; i++) {
		struct bank_statement *statement = &file->statements[i];
		/* the company's currency only where neither the account nor a line names one */
		if (!statement->currency[0])
			memcpy(statement->currency, statement->line_count && statement->lines[0].currency[0] ? statement->lines[0].currency : currency, 4);
		for (size_t j = 0; j < statement->line_count; j++)
			if (!statement->lines[j].currency[0]) memcpy(statement->lines[j].currency, statement->currency, 4);
		check_balance(maker, statement);
		if (i && !statement->advice) check_gap(maker, statement - 1, statement);
	}
}

static struct status read_text(struct statement_maker *maker, const struct reader *reader, const char *bytes, size_t len)
{
	char *converted = NULL;
	maker->encoding = encoding_guess(bytes, len);
	maker->file->encoding = encoding_name(maker->encoding.encoding);
	if (maker->encoding.encoding >= ENCODING_UTF16_LE) {
		encoding_convert_utf16(bytes, len, maker->encoding.encoding == ENCODING_UTF16_BE, &converted, &len);
		bytes = converted;
		maker->encoding = (struct encoding_guess){ .encoding = ENCODING_UTF8 };
	}
	bytes += maker->encoding.mark_len, len -= maker->encoding.mark_len;
	while (len && (bytes[len - 1] == 0x1A || bytes[len - 1] == 0)) len--; /* what DOS and mainframes put at the end */
	struct status status = len && memchr(bytes, 0, len) ? status_make(STATUS_INVALID, "This is not a text file: it holds zero bytes.") : reader->read(maker, bytes, len);
	free(converted);
	return status;
}

struct status statement_read(enum format_kind kind, const char *bytes, size_t len, struct statement_options options, struct statement_file **out)
{
	*out = NULL;
	const struct reader *reader = NULL;
	for (size_t i = 0; i < COUNT(readers); i++)
		if (readers[i].kind == kind) reader = &readers[i];
	if (!reader) return status_make(STATUS_INVALID, "This is no format of a bank.");
	if (len == 0) return status_make(STATUS_INVALID, "The file is empty.");
	struct statement_file *file = xcalloc(1, sizeof *file);
	file->arena = arena_new();
	file->rejected.arena = file->arena;
	file->format = reader->format;
	struct statement_maker maker = { .file = file, .options = options, .lang = options.lang, .encoding = { .encoding = ENCODING_UTF8 } };
	struct status status;
	if (reader->xml) {
		file->encoding = xml_encoding(bytes, len);
		status = reader->read(&maker, bytes, len);
	} else {
		status = read_text(&maker, reader, bytes, len);
	}
	if (!status.code && file->statement_count == 0 && file->rejected.total == 0)
		status = status_make(STATUS_INVALID, "The file holds no statement: neither an account nor a movement.");
	if (status.code) {
		statement_file_free(file);
		return status;
	}
	settle(&maker);
	*out = file;
	return STATUS_FINE;
}

void statement_file_free(struct statement_file *file)
{
	if (!file) return;
	for (size_t i = 0; i < file->statement_count; i++) free(file->statements[i].lines);
	free(file->statements);
	free(file->warnings);
	complaints_free(&file->rejected);
	arena_free(file->arena);
	free(file);
}
