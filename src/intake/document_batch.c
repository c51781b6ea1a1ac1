/* The PDF of an invoice, kept for its item. */
#include "base/memory.h"
#include "intake/batch.h"
#include "ledger/document.h"
#include "ledger/document_kind.h"

#include <string.h>

/* The item that stands for a fact now: itself, or what it gave way to. 0: none does. */
static struct status standing(struct db *db, int64_t tenant, int64_t company, int64_t fact_id, int64_t *item, int64_t *customer)
{
	*item = 0;
	cleanup_rows struct rows *rows = db_query(db,
		"SELECT id, customer_id FROM item WHERE tenant_id = $tenant AND company_id = $company AND id = $fact AND withdrawn = 0"
		" UNION ALL SELECT i.id, i.customer_id FROM fact f JOIN customer c ON c.tenant_id = f.tenant_id AND c.company_id = f.company_id AND c.id = f.customer_id"
		" JOIN restatement r ON r.tenant_id = f.tenant_id AND r.company_id = f.company_id AND r.fact_id = f.id"
		" AND r.customer_id = CASE WHEN c.merged_into > 0 THEN c.merged_into ELSE c.id END"
		" JOIN item i ON i.tenant_id = r.tenant_id AND i.company_id = r.company_id AND i.id = r.item_id"
		" WHERE f.tenant_id = $tenant AND f.company_id = $company AND f.customer_id = $customer AND f.id = $fact",
		DB_ARGS(db_int("tenant", tenant), db_int("company", company), db_int("fact", fact_id), db_int("customer", *customer)));
	if (rows_next(rows)) *item = row_int(rows, 0), *customer = row_int(rows, 1);
	return rows_status(rows);
}

struct status documents_match(const struct intake *intake, struct db *db, struct batch *batch)
{
	int64_t tenant = intake->viewer->tenant_id, company = intake->company_id;
	for (size_t i = 0; i < batch->document_count; i++) {
		struct batch_document *document = &batch->documents[i];
		unsigned char digest[DOCUMENT_DIGEST];
		bool known = false;
		document_digest(document->bytes, document->len, digest);
		TRY(document_known(db, tenant, company, document->item_id, digest, &known));
		document->news = !known;
		batch->document_news |= !known;
	}
	return STATUS_FINE;
}

static const char *base_name(const char *name)
{
	const char *slash = strrchr(name, '/');
	return slash ? slash + 1 : name;
}

struct status documents_apply(struct change *change, const struct batch *batch, int64_t import_id)
{
	for (size_t i = 0; i < batch->document_count; i++) {
		const struct batch_document *document = &batch->documents[i];
		int64_t item = document->item_id, customer = document->customer_id, id;
		if (!document->news) continue;
		for (size_t r = 0; !item && r < batch->row_count; r++) {
			const struct batch_row *row = &batch->rows[r];
			if (row->document != i + 1) continue;
			customer = batch->customers[row->customer].id;
			TRY(standing(change->db, change->company.tenant_id, change->company.id, row->fact_id, &item, &customer));
			if (!item) customer = batch->customers[row->customer].id; /* older than the books: it is the customer's still */
			break;
		}
		if (!customer) continue;
		const char *kind = document_kind_guess(base_name(document->name));
		TRY(document_add(change, &(struct document_new){ .customer_id = customer, .item_id = item, .import_id = import_id, .kind = *kind || !item ? kind : "invoice",
			.name = base_name(document->name), .type = "application/pdf", .bytes = document->bytes, .len = document->len }, &id));
	}
	return STATUS_FINE;
}
