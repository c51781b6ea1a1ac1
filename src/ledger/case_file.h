/* case_file — claims handed over: to an agency, a lawyer, a commissaire de justice, or brought before a court by ourselves.
 *
 * While a file is open our own reminders leave its items alone (a hold each, lifted when it closes). The figures are those of the
 * day it was opened; what came in since is read from the items. Amounts are minor units.
 */
#ifndef LEDGER_CASE_FILE_H
#define LEDGER_CASE_FILE_H

#include "ledger/company.h"

extern const struct case_route {
	const char *code, *label; /* English msgid */
	const char *first_step;   /* what is due once it begins (is sent; of an order for payment: is made), and in how many months; NULL: nothing known */
	int months;
	int32_t since;            /* months that the law gives from this day on; months_before: what it gave until then. 0: always */
	int months_before;
	int64_t most;             /* principal and interest together, EUR minor units; 0: no limit */
} case_routes[];                  /* { 0 } at the end */
extern const struct case_stage {
	const char *code, *label;
} case_stages[];                  /* prepared … closed, in their usual order; { 0 } at the end */
extern const struct case_stage case_outcomes[];
const struct case_route *case_route_find(const char *code); /* NULL */
/* The law's own deadline of a way that began on that day; DAY_NONE: none. Pure. */
int32_t case_route_deadline(const struct case_route *route, int32_t begun);

struct case_file {
	int64_t id, customer_id, principal, interest, fee, costs, recovered /* of its items, since it was opened */, open, by_user, at, rev;
	const char *customer_code, *customer_name, *route, *partner, *partner_email, *reference, *stage, *deadline_text, *outcome, *bundle_head;
	char currency[4];
	int32_t opened_day, deadline_day, closed_day; /* DAY_NONE: none */
	bool bundled;
};
struct case_file_item {
	int64_t item_id, open_then;
};
struct case_file_new {
	int64_t customer_id;
	const char *route, *partner, *partner_email, *currency;
	const int64_t *items; /* overdue, of one currency, not in another open file */
	size_t item_count;
	int64_t interest, fee;
	const char **wrong;   /* NULL, or told which part was refused, by its name in the API: route partner email items */
};
/* Wants RIGHT_SCENARIO (it ends the amicable stage). */
struct status case_file_open(struct change *change, const struct case_file_new *file, int64_t *id);
struct case_file_step {
	const char *stage;      /* NULL: as it is; "closed" is case_file_close's */
	const char *reference, *partner, *note; /* NULL: as they are */
	int32_t deadline_day;   /* DAY_NONE: none */
	const char *deadline_text;
	bool deadline_given;
	int64_t cost;           /* to add; may be negative to correct, never below 0 in all */
	const char **wrong;     /* NULL, or told which part was refused: stage reference partner note deadline_text cost */
};
struct status case_file_step(struct change *change, int64_t id, const struct case_file_step *step);
struct status case_file_close(struct change *change, int64_t id, const char *outcome, const char *note);
/* A bundle was made: its SHA-256 and the chain's head that it holds go into the chain. */
struct status case_file_bundled(struct change *change, int64_t id, const unsigned char digest[static 32], const char *head);

/* The viewer's portfolio; customer_id 0: all; open only, or all. Newest first. */
struct status case_file_list(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t customer_id, bool open_only,
                             struct arena *arena, struct case_file **out, size_t *count);
struct status case_file_get(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t id, struct arena *arena, struct case_file *out);
struct status case_file_items(struct db *db, int64_t tenant, int64_t company, int64_t id, struct arena *arena, struct case_file_item **out, size_t *count);

#endif
