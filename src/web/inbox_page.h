/* inbox_page — screens of what comes back: the tray, a mail, an answer. */
#ifndef WEB_INBOX_PAGE_H
#define WEB_INBOX_PAGE_H

#include "web/web.h"

extern const struct route inbox_routes[];

#endif
