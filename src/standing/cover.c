#include "standing/cover.h"

#include "base/day.h"
#include "base/memory.h"
#include "base/money.h"

#include <stdlib.h>
#include <string.h>

static const struct {
	const char *code, *label;
} reasons[COVER_REASON_COUNT] = { /* msgids */
	[COVER_YES] = { "covered", "Covered" },
	[COVER_IN_PART] = { "limit_reached", "Covered in part: the limit is reached" },
	[COVER_NO_POLICY] = { "no_policy", "No policy on the day of delivery" },
	[COVER_CONSUMER] = { "consumer", "A consumer is not insured" },
	[COVER_PUBLIC] = { "public_buyer", "A public buyer is not insured" },
	[COVER_NO_SALE] = { "no_sale", "Not a delivery or a service" },
	[COVER_CURRENCY] = { "currency", "Another currency than the policy’s" },
	[COVER_TERMS] = { "terms", "Terms longer than the policy allows" },
	[COVER_INSOLVENT] = { "insolvent", "Delivered after the insolvency judgment" },
	[COVER_NO_LIMIT] = { "no_limit", "No limit on the day of delivery" },
	[COVER_WITHDRAWN_LIMIT] = { "withdrawn", "Limit withdrawn before the delivery" },
	[COVER_REFUSED_LIMIT] = { "refused", "Limit refused before the delivery" },
	[COVER_LIMIT_ENDED] = { "limit_ended", "Limit ended before the delivery" },
	[COVER_DISCRETION_LOST] = { "discretion_lost", "Discretionary limit lost: he was late already" },
	[COVER_STOPPED] = { "stopped", "Delivered while an overdue item had stopped the cover" },
	[COVER_LIMIT_FULL] = { "limit_full", "The limit is used up" },
	[COVER_NOT_DECLARED] = { "not_declared", "Not declared overdue in time" },
	[COVER_NOT_CLAIMED] = { "not_claimed", "Claim not filed in time" },
	[COVER_REFUSED_CLAIM] = { "claim_refused", "Claim refused by the insurer" },
};
const char *cover_reason_code(enum cover_reason reason) { return reasons[reason].code; }
const char *cover_reason_label(enum cover_reason reason) { return reasons[reason].label; }

static const char *const states[] = { [COVER_REQUESTED] = "requested", [COVER_GRANTED] = "granted", [COVER_REDUCED] = "reduced", [COVER_WITHDRAWN] = "withdrawn",
	                              [COVER_REFUSED] = "refused" };
const char *cover_state_code(enum cover_state state) { return states[state]; }
bool cover_state_parse(const char *code, enum cover_state *out)
{
	for (size_t i = 0; i < COUNT(states); i++)
		if (code && strcmp(states[i], code) == 0) return *out = (enum cover_state)i, true;
	return false;
}

/* --- which policy, which limit --------------------------------------------------------------------------------------------- */
static bool within(int32_t day, int32_t from, int32_t until) { return day >= from && (until == DAY_NONE || day <= until); }

/* The last of the insurer's answers that holds for that day; a request changes nothing. */
static const struct cover_decision *named_on(const struct cover_account *account, const struct cover_policy *policy, int32_t day)
{
	const struct cover_decision *last = NULL;
	for (size_t i = 0; i < account->decision_count; i++) {
		const struct cover_decision *one = &account->decisions[i];
		if (one->policy_id != policy->id || one->temporary || one->state == COVER_REQUESTED || one->from_day > day) continue;
		if (!last || one->from_day > last->from_day || (one->from_day == last->from_day && one->id > last->id)) last = one;
	}
	return last;
}

const struct cover_policy *cover_policy_on(const struct cover_account *account, int32_t day)
{
	const struct cover_policy *best = NULL;
	int rank = -1;
	for (size_t i = 0; i < account->policy_count; i++) {
		const struct cover_policy *policy = &account->policies[i];
		if (!within(day, policy->from_day, policy->until_day)) continue;
		if (policy->scope == COVER_EXPORT ? !account->abroad : policy->scope == COVER_DOMESTIC && account->abroad) continue;
		int mine = named_on(account, policy, day) ? 3 : policy->scope != COVER_ALL ? 2 : policy->discretionary > 0 ? 1 : 0;
		if (mine > rank) best = policy, rank = mine;
	}
	return best;
}

struct cover_limit cover_limit_on(const struct cover_account *account, const struct cover_policy *policy, int32_t day)
{
	const struct cover_decision *named = named_on(account, policy, day);
	struct cover_limit limit = { .reason = COVER_NO_LIMIT, .until_day = DAY_NONE };
	bool ended = false;
	if (named) {
		limit.until_day = named->until_day;
		if (named->state == COVER_WITHDRAWN) limit.reason = COVER_WITHDRAWN_LIMIT, ended = true;
		else if (named->state == COVER_REFUSED) limit.reason = COVER_REFUSED_LIMIT;
		else if (!within(day, named->from_day, named->until_day)) limit.reason = COVER_LIMIT_ENDED;
		else if (named->amount > 0) limit.amount = named->amount, limit.reason = COVER_YES;
	} else if (policy->discretionary > 0) {
		limit = (struct cover_limit){ policy->discretionary, COVER_YES, true, DAY_NONE };
	}
	for (size_t i = 0; i < account->decision_count; i++) {
		const struct cover_decision *one = &account->decisions[i];
		if (one->policy_id != policy->id || !one->temporary || (one->state != COVER_GRANTED && one->state != COVER_REDUCED)) continue;
		if (!within(day, one->from_day, one->until_day) || (ended && named->from_day >= one->from_day)) continue;
		if (__builtin_add_overflow(limit.amount, one->amount, &limit.amount)) limit.amount = INT64_MAX;
		limit.reason = COVER_YES;
		if (limit.until_day == DAY_NONE || one->until_day < limit.until_day) limit.until_day = one->until_day;
	}
	return limit;
}

/* --- an item ------------------------------------------------------------------------------------------------------------------- */
/* Something of his, older than that day, was overdue by more than so many days on it, and still open. */
static bool late_then(const struct cover_item *items, size_t count, int32_t day, int32_t days)
{
	for (size_t i = 0; i < count; i++) {
		const struct cover_item *one = &items[i];
		int32_t due = one->extended_until > one->due_day ? one->extended_until : one->due_day; /* DAY_NONE is below all */
		if (one->sale && !one->disputed && day - due > days && (one->closed_day == DAY_NONE ? one->open > 0 : one->closed_day > day)) return true;
	}
	return false;
}

static int32_t terms_of(const struct cover_account *account, const struct cover_policy *policy)
{
	return account->abroad && policy->terms_export_days ? policy->terms_export_days : policy->terms_days;
}

static int32_t earlier(int32_t a, int32_t b) { return a == DAY_NONE ? b : b == DAY_NONE || a < b ? a : b; }

/* What a delivery of that day meets, before how much of the limit is left. */
static enum cover_reason meets(const struct cover_account *account, const struct cover_policy *policy, int32_t day, const struct cover_item *items, size_t count,
                               struct cover_limit *limit)
{
	*limit = (struct cover_limit){ .until_day = DAY_NONE };
	if (!policy) return COVER_NO_POLICY;
	if (account->consumer) return COVER_CONSUMER;
	if (account->public_buyer && !policy->public_buyers) return COVER_PUBLIC;
	if (account->insolvency_day != DAY_NONE && day > account->insolvency_day) return COVER_INSOLVENT;
	*limit = cover_limit_on(account, policy, day);
	if (limit->reason != COVER_YES) return limit->reason;
	if (limit->discretionary && policy->discretionary_late && late_then(items, count, day, policy->discretionary_late)) return COVER_DISCRETION_LOST;
	if (policy->stop_days && late_then(items, count, day, policy->stop_days)) return COVER_STOPPED;
	return COVER_YES;
}

static void set_days(const struct cover_account *account, const struct cover_item *item, struct cover *cover)
{
	const struct cover_policy *policy = cover->policy;
	int32_t terms = terms_of(account, policy), from = item->due_day;
	bool credit = policy->counted == COVER_FROM_CREDIT && terms > 0;
	if (credit) from = item->delivered_day + terms;
	cover->extend_by = credit ? from : policy->extension_days ? item->due_day + policy->extension_days : DAY_NONE;
	if (item->extended_until != DAY_NONE && item->extended_until > from) from = item->extended_until;
	if (policy->declare_days) cover->declare_by = from + policy->declare_days;
	if (policy->claim_days) cover->claim_by = from + policy->claim_days;
	if (account->insolvency_day != DAY_NONE && policy->insolvency_days) {
		int32_t by = account->insolvency_day + policy->insolvency_days;
		if (policy->claim_days) cover->claim_by = earlier(cover->claim_by, by);
	}
}

/* overdue: all that he is late with, for the threshold of a declaration. */
static void set_duty(const struct cover_account *account, const struct cover_item *item, int32_t today, int64_t overdue, struct cover *cover)
{
	const struct cover_policy *policy = cover->policy;
	int32_t due = item->extended_until > item->due_day ? item->extended_until : item->due_day;
	bool late = today > due, insolvent = account->insolvency_day != DAY_NONE && account->insolvency_day <= today;
	bool declare = policy->declare_days && item->declared_day == DAY_NONE && item->claimed_day == DAY_NONE && overdue >= policy->declare_from;
	/* too late is too late, also once it was done */
	if (item->declared_day != DAY_NONE && cover->declare_by != DAY_NONE && item->declared_day > cover->declare_by) cover->reason = COVER_NOT_DECLARED;
	if (item->claimed_day != DAY_NONE && cover->claim_by != DAY_NONE && item->claimed_day > cover->claim_by) cover->reason = COVER_NOT_CLAIMED;
	if (item->refused_day != DAY_NONE) {
		cover->reason = COVER_REFUSED_CLAIM;
	} else if (insolvent && policy->insolvency_days && account->insolvency_told == DAY_NONE && item->claimed_day == DAY_NONE) {
		cover->duty = DUTY_INSOLVENCY, cover->duty_by = account->insolvency_day + policy->insolvency_days;
	} else if (late && declare) {
		cover->duty = DUTY_DECLARE, cover->duty_by = cover->declare_by;
		if (today > cover->declare_by) cover->reason = COVER_NOT_DECLARED;
	} else if ((late || insolvent) && policy->claim_days && item->claimed_day == DAY_NONE && (item->declared_day != DAY_NONE || !policy->declare_days || insolvent)) {
		cover->duty = DUTY_CLAIM, cover->duty_by = cover->claim_by;
	}
	if ((late || insolvent) && item->claimed_day == DAY_NONE && cover->claim_by != DAY_NONE && today > cover->claim_by && (cover->reason == COVER_YES || cover->reason == COVER_IN_PART))
		cover->reason = COVER_NOT_CLAIMED;
}

static int by_due(const void *a, const void *b)
{
	const struct cover_item *x = *(const struct cover_item *const *)a, *y = *(const struct cover_item *const *)b;
	if (x->due_day != y->due_day) return x->due_day < y->due_day ? -1 : 1;
	return x->id < y->id ? -1 : x->id > y->id;
}
static int by_delivery(const void *a, const void *b)
{
	const struct cover_item *x = *(const struct cover_item *const *)a, *y = *(const struct cover_item *const *)b;
	if (x->delivered_day != y->delivered_day) return x->delivered_day < y->delivered_day ? -1 : 1;
	return by_due(a, b);
}

/* How much of each policy's limit is taken so far. */
struct used {
	const struct cover_policy *policy;
	int64_t amount;
};
static int64_t *used_of(struct used *list, size_t *count, const struct cover_policy *policy)
{
	for (size_t i = 0; i < *count; i++)
		if (list[i].policy == policy) return &list[i].amount;
	list[*count] = (struct used){ policy, 0 };
	return &list[(*count)++].amount;
}

static void one_item(const struct cover_account *account, const char *currency, int32_t today, int64_t overdue, struct cover_item *items, size_t count,
                     struct cover_item *item, struct used *used, size_t *used_count)
{
	struct cover *cover = &item->cover;
	struct cover_limit limit;
	cover->policy = cover_policy_on(account, item->delivered_day);
	cover->reason = meets(account, cover->policy, item->delivered_day, items, count, &limit);
	cover->limit = limit.amount, cover->discretionary = limit.discretionary;
	if (!cover->policy) return;
	int32_t terms = terms_of(account, cover->policy);
	if (!item->sale) cover->reason = COVER_NO_SALE;
	else if (strcmp(cover->policy->currency, currency) != 0) cover->reason = COVER_CURRENCY;
	else if (cover->reason == COVER_YES && terms && item->due_day - item->delivered_day > terms) cover->reason = COVER_TERMS;
	if (cover->reason != COVER_YES) return;
	int64_t *taken = used_of(used, used_count, cover->policy), left = limit.amount - *taken;
	int64_t wanted = cover->policy->vat_bp ? round_div((__int128)cover->exposed * 10000, 10000 + cover->policy->vat_bp) : cover->exposed;
	cover->covered = wanted < left ? wanted : left > 0 ? left : 0;
	*taken += cover->covered;
	if (wanted > 0 && cover->covered == 0) cover->reason = COVER_LIMIT_FULL;
	else if (cover->covered < wanted) cover->reason = COVER_IN_PART;
	if (!cover->covered) return;
	set_days(account, item, cover);
	set_duty(account, item, today, overdue, cover);
	if (cover->reason == COVER_NOT_DECLARED || cover->reason == COVER_NOT_CLAIMED || cover->reason == COVER_REFUSED_CLAIM) cover->covered = 0; /* its part of the limit stays taken */
	cover->indemnity = round_div((__int128)cover->covered * cover->policy->share_bp, 10000);
	cover->suspended = item->disputed;
}

void cover_compute(const struct cover_account *account, const char *currency, int32_t today, struct cover_item *items, size_t count, struct cover_total *out)
{
	*out = (struct cover_total){ .limit_until = DAY_NONE };
	struct cover_item **order = xcalloc(count + 1, sizeof *order);
	struct used *used = xcalloc(account->policy_count + 1, sizeof *used);
	size_t open = 0, used_count = 0;
	int64_t credit = 0, overdue = 0;
	for (size_t i = 0; i < count; i++) {
		items[i].cover = (struct cover){ .reason = COVER_NO_POLICY, .extend_by = DAY_NONE, .declare_by = DAY_NONE, .claim_by = DAY_NONE, .duty_by = DAY_NONE };
		if (items[i].closed_day != DAY_NONE || strcmp(items[i].currency, currency) != 0) continue;
		if (items[i].open < 0) credit -= items[i].open;
		else if (items[i].open > 0) order[open++] = &items[i];
	}
	if (open) qsort(order, open, sizeof *order, by_due);
	for (size_t i = 0; i < open; i++) { /* contract section 3, basis net: credits cover the oldest due first */
		int64_t part = credit < order[i]->open ? credit : order[i]->open;
		order[i]->cover.exposed = order[i]->open - part, credit -= part;
		out->exposed += order[i]->cover.exposed;
		if (order[i]->due_day < today) overdue += order[i]->cover.exposed;
	}
	if (open) qsort(order, open, sizeof *order, by_delivery);
	for (size_t i = 0; i < open; i++) {
		one_item(account, currency, today, overdue, items, count, order[i], used, &used_count);
		out->covered += order[i]->cover.covered, out->indemnity += order[i]->cover.indemnity;
	}
	int64_t deductible = 0;
	for (size_t i = 0; i < used_count; i++) deductible += used[i].policy->deductible;
	out->indemnity = out->indemnity > deductible ? out->indemnity - deductible : 0;
	out->uncovered = out->exposed - out->covered;
	out->residual = out->exposed - out->indemnity;

	struct cover_limit limit;
	out->policy = cover_policy_on(account, today);
	out->now = meets(account, out->policy, today, items, count, &limit);
	out->limit = limit.amount, out->discretionary = limit.discretionary, out->limit_until = limit.until_day;
	if (out->policy) out->used = *used_of(used, &used_count, out->policy);
	out->available = out->now == COVER_YES && out->limit > out->used ? out->limit - out->used : 0;
	if (out->now == COVER_YES && strcmp(out->policy->currency, currency) != 0) out->now = COVER_CURRENCY, out->available = 0;
	if (out->now == COVER_YES && !out->available) out->now = COVER_LIMIT_FULL;
	free(order);
	free(used);
}
