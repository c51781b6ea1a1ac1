#include "ledger/projection_store.h"

#include "base/locale.h"
#include "base/memory.h"
#include "base/words.h"
#include "ledger/fact_store.h"
#include "ledger/projection_rows.h"

#include <stdlib.h>
#include <string.h>

enum {
	BATCH_CUSTOMERS = 400, /* computed and written together, at most; fewer where they have many facts: */
	BATCH_FACTS = 3000,    /* what one batch needs stays in the processor's cache */
	BATCH_SPARSE = 8,      /* a range is read whole when at least one in so many of its ids is asked for */
	DIFFERENCES_TOLD = 100,
};

/* --- who belongs together ---------------------------------------------------------------------------------------------------- */
struct family_row {
	int64_t customer, head; /* of a family of more than one: linked by transfers, or merged */
};
struct families {
	struct family_row *rows; /* by customer */
	size_t count, cap;
};

static int64_t *id_slot(struct families *families, int64_t id)
{
	for (size_t i = 0; i < families->count; i++)
		if (families->rows[i].customer == id) return &families->rows[i].head;
	GROW(families->rows, families->count, families->cap);
	families->rows[families->count++] = (struct family_row){ id, id };
	return &families->rows[families->count - 1].head;
}

struct id_pair {
	int64_t a, b;
};

static int compare_family(const void *a, const void *b)
{
	const struct family_row *x = a, *y = b;
	return (x->customer > y->customer) - (x->customer < y->customer);
}

static int compare_ids(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
	return (x > y) - (x < y);
}

static int compare_heads(const void *a, const void *b)
{
	const struct family_row *x = a, *y = b;
	if (x->head != y->head) return x->head < y->head ? -1 : 1;
	return (x->customer > y->customer) - (x->customer < y->customer);
}

/* Families are few and small (a transfer between two customers' accounts, a merge), so a list per joint is enough. */
static void join(struct families *families, int64_t a, int64_t b)
{
	int64_t x = *id_slot(families, a), y = *id_slot(families, b);
	if (x == y) return;
	int64_t low = x < y ? x : y, high = x < y ? y : x;
	for (size_t i = 0; i < families->count; i++)
		if (families->rows[i].head == high) families->rows[i].head = low;
}

static const char links_sql[] =
	"SELECT a.customer_id, b.customer_id FROM fact a JOIN fact b ON b.tenant_id = a.tenant_id AND b.company_id = a.company_id"
	" AND b.import_id = a.import_id AND b.pair = a.pair WHERE a.tenant_id = $tenant AND a.company_id = $company AND a.pair > 0"
	" AND b.pair > 0 AND a.customer_id < b.customer_id"
	" UNION SELECT a.customer_id, b.customer_id FROM fact_change a JOIN fact_change b ON b.tenant_id = a.tenant_id"
	" AND b.company_id = a.company_id AND b.import_id = a.import_id AND b.pair = a.pair WHERE a.tenant_id = $tenant"
	" AND a.company_id = $company AND a.pair > 0 AND b.pair > 0 AND a.customer_id < b.customer_id"
	" UNION SELECT a.customer_id, b.customer_id FROM fact a JOIN fact_change b ON b.tenant_id = a.tenant_id"
	" AND b.company_id = a.company_id AND b.import_id = a.import_id AND b.pair = a.pair WHERE a.tenant_id = $tenant"
	" AND a.company_id = $company AND a.pair > 0 AND b.pair > 0 AND a.customer_id <> b.customer_id"
	" UNION SELECT id, merged_into FROM customer WHERE tenant_id = $tenant AND company_id = $company AND merged_into > 0";

static struct status families_load(struct db *db, int64_t tenant, int64_t company, struct families *out)
{
	cleanup_rows struct rows *rows =
		db_query(db, links_sql, DB_ARGS(db_int("tenant", tenant), db_int("company", company)));
	while (rows_next(rows)) join(out, row_int(rows, 0), row_int(rows, 1));
	if (out->count) qsort(out->rows, out->count, sizeof *out->rows, compare_heads);
	return rows_status(rows);
}

/* --- a run over customers ------------------------------------------------------------------------------------------------------ */
struct refresh {
	struct change *change; /* NULL: only look */
	struct db *db;
	int64_t tenant, company;
	struct fact_store facts;
	struct arena *arena;   /* of the whole run */
	struct arena *work;    /* of one batch */
	size_t facts_read, customers_read;
	struct known_opening *openings;
	size_t opening_count;
	int32_t books_from;
	struct terms company_terms;
	struct told_due *told; /* by item: due dates of platforms, which stand over those of files */
	size_t told_count;
	struct families families;
	struct references references;
	struct projection_outcome *outcome;
	const char *fault;     /* looking: the first thing that does not fit */
	enum lang lang;
};

struct told_due {
	int64_t item;
	int32_t day;
};

struct batch {
	struct arena *arena;
	struct stored_fact *stored; /* by customer of the row, id */
	size_t stored_count;
	struct fact *facts;         /* active ones */
	size_t fact_count;
	struct cash_facts cash;     /* of decisions on bank lines */
	struct party *parties;      /* by customer */
	size_t party_count;
	struct projection_rows rows, fresh;
};

static void append_facts(struct batch *batch, const struct stored_fact *rows, size_t count)
{
	struct stored_fact *all = arena_array(batch->arena, struct stored_fact, batch->stored_count + count + 1);
	if (batch->stored_count) memcpy(all, batch->stored, batch->stored_count * sizeof *all);
	if (count) memcpy(all + batch->stored_count, rows, count * sizeof *all);
	batch->stored = all, batch->stored_count += count;
}

static struct status read_parties(struct refresh *run, struct batch *batch, int64_t low, int64_t high, size_t *cap)
{
	cleanup_rows struct rows *rows = db_query(run->db,
		"SELECT id, terms_days, terms_month, terms_day FROM customer WHERE tenant_id = $tenant AND company_id = $company"
		" AND id >= $low AND id <= $high AND terms_days IS NOT NULL ORDER BY id",
		DB_ARGS(db_int("tenant", run->tenant), db_int("company", run->company), db_int("low", low), db_int("high", high)));
	while (rows_next(rows)) {
		if (batch->party_count == *cap) {
			size_t bigger_cap = *cap ? *cap * 2 : 64;
			struct party *bigger = arena_array(batch->arena, struct party, bigger_cap);
			if (batch->party_count) memcpy(bigger, batch->parties, batch->party_count * sizeof *bigger);
			batch->parties = bigger, *cap = bigger_cap;
		}
		struct party *party = &batch->parties[batch->party_count++];
		*party = (struct party){ .customer_id = row_int(rows, 0),
			                 .terms = { .known = true, .days = (int)row_int(rows, 1), .day_of_month = (int)row_int(rows, 3) } };
		if (!terms_month_parse(row_text(rows, 2), &party->terms.month)) party->terms.month = TERMS_MONTH_NONE;
	}
	return rows_status(rows);
}

static struct status read_range(struct refresh *run, struct batch *batch, int64_t low, int64_t high, size_t *party_cap)
{
	struct stored_fact *rows = NULL;
	size_t count = 0;
	TRY(fact_store_read(&run->facts, low, high, batch->arena, &rows, &count));
	if (batch->stored_count == 0)
		batch->stored = rows, batch->stored_count = count;
	else
		append_facts(batch, rows, count);
	TRY(fact_store_read_cash(&run->facts, low, high, batch->arena, &batch->cash));
	TRY(read_parties(run, batch, low, high, party_cap));
	return projection_rows_read(run->db, run->tenant, run->company, low, high, batch->arena, &batch->rows);
}

/* Whether all of these customers' facts are in memory, and then what they are. */
static struct status take_supplied(struct refresh *run, struct batch *batch, const int64_t *customers, size_t count, bool *supplied)
{
	const struct projection_supply *supply = run->outcome->supply;
	size_t cap = 0;
	*supplied = supply != NULL;
	for (size_t i = 0; i < count && *supplied; i++) *supplied = supply->has(supply->context, customers[i]);
	for (size_t i = 0; i < count && *supplied; i++)
		TRY(supply->give(supply->context, &run->facts, customers[i], batch->arena, &batch->stored, &batch->stored_count, &cap));
	return STATUS_FINE;
}

/* Contract, "Identity": checked before anything is written. As of any day is projection_verify's part. */
static bool gave_way(const struct projection *p, const struct fact *fact)
{
	size_t low = 0, high = p->restatement_count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct projected_restatement *row = &p->restatements[middle];
		if (row->customer_id < fact->customer_id || (row->customer_id == fact->customer_id && row->fact_id < fact->id))
			low = middle + 1;
		else
			high = middle;
	}
	return low < p->restatement_count && p->restatements[low].customer_id == fact->customer_id && p->restatements[low].fact_id == fact->id;
}

/* A document counts where it stands for itself: not when it gave way to the books. */
static bool has_item(const struct projection *p, const struct fact *fact)
{
	size_t low = 0, high = p->item_count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct projected_item *item = &p->items[middle];
		if (item->customer_id < fact->customer_id || (item->customer_id == fact->customer_id && item->id < fact->id))
			low = middle + 1;
		else
			high = middle;
	}
	return low < p->item_count && p->items[low].customer_id == fact->customer_id && p->items[low].id == fact->id;
}

static struct status check_identity(const struct projection_input *input, const struct projection *p)
{
	__extension__ __int128 facts = 0, amounts = 0, open = 0;
	for (size_t i = 0; i < input->fact_count; i++) {
		const struct fact *fact = &input->facts[i];
		bool counted = fact->kind != ITEM_DEPOSIT_REQUEST && !(fact->application && gave_way(p, fact));
		if (fact->einvoice) counted = has_item(p, fact);
		for (size_t k = 0; fact->opening && k < input->opening_count; k++)
			counted &= !(input->openings[k].source == fact->source && input->openings[k].day <= fact->ledger_day
			             && fact->ledger_day < input->openings[k].until);
		if (counted) facts += fact->amount;
	}
	for (size_t i = 0; i < p->difference_count; i++) facts += p->differences[i].opening - p->differences[i].closing;
	for (size_t i = 0; i < p->item_count; i++) {
		const struct projected_item *item = &p->items[i];
		amounts += item->amount, open += item->open_amount;
		bool within = item->amount >= 0 ? item->open_amount >= 0 && item->open_amount <= item->amount
		                                : item->open_amount <= 0 && item->open_amount >= item->amount;
		if (!within) return status_make(STATUS_INTERNAL, "Item %s would be settled beyond its amount.", item->number);
	}
	if (facts != amounts || amounts != open)
		return status_make(STATUS_INTERNAL, "The open amounts would not equal the receivable lines. Nothing was changed.");
	return STATUS_FINE;
}

static void tell_differences(struct refresh *run, const struct projection *p)
{
	struct projection_outcome *outcome = run->outcome;
	for (size_t i = 0; i < p->difference_count; i++) {
		outcome->opening_differences++;
		if (!outcome->arena || outcome->difference_count == DIFFERENCES_TOLD) continue;
		if (!outcome->differences) outcome->differences = arena_array(outcome->arena, const char *, DIFFERENCES_TOLD);
		const struct projected_difference *d = &p->differences[i];
		cleanup_free char *code = NULL;
		struct status status = db_get_text(run->db,
			"SELECT code FROM customer WHERE tenant_id = $tenant AND company_id = $company AND id = $id",
			DB_ARGS(db_int("tenant", run->tenant), db_int("company", run->company), db_int("id", d->customer_id)), &code);
		cleanup_text struct text words = { 0 };
		text_addf(&words, "%s: ", status.code || !code ? "?" : code);
		words_date(&words, run->lang, d->day);
		text_add(&words, tr(run->lang, ": the opening lines say "));
		words_amount(&words, run->lang, d->opening, d->currency);
		text_add(&words, tr(run->lang, ", the year before closes at "));
		words_amount(&words, run->lang, d->closing, d->currency);
		text_add(&words, tr(run->lang, ". The difference stands as one opening item."));
		outcome->differences[outcome->difference_count++] = arena_strdup(outcome->arena, text_cstr(&words));
	}
}

static struct status compute(struct refresh *run, struct batch *batch, const struct fact *facts, size_t count)
{
	size_t low = 0, high = batch->party_count;
	int64_t first = count ? facts[0].customer_id : 0;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (batch->parties[middle].customer_id < first)
			low = middle + 1;
		else
			high = middle;
	}
	bool family = count && facts[0].customer_id != facts[count - 1].customer_id;
	size_t first_link = 0;
	while (!family && first_link < batch->cash.link_count && batch->cash.links[first_link].customer_id < first) first_link++;
	size_t end_link = family ? batch->cash.link_count : first_link;
	while (end_link < batch->cash.link_count && batch->cash.links[end_link].customer_id == first) end_link++;
	struct projection_input input = {
		.links = end_link > first_link ? batch->cash.links + first_link : NULL, .link_count = end_link - first_link, .postings = batch->cash.postings,
		.posting_count = batch->cash.posting_count, .facts = facts, .fact_count = count, .company_terms = run->company_terms, .openings = run->openings,
		.opening_count = run->opening_count, .books_from = run->books_from, .parties = batch->parties, .party_count = batch->party_count,
	};
	if (!family) /* his own row only */
		input.party_count = low < batch->party_count && batch->parties[low].customer_id == first,
		input.parties = input.party_count ? batch->parties + low : NULL;
	struct projection projection;
	projection_compute(&input, batch->arena, &projection);
	TRY(check_identity(&input, &projection));
	projection_rows_add(&batch->fresh, batch->arena, &projection);
	tell_differences(run, &projection);
	return STATUS_FINE;
}

static int compare_facts(const void *a, const void *b)
{
	const struct fact *x = a, *y = b;
	if (x->customer_id != y->customer_id) return x->customer_id < y->customer_id ? -1 : 1;
	return (x->id > y->id) - (x->id < y->id);
}

static int32_t told_due(const struct refresh *run, int64_t item, int32_t otherwise)
{
	size_t low = 0, high = run->told_count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (run->told[middle].item < item)
			low = middle + 1;
		else
			high = middle;
	}
	return low < run->told_count && run->told[low].item == item ? run->told[low].day : otherwise;
}

static void take_active(const struct refresh *run, struct batch *batch)
{
	batch->facts = arena_array(batch->arena, struct fact, batch->stored_count + batch->cash.fact_count + 1);
	for (size_t i = 0; i < batch->stored_count; i++) {
		if (!batch->stored[i].active) continue;
		struct fact *fact = &batch->facts[batch->fact_count++];
		*fact = batch->stored[i].fact;
		if (run->told_count) fact->due_day = told_due(run, fact->id, fact->due_day);
	}
	if (!batch->cash.fact_count) return;
	memcpy(batch->facts + batch->fact_count, batch->cash.facts, batch->cash.fact_count * sizeof *batch->facts);
	batch->fact_count += batch->cash.fact_count;
	qsort(batch->facts, batch->fact_count, sizeof *batch->facts, compare_facts);
}

static struct status finish(struct refresh *run, struct batch *batch, const int64_t *customers, size_t count)
{
	if (run->change)
		return projection_rows_write(run->change, customers, count, &batch->rows, &batch->fresh, &run->references, run->arena,
		                             batch->arena, run->outcome);
	const char *fault = projection_rows_compare(&batch->rows, &batch->fresh, run->arena);
	if (fault && !run->fault) run->fault = fault;
	return STATUS_FINE;
}

/* Customers who stand alone: read as one range, computed one by one. Others inside the range are passed over. */
static struct status refresh_alone(struct refresh *run, const int64_t *customers, size_t count)
{
	arena_reset(run->work);
	struct batch batch = { .arena = run->work };
	size_t party_cap = 0;
	bool supplied;
	TRY(take_supplied(run, &batch, customers, count, &supplied));
	bool dense = !supplied && (uint64_t)(customers[count - 1] - customers[0]) < count * BATCH_SPARSE;
	if (dense)
		TRY(read_range(run, &batch, customers[0], customers[count - 1], &party_cap));
	for (size_t i = 0; !dense && !supplied && i < count; i++) TRY(read_range(run, &batch, customers[i], customers[i], &party_cap));
	take_active(run, &batch);
	run->facts_read += batch.stored_count, run->customers_read += count;
	size_t at = 0;
	for (size_t i = 0; i < count; i++) {
		while (at < batch.fact_count && batch.facts[at].customer_id < customers[i]) at++;
		size_t end = at;
		while (end < batch.fact_count && batch.facts[end].customer_id == customers[i]) end++;
		if (end > at) TRY(compute(run, &batch, batch.facts + at, end - at));
		at = end;
	}
	if (dense && (uint64_t)(customers[count - 1] - customers[0]) + 1 != count) { /* rows of those in between stay as they are */
		struct projection_rows *rows = &batch.rows;
		size_t kept = 0, c = 0;
#define KEEP_ASKED(array, n, extra)                                                                                    \
	kept = c = 0;                                                                                                  \
	for (size_t i = 0; i < (n); i++) {                                                                             \
		while (c < count && customers[c] < (array)[i].customer_id) c++;                                        \
		if (c == count || customers[c] != (array)[i].customer_id) continue;                                    \
		extra;                                                                                                 \
		(array)[kept++] = (array)[i];                                                                          \
	}                                                                                                              \
	(n) = kept
		KEEP_ASKED(rows->items, rows->item_count, rows->withdrawn[kept] = rows->withdrawn[i]);
		KEEP_ASKED(rows->settlements, rows->settlement_count, (void)0);
		KEEP_ASKED(rows->restatements, rows->restatement_count, (void)0);
#undef KEEP_ASKED
	}
	return finish(run, &batch, customers, count);
}

/* A family: linked by transfers between its members, or merged into one of them. */
static struct status refresh_family(struct refresh *run, const int64_t *members, size_t count)
{
	cleanup_arena struct arena *arena = arena_new();
	struct batch batch = { .arena = arena };
	size_t party_cap = 0;
	for (size_t i = 0; i < count; i++) TRY(read_range(run, &batch, members[i], members[i], &party_cap));
	take_active(run, &batch);
	for (size_t m = 0; m < count; m++) {
		int64_t into = members[m];
		for (int hops = 0; hops < 16; hops++) {
			int64_t next = 0;
			TRY(db_get_int(run->db,
			               "SELECT merged_into FROM customer WHERE tenant_id = $tenant AND company_id = $company AND id = $id",
			               DB_ARGS(db_int("tenant", run->tenant), db_int("company", run->company), db_int("id", into)),
			               &next, &(bool){ false }));
			if (next == 0) break;
			into = next;
		}
		for (size_t i = 0; into != members[m] && i < batch.fact_count; i++)
			if (batch.facts[i].customer_id == members[m]) batch.facts[i].customer_id = into;
	}
	if (batch.fact_count) qsort(batch.facts, batch.fact_count, sizeof *batch.facts, compare_facts);
	TRY(compute(run, &batch, batch.facts, batch.fact_count));
	return finish(run, &batch, members, count);
}

static bool in_family(const struct family_row *rows, size_t count, int64_t id)
{
	return count && bsearch(&(struct family_row){ .customer = id }, rows, count, sizeof *rows, compare_family) != NULL;
}

/* How many customers to take together, by what those before had. */
static size_t batch_size(const struct refresh *run)
{
	size_t each = run->customers_read ? run->facts_read / run->customers_read + 1 : BATCH_FACTS / 50;
	size_t size = BATCH_FACTS / each;
	return size < 8 ? 8 : size > BATCH_CUSTOMERS ? BATCH_CUSTOMERS : size;
}

/* customers: ascending, each once. */
static struct status refresh_all(struct refresh *run, const int64_t *customers, size_t count)
{
	struct families *families = &run->families;
	struct family_row *by_customer = arena_array(run->arena, struct family_row, families->count + 1);
	if (families->count) memcpy(by_customer, families->rows, families->count * sizeof *by_customer);
	qsort(by_customer, families->count, sizeof *by_customer, compare_family);
	int64_t alone[BATCH_CUSTOMERS];
	size_t n = 0;
	for (size_t i = 0; i < count; i++) {
		if (in_family(by_customer, families->count, customers[i])) continue;
		alone[n++] = customers[i];
		if (n < batch_size(run)) continue;
		TRY(refresh_alone(run, alone, n));
		n = 0;
	}
	if (n) TRY(refresh_alone(run, alone, n));
	for (size_t start = 0, end; start < families->count; start = end) {
		bool asked = false;
		for (end = start; end < families->count && families->rows[end].head == families->rows[start].head; end++)
			asked |= bsearch(&families->rows[end].customer, customers, count, sizeof *customers, compare_ids) != NULL;
		if (!asked) continue;
		int64_t *members = arena_array(run->arena, int64_t, end - start);
		for (size_t i = start; i < end; i++) members[i - start] = families->rows[i].customer;
		TRY(refresh_family(run, members, end - start));
	}
	return STATUS_FINE;
}

static struct status read_all_ids(struct refresh *run, int64_t **out, size_t *count)
{
	size_t cap = 0;
	cleanup_rows struct rows *rows = db_query(run->db,
		"SELECT id FROM customer WHERE tenant_id = $tenant AND company_id = $company ORDER BY id",
		DB_ARGS(db_int("tenant", run->tenant), db_int("company", run->company)));
	while (rows_next(rows)) {
		GROW(*out, *count, cap);
		(*out)[(*count)++] = row_int(rows, 0);
	}
	return rows_status(rows);
}

static struct status read_told(struct refresh *run)
{
	int64_t most = 0;
	TRY(db_get_int(run->db, "SELECT count(*) FROM platform_due WHERE tenant_id = $tenant AND company_id = $company",
	               DB_ARGS(db_int("tenant", run->tenant), db_int("company", run->company)), &most, NULL));
	if (!most) return STATUS_FINE;
	run->told = arena_array(run->arena, struct told_due, most);
	cleanup_rows struct rows *rows = db_query(run->db,
		"SELECT item_id, due_day FROM platform_due WHERE tenant_id = $tenant AND company_id = $company ORDER BY item_id",
		DB_ARGS(db_int("tenant", run->tenant), db_int("company", run->company)));
	while (rows_next(rows) && (int64_t)run->told_count < most) run->told[run->told_count++] = (struct told_due){ row_int(rows, 0), row_day(rows, 1) };
	return rows_status(rows);
}

static struct status refresh_run(struct refresh *run, const int64_t *customers, size_t count)
{
	const struct settings *settings;
	TRY(settings_load(run->db, run->tenant, run->company, run->arena, &settings));
	run->company_terms = (struct terms){ .known = true, .days = (int)setting_int(settings, "terms.days"),
		                             .day_of_month = (int)setting_int(settings, "terms.day") };
	if (!terms_month_parse(setting_text(settings, "terms.end_of_month"), &run->company_terms.month))
		run->company_terms.month = TERMS_MONTH_NONE;
	TRY(fact_store_open(run->db, run->tenant, run->company, run->arena, &run->facts));
	projection_known_openings(run->facts.files, run->facts.file_count, run->arena, &run->openings, &run->opening_count);
	run->books_from = DAY_NONE;
	for (size_t i = 0; i < run->facts.file_count; i++) {
		const struct ledger_file *file = &run->facts.files[i];
		if (!file->opening_count) continue;
		int32_t first = file->opening_days[0] < file->from_day ? file->from_day : file->opening_days[0];
		if (run->books_from == DAY_NONE || first < run->books_from) run->books_from = first;
	}
	TRY(families_load(run->db, run->tenant, run->company, &run->families));
	TRY(read_told(run));
	cleanup_free int64_t *ids = NULL;
	size_t id_count = 0;
	if (customers) {
		ids = xmalloc((count + 1) * sizeof *ids);
		memcpy(ids, customers, count * sizeof *ids);
		qsort(ids, count, sizeof *ids, compare_ids);
		for (size_t i = 0; i < count; i++)
			if (i == 0 || ids[i] != ids[i - 1]) ids[id_count++] = ids[i];
	} else {
		TRY(read_all_ids(run, &ids, &id_count));
	}
	cleanup_arena struct arena *work = arena_new();
	run->work = work;
	return id_count ? refresh_all(run, ids, id_count) : STATUS_FINE;
}

struct status projection_refresh_counted(struct change *change, const int64_t *customers, size_t count,
                                         struct projection_outcome *outcome)
{
	if (customers && count == 0) return STATUS_FINE;
	cleanup_arena struct arena *arena = arena_new();
	struct refresh run = { .change = change, .db = change->db, .tenant = change->company.tenant_id,
		               .company = change->company.id, .arena = arena, .outcome = outcome, .lang = change->viewer->lang };
	struct status status = refresh_run(&run, customers, count);
	free(run.families.rows);
	return status;
}

struct status projection_refresh(struct change *change, const int64_t *customers, size_t count)
{
	struct projection_outcome outcome = { 0 };
	return projection_refresh_counted(change, customers, count, &outcome);
}

/* --- verify ---------------------------------------------------------------------------------------------------------------------- */
struct status projection_verify(struct db *db, int64_t tenant, int64_t company, struct arena *arena, bool *ok,
                                const char **detail)
{
	struct projection_outcome outcome = { 0 };
	struct refresh run = { .db = db, .tenant = tenant, .company = company, .arena = arena, .outcome = &outcome, .lang = LANG_EN };
	struct status status = refresh_run(&run, NULL, 0);
	free(run.families.rows);
	*ok = status.code == STATUS_OK && !run.fault;
	*detail = run.fault ? run.fault : status.code ? arena_strdup(arena, status.text) : "";
	return status.code == STATUS_INTERNAL ? STATUS_FINE : status;
}
