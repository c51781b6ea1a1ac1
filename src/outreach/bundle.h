/* bundle — a file handed over as one sealed ZIP that a lawyer, an agency or a court can read without Encours.
 *
 *   00-dossier.pdf            parties, claim, interest, what was done, list of exhibits, what is missing, deadlines
 *   01-releve.pdf             the statement of account
 *   02-….pdf                  order for payment, small claims: all that the form asks for, on a sheet (court_paper.h)
 *   donnees.json              what a form asks for (order for payment, small claims), as data
 *   pieces/…                  documents of the items, as they were received
 *   echanges/…                every message that left with its attachments, every answer, word for word
 *   preuve/chaine.jsonl       the customer's part of the event chain; preuve/verifier.py checks it in a few lines
 *   SHA256SUMS                digest of each file above
 *
 *     TRY(bundle_make(db, viewer, &company, settings, file_id, today, now, arena, &bundle));
 */
#ifndef OUTREACH_BUNDLE_H
#define OUTREACH_BUNDLE_H

#include "dunning/interest.h"
#include "ledger/case_file.h"
#include "ledger/customer.h"
#include "outreach/compose.h"

struct bundle_item {
	int64_t id, amount, open;
	const char *number;
	int32_t issue_day, due_day, barred_from;
	struct interest interest; /* total 0: none */
	bool invoiced, delivered; /* among the exhibits: the invoice; a delivery note or an acceptance */
};
struct bundle_exhibit {
	const char *name, *label; /* of the file in the bundle; what it is */
	char sha256[65];
};
struct bundle_step { /* what was done, oldest first */
	int32_t day;
	const char *words;
};
/* All that its index says. */
struct bundle_facts {
	struct case_file file;
	struct customer customer;
	const struct case_route *route;
	struct compose_facts statement;  /* parties, payment, language of the company */
	struct bundle_item *items;
	size_t item_count;
	struct bundle_exhibit *exhibits;
	size_t exhibit_count;
	struct bundle_step *steps;
	size_t step_count;
	const char **missing;            /* words */
	size_t missing_count;
	int64_t principal, interest, fee;
	int32_t notice_day;              /* of the last formal notice; DAY_NONE: none was sent from here */
	int32_t barred_from;             /* the earliest of its items'; DAY_NONE */
	enum lang lang;
	int32_t today;
	char head[65];
	int64_t head_seq;
};
struct bundle {
	struct text zip;                 /* text_free */
	const char *name;
	unsigned char digest[32];        /* SHA-256 of the zip */
	char head[65];
};
/* The viewer must see the customer and have RIGHT_EXPORT. At most 400 MB of documents: STATUS_INVALID says so. */
struct status bundle_make(struct db *db, const struct viewer *viewer, const struct company *company, const struct settings *settings,
                          int64_t file_id, int32_t today, int64_t now, struct arena *arena, struct bundle *out);
/* The sheet of an order for payment or of small claims alone; STATUS_INVALID for another way. */
struct status bundle_sheet(struct db *db, const struct viewer *viewer, const struct company *company, const struct settings *settings, int64_t file_id,
                           int32_t today, struct arena *arena, struct attachment *out);
/* 00-dossier.pdf of these facts. */
struct status bundle_index(const struct bundle_facts *facts, struct arena *arena, struct attachment *out);

/* Some items of a customer for somebody who is no court (a credit insurer): a first page of his own, the statement, the items' documents,
 * what was said and done. front fills *out with that page from what was gathered: customer, items, steps, language. */
struct bundle_front {
	const char *name;                 /* of the ZIP, before the customer's code */
	struct status (*front)(const struct bundle_facts *facts, void *context, struct arena *arena, struct attachment *out);
	void *context;
	const int64_t *items;
	size_t item_count;
	const struct attachment *more;    /* beside the first page */
	size_t more_count;
};
struct status bundle_of_items(struct db *db, const struct viewer *viewer, const struct company *company, const struct settings *settings, int64_t customer_id,
                              const struct bundle_front *front, int32_t today, int64_t now, struct arena *arena, struct bundle *out);

#endif
