/* limit_list — a credit insurer's limits from his list (CSV, text, workbook): customer by code or SIREN, amount, decision, from, until,
 * reference. Looked at first, then noted, all rows or none.
 *
 *     TRY(limit_list_look(db, viewer, &company, bytes, len, policy, today, lang, arena, &list));
 *     TRY(limit_list_make(&change, &list));
 *
 * A row that says what is in force already is left: the same list twice changes nothing. An amount below the one in force is a reduction;
 * no amount is a limit withdrawn. Without a day of its own a row holds from today: a list never reaches back by itself. */
#ifndef INTAKE_LIMIT_LIST_H
#define INTAKE_LIMIT_LIST_H

#include "standing/insurance.h"

enum { LIMIT_LIST_MOST = 20000 };

struct limit_row {
	int64_t line;
	const char *customer, *name, *problem; /* as the list names him; his name once found; in words, NULL: none */
	bool known;                            /* in force already */
	struct cover_decision_new new;         /* texts in the arena */
};
struct limit_list {
	struct limit_row *rows;
	size_t count, fresh, known, problems;
	char currency[4];
};
/* policy_id 0: the only one in force, unless the list has a column of policy numbers. */
struct status limit_list_look(struct db *db, const struct viewer *viewer, const struct company *company, const char *bytes, size_t len, int64_t policy_id, int32_t today,
                              enum lang lang, struct arena *arena, struct limit_list *out);
struct status limit_list_make(struct change *change, const struct limit_list *list);
/* "12 500,00", "12500", "12.500,50" in whole and decimal units; a mark before three digits groups. False when it is none. Pure. */
bool limit_amount(const char *text, const char *currency, int64_t *out);
/* 2025-03-01, 01/03/2025, 1.3.2025: the day first. Pure. */
bool limit_day(const char *text, int32_t *out);

#endif
