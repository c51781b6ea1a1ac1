/* user — accounts of people: who they are, their password, logging in.
 *
 * Passwords are kept as argon2id (libsodium, 3 passes over 19 MiB). Hashing takes tens of milliseconds, so nothing here hashes
 * inside a write transaction: functions that hash take the store and open their own.
 *
 *     struct user user;
 *     TRY(user_log_in(store, tenant, email, password, address, now, &user));     STATUS_FORBIDDEN in words for the form
 *     if (user.must_change) …ask for a new password before anything else…
 */
#ifndef ACCESS_USER_H
#define ACCESS_USER_H

#include "access/viewer.h"
#include "base/arena.h"
#include "db/db.h"

enum {
	USER_PASSWORD_MIN = 10,  /* characters */
	USER_PASSWORD_MAX = 200, /* bytes */
	USER_PASSWORD_MADE = 32, /* room for a password made by user_add or user_reset */
};

struct user {
	int64_t tenant_id, id;
	char email[160], name[96], phone[40];
	enum role role;
	char language[8], theme[8]; /* "" as the browser says; "light", "dark" */
	enum portfolio portfolio;
	char portfolio_group[64];
	char team[64];    /* whose agenda is looked at together; "" none */
	bool single_keys; /* one-key shortcuts in call mode */
	bool disabled;
	bool must_change; /* a password somebody else set: only the page that changes it is open */
	bool has_password;
	bool listed;      /* made from a list of accounts */
	int64_t created_at;
};

struct user_new {
	const char *email, *name;
	enum role role;
	const char *password; /* NULL: one is made, given back, and must be changed at the first login */
	const char *phone;    /* NULL: none */
	enum portfolio portfolio;
	const char *portfolio_group;
	bool listed;
};
/* Adds an account. STATUS_CONFLICT when the address has one. `made` gets the password made, "" when one was given. */
struct status user_add(struct store *store, const struct viewer *viewer, struct user_new make, int64_t now,
                       char made[static USER_PASSWORD_MADE], struct user *out);

struct status user_get(struct db *db, const struct viewer *viewer, int64_t id, struct user *out);
struct status user_find(struct db *db, const struct viewer *viewer, const char *email, struct user *out);
/* By email; disabled ones last. *out lives in the arena. */
struct status user_list(struct db *db, const struct viewer *viewer, struct arena *arena, struct user **out, size_t *count);
/* What RIGHT_USERS changes: name, phone, role, portfolio, portfolio_group, team. The last administrator stays one. */
struct status user_set_role(struct db *db, const struct viewer *viewer, const struct user *user);
/* What a person changes about himself (RIGHT_SELF, his own id only): name, phone, language, theme, single_keys. */
struct status user_set_self(struct db *db, const struct viewer *viewer, const struct user *user);
/* Disabling ends his sessions and tokens. The last administrator can't be disabled. */
struct status user_disable(struct db *db, const struct viewer *viewer, int64_t id, bool disabled, int64_t now);
/* The companies he may see; count 0: all of the tenant. */
struct status user_set_companies(struct db *db, const struct viewer *viewer, int64_t id, const int64_t *companies, int count);

/* By an administrator or the command line: a new password is made (or `password` set), sessions end, it must be changed. */
struct status user_reset(struct store *store, const struct viewer *viewer, int64_t id, const char *password, int64_t now,
                         char made[static USER_PASSWORD_MADE]);
/* By himself: the old one is asked for. His other sessions end (see session_end_others). */
struct status user_change_password(struct store *store, const struct viewer *viewer, const char *old, const char *password,
                                   int64_t now);
/* Whether a password is long enough and not among the obvious ones; says what is wrong. */
struct status user_password_check(const char *password, const char *email);

/* Checks a login. Failures are counted per account and per address before the hash is checked, so that many attempts at
 * once gain nothing: after 5 in a row an account waits 1 minute, then 2, 4 … at most 15; an address waits 15 minutes after 20.
 * Unknown address, wrong password and disabled account give the same words in the same time. */
struct status user_log_in(struct store *store, int64_t tenant, const char *email, const char *password, const char *address,
                          int64_t now, struct user *out);

/* The viewer that acts as him: rights of his role, his portfolio, his companies. */
struct status user_viewer(struct db *db, int64_t tenant, int64_t id, struct viewer *out);

#endif
