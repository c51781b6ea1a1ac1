#include "cli/cli.h"

#include "base/day.h"
#include "base/memory.h"
#include "base/money.h"
#include "access/user.h"
#include "db/db.h"

#include <errno.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <time.h>

/* --- the store and the company ------------------------------------------------------------------------------------- */
static bool is_url(const char *where)
{
	return strncmp(where, "postgresql://", 13) == 0 || strncmp(where, "postgres://", 11) == 0;
}

struct status cli_open(struct cli *cli)
{
	if (cli->store) return STATUS_FINE;
	/* a mistyped path must not become an empty store */
	if (!cli->entry->makes_store && !is_url(cli->store_where) && access(cli->store_where, F_OK) != 0)
		return status_make(STATUS_UNAVAILABLE, "There is no store at %s. “encours init --name NAME” makes one.",
		                   cli->store_where);
	TRY(store_open(cli->store_where, &cli->store));
	cli->viewer = viewer_system(TENANT_FIRST);
	cli->viewer.lang = cli->lang;
	return STATUS_FINE;
}

struct status cli_company(struct cli *cli)
{
	TRY(cli_open(cli));
	struct db *db = NULL;
	TRY(store_reader(cli->store, &db));
	struct status status = company_find(db, &cli->viewer, cli->company_code, &cli->company);
	store_release(cli->store, db);
	return status;
}

int32_t cli_today(const struct cli *cli)
{
	return company_today(&cli->company, &cli->clock);
}

int64_t cli_now(const struct cli *cli)
{
	if (cli->company.id) return company_now(&cli->company, &cli->clock);
	if (cli->clock.forced) return cli->clock.today * INT64_C(86400) + cli->clock.minutes * 60;
	return (int64_t)time(NULL);
}

struct status cli_read(struct cli *cli, struct db **out)
{
	TRY(store_reader(cli->store, out));
	struct status status = db_begin(*out, DB_READ);
	if (status.code) {
		store_release(cli->store, *out);
		*out = NULL;
	}
	return status;
}

void cli_release(struct cli *cli, struct db *db)
{
	store_release(cli->store, db);
}

struct change_call {
	struct cli *cli;
	cli_work *work;
	void *context;
};

static struct status in_change(struct db *db, void *context)
{
	struct change_call *call = context;
	struct cli *cli = call->cli;
	struct change change;
	TRY(company_begin(db, &cli->viewer, cli->company.id, cli_today(cli), cli_now(cli), &change));
	TRY(call->work(&change, call->context));
	return company_end(&change);
}

struct status cli_change(struct cli *cli, cli_work *work, void *context)
{
	return store_transact(cli->store, in_change, &(struct change_call){ cli, work, context });
}

/* --- arguments ------------------------------------------------------------------------------------------------------ */
static struct status unknown_option(const char *given, const struct cli_option *options)
{
	cleanup_text struct text known = { 0 };
	for (const struct cli_option *o = options; o && o->name; o++) text_addf(&known, "%s%s", known.len ? ", " : "", o->name);
	if (!known.len) return status_make(STATUS_INVALID, "The option %s is not known here.", given);
	return status_make(STATUS_INVALID, "The option %s is not known here. There are: %s.", given, text_cstr(&known));
}

static bool names_option(const char *argument)
{
	return argument[0] == '-' && argument[1] == '-' && argument[2];
}

static struct status set_option(const struct cli_option *option, const char *value)
{
	if (option->value) *option->value = value;
	if (option->day && !day_parse(value, strlen(value), option->day))
		return status_make(STATUS_INVALID, "%s wants a date written YYYY-MM-DD, not “%s”.", option->name, value);
	if (option->list) {
		if (*option->list_count == option->list_limit)
			return status_make(STATUS_INVALID, "%s takes at most %d values.", option->name, option->list_limit);
		option->list[(*option->list_count)++] = value;
	}
	return STATUS_FINE;
}

struct status cli_options(struct cli *cli, const struct cli_option *options, const char **positional, int limit, int *count)
{
	static const struct cli_option none[] = { { 0 } };
	if (!options) options = none;
	int found = 0;
	bool only_positional = false;
	for (int i = 0; i < cli->argc; i++) {
		const char *argument = cli->argv[i];
		if (!only_positional && strcmp(argument, "--") == 0) {
			only_positional = true;
			continue;
		}
		if (only_positional || !names_option(argument)) {
			if (found == limit)
				return limit ? status_make(STATUS_INVALID, "“%s” is one argument too many. Usage: encours %s %s", argument,
				                           cli->entry->name, cli->entry->usage)
				             : status_make(STATUS_INVALID, "“%s” is not expected here. Usage: encours %s %s", argument,
				                           cli->entry->name, cli->entry->usage);
			positional[found++] = argument;
			continue;
		}
		const char *equals = strchr(argument, '=');
		size_t len = equals ? (size_t)(equals - argument) : strlen(argument);
		const struct cli_option *option = options;
		while (option->name && (strlen(option->name) != len || memcmp(option->name, argument, len) != 0)) option++;
		if (!option->name) return unknown_option(argument, options);
		if (option->flag) {
			if (equals) return status_make(STATUS_INVALID, "The option %s takes no value.", option->name);
			*option->flag = true;
			continue;
		}
		if (equals) {
			TRY(set_option(option, equals + 1));
			continue;
		}
		if (i + 1 >= cli->argc || names_option(cli->argv[i + 1]))
			return status_make(STATUS_INVALID, "The option %s wants a value.", option->name);
		TRY(set_option(option, cli->argv[++i]));
		/* "--item A B C" */
		while (option->list && i + 1 < cli->argc && !names_option(cli->argv[i + 1])) TRY(set_option(option, cli->argv[++i]));
	}
	if (count) *count = found;
	return STATUS_FINE;
}

struct status cli_pairs(struct cli *cli, const char *const *arguments, int count, struct cli_pair *out, int limit)
{
	if (count > limit) return status_make(STATUS_INVALID, "Set at most %d keys at once.", limit);
	for (int i = 0; i < count; i++) {
		const char *equals = strchr(arguments[i], '=');
		if (!equals || equals == arguments[i]) return status_make(STATUS_INVALID, "“%s” is not KEY=VALUE.", arguments[i]);
		out[i].key = arena_strndup(cli->arena, arguments[i], (size_t)(equals - arguments[i]));
		out[i].value = equals + 1;
	}
	return STATUS_FINE;
}

struct status cli_amount(const char *option, const char *text, const char *currency, int64_t *out)
{
	size_t len = strlen(text);
	struct amount_style style = { strchr(text, ',') ? ',' : '.', currency_decimals(currency) };
	bool minor = len && strspn(text, "0123456789") == len;
	if (!len || !(minor ? text_parse_int(text, len, out) : amount_parse(text, len, style, out)) || *out <= 0)
		return status_make(STATUS_INVALID, "%s wants a positive amount, as in 1250,50 or 125050 (minor units), not “%s”.", option, text);
	return STATUS_FINE;
}

/* --- what goes out --------------------------------------------------------------------------------------------------- */
FILE *cli_out(struct cli *cli)
{
	if (cli->out) return cli->out;
	if (!cli->output) return cli->out = stdout;
	cli->out = fopen(cli->output, "wb");
	if (!cli->out) {
		struct status status = status_make(STATUS_INVALID, "The file %s can't be written: %s.", cli->output, strerror(errno));
		cli_message("%s", status.text);
		exit(2);
	}
	return cli->out;
}

const char *cli_tr(const struct cli *cli, const char *english)
{
	return tr(cli->lang, english);
}

void cli_message(const char *format, ...)
{
	va_list args;
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
}

void cli_json(struct cli *cli, json_t *document)
{
	FILE *out = cli_out(cli);
	/* 15 digits: a ratio of 0.1 stays 0.1; integers are 64 bits all along */
	if (!document || json_dumpf(document, out, JSON_REAL_PRECISION(15) | JSON_ENCODE_ANY) != 0) {
		cli_message("%s", cli_tr(cli, "The result could not be written as JSON."));
		exit(3);
	}
	fputc('\n', out);
	cli->wrote_json = true;
	json_decref(document);
}

/* --- tables ------------------------------------------------------------------------------------------------------------ */
struct cli_table {
	struct cli *cli;
	const char *aligns;
	size_t columns, rows, cap;
	const char **cells; /* rows × columns, heads first; malloc'd, texts in the arena */
	size_t *widths;
};

/* Columns a text takes: code points, those that combine with the one before left out, wide ones as two. */
static size_t display_width(const char *cstr)
{
	size_t width = 0;
	for (const unsigned char *p = (const unsigned char *)cstr; *p;) {
		uint32_t c = *p;
		int more = c >= 0xF0 ? 3 : c >= 0xE0 ? 2 : c >= 0xC0 ? 1 : 0;
		c = more == 3 ? c & 7 : more == 2 ? c & 15 : more == 1 ? c & 31 : c;
		p++;
		for (; more > 0 && (*p & 0xC0) == 0x80; more--) c = c << 6 | (*p++ & 0x3F);
		bool combining = (c >= 0x300 && c <= 0x36F) || c == 0x200B || c == 0x200D || (c >= 0xFE00 && c <= 0xFE0F);
		bool wide = (c >= 0x1100 && c <= 0x115F) || (c >= 0x2E80 && c <= 0xA4CF) || (c >= 0xAC00 && c <= 0xD7A3) ||
		            (c >= 0xF900 && c <= 0xFAFF) || (c >= 0xFF00 && c <= 0xFF60) || (c >= 0x1F300 && c <= 0x1FAFF);
		width += combining ? 0 : wide ? 2 : 1;
	}
	return width;
}

static void add_row(struct cli_table *table, const char *const *cells)
{
	if (table->rows == table->cap) {
		table->cap = table->cap ? table->cap * 2 : 64;
		table->cells = xrealloc(table->cells, table->cap * table->columns, sizeof *table->cells);
	}
	for (size_t i = 0; i < table->columns; i++) {
		const char *cell = cells[i] ? cells[i] : "";
		size_t width = display_width(cell);
		if (width > table->widths[i]) table->widths[i] = width;
		/* a line feed in a name would break the table; a control character could drive the terminal */
		char *copy = arena_strdup(table->cli->arena, cell);
		for (char *c = copy; *c; c++)
			if ((unsigned char)*c < ' ' || *c == 0x7F) *c = ' ';
		table->cells[table->rows * table->columns + i] = copy;
	}
	table->rows++;
}

struct cli_table *cli_table_new(struct cli *cli, const char *aligns, const char *const *heads)
{
	struct cli_table *table = xcalloc(1, sizeof *table);
	table->cli = cli, table->aligns = aligns, table->columns = strlen(aligns);
	table->widths = xcalloc(table->columns, sizeof *table->widths);
	cleanup_free const char **words = xcalloc(table->columns, sizeof *words);
	for (size_t i = 0; i < table->columns; i++) words[i] = tr(cli->lang, heads[i]);
	add_row(table, words);
	return table;
}

void cli_table_row(struct cli_table *table, const char *const *cells)
{
	add_row(table, cells);
}

void cli_table_print(struct cli_table *table)
{
	cleanup_text struct text line = { 0 };
	FILE *out = cli_out(table->cli);
	for (size_t row = 0; row < table->rows; row++) {
		text_clear(&line);
		for (size_t i = 0; i < table->columns; i++) {
			const char *cell = table->cells[row * table->columns + i];
			size_t pad = table->widths[i] - display_width(cell);
			if (i) text_add(&line, "  ");
			for (size_t n = 0; table->aligns[i] == 'r' && n < pad; n++) text_add_char(&line, ' ');
			text_add(&line, cell);
			for (size_t n = 0; table->aligns[i] != 'r' && n < pad; n++) text_add_char(&line, ' ');
		}
		while (line.len && line.bytes[line.len - 1] == ' ') line.bytes[--line.len] = 0;
		fprintf(out, "%s\n", text_cstr(&line));
		if (row) continue;
		for (size_t i = 0; i < table->columns; i++) {
			if (i) fputs("  ", out);
			for (size_t n = 0; n < table->widths[i]; n++) fputs("─", out);
		}
		fputc('\n', out);
	}
	free(table->cells);
	free(table->widths);
	free(table);
}
