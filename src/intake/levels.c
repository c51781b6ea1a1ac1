#include "intake/levels.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

struct level {
	uint32_t customer, line;
	struct slice number;   /* of a list of customers: the invoice it speaks of; empty: of the customer */
	bool of_row;           /* of a list of items: its own row */
	int64_t customer_id, item_id;
	int32_t day;
	int level;
	bool news;
};

struct levels {
	struct level *rows;
	size_t count, cap;
};

void levels_take(struct batch *batch, const struct csv_row *row, uint32_t customer)
{
	if (row->level <= 0 && row->level_day == DAY_NONE) return;
	if (row->level == 0) return; /* not reminded of yet */
	if (!batch->levels) batch->levels = arena_make(batch->arena, struct levels);
	struct levels *levels = batch->levels;
	if (levels->count == levels->cap) {
		size_t cap = levels->cap ? levels->cap * 2 : 256;
		struct level *bigger = arena_array(batch->arena, struct level, cap);
		if (levels->count) memcpy(bigger, levels->rows, levels->count * sizeof *bigger);
		levels->rows = bigger, levels->cap = cap;
	}
	/* a day without a level: he was reminded once at least */
	levels->rows[levels->count++] = (struct level){ .customer = customer, .line = (uint32_t)row->line, .of_row = batch->people == NULL,
		.number = batch->people ? row->number : (struct slice){ "", 0 }, .day = row->level_day, .level = row->level > 0 ? row->level : 1 };
}

struct line_row {
	uint32_t line, row;
};

static int by_line(const void *a, const void *b)
{
	const struct line_row *x = a, *y = b;
	return (x->line > y->line) - (x->line < y->line);
}

/* The items of a list's rows, once they have their ids. */
static void rows_of(const struct batch *batch)
{
	struct levels *levels = batch->levels;
	cleanup_free struct line_row *lines = xmalloc((batch->row_count + 1) * sizeof *lines);
	for (uint32_t i = 0; i < batch->row_count; i++) lines[i] = (struct line_row){ batch->rows[i].line, i };
	qsort(lines, batch->row_count, sizeof *lines, by_line);
	for (size_t i = 0; i < levels->count; i++) {
		const struct line_row key = { levels->rows[i].line, 0 };
		const struct line_row *found = levels->rows[i].of_row ? bsearch(&key, lines, batch->row_count, sizeof *lines, by_line) : NULL;
		if (found) levels->rows[i].item_id = batch->rows[found->row].fact_id;
	}
}

#define OF_INTAKE(intake) db_int("tenant", (intake)->viewer->tenant_id), db_int("company", (intake)->company_id)

static struct status named_item(const struct intake *intake, struct db *db, struct level *level, struct batch *batch)
{
	const char *number = arena_strndup(batch->arena, level->number.bytes, level->number.len);
	return db_get_int(db,
		"SELECT COALESCE(MIN(id), 0) FROM item WHERE tenant_id = $tenant AND company_id = $company AND customer_id = $customer AND number = $number"
		" AND amount > 0 AND open_amount > 0",
		DB_ARGS(OF_INTAKE(intake), db_int("customer", level->customer_id), db_text("number", number)), &level->item_id, NULL);
}

static struct status known(const struct intake *intake, struct db *db, const struct level *level, bool *out)
{
	int64_t rows;
	TRY(db_get_int(db,
		"SELECT COUNT(*) FROM level_taken WHERE tenant_id = $tenant AND company_id = $company AND customer_id = $customer AND item_id = $item"
		" AND level >= $level AND COALESCE(day, 0) >= $day",
		DB_ARGS(OF_INTAKE(intake), db_int("customer", level->customer_id), db_int("item", level->item_id), db_int("level", level->level),
		        db_int("day", level->day == DAY_NONE ? 0 : level->day)), &rows, NULL));
	*out = rows > 0;
	return STATUS_FINE;
}

struct status levels_match(const struct intake *intake, struct db *db, struct batch *batch, struct intake_result *result)
{
	enum { NAMED = 5 };
	struct levels *levels = batch->levels;
	if (!levels || !levels->count) return STATUS_FINE;
	rows_of(batch);
	int64_t absent = 0;
	cleanup_text struct text names = { 0 };
	for (size_t i = 0; i < levels->count; i++) {
		struct level *level = &levels->rows[i];
		const struct batch_customer *customer = &batch->customers[level->customer];
		level->customer_id = customer->into ? customer->into : customer->id;
		if (level->day != DAY_NONE && level->day > intake->today) level->day = DAY_NONE; /* planned, not sent */
		bool named = level->number.len > 0, before = false;
		if (named && customer->is_new) level->item_id = 0;
		if (named && !customer->is_new) TRY(named_item(intake, db, level, batch));
		if (named && !level->item_id) {
			if (absent++ < NAMED) text_addf(&names, "%s%.*s", names.len ? ", " : "", SLICE_PRINT(level->number));
			level->level = 0;
			continue;
		}
		bool fresh = customer->is_new || (level->of_row && !level->item_id); /* a new row has its id when it is staged */
		if (!fresh) TRY(known(intake, db, level, &before));
		level->news = !before;
		if (!level->news) continue;
		batch->level_news = true;
		if (level->of_row && level->item_id && result->items_unchanged > 0) result->items_unchanged--, result->items_changed++;
		if (!level->of_row && !customer->is_new && !customer->renamed) result->customers_changed++;
	}
	if (absent)
		batch_warn(intake, result, arena_printf(intake->arena, tr(intake->viewer->lang, "%lld levels of reminder speak of invoices that are not open here, and are left out: %s%s."),
			(long long)absent, text_cstr(&names), absent > NAMED ? "…" : ""));
	return STATUS_FINE;
}

struct status levels_apply(struct change *change, const struct batch *batch, int64_t import_id)
{
	struct levels *levels = batch->levels;
	if (!batch->level_news) return STATUS_FINE;
	rows_of(batch);
	for (size_t i = 0; i < levels->count; i++) {
		const struct level *level = &levels->rows[i];
		const struct batch_customer *customer = &batch->customers[level->customer];
		if (!level->news || (level->of_row && !level->item_id)) continue;
		TRY(db_run(change->db,
			"INSERT INTO level_taken (tenant_id, company_id, customer_id, item_id, level, day, import_id) VALUES ($tenant, $company, $customer, $item, $level, $day, $import)"
			" ON CONFLICT (tenant_id, company_id, customer_id, item_id, import_id) DO UPDATE SET"
			" level = CASE WHEN excluded.level > level_taken.level THEN excluded.level ELSE level_taken.level END,"
			" day = CASE WHEN level_taken.day IS NULL OR excluded.day > level_taken.day THEN excluded.day ELSE level_taken.day END",
			DB_ARGS(db_int("tenant", change->company.tenant_id), db_int("company", change->company.id), db_int("customer", customer->into ? customer->into : customer->id),
			        db_int("item", level->item_id), db_int("level", level->level), level->day == DAY_NONE ? db_null("day") : db_int("day", level->day),
			        db_int("import", import_id))));
	}
	return STATUS_FINE;
}

struct status levels_undo(struct change *change, int64_t import_id)
{
	return db_run(change->db, "DELETE FROM level_taken WHERE tenant_id = $tenant AND company_id = $company AND import_id = $id",
	              DB_ARGS(db_int("tenant", change->company.tenant_id), db_int("company", change->company.id), db_int("id", import_id)));
}
