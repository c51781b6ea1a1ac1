/* cash_world_inside — shared by the two files of cash_world. */
#ifndef BENCH_CASH_WORLD_INSIDE_H
#define BENCH_CASH_WORLD_INSIDE_H

#include "cash_world.h"

struct world_payer {             /* how a customer pays: parallel to customers */
	const char *iban, *spelling; /* his account; his name as his bank writes it */
	bool bank_gives_iban, bank_gives_name; /* as fields of their own */
	int habit;               /* 0 writes numbers well, 1 carelessly, 2 never */
	size_t first, count;     /* his items */
	size_t group;            /* the holding's place, or SIZE_MAX */
	size_t agent;            /* who else pays for him: place in `agents`, or SIZE_MAX */
	bool discount;
};
struct world_agent {
	const char *name, *iban;
	bool factor;
};
struct world_inside {
	uint64_t state;
	struct world_payer *payers;
	struct world_agent agents[64];
	size_t agent_count;
	bool *taken;             /* per item: already paid by a line */
	int scheme;              /* how invoices are numbered */
	int64_t next_number;
	int32_t today;
};

uint64_t world_random(struct world_inside *inside, uint64_t below);
bool world_chance(struct world_inside *inside, int percent);
const char *world_number(struct cash_world *world, int64_t serial, bool credit);
const char *world_spelling(struct cash_world *world, const char *name);
const char *world_iban(struct cash_world *world);
const char *world_person(struct cash_world *world);
void world_statement(struct cash_world *world, struct cash_world_options options);
/* RF and check digits before `reference`, alphanumeric capitals. */
const char *world_rf(struct cash_world *world, const char *reference);

#endif
