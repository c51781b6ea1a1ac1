/* doubtful …: debts held to be doubtful, written off or let go; provisions of closings; the entries for the books. */
#include "cli/commands.h"
#include "cli/figures.h"
#include "cli/file_out.h"

#include "base/day.h"
#include "base/memory.h"
#include "base/money.h"
#include "base/words.h"
#include "insight/doubtful_report.h"
#include "ledger/item.h"
#include "outreach/doubtful_paper.h"

#include <string.h>

enum { ITEMS_MOST = 500 };

struct work {
	struct cli *cli;
	const char *names[ITEMS_MOST], *reason, *why, *proof, *proof_words;
	int named;
	int64_t items[ITEMS_MOST], ids[ITEMS_MOST], id, count, file_id;
	int32_t vat, day;
	bool keep_vat, in_books;
};

static const char *amount_of(struct cli *cli, int64_t amount, const char *currency)
{
	cleanup_text struct text out = { 0 };
	words_amount(&out, cli->lang, amount, currency);
	return arena_strdup(cli->arena, text_cstr(&out));
}

static json_t *day_json(int32_t day)
{
	char iso[11];
	if (day == DAY_NONE) return json_null();
	day_format(day, iso);
	return json_string(iso);
}

static struct status read_rate(const char *text, int32_t *out)
{
	int64_t rate = 0;
	*out = -1;
	if (!text) return STATUS_FINE;
	cleanup_free char *plain = xstrdup(text);
	for (char *c = plain; *c; c++)
		if (*c == ',') *c = '.';
	if (!amount_parse(plain, strlen(plain), (struct amount_style){ '.', 2 }, &rate) || rate < 0 || rate > 10000)
		return status_make(STATUS_INVALID, "A rate is a percentage between 0 and 100 with at most two decimals, as in 12,15.");
	*out = (int32_t)rate;
	return STATUS_FINE;
}

static struct status find_items(struct cli *cli, struct work *w)
{
	struct db *db = NULL;
	TRY(cli_read(cli, &db));
	struct status status = STATUS_FINE;
	for (int i = 0; i < w->named && !status.code; i++) {
		struct item item;
		status = item_find(db, &cli->viewer, cli->company.id, 0, w->names[i], &item);
		if (!status.code) w->items[i] = item.id;
	}
	cli_release(cli, db);
	return status;
}

static struct status made(struct cli *cli, const struct work *w, int *exit_status)
{
	*exit_status = 0;
	json_t *ids = json_array();
	for (int i = 0; i < w->named; i++) json_array_append_new(ids, json_integer(w->ids[i]));
	if (cli->json) cli_json(cli, json_pack("{s:o}", "ids", ids));
	else json_decref(ids), fprintf(cli_out(cli), cli_tr(cli, "Done: %d. The entries wait for the books.\n"), w->named);
	return STATUS_FINE;
}

/* --- lists ---------------------------------------------------------------------------------------------------------------------------------- */
static struct status proposals(struct cli *cli, bool small)
{
	struct figures figures = { .as_of = DAY_NONE };
	struct doubtful_proposal *list;
	size_t count;
	int64_t sum;
	struct status status = figures_open(cli, &figures);
	if (!status.code) status = small ? small_proposals(&figures.context, &list, &count, &sum) : doubtful_proposals(&figures.context, &list, &count, &sum);
	if (!status.code) {
		json_t *rows = json_array();
		struct cli_table *table = cli_table_new(cli, "lllrr", (const char *const[]){ "Customer", "Item", "Why", "Days late", "Open" });
		for (size_t i = 0; i < count; i++) {
			json_array_append_new(rows, json_pack("{s:s, s:s, s:I, s:s, s:I, s:o, s:i}", "customer", list[i].customer_code, "item", list[i].number, "item_id", (json_int_t)list[i].item_id,
				"reason", list[i].reason, "open", (json_int_t)list[i].open, "due_date", day_json(list[i].due_day), "days_late", list[i].late > 0 ? (int)list[i].late : 0));
			cli_table_row(table, (const char *const[]){ list[i].customer_code, list[i].number, cli_tr(cli, doubtful_reason_label(list[i].reason)),
				list[i].late > 0 ? arena_printf(cli->arena, "%d", (int)list[i].late) : "–", amount_of(cli, list[i].open, cli->company.currency) });
		}
		if (cli->json) cli_json(cli, json_pack("{s:o, s:I}", "proposals", rows, "sum", (json_int_t)sum));
		else json_decref(rows), cli_table_print(table);
	}
	figures_close(cli, &figures);
	return status;
}

static struct status list_cases(struct cli *cli)
{
	struct db *db = NULL;
	struct doubtful_case *list;
	size_t count;
	TRY(cli_read(cli, &db));
	struct status status = doubtful_cases(db, &cli->viewer, &cli->company, cli_today(cli), (struct doubtful_filter){ 0 }, cli->arena, &list, &count);
	cli_release(cli, db);
	TRY(status);
	json_t *rows = json_array();
	struct cli_table *table = cli_table_new(cli, "rllllrr", (const char *const[]){ "No.", "Customer", "Item", "State", "Why", "Written down", "Open" });
	for (size_t i = 0; i < count; i++) {
		const struct doubtful_case *debt = &list[i];
		const char *state = *debt->state ? debt->state : "books";
		json_t *row = json_pack("{s:o, s:s, s:s, s:I, s:s, s:s, s:s, s:I, s:I, s:s, s:o, s:o, s:o, s:I, s:I, s:s, s:o, s:o}", "id", debt->id ? json_integer(debt->id) : json_null(),
			"customer", debt->customer_code, "item", debt->number, "item_id", (json_int_t)debt->item_id, "state", state, "reason", debt->reason, "why", debt->why, "open",
			(json_int_t)debt->open, "allowance", (json_int_t)debt->allowance, "currency", debt->currency, "due_date", day_json(debt->due_day), "booked_on", day_json(debt->booked_day),
			"lost_on", day_json(debt->lost_day), "lost_amount", (json_int_t)debt->lost_amount, "lost_vat", (json_int_t)debt->lost_vat, "proof", debt->proof, "proof_on",
			day_json(debt->proof_day), "duplicate_sent_on", day_json(debt->duplicate_day));
		json_array_append_new(rows, row);
		cli_table_row(table, (const char *const[]){ debt->id ? arena_printf(cli->arena, "%lld", (long long)debt->id) : "", debt->customer_code, debt->number, state,
			debt->id ? cli_tr(cli, doubtful_reason_label(debt->reason)) : cli_tr(cli, "Moved by the books"), amount_of(cli, debt->allowance, debt->currency),
			amount_of(cli, debt->open, debt->currency) });
	}
	if (cli->json) cli_json(cli, json_pack("{s:o}", "debts", rows));
	else json_decref(rows), cli_table_print(table);
	return STATUS_FINE;
}

struct status command_doubtful_list(struct cli *cli, int *exit_status)
{
	bool proposed = false, small = false;
	TRY(cli_options(cli, (const struct cli_option[]){ { "--proposed", .flag = &proposed }, { "--small", .flag = &small }, { 0 } }, NULL, 0, NULL));
	TRY(cli_company(cli));
	*exit_status = 0;
	return proposed || small ? proposals(cli, small) : list_cases(cli);
}

/* --- decisions -------------------------------------------------------------------------------------------------------------------------------- */
static struct status do_decide(struct change *change, void *context)
{
	struct work *w = context;
	for (int i = 0; i < w->named; i++)
		TRY(doubtful_decide(change, &(struct doubtful_new){ .item_id = w->items[i], .reason = w->reason, .why = w->why, .vat = w->vat }, &w->ids[i]));
	return STATUS_FINE;
}
static struct status do_lose(struct change *change, void *context)
{
	struct work *w = context;
	for (int i = 0; i < w->named; i++)
		TRY(doubtful_lose(change, &(struct doubtful_loss){ .item_id = w->items[i], .proof = w->proof, .proof_words = w->proof_words, .why = w->why, .proof_day = w->day, .vat = w->vat,
		                  .keep_vat = w->keep_vat }, &w->ids[i]));
	return STATUS_FINE;
}
static struct status do_small(struct change *change, void *context)
{
	struct work *w = context;
	for (int i = 0; i < w->named; i++) TRY(doubtful_let_go(change, w->items[i], w->why, &w->ids[i]));
	return STATUS_FINE;
}
static struct status do_undo(struct change *change, void *context)
{
	struct work *w = context;
	struct status status = doubtful_restore(change, w->id, w->why);
	return status.code == STATUS_CONFLICT && strcmp(w->reason, "doubtful") == 0 ? doubtful_cancel(change, w->id, w->why) : status;
}
static struct status do_sent(struct change *change, void *context) { return doubtful_duplicate_sent(change, ((struct work *)context)->id, ((struct work *)context)->day); }

static struct status run_items(struct cli *cli, struct work *w, cli_work *work, int *exit_status)
{
	TRY(cli_company(cli));
	TRY(find_items(cli, w));
	TRY(cli_change(cli, work, w));
	return made(cli, w, exit_status);
}

struct status command_doubtful_set(struct cli *cli, int *exit_status)
{
	struct work *w = arena_make(cli->arena, struct work);
	const char *vat = NULL;
	TRY(cli_options(cli, (const struct cli_option[]){ { "--item", .list = w->names, .list_limit = ITEMS_MOST, .list_count = &w->named }, { "--reason", .value = &w->reason },
		{ "--note", .value = &w->why }, { "--vat", .value = &vat }, { 0 } }, NULL, 0, NULL));
	TRY(read_rate(vat, &w->vat));
	if (!w->named || !w->reason) return status_make(STATUS_INVALID, "Give --item NUMBER and --reason insolvency, handed_over, dispute, age or other.");
	return run_items(cli, w, do_decide, exit_status);
}

struct status command_doubtful_lose(struct cli *cli, int *exit_status)
{
	struct work *w = arena_make(cli->arena, struct work);
	const char *vat = NULL;
	w->day = DAY_NONE;
	TRY(cli_options(cli, (const struct cli_option[]){ { "--item", .list = w->names, .list_limit = ITEMS_MOST, .list_count = &w->named }, { "--proof", .value = &w->proof },
		{ "--reference", .value = &w->proof_words }, { "--day", .day = &w->day }, { "--note", .value = &w->why }, { "--vat", .value = &vat },
		{ "--keep-vat", .flag = &w->keep_vat }, { 0 } }, NULL, 0, NULL));
	TRY(read_rate(vat, &w->vat));
	if (!w->named || !w->proof) return status_make(STATUS_INVALID, "Give --item NUMBER and --proof certificate, liquidation, closed, plan, gone or none.");
	return run_items(cli, w, do_lose, exit_status);
}

struct status command_doubtful_small(struct cli *cli, int *exit_status)
{
	struct work *w = arena_make(cli->arena, struct work);
	TRY(cli_options(cli, (const struct cli_option[]){ { "--item", .list = w->names, .list_limit = ITEMS_MOST, .list_count = &w->named }, { "--note", .value = &w->why }, { 0 } }, NULL, 0, NULL));
	if (!w->named) return status_make(STATUS_INVALID, "Give --item NUMBER: doubtful list --small shows them.");
	return run_items(cli, w, do_small, exit_status);
}

static struct status read_id(const char *text, int64_t *id)
{
	if (text && text_parse_int(text, strlen(text), id) && *id > 0) return STATUS_FINE;
	return status_make(STATUS_INVALID, "Give its id: the list shows them.");
}

/* What was decided last of it: a write-off goes first, then that it is doubtful. */
struct status command_doubtful_undo(struct cli *cli, int *exit_status)
{
	struct work *w = arena_make(cli->arena, struct work);
	const char *id = NULL;
	int count = 0;
	struct db *db = NULL;
	struct doubtful_case *list;
	size_t found;
	TRY(cli_options(cli, (const struct cli_option[]){ { "--note", .value = &w->why }, { 0 } }, &id, 1, &count));
	TRY(read_id(id, &w->id));
	TRY(cli_company(cli));
	TRY(cli_read(cli, &db));
	struct status status = doubtful_cases(db, &cli->viewer, &cli->company, cli_today(cli), (struct doubtful_filter){ .id = w->id }, cli->arena, &list, &found);
	cli_release(cli, db);
	TRY(status);
	w->reason = found ? list[0].state : "";
	TRY(cli_change(cli, do_undo, w));
	*exit_status = 0;
	if (cli->json) cli_json(cli, json_pack("{s:I}", "id", (json_int_t)w->id));
	return STATUS_FINE;
}

struct status command_doubtful_duplicate(struct cli *cli, int *exit_status)
{
	struct work *w = arena_make(cli->arena, struct work);
	const char *id = NULL, *to = NULL;
	bool sent = false;
	int count = 0;
	w->day = DAY_NONE;
	TRY(cli_options(cli, (const struct cli_option[]){ { "--to", .value = &to }, { "--sent", .flag = &sent }, { "--day", .day = &w->day }, { 0 } }, &id, 1, &count));
	TRY(read_id(id, &w->id));
	if (!to && !sent) return status_make(STATUS_INVALID, "Give --to FILE.pdf, or --sent once it left.");
	TRY(cli_company(cli));
	*exit_status = 0;
	if (to) {
		struct db *db = NULL;
		struct attachment file;
		TRY(cli_read(cli, &db));
		struct status status = doubtful_pdf(db, &cli->viewer, &cli->company, w->id, NULL, cli_today(cli), cli->arena, &file);
		cli_release(cli, db);
		TRY(status);
		TRY(file_out(cli, to, file.bytes, file.len));
	}
	if (w->day == DAY_NONE) w->day = cli_today(cli);
	if (sent) TRY(cli_change(cli, do_sent, w));
	if (cli->json) cli_json(cli, json_pack("{s:I, s:o, s:b}", "id", (json_int_t)w->id, "path", to ? json_string(to) : json_null(), "sent", sent));
	return STATUS_FINE;
}

/* --- closings and entries ----------------------------------------------------------------------------------------------------------------------- */
static struct status do_book(struct change *change, void *context)
{
	struct work *w = context;
	return provision_book(change, w->day, NULL, 0, w->in_books, &w->count);
}
static struct status do_reopen(struct change *change, void *context) { return provision_take_back(change, ((struct work *)context)->day, &((struct work *)context)->count); }
static struct status do_write(struct change *change, void *context) { return book_entry_write(change, &((struct work *)context)->file_id, &((struct work *)context)->count); }

struct status command_doubtful_provisions(struct cli *cli, int *exit_status)
{
	struct figures figures = { .as_of = DAY_NONE };
	struct work *w = arena_make(cli->arena, struct work);
	bool booking = false, back = false;
	TRY(cli_options(cli, (const struct cli_option[]){ FIGURES_OPTIONS(&figures), { "--book", .flag = &booking }, { "--in-books", .flag = &w->in_books }, { "--take-back", .flag = &back }, { 0 } },
	                NULL, 0, NULL));
	TRY(cli_company(cli));
	*exit_status = 0;
	if (booking || back) {
		w->day = figures.as_of == DAY_NONE ? cli_today(cli) : figures.as_of;
		TRY(cli_change(cli, booking ? do_book : do_reopen, w));
		if (cli->json) cli_json(cli, json_pack("{s:I, s:o}", "movements", (json_int_t)w->count, "date", day_json(w->day)));
		else fprintf(cli_out(cli), booking ? cli_tr(cli, "Movements booked: %lld.\n") : cli_tr(cli, "Movements taken back: %lld.\n"), (long long)w->count);
		return STATUS_FINE;
	}
	json_t *model;
	struct status status = figures_open(cli, &figures);
	if (!status.code) status = report_make(&figures.context, "provisions", &model);
	if (!status.code) status = figures_print(cli, &figures, model);
	figures_close(cli, &figures);
	return status;
}

struct status command_doubtful_entries(struct cli *cli, int *exit_status)
{
	struct work *w = arena_make(cli->arena, struct work);
	const char *to = NULL, *format = "fec", *again = NULL;
	TRY(cli_options(cli, (const struct cli_option[]){ { "--to", .value = &to }, { "--format", .value = &format }, { "--again", .value = &again }, { 0 } }, NULL, 0, NULL));
	if (strcmp(format, "fec") != 0 && strcmp(format, "csv") != 0) return status_make(STATUS_INVALID, "Entries are written as csv or fec.");
	if (again) TRY(read_id(again, &w->file_id));
	if (again && !to) return status_make(STATUS_INVALID, "Give --to FILE.");
	TRY(cli_company(cli));
	*exit_status = 0;
	struct db *db = NULL;
	struct book_entry *entries;
	size_t count;
	if (to && !again) TRY(cli_change(cli, do_write, w));
	TRY(cli_read(cli, &db));
	const struct settings *settings;
	struct status status = settings_load(db, cli->company.tenant_id, cli->company.id, cli->arena, &settings);
	if (!status.code)
		status = book_entry_list(db, &cli->viewer, cli->company.id, (struct book_entry_filter){ .waiting = !to, .file_id = w->file_id }, cli->arena, &entries, &count);
	cli_release(cli, db);
	TRY(status);
	if (to) {
		cleanup_text struct text out = { 0 };
		if (!count) return status_make(STATUS_NOT_FOUND, "There is no such file of entries.");
		if (strcmp(format, "csv") == 0) book_entry_csv(entries, count, settings, cli->lang, &out);
		else book_entry_fec(entries, count, settings, &out);
		TRY(file_out(cli, to, text_cstr(&out), out.len));
		if (cli->json) cli_json(cli, json_pack("{s:I, s:I, s:s}", "file", (json_int_t)w->file_id, "count", (json_int_t)count, "path", to));
		else fprintf(cli_out(cli), cli_tr(cli, "File %lld written, %lld entries in it.\n"), (long long)w->file_id, (long long)count);
		return STATUS_FINE;
	}
	json_t *rows = json_array();
	struct cli_table *table = cli_table_new(cli, "rllllr", (const char *const[]){ "No.", "Date", "Kind", "Customer", "Piece", "Amount" });
	for (size_t i = 0; i < count; i++) {
		char day[11];
		json_t *lines = json_array();
		for (size_t k = 0; k < entries[i].count; k++)
			json_array_append_new(lines, json_pack("{s:s, s:b, s:I}", "account", entries[i].lines[k].account, "customer", entries[i].lines[k].person, "amount", (json_int_t)entries[i].lines[k].amount));
		day_format(entries[i].day, day);
		json_array_append_new(rows, json_pack("{s:I, s:s, s:s, s:s, s:s, s:s, s:I, s:s, s:o}", "id", (json_int_t)entries[i].id, "date", day, "kind", entries[i].kind, "customer",
			entries[i].customer_code, "piece", entries[i].number, "label", entries[i].label, "amount", (json_int_t)entries[i].total, "currency", entries[i].currency, "lines", lines));
		cli_table_row(table, (const char *const[]){ arena_printf(cli->arena, "%lld", (long long)entries[i].id), arena_strdup(cli->arena, day),
			cli_tr(cli, book_entry_kind_label(entries[i].kind)), entries[i].customer_code, entries[i].number, amount_of(cli, entries[i].total, entries[i].currency) });
	}
	if (cli->json) cli_json(cli, json_pack("{s:o}", "entries", rows));
	else json_decref(rows), cli_table_print(table);
	return STATUS_FINE;
}
