#include "intake/feed_ask.h"

#include "base/http.h"
#include "base/memory.h"
#include "db/seal.h"
#include "intake/connector.h"
#include "intake/mailbox.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { GAZETTE_DAYS = 30 /* looked back at first */, GAZETTE_OVERLAP = 3, GAZETTE_TRIES = 3 };

struct status feed_ask_file(struct arena *arena, const char *bytes, size_t len, const char **path)
{
	const char *folder = getenv("TMPDIR");
	char *name = arena_printf(arena, "%s/encours-feed-XXXXXX", folder && *folder ? folder : "/tmp");
	cleanup_fd int fd = mkostemp(name, O_CLOEXEC);
	if (fd < 0) return status_make(STATUS_UNAVAILABLE, "A temporary file could not be made: %s.", strerror(errno));
	for (size_t done = 0; done < len;) {
		ssize_t n = write(fd, bytes + done, len - done);
		if (n < 0 && errno == EINTR) continue;
		if (n <= 0) {
			struct status status = status_make(STATUS_UNAVAILABLE, "The file could not be written here: %s.", strerror(errno));
			unlink(name);
			return status;
		}
		done += (size_t)n;
	}
	*path = name;
	return STATUS_FINE;
}

struct status feed_ask_secret(const struct intake *intake, const struct feed *feed, char **out)
{
	struct db *db;
	cleanup_free char *sealed = NULL;
	*out = NULL;
	TRY(store_reader(intake->store, &db));
	struct status status = db_get_text(db, "SELECT secret FROM feed WHERE tenant_id = $tenant AND company_id = $company AND id = $id",
		DB_ARGS(db_int("tenant", intake->viewer->tenant_id), db_int("company", intake->company_id), db_int("id", feed->id)), &sealed);
	store_release(intake->store, db);
	TRY(status);
	if (!sealed || !*sealed) return *out = xstrdup(""), STATUS_FINE;
	return seal_open(intake->store, sealed, out);
}

static void wipe(char **secret)
{
	if (!*secret) return;
	explicit_bzero(*secret, strlen(*secret));
	free(*secret);
}

/* --- programs -------------------------------------------------------------------------------------------------------------------------------- */
struct keeping {
	const struct intake *intake;
	const struct feed *feed;
	const char *secret;
};

static struct status keep_secret(struct db *db, void *context)
{
	struct keeping *k = context;
	cleanup_free char *sealed = NULL;
	TRY(seal_close(k->intake->store, k->secret, &sealed));
	return db_run(db, "UPDATE feed SET secret = $secret WHERE tenant_id = $tenant AND company_id = $company AND id = $id",
	              DB_ARGS(db_text("secret", sealed), db_int("tenant", k->intake->viewer->tenant_id), db_int("company", k->intake->company_id), db_int("id", k->feed->id)));
}

static struct status company_currency(const struct intake *intake, char out[4])
{
	struct db *db;
	struct company company;
	TRY(store_reader(intake->store, &db));
	struct status status = company_get(db, intake->viewer, intake->company_id, &company);
	store_release(intake->store, db);
	memcpy(out, company.currency, 4);
	return status;
}

static struct status ask_program(const struct intake *intake, const struct feed *feed, const char *first_secret, feed_take *take, void *context, int64_t *wait_s)
{
	const struct connector *connector = connector_of(feed->kind);
	struct feed now = *feed;
	const char *secret = first_secret;
	char currency[4];
	TRY(company_currency(intake, currency));
	for (const struct connector_resource *resource = connector->resources; resource->name; resource++) {
		struct connector_look look;
		struct status status = connector_look(connector, resource, &now, secret, currency, intake->today, intake->arena, &look);
		if (look.secret) { /* the old one is worth nothing any more, whatever came of the rest */
			secret = look.secret;
			struct status kept = store_transact(intake->store, keep_secret, &(struct keeping){ intake, feed, look.secret });
			if (!status.code) status = kept;
		}
		*wait_s = look.wait_s;
		const struct feed_entry entry = { .name = arena_printf(intake->arena, "%s-%s.csv", feed_kind_code(feed->kind), resource->name), .size = (int64_t)look.list.len,
			.changed_at = intake->now, .format = resource->format, .mapping = look.mapping, .mode = "delta", .source = feed_kind_code(feed->kind), .cursor = look.cursor };
		const char *path = NULL;
		if (!status.code && look.rows) status = feed_ask_file(intake->arena, look.list.bytes, look.list.len, &path);
		text_free(&look.list);
		if (!status.code) status = take(context, &entry, path);
		if (path) unlink(path);
		TRY(status);
		now.cursor = look.cursor;
	}
	return STATUS_FINE;
}

/* --- the gazette -------------------------------------------------------------------------------------------------------------------------------- */
static struct status ask_gazette(const struct intake *intake, const struct feed *feed, feed_take *take, void *context, int64_t *wait_s)
{
	json_t *cursor = json_loads(feed->cursor, 0, NULL);
	const char *said = json_string_value(json_object_get(cursor, "until"));
	int32_t since = intake->today - GAZETTE_DAYS;
	if (said && day_parse(said, strlen(said), &since)) since -= GAZETTE_OVERLAP; /* corrections come late */
	json_decref(cursor);
	char iso[11];
	day_format(since, iso);
	cleanup_text struct text url = { 0 };
	text_add(&url, feed->location);
	text_add(&url, strchr(feed->location, '?') ? "&where=" : "?where=");
	http_escape(&url, arena_printf(intake->arena, "familleavis=\"collective\" and dateparution>=date'%s'", iso));
	struct http_answer answer = { 0 };
	struct status status = STATUS_FINE;
	for (int attempt = 0; attempt < GAZETTE_TRIES; attempt++) {
		status = http_ask(&(struct http_question){ .url = text_cstr(&url), .headers = (const char *const[]){ "Accept: application/json", NULL } }, &answer);
		*wait_s = answer.retry_after;
		if (!status.code && answer.code != 200) status = status_make(STATUS_UNAVAILABLE, "The server answered with the error %ld.", answer.code);
		if (!status.code || answer.code == 429) break;
		http_answer_free(&answer);
		usleep(200000u << attempt);
	}
	const char *path = NULL;
	bool none = answer.body.len < 3; /* [] */
	if (!status.code && !none) status = feed_ask_file(intake->arena, answer.body.bytes, answer.body.len, &path);
	day_format(intake->today, iso);
	const struct feed_entry entry = { .name = arena_printf(intake->arena, "bodacc-%s.json", iso), .size = (int64_t)answer.body.len, .changed_at = intake->now, .format = "bodacc",
		.source = "bodacc", .cursor = arena_printf(intake->arena, "{\"until\":\"%s\"}", iso) };
	http_answer_free(&answer);
	if (!status.code) status = take(context, &entry, path);
	if (path) unlink(path);
	return status;
}

struct status feed_ask(const struct intake *intake, const struct feed *feed, feed_take *take, void *context, int64_t *wait_s)
{
	[[gnu::cleanup(wipe)]] char *secret = NULL;
	*wait_s = 0;
	TRY(feed_ask_secret(intake, feed, &secret));
	if (feed->kind == FEED_BODACC) return ask_gazette(intake, feed, take, context, wait_s);
	if (feed->kind == FEED_MAILBOX) return mailbox_ask(intake, feed, secret, take, context);
	return ask_program(intake, feed, secret, take, context, wait_s);
}
