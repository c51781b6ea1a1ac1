/* serve — the desk: pages, API, jobs; and `routes`, what the desk answers to, for its tests. */
#include "cli/commands.h"

#include "web/web.h"

struct status command_serve(struct cli *cli, int *exit_status)
{
	(void)exit_status;
	struct serve_options options = { .clock = cli->clock };
	const char *upload = NULL, *port_fd = NULL;
	TRY(cli_options(cli,
	                (struct cli_option[]){ { "--listen", .value = &options.listen },
	                                       { "--hosts", .value = &options.hosts },
	                                       { "--https", .flag = &options.https },
	                                       { "--proxy", .flag = &options.proxy },
	                                       { "--no-jobs", .flag = &options.no_jobs },
	                                       { "--upload-limit", .value = &upload },
	                                       { "--port-fd", .value = &port_fd },
	                                       { 0 } },
	                NULL, 0, NULL));
	int64_t number = 0;
	if (upload && (!text_parse_int(upload, strlen(upload), &number) || number < 1 || number > 1 << 20))
		return status_make(STATUS_INVALID, "--upload-limit wants a number of megabytes.");
	options.upload_limit = number << 20;
	number = 0;
	if (port_fd && (!text_parse_int(port_fd, strlen(port_fd), &number) || number < 1 || number > 1023))
		return status_make(STATUS_INVALID, "--port-fd wants the number of an open file.");
	options.port_fd = (int)number;
	TRY(cli_open(cli));
	return web_serve(cli->store, &options);
}

struct status command_routes(struct cli *cli, int *exit_status)
{
	(void)exit_status;
	bool openapi = false;
	TRY(cli_options(cli, (struct cli_option[]){ { "--openapi", .flag = &openapi }, { 0 } }, NULL, 0, NULL));
	json_t *document = openapi ? openapi_document() : routes_document();
	if (cli->json || openapi) {
		cli_json(cli, document);
		return STATUS_FINE;
	}
	struct cli_table *table = cli_table_new(cli, "lll", (const char *const[]){ "Method", "Address", "Right" });
	for (size_t i = 0; i < json_array_size(document); i++) {
		const json_t *row = json_array_get(document, i);
		cli_table_row(table, (const char *const[]){ json_string_value(json_object_get(row, "method")), json_string_value(json_object_get(row, "pattern")),
		                                            json_string_value(json_object_get(row, "right")) });
	}
	cli_table_print(table);
	json_decref(document);
	return STATUS_FINE;
}
