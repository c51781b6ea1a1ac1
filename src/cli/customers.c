/* customers: all of them as of a day; customer CODE: one file. */
#include "cli/commands.h"
#include "cli/figures.h"

static struct status customers_print(struct cli *cli, struct figures *figures, const struct customer_filter *filter)
{
	json_t *model;
	TRY(figures_open(cli, figures));
	TRY(insight_customers(&figures->context, filter, (struct list_page){ .sort = CUSTOMER_BY_CODE }, &model));
	return figures_print(cli, figures, model);
}

struct status command_customers(struct cli *cli, int *exit_status)
{
	struct figures figures = { .as_of = DAY_NONE };
	struct customer_filter filter = { 0 };
	TRY(cli_options(cli, (const struct cli_option[]){ FIGURES_OPTIONS(&figures), { "--open", .flag = &filter.open },
		{ "--overdue", .flag = &filter.overdue }, { "--text", .value = &filter.text },
		{ "--group", .value = &filter.group_code }, { 0 } }, NULL, 0, NULL));
	struct status status = customers_print(cli, &figures, &filter);
	figures_close(cli, &figures);
	*exit_status = 0;
	return status;
}

static struct status customer_print(struct cli *cli, struct figures *figures, const char *code)
{
	json_t *model;
	TRY(figures_open(cli, figures));
	TRY(insight_customer(&figures->context, code, &model));
	return figures_print(cli, figures, model); /* as text: his items */
}

struct status command_customer(struct cli *cli, int *exit_status)
{
	struct figures figures = { .as_of = DAY_NONE };
	const char *code = NULL;
	int count;
	TRY(cli_options(cli, (const struct cli_option[]){ FIGURES_OPTIONS(&figures), { 0 } }, &code, 1, &count));
	if (count == 0) return status_make(STATUS_INVALID, "Which customer? Usage: encours customer CODE");
	struct status status = customer_print(cli, &figures, code);
	figures_close(cli, &figures);
	*exit_status = 0;
	return status;
}
