/* Figures of the menu: read once per revision and portfolio, then kept, since every page shows them. */
#include "web/server.h"

#include "base/memory.h"
#include "web/agenda_page.h"

#include <pthread.h>

enum { KEPT_COUNTS = 64 };

static struct kept_count {
	int64_t company, rev, user; /* user 0: everybody who sees all customers */
	int32_t day;
	char group[64];
	int64_t count, used;
} counts[KEPT_COUNTS]; /* guarded by lock, as the counter */
static int64_t uses;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static bool same(const struct kept_count *a, const struct kept_count *b)
{
	return a->used && a->company == b->company && a->rev == b->rev && a->user == b->user && a->day == b->day && strcmp(a->group, b->group) == 0;
}

int64_t counts_agenda(const struct exchange *x)
{
	const struct request *request = &x->request;
	const struct viewer *viewer = request->viewer;
	struct kept_count wanted = { .company = request->company.id, .rev = request->company.rev, .day = request->as_of };
	if (viewer->portfolio == PORTFOLIO_OWN) wanted.user = viewer->user_id;
	if (viewer->portfolio == PORTFOLIO_GROUP) snprintf(wanted.group, sizeof wanted.group, "%s", viewer->portfolio_group);
	if (viewer->stands_for_count) { /* for some days only: not worth keeping */
		if (action_waiting(request->db, viewer, request->company.id, request->as_of, request->today, &wanted.count).code) return 0;
		return wanted.count;
	}
	bool found = false;
	pthread_mutex_lock(&lock);
	for (size_t i = 0; i < KEPT_COUNTS && !found; i++) {
		if (!same(&counts[i], &wanted)) continue;
		found = true;
		wanted.count = counts[i].count;
		counts[i].used = ++uses;
	}
	pthread_mutex_unlock(&lock);
	if (found) return wanted.count;

	/* without an answer the menu does without; the agenda says what is wrong */
	if (action_waiting(request->db, viewer, request->company.id, request->as_of, request->today, &wanted.count).code) return 0;
	pthread_mutex_lock(&lock);
	struct kept_count *oldest = &counts[0];
	for (size_t i = 1; i < KEPT_COUNTS; i++)
		if (counts[i].used < oldest->used) oldest = &counts[i];
	wanted.used = ++uses;
	*oldest = wanted;
	pthread_mutex_unlock(&lock);
	return wanted.count;
}

/* Asked each time: an index holds the open lines, and they are few. */
int64_t counts_cash(const struct exchange *x)
{
	int64_t count = 0;
	if (x->request.viewer->portfolio != PORTFOLIO_ALL) return 0; /* whose they are is not known before they are matched */
	struct status status = db_get_int(x->request.db,
		"SELECT COUNT(*) FROM bank_line WHERE tenant_id = $tenant AND company_id = $company AND state = 'open' AND present = 1"
		" AND pending = 0 AND amount > 0",
		DB_ARGS(db_int("tenant", x->request.viewer->tenant_id), db_int("company", x->request.company.id)), &count, NULL);
	return status.code ? 0 : count; /* without an answer the menu does without */
}

/* Asked each time as well: few are open. */
int64_t counts_disputes(const struct exchange *x)
{
	int64_t count = 0;
	const struct viewer *viewer = x->request.viewer;
	cleanup_rows struct rows *rows = db_query(x->request.db,
		"SELECT c.collector_id, c.sales_id, c.group_code FROM dispute_case k JOIN customer c ON c.tenant_id = k.tenant_id"
		" AND c.company_id = k.company_id AND c.id = k.customer_id WHERE k.tenant_id = $tenant AND k.company_id = $company AND k.state <> 'closed'",
		DB_ARGS(db_int("tenant", viewer->tenant_id), db_int("company", x->request.company.id)));
	while (rows_next(rows)) count += viewer_sees_customer(viewer, row_int(rows, 0), row_int(rows, 1), row_text(rows, 2));
	return rows_status(rows).code ? 0 : count;
}
