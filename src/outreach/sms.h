/* sms — text messages: their length as networks count it, numbers they can go to, and numbers that want no more of them.
 *
 *     struct sms_size size = sms_measure("Brévent : facture …");        GSM-7, 1 part of 160; or UCS-2, parts of 70
 *     TRY(sms_find(db, &company, customer_id, arena, &phone, &reason));  a contact's mobile that did not say STOP
 */
#ifndef OUTREACH_SMS_H
#define OUTREACH_SMS_H

#include "ledger/company.h"
#include "outreach/compose.h"

enum { SMS_PARTS_MAX = 6 };
struct sms_size {
	bool gsm;      /* GSM 7-bit alphabet; else UCS-2 */
	int units;     /* septets, or UTF-16 units */
	int parts;
};
struct sms_size sms_measure(const char *text); /* pure */
/* Signs that would make the message cost more and have a plain twin (no-break spaces, curly quotes, dashes) become it; lines become one. */
void sms_tidy(const char *text, struct text *out);
/* "06 12 34 56 78" in FR becomes "+33612345678". False when it is no number that text messages reach (in France: 06, 07). Pure. */
bool sms_phone(const char *phone, const char *country, char *out, size_t size);

/* The number to write to: a contact's, main one first, else the customer's. phone "" and *reason "no_phone" or "suppressed" without one. */
struct sms_recipient {
	const char *phone, *name, *reason;
	int64_t contact_id;
	char language[LANGUAGE_TAG];
	enum lang lang;
};
struct status sms_find(struct db *db, const struct viewer *viewer, const struct company *company, int64_t customer_id, struct arena *arena,
                       struct sms_recipient *out);
/* STATUS_CONFLICT when the number said STOP. */
struct status sms_check(struct db *db, int64_t tenant, const char *phone);
/* A number wants no more text messages: tenant-wide, with the event sms.stopped for the customers it belongs to. Idempotent. */
struct status sms_stop(struct change *change, const char *phone, const char *reason);
struct status sms_allow(struct change *change, const char *phone);
/* "STOP", "Arrêt", "stop sms"… */
bool sms_says_stop(const char *text);

/* The text of a message: one line, tidied, with its size; refused beyond SMS_PARTS_MAX. */
struct status sms_compose(const struct compose_facts *facts, const struct template_text *text, struct arena *arena, struct message *out,
                          struct sms_size *size);

#endif
