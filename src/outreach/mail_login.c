#include "outreach/mail_login.h"

#include "base/log.h"
#include "base/memory.h"

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

struct keeping {
	int64_t tenant, company;
	const char *was, *now;
	bool done;
};

static struct status keep_work(struct db *db, void *context)
{
	struct keeping *keeping = context;
	cleanup_arena struct arena *arena = arena_new();
	const struct settings *settings;
	TRY(settings_load(db, keeping->tenant, keeping->company, arena, &settings));
	keeping->done = strcmp(setting_text(settings, "oauth.refresh"), keeping->was) == 0;
	return keeping->done ? setting_set(db, keeping->tenant, keeping->company, "oauth.refresh", keeping->now) : STATUS_FINE;
}

struct status mail_login_take(struct store *store, int64_t tenant, int64_t company, const struct settings *settings, const char *group)
{
	TRY(mail_login_ready(settings, group));
	if (!by_token(settings, group)) return STATUS_FINE;
	struct oauth_client client = client_of(settings);
	cleanup_free char *newest = oauth_rotated(&client);
	if (!newest) return STATUS_FINE;
	struct keeping keeping = { tenant, company, client.refresh, newest, false };
	struct status status = store_transact(store, keep_work, &keeping);
	if (!status.code && keeping.done) oauth_kept(&client, newest);
	/* not kept: it goes on in memory, and is tried again at the next turn */
	if (status.code) log_line(LOG_ERROR, "the new refresh token of the mail provider could not be kept: %s", status.text);
	return STATUS_FINE;
}
