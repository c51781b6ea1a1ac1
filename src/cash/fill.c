#include "cash/fill.h"

#include "base/memory.h"
#include "ledger/item.h"

#include <string.h>

static struct status difference_kind(const char *code, enum cash_difference_kind *out)
{
	static const char *const codes[] = { [CASH_DISCOUNT] = "discount", [CASH_FEE] = "fee", [CASH_ROUNDING] = "rounding" };
	for (size_t i = 0; i < COUNT(codes); i++)
		if (strcmp(codes[i], code) == 0) return *out = (enum cash_difference_kind)i, STATUS_FINE;
	return status_make(STATUS_INVALID, "What is missing is a discount, a fee or a rounding, not “%s”.", code);
}

static struct status line_amount(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t line_id, int64_t *out)
{
	bool found = false;
	TRY(db_get_int(db, "SELECT amount FROM bank_line WHERE tenant_id = $tenant AND company_id = $company AND id = $id AND present = 1",
	               DB_ARGS(db_int("tenant", viewer->tenant_id), db_int("company", company_id), db_int("id", line_id)), out, &found));
	return found ? STATUS_FINE : status_make(STATUS_NOT_FOUND, "There is no bank line %lld.", (long long)line_id);
}

/* Of money that goes out: a credit of his is paid back, an item that was settled is open again. */
static int64_t take_back(const struct item *item, int64_t wish, int64_t left)
{
	int64_t most = item->amount < 0 ? -item->open : item->amount - item->open;
	int64_t take = wish ? (wish < 0 ? -wish : wish) : most < left ? most : left;
	return -take;
}

struct status cash_fill(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t line_id, const struct cash_wish *wishes,
                        size_t count, const char *difference, struct arena *arena, struct cash_filled *out)
{
	int64_t amount = 0;
	enum cash_difference_kind kind = CASH_ROUNDING;
	*out = (struct cash_filled){ 0 };
	TRY(line_amount(db, viewer, company_id, line_id, &amount));
	if (difference && *difference) TRY(difference_kind(difference, &kind));
	out->parts = arena_array(arena, struct cash_part, count + 1);
	out->differences = arena_array(arena, struct cash_difference, 1);
	struct item *items = arena_array(arena, struct item, count + 1);
	int64_t left = amount < 0 ? -amount : amount;
	for (size_t i = 0; i < count; i++) {
		TRY(item_get(db, viewer, company_id, wishes[i].item_id, &items[i]));
		int64_t wish = wishes[i].amount;
		if (amount > 0 && items[i].open == 0) return status_make(STATUS_CONFLICT, "Nothing is open on %s any more.", items[i].number);
		int64_t part = amount < 0 ? take_back(&items[i], wish, left) : items[i].open < 0 ? wish ? (wish < 0 ? wish : -wish) : items[i].open : 0;
		out->parts[i] = (struct cash_part){ items[i].id, items[i].customer_id, part };
		left -= amount < 0 ? -part : part;
	}
	size_t last = count;
	for (size_t i = 0; i < count && amount > 0; i++) {
		if (items[i].open <= 0) continue;
		int64_t wish = wishes[i].amount, most = items[i].open < left ? items[i].open : left;
		out->parts[i].amount = wish ? wish : most;
		left -= out->parts[i].amount;
		last = i;
	}
	if (difference && *difference && last < count && out->parts[last].amount < items[last].open && left <= 0) {
		int64_t missing = items[last].open - out->parts[last].amount;
		out->parts[last].amount = items[last].open;
		out->differences[out->difference_count++] = (struct cash_difference){ kind, items[last].id, -missing };
	}
	for (size_t i = 0; i < count; i++) /* those the money did not reach */
		if (out->parts[i].amount) out->parts[out->part_count++] = out->parts[i];
	return STATUS_FINE;
}
