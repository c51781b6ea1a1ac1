#include "cash/view.h"

#include "base/memory.h"
#include "base/money.h"
#include "base/text.h"
#include "book/census.h"
#include "ledger/discount.h"
#include "ledger/setting.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

enum { RETURN_DAYS = 425 };

/* --- ids ---------------------------------------------------------------------------------------------------------------------- */
void ids_add(struct ids *ids, struct arena *arena, int64_t id)
{
	if (ids->count == ids->cap) {
		size_t cap = ids->cap ? ids->cap * 2 : 64;
		int64_t *bigger = arena_array(arena, int64_t, cap);
		if (ids->count) memcpy(bigger, ids->rows, ids->count * sizeof *bigger);
		ids->rows = bigger, ids->cap = cap;
	}
	ids->rows[ids->count++] = id;
}

static int compare_ids(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
	return (x > y) - (x < y);
}

void ids_sort(struct ids *ids)
{
	if (ids->count) qsort(ids->rows, ids->count, sizeof *ids->rows, compare_ids);
}

bool ids_has(const struct ids *ids, int64_t id)
{
	return ids->count && bsearch(&id, ids->rows, ids->count, sizeof id, compare_ids);
}

/* --- the book and the settings --------------------------------------------------------------------------------------------------- */
struct status view_open(struct view *view)
{
	const struct settings *settings;
	TRY(book_get(db_store(view->db), view->tenant, view->company, &view->book));
	TRY(settings_load(view->db, view->tenant, view->company, view->arena, &settings));
	view->settings = (struct cash_settings){ .tolerance = setting_int(settings, "cash.tolerance"),
		                                 .fee_tolerance = setting_int(settings, "cash.fee_tolerance"),
		                                 .oldest_first = setting_bool(settings, "cash.oldest_first") };
	return STATUS_FINE;
}

void view_close(struct view *view)
{
	if (view->book) book_release(view->book);
	view->book = NULL;
}

/* --- for matching ------------------------------------------------------------------------------------------------------------------ */
static const char extras_sql[] =
	"SELECT c.id, c.siren, COALESCE(CASE WHEN p.merged_into > 0 THEN p.merged_into ELSE p.id END, 0), c.discount_days, c.discount_rate FROM customer c"
	" LEFT JOIN customer p ON p.tenant_id = c.tenant_id AND p.company_id = c.company_id AND p.id = c.payer_id"
	" WHERE c.tenant_id = $tenant AND c.company_id = $company AND (c.siren <> '' OR c.payer_id > 0 OR c.discount_rate > 0) ORDER BY c.id";
static const char learned_sql[] =
	"SELECT p.iban, p.name, CASE WHEN c.merged_into > 0 THEN c.merged_into ELSE p.customer_id END, p.times FROM cash_payer p JOIN customer c"
	" ON c.tenant_id = p.tenant_id AND c.company_id = p.company_id AND c.id = p.customer_id WHERE p.tenant_id = $tenant AND p.company_id = $company ORDER BY p.id";
static const char references_sql[] =
	"SELECT id, extra FROM item WHERE tenant_id = $tenant AND company_id = $company AND extra <> '' AND open_amount <> 0 ORDER BY id";

/* What the book does not hold of customers: their SIREN, who pays for them, what an early payment takes off. */
struct extras {
	struct extra {
		int64_t id, payer_id, discount_days, discount_rate;
		const char *siren;
	} *rows;
	size_t count, cap;
};

static struct status load_extras(struct view *view, struct extras *out)
{
	cleanup_rows struct rows *rows = db_query(view->db,
		extras_sql,
		DB_ARGS(db_int("tenant", view->tenant), db_int("company", view->company)));
	while (rows_next(rows)) {
		if (out->count == out->cap) {
			size_t cap = out->cap ? out->cap * 2 : 64;
			struct extra *bigger = arena_array(view->arena, struct extra, cap);
			if (out->count) memcpy(bigger, out->rows, out->count * sizeof *bigger);
			out->rows = bigger, out->cap = cap;
		}
		out->rows[out->count++] = (struct extra){ row_int(rows, 0), row_int(rows, 2), row_int(rows, 3), row_int(rows, 4), arena_strdup(view->arena, row_text(rows, 1)) };
	}
	return rows_status(rows);
}

static const struct extra *extra_of(const struct extras *extras, int64_t customer_id)
{
	return extras->count ? bsearch(&customer_id, extras->rows, extras->count, sizeof *extras->rows, compare_ids) : NULL; /* the id comes first */
}

/* What may be kept of an invoice that is paid early, and until when. */
static void allow_discount(const struct extras *extras, struct cash_item *item)
{
	const struct extra *extra = extra_of(extras, item->customer_id);
	struct discount discount;
	if (!extra || !discount_of(item->amount, item->issue_day, &(struct discount_terms){ extra->discount_rate, extra->discount_days, 0 }, &discount)) return;
	item->discount = discount.amount, item->discount_until = discount.until;
}

static struct status load_customers(struct view *view, const struct extras *extras)
{
	size_t count = book_customers(view->book);
	struct cash_customer *customers = arena_array(view->arena, struct cash_customer, count + 1);
	for (size_t i = 0; i < count; i++) {
		struct book_customer who = book_customer(view->book, i);
		const struct extra *extra = extra_of(extras, who.id);
		customers[i] = (struct cash_customer){ .id = who.id, .code = who.code, .name = who.name, .owed_by_us = who.supplier_balance,
			                               .siren = extra ? extra->siren : "", .payer_id = extra ? extra->payer_id : 0 };
	}
	view->matching.customers = customers, view->matching.customer_count = count;
	return STATUS_FINE;
}

static struct status load_learned(struct view *view)
{
	size_t count = 0, cap = 0;
	struct cash_learned *list = NULL;
	cleanup_rows struct rows *rows = db_query(view->db,
		learned_sql,
		DB_ARGS(db_int("tenant", view->tenant), db_int("company", view->company)));
	while (rows_next(rows)) {
		if (count == cap) {
			cap = cap ? cap * 2 : 64;
			struct cash_learned *bigger = arena_array(view->arena, struct cash_learned, cap);
			if (count) memcpy(bigger, list, count * sizeof *list);
			list = bigger;
		}
		list[count++] = (struct cash_learned){ arena_strdup(view->arena, row_text(rows, 0)), arena_strdup(view->arena, row_text(rows, 1)),
			                               row_int(rows, 2), row_int(rows, 3) };
	}
	view->matching.learned = list, view->matching.learned_count = count;
	return rows_status(rows);
}

static int compare_matching(const void *a, const void *b)
{
	const struct cash_item *x = a, *y = b;
	return (x->id > y->id) - (x->id < y->id);
}

/* Purchase orders that a list of items gave. */
static struct status load_references(struct view *view, struct cash_item *items, size_t count)
{
	cleanup_rows struct rows *rows = db_query(view->db,
		references_sql,
		DB_ARGS(db_int("tenant", view->tenant), db_int("company", view->company)));
	while (rows_next(rows)) {
		struct cash_item *item = count ? bsearch(&(struct cash_item){ .id = row_int(rows, 0) }, items, count, sizeof *items, compare_matching) : NULL;
		if (!item) continue;
		json_error_t error;
		json_t *extra = json_loads(row_text(rows, 1), 0, &error);
		const char *order = json_string_value(json_object_get(extra, "purchase_order"));
		if (order) item->reference = arena_strdup(view->arena, order);
		json_decref(extra);
	}
	return rows_status(rows);
}

static int compare_payments(const void *a, const void *b)
{
	const struct book_payment *x = a, *y = b;
	if (x->amount != y->amount) return x->amount < y->amount ? -1 : 1;
	if (x->day != y->day) return x->day < y->day ? -1 : 1;
	return (x->item_id > y->item_id) - (x->item_id < y->item_id);
}

/* Postings that bank lines gave way to, and payments that are bank lines themselves. */
static struct status load_claimed(struct view *view, struct ids *out)
{
	cleanup_rows struct rows *rows = db_query(view->db,
		"SELECT COALESCE(r.item_id, f.id) FROM cash_fact f LEFT JOIN restatement r ON r.tenant_id = f.tenant_id AND"
		" r.company_id = f.company_id AND r.customer_id = f.customer_id AND r.fact_id = f.id WHERE f.tenant_id = $tenant"
		" AND f.company_id = $company AND f.class = 'payment'", DB_ARGS(db_int("tenant", view->tenant), db_int("company", view->company)));
	while (rows_next(rows)) ids_add(out, view->arena, row_int(rows, 0));
	ids_sort(out);
	return rows_status(rows);
}

struct status view_load_matching(struct view *view)
{
	struct extras extras = { 0 };
	TRY(load_extras(view, &extras));
	size_t count = 0, cap = book_items(view->book) / 4 + 64; /* mostly all of them */
	struct cash_item *items = xmalloc_large(cap * sizeof *items);
	struct book_opens *opens = book_opens(view->book, view->today);
	for (size_t c = 0; c < book_customers(view->book); c++) {
		int64_t customer = book_customer(view->book, c).id;
		for (size_t k = 0; k < book_currencies(view->book); k++) {
			const struct book_open *rows;
			size_t open = book_opens_of(opens, c, book_currency_at(view->book, k), &rows);
			for (size_t i = 0; i < open; i++) {
				struct book_item item = book_item(view->book, rows[i].index, BOOK_FACTS);
				if (count == cap) {
					struct cash_item *bigger = xmalloc_large(2 * cap * sizeof *bigger);
					memcpy(bigger, items, count * sizeof *items);
					free(items);
					items = bigger, cap *= 2;
				}
				struct cash_item *row = &items[count++];
				*row = (struct cash_item){ .id = item.id, .customer_id = customer, .number = item.number, .reference = "",
					.issue_day = item.issue_day, .posting_day = item.posting_day, .due_day = item.due_day, .amount = item.amount,
					.open = rows[i].open, .discount_until = DAY_NONE };
				snprintf(row->currency, sizeof row->currency, "%s", item.currency);
				if (item.kind == ITEM_INVOICE) allow_discount(&extras, row);
			}
		}
	}
	book_opens_free(opens);
	struct cash_item *kept = arena_array(view->arena, struct cash_item, count + 1);
	if (count) memcpy(kept, items, count * sizeof *items), qsort(kept, count, sizeof *kept, compare_matching);
	free(items);
	TRY(load_references(view, kept, count));
	view->matching.items = kept, view->matching.item_count = count;
	TRY(load_customers(view, &extras));
	return load_learned(view);
}

static uint64_t hash_bytes(uint64_t hash, const char *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++) hash = (hash ^ (unsigned char)bytes[i]) * 0x100000001b3ull;
	return hash ^ hash >> 29;
}

struct status view_digest(struct view *view, uint64_t *out)
{
	static const struct {
		const char *sql, *columns; /* t: a text, n: a number */
	} sources[] = { { extras_sql, "ntnnn" }, { learned_sql, "ttnn" }, { references_sql, "nt" } };
	uint64_t hash = 0xcbf29ce484222325ull;
	for (size_t s = 0; s < COUNT(sources); s++) {
		cleanup_rows struct rows *rows = db_query(view->db, sources[s].sql, DB_ARGS(db_int("tenant", view->tenant), db_int("company", view->company)));
		while (rows_next(rows))
			for (int c = 0; sources[s].columns[c]; c++) {
				if (sources[s].columns[c] == 't') {
					const char *text = row_text(rows, c);
					hash = hash_bytes(hash, text, strlen(text) + 1); /* with its end: texts don't run together */
				} else {
					int64_t number = row_int(rows, c);
					hash = hash_bytes(hash, (const char *)&number, sizeof number);
				}
			}
		hash = hash_bytes(hash, "", 1);
		TRY(rows_status(rows));
	}
	*out = hash;
	return STATUS_FINE;
}

/* Payments of the books that a line may be: of its very amount about its day, or of what it takes back within a year and more. */
struct status view_load_book_payments(struct view *view, const struct cash_line *lines, size_t count)
{
	int32_t from = INT32_MAX, to = INT32_MIN;
	bool returns = false;
	struct book_range *ranges = arena_array(view->arena, struct book_range, count + 1);
	size_t range_count = 0;
	for (size_t i = 0; i < count; i++) {
		int64_t amount = lines[i].amount;
		if (!amount) continue;
		returns |= amount < 0;
		ranges[range_count++] = amount > 0 ? (struct book_range){ amount, amount } : (struct book_range){ -amount - view->settings.fee_tolerance, -amount };
		if (lines[i].day - BOOKS_BEFORE < from) from = lines[i].day - BOOKS_BEFORE;
		if (lines[i].day + BOOKS_AFTER > to) to = lines[i].day + BOOKS_AFTER;
	}
	int32_t since = view->today - RETURN_DAYS;
	if (returns || from < since) from = since;
	if (returns) to = INT32_MAX;
	cleanup_free size_t *found = NULL;
	size_t found_count = book_payments_of(view->book, from, to, ranges, range_count, &found);
	view->book_payments = arena_array(view->arena, struct book_payment, found_count + 1);
	view->book_payment_count = 0;
	if (!found_count) return STATUS_FINE;
	struct ids claimed = { 0 };
	TRY(load_claimed(view, &claimed));
	for (size_t i = 0; i < found_count; i++) {
		struct book_item item = book_item(view->book, found[i], view->today);
		if (item.outside || item.customer == SIZE_MAX) continue;
		view->book_payments[view->book_payment_count++] = (struct book_payment){
			.item_id = item.id, .customer_id = book_customer(view->book, item.customer).id, .amount = -item.amount, .open = item.open,
			.index = found[i], .day = item.posting_day, .currency = item.currency, .claimed = ids_has(&claimed, item.id) };
	}
	qsort(view->book_payments, view->book_payment_count, sizeof *view->book_payments, compare_payments);
	return STATUS_FINE;
}

const struct book_payment *view_book_payments(const struct view *view, int64_t amount, size_t *count)
{
	size_t low = 0, high = view->book_payment_count;
	*count = 0;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (view->book_payments[middle].amount < amount)
			low = middle + 1;
		else
			high = middle;
	}
	for (size_t i = low; i < view->book_payment_count && view->book_payments[i].amount == amount; i++) (*count)++;
	return view->book_payment_count ? view->book_payments + low : NULL;
}

/* --- names -------------------------------------------------------------------------------------------------------------------------- */
struct cash_row_item view_item(const struct view *view, int64_t customer_id, int64_t item_id, int64_t amount)
{
	struct cash_row_item out = { .item_id = item_id, .customer_id = customer_id, .amount = amount, .number = "", .customer_code = "",
		                     .customer_name = "", .due_day = DAY_NONE };
	size_t index = book_find_item(view->book, item_id);
	if (index == SIZE_MAX) return out;
	struct book_item item = book_item(view->book, index, view->today);
	if (item.customer == SIZE_MAX) return out;
	struct book_customer who = book_customer(view->book, item.customer);
	out.number = arena_strdup(view->arena, item.number), out.open = item.open, out.due_day = item.due_day;
	out.customer_id = who.id;
	out.customer_code = arena_strdup(view->arena, who.code), out.customer_name = arena_strdup(view->arena, who.name);
	return out;
}

void view_name(const struct view *view, int64_t customer_id, struct cash_choice *choice)
{
	size_t index = customer_id ? book_find_customer(view->book, customer_id) : SIZE_MAX;
	choice->customer_id = customer_id;
	choice->customer_code = choice->customer_name = "";
	if (index == SIZE_MAX) return;
	struct book_customer who = book_customer(view->book, index);
	choice->customer_code = arena_strdup(view->arena, who.code), choice->customer_name = arena_strdup(view->arena, who.name);
}

bool view_sees(const struct view *view, const struct viewer *viewer, int64_t customer_id)
{
	size_t index = customer_id ? book_find_customer(view->book, customer_id) : SIZE_MAX;
	if (index == SIZE_MAX) return false;
	struct book_customer who = book_customer(view->book, index);
	return viewer_sees_customer(viewer, who.collector_id, who.sales_id, who.group_code);
}

/* --- payments that may come back ------------------------------------------------------------------------------------------------------ */
static void settled_numbers(const struct view *view, size_t index, struct text *out)
{
	struct book_settlement *rows;
	size_t count = book_item_settlements(view->book, index, view->arena, &rows);
	for (size_t i = 0; i < count; i++) text_addf(out, "%s%s", out->len ? " " : "", book_item(view->book, rows[i].debit, BOOK_FACTS).number);
}

static void add_payment(struct view *view, size_t *cap, struct cash_payment payment)
{
	if (view->payment_count == *cap) {
		*cap = *cap ? *cap * 2 : 64;
		struct cash_payment *bigger = arena_array(view->arena, struct cash_payment, *cap);
		if (view->payment_count) memcpy(bigger, view->payments, view->payment_count * sizeof *bigger);
		view->payments = bigger;
	}
	view->payments[view->payment_count++] = payment;
}

static struct status load_applied(struct view *view, size_t *cap)
{
	cleanup_rows struct rows *rows = db_query(view->db,
		"SELECT p.id, l.booking_day, l.amount, l.currency, l.end_to_end, l.bank_reference, l.mandate, l.payer, l.payer_iban, f.customer_id,"
		" COALESCE(r.item_id, f.id) FROM cash_application p JOIN bank_line l ON l.tenant_id = p.tenant_id AND l.company_id = p.company_id"
		" AND l.id = p.line_id JOIN cash_fact f ON f.tenant_id = p.tenant_id AND f.company_id = p.company_id AND f.application_id = p.id"
		" AND f.class = 'payment' LEFT JOIN restatement r ON r.tenant_id = f.tenant_id AND r.company_id = f.company_id"
		" AND r.customer_id = f.customer_id AND r.fact_id = f.id WHERE p.tenant_id = $tenant AND p.company_id = $company"
		" AND p.state = 'active' AND l.amount > 0 AND l.booking_day >= $since AND NOT EXISTS (SELECT 1 FROM cash_application b"
		" WHERE b.tenant_id = p.tenant_id AND b.company_id = p.company_id AND b.state = 'active' AND b.returns_id = p.id)"
		" ORDER BY p.id, f.id",
		DB_ARGS(db_int("tenant", view->tenant), db_int("company", view->company), db_day("since", view->today - RETURN_DAYS)));
	int64_t last = 0;
	while (rows_next(rows)) {
		cleanup_text struct text numbers = { 0 };
		size_t index = book_find_item(view->book, row_int(rows, 10));
		if (row_int(rows, 0) == last) { /* of several customers */
			struct cash_payment *payment = &view->payments[view->payment_count - 1];
			text_add(&numbers, payment->numbers);
			if (index != SIZE_MAX) settled_numbers(view, index, &numbers);
			payment->numbers = arena_strdup(view->arena, text_cstr(&numbers));
			continue;
		}
		last = row_int(rows, 0);
		if (index != SIZE_MAX) settled_numbers(view, index, &numbers);
		struct cash_choice who = { 0 };
		view_name(view, row_int(rows, 9), &who);
		struct cash_payment payment = {
			.id = last, .customer_id = row_int(rows, 9), .day = row_day(rows, 1), .amount = row_int(rows, 2),
			.numbers = arena_strdup(view->arena, text_cstr(&numbers)),
			.references = arena_printf(view->arena, "%s %s %s", row_text(rows, 4), row_text(rows, 5), row_text(rows, 6)),
			.payer = arena_strdup(view->arena, row_text(rows, 7)), .payer_iban = arena_strdup(view->arena, row_text(rows, 8)),
			.customer_name = who.customer_name,
		};
		snprintf(payment.currency, sizeof payment.currency, "%s", row_text(rows, 3));
		add_payment(view, cap, payment);
	}
	return rows_status(rows);
}

struct status view_load_payments(struct view *view, const struct cash_line *lines, size_t count)
{
	size_t cap = 0;
	TRY(load_applied(view, &cap));
	for (size_t i = 0; i < view->book_payment_count; i++) {
		const struct book_payment *payment = &view->book_payments[i];
		bool near = false;
		for (size_t l = 0; l < count && !near; l++) {
			int64_t back = -lines[l].amount;
			near = back > 0 && payment->amount <= back && payment->amount >= back - view->settings.fee_tolerance;
		}
		if (!near || payment->claimed) continue;
		cleanup_text struct text numbers = { 0 };
		settled_numbers(view, payment->index, &numbers);
		struct cash_choice who = { 0 };
		view_name(view, payment->customer_id, &who);
		struct cash_payment row = { .id = -payment->item_id, .customer_id = payment->customer_id, .day = payment->day, .amount = payment->amount,
			                    .numbers = arena_strdup(view->arena, text_cstr(&numbers)),
			                    .references = arena_strdup(view->arena, book_item(view->book, payment->index, BOOK_FACTS).number),
			                    .payer = "", .payer_iban = "", .customer_name = who.customer_name };
		snprintf(row.currency, sizeof row.currency, "%s", payment->currency);
		add_payment(view, &cap, row);
	}
	return STATUS_FINE;
}

static void reopen(const struct view *view, size_t index, struct cash_choice *choice)
{
	struct book_settlement *rows;
	size_t count = book_item_settlements(view->book, index, view->arena, &rows);
	struct cash_row_item *bigger = arena_array(view->arena, struct cash_row_item, choice->item_count + count + 1);
	if (choice->item_count) memcpy(bigger, choice->items, choice->item_count * sizeof *bigger);
	choice->items = bigger;
	for (size_t i = 0; i < count; i++) {
		struct book_item debit = book_item(view->book, rows[i].debit, BOOK_FACTS);
		choice->items[choice->item_count++] = view_item(view, choice->customer_id, debit.id, -rows[i].amount);
	}
}

bool view_payment_items(const struct view *view, int64_t payment, struct cash_choice *choice)
{
	if (payment < 0) {
		size_t index = book_find_item(view->book, -payment);
		if (index == SIZE_MAX) return false;
		view_name(view, book_customer(view->book, book_item(view->book, index, BOOK_FACTS).customer).id, choice);
		reopen(view, index, choice);
		return true;
	}
	cleanup_rows struct rows *rows = db_query(view->db,
		"SELECT f.customer_id, COALESCE(r.item_id, f.id) FROM cash_fact f LEFT JOIN restatement r ON r.tenant_id = f.tenant_id AND"
		" r.company_id = f.company_id AND r.customer_id = f.customer_id AND r.fact_id = f.id WHERE f.tenant_id = $tenant"
		" AND f.company_id = $company AND f.application_id = $id AND f.class = 'payment' ORDER BY f.id",
		DB_ARGS(db_int("tenant", view->tenant), db_int("company", view->company), db_int("id", payment)));
	while (rows_next(rows)) {
		size_t index = book_find_item(view->book, row_int(rows, 1));
		if (!choice->customer_id) view_name(view, row_int(rows, 0), choice);
		if (index != SIZE_MAX) reopen(view, index, choice);
	}
	return choice->customer_id != 0;
}
