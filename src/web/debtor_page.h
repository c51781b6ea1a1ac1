/* debtor_page — the customer's own page: its model, the public routes behind a link, and the desk's side of it (preview, links,
 * answers). */
#ifndef WEB_DEBTOR_PAGE_H
#define WEB_DEBTOR_PAGE_H

#include "outreach/debtor_account.h"
#include "outreach/debtor_answer.h"
#include "web/web.h"

extern const struct route debtor_routes[], debtor_answers_routes[];

struct debtor_view {
	const struct debtor_page *page;
	const char *self;      /* "/r/TOKEN"; "" in the desk's preview */
	const char *lang_mark; /* "?lang=en" when he chose another language, else "" */
	bool preview;
	int64_t expires_at;    /* of the link; 0 in the preview */
	const char *kind;      /* the answer that is being given: its code; NULL promise */
	const char *trouble;   /* why it could not be taken; NULL none */
};
/* Everything the page shows, into request->model. request->company, settings and lang are set. */
struct status debtor_model(struct request *request, const struct debtor_view *view);

/* An answer as the desk shows it. */
json_t *answer_model(const struct request *request, const struct answer *answer);

#endif
