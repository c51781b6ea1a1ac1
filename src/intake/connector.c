#include "intake/connector.h"

#include "base/http.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/money.h"

#include <inttypes.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PAGES_MAX = 20000, ROWS_MAX = 3000000, LIST_MAX = 1 << 30, WAIT_ONCE = 45, WAIT_ALL = 120, TRIES = 3, ODOO_PAGE = 500, CHANGED_PAGE = 100, CHANGES_DAYS = 27, OVERLAP_DAYS = 1 };

struct row {
	char *key;
	json_t *value;
	size_t order;
};
struct talk {
	const struct connector *connector;
	const struct connector_resource *resource;
	const struct feed *feed;
	struct arena *arena;
	json_t *options;
	const char *secret, *currency;
	char *token;              /* of LOGIN_OAUTH */
	int64_t odoo_user;
	int64_t waited, wait_s;
	struct row *rows;
	size_t count, cap;
	char **seen;              /* addresses of pages */
	size_t seen_count, seen_cap;
	char *mark;               /* the latest change that was seen */
	int32_t today;
	const char *new_secret;
};

static const char *option(const struct talk *t, const char *name, const char *otherwise)
{
	const char *value = json_string_value(json_object_get(t->options, name));
	return value && *value ? value : otherwise;
}

/* --- one question ------------------------------------------------------------------------------------------------------------------------ */
static struct status parse(const struct http_answer *answer, json_t **out)
{
	json_error_t error;
	*out = json_loadb(answer->body.bytes ? answer->body.bytes : "", answer->body.len, 0, &error);
	return *out ? STATUS_FINE : status_make(STATUS_UNAVAILABLE, "The server's answer is cut off, or is no JSON.");
}

static char *replaced(const struct talk *t, const char *pattern, const char *name, const char *value)
{
	cleanup_text struct text out = { 0 };
	for (const char *at; (at = strstr(pattern, name)) != NULL; pattern = at + strlen(name)) text_add_bytes(&out, pattern, (size_t)(at - pattern)), text_add(&out, value);
	text_add(&out, pattern);
	return arena_strdup(t->arena, text_cstr(&out));
}

/* A token by client credentials, or by a refresh token (the secret), which may come back as another one. */
static struct status renew(struct talk *t)
{
	bool refresh = strcmp(option(t, "grant", ""), "refresh_token") == 0;
	const char *url = replaced(t, option(t, "token_url", t->connector->token_url), "{tenant}", option(t, "tenant", "common"));
	cleanup_text struct text body = { 0 };
	text_addf(&body, "grant_type=%s&client_id=", refresh ? "refresh_token" : "client_credentials");
	http_escape(&body, option(t, "client_id", ""));
	text_add(&body, refresh ? "&refresh_token=" : "&client_secret=");
	http_escape(&body, t->secret);
	const char *scope = option(t, "scope", t->connector->scope);
	if (*scope) text_add(&body, "&scope="), http_escape(&body, scope);
	struct http_answer answer;
	static const char *const headers[] = { "Content-Type: application/x-www-form-urlencoded", "Accept: application/json", NULL };
	TRY(http_ask(&(struct http_question){ .url = url, .headers = headers, .body = text_cstr(&body), .body_len = body.len, .limit = 1 << 20 }, &answer));
	json_t *json = NULL;
	struct status status = answer.code == 200 ? parse(&answer, &json) : status_make(STATUS_UNAVAILABLE, "The server refused the login (%ld).", answer.code);
	http_answer_free(&answer);
	TRY(status);
	const char *token = json_string_value(json_object_get(json, "access_token")), *next = json_string_value(json_object_get(json, "refresh_token"));
	free(t->token);
	t->token = token && !strpbrk(token, "\r\n") ? xstrdup(token) : NULL;
	if (refresh && next && strcmp(next, t->secret) != 0) t->secret = t->new_secret = arena_strdup(t->arena, next);
	json_decref(json);
	return t->token ? STATUS_FINE : status_make(STATUS_UNAVAILABLE, "The server gave no token.");
}

static bool by_token(const struct talk *t)
{
	return t->connector->login == LOGIN_OAUTH || (t->connector->login != LOGIN_ODOO && *option(t, "grant", ""));
}

/* Waits as the server asks, or says that it is to be asked later. */
static struct status pause_for(struct talk *t, int64_t seconds)
{
	if (seconds > WAIT_ONCE || t->waited + seconds > WAIT_ALL) {
		t->wait_s = seconds;
		return status_make(STATUS_UNAVAILABLE, "The server asks to be left alone for %lld seconds.", (long long)seconds);
	}
	t->waited += seconds;
	for (int64_t i = 0; i < seconds * 10; i++) usleep(100000);
	return STATUS_FINE;
}

static struct status ask(struct talk *t, const char *url, const char *body, json_t **out)
{
	bool renewed = false;
	int64_t busy = 0;
	*out = NULL;
	if (!http_same_place(url, t->feed->location)) return status_make(STATUS_UNAVAILABLE, "The next page is on another server: it was not asked.");
	for (int attempt = 0;; attempt++) {
		if (by_token(t) && !t->token) TRY(renew(t));
		cleanup_text struct text bearer = { 0 };
		text_addf(&bearer, "Authorization: Bearer %s", by_token(t) ? t->token : t->secret);
		bool basic = t->connector->login == LOGIN_BASIC && !by_token(t), odoo = t->connector->login == LOGIN_ODOO;
		const char *headers[] = { "Accept: application/json", basic || odoo ? "X-Requested-With: Encours" : text_cstr(&bearer), body ? "Content-Type: application/json" : NULL, NULL };
		struct http_answer answer;
		struct status status = http_ask(&(struct http_question){ .url = url, .headers = headers, .body = body, .body_len = body ? strlen(body) : 0,
			.user = basic ? option(t, "user", "") : NULL, .password = basic ? t->secret : NULL }, &answer);
		if (status.code) {
			if (attempt + 1 >= TRIES) return status;
			usleep(200000u << attempt);
			continue;
		}
		long code = answer.code;
		int64_t after = answer.retry_after;
		if (code == 200) status = parse(&answer, out);
		http_answer_free(&answer);
		if (code == 200) return status;
		if (code == 401 && by_token(t) && !renewed) { /* it ran out on the way */
			renewed = true, attempt--;
			free(t->token), t->token = NULL;
			continue;
		}
		if (code == 401 || code == 403) return status_make(STATUS_UNAVAILABLE, "The server refused the login (%ld).", code);
		if (code == 429 || (code == 503 && after)) {
			if (++busy > 20) return status_make(STATUS_UNAVAILABLE, "The server answered with the error %ld.", code);
			TRY(pause_for(t, after ? after : 5));
			attempt--;
			continue;
		}
		if (code < 500 || attempt + 1 >= TRIES) return status_make(STATUS_UNAVAILABLE, "The server answered with the error %ld.", code);
		usleep(200000u << attempt);
	}
}

/* --- rows ------------------------------------------------------------------------------------------------------------------------------------ */
/* "a.b|c": the first that is there and says something. Steps are names or places in an array; dotted names are tried whole first. */
static const json_t *at_path(const json_t *row, const char *paths)
{
	while (*paths) {
		size_t len = strcspn(paths, "|");
		char path[120];
		snprintf(path, sizeof path, "%.*s", (int)len, paths);
		const json_t *value = row;
		char *save = NULL;
		for (char *step = strtok_r(path, ".", &save); step && value; step = strtok_r(NULL, ".", &save))
			value = json_is_array(value) ? json_array_get(value, (size_t)strtoul(step, NULL, 10)) : json_object_get(value, step);
		bool said = value && !json_is_null(value) && !json_is_false(value) && !(json_is_string(value) && !*json_string_value(value));
		if (said) return value;
		paths += len + (paths[len] == '|');
	}
	return NULL;
}

static void add_scalar(struct text *out, const json_t *value)
{
	if (json_is_string(value)) text_add(out, json_string_value(value));
	else if (json_is_integer(value)) text_addf(out, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
	else if (json_is_real(value)) text_addf(out, "%.10g", json_real_value(value));
	else if (json_is_true(value)) text_add(out, "true");
}

static char *key_of(const struct talk *t, const json_t *row)
{
	struct text out = { 0 };
	const char *paths = t->resource->id;
	while (strchr(paths, '+')) { /* a key of several fields */
		size_t len = strcspn(paths, "+");
		char path[64];
		snprintf(path, sizeof path, "%.*s", (int)len, paths);
		add_scalar(&out, at_path(row, path)), text_add(&out, "/");
		paths += len + 1;
	}
	const json_t *last = at_path(row, paths);
	if (last) add_scalar(&out, last);
	char *key = xstrdup(text_cstr(&out));
	text_free(&out);
	return key;
}

/* "draft=true|status=draft,cancelled" */
static bool skipped(const struct talk *t, const json_t *row)
{
	for (const char *rule = t->resource->skip; rule && *rule;) {
		size_t len = strcspn(rule, "|"), name_len = strcspn(rule, "=");
		char name[60], values[120];
		snprintf(name, sizeof name, "%.*s", (int)name_len, rule);
		snprintf(values, sizeof values, "%.*s", (int)(len > name_len ? len - name_len - 1 : 0), rule + name_len + 1);
		const json_t *value = at_path(row, name);
		cleanup_text struct text said = { 0 };
		if (value) add_scalar(&said, value);
		char *save = NULL;
		for (char *one = strtok_r(values, ",", &save); one; one = strtok_r(NULL, ",", &save))
			if (strcmp(one, text_cstr(&said)) == 0) return true;
		rule += len + (rule[len] == '|');
	}
	return false;
}

static struct status take_rows(struct talk *t, const json_t *list)
{
	if (!json_is_array(list)) return status_make(STATUS_UNAVAILABLE, "The server's answer holds no list.");
	size_t n = json_array_size(list);
	if (t->count + n > ROWS_MAX) return status_make(STATUS_UNAVAILABLE, "The server's list is too long.");
	for (size_t i = 0; i < n; i++) {
		json_t *row = json_array_get(list, i);
		if (!json_is_object(row)) return status_make(STATUS_UNAVAILABLE, "The server's answer holds no list.");
		const char *paths = t->resource->changed_at;
		const json_t *changed = paths && t->connector->paging != PAGING_CURSOR ? at_path(row, paths) : NULL;
		const char *when = json_string_value(changed);
		if (when && strlen(when) < 40 && (!t->mark || strcmp(when, t->mark) > 0)) free(t->mark), t->mark = xstrdup(when);
		if (skipped(t, row)) continue;
		GROW(t->rows, t->count, t->cap);
		t->rows[t->count] = (struct row){ key_of(t, row), json_incref(row), t->count };
		t->count++;
	}
	return STATUS_FINE;
}

static struct status see(struct talk *t, const char *address)
{
	for (size_t i = 0; i < t->seen_count; i++)
		if (strcmp(t->seen[i], address) == 0) return status_make(STATUS_UNAVAILABLE, "The server's pages lead back to one that was read already.");
	if (t->seen_count >= PAGES_MAX) return status_make(STATUS_UNAVAILABLE, "The server's list has too many pages.");
	GROW(t->seen, t->seen_count, t->seen_cap);
	t->seen[t->seen_count++] = xstrdup(address);
	return STATUS_FINE;
}

/* --- ways of paging --------------------------------------------------------------------------------------------------------------------------- */
static void add_query(struct text *url, const char *query)
{
	/* what stands in our own table or options: spaces and quotes are escaped, the rest is as written */
	for (; *query; query++)
		if (*query == ' ') text_add(url, "%20");
		else if (*query == '\'' || *query == '"' || *query == '[' || *query == ']' || *query == '{' || *query == '}' || (unsigned char)*query >= 0x80) text_addf(url, "%%%02X", (unsigned char)*query);
		else text_add_char(url, *query);
}

static const char *resource_path(const struct talk *t)
{
	char name[40];
	snprintf(name, sizeof name, "%s_path", t->resource->name);
	return option(t, name, t->resource->path);
}

static void add_address(const struct talk *t, struct text *url, const char *path)
{
	size_t len = strlen(t->feed->location);
	text_add_bytes(url, t->feed->location, len);
	if (!len || t->feed->location[len - 1] != '/') text_add(url, "/");
	text_add(url, path);
}

static struct status read_odata(struct talk *t, const char *since)
{
	bool two = t->connector->paging == PAGING_ODATA2;
	cleanup_text struct text url = { 0 };
	add_address(t, &url, resource_path(t));
	text_add(&url, "?");
	add_query(&url, t->resource->fixed);
	const char *company = option(t, "company", "");
	if (two && *company && strstr(t->resource->fixed, "$filter")) {
		cleanup_text struct text filter = { 0 };
		text_addf(&filter, " and CompanyCode eq '%s'", company);
		add_query(&url, text_cstr(&filter));
	}
	if (since && *t->resource->since) {
		if (t->resource->since[0] == '$') text_add(&url, "&");
		add_query(&url, replaced(t, t->resource->since, "{since}", since));
	}
	cleanup_free char *next = xstrdup(text_cstr(&url));
	while (next) {
		json_t *page;
		TRY(see(t, next));
		TRY(ask(t, next, NULL, &page));
		const json_t *body = two ? json_object_get(page, "d") : page;
		const json_t *list = two ? (json_is_array(body) ? body : json_object_get(body, "results")) : json_object_get(body, "value");
		struct status status = take_rows(t, list);
		const char *link = json_string_value(json_object_get(body, two ? "__next" : "@odata.nextLink"));
		free(next);
		next = NULL;
		if (!status.code && link && strncmp(link, "http", 4) == 0) {
			next = xstrdup(link);
		} else if (!status.code && link && *link) {
			cleanup_text struct text whole = { 0 };
			add_address(t, &whole, link);
			next = xstrdup(text_cstr(&whole));
		}
		json_decref(page);
		TRY(status);
	}
	return STATUS_FINE;
}

/* items[], has_more, next_cursor */
static struct status read_cursor_list(struct talk *t, const char *path, const char *query, struct status (*take)(struct talk *t, const json_t *items))
{
	cleanup_free char *cursor = NULL;
	do {
		cleanup_text struct text url = { 0 };
		add_address(t, &url, path);
		text_add(&url, "?");
		if (cursor) text_add(&url, "limit=100&cursor="), http_escape(&url, cursor);
		else add_query(&url, query);
		json_t *page;
		TRY(see(t, text_cstr(&url)));
		TRY(ask(t, text_cstr(&url), NULL, &page));
		struct status status = take(t, json_object_get(page, "items"));
		const char *next = json_string_value(json_object_get(page, "next_cursor"));
		bool more = json_is_true(json_object_get(page, "has_more"));
		free(cursor);
		cursor = more && next && *next ? xstrdup(next) : NULL;
		json_decref(page);
		TRY(status);
	} while (cursor);
	return STATUS_FINE;
}

struct changed {
	int64_t *ids;
	size_t count, cap;
};
static _Thread_local struct changed changed;

static struct status take_changes(struct talk *t, const json_t *items)
{
	if (!json_is_array(items)) return status_make(STATUS_UNAVAILABLE, "The server's answer holds no list.");
	for (size_t i = 0; i < json_array_size(items); i++) {
		const json_t *item = json_array_get(items, i);
		const char *when = json_string_value(json_object_get(item, "processed_at")), *what = json_string_value(json_object_get(item, "operation"));
		if (when && strlen(when) < 40 && (!t->mark || strcmp(when, t->mark) > 0)) free(t->mark), t->mark = xstrdup(when);
		int64_t id = json_integer_value(json_object_get(item, "id"));
		bool known = false;
		for (size_t k = changed.count; k > 0 && !known && changed.count - k < 1000; k--) known = changed.ids[k - 1] == id;
		if (!id || known || (what && strcmp(what, "delete") == 0)) continue;
		GROW(changed.ids, changed.count, changed.cap);
		changed.ids[changed.count++] = id;
	}
	return STATUS_FINE;
}

static struct status read_changed_rows(struct talk *t)
{
	for (size_t i = 0; i < changed.count; i += CHANGED_PAGE) {
		cleanup_text struct text query = { 0 }, encoded = { 0 };
		text_add(&query, "[{\"field\":\"id\",\"operator\":\"in\",\"value\":[");
		for (size_t k = i; k < changed.count && k < i + CHANGED_PAGE; k++) text_addf(&query, "%s%lld", k > i ? "," : "", (long long)changed.ids[k]);
		text_add(&query, "]}]");
		text_add(&encoded, "limit=100&filter=");
		http_escape(&encoded, text_cstr(&query));
		TRY(read_cursor_list(t, resource_path(t), text_cstr(&encoded), take_rows));
	}
	return STATUS_FINE;
}

static struct status read_cursor(struct talk *t, const char *since)
{
	int32_t day = DAY_NONE;
	if (!since || !day_parse(since, 10, &day) || t->today - day > CHANGES_DAYS) { /* changes are kept for four weeks only */
		TRY(read_cursor_list(t, resource_path(t), t->resource->fixed, take_rows));
		char iso[11];
		day_format(t->today - OVERLAP_DAYS, iso);
		free(t->mark);
		t->mark = xstrdup(arena_printf(t->arena, "%sT00:00:00Z", iso));
		return STATUS_FINE;
	}
	cleanup_text struct text query = { 0 };
	text_add(&query, "limit=1000&start_date=");
	http_escape(&query, since);
	changed = (struct changed){ 0 };
	struct status status = read_cursor_list(t, t->resource->changes, text_cstr(&query), take_changes);
	if (!status.code) status = read_changed_rows(t);
	free(changed.ids);
	changed = (struct changed){ 0 };
	return status;
}

static struct status odoo_call(struct talk *t, const char *service, const char *method, json_t *arguments, json_t **out)
{
	json_t *question = json_pack("{s:s, s:s, s:i, s:{s:s, s:s, s:o}}", "jsonrpc", "2.0", "method", "call", "id", 1, "params", "service", service, "method", method, "args", arguments);
	cleanup_free char *body = json_dumps(question, JSON_COMPACT);
	json_decref(question);
	cleanup_text struct text url = { 0 };
	add_address(t, &url, "jsonrpc");
	json_t *answer;
	TRY(ask(t, text_cstr(&url), body, &answer));
	const json_t *error = json_object_get(answer, "error");
	const char *words = json_string_value(at_path(answer, "error.data.message|error.message"));
	if (error) {
		struct status status = status_make(STATUS_UNAVAILABLE, "The server refused: %.150s", words ? words : "?");
		json_decref(answer);
		return status;
	}
	*out = json_incref(json_object_get(answer, "result"));
	json_decref(answer);
	return *out ? STATUS_FINE : status_make(STATUS_UNAVAILABLE, "The server's answer holds no list.");
}

static json_t *odoo_fields(const struct talk *t)
{
	json_t *fields = json_array();
	for (const struct connector_field *field = t->resource->fields; field->target; field++) {
		const char *path = field->paths;
		while (*path) {
			size_t len = strcspn(path, "|");
			json_array_append_new(fields, json_stringn(path, len));
			path += len + (path[len] == '|');
		}
	}
	json_array_append_new(fields, json_string("write_date"));
	return fields;
}

static struct status read_odoo(struct talk *t, const char *since)
{
	const char *database = option(t, "database", ""), *user = option(t, "user", "");
	json_t *who;
	TRY(odoo_call(t, "common", "authenticate", json_pack("[s, s, s, {}]", database, user, t->secret), &who));
	t->odoo_user = json_integer_value(who);
	json_decref(who);
	if (!t->odoo_user) return status_make(STATUS_UNAVAILABLE, "The server refused the login (%ld).", 401L);
	int64_t last = 0;
	for (size_t read = ODOO_PAGE, pages = 0; read == ODOO_PAGE; pages++) {
		if (pages >= PAGES_MAX) return status_make(STATUS_UNAVAILABLE, "The server's list has too many pages.");
		json_t *domain = json_loads(t->resource->fixed, 0, NULL), *page;
		json_array_append_new(domain, json_pack("[s, s, I]", "id", ">", (json_int_t)last));
		if (since) json_array_append_new(domain, json_loads(replaced(t, t->resource->since, "{since}", since), 0, NULL));
		TRY(odoo_call(t, "object", "execute_kw", json_pack("[s, I, s, s, s, [o], {s:o, s:i, s:s}]", database, (json_int_t)t->odoo_user, t->secret, resource_path(t), "search_read", domain,
		                                                 "fields", odoo_fields(t), "limit", ODOO_PAGE, "order", "id asc"), &page));
		struct status status = take_rows(t, page);
		read = json_array_size(page);
		int64_t end = read ? json_integer_value(json_object_get(json_array_get(page, read - 1), "id")) : last;
		json_decref(page);
		TRY(status);
		if (read && end <= last) return status_make(STATUS_UNAVAILABLE, "The server's pages lead back to one that was read already.");
		last = end;
	}
	return STATUS_FINE;
}

/* --- the list ----------------------------------------------------------------------------------------------------------------------------------- */
static int by_key(const void *a, const void *b)
{
	const struct row *x = a, *y = b;
	int order = strcmp(x->key, y->key);
	return order ? order : (x->order > y->order) - (x->order < y->order);
}

static int by_order(const void *a, const void *b)
{
	const struct row *x = a, *y = b;
	return (x->order > y->order) - (x->order < y->order);
}

/* A row that came on two pages counts once: as it was said last. */
static void drop_twins(struct talk *t)
{
	size_t kept = 0;
	if (t->count) qsort(t->rows, t->count, sizeof *t->rows, by_key);
	for (size_t i = 0; i < t->count; i++) {
		bool last = i + 1 == t->count || !*t->rows[i].key || strcmp(t->rows[i].key, t->rows[i + 1].key) != 0;
		if (last) {
			t->rows[kept++] = t->rows[i];
		} else {
			free(t->rows[i].key);
			json_decref(t->rows[i].value);
		}
	}
	t->count = kept;
	if (kept) qsort(t->rows, kept, sizeof *t->rows, by_order);
}

/* 2025-01-31, 2025-01-31T…, /Date(1735603200000)/; none: "", 0001-01-01, false. */
static void add_day(struct text *out, const json_t *value)
{
	const char *text = json_string_value(value);
	int32_t day;
	char iso[11];
	if (!text) return;
	if (strncmp(text, "/Date(", 6) == 0) {
		day = (int32_t)(strtoll(text + 6, NULL, 10) / 86400000);
		if (day > DAY_MIN && day < DAY_MAX) day_format(day, iso), text_add(out, iso);
	} else if (day_parse(text, strlen(text) < 10 ? strlen(text) : 10, &day)) {
		day_format(day, iso), text_add(out, iso);
	}
}

static void add_amount(struct text *out, const json_t *value, int decimals)
{
	if (json_is_string(value)) text_add(out, json_string_value(value)); /* SAP: decimals as text */
	else if (json_is_number(value)) text_addf(out, "%.*f", decimals, json_number_value(value));
}

static bool cleared(const json_t *row)
{
	cleanup_text struct text day = { 0 };
	add_day(&day, at_path(row, "ClearingDate"));
	return day.len > 0 || at_path(row, "ClearingAccountingDocument|ClearingJournalEntry") != NULL;
}

static const char *type_words(const char *said)
{
	static const char *const known[][2] = { /* as lists write them */
		{ "Invoice", "Invoice" }, { "Credit Memo", "Credit note" }, { "Credit_Memo", "Credit note" }, { "Credit_x0020_Memo", "Credit note" }, { "Payment", "Payment" }, { "Refund", "Refund" },
		{ "out_invoice", "Invoice" }, { "out_refund", "Credit note" }, { "DR", "Invoice" }, { "RV", "Invoice" }, { "DG", "Credit note" }, { "DZ", "Payment" },
	};
	for (size_t i = 0; i < COUNT(known); i++)
		if (strcmp(known[i][0], said) == 0) return known[i][1];
	return "";
}

static void add_value(const struct talk *t, struct text *out, const json_t *row, const struct connector_field *field, int decimals)
{
	const json_t *amount = at_path(row, "AmountInTransactionCurrency|AmountInCompanyCodeCurrency");
	if (strcmp(field->paths, "@open") == 0) {
		if (cleared(row)) text_add(out, "0");
		else if (amount) add_amount(out, amount, decimals);
		return;
	}
	if (strcmp(field->paths, "@key") == 0) {
		cleanup_free char *key = key_of(t, row);
		text_add(out, key);
		return;
	}
	if (strcmp(field->paths, "@sign") == 0) {
		const json_t *value = at_path(row, "currency_amount|amount");
		double number = json_is_string(value) ? strtod(json_string_value(value), NULL) : json_number_value(value);
		text_add(out, number < 0 ? "Credit note" : "Invoice");
		return;
	}
	const json_t *value = at_path(row, field->paths);
	switch (field->value) {
	case VALUE_TEXT: if (value) add_scalar(out, value); break;
	case VALUE_DAY: add_day(out, value); break;
	case VALUE_AMOUNT:
		if (value) add_amount(out, value, decimals);
		else if (strcmp(field->target, "open") == 0) text_add(out, "0"); /* at_path passes over what is 0 as text only */
		break;
	case VALUE_TYPE: text_add(out, json_is_string(value) ? type_words(json_string_value(value)) : ""); break;
	case VALUE_ID_OF: if (json_is_array(value)) add_scalar(out, json_array_get(value, 0)); break;
	case VALUE_NAME_OF: if (json_is_array(value)) add_scalar(out, json_array_get(value, 1)); break;
	}
}

static void add_cell(struct text *out, const char *value, bool first)
{
	if (!first) text_add(out, ";");
	text_add(out, "\"");
	for (; *value; value++)
		if (*value == '"') text_add(out, "\"\"");
		else text_add_char(out, (unsigned char)*value < ' ' ? ' ' : *value);
	text_add(out, "\"");
}

static struct status write_list(struct talk *t, struct connector_look *out)
{
	json_t *columns = json_object();
	for (const struct connector_field *field = t->resource->fields; field->target; field++) {
		add_cell(&out->list, field->target, field == t->resource->fields);
		json_t *said = json_pack("{s:s}", "target", field->target);
		if (field->value == VALUE_DAY) json_object_set_new(said, "dates", json_string("ymd"));
		if (field->value == VALUE_AMOUNT) json_object_set_new(said, "decimal", json_string("."));
		json_object_set_new(columns, field->target, said);
	}
	text_add(&out->list, "\n");
	json_t *mapping = json_pack("{s:s, s:b, s:o}", "what", t->resource->format, "credits_positive", 0, "columns", columns);
	cleanup_free char *text = json_dumps(mapping, JSON_SORT_KEYS);
	json_decref(mapping);
	out->mapping = arena_strdup(t->arena, text);
	for (size_t i = 0; i < t->count; i++) {
		const char *currency = json_string_value(at_path(t->rows[i].value, "currencyCode|Currency_Code|TransactionCurrency|currency"));
		int decimals = currency_decimals(currency && currency_known(currency) ? currency : t->currency);
		for (const struct connector_field *field = t->resource->fields; field->target; field++) {
			cleanup_text struct text cell = { 0 };
			add_value(t, &cell, t->rows[i].value, field, decimals);
			add_cell(&out->list, text_cstr(&cell), field == t->resource->fields);
		}
		text_add(&out->list, "\n");
		if (out->list.len > LIST_MAX) return status_make(STATUS_UNAVAILABLE, "The server's list is too long.");
	}
	out->rows = (int64_t)t->count;
	return STATUS_FINE;
}

static struct status read_all(struct talk *t, const char *since)
{
	switch (t->connector->paging) {
	case PAGING_ODATA4: case PAGING_ODATA2: return read_odata(t, since);
	case PAGING_CURSOR: return read_cursor(t, since);
	case PAGING_ODOO: return read_odoo(t, since);
	}
	return STATUS_FINE;
}

struct status connector_look(const struct connector *connector, const struct connector_resource *resource, const struct feed *feed, const char *secret,
                             const char *currency, int32_t today, struct arena *arena, struct connector_look *out)
{
	*out = (struct connector_look){ 0 };
	struct talk t = { .connector = connector, .resource = resource, .feed = feed, .arena = arena, .secret = secret, .currency = currency, .today = today,
		.options = json_loads(feed->options, 0, NULL) };
	json_t *cursors = json_loads(feed->cursor, 0, NULL);
	if (!json_is_object(cursors)) json_decref(cursors), cursors = json_object();
	const char *since = json_string_value(json_object_get(cursors, resource->name));
	struct status status = read_all(&t, since);
	if (!status.code) {
		drop_twins(&t);
		status = write_list(&t, out);
	}
	char iso[11];
	day_format(today - OVERLAP_DAYS, iso);
	if (!resource->changed_at && *resource->since) json_object_set_new(cursors, resource->name, json_string(iso));
	else if (resource->changed_at && t.mark) json_object_set_new(cursors, resource->name, json_string(t.mark));
	cleanup_free char *kept = json_dumps(cursors, JSON_COMPACT | JSON_SORT_KEYS);
	out->cursor = arena_strdup(arena, kept);
	out->secret = t.new_secret, out->wait_s = t.wait_s;
	for (size_t i = 0; i < t.count; i++) free(t.rows[i].key), json_decref(t.rows[i].value);
	for (size_t i = 0; i < t.seen_count; i++) free(t.seen[i]);
	free(t.rows), free(t.seen), free(t.token), free(t.mark);
	json_decref(cursors);
	json_decref(t.options);
	if (status.code) text_free(&out->list);
	return status;
}
