#include "cash/lettering.h"

#include "base/day.h"
#include "base/memory.h"
#include "formats/journal_file.h"
#include "ledger/discount.h"
#include "ledger/setting.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- lines that belong together --------------------------------------------------------------------------------------------------- */
struct member { /* an item that a link names */
	int64_t id, application_id;
	size_t group, row;
	bool open;
};
struct gathering {
	struct db *db;
	int64_t tenant, company;
	int32_t from, to;
	struct arena *arena;
	const struct settings *settings;
	struct member *members;
	size_t member_count, member_cap;
	size_t *groups;    /* union of members: parents */
	struct lettering *out;
	size_t row_cap;
};
#define OF(g) db_int("tenant", (g)->tenant), db_int("company", (g)->company), db_day("from", (g)->from), db_day("to", (g)->to)
#define DECIDED                                                                                                        \
	" JOIN cash_application a ON a.tenant_id = x.tenant_id AND a.company_id = x.company_id AND a.id = x.application_id"                  \
	" AND a.state = 'active' AND a.day >= $from AND a.day <= $to WHERE x.tenant_id = $tenant AND x.company_id = $company"

static struct lettering_row *add_row(struct gathering *g)
{
	if (g->out->count == g->row_cap) {
		size_t cap = g->row_cap ? g->row_cap * 2 : 256;
		struct lettering_row *bigger = arena_array(g->arena, struct lettering_row, cap);
		if (g->out->count) memcpy(bigger, g->out->rows, g->out->count * sizeof *bigger);
		g->out->rows = bigger, g->row_cap = cap;
	}
	struct lettering_row *row = &g->out->rows[g->out->count++];
	*row = (struct lettering_row){ .journal = "", .account = "", .customer_code = "", .customer_name = "", .number = "", .label = "", .letter = "" };
	return row;
}

static void add_member(struct gathering *g, struct member member)
{
	if (g->member_count == g->member_cap) {
		size_t cap = g->member_cap ? g->member_cap * 2 : 256;
		struct member *bigger = arena_array(g->arena, struct member, cap);
		if (g->member_count) memcpy(bigger, g->members, g->member_count * sizeof *bigger);
		g->members = bigger, g->member_cap = cap;
	}
	member.group = g->member_count;
	g->members[g->member_count++] = member;
}

static size_t head(struct member *members, size_t at)
{
	while (members[at].group != at) at = members[at].group = members[members[at].group].group;
	return at;
}

static int compare_members(const void *a, const void *b)
{
	const struct member *x = a, *y = b;
	if (x->id != y->id) return x->id < y->id ? -1 : 1;
	return (x->row > y->row) - (x->row < y->row);
}

static size_t find_member(const struct gathering *g, int64_t id)
{
	size_t low = 0, high = g->member_count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (g->members[middle].id < id)
			low = middle + 1;
		else
			high = middle;
	}
	return low < g->member_count && g->members[low].id == id ? low : SIZE_MAX;
}

/* --- entries: what the books do not have -------------------------------------------------------------------------------------------- */
static const char *counter_account(const struct gathering *g, const char *class, const char *difference)
{
	if (strcmp(class, "other") != 0) return setting_text(g->settings, "cash.bank_account");
	if (strcmp(difference, "discount") == 0) return setting_text(g->settings, "cash.discount_account");
	if (strcmp(difference, "fee") == 0) return setting_text(g->settings, "cash.fee_account");
	return setting_text(g->settings, "cash.rounding_account");
}

/* A fact that gave way to its posting is in the books: only its letter is news. */
static struct status gather_facts(struct gathering *g)
{
	cleanup_rows struct rows *rows = db_query(g->db,
		"SELECT x.application_id, x.id, x.class, x.difference, x.account, x.posting_day, x.number, x.amount, x.currency, x.label, c.code,"
		" c.name, a.day, COALESCE(r.item_id, 0), COALESCE(i.open_amount, 0), COALESCE(i.account, ''), COALESCE(i.number, ''),"
		" COALESCE(i.posting_day, x.posting_day) FROM cash_fact x JOIN customer c ON c.tenant_id = x.tenant_id"
		" AND c.company_id = x.company_id AND c.id = x.customer_id LEFT JOIN restatement r ON r.tenant_id = x.tenant_id"
		" AND r.company_id = x.company_id AND r.customer_id = x.customer_id AND r.fact_id = x.id LEFT JOIN item i"
		" ON i.tenant_id = x.tenant_id AND i.company_id = x.company_id AND i.id = COALESCE(r.item_id, x.id)" DECIDED
		" ORDER BY x.application_id, x.id", DB_ARGS(OF(g)));
	const char *journal = setting_text(g->settings, "cash.journal");
	while (rows_next(rows)) {
		bool in_books = row_int(rows, 13) != 0;
		struct lettering_row *row = add_row(g);
		row->application_id = row_int(rows, 0), row->amount = row_int(rows, 7), row->entry = !in_books, row->journal = in_books ? "" : journal;
		row->day = row_day(rows, in_books ? 17 : 5), row->lettered_day = row_day(rows, 12);
		row->account = arena_strdup(g->arena, row_text(rows, in_books ? 15 : 4));
		row->number = arena_strdup(g->arena, row_text(rows, in_books ? 16 : 6));
		row->label = arena_strdup(g->arena, row_text(rows, 9));
		row->customer_code = arena_strdup(g->arena, row_text(rows, 10)), row->customer_name = arena_strdup(g->arena, row_text(rows, 11));
		snprintf(row->currency, sizeof row->currency, "%s", row_text(rows, 8));
		/* both names: links speak of the fact, lettering of what stands for it */
		add_member(g, (struct member){ .id = row_int(rows, 1), .application_id = row->application_id, .row = g->out->count - 1,
		                               .open = row_int(rows, 14) != 0 });
		if (in_books) continue;
		struct lettering_row other = *row, *counter = add_row(g);
		*counter = other;
		counter->account = counter_account(g, row_text(rows, 2), row_text(rows, 3));
		counter->customer_code = counter->customer_name = "", counter->amount = -other.amount;
		int64_t vat = strcmp(row_text(rows, 3), "discount") == 0 ? discount_vat(counter->amount, discount_vat_rate(g->settings)) : 0;
		if (!vat) continue;
		counter->amount -= vat;
		struct lettering_row charge = *counter, *back = add_row(g);
		*back = charge;
		back->account = setting_text(g->settings, "discount.vat_account"), back->amount = vat;
	}
	return rows_status(rows);
}

/* Items of the books that decisions settle. */
static struct status gather_items(struct gathering *g)
{
	size_t facts = g->member_count;
	struct member *own = arena_array(g->arena, struct member, facts + 1);
	if (facts) memcpy(own, g->members, facts * sizeof *own), qsort(own, facts, sizeof *own, compare_members);
	cleanup_rows struct rows *rows = db_query(g->db,
		"SELECT DISTINCT i.id, i.account, i.posting_day, i.number, i.amount, i.currency, i.label, i.open_amount, c.code, c.name, MIN(x.application_id),"
		" MAX(a.day) FROM cash_link x JOIN item i ON i.tenant_id = x.tenant_id AND i.company_id = x.company_id AND i.id IN (x.debit_id, x.credit_id)"
		" JOIN customer c ON c.tenant_id = i.tenant_id AND c.company_id = i.company_id AND c.id = i.customer_id" DECIDED
		" GROUP BY i.id, i.account, i.posting_day, i.number, i.amount, i.currency, i.label, i.open_amount, c.code, c.name ORDER BY 11, 1",
		DB_ARGS(OF(g)));
	while (rows_next(rows)) {
		struct member key = { .id = row_int(rows, 0) };
		bool is_fact = false;
		for (size_t low = 0, high = facts; low < high && !is_fact;) {
			size_t middle = low + (high - low) / 2;
			is_fact = own[middle].id == key.id;
			if (own[middle].id < key.id) low = middle + 1;
			else high = middle;
		}
		if (is_fact) continue;
		struct lettering_row *row = add_row(g);
		row->application_id = row_int(rows, 10), row->amount = row_int(rows, 4), row->day = row_day(rows, 2), row->lettered_day = row_day(rows, 11);
		row->account = arena_strdup(g->arena, row_text(rows, 1)), row->number = arena_strdup(g->arena, row_text(rows, 3));
		row->label = arena_strdup(g->arena, row_text(rows, 6));
		row->customer_code = arena_strdup(g->arena, row_text(rows, 8)), row->customer_name = arena_strdup(g->arena, row_text(rows, 9));
		snprintf(row->currency, sizeof row->currency, "%s", row_text(rows, 5));
		add_member(g, (struct member){ .id = key.id, .application_id = row->application_id, .row = g->out->count - 1, .open = row_int(rows, 7) != 0 });
	}
	return rows_status(rows);
}

static struct status join_links(struct gathering *g)
{
	if (g->member_count) qsort(g->members, g->member_count, sizeof *g->members, compare_members);
	for (size_t i = 0; i < g->member_count; i++) g->members[i].group = i;
	cleanup_rows struct rows *rows = db_query(g->db, "SELECT x.debit_id, x.credit_id FROM cash_link x" DECIDED " ORDER BY x.application_id, x.position",
	                                          DB_ARGS(OF(g)));
	while (rows_next(rows)) {
		size_t debit = find_member(g, row_int(rows, 0)), credit = find_member(g, row_int(rows, 1));
		if (debit == SIZE_MAX || credit == SIZE_MAX) continue;
		size_t a = head(g->members, debit), b = head(g->members, credit);
		g->members[a > b ? a : b].group = a > b ? b : a;
	}
	return rows_status(rows);
}

/* AAA, AAB…: from the decision, so that the same export says the same again. Small where something is left. */
static void set_letters(struct gathering *g)
{
	bool *open = arena_array(g->arena, bool, g->member_count + 1);
	int64_t *first = arena_array(g->arena, int64_t, g->member_count + 1);
	size_t *size = arena_array(g->arena, size_t, g->member_count + 1);
	for (size_t i = 0; i < g->member_count; i++) {
		size_t h = head(g->members, i);
		open[h] |= g->members[i].open, size[h]++;
		if (!first[h] || g->members[i].application_id < first[h]) first[h] = g->members[i].application_id;
	}
	for (size_t i = 0; i < g->member_count; i++) {
		size_t h = head(g->members, i);
		if (size[h] < 2) continue; /* settles nothing: no letter */
		char letters[16];
		int at = (int)sizeof letters - 1;
		letters[at] = 0;
		int64_t number = first[h];
		for (int digit = 0; digit < 3 || number; digit++, number /= 26) letters[--at] = (char)((open[h] ? 'a' : 'A') + number % 26);
		g->out->rows[g->members[i].row].letter = arena_strdup(g->arena, letters + at);
	}
}

struct placed {
	struct lettering_row row;
	size_t place;
};

/* The two sides of an entry stay together, in the order they came. */
static int compare_rows(const void *a, const void *b)
{
	const struct placed *x = a, *y = b;
	if (x->row.application_id != y->row.application_id) return x->row.application_id < y->row.application_id ? -1 : 1;
	if (x->row.entry != y->row.entry) return x->row.entry ? -1 : 1;
	return (x->place > y->place) - (x->place < y->place);
}

static void sort_rows(struct lettering *out)
{
	cleanup_free struct placed *rows = xmalloc((out->count + 1) * sizeof *rows);
	for (size_t i = 0; i < out->count; i++) rows[i] = (struct placed){ out->rows[i], i };
	qsort(rows, out->count, sizeof *rows, compare_rows);
	for (size_t i = 0; i < out->count; i++) out->rows[i] = rows[i].row;
}

struct status cash_lettering(struct db *db, const struct viewer *viewer, int64_t company_id, int32_t from, int32_t to, struct arena *arena,
                             struct lettering *out)
{
	*out = (struct lettering){ 0 };
	if (!viewer_may(viewer, RIGHT_EXPORT) || viewer->portfolio != PORTFOLIO_ALL) return status_make(STATUS_FORBIDDEN, "You may not export the lettering.");
	if (!viewer_sees_company(viewer, company_id)) return status_make(STATUS_NOT_FOUND, "There is no such company.");
	if (to < from) return status_make(STATUS_INVALID, "The period ends before it begins.");
	struct gathering g = { .db = db, .tenant = viewer->tenant_id, .company = company_id, .from = from, .to = to, .arena = arena, .out = out };
	TRY(settings_load(db, g.tenant, g.company, arena, &g.settings));
	TRY(gather_facts(&g));
	TRY(gather_items(&g));
	TRY(join_links(&g));
	set_letters(&g);
	sort_rows(out);
	for (size_t i = 0; i < out->count; i++) out->rows[i].entry ? out->entries++ : out->lettered++;
	return STATUS_FINE;
}

/* --- files ---------------------------------------------------------------------------------------------------------------------------- */
void cash_lettering_csv(const struct lettering *lettering, enum lang lang, struct text *out)
{
	static const char *const heads[] = { "To do", "Date", "Journal", "Account", "Customer", "Name", "Piece", "Label", "Debit", "Credit", "Currency",
		                             "Lettering", "Lettered on" };
	text_add(out, "\xEF\xBB\xBF");
	for (size_t i = 0; i < COUNT(heads); i++) text_addf(out, "%s%s", i ? ";" : "", tr(lang, heads[i]));
	text_add(out, "\r\n");
	for (size_t i = 0; i < lettering->count; i++) {
		const struct lettering_row *row = &lettering->rows[i];
		char day[11], lettered[11];
		day_format(row->day, day), day_format(row->lettered_day, lettered);
		text_addf(out, "%s;%s;", row->entry ? tr(lang, "post") : tr(lang, "letter"), day);
		const char *const cells[] = { row->journal, row->account, row->customer_code, row->customer_name, row->number, row->label };
		for (size_t c = 0; c < COUNT(cells); c++) journal_cell(out, cells[c], ';'), text_add_char(out, ';');
		journal_amount(out, row->amount > 0 ? row->amount : 0, row->currency), text_add_char(out, ';');
		journal_amount(out, row->amount < 0 ? -row->amount : 0, row->currency);
		text_addf(out, ";%s;%s;%s\r\n", row->currency, row->letter, *row->letter ? lettered : "");
	}
}

void cash_lettering_fec(const struct lettering *lettering, struct text *out)
{
	journal_head(out);
	for (size_t i = 0; i < lettering->count; i++) {
		const struct lettering_row *row = &lettering->rows[i];
		char number[24];
		if (!row->entry) continue;
		snprintf(number, sizeof number, "E%" PRId64, row->application_id);
		journal_row_add(out, &(struct journal_row){ .journal = row->journal, .journal_name = "Banque", .entry = number, .account = row->account,
			.account_name = *row->customer_code ? "Clients" : "", .customer_code = row->customer_code, .customer_name = row->customer_name, .piece = row->number,
			.label = row->label, .letter = row->letter, .currency = row->currency, .day = row->day, .piece_day = row->day, .lettered_day = row->lettered_day,
			.amount = row->amount });
	}
}
