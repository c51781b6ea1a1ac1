#include "ledger/doubtful_case.h"

#include "base/day.h"
#include "base/memory.h"
#include "base/money.h"
#include "base/text.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

enum { HOPS = 16 }; /* 411 to 413, returned, to 416… */

struct node { /* one item of a chain */
	int64_t id, customer_id, origin_id, amount, open, settled, root;
	const char *number, *account, *extra;
	char currency[4];
	int32_t issue_day, posting_day, due_day;
	bool retention;
};
struct gathering {
	struct db *db;
	const struct company *company;
	int32_t as_of;
	struct doubtful_filter filter;
	struct arena *arena;
	struct node *nodes;
	size_t node_count, node_cap;
	struct doubtful_case *cases;
	size_t case_count, case_cap;
	size_t *slots, slot_count; /* cases by root: index + 1 */
	const struct settings *settings;
	struct doubtful_terms terms;
};
#define OF(g) db_int("tenant", (g)->company->tenant_id), db_int("company", (g)->company->id)

/* --- the items ------------------------------------------------------------------------------------------------------------------------ */
#define COLUMNS                                                                                                                        \
	"SELECT i.id, i.customer_id, i.origin_id, i.amount, i.open_amount, i.number, i.account, i.currency, i.issue_day, i.posting_day, i.due_day, i.extra, i.kind," \
	" (SELECT CAST(COALESCE(SUM(s.amount), 0) AS BIGINT) FROM settlement s WHERE s.tenant_id = i.tenant_id AND s.company_id = i.company_id"              \
	" AND s.customer_id = i.customer_id AND s.debit_id = i.id AND s.day <= $day) FROM item i"

static void add_node(struct gathering *g, struct rows *rows)
{
	GROW(g->nodes, g->node_count, g->node_cap);
	struct node *node = &g->nodes[g->node_count++];
	*node = (struct node){ .id = row_int(rows, 0), .customer_id = row_int(rows, 1), .origin_id = row_int(rows, 2), .amount = row_int(rows, 3), .open = row_int(rows, 4),
		.number = arena_strdup(g->arena, row_text(rows, 5)), .account = arena_strdup(g->arena, row_text(rows, 6)), .issue_day = row_day(rows, 8),
		.posting_day = row_day(rows, 9), .due_day = row_day(rows, 10), .extra = arena_strdup(g->arena, row_text(rows, 11)),
		.retention = strcmp(row_text(rows, 12), "retention") == 0, .settled = row_int(rows, 13) };
	snprintf(node->currency, sizeof node->currency, "%s", row_text(rows, 7));
}

static int node_order(const void *a, const void *b)
{
	const struct node *x = a, *y = b;
	return x->id < y->id ? -1 : x->id > y->id;
}

static struct node *find_node(const struct gathering *g, size_t sorted, int64_t id)
{
	return g->node_count ? bsearch(&(struct node){ .id = id }, g->nodes, sorted, sizeof *g->nodes, node_order) : NULL;
}

static struct status gather_items(struct gathering *g)
{
	{ /* “>= 413” as in the index of special accounts: SQLite takes it for no less than those words */
		cleanup_rows struct rows *rows = db_query(g->db,
			"WITH who AS (SELECT customer_id FROM item WHERE tenant_id = $tenant AND company_id = $company AND account >= '413' AND account < '417' AND account >= '416'"
			" UNION SELECT customer_id FROM doubtful WHERE tenant_id = $tenant AND company_id = $company"
			" UNION SELECT customer_id FROM provision WHERE tenant_id = $tenant AND company_id = $company) " COLUMNS
			" JOIN who w ON w.customer_id = i.customer_id WHERE i.tenant_id = $tenant AND i.company_id = $company AND i.withdrawn = 0"
			" AND (CAST($customer AS BIGINT) = 0 OR i.customer_id = $customer)"
			" AND (i.origin_id <> 0 OR (i.account >= '416' AND i.account < '417') OR i.id IN (SELECT item_id FROM doubtful WHERE tenant_id = $tenant AND company_id = $company)"
			" OR i.id IN (SELECT item_id FROM provision WHERE tenant_id = $tenant AND company_id = $company))",
			DB_ARGS(OF(g), db_day("day", g->as_of), db_int("customer", g->filter.customer_id)));
		while (rows_next(rows)) add_node(g, rows);
		TRY(rows_status(rows));
	}
	if (g->node_count) qsort(g->nodes, g->node_count, sizeof *g->nodes, node_order);
	/* where doubtful ones came from, maybe under another account */
	for (int hop = 0; hop < HOPS; hop++) {
		size_t known = g->node_count;
		for (size_t i = 0; i < known; i++) {
			int64_t origin = g->nodes[i].origin_id;
			if (!origin || find_node(g, known, origin)) continue;
			cleanup_rows struct rows *rows = db_query(g->db, COLUMNS " WHERE i.tenant_id = $tenant AND i.company_id = $company AND i.id = $id",
				DB_ARGS(OF(g), db_day("day", g->as_of), db_int("id", origin)));
			if (rows_next(rows)) add_node(g, rows);
			else g->nodes[i].origin_id = 0;
			TRY(rows_status(rows));
		}
		if (g->node_count == known) break;
		qsort(g->nodes, g->node_count, sizeof *g->nodes, node_order);
		size_t kept = 1; /* one origin of several */
		for (size_t i = 1; i < g->node_count; i++)
			if (g->nodes[i].id != g->nodes[kept - 1].id) g->nodes[kept++] = g->nodes[i];
		g->node_count = kept;
	}
	for (size_t i = 0; i < g->node_count; i++) {
		const struct node *at = &g->nodes[i], *up;
		for (int hop = 0; hop < HOPS && at->origin_id && (up = find_node(g, g->node_count, at->origin_id)); hop++) at = up;
		g->nodes[i].root = at->id;
	}
	return STATUS_FINE;
}

/* --- the decisions -------------------------------------------------------------------------------------------------------------------- */
static size_t *slot_of(const struct gathering *g, int64_t root)
{
	size_t at = (size_t)((uint64_t)root * 0x9E3779B97F4A7C15u >> 20) & (g->slot_count - 1);
	while (g->slots[at] && g->cases[g->slots[at] - 1].root_id != root) at = (at + 1) & (g->slot_count - 1);
	return &g->slots[at];
}

static struct doubtful_case *case_of(struct gathering *g, int64_t root, bool make)
{
	if (g->case_count * 2 >= g->slot_count) {
		free(g->slots);
		g->slot_count = g->slot_count ? g->slot_count * 4 : 64;
		g->slots = xcalloc(g->slot_count, sizeof *g->slots);
		for (size_t i = 0; i < g->case_count; i++) *slot_of(g, g->cases[i].root_id) = i + 1;
	}
	size_t *slot = slot_of(g, root);
	if (*slot) return &g->cases[*slot - 1];
	if (!make) return NULL;
	*slot = g->case_count + 1;
	GROW(g->cases, g->case_count, g->case_cap);
	struct doubtful_case *one = &g->cases[g->case_count++];
	*one = (struct doubtful_case){ .root_id = root, .state = "", .before = "", .reason = "", .why = "", .lost_why = "", .proof = "", .proof_words = "", .number = "", .account = "",
		.customer_code = "", .customer_name = "", .vat = -1, .issue_day = DAY_NONE, .due_day = DAY_NONE, .booked_day = DAY_NONE, .day = DAY_NONE, .lost_day = DAY_NONE,
		.proof_day = DAY_NONE, .duplicate_day = DAY_NONE, .lost_booked_day = DAY_NONE, .view = { .insolvency_day = DAY_NONE } };
	return one;
}

static struct status gather_decisions(struct gathering *g)
{
	cleanup_rows struct rows *rows = db_query(g->db,
		"SELECT id, customer_id, item_id, state, before, reason, why, currency, amount, vat_rate, day, by_user, lost_day, lost_amount, lost_vat, lost_why, lost_by, proof, proof_day,"
		" proof_words, duplicate_day, CASE WHEN EXISTS (SELECT 1 FROM book_entry e WHERE e.tenant_id = d.tenant_id AND e.company_id = d.company_id AND e.kind IN ('loss', 'small')"
		" AND e.subject_id = d.id AND e.cancelled = 0 AND e.file_id = 0) THEN 1 ELSE 0 END FROM doubtful d WHERE d.tenant_id = $tenant AND d.company_id = $company AND d.state <> 'cancelled'"
		" ORDER BY d.id",
		DB_ARGS(OF(g)));
	while (rows_next(rows)) {
		struct doubtful_case *one = case_of(g, row_int(rows, 2), true);
		one->id = row_int(rows, 0), one->customer_id = row_int(rows, 1), one->state = arena_strdup(g->arena, row_text(rows, 3));
		one->before = arena_strdup(g->arena, row_text(rows, 4)), one->reason = arena_strdup(g->arena, row_text(rows, 5)), one->why = arena_strdup(g->arena, row_text(rows, 6));
		snprintf(one->currency, sizeof one->currency, "%s", row_text(rows, 7));
		one->amount = row_int(rows, 8), one->vat = (int32_t)row_int(rows, 9), one->day = row_day(rows, 10), one->by_user = row_int(rows, 11), one->lost_day = row_day(rows, 12);
		one->lost_amount = row_int(rows, 13), one->lost_vat = row_int(rows, 14), one->lost_why = arena_strdup(g->arena, row_text(rows, 15)), one->lost_by = row_int(rows, 16);
		one->proof = arena_strdup(g->arena, row_text(rows, 17)), one->proof_day = row_day(rows, 18), one->proof_words = arena_strdup(g->arena, row_text(rows, 19));
		one->duplicate_day = row_day(rows, 20), one->loss_waits = row_int(rows, 21) != 0;
	}
	return rows_status(rows);
}

static struct status gather_provisions(struct gathering *g)
{
	cleanup_rows struct rows *rows = db_query(g->db,
		"SELECT id, customer_id, item_id, day, amount, currency, rule FROM provision WHERE tenant_id = $tenant AND company_id = $company AND cancelled = 0 ORDER BY item_id, day, id",
		DB_ARGS(OF(g)));
	while (rows_next(rows)) {
		struct doubtful_case *one = case_of(g, row_int(rows, 2), true);
		if (!one->customer_id) one->customer_id = row_int(rows, 1);
		if (!*one->currency) snprintf(one->currency, sizeof one->currency, "%s", row_text(rows, 5));
		one->provision_id = row_int(rows, 0);
		if (row_day(rows, 3) > g->as_of) *(strcmp(row_text(rows, 6), "loss") == 0 ? &one->later_loss : &one->later_provision) = true;
		else one->allowance = row_int(rows, 4);
	}
	return rows_status(rows);
}

/* --- together ------------------------------------------------------------------------------------------------------------------------- */
/* The rate an e-invoice gave; -1: none. */
static int32_t vat_known(const char *extra)
{
	int64_t rate = -1;
	json_t *object = *extra == '{' ? json_loads(extra, 0, NULL) : NULL;
	const char *said = json_string_value(json_object_get(object, "vat_rate"));
	if (!said || !*said || !amount_parse(said, strlen(said), (struct amount_style){ '.', 2 }, &rate) || rate < 0 || rate > 10000) rate = -1;
	json_decref(object);
	return (int32_t)rate;
}

static int root_order(const void *a, const void *b)
{
	const struct node *const *x = a, *const *y = b;
	if ((*x)->root != (*y)->root) return (*x)->root < (*y)->root ? -1 : 1;
	return (*x)->id < (*y)->id ? -1 : (*x)->id > (*y)->id;
}

static struct status join_items(struct gathering *g)
{
	cleanup_free const struct node **by_root = xmalloc((g->node_count + 1) * sizeof *by_root);
	for (size_t i = 0; i < g->node_count; i++) by_root[i] = &g->nodes[i];
	if (g->node_count) qsort(by_root, g->node_count, sizeof *by_root, root_order);
	for (size_t from = 0, to; from < g->node_count; from = to) {
		bool moved = false;
		for (to = from; to < g->node_count && by_root[to]->root == by_root[from]->root; to++) moved |= by_root[to]->amount > 0 && strncmp(by_root[to]->account, "416", 3) == 0;
		struct doubtful_case *one = case_of(g, by_root[from]->root, moved);
		if (!one) continue;
		const struct node *holds = by_root[from];
		for (size_t i = from; i < to; i++) {
			const struct node *node = by_root[i];
			if (node->id == node->root)
				one->number = node->number, one->issue_day = node->issue_day, one->due_day = node->due_day, one->view.not_due_by_nature = node->retention;
			if (one->due_day == DAY_NONE) one->number = node->number, one->issue_day = node->issue_day, one->due_day = node->due_day;
			if (strncmp(node->account, "416", 3) == 0 && (one->booked_day == DAY_NONE || node->posting_day < one->booked_day)) one->booked_day = node->posting_day;
			if (node->open != 0 || (holds->open == 0 && node->posting_day >= holds->posting_day)) holds = node;
			int64_t then = node->posting_day <= g->as_of ? node->amount - node->settled : 0;
			if (__builtin_add_overflow(one->open, node->open, &one->open) || __builtin_add_overflow(one->open_then, then, &one->open_then))
				return status_make(STATUS_INVALID, "The sum is too large.");
		}
		one->item_id = holds->id, one->account = holds->account, one->customer_id = holds->customer_id;
		snprintf(one->currency, sizeof one->currency, "%s", holds->currency);
		if (one->vat < 0) one->vat = vat_known(by_root[from]->extra);
	}
	return STATUS_FINE;
}

/* The books wrote it off, and have not lettered it yet: a credit on 416 of that number and amount. */
static void find_losses(struct gathering *g)
{
	for (size_t i = 0; i < g->node_count; i++) {
		const struct node *credit = &g->nodes[i];
		if (credit->amount >= 0 || credit->amount == INT64_MIN || strncmp(credit->account, "416", 3) != 0) continue;
		for (size_t c = 0; c < g->case_count; c++) {
			struct doubtful_case *one = &g->cases[c];
			if (one->customer_id == credit->customer_id && strcmp(one->state, "lost") == 0 && one->lost_amount == -credit->amount && strcmp(one->number, credit->number) == 0)
				one->lost_booked_day = credit->posting_day;
		}
	}
}

struct marks {
	int64_t *ids;
	size_t count, cap;
};
static int id_order(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;
	return *x < *y ? -1 : *x > *y;
}
static bool marked(const struct marks *marks, int64_t id) { return marks->count && bsearch(&id, marks->ids, marks->count, sizeof id, id_order); }

static struct status gather_marks(struct gathering *g, const char *sql, struct marks *out)
{
	cleanup_rows struct rows *rows = db_query(g->db, sql, DB_ARGS(OF(g), db_day("day", g->as_of)));
	while (rows_next(rows)) {
		GROW(out->ids, out->count, out->cap);
		out->ids[out->count++] = row_int(rows, 0);
	}
	if (out->count) qsort(out->ids, out->count, sizeof *out->ids, id_order);
	return rows_status(rows);
}

static struct status set_views(struct gathering *g, struct marks *files, struct marks *disputes, struct marks *liquidations)
{
	TRY(gather_marks(g, "SELECT n.item_id FROM case_file_item n JOIN case_file f ON f.tenant_id = n.tenant_id AND f.company_id = n.company_id AND f.id = n.file_id"
	                    " WHERE n.tenant_id = $tenant AND n.company_id = $company AND f.opened_day <= $day AND (f.closed_day IS NULL OR f.closed_day > $day)", files));
	TRY(gather_marks(g, "SELECT item_id FROM dispute WHERE tenant_id = $tenant AND company_id = $company AND opened_day <= $day AND (closed_day IS NULL OR closed_day > $day)", disputes));
	TRY(gather_marks(g, "SELECT customer_id FROM insolvency_file WHERE tenant_id = $tenant AND company_id = $company AND kind = 'liquidation' AND CAST($day AS BIGINT) <> 0", liquidations));
	for (size_t i = 0; i < g->node_count; i++) { /* a file or a dispute may be on any item of the chain */
		struct doubtful_case *one = marked(files, g->nodes[i].id) || marked(disputes, g->nodes[i].id) ? case_of(g, g->nodes[i].root, false) : NULL;
		if (!one) continue;
		one->view.handed_over |= marked(files, g->nodes[i].id);
		one->view.disputed |= marked(disputes, g->nodes[i].id);
	}
	for (size_t i = 0; i < g->case_count; i++) {
		struct doubtful_case *one = &g->cases[i];
		one->view.open = one->open_then, one->view.issue_day = one->issue_day, one->view.due_day = one->due_day;
		one->view.liquidation = marked(liquidations, one->customer_id);
	}
	return STATUS_FINE;
}

static int case_customer_order(const void *a, const void *b)
{
	const struct doubtful_case *x = a, *y = b;
	return x->customer_id < y->customer_id ? -1 : x->customer_id > y->customer_id;
}

/* Who they are; those of others' portfolios, or not asked for, go. */
static struct status name_customers(struct gathering *g, const struct viewer *viewer)
{
	if (!g->case_count) return STATUS_FINE;
	qsort(g->cases, g->case_count, sizeof *g->cases, case_customer_order);
	size_t kept = 0;
	bool seen = false, abroad_before = false;
	for (size_t i = 0; i < g->case_count; i++) {
		struct doubtful_case one = g->cases[i];
		bool abroad = false;
		const struct doubtful_case *before = i ? &g->cases[kept ? kept - 1 : 0] : NULL;
		if (kept && before->customer_id == one.customer_id) {
			one.customer_code = before->customer_code, one.customer_name = before->customer_name, one.collector_id = before->collector_id;
			one.view.insolvency_day = before->view.insolvency_day, abroad = abroad_before;
			seen = true;
		} else {
			cleanup_rows struct rows *rows = db_query(g->db,
				"SELECT code, name, collector_id, sales_id, group_code, insolvency_day, country FROM customer WHERE tenant_id = $tenant AND company_id = $company AND id = $id",
				DB_ARGS(OF(g), db_int("id", one.customer_id)));
			seen = rows_next(rows) && viewer_sees_customer(viewer, row_int(rows, 2), row_int(rows, 3), row_text(rows, 4));
			if (seen) {
				one.customer_code = arena_strdup(g->arena, row_text(rows, 0)), one.customer_name = arena_strdup(g->arena, row_text(rows, 1));
				one.collector_id = row_int(rows, 2), one.view.insolvency_day = row_day(rows, 5);
				abroad = *row_text(rows, 6) && strcmp(row_text(rows, 6), g->company->country) != 0;
			}
			TRY(rows_status(rows));
		}
		bool asked = (!g->filter.customer_id || one.customer_id == g->filter.customer_id) && (!g->filter.root_id || one.root_id == g->filter.root_id) &&
		             (!g->filter.id || one.id == g->filter.id);
		if (one.vat < 0) one.vat = abroad ? 0 : g->terms.vat; /* sold abroad: without VAT */
		if (seen && asked) g->cases[kept++] = one, abroad_before = abroad;
	}
	g->case_count = kept;
	return STATUS_FINE;
}

static int case_order(const void *a, const void *b)
{
	const struct doubtful_case *x = a, *y = b;
	int order = strcmp(x->customer_code, y->customer_code);
	if (order) return order;
	if (x->due_day != y->due_day) return x->due_day < y->due_day ? -1 : 1;
	return x->root_id < y->root_id ? -1 : x->root_id > y->root_id;
}

struct status doubtful_cases(struct db *db, const struct viewer *viewer, const struct company *company, int32_t as_of, struct doubtful_filter filter,
                             struct arena *arena, struct doubtful_case **out, size_t *count)
{
	struct gathering g = { .db = db, .company = company, .as_of = as_of, .filter = filter, .arena = arena };
	struct marks files = { 0 }, disputes = { 0 }, liquidations = { 0 };
	*out = arena_array(arena, struct doubtful_case, 1), *count = 0;
	if (!viewer_sees_company(viewer, company->id)) return status_make(STATUS_NOT_FOUND, "There is no such company.");
	TRY(settings_load(db, company->tenant_id, company->id, arena, &g.settings));
	TRY(doubtful_terms_read(g.settings, &g.terms));
	struct status status = gather_items(&g);
	if (!status.code) status = gather_decisions(&g);
	if (!status.code) status = gather_provisions(&g);
	if (!status.code) status = join_items(&g);
	if (!status.code) find_losses(&g);
	if (!status.code) status = set_views(&g, &files, &disputes, &liquidations);
	if (!status.code) status = name_customers(&g, viewer);
	if (!status.code && g.case_count) {
		qsort(g.cases, g.case_count, sizeof *g.cases, case_order);
		*out = arena_array(arena, struct doubtful_case, g.case_count);
		memcpy(*out, g.cases, g.case_count * sizeof **out);
		*count = g.case_count;
	}
	free(g.nodes), free(g.cases), free(g.slots), free(files.ids), free(disputes.ids), free(liquidations.ids);
	return status;
}

struct status doubtful_root(struct db *db, int64_t tenant, int64_t company, int64_t item_id, int64_t *root)
{
	*root = item_id;
	for (int hop = 0; hop < HOPS; hop++) {
		int64_t origin = 0;
		bool found = false;
		TRY(db_get_int(db, "SELECT origin_id FROM item WHERE tenant_id = $tenant AND company_id = $company AND id = $id",
		               DB_ARGS(db_int("tenant", tenant), db_int("company", company), db_int("id", *root)), &origin, &found));
		if (!found || !origin) return STATUS_FINE;
		*root = origin;
	}
	return STATUS_FINE;
}
