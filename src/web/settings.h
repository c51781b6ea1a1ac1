/* settings — screens of the company's settings and of the audit log. */
#ifndef WEB_SETTINGS_H
#define WEB_SETTINGS_H

#include "web/web.h"

extern const struct route settings_routes[], audit_routes[], logo_routes[], persons_routes[];

/* A section of the settings again, with what was refused at its head. */
struct status settings_again(struct request *request, const char *section, const char *trouble);
/* The company's logo as a file; its place for a page ("logo": address, width, height, or null). */
struct status logo_send(struct request *request, int64_t tenant, int64_t company);
struct status logo_model(struct request *request, int64_t tenant, int64_t company, const char *address);

#endif
