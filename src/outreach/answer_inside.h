/* answer_inside — what the parts of debtor_answer share: an answer ready to take its effect. */
#ifndef OUTREACH_ANSWER_INSIDE_H
#define OUTREACH_ANSWER_INSIDE_H

#include "outreach/debtor_answer.h"

struct effect {
	int64_t answer_id, customer_id;
	enum answer_kind kind;
	const int64_t *items;
	size_t count;
	int32_t day;
	int64_t parts;
	const char *text, *reference, *reason, *paper, *name, *email, *phone;
	int64_t owner_id;        /* of the remedy: the collector; 0 none */
	const struct settings *settings;
	bool by_person;          /* he has seen it: what was said before no longer counts */
	enum lang lang;
};
/* *waits: "" when all of it took effect; else why a person has to look: repeated nothing_open partly. */
struct status effect_take(struct change *change, const struct effect *effect, struct arena *arena, const char **waits);
json_t *answer_detail(const struct effect *effect);
/* The answer as it is kept, ready to take effect. */
void effect_load(const struct settings *settings, const struct answer *answer, struct arena *arena, struct effect *out);

#endif
