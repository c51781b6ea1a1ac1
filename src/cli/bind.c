/* dispute open|close, promise add|cancel, hold set|lift, exclusion set|lift, reply add: what binds the plan. All take
 * --item N… or --customer C, --reason, --amount, --date (contract section 1). */
#include "cli/commands.h"

#include "base/day.h"
#include "base/memory.h"
#include "base/words.h"
#include "ledger/dispute.h"
#include "ledger/hold.h"
#include "ledger/promise.h"
#include "ledger/reply.h"

#include <string.h>

enum { ITEMS_MAX = 500 };

struct bind {
	struct cli *cli;
	/* as given */
	const char *item_names[ITEMS_MAX], *customer_code, *reason, *amount_text, *note, *kind, *outcome, *ids[ITEMS_MAX];
	int item_count, id_count;
	int32_t date, credit_date;
	/* found */
	int64_t amount, customer_id;
	struct item items[ITEMS_MAX];
	enum hold_kind hold_kind;
	/* done */
	json_t *made;
};

static struct status read_arguments(struct cli *cli, struct bind *bind, bool takes_ids)
{
	bind->cli = cli, bind->date = DAY_NONE, bind->credit_date = DAY_NONE;
	return cli_options(cli,
	                   (const struct cli_option[]){
	                           { "--item", .list = bind->item_names, .list_limit = ITEMS_MAX, .list_count = &bind->item_count },
	                           { "--customer", .value = &bind->customer_code },
	                           { "--reason", .value = &bind->reason },
	                           { "--amount", .value = &bind->amount_text },
	                           { "--date", .day = &bind->date },
	                           { "--note", .value = &bind->note },
	                           { "--kind", .value = &bind->kind },
	                           { "--outcome", .value = &bind->outcome },
	                           { "--credit-date", .day = &bind->credit_date },
	                           { 0 } },
	                   bind->ids, takes_ids ? ITEMS_MAX : 0, &bind->id_count);
}

/* Items and customer by what they are called, in the change itself: nothing moves between finding and binding. */
static struct status find_all(struct change *change, struct bind *bind)
{
	bind->customer_id = 0;
	if (bind->customer_code) {
		cleanup_arena struct arena *arena = arena_new();
		struct customer customer;
		TRY(customer_find(change->db, change->viewer, change->company.id, bind->customer_code, arena, &customer));
		bind->customer_id = customer.id;
	}
	for (int i = 0; i < bind->item_count; i++)
		TRY(item_find(change->db, change->viewer, change->company.id, bind->customer_id, bind->item_names[i], &bind->items[i]));
	if (!bind->item_count && !bind->customer_id && !bind->id_count)
		return status_make(STATUS_INVALID, "About what? Give --item NUMBER… or --customer CODE.");
	if (bind->amount_text) {
		const char *currency = bind->item_count ? bind->items[0].currency : change->company.currency;
		TRY(cli_amount("--amount", bind->amount_text, currency, &bind->amount));
	}
	json_array_clear(bind->made);
	return STATUS_FINE;
}

static void made(struct bind *bind, const char *key, int64_t id, const char *item, int64_t item_id)
{
	json_t *row = json_pack("{s:I}", key, (json_int_t)id);
	if (item) json_object_set_new(row, "item", json_string(item)), json_object_set_new(row, "item_id", json_integer(item_id));
	json_array_append_new(bind->made, row);
}

static struct status run(struct cli *cli, struct bind *bind, cli_work *work, const char *list, const char *words)
{
	TRY(cli_company(cli));
	bind->made = json_array();
	struct status status = cli_change(cli, work, bind);
	if (status.code) {
		json_decref(bind->made);
		return status;
	}
	if (cli->json) {
		cli_json(cli, json_pack("{s:o}", list, bind->made));
		return STATUS_FINE;
	}
	fprintf(cli_out(cli), "%s", cli_tr(cli, words));
	size_t index = 0;
	json_t *row = NULL;
	json_array_foreach(bind->made, index, row)
	{
		const char *item = json_string_value(json_object_get(row, "item"));
		if (item) fprintf(cli_out(cli), "%s%s", index ? ", " : " ", item);
	}
	if (bind->amount) {
		cleanup_text struct text amount = { 0 };
		words_amount(&amount, cli->lang, bind->amount, bind->item_count ? bind->items[0].currency : cli->company.currency);
		fprintf(cli_out(cli), " (%s)", text_cstr(&amount));
	}
	fputc('\n', cli_out(cli));
	json_decref(bind->made);
	return STATUS_FINE;
}

static struct status read_ids(const struct bind *bind, int64_t *out)
{
	for (int i = 0; i < bind->id_count; i++)
		if (!text_parse_int(bind->ids[i], strlen(bind->ids[i]), &out[i]))
			return status_make(STATUS_INVALID, "“%s” is not an id.", bind->ids[i]);
	return STATUS_FINE;
}

/* --- disputes --------------------------------------------------------------------------------------------------------- */
static struct status open_dispute(struct change *change, void *context)
{
	struct bind *bind = context;
	TRY(find_all(change, bind));
	cleanup_arena struct arena *arena = arena_new();
	struct item *items = bind->items;
	size_t count = (size_t)bind->item_count;
	/* of a whole customer: everything he owes that is not disputed yet */
	bool whole = !bind->item_count;
	if (whole) TRY(item_list_open(change->db, change->viewer, change->company.id, bind->customer_id, arena, &items, &count));
	if (bind->amount && (whole || count > 1))
		return status_make(STATUS_INVALID, "An amount goes with one item.");
	for (size_t i = 0; i < count; i++) {
		int64_t id = 0;
		if (whole && items[i].open <= 0) continue;
		if (whole && !dispute_of_item(change->db, change->viewer, change->company.id, items[i].id, &id).code) continue;
		TRY(dispute_open(change,
		                 &(struct dispute_new){ .item_id = items[i].id, .amount = bind->amount, .reason = bind->reason,
		                                        .note = bind->note, .due_day = bind->date, .credit_expected_day = bind->credit_date },
		                 &id));
		made(bind, "id", id, items[i].number, items[i].id);
	}
	if (!json_array_size(bind->made)) return status_make(STATUS_CONFLICT, "Nothing is open at this customer's that is not disputed already.");
	return STATUS_FINE;
}

static struct status close_dispute(struct change *change, void *context)
{
	struct bind *bind = context;
	TRY(find_all(change, bind));
	int64_t ids[ITEMS_MAX] = { 0 };
	TRY(read_ids(bind, ids));
	const char *note = bind->note ? bind->note : bind->reason;
	for (int i = 0; i < bind->id_count; i++) {
		TRY(dispute_close(change, ids[i], bind->outcome, note));
		made(bind, "id", ids[i], NULL, 0);
	}
	for (int i = 0; i < bind->item_count; i++) {
		int64_t id = 0;
		struct status found = dispute_of_item(change->db, change->viewer, change->company.id, bind->items[i].id, &id);
		if (found.code == STATUS_NOT_FOUND) return status_make(STATUS_NOT_FOUND, "No dispute is open on %s.", bind->items[i].number);
		TRY(found);
		TRY(dispute_close(change, id, bind->outcome, note));
		made(bind, "id", id, bind->items[i].number, bind->items[i].id);
	}
	if (bind->item_count || bind->id_count) return STATUS_FINE;
	cleanup_arena struct arena *arena = arena_new();
	struct dispute *disputes = NULL;
	size_t count = 0;
	TRY(dispute_list(change->db, change->viewer, change->company.id, bind->customer_id, true, arena, &disputes, &count));
	if (!count) return status_make(STATUS_NOT_FOUND, "No dispute is open at this customer's.");
	for (size_t i = 0; i < count; i++) {
		TRY(dispute_close(change, disputes[i].id, bind->outcome, note));
		made(bind, "id", disputes[i].id, disputes[i].item_number, disputes[i].item_id);
	}
	return STATUS_FINE;
}

struct status command_dispute_open(struct cli *cli, int *exit_status)
{
	(void)exit_status;
	struct bind *bind = arena_make(cli->arena, struct bind);
	TRY(read_arguments(cli, bind, false));
	return run(cli, bind, open_dispute, "disputes", "Dispute opened:");
}

struct status command_dispute_close(struct cli *cli, int *exit_status)
{
	(void)exit_status;
	struct bind *bind = arena_make(cli->arena, struct bind);
	TRY(read_arguments(cli, bind, true));
	return run(cli, bind, close_dispute, "disputes", "Dispute closed:");
}

/* --- promises --------------------------------------------------------------------------------------------------------- */
static struct status add_promise(struct change *change, void *context)
{
	struct bind *bind = context;
	TRY(find_all(change, bind));
	int64_t ids[ITEMS_MAX] = { 0 }, id = 0;
	for (int i = 0; i < bind->item_count; i++) ids[i] = bind->items[i].id;
	int64_t customer_id = bind->item_count ? bind->items[0].customer_id : bind->customer_id;
	TRY(promise_make(change,
	                 &(struct promise_new){ .customer_id = customer_id, .items = ids, .item_count = (size_t)bind->item_count,
	                                        .amount = bind->amount, .day = bind->date, .note = bind->note ? bind->note : bind->reason },
	                 &id));
	made(bind, "id", id, NULL, 0);
	return STATUS_FINE;
}

static struct status cancel_promise(struct change *change, void *context)
{
	struct bind *bind = context;
	TRY(find_all(change, bind));
	const char *note = bind->note ? bind->note : bind->reason;
	int64_t ids[ITEMS_MAX] = { 0 };
	TRY(read_ids(bind, ids));
	for (int i = 0; i < bind->id_count; i++) {
		TRY(promise_cancel(change, ids[i], note));
		made(bind, "id", ids[i], NULL, 0);
	}
	if (bind->id_count) return STATUS_FINE;
	cleanup_arena struct arena *arena = arena_new();
	struct promise *promises = NULL;
	size_t count = 0;
	int64_t customer_id = bind->item_count ? 0 : bind->customer_id;
	TRY(promise_list(change->db, change->viewer, change->company.id, customer_id, true, arena, &promises, &count));
	for (size_t i = 0; i < count; i++) {
		bool about = !bind->item_count;
		for (size_t j = 0; j < promises[i].item_count; j++)
			for (int k = 0; k < bind->item_count; k++) about |= promises[i].items[j] == bind->items[k].id;
		if (!about) continue;
		TRY(promise_cancel(change, promises[i].id, note));
		made(bind, "id", promises[i].id, NULL, 0);
	}
	if (!json_array_size(bind->made)) return status_make(STATUS_NOT_FOUND, "No promise is expected here.");
	return STATUS_FINE;
}

struct status command_promise_add(struct cli *cli, int *exit_status)
{
	(void)exit_status;
	struct bind *bind = arena_make(cli->arena, struct bind);
	TRY(read_arguments(cli, bind, false));
	return run(cli, bind, add_promise, "promises", "Promise noted.");
}

struct status command_promise_cancel(struct cli *cli, int *exit_status)
{
	(void)exit_status;
	struct bind *bind = arena_make(cli->arena, struct bind);
	TRY(read_arguments(cli, bind, true));
	return run(cli, bind, cancel_promise, "promises", "Promise cancelled.");
}

/* --- holds and exclusions -------------------------------------------------------------------------------------------------- */
static struct status set_hold(struct change *change, void *context)
{
	struct bind *bind = context;
	TRY(find_all(change, bind));
	if (bind->amount_text) return status_make(STATUS_INVALID, "A hold takes no amount.");
	int64_t id = 0;
	for (int i = 0; i < bind->item_count; i++) {
		TRY(hold_set(change,
		             &(struct hold_new){ .item_id = bind->items[i].id, .kind = bind->hold_kind, .until_day = bind->date,
		                                 .reason = bind->reason },
		             &id));
		made(bind, "id", id, bind->items[i].number, bind->items[i].id);
	}
	if (bind->item_count) return STATUS_FINE;
	TRY(hold_set(change,
	             &(struct hold_new){ .customer_id = bind->customer_id, .kind = bind->hold_kind, .until_day = bind->date,
	                                 .reason = bind->reason },
	             &id));
	made(bind, "id", id, NULL, 0);
	return STATUS_FINE;
}

static struct status lift_hold(struct change *change, void *context)
{
	struct bind *bind = context;
	TRY(find_all(change, bind));
	int64_t ids[ITEMS_MAX] = { 0 };
	TRY(read_ids(bind, ids));
	for (int i = 0; i < bind->id_count; i++) {
		TRY(hold_lift_by_hand(change, ids[i]));
		made(bind, "id", ids[i], NULL, 0);
	}
	for (int i = 0; i < bind->item_count; i++) {
		TRY(hold_lift_of_by_hand(change, 0, bind->items[i].id, bind->hold_kind));
		made(bind, "id", 0, bind->items[i].number, bind->items[i].id);
	}
	if (!bind->id_count && !bind->item_count) TRY(hold_lift_of_by_hand(change, bind->customer_id, 0, bind->hold_kind));
	return STATUS_FINE;
}

static struct status hold_command(struct cli *cli, bool lift, enum hold_kind kind)
{
	struct bind *bind = arena_make(cli->arena, struct bind);
	TRY(read_arguments(cli, bind, lift));
	bind->hold_kind = kind;
	if (bind->kind && !hold_kind_parse(bind->kind, &bind->hold_kind))
		return status_make(STATUS_INVALID, "--kind is hold, exclusion, plan, direct_debit or ceded, not “%s”.", bind->kind);
	bool exclusion = bind->hold_kind == HOLD_EXCLUSION;
	return run(cli, bind, lift ? lift_hold : set_hold, "holds",
	           lift ? exclusion ? "Exclusion lifted:" : "Hold lifted:" : exclusion ? "Exclusion set:" : "Hold set:");
}

struct status command_hold_set(struct cli *cli, int *exit_status)
{
	(void)exit_status;
	return hold_command(cli, false, HOLD_HOLD);
}

struct status command_hold_lift(struct cli *cli, int *exit_status)
{
	(void)exit_status;
	return hold_command(cli, true, HOLD_HOLD);
}

struct status command_exclusion_set(struct cli *cli, int *exit_status)
{
	(void)exit_status;
	return hold_command(cli, false, HOLD_EXCLUSION);
}

struct status command_exclusion_lift(struct cli *cli, int *exit_status)
{
	(void)exit_status;
	return hold_command(cli, true, HOLD_EXCLUSION);
}

/* --- replies ---------------------------------------------------------------------------------------------------------------- */
struct reply_call {
	struct reply_new reply;
	const char *code;
	int64_t id;
};

static struct status note_reply(struct change *change, void *context)
{
	struct reply_call *call = context;
	cleanup_arena struct arena *arena = arena_new();
	struct customer customer;
	TRY(customer_find(change->db, change->viewer, change->company.id, call->code, arena, &customer));
	call->reply.customer_id = customer.id;
	return reply_note(change, &call->reply, &call->id);
}

struct status command_reply_add(struct cli *cli, int *exit_status)
{
	(void)exit_status;
	struct reply_call call = { 0 };
	const char *kind = "reply";
	TRY(cli_options(cli,
	                (const struct cli_option[]){ { "--customer", .value = &call.code },
	                                             { "--kind", .value = &kind },
	                                             { "--address", .value = &call.reply.address },
	                                             { "--note", .value = &call.reply.text },
	                                             { 0 } },
	                NULL, 0, NULL));
	if (!call.code) return status_make(STATUS_INVALID, "Whose reply? Give --customer CODE.");
	if (!reply_kind_parse(kind, &call.reply.kind))
		return status_make(STATUS_INVALID, "--kind is reply, bounce or absence, not “%s”.", kind);
	TRY(cli_company(cli));
	TRY(cli_change(cli, note_reply, &call));
	if (cli->json)
		cli_json(cli, json_pack("{s:s,s:I}", "customer", call.code, "reply", (json_int_t)call.id));
	else
		fprintf(cli_out(cli), "%s: %s\n", call.code, cli_tr(cli, "reply noted"));
	return STATUS_FINE;
}
