/* facts — what compose needs to know, read from the store for one action or one customer. */
#ifndef OUTREACH_FACTS_H
#define OUTREACH_FACTS_H

#include "dunning/action.h"
#include "outreach/compose.h"

/* Who a message goes to: a contact of the role first wanted (billing, then manager, then any), the customer's general address
 * only without one; never one that bounced, was removed or is suppressed (reference/pitfalls.md 44, 45). */
struct recipient {
	int64_t contact_id;      /* 0: the customer's general address */
	const char *name, *email;
	char language[LANGUAGE_TAG]; /* the contact's, else the customer's, else by country (letters.md section 9) */
	enum lang lang;          /* whose words, dates and amounts it takes (setting_words) */
	const char *reason;      /* why there is none: "no_contact", "suppressed"; NULL when email is usable */
};
struct status recipient_find(struct db *db, int64_t tenant, int64_t company, int64_t customer_id, int64_t wanted_contact,
                             struct arena *arena, struct recipient *out);
/* STATUS_CONFLICT when the address is suppressed or bounced. */
struct status recipient_check(struct db *db, int64_t tenant, int64_t company, const char *email);

/* Who reads it: the language of the text, and whose labels, dates and amounts stand in it. */
void facts_language(struct compose_facts *facts, const char *language, enum lang words);
/* The text of that code for these facts (template_load). */
struct status facts_text(struct db *db, const struct company *company, const struct compose_facts *facts, const char *code, struct arena *arena,
                         struct template_text *out);
struct status facts_of_action(struct db *db, const struct viewer *viewer, const struct company *company,
                              const struct settings *settings, int64_t action_id, int32_t today, struct arena *arena,
                              struct compose_facts *out, struct action **action);
/* What goes with a mail of facts->template, and which of the invoices. */
struct status facts_files(struct db *db, const struct company *company, const struct settings *settings, struct arena *arena, struct compose_facts *facts);
/* The same for an action that is not made yet (id 0): a preview. */
struct status facts_of_proposed(struct db *db, const struct viewer *viewer, const struct company *company,
                                const struct settings *settings, const struct action *action, int32_t today, struct arena *arena,
                                struct compose_facts *out);
/* The promise that is expected now, whatever was broken before it. */
struct status facts_promised(struct db *db, const struct company *company, struct arena *arena, struct compose_facts *facts);
/* As if that text were sent to that customer today: his overdue items (all open ones before the due date). For previews. */
struct status facts_of_customer(struct db *db, const struct viewer *viewer, const struct company *company,
                                const struct settings *settings, const char *code, const char *template, int32_t today,
                                struct arena *arena, struct compose_facts *out);
/* Customers worth trying a text on: those with most overdue, then the others with something open. */
struct facts_customer {
	const char *code, *name;
};
struct status facts_customers(struct db *db, const struct viewer *viewer, int64_t company_id, int32_t today, size_t limit,
                              struct arena *arena, struct facts_customer **out, size_t *count);

#endif
