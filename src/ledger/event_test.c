#include "ledger/event.h"

#include "base/day.h"
#include "base/memory.h"
#include "base/test.h"
#include "db/teststore.h"

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

enum { NOW = 1760000000, TODAY = 20370 };
static struct viewer everybody;

static struct company company_made(struct store *store, const char *name)
{
	everybody = viewer_system(TENANT_FIRST);
	struct company company = { 0 };
	CHECK_OK(company_create(store, &everybody, (struct company_new){ .name = name }, NOW, &company));
	return company;
}

struct add {
	int64_t company, customer;
	const char *kind, *content;
	int64_t rev;
};
static struct status add(struct db *db, void *context)
{
	struct add *call = context;
	struct viewer viewer = viewer_system(TENANT_FIRST);
	struct change change;
	TRY(company_begin(db, &viewer, call->company, TODAY, NOW, &change));
	TRY(event_add(&change, &(struct event_new){ .kind = call->kind, .customer_id = call->customer, .content = call->content }));
	call->rev = change.rev;
	return company_end(&change);
}

static void adds(struct store *store, int64_t company, int count)
{
	for (int i = 0; i < count; i++)
		CHECK_OK(store_transact(store, add, &(struct add){ company, i % 3, "note.added", "{\"text\":\"bonjour\"}" }));
}

static int64_t broken_at(struct store *store, int64_t company, int64_t *count)
{
	struct db *db = NULL;
	int64_t broken = -1;
	CHECK_OK(store_reader(store, &db));
	CHECK_OK(event_verify(db, TENANT_FIRST, company, count, &broken));
	store_release(store, db);
	return broken;
}

static struct status run_sql(struct db *db, void *sql)
{
	return db_run(db, sql, DB_NO_ARGS);
}

/* Every way to bend the past shows, and where. */
static void tampering_shows(struct store *store)
{
	static const struct {
		const char *sql;
		int64_t at;
	} bends[] = {
		{ "UPDATE event SET content = '{\"text\":\"adieu\"}' WHERE seq = 4", 4 },
		{ "UPDATE event SET kind = 'dispute.closed' WHERE seq = 5", 5 },
		{ "UPDATE event SET day = day + 1 WHERE seq = 6", 6 },
		{ "UPDATE event SET at = at - 1 WHERE seq = 2", 2 },
		{ "UPDATE event SET by_user = 7 WHERE seq = 3", 3 },
		{ "UPDATE event SET customer_id = customer_id + 1 WHERE seq = 7", 7 },
		{ "UPDATE event SET ref = 99 WHERE seq = 7", 7 },
		{ "DELETE FROM event WHERE seq = 5", 5 },
		{ "DELETE FROM event WHERE seq = 11", 11 }, /* the last one: the head remembers */
		{ "UPDATE event SET content = NULL, salt = NULL WHERE seq = 4", 4 }, /* erased by hand, without the event that says so */
		{ "UPDATE company SET event_seq = 10, event_hash = (SELECT hash FROM event WHERE seq = 10)", 11 },
	};
	struct company company = company_made(store, "Chaîne");
	adds(store, company.id, 10);
	int64_t count = 0;
	CHECK_INT(broken_at(store, company.id, &count), 0);
	CHECK_INT(count, 11); /* its creation, and ten */
	for (size_t i = 0; i < sizeof bends / sizeof *bends; i++) {
		/* each bend in a transaction that is rolled back */
		struct db *db = NULL;
		CHECK_OK(store_writer(store, &db));
		CHECK_OK(db_begin(db, DB_WRITE));
		CHECK_OK(db_run(db, bends[i].sql, DB_NO_ARGS));
		int64_t broken = 0;
		CHECK_OK(event_verify(db, TENANT_FIRST, company.id, &count, &broken));
		if (broken != bends[i].at) printf("  %s\n", bends[i].sql);
		CHECK_INT(broken, bends[i].at);
		db_rollback(db);
		store_release(store, db);
	}
	CHECK_INT(broken_at(store, company.id, &count), 0);
}

/* Two events swapped, or one put between with hashes of its own, do not pass either: the head is what was published. */
static void rewriting_shows(struct store *store)
{
	struct company company = company_made(store, "Chaîne");
	adds(store, company.id, 5);
	struct db *db = NULL;
	int64_t seq = 0, later_seq = 0;
	char head[EVENT_HEX], later[EVENT_HEX];
	CHECK_OK(store_reader(store, &db));
	CHECK_OK(event_head(db, TENANT_FIRST, company.id, &seq, head));
	store_release(store, db);
	CHECK_INT(strlen(head), 64);
	CHECK_OK(store_transact(store, run_sql, (void *)"UPDATE event SET seq = CASE seq WHEN 3 THEN 1003 WHEN 4 THEN 1004 ELSE seq END"));
	CHECK_OK(store_transact(store, run_sql, (void *)"UPDATE event SET seq = CASE seq WHEN 1003 THEN 4 WHEN 1004 THEN 3 ELSE seq END"));
	int64_t count = 0;
	CHECK_INT(broken_at(store, company.id, &count), 3);
	CHECK_OK(store_transact(store, add, &(struct add){ company.id, 0, "note.added", NULL }));
	CHECK_OK(store_reader(store, &db));
	CHECK_OK(event_head(db, TENANT_FIRST, company.id, &later_seq, later));
	store_release(store, db);
	CHECK_INT(later_seq, seq + 1);
	CHECK(strcmp(head, later) != 0);
}

static struct status erase(struct db *db, void *context)
{
	struct change change;
	TRY(company_begin(db, &everybody, *(int64_t *)context, TODAY, NOW, &change));
	TRY(event_erase_customer(&change, 2));
	return company_end(&change);
}

static void erasing_keeps_the_chain(struct store *store)
{
	struct company company = company_made(store, "Chaîne");
	adds(store, company.id, 9);
	CHECK_OK(store_transact(store, erase, &company.id));
	int64_t count = 0;
	CHECK_INT(broken_at(store, company.id, &count), 0);
	CHECK_INT(count, 11);
	cleanup_arena struct arena *arena = arena_new();
	struct event *events = NULL;
	size_t found = 0;
	struct db *db = NULL;
	CHECK_OK(store_reader(store, &db));
	CHECK_OK(event_list(db, &everybody, company.id, 2, NULL, 0, 50, arena, &events, &found));
	store_release(store, db);
	CHECK_INT(found, 4);
	if (found == 4) {
		CHECK_TEXT(events[0].kind, "customer.erased");
		CHECK_TEXT(events[0].content, "{\"events\":3}");
		CHECK_TEXT(events[1].content, "");
	}
	/* an erased event's own line still can't be bent unseen: its hash is in the chain */
	CHECK_OK(store_transact(store, run_sql, (void *)"UPDATE event SET content_hash = hash WHERE seq = 4"));
	CHECK_INT(broken_at(store, company.id, &count), 4);
}

static void reading(struct store *store)
{
	struct company company = company_made(store, "Chaîne");
	CHECK_OK(store_transact(store, add, &(struct add){ company.id, 1, "dispute.opened", NULL }));
	CHECK_OK(store_transact(store, add, &(struct add){ company.id, 1, "dispute.closed", NULL }));
	CHECK_OK(store_transact(store, add, &(struct add){ company.id, 2, "promise.made", NULL }));
	cleanup_arena struct arena *arena = arena_new();
	struct event *events = NULL;
	size_t found = 0;
	struct db *db = NULL;
	CHECK_OK(store_reader(store, &db));
	CHECK_OK(event_list(db, &everybody, company.id, 0, "dispute.", 0, 10, arena, &events, &found));
	CHECK_INT(found, 2);
	if (found == 2) CHECK_TEXT(events[0].kind, "dispute.closed");
	CHECK_OK(event_list(db, &everybody, company.id, 0, NULL, 3, 10, arena, &events, &found));
	CHECK_INT(found, 2);
	CHECK_OK(event_list(db, &everybody, company.id, 0, NULL, 0, 1, arena, &events, &found));
	CHECK_INT(found, 1);
	struct event_filter day = { .by_user = -1, .from = TODAY + 1, .to = DAY_NONE, .limit = 10 };
	CHECK_OK(event_search(db, &everybody, company.id, day, arena, &events, &found));
	CHECK_INT(found, 0);
	struct viewer collector = { .tenant_id = TENANT_FIRST, .user_id = 3, .rights = role_rights(ROLE_COLLECTOR) };
	CHECK_INT(event_list(db, &collector, company.id, 0, NULL, 0, 10, arena, &events, &found).code, STATUS_FORBIDDEN);
	CHECK_OK(event_list(db, &collector, company.id, 1, NULL, 0, 10, arena, &events, &found));
	CHECK_INT(found, 2);
	struct viewer elsewhere = everybody;
	elsewhere.companies[0] = company.id + 1, elsewhere.company_count = 1;
	CHECK_INT(event_list(db, &elsewhere, company.id, 1, NULL, 0, 10, arena, &events, &found).code, STATUS_NOT_FOUND);
	store_release(store, db);
}

/* --- two processes ---------------------------------------------------------------------------------------------------------- */
enum { ROUNDS = 60 };

/* In a process of its own: writes ROUNDS changes, noting the revision of each. */
static void child(void)
{
	const char *where = getenv("EVENT_TEST_STORE"), *company = getenv("EVENT_TEST_COMPANY"), *file = getenv("EVENT_TEST_FILE");
	if (!where || !company || !file) return; /* only as a child */
	struct store *store = NULL;
	CHECK_OK(store_open(where, &store));
	cleanup_file FILE *out = fopen(file, "w");
	for (int i = 0; store && out && i < ROUNDS; i++) {
		struct add call = { .company = strtoll(company, NULL, 10), .customer = getpid(), .kind = "note.added" };
		CHECK_OK(store_transact(store, add, &call));
		fprintf(out, "%lld\n", (long long)call.rev);
	}
	store_close(store);
}

static void two_processes(struct store *store)
{
	extern char **environ;
	struct company company = company_made(store, "Deux");
	char number[24], files[2][64];
	snprintf(number, sizeof number, "%lld", (long long)company.id);
	setenv("EVENT_TEST_STORE", teststore_address(store), 1);
	setenv("EVENT_TEST_COMPANY", number, 1);
	pid_t children[2] = { 0 };
	for (int i = 0; i < 2; i++) {
		snprintf(files[i], sizeof files[i], "/tmp/encours-event-test-%d-%d", getpid(), i);
		setenv("EVENT_TEST_FILE", files[i], 1);
		char *arguments[] = { (char *)"event_test", (char *)"(child)", NULL };
		CHECK_INT(posix_spawn(&children[i], "/proc/self/exe", NULL, NULL, arguments, environ), 0);
	}
	unsetenv("EVENT_TEST_STORE");
	for (int i = 0; i < 2; i++) {
		int status = -1;
		CHECK_INT(waitpid(children[i], &status, 0), children[i]);
		CHECK_INT(status, 0);
	}
	/* every revision is given once, and each writer sees his own grow */
	bool seen[2 * ROUNDS + 10] = { false };
	for (int i = 0; i < 2; i++) {
		cleanup_file FILE *file = fopen(files[i], "r");
		long long rev = 0, last = 0;
		int lines = 0;
		while (file && fscanf(file, "%lld", &rev) == 1) {
			CHECK(rev > last && rev <= 2 * ROUNDS + 1 && !seen[rev]);
			if (rev > 0 && rev <= 2 * ROUNDS + 1) seen[rev] = true;
			last = rev, lines++;
		}
		CHECK_INT(lines, ROUNDS);
		unlink(files[i]);
	}
	int64_t count = 0;
	CHECK_INT(broken_at(store, company.id, &count), 0);
	CHECK_INT(count, 2 * ROUNDS + 1);
	struct db *db = NULL;
	int64_t rev = 0;
	CHECK_OK(store_reader(store, &db));
	CHECK_OK(db_get_int(db, "SELECT rev FROM company", DB_NO_ARGS, &rev, NULL));
	store_release(store, db);
	CHECK_INT(rev, 2 * ROUNDS + 1);
}

static void words(void)
{
	size_t count = 0;
	const struct event_kind *kinds = event_kinds(&count);
	for (size_t i = 0; i < count; i++) {
		CHECK(strchr(kinds[i].kind, '.') != NULL);
		if (strcmp(tr(LANG_FR, kinds[i].words), kinds[i].words) == 0 && strcmp(kinds[i].words, "Note") != 0)
			printf("  no French for “%s”\n", kinds[i].words), test_failures++;
	}
	CHECK_TEXT(event_words("dispute.opened"), "Dispute opened");
	CHECK_TEXT(event_words("unheard.of"), "unheard.of");
}

#define BOTH(name)                                                                                                             \
	static void name##_both(void)                                                                                          \
	{                                                                                                                      \
		teststore_each(name);                                                                                          \
	}
/* What leaves the house tells what passed with that customer; colleagues' words, and other customers', are digests. */
static void a_part_for_others_keeps_our_own_words(struct store *store)
{
	struct company company = company_made(store, "Dehors");
	CHECK_OK(store_transact(store, add, &(struct add){ company.id, 2, "promise.made", "{\"text\":\"d’un autre\"}" }));
	CHECK_OK(store_transact(store, add, &(struct add){ company.id, 1, "promise.made", "{\"text\":\"je paierai\"}" }));
	CHECK_OK(store_transact(store, add, &(struct add){ company.id, 1, "note.added", "{\"text\":\"entre nous\"}" }));
	CHECK_OK(store_transact(store, add, &(struct add){ company.id, 1, "dispute.comment", "{\"text\":\"entre nous\"}" }));
	CHECK_OK(store_transact(store, add, &(struct add){ company.id, 1, "question.answered", "{\"text\":\"entre nous\"}" }));
	cleanup_text struct text out = { 0 };
	struct db *db = NULL;
	int64_t seq = 0;
	char head[EVENT_HEX];
	CHECK_OK(store_reader(store, &db));
	CHECK_OK(event_proof(db, TENANT_FIRST, company.id, 1, &out));
	CHECK_OK(event_head(db, TENANT_FIRST, company.id, &seq, head));
	store_release(store, db);
	CHECK(strstr(text_cstr(&out), "je paierai") != NULL);
	CHECK(strstr(text_cstr(&out), "entre nous") == NULL);
	CHECK(strstr(text_cstr(&out), "d’un autre") == NULL);
	CHECK(strstr(text_cstr(&out), head) != NULL); /* and it goes on to the head */
}

BOTH(a_part_for_others_keeps_our_own_words)
BOTH(tampering_shows)
BOTH(rewriting_shows)
BOTH(erasing_keeps_the_chain)
BOTH(reading)
BOTH(two_processes)

TESTS({ "a part for others keeps our own words", a_part_for_others_keeps_our_own_words_both }, { "tampering shows", tampering_shows_both }, { "rewriting shows", rewriting_shows_both },
      { "erasing keeps the chain", erasing_keeps_the_chain_both }, { "reading is filtered and narrowed", reading_both },
      { "two processes take revisions in order", two_processes_both }, { "every kind has words", words }, { "(child)", child }, )
