/* digest — once a day, by mail, what a colleague has not seen yet (ledger/together.h): his mentions, tasks, answers of customers he
 * follows. Each thing is mailed once, and only to who may see it on that day; whoever wants none says so on his page. */
#ifndef OUTREACH_DIGEST_H
#define OUTREACH_DIGEST_H

#include "ledger/company.h"

enum { DIGEST_MINUTE = 7 * 60 + 30 }; /* not before, in the company's zone */

/* *sent: how many mails left. Failures of one reader don't stop the others; he is told the next day. */
struct status digest_send(struct store *store, const struct viewer *system, const struct company *company, int32_t today, int minutes, int64_t now, int *sent);

struct status digest_wanted(struct db *db, const struct viewer *viewer, bool *on);
struct status digest_want(struct db *db, const struct viewer *viewer, bool on);

#endif
