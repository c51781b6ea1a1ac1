#include "ledger/interest_note.h"

#include "base/day.h"
#include "base/memory.h"
#include "base/money.h"
#include "base/text.h"
#include "ledger/customer.h"
#include "ledger/event.h"

#include <string.h>

enum { WORDS = 500, LINES_MOST = 5000 };

static struct status check_words(const char *words)
{
	if (strlen(words) <= WORDS && utf8_valid(words, strlen(words))) return STATUS_FINE;
	return status_make(STATUS_INVALID, "This text is too long, or not readable: at most %d characters.", WORDS);
}

struct status interest_note_make(struct change *change, const struct interest_note_new *note, int64_t *id)
{
	TRY(change_allows(change, RIGHT_COLLECT));
	TRY(customer_check(change->db, change->viewer, change->company.id, note->customer_id));
	int64_t insolvent = 0;
	TRY(db_get_int(change->db,
	               "SELECT count(*) FROM customer WHERE tenant_id = $tenant AND company_id = $company AND id = $customer AND insolvency_day IS NOT NULL",
	               DB_ARGS(db_int("tenant", change->company.tenant_id), db_int("company", change->company.id), db_int("customer", note->customer_id)),
	               &insolvent, NULL));
	if (insolvent) return status_make(STATUS_CONFLICT, "In a collective procedure late interest is declared, not claimed (C. com. L622-7, L622-28).");
	if (!note->count) return status_make(STATUS_CONFLICT, "There is no late interest to claim that was not claimed before.");
	if (note->count > LINES_MOST) return status_make(STATUS_INVALID, "A note has at most %d lines.", LINES_MOST);
	int64_t interest = 0, fee = 0;
	for (size_t i = 0; i < note->count; i++)
		if (note->lines[i].interest < 0 || note->lines[i].fee < 0 || __builtin_add_overflow(interest, note->lines[i].interest, &interest) ||
		    __builtin_add_overflow(fee, note->lines[i].fee, &fee))
			return status_make(STATUS_INVALID, "The sum is too large.");
	TRY(id_take(change->db, change->company.tenant_id, change->company.id, "interest_note", 1, id));
	char number[40];
	snprintf(number, sizeof number, "PEN-%04d-%04lld", day_civil(change->today).year, (long long)*id);
	TRY(db_run(change->db,
	           "INSERT INTO interest_note (tenant_id, company_id, id, customer_id, number, day, currency, interest, fee, by_user, at, rev)"
	           " VALUES ($tenant, $company, $id, $customer, $number, $today, $currency, $interest, $fee, $by, $at, $rev)",
	           DB_ARGS(db_int("tenant", change->company.tenant_id), db_int("company", change->company.id), db_int("id", *id),
	                   db_int("customer", note->customer_id), db_text("number", number), db_day("today", change->today), db_text("currency", note->currency),
	                   db_int("interest", interest), db_int("fee", fee), db_int("by", change->viewer->user_id), db_int("at", change->now),
	                   db_int("rev", change->rev))));
	for (size_t i = 0; i < note->count; i++)
		TRY(db_run(change->db,
		           "INSERT INTO interest_note_item (tenant_id, company_id, note_id, item_id, interest, fee) VALUES ($tenant, $company, $note, $item, $interest, $fee)",
		           DB_ARGS(db_int("tenant", change->company.tenant_id), db_int("company", change->company.id), db_int("note", *id),
		                   db_int("item", note->lines[i].item_id), db_int("interest", note->lines[i].interest), db_int("fee", note->lines[i].fee))));
	return event_add_json(change, (struct event_new){ .kind = "interest.claimed", .customer_id = note->customer_id, .ref = *id },
	                      json_pack("{s:s, s:I, s:I, s:I, s:s}", "number", number, "amount", (json_int_t)(interest + fee), "interest", (json_int_t)interest, "fee",
	                                (json_int_t)fee, "currency", note->currency));
}

static struct status take(struct change *change, int64_t id, struct arena *arena, struct interest_note *out)
{
	TRY(change_allows(change, RIGHT_COLLECT));
	TRY(interest_note_get(change->db, change->viewer, change->company.id, id, arena, out));
	return out->cancelled ? status_make(STATUS_CONFLICT, "This note was cancelled.") : STATUS_FINE;
}

/* Adds to paid or waived, never beyond what is left; the day when nothing is. */
static struct status settle(struct change *change, const struct interest_note *note, int64_t paid, int64_t waived, const char *kind, const char *text)
{
	int64_t left = note->interest + note->fee - note->paid - note->waived, amount = paid + waived;
	if (amount <= 0) return status_make(STATUS_INVALID, "Give an amount above nothing.");
	if (amount > left) return status_make(STATUS_INVALID, "This is more than what is left of the note.");
	TRY(db_run(change->db,
	           "UPDATE interest_note SET paid = paid + $paid, waived = waived + $waived, settled_day = $settled, rev = $rev WHERE tenant_id = $tenant"
	           " AND company_id = $company AND id = $id",
	           DB_ARGS(db_int("paid", paid), db_int("waived", waived), db_day("settled", amount == left ? change->today : DAY_NONE), db_int("rev", change->rev),
	                   db_int("tenant", change->company.tenant_id), db_int("company", change->company.id), db_int("id", note->id))));
	return event_add_json(change, (struct event_new){ .kind = kind, .customer_id = note->customer_id, .ref = note->id },
	                      json_pack("{s:s, s:I, s:s, s:s}", "number", note->number, "amount", (json_int_t)amount, "currency", note->currency, "text", text));
}

struct status interest_note_pay(struct change *change, int64_t id, int64_t amount, const char *text)
{
	cleanup_arena struct arena *arena = arena_new();
	struct interest_note note;
	TRY(take(change, id, arena, &note));
	text = text ? text : "";
	TRY(check_words(text));
	return settle(change, &note, amount, 0, "interest.paid", text);
}

struct status interest_note_waive(struct change *change, int64_t id, int64_t amount, const char *why)
{
	cleanup_arena struct arena *arena = arena_new();
	struct interest_note note;
	TRY(take(change, id, arena, &note));
	if (!why || !*why) return status_make(STATUS_INVALID, "Say why it is given up.");
	TRY(check_words(why));
	return settle(change, &note, 0, amount ? amount : note.interest + note.fee - note.paid - note.waived, "interest.waived", why);
}

struct status interest_note_cancel(struct change *change, int64_t id, const char *why)
{
	cleanup_arena struct arena *arena = arena_new();
	struct interest_note note;
	TRY(take(change, id, arena, &note));
	if (!why || !*why) return status_make(STATUS_INVALID, "Say why it is taken back.");
	TRY(check_words(why));
	if (note.paid || note.waived) return status_make(STATUS_CONFLICT, "Something of this note was paid or waived: it can't be cancelled.");
	TRY(db_run(change->db, "UPDATE interest_note SET cancelled = 1, rev = $rev WHERE tenant_id = $tenant AND company_id = $company AND id = $id",
	           DB_ARGS(db_int("rev", change->rev), db_int("tenant", change->company.tenant_id), db_int("company", change->company.id), db_int("id", id))));
	return event_add_json(change, (struct event_new){ .kind = "interest.cancelled", .customer_id = note.customer_id, .ref = id },
	                      json_pack("{s:s, s:I, s:s, s:s}", "number", note.number, "amount", (json_int_t)(note.interest + note.fee), "currency", note.currency, "text", why));
}

struct status interest_note_withdraw(struct change *change, int64_t id, const char *why)
{
	cleanup_arena struct arena *arena = arena_new();
	struct interest_note note;
	TRY(take(change, id, arena, &note));
	if (note.paid) return STATUS_FINE;
	TRY(db_run(change->db, "UPDATE interest_note SET cancelled = 1, waived = 0, settled_day = NULL, rev = $rev WHERE tenant_id = $tenant AND company_id = $company AND id = $id",
	           DB_ARGS(db_int("rev", change->rev), db_int("tenant", change->company.tenant_id), db_int("company", change->company.id), db_int("id", id))));
	return event_add_json(change, (struct event_new){ .kind = "interest.cancelled", .customer_id = note.customer_id, .ref = id },
	                      json_pack("{s:s, s:I, s:s, s:s}", "number", note.number, "amount", (json_int_t)(note.interest + note.fee), "currency", note.currency, "text", why));
}

/* --- reading ------------------------------------------------------------------------------------------------------------------------- */

static struct status read_notes(struct db *db, int64_t tenant, int64_t company, int64_t customer_id, int64_t id, struct arena *arena, struct interest_note **out,
                                size_t *count)
{
	size_t cap = 0;
	struct interest_note *list = NULL;
	*count = 0;
	cleanup_rows struct rows *rows = db_query(db,
		"SELECT id, customer_id, number, day, currency, interest, fee, paid, waived, settled_day, cancelled, by_user, at FROM interest_note"
		" WHERE tenant_id = $tenant AND company_id = $company AND ($customer = 0 OR customer_id = $customer) AND ($id = 0 OR id = $id) ORDER BY id DESC",
		DB_ARGS(db_int("tenant", tenant), db_int("company", company), db_int("customer", customer_id), db_int("id", id)));
	while (rows_next(rows)) {
		GROW(list, *count, cap);
		struct interest_note *note = &list[(*count)++];
		*note = (struct interest_note){ .id = row_int(rows, 0), .customer_id = row_int(rows, 1), .number = arena_strdup(arena, row_text(rows, 2)),
			.day = row_day(rows, 3), .interest = row_int(rows, 5), .fee = row_int(rows, 6), .paid = row_int(rows, 7), .waived = row_int(rows, 8),
			.settled_day = row_day(rows, 9), .cancelled = row_int(rows, 10) != 0, .by_user = row_int(rows, 11), .at = row_int(rows, 12) };
		snprintf(note->currency, sizeof note->currency, "%s", row_text(rows, 4));
	}
	*out = arena_array(arena, struct interest_note, *count + 1);
	if (*count) memcpy(*out, list, *count * sizeof *list);
	free(list);
	return rows_status(rows);
}

struct status interest_note_list(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t customer_id, struct arena *arena,
                                 struct interest_note **out, size_t *count)
{
	TRY(customer_check(db, viewer, company_id, customer_id));
	return read_notes(db, viewer->tenant_id, company_id, customer_id, 0, arena, out, count);
}

struct status interest_note_get(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t id, struct arena *arena, struct interest_note *out)
{
	struct interest_note *list = NULL;
	size_t count = 0;
	if (id > 0) TRY(read_notes(db, viewer->tenant_id, company_id, 0, id, arena, &list, &count));
	if (!count) return status_make(STATUS_NOT_FOUND, "There is no such note.");
	*out = list[0];
	return customer_check(db, viewer, company_id, out->customer_id);
}

static struct status read_lines(struct db *db, const char *sql, int64_t tenant, int64_t company, int64_t id, struct arena *arena, struct interest_line **out,
                                size_t *count)
{
	size_t cap = 0;
	struct interest_line *list = NULL;
	*count = 0;
	cleanup_rows struct rows *rows = db_query(db, sql, DB_ARGS(db_int("tenant", tenant), db_int("company", company), db_int("id", id)));
	while (rows_next(rows)) {
		GROW(list, *count, cap);
		list[(*count)++] = (struct interest_line){ row_int(rows, 0), row_int(rows, 1), row_int(rows, 2) };
	}
	*out = arena_array(arena, struct interest_line, *count + 1);
	if (*count) memcpy(*out, list, *count * sizeof *list);
	free(list);
	return rows_status(rows);
}

struct status interest_note_lines(struct db *db, int64_t tenant, int64_t company, int64_t id, struct arena *arena, struct interest_line **out, size_t *count)
{
	return read_lines(db, "SELECT item_id, interest, fee FROM interest_note_item WHERE tenant_id = $tenant AND company_id = $company AND note_id = $id ORDER BY item_id",
	                  tenant, company, id, arena, out, count);
}

struct status interest_claimed(struct db *db, int64_t tenant, int64_t company, int64_t customer_id, struct arena *arena, struct interest_line **out, size_t *count)
{
	return read_lines(db,
		"SELECT i.item_id, CAST(SUM(i.interest) AS BIGINT), CAST(SUM(i.fee) AS BIGINT) FROM interest_note n JOIN interest_note_item i ON i.tenant_id = n.tenant_id"
		" AND i.company_id = n.company_id AND i.note_id = n.id WHERE n.tenant_id = $tenant AND n.company_id = $company AND n.customer_id = $id"
		" AND n.cancelled = 0 GROUP BY i.item_id ORDER BY i.item_id",
		tenant, company, customer_id, arena, out, count);
}

struct status interest_settled(struct db *db, int64_t tenant, int64_t company, struct arena *arena, struct interest_settled **out, size_t *count)
{
	size_t cap = 0;
	struct interest_settled *list = NULL;
	*count = 0;
	cleanup_rows struct rows *rows = db_query(db,
		"SELECT i.item_id, COALESCE(n.settled_day, n.day), n.paid + n.waived, i.interest + i.fee, n.interest + n.fee FROM interest_note n"
		" JOIN interest_note_item i ON i.tenant_id = n.tenant_id AND i.company_id = n.company_id AND i.note_id = n.id WHERE n.tenant_id = $tenant"
		" AND n.company_id = $company AND n.cancelled = 0 AND n.paid + n.waived > 0 ORDER BY i.item_id, 2",
		DB_ARGS(db_int("tenant", tenant), db_int("company", company)));
	while (rows_next(rows)) {
		if (row_int(rows, 4) <= 0) continue;
		GROW(list, *count, cap);
		list[(*count)++] = (struct interest_settled){ row_int(rows, 0), round_div((__int128)row_int(rows, 2) * row_int(rows, 3), row_int(rows, 4)), row_day(rows, 1) };
	}
	*out = arena_array(arena, struct interest_settled, *count + 1);
	if (*count) memcpy(*out, list, *count * sizeof *list);
	free(list);
	return rows_status(rows);
}
