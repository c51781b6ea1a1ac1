/* payee add|list, assignment make|list|notify|back|cancel|batch: claims assigned to a bank or a factor. */
#include "cli/commands.h"

#include "base/day.h"
#include "base/memory.h"
#include "base/money.h"
#include "base/words.h"
#include "cli/file_out.h"
#include "ledger/assignment.h"

#include <string.h>

enum { NAMES_MOST = 500 };

struct assigning {
	struct payee payee;
	const char *names[NAMES_MOST], *why, *step;
	int named;
	int64_t items[NAMES_MOST], id, item, payee_id;
};
static struct status do_payee(struct change *change, void *context) { return payee_save(change, &((struct assigning *)context)->payee, &((struct assigning *)context)->id); }
static struct status do_make(struct change *change, void *context)
{
	struct assigning *a = context;
	return assignment_make(change, a->payee_id, a->items, (size_t)a->named, &a->id);
}
static struct status do_step(struct change *change, void *context)
{
	struct assigning *a = context;
	if (strcmp(a->step, "notify") == 0) return assignment_notify(change, a->id);
	if (strcmp(a->step, "cancel") == 0) return assignment_cancel(change, a->id);
	return assignment_back(change, a->id, a->item, a->why ? a->why : "");
}

static json_t *day_json(int32_t day)
{
	char iso[11];
	if (day == DAY_NONE) return json_null();
	day_format(day, iso);
	return json_string(iso);
}

static const char *amount_of(struct cli *cli, int64_t amount, const char *currency)
{
	cleanup_text struct text out = { 0 };
	words_amount(&out, cli->lang, amount, currency);
	return arena_strdup(cli->arena, text_cstr(&out));
}

static struct status read_id(const char *text, int64_t *id)
{
	if (text && text_parse_int(text, strlen(text), id) && *id > 0) return STATUS_FINE;
	return status_make(STATUS_INVALID, "Give its id: the list shows them.");
}

static struct status read_percent(const char *text, int *out)
{
	int64_t rate = 0;
	if (!text) return STATUS_FINE;
	cleanup_free char *plain = xstrdup(text);
	for (char *c = plain; *c; c++)
		if (*c == ',') *c = '.';
	if (!amount_parse(plain, strlen(plain), (struct amount_style){ '.', 2 }, &rate) || rate < 0 || rate > 10000)
		return status_make(STATUS_INVALID, "A rate is a percentage between 0 and 100 with at most two decimals, as in 12,15.");
	*out = (int)rate;
	return STATUS_FINE;
}

static struct status made(struct cli *cli, int64_t id, int *exit_status)
{
	*exit_status = 0;
	if (cli->json) cli_json(cli, json_pack("{s:I}", "id", (json_int_t)id));
	return STATUS_FINE;
}

struct status command_payee_add(struct cli *cli, int *exit_status)
{
	struct assigning *a = arena_make(cli->arena, struct assigning);
	const char *name = NULL, *route = "dailly", *iban = NULL, *bic = NULL, *commission = NULL, *interest = NULL, *reserve = NULL;
	int count = 0;
	a->payee.address = a->payee.contract = "";
	TRY(cli_options(cli, (const struct cli_option[]){ { "--route", .value = &route }, { "--iban", .value = &iban }, { "--bic", .value = &bic }, { "--address", .value = &a->payee.address },
		{ "--contract", .value = &a->payee.contract }, { "--notified", .flag = &a->payee.notified }, { "--recourse", .flag = &a->payee.recourse },
		{ "--managed", .flag = &a->payee.managed }, { "--commission", .value = &commission }, { "--interest", .value = &interest }, { "--reserve", .value = &reserve }, { 0 } },
		&name, 1, &count));
	if (!name || !iban) return status_make(STATUS_INVALID, "Give the name of the bank or factor, and --iban.");
	a->payee.name = name;
	snprintf(a->payee.route, sizeof a->payee.route, "%s", route);
	if (!iban_read(iban, a->payee.iban)) return status_make(STATUS_INVALID, "This IBAN is not right: a character is missing or wrong. Copy it from the bank details.");
	if (bic && !bic_read(bic, a->payee.bic)) return status_make(STATUS_INVALID, "A BIC has 8 or 11 characters and starts with six letters.");
	TRY(read_percent(commission, &a->payee.commission_bp));
	TRY(read_percent(interest, &a->payee.interest_bp));
	TRY(read_percent(reserve, &a->payee.reserve_bp));
	TRY(cli_company(cli));
	TRY(cli_change(cli, do_payee, a));
	return made(cli, a->id, exit_status);
}

struct status command_payee_list(struct cli *cli, int *exit_status)
{
	struct db *db = NULL;
	struct payee *list;
	size_t count;
	TRY(cli_options(cli, (const struct cli_option[]){ { 0 } }, NULL, 0, NULL));
	TRY(cli_company(cli));
	TRY(cli_read(cli, &db));
	struct status status = payee_list(db, &cli->viewer, cli->company.id, 0, cli->arena, &list, &count);
	cli_release(cli, db);
	TRY(status);
	*exit_status = 0;
	json_t *rows = json_array();
	struct cli_table *table = cli_table_new(cli, "rllll", (const char *const[]){ "No.", "Name", "Way", "IBAN", "Notified" });
	for (size_t i = 0; i < count; i++) {
		json_array_append_new(rows, json_pack("{s:I, s:s, s:s, s:s, s:b, s:b, s:b, s:b, s:i, s:i, s:i}", "id", (json_int_t)list[i].id, "name", list[i].name, "route", list[i].route, "iban",
			list[i].iban, "notified", list[i].notified, "recourse", list[i].recourse, "managed", list[i].managed, "ended", list[i].ended, "commission_bp", list[i].commission_bp,
			"interest_bp", list[i].interest_bp, "reserve_bp", list[i].reserve_bp));
		cli_table_row(table, (const char *const[]){ arena_printf(cli->arena, "%lld", (long long)list[i].id), list[i].name, list[i].route, list[i].iban,
			list[i].notified ? cli_tr(cli, "yes") : cli_tr(cli, "no") });
	}
	if (cli->json) cli_json(cli, json_pack("{s:o}", "payees", rows));
	else json_decref(rows), cli_table_print(table);
	return STATUS_FINE;
}

struct status command_assignment_make(struct cli *cli, int *exit_status)
{
	struct assigning *a = arena_make(cli->arena, struct assigning);
	const char *payee = NULL;
	struct db *db = NULL;
	TRY(cli_options(cli, (const struct cli_option[]){ { "--payee", .value = &payee }, { "--item", .list = a->names, .list_limit = NAMES_MOST, .list_count = &a->named }, { 0 } }, NULL, 0, NULL));
	if (!payee || !a->named) return status_make(STATUS_INVALID, "Give --payee ID and --item NUMBER.");
	TRY(read_id(payee, &a->payee_id));
	TRY(cli_company(cli));
	TRY(cli_read(cli, &db));
	struct status status = STATUS_FINE;
	for (int i = 0; i < a->named && !status.code; i++) {
		struct item item;
		status = item_find(db, &cli->viewer, cli->company.id, 0, a->names[i], &item);
		if (!status.code) a->items[i] = item.id;
	}
	cli_release(cli, db);
	TRY(status);
	TRY(cli_change(cli, do_make, a));
	return made(cli, a->id, exit_status);
}

struct status command_assignment_list(struct cli *cli, int *exit_status)
{
	struct db *db = NULL;
	struct assignment *list;
	size_t count;
	TRY(cli_options(cli, (const struct cli_option[]){ { 0 } }, NULL, 0, NULL));
	TRY(cli_company(cli));
	TRY(cli_read(cli, &db));
	struct status status = assignment_list(db, &cli->viewer, cli->company.id, 0, cli->arena, &list, &count);
	cli_release(cli, db);
	TRY(status);
	*exit_status = 0;
	json_t *rows = json_array();
	struct cli_table *table = cli_table_new(cli, "rlllrr", (const char *const[]){ "No.", "Date", "Bank or factor", "State", "Assigned", "Open" });
	for (size_t i = 0; i < count; i++) {
		const struct assignment *one = &list[i];
		char day[11];
		json_t *items = json_array();
		for (size_t k = 0; k < one->item_count; k++)
			json_array_append_new(items, json_pack("{s:s, s:I, s:s, s:I, s:I, s:o, s:o}", "item", one->items[k].number, "item_id", (json_int_t)one->items[k].item_id, "customer",
				one->items[k].customer_code, "amount", (json_int_t)one->items[k].amount, "open", (json_int_t)one->items[k].open, "notified_on", day_json(one->items[k].notified_day),
				"back_on", day_json(one->items[k].back_day)));
		day_format(one->day, day);
		json_array_append_new(rows, json_pack("{s:I, s:s, s:I, s:s, s:s, s:b, s:I, s:I, s:s, s:o}", "id", (json_int_t)one->id, "date", day, "payee", (json_int_t)one->payee_id, "payee_name",
			one->payee_name, "state", one->state, "notified", one->notified, "total", (json_int_t)one->total, "open", (json_int_t)one->open, "currency", one->currency, "items", items));
		cli_table_row(table, (const char *const[]){ arena_printf(cli->arena, "%lld", (long long)one->id), arena_strdup(cli->arena, day), one->payee_name, one->state,
			amount_of(cli, one->total, one->currency), amount_of(cli, one->open, one->currency) });
	}
	if (cli->json) cli_json(cli, json_pack("{s:o}", "assignments", rows));
	else json_decref(rows), cli_table_print(table);
	return STATUS_FINE;
}

struct status command_assignment_step(struct cli *cli, int *exit_status)
{
	struct assigning *a = arena_make(cli->arena, struct assigning);
	const char *words[2] = { NULL, NULL }, *name = NULL;
	int count = 0;
	TRY(cli_options(cli, (const struct cli_option[]){ { "--item", .value = &name }, { "--note", .value = &a->why }, { 0 } }, words, 2, &count));
	TRY(read_id(words[0], &a->id));
	a->step = words[1] ? words[1] : "";
	bool back = strcmp(a->step, "back") == 0;
	if (!back && strcmp(a->step, "notify") != 0 && strcmp(a->step, "cancel") != 0) return status_make(STATUS_INVALID, "Give a step: notify, back or cancel.");
	if (back && !name) return status_make(STATUS_INVALID, "Give --item NUMBER.");
	TRY(cli_company(cli));
	if (back) {
		struct db *db = NULL;
		struct item item;
		TRY(cli_read(cli, &db));
		struct status status = item_find(db, &cli->viewer, cli->company.id, 0, name, &item);
		cli_release(cli, db);
		TRY(status);
		a->item = item.id;
	}
	TRY(cli_change(cli, do_step, a));
	return made(cli, a->id, exit_status);
}

struct status command_assignment_batch(struct cli *cli, int *exit_status)
{
	const char *text = NULL, *to = NULL;
	int64_t id;
	int count = 0;
	struct db *db = NULL;
	struct assignment *slips;
	struct payee *payees;
	size_t slip_count = 0, payee_count = 0;
	cleanup_text struct text out = { 0 };
	TRY(cli_options(cli, (const struct cli_option[]){ { "--to", .value = &to }, { 0 } }, &text, 1, &count));
	TRY(read_id(text, &id));
	if (!to) return status_make(STATUS_INVALID, "Give --to FILE.");
	TRY(cli_company(cli));
	TRY(cli_read(cli, &db));
	struct status status = assignment_list(db, &cli->viewer, cli->company.id, id, cli->arena, &slips, &slip_count);
	if (!status.code && !slip_count) status = status_make(STATUS_NOT_FOUND, "There is no assignment %lld.", (long long)id);
	if (!status.code) status = payee_list(db, &cli->viewer, cli->company.id, slips[0].payee_id, cli->arena, &payees, &payee_count);
	if (!status.code && !payee_count) status = status_make(STATUS_NOT_FOUND, "There is no bank or factor %lld.", (long long)slips[0].payee_id);
	cli_release(cli, db);
	TRY(status);
	assignment_csv(&slips[0], &payees[0], &out);
	TRY(file_out(cli, to, text_cstr(&out), out.len));
	*exit_status = 0;
	if (cli->json) cli_json(cli, json_pack("{s:I, s:s, s:I}", "id", (json_int_t)id, "path", to, "count", (json_int_t)slips[0].item_count));
	return STATUS_FINE;
}
