/* fact_store — facts read from the store, each in the state that the active imports leave it in (ledger/fact.h).
 *
 *     struct fact_store store;
 *     TRY(fact_store_open(db, tenant, company, arena, &store));      the imports, and what the ledger files cover
 *     TRY(fact_store_read(&store, low, high, arena, &facts, &n));    facts of the customers low..high, by customer and id
 */
#ifndef LEDGER_FACT_STORE_H
#define LEDGER_FACT_STORE_H

#include "base/arena.h"
#include "db/db.h"
#include "ledger/fact.h"

enum import_mode { IMPORT_LEDGER, IMPORT_STOCK, IMPORT_DELTA };
const char *import_mode_code(enum import_mode mode); /* "ledger" */
bool import_mode_parse(const char *code, enum import_mode *out);

/* Imports whose facts are electronic invoices, by their format. */
#define FACT_DOCUMENT_FORMATS "ubl", "cii", "facturx", "einvoices"
bool fact_format_is_document(const char *format);

struct import_row {
	int64_t id;
	uint32_t source;
	enum import_mode mode;
	bool active;
	bool documents; /* its facts are electronic invoices */
	int32_t from_day, to_day, as_of_day; /* DAY_NONE where the mode has none */
	const char *source_name, *file_name, *format;
	const void *digest;
	size_t digest_len;
};

struct fact_store {
	struct db *db;
	int64_t tenant, company;
	struct import_row *imports; /* by id */
	size_t import_count;
	struct ledger_file *files;  /* the active ledger files */
	size_t file_count;
	const char **sources;       /* by number */
	uint32_t source_count;
	bool payments_only;         /* set by the caller: read payments and returned payments alone */
	bool has_cash;              /* something was ever decided of a bank line */
};

/* Sees an import that this transaction has just made active. */
const char *fact_class(enum item_kind kind, bool opening); /* as the column `class` has it */
struct status fact_store_open(struct db *db, int64_t tenant, int64_t company, struct arena *arena, struct fact_store *out);
const struct import_row *fact_store_import(const struct fact_store *store, int64_t id); /* NULL: unknown */
/* UINT32_MAX when no import ever spoke for it. */
uint32_t fact_store_source(const struct fact_store *store, const char *name);

struct stored_fact {
	struct fact fact;        /* as its latest active statement leaves it; none active: as it was brought */
	bool active;             /* there, as far as the active imports say */
	int64_t import_id;       /* that brought it */
	int64_t entry;
	const char *class, *journal, *piece;
	int64_t stored_customer; /* the row's customer, before merges: fact.customer_id is set by the caller where it differs */
};
/* Completes a fact that is in memory as read from a row of this import and of this class: what it says by itself is given. */
void fact_store_complete(const struct fact_store *store, const struct import_row *import, const char *class, struct stored_fact *fact);
/* What stands of decisions on bank lines: facts by customer and id, links by customer, decision and order. Appended to the lists. */
struct cash_facts {
	struct fact *facts;
	size_t fact_count, fact_cap;
	struct fact_link *links;
	struct fact_posting *postings;
	size_t posting_count, posting_cap;
	size_t link_count, link_cap;
};
struct status fact_store_read_cash(const struct fact_store *store, int64_t low, int64_t high, struct arena *arena,
                                   struct cash_facts *out);
/* Facts of the customers low..high, also those that are not active. */
struct status fact_store_read(const struct fact_store *store, int64_t low, int64_t high, struct arena *arena,
                              struct stored_fact **out, size_t *count);

#endif
