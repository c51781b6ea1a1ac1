/* token — personal API tokens: a person's rights, narrowed to reading when the scope says so, until revoked.
 *
 * The value is shown once, when it is made; only its hash is stored.
 *
 *     token_find(db, "enc_…", now, &token, &viewer)      from "Authorization: Bearer enc_…"
 */
#ifndef ACCESS_TOKEN_H
#define ACCESS_TOKEN_H

#include "access/viewer.h"
#include "base/arena.h"
#include "db/db.h"

enum { TOKEN_VALUE_MAX = 96 };
enum token_scope { TOKEN_READ, TOKEN_WRITE };

struct token {
	int64_t tenant_id, id, user_id;
	char name[96];
	enum token_scope scope;
	int64_t created_at, used_at, revoked_at; /* 0: never */
};

/* For the viewer himself. Names are his own business, but not empty. */
struct status token_make(struct db *db, const struct viewer *viewer, const char *name, enum token_scope scope, int64_t now,
                         char value[static TOKEN_VALUE_MAX], struct token *out);
/* user_id 0: his own; another's needs RIGHT_USERS. Newest first. */
struct status token_list(struct db *db, const struct viewer *viewer, int64_t user_id, struct arena *arena, struct token **out,
                         size_t *count);
struct status token_revoke(struct db *db, const struct viewer *viewer, int64_t id, int64_t now);
/* STATUS_NOT_FOUND when unknown, revoked, or its user disabled. Reading scope leaves RIGHT_READ, RIGHT_AUDIT, RIGHT_EXPORT. */
struct status token_find(struct db *db, const char *value, int64_t now, struct token *out, struct viewer *viewer);
bool token_stale(const struct token *token, int64_t now); /* last use noted over 5 minutes ago */
struct status token_touch(struct db *db, const struct token *token, int64_t now);

#endif
