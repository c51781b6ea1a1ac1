#include "cash/apply.h"

#include "base/memory.h"
#include "base/text.h"
#include "base/words.h"
#include "cash/bank.h"
#include "cash/learned.h"
#include "cash/return_reason.h"
#include "ledger/customer.h"
#include "ledger/event.h"
#include "ledger/item.h"
#include "ledger/projection_store.h"
#include "ledger/setting.h"

#include <inttypes.h>
#include <jansson.h>
#include <string.h>

#define OF(change) db_int("tenant", (change)->company.tenant_id), db_int("company", (change)->company.id)

/* --- a line ----------------------------------------------------------------------------------------------------------------- */
struct line {
	int64_t id, amount, application_id;
	int32_t day;
	enum bank_line_kind kind;
	char currency[4], state[12];
	const char *text, *payer, *payer_iban, *return_code, *return_text, *decided_by, *reason;
	bool pending;
};

static struct status load_line(struct change *change, int64_t id, struct arena *arena, struct line *out)
{
	cleanup_rows struct rows *rows = db_query(change->db,
		"SELECT l.amount, l.application_id, l.booking_day, l.kind, l.currency, l.state, l.text, l.label, l.payer, l.payer_iban,"
		" l.return_code, l.return_text, l.pending, COALESCE(u.name, ''), COALESCE(u.email, ''), l.reason FROM bank_line l"
		" LEFT JOIN user_account u ON u.tenant_id = l.tenant_id AND u.id = l.decided_by"
		" WHERE l.tenant_id = $tenant AND l.company_id = $company AND l.id = $id AND l.present = 1",
		DB_ARGS(OF(change), db_int("id", id)));
	if (!rows_next(rows)) {
		TRY(rows_status(rows));
		return status_make(STATUS_NOT_FOUND, "There is no bank line %lld.", (long long)id);
	}
	*out = (struct line){
		.id = id, .amount = row_int(rows, 0), .application_id = row_int(rows, 1), .day = row_day(rows, 2),
		.kind = bank_line_kind_parse(row_text(rows, 3)), .text = arena_strdup(arena, row_text(rows, 6)[0] ? row_text(rows, 6) : row_text(rows, 7)),
		.payer = arena_strdup(arena, row_text(rows, 8)), .payer_iban = arena_strdup(arena, row_text(rows, 9)),
		.return_code = arena_strdup(arena, row_text(rows, 10)), .return_text = arena_strdup(arena, row_text(rows, 11)),
		.pending = row_int(rows, 12), .decided_by = arena_strdup(arena, row_text(rows, 13)[0] ? row_text(rows, 13) : row_text(rows, 14)),
		.reason = arena_strdup(arena, row_text(rows, 15)),
	};
	snprintf(out->currency, sizeof out->currency, "%s", row_text(rows, 4));
	snprintf(out->state, sizeof out->state, "%s", row_text(rows, 5));
	return rows_status(rows);
}

/* Of two people who decide, the second hears it (pitfall 58). */
static struct status check_undecided(const struct line *line)
{
	if (line->pending) return status_make(STATUS_CONFLICT, "The bank has not booked this line yet. It can be applied once it has.");
	if (strcmp(line->state, "applied") != 0) return STATUS_FINE;
	return *line->decided_by
	               ? status_make(STATUS_CONFLICT, "%s has applied this line meanwhile. Nothing was changed.", line->decided_by)
	               : status_make(STATUS_CONFLICT, "This line is applied already. Nothing was changed.");
}

/* --- a decision in the making ------------------------------------------------------------------------------------------------- */
struct entry { /* an item, or a fact that the decision brings: one side of links */
	int64_t id, left;
	int64_t about;     /* of a difference: its item */
	bool fact;
};
struct fact_new {
	int64_t id, amount, reopens;
	const char *class, *difference, *number, *label;
};
struct side { /* one customer */
	int64_t customer_id, money; /* of the line, signed as the line */
	struct entry debits[CASH_ENTRIES_MAX], credits[CASH_ENTRIES_MAX];
	size_t debit_count, credit_count;
	struct fact_new facts[CASH_ENTRIES_MAX];
	size_t fact_count;
	json_t *items;     /* numbers, for the event */
};
struct deciding {
	struct change *change;
	const struct cash_decision *decision;
	struct arena *arena;
	struct line line;
	struct side *sides;
	size_t side_count;
	const struct settings *settings;
	const char *account;
	int64_t application_id, position;
};

static struct side *side_of(struct deciding *d, int64_t customer_id)
{
	for (size_t i = 0; i < d->side_count; i++)
		if (d->sides[i].customer_id == customer_id) return &d->sides[i];
	struct side *bigger = arena_array(d->arena, struct side, d->side_count + 1);
	if (d->side_count) memcpy(bigger, d->sides, d->side_count * sizeof *bigger);
	d->sides = bigger;
	struct side *side = &d->sides[d->side_count++];
	side->customer_id = customer_id;
	return side;
}

static struct status too_many(void)
{
	return status_make(STATUS_INVALID, "One line settles at most %d items of a customer. Apply it in parts.", CASH_ENTRIES_MAX - 4);
}

static struct status add_entry(struct side *side, bool debit, struct entry entry)
{
	size_t *count = debit ? &side->debit_count : &side->credit_count;
	if (*count == CASH_ENTRIES_MAX) return too_many();
	(debit ? side->debits : side->credits)[(*count)++] = entry;
	return STATUS_FINE;
}

static struct status add_fact(struct deciding *d, struct side *side, struct fact_new fact, int64_t about)
{
	if (side->fact_count == CASH_ENTRIES_MAX) return too_many();
	TRY(id_take(d->change->db, d->change->company.tenant_id, d->change->company.id, "fact", 1, &fact.id));
	side->facts[side->fact_count++] = fact;
	if (fact.reopens) return STATUS_FINE; /* a claim of its own again: nothing settles it here */
	return add_entry(side, fact.amount > 0, (struct entry){ fact.id, fact.amount > 0 ? fact.amount : -fact.amount, about, true });
}

/* `words` names an amount, then an item. */
#define AMOUNT_REFUSED(words, number, amount, currency)                                                                \
	({                                                                                                             \
		cleanup_text struct text refused_text = { 0 };                                                         \
		words_amount(&refused_text, lang_spoken(), (amount), (currency));                                      \
		status_make(STATUS_CONFLICT, words, text_cstr(&refused_text), (number));                               \
	})

static struct status add_part(struct deciding *d, const struct cash_part *part)
{
	struct item item;
	TRY(item_get(d->change->db, d->change->viewer, d->change->company.id, part->item_id, &item));
	if (strcmp(item.currency, d->line.currency) != 0)
		return status_make(STATUS_INVALID, "%s is in %s, the line in %s.", item.number, item.currency, d->line.currency);
	if (part->amount == 0) return status_make(STATUS_INVALID, "No amount is given for %s.", item.number);
	for (size_t i = 0; i < d->decision->part_count && &d->decision->parts[i] != part; i++)
		if (d->decision->parts[i].item_id == part->item_id) return status_make(STATUS_INVALID, "%s is named twice.", item.number);
	struct side *side = side_of(d, item.customer_id);
	if (!side->items) side->items = json_array();
	json_array_append_new(side->items, json_string(item.number));
	if (d->line.amount < 0 && item.amount > 0 && part->amount < 0) { /* open again */
		if (-part->amount > item.amount - item.open)
			return AMOUNT_REFUSED("Only %s of %s was settled.", item.number, item.amount - item.open, item.currency);
		side->money += part->amount;
		return add_fact(d, side, (struct fact_new){ .amount = -part->amount, .reopens = item.id, .class = "unpaid_return", .difference = "",
			                                    .number = arena_strdup(d->arena, item.number),
			                                    .label = bank_return_words(d->line.return_code, d->line.return_text, d->line.text,
			                                                               d->change->viewer->lang, d->arena) }, 0);
	}
	bool within = item.open > 0 ? part->amount > 0 && part->amount <= item.open : part->amount < 0 && part->amount >= item.open;
	if (!within) return AMOUNT_REFUSED("Only %s is open on %s. Nothing was changed.", item.number, item.open, item.currency);
	side->money += part->amount;
	return add_entry(side, part->amount > 0, (struct entry){ .id = item.id, .left = part->amount > 0 ? part->amount : -part->amount });
}

static struct status add_difference(struct deciding *d, const struct cash_difference *difference)
{
	static const struct {
		const char *code, *label, *limit;
	} known[] = { [CASH_DISCOUNT] = { "discount", "Discount for early payment", NULL }, [CASH_FEE] = { "fee", "Bank charges", "cash.fee_tolerance" },
		      [CASH_ROUNDING] = { "rounding", "Payment difference", "cash.tolerance" } };
	if (difference->kind == CASH_SETOFF)
		return status_make(STATUS_INVALID, "What we owe a customer as a supplier is set off in the books, on both accounts.");
	struct item item;
	TRY(item_get(d->change->db, d->change->viewer, d->change->company.id, difference->item_id, &item));
	int64_t size = difference->amount > 0 ? difference->amount : -difference->amount;
	if (known[difference->kind].limit && size > setting_int(d->settings, known[difference->kind].limit))
		return AMOUNT_REFUSED("%s on %s is more than may be let go. Leave it open, or grant a credit note.", item.number, size, item.currency);
	if (size == 0 || size > (item.amount > 0 ? item.amount : -item.amount))
		return status_make(STATUS_INVALID, "The difference on %s is not a part of it.", item.number);
	struct side *side = side_of(d, item.customer_id);
	side->money += difference->amount;
	return add_fact(d, side, (struct fact_new){ .amount = difference->amount, .class = "other", .difference = known[difference->kind].code,
		                                    .number = arena_strdup(d->arena, item.number),
		                                    .label = tr(d->change->viewer->lang, known[difference->kind].label) }, item.id);
}

static struct status check_sum(struct deciding *d)
{
	int64_t total = 0;
	for (size_t i = 0; i < d->side_count; i++) total += d->sides[i].money;
	int64_t rest = d->line.amount - total;
	if (d->line.amount < 0) rest += d->decision->fees;
	bool beyond = d->line.amount > 0 ? rest < 0 : rest > 0;
	if (beyond) {
		cleanup_text struct text parts = { 0 }, line = { 0 };
		words_amount(&parts, lang_spoken(), total, d->line.currency);
		words_amount(&line, lang_spoken(), d->line.amount, d->line.currency);
		return status_make(STATUS_INVALID, "The parts come to %s, the line to %s.", text_cstr(&parts), text_cstr(&line));
	}
	if (rest == 0) return STATUS_FINE;
	int64_t customer = d->decision->customer_id ? d->decision->customer_id : d->side_count ? d->sides[0].customer_id : 0;
	if (!customer) return status_make(STATUS_INVALID, "Say which items this line pays, or whose account it goes to.");
	TRY(customer_check(d->change->db, d->change->viewer, d->change->company.id, customer));
	side_of(d, customer)->money += rest;
	return STATUS_FINE;
}

/* What came in for one customer is one payment; what goes back to him is one line too, besides claims that are open again. */
static struct status add_money(struct deciding *d, struct side *side)
{
	int64_t money = side->money;
	for (size_t i = 0; i < side->fact_count; i++)
		if (side->facts[i].reopens) money += side->facts[i].amount;
	bool right = d->line.amount > 0 ? money >= 0 : money <= 0;
	if (!right) return status_make(STATUS_INVALID, "The credits taken of one customer exceed what is paid of his items.");
	if (money == 0) return STATUS_FINE;
	return add_fact(d, side, (struct fact_new){ .amount = -money, .class = d->line.amount > 0 ? "payment" : "unpaid_return", .difference = "",
		                                    .number = arena_printf(d->arena, "BQ-%" PRId64, d->line.id), .label = d->line.text }, 0);
}

/* --- links --------------------------------------------------------------------------------------------------------------------- */
static struct status link_pair(struct deciding *d, int64_t customer_id, struct entry *debit, struct entry *credit)
{
	int64_t amount = debit->left < credit->left ? debit->left : credit->left;
	if (amount == 0) return STATUS_FINE;
	debit->left -= amount, credit->left -= amount;
	return db_run(d->change->db,
	              "INSERT INTO cash_link (tenant_id, company_id, customer_id, application_id, position, debit_id, credit_id, amount)"
	              " VALUES ($tenant, $company, $customer, $application, $position, $debit, $credit, $amount)",
	              DB_ARGS(OF(d->change), db_int("customer", customer_id), db_int("application", d->application_id),
	                      db_int("position", ++d->position), db_int("debit", debit->id), db_int("credit", credit->id),
	                      db_int("amount", amount)));
}

/* A difference belongs to its item; the rest first to first, in the order of the parts, the money last. */
static struct status link_side(struct deciding *d, struct side *side)
{
	for (size_t c = 0; c < side->credit_count; c++)
		for (size_t i = 0; side->credits[c].about && i < side->debit_count; i++)
			if (side->debits[i].id == side->credits[c].about) TRY(link_pair(d, side->customer_id, &side->debits[i], &side->credits[c]));
	for (size_t i = 0; i < side->debit_count; i++)
		for (size_t c = 0; side->debits[i].about && c < side->credit_count; c++)
			if (side->credits[c].id == side->debits[i].about) TRY(link_pair(d, side->customer_id, &side->debits[i], &side->credits[c]));
	for (size_t i = 0, c = 0; i < side->debit_count && c < side->credit_count;) {
		TRY(link_pair(d, side->customer_id, &side->debits[i], &side->credits[c]));
		if (side->debits[i].left == 0) i++;
		else if (side->credits[c].left == 0) c++;
	}
	return STATUS_FINE;
}

/* A debit presented, a bill or a cheque may come back: until that day nothing is certain of it. */
static int32_t collected_day(const struct deciding *d)
{
	static const char *const settings[] = { [BANK_LINE_DIRECT_DEBIT] = "cash.debit_days", [BANK_LINE_BILL] = "cash.bill_days",
		                                [BANK_LINE_CHEQUE] = "cash.cheque_days" };
	if ((size_t)d->line.kind >= COUNT(settings) || !settings[d->line.kind] || d->line.amount < 0) return DAY_NONE;
	return d->line.day + (int32_t)setting_int(d->settings, settings[d->line.kind]);
}

static struct status store_fact(struct deciding *d, const struct side *side, const struct fact_new *fact)
{
	bool payment = strcmp(fact->class, "payment") == 0;
	return db_run(d->change->db,
	              "INSERT INTO cash_fact (tenant_id, company_id, customer_id, id, application_id, class, difference, account, posting_day,"
	              " number, amount, currency, label, reopens_id, collected_day) VALUES ($tenant, $company, $customer, $id, $application,"
	              " $class, $difference, $account, $day, $number, $amount, $currency, $label, $reopens, $collected)",
	              DB_ARGS(OF(d->change), db_int("customer", side->customer_id), db_int("id", fact->id),
	                      db_int("application", d->application_id), db_text("class", fact->class), db_text("difference", fact->difference),
	                      db_text("account", d->account), db_day("day", d->line.day), db_text("number", fact->number),
	                      db_int("amount", fact->amount), db_text("currency", d->line.currency), db_text("label", fact->label),
	                      db_int("reopens", fact->reopens), db_day("collected", payment ? collected_day(d) : DAY_NONE)));
}

static struct status store_application(struct deciding *d)
{
	const struct cash_decision *decision = d->decision;
	TRY(id_take(d->change->db, d->change->company.tenant_id, d->change->company.id, "cash_application", 1, &d->application_id));
	json_t *detail = json_pack("{s:f, s:[]}", "confidence", decision->confidence, "reasons");
	for (size_t i = 0; i < decision->reason_count; i++) json_array_append_new(json_object_get(detail, "reasons"), json_string(decision->reasons[i]));
	if (decision->teach) json_object_set_new(detail, "taught", json_true());
	cleanup_free char *text = json_dumps(detail, JSON_COMPACT);
	json_decref(detail);
	return db_run(d->change->db,
	              "INSERT INTO cash_application (tenant_id, company_id, id, line_id, day, at, by_user, automatic, returns_id, fees, state,"
	              " detail, rev) VALUES ($tenant, $company, $id, $line, $day, $at, $by, $automatic, $returns, $fees, 'active', $detail, $rev)",
	              DB_ARGS(OF(d->change), db_int("id", d->application_id), db_int("line", d->line.id), db_day("day", d->change->today),
	                      db_int("at", d->change->now), db_int("by", d->change->viewer->user_id), db_int("automatic", decision->automatic),
	                      db_int("returns", decision->returns_id), db_int("fees", decision->fees), db_text("detail", text),
	                      db_int("rev", d->change->rev)));
}

static struct status set_line(struct change *change, int64_t id, const char *state, int64_t application_id, const char *reason, int32_t waiting)
{
	return db_run(change->db,
	              "UPDATE bank_line SET state = $state, application_id = $application, reason = $reason, waiting_day = $waiting,"
	              " decided_at = $at, decided_by = $by, rev = $rev WHERE tenant_id = $tenant AND company_id = $company AND id = $id",
	              DB_ARGS(OF(change), db_int("id", id), db_text("state", state), db_int("application", application_id),
	                      db_text("reason", reason), db_day("waiting", waiting), db_int("at", change->now),
	                      db_int("by", change->viewer->user_id), db_int("rev", change->rev)));
}

static json_t *event_of(const struct line *line, int64_t amount, json_t *items)
{
	return json_pack("{s:I, s:I, s:s, s:s, s:O?}", "line", (json_int_t)line->id, "amount", (json_int_t)amount, "currency", line->currency,
	                 "text", line->text, "items", items);
}

static struct status finish(struct deciding *d)
{
	cleanup_free int64_t *customers = xmalloc((d->side_count + 1) * sizeof *customers);
	TRY(store_application(d));
	for (size_t i = 0; i < d->side_count; i++) {
		struct side *side = &d->sides[i];
		TRY(add_money(d, side));
		for (size_t f = 0; f < side->fact_count; f++) TRY(store_fact(d, side, &side->facts[f]));
		TRY(link_side(d, side));
		customers[i] = side->customer_id;
		json_t *content = event_of(&d->line, side->money, side->items);
		if (d->decision->automatic) json_object_set_new(content, "automatic", json_true());
		TRY(event_add_json(d->change, (struct event_new){ .kind = d->line.amount > 0 ? "cash.applied" : "cash.returned",
		                                                  .customer_id = side->customer_id, .ref = d->line.id }, content));
	}
	TRY(set_line(d->change, d->line.id, "applied", d->application_id, "", DAY_NONE));
	if (d->decision->teach && d->line.amount > 0 && d->side_count == 1)
		TRY(payer_teach(d->change, d->line.payer_iban, d->line.payer, d->sides[0].customer_id));
	return projection_refresh(d->change, customers, d->side_count);
}

static struct status decide(struct deciding *d)
{
	struct change *change = d->change;
	const struct cash_decision *decision = d->decision;
	TRY(change_allows(change, RIGHT_CASH));
	TRY(load_line(change, decision->line_id, d->arena, &d->line));
	TRY(check_undecided(&d->line));
	if (decision->fees < 0) return status_make(STATUS_INVALID, "Bank charges are a positive amount.");
	TRY(settings_load(change->db, change->company.tenant_id, change->company.id, d->arena, &d->settings));
	d->account = setting_text(d->settings, "cash.account");
	for (size_t i = 0; i < decision->part_count; i++) TRY(add_part(d, &decision->parts[i]));
	for (size_t i = 0; i < decision->difference_count; i++) TRY(add_difference(d, &decision->differences[i]));
	TRY(check_sum(d));
	return finish(d);
}

struct status cash_apply(struct change *change, const struct cash_decision *decision, int64_t *application_id)
{
	cleanup_arena struct arena *arena = arena_new();
	struct deciding d = { .change = change, .decision = decision, .arena = arena };
	struct status status = decide(&d);
	for (size_t i = 0; i < d.side_count; i++) json_decref(d.sides[i].items);
	*application_id = d.application_id;
	return status;
}

/* --- what comes back ------------------------------------------------------------------------------------------------------------ */
struct parts {
	struct cash_part *rows;
	size_t count, cap;
};

static void add_row(struct parts *parts, int64_t item_id, int64_t amount)
{
	GROW(parts->rows, parts->count, parts->cap);
	parts->rows[parts->count++] = (struct cash_part){ .item_id = item_id, .amount = amount };
}

/* What the payments of one application, or one payment of the books, settled: that is open again. What they had left goes too. */
static struct status returned_parts(struct change *change, int64_t payment, struct parts *parts, int64_t *total)
{
	static const char of_application[] =
		"SELECT i.id, i.open_amount, i.amount FROM cash_fact f LEFT JOIN restatement r ON r.tenant_id = f.tenant_id AND"
		" r.company_id = f.company_id AND r.customer_id = f.customer_id AND r.fact_id = f.id JOIN item i ON i.tenant_id = f.tenant_id"
		" AND i.company_id = f.company_id AND i.id = COALESCE(r.item_id, f.id) WHERE f.tenant_id = $tenant AND f.company_id = $company"
		" AND f.application_id = $id AND f.class = 'payment' ORDER BY i.id";
	static const char of_item[] =
		"SELECT i.id, i.open_amount, i.amount FROM item i WHERE i.tenant_id = $tenant AND i.company_id = $company AND i.id = $id"
		" AND i.kind = 'payment' AND i.withdrawn = 0";
	struct parts payments = { 0 };
	{
		cleanup_rows struct rows *rows = db_query(change->db, payment > 0 ? of_application : of_item,
		                                          DB_ARGS(OF(change), db_int("id", payment > 0 ? payment : -payment)));
		while (rows_next(rows)) {
			add_row(&payments, row_int(rows, 0), row_int(rows, 1));
			*total -= row_int(rows, 2);
			if (row_int(rows, 1) < 0) add_row(parts, row_int(rows, 0), row_int(rows, 1));
		}
		struct status status = rows_status(rows);
		if (status.code) return free(payments.rows), status;
	}
	struct status status = payments.count ? STATUS_FINE : status_make(STATUS_NOT_FOUND, "The payment that would come back is not there any more.");
	for (size_t i = 0; !status.code && i < payments.count; i++) {
		cleanup_rows struct rows *rows = db_query(change->db,
			"SELECT debit_id, amount FROM settlement WHERE tenant_id = $tenant AND company_id = $company AND credit_id = $id"
			" ORDER BY debit_id", DB_ARGS(OF(change), db_int("id", payments.rows[i].item_id)));
		while (rows_next(rows)) {
			size_t k = 0;
			while (k < parts->count && parts->rows[k].item_id != row_int(rows, 0)) k++;
			if (k < parts->count)
				parts->rows[k].amount -= row_int(rows, 1);
			else
				add_row(parts, row_int(rows, 0), -row_int(rows, 1));
		}
		status = rows_status(rows);
	}
	free(payments.rows);
	return status;
}

struct status cash_return(struct change *change, int64_t line_id, int64_t payment, bool automatic, int64_t *application_id)
{
	cleanup_arena struct arena *arena = arena_new();
	struct line line;
	TRY(change_allows(change, RIGHT_CASH));
	TRY(load_line(change, line_id, arena, &line));
	TRY(check_undecided(&line));
	if (line.amount >= 0) return status_make(STATUS_INVALID, "Money that came in brings nothing back.");
	int64_t again = 0;
	if (payment > 0)
		TRY(db_get_int(change->db,
		               "SELECT COALESCE(MAX(line_id), 0) FROM cash_application WHERE tenant_id = $tenant AND company_id = $company"
		               " AND state = 'active' AND returns_id = $id", DB_ARGS(OF(change), db_int("id", payment)), &again, NULL));
	if (again) return status_make(STATUS_CONFLICT, "This payment came back already, by line %lld. Nothing was changed.", (long long)again);
	struct parts parts = { 0 };
	int64_t total = 0;
	struct status status = returned_parts(change, payment, &parts, &total);
	if (!status.code && total > -line.amount)
		status = AMOUNT_REFUSED("The payment was %s, more than comes back by line %s. Choose the items.", arena_printf(arena, "%" PRId64, line_id), total,
		                        line.currency);
	if (!status.code)
		status = cash_apply(change, &(struct cash_decision){ .line_id = line_id, .parts = parts.rows, .part_count = parts.count,
		                                                     .returns_id = payment > 0 ? payment : 0, .fees = -line.amount - total,
		                                                     .automatic = automatic }, application_id);
	free(parts.rows);
	return status;
}

/* --- taking back ------------------------------------------------------------------------------------------------------------------ */
static struct status customers_of(struct change *change, int64_t application_id, int64_t **out, size_t *count)
{
	size_t cap = 0;
	cleanup_rows struct rows *rows = db_query(change->db,
		"SELECT customer_id FROM cash_fact WHERE tenant_id = $tenant AND company_id = $company AND application_id = $id"
		" UNION SELECT customer_id FROM cash_link WHERE tenant_id = $tenant AND company_id = $company AND application_id = $id ORDER BY 1",
		DB_ARGS(OF(change), db_int("id", application_id)));
	while (rows_next(rows)) {
		GROW(*out, *count, cap);
		(*out)[(*count)++] = row_int(rows, 0);
	}
	return rows_status(rows);
}

static struct status end_application(struct change *change, int64_t id)
{
	return db_run(change->db,
	              "UPDATE cash_application SET state = 'undone', undone_at = $at, undone_by = $by, rev = $rev WHERE tenant_id = $tenant"
	              " AND company_id = $company AND id = $id AND state = 'active'",
	              DB_ARGS(OF(change), db_int("id", id), db_int("at", change->now), db_int("by", change->viewer->user_id),
	                      db_int("rev", change->rev)));
}

static struct status check_not_returned(struct change *change, int64_t application_id)
{
	int64_t by = 0;
	TRY(db_get_int(change->db,
	               "SELECT COALESCE(MAX(line_id), 0) FROM cash_application WHERE tenant_id = $tenant AND company_id = $company"
	               " AND state = 'active' AND returns_id = $id", DB_ARGS(OF(change), db_int("id", application_id)), &by, NULL));
	return by ? status_make(STATUS_CONFLICT, "This payment came back by line %lld. Take that one back first.", (long long)by) : STATUS_FINE;
}

static struct status undo(struct change *change, const struct line *line, int64_t **customers, size_t *count)
{
	if (strcmp(line->state, "open") == 0) return status_make(STATUS_CONFLICT, "Line %lld is not applied: there is nothing to take back.", (long long)line->id);
	if (strcmp(line->state, "ignored") == 0) {
		TRY(set_line(change, line->id, "open", 0, "", DAY_NONE));
		return event_add_json(change, (struct event_new){ .kind = "cash.reopened", .ref = line->id }, event_of(line, line->amount, NULL));
	}
	TRY(check_not_returned(change, line->application_id));
	TRY(customers_of(change, line->application_id, customers, count));
	for (size_t i = 0; i < *count; i++) TRY(customer_check(change->db, change->viewer, change->company.id, (*customers)[i]));
	int64_t taught = 0;
	TRY(db_get_int(change->db,
	               "SELECT COUNT(*) FROM cash_application WHERE tenant_id = $tenant AND company_id = $company AND id = $id"
	               " AND detail LIKE '%\"taught\":true%'", DB_ARGS(OF(change), db_int("id", line->application_id)), &taught, NULL));
	TRY(end_application(change, line->application_id));
	if (*count == 1 && line->amount > 0) TRY(payer_contradict(change, line->payer_iban, line->payer, **customers, taught > 0));
	TRY(set_line(change, line->id, "open", 0, "", DAY_NONE));
	for (size_t i = 0; i < *count; i++)
		TRY(event_add_json(change, (struct event_new){ .kind = "cash.undone", .customer_id = (*customers)[i], .ref = line->id },
		                   event_of(line, line->amount, NULL)));
	return *count ? projection_refresh(change, *customers, *count) : STATUS_FINE;
}

struct status cash_undo(struct change *change, int64_t line_id)
{
	cleanup_arena struct arena *arena = arena_new();
	struct line line;
	cleanup_free int64_t *customers = NULL;
	size_t count = 0;
	TRY(change_allows(change, RIGHT_CASH));
	TRY(load_line(change, line_id, arena, &line));
	return undo(change, &line, &customers, &count);
}

static struct status check_note(const char *note)
{
	if (strlen(note) > 500 || !utf8_valid(note, strlen(note)))
		return status_make(STATUS_INVALID, "This text is too long, or not readable: at most %d characters.", 500);
	return STATUS_FINE;
}

static struct status set_aside(struct change *change, int64_t line_id, const char *note, const char *state, int32_t waiting, const char *kind)
{
	cleanup_arena struct arena *arena = arena_new();
	struct line line;
	note = note ? note : "";
	TRY(change_allows(change, RIGHT_CASH));
	TRY(check_note(note));
	TRY(load_line(change, line_id, arena, &line));
	TRY(check_undecided(&line));
	TRY(set_line(change, line_id, state, 0, note, waiting));
	json_t *content = event_of(&line, line.amount, NULL);
	json_object_set_new(content, "reason", json_string(note));
	return event_add_json(change, (struct event_new){ .kind = kind, .ref = line_id }, content);
}

struct status cash_ignore(struct change *change, int64_t line_id, const char *reason)
{
	return set_aside(change, line_id, reason, "ignored", DAY_NONE, "cash.ignored");
}

struct status cash_wait(struct change *change, int64_t line_id, const char *note)
{
	return set_aside(change, line_id, note, "open", change->today, "cash.waiting");
}

/* --- manual matches ------------------------------------------------------------------------------------------------------------------ */
static struct status check_pair(struct change *change, const struct cash_pair *pairs, size_t index, struct item *debit, struct item *credit)
{
	const struct cash_pair *pair = &pairs[index];
	TRY(item_get(change->db, change->viewer, change->company.id, pair->debit_id, debit));
	TRY(item_get(change->db, change->viewer, change->company.id, pair->credit_id, credit));
	if (debit->customer_id != credit->customer_id) return status_make(STATUS_INVALID, "%s and %s are not of one customer.", debit->number, credit->number);
	if (strcmp(debit->currency, credit->currency) != 0)
		return status_make(STATUS_INVALID, "%s is in %s, the line in %s.", debit->number, debit->currency, credit->currency);
	int64_t of_debit = 0, of_credit = 0;
	for (size_t i = 0; i <= index; i++) {
		if (pairs[i].amount <= 0) return status_make(STATUS_INVALID, "No amount is given for %s.", debit->number);
		if (pairs[i].debit_id == pair->debit_id) of_debit += pairs[i].amount;
		if (pairs[i].credit_id == pair->credit_id) of_credit += pairs[i].amount;
	}
	if (of_debit > debit->open) return AMOUNT_REFUSED("Only %s is open on %s. Nothing was changed.", debit->number, debit->open, debit->currency);
	if (of_credit > -credit->open) return AMOUNT_REFUSED("Only %s is open on %s. Nothing was changed.", credit->number, credit->open, credit->currency);
	return STATUS_FINE;
}

struct status cash_settle(struct change *change, const struct cash_pair *pairs, size_t count, int64_t *application_id)
{
	TRY(change_allows(change, RIGHT_CASH));
	if (count == 0) return status_make(STATUS_INVALID, "Nothing is chosen.");
	cleanup_arena struct arena *arena = arena_new();
	static const struct cash_decision none;
	struct deciding d = { .change = change, .decision = &none, .arena = arena };
	TRY(store_application(&d));
	*application_id = d.application_id;
	cleanup_free int64_t *customers = xmalloc(count * sizeof *customers);
	size_t customer_count = 0;
	for (size_t i = 0; i < count; i++) {
		struct item debit, credit;
		TRY(check_pair(change, pairs, i, &debit, &credit));
		struct entry left = { .id = debit.id, .left = pairs[i].amount }, right = { .id = credit.id, .left = pairs[i].amount };
		TRY(link_pair(&d, debit.customer_id, &left, &right));
		size_t c = 0;
		while (c < customer_count && customers[c] != debit.customer_id) c++;
		if (c == customer_count) customers[customer_count++] = debit.customer_id;
		TRY(event_add_json(change, (struct event_new){ .kind = "cash.settled", .customer_id = debit.customer_id, .ref = d.application_id },
		                   json_pack("{s:I, s:s, s:[s,s]}", "amount", (json_int_t)pairs[i].amount, "currency", debit.currency, "items",
		                             debit.number, credit.number)));
	}
	return projection_refresh(change, customers, customer_count);
}

struct status cash_unsettle(struct change *change, int64_t application_id)
{
	TRY(change_allows(change, RIGHT_CASH));
	bool found = false;
	int64_t line = 0;
	TRY(db_get_int(change->db,
	               "SELECT line_id FROM cash_application WHERE tenant_id = $tenant AND company_id = $company AND id = $id AND state = 'active'",
	               DB_ARGS(OF(change), db_int("id", application_id)), &line, &found));
	if (!found || line) return status_make(STATUS_NOT_FOUND, "There is no manual match %lld.", (long long)application_id);
	cleanup_free int64_t *customers = NULL;
	size_t count = 0;
	TRY(customers_of(change, application_id, &customers, &count));
	for (size_t i = 0; i < count; i++) {
		TRY(customer_check(change->db, change->viewer, change->company.id, customers[i]));
		TRY(event_add_json(change, (struct event_new){ .kind = "cash.unsettled", .customer_id = customers[i], .ref = application_id }, json_object()));
	}
	TRY(end_application(change, application_id));
	return projection_refresh(change, customers, count);
}
