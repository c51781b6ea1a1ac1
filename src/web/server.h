/* server — the inside of the web room; screens see web.h only.
 *
 * One exchange is one HTTP request on its way: libmicrohttpd reads it (server.c), request.c makes fields and uploads of its
 * body, a worker thread answers it (dispatch.c: who asks, may he, handler, representation), libmicrohttpd sends the reply.
 * A connection waits suspended while a worker has its exchange, so a slow handler holds up nobody else; uploads have workers
 * of their own for the same reason. */
#ifndef WEB_SERVER_H
#define WEB_SERVER_H

#include "access/session.h"
#include "access/token.h"
#include "outreach/debtor_link.h"
#include "web/web.h"

#include <microhttpd.h>
#include <stdatomic.h>

enum {
	LIMIT_TARGET = 16 << 10,     /* path and query */
	LIMIT_BODY = 2 << 20,        /* a form or a JSON document */
	LIMIT_FIELDS = 20000,        /* a bulk selection is one field per line */
	LIMIT_SEGMENTS = 12,
	LIMIT_READ_SECONDS = 60,     /* to receive a form; uploads have LIMIT_UPLOAD_SECONDS */
	LIMIT_UPLOAD_SECONDS = 1800,
};

struct field {
	const char *name, *value;
	struct field *next;
};
struct fields {
	struct field *first, **last;
	size_t count;
};
void fields_add(struct fields *fields, struct arena *arena, const char *name, const char *value);
const char *fields_find(const struct fields *fields, const char *name);

struct upload_part { /* one file of a multipart body */
	struct upload upload;
	const char *field;
	int fd;
	struct upload_part *next;
};

enum stage { STAGE_FRESH, STAGE_ADMITTED, STAGE_READING, STAGE_WORKING, STAGE_DONE };

struct exchange {
	struct request request; /* what handlers see */
	struct server *server;
	struct MHD_Connection *connection;
	enum stage stage;
	bool admit;             /* an upload: the worker says first whether its sender may */
	char id[13];
	int64_t started_ns, worked_ns;
	char *target;           /* raw path and query, as sent; the path is cut at '?' */
	char *query_text;
	const struct route *route;
	size_t route_index;     /* SIZE_MAX: none */
	struct fields path_fields, query, form;
	/* body */
	enum { BODY_NONE, BODY_FORM, BODY_MULTIPART, BODY_JSON } body_kind;
	int64_t body_limit, body_seen;
	struct text body;
	json_t *json;
	struct MHD_PostProcessor *post;
	struct upload_part *uploads, **uploads_last;
	struct text part;       /* the multipart field being read */
	char *part_name;
	struct status refused;  /* why the body can't be used */
	int refused_http;       /* 413 rather than what the status says */
	/* who */
	struct viewer viewer;
	struct session session;
	struct token token;
	bool has_session, has_token;
	const char *company_hint; /* ?company= or the header */
	char address[64];
	/* the book, once asked for */
	const struct book *book;
	uint8_t *selected;
	/* reply */
	int http_status;
	struct text out;
	const char *out_type;
	struct fields headers;
	struct exchange *next; /* in a lane */
};

struct lane {
	pthread_mutex_t lock;
	pthread_cond_t wake;
	struct exchange *first, **last; /* guarded by lock */
	bool closing;                   /* guarded by lock */
	pthread_t threads[16];
	int thread_count;
};

struct server {
	struct store *store;
	struct serve_options options;
	struct MHD_Daemon *daemon;
	struct lane pages, uploads;
	atomic_int waiting; /* exchanges in lanes or in work */
	char build[24];
	bool loopback;      /* listens on this machine only */
	char hosts[1024];
	int64_t upload_limit;
	struct errands *errands;
};

/* request.c */
struct status request_start(struct exchange *x);                                  /* path, query, kind of body */
void request_feed(struct exchange *x, const char *bytes, size_t len);             /* a piece of the body; trouble goes to x->refused */
struct status request_finish(struct exchange *x);                                 /* the whole body is there */
void request_drop(struct exchange *x);                                            /* frees all */
const char *exchange_header(const struct exchange *x, const char *name);          /* NULL when absent */
const char *exchange_cookie(struct exchange *x, const char *name);
void exchange_reply_header(struct exchange *x, const char *name, const char *value);
[[gnu::format(printf, 3, 4)]] void exchange_reply_headerf(struct exchange *x, const char *name, const char *format, ...);
void exchange_set_cookie(struct exchange *x, const char *name, const char *value, int64_t seconds); /* 0: the session's; < 0: gone */
char *url_decode(struct arena *arena, const char *bytes, size_t len, bool plus); /* NULL: not UTF-8, or a 0 in it */
void url_encode(struct text *out, const char *bytes);

static inline struct exchange *exchange_of(const struct request *request)
{
	return request->internal;
}

/* throttle.c */
bool throttle_allow(const char *key, int each_minute, int64_t now_ns);
static inline bool target_is_link(const char *target) /* of a customer's page: nothing of it is ever written down */
{
	return strncmp(target, "/r/", 3) == 0 || strncmp(target, "/api/v1/r/", 10) == 0;
}

/* route.c: the tables flattened once, in order. */
void routes_prepare(void);
size_t routes_count(void);
const struct route *routes_at(size_t index);
/* NULL when no pattern fits; *other_method when one does, but not with this method. HEAD is GET. */
const struct route *route_match(const char *method, const char *path, struct arena *arena, struct fields *parameters,
                                size_t *index, bool *other_method);
const struct route *menu_route(enum menu menu, const struct viewer *viewer); /* the entry's page; NULL: none, or not for him */
const char *menu_code(enum menu menu);

/* dispatch.c */
void exchange_work(struct exchange *x); /* fills the reply, whatever happens */
void exchange_admit(struct exchange *x); /* an upload's headers are here: who is it; sets refused */

/* represent.c */
void represent(struct exchange *x);                             /* request.model as a page or JSON */
void represent_status(struct exchange *x, struct status status, int http); /* http 0: by the status */
void represent_prepare(void);                                   /* compiles every page once: a broken one stops the start */

/* kept.c: models of routes marked `kept`, while nothing has changed. */
bool kept_take(struct exchange *x);
void kept_put(struct exchange *x);

/* counts.c */
int64_t counts_cash(const struct exchange *x);   /* bank lines that came in and wait */
int64_t counts_disputes(const struct exchange *x); /* disputes that are open */
int64_t counts_agenda(const struct exchange *x); /* actions of the day that wait for a person */

/* static.c */
bool static_serve(struct exchange *x); /* answers /assets/… and /favicon.ico; false: not one of these */
void static_build(char out[static 24]); /* a short digest of all that travels in the program */

/* metrics.c */
void metrics_count(const struct exchange *x, int64_t nanoseconds);

/* errands.c: small writes that no reader should wait for. */
struct errands *errands_start(struct store *store);
void errands_stop(struct errands *errands);
void errands_touch_session(struct errands *errands, const struct session *session, int64_t now);
void errands_touch_link(struct errands *errands, const struct debtor_link *link, int64_t now);
void errands_touch_token(struct errands *errands, const struct token *token, int64_t now);

int64_t clock_ns(void);   /* monotonic */
int64_t clock_wall(void); /* UTC seconds: sessions and throttling live by the real clock, whatever --today says */

#endif
