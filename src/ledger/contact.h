/* contact — a person at a customer's, with an address that may have failed. */
#ifndef LEDGER_CONTACT_H
#define LEDGER_CONTACT_H

#include "ledger/customer.h"

struct contact {
	int64_t id, customer_id, bounced_at /* 0: its address works, as far as is known */, rev;
	const char *name, *email, *phone, *role, *language; /* role: billing manager buyer other; language: fr, en, de… or "" */
	bool main, suppressed; /* suppressed: the address is never to be used, whoever has it */
};
struct contact_new {
	const char *name, *email, *phone, *role, *language; /* NULL: "", role billing */
	bool main;
};
/* Main one first, then by role billing, manager, buyer, other, then id. */
struct status contact_list(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t customer_id,
                           struct arena *arena, struct contact **out, size_t *count);
struct status contact_get(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t id, struct arena *arena,
                          struct contact *out);
/* The first contact of a customer is his main one. The same address twice at one customer is STATUS_CONFLICT. */
struct status contact_add(struct change *change, int64_t customer_id, const struct contact_new *contact, int64_t *id);
/* NULL leaves a field; a new address is taken to work. */
struct status contact_set(struct change *change, int64_t id, const struct contact_new *contact);
struct status contact_remove(struct change *change, int64_t id);
/* The address failed for good, or works again. */
struct status contact_bounced(struct change *change, int64_t id, bool bounced);

/* Addresses never to be used again, tenant-wide: bounce, request, complaint. Lower-cased by both. */
struct status suppression_add(struct db *db, int64_t tenant, const char *address, const char *reason, int64_t now);
struct status suppression_remove(struct db *db, int64_t tenant, const char *address, const char *reason /* NULL: any */);
struct status suppression_find(struct db *db, int64_t tenant, const char *address, bool *suppressed);

#endif
