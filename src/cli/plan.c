/* plan propose, agree, acknowledge, insurer, accelerate, cancel, send, letter; plan list, plan show: payment plans. */
#include "cli/commands.h"

#include "base/day.h"
#include "base/words.h"
#include "cli/file_out.h"
#include "dunning/instalments.h"
#include "outreach/casework.h"

#include <string.h>

enum { ITEMS_MOST = PLAN_ITEMS };

struct planning {
	struct cli *cli;
	struct payment_plan_new new;
	int64_t id;
	bool acknowledged;
	const char *note;
};

static const char *state_label(const char *code)
{
	static const struct { const char *code, *label; } states[] = { /* msgids */ { "proposed", "Waiting for an answer" }, { "agreed", "Running" }, { "kept", "Plan kept" },
		{ "broken", "Broken" }, { "cancelled", "Plan cancelled" }, { "expected", "expected" }, { "paid", "paid" }, { "missed", "missed" } };
	for (size_t i = 0; i < sizeof states / sizeof *states; i++)
		if (strcmp(states[i].code, code) == 0) return states[i].label;
	return code;
}

static json_t *day_json(int32_t day)
{
	char iso[11];
	if (day == DAY_NONE) return json_null();
	day_format(day, iso);
	return json_string(iso);
}

static const char *day_text(const struct cli *cli, int32_t day)
{
	char iso[11] = "";
	if (day != DAY_NONE) day_format(day, iso);
	return arena_strdup(cli->arena, iso);
}

static const char *amount_text(const struct cli *cli, int64_t minor, const char *currency)
{
	cleanup_text struct text out = { 0 };
	words_amount(&out, cli->lang, minor, currency);
	return arena_strdup(cli->arena, text_cstr(&out));
}

static json_t *plan_json(const struct payment_plan *plan)
{
	json_t *parts = json_array(), *items = json_array();
	for (size_t i = 0; i < plan->part_count; i++) {
		const struct plan_part *part = &plan->parts[i];
		json_array_append_new(parts, json_pack("{s:I, s:o, s:I, s:I, s:s, s:o}", "rank", (json_int_t)i + 1, "date", day_json(part->day), "amount", (json_int_t)part->amount,
		                                       "received", (json_int_t)part->received, "state", part->state, "settled_on", day_json(part->settled_day)));
	}
	for (size_t i = 0; i < plan->item_count; i++)
		json_array_append_new(items, json_pack("{s:s, s:I, s:I, s:I}", "item", plan->items[i].number, "item_id", (json_int_t)plan->items[i].item_id, "amount",
		                                       (json_int_t)plan->items[i].amount, "open", (json_int_t)plan->items[i].open));
	json_t *row = json_pack("{s:I, s:s, s:s, s:s, s:s, s:I, s:I, s:I, s:I, s:b, s:b, s:b, s:b}", "id", (json_int_t)plan->id, "customer", plan->customer_code, "name",
	                        plan->customer_name, "state", plan->state, "currency", plan->currency, "total", (json_int_t)plan->total, "received",
	                        (json_int_t)plan->received, "principal", (json_int_t)plan->principal, "interest", (json_int_t)plan->interest, "interest_kept",
	                        plan->interest_kept, "acknowledged", plan->acknowledged, "by_debtor", strcmp(plan->proposed_by, "debtor") == 0, "insurer_waits",
	                        plan->insurer && plan->insurer_day == DAY_NONE);
	json_object_set_new(row, "made_on", day_json(plan->made_day));
	json_object_set_new(row, "agreed_on", day_json(plan->agreed_day));
	json_object_set_new(row, "next_on", day_json(plan->next_day));
	json_object_set_new(row, "ended_on", day_json(plan->ended_day));
	json_object_set_new(row, "why", json_string(plan->ended_why));
	json_object_set_new(row, "note", json_string(plan->note));
	json_object_set_new(row, "instalments", parts);
	json_object_set_new(row, "items", items);
	return row;
}

struct status command_plan_list(struct cli *cli, int *exit_status)
{
	const char *code = NULL;
	bool all = false;
	TRY(cli_options(cli, (const struct cli_option[]){ { "--customer", .value = &code }, { "--all", .flag = &all }, { 0 } }, NULL, 0, NULL));
	TRY(cli_company(cli));
	struct db *db = NULL;
	struct customer who = { 0 };
	struct payment_plan *plans;
	size_t count;
	TRY(cli_read(cli, &db));
	struct status status = code ? customer_find(db, &cli->viewer, cli->company.id, code, cli->arena, &who) : STATUS_FINE;
	struct payment_plan_filter filter = { .customer_id = who.id, .open_only = !all };
	if (!status.code) status = payment_plan_list(db, &cli->viewer, cli->company.id, filter, cli->arena, &plans, &count);
	cli_release(cli, db);
	TRY(status);
	*exit_status = 0;
	if (cli->json) {
		json_t *rows = json_array();
		for (size_t i = 0; i < count; i++) json_array_append_new(rows, plan_json(&plans[i]));
		cli_json(cli, json_pack("{s:o}", "plans", rows));
		return STATUS_FINE;
	}
	struct cli_table *table = cli_table_new(cli, "rllrrl", (const char *const[]){ "Id", "Customer", "State", "Amount", "Received so far", "Next instalment" });
	for (size_t i = 0; i < count; i++)
		cli_table_row(table, (const char *const[]){ arena_printf(cli->arena, "%lld", (long long)plans[i].id), plans[i].customer_code, cli_tr(cli, state_label(plans[i].state)),
			amount_text(cli, plans[i].total, plans[i].currency), amount_text(cli, plans[i].received, plans[i].currency), day_text(cli, plans[i].next_day) });
	cli_table_print(table);
	return STATUS_FINE;
}

static struct status read_id(const char *text, int64_t *id)
{
	if (text && text_parse_int(text, strlen(text), id)) return STATUS_FINE;
	return status_make(STATUS_INVALID, "Give the plan's id: plan list shows them.");
}

struct status command_plan_show(struct cli *cli, int *exit_status)
{
	const char *text = NULL;
	int found = 0;
	int64_t id;
	TRY(cli_options(cli, (const struct cli_option[]){ { 0 } }, &text, 1, &found));
	TRY(read_id(text, &id));
	TRY(cli_company(cli));
	struct db *db = NULL;
	struct payment_plan plan;
	TRY(cli_read(cli, &db));
	struct status status = payment_plan_get(db, &cli->viewer, cli->company.id, id, cli->arena, &plan);
	cli_release(cli, db);
	TRY(status);
	*exit_status = 0;
	if (cli->json) {
		cli_json(cli, plan_json(&plan));
		return STATUS_FINE;
	}
	fprintf(cli_out(cli), "%s · %s · %s\n", plan.customer_name, cli_tr(cli, state_label(plan.state)), amount_text(cli, plan.total, plan.currency));
	struct cli_table *table = cli_table_new(cli, "rllrr", (const char *const[]){ "No.", "Date", "State", "Amount", "Received so far" });
	for (size_t i = 0; i < plan.part_count; i++)
		cli_table_row(table, (const char *const[]){ arena_printf(cli->arena, "%zu", i + 1), day_text(cli, plan.parts[i].day), cli_tr(cli, state_label(plan.parts[i].state)),
			amount_text(cli, plan.parts[i].amount, plan.currency), amount_text(cli, plan.parts[i].received, plan.currency) });
	cli_table_print(table);
	return STATUS_FINE;
}

/* --- a new one ------------------------------------------------------------------------------------------------------------------- */

static struct status do_propose(struct change *change, void *context)
{
	struct planning *planning = context;
	return payment_plan_propose(change, &planning->new, &planning->id);
}

/* "2026-01-31=500,00": one instalment as it was agreed. */
static struct status read_part(const char *text, const char *currency, struct plan_part *out)
{
	const char *cut = strchr(text, '=');
	*out = (struct plan_part){ 0 };
	if (!cut || !day_parse(text, (size_t)(cut - text), &out->day)) return status_make(STATUS_INVALID, "“%.40s” is no instalment: write it as 2025-09-30=500,00.", text);
	return cli_amount("--part", cut + 1, currency, &out->amount);
}

/* The items by what they are called, and what they come to today. */
static struct status read_base(struct cli *cli, const char *code, const char *const *names, size_t named, int64_t *ids, struct instalments_base *base)
{
	struct db *db = NULL;
	struct customer who = { 0 };
	TRY(cli_read(cli, &db));
	struct status status = code ? customer_find(db, &cli->viewer, cli->company.id, code, cli->arena, &who) : STATUS_FINE;
	for (size_t i = 0; i < named && !status.code; i++) {
		struct item item;
		status = item_find(db, &cli->viewer, cli->company.id, who.id, names[i], &item);
		if (!status.code) ids[i] = item.id;
	}
	if (!status.code) status = instalments_of(db, &cli->viewer, cli->company.id, ids, named, cli_today(cli), cli->arena, base);
	cli_release(cli, db);
	return status;
}

struct status command_plan_propose(struct cli *cli, int *exit_status)
{
	struct planning *planning = arena_make(cli->arena, struct planning);
	const char *code = NULL, *count_text = NULL, *names[ITEMS_MOST], *written[PLAN_INSTALMENTS];
	int named = 0, parts = 0;
	int32_t first = DAY_NONE;
	struct payment_plan_new *new = &planning->new;
	TRY(cli_options(cli, (const struct cli_option[]){ { "--item", .list = names, .list_limit = ITEMS_MOST, .list_count = &named }, { "--customer", .value = &code },
		{ "--count", .value = &count_text }, { "--first", .day = &first }, { "--part", .list = written, .list_limit = PLAN_INSTALMENTS, .list_count = &parts },
		{ "--keep-interest", .flag = &new->interest_kept }, { "--by-debtor", .flag = &new->by_debtor }, { "--remind", .flag = &new->remind },
		{ "--insurer", .flag = &new->insurer }, { "--note", .value = &new->note }, { 0 } }, NULL, 0, NULL));
	int64_t count = 0;
	if (!named) return status_make(STATUS_INVALID, "About what? Give --item NUMBER….");
	if (!parts == !count_text) return status_make(STATUS_INVALID, "Give --count N, or each instalment as --part DATE=AMOUNT.");
	if (count_text && (!text_parse_int(count_text, strlen(count_text), &count) || count < 1 || count > PLAN_INSTALMENTS))
		return status_make(STATUS_INVALID, "A payment plan has 1 to %d instalments.", PLAN_INSTALMENTS);
	TRY(cli_company(cli));
	int64_t *ids = arena_array(cli->arena, int64_t, (size_t)named);
	struct instalments_base base;
	TRY(read_base(cli, code, names, (size_t)named, ids, &base));
	struct plan_part *list = arena_array(cli->arena, struct plan_part, PLAN_INSTALMENTS);
	for (int i = 0; i < parts; i++) TRY(read_part(written[i], base.currency, &list[i]));
	if (count) payment_plan_split(base.principal + (new->interest_kept ? base.interest : 0), (size_t)count,
	                              first == DAY_NONE ? day_add_months(cli_today(cli), 1) : first, list);
	new->customer_id = base.customer_id, new->interest = base.interest;
	new->items = ids, new->item_count = (size_t)named, new->parts = list, new->part_count = count ? (size_t)count : (size_t)parts;
	TRY(cli_change(cli, do_propose, planning));
	*exit_status = 0;
	if (cli->json) cli_json(cli, json_pack("{s:I, s:I, s:I, s:b}", "id", (json_int_t)planning->id, "principal", (json_int_t)base.principal, "interest",
	                                       (json_int_t)base.interest, "interest_kept", new->interest_kept));
	else fprintf(cli_out(cli), cli_tr(cli, "Payment plan %lld proposed: %s.\n"), (long long)planning->id,
	             amount_text(cli, base.principal + (new->interest_kept ? base.interest : 0), base.currency));
	return STATUS_FINE;
}

/* --- its life ---------------------------------------------------------------------------------------------------------------------- */

static struct status do_agree(struct change *change, void *context)
{
	const struct planning *planning = context;
	return instalments_agree(change, planning->id, planning->acknowledged);
}
static struct status do_acknowledge(struct change *change, void *context) { return payment_plan_acknowledge(change, ((const struct planning *)context)->id); }
static struct status do_insurer(struct change *change, void *context) { return payment_plan_insurer_told(change, ((const struct planning *)context)->id); }
static struct status do_accelerate(struct change *change, void *context) { return instalments_accelerate(change, ((const struct planning *)context)->id); }
static struct status do_cancel(struct change *change, void *context)
{
	const struct planning *planning = context;
	return instalments_cancel(change, planning->id, planning->note);
}
static struct status do_send(struct change *change, void *context)
{
	const struct planning *planning = context;
	return casework_send_plan(change, planning->id, planning->cli->arena);
}

static struct status on_one(struct cli *cli, cli_work *work, const char *words, int *exit_status)
{
	struct planning planning = { .cli = cli };
	const char *text = NULL;
	int found = 0;
	const struct cli_option agreeing[] = { { "--acknowledged", .flag = &planning.acknowledged }, { 0 } }, noting[] = { { "--note", .value = &planning.note }, { 0 } };
	TRY(cli_options(cli, work == do_agree ? agreeing : work == do_cancel ? noting : (const struct cli_option[]){ { 0 } }, &text, 1, &found));
	TRY(read_id(text, &planning.id));
	TRY(cli_company(cli));
	TRY(cli_change(cli, work, &planning));
	*exit_status = 0;
	if (cli->json) cli_json(cli, json_pack("{s:I}", "id", (json_int_t)planning.id));
	else fprintf(cli_out(cli), "%s\n", cli_tr(cli, words));
	return STATUS_FINE;
}

struct status command_plan_agree(struct cli *cli, int *exit_status)
{
	return on_one(cli, do_agree, "Agreed: nobody reminds of these items while the plan is kept.", exit_status);
}
struct status command_plan_acknowledge(struct cli *cli, int *exit_status) { return on_one(cli, do_acknowledge, "Noted.", exit_status); }
struct status command_plan_insurer(struct cli *cli, int *exit_status) { return on_one(cli, do_insurer, "Noted.", exit_status); }
struct status command_plan_accelerate(struct cli *cli, int *exit_status)
{
	return on_one(cli, do_accelerate, "The plan is broken: all that is left is due at once, and the reminders resume.", exit_status);
}
struct status command_plan_cancel(struct cli *cli, int *exit_status) { return on_one(cli, do_cancel, "Cancelled: its items are chased again.", exit_status); }
struct status command_plan_send(struct cli *cli, int *exit_status) { return on_one(cli, do_send, "Letter written: it leaves with the next messages.", exit_status); }

struct status command_plan_letter(struct cli *cli, int *exit_status)
{
	const char *text = NULL, *to = NULL;
	int found = 0;
	int64_t id;
	TRY(cli_options(cli, (const struct cli_option[]){ { "--to", .value = &to }, { 0 } }, &text, 1, &found));
	TRY(read_id(text, &id));
	if (!to) return status_make(STATUS_INVALID, "Give --to FILE.pdf.");
	TRY(cli_company(cli));
	struct db *db = NULL;
	struct attachment letter;
	TRY(cli_read(cli, &db));
	struct status status = casework_plan_letter(db, &cli->viewer, cli->company.id, id, cli_today(cli), cli->arena, &letter);
	if (!status.code) status = file_out(cli, to, letter.bytes, letter.len);
	cli_release(cli, db);
	TRY(status);
	*exit_status = 0;
	if (cli->json) cli_json(cli, json_pack("{s:I, s:s, s:I}", "id", (json_int_t)id, "path", to, "size", (json_int_t)letter.len));
	return STATUS_FINE;
}
