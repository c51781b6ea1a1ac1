/* interest [--customer C] [--item N] [--as-of DATE]. */
#include "cli/commands.h"

#include "base/day.h"
#include "base/words.h"
#include "dunning/claims.h"
#include "ledger/customer.h"
#include "ledger/item.h"

static struct status claims_options(struct cli *cli, struct claims_filter *filter, struct db **db)
{
	const char *customer = NULL, *item = NULL;
	filter->as_of = DAY_NONE;
	TRY(cli_options(cli, (const struct cli_option[]){ { "--customer", .value = &customer }, { "--item", .value = &item },
		{ "--as-of", .day = &filter->as_of }, { 0 } }, NULL, 0, NULL));
	TRY(cli_company(cli));
	if (filter->as_of == DAY_NONE) filter->as_of = cli_today(cli);
	TRY(cli_read(cli, db));
	if (customer) {
		struct customer who;
		TRY(customer_find(*db, &cli->viewer, cli->company.id, customer, cli->arena, &who));
		filter->customer_id = who.id;
	}
	if (item) {
		struct item one;
		TRY(item_find(*db, &cli->viewer, cli->company.id, filter->customer_id, item, &one));
		filter->item_id = one.id;
		filter->customer_id = one.customer_id;
	}
	return STATUS_FINE;
}

static const char *text_of(const json_t *row, const char *name)
{
	const char *text = json_string_value(json_object_get(row, name));
	return text ? text : "";
}

static const char *amount_of(struct cli *cli, const json_t *row, const char *name)
{
	cleanup_text struct text out = { 0 };
	words_amount(&out, cli->lang, json_integer_value(json_object_get(row, name)), text_of(row, "currency"));
	return arena_strdup(cli->arena, text_cstr(&out));
}

struct status command_interest(struct cli *cli, int *exit_status)
{
	struct claims_filter filter = { 0 };
	struct db *db = NULL;
	json_t *out = NULL;
	struct status status = claims_options(cli, &filter, &db);
	if (!status.code) status = claims_interest_report(db, &cli->viewer, cli->company.id, &filter, cli->arena, &out);
	if (db) cli_release(cli, db);
	TRY(status);
	*exit_status = 0;
	if (cli->json) {
		cli_json(cli, out);
		return STATUS_FINE;
	}
	struct cli_table *table = cli_table_new(cli, "llrrrrrr", (const char *const[]){ "Customer", "Item", "Principal", "Open", "Days", "Interest", "Fee", "Total" });
	size_t index;
	json_t *row;
	bool unconfirmed = false;
	json_array_foreach(json_object_get(out, "rows"), index, row) {
		unconfirmed |= json_is_true(json_object_get(row, "rate_unconfirmed"));
		cli_table_row(table, (const char *const[]){ text_of(row, "customer"), text_of(row, "item"), amount_of(cli, row, "principal"),
			amount_of(cli, row, "open"),
			arena_printf(cli->arena, "%lld", (long long)json_integer_value(json_object_get(row, "days"))),
			amount_of(cli, row, "interest"), amount_of(cli, row, "fee"), amount_of(cli, row, "total") });
	}
	cli_table_print(table);
	if (unconfirmed) cli_message("%s\n", cli_tr(cli, "A half-year has no known rate yet: the last one was used."));
	json_decref(out);
	return STATUS_FINE;
}
