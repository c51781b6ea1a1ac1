/* Logging in: attempts are counted before the password is looked at, in a transaction of their own; so a hundred attempts at
 * once are a hundred attempts. Known and unknown accounts are counted alike: neither words nor time tell them apart. */
#include "access/password.h"
#include "access/user.h"
#include "base/email.h"
#include "base/log.h"

#include <string.h>

enum {
	ACCOUNT_FREE = 5,   /* failures in a row before an account waits */
	ADDRESS_FREE = 20,  /* before an address waits */
	LONGEST_WAIT = 900, /* seconds */
};

struct attempt {
	int64_t tenant, now;
	char account[200], address[80], email[160];
	/* out */
	int64_t wait; /* seconds until another attempt is heard; 0: this one is counted and goes on */
	int64_t user_id;
	char hash[PASSWORD_HASH_MAX];
	bool disabled;
};

static int64_t account_wait(int64_t failures)
{
	int64_t over = failures - ACCOUNT_FREE;
	if (over < 0) return 0;
	return over >= 4 ? LONGEST_WAIT : INT64_C(60) << over;
}

static int64_t address_wait(int64_t failures)
{
	return failures >= ADDRESS_FREE ? LONGEST_WAIT : 0;
}

static struct status count_one(struct db *db, const struct attempt *attempt, const char *subject, int64_t (*wait)(int64_t),
                               int64_t *left)
{
	int64_t failures = 0, last = 0;
	{
		/* an update that changes nothing, to hold the row: on PostgreSQL the next attempt waits here until this one is counted */
		cleanup_rows struct rows *rows =
		        db_query(db,
		                 "INSERT INTO login_attempt (tenant_id, subject, failed_count, last_at) VALUES ($tenant, $subject, 0, 0) "
		                 "ON CONFLICT (tenant_id, subject) DO UPDATE SET subject = excluded.subject RETURNING failed_count, last_at",
		                 DB_ARGS(db_int("tenant", attempt->tenant), db_text("subject", subject)));
		if (rows_next(rows)) failures = row_int(rows, 0), last = row_int(rows, 1);
		TRY(rows_status(rows));
	}
	int64_t until = last + wait(failures);
	*left = until > attempt->now ? until - attempt->now : 0;
	if (*left) return STATUS_FINE;
	/* an address that served its wait starts anew; an account goes on doubling until it is quiet for a day */
	if (wait(failures) == LONGEST_WAIT && wait == address_wait) failures = 0;
	if (attempt->now - last > 86400) failures = 0;
	return db_run(db,
	              "UPDATE login_attempt SET failed_count = $count, last_at = $now WHERE tenant_id = $tenant AND subject = $subject",
	              DB_ARGS(db_int("tenant", attempt->tenant), db_text("subject", subject), db_int("count", failures + 1),
	                      db_int("now", attempt->now)));
}

static struct status count_attempt(struct db *db, void *context)
{
	struct attempt *attempt = context;
	int64_t account_left = 0, address_left = 0;
	attempt->wait = 0, attempt->user_id = 0, attempt->hash[0] = 0;
	TRY(count_one(db, attempt, attempt->address, address_wait, &address_left));
	if (!address_left) TRY(count_one(db, attempt, attempt->account, account_wait, &account_left));
	attempt->wait = address_left > account_left ? address_left : account_left;
	if (attempt->wait) return STATUS_FINE;
	cleanup_rows struct rows *rows =
	        db_query(db, "SELECT id, password_hash, disabled FROM user_account WHERE tenant_id = $tenant AND email = $email",
	                 DB_ARGS(db_int("tenant", attempt->tenant), db_text("email", attempt->email)));
	if (rows_next(rows)) {
		attempt->user_id = row_int(rows, 0);
		snprintf(attempt->hash, sizeof attempt->hash, "%s", row_text(rows, 1));
		attempt->disabled = row_int(rows, 2) != 0;
	}
	return rows_status(rows);
}

struct success {
	const struct attempt *attempt;
	const char *password;
	char rehash[PASSWORD_HASH_MAX]; /* "" when the present one is up to date */
};

static struct status note_success(struct db *db, void *context)
{
	const struct success *call = context;
	const struct attempt *attempt = call->attempt;
	TRY(db_run(db, "DELETE FROM login_attempt WHERE tenant_id = $tenant AND subject = $subject",
	           DB_ARGS(db_int("tenant", attempt->tenant), db_text("subject", attempt->account))));
	/* only this attempt is taken off the address: logging in once does not pardon nineteen guesses elsewhere */
	TRY(db_run(db,
	           "UPDATE login_attempt SET failed_count = CASE WHEN failed_count > 0 THEN failed_count - 1 ELSE 0 END "
	           "WHERE tenant_id = $tenant AND subject = $subject",
	           DB_ARGS(db_int("tenant", attempt->tenant), db_text("subject", attempt->address))));
	if (!call->rehash[0]) return STATUS_FINE;
	return db_run(db, "UPDATE user_account SET password_hash = $hash WHERE tenant_id = $tenant AND id = $id",
	              DB_ARGS(db_text("hash", call->rehash), db_int("tenant", attempt->tenant), db_int("id", attempt->user_id)));
}

struct status user_log_in(struct store *store, int64_t tenant, const char *email, const char *password, const char *address,
                          int64_t now, struct user *out)
{
	struct attempt attempt = { .tenant = tenant, .now = now };
	if (!email_fold(email, attempt.email, sizeof attempt.email) || strlen(password) > USER_PASSWORD_MAX)
		return status_make(STATUS_FORBIDDEN, "This address and password do not go together.");
	snprintf(attempt.account, sizeof attempt.account, "account %s", attempt.email);
	snprintf(attempt.address, sizeof attempt.address, "address %s", address ? address : "");
	TRY(store_transact(store, count_attempt, &attempt));
	if (attempt.wait) {
		long minutes = (long)((attempt.wait + 59) / 60);
		log_line(LOG_WARNING, "login refused for %ld minutes: %s", minutes, attempt.address);
		return status_make(STATUS_FORBIDDEN, "Too many attempts. Please wait %ld min, then try again.", minutes);
	}
	bool fits = password_fits(attempt.hash, password);
	if (!fits || attempt.disabled) {
		log_line(LOG_WARNING, "login failed: %s", attempt.address);
		return status_make(STATUS_FORBIDDEN, "This address and password do not go together.");
	}
	struct success success = { .attempt = &attempt, .password = password };
	if (password_outdated(attempt.hash)) TRY(password_hash(password, success.rehash));
	TRY(store_transact(store, note_success, &success));
	struct viewer self = { .tenant_id = tenant, .user_id = attempt.user_id };
	struct db *db = NULL;
	TRY(store_reader(store, &db));
	struct status status = user_get(db, &self, attempt.user_id, out);
	store_release(store, db);
	return status;
}
