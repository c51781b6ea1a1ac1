#include "dunning/plan_load_inside.h"

#include "base/day.h"
#include "base/memory.h"
#include "base/money.h"
#include "base/zone.h"
#include "standing/standing.h"

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
const struct db_arg *load_args(const struct load *load, bool narrow, const struct db_arg *more)
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

struct person *person_of(const struct load *load, int64_t customer_id, uint32_t *index)
{
	size_t at = book_find_customer(load->data->book, customer_id);
	if (at == SIZE_MAX) return NULL;
	*index = (uint32_t)at;
	return &load->data->people[at];
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
	payer_mode_parse(setting_text(settings, "engine.payer"), &plan->payers);
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

int trial_order(const void *a, const void *b)
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
	return custom_values_load(load->db, load->company->tenant_id, load->company->id, CUSTOM_CUSTOMER, load->group ? 0 : load->only, load->arena, &load->data->values);
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

struct status plan_data_load(struct db *db, const struct company *company, int32_t today, int64_t only_customer, int64_t except_action,
                             struct arena *arena, struct plan_data **out)
{
	struct plan_data *data = arena_make(arena, struct plan_data);
	*data = (struct plan_data){ .company = company, .today = today, .arena = arena, .only = SIZE_MAX };
	struct load load = { .db = db, .data = data, .company = company, .only = only_customer, .except = except_action, .today = today, .arena = arena };
	TRY(book_get(db_store(db), company->tenant_id, company->id, &data->book));
	*out = data; /* from here the caller closes it, also on failure */
	TRY(load_settings(&load));
	TRY(load_scope(&load));
	TRY(load_people(&load));
	load_groups(&load);
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
	TRY(load_taken(&load));
	TRY(limitation_notes_load(load.db, load.company->tenant_id, load.company->id, load.arena, &load.data->limitation));
	TRY(load_cash(&load));
	TRY(load_payments(&load));
	TRY(load_items(&load));
	load_scores(&load);
	load_items_sort(data);
	return STATUS_FINE;
}
