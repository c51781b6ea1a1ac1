/* Which known customer the buyer of an electronic invoice is: the one whose item it is already; by SIREN, VAT number, code; by his
 * name where only one bears it. A name that doesn't fit a known SIREN, or two customers of one name, make nobody the same. */
#include "base/memory.h"
#include "formats/einvoice.h"
#include "formats/keys.h"
#include "intake/batch.h"
#include "intake/match.h"
#include "intake/people.h"

#include <string.h>

struct known {
	int64_t id, merged_into;
	const char *code, *name, *siren, *vat_number;
};

enum { BY_SIREN, BY_VAT, BY_CODE, BY_NAME, WAYS };
struct directory {
	struct known *rows;
	size_t count, cap;
	struct keys keys[WAYS];
	int64_t *found[WAYS];     /* by key: index of a row, or -1: several */
	size_t found_cap[WAYS];
	struct arena *arena;
	size_t merged;
};

static const char *plain_name(struct arena *arena, const char *name)
{
	cleanup_free char *plain = text_normalise(name, strlen(name));
	return arena_strdup(arena, plain);
}

static void note(struct directory *d, int way, const char *key, int64_t row)
{
	if (!*key) return;
	uint32_t before = d->keys[way].count, id = keys_take(&d->keys[way], slice_of(key), 0);
	if (d->found_cap[way] < d->keys[way].count) {
		d->found_cap[way] = d->found_cap[way] ? d->found_cap[way] * 2 : 256;
		d->found[way] = xrealloc(d->found[way], d->found_cap[way], sizeof **d->found);
	}
	d->found[way][id] = id == before ? row : -1;
}

static struct status directory_read(const struct intake *intake, struct db *db, struct directory *d)
{
	cleanup_rows struct rows *rows = db_scan(db,
		"SELECT id, code, name, siren, vat_number, merged_into FROM customer WHERE tenant_id = $tenant AND company_id = $company",
		DB_ARGS(db_int("tenant", intake->viewer->tenant_id), db_int("company", intake->company_id)));
	while (rows_next(rows)) {
		GROW(d->rows, d->count, d->cap);
		struct known *known = &d->rows[d->count++];
		*known = (struct known){ row_int(rows, 0), row_int(rows, 5), arena_strdup(d->arena, row_text(rows, 1)), arena_strdup(d->arena, row_text(rows, 2)),
			                 arena_strdup(d->arena, row_text(rows, 3)), arena_strdup(d->arena, row_text(rows, 4)) };
		d->merged += known->merged_into != 0;
	}
	TRY(rows_status(rows));
	for (size_t i = 0; i < d->count; i++) {
		const struct known *known = &d->rows[i];
		note(d, BY_CODE, known->code, (int64_t)i);
		if (known->merged_into) continue;
		note(d, BY_SIREN, known->siren, (int64_t)i);
		note(d, BY_VAT, known->vat_number, (int64_t)i);
		note(d, BY_NAME, plain_name(d->arena, known->name), (int64_t)i);
	}
	return STATUS_FINE;
}

static void directory_free(struct directory *d)
{
	for (int way = 0; way < WAYS; way++) keys_free(&d->keys[way]), free(d->found[way]);
	free(d->rows);
}

static const struct known *find(const struct directory *d, int way, const char *key, bool *several)
{
	if (!*key) return NULL;
	int64_t id = keys_find(&d->keys[way], slice_of(key), 0);
	if (id == KEYS_NONE) return NULL;
	int64_t row = d->found[way][id];
	if (row < 0 && several) *several = true;
	return row < 0 ? NULL : &d->rows[row];
}

static const struct known *of_id(const struct directory *d, int64_t id)
{
	for (size_t i = 0; i < d->count; i++)
		if (d->rows[i].id == id) return &d->rows[i];
	return NULL;
}

/* Not of another company, as far as both say which they are. */
static bool may_be(const struct known *known, const struct einvoice_party *party)
{
	return known && !(*known->siren && *party->siren && strncmp(known->siren, party->siren, 9) != 0);
}

/* Who has this very item: the number, the currency and the amount are one invoice. */
static struct status owner_of(const struct intake *intake, struct db *db, const struct batch_row *row, int64_t *out)
{
	int64_t due = row->amount - row->settled;
	*out = 0;
	cleanup_rows struct rows *rows = db_query(db,
		"SELECT DISTINCT customer_id FROM item WHERE tenant_id = $tenant AND company_id = $company AND number = $number AND currency = $currency"
		" AND (amount = $amount OR amount = $due) AND withdrawn = 0 AND kind <> 'payment'",
		DB_ARGS(db_int("tenant", intake->viewer->tenant_id), db_int("company", intake->company_id), db_text_len("number", spot_text(row->number).bytes, spot_text(row->number).len),
		        db_text("currency", row->currency), db_int("amount", row->amount), db_int("due", due)));
	int64_t found = 0;
	bool several = false;
	while (rows_next(rows)) several |= found != 0, found = row_int(rows, 0);
	if (found && !several) *out = found;
	return rows_status(rows);
}

/* A customer made one with another keeps the facts that came under him: the same invoice again must meet them there. */
static struct status merged_owner(const struct intake *intake, struct db *db, const struct directory *d, int64_t into, const struct batch_row *row,
                                  const struct known **out)
{
	for (size_t i = 0; d->merged && i < d->count; i++) {
		int64_t facts = 0;
		if (d->rows[i].merged_into != into) continue;
		TRY(db_get_int(db,
		               "SELECT count(*) FROM fact WHERE tenant_id = $tenant AND company_id = $company AND customer_id = $customer AND number = $number",
		               DB_ARGS(db_int("tenant", intake->viewer->tenant_id), db_int("company", intake->company_id), db_int("customer", d->rows[i].id),
		                       db_text_len("number", spot_text(row->number).bytes, spot_text(row->number).len)), &facts, NULL));
		if (facts) return *out = &d->rows[i], STATUS_FINE;
	}
	return STATUS_FINE;
}

static const struct known *recognise_party(const struct directory *d, const struct einvoice_party *party)
{
	const struct known *known = NULL, *named = find(d, BY_NAME, plain_name(d->arena, party->name), NULL);
	bool several = false;
	if (*party->siren) known = find(d, BY_SIREN, party->siren, &several);
	/* several places of one company: the one of this name or code */
	for (size_t i = 0; several && !known && i < d->count; i++)
		if (!d->rows[i].merged_into && strcmp(d->rows[i].siren, party->siren) == 0
		    && (strcmp(d->rows[i].name, party->name) == 0 || strcmp(d->rows[i].code, party->code) == 0)) known = &d->rows[i];
	for (size_t i = 0; several && !known && i < d->count; i++)
		if (!d->rows[i].merged_into && strcmp(d->rows[i].siren, party->siren) == 0) known = &d->rows[i];
	if (!known) known = find(d, BY_VAT, party->vat_number, NULL);
	const struct known *coded = known ? NULL : find(d, BY_CODE, party->code, NULL);
	if (may_be(coded, party) && (!*party->name || !*coded->name || named == coded || !named)) known = coded;
	if (!known && may_be(named, party)) known = named;
	return known;
}

/* A new customer's code: what the invoice calls him, unless somebody else is called so. */
static struct slice free_code(const struct directory *d, const struct einvoice_party *party, struct slice wanted)
{
	const char *codes[] = { party->siren, party->vat_number, party->name };
	if (!find(d, BY_CODE, arena_strndup(d->arena, wanted.bytes, wanted.len), NULL)) return wanted;
	for (size_t i = 0; i < COUNT(codes); i++)
		if (*codes[i] && !find(d, BY_CODE, codes[i], NULL)) return slice_of(codes[i]);
	return wanted;
}

static struct status identify(const struct intake *intake, struct db *db, struct directory *d, struct batch *batch)
{
	cleanup_free bool *seen = xcalloc(batch->customer_count + 1, sizeof *seen);
	cleanup_free const struct known **who = xcalloc(batch->customer_count + 1, sizeof *who);
	for (size_t i = 0; i < batch->row_count; i++) { /* any of his invoices may be known */
		struct batch_row *row = &batch->rows[i];
		int64_t owner = 0;
		if (who[row->customer]) continue;
		TRY(owner_of(intake, db, row, &owner));
		if (owner) who[row->customer] = of_id(d, owner);
		if (owner) TRY(merged_owner(intake, db, d, owner, row, &who[row->customer]));
	}
	for (size_t i = 0; i < batch->customer_count; i++) {
		struct batch_customer *customer = &batch->customers[i];
		if (!who[i]) who[i] = recognise_party(d, customer->party);
		if (who[i])
			customer->code = slice_of(arena_strdup(batch->arena, who[i]->code)), customer->name = (struct slice){ "", 0 }, customer->into = who[i]->merged_into;
		else
			customer->code = free_code(d, customer->party, customer->code);
	}
	return STATUS_FINE;
}

/* Two buyers of the file may be one customer: each stands once in the batch. */
static void join_equal(struct batch *batch)
{
	struct keys codes = { 0 };
	cleanup_free uint32_t *map = xcalloc(batch->customer_count + 1, sizeof *map);
	size_t kept = 0;
	for (size_t i = 0; i < batch->customer_count; i++) {
		map[i] = keys_take(&codes, batch->customers[i].code, 0);
		if (map[i] == kept) batch->customers[kept++] = batch->customers[i];
	}
	batch->customer_count = kept;
	for (size_t i = 0; i < batch->row_count; i++) batch->rows[i].customer = map[batch->rows[i].customer];
	people_renumber(batch, map);
	keys_free(&codes);
}

/* The same document twice in one archive (its PDF beside its XML): one row, which has the PDF. */
static void drop_doubles(struct batch *batch, struct intake_result *result)
{
	struct keys seen = { 0 };
	cleanup_free size_t *rows = xcalloc(batch->row_count + 1, sizeof *rows);
	size_t kept = 0;
	for (size_t i = 0; i < batch->row_count; i++) {
		const struct batch_row *row = &batch->rows[i];
		const char *key = arena_printf(batch->arena, "%u/%d/%d/%lld/%s/%.*s", row->customer, row->piece_day, row->due_day, (long long)row->amount, row->currency,
		                               SLICE_PRINT(spot_text(row->number)));
		uint32_t id = keys_take(&seen, slice_of(key), 0);
		if (id < kept) {
			struct batch_row *first = &batch->rows[rows[id]];
			if (!first->document) first->document = row->document;
			result->ignored++;
			continue;
		}
		rows[id] = kept;
		batch->rows[kept++] = *row;
	}
	batch->row_count = kept;
	keys_free(&seen);
}

struct status einvoice_customers(const struct intake *intake, struct db *db, struct batch *batch, struct intake_result *result)
{
	struct directory directory = { .arena = arena_new() };
	struct status status = directory_read(intake, db, &directory);
	if (!status.code) status = identify(intake, db, &directory, batch);
	if (!status.code) join_equal(batch), drop_doubles(batch, result);
	directory_free(&directory);
	/* codes of new customers may point into the documents, which outlive the batch; the rest was copied */
	arena_free(directory.arena);
	return status;
}
