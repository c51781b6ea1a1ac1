#include "db/teststore.h"

#include "base/memory.h"
#include "db/internal.h"

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

static void admin(const char *sql)
{
	PGconn *pg = PQconnectdb(server());
	PGresult *result = PQexec(pg, sql);
	must(PQresultStatus(result) == PGRES_COMMAND_OK, PQerrorMessage(pg));
	PQclear(result);
	PQfinish(pg);
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
	} else {
		char name[64], sql[128];
		snprintf(name, sizeof name, "test_%d_%d", (int)getpid(), number);
		snprintf(sql, sizeof sql, "CREATE DATABASE %s", name);
		admin(sql);
		/* postgresql://user@/postgres?host=… : another database of the same server */
		const char *base = server(), *slash = strchr(base + 13, '/'), *query = strchr(base, '?');
		must(slash != NULL, "ENCOURS_TEST_PG is no URL");
		snprintf(where, sizeof where, "%.*s/%s%s", (int)(slash - base), base, name, query ? query : "");
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
		const char *name = strchr(where + 13, '/') + 1;
		char sql[128];
		snprintf(sql, sizeof sql, "DROP DATABASE %.*s WITH (FORCE)", (int)strcspn(name, "?"), name);
		admin(sql);
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
