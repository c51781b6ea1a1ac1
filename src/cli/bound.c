/* dispute list, promise list, promise confirm, hold list: what binds the plan, as lists. */
#include "cli/commands.h"

#include "base/day.h"
#include "base/memory.h"
#include "base/words.h"
#include "ledger/dispute_case.h"
#include "ledger/hold.h"
#include "ledger/promise.h"
#include "outreach/casework.h"

#include <string.h>

/* [--customer C] [--all], and a reader in one snapshot; customer_id 0: everybody's. */
static struct status begin(struct cli *cli, struct db **db, int64_t *customer_id, bool *all)
{
	const char *code = NULL;
	*customer_id = 0, *all = false;
	TRY(cli_options(cli, (const struct cli_option[]){ { "--customer", .value = &code }, { "--all", .flag = all }, { 0 } }, NULL, 0, NULL));
	TRY(cli_company(cli));
	TRY(cli_read(cli, db));
	if (!code) return STATUS_FINE;
	struct customer who;
	struct status status = customer_find(*db, &cli->viewer, cli->company.id, code, cli->arena, &who);
	if (status.code) cli_release(cli, *db);
	else *customer_id = who.id;
	return status;
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

static const char *id_text(const struct cli *cli, int64_t id) { return arena_printf(cli->arena, "%lld", (long long)id); }

static const char *amount_text(const struct cli *cli, int64_t minor, const char *currency)
{
	cleanup_text struct text out = { 0 };
	words_amount(&out, cli->lang, minor, currency);
	return arena_strdup(cli->arena, text_cstr(&out));
}

/* Prints the table, or the rows as { name: rows }; takes them. */
static struct status finish(struct cli *cli, struct cli_table *table, const char *name, json_t *rows, int *exit_status)
{
	*exit_status = 0;
	if (cli->json) {
		cli_json(cli, json_pack("{s:o}", name, rows));
		return STATUS_FINE;
	}
	json_decref(rows);
	cli_table_print(table);
	return STATUS_FINE;
}

struct status command_dispute_list(struct cli *cli, int *exit_status)
{
	struct db *db = NULL;
	int64_t customer_id;
	bool all;
	struct dispute_case *list;
	size_t count;
	TRY(begin(cli, &db, &customer_id, &all));
	struct status status = dispute_case_list(db, &cli->viewer, cli->company.id, (struct dispute_case_filter){ .customer_id = customer_id, .open_only = !all },
	                                         cli->arena, &list, &count);
	cli_release(cli, db);
	TRY(status);
	json_t *rows = json_array();
	struct cli_table *table = cli_table_new(cli, "rlllrll", (const char *const[]){ "Id", "Customer", "Reason", "State", "Amount", "Answer due", "Owner" });
	for (size_t i = 0; i < count; i++) {
		const struct dispute_case *one = &list[i];
		const char *owner = *one->owner_name ? one->owner_name : one->owner_email;
		json_t *items = json_array(), *row = json_pack("{s:I, s:s, s:s, s:s, s:I, s:s, s:s, s:s, s:s}", "id", (json_int_t)one->id, "customer", one->customer_code, "reason",
			one->reason, "state", dispute_state_code(one->state), "amount", (json_int_t)one->amount, "currency", one->currency, "owner", owner, "outcome", one->outcome,
			"note", one->note);
		for (size_t p = 0; p < one->part_count; p++) json_array_append_new(items, json_string(one->parts[p].number));
		json_object_set_new(row, "items", items);
		json_object_set_new(row, "opened_on", day_json(one->opened_day));
		json_object_set_new(row, "due_on", day_json(one->due_day));
		json_object_set_new(row, "closed_on", day_json(one->closed_day));
		json_array_append_new(rows, row);
		cli_table_row(table, (const char *const[]){ id_text(cli, one->id), one->customer_code, cli_tr(cli, one->kind->label), cli_tr(cli, dispute_state_label(one->state)),
			amount_text(cli, one->amount, one->currency), day_text(cli, one->due_day), owner });
	}
	return finish(cli, table, "disputes", rows, exit_status);
}

static const char *promise_label(const char *state)
{
	static const char *const labels[][2] = { /* msgids */ { "expected", "expected" }, { "partly_kept", "partly kept" }, { "kept", "kept" }, { "broken", "broken" }, { "cancelled", "cancelled" } };
	for (size_t i = 0; i < COUNT(labels); i++)
		if (strcmp(labels[i][0], state) == 0) return labels[i][1];
	return state;
}

struct status command_promise_list(struct cli *cli, int *exit_status)
{
	struct db *db = NULL;
	int64_t customer_id;
	bool all;
	struct promise *list;
	size_t count;
	TRY(begin(cli, &db, &customer_id, &all));
	struct status status = promise_list(db, &cli->viewer, cli->company.id, customer_id, !all, cli->arena, &list, &count);
	cli_release(cli, db);
	TRY(status);
	json_t *rows = json_array();
	struct cli_table *table = cli_table_new(cli, "rlllrr", (const char *const[]){ "Id", "Customer", "Promised for", "State", "Amount", "Received so far" });
	for (size_t i = 0; i < count; i++) {
		const struct promise *one = &list[i];
		json_t *items = json_array(), *row = json_pack("{s:I, s:s, s:s, s:I, s:I, s:s, s:s, s:s}", "id", (json_int_t)one->id, "customer", one->customer_code, "state", one->state,
			"amount", (json_int_t)one->amount, "received", (json_int_t)one->received, "currency", one->currency, "means", one->means, "note", one->note);
		for (size_t k = 0; k < one->item_count; k++) json_array_append_new(items, json_integer(one->items[k]));
		json_object_set_new(row, "item_ids", items);
		json_object_set_new(row, "date", day_json(one->day));
		json_object_set_new(row, "made_on", day_json(one->made_day));
		json_object_set_new(row, "settled_on", day_json(one->settled_day));
		json_array_append_new(rows, row);
		cli_table_row(table, (const char *const[]){ id_text(cli, one->id), one->customer_code, day_text(cli, one->day), cli_tr(cli, promise_label(one->state)),
			amount_text(cli, one->amount, one->currency), amount_text(cli, one->received, one->currency) });
	}
	return finish(cli, table, "promises", rows, exit_status);
}

struct status command_hold_list(struct cli *cli, int *exit_status)
{
	struct db *db = NULL;
	int64_t customer_id;
	bool all;
	struct hold *list;
	size_t count;
	TRY(begin(cli, &db, &customer_id, &all));
	struct status status = hold_list(db, &cli->viewer, cli->company.id, customer_id, all ? DAY_NONE : cli_today(cli), cli->arena, &list, &count);
	json_t *rows = json_array();
	struct cli_table *table = cli_table_new(cli, "rlllll", (const char *const[]){ "Id", "Customer", "Item", "Kind", "Until", "Reason" });
	for (size_t i = 0; i < count && !status.code; i++) {
		const struct hold *one = &list[i];
		struct customer who;
		status = customer_get(db, &cli->viewer, cli->company.id, one->customer_id, cli->arena, &who);
		if (status.code) break;
		json_t *row = json_pack("{s:I, s:s, s:s, s:s, s:s, s:b}", "id", (json_int_t)one->id, "customer", who.code, "item", one->item_id ? one->item_number : "", "kind",
		                        hold_kind_code(one->kind), "reason", one->reason, "lifted", one->lifted_day != DAY_NONE);
		json_object_set_new(row, "item_id", one->item_id ? json_integer(one->item_id) : json_null());
		json_object_set_new(row, "from", day_json(one->from_day));
		json_object_set_new(row, "until", day_json(one->until_day));
		json_array_append_new(rows, row);
		cli_table_row(table, (const char *const[]){ id_text(cli, one->id), who.code, one->item_id ? one->item_number : "", hold_kind_code(one->kind),
			day_text(cli, one->until_day), one->reason });
	}
	cli_release(cli, db);
	if (status.code) return json_decref(rows), status;
	return finish(cli, table, "holds", rows, exit_status);
}

/* --- confirming promises -------------------------------------------------------------------------------------------------------------- */

enum { IDS_MOST = 200 };
struct confirming {
	struct cli *cli;
	int64_t ids[IDS_MOST];
	int count;
};

static struct status do_confirm(struct change *change, void *context)
{
	struct confirming *confirming = context;
	for (int i = 0; i < confirming->count; i++) TRY(casework_confirm_promise(change, confirming->ids[i], confirming->cli->arena));
	return STATUS_FINE;
}

struct status command_promise_confirm(struct cli *cli, int *exit_status)
{
	struct confirming confirming = { .cli = cli };
	const char *ids[IDS_MOST];
	TRY(cli_options(cli, (const struct cli_option[]){ { 0 } }, ids, IDS_MOST, &confirming.count));
	if (!confirming.count) return status_make(STATUS_INVALID, "Give the promise's id: promise list shows them.");
	for (int i = 0; i < confirming.count; i++)
		if (!text_parse_int(ids[i], strlen(ids[i]), &confirming.ids[i])) return status_make(STATUS_INVALID, "“%s” is not an id.", ids[i]);
	TRY(cli_company(cli));
	TRY(cli_change(cli, do_confirm, &confirming));
	*exit_status = 0;
	if (cli->json) cli_json(cli, json_pack("{s:i}", "confirmed", confirming.count));
	else fprintf(cli_out(cli), "%s\n", cli_tr(cli, "Confirmation written: it leaves with the next messages."));
	return STATUS_FINE;
}
