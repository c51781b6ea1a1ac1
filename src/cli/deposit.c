/* deposit list|ask|step: deposits asked before a delivery; without --amount, what the rules propose. */
#include "cli/commands.h"

#include "base/memory.h"
#include "base/words.h"
#include "dunning/deposit.h"
#include "ledger/item.h"

#include <string.h>

struct asking {
	struct deposit_new new;
	const char *step, *why;
	int64_t id, amount, item;
	int32_t day;
};
static struct status do_ask(struct change *change, void *context) { return deposit_ask(change, &((struct asking *)context)->new, &((struct asking *)context)->id); }
static struct status do_step(struct change *change, void *context)
{
	const struct asking *asking = context;
	if (strcmp(asking->step, "received") == 0) return deposit_received(change, asking->id, asking->day, asking->amount);
	if (strcmp(asking->step, "used") == 0) return deposit_used(change, asking->id, asking->item);
	if (strcmp(asking->step, "returned") == 0) return deposit_returned(change, asking->id, asking->why);
	if (strcmp(asking->step, "cancel") == 0) return deposit_cancel(change, asking->id, asking->why);
	return status_make(STATUS_INVALID, "Give a step: received, used, returned or cancel.");
}

static json_t *day_json(int32_t day)
{
	char iso[11];
	if (day == DAY_NONE) return json_null();
	day_format(day, iso);
	return json_string(iso);
}

static const char *money_of(struct cli *cli, int64_t minor, const char *currency)
{
	cleanup_text struct text out = { 0 };
	words_amount(&out, cli->lang, minor, currency);
	return arena_strdup(cli->arena, text_cstr(&out));
}

struct status command_deposit_list(struct cli *cli, int *exit_status)
{
	const char *code = NULL;
	struct deposit *list;
	struct customer who = { 0 };
	size_t count;
	struct db *db = NULL;
	TRY(cli_options(cli, (const struct cli_option[]){ { "--customer", .value = &code }, { 0 } }, NULL, 0, NULL));
	TRY(cli_company(cli));
	TRY(cli_read(cli, &db));
	struct status status = code ? customer_find(db, &cli->viewer, cli->company.id, code, cli->arena, &who) : STATUS_FINE;
	if (!status.code) status = deposit_list(db, &cli->viewer, cli->company.id, 0, who.id, cli->arena, &list, &count);
	cli_release(cli, db);
	TRY(status);
	*exit_status = 0;
	json_t *rows = json_array();
	struct cli_table *table = cli_table_new(cli, "rlllrrl", (const char *const[]){ "No.", "Customer", "His order", "State", "Ordered", "Deposit", "Due date" });
	for (size_t i = 0; i < count; i++) {
		const struct deposit *one = &list[i];
		char due[11];
		day_format(one->due_day, due);
		json_array_append_new(rows, json_pack("{s:I, s:s, s:s, s:s, s:s, s:I, s:I, s:I, s:s, s:o, s:o, s:o, s:o, s:s}", "id", (json_int_t)one->id, "customer", one->customer_code, "state", one->state,
			"order", one->order_ref, "currency", one->currency, "order_amount", (json_int_t)one->order_amount, "amount", (json_int_t)one->amount, "received", (json_int_t)one->received,
			"why", deposit_why_codes(one->why, cli->arena), "asked_on", day_json(one->made_day), "due_on", day_json(one->due_day), "received_on", day_json(one->received_day), "used_on",
			day_json(one->used_day), "item", one->item_number));
		cli_table_row(table, (const char *const[]){ arena_printf(cli->arena, "%lld", (long long)one->id), one->customer_code, one->order_ref, one->state,
			money_of(cli, one->order_amount, one->currency), money_of(cli, one->amount, one->currency), arena_strdup(cli->arena, due) });
	}
	if (cli->json) return cli_json(cli, json_pack("{s:o}", "deposits", rows)), STATUS_FINE;
	json_decref(rows);
	cli_table_print(table);
	return STATUS_FINE;
}

static struct status advise(struct cli *cli, struct asking *asking, const char *code, struct deposit_advice *advice)
{
	struct db *db = NULL;
	struct customer who;
	struct deposit_facts facts;
	const struct settings *settings;
	cleanup_book const struct book *book = NULL;
	TRY(cli_read(cli, &db));
	struct status status = customer_find(db, &cli->viewer, cli->company.id, code, cli->arena, &who);
	if (!status.code) status = settings_load(db, cli->company.tenant_id, cli->company.id, cli->arena, &settings);
	if (!status.code) status = book_get(cli->store, cli->company.tenant_id, cli->company.id, &book);
	if (!status.code) status = deposit_facts_of(db, &cli->viewer, &cli->company, settings, book, book_find_customer(book, who.id), asking->new.order_amount, cli_today(cli), cli->arena, &facts);
	if (!status.code) {
		struct deposit_rules rules = deposit_rules_of(settings);
		deposit_advise(&facts, &rules, advice);
		asking->new.customer_id = who.id, asking->new.why = advice->why;
		if (asking->new.due_day == DAY_NONE) asking->new.due_day = cli_today(cli) + (int32_t)setting_int(settings, "deposit.days");
	}
	cli_release(cli, db);
	return status;
}

struct status command_deposit_ask(struct cli *cli, int *exit_status)
{
	struct asking asking = { .new = { .due_day = DAY_NONE } };
	struct deposit_advice advice;
	const char *code = NULL, *order = NULL, *amount = NULL;
	int count = 0;
	TRY(cli_options(cli, (const struct cli_option[]){ { "--order", .value = &asking.new.order_ref }, { "--order-amount", .value = &order }, { "--amount", .value = &amount },
		{ "--due", .day = &asking.new.due_day }, { "--note", .value = &asking.new.note }, { 0 } }, &code, 1, &count));
	if (!code || !order) return status_make(STATUS_INVALID, "Give the customer's code, --order NUMBER, --order-amount A and --amount A.");
	TRY(cli_company(cli));
	TRY(cli_amount("--order-amount", order, cli->company.currency, &asking.new.order_amount));
	if (amount) TRY(cli_amount("--amount", amount, cli->company.currency, &asking.new.amount));
	TRY(advise(cli, &asking, code, &advice));
	*exit_status = 0;
	if (amount) {
		TRY(cli_change(cli, do_ask, &asking));
		if (cli->json) cli_json(cli, json_pack("{s:I}", "id", (json_int_t)asking.id));
		return STATUS_FINE;
	}
	const char *why = deposit_why_codes(advice.why, cli->arena);
	if (cli->json) cli_json(cli, json_pack("{s:s, s:I, s:I, s:s}", "customer", code, "order_amount", (json_int_t)asking.new.order_amount, "proposed", (json_int_t)advice.amount, "why", why));
	else if (!advice.amount) fprintf(cli_out(cli), "%s\n", cli_tr(cli, "The rules ask nothing for this order."));
	else fprintf(cli_out(cli), cli_tr(cli, "The rules propose %s: %s."), money_of(cli, advice.amount, cli->company.currency), why), fputc('\n', cli_out(cli));
	return STATUS_FINE;
}

struct status command_deposit_step(struct cli *cli, int *exit_status)
{
	struct asking asking = { .day = DAY_NONE };
	const char *words[2] = { NULL, NULL }, *amount = NULL, *number = NULL;
	int count = 0;
	TRY(cli_options(cli, (const struct cli_option[]){ { "--amount", .value = &amount }, { "--day", .day = &asking.day }, { "--item", .value = &number }, { "--note", .value = &asking.why }, { 0 } },
		words, 2, &count));
	if (!words[0] || !text_parse_int(words[0], strlen(words[0]), &asking.id)) return status_make(STATUS_INVALID, "Give its id: the list shows them.");
	asking.step = words[1] ? words[1] : "";
	TRY(cli_company(cli));
	if (asking.day == DAY_NONE) asking.day = cli_today(cli);
	if (amount) TRY(cli_amount("--amount", amount, cli->company.currency, &asking.amount));
	if (number) {
		struct db *db = NULL;
		struct item item;
		TRY(cli_read(cli, &db));
		struct status status = item_find(db, &cli->viewer, cli->company.id, 0, number, &item);
		cli_release(cli, db);
		TRY(status);
		asking.item = item.id;
	}
	TRY(cli_change(cli, do_step, &asking));
	*exit_status = 0;
	if (cli->json) cli_json(cli, json_pack("{s:I}", "id", (json_int_t)asking.id));
	return STATUS_FINE;
}
