#include "ledger/provision.h"

#include "base/day.h"
#include "base/memory.h"
#include "base/text.h"
#include "ledger/customer.h"
#include "ledger/event.h"

#include <stdlib.h>
#include <string.h>

#define OF_COMPANY(change) db_int("tenant", (change)->company.tenant_id), db_int("company", (change)->company.id)

const char *provision_rule_label(const char *rule)
{
	static const struct { const char *code, *label; } rules[] = { /* msgids */ { "liquidation", "Liquidation" }, { "insolvency", "Collective procedure" },
		{ "handed_over", "File handed over" }, { "dispute", "Dispute that lasts" }, { "age", "By age" }, { "person", "A person’s choice" }, { "loss", "Lost debt" },
		{ "ended", "No longer doubtful" }, { "none", "Nothing by rule" } };
	for (size_t i = 0; i < COUNT(rules); i++)
		if (strcmp(rules[i].code, rule) == 0) return rules[i].label;
	return rule;
}

/* --- proposing -------------------------------------------------------------------------------------------------------------------------- */
static bool doubtful_on(const struct doubtful_case *debt, int32_t day)
{
	if (debt->booked_day != DAY_NONE && debt->booked_day <= day) return true;
	return debt->id && strcmp(debt->state, "small") != 0 && debt->day <= day;
}

static struct provision_line line_of(const struct doubtful_case *debt, const struct doubtful_terms *terms, int32_t day)
{
	struct provision_line line = { .debt = debt, .open = debt->open_then, .was = debt->allowance, .rule = "ended" };
	if (debt->later_loss) line.rule = "loss", line.amount = line.was; /* its loss released that much: it stays */
	else if (strcmp(debt->state, "lost") == 0 && debt->lost_day <= day) line.rule = "loss";
	else if (debt->open_then > 0 && doubtful_on(debt, day)) {
		line.rate = provision_rate(&debt->view, terms, day, &line.rule);
		line.base = debt->open_then - doubtful_vat(debt->open_then, debt->vat);
		line.amount = provision_amount(line.base, line.rate);
		line.alone = strcmp(line.rule, "age") == 0;
	}
	return line;
}

static struct status propose(struct db *db, const struct viewer *viewer, const struct company *company, int32_t day, struct arena *arena, struct provision_line **out,
                             size_t *count, bool *later)
{
	struct doubtful_case *list;
	const struct settings *settings;
	struct doubtful_terms terms;
	size_t cases;
	*count = 0, *later = false;
	TRY(settings_load(db, company->tenant_id, company->id, arena, &settings));
	TRY(doubtful_terms_read(settings, &terms));
	TRY(doubtful_cases(db, viewer, company, day, (struct doubtful_filter){ 0 }, arena, &list, &cases));
	*out = arena_array(arena, struct provision_line, cases + 1);
	for (size_t i = 0; i < cases; i++) {
		*later |= list[i].later_provision;
		if (strcmp(list[i].currency, company->currency) != 0) continue;
		struct provision_line line = line_of(&list[i], &terms, day);
		if (line.amount || line.was || (line.open > 0 && doubtful_on(&list[i], day) && strcmp(line.rule, "loss") != 0)) (*out)[(*count)++] = line;
	}
	return STATUS_FINE;
}

struct status provision_propose(struct db *db, const struct viewer *viewer, const struct company *company, int32_t day, struct arena *arena,
                                struct provision_line **out, size_t *count)
{
	bool later;
	return propose(db, viewer, company, day, arena, out, count, &later);
}

/* --- booking ----------------------------------------------------------------------------------------------------------------------------- */
static struct status move(struct change *change, const struct provision_line *line, int32_t day, const char *why, bool in_books, struct arena *arena)
{
	const struct doubtful_case *debt = line->debt;
	int64_t id, entry;
	TRY(id_take(change->db, change->company.tenant_id, change->company.id, "provision", 1, &id));
	TRY(db_run(change->db,
	           "INSERT INTO provision (tenant_id, company_id, id, customer_id, item_id, day, currency, base, rate, rule, was, amount, in_books, why, by_user, rev) VALUES"
	           " ($tenant, $company, $id, $customer, $item, $day, $currency, $base, $rate, $rule, $was, $amount, $in_books, $why, $by, $rev)",
	           DB_ARGS(OF_COMPANY(change), db_int("id", id), db_int("customer", debt->customer_id), db_int("item", debt->root_id), db_day("day", day),
	                   db_text("currency", debt->currency), db_int("base", line->base), db_int("rate", line->rate), db_text("rule", line->rule), db_int("was", line->was),
	                   db_int("amount", line->amount), db_int("in_books", in_books), db_text("why", why), db_int("by", change->viewer->user_id), db_int("rev", change->rev))));
	if (in_books) return STATUS_FINE;
	const struct settings *settings;
	struct doubtful_accounts accounts;
	struct book_line lines[BOOK_LINES];
	enum lang lang;
	TRY(book_entry_lang(change, arena, &lang));
	TRY(settings_load(change->db, change->company.tenant_id, change->company.id, arena, &settings));
	doubtful_accounts_read(settings, &accounts);
	size_t count = doubtful_provision_lines(&accounts, line->amount - line->was, lines);
	const char *label = line->amount > line->was ? arena_printf(arena, tr(lang, "Provision on %s"), debt->number)
	                                             : arena_printf(arena, tr(lang, "Release of the provision on %s"), debt->number);
	return book_entry_add(change, &(struct book_entry_new){ .kind = "provision", .subject_id = id, .customer_id = debt->customer_id, .item_id = debt->item_id, .day = day,
	                      .number = debt->number, .label = label, .currency = debt->currency, .lines = lines, .count = count }, &entry);
}

static struct status check_whole(struct change *change)
{
	TRY(change_allows(change, RIGHT_CASH));
	return change->viewer->portfolio == PORTFOLIO_ALL ? STATUS_FINE : status_make(STATUS_FORBIDDEN, "A closing is made over all customers: you see a part of them.");
}

struct status provision_book(struct change *change, int32_t day, const struct provision_choice *choices, size_t choice_count, bool in_books, int64_t *count)
{
	cleanup_arena struct arena *arena = arena_new();
	struct provision_line *lines;
	size_t found;
	bool later;
	int64_t before = 0, after = 0;
	char iso[11];
	*count = 0;
	TRY(check_whole(change));
	if (day == DAY_NONE || day > change->today) return status_make(STATUS_INVALID, "A closing is of today or before.");
	TRY(propose(change->db, change->viewer, &change->company, day, arena, &lines, &found, &later));
	if (later) return status_make(STATUS_CONFLICT, "A later closing was made: take that one back first.");
	for (size_t c = 0; c < choice_count; c++) {
		size_t i = 0;
		const struct provision_choice *choice = &choices[c];
		while (i < found && lines[i].debt->root_id != choice->root_id) i++;
		if (i == found || !lines[i].base) return status_make(STATUS_CONFLICT, "A debt that a rate was given for is not doubtful on that day.");
		if (choice->rate < 0 || choice->rate > 10000) return status_make(STATUS_INVALID, "A rate is a percentage between 0 and 100.");
		if (choice->rate == lines[i].rate) continue;
		if (!choice->why || !*choice->why || strlen(choice->why) > 500 || !utf8_valid(choice->why, strlen(choice->why)))
			return status_make(STATUS_INVALID, "Say why %s has a rate of its own (at most 500 characters).", lines[i].debt->number);
		lines[i].rate = choice->rate, lines[i].rule = "person", lines[i].amount = provision_amount(lines[i].base, choice->rate);
	}
	for (size_t i = 0; i < found; i++) {
		const char *why = "";
		for (size_t c = 0; c < choice_count; c++)
			if (choices[c].root_id == lines[i].debt->root_id && strcmp(lines[i].rule, "person") == 0) why = choices[c].why;
		if (__builtin_add_overflow(before, lines[i].was, &before) || __builtin_add_overflow(after, lines[i].amount, &after)) return status_make(STATUS_INVALID, "The sum is too large.");
		if (lines[i].amount == lines[i].was) continue;
		TRY(move(change, &lines[i], day, why, in_books, arena));
		++*count;
	}
	if (!*count) return status_make(STATUS_CONFLICT, "Nothing moves: the provisions are as this closing wants them.");
	day_format(day, iso);
	return event_add_json(change, (struct event_new){ .kind = "provision.booked" },
	                      json_pack("{s:s, s:I, s:I, s:I, s:s}", "date", iso, "count", (json_int_t)*count, "amount", (json_int_t)after, "was", (json_int_t)before, "currency",
	                                change->company.currency));
}

static struct status undo_rows(struct change *change, const int64_t *ids, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		TRY(db_run(change->db, "UPDATE provision SET cancelled = 1, rev = $rev WHERE tenant_id = $tenant AND company_id = $company AND id = $id",
		           DB_ARGS(db_int("rev", change->rev), OF_COMPANY(change), db_int("id", ids[i]))));
		TRY(book_entry_take_back(change, "provision", ids[i]));
	}
	return STATUS_FINE;
}

static struct status rows_ids(struct rows *rows, struct arena *arena, int64_t **out, size_t *count)
{
	int64_t *list = NULL;
	size_t cap = 0;
	*count = 0;
	while (rows_next(rows)) {
		GROW(list, *count, cap);
		list[(*count)++] = row_int(rows, 0);
	}
	*out = arena_array(arena, int64_t, *count + 1);
	if (*count) memcpy(*out, list, *count * sizeof *list);
	free(list);
	return rows_status(rows);
}

struct status provision_take_back(struct change *change, int32_t day, int64_t *count)
{
	cleanup_arena struct arena *arena = arena_new();
	int64_t *ids, later = 0;
	size_t found;
	char iso[11];
	*count = 0;
	TRY(check_whole(change));
	day_format(day, iso);
	TRY(db_get_int(change->db, "SELECT COUNT(*) FROM provision WHERE tenant_id = $tenant AND company_id = $company AND day > $day AND cancelled = 0 AND rule <> 'loss'",
	               DB_ARGS(OF_COMPANY(change), db_day("day", day)), &later, NULL));
	if (later) return status_make(STATUS_CONFLICT, "A later closing was made: take that one back first.");
	TRY(db_get_int(change->db,
	               "SELECT COUNT(*) FROM provision p JOIN provision l ON l.tenant_id = p.tenant_id AND l.company_id = p.company_id AND l.item_id = p.item_id AND l.cancelled = 0"
	               " AND l.rule = 'loss' AND l.id > p.id WHERE p.tenant_id = $tenant AND p.company_id = $company AND p.day = $day AND p.cancelled = 0 AND p.rule <> 'loss'",
	               DB_ARGS(OF_COMPANY(change), db_day("day", day)), &later, NULL));
	if (later) return status_make(STATUS_CONFLICT, "A debt of this closing was lost since: take the loss back first.");
	{
		/* those of losses go with their loss */
		cleanup_rows struct rows *rows = db_query(change->db,
			"SELECT id FROM provision WHERE tenant_id = $tenant AND company_id = $company AND day = $day AND cancelled = 0 AND rule <> 'loss' ORDER BY id DESC",
			DB_ARGS(OF_COMPANY(change), db_day("day", day)));
		TRY(rows_ids(rows, arena, &ids, &found));
	}
	if (!found) return status_make(STATUS_NOT_FOUND, "There is no closing of that day.");
	TRY(undo_rows(change, ids, found));
	*count = (int64_t)found;
	return event_add_json(change, (struct event_new){ .kind = "provision.cancelled" }, json_pack("{s:s, s:I}", "date", iso, "count", (json_int_t)found));
}

struct status provision_release(struct change *change, const struct doubtful_case *debt, const char *rule)
{
	cleanup_arena struct arena *arena = arena_new();
	if (debt->later_provision) return status_make(STATUS_CONFLICT, "A later closing was made: take that one back first.");
	return move(change, &(struct provision_line){ .debt = debt, .was = debt->allowance, .rule = rule }, change->today, "", false, arena);
}

struct status provision_release_undo(struct change *change, int64_t root_id, const char *rule)
{
	cleanup_arena struct arena *arena = arena_new();
	int64_t *ids;
	size_t count;
	{
		cleanup_rows struct rows *rows = db_query(change->db,
			"SELECT id FROM provision WHERE tenant_id = $tenant AND company_id = $company AND item_id = $item AND rule = $rule AND cancelled = 0",
			DB_ARGS(OF_COMPANY(change), db_int("item", root_id), db_text("rule", rule)));
		TRY(rows_ids(rows, arena, &ids, &count));
	}
	return undo_rows(change, ids, count);
}

/* --- closings ------------------------------------------------------------------------------------------------------------------------------ */
struct status provision_closings(struct db *db, const struct viewer *viewer, int64_t company_id, struct arena *arena, struct provision_closing **out, size_t *count)
{
	struct provision_closing *list = NULL;
	size_t cap = 0;
	*out = arena_array(arena, struct provision_closing, 1), *count = 0;
	if (!viewer_sees_company(viewer, company_id)) return status_make(STATUS_NOT_FOUND, "There is no such company.");
	if (viewer->portfolio != PORTFOLIO_ALL) return STATUS_FINE; /* sums over all customers */
	cleanup_rows struct rows *rows = db_query(db,
		"SELECT day, COUNT(*), CAST(SUM(amount - was) AS BIGINT), SUM(CASE WHEN rule <> 'loss' THEN 1 ELSE 0 END) FROM provision WHERE tenant_id = $tenant AND company_id = $company AND cancelled = 0 GROUP BY day ORDER BY day",
		DB_ARGS(db_int("tenant", viewer->tenant_id), db_int("company", company_id)));
	int64_t allowance = 0;
	while (rows_next(rows)) {
		GROW(list, *count, cap);
		struct provision_closing *one = &list[(*count)++];
		*one = (struct provision_closing){ .day = row_day(rows, 0), .count = row_int(rows, 1), .change = row_int(rows, 2), .last = row_int(rows, 3) > 0 };
		if (__builtin_add_overflow(allowance, one->change, &allowance)) break;
		one->allowance = allowance;
	}
	struct status status = rows_status(rows);
	*out = arena_array(arena, struct provision_closing, *count + 1);
	for (size_t i = 0; i < *count; i++) (*out)[i] = list[*count - 1 - i]; /* newest first */
	bool found = false; /* days of losses alone are no closings */
	for (size_t i = 0; i < *count; i++) (*out)[i].last = (*out)[i].last && !found, found |= (*out)[i].last;
	free(list);
	return status;
}
