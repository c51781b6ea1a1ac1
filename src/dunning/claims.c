#include "dunning/claims.h"

#include "base/memory.h"
#include "book/census.h"
#include "ledger/interest_note.h"

struct notice { /* a formal notice that went out */
	int64_t item;
	int32_t day;
};
struct claims {
	const struct book *book;
	struct rates rates;
	int32_t clause_basis_points;
	enum interest_order order;
	struct interest_settled *settled; /* on notes, by item; only where the principal does not go first */
	size_t settled_count;
	struct notice *notices;
	size_t notice_count;
	int64_t *carried;          /* items that a returned payment or a transfer carries on, sorted */
	size_t carried_count;
};

void claims_close(struct claims **claims)
{
	if (*claims && (*claims)->book) book_release((*claims)->book);
	*claims = NULL;
}

const struct rates *claims_rates(const struct claims *claims) { return &claims->rates; }

static int id_order(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;
	return *x < *y ? -1 : *x > *y;
}

/* Rates a person entered, over those known: they win on the same day, and make their half-year known. */
static struct status rates_load(struct db *db, const struct viewer *viewer, int64_t company, struct arena *arena, struct rates *out)
{
	static const char *const codes[RATE_KIND_COUNT] = { "ecb", "legal_professional", "legal_consumer" };
	*out = *rates_known();
	for (int k = 0; k < RATE_KIND_COUNT; k++) {
		cleanup_rows struct rows *rows = db_query(db,
			"SELECT from_day, basis_points FROM rate WHERE tenant_id = $tenant AND company_id = $company AND kind = $kind ORDER BY from_day",
			DB_ARGS(db_int("tenant", viewer->tenant_id), db_int("company", company), db_text("kind", codes[k])));
		while (rows_next(rows)) {
			struct rate entered = { row_day(rows, 0), (int32_t)row_int(rows, 1) };
			struct rate *list = arena_array(arena, struct rate, out->count[k] + 1);
			size_t count = 0;
			bool placed = false;
			for (size_t i = 0; i < out->count[k]; i++) {
				struct rate old = out->of[k][i];
				if (!placed && old.from_day >= entered.from_day) list[count++] = entered, placed = true;
				if (old.from_day != entered.from_day) list[count++] = old;
			}
			if (!placed) list[count++] = entered;
			out->of[k] = list, out->count[k] = count;
			int32_t half = half_year_start(entered.from_day);
			if (half >= out->unknown_from[k]) out->unknown_from[k] = day_add_months(half, 6);
		}
		TRY(rows_status(rows));
	}
	return STATUS_FINE;
}

static int notice_order(const void *a, const void *b)
{
	const struct notice *x = a, *y = b;
	if (x->item != y->item) return x->item < y->item ? -1 : 1;
	return x->day < y->day ? -1 : x->day > y->day;
}

struct status claims_load(struct db *db, const struct viewer *viewer, int64_t company_id, struct arena *arena, struct claims **out)
{
	struct claims *claims = arena_make(arena, struct claims);
	TRY(book_get(db_store(db), viewer->tenant_id, company_id, &claims->book));
	*out = claims; /* the caller closes it from here on */
	TRY(rates_load(db, viewer, company_id, arena, &claims->rates));
	const struct settings *settings;
	TRY(settings_load(db, viewer->tenant_id, company_id, arena, &settings));
	const char *clause = setting_text(settings, "interest.clause_rate");
	if (clause[0]) claims->clause_basis_points = (int32_t)(strtod(clause, NULL) * 100 + 0.5);
	claims->order = interest_order_parse(setting_text(settings, "interest.order"));
	if (claims->order != ORDER_PRINCIPAL) TRY(interest_settled(db, viewer->tenant_id, company_id, arena, &claims->settled, &claims->settled_count));

	size_t cap = 0;
	struct notice *list = NULL;
	cleanup_rows struct rows *rows = db_query(db,
		"SELECT n.item_id, a.done_day FROM action a JOIN action_item n ON n.tenant_id = a.tenant_id AND n.company_id = a.company_id"
		" AND n.action_id = a.id JOIN company m ON m.tenant_id = a.tenant_id AND m.id = a.company_id WHERE a.tenant_id = $tenant"
		" AND a.company_id = $company AND a.test = 1 - m.live AND a.step_rank = 6 AND a.state IN ('sent','done') AND n.role = 'claimed'"
		" AND a.done_day IS NOT NULL",
		DB_ARGS(db_int("tenant", viewer->tenant_id), db_int("company", company_id)));
	while (rows_next(rows)) {
		GROW(list, claims->notice_count, cap);
		list[claims->notice_count++] = (struct notice){ row_int(rows, 0), row_day(rows, 1) };
	}
	claims->notices = arena_array(arena, struct notice, claims->notice_count + 1);
	if (claims->notice_count) memcpy(claims->notices, list, claims->notice_count * sizeof *list);
	free(list);
	TRY(rows_status(rows));
	qsort(claims->notices, claims->notice_count, sizeof *claims->notices, notice_order);

	cap = 0;
	int64_t *carried = NULL;
	cleanup_free size_t *carrying = NULL;
	size_t carrying_count = book_with_origin(claims->book, &carrying);
	for (size_t i = 0; i < carrying_count; i++) {
		struct book_item item = book_item(claims->book, carrying[i], DAY_MAX);
		if (!item.exists || !item.origin_id || item.amount <= 0) continue;
		size_t origin = book_find_item(claims->book, item.origin_id);
		if (origin == SIZE_MAX || book_item(claims->book, origin, DAY_MAX).amount > item.amount) continue;
		GROW(carried, claims->carried_count, cap);
		carried[claims->carried_count++] = item.origin_id;
	}
	claims->carried = arena_array(arena, int64_t, claims->carried_count + 1);
	if (claims->carried_count) memcpy(claims->carried, carried, claims->carried_count * sizeof *carried);
	free(carried);
	qsort(claims->carried, claims->carried_count, sizeof *claims->carried, id_order);
	return STATUS_FINE;
}

static bool kind_accrues(enum item_kind kind)
{
	return kind != ITEM_CREDIT_NOTE && kind != ITEM_PAYMENT && kind != ITEM_DEPOSIT_REQUEST;
}

/* The fee is once per invoice: of several items of one number (instalments), the one that falls due first bears it. */
static bool bears_fee(const struct claims *claims, const struct book_item *item, const struct book_customer *who, size_t self)
{
	if (item->kind == ITEM_RETENTION) return false;
	for (size_t i = who->first_item; i < who->first_item + who->item_count; i++) {
		if (i == self) continue;
		struct book_item other = book_item(claims->book, i, DAY_MAX);
		if (!other.exists || other.amount <= 0 || !kind_accrues(other.kind) || strcmp(other.number, item->number) != 0) continue;
		if (other.id == item->origin_id || other.origin_id == item->id) continue;
		if (other.due_day < item->due_day || (other.due_day == item->due_day && other.id < item->id)) return false;
	}
	return true;
}

enum interest_order claims_order(const struct claims *claims) { return claims->order; }

/* First of this item's; the list is by item. */
static size_t find_settled(const struct claims *claims, int64_t item)
{
	size_t low = 0, high = claims->settled_count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (claims->settled[middle].item_id < item) low = middle + 1;
		else high = middle;
	}
	return low;
}

bool claims_interest_of(const struct claims *claims, size_t index, int32_t as_of, struct arena *arena, struct interest *out)
{
	struct book_item item = book_item(claims->book, index, as_of);
	if (!item.exists || item.outside || item.amount <= 0 || !kind_accrues(item.kind) || item.due_day >= as_of) return false;
	if (claims->carried_count && bsearch(&item.id, claims->carried, claims->carried_count, sizeof item.id, id_order)) return false;
	struct book_customer who = book_customer(claims->book, item.customer);
	struct book_settlement *settlements;
	size_t count = book_item_settlements(claims->book, index, arena, &settlements);
	size_t first = find_settled(claims, item.id), notes = 0;
	while (first + notes < claims->settled_count && claims->settled[first + notes].item_id == item.id) notes++;
	struct interest_payment *payments = arena_array(arena, struct interest_payment, count + notes + 1);
	for (size_t s = 0; s < count; s++) payments[s] = (struct interest_payment){ settlements[s].day, settlements[s].amount, false };
	for (size_t n = 0; n < notes; n++) payments[count++] = (struct interest_payment){ claims->settled[first + n].day, claims->settled[first + n].amount, true };
	if (notes) interest_payments_sort(payments, count);
	struct interest_claim claim = {
		.amount = item.amount, .due_day = item.due_day, .debtor = debtor_class_parse(who.class),
		.clause_basis_points = claims->clause_basis_points, .order = claims->order, .notice_day = DAY_NONE, .stop_day = who.insolvency_day,
		.fee = strcmp(item.currency, "EUR") == 0 ? 4000 : 0, .payments = payments, .payment_count = count };
	if (claim.debtor == DEBTOR_CONSUMER)
		for (size_t n = 0; n < claims->notice_count; n++)
			if (claims->notices[n].item == item.id) {
				claim.notice_day = claims->notices[n].day;
				break;
			}
	if (claim.fee) claim.fee_once = bears_fee(claims, &item, &who, index);
	return interest_compute(&claim, &claims->rates, as_of, arena, out);
}

static void put_day(json_t *object, const char *name, int32_t day)
{
	char text[11];
	day_format(day, text);
	json_object_set_new(object, name, day == DAY_NONE ? json_null() : json_string(text));
}

struct status claims_interest_report(struct db *db, const struct viewer *viewer, int64_t company_id, const struct claims_filter *filter,
                                     struct arena *arena, json_t **out)
{
	cleanup_claims struct claims *claims = NULL;
	TRY(claims_load(db, viewer, company_id, arena, &claims));
	const uint8_t *selected = book_select(claims->book, viewer, arena);
	json_t *rows = json_array();
	cleanup_arena struct arena *scratch = arena_new();
	for (size_t c = 0; c < book_customers(claims->book); c++) {
		if (selected && !selected[c]) continue;
		struct book_customer who = book_customer(claims->book, c);
		if (filter->customer_id && who.id != filter->customer_id) continue;
		for (size_t i = who.first_item; i < who.first_item + who.item_count; i++) {
			struct interest interest;
			struct book_item item = book_item(claims->book, i, filter->as_of);
			if (filter->item_id && item.id != filter->item_id) continue;
			arena_reset(scratch);
			if (!claims_interest_of(claims, i, filter->as_of, scratch, &interest)) continue;
			json_t *segments = json_array();
			for (size_t s = 0; s < interest.segment_count; s++) {
				const struct interest_segment *segment = &interest.segments[s];
				char exact[64];
				interest_segment_exact(segment, exact, sizeof exact);
				json_t *one = json_object();
				put_day(one, "from", segment->from);
				put_day(one, "to", segment->to);
				json_object_set_new(one, "days", json_integer(segment->days));
				json_object_set_new(one, "base", json_integer(segment->base));
				json_object_set_new(one, "rate", json_real(segment->basis_points / 100.0));
				json_object_set_new(one, "amount_exact", json_real(strtod(exact, NULL)));
				json_array_append_new(segments, one);
			}
			json_t *row = json_object();
			json_object_set_new(row, "item", json_string(item.number));
			json_object_set_new(row, "item_id", json_integer(item.id));
			json_object_set_new(row, "customer", json_string(who.code));
			json_object_set_new(row, "currency", json_string(item.currency));
			json_object_set_new(row, "principal", json_integer(interest.principal));
			json_object_set_new(row, "paid", json_integer(interest.paid));
			json_object_set_new(row, "open", json_integer(interest.open));
			put_day(row, "due_date", item.due_day);
			json_object_set_new(row, "days", json_integer(interest.days));
			json_object_set_new(row, "paid_to_interest", json_integer(interest.to_interest));
			json_object_set_new(row, "paid_to_fee", json_integer(interest.to_fee));
			json_object_set_new(row, "interest", json_integer(interest.interest));
			json_object_set_new(row, "fee", json_integer(interest.fee));
			json_object_set_new(row, "total", json_integer(interest.total));
			json_object_set_new(row, "rate_unconfirmed", json_boolean(interest.rate_unconfirmed));
			json_object_set_new(row, "clause_below_floor", json_boolean(interest.below_floor));
			json_object_set_new(row, "segments", segments);
			json_array_append_new(rows, row);
		}
	}
	*out = json_object();
	static const char *const orders[] = { [ORDER_PRINCIPAL] = "principal", [ORDER_INTEREST] = "interest", [ORDER_INDEMNITY] = "indemnity" };
	put_day(*out, "as_of", filter->as_of);
	json_object_set_new(*out, "order", json_string(orders[claims->order]));
	json_object_set_new(*out, "rows", rows);
	return STATUS_FINE;
}
