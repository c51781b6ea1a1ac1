#include "outreach/facts_read.h"

#include "base/memory.h"
#include "base/money.h"
#include "formats/return_reason.h"
#include "ledger/dispute_kind.h"
#include "ledger/instrument.h"
#include "ledger/interest_note.h"
#include "ledger/item_kind.h"

#define SCOPE " tenant_id = $tenant AND company_id = $company AND customer_id = $customer "

struct status facts_open_items(struct db *db, const struct company *company, int64_t customer_id, const char *currency, int32_t today,
                                size_t room, struct arena *arena, struct compose_item **out, size_t *count, bool *ceded)
{
	*ceded = false, *count = 0;
	size_t cap = 0;
	struct compose_item *list = NULL;
	/* a claim assigned with notice never stands beside our IBAN: reference/law.md 1.4 */
	struct rows *rows = db_query(db,
	        "SELECT i.id, i.number, i.kind, i.issue_day, i.due_day, i.amount, i.open_amount, "
	        "CASE WHEN EXISTS (SELECT 1 FROM hold h WHERE h.tenant_id = i.tenant_id AND h.company_id = i.company_id AND h.customer_id = i.customer_id "
	        "AND h.kind = 'ceded' AND h.item_id IN (0, i.id) AND h.lifted_day IS NULL AND h.from_day <= $today "
	        "AND (h.until_day IS NULL OR h.until_day >= $today)) THEN 1 ELSE 0 END FROM item i WHERE i.tenant_id = $tenant AND i.company_id = $company "
	        "AND i.customer_id = $customer AND i.currency = $currency AND i.open_amount <> 0 AND i.withdrawn = 0 AND i.posting_day <= $today "
	        "AND i.kind <> 'deposit_request' ORDER BY i.due_day, i.posting_day, i.number, i.id",
	        DB_ARGS(db_int("tenant", company->tenant_id), db_int("company", company->id), db_int("customer", customer_id),
	                db_text("currency", currency), db_day("today", today)));
	while (rows_next(rows)) {
		if (row_int(rows, 7)) {
			*ceded = true;
			continue;
		}
		GROW(list, *count, cap);
		struct compose_item *item = &list[(*count)++];
		int late = (int)(today - row_day(rows, 4));
		*item = (struct compose_item){ .id = row_int(rows, 0), .number = arena_strdup(arena, row_text(rows, 1)), .kind = ITEM_OTHER,
		                               .issue_day = row_day(rows, 3), .due_day = row_day(rows, 4), .amount = row_int(rows, 5),
		                               .open = row_int(rows, 6), .asked = row_int(rows, 6), .role = PLAN_STATEMENT,
		                               .days_late = late > 0 ? late : 0, .customer_id = customer_id };
		item_kind_parse(row_text(rows, 2), &item->kind);
	}
	struct status status = rows_status(rows);
	rows_close(rows);
	*out = arena_array(arena, struct compose_item, *count + room + 1);
	if (*count) memcpy(*out, list, *count * sizeof *list);
	free(list);
	return status;
}

static struct status read_days(struct rows *rows, struct arena *arena, struct compose_facts *facts)
{
	int32_t *days = NULL;
	size_t count = 0, cap = 0;
	while (rows_next(rows)) {
		GROW(days, count, cap);
		days[count++] = row_day(rows, 0);
	}
	struct status status = rows_status(rows);
	rows_close(rows);
	int32_t *kept = arena_array(arena, int32_t, count + 1);
	if (count) memcpy(kept, days, count * sizeof *days);
	free(days);
	facts->contact_days = kept, facts->contact_count = count;
	return status;
}

/* Written messages only: a call is not "our message of"; and reminders only: what was said before anything was late (ranks 1 and 2)
 * did not remind of it. */
#define WRITTEN                                                                                                                     \
	" AND a.channel IN ('email', 'letter', 'registered_letter', 'sms') AND a.state IN ('sent', 'done') AND a.step <> 'thanks'"    \
	" AND a.step_rank NOT IN (1, 2)"                                                                                              \
	" AND a.done_day IS NOT NULL AND a.done_day <= $today "

struct status facts_contacts(struct db *db, const struct company *company, int64_t action_id, bool test, int32_t today,
                              struct arena *arena, struct compose_facts *facts)
{
	return read_days(db_query(db,
	        "SELECT DISTINCT a.done_day FROM action_item n JOIN action_item m ON m.tenant_id = n.tenant_id AND m.company_id = n.company_id "
	        "AND m.item_id = n.item_id AND m.role = 'claimed' JOIN action a ON a.tenant_id = m.tenant_id AND a.company_id = m.company_id "
	        "AND a.id = m.action_id WHERE n.tenant_id = $tenant AND n.company_id = $company AND n.action_id = $action "
	        "AND n.role = 'claimed' AND m.action_id <> $action AND a.test = $test" WRITTEN "ORDER BY a.done_day",
	        DB_ARGS(db_int("tenant", company->tenant_id), db_int("company", company->id), db_int("action", action_id), db_int("test", test),
	                db_day("today", today))), arena, facts);
}

struct status facts_customer_contacts(struct db *db, const struct company *company, int32_t today, struct arena *arena,
                                       struct compose_facts *facts)
{
	return read_days(db_query(db,
	        "SELECT DISTINCT a.done_day FROM action a WHERE a.tenant_id = $tenant AND a.company_id = $company AND a.customer_id = $customer "
	        "AND a.test = $test" WRITTEN "ORDER BY a.done_day",
	        DB_ARGS(db_int("tenant", company->tenant_id), db_int("company", company->id), db_int("customer", facts->customer_id),
	                db_int("test", !company->live), db_day("today", today))), arena, facts);
}

static void add_reference(struct text *list, const char *value)
{
	if (!value || !*value || strstr(text_cstr(list), value)) return;
	if (list->len) text_add(list, ", ");
	text_add(list, value);
}

struct status facts_references(struct db *db, const struct company *company, struct arena *arena, struct compose_facts *facts)
{
	cleanup_text struct text orders = { 0 }, deliveries = { 0 };
	for (size_t i = 0; i < facts->item_count; i++) {
		if (facts->items[i].role != PLAN_CLAIMED) continue;
		cleanup_free char *extra = NULL;
		TRY(db_get_text(db, "SELECT extra FROM item WHERE tenant_id = $tenant AND company_id = $company AND id = $item",
		                DB_ARGS(db_int("tenant", company->tenant_id), db_int("company", company->id), db_int("item", facts->items[i].id)), &extra));
		json_t *json = extra && *extra ? json_loads(extra, 0, NULL) : NULL;
		add_reference(&orders, json_string_value(json_object_get(json, "purchase_order")));
		add_reference(&deliveries, json_string_value(json_object_get(json, "delivery_note")));
		json_decref(json);
	}
	bool french = facts->lang == LANG_FR;
	if (orders.len) facts->contract_reference = arena_printf(arena, french ? "votre commande %s" : "your order %s", text_cstr(&orders));
	if (deliveries.len) facts->delivery_reference = arena_printf(arena, french ? "le bon de livraison %s" : "delivery note %s", text_cstr(&deliveries));
	return STATUS_FINE;
}

struct status facts_invoices(struct db *db, const struct company *company, int64_t most, struct arena *arena, struct compose_facts *facts)
{
	enum { FILES_MAX = 6 }; /* beside the statement */
	int64_t *documents = arena_array(arena, int64_t, FILES_MAX), size = 0;
	size_t count = 0;
	for (size_t i = 0; i < facts->item_count; i++) {
		if (facts->items[i].role != PLAN_CLAIMED) continue;
		cleanup_rows struct rows *rows = db_query(db,
		        "SELECT id, length(bytes) FROM document WHERE tenant_id = $tenant AND company_id = $company AND item_id = $item AND customer_id = $customer "
		        "AND import_id > 0 AND type = 'application/pdf' ORDER BY id DESC LIMIT 1",
		        DB_ARGS(db_int("tenant", company->tenant_id), db_int("company", company->id), db_int("item", facts->items[i].id),
		                db_int("customer", facts->items[i].customer_id)));
		if (rows_next(rows)) {
			if (count < FILES_MAX) documents[count] = row_int(rows, 0);
			count++;
			size += row_int(rows, 1);
		}
		TRY(rows_status(rows));
	}
	facts->invoice_links = count && (count > FILES_MAX || size > most); /* all or none; on his page they are one by one */
	if (!count || facts->invoice_links) return STATUS_FINE;
	facts->invoice_copies = true, facts->invoice_documents = documents, facts->invoice_count = count;
	return STATUS_FINE;
}

static struct status promise_of(struct db *db, const struct company *company, int64_t customer_id, bool broken, struct arena *arena, struct compose_facts *facts)
{
	const struct db_arg *args = DB_ARGS(db_int("tenant", company->tenant_id), db_int("company", company->id),
	                                    db_int("customer", customer_id), db_text("currency", facts->currency));
	cleanup_rows struct rows *rows = broken
	        ? db_query(db, "SELECT day, amount, means FROM promise WHERE" SCOPE "AND currency = $currency AND state IN ('broken', 'partly_kept') "
	                       "ORDER BY day DESC, id DESC LIMIT 1", args)
	        : db_query(db, "SELECT day, amount, means FROM promise WHERE" SCOPE "AND currency = $currency AND state = 'expected' "
	                       "ORDER BY id DESC LIMIT 1", args);
	if (rows_next(rows)) {
		facts->promise_day = row_day(rows, 0);
		facts->promise_amount = row_int(rows, 1);
		facts->promise_means = arena_strdup(arena, row_text(rows, 2));
	}
	return rows_status(rows);
}

/* Of several members, the one whose day is the latest speaks. */
struct status facts_promise(struct db *db, const struct company *company, bool broken, struct arena *arena, struct compose_facts *facts)
{
	if (!facts->member_count) return promise_of(db, company, facts->customer_id, broken, arena, facts);
	struct compose_facts best = *facts, one;
	for (size_t m = 0; m < facts->member_count; m++) {
		one = *facts;
		TRY(promise_of(db, company, facts->members[m].id, broken, arena, &one));
		if (one.promise_day != DAY_NONE && one.promise_day > best.promise_day) best = one;
	}
	*facts = best;
	return STATUS_FINE;
}

struct status facts_returned(struct db *db, const struct company *company, const struct settings *settings, struct compose_facts *facts)
{
	for (size_t i = 0; i < facts->item_count; i++) {
		if (facts->items[i].role != PLAN_CLAIMED) continue;
		cleanup_rows struct rows *rows = db_query(db,
		        "SELECT p.amount, p.due_day, p.back_code, p.attempt FROM instrument_item n JOIN instrument p ON p.tenant_id = n.tenant_id AND p.company_id = n.company_id "
		        "AND p.id = n.instrument_id WHERE n.tenant_id = $tenant AND n.company_id = $company AND (n.item_id = $item OR n.item_id = (SELECT i.origin_id FROM item i "
		        "WHERE i.tenant_id = $tenant AND i.company_id = $company AND i.customer_id = $customer AND i.id = $item)) AND p.kind = 'debit' AND p.state = 'unpaid' "
		        "ORDER BY p.back_day DESC, p.id DESC LIMIT 1",
		        DB_ARGS(db_int("tenant", company->tenant_id), db_int("company", company->id), db_int("customer", facts->items[i].customer_id), db_int("item", facts->items[i].id)));
		if (rows_next(rows)) {
			const struct return_reason *reason = return_reason_find(row_text(rows, 2));
			facts->dd_amount = row_int(rows, 0), facts->dd_day = row_day(rows, 1);
			/* lack of funds is not written down to third persons (letters.md F15) */
			if (reason && reason->effect != RETURN_NO_MONEY && reason->effect != RETURN_DECEASED) facts->return_reason = tr(facts->lang, reason->words);
			bool again = !instrument_again_allowed(row_text(rows, 2), (int)row_int(rows, 3), 1 + (int)setting_int(settings, "debit.again"), false).code;
			if (again) facts->represent_day = facts->today + (int32_t)setting_int(settings, "debit.notice_days");
			return rows_status(rows);
		}
		TRY(rows_status(rows));
	}
	return STATUS_FINE;
}

struct status facts_dispute(struct db *db, const struct company *company, struct arena *arena, struct compose_facts *facts)
{
	cleanup_rows struct rows *rows = db_query(db,
	        "SELECT d.id, d.amount, i.open_amount, d.reason, d.owner, d.due_day, d.case_id FROM dispute d JOIN item i ON i.tenant_id = d.tenant_id "
	        "AND i.company_id = d.company_id AND i.id = d.item_id WHERE d.tenant_id = $tenant AND d.company_id = $company "
	        "AND d.customer_id = $customer AND d.closed_day IS NULL AND i.currency = $currency ORDER BY d.id DESC LIMIT 1",
	        DB_ARGS(db_int("tenant", company->tenant_id), db_int("company", company->id), db_int("customer", facts->customer_id),
	                db_text("currency", facts->currency)));
	if (rows_next(rows)) {
		int64_t open = row_int(rows, 2);
		facts->dispute_id = row_int(rows, 6);
		facts->dispute_amount = row_null(rows, 1) ? open : row_int(rows, 1);
		facts->undisputed_amount = open > facts->dispute_amount ? open - facts->dispute_amount : 0;
		facts->dispute_reason = tr(facts->lang, dispute_label(arena_strdup(arena, row_text(rows, 3))));
		facts->dispute_owner = arena_strdup(arena, row_text(rows, 4));
		facts->dispute_due_day = row_day(rows, 5);
	}
	return rows_status(rows);
}

struct status facts_last_payment(struct db *db, const struct company *company, struct arena *arena, struct compose_facts *facts)
{
	cleanup_rows struct rows *rows = db_query(db,
	        "SELECT s.day, s.amount, d.number FROM settlement s "
	        "JOIN item d ON d.tenant_id = s.tenant_id AND d.company_id = s.company_id AND d.customer_id = s.customer_id AND d.id = s.debit_id "
	        "JOIN item c ON c.tenant_id = s.tenant_id AND c.company_id = s.company_id AND c.customer_id = s.customer_id AND c.id = s.credit_id "
	        "WHERE s.tenant_id = $tenant AND s.company_id = $company AND s.customer_id = $customer AND c.kind = 'payment' "
	        "AND d.currency = $currency AND s.day <= $today ORDER BY s.day DESC, d.number LIMIT 20",
	        DB_ARGS(db_int("tenant", company->tenant_id), db_int("company", company->id), db_int("customer", facts->customer_id),
	                db_text("currency", facts->currency), db_day("today", facts->today)));
	cleanup_text struct text numbers = { 0 };
	while (rows_next(rows)) {
		if (facts->payment_day != DAY_NONE && facts->payment_day != row_day(rows, 0)) break; /* the last day's only */
		facts->payment_day = row_day(rows, 0);
		facts->payment_amount += row_int(rows, 1);
		add_reference(&numbers, row_text(rows, 2));
	}
	facts->paid_invoices = arena_strdup(arena, text_cstr(&numbers));
	return rows_status(rows);
}

/* --- late interest ---------------------------------------------------------------------------------------------------------------- */

static int by_day(const void *a, const void *b)
{
	const struct rate *x = a, *y = b;
	return (x->from_day > y->from_day) - (x->from_day < y->from_day);
}

/* The known rates with those a person entered, which win on the same day. */
static struct status read_rates(struct db *db, const struct company *company, struct arena *arena, struct rates *out)
{
	static const char *const kinds[RATE_KIND_COUNT] = { "ecb", "legal_professional", "legal_consumer" };
	*out = *rates_known();
	for (int kind = 0; kind < RATE_KIND_COUNT; kind++) {
		struct rate *list = arena_array(arena, struct rate, out->count[kind] + 256);
		size_t count = out->count[kind], known = count;
		memcpy(list, out->of[kind], count * sizeof *list);
		cleanup_rows struct rows *rows = db_query(db,
		        "SELECT from_day, basis_points FROM rate WHERE tenant_id = $tenant AND company_id = $company AND kind = $kind "
		        "ORDER BY from_day DESC LIMIT 256",
		        DB_ARGS(db_int("tenant", company->tenant_id), db_int("company", company->id), db_text("kind", kinds[kind])));
		while (rows_next(rows)) {
			struct rate rate = { row_day(rows, 0), (int32_t)row_int(rows, 1) };
			size_t same = 0;
			while (same < known && list[same].from_day != rate.from_day) same++;
			list[same < known ? same : count++] = rate;
			if (rate.from_day >= out->unknown_from[kind]) /* a rate entered for a half-year makes that half-year known */
				out->unknown_from[kind] = day_add_months(half_year_start(rate.from_day), 6);
		}
		TRY(rows_status(rows));
		qsort(list, count, sizeof *list, by_day);
		out->of[kind] = list, out->count[kind] = count;
	}
	return STATUS_FINE;
}

/* settled: what notes of late interest brought; those of the item count too. */
static struct status read_payments(struct db *db, const struct company *company, int64_t customer, int64_t item, const struct interest_settled *settled,
                                   size_t settled_count, struct arena *arena, const struct interest_payment **out, size_t *count)
{
	struct interest_payment *list = NULL;
	size_t cap = 0;
	*count = 0;
	struct rows *rows = db_query(db, "SELECT day, amount FROM settlement WHERE" SCOPE "AND debit_id = $item ORDER BY day",
	                             DB_ARGS(db_int("tenant", company->tenant_id), db_int("company", company->id), db_int("customer", customer),
	                                     db_int("item", item)));
	while (rows_next(rows)) {
		GROW(list, *count, cap);
		list[(*count)++] = (struct interest_payment){ row_day(rows, 0), row_int(rows, 1), false };
	}
	struct status status = rows_status(rows);
	rows_close(rows);
	size_t of_books = *count;
	for (size_t i = 0; i < settled_count; i++) {
		if (settled[i].item_id != item) continue;
		GROW(list, *count, cap);
		list[(*count)++] = (struct interest_payment){ settled[i].day, settled[i].amount, true };
	}
	if (*count > of_books) interest_payments_sort(list, *count);
	struct interest_payment *kept = arena_array(arena, struct interest_payment, *count + 1);
	if (*count) memcpy(kept, list, *count * sizeof *list);
	free(list);
	*out = kept;
	return status;
}

struct status facts_interest(struct db *db, const struct company *company, const struct settings *settings, struct arena *arena,
                              struct compose_facts *facts)
{
	bool step = facts->rank == RANK_FIRM || facts->rank == RANK_FORMAL_NOTICE || (facts->debtor == DEBTOR_PUBLIC && facts->rank >= RANK_FOLLOW_UP);
	bool known = facts->debtor == DEBTOR_PROFESSIONAL || facts->debtor == DEBTOR_PUBLIC;
	for (size_t m = 0; m < facts->member_count; m++) /* of several, only what may be claimed of each of them */
		known &= debtor_class_parse(facts->members[m].class) == facts->debtor;
	bool euros = strcmp(facts->currency, "EUR") == 0; /* the fee is a sum in euros */
	facts->claims_interest = step && known && setting_bool(settings, "interest.claim");
	facts->claims_fee = step && known && euros && setting_bool(settings, "interest.claim_fee");
	if (!facts->claims_interest && !facts->claims_fee) return STATUS_FINE;
	struct rates rates;
	TRY(read_rates(db, company, arena, &rates));
	enum interest_order order = interest_order_parse(setting_text(settings, "interest.order"));
	struct interest_settled *settled = NULL;
	size_t settled_count = 0;
	if (order != ORDER_PRINCIPAL) TRY(interest_settled(db, company->tenant_id, company->id, arena, &settled, &settled_count));
	int64_t clause = 0;
	const char *rate = setting_text(settings, "interest.clause_rate");
	if (*rate) amount_parse(rate, strlen(rate), (struct amount_style){ '.', 2 }, &clause);
	struct compose_item *items = arena_array(arena, struct compose_item, facts->item_count + 1);
	if (facts->item_count) memcpy(items, facts->items, facts->item_count * sizeof *items);
	for (size_t i = 0; i < facts->item_count; i++) {
		struct compose_item *item = &items[i];
		if (item->role != PLAN_CLAIMED || item->days_late <= 0) continue;
		/* one fee for each invoice: its instalments are items of the same number */
		bool again = false;
		for (size_t j = 0; j < i; j++)
			again = again || (items[j].role == PLAN_CLAIMED && items[j].days_late > 0 && strcmp(items[j].number, item->number) == 0);
		item->fee = !again;
		/* a part in dispute is not asked, and bears no interest in what we write */
		int64_t disputed = item->open > item->asked ? item->open - item->asked : 0;
		struct interest_claim claim = { .amount = item->amount - disputed, .due_day = item->due_day, .debtor = facts->debtor,
		                                .clause_basis_points = (int32_t)clause, .notice_day = DAY_NONE, .stop_day = DAY_NONE, .order = order,
		                                .fee_once = !again, .fee = euros ? 4000 : 0 };
		TRY(read_payments(db, company, item->customer_id, item->id, settled, settled_count, arena, &claim.payments, &claim.payment_count));
		struct interest *interest = arena_make(arena, struct interest);
		if (interest_compute(&claim, &rates, facts->today, arena, interest) && interest->interest > 0) item->interest = interest;
	}
	facts->items = items;
	return STATUS_FINE;
}
