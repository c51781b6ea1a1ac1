/* debtor_account — one customer's account as he sees it on his page: what to pay today, what is under way, what falls due later. One who
 * pays for others, and is asked for them (ledger/payer_group.h), sees theirs beside his own, each with its name.
 *
 * Asked is what is due, neither in dispute nor promised nor being collected, less the free credits; never below zero. Of an item in
 * part disputed the rest is asked. What is assigned to a third party is not there at all (reference/pitfalls.md 93). One account a
 * currency: amounts of two currencies are never added. debtor_account_pick() is pure.
 *
 *     TRY(debtor_accounts_load(db, &company, settings, customer_id, today, arena, &page));
 *     debtor_account_pick(&page.accounts[0], ids, count);      what he ticked; before that, what is asked
 *     debtor_account_facts(…) then feeds statement_pdf() and parts_epc(): page, PDF and QR code say the same.
 */
#ifndef OUTREACH_DEBTOR_ACCOUNT_H
#define OUTREACH_DEBTOR_ACCOUNT_H

#include "ledger/customer.h"
#include "outreach/compose.h"

enum debtor_place { DEBTOR_DUE, DEBTOR_CREDIT, DEBTOR_UNDERWAY, DEBTOR_LATER };
enum debtor_course { DEBTOR_NOTHING, DEBTOR_DISPUTED, DEBTOR_PROMISED, DEBTOR_SAID_PAID, DEBTOR_ON_PLAN, DEBTOR_DEBIT };

struct debtor_file {
	int64_t id;
	const char *name, *type;
};
struct debtor_item {
	int64_t id;
	const struct compose_item *item;
	enum debtor_place place;
	enum debtor_course course;  /* why it is under way, or what is known of a part of it */
	int64_t asked;              /* what may be asked of it: open less the disputed part; negative for a credit */
	int64_t disputed;
	int32_t since, until;       /* dispute: opened, our answer; promise, plan: DAY_NONE and its day */
	const char *reason;         /* of the dispute: its code */
	const char *order;          /* purchase order it names, "" */
	const struct debtor_file *files;
	size_t file_count;
	bool picked;
	const char *whose;          /* name of the customer he pays for, "" his own */
};
struct debtor_account {
	char currency[4];
	struct debtor_item *items;  /* by place, then due day */
	size_t count;
	struct compose_sender sender; /* with the account of whoever is paid */
	bool assigned;              /* a bank or factor */
	const struct compose_elsewhere *elsewhere; /* what is paid to others */
	size_t elsewhere_count;
	bool ceded;                 /* items assigned to a third party are not shown */
	int64_t due, later, credits, balance; /* due: whatever its course; credits negative */
	int64_t asked;              /* of what is picked, never below 0 */
	size_t picked;              /* items picked, credits not counted */
	bool apart;                 /* of several customers: the credits of each cover his own items only */
};
struct debtor_page {
	struct customer customer;
	struct compose_facts facts;  /* company, customer, words: without items */
	struct payer_group group;    /* himself, and for whom he pays */
	bool insolvent;              /* nothing may be asked: proceedings are open */
	struct debtor_account *accounts; /* the company's currency first; at least that one */
	size_t account_count;
};

/* What is asked when nobody has ticked anything yet. */
void debtor_account_propose(struct debtor_account *account);
/* Exactly these, as far as they are on the account; others are left aside. */
void debtor_account_pick(struct debtor_account *account, const int64_t *ids, size_t count);
struct status debtor_page_load(struct db *db, const struct company *company, const struct settings *settings, int64_t customer_id,
                               int32_t today, struct arena *arena, struct debtor_page *out);
/* Facts with the account's items: picked ones claimed, their credits deducted, the rest as statement. */
void debtor_account_facts(const struct debtor_page *page, const struct debtor_account *account, struct arena *arena, struct compose_facts *out);
/* The provider's payment page for an amount, filled in; "" when none is set or there is nothing to pay. */
const char *debtor_pay_url(const struct settings *settings, const struct debtor_page *page, const struct debtor_account *account,
                           struct arena *arena);
/* A document of his items that he may take: an invoice's own file, never what he or anybody else sent in. */
struct status debtor_document(struct db *db, const struct debtor_page *page, int64_t tenant, int64_t company, int64_t document_id,
                              struct arena *arena, struct attachment *out);

#endif
