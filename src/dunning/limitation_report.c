#include "dunning/limitation_report.h"

#include "base/memory.h"
#include "dunning/limitation_load.h"

struct demand { /* our own messages that named the item: shown, without effect (law.md section 6) */
	int64_t item;
	int32_t day;
};
struct sources {
	struct demand *demands; /* by item and day */
	size_t demand_count;
	struct limitation_notes notes;
};

#define DEMANDS                                                                                                                     \
	" JOIN company m ON m.tenant_id = a.tenant_id AND m.id = a.company_id WHERE a.tenant_id = $tenant AND a.company_id = $company"   \
	" AND a.test = 1 - m.live AND a.step_rank > 0 AND a.channel NOT IN ('task','block','handover') AND a.state IN ('sent','done')"   \
	" AND n.role = 'claimed' AND a.done_day IS NOT NULL"
static const char demands_of_all[] =
	"SELECT n.item_id, a.done_day FROM action a JOIN action_item n ON n.tenant_id = a.tenant_id AND n.company_id = a.company_id"
	" AND n.action_id = a.id" DEMANDS " ORDER BY n.item_id, a.done_day";
static const char demands_of_one[] =
	"SELECT n.item_id, a.done_day FROM action_item n JOIN action a ON a.tenant_id = n.tenant_id AND a.company_id = n.company_id"
	" AND a.id = n.action_id" DEMANDS " AND n.item_id = $item ORDER BY n.item_id, a.done_day";

enum { DEMANDS_ONE_BY_ONE = 200 }; /* items to ask for; for more, all are read at once */

/* items: those asked for, in order of id. */
static struct status load_demands(struct db *db, const struct viewer *viewer, int64_t company_id, const int64_t *items, size_t item_count,
                                  struct arena *arena, struct sources *out)
{
	size_t cap = 0, queries = item_count > DEMANDS_ONE_BY_ONE ? 1 : item_count;
	struct demand *list = NULL;
	struct status status = STATUS_FINE;
	for (size_t q = 0; q < queries && !status.code; q++) {
		struct db_arg tenant = db_int("tenant", viewer->tenant_id), company = db_int("company", company_id);
		cleanup_rows struct rows *rows = item_count > DEMANDS_ONE_BY_ONE ? db_query(db, demands_of_all, DB_ARGS(tenant, company))
			: db_query(db, demands_of_one, DB_ARGS(tenant, company, db_int("item", items[q])));
		while (rows_next(rows)) {
			GROW(list, out->demand_count, cap);
			list[out->demand_count++] = (struct demand){ row_int(rows, 0), row_day(rows, 1) };
		}
		status = rows_status(rows);
	}
	out->demands = arena_array(arena, struct demand, out->demand_count + 1);
	if (out->demand_count) memcpy(out->demands, list, out->demand_count * sizeof *list);
	free(list);
	return status;
}

static size_t demands_of(const struct sources *sources, int64_t item_id, const struct demand **first)
{
	size_t low = 0, high = sources->demand_count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (sources->demands[middle].item < item_id) low = middle + 1;
		else high = middle;
	}
	size_t count = 0;
	*first = sources->demands + low;
	while (low + count < sources->demand_count && sources->demands[low + count].item == item_id) count++;
	return count;
}

/* An event as the rule has it, and the note it comes from, if a person wrote one. */
struct told {
	struct limitation_event event;
	const struct limitation_note *note;
};

static int told_order(const void *a, const void *b)
{
	const struct told *x = a, *y = b;
	return (x->event.day > y->event.day) - (x->event.day < y->event.day);
}

static size_t gather(const struct sources *sources, const struct book *book, size_t index, int64_t item_id, int32_t as_of, struct arena *arena,
                     struct told **out)
{
	struct book_settlement *settlements;
	const struct limitation_note *note;
	const struct demand *demand;
	size_t settled = book_item_settlements(book, index, arena, &settlements), noted = limitation_notes_of(&sources->notes, item_id, &note);
	size_t demanded = demands_of(sources, item_id, &demand), count = 0;
	struct told *list = arena_array(arena, struct told, settled + noted + demanded + 1);
	for (size_t s = 0; s < settled; s++)
		if (settlements[s].day <= as_of) list[count++].event = (struct limitation_event){ settlements[s].day, DAY_NONE, LIMIT_ALLOCATION, true, 0 };
	for (size_t d = 0; d < demanded; d++)
		if (demand[d].day <= as_of) list[count++].event = (struct limitation_event){ demand[d].day, DAY_NONE, LIMIT_DEMAND, false, 0 };
	for (size_t n = 0; n < noted; n++)
		if (limitation_events(note + n, 1, as_of, &list[count].event)) list[count++].note = note + n;
	if (count) qsort(list, count, sizeof *list, told_order);
	*out = list;
	return count;
}

static void put_day(json_t *object, const char *name, int32_t day)
{
	char text[11];
	day_format(day, text);
	json_object_set_new(object, name, day == DAY_NONE ? json_null() : json_string(text));
}

static json_t *told_row(const struct told *told)
{
	static const char *const effects[] = { "none", "interrupts", "suspends" };
	json_t *row = json_object();
	put_day(row, "date", told->event.day);
	json_object_set_new(row, "kind", json_string(limitation_kind_code(told->event.kind)));
	json_object_set_new(row, "effect", json_string(effects[told->event.effect]));
	json_object_set_new(row, "confirmed", json_boolean(told->event.confirmed));
	if (told->event.until != DAY_NONE) put_day(row, "until", told->event.until);
	if (told->note) {
		json_object_set_new(row, "id", json_integer(told->note->id));
		json_object_set_new(row, "proof", json_string(told->note->proof));
		json_object_set_new(row, "document", json_integer(told->note->document_id));
		json_object_set_new(row, "by", json_integer(told->note->confirmed_at ? told->note->confirmed_by : told->note->noted_by));
	}
	return row;
}

/* Not barred before the day, whatever happened: nothing is noted of the item, and neither our messages nor payments that name no
 * item move the day of who is no public body. */
static bool barred_later(const struct sources *sources, const struct book *book, size_t index, int64_t id, enum debtor_class debtor, int32_t before)
{
	const struct limitation_note *note;
	if (debtor == DEBTOR_PUBLIC || limitation_notes_of(&sources->notes, id, &note)) return false;
	struct book_item item = book_item(book, index, BOOK_FACTS);
	return limitation_compute(&(struct limitation_claim){ .due_day = item.due_day, .issue_day = item.issue_day, .debtor = debtor,
		.right_day = DAY_NONE }).barred_from >= before;
}

struct asked { /* an item that may be one of the rows */
	size_t customer, index;
	int64_t id;
};
struct asked_list {
	struct asked *rows;
	size_t count, cap;
};

/* Open claims that the filter asks for, as far as their days alone can tell. */
static void find_asked(const struct sources *sources, const struct book *book, const struct limitation_filter *filter, const uint8_t *selected,
                       struct asked_list *out)
{
	struct book_opens *opens = book_opens(book, filter->as_of);
	size_t only = filter->customer_id ? book_find_customer(book, filter->customer_id) : SIZE_MAX;
	for (size_t c = 0; c < book_customers(book); c++) {
		if ((selected && !selected[c]) || (filter->customer_id && c != only)) continue;
		enum debtor_class debtor = debtor_class_parse(book_customer(book, c).class);
		for (size_t k = 0; k < book_currencies(book); k++) {
			const struct book_open *rows;
			size_t count = book_opens_of(opens, c, book_currency_at(book, k), &rows);
			for (size_t i = 0; i < count; i++) {
				if (rows[i].open <= 0 || (filter->item_id && rows[i].id != filter->item_id)) continue;
				if (filter->before != DAY_NONE && barred_later(sources, book, rows[i].index, rows[i].id, debtor, filter->before)) continue;
				GROW(out->rows, out->count, out->cap);
				out->rows[out->count++] = (struct asked){ c, rows[i].index, rows[i].id };
			}
		}
	}
	book_opens_free(opens);
}

static int ids_order(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
	return (x > y) - (x < y);
}

/* The item's row, NULL when it is not asked for. */
static json_t *item_row(const struct sources *sources, const struct book *book, const struct book_customer *who, size_t index,
                        const struct limitation_filter *filter, struct arena *arena)
{
	struct book_item item = book_item(book, index, filter->as_of);
	if (!item.exists || item.outside || item.open <= 0) return NULL;
	struct told *told;
	size_t count = gather(sources, book, index, item.id, filter->as_of, arena, &told);
	struct limitation_event *events = arena_array(arena, struct limitation_event, count + 1);
	for (size_t e = 0; e < count; e++) events[e] = told[e].event;
	struct limitation_claim claim = { .due_day = item.due_day, .issue_day = item.issue_day, .debtor = debtor_class_parse(who->class),
		                          .right_day = DAY_NONE, .events = events, .event_count = count };
	struct limitation limit = limitation_compute(&claim);
	if (filter->before != DAY_NONE && limit.barred_from >= filter->before) return NULL;
	json_t *shown = json_array();
	for (size_t e = 0; e < count; e++) {
		told[e].event.effect = events[e].effect;
		json_array_append_new(shown, told_row(&told[e]));
	}
	json_t *row = json_pack("{s:s, s:I, s:s, s:s, s:I}", "item", item.number, "item_id", (json_int_t)item.id, "customer", who->code, "currency",
	                        item.currency, "open", (json_int_t)item.open);
	put_day(row, "starts", limit.starts);
	json_object_set_new(row, "period", json_string(limit.period));
	put_day(row, "barred_from", limit.barred_from);
	put_day(row, "warning_from", limit.warning_from);
	json_object_set_new(row, "events", shown);
	return row;
}

static int row_order(const void *a, const void *b)
{
	const json_t *const *x = a, *const *y = b;
	int day = strcmp(json_string_value(json_object_get(*x, "barred_from")), json_string_value(json_object_get(*y, "barred_from")));
	if (day) return day;
	int code = strcmp(json_string_value(json_object_get(*x, "customer")), json_string_value(json_object_get(*y, "customer")));
	if (code) return code;
	return json_integer_value(json_object_get(*x, "item_id")) < json_integer_value(json_object_get(*y, "item_id")) ? -1 : 1;
}

struct status limitation_report(struct db *db, const struct viewer *viewer, int64_t company_id, const struct limitation_filter *filter,
                                struct arena *arena, json_t **out)
{
	struct sources sources = { 0 };
	cleanup_book const struct book *book = NULL;
	TRY(book_get(db_store(db), viewer->tenant_id, company_id, &book));
	TRY(limitation_notes_load(db, viewer->tenant_id, company_id, arena, &sources.notes));
	struct asked_list asked = { 0 };
	find_asked(&sources, book, filter, book_select(book, viewer, arena), &asked);
	int64_t *ids = arena_array(arena, int64_t, asked.count + 1);
	for (size_t i = 0; i < asked.count; i++) ids[i] = asked.rows[i].id;
	if (asked.count) qsort(ids, asked.count, sizeof *ids, ids_order);
	struct status status = load_demands(db, viewer, company_id, ids, asked.count, arena, &sources);
	size_t count = 0, room = 0;
	json_t **list = NULL;
	cleanup_arena struct arena *scratch = arena_new();
	for (size_t i = 0; i < asked.count && !status.code; i++) {
		arena_reset(scratch);
		struct book_customer who = book_customer(book, asked.rows[i].customer);
		json_t *row = item_row(&sources, book, &who, asked.rows[i].index, filter, scratch);
		if (!row) continue;
		GROW(list, count, room);
		list[count++] = row;
	}
	free(asked.rows);
	if (status.code) {
		free(list);
		return status;
	}
	if (count) qsort(list, count, sizeof *list, row_order);
	json_t *rows = json_array();
	for (size_t i = 0; i < count; i++) json_array_append_new(rows, list[i]);
	free(list);
	*out = json_object();
	json_object_set_new(*out, "rows", rows);
	return STATUS_FINE;
}

int limitation_warning(int32_t barred_from, int32_t today)
{
	static const int months[] = { 1, 3, 6, 12 };
	if (today >= barred_from) return 0;
	for (size_t i = 0; i < sizeof months / sizeof *months; i++)
		if (day_add_months(today, months[i]) >= barred_from) return months[i];
	return -1;
}
