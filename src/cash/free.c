#include "cash/free.h"

#include "base/memory.h"
#include "base/text.h"
#include "cash/kept.h"

#include <stdlib.h>
#include <string.h>

enum { MANUAL_SHOWN = 50 };

struct credits {
	struct cash_line *lines;
	struct cash_free_row *rows;
	size_t count, cap;
};

static struct status load_credits(struct view *view, const struct viewer *viewer, struct credits *out)
{
	cleanup_rows struct rows *rows = db_query(view->db,
		"SELECT id, customer_id, number, kind, posting_day, open_amount, currency, label FROM item WHERE tenant_id = $tenant"
		" AND company_id = $company AND open_amount < 0 AND withdrawn = 0 AND posting_day <= $today ORDER BY posting_day, id",
		DB_ARGS(db_int("tenant", view->tenant), db_int("company", view->company), db_day("today", view->today)));
	while (rows_next(rows)) {
		if (viewer->portfolio != PORTFOLIO_ALL && !view_sees(view, viewer, row_int(rows, 1))) continue;
		if (out->count == out->cap) {
			size_t cap = out->cap ? out->cap * 2 : 128;
			struct cash_line *lines = arena_array(view->arena, struct cash_line, cap);
			struct cash_free_row *list = arena_array(view->arena, struct cash_free_row, cap);
			if (out->count) memcpy(lines, out->lines, out->count * sizeof *lines), memcpy(list, out->rows, out->count * sizeof *list);
			out->lines = lines, out->rows = list, out->cap = cap;
		}
		struct cash_choice who = { 0 };
		view_name(view, row_int(rows, 1), &who);
		struct cash_free_row *row = &out->rows[out->count];
		*row = (struct cash_free_row){
			.credit_id = row_int(rows, 0), .customer_id = row_int(rows, 1), .number = arena_strdup(view->arena, row_text(rows, 2)),
			.kind = arena_strdup(view->arena, row_text(rows, 3)), .day = row_day(rows, 4), .open = row_int(rows, 5),
			.customer_code = who.customer_code, .customer_name = who.customer_name, .state = LINE_NONE,
		};
		snprintf(row->currency, sizeof row->currency, "%s", row_text(rows, 6));
		struct cash_line *line = &out->lines[out->count++];
		*line = (struct cash_line){
			.day = row->day, .amount = -row->open, .text = arena_printf(view->arena, "%s %s", row->number, row_text(rows, 7)), .label = "",
			.end_to_end = "", .structured = "", .payer = "", .payer_iban = "", .ultimate_payer = "", .customer_id = row->customer_id,
			.item_id = row->credit_id,
		};
		memcpy(line->currency, row->currency, sizeof line->currency);
	}
	return rows_status(rows);
}

/* Only whole debits and parts of them: what would need a difference or another credit is a person's to see. */
static bool plain(const struct cash_proposal *proposal)
{
	if (proposal->difference_count || proposal->part_count == 0) return false;
	for (size_t i = 0; i < proposal->part_count; i++)
		if (proposal->parts[i].amount <= 0) return false;
	return true;
}

static struct status propose(struct view *view, struct credits *credits)
{
	if (!credits->count) return STATUS_FINE;
	struct cash_match *matches = arena_array(view->arena, struct cash_match, credits->count);
	TRY(kept_match(view, credits->lines, credits->count, matches));
	static const enum cash_line_state states[] = { [CASH_NONE] = LINE_NONE, [CASH_TIE] = LINE_TIE, [CASH_PROPOSED] = LINE_PROPOSED,
		                                       [CASH_CERTAIN] = LINE_CERTAIN };
	for (size_t i = 0; i < credits->count; i++) {
		struct cash_free_row *row = &credits->rows[i];
		if (!matches[i].proposal_count || !plain(&matches[i].proposals[0])) continue;
		const struct cash_proposal *proposal = &matches[i].proposals[0];
		row->state = states[matches[i].state];
		row->confidence = proposal->confidence, row->reasons = proposal->reasons, row->reason_count = proposal->reason_count;
		row->items = arena_array(view->arena, struct cash_row_item, proposal->part_count);
		for (size_t p = 0; p < proposal->part_count; p++) {
			row->items[row->item_count++] = view_item(view, proposal->parts[p].customer_id, proposal->parts[p].item_id, proposal->parts[p].amount);
			row->settles += proposal->parts[p].amount;
			if (row->items[p].due_day < view->today) row->overdue += proposal->parts[p].amount;
		}
	}
	return STATUS_FINE;
}

static int compare_rows(const void *a, const void *b)
{
	const struct cash_free_row *x = a, *y = b;
	if (x->state != y->state) return x->state < y->state ? -1 : 1;
	if (x->open != y->open) return x->open < y->open ? -1 : 1;
	return (x->credit_id > y->credit_id) - (x->credit_id < y->credit_id);
}

static void load_balances(struct view *view, const struct viewer *viewer, struct cash_free *out)
{
	size_t total = book_customers(view->book);
	struct book_ageing *rows = arena_array(view->arena, struct book_ageing, total + 1), all;
	book_age(view->book, (struct book_age_options){ .as_of = view->today }, rows, &all);
	out->balances = arena_array(view->arena, struct cash_balance_row, total + 1);
	for (size_t i = 0; i < total; i++) {
		if (book_outstanding(&rows[i]) >= 0) continue;
		struct book_customer who = book_customer(view->book, i);
		if (!viewer_sees_customer(viewer, who.collector_id, who.sales_id, who.group_code)) continue;
		out->balances[out->balance_count++] = (struct cash_balance_row){ who.id, book_outstanding(&rows[i]), arena_strdup(view->arena, who.code),
			                                                         arena_strdup(view->arena, who.name) };
	}
}

static struct status load_manual(struct view *view, struct cash_free *out)
{
	out->manual = arena_array(view->arena, struct cash_manual_row, MANUAL_SHOWN);
	cleanup_rows struct rows *rows = db_query(view->db,
		"SELECT a.id, a.at, a.day, COALESCE(u.name, ''), COALESCE(u.email, ''), (SELECT COUNT(*) FROM cash_link l WHERE"
		" l.tenant_id = a.tenant_id AND l.company_id = a.company_id AND l.application_id = a.id), (SELECT COALESCE(SUM(l.amount), 0)"
		" FROM cash_link l WHERE l.tenant_id = a.tenant_id AND l.company_id = a.company_id AND l.application_id = a.id)"
		" FROM cash_application a LEFT JOIN user_account u ON u.tenant_id = a.tenant_id AND u.id = a.by_user WHERE a.tenant_id = $tenant"
		" AND a.company_id = $company AND a.line_id = 0 AND a.state = 'active' ORDER BY a.id DESC LIMIT $limit",
		DB_ARGS(db_int("tenant", view->tenant), db_int("company", view->company), db_int("limit", MANUAL_SHOWN)));
	while (rows_next(rows) && out->manual_count < MANUAL_SHOWN)
		out->manual[out->manual_count++] = (struct cash_manual_row){
			.id = row_int(rows, 0), .at = row_int(rows, 1), .day = row_day(rows, 2), .pairs = row_int(rows, 5), .amount = row_int(rows, 6),
			.by = arena_strdup(view->arena, row_text(rows, 3)[0] ? row_text(rows, 3) : row_text(rows, 4)),
		};
	return rows_status(rows);
}

struct status cash_free_list(struct db *db, const struct viewer *viewer, int64_t company_id, int32_t today, bool oldest, struct arena *arena,
                             struct cash_free *out)
{
	*out = (struct cash_free){ .currency = "EUR" };
	if (!viewer_sees_company(viewer, company_id)) return status_make(STATUS_NOT_FOUND, "There is no such company.");
	cleanup_view struct view view = { .db = db, .tenant = viewer->tenant_id, .company = company_id, .today = today, .lang = viewer->lang, .arena = arena };
	struct credits credits = { 0 };
	TRY(view_open(&view));
	view.settings.oldest_first |= oldest;
	TRY(load_credits(&view, viewer, &credits));
	TRY(propose(&view, &credits));
	if (credits.count) qsort(credits.rows, credits.count, sizeof *credits.rows, compare_rows);
	out->rows = credits.rows, out->count = credits.count;
	out->currency = arena_strdup(arena, book_currency(view.book));
	for (size_t i = 0; i < out->count; i++) {
		if (strcmp(out->rows[i].currency, out->currency) != 0) continue;
		out->unallocated += out->rows[i].open;
		if (out->rows[i].state != LINE_TIE) out->settled += out->rows[i].settles, out->overdue_settled += out->rows[i].overdue;
	}
	load_balances(&view, viewer, out);
	return load_manual(&view, out);
}

static bool chosen(int64_t id, const int64_t *ids, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (ids[i] == id) return true;
	return false;
}

struct status cash_free_match(struct change *change, bool oldest, const int64_t *credits, size_t count, int64_t *application_id, int64_t *amount)
{
	cleanup_arena struct arena *arena = arena_new();
	struct cash_free list;
	TRY(cash_free_list(change->db, change->viewer, change->company.id, change->today, oldest, arena, &list));
	size_t pairs = 0;
	for (size_t i = 0; i < list.count; i++) pairs += list.rows[i].item_count;
	struct cash_pair *rows = arena_array(arena, struct cash_pair, pairs + 1);
	pairs = 0, *amount = 0;
	for (size_t i = 0; i < list.count; i++) {
		if (!chosen(list.rows[i].credit_id, credits, count)) continue;
		for (size_t k = 0; k < list.rows[i].item_count; k++) {
			rows[pairs++] = (struct cash_pair){ list.rows[i].items[k].item_id, list.rows[i].credit_id, list.rows[i].items[k].amount };
			*amount += list.rows[i].items[k].amount;
		}
	}
	return cash_settle(change, rows, pairs, application_id);
}
