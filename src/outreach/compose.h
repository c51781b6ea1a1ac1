/* compose — what is said to one customer: from plain facts to a finished message, the same code for preview and sending.
 *
 * compose_message() is pure: facts and a text in, subject, text part, HTML part out. A value that is missing or empty refuses
 * the message and is named (reference/pitfalls.md, R10). facts.h reads the facts from the store.
 *
 *     TRY(facts_of_action(db, viewer, company_id, action_id, today, arena, &facts));
 *     TRY(template_load(db, tenant, company_id, facts.template, facts.lang, arena, &text));
 *     TRY(compose_message(&facts, &text, arena, &message));
 *     TRY(compose_attachments(&facts, arena, &message));     the statement as PDF; not needed for a preview
 */
#ifndef OUTREACH_COMPOSE_H
#define OUTREACH_COMPOSE_H

#include "dunning/interest.h"
#include "dunning/plan.h"
#include "ledger/logo.h"
#include "ledger/payer_group.h"
#include "outreach/template.h"

struct compose_item {
	int64_t id;
	const char *number;
	enum item_kind kind;
	int32_t issue_day, due_day;
	int64_t amount;       /* of the item as booked */
	int64_t open;         /* open now */
	int64_t asked;        /* claimed: what is asked of it (a disputed part is off); credit: negative */
	enum plan_role role;
	int days_late;        /* 0 when not */
	const struct interest *interest; /* NULL: none accrued, or not claimed */
	bool fee;             /* the fixed fee is claimed for it */
	int64_t customer_id;  /* whose it is */
};

struct compose_sender {
	const char *name, *form, *capital, *rcs, *siren, *vat, *address, *postcode, *city, *country, *phone, *website;
	const char *iban, *bic, *payee;   /* "" when not set */
	const char *mediator, *colour;    /* colour: "#1d3d6f" of the house, for the button of a mail; NULL that one */
	const char *signatory_name, *signatory_title;
	const char *user_name, *user_email, *user_phone, *user_title, *signature_text;
	const struct logo *logo;          /* NULL: none */
	bool logo_in_mail;
};

/* Items paid to a bank or factor that they were assigned to: not in this message. */
struct compose_elsewhere {
	const char *name, *iban, *bic;
	int64_t amount;
	size_t count;
};

/* Late interest of a payment plan: part of its instalments, or waived while it is kept. */
struct compose_plan {
	bool made;            /* the letter is a plan's: it is to be signed, with an acknowledgement of debt */
	int64_t interest;     /* 0: none */
	bool interest_kept;
};

struct compose_instalment {
	int32_t day;
	int64_t amount;
};

struct compose_facts {
	char language[LANGUAGE_TAG]; /* that the debtor reads: chooses the text; "": that of lang */
	enum lang lang;       /* of labels, dates, amounts, attachment alike */
	int32_t today;
	char currency[4];
	char template[40];
	enum rank rank;
	enum channel channel;
	struct compose_sender sender;

	int64_t customer_id, action_id;
	const char *customer_name, *customer_code, *customer_siren;
	const char *customer_address, *customer_postcode, *customer_city, *customer_country; /* ISO 3166 or "" */
	enum debtor_class debtor;
	const char *profile;  /* scenario's code: good_payer average close_follow_up key_account public consumer */
	const char *contact_name;          /* "" : the text says "Madame, Monsieur" */
	int64_t contact_id;
	const char *recipient;             /* address; "" for a letter */
	const char *copies;                /* blind copies to our own people, separated by commas; "" none */

	const struct compose_item *items;  /* claimed and credits: oldest due first; then statement */
	size_t item_count;
	const char *own_iban, *own_bic, *own_payee; /* of the company; the sender's are those of whoever is paid (pay_to.h) */
	bool assigned;                     /* what is asked is paid to a bank or factor */
	const struct compose_elsewhere *elsewhere;
	size_t elsewhere_count;
	bool ceded_left_out;               /* items assigned with notice are not shown: never our IBAN beside them */

	const struct payer_member *members; /* those it lists items of, where its customer pays for others (ledger/payer_group.h); NULL: his own alone */
	size_t member_count;

	const int32_t *contact_days;       /* earlier contacts about these items, oldest first */
	size_t contact_count;
	bool takeover, broken_promise;
	const char *next_step;             /* "" none: then no threat is printed */
	int32_t next_day;
	int notice_days;
	bool claims_interest, claims_fee;  /* settings, class and step allow it */
	const char *registered_no, *contract_reference, *delivery_reference; /* "" unknown */
	const char *pay_link;              /* "" none */
	const char *answer_link;           /* to his own page (debtor_link.h): a place for it in a mail; "" none */
	const char *answer_words;          /* what he said there, for its confirmation */
	const char *question;              /* asked of a colleague */
	int files;                         /* template_files(): what a mail carries */
	bool invoice_links;                /* invoices are known but too heavy together: the mail says where they are */
	bool invoice_copies;               /* invoices are attached too: all of those claimed whose PDF is known, or none */
	const int64_t *invoice_documents;  /* their documents */
	size_t invoice_count;

	/* what only some texts need; "" or 0 when unknown */
	int64_t promise_amount;
	int32_t promise_day;
	const char *promise_means;
	int64_t payment_amount;
	int32_t payment_day, next_due_day;
	const char *paid_invoices;
	int64_t bill_amount;               /* of a bill sent for acceptance; 0: none spoken of */
	int32_t bill_sent_day, bill_due_day;
	int64_t dd_amount;                 /* of a direct debit that came back; 0: none */
	int32_t dd_day, represent_day;     /* represent_day 0: it can't be presented again */
	const char *return_reason;         /* NULL: not written down */
	int64_t dispute_id, dispute_amount, undisputed_amount;
	int32_t dispute_due_day;
	const char *dispute_reason, *dispute_owner;
	int32_t call_day;                  /* DAY_NONE: no call is spoken of */
	const char *call_points, *our_actions, *their_actions, *cc_names;
	const struct compose_instalment *instalments; /* of a payment plan, in order */
	struct compose_plan plan;
	size_t instalment_count;

	int64_t discount_rate, discount_days; /* granted to the customer (ledger/discount.h); rate 0: none */

	/* fields of the company's own, of customers and items: {{field.sector}}; value "" where nothing is known */
	const struct compose_field {
		const char *code, *label, *value;
	} *fields;
	size_t field_count;
};

#define COMPOSE_LOGO "logo@encours" /* what a mail's HTML part calls it: <img src="cid:…"> */

struct attachment {
	const char *name, *type;   /* "releve-C00012-2026-01-15.pdf", "application/pdf" */
	const char *bytes;
	size_t len;
};

struct message {
	enum lang lang;            /* of labels, dates, amounts */
	char language[LANGUAGE_TAG]; /* of the text */
	char template[40];
	const char *copies;        /* NULL, "": none */
	const char *recipient, *recipient_name, *subject, *text, *html; /* html: the whole document */
	const char *html_body;     /* what is between <body> and </body>: for a preview inside a page */
	int64_t asked;             /* sum claimed, credits deducted: what text, table and statement all say */
	char currency[4];
	const struct logo *logo;   /* shown in `html`, and to be sent with it; NULL: none */
	struct attachment attachments[12];
	size_t attachment_count;
};

/* STATUS_INVALID with the reason when a value is missing: nothing ever leaves with a hole in it. */
struct status compose_message(const struct compose_facts *facts, const struct template_text *text, struct arena *arena,
                              struct message *out);
/* A message whose words a person changed by hand: plain text, the HTML part made from it. */
struct status compose_edited(const struct compose_facts *facts, const char *subject, const char *body, struct arena *arena,
                             struct message *out);
struct status compose_attachments(const struct compose_facts *facts, struct arena *arena, struct message *out);
/* Every known variable with its value for these facts: [{"name","help","value","kind"}]. New reference. */
json_t *compose_values(const struct compose_facts *facts, enum lang reader);

/* ISO 11649: "RF" and two check digits before the letters and digits of a reference (at most 21). out holds 26 bytes. */
void compose_reference(const char *reference, char out[static 26]);
int64_t compose_asked(const struct compose_facts *facts); /* claimed less credits */

#endif
