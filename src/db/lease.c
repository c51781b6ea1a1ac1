/* Leases by database time with fencing tokens: one server or five run the same code; a server that dies loses its lease. */
#include "db/internal.h"

static const char *now_sql(enum db_kind kind)
{
	return kind == DB_SQLITE ? "SELECT CAST(strftime('%s', 'now') AS INTEGER)" : "SELECT CAST(extract(epoch FROM clock_timestamp()) AS BIGINT)";
}

struct lease_context {
	int64_t tenant, token;
	const char *name, *holder;
	int seconds;
	bool taken;
};

static struct status take(struct db *db, void *opaque)
{
	struct lease_context *c = opaque;
	int64_t now;
	TRY(db_get_int(db, now_sql(db->kind), DB_NO_ARGS, &now, NULL));
	/* the holder himself renews with a new token; others only once it has run out */
	TRY(db_get_int(db,
	               "INSERT INTO lease (tenant_id, name, holder, token, until_at) VALUES ($tenant, $name, $holder, 1, $until)"
	               " ON CONFLICT (tenant_id, name) DO UPDATE SET holder = $holder, token = lease.token + 1, until_at = $until"
	               " WHERE lease.until_at <= $now OR lease.holder = $holder RETURNING token",
	               DB_ARGS(db_int("tenant", c->tenant), db_text("name", c->name), db_text("holder", c->holder),
	                       db_int("until", now + c->seconds), db_int("now", now)),
	               &c->token, &c->taken));
	return STATUS_FINE;
}

struct status lease_take(struct store *store, int64_t tenant, const char *name, const char *holder, int seconds,
                         int64_t *token, bool *taken)
{
	struct lease_context context = { .tenant = tenant, .name = name, .holder = holder, .seconds = seconds };
	TRY(store_transact(store, take, &context));
	*token = context.token, *taken = context.taken;
	return STATUS_FINE;
}

struct status lease_check(struct db *db, int64_t tenant, const char *name, int64_t token)
{
	int64_t newest = 0;
	bool found;
	/* FOR SHARE keeps the row from changing until this transaction ends; SQLite's writer is alone anyway */
	const char *sql = db->kind == DB_SQLITE ? "SELECT token FROM lease WHERE tenant_id = $tenant AND name = $name"
	                                        : "SELECT token FROM lease WHERE tenant_id = $tenant AND name = $name FOR SHARE";
	TRY(db_get_int(db, sql, DB_ARGS(db_int("tenant", tenant), db_text("name", name)), &newest, &found));
	if (!found || newest != token) return status_make(STATUS_CONFLICT, "Another server has taken over this work.");
	return STATUS_FINE;
}

static struct status drop(struct db *db, void *opaque)
{
	struct lease_context *c = opaque;
	return db_run(db, "UPDATE lease SET until_at = 0 WHERE tenant_id = $tenant AND name = $name AND token = $token",
	              DB_ARGS(db_int("tenant", c->tenant), db_text("name", c->name), db_int("token", c->token)));
}

struct status lease_drop(struct store *store, int64_t tenant, const char *name, int64_t token)
{
	struct lease_context context = { .tenant = tenant, .name = name, .token = token };
	return store_transact(store, drop, &context);
}
