#include "access/session.h"

#include "access/secret.h"
#include "access/user.h"

#include <sodium.h>
#include <string.h>

enum { IDLE = 12 * 3600, LONGEST = 7 * 86400, STALE = 300 };

static void make_cookie(int64_t tenant, char cookie[static SESSION_COOKIE_MAX], uint8_t hash[static SESSION_HASH])
{
	char secret[SECRET_TEXT];
	secret_make(secret);
	snprintf(cookie, SESSION_COOKIE_MAX, "%lld.%s", (long long)tenant, secret);
	secret_hash(cookie, hash);
}

struct status session_open(struct db *db, int64_t tenant, int64_t user_id, int64_t now, char cookie[static SESSION_COOKIE_MAX],
                           struct session *out)
{
	*out = (struct session){ .tenant_id = tenant, .user_id = user_id, .created_at = now, .seen_at = now, .expires_at = now + LONGEST };
	make_cookie(tenant, cookie, out->id_hash);
	secret_make(out->csrf);
	return db_run(db,
	              "INSERT INTO session (tenant_id, id_hash, user_id, csrf, created_at, seen_at, expires_at) "
	              "VALUES ($tenant, $hash, $user, $csrf, $now, $now, $expires)",
	              DB_ARGS(db_int("tenant", tenant), db_blob("hash", out->id_hash, SESSION_HASH), db_int("user", user_id),
	                      db_text("csrf", out->csrf), db_int("now", now), db_int("expires", out->expires_at)));
}

struct status session_find(struct db *db, const char *cookie, int64_t now, struct session *out, struct viewer *viewer)
{
	struct status ended = status_make(STATUS_NOT_FOUND, "Your session has ended. Please log in again.");
	int64_t tenant = 0;
	if (!secret_tenant(cookie, "", &tenant)) return ended;
	*out = (struct session){ .tenant_id = tenant };
	secret_hash(cookie, out->id_hash);
	{
		cleanup_rows struct rows *rows = db_query(
		        db,
		        "SELECT s.user_id, s.csrf, s.company_id, s.created_at, s.seen_at, s.expires_at, u.must_change, u.language, u.theme "
		        "FROM session s JOIN user_account u ON u.tenant_id = s.tenant_id AND u.id = s.user_id AND u.disabled = 0 "
		        "WHERE s.tenant_id = $tenant AND s.id_hash = $hash",
		        DB_ARGS(db_int("tenant", tenant), db_blob("hash", out->id_hash, SESSION_HASH)));
		if (!rows_next(rows)) {
			TRY(rows_status(rows));
			return ended;
		}
		out->user_id = row_int(rows, 0);
		snprintf(out->csrf, sizeof out->csrf, "%s", row_text(rows, 1));
		out->company_id = row_int(rows, 2);
		out->created_at = row_int(rows, 3);
		out->seen_at = row_int(rows, 4);
		out->expires_at = row_int(rows, 5);
		out->must_change = row_int(rows, 6) != 0;
		snprintf(out->language, sizeof out->language, "%s", row_text(rows, 7));
		snprintf(out->theme, sizeof out->theme, "%s", row_text(rows, 8));
	}
	if (now >= out->expires_at || now - out->seen_at >= IDLE) return ended;
	return user_viewer(db, tenant, out->user_id, viewer);
}

bool session_stale(const struct session *session, int64_t now)
{
	return now - session->seen_at >= STALE;
}

struct status session_touch(struct db *db, const struct session *session, int64_t now)
{
	return db_run(db, "UPDATE session SET seen_at = $now WHERE tenant_id = $tenant AND id_hash = $hash AND seen_at < $now",
	              DB_ARGS(db_int("now", now), db_int("tenant", session->tenant_id),
	                      db_blob("hash", session->id_hash, SESSION_HASH)));
}

struct status session_rotate(struct db *db, struct session *session, int64_t now, char cookie[static SESSION_COOKIE_MAX])
{
	uint8_t old[SESSION_HASH];
	memcpy(old, session->id_hash, sizeof old);
	make_cookie(session->tenant_id, cookie, session->id_hash);
	secret_make(session->csrf);
	session->seen_at = now;
	int64_t changed = 0;
	TRY(db_run_count(db,
	                 "UPDATE session SET id_hash = $hash, csrf = $csrf, seen_at = $now WHERE tenant_id = $tenant AND id_hash = $old",
	                 DB_ARGS(db_blob("hash", session->id_hash, SESSION_HASH), db_text("csrf", session->csrf), db_int("now", now),
	                         db_int("tenant", session->tenant_id), db_blob("old", old, sizeof old)),
	                 &changed));
	return changed ? STATUS_FINE : status_make(STATUS_NOT_FOUND, "Your session has ended. Please log in again.");
}

struct status session_set_company(struct db *db, const struct session *session, int64_t company_id)
{
	return db_run(db, "UPDATE session SET company_id = $company WHERE tenant_id = $tenant AND id_hash = $hash",
	              DB_ARGS(db_int("company", company_id), db_int("tenant", session->tenant_id),
	                      db_blob("hash", session->id_hash, SESSION_HASH)));
}

struct status session_close(struct db *db, const struct session *session)
{
	return db_run(db, "DELETE FROM session WHERE tenant_id = $tenant AND id_hash = $hash",
	              DB_ARGS(db_int("tenant", session->tenant_id), db_blob("hash", session->id_hash, SESSION_HASH)));
}

struct status session_end_others(struct db *db, const struct session *session)
{
	return db_run(db, "DELETE FROM session WHERE tenant_id = $tenant AND user_id = $user AND id_hash <> $hash",
	              DB_ARGS(db_int("tenant", session->tenant_id), db_int("user", session->user_id),
	                      db_blob("hash", session->id_hash, SESSION_HASH)));
}

struct status session_end_user(struct db *db, int64_t tenant, int64_t user_id)
{
	return db_run(db, "DELETE FROM session WHERE tenant_id = $tenant AND user_id = $user",
	              DB_ARGS(db_int("tenant", tenant), db_int("user", user_id)));
}

struct status session_sweep(struct db *db, int64_t tenant, int64_t now)
{
	TRY(db_run(db, "DELETE FROM session WHERE tenant_id = $tenant AND (expires_at <= $now OR seen_at <= $idle)",
	           DB_ARGS(db_int("tenant", tenant), db_int("now", now), db_int("idle", now - IDLE))));
	return db_run(db, "DELETE FROM login_attempt WHERE tenant_id = $tenant AND last_at < $old",
	              DB_ARGS(db_int("tenant", tenant), db_int("old", now - 86400)));
}

bool session_csrf_fits(const struct session *session, const char *given)
{
	size_t len = strlen(session->csrf);
	return given && len && strlen(given) == len && sodium_memcmp(given, session->csrf, len) == 0;
}
