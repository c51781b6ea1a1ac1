/* assign — rules at import: who follows which scenario, who has which collector, group, terms, payer, tags. Pure.
 *
 * A rule has conditions on what is known of a customer and of his open items, and says what he gets. Rules stand in an order: the
 * first that says something of a field has it; tags of all that hold come together. A choice that a person made by hand stays,
 * unless the rule says "even over a choice made by hand".
 *
 *     struct assign_decision decisions[ASSIGN_DECISIONS];
 *     size_t count = assign_decide(rules, rule_count, &facts, decisions);
 *
 * assign_store.h keeps rules, finds what they would change, and changes it: at each import of those in the file, or on demand.
 */
#ifndef INTAKE_ASSIGN_H
#define INTAKE_ASSIGN_H

#include "ledger/custom.h"
#include "ledger/customer.h"

#include <jansson.h>

enum assign_op { ASSIGN_IS, ASSIGN_IS_NOT, ASSIGN_BEGINS, ASSIGN_HOLDS, ASSIGN_AT_LEAST, ASSIGN_AT_MOST, ASSIGN_KNOWN, ASSIGN_UNKNOWN, ASSIGN_OP_COUNT };
const char *assign_op_code(enum assign_op op);  /* "is", "is_not", "begins", "holds", "at_least", "at_most", "known", "unknown" */
bool assign_op_parse(const char *code, enum assign_op *out);
const char *assign_op_label(enum assign_op op); /* English msgid */

/* What conditions can ask of. "account", "currency" and a field of items hold when one of his open items is so. */
enum assign_shape { ASSIGN_TEXT, ASSIGN_NUMBER, ASSIGN_AMOUNT, ASSIGN_CHOICES };
struct assign_subject {
	const char *name, *label; /* "country"; English msgid */
	enum assign_shape shape;
	const char *choices;      /* "a|b", or NULL */
};
const struct assign_subject *assign_subjects(size_t *count);
const struct assign_subject *assign_subject(const char *name); /* NULL: none; fields of the company's own are not among them */
/* What rules can set, by the names of customer_set ("collector", "terms.days"…). */
const char *const *assign_targets(void);                       /* NULL-terminated */
bool assign_target_known(const char *name);                    /* also field.<code> */

enum { ASSIGN_CONDITIONS = 12, ASSIGN_OUTCOMES = 12, ASSIGN_DECISIONS = 64, ASSIGN_RULES = 200 };
struct assign_condition {
	const char *subject;  /* a subject's name, or field.<code>, of customers or of items */
	enum assign_op op;
	const char *value;    /* several are separated by commas: one of them is enough; amounts in minor units */
	const struct custom_field *field; /* of field.<code>; NULL when there is none any more: holds nothing */
};
struct assign_rule {
	int64_t id, position;
	const char *name;
	bool enabled, any_of, over_hand;
	struct assign_condition *conditions;
	size_t condition_count;
	struct assign_outcome {
		const char *target, *value; /* as customer_set takes it; tags: those to add */
	} *outcomes;
	size_t outcome_count;
};

/* Texts that a customer has several of: accounts of his open items… */
struct assign_set {
	const char *const *texts;
	size_t count;
};
struct assign_facts {
	const struct customer *customer;
	int64_t outstanding, largest;   /* of open items in the company's currency, minor units */
	int64_t items;                  /* open ones */
	struct assign_set accounts, currencies;
	/* of fields of the company's own; NULL: nothing known */
	const char *(*value)(void *context, const struct custom_field *field);
	struct assign_set (*item_values)(void *context, const struct custom_field *field);
	void *context;
};
bool assign_holds(const struct assign_rule *rule, const struct assign_facts *facts);

struct assign_decision {
	const char *target, *value;
	const struct assign_rule *rule;
};
/* At most ASSIGN_DECISIONS, in the order of the rules; tags are decided once, the customer's and those added, or not at all. The
 * arena holds what is made. */
size_t assign_decide(const struct assign_rule *rules, size_t count, const struct assign_facts *facts, struct arena *arena,
                     struct assign_decision out[static ASSIGN_DECISIONS]);

/* "Country is FR and Outstanding at least 1 000,00 €" */
void assign_words(struct text *out, enum lang lang, const struct assign_rule *rule, const char *currency);

#endif
