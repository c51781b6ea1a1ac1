#include "insight/judge.h"

#include "base/memory.h"
#include "formats/csv.h"
#include "formats/keys.h"
#include "standing/lateness.h"

#include <math.h>
#include <stdlib.h>

/* --- the file --------------------------------------------------------------------------------------------------------------------- */
struct histories {
	struct keys customers, sendings, countries;
	struct lateness_invoice *rows;
	size_t count, cap;
	int64_t open, without_due, without_issue, other;
};

/* Kinds of a column by order of first sight; those beyond the model's room count as not said. */
static uint8_t kind_of(struct keys *keys, struct slice text)
{
	if (text.len == 0) return 0;
	int64_t found = keys_find(keys, text, 0);
	if (found == KEYS_NONE && keys->count < LATENESS_KINDS - 1) found = keys_take(keys, text, 0);
	return found == KEYS_NONE ? 0 : (uint8_t)(found + 1);
}

static struct status take_row(void *context, const struct csv_row *row)
{
	struct histories *h = context;
	int32_t issue = row->issue_day != DAY_NONE ? row->issue_day : row->posting_day, due = row->due_day;
	if (due == DAY_NONE && issue != DAY_NONE && row->terms_days >= 0 && row->terms_day == 0 && strcmp(row->terms_month, "none") == 0)
		due = issue + row->terms_days;
	if (row->kind != CSV_INVOICE || row->amount <= 0) h->other++;
	else if (issue == DAY_NONE) h->without_issue++;
	else if (due == DAY_NONE) h->without_due++;
	else if (row->settled_on == DAY_NONE) h->open++;
	else {
		GROW(h->rows, h->count, h->cap);
		h->rows[h->count++] = (struct lateness_invoice){ .customer = keys_take(&h->customers, row->customer_code, 0), .issue_day = issue,
			.due_day = due, .settled_day = row->settled_on, .amount = row->amount, .disputed = (int8_t)row->disputed,
			.sending = kind_of(&h->sendings, row->sending), .country = kind_of(&h->countries, row->country) };
	}
	return STATUS_FINE;
}

/* Merge sort keeps the file's order within a day: qsort(3) promises none, so the place is part of the key. */
struct placed {
	struct lateness_invoice row;
	size_t place;
};

static int placed_compare(const void *left, const void *right)
{
	const struct placed *a = left, *b = right;
	if (a->row.issue_day != b->row.issue_day) return a->row.issue_day < b->row.issue_day ? -1 : 1;
	return (a->place > b->place) - (a->place < b->place);
}

static void sort_rows(struct histories *h)
{
	cleanup_free struct placed *placed = xcalloc(h->count + 1, sizeof *placed);
	for (size_t i = 0; i < h->count; i++) placed[i] = (struct placed){ h->rows[i], i };
	qsort(placed, h->count, sizeof *placed, placed_compare);
	for (size_t i = 0; i < h->count; i++) h->rows[i] = placed[i].row;
}

/* --- measures --------------------------------------------------------------------------------------------------------------------- */
struct answer {
	bool late;
	int32_t p10, p50, p90, when_late;
	bool spread;                   /* it says p10 and p90 */
};
struct measure {
	size_t rows, right, late_rows, within, spread;
	double off, squares, bias, late_off;
};

static void measure_add(struct measure *m, const struct lateness_invoice *row, const struct answer *answer)
{
	int32_t days = row->settled_day - row->due_day;
	double came = days > 0 ? days : 0, said = answer->p50 > 0 ? answer->p50 : 0;
	m->rows++;
	m->right += answer->late == (days > 0);
	m->off += fabs(said - came), m->squares += (said - came) * (said - came), m->bias += said - came;
	if (days > 0) m->late_rows++, m->late_off += fabs((double)answer->when_late - days);
	if (answer->spread) m->spread++, m->within += days >= answer->p10 && days <= answer->p90;
}

static json_t *places(double value, double scale)
{
	return json_real(round(value * scale) / scale);
}

static void measure_into(json_t *out, const struct measure *m)
{
	double rows = (double)m->rows;
	json_object_set_new(out, "late_accuracy", places((double)m->right / rows, 1e6));
	json_object_set_new(out, "mae_days", places(m->off / rows, 100));
	json_object_set_new(out, "rmse_days", places(sqrt(m->squares / rows), 100));
	json_object_set_new(out, "late_only_mae", m->late_rows ? places(m->late_off / (double)m->late_rows, 100) : json_null());
	json_object_set_new(out, "bias_days", places(m->bias / rows, 100));
	json_object_set_new(out, "coverage_80", m->spread ? places((double)m->within / (double)m->spread, 1e6) : json_null());
}

/* --- the two ways without a model --------------------------------------------------------------------------------------------------- */
static int day_compare(const void *left, const void *right)
{
	int32_t a = *(const int32_t *)left, b = *(const int32_t *)right;
	return (a > b) - (a < b);
}

static int32_t middle(const int32_t *days, size_t count)
{
	return count % 2 ? days[count / 2] : (int32_t)floor(((double)days[count / 2 - 1] + days[count / 2]) / 2 + 0.5);
}

/* Sorts the days. */
static struct answer answer_of(int32_t *days, size_t count)
{
	qsort(days, count, sizeof *days, day_compare);
	size_t late = 0;
	while (late < count && days[late] <= 0) late++;
	struct answer answer = { .p10 = days[count / 10], .p50 = middle(days, count), .p90 = days[count * 9 / 10 < count ? count * 9 / 10 : count - 1],
		.spread = true };
	answer.late = answer.p50 > 0;
	answer.when_late = late < count ? middle(days + late, count - late) : 1;
	return answer;
}

static bool is_known(const struct lateness_invoice *row, int32_t split)
{
	return row->issue_day < split && row->settled_day < split;
}

static struct answer *customer_answers(const struct histories *h, size_t train, int32_t split, struct answer *everybody, bool *mostly_late)
{
	size_t customers = h->customers.count, known = 0, late = 0;
	cleanup_free size_t *first = xcalloc(customers + 2, sizeof *first);
	for (size_t i = 0; i < train; i++)
		if (is_known(&h->rows[i], split)) first[h->rows[i].customer + 2]++, known++;
	for (size_t c = 2; c < customers + 2; c++) first[c] += first[c - 1];
	cleanup_free int32_t *days = xcalloc(known + 1, sizeof *days);
	for (size_t i = 0; i < train; i++) {
		const struct lateness_invoice *row = &h->rows[i];
		if (!is_known(row, split)) continue;
		int32_t value = row->settled_day - row->due_day;
		late += value > 0;
		days[first[row->customer + 1]++] = value;
	}
	struct answer *answers = xcalloc(customers + 1, sizeof *answers);
	for (size_t c = 0; c < customers; c++)
		if (first[c + 1] > first[c]) answers[c] = answer_of(days + first[c], first[c + 1] - first[c]);
	*everybody = answer_of(days, known);
	for (size_t c = 0; c < customers; c++)
		if (first[c + 1] == first[c]) answers[c] = *everybody;
	*mostly_late = late * 2 > known;
	return answers;
}

static void judge_naive(const struct histories *h, size_t train, int32_t split, json_t *out)
{
	struct measure due = { 0 }, median = { 0 }, always = { 0 };
	struct answer everybody, on_time = { .when_late = 0 };
	bool mostly_late;
	cleanup_free struct answer *answers = customer_answers(h, train, split, &everybody, &mostly_late);
	struct answer same = { .late = mostly_late };
	for (size_t i = train; i < h->count; i++) {
		measure_add(&due, &h->rows[i], &on_time);
		measure_add(&median, &h->rows[i], &answers[h->rows[i].customer]);
		measure_add(&always, &h->rows[i], &same);
	}
	json_t *naive = json_object(), *by_due = json_object(), *by_median = json_object();
	measure_into(by_due, &due), measure_into(by_median, &median);
	json_object_set_new(naive, "due_date", by_due);
	json_object_set_new(naive, "customer_median", by_median);
	json_object_set_new(out, "baseline_late_accuracy", places((double)always.right / (double)always.rows, 1e6));
	json_object_set_new(out, "naive", naive);
}

/* --- the model ------------------------------------------------------------------------------------------------------------------------ */
static struct status judge_model(const struct histories *h, size_t train, int32_t split, json_t *out, bool *calibrated)
{
	struct lateness_model *model = lateness_learn(h->rows, train, h->customers.count, split);
	if (!model)
		return status_make(STATUS_INVALID, "Too little to learn from: at least %d invoices of the first part must be settled before the second begins.",
		                   LATENESS_ENOUGH);
	struct measure measure = { 0 };
	for (size_t i = train; i < h->count; i++) {
		struct lateness_invoice asked = h->rows[i];
		asked.settled_day = DAY_NONE; /* it is not for the model to see */
		struct lateness said;
		lateness_predict(model, &asked, &said);
		measure_add(&measure, &h->rows[i], &(struct answer){ .late = said.p_late > 0.5, .p10 = said.p10, .p50 = said.p50, .p90 = said.p90,
			.when_late = said.when_late, .spread = true });
	}
	if (calibrated) *calibrated = lateness_calibrated(model);
	lateness_free(model);
	measure_into(out, &measure);
	return STATUS_FINE;
}

static struct status judge_rows(struct histories *h, struct judge_options options, json_t *out)
{
	size_t train = (size_t)floor(options.train * (double)h->count + 1e-9);
	if (train == 0 || train >= h->count)
		return status_make(STATUS_INVALID, "There is nothing to judge: of %zu invoices with issue, due and settlement date, %zu are learned from.",
		                   h->count, train);
	sort_rows(h);
	int32_t split = h->rows[train].issue_day;
	char iso[11];
	day_format(split, iso);
	json_object_set_new(out, "rows", json_integer((json_int_t)h->count));
	json_object_set_new(out, "train", json_integer((json_int_t)train));
	json_object_set_new(out, "test", json_integer((json_int_t)(h->count - train)));
	json_object_set_new(out, "split_date", json_string(iso));
	bool calibrated, disputes = false;
	TRY(judge_model(h, train, split, out, &calibrated));
	judge_naive(h, train, split, out);
	for (size_t i = 0; i < h->count; i++) disputes |= h->rows[i].disputed == 1, h->rows[i].disputed = -1;
	if (disputes) {
		json_t *without = json_object();
		struct status status = judge_model(h, train, split, without, NULL);
		json_object_set_new(out, "without_disputes", without);
		if (status.code) return status;
	}
	json_object_set_new(out, "calibrated", json_boolean(calibrated));
	return STATUS_FINE;
}

static json_t *rejected_model(const struct complaints *rejected)
{
	json_t *list = json_array();
	for (size_t i = 0; i < rejected->count; i++)
		json_array_append_new(list, json_pack("{s:I, s:s, s:s, s:s}", "line", (json_int_t)rejected->rows[i].line, "column",
			rejected->rows[i].column, "value", rejected->rows[i].value, "reason", rejected->rows[i].reason));
	return list;
}

struct status judge_file(const char *bytes, size_t len, struct judge_options options, json_t **out)
{
	if (!(options.train > 0 && options.train < 1)) return status_make(STATUS_INVALID, "--train takes a share between 0 and 1, as in 0.8.");
	struct csv *csv = NULL;
	TRY(csv_look(bytes, len, (struct csv_options){ .lang = options.lang, .currency = options.currency, .what = CSV_ITEMS }, &csv));
	struct histories h = { 0 };
	*out = json_object();
	struct status status = csv_read(csv, take_row, &h);
	if (!status.code) status = judge_rows(&h, options, *out);
	json_object_set_new(*out, "left_out", json_pack("{s:I, s:I, s:I, s:I}", "open", (json_int_t)h.open, "without_due_date",
		(json_int_t)h.without_due, "without_issue_date", (json_int_t)h.without_issue, "not_invoices", (json_int_t)h.other));
	json_object_set_new(*out, "rejected", rejected_model(&csv->rejected));
	json_object_set_new(*out, "rejected_total", json_integer((json_int_t)csv->rejected.total));
	keys_free(&h.customers), keys_free(&h.sendings), keys_free(&h.countries);
	free(h.rows);
	csv_free(csv);
	if (status.code) json_decref(*out), *out = NULL;
	return status;
}
