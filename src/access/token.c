#include "access/token.h"

#include "access/secret.h"
#include "access/user.h"
#include "base/text.h"

#include <string.h>

enum { STALE = 300 };
#define PREFIX "enc_"
#define COLUMNS "id, user_id, name, scope, created_at, used_at, revoked_at"

static const char *const scopes[] = { [TOKEN_READ] = "read", [TOKEN_WRITE] = "write" };

static void read_token(struct rows *rows, int64_t tenant, struct token *out)
{
	*out = (struct token){ .tenant_id = tenant,
		               .id = row_int(rows, 0),
		               .user_id = row_int(rows, 1),
		               .scope = strcmp(row_text(rows, 3), scopes[TOKEN_WRITE]) == 0 ? TOKEN_WRITE : TOKEN_READ,
		               .created_at = row_int(rows, 4),
		               .used_at = row_int(rows, 5),
		               .revoked_at = row_int(rows, 6) };
	snprintf(out->name, sizeof out->name, "%s", row_text(rows, 2));
}

struct status token_make(struct db *db, const struct viewer *viewer, const char *name, enum token_scope scope, int64_t now,
                         char value[static TOKEN_VALUE_MAX], struct token *out)
{
	value[0] = 0;
	if (!viewer->user_id) return status_make(STATUS_INVALID, "A token belongs to a person.");
	struct slice trimmed = slice_trim(slice_of(name));
	if (!trimmed.len || trimmed.len >= sizeof out->name || !utf8_valid(trimmed.bytes, trimmed.len))
		return status_make(STATUS_INVALID, "Give the token a name that says what uses it.");
	*out = (struct token){ .tenant_id = viewer->tenant_id, .user_id = viewer->user_id, .scope = scope, .created_at = now };
	snprintf(out->name, sizeof out->name, "%.*s", SLICE_PRINT(trimmed));
	char secret[SECRET_TEXT], made[TOKEN_VALUE_MAX];
	secret_make(secret);
	snprintf(made, sizeof made, PREFIX "%lld.%s", (long long)viewer->tenant_id, secret);
	uint8_t hash[SECRET_HASH];
	secret_hash(made, hash);
	TRY(id_take(db, viewer->tenant_id, 0, "token", 1, &out->id));
	TRY(db_run(db,
	           "INSERT INTO token (tenant_id, id, user_id, name, hash, scope, created_at) "
	           "VALUES ($tenant, $id, $user, $name, $hash, $scope, $now)",
	           DB_ARGS(db_int("tenant", viewer->tenant_id), db_int("id", out->id), db_int("user", viewer->user_id),
	                   db_text("name", out->name), db_blob("hash", hash, sizeof hash), db_text("scope", scopes[scope]),
	                   db_int("now", now))));
	memcpy(value, made, sizeof made);
	return STATUS_FINE;
}

struct status token_list(struct db *db, const struct viewer *viewer, int64_t user_id, struct arena *arena, struct token **out,
                         size_t *count)
{
	if (!user_id) user_id = viewer->user_id;
	if (user_id != viewer->user_id && !viewer_may(viewer, RIGHT_USERS))
		return status_make(STATUS_FORBIDDEN, "These are somebody else's tokens.");
	int64_t total = 0;
	TRY(db_get_int(db, "SELECT COUNT(*) FROM token WHERE tenant_id = $tenant AND user_id = $user",
	               DB_ARGS(db_int("tenant", viewer->tenant_id), db_int("user", user_id)), &total, NULL));
	struct token *tokens = arena_array(arena, struct token, total ? total : 1);
	size_t found = 0;
	cleanup_rows struct rows *rows =
	        db_query(db, "SELECT " COLUMNS " FROM token WHERE tenant_id = $tenant AND user_id = $user ORDER BY id DESC",
	                 DB_ARGS(db_int("tenant", viewer->tenant_id), db_int("user", user_id)));
	while (found < (size_t)total && rows_next(rows)) read_token(rows, viewer->tenant_id, &tokens[found++]);
	TRY(rows_status(rows));
	*out = tokens, *count = found;
	return STATUS_FINE;
}

struct status token_revoke(struct db *db, const struct viewer *viewer, int64_t id, int64_t now)
{
	int64_t changed = 0;
	TRY(db_run_count(db,
	                 "UPDATE token SET revoked_at = $now WHERE tenant_id = $tenant AND id = $id AND revoked_at = 0 "
	                 "AND ($any = 1 OR user_id = $user)",
	                 DB_ARGS(db_int("now", now), db_int("tenant", viewer->tenant_id), db_int("id", id),
	                         db_int("any", viewer_may(viewer, RIGHT_USERS)), db_int("user", viewer->user_id)),
	                 &changed));
	return changed ? STATUS_FINE : status_make(STATUS_NOT_FOUND, "There is no such token, or it is revoked already.");
}

struct status token_find(struct db *db, const char *value, int64_t now, struct token *out, struct viewer *viewer)
{
	(void)now;
	struct status unknown = status_make(STATUS_NOT_FOUND, "This token is not valid. Make a new one under your account.");
	int64_t tenant = 0;
	if (!secret_tenant(value, PREFIX, &tenant)) return unknown;
	uint8_t hash[SECRET_HASH];
	secret_hash(value, hash);
	{
		cleanup_rows struct rows *rows =
		        db_query(db, "SELECT " COLUMNS " FROM token WHERE tenant_id = $tenant AND hash = $hash AND revoked_at = 0",
		                 DB_ARGS(db_int("tenant", tenant), db_blob("hash", hash, sizeof hash)));
		if (!rows_next(rows)) {
			TRY(rows_status(rows));
			return unknown;
		}
		read_token(rows, tenant, out);
	}
	struct status status = user_viewer(db, tenant, out->user_id, viewer);
	if (status.code == STATUS_NOT_FOUND) return unknown;
	TRY(status);
	if (out->scope == TOKEN_READ) viewer->rights &= RIGHT_READ | RIGHT_AUDIT | RIGHT_EXPORT;
	return STATUS_FINE;
}

bool token_stale(const struct token *token, int64_t now)
{
	return now - token->used_at >= STALE;
}

struct status token_touch(struct db *db, const struct token *token, int64_t now)
{
	return db_run(db, "UPDATE token SET used_at = $now WHERE tenant_id = $tenant AND id = $id",
	              DB_ARGS(db_int("now", now), db_int("tenant", token->tenant_id), db_int("id", token->id)));
}
