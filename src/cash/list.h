/* list — bank lines with what is proposed for each, what was decided of them, and where the money stands: the list of the desk,
 * of `encours cash`, and of what is applied without a person.
 *
 *     struct cash_list list;
 *     TRY(cash_list(db, &viewer, company_id, today, &(struct cash_filter){ 0 }, arena, &list));
 *     json_t *json = cash_list_json(&list);                       contract section 4
 *
 * A line that the books hold already (a payment of that amount, about that day, settled) is proposed as what it is: nothing is
 * left to pay with it. Lines of items outside the viewer's portfolio are not shown.
 */
#ifndef CASH_LIST_H
#define CASH_LIST_H

#include "cash/apply.h"
#include "ledger/company.h"

#include <jansson.h>

enum cash_line_state { LINE_CERTAIN, LINE_PROPOSED, LINE_TIE, LINE_NONE, LINE_APPLIED, LINE_IGNORED, LINE_STATE_COUNT };
const char *cash_line_state_code(enum cash_line_state state); /* "certain": contract section 4 */
bool cash_line_state_parse(const char *code, enum cash_line_state *out);

struct cash_row_item {
	int64_t item_id, customer_id, amount, open; /* settled of it, its sign; reopened: negative */
	const char *number, *customer_code, *customer_name;
	int32_t due_day;
};
struct cash_choice { /* a proposal, ready to be decided */
	int64_t customer_id;
	const char *customer_code, *customer_name;
	struct cash_row_item *items;
	size_t item_count;
	const struct cash_difference *differences;
	size_t difference_count;
	int64_t remainder, fees;
	int64_t payment;        /* a return: what cash_return takes; 0 */
	double confidence;
	const char *const *reasons;
	size_t reason_count;
};
struct cash_row {
	int64_t id, amount, account_id, application_id;
	int32_t day, value_day, waiting_day;
	enum cash_line_state state;
	bool pending, returns, in_books, automatic;
	char currency[4];
	const char *account, *account_name, *kind, *text, *label, *payer, *payer_iban, *reason, *doubt, *decided_by, *reference;
	const char *return_words;
	int64_t decided_at;
	struct cash_choice *choices; /* [0] what is proposed, or what was decided */
	size_t choice_count;
};
struct cash_filter {
	const char *state;      /* a code, "open" for all that waits, NULL: all but what was only set aside as outgoing */
	int64_t line_id;        /* only this one, with its alternatives; 0 */
};
struct cash_sum {
	int64_t count, amount;  /* of lines that came in, of the company's currency */
};
enum { CASH_AGES = 4 }; /* of money not decided: up to 7 days, 30, 60, and older */
extern const int32_t cash_age_edges[CASH_AGES - 1];
struct cash_list {
	struct cash_row *rows;  /* newest first */
	size_t count;
	struct cash_sum sums[LINE_STATE_COUNT]; /* whatever the filter */
	struct cash_sum waiting;/* put aside by a person, not decided */
	struct cash_sum ages[CASH_AGES]; /* open lines that came in, by how long ago */
	int32_t today;
	int32_t waiting_since;  /* the oldest open line that came in; DAY_NONE */
	const char *currency;
};
struct status cash_list(struct db *db, const struct viewer *viewer, int64_t company_id, int32_t today, const struct cash_filter *filter,
                        struct arena *arena, struct cash_list *out);
json_t *cash_list_json(const struct cash_list *list); /* {"lines":[…]} and sums */
json_t *cash_row_json(const struct cash_row *row);
json_t *cash_choice_json(const struct cash_choice *choice);
json_t *cash_payers_json(const struct cash_payer *rows, size_t count);

/* Applies a proposal as it stands. */
struct status cash_apply_choice(struct change *change, const struct cash_row *row, const struct cash_choice *choice, bool automatic, bool teach);

/* --- the day ------------------------------------------------------------------------------------------------------------------- */
/* Applies all that is certain, each in a change of its own; one that has moved meanwhile is passed over. by_itself: only when the
 * company allows it. `ids` NULL: all, else only these. */
struct cash_day {
	int64_t applied, amount, refused;
};
struct status cash_apply_certain(struct store *store, const struct viewer *viewer, int64_t company_id, int32_t today, int64_t now, bool by_itself,
                                 const int64_t *ids, size_t id_count, struct cash_day *out);
/* Items that a line waits to pay, ascending: they are left out of reminders. A line that is only likely, or undecided between items of
 * one customer, holds them for 30 days. Cheap: kept until the company changes. */
struct status cash_pending(struct db *db, const struct company *company, int32_t today, struct arena *arena, int64_t **out, size_t *count);
/* Payments subject to collection on that day (a debit, bill or cheque that may come back), ascending: no thanks for them yet. */
struct status cash_uncollected(struct db *db, const struct company *company, int32_t today, struct arena *arena, int64_t **out, size_t *count);

#endif
