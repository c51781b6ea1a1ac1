/* oauth — the short-lived token that some mail providers want instead of a password (OAuth 2.0, RFC 6749 section 6): asked for with a
 * refresh token at the provider's endpoint, kept in memory until shortly before it ends, never stored.
 *
 *     TRY(oauth_ready(&client));              asks the provider when there is none that still holds
 *     oauth_token(&client, server.bearer);    copies it; "" when there is none
 *
 * A provider that gives another refresh token with the answer has it used from then on, while the process lives. */
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

#endif
