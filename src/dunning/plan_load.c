#include "dunning/plan_load.h"

#include "base/day.h"
#include "base/memory.h"
#include "base/money.h"
#include "base/text.h"
#include "base/zone.h"
#include "cash/list.h"
#include "dunning/limitation_load.h"
#include "ledger/custom.h"
#include "standing/standing.h"

/* What one customer needs beside the book, as rows that know their customer (index in the book) or their item. */
struct bind_row { /* a dispute, promise or hold */
	uint32_t customer;
	int64_t item;          /* 0: the customer */
	int64_t amount;        /* dispute: -1 the whole; promise: promised */
	int32_t day;           /* promise: promised for; hold: until (DAY_NONE: lifted by hand) */
	char kind;             /* hold: h e p d c; dispute: o our own deadline passed, - not */
};
struct past_row {
	uint32_t customer;
	struct plan_past past;
};
struct payment_row {
	uint32_t customer;
	struct plan_payment payment;
};
struct item_mark {
	int64_t item;
	int32_t value;         /* first seen, or the account: 413, 416 */
};
struct person { /* per customer index */
	int64_t minimum;       /* -1: none */
	int32_t replied_day, broken_day;
	bool by_debit, own_fault, address, suppressed, phone, no_phone, history;
	char score_class;
	int16_t score, promises_kept, promises_broken, disputes;
	int32_t siren, average_late; /* siren 0: none; average INT32_MIN: unknown */
	int64_t payer_id;            /* 0: he pays himself */
	const char *language;
};
struct buyer_row { /* a buyer heard from another account or company of the tenant on that day, or is about to */
	int32_t siren, day;
	int64_t company_id, action_id;
};

struct trial_row {
	uint32_t customer;
	const char *scenario;
};

struct plan_data {
	const struct book *book;
	const struct company *company;
	struct plan_settings settings;
	int32_t today;
	int cap;
	bool thanks;
	size_t only;           /* customer index, SIZE_MAX: all */
	const char *company_language;
	struct scenario *scenarios;
	size_t scenario_count;
	const struct profile_rules *rules;
	struct trial_row *trials; /* customers of a trial that runs: by customer */
	size_t trial_count;
	struct custom_fields fields; /* read only where a condition looks at one */
	struct custom_values values;
	struct person *people;
	struct bind_row *disputes, *promises, *holds;
	size_t dispute_count, promise_count, hold_count;
	struct past_row *pasts;
	size_t past_count;
	struct payment_row *payments;
	size_t payment_count;
	int64_t *pending, *uncollected; /* items a bank line is certain to pay; payments that may come back: ascending */
	size_t pending_count, uncollected_count;
	struct limitation_notes limitation;
	struct buyer_row *buyers; /* by siren, then day */
	size_t buyer_count;
	struct item_mark *accounts, *seen;
	size_t account_count, seen_count;
	struct arena *arena;
};

size_t plan_data_customers(const struct plan_data *data) { return book_customers(data->book); }
const struct book *plan_data_book(const struct plan_data *data) { return data->book; }
const struct plan_settings *plan_data_settings(const struct plan_data *data) { return &data->settings; }
int plan_data_cap(const struct plan_data *data) { return data->cap; }

void plan_data_close(struct plan_data **data)
{
	if (*data && (*data)->book) book_release((*data)->book);
	*data = NULL;
}

struct calendar calendar_of(const struct settings *settings, const char *country, struct arena *arena)
{
	struct calendar calendar = { .alsace_moselle = setting_bool(settings, "holidays.alsace_moselle"),
				     .no_holidays = strcmp(country, "FR") != 0 && strcmp(country, "") != 0 };
	const char *text = setting_text(settings, "holidays.extra");
	int32_t *days = arena_array(arena, int32_t, strlen(text) / 10 + 1);
	for (const char *p = text; *p;) {
		size_t len = strcspn(p, ",");
		int32_t day;
		if (day_parse(p, len, &day)) {
			size_t at = calendar.extra_count++;
			while (at > 0 && days[at - 1] > day) days[at] = days[at - 1], at--;
			days[at] = day;
		}
		p += len + (p[len] == ',');
	}
	calendar.extra = days;
	return calendar;
}

/* --- reading ------------------------------------------------------------------------------------------------------------------- */
/* Each query has two texts: of the whole company, and of one customer by an index. */
#define FOR(only, text, narrow, tail) ((only) ? text narrow tail : text tail)
#define SCOPE(column) " AND " column " = $customer"

struct load {
	struct db *db;
	struct plan_data *data;
	const struct company *company;
	int64_t only;
	int64_t except;
	int32_t today;
	struct arena *arena;
};
/* tenant, company and what the query names besides; the customer last, and only in the text of one */
/* The scope's values, and those of the query; a statement refuses a value it has no place for. */
static const struct db_arg *load_args(const struct load *load, bool narrow, const struct db_arg *more)
{
	struct db_arg *args = arena_array(load->arena, struct db_arg, 12);
	size_t count = 0;
	args[count++] = db_int("tenant", load->company->tenant_id);
	args[count++] = db_int("company", load->company->id);
	if (narrow) args[count++] = db_int("customer", load->only);
	while (more->type != DB_END) args[count++] = *more++;
	args[count] = *more;
	return args;
}
#define LOAD_ARGS(load, ...) load_args((load), (load)->only != 0, DB_ARGS(__VA_ARGS__))
#define LOAD_NO_ARGS(load)   load_args((load), (load)->only != 0, DB_NO_ARGS)

static struct person *person_of(const struct load *load, int64_t customer_id, uint32_t *index)
{
	size_t at = book_find_customer(load->data->book, customer_id);
	if (at == SIZE_MAX) return NULL;
	*index = (uint32_t)at;
	return &load->data->people[at];
}

static int32_t siren_of(const char *text)
{
	int64_t number = 0;
	return strlen(text) == 9 && text_parse_int(text, 9, &number) && number > 0 ? (int32_t)number : 0;
}

static struct status load_people(struct load *load)
{
	size_t count = book_customers(load->data->book);
	load->data->people = arena_array(load->arena, struct person, count + 1);
	for (size_t i = 0; i < count; i++)
		load->data->people[i] = (struct person){ .minimum = -1, .replied_day = DAY_NONE, .broken_day = DAY_NONE, .score = -1,
							 .average_late = INT32_MIN, .language = "" };

	/* the general address is used when no contact has one (pitfall 44); a suppressed one never */
	cleanup_rows struct rows *rows = db_query(load->db,
		FOR(load->only, "SELECT c.id, c.minimum, c.payment_means, c.email, c.phone, s.address, c.siren, c.language, c.payer_id FROM customer c LEFT JOIN suppression s"
		" ON s.tenant_id = c.tenant_id AND s.address = LOWER(c.email) WHERE c.tenant_id = $tenant AND c.company_id = $company"
		" AND (c.minimum IS NOT NULL OR c.payment_means = 'direct_debit' OR c.phone <> '' OR c.email <> '' OR c.siren <> '' OR c.language <> '' OR c.payer_id > 0)", SCOPE("c.id"), ""),
		LOAD_NO_ARGS(load));
	uint32_t at;
	while (rows_next(rows)) {
		struct person *person = person_of(load, row_int(rows, 0), &at);
		if (!person) continue;
		if (!row_null(rows, 1)) person->minimum = row_int(rows, 1);
		person->by_debit = strcmp(row_text(rows, 2), "direct_debit") == 0;
		person->phone = row_text(rows, 4)[0] != 0;
		person->siren = siren_of(row_text(rows, 6));
		person->payer_id = row_int(rows, 8);
		if (row_text(rows, 7)[0]) person->language = arena_strdup(load->arena, row_text(rows, 7));
		if (row_text(rows, 3)[0]) {
			person->address = row_null(rows, 5);
			person->suppressed = !row_null(rows, 5);
		}
	}
	TRY(rows_status(rows));

	cleanup_rows struct rows *contacts = db_query(load->db,
		FOR(load->only, "SELECT c.customer_id, c.email, c.phone, c.bounced_at, s.address FROM contact c LEFT JOIN suppression s"
		" ON s.tenant_id = c.tenant_id AND s.address = LOWER(c.email) WHERE c.tenant_id = $tenant AND c.company_id = $company"
		" AND c.removed = 0", SCOPE("c.customer_id"), ""),
		LOAD_NO_ARGS(load));
	while (rows_next(contacts)) {
		struct person *person = person_of(load, row_int(contacts, 0), &at);
		if (!person) continue;
		if (row_text(contacts, 2)[0]) person->phone = true;
		if (!row_text(contacts, 1)[0] || row_int(contacts, 3)) continue;
		if (row_null(contacts, 4))
			person->address = true;
		else
			person->suppressed = true;
	}
	return rows_status(contacts);
}

static struct status load_preferences(struct load *load)
{
	cleanup_rows struct rows *rows = db_query(load->db,
		FOR(load->only, "SELECT customer_id FROM preference WHERE tenant_id = $tenant AND company_id = $company AND no_phone = 1",
		SCOPE("customer_id"), ""), LOAD_NO_ARGS(load));
	uint32_t at;
	while (rows_next(rows)) {
		struct person *person = person_of(load, row_int(rows, 0), &at);
		if (person) person->no_phone = true;
	}
	return rows_status(rows);
}

static struct status load_replies(struct load *load)
{
	cleanup_rows struct rows *rows = db_query(load->db,
		FOR(load->only, "SELECT customer_id, MAX(day) FROM reply WHERE tenant_id = $tenant AND company_id = $company"
		" AND kind = 'reply' AND day >= $since", SCOPE("customer_id"), " GROUP BY customer_id"),
		LOAD_ARGS(load, db_day("since", load->today - 60)));
	uint32_t at;
	while (rows_next(rows)) {
		struct person *person = person_of(load, row_int(rows, 0), &at);
		if (person) person->replied_day = row_day(rows, 1);
	}
	return rows_status(rows);
}

/* Promises and disputes of twelve months, for conditions. */
static struct status load_history(struct load *load)
{
	uint32_t at;
	cleanup_rows struct rows *rows = db_query(load->db,
		FOR(load->only, "SELECT customer_id, COUNT(CASE WHEN state = 'kept' THEN 1 END), COUNT(CASE WHEN state IN ('broken','partly_kept')"
		" THEN 1 END) FROM promise WHERE tenant_id = $tenant AND company_id = $company AND settled_day > $since",
		SCOPE("customer_id"), " GROUP BY customer_id"), LOAD_ARGS(load, db_day("since", load->today - 365)));
	while (rows_next(rows)) {
		struct person *person = person_of(load, row_int(rows, 0), &at);
		if (!person) continue;
		person->promises_kept = (int16_t)(row_int(rows, 1) < INT16_MAX ? row_int(rows, 1) : INT16_MAX);
		person->promises_broken = (int16_t)(row_int(rows, 2) < INT16_MAX ? row_int(rows, 2) : INT16_MAX);
	}
	TRY(rows_status(rows));
	cleanup_rows struct rows *disputes = db_query(load->db,
		FOR(load->only, "SELECT customer_id, COUNT(*) FROM dispute WHERE tenant_id = $tenant AND company_id = $company"
		" AND opened_day > $since AND opened_day <= $today", SCOPE("customer_id"), " GROUP BY customer_id"),
		LOAD_ARGS(load, db_day("since", load->today - 365), db_day("today", load->today)));
	while (rows_next(disputes)) {
		struct person *person = person_of(load, row_int(disputes, 0), &at);
		if (person) person->disputes = (int16_t)(row_int(disputes, 1) < INT16_MAX ? row_int(disputes, 1) : INT16_MAX);
	}
	return rows_status(disputes);
}

static int buyer_order(const void *a, const void *b)
{
	const struct buyer_row *x = a, *y = b;
	if (x->siren != y->siren) return x->siren < y->siren ? -1 : 1;
	return x->day < y->day ? -1 : x->day > y->day;
}

/* The days a buyer heard from the tenant, and what other companies plan for him today: what is looked at just before sending is
 * only what happened, for whoever is first sends. */
static struct status load_buyers(struct load *load)
{
	struct plan_data *data = load->data;
	size_t cap = 0;
	struct buyer_row *list = NULL;
	struct db_arg tenant = db_int("tenant", load->company->tenant_id), test = db_int("test", !load->company->live);
	int days = data->settings.contacts_days > 1 ? data->settings.contacts_days : 1;
	char siren[16] = "";
	uint32_t at;
	if (load->only) {
		struct person *person = person_of(load, load->only, &at);
		if (!person || !person->siren) return STATUS_FINE;
		snprintf(siren, sizeof siren, "%09d", person->siren);
	}
#define BUYERS "SELECT siren, day, company_id, action_id FROM buyer_contact WHERE tenant_id = $tenant AND test = $test AND day > $since AND day <= $today"
	struct db_arg since = db_day("since", load->today - days), today = db_day("today", load->today);
	cleanup_rows struct rows *rows = load->only ? db_query(load->db, BUYERS " AND siren = $siren", DB_ARGS(tenant, test, since, today, db_text("siren", siren)))
						    : db_query(load->db, BUYERS, DB_ARGS(tenant, test, since, today));
	while (rows_next(rows)) {
		if (load->except && row_int(rows, 2) == load->company->id && row_int(rows, 3) == load->except) continue;
		GROW(list, data->buyer_count, cap);
		list[data->buyer_count++] = (struct buyer_row){ siren_of(row_text(rows, 0)), row_day(rows, 1), row_int(rows, 2), row_int(rows, 3) };
	}
	struct status status = rows_status(rows);
#define PLANNED "SELECT DISTINCT c.siren, a.company_id FROM action a JOIN customer c ON c.tenant_id = a.tenant_id AND c.company_id = a.company_id AND c.id = a.customer_id"  	" WHERE a.tenant_id = $tenant AND a.company_id IN (SELECT id FROM company WHERE tenant_id = $tenant AND id <> $company) AND a.plan_day = $today AND a.test = $test" 	" AND a.state IN ('planned','to_confirm') AND a.channel NOT IN ('task','block','handover') AND c.siren <> '' AND (a.snoozed_until IS NULL OR a.snoozed_until <= $today)"
	if (!status.code && !load->except) {
		struct db_arg company = db_int("company", load->company->id);
		cleanup_rows struct rows *planned = load->only
			? db_query(load->db, PLANNED " AND c.siren = $siren", DB_ARGS(tenant, test, today, company, db_text("siren", siren)))
			: db_query(load->db, PLANNED, DB_ARGS(tenant, test, today, company));
		while (rows_next(planned)) {
			GROW(list, data->buyer_count, cap);
			list[data->buyer_count++] = (struct buyer_row){ siren_of(row_text(planned, 0)), load->today, row_int(planned, 1), 0 };
		}
		status = rows_status(planned);
	}
#undef BUYERS
#undef PLANNED
	data->buyers = arena_array(load->arena, struct buyer_row, data->buyer_count + 1);
	if (data->buyer_count) {
		memcpy(data->buyers, list, data->buyer_count * sizeof *list);
		qsort(data->buyers, data->buyer_count, sizeof *list, buyer_order);
	}
	free(list);
	return status;
}

static struct status load_disputes(struct load *load)
{
	struct plan_data *data = load->data;
	size_t cap = 0;
	struct bind_row *list = NULL;
	cleanup_rows struct rows *rows = db_query(load->db,
		FOR(load->only, "SELECT customer_id, item_id, amount, due_day, credit_expected_day FROM dispute WHERE tenant_id = $tenant"
		" AND company_id = $company AND closed_day IS NULL AND opened_day <= $today", SCOPE("customer_id"), ""),
		LOAD_ARGS(load, db_day("today", load->today)));
	uint32_t at;
	while (rows_next(rows)) {
		struct person *person = person_of(load, row_int(rows, 0), &at);
		if (!person) continue;
		bool late = (!row_null(rows, 3) && row_day(rows, 3) < load->today) ||
			    (!row_null(rows, 4) && row_day(rows, 4) < load->today);
		if (late) person->own_fault = true;
		GROW(list, data->dispute_count, cap);
		list[data->dispute_count++] = (struct bind_row){ .customer = at, .item = row_int(rows, 1),
			.amount = row_null(rows, 2) ? -1 : row_int(rows, 2), .kind = late ? 'o' : '-' };
	}
	data->disputes = arena_array(load->arena, struct bind_row, data->dispute_count + 1);
	if (data->dispute_count) memcpy(data->disputes, list, data->dispute_count * sizeof *list);
	free(list);
	return rows_status(rows);
}

static int mark_order(const void *a, const void *b);
static const struct item_mark *mark_find(const struct item_mark *marks, size_t count, int64_t item);

static struct status load_promises(struct load *load)
{
	struct plan_data *data = load->data;
	size_t cap = 0, broken_count = 0, broken_cap = 0, made_count = 0, made_cap = 0;
	struct bind_row *list = NULL;
	struct item_mark *broken = NULL;
	int32_t *made = NULL;
	cleanup_rows struct rows *rows = db_query(load->db,
		FOR(load->only, "SELECT p.customer_id, COALESCE(i.item_id, 0), p.day, p.amount, p.state, p.settled_day, p.made_day FROM promise p"
		" LEFT JOIN promise_item i ON i.tenant_id = p.tenant_id AND i.company_id = p.company_id AND i.promise_id = p.id"
		" WHERE p.tenant_id = $tenant AND p.company_id = $company AND (p.state = 'expected' OR (p.state IN ('broken','partly_kept')"
		" AND p.settled_day >= $since))", SCOPE("p.customer_id"), ""),
		LOAD_ARGS(load, db_day("since", load->today - 60)));
	uint32_t at;
	while (rows_next(rows)) {
		struct person *person = person_of(load, row_int(rows, 0), &at);
		if (!person) continue;
		if (strcmp(row_text(rows, 4), "expected") != 0) {
			if (row_day(rows, 5) > person->broken_day) person->broken_day = row_day(rows, 5);
			GROW(broken, broken_count, broken_cap);
			broken[broken_count++] = (struct item_mark){ .item = row_int(rows, 1), .value = row_day(rows, 5) };
			continue;
		}
		GROW(list, data->promise_count, cap);
		GROW(made, made_count, made_cap);
		made[made_count++] = row_day(rows, 6);
		list[data->promise_count++] = (struct bind_row){ .customer = at, .item = row_int(rows, 1), .day = row_day(rows, 2),
								 .amount = row_int(rows, 3) };
	}
	TRY(rows_status(rows));
	/* a payment plan that was missed is a word not kept as well */
	cleanup_rows struct rows *plans = db_query(load->db,
		FOR(load->only, "SELECT customer_id, ended_day FROM payment_plan WHERE tenant_id = $tenant AND company_id = $company AND state = 'broken'"
		" AND ended_day >= $since", SCOPE("customer_id"), ""), LOAD_ARGS(load, db_day("since", load->today - 60)));
	while (rows_next(plans)) {
		struct person *person = person_of(load, row_int(plans, 0), &at);
		if (person && row_day(plans, 1) > person->broken_day) person->broken_day = row_day(plans, 1);
	}
	/* whoever broke a promise on an item is not believed for the others he made on it before: the scenario resumes at once */
	if (broken_count) qsort(broken, broken_count, sizeof *broken, mark_order);
	size_t believed = 0;
	for (size_t i = 0; i < data->promise_count; i++) {
		bool kept = true;
		const struct item_mark *mark = list[i].item ? mark_find(broken, broken_count, list[i].item) : NULL;
		while (mark && mark > broken && mark[-1].item == list[i].item) mark--;
		for (; mark && mark < broken + broken_count && mark->item == list[i].item; mark++) kept &= mark->value < made[i];
		if (kept) list[believed++] = list[i];
	}
	data->promise_count = believed;
	free(broken), free(made);
	data->promises = arena_array(load->arena, struct bind_row, data->promise_count + 1);
	if (data->promise_count) memcpy(data->promises, list, data->promise_count * sizeof *list);
	free(list);
	return rows_status(rows);
}

static struct status load_holds(struct load *load)
{
	struct plan_data *data = load->data;
	size_t cap = 0;
	struct bind_row *list = NULL;
	cleanup_rows struct rows *rows = db_query(load->db,
		FOR(load->only, "SELECT customer_id, item_id, kind, until_day FROM hold WHERE tenant_id = $tenant AND company_id = $company"
		" AND lifted_day IS NULL AND from_day <= $today AND (until_day IS NULL OR until_day >= $today)", SCOPE("customer_id"), ""),
		LOAD_ARGS(load, db_day("today", load->today)));
	uint32_t at;
	while (rows_next(rows)) {
		if (!person_of(load, row_int(rows, 0), &at)) continue;
		GROW(list, data->hold_count, cap);
		list[data->hold_count++] = (struct bind_row){ .customer = at, .item = row_int(rows, 1), .kind = row_text(rows, 2)[0],
							      .day = row_day(rows, 3) };
	}
	data->holds = arena_array(load->arena, struct bind_row, data->hold_count + 1);
	if (data->hold_count) memcpy(data->holds, list, data->hold_count * sizeof *list);
	free(list);
	return rows_status(rows);
}

/* What went out, was done, passed over, or is under way: in this state of the company, test or live. */
static struct status load_past(struct load *load)
{
	struct plan_data *data = load->data;
	cleanup_rows struct rows *rows = db_query(load->db,
		FOR(load->only, "SELECT a.customer_id, a.id, a.scenario, a.step, a.step_rank, a.channel, a.state, a.reason, a.outcome,"
		" a.plan_day, a.done_day, a.currency, COALESCE(i.item_id, 0) FROM action a LEFT JOIN action_item i"
		" ON i.tenant_id = a.tenant_id AND i.company_id = a.company_id AND i.action_id = a.id AND i.role = 'claimed'"
		" WHERE a.tenant_id = $tenant AND a.company_id = $company AND a.test = $test AND a.id <> $except"
		" AND (a.state IN ('queued','sending','sent','unknown','failed','done') OR (a.state = 'cancelled' AND a.outcome = 'skipped'))",
		SCOPE("a.customer_id"), " ORDER BY a.customer_id, COALESCE(a.done_day, a.plan_day), a.id"),
		LOAD_ARGS(load, db_int("test", !load->company->live), db_int("except", load->except)));
	size_t cap = 0, items = 0, items_cap = 0;
	struct past_row *list = NULL;
	int64_t *ids = NULL;
	size_t *first = NULL, first_cap = 0;
	int64_t last = 0;
	uint32_t at;
	while (rows_next(rows)) {
		if (!person_of(load, row_int(rows, 0), &at)) continue;
		if (row_int(rows, 1) != last) {
			last = row_int(rows, 1);
			GROW(list, data->past_count, cap);
			if (data->past_count == first_cap) first = xrealloc(first, first_cap = cap, sizeof *first);
			first[data->past_count] = items;
			enum channel channel = CHANNEL_TASK;
			enum action_state state = STATE_DONE;
			channel_parse(row_text(rows, 5), &channel);
			action_state_parse(row_text(rows, 6), &state);
			int32_t plan_day = row_day(rows, 9), done_day = row_day(rows, 10);
			/* confirmed in test mode on an earlier day: it would have left (run.c writes it so) */
			if (state == STATE_QUEUED && !load->company->live && plan_day < load->today) state = STATE_SENT, done_day = plan_day;
			int64_t rank = row_int(rows, 4);
			list[data->past_count++] = (struct past_row){ at, {
				.id = last, .scenario = arena_strdup(load->arena, row_text(rows, 2)),
				.step = arena_strdup(load->arena, row_text(rows, 3)),
				.rank = rank >= 0 && rank < RANK_COUNT ? (enum rank)rank : RANK_NONE, .channel = channel, .state = state,
				.skipped = state == STATE_CANCELLED, .takeover = strstr(row_text(rows, 7), "takeover") != NULL,
				.no_contact = strstr(row_text(rows, 7), "no_contact") != NULL,
				.contact = channel_is_contact(channel) && state != STATE_CANCELLED,
				.plan_day = plan_day, .done_day = done_day } };
			snprintf(list[data->past_count - 1].past.currency, 4, "%s", row_text(rows, 11));
		}
		if (row_int(rows, 12)) {
			GROW(ids, items, items_cap);
			ids[items++] = row_int(rows, 12);
			list[data->past_count - 1].past.item_count++;
		}
	}
	int64_t *kept = arena_array(load->arena, int64_t, items + 1);
	if (items) memcpy(kept, ids, items * sizeof *kept);
	data->pasts = arena_array(load->arena, struct past_row, data->past_count + 1);
	if (data->past_count) memcpy(data->pasts, list, data->past_count * sizeof *list);
	for (size_t i = 0; i < data->past_count; i++) data->pasts[i].past.items = kept + first[i];
	free(list), free(ids), free(first);
	return rows_status(rows);
}

/* Whether an action already thanked for the item: planned ones that nobody acted on don't count. */
static struct status was_thanked(const struct load *load, int64_t item_id, bool *out)
{
	int64_t id;
	return db_get_int(load->db,
		"SELECT b.id FROM action_item t JOIN action b ON b.tenant_id = t.tenant_id AND b.company_id = t.company_id AND b.id = t.action_id"
		" WHERE t.tenant_id = $tenant AND t.company_id = $company AND t.item_id = $item AND t.role = 'paid' AND b.test = $test"
		" AND b.id <> $except AND (b.state NOT IN ('planned','to_confirm','cancelled') OR (b.state = 'cancelled' AND b.outcome = 'skipped'))"
		" LIMIT 1",
		load_args(load, false, DB_ARGS(db_int("item", item_id), db_int("test", !load->company->live), db_int("except", load->except))),
		&id, out);
}

static int id_order(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
	return x < y ? -1 : x > y;
}

static bool id_within(const int64_t *ids, size_t count, int64_t id)
{
	return count && bsearch(&id, ids, count, sizeof id, id_order) != NULL;
}

static struct status load_cash(struct load *load)
{
	struct plan_data *data = load->data;
	TRY(cash_pending(load->db, load->company, load->today, load->arena, &data->pending, &data->pending_count));
	return cash_uncollected(load->db, load->company, load->today, load->arena, &data->uncollected, &data->uncollected_count);
}

/* What payments of the last days settled of a closed item since it was claimed; the day is that of the first of them. */
static bool payment_of(const struct load *load, int64_t item_id, int32_t claimed_day, struct plan_payment *out)
{
	const struct book *book = load->data->book;
	size_t index = book_find_item(book, item_id);
	if (index == SIZE_MAX) return false;
	struct book_item item = book_item(book, index, DAY_MAX);
	if (item.open != 0 || item.withdrawn || item.outside) return false;
	struct book_settlement *settled;
	size_t count = book_item_settlements(book, index, load->arena, &settled);
	int64_t first = INT64_MAX;
	*out = (struct plan_payment){ .item_id = item_id, .number = item.number, .closed = true };
	for (size_t s = 0; s < count; s++) {
		if (settled[s].debit != index || settled[s].day <= load->today - 10 || settled[s].day > load->today || settled[s].day < claimed_day)
			continue;
		struct book_item credit = book_item(book, settled[s].credit, BOOK_FACTS);
		if (credit.kind != ITEM_PAYMENT || id_within(load->data->uncollected, load->data->uncollected_count, credit.id)) continue;
		out->amount += settled[s].amount;
		if (credit.id < first) first = credit.id, out->day = settled[s].day;
	}
	snprintf(out->currency, 4, "%s", item.currency);
	return first != INT64_MAX;
}

static int payment_order(const void *a, const void *b);

/* Payments of the last days on items that somebody was reminded of and not thanked for yet: from what went out (load_past) and the
 * book, in memory; the store is asked about the few that were paid. */
static struct status load_payments(struct load *load)
{
	struct plan_data *data = load->data;
	if (!data->thanks) return STATUS_FINE;
	size_t cap = 0, count = 0, kept = 0;
	struct payment_row *list = NULL;
	for (size_t p = 0; p < data->past_count; p++) {
		const struct plan_past *past = &data->pasts[p].past;
		if ((past->state != STATE_SENT && past->state != STATE_DONE) || channel_is_task(past->channel) || (int)past->rank < 2 ||
		    past->plan_day < load->today - 120 || past->done_day == DAY_NONE)
			continue;
		for (size_t i = 0; i < past->item_count; i++) {
			struct payment_row row = { .customer = data->pasts[p].customer };
			if (!payment_of(load, past->items[i], past->done_day, &row.payment)) continue;
			GROW(list, count, cap);
			list[count++] = row;
		}
	}
	/* claimed several times: the earliest claim saw most of it */
	if (count) qsort(list, count, sizeof *list, payment_order);
	struct status status = STATUS_FINE;
	for (size_t p = 0; p < count && !status.code; p++) {
		bool thanked = false;
		if (kept && list[kept - 1].payment.item_id == list[p].payment.item_id) {
			if (list[p].payment.amount > list[kept - 1].payment.amount) list[kept - 1] = list[p];
			continue;
		}
		status = was_thanked(load, list[p].payment.item_id, &thanked);
		if (!thanked) list[kept++] = list[p];
	}
	data->payment_count = kept;
	data->payments = arena_array(load->arena, struct payment_row, kept + 1);
	if (kept) memcpy(data->payments, list, kept * sizeof *list);
	free(list);
	return status;
}

static int mark_order(const void *a, const void *b)
{
	const struct item_mark *x = a, *y = b;
	return x->item < y->item ? -1 : x->item > y->item;
}

static struct status load_marks(struct load *load, struct rows *rows, bool account, struct item_mark **out, size_t *count)
{
	size_t cap = 0;
	struct item_mark *list = NULL;
	*count = 0;
	while (rows_next(rows)) {
		struct item_mark mark = { .item = row_int(rows, 0) };
		if (account)
			mark.value = strncmp(row_text(rows, 1), "413", 3) == 0 ? 413 : strncmp(row_text(rows, 1), "416", 3) == 0 ? 416 : 0;
		else
			zone_civil(load->company->zone, row_int(rows, 1), &mark.value, NULL);
		GROW(list, *count, cap);
		list[(*count)++] = mark;
	}
	*out = arena_array(load->arena, struct item_mark, *count + 1);
	if (*count) memcpy(*out, list, *count * sizeof *list);
	free(list);
	qsort(*out, *count, sizeof **out, mark_order);
	return rows_status(rows);
}

static const struct item_mark *mark_find(const struct item_mark *marks, size_t count, int64_t item)
{
	struct item_mark key = { .item = item };
	return count ? bsearch(&key, marks, count, sizeof key, mark_order) : NULL;
}

static struct status load_items(struct load *load)
{
	struct plan_data *data = load->data;
	cleanup_rows struct rows *accounts = db_query(load->db,
		FOR(load->only, "SELECT id, account FROM item WHERE tenant_id = $tenant AND company_id = $company AND account >= '413'"
		" AND account < '417' AND open_amount <> 0", SCOPE("customer_id"), ""),
		LOAD_NO_ARGS(load));
	TRY(load_marks(load, accounts, true, &data->accounts, &data->account_count));
	if (data->settings.takeover_day == DAY_NONE || data->settings.takeover_day >= load->today) return STATUS_FINE;
	/* items that came in after the start, already late */
	cleanup_rows struct rows *seen = db_query(load->db,
		FOR(load->only, "SELECT i.id, m.at FROM import m JOIN fact f ON f.tenant_id = m.tenant_id AND f.company_id = m.company_id"
		" AND f.import_id = m.id JOIN item i ON i.tenant_id = f.tenant_id AND i.company_id = f.company_id"
		" AND i.customer_id = f.customer_id AND i.id = f.id WHERE m.tenant_id = $tenant AND m.company_id = $company"
		" AND m.state = 'active' AND m.at >= $since AND i.open_amount > 0 AND i.due_day < $today", SCOPE("f.customer_id"), ""),
		LOAD_ARGS(load, db_int("since", zone_instant(load->company->zone, data->settings.takeover_day + 1, 0)),
			  db_day("today", load->today)));
	return load_marks(load, seen, false, &data->seen, &data->seen_count);
}

static struct status load_settings(struct load *load)
{
	struct plan_data *data = load->data;
	const struct settings *settings;
	TRY(settings_load(load->db, load->company->tenant_id, load->company->id, load->arena, &settings));
	struct plan_settings *plan = &data->settings;
	*plan = plan_settings_default();
	plan->calendar = calendar_of(settings, load->company->country, load->arena);
	plan->stop_all = setting_bool(settings, "stop_all");
	const char *engine = setting_text(settings, "engine.model");
	plan->per_item = engine[0] ? strcmp(engine, "item") == 0 : setting_bool(settings, "item_mode");
	plan->highest = strcmp(engine, "highest") == 0;
	plan->keep_step = strcmp(setting_text(settings, "engine.restart"), "clear") == 0;
	plan->contacts_max = (int)setting_int(settings, "contact.max");
	plan->contacts_days = (int)setting_int(settings, "contact.max_days");
	plan->gap_days = (int)setting_int(settings, "contact.min_days");
	plan->reply_days = (int)setting_int(settings, "reply.peace_days");
	plan->promise_grace = (int)setting_int(settings, "promise.grace_days");
	plan->firm_min_late = (int)setting_int(settings, "firm.min_days_late");
	plan->unlettered_percent = (int)setting_int(settings, "quality.poorly_lettered");
	plan->review_after = (int)setting_int(settings, "takeover.review_days");
	plan->minimum = setting_int(settings, "minimum.account");
	data->cap = (int)setting_int(settings, "daily_cap");
	data->company_language = setting_text(settings, "language");
	data->thanks = setting_bool(settings, "thanks");

	const struct db_arg *of_company = load_args(load, false, DB_NO_ARGS);
	int64_t at = 0;
	bool found = false;
	/* a feed that offers the same file again says that nothing changed until then; a bank statement, an e-invoice or a list of
	 * customers says nothing of what the books know was paid */
	TRY(db_get_int(load->db,
		"SELECT COALESCE(MAX(at), 0) FROM (SELECT at, format, state FROM import WHERE tenant_id = $tenant AND company_id = $company"
		" UNION ALL SELECT f.at, i.format, i.state FROM feed_file f JOIN import i ON i.tenant_id = f.tenant_id AND i.company_id = f.company_id"
		" AND i.id = (SELECT MAX(p.import_id) FROM feed_file p WHERE p.tenant_id = f.tenant_id AND p.company_id = f.company_id"
		" AND p.feed_id = f.feed_id AND p.name = f.name AND p.import_id > 0)"
		" WHERE f.tenant_id = $tenant AND f.company_id = $company AND f.state = 'unchanged') AS came WHERE state = 'active'"
		" AND format NOT LIKE 'csv-c%' AND format NOT LIKE 'xlsx-c%' AND format NOT LIKE 'camt%' AND format NOT LIKE 'cfonb%' AND format NOT LIKE 'mt94%'"
		" AND format NOT LIKE 'pain%' AND format NOT IN ('ofx', 'qif', 'bank-csv', 'cash', 'ubl', 'cii', 'facturx', 'einvoices', 'pdf', 'cdar', 'peppol-response', 'status-list', 'chorus-pro', 'bodacc')", of_company, &at, &found));
	if (at) {
		zone_civil(load->company->zone, at, &plan->last_import, NULL);
		plan->stale = load->today - plan->last_import > setting_int(settings, "stale.days");
	}
	/* what was late before the day the company went live, or, in test, before its first plan, was taken over */
	int64_t day = 0;
	if (load->company->live)
		TRY(db_get_int(load->db, "SELECT day FROM event WHERE tenant_id = $tenant AND company_id = $company"
			" AND kind = 'company.live' ORDER BY seq DESC LIMIT 1", of_company, &day, &found));
	else
		found = false;
	if (!found)
		TRY(db_get_int(load->db, "SELECT day FROM run WHERE tenant_id = $tenant AND company_id = $company ORDER BY day LIMIT 1",
			of_company, &day, &found));
	plan->takeover_day = found && (int32_t)day <= load->today ? (int32_t)day : load->today;
	return scenario_load_all(load->db, load->company->tenant_id, load->company->id, load->arena, &data->scenarios,
				 &data->scenario_count);
}

static int trial_order(const void *a, const void *b)
{
	const struct trial_row *x = a, *y = b;
	return x->customer < y->customer ? -1 : x->customer > y->customer;
}

/* Who is in a trial that runs, and which of its two scenarios he follows. */
static struct status load_trials(struct load *load)
{
	struct plan_data *data = load->data;
	size_t cap = 0;
	struct trial_row *list = NULL;
	cleanup_rows struct rows *rows = db_query(load->db,
		FOR(load->only, "SELECT m.customer_id, CASE WHEN m.arm = 'a' THEN t.scenario_a ELSE t.scenario_b END FROM trial t JOIN trial_member m"
		" ON m.tenant_id = t.tenant_id AND m.company_id = t.company_id AND m.trial_id = t.id WHERE t.tenant_id = $tenant AND t.company_id = $company"
		" AND t.stopped_day IS NULL AND t.started_day <= $today AND t.started_day + t.days > $today", SCOPE("m.customer_id"), " ORDER BY t.id"),
		LOAD_ARGS(load, db_day("today", load->today)));
	uint32_t at;
	while (rows_next(rows)) {
		if (!person_of(load, row_int(rows, 0), &at)) continue;
		GROW(list, data->trial_count, cap);
		list[data->trial_count++] = (struct trial_row){ at, arena_strdup(load->arena, row_text(rows, 1)) };
	}
	data->trials = arena_array(load->arena, struct trial_row, data->trial_count + 1);
	if (data->trial_count) {
		memcpy(data->trials, list, data->trial_count * sizeof *list);
		qsort(data->trials, data->trial_count, sizeof *list, trial_order);
	}
	free(list);
	return rows_status(rows);
}

static struct status load_fields(struct load *load)
{
	bool wanted = false;
	for (size_t s = 0; s < load->data->scenario_count; s++)
		for (size_t i = 0; i < load->data->scenarios[s].count; i++)
			for (size_t c = 0; c < load->data->scenarios[s].steps[i].condition_count; c++)
				wanted |= load->data->scenarios[s].steps[i].conditions[c].fact == FACT_FIELD;
	for (size_t r = 0; r < load->data->rules->count; r++)
		for (size_t c = 0; c < load->data->rules->rules[r].condition_count; c++)
			wanted |= load->data->rules->rules[r].conditions[c].fact == FACT_FIELD;
	if (!wanted) return STATUS_FINE;
	TRY(custom_fields_load(load->db, load->company->tenant_id, load->company->id, load->arena, &load->data->fields));
	return custom_values_load(load->db, load->company->tenant_id, load->company->id, CUSTOM_CUSTOMER, load->only, load->arena, &load->data->values);
}

static void view_fields(const struct plan_data *data, int64_t customer_id, struct arena *scratch, struct condition_facts *facts)
{
	if (!data->fields.count) return;
	struct condition_field *list = arena_array(scratch, struct condition_field, data->fields.count);
	for (size_t f = 0; f < data->fields.count; f++)
		if (data->fields.rows[f].subject == CUSTOM_CUSTOMER)
			list[facts->field_count++] = (struct condition_field){ data->fields.rows[f].code,
				custom_value_of(&data->values, customer_id, data->fields.rows[f].id), &data->fields.rows[f] };
	facts->fields = list;
}

static int32_t average_late_of(const struct standing *standing)
{
	return standing->behaviour.late_weight > 0 ? (int32_t)round_div(standing->behaviour.days_late, standing->behaviour.late_weight) : INT32_MIN;
}

static void load_scores(struct load *load)
{
	struct plan_data *data = load->data;
	struct standing_options options = { .as_of = load->today, .poor_percent = data->settings.unlettered_percent };
	if (load->only) {
		uint32_t at;
		struct person *person = person_of(load, load->only, &at);
		if (!person) return;
		struct standing one = standing_one(data->book, at, options);
		person->score_class = one.score.known && one.behaviour.settled > 0 ? one.score.class : 0;
		person->score = one.score.known ? (int16_t)one.score.value : -1;
		person->history = one.behaviour.settled > 0;
		if (person->history) person->average_late = average_late_of(&one);
		return;
	}
	struct arena *scratch = arena_new();
	struct standing *rows;
	standing_all(data->book, options, scratch, &rows);
	for (size_t i = 0; i < book_customers(data->book); i++) {
		/* a class made of overdue amounts alone is no history of paying: such a customer is average */
		data->people[i].score_class = rows[i].score.known && rows[i].behaviour.settled > 0 ? rows[i].score.class : 0;
		data->people[i].score = rows[i].score.known ? (int16_t)rows[i].score.value : -1;
		data->people[i].history = rows[i].behaviour.settled > 0;
		if (data->people[i].history) data->people[i].average_late = average_late_of(&rows[i]);
	}
	arena_free(scratch);
}

static int bind_order(const void *a, const void *b)
{
	const struct bind_row *x = a, *y = b;
	if (x->customer != y->customer) return x->customer < y->customer ? -1 : 1;
	if (x->item != y->item) return x->item < y->item ? -1 : 1;
	return x->day < y->day ? -1 : x->day > y->day;
}

static int past_order(const void *a, const void *b)
{
	const struct past_row *x = a, *y = b;
	if (x->customer != y->customer) return x->customer < y->customer ? -1 : 1;
	int32_t dx = x->past.done_day != DAY_NONE ? x->past.done_day : x->past.plan_day;
	int32_t dy = y->past.done_day != DAY_NONE ? y->past.done_day : y->past.plan_day;
	if (dx != dy) return dx < dy ? -1 : 1;
	return x->past.id < y->past.id ? -1 : x->past.id > y->past.id;
}

static int payment_order(const void *a, const void *b)
{
	const struct payment_row *x = a, *y = b;
	if (x->customer != y->customer) return x->customer < y->customer ? -1 : 1;
	return x->payment.item_id < y->payment.item_id ? -1 : x->payment.item_id > y->payment.item_id;
}

struct status plan_data_load(struct db *db, const struct company *company, int32_t today, int64_t only_customer, int64_t except_action,
                             struct arena *arena, struct plan_data **out)
{
	struct plan_data *data = arena_make(arena, struct plan_data);
	*data = (struct plan_data){ .company = company, .today = today, .arena = arena, .only = SIZE_MAX };
	struct load load = { db, data, company, only_customer, except_action, today, arena };
	TRY(book_get(db_store(db), company->tenant_id, company->id, &data->book));
	*out = data; /* from here the caller closes it, also on failure */
	if (only_customer) data->only = book_find_customer(data->book, only_customer);
	TRY(load_settings(&load));
	TRY(load_people(&load));
	TRY(load_preferences(&load));
	TRY(load_replies(&load));
	TRY(profile_rules_load(db, company->tenant_id, company->id, arena, &data->rules));
	TRY(load_trials(&load));
	TRY(load_fields(&load));
	TRY(load_history(&load));
	TRY(load_buyers(&load));
	TRY(load_disputes(&load));
	TRY(load_promises(&load));
	TRY(load_holds(&load));
	TRY(load_past(&load));
	TRY(limitation_notes_load(load.db, load.company->tenant_id, load.company->id, load.arena, &load.data->limitation));
	TRY(load_cash(&load));
	TRY(load_payments(&load));
	TRY(load_items(&load));
	load_scores(&load);
	qsort(data->disputes, data->dispute_count, sizeof *data->disputes, bind_order);
	qsort(data->promises, data->promise_count, sizeof *data->promises, bind_order);
	qsort(data->holds, data->hold_count, sizeof *data->holds, bind_order);
	qsort(data->pasts, data->past_count, sizeof *data->pasts, past_order);
	qsort(data->payments, data->payment_count, sizeof *data->payments, payment_order);
	return STATUS_FINE;
}

/* --- one view --------------------------------------------------------------------------------------------------------------------- */
/* First row of a customer in rows sorted by customer (its first field is the customer's index in every row type). */
static size_t first_of(const void *rows, size_t count, size_t size, size_t customer)
{
	size_t low = 0, high = count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		uint32_t at;
		memcpy(&at, (const char *)rows + middle * size, sizeof at);
		if (at < customer)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Whether that action is in this customer's own past. */
static bool past_of(const struct plan_data *data, int64_t customer_id, int64_t action_id)
{
	size_t customer = book_find_customer(data->book, customer_id);
	for (size_t p = first_of(data->pasts, data->past_count, sizeof *data->pasts, customer);
	     p < data->past_count && data->pasts[p].customer == customer; p++)
		if (data->pasts[p].past.id == action_id) return true;
	return false;
}

static void bind_items(const struct plan_data *data, size_t customer, const struct book_customer *who, struct plan_item *items,
		       size_t count)
{
	for (size_t d = first_of(data->disputes, data->dispute_count, sizeof *data->disputes, customer);
	     d < data->dispute_count && data->disputes[d].customer == customer; d++)
		for (size_t i = 0; i < count; i++)
			if (items[i].id == data->disputes[d].item && items[i].open > 0) {
				int64_t part = data->disputes[d].amount < 0 ? items[i].open : data->disputes[d].amount;
				items[i].disputed = items[i].disputed + part < items[i].open ? items[i].disputed + part : items[i].open;
				items[i].own_fault |= data->disputes[d].kind == 'o';
			}
	for (size_t p = first_of(data->promises, data->promise_count, sizeof *data->promises, customer);
	     p < data->promise_count && data->promises[p].customer == customer; p++) {
		int64_t rest = data->promises[p].amount;
		for (size_t i = 0; i < count; i++) {
			bool named = data->promises[p].item == items[i].id;
			/* a promise on the account covers its oldest late items, up to its amount */
			bool covered = data->promises[p].item == 0 && items[i].open > 0 && items[i].due_day < data->today && rest > 0;
			if (covered) rest -= items[i].open;
			if ((named || covered) && (items[i].promise_day == DAY_NONE || items[i].promise_day < data->promises[p].day))
				items[i].promise_day = data->promises[p].day;
		}
	}
	for (size_t h = first_of(data->holds, data->hold_count, sizeof *data->holds, customer);
	     h < data->hold_count && data->holds[h].customer == customer; h++)
		for (size_t i = 0; i < count; i++) {
			const struct bind_row *hold = &data->holds[h];
			if (hold->item && hold->item != items[i].id) continue;
			items[i].hold_until = hold->day;
			switch (hold->kind) {
			case 'e': items[i].excluded = true; break;
			case 'p': items[i].plan = true; break;
			case 'd': items[i].direct_debit = true; break;
			case 'c': items[i].ceded = true; break;
			default: items[i].hold = true;
			}
		}
	enum debtor_class debtor = debtor_class_parse(who->class);
	for (size_t i = 0; i < count; i++) {
		const struct item_mark *mark = mark_find(data->accounts, data->account_count, items[i].id);
		if (mark) items[i].doubtful = mark->value == 416, items[i].on_bill = mark->value == 413;
		items[i].match_pending = id_within(data->pending, data->pending_count, items[i].id);
		mark = mark_find(data->seen, data->seen_count, items[i].id);
		if (mark) items[i].first_seen = mark->value;
		if (items[i].open > 0 && data->today - items[i].due_day > 365) {
			struct limitation_claim claim = { .due_day = items[i].due_day, .issue_day = items[i].issue_day,
							  .debtor = debtor, .right_day = DAY_NONE };
			const struct limitation_note *note;
			struct limitation_event events[LIMITATION_EVENTS_MOST];
			size_t noted = limitation_notes_of(&data->limitation, items[i].id, &note);
			claim.events = events;
			claim.event_count = limitation_events(note, noted < LIMITATION_EVENTS_MOST ? noted : LIMITATION_EVENTS_MOST, data->today, events);
			items[i].barred_from = limitation_compute(&claim).barred_from;
		}
	}
}

/* What a transfer or a returned payment took over is no surer than it was: a due date assumed of the first item, or set by an
 * opening entry, wants a person's yes on the last as well. */
static enum due_source due_source_of(const struct book_item *all, size_t count, const struct book_item *item)
{
	enum { HOPS = 16 }; /* 411 to 413, returned, to 416… */
	const struct book_item *at = item;
	for (int hop = 0; hop < HOPS && at->due_source == DUE_ORIGINAL && at->origin_id; hop++) {
		size_t i = 0;
		while (i < count && all[i].id != at->origin_id)
			i++;
		if (i == count) break;
		at = &all[i];
	}
	return at->due_source == DUE_ASSUMED || at->due_source == DUE_OPENING ? at->due_source : item->due_source;
}

/* What the buyer heard from others: his own actions are his past already. */
static void view_buyers(const struct plan_data *data, const struct person *person, const struct book_customer *who, struct arena *scratch,
			struct plan_view *view)
{
	if (!person->siren || !data->buyer_count) return;
	size_t low = 0, high = data->buyer_count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (data->buyers[middle].siren < person->siren)
			low = middle + 1;
		else
			high = middle;
	}
	size_t end = low;
	while (end < data->buyer_count && data->buyers[end].siren == person->siren) end++;
	int32_t *days = arena_array(scratch, int32_t, end - low + 1);
	size_t count = 0;
	for (size_t b = low; b < end; b++) {
		if (data->buyers[b].company_id == data->company->id && data->buyers[b].action_id && past_of(data, who->id, data->buyers[b].action_id)) continue;
		if (data->buyers[b].day == data->today) view->buyer_today = true;
		if (data->buyers[b].action_id && (!count || days[count - 1] != data->buyers[b].day)) days[count++] = data->buyers[b].day;
	}
	view->buyer_days = days, view->buyer_day_count = count;
}

static struct condition_facts facts_of(const struct plan_data *data, size_t customer, const struct book_customer *who, struct arena *scratch)
{
	const struct person *person = &data->people[customer];
	struct condition_facts facts = { .score = person->score, .score_class = person->score_class, .debtor = who->class,
		.group = who->group_code, .language = person->language[0] ? person->language : data->company_language, .key_account = who->key_account,
		.history = person->history, .promises_broken = person->promises_broken, .promises_kept = person->promises_kept,
		.disputes = person->disputes, .average_late = person->average_late };
	view_fields(data, who->id, scratch, &facts);
	return facts;
}

/* What a person chose, else the trial he is in, else the rules. */
static const char *scenario_of(const struct plan_data *data, size_t customer, const struct book_customer *who, const struct condition_facts *facts)
{
	if (who->scenario[0]) return who->scenario;
	if (who->profile[0]) return profile_scenario_of(data->rules, who->profile);
	struct trial_row key = { .customer = (uint32_t)customer };
	const struct trial_row *trial = data->trial_count ? bsearch(&key, data->trials, data->trial_count, sizeof key, trial_order) : NULL;
	if (trial) return trial->scenario;
	const struct profile_rule *rule = profile_by_rules(data->rules, facts);
	return rule ? rule->scenario : "";
}

const struct profile_rule *plan_data_profile(const struct plan_data *data, size_t customer, struct arena *scratch, bool *by_hand)
{
	struct book_customer who = book_customer(data->book, customer);
	struct plan_view view;
	const struct scenario *scenario;
	*by_hand = who.profile[0] || who.scenario[0];
	struct condition_facts facts = plan_data_view(data, customer, scratch, &view, &scenario) ? view.who : facts_of(data, customer, &who, scratch);
	return profile_by_rules(data->rules, &facts);
}

int64_t plan_data_buyer(const struct plan_data *data, size_t customer)
{
	const struct person *person = &data->people[customer];
	if (person->payer_id) {
		size_t payer = book_find_customer(data->book, person->payer_id);
		if (payer != SIZE_MAX && data->people[payer].siren) return data->people[payer].siren;
		return -person->payer_id;
	}
	return person->siren ? person->siren : -book_customer(data->book, customer).id;
}

bool plan_data_view(const struct plan_data *data, size_t customer, struct arena *scratch, struct plan_view *view,
                    const struct scenario **scenario)
{
	if (data->only != SIZE_MAX && customer != data->only) return false;
	struct book_customer who = book_customer(data->book, customer);
	const struct person *person = &data->people[customer];
	size_t payment = first_of(data->payments, data->payment_count, sizeof *data->payments, customer);
	bool paid = payment < data->payment_count && data->payments[payment].customer == customer;
	if (who.item_count == 0) return false;
	struct book_item *all = arena_array(scratch, struct book_item, who.item_count);
	book_customer_items(data->book, customer, data->today, all);
	struct plan_item *items = arena_array(scratch, struct plan_item, who.item_count);
	size_t count = 0;
	bool owes = false;
	for (size_t i = 0; i < who.item_count; i++) {
		if (!all[i].exists || all[i].outside || all[i].open == 0) continue;
		owes |= all[i].open > 0;
		items[count] = (struct plan_item){
			.id = all[i].id, .number = all[i].number, .open = all[i].open, .issue_day = all[i].issue_day,
			.posting_day = all[i].posting_day, .due_day = all[i].due_day, .first_seen = DAY_NONE, .kind = all[i].kind,
			.due_source = due_source_of(all, who.item_count, &all[i]), .origin_id = all[i].origin_id, .hold_until = DAY_NONE,
			.promise_day = DAY_NONE, .barred_from = DAY_NONE };
		snprintf(items[count].currency, sizeof items[count].currency, "%s", all[i].currency);
		count++;
	}
	if (!owes && !paid) return false;
	bind_items(data, customer, &who, items, count);

	*view = (struct plan_view){
		.customer_id = who.id, .code = who.code, .stopped = who.stopped, .generic = strcmp(who.generic, "accepted") == 0,
		.generic_proposed = strcmp(who.generic, "proposed") == 0, .insolvency_day = who.insolvency_day,
		.supplier_balance = who.supplier_balance, .minimum = person->minimum, .pays_by_debit = person->by_debit,
		.own_fault = person->own_fault, .replied_day = person->replied_day, .address_usable = person->address,
		.address_suppressed = person->suppressed, .phone_usable = person->phone, .no_phone = person->no_phone, .score = person->score,
		.items = items, .item_count = count };
	view->who = facts_of(data, customer, &who, scratch);
	for (size_t i = 0; i < count; i++) {
		if (items[i].open <= 0 || items[i].due_day >= data->today) continue;
		if (strcmp(items[i].currency, data->company->currency) == 0) view->who.amount += items[i].open;
		if (data->today - items[i].due_day > view->who.days_late) view->who.days_late = data->today - items[i].due_day;
	}
	view_buyers(data, person, &who, scratch, view);

	size_t past = first_of(data->pasts, data->past_count, sizeof *data->pasts, customer), past_end = past;
	while (past_end < data->past_count && data->pasts[past_end].customer == customer) past_end++;
	struct plan_past *history = arena_array(scratch, struct plan_past, past_end - past + 1);
	bool sent_since = false;
	for (size_t p = past; p < past_end; p++) {
		history[view->past_count++] = data->pasts[p].past;
		if (data->pasts[p].past.contact && data->pasts[p].past.rank >= RANK_REMINDER &&
		    data->pasts[p].past.done_day != DAY_NONE && data->pasts[p].past.done_day >= person->broken_day)
			sent_since = true;
	}
	view->past = history;
	view->broken_promise = person->broken_day != DAY_NONE && !sent_since;

	size_t payments_end = payment;
	while (payments_end < data->payment_count && data->payments[payments_end].customer == customer) payments_end++;
	struct plan_payment *received = arena_array(scratch, struct plan_payment, payments_end - payment + 1);
	for (size_t p = payment; p < payments_end; p++) received[view->payment_count++] = data->payments[p].payment;
	view->payments = received;

	const char *code = scenario_of(data, customer, &who, &view->who);
	view->never = strcmp(code, "none") == 0;
	*scenario = NULL;
	for (size_t s = 0; s < data->scenario_count; s++)
		if (strcmp(data->scenarios[s].code, code) == 0) *scenario = &data->scenarios[s];
	return true;
}
