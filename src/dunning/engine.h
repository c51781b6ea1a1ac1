/* engine — where an account stands: the three models, shown on a customer of the company's own.
 *
 * The example is the customer whose plan of today differs most between the models; where all agree, the one with most late items. */
#ifndef DUNNING_ENGINE_H
#define DUNNING_ENGINE_H

#include "dunning/plan_load.h"

enum engine { ENGINE_OLDEST, ENGINE_HIGHEST, ENGINE_ITEM, ENGINE_COUNT };
const char *engine_code(enum engine engine); /* "oldest" "highest" "item" */
enum engine engine_of(const struct plan_settings *settings);
void engine_set(struct plan_settings *settings, enum engine engine);

struct engine_outcome {
	char step[40];      /* "": nothing would be proposed today */
	int64_t amount;
	size_t items;       /* claimed */
	int32_t next_day;   /* nothing today: when the next step would be due; DAY_NONE */
};
struct engine_example {
	bool found;
	const char *code, *name;
	char currency[4];
	size_t late_items;
	int32_t oldest_days;
	const struct scenario *scenario;
	struct engine_outcome outcomes[ENGINE_COUNT];
};
struct status engine_example(struct db *db, const struct company *company, int32_t today,
                             const uint8_t *(*visible)(void *context, const struct book *book), void *context, struct arena *arena,
                             struct engine_example *out);

/* What a payer of the company's own would be asked today, apart, together and netted: the one for whom they differ most. */
struct payer_outcome {
	size_t messages;    /* apart: one a day, so on as many days */
	int64_t amount;
	size_t customers;   /* asked for */
};
struct payer_example {
	bool found;
	const char *code, *name;
	char currency[4];
	size_t members;     /* he and those he pays for */
	struct payer_outcome outcomes[PAYER_MODES];
};
struct status payer_example(struct db *db, const struct company *company, int32_t today,
                            const uint8_t *(*visible)(void *context, const struct book *book), void *context, struct arena *arena,
                            struct payer_example *out);

#endif
