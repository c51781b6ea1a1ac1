#include "base/memory.h"
#include "intake/match.h"

#include <stdlib.h>
#include <string.h>

/* --- what is open ---------------------------------------------------------------------------------------------------------------- */
struct status list_opens_read(const struct fact_store *facts, int64_t low, int64_t high, struct arena *arena,
                              struct list_opens *out)
{
	size_t cap = 0;
	/* a merged customer's items stand under the one he was merged into: so by the facts' ids */
	cleanup_rows struct rows *rows = db_query(facts->db,
		"SELECT i.id, i.open_amount FROM fact f JOIN item i ON i.tenant_id = f.tenant_id AND i.company_id = f.company_id"
		" AND i.id = f.id WHERE f.tenant_id = $tenant AND f.company_id = $company AND f.customer_id >= $low"
		" AND f.customer_id <= $high AND i.withdrawn = 0 ORDER BY i.id",
		DB_ARGS(db_int("tenant", facts->tenant), db_int("company", facts->company), db_int("low", low), db_int("high", high)));
	while (rows_next(rows)) {
		if (out->count == cap) {
			cap = cap ? cap * 2 : 64;
			struct list_open *bigger = arena_array(arena, struct list_open, cap);
			if (out->count) memcpy(bigger, out->rows, out->count * sizeof *bigger);
			out->rows = bigger;
		}
		out->rows[out->count++] = (struct list_open){ row_int(rows, 0), row_int(rows, 1) };
	}
	return rows_status(rows);
}

static int compare_opens(const void *a, const void *b)
{
	const struct list_open *x = a, *y = b;
	return (x->id > y->id) - (x->id < y->id);
}

static int64_t open_of(const struct list_opens *opens, int64_t id)
{
	struct list_open key = { id, 0 };
	const struct list_open *found =
		opens->count ? bsearch(&key, opens->rows, opens->count, sizeof key, compare_opens) : NULL;
	return found ? found->open : 0;
}

/* --- settlings ---------------------------------------------------------------------------------------------------------------------- */
void batch_add_settling(struct batch *batch, struct batch_settling settling)
{
	if (batch->settling_count == batch->settling_cap) {
		size_t cap = batch->settling_cap ? batch->settling_cap * 2 : 64;
		struct batch_settling *bigger = arena_array(batch->arena, struct batch_settling, cap);
		if (batch->settling_count) memcpy(bigger, batch->settling, batch->settling_count * sizeof *bigger);
		batch->settling = bigger, batch->settling_cap = cap;
	}
	batch->settling[batch->settling_count++] = settling;
}

/* Settles `amount` more (of the item's sign) of a row's item. */
static void settle_row(struct batch *batch, struct batch_row *row, int64_t amount)
{
	if (amount == 0) return;
	bool payment = row->settled_on != DAY_NONE;
	batch_add_settling(batch, (struct batch_settling){
		.row = (uint32_t)(row - batch->rows), .line = row->line, .payment = payment && amount > 0 && row->amount > 0,
		.posting_day = payment ? row->settled_on : row->settled_before ? row->posting_day : batch->as_of_day, .amount = -amount, .account = spot_text(row->account),
		.number = spot_text(row->number), .currency = row->currency,
	});
}

void list_settle_new(struct batch *batch)
{
	for (size_t i = 0; i < batch->row_count; i++) {
		struct batch_row *row = &batch->rows[i];
		if (row->state == ROW_NEW && row->tells_settled) settle_row(batch, row, row->settled);
	}
}

/* --- who is who ------------------------------------------------------------------------------------------------------------------------ */
struct candidate {
	const struct stored_fact *fact;
	int64_t settled;    /* by what earlier lists told of it, with the sign of its amount */
	bool taken;
};

enum { YEARS_APART = 92 };
enum rule { RULE_ID, RULE_EXACT, RULE_DUE, RULE_ISSUE, RULE_AMOUNT, RULES };

/* From the surest to the least sure. A payment without an id is itself only when all of it is the same: two payments may well
 * bear one reference. */
static bool fits(enum rule rule, const struct batch_row *row, const struct stored_fact *stored)
{
	const struct fact *fact = &stored->fact;
	bool number = !spot_empty(row->number) && slice_equal(spot_text(row->number), fact->number) && row->kind == fact->kind;
	bool claim = row->amount > 0 || row->kind == ITEM_CREDIT_NOTE;
	if (strcmp(row->currency, fact->currency) != 0) return false;
	switch (rule) {
	case RULE_ID: return !spot_empty(row->external_id) && slice_equal(spot_text(row->external_id), fact->external_id) && row->kind == fact->kind;
	case RULE_EXACT:
		return slice_equal(spot_text(row->number), fact->number) && row->kind == fact->kind && row->amount == fact->amount
		       && row->posting_day == fact->posting_day && row->piece_day == fact->piece_day && row->due_day == fact->due_day
		       && slice_equal(spot_text(row->applies_to), fact->applies_to) && slice_equal(spot_text(row->external_id), fact->external_id);
	case RULE_DUE: return number && claim && row->piece_day == fact->piece_day && row->due_day == fact->due_day;
	case RULE_ISSUE: return number && claim && row->piece_day == fact->piece_day;
	case RULE_AMOUNT: /* numbers of documents may begin anew each year */
		return number && claim && row->amount == fact->amount && (!fact->einvoice || abs(row->piece_day - fact->piece_day) <= YEARS_APART);
	case RULES: break;
	}
	return false;
}

static bool says_the_same(const struct batch_row *row, const struct stored_fact *stored)
{
	const struct fact *fact = &stored->fact;
	return stored->active && row->kind == fact->kind && row->amount == fact->amount && row->due_day == fact->due_day
	       && row->piece_day == fact->piece_day && slice_equal(spot_text(row->number), fact->number)
	       && slice_equal(spot_text(row->lettering), fact->lettering) && match_words(row->label, fact->label)
	       && slice_equal(spot_text(row->applies_to), fact->applies_to) && match_words(row->extra, fact->extra);
}

/* What earlier lists told of the settling of an item: closings and payments that name it by "#". */
static const struct stored_fact *next_settling(const struct list_side *side, int64_t id, size_t *at)
{
	while (*at < side->stored_count) {
		const struct stored_fact *stored = &side->stored[(*at)++];
		const char *link = stored->fact.applies_to;
		if (stored->active && stored->fact.source == side->source && link[0] == '#' && strtoll(link + 1, NULL, 10) == id)
			return stored;
	}
	return NULL;
}

static int64_t told_settled(const struct list_side *side, int64_t id)
{
	if (!side->told) return 0;
	int64_t settled = 0;
	size_t at = 0;
	for (const struct stored_fact *s; (s = next_settling(side, id, &at)) != NULL;) settled -= s->fact.amount;
	return settled;
}

static void take_back_settlings(struct batch *batch, const struct list_side *side, int64_t id)
{
	size_t at = 0;
	for (const struct stored_fact *s; (s = next_settling(side, id, &at)) != NULL;) batch_add_gone(batch, s);
}

/* The list shows less settled than was told before: that telling is taken back, the rest told again. More: it is added. */
static bool settle_known(struct batch *batch, const struct list_side *side, struct batch_row *row,
                         const struct stored_fact *stored)
{
	int64_t told = told_settled(side, stored->fact.id), target = row->settled;
	if (!row->tells_settled) {
		if (batch->mode != IMPORT_STOCK || told == 0) return false;
		target = 0; /* it is in the list of open items with its amount: open again */
	} else if (batch->mode == IMPORT_STOCK && stored->active) {
		/* payments from elsewhere count too: the list says what is open, whatever closed the rest */
		int64_t elsewhere = stored->fact.amount - open_of(side->opens, stored->fact.id) - told;
		bool same_sign = (elsewhere >= 0) == (stored->fact.amount >= 0);
		if (same_sign && elsewhere != 0) target -= elsewhere;
		if ((target >= 0) != (row->amount >= 0)) target = 0;
	}
	if (target == told) return false;
	bool less = row->amount >= 0 ? target < told : target > told;
	if (less) {
		take_back_settlings(batch, side, stored->fact.id);
		settle_row(batch, row, target);
	} else {
		settle_row(batch, row, target - told);
	}
	return true;
}

static void close_absent(struct batch *batch, const struct list_side *side, const struct stored_fact *stored)
{
	int64_t open = open_of(side->opens, stored->fact.id);
	if (open == 0) return;
	batch_add_settling(batch, (struct batch_settling){
		.row = NO_ROW, .fact_id = stored->fact.id, .customer_id = side->customer_id, .posting_day = batch->as_of_day,
		.amount = -open, .account = slice_of(arena_strdup(batch->arena, stored->fact.account)),
		.number = slice_of(arena_strdup(batch->arena, stored->fact.number)),
		.currency = arena_strdup(batch->arena, stored->fact.currency),
	});
}

/* Rows and candidates in one order, so that a customer with very many of them is not compared each with each: by id; by number,
 * amount and posting day where all must be equal; else by number. */
static int compare_for(enum rule rule, const struct batch_row *x, const struct fact *y)
{
	if (rule == RULE_ID) return slice_order(spot_text(x->external_id), slice_of(y->external_id));
	int order = slice_order(spot_text(x->number), slice_of(y->number));
	if (order || rule != RULE_EXACT) return order;
	if (x->amount != y->amount) return x->amount < y->amount ? -1 : 1;
	return (x->posting_day > y->posting_day) - (x->posting_day < y->posting_day);
}

static int compare_rows(const void *a, const void *b, void *context)
{
	enum rule rule = *(enum rule *)context;
	const struct batch_row *x = *(struct batch_row *const *)a, *y = *(struct batch_row *const *)b;
	int order = rule == RULE_ID ? spot_order(x->external_id, y->external_id) : spot_order(x->number, y->number);
	if (!order && rule == RULE_EXACT) {
		order = (x->amount > y->amount) - (x->amount < y->amount);
		if (!order) order = (x->posting_day > y->posting_day) - (x->posting_day < y->posting_day);
	}
	return order ? order : (x->line > y->line) - (x->line < y->line);
}

static int compare_candidates(const void *a, const void *b, void *context)
{
	enum rule rule = *(enum rule *)context;
	const struct candidate *x = a, *y = b;
	const struct fact *f = &x->fact->fact, *g = &y->fact->fact;
	int order = rule == RULE_ID ? strcmp(f->external_id, g->external_id) : strcmp(f->number, g->number);
	if (!order && rule == RULE_EXACT) {
		order = (f->amount > g->amount) - (f->amount < g->amount);
		if (!order) order = (f->posting_day > g->posting_day) - (f->posting_day < g->posting_day);
	}
	if (!order && x->fact->active != y->fact->active) order = x->fact->active ? -1 : 1;
	return order ? order : (f->id > g->id) - (f->id < g->id);
}

/* A list of open items that shows less of an item than was known: it is reduced on the day of the list, and stays what it was
 * on the days before (contract, "Modes"). Its amount is not rewritten: the ledger would not know it again. */
static void reduce_to_open(const struct batch *batch, struct batch_row *row, const struct stored_fact *stored)
{
	int64_t open = row->amount, known = stored->fact.amount;
	if (batch->mode != IMPORT_STOCK || row->tells_settled || !stored->active) return;
	if (known > 0 ? open <= 0 || open >= known : open >= 0 || open <= known) return;
	row->amount = known, row->settled = known - open, row->tells_settled = true;
}

static void take(struct batch_row *row, struct candidate *candidate, struct batch *batch, const struct list_side *side)
{
	candidate->taken = true;
	row->fact_id = candidate->fact->fact.id;
	reduce_to_open(batch, row, candidate->fact);
	if (!batch->tells_lettering && candidate->fact->active) /* a list without lettering takes none back */
		row->lettering = spot_of(slice_of(arena_strdup(batch->arena, candidate->fact->fact.lettering)), batch->arena);
	bool settled = settle_known(batch, side, row, candidate->fact);
	row->state = settled || !says_the_same(row, candidate->fact) ? ROW_CHANGED : ROW_UNCHANGED;
	row->revived = !candidate->fact->active;
}

void match_list(struct batch *batch, struct list_side *side)
{
	struct batch_row **rows = xmalloc((side->count + 1) * sizeof *rows);
	struct candidate *candidates = xmalloc((side->stored_count + 1) * sizeof *candidates);
	size_t count = 0;
	for (size_t i = 0; i < side->count; i++) rows[i] = &side->rows[i];
	for (size_t i = 0; i < side->stored_count; i++) {
		const struct fact *fact = &side->stored[i].fact;
		if (fact->source != side->source) continue;
		if (fact->applies_to[0] == '#') {
			side->told |= side->stored[i].active;
			continue;
		}
		candidates[count++] = (struct candidate){ .fact = &side->stored[i] };
	}
	bool *done = xcalloc(side->count + 1, sizeof *done);
	for (enum rule rule = RULE_ID; rule < RULES; rule++) {
		qsort_r(rows, side->count, sizeof *rows, compare_rows, &rule);
		qsort_r(candidates, count, sizeof *candidates, compare_candidates, &rule);
		size_t c = 0;
		for (size_t r = 0; r < side->count; r++) {
			struct batch_row *row = rows[r];
			if (done[row - side->rows]) continue;
			while (c < count && compare_for(rule, row, &candidates[c].fact->fact) > 0) c++;
			for (size_t k = c; k < count && compare_for(rule, row, &candidates[k].fact->fact) == 0; k++) {
				if (candidates[k].taken || !fits(rule, row, candidates[k].fact)) continue;
				take(row, &candidates[k], batch, side);
				done[row - side->rows] = true;
				break;
			}
			while (c < count && candidates[c].taken) c++;
		}
	}
	for (size_t i = 0; batch->mode == IMPORT_STOCK && !batch->partial && i < count; i++)
		if (!candidates[i].taken && candidates[i].fact->active) close_absent(batch, side, candidates[i].fact);
	free(done), free(candidates), free(rows);
}
