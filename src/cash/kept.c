#include "cash/kept.h"

#include "base/memory.h"
#include "book/census.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { KEPT_COMPANIES = 4, KEPT_ITEMS = 500000 };

struct slot {
	pthread_mutex_t lock;      /* held while its index is used or made */
	int users;                 /* who has it or waits for it; guarded by the lock of all, as the next three */
	uint64_t used;
	int64_t tenant, company;
	const struct book *made;   /* the index was made of it, and its texts are in it; guarded by the slot's own lock, as all that follows */
	const struct book *book;   /* the last one for which it was true */
	int32_t today;
	uint64_t digest;           /* of what is not in the book */
	struct arena *arena;
	struct cash_index *index;
};
struct kept {
	pthread_mutex_t lock;
	struct slot slots[KEPT_COMPANIES];
	uint64_t turn;
};
static const char kept_name;

static void slot_forget(struct slot *slot)
{
	cash_index_free(slot->index);
	if (slot->arena) arena_free(slot->arena);
	if (slot->made) book_release(slot->made);
	if (slot->book) book_release(slot->book);
	slot->index = NULL, slot->arena = NULL, slot->made = slot->book = NULL;
}

static void kept_drop(void *value)
{
	struct kept *kept = value;
	for (size_t i = 0; i < KEPT_COMPANIES; i++) {
		slot_forget(&kept->slots[i]);
		pthread_mutex_destroy(&kept->slots[i].lock);
	}
	pthread_mutex_destroy(&kept->lock);
	free(kept);
}

static struct kept *kept_of(struct store *store)
{
	struct kept *kept = store_kept(store, &kept_name);
	if (kept) return kept;
	kept = xcalloc(1, sizeof *kept);
	pthread_mutex_init(&kept->lock, NULL);
	for (size_t i = 0; i < KEPT_COMPANIES; i++) pthread_mutex_init(&kept->slots[i].lock, NULL);
	return store_keep(store, &kept_name, kept, kept_drop);
}

/* The company's slot, or the one that nobody uses and that was asked for longest ago; NULL: all are in use. Locked. */
static struct slot *slot_take(struct kept *kept, int64_t tenant, int64_t company)
{
	struct slot *found = NULL, *oldest = NULL;
	pthread_mutex_lock(&kept->lock);
	for (size_t i = 0; i < KEPT_COMPANIES && !found; i++) {
		struct slot *slot = &kept->slots[i];
		if (slot->tenant == tenant && slot->company == company) found = slot;
		else if (!slot->users && (!oldest || slot->used < oldest->used)) oldest = slot;
	}
	if (!found) found = oldest;
	if (found) {
		found->users++, found->used = ++kept->turn;
		found->tenant = tenant, found->company = company;
	}
	pthread_mutex_unlock(&kept->lock);
	if (found) pthread_mutex_lock(&found->lock);
	return found;
}

static void slot_give(struct kept *kept, struct slot *slot)
{
	pthread_mutex_unlock(&slot->lock);
	pthread_mutex_lock(&kept->lock);
	slot->users--;
	pthread_mutex_unlock(&kept->lock);
}

static struct status slot_fill(struct slot *slot, const struct view *view)
{
	slot_forget(slot);
	slot->arena = arena_new();
	struct view own = *view;
	own.arena = slot->arena;
	TRY(view_digest(&own, &slot->digest));
	TRY(view_load_matching(&own));
	slot->made = book_hold(view->book), slot->book = book_hold(view->book), slot->today = view->today;
	slot->index = cash_index_new(&own.matching);
	return STATUS_FINE;
}

static bool same_people(const struct book *a, const struct book *b)
{
	if (book_customers(a) != book_customers(b)) return false;
	for (size_t c = 0; c < book_customers(a); c++) {
		struct book_customer x = book_customer(a, c), y = book_customer(b, c);
		if (x.id != y.id || x.supplier_balance != y.supplier_balance) return false;
		if ((x.code != y.code && strcmp(x.code, y.code) != 0) || (x.name != y.name && strcmp(x.name, y.name) != 0)) return false;
	}
	return true;
}

/* Most of what is written moves no open item: a note, a reminder, a promise. Then the index is true of the newer book as well. */
static struct status still_true(struct slot *slot, struct view *view, bool *out)
{
	*out = slot->index && slot->today == view->today && same_people(slot->book, view->book);
	for (size_t c = 0; *out && c < book_customers(view->book); c++) *out = book_same_opens(slot->book, view->book, c, view->today);
	uint64_t digest = 0;
	if (*out) TRY(view_digest(view, &digest));
	*out = *out && digest == slot->digest;
	if (!*out) return STATUS_FINE;
	book_release(slot->book);
	slot->book = book_hold(view->book);
	return STATUS_FINE;
}

/* What db reads is of another moment than the book when somebody wrote in between, or this transaction itself: then nothing is kept. */
static struct status same_moment(const struct view *view, bool *same)
{
	int64_t rev = 0;
	TRY(db_get_int(view->db, "SELECT rev FROM company WHERE tenant_id = $tenant AND id = $company",
	               DB_ARGS(db_int("tenant", view->tenant), db_int("company", view->company)), &rev, NULL));
	*same = rev == book_rev(view->book);
	return STATUS_FINE;
}

static struct status match_anew(struct view *view, const struct cash_line *lines, size_t count, struct cash_match *out)
{
	TRY(view_load_matching(view));
	struct cash_index *index = cash_index_new(&view->matching);
	cash_match_lines(index, lines, count, &view->settings, view->lang, view->arena, out);
	cash_index_free(index);
	return STATUS_FINE;
}

struct status kept_match(struct view *view, const struct cash_line *lines, size_t count, struct cash_match *out)
{
	bool same;
	TRY(same_moment(view, &same));
	struct kept *kept = kept_of(db_store(view->db));
	struct slot *slot = same ? slot_take(kept, view->tenant, view->company) : NULL;
	if (!slot) return match_anew(view, lines, count, out);
	struct status status = STATUS_FINE;
	if (slot->book != view->book || slot->today != view->today) {
		bool still = false;
		status = still_true(slot, view, &still);
		if (!status.code && !still) status = slot_fill(slot, view);
		if (!status.code) status = same_moment(view, &still); /* nobody wrote while it was read */
		if (!status.code && !still) {
			slot_forget(slot);
			slot_give(kept, slot);
			return match_anew(view, lines, count, out);
		}
	}
	if (status.code) {
		slot_forget(slot);
	} else {
		cash_match_lines(slot->index, lines, count, &view->settings, view->lang, view->arena, out);
		cash_index_restore(slot->index);
		if (cash_index_items(slot->index) > KEPT_ITEMS) slot_forget(slot);
	}
	slot_give(kept, slot);
	return status;
}
