/* commands — one function per line of the table in src/cli/main.c. Add yours here and there. */
#ifndef CLI_COMMANDS_H
#define CLI_COMMANDS_H

#include "cli/cli.h"

cli_command command_version;
cli_command command_serve, command_routes;

#endif
