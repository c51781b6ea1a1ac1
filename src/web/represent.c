/* What a page template sees. The handler's model is the context, exactly its JSON face; beside it stand
 *
 *   title          words for <title> and the browser's tab when the handler set none: the route's summary (msgid, {{title|tr}})
 *   currency       the company's, unless the model has its own
 *   shell.lang             "fr" | "en"               shell.theme       "light" | "dark" | "auto"
 *   shell.build            for addresses of assets: /assets/encours.css?v={{shell.build}}     shell.version
 *   shell.csrf             {{> csrf}} = <input type="hidden" name="csrf" value="{{shell.csrf}}">
 *   shell.path             "/customers/C1"           shell.here        path with its query, for return addresses
 *   shell.french_url, shell.english_url              this page in the other language
 *   shell.user             null, or { id, name, email, initials, role, role_name (msgid), single_keys }
 *   shell.company          null, or { id, code, name, currency, live }
 *   shell.companies        [{ code, name, on }]      shell.many_companies  true when there is something to switch
 *                          switch: POST /company with company=CODE and csrf (and back=…)
 *   shell.menu             [{ code, label (msgid), icon (Tabler's name), href, on, count (null: none), count_class }]
 *   shell.menu_more        the same, below the separator: imports, scenarios, templates, settings, audit log
 *   shell.bottom           the first four entries of shell.menu, for the bar of narrow screens
 *   shell.search           true when the search screen exists and the viewer may use it (GET /search?q=)
 *   shell.today, shell.as_of   ISO dates             shell.past        true: read-only, show the banner
 *   shell.today_url        this page without ?as_of
 *   shell.notice           null, or { text (already translated), undo (address to POST with csrf) or null }
 *   shell.fresh            null, or { at (RFC 3339), day (ISO, company's), time ("07:40"), stale (bool) }: the last import
 *   shell.work             null, or an import of the viewer that runs or has just ended: see imports_news in web/imports_page.h
 *   shell.test_mode        true until go-live        shell.stopped     true while the stop-all switch is on
 *   shell.may              { read, note, collect, resolve, import, scenario, settings, users, audit, export, self }: rights of
 *                          this viewer, false for every writing right when shell.past
 *   shell.unseen           null, or how many notifications the viewer has not seen
 *   shell.fragment         true when htmx asked for a part of the page
 *
 * Pages with nobody logged in (login, errors) render inside the same layout: shell.user is null and shell.menu empty; the layout
 * shows the plain frame then.
 *
 * Error pages: template "error" with model { status, title, text, request_id, back }.
 */
#include "web/server.h"

#include "base/asset.h"
#include "base/day.h"
#include "base/log.h"
#include "base/memory.h"
#include "ledger/together.h"
#include "base/mustache.h"
#include "base/zone.h"
#include "intake/intake.h"
#include "web/imports_page.h"

#include <assert.h>
#include <sodium.h>

/* --- templates ------------------------------------------------------------------------------------------------------------ */
/* Every page compiled at the start; with ENCOURS_SOURCE they are compiled anew for each request, to see an edit at once. */
static struct page {
	char *name; /* "agenda" */
	struct mustache *template;
} *pages;
static size_t page_count;
static bool from_source;

static char *page_name(const char *asset)
{
	const char *from = asset + strlen("pages/");
	size_t len = strlen(from);
	return len > 5 && strcmp(from + len - 5, ".html") == 0 ? xstrndup(from, len - 5) : NULL;
}

void represent_prepare(void)
{
	const char *root = getenv("ENCOURS_SOURCE");
	from_source = root && *root;
	if (page_count || from_source) return;
	size_t cap = 0, index = 0;
	for (struct asset asset; asset_next("pages/", &index, &asset);) {
		struct page page = { .name = page_name(asset.name) };
		if (!page.name) continue;
		struct status status = mustache_compile(asset.bytes, asset.len, NULL, &page.template);
		if (status.code) log_line(LOG_ERROR, "%s: %s", asset.name, status.text);
		GROW(pages, page_count, cap);
		pages[page_count++] = page;
	}
}

struct rendering {
	struct exchange *x;
	struct page *own; /* compiled for this request, with ENCOURS_SOURCE */
	size_t own_count, own_cap;
};

static const struct mustache *page_find(struct rendering *rendering, const char *name)
{
	if (!from_source) { /* asset_next gives them in order of name, ".html" included: a linear search is plenty for some dozens */
		for (size_t i = 0; i < page_count; i++)
			if (strcmp(pages[i].name, name) == 0) return pages[i].template;
		return NULL;
	}
	for (size_t i = 0; i < rendering->own_count; i++)
		if (strcmp(rendering->own[i].name, name) == 0) return rendering->own[i].template;
	struct asset asset;
	struct page page = { .name = xstrdup(name) };
	if (asset_find(arena_printf(rendering->x->request.arena, "pages/%s.html", name), &asset)) {
		struct status status = mustache_compile(asset.bytes, asset.len, NULL, &page.template);
		if (status.code) log_line(LOG_ERROR, "pages/%s.html: %s", name, status.text);
	}
	GROW(rendering->own, rendering->own_count, rendering->own_cap);
	rendering->own[rendering->own_count++] = page;
	return page.template;
}

static void rendering_end(struct rendering *rendering)
{
	for (size_t i = 0; i < rendering->own_count; i++) {
		free(rendering->own[i].name);
		mustache_free(rendering->own[i].template);
	}
	free(rendering->own);
}

static const struct mustache *on_partial(void *context, const char *name)
{
	struct rendering *rendering = context;
	return page_find(rendering, strcmp(name, "content") == 0 ? rendering->x->request.template : name);
}

static int on_offset(void *context, int64_t at)
{
	const struct rendering *rendering = context;
	const struct company *company = &rendering->x->request.company;
	return zone_offset(company->id ? company->zone : "Europe/Paris", at);
}

/* --- the notice: said once, on the page after the redirect -------------------------------------------------------------------- */
/* It travels in a cookie, so any server can show it; signed with the session's secret, so nobody else can word one or point its
 * undo button at an address of his choice. */
static void notice_mac(const struct exchange *x, const char *text, char out[static 33])
{
	uint8_t digest[16];
	const char *key = x->request.csrf ? x->request.csrf : "";
	size_t len = strlen(key);
	crypto_generichash(digest, sizeof digest, (const uint8_t *)text, strlen(text), len >= crypto_generichash_KEYBYTES_MIN ? (const uint8_t *)key : NULL,
	                   len >= crypto_generichash_KEYBYTES_MIN ? len : 0);
	sodium_bin2hex(out, 33, digest, sizeof digest);
}

static void notice_keep(struct exchange *x)
{
	struct request *request = &x->request;
	if (!request->notice || !request->csrf) return;
	json_t *parts = json_pack("{s:s,s:s?}", "text", request->notice, "undo", request->undo);
	cleanup_free char *json = parts ? json_dumps(parts, JSON_COMPACT) : NULL;
	json_decref(parts);
	if (!json) return;
	cleanup_text struct text value = { 0 };
	url_encode(&value, json);
	if (value.len > 1900) return; /* a cookie's room; the page after it tells the outcome too */
	char mac[33];
	notice_mac(x, value.bytes, mac);
	text_addf(&value, ".%s", mac);
	exchange_set_cookie(x, "encours_notice", value.bytes, 120);
}

static json_t *notice_take(struct exchange *x)
{
	if (x->route && x->route->by_link) return json_null(); /* a customer's page has nothing to do with cookies */
	const char *cookie = exchange_cookie(x, "encours_notice");
	if (!cookie || !*cookie || x->request.json) return json_null();
	exchange_set_cookie(x, "encours_notice", "", -1);
	const char *dot = strrchr(cookie, '.');
	if (!dot || strlen(dot) != 33) return json_null();
	char *value = arena_strndup(x->request.arena, cookie, (size_t)(dot - cookie)), mac[33];
	notice_mac(x, value, mac);
	if (sodium_memcmp(mac, dot + 1, 32) != 0) return json_null();
	char *json = url_decode(x->request.arena, value, strlen(value), false);
	json_t *notice = json ? json_loads(json, 0, NULL) : NULL;
	return notice ? notice : json_null();
}

/* --- the shell ---------------------------------------------------------------------------------------------------------------------- */
static const struct {
	const char *label, *icon;
} menu_words[MENU_COUNT] = {
	[MENU_DASHBOARD] = { "Dashboard", "layout-dashboard" },
	[MENU_AGENDA] = { "Agenda", "calendar-event" },
	[MENU_CUSTOMERS] = { "Customers", "users" },
	[MENU_ITEMS] = { "Items", "file-invoice" },
	[MENU_DISPUTES] = { "Disputes", "message-report" },
	[MENU_CASH] = { "Cash", "building-bank" },
	[MENU_LEGAL] = { "Legal desk", "gavel" },
	[MENU_FORECAST] = { "Forecast", "trending-up" },
	[MENU_REPORTS] = { "Reports", "report-analytics" },
	[MENU_IMPORTS] = { "Imports", "file-import" },
	[MENU_SCENARIOS] = { "Scenarios", "route" },
	[MENU_TEMPLATES] = { "Templates", "template" },
	[MENU_SETTINGS] = { "Settings", "settings" },
	[MENU_AUDIT] = { "Audit log", "list-details" },
};

static json_t *shell_menu(const struct exchange *x, enum menu from, enum menu to, size_t limit)
{
	json_t *menu = json_array();
	if (!x->request.viewer || !x->request.company.id) return menu;
	for (int each = (int)from; each <= (int)to && json_array_size(menu) < limit; each++) {
		const struct route *route = menu_route((enum menu)each, x->request.viewer);
		if (!route) continue;
		/* never absent: the page's own "count" would answer */
		json_t *entry = json_pack("{s:s,s:s,s:s,s:s,s:b,s:n,s:n}", "code", menu_code((enum menu)each), "label", menu_words[each].label, "icon",
		                          menu_words[each].icon, "href", route->pattern, "on", x->route && x->route->menu == (enum menu)each, "count",
		                          "count_class");
		int64_t count = each == MENU_AGENDA ? counts_agenda(x) : each == MENU_CASH ? counts_cash(x) : each == MENU_DISPUTES ? counts_disputes(x) : 0;
		if (count > 0) json_object_set_new(entry, "count", json_integer(count));
		json_array_append_new(menu, entry);
	}
	return menu;
}

/* Its path: a form that was refused stands at another address than its own page. */
static const char *path_here(const struct exchange *x)
{
	return x->request.here && strcmp(x->request.method, "GET") != 0 ? x->request.here : x->target;
}

/* This page's address with `name` set to `value`, or without it. */
static char *here_with(const struct exchange *x, const char *name, const char *value)
{
	cleanup_text struct text out = { 0 };
	const char *path = path_here(x);
	text_add(&out, path);
	char mark = '?';
	for (const struct field *field = path == x->target ? x->query.first : NULL; field; field = field->next) {
		if (name && strcmp(field->name, name) == 0) continue;
		text_add_char(&out, mark);
		url_encode(&out, field->name);
		text_add_char(&out, '=');
		url_encode(&out, field->value);
		mark = '&';
	}
	if (value) text_addf(&out, "%c%s=%s", mark, name, value);
	return arena_strdup(x->request.arena, text_cstr(&out));
}

static json_t *shell_user(const struct exchange *x)
{
	static const char *const role_names[ROLE_COUNT] = {
		[ROLE_ADMINISTRATOR] = "Administrator", [ROLE_CREDIT_MANAGER] = "Credit manager", [ROLE_COLLECTOR] = "Collector",
		[ROLE_SALES] = "Sales", [ROLE_RESOLVER] = "Dispute resolver", [ROLE_READER] = "Reader", [ROLE_ACCOUNTANT] = "Outside accountant",
	};
	const struct viewer *viewer = x->request.viewer;
	if (!viewer) return json_null();
	const char *name = viewer->name[0] ? viewer->name : viewer->email;
	cleanup_text struct text initials = { 0 };
	for (const char *at = name; *at && utf8_length(text_cstr(&initials)) < 2; at++) {
		if (at > name && at[-1] != ' ' && at[-1] != '-' && at[-1] != '.') continue;
		if (*at == ' ') continue;
		size_t len = 1;
		while ((at[len] & 0xC0) == 0x80) len++;
		if (len == 1 && *at >= 'a' && *at <= 'z')
			text_add_char(&initials, (char)(*at - 'a' + 'A'));
		else
			text_add_bytes(&initials, at, len);
	}
	return json_pack("{s:I,s:s,s:s,s:s,s:s,s:s,s:b}", "id", (json_int_t)viewer->user_id, "name", name, "email", viewer->email, "initials",
	                 text_cstr(&initials), "role", role_code(viewer->role), "role_name", role_names[viewer->role], "single_keys",
	                 !x->session.no_single_keys);
}

static json_t *shell_may(const struct exchange *x)
{
	static const struct {
		const char *name;
		enum right right;
		bool writes;
	} rights[] = {
		{ "read", RIGHT_READ, false },      { "note", RIGHT_NOTE, true },         { "collect", RIGHT_COLLECT, true },
		{ "resolve", RIGHT_RESOLVE, true }, { "import", RIGHT_IMPORT, true },     { "scenario", RIGHT_SCENARIO, true },
		{ "settings", RIGHT_SETTINGS, true }, { "users", RIGHT_USERS, true },     { "audit", RIGHT_AUDIT, false },
		{ "export", RIGHT_EXPORT, false },  { "self", RIGHT_SELF, false },
		{ "cash", RIGHT_CASH, true },         { "personal", RIGHT_PERSONAL, true },
	};
	json_t *may = json_object();
	for (size_t i = 0; i < COUNT(rights); i++)
		json_object_set_new(may, rights[i].name, json_boolean(x->request.viewer && viewer_may(x->request.viewer, rights[i].right) &&
		                                                      !(rights[i].writes && x->request.past)));
	return may;
}

json_t *model_day(int32_t day)
{
	char text[11];
	day_format(day, text);
	return text[0] ? json_string(text) : json_null();
}

json_t *model_instant(int64_t at)
{
	if (at == 0) return json_null();
	int64_t day = at / 86400 - (at % 86400 < 0), second = at - day * 86400;
	char text[40];
	day_format((int32_t)day, text);
	snprintf(text + 10, sizeof text - 10, "T%02d:%02d:%02dZ", (int)(second / 3600), (int)(second / 60 % 60), (int)(second % 60));
	return json_string(text);
}

static void shell_companies(const struct exchange *x, json_t *shell)
{
	const struct request *request = &x->request;
	json_t *rows = json_array();
	struct company *companies = NULL;
	size_t count = 0;
	if (request->viewer && request->db) {
		struct status status = company_list(request->db, request->viewer, request->arena, &companies, &count);
		if (status.code) count = 0; /* the switch is missing; the page itself stands */
	}
	for (size_t i = 0; i < count; i++)
		json_array_append_new(rows, json_pack("{s:s,s:s,s:b}", "code", companies[i].code, "name", companies[i].name, "on",
		                                      companies[i].id == request->company.id));
	json_object_set_new(shell, "companies", rows);
	json_object_set_new(shell, "many_companies", json_boolean(count > 1));
	const struct company *company = &request->company;
	json_object_set_new(shell, "company", company->id ? json_pack("{s:I,s:s,s:s,s:s,s:b}", "id", (json_int_t)company->id, "code", company->code,
	                                                              "name", company->name, "currency", company->currency, "live", company->live)
	                                                  : json_null());
}

static bool search_exists(const struct exchange *x)
{
	for (size_t i = 0; x->request.viewer && x->request.company.id && i < routes_count(); i++) {
		const struct route *route = routes_at(i);
		if (strcmp(route->pattern, "/search") == 0) return viewer_may(x->request.viewer, route->right);
	}
	return false;
}

/* When the last import that counts came in; it grows stale to the eye after 36 hours, long before the plan stops by it. */
static json_t *shell_fresh(const struct exchange *x)
{
	enum { STALE_SECONDS = 36 * 3600, IMPORTS = 20 };
	const struct request *request = &x->request;
	struct intake_row *rows = NULL;
	size_t count = 0;
	if (!request->viewer || !request->company.id || !viewer_may(request->viewer, RIGHT_READ)) return json_null();
	struct status status = intake_list(request->db, request->viewer, request->company.id, IMPORTS, request->arena, &rows, &count);
	if (status.code) return json_null();
	size_t latest = 0;
	while (latest < count && strcmp(rows[latest].state, "active") != 0) latest++;
	if (latest == count) return json_null();
	int32_t day;
	int minutes;
	char iso[11], time[8];
	zone_civil(request->company.zone, rows[latest].at, &day, &minutes);
	day_format(day, iso);
	snprintf(time, sizeof time, "%02d:%02d", minutes / 60 % 24, minutes % 60);
	return json_pack("{s:o,s:s,s:s,s:b}", "at", model_instant(rows[latest].at), "day", iso, "time", time, "stale",
	                 request->now - rows[latest].at > STALE_SECONDS);
}

static json_t *shell_of(struct exchange *x)
{
	struct request *request = &x->request;
	json_t *shell = json_object();
	const char *theme = exchange_cookie(x, "encours_theme");
	if (!theme || !*theme) theme = x->has_session ? x->session.theme : "";
	if (strcmp(theme, "light") != 0 && strcmp(theme, "dark") != 0) theme = "auto";
	json_object_set_new(shell, "lang", json_string(lang_code(request->lang)));
	json_object_set_new(shell, "theme", json_string(theme));
	json_object_set_new(shell, "build", json_string(x->server->build));
	json_object_set_new(shell, "version", json_string(ENCOURS_VERSION));
	json_object_set_new(shell, "csrf", json_string(request->csrf ? request->csrf : ""));
	json_object_set_new(shell, "path", json_string(path_here(x)));
	json_object_set_new(shell, "here", json_string(here_with(x, NULL, NULL)));
	json_object_set_new(shell, "french_url", json_string(here_with(x, "lang", "fr")));
	json_object_set_new(shell, "english_url", json_string(here_with(x, "lang", "en")));
	json_object_set_new(shell, "today_url", json_string(here_with(x, "as_of", NULL)));
	json_object_set_new(shell, "user", shell_user(x));
	shell_companies(x, shell);
	json_object_set_new(shell, "menu", shell_menu(x, MENU_DASHBOARD, MENU_REPORTS, MENU_COUNT));
	json_object_set_new(shell, "menu_more", shell_menu(x, MENU_IMPORTS, MENU_AUDIT, MENU_COUNT));
	json_object_set_new(shell, "bottom", shell_menu(x, MENU_DASHBOARD, MENU_REPORTS, 4));
	json_object_set_new(shell, "search", json_boolean(search_exists(x)));
	json_object_set_new(shell, "today", model_day(request->today));
	json_object_set_new(shell, "as_of", model_day(request->as_of));
	json_object_set_new(shell, "past", json_boolean(request->past));
	json_object_set_new(shell, "may", shell_may(x));
	json_object_set_new(shell, "notice", notice_take(x));
	json_object_set_new(shell, "fresh", shell_fresh(x));
	json_object_set_new(shell, "work", request->viewer ? imports_news(request) : json_null());
	json_object_set_new(shell, "test_mode", json_boolean(request->company.id && !request->company.live));
	json_object_set_new(shell, "stopped", json_boolean(request->settings && setting_bool(request->settings, "stop_all")));
	json_object_set_new(shell, "fragment", json_boolean(request->fragment));
	int64_t unseen = 0; /* without an answer the bell is silent */
	if (request->viewer && request->db && request->company.id && notification_count(request->db, request->viewer, request->company.id, &unseen).code) unseen = 0;
	json_object_set_new(shell, "unseen", unseen ? json_integer(unseen) : json_null());
	return shell;
}

/* --- the two faces --------------------------------------------------------------------------------------------------------------------- */
static void put_json(struct exchange *x, json_t *document)
{
	/* 15 digits: 0.1 stays 0.1 */
	cleanup_free char *bytes = json_dumps(document, JSON_COMPACT | JSON_REAL_PRECISION(15));
	text_clear(&x->out);
	text_add(&x->out, bytes ? bytes : "{}");
	text_add_char(&x->out, '\n');
	x->out_type = "application/json; charset=utf-8";
}

static void plain_failure(struct exchange *x, const char *words)
{
	x->http_status = 500;
	text_clear(&x->out);
	text_addf(&x->out, "%s (%s)\n", words, x->id);
	x->out_type = "text/plain; charset=utf-8";
}

static struct status put_page(struct exchange *x)
{
	struct request *request = &x->request;
	struct rendering rendering = { .x = x };
	json_t *root = json_copy(request->model);
	if (!json_object_get(root, "currency"))
		json_object_set_new(root, "currency", json_string(request->company.id ? request->company.currency : "EUR"));
	if (!json_object_get(root, "title")) json_object_set_new(root, "title", json_string(x->route && x->route->summary ? x->route->summary : ""));
	json_object_set_new(root, "shell", shell_of(x));

	const struct mustache *frame = page_find(&rendering, request->fragment ? request->template : request->frame ? request->frame : "layout");
	struct status status = frame && page_find(&rendering, request->template)
	                               ? STATUS_FINE
	                               : status_make(STATUS_INTERNAL, "The page “%s” is missing or broken.", request->template);
	text_clear(&x->out);
	const struct mustache_options options = {
		.lang = request->lang, .today = request->today, .currency = request->company.id ? request->company.currency : "EUR",
		.partial = on_partial, .utc_offset = on_offset, .context = &rendering,
	};
	if (!status.code) status = mustache_render(frame, root, &options, &x->out);
	const struct mustache *toast = request->fragment && !request->frame ? page_find(&rendering, "shell_toast_part") : NULL;
	if (!status.code && toast) status = mustache_render(toast, root, &options, &x->out);
	rendering_end(&rendering);
	json_decref(root);
	x->out_type = "text/html; charset=utf-8";
	return status;
}

/* Names in a header: the plain one for old programs, the encoded one (RFC 6266) for all others. */
static void put_file(struct exchange *x)
{
	struct request *request = &x->request;
	text_free(&x->out);
	x->out = request->file;
	request->file = (struct text){ 0 };
	x->out_type = request->file_type;
	if (!request->file_name) return;
	cleanup_text struct text plain = { 0 }, encoded = { 0 };
	for (const char *at = request->file_name; *at; at++) {
		bool fine = (*at >= '0' && *at <= '9') || (*at >= 'A' && *at <= 'Z') || (*at >= 'a' && *at <= 'z') || strchr("-._ ", *at);
		if (fine || (*at & 0xC0) != 0x80) text_add_char(&plain, fine ? *at : '_');
	}
	url_encode(&encoded, request->file_name);
	exchange_reply_headerf(x, "Content-Disposition", "attachment; filename=\"%.200s\"; filename*=UTF-8''%.900s", text_cstr(&plain),
	                       text_cstr(&encoded));
}

void represent(struct exchange *x)
{
	struct request *request = &x->request;
	x->http_status = request->http_status;
	if (request->file_type) return put_file(x);
	if (request->redirect && !request->json) {
		assert(request->redirect[0] == '/' && request->redirect[1] != '/');
		notice_keep(x);
		x->http_status = 303;
		exchange_reply_header(x, "Location", request->redirect);
		return;
	}
	if (request->json || !request->template) {
		/* a write through the API gives what the page after it would say */
		if (request->redirect) {
			json_object_set_new(request->model, "ok", json_true());
			json_object_set_new(request->model, "location", json_string(request->redirect));
			if (request->notice) json_object_set_new(request->model, "notice", json_string(request->notice));
			if (request->undo) json_object_set_new(request->model, "undo", json_string(request->undo));
		}
		return put_json(x, request->model);
	}
	struct status status = put_page(x);
	if (status.code) {
		log_line(LOG_ERROR, "request=%s template=%s: %s", x->id, request->template, status.text);
		represent_status(x, status, 0);
	}
}

static const char *status_title(int http)
{
	switch (http) {
	case 400: return "This request can't be read";
	case 401: return "Please log in";
	case 403: return "Not allowed";
	case 404: return "Not found";
	case 405: return "Not that way";
	case 410: return "This link is over";
	case 409: return "Not as things stand";
	case 413: return "Too big";
	case 415: return "Not a form";
	case 421: return "Unknown name";
	case 422: return "Something to correct";
	case 429: return "Too many at once";
	case 503: return "Not reachable for the moment";
	default: return http >= 500 ? "The desk failed" : "This can't be done";
	}
}

static const char *status_word(struct status status, int http)
{
	static const char *const words[] = {
		[STATUS_INVALID] = "invalid",   [STATUS_NOT_FOUND] = "not_found",     [STATUS_CONFLICT] = "conflict",
		[STATUS_FORBIDDEN] = "forbidden", [STATUS_BUSY] = "busy",             [STATUS_UNAVAILABLE] = "unavailable",
		[STATUS_INTERNAL] = "internal",
	};
	return http == 401 ? "not_logged_in" : words[status.code];
}

void represent_status(struct exchange *x, struct status status, int http)
{
	struct request *request = &x->request;
	if (!http) http = status_http(status.code);
	x->http_status = http;
	if (http >= 500) log_line(LOG_ERROR, "request=%s failed: %s", x->id, status.text);
	text_free(&request->file);
	request->file_type = NULL;
	json_decref(request->model);
	if (request->json) {
		request->model = json_pack("{s:{s:s,s:s,s:i,s:s}}", "error", "code", status_word(status, http), "text", status.text, "status", http,
		                           "request_id", x->id);
		return put_json(x, request->model);
	}
	const char *back = exchange_header(x, MHD_HTTP_HEADER_REFERER), *host = exchange_header(x, MHD_HTTP_HEADER_HOST);
	const char *path = back ? strstr(back, "://") : NULL; /* back to where he was, if that was here */
	path = path && host && strncmp(path + 3, host, strlen(host)) == 0 ? path + 3 + strlen(host) : NULL;
	if (path && (path[0] != '/' || path[1] == '/')) path = NULL;
	request->model = json_pack("{s:i,s:s,s:s,s:s,s:s?}", "status", http, "title", tr(request->lang, status_title(http)), "text", status.text,
	                           "request_id", x->id, "back", path);
	if (!request->model) request->model = json_object(); /* text that is not UTF-8 */
	bool by_link = x->route && x->route->by_link;
	request->template = by_link ? "debtor_error" : "error";
	if (by_link) request->frame = "debtor_layout", request->fragment = false;
	if (by_link) json_object_set_new(request->model, "lang", json_string(lang_code(request->lang)));
	struct status trouble = put_page(x);
	if (trouble.code) plain_failure(x, status.text);
	x->http_status = http;
}
