/* why — sentences that say why an action is proposed, or why an item is left out, in the reader's language.
 *
 * The plan gives them as data (struct plan_why); the store keeps them as JSON ["code",a,b,"text"]. */
#ifndef DUNNING_WHY_H
#define DUNNING_WHY_H

#include "base/text.h"
#include "dunning/plan.h"

#include <jansson.h>

/* `scenario` names the steps it mentions; NULL: their codes are shown. */
void why_words(struct text *out, enum lang lang, const struct plan_why *why, const struct scenario *scenario, const char *currency);
json_t *why_to_json(const struct plan_why *why); /* new reference */
/* The same as text, a list of them; written by hand, since a day has hundreds of thousands. */
void why_list_text(struct text *out, const struct plan_why *list, size_t count);
bool why_from_json(const json_t *json, struct arena *arena, struct plan_why *out);

#endif
