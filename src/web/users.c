/* users — accounts of everybody: who may do what, and see which customers. */
#include "web/people.h"
#include "web/server.h"

#include "base/log.h"
#include "base/memory.h"
#include "ledger/people.h"

static const struct {
	const char *label, *words;
} role_words[ROLE_COUNT] = {
	[ROLE_ADMINISTRATOR] = { "Administrator", "Everything, settings and accounts included" },
	[ROLE_CREDIT_MANAGER] = { "Credit manager", "Everything but accounts: imports, scenarios, sending" },
	[ROLE_COLLECTOR] = { "Collector", "Reminders, promises, disputes, contacts" },
	[ROLE_SALES] = { "Sales", "His customers: figures and notes" },
	[ROLE_RESOLVER] = { "Dispute resolver", "Answers and closes disputes" },
	[ROLE_READER] = { "Reader", "Looks, changes nothing" },
	[ROLE_ACCOUNTANT] = { "Outside accountant", "Reads and imports, never contacts a customer" },
};

const char *role_label(enum role role)
{
	return role_words[role].label;
}

json_t *people_roles(enum role chosen)
{
	json_t *rows = json_array();
	for (int role = 0; role < ROLE_COUNT; role++)
		json_array_append_new(rows, json_pack("{s:s,s:s,s:s,s:b}", "code", role_code((enum role)role), "label", role_words[role].label, "words",
		                                      role_words[role].words, "on", (int)chosen == role));
	return rows;
}

static const char *const portfolio_codes[] = { [PORTFOLIO_ALL] = "all", [PORTFOLIO_OWN] = "own", [PORTFOLIO_GROUP] = "group" };

static json_t *user_row(const struct user *user)
{
	return json_pack("{s:I,s:s,s:s,s:s,s:s,s:s,s:s,s:s,s:s,s:b,s:b,s:o}", "id", (json_int_t)user->id, "email", user->email, "name", user->name, "phone",
	                 user->phone, "role", role_code(user->role), "role_name", role_words[user->role].label, "portfolio",
	                 portfolio_codes[user->portfolio], "portfolio_group", user->portfolio_group, "team", user->team, "disabled", user->disabled, "must_change",
	                 user->must_change, "created_at", model_instant(user->created_at));
}

static struct status users_show(struct request *request)
{
	struct user *users;
	size_t count;
	TRY(user_list(request->db, request->viewer, request->arena, &users, &count));
	json_t *rows = json_array();
	int64_t active = 0;
	for (size_t i = 0; i < count; i++) {
		json_t *row = user_row(&users[i]);
		json_object_set_new(row, "self", json_boolean(users[i].id == request->viewer->user_id));
		json_array_append_new(rows, row);
		active += !users[i].disabled;
	}
	json_object_set_new(request->model, "users", rows);
	json_object_set_new(request->model, "active", json_integer(active));
	return STATUS_FINE;
}

/* --- one user ---------------------------------------------------------------------------------------------------------- */
static struct status user_of_path(struct request *request, struct user *out)
{
	const char *text = request_path(request, "id");
	int64_t id;
	if (!text_parse_int(text, strlen(text), &id)) return status_make(STATUS_NOT_FOUND, "There is no such account.");
	return user_get(request->db, request->viewer, id, out);
}

static struct status companies_fill(struct request *request, int64_t user_id)
{
	struct company *companies;
	size_t count;
	struct viewer theirs = { 0 };
	TRY(company_list(request->db, request->viewer, request->arena, &companies, &count));
	if (user_id) TRY(user_viewer(request->db, request->viewer->tenant_id, user_id, &theirs));
	json_t *rows = json_array();
	for (size_t i = 0; i < count; i++) {
		bool on = false;
		for (int each = 0; each < theirs.company_count; each++) on |= theirs.companies[each] == companies[i].id;
		json_array_append_new(rows, json_pack("{s:s,s:s,s:b}", "code", companies[i].code, "name", companies[i].name, "on", on));
	}
	json_object_set_new(request->model, "companies", rows);
	json_object_set_new(request->model, "several_companies", json_boolean(count > 1));
	json_object_set_new(request->model, "every_company", json_boolean(theirs.company_count == 0));
	return STATUS_FINE;
}

static struct status user_fill(struct request *request, const struct user *user, const char *error)
{
	json_t *row = user_row(user);
	json_object_update(request->model, row);
	json_decref(row);
	json_object_set_new(request->model, "title", json_string(user->name[0] ? user->name : user->email));
	json_object_set_new(request->model, "self", json_boolean(user->id == request->viewer->user_id));
	json_object_set_new(request->model, "roles", people_roles(user->role));
	json_object_set_new(request->model, "error", error ? json_string(error) : json_null());
	TRY(companies_fill(request, user->id));
	struct status status;
	json_object_set_new(request->model, "tokens", people_tokens(request, user->id, &status));
	return status;
}

static struct status user_show(struct request *request)
{
	struct user user;
	TRY(user_of_path(request, &user));
	return user_fill(request, &user, NULL);
}

struct save {
	const struct viewer *viewer;
	struct user user;
	int64_t companies[32];
	int company_count;
	bool set_companies, disabled;
};

static struct status save_work(struct db *db, void *context)
{
	struct save *save = context;
	TRY(user_set_role(db, save->viewer, &save->user));
	if (save->set_companies) TRY(user_set_companies(db, save->viewer, save->user.id, save->companies, save->company_count));
	return STATUS_FINE;
}

static struct status read_role(struct request *request, enum role *out)
{
	const char *role = request_field(request, "role");
	if (!role || !role_parse(role, out)) return status_make(STATUS_INVALID, "Choose a role.");
	return STATUS_FINE;
}

static struct status read_portfolio(struct request *request, struct user *user)
{
	const char *code = request_field(request, "portfolio"), *group = request_field(request, "portfolio_group");
	if (!code) return STATUS_FINE;
	size_t found = 0;
	while (found < COUNT(portfolio_codes) && strcmp(code, portfolio_codes[found]) != 0) found++;
	if (found == COUNT(portfolio_codes)) return status_make(STATUS_INVALID, "“%.40s” is not among the choices.", code);
	if (found == PORTFOLIO_GROUP && (!group || !*group)) return status_make(STATUS_INVALID, "Name the group of customers that this account sees.");
	if (group && strlen(group) >= sizeof user->portfolio_group) return status_make(STATUS_INVALID, "The name of the group is too long.");
	user->portfolio = (enum portfolio)found;
	snprintf(user->portfolio_group, sizeof user->portfolio_group, "%s", found == PORTFOLIO_GROUP ? group : "");
	return STATUS_FINE;
}

static struct status read_companies(struct request *request, struct save *save)
{
	if (!request_field(request, "has_companies")) return STATUS_FINE;
	save->set_companies = true;
	if (request_int(request, "every_company", 0)) return STATUS_FINE; /* no row: every company of the tenant */
	for (const char *const *code = request_fields(request, "company_code"); *code; code++) {
		struct company company;
		TRY(company_find(request->db, request->viewer, *code, &company));
		if (save->company_count == (int)COUNT(save->companies)) return status_make(STATUS_INVALID, "An account is limited to %d companies, or sees all.", 32);
		save->companies[save->company_count++] = company.id;
	}
	if (save->company_count == 0) return status_make(STATUS_INVALID, "Tick at least one company.");
	return STATUS_FINE;
}

static struct status read_person(struct request *request, struct user *user)
{
	const char *name = request_field(request, "name"), *phone = request_field(request, "phone");
	if ((name && strlen(name) >= sizeof user->name) || (phone && strlen(phone) >= sizeof user->phone))
		return status_make(STATUS_INVALID, "A name has at most %d characters, a phone number %d.", 95, 39);
	if (name) snprintf(user->name, sizeof user->name, "%s", name);
	const char *team = request_field(request, "team");
	if (team && strlen(team) >= sizeof user->team) return status_make(STATUS_INVALID, "The name of a team has at most %d characters.", 63);
	if (team) {
		struct slice trimmed = slice_trim(slice_of(team)); /* "Nord" and "Nord " are one team */
		snprintf(user->team, sizeof user->team, "%.*s", (int)trimmed.len, trimmed.bytes);
	}
	if (phone) snprintf(user->phone, sizeof user->phone, "%s", phone);
	return STATUS_FINE;
}

static struct status user_save(struct request *request)
{
	struct save save = { .viewer = request->viewer };
	TRY(user_of_path(request, &save.user));
	struct status status = read_person(request, &save.user);
	if (!status.code && request_field(request, "role")) status = read_role(request, &save.user.role);
	if (!status.code) status = read_portfolio(request, &save.user);
	if (!status.code) status = read_companies(request, &save);
	if (!status.code) status = request_transact(request, save_work, &save);
	if ((status.code == STATUS_INVALID || status.code == STATUS_CONFLICT) && !request->json) {
		request->http_status = 422;
		request->template = "user";
		return user_fill(request, &save.user, status.text);
	}
	TRY(status);
	TRY(people_record(request->store, request->viewer, "user.changed", &save.user, clock_wall()));
	log_line(LOG_INFO, "request=%s account=%lld role=%s portfolio=%s by=%lld", exchange_of(request)->id, (long long)save.user.id,
	         role_code(save.user.role), portfolio_codes[save.user.portfolio], (long long)request->viewer->user_id);
	request->notice = tr(request->lang, "The account is saved.");
	request->redirect = "/settings/users";
	return STATUS_FINE;
}

/* --- new, reset, disabled -------------------------------------------------------------------------------------------------- */
static struct status new_fill(struct request *request, const char *error)
{
	enum role role = ROLE_COLLECTOR;
	const char *given = request_field(request, "role"), *email = request_field(request, "email"), *name = request_field(request, "name");
	if (given) (void)role_parse(given, &role);
	json_object_set_new(request->model, "title", json_string("New account"));
	json_object_set_new(request->model, "email", json_string(email ? email : ""));
	json_object_set_new(request->model, "name", json_string(name ? name : ""));
	json_object_set_new(request->model, "roles", people_roles(role));
	json_object_set_new(request->model, "error", error ? json_string(error) : json_null());
	return STATUS_FINE;
}

static struct status user_new(struct request *request)
{
	return new_fill(request, NULL);
}

/* The password made is on this one page and nowhere else. */
static struct status show_made(struct request *request, const struct user *user, const char *made, const char *title)
{
	json_object_set_new(request->model, "title", json_string(title));
	json_object_set_new(request->model, "id", json_integer(user->id));
	json_object_set_new(request->model, "email", json_string(user->email));
	json_object_set_new(request->model, "name", json_string(user->name));
	json_object_set_new(request->model, "password", json_string(made));
	request->template = "user_password";
	return STATUS_FINE;
}

static struct status user_create(struct request *request)
{
	const char *email = request_field(request, "email"), *name = request_field(request, "name");
	struct user_new make = { .email = email ? email : "", .name = name ? name : "" };
	char made[USER_PASSWORD_MADE];
	struct user user;
	struct status status = read_role(request, &make.role);
	if (!status.code) status = user_add(request->store, request->viewer, make, clock_wall(), made, &user);
	if ((status.code == STATUS_INVALID || status.code == STATUS_CONFLICT) && !request->json) {
		request->http_status = 422;
		request->template = "user_new";
		return new_fill(request, status.text);
	}
	TRY(status);
	TRY(people_record(request->store, request->viewer, "user.added", &user, clock_wall()));
	log_line(LOG_INFO, "request=%s account=%lld made role=%s by=%lld", exchange_of(request)->id, (long long)user.id, role_code(user.role),
	         (long long)request->viewer->user_id);
	request->http_status = 201;
	return show_made(request, &user, made, "Account created");
}

/* He would lock himself out. */
static struct status not_himself(const struct request *request, const struct user *user)
{
	if (user->id != request->viewer->user_id) return STATUS_FINE;
	return status_make(STATUS_CONFLICT, "This is your own account: change your password in “My account”.");
}

static struct status user_reset_password(struct request *request)
{
	struct user user;
	char made[USER_PASSWORD_MADE];
	TRY(user_of_path(request, &user));
	TRY(not_himself(request, &user));
	TRY(user_reset(request->store, request->viewer, user.id, NULL, clock_wall(), made));
	TRY(people_record(request->store, request->viewer, "user.reset", &user, clock_wall()));
	log_line(LOG_INFO, "request=%s account=%lld password reset by=%lld", exchange_of(request)->id, (long long)user.id,
	         (long long)request->viewer->user_id);
	return show_made(request, &user, made, "New password");
}

static struct status disable_work(struct db *db, void *context)
{
	const struct save *save = context;
	return user_disable(db, save->viewer, save->user.id, save->disabled, clock_wall());
}

static struct status set_disabled(struct request *request, bool disabled)
{
	struct save save = { .viewer = request->viewer, .disabled = disabled };
	TRY(user_of_path(request, &save.user));
	if (disabled) TRY(not_himself(request, &save.user));
	TRY(request_transact(request, disable_work, &save));
	save.user.disabled = disabled;
	TRY(people_record(request->store, request->viewer, disabled ? "user.disabled" : "user.enabled", &save.user, clock_wall()));
	log_line(LOG_INFO, "request=%s account=%lld %s by=%lld", exchange_of(request)->id, (long long)save.user.id, disabled ? "disabled" : "enabled",
	         (long long)request->viewer->user_id);
	request->notice = tr(request->lang, disabled ? "The account is closed: its sessions and tokens ended." : "The account is open again.");
	request->undo = arena_printf(request->arena, "/settings/users/%lld/%s", (long long)save.user.id, disabled ? "enable" : "disable");
	request->redirect = "/settings/users";
	return STATUS_FINE;
}

static struct status user_close(struct request *request)
{
	return set_disabled(request, true);
}

static struct status user_open(struct request *request)
{
	return set_disabled(request, false);
}

const struct route users_routes[] = {
	{ "GET", "/settings/users", RIGHT_USERS, users_show, .template = "users", .menu = MENU_SETTINGS, .summary = "Users and roles", .no_company = true, .live = true },
	{ "GET", "/settings/users/new", RIGHT_USERS, user_new, .template = "user_new", .menu = MENU_SETTINGS, .summary = "New account", .no_company = true, .live = true },
	{ "POST", "/settings/users", RIGHT_USERS, user_create, .template = "user_password", .menu = MENU_SETTINGS, .summary = "Create an account",
	  .no_company = true, .fields = "email* name role*" },
	{ "GET", "/settings/users/{id}", RIGHT_USERS, user_show, .template = "user", .menu = MENU_SETTINGS, .summary = "One account", .no_company = true, .live = true },
	{ "POST", "/settings/users/{id}", RIGHT_USERS, user_save, .template = "user", .menu = MENU_SETTINGS, .summary = "Change an account", .no_company = true,
	  .fields = "name phone team role portfolio portfolio_group has_companies every_company company_code[]" },
	{ "POST", "/settings/users/{id}/reset", RIGHT_USERS, user_reset_password, .template = "user_password", .menu = MENU_SETTINGS,
	  .summary = "Give a new password", .no_company = true },
	{ "POST", "/settings/users/{id}/disable", RIGHT_USERS, user_close, .menu = MENU_SETTINGS, .summary = "Close an account", .no_company = true },
	{ "POST", "/settings/users/{id}/enable", RIGHT_USERS, user_open, .menu = MENU_SETTINGS, .summary = "Open an account again", .no_company = true },
	{ 0 },
};
