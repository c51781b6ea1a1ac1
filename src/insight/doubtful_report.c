#include "insight/doubtful_report.h"

#include "base/memory.h"
#include "insight/inside.h"

#include <stdlib.h>
#include <string.h>

enum { HOPS = 16 };

struct known {
	int64_t *ids;
	size_t count, cap;
};
static int id_order(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;
	return *x < *y ? -1 : *x > *y;
}
static bool knows(const struct known *known, int64_t id) { return known->count && bsearch(&id, known->ids, known->count, sizeof id, id_order); }

static struct status read_ids(const struct report_context *context, const char *sql, struct known *out)
{
	cleanup_rows struct rows *rows = db_query(context->db, sql, DB_ARGS(db_int("tenant", context->company->tenant_id), db_int("company", context->company->id)));
	while (rows_next(rows)) {
		GROW(out->ids, out->count, out->cap);
		out->ids[out->count++] = row_int(rows, 0);
	}
	if (out->count) qsort(out->ids, out->count, sizeof *out->ids, id_order);
	return rows_status(rows);
}

/* It, or what it came from. */
static bool decided(const struct book *book, const struct known *known, const struct book_item *item)
{
	if (knows(known, item->id)) return true;
	int64_t origin = item->origin_id;
	for (int hop = 0; hop < HOPS && origin; hop++) {
		if (knows(known, origin)) return true;
		size_t index = book_find_item(book, origin);
		origin = index == SIZE_MAX ? 0 : book_item(book, index, BOOK_FACTS).origin_id;
	}
	return false;
}

static int proposal_order(const void *a, const void *b)
{
	const struct doubtful_proposal *x = a, *y = b;
	int64_t left = x->open < 0 ? -x->open : x->open, right = y->open < 0 ? -y->open : y->open;
	if (left != right) return left > right ? -1 : 1;
	return x->item_id < y->item_id ? -1 : x->item_id > y->item_id;
}

struct searching {
	const struct report_context *context;
	const struct settings *settings;
	struct doubtful_terms terms;
	struct known decided, files;
	struct doubtful_proposal *list;
	size_t count, cap;
	int64_t sum;
	bool small;
	int64_t most, days;
};

static const char *reason_of(const struct searching *s, const struct book_customer *who, const struct book_open *row)
{
	int32_t day = s->context->as_of;
	if (s->small) return row->open <= s->most && row->open >= -s->most && (int64_t)day - row->due_day >= s->days ? "small" : NULL;
	if (row->open <= 0) return NULL;
	/* nothing is asked of the item itself while the cheap part says no */
	bool insolvent = who->insolvency_day != DAY_NONE && who->insolvency_day <= day;
	if (!insolvent && row->due_day >= day) return NULL;
	struct book_item item = book_item(s->context->book, row->index, BOOK_FACTS);
	struct doubtful_view view = { .open = row->open, .issue_day = item.issue_day, .due_day = item.due_day, .insolvency_day = who->insolvency_day,
		.handed_over = knows(&s->files, item.id), .not_due_by_nature = item.kind == ITEM_RETENTION || item.kind == ITEM_BILL,
		.disputed = book_item_bound(s->context->book, row->index, day, row->open).disputed > 0 };
	return doubtful_reason(&view, &s->terms, day);
}

static struct status search_customer(struct searching *s, struct book_opens *opens, size_t c, const char *currency)
{
	const struct book *book = s->context->book;
	const struct book_open *rows;
	struct book_customer who = book_customer(book, c);
	if (strcmp(who.generic, "accepted") == 0 && !s->small) return STATUS_FINE; /* many customers on one account */
	size_t count = book_opens_of(opens, c, currency, &rows);
	for (size_t i = 0; i < count; i++) {
		const char *reason = reason_of(s, &who, &rows[i]);
		if (!reason) continue;
		struct book_item item = book_item(book, rows[i].index, BOOK_FACTS);
		if (item.kind == ITEM_DEPOSIT_REQUEST || decided(book, &s->decided, &item)) continue;
		if (__builtin_add_overflow(s->sum, rows[i].open, &s->sum)) return status_make(STATUS_INVALID, "The sum is too large.");
		GROW(s->list, s->count, s->cap);
		s->list[s->count++] = (struct doubtful_proposal){ .item_id = rows[i].id, .open = rows[i].open, .number = item.number, .customer_code = who.code, .customer_name = who.name,
			.reason = reason, .due_day = rows[i].due_day, .late = s->context->as_of - rows[i].due_day };
	}
	return STATUS_FINE;
}

static struct status search(struct searching *s)
{
	const struct report_context *context = s->context;
	const uint8_t *selected = report_selected(context);
	s->settings = context->settings ? context->settings : settings_default(context->arena);
	TRY(doubtful_terms_read(s->settings, &s->terms));
	s->most = setting_int(s->settings, "small.most"), s->days = setting_int(s->settings, "small.days");
	TRY(read_ids(context, "SELECT item_id FROM doubtful WHERE tenant_id = $tenant AND company_id = $company AND state <> 'cancelled' UNION ALL"
	                      " SELECT id FROM item WHERE tenant_id = $tenant AND company_id = $company AND account >= '413' AND account < '417' AND account >= '416' AND open_amount <> 0", &s->decided));
	TRY(read_ids(context, "SELECT n.item_id FROM case_file_item n JOIN case_file f ON f.tenant_id = n.tenant_id AND f.company_id = n.company_id AND f.id = n.file_id"
	                      " WHERE n.tenant_id = $tenant AND n.company_id = $company AND f.closed_day IS NULL", &s->files));
	struct book_opens *opens = book_opens(context->book, context->as_of);
	struct status status = STATUS_FINE;
	for (size_t c = 0; c < book_customers(context->book) && !status.code; c++)
		if (!selected || selected[c]) status = search_customer(s, opens, c, book_currency(context->book));
	book_opens_free(opens);
	if (s->count) qsort(s->list, s->count, sizeof *s->list, proposal_order);
	return status;
}

static struct status proposals(const struct report_context *context, bool small, struct doubtful_proposal **out, size_t *count, int64_t *sum)
{
	struct searching s = { .context = context, .small = small };
	struct status status = search(&s);
	*out = arena_array(context->arena, struct doubtful_proposal, s.count + 1), *count = status.code ? 0 : s.count, *sum = s.sum;
	if (*count) memcpy(*out, s.list, *count * sizeof **out);
	free(s.list), free(s.decided.ids), free(s.files.ids);
	return status;
}

struct status doubtful_proposals(const struct report_context *context, struct doubtful_proposal **out, size_t *count, int64_t *sum)
{
	return proposals(context, false, out, count, sum);
}

struct status small_proposals(const struct report_context *context, struct doubtful_proposal **out, size_t *count, int64_t *sum)
{
	return proposals(context, true, out, count, sum);
}

/* --- sheets ----------------------------------------------------------------------------------------------------------------------------- */
struct status report_provisions(const struct report_context *context, json_t **out)
{
	struct provision_line *lines;
	size_t count;
	int64_t open = 0, base = 0, was = 0, amount = 0;
	TRY(provision_propose(context->db, context->viewer, context->company, context->as_of, context->arena, &lines, &count));
	json_t *rows = json_array();
	for (size_t i = 0; i < count; i++) {
		const struct provision_line *line = &lines[i];
		const struct doubtful_case *debt = line->debt;
		open += line->open, base += line->base, was += line->was, amount += line->amount;
		json_t *row = json_pack("{s:s, s:s, s:s, s:I, s:o, s:I, s:I, s:s, s:I, s:I, s:I, s:b}", "customer", debt->customer_code, "name", debt->customer_name, "item", debt->number,
			"item_id", (json_int_t)debt->item_id, "due_date", json_day(debt->due_day), "open", (json_int_t)line->open, "base", (json_int_t)line->base, "rule", line->rule, "was",
			(json_int_t)line->was, "allowance", (json_int_t)line->amount, "change", (json_int_t)(line->amount - line->was), "by_age_alone", line->alone);
		json_object_set_new(row, "rate", json_ratio(line->rate, 10000));
		json_object_set_new(row, "rule_label", json_string(provision_rule_label(line->rule)));
		json_array_append_new(rows, row);
	}
	*out = report_head(context, "provisions");
	json_object_set_new(*out, "rows", rows);
	json_object_set_new(*out, "total", json_pack("{s:I, s:I, s:I, s:I, s:I}", "open", (json_int_t)open, "base", (json_int_t)base, "was", (json_int_t)was, "allowance", (json_int_t)amount,
		"change", (json_int_t)(amount - was)));
	return STATUS_FINE;
}

struct status report_losses(const struct report_context *context, json_t **out)
{
	struct doubtful_case *list;
	size_t count;
	int64_t amount = 0, vat = 0;
	TRY(doubtful_cases(context->db, context->viewer, context->company, context->as_of, (struct doubtful_filter){ 0 }, context->arena, &list, &count));
	json_t *rows = json_array();
	for (size_t i = 0; i < count; i++) {
		const struct doubtful_case *debt = &list[i];
		if (strcmp(debt->state, "lost") != 0 || debt->lost_day > context->as_of) continue;
		const struct doubtful_proof *proof = doubtful_proof_find(debt->proof);
		amount += debt->lost_amount, vat += debt->lost_vat;
		json_t *row = json_pack("{s:s, s:s, s:s, s:I, s:o, s:o, s:I, s:I, s:I, s:s, s:s, s:o, s:s}", "customer", debt->customer_code, "name", debt->customer_name, "item", debt->number,
			"item_id", (json_int_t)debt->item_id, "issue_date", json_day(debt->issue_day), "lost_on", json_day(debt->lost_day), "amount", (json_int_t)debt->lost_amount, "net",
			(json_int_t)(debt->lost_amount - debt->lost_vat), "vat", (json_int_t)debt->lost_vat, "proof", debt->proof, "proof_words", debt->proof_words, "proof_on",
			json_day(debt->proof_day), "proof_label", proof ? proof->label : "");
		json_object_set_new(row, "duplicate_sent_on", json_day(debt->duplicate_day));
		json_object_set_new(row, "vat_until", debt->lost_vat ? json_day(doubtful_vat_until(debt->proof_day)) : json_null());
		json_array_append_new(rows, row);
	}
	*out = report_head(context, "losses");
	json_object_set_new(*out, "rows", rows);
	json_object_set_new(*out, "total", json_pack("{s:I, s:I, s:I}", "amount", (json_int_t)amount, "net", (json_int_t)(amount - vat), "vat", (json_int_t)vat));
	return STATUS_FINE;
}
