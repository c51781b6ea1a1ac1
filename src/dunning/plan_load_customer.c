#include "dunning/plan_load_inside.h"

#include "base/day.h"
#include "base/memory.h"
#include "base/text.h"

static int32_t siren_of(const char *text)
{
	int64_t number = 0;
	return strlen(text) == 9 && text_parse_int(text, 9, &number) && number > 0 ? (int32_t)number : 0;
}

struct status load_people(struct load *load)
{
	size_t count = book_customers(load->data->book);
	load->data->people = arena_array(load->arena, struct person, count + 1);
	for (size_t i = 0; i < count; i++)
		load->data->people[i] = (struct person){ .minimum = -1, .replied_day = DAY_NONE, .broken_day = DAY_NONE, .score = -1,
							 .average_late = INT32_MIN, .payer_mode = -1, .language = "" };

	/* the general address is used when no contact has one (pitfall 44); a suppressed one never */
	cleanup_rows struct rows *rows = db_query(load->db,
		FOR(load->only, "SELECT c.id, c.minimum, c.payment_means, c.email, c.phone, s.address, c.siren, c.language, c.payer_id, c.payer_mode FROM customer c LEFT JOIN suppression s"
		" ON s.tenant_id = c.tenant_id AND s.address = LOWER(c.email) WHERE c.tenant_id = $tenant AND c.company_id = $company"
		" AND (c.minimum IS NOT NULL OR c.payment_means = 'direct_debit' OR c.phone <> '' OR c.email <> '' OR c.siren <> '' OR c.language <> '' OR c.payer_id > 0 OR c.payer_mode <> '')", SCOPE("c.id"), ""),
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
		enum payer_mode mode;
		if (payer_mode_parse(row_text(rows, 9), &mode)) person->payer_mode = (int8_t)mode;
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

struct status load_preferences(struct load *load)
{
	cleanup_rows struct rows *rows = db_query(load->db,
		FOR(load->only, "SELECT customer_id, no_phone, channel FROM preference WHERE tenant_id = $tenant AND company_id = $company AND (no_phone = 1 OR channel <> '')",
		SCOPE("customer_id"), ""), LOAD_NO_ARGS(load));
	uint32_t at;
	while (rows_next(rows)) {
		struct person *person = person_of(load, row_int(rows, 0), &at);
		if (!person) continue;
		person->no_phone = row_int(rows, 1) != 0;
		person->prefers = channel_parse(row_text(rows, 2), &person->preferred);
	}
	return rows_status(rows);
}

struct status load_replies(struct load *load)
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
struct status load_history(struct load *load)
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
struct status load_buyers(struct load *load)
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
	int64_t others = 0; /* companies of the same owner: mostly none, and then no action needs to be looked at */
	if (!status.code)
		status = db_get_int(load->db, "SELECT COUNT(*) FROM company WHERE tenant_id = $tenant AND id <> $company",
				    DB_ARGS(tenant, db_int("company", load->company->id)), &others, NULL);
	if (!status.code && !load->except && others) {
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
