/* forecast: the receipts expected in the coming months, by rule (insight/forecast.h). */
#include "cli/commands.h"
#include "cli/figures.h"

#include "insight/forecast.h"

#include <string.h>

static struct status forecast_print(struct cli *cli, struct figures *figures, size_t months)
{
	json_t *model;
	TRY(figures_open(cli, figures));
	TRY(insight_forecast(&figures->context, months, &model));
	return figures_print(cli, figures, model);
}

struct status command_forecast(struct cli *cli, int *exit_status)
{
	struct figures figures = { .as_of = DAY_NONE };
	const char *months = "12";
	int64_t count;
	TRY(cli_options(cli, (const struct cli_option[]){ FIGURES_OPTIONS(&figures), { "--months", .value = &months }, { 0 } }, NULL, 0, NULL));
	if (!text_parse_int(months, strlen(months), &count) || count < 1 || count > FORECAST_MONTHS)
		return status_make(STATUS_INVALID, "--months takes 1 to %d.", FORECAST_MONTHS);
	struct status status = forecast_print(cli, &figures, (size_t)count);
	figures_close(cli, &figures);
	*exit_status = 0;
	return status;
}
