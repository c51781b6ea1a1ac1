/* report NAME: the reports of the contract's section 4. */
#include "cli/commands.h"
#include "cli/figures.h"

#include "base/day.h"

static struct status report_print(struct cli *cli, struct figures *figures, const char *name, int32_t from, int32_t to)
{
	json_t *model;
	TRY(figures_open(cli, figures));
	/* one end alone: a year until it, or from it until the day of the report */
	if (to != DAY_NONE || from != DAY_NONE) {
		figures->context.to = figures->context.as_of;
		figures->context.from = from != DAY_NONE ? from : day_add_months(day_month_start(figures->context.to), -11);
	}
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
	const struct report_kind *kind = report_find(name);
	if (kind && !kind->basis && figures.basis) return status_make(STATUS_INVALID, "--basis goes with the report aged-balance.");
	if (figures.as_of != DAY_NONE && to != DAY_NONE && figures.as_of != to)
		return status_make(STATUS_INVALID, "--to is the day of the report: leave --as-of out.");
	if (to != DAY_NONE) figures.as_of = to;
	struct status status = report_print(cli, &figures, name, from, to);
	figures_close(cli, &figures);
	*exit_status = 0;
	return status;
}
