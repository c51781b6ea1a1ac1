/* doubtful_page — the screens of doubtful and lost debts: which, how much is written down, what is lost, what the books are asked. */
#ifndef WEB_DOUBTFUL_PAGE_H
#define WEB_DOUBTFUL_PAGE_H

#include "insight/doubtful_report.h"
#include "web/web.h"

extern const struct route doubtful_routes[], provisions_routes[];

/* The legal desk's tabs with doubtful debts on, and their own views with one on: "debts", "provisions", "losses", "small", "entries". */
void doubtful_tabs(struct request *request, const char *on);
json_t *doubtful_row(const struct doubtful_case *debt, int32_t today);
/* "items" ticked. */
enum { DOUBTFUL_MOST = 500 };
/* A percentage as "20", "5,5"; -1 when empty. */
struct status doubtful_rate(const char *text, int32_t *out);

#endif
