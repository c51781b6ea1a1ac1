/* timeline — events of a customer as people read them: a title, a line of facts, an icon. */
#ifndef WEB_TIMELINE_H
#define WEB_TIMELINE_H

#include "ledger/event.h"
#include "web/web.h"

/* The filters of the page: a code, its words, the prefixes of event kinds it stands for (NULL at the end of the list). */
struct timeline_kind {
	const char *code, *label;
	const char *prefixes[4];
};
extern const struct timeline_kind timeline_kinds[]; /* ends with { 0 } */

/* { at, title, text, by, kind, icon, tone }: text in the reader's language, null when there is nothing to add. */
json_t *timeline_entry(const struct request *request, const struct event *event);
/* The newest `limit` events of a customer, of one filter (NULL: all) and before a seq (0: from the head). *older: the seq to
 * go on from, 0 at the end. */
struct status timeline_list(struct request *request, int64_t customer_id, const struct timeline_kind *kind, int64_t before,
                            size_t limit, json_t **out, int64_t *older);

/* The newest entries, among the last few thousand, whose words hold what is sought (case and accents aside). */
struct status timeline_search(struct request *request, int64_t customer_id, const struct timeline_kind *kind, const char *sought, size_t limit, json_t **out,
                              int64_t *older);

#endif
