/* run_inside — the day's plan between the file that makes it (run_plan.c), the one that stores it (run.c) and the one that tells of it
 * (run_result.c). */
#ifndef DUNNING_RUN_INSIDE_H
#define DUNNING_RUN_INSIDE_H

#include "dunning/plan_load.h"
#include "dunning/run.h"
#include "dunning/why.h"

struct planned {
	int64_t customer_id, assigned_to;
	const char *code, *name;
	const struct scenario *scenario;
	struct plan_action action;   /* its items and sentences copied */
	const char *why;             /* JSON */
	struct open_action *open;    /* the stored one it continues; NULL: new */
	int64_t id;
	bool joint;                  /* of a payer's view: it may name items of others */
	bool dropped;                /* beyond the day's cap: its items are left out */
};
struct planned_left {
	struct run_left row;
	struct plan_why why;
	const struct scenario *scenario;
};
struct open_action { /* stored, waiting: planned or to_confirm */
	int64_t id, customer_id, amount, priority;
	char step[40], currency[4];
	const char *reason, *why, *template, *next_step, *scenario;
	int64_t scenario_version;
	enum channel channel;
	enum mode mode;
	enum action_state state;
	int32_t plan_day, snoozed_until, next_day;
	int max_days_late;
	bool broken_promise;
	uint64_t items;              /* fingerprint of its items */
	bool kept;
};

struct day_plan {
	struct planned *list;
	size_t count, cap;
	struct planned_left *left;
	size_t left_count, left_cap;
	struct open_action *open;    /* sorted by customer */
	size_t open_count;
	int first_wave_out;          /* first contacts that went out today already */
	struct text words;
};

void day_plan_free(struct day_plan *day);
struct status day_plan_make(struct db *db, const struct company *company, int32_t today, const struct plan_data *data, struct arena *arena,
			    struct day_plan *day);
int left_order(const void *a, const void *b);
enum action_state planned_state(const struct planned *one, int32_t today);

/* For fingerprints of rows that do not depend on their order: the sum of each row's. */
uint64_t run_mix(uint64_t hash, int64_t value);
uint64_t item_print(int64_t item_id, const char *role, int64_t amount);

/* Plans without writing: everybody, or one customer. */
struct status plan_only(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t customer_id, int32_t today, struct arena *arena,
			struct run_result *out);

#endif
