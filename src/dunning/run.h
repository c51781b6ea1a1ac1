/* run — the day: cash application, promises judged, planning; what is automatic is then queued by outreach.
 *
 *     struct run_result result;
 *     TRY(run_day(store, &viewer, company_id, today, now, &options, arena, &result));
 *
 * Safe to repeat: a second run on the same day gives the same ids and created = 0. A dry run plans without writing and gives the
 * same plan. Used by the command line, the desk and the scheduled job. */
#ifndef DUNNING_RUN_H
#define DUNNING_RUN_H

#include "dunning/action.h"

#include <jansson.h>

struct run_options {
	bool dry_run;
	/* Called for each automatic action, in a transaction of its own, to compose and queue it; NULL: they stay planned. A failure
	 * is noted on the action and does not stop the others (R9). */
	struct status (*queue)(struct change *change, int64_t action_id, void *context);
	void *context;
};
struct run_left {
	int64_t customer_id, item_id, amount;
	const char *customer_code, *customer_name, *item, *detail; /* detail: in the viewer's language */
	char currency[4];
	enum left_reason reason;
	int32_t due_day, until;
	int64_t account_id;  /* in whose view it was planned: his, or his payer's; 0 where it was read from the store */
};
struct run_result {
	int32_t day;
	int64_t created, cancelled;
	struct action *actions; /* the whole plan of the day with present states, in order of priority */
	size_t action_count;
	struct run_left *left;  /* by reason, then customer and item */
	size_t left_count;
};
struct status run_day(struct store *store, const struct viewer *viewer, int64_t company_id, int32_t today, int64_t now,
                      const struct run_options *options, struct arena *arena, struct run_result *out);
/* The stored left-outs of a day's run, for the viewer's portfolio. */
struct status left_out_list(struct db *db, const struct viewer *viewer, int64_t company_id, int32_t day, struct arena *arena,
                            struct run_left **out, size_t *count);
/* The same of one customer; 0: of all. */
struct status left_out_of(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t customer_id, int32_t day,
                          struct arena *arena, struct run_left **out, size_t *count);
/* The same of some customers: those of the rows that a page shows. */
struct status left_out_read(struct db *db, const struct viewer *viewer, int64_t company_id, int32_t day, const int64_t *customers,
                            size_t customer_count, struct arena *arena, struct run_left **out, size_t *count);
/* contract section 4: {"date","company","created","actions":[…],"left_out":[…]}. New reference. */
json_t *run_to_json(const struct run_result *result, const char *company_code);
json_t *action_to_json(const struct action *action); /* one of `actions` */
json_t *left_to_json(const struct run_left *left);   /* one of `left_out` */
/* Whether the day was planned already, by anybody; what a job asks before it plans. */
struct status run_done(struct db *db, const struct viewer *viewer, int64_t company_id, int32_t day, bool *out);
/* Plans one customer without writing, as of `today`: for "why", previews and explain. */
struct status run_preview(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t customer_id, int32_t today,
                          struct arena *arena, struct run_result *out);
/* What happened to an item or a customer on a day: contract section 4, `explain`. Exactly one of the two is given. New reference. */
struct status run_explain(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t item_id, int64_t customer_id,
                          int32_t day, struct arena *arena, json_t **out);

#endif
