#include "cash/list.h"

#include "base/memory.h"
#include "base/text.h"
#include "base/words.h"
#include "book/book.h"
#include "cash/bank.h"
#include "cash/kept.h"
#include "cash/return_reason.h"
#include "cash/view.h"
#include "ledger/customer.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

static const char *const states[LINE_STATE_COUNT] = { "certain", "proposed", "tie", "none", "applied", "ignored" };

const char *cash_line_state_code(enum cash_line_state state)
{
	return states[state];
}

bool cash_line_state_parse(const char *code, enum cash_line_state *out)
{
	for (int i = 0; i < LINE_STATE_COUNT; i++)
		if (strcmp(states[i], code) == 0) return *out = (enum cash_line_state)i, true;
	return false;
}

/* --- lines ------------------------------------------------------------------------------------------------------------------- */
/* A line that is announced shows until the bank has told the days after it. */
#define LINES                                                                                                          \
	"SELECT l.id, l.amount, l.account_id, l.application_id, l.booking_day, l.value_day, l.waiting_day, l.pending, l.currency, l.kind,"   \
	" l.text, l.label, l.payer, l.payer_iban, l.reason, l.state, l.return_code, l.return_text, l.end_to_end, l.structured,"              \
	" l.ultimate_payer, l.fee, l.decided_at, COALESCE(u.name, ''), COALESCE(u.email, ''), a.account, a.name, l.bank_reference,"          \
	" l.mandate, COALESCE(p.automatic, 0) FROM bank_line l JOIN bank_account a ON a.tenant_id = l.tenant_id"                             \
	" AND a.company_id = l.company_id AND a.id = l.account_id LEFT JOIN cash_application p ON p.tenant_id = l.tenant_id"                 \
	" AND p.company_id = l.company_id AND p.id = l.application_id LEFT JOIN user_account u ON u.tenant_id = l.tenant_id"                 \
	" AND u.id = l.decided_by WHERE l.tenant_id = $tenant AND l.company_id = $company AND l.present = 1"                                 \
	" AND (l.pending = 0 OR l.booking_day > COALESCE((SELECT MAX(s.closing_day) FROM bank_statement s JOIN import i"                    \
	" ON i.tenant_id = s.tenant_id AND i.company_id = s.company_id AND i.id = s.import_id AND i.state = 'active'"                        \
	" WHERE s.tenant_id = l.tenant_id AND s.company_id = l.company_id AND s.account_id = l.account_id), -1000000))"
static const char open_lines[] = LINES " AND l.state = 'open' ORDER BY l.booking_day DESC, l.id DESC";
static const char all_lines[] = LINES " AND l.state IN ('open', 'applied') ORDER BY l.booking_day DESC, l.id DESC";
static const char applied_lines[] = LINES " AND l.state = 'applied' ORDER BY l.booking_day DESC, l.id DESC";
static const char ignored_lines[] = LINES " AND l.state = 'ignored' ORDER BY l.booking_day DESC, l.id DESC";
static const char told_lines[] = LINES " AND (l.state IN ('open', 'applied') OR (l.state = 'ignored' AND l.reason <> 'outgoing'))"
                                       " ORDER BY l.booking_day DESC, l.id DESC";
static const char one_line[] = LINES " AND l.id = $line ORDER BY l.id";

struct loaded {
	struct cash_row *rows;
	struct cash_line *lines;  /* beside them: what the matcher reads */
	const char **references;  /* of returns */
	size_t count, cap;
};

static const char *keep(struct arena *arena, struct rows *rows, int column)
{
	return arena_strdup(arena, row_text(rows, column));
}

static struct status load_lines(struct view *view, const char *sql, int64_t line_id, struct loaded *out)
{
	struct arena *arena = view->arena;
	cleanup_rows struct rows *rows = db_query(view->db, sql,
	                                          line_id ? DB_ARGS(db_int("tenant", view->tenant), db_int("company", view->company), db_int("line", line_id))
	                                                  : DB_ARGS(db_int("tenant", view->tenant), db_int("company", view->company)));
	while (rows_next(rows)) {
		if (out->count == out->cap) {
			size_t cap = out->cap ? out->cap * 2 : 64;
			struct cash_row *bigger = arena_array(arena, struct cash_row, cap);
			struct cash_line *lines = arena_array(arena, struct cash_line, cap);
			if (out->count) memcpy(bigger, out->rows, out->count * sizeof *bigger), memcpy(lines, out->lines, out->count * sizeof *lines);
			out->rows = bigger, out->lines = lines, out->cap = cap;
		}
		struct cash_row *row = &out->rows[out->count];
		struct cash_line *line = &out->lines[out->count++];
		const char *state = row_text(rows, 15), *code = keep(arena, rows, 16), *said = keep(arena, rows, 17);
		*row = (struct cash_row){
			.id = row_int(rows, 0), .amount = row_int(rows, 1), .account_id = row_int(rows, 2), .application_id = row_int(rows, 3),
			.day = row_day(rows, 4), .value_day = row_day(rows, 5), .waiting_day = row_day(rows, 6), .pending = row_int(rows, 7),
			.kind = keep(arena, rows, 9), .text = keep(arena, rows, 10), .label = keep(arena, rows, 11), .payer = keep(arena, rows, 12),
			.payer_iban = keep(arena, rows, 13), .reason = keep(arena, rows, 14), .decided_at = row_int(rows, 22),
			.decided_by = keep(arena, rows, row_text(rows, 23)[0] ? 23 : 24), .account = keep(arena, rows, 25),
			.account_name = keep(arena, rows, 26), .automatic = row_int(rows, 29), .doubt = "", .return_words = "",
			.state = strcmp(state, "applied") == 0 ? LINE_APPLIED : strcmp(state, "ignored") == 0 ? LINE_IGNORED : LINE_NONE,
		};
		snprintf(row->currency, sizeof row->currency, "%s", row_text(rows, 8));
		row->returns = row->amount < 0;
		if (strcmp(row->kind, "return") == 0) row->return_words = bank_return_words(code, said, *row->text ? row->text : row->label, view->lang, arena);
		const char *end_to_end = keep(arena, rows, 18), *reference = keep(arena, rows, 27), *mandate = keep(arena, rows, 28);
		*line = (struct cash_line){
			.day = row->day, .amount = row->amount, .text = row->text, .label = row->label, .end_to_end = end_to_end,
			.structured = keep(arena, rows, 19), .payer = row->payer, .payer_iban = row->payer_iban, .ultimate_payer = keep(arena, rows, 20),
			.fee = row_int(rows, 21),
		};
		memcpy(line->currency, row->currency, sizeof line->currency);
		row->reference = arena_printf(arena, "%s %s %s", end_to_end, reference, mandate);
	}
	return rows_status(rows);
}

/* --- what was decided ---------------------------------------------------------------------------------------------------------- */
struct decided {
	int64_t application_id, item_id, customer_id, amount;
};

static int compare_rows(const void *a, const void *b)
{
	const struct cash_row *x = *(struct cash_row *const *)a, *y = *(struct cash_row *const *)b;
	return (x->application_id > y->application_id) - (x->application_id < y->application_id);
}

static struct cash_row *row_of(struct cash_row **applied, size_t count, int64_t application_id)
{
	size_t low = 0, high = count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (applied[middle]->application_id < application_id)
			low = middle + 1;
		else
			high = middle;
	}
	return low < count && applied[low]->application_id == application_id ? applied[low] : NULL;
}

static void add_item(struct view *view, struct cash_choice *choice, int64_t customer_id, int64_t item_id, int64_t amount)
{
	for (size_t i = 0; i < choice->item_count; i++)
		if (choice->items[i].item_id == item_id) {
			choice->items[i].amount += amount;
			return;
		}
	struct cash_row_item *bigger = arena_array(view->arena, struct cash_row_item, choice->item_count + 1);
	if (choice->item_count) memcpy(bigger, choice->items, choice->item_count * sizeof *bigger);
	choice->items = bigger;
	bigger[choice->item_count++] = view_item(view, customer_id, item_id, amount);
}

/* The items of applied lines: those that links name on the other side of the decision's own facts, and those open again. */
static struct status load_decided(struct view *view, struct loaded *loaded, bool all)
{
	size_t count = 0;
	struct cash_row **applied = arena_array(view->arena, struct cash_row *, loaded->count + 1);
	for (size_t i = 0; i < loaded->count; i++)
		if (loaded->rows[i].state == LINE_APPLIED) applied[count++] = &loaded->rows[i];
	if (!count) return STATUS_FINE;
	qsort(applied, count, sizeof *applied, compare_rows);
	for (size_t i = 0; i < count; i++) {
		applied[i]->choices = arena_array(view->arena, struct cash_choice, 1);
		applied[i]->choices[0] = (struct cash_choice){ .confidence = 1, .customer_code = "", .customer_name = "" };
		applied[i]->choice_count = 1;
	}
	static const char sql_all[] =
		"SELECT f.application_id, f.customer_id, f.id, f.amount, f.class, f.reopens_id FROM cash_fact f JOIN cash_application a"
		" ON a.tenant_id = f.tenant_id AND a.company_id = f.company_id AND a.id = f.application_id AND a.state = 'active'"
		" WHERE f.tenant_id = $tenant AND f.company_id = $company ORDER BY f.application_id, f.id";
	static const char sql_one[] =
		"SELECT f.application_id, f.customer_id, f.id, f.amount, f.class, f.reopens_id FROM cash_fact f"
		" WHERE f.tenant_id = $tenant AND f.company_id = $company AND f.application_id = $application ORDER BY f.id";
	static const char links_all[] =
		"SELECT l.application_id, l.customer_id, l.debit_id, l.credit_id, l.amount FROM cash_link l JOIN cash_application a"
		" ON a.tenant_id = l.tenant_id AND a.company_id = l.company_id AND a.id = l.application_id AND a.state = 'active'"
		" WHERE l.tenant_id = $tenant AND l.company_id = $company ORDER BY l.application_id, l.position";
	static const char links_one[] =
		"SELECT l.application_id, l.customer_id, l.debit_id, l.credit_id, l.amount FROM cash_link l"
		" WHERE l.tenant_id = $tenant AND l.company_id = $company AND l.application_id = $application ORDER BY l.position";
	const struct db_arg *args = all ? DB_ARGS(db_int("tenant", view->tenant), db_int("company", view->company))
	                                : DB_ARGS(db_int("tenant", view->tenant), db_int("company", view->company),
	                                          db_int("application", applied[0]->application_id));
	struct ids own = { 0 };
	{
		cleanup_rows struct rows *rows = db_query(view->db, all ? sql_all : sql_one, args);
		while (rows_next(rows)) {
			ids_add(&own, view->arena, row_int(rows, 2));
			struct cash_row *row = row_of(applied, count, row_int(rows, 0));
			if (!row) continue;
			struct cash_choice *choice = row->choices;
			if (!choice->customer_id) view_name(view, row_int(rows, 1), choice);
			if (row_int(rows, 5)) add_item(view, choice, row_int(rows, 1), row_int(rows, 5), -row_int(rows, 3));
			else if (strcmp(row_text(rows, 4), "other") != 0) choice->remainder -= row_int(rows, 3);
		}
		TRY(rows_status(rows));
	}
	ids_sort(&own);
	cleanup_rows struct rows *rows = db_query(view->db, all ? links_all : links_one, args);
	while (rows_next(rows)) {
		struct cash_row *row = row_of(applied, count, row_int(rows, 0));
		if (!row) continue;
		struct cash_choice *choice = row->choices;
		bool debit_own = ids_has(&own, row_int(rows, 2)), credit_own = ids_has(&own, row_int(rows, 3));
		if (!choice->customer_id) view_name(view, row_int(rows, 1), choice);
		if (!debit_own) add_item(view, choice, row_int(rows, 1), row_int(rows, 2), row_int(rows, 4));
		if (!credit_own) add_item(view, choice, row_int(rows, 1), row_int(rows, 3), -row_int(rows, 4));
	}
	TRY(rows_status(rows));
	for (size_t i = 0; i < count; i++) { /* what no item took stayed on account */
		struct cash_choice *choice = applied[i]->choices;
		int64_t named = 0;
		for (size_t k = 0; k < choice->item_count; k++)
			if ((choice->items[k].amount > 0) == (applied[i]->amount > 0) || applied[i]->amount > 0) named += choice->items[k].amount;
		int64_t rest = choice->remainder - (applied[i]->amount > 0 ? named : 0);
		choice->remainder = applied[i]->amount > 0 && rest > 0 ? rest : 0;
	}
	return STATUS_FINE;
}

/* --- what is proposed -------------------------------------------------------------------------------------------------------------- */
static void choose(struct view *view, const struct cash_proposal *proposal, struct cash_choice *out)
{
	*out = (struct cash_choice){ .differences = proposal->differences, .difference_count = proposal->difference_count,
		                     .remainder = proposal->remainder, .confidence = proposal->confidence,
		                     .reasons = proposal->reasons, .reason_count = proposal->reason_count };
	view_name(view, proposal->customer_id, out);
	out->items = arena_array(view->arena, struct cash_row_item, proposal->part_count + 1);
	for (size_t i = 0; i < proposal->part_count; i++)
		out->items[out->item_count++] =
			view_item(view, proposal->parts[i].customer_id, proposal->parts[i].item_id, proposal->parts[i].amount);
}

static const enum cash_line_state of_match[] = { [CASH_NONE] = LINE_NONE, [CASH_TIE] = LINE_TIE, [CASH_PROPOSED] = LINE_PROPOSED,
	                                         [CASH_CERTAIN] = LINE_CERTAIN };

/* The books hold a settled payment of that amount about that day, of the customer it looks like, or the only one there is. */
static bool in_books(struct view *view, const struct cash_match *match, struct cash_row *row)
{
	const struct book_payment *found = NULL;
	size_t count;
	const struct book_payment *alike = view_book_payments(view, row->amount, &count);
	int64_t customer = match->proposal_count ? match->proposals[0].customer_id : 0;
	for (size_t i = 0; i < count; i++) {
		const struct book_payment *payment = &alike[i];
		if (payment->claimed || payment->open != 0 || strcmp(payment->currency, row->currency) != 0) continue;
		if (payment->day < row->day - BOOKS_BEFORE || payment->day > row->day + BOOKS_AFTER) continue;
		if (customer && payment->customer_id != customer) continue;
		if (found && !customer) return false; /* several: which one is a person's to say */
		if (!found || abs(payment->day - row->day) < abs(found->day - row->day)) found = payment;
	}
	if (!found) return false;
	row->in_books = true;
	row->state = LINE_PROPOSED;
	row->choices = arena_array(view->arena, struct cash_choice, 1), row->choice_count = 1;
	cleanup_text struct text words = { 0 };
	text_add(&words, tr(view->lang, "The books hold this payment already: "));
	words_date(&words, view->lang, found->day);
	const char **reasons = arena_array(view->arena, const char *, 1);
	reasons[0] = arena_strdup(view->arena, text_cstr(&words));
	row->choices[0] = (struct cash_choice){ .remainder = row->amount, .confidence = 0.9, .reasons = reasons, .reason_count = 1 };
	view_name(view, found->customer_id, &row->choices[0]);
	return true;
}

static struct status propose(struct view *view, struct loaded *loaded)
{
	size_t count = 0;
	struct cash_line *lines = arena_array(view->arena, struct cash_line, loaded->count + 1);
	size_t *at = arena_array(view->arena, size_t, loaded->count + 1);
	for (size_t i = 0; i < loaded->count; i++)
		if (loaded->rows[i].state == LINE_NONE && !loaded->rows[i].pending && loaded->rows[i].amount > 0)
			at[count] = i, lines[count++] = loaded->lines[i];
	if (!count) return STATUS_FINE;
	struct cash_match *matches = arena_array(view->arena, struct cash_match, count);
	TRY(kept_match(view, lines, count, matches));
	for (size_t i = 0; i < count; i++) {
		struct cash_row *row = &loaded->rows[at[i]];
		const struct cash_match *match = &matches[i];
		if (in_books(view, match, row)) continue;
		row->state = of_match[match->state];
		row->doubt = match->doubt ? match->doubt : "";
		row->choices = arena_array(view->arena, struct cash_choice, match->proposal_count + 1);
		for (size_t k = 0; k < match->proposal_count; k++) choose(view, &match->proposals[k], &row->choices[row->choice_count++]);
	}
	return STATUS_FINE;
}

/* Of lines that are not decided yet. */
static struct status load_postings(struct view *view, const struct loaded *loaded)
{
	size_t count = 0;
	struct cash_line *lines = arena_array(view->arena, struct cash_line, loaded->count + 1);
	for (size_t i = 0; i < loaded->count; i++)
		if (loaded->rows[i].state == LINE_NONE && !loaded->rows[i].pending) lines[count++] = loaded->lines[i];
	return view_load_book_payments(view, lines, count);
}

static void propose_return(struct view *view, struct cash_row *row, int64_t payment, double confidence, const struct cash_return *match)
{
	struct cash_choice *choice = &row->choices[row->choice_count];
	*choice = (struct cash_choice){ .payment = payment, .confidence = confidence, .customer_code = "", .customer_name = "" };
	if (match) choice->reasons = match->reasons, choice->reason_count = match->reason_count, choice->fees = match->fee;
	if (view_payment_items(view, payment, choice)) row->choice_count++;
}

static struct status propose_returns(struct view *view, struct loaded *loaded)
{
	bool any = false;
	for (size_t i = 0; i < loaded->count; i++) any |= loaded->rows[i].state == LINE_NONE && loaded->rows[i].amount < 0 && !loaded->rows[i].pending;
	if (!any) return STATUS_FINE;
	TRY(view_load_payments(view, loaded->lines, loaded->count));
	for (size_t i = 0; i < loaded->count; i++) {
		struct cash_row *row = &loaded->rows[i];
		if (row->state != LINE_NONE || row->amount >= 0 || row->pending) continue;
		struct cash_return match = { 0 };
		cash_match_return(view->payments, view->payment_count, &loaded->lines[i], &view->settings, view->lang, view->arena, &match);
		row->state = of_match[match.state];
		row->choices = arena_array(view->arena, struct cash_choice, match.other_count + 1);
		if (match.payment_id) propose_return(view, row, match.payment_id, match.confidence, &match);
		for (size_t k = 0; k < match.other_count; k++) propose_return(view, row, match.others[k], 0.3, NULL);
		if (!row->choice_count) row->state = LINE_NONE;
	}
	return STATUS_FINE;
}

/* --- the list ------------------------------------------------------------------------------------------------------------------------ */
static bool seen(struct view *view, const struct viewer *viewer, const struct cash_row *row)
{
	if (viewer->portfolio == PORTFOLIO_ALL) return true;
	for (size_t c = 0; c < row->choice_count; c++)
		if (view_sees(view, viewer, row->choices[c].customer_id)) return true;
	return false;
}

const int32_t cash_age_edges[CASH_AGES - 1] = { 7, 30, 60 };

static void sum_up(struct cash_list *list, const struct cash_row *row)
{
	if (row->amount <= 0 || row->pending || strcmp(row->currency, list->currency) != 0) return;
	list->sums[row->state].count++, list->sums[row->state].amount += row->amount;
	if (row->state >= LINE_APPLIED) return;
	if (row->waiting_day != DAY_NONE) list->waiting.count++, list->waiting.amount += row->amount;
	int age = 0;
	while (age < CASH_AGES - 1 && list->today - row->day > cash_age_edges[age]) age++;
	list->ages[age].count++, list->ages[age].amount += row->amount;
	if (list->waiting_since == DAY_NONE || row->day < list->waiting_since) list->waiting_since = row->day;
}

static const char *query_of(const struct cash_filter *filter, bool *open)
{
	const char *state = filter->state;
	*open = false;
	if (filter->line_id) return one_line;
	if (!state) return told_lines;
	if (strcmp(state, "applied") == 0) return applied_lines;
	if (strcmp(state, "ignored") == 0) return ignored_lines;
	if (strcmp(state, "all") == 0) return all_lines;
	*open = true;
	return open_lines;
}

/* A line is matched beside all that wait: what another one is certain to take is not proposed twice. */
static struct status load_beside(struct view *view, int64_t line_id, struct loaded *loaded)
{
	TRY(load_lines(view, one_line, line_id, loaded));
	if (!loaded->count || loaded->rows[0].state != LINE_NONE) return STATUS_FINE;
	*loaded = (struct loaded){ 0 };
	return load_lines(view, open_lines, 0, loaded);
}

struct status cash_list(struct db *db, const struct viewer *viewer, int64_t company_id, int32_t today, const struct cash_filter *filter,
                        struct arena *arena, struct cash_list *out)
{
	*out = (struct cash_list){ .today = today, .waiting_since = DAY_NONE, .currency = "EUR" };
	if (!viewer_sees_company(viewer, company_id)) return status_make(STATUS_NOT_FOUND, "There is no such company.");
	enum cash_line_state wanted = LINE_STATE_COUNT;
	bool only_open = filter->state && strcmp(filter->state, "open") == 0;
	if (filter->state && !only_open && strcmp(filter->state, "all") != 0 && !cash_line_state_parse(filter->state, &wanted))
		return status_make(STATUS_INVALID, "Bank lines are certain, proposed, tie, none, applied or ignored, not “%s”.", filter->state);
	cleanup_view struct view view = { .db = db, .tenant = viewer->tenant_id, .company = company_id, .today = today, .lang = viewer->lang, .arena = arena };
	struct loaded loaded = { 0 };
	bool open;
	const char *sql = query_of(filter, &open);
	TRY(view_open(&view));
	out->currency = arena_strdup(arena, book_currency(view.book));
	if (filter->line_id)
		TRY(load_beside(&view, filter->line_id, &loaded));
	else
		TRY(load_lines(&view, sql, 0, &loaded));
	if (loaded.count && sql != applied_lines && sql != ignored_lines) { /* what is open is put in order for a line to be matched with, not for none */
		TRY(load_postings(&view, &loaded));
		TRY(propose(&view, &loaded));
		TRY(propose_returns(&view, &loaded));
	}
	TRY(load_decided(&view, &loaded, !filter->line_id));
	out->rows = loaded.rows;
	for (size_t i = 0; i < loaded.count; i++) {
		const struct cash_row *row = &loaded.rows[i];
		if (filter->line_id && row->id != filter->line_id) continue;
		if (!seen(&view, viewer, row)) continue;
		sum_up(out, row);
		if (wanted != LINE_STATE_COUNT && row->state != wanted) continue;
		out->rows[out->count++] = *row;
	}
	if (filter->line_id && !out->count) return status_make(STATUS_NOT_FOUND, "There is no bank line %lld.", (long long)filter->line_id);
	return STATUS_FINE;
}

/* --- deciding as proposed ---------------------------------------------------------------------------------------------------------------- */
struct status cash_apply_choice(struct change *change, const struct cash_row *row, const struct cash_choice *choice, bool automatic, bool teach)
{
	int64_t application = 0;
	if (choice->payment) return cash_return(change, row->id, choice->payment, automatic, &application);
	cleanup_free struct cash_part *parts = xmalloc((choice->item_count + 1) * sizeof *parts);
	for (size_t i = 0; i < choice->item_count; i++)
		parts[i] = (struct cash_part){ choice->items[i].item_id, choice->items[i].customer_id, choice->items[i].amount };
	return cash_apply(change, &(struct cash_decision){
		.line_id = row->id, .parts = parts, .part_count = choice->item_count, .differences = choice->differences,
		.difference_count = choice->difference_count, .customer_id = choice->customer_id, .automatic = automatic, .teach = teach,
		.confidence = choice->confidence, .reasons = choice->reasons, .reason_count = choice->reason_count }, &application);
}
