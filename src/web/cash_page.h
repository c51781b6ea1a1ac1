/* cash_page — the screens of what comes in: bank lines with what is proposed (cash.c), deciding (cash_act.c), accounts, payers,
 * free credits and the lettering that goes back to the books (cash_more.c). */
#ifndef WEB_CASH_PAGE_H
#define WEB_CASH_PAGE_H

#include "cash/list.h"
#include "web/web.h"

/* The tabs over every screen of this entry; `on` is the code of the one shown. */
json_t *cash_tabs(const struct request *request, const char *on);
/* Lines in the words of this request's language. */
struct status cash_read(struct request *request, const struct cash_filter *filter, struct cash_list *out);
/* The line of the address, with what is proposed now. */
struct status cash_line_of(struct request *request, struct cash_row *out);

extern const struct route cash_routes[], cash_act_routes[], cash_more_routes[], discounts_routes[];

#endif
