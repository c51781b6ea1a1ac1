/* handover CUSTOMER --route R [--item N…] [--to FILE.zip]; case list, step, close, bundle: files handed over. */
#include "cli/commands.h"

#include "base/day.h"
#include "base/words.h"
#include "cli/file_out.h"
#include "dunning/handover.h"
#include "ledger/item.h"
#include "outreach/bundle.h"

#include <string.h>

enum { ITEMS_MOST = 200 };

struct handing {
	struct case_file_new file;
	struct case_file_step step;
	const char *outcome, *note;
	int64_t id;
	const unsigned char *digest;
	const char *head;
};

static struct status do_open(struct change *change, void *context)
{
	struct handing *handing = context;
	return case_file_open(change, &handing->file, &handing->id);
}
static struct status do_step(struct change *change, void *context)
{
	struct handing *handing = context;
	return case_file_step(change, handing->id, &handing->step);
}
static struct status do_close(struct change *change, void *context)
{
	struct handing *handing = context;
	return case_file_close(change, handing->id, handing->outcome, handing->note);
}
static struct status do_bundled(struct change *change, void *context)
{
	struct handing *handing = context;
	return case_file_bundled(change, handing->id, handing->digest, handing->head);
}

static struct status make_bundle(struct cli *cli, int64_t id, const char *path, struct bundle *bundle)
{
	struct db *db = NULL;
	const struct settings *settings;
	TRY(cli_read(cli, &db));
	struct status status = settings_load(db, cli->viewer.tenant_id, cli->company.id, cli->arena, &settings);
	if (!status.code)
		status = bundle_make(db, &cli->viewer, &cli->company, settings, id, cli_today(cli), company_now(&cli->company, &cli->clock), cli->arena, bundle);
	cli_release(cli, db);
	if (!status.code) status = file_out(cli, path, bundle->zip.bytes, bundle->zip.len);
	if (!status.code) status = cli_change(cli, do_bundled, &(struct handing){ .id = id, .digest = bundle->digest, .head = bundle->head });
	return status;
}

static json_t *bundle_row(const struct bundle *bundle, const char *path)
{
	char hex[65];
	for (int i = 0; i < 32; i++) snprintf(hex + 2 * i, 3, "%02x", bundle->digest[i]);
	return json_pack("{s:s, s:I, s:s, s:s}", "path", path, "size", (json_int_t)bundle->zip.len, "sha256", hex, "head", bundle->head);
}

/* The items named, of that customer. */
static struct status find_items(struct cli *cli, struct db *db, int64_t customer_id, const char *const *names, size_t count, int64_t *out)
{
	for (size_t i = 0; i < count; i++) {
		struct item item;
		TRY(item_find(db, &cli->viewer, cli->company.id, customer_id, names[i], &item));
		out[i] = item.id;
	}
	return STATUS_FINE;
}

struct status command_handover(struct cli *cli, int *exit_status)
{
	struct handing handing = { 0 };
	const char *code = NULL, *to = NULL, *names[ITEMS_MOST];
	int count = 0, named = 0;
	TRY(cli_options(cli, (const struct cli_option[]){ { "--route", .value = &handing.file.route }, { "--partner", .value = &handing.file.partner },
		{ "--email", .value = &handing.file.partner_email }, { "--currency", .value = &handing.file.currency }, { "--to", .value = &to },
		{ "--item", .list = names, .list_limit = ITEMS_MOST, .list_count = &named }, { 0 } }, &code, 1, &count));
	if (!code || !handing.file.route) return status_make(STATUS_INVALID, "Give the customer's code and --route: bailiff, agency, lawyer, small_claims, order_for_payment, summary_order or writ.");
	TRY(cli_company(cli));
	struct db *db = NULL;
	struct customer who;
	int64_t items[ITEMS_MOST];
	TRY(cli_read(cli, &db));
	struct status status = customer_find(db, &cli->viewer, cli->company.id, code, cli->arena, &who);
	if (!status.code) handing.file.customer_id = who.id, status = find_items(cli, db, who.id, names, (size_t)named, items);
	if (!status.code) status = handover_prepare(db, &cli->viewer, &cli->company, items, (size_t)named, cli_today(cli), cli->arena, &handing.file);
	cli_release(cli, db);
	TRY(status);
	TRY(cli_change(cli, do_open, &handing));
	*exit_status = 0;
	json_t *out = json_pack("{s:I, s:I}", "id", (json_int_t)handing.id, "items", (json_int_t)handing.file.item_count);
	if (!cli->json) fprintf(cli_out(cli), cli_tr(cli, "File %lld opened, %zu items.\n"), (long long)handing.id, handing.file.item_count);
	if (to) {
		struct bundle bundle;
		status = make_bundle(cli, handing.id, to, &bundle);
		if (!status.code) json_object_set_new(out, "bundle", bundle_row(&bundle, to));
		text_free(&bundle.zip);
	}
	if (cli->json && !status.code) cli_json(cli, out);
	else json_decref(out);
	return status;
}

struct status command_case_bundle(struct cli *cli, int *exit_status)
{
	const char *id_text = NULL, *to = NULL;
	int count = 0;
	int64_t id;
	TRY(cli_options(cli, (const struct cli_option[]){ { "--to", .value = &to }, { 0 } }, &id_text, 1, &count));
	if (!id_text || !to || !text_parse_int(id_text, strlen(id_text), &id)) return status_make(STATUS_INVALID, "Give the file's id and --to FILE.zip.");
	TRY(cli_company(cli));
	struct bundle bundle = { 0 };
	struct status status = make_bundle(cli, id, to, &bundle);
	*exit_status = 0;
	if (!status.code && cli->json) cli_json(cli, bundle_row(&bundle, to));
	text_free(&bundle.zip);
	return status;
}

struct status command_case_sheet(struct cli *cli, int *exit_status)
{
	const char *id_text = NULL, *to = NULL;
	int count = 0;
	int64_t id;
	TRY(cli_options(cli, (const struct cli_option[]){ { "--to", .value = &to }, { 0 } }, &id_text, 1, &count));
	if (!id_text || !to || !text_parse_int(id_text, strlen(id_text), &id)) return status_make(STATUS_INVALID, "Give the file's id and --to FILE.pdf.");
	TRY(cli_company(cli));
	struct db *db = NULL;
	const struct settings *settings;
	struct attachment sheet;
	TRY(cli_read(cli, &db));
	struct status status = settings_load(db, cli->viewer.tenant_id, cli->company.id, cli->arena, &settings);
	if (!status.code) status = bundle_sheet(db, &cli->viewer, &cli->company, settings, id, cli_today(cli), cli->arena, &sheet);
	cli_release(cli, db);
	if (!status.code) status = file_out(cli, to, sheet.bytes, sheet.len);
	*exit_status = 0;
	if (!status.code && cli->json) cli_json(cli, json_pack("{s:s, s:I}", "path", to, "size", (json_int_t)sheet.len));
	return status;
}

static json_t *day_json(int32_t day)
{
	char iso[11];
	if (day == DAY_NONE) return json_null();
	day_format(day, iso);
	return json_string(iso);
}

struct status command_case_list(struct cli *cli, int *exit_status)
{
	const char *code = NULL;
	bool all = false;
	TRY(cli_options(cli, (const struct cli_option[]){ { "--customer", .value = &code }, { "--all", .flag = &all }, { 0 } }, NULL, 0, NULL));
	TRY(cli_company(cli));
	struct db *db = NULL;
	struct customer who = { 0 };
	struct case_file *files;
	size_t count;
	TRY(cli_read(cli, &db));
	struct status status = code ? customer_find(db, &cli->viewer, cli->company.id, code, cli->arena, &who) : STATUS_FINE;
	if (!status.code) status = case_file_list(db, &cli->viewer, cli->company.id, who.id, !all, cli->arena, &files, &count);
	cli_release(cli, db);
	TRY(status);
	*exit_status = 0;
	json_t *rows = json_array();
	struct cli_table *table = cli_table_new(cli, "rlllrrl", (const char *const[]){ "File", "Customer", "Way", "Stage", "Principal", "Open", "Deadline" });
	for (size_t i = 0; i < count; i++) {
		const struct case_file *file = &files[i];
		json_t *row = json_pack("{s:I, s:s, s:s, s:s, s:s, s:s, s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:s, s:s}", "id", (json_int_t)file->id, "customer",
			file->customer_code, "route", file->route, "partner", file->partner, "reference", file->reference, "stage", file->stage, "currency", file->currency,
			"principal", (json_int_t)file->principal, "interest", (json_int_t)file->interest, "fee", (json_int_t)file->fee, "costs", (json_int_t)file->costs,
			"recovered", (json_int_t)file->recovered, "open", (json_int_t)file->open, "outcome", file->outcome, "deadline_text", file->deadline_text);
		json_object_set_new(row, "opened_on", day_json(file->opened_day));
		json_object_set_new(row, "deadline", day_json(file->deadline_day));
		json_object_set_new(row, "closed_on", day_json(file->closed_day));
		json_array_append_new(rows, row);
		cleanup_text struct text principal = { 0 }, open = { 0 };
		words_amount(&principal, cli->lang, file->principal, file->currency);
		words_amount(&open, cli->lang, file->open, file->currency);
		char deadline[11] = "";
		if (file->deadline_day != DAY_NONE) day_format(file->deadline_day, deadline);
		cli_table_row(table, (const char *const[]){ arena_printf(cli->arena, "%lld", (long long)file->id), file->customer_code, file->route, file->stage,
			arena_strdup(cli->arena, text_cstr(&principal)), arena_strdup(cli->arena, text_cstr(&open)), arena_strdup(cli->arena, deadline) });
	}
	if (cli->json) {
		cli_json(cli, json_pack("{s:o}", "files", rows));
		return STATUS_FINE;
	}
	json_decref(rows);
	cli_table_print(table);
	return STATUS_FINE;
}

static struct status read_id(const char *text, int64_t *id)
{
	if (text && text_parse_int(text, strlen(text), id)) return STATUS_FINE;
	return status_make(STATUS_INVALID, "Give the file's id: case list shows them.");
}

struct status command_case_step(struct cli *cli, int *exit_status)
{
	struct handing handing = { .step = { .deadline_day = DAY_NONE } };
	const char *id = NULL, *cost = NULL;
	int count = 0;
	TRY(cli_options(cli, (const struct cli_option[]){ { "--stage", .value = &handing.step.stage }, { "--reference", .value = &handing.step.reference },
		{ "--partner", .value = &handing.step.partner }, { "--note", .value = &handing.step.note }, { "--deadline", .day = &handing.step.deadline_day },
		{ "--cost", .value = &cost }, { 0 } }, &id, 1, &count));
	TRY(read_id(id, &handing.id));
	TRY(cli_company(cli));
	if (cost) TRY(cli_amount("--cost", cost, cli->company.currency, &handing.step.cost));
	handing.step.deadline_given = handing.step.deadline_day != DAY_NONE;
	handing.step.deadline_text = handing.step.note;
	TRY(cli_change(cli, do_step, &handing));
	*exit_status = 0;
	if (cli->json) cli_json(cli, json_pack("{s:I}", "id", (json_int_t)handing.id));
	return STATUS_FINE;
}

struct status command_case_close(struct cli *cli, int *exit_status)
{
	struct handing handing = { 0 };
	const char *id = NULL;
	int count = 0;
	TRY(cli_options(cli, (const struct cli_option[]){ { "--outcome", .value = &handing.outcome }, { "--note", .value = &handing.note }, { 0 } }, &id, 1, &count));
	TRY(read_id(id, &handing.id));
	TRY(cli_company(cli));
	TRY(cli_change(cli, do_close, &handing));
	*exit_status = 0;
	if (cli->json) cli_json(cli, json_pack("{s:I}", "id", (json_int_t)handing.id));
	return STATUS_FINE;
}
