/* login — in and out, and which company is looked at. */
#include "web/people.h"
#include "web/server.h"

#include "access/user.h"
#include "base/log.h"
#include "base/memory.h"

struct login {
	const struct user *user;
	const struct session *before; /* a session this browser still had: it ends */
	char cookie[SESSION_COOKIE_MAX];
	struct session session;
};

static struct status login_open(struct db *db, void *context)
{
	struct login *login = context;
	if (login->before) TRY(session_close(db, login->before));
	return session_open(db, login->user->tenant_id, login->user->id, clock_wall(), login->cookie, &login->session);
}

static const char *next_page(const struct request *request)
{
	const char *next = request_field(request, "next");
	if (!next || next[0] != '/' || next[1] == '/' || next[1] == '\\' || strpbrk(next, "\r\n\t \\") || strlen(next) > 2000) return "/";
	return next;
}

static struct status login_show(struct request *request)
{
	if (request->viewer) {
		request->redirect = next_page(request);
		return STATUS_FINE;
	}
	json_object_set_new(request->model, "title", json_string("Log in"));
	json_object_set_new(request->model, "next", json_string(next_page(request)));
	json_object_set_new(request->model, "email", json_null());
	json_object_set_new(request->model, "error", json_null());
	return STATUS_FINE;
}

static struct status login_do(struct request *request)
{
	struct exchange *x = exchange_of(request);
	const char *email = request_field(request, "email"), *password = request_field(request, "password");
	struct user user;
	struct status status = user_log_in(request->store, TENANT_FIRST, email ? email : "", password ? password : "", x->address, clock_wall(), &user);
	if (status.code && status.code != STATUS_FORBIDDEN && status.code != STATUS_INVALID) return status;
	if (status.code) {
		log_line(LOG_WARNING, "request=%s login refused from=%s", x->id, x->address);
		request->http_status = 401;
		request->template = "login";
		if (request->json) return status;
		json_object_set_new(request->model, "title", json_string("Log in"));
		json_object_set_new(request->model, "next", json_string(next_page(request)));
		json_object_set_new(request->model, "email", json_string(email ? email : ""));
		json_object_set_new(request->model, "error", json_string(status.text));
		return STATUS_FINE;
	}
	struct login login = { .user = &user, .before = x->has_session ? &x->session : NULL };
	TRY(request_transact(request, login_open, &login));
	exchange_set_cookie(x, "encours_session", login.cookie, 0);
	exchange_set_cookie(x, "encours_form", "", -1);
	exchange_set_cookie(x, "encours_notice", "", -1);
	if (user.language[0]) exchange_set_cookie(x, "encours_lang", user.language, 365 * 86400);
	exchange_set_cookie(x, "encours_theme", user.theme[0] ? user.theme : "auto", 365 * 86400);
	log_line(LOG_INFO, "request=%s login user=%lld from=%s", x->id, (long long)user.id, x->address);
	request->redirect = user.must_change ? "/account/password" : next_page(request);
	return STATUS_FINE;
}

static struct status logout_work(struct db *db, void *context)
{
	return session_close(db, context);
}

static struct status logout_do(struct request *request)
{
	struct exchange *x = exchange_of(request);
	if (x->has_session) TRY(request_transact(request, logout_work, &x->session));
	exchange_set_cookie(x, "encours_session", "", -1);
	exchange_set_cookie(x, "encours_notice", "", -1);
	exchange_reply_header(x, "Clear-Site-Data", "\"cache\"");
	request->redirect = "/login";
	return STATUS_FINE;
}

struct company_switch {
	const struct session *session;
	int64_t company_id;
};

static struct status switch_work(struct db *db, void *context)
{
	const struct company_switch *to = context;
	return session_set_company(db, to->session, to->company_id);
}

static struct status company_switch(struct request *request)
{
	struct exchange *x = exchange_of(request);
	if (!x->has_session) return status_make(STATUS_INVALID, "A token names its company in each address: ?company=CODE.");
	struct company company;
	TRY(company_find(request->db, request->viewer, request_field(request, "company"), &company));
	struct company_switch to = { &x->session, company.id };
	TRY(request_transact(request, switch_work, &to));
	request->redirect = request_back(request, "/");
	return STATUS_FINE;
}

static struct status companies_show(struct request *request)
{
	struct company *companies;
	size_t count;
	TRY(company_list(request->db, request->viewer, request->arena, &companies, &count));
	json_t *rows = json_array();
	for (size_t i = 0; i < count; i++)
		json_array_append_new(rows, json_pack("{s:s,s:s,s:s,s:s,s:b,s:I}", "code", companies[i].code, "name", companies[i].name, "siren",
		                                      companies[i].siren, "currency", companies[i].currency, "live", companies[i].live, "revision",
		                                      (json_int_t)companies[i].rev));
	json_object_set_new(request->model, "companies", rows);
	return STATUS_FINE;
}

/* The address without a page leads to the first screen this viewer has. */
static struct status home(struct request *request)
{
	for (int menu = MENU_DASHBOARD; menu < MENU_COUNT; menu++) {
		const struct route *route = menu_route((enum menu)menu, request->viewer);
		if (!route || strcmp(route->pattern, "/") == 0) continue;
		request->redirect = route->pattern;
		return STATUS_FINE;
	}
	return status_make(STATUS_NOT_FOUND, "Your role opens no page here.");
}

const struct route login_routes[] = {
	{ "GET", "/login", RIGHT_NONE, login_show, .template = "login", .summary = "Log in", .no_company = true, .public_page = true },
	{ "POST", "/login", RIGHT_NONE, login_do, .template = "login", .summary = "Log in", .no_company = true, .public_page = true, .fields = "email* password* next" },
	{ "POST", "/logout", RIGHT_SELF, logout_do, .summary = "Log out", .no_company = true },
	{ "POST", "/company", RIGHT_SELF, company_switch, .summary = "Switch to another company", .no_company = true, .fields = "company* back" },
	{ "GET", "/companies", RIGHT_READ, companies_show, .summary = "Companies one may see", .no_company = true, .live = true },
	{ 0 },
};

const struct route home_routes[] = {
	{ "GET", "/", RIGHT_READ, home, .summary = "The first page" },
	{ 0 },
};
