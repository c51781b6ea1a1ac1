/* Certain lines: applied at one word or, when the company allows it, by themselves; and the items they wait for. */
#include "base/log.h"
#include "base/memory.h"
#include "book/book.h"
#include "cash/list.h"
#include "ledger/company.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* --- applying -------------------------------------------------------------------------------------------------------------------- */
enum { LINES_TOGETHER = 50 }; /* in one transaction: one wait for the disk */

struct certain {
	const struct viewer *viewer;
	int64_t company_id, now;
	int32_t today;
	const struct cash_row *const *rows;
	size_t count;
	bool by_itself;
};

static struct status apply_some(struct db *db, void *context)
{
	const struct certain *c = context;
	struct change change;
	TRY(company_begin(db, c->viewer, c->company_id, c->today, c->now, &change));
	for (size_t i = 0; i < c->count; i++) TRY(cash_apply_choice(&change, c->rows[i], c->rows[i]->choices, c->by_itself, false));
	return company_end(&change);
}

static bool moved(struct status status)
{
	return status.code == STATUS_CONFLICT || status.code == STATUS_INVALID || status.code == STATUS_NOT_FOUND;
}

static void count_applied(struct cash_day *out, const struct cash_row *const *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) out->applied++, out->amount += rows[i]->amount;
}

/* All of them at once; where one has moved meanwhile, one by one, and that one stays: it is matched anew at the next look. */
static struct status apply_rows(struct store *store, struct certain certain, struct cash_day *out)
{
	struct status status = store_transact(store, apply_some, &certain);
	if (!status.code) return count_applied(out, certain.rows, certain.count), STATUS_FINE;
	if (!moved(status)) return status;
	const struct cash_row *const *rows = certain.rows;
	size_t count = certain.count;
	certain.count = 1;
	for (size_t i = 0; i < count; i++) {
		certain.rows = rows + i;
		status = count == 1 ? status : store_transact(store, apply_some, &certain);
		if (!status.code) {
			count_applied(out, certain.rows, 1);
		} else if (moved(status)) {
			out->refused++;
			log_line(LOG_INFO, "cash: line %lld not applied: %s", (long long)rows[i]->id, status.text);
		} else {
			return status;
		}
	}
	return STATUS_FINE;
}

static bool chosen(const struct cash_row *row, const int64_t *ids, size_t count)
{
	if (!ids) return true;
	for (size_t i = 0; i < count; i++)
		if (ids[i] == row->id) return true;
	return false;
}

static struct status load_certain(struct store *store, const struct viewer *viewer, int64_t company_id, int32_t today, bool by_itself,
                                  struct arena *arena, struct cash_list *out)
{
	struct db *db;
	*out = (struct cash_list){ 0 };
	TRY(store_reader(store, &db));
	struct status status = db_begin(db, DB_READ);
	const struct settings *settings = NULL;
	if (!status.code) status = settings_load(db, viewer->tenant_id, company_id, arena, &settings);
	if (!status.code && (!by_itself || setting_bool(settings, "cash.automatic")))
		status = cash_list(db, viewer, company_id, today, &(struct cash_filter){ .state = "certain" }, arena, out);
	store_release(store, db);
	return status;
}

struct status cash_apply_certain(struct store *store, const struct viewer *viewer, int64_t company_id, int32_t today, int64_t now, bool by_itself,
                                 const int64_t *ids, size_t id_count, struct cash_day *out)
{
	cleanup_arena struct arena *arena = arena_new();
	struct cash_list list;
	*out = (struct cash_day){ 0 };
	if (!viewer_may(viewer, RIGHT_CASH)) return status_make(STATUS_FORBIDDEN, "You may not apply bank lines.");
	TRY(load_certain(store, viewer, company_id, today, by_itself, arena, &list));
	const struct cash_row *rows[LINES_TOGETHER];
	struct certain certain = { .viewer = viewer, .company_id = company_id, .now = now, .today = today, .rows = rows, .by_itself = by_itself };
	for (size_t i = 0; i < list.count; i++) {
		if (chosen(&list.rows[i], ids, id_count)) rows[certain.count++] = &list.rows[i];
		if (certain.count < LINES_TOGETHER && i + 1 < list.count) continue;
		if (certain.count) TRY(apply_rows(store, certain, out));
		certain.count = 0;
	}
	return STATUS_FINE;
}

/* --- items that wait for a certain line --------------------------------------------------------------------------------------------- */
struct kept {
	pthread_mutex_t lock;
	struct waiting { /* guarded by lock */
		int64_t tenant, company, rev;
		int32_t today;
		int64_t *ids;
		size_t count;
	} *rows;
	size_t count, cap;
};

static const char kept_name;

static void drop_kept(void *value)
{
	struct kept *kept = value;
	for (size_t i = 0; i < kept->count; i++) free(kept->rows[i].ids);
	free(kept->rows);
	pthread_mutex_destroy(&kept->lock);
	free(kept);
}

static struct kept *kept_of(struct store *store)
{
	struct kept *kept = store_kept(store, &kept_name);
	if (kept) return kept;
	kept = xcalloc(1, sizeof *kept);
	pthread_mutex_init(&kept->lock, NULL);
	return store_keep(store, &kept_name, kept, drop_kept);
}

static struct waiting *find_kept(struct kept *kept, const struct company *company)
{
	for (size_t i = 0; i < kept->count; i++)
		if (kept->rows[i].tenant == company->tenant_id && kept->rows[i].company == company->id) return &kept->rows[i];
	GROW(kept->rows, kept->count, kept->cap);
	kept->rows[kept->count] = (struct waiting){ .tenant = company->tenant_id, .company = company->id, .rev = -1 };
	return &kept->rows[kept->count++];
}

static int compare_ids(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
	return (x > y) - (x < y);
}

enum { LIKELY_DAYS = 30 }; /* a line that is only likely holds reminders for so long: then somebody should have decided */
static const double LIKELY = 0.75;

static bool holds_already(const int64_t *ids, size_t count, const struct cash_choice *choice)
{
	for (size_t k = 0; k < choice->item_count; k++)
		for (size_t i = 0; i < count; i++)
			if (ids[i] == choice->items[k].item_id) return true;
	return false;
}

/* What a line that came in is to pay: certain, likely, or one of several items of one customer, who has paid whichever it was. Three
 * lines of one amount hold three items. NULL: nobody would say so. */
static const struct cash_choice *choice_held(const struct cash_row *row, int32_t today, const int64_t *ids, size_t count)
{
	if (row->amount <= 0 || row->choice_count == 0) return NULL;
	const struct cash_choice *first = &row->choices[0];
	if (row->state == LINE_CERTAIN) return first;
	if (row->pending || row->in_books || row->day < today - LIKELY_DAYS) return NULL;
	if (row->state == LINE_PROPOSED) return first->confidence >= LIKELY ? first : NULL;
	if (row->state != LINE_TIE || first->customer_id == 0) return NULL;
	for (size_t c = 1; c < row->choice_count; c++)
		if (row->choices[c].customer_id != first->customer_id) return NULL;
	for (size_t c = 0; c < row->choice_count; c++)
		if (row->choices[c].item_count && !holds_already(ids, count, &row->choices[c])) return &row->choices[c];
	return first;
}

static struct status find_waiting(struct db *db, const struct company *company, int32_t today, struct arena *arena, int64_t **out, size_t *count)
{
	struct viewer program = viewer_system(company->tenant_id);
	struct cash_list list;
	TRY(cash_list(db, &program, company->id, today, &(struct cash_filter){ .state = "open" }, arena, &list));
	size_t total = 0;
	for (size_t i = 0; i < list.count; i++) {
		size_t most = 0;
		for (size_t c = 0; c < list.rows[i].choice_count; c++)
			if (list.rows[i].choices[c].item_count > most) most = list.rows[i].choices[c].item_count;
		total += most;
	}
	*out = arena_array(arena, int64_t, total + 1);
	for (size_t i = 0; i < list.count; i++) {
		const struct cash_choice *held = choice_held(&list.rows[i], today, *out, *count);
		for (size_t k = 0; held && k < held->item_count; k++) (*out)[(*count)++] = held->items[k].item_id;
	}
	if (*count) qsort(*out, *count, sizeof **out, compare_ids);
	return STATUS_FINE;
}

/* A revision that this transaction made itself may never be, and another one come under its number: nothing is kept of it. */
static struct status stands_in_book(struct db *db, const struct company *company, int64_t rev, bool *out)
{
	const struct book *book;
	TRY(book_get(db_store(db), company->tenant_id, company->id, &book));
	*out = book_rev(book) == rev;
	book_release(book);
	return STATUS_FINE;
}

struct status cash_pending(struct db *db, const struct company *company, int32_t today, struct arena *arena, int64_t **out, size_t *count)
{
	int64_t open = 0, rev = 0;
	*out = arena_array(arena, int64_t, 1), *count = 0;
	TRY(db_get_int(db,
	               "SELECT COUNT(*) FROM (SELECT 1 FROM bank_line WHERE tenant_id = $tenant AND company_id = $company AND state = 'open'"
	               " AND present = 1 AND pending = 0 AND amount > 0 LIMIT 1) x",
	               DB_ARGS(db_int("tenant", company->tenant_id), db_int("company", company->id)), &open, NULL));
	if (!open) return STATUS_FINE;
	TRY(db_get_int(db, "SELECT rev FROM company WHERE tenant_id = $tenant AND id = $company",
	               DB_ARGS(db_int("tenant", company->tenant_id), db_int("company", company->id)), &rev, NULL));
	bool stands = false;
	TRY(stands_in_book(db, company, rev, &stands));
	if (!stands) return find_waiting(db, company, today, arena, out, count);
	struct kept *kept = kept_of(db_store(db));
	pthread_mutex_lock(&kept->lock);
	struct waiting *waiting = find_kept(kept, company);
	bool fresh = waiting->rev == rev && waiting->today == today;
	if (fresh) {
		*out = arena_array(arena, int64_t, waiting->count + 1), *count = waiting->count;
		if (*count) memcpy(*out, waiting->ids, *count * sizeof **out);
	}
	pthread_mutex_unlock(&kept->lock);
	if (fresh) return STATUS_FINE;
	TRY(find_waiting(db, company, today, arena, out, count));
	pthread_mutex_lock(&kept->lock);
	waiting = find_kept(kept, company);
	free(waiting->ids);
	waiting->ids = xmalloc((*count + 1) * sizeof *waiting->ids);
	if (*count) memcpy(waiting->ids, *out, *count * sizeof **out);
	waiting->count = *count, waiting->rev = rev, waiting->today = today;
	pthread_mutex_unlock(&kept->lock);
	return STATUS_FINE;
}

/* --- what may still come back -------------------------------------------------------------------------------------------------------- */
struct status cash_uncollected(struct db *db, const struct company *company, int32_t today, struct arena *arena, int64_t **out, size_t *count)
{
	size_t cap = 0;
	int64_t *list = NULL;
	*count = 0;
	cleanup_rows struct rows *rows = db_query(db,
		"SELECT COALESCE(r.item_id, f.id) FROM cash_fact f JOIN cash_application a ON a.tenant_id = f.tenant_id AND a.company_id = f.company_id"
		" AND a.id = f.application_id AND a.state = 'active' LEFT JOIN restatement r ON r.tenant_id = f.tenant_id AND"
		" r.company_id = f.company_id AND r.customer_id = f.customer_id AND r.fact_id = f.id WHERE f.tenant_id = $tenant"
		" AND f.company_id = $company AND f.collected_day >= $today",
		DB_ARGS(db_int("tenant", company->tenant_id), db_int("company", company->id), db_day("today", today)));
	while (rows_next(rows)) {
		GROW(list, *count, cap);
		list[(*count)++] = row_int(rows, 0);
	}
	*out = arena_array(arena, int64_t, *count + 1);
	if (*count) memcpy(*out, list, *count * sizeof *list), qsort(*out, *count, sizeof **out, compare_ids);
	free(list);
	return rows_status(rows);
}
