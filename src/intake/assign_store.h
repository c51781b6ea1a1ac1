/* assign_store — rules of assignment kept, what they would change, and changing it.
 *
 *     struct assign_plan plan;
 *     TRY(assign_preview(db, viewer, &company, NULL, 0, NULL, arena, &plan));          everybody, by the rules as they are kept
 *     TRY(assign_apply(&change, ids, count, &plan));                                   inside an import: those in the file
 */
#ifndef INTAKE_ASSIGN_STORE_H
#define INTAKE_ASSIGN_STORE_H

#include "intake/assign.h"

struct assign_rules {
	struct assign_rule *rows; /* in order */
	size_t count;
	struct custom_fields fields;
};
struct status assign_rules_load(struct db *db, int64_t tenant, int64_t company, struct arena *arena, struct assign_rules *out);
/* Checks names, values and conditions against what there is; id 0: a new one, at the end. */
struct status assign_rule_save(struct change *change, const struct assign_rule *rule, int64_t *id);
struct status assign_rule_remove(struct change *change, int64_t id);
/* One place up (by < 0) or down. */
struct status assign_rule_move(struct change *change, int64_t id, int by);
struct status assign_rule_check(struct change *change, const struct assign_rule *rule);

struct assign_change {
	int64_t customer_id;
	const char *code, *name, *target, *before, *after; /* as customer_set takes them */
	const struct assign_rule *rule;
};
struct assign_plan {
	struct assign_change *changes; /* by customer */
	size_t count, customers;       /* of whom something changes */
	size_t kept;                   /* changes that a choice by hand holds back */
	size_t *held;                  /* by rule: customers for whom it holds */
	struct assign_rules rules;
};
/* Of these customers (in rising order; NULL: all that the viewer sees). With a draft, as if it were saved (in its place by id, or at
 * the end). */
struct status assign_preview(struct db *db, const struct viewer *viewer, const struct company *company, const int64_t *ids, size_t count,
                             const struct assign_rule *draft, struct arena *arena, struct assign_plan *out);
/* Changes them: each change one event with the rule's name; due dates follow changed terms. */
struct status assign_apply(struct change *change, const int64_t *ids, size_t count, struct arena *arena, struct assign_plan *out);
/* For models: the first `most` changes, [{ customer, name, field, label, before, after, rule }], values in words. */
json_t *assign_changes_json(struct db *db, const struct company *company, const struct assign_plan *plan, size_t most, enum lang lang, struct arena *arena);
/* A target's name in words, and a value of it. */
const char *assign_target_label(const char *target, const struct custom_fields *fields, enum lang lang, struct arena *arena);

#endif
