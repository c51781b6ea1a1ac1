#include "dunning/alert.h"

#include "base/day.h"
#include "base/memory.h"
#include "ledger/instrument_risk.h"

#include <stdlib.h>

static const struct {
	const char *code, *label;
} kinds[ALERT_KIND_COUNT] = {
	[ALERT_BIG_ITEM] = { "big_item", "Big item newly overdue" },
	[ALERT_LIMIT] = { "limit", "Credit limit breached" },
	[ALERT_PROMISE] = { "promise", "Promise broken" },
};

const char *alert_kind_code(enum alert_kind kind)
{
	return kinds[kind].code;
}

const char *alert_kind_label(enum alert_kind kind)
{
	return kinds[kind].label;
}

struct finding {
	struct alert *list;
	size_t count, cap;
	struct arena *arena;
};

static void add(struct finding *finding, struct alert alert)
{
	GROW(finding->list, finding->count, finding->cap);
	finding->list[finding->count++] = alert;
}

static int by_amount(const void *a, const void *b)
{
	const struct alert *x = a, *y = b;
	int64_t left = x->amount - x->limit, right = y->amount - y->limit;
	if (left != right) return left > right ? -1 : 1;
	return x->customer_id < y->customer_id ? -1 : x->customer_id > y->customer_id;
}

/* From the book: one pass over what is open. */
static struct status look_at_items(struct finding *finding, struct db *db, const struct viewer *viewer, int64_t company_id, const struct book *book, const uint8_t *selected, const struct settings *settings,
                          const char *currency, int32_t today)
{
	int64_t big = setting_int(settings, "alert.big_item"), days = setting_int(settings, "alert.days");
	bool limits = setting_bool(settings, "alert.limit");
	struct instrument_risk *risks = NULL;
	size_t risk_count = 0;
	if (!big && !limits) return STATUS_FINE;
	if (limits) TRY(instrument_risks(db, viewer, company_id, currency, 0, today, finding->arena, &risks, &risk_count));
	struct book_opens *opens = book_opens(book, today);
	size_t customers = book_customers(book);
	for (size_t c = 0; c < customers; c++) {
		if (selected && !selected[c]) continue;
		struct book_customer who = book_customer(book, c);
		if (strcmp(who.generic, "accepted") == 0) continue;
		const struct book_open *rows;
		size_t count = book_opens_of(opens, c, currency, &rows);
		int64_t outstanding = 0;
		for (size_t i = 0; i < count; i++) {
			outstanding += rows[i].open;
			if (!big || rows[i].open < big || rows[i].due_day >= today || rows[i].due_day < today - days) continue;
			struct alert alert = { .kind = ALERT_BIG_ITEM, .customer_id = who.id, .item_id = rows[i].id, .amount = rows[i].open, .day = rows[i].due_day };
			struct book_item item = book_item(book, rows[i].index, BOOK_FACTS);
			alert.number = arena_strdup(finding->arena, item.number);
			snprintf(alert.currency, sizeof alert.currency, "%s", currency);
			add(finding, alert);
		}
		outstanding += instrument_risk_find(risks, risk_count, who.id); /* what the bank may give back is owed all the same */
		if (!limits || who.credit_limit < 0 || outstanding <= who.credit_limit) continue;
		struct alert alert = { .kind = ALERT_LIMIT, .customer_id = who.id, .amount = outstanding, .limit = who.credit_limit, .number = "", .day = DAY_NONE };
		snprintf(alert.currency, sizeof alert.currency, "%s", currency);
		add(finding, alert);
	}
	book_opens_free(opens);
	return STATUS_FINE;
}

static struct status look_at_promises(struct finding *finding, struct db *db, const struct viewer *viewer, int64_t company_id,
                                      const struct settings *settings, int32_t today)
{
	if (!setting_bool(settings, "alert.promise")) return STATUS_FINE;
	cleanup_rows struct rows *rows = db_query(db,
	        "SELECT p.customer_id, p.amount, p.currency, p.day, c.collector_id, c.sales_id, c.group_code FROM promise p JOIN customer c "
	        "ON c.tenant_id = p.tenant_id AND c.company_id = p.company_id AND c.id = p.customer_id WHERE p.tenant_id = $tenant "
	        "AND p.company_id = $company AND p.state IN ('broken', 'partly_kept') AND p.settled_day > $since AND p.settled_day <= $today ORDER BY p.id",
	        DB_ARGS(db_int("tenant", viewer->tenant_id), db_int("company", company_id), db_day("today", today),
	                db_day("since", today - (int32_t)setting_int(settings, "alert.days"))));
	while (rows_next(rows)) {
		if (!viewer_sees_customer(viewer, row_int(rows, 4), row_int(rows, 5), row_text(rows, 6))) continue;
		struct alert alert = { .kind = ALERT_PROMISE, .customer_id = row_int(rows, 0), .amount = row_int(rows, 1), .number = "", .day = row_day(rows, 3) };
		snprintf(alert.currency, sizeof alert.currency, "%s", row_text(rows, 2));
		add(finding, alert);
	}
	return rows_status(rows);
}

struct status alert_list(struct db *db, const struct viewer *viewer, int64_t company_id, const struct book *book, const uint8_t *selected,
                         const struct settings *settings, const char *currency, int32_t today, struct arena *arena, struct alert **out, size_t *count)
{
	*out = NULL, *count = 0;
	if (!viewer_sees_company(viewer, company_id)) return STATUS_FINE;
	struct finding finding = { .arena = arena };
	struct status status = look_at_items(&finding, db, viewer, company_id, book, selected, settings, currency, today);
	if (!status.code) status = look_at_promises(&finding, db, viewer, company_id, settings, today);
	if (finding.count) qsort(finding.list, finding.count, sizeof *finding.list, by_amount);
	*out = arena_array(arena, struct alert, finding.count + 1);
	if (finding.count) memcpy(*out, finding.list, finding.count * sizeof *finding.list);
	*count = finding.count;
	free(finding.list);
	return status;
}
