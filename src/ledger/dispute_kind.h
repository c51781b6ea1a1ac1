/* dispute_kind — what a dispute can be about, and how a company handles each: days to answer, steps, who owns it.
 *
 * Two families. In a real dispute the customer contests something. In an administrative blockage nothing is contested: a purchase
 * order is missing, the platform rejected the invoice; it is for us to act.
 *
 * Days, steps and owners differ by type and are three settings (dispute.days, dispute.chains, dispute.owners), each a list of
 * "type:value" that says where the company differs from the table here. */
#ifndef LEDGER_DISPUTE_KIND_H
#define LEDGER_DISPUTE_KIND_H

#include "base/status.h"
#include "ledger/setting.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The steps of a chain: what is asked of whom, in order. */
enum dispute_step { DISPUTE_PROOF, DISPUTE_OWNER, DISPUTE_MANAGER, DISPUTE_CREDIT, DISPUTE_BACK, DISPUTE_STEPS };
const char *dispute_step_code(enum dispute_step step);  /* "proof" "owner" "manager" "credit" "back" */
const char *dispute_step_label(enum dispute_step step); /* English msgid: "Ask the customer for proof" */
bool dispute_step_parse(const char *code, size_t len, enum dispute_step *out);

struct dispute_kind {
	const char *code, *label; /* "price", "Price" */
	const char *icon;         /* Tabler's */
	bool blockage;            /* administrative: nothing is contested */
	int days;                 /* to answer, calendar days */
	const char *chain;        /* "owner>manager>credit>back" */
};
const struct dispute_kind *dispute_kinds(size_t *count); /* real disputes first */
const struct dispute_kind *dispute_kind(const char *code); /* NULL: no such type */
const char *dispute_label(const char *reason);             /* English msgid; the code itself when unknown */

/* How the company handles this type: its settings over the table. Texts live as long as the settings. */
enum { DISPUTE_CHAIN_MAX = 8, DISPUTE_DAYS_MAX = 120 };
struct dispute_policy {
	int days;
	enum dispute_step steps[DISPUTE_CHAIN_MAX];
	int step_count;
	char owner[160];          /* mail address, "" */
	char chain[80];           /* the steps as text */
};
void dispute_policy(const struct settings *settings, const struct dispute_kind *kind, struct dispute_policy *out);
int dispute_chain_read(const char *chain, enum dispute_step steps[static DISPUTE_CHAIN_MAX]); /* how many; -1: not a chain */

/* Checks of the three settings, for the table of keys. */
struct status dispute_check_days(char *value);
struct status dispute_check_chains(char *value);
struct status dispute_check_owners(char *value);

#endif
