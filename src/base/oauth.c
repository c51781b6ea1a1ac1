#include "base/oauth.h"

#include "base/http.h"
#include "base/memory.h"

#include <jansson.h>
#include <pthread.h>
#include <string.h>
#include <time.h>

enum { KEPT = 32, EARLY = 60, LIFE_LEAST = 60, LIFE_MOST = 86400 };

struct token {
	char *key, *refresh, *text; /* refresh: the newest one the provider gave */
	int64_t until, used;
};
static struct token kept[KEPT]; /* guarded by lock */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static int64_t seconds_now(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec;
}

static char *key_of(const struct oauth_client *client)
{
	cleanup_text struct text key = { 0 };
	text_addf(&key, "%s\n%s\n%s\n%s", client->endpoint, client->client, client->refresh, client->scope);
	return xstrdup(text_cstr(&key));
}

static struct token *find(const char *key)
{
	for (int i = 0; i < KEPT; i++)
		if (kept[i].key && strcmp(kept[i].key, key) == 0) return &kept[i];
	return NULL;
}

static void keep(const char *key, const char *token, const char *refresh, int64_t seconds)
{
	pthread_mutex_lock(&lock);
	struct token *at = find(key);
	for (int i = 0; !at && i < KEPT; i++)
		if (!kept[i].key) at = &kept[i];
	for (int i = 0; i < KEPT && !(at && (!at->key || strcmp(at->key, key) == 0)); i++)
		if (!at || kept[i].used < at->used) at = &kept[i];
	free(at->key), free(at->refresh), free(at->text);
	*at = (struct token){ xstrdup(key), xstrdup(refresh), xstrdup(token), seconds_now() + seconds - EARLY, seconds_now() };
	pthread_mutex_unlock(&lock);
}

static void add_field(struct text *form, const char *name, const char *value)
{
	if (!*value) return;
	text_addf(form, "%s%s=", form->len ? "&" : "", name);
	http_escape(form, value);
}

/* What the provider said, as letters and spaces only. */
static void tidy(const char *from, char *to, size_t size)
{
	size_t len = 0;
	for (; *from && len + 1 < size; from++)
		if ((*from >= 'a' && *from <= 'z') || (*from >= 'A' && *from <= 'Z') || *from == '_' || *from == ' ') to[len++] = *from;
	to[len] = 0;
}

static struct status read_answer(const struct http_answer *answer, const char *key, const char *refresh)
{
	json_t *json = json_loadb(answer->body.bytes ? answer->body.bytes : "", answer->body.len, 0, NULL);
	const char *token = json_string_value(json_object_get(json, "access_token")), *next = json_string_value(json_object_get(json, "refresh_token"));
	const char *error = json_string_value(json_object_get(json, "error"));
	int64_t seconds = json_integer_value(json_object_get(json, "expires_in"));
	struct status status = STATUS_FINE;
	char said[60] = "";
	tidy(error ? error : "", said, sizeof said);
	if (answer->code == 200 && token && *token && strlen(token) < OAUTH_TOKEN)
		keep(key, token, next && *next ? next : refresh, seconds < LIFE_LEAST + EARLY ? LIFE_LEAST + EARLY : seconds > LIFE_MOST ? LIFE_MOST : seconds);
	else if (strcmp(said, "invalid_grant") == 0)
		status = status_make(STATUS_UNAVAILABLE, "The mail provider no longer accepts this sign-in: sign in there again and enter the new refresh token.");
	else if (*said)
		status = status_make(STATUS_UNAVAILABLE, "The mail provider refused to give a token (%s): check the client and its secret.", said);
	else
		status = status_make(STATUS_UNAVAILABLE, "The mail provider gave no token (answer %ld): check the address of its token endpoint.", answer->code);
	json_decref(json);
	return status;
}

struct status oauth_ready(const struct oauth_client *client)
{
	if (!*client->endpoint || !*client->client || !*client->refresh)
		return status_make(STATUS_INVALID, "Enter the token endpoint, the client and the refresh token of the mail provider.");
	cleanup_free char *key = key_of(client), *refresh = NULL;
	pthread_mutex_lock(&lock);
	struct token *at = find(key);
	bool holds = at && at->until > seconds_now();
	if (holds) at->used = seconds_now();
	refresh = xstrdup(at ? at->refresh : client->refresh);
	pthread_mutex_unlock(&lock);
	if (holds) return STATUS_FINE;
	cleanup_text struct text form = { 0 };
	add_field(&form, "grant_type", "refresh_token");
	add_field(&form, "client_id", client->client);
	add_field(&form, "client_secret", client->secret);
	add_field(&form, "refresh_token", refresh);
	add_field(&form, "scope", client->scope);
	struct http_answer answer;
	TRY(http_ask(&(struct http_question){ .url = client->endpoint, .body = text_cstr(&form), .body_len = form.len, .limit = 1 << 20,
	                                      .headers = (const char *[]){ "Content-Type: application/x-www-form-urlencoded", "Accept: application/json", NULL } },
	             &answer));
	struct status status = read_answer(&answer, key, refresh);
	http_answer_free(&answer);
	return status;
}

char *oauth_rotated(const struct oauth_client *client)
{
	cleanup_free char *key = key_of(client);
	char *newest = NULL;
	pthread_mutex_lock(&lock);
	struct token *at = find(key);
	if (at && strcmp(at->refresh, client->refresh) != 0) newest = xstrdup(at->refresh);
	pthread_mutex_unlock(&lock);
	return newest;
}

void oauth_kept(const struct oauth_client *client, const char *refresh)
{
	struct oauth_client next = *client;
	next.refresh = refresh;
	cleanup_free char *key = key_of(client), *other = key_of(&next), *text = NULL;
	int64_t left = 0;
	pthread_mutex_lock(&lock);
	struct token *at = find(key);
	if (at && !find(other)) text = xstrdup(at->text), left = at->until - seconds_now();
	pthread_mutex_unlock(&lock);
	if (text) keep(other, text, refresh, left + EARLY);
}

void oauth_token(const struct oauth_client *client, char out[OAUTH_TOKEN])
{
	out[0] = 0;
	cleanup_free char *key = key_of(client);
	pthread_mutex_lock(&lock);
	struct token *at = find(key);
	if (at && at->until > seconds_now()) memcpy(out, at->text, strlen(at->text) + 1);
	pthread_mutex_unlock(&lock);
}
