#include "ledger/fact_store.h"

#include "base/memory.h"
#include "base/text.h"
#include "ledger/projection.h"

#include <stdlib.h>
#include <string.h>

static const char *const modes[] = { "ledger", "stock", "delta" };

const char *import_mode_code(enum import_mode mode)
{
	return modes[mode];
}

bool import_mode_parse(const char *code, enum import_mode *out)
{
	for (size_t i = 0; i < COUNT(modes); i++) {
		if (strcmp(modes[i], code) != 0) continue;
		*out = (enum import_mode)i;
		return true;
	}
	return false;
}

bool fact_format_is_document(const char *format)
{
	static const char *const formats[] = { FACT_DOCUMENT_FORMATS };
	for (size_t i = 0; i < COUNT(formats); i++)
		if (strcmp(formats[i], format) == 0) return true;
	return false;
}

/* "19723,20089" */
static const int32_t *read_days(const char *text, struct arena *arena, size_t *count)
{
	size_t most = 1;
	for (const char *c = text; *c; c++) most += *c == ',';
	int32_t *days = arena_array(arena, int32_t, most);
	*count = 0;
	while (*text) {
		size_t len = strcspn(text, ",");
		int64_t day;
		if (text_parse_int(text, len, &day)) days[(*count)++] = (int32_t)day;
		text += len + (text[len] == ',');
	}
	return days;
}

static uint32_t take_source(struct fact_store *store, struct arena *arena, const char *name, uint32_t *cap)
{
	for (uint32_t i = 0; i < store->source_count; i++)
		if (strcmp(store->sources[i], name) == 0) return i;
	if (store->source_count == *cap) {
		uint32_t bigger_cap = *cap ? *cap * 2 : 8;
		const char **bigger = arena_array(arena, const char *, bigger_cap);
		for (uint32_t i = 0; i < store->source_count; i++) bigger[i] = store->sources[i];
		store->sources = bigger, *cap = bigger_cap;
	}
	store->sources[store->source_count] = arena_strdup(arena, name);
	return store->source_count++;
}

struct status fact_store_open(struct db *db, int64_t tenant, int64_t company, struct arena *arena, struct fact_store *out)
{
	*out = (struct fact_store){ .db = db, .tenant = tenant, .company = company };
	int64_t count = 0;
	TRY(db_get_int(db, "SELECT count(*) FROM import WHERE tenant_id = $tenant AND company_id = $company",
	               DB_ARGS(db_int("tenant", tenant), db_int("company", company)), &count, NULL));
	int64_t decided = 0;
	TRY(db_get_int(db,
	               "SELECT count(*) FROM (SELECT 1 FROM cash_application WHERE tenant_id = $tenant AND company_id = $company LIMIT 1) x",
	               DB_ARGS(db_int("tenant", tenant), db_int("company", company)), &decided, NULL));
	out->has_cash = decided > 0;
	out->imports = arena_array(arena, struct import_row, count + 1);
	out->files = arena_array(arena, struct ledger_file, count + 1);
	uint32_t cap = 0;
	cleanup_rows struct rows *rows = db_query(db,
		"SELECT id, source, mode, state, from_day, to_day, as_of_day, opening_days, file_name, format, digest FROM import"
		" WHERE tenant_id = $tenant AND company_id = $company ORDER BY id",
		DB_ARGS(db_int("tenant", tenant), db_int("company", company)));
	while (rows_next(rows) && (int64_t)out->import_count < count) {
		struct import_row *import = &out->imports[out->import_count++];
		size_t digest_len = 0;
		const void *digest = row_blob(rows, 10, &digest_len);
		*import = (struct import_row){
			.id = row_int(rows, 0), .source = take_source(out, arena, row_text(rows, 1), &cap),
			.active = strcmp(row_text(rows, 3), "active") == 0, .from_day = row_day(rows, 4), .to_day = row_day(rows, 5),
			.as_of_day = row_day(rows, 6), .file_name = arena_strdup(arena, row_text(rows, 8)),
			.format = arena_strdup(arena, row_text(rows, 9)), .digest_len = digest_len,
			.documents = fact_format_is_document(row_text(rows, 9)),
		};
		import->digest = digest_len ? memcpy(arena_alloc(arena, digest_len), digest, digest_len) : NULL;
		import->source_name = out->sources[import->source];
		if (!import_mode_parse(row_text(rows, 2), &import->mode))
			return status_make(STATUS_INTERNAL, "Import %lld has an unknown mode.", (long long)import->id);
		if (import->mode != IMPORT_LEDGER || !import->active || import->from_day == DAY_NONE) continue;
		struct ledger_file *file = &out->files[out->file_count++];
		*file = (struct ledger_file){ .id = import->id, .source = import->source, .from_day = import->from_day,
			                      .to_day = import->to_day };
		file->opening_days = read_days(row_text(rows, 7), arena, &file->opening_count);
	}
	return rows_status(rows);
}

const struct import_row *fact_store_import(const struct fact_store *store, int64_t id)
{
	size_t low = 0, high = store->import_count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (store->imports[middle].id < id)
			low = middle + 1;
		else
			high = middle;
	}
	return low < store->import_count && store->imports[low].id == id ? &store->imports[low] : NULL;
}

uint32_t fact_store_source(const struct fact_store *store, const char *name)
{
	for (uint32_t i = 0; i < store->source_count; i++)
		if (strcmp(store->sources[i], name) == 0) return i;
	return UINT32_MAX;
}

/* --- facts ------------------------------------------------------------------------------------------------------------------ */
/* Few different texts repeat in every row: the last one is shared. */
static const char *repeat(struct arena *arena, const char *last, const char *text)
{
	if (!*text) return "";
	return last && strcmp(last, text) == 0 ? last : arena_strdup(arena, text);
}

const char *fact_class(enum item_kind kind, bool opening)
{
	return opening && kind == ITEM_RETENTION ? FACT_OPENING_RETENTION : item_kind_code(kind);
}

static void read_class(struct fact *fact, const char *class)
{
	fact->closing = strcmp(class, FACT_CLOSING) == 0;
	if (strcmp(class, FACT_OPENING_RETENTION) == 0)
		fact->kind = ITEM_RETENTION;
	else if (fact->closing || !item_kind_parse(class, &fact->kind))
		fact->kind = ITEM_OTHER;
	fact->opening = fact->kind == ITEM_OPENING || strcmp(class, FACT_OPENING_RETENTION) == 0;
}

/* Where the statement that counts comes from, for pairs and lettering. */
static void place(const struct fact_store *store, struct fact *fact, int64_t stated_by)
{
	const struct import_row *file = fact_store_import(store, stated_by);
	fact->file = stated_by;
	fact->ledger_day = fact->posting_day;
	/* what a list told of an item is of its own day, even when a ledger file that ends before it tells it again (match_closing.c) */
	if (file && file->mode == IMPORT_LEDGER && file->from_day != DAY_NONE && fact->applies_to[0] != '#') {
		if (fact->ledger_day < file->from_day) fact->ledger_day = file->from_day;
		if (fact->ledger_day > file->to_day) fact->ledger_day = file->to_day;
	}
	int64_t lettered_in = projection_lettering_file(store->files, store->file_count, fact->source, fact->ledger_day);
	fact->lettered_in = lettered_in ? lettered_in : stated_by;
}

void fact_store_complete(const struct fact_store *store, const struct import_row *import, const char *class, struct stored_fact *fact)
{
	fact->active = import->active, fact->import_id = import->id, fact->class = class;
	fact->fact.source = import->source, fact->fact.einvoice = import->documents;
	read_class(&fact->fact, class);
	place(store, &fact->fact, import->id);
}

struct fact_list {
	struct stored_fact *rows;
	size_t count, cap;
};

static struct status read_rows(const struct fact_store *store, int64_t low, int64_t high, struct arena *arena,
                               struct fact_list *list)
{
#define FACTS                                                                                                          \
	"SELECT customer_id, id, import_id, line, class, account, journal, entry, pair, posting_day, number, piece, piece_day,"  \
	" due_day, amount, currency, lettering, label, applies_to, external_id, extra FROM fact"                                \
	" WHERE tenant_id = $tenant AND company_id = $company AND customer_id >= $low AND customer_id <= $high"
	cleanup_rows struct rows *rows = db_scan(store->db,
		store->payments_only ? FACTS " AND class IN ('payment', 'unpaid_return') ORDER BY customer_id, id"
		                     : FACTS " ORDER BY customer_id, id",
		DB_ARGS(db_int("tenant", store->tenant), db_int("company", store->company), db_int("low", low), db_int("high", high)));
	const char *account = NULL, *journal = NULL, *currency = NULL;
	const struct import_row *import = NULL;
	while (rows_next(rows)) {
		if (list->count == list->cap) {
			size_t cap = list->cap ? list->cap * 2 : 64;
			struct stored_fact *bigger = arena_array(arena, struct stored_fact, cap);
			if (list->count) memcpy(bigger, list->rows, list->count * sizeof *bigger);
			list->rows = bigger, list->cap = cap;
		}
		int64_t import_id = row_int(rows, 2);
		if (!import || import->id != import_id) import = fact_store_import(store, import_id);
		if (!import) return status_make(STATUS_INTERNAL, "A line belongs to import %lld, which is unknown.", (long long)import_id);
		account = repeat(arena, account, row_text(rows, 5));
		journal = repeat(arena, journal, row_text(rows, 6));
		currency = repeat(arena, currency, row_text(rows, 15));
		struct stored_fact *row = &list->rows[list->count++];
		*row = (struct stored_fact){
			.entry = row_int(rows, 7), .journal = journal, .stored_customer = row_int(rows, 0),
		};
		const char *class = repeat(arena, list->count > 1 ? row[-1].class : NULL, row_text(rows, 4));
		row->fact = (struct fact){
			.id = row_int(rows, 1), .customer_id = row_int(rows, 0), .line = row_int(rows, 3),
			.account = account, .pair = row_int(rows, 8), .posting_day = row_day(rows, 9),
			.number = arena_strdup(arena, row_text(rows, 10)), .piece_day = row_day(rows, 12), .due_day = row_day(rows, 13),
			.amount = row_int(rows, 14), .currency = currency, .lettering = repeat(arena, NULL, row_text(rows, 16)),
			.label = repeat(arena, NULL, row_text(rows, 17)), .applies_to = repeat(arena, NULL, row_text(rows, 18)),
			.external_id = repeat(arena, NULL, row_text(rows, 19)), .extra = repeat(arena, NULL, row_text(rows, 20)),
		};
		row->piece = repeat(arena, row->fact.number, row_text(rows, 11));
		fact_store_complete(store, import, class, row);
	}
	return rows_status(rows);
}

/* What later imports say, oldest first: the last one that is active stands. */
static struct status read_changes(const struct fact_store *store, int64_t low, int64_t high, struct arena *arena,
                                  struct fact_list *list)
{
	cleanup_rows struct rows *rows = db_scan(store->db,
		"SELECT customer_id, fact_id, import_id, present, class, line, entry, pair, number, due_day, amount, lettering, label,"
		" applies_to, extra, piece_day FROM fact_change"
		" WHERE tenant_id = $tenant AND company_id = $company AND customer_id >= $low AND customer_id <= $high"
		" ORDER BY customer_id, fact_id, import_id",
		DB_ARGS(db_int("tenant", store->tenant), db_int("company", store->company), db_int("low", low), db_int("high", high)));
	size_t at = 0;
	while (rows_next(rows)) {
		int64_t customer = row_int(rows, 0), id = row_int(rows, 1), import_id = row_int(rows, 2);
		const struct import_row *import = fact_store_import(store, import_id);
		if (!import || !import->active) continue;
		while (at < list->count && (list->rows[at].stored_customer < customer
		                            || (list->rows[at].stored_customer == customer && list->rows[at].fact.id < id)))
			at++;
		bool known = at < list->count && list->rows[at].stored_customer == customer && list->rows[at].fact.id == id;
		if (!known && store->payments_only) continue;
		if (!known)
			return status_make(STATUS_INTERNAL, "A change speaks of line %lld, which is unknown.", (long long)id);
		struct stored_fact *row = &list->rows[at];
		row->active = row_int(rows, 3) != 0;
		if (!row->active) continue;
		row->class = arena_strdup(arena, row_text(rows, 4));
		row->entry = row_int(rows, 6);
		row->fact.line = row_int(rows, 5), row->fact.pair = row_int(rows, 7);
		row->fact.number = arena_strdup(arena, row_text(rows, 8));
		row->fact.due_day = row_day(rows, 9), row->fact.amount = row_int(rows, 10);
		row->fact.piece_day = row_day(rows, 15);
		row->fact.lettering = arena_strdup(arena, row_text(rows, 11));
		row->fact.label = arena_strdup(arena, row_text(rows, 12));
		row->fact.applies_to = arena_strdup(arena, row_text(rows, 13));
		row->fact.extra = arena_strdup(arena, row_text(rows, 14));
		read_class(&row->fact, row->class);
		place(store, &row->fact, import_id);
	}
	return rows_status(rows);
}

struct status fact_store_read(const struct fact_store *store, int64_t low, int64_t high, struct arena *arena,
                              struct stored_fact **out, size_t *count)
{
	struct fact_list list = { 0 };
	TRY(read_rows(store, low, high, arena, &list));
	TRY(read_changes(store, low, high, arena, &list));
	*out = list.rows, *count = list.count;
	return STATUS_FINE;
}

/* --- what was decided of bank lines -------------------------------------------------------------------------------------------- */
#define GROW_IN(arena, array, count, cap, type)                                                                        \
	do {                                                                                                           \
		if ((count) == (cap)) {                                                                                \
			size_t bigger_cap = (cap) ? (cap) * 2 : 16;                                                    \
			type *bigger = arena_array((arena), type, bigger_cap);                                         \
			if (count) memcpy(bigger, (array), (count) * sizeof(type));                                    \
			(array) = bigger, (cap) = bigger_cap;                                                          \
		}                                                                                                      \
	} while (0)

struct status fact_store_read_cash(const struct fact_store *store, int64_t low, int64_t high, struct arena *arena,
                                   struct cash_facts *out)
{
	if (!store->has_cash) return STATUS_FINE;
	const struct db_arg *args = DB_ARGS(db_int("tenant", store->tenant), db_int("company", store->company), db_int("low", low),
	                                    db_int("high", high));
	{
		cleanup_rows struct rows *rows = db_query(store->db,
			"SELECT f.customer_id, f.id, f.application_id, f.class, f.difference, f.account, f.posting_day, f.number, f.amount,"
			" f.currency, f.label, f.reopens_id, f.extra FROM cash_fact f JOIN cash_application a ON a.tenant_id = f.tenant_id"
			" AND a.company_id = f.company_id AND a.id = f.application_id AND a.state = 'active'"
			" WHERE f.tenant_id = $tenant AND f.company_id = $company AND f.customer_id >= $low AND f.customer_id <= $high"
			" ORDER BY f.customer_id, f.id", args);
		while (rows_next(rows)) {
			GROW_IN(arena, out->facts, out->fact_count, out->fact_cap, struct fact);
			struct fact *fact = &out->facts[out->fact_count++];
			*fact = (struct fact){
				.id = row_int(rows, 1), .customer_id = row_int(rows, 0), .source = FACT_SOURCE_CASH, .line = row_int(rows, 1),
				.application = row_int(rows, 2), .difference = row_text(rows, 4)[0] != 0,
				.account = arena_strdup(arena, row_text(rows, 5)), .posting_day = row_day(rows, 6), .ledger_day = row_day(rows, 6),
				.piece_day = DAY_NONE, .due_day = DAY_NONE, .number = arena_strdup(arena, row_text(rows, 7)),
				.amount = row_int(rows, 8), .currency = arena_strdup(arena, row_text(rows, 9)), .lettering = "", .applies_to = "",
				.label = arena_strdup(arena, row_text(rows, 10)), .external_id = "", .reopens = row_int(rows, 11),
				.extra = arena_strdup(arena, row_text(rows, 12)),
			};
			if (!item_kind_parse(row_text(rows, 3), &fact->kind))
				return status_make(STATUS_INTERNAL, "Decision %lld brings a line of an unknown kind.", (long long)fact->application);
		}
		TRY(rows_status(rows));
	}
	{
		cleanup_rows struct rows *rows = db_query(store->db,
			"SELECT p.cash_id, p.fact_id, p.same FROM cash_fact f JOIN cash_posting p ON p.tenant_id = f.tenant_id AND p.company_id = f.company_id"
			" AND p.cash_id = f.id WHERE f.tenant_id = $tenant AND f.company_id = $company AND f.customer_id >= $low AND f.customer_id <= $high"
			" ORDER BY p.cash_id, p.fact_id", args);
		while (rows_next(rows)) {
			GROW_IN(arena, out->postings, out->posting_count, out->posting_cap, struct fact_posting);
			out->postings[out->posting_count++] = (struct fact_posting){ row_int(rows, 0), row_int(rows, 1), row_int(rows, 2) != 0 };
		}
		TRY(rows_status(rows));
	}
	cleanup_rows struct rows *rows = db_query(store->db,
		"SELECT l.customer_id, l.application_id, l.debit_id, l.credit_id, l.amount FROM cash_link l JOIN cash_application a"
		" ON a.tenant_id = l.tenant_id AND a.company_id = l.company_id AND a.id = l.application_id AND a.state = 'active'"
		" WHERE l.tenant_id = $tenant AND l.company_id = $company AND l.customer_id >= $low AND l.customer_id <= $high"
		" ORDER BY l.customer_id, l.application_id, l.position", args);
	while (rows_next(rows)) {
		GROW_IN(arena, out->links, out->link_count, out->link_cap, struct fact_link);
		out->links[out->link_count++] = (struct fact_link){
			.customer_id = row_int(rows, 0), .application = row_int(rows, 1), .debit_id = row_int(rows, 2),
			.credit_id = row_int(rows, 3), .amount = row_int(rows, 4),
		};
	}
	return rows_status(rows);
}
