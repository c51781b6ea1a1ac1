/* forecast judge: the learned lateness put to the test on a file of invoice histories (insight/judge.h). */
#include "cli/commands.h"

#include "base/memory.h"
#include "base/words.h"
#include "insight/judge.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

static struct status judge_path(const char *path, struct judge_options options, json_t **out)
{
	cleanup_fd int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat stat;
	if (fd < 0) return status_make(STATUS_NOT_FOUND, "%s could not be opened: %s.", path, strerror(errno));
	if (fstat(fd, &stat) != 0 || !S_ISREG(stat.st_mode)) return status_make(STATUS_INVALID, "%s is not a file.", path);
	if (stat.st_size == 0) return status_make(STATUS_INVALID, "%s is empty.", path);
	size_t len = (size_t)stat.st_size;
	char *bytes = mmap(NULL, len, PROT_READ, MAP_PRIVATE, fd, 0);
	if (bytes == MAP_FAILED) return status_make(STATUS_INTERNAL, "%s could not be read: %s.", path, strerror(errno));
	struct status status = judge_file(bytes, len, options, out);
	munmap(bytes, len);
	return status;
}

static const char *figure(struct cli *cli, const json_t *of, const char *key, bool ratio)
{
	const json_t *value = json_object_get(of, key);
	if (!json_is_number(value)) return "";
	cleanup_text struct text out = { 0 };
	if (ratio) words_percent(&out, cli->lang, json_number_value(value), 1);
	else words_decimal(&out, cli->lang, json_number_value(value), 2);
	return arena_strdup(cli->arena, text_cstr(&out));
}

static void print_rows(struct cli *cli, const json_t *model)
{
	/* msgids */
	static const char *const heads[] = { "Method", "Late or not, right", "MAE, days", "RMSE, days", "MAE of the late, days", "Bias, days", "Within 80 %" };
	const json_t *naive = json_object_get(model, "naive");
	/* msgids */
	const struct {
		const char *name;
		const json_t *figures;
	} methods[] = { { "Learned", model }, { "Learned, without disputes", json_object_get(model, "without_disputes") },
		{ "Due date", json_object_get(naive, "due_date") }, { "Customer's median", json_object_get(naive, "customer_median") } };
	struct cli_table *table = cli_table_new(cli, "lrrrrrr", heads);
	for (size_t i = 0; i < COUNT(methods); i++) {
		const json_t *of = methods[i].figures;
		if (!of) continue;
		cli_table_row(table, (const char *const[]){ cli_tr(cli, methods[i].name), figure(cli, of, "late_accuracy", true),
			figure(cli, of, "mae_days", false), figure(cli, of, "rmse_days", false), figure(cli, of, "late_only_mae", false),
			figure(cli, of, "bias_days", false), figure(cli, of, "coverage_80", true) });
	}
	fprintf(cli_out(cli), cli_tr(cli, "%lld invoices learned from, %lld asked about, from %s on."), (long long)json_integer_value(json_object_get(model, "train")),
	        (long long)json_integer_value(json_object_get(model, "test")), json_string_value(json_object_get(model, "split_date")));
	fputs("\n\n", cli_out(cli));
	cli_table_print(table);
}

struct status command_forecast_judge(struct cli *cli, int *exit_status)
{
	const char *file = NULL, *train = "0.8";
	int count;
	TRY(cli_options(cli, (const struct cli_option[]){ { "--train", .value = &train }, { 0 } }, &file, 1, &count));
	if (count == 0) return status_make(STATUS_INVALID, "A file of invoices is missing. Usage: encours %s %s", cli->entry->name, cli->entry->usage);
	char *end;
	struct judge_options options = { .train = strtod(train, &end), .lang = cli->lang };
	if (end == train || *end) options.train = 0;
	json_t *model;
	TRY(judge_path(file, options, &model));
	const json_t *rejected = json_object_get(model, "rejected");
	size_t i;
	json_t *row;
	if (!cli->json)
		json_array_foreach(rejected, i, row)
			cli_message(cli_tr(cli, "line %lld, %s “%s”: %s"), (long long)json_integer_value(json_object_get(row, "line")),
			            json_string_value(json_object_get(row, "column")), json_string_value(json_object_get(row, "value")),
			            json_string_value(json_object_get(row, "reason")));
	*exit_status = json_array_size(rejected) > 0;
	if (cli->json) {
		cli_json(cli, model);
	} else {
		print_rows(cli, model);
		json_decref(model);
	}
	return STATUS_FINE;
}
