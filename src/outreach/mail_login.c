#include "outreach/mail_login.h"

#include <string.h>

static bool by_token(const struct settings *settings, const char *group)
{
	return strcmp(setting_text(settings, strcmp(group, "inbox") == 0 ? "inbox.auth" : "mail.auth"), "oauth") == 0;
}

static struct oauth_client client_of(const struct settings *settings)
{
	return (struct oauth_client){ .endpoint = setting_text(settings, "oauth.endpoint"), .client = setting_text(settings, "oauth.client"),
		                      .secret = setting_text(settings, "oauth.secret"), .refresh = setting_text(settings, "oauth.refresh"),
		                      .scope = setting_text(settings, "oauth.scope") };
}

struct status mail_login_ready(const struct settings *settings, const char *group)
{
	if (!by_token(settings, group)) return setting_unlocked(settings, strcmp(group, "inbox") == 0 ? "inbox.password" : "mail.password");
	TRY(setting_unlocked(settings, "oauth.secret"));
	TRY(setting_unlocked(settings, "oauth.refresh"));
	struct oauth_client client = client_of(settings);
	return oauth_ready(&client);
}

void mail_login_bearer(const struct settings *settings, const char *group, char out[OAUTH_TOKEN])
{
	out[0] = 0;
	if (!by_token(settings, group)) return;
	struct oauth_client client = client_of(settings);
	oauth_token(&client, out);
}
