#include "ledger/setting.h"

#include "base/day.h"
#include "base/email.h"
#include "base/hook.h"
#include "base/memory.h"
#include "base/money.h"
#include "base/text.h"
#include "base/zone.h"
#include "db/seal.h"
#include "ledger/company.h"
#include "ledger/dispute_kind.h"
#include "ledger/doubtful_rule.h"
#include "ledger/event.h"
#include "ledger/rebate.h"

#include <assert.h>
#include <ctype.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

/* --- checks of single keys ------------------------------------------------------------------------------------------ */
static void keep_alphanumeric(char *value)
{
	char *to = value;
	for (const char *from = value; *from; from++)
		if (isalnum((unsigned char)*from)) *to++ = (char)toupper((unsigned char)*from);
	*to = 0;
}

/* ISO 13616: the four first characters to the end, letters as numbers, modulo 97 is 1. */
static struct status check_iban(char *value)
{
	keep_alphanumeric(value);
	size_t len = strlen(value);
	if (!len) return STATUS_FINE;
	unsigned rest = 0;
	for (size_t i = 0; i < len; i++) {
		char c = value[(i + 4) % len];
		if (isdigit((unsigned char)c))
			rest = (rest * 10 + (unsigned)(c - '0')) % 97;
		else
			rest = (rest * 100 + (unsigned)(c - 'A' + 10)) % 97;
	}
	bool french = strncmp(value, "FR", 2) == 0;
	if (len < 15 || len > 34 || !isalpha((unsigned char)value[0]) || !isalpha((unsigned char)value[1]) || rest != 1 ||
	    (french && len != 27))
		return status_make(STATUS_INVALID, "This IBAN is not right: a character is missing or wrong. Copy it from the bank details.");
	return STATUS_FINE;
}

static struct status check_bic(char *value)
{
	keep_alphanumeric(value);
	size_t len = strlen(value);
	for (size_t i = 0; i < len && i < 6; i++)
		if (!isalpha((unsigned char)value[i])) len = 1;
	if (len && len != 8 && len != 11) return status_make(STATUS_INVALID, "A BIC has 8 or 11 characters and starts with six letters.");
	return STATUS_FINE;
}

/* Country, two check digits (letters apart, as of an IBAN without the business code), business code, the national number. */
static struct status check_creditor_id(char *value)
{
	keep_alphanumeric(value);
	size_t len = strlen(value);
	unsigned rest = 0;
	if (!len) return STATUS_FINE;
	for (size_t i = 0; len > 7 && len <= 35 && i < len - 3; i++) {
		char c = i < len - 7 ? value[i + 7] : value[i - (len - 7)];
		rest = isdigit((unsigned char)c) ? (rest * 10 + (unsigned)(c - '0')) % 97 : (rest * 100 + (unsigned)(c - 'A' + 10)) % 97;
	}
	if (rest != 1) return status_make(STATUS_INVALID, "This creditor identifier is not right: a character is missing or wrong. The bank gave it to you.");
	return STATUS_FINE;
}

static struct status check_email(char *value)
{
	return *value && !email_plausible(value)
	               ? status_make(STATUS_INVALID, "“%s” is not an e-mail address.", value)
	               : STATUS_FINE;
}

static struct status check_accounts(char *value)
{
	for (const char *c = value; *c; c++)
		if (!isalnum((unsigned char)*c) && *c != ',')
			return status_make(STATUS_INVALID, "Account prefixes are digits and letters separated by commas, as in 411,413,416.");
	return STATUS_FINE;
}

static struct status check_edges(char *value)
{
	int64_t edge[3] = { 0 };
	int count = 0;
	bool fine = true;
	for (const char *p = value; fine && *p;) {
		size_t len = strcspn(p, ",");
		fine = count < 3 && text_parse_int(p, len, &edge[count]) && edge[count] > (count ? edge[count - 1] : 0) &&
		       edge[count] < 10000;
		count++;
		p += len + (p[len] == ',');
	}
	return fine && count == 3 ? STATUS_FINE
	                          : status_make(STATUS_INVALID, "Give three growing numbers of days, as in 30,60,90.");
}

static bool read_minutes(const char *p, int *out)
{
	int64_t h = 0, m = 0;
	if (!text_parse_int(p, 2, &h) || p[2] != ':' || !text_parse_int(p + 3, 2, &m) || h < 0 || h > 24 || m < 0 || m > 59) return false;
	*out = (int)(h * 60 + m);
	return *out <= 24 * 60;
}

/* "09:00-12:30,14:00-17:30": growing, not overlapping. */
static struct status check_window(char *value)
{
	int last = -1, count = 0;
	for (const char *p = value; *p;) {
		size_t len = strcspn(p, ",");
		int from = 0, to = 0;
		if (len != 11 || p[5] != '-' || !read_minutes(p, &from) || !read_minutes(p + 6, &to) || from <= last || to <= from)
			return status_make(STATUS_INVALID, "Write the hours as 09:00-12:30,14:00-17:30, in order.");
		last = to, count++;
		p += len + (p[len] == ',');
	}
	return count ? STATUS_FINE : status_make(STATUS_INVALID, "Write the hours as 09:00-12:30,14:00-17:30, in order.");
}

static struct status check_days(char *value)
{
	for (const char *p = value; *p;) {
		size_t len = strcspn(p, ",");
		int32_t day = 0;
		if (!day_parse(p, len, &day)) return status_make(STATUS_INVALID, "Write the days as 2026-05-15,2026-12-24.");
		p += len + (p[len] == ',');
	}
	return STATUS_FINE;
}

/* A rate in percent, kept in hundredths of a percent's text: "12,15" becomes "12.15". */
static struct status check_percent(char *value)
{
	int64_t hundredths = 0;
	for (char *c = value; *c; c++)
		if (*c == ',') *c = '.';
	if (!*value) return STATUS_FINE;
	if (!amount_parse(value, strlen(value), (struct amount_style){ '.', 2 }, &hundredths) || hundredths < 0 || hundredths > 10000)
		return status_make(STATUS_INVALID, "A rate is a percentage between 0 and 100 with at most two decimals, as in 12,15.");
	return STATUS_FINE;
}

static struct status check_millimetres(char *value)
{
	int64_t mm = 0;
	if (!text_parse_int(value, strlen(value), &mm) || mm < -20 || mm > 20)
		return status_make(STATUS_INVALID, "An offset is between -20 and 20 mm.");
	return STATUS_FINE;
}

/* Where customers reach the desk: a scheme and a name, nothing after it. */
static struct status check_web_address(char *value)
{
	size_t len = strlen(value);
	while (len && value[len - 1] == '/') value[--len] = 0;
	if (!len) return STATUS_FINE;
	const char *host = strncmp(value, "https://", 8) == 0 ? value + 8 : strncmp(value, "http://", 7) == 0 ? value + 7 : "";
	if (!*host || len > 200 || host[strspn(host, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-:[]")])
		return status_make(STATUS_INVALID, "Write the address as https://encours.example.com, with nothing after the name.");
	return STATUS_FINE;
}

/* A payment provider's page: text that is put into an address, so nothing but an address. */
static struct status check_pay_url(char *value)
{
	if (!*value) return STATUS_FINE;
	bool fine = strncmp(value, "https://", 8) == 0 && strlen(value) <= 1000;
	for (const char *c = value; *c; c++) fine = fine && (unsigned char)*c > 32 && *c != 127 && !strchr("\"'<>\\", *c);
	return fine ? STATUS_FINE
	            : status_make(STATUS_INVALID, "Write the address as https://pay.example.com/?amount={amount}&ref={reference}, without spaces.");
}

static struct status check_colour(char *value)
{
	bool fine = strlen(value) == 7 && value[0] == '#';
	for (int i = 1; fine && i < 7; i++) {
		fine = isxdigit((unsigned char)value[i]);
		value[i] = (char)tolower((unsigned char)value[i]);
	}
	return fine ? STATUS_FINE : status_make(STATUS_INVALID, "A colour is written as #1d3d6f.");
}

static struct status check_url(char *value)
{
	return *value && !hook_url_fits(value, false)
	               ? status_make(STATUS_INVALID, "Write a whole address as https://sms.example/send; plain http only to this machine.")
	               : STATUS_FINE;
}

/* --- the table --------------------------------------------------------------------------------------------------------- */
static const struct setting_key keys[] = {
	/* payment terms of the company, for customers without their own (contract section 3, due date) */
	{ "terms.days", SETTING_INT, "30", "Payment term in days, when a customer has none of his own", 0, 365 },
	{ "terms.end_of_month", SETTING_TEXT, "none", "End of month: none, after the days, or before them", .choices = "none|after|before" },
	{ "terms.day", SETTING_INT, "0", "Day of the month on which payments fall due, 0 for none", 0, 31 },

	/* what is read in an export */
	{ "accounts.receivable", SETTING_LIST, "411,413,416", "Accounts that hold receivables, by how they begin", .check = check_accounts },
	{ "opening.journals", SETTING_LIST, "AN,RAN,ANO,AD", "Journals of opening entries" },
	{ "opening.in_behaviour", SETTING_BOOL, "1", "Count items of opening entries in the average days late" },
	{ "assumed.in_behaviour", SETTING_BOOL, "1", "Count items whose due date is assumed in the average days late" },
	{ "import.close_guard", SETTING_INT, "50", "Percentage of the outstanding that a file may close without asking", 1, 100 },
	{ "quality.poorly_lettered", SETTING_INT, "20", "A customer is poorly lettered when his credits exceed this percentage of his debits", 1, 1000 },
	{ "public.days", SETTING_INT, "30", "Days that public buyers have to pay, from the day an invoice is made available to them", 1, 90 },
	{ "collected.all", SETTING_BOOL, "0", "Write out what was collected of every invoice, not only of electronic ones" },
	{ "platform.payment_pause", SETTING_INT, "5", "Days without reminders after a buyer says that the payment was sent", 0, 30 },
	{ "stale.days", SETTING_INT, "8", "Days after the last import when nothing is chased any more", 1, 365 },

	/* cash that comes in */
	{ "cash.automatic", SETTING_BOOL, "0", "Apply certain bank lines without a person's yes" },
	{ "cash.tolerance", SETTING_AMOUNT, "500", "Largest payment difference that may be let go" },
	{ "cash.fee_tolerance", SETTING_AMOUNT, "3000", "Most bank charges that may be missing from a transfer" },
	{ "cash.oldest_first", SETTING_BOOL, "0", "Propose the oldest items when a known payer names none" },
	{ "cash.debit_days", SETTING_INT, "56", "Days during which a direct debit may come back", 0, 400 },
	{ "cash.bill_days", SETTING_INT, "8", "Days during which a bill of exchange may come back", 0, 400 },
	{ "cash.cheque_days", SETTING_INT, "15", "Days during which a cheque may come back", 0, 400 },
	{ "cash.account", SETTING_TEXT, "411000", "Account that payments applied here are posted on", .check = check_accounts },
	{ "cash.journal", SETTING_TEXT, "BQ", "Journal of payments in the export of lettering" },
	{ "cash.bank_account", SETTING_TEXT, "512000", "Bank account in the export of lettering", .check = check_accounts },
	{ "discount.vat", SETTING_TEXT, "", "VAT rate contained in early-payment discounts, in percent: their VAT is taken back; empty: it is not regularised", .check = check_percent },
	{ "discount.vat_account", SETTING_TEXT, "445710", "Account of the VAT taken back with a discount", .check = check_accounts },
	{ "cash.discount_account", SETTING_TEXT, "665000", "Account of discounts for early payment", .check = check_accounts },
	{ "cash.fee_account", SETTING_TEXT, "627000", "Account of bank charges", .check = check_accounts },
	{ "cash.rounding_account", SETTING_TEXT, "658000", "Account of payment differences", .check = check_accounts },

	/* figures */
	{ "ageing.edges", SETTING_LIST, "30,60,90", "Edges of the aged balance, in days late", .check = check_edges },
	{ "ageing.basis", SETTING_TEXT, "gross", "Aged balance: gross, or net of credits", .choices = "gross|net" },

	/* what binds the plan (reference/letters.md section 2) */
	{ "stop_all", SETTING_BOOL, "0", "Stop all sending at once" },
	{ "item_mode", SETTING_BOOL, "0", "Follow each item by itself instead of the account as a whole" },
	{ "engine.model", SETTING_TEXT, "", "Where an account stands: oldest (at the step of its oldest late item), highest (at its highest step), item (each item by itself); empty: by item_mode", .choices = "|oldest|highest|item" },
	{ "engine.payer", SETTING_TEXT, "apart", "Customers for whom another pays: apart (each is reminded by himself), together (one message to the payer, each with his own credits), netted (credits of one cover the items of another); a payer may have a mode of his own", .choices = "apart|together|netted" },
	{ "engine.restart", SETTING_TEXT, "item", "When what stood highest is paid: item (the account goes on where its rest stands), clear (it keeps its step until nothing is late)", .choices = "item|clear" },
	{ "contact.max", SETTING_INT, "8", "Most contacts of one buyer in a period, over accounts, channels and companies; 0: no limit", 0, 100 },
	{ "contact.max_days", SETTING_INT, "30", "That period, in days", 1, 365 },
	{ "plan.notes_days", SETTING_INT, "400", "Days for which each day's plan is kept with its reasons, for “why” on a past day", 31, 3650 },
	{ "formal_notice.two_persons", SETTING_BOOL, "0", "A formal notice needs the yes of a second person" },
	{ "escalation.sender", SETTING_TEXT, "", "Who signs late steps: the address of an account", .check = check_email },
	{ "daily_cap", SETTING_INT, "50", "Most first contacts in one day after going live", 1, 100000 },
	{ "contact.min_days", SETTING_INT, "3", "Working days between two messages to one customer", 1, 60 },
	{ "minimum.account", SETTING_AMOUNT, "0", "Overdue amount below which an account is not chased" },
	{ "minimum.call", SETTING_AMOUNT, "100000", "Overdue amount from which a call before the due date is worth it" },
	{ "firm.min_days_late", SETTING_INT, "8", "From the step firm on, only items at least this many days late are claimed", 1, 90 },
	{ "takeover.review_days", SETTING_INT, "90", "Items later than this at the start go to a person first", 10, 3650 },
	{ "reply.peace_days", SETTING_INT, "2", "Working days of peace after a reply", 0, 30 },
	{ "promise.grace_days", SETTING_INT, "2", "Working days after the promised day before a promise is broken", 0, 30 },
	{ "promise.confirm", SETTING_BOOL, "0", "Propose a message that confirms each promise to the customer" },
	{ "promise.max_days", SETTING_INT, "90", "Furthest day a promise may name, in days from today", 1, 730 },
	{ "thanks", SETTING_BOOL, "1", "Prepare a thank-you message when a customer who was reminded has paid" },

	/* disputes: how each type is handled (src/ledger/dispute_kind.c), and whom it may concern */
	{ "dispute.days", SETTING_LIST, "", "Days to answer a dispute, where a type differs from the usual: price:3,technical:7", .check = dispute_check_days },
	{ "dispute.chains", SETTING_LIST, "", "Steps of a dispute by type: price:owner>manager>credit>back", .check = dispute_check_chains },
	{ "dispute.owners", SETTING_LIST, "", "Who answers for a type of dispute: price:sales@example.com", .check = dispute_check_owners },
	{ "dispute.manager", SETTING_TEXT, "", "Address that hears of disputes whose answer is late", .check = check_email },
	{ "dispute.escalate_days", SETTING_INT, "2", "Working days late before the manager hears of a dispute", 0, 60 },
	{ "dispute.remind", SETTING_BOOL, "1", "Remind the owner of a dispute by mail" },
	{ "dispute.cost", SETTING_AMOUNT, "0", "What handling one dispute costs, on average" },
	{ "dispute.funds_rate", SETTING_TEXT, "4.00", "What the money that waits costs, in percent a year", .check = check_percent },

	/* payment plans */
	{ "plan.grace_days", SETTING_INT, "5", "Working days after an instalment before a payment plan is broken", 0, 60 },
	{ "plan.remind_days", SETTING_INT, "3", "Days before an instalment when the customer is told of it", 0, 30 },

	/* when something may leave */
	{ "window.hours", SETTING_LIST, "09:00-12:30,14:00-17:30", "Hours at which messages leave, on working days", .check = check_window },
	{ "holidays.alsace_moselle", SETTING_BOOL, "0", "Alsace-Moselle: Good Friday and 26 December are holidays" },
	{ "holidays.extra", SETTING_LIST, "", "Other closed days", .check = check_days },

	/* mail */
	{ "mail.host", SETTING_TEXT, "", "Mail server that sends" },
	{ "mail.port", SETTING_INT, "587", "Port of the mail server", 1, 65535 },
	{ "mail.security", SETTING_TEXT, "starttls", "Encryption: starttls, tls or none", .choices = "starttls|tls|none" },
	{ "mail.user", SETTING_TEXT, "", "Login on the mail server" },
	{ "mail.password", SETTING_SECRET, "", "Password on the mail server" },
	{ "mail.auth", SETTING_TEXT, "password", "How to sign in on the mail server: password, or oauth (a token of the provider)", .choices = "password|oauth" },
	{ "mail.from", SETTING_TEXT, "", "Address that messages come from", .check = check_email },
	{ "mail.from_name", SETTING_TEXT, "", "Name shown beside that address" },
	{ "mail.reply_to", SETTING_TEXT, "", "Address that replies go to", .check = check_email },
	{ "mail.copy_to", SETTING_TEXT, "", "Address that gets a blind copy of everything", .check = check_email },
	{ "mail.attach_mb", SETTING_INT, "8", "Most that the invoices of a mail may weigh together, in MB; beyond, the mail says where the customer finds them", 1, 9 },
	{ "mail.logo", SETTING_BOOL, "1", "Show the logo at the head of mails; it travels with them" },
	{ "mail.invoices", SETTING_BOOL, "1", "Attach the PDFs of the invoices that are asked for, where they are known and light enough" },
	{ "proof.mail", SETTING_BOOL, "1", "Mail the seal of the history to the administrators each day" },
	{ "mail.per_minute", SETTING_INT, "20", "Most messages in a minute", 1, 10000 },
	{ "mail.per_hour", SETTING_INT, "300", "Most messages in an hour", 1, 100000 },

	/* a provider that gives tokens instead of taking a password (OAuth 2.0) */
	{ "oauth.endpoint", SETTING_TEXT, "", "Address where the provider gives tokens, as https://login.example.com/oauth2/token", .check = check_url },
	{ "oauth.client", SETTING_TEXT, "", "Client (application) as registered with the provider" },
	{ "oauth.secret", SETTING_SECRET, "", "Secret of that client" },
	{ "oauth.refresh", SETTING_SECRET, "", "Refresh token that the provider gave when the mailbox's owner agreed" },
	{ "oauth.scope", SETTING_TEXT, "", "Scope that is asked for, where the provider wants one" },

	/* the mailbox that answers come to */
	{ "inbox.host", SETTING_TEXT, "", "Server of the mailbox (IMAP)" },
	{ "inbox.port", SETTING_INT, "993", "Port of the mailbox", 1, 65535 },
	{ "inbox.security", SETTING_TEXT, "tls", "Encryption of the mailbox: tls, starttls or none", .choices = "tls|starttls|none" },
	{ "inbox.user", SETTING_TEXT, "", "Login of the mailbox" },
	{ "inbox.password", SETTING_SECRET, "", "Password of the mailbox" },
	{ "inbox.auth", SETTING_TEXT, "password", "How to sign in on the mailbox: password, or oauth (a token of the provider)", .choices = "password|oauth" },
	{ "inbox.folder", SETTING_TEXT, "INBOX", "Folder that is read" },
	{ "inbox.after", SETTING_TEXT, "seen", "What becomes of a message once it is kept: seen, moved, or nothing; none is ever deleted", .choices = "seen|moved|nothing" },
	{ "inbox.moved_to", SETTING_TEXT, "Encours", "Folder that messages are moved to" },
	{ "inbox.first_days", SETTING_INT, "14", "Days of mail taken when the mailbox is read for the first time", 0, 400 },
	{ "inbox.every_minutes", SETTING_INT, "5", "Minutes between two looks", 1, 1440 },
	{ "inbox.late_hours", SETTING_INT, "4", "Hours without a look that worked before it is said", 1, 1000 },

	/* text messages, by a gateway of your choice (src/outreach/gateway.h) */
	{ "sms.url", SETTING_TEXT, "", "Address of the gateway for text messages", .check = check_url },
	{ "sms.headers", SETTING_TEXT, "Authorization: Bearer {key}", "Headers, one line each; {key} stands for the key", .long_text = true },
	{ "sms.body", SETTING_TEXT, "{\"to\":\"{to}\",\"from\":\"{from}\",\"text\":\"{text}\",\"reference\":\"{id}\"}", "What is sent, JSON or form: {to} {from} {text} {id} {key}", .long_text = true },
	{ "sms.key", SETTING_SECRET, "", "Key of the gateway" },
	{ "sms.from", SETTING_TEXT, "", "Name or number that text messages come from" },
	{ "sms.reference", SETTING_TEXT, "id", "Field of the answer that holds its reference" },
	{ "sms.price", SETTING_INT, "0", "Price of one part, in hundredths of a cent", 0, 100000 },
	{ "sms.hours", SETTING_LIST, "10:00-12:30,14:00-17:30", "Hours at which text messages leave, on working days", .check = check_window },
	{ "sms.timeout", SETTING_INT, "30", "Seconds to wait for the gateway", 2, 120 },

	/* letters, by a postal service */
	{ "post.url", SETTING_TEXT, "", "Address of the postal service", .check = check_url },
	{ "post.headers", SETTING_TEXT, "Authorization: Bearer {key}", "Headers of the postal service, one line each; {key} stands for the key", .long_text = true },
	{ "post.key", SETTING_SECRET, "", "Key of the postal service" },

	/* how to be paid */
	{ "bank.iban", SETTING_TEXT, "", "IBAN that customers pay to", .check = check_iban },
	{ "bank.bic", SETTING_TEXT, "", "BIC of the bank", .check = check_bic },
	{ "bank.name", SETTING_TEXT, "", "Name of the bank, as it is written on bills of exchange" },
	{ "debit.creditor_id", SETTING_TEXT, "", "SEPA creditor identifier (ICS), as in FR12ZZZ123456", .check = check_creditor_id },
	{ "debit.notice_days", SETTING_INT, "14", "Days before a direct debit when the customer is told of it (14, unless agreed otherwise)", 1, 60 },
	{ "debit.again", SETTING_INT, "2", "How often what came back may be presented again", 0, 5 },
	{ "bill.chase_days", SETTING_INT, "10", "Days after which a bill sent for acceptance is asked for again", 1, 60 },
	{ "bank.payee", SETTING_TEXT, "", "Name of the account's holder, when it is not the company's" },

	/* who writes: on letters and formal notices (C. com. R123-238) */
	{ "legal.form", SETTING_TEXT, "", "Legal form, as in SAS" },
	{ "legal.capital", SETTING_TEXT, "", "Share capital, as it is printed" },
	{ "legal.rcs", SETTING_TEXT, "", "Trade register, as in RCS Annecy 123 456 789" },
	{ "legal.vat", SETTING_TEXT, "", "VAT number" },
	{ "legal.address", SETTING_TEXT, "", "Address, one line each", .long_text = true },
	{ "legal.postcode", SETTING_TEXT, "", "Postcode" },
	{ "legal.city", SETTING_TEXT, "", "City" },
	{ "legal.phone", SETTING_TEXT, "", "Telephone" },
	{ "legal.website", SETTING_TEXT, "", "Website" },
	{ "legal.mediator", SETTING_TEXT, "", "Consumer mediator: name and how to reach him (C. conso. L612-1)" },
	{ "signature.name", SETTING_TEXT, "", "Name of who signs, when it is not the sender" },
	{ "signature.title", SETTING_TEXT, "", "Function of who signs" },
	{ "signature.phone", SETTING_TEXT, "", "Direct line in messages" },
	{ "signature.text", SETTING_TEXT, "", "Text under the signature", .long_text = true },
	{ "letter.offset_x", SETTING_TEXT, "0", "Printer offset to the right, in mm", .check = check_millimetres },
	{ "letter.offset_y", SETTING_TEXT, "0", "Printer offset downwards, in mm", .check = check_millimetres },

	/* late payment (C. com. L441-10): empty rate means the law's own, ECB + 10 points */
	{ "interest.clause_rate", SETTING_TEXT, "", "Late interest rate of your terms of sale, in percent a year; empty for the legal one", .check = check_percent },
	{ "interest.order", SETTING_TEXT, "principal", "What a part payment pays first: the principal, the interest (C. civ. 1343-1), or the fixed fee and then the interest", .choices = "principal|interest|indemnity" },
	{ "interest.claim", SETTING_BOOL, "1", "Claim late interest in firm messages and formal notices" },
	{ "interest.claim_fee", SETTING_BOOL, "1", "Claim the fixed recovery charge of 40 € in firm messages and formal notices" },
	{ "interest.notice_days", SETTING_INT, "8", "Days given by a formal notice", 1, 60 },

	/* the yearly rebate, weighted by how a customer pays (ledger/rebate.h) */
	{ "retention.exchanges", SETTING_INT, "60", "Messages, answers, notes and calls: months after the exchange, once nothing of that time is open", 12, 120 },
	{ "retention.contacts", SETTING_INT, "36", "Contacts: months without an invoice or an exchange with their customer", 6, 120 },
	{ "retention.customers", SETTING_INT, "60", "Consumers: months without an invoice or an exchange", 12, 120 },
	{ "retention.payers", SETTING_INT, "36", "Learned payers: months since they last paid", 6, 120 },
	{ "retention.mandates", SETTING_INT, "14", "Account numbers of ended mandates: months after the end", 13, 120 },
	{ "retention.links", SETTING_INT, "12", "Links to the customer's page: months after they expired", 1, 60 },
	{ "retention.mail", SETTING_INT, "6", "Mail set aside that belongs to no customer: months", 1, 60 },
	{ "retention.notifications", SETTING_INT, "12", "Notifications to colleagues: months", 1, 60 },
	{ "retention.lists", SETTING_INT, "12", "Original files of lists of customers and contacts: months", 1, 60 },
	{ "retention.users", SETTING_INT, "12", "Closed accounts of colleagues: months after closing", 1, 120 },
	{ "retention.vouchers", SETTING_INT, "120", "Original files and documents of the books: months to the end of the year (ten years by law)", 120, 360 },
	{ "retention.automatic", SETTING_BOOL, "0", "Erase what is due by itself each night; otherwise a person says yes" },
	{ "rebate.tiers", SETTING_LIST, "0:0.00,100000:1.00,500000:2.00", "Yearly rebate: from a turnover before VAT on, so many percent: 0:0.00,100000:1.00", .check = rebate_check },
	{ "rebate.weights", SETTING_LIST, "0:100,5:75,15:50,30:25", "Share of the yearly rebate kept, in percent, up to so many days late on average; beyond the last, nothing", .check = rebate_check },
	{ "rebate.vat", SETTING_TEXT, "20.00", "VAT rate taken off the sales for the yearly rebate, in percent", .check = check_percent },

	/* doubtful and lost debts, and their entries (ledger/doubtful_rule.h) */
	{ "doubtful.days", SETTING_INT, "180", "Days late from which a debt is proposed as doubtful; 0: age alone never does", 0, 3650 },
	{ "doubtful.dispute_days", SETTING_INT, "90", "Days late from which a disputed debt is proposed as doubtful; 0: never", 0, 3650 },
	{ "doubtful.vat_rate", SETTING_TEXT, "20.00", "VAT rate contained in debts of which none is known, in percent", .check = check_percent },
	{ "doubtful.vat_due", SETTING_TEXT, "debits", "When the VAT of your sales is due: debits (on the invoice), or receipts (when it is paid: nothing to take back)", .choices = "debits|receipts" },
	{ "doubtful.journal", SETTING_TEXT, "OD", "Journal of the entries for doubtful and lost debts" },
	{ "doubtful.account", SETTING_TEXT, "416000", "Account of doubtful debts", .check = check_accounts },
	{ "doubtful.loss_account", SETTING_TEXT, "654000", "Account of lost debts", .check = check_accounts },
	{ "doubtful.vat_account", SETTING_TEXT, "445710", "Account of VAT collected, for the VAT of lost debts", .check = check_accounts },
	{ "doubtful.vat_waiting_account", SETTING_TEXT, "445870", "Account where VAT due on receipts waits", .check = check_accounts },
	{ "doubtful.supplier_account", SETTING_TEXT, "401000", "Account of suppliers, for a set-off", .check = check_accounts },
	{ "provision.ages", SETTING_LIST, "180:25.00,365:50.00,730:100.00", "Provision by age: from so many days late on, so many percent of what is before VAT", .check = rebate_check },
	{ "provision.stages", SETTING_LIST, "insolvency:50.00,liquidation:100.00,handed_over:50.00,dispute:25.00", "Provision by stage, in percent; the higher of stage and age wins", .check = doubtful_stages_check },
	{ "provision.account", SETTING_TEXT, "491000", "Account of provisions on customers", .check = check_accounts },
	{ "provision.charge_account", SETTING_TEXT, "681740", "Account that provisions are charged to", .check = check_accounts },
	{ "provision.release_account", SETTING_TEXT, "781740", "Account that provisions are released to", .check = check_accounts },
	{ "small.most", SETTING_AMOUNT, "500", "Largest balance that is proposed as small" },
	{ "small.days", SETTING_INT, "60", "Days after the due date before a small balance is proposed", 0, 3650 },
	{ "small.loss_account", SETTING_TEXT, "658000", "Account of small balances that are let go", .check = check_accounts },
	{ "small.gain_account", SETTING_TEXT, "758000", "Account of small balances in our favour", .check = check_accounts },

	{ "language", SETTING_TEXT, "fr", "Language of the company's documents", .choices = "fr|en" },
	{ "language.fallback", SETTING_TEXT, "en", "For customers who read another language: that of labels, dates and amounts, and of texts not written in theirs", .choices = "fr|en" },
	/* what deserves a look in the agenda (dunning/alert.h) */
	{ "alert.big_item", SETTING_AMOUNT, "1000000", "Alert when an item of at least this amount has just become overdue; 0 for none" },
	{ "alert.days", SETTING_INT, "3", "Days for which an alert is shown", 1, 30 },
	{ "alert.limit", SETTING_BOOL, "1", "Alert when a customer is over his credit limit" },
	{ "deposit.class_c", SETTING_INT, "0", "Deposit proposed to customers of class C, in percent of the order; 0 for none", 0, 100 },
	{ "deposit.class_d", SETTING_INT, "30", "Deposit proposed to customers of class D, in percent of the order; 0 for none", 0, 100 },
	{ "deposit.insolvent", SETTING_INT, "100", "Deposit proposed to customers in collective proceedings, in percent of the order", 0, 100 },
	{ "deposit.over_limit", SETTING_BOOL, "1", "Propose a deposit of what an order adds beyond the credit limit" },
	{ "deposit.uncovered", SETTING_BOOL, "1", "Propose a deposit of what of an order the credit insurer would not cover" },
	{ "deposit.days", SETTING_INT, "8", "Days given to pay a deposit", 0, 90 },
	{ "insurance.task_days", SETTING_INT, "15", "Days before a day owed to the credit insurer on which a task is given", 1, 90 },
	{ "alert.promise", SETTING_BOOL, "1", "Alert when a promise was broken" },

	/* the customer's own page (outreach/debtor_link.h) */
	{ "debtor.address", SETTING_TEXT, "", "Address under which customers reach this desk, as https://encours.example.com; empty: no links are sent", .check = check_web_address },
	{ "debtor.days", SETTING_INT, "60", "Days for which a personal link is valid", 1, 730 },
	{ "debtor.promise_days", SETTING_INT, "21", "Furthest day for which a customer may announce a payment by himself, in days", 1, 730 },
	{ "debtor.answer_days", SETTING_INT, "2", "Working days within which an answer is to be handled", 1, 60 },
	{ "debtor.document_days", SETTING_INT, "5", "Working days of peace for what waits for a document of ours", 1, 60 },
	{ "debtor.paid_days", SETTING_INT, "5", "Working days of peace for what a customer says is paid", 1, 30 },
	{ "debtor.on_promise", SETTING_TEXT, "at_once", "“I will pay on…”: takes effect at once, or waits for a person", .choices = "at_once|validate" },
	{ "debtor.on_paid", SETTING_TEXT, "at_once", "“I have paid”: takes effect at once, or waits for a person", .choices = "at_once|validate" },
	{ "debtor.on_dispute", SETTING_TEXT, "at_once", "“I dispute”: takes effect at once, or waits for a person", .choices = "at_once|validate" },
	{ "debtor.on_document", SETTING_TEXT, "at_once", "“A document is missing”: takes effect at once, or waits for a person", .choices = "at_once|validate" },
	{ "debtor.on_credit", SETTING_TEXT, "at_once", "“I await a credit note”: takes effect at once, or waits for a person", .choices = "at_once|validate" },
	{ "debtor.on_contact", SETTING_TEXT, "validate", "“Wrong contact”: takes effect at once, or waits for a person", .choices = "at_once|validate" },
	{ "debtor.on_instalments", SETTING_TEXT, "validate", "“I propose instalments”: takes effect at once, or waits for a person", .choices = "at_once|validate" },
	{ "debtor.colour", SETTING_TEXT, "#1d3d6f", "Colour of your house on the customer's page, as #1d3d6f", .check = check_colour },
	{ "debtor.pay_url", SETTING_TEXT, "", "Payment page of your provider; {amount}, {cents}, {currency}, {reference} and {customer} are filled in", .check = check_pay_url },
	{ "debtor.help", SETTING_TEXT, "", "How customers reach a person: telephone, hours", .long_text = true },
	{ "link.key", SETTING_SECRET, "", "Key of the links on letters; it is made by itself" },
	{ "assistant.done", SETTING_BOOL, "0", "The first-run assistant was finished" },
};

const struct setting_key *setting_keys(size_t *count)
{
	*count = COUNT(keys);
	return keys;
}

const struct setting_key *setting_key(const char *name)
{
	for (size_t i = 0; i < COUNT(keys); i++)
		if (strcmp(keys[i].name, name) == 0) return &keys[i];
	return NULL;
}

/* --- reading ------------------------------------------------------------------------------------------------------------ */
struct settings {
	const char *values[COUNT(keys)];
	struct status locked[COUNT(keys)]; /* of a secret that can't be opened */
};

const struct settings *settings_default(struct arena *arena)
{
	struct settings *settings = arena_make(arena, struct settings);
	for (size_t i = 0; i < COUNT(keys); i++) settings->values[i] = keys[i].otherwise;
	return settings;
}

struct status settings_load(struct db *db, int64_t tenant, int64_t company, struct arena *arena, const struct settings **out)
{
	struct settings *settings = arena_make(arena, struct settings);
	for (size_t i = 0; i < COUNT(keys); i++) settings->values[i] = keys[i].otherwise;
	cleanup_rows struct rows *rows = db_query(
	        db, "SELECT name, value FROM setting WHERE tenant_id = $tenant AND company_id = $company",
	        DB_ARGS(db_int("tenant", tenant), db_int("company", company)));
	while (rows_next(rows)) {
		const struct setting_key *key = setting_key(row_text(rows, 0));
		/* a key of a later build, or one that went: left alone */
		if (!key) continue;
		const char *value = row_text(rows, 1);
		cleanup_free char *plain = NULL;
		if (key->type == SETTING_SECRET && seal_is(value)) {
			settings->locked[key - keys] = seal_open(db_store(db), value, &plain);
			value = plain ? plain : "";
		}
		settings->values[key - keys] = arena_strdup(arena, value);
	}
	TRY(rows_status(rows));
	*out = settings;
	return STATUS_FINE;
}

static size_t index_of(const char *name)
{
	const struct setting_key *key = setting_key(name);
	assert(key && "a setting that is not in the table");
	return (size_t)(key - keys);
}

const char *setting_text(const struct settings *settings, const char *name)
{
	return settings->values[index_of(name)];
}

struct status setting_unlocked(const struct settings *settings, const char *name)
{
	return settings->locked[index_of(name)];
}

int64_t setting_int(const struct settings *settings, const char *name)
{
	const char *value = setting_text(settings, name);
	int64_t number = 0;
	text_parse_int(value, strlen(value), &number);
	return number;
}

bool setting_bool(const struct settings *settings, const char *name)
{
	return strcmp(setting_text(settings, name), "1") == 0;
}

enum lang setting_words(const struct settings *settings, const char *language)
{
	enum lang lang;
	language_words(language, lang_parse(setting_text(settings, "language.fallback"), LANG_EN), &lang);
	return lang;
}

bool setting_changed(const struct settings *settings, const char *name)
{
	size_t index = index_of(name);
	return strcmp(settings->values[index], keys[index].otherwise) != 0;
}

/* --- writing ------------------------------------------------------------------------------------------------------------- */
static struct status read_choice(const struct setting_key *key, const char *value)
{
	size_t len = strlen(value);
	for (const char *p = key->choices; *p;) {
		size_t part = strcspn(p, "|");
		if (part == len && memcmp(p, value, len) == 0) return STATUS_FINE;
		p += part + (p[part] == '|');
	}
	return status_make(STATUS_INVALID, "%s can be %s, not “%s”.", key->name, key->choices, value);
}

static bool read_bool(const char *value, bool *out)
{
	static const char *const words[2][5] = { { "0", "no", "non", "false", "off" }, { "1", "yes", "oui", "true", "on" } };
	for (int side = 0; side < 2; side++)
		for (int i = 0; i < 5; i++)
			if (strcasecmp(value, words[side][i]) == 0) {
				*out = side;
				return true;
			}
	return false;
}

/* Spaces around commas go, and empty entries. */
static void tidy_list(char *value)
{
	char *to = value;
	for (const char *p = value; *p;) {
		size_t len = strcspn(p, ",;\n");
		struct slice entry = slice_trim((struct slice){ p, len });
		if (entry.len) {
			if (to != value) *to++ = ',';
			memmove(to, entry.bytes, entry.len);
			to += entry.len;
		}
		p += len + (p[len] != 0);
	}
	*to = 0;
}

struct status setting_read(const struct setting_key *key, const char *currency, const char *value, char **out)
{
	enum { LIMIT = 4000 };
	if (strlen(value) > LIMIT) return status_make(STATUS_INVALID, "%s is too long.", key->name);
	if (!utf8_valid(value, strlen(value))) return status_make(STATUS_INVALID, "%s is not readable text.", key->name);
	struct slice trimmed = key->type == SETTING_SECRET ? slice_of(value) : slice_trim(slice_of(value));
	cleanup_free char *text = xstrndup(trimmed.bytes, trimmed.len);
	/* forms send CR LF; a line break in a one-line value could end up in a mail's header */
	char *to = text;
	for (const char *c = text; *c; c++)
		if ((unsigned char)*c >= ' ' || *c == '\t' || (*c == '\n' && (key->long_text || key->type == SETTING_LIST))) *to++ = *c;
	*to = 0;
	int64_t number = 0;
	bool flag = false;
	switch (key->type) {
	case SETTING_INT:
		if (!text_parse_int(text, strlen(text), &number) || number < key->low || number > key->high)
			return status_make(STATUS_INVALID, "%s is a whole number from %lld to %lld, not “%s”.", key->name,
			                   (long long)key->low, (long long)key->high, value);
		break;
	case SETTING_BOOL:
		if (!read_bool(text, &flag)) return status_make(STATUS_INVALID, "%s is yes or no, not “%s”.", key->name, value);
		*out = xstrdup(flag ? "1" : "0");
		return STATUS_FINE;
	case SETTING_AMOUNT: {
		int decimals = currency_decimals(currency);
		struct amount_style style = { strchr(text, ',') ? ',' : '.', decimals };
		bool digits = *text && strspn(text, "0123456789") == strlen(text);
		if (!(digits ? text_parse_int(text, strlen(text), &number) : amount_parse(text, strlen(text), style, &number)) || number < 0)
			return status_make(STATUS_INVALID, "%s is an amount, as in 12,50 or 1250 (minor units), not “%s”.", key->name, value);
		cleanup_text struct text minor = { 0 };
		text_addf(&minor, "%lld", (long long)number);
		*out = text_take(&minor);
		return STATUS_FINE;
	}
	case SETTING_DATE: {
		int32_t day = 0;
		if (*text && !day_parse(text, strlen(text), &day))
			return status_make(STATUS_INVALID, "%s is a date written YYYY-MM-DD, not “%s”.", key->name, value);
		break;
	}
	case SETTING_LIST: tidy_list(text); break;
	case SETTING_TEXT:
		if (key->choices) TRY(read_choice(key, text));
		break;
	case SETTING_SECRET: break;
	}
	if (key->check) TRY(key->check(text));
	*out = text;
	text = NULL;
	return STATUS_FINE;
}

static struct status store_value(struct db *db, int64_t tenant, int64_t company, const struct setting_key *key, const char *value)
{
	cleanup_free char *sealed = NULL;
	if (key->type == SETTING_SECRET && *value) {
		TRY(seal_close(db_store(db), value, &sealed));
		value = sealed;
	}
	const struct db_arg *args = DB_ARGS(db_int("tenant", tenant), db_int("company", company), db_text("name", key->name),
	                                    db_text("value", value));
	if (strcmp(value, key->otherwise) == 0)
		return db_run(db, "DELETE FROM setting WHERE tenant_id = $tenant AND company_id = $company AND name = $name",
		              DB_ARGS(db_int("tenant", tenant), db_int("company", company), db_text("name", key->name)));
	return db_run(db,
	              "INSERT INTO setting (tenant_id, company_id, name, value) VALUES ($tenant, $company, $name, $value) "
	              "ON CONFLICT (tenant_id, company_id, name) DO UPDATE SET value = excluded.value",
	              args);
}

static struct status find_key(const char *name, const struct setting_key **out)
{
	*out = setting_key(name);
	return *out ? STATUS_FINE
	            : status_make(STATUS_INVALID, "There is no setting “%s”. “encours company keys” lists them.", name);
}

struct status setting_set(struct db *db, int64_t tenant, int64_t company, const char *name, const char *value)
{
	const struct setting_key *key = NULL;
	TRY(find_key(name, &key));
	cleanup_free char *currency = NULL;
	TRY(db_get_text(db, "SELECT currency FROM company WHERE tenant_id = $tenant AND id = $company",
	                DB_ARGS(db_int("tenant", tenant), db_int("company", company)), &currency));
	cleanup_free char *stored = NULL;
	TRY(setting_read(key, currency ? currency : "EUR", value, &stored));
	return store_value(db, tenant, company, key, stored);
}

struct status setting_change(struct change *change, const char *name, const char *value)
{
	const struct setting_key *key = NULL;
	TRY(find_key(name, &key));
	const struct company *company = &change->company;
	cleanup_free char *stored = NULL;
	TRY(setting_read(key, company->currency, value, &stored));
	cleanup_free char *old = NULL;
	TRY(db_get_text(change->db, "SELECT value FROM setting WHERE tenant_id = $tenant AND company_id = $company AND name = $name",
	                DB_ARGS(db_int("tenant", company->tenant_id), db_int("company", company->id), db_text("name", key->name)),
	                &old));
	cleanup_free char *opened = NULL;
	if (key->type == SETTING_SECRET && old && seal_is(old)) {
		/* one that can't be opened is another one, whatever it was */
		if (!seal_open(db_store(change->db), old, &opened).code) free(old), old = opened, opened = NULL;
	}
	const char *before = old ? old : key->otherwise;
	if (strcmp(before, stored) == 0) return STATUS_FINE;
	TRY(store_value(change->db, company->tenant_id, company->id, key, stored));
	bool secret = key->type == SETTING_SECRET;
	json_t *content = secret ? json_pack("{s:s}", "name", key->name)
	                         : json_pack("{s:s,s:s,s:s}", "name", key->name, "before", before, "after", stored);
	return event_add_json(change, (struct event_new){ .kind = "setting.changed" }, content);
}

/* --- secrets of an earlier build --------------------------------------------------------------------------------------------- */
struct sealing {
	int64_t tenant, sealed;
};

static struct status seal_key(struct db *db, struct sealing *sealing, const struct setting_key *key)
{
	cleanup_arena struct arena *arena = arena_new();
	struct db_arg tenant = db_int("tenant", sealing->tenant), name = db_text("name", key->name);
	struct plain { int64_t company; const char *value; struct plain *next; } *first = NULL;
	cleanup_rows struct rows *rows = db_query(db, "SELECT company_id, value FROM setting WHERE tenant_id = $tenant AND name = $name", DB_ARGS(tenant, name));
	while (rows_next(rows)) {
		if (!*row_text(rows, 1) || seal_is(row_text(rows, 1))) continue;
		struct plain *one = arena_make(arena, struct plain);
		*one = (struct plain){ row_int(rows, 0), arena_strdup(arena, row_text(rows, 1)), first };
		first = one;
	}
	TRY(rows_status(rows));
	for (const struct plain *one = first; one; one = one->next, sealing->sealed++)
		TRY(store_value(db, sealing->tenant, one->company, key, one->value));
	return STATUS_FINE;
}

static struct status seal_all(struct db *db, void *context)
{
	struct sealing *sealing = context;
	sealing->sealed = 0;
	for (size_t i = 0; i < COUNT(keys); i++)
		if (keys[i].type == SETTING_SECRET) TRY(seal_key(db, sealing, &keys[i]));
	return STATUS_FINE;
}

struct status settings_seal(struct store *store, int64_t tenant, int64_t *sealed)
{
	struct sealing sealing = { .tenant = tenant };
	*sealed = 0;
	if (!seal_ready(store)) return STATUS_FINE;
	TRY(store_transact(store, seal_all, &sealing));
	*sealed = sealing.sealed;
	return STATUS_FINE;
}
