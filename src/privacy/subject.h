/* subject — a person whose data is looked for: a customer (sole trader, consumer), a contact wherever he is one, somebody who answered
 * without being one, a colleague's account.
 *
 * A customer is one with all who were merged into him. A contact is every contact of the company with his address, removed ones too. What
 * names the person in words (mask) is gathered from all that is known of him.
 */
#ifndef PRIVACY_SUBJECT_H
#define PRIVACY_SUBJECT_H

#include "ledger/company.h"
#include "privacy/mask.h"

enum subject_kind { SUBJECT_CUSTOMER, SUBJECT_CONTACT, SUBJECT_ANSWER /* by one of his answers */, SUBJECT_USER };
const char *subject_code(enum subject_kind kind); /* "customer" */
bool subject_parse(const char *code, enum subject_kind *out);

struct subject_contact {
	int64_t id, customer_id;
	const char *name, *email, *phone;
};
struct subject {
	enum subject_kind kind;
	int64_t id;                /* of a customer: the one who stays */
	const char *name;          /* as people know him */
	const char *code;          /* the customer's; of a contact the first one's; "" */
	const char *email, *phone;
	int64_t *customers;        /* whose rows are looked at, the merged ones too */
	size_t customer_count;
	struct subject_contact *contacts; /* a customer's, or the contact itself, at each customer; id 0: who answered */
	size_t contact_count;
	struct mask *mask;         /* freed by subject_free */
	bool legal_person;         /* a customer who is a company or a public body: no person's data but its contacts' */
	bool disabled;             /* an account */
};
/* STATUS_NOT_FOUND also when the viewer does not see him; STATUS_FORBIDDEN without RIGHT_PERSONAL (an account: RIGHT_USERS too). */
struct status subject_load(struct db *db, const struct viewer *viewer, int64_t company_id, enum subject_kind kind, int64_t id, struct arena *arena,
                           struct subject *out);
void subject_free(struct subject *subject);

/* Words searched for a person: "C00012", "anne@ex.fr", an account's address. STATUS_NOT_FOUND. */
struct status subject_find(struct db *db, const struct viewer *viewer, int64_t company_id, const char *words, struct arena *arena, enum subject_kind *kind,
                           int64_t *id);

#endif
