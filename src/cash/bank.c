#include "cash/account_number.h"
#include "cash/bank_inside.h"

#include "base/memory.h"
#include "base/text.h"
#include "base/words.h"

#include <ctype.h>
#include <string.h>

static const char *const kinds[] = {
	[BANK_LINE_OTHER] = "other", [BANK_LINE_TRANSFER] = "transfer", [BANK_LINE_DIRECT_DEBIT] = "direct_debit",
	[BANK_LINE_CHEQUE] = "cheque", [BANK_LINE_BILL] = "bill", [BANK_LINE_CARD] = "card", [BANK_LINE_RETURN] = "return",
	[BANK_LINE_FEE] = "fee",
};

const char *bank_line_kind_code(enum bank_line_kind kind)
{
	return kinds[kind];
}

enum bank_line_kind bank_line_kind_parse(const char *code)
{
	for (size_t i = 0; i < COUNT(kinds); i++)
		if (strcmp(kinds[i], code) == 0) return (enum bank_line_kind)i;
	return BANK_LINE_OTHER;
}

/* Whole words that banks write for what comes back, accents folded. */
static bool says_return(const char *text)
{
	static const char *const words[] = { "impaye", "impayes", "rejet", "rejete", "retour", "retourne", "unpaid", "returned", "chargeback",
		                             "ruecklastschrift", "rejected" };
	cleanup_free char *folded = text_normalise(text, strlen(text));
	for (const char *p = folded; *p;) {
		size_t len = strspn(p, "abcdefghijklmnopqrstuvwxyz");
		for (size_t i = 0; len && i < COUNT(words); i++)
			if (strlen(words[i]) == len && memcmp(p, words[i], len) == 0) return true;
		p += len ? len : 1;
	}
	return false;
}

bool bank_line_returns(const struct bank_line *line)
{
	if (line->amount >= 0) return false;
	return line->kind == BANK_LINE_RETURN || line->reversal || *line->return_code
	       || (line->kind != BANK_LINE_FEE && (says_return(line->label) || says_return(line->text)));
}

bool bank_line_concerns(const struct bank_line *line)
{
	return line->amount > 0 || bank_line_returns(line);
}

/* --- what is known ------------------------------------------------------------------------------------------------------- */
static void warn(struct comparing *c, const char *words)
{
	const char **bigger = arena_array(c->arena, const char *, c->news->warning_count + 1);
	if (c->news->warning_count) memcpy(bigger, c->news->warnings, c->news->warning_count * sizeof *bigger);
	bigger[c->news->warning_count++] = arena_strdup(c->arena, words);
	c->news->warnings = bigger;
}

size_t account_find(const struct account *accounts, size_t count, const struct bank_statement *statement)
{
	size_t by_number = SIZE_MAX, fitting = 0;
	for (size_t i = 0; i < count; i++) {
		if (strcmp(accounts[i].currency, statement->currency) != 0) continue;
		enum account_likeness likeness = account_compare(accounts[i].account, statement->account);
		if (likeness == ACCOUNT_SAME) return i;
		if (likeness == ACCOUNT_NUMBER) by_number = i, fitting++;
	}
	return fitting == 1 ? by_number : SIZE_MAX;
}

static struct status load_accounts(struct comparing *c)
{
	size_t cap = 8 + c->news->file->statement_count;
	c->accounts = arena_array(c->arena, struct account, cap);
	cleanup_rows struct rows *rows = db_query(c->db,
		"SELECT id, account, currency, name, bank FROM bank_account WHERE tenant_id = $tenant AND company_id = $company ORDER BY id",
		DB_ARGS(OF_COMPANY(c)));
	while (rows_next(rows)) {
		if (c->account_count + c->news->file->statement_count >= cap) {
			struct account *bigger = arena_array(c->arena, struct account, cap * 2);
			memcpy(bigger, c->accounts, c->account_count * sizeof *bigger);
			c->accounts = bigger, cap *= 2;
		}
		struct account *account = &c->accounts[c->account_count++];
		*account = (struct account){ .id = row_int(rows, 0), .account = arena_strdup(c->arena, row_text(rows, 1)),
			                     .name = arena_strdup(c->arena, row_text(rows, 3)), .bank = arena_strdup(c->arena, row_text(rows, 4)) };
		snprintf(account->currency, sizeof account->currency, "%s", row_text(rows, 2));
	}
	return rows_status(rows);
}

static size_t take_account(struct comparing *c, const struct bank_statement *statement)
{
	size_t found = account_find(c->accounts, c->account_count, statement);
	if (found != SIZE_MAX) return found;
	struct account *account = &c->accounts[c->account_count];
	*account = (struct account){ .account = statement->account, .name = statement->account_name, .bank = statement->bank, .fresh = true };
	snprintf(account->currency, sizeof account->currency, "%s", statement->currency);
	c->news->anything = true;
	return c->account_count++;
}

/* --- balances --------------------------------------------------------------------------------------------------------------- */
static void warn_balance(struct comparing *c, const struct account *account, int32_t day, int64_t expected, int64_t found)
{
	cleanup_text struct text words = { 0 };
	text_addf(&words, "%s, ", account->account);
	words_date(&words, c->lang, day);
	text_add(&words, tr(c->lang, ": the statement opens at "));
	words_amount(&words, c->lang, found, account->currency);
	text_add(&words, tr(c->lang, ", the one before closed at "));
	words_amount(&words, c->lang, expected, account->currency);
	text_add(&words, tr(c->lang, ". A statement may be missing."));
	warn(c, text_cstr(&words));
}

/* The balance that this statement should open at: the latest closing on or before that day, in the store or this file. */
static struct status check_opening(struct comparing *c, size_t index)
{
	const struct bank_statement *statement = &c->news->file->statements[index];
	if (!statement->opening.known) return STATUS_FINE;
	const struct account *account = &c->accounts[take_account(c, statement)];
	int32_t day = DAY_NONE;
	int64_t balance = 0;
	if (account->id) {
		cleanup_rows struct rows *rows = db_query(c->db,
			"SELECT s.closing_day, s.closing FROM bank_statement s JOIN import i ON i.tenant_id = s.tenant_id"
			" AND i.company_id = s.company_id AND i.id = s.import_id AND i.state = 'active' WHERE s.tenant_id = $tenant"
			" AND s.company_id = $company AND s.account_id = $account AND s.closing_day IS NOT NULL AND s.closing_day <= $day"
			" ORDER BY s.closing_day DESC, s.import_id DESC, s.position DESC LIMIT 1",
			DB_ARGS(OF_COMPANY(c), db_int("account", account->id), db_day("day", statement->opening.day)));
		if (rows_next(rows)) day = row_day(rows, 0), balance = row_int(rows, 1);
		TRY(rows_status(rows));
	}
	for (size_t i = 0; i < index; i++) { /* the reader of the file tells of gaps inside it */
		const struct bank_statement *other = &c->news->file->statements[i];
		if (account_compare(other->account, statement->account) != ACCOUNT_OTHER && strcmp(other->currency, statement->currency) == 0) return STATUS_FINE;
	}
	/* the same days again: their own closing is no predecessor */
	if (day == DAY_NONE || (statement->closing.known && statement->closing.day <= day)) return STATUS_FINE;
	if (balance != statement->opening.amount) warn_balance(c, account, statement->opening.day, balance, statement->opening.amount);
	return STATUS_FINE;
}

static struct status check_balances(struct comparing *c)
{
	for (size_t i = 0; i < c->news->file->statement_count; i++) {
		const struct bank_statement *statement = &c->news->file->statements[i];
		TRY(check_opening(c, i));
		int64_t known = 0;
		size_t account = take_account(c, statement);
		if (statement->closing.known)
			TRY(db_get_int(c->db,
			               "SELECT count(*) FROM bank_statement s JOIN import i ON i.tenant_id = s.tenant_id AND i.company_id = s.company_id"
			               " AND i.id = s.import_id AND i.state = 'active' WHERE s.tenant_id = $tenant AND s.company_id = $company"
			               " AND s.account_id = $account AND s.closing_day = $day AND s.closing = $amount",
			               DB_ARGS(OF_COMPANY(c), db_int("account", c->accounts[account].id), db_day("day", statement->closing.day),
			                       db_int("amount", statement->closing.amount)), &known, NULL));
		c->news->anything |= statement->closing.known && known == 0;
	}
	return STATUS_FINE;
}

struct status bank_compare(struct db *db, int64_t tenant, int64_t company, const struct statement_file *file, enum lang lang,
                           struct arena *arena, struct bank_news **out)
{
	struct bank_inside *inside = arena_make(arena, struct bank_inside);
	struct comparing c = { .db = db, .tenant = tenant, .company = company, .lang = lang, .arena = arena, .news = &inside->news };
	struct bank_news *news = c.news;
	news->file = file;
	size_t total = 0;
	for (size_t s = 0; s < file->statement_count; s++) total += file->statements[s].line_count;
	news->lines = arena_array(arena, struct bank_news_line, total + 1);
	TRY(load_accounts(&c));
	for (size_t s = 0; s < file->statement_count; s++) {
		const struct bank_statement *statement = &file->statements[s];
		size_t account = take_account(&c, statement);
		for (size_t i = 0; i < statement->line_count; i++) {
			const struct bank_line *line = &statement->lines[i];
			news->lines[news->line_count++] =
				(struct bank_news_line){ .statement = statement, .line = line, .account = account, .text = bank_told_by(line) };
		}
	}
	TRY(bank_known_load(&c));
	bank_meet(&c);
	for (size_t i = 0; i < news->line_count; i++) {
		struct bank_news_line *line = &news->lines[i];
		news->anything |= line->id == 0 || line->revive;
		if (!bank_line_concerns(line->line))
			news->aside++;
		else if ((line->id && !line->revive) || line->whole) /* of a sum its payments are known */
			news->known++;
		else
			news->added++;
		if (line->id) continue;
		line->fresh = true;
		size_t count;
		const struct known_line *known = bank_alike(&c, line, &count);
		line->occurrence = 1;
		for (size_t k = 0; k < count; k++) line->occurrence += bank_said(&known[k], line->text);
		for (const struct bank_news_line *other = line->first_alike; other != line; other = other->next_alike)
			line->occurrence += !other->id && bank_same_text(other->text, line->text);
	}
	TRY(check_balances(&c));
	inside->accounts = c.accounts, inside->account_count = c.account_count;
	*out = news;
	return STATUS_FINE;
}

/* --- storing -------------------------------------------------------------------------------------------------------------------- */
#define CHANGED(change) db_int("tenant", (change)->company.tenant_id), db_int("company", (change)->company.id)

static struct status store_accounts(struct change *change, struct bank_inside *inside)
{
	for (size_t i = 0; i < inside->account_count; i++) {
		struct account *account = &inside->accounts[i];
		if (!account->fresh) continue;
		int64_t id = 0;
		TRY(id_take(change->db, change->company.tenant_id, change->company.id, "bank_account", 1, &id));
		TRY(db_run(change->db,
		           "INSERT INTO bank_account (tenant_id, company_id, id, account, currency, name, bank, rev) VALUES ($tenant, $company,"
		           " $id, $account, $currency, $name, $bank, $rev)",
		           DB_ARGS(CHANGED(change), db_int("id", id), db_text("account", account->account), db_text("currency", account->currency),
		                   db_text("name", account->name), db_text("bank", account->bank), db_int("rev", change->rev))));
		account->id = id;
	}
	return STATUS_FINE;
}

static int64_t account_of(const struct bank_inside *inside, const struct bank_statement *statement)
{
	size_t found = account_find(inside->accounts, inside->account_count, statement);
	return found == SIZE_MAX ? 0 : inside->accounts[found].id;
}

static struct db_arg balance_arg(const char *name, const struct bank_balance *balance)
{
	return balance->known ? db_int(name, balance->amount) : db_null(name);
}

static struct status store_statements(struct change *change, const struct bank_inside *inside, int64_t import_id)
{
	const struct statement_file *file = inside->news.file;
	for (size_t i = 0; i < file->statement_count; i++) {
		const struct bank_statement *s = &file->statements[i];
		TRY(db_run(change->db,
		           "INSERT INTO bank_statement (tenant_id, company_id, import_id, position, account_id, number, from_day, to_day,"
		           " opening_day, opening, closing_day, closing, unbalanced) VALUES ($tenant, $company, $import, $position, $account,"
		           " $number, $from, $to, $opening_day, CAST($opening AS BIGINT), $closing_day, CAST($closing AS BIGINT), $unbalanced)",
		           DB_ARGS(CHANGED(change), db_int("import", import_id), db_int("position", (int64_t)i + 1),
		                   db_int("account", account_of(inside, s)), db_text("number", s->number), db_day("from", s->from_day),
		                   db_day("to", s->to_day), db_day("opening_day", s->opening.known ? s->opening.day : DAY_NONE),
		                   balance_arg("opening", &s->opening), db_day("closing_day", s->closing.known ? s->closing.day : DAY_NONE),
		                   balance_arg("closing", &s->closing), db_int("unbalanced", s->unbalanced))));
	}
	return STATUS_FINE;
}

static void put_text(struct bulk *bulk, const char *text)
{
	size_t len = strlen(text);
	if (len > TEXT_KEPT)
		for (len = TEXT_KEPT; len > 0 && ((unsigned char)text[len] & 0xC0) == 0x80; len--) {}
	bulk_text(bulk, text, len);
}

static struct status store_lines(struct change *change, struct bank_inside *inside, int64_t import_id)
{
	struct bank_news *news = &inside->news;
	int64_t fresh = 0, id = 0;
	for (size_t i = 0; i < news->line_count; i++) fresh += news->lines[i].fresh;
	if (!fresh) return STATUS_FINE;
	TRY(id_take(change->db, change->company.tenant_id, change->company.id, "bank_line", fresh, &id));
	struct bulk *bulk;
	TRY(bulk_begin(change->db, "bank_line",
	               "tenant_id, company_id, id, account_id, import_id, position, occurrence, booking_day, value_day, amount, currency, kind,"
	               " reversal, pending, advice, bank_reference, end_to_end, structured, mandate, text, label, payer, payer_iban, ultimate_payer,"
	               " return_code, return_text, fee, original_amount, original_currency, batch, state, reason, lump_id, present, rev", &bulk));
	for (size_t i = 0; i < news->line_count; i++) {
		struct bank_news_line *row = &news->lines[i];
		const struct bank_line *line = row->line;
		if (!row->fresh) continue;
		row->id = id++; /* again, when the transaction runs again */
		bool aside = !bank_line_concerns(line);
		bulk_int(bulk, change->company.tenant_id), bulk_int(bulk, change->company.id), bulk_int(bulk, row->id);
		bulk_int(bulk, inside->accounts[row->account].id), bulk_int(bulk, import_id), bulk_int(bulk, line->position);
		bulk_int(bulk, row->occurrence), bulk_day(bulk, line->booking_day), bulk_day(bulk, line->value_day);
		bulk_int(bulk, line->amount), bulk_cstr(bulk, line->currency);
		bulk_cstr(bulk, bank_line_kind_code(bank_line_returns(line) ? BANK_LINE_RETURN : line->kind));
		bulk_int(bulk, line->reversal), bulk_int(bulk, bank_told_pending(row) && !row->lump), bulk_int(bulk, row->statement->advice);
		put_text(bulk, line->bank_reference);
		put_text(bulk, line->end_to_end), put_text(bulk, line->structured), put_text(bulk, line->mandate);
		put_text(bulk, line->text), put_text(bulk, line->label), put_text(bulk, line->payer), put_text(bulk, line->payer_iban);
		put_text(bulk, line->ultimate_payer), put_text(bulk, line->return_code), put_text(bulk, line->return_text);
		bulk_int(bulk, line->fee), bulk_int(bulk, line->original_amount), bulk_cstr(bulk, line->original_currency);
		bulk_int(bulk, line->in_batch ? line->batch : 0), bulk_cstr(bulk, aside ? "ignored" : "open");
		bulk_cstr(bulk, aside ? "outgoing" : ""), bulk_int(bulk, row->lump && !row->whole ? row->lump->id : 0);
		bulk_int(bulk, !row->whole), bulk_int(bulk, change->rev);
		if (row->whole) row->lump->id = row->id;
		struct status status = bulk_row(bulk);
		if (status.code) return bulk_abort(bulk), status;
	}
	return bulk_end(bulk);
}

/* Payments stand for their sum from now on: it is not shown, and what was only announced of them is booked. */
static struct status store_lumps(struct change *change, const struct bank_news *news)
{
	int64_t hidden = 0;
	for (size_t i = 0; i < news->line_count; i++) {
		const struct bank_news_line *row = &news->lines[i];
		const struct bank_lump *lump = row->lump;
		if (!lump) continue;
		for (size_t d = 0; d < lump->detail_count; d++)
			TRY(db_run(change->db,
			           "UPDATE bank_line SET lump_id = $lump, pending = 0, rev = $rev WHERE tenant_id = $tenant AND company_id = $company AND id = $id",
			           DB_ARGS(CHANGED(change), db_int("id", lump->details[d]), db_int("lump", lump->id), db_int("rev", change->rev))));
		if (row->revive && !row->whole)
			TRY(db_run(change->db,
			           "UPDATE bank_line SET lump_id = $lump, pending = 0 WHERE tenant_id = $tenant AND company_id = $company AND id = $id",
			           DB_ARGS(CHANGED(change), db_int("id", row->id), db_int("lump", lump->id))));
		if (row->whole || lump->id == hidden) continue;
		hidden = lump->id;
		int64_t changed = 0;
		TRY(db_run_count(change->db, "UPDATE bank_line SET present = 0, rev = $rev WHERE tenant_id = $tenant AND company_id = $company AND id = $id AND state <> 'applied'",
		                 DB_ARGS(CHANGED(change), db_int("id", lump->id), db_int("rev", change->rev)), &changed));
		if (changed != 1) return status_make(STATUS_CONFLICT, "A sum that this file details was applied meanwhile. Nothing was changed: import this file again.");
	}
	return STATUS_FINE;
}

static int compare_ids(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
	return (x > y) - (x < y);
}

/* What this import holds; several of its lines may be one that is known as a whole. */
static struct status store_said(struct change *change, const struct bank_news *news, int64_t import_id)
{
	cleanup_free int64_t *ids = xmalloc((news->line_count + 1) * sizeof *ids);
	for (size_t i = 0; i < news->line_count; i++) ids[i] = news->lines[i].id;
	qsort(ids, news->line_count, sizeof *ids, compare_ids);
	struct bulk *bulk;
	TRY(bulk_begin(change->db, "bank_line_said", "tenant_id, company_id, import_id, line_id", &bulk));
	for (size_t i = 0; i < news->line_count; i++) {
		if (i && ids[i] == ids[i - 1]) continue;
		bulk_int(bulk, change->company.tenant_id), bulk_int(bulk, change->company.id), bulk_int(bulk, import_id);
		bulk_int(bulk, ids[i]);
		struct status status = bulk_row(bulk);
		if (status.code) return bulk_abort(bulk), status;
	}
	return bulk_end(bulk);
}

struct status bank_store(struct change *change, struct bank_news *news, int64_t import_id)
{
	struct bank_inside *inside = (struct bank_inside *)news;
	TRY(store_accounts(change, inside));
	TRY(store_statements(change, inside, import_id));
	TRY(store_lines(change, inside, import_id));
	for (size_t i = 0; i < news->line_count; i++)
		if (news->lines[i].revive && !news->lines[i].whole)
			TRY(db_run(change->db,
			           "UPDATE bank_line SET present = 1, rev = $rev WHERE tenant_id = $tenant AND company_id = $company AND id = $id",
			           DB_ARGS(CHANGED(change), db_int("id", news->lines[i].id), db_int("rev", change->rev))));
	TRY(store_lumps(change, news));
	return news->line_count ? store_said(change, news, import_id) : STATUS_FINE;
}

/* --- taking one back -------------------------------------------------------------------------------------------------------------- */
#define NO_OTHER_HOLDS(line)                                                                                           \
	" NOT EXISTS (SELECT 1 FROM bank_line_said o JOIN import i ON i.tenant_id = o.tenant_id AND i.company_id = o.company_id"           \
	" AND i.id = o.import_id AND i.state = 'active' WHERE o.tenant_id = $tenant AND o.company_id = $company AND o.line_id = " line      \
	" AND o.import_id <> $import)"
/* Lines that this import alone held. */
#define ONLY_HERE                                                                                                      \
	" (EXISTS (SELECT 1 FROM bank_line_said s WHERE s.tenant_id = $tenant AND s.company_id = $company AND s.import_id = $import"       \
	" AND s.line_id = bank_line.id) AND" NO_OTHER_HOLDS("bank_line.id") ")"
/* Payments that an advice named, of a sum that this import alone booked: they are only announced again. */
#define UNBOOKED                                                                                                       \
	" (bank_line.advice = 1 AND bank_line.amount > 0 AND bank_line.lump_id IN (SELECT s.line_id FROM bank_line_said s"                 \
	" WHERE s.tenant_id = $tenant AND s.company_id = $company AND s.import_id = $import AND" NO_OTHER_HOLDS("s.line_id") "))"
#define LOST "(" ONLY_HERE " OR" UNBOOKED ")"

struct status bank_forget(struct change *change, int64_t import_id, int64_t **customers, size_t *count, int64_t *applications)
{
	size_t cap = *count;
	*applications = 0;
	{
		cleanup_rows struct rows *rows = db_query(change->db,
			"SELECT customer_id FROM cash_fact WHERE tenant_id = $tenant AND company_id = $company AND application_id IN (SELECT application_id"
			" FROM bank_line WHERE tenant_id = $tenant AND company_id = $company AND application_id > 0 AND" LOST ")"
			" UNION SELECT customer_id FROM cash_link WHERE tenant_id = $tenant AND company_id = $company AND application_id IN"
			" (SELECT application_id FROM bank_line WHERE tenant_id = $tenant AND company_id = $company AND application_id > 0 AND"
			LOST ") ORDER BY 1", DB_ARGS(CHANGED(change), db_int("import", import_id)));
		while (rows_next(rows)) {
			GROW(*customers, *count, cap);
			(*customers)[(*count)++] = row_int(rows, 0);
		}
		TRY(rows_status(rows));
	}
	TRY(db_run_count(change->db,
	                 "UPDATE cash_application SET state = 'undone', undone_at = $at, undone_by = $by, rev = $rev WHERE tenant_id = $tenant"
	                 " AND company_id = $company AND state = 'active' AND id IN (SELECT application_id FROM bank_line"
	                 " WHERE tenant_id = $tenant AND company_id = $company AND application_id > 0 AND" LOST ")",
	                 DB_ARGS(CHANGED(change), db_int("import", import_id), db_int("at", change->now),
	                         db_int("by", change->viewer->user_id), db_int("rev", change->rev)), applications));
	const struct db_arg *args = DB_ARGS(CHANGED(change), db_int("import", import_id), db_int("rev", change->rev));
	TRY(db_run(change->db,
	           "UPDATE bank_line SET pending = 1, lump_id = 0, state = CASE WHEN state = 'applied' THEN 'open' ELSE state END,"
	           " application_id = 0, rev = $rev WHERE tenant_id = $tenant AND company_id = $company AND" UNBOOKED, args));
	TRY(db_run(change->db,
	           "UPDATE bank_line SET present = 0, state = CASE WHEN state = 'applied' THEN 'open' ELSE state END, application_id = 0,"
	           " rev = $rev WHERE tenant_id = $tenant AND company_id = $company AND" ONLY_HERE, args));
	/* sums whose payments nobody tells any more stand for themselves again */
	return db_run(change->db,
	              "UPDATE bank_line SET present = 1, rev = $rev WHERE tenant_id = $tenant AND company_id = $company AND present = 0"
	              " AND id IN (SELECT d.lump_id FROM bank_line d WHERE d.tenant_id = $tenant AND d.company_id = $company AND d.lump_id > 0)"
	              " AND NOT EXISTS (SELECT 1 FROM bank_line d WHERE d.tenant_id = $tenant AND d.company_id = $company"
	              " AND d.lump_id = bank_line.id AND d.present = 1)"
	              " AND EXISTS (SELECT 1 FROM bank_line_said s JOIN import i ON i.tenant_id = s.tenant_id AND i.company_id = s.company_id"
	              " AND i.id = s.import_id AND i.state = 'active' WHERE s.tenant_id = $tenant AND s.company_id = $company"
	              " AND s.line_id = bank_line.id AND s.import_id <> $import)", args);
}

/* --- accounts ------------------------------------------------------------------------------------------------------------------------ */
/* A statement that opens at another balance than the one before it closed; the last such. */
static struct status find_gap(struct db *db, const struct viewer *viewer, int64_t company_id, struct bank_account_row *account)
{
	cleanup_rows struct rows *rows = db_query(db,
		"SELECT s.opening_day, s.opening, s.closing_day, s.closing FROM bank_statement s JOIN import i ON i.tenant_id = s.tenant_id"
		" AND i.company_id = s.company_id AND i.id = s.import_id AND i.state = 'active' WHERE s.tenant_id = $tenant"
		" AND s.company_id = $company AND s.account_id = $account AND s.closing_day IS NOT NULL"
		" ORDER BY s.closing_day, COALESCE(s.opening_day, s.closing_day), s.import_id, s.position",
		DB_ARGS(db_int("tenant", viewer->tenant_id), db_int("company", company_id), db_int("account", account->id)));
	bool first = true;
	while (rows_next(rows)) {
		bool opens = !row_null(rows, 1) && !row_null(rows, 0);
		int64_t opening = row_int(rows, 1);
		/* overlapping statements open in the middle of another: only one that begins where the last closed tells of a gap */
		if (!first && opens && row_day(rows, 0) >= account->balance_day && opening != account->balance)
			account->gap = true, account->gap_day = row_day(rows, 0), account->gap_amount = opening - account->balance;
		first = false;
		account->known = true, account->balance_day = row_day(rows, 2), account->balance = row_int(rows, 3);
	}
	return rows_status(rows);
}

struct status bank_account_list(struct db *db, const struct viewer *viewer, int64_t company_id, struct arena *arena,
                                struct bank_account_row **out, size_t *count)
{
	*out = arena_array(arena, struct bank_account_row, 1), *count = 0;
	if (!viewer_sees_company(viewer, company_id)) return STATUS_FINE;
	size_t cap = 0;
	struct bank_account_row *list = NULL;
	{
		cleanup_rows struct rows *rows = db_query(db,
			"SELECT a.id, a.account, a.name, a.bank, a.currency, (SELECT MAX(l.booking_day) FROM bank_line l WHERE"
			" l.tenant_id = a.tenant_id AND l.company_id = a.company_id AND l.account_id = a.id AND l.present = 1),"
			" (SELECT COUNT(*) FROM bank_line l WHERE l.tenant_id = a.tenant_id AND l.company_id = a.company_id AND l.account_id = a.id"
			" AND l.present = 1), (SELECT COUNT(*) FROM bank_line l WHERE l.tenant_id = a.tenant_id AND l.company_id = a.company_id"
			" AND l.account_id = a.id AND l.present = 1 AND l.state = 'open' AND l.pending = 0 AND l.amount > 0),"
			" (SELECT COALESCE(SUM(l.amount), 0) FROM bank_line l WHERE l.tenant_id = a.tenant_id AND l.company_id = a.company_id"
			" AND l.account_id = a.id AND l.present = 1 AND l.state = 'open' AND l.pending = 0 AND l.amount > 0)"
			" FROM bank_account a WHERE a.tenant_id = $tenant AND a.company_id = $company ORDER BY a.account, a.currency",
			DB_ARGS(db_int("tenant", viewer->tenant_id), db_int("company", company_id)));
		while (rows_next(rows)) {
			GROW(list, *count, cap);
			struct bank_account_row *row = &list[(*count)++];
			*row = (struct bank_account_row){
				.id = row_int(rows, 0), .account = arena_strdup(arena, row_text(rows, 1)), .name = arena_strdup(arena, row_text(rows, 2)),
				.bank = arena_strdup(arena, row_text(rows, 3)), .last_day = row_day(rows, 5), .line_count = row_int(rows, 6),
				.open_count = row_int(rows, 7), .open_amount = row_int(rows, 8), .balance_day = DAY_NONE, .gap_day = DAY_NONE,
			};
			snprintf(row->currency, sizeof row->currency, "%s", row_text(rows, 4));
		}
		*out = arena_array(arena, struct bank_account_row, *count + 1);
		if (*count) memcpy(*out, list, *count * sizeof *list);
		free(list);
		TRY(rows_status(rows));
	}
	size_t kept = 0;
	for (size_t i = 0; i < *count; i++) {
		TRY(find_gap(db, viewer, company_id, &(*out)[i]));
		if ((*out)[i].line_count || (*out)[i].known) (*out)[kept++] = (*out)[i]; /* all its imports were taken back */
	}
	*count = kept;
	return STATUS_FINE;
}
