/* document add, document list, document mark: papers of a customer's file, and what they are. */
#include "cli/commands.h"

#include "base/memory.h"
#include "ledger/customer.h"
#include "ledger/document.h"
#include "ledger/document_kind.h"
#include "ledger/item.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILE_MOST = 25 << 20 };

struct filing {
	struct document_new new;
	const char *code, *item, *kind;
	int64_t id;
};

/* The whole file, at most 25 MB. */
static struct status read_file(struct cli *cli, const char *path, struct document_new *out)
{
	struct stat about;
	cleanup_fd int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &about) != 0 || !S_ISREG(about.st_mode)) return status_make(STATUS_NOT_FOUND, "The file could not be opened. Check that it still exists.");
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
	if (about.st_size == 0) return status_make(STATUS_INVALID, "“%s” is empty.", name);
	if (about.st_size > FILE_MOST) return status_make(STATUS_INVALID, "“%s” is over %d MB.", name, FILE_MOST >> 20);
	char *bytes = arena_alloc(cli->arena, (size_t)about.st_size + 1);
	size_t at = 0;
	for (ssize_t got; at < (size_t)about.st_size && (got = read(fd, bytes + at, (size_t)about.st_size - at)) > 0;) at += (size_t)got;
	if (at < (size_t)about.st_size) return status_make(STATUS_INTERNAL, "Reading the file stopped half-way. Please send it again.");
	bool pdf = at >= 5 && memcmp(bytes, "%PDF-", 5) == 0;
	out->name = name, out->type = pdf ? "application/pdf" : "application/octet-stream", out->bytes = bytes, out->len = at;
	return STATUS_FINE;
}

static struct status do_add(struct change *change, void *context)
{
	struct filing *filing = context;
	cleanup_arena struct arena *arena = arena_new();
	struct customer who;
	TRY(customer_find(change->db, change->viewer, change->company.id, filing->code, arena, &who));
	filing->new.customer_id = who.id;
	if (filing->item) {
		struct item item;
		TRY(item_find(change->db, change->viewer, change->company.id, who.id, filing->item, &item));
		filing->new.item_id = item.id;
	}
	return document_keep(change, &filing->new, &filing->id);
}

struct status command_document_add(struct cli *cli, int *exit_status)
{
	struct filing filing = { 0 };
	const char *words[2];
	int count = 0;
	TRY(cli_options(cli, (const struct cli_option[]){ { "--kind", .value = &filing.new.kind }, { "--item", .value = &filing.item }, { 0 } }, words, 2, &count));
	if (count != 2) return status_make(STATUS_INVALID, "Give the customer's code and the file.");
	filing.code = words[0];
	TRY(read_file(cli, words[1], &filing.new));
	TRY(cli_company(cli));
	TRY(cli_change(cli, do_add, &filing));
	*exit_status = 0;
	if (cli->json) cli_json(cli, json_pack("{s:I}", "id", (json_int_t)filing.id));
	else fprintf(cli_out(cli), "%s\n", cli_tr(cli, "The file is kept with the customer."));
	return STATUS_FINE;
}

static struct status do_mark(struct change *change, void *context)
{
	struct filing *filing = context;
	struct item item = { 0 };
	if (filing->item) TRY(item_find(change->db, change->viewer, change->company.id, 0, filing->item, &item));
	return document_mark(change, filing->id, filing->kind, item.id);
}

struct status command_document_mark(struct cli *cli, int *exit_status)
{
	struct filing filing = { 0 };
	const char *id = NULL;
	int count = 0;
	TRY(cli_options(cli, (const struct cli_option[]){ { "--kind", .value = &filing.kind }, { "--item", .value = &filing.item }, { 0 } }, &id, 1, &count));
	if (!id || !filing.kind || !text_parse_int(id, strlen(id), &filing.id)) return status_make(STATUS_INVALID, "Give the document's id and --kind: document list CODE shows them.");
	TRY(cli_company(cli));
	TRY(cli_change(cli, do_mark, &filing));
	*exit_status = 0;
	if (cli->json) cli_json(cli, json_pack("{s:I}", "id", (json_int_t)filing.id));
	return STATUS_FINE;
}

struct status command_document_list(struct cli *cli, int *exit_status)
{
	const char *code = NULL;
	int count = 0;
	TRY(cli_options(cli, (const struct cli_option[]){ { 0 } }, &code, 1, &count));
	if (!code) return status_make(STATUS_INVALID, "Give the customer's code.");
	TRY(cli_company(cli));
	struct db *db = NULL;
	struct customer who;
	struct document *list;
	size_t found;
	TRY(cli_read(cli, &db));
	struct status status = customer_find(db, &cli->viewer, cli->company.id, code, cli->arena, &who);
	if (!status.code) status = document_list(db, &cli->viewer, cli->company.id, who.id, 0, cli->arena, &list, &found);
	cli_release(cli, db);
	TRY(status);
	*exit_status = 0;
	json_t *rows = json_array();
	struct cli_table *table = cli_table_new(cli, "rlrl", (const char *const[]){ "Id", "What it is", "Item", "Document" });
	for (size_t i = 0; i < found; i++) {
		const struct document_kind *kind = document_kind_find(list[i].kind);
		json_array_append_new(rows, json_pack("{s:I, s:s, s:s, s:o, s:I}", "id", (json_int_t)list[i].id, "name", list[i].name, "kind", list[i].kind, "item_id",
		                                      list[i].item_id ? json_integer(list[i].item_id) : json_null(), "size", (json_int_t)list[i].size));
		cli_table_row(table, (const char *const[]){ arena_printf(cli->arena, "%lld", (long long)list[i].id), kind ? cli_tr(cli, kind->label) : "",
			list[i].item_id ? arena_printf(cli->arena, "%lld", (long long)list[i].item_id) : "", list[i].name });
	}
	if (cli->json) {
		cli_json(cli, json_pack("{s:o}", "documents", rows));
		return STATUS_FINE;
	}
	json_decref(rows);
	cli_table_print(table);
	return STATUS_FINE;
}
