#include "base/hook.h"

#include "base/memory.h"

#include <curl/curl.h>
#include <pthread.h>
#include <string.h>

static void start(void)
{
	curl_global_init(CURL_GLOBAL_DEFAULT);
}

bool hook_url_fits(const char *url, bool plain_too)
{
	static const char *const here[] = { "http://127.0.0.1", "http://localhost", "http://[::1]" };
	for (const char *c = url; *c; c++)
		if ((unsigned char)*c <= ' ' || *c == 0x7f) return false;
	if (strncmp(url, "https://", 8) == 0) return url[8] && url[8] != '/';
	for (size_t i = 0; i < COUNT(here); i++) {
		size_t len = strlen(here[i]);
		if (strncmp(url, here[i], len) == 0 && (url[len] == ':' || url[len] == '/' || url[len] == 0)) return true;
	}
	return plain_too && strncmp(url, "http://", 7) == 0 && url[7] && url[7] != '/';
}

static size_t keep(char *bytes, size_t size, size_t count, void *context)
{
	struct text *body = context;
	size_t len = size * count, room = body->len < HOOK_BODY_MAX ? HOOK_BODY_MAX - body->len : 0;
	text_add_bytes(body, bytes, len < room ? len : room); /* what is too much is let go: the answer still counts */
	return len;
}

void hook_send(const struct hook_call *call, struct hook_answer *out)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	pthread_once(&once, start);
	*out = (struct hook_answer){ .outcome = HOOK_NOT_SENT };
	CURL *curl = hook_url_fits(call->url, true) ? curl_easy_init() : NULL;
	if (!curl) {
		snprintf(out->words, sizeof out->words, "the address can't be called");
		return;
	}
	char error[CURL_ERROR_SIZE] = "";
	struct curl_slist *headers = curl_slist_append(NULL, "Expect:");
	for (size_t i = 0; call->headers && call->headers[i]; i++) headers = curl_slist_append(headers, call->headers[i]);
	curl_easy_setopt(curl, CURLOPT_URL, call->url);
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, 20L);
	curl_easy_setopt(curl, CURLOPT_TIMEOUT, (long)(call->timeout_s > 0 ? call->timeout_s : 60));
	curl_easy_setopt(curl, CURLOPT_USERAGENT, "Encours");
	curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, error);
	curl_easy_setopt(curl, CURLOPT_FRESH_CONNECT, 1L); /* a kept connection that broke would be tried again by itself: never twice */
	curl_easy_setopt(curl, CURLOPT_FORBID_REUSE, 1L);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, keep);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, &out->body);
	if (call->ca_file) curl_easy_setopt(curl, CURLOPT_CAINFO, call->ca_file);
	if (call->body || !call->method || strcmp(call->method, "GET") != 0) {
		curl_easy_setopt(curl, CURLOPT_POST, 1L);
		curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)call->len);
		curl_easy_setopt(curl, CURLOPT_POSTFIELDS, call->body ? call->body : "");
	}
	if (call->method) curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, call->method);
	CURLcode result = curl_easy_perform(curl);
	long code = 0, sent = 0;
	curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &code);
	curl_easy_getinfo(curl, CURLINFO_REQUEST_SIZE, &sent);
	out->code = (int)code;
	out->outcome = result == CURLE_OK ? HOOK_ANSWERED : sent > 0 ? HOOK_UNKNOWN : HOOK_NOT_SENT;
	if (result != CURLE_OK) snprintf(out->words, sizeof out->words, "%.220s", *error ? error : curl_easy_strerror(result));
	curl_slist_free_all(headers);
	curl_easy_cleanup(curl);
}

void hook_answer_free(struct hook_answer *answer)
{
	text_free(&answer->body);
}
