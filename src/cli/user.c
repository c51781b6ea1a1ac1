/* user add|list|disable|enable|reset: accounts. A password that is made is printed once. */
#include "cli/commands.h"

#include "access/user.h"
#include "base/memory.h"
#include "ledger/people.h"

#include <string.h>

/* The first line of standard input, without its end. */
static struct status read_password(struct cli *cli, const char **out)
{
	char line[USER_PASSWORD_MAX + 4];
	if (!fgets(line, sizeof line, stdin)) return status_make(STATUS_INVALID, "No password came on the standard input.");
	line[strcspn(line, "\r\n")] = 0;
	*out = arena_strdup(cli->arena, line);
	return STATUS_FINE;
}

static struct status find(struct cli *cli, const char *email, struct user *out)
{
	struct db *db = NULL;
	TRY(cli_read(cli, &db));
	struct status status = user_find(db, &cli->viewer, email, out);
	cli_release(cli, db);
	return status;
}

static json_t *user_json(const struct user *user)
{
	return json_pack("{s:I,s:s,s:s,s:s,s:b,s:b}", "id", (json_int_t)user->id, "email", user->email, "name", user->name, "role",
	                 role_code(user->role), "disabled", user->disabled, "must_change", user->must_change);
}

static void say(struct cli *cli, const struct user *user, const char *made, const char *words)
{
	if (cli->json) {
		json_t *document = user_json(user);
		if (*made) json_object_set_new(document, "password", json_string(made));
		cli_json(cli, document);
		return;
	}
	FILE *out = cli_out(cli);
	fprintf(out, "%s: %s\n", user->email, cli_tr(cli, words));
	if (*made) fprintf(out, cli_tr(cli, "Password, to be changed at the first login: %s\n"), made);
}

struct status command_user_add(struct cli *cli, int *exit_status)
{
	(void)exit_status;
	const char *emails[1] = { NULL }, *role = NULL, *name = NULL;
	bool from_stdin = false;
	int count = 0;
	TRY(cli_options(cli,
	                (const struct cli_option[]){ { "--role", .value = &role },
	                                             { "--name", .value = &name },
	                                             { "--password-stdin", .flag = &from_stdin },
	                                             { 0 } },
	                emails, 1, &count));
	if (!count) return status_make(STATUS_INVALID, "Whose account? Give an e-mail address.");
	struct user_new make = { .email = emails[0], .name = name };
	if (!role || !role_parse(role, &make.role)) {
		cleanup_text struct text roles = { 0 };
		for (int i = 0; i < ROLE_COUNT; i++) text_addf(&roles, "%s%s", i ? ", " : "", role_code((enum role)i));
		return status_make(STATUS_INVALID, "--role is one of %s.", text_cstr(&roles));
	}
	if (from_stdin) TRY(read_password(cli, &make.password));
	TRY(cli_open(cli));
	struct user user;
	char made[USER_PASSWORD_MADE];
	TRY(user_add(cli->store, &cli->viewer, make, cli_now(cli), made, &user));
	say(cli, &user, made, "account added");
	return people_record(cli->store, &cli->viewer, "user.added", &user, cli_now(cli));
}

struct status command_user_list(struct cli *cli, int *exit_status)
{
	(void)exit_status;
	TRY(cli_options(cli, NULL, NULL, 0, NULL));
	TRY(cli_open(cli));
	struct db *db = NULL;
	struct user *users = NULL;
	size_t count = 0;
	TRY(cli_read(cli, &db));
	struct status status = user_list(db, &cli->viewer, cli->arena, &users, &count);
	cli_release(cli, db);
	TRY(status);
	if (cli->json) {
		json_t *rows = json_array();
		for (size_t i = 0; i < count; i++) json_array_append_new(rows, user_json(&users[i]));
		cli_json(cli, json_pack("{s:o}", "users", rows));
		return STATUS_FINE;
	}
	struct cli_table *table = cli_table_new(cli, "llll", (const char *const[]){ "Address", "Name", "Role", "State" });
	for (size_t i = 0; i < count; i++)
		cli_table_row(table, (const char *const[]){ users[i].email, users[i].name, role_code(users[i].role),
		                                            users[i].disabled      ? cli_tr(cli, "disabled")
		                                            : users[i].must_change ? cli_tr(cli, "new password to choose")
		                                                                   : "" });
	cli_table_print(table);
	return STATUS_FINE;
}

struct disable {
	struct cli *cli;
	int64_t id;
	bool disabled;
};

static struct status disable(struct db *db, void *context)
{
	const struct disable *call = context;
	return user_disable(db, &call->cli->viewer, call->id, call->disabled, cli_now(call->cli));
}

static struct status set_disabled(struct cli *cli, bool disabled)
{
	const char *emails[1] = { NULL };
	int count = 0;
	TRY(cli_options(cli, NULL, emails, 1, &count));
	if (!count) return status_make(STATUS_INVALID, "Whose account? Give an e-mail address.");
	TRY(cli_open(cli));
	struct user user;
	TRY(find(cli, emails[0], &user));
	TRY(store_transact(cli->store, disable, &(struct disable){ cli, user.id, disabled }));
	user.disabled = disabled;
	say(cli, &user, "", disabled ? "account disabled" : "account enabled");
	return people_record(cli->store, &cli->viewer, disabled ? "user.disabled" : "user.enabled", &user, cli_now(cli));
}

struct status command_user_disable(struct cli *cli, int *exit_status)
{
	(void)exit_status;
	return set_disabled(cli, true);
}

struct status command_user_enable(struct cli *cli, int *exit_status)
{
	(void)exit_status;
	return set_disabled(cli, false);
}

struct status command_user_reset(struct cli *cli, int *exit_status)
{
	(void)exit_status;
	const char *emails[1] = { NULL }, *password = NULL;
	bool from_stdin = false;
	int count = 0;
	TRY(cli_options(cli, (const struct cli_option[]){ { "--password-stdin", .flag = &from_stdin }, { 0 } }, emails, 1, &count));
	if (!count) return status_make(STATUS_INVALID, "Whose account? Give an e-mail address.");
	if (from_stdin) TRY(read_password(cli, &password));
	TRY(cli_open(cli));
	struct user user;
	char made[USER_PASSWORD_MADE];
	TRY(find(cli, emails[0], &user));
	TRY(user_reset(cli->store, &cli->viewer, user.id, password, cli_now(cli), made));
	user.must_change = true;
	say(cli, &user, made, "password reset; every session of this account has ended");
	return people_record(cli->store, &cli->viewer, "user.reset", &user, cli_now(cli));
}
