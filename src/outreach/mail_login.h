/* mail_login — how the desk signs in to its mail server and its mailbox: by password, or by a token of the provider (base/oauth.h).
 *
 *     TRY(mail_login_ready(settings, "mail"));   secrets can be opened; with a token, there is one that holds
 *     server = mail_server(settings); */
#ifndef OUTREACH_MAIL_LOGIN_H
#define OUTREACH_MAIL_LOGIN_H

#include "base/oauth.h"
#include "ledger/company.h"
#include "ledger/setting.h"

/* group: "mail" (sending) or "inbox" (the mailbox that is read). May ask the provider over the network. */
struct status mail_login_ready(const struct settings *settings, const char *group);
/* The same, and another refresh token that the provider gave is kept sealed in the store, so that it outlives the process. One that a
 * person entered meanwhile stays. */
struct status mail_login_take(struct store *store, int64_t tenant, int64_t company, const struct settings *settings, const char *group);
/* "" by password. */
void mail_login_bearer(const struct settings *settings, const char *group, char out[OAUTH_TOKEN]);

#endif
