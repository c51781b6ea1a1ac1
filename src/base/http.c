#include "base/http.h"

#include "base/memory.h"

#include <curl/curl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

enum { CONNECT_SECONDS = 20, IDLE_SECONDS = 60, RETRY_MAX = 24 * 3600 };

static void start(void)
{
	curl_global_init(CURL_GLOBAL_DEFAULT);
}

static bool to_this_machine(const char *url)
{
	static const char *const hosts[] = { "http://127.0.0.1:", "http://127.0.0.1/", "http://localhost:", "http://localhost/", "http://[::1]:" };
	for (size_t i = 0; i < COUNT(hosts); i++)
		if (strncmp(url, hosts[i], strlen(hosts[i])) == 0) return true;
	return false;
}

bool http_url_allowed(const char *url)
{
	return strpbrk(url, " \r\n") == NULL && (strncmp(url, "https://", 8) == 0 || to_this_machine(url));
}

static size_t origin(const char *url)
{
	const char *host = strstr(url, "://");
	if (!host) return 0;
	return (size_t)(host + 3 - url) + strcspn(host + 3, "/?#");
}

bool http_same_place(const char *a, const char *b)
{
	size_t x = origin(a), y = origin(b);
	return x > 0 && x == y && strncasecmp(a, b, x) == 0;
}

void http_escape(struct text *out, const char *text)
{
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;
		bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' || c == '~';
		if (plain) text_add_char(out, (char)c);
		else text_addf(out, "%%%02X", c);
	}
}

struct receiving {
	struct http_answer *answer;
	size_t limit;
	bool over;
};

static size_t gather(char *bytes, size_t size, size_t count, void *context)
{
	struct receiving *r = context;
	size_t len = size * count;
	r->over |= len > r->limit - r->answer->body.len;
	if (r->over) return 0;
	text_add_bytes(&r->answer->body, bytes, len);
	return len;
}

/* "Retry-After: 30", or a date. */
static size_t header(char *bytes, size_t size, size_t count, void *context)
{
	struct receiving *r = context;
	size_t len = size * count;
	if (len > 12 && len < 200 && strncasecmp(bytes, "retry-after:", 12) == 0) {
		char value[200];
		snprintf(value, sizeof value, "%.*s", (int)(len - 12), bytes + 12);
		struct slice trimmed = slice_trim(slice_of(value));
		int64_t seconds = 0;
		if (!text_parse_int(trimmed.bytes, trimmed.len, &seconds)) {
			time_t when = curl_getdate(value, NULL);
			seconds = when > 0 ? (int64_t)when - (int64_t)time(NULL) : 0;
		}
		r->answer->retry_after = seconds < 0 ? 0 : seconds > RETRY_MAX ? RETRY_MAX : seconds;
	}
	return len;
}

static struct status failed(CURLcode code, const char *error, bool over)
{
	if (over) return status_make(STATUS_UNAVAILABLE, "The server's answer is too long.");
	switch (code) {
	case CURLE_COULDNT_RESOLVE_HOST: return status_make(STATUS_UNAVAILABLE, "The server's name is not known.");
	case CURLE_COULDNT_CONNECT: return status_make(STATUS_UNAVAILABLE, "The server does not answer.");
	case CURLE_PEER_FAILED_VERIFICATION: return status_make(STATUS_UNAVAILABLE, "The server is not the one that was named: its key or certificate differs.");
	case CURLE_OPERATION_TIMEDOUT: return status_make(STATUS_UNAVAILABLE, "The server took too long to answer.");
	default: return status_make(STATUS_UNAVAILABLE, "The connection broke (%.120s).", *error ? error : curl_easy_strerror(code));
	}
}

struct status http_ask(const struct http_question *question, struct http_answer *out)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	pthread_once(&once, start);
	*out = (struct http_answer){ 0 };
	if (!http_url_allowed(question->url)) return status_make(STATUS_INVALID, "HTTPS wants an address that begins with https://.");
	CURL *curl = curl_easy_init();
	if (!curl) return status_make(STATUS_UNAVAILABLE, "The connection could not be made.");
	struct receiving receiving = { .answer = out, .limit = question->limit ? question->limit : HTTP_ANSWER_MAX };
	struct curl_slist *headers = NULL;
	char error[CURL_ERROR_SIZE] = "";
	for (size_t i = 0; question->headers && question->headers[i]; i++) headers = curl_slist_append(headers, question->headers[i]);
	curl_easy_setopt(curl, CURLOPT_URL, question->url);
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, to_this_machine(question->url) ? "http" : "https");
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_SECONDS);
	curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, 1L);
	curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, (long)IDLE_SECONDS);
	curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, error);
	curl_easy_setopt(curl, CURLOPT_ACCEPT_ENCODING, "");
	curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, header);
	curl_easy_setopt(curl, CURLOPT_HEADERDATA, &receiving);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, gather);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, &receiving);
	if (headers) curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
	if (question->body) {
		curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)question->body_len);
		curl_easy_setopt(curl, CURLOPT_POSTFIELDS, question->body);
	}
	if (question->user) {
		curl_easy_setopt(curl, CURLOPT_HTTPAUTH, (long)CURLAUTH_BASIC);
		curl_easy_setopt(curl, CURLOPT_USERNAME, question->user);
		curl_easy_setopt(curl, CURLOPT_PASSWORD, question->password ? question->password : "");
	}
	CURLcode code = curl_easy_perform(curl);
	curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &out->code);
	struct status status = code == CURLE_OK ? STATUS_FINE : failed(code, error, receiving.over);
	curl_slist_free_all(headers);
	curl_easy_cleanup(curl);
	if (status.code) http_answer_free(out);
	return status;
}

void http_answer_free(struct http_answer *answer)
{
	text_free(&answer->body);
}
