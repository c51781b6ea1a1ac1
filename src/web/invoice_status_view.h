/* One status of an invoice as pages show it. */
#ifndef WEB_INVOICE_STATUS_VIEW_H
#define WEB_INVOICE_STATUS_VIEW_H

#include "ledger/invoice_status.h"
#include "web/web.h"

extern const struct route statuses_routes[], insolvencies_routes[];
struct insolvency_notice;
json_t *insolvency_view(const struct request *request, const struct insolvency_notice *notice);
json_t *invoice_status_view(const struct request *request, const struct invoice_status *status);

#endif
