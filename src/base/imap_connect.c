/* The line to a mailbox: libcurl greets, secures and logs in, then hands the line over (imap.h). */
#include "base/imap.h"

#include "base/locale.h"
#include "base/memory.h"

#include <curl/curl.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <string.h>
#include <time.h>

enum { WHOLE_SECONDS = 600 }; /* a server that drips bytes is left after that */

struct line {
	CURL *curl;
	curl_socket_t socket;
	int timeout_s;
	int64_t until; /* of the whole connection */
};

static void start(void)
{
	curl_global_init(CURL_GLOBAL_DEFAULT);
}

static int64_t seconds_now(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec;
}

static bool wait_for(const struct line *line, short events)
{
	struct pollfd poll_for = { .fd = (int)line->socket, .events = events };
	int64_t left = line->until - seconds_now();
	if (left <= 0) return false;
	int wait_s = left < line->timeout_s ? (int)left : line->timeout_s;
	int got;
	do got = poll(&poll_for, 1, wait_s * 1000);
	while (got < 0 && errno == EINTR);
	return got > 0;
}

static int line_read(void *context, char *buffer, size_t size)
{
	struct line *line = context;
	for (;;) {
		size_t got = 0;
		CURLcode code = curl_easy_recv(line->curl, buffer, size, &got);
		if (code == CURLE_OK) return (int)got;
		if (code != CURLE_AGAIN || !wait_for(line, POLLIN)) return -1;
	}
}

static bool line_write(void *context, const char *bytes, size_t len)
{
	struct line *line = context;
	while (len) {
		size_t sent = 0;
		CURLcode code = curl_easy_send(line->curl, bytes, len, &sent);
		if (code == CURLE_OK) bytes += sent, len -= sent;
		else if (code != CURLE_AGAIN || !wait_for(line, POLLOUT)) return false;
	}
	return true;
}

static void line_close(void *context)
{
	struct line *line = context;
	curl_easy_cleanup(line->curl);
	free(line);
}

static struct status failed(CURLcode code, const char *error)
{
	switch (code) {
	case CURLE_COULDNT_RESOLVE_HOST: return status_make(STATUS_UNAVAILABLE, "The mail server's name is not known.");
	case CURLE_COULDNT_CONNECT: return status_make(STATUS_UNAVAILABLE, "The mail server does not answer.");
	case CURLE_LOGIN_DENIED: return status_make(STATUS_UNAVAILABLE, "The mail server refused the login.");
	case CURLE_USE_SSL_FAILED: return status_make(STATUS_UNAVAILABLE, "The mail server offers no encryption (STARTTLS).");
	case CURLE_SSL_CONNECT_ERROR: return status_make(STATUS_UNAVAILABLE, "The encrypted connection could not be set up.");
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_CACERT_BADFILE: return status_make(STATUS_UNAVAILABLE, "The mail server's certificate is not trusted.");
	case CURLE_OPERATION_TIMEDOUT: return status_make(STATUS_UNAVAILABLE, "The mail server took too long to answer.");
	case CURLE_WEIRD_SERVER_REPLY: return status_make(STATUS_UNAVAILABLE, "The mailbox's server answered something that is not IMAP.");
	default: return status_make(STATUS_UNAVAILABLE, "The connection to the mailbox broke (%.120s).", *error ? error : curl_easy_strerror(code));
	}
}

struct status imap_open(const struct imap_server *server, struct imap **out)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	pthread_once(&once, start);
	if (!server->host || !*server->host || strpbrk(server->host, "/@?#\r\n \t")) return status_make(STATUS_INVALID, "Enter the name of the mailbox's server, as in imap.example.com.");
	if (!server->user || !*server->user) return status_make(STATUS_INVALID, "Enter the login of the mailbox.");
	CURL *curl = curl_easy_init();
	if (!curl) return status_make(STATUS_UNAVAILABLE, "The connection could not be made.");
	char error[CURL_ERROR_SIZE] = "";
	int port = server->port ? server->port : server->security == IMAP_TLS ? 993 : 143;
	long timeout = server->timeout_s > 0 ? server->timeout_s : 30;
	cleanup_text struct text url = { 0 };
	text_addf(&url, "%s://%s:%d/", server->security == IMAP_TLS ? "imaps" : "imap", server->host, port);
	curl_easy_setopt(curl, CURLOPT_URL, text_cstr(&url));
	curl_easy_setopt(curl, CURLOPT_USE_SSL, server->security == IMAP_PLAIN ? (long)CURLUSESSL_NONE : (long)CURLUSESSL_ALL);
	if (server->ca_file) curl_easy_setopt(curl, CURLOPT_CAINFO, server->ca_file);
	curl_easy_setopt(curl, CURLOPT_USERNAME, server->user);
	if (*server->bearer) {
		curl_easy_setopt(curl, CURLOPT_XOAUTH2_BEARER, server->bearer);
		curl_easy_setopt(curl, CURLOPT_LOGIN_OPTIONS, "AUTH=XOAUTH2");
	} else {
		curl_easy_setopt(curl, CURLOPT_PASSWORD, server->password ? server->password : "");
	}
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "imap,imaps");
	curl_easy_setopt(curl, CURLOPT_PROXY, ""); /* a web proxy of the environment is not for mail */
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, timeout < 20 ? timeout : 20L);
	curl_easy_setopt(curl, CURLOPT_TIMEOUT, timeout);
	curl_easy_setopt(curl, CURLOPT_SERVER_RESPONSE_TIMEOUT, timeout);
	curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, error);
	curl_easy_setopt(curl, CURLOPT_CONNECT_ONLY, 1L); /* greeting, encryption, login; the line is ours from there */
	CURLcode code = curl_easy_perform(curl);
	curl_socket_t socket = CURL_SOCKET_BAD;
	if (code == CURLE_OK) curl_easy_getinfo(curl, CURLINFO_ACTIVESOCKET, &socket);
	if (code != CURLE_OK || socket == CURL_SOCKET_BAD) {
		struct status status = failed(code == CURLE_OK ? CURLE_COULDNT_CONNECT : code, error);
		curl_easy_cleanup(curl);
		return status;
	}
	curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, NULL);
	struct line *line = xmalloc(sizeof *line);
	*line = (struct line){ curl, socket, (int)timeout, seconds_now() + WHOLE_SECONDS };
	*out = imap_over((struct imap_wire){ line_read, line_write, line_close, line });
	return STATUS_FINE;
}
