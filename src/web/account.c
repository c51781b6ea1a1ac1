/* account — one's own: name, language, theme, password, tokens of the API. */
#include "web/people.h"
#include "web/server.h"

#include "base/log.h"
#include "base/memory.h"

static struct status only_browser(const struct request *request)
{
	if (!exchange_of(request)->has_token) return STATUS_FINE;
	return status_make(STATUS_FORBIDDEN, "A token can't do this: log in with your password.");
}

json_t *people_tokens(struct request *request, int64_t user_id, struct status *status)
{
	json_t *rows = json_array();
	struct token *tokens = NULL;
	size_t count = 0;
	*status = token_list(request->db, request->viewer, user_id, request->arena, &tokens, &count);
	for (size_t i = 0; !status->code && i < count; i++)
		json_array_append_new(rows, json_pack("{s:I,s:s,s:s,s:b,s:o,s:o,s:o}", "id", (json_int_t)tokens[i].id, "name", tokens[i].name, "scope",
		                                      tokens[i].scope == TOKEN_WRITE ? "write" : "read", "writes", tokens[i].scope == TOKEN_WRITE,
		                                      "created_at", model_instant(tokens[i].created_at), "used_at", model_instant(tokens[i].used_at),
		                                      "revoked_at", model_instant(tokens[i].revoked_at)));
	return rows;
}

static struct status account_fill(struct request *request, const struct user *user, const char *error)
{
	json_t *model = request->model;
	struct status status;
	json_object_set_new(model, "title", json_string("My account"));
	json_object_set_new(model, "email", json_string(user->email));
	json_object_set_new(model, "name", json_string(user->name));
	json_object_set_new(model, "phone", json_string(user->phone));
	json_object_set_new(model, "role", json_string(role_code(user->role)));
	json_object_set_new(model, "role_name", json_string(role_label(user->role)));
	json_object_set_new(model, "language", json_string(user->language));
	json_object_set_new(model, "theme", json_string(user->theme));
	json_object_set_new(model, "single_keys", json_boolean(user->single_keys));
	json_object_set_new(model, "error", error ? json_string(error) : json_null());
	json_object_set_new(model, "tokens", people_tokens(request, 0, &status));
	return status;
}

static struct status account_show(struct request *request)
{
	struct user user;
	TRY(user_get(request->db, request->viewer, request->viewer->user_id, &user));
	return account_fill(request, &user, NULL);
}

struct user_work {
	const struct viewer *viewer;
	const struct user *user;
};

static struct status self_work(struct db *db, void *context)
{
	const struct user_work *work = context;
	return user_set_self(db, work->viewer, work->user);
}

/* A choice among few words; anything else is refused by name. */
static struct status choose(const struct request *request, const char *field, const char *const *choices, char *out, size_t size)
{
	const char *given = request_field(request, field);
	if (!given) return STATUS_FINE;
	for (size_t i = 0; choices[i]; i++) {
		if (strcmp(given, choices[i]) != 0) continue;
		snprintf(out, size, "%s", given);
		return STATUS_FINE;
	}
	return status_make(STATUS_INVALID, "“%.40s” is not among the choices.", given);
}

static struct status account_save(struct request *request)
{
	struct exchange *x = exchange_of(request);
	struct user user;
	TRY(user_get(request->db, request->viewer, request->viewer->user_id, &user));
	const char *name = request_field(request, "name"), *phone = request_field(request, "phone");
	struct status status = STATUS_FINE;
	if ((name && strlen(name) >= sizeof user.name) || (phone && strlen(phone) >= sizeof user.phone))
		status = status_make(STATUS_INVALID, "A name has at most %d characters, a phone number %d.", 95, 39);
	if (name && !status.code) snprintf(user.name, sizeof user.name, "%s", name);
	if (phone && !status.code) snprintf(user.phone, sizeof user.phone, "%s", phone);
	if (!status.code) status = choose(request, "language", (const char *const[]){ "", "fr", "en", NULL }, user.language, sizeof user.language);
	if (!status.code) status = choose(request, "theme", (const char *const[]){ "", "light", "dark", NULL }, user.theme, sizeof user.theme);
	/* a checkbox that is off sends nothing: the form says that it had one */
	if (request_field(request, "single_keys") || request_field(request, "has_single_keys"))
		user.single_keys = request_int(request, "single_keys", 0) != 0;
	if (!status.code) status = request_transact(request, self_work, &(struct user_work){ request->viewer, &user });
	if (status.code == STATUS_INVALID && !request->json) {
		request->http_status = 422;
		request->template = "account";
		return account_fill(request, &user, status.text);
	}
	TRY(status);
	if (user.language[0]) {
		exchange_set_cookie(x, "encours_lang", user.language, 365 * 86400);
		request->lang = lang_parse(user.language, request->lang);
	} else {
		exchange_set_cookie(x, "encours_lang", "", -1);
	}
	exchange_set_cookie(x, "encours_theme", user.theme[0] ? user.theme : "auto", 365 * 86400);
	request->notice = tr(request->lang, "Your account is saved.");
	request->redirect = "/account";
	return STATUS_FINE;
}

/* --- password ------------------------------------------------------------------------------------------------------------ */
static struct status password_fill(struct request *request, const char *error)
{
	json_object_set_new(request->model, "title", json_string("Change my password"));
	json_object_set_new(request->model, "must_change", json_boolean(exchange_of(request)->session.must_change));
	json_object_set_new(request->model, "minimum", json_integer(USER_PASSWORD_MIN));
	json_object_set_new(request->model, "error", error ? json_string(error) : json_null());
	return STATUS_FINE;
}

static struct status password_show(struct request *request)
{
	return password_fill(request, NULL);
}

struct rotation {
	struct session *session;
	char cookie[SESSION_COOKIE_MAX];
};

static struct status rotate_work(struct db *db, void *context)
{
	struct rotation *rotation = context;
	TRY(session_end_others(db, rotation->session));
	return session_rotate(db, rotation->session, clock_wall(), rotation->cookie);
}

static struct status password_save(struct request *request)
{
	struct exchange *x = exchange_of(request);
	TRY(only_browser(request));
	const char *old = request_field(request, "old"), *password = request_field(request, "password"), *again = request_field(request, "again");
	struct status status = STATUS_FINE;
	if (!old || !password || !again || strcmp(password, again) != 0)
		status = status_make(STATUS_INVALID, "The new password was not written the same way twice.");
	if (!status.code) status = user_change_password(request->store, request->viewer, old, password, clock_wall());
	if ((status.code == STATUS_INVALID || status.code == STATUS_FORBIDDEN) && !request->json) {
		request->http_status = 422;
		request->template = "account_password";
		return password_fill(request, status.text);
	}
	TRY(status);
	struct rotation rotation = { .session = &x->session };
	TRY(request_transact(request, rotate_work, &rotation));
	exchange_set_cookie(x, "encours_session", rotation.cookie, 0);
	request->csrf = x->session.csrf;
	log_line(LOG_INFO, "request=%s password changed user=%lld", x->id, (long long)request->viewer->user_id);
	request->notice = tr(request->lang, "Your password is changed. Other sessions were closed.");
	request->redirect = "/account";
	return STATUS_FINE;
}

static struct status end_others_work(struct db *db, void *context)
{
	return session_end_others(db, context);
}

static struct status end_others(struct request *request)
{
	TRY(only_browser(request));
	TRY(request_transact(request, end_others_work, &exchange_of(request)->session));
	request->notice = tr(request->lang, "Your other sessions are closed.");
	request->redirect = "/account";
	return STATUS_FINE;
}

/* --- tokens ---------------------------------------------------------------------------------------------------------------- */
struct token_work {
	const struct viewer *viewer;
	const char *name;
	enum token_scope scope;
	char value[TOKEN_VALUE_MAX];
	struct token token;
	int64_t id;
};

static struct status token_make_work(struct db *db, void *context)
{
	struct token_work *work = context;
	return token_make(db, work->viewer, work->name, work->scope, clock_wall(), work->value, &work->token);
}

static struct status token_create(struct request *request)
{
	TRY(only_browser(request));
	const char *name = request_field(request, "name"), *scope = request_field(request, "scope");
	struct token_work work = { .viewer = request->viewer, .name = name ? name : "" };
	struct status status = STATUS_FINE;
	if (scope && strcmp(scope, "write") == 0)
		work.scope = TOKEN_WRITE;
	else if (!scope || strcmp(scope, "read") != 0)
		status = status_make(STATUS_INVALID, "A token's scope is “read” or “write”.");
	if (!status.code) status = request_transact(request, token_make_work, &work);
	if (status.code == STATUS_INVALID && !request->json) {
		struct user user;
		TRY(user_get(request->db, request->viewer, request->viewer->user_id, &user));
		request->http_status = 422;
		request->template = "account";
		return account_fill(request, &user, status.text);
	}
	TRY(status);
	log_line(LOG_INFO, "request=%s token made id=%lld user=%lld", exchange_of(request)->id, (long long)work.token.id,
	         (long long)request->viewer->user_id);
	/* shown here and never again: the page is not stored anywhere, and asks for no second one */
	json_object_set_new(request->model, "title", json_string("Your new token"));
	json_object_set_new(request->model, "id", json_integer(work.token.id));
	json_object_set_new(request->model, "name", json_string(work.token.name));
	json_object_set_new(request->model, "scope", json_string(scope));
	json_object_set_new(request->model, "value", json_string(work.value));
	request->http_status = 201;
	return STATUS_FINE;
}

static struct status token_revoke_work(struct db *db, void *context)
{
	struct token_work *work = context;
	return token_revoke(db, work->viewer, work->id, clock_wall());
}

static struct status token_drop(struct request *request)
{
	struct token_work work = { .viewer = request->viewer };
	const char *id = request_path(request, "id");
	if (!text_parse_int(id, strlen(id), &work.id)) return status_make(STATUS_NOT_FOUND, "There is no such token.");
	TRY(request_transact(request, token_revoke_work, &work));
	log_line(LOG_INFO, "request=%s token revoked id=%lld user=%lld", exchange_of(request)->id, (long long)work.id,
	         (long long)request->viewer->user_id);
	request->notice = tr(request->lang, "The token is revoked. Programs that use it are refused from now on.");
	request->redirect = request_back(request, "/account");
	return STATUS_FINE;
}

const struct route account_routes[] = {
	{ "GET", "/account", RIGHT_SELF, account_show, .template = "account", .menu = MENU_ACCOUNT, .summary = "My account", .no_company = true, .live = true },
	{ "POST", "/account", RIGHT_SELF, account_save, .template = "account", .menu = MENU_ACCOUNT, .summary = "Save my account", .no_company = true,
	  .fields = "name phone language theme single_keys" },
	{ "GET", "/account/password", RIGHT_SELF, password_show, .template = "account_password", .menu = MENU_ACCOUNT, .summary = "Change my password",
	  .no_company = true, .live = true },
	{ "POST", "/account/password", RIGHT_SELF, password_save, .template = "account_password", .menu = MENU_ACCOUNT, .summary = "Change my password",
	  .no_company = true, .fields = "old* password* again*" },
	{ "POST", "/account/sessions", RIGHT_SELF, end_others, .menu = MENU_ACCOUNT, .summary = "Close my other sessions", .no_company = true },
	{ "POST", "/account/tokens", RIGHT_SELF, token_create, .template = "account_token", .menu = MENU_ACCOUNT, .summary = "Make a token",
	  .no_company = true, .fields = "name* scope*" },
	{ "POST", "/account/tokens/{id}/revoke", RIGHT_SELF, token_drop, .menu = MENU_ACCOUNT, .summary = "Revoke a token", .no_company = true },
	{ 0 },
};
