/* figures — what the commands that read the book share: the context, and a model printed in the format that was asked. */
#ifndef CLI_FIGURES_H
#define CLI_FIGURES_H

#include "cli/cli.h"
#include "insight/report.h"

struct figures {
	struct report_context context;
	struct db *db;
	const struct book *book;
	const char *format;      /* --format; NULL: text, or JSON with --json */
	const char *currency, *basis, *by;
	int32_t as_of;
};
/* The options every such command takes, to be followed by its own. */
#define FIGURES_OPTIONS(figures) \
	{ "--as-of", .day = &(figures)->as_of }, { "--currency", .value = &(figures)->currency }, { "--format", .value = &(figures)->format }

/* After cli_options: opens the store, takes the book, checks the format. */
struct status figures_open(struct cli *cli, struct figures *figures);
void figures_close(struct cli *cli, struct figures *figures);
/* Prints in the format asked; takes the reference. */
struct status figures_print(struct cli *cli, const struct figures *figures, json_t *model);

#endif
