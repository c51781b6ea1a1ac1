/* csv — lists of items, payments, customers or contacts that some program wrote: what the file holds, what its columns mean, and
 * its rows. Delimited text, or a sheet of an Excel workbook (xlsx.h turns it into such text).
 *
 * First a look, which proposes: the separator, what each column means (by its header in French or English, confirmed by its
 * values), in which order it writes dates and with which decimal mark, decided once for the column. A person may correct the
 * proposal; what can't be decided is said in words. Then the rows, one by one, nothing of them kept but their text.
 *
 *     struct csv *csv;
 *     TRY(csv_look(bytes, len, (struct csv_options){ .lang = LANG_FR, .currency = "EUR" }, &csv));
 *     TRY(csv_ready(csv));                                   words when a date order or a decimal mark must be asked for
 *     TRY(csv_read(csv, take_row, context));
 *     csv_free(csv);
 *
 * Slices of rows live as long as both the bytes and the csv.
 */
#ifndef FORMATS_CSV_H
#define FORMATS_CSV_H

#include "base/money.h"
#include "base/status.h"
#include "formats/column.h"
#include "formats/complaint.h"
#include "formats/encoding.h"
#include "formats/table.h"

enum csv_what { CSV_UNKNOWN, CSV_ITEMS, CSV_PAYMENTS, CSV_CUSTOMERS, CSV_CONTACTS };
const char *csv_what_name(enum csv_what what); /* "csv-items"… ; "" for CSV_UNKNOWN */
enum csv_what csv_what_parse(const char *name);

struct csv;
enum csv_target {
	CSV_IGNORED,
	/* whose */
	CSV_CUSTOMER_CODE, CSV_CUSTOMER_NAME,
	/* items and payments */
	CSV_NUMBER, CSV_TYPE, CSV_ISSUE_DAY, CSV_POSTING_DAY, CSV_DUE_DAY, CSV_SETTLED_ON, CSV_DISPUTED, CSV_DAYS_LATE,
	CSV_AMOUNT, CSV_NET_AMOUNT, CSV_TAX, CSV_OPEN, CSV_PAID, CSV_DEBIT, CSV_CREDIT, CSV_SENSE, CSV_LETTERING, CSV_CURRENCY,
	CSV_LABEL, CSV_EXTERNAL_ID, CSV_APPLIES_NUMBER, CSV_APPLIES_ID, CSV_PURCHASE_ORDER, CSV_SENDING, CSV_STATE,
	/* customers and contacts */
	CSV_TERMS, CSV_SIREN, CSV_TAX_NUMBER, CSV_EMAIL, CSV_PHONE, CSV_CONTACT_NAME, CSV_CONTACT_ROLE, CSV_ADDRESS, CSV_POSTCODE,
	CSV_CITY, CSV_COUNTRY, CSV_LANGUAGE, CSV_SALESPERSON, CSV_GROUP, CSV_CLASS, CSV_CREDIT_LIMIT,
	CSV_LEVEL, CSV_LEVEL_DAY, /* reminders that another program sent before */
	CSV_FIELD,                /* one of options.own: csv_column.own says which */
	CSV_TARGETS
};
/* A field that the company defined for itself: a column may hold it. */
struct csv_own {
	const char *code, *label_fr, *label_en; /* mappings name it field.<code> */
	bool of_item, is_day, is_number;
};
const char *csv_target_name(enum csv_target target);  /* "customer_code", for mappings and forms */
const char *csv_target_words(enum csv_target target); /* English msgid for people: "Customer code" */
enum csv_target csv_target_parse(const char *name);   /* CSV_IGNORED when unknown */
bool csv_target_is_day(enum csv_target target);
bool csv_target_is_amount(enum csv_target target);

struct csv_column {
	const char *header;       /* as written, UTF-8 */
	enum csv_target target;
	int confidence;           /* 0..100; 100 also when a person said so */
	enum date_order dates;    /* of a day column; DATE_UNDECIDED: must be asked for */
	char decimal_mark;        /* of an amount column; 0: must be asked for */
	bool minor_units;         /* the header says cents: whole numbers */
	const char *samples[3];   /* first values that are not empty; NULL where there are fewer */
	const char *doubt;        /* in words: why a person should look; NULL */
	const struct csv_own *own; /* target CSV_FIELD */
};
bool csv_column_is_day(const struct csv_column *column);
bool csv_column_is_amount(const struct csv_column *column); /* also a number of CSV_FIELD */
const char *csv_column_target(const struct csv *csv, const struct csv_column *column); /* as mappings name it: "due_date", "field.sector" */
const char *csv_column_means(const struct csv_column *column, enum lang lang);         /* in words */

struct csv_options {
	enum lang lang;
	const char *currency;     /* of the company, for rows that name none; NULL: EUR */
	enum csv_what what;       /* CSV_UNKNOWN: recognised */
	const char *mapping;      /* JSON as csv_mapping_json gives it: what a person decided, by header; NULL */
	const char *mended;       /* JSON { line: { "cells": { column from 0: text } } }: read instead of what stands there; NULL */
	const struct csv_own *own; /* fields that columns may hold besides; borrowed */
	size_t own_count;
	bool sheet_text;          /* the bytes are a sheet's text already (xlsx.h): tabs, UTF-8 */
};

struct csv_mend {
	int64_t line;
	int column;
	struct slice text;
};

struct csv {
	enum csv_what what;
	const char *grounds;      /* in words: why it is taken for that */
	struct csv_column *columns;
	size_t column_count;
	struct encoding_guess encoding; /* of `bytes` */
	enum encoding file_encoding;    /* of the file as it came */
	bool sap;                 /* a list of SAP's, made plain (sap.h) */
	struct table_dialect dialect;
	int64_t header_line;
	bool grouped;             /* customers stand on lines of their own above their items */
	int64_t rows_seen;        /* data rows looked at for the proposal */
	bool credits_positive;    /* amounts are turned round when read: most open amounts are negative and a person said so */
	bool negative_mostly;     /* they are, and nobody said anything yet: a doubt to confirm */
	/* filled by csv_read */
	int64_t data_rows, ignored_rows; /* rows below the header; those that are totals, group heads, repeated headers */
	int32_t file_day;         /* the file's own date where due date + days late of its open rows agree on one; DAY_NONE */
	struct complaints rejected;
	const char **warnings;
	size_t warning_count, warning_cap;

	struct csv_mend *mends;   /* of options.mended, in order */
	size_t mend_count;
	struct csv_options options;
	const char *bytes;        /* without byte order mark; borrowed, or `converted` */
	size_t len;
	char *converted;
	const char *sheet;        /* of a workbook: the one that was read; lines are its rows. NULL: a text file */
	const char **sheets;      /* those that could be read: mapping {"sheet": name} says which */
	size_t sheet_count, sheet_len;
	struct arena *arena;
};

/* STATUS_INVALID, in words, when the bytes are no delimited text with a header, or nothing in it can be recognised. */
struct status csv_look(const char *bytes, size_t len, struct csv_options options, struct csv **out);
/* What still has to be asked: an undecided date order or decimal mark, a missing column. STATUS_FINE when it can be read. */
struct status csv_ready(const struct csv *csv);
/* The mapping as JSON text, to be stored and given back in options.mapping; lives in csv->arena. */
const char *csv_mapping_json(const struct csv *csv);
void csv_free(struct csv *csv);

/* By its first bytes; recognise.h looks inside. */
bool csv_is_workbook(const char *bytes, size_t len);
/* A workbook one sheet of which is a FEC: that sheet as text, *out malloc'd; out NULL: only whether there is one. STATUS_NOT_FOUND
 * when none is. */
struct status csv_workbook_fec(const char *bytes, size_t len, enum lang lang, char **out, size_t *out_len);

enum csv_kind { CSV_INVOICE, CSV_CREDIT_NOTE, CSV_PAYMENT, CSV_UNPAID_RETURN, CSV_BILL, CSV_DEPOSIT_REQUEST, CSV_RETENTION, CSV_OTHER };
const char *csv_kind_name(enum csv_kind kind); /* "invoice", as in the contract */

struct csv_row {
	int64_t line;
	struct slice customer_code; /* the name where the file has no code; empty only for payments that name what they pay */
	struct slice customer_name; /* empty when the file has none */
	/* items, payments */
	struct slice number;        /* of a payment: its own reference */
	enum csv_kind kind;
	bool kind_said;             /* by a type column */
	int32_t issue_day, posting_day, due_day, settled_on; /* DAY_NONE where empty */
	int64_t amount;             /* minor units, what the customer owes positive; credit notes and payments negative */
	int64_t open, paid;         /* of the same sign as amount */
	bool has_amount, has_open, has_paid;
	char currency[4];
	int disputed;               /* 1 yes, 0 no, -1 not said */
	struct slice dispute_reason; /* where the cell says more than yes */
	struct slice lettering, label, external_id, purchase_order;
	struct slice sending;       /* how the invoice was sent: paper, electronic… as the file says it */
	struct slice applies_to;    /* numbers or ids of what a payment pays, separated by line feeds */
	bool applies_by_id;
	/* customers, contacts */
	int terms_days;             /* -1: not said */
	const char *terms_month;    /* "none", "after", "before" */
	int terms_day;
	struct slice siren, tax_number, email, phone, contact_name, contact_role, address, postcode, city, country, language, salesperson,
		group;
	int level;                  /* of reminder reached in another program: 1 reminder, 2 follow-up, 3 firm, 4 formal notice; 0: none, -1: not said */
	int32_t level_day;          /* of the last reminder; DAY_NONE */
	const char *customer_class; /* professional, public, consumer; "" */
	int64_t credit_limit;
	bool has_credit_limit;
	/* fields of the company's own that the row says something of; days as 2025-01-31, numbers as 12.500000 */
	struct csv_value {
		const struct csv_own *own;
		struct slice text;
		int column;
	} *values;
	size_t value_count;
};
/* Rows that can't be used go to csv->rejected and are not given. A status of the taker stops the reading and is returned. */
typedef struct status csv_take(void *context, const struct csv_row *row);
struct status csv_read(struct csv *csv, csv_take *take, void *context);


/* --- single lines: to be shown and mended, or kept as a list of their own (csv_mend.c) ----------------------------------------- */
struct csv_line {
	int64_t line;
	bool found;
	const char **cells; /* column_count of them, UTF-8; as mended, or as they came */
};
/* `lines` in order; *out lives in the arena. */
struct status csv_lines(struct csv *csv, const int64_t *lines, size_t count, bool mended, struct arena *arena, struct csv_line **out);
/* The header and these lines as text: semicolons, UTF-8. */
void csv_list_text(const struct csv *csv, const struct csv_line *lines, size_t count, struct text *out);

#endif
