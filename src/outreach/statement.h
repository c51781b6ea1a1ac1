/* statement — the drawn parts that statement and letter share. */
#ifndef OUTREACH_STATEMENT_H
#define OUTREACH_STATEMENT_H

#include "outreach/paper.h"
#include "outreach/parts.h"

void statement_draw(struct paper *paper, const struct compose_facts *facts, struct arena *arena);
void statement_rows(struct paper *paper, const struct compose_facts *facts, enum part_rows rows, struct arena *arena);
void statement_interest(struct paper *paper, const struct compose_facts *facts, struct arena *arena);
void statement_payment(struct paper *paper, const struct compose_facts *facts, struct arena *arena);

#endif
