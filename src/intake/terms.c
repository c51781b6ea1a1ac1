#include "intake/terms.h"

#include "base/memory.h"
#include "book/census.h"
#include "ledger/event.h"
#include "ledger/projection_store.h"

#include <jansson.h>
#include <stdlib.h>
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

/* The due dates that the usual terms give to each day of issue, worked out once for all customers. */
struct dues {
	int32_t first_day;
	size_t days;
	int32_t (*due)[COUNT(usual)];
};

static void dues_make(struct dues *dues, int32_t first_day, int32_t last_day)
{
	dues->first_day = first_day, dues->days = (size_t)(last_day - first_day) + 1;
	dues->due = xmalloc(dues->days * sizeof *dues->due);
	for (size_t d = 0; d < dues->days; d++)
		for (size_t t = 0; t < COUNT(usual); t++) dues->due[d][t] = terms_due(usual[t], first_day + (int32_t)d);
}

static bool infer(const struct dues *dues, const struct paid_item *items, size_t count, struct terms *out, double *share)
{
	int64_t total = 0, within[COUNT(usual)] = { 0 };
	if (count < PAID_LEAST) return false;
	for (size_t i = 0; i < count; i++) {
		const int32_t *due = dues->due[items[i].issue_day - dues->first_day];
		total += items[i].amount;
		for (size_t t = 0; t < COUNT(usual); t++) {
			int32_t late = items[i].paid_day - due[t];
			within[t] += late >= -EARLY_DAYS && late <= LATE_DAYS ? items[i].amount : 0;
		}
	}
	if (total <= 0) return false;
	double best = 0;
	for (size_t t = 0; t < COUNT(usual); t++) {
		double part = (double)within[t] / (double)total;
		if (part < SHARE_LEAST || part < best + SHARE_BETTER) continue;
		best = part, *out = usual[t];
	}
	*share = best;
	return best > 0;
}

bool terms_infer(const struct paid_item *items, size_t count, struct terms *out, double *share)
{
	if (count < PAID_LEAST) return false;
	int32_t first = items[0].issue_day, last = first;
	for (size_t i = 1; i < count; i++) {
		if (items[i].issue_day < first) first = items[i].issue_day;
		if (items[i].issue_day > last) last = items[i].issue_day;
	}
	struct dues dues;
	dues_make(&dues, first, last);
	bool told = infer(&dues, items, count, out, share);
	free(dues.due);
	return told;
}

/* Customers with terms of their own, one byte each. */
static struct status mark_with_terms(struct db *db, const struct viewer *viewer, int64_t company_id, const struct book *book, uint8_t *out)
{
	cleanup_rows struct rows *rows = db_query(db,
		"SELECT id FROM customer WHERE tenant_id = $tenant AND company_id = $company AND terms_days IS NOT NULL",
		DB_ARGS(db_int("tenant", viewer->tenant_id), db_int("company", company_id)));
	while (rows_next(rows)) {
		size_t at = book_find_customer(book, row_int(rows, 0));
		if (at != SIZE_MAX) out[at] = 1;
	}
	return rows_status(rows);
}

struct status terms_propose(struct db *db, const struct viewer *viewer, int64_t company_id, struct arena *arena,
                            struct terms_proposal **out, size_t *count)
{
	cleanup_book const struct book *book = NULL;
	*out = NULL, *count = 0;
	TRY(book_get(db_store(db), viewer->tenant_id, company_id, &book));
	uint8_t *with_terms = arena_array(arena, uint8_t, book_customers(book) + 1);
	TRY(mark_with_terms(db, viewer, company_id, book, with_terms));
	cleanup_free struct book_paid_part *parts = NULL;
	size_t part_count = book_paid_parts(book, 1u << DUE_ASSUMED, &parts), cap = 0;
	cleanup_free struct paid_item *items = xmalloc((part_count + 1) * sizeof *items);
	int32_t first = INT32_MAX, last = INT32_MIN;
	for (size_t i = 0; i < part_count; i++) {
		items[i] = (struct paid_item){ parts[i].issue_day, parts[i].paid_day, parts[i].amount };
		if (parts[i].issue_day < first) first = parts[i].issue_day;
		if (parts[i].issue_day > last) last = parts[i].issue_day;
	}
	if (!part_count) return STATUS_FINE;
	struct dues dues;
	dues_make(&dues, first, last);
	for (size_t i = 0, end; i < part_count; i = end) {
		size_t customer = parts[i].customer;
		for (end = i; end < part_count && parts[end].customer == customer;) end++;
		struct book_customer who = book_customer(book, customer);
		struct terms terms;
		double share;
		if (with_terms[customer] || strcmp(who.generic, "accepted") == 0 || !infer(&dues, items + i, end - i, &terms, &share)) continue;
		if (*count == cap) {
			cap = cap ? cap * 2 : 32;
			struct terms_proposal *bigger = arena_array(arena, struct terms_proposal, cap);
			if (*count) memcpy(bigger, *out, *count * sizeof *bigger);
			*out = bigger;
		}
		(*out)[(*count)++] = (struct terms_proposal){ .customer_id = who.id, .code = arena_strdup(arena, who.code),
			.name = arena_strdup(arena, who.name), .terms = terms, .paid_items = (int64_t)(end - i), .share = share };
	}
	free(dues.due);
	return STATUS_FINE;
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
