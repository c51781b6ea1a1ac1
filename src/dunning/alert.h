/* alert — what deserves a look today by the company's own rules (settings alert.…): a big item that has just become overdue, a credit
 * limit breached, a promise just broken. It asks nothing of the customer and changes no plan.
 *
 *     TRY(alert_list(db, viewer, company_id, book, selected, settings, today, arena, &alerts, &count));     the most at stake first
 */
#ifndef DUNNING_ALERT_H
#define DUNNING_ALERT_H

#include "access/viewer.h"
#include "book/book.h"
#include "ledger/setting.h"

enum alert_kind { ALERT_BIG_ITEM, ALERT_LIMIT, ALERT_PROMISE, ALERT_KIND_COUNT };
const char *alert_kind_code(enum alert_kind kind);
const char *alert_kind_label(enum alert_kind kind); /* English msgid */

struct alert {
	enum alert_kind kind;
	int64_t customer_id, item_id /* 0: none */, amount, limit; /* limit: breached by amount - limit */
	const char *number;   /* of the item, "" */
	char currency[4];
	int32_t day;          /* due day of the item, promised day; DAY_NONE */
};
struct status alert_list(struct db *db, const struct viewer *viewer, int64_t company_id, const struct book *book, const uint8_t *selected,
                         const struct settings *settings, const char *currency, int32_t today, struct arena *arena, struct alert **out, size_t *count);

#endif
