#include "ledger/book_entry.h"

#include "base/day.h"
#include "base/memory.h"
#include "formats/journal_file.h"
#include "ledger/customer.h"
#include "ledger/event.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define OF_COMPANY(change) db_int("tenant", (change)->company.tenant_id), db_int("company", (change)->company.id)

static const struct { const char *code, *label; } kinds[] = { /* msgids */
	{ "transfer", "Transfer to doubtful debts" }, { "loss", "Lost debt" }, { "small", "Small balance" }, { "provision", "Provision" },
	{ "set_off", "Set-off" }, { "reversal", "Reversal" } };

const char *book_entry_kind_label(const char *kind)
{
	for (size_t i = 0; i < COUNT(kinds); i++)
		if (strcmp(kinds[i].code, kind) == 0) return kinds[i].label;
	return kind;
}

bool book_lines_balance(const struct book_line *lines, size_t count)
{
	int64_t sum = 0;
	for (size_t i = 0; i < count; i++)
		if (!lines[i].amount || lines[i].amount == INT64_MIN || !*lines[i].account || __builtin_add_overflow(sum, lines[i].amount, &sum)) return false;
	return count > 1 && sum == 0;
}

struct status book_entry_lang(struct change *change, struct arena *arena, enum lang *out)
{
	const struct settings *settings;
	TRY(settings_load(change->db, change->company.tenant_id, change->company.id, arena, &settings));
	*out = strcmp(setting_text(settings, "language"), "fr") == 0 ? LANG_FR : LANG_EN;
	return STATUS_FINE;
}

/* --- writing ------------------------------------------------------------------------------------------------------------------------ */
static struct status insert(struct change *change, const struct book_entry_new *entry, int64_t reverses_id, int64_t *id)
{
	if (entry->count > BOOK_LINES || !book_lines_balance(entry->lines, entry->count)) return status_make(STATUS_INVALID, "This entry does not balance, or its amounts are too large.");
	TRY(id_take(change->db, change->company.tenant_id, change->company.id, "book_entry", 1, id));
	TRY(db_run(change->db,
	           "INSERT INTO book_entry (tenant_id, company_id, id, kind, subject_id, customer_id, item_id, day, number, label, currency, reverses_id, by_user, rev)"
	           " VALUES ($tenant, $company, $id, $kind, $subject, $customer, $item, $day, $number, $label, $currency, $reverses, $by, $rev)",
	           DB_ARGS(OF_COMPANY(change), db_int("id", *id), db_text("kind", entry->kind), db_int("subject", entry->subject_id), db_int("customer", entry->customer_id),
	                   db_int("item", entry->item_id), db_day("day", entry->day), db_text("number", entry->number), db_text("label", entry->label),
	                   db_text("currency", entry->currency), db_int("reverses", reverses_id), db_int("by", change->viewer->user_id), db_int("rev", change->rev))));
	for (size_t i = 0; i < entry->count; i++)
		TRY(db_run(change->db,
		           "INSERT INTO book_entry_line (tenant_id, company_id, entry_id, rank, account, person, amount) VALUES ($tenant, $company, $id, $rank, $account, $person, $amount)",
		           DB_ARGS(OF_COMPANY(change), db_int("id", *id), db_int("rank", (int64_t)i + 1), db_text("account", entry->lines[i].account),
		                   db_int("person", entry->lines[i].person), db_int("amount", entry->lines[i].amount))));
	return STATUS_FINE;
}

struct status book_entry_add(struct change *change, const struct book_entry_new *entry, int64_t *id) { return insert(change, entry, 0, id); }

#define ENTRY                                                                                                                            \
	"SELECT e.id, e.kind, e.subject_id, e.customer_id, e.item_id, e.day, e.number, e.label, e.currency, e.reverses_id, e.file_id, e.written_day, c.code, c.name," \
	" l.account, l.person, l.amount FROM book_entry e JOIN customer c ON c.tenant_id = e.tenant_id AND c.company_id = e.company_id AND c.id = e.customer_id"  \
	" JOIN book_entry_line l ON l.tenant_id = e.tenant_id AND l.company_id = e.company_id AND l.entry_id = e.id"                                         \
	" WHERE e.tenant_id = $tenant AND e.company_id = $company AND e.cancelled = 0"

static struct status gather(struct rows *rows, struct arena *arena, struct book_entry **out, size_t *count)
{
	struct book_entry *list = NULL;
	size_t cap = 0;
	*count = 0;
	while (rows_next(rows)) {
		struct book_entry *one = *count && list[*count - 1].id == row_int(rows, 0) ? &list[*count - 1] : NULL;
		if (!one) {
			GROW(list, *count, cap);
			one = &list[(*count)++];
			*one = (struct book_entry){ .id = row_int(rows, 0), .kind = arena_strdup(arena, row_text(rows, 1)), .subject_id = row_int(rows, 2), .customer_id = row_int(rows, 3),
				.item_id = row_int(rows, 4), .day = row_day(rows, 5), .number = arena_strdup(arena, row_text(rows, 6)), .label = arena_strdup(arena, row_text(rows, 7)),
				.reverses_id = row_int(rows, 9), .file_id = row_int(rows, 10), .written_day = row_day(rows, 11), .customer_code = arena_strdup(arena, row_text(rows, 12)),
				.customer_name = arena_strdup(arena, row_text(rows, 13)) };
			snprintf(one->currency, sizeof one->currency, "%s", row_text(rows, 8));
		}
		if (one->count == BOOK_LINES) continue;
		struct book_line *line = &one->lines[one->count++];
		*line = (struct book_line){ arena_strdup(arena, row_text(rows, 14)), row_int(rows, 15) != 0, row_int(rows, 16) };
		if (line->amount > 0) one->total += line->amount; /* no more than the sum that was checked */
	}
	*out = arena_array(arena, struct book_entry, *count + 1);
	if (*count) memcpy(*out, list, *count * sizeof *list);
	free(list);
	return rows_status(rows);
}

struct status book_entry_take_back(struct change *change, const char *kind, int64_t subject_id)
{
	cleanup_arena struct arena *arena = arena_new();
	struct book_entry *list;
	size_t count;
	enum lang lang;
	TRY(book_entry_lang(change, arena, &lang));
	{
		cleanup_rows struct rows *rows = db_query(change->db,
			ENTRY " AND e.kind = $kind AND e.subject_id = $subject AND NOT EXISTS (SELECT 1 FROM book_entry r WHERE r.tenant_id = e.tenant_id"
			" AND r.company_id = e.company_id AND r.reverses_id = e.id) ORDER BY e.id, l.rank",
			DB_ARGS(OF_COMPANY(change), db_text("kind", kind), db_int("subject", subject_id)));
		TRY(gather(rows, arena, &list, &count));
	}
	for (size_t i = 0; i < count; i++) {
		struct book_entry *one = &list[i];
		if (!one->file_id) {
			TRY(db_run(change->db, "UPDATE book_entry SET cancelled = 1, rev = $rev WHERE tenant_id = $tenant AND company_id = $company AND id = $id",
			           DB_ARGS(db_int("rev", change->rev), OF_COMPANY(change), db_int("id", one->id))));
			continue;
		}
		int64_t id;
		for (size_t k = 0; k < one->count; k++) one->lines[k].amount = -one->lines[k].amount;
		TRY(insert(change, &(struct book_entry_new){ .kind = "reversal", .subject_id = subject_id, .customer_id = one->customer_id, .item_id = one->item_id,
		                   .day = change->today, .number = one->number, .label = arena_printf(arena, tr(lang, "Reversal of %s"), one->label), .currency = one->currency,
		                   .lines = one->lines, .count = one->count }, one->id, &id));
	}
	return STATUS_FINE;
}

static struct status check_reader(const struct viewer *viewer, int64_t company_id)
{
	if (!viewer_may(viewer, RIGHT_EXPORT) || viewer->portfolio != PORTFOLIO_ALL) return status_make(STATUS_FORBIDDEN, "You may not export entries for the books.");
	return viewer_sees_company(viewer, company_id) ? STATUS_FINE : status_make(STATUS_NOT_FOUND, "There is no such company.");
}

struct status book_entry_write(struct change *change, int64_t *file_id, int64_t *count)
{
	TRY(check_reader(change->viewer, change->company.id));
	TRY(db_get_int(change->db, "SELECT COUNT(*) FROM book_entry WHERE tenant_id = $tenant AND company_id = $company AND cancelled = 0 AND file_id = 0",
	               DB_ARGS(OF_COMPANY(change)), count, NULL));
	if (!*count) return status_make(STATUS_CONFLICT, "No entry waits for the books.");
	TRY(id_take(change->db, change->company.tenant_id, change->company.id, "book_file", 1, file_id));
	TRY(db_run(change->db,
	           "UPDATE book_entry SET file_id = $file, written_day = $today, rev = $rev WHERE tenant_id = $tenant AND company_id = $company AND cancelled = 0 AND file_id = 0",
	           DB_ARGS(db_int("file", *file_id), db_day("today", change->today), db_int("rev", change->rev), OF_COMPANY(change))));
	return event_add_json(change, (struct event_new){ .kind = "entries.written", .ref = *file_id }, json_pack("{s:I}", "count", (json_int_t)*count));
}

/* --- reading ------------------------------------------------------------------------------------------------------------------------- */
struct status book_entry_list(struct db *db, const struct viewer *viewer, int64_t company_id, struct book_entry_filter filter, struct arena *arena,
                              struct book_entry **out, size_t *count)
{
	*out = arena_array(arena, struct book_entry, 1), *count = 0;
	TRY(check_reader(viewer, company_id));
	bool days = filter.from || filter.to;
	cleanup_rows struct rows *rows = db_query(db,
		ENTRY " AND (CAST($waiting AS BIGINT) = 0 OR e.file_id = 0) AND (CAST($file AS BIGINT) = 0 OR e.file_id = $file)"
		" AND (CAST($days AS BIGINT) = 0 OR (e.day >= $from AND e.day <= $to)) ORDER BY e.day, e.id, l.rank",
		DB_ARGS(db_int("tenant", viewer->tenant_id), db_int("company", company_id), db_int("waiting", filter.waiting), db_int("file", filter.file_id), db_int("days", days),
		        db_int("from", filter.from), db_int("to", filter.to)));
	return gather(rows, arena, out, count);
}

struct status book_entry_files(struct db *db, const struct viewer *viewer, int64_t company_id, struct arena *arena, struct book_file **out, size_t *count)
{
	struct book_file *list = NULL;
	size_t cap = 0;
	*out = arena_array(arena, struct book_file, 1), *count = 0;
	TRY(check_reader(viewer, company_id));
	cleanup_rows struct rows *rows = db_query(db,
		"SELECT file_id, COUNT(*), MIN(written_day) FROM book_entry WHERE tenant_id = $tenant AND company_id = $company AND file_id > 0 GROUP BY file_id ORDER BY file_id DESC",
		DB_ARGS(db_int("tenant", viewer->tenant_id), db_int("company", company_id)));
	while (rows_next(rows)) {
		GROW(list, *count, cap);
		list[(*count)++] = (struct book_file){ row_int(rows, 0), row_int(rows, 1), row_day(rows, 2) };
	}
	*out = arena_array(arena, struct book_file, *count + 1);
	if (*count) memcpy(*out, list, *count * sizeof *list);
	free(list);
	return rows_status(rows);
}

/* --- files ---------------------------------------------------------------------------------------------------------------------------- */
/* How the chart of accounts calls them, for the column that a FEC wants filled. */
static const char *account_name(const char *account)
{
	static const struct { const char *prefix, *name; } names[] = {
		{ "401", "Fournisseurs" }, { "411", "Clients" }, { "413", "Clients - Effets à recevoir" }, { "416", "Clients douteux ou litigieux" }, { "4457", "TVA collectée" },
		{ "4458", "TVA à régulariser ou en attente" }, { "491", "Dépréciations des comptes de clients" }, { "654", "Pertes sur créances irrécouvrables" },
		{ "658", "Charges diverses de gestion courante" }, { "681", "Dotations aux dépréciations des actifs circulants" },
		{ "758", "Produits divers de gestion courante" }, { "781", "Reprises sur dépréciations des actifs circulants" } };
	for (size_t i = 0; i < COUNT(names); i++)
		if (strncmp(account, names[i].prefix, strlen(names[i].prefix)) == 0) return names[i].name;
	return account;
}

/* Where the customer is known by his account itself he has none beside it. */
static bool own_account(const struct book_entry *entry, const struct book_line *line)
{
	return line->person && strcmp(entry->customer_code, line->account) != 0;
}

void book_entry_fec(const struct book_entry *entries, size_t count, const struct settings *settings, struct text *out)
{
	journal_head(out);
	for (size_t i = 0; i < count; i++) {
		const struct book_entry *entry = &entries[i];
		char number[24];
		snprintf(number, sizeof number, "D%" PRId64, entry->id);
		for (size_t k = 0; k < entry->count; k++) {
			const struct book_line *line = &entry->lines[k];
			bool person = own_account(entry, line);
			journal_row_add(out, &(struct journal_row){ .journal = setting_text(settings, "doubtful.journal"), .journal_name = "Opérations diverses", .entry = number,
				.account = line->account, .account_name = account_name(line->account), .customer_code = person ? entry->customer_code : "",
				.customer_name = person ? entry->customer_name : "", .piece = entry->number, .label = entry->label, .letter = "", .currency = entry->currency,
				.day = entry->day, .piece_day = entry->day, .amount = line->amount });
		}
	}
}

void book_entry_csv(const struct book_entry *entries, size_t count, const struct settings *settings, enum lang lang, struct text *out)
{
	static const char *const heads[] = { /* msgids */ "Entry", "Date", "Journal", "Account", "Customer", "Name", "Piece", "Label", "Debit", "Credit", "Currency" };
	text_add(out, "\xEF\xBB\xBF");
	for (size_t i = 0; i < COUNT(heads); i++) text_addf(out, "%s%s", i ? ";" : "", tr(lang, heads[i]));
	text_add(out, "\r\n");
	for (size_t i = 0; i < count; i++) {
		const struct book_entry *entry = &entries[i];
		char day[11];
		day_format(entry->day, day);
		for (size_t k = 0; k < entry->count; k++) {
			const struct book_line *line = &entry->lines[k];
			bool person = own_account(entry, line);
			const char *const cells[] = { setting_text(settings, "doubtful.journal"), line->account, person ? entry->customer_code : "", person ? entry->customer_name : "",
				entry->number, entry->label };
			text_addf(out, "D%" PRId64 ";%s;", entry->id, day);
			for (size_t c = 0; c < COUNT(cells); c++) journal_cell(out, cells[c], ';'), text_add_char(out, ';');
			journal_amount(out, line->amount > 0 ? line->amount : 0, entry->currency), text_add_char(out, ';');
			journal_amount(out, line->amount < 0 ? -line->amount : 0, entry->currency);
			text_addf(out, ";%s\r\n", entry->currency);
		}
	}
}
