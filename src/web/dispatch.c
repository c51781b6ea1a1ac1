#include "web/server.h"

#include "access/absence.h"
#include "access/user.h"
#include "base/day.h"
#include "base/log.h"
#include "base/memory.h"
#include "ledger/event.h"
#include "web/imports_page.h"

#include <sodium.h>
#include <strings.h>

enum { RIGHTS_THAT_WRITE = RIGHT_NOTE | RIGHT_COLLECT | RIGHT_RESOLVE | RIGHT_IMPORT | RIGHT_SCENARIO | RIGHT_SETTINGS | RIGHT_USERS |
       RIGHT_CASH | RIGHT_PERSONAL };

static bool writes(const struct exchange *x)
{
	return strcmp(x->request.method, "GET") != 0 && strcmp(x->request.method, "HEAD") != 0;
}

/* --- who ---------------------------------------------------------------------------------------------------------------- */
static struct status identify(struct exchange *x)
{
	struct request *request = &x->request;
	const char *authorization = exchange_header(x, MHD_HTTP_HEADER_AUTHORIZATION);
	if (authorization && strncasecmp(authorization, "Bearer ", 7) == 0) {
		const char *value = authorization + 7;
		while (*value == ' ') value++;
		struct status status = token_find(request->db, value, clock_wall(), &x->token, &x->viewer);
		if (status.code == STATUS_NOT_FOUND)
			return status_make(STATUS_FORBIDDEN, "This token is unknown or revoked. Make one in your account.");
		TRY(status);
		x->has_token = true;
		if (token_stale(&x->token, clock_wall())) errands_touch_token(x->server->errands, &x->token, clock_wall());
	} else {
		const char *cookie = exchange_cookie(x, "encours_session");
		if (!cookie || !*cookie || strlen(cookie) >= SESSION_COOKIE_MAX) return STATUS_FINE;
		struct status status = session_find(request->db, cookie, clock_wall(), &x->session, &x->viewer);
		if (status.code == STATUS_NOT_FOUND) return STATUS_FINE;
		TRY(status);
		x->has_session = true;
		request->csrf = x->session.csrf;
		if (session_stale(&x->session, clock_wall())) errands_touch_session(x->server->errands, &x->session, clock_wall());
	}
	if (x->has_token || x->has_session) request->viewer = &x->viewer;
	return STATUS_FINE;
}

/* ?lang= decides and is remembered; then what the user set, what was chosen before, what the browser says, French. */
static enum lang choose_lang(struct exchange *x)
{
	const char *asked = fields_find(&x->query, "lang");
	bool by_link = x->route && x->route->by_link; /* sets no cookie, and reads none */
	if (asked && (strcmp(asked, "fr") == 0 || strcmp(asked, "en") == 0)) {
		if (!by_link) exchange_set_cookie(x, "encours_lang", asked, 365 * 86400);
		return lang_parse(asked, LANG_FR);
	}
	const char *chosen = by_link ? NULL : exchange_cookie(x, "encours_lang");
	if (chosen && (strcmp(chosen, "fr") == 0 || strcmp(chosen, "en") == 0)) return lang_parse(chosen, LANG_FR);
	if (x->has_session && x->session.language[0]) return lang_parse(x->session.language, LANG_FR);
	if (x->has_token) return x->viewer.lang;
	const char *accept = exchange_header(x, MHD_HTTP_HEADER_ACCEPT_LANGUAGE);
	for (const char *at = accept; at && *at;) { /* the first of ours: browsers list them by preference */
		while (*at == ' ' || *at == ',') at++;
		if (strncasecmp(at, "fr", 2) == 0) return LANG_FR;
		if (strncasecmp(at, "en", 2) == 0) return LANG_EN;
		at = strchr(at, ',');
	}
	return LANG_FR;
}

/* --- which company -------------------------------------------------------------------------------------------------------- */
static struct status choose_company(struct exchange *x)
{
	struct request *request = &x->request;
	const char *code = fields_find(&x->query, "company");
	if (!code || strcmp(request->path, "/company") == 0) code = exchange_header(x, "X-Encours-Company");
	if (!request->viewer) return STATUS_FINE;
	if (x->has_token || (code && *code)) {
		struct status status = company_find(request->db, request->viewer, code, &request->company);
		if (status.code == STATUS_OK || !x->route->no_company) return status;
		request->company = (struct company){ 0 };
		return STATUS_FINE;
	}
	if (x->session.company_id) {
		struct status status = company_get(request->db, request->viewer, x->session.company_id, &request->company);
		if (status.code != STATUS_NOT_FOUND && status.code != STATUS_FORBIDDEN) return status;
	}
	struct company *companies;
	size_t count;
	TRY(company_list(request->db, request->viewer, request->arena, &companies, &count));
	if (count > 0) request->company = companies[0];
	return STATUS_FINE;
}

static struct status load_company(struct exchange *x)
{
	struct request *request = &x->request;
	if (request->company.id)
		TRY(settings_load(request->db, request->company.tenant_id, request->company.id, request->arena, &request->settings));
	const struct company nowhere = { .zone = "Europe/Paris" };
	const struct company *company = request->company.id ? &request->company : &nowhere;
	request->today = company_today(company, &request->clock);
	request->now = company_now(company, &request->clock);
	request->as_of = request->today;
	const char *asked = fields_find(&x->query, "as_of");
	if (!asked) asked = fields_find(&x->form, "as_of");
	if (asked && *asked && !day_parse(asked, strlen(asked), &request->as_of))
		return status_make(STATUS_INVALID, "“%.40s” is no date: write it as 2025-09-30.", asked);
	request->past = request->as_of < request->today;
	return STATUS_FINE;
}

/* --- may he ------------------------------------------------------------------------------------------------------------------ */
/* The request comes from a page of ours, not from another site's form: the browser says so where it can (Origin,
 * Sec-Fetch-Site), and the form proves it by the session's token. A token of the API is no cookie and needs no such proof. */
static struct status check_origin(struct exchange *x)
{
	if (x->has_token) return STATUS_FINE;
	const char *site = exchange_header(x, "Sec-Fetch-Site");
	const char *origin = exchange_header(x, "Origin"), *host = exchange_header(x, MHD_HTTP_HEADER_HOST);
	const char *name = origin ? strstr(origin, "://") : NULL;
	bool foreign = (site && (strcmp(site, "cross-site") == 0 || strcmp(site, "same-site") == 0)) ||
	               (origin && (!name || !host || strcasecmp(name + 3, host) != 0));
	if (foreign) return status_make(STATUS_FORBIDDEN, "This was sent from another site. Open the desk and do it there.");
	return STATUS_FINE;
}

static struct status check_csrf(struct exchange *x)
{
	TRY(check_origin(x));
	if (x->has_token) return STATUS_FINE;
	const char *given = fields_find(&x->form, "csrf");
	if (!given) given = exchange_header(x, "X-CSRF-Token");
	if (x->has_session) {
		if (session_csrf_fits(&x->session, given)) return STATUS_FINE;
		return status_make(STATUS_FORBIDDEN, "The page was open for too long or in another session. Load it again, then repeat.");
	}
	/* nobody logged in (the login form itself): the value is also in a cookie that another site can't read or set */
	const char *cookie = exchange_cookie(x, "encours_form");
	if (given && cookie && strlen(cookie) == 32 && strlen(given) == 32 && sodium_memcmp(given, cookie, 32) == 0) return STATUS_FINE;
	return status_make(STATUS_FORBIDDEN, "The page was open for too long or cookies are off. Load it again, then repeat.");
}

/* A public form needs a value too: kept in a cookie of its own until the login. */
static void public_csrf(struct exchange *x)
{
	const char *cookie = exchange_cookie(x, "encours_form");
	if (cookie && strlen(cookie) == 32 && strspn(cookie, "0123456789abcdef") == 32) {
		x->request.csrf = arena_strdup(x->request.arena, cookie);
		return;
	}
	uint8_t random[16];
	char *value = arena_alloc(x->request.arena, 33);
	randombytes_buf(random, sizeof random);
	sodium_bin2hex(value, 33, random, sizeof random);
	x->request.csrf = value;
	exchange_set_cookie(x, "encours_form", value, 0);
}

/* A form on a page of the past must not act on today: the page's own address says when it was. */
static bool from_the_past(const struct exchange *x)
{
	if (x->request.past) return true;
	const char *from = exchange_header(x, "HX-Current-URL");
	if (!from) from = exchange_header(x, MHD_HTTP_HEADER_REFERER);
	const char *query = from ? strchr(from, '?') : NULL;
	for (; query; query = strchr(query + 1, '&')) {
		int32_t day;
		if (strncmp(query + 1, "as_of=", 6) == 0 && strlen(query) >= 17 && day_parse(query + 7, 10, &day)) return day < x->request.today;
	}
	return false;
}

static bool wants_page(const struct exchange *x)
{
	return !x->request.json && !writes(x);
}

/* Sends someone who is not logged in to the login page, and back after it. */
static void to_login(struct exchange *x)
{
	cleanup_text struct text where = { 0 };
	text_add(&where, "/login");
	if (wants_page(x) && strcmp(x->target, "/") != 0) {
		cleanup_text struct text target = { 0 };
		text_add(&target, x->target);
		if (x->query_text) text_addf(&target, "?%s", x->query_text);
		text_add(&where, "?next=");
		url_encode(&where, text_cstr(&target));
	}
	if (x->request.fragment) {
		represent_status(x, status_make(STATUS_FORBIDDEN, "Log in to go on."), 401);
		exchange_reply_header(x, "HX-Redirect", text_cstr(&where));
		return;
	}
	x->http_status = 303;
	exchange_reply_header(x, "Location", text_cstr(&where));
}

/* The desk before its first company: whoever may make one is led to where that is done. */
static const char *first_run(const struct exchange *x)
{
	if (!viewer_may(&x->viewer, RIGHT_SETTINGS)) return NULL;
	for (size_t i = 0; i < routes_count(); i++) {
		const struct route *route = routes_at(i);
		if (route->no_company && route->template && route->right == RIGHT_SETTINGS && strcmp(route->method, "GET") == 0 &&
		    !strchr(route->pattern, '{'))
			return route->pattern;
	}
	return NULL;
}

/* --- 304 ------------------------------------------------------------------------------------------------------------------------ */
/* Revision, day, hour, viewer, language and build: equal tags mean the same page. The hour is there for what shows by the clock.
 * Only for routes whose content is a company's data. */
static bool not_modified(struct exchange *x)
{
	struct request *request = &x->request;
	if (writes(x) || x->route->live || x->route->public_page || !request->company.id || x->route->menu == MENU_NONE ||
	    x->route->menu == MENU_ACCOUNT)
		return false;
	cleanup_text struct text basis = { 0 };
	const char *theme = exchange_cookie(x, "encours_theme"), *notice = exchange_cookie(x, "encours_notice");
	text_addf(&basis, "%lld %lld %lld %d %d %d ", (long long)request->company.tenant_id, (long long)request->company.id,
	          (long long)request->company.rev, request->today, request->as_of, company_minutes(&request->company, &request->clock) / 60);
	text_addf(&basis, "%lld %u %d %d %s %s ", (long long)x->viewer.user_id, x->viewer.rights, (int)x->viewer.portfolio,
	          x->viewer.company_count, x->viewer.portfolio_group, x->viewer.name);
	text_addf(&basis, "%d %d %d %s %s %s ", (int)request->lang, request->json, request->fragment, x->session.theme, theme ? theme : "",
	          notice ? notice : "");
	for (int i = 0; i < x->viewer.stands_for_count; i++) text_addf(&basis, "for %lld ", (long long)x->viewer.stands_for[i]);
	json_t *news = imports_news(request); /* has no revision, and shows on every page */
	cleanup_free char *told = news ? json_dumps(news, JSON_COMPACT | JSON_ENCODE_ANY) : NULL;
	json_decref(news);
	text_addf(&basis, "%s ", told ? told : "");
	text_addf(&basis, "%s %s?%s %s", x->server->build, x->target, x->query_text ? x->query_text : "", request->csrf ? request->csrf : "");
	uint8_t digest[16];
	char tag[2 * sizeof digest + 3];
	crypto_generichash(digest, sizeof digest, (const uint8_t *)basis.bytes, basis.len, NULL, 0);
	tag[0] = '"';
	sodium_bin2hex(tag + 1, sizeof tag - 1, digest, sizeof digest);
	snprintf(tag + sizeof tag - 2, 2, "\"");
	exchange_reply_header(x, "ETag", tag);
	exchange_reply_header(x, "Vary", "Accept, Accept-Language, Authorization, Cookie, HX-Request");
	exchange_reply_header(x, "Cache-Control", request->json ? "private, no-cache" : "no-store");
	const char *known = exchange_header(x, MHD_HTTP_HEADER_IF_NONE_MATCH);
	if (!known || !strstr(known, tag)) return false;
	x->http_status = 304;
	return true;
}

/* --- a customer's link -------------------------------------------------------------------------------------------------------------- */
/* The link in the path is all that counts: whoever else is logged in with this browser plays no part. */
static void answer_by_link(struct exchange *x)
{
	struct request *request = &x->request;
	request->lang = choose_lang(x);
	lang_speak(request->lang);
	request->fragment = exchange_header(x, "HX-Request") != NULL;
	request->template = x->route->template;
	request->frame = "debtor_layout";
	if (x->refused.code) return represent_status(x, x->refused, x->refused_http);
	struct status status = load_company(x);
	if (!status.code) status = x->route->handler(request);
	if (status.code) return represent_status(x, status, request->http_status == 200 ? 0 : request->http_status);
	represent(x);
}

/* --- the four beats ---------------------------------------------------------------------------------------------------------------- */
static void answer(struct exchange *x)
{
	struct request *request = &x->request;
	const struct route *route = x->route;
	if (route && route->by_link) return answer_by_link(x);
	struct status status = identify(x);
	request->lang = choose_lang(x);
	lang_speak(request->lang);
	const char *htmx = exchange_header(x, "HX-Request"), *type = exchange_header(x, "HX-Request-Type");
	request->fragment = htmx && strcmp(htmx, "true") == 0 && (!type || strcmp(type, "full") != 0) &&
	                    !exchange_header(x, "HX-History-Restore-Request");
	if (status.code) return represent_status(x, status, status.code == STATUS_FORBIDDEN ? 401 : 0);
	if (!x->has_session && !x->has_token && route && route->template) public_csrf(x);

	/* a refused body is reported before rights: it says nothing about what exists */
	if (x->refused.code) return represent_status(x, x->refused, x->refused_http);
	if (!route) {
		/* a link with something behind it is no address to come back to after a login, where it would be written down */
		if (!request->viewer && wants_page(x) && !target_is_link(x->target)) return to_login(x);
		return represent_status(x, status_make(STATUS_NOT_FOUND, "There is no such page."), 0);
	}
	if (!route->public_page && !request->viewer) {
		if (!request->json) return to_login(x);
		exchange_reply_header(x, "WWW-Authenticate", "Bearer");
		return represent_status(x, status_make(STATUS_FORBIDDEN, "Log in, or send a token: Authorization: Bearer …"), 401);
	}
	if (request->viewer && route->right != RIGHT_NONE && !viewer_may(request->viewer, route->right))
		return represent_status(x, status_make(STATUS_FORBIDDEN, "Your role doesn't allow this. An administrator can change it."), 0);
	if (writes(x)) {
		status = check_csrf(x);
		if (status.code) return represent_status(x, status, 0);
	}
	if (x->has_session && x->session.must_change && !route->public_page && strcmp(route->pattern, "/account/password") != 0 &&
	    strcmp(route->pattern, "/logout") != 0) {
		if (!wants_page(x)) return represent_status(x, status_make(STATUS_FORBIDDEN, "Choose a password of your own first."), 0);
		x->http_status = 303;
		return exchange_reply_header(x, "Location", "/account/password");
	}
	status = choose_company(x);
	if (!status.code) status = load_company(x);
	if (!status.code && request->viewer) status = absence_extend(request->db, request->today, &x->viewer);
	if (status.code) return represent_status(x, status, 0);
	if (!request->company.id && !route->no_company && !route->public_page) {
		const char *start = first_run(x);
		if (start && wants_page(x)) {
			x->http_status = 303;
			return exchange_reply_header(x, "Location", start);
		}
		return represent_status(x, status_make(STATUS_CONFLICT, "There is no company yet, or none that you may see."), 0);
	}
	if (writes(x) && (route->right & RIGHTS_THAT_WRITE) && from_the_past(x))
		return represent_status(x, status_make(STATUS_CONFLICT, "The desk is shown as of a past day: nothing can be changed there. Go back to today."), 0);
	if (not_modified(x)) return;

	request->template = route->template;
	bool kept = route->kept && !writes(x);
	if (kept && kept_take(x)) return represent(x);
	status = route->handler(request);
	if (status.code) return represent_status(x, status, 0);
	if (kept && request->http_status == 200 && !request->redirect && !request->file_type && request->template == route->template) kept_put(x);
	represent(x);
}

static struct status open_reader(struct exchange *x)
{
	TRY(store_reader(x->request.store, &x->request.db));
	return db_begin(x->request.db, DB_READ);
}

static void close_reader(struct exchange *x)
{
	if (x->book) book_release(x->book);
	x->book = NULL;
	store_release(x->request.store, x->request.db);
	x->request.db = NULL;
}

/* Of this thread: what a page costs, whatever else the machine does. */
static int64_t cpu_ns(void)
{
	struct timespec spent;
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &spent);
	return (int64_t)spent.tv_sec * 1000000000 + spent.tv_nsec;
}

void exchange_work(struct exchange *x)
{
	int64_t from = clock_ns(), cpu = cpu_ns();
	x->request.lang = choose_lang(x);
	lang_speak(x->request.lang);
	struct status status = request_finish(x);
	if (status.code && !x->refused.code) x->refused = status;
	status = open_reader(x);
	if (status.code)
		represent_status(x, status, 0);
	else
		answer(x);
	close_reader(x);
	x->worked_ns = clock_ns() - from;
	exchange_reply_headerf(x, "Server-Timing", "app;dur=%.1f, cpu;dur=%.1f", (double)x->worked_ns / 1e6, (double)(cpu_ns() - cpu) / 1e6);
}

void exchange_admit(struct exchange *x)
{
	struct request *request = &x->request;
	lang_speak(choose_lang(x));
	struct status status = open_reader(x);
	if (!status.code && x->route->by_link) {
		x->refused = x->route->admit ? x->route->admit(request) : STATUS_FINE;
		if (x->refused.code && request->http_status != 200) x->refused_http = request->http_status;
		request->http_status = 200;
		request->company = (struct company){ 0 }, request->settings = NULL;
		return close_reader(x);
	}
	if (!status.code) status = identify(x);
	if (!status.code && !x->route->public_page && !request->viewer) {
		x->refused = status_make(STATUS_FORBIDDEN, "Log in, or send a token: Authorization: Bearer …");
		x->refused_http = 401;
	} else if (!status.code && request->viewer && !viewer_may(request->viewer, x->route->right)) {
		x->refused = status_make(STATUS_FORBIDDEN, "Your role doesn't allow this. An administrator can change it.");
	} else {
		x->refused = status;
	}
	close_reader(x);
	/* asked again with the whole request: the session may have ended meanwhile */
	x->has_session = x->has_token = false;
	request->viewer = NULL;
}

/* --- what handlers ask of the store ---------------------------------------------------------------------------------------------------- */
struct status request_book(struct request *request, const struct book **out)
{
	struct exchange *x = exchange_of(request);
	if (!x->book) TRY(book_get(request->store, request->company.tenant_id, request->company.id, &x->book));
	*out = x->book;
	return STATUS_FINE;
}

const uint8_t *request_selected(struct request *request, const struct book *book)
{
	struct exchange *x = exchange_of(request);
	const struct viewer *viewer = request->viewer;
	if (viewer->portfolio == PORTFOLIO_ALL) return NULL;
	if (x->selected && book == x->book) return x->selected;
	free(x->selected);
	size_t count = book_customers(book);
	x->selected = xcalloc(count + 1, 1);
	for (size_t i = 0; i < count; i++) {
		const struct book_customer customer = book_customer(book, i);
		x->selected[i] = viewer_sees_customer(viewer, customer.collector_id, customer.sales_id, customer.group_code);
	}
	return x->selected;
}

struct status request_transact(struct request *request, db_work *work, void *context)
{
	struct status status = store_transact(request->store, work, context);
	db_rollback(request->db);
	TRY(db_begin(request->db, DB_READ));
	return status;
}

struct change_work {
	struct request *request;
	request_work *work;
	void *context;
	struct change done; /* of the attempt that was committed */
};

static struct status change_run(struct db *db, void *context)
{
	struct change_work *work = context;
	struct request *request = work->request;
	struct change change;
	TRY(company_begin(db, request->viewer, request->company.id, request->today, request->now, &change));
	TRY(work->work(&change, work->context));
	work->done = change;
	return company_end(&change);
}

struct status request_change(struct request *request, request_work *work, void *context)
{
	struct exchange *x = exchange_of(request);
	if (x->book) book_release(x->book);
	x->book = NULL;
	free(x->selected);
	x->selected = NULL;
	struct change_work call = { request, work, context, .done = { .events = 0 } };
	TRY(request_transact(request, change_run, &call));
	if (call.done.events) event_publish(&call.done);
	return company_get(request->db, request->viewer, request->company.id, &request->company);
}
