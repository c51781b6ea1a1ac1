/* cli — one program, one file per command; src/cli/main.c has the table.
 *
 * A command parses its own arguments (after the command's name) and prints through the context: one JSON document on stdout
 * with --json, else text for people. Exit status as in contract section 1.
 *
 *     struct status command_dispute_open(struct cli *cli, int *exit_status)
 *     {
 *         const char *reason = NULL;
 *         TRY(cli_options(cli, (struct cli_option[]){ { "--reason", .value = &reason }, { 0 } }, NULL, 0, NULL));
 *         TRY(cli_company(cli));
 *         TRY(cli_change(cli, open_dispute, &work));
 *         if (cli->json) cli_json(cli, json_pack(…)); else fprintf(cli_out(cli), "%s\n", cli_tr(cli, "The dispute is open."));
 *         return STATUS_FINE;
 *     }
 */
#ifndef CLI_CLI_H
#define CLI_CLI_H

#include "access/viewer.h"
#include "base/arena.h"
#include "base/text.h"
#include "ledger/company.h"

#include <jansson.h>
#include <stdio.h>

struct cli {
	const char *store_where;   /* --db, ENCOURS_DB, or the default */
	bool store_given;          /* it was said, not the default */
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
	const struct cli_entry *entry; /* the command that runs */
	FILE *out;                 /* opened by cli_out */
	bool wrote_json;
};

struct status cli_open(struct cli *cli);     /* the store, once; only commands with makes_store create one */
struct status cli_company(struct cli *cli);  /* the store and the company */
int32_t cli_today(const struct cli *cli);    /* of the company, once found */
int64_t cli_now(const struct cli *cli);      /* UTC seconds; also before a company is found */

/* Options of a command: "--as-of" takes a value when `value` is set. Anything unknown is STATUS_INVALID that names it and lists
 * what exists. Positional arguments are collected in order. */
struct cli_option {
	const char *name;    /* "--as-of" */
	const char **value;  /* set to the argument; or */
	bool *flag;          /* set to true; or */
	int32_t *day;        /* a date; or */
	const char **list;   /* values of an option given several times, or followed by several ("--item A B"), in order; */
	int list_limit;      /*   room in list */
	int *list_count;
};
struct status cli_options(struct cli *cli, const struct cli_option *options /* ends with { 0 } */, const char **positional,
                          int limit, int *count);

/* KEY=VALUE arguments, cut at the first =; keys live in the arena. */
struct cli_pair {
	const char *key, *value;
};
struct status cli_pairs(struct cli *cli, const char *const *arguments, int count, struct cli_pair *out, int limit);
/* "50,00" or "50.00" is decimal; digits alone are minor units, as everywhere in JSON (contract section 2). */
struct status cli_amount(const char *option, const char *text, const char *currency, int64_t *out);

/* A reader in one snapshot, released with cli_release; and one write transaction with a new revision. */
struct status cli_read(struct cli *cli, struct db **out);
void cli_release(struct cli *cli, struct db *db);
typedef struct status cli_work(struct change *change, void *context);
struct status cli_change(struct cli *cli, cli_work *work, void *context);

/* Where text for people, CSV and files go: --output or stdout. A file that can't be written ends the program with status 2. */
FILE *cli_out(struct cli *cli);
[[gnu::format_arg(2)]] const char *cli_tr(const struct cli *cli, const char *english);

/* A table for people: columns left or right aligned ('l', 'r'), one string per cell, aligned by display width. Heads are
 * translated. */
struct cli_table;
struct cli_table *cli_table_new(struct cli *cli, const char *aligns, const char *const *heads);
void cli_table_row(struct cli_table *table, const char *const *cells);
void cli_table_print(struct cli_table *table);

/* Prints a JSON document (amounts as integers, ratios as given) on stdout or --output, with a line feed; takes the reference. */
void cli_json(struct cli *cli, json_t *document);
[[gnu::format(printf, 1, 2)]] void cli_message(const char *format, ...); /* to stderr, as given */

/* A command gives its exit status through *exit_status (0 or 1) or fails with a status (2, 3). */
typedef struct status cli_command(struct cli *cli, int *exit_status);
struct cli_entry {
	const char *name;       /* "import" ; "import undo" wins over "import" */
	cli_command *run;
	const char *usage;      /* "FILE… [--format NAME] …" */
	const char *summary;    /* English msgid */
	bool makes_store;       /* a SQLite file that isn't there is created */
};
extern const struct cli_entry cli_entries[]; /* ends with { 0 } */

#endif
