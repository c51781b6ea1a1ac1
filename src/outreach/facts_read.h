/* facts_read — the parts of the facts that come from items and history: only for facts.c. */
#ifndef OUTREACH_FACTS_READ_H
#define OUTREACH_FACTS_READ_H

#include "ledger/customer.h"
#include "outreach/compose.h"

/* Everything open of a customer in one currency, posted by today, as PLAN_STATEMENT; items assigned with notice are left out
 * (*ceded). `room` more entries are kept free at the end. */
struct status facts_open_items(struct db *db, const struct company *company, int64_t customer_id, const char *currency, int32_t today,
                                size_t room, struct arena *arena, struct compose_item **out, size_t *count, bool *ceded);
/* Days of our earlier messages about what the action claims; or of any message to the customer. */
struct status facts_contacts(struct db *db, const struct company *company, int64_t action_id, bool test, int32_t today,
                              struct arena *arena, struct compose_facts *facts);
struct status facts_customer_contacts(struct db *db, const struct company *company, int32_t today, struct arena *arena,
                                       struct compose_facts *facts);
/* Orders and deliveries that the claimed items name. */
struct status facts_references(struct db *db, const struct company *company, struct arena *arena, struct compose_facts *facts);
/* The PDFs that imports brought of what is claimed: all of them when they are few and light enough for one mail, else none. */
struct status facts_invoices(struct db *db, const struct company *company, int64_t most, struct arena *arena, struct compose_facts *facts);
/* The customer's last promise: a broken one, or the one expected. */
struct status facts_promise(struct db *db, const struct company *company, bool broken, struct arena *arena, struct compose_facts *facts);
/* The presentation of one of the claimed items that came back last: its amount, day, the reason where it may be written, and when it
 * can be presented again. */
struct status facts_returned(struct db *db, const struct company *company, const struct settings *settings, struct compose_facts *facts);
struct status facts_dispute(struct db *db, const struct company *company, struct arena *arena, struct compose_facts *facts);
struct status facts_last_payment(struct db *db, const struct company *company, struct arena *arena, struct compose_facts *facts);
/* Interest and fee of each claimed item, and whether they are claimed at all: from the step firm on, settings allowing, and only when
 * the debtor's class is known (reference/law.md section 1). */
struct status facts_interest(struct db *db, const struct company *company, const struct settings *settings, struct arena *arena,
                              struct compose_facts *facts);

/* Fields of the company's own: the customer's values, and those of the items claimed, each once. */
struct status facts_fields(struct db *db, const struct company *company, struct arena *arena, struct compose_facts *facts);

#endif
