/* A customer whom an electronic invoice made known, before the books did, bears a name of the document's; the books come and call
 * him by his account. The same invoice under both tells that they are one. */
#include "base/memory.h"
#include "formats/complaint.h"
#include "intake/batch.h"
#include "ledger/customer_merge.h"

#include <stdlib.h>
#include <string.h>

struct early { /* an invoice of such a customer */
	int64_t customer, amount, fact;
	const char *number, *currency, *name;
	int32_t day;
	int64_t met; /* the books' customer; 0 none, -1 several */
};

static int compare_early(const void *a, const void *b)
{
	const struct early *x = a, *y = b;
	int order = strcmp(x->number, y->number);
	return order ? order : (x->customer > y->customer) - (x->customer < y->customer);
}

static int compare_customers(const void *a, const void *b)
{
	const struct early *x = a, *y = b;
	return (x->customer > y->customer) - (x->customer < y->customer);
}

/* Customers whose only lines are documents', and who were made by such an import. */
static struct status read_early(const struct change *change, struct arena *arena, struct early **out, size_t *count)
{
	size_t cap = 0;
	cleanup_rows struct rows *rows = db_query(change->db,
		"SELECT f.customer_id, f.number, f.amount, f.currency, f.posting_day, c.name, f.id FROM customer c"
		" JOIN import m ON m.tenant_id = c.tenant_id AND m.company_id = c.company_id AND m.id = c.import_id"
		" AND m.format IN ('ubl', 'cii', 'facturx', 'einvoices')"
		" JOIN fact f ON f.tenant_id = c.tenant_id AND f.company_id = c.company_id AND f.customer_id = c.id AND f.class <> 'closing'"
		" JOIN import i ON i.tenant_id = f.tenant_id AND i.company_id = f.company_id AND i.id = f.import_id AND i.state = 'active'"
		" AND i.format IN ('ubl', 'cii', 'facturx', 'einvoices')"
		" WHERE c.tenant_id = $tenant AND c.company_id = $company AND c.merged_into = 0",
		DB_ARGS(db_int("tenant", change->company.tenant_id), db_int("company", change->company.id)));
	while (rows_next(rows)) {
		GROW(*out, *count, cap);
		(*out)[(*count)++] = (struct early){ .customer = row_int(rows, 0), .number = arena_strdup(arena, row_text(rows, 1)), .amount = row_int(rows, 2),
			.currency = arena_strdup(arena, row_text(rows, 3)), .day = row_day(rows, 4), .name = arena_strdup(arena, row_text(rows, 5)), .fact = row_int(rows, 6) };
	}
	return rows_status(rows);
}

static void meet(struct early *early, size_t count, const struct batch *batch)
{
	for (size_t i = 0; i < batch->row_count; i++) {
		const struct batch_row *row = &batch->rows[i];
		int64_t customer = batch->customers[row->customer].id;
		if (row->kind == ITEM_PAYMENT || row->kind == ITEM_UNPAID_RETURN || spot_empty(row->number)) continue;
		struct slice number = spot_text(row->number);
		size_t low = 0, high = count;
		while (low < high) {
			size_t middle = low + (high - low) / 2;
			size_t len = strlen(early[middle].number), least = len < number.len ? len : number.len;
			int order = memcmp(early[middle].number, number.bytes, least);
			if (order < 0 || (order == 0 && len < number.len))
				low = middle + 1;
			else
				high = middle;
		}
		for (; low < count && slice_equal(number, early[low].number); low++) {
			struct early *one = &early[low];
			if (one->customer == customer || one->amount != row->amount || strcmp(one->currency, row->currency) != 0) continue;
			one->met = one->met == 0 || one->met == customer ? customer : -1;
		}
	}
}

/* Several places of one company: each document goes to the account that has it in the books, with what is bound to its item. What the
 * document says stays word for word; only whose it is was a guess. */
static struct status move_one(const struct change *change, const struct early *one)
{
	static const char *const moves[] = {
		"UPDATE fact SET customer_id = $into WHERE tenant_id = $tenant AND company_id = $company AND customer_id = $from AND id = $fact",
		"UPDATE fact_change SET customer_id = $into WHERE tenant_id = $tenant AND company_id = $company AND customer_id = $from AND fact_id = $fact",
		"UPDATE item SET customer_id = $into WHERE tenant_id = $tenant AND company_id = $company AND customer_id = $from AND id = $fact",
		"UPDATE document SET customer_id = $into WHERE tenant_id = $tenant AND company_id = $company AND customer_id = $from AND item_id = $fact",
		"UPDATE dispute SET customer_id = $into WHERE tenant_id = $tenant AND company_id = $company AND customer_id = $from AND item_id = $fact",
		"UPDATE hold SET customer_id = $into WHERE tenant_id = $tenant AND company_id = $company AND customer_id = $from AND item_id = $fact",
	};
	const struct db_arg args[] = { db_int("tenant", change->company.tenant_id), db_int("company", change->company.id), db_int("from", one->customer),
		db_int("into", one->met), db_int("fact", one->fact), { .type = DB_END } };
	const struct db_arg of_customer[] = { args[0], args[1], args[2], args[4], { .type = DB_END } };
	/* settlements are computed anew, under the account */
	TRY(db_run(change->db, "DELETE FROM settlement WHERE tenant_id = $tenant AND company_id = $company AND customer_id = $from AND (debit_id = $fact OR credit_id = $fact)", of_customer));
	TRY(db_run(change->db, "DELETE FROM restatement WHERE tenant_id = $tenant AND company_id = $company AND customer_id = $from AND (fact_id = $fact OR item_id = $fact)", of_customer));
	for (size_t i = 0; i < COUNT(moves); i++) TRY(db_run(change->db, moves[i], args));
	return STATUS_FINE;
}

struct status einvoice_join(struct change *change, const struct intake *intake, const struct batch *batch, struct intake_result *result,
                            int64_t **touched, size_t *count)
{
	cleanup_arena struct arena *arena = arena_new();
	cleanup_free struct early *early = NULL;
	size_t early_count = 0, cap = *count;
	if (!batch->row_count) return STATUS_FINE;
	TRY(read_early(change, arena, &early, &early_count));
	if (!early_count) return STATUS_FINE;
	qsort(early, early_count, sizeof *early, compare_early);
	meet(early, early_count, batch);
	qsort(early, early_count, sizeof *early, compare_customers);
	for (size_t i = 0, end; i < early_count; i = end) {
		int64_t into = 0;
		for (end = i; end < early_count && early[end].customer == early[i].customer; end++)
			if (early[end].met) into = into == 0 || into == early[end].met ? early[end].met : -1;
		if (into == 0) continue;
		if (into < 0) {
			bool doubt = false;
			for (size_t k = i; k < end; k++) {
				doubt |= early[k].met < 0;
				if (early[k].met <= 0) continue;
				TRY(move_one(change, &early[k]));
				GROW(*touched, *count, cap);
				(*touched)[(*count)++] = early[k].met;
			}
			GROW(*touched, *count, cap);
			(*touched)[(*count)++] = early[i].customer;
			if (doubt) batch_warn(intake, result, fill(intake->arena, tr(intake->viewer->lang, "Invoices of “{name}” stand under several customers in the books: none was made one with him."),
				(struct blank[]){ { "name", early[i].name }, { 0 } }));
			continue;
		}
		TRY(customer_merge(change, early[i].customer, into));
		GROW(*touched, *count, cap);
		(*touched)[(*count)++] = early[i].customer;
		GROW(*touched, *count, cap);
		(*touched)[(*count)++] = into;
	}
	return STATUS_FINE;
}
