#include "base/memory.h"
#include "base/text.h"
#include "intake/levels.h"
#include "intake/intake.h"
#include "intake/people.h"
#include "intake/statement_batch.h"
#include "ledger/company.h"
#include "ledger/custom.h"
#include "ledger/document.h"
#include "ledger/event.h"
#include "ledger/insolvency_notice.h"
#include "ledger/invoice_status.h"
#include "ledger/projection.h"
#include "ledger/projection_store.h"

#include <string.h>

/* --- what was imported --------------------------------------------------------------------------------------------------------- */
struct status intake_list(struct db *db, const struct viewer *viewer, int64_t company_id, size_t limit, struct arena *arena,
                          struct intake_row **out, size_t *count)
{
	size_t cap = 0;
	*out = NULL, *count = 0;
	if (!viewer_may(viewer, RIGHT_READ) || !viewer_sees_company(viewer, company_id))
		return status_make(STATUS_FORBIDDEN, "You may not see the imports of this company.");
	cleanup_rows struct rows *rows = db_query(db,
		"SELECT i.id, i.at, i.by_user, i.lines, COALESCE(u.name, ''), COALESCE(u.email, ''), i.file_name, i.format, i.source, i.mode,"
		" i.state, i.report, i.from_day, i.to_day, i.as_of_day FROM import i LEFT JOIN user_account u ON u.tenant_id = i.tenant_id"
		" AND u.id = i.by_user WHERE i.tenant_id = $tenant AND i.company_id = $company AND i.state <> 'staged'"
		" ORDER BY i.id DESC LIMIT $limit",
		DB_ARGS(db_int("tenant", viewer->tenant_id), db_int("company", company_id),
		        db_int("limit", limit ? (int64_t)limit : INT32_MAX)));
	while (rows_next(rows)) {
		if (*count == cap) {
			cap = cap ? cap * 2 : 32;
			struct intake_row *bigger = arena_array(arena, struct intake_row, cap);
			if (*count) memcpy(bigger, *out, *count * sizeof *bigger);
			*out = bigger;
		}
		const char *name = row_text(rows, 4);
		(*out)[(*count)++] = (struct intake_row){
			.id = row_int(rows, 0), .at = row_int(rows, 1), .by_user = row_int(rows, 2), .lines = row_int(rows, 3),
			.by = arena_strdup(arena, *name ? name : row_text(rows, 5)), .file_name = arena_strdup(arena, row_text(rows, 6)),
			.format = arena_strdup(arena, row_text(rows, 7)), .source = arena_strdup(arena, row_text(rows, 8)),
			.mode = arena_strdup(arena, row_text(rows, 9)), .state = arena_strdup(arena, row_text(rows, 10)),
			.report = arena_strdup(arena, row_text(rows, 11)), .from_day = row_day(rows, 12), .to_day = row_day(rows, 13),
			.as_of_day = row_day(rows, 14),
		};
	}
	return rows_status(rows);
}

/* --- taking one back -------------------------------------------------------------------------------------------------------------- */
struct undoing {
	const struct intake *intake;
	int64_t import_id;
	struct intake_undone undone;
};

#define OF_IMPORT(u)                                                                                                   \
	db_int("tenant", (u)->intake->viewer->tenant_id), db_int("company", (u)->intake->company_id),                  \
		db_int("id", (u)->import_id)

/* A later file of the same source that covers the same days took this one's lines as known; a later list speaks of its facts. */
static struct status find_later(const struct undoing *u, struct db *db, const struct fact_store *facts,
                                const struct import_row *import)
{
	int64_t later = 0;
	for (size_t i = 0; i < facts->import_count && !later; i++) {
		const struct import_row *other = &facts->imports[i];
		if (!other->active || other->id <= import->id || other->source != import->source) continue;
		bool both = other->mode == IMPORT_LEDGER && import->mode == IMPORT_LEDGER;
		if (both && other->from_day <= import->to_day && import->from_day <= other->to_day) later = other->id;
		if (other->mode == IMPORT_STOCK && import->mode != IMPORT_LEDGER) later = other->id;
	}
	if (!later)
		TRY(db_get_int(db,
		               "SELECT COALESCE(min(i.id), 0) FROM fact f JOIN fact_change c ON c.tenant_id = f.tenant_id"
		               " AND c.company_id = f.company_id AND c.customer_id = f.customer_id AND c.fact_id = f.id"
		               " JOIN import i ON i.tenant_id = c.tenant_id AND i.company_id = c.company_id AND i.id = c.import_id"
		               " WHERE f.tenant_id = $tenant AND f.company_id = $company AND f.import_id = $id AND c.import_id > $id"
		               " AND i.state = 'active'",
		               DB_ARGS(OF_IMPORT(u)), &later, NULL));
	if (!later) return STATUS_FINE;
	const struct import_row *other = fact_store_import(facts, later);
	return status_make(STATUS_CONFLICT, "Import %lld (%s) came later and builds on this one. Take that one back first.",
	                   (long long)later, other ? other->file_name : "");
}

static struct status touched(const struct undoing *u, struct db *db, int64_t **ids, size_t *count)
{
	size_t cap = 0;
	cleanup_rows struct rows *rows = db_query(db,
		"SELECT customer_id FROM fact WHERE tenant_id = $tenant AND company_id = $company AND import_id = $id"
		" UNION SELECT customer_id FROM fact_change WHERE tenant_id = $tenant AND company_id = $company AND import_id = $id"
		" ORDER BY 1", DB_ARGS(OF_IMPORT(u)));
	while (rows_next(rows)) {
		GROW(*ids, *count, cap);
		(*ids)[(*count)++] = row_int(rows, 0);
	}
	return rows_status(rows);
}

static struct status undo(struct db *db, void *context)
{
	struct undoing *u = context;
	cleanup_arena struct arena *arena = arena_new();
	struct change change;
	struct fact_store facts;
	u->undone = (struct intake_undone){ 0 };
	TRY(company_begin(db, u->intake->viewer, u->intake->company_id, u->intake->today, u->intake->now, &change));
	TRY(fact_store_open(db, u->intake->viewer->tenant_id, u->intake->company_id, arena, &facts));
	const struct import_row *import = fact_store_import(&facts, u->import_id);
	if (!import) return status_make(STATUS_NOT_FOUND, "There is no import %lld.", (long long)u->import_id);
	if (!import->active) return status_make(STATUS_CONFLICT, "Import %lld was taken back already.", (long long)u->import_id);
	TRY(find_later(u, db, &facts, import));
	TRY(db_run(db, "UPDATE import SET state = 'undone', rev = $rev WHERE tenant_id = $tenant AND company_id = $company AND id = $id",
	           DB_ARGS(OF_IMPORT(u), db_int("rev", change.rev))));
	TRY(custom_undo(&change, u->import_id));
	TRY(levels_undo(&change, u->import_id));
	TRY(document_undo(&change, u->import_id));
	cleanup_free int64_t *ids = NULL;
	size_t count = 0;
	struct projection_outcome outcome = { 0 };
	TRY(touched(u, db, &ids, &count));
	TRY(people_undo(&change, u->import_id, &ids, &count));
	TRY(statement_batch_undo(&change, u->import_id, &ids, &count, &u->undone.applications));
	TRY(insolvency_undo(&change, u->import_id));
	TRY(invoice_status_undo(&change, u->import_id, &ids, &count));
	/* a ledger file may have been the year before of another, or have covered its days: then everybody is looked at again */
	bool everybody = import->mode == IMPORT_LEDGER && facts.file_count > 1;
	if (everybody || count) TRY(projection_refresh_counted(&change, everybody ? NULL : ids, count, &outcome));
	u->undone.customers = outcome.customers, u->undone.withdrawn = outcome.withdrawn;
	json_t *content = json_pack("{s:s, s:s, s:I, s:I}", "file", import->file_name, "source", import->source_name, "customers",
	                            (json_int_t)outcome.customers, "withdrawn", (json_int_t)outcome.withdrawn);
	if (u->undone.applications) json_object_set_new(content, "applications", json_integer(u->undone.applications));
	cleanup_free char *text = json_dumps(content, JSON_COMPACT);
	json_decref(content);
	TRY(event_add(&change, &(struct event_new){ .kind = "import.undone", .ref = u->import_id, .content = text }));
	return company_end(&change);
}

struct status intake_undo(const struct intake *intake, int64_t import_id, struct intake_undone *out)
{
	struct undoing undoing = { .intake = intake, .import_id = import_id };
	if (!viewer_may(intake->viewer, RIGHT_IMPORT)) return status_make(STATUS_FORBIDDEN, "You may not take imports back.");
	TRY(store_transact(intake->store, undo, &undoing));
	*out = undoing.undone;
	return STATUS_FINE;
}
