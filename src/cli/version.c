#include "cli/commands.h"

#include "base/asset.h"
#include "cli/build.h"

/* The highest migration this build carries: schema/0001_….sql gives 1. */
static int schema_version(void)
{
	int highest = 0;
	struct asset asset;
	for (size_t index = 0; asset_next("schema/", &index, &asset);) {
		int64_t number = 0;
		if (strlen(asset.name) > 11 && text_parse_int(asset.name + 7, 4, &number) && number > highest) highest = (int)number;
	}
	return highest;
}

struct status command_version(struct cli *cli, int *exit_status)
{
	(void)exit_status;
	TRY(cli_options(cli, NULL, NULL, 0, NULL));
	if (cli->json)
		cli_json(cli, json_pack("{s:s,s:s,s:i}", "version", ENCOURS_VERSION, "build", ENCOURS_BUILD, "schema", schema_version()));
	else
		fprintf(cli_out(cli), "Encours %s (%s), %s %d\n", ENCOURS_VERSION, ENCOURS_BUILD, cli_tr(cli, "store schema"),
		        schema_version());
	return STATUS_FINE;
}
