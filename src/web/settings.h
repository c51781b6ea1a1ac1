/* settings — screens of the company's settings and of the audit log. */
#ifndef WEB_SETTINGS_H
#define WEB_SETTINGS_H

#include "web/web.h"

extern const struct route settings_routes[], audit_routes[];

#endif
