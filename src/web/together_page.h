/* together_page — screens of people working on the same customers. */
#ifndef WEB_TOGETHER_PAGE_H
#define WEB_TOGETHER_PAGE_H

#include "web/web.h"

extern const struct route together_routes[];

/* A customer's open tasks, who can be called in a comment, whether one follows him: tasks, colleagues, watching. */
struct status together_fill(struct request *request, int64_t customer_id);

/* Of the viewer's own tasks those that are due: due_tasks, has_due_tasks. */
struct status together_due(struct request *request);

#endif
