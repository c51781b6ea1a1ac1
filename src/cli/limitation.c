/* limitation [--before DATE] [--customer C] [--item N]; limitation note, confirm, remove: what interrupts or suspends it. */
#include "cli/commands.h"

#include "base/day.h"
#include "base/words.h"
#include "dunning/limitation_report.h"
#include "ledger/customer.h"
#include "ledger/item.h"
#include "ledger/limitation_event.h"

#include <string.h>

static const char *text_of(const json_t *row, const char *name)
{
	const char *text = json_string_value(json_object_get(row, name));
	return text ? text : "";
}

static struct status read_filter(struct cli *cli, struct db *db, const char *customer, const char *item, struct limitation_filter *filter)
{
	if (customer) {
		struct customer who;
		TRY(customer_find(db, &cli->viewer, cli->company.id, customer, cli->arena, &who));
		filter->customer_id = who.id;
	}
	if (item) {
		struct item one;
		TRY(item_find(db, &cli->viewer, cli->company.id, filter->customer_id, item, &one));
		filter->item_id = one.id;
		filter->customer_id = one.customer_id;
	}
	return STATUS_FINE;
}

struct status command_limitation(struct cli *cli, int *exit_status)
{
	struct limitation_filter filter = { .as_of = DAY_NONE, .before = DAY_NONE };
	const char *customer = NULL, *number = NULL;
	TRY(cli_options(cli, (const struct cli_option[]){ { "--customer", .value = &customer }, { "--item", .value = &number },
		{ "--as-of", .day = &filter.as_of }, { "--before", .day = &filter.before }, { 0 } }, NULL, 0, NULL));
	TRY(cli_company(cli));
	if (filter.as_of == DAY_NONE) filter.as_of = cli_today(cli);
	struct db *db = NULL;
	json_t *out = NULL;
	TRY(cli_read(cli, &db));
	struct status status = read_filter(cli, db, customer, number, &filter);
	if (!status.code) status = limitation_report(db, &cli->viewer, cli->company.id, &filter, cli->arena, &out);
	cli_release(cli, db);
	TRY(status);
	*exit_status = 0;
	if (cli->json) {
		cli_json(cli, out);
		return STATUS_FINE;
	}
	struct cli_table *table = cli_table_new(cli, "llrlll", (const char *const[]){ "Customer", "Item", "Open", "Starts", "Period", "Barred from" });
	size_t index;
	json_t *row;
	json_array_foreach(json_object_get(out, "rows"), index, row) {
		cleanup_text struct text amount = { 0 };
		words_amount(&amount, cli->lang, json_integer_value(json_object_get(row, "open")), text_of(row, "currency"));
		cli_table_row(table, (const char *const[]){ text_of(row, "customer"), text_of(row, "item"), arena_strdup(cli->arena, text_cstr(&amount)),
			text_of(row, "starts"), text_of(row, "period"), text_of(row, "barred_from") });
	}
	cli_table_print(table);
	json_decref(out);
	return STATUS_FINE;
}

/* --- what moves it ------------------------------------------------------------------------------------------------------------ */

struct noting {
	const char *customer, *item, *kind, *proof, *why;
	int32_t day, until;
	bool confirm;
	int64_t id, event_id;
};

static struct status note(struct change *change, void *context)
{
	struct noting *noting = context;
	struct item item;
	int64_t customer_id = 0;
	if (noting->customer) {
		cleanup_arena struct arena *arena = arena_new();
		struct customer who;
		TRY(customer_find(change->db, change->viewer, change->company.id, noting->customer, arena, &who));
		customer_id = who.id;
	}
	TRY(item_find(change->db, change->viewer, change->company.id, customer_id, noting->item, &item));
	struct limitation_note event = { .item_id = item.id, .kind = noting->kind, .day = noting->day, .until_day = noting->until, .proof = noting->proof };
	return limitation_note_add(change, &event, noting->confirm, &noting->event_id);
}

static struct status confirm(struct change *change, void *context)
{
	struct noting *noting = context;
	return limitation_note_confirm(change, noting->id, noting->proof);
}

static struct status take_back(struct change *change, void *context)
{
	struct noting *noting = context;
	return limitation_note_remove(change, noting->id, noting->why);
}

static struct status done(struct cli *cli, int64_t id, const char *words)
{
	if (cli->json) cli_json(cli, json_pack("{s:I}", "id", (json_int_t)id));
	else fprintf(cli_out(cli), "%s %lld\n", cli_tr(cli, words), (long long)id);
	return STATUS_FINE;
}

struct status command_limitation_note(struct cli *cli, int *exit_status)
{
	struct noting noting = { .day = DAY_NONE, .until = DAY_NONE };
	TRY(cli_options(cli, (const struct cli_option[]){ { "--item", .value = &noting.item }, { "--customer", .value = &noting.customer },
		{ "--kind", .value = &noting.kind }, { "--date", .day = &noting.day }, { "--until", .day = &noting.until },
		{ "--proof", .value = &noting.proof }, { "--confirm", .flag = &noting.confirm }, { 0 } }, NULL, 0, NULL));
	if (!noting.item || !noting.kind) return status_make(STATUS_INVALID, "Give --item, --kind and --date.");
	TRY(cli_company(cli));
	TRY(cli_change(cli, note, &noting));
	*exit_status = 0;
	return done(cli, noting.event_id, "Noted:");
}

static struct status on_one(struct cli *cli, cli_work *work, const char *words, int *exit_status)
{
	struct noting noting = { 0 };
	const char *id = NULL;
	int count = 0;
	TRY(cli_options(cli, (const struct cli_option[]){ { "--proof", .value = &noting.proof }, { "--reason", .value = &noting.why }, { 0 } }, &id, 1, &count));
	if (count != 1 || !text_parse_int(id, strlen(id), &noting.id)) return status_make(STATUS_INVALID, "Give the event's id: limitation --item N --json lists them.");
	TRY(cli_company(cli));
	TRY(cli_change(cli, work, &noting));
	*exit_status = 0;
	return done(cli, noting.id, words);
}

struct status command_limitation_confirm(struct cli *cli, int *exit_status) { return on_one(cli, confirm, "Confirmed:", exit_status); }

struct status command_limitation_remove(struct cli *cli, int *exit_status) { return on_one(cli, take_back, "Taken back:", exit_status); }
