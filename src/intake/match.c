#include "base/memory.h"
#include "intake/batch.h"
#include "intake/match.h"
#include "intake/people.h"
#include "intake/lifecycle_batch.h"
#include "intake/notice_batch.h"
#include "intake/statement_batch.h"
#include "intake/truth.h"
#include "intake/levels.h"
#include "intake/values.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* --- customers ------------------------------------------------------------------------------------------------------------- */
struct code_ref {
	struct slice code;
	uint32_t index;
};

int slice_order(struct slice a, struct slice b)
{
	size_t len = a.len < b.len ? a.len : b.len;
	int order = len ? memcmp(a.bytes, b.bytes, len) : 0;
	return order ? order : (a.len > b.len) - (a.len < b.len);
}

int spot_order(struct spot a, struct spot b)
{
	return a.word == b.word ? 0 : slice_order(spot_text(a), spot_text(b));
}

static int compare_codes(const void *a, const void *b)
{
	return slice_order(((const struct code_ref *)a)->code, ((const struct code_ref *)b)->code);
}

static bool has_field(const char *hand_made, const char *field)
{
	size_t len = strlen(field);
	for (const char *at = hand_made; (at = strstr(at, field)) != NULL; at += len)
		if ((at == hand_made || at[-1] == ',') && (at[len] == 0 || at[len] == ',')) return true;
	return false;
}

static struct status find_customers(const struct intake *intake, struct db *db, struct batch *batch,
                                    struct intake_result *result)
{
	cleanup_free struct code_ref *refs = xmalloc((batch->customer_count + 1) * sizeof *refs);
	for (uint32_t i = 0; i < batch->customer_count; i++) refs[i] = (struct code_ref){ batch->customers[i].code, i };
	qsort(refs, batch->customer_count, sizeof *refs, compare_codes);
	struct truth *truth;
	TRY(truth_load(db, intake->viewer->tenant_id, intake->company_id, batch->source, batch->arena, &truth));
	cleanup_rows struct rows *rows = db_scan(db,
		"SELECT id, code, name, hand_made, merged_into FROM customer WHERE tenant_id = $tenant AND company_id = $company",
		DB_ARGS(db_int("tenant", intake->viewer->tenant_id), db_int("company", intake->company_id)));
	while (rows_next(rows)) {
		struct code_ref key = { slice_of(row_text(rows, 1)), 0 };
		struct code_ref *ref = bsearch(&key, refs, batch->customer_count, sizeof *refs, compare_codes);
		if (!ref) continue;
		struct batch_customer *customer = &batch->customers[ref->index];
		customer->id = row_int(rows, 0);
		if (!customer->into) customer->into = row_int(rows, 4);
		customer->renamed = customer->name.len > 0 && !slice_equal(customer->name, row_text(rows, 2))
		                    && !has_field(row_text(rows, 3), "name") && truth_may(truth, customer->id, "name");
		result->customers_changed += customer->renamed;
	}
	TRY(rows_status(rows));
	int64_t unknown = 0;
	for (size_t i = 0; i < batch->customer_count; i++) unknown += batch->customers[i].id == 0;
	result->customers_new = unknown;
	return STATUS_FINE;
}

/* New customers get their ids in the order of their codes, so that rows land side by side. */
static struct status number_customers(const struct intake *intake, struct batch *batch, const struct intake_result *result)
{
	if (result->customers_new == 0) return STATUS_FINE;
	cleanup_free struct code_ref *refs = xmalloc((batch->customer_count + 1) * sizeof *refs);
	size_t count = 0;
	for (uint32_t i = 0; i < batch->customer_count; i++)
		if (batch->customers[i].id == 0) refs[count++] = (struct code_ref){ batch->customers[i].code, i };
	qsort(refs, count, sizeof *refs, compare_codes);
	int64_t id = 0;
	TRY(intake_take_ids(intake, "customer", (int64_t)count, &id));
	for (size_t i = 0; i < count; i++) {
		struct batch_customer *customer = &batch->customers[refs[i].index];
		customer->id = id++, customer->is_new = true;
	}
	return STATUS_FINE;
}

/* --- rows by customer -------------------------------------------------------------------------------------------------------- */
static int compare_customers(const void *a, const void *b)
{
	const struct batch_customer *x = *(const struct batch_customer *const *)a, *y = *(const struct batch_customer *const *)b;
	return (x->id > y->id) - (x->id < y->id);
}

/* Each customer's rows side by side, in the order of the file; in place: they are most of what an import keeps in memory. */
static void sort_rows(struct batch *batch)
{
	cleanup_free struct batch_customer **order = xmalloc((batch->customer_count + 1) * sizeof(struct batch_customer *));
	cleanup_free uint32_t *place = xmalloc((batch->row_count + 1) * sizeof *place);
	for (size_t i = 0; i < batch->row_count; i++) batch->customers[batch->rows[i].customer].count++;
	for (size_t i = 0; i < batch->customer_count; i++) order[i] = &batch->customers[i];
	qsort(order, batch->customer_count, sizeof *order, compare_customers);
	uint32_t first = 0;
	for (size_t i = 0; i < batch->customer_count; i++) {
		order[i]->first = first;
		first += order[i]->count;
	}
	for (size_t i = 0; i < batch->row_count; i++) place[i] = batch->customers[batch->rows[i].customer].first++;
	for (size_t i = 0; i < batch->customer_count; i++) batch->customers[i].first -= batch->customers[i].count;
	for (size_t i = 0; i < batch->row_count; i++) {
		while (place[i] != i) { /* what stands here goes to its place, what stood there comes here */
			uint32_t to = place[i];
			struct batch_row there = batch->rows[to];
			batch->rows[to] = batch->rows[i], batch->rows[i] = there;
			place[i] = place[to], place[to] = to;
		}
	}
}

/* --- what the file stands for -------------------------------------------------------------------------------------------------- */
/* First day of the fiscal year that holds a day, as far as the file tells: by its openings, its name, else the calendar. */
static int32_t fiscal_start(const struct batch *batch, int32_t day)
{
	struct civil civil = day_civil(day);
	int month = 1;
	if (batch->opening_count && day_civil(batch->opening_days[0]).day == 1)
		month = day_civil(batch->opening_days[0]).month;
	else if (batch->fiscal_end != DAY_NONE)
		month = day_civil(batch->fiscal_end + 1).month;
	int32_t start = day_from_civil(civil.year, month, 1);
	return start <= day ? start : day_from_civil(civil.year - 1, month, 1);
}

static struct status find_period(const struct fact_store *facts, struct batch *batch)
{
	uint32_t source = fact_store_source(facts, batch->source);
	int32_t own_from = batch->from_day, start = fiscal_start(batch, batch->from_day);
	for (size_t i = 0; i < facts->file_count; i++) {
		const struct ledger_file *file = &facts->files[i];
		if (file->source != source || file->to_day < own_from || file->from_day > batch->to_day) continue;
		if (file->to_day > batch->to_day) {
			const struct import_row *import = fact_store_import(facts, file->id);
			char theirs[11], ours[11];
			day_format(file->to_day, theirs), day_format(batch->to_day, ours);
			return status_make(STATUS_INVALID,
			                   "This file ends on %s; import %lld (%s), which it would replace, goes on until %s. It is "
			                   "older: nothing was changed.",
			                   ours, (long long)file->id, import ? import->file_name : "", theirs);
		}
		int32_t from = file->from_day > start ? file->from_day : start;
		if (from < batch->from_day) batch->from_day = from;
	}
	return STATUS_FINE;
}

/* A list of an earlier day after one of a later day would undo what the later one knows. */
static struct status check_stock_age(const struct fact_store *facts, const struct batch *batch)
{
	uint32_t source = fact_store_source(facts, batch->source);
	for (size_t i = 0; i < facts->import_count; i++) {
		const struct import_row *import = &facts->imports[i];
		if (import->source != source || !import->active || import->mode != IMPORT_STOCK) continue;
		if (import->as_of_day <= batch->as_of_day) continue;
		char theirs[11], ours[11];
		day_format(import->as_of_day, theirs), day_format(batch->as_of_day, ours);
		return status_make(STATUS_INVALID, "This list is of %s; import %lld (%s) is of %s. It is older: nothing was changed.", ours,
		                   (long long)import->id, import->file_name, theirs);
	}
	return STATUS_FINE;
}

/* --- one customer: his rows against his facts ------------------------------------------------------------------------------------ */
struct stored_ref {
	const struct stored_fact *fact;
	bool taken;
};

/* Contract, "Modes": account, (customer,) journal, posting date, PieceRef, PieceDate, amount; never EcritureNum. */
static int compare_identity_rows(const struct batch_row *a, const struct batch_row *b)
{
	if (a->posting_day != b->posting_day) return a->posting_day < b->posting_day ? -1 : 1;
	if (a->amount != b->amount) return a->amount < b->amount ? -1 : 1;
	if (a->piece_day != b->piece_day) return a->piece_day < b->piece_day ? -1 : 1;
	int order = spot_order(a->piece, b->piece);
	if (!order) order = spot_order(a->journal, b->journal);
	if (!order) order = spot_order(a->account, b->account);
	return order;
}

static int compare_said(const struct batch_row *a, const struct batch_row *b)
{
	int order = spot_order(a->lettering, b->lettering);
	return order ? order : spot_order(a->label, b->label);
}

struct side { /* a row of the file, or a stored fact in the same shape */
	struct batch_row view;
	struct batch_row *row;             /* NULL: stored */
	const struct stored_fact *fact;    /* NULL: of the file */
	bool taken;
};

static struct batch_row view_of(const struct stored_fact *stored, struct arena *arena)
{
	const struct fact *fact = &stored->fact;
	return (struct batch_row){
		.line = (uint32_t)fact->line, .posting_day = fact->posting_day, .piece_day = fact->piece_day, .due_day = fact->due_day,
		.amount = fact->amount, .account = spot_of(slice_of(fact->account), arena), .journal = spot_of(slice_of(stored->journal), arena),
		.piece = spot_of(slice_of(stored->piece), arena), .lettering = spot_of(slice_of(fact->lettering), arena),
		.label = spot_of(slice_of(fact->label), arena),
	};
}

/* Identity, then what is said, then stored ones that are there before those that went, then the order of the file. */
static int compare_sides_exact(const void *a, const void *b)
{
	const struct side *x = a, *y = b;
	int order = compare_identity_rows(&x->view, &y->view);
	if (!order) order = compare_said(&x->view, &y->view);
	return order ? order : (x->view.line > y->view.line) - (x->view.line < y->view.line);
}

static int compare_sides_loose(const void *a, const void *b)
{
	const struct side *x = a, *y = b;
	int order = compare_identity_rows(&x->view, &y->view);
	if (order) return order;
	bool x_gone = x->fact && !x->fact->active, y_gone = y->fact && !y->fact->active;
	if (x_gone != y_gone) return x_gone ? 1 : -1;
	return (x->view.line > y->view.line) - (x->view.line < y->view.line);
}

static bool same_text(struct spot spot, const char *text)
{
	return slice_equal(spot_text(spot), text);
}

/* A name was taken out of what is kept (privacy/mask.h): the file, which still has it, says the same. */
bool match_words(struct spot spot, const char *kept)
{
	static const char gap[] = "[…]";
	struct slice said = spot_text(spot);
	const char *next = strstr(kept, gap);
	if (!next) return slice_equal(said, kept);
	if (!said.bytes) return false;
	size_t at = (size_t)(next - kept);
	if (said.len < at || memcmp(said.bytes, kept, at) != 0) return false;
	for (;;) {
		const char *piece = next + strlen(gap);
		next = strstr(piece, gap);
		size_t len = next ? (size_t)(next - piece) : strlen(piece);
		if (!next) return said.len - at >= len && memcmp(said.bytes + said.len - len, piece, len) == 0;
		const char *found = len ? memmem(said.bytes + at, said.len - at, piece, len) : said.bytes + at;
		if (!found) return false;
		at = (size_t)(found - said.bytes) + len;
	}
}

static bool says_the_same(const struct batch_row *row, const struct stored_fact *stored)
{
	const struct fact *fact = &stored->fact;
	return stored->active && row->kind == fact->kind && row->due_day == fact->due_day && row->amount == fact->amount
	       && (row->pair != 0) == (fact->pair != 0) && same_text(row->lettering, fact->lettering)
	       && same_text(row->number, fact->number) && match_words(row->label, fact->label)
	       && same_text(row->applies_to, fact->applies_to) && match_words(row->extra, fact->extra);
}

/* A number made of the entry number would change with every export that renumbers its entries: the first one stays. */
static void keep_number(struct batch *batch, struct batch_row *row, const char *known)
{
	struct slice journal = spot_text(row->journal);
	bool made_up = journal.len < strlen(known) && memcmp(journal.bytes, known, journal.len) == 0 && known[journal.len] == '-';
	if (row->number_from_entry && made_up && !same_text(row->number, known))
		row->number = spot_of(slice_of(arena_strdup(batch->arena, known)), batch->arena);
}

static void meet(struct batch *batch, struct side *file, struct side *stored)
{
	file->taken = stored->taken = true;
	keep_number(batch, file->row, stored->fact->fact.number);
	/* a file that tells no due days takes back none that a list of the same source told */
	if (!batch->tells_due && stored->fact->active) file->row->due_day = stored->fact->fact.due_day;
	file->row->fact_id = stored->fact->fact.id;
	file->row->state = says_the_same(file->row, stored->fact) ? ROW_UNCHANGED : ROW_CHANGED;
	file->row->revived = !stored->fact->active;
	file->fact = stored->fact;
}

static size_t drop_taken(struct side *sides, size_t count)
{
	size_t kept = 0;
	for (size_t i = 0; i < count; i++)
		if (!sides[i].taken) sides[kept++] = sides[i];
	return kept;
}

static void merge_sides(struct batch *batch, struct side *file, size_t file_count, struct side *stored, size_t stored_count,
                        int (*compare)(const void *, const void *), bool exact)
{
	qsort(file, file_count, sizeof *file, compare);
	qsort(stored, stored_count, sizeof *stored, compare);
	for (size_t f = 0, s = 0; f < file_count && s < stored_count;) {
		int order = compare_identity_rows(&file[f].view, &stored[s].view);
		if (!order && exact) order = compare_said(&file[f].view, &stored[s].view);
		if (order == 0 && exact && !stored[s].fact->active) {
			s++;
			continue;
		}
		if (order == 0) meet(batch, &file[f], &stored[s]);
		f += order <= 0, s += order >= 0;
	}
}

/* Lines of one posting day must stand in the order of this file, or lettering would settle differently than in a fresh import. */
static void keep_order(struct batch_row *rows, size_t count, const struct stored_fact **met)
{
	bool moved = false;
	for (size_t i = 0; i < count; i++) moved |= rows[i].state != ROW_UNCHANGED;
	if (!moved) return;
	for (size_t i = 1; i < count; i++) {
		if (rows[i].state != ROW_UNCHANGED && rows[i - 1].state != ROW_UNCHANGED) continue;
		if (rows[i].posting_day != rows[i - 1].posting_day) continue;
		int64_t before = rows[i - 1].state == ROW_UNCHANGED ? met[i - 1]->fact.line : rows[i - 1].line;
		int64_t here = rows[i].state == ROW_UNCHANGED ? met[i]->fact.line : rows[i].line;
		if (before < here) continue;
		for (size_t k = 0; k < count; k++)
			if (rows[k].state == ROW_UNCHANGED) rows[k].state = ROW_RESTATED;
		return;
	}
}

void batch_add_gone(struct batch *batch, const struct stored_fact *fact)
{
	if (batch->gone_count == batch->gone_cap) {
		size_t cap = batch->gone_cap ? batch->gone_cap * 2 : 64;
		struct batch_gone *bigger = arena_array(batch->arena, struct batch_gone, cap);
		if (batch->gone_count) memcpy(bigger, batch->gone, batch->gone_count * sizeof *bigger);
		batch->gone = bigger, batch->gone_cap = cap;
	}
	struct stored_fact *kept = arena_make(batch->arena, struct stored_fact);
	*kept = *fact; /* its texts go with the range that was read: keep those that are written again */
	kept->class = arena_strdup(batch->arena, fact->class);
	kept->fact.number = arena_strdup(batch->arena, fact->fact.number);
	kept->fact.lettering = arena_strdup(batch->arena, fact->fact.lettering);
	kept->fact.label = arena_strdup(batch->arena, fact->fact.label);
	kept->fact.applies_to = arena_strdup(batch->arena, fact->fact.applies_to);
	kept->fact.extra = arena_strdup(batch->arena, fact->fact.extra);
	batch->gone[batch->gone_count++].fact = kept;
}

/* --- one customer ----------------------------------------------------------------------------------------------------------------- */
static void match_ledger(struct batch *batch, struct batch_row *rows, size_t count, const struct stored_fact *stored,
                         size_t stored_count, uint32_t source)
{
	struct side *file = xmalloc((count + 1) * sizeof *file), *known = xmalloc((stored_count + 1) * sizeof *known);
	const struct stored_fact **met = xcalloc(count + 1, sizeof *met);
	size_t file_count = 0, known_count = 0;
	for (size_t i = 0; i < count; i++) file[file_count++] = (struct side){ .view = rows[i], .row = &rows[i] };
	for (size_t i = 0; i < stored_count; i++) {
		const struct fact *fact = &stored[i].fact;
		if (fact->source != source) continue;
		if (batch->mode == IMPORT_LEDGER && (fact->ledger_day < batch->from_day || fact->ledger_day > batch->to_day)) continue;
		known[known_count++] = (struct side){ .view = view_of(&stored[i], batch->arena), .fact = &stored[i] };
	}
	merge_sides(batch, file, file_count, known, known_count, compare_sides_exact, true);
	for (size_t i = 0; i < file_count; i++)
		if (file[i].taken) met[file[i].row - rows] = file[i].fact;
	file_count = drop_taken(file, file_count), known_count = drop_taken(known, known_count);
	merge_sides(batch, file, file_count, known, known_count, compare_sides_loose, false);
	for (size_t i = 0; i < file_count; i++)
		if (file[i].taken) met[file[i].row - rows] = file[i].fact;
	for (size_t i = 0; i < known_count; i++)
		if (batch->mode == IMPORT_LEDGER && !batch->partial && !known[i].taken && known[i].fact->active) batch_add_gone(batch, known[i].fact);
	if (batch->mode == IMPORT_LEDGER)
		match_closings(batch, &(struct closing_side){ rows, count, met, stored, stored_count, source, fiscal_start(batch, batch->to_day) + 366 });
	keep_order(rows, count, met);
	free(file), free(known), free(met);
}

/* Both halves of a transfer are said by the same import, so that they find each other. */
struct pair_ref {
	int64_t pair;
	uint32_t row;
};

static int compare_pair_refs(const void *a, const void *b)
{
	const struct pair_ref *x = a, *y = b;
	return (x->pair > y->pair) - (x->pair < y->pair);
}

static void keep_pairs(struct batch *batch)
{
	size_t count = 0, at = 0;
	for (size_t i = 0; i < batch->row_count; i++) count += batch->rows[i].pair != 0;
	cleanup_free struct pair_ref *refs = xmalloc((count + 1) * sizeof *refs);
	for (uint32_t i = 0; i < batch->row_count; i++)
		if (batch->rows[i].pair) refs[at++] = (struct pair_ref){ batch->rows[i].pair, i };
	qsort(refs, count, sizeof *refs, compare_pair_refs);
	for (size_t i = 0; i + 1 < count; i++) {
		struct batch_row *x = &batch->rows[refs[i].row], *y = &batch->rows[refs[i + 1].row];
		if (refs[i].pair != refs[i + 1].pair) continue;
		if (x->state == ROW_UNCHANGED && y->state != ROW_UNCHANGED) x->state = ROW_RESTATED;
		if (y->state == ROW_UNCHANGED && x->state != ROW_UNCHANGED) y->state = ROW_RESTATED;
	}
}

/* --- all customers ----------------------------------------------------------------------------------------------------------------- */
static void count_states(const struct batch *batch, struct intake_result *result)
{
	for (size_t i = 0; i < batch->row_count; i++) {
		switch (batch->rows[i].state) {
		case ROW_NEW: result->items_new++; break;
		case ROW_CHANGED:
			if (batch->rows[i].revived)
				result->items_new++;
			else
				result->items_changed++;
			break;
		case ROW_UNCHANGED:
		case ROW_RESTATED: result->items_unchanged++; break;
		}
	}
}

enum { RANGE = 512 }; /* customer ids read at once */

static struct status match_range(struct batch *batch, const struct fact_store *facts, uint32_t source, int64_t low,
                                 int64_t high, const struct batch_customer **customers, size_t count)
{
	struct stored_fact *stored = NULL;
	size_t stored_count = 0, s = 0, c = 0;
	cleanup_arena struct arena *arena = arena_new();
	TRY(fact_store_read(facts, low, high, arena, &stored, &stored_count));
	struct list_opens opens = { 0 };
	if (batch->mode == IMPORT_STOCK) TRY(list_opens_read(facts, low, high, arena, &opens));
	while (s < stored_count || c < count) {
		int64_t id = s < stored_count ? stored[s].stored_customer : INT64_MAX;
		if (c < count && customers[c]->id < id) id = customers[c]->id;
		size_t end = s;
		while (end < stored_count && stored[end].stored_customer == id) end++;
		bool in_file = c < count && customers[c]->id == id;
		struct batch_row *rows = in_file ? batch->rows + customers[c]->first : NULL;
		size_t row_count = in_file ? customers[c]->count : 0;
		if (batch->mode == IMPORT_LEDGER || (batch->entries && batch->mode == IMPORT_DELTA))
			match_ledger(batch, rows, row_count, end > s ? stored + s : NULL, end - s, source);
		else
			match_list(batch, &(struct list_side){ rows, row_count, end > s ? stored + s : NULL, end - s, id, source, &opens, false });
		s = end, c += in_file;
	}
	return STATUS_FINE;
}

/* A list of payments only ever meets payments (match_list.c, fits). */
static bool payments_only(const struct batch *batch)
{
	bool only = batch->mode == IMPORT_DELTA && !batch->entries;
	for (size_t i = 0; only && i < batch->row_count; i++)
		only = batch->rows[i].kind == ITEM_PAYMENT || batch->rows[i].kind == ITEM_UNPAID_RETURN;
	return only;
}

static struct status match_facts(const struct intake *intake, struct db *db, struct batch *batch, struct fact_store *facts)
{
	facts->payments_only = payments_only(batch);
	uint32_t source = fact_store_source(facts, batch->source);
	bool any = false;
	for (size_t i = 0; i < facts->import_count; i++) any |= facts->imports[i].source == source;
	if (!any) return STATUS_FINE; /* nothing is known of this source: every row is new */
	int64_t last = 0;
	TRY(db_get_int(db, "SELECT COALESCE(max(id), 0) FROM customer WHERE tenant_id = $tenant AND company_id = $company",
	               DB_ARGS(db_int("tenant", intake->viewer->tenant_id), db_int("company", intake->company_id)), &last, NULL));
	cleanup_free const struct batch_customer **known = xmalloc((batch->customer_count + 1) * sizeof *known);
	size_t count = 0;
	for (size_t i = 0; i < batch->customer_count; i++)
		if (!batch->customers[i].is_new && batch->customers[i].count) known[count++] = &batch->customers[i];
	qsort(known, count, sizeof *known, compare_customers);
	size_t at = 0;
	for (int64_t low = 1; low <= last; low += RANGE) {
		size_t end = at;
		while (end < count && known[end]->id < low + RANGE) end++;
		TRY(match_range(batch, facts, source, low, low + RANGE - 1, known + at, end - at));
		at = end;
		if (intake->options.progress
		    && !intake->options.progress(intake->options.progress_context, 0.4 + 0.1 * (double)low / (double)(last + 1),
		                                 "Comparing with what is known"))
			return status_make(STATUS_CONFLICT, "The import was stopped. Nothing was changed.");
	}
	return STATUS_FINE;
}

/* --- two kinds of files under one source --------------------------------------------------------------------------------------------- */
enum spoken { SPEAKS_OF_PEOPLE, SPEAKS_AS_LIST, SPEAKS_AS_BOOKS };

static enum spoken spoken_of(const char *format)
{
	if (strncmp(format, "csv-c", 5) == 0 || strncmp(format, "xlsx-c", 6) == 0) return SPEAKS_OF_PEOPLE;
	return strncmp(format, "csv-", 4) == 0 || strcmp(format, "xlsx") == 0 ? SPEAKS_AS_LIST : SPEAKS_AS_BOOKS;
}

/* Books (a FEC, entries) and lists (invoices, payments) that name no source share one. From one accounting package that is right:
 * the list repeats items of the books, and they must not count twice. From two, each would close or replace what the other
 * brought. Nobody but the user knows, so the first of its kind asks; once both are there, or a source was named, nothing does. */
static void ask_source(const struct intake *intake, const struct fact_store *facts, const struct batch *batch,
                       struct intake_result *result)
{
	const struct import_row *other = NULL;
	enum spoken own = spoken_of(batch->format);
	if (own == SPEAKS_OF_PEOPLE || intake->options.yes || (intake->options.source && *intake->options.source)) return;
	for (size_t i = 0; i < facts->import_count; i++) {
		const struct import_row *import = &facts->imports[i];
		enum spoken said = spoken_of(import->format);
		if (!import->active || strcmp(import->source_name, batch->source) != 0 || said == SPEAKS_OF_PEOPLE) continue;
		if (said == own) return;
		other = import;
	}
	if (!other) return;
	struct status asked = own == SPEAKS_AS_LIST
		? status_make(STATUS_CONFLICT,
		              "Import %lld (%s) brought the books. Does this list come from the same accounting package? Then confirm it: what "
		              "the books hold already is recognised, and a list of open items closes what it does not name. If it comes from "
		              "elsewhere, give it a source of its own.", (long long)other->id, other->file_name)
		: status_make(STATUS_CONFLICT,
		              "Import %lld (%s) is a list of items or payments. Do these books come from the same accounting package? Then "
		              "confirm them: for the days that they cover they take its place. If they come from elsewhere, give them a "
		              "source of their own.", (long long)other->id, other->file_name);
	result->refused = result->needs_yes = true;
	result->reason = arena_strdup(intake->arena, asked.text);
}

/* What one source said, another says again: both would count. Documents don't: they meet the books. Looked at in a sample: invoices
 * by number and amount; of a list of payments alone, payments by day and amount. */
#define SAID_ELSEWHERE                                                                                                 \
	"SELECT m.source FROM fact f JOIN import m ON m.tenant_id = f.tenant_id AND m.company_id = f.company_id AND m.id = f.import_id"    \
	" AND m.state = 'active' AND m.source <> $source AND m.format NOT IN ('ubl', 'cii', 'facturx', 'einvoices') WHERE f.tenant_id = $tenant" \
	" AND f.company_id = $company AND f.customer_id = $customer AND f.amount = $amount AND f.currency = $currency"

static bool is_claim(const struct batch_row *row)
{
	return !spot_empty(row->number) && !row->number_from_entry && (row->kind == ITEM_INVOICE || row->kind == ITEM_CREDIT_NOTE);
}

static struct status ask_twice(const struct intake *intake, struct db *db, const struct batch *batch, struct intake_result *result)
{
	enum { SAMPLE = 200 };
	if (intake->options.yes || fact_format_is_document(batch->format) || !batch->row_count) return STATUS_FINE;
	size_t step = batch->row_count > SAMPLE ? batch->row_count / SAMPLE : 1;
	int64_t looked = 0, known = 0;
	bool payments = true;
	cleanup_free char *other = NULL;
	for (size_t i = 0; i < batch->row_count && payments; i++) payments = batch->rows[i].kind == ITEM_PAYMENT;
	for (size_t i = 0; i < batch->row_count; i += step) {
		const struct batch_row *row = &batch->rows[i];
		const struct batch_customer *customer = &batch->customers[row->customer];
		if (!payments && !is_claim(row)) continue;
		looked++;
		if (customer->is_new) continue;
		cleanup_free char *source = NULL;
		TRY(db_get_text(db, SAID_ELSEWHERE " AND (($payments = 1 AND f.class = 'payment' AND f.posting_day = $day) OR ($payments = 0 AND f.number = $number)) LIMIT 1",
			DB_ARGS(db_int("tenant", intake->viewer->tenant_id), db_int("company", intake->company_id), db_text("source", batch->source), db_int("customer", customer->id),
			        db_text_len("number", spot_text(row->number).bytes, spot_text(row->number).len), db_day("day", row->posting_day), db_int("payments", payments), db_int("amount", row->amount),
			        db_text("currency", row->currency)), &source));
		if (!source) continue;
		known++;
		if (!other) other = source, source = NULL;
	}
	if (known * 2 < looked || !known) return STATUS_FINE;
	struct status asked = payments
		? status_make(STATUS_CONFLICT,
		              "Of %lld payments looked at, %lld came already from “%s”: under the source “%s” they would count twice. If both are the same program, give this file the source “%s”; "
		              "if they are other payments of the same days and amounts, confirm.", (long long)looked, (long long)known, other, batch->source, other)
		: status_make(STATUS_CONFLICT,
		              "Of %lld invoices looked at, %lld came already from “%s”: under the source “%s” they would count twice. If both are the same program, give this file the source “%s”; "
		              "if they are other invoices of the same numbers, confirm.", (long long)looked, (long long)known, other, batch->source, other);
	result->refused = result->needs_yes = true;
	result->reason = arena_strdup(intake->arena, asked.text);
	return STATUS_FINE;
}

struct status batch_match(const struct intake *intake, struct db *db, struct batch *batch, struct intake_result *result,
                          int64_t *base)
{
	struct fact_store facts;
	TRY(fact_store_open(db, intake->viewer->tenant_id, intake->company_id, batch->arena, &facts));
	TRY(db_get_int(db, "SELECT COALESCE(max(rev), 0) FROM import WHERE tenant_id = $tenant AND company_id = $company",
	               DB_ARGS(db_int("tenant", intake->viewer->tenant_id), db_int("company", intake->company_id)), base, NULL));
	if (batch->statements) return statement_batch_match(intake, db, batch, result);
	if (batch->lifecycle) return lifecycle_batch_match(intake, db, batch, result);
	if (batch->notices) return notice_batch_match(intake, db, batch, result);
	ask_source(intake, &facts, batch, result);
	if (result->refused) return STATUS_FINE;
	if (batch->mode == IMPORT_LEDGER) TRY(find_period(&facts, batch));
	if (fact_format_is_document(batch->format)) TRY(einvoice_customers(intake, db, batch, result));
	for (size_t i = 0; i < batch->row_count; i++) {
		batch->tells_due |= batch->rows[i].due_day != DAY_NONE;
		batch->tells_lettering |= !spot_empty(batch->rows[i].lettering);
	}
	TRY(find_customers(intake, db, batch, result));
	TRY(number_customers(intake, batch, result));
	TRY(ask_twice(intake, db, batch, result));
	if (result->refused) return STATUS_FINE;
	if (batch->people) TRY(people_match(intake, db, batch, result, &batch->people_news));
	if (batch->people && !batch->row_count && !batch->document_count) {
		TRY(levels_match(intake, db, batch, result));
		return values_match(intake, db, batch, result);
	}
	sort_rows(batch);
	if (batch->mode == IMPORT_STOCK) TRY(check_stock_age(&facts, batch));
	TRY(match_facts(intake, db, batch, &facts));
	if (batch->mode != IMPORT_LEDGER) list_settle_new(batch);
	keep_pairs(batch);
	count_states(batch, result);
	if (batch->document_count) TRY(documents_match(intake, db, batch));
	TRY(levels_match(intake, db, batch, result));
	return values_match(intake, db, batch, result);
}
