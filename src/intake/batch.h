/* batch — what a file says, in the words of the ledger, before it meets the store: the middle of the intake pipeline.
 *
 * fec_batch.c and csv_batch.c fill it; match.c finds for each row the fact that it restates; stage.c writes it; apply.c makes
 * it count.
 */
#ifndef INTAKE_BATCH_H
#define INTAKE_BATCH_H

#include "base/spot.h"
#include "base/text.h"
#include "intake/intake.h"
#include "ledger/company.h"
#include "ledger/setting.h"

enum row_state {
	ROW_NEW,       /* becomes a fact */
	ROW_CHANGED,   /* a known fact, of which the file says something else now */
	ROW_UNCHANGED,
	ROW_RESTATED,  /* unchanged, but said again, so that order and pairs are those of this file */
};

struct batch_row {                  /* one for each line, all in memory: kept small */
	uint32_t line, entry, pair; /* pair: 0 or shared by the halves of a transfer */
	uint32_t customer;          /* index in the batch */
	enum row_state state : 8;
	enum item_kind kind : 8;
	bool opening;
	bool number_from_entry : 1; /* made of journal and entry number: nothing better was there */
	bool revived : 1;           /* ROW_CHANGED: of a fact that was not there any more */
	bool tells_settled : 1;     /* of a list: it says how much of the amount is settled */
	bool settled_before : 1;    /* … before it was issued: a deposit */
	int32_t posting_day, piece_day, due_day;
	int32_t settled_on;         /* of a list: when it was paid; DAY_NONE: not said, cause unknown */
	int64_t amount;             /* of a list: the whole item's, or what is open when only that is known */
	int64_t settled;            /* of a list: so much of it, with the sign of amount */
	uint32_t document;          /* in batch.documents, from 1; 0: none */
	int64_t fact_id;            /* of the fact it becomes or restates */
	const char *currency;
	struct spot account, journal, number, piece, lettering, label, applies_to, external_id, extra;
};

struct einvoice_party;
struct batch_customer {
	int64_t id;                 /* 0 until matched */
	bool is_new, renamed;
	int64_t into;               /* he was made one with this customer; 0: not */
	struct slice code, name;
	const struct einvoice_party *party; /* of an electronic invoice: what it says of the buyer */
	bool generic;               /* proposed: looks like an account of cash sales, sundry customers, the group */
	uint32_t first, count;      /* his rows, once sorted */
};

enum { NO_ROW = UINT32_MAX };

/* What a list of items tells of their settling: a payment on a day, or a closing of unknown cause on the day of the list. */
struct batch_settling {
	int64_t id;
	uint32_t row;               /* the item is this row; NO_ROW: fact_id of customer_id */
	int64_t fact_id, customer_id, line;
	bool payment;
	int32_t posting_day;
	int64_t amount;             /* against the item: negative for a debit */
	struct slice account, number;
	const char *currency;
};

/* A fact that the file no longer holds, or that is closed by its absence. */
struct batch_gone {
	const struct stored_fact *fact; /* in batch.arena */
};

/* A file that belongs to an item: of a row, or one that is known by its number. */
struct batch_document {
	const char *name, *bytes;       /* borrowed from the batch's owner */
	size_t len;
	int64_t item_id, customer_id;   /* of a known item; 0: of the row that names it */
	bool news;                      /* these bytes are not kept for it yet */
};

struct people;
struct original;
struct values;
struct batch {
	struct arena *arena;
	struct batch_row *rows;         /* malloc'd; sorted by customer id, then line, once matched */
	size_t row_count, row_cap;
	bool entries;                   /* rows are lines of a ledger, not of a list: they meet as the contract says for ledgers */
	bool tells_due, tells_lettering; /* some row has a due day, a letter */
	bool partial;                   /* some of the file was refused: what is absent may be among it, and stays */
	struct batch_customer *customers;
	size_t customer_count, customer_cap;
	struct batch_gone *gone;
	size_t gone_count, gone_cap;
	struct batch_settling *settling;
	size_t settling_count, settling_cap;
	struct account_sum {
		struct slice account;
		int32_t day;
		int64_t debit, credit;
	} *sums;
	size_t sum_count;
	enum import_mode mode;
	const char *format, *source, *currency, *company_siren; /* the last two: of the company */
	int32_t from_day, to_day;       /* mode ledger: what the file stands for; as narrow as its postings until matched */
	int32_t fiscal_end;             /* last day of the fiscal year by the file's name, or DAY_NONE */
	int32_t as_of_day;              /* mode stock */
	int32_t *opening_days;          /* first day of each group of opening lines */
	size_t opening_count;
	struct people *people;          /* customers or contacts: no facts at all (people.h) */
	bool people_news;               /* they say something that is not known yet */
	struct values *values;          /* of fields of the company's own (values.h) */
	bool value_news;
	struct levels *levels;          /* of reminder, taken over (levels.h) */
	bool level_news;
	struct statement_file *statements; /* of a bank: no facts, lines of its own (statement_batch.h) */
	struct bank_news *bank;
	struct lifecycle_file *lifecycle; /* statuses of invoices: no facts, rows of their own (lifecycle_batch.h) */
	struct invoice_status_plan *status_plan;
	struct notice_file *notices; /* of the gazette: no facts either (notice_batch.h) */
	struct insolvency_news *insolvency_news;
	struct batch_document *documents;
	size_t document_count, document_cap;
	bool document_news;
	char *sheet_text;               /* of a workbook that is a FEC: what the rows borrow from; malloc'd */
	void *owner;                    /* struct fec, struct csv…: its text is borrowed by the rows */
	void (*owner_free)(void *owner);
};

void batch_free(struct batch *batch);
void batch_warn(const struct intake *intake, struct intake_result *result, const char *words);

/* --- steps ------------------------------------------------------------------------------------------------------------------- */
struct status csv_batch_read(const struct intake *intake, const struct settings *settings, const char *bytes, size_t len,
                             struct batch *batch, struct intake_result *result);
struct status einvoice_batch_read(const struct intake *intake, const struct settings *settings, const char *bytes, size_t len,
                                  struct batch *batch, struct intake_result *result);
/* Which known customer each buyer is (einvoice_match.c); before batch_match. */
struct status einvoice_customers(const struct intake *intake, struct db *db, struct batch *batch, struct intake_result *result);
/* Which documents are new, once rows have found their facts; and keeping those (document_batch.c). */
struct status documents_match(const struct intake *intake, struct db *db, struct batch *batch);
struct status documents_apply(struct change *change, const struct batch *batch, int64_t import_id);
/* Customers whom an invoice made known before the books did: made one with those of the books that bear the same invoice
 * (einvoice_join.c). Their ids are added to *touched. */
struct status einvoice_join(struct change *change, const struct intake *intake, const struct batch *batch, struct intake_result *result,
                            int64_t **touched, size_t *count);
struct status fec_batch_read(const struct intake *intake, const struct settings *settings, const char *bytes, size_t len,
                             struct batch *batch, struct intake_result *result);
struct status entry_batch_read(const struct intake *intake, const struct settings *settings, const char *bytes, size_t len,
                                 struct batch *batch, struct intake_result *result);
/* Finds the customers and facts that rows meet; *base is the state of the imports that this rests on. */
struct status batch_match(const struct intake *intake, struct db *db, struct batch *batch, struct intake_result *result,
                          int64_t *base);
/* Writes facts, changes and the compressed original under a new import id, invisible. */
struct status batch_stage(const struct intake *intake, struct batch *batch, const struct intake_result *result,
                          struct original *original, int64_t *import_id);
struct status batch_unstage(const struct intake *intake, int64_t import_id); /* drops staged rows; 0: all that are left over */
/* Makes it count: one transaction, one event. */
struct status batch_apply(const struct intake *intake, const struct batch *batch, int64_t import_id, int64_t base,
                          struct intake_result *result);

#endif
