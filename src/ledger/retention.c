#include "ledger/retention.h"

#include "base/day.h"
#include "base/memory.h"
#include "base/text.h"
#include "ledger/event.h"
#include "ledger/hold.h"
#include "ledger/projection_store.h"
#include "ledger/together.h"

#include <stdlib.h>
#include <string.h>

#define OF_COMPANY(change) db_int("tenant", (change)->company.tenant_id), db_int("company", (change)->company.id)

bool retention_too_much(const struct retention *one)
{
	enum { MOST_PERCENT = 5 };
	return one->of_amount > 0 && (__int128)one->amount * 100 > (__int128)one->of_amount * MOST_PERCENT;
}

int32_t retention_due(int32_t accepted_day) { return day_add_months(accepted_day, 12); }

struct status retention_list(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t customer_id, struct arena *arena, struct retention **out,
                             size_t *count)
{
	*out = arena_array(arena, struct retention, 1), *count = 0;
	if (!viewer_sees_company(viewer, company_id)) return status_make(STATUS_NOT_FOUND, "There is no such company.");
	struct retention *list = NULL;
	size_t cap = 0;
	cleanup_rows struct rows *rows = db_query(db,
		"SELECT i.id, i.customer_id, i.amount, i.open_amount, i.number, c.code, c.name, i.currency, i.posting_day, i.due_day, i.due_source, r.accepted_day,"
		" COALESCE(r.guarantee, ''), r.guarantee_day, r.opposed_day, COALESCE(r.opposed_why, ''), r.claimed_day, r.tasked_day, c.collector_id, c.sales_id, c.group_code, COALESCE(o.amount, 0)"
		" FROM item i LEFT JOIN item o ON o.tenant_id = i.tenant_id AND o.company_id = i.company_id AND o.id = i.origin_id AND i.origin_id <> 0 JOIN customer c ON c.tenant_id = i.tenant_id AND c.company_id = i.company_id AND c.id = i.customer_id LEFT JOIN retention r"
		" ON r.tenant_id = i.tenant_id AND r.company_id = i.company_id AND r.item_id = i.id WHERE i.tenant_id = $tenant AND i.company_id = $company"
		" AND (CAST($customer AS BIGINT) = 0 OR i.customer_id = $customer) AND i.kind = 'retention' AND i.open_amount > 0 AND i.withdrawn = 0"
		" ORDER BY CASE WHEN i.due_source = 'retention' THEN 1 ELSE 0 END, i.due_day, i.id",
		DB_ARGS(db_int("tenant", viewer->tenant_id), db_int("company", company_id), db_int("customer", customer_id)));
	while (rows_next(rows)) {
		if (!viewer_sees_customer(viewer, row_int(rows, 18), row_int(rows, 19), row_text(rows, 20))) continue;
		GROW(list, *count, cap);
		struct retention *one = &list[(*count)++];
		*one = (struct retention){ .item_id = row_int(rows, 0), .customer_id = row_int(rows, 1), .amount = row_int(rows, 2), .open = row_int(rows, 3),
			.number = arena_strdup(arena, row_text(rows, 4)), .customer_code = arena_strdup(arena, row_text(rows, 5)), .customer_name = arena_strdup(arena, row_text(rows, 6)),
			.posting_day = row_day(rows, 8), .due_day = row_day(rows, 9), .known = strcmp(row_text(rows, 10), "retention") != 0, .accepted_day = row_day(rows, 11),
			.guarantee = arena_strdup(arena, row_text(rows, 12)), .guarantee_day = row_day(rows, 13), .opposed_day = row_day(rows, 14),
			.opposed_why = arena_strdup(arena, row_text(rows, 15)), .claimed_day = row_day(rows, 16), .tasked_day = row_day(rows, 17), .of_amount = row_int(rows, 21) };
		snprintf(one->currency, sizeof one->currency, "%s", row_text(rows, 7));
	}
	struct retention *kept = arena_array(arena, struct retention, *count + 1);
	if (*count) memcpy(kept, list, *count * sizeof *list);
	free(list);
	*out = kept;
	return rows_status(rows);
}

/* --- writing --------------------------------------------------------------------------------------------------------------------------- */
static struct status get(struct change *change, int64_t item_id, struct item *out)
{
	TRY(change_allows(change, RIGHT_COLLECT));
	TRY(item_get(change->db, change->viewer, change->company.id, item_id, out));
	if (strcmp(out->kind, "retention") != 0) return status_make(STATUS_INVALID, "%s is no retention (account 4117).", out->number);
	if (out->open <= 0) return status_make(STATUS_CONFLICT, "Nothing is open on %s any more.", out->number);
	return db_run(change->db,
	              "INSERT INTO retention (tenant_id, company_id, item_id, by_user, rev) VALUES ($tenant, $company, $item, $by, $rev) ON CONFLICT DO NOTHING",
	              DB_ARGS(OF_COMPANY(change), db_int("item", item_id), db_int("by", change->viewer->user_id), db_int("rev", change->rev)));
}

static struct status set_due(struct change *change, const struct item *item, int32_t due)
{
	TRY(db_run(change->db, "DELETE FROM platform_due WHERE tenant_id = $tenant AND company_id = $company AND item_id = $item",
	           DB_ARGS(OF_COMPANY(change), db_int("item", item->id))));
	TRY(db_run(change->db, "INSERT INTO platform_due (tenant_id, company_id, item_id, due_day) VALUES ($tenant, $company, $item, $due)",
	           DB_ARGS(OF_COMPANY(change), db_int("item", item->id), db_day("due", due))));
	return projection_refresh(change, &item->customer_id, 1);
}

static struct status tell(struct change *change, const struct item *item, const char *kind, int32_t day, const char *text)
{
	char iso[11] = "";
	if (day != DAY_NONE) day_format(day, iso);
	return event_add_json(change, (struct event_new){ .kind = kind, .customer_id = item->customer_id, .ref = item->id },
	                      json_pack("{s:I,s:s,s:s,s:s,s:[s]}", "amount", (json_int_t)item->open, "currency", item->currency, "date", iso, "text", text, "items", item->number));
}

static struct status check_words(const char *words)
{
	if (strlen(words) > 500 || !utf8_valid(words, strlen(words))) return status_make(STATUS_INVALID, "This text is too long, or not readable: at most %d characters.", 500);
	return STATUS_FINE;
}

struct status retention_accept(struct change *change, int64_t item_id, int32_t day)
{
	struct item item;
	TRY(get(change, item_id, &item));
	if (day == DAY_NONE || day > change->today || day < change->today - 3650) return status_make(STATUS_INVALID, "Give the day of the acceptance: today or before, within ten years.");
	TRY(db_run(change->db, "UPDATE retention SET accepted_day = $day, tasked_day = NULL, rev = $rev WHERE tenant_id = $tenant AND company_id = $company AND item_id = $item",
	           DB_ARGS(db_day("day", day), db_int("rev", change->rev), OF_COMPANY(change), db_int("item", item_id))));
	TRY(set_due(change, &item, retention_due(day)));
	return tell(change, &item, "retention.accepted", day, "");
}

struct status retention_guarantee(struct change *change, int64_t item_id, int32_t day, const char *which)
{
	struct item item;
	which = which ? which : "";
	TRY(check_words(which));
	TRY(get(change, item_id, &item));
	if (!*which) return status_make(STATUS_INVALID, "Say which guarantee: the bank, its number.");
	if (day == DAY_NONE || day > change->today || day < item.posting_day) return status_make(STATUS_INVALID, "The guarantee was given between the day of the retention and today.");
	TRY(db_run(change->db, "UPDATE retention SET guarantee = $which, guarantee_day = $day, rev = $rev WHERE tenant_id = $tenant AND company_id = $company AND item_id = $item",
	           DB_ARGS(db_text("which", which), db_day("day", day), db_int("rev", change->rev), OF_COMPANY(change), db_int("item", item_id))));
	TRY(set_due(change, &item, day));
	return tell(change, &item, "retention.guaranteed", day, which);
}

struct status retention_oppose(struct change *change, int64_t item_id, int32_t day, const char *why)
{
	struct item item;
	int64_t hold, accepted = 0;
	bool known = false;
	why = why ? why : "";
	TRY(check_words(why));
	TRY(get(change, item_id, &item));
	if (!*why) return status_make(STATUS_INVALID, "An opposition gives its reasons: write them down.");
	if (day == DAY_NONE || day > change->today || day < item.posting_day) return status_make(STATUS_INVALID, "The opposition came between the day of the retention and today.");
	TRY(db_get_int(change->db, "SELECT accepted_day FROM retention WHERE tenant_id = $tenant AND company_id = $company AND item_id = $item AND accepted_day IS NOT NULL",
	               DB_ARGS(OF_COMPANY(change), db_int("item", item_id)), &accepted, &known));
	if (known && day > retention_due((int32_t)accepted)) return status_make(STATUS_CONFLICT, "An opposition after the year that follows the acceptance keeps nothing back.");
	TRY(db_run(change->db, "UPDATE retention SET opposed_day = $day, opposed_why = $why, rev = $rev WHERE tenant_id = $tenant AND company_id = $company AND item_id = $item",
	           DB_ARGS(db_day("day", day), db_text("why", why), db_int("rev", change->rev), OF_COMPANY(change), db_int("item", item_id))));
	TRY(hold_set(change, &(struct hold_new){ .item_id = item_id, .kind = HOLD_HOLD, .until_day = DAY_NONE, .reason = why }, &hold));
	return tell(change, &item, "retention.opposed", day, why);
}

struct status retention_claimed(struct change *change, int64_t item_id)
{
	struct item item;
	TRY(get(change, item_id, &item));
	TRY(db_run(change->db, "UPDATE retention SET claimed_day = $today, rev = $rev WHERE tenant_id = $tenant AND company_id = $company AND item_id = $item",
	           DB_ARGS(db_day("today", change->today), db_int("rev", change->rev), OF_COMPANY(change), db_int("item", item_id))));
	return tell(change, &item, "retention.claimed", change->today, "");
}

struct status retention_tasks(struct change *change, int64_t *changed)
{
	enum { BEFORE = 30 };
	cleanup_arena struct arena *arena = arena_new();
	struct retention *list;
	size_t count;
	*changed = 0;
	TRY(retention_list(change->db, change->viewer, change->company.id, 0, arena, &list, &count));
	for (size_t i = 0; i < count; i++) {
		const struct retention *one = &list[i];
		if (!one->known || one->tasked_day != DAY_NONE || one->opposed_day != DAY_NONE || change->today < one->due_day - BEFORE || change->today > one->due_day) continue;
		struct customer who;
		struct item item;
		int64_t task;
		TRY(get(change, one->item_id, &item));
		TRY(customer_get(change->db, change->viewer, change->company.id, one->customer_id, arena, &who));
		TRY(db_run(change->db, "UPDATE retention SET tasked_day = $today, rev = $rev WHERE tenant_id = $tenant AND company_id = $company AND item_id = $item",
		           DB_ARGS(db_day("today", change->today), db_int("rev", change->rev), OF_COMPANY(change), db_int("item", one->item_id))));
		char due[11];
		day_format(one->due_day, due);
		++*changed;
		if (!who.collector_id) continue; /* nobody in charge: the list of retentions shows it */
		struct status status = task_add(change, &(struct task_new){ .customer_id = one->customer_id, .owner_id = who.collector_id, .due_day = change->today,
		                                .text = arena_printf(arena, tr(lang_spoken(), "Retention %s is released on %s: ask for it."), one->number, due) }, &task);
		if (status.code && status.code != STATUS_INVALID && status.code != STATUS_NOT_FOUND && status.code != STATUS_FORBIDDEN) return status; /* whoever left gets no task */
	}
	return STATUS_FINE;
}
