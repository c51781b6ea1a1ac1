#include "insight/learned.h"

#include "base/memory.h"
#include "insight/inside.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* What a model was learned from, as a number: two books that give the same invoices share it. */
struct learned {
	uint64_t digest;
	struct lateness_model *model;
	int holders;
	bool kept;
};

enum { KEPT = 8 };
static struct learned *kept[KEPT]; /* the last used first; guarded by lock, as holders */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void digest_add(uint64_t *digest, uint64_t value)
{
	uint64_t z = *digest ^ value;
	z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
	z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
	*digest = (z ^ z >> 31) + UINT64_C(0x9E3779B97F4A7C15);
}

static uint64_t digest_of(const struct report_context *context, const struct lateness_invoice *rows, size_t count)
{
	uint64_t digest = 1;
	digest_add(&digest, (uint64_t)context->company->tenant_id);
	digest_add(&digest, (uint64_t)context->company->id);
	digest_add(&digest, (uint64_t)context->as_of);
	for (size_t i = 0; i < count; i++) {
		digest_add(&digest, (uint64_t)rows[i].customer << 32 | (uint32_t)rows[i].issue_day);
		digest_add(&digest, (uint64_t)(uint32_t)rows[i].due_day << 32 | (uint32_t)rows[i].settled_day);
		digest_add(&digest, (uint64_t)rows[i].amount ^ (uint64_t)(uint8_t)rows[i].disputed << 56);
	}
	return digest;
}

/* Puts one in front; what falls off the end goes with its last holder. */
static void keep(struct learned *learned, size_t from)
{
	struct learned *last = kept[from];
	if (last && last != learned) {
		last->kept = false;
		if (last->holders == 0) lateness_free(last->model), free(last);
	}
	memmove(kept + 1, kept, from * sizeof *kept);
	kept[0] = learned;
	learned->kept = true;
}

static struct learned *find(uint64_t digest)
{
	for (size_t i = 0; i < KEPT && kept[i]; i++) {
		if (kept[i]->digest != digest) continue;
		struct learned *found = kept[i];
		keep(found, i);
		found->holders++;
		return found;
	}
	return NULL;
}

struct learned *learned_get(const struct report_context *context)
{
	struct book_paid *paid = NULL;
	size_t count = book_paid(context->book, (struct book_behaviour_options){ .as_of = context->as_of, .currency = report_currency(context),
		.no_lateness = report_no_lateness(context) }, context->as_of - LEARNED_DAYS, &paid), settled = 0;
	cleanup_free struct lateness_invoice *rows = xcalloc(count + 1, sizeof *rows);
	for (size_t i = 0; i < count; i++) {
		rows[i] = (struct lateness_invoice){ .customer = paid[i].customer, .issue_day = paid[i].issue_day, .due_day = paid[i].due_day,
			.settled_day = paid[i].settled_day, .amount = paid[i].amount, .disputed = paid[i].disputed };
		settled += rows[i].settled_day != DAY_NONE;
	}
	free(paid);
	if (settled < LEARNED_ENOUGH) return NULL;
	uint64_t digest = digest_of(context, rows, count);
	pthread_mutex_lock(&lock);
	struct learned *learned = find(digest);
	pthread_mutex_unlock(&lock);
	if (learned) return learned;
	struct lateness_model *model = lateness_learn(rows, count, book_customers(context->book), context->as_of + 1);
	if (!model) return NULL;
	learned = xcalloc(1, sizeof *learned);
	*learned = (struct learned){ .digest = digest, .model = model, .holders = 1 };
	pthread_mutex_lock(&lock);
	keep(learned, KEPT - 1);
	pthread_mutex_unlock(&lock);
	return learned;
}

void learned_release(struct learned *learned)
{
	if (!learned) return;
	pthread_mutex_lock(&lock);
	bool last = --learned->holders == 0 && !learned->kept;
	pthread_mutex_unlock(&lock);
	if (last) lateness_free(learned->model), free(learned);
}

void learned_curve(const struct learned *learned, const struct report_context *context, size_t index, const struct book_item *item,
                   struct lateness_curve *out)
{
	lateness_curve(learned->model, &(struct lateness_invoice){ .customer = (uint32_t)item->customer, .issue_day = item->issue_day,
		.due_day = item->due_day, .settled_day = DAY_NONE, .amount = item->amount,
		.disputed = book_item_disputed(context->book, index, context->as_of) }, out);
}
