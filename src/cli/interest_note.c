/* interest note CODE [--item N…]; interest notes CODE; interest pay, waive, cancel ID: late interest claimed. */
#include "cli/commands.h"

#include "base/words.h"
#include "dunning/interest_ledger.h"
#include "ledger/customer.h"
#include "ledger/item.h"

#include <string.h>

enum { ITEMS_MOST = 200 };

struct noting {
	struct interest_note_new note;
	int64_t id, amount;
	const char *words;
};
static struct status do_make(struct change *change, void *context)
{
	struct noting *noting = context;
	return interest_note_make(change, &noting->note, &noting->id);
}
static struct status do_pay(struct change *change, void *context)
{
	struct noting *noting = context;
	return interest_note_pay(change, noting->id, noting->amount, noting->words);
}
static struct status do_waive(struct change *change, void *context)
{
	struct noting *noting = context;
	return interest_note_waive(change, noting->id, noting->amount, noting->words);
}
static struct status do_cancel(struct change *change, void *context)
{
	struct noting *noting = context;
	return interest_note_cancel(change, noting->id, noting->words);
}

/* Of the items named, or of all that is left to claim. */
static struct status gather(struct cli *cli, struct db *db, const char *code, const char *const *names, size_t named, struct noting *out)
{
	struct customer who;
	struct interest_entry *entries;
	size_t count, kept = 0;
	int64_t ids[ITEMS_MOST];
	TRY(customer_find(db, &cli->viewer, cli->company.id, code, cli->arena, &who));
	for (size_t i = 0; i < named; i++) {
		struct item item;
		TRY(item_find(db, &cli->viewer, cli->company.id, who.id, names[i], &item));
		ids[i] = item.id;
	}
	TRY(interest_ledger(db, &cli->viewer, &cli->company, who.id, cli_today(cli), cli->arena, &entries, &count));
	struct interest_line *lines = arena_array(cli->arena, struct interest_line, count + 1);
	for (size_t i = 0; i < count; i++) {
		bool wanted = named == 0;
		for (size_t k = 0; k < named; k++) wanted |= ids[k] == entries[i].item_id;
		if (wanted && entries[i].interest + entries[i].fee > 0) lines[kept++] = (struct interest_line){ entries[i].item_id, entries[i].interest, entries[i].fee };
	}
	out->note = (struct interest_note_new){ who.id, cli->company.currency, lines, kept };
	return STATUS_FINE;
}

struct status command_interest_note(struct cli *cli, int *exit_status)
{
	struct noting noting = { 0 };
	const char *code = NULL, *names[ITEMS_MOST];
	int count = 0, named = 0;
	TRY(cli_options(cli, (const struct cli_option[]){ { "--item", .list = names, .list_limit = ITEMS_MOST, .list_count = &named }, { 0 } }, &code, 1, &count));
	if (!code) return status_make(STATUS_INVALID, "Give the customer's code.");
	TRY(cli_company(cli));
	struct db *db = NULL;
	TRY(cli_read(cli, &db));
	struct status status = gather(cli, db, code, names, (size_t)named, &noting);
	cli_release(cli, db);
	TRY(status);
	TRY(cli_change(cli, do_make, &noting));
	*exit_status = 0;
	if (cli->json) cli_json(cli, json_pack("{s:I, s:I}", "id", (json_int_t)noting.id, "items", (json_int_t)noting.note.count));
	else fprintf(cli_out(cli), cli_tr(cli, "Note %lld made.\n"), (long long)noting.id);
	return STATUS_FINE;
}

struct status command_interest_notes(struct cli *cli, int *exit_status)
{
	const char *code = NULL;
	int found = 0;
	TRY(cli_options(cli, (const struct cli_option[]){ { 0 } }, &code, 1, &found));
	if (!code) return status_make(STATUS_INVALID, "Give the customer's code.");
	TRY(cli_company(cli));
	struct db *db = NULL;
	struct customer who;
	struct interest_note *notes;
	size_t count;
	TRY(cli_read(cli, &db));
	struct status status = customer_find(db, &cli->viewer, cli->company.id, code, cli->arena, &who);
	if (!status.code) status = interest_note_list(db, &cli->viewer, cli->company.id, who.id, cli->arena, &notes, &count);
	cli_release(cli, db);
	TRY(status);
	*exit_status = 0;
	json_t *rows = json_array();
	struct cli_table *table = cli_table_new(cli, "rlrrr", (const char *const[]){ "Id", "Number", "Claimed", "Paid", "Given up" });
	for (size_t i = 0; i < count; i++) {
		const struct interest_note *note = &notes[i];
		char day[11];
		day_format(note->day, day);
		json_array_append_new(rows, json_pack("{s:I, s:s, s:s, s:s, s:I, s:I, s:I, s:I, s:b}", "id", (json_int_t)note->id, "number", note->number, "date", day, "currency",
			note->currency, "interest", (json_int_t)note->interest, "fee", (json_int_t)note->fee, "paid", (json_int_t)note->paid, "waived", (json_int_t)note->waived,
			"cancelled", note->cancelled));
		cleanup_text struct text claimed = { 0 }, paid = { 0 }, waived = { 0 };
		words_amount(&claimed, cli->lang, note->interest + note->fee, note->currency);
		words_amount(&paid, cli->lang, note->paid, note->currency);
		words_amount(&waived, cli->lang, note->waived, note->currency);
		cli_table_row(table, (const char *const[]){ arena_printf(cli->arena, "%lld", (long long)note->id), note->number, arena_strdup(cli->arena, text_cstr(&claimed)),
			arena_strdup(cli->arena, text_cstr(&paid)), arena_strdup(cli->arena, text_cstr(&waived)) });
	}
	if (cli->json) {
		cli_json(cli, json_pack("{s:o}", "notes", rows));
		return STATUS_FINE;
	}
	json_decref(rows);
	cli_table_print(table);
	return STATUS_FINE;
}

static struct status on_one(struct cli *cli, cli_work *work, int *exit_status)
{
	struct noting noting = { 0 };
	const char *id = NULL, *amount = NULL;
	int count = 0;
	TRY(cli_options(cli, (const struct cli_option[]){ { "--amount", .value = &amount }, { "--reason", .value = &noting.words }, { 0 } }, &id, 1, &count));
	if (!id || !text_parse_int(id, strlen(id), &noting.id)) return status_make(STATUS_INVALID, "Give the note's id: interest notes CODE lists them.");
	TRY(cli_company(cli));
	if (amount) TRY(cli_amount("--amount", amount, cli->company.currency, &noting.amount));
	TRY(cli_change(cli, work, &noting));
	*exit_status = 0;
	if (cli->json) cli_json(cli, json_pack("{s:I}", "id", (json_int_t)noting.id));
	return STATUS_FINE;
}

struct status command_interest_pay(struct cli *cli, int *exit_status) { return on_one(cli, do_pay, exit_status); }
struct status command_interest_waive(struct cli *cli, int *exit_status) { return on_one(cli, do_waive, exit_status); }
struct status command_interest_cancel(struct cli *cli, int *exit_status) { return on_one(cli, do_cancel, exit_status); }
