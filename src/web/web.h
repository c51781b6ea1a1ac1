/* web — requests, models, the route table: the only list of what exists.
 *
 * A handler has four beats: read the form, call the domain, fill the model, reply. Representation turns the model into a page
 * by the route's template, or sends it as JSON (Accept: application/json, or under /api/v1). Permission tests, menu, OpenAPI
 * and metrics come from the table. Each screen is one file, src/web/<screen>.c, that exports its part:
 *
 *     static struct status agenda_show(struct request *request) { … json_object_set_new(request->model, "actions", rows); … }
 *     const struct route agenda_routes[] = {
 *         { "GET", "/agenda", RIGHT_READ, agenda_show, .template = "agenda", .menu = MENU_AGENDA, .summary = "The day's actions" },
 *         { "POST", "/agenda/{id}/confirm", RIGHT_COLLECT, agenda_confirm, .summary = "Confirm an action" },
 *         { 0 } };
 */
#ifndef WEB_WEB_H
#define WEB_WEB_H

#include "access/viewer.h"
#include "base/arena.h"
#include "base/text.h"
#include "book/book.h"
#include "db/db.h"
#include "ledger/company.h"

#include <jansson.h>

struct upload {
	const char *name;      /* as the browser says; never used as a path */
	const char *path;      /* temporary file with the bytes, removed after the reply */
	int64_t size;
};

struct request {
	/* what came in */
	const char *method, *path;
	struct arena *arena;          /* reset after the reply */
	struct store *store;
	struct db *db;                /* a reader, in one snapshot; NULL on routes that ask for none */
	const struct viewer *viewer;  /* NULL when nobody is logged in */
	struct company company;       /* id 0 when there is none yet */
	const struct settings *settings;
	struct clock clock;
	int32_t today;                /* the company's business day */
	int32_t as_of;                /* the day of the figures (?as_of=); today by default */
	bool past;                    /* as_of is before today: the desk is read-only */
	int64_t now;
	enum lang lang;
	bool json;                    /* the caller wants JSON */
	bool fragment;                /* htmx asks for a part of the page */
	const char *csrf;
	/* what goes out */
	json_t *model;                /* an object; never NULL */
	const char *template;         /* the route's, a handler may choose another */
	const char *frame;            /* the page around it; NULL: "layout" */
	int http_status;              /* 200 */
	const char *here;             /* the own address of a page that comes back after a refused form, for its links; NULL, or a GET: the one asked for */
	const char *redirect;         /* after a write: 303 See Other */
	const char *notice;           /* shown once after the redirect (already in the user's language) */
	const char *undo;             /* address that a form posts to undo what was just done; shown with the notice */
	/* a file instead of a page: with a name it is saved, without it is shown; HTML of ours (a mail's preview) is shown without
	 * scripts or forms */
	const char *file_type, *file_name;
	struct text file;             /* malloc'd bytes; freed by the server */
	void *internal;
};

/* Path parameter {name}, query or form field; NULL when absent. Text is valid UTF-8, bounded by the upload limits. */
const char *request_path(const struct request *request, const char *name);
const char *request_field(const struct request *request, const char *name);
/* All values of a field sent several times (checkboxes): 0-terminated array of strings in the arena. */
const char *const *request_fields(const struct request *request, const char *name);
int64_t request_int(const struct request *request, const char *name, int64_t otherwise);
bool request_day(const struct request *request, const char *name, int32_t *out);
const struct upload *request_upload(const struct request *request, const char *field, size_t index); /* NULL when none */
const json_t *request_body(const struct request *request); /* a JSON body, or NULL; its plain members are fields too */
/* What makes a repeated write the same write: the header Idempotency-Key, or the field "key"; NULL when neither is given. */
const char *request_key(const struct request *request);
/* Whether whoever asks from this address (or by this key) may do so again now: at most `each_minute` times a minute, with as many at
 * once. One server's own memory: behind several, each counts for itself. */
bool request_throttle(const struct request *request, const char *key, int each_minute);
const char *request_address(const struct request *request);
/* For addresses that a handler builds: percent-encoded, in the arena. */
const char *request_escape(const struct request *request, const char *text);
/* Where a form asked to go back to (field "back"), if that is a page of ours; else `otherwise`. */
const char *request_back(const struct request *request, const char *otherwise);
/* The book of the request's company, taken once and released after the reply. */
struct status request_book(struct request *request, const struct book **out);
/* Customers of the book that the viewer may see: one byte each, for book_age_options.selected. */
const uint8_t *request_selected(struct request *request, const struct book *book);
/* Values of a model: an ISO day (null for DAY_NONE), an instant as RFC 3339 in UTC (null for 0). */
json_t *model_day(int32_t day);
json_t *model_instant(int64_t at);
/* Does `work` in one write transaction with a new revision: store_transact + company_begin + company_end. Then request->db
 * starts over, so that what is read after sees the change; rows of before must be closed. */
typedef struct status request_work(struct change *change, void *context);
struct status request_change(struct request *request, request_work *work, void *context);
/* The same for what is the tenant's and has no revision: accounts, tokens, sessions. */
struct status request_transact(struct request *request, db_work *work, void *context);

typedef struct status route_handler(struct request *request);
/* The sidebar's entries, in order. An entry stands when a GET route with it and no {parameter} does: the first one in the tables. */
enum menu {
	MENU_NONE, MENU_DASHBOARD, MENU_AGENDA, MENU_CUSTOMERS, MENU_ITEMS, MENU_DISPUTES, MENU_CASH, MENU_LEGAL, MENU_FORECAST, MENU_REPORTS, MENU_IMPORTS,
	MENU_SCENARIOS, MENU_TEMPLATES, MENU_SETTINGS, MENU_AUDIT, MENU_ACCOUNT, MENU_COUNT
};
struct route {
	const char *method, *pattern; /* "/customers/{code}" */
	enum right right;
	route_handler *handler;
	const char *template;         /* pages/<template>.html; NULL: the handler redirects or sends a file */
	enum menu menu;               /* highlighted entry */
	const char *summary;          /* English, for OpenAPI */
	bool no_company;              /* works before a company exists */
	bool upload;                  /* takes files (bigger limit) */
	bool public_page;             /* no session needed */
	bool live;                    /* shows what changes without a revision (progress, sessions): no ETag */
	bool by_link;                 /* who holds the link in its path may: no session, cookie or csrf value; never shown to others, never logged */
	route_handler *admit;         /* by_link uploads: asked before any byte of the body is kept */
	int64_t body_limit;           /* bytes of its body; 0: by what it takes */
	bool kept;                    /* costs passes over every item and shows nothing personal: its model is kept until something changes */
	const char *fields;           /* for OpenAPI: names a form or query takes, "email* role*" (* required), "items[]" */
};
/* The parts, in order: src/web/routes.c lists every screen's table. */
extern const struct route *const route_tables[];

/* The server, for `serve` and tests. Blocks until SIGTERM or SIGINT, then finishes what runs. */
struct serve_options {
	const char *listen;           /* "127.0.0.1:8080" */
	struct clock clock;
	bool demo;
	bool no_jobs;                 /* tests: no scheduled work */
	const char *hosts;            /* names the desk is reached by, separated by commas; NULL: those of `listen` */
	bool https;                   /* reached through a proxy that speaks TLS: Secure cookies, HSTS */
	bool proxy;                   /* behind a proxy: the caller's address is in X-Forwarded-For */
	int64_t upload_limit;         /* bytes of one upload; 0: 1 GB */
	int port_fd;                  /* when > 0 the bound port is written there */
};
struct status web_serve(struct store *store, const struct serve_options *options);

/* The OpenAPI document of every route, for the address and for tests; the caller drops it. */
json_t *openapi_document(void);
/* What a test needs to know of each route: [{ method, pattern, right, public, by_link, upload, no_company, template }]. */
json_t *routes_document(void);

#endif
