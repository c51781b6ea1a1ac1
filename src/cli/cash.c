/* cash [--state S], cash apply --certain | LINE, cash undo LINE, cash ignore LINE, cash wait LINE, cash accounts, cash payers: bank
 * lines, what is proposed for each, and what is decided. */
#include "cli/commands.h"

#include "base/day.h"
#include "base/memory.h"
#include "base/words.h"
#include "cash/bank.h"
#include "cash/fill.h"
#include "cash/free.h"
#include "cash/lettering.h"
#include "cash/list.h"
#include "cash/twice.h"
#include "ledger/customer.h"
#include "ledger/item.h"

#include <inttypes.h>
#include <string.h>

enum { ITEMS_MAX = 200 };

static const char *amount_words(struct cli *cli, int64_t amount, const char *currency)
{
	cleanup_text struct text out = { 0 };
	words_amount(&out, cli->lang, amount, currency);
	return arena_strdup(cli->arena, text_cstr(&out));
}

static const char *day_words(struct cli *cli, int32_t day)
{
	cleanup_text struct text out = { 0 };
	if (day != DAY_NONE) words_date(&out, cli->lang, day);
	return arena_strdup(cli->arena, text_cstr(&out));
}

static const char *proposal_words(struct cli *cli, const struct cash_row *row)
{
	cleanup_text struct text out = { 0 };
	if (!row->choice_count) return arena_strdup(cli->arena, row->state == LINE_IGNORED ? row->reason : row->doubt);
	const struct cash_choice *choice = &row->choices[0];
	text_add(&out, choice->customer_code);
	for (size_t i = 0; i < choice->item_count && i < 4; i++)
		text_addf(&out, "%s%s %s", i ? ", " : " ", choice->items[i].number, amount_words(cli, choice->items[i].amount, row->currency));
	if (choice->item_count > 4) text_addf(&out, " +%zu", choice->item_count - 4);
	if (choice->remainder) text_addf(&out, " %s", cli_tr(cli, "on account"));
	return arena_strdup(cli->arena, text_cstr(&out));
}

static void list_print(struct cli *cli, const struct cash_list *list)
{
	struct cli_table *table = cli_table_new(cli, "rllrlrll", (const char *const[]){ "ID", "Date", "Payer", "Amount", "State", "%", "Proposal", "Why" });
	for (size_t i = 0; i < list->count; i++) {
		const struct cash_row *row = &list->rows[i];
		const struct cash_choice *choice = row->choice_count ? &row->choices[0] : NULL;
		cli_table_row(table, (const char *const[]){
			arena_printf(cli->arena, "%" PRId64, row->id), day_words(cli, row->day), *row->payer ? row->payer : *row->text ? row->text : row->label,
			amount_words(cli, row->amount, row->currency), cash_line_state_code(row->state),
			choice && row->state < LINE_NONE ? arena_printf(cli->arena, "%.0f", choice->confidence * 100) : "", proposal_words(cli, row),
			choice && choice->reason_count ? choice->reasons[0] : "" });
	}
	cli_table_print(table);
	fprintf(cli_out(cli), cli_tr(cli, "%lld certain, %lld proposed, %lld undecided, %lld without a match.\n"), (long long)list->sums[LINE_CERTAIN].count,
	        (long long)list->sums[LINE_PROPOSED].count, (long long)list->sums[LINE_TIE].count, (long long)list->sums[LINE_NONE].count);
}

struct status command_cash(struct cli *cli, int *exit_status)
{
	struct cash_filter filter = { 0 };
	TRY(cli_options(cli, (const struct cli_option[]){ { "--state", .value = &filter.state }, { 0 } }, NULL, 0, NULL));
	TRY(cli_company(cli));
	cli->viewer.lang = cli->lang;
	struct db *db;
	struct cash_list list;
	TRY(cli_read(cli, &db));
	struct status status = cash_list(db, &cli->viewer, cli->company.id, cli_today(cli), &filter, cli->arena, &list);
	cli_release(cli, db);
	TRY(status);
	*exit_status = 0;
	if (cli->json)
		cli_json(cli, cash_list_json(&list));
	else
		list_print(cli, &list);
	return STATUS_FINE;
}

/* --- deciding --------------------------------------------------------------------------------------------------------------------- */
static struct status line_argument(struct cli *cli, const struct cli_option *options, int64_t *line)
{
	const char *text = NULL;
	int count = 0;
	TRY(cli_options(cli, options, &text, 1, &count));
	if (count != 1 || !text_parse_int(text, strlen(text), line))
		return status_make(STATUS_INVALID, "Name the bank line by its id: encours cash lists them.");
	return cli_company(cli);
}

/* The line as it stands now, for JSON and for people. */
static struct status show_line(struct cli *cli, int64_t line)
{
	struct db *db;
	struct cash_list list;
	TRY(cli_read(cli, &db));
	struct status status = cash_list(db, &cli->viewer, cli->company.id, cli_today(cli), &(struct cash_filter){ .line_id = line }, cli->arena, &list);
	cli_release(cli, db);
	TRY(status);
	if (cli->json)
		cli_json(cli, cash_list_json(&list));
	else
		list_print(cli, &list);
	return STATUS_FINE;
}

struct applying {
	struct cli *cli;
	int64_t line;
	const char *items[ITEMS_MAX];
	int item_count;
	const char *customer, *difference;
	const struct cash_row *row; /* as proposed */
};

/* "FA25-001", or "FA25-001=12,50" */
static struct status read_wish(struct applying *a, struct change *change, const char *text, int64_t customer_id, struct cash_wish *out)
{
	const char *equals = strrchr(text, '=');
	struct item item;
	const char *number = equals ? arena_strndup(a->cli->arena, text, (size_t)(equals - text)) : text;
	TRY(item_find(change->db, change->viewer, change->company.id, customer_id, number, &item));
	*out = (struct cash_wish){ .item_id = item.id };
	return equals ? cli_amount("--item", equals + 1, item.currency, &out->amount) : STATUS_FINE;
}

static struct status apply_wishes(struct change *change, void *context)
{
	struct applying *a = context;
	struct customer customer = { 0 };
	struct cash_wish wishes[ITEMS_MAX];
	struct cash_filled filled;
	int64_t application;
	if (a->customer) TRY(customer_find(change->db, change->viewer, change->company.id, a->customer, a->cli->arena, &customer));
	for (int i = 0; i < a->item_count; i++) TRY(read_wish(a, change, a->items[i], customer.id, &wishes[i]));
	TRY(cash_fill(change->db, change->viewer, change->company.id, a->line, wishes, (size_t)a->item_count, a->difference, a->cli->arena, &filled));
	return cash_apply(change, &(struct cash_decision){ .line_id = a->line, .parts = filled.parts, .part_count = filled.part_count,
	                                                   .differences = filled.differences, .difference_count = filled.difference_count,
	                                                   .customer_id = customer.id, .teach = true, .confidence = 1 }, &application);
}

static struct status apply_proposal(struct change *change, void *context)
{
	const struct applying *a = context;
	return cash_apply_choice(change, a->row, &a->row->choices[0], false, true);
}

static struct status apply_as_proposed(struct applying *a)
{
	struct db *db;
	struct cash_list list;
	TRY(cli_read(a->cli, &db));
	struct status status = cash_list(db, &a->cli->viewer, a->cli->company.id, cli_today(a->cli), &(struct cash_filter){ .line_id = a->line },
	                                 a->cli->arena, &list);
	cli_release(a->cli, db);
	TRY(status);
	a->row = &list.rows[0];
	if (!a->row->choice_count && a->row->state == LINE_NONE)
		return status_make(STATUS_INVALID, "Nothing is proposed for line %lld. Name items with --item, or a customer with --customer.", (long long)a->line);
	if (a->row->state == LINE_TIE)
		return status_make(STATUS_INVALID, "Several readings fit line %lld equally. Name the items with --item.", (long long)a->line);
	if (!a->row->choice_count) return status_make(STATUS_CONFLICT, "This line was decided already.");
	return cli_change(a->cli, apply_proposal, a);
}

static struct status apply_all_certain(struct cli *cli, int *exit_status)
{
	struct cash_day day;
	TRY(cli_company(cli));
	cli->viewer.lang = cli->lang;
	TRY(cash_apply_certain(cli->store, &cli->viewer, cli->company.id, cli_today(cli), cli_now(cli), false, NULL, 0, &day));
	*exit_status = day.refused ? 1 : 0;
	if (cli->json)
		cli_json(cli, json_pack("{s:I, s:I, s:I, s:s}", "applied", (json_int_t)day.applied, "amount", (json_int_t)day.amount, "refused",
		                        (json_int_t)day.refused, "currency", cli->company.currency));
	else
		fprintf(cli_out(cli), cli_tr(cli, "%lld bank lines applied, %s.\n"), (long long)day.applied, amount_words(cli, day.amount, cli->company.currency));
	return STATUS_FINE;
}

struct status command_cash_apply(struct cli *cli, int *exit_status)
{
	struct applying a = { .cli = cli };
	bool certain = false;
	const char *text = NULL;
	int count = 0;
	TRY(cli_options(cli, (const struct cli_option[]){ { "--certain", .flag = &certain }, { "--customer", .value = &a.customer },
		{ "--difference", .value = &a.difference }, { "--item", .list = a.items, .list_limit = ITEMS_MAX, .list_count = &a.item_count }, { 0 } },
		&text, 1, &count));
	if (certain) {
		if (count || a.item_count || a.customer) return status_make(STATUS_INVALID, "--certain applies all that is certain: name no line with it.");
		return apply_all_certain(cli, exit_status);
	}
	if (count != 1 || !text_parse_int(text, strlen(text), &a.line))
		return status_make(STATUS_INVALID, "Name the bank line by its id, or say --certain: encours cash lists them.");
	TRY(cli_company(cli));
	cli->viewer.lang = cli->lang;
	TRY(a.item_count || a.customer ? cli_change(cli, apply_wishes, &a) : apply_as_proposed(&a));
	*exit_status = 0;
	return show_line(cli, a.line);
}

struct one {
	int64_t line;
	const char *text;
};
static struct status undo(struct change *change, void *context)
{
	return cash_undo(change, ((struct one *)context)->line);
}
static struct status ignore(struct change *change, void *context)
{
	const struct one *one = context;
	return cash_ignore(change, one->line, one->text);
}
static struct status put_waiting(struct change *change, void *context)
{
	const struct one *one = context;
	return cash_wait(change, one->line, one->text);
}

static struct status decide(struct cli *cli, int *exit_status, cli_work *work, const char *option)
{
	struct one one = { 0 };
	const struct cli_option options[] = { { option, .value = &one.text }, { 0 } };
	TRY(line_argument(cli, option ? options : NULL, &one.line));
	cli->viewer.lang = cli->lang;
	TRY(cli_change(cli, work, &one));
	*exit_status = 0;
	return show_line(cli, one.line);
}

struct status command_cash_undo(struct cli *cli, int *exit_status)
{
	return decide(cli, exit_status, undo, NULL);
}
struct status command_cash_ignore(struct cli *cli, int *exit_status)
{
	return decide(cli, exit_status, ignore, "--reason");
}
struct status command_cash_wait(struct cli *cli, int *exit_status)
{
	return decide(cli, exit_status, put_waiting, "--note");
}

/* --- accounts and payers ---------------------------------------------------------------------------------------------------------------- */
struct status command_cash_accounts(struct cli *cli, int *exit_status)
{
	TRY(cli_options(cli, NULL, NULL, 0, NULL));
	TRY(cli_company(cli));
	struct db *db;
	struct bank_account_row *rows;
	size_t count;
	TRY(cli_read(cli, &db));
	struct status status = bank_account_list(db, &cli->viewer, cli->company.id, cli->arena, &rows, &count);
	cli_release(cli, db);
	TRY(status);
	*exit_status = 0;
	if (cli->json) {
		cli_json(cli, json_pack("{s:o}", "accounts", bank_accounts_json(rows, count)));
		return STATUS_FINE;
	}
	struct cli_table *table = cli_table_new(cli, "llrlrl", (const char *const[]){ "Account", "Name", "Balance", "On", "Waiting", "" });
	for (size_t i = 0; i < count; i++)
		cli_table_row(table, (const char *const[]){ rows[i].account, rows[i].name, rows[i].known ? amount_words(cli, rows[i].balance, rows[i].currency) : "–",
			day_words(cli, rows[i].balance_day), amount_words(cli, rows[i].open_amount, rows[i].currency),
			rows[i].gap ? cli_tr(cli, "a statement is missing") : "" });
	cli_table_print(table);
	return STATUS_FINE;
}

struct status command_cash_payers(struct cli *cli, int *exit_status)
{
	TRY(cli_options(cli, NULL, NULL, 0, NULL));
	TRY(cli_company(cli));
	struct db *db;
	struct cash_payer *rows;
	size_t count;
	TRY(cli_read(cli, &db));
	struct status status = cash_payer_list(db, &cli->viewer, cli->company.id, cli->arena, &rows, &count);
	cli_release(cli, db);
	TRY(status);
	*exit_status = 0;
	if (cli->json) {
		cli_json(cli, json_pack("{s:o}", "payers", cash_payers_json(rows, count)));
		return STATUS_FINE;
	}
	struct cli_table *table = cli_table_new(cli, "rlllr", (const char *const[]){ "ID", "Payer", "IBAN", "Customer", "Times" });
	for (size_t i = 0; i < count; i++)
		cli_table_row(table, (const char *const[]){ arena_printf(cli->arena, "%" PRId64, rows[i].id), rows[i].name, rows[i].iban,
			arena_printf(cli->arena, "%s %s", rows[i].customer_code, rows[i].customer_name), arena_printf(cli->arena, "%" PRId64, rows[i].times) });
	cli_table_print(table);
	return STATUS_FINE;
}

static struct status forget(struct change *change, void *context)
{
	return cash_payer_forget(change, ((struct one *)context)->line);
}

struct status command_cash_payer_forget(struct cli *cli, int *exit_status)
{
	struct one one = { 0 };
	TRY(line_argument(cli, NULL, &one.line));
	TRY(cli_change(cli, forget, &one));
	*exit_status = 0;
	if (cli->json)
		cli_json(cli, json_pack("{s:I}", "forgotten", (json_int_t)one.line));
	else
		fputs(cli_tr(cli, "This payer is forgotten.\n"), cli_out(cli));
	return STATUS_FINE;
}

/* --- a payment of the bank and one of the books ------------------------------------------------------------------------------------ */
struct status command_cash_twice(struct cli *cli, int *exit_status)
{
	TRY(cli_options(cli, (const struct cli_option[]){ { 0 } }, NULL, 0, NULL));
	TRY(cli_company(cli));
	struct db *db;
	struct cash_twice_row *rows;
	size_t count;
	TRY(cli_read(cli, &db));
	struct status status = cash_twice_list(db, &cli->viewer, cli->company.id, cli->arena, &rows, &count);
	cli_release(cli, db);
	TRY(status);
	*exit_status = 0;
	if (cli->json) {
		cli_json(cli, json_pack("{s:o}", "twice", cash_twice_json(rows, count)));
		return STATUS_FINE;
	}
	struct cli_table *table = cli_table_new(cli, "rrlrlll", (const char *const[]){ "Payment", "Item", "Customer", "Amount", "At the bank", "In the books", "Number" });
	for (size_t i = 0; i < count; i++)
		cli_table_row(table, (const char *const[]){
			arena_printf(cli->arena, "%" PRId64, rows[i].cash_id), arena_printf(cli->arena, "%" PRId64, rows[i].item_id), rows[i].customer_code,
			amount_words(cli, rows[i].amount, rows[i].currency), day_words(cli, rows[i].bank_day), day_words(cli, rows[i].book_day), rows[i].number });
	cli_table_print(table);
	return STATUS_FINE;
}

struct pair {
	int64_t cash, item;
	bool same;
};

static struct status decide_twice(struct change *change, void *context)
{
	struct pair *pair = context;
	return cash_twice_decide(change, pair->cash, pair->item, pair->same);
}

static struct status answer_twice(struct cli *cli, bool same, int *exit_status)
{
	const char *words[2];
	struct pair pair = { .same = same };
	int count = 0;
	TRY(cli_options(cli, (const struct cli_option[]){ { 0 } }, words, 2, &count));
	if (count != 2 || !text_parse_int(words[0], strlen(words[0]), &pair.cash) || !text_parse_int(words[1], strlen(words[1]), &pair.item))
		return status_make(STATUS_INVALID, "Name the payment and the item by their ids: encours cash twice lists them.");
	TRY(cli_company(cli));
	TRY(cli_change(cli, decide_twice, &pair));
	*exit_status = 0;
	if (cli->json)
		cli_json(cli, json_pack("{s:I, s:I, s:b}", "payment", (json_int_t)pair.cash, "item", (json_int_t)pair.item, "same", same));
	else
		fprintf(cli_out(cli), "%s\n", same ? cli_tr(cli, "Counted once: the books’ line stands for both.") : cli_tr(cli, "Two payments: both count."));
	return STATUS_FINE;
}

struct status command_cash_same(struct cli *cli, int *exit_status)
{
	return answer_twice(cli, true, exit_status);
}

struct status command_cash_another(struct cli *cli, int *exit_status)
{
	return answer_twice(cli, false, exit_status);
}

/* --- manual matches ------------------------------------------------------------------------------------------------------------------- */
struct status command_cash_credits(struct cli *cli, int *exit_status)
{
	bool oldest = false;
	TRY(cli_options(cli, (const struct cli_option[]){ { "--oldest", .flag = &oldest }, { 0 } }, NULL, 0, NULL));
	TRY(cli_company(cli));
	cli->viewer.lang = cli->lang;
	struct db *db;
	struct cash_free list;
	TRY(cli_read(cli, &db));
	struct status status = cash_free_list(db, &cli->viewer, cli->company.id, cli_today(cli), oldest, cli->arena, &list);
	cli_release(cli, db);
	TRY(status);
	*exit_status = 0;
	if (cli->json) {
		cli_json(cli, cash_free_json(&list));
		return STATUS_FINE;
	}
	struct cli_table *table = cli_table_new(cli, "rllrll", (const char *const[]){ "ID", "Customer", "Number", "Free", "State", "Proposal" });
	for (size_t i = 0; i < list.count; i++) {
		const struct cash_free_row *row = &list.rows[i];
		cleanup_text struct text items = { 0 };
		for (size_t k = 0; k < row->item_count && k < 4; k++)
			text_addf(&items, "%s%s %s", k ? ", " : "", row->items[k].number, amount_words(cli, row->items[k].amount, row->currency));
		cli_table_row(table, (const char *const[]){ arena_printf(cli->arena, "%" PRId64, row->credit_id),
			arena_printf(cli->arena, "%s %s", row->customer_code, row->customer_name), row->number, amount_words(cli, row->open, row->currency),
			cash_line_state_code(row->state), arena_strdup(cli->arena, text_cstr(&items)) });
	}
	cli_table_print(table);
	fprintf(cli_out(cli), cli_tr(cli, "%s free; the proposals would settle %s, of which %s is late.\n"), amount_words(cli, list.unallocated, list.currency),
	        amount_words(cli, list.settled, list.currency), amount_words(cli, list.overdue_settled, list.currency));
	return STATUS_FINE;
}

struct matching {
	bool oldest;
	int64_t ids[ITEMS_MAX], application, amount;
	size_t count;
};

static struct status match_credits(struct change *change, void *context)
{
	struct matching *m = context;
	return cash_free_match(change, m->oldest, m->ids, m->count, &m->application, &m->amount);
}

struct status command_cash_match(struct cli *cli, int *exit_status)
{
	struct matching m = { 0 };
	const char *texts[ITEMS_MAX];
	int count = 0;
	TRY(cli_options(cli, (const struct cli_option[]){ { "--oldest", .flag = &m.oldest }, { 0 } }, texts, ITEMS_MAX, &count));
	for (int i = 0; i < count; i++)
		if (!text_parse_int(texts[i], strlen(texts[i]), &m.ids[m.count++])) return status_make(STATUS_INVALID, "Name the credits by their ids: encours cash credits lists them.");
	TRY(cli_company(cli));
	TRY(cli_change(cli, match_credits, &m));
	*exit_status = 0;
	if (cli->json)
		cli_json(cli, json_pack("{s:I, s:I}", "match", (json_int_t)m.application, "amount", (json_int_t)m.amount));
	else
		fprintf(cli_out(cli), cli_tr(cli, "Match %lld: %s matched by hand.\n"), (long long)m.application, amount_words(cli, m.amount, cli->company.currency));
	return STATUS_FINE;
}

static struct status unmatch(struct change *change, void *context)
{
	return cash_unsettle(change, ((struct one *)context)->line);
}

struct status command_cash_unmatch(struct cli *cli, int *exit_status)
{
	struct one one = { 0 };
	TRY(line_argument(cli, NULL, &one.line));
	TRY(cli_change(cli, unmatch, &one));
	*exit_status = 0;
	if (cli->json)
		cli_json(cli, json_pack("{s:I}", "undone", (json_int_t)one.line));
	else
		fputs(cli_tr(cli, "The manual match is taken back.\n"), cli_out(cli));
	return STATUS_FINE;
}

struct status command_cash_lettering(struct cli *cli, int *exit_status)
{
	int32_t from = DAY_NONE, to = DAY_NONE;
	const char *format = "csv";
	TRY(cli_options(cli, (const struct cli_option[]){ { "--from", .day = &from }, { "--to", .day = &to }, { "--format", .value = &format }, { 0 } }, NULL, 0, NULL));
	TRY(cli_company(cli));
	bool fec = strcmp(format, "fec") == 0;
	if (!fec && strcmp(format, "csv") != 0) return status_make(STATUS_INVALID, "The lettering is exported as csv or fec.");
	if (to == DAY_NONE) to = cli_today(cli);
	struct civil civil = day_civil(to);
	if (from == DAY_NONE) from = day_from_civil(civil.year, civil.month, 1);
	struct db *db;
	struct lettering lettering;
	TRY(cli_read(cli, &db));
	struct status status = cash_lettering(db, &cli->viewer, cli->company.id, from, to, cli->arena, &lettering);
	cli_release(cli, db);
	TRY(status);
	*exit_status = 0;
	if (cli->json) {
		cli_json(cli, json_pack("{s:I, s:I}", "entries", (json_int_t)lettering.entries, "lettered", (json_int_t)lettering.lettered));
		return STATUS_FINE;
	}
	cleanup_text struct text out = { 0 };
	if (fec) cash_lettering_fec(&lettering, &out);
	else cash_lettering_csv(&lettering, cli->lang, &out);
	fwrite(text_cstr(&out), 1, out.len, cli_out(cli));
	return STATUS_FINE;
}
