/* report NAME: the reports of the contract's section 4. */
#include "cli/commands.h"
#include "cli/figures.h"

static struct status report_print(struct cli *cli, struct figures *figures, const char *name)
{
	json_t *model;
	TRY(figures_open(cli, figures));
	TRY(report_make(&figures->context, name, &model));
	return figures_print(cli, figures, model);
}

struct status command_report(struct cli *cli, int *exit_status)
{
	struct figures figures = { .as_of = DAY_NONE };
	int32_t from = DAY_NONE, to = DAY_NONE;
	const char *name = NULL;
	int count;
	TRY(cli_options(cli, (const struct cli_option[]){ FIGURES_OPTIONS(&figures), { "--basis", .value = &figures.basis },
		{ "--by", .value = &figures.by }, { "--from", .day = &from }, { "--to", .day = &to }, { 0 } }, &name, 1, &count));
	if (count == 0) name = "";
	if (from != DAY_NONE || to != DAY_NONE)
		return status_make(STATUS_INVALID, "This report is of one day: use --as-of. A year of sales and payments stands behind it.");
	const struct report_kind *kind = report_find(name);
	if (kind && !kind->basis && (figures.basis || figures.by))
		return status_make(STATUS_INVALID, "--basis and --by go with the report aged-balance.");
	struct status status = report_print(cli, &figures, name);
	figures_close(cli, &figures);
	*exit_status = 0;
	return status;
}
