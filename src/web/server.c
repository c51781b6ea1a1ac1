#include "web/server.h"

#include "base/log.h"
#include "base/memory.h"
#include "jobs/scheduler.h"

#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <netdb.h>
#include <pthread.h>
#include <signal.h>
#include <sodium.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

int64_t clock_ns(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

int64_t clock_wall(void)
{
	return (int64_t)time(NULL);
}

/* --- lanes: worker threads and what waits for them ---------------------------------------------------------------------- */
static void lane_add(struct lane *lane, struct exchange *x)
{
	pthread_mutex_lock(&lane->lock);
	x->next = NULL;
	*lane->last = x;
	lane->last = &x->next;
	pthread_cond_signal(&lane->wake);
	pthread_mutex_unlock(&lane->lock);
}

static struct exchange *lane_take(struct lane *lane)
{
	pthread_mutex_lock(&lane->lock);
	while (!lane->first && !lane->closing) pthread_cond_wait(&lane->wake, &lane->lock);
	struct exchange *x = lane->first;
	if (x) {
		lane->first = x->next;
		if (!lane->first) lane->last = &lane->first;
	}
	pthread_mutex_unlock(&lane->lock);
	return x;
}

static void *lane_work(void *context)
{
	struct lane *lane = context;
	for (struct exchange *x; (x = lane_take(lane));) {
		struct server *server = x->server;
		struct MHD_Connection *connection = x->connection;
		if (x->admit) {
			exchange_admit(x);
			x->admit = false;
			x->stage = STAGE_ADMITTED;
		} else {
			exchange_work(x);
			x->stage = STAGE_DONE;
		}
		MHD_resume_connection(connection); /* x may be gone from here on */
		atomic_fetch_sub(&server->waiting, 1);
	}
	return NULL;
}

static struct status lane_open(struct lane *lane, int threads)
{
	pthread_mutex_init(&lane->lock, NULL);
	pthread_cond_init(&lane->wake, NULL);
	lane->first = NULL, lane->last = &lane->first;
	for (; lane->thread_count < threads; lane->thread_count++)
		if (pthread_create(&lane->threads[lane->thread_count], NULL, lane_work, lane) != 0)
			return status_make(STATUS_UNAVAILABLE, "No thread could be started: the machine is out of them.");
	return STATUS_FINE;
}

static void lane_close(struct lane *lane)
{
	if (!lane->last) return;
	pthread_mutex_lock(&lane->lock);
	lane->closing = true;
	pthread_cond_broadcast(&lane->wake);
	pthread_mutex_unlock(&lane->lock);
	for (int i = 0; i < lane->thread_count; i++) pthread_join(lane->threads[i], NULL);
	pthread_cond_destroy(&lane->wake);
	pthread_mutex_destroy(&lane->lock);
}

/* Hands the exchange to a worker; its connection waits suspended meanwhile. */
static enum MHD_Result hand_over(struct exchange *x)
{
	atomic_fetch_add(&x->server->waiting, 1);
	MHD_suspend_connection(x->connection);
	lane_add(x->route && x->route->upload && !x->admit ? &x->server->uploads : &x->server->pages, x);
	return MHD_YES;
}

/* --- replies -------------------------------------------------------------------------------------------------------------- */
static const char *const page_policy =
	"default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
	"object-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'";
/* A mail's preview carries the styles that mail needs; it gets nothing else. */
static const char *const preview_policy =
	"sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'; base-uri 'none'; form-action 'none'";

static enum MHD_Result send_reply(struct exchange *x)
{
	size_t len = x->out.len;
	char *bytes = text_take(&x->out);
	struct MHD_Response *response = MHD_create_response_from_buffer(len, bytes, MHD_RESPMEM_MUST_FREE);
	if (!response) {
		free(bytes);
		return MHD_NO;
	}
	bool preview = x->request.file_type && strncmp(x->request.file_type, "text/html", 9) == 0;
	if (x->out_type) MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, x->out_type);
	MHD_add_response_header(response, "Content-Security-Policy", preview ? preview_policy : page_policy);
	MHD_add_response_header(response, "X-Frame-Options", preview ? "SAMEORIGIN" : "DENY");
	MHD_add_response_header(response, "X-Content-Type-Options", "nosniff");
	bool by_link = target_is_link(x->target);
	MHD_add_response_header(response, "Referrer-Policy", by_link ? "no-referrer" : "same-origin");
	if (by_link) MHD_add_response_header(response, "X-Robots-Tag", "noindex, nofollow, noarchive");
	MHD_add_response_header(response, "Cross-Origin-Opener-Policy", "same-origin");
	MHD_add_response_header(response, "Cross-Origin-Resource-Policy", "same-origin");
	MHD_add_response_header(response, "Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=()");
	MHD_add_response_header(response, "X-Request-Id", x->id);
	if (x->server->options.https) MHD_add_response_header(response, "Strict-Transport-Security", "max-age=31536000");
	if (!fields_find(&x->headers, "Cache-Control")) MHD_add_response_header(response, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
	for (const struct field *header = x->headers.first; header; header = header->next)
		MHD_add_response_header(response, header->name, header->value);
	enum MHD_Result result = MHD_queue_response(x->connection, (unsigned)x->http_status, response);
	MHD_destroy_response(response);

	int64_t took = clock_ns() - x->started_ns;
	metrics_count(x, took);
	log_line(x->http_status >= 500 ? LOG_ERROR : x->route || x->http_status >= 400 ? LOG_INFO : LOG_DEBUG,
	         "request=%s %s %s status=%d ms=%.1f work=%.1f bytes=%zu user=%lld from=%s", x->id, x->request.method,
	         x->route ? x->route->pattern : "-", x->http_status, (double)took / 1e6, (double)x->worked_ns / 1e6, len,
	         (long long)(x->request.viewer ? x->request.viewer->user_id : 0), x->address);
	return result;
}

static enum MHD_Result refuse_now(struct exchange *x, struct status status, int http)
{
	represent_status(x, status, http);
	x->stage = STAGE_DONE;
	return send_reply(x);
}

/* --- what libmicrohttpd calls ------------------------------------------------------------------------------------------------ */
/* The name that the browser was told, without its port; NULL when it is not one of ours. A page of an attacker whose name was
 * pointed at this machine must not speak to the desk. */
static bool host_fits(struct exchange *x)
{
	const char *given = exchange_header(x, MHD_HTTP_HEADER_HOST);
	if (!given || !*given || strlen(given) > 255) return false;
	char host[256];
	snprintf(host, sizeof host, "%s", given);
	char *colon = strrchr(host, ':');
	if (colon && !strchr(colon, ']') && strspn(colon + 1, "0123456789") == strlen(colon + 1)) *colon = 0;
	for (const char *at = host; *at; at++)
		if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_:[]", *at)) return false; /* no @, no space */
	if (!*x->server->hosts) return true;
	size_t len = strlen(host);
	for (const char *at = x->server->hosts; *at; at += strcspn(at, ","), at += *at == ',')
		if (strcspn(at, ",") == len && strncasecmp(at, host, len) == 0) return true;
	return false;
}

static void find_address(struct exchange *x)
{
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(x->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	if (info && info->client_addr)
		(void)getnameinfo(info->client_addr,
		                  info->client_addr->sa_family == AF_INET6 ? sizeof(struct sockaddr_in6) : sizeof(struct sockaddr_in),
		                  x->address, sizeof x->address, NULL, 0, NI_NUMERICHOST);
	if (!x->server->options.proxy) return;
	/* the last address is the one our proxy saw; those before it are anybody's claim */
	const char *forwarded = exchange_header(x, "X-Forwarded-For");
	if (!forwarded) return;
	const char *last = strrchr(forwarded, ',');
	last = last ? last + 1 : forwarded;
	while (*last == ' ') last++;
	if (*last && strlen(last) < sizeof x->address) snprintf(x->address, sizeof x->address, "%s", last);
	for (char *at = x->address; *at; at++)
		if (!strchr("0123456789abcdefABCDEF.:", *at)) *at = '_';
}

static void *on_target(void *context, const char *target, struct MHD_Connection *connection)
{
	struct exchange *x = xcalloc(1, sizeof *x);
	x->server = context;
	x->connection = connection;
	x->started_ns = clock_ns();
	x->target = xstrdup(target);
	x->route_index = SIZE_MAX;
	x->request.arena = arena_new();
	x->request.internal = x;
	x->request.model = json_object();
	x->request.http_status = 200;
	uint8_t random[6];
	randombytes_buf(random, sizeof random);
	sodium_bin2hex(x->id, sizeof x->id, random, sizeof random);
	return x;
}

static enum MHD_Result on_headers(struct exchange *x, const char *method)
{
	struct request *request = &x->request;
	request->method = arena_strdup(request->arena, method);
	request->store = x->server->store;
	request->clock = x->server->options.clock;
	find_address(x);
	if (strlen(x->target) > LIMIT_TARGET) return refuse_now(x, status_make(STATUS_INVALID, "The address is too long."), 414);
	x->query_text = strchr(x->target, '?');
	if (x->query_text) *x->query_text++ = 0;
	const char *path = x->target;
	if (path[0] != '/') return refuse_now(x, status_make(STATUS_INVALID, "The address is not one of the desk's."), 400);
	if (strcmp(path, "/api/v1") == 0 || strncmp(path, "/api/v1/", 8) == 0) {
		request->json = true;
		path += strlen("/api/v1");
		if (!*path) path = "/";
	}
	request->path = path;
	bool reading = strcmp(method, "GET") == 0 || strcmp(method, "HEAD") == 0;
	if (reading && !request->json && static_serve(x)) return send_reply(x);

	bool other_method = false;
	x->route = route_match(method, path, request->arena, &x->path_fields, &x->route_index, &other_method);
	const char *accept = exchange_header(x, MHD_HTTP_HEADER_ACCEPT);
	if (accept && strstr(accept, "application/json") && !strstr(accept, "text/html")) request->json = true;
	bool probe = x->route && x->route->public_page && x->route->right == RIGHT_NONE && !x->route->template && reading;
	if (!probe && !host_fits(x))
		return refuse_now(x, status_make(STATUS_INVALID, "This desk is not reached by that name. Start it with --hosts to allow it."), 421);

	struct status status = request_start(x);
	if (status.code) return refuse_now(x, status, 400);
	const char *length = exchange_header(x, MHD_HTTP_HEADER_CONTENT_LENGTH);
	int64_t announced = 0;
	if (length && text_parse_int(length, strlen(length), &announced) && announced > x->body_limit)
		return refuse_now(x, status_make(STATUS_INVALID, "What was sent is over %lld MB.", (long long)(x->body_limit >> 20)), 413);
	if (!x->route && other_method) return refuse_now(x, status_make(STATUS_INVALID, "This address doesn't take %s.", method), 405);
	x->stage = STAGE_READING;
	if (x->route && x->route->upload && x->body_kind == BODY_MULTIPART && (!x->route->by_link || x->route->admit)) {
		x->admit = true; /* nobody fills our disk without having logged in */
		return hand_over(x);
	}
	return MHD_YES;
}

static enum MHD_Result on_request(void *context, struct MHD_Connection *connection, const char *url, const char *method,
                                  const char *version, const char *bytes, size_t *len, void **state)
{
	(void)context, (void)connection, (void)url, (void)version;
	struct exchange *x = *state;
	switch (x->stage) {
	case STAGE_FRESH:
		return on_headers(x, method);
	case STAGE_ADMITTED: /* resumed at its headers, the connection is asked once more before any byte of the body */
		x->stage = STAGE_READING;
		if (*len == 0) return MHD_YES;
		[[fallthrough]];
	case STAGE_READING:
		if (*len > 0) {
			int64_t seconds = (clock_ns() - x->started_ns) / 1000000000;
			bool endless = x->body_seen > x->body_limit + (64 << 20);
			if (endless || seconds > (x->route && x->route->upload ? LIMIT_UPLOAD_SECONDS : LIMIT_READ_SECONDS)) return MHD_NO;
			request_feed(x, bytes, *len);
			*len = 0;
			return MHD_YES;
		}
		x->stage = STAGE_WORKING;
		return hand_over(x);
	case STAGE_WORKING:
		return MHD_YES;
	case STAGE_DONE:
		return send_reply(x);
	}
	return MHD_NO;
}

static void on_completed(void *context, struct MHD_Connection *connection, void **state, enum MHD_RequestTerminationCode how)
{
	(void)context, (void)connection, (void)how;
	if (*state) request_drop(*state);
	*state = NULL;
}

/* Addresses stay as they were sent: a customer's code may hold a slash, which must not become one in the path. */
static size_t keep_escaped(void *context, struct MHD_Connection *connection, char *text)
{
	(void)context, (void)connection;
	return strlen(text);
}

[[gnu::format(printf, 2, 0)]] static void on_log(void *context, const char *format, va_list args)
{
	(void)context;
	char line[512];
	vsnprintf(line, sizeof line, format, args);
	line[strcspn(line, "\n")] = 0;
	log_line(LOG_DEBUG, "http: %s", line);
}

/* --- start and stop ------------------------------------------------------------------------------------------------------------ */
static struct status listen_on(struct server *server, int *out_fd, int *out_port)
{
	const char *where = server->options.listen ? server->options.listen : "127.0.0.1:8080";
	char host[256];
	snprintf(host, sizeof host, "%s", where);
	char *colon = strrchr(host, ':');
	if (!colon || !colon[1]) return status_make(STATUS_INVALID, "“%s” is no address to listen on: say ADDRESS:PORT, as 127.0.0.1:8080.", where);
	*colon = 0;
	char *name = host;
	if (*name == '[' && colon[-1] == ']') name++, colon[-1] = 0;
	struct addrinfo want = { .ai_flags = AI_PASSIVE | AI_NUMERICSERV, .ai_socktype = SOCK_STREAM }, *found = NULL;
	if (getaddrinfo(*name ? name : NULL, colon + 1, &want, &found) != 0 || !found)
		return status_make(STATUS_INVALID, "“%s” is no address to listen on: say ADDRESS:PORT, as 127.0.0.1:8080.", where);
	int fd = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), one = 1;
	if (fd >= 0) (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
	bool bound = fd >= 0 && bind(fd, found->ai_addr, found->ai_addrlen) == 0 && listen(fd, 512) == 0;
	int trouble = errno;
	if (found->ai_family == AF_INET) {
		uint32_t address = ntohl(((struct sockaddr_in *)found->ai_addr)->sin_addr.s_addr);
		server->loopback = address >> 24 == 127;
	} else {
		server->loopback = IN6_IS_ADDR_LOOPBACK(&((struct sockaddr_in6 *)found->ai_addr)->sin6_addr);
	}
	freeaddrinfo(found);
	if (!bound) {
		if (fd >= 0) close(fd);
		return trouble == EADDRINUSE ? status_make(STATUS_UNAVAILABLE, "%s is in use by another program: choose another port with --listen.", where)
		                             : status_make(STATUS_UNAVAILABLE, "%s can't be listened on: %s.", where, strerror(trouble));
	}
	struct sockaddr_storage actual;
	socklen_t len = sizeof actual;
	if (getsockname(fd, (struct sockaddr *)&actual, &len) == 0)
		*out_port = ntohs(actual.ss_family == AF_INET ? ((struct sockaddr_in *)&actual)->sin_port : ((struct sockaddr_in6 *)&actual)->sin6_port);
	const char *hosts = server->options.hosts;
	if (hosts && *hosts)
		snprintf(server->hosts, sizeof server->hosts, "%s", hosts);
	else if (server->loopback)
		snprintf(server->hosts, sizeof server->hosts, "localhost,127.0.0.1,[::1],%s", name);
	*out_fd = fd;
	return STATUS_FINE;
}

static struct status daemon_start(struct server *server, int fd)
{
	long cores = sysconf(_SC_NPROCESSORS_ONLN);
	int threads = cores < 2 ? 2 : cores > 8 ? 8 : (int)cores;
	TRY(lane_open(&server->pages, threads * 2 > 8 ? 16 : 8));
	TRY(lane_open(&server->uploads, 2));
	server->daemon = MHD_start_daemon(
		MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG, 0, NULL, NULL, on_request, server,
		MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_THREAD_POOL_SIZE, (unsigned)threads, MHD_OPTION_CONNECTION_TIMEOUT, 30u,
		MHD_OPTION_CONNECTION_LIMIT, 2000u, MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)64 << 10, MHD_OPTION_STRICT_FOR_CLIENT, 1,
		MHD_OPTION_URI_LOG_CALLBACK, on_target, server, MHD_OPTION_UNESCAPE_CALLBACK, keep_escaped, NULL,
		MHD_OPTION_NOTIFY_COMPLETED, on_completed, NULL, MHD_OPTION_EXTERNAL_LOGGER, on_log, NULL, MHD_OPTION_END);
	if (!server->daemon) return status_make(STATUS_UNAVAILABLE, "The web server could not be started.");
	return STATUS_FINE;
}

static void daemon_stop(struct server *server)
{
	if (server->daemon) {
		MHD_socket listener = MHD_quiesce_daemon(server->daemon); /* no new connection; what runs is finished */
		for (int waited = 0; atomic_load(&server->waiting) > 0 && waited < 30000; waited += 10) usleep(10000);
		if (listener != MHD_INVALID_SOCKET) close(listener);
	}
	lane_close(&server->pages);
	lane_close(&server->uploads);
	if (server->daemon) MHD_stop_daemon(server->daemon);
}

struct status web_serve(struct store *store, const struct serve_options *options)
{
	if (sodium_init() < 0) return status_make(STATUS_INTERNAL, "The machine gives no random numbers.");
	struct server server = { .store = store, .options = *options };
	server.upload_limit = options->upload_limit > 0 ? options->upload_limit : (int64_t)1 << 30;
	routes_prepare();
	represent_prepare();
	static_build(server.build);

	/* signals are taken by this thread alone; the others are started with them blocked */
	sigset_t signals, before;
	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGINT);
	pthread_sigmask(SIG_BLOCK, &signals, &before);
	(void)signal(SIGPIPE, SIG_IGN);

	int fd = -1, port = 0;
	TRY(listen_on(&server, &fd, &port));
	struct status status = store_hold(store);
	struct jobs *jobs = NULL;
	if (!status.code) {
		server.errands = errands_start(store);
		status = daemon_start(&server, fd);
		if (!status.code && !options->no_jobs) status = jobs_start(store, &options->clock, &jobs);
		if (!status.code) {
			log_line(LOG_INFO, "serving on port %d, build %s", port, server.build);
			if (options->port_fd > 0) {
				char line[16];
				int len = snprintf(line, sizeof line, "%d\n", port);
				if (write(options->port_fd, line, (size_t)len) != len) log_line(LOG_WARNING, "the port could not be told");
			}
			int which = 0;
			while (sigwait(&signals, &which) != 0) continue;
			log_line(LOG_INFO, "stopping");
		}
		jobs_stop(jobs);
		daemon_stop(&server);
		errands_stop(server.errands);
		store_unhold(store);
	}
	if (!server.daemon) close(fd);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return status;
}
