/* people — screens of logging in, one's own account, users and roles. */
#ifndef WEB_PEOPLE_H
#define WEB_PEOPLE_H

#include "access/user.h"
#include "web/web.h"

extern const struct route login_routes[], home_routes[], account_routes[], users_file_routes[], users_routes[];

const char *role_label(enum role role);            /* English msgid */
json_t *people_roles(enum role chosen);            /* [{ code, label, words, on }] */
json_t *people_tokens(struct request *request, int64_t user_id, struct status *status);

#endif
