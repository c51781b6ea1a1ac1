/* insurance, insurance policy|limit|limits|items|mark|told: credit insurance from the command line. */
#include "cli/commands.h"

#include "base/day.h"
#include "base/memory.h"
#include "base/money.h"
#include "base/words.h"
#include "cli/file_out.h"
#include "insight/cover_report.h"
#include "intake/limit_list.h"
#include "outreach/insurer_folder.h"
#include "ledger/item.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { PAIRS_MOST = 40 };

struct insuring {
	struct insurance_policy policy;
	struct cover_decision_new decision;
	const char *step, *words;
	int64_t id, amount, customer_id;
	int32_t day;
};
static struct status do_policy(struct change *change, void *context) { return insurance_policy_save(change, &((struct insuring *)context)->policy, &((struct insuring *)context)->id); }
static struct status do_decide(struct change *change, void *context) { return cover_decide(change, &((struct insuring *)context)->decision, &((struct insuring *)context)->id); }
static struct status do_remove(struct change *change, void *context) { return cover_decision_remove(change, ((struct insuring *)context)->id, ((struct insuring *)context)->words); }
static struct status do_mark(struct change *change, void *context)
{
	const struct insuring *i = context;
	return insured_mark(change, i->id, i->step, i->day, i->amount, i->words);
}
static struct status do_told(struct change *change, void *context)
{
	const struct insuring *i = context;
	return insurer_told(change, i->customer_id, i->step, i->day, i->words);
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

static const char *money(struct cli *cli, const json_t *row, const char *name)
{
	cleanup_text struct text out = { 0 };
	const char *currency = json_string_value(json_object_get(row, "currency"));
	words_amount(&out, cli->lang, json_integer_value(json_object_get(row, name)), currency ? currency : cli->company.currency);
	return arena_strdup(cli->arena, text_cstr(&out));
}

static const char *text_of(const json_t *row, const char *name)
{
	const char *text = json_string_value(json_object_get(row, name));
	return text ? text : "";
}

/* --- what is covered, what is owed to the insurer ------------------------------------------------------------------------------ */
struct status command_insurance(struct cli *cli, int *exit_status)
{
	int32_t as_of = DAY_NONE;
	TRY(cli_options(cli, (const struct cli_option[]){ { "--as-of", .day = &as_of }, { 0 } }, NULL, 0, NULL));
	TRY(cli_company(cli));
	struct db *db = NULL;
	json_t *report = NULL;
	TRY(cli_read(cli, &db));
	struct status status = cover_report(db, &cli->viewer, cli->company.id, as_of == DAY_NONE ? cli_today(cli) : as_of, cli->arena, &report);
	cli_release(cli, db);
	TRY(status);
	*exit_status = 0;
	if (cli->json) {
		cli_json(cli, report);
		return STATUS_FINE;
	}
	size_t i;
	json_t *row;
	struct cli_table *duties = cli_table_new(cli, "lllrl", (const char *const[]){ "By when", "What", "Customer", "Amount", "Insurer" });
	json_array_foreach(json_object_get(report, "duties"), i, row)
		cli_table_row(duties, (const char *const[]){ text_of(row, "by"), cli_tr(cli, text_of(row, "label")), text_of(row, "customer"), money(cli, row, "amount"), text_of(row, "insurer") });
	cli_table_print(duties);
	fputc('\n', cli_out(cli));
	struct cli_table *table = cli_table_new(cli, "llrrrrl", (const char *const[]){ "Customer", "Name", "Outstanding", "Covered", "Not covered", "Limit", "A delivery of today" });
	json_array_foreach(json_object_get(report, "customers"), i, row)
		cli_table_row(table, (const char *const[]){ text_of(row, "customer"), text_of(row, "name"), money(cli, row, "exposed"), money(cli, row, "covered"), money(cli, row, "uncovered"),
			money(cli, row, "limit"), cli_tr(cli, text_of(row, "now_label")) });
	cli_table_print(table);
	json_decref(report);
	return STATUS_FINE;
}

struct status command_insurance_items(struct cli *cli, int *exit_status)
{
	const char *code = NULL;
	int count = 0;
	int32_t as_of = DAY_NONE;
	int64_t customer;
	TRY(cli_options(cli, (const struct cli_option[]){ { "--as-of", .day = &as_of }, { 0 } }, &code, 1, &count));
	if (!code) return status_make(STATUS_INVALID, "Give the customer's code.");
	TRY(cli_company(cli));
	TRY(find_customer(cli, code, &customer));
	struct db *db = NULL;
	json_t *report = NULL;
	TRY(cli_read(cli, &db));
	struct status status = cover_customer(db, &cli->viewer, cli->company.id, customer, as_of == DAY_NONE ? cli_today(cli) : as_of, cli->arena, &report);
	cli_release(cli, db);
	TRY(status);
	*exit_status = 0;
	if (cli->json) {
		cli_json(cli, report);
		return STATUS_FINE;
	}
	struct cli_table *table = cli_table_new(cli, "lllrrlll", (const char *const[]){ "Item", "Delivered", "Due date", "Amount due", "Covered", "Why", "Declare by", "Claim by" });
	size_t i;
	json_t *row;
	json_array_foreach(json_object_get(report, "items"), i, row)
		cli_table_row(table, (const char *const[]){ text_of(row, "item"), text_of(row, "delivered_on"), text_of(row, "due_date"), money(cli, row, "exposed"), money(cli, row, "covered"),
			cli_tr(cli, text_of(row, "label")), text_of(row, "declare_by"), text_of(row, "claim_by") });
	cli_table_print(table);
	json_decref(report);
	return STATUS_FINE;
}

struct status command_insurance_limits(struct cli *cli, int *exit_status)
{
	const char *code = NULL;
	int64_t customer = 0;
	struct insurer_decision *list;
	size_t count;
	TRY(cli_options(cli, (const struct cli_option[]){ { "--customer", .value = &code }, { 0 } }, NULL, 0, NULL));
	TRY(cli_company(cli));
	if (code) TRY(find_customer(cli, code, &customer));
	struct db *db = NULL;
	TRY(cli_read(cli, &db));
	struct status status = cover_decision_list(db, &cli->viewer, cli->company.id, customer, cli->arena, &list, &count);
	cli_release(cli, db);
	TRY(status);
	*exit_status = 0;
	json_t *rows = json_array();
	struct cli_table *table = cli_table_new(cli, "rlllrlll", (const char *const[]){ "No.", "Customer", "Insurer", "State", "Amount", "From", "Until", "Reference" });
	for (size_t i = 0; i < count; i++) {
		const struct insurer_decision *one = &list[i];
		char from[11], until[11];
		day_format(one->rule.from_day, from);
		day_format(one->rule.until_day, until);
		json_t *row = json_pack("{s:I, s:I, s:s, s:s, s:s, s:s, s:I, s:s, s:b, s:s, s:s, s:s, s:s*}", "id", (json_int_t)one->rule.id, "policy", (json_int_t)one->rule.policy_id, "customer",
			one->customer_code, "name", one->customer_name, "insurer", one->insurer, "state", cover_state_code(one->rule.state), "amount", (json_int_t)one->rule.amount, "currency",
			one->currency, "temporary", one->rule.temporary, "reference", one->reference, "note", one->note, "from", from, "until", *until ? until : NULL);
		cli_table_row(table, (const char *const[]){ arena_printf(cli->arena, "%lld", (long long)one->rule.id), one->customer_code, one->insurer, cover_state_code(one->rule.state),
			money(cli, row, "amount"), arena_strdup(cli->arena, from), arena_strdup(cli->arena, until), one->reference });
		json_array_append_new(rows, row);
	}
	if (cli->json) {
		cli_json(cli, json_pack("{s:o}", "limits", rows));
		return STATUS_FINE;
	}
	json_decref(rows);
	cli_table_print(table);
	return STATUS_FINE;
}

static struct status do_limits(struct change *change, void *context) { return limit_list_make(change, context); }

struct status command_insurance_import(struct cli *cli, int *exit_status)
{
	enum { FILE_MAX = 16 << 20 };
	const char *name = NULL, *policy = NULL;
	bool dry = false;
	int count = 0;
	int64_t policy_id = 0;
	TRY(cli_options(cli, (const struct cli_option[]){ { "--policy", .value = &policy }, { "--dry-run", .flag = &dry }, { 0 } }, &name, 1, &count));
	if (!name) return status_make(STATUS_INVALID, "Which file? encours insurance import FILE");
	if (policy && !text_parse_int(policy, strlen(policy), &policy_id)) return status_make(STATUS_INVALID, "Give the policy's id, or KEY=VALUE.");
	TRY(cli_company(cli));
	cleanup_file FILE *file = fopen(name, "re");
	if (!file) return status_make(STATUS_INVALID, "%s can't be read: %s.", name, strerror(errno));
	cleanup_free char *bytes = xmalloc(FILE_MAX + 1);
	size_t len = fread(bytes, 1, FILE_MAX + 1, file);
	if (len > FILE_MAX) return status_make(STATUS_INVALID, "The file is over %d MB.", FILE_MAX >> 20);
	struct db *db = NULL;
	struct limit_list list;
	TRY(cli_read(cli, &db));
	struct status status = limit_list_look(db, &cli->viewer, &cli->company, bytes, len, policy_id, cli_today(cli), cli->lang, cli->arena, &list);
	cli_release(cli, db);
	TRY(status);
	bool make = !dry && !list.problems && list.fresh;
	if (make) TRY(cli_change(cli, do_limits, &list));
	*exit_status = list.problems ? 2 : 0;
	json_t *rows = json_array();
	struct cli_table *table = cli_table_new(cli, "rlllrl", (const char *const[]){ "Line", "Customer", "Name", "Decision", "Amount", "State" });
	for (size_t i = 0; i < list.count; i++) {
		const struct limit_row *row = &list.rows[i];
		const char *state = row->problem ? row->problem : row->known ? "known already" : make ? "limit noted" : "limit would be noted";
		char from[11];
		day_format(row->new.from_day, from);
		json_t *one = json_pack("{s:I, s:s, s:s, s:s, s:I, s:s, s:s, s:s, s:s?}", "line", (json_int_t)row->line, "customer", row->customer, "name", row->name, "decision", row->new.state, "amount",
			(json_int_t)row->new.amount, "currency", list.currency, "from", from, "state", row->problem ? "refused" : row->known ? "known" : make ? "noted" : "new", "problem", row->problem);
		cli_table_row(table, (const char *const[]){ arena_printf(cli->arena, "%lld", (long long)row->line), row->customer, row->name, row->new.state, money(cli, one, "amount"),
			row->problem ? state : cli_tr(cli, state) });
		json_array_append_new(rows, one);
	}
	if (cli->json) return cli_json(cli, json_pack("{s:o, s:I, s:I, s:I, s:b}", "limits", rows, "noted", (json_int_t)(make ? list.fresh : 0), "known", (json_int_t)list.known, "refused",
		(json_int_t)list.problems, "dry_run", dry)), STATUS_FINE;
	json_decref(rows);
	cli_table_print(table);
	if (list.problems) cli_message("%s", cli_tr(cli, "Some rows can’t be used. No limit was noted."));
	return STATUS_FINE;
}

struct status command_insurance_folder(struct cli *cli, int *exit_status)
{
	const char *code = NULL, *to = NULL;
	int count = 0;
	int64_t customer;
	TRY(cli_options(cli, (const struct cli_option[]){ { "--to", .value = &to }, { 0 } }, &code, 1, &count));
	if (!code || !to) return status_make(STATUS_INVALID, "Give the customer's code and --to FILE.zip.");
	TRY(cli_company(cli));
	TRY(find_customer(cli, code, &customer));
	struct db *db = NULL;
	struct bundle bundle = { 0 };
	const struct settings *settings;
	TRY(cli_read(cli, &db));
	struct status status = settings_load(db, cli->company.tenant_id, cli->company.id, cli->arena, &settings);
	if (!status.code)
		status = insurer_folder(db, &cli->viewer, &cli->company, settings, customer, cli_today(cli), company_now(&cli->company, &cli->clock), cli->arena, &bundle);
	cli_release(cli, db);
	if (!status.code) status = file_out(cli, to, bundle.zip.bytes, bundle.zip.len);
	*exit_status = 0;
	if (!status.code && cli->json) cli_json(cli, json_pack("{s:s, s:s}", "path", to, "name", bundle.name));
	text_free(&bundle.zip);
	return status;
}

/* --- writing ------------------------------------------------------------------------------------------------------------------------ */
static struct status set_policy(struct cli *cli, const struct cli_pair *pair, struct insurance_policy *policy)
{
	struct cover_policy *rule = &policy->rule;
	const struct { const char *name; int32_t *days; } days[] = { { "discretionary_late", &rule->discretionary_late }, { "terms_days", &rule->terms_days },
		{ "terms_export_days", &rule->terms_export_days }, { "extension_days", &rule->extension_days }, { "declare_days", &rule->declare_days },
		{ "claim_days", &rule->claim_days }, { "insolvency_days", &rule->insolvency_days }, { "stop_days", &rule->stop_days } };
	const struct { const char *name; int64_t *amount; } amounts[] = { { "deductible", &rule->deductible }, { "discretionary", &rule->discretionary }, { "declare_from", &rule->declare_from } };
	const struct { const char *name; const char **words; } words[] = { { "insurer", &policy->insurer }, { "number", &policy->number }, { "email", &policy->email }, { "note", &policy->note } };
	const struct { const char *name; int32_t *rate; } rates[] = { { "share", &rule->share_bp }, { "vat", &rule->vat_bp } };
	const struct { const char *name; int32_t *day; } dates[] = { { "from", &rule->from_day }, { "until", &rule->until_day } };
	size_t len = strlen(pair->value);
	int64_t number = 0;
	for (size_t i = 0; i < COUNT(words); i++)
		if (strcmp(words[i].name, pair->key) == 0) return *words[i].words = pair->value, STATUS_FINE;
	for (size_t i = 0; i < COUNT(days); i++)
		if (strcmp(days[i].name, pair->key) == 0) {
			if (!text_parse_int(pair->value, len, &number) || number < 0 || number > 3650) return status_make(STATUS_INVALID, "%s is a number of days.", pair->key);
			return *days[i].days = (int32_t)number, STATUS_FINE;
		}
	for (size_t i = 0; i < COUNT(amounts); i++)
		if (strcmp(amounts[i].name, pair->key) == 0) return cli_amount(pair->key, pair->value, rule->currency, amounts[i].amount);
	for (size_t i = 0; i < COUNT(rates); i++)
		if (strcmp(rates[i].name, pair->key) == 0) {
			char *comma = arena_strdup(cli->arena, pair->value);
			for (char *c = comma; *c; c++) *c = *c == ',' ? '.' : *c;
			if (!amount_parse(comma, len, (struct amount_style){ '.', 2 }, &number) || number < 0 || number > 10000) return status_make(STATUS_INVALID, "%s is a percentage, as 90 or 92,5.", pair->key);
			return *rates[i].rate = (int32_t)number, STATUS_FINE;
		}
	for (size_t i = 0; i < COUNT(dates); i++)
		if (strcmp(dates[i].name, pair->key) == 0) {
			*dates[i].day = DAY_NONE;
			if (len && !day_parse(pair->value, len, dates[i].day)) return status_make(STATUS_INVALID, "“%s” is not a date written YYYY-MM-DD.", pair->value);
			return STATUS_FINE;
		}
	if (strcmp(pair->key, "currency") == 0) return snprintf(rule->currency, sizeof rule->currency, "%s", pair->value), STATUS_FINE;
	if (strcmp(pair->key, "public_buyers") == 0) return rule->public_buyers = strcmp(pair->value, "0") != 0 && *pair->value, STATUS_FINE;
	if (strcmp(pair->key, "scope") == 0 && cover_scope_parse(pair->value, &rule->scope)) return STATUS_FINE;
	if (strcmp(pair->key, "counted_from") == 0 && (strcmp(pair->value, "due") == 0 || strcmp(pair->value, "credit") == 0))
		return rule->counted = *pair->value == 'c' ? COVER_FROM_CREDIT : COVER_FROM_DUE, STATUS_FINE;
	return status_make(STATUS_INVALID,
	                   "%s=%s is nothing of a policy. Known: insurer, number, email, note, currency, scope (all, domestic, export), from, until, share, vat, deductible, discretionary, "
	                   "discretionary_late, terms_days, terms_export_days, extension_days, counted_from (due, credit), declare_days, declare_from, claim_days, insolvency_days, stop_days, public_buyers.",
	                   pair->key, pair->value);
}

struct status command_insurance_policy(struct cli *cli, int *exit_status)
{
	struct insuring *insuring = arena_make(cli->arena, struct insuring);
	const char *words[PAIRS_MOST];
	struct cli_pair pairs[PAIRS_MOST];
	int count = 0, first = 0;
	TRY(cli_options(cli, (const struct cli_option[]){ { 0 } }, words, PAIRS_MOST, &count));
	TRY(cli_company(cli));
	insuring->policy = (struct insurance_policy){ .rule = { .from_day = DAY_NONE, .until_day = DAY_NONE, .share_bp = 9000 }, .insurer = "", .number = "", .email = "", .note = "" };
	snprintf(insuring->policy.rule.currency, sizeof insuring->policy.rule.currency, "%s", cli->company.currency);
	struct db *db = NULL;
	struct status status = STATUS_FINE;
	TRY(cli_read(cli, &db));
	if (count && !strchr(words[0], '=')) {
		first = 1;
		if (!text_parse_int(words[0], strlen(words[0]), &insuring->id)) status = status_make(STATUS_INVALID, "Give the policy's id, or KEY=VALUE.");
		else status = insurance_policy_get(db, &cli->viewer, cli->company.id, insuring->id, cli->arena, &insuring->policy);
	}
	if (!status.code && first == count) { /* nothing to set: what there is */
		struct insurance_policy *list;
		size_t policies;
		status = insurance_policy_list(db, &cli->viewer, cli->company.id, cli->arena, &list, &policies);
		cli_release(cli, db);
		TRY(status);
		*exit_status = 0;
		json_t *rows = json_array();
		struct cli_table *table = cli_table_new(cli, "rlllll", (const char *const[]){ "No.", "Insurer", "Policy", "From", "Until", "Share" });
		for (size_t i = 0; i < policies; i++) {
			if (first && list[i].rule.id != insuring->id) continue;
			char from[11], until[11];
			day_format(list[i].rule.from_day, from);
			day_format(list[i].rule.until_day, until);
			json_array_append_new(rows, cover_policy_json(&list[i], cli_today(cli)));
			cli_table_row(table, (const char *const[]){ arena_printf(cli->arena, "%lld", (long long)list[i].rule.id), list[i].insurer, list[i].number, arena_strdup(cli->arena, from),
				arena_strdup(cli->arena, until), arena_printf(cli->arena, "%d.%02d %%", list[i].rule.share_bp / 100, list[i].rule.share_bp % 100) });
		}
		if (cli->json) {
			cli_json(cli, json_pack("{s:o}", "policies", rows));
			return STATUS_FINE;
		}
		json_decref(rows);
		cli_table_print(table);
		return STATUS_FINE;
	}
	cli_release(cli, db);
	TRY(status);
	TRY(cli_pairs(cli, words + first, count - first, pairs, PAIRS_MOST));
	for (int i = 0; i < count - first; i++) TRY(set_policy(cli, &pairs[i], &insuring->policy));
	TRY(cli_change(cli, do_policy, insuring));
	return made(cli, insuring->id, exit_status);
}

struct status command_insurance_limit(struct cli *cli, int *exit_status)
{
	struct insuring insuring = { .decision = { .from_day = DAY_NONE, .until_day = DAY_NONE } };
	struct cover_decision_new *decision = &insuring.decision;
	const char *code = NULL, *amount = NULL, *policy = NULL, *remove = NULL;
	int count = 0;
	TRY(cli_options(cli, (const struct cli_option[]){ { "--policy", .value = &policy }, { "--state", .value = &decision->state }, { "--amount", .value = &amount },
		{ "--from", .day = &decision->from_day }, { "--until", .day = &decision->until_day }, { "--temporary", .flag = &decision->temporary },
		{ "--reference", .value = &decision->reference }, { "--note", .value = &decision->note }, { "--remove", .value = &remove }, { 0 } }, &code, 1, &count));
	TRY(cli_company(cli));
	if (remove) {
		if (!text_parse_int(remove, strlen(remove), &insuring.id)) return status_make(STATUS_INVALID, "Give its id: the list shows them.");
		insuring.words = decision->note;
		TRY(cli_change(cli, do_remove, &insuring));
		return made(cli, insuring.id, exit_status);
	}
	if (!code || !policy || !text_parse_int(policy, strlen(policy), &decision->policy_id)) return status_make(STATUS_INVALID, "Give the customer's code, --policy ID, --state and --amount.");
	TRY(find_customer(cli, code, &decision->customer_id));
	if (amount) TRY(cli_amount("--amount", amount, cli->company.currency, &decision->amount));
	if (decision->from_day == DAY_NONE) decision->from_day = cli_today(cli);
	TRY(cli_change(cli, do_decide, &insuring));
	return made(cli, insuring.id, exit_status);
}

struct status command_insurance_mark(struct cli *cli, int *exit_status)
{
	struct insuring insuring = { .day = DAY_NONE };
	const char *words[2] = { NULL, NULL }, *amount = NULL;
	int count = 0;
	struct item item;
	TRY(cli_options(cli, (const struct cli_option[]){ { "--day", .day = &insuring.day }, { "--amount", .value = &amount }, { "--note", .value = &insuring.words }, { 0 } }, words, 2, &count));
	if (!words[0] || !words[1]) return status_make(STATUS_INVALID, "Give the item and a step: deliver, extend, declare, claim, paid, refuse or undo.");
	TRY(cli_company(cli));
	struct db *db = NULL;
	TRY(cli_read(cli, &db));
	struct status status = item_find(db, &cli->viewer, cli->company.id, 0, words[0], &item);
	cli_release(cli, db);
	TRY(status);
	insuring.id = item.id, insuring.step = words[1];
	if (insuring.day == DAY_NONE) insuring.day = cli_today(cli);
	if (amount) TRY(cli_amount("--amount", amount, item.currency, &insuring.amount));
	TRY(cli_change(cli, do_mark, &insuring));
	return made(cli, insuring.id, exit_status);
}

struct status command_insurance_told(struct cli *cli, int *exit_status)
{
	struct insuring insuring = { .day = DAY_NONE, .step = "other" };
	const char *code = NULL;
	int count = 0;
	TRY(cli_options(cli, (const struct cli_option[]){ { "--of", .value = &insuring.step }, { "--day", .day = &insuring.day }, { "--note", .value = &insuring.words }, { 0 } }, &code, 1, &count));
	if (!code) return status_make(STATUS_INVALID, "Give the customer's code.");
	TRY(cli_company(cli));
	TRY(find_customer(cli, code, &insuring.customer_id));
	if (insuring.day == DAY_NONE) insuring.day = cli_today(cli);
	TRY(cli_change(cli, do_told, &insuring));
	return made(cli, insuring.customer_id, exit_status);
}
