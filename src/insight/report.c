#include "insight/report.h"

#include "base/memory.h"
#include "book/page.h"
#include "insight/inside.h"
#include "insight/report_by.h"
#include "ledger/setting.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* --- numbers --------------------------------------------------------------------------------------------------------------- */

static __int128 round_away(__int128 n, __int128 d)
{
	return (n + (n < 0 ? -d : d) / 2) / d;
}

static json_t *json_places(__int128 numerator, __int128 denominator, int scale)
{
	if (denominator <= 0) return json_null();
	return json_real((double)round_away(numerator * scale, denominator) / scale);
}

json_t *json_ratio(__int128 numerator, __int128 denominator)
{
	return json_places(numerator, denominator, 1000000);
}

json_t *json_days(__int128 numerator, __int128 denominator)
{
	return json_places(numerator, denominator, 100);
}

json_t *json_score(const struct score *score)
{
	return score->known ? json_real(round(score->value * 100) / 100) : json_null();
}

json_t *json_class(const struct score *score)
{
	return score->known ? json_stringn(&score->class, 1) : json_null();
}

json_t *json_day(int32_t day)
{
	if (day == DAY_NONE) return json_null();
	char iso[11];
	day_format(day, iso);
	return json_string(iso);
}

/* --- what is asked -------------------------------------------------------------------------------------------------------- */

const char *report_currency(const struct report_context *context)
{
	return context->currency ? context->currency : book_currency(context->book);
}

const uint8_t *report_selected(const struct report_context *context)
{
	return book_select(context->book, context->viewer, context->arena);
}

static void read_edges(const struct report_context *context, int32_t edges[3])
{
	static const int32_t usual[3] = { 30, 60, 90 };
	memcpy(edges, usual, sizeof usual);
	if (!context->settings) return;
	const char *at = setting_text(context->settings, "ageing.edges"); /* checked when it was set */
	for (int i = 0; i < 3 && *at; i++) {
		char *end;
		long edge = strtol(at, &end, 10);
		if (end == at || edge <= 0 || edge > 100000) break;
		edges[i] = (int32_t)edge;
		at = *end == ',' ? end + 1 : end;
	}
}

struct book_age_options report_ageing(const struct report_context *context)
{
	struct book_age_options options = { .as_of = context->as_of, .basis = context->basis, .currency = context->currency,
		.selected = report_selected(context) };
	read_edges(context, options.edges);
	return options;
}

unsigned report_no_lateness(const struct report_context *context)
{
	if (!context->settings) return 0;
	return (setting_bool(context->settings, "opening.in_behaviour") ? 0 : 1u << DUE_OPENING) |
	       (setting_bool(context->settings, "assumed.in_behaviour") ? 0 : 1u << DUE_ASSUMED);
}

struct standing_options report_standing(const struct report_context *context)
{
	struct standing_options options = { .as_of = context->as_of, .currency = context->currency,
		.selected = report_selected(context), .no_lateness = report_no_lateness(context) };
	if (context->settings) options.poor_percent = (int)setting_int(context->settings, "quality.poorly_lettered");
	read_edges(context, options.edges);
	return options;
}

void ageing_names(const int32_t edges[3], char names[BOOK_BUCKETS + 1][32])
{
	snprintf(names[0], 32, "not_due");
	snprintf(names[1], 32, "1-%d", edges[0]);
	snprintf(names[2], 32, "%d-%d", edges[0] + 1, edges[1]);
	snprintf(names[3], 32, "%d-%d", edges[1] + 1, edges[2]);
	snprintf(names[4], 32, "%d+", edges[2]);
	snprintf(names[5], 32, "unallocated");
}

json_t *report_head(const struct report_context *context, const char *name)
{
	return json_pack("{s:s, s:s, s:o, s:s}", "report", name, "company", context->company->code, "as_of", json_day(context->as_of),
	                 "currency", report_currency(context));
}

/* --- the aged balance ----------------------------------------------------------------------------------------------------- */

static bool has_something(const struct book_ageing *ageing)
{
	if (ageing->unallocated) return true;
	for (int k = 0; k < BOOK_BUCKETS; k++)
		if (ageing->bucket[k]) return true;
	return false;
}

/* Counts the row; whether it is one of those asked for. */
static bool row_wanted(const struct report_context *context, const json_t *list, size_t *found)
{
	++*found;
	return !context->rows || json_array_size(list) < context->rows;
}

static void ageing_into(json_t *row, const struct book_ageing *ageing, char names[BOOK_BUCKETS + 1][32])
{
	json_object_set_new(row, "outstanding", json_integer(book_outstanding(ageing)));
	for (int k = 0; k < BOOK_BUCKETS; k++) json_object_set_new(row, names[k], json_integer(ageing->bucket[k]));
	json_object_set_new(row, names[BOOK_BUCKETS], json_integer(ageing->unallocated));
}

static void ageing_add(struct book_ageing *to, const struct book_ageing *from)
{
	for (int k = 0; k < BOOK_BUCKETS; k++) to->bucket[k] += from->bucket[k];
	to->unallocated += from->unallocated;
}

static void grouped_rows(const struct report_context *context, const struct report_groups *groups, const struct book_ageing *sums,
                         json_t *out, char names[BOOK_BUCKETS + 1][32])
{
	for (size_t g = 0; g < groups->count; g++) {
		if (!has_something(&sums[g])) continue;
		json_t *row = json_pack("{s:s}", context->by, groups->names[g]);
		ageing_into(row, &sums[g], names);
		json_array_append_new(out, row);
	}
}

/* One row per currency, each in its own: nothing is added over them. */
static void currency_rows(const struct report_context *context, json_t *out, char names[BOOK_BUCKETS + 1][32])
{
	for (size_t i = 0; i < book_currencies(context->book); i++) {
		struct book_age_options options = report_ageing(context);
		struct book_ageing total;
		options.currency = book_currency_at(context->book, i);
		book_age(context->book, options, NULL, &total);
		if (!has_something(&total)) continue;
		json_t *row = json_pack("{s:s}", "currency", options.currency);
		ageing_into(row, &total, names);
		json_array_append_new(out, row);
	}
}

static struct status aged_by(const struct report_context *context, const struct book_ageing *rows, json_t *out,
                             char names[BOOK_BUCKETS + 1][32])
{
	struct report_groups groups;
	struct book_ageing *sums;
	if (strcmp(context->by, "currency") == 0) {
		currency_rows(context, out, names);
		return STATUS_FINE;
	}
	if (strcmp(context->by, "account") == 0) {
		TRY(report_age_accounts(context, &groups, &sums));
	} else {
		TRY(report_group(context, &groups));
		sums = arena_array(context->arena, struct book_ageing, groups.count + 1);
		for (size_t c = 0; c < book_customers(context->book); c++) ageing_add(&sums[groups.of[c]], &rows[c]);
	}
	grouped_rows(context, &groups, sums, out, names);
	return STATUS_FINE;
}

static struct status aged_point(const struct report_context *context, json_t *row)
{
	struct book_age_options options = report_ageing(context);
	char names[BOOK_BUCKETS + 1][32];
	struct book_ageing total;
	ageing_names(options.edges, names);
	book_age(context->book, options, NULL, &total);
	ageing_into(row, &total, names);
	return STATUS_FINE;
}

static json_t *customer_ageing(const struct report_context *context, size_t index, const struct book_ageing *ageing,
                               char names[BOOK_BUCKETS + 1][32])
{
	struct book_customer customer = book_customer(context->book, index);
	json_t *row = json_pack("{s:s, s:s}", "customer", customer.code, "name", customer.name);
	ageing_into(row, ageing, names);
	return row;
}

static json_t *largest_rows(const struct report_context *context, const struct book_ageing *rows, char names[BOOK_BUCKETS + 1][32])
{
	enum { LARGEST = 12 };
	struct page_best best = page_best_start((struct list_page){ .limit = LARGEST, .descending = true });
	for (size_t c = 0; c < book_customers(context->book); c++)
		if (has_something(&rows[c])) page_best_offer(&best, &(struct page_key){ .number = book_outstanding(&rows[c]), .row = c });
	size_t count = page_best_end(&best);
	json_t *out = json_array();
	for (size_t i = 0; i < count; i++) json_array_append_new(out, customer_ageing(context, best.keys[i].row, &rows[best.keys[i].row], names));
	free(best.keys);
	return out;
}

static struct status make_aged_balance(const struct report_context *context, json_t **out)
{
	struct book_age_options options = report_ageing(context);
	char names[BOOK_BUCKETS + 1][32];
	ageing_names(options.edges, names);
	size_t count = book_customers(context->book);
	struct book_ageing *rows = arena_array(context->arena, struct book_ageing, count + 1), total;
	book_age(context->book, options, rows, &total);
	json_t *list = json_array(), *columns = json_array(), *sums = json_object(), *largest = NULL;
	size_t found = 0;
	struct status status = STATUS_FINE;
	if (context->by && strcmp(context->by, "customer") != 0) {
		status = aged_by(context, rows, list, names);
	} else {
		for (size_t c = 0; c < count; c++) {
			if (!has_something(&rows[c]) || !row_wanted(context, list, &found)) continue;
			json_array_append_new(list, customer_ageing(context, c, &rows[c], names));
		}
		if (context->rows) largest = largest_rows(context, rows, names);
	}
	for (int k = 0; k <= BOOK_BUCKETS; k++) json_array_append_new(columns, json_string(names[k]));
	ageing_into(sums, &total, names);
	*out = report_head(context, "aged-balance");
	json_object_set_new(*out, "basis", json_string(context->basis == BASIS_NET ? "net" : "gross"));
	json_object_set_new(*out, "columns", columns);
	json_object_set_new(*out, "total", sums);
	json_object_set_new(*out, "rows", list);
	if (context->rows && found) json_object_set_new(*out, "rows_count", json_integer((json_int_t)found));
	if (largest) json_object_set_new(*out, "largest", largest);
	if (status.code) json_decref(*out), *out = NULL;
	return status;
}

/* --- the figures ------------------------------------------------------------------------------------------------------------ */

static struct status kpis_point(const struct report_context *context, json_t *model)
{
	struct book_kpi kpi;
	struct book_behaviour behaviour;
	struct book_age_options options = report_ageing(context);
	book_kpi(context->book, options, &kpi);
	book_behave(context->book, (struct book_behaviour_options){ .as_of = context->as_of, .currency = context->currency,
		.selected = options.selected, .no_lateness = report_no_lateness(context) }, NULL, &behaviour);
	int64_t outstanding = book_outstanding(&kpi.ageing), overdue = book_overdue(&kpi.ageing), not_due = kpi.ageing.bucket[0];
	json_object_set_new(model, "outstanding", json_integer(outstanding));
	json_object_set_new(model, "overdue", json_integer(overdue));
	json_object_set_new(model, "not_due", json_integer(not_due));
	json_object_set_new(model, "unallocated", json_integer(kpi.ageing.unallocated));
	json_object_set_new(model, "overdue_rate", json_ratio(overdue, not_due + overdue));
	json_object_set_new(model, "sales_365", json_integer(kpi.sales_365));
	json_object_set_new(model, "dso", json_days((__int128)outstanding * 365, kpi.sales_365));
	json_object_set_new(model, "dso_countback", json_days(kpi.countback_days_num, kpi.countback_days_den));
	if (kpi.countback_min) json_object_set_new(model, "dso_countback_min", json_true());
	json_object_set_new(model, "best_possible_dso", json_days((__int128)not_due * 365, kpi.sales_365));
	json_object_set_new(model, "average_days_delinquent", json_days((__int128)overdue * 365, kpi.sales_365));
	json_object_set_new(model, "average_days_to_pay", json_days(behaviour.days_to_pay, behaviour.settled));
	json_object_set_new(model, "average_days_late", json_days(behaviour.days_late, behaviour.late_weight));
	json_object_set_new(model, "on_time_rate", json_ratio(behaviour.on_time, behaviour.late_weight));
	json_object_set_new(model, "cei_90", json_cei(&kpi));
	json_object_set_new(model, "disputed", json_integer(kpi.disputed));
	json_object_set_new(model, "promised", json_integer(kpi.promised));
	json_object_set_new(model, "customers", json_integer(kpi.customers));
	json_object_set_new(model, "open_items", json_integer(kpi.open_items));
	return STATUS_FINE;
}

static struct status make_kpis(const struct report_context *context, json_t **out)
{
	*out = report_head(context, "kpis");
	return kpis_point(context, *out);
}

/* KPI reference section 4: what was collected of what could be. */
json_t *json_cei(const struct book_kpi *kpi)
{
	int64_t begin = kpi->outstanding_90 + kpi->sales_90;
	return json_ratio(begin - book_outstanding(&kpi->ageing), begin - kpi->ageing.bucket[0]);
}

static json_t *behaviour_figures(json_t *row, const struct book_behaviour *behaviour)
{
	json_object_set_new(row, "settled", json_integer(behaviour->settled));
	json_object_set_new(row, "average_days_to_pay", json_days(behaviour->days_to_pay, behaviour->settled));
	json_object_set_new(row, "average_days_late", json_days(behaviour->days_late, behaviour->late_weight));
	json_object_set_new(row, "on_time_rate", json_ratio(behaviour->on_time, behaviour->late_weight));
	return row;
}

static void behaviour_over(const struct report_context *context, int32_t since, struct book_behaviour *rows, struct book_behaviour *total)
{
	book_behave(context->book, (struct book_behaviour_options){ .as_of = context->as_of, .currency = context->currency, .since = since,
		.selected = report_selected(context), .no_lateness = report_no_lateness(context) }, rows, total);
}

/* Of the settlements of the month, or of what the period has of it. */
static struct status behaviour_point(const struct report_context *context, json_t *row)
{
	struct book_behaviour total;
	int32_t start = day_month_start(context->as_of);
	behaviour_over(context, start > context->from ? start : context->from, NULL, &total);
	behaviour_figures(row, &total);
	return STATUS_FINE;
}

static struct status behaviour_by(const struct report_context *context, const struct book_behaviour *rows, json_t *list)
{
	struct report_groups groups;
	TRY(report_group(context, &groups));
	struct book_behaviour *sums = arena_array(context->arena, struct book_behaviour, groups.count + 1);
	for (size_t c = 0; c < book_customers(context->book); c++) {
		struct book_behaviour *sum = &sums[groups.of[c]];
		sum->settled += rows[c].settled, sum->days_to_pay += rows[c].days_to_pay, sum->late_weight += rows[c].late_weight;
		sum->days_late += rows[c].days_late, sum->on_time += rows[c].on_time;
	}
	for (size_t g = 0; g < groups.count; g++)
		if (sums[g].settled > 0) json_array_append_new(list, behaviour_figures(json_pack("{s:s}", context->by, groups.names[g]), &sums[g]));
	return STATUS_FINE;
}

static struct status make_behaviour(const struct report_context *context, json_t **out)
{
	size_t count = book_customers(context->book);
	bool by = context->by && strcmp(context->by, "customer") != 0, few = context->rows > 0;
	struct standing *standings = NULL;
	struct standing_options options = report_standing(context);
	struct book_behaviour *rows = arena_array_raw(context->arena, struct book_behaviour, count + 1);
	if (!by && !few) standing_all(context->book, options, context->arena, &standings);
	behaviour_over(context, context->from, rows, NULL);
	json_t *list = json_array();
	struct status status = STATUS_FINE;
	size_t found = 0;
	if (by) status = behaviour_by(context, rows, list);
	for (size_t c = 0; c < count && !by; c++) {
		if (rows[c].settled <= 0 || !row_wanted(context, list, &found)) continue;
		struct book_customer customer = book_customer(context->book, c);
		struct score score = few ? standing_one(context->book, c, options).score : standings[c].score;
		json_t *row = behaviour_figures(json_pack("{s:s, s:s}", "customer", customer.code, "name", customer.name), &rows[c]);
		json_object_set_new(row, "score", json_score(&score));
		json_object_set_new(row, "class", json_class(&score));
		json_array_append_new(list, row);
	}
	if (status.code) {
		json_decref(list);
		return status;
	}
	*out = report_head(context, "behaviour");
	json_object_set_new(*out, "rows", list);
	if (context->rows && found) json_object_set_new(*out, "rows_count", json_integer((json_int_t)found));
	return STATUS_FINE;
}

/* --- which there are --------------------------------------------------------------------------------------------------------- */

const struct report_kind report_kinds[] = {
	{ "aged-balance", "Aged balance", make_aged_balance, aged_point, .basis = true, .by = true },
	{ "kpis", "Key figures", make_kpis, kpis_point },
	{ "behaviour", "Payment behaviour", make_behaviour, behaviour_point, .by = true },
	{ "rebate", "Yearly rebate", report_rebate }, /* of a year: it has no months */
	{ "provisions", "Provisions on doubtful debts", report_provisions },
	{ "losses", "Lost debts", report_losses },
	{ 0 },
};

const struct report_kind *report_find(const char *name)
{
	for (const struct report_kind *kind = report_kinds; kind->name; kind++)
		if (strcmp(kind->name, name) == 0) return kind;
	return NULL;
}

static struct status make_period(const struct report_context *context, const struct report_kind *kind, json_t *model)
{
	json_t *periods;
	TRY(report_period(context, kind->point, &periods));
	json_object_set_new(model, "from", json_day(context->from));
	json_object_set_new(model, "to", json_day(context->to));
	json_object_set_new(model, "periods", periods);
	return STATUS_FINE;
}

static struct status check_asked(const struct report_context *context, const struct report_kind *kind)
{
	if (context->by && !kind->by) return status_make(STATUS_INVALID, "The report “%s” is of the whole: it takes no --by.", kind->name);
	if (report_period_asked(context) && !kind->point)
		return status_make(STATUS_INVALID, "The report “%s” is of the year to a day: it takes no period.", kind->name);
	if (report_period_asked(context) && context->from > context->to)
		return status_make(STATUS_INVALID, "The period ends before it begins: --from is after --to.");
	return STATUS_FINE;
}

struct status report_make(const struct report_context *context, const char *name, json_t **out)
{
	const struct report_kind *kind = report_find(name);
	if (kind) {
		struct report_context asked = *context;
		TRY(check_asked(context, kind));
		if (report_period_asked(context)) asked.as_of = context->to;
		TRY(kind->make(&asked, out));
		struct status status = report_period_asked(context) ? make_period(&asked, kind, *out) : STATUS_FINE;
		if (status.code) json_decref(*out), *out = NULL;
		return status;
	}
	cleanup_text struct text names = { 0 };
	for (kind = report_kinds; kind->name; kind++) text_addf(&names, "%s%s", names.len ? ", " : "", kind->name);
	return status_make(STATUS_INVALID, "There is no report “%s”. There are: %s.", name, text_cstr(&names));
}
