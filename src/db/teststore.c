#include "db/teststore.h"

#include "base/asset.h"
#include "base/memory.h"
#include "db/internal.h"

#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char server_folder[64], server_url[256];

static void stop_server(void)
{
	char command[512];
	const char *root = getenv("ENCOURS_SOURCE");
	if (!server_folder[0]) return;
	snprintf(command, sizeof command, "'%s/scripts/postgres.sh' stop '%s'", root ? root : ".", server_folder);
	if (system(command) != 0) fprintf(stderr, "teststore: the server in %s was not stopped\n", server_folder);
	server_folder[0] = 0;
}

static const char *server(void)
{
	const char *given = getenv("ENCOURS_TEST_PG");
	if (given && *given) return given;
	if (server_url[0]) return server_url;
	const char *root = getenv("ENCOURS_SOURCE");
	snprintf(server_folder, sizeof server_folder, "/tmp/encours-pg-%d", (int)getpid());
	char command[512];
	snprintf(command, sizeof command, "'%s/scripts/postgres.sh' start '%s'", root ? root : ".", server_folder);
	FILE *pipe = popen(command, "r");
	if (!pipe || !fgets(server_url, sizeof server_url, pipe) || pclose(pipe) != 0) {
		fprintf(stderr, "teststore: no PostgreSQL server could be started\n");
		abort();
	}
	server_url[strcspn(server_url, "\n")] = 0;
	atexit(stop_server);
	return server_url;
}

static void must(bool ok, const char *what)
{
	if (ok) return;
	fprintf(stderr, "teststore: %s\n", what);
	abort();
}

/* Whether the server did it; `may_fail`: another program can have been faster. */
static bool admin(PGconn *pg, bool may_fail, const char *sql)
{
	PGresult *result = PQexec(pg, sql);
	ExecStatusType state = PQresultStatus(result);
	bool done = state == PGRES_COMMAND_OK || state == PGRES_TUPLES_OK;
	must(done || may_fail, PQerrorMessage(pg));
	PQclear(result);
	return done;
}

static void admin_once(const char *sql)
{
	PGconn *pg = PQconnectdb(server());
	admin(pg, false, sql);
	PQfinish(pg);
}

/* postgresql://user@/postgres?host=… : another database of the same server. */
static void address_of(const char *name, char *out, size_t size)
{
	const char *base = server(), *slash = strchr(base + 13, '/'), *query = strchr(base, '?');
	must(slash != NULL, "ENCOURS_TEST_PG is no URL");
	snprintf(out, size, "%.*s/%s%s", (int)(slash - base), base, name, query ? query : "");
}

static void migrate(const char *where)
{
	struct store *store = NULL;
	struct status status = store_open(where, &store);
	must(status.code == STATUS_OK, status.text);
	store_close(store);
}

/* A migrated, empty database that the server copies for each store: a tenth of the time that all the schema's steps take.
 * Its name is that of the schema, so that programs of one build share it and those of another make their own. */
static const char *template_database(void)
{
	static char name[64];
	if (name[0]) return name;
	uint64_t schema = 0;
	size_t index = 0;
	for (struct asset file; asset_next("schema/", &index, &file);) schema = db_hash(file.bytes, schema);
	snprintf(name, sizeof name, "migrated_%016" PRIx64, schema);
	char sql[200], where[512], fresh[80];
	PGconn *pg = PQconnectdb(server());
	admin(pg, false, "SELECT pg_advisory_lock(7310293)"); /* one program makes it, the others wait */
	snprintf(sql, sizeof sql, "SELECT 1 / (SELECT COUNT(*) FROM pg_database WHERE datname = '%s')", name);
	if (!admin(pg, true, sql)) {
		snprintf(fresh, sizeof fresh, "%s_%d", name, (int)getpid()); /* known by its name only once it is whole */
		snprintf(sql, sizeof sql, "CREATE DATABASE %s", fresh);
		admin(pg, false, sql);
		address_of(fresh, where, sizeof where);
		migrate(where);
		snprintf(sql, sizeof sql, "ALTER DATABASE %s RENAME TO %s", fresh, name);
		admin(pg, false, sql);
	}
	PQfinish(pg);
	return name;
}

/* The same for SQLite: the file of the first store, before anything is in it. */
static void copy_migrated(const char *where)
{
	static char *bytes;
	static size_t len;
	if (!bytes) {
		migrate(where);
		FILE *in = fopen(where, "rb");
		must(in && fseek(in, 0, SEEK_END) == 0, "the migrated store can't be read");
		len = (size_t)ftell(in);
		bytes = xmalloc(len);
		rewind(in);
		must(fread(bytes, 1, len, in) == len, "the migrated store can't be read");
		fclose(in);
		return;
	}
	mode_t before = umask(0077); /* as store_open makes it */
	FILE *out = fopen(where, "wbx");
	umask(before);
	must(out && fwrite(bytes, 1, len, out) == len && fclose(out) == 0, "the migrated store can't be copied");
}

/* --- a database of PostgreSQL for one store after the other: emptied in between, which costs a tenth of making one --- */

static char free_database[64]; /* empty, migrated; "" when there is none */
static PGconn *cleaner;        /* connected to the database of this name */
static char cleaned[64];

static void drop_database(const char *name)
{
	char sql[128];
	if (strcmp(name, cleaned) == 0) {
		PQfinish(cleaner);
		cleaned[0] = 0;
	}
	snprintf(sql, sizeof sql, "DROP DATABASE %s WITH (FORCE)", name);
	admin_once(sql);
}

static void drop_free_database(void)
{
	if (free_database[0]) drop_database(free_database);
}

/* Whether it is again as a fresh one: all rows gone and no table or index more or less than the schema has. */
static bool empty_database(const char *name)
{
	static const char *const sql =
	        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid();"
	        "DO $$ DECLARE t record; BEGIN"
	        " FOR t IN SELECT relname, pg_relation_size(oid) AS size FROM pg_class WHERE relkind = 'r' AND relname <> 'schema_migration' AND relnamespace = 'public'::regnamespace AND pg_relation_size(oid) > 0 LOOP"
	        "  EXECUTE format(CASE WHEN t.size > 1000000 THEN 'TRUNCATE %I' ELSE 'DELETE FROM %I' END, t.relname);"
	        " END LOOP; END $$;"
	        "SELECT COUNT(*), COALESCE(SUM(hashtext(relname)::bigint), 0) FROM pg_class WHERE relnamespace = 'public'::regnamespace";
	static char expected[64];
	char where[512], found[64] = "";
	address_of(name, where, sizeof where);
	if (strcmp(name, cleaned) != 0) {
		if (cleaned[0]) PQfinish(cleaner);
		cleaner = PQconnectdb(where);
		snprintf(cleaned, sizeof cleaned, "%s", name);
	}
	if (!expected[0]) { /* as the template has it */
		char original[512];
		address_of(template_database(), original, sizeof original);
		PGconn *fresh = PQconnectdb(original);
		PGresult *result = PQexec(fresh, strrchr(sql, ';') + 1);
		must(PQntuples(result) == 1, PQerrorMessage(fresh));
		snprintf(expected, sizeof expected, "%s %s", PQgetvalue(result, 0, 0), PQgetvalue(result, 0, 1));
		PQclear(result);
		PQfinish(fresh);
	}
	PGresult *result = PQexec(cleaner, sql);
	if (PQntuples(result) == 1) snprintf(found, sizeof found, "%s %s", PQgetvalue(result, 0, 0), PQgetvalue(result, 0, 1));
	PQclear(result);
	return strcmp(found, expected) == 0;
}

struct store *teststore_open(enum db_kind kind)
{
	static int number;
	char where[512];
	number++;
	if (kind == DB_SQLITE) {
		char folder[] = "/tmp/encours-test-XXXXXX";
		must(mkdtemp(folder) != NULL, "no temporary folder");
		snprintf(where, sizeof where, "%s/test.db", folder);
		copy_migrated(where);
	} else {
		char name[64], sql[200];
		if (free_database[0]) {
			snprintf(name, sizeof name, "%s", free_database);
			free_database[0] = 0;
		} else {
			snprintf(name, sizeof name, "test_%d_%d", (int)getpid(), number);
			snprintf(sql, sizeof sql, "CREATE DATABASE %s TEMPLATE %s STRATEGY file_copy", name, template_database());
			admin_once(sql);
		}
		address_of(name, where, sizeof where);
	}
	struct store *store = NULL;
	struct status status = store_open(where, &store);
	must(status.code == STATUS_OK, status.text);
	return store;
}

const char *teststore_address(struct store *store)
{
	return store->where;
}

void teststore_close(struct store *store)
{
	enum db_kind kind = store->kind;
	char *where = xstrdup(store->where);
	store_close(store);
	if (kind == DB_SQLITE) {
		char *slash = strrchr(where, '/');
		*slash = 0;
		char command[600];
		snprintf(command, sizeof command, "rm -rf '%s'", where);
		if (system(command) != 0) fprintf(stderr, "teststore: %s remains\n", where);
	} else {
		static bool at_exit;
		char name[64];
		const char *start = strchr(where + 13, '/') + 1;
		snprintf(name, sizeof name, "%.*s", (int)strcspn(start, "?"), start);
		if (free_database[0] || !empty_database(name)) {
			drop_database(name);
		} else {
			snprintf(free_database, sizeof free_database, "%s", name);
			if (!at_exit) atexit(drop_free_database); /* before stop_server, which was asked for earlier */
			at_exit = true;
		}
	}
	free(where);
}

void teststore_each(void (*behaviour)(struct store *store))
{
	const char *only = getenv("ENCOURS_TEST_STORE");
	for (int kind = DB_SQLITE; kind <= DB_POSTGRESQL; kind++) {
		if (only && strcmp(only, kind == DB_SQLITE ? "sqlite" : "postgresql") != 0) continue;
		struct store *store = teststore_open((enum db_kind)kind);
		behaviour(store);
		teststore_close(store);
	}
}
