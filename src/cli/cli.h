/* cli — one program, one file per command; src/cli/main.c has the table.
 *
 * A command parses its own arguments (after the command's name) and prints through the context: one JSON document on stdout
 * with --json, else text for people. Exit status as in contract section 1. */
#ifndef CLI_CLI_H
#define CLI_CLI_H

#include "access/viewer.h"
#include "base/arena.h"
#include "base/text.h"
#include "ledger/company.h"

#include <jansson.h>

struct cli {
	const char *store_where;   /* --db, ENCOURS_DB, or the default */
	const char *company_code;  /* --company, ENCOURS_COMPANY; NULL: the only one */
	struct clock clock;        /* --today, ENCOURS_TODAY, --now */
	bool json;
	enum lang lang;
	const char *output;        /* --output FILE; NULL: stdout */
	struct arena *arena;
	struct store *store;       /* opened by cli_open */
	struct viewer viewer;
	struct company company;    /* found by cli_company */
	int argc;                  /* the command's own arguments */
	char **argv;
};

struct status cli_open(struct cli *cli);     /* the store, once */
struct status cli_company(struct cli *cli);  /* the store and the company */

/* Options of a command: "--as-of" takes a value when `value` is set. Anything unknown is STATUS_INVALID that names it and lists
 * what exists. Positional arguments are collected in order. */
struct cli_option {
	const char *name;    /* "--as-of" */
	const char **value;  /* set to the argument; or */
	bool *flag;          /* set to true; or */
	int32_t *day;        /* a date */
};
struct status cli_options(struct cli *cli, const struct cli_option *options /* ends with { 0 } */, const char **positional,
                          int limit, int *count);

/* A table for people: columns left or right aligned ('l', 'r'), one string per cell, aligned by display width. */
struct cli_table;
struct cli_table *cli_table_new(struct cli *cli, const char *aligns, const char *const *heads);
void cli_table_row(struct cli_table *table, const char *const *cells);
void cli_table_print(struct cli_table *table);

/* Prints a JSON document (amounts as integers, ratios as given) on stdout or --output, with a line feed; takes the reference. */
void cli_json(struct cli *cli, json_t *document);
[[gnu::format(printf, 1, 2)]] void cli_message(const char *format, ...); /* to stderr */

/* A command gives its exit status through *exit_status (0 or 1) or fails with a status (2, 3). */
typedef struct status cli_command(struct cli *cli, int *exit_status);
struct cli_entry {
	const char *name;       /* "import" ; "import undo" wins over "import" */
	cli_command *run;
	const char *usage;      /* "FILE… [--format NAME] …" */
	const char *summary;    /* English msgid */
};
extern const struct cli_entry cli_entries[]; /* ends with { 0 } */

#endif
