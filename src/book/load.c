/* load — a book from the store, and kept fresh: what changed since the revision it has is read again, customer by customer.
 *
 * Every read happens in one snapshot with the company's revision, so a book is always a state that was committed. */
#include "base/log.h"
#include "base/memory.h"
#include "book/build.h"
#include "book/columns.h"
#include "book/snapshot.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct home {                              /* the book of one company, as it is kept beside the store */
	struct store *store;
	int64_t tenant, company;
	char *snapshot;                    /* path; NULL: none is kept */
	struct snapshot_key key;           /* as of the last load; guarded by loading, as all to the next line */
	size_t drift;                      /* items read from the store since the file was written or read */
	bool writing;
	const struct book *written;        /* what the thread writes */
	pthread_t writer;
	pthread_mutex_t loading;           /* one loads, the others wait for it */
	pthread_mutex_t lock;
	const struct book *current;        /* guarded by lock */
	struct home *next;
};
struct homes {
	pthread_mutex_t lock;
	struct home *first;                /* guarded by lock */
};
static const char homes_name;

/* --- the snapshot ------------------------------------------------------------------------------------------------------ */

static void *write_snapshot(void *context)
{
	struct home *home = context;
	struct status status = snapshot_keep(home->store, home->snapshot, &home->key, home->written);
	if (status.code) log_line(LOG_INFO, "book: no snapshot: %s", status.text);
	book_release(home->written);
	return NULL;
}

static void writer_wait(struct home *home)
{
	if (home->writing) pthread_join(home->writer, NULL);
	home->writing = false;
}

/* Beside the answers: whoever asked for the book doesn't wait for its file. */
static void snapshot_start(struct home *home, const struct book *book)
{
	if (!home->snapshot || book_items(book) < snapshot_least_items) return;
	writer_wait(home);
	home->written = book_hold(book);
	home->writing = pthread_create(&home->writer, NULL, write_snapshot, home) == 0;
	if (!home->writing) book_release(book);
	home->drift = 0;
}

/* A start catches up with a few changed customers in no time; with a twentieth of the items it is worth a new file. */
static bool has_drifted(const struct home *home, const struct book *book)
{
	return home->drift > book_items(book) / 20 + snapshot_least_items / 10;
}

static struct status snapshot_find(struct home *home, struct db *db, int64_t rev, const char *currency, struct book **out)
{
	*out = NULL;
	if (!home->snapshot) return STATUS_FINE;
	home->key = (struct snapshot_key){ .tenant = home->tenant, .company = home->company };
	TRY(snapshot_expect(db, home->snapshot, &home->key));
	if (home->key.mark == 0) return STATUS_FINE;
	snapshot_read(home->snapshot, &home->key, out);
	if (!*out || ((*out)->rev <= rev && strcmp((*out)->currency, currency) == 0)) return STATUS_FINE;
	book_release(*out);
	*out = NULL;
	return STATUS_FINE;
}

static void homes_drop(void *value)
{
	struct homes *homes = value;
	while (homes->first) {
		struct home *next = homes->first->next;
		if (homes->first->current && has_drifted(homes->first, homes->first->current)) snapshot_start(homes->first, homes->first->current);
		writer_wait(homes->first);
		free(homes->first->snapshot);
		book_release(homes->first->current);
		pthread_mutex_destroy(&homes->first->loading);
		pthread_mutex_destroy(&homes->first->lock);
		free(homes->first);
		homes->first = next;
	}
	pthread_mutex_destroy(&homes->lock);
	free(homes);
}

static struct home *home_find(struct store *store, int64_t tenant, int64_t company)
{
	struct homes *homes = store_kept(store, &homes_name);
	if (!homes) {
		homes = xcalloc(1, sizeof *homes);
		pthread_mutex_init(&homes->lock, NULL);
		homes = store_keep(store, &homes_name, homes, homes_drop);
	}
	pthread_mutex_lock(&homes->lock);
	struct home *home = homes->first;
	while (home && (home->tenant != tenant || home->company != company)) home = home->next;
	if (!home) {
		home = xcalloc(1, sizeof *home);
		home->store = store, home->tenant = tenant, home->company = company, home->next = homes->first;
		home->snapshot = snapshot_path(store, tenant, company);
		pthread_mutex_init(&home->loading, NULL);
		pthread_mutex_init(&home->lock, NULL);
		homes->first = home;
	}
	pthread_mutex_unlock(&homes->lock);
	return home;
}

/* The kept book when it is at least at this revision; held for the caller. */
static const struct book *home_current(struct home *home, int64_t rev)
{
	pthread_mutex_lock(&home->lock);
	const struct book *book = home->current && home->current->rev >= rev ? book_hold(home->current) : NULL;
	pthread_mutex_unlock(&home->lock);
	return book;
}

/* --- reading rows ------------------------------------------------------------------------------------------------------- */

struct source {
	struct db *db;
	int64_t tenant, company, seen;     /* seen: the revision already known */
};

static const struct db_arg *source_args(const struct source *source, struct db_arg args[static 4])
{
	args[0] = db_int("tenant", source->tenant);
	args[1] = db_int("company", source->company);
	args[2] = db_int("seen", source->seen);
	args[3] = (struct db_arg){ .type = DB_END };
	return args;
}

#define ITEM_COLUMNS \
	"i.customer_id, i.id, i.number, i.kind, i.issue_day, i.posting_day, i.due_day, i.due_source, i.amount, i.currency, " \
	"i.origin_id, i.withdrawn"

static struct status read_items(struct book_builder *builder, struct rows *query)
{
	cleanup_rows struct rows *rows = query;
	while (rows_next(rows)) {
		struct builder_item item = {
			.customer_id = row_int(rows, 0), .id = row_int(rows, 1), .number = row_text(rows, 2),
			.issue_day = (int32_t)row_int(rows, 4), .posting_day = (int32_t)row_int(rows, 5), .due_day = (int32_t)row_int(rows, 6),
			.amount = row_int(rows, 8), .currency = row_text(rows, 9), .origin_id = row_int(rows, 10),
			.withdrawn = row_int(rows, 11) != 0,
		};
		if (!item_kind_parse(row_text(rows, 3), &item.kind) || !due_source_parse(row_text(rows, 7), &item.due_source))
			return status_make(STATUS_INTERNAL, "An item in the store is of no known kind. Run “encours verify”.");
		builder_item(builder, &item);
	}
	return rows_status(rows);
}

static struct status read_settlements(struct book_builder *builder, struct rows *query)
{
	cleanup_rows struct rows *rows = query;
	while (rows_next(rows))
		builder_settlement(builder, row_int(rows, 0), row_int(rows, 1), row_int(rows, 2), (int32_t)row_int(rows, 3), row_int(rows, 4));
	return rows_status(rows);
}

static struct status load_everything(const struct source *source, struct book_builder *builder)
{
	struct db_arg args[4];
	source_args(source, args);
	args[2] = args[3];
	TRY(read_items(builder, db_scan(source->db, "SELECT " ITEM_COLUMNS " FROM item i "
	                                 "WHERE i.tenant_id = $tenant AND i.company_id = $company", args)));
	return read_settlements(builder, db_scan(source->db, "SELECT customer_id, debit_id, credit_id, day, amount FROM settlement "
	                                          "WHERE tenant_id = $tenant AND company_id = $company", args));
}

static struct status load_changed(const struct source *source, struct book_builder *builder)
{
	struct db_arg args[4];
	source_args(source, args);
	cleanup_rows struct rows *rows = db_query(source->db,
		"SELECT id FROM customer WHERE tenant_id = $tenant AND company_id = $company AND ledger_rev > $seen", args);
	while (rows_next(rows)) builder_touch(builder, row_int(rows, 0));
	TRY(rows_status(rows));
	TRY(read_items(builder, db_query(source->db, "SELECT " ITEM_COLUMNS " FROM customer c "
		"JOIN item i ON i.tenant_id = c.tenant_id AND i.company_id = c.company_id AND i.customer_id = c.id "
		"WHERE c.tenant_id = $tenant AND c.company_id = $company AND c.ledger_rev > $seen", args)));
	return read_settlements(builder, db_query(source->db,
		"SELECT s.customer_id, s.debit_id, s.credit_id, s.day, s.amount FROM customer c "
		"JOIN settlement s ON s.tenant_id = c.tenant_id AND s.company_id = c.company_id AND s.customer_id = c.id "
		"WHERE c.tenant_id = $tenant AND c.company_id = $company AND c.ledger_rev > $seen", args));
}

#define CUSTOMER_COLUMNS \
	"id, code, name, group_code, class, profile, scenario, generic, collector_id, sales_id, credit_limit, " \
	"supplier_balance, key_account, stopped, insolvency_day, merged_into, payment_means"

static void read_customer(struct book_builder *builder, struct rows *rows)
{
	if (row_int(rows, 15) != 0) return; /* merged: his items are another's */
	const char *means = row_text(rows, 16);
	bool presented = strcmp(means, "direct_debit") == 0 || strcmp(means, "bill") == 0;
	builder_customer(builder, &(struct book_customer){
		.id = row_int(rows, 0), .code = row_text(rows, 1), .name = row_text(rows, 2), .group_code = row_text(rows, 3),
		.class = row_text(rows, 4), .profile = row_text(rows, 5), .scenario = row_text(rows, 6),
		.generic = row_text(rows, 7), .collector_id = row_int(rows, 8), .sales_id = row_int(rows, 9),
		.credit_limit = row_null(rows, 10) ? -1 : row_int(rows, 10), .supplier_balance = row_int(rows, 11),
		.key_account = row_int(rows, 12) != 0, .stopped = row_int(rows, 13) != 0, .insolvency_day = row_day(rows, 14),
		.presented = presented });
}

static int compare_ids(const void *left, const void *right)
{
	int64_t a = *(const int64_t *)left, b = *(const int64_t *)right;
	return (a > b) - (a < b);
}

static struct status load_people(const struct source *source, struct book_builder *builder)
{
	struct db_arg args[4];
	source_args(source, args);
	args[2] = args[3];
	cleanup_rows struct rows *rows = db_query(source->db, "SELECT " CUSTOMER_COLUMNS " FROM customer "
	                                          "WHERE tenant_id = $tenant AND company_id = $company", args);
	while (rows_next(rows)) read_customer(builder, rows);
	return rows_status(rows);
}

/* Every row, the merged ones too: an index says it, and a row that went shows. */
static struct status count_people(const struct source *source, int64_t *count)
{
	return db_get_int(source->db, "SELECT COUNT(*) FROM customer WHERE tenant_id = $tenant AND company_id = $company",
	                  DB_ARGS(db_int("tenant", source->tenant), db_int("company", source->company)), count, NULL);
}

static struct status people_counted(const struct source *source, struct people *people)
{
	struct status status = count_people(source, &people->stored);
	if (status.code) people_release(people);
	return status;
}

/* The old people with the changed ones read again. Few changes leave everybody in his place (*in_place); else all are put together
 * anew, and where some are gone (an import that brought them was undone) or came back from a merge, read anew. */
static struct status load_people_changed(const struct source *source, struct people *old, struct book_builder *builder,
                                         struct people **out, bool *in_place)
{
	struct db_arg args[4];
	source_args(source, args);
	int64_t stored, here, *ids = NULL;
	size_t ids_count = 0, ids_cap = 0;
	TRY(count_people(source, &stored));
	cleanup_rows struct rows *rows = db_query(source->db, "SELECT " CUSTOMER_COLUMNS " FROM customer "
	                                          "WHERE tenant_id = $tenant AND company_id = $company AND rev > $seen", args);
	while (rows_next(rows)) {
		GROW(ids, ids_count, ids_cap);
		ids[ids_count++] = row_int(rows, 0);
		read_customer(builder, rows);
	}
	struct status status = rows_status(rows);
	bool nobody_left = ids_count == builder_people_count(builder) && stored == old->stored;
	*in_place = true;
	*out = NULL;
	if (!status.code && nobody_left && ids_count == 0) {
		*out = old;
		atomic_fetch_add(&old->readers, 1);
	} else if (!status.code && nobody_left) {
		*out = people_patch(old, builder_people_given(builder), ids_count);
		if (*out) builder_people_clear(builder);
	}
	if (status.code || *out) {
		free(ids);
		return status;
	}
	*in_place = false;
	if (ids_count > 0) qsort(ids, ids_count, sizeof *ids, compare_ids);
	for (size_t i = 0; i < old->count; i++)
		if (ids_count == 0 || !bsearch(&old->rows[i].id, ids, ids_count, sizeof *ids, compare_ids)) builder_customer(builder, &old->rows[i]);
	free(ids);
	args[2] = args[3];
	TRY(db_get_int(source->db, "SELECT COUNT(*) FROM customer WHERE tenant_id = $tenant AND company_id = $company AND merged_into = 0", args,
	               &here, NULL));
	if ((size_t)here != builder_people_count(builder)) {
		builder_people_clear(builder);
		TRY(load_people(source, builder));
	}
	*out = builder_people(builder);
	(*out)->stored = stored;
	return STATUS_FINE;
}

static struct status load_bounds(const struct source *source, struct book_builder *builder)
{
	struct db_arg args[4];
	source_args(source, args);
	args[2] = args[3];
	cleanup_rows struct rows *disputes = db_query(source->db,
		"SELECT customer_id, item_id, amount, opened_day, closed_day FROM dispute "
		"WHERE tenant_id = $tenant AND company_id = $company", args);
	while (rows_next(disputes))
		builder_dispute(builder, row_int(disputes, 0), row_int(disputes, 1), row_null(disputes, 2) ? -1 : row_int(disputes, 2),
		                row_day(disputes, 3), row_day(disputes, 4));
	TRY(rows_status(disputes));
	cleanup_rows struct rows *promises = db_query(source->db,
		"SELECT p.id, p.customer_id, COALESCE(i.item_id, 0), p.amount, COALESCE(i.amount, p.amount), p.made_day, p.day, "
		"p.settled_day, p.state FROM promise p LEFT JOIN promise_item i ON i.tenant_id = p.tenant_id "
		"AND i.company_id = p.company_id AND i.promise_id = p.id "
		"WHERE p.tenant_id = $tenant AND p.company_id = $company ORDER BY p.id, i.item_id", args);
	int64_t last = 0, left = 0;        /* what was promised is spread over its items, in order */
	while (rows_next(promises)) {
		if (row_int(promises, 0) != last) last = row_int(promises, 0), left = row_int(promises, 3);
		int64_t amount = row_int(promises, 4) < left ? row_int(promises, 4) : left;
		left -= amount;
		builder_promise(builder, &(struct builder_promise){ .customer_id = row_int(promises, 1),
			.item_id = row_int(promises, 2), .amount = amount, .made_day = row_day(promises, 5),
			.day = row_day(promises, 6), .settled_day = row_day(promises, 7),
			.cancelled = strcmp(row_text(promises, 8), "cancelled") == 0 });
	}
	TRY(rows_status(promises));
	cleanup_rows struct rows *holds = db_query(source->db, "SELECT customer_id, item_id, from_day, until_day, lifted_day FROM hold "
	                                           "WHERE tenant_id = $tenant AND company_id = $company", args);
	while (rows_next(holds))
		builder_hold(builder, row_int(holds, 0), row_int(holds, 1), row_day(holds, 2), row_day(holds, 3), row_day(holds, 4));
	return rows_status(holds);
}

/* --- from one revision to the next ---------------------------------------------------------------------------------------- */

static struct block *block_hold(struct block *block)
{
	atomic_fetch_add(&block->readers, 1);
	return block;
}

/* Blocks from `from` on become one. */
static struct status merge_blocks(const struct book *book, size_t from, struct book_builder *builder, struct block **out)
{
	for (size_t b = from; b < book->block_count; b++)
		for (uint32_t c = 0; c < book->blocks[b]->customers; c++)
			if (book->owner[b][c] != NOBODY) builder_copy_customer(builder, book->blocks[b], c);
	return builder_block(builder, out);
}

static void blocks_release(struct block **blocks, size_t count)
{
	for (size_t b = 0; b < count; b++) block_release(blocks[b]);
}

/* The blocks of the old book with the changed customers in one of their own. Small blocks are merged when there are many, and
 * with the base when they weigh a quarter of it: each row is copied a few times in its life. */
static struct status refresh_blocks(const struct source *source, const struct book *old, struct book_builder *builder,
                                    struct block **blocks, size_t *count, size_t *read)
{
	*count = 0;
	struct block *fresh;
	TRY(load_changed(source, builder));
	TRY(builder_block(builder, &fresh));
	*read = fresh->items;
	if (fresh->customers == 0) {
		block_release(fresh);
		fresh = NULL;
	}
	size_t deltas = book_items(old) - old->first_item[1], keep = old->block_count;
	if (deltas > old->first_item[1] / 4 + 10000)
		keep = 0;
	else if (old->block_count == BLOCKS_MAX)
		keep = 1;
	for (size_t b = 0; b < keep; b++) blocks[(*count)++] = block_hold(old->blocks[b]);
	if (keep < old->block_count) {
		struct status status = merge_blocks(old, keep, builder, &blocks[*count]);
		if (status.code) {
			blocks_release(blocks, *count);
			block_release(fresh);
			return status;
		}
		(*count)++;
	}
	if (fresh) blocks[(*count)++] = fresh;
	return STATUS_FINE;
}

/* *read: items that came from the store rather than from the old book. */
static struct status load_book(const struct source *source, const struct book *old, const char *currency, int64_t rev,
                               struct book_builder *builder, struct book **out, size_t *read)
{
	struct block *blocks[BLOCKS_MAX];
	size_t count = 0;
	int64_t changed = 0;
	struct db_arg args[4];
	bool whole = !old || strcmp(old->currency, currency) != 0;
	if (!whole) {
		TRY(db_get_int(source->db, "SELECT COUNT(*) FROM customer WHERE tenant_id = $tenant AND company_id = $company "
		               "AND ledger_rev > $seen", source_args(source, args), &changed, NULL));
		whole = (size_t)changed > old->people->count / 4 + 100; /* an import of everybody: in one go, as at the start */
	}
	TRY(load_bounds(source, builder));
	struct people *people = NULL;
	bool in_place = false;
	if (old) {
		TRY(load_people_changed(source, old->people, builder, &people, &in_place));
	} else {
		TRY(load_people(source, builder));
		people = builder_people(builder);
		TRY(people_counted(source, people));
	}
	struct status status;
	if (whole) {
		status = load_everything(source, builder);
		if (!status.code) status = builder_block(builder, &blocks[count]);
		if (!status.code) *read = blocks[count++]->items;
	} else {
		status = refresh_blocks(source, old, builder, blocks, &count, read);
	}
	if (status.code) {
		people_release(people);
		return status;
	}
	*out = book_assemble(rev, currency, blocks, count, people, builder_bounds(builder), in_place && !whole ? old : NULL);
	return STATUS_FINE;
}

static struct status read_head(struct db *db, int64_t tenant, int64_t company, int64_t *rev, char currency[4])
{
	cleanup_rows struct rows *rows = db_query(db, "SELECT rev, currency FROM company WHERE tenant_id = $tenant AND id = $company",
	                                          DB_ARGS(db_int("tenant", tenant), db_int("company", company)));
	bool found = rows_next(rows);
	TRY(rows_status(rows));
	if (!found) return status_make(STATUS_NOT_FOUND, "There is no such company.");
	*rev = row_int(rows, 0);
	snprintf(currency, 4, "%s", row_text(rows, 1));
	return STATUS_FINE;
}

static struct status home_refresh(struct home *home, struct db *db, int64_t rev, const char *currency, const struct book **out)
{
	pthread_mutex_lock(&home->loading);
	*out = home_current(home, rev);    /* another request loaded it while this one waited */
	struct status status = STATUS_FINE;
	if (!*out) {
		const struct book *old = home->current;
		struct book *from_file = NULL;
		size_t read = 0;
		if (!old) status = snapshot_find(home, db, rev, currency, &from_file);
		if (from_file) old = from_file;
		if (status.code) {
			pthread_mutex_unlock(&home->loading);
			return status;
		}
		struct source source = { db, home->tenant, home->company, old ? old->rev : -1 };
		struct book_builder *builder = book_builder_new(currency);
		struct book *fresh;
		status = load_book(&source, old, currency, rev, builder, &fresh, &read);
		book_builder_free(builder);
		if (!status.code) {
			*out = book_hold(fresh);
			pthread_mutex_lock(&home->lock);
			home->current = fresh;
			pthread_mutex_unlock(&home->lock);
			home->drift += read;
			if (has_drifted(home, fresh)) snapshot_start(home, fresh);
			if (!from_file) book_release(old);
		}
		book_release(from_file);
	}
	pthread_mutex_unlock(&home->loading);
	return status;
}

struct status book_get(struct store *store, int64_t tenant, int64_t company, const struct book **out)
{
	struct home *home = home_find(store, tenant, company);
	struct db *db;
	int64_t rev;
	char currency[4];
	TRY(store_reader(store, &db));
	struct status status = db_begin(db, DB_READ);
	if (!status.code) status = read_head(db, tenant, company, &rev, currency);
	if (!status.code && !(*out = home_current(home, rev))) status = home_refresh(home, db, rev, currency, out);
	db_rollback(db);
	store_release(store, db);
	return status;
}
