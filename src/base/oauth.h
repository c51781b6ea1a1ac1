/* oauth — the short-lived token that some mail providers want instead of a password (OAuth 2.0, RFC 6749 section 6): asked for with a
 * refresh token at the provider's endpoint, kept in memory until shortly before it ends, never stored.
 *
 *     TRY(oauth_ready(&client));              asks the provider when there is none that still holds
 *     oauth_token(&client, server.bearer);    copies it; "" when there is none
 *
 * A provider that gives another refresh token with the answer has it used from then on; oauth_rotated() tells it to whoever keeps it
 * (outreach/mail_login.h), since the old one may soon be refused. */
#ifndef BASE_OAUTH_H
#define BASE_OAUTH_H

#include "base/status.h"

enum { OAUTH_TOKEN = 6000 };
struct oauth_client {
	const char *endpoint;                     /* https, or http to this machine */
	const char *client, *secret, *refresh, *scope; /* secret, scope: "" none */
};
struct status oauth_ready(const struct oauth_client *client);
void oauth_token(const struct oauth_client *client, char out[OAUTH_TOKEN]);

/* The refresh token that the provider gave last, when it is another than the client's; NULL none. malloc'd. */
char *oauth_rotated(const struct oauth_client *client);
/* It is kept: the token at hand is found by it as well, so that the provider is not asked again. */
void oauth_kept(const struct oauth_client *client, const char *refresh);

#endif
