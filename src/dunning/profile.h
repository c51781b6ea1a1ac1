/* profile — what kind of payer a customer is, by rules in order: the first whose conditions hold. Pure, but for the store below.
 *
 * A set of rules comes ready (good payer, average, close follow-up, key account, public sector, consumer, new, to be qualified); a
 * company may have its own (table profile_rule). Each rule names the scenario its customers follow. What a person chose is respected:
 * a scenario set by hand first, then a profile set by hand, then the rules.
 *
 *     const struct profile_rule *rule = profile_by_rules(&rules, &facts);
 *
 * The day's run evaluates everybody anew; a change is an event on the customer. */
#ifndef DUNNING_PROFILE_H
#define DUNNING_PROFILE_H

#include "base/arena.h"
#include "dunning/scenario.h"
#include "ledger/company.h"

enum { PROFILE_RULES = 24 };
struct profile_rule {
	char profile[40], scenario[40]; /* codes */
	struct condition conditions[CONDITIONS];
	size_t condition_count;
};
struct profile_rules {
	struct profile_rule rules[PROFILE_RULES];
	size_t count;
	bool own;  /* the company's, not as they come */
};
const struct profile_rules *profile_rules_ready(void);
/* The last rule holds everybody: never NULL for rules that were checked. */
const struct profile_rule *profile_by_rules(const struct profile_rules *rules, const struct condition_facts *facts);
/* The scenario of a profile set by hand: that of the first rule that gives the profile; else the profile's own code. */
const char *profile_scenario_of(const struct profile_rules *rules, const char *profile);
const char *profile_label(const char *profile); /* English msgid; the code itself when a person named it */

struct status profile_rules_load(struct db *db, int64_t tenant, int64_t company, struct arena *arena, const struct profile_rules **out);
/* Replaces the company's rules; `rules` NULL: as they come ready again. RIGHT_SCENARIO. With an event. */
struct status profile_rules_keep(struct change *change, const struct profile_rules *rules);
struct status profile_rules_check(const struct profile_rules *rules);

/* What the last run made of a customer: *profile "" when none ran yet. */
struct status profile_stored(struct db *db, int64_t tenant, int64_t company, int64_t customer_id, struct arena *arena, const char **profile,
                             int32_t *since);
/* How many customers have each profile, as of the last run. */
struct profile_count {
	const char *profile;
	int64_t customers;
};
struct status profile_counts(struct db *db, int64_t tenant, int64_t company, struct arena *arena, struct profile_count **out, size_t *count);
/* The run's part: `now_of` gives each customer's profile by rule (NULL: leave him as he is). *changed: how many rows were written. */
struct profile_now {
	int64_t customer_id;
	const char *profile;
};
struct status profiles_settle(struct change *change, const struct profile_now *list, size_t count, struct arena *arena, size_t *changed);

#endif
