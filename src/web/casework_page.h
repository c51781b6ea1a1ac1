/* casework_page — what the screens of disputes, promises, plans and holds share. */
#ifndef WEB_CASEWORK_PAGE_H
#define WEB_CASEWORK_PAGE_H

#include "ledger/dispute_case.h"
#include "web/web.h"

extern const struct route disputes_routes[], dispute_routes[], promises_routes[], plans_routes[], holds_routes[];

/* The tabs over these screens, with one on: "disputes", "promises", "plans", "holds". */
void casework_tabs(struct request *request, const char *on);
/* Colleagues with an account: [{ id, name, on }]. */
json_t *casework_people(struct request *request, int64_t chosen);
/* A case as the board and its page show it: { id, number, customer, name, kind, label, icon, blockage, state, state_label, note, amount,
 * currency, items: [{ id, number }], owner, opened_on, due_on, credit_on, credit_amount, proposed, clock: { tone, code, days } }. */
json_t *dispute_row(const struct request *request, const struct dispute_case *one);

struct payment_plan;
json_t *plan_row(const struct request *request, const struct payment_plan *plan);

#endif
