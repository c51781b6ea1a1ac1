/* mandate add|end|list, bill draw|list|step|remit: what we present ourselves, and the files for the bank. */
#include "cli/commands.h"

#include "base/day.h"
#include "base/words.h"
#include "cli/file_out.h"
#include "ledger/remittance.h"

#include <string.h>

enum { ITEMS_MOST = 200 };

struct presenting {
	struct mandate_new mandate;
	struct instrument_new instrument;
	struct remittance_new remittance;
	int64_t ids[REMITTANCE_LINES], id;
	const char *why, *step;
	int32_t day;
};

static struct status do_mandate(struct change *change, void *context)
{
	struct presenting *p = context;
	return mandate_add(change, &p->mandate, &p->id);
}
static struct status do_end(struct change *change, void *context) { return mandate_end(change, ((struct presenting *)context)->id, ((struct presenting *)context)->why); }
static struct status do_draw(struct change *change, void *context)
{
	struct presenting *p = context;
	return instrument_draw(change, &p->instrument, &p->id);
}
static struct status do_remit(struct change *change, void *context)
{
	struct presenting *p = context;
	return remittance_make(change, &p->remittance, &p->id);
}
static struct status do_step(struct change *change, void *context)
{
	struct presenting *p = context;
	if (strcmp(p->step, "send") == 0) return instrument_send(change, p->id);
	if (strcmp(p->step, "accept") == 0) return instrument_accept(change, p->id, p->day);
	if (strcmp(p->step, "refuse") == 0) return instrument_refuse(change, p->id, p->why);
	if (strcmp(p->step, "paid") == 0) return instrument_paid(change, p->id, p->day);
	if (strcmp(p->step, "unpaid") == 0) return instrument_back(change, p->id, p->why, p->day);
	if (strcmp(p->step, "cancel") == 0) return instrument_cancel(change, p->id, p->why);
	return status_make(STATUS_INVALID, "Give a step: send, accept, refuse, paid, unpaid or cancel.");
}

static json_t *day_json(int32_t day)
{
	char iso[11];
	if (day == DAY_NONE) return json_null();
	day_format(day, iso);
	return json_string(iso);
}

static struct status made(struct cli *cli, int64_t id, int *exit_status)
{
	*exit_status = 0;
	if (cli->json) cli_json(cli, json_pack("{s:I}", "id", (json_int_t)id));
	return STATUS_FINE;
}

static struct status find_customer(struct cli *cli, const char *code, int64_t *id)
{
	struct db *db = NULL;
	struct customer who;
	TRY(cli_read(cli, &db));
	struct status status = customer_find(db, &cli->viewer, cli->company.id, code, cli->arena, &who);
	cli_release(cli, db);
	*id = status.code ? 0 : who.id;
	return status;
}

struct status command_mandate_add(struct cli *cli, int *exit_status)
{
	struct presenting p = { .mandate = { .scheme = "core", .signed_day = DAY_NONE } };
	const char *code = NULL;
	int count = 0;
	TRY(cli_options(cli, (const struct cli_option[]){ { "--rum", .value = &p.mandate.rum }, { "--type", .value = &p.mandate.scheme }, { "--iban", .value = &p.mandate.iban },
		{ "--bic", .value = &p.mandate.bic }, { "--debtor", .value = &p.mandate.debtor }, { "--signed", .day = &p.mandate.signed_day }, { 0 } }, &code, 1, &count));
	if (!code || !p.mandate.rum || !p.mandate.iban) return status_make(STATUS_INVALID, "Give the customer's code, --rum, --iban and --signed DATE.");
	TRY(cli_company(cli));
	TRY(find_customer(cli, code, &p.mandate.customer_id));
	TRY(cli_change(cli, do_mandate, &p));
	return made(cli, p.id, exit_status);
}

static struct status read_id(const char *text, int64_t *id)
{
	if (text && text_parse_int(text, strlen(text), id)) return STATUS_FINE;
	return status_make(STATUS_INVALID, "Give its id: the list shows them.");
}

struct status command_mandate_end(struct cli *cli, int *exit_status)
{
	struct presenting p = { 0 };
	const char *id = NULL;
	int count = 0;
	TRY(cli_options(cli, (const struct cli_option[]){ { "--why", .value = &p.why }, { 0 } }, &id, 1, &count));
	TRY(read_id(id, &p.id));
	TRY(cli_company(cli));
	TRY(cli_change(cli, do_end, &p));
	return made(cli, p.id, exit_status);
}

struct status command_mandate_list(struct cli *cli, int *exit_status)
{
	const char *code = NULL;
	int64_t customer = 0;
	TRY(cli_options(cli, (const struct cli_option[]){ { "--customer", .value = &code }, { 0 } }, NULL, 0, NULL));
	TRY(cli_company(cli));
	if (code) TRY(find_customer(cli, code, &customer));
	struct db *db = NULL;
	struct mandate *list;
	size_t count;
	TRY(cli_read(cli, &db));
	struct status status = mandate_list(db, &cli->viewer, cli->company.id, customer, 0, cli->arena, &list, &count);
	cli_release(cli, db);
	TRY(status);
	*exit_status = 0;
	json_t *rows = json_array();
	struct cli_table *table = cli_table_new(cli, "rlllll", (const char *const[]){ "No.", "Customer", "Reference", "Type", "IBAN", "Ended" });
	for (size_t i = 0; i < count; i++) {
		const struct mandate *one = &list[i];
		json_array_append_new(rows, json_pack("{s:I, s:s, s:s, s:s, s:s, s:s, s:o, s:o, s:o, s:o, s:b}", "id", (json_int_t)one->id, "customer", one->customer_code, "rum", one->rum,
			"type", one->scheme, "iban", one->iban, "bic", one->bic, "signed_on", day_json(one->signed_day), "last_used_on", day_json(one->last_used_day), "ended_on",
			day_json(one->ended_day), "lapses_on", day_json(mandate_lapses(one)), "usable", mandate_usable(one, cli_today(cli))));
		char ended[11] = "";
		if (one->ended_day != DAY_NONE) day_format(one->ended_day, ended);
		cli_table_row(table, (const char *const[]){ arena_printf(cli->arena, "%lld", (long long)one->id), one->customer_code, one->rum, one->scheme, one->iban,
			arena_strdup(cli->arena, ended) });
	}
	if (cli->json) {
		cli_json(cli, json_pack("{s:o}", "mandates", rows));
		return STATUS_FINE;
	}
	json_decref(rows);
	cli_table_print(table);
	return STATUS_FINE;
}

struct status command_bill_draw(struct cli *cli, int *exit_status)
{
	struct presenting p = { .instrument = { .due_day = DAY_NONE } };
	const char *code = NULL, *names[ITEMS_MOST], *again = NULL;
	int64_t items[ITEMS_MOST];
	int count = 0, named = 0;
	TRY(cli_options(cli, (const struct cli_option[]){ { "--kind", .value = &p.instrument.kind }, { "--due", .day = &p.instrument.due_day }, { "--iban", .value = &p.instrument.iban },
		{ "--note", .value = &p.instrument.note }, { "--to-accept", .flag = &p.instrument.to_accept }, { "--again", .value = &again },
		{ "--corrected", .flag = &p.instrument.corrected }, { "--item", .list = names, .list_limit = ITEMS_MOST, .list_count = &named }, { 0 } }, &code, 1, &count));
	if (!code || !p.instrument.kind || (!named && !again)) return status_make(STATUS_INVALID, "Give the customer's code, --kind lcr, bor or debit, --due DATE and --item NUMBER (or --again ID).");
	if (again) TRY(read_id(again, &p.instrument.before_id));
	TRY(cli_company(cli));
	TRY(find_customer(cli, code, &p.instrument.customer_id));
	struct db *db = NULL;
	TRY(cli_read(cli, &db));
	struct status status = STATUS_FINE;
	for (int i = 0; i < named && !status.code; i++) {
		struct item item;
		status = item_find(db, &cli->viewer, cli->company.id, p.instrument.customer_id, names[i], &item);
		if (!status.code) items[i] = item.id;
	}
	cli_release(cli, db);
	TRY(status);
	p.instrument.items = items, p.instrument.item_count = (size_t)named;
	TRY(cli_change(cli, do_draw, &p));
	return made(cli, p.id, exit_status);
}

struct status command_bill_step(struct cli *cli, int *exit_status)
{
	struct presenting p = { .day = DAY_NONE };
	const char *words[2] = { NULL, NULL };
	int count = 0;
	TRY(cli_options(cli, (const struct cli_option[]){ { "--day", .day = &p.day }, { "--code", .value = &p.why }, { "--note", .value = &p.why }, { 0 } }, words, 2, &count));
	TRY(read_id(words[0], &p.id));
	p.step = words[1] ? words[1] : "";
	TRY(cli_company(cli));
	if (p.day == DAY_NONE) p.day = cli_today(cli);
	TRY(cli_change(cli, do_step, &p));
	return made(cli, p.id, exit_status);
}

struct status command_bill_list(struct cli *cli, int *exit_status)
{
	const char *code = NULL;
	bool all = false;
	struct instrument_filter filter = { 0 };
	TRY(cli_options(cli, (const struct cli_option[]){ { "--customer", .value = &code }, { "--all", .flag = &all }, { 0 } }, NULL, 0, NULL));
	TRY(cli_company(cli));
	if (code) TRY(find_customer(cli, code, &filter.customer_id));
	filter.open_only = !all;
	struct db *db = NULL;
	struct instrument *list;
	size_t count;
	TRY(cli_read(cli, &db));
	struct status status = instrument_list(db, &cli->viewer, cli->company.id, filter, cli->arena, &list, &count);
	cli_release(cli, db);
	TRY(status);
	*exit_status = 0;
	json_t *rows = json_array();
	struct cli_table *table = cli_table_new(cli, "rlllrl", (const char *const[]){ "No.", "Customer", "What", "State", "Amount", "Due date" });
	for (size_t i = 0; i < count; i++) {
		const struct instrument *one = &list[i];
		char reference[INSTRUMENT_REFERENCE], due[11];
		instrument_reference(one->id, reference);
		json_t *items = json_array();
		for (size_t k = 0; k < one->item_count; k++) json_array_append_new(items, json_string(one->items[k].number));
		json_array_append_new(rows, json_pack("{s:I, s:s, s:s, s:s, s:s, s:I, s:s, s:o, s:o, s:o, s:s, s:i, s:o, s:b}", "id", (json_int_t)one->id, "reference", reference, "customer",
			one->customer_code, "kind", one->kind, "state", one->state, "amount", (json_int_t)one->amount, "currency", one->currency, "due", day_json(one->due_day), "remitted_on",
			day_json(one->remitted_day), "paid_on", day_json(one->paid_day), "return_code", one->back_code, "attempt", one->attempt, "items", items, "matured",
			instrument_matured(one, cli_today(cli))));
		day_format(one->due_day, due);
		cleanup_text struct text amount = { 0 };
		words_amount(&amount, cli->lang, one->amount, one->currency);
		cli_table_row(table, (const char *const[]){ arena_printf(cli->arena, "%lld", (long long)one->id), one->customer_code, one->kind,
			cli_tr(cli, instrument_state_label(one, cli_today(cli))), arena_strdup(cli->arena, text_cstr(&amount)), arena_strdup(cli->arena, due) });
	}
	if (cli->json) {
		cli_json(cli, json_pack("{s:o}", "instruments", rows));
		return STATUS_FINE;
	}
	json_decref(rows);
	cli_table_print(table);
	return STATUS_FINE;
}

struct status command_bill_remit(struct cli *cli, int *exit_status)
{
	struct presenting *p = arena_make(cli->arena, struct presenting);
	const char *to = NULL, *ids[ITEMS_MOST];
	int count = 0;
	TRY(cli_options(cli, (const struct cli_option[]){ { "--to", .value = &to }, { "--discount", .flag = &p->remittance.discount }, { 0 } }, ids, ITEMS_MOST, &count));
	if (!count || !to) return status_make(STATUS_INVALID, "Give the ids of bills or debits, and --to FILE.");
	for (int i = 0; i < count; i++) TRY(read_id(ids[i], &p->ids[i]));
	p->remittance.instruments = p->ids, p->remittance.count = (size_t)count;
	TRY(cli_company(cli));
	p->remittance.made_minutes = company_minutes(&cli->company, &cli->clock);
	TRY(cli_change(cli, do_remit, p));
	struct db *db = NULL;
	struct remittance one;
	const char *bytes = "";
	size_t len = 0;
	TRY(cli_read(cli, &db));
	struct status status = remittance_file(db, &cli->viewer, cli->company.id, p->id, cli->arena, &one, &bytes, &len);
	cli_release(cli, db);
	TRY(status);
	TRY(file_out(cli, to, bytes, len));
	*exit_status = 0;
	if (cli->json) cli_json(cli, json_pack("{s:I, s:s, s:s, s:I, s:I}", "id", (json_int_t)one.id, "kind", one.kind, "path", to, "count", (json_int_t)one.count, "total", (json_int_t)one.total));
	else fprintf(cli_out(cli), cli_tr(cli, "Remittance %lld written, %lld in it.\n"), (long long)one.id, (long long)one.count);
	return STATUS_FINE;
}
