#include "intake/terms.h"

#include "base/memory.h"
#include "ledger/event.h"
#include "ledger/projection_store.h"

#include <jansson.h>
#include <string.h>

/* Usual terms, the plainest first: of two that explain as much, the first one is proposed. */
static const struct terms usual[] = {
	{ true, 30, TERMS_MONTH_NONE, 0 },  { true, 45, TERMS_MONTH_NONE, 0 },  { true, 60, TERMS_MONTH_NONE, 0 },
	{ true, 0, TERMS_MONTH_NONE, 0 },   { true, 15, TERMS_MONTH_NONE, 0 },  { true, 30, TERMS_MONTH_AFTER, 0 },
	{ true, 45, TERMS_MONTH_AFTER, 0 }, { true, 45, TERMS_MONTH_BEFORE, 0 }, { true, 60, TERMS_MONTH_AFTER, 0 },
	{ true, 30, TERMS_MONTH_AFTER, 10 }, { true, 30, TERMS_MONTH_AFTER, 15 }, { true, 8, TERMS_MONTH_NONE, 0 },
	{ true, 10, TERMS_MONTH_NONE, 0 },  { true, 20, TERMS_MONTH_NONE, 0 },  { true, 90, TERMS_MONTH_NONE, 0 },
};

enum { PAID_LEAST = 5, EARLY_DAYS = 3, LATE_DAYS = 6 };
#define SHARE_LEAST  0.6
#define SHARE_BETTER 0.02 /* less of an advantage is chance */

bool terms_infer(const struct paid_item *items, size_t count, struct terms *out, double *share)
{
	int64_t total = 0;
	if (count < PAID_LEAST) return false;
	for (size_t i = 0; i < count; i++) total += items[i].amount;
	if (total <= 0) return false;
	double best = 0;
	for (size_t t = 0; t < COUNT(usual); t++) {
		int64_t within = 0;
		for (size_t i = 0; i < count; i++) {
			int32_t late = items[i].paid_day - terms_due(usual[t], items[i].issue_day);
			if (late >= -EARLY_DAYS && late <= LATE_DAYS) within += items[i].amount;
		}
		double part = (double)within / (double)total;
		if (part < SHARE_LEAST || part < best + SHARE_BETTER) continue;
		best = part, *out = usual[t];
	}
	*share = best;
	return best > 0;
}

struct gathering {
	struct arena *arena;
	struct terms_proposal *rows;
	size_t count, cap;
	struct paid_item *items;
	size_t item_count, item_cap;
};

static void conclude(struct gathering *g, int64_t customer, const char *code, const char *name)
{
	struct terms terms;
	double share;
	if (customer && terms_infer(g->items, g->item_count, &terms, &share)) {
		if (g->count == g->cap) {
			size_t cap = g->cap ? g->cap * 2 : 32;
			struct terms_proposal *bigger = arena_array(g->arena, struct terms_proposal, cap);
			if (g->count) memcpy(bigger, g->rows, g->count * sizeof *bigger);
			g->rows = bigger, g->cap = cap;
		}
		g->rows[g->count++] = (struct terms_proposal){ .customer_id = customer, .code = code, .name = name, .terms = terms,
			                                       .paid_items = (int64_t)g->item_count, .share = share };
	}
	g->item_count = 0;
}

struct status terms_propose(struct db *db, const struct viewer *viewer, int64_t company_id, struct arena *arena,
                            struct terms_proposal **out, size_t *count)
{
	struct gathering g = { .arena = arena };
	int64_t customer = 0;
	const char *code = "", *name = "";
	*out = NULL, *count = 0;
	cleanup_rows struct rows *rows = db_query(db,
		"SELECT c.id, c.code, c.name, d.issue_day, s.day, s.amount FROM customer c"
		" JOIN item d ON d.tenant_id = c.tenant_id AND d.company_id = c.company_id AND d.customer_id = c.id"
		" AND d.kind = 'invoice' AND d.due_source = 'assumed' AND d.withdrawn = 0"
		" JOIN settlement s ON s.tenant_id = d.tenant_id AND s.company_id = d.company_id AND s.customer_id = d.customer_id"
		" AND s.debit_id = d.id JOIN item p ON p.tenant_id = s.tenant_id AND p.company_id = s.company_id"
		" AND p.customer_id = s.customer_id AND p.id = s.credit_id AND p.kind = 'payment'"
		" WHERE c.tenant_id = $tenant AND c.company_id = $company AND c.terms_days IS NULL AND c.generic NOT IN ('accepted')"
		" ORDER BY c.code, d.id", DB_ARGS(db_int("tenant", viewer->tenant_id), db_int("company", company_id)));
	while (rows_next(rows)) {
		if (row_int(rows, 0) != customer) {
			conclude(&g, customer, code, name);
			customer = row_int(rows, 0);
			code = arena_strdup(arena, row_text(rows, 1)), name = arena_strdup(arena, row_text(rows, 2));
		}
		GROW(g.items, g.item_count, g.item_cap);
		g.items[g.item_count++] = (struct paid_item){ row_day(rows, 3), row_day(rows, 4), row_int(rows, 5) };
	}
	conclude(&g, customer, code, name);
	free(g.items);
	*out = g.rows, *count = g.count;
	return rows_status(rows);
}

static struct status set_terms(struct change *change, const struct terms_proposal *proposal)
{
	TRY(db_run(change->db,
	           "UPDATE customer SET terms_days = $days, terms_month = $month, terms_day = $day, rev = $rev,"
	           " hand_made = hand_made || CASE WHEN hand_made = '' THEN '' ELSE ',' END || 'terms_days,terms_month,terms_day'"
	           " WHERE tenant_id = $tenant AND company_id = $company AND id = $id AND terms_days IS NULL",
	           DB_ARGS(db_int("tenant", change->company.tenant_id), db_int("company", change->company.id),
	                   db_int("id", proposal->customer_id), db_int("days", proposal->terms.days),
	                   db_text("month", terms_month_code(proposal->terms.month)), db_int("day", proposal->terms.day_of_month),
	                   db_int("rev", change->rev))));
	json_t *content = json_pack("{s:s, s:i, s:s, s:i}", "field", "terms", "days", proposal->terms.days, "end_of_month",
	                            terms_month_code(proposal->terms.month), "day", proposal->terms.day_of_month);
	cleanup_free char *text = json_dumps(content, JSON_COMPACT);
	json_decref(content);
	return event_add(change, &(struct event_new){ .kind = "customer.changed", .customer_id = proposal->customer_id, .content = text });
}

struct status terms_confirm(struct change *change, const int64_t *customers, size_t count, int64_t *confirmed)
{
	cleanup_arena struct arena *arena = arena_new();
	struct terms_proposal *proposals;
	size_t proposed = 0, set = 0;
	*confirmed = 0;
	TRY(terms_propose(change->db, change->viewer, change->company.id, arena, &proposals, &proposed));
	int64_t *ids = arena_array(arena, int64_t, proposed + 1);
	for (size_t i = 0; i < proposed; i++) {
		bool asked = false;
		for (size_t k = 0; k < count; k++) asked |= customers[k] == proposals[i].customer_id;
		if (!asked) continue;
		TRY(set_terms(change, &proposals[i]));
		ids[set++] = proposals[i].customer_id;
	}
	*confirmed = (int64_t)set;
	return set ? projection_refresh(change, ids, set) : STATUS_FINE;
}
