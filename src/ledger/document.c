#include "ledger/document.h"

#include "base/memory.h"
#include "ledger/customer.h"
#include "ledger/document_kind.h"
#include "ledger/event.h"
#include "ledger/item.h"

#include <sodium.h>

enum { LISTED = 500 };

void document_digest(const char *bytes, size_t len, unsigned char out[static DOCUMENT_DIGEST])
{
	crypto_generichash(out, DOCUMENT_DIGEST, (const unsigned char *)bytes, len, NULL, 0);
}

struct status document_known(struct db *db, int64_t tenant, int64_t company, int64_t item_id, const unsigned char digest[static DOCUMENT_DIGEST],
                             bool *known)
{
	int64_t count = 0;
	TRY(db_get_int(db,
	               "SELECT count(*) FROM document WHERE tenant_id = $tenant AND company_id = $company AND import_id > 0 AND digest = $digest"
	               " AND ($item = 0 OR item_id = $item)",
	               DB_ARGS(db_int("tenant", tenant), db_int("company", company), db_blob("digest", digest, DOCUMENT_DIGEST), db_int("item", item_id)),
	               &count, NULL));
	*known = count > 0;
	return STATUS_FINE;
}

struct status document_add(struct change *change, const struct document_new *document, int64_t *id)
{
	unsigned char digest[DOCUMENT_DIGEST];
	document_digest(document->bytes, document->len, digest);
	TRY(id_take(change->db, change->company.tenant_id, change->company.id, "document", 1, id));
	return db_run(change->db,
	              "INSERT INTO document (tenant_id, company_id, id, customer_id, item_id, import_id, reply_id, inbox_id, name, type, kind, digest, bytes, at)"
	              " VALUES ($tenant, $company, $id, $customer, $item, $import, $reply, $inbox, $name, $type, $kind, $digest, $bytes, $at)",
	              DB_ARGS(db_int("tenant", change->company.tenant_id), db_int("company", change->company.id), db_int("id", *id),
	                      db_int("customer", document->customer_id), db_int("item", document->item_id), db_int("import", document->import_id),
	                      db_int("reply", document->reply_id), db_int("inbox", document->inbox_id),
	                      db_text("name", document->name), db_text("type", document->type),
	                      db_text("kind", document->kind ? document->kind : document_kind_guess(document->name)), db_blob("digest", digest, sizeof digest),
	                      db_blob("bytes", document->bytes, document->len), db_int("at", change->now)));
}

static struct status check_kind(const char *kind)
{
	if (!kind || !*kind || document_kind_find(kind)) return STATUS_FINE;
	return status_make(STATUS_INVALID, "“%.40s” is no kind of document: contract, order, delivery, acceptance, invoice, notice_proof, letter or other.", kind);
}

/* The item must be the customer's. */
static struct status check_item(struct change *change, int64_t customer_id, int64_t item_id)
{
	struct item item;
	if (!item_id) return STATUS_FINE;
	TRY(item_get(change->db, change->viewer, change->company.id, item_id, &item));
	return item.customer_id == customer_id ? STATUS_FINE : status_make(STATUS_INVALID, "%s is another customer's.", item.number);
}

struct status document_keep(struct change *change, const struct document_new *document, int64_t *id)
{
	TRY(change_allows(change, RIGHT_NOTE));
	TRY(customer_check(change->db, change->viewer, change->company.id, document->customer_id));
	TRY(check_kind(document->kind));
	TRY(check_item(change, document->customer_id, document->item_id));
	TRY(document_add(change, document, id));
	return event_add_json(change, (struct event_new){ .kind = "file.added", .customer_id = document->customer_id, .ref = *id }, json_pack("{s:s}", "label", document->name));
}

struct status document_mark(struct change *change, int64_t id, const char *kind, int64_t item_id)
{
	cleanup_arena struct arena *arena = arena_new();
	const char *name = NULL;
	int64_t customer_id = 0;
	TRY(change_allows(change, RIGHT_NOTE));
	{
		cleanup_rows struct rows *rows = db_query(change->db, "SELECT customer_id, name FROM document WHERE tenant_id = $tenant AND company_id = $company AND id = $id AND outbox_id = 0",
			DB_ARGS(db_int("tenant", change->company.tenant_id), db_int("company", change->company.id), db_int("id", id)));
		if (rows_next(rows)) customer_id = row_int(rows, 0), name = arena_strdup(arena, row_text(rows, 1));
		TRY(rows_status(rows));
	}
	if (!name) return status_make(STATUS_NOT_FOUND, "There is no such document.");
	TRY(customer_check(change->db, change->viewer, change->company.id, customer_id));
	TRY(check_kind(kind));
	TRY(check_item(change, customer_id, item_id));
	TRY(db_run(change->db, "UPDATE document SET kind = $kind, item_id = $item WHERE tenant_id = $tenant AND company_id = $company AND id = $id",
	           DB_ARGS(db_text("kind", kind ? kind : ""), db_int("item", item_id), db_int("tenant", change->company.tenant_id), db_int("company", change->company.id), db_int("id", id))));
	return event_add_json(change, (struct event_new){ .kind = "file.marked", .customer_id = customer_id, .ref = id }, json_pack("{s:s, s:s, s:I}", "label", name, "what", kind ? kind : "", "item", (json_int_t)item_id));
}

struct status document_undo(struct change *change, int64_t import_id)
{
	return db_run(change->db, "DELETE FROM document WHERE tenant_id = $tenant AND company_id = $company AND import_id = $id",
	              DB_ARGS(db_int("tenant", change->company.tenant_id), db_int("company", change->company.id), db_int("id", import_id)));
}

struct status document_list(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t customer_id, int64_t item_id,
                            struct arena *arena, struct document **out, size_t *count)
{
	*out = arena_array(arena, struct document, LISTED), *count = 0;
	if (!viewer_sees_company(viewer, company_id)) return STATUS_FINE;
	cleanup_rows struct rows *rows = db_query(db,
		"SELECT id, customer_id, item_id, name, type, length(bytes), at, kind FROM document WHERE tenant_id = $tenant AND company_id = $company"
		" AND customer_id = $customer AND outbox_id = 0 AND ($item = 0 OR item_id = $item) ORDER BY id DESC",
		DB_ARGS(db_int("tenant", viewer->tenant_id), db_int("company", company_id), db_int("customer", customer_id), db_int("item", item_id)));
	while (*count < LISTED && rows_next(rows))
		(*out)[(*count)++] = (struct document){ .id = row_int(rows, 0), .customer_id = row_int(rows, 1), .item_id = row_int(rows, 2),
			.name = arena_strdup(arena, row_text(rows, 3)), .type = arena_strdup(arena, row_text(rows, 4)), .size = row_int(rows, 5), .at = row_int(rows, 6),
			.kind = arena_strdup(arena, row_text(rows, 7)) };
	return rows_status(rows);
}
