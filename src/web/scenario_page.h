/* scenario_page — what the screens of scenarios share: the parts of a step's form beside its days and its text, and the conditions. */
#ifndef WEB_SCENARIO_PAGE_H
#define WEB_SCENARIO_PAGE_H

#include "dunning/plan_load.h"
#include "web/web.h"

/* The condition rows of a form: those there are, then empty ones to fill. Fields condition_fact[], condition_compare[],
 * condition_value[], condition_join[] (and, or), aligned. New reference. */
struct status conditions_form(struct request *request, const struct condition *list, size_t count, json_t **out);
struct status conditions_take(struct request *request, struct condition list[static CONDITIONS], size_t *count);
/* Recipient, copies, signature, coming again, conditions: into a form's model, and from a form into the step. */
struct status step_more_form(struct request *request, const struct scenario *scenario, size_t index, json_t *form);
struct status step_more_take(struct request *request, struct step *step);
/* The same as words for the list of steps: "copy to sales · comes again 3 times"; "" for none. In the arena. */
const char *step_more_words(const struct request *request, const struct step *step);

extern const struct route scenarios_routes[], scenario_publish_routes[], trials_routes[], profiles_routes[];

#endif
