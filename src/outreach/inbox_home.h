/* inbox_home — whose is a mail: between the files of inbox.h. */
#ifndef OUTREACH_INBOX_HOME_H
#define OUTREACH_INBOX_HOME_H

#include "outreach/inbox.h"

struct inbox_home {
	int64_t customer_id;         /* 0: nobody's, as far as is known */
	int64_t suggested_id;        /* it may be his; 0 */
	int64_t outbox_id, action_id;
	const char *recipient;       /* whom that message went to; "" */
	const char *how;             /* thread address number; "" */
	bool ours;                   /* we wrote it ourselves */
	bool colleague;              /* it answers a message to one of our own */
};
struct status inbox_home_find(struct change *change, const struct settings *settings, const struct mail *mail, struct arena *arena, struct inbox_home *out);
/* Did we write to that address lately? Then a bounce of it can be true; *customer_id: to whom, 0: to nobody. */
struct status inbox_wrote_to(struct change *change, const char *address, int64_t *customer_id, int64_t *outbox_id);

#endif
