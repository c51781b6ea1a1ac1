/* statement — the drawn parts that statement and letter share. */
#ifndef OUTREACH_STATEMENT_H
#define OUTREACH_STATEMENT_H

#include "outreach/paper.h"
#include "outreach/parts.h"

/* Logo and sender's words at the left margin, from y down, within that height: letters get smaller first. Returns the height used. */
double statement_sender(struct paper *paper, const struct compose_facts *facts, double y, double height, double points, struct arena *arena);
void statement_draw(struct paper *paper, const struct compose_facts *facts, struct arena *arena);
void statement_rows(struct paper *paper, const struct compose_facts *facts, enum part_rows rows, struct arena *arena);
void statement_interest(struct paper *paper, const struct compose_facts *facts, struct arena *arena);
void statement_payment(struct paper *paper, const struct compose_facts *facts, struct arena *arena);

#endif
