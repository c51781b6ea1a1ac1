/* report — the models behind reports, lists and files: JSON exactly as contract section 4, and the same rows as a table for
 * text, CSV, XLSX and PDF. Each takes a viewer and shows only his portfolio.
 *
 *     json_t *model;
 *     TRY(report_make(&context, "aged-balance", &model));
 */
#ifndef INSIGHT_REPORT_H
#define INSIGHT_REPORT_H

#include "book/list.h"
#include "ledger/company.h"
#include "standing/standing.h"

#include <jansson.h>

struct report_context {
	struct db *db;                    /* a reader: names, next actions, timeline; may be NULL for figures alone */
	const struct viewer *viewer;
	const struct company *company;
	const struct settings *settings;  /* edges, thresholds; NULL: the defaults */
	const struct book *book;
	struct arena *arena;
	enum lang lang;                   /* of the words in a model: next action, timeline, names in charts */
	int32_t as_of, today;
	const char *currency;             /* NULL: the company's */
	enum book_basis basis;
	const char *by;                   /* NULL: customer; group, collector, sales, country, class, currency, account */
	size_t rows;                      /* of customers: the first so many, for a page; "rows_count" says of how many, and an aged
	                                     balance has the "largest", by what is outstanding; 0: all */
	int32_t from, to;                 /* of a period, both or neither (as_of is then `to`); 0: not asked */
};
struct report_kind {
	const char *name;                 /* "aged-balance" */
	const char *title;                /* English msgid */
	struct status (*make)(const struct report_context *context, json_t **out);
	struct status (*point)(const struct report_context *context, json_t *row); /* its figures at the end of a month of a period */
	bool basis;                       /* takes gross or net */
	bool by;                          /* takes a dimension */
};
extern const struct report_kind report_kinds[]; /* ends with { 0 } */
const struct report_kind *report_find(const char *name); /* NULL */
/* *out: the caller's reference. An unknown name is STATUS_INVALID that lists what exists. */
/* With from and to: the figures are those of `to` (behaviour: of the settlements of the period), and "periods" has the figures at the
 * end of each month, the last one at `to`: { "month", "as_of", the keys of the report, or of its total }. */
struct status report_make(const struct report_context *context, const char *name, json_t **out);

/* The other models of the contract. The pages of lists also carry "total", "offset", "limit" and sums. */
struct status insight_items(const struct report_context *context, const struct item_filter *filter, struct list_page page,
                            json_t **out);
struct status insight_customers(const struct report_context *context, const struct customer_filter *filter,
                                struct list_page page, json_t **out);
struct status insight_customer(const struct report_context *context, const char *code, json_t **out);
/* One item as in `items`; and one customer as in `customers` (next_action is filled by the lists). */
json_t *insight_item_row(const struct report_context *context, const struct book_item *item);
/* Options for standing_all and the figures of this context. */
struct standing_options report_standing(const struct report_context *context);
struct book_age_options report_ageing(const struct report_context *context);

/* Ratios to 6 places, days to 2, half away from zero, once: numerator ÷ denominator × scale; null when denominator <= 0. */
json_t *json_ratio(__int128 numerator, __int128 denominator);
json_t *json_days(__int128 numerator, __int128 denominator);

#endif
