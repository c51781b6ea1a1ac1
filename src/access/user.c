#include "access/user.h"

#include "access/password.h"
#include "access/session.h"
#include "base/email.h"
#include "base/memory.h"
#include "base/text.h"

#include <string.h>

#define COLUMNS                                                                                                                \
	"id, email, name, phone, role, language, theme, portfolio, portfolio_group, single_keys, disabled, must_change, "       \
	"CASE WHEN password_hash = '' THEN 0 ELSE 1 END, created_at, team, listed"

static const char *const portfolios[] = { [PORTFOLIO_ALL] = "all", [PORTFOLIO_OWN] = "own", [PORTFOLIO_GROUP] = "group" };

static void copy(char *out, size_t size, const char *value)
{
	size_t len = strlen(value);
	if (len >= size) len = size - 1;
	while (len < strlen(value) && len > 0 && ((unsigned char)value[len] & 0xC0) == 0x80) len--; /* whole characters */
	memcpy(out, value, len);
	out[len] = 0;
}

static void read_user(struct rows *rows, int64_t tenant, struct user *out)
{
	*out = (struct user){ .tenant_id = tenant,
		              .id = row_int(rows, 0),
		              .role = ROLE_READER, /* a role of a later build reads, no more */
		              .single_keys = row_int(rows, 9) != 0,
		              .disabled = row_int(rows, 10) != 0,
		              .must_change = row_int(rows, 11) != 0,
		              .has_password = row_int(rows, 12) != 0,
		              .created_at = row_int(rows, 13),
		              .portfolio = PORTFOLIO_OWN };
	copy(out->email, sizeof out->email, row_text(rows, 1));
	copy(out->name, sizeof out->name, row_text(rows, 2));
	copy(out->phone, sizeof out->phone, row_text(rows, 3));
	role_parse(row_text(rows, 4), &out->role);
	copy(out->language, sizeof out->language, row_text(rows, 5));
	copy(out->theme, sizeof out->theme, row_text(rows, 6));
	for (int i = 0; i < 3; i++)
		if (strcmp(portfolios[i], row_text(rows, 7)) == 0) out->portfolio = (enum portfolio)i;
	copy(out->portfolio_group, sizeof out->portfolio_group, row_text(rows, 8));
	copy(out->team, sizeof out->team, row_text(rows, 14));
	out->listed = row_int(rows, 15) != 0;
}

static struct status one_user(struct rows *rows, int64_t tenant, struct user *out)
{
	bool found = rows_next(rows);
	if (found) read_user(rows, tenant, out);
	TRY(rows_status(rows));
	return found ? STATUS_FINE : status_make(STATUS_NOT_FOUND, "There is no such account.");
}

static struct status load(struct db *db, int64_t tenant, int64_t id, struct user *out)
{
	cleanup_rows struct rows *rows = db_query(db, "SELECT " COLUMNS " FROM user_account WHERE tenant_id = $tenant AND id = $id",
	                                          DB_ARGS(db_int("tenant", tenant), db_int("id", id)));
	return one_user(rows, tenant, out);
}

static struct status may_manage(const struct viewer *viewer)
{
	return viewer_may(viewer, RIGHT_USERS) ? STATUS_FINE
	                                       : status_make(STATUS_FORBIDDEN, "Accounts are managed by an administrator.");
}

/* --- reading ------------------------------------------------------------------------------------------------------- */
struct status user_get(struct db *db, const struct viewer *viewer, int64_t id, struct user *out)
{
	if (id != viewer->user_id) TRY(may_manage(viewer));
	return load(db, viewer->tenant_id, id, out);
}

struct status user_find(struct db *db, const struct viewer *viewer, const char *email, struct user *out)
{
	TRY(may_manage(viewer));
	char folded[160];
	if (!email_fold(email, folded, sizeof folded)) return status_make(STATUS_INVALID, "“%s” is not an e-mail address.", email);
	cleanup_rows struct rows *rows =
	        db_query(db, "SELECT " COLUMNS " FROM user_account WHERE tenant_id = $tenant AND email = $email",
	                 DB_ARGS(db_int("tenant", viewer->tenant_id), db_text("email", folded)));
	bool found = rows_next(rows);
	if (found) read_user(rows, viewer->tenant_id, out);
	TRY(rows_status(rows));
	return found ? STATUS_FINE : status_make(STATUS_NOT_FOUND, "There is no account for %s.", folded);
}

struct status user_list(struct db *db, const struct viewer *viewer, struct arena *arena, struct user **out, size_t *count)
{
	/* names of colleagues are no secret: whoever assigns a customer needs them */
	int64_t total = 0;
	TRY(db_get_int(db, "SELECT COUNT(*) FROM user_account WHERE tenant_id = $tenant",
	               DB_ARGS(db_int("tenant", viewer->tenant_id)), &total, NULL));
	struct user *users = arena_array(arena, struct user, total ? total : 1);
	size_t found = 0;
	cleanup_rows struct rows *rows =
	        db_query(db, "SELECT " COLUMNS " FROM user_account WHERE tenant_id = $tenant ORDER BY disabled, email",
	                 DB_ARGS(db_int("tenant", viewer->tenant_id)));
	while (found < (size_t)total && rows_next(rows)) read_user(rows, viewer->tenant_id, &users[found++]);
	TRY(rows_status(rows));
	*out = users, *count = found;
	return STATUS_FINE;
}

struct status user_viewer(struct db *db, int64_t tenant, int64_t id, struct viewer *out)
{
	struct user user;
	TRY(load(db, tenant, id, &user));
	if (user.disabled) return status_make(STATUS_NOT_FOUND, "There is no such account.");
	*out = (struct viewer){ .tenant_id = tenant,
		                .user_id = id,
		                .role = user.role,
		                .rights = role_rights(user.role),
		                .portfolio = user.portfolio,
		                .lang = lang_parse(user.language, LANG_FR) };
	copy(out->portfolio_group, sizeof out->portfolio_group, user.portfolio_group);
	copy(out->name, sizeof out->name, user.name[0] ? user.name : user.email);
	copy(out->email, sizeof out->email, user.email);
	cleanup_rows struct rows *rows = db_query(
	        db, "SELECT company_id FROM user_company WHERE tenant_id = $tenant AND user_id = $user ORDER BY company_id",
	        DB_ARGS(db_int("tenant", tenant), db_int("user", id)));
	while (out->company_count < (int)COUNT(out->companies) && rows_next(rows))
		out->companies[out->company_count++] = row_int(rows, 0);
	return rows_status(rows);
}

/* --- passwords ------------------------------------------------------------------------------------------------------- */
struct status user_password_check(const char *password, const char *email)
{
	static const char *const obvious[] = { "1234567890", "0123456789", "azertyuiop", "qwertyuiop", "motdepasse", "password",
		                               "encours", "administrateur", "administrator", "bonjour", "welcome", "changeme" };
	size_t len = strlen(password);
	if (len > USER_PASSWORD_MAX || !utf8_valid(password, len))
		return status_make(STATUS_INVALID, "A password has at most %d bytes of text.", USER_PASSWORD_MAX);
	if (utf8_length(password) < USER_PASSWORD_MIN)
		return status_make(STATUS_INVALID, "A password has at least %d characters; four words do well.", USER_PASSWORD_MIN);
	cleanup_free char *plain = text_normalise(password, len);
	size_t different = 0;
	bool seen[256] = { false };
	for (const unsigned char *c = (const unsigned char *)password; *c; c++)
		if (!seen[*c]) seen[*c] = true, different++;
	bool easy = different < 5;
	for (size_t i = 0; i < COUNT(obvious); i++) {
		/* the word, and not more than three characters around it */
		const char *word = strstr(plain, obvious[i]);
		easy |= word && strlen(plain) <= strlen(obvious[i]) + 3;
	}
	size_t local = email ? strcspn(email, "@") : 0;
	easy |= local >= 4 && len < local + 8 && memmem(password, len, email, local);
	if (easy) return status_make(STATUS_INVALID, "This password is too easy to guess; four words do well.");
	return STATUS_FINE;
}

struct set_password {
	int64_t tenant, user;
	const char *hash;
	bool must_change, end_sessions;
};

static struct status set_password(struct db *db, void *context)
{
	const struct set_password *call = context;
	int64_t changed = 0;
	TRY(db_run_count(db,
	                 "UPDATE user_account SET password_hash = $hash, must_change = $must WHERE tenant_id = $tenant AND id = $id",
	                 DB_ARGS(db_text("hash", call->hash), db_int("must", call->must_change), db_int("tenant", call->tenant),
	                         db_int("id", call->user)),
	                 &changed));
	if (!changed) return status_make(STATUS_NOT_FOUND, "There is no such account.");
	if (call->end_sessions) TRY(session_end_user(db, call->tenant, call->user));
	return db_run(db,
	              "DELETE FROM login_attempt WHERE tenant_id = $tenant AND subject = "
	              "(SELECT 'account ' || email FROM user_account WHERE tenant_id = $tenant AND id = $id)",
	              DB_ARGS(db_int("tenant", call->tenant), db_int("id", call->user)));
}

struct status user_reset(struct store *store, const struct viewer *viewer, int64_t id, const char *password, int64_t now,
                         char made[static USER_PASSWORD_MADE])
{
	(void)now;
	TRY(may_manage(viewer));
	made[0] = 0;
	struct user user;
	struct db *db = NULL;
	TRY(store_reader(store, &db));
	struct status status = load(db, viewer->tenant_id, id, &user);
	store_release(store, db);
	TRY(status);
	if (password)
		TRY(user_password_check(password, user.email));
	else
		password_make(made, USER_PASSWORD_MADE);
	char hash[PASSWORD_HASH_MAX];
	TRY(password_hash(password ? password : made, hash));
	return store_transact(store, set_password,
	                      &(struct set_password){ viewer->tenant_id, id, hash, .must_change = true, .end_sessions = true });
}

static struct status load_hash(struct store *store, int64_t tenant, int64_t id, char out[static PASSWORD_HASH_MAX], char *email,
                               size_t email_size)
{
	struct db *db = NULL;
	TRY(store_reader(store, &db));
	struct status status = STATUS_FINE;
	{
		cleanup_rows struct rows *rows =
		        db_query(db, "SELECT password_hash, email FROM user_account WHERE tenant_id = $tenant AND id = $id AND disabled = 0",
		                 DB_ARGS(db_int("tenant", tenant), db_int("id", id)));
		if (rows_next(rows)) {
			copy(out, PASSWORD_HASH_MAX, row_text(rows, 0));
			copy(email, email_size, row_text(rows, 1));
		} else {
			status = status_make(STATUS_NOT_FOUND, "There is no such account.");
		}
		struct status read = rows_status(rows);
		if (read.code) status = read;
	}
	store_release(store, db);
	return status;
}

struct status user_change_password(struct store *store, const struct viewer *viewer, const char *old, const char *password,
                                   int64_t now)
{
	(void)now;
	char hash[PASSWORD_HASH_MAX], email[160];
	TRY(load_hash(store, viewer->tenant_id, viewer->user_id, hash, email, sizeof email));
	if (strlen(old) > USER_PASSWORD_MAX || !password_fits(hash, old))
		return status_make(STATUS_FORBIDDEN, "The present password is not right.");
	TRY(user_password_check(password, email));
	if (strcmp(old, password) == 0) return status_make(STATUS_INVALID, "The new password must differ from the present one.");
	TRY(password_hash(password, hash));
	return store_transact(store, set_password, &(struct set_password){ viewer->tenant_id, viewer->user_id, hash });
}

/* --- adding and changing ------------------------------------------------------------------------------------------------ */
struct add {
	const struct viewer *viewer;
	struct user user;
	const char *hash;
};

static struct status add(struct db *db, void *context)
{
	struct add *call = context;
	struct user *user = &call->user;
	int64_t taken = 0;
	TRY(db_get_int(db, "SELECT COUNT(*) FROM user_account WHERE tenant_id = $tenant AND email = $email",
	               DB_ARGS(db_int("tenant", user->tenant_id), db_text("email", user->email)), &taken, NULL));
	if (taken) return status_make(STATUS_CONFLICT, "There is an account for %s already.", user->email);
	TRY(id_take(db, user->tenant_id, 0, "user", 1, &user->id));
	return db_run(db,
	              "INSERT INTO user_account (tenant_id, id, email, name, role, password_hash, must_change, created_at, phone, portfolio,"
	              " portfolio_group, listed) VALUES ($tenant, $id, $email, $name, $role, $hash, $must, $now, $phone, $portfolio, $group, $listed)",
	              DB_ARGS(db_int("tenant", user->tenant_id), db_int("id", user->id), db_text("email", user->email),
	                      db_text("name", user->name), db_text("role", role_code(user->role)), db_text("hash", call->hash),
	                      db_int("must", user->must_change), db_int("now", user->created_at), db_text("phone", user->phone),
	                      db_text("portfolio", portfolios[user->portfolio]), db_text("group", user->portfolio_group), db_int("listed", user->listed)));
}

static struct status check_text(const char *text, size_t size, const char *what)
{
	bool fine = strlen(text) < size && utf8_valid(text, strlen(text));
	for (const char *c = text; *c; c++) fine &= (unsigned char)*c >= ' ' && *c != 0x7F;
	return fine ? STATUS_FINE : status_make(STATUS_INVALID, "%s: at most %zu characters, on one line.", what, size - 1);
}

struct status user_add(struct store *store, const struct viewer *viewer, struct user_new make, int64_t now,
                       char made[static USER_PASSWORD_MADE], struct user *out)
{
	TRY(may_manage(viewer));
	made[0] = 0;
	struct add call = { .viewer = viewer,
		            .user = { .tenant_id = viewer->tenant_id, .role = make.role, .created_at = now, .single_keys = true,
		                      .has_password = true, .must_change = !make.password, .portfolio = make.portfolio, .listed = make.listed } };
	if (!make.email || !email_fold(make.email, call.user.email, sizeof call.user.email))
		return status_make(STATUS_INVALID, "“%s” is not an e-mail address.", make.email ? make.email : "");
	TRY(check_text(make.name ? make.name : "", sizeof call.user.name, tr(lang_spoken(), "Name")));
	copy(call.user.name, sizeof call.user.name, make.name ? make.name : "");
	TRY(check_text(make.phone ? make.phone : "", sizeof call.user.phone, tr(lang_spoken(), "Phone")));
	copy(call.user.phone, sizeof call.user.phone, make.phone ? make.phone : "");
	TRY(check_text(make.portfolio_group ? make.portfolio_group : "", sizeof call.user.portfolio_group, tr(lang_spoken(), "Group")));
	copy(call.user.portfolio_group, sizeof call.user.portfolio_group, make.portfolio_group ? make.portfolio_group : "");
	if (make.password)
		TRY(user_password_check(make.password, call.user.email));
	else
		password_make(made, USER_PASSWORD_MADE);
	char hash[PASSWORD_HASH_MAX];
	TRY(password_hash(make.password ? make.password : made, hash));
	call.hash = hash;
	struct status status = store_transact(store, add, &call);
	if (status.code) {
		made[0] = 0;
		return status;
	}
	*out = call.user;
	return STATUS_FINE;
}

/* Somebody must remain who can manage accounts. The count and the change are in one write transaction. */
static struct status keep_administrator(struct db *db, int64_t tenant, int64_t id)
{
	int64_t others = 0;
	TRY(db_get_int(db,
	               "SELECT COUNT(*) FROM user_account WHERE tenant_id = $tenant AND role = 'administrator' AND disabled = 0 "
	               "AND id <> $id",
	               DB_ARGS(db_int("tenant", tenant), db_int("id", id)), &others, NULL));
	return others ? STATUS_FINE : status_make(STATUS_CONFLICT, "This is the last administrator: name another one first.");
}

struct status user_set_role(struct db *db, const struct viewer *viewer, const struct user *user)
{
	TRY(may_manage(viewer));
	TRY(check_text(user->name, sizeof user->name, tr(lang_spoken(), "Name")));
	TRY(check_text(user->phone, sizeof user->phone, tr(lang_spoken(), "Telephone")));
	TRY(check_text(user->portfolio_group, sizeof user->portfolio_group, tr(lang_spoken(), "Group")));
	TRY(check_text(user->team, sizeof user->team, tr(lang_spoken(), "Team")));
	if (user->portfolio == PORTFOLIO_GROUP && !user->portfolio_group[0])
		return status_make(STATUS_INVALID, "Name the group whose customers this person follows.");
	struct user before;
	TRY(load(db, viewer->tenant_id, user->id, &before));
	if (before.role == ROLE_ADMINISTRATOR && user->role != ROLE_ADMINISTRATOR && !before.disabled)
		TRY(keep_administrator(db, viewer->tenant_id, user->id));
	return db_run(db,
	              "UPDATE user_account SET name = $name, phone = $phone, role = $role, portfolio = $portfolio, "
	              "portfolio_group = $group, team = $team WHERE tenant_id = $tenant AND id = $id",
	              DB_ARGS(db_text("name", user->name), db_text("phone", user->phone), db_text("role", role_code(user->role)),
	                      db_text("portfolio", portfolios[user->portfolio]), db_text("group", user->portfolio_group), db_text("team", user->team),
	                      db_int("tenant", viewer->tenant_id), db_int("id", user->id)));
}

struct status user_set_self(struct db *db, const struct viewer *viewer, const struct user *user)
{
	if (user->id != viewer->user_id) return status_make(STATUS_FORBIDDEN, "This is somebody else's account.");
	TRY(check_text(user->name, sizeof user->name, tr(lang_spoken(), "Name")));
	TRY(check_text(user->phone, sizeof user->phone, tr(lang_spoken(), "Telephone")));
	if (*user->language && strcmp(user->language, "fr") != 0 && strcmp(user->language, "en") != 0)
		return status_make(STATUS_INVALID, "The languages are fr and en.");
	if (*user->theme && strcmp(user->theme, "light") != 0 && strcmp(user->theme, "dark") != 0)
		return status_make(STATUS_INVALID, "The themes are light and dark.");
	return db_run(db,
	              "UPDATE user_account SET name = $name, phone = $phone, language = $language, theme = $theme, "
	              "single_keys = $keys WHERE tenant_id = $tenant AND id = $id",
	              DB_ARGS(db_text("name", user->name), db_text("phone", user->phone), db_text("language", user->language),
	                      db_text("theme", user->theme), db_int("keys", user->single_keys),
	                      db_int("tenant", viewer->tenant_id), db_int("id", user->id)));
}

struct status user_disable(struct db *db, const struct viewer *viewer, int64_t id, bool disabled, int64_t now)
{
	TRY(may_manage(viewer));
	struct user before;
	TRY(load(db, viewer->tenant_id, id, &before));
	if (disabled && before.role == ROLE_ADMINISTRATOR && !before.disabled) TRY(keep_administrator(db, viewer->tenant_id, id));
	TRY(db_run(db, "UPDATE user_account SET disabled = $disabled, disabled_at = $at WHERE tenant_id = $tenant AND id = $id",
	           DB_ARGS(db_int("disabled", disabled), db_int("at", disabled ? now : 0), db_int("tenant", viewer->tenant_id), db_int("id", id))));
	if (!disabled) return STATUS_FINE;
	TRY(session_end_user(db, viewer->tenant_id, id));
	return db_run(db, "UPDATE token SET revoked_at = $now WHERE tenant_id = $tenant AND user_id = $id AND revoked_at = 0",
	              DB_ARGS(db_int("now", now), db_int("tenant", viewer->tenant_id), db_int("id", id)));
}

struct status user_set_companies(struct db *db, const struct viewer *viewer, int64_t id, const int64_t *companies, int count)
{
	TRY(may_manage(viewer));
	struct user user;
	TRY(load(db, viewer->tenant_id, id, &user));
	if (count > 32) return status_make(STATUS_INVALID, "Name at most 32 companies, or none for all of them.");
	TRY(db_run(db, "DELETE FROM user_company WHERE tenant_id = $tenant AND user_id = $user",
	           DB_ARGS(db_int("tenant", viewer->tenant_id), db_int("user", id))));
	for (int i = 0; i < count; i++)
		TRY(db_run(db,
		           "INSERT INTO user_company (tenant_id, user_id, company_id) VALUES ($tenant, $user, $company) "
		           "ON CONFLICT (tenant_id, user_id, company_id) DO NOTHING",
		           DB_ARGS(db_int("tenant", viewer->tenant_id), db_int("user", id), db_int("company", companies[i]))));
	return STATUS_FINE;
}
