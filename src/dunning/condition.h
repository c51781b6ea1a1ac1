/* condition — "only if": what a step, or a rule of profiles, asks of a customer. Pure.
 *
 * Conditions of one group must all hold; of several groups one is enough: (A and B) or C.
 *
 *     if (conditions_hold(step->conditions, step->condition_count, &facts)) …
 *
 * What is not known holds no condition but "is not": a customer without a score is neither above nor below 60. */
#ifndef DUNNING_CONDITION_H
#define DUNNING_CONDITION_H

#include "base/locale.h"
#include "base/status.h"
#include "base/text.h"
#include "ledger/custom.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum fact_kind {
	FACT_AMOUNT,          /* what the step would ask, minor units; of a profile: what is overdue */
	FACT_DAYS_LATE,       /* of the oldest item it claims */
	FACT_SCORE,           /* 0..100 */
	FACT_SCORE_CLASS,     /* A B C D; "" without a history */
	FACT_DEBTOR,          /* professional public consumer unknown */
	FACT_GROUP,           /* group code */
	FACT_LANGUAGE,        /* fr, en… */
	FACT_KEY_ACCOUNT,     /* yes, no */
	FACT_FIELD,           /* a field of the company's own, by its code */
	FACT_PROMISES_BROKEN, /* in twelve months */
	FACT_PROMISES_KEPT,
	FACT_DISPUTES,        /* opened in twelve months */
	FACT_ANSWERED,        /* yes, no: he wrote since our last message */
	FACT_AVERAGE_LATE,    /* days, over twelve months */
	FACT_HISTORY,         /* yes, no: he has settled something in twelve months */
	FACT_COUNT
};
enum compare { COMPARE_IS, COMPARE_IS_NOT, COMPARE_AT_LEAST, COMPARE_AT_MOST, COMPARE_COUNT };

const char *fact_code(enum fact_kind fact);   /* "amount" */
bool fact_parse(const char *code, enum fact_kind *out);
const char *fact_label(enum fact_kind fact);  /* English msgid */
bool fact_is_number(enum fact_kind fact);
bool fact_is_yes_no(enum fact_kind fact);
const char *compare_code(enum compare compare); /* "is" "is_not" "at_least" "at_most" */
bool compare_parse(const char *code, enum compare *out);
const char *compare_label(enum compare compare);

enum { CONDITIONS = 8 };
struct condition {
	enum fact_kind fact;
	enum compare compare;
	uint8_t group;        /* 0, 1…: see above */
	int64_t number;       /* of a number; minor units of an amount; yes 1, no 0 */
	char text[48];        /* of a text: several are separated by commas, one of them is enough */
	char field[40];       /* of FACT_FIELD: its code */
};

struct condition_field {
	const char *code, *value;
	const struct custom_field *field; /* how its values compare; NULL: as text */
};
struct condition_facts {
	int64_t amount;
	int32_t days_late;
	int score;            /* -1: unknown */
	char score_class;     /* 0: none */
	const char *debtor, *group, *language;
	bool key_account, answered, history;
	int promises_broken, promises_kept, disputes;
	int32_t average_late; /* INT32_MIN: unknown */
	const struct condition_field *fields;
	size_t field_count;
};

bool condition_holds(const struct condition *condition, const struct condition_facts *facts);
/* No condition: true. */
bool conditions_hold(const struct condition *list, size_t count, const struct condition_facts *facts);
/* "Score at most 60", "Amount asked at least 1 000,00 €" in the reader's language. */
void condition_words(struct text *out, enum lang lang, const struct condition *condition, const char *currency);
/* The whole: "Score at most 60 and Group is GMS, or Key account: yes". */
void conditions_words(struct text *out, enum lang lang, const struct condition *list, size_t count, const char *currency);

json_t *conditions_to_json(const struct condition *list, size_t count); /* new reference */
/* `where` names the step in what is said of a mistake. */
struct status conditions_from_json(const json_t *json, const char *where, struct condition list[static CONDITIONS], size_t *count);
/* From the parts of a form: texts as a person writes them; amounts in major units of the currency. STATUS_INVALID says what is wrong. */
struct status condition_read(const char *fact, const char *compare, const char *value, const char *field, const char *currency,
                             struct condition *out);
/* The value as the form shows it again. */
void condition_value(struct text *out, const struct condition *condition, const char *currency);

#endif
