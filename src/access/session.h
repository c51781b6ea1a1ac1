/* session — a browser that is logged in. The cookie's value is never stored, only its hash.
 *
 *     session_open(db, tenant, user.id, now, cookie, &session)        after user_log_in, in a write transaction
 *     session_find(db, cookie, now, &session, &viewer)                each request, on a reader
 *     if (session_stale(&session, now)) session_touch(db, …)          now and then, on a writer
 *
 * A session ends after 12 hours without a request and after 7 days in any case. */
#ifndef ACCESS_SESSION_H
#define ACCESS_SESSION_H

#include "access/viewer.h"
#include "base/arena.h"
#include "db/db.h"

enum { SESSION_COOKIE_MAX = 80, SESSION_CSRF_MAX = 48, SESSION_HASH = 32 };

struct session {
	int64_t tenant_id, user_id;
	uint8_t id_hash[SESSION_HASH];
	char csrf[SESSION_CSRF_MAX]; /* every form carries it */
	int64_t company_id;          /* the one being looked at; 0: the first he may see */
	int64_t created_at, seen_at, expires_at;
	bool must_change;            /* the password must be changed before anything else */
	char language[8], theme[8];  /* of the user, for the page */
	bool no_single_keys;         /* he turned one-key shortcuts off */
};

struct status session_open(struct db *db, int64_t tenant, int64_t user_id, int64_t now, char cookie[static SESSION_COOKIE_MAX],
                           struct session *out);
/* STATUS_NOT_FOUND when the cookie is unknown, ended, or its user disabled. */
struct status session_find(struct db *db, const char *cookie, int64_t now, struct session *out, struct viewer *viewer);
bool session_stale(const struct session *session, int64_t now); /* last seen over 5 minutes ago */
struct status session_touch(struct db *db, const struct session *session, int64_t now);
/* A new cookie and CSRF value for the same session: after a password change. */
struct status session_rotate(struct db *db, struct session *session, int64_t now, char cookie[static SESSION_COOKIE_MAX]);
struct status session_set_company(struct db *db, const struct session *session, int64_t company_id);
struct status session_close(struct db *db, const struct session *session);
struct status session_end_others(struct db *db, const struct session *session);
struct status session_end_user(struct db *db, int64_t tenant, int64_t user_id);
struct status session_sweep(struct db *db, int64_t tenant, int64_t now); /* drops the ended ones; the daily job */

bool session_csrf_fits(const struct session *session, const char *given); /* in constant time; NULL never fits */

#endif
