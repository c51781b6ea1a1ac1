/* figures_page — the screens of figures: dashboard, forecast, reports. */
#ifndef WEB_FIGURES_PAGE_H
#define WEB_FIGURES_PAGE_H

#include "web/web.h"

extern const struct route dashboard_routes[], forecast_routes[], reports_routes[];

#endif
