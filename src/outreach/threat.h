/* threat — a text may announce only what really follows (ladder rule 9): checked before a scenario is published.
 *
 * What {{next_step}} prints is the words of the following step, so they must name what that step is; and words of a threat written into
 * the text itself (a formal notice, a lawyer or a court, a stop of deliveries) are held against the step that follows. A formal notice may
 * say that a court may be asked: that is its effect in law. */
#ifndef OUTREACH_THREAT_H
#define OUTREACH_THREAT_H

#include "dunning/scenario.h"
#include "ledger/company.h"

/* The kinds of threat in a text, as bits. Pure: words of both languages, tags left out. */
enum threat { THREAT_NOTICE = 1, THREAT_COURT = 2, THREAT_BLOCK = 4 };
unsigned threats_in(const char *text);
/* What the step at `index` may announce in its own text, and what its own announcement may say. */
unsigned threats_allowed(const struct scenario *scenario, size_t index);

/* STATUS_INVALID names the step, the language and the words. Reads the texts as the company has them. */
struct status threats_check(struct db *db, int64_t tenant, int64_t company, const struct scenario *scenario);

#endif
