#include "intake/feed.h"

#include "base/memory.h"
#include "base/test.h"
#include "db/teststore.h"

#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <utime.h>

enum { NOW = 1700000000, TODAY = 19675 };
static struct store *store;
static struct viewer viewer;
static struct company company;
static char folder[64];

struct adding {
	struct feed_new make;
	int64_t id;
	bool off;
};

static struct status do_add(struct db *db, void *context)
{
	struct adding *adding = context;
	struct change change;
	TRY(company_begin(db, &viewer, company.id, TODAY, NOW, &change));
	TRY(feed_add(&change, &adding->make, &adding->id));
	if (adding->off) TRY(feed_enable(&change, adding->id, false));
	return company_end(&change);
}

/* A file that was last touched `age` seconds ago. */
static void put(const char *name, const char *text, int age)
{
	char path[200];
	snprintf(path, sizeof path, "%s/%s", folder, name);
	FILE *file = fopen(path, "wb");
	CHECK(file != NULL && fputs(text, file) >= 0 && fclose(file) == 0);
	CHECK(utime(path, &(struct utimbuf){ time(NULL) - age, time(NULL) - age }) == 0);
}

static struct intake at(int64_t now, struct arena *arena)
{
	return (struct intake){ .store = store, .viewer = &viewer, .company_id = company.id, .today = TODAY, .now = now, .arena = arena };
}

static struct feed the_feed(int64_t now, struct arena *arena)
{
	struct db *db;
	struct feed *feeds = NULL;
	size_t count = 0;
	CHECK_OK(store_reader(store, &db));
	CHECK_OK(feed_list(db, &viewer, company.id, now, arena, &feeds, &count));
	store_release(store, db);
	CHECK_INT(count, 1);
	return count ? feeds[0] : (struct feed){ 0 };
}

#define ITEMS "code client;numero facture;date facture;date echeance;montant ttc\nC1;F1;10/01/2023;09/02/2023;100,00\n"

static struct status add_people(struct db *db, void *context)
{
	(void)context;
	return db_script(db, "INSERT INTO user_account (tenant_id, id, email, name, role, created_at) VALUES (1, 7, 'a@ex.fr', 'A', 'administrator', 0),"
	                     " (1, 8, 'b@ex.fr', 'B', 'sales', 0)");
}

static int64_t told(void)
{
	struct db *db;
	int64_t count = -1;
	CHECK_OK(store_reader(store, &db));
	CHECK_OK(db_get_int(db, "SELECT COUNT(*) FROM notification WHERE kind = 'feed' AND user_id = 7", DB_NO_ARGS, &count, NULL));
	int64_t others = -1;
	CHECK_OK(db_get_int(db, "SELECT COUNT(*) FROM notification WHERE kind = 'feed' AND user_id <> 7", DB_NO_ARGS, &others, NULL));
	CHECK_INT(others, 0);
	store_release(store, db);
	return count;
}

static void a_folder_is_looked_at_when_its_time_has_come(struct store *opened)
{
	cleanup_arena struct arena *arena = arena_new();
	struct feed_turn turn;
	store = opened, viewer = viewer_system(1);
	viewer.lang = LANG_EN;
	snprintf(folder, sizeof folder, "/tmp/encours-feed-test-%d", (int)getpid());
	CHECK(mkdir(folder, 0700) == 0);
	CHECK_OK(company_create(store, &viewer, (struct company_new){ .name = "B", .code = "B" }, NOW, &company));
	struct adding adding = { .make = { .kind = FEED_FOLDER, .location = folder, .every_minutes = 10, .late_hours = 2 } };
	CHECK_OK(store_transact(store, do_add, &adding));
	put("a.csv", ITEMS, 100);
	struct intake first = at(NOW, arena);
	CHECK_OK(feed_turn_due(&first, false, &turn));
	CHECK_INT(turn.imported, 1);
	put("a.csv", ITEMS, 50);
	struct intake soon = at(NOW + 60, arena), later = at(NOW + 600, arena);
	CHECK_OK(feed_turn_due(&soon, false, &turn)); /* not yet */
	CHECK_INT(turn.unchanged, 0);
	CHECK_OK(feed_turn_due(&later, false, &turn));
	CHECK_INT(turn.unchanged, 1);
	CHECK_INT(the_feed(NOW + 600, arena).received_at, NOW + 600);
	CHECK(!the_feed(NOW + 600 + 7200, arena).late);
	CHECK(the_feed(NOW + 600 + 7201, arena).late);
	/* who may import is told of it, once; and again when it falls silent after something came */
	CHECK_OK(store_transact(store, add_people, NULL));
	struct intake silent = at(NOW + 600 + 7201, arena), still = at(NOW + 600 + 9000, arena);
	CHECK_OK(feed_turn_due(&silent, false, &turn));
	CHECK_OK(feed_turn_due(&still, false, &turn));
	CHECK_INT(told(), 1);
	/* a place that fails is tried again later and later */
	char done[200];
	snprintf(done, sizeof done, "rm -r %s", folder);
	CHECK(system(done) == 0);
	int64_t now = NOW + 12000, pauses[] = { 600, 1200, 2400, 4800, 9600, 19200, 21600, 21600 };
	for (size_t i = 0; i < COUNT(pauses); i++) {
		struct intake failing = at(now, arena);
		CHECK_OK(feed_turn_due(&failing, false, &turn));
		CHECK(turn.error[0] != 0);
		struct feed feed = the_feed(now, arena);
		CHECK_INT(feed.next_at - now, pauses[i]);
		CHECK_INT(feed.failures, (int64_t)i + 1);
		now = feed.next_at;
	}
	struct feed_file *files;
	size_t count;
	struct db *db;
	CHECK_OK(store_reader(store, &db));
	CHECK_OK(feed_files(db, &viewer, company.id, 10, arena, &files, &count));
	store_release(store, db);
	CHECK_INT(count, 2);
	CHECK_TEXT(files[0].state, "unchanged");
	CHECK_TEXT(files[1].state, "imported");
}

static void a_folder_is_looked_at_when_its_time_has_come_on_both(void)
{
	teststore_each(a_folder_is_looked_at_when_its_time_has_come);
}

TESTS({ "a folder is looked at when its time has come, and later and later while it fails", a_folder_is_looked_at_when_its_time_has_come_on_both })
