#include "cli/commands.h"

struct status command_init(struct cli *cli, int *exit_status)
{
	(void)exit_status;
	struct company_new make = { 0 };
	TRY(cli_options(cli,
	                (const struct cli_option[]){ { "--name", .value = &make.name },
	                                             { "--code", .value = &make.code },
	                                             { "--siren", .value = &make.siren },
	                                             { "--currency", .value = &make.currency },
	                                             { "--country", .value = &make.country },
	                                             { 0 } },
	                NULL, 0, NULL));
	if (!make.name) return status_make(STATUS_INVALID, "A company needs a name: --name NAME.");
	/* encours --company X init means the same as --code X */
	if (!make.code) make.code = cli->company_code;
	TRY(cli_open(cli));
	TRY(company_create(cli->store, &cli->viewer, make, cli_now(cli), &cli->company));
	const struct company *company = &cli->company;
	if (cli->json)
		cli_json(cli, json_pack("{s:{s:s,s:s,s:s,s:s,s:s,s:s}}", "company", "code", company->code, "name", company->name, "siren",
		                        company->siren, "currency", company->currency, "country", company->country, "zone", company->zone));
	else
		fprintf(cli_out(cli), cli_tr(cli, "%s is ready: its code is %s, its currency %s.\n"), company->name, company->code,
		        company->currency);
	return STATUS_FINE;
}
