/* preference — how a customer wants to be spoken to: not by telephone, at which hours, with whom in copy. What binds is kept by the
 * plan (a call becomes a mail, a mail becomes a letter), by text messages (none) and by mails (copies).
 *
 *     struct preference preference;
 *     TRY(preference_get(db, tenant, company, customer_id, arena, &preference)); */
#ifndef LEDGER_PREFERENCE_H
#define LEDGER_PREFERENCE_H

#include "ledger/company.h"

struct preference {
	bool no_phone, copy_sales, copy_collector;
	const char *hours, *note;     /* hours: "09:00-12:00"; "" none */
	const char *channel;          /* email letter sms: how he prefers to hear from us; "" or NULL: as the scenario says */
};
struct status preference_get(struct db *db, int64_t tenant, int64_t company, int64_t customer_id, struct arena *arena, struct preference *out);
/* STATUS_INVALID for hours that can't be read. Adds preference.changed. */
struct status preference_set(struct change *change, int64_t customer_id, const struct preference *preference);

/* Whether he may be telephoned at that minute of the civil day; "" at any. */
bool preference_open(const char *hours, int minutes);
/* Customers with hours of their own, by id. */
struct preference_hours {
	int64_t customer_id;
	const char *hours;
};
struct status preference_hours(struct db *db, int64_t tenant, int64_t company, struct arena *arena, struct preference_hours **out, size_t *count);

#endif
