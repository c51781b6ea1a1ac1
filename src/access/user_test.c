#include "access/user.h"

#include "access/password.h"
#include "access/session.h"
#include "access/token.h"
#include "base/test.h"
#include "db/teststore.h"

#include <pthread.h>

static const struct viewer admin_view = { .tenant_id = 1, .rights = RIGHT_ALL };
enum { NOW = 1760000000 };
#define GOOD "quatre mots bien choisis"

static struct user added(struct store *store, const char *email, enum role role)
{
	char made[USER_PASSWORD_MADE];
	struct user user = { 0 };
	CHECK_OK(user_add(store, &admin_view, (struct user_new){ .email = email, .role = role, .password = GOOD }, NOW, made, &user));
	CHECK_TEXT(made, "");
	return user;
}

static struct status log_in(struct store *store, const char *email, const char *password, const char *address, int64_t now)
{
	struct user user;
	return user_log_in(store, 1, email, password, address, now, &user);
}

/* Runs one statement in a transaction of its own. */
struct call {
	struct status (*run)(struct db *db, const struct call *call);
	const struct viewer *viewer;
	int64_t id;
	struct user *user;
	struct session *session;
	char *cookie;
	struct token *token;
	int64_t now;
};
static struct status in_transaction(struct db *db, void *context)
{
	struct call *call = context;
	return call->run(db, call);
}
static struct status transact(struct store *store, struct call call)
{
	return store_transact(store, in_transaction, &call);
}
static struct status run_disable(struct db *db, const struct call *call)
{
	return user_disable(db, call->viewer, call->id, true, call->now);
}
static struct status run_role(struct db *db, const struct call *call)
{
	return user_set_role(db, call->viewer, call->user);
}
static struct status run_open(struct db *db, const struct call *call)
{
	return session_open(db, 1, call->id, call->now, call->cookie, call->session);
}
static struct status run_rotate(struct db *db, const struct call *call)
{
	return session_rotate(db, call->session, call->now, call->cookie);
}
static struct status run_others(struct db *db, const struct call *call)
{
	return session_end_others(db, call->session);
}
static struct status run_touch(struct db *db, const struct call *call)
{
	return session_touch(db, call->session, call->now);
}
static struct status run_token(struct db *db, const struct call *call)
{
	return token_make(db, call->viewer, "Excel", call->id ? TOKEN_WRITE : TOKEN_READ, call->now, call->cookie, call->token);
}
static struct status run_revoke(struct db *db, const struct call *call)
{
	return token_revoke(db, call->viewer, call->id, call->now);
}

static struct status find_session(struct store *store, const char *cookie, int64_t now, struct viewer *viewer)
{
	struct db *db = NULL;
	struct status status = store_reader(store, &db);
	if (status.code) return status;
	struct session session;
	status = session_find(db, cookie, now, &session, viewer);
	store_release(store, db);
	return status;
}

static struct status find_token(struct store *store, const char *value, struct viewer *viewer)
{
	struct db *db = NULL;
	struct status status = store_reader(store, &db);
	if (status.code) return status;
	struct token token;
	status = token_find(db, value, NOW, &token, viewer);
	store_release(store, db);
	return status;
}

/* --- accounts --------------------------------------------------------------------------------------------------------- */
static void accounts(struct store *store)
{
	struct user first = added(store, " Lea@Example.FR ", ROLE_ADMINISTRATOR);
	CHECK_TEXT(first.email, "lea@example.fr");
	char made[USER_PASSWORD_MADE];
	struct user user;
	CHECK_INT(user_add(store, &admin_view, (struct user_new){ .email = "lea@example.fr", .password = GOOD }, NOW, made, &user).code,
	          STATUS_CONFLICT);
	CHECK_INT(user_add(store, &admin_view, (struct user_new){ .email = "lea at example", .password = GOOD }, NOW, made, &user).code,
	          STATUS_INVALID);
	CHECK_INT(user_add(store, &admin_view, (struct user_new){ .email = "x@example.fr", .password = "short" }, NOW, made, &user).code,
	          STATUS_INVALID);
	struct viewer reader = { .tenant_id = 1, .user_id = first.id, .rights = role_rights(ROLE_READER) };
	CHECK_INT(user_add(store, &reader, (struct user_new){ .email = "x@example.fr", .password = GOOD }, NOW, made, &user).code,
	          STATUS_FORBIDDEN);
	/* a password that is made works once, and says that it must be changed */
	CHECK_OK(user_add(store, &admin_view, (struct user_new){ .email = "paul@example.fr", .role = ROLE_COLLECTOR }, NOW, made, &user));
	CHECK_INT(strlen(made), 19);
	CHECK_OK(user_log_in(store, 1, "Paul@example.fr", made, "::1", NOW, &user));
	CHECK(user.must_change);
	struct viewer paul = { .tenant_id = 1, .user_id = user.id, .rights = role_rights(ROLE_COLLECTOR) };
	CHECK_INT(user_change_password(store, &paul, "not it", GOOD, NOW).code, STATUS_FORBIDDEN);
	CHECK_INT(user_change_password(store, &paul, made, made, NOW).code, STATUS_INVALID);
	CHECK_OK(user_change_password(store, &paul, made, GOOD, NOW));
	CHECK_OK(user_log_in(store, 1, "paul@example.fr", GOOD, "::1", NOW, &user));
	CHECK(!user.must_change);
	/* stored: a hash of argon2id with 3 passes over 19 MiB, nothing else */
	struct db *db = NULL;
	CHECK_OK(store_reader(store, &db));
	char *hash = NULL;
	CHECK_OK(db_get_text(db, "SELECT password_hash FROM user_account WHERE email = 'paul@example.fr'", DB_NO_ARGS, &hash));
	CHECK(hash && strncmp(hash, "$argon2id$v=19$m=19456,t=3,p=1$", 31) == 0);
	free(hash);
	store_release(store, db);
}

static void last_administrator(struct store *store)
{
	struct user lea = added(store, "lea@example.fr", ROLE_ADMINISTRATOR);
	CHECK_INT(transact(store, (struct call){ run_disable, &admin_view, lea.id, .now = NOW }).code, STATUS_CONFLICT);
	struct user demoted = lea;
	demoted.role = ROLE_READER;
	CHECK_INT(transact(store, (struct call){ run_role, &admin_view, .user = &demoted }).code, STATUS_CONFLICT);
	struct user paul = added(store, "paul@example.fr", ROLE_ADMINISTRATOR);
	snprintf(demoted.team, sizeof demoted.team, "Nord");
	CHECK_OK(transact(store, (struct call){ run_role, &admin_view, .user = &demoted }));
	struct user again;
	struct db *db = NULL;
	CHECK_OK(store_reader(store, &db));
	CHECK_OK(user_get(db, &admin_view, lea.id, &again));
	store_release(store, db);
	CHECK_TEXT(again.team, "Nord");
	snprintf(demoted.team, sizeof demoted.team, "a\nb");
	CHECK_INT(transact(store, (struct call){ run_role, &admin_view, .user = &demoted }).code, STATUS_INVALID);
	CHECK_INT(transact(store, (struct call){ run_disable, &admin_view, paul.id, .now = NOW }).code, STATUS_CONFLICT);
}

static void easy_passwords(void)
{
	static const char *const refused[] = { "court", "aaaaaaaaaaaaaa", "1234567890", "azertyuiop1", "motdepasse12", "lea.martin2026" };
	for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
		struct status status = user_password_check(refused[i], "lea.martin@example.fr");
		if (status.code != STATUS_INVALID) printf("  accepted: %s\n", refused[i]);
		CHECK_INT(status.code, STATUS_INVALID);
	}
	CHECK_OK(user_password_check("bonjour les quatre saisons", "lea@example.fr"));
	CHECK_OK(user_password_check("éàüéàüéàüîô", "lea@example.fr")); /* characters, not bytes */
}

/* --- throttling ------------------------------------------------------------------------------------------------------- */
static void account_throttling(struct store *store)
{
	added(store, "lea@example.fr", ROLE_READER);
	for (int i = 0; i < 5; i++) {
		struct status status = log_in(store, "lea@example.fr", "wrong password", "198.51.100.1", NOW);
		CHECK_TEXT(status.text, "This address and password do not go together.");
	}
	/* the sixth waits a minute, even with the right password and from elsewhere */
	CHECK_TEXT(log_in(store, "lea@example.fr", GOOD, "203.0.113.9", NOW + 59).text,
	           "Too many attempts. Please wait 1 min, then try again.");
	CHECK_INT(log_in(store, "lea@example.fr", "wrong password", "203.0.113.9", NOW + 61).code, STATUS_FORBIDDEN);
	CHECK_TEXT(log_in(store, "lea@example.fr", GOOD, "203.0.113.9", NOW + 62).text,
	           "Too many attempts. Please wait 2 min, then try again.");
	CHECK_OK(log_in(store, "lea@example.fr", GOOD, "203.0.113.9", NOW + 61 + 121));
	/* and is forgiven after a success */
	CHECK_TEXT(log_in(store, "lea@example.fr", "wrong password", "203.0.113.9", NOW + 200).text,
	           "This address and password do not go together.");
	CHECK_OK(log_in(store, "lea@example.fr", GOOD, "203.0.113.9", NOW + 201));
}

static void unknown_accounts_look_the_same(struct store *store)
{
	for (int i = 0; i < 5; i++)
		CHECK_TEXT(log_in(store, "nobody@example.fr", "wrong password", "198.51.100.1", NOW).text,
		           "This address and password do not go together.");
	CHECK_TEXT(log_in(store, "nobody@example.fr", "wrong password", "198.51.100.1", NOW).text,
	           "Too many attempts. Please wait 1 min, then try again.");
}

static void address_throttling(struct store *store)
{
	added(store, "lea@example.fr", ROLE_READER);
	char email[40];
	for (int i = 0; i < 20; i++) {
		snprintf(email, sizeof email, "guess%d@example.fr", i);
		CHECK_TEXT(log_in(store, email, "wrong password", "198.51.100.1", NOW + i).text,
		           "This address and password do not go together.");
	}
	CHECK_TEXT(log_in(store, "lea@example.fr", GOOD, "198.51.100.1", NOW + 30).text,
	           "Too many attempts. Please wait 15 min, then try again.");
	CHECK_OK(log_in(store, "lea@example.fr", GOOD, "198.51.100.2", NOW + 30)); /* others are not punished */
	CHECK_OK(log_in(store, "lea@example.fr", GOOD, "198.51.100.1", NOW + 19 + 901));
}

static void success_does_not_pardon_the_address(struct store *store)
{
	added(store, "own@example.fr", ROLE_READER);
	char email[40];
	for (int i = 0; i < 20; i++) {
		snprintf(email, sizeof email, "guess%d@example.fr", i);
		(void)!log_in(store, email, "wrong password", "198.51.100.1", NOW).code;
		if (i % 5 == 4 && i < 19) CHECK_OK(log_in(store, "own@example.fr", GOOD, "198.51.100.1", NOW));
	}
	CHECK_TEXT(log_in(store, "another@example.fr", "wrong password", "198.51.100.1", NOW).text,
	           "Too many attempts. Please wait 15 min, then try again.");
}

/* Forty at once: no more than five are looked at. */
struct guess {
	struct store *store;
	int tried;
};
static void *guesser(void *context)
{
	struct guess *guess = context;
	for (int i = 0; i < 5; i++) {
		char address[40];
		snprintf(address, sizeof address, "10.0.%d.%d", (int)((uintptr_t)guess >> 4 & 255), i);
		struct status status = log_in(guess->store, "lea@example.fr", "wrong password", address, NOW);
		if (strstr(status.text, "do not go together")) guess->tried++;
	}
	return NULL;
}
static void parallel_guesses(struct store *store)
{
	added(store, "lea@example.fr", ROLE_READER);
	struct guess guesses[8];
	pthread_t threads[8];
	for (int i = 0; i < 8; i++) {
		guesses[i] = (struct guess){ store, 0 };
		pthread_create(&threads[i], NULL, guesser, &guesses[i]);
	}
	int tried = 0;
	for (int i = 0; i < 8; i++) {
		pthread_join(threads[i], NULL);
		tried += guesses[i].tried;
	}
	CHECK_INT(tried, 5);
}

/* --- sessions and tokens ------------------------------------------------------------------------------------------------- */
static void sessions(struct store *store)
{
	struct user lea = added(store, "lea@example.fr", ROLE_COLLECTOR);
	struct session session, other;
	char cookie[SESSION_COOKIE_MAX], other_cookie[SESSION_COOKIE_MAX], fresh[SESSION_COOKIE_MAX];
	struct viewer viewer;
	CHECK_OK(transact(store, (struct call){ run_open, .id = lea.id, .session = &session, .cookie = cookie, .now = NOW }));
	CHECK_OK(transact(store, (struct call){ run_open, .id = lea.id, .session = &other, .cookie = other_cookie, .now = NOW }));
	CHECK_OK(find_session(store, cookie, NOW, &viewer));
	CHECK_INT(viewer.user_id, lea.id);
	CHECK_INT(viewer.rights, role_rights(ROLE_COLLECTOR));
	CHECK_INT(find_session(store, "1.nonsense", NOW, &viewer).code, STATUS_NOT_FOUND);
	CHECK_INT(find_session(store, NULL, NOW, &viewer).code, STATUS_NOT_FOUND);
	/* the cookie's value is nowhere in the store */
	struct db *db = NULL;
	CHECK_OK(store_reader(store, &db));
	int64_t hits = 0;
	CHECK_OK(db_get_int(db, "SELECT COUNT(*) FROM session WHERE id_hash = $cookie",
	                    DB_ARGS(db_blob("cookie", cookie, strlen(cookie))), &hits, NULL));
	CHECK_INT(hits, 0);
	store_release(store, db);
	CHECK(session_csrf_fits(&session, session.csrf));
	CHECK(!session_csrf_fits(&session, NULL));
	CHECK(!session_csrf_fits(&session, ""));
	CHECK(!session_csrf_fits(&session, other.csrf));
	/* rotated: the old cookie is worth nothing */
	char old_csrf[SESSION_CSRF_MAX];
	memcpy(old_csrf, session.csrf, sizeof old_csrf);
	CHECK_OK(transact(store, (struct call){ run_rotate, .session = &session, .cookie = fresh, .now = NOW }));
	CHECK(strcmp(old_csrf, session.csrf) != 0);
	CHECK_INT(find_session(store, cookie, NOW, &viewer).code, STATUS_NOT_FOUND);
	CHECK_OK(find_session(store, fresh, NOW, &viewer));
	CHECK_OK(transact(store, (struct call){ run_others, .session = &session }));
	CHECK_INT(find_session(store, other_cookie, NOW, &viewer).code, STATUS_NOT_FOUND);
	/* 12 hours without a request, 7 days in any case */
	CHECK_OK(find_session(store, fresh, NOW + 12 * 3600 - 1, &viewer));
	CHECK_INT(find_session(store, fresh, NOW + 12 * 3600, &viewer).code, STATUS_NOT_FOUND);
	for (int hour = 6; hour < 7 * 24; hour += 6)
		CHECK_OK(transact(store, (struct call){ run_touch, .session = &session, .now = NOW + hour * 3600 }));
	CHECK_OK(find_session(store, fresh, NOW + 7 * 86400 - 1, &viewer));
	CHECK_INT(find_session(store, fresh, NOW + 7 * 86400, &viewer).code, STATUS_NOT_FOUND);
}

static void resets_end_sessions(struct store *store)
{
	struct user lea = added(store, "lea@example.fr", ROLE_READER);
	struct session session;
	char cookie[SESSION_COOKIE_MAX], made[USER_PASSWORD_MADE];
	struct viewer viewer;
	CHECK_OK(transact(store, (struct call){ run_open, .id = lea.id, .session = &session, .cookie = cookie, .now = NOW }));
	for (int i = 0; i < 6; i++) (void)!log_in(store, "lea@example.fr", "wrong password", "::1", NOW).code;
	CHECK_OK(user_reset(store, &admin_view, lea.id, NULL, NOW, made));
	CHECK_INT(find_session(store, cookie, NOW, &viewer).code, STATUS_NOT_FOUND);
	CHECK_INT(log_in(store, "lea@example.fr", GOOD, "::1", NOW).code, STATUS_FORBIDDEN);
	struct user user;
	CHECK_OK(user_log_in(store, 1, "lea@example.fr", made, "::2", NOW + 1, &user)); /* and the account no longer waits */
	CHECK(user.must_change);
	struct viewer reader = { .tenant_id = 1, .user_id = 99, .rights = role_rights(ROLE_CREDIT_MANAGER) };
	CHECK_INT(user_reset(store, &reader, lea.id, NULL, NOW, made).code, STATUS_FORBIDDEN);
}

static void disabled_accounts_are_out(struct store *store)
{
	struct user lea = added(store, "lea@example.fr", ROLE_COLLECTOR);
	struct session session;
	struct token token;
	char cookie[SESSION_COOKIE_MAX], value[TOKEN_VALUE_MAX];
	struct viewer viewer = { .tenant_id = 1, .user_id = lea.id, .rights = role_rights(ROLE_COLLECTOR) };
	CHECK_OK(transact(store, (struct call){ run_open, .id = lea.id, .session = &session, .cookie = cookie, .now = NOW }));
	CHECK_OK(transact(store, (struct call){ run_token, &viewer, 1, .cookie = value, .token = &token, .now = NOW }));
	struct viewer found;
	CHECK_OK(find_token(store, value, &found));
	CHECK_OK(transact(store, (struct call){ run_disable, &admin_view, lea.id, .now = NOW }));
	CHECK_INT(find_session(store, cookie, NOW, &found).code, STATUS_NOT_FOUND);
	CHECK_INT(find_token(store, value, &found).code, STATUS_NOT_FOUND);
	CHECK_TEXT(log_in(store, "lea@example.fr", GOOD, "::1", NOW).text, "This address and password do not go together.");
}

static void tokens(struct store *store)
{
	struct user lea = added(store, "lea@example.fr", ROLE_CREDIT_MANAGER), paul = added(store, "paul@example.fr", ROLE_COLLECTOR);
	struct viewer viewer = { .tenant_id = 1, .user_id = lea.id, .rights = role_rights(ROLE_CREDIT_MANAGER) };
	struct viewer other = { .tenant_id = 1, .user_id = paul.id, .rights = role_rights(ROLE_COLLECTOR) };
	char reading[TOKEN_VALUE_MAX], writing[TOKEN_VALUE_MAX];
	struct token read_token, write_token;
	struct viewer found;
	CHECK_OK(transact(store, (struct call){ run_token, &viewer, 0, .cookie = reading, .token = &read_token, .now = NOW }));
	CHECK_OK(transact(store, (struct call){ run_token, &viewer, 1, .cookie = writing, .token = &write_token, .now = NOW }));
	CHECK_OK(find_token(store, writing, &found));
	CHECK_INT(found.rights, role_rights(ROLE_CREDIT_MANAGER));
	CHECK_OK(find_token(store, reading, &found));
	CHECK_INT(found.rights, RIGHT_READ | RIGHT_AUDIT | RIGHT_EXPORT);
	CHECK_INT(transact(store, (struct call){ run_revoke, &other, read_token.id, .now = NOW }).code, STATUS_NOT_FOUND);
	CHECK_OK(transact(store, (struct call){ run_revoke, &viewer, read_token.id, .now = NOW }));
	CHECK_INT(find_token(store, reading, &found).code, STATUS_NOT_FOUND);
	CHECK_OK(find_token(store, writing, &found));
	writing[strlen(writing) - 1] = writing[strlen(writing) - 1] == 'A' ? 'B' : 'A';
	CHECK_INT(find_token(store, writing, &found).code, STATUS_NOT_FOUND);
}

#define BOTH(name)                                                                                                             \
	static void name##_both(void)                                                                                          \
	{                                                                                                                      \
		teststore_each(name);                                                                                          \
	}
BOTH(accounts)
BOTH(last_administrator)
BOTH(account_throttling)
BOTH(unknown_accounts_look_the_same)
BOTH(address_throttling)
BOTH(success_does_not_pardon_the_address)
BOTH(parallel_guesses)
BOTH(sessions)
BOTH(resets_end_sessions)
BOTH(disabled_accounts_are_out)
BOTH(tokens)

TESTS({ "accounts are added and log in", accounts_both }, { "the last administrator stays", last_administrator_both },
      { "easy passwords are refused", easy_passwords }, { "an account waits after five failures", account_throttling_both },
      { "unknown accounts look the same", unknown_accounts_look_the_same_both },
      { "an address waits after twenty failures", address_throttling_both },
      { "a success does not pardon the address", success_does_not_pardon_the_address_both },
      { "guesses at once gain nothing", parallel_guesses_both }, { "sessions end, rotate and are only hashes", sessions_both },
      { "a reset ends sessions", resets_end_sessions_both }, { "disabled accounts are out", disabled_accounts_are_out_both },
      { "tokens are scoped and revocable", tokens_both }, )
