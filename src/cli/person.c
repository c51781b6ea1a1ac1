/* person show|export|erase WHO, person due, person erase-due KIND, person erasures, person lift ID: a person's data. */
#include "cli/commands.h"

#include "base/day.h"
#include "cli/file_out.h"
#include "privacy/erase.h"
#include "privacy/export.h"
#include "privacy/keeping.h"

#include <string.h>

static const char *const fates[] = { [ERASE_DELETED] = "deleted", [ERASE_EMPTIED] = "emptied", [ERASE_MASKED] = "masked", [ERASE_KEPT] = "kept" };
static const char *const fate_words[] = { [ERASE_DELETED] = "goes", [ERASE_EMPTIED] = "is emptied", [ERASE_MASKED] = "loses the name", [ERASE_KEPT] = "stays" }; /* msgids */

struct personing {
	enum subject_kind kind;
	int64_t id, rows;
	const char *reason;
	const struct person_export *export;
	const struct keeping_kind *period;
	struct arena *arena;
	struct erase_plan plan;
};

static struct status find(struct cli *cli, const char *who, struct personing *out)
{
	if (!who) return status_make(STATUS_INVALID, "Say who: a customer's code, or an e-mail address.");
	TRY(cli_company(cli));
	struct db *db = NULL;
	TRY(cli_read(cli, &db));
	struct status status = subject_find(db, &cli->viewer, cli->company.id, who, cli->arena, &out->kind, &out->id);
	cli_release(cli, db);
	return status;
}

static json_t *plan_json(const struct erase_plan *plan)
{
	json_t *parts = json_array(), *refusals = json_array();
	for (size_t i = 0; i < plan->count; i++)
		json_array_append_new(parts, json_pack("{s:s, s:s, s:I}", "table", plan->parts[i].table, "fate", fates[plan->parts[i].fate], "rows", (json_int_t)plan->parts[i].rows));
	for (size_t i = 0; i < plan->refusal_count; i++) json_array_append_new(refusals, json_string(plan->refusals[i]));
	return json_pack("{s:s, s:s, s:I, s:I, s:o, s:o, s:I}", "kind", subject_code(plan->kind), "name", plan->name, "rows", (json_int_t)plan->rows, "events", (json_int_t)plan->events, "parts",
	                 parts, "refusals", refusals, "erasure", (json_int_t)plan->erasure_id);
}

static void print_plan(struct cli *cli, const struct erase_plan *plan)
{
	if (cli->json) {
		cli_json(cli, plan_json(plan));
		return;
	}
	fprintf(cli_out(cli), "%s\n", plan->name);
	struct cli_table *table = cli_table_new(cli, "lrll", (const char *const[]){ "What", "Rows", "Becomes", "Why" });
	for (size_t i = 0; i < plan->count; i++) {
		const struct erase_part *part = &plan->parts[i];
		cli_table_row(table, (const char *const[]){ cli_tr(cli, part->title), arena_printf(cli->arena, "%lld", (long long)part->rows), cli_tr(cli, fate_words[part->fate]),
		                                            part->why ? cli_tr(cli, part->why) : "" });
	}
	cli_table_print(table);
	for (size_t i = 0; i < plan->refusal_count; i++) fprintf(cli_out(cli), "%s\n", plan->refusals[i]);
}

static struct status look(struct cli *cli, struct personing *p)
{
	struct db *db = NULL;
	TRY(cli_read(cli, &db));
	struct status status = erase_look(db, &cli->viewer, cli->company.id, p->kind, p->id, cli->arena, &p->plan);
	cli_release(cli, db);
	return status;
}

struct status command_person_show(struct cli *cli, int *exit_status)
{
	struct personing p = { 0 };
	const char *who = NULL;
	int count = 0;
	TRY(cli_options(cli, NULL, &who, 1, &count));
	TRY(find(cli, who, &p));
	TRY(look(cli, &p));
	print_plan(cli, &p.plan);
	*exit_status = 0;
	return STATUS_FINE;
}

static struct status do_exported(struct change *change, void *context)
{
	struct personing *p = context;
	return person_exported(change, p->kind, p->id, p->export);
}

struct status command_person_export(struct cli *cli, int *exit_status)
{
	struct personing p = { 0 };
	const char *who = NULL, *to = NULL;
	int count = 0;
	TRY(cli_options(cli, (const struct cli_option[]){ { "--to", .value = &to }, { 0 } }, &who, 1, &count));
	if (!to) return status_make(STATUS_INVALID, "Give --to FILE.zip.");
	TRY(find(cli, who, &p));
	struct db *db = NULL;
	struct person_export export;
	TRY(cli_read(cli, &db));
	struct status status = person_export(db, &cli->viewer, &cli->company, p.kind, p.id, cli_today(cli), cli_now(cli), cli->arena, &export);
	cli_release(cli, db);
	if (!status.code) status = file_out(cli, to, export.zip.bytes, export.zip.len);
	p.export = &export;
	if (!status.code) status = cli_change(cli, do_exported, &p);
	size_t size = export.zip.len;
	text_free(&export.zip);
	TRY(status);
	*exit_status = 0;
	if (cli->json) cli_json(cli, json_pack("{s:s, s:s, s:I, s:I, s:I}", "path", to, "kind", subject_code(p.kind), "rows", (json_int_t)export.rows, "documents", (json_int_t)export.documents,
	                                       "size", (json_int_t)size));
	else fprintf(cli_out(cli), cli_tr(cli, "%s: %lld rows and %lld documents about %s.\n"), to, (long long)export.rows, (long long)export.documents, export.who);
	return STATUS_FINE;
}

static struct status do_erase(struct change *change, void *context)
{
	struct personing *p = context;
	return erase(change, p->kind, p->id, p->reason, p->arena, &p->plan);
}

struct status command_person_erase(struct cli *cli, int *exit_status)
{
	struct personing p = { .reason = "asked", .arena = cli->arena };
	const char *who = NULL;
	bool yes = false;
	int count = 0;
	TRY(cli_options(cli, (const struct cli_option[]){ { "--reason", .value = &p.reason }, { "--yes", .flag = &yes }, { 0 } }, &who, 1, &count));
	TRY(find(cli, who, &p));
	TRY(look(cli, &p));
	if (p.plan.refusal_count) {
		for (size_t i = 1; i < p.plan.refusal_count; i++) cli_message("%s", p.plan.refusals[i]);
		return status_make(STATUS_CONFLICT, "%s", p.plan.refusals[0]);
	}
	if (yes) TRY(cli_change(cli, do_erase, &p));
	print_plan(cli, &p.plan);
	if (!yes) cli_message("%s", cli_tr(cli, "Nothing was changed. It can't be taken back: say --yes to do it."));
	*exit_status = yes ? 0 : 1;
	return STATUS_FINE;
}

struct status command_person_due(struct cli *cli, int *exit_status)
{
	struct db *db = NULL;
	struct keeping_row *rows;
	size_t count;
	TRY(cli_options(cli, NULL, NULL, 0, NULL));
	TRY(cli_company(cli));
	TRY(cli_read(cli, &db));
	struct status status = keeping_due(db, &cli->viewer, cli->company.id, cli_today(cli), cli->arena, &rows, &count);
	cli_release(cli, db);
	TRY(status);
	*exit_status = 0;
	json_t *list = json_array();
	struct cli_table *table = cli->json ? NULL : cli_table_new(cli, "llrrr", (const char *const[]){ "Kind", "What", "Months", "Due now", "Held back" });
	for (size_t i = 0; i < count; i++) {
		char before[11];
		day_format(rows[i].before, before);
		if (cli->json)
			json_array_append_new(list, json_pack("{s:s, s:I, s:s, s:I, s:I}", "kind", rows[i].kind->code, "months", (json_int_t)rows[i].months, "before", before, "due", (json_int_t)rows[i].rows,
			                                      "refused", (json_int_t)rows[i].refused));
		else
			cli_table_row(table, (const char *const[]){ rows[i].kind->code, cli_tr(cli, rows[i].kind->title), arena_printf(cli->arena, "%lld", (long long)rows[i].months),
			                                            arena_printf(cli->arena, "%lld", (long long)rows[i].rows), arena_printf(cli->arena, "%lld", (long long)rows[i].refused) });
	}
	if (cli->json) {
		cli_json(cli, json_pack("{s:o}", "kinds", list));
		return STATUS_FINE;
	}
	json_decref(list);
	cli_table_print(table);
	return STATUS_FINE;
}

static struct status do_period(struct change *change, void *context)
{
	struct personing *p = context;
	return keeping_erase(change, p->period, p->arena, &p->rows);
}

struct status command_person_erase_due(struct cli *cli, int *exit_status)
{
	struct personing p = { .arena = cli->arena };
	const char *kind = NULL;
	bool yes = false;
	int count = 0;
	TRY(cli_options(cli, (const struct cli_option[]){ { "--yes", .flag = &yes }, { 0 } }, &kind, 1, &count));
	p.period = keeping_kind(kind);
	if (!p.period) return status_make(STATUS_INVALID, "“person due” lists the kinds that can be erased.");
	if (!yes) return status_make(STATUS_INVALID, "It can't be taken back: look at “person due”, then say --yes.");
	TRY(cli_company(cli));
	struct status status = cli_change(cli, do_period, &p);
	TRY(status);
	*exit_status = 0;
	if (cli->json) cli_json(cli, json_pack("{s:s, s:I}", "kind", p.period->code, "rows", (json_int_t)p.rows));
	else fprintf(cli_out(cli), cli_tr(cli, "%lld rows erased.\n"), (long long)p.rows);
	return STATUS_FINE;
}

struct status command_person_erasures(struct cli *cli, int *exit_status)
{
	struct db *db = NULL;
	struct erasure *list;
	size_t count;
	TRY(cli_options(cli, NULL, NULL, 0, NULL));
	TRY(cli_company(cli));
	TRY(cli_read(cli, &db));
	struct status status = erasure_list(db, &cli->viewer, cli->company.id, 0, 1000, cli->arena, &list, &count);
	cli_release(cli, db);
	TRY(status);
	*exit_status = 0;
	json_t *rows = json_array();
	struct cli_table *table = cli->json ? NULL : cli_table_new(cli, "rllllrl", (const char *const[]){ "Id", "Day", "Of", "Customer", "Reason", "Rows", "Lifted on" });
	for (size_t i = 0; i < count; i++) {
		char day[11], lifted[11];
		day_format(list[i].day, day), day_format(list[i].lifted_day, lifted);
		if (cli->json)
			json_array_append_new(rows, json_pack("{s:I, s:s, s:s, s:s, s:s, s:I, s:I, s:s}", "id", (json_int_t)list[i].id, "day", day, "subject", list[i].subject, "customer", list[i].code,
			                                      "reason", list[i].reason, "rows", (json_int_t)list[i].rows, "events", (json_int_t)list[i].events, "lifted", lifted));
		else
			cli_table_row(table, (const char *const[]){ arena_printf(cli->arena, "%lld", (long long)list[i].id), day, list[i].subject, list[i].code, list[i].reason,
			                                            arena_printf(cli->arena, "%lld", (long long)list[i].rows), lifted });
	}
	if (cli->json) {
		cli_json(cli, json_pack("{s:o}", "erasures", rows));
		return STATUS_FINE;
	}
	json_decref(rows);
	cli_table_print(table);
	return STATUS_FINE;
}

static struct status do_lift(struct change *change, void *context)
{
	struct personing *p = context;
	return erasure_lift(change, p->id);
}

struct status command_person_lift(struct cli *cli, int *exit_status)
{
	struct personing p = { 0 };
	const char *id = NULL;
	int count = 0;
	TRY(cli_options(cli, NULL, &id, 1, &count));
	if (!id || !text_parse_int(id, strlen(id), &p.id)) return status_make(STATUS_INVALID, "Give the erasure's id: “person erasures” lists them.");
	TRY(cli_company(cli));
	TRY(cli_change(cli, do_lift, &p));
	*exit_status = 0;
	if (cli->json) cli_json(cli, json_pack("{s:I}", "lifted", (json_int_t)p.id));
	else fprintf(cli_out(cli), "%s\n", cli_tr(cli, "The erasure is lifted: this person may be known again."));
	return STATUS_FINE;
}
