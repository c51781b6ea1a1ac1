#include "ledger/promise.h"

#include "base/day.h"
#include "base/memory.h"
#include "base/text.h"
#include "base/words.h"
#include "ledger/event.h"

#include <string.h>

/* The items a promise is about: those named, or the customer's overdue ones, oldest first, as far as the amount goes. */
static struct status choose_items(struct change *change, const struct promise_new *given, struct arena *arena, struct item **out,
                                  size_t *count)
{
	if (given->item_count) {
		struct item *items = arena_array(arena, struct item, given->item_count);
		for (size_t i = 0; i < given->item_count; i++) {
			TRY(item_get(change->db, change->viewer, change->company.id, given->items[i], &items[i]));
			if (items[i].customer_id != given->customer_id)
				return status_make(STATUS_INVALID, "%s is another customer's: a promise is one customer's.", items[i].number);
			if (items[i].open <= 0) return status_make(STATUS_CONFLICT, "Nothing is open on %s any more.", items[i].number);
			for (size_t j = 0; j < i; j++)
				if (items[j].id == items[i].id) return status_make(STATUS_INVALID, "%s is named twice.", items[i].number);
		}
		*out = items, *count = given->item_count;
		return STATUS_FINE;
	}
	struct item *open = NULL;
	size_t open_count = 0, kept = 0;
	TRY(item_list_open(change->db, change->viewer, change->company.id, given->customer_id, arena, &open, &open_count));
	bool overdue = false;
	for (size_t i = 0; i < open_count; i++) overdue |= open[i].open > 0 && open[i].due_day < change->today;
	int64_t covered = 0;
	for (size_t i = 0; i < open_count; i++) {
		if (open[i].open <= 0 || (overdue && open[i].due_day >= change->today)) continue;
		if (given->amount && covered >= given->amount) break;
		if (kept && strcmp(open[i].currency, open[0].currency) != 0) continue; /* a promise is in one currency */
		covered += open[i].open;
		open[kept++] = open[i];
	}
	*out = open, *count = kept;
	return kept ? STATUS_FINE : status_make(STATUS_CONFLICT, "Nothing is open at this customer's: there is nothing to promise.");
}

/* What expected promises already announce of these items; *other is one of them. One about other items as well counts as far as these
 * items go. */
static struct status promised_of(struct change *change, const struct item *items, size_t count, struct arena *arena, int64_t *amount, int64_t *other)
{
	struct promise *promises = NULL;
	size_t found = 0;
	*amount = *other = 0;
	TRY(promise_list(change->db, change->viewer, change->company.id, items[0].customer_id, true, arena, &promises, &found));
	for (size_t p = 0; p < found; p++) {
		int64_t shared = 0;
		bool all = true;
		for (size_t i = 0; i < promises[p].item_count; i++) {
			bool same = false;
			for (size_t k = 0; k < count; k++)
				if (items[k].id == promises[p].items[i]) same = true, shared += items[k].open;
			all &= same;
		}
		if (!shared) continue;
		*other = promises[p].id;
		*amount += all || promises[p].amount < shared ? promises[p].amount : shared;
	}
	return STATUS_FINE;
}

struct status promise_make(struct change *change, const struct promise_new *given, int64_t *id)
{
	TRY(change_allows(change, RIGHT_COLLECT));
	const char *means = given->means ? given->means : "", *note = given->note ? given->note : "";
	if (strlen(means) > 60 || strlen(note) > 4000 || !utf8_valid(means, strlen(means)) || !utf8_valid(note, strlen(note)))
		return status_make(STATUS_INVALID, "This text is too long, or not readable: at most %d characters.", 4000);
	if (given->day == DAY_NONE) return status_make(STATUS_INVALID, "On which day will he pay? A promise needs its date.");
	if (given->day < change->today) return status_make(STATUS_INVALID, "The promised day is in the past.");
	cleanup_arena struct arena *arena = arena_new();
	const struct settings *settings = NULL;
	TRY(settings_load(change->db, change->company.tenant_id, change->company.id, arena, &settings));
	int64_t furthest = setting_int(settings, "promise.max_days");
	if (given->day > change->today + furthest)
		return status_make(STATUS_INVALID, "The promised day is more than %lld days away. A payment plan fits better.",
		                   (long long)furthest);
	TRY(customer_check(change->db, change->viewer, change->company.id, given->customer_id));
	struct item *items = NULL;
	size_t count = 0;
	TRY(choose_items(change, given, arena, &items, &count));
	int64_t open = 0;
	for (size_t i = 0; i < count; i++) {
		if (strcmp(items[i].currency, items[0].currency) != 0)
			return status_make(STATUS_INVALID, "A promise is in one currency; these items are in %s and %s.", items[0].currency,
			                   items[i].currency);
		if (__builtin_add_overflow(open, items[i].open, &open)) return status_make(STATUS_INVALID, "These amounts are too large.");
	}
	if (given->amount < 0) return status_make(STATUS_INVALID, "A promised amount is positive.");
	int64_t promised = 0, other = 0;
	TRY(promised_of(change, items, count, arena, &promised, &other));
	if (promised >= open || (promised && !given->amount)) /* another part is said with its amount: nothing is promised twice by mistake */
		return status_make(STATUS_CONFLICT, "%s is covered by promise %lld already: cancel that one first.", items[0].number, (long long)other);
	if (given->amount > open) {
		cleanup_text struct text words = { 0 };
		words_amount(&words, lang_spoken(), open, items[0].currency);
		return status_make(STATUS_INVALID, "The promised amount exceeds what is open, %s.", text_cstr(&words));
	}
	if (promised && given->amount > open - promised) {
		cleanup_text struct text words = { 0 };
		words_amount(&words, lang_spoken(), open - promised, items[0].currency);
		return status_make(STATUS_CONFLICT, "Promise %lld covers a part of it already: %s is left to be promised.", (long long)other, text_cstr(&words));
	}
	int64_t amount = given->amount ? given->amount : open;
	TRY(id_take(change->db, change->company.tenant_id, change->company.id, "promise", 1, id));
	TRY(db_run(change->db,
	           "INSERT INTO promise (tenant_id, company_id, id, customer_id, day, amount, currency, means, note, made_day, state, "
	           "by_user, rev) VALUES ($tenant, $company, $id, $customer, $day, $amount, $currency, $means, $note, $today, 'expected', "
	           "$by, $rev)",
	           DB_ARGS(db_int("tenant", change->company.tenant_id), db_int("company", change->company.id), db_int("id", *id),
	                   db_int("customer", given->customer_id), db_day("day", given->day), db_int("amount", amount),
	                   db_text("currency", items[0].currency), db_text("means", means), db_text("note", note),
	                   db_day("today", change->today), db_int("by", change->viewer->user_id), db_int("rev", change->rev))));
	json_t *numbers = json_array();
	for (size_t i = 0; i < count; i++) {
		struct status status = db_run(
		        change->db,
		        "INSERT INTO promise_item (tenant_id, company_id, promise_id, item_id, amount) VALUES ($tenant, $company, $id, $item, $amount)",
		        DB_ARGS(db_int("tenant", change->company.tenant_id), db_int("company", change->company.id), db_int("id", *id),
		                db_int("item", items[i].id), db_int("amount", items[i].open)));
		if (status.code) {
			json_decref(numbers);
			return status;
		}
		json_array_append_new(numbers, json_string(items[i].number));
	}
	char iso[11];
	day_format(given->day, iso);
	return event_add_json(change, (struct event_new){ .kind = "promise.made", .customer_id = given->customer_id, .ref = *id },
	                      json_pack("{s:s,s:I,s:s,s:s,s:s,s:o}", "day", iso, "amount", (json_int_t)amount, "currency",
	                                items[0].currency, "means", means, "text", note, "items", numbers));
}

/* --- reading -------------------------------------------------------------------------------------------------------------- */
static struct status list(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t customer_id, int64_t id,
                          bool expected_only, struct arena *arena, struct promise **out, size_t *count)
{
	*out = NULL, *count = 0;
	if (!viewer_sees_company(viewer, company_id)) return status_make(STATUS_NOT_FOUND, "There is no such company.");
	size_t found = 0, cap = 0, item_count = 0, item_cap = 0;
	struct promise *promises = NULL;
	int64_t *items = NULL, last = 0;
	bool seen = false;
	struct status status;
	{
		cleanup_rows struct rows *rows = db_query(
		        db,
		        "SELECT p.id, p.customer_id, p.amount, p.by_user, p.rev, p.currency, p.means, p.note, p.state, p.day, p.made_day, "
		        "p.settled_day, c.collector_id, c.sales_id, c.group_code, pi.item_id, p.received, c.code, c.name FROM promise p "
		        "JOIN customer c ON c.tenant_id = p.tenant_id AND c.company_id = p.company_id AND c.id = p.customer_id "
		        "LEFT JOIN promise_item pi ON pi.tenant_id = p.tenant_id AND pi.company_id = p.company_id AND pi.promise_id = p.id "
		        "WHERE p.tenant_id = $tenant AND p.company_id = $company AND ($customer = 0 OR p.customer_id = $customer) "
		        "AND ($id = 0 OR p.id = $id) AND ($all = 1 OR p.state = 'expected') ORDER BY p.id DESC, pi.item_id",
		        DB_ARGS(db_int("tenant", viewer->tenant_id), db_int("company", company_id), db_int("customer", customer_id),
		                db_int("id", id), db_int("all", !expected_only)));
		while (rows_next(rows)) {
			if (row_int(rows, 0) != last) {
				last = row_int(rows, 0);
				seen = viewer_sees_customer(viewer, row_int(rows, 12), row_int(rows, 13), row_text(rows, 14));
				if (!seen) continue;
				GROW(promises, found, cap);
				promises[found++] = (struct promise){ .id = last,
					                              .customer_id = row_int(rows, 1),
					                              .amount = row_int(rows, 2),
					                              .by_user = row_int(rows, 3),
					                              .rev = row_int(rows, 4),
					                              .currency = arena_strdup(arena, row_text(rows, 5)),
					                              .means = arena_strdup(arena, row_text(rows, 6)),
					                              .note = arena_strdup(arena, row_text(rows, 7)),
					                              .state = arena_strdup(arena, row_text(rows, 8)),
					                              .day = row_day(rows, 9),
					                              .made_day = row_day(rows, 10),
					                              .settled_day = row_day(rows, 11),
					                              .received = row_int(rows, 16),
					                              .customer_code = arena_strdup(arena, row_text(rows, 17)),
					                              .customer_name = arena_strdup(arena, row_text(rows, 18)) };
			}
			if (!seen || row_null(rows, 15)) continue;
			GROW(items, item_count, item_cap);
			items[item_count++] = row_int(rows, 15);
			promises[found - 1].item_count++;
		}
		status = rows_status(rows);
	}
	int64_t *kept = arena_array(arena, int64_t, item_count ? item_count : 1);
	if (item_count) memcpy(kept, items, item_count * sizeof *items);
	*out = arena_array(arena, struct promise, found ? found : 1);
	for (size_t i = 0, at = 0; i < found; at += promises[i++].item_count) {
		(*out)[i] = promises[i];
		(*out)[i].items = kept + at;
	}
	*count = found;
	free(promises);
	free(items);
	return status;
}

struct status promise_list(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t customer_id, bool expected_only,
                           struct arena *arena, struct promise **out, size_t *count)
{
	return list(db, viewer, company_id, customer_id, 0, expected_only, arena, out, count);
}

struct status promise_cancel(struct change *change, int64_t id, const char *note)
{
	TRY(change_allows(change, RIGHT_COLLECT));
	note = note ? note : "";
	cleanup_arena struct arena *arena = arena_new();
	struct promise *promises = NULL;
	size_t count = 0;
	if (id > 0) TRY(list(change->db, change->viewer, change->company.id, 0, id, false, arena, &promises, &count));
	if (!count) return status_make(STATUS_NOT_FOUND, "There is no promise %lld.", (long long)id);
	if (strcmp(promises[0].state, "expected") != 0)
		return status_make(STATUS_CONFLICT, "Promise %lld is over already.", (long long)id);
	TRY(db_run(change->db,
	           "UPDATE promise SET state = 'cancelled', settled_day = $today, rev = $rev WHERE tenant_id = $tenant "
	           "AND company_id = $company AND id = $id",
	           DB_ARGS(db_day("today", change->today), db_int("rev", change->rev), db_int("tenant", change->company.tenant_id),
	                   db_int("company", change->company.id), db_int("id", id))));
	char iso[11];
	day_format(promises[0].day, iso);
	return event_add_json(change, (struct event_new){ .kind = "promise.cancelled", .customer_id = promises[0].customer_id, .ref = id },
	                      json_pack("{s:s,s:I,s:s,s:s}", "day", iso, "amount", (json_int_t)promises[0].amount, "currency",
	                                promises[0].currency, "text", note));
}
