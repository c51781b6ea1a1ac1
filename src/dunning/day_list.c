#include "dunning/day_list.h"

#include "base/memory.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum { KEPT_DAYS = 16 };

struct list { /* what callers hold; never changed once others can see it */
	struct day_list seen; /* first, so that the one is the other */
	atomic_int readers;
	struct day_action *actions;
	struct day_left *left;
};

struct claim {
	int64_t action_id, customer_id, item_id;
};
struct claims { /* by customer */
	int64_t rev, import_rev;
	struct claim *rows;
	size_t count;
};

struct kept_day {
	int64_t tenant, company, rev, run_rev, used;
	int32_t day;
	bool live;
	struct list *list;
	struct claims claims;
};
struct kept_days {
	pthread_mutex_t lock; /* one reads, the others wait for it and find it */
	struct kept_day days[KEPT_DAYS];
	int64_t uses;
};
static const char kept_name;

static void list_release(struct list *list)
{
	if (!list || atomic_fetch_sub(&list->readers, 1) != 1) return;
	free(list->actions), free(list->left);
	free(list);
}

void day_list_release(const struct day_list *list)
{
	list_release((struct list *)(uintptr_t)list);
}

void day_list_release_at(const struct day_list **list)
{
	day_list_release(*list);
	*list = NULL;
}

static void kept_forget(struct kept_day *kept)
{
	list_release(kept->list);
	free(kept->claims.rows);
	*kept = (struct kept_day){ .rev = -1 };
}

static void kept_drop(void *value)
{
	struct kept_days *all = value;
	for (size_t i = 0; i < KEPT_DAYS; i++) kept_forget(&all->days[i]);
	pthread_mutex_destroy(&all->lock);
	free(all);
}

static struct kept_days *kept_of(struct store *store)
{
	struct kept_days *all = store_kept(store, &kept_name);
	if (all) return all;
	all = xcalloc(1, sizeof *all);
	pthread_mutex_init(&all->lock, NULL);
	return store_keep(store, &kept_name, all, kept_drop);
}

bool day_action_waits(const struct day_action *action, int32_t today)
{
	bool open = action->state == STATE_PLANNED || action->state == STATE_TO_CONFIRM || action->state == STATE_FAILED ||
		    action->state == STATE_UNKNOWN;
	return open && (action->snoozed_until == DAY_NONE || action->snoozed_until <= today);
}

/* --- reading ----------------------------------------------------------------------------------------------------------------- */
struct source {
	struct db *db;
	int64_t tenant, company;
	int32_t day;
};

struct head {
	int64_t rev, run_rev, import_rev;
	bool live, planned;
};

/* run_rev: of the left-outs; a run before that column has 0, and its left-outs stand as well */
static struct status head_read(const struct source *source, struct head *out)
{
	cleanup_rows struct rows *rows = db_query(source->db,
		"SELECT m.rev, m.live, r.rev, (SELECT MAX(i.rev) FROM import i WHERE i.tenant_id = $tenant AND i.company_id = $company)"
		" FROM company m LEFT JOIN run r ON r.tenant_id = m.tenant_id AND r.company_id = m.id AND r.day = $day"
		" WHERE m.tenant_id = $tenant AND m.id = $company",
		DB_ARGS(db_int("tenant", source->tenant), db_int("company", source->company), db_day("day", source->day)));
	if (rows_next(rows))
		*out = (struct head){ .rev = row_int(rows, 0), .live = row_int(rows, 1) != 0, .planned = !row_null(rows, 2),
			.run_rev = row_int(rows, 2), .import_rev = row_int(rows, 3) };
	return rows_status(rows);
}

#define BRIEF                                                                                                                   \
	"SELECT id, customer_id, amount, priority, assigned_to, snoozed_until, channel, state, reason, currency, test, plan_day"     \
	" FROM action WHERE tenant_id = $tenant AND company_id = $company"

static int by_priority(const void *a, const void *b)
{
	const struct day_action *x = a, *y = b;
	if (x->priority != y->priority) return x->priority > y->priority ? -1 : 1;
	return (x->id > y->id) - (x->id < y->id);
}

static int by_id(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
	return (x > y) - (x < y);
}

/* since < 0: all of the day. *changed: ids of every action with a newer revision, whatever its day is now. */
static struct status actions_read(const struct source *source, const struct head *head, int64_t since, struct day_action **out, size_t *count,
				  int64_t **changed, size_t *changed_count)
{
	struct db_arg tenant = db_int("tenant", source->tenant), company = db_int("company", source->company);
	cleanup_rows struct rows *rows = since < 0
		? db_query(source->db, BRIEF " AND plan_day = $day", DB_ARGS(tenant, company, db_day("day", source->day)))
		: db_query(source->db, BRIEF " AND rev > $since AND rev <= $rev",
			   DB_ARGS(tenant, company, db_int("since", since), db_int("rev", head->rev)));
	size_t cap = 0, changed_cap = 0;
	while (rows_next(rows)) {
		if (since >= 0) {
			GROW(*changed, *changed_count, changed_cap);
			(*changed)[(*changed_count)++] = row_int(rows, 0);
		}
		/* a live company's list has no action of its test; what belongs to another state of it is history */
		if (row_day(rows, 11) != source->day || (row_int(rows, 10) != 0) == head->live) continue;
		GROW(*out, *count, cap);
		struct day_action *action = &(*out)[(*count)++];
		enum channel channel = CHANNEL_TASK;
		enum action_state state = STATE_CANCELLED;
		channel_parse(row_text(rows, 6), &channel);
		action_state_parse(row_text(rows, 7), &state);
		*action = (struct day_action){ .id = row_int(rows, 0), .customer_id = row_int(rows, 1), .amount = row_int(rows, 2),
			.priority = row_int(rows, 3), .assigned_to = row_int(rows, 4), .snoozed_until = row_day(rows, 5),
			.channel = (uint8_t)channel, .state = (uint8_t)state, .no_contact = strstr(row_text(rows, 8), "no_contact") != NULL };
		snprintf(action->currency, sizeof action->currency, "%s", row_text(rows, 9));
	}
	return rows_status(rows);
}

/* The list before with what changed since in its place. */
static struct day_action *actions_merge(const struct list *old, const int64_t *changed, size_t changed_count,
					const struct day_action *fresh, size_t fresh_count, size_t *count)
{
	struct day_action *out = xmalloc((old->seen.count + fresh_count + 1) * sizeof *out);
	*count = 0;
	for (size_t i = 0, f = 0; i < old->seen.count || f < fresh_count;) {
		const struct day_action *one = i < old->seen.count ? &old->actions[i] : NULL;
		if (one && changed_count && bsearch(&one->id, changed, changed_count, sizeof *changed, by_id)) {
			i++;
			continue;
		}
		bool take_old = one && (f == fresh_count || by_priority(one, &fresh[f]) <= 0);
		out[(*count)++] = take_old ? *one : fresh[f];
		*(take_old ? &i : &f) += 1;
	}
	return out;
}

struct coded { /* a left-out while they are sorted */
	struct day_left left;
	const char *code;
};
static int left_order(const void *a, const void *b)
{
	const struct coded *x = a, *y = b;
	if (x->left.reason != y->left.reason) return x->left.reason < y->left.reason ? -1 : 1;
	int code = strcmp(x->code, y->code);
	return code ? code : (x->left.item_id > y->left.item_id) - (x->left.item_id < y->left.item_id);
}

static uint64_t words_hash(const char *text)
{
	uint64_t hash = 0xcbf29ce484222325ull;
	for (; *text; text++) hash = (hash ^ (unsigned char)*text) * 0x100000001b3ull;
	return hash;
}

static struct status left_read(const struct source *source, struct list *out)
{
	cleanup_arena struct arena *arena = arena_new();
	cleanup_rows struct rows *rows = db_query(source->db,
		"SELECT l.customer_id, l.item_id, l.amount, l.until_day, l.reason, l.detail, c.code FROM left_out l"
		" JOIN customer c ON c.tenant_id = l.tenant_id AND c.company_id = l.company_id AND c.id = l.customer_id"
		" WHERE l.tenant_id = $tenant AND l.company_id = $company AND l.day = $day",
		DB_ARGS(db_int("tenant", source->tenant), db_int("company", source->company), db_day("day", source->day)));
	struct coded *list = NULL;
	size_t count = 0, cap = 0;
	while (rows_next(rows)) {
		GROW(list, count, cap);
		struct coded *one = &list[count++];
		bool same = count > 1 && list[count - 2].left.customer_id == row_int(rows, 0);
		*one = (struct coded){ .left = { .customer_id = row_int(rows, 0), .item_id = row_int(rows, 1), .amount = row_int(rows, 2),
			.until = row_day(rows, 3), .detail = words_hash(row_text(rows, 5)) },
			.code = same ? list[count - 2].code : arena_strdup(arena, row_text(rows, 6)) };
		left_reason_parse(row_text(rows, 4), &one->left.reason);
	}
	if (count) qsort(list, count, sizeof *list, left_order);
	out->left = xmalloc((count + 1) * sizeof *out->left);
	for (size_t l = 0; l < count; l++) out->left[l] = list[l].left;
	out->seen.left_count = count;
	free(list);
	return rows_status(rows);
}

/* A change that gave an action no revision would go unseen: the count, from an index alone, catches what was dropped or added. */
static struct status count_fits(const struct source *source, bool live, size_t have, bool *fits)
{
	int64_t count;
	TRY(db_get_int(source->db, "SELECT COUNT(*) FROM action WHERE tenant_id = $tenant AND company_id = $company AND plan_day = $day"
		" AND test = $test", DB_ARGS(db_int("tenant", source->tenant), db_int("company", source->company), db_day("day", source->day),
		db_int("test", !live)), &count, NULL));
	*fits = (size_t)count == have;
	return STATUS_FINE;
}

/* *whole: nothing of what was kept stands. */
static struct status list_read(const struct source *source, const struct kept_day *kept, const struct head *head, struct list **out, bool *whole)
{
	struct list *list = xcalloc(1, sizeof *list);
	const struct list *old = kept->list && kept->live == head->live ? kept->list : NULL;
	struct day_action *fresh = NULL;
	int64_t *changed = NULL;
	size_t fresh_count = 0, changed_count = 0;
	atomic_init(&list->readers, 1);
	struct status status = actions_read(source, head, old ? kept->rev : -1, &fresh, &fresh_count, &changed, &changed_count);
	if (!status.code && fresh_count) qsort(fresh, fresh_count, sizeof *fresh, by_priority);
	if (!status.code && old) {
		bool fits;
		if (changed_count) qsort(changed, changed_count, sizeof *changed, by_id);
		list->actions = actions_merge(old, changed, changed_count, fresh, fresh_count, &list->seen.count);
		status = count_fits(source, head->live, list->seen.count, &fits);
		free(fresh);
		fresh = NULL;
		if (!status.code && !fits) {
			free(list->actions);
			list->actions = NULL;
			fresh_count = 0;
			old = NULL;
			status = actions_read(source, head, -1, &fresh, &fresh_count, &changed, &changed_count);
			if (!status.code && fresh_count) qsort(fresh, fresh_count, sizeof *fresh, by_priority);
		}
	}
	*whole = !old;
	if (!old) list->actions = fresh, list->seen.count = fresh_count;
	free(changed);
	if (!status.code && old && kept->run_rev == head->run_rev && old->seen.planned == head->planned) {
		list->left = xmalloc((old->seen.left_count + 1) * sizeof *list->left);
		memcpy(list->left, old->left, old->seen.left_count * sizeof *list->left);
		list->seen.left_count = old->seen.left_count;
	} else if (!status.code) {
		status = left_read(source, list);
	}
	list->seen.planned = head->planned;
	list->seen.actions = list->actions, list->seen.left = list->left;
	if (status.code) list_release(list);
	else *out = list;
	return status;
}

static struct kept_day *kept_find(struct kept_days *all, const struct source *source)
{
	struct kept_day *oldest = &all->days[0];
	for (size_t i = 0; i < KEPT_DAYS; i++) {
		struct kept_day *one = &all->days[i];
		if (one->used && one->tenant == source->tenant && one->company == source->company && one->day == source->day) {
			one->used = ++all->uses;
			return one;
		}
		if (one->used < oldest->used) oldest = one;
	}
	kept_forget(oldest);
	*oldest = (struct kept_day){ .tenant = source->tenant, .company = source->company, .day = source->day, .rev = -1, .claims.rev = -1,
				     .used = ++all->uses };
	return oldest;
}

/* Called with the lock. */
static struct status kept_refresh(struct kept_day *kept, const struct source *source, struct head *head)
{
	TRY(head_read(source, head));
	if (kept->list && kept->rev >= head->rev) return STATUS_FINE;
	struct list *fresh;
	bool whole;
	TRY(list_read(source, kept, head, &fresh, &whole));
	list_release(kept->list);
	if (whole) kept->claims.rev = -1;
	kept->list = fresh, kept->rev = head->rev, kept->run_rev = head->run_rev, kept->live = head->live;
	return STATUS_FINE;
}

struct status day_list_get(struct db *db, int64_t tenant, int64_t company, int32_t day, const struct day_list **out)
{
	struct source source = { db, tenant, company, day };
	struct kept_days *all = kept_of(db_store(db));
	struct head head = { 0 };
	pthread_mutex_lock(&all->lock);
	struct kept_day *kept = kept_find(all, &source);
	struct status status = kept_refresh(kept, &source, &head);
	if (!status.code) {
		atomic_fetch_add(&kept->list->readers, 1);
		*out = &kept->list->seen;
	}
	pthread_mutex_unlock(&all->lock);
	return status;
}

/* --- what is claimed ----------------------------------------------------------------------------------------------------------- */
static int claim_order(const void *a, const void *b)
{
	const struct claim *x = a, *y = b;
	if (x->customer_id != y->customer_id) return x->customer_id < y->customer_id ? -1 : 1;
	if (x->action_id != y->action_id) return x->action_id < y->action_id ? -1 : 1;
	return (x->item_id > y->item_id) - (x->item_id < y->item_id);
}

#define CLAIMS                                                                                                                  \
	"SELECT a.id, i.customer_id, n.item_id, n.role FROM action a JOIN action_item n ON n.tenant_id = a.tenant_id"                \
	" AND n.company_id = a.company_id AND n.action_id = a.id JOIN item i ON i.tenant_id = n.tenant_id AND i.company_id = n.company_id AND i.id = n.item_id" \
	" WHERE a.tenant_id = $tenant AND a.company_id = $company AND a.plan_day = $day AND a.test = $test"

/* Those of actions with a newer revision are read again; an import can put another item in an old one's place: then all. */
static struct status claims_read(const struct source *source, const struct head *head, struct claims *claims)
{
	bool whole = claims->rev < 0 || claims->import_rev != head->import_rev;
	if (!whole && claims->rev >= head->rev) return STATUS_FINE;
	struct db_arg tenant = db_int("tenant", source->tenant), company = db_int("company", source->company);
	struct db_arg day = db_day("day", source->day), test = db_int("test", !head->live);
	cleanup_rows struct rows *rows = whole
		? db_query(source->db, CLAIMS, DB_ARGS(tenant, company, day, test))
		: db_query(source->db, CLAIMS " AND a.rev > $since", DB_ARGS(tenant, company, day, test, db_int("since", claims->rev)));
	struct claim *fresh = NULL;
	size_t count = 0, cap = 0;
	while (rows_next(rows)) {
		if (strcmp(row_text(rows, 3), "claimed") != 0) continue;
		GROW(fresh, count, cap);
		fresh[count++] = (struct claim){ row_int(rows, 0), row_int(rows, 1), row_int(rows, 2) };
	}
	struct status status = rows_status(rows);
	if (!status.code && !whole) {
		struct day_action *none = NULL;
		int64_t *changed = NULL;
		size_t none_count = 0, changed_count = 0;
		status = actions_read(source, head, claims->rev, &none, &none_count, &changed, &changed_count);
		if (changed_count) qsort(changed, changed_count, sizeof *changed, by_id);
		for (size_t i = 0; i < claims->count && !status.code; i++) {
			if (changed_count && bsearch(&claims->rows[i].action_id, changed, changed_count, sizeof *changed, by_id)) continue;
			GROW(fresh, count, cap);
			fresh[count++] = claims->rows[i];
		}
		free(none), free(changed);
	}
	if (status.code) {
		free(fresh);
		return status;
	}
	if (count) qsort(fresh, count, sizeof *fresh, claim_order);
	free(claims->rows);
	*claims = (struct claims){ head->rev, head->import_rev, fresh, count };
	return STATUS_FINE;
}

static void claims_sum(const struct claims *claims, int32_t day, const struct book *book, const uint8_t *selected, const char *currency,
		       struct day_claimed *out)
{
	struct book_opens *opens = book_opens(book, day);
	for (size_t i = 0, end; i < claims->count; i = end) {
		int64_t customer_id = claims->rows[i].customer_id;
		for (end = i; end < claims->count && claims->rows[end].customer_id == customer_id;) end++;
		size_t customer = book_find_customer(book, customer_id);
		if (customer == SIZE_MAX || (selected && !selected[customer])) continue;
		const struct book_open *rows;
		size_t count = book_opens_of(opens, customer, currency, &rows);
		for (size_t c = i; c < end; c++)
			for (size_t o = 0; o < count; o++)
				if (rows[o].id == claims->rows[c].item_id && rows[o].due_day < day) out->amount += rows[o].open, out->items++;
	}
	book_opens_free(opens);
}

struct status day_list_claimed(struct db *db, int64_t tenant, int64_t company, int32_t day, const struct book *book, const uint8_t *selected,
                               const char *currency, struct day_claimed *out)
{
	*out = (struct day_claimed){ 0 };
	struct source source = { db, tenant, company, day };
	struct kept_days *all = kept_of(db_store(db));
	struct head head = { 0 };
	pthread_mutex_lock(&all->lock);
	struct kept_day *kept = kept_find(all, &source);
	struct status status = kept_refresh(kept, &source, &head);
	if (!status.code) status = claims_read(&source, &head, &kept->claims);
	if (!status.code) claims_sum(&kept->claims, day, book, selected, currency, out);
	pthread_mutex_unlock(&all->lock);
	return status;
}
