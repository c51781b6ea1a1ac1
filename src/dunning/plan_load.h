/* plan_load — reads what the plan needs of a company, for all customers or one, and hands out views.
 *
 *     struct plan_data *data;
 *     TRY(plan_data_load(db, store, &company, today, 0, arena, &data));
 *     for (size_t c = 0; c < plan_data_customers(data); c++)
 *         if (plan_data_view(data, c, scratch, &view, &scenario)) plan_day(&view, scenario, plan_data_settings(data), …);
 *
 * Amounts come from the book (as of today), what binds them from the store. No rule lives here. */
#ifndef DUNNING_PLAN_LOAD_H
#define DUNNING_PLAN_LOAD_H

#include "dunning/plan.h"
#include "dunning/profile.h"
#include "ledger/company.h"

struct plan_data;

/* only_customer 0: everybody. Lives in the arena, except the book, which plan_data_close gives back (NULL is fine).
 * except_action: an action that is looked at as if it had not been queued yet; 0: none. */
struct status plan_data_load(struct db *db, const struct company *company, int32_t today, int64_t only_customer, int64_t except_action,
                             struct arena *arena, struct plan_data **out);
void plan_data_close(struct plan_data **data);
#define cleanup_plan_data [[gnu::cleanup(plan_data_close)]]

size_t plan_data_customers(const struct plan_data *data);
const struct book *plan_data_book(const struct plan_data *data);
const struct plan_settings *plan_data_settings(const struct plan_data *data);
int plan_data_cap(const struct plan_data *data); /* first contacts a day */
/* Who hears of it in the end: his payer, where another pays for him; customers of one buyer have the same. */
int64_t plan_data_buyer(const struct plan_data *data, size_t customer);
/* In whose view he is planned: the payer's who is asked for him (plan_group.c), else his own. */
size_t plan_data_head(const struct plan_data *data, size_t customer);
/* The first of those who pay for others, by their place in the book. */
size_t plan_data_payers(const struct plan_data *data, size_t limit, struct arena *arena, size_t **out);
/* For whom he pays, himself first, whatever the mode; 0: for nobody. */
size_t plan_data_pays_for(const struct plan_data *data, size_t customer, struct arena *arena, size_t **out);
/* The view of these as one, or of one of them, as if the payer's mode were another: for an example. */
bool plan_data_view_as(const struct plan_data *data, const size_t *customers, size_t count, bool netted, struct arena *scratch, struct plan_view *view,
                       const struct scenario **scenario);
/* False when there is nothing to plan for this customer, or a payer is asked for him. The view lives in the scratch arena; *scenario NULL: none was found. */
bool plan_data_view(const struct plan_data *data, size_t customer, struct arena *scratch, struct plan_view *view,
                    const struct scenario **scenario);

/* What the rules make of a customer today; *by_hand: a person chose otherwise, and that stands. NULL only for rules that hold nobody. */
const struct profile_rule *plan_data_profile(const struct plan_data *data, size_t customer, struct arena *scratch, bool *by_hand);

/* The scenario in force of a code: the highest published version, else as shipped; NULL when there is none. Lives in the arena. */
struct status scenario_load(struct db *db, int64_t tenant, int64_t company, const char *code, struct arena *arena,
                            const struct scenario **out);
/* All of them: the six, in the company's versions, then its own; by code. */
struct status scenario_load_all(struct db *db, int64_t tenant, int64_t company, struct arena *arena, struct scenario **out,
                                size_t *count);
/* A published version, for an action of the past. NULL when it is not known any more. */
struct status scenario_load_version(struct db *db, int64_t tenant, int64_t company, const char *code, int64_t version,
                                    struct arena *arena, const struct scenario **out);
/* The draft of a scenario that a person works on; NULL when there is none. */
struct status scenario_load_draft(struct db *db, int64_t tenant, int64_t company, const char *code, struct arena *arena,
                                  const struct scenario **out);
/* Keeps a draft beside the version in force (checked: scenario_check), publishes it as the next version, which is then frozen, or drops
 * it. RIGHT_SCENARIO. Each adds its event. */
struct status scenario_draft(struct change *change, const struct scenario *scenario);
struct status scenario_publish(struct change *change, const char *code, enum midway midway);
struct status scenario_discard(struct change *change, const char *code);
/* The calendar of a company's settings; extra days live in the arena. */
struct calendar calendar_of(const struct settings *settings, const char *country, struct arena *arena);

#endif
