#include "formats/return_reason.h"

#include "base/memory.h"

#include <strings.h>

/* ISO: EPC's reasons for returns of SEPA transfers and debits. CFONB: interbank list of reject reasons, as statements (04, columns
 * 41-42) and CFONB 240 carry them. */
/* msgids */
#define NEW_ACCOUNT "Ask for a new IBAN; presenting it again would fail."
#define FIX_FILE "Correct the order and send it again."
#define CALL "Call the customer; the bank does not say why."
#define NEW_MANDATE "Have a new mandate signed, or ask for a transfer."
#define DISPUTE "Open a dispute and ask for the reason in writing."
#define OTHER_MEANS "Ask for another means of payment."
#define ONCE_MORE "Present it once more when funds are likely, and remind him."

static const struct return_reason reasons[] = {
	{ "AC01", "12", "Account identifier unusable", NEW_ACCOUNT, RETURN_CORRECT, RETURN_PLAIN },
	{ "AC04", "14", "Account closed", NEW_ACCOUNT, RETURN_CORRECT, RETURN_PLAIN },
	{ "AC06", "34", "Account blocked", "Call the customer: an attachment or a stop on his account may be behind it.", RETURN_ASK, RETURN_NO_MONEY },
	{ "AC13", "", "The debtor is a consumer: not for business-to-business debits", "Present it as a CORE direct debit with a mandate for it.", RETURN_CORRECT, RETURN_PLAIN },
	{ "AG01", "99", "Operation not admitted on this account", OTHER_MEANS, RETURN_NEVER, RETURN_PLAIN },
	{ "AG02", "52", "Wrong operation code or sequence", FIX_FILE, RETURN_CORRECT, RETURN_PLAIN },
	{ "AM04", "20", "Insufficient funds", ONCE_MORE, RETURN_RETRY, RETURN_NO_MONEY },
	{ "AM05", "64", "Duplicate operation", "Check whether it was presented twice.", RETURN_NEVER, RETURN_DUPLICATE },
	{ "AM09", "73", "Amount contested", DISPUTE, RETURN_CORRECT, RETURN_DISPUTED },
	{ "BE01", "", "Account and name do not fit", NEW_ACCOUNT, RETURN_CORRECT, RETURN_PLAIN },
	{ "BE04", "54", "Address missing or invalid", FIX_FILE, RETURN_CORRECT, RETURN_PLAIN },
	{ "BE05", "18", "Creditor identifier not recognised", FIX_FILE, RETURN_CORRECT, RETURN_PLAIN },
	{ "BE06", "16", "Recipient not recognised", NEW_ACCOUNT, RETURN_CORRECT, RETURN_PLAIN },
	{ "CNOR", "88", "The creditor's bank is not reachable", FIX_FILE, RETURN_CORRECT, RETURN_PLAIN },
	{ "DNOR", "", "The debtor's bank is not reachable", NEW_ACCOUNT, RETURN_CORRECT, RETURN_PLAIN },
	{ "CUST", "58", "By decision of the customer", CALL, RETURN_ASK, RETURN_PLAIN },
	{ "CURR", "", "Wrong currency", FIX_FILE, RETURN_CORRECT, RETURN_PLAIN },
	{ "DUPL", "", "Sent twice, taken back", "Check whether it was presented twice.", RETURN_NEVER, RETURN_DUPLICATE },
	{ "ED05", "", "Settlement between the banks failed", "Present it once more.", RETURN_RETRY, RETURN_PLAIN },
	{ "FF01", "57", "File format invalid", FIX_FILE, RETURN_CORRECT, RETURN_PLAIN },
	{ "FF05", "", "Wrong type of direct debit", FIX_FILE, RETURN_CORRECT, RETURN_PLAIN },
	{ "FOCR", "65", "Returned after a recall", "Nothing to do if you asked for it; else call the customer.", RETURN_ASK, RETURN_PLAIN },
	{ "FRAD", "", "Fraudulent origin suspected", "Call the customer and the bank before anything else.", RETURN_NEVER, RETURN_DISPUTED },
	{ "MD01", "31", "No valid mandate", NEW_MANDATE, RETURN_CORRECT, RETURN_PLAIN },
	{ "MD02", "66", "Mandate data missing or wrong", "Correct the mandate's data and present it again.", RETURN_CORRECT, RETURN_PLAIN },
	{ "MD06", "80", "Contested by the debtor, refunded to him", DISPUTE, RETURN_NEVER, RETURN_DISPUTED },
	{ "MD07", "35", "Debtor deceased", "Stop every reminder and write to whoever settles the estate.", RETURN_NEVER, RETURN_DECEASED },
	{ "MS02", "", "Refused by the debtor, no reason given", CALL, RETURN_ASK, RETURN_PLAIN },
	{ "MS03", "59", "No reason given by the bank", CALL, RETURN_ASK, RETURN_PLAIN },
	{ "RC01", "60", "Bank identifier wrong", NEW_ACCOUNT, RETURN_CORRECT, RETURN_PLAIN },
	{ "RR01", "", "Account missing, for a regulatory reason", FIX_FILE, RETURN_CORRECT, RETURN_PLAIN },
	{ "RR02", "", "Debtor's name or address missing, for a regulatory reason", FIX_FILE, RETURN_CORRECT, RETURN_PLAIN },
	{ "RR03", "", "Creditor's name or address missing, for a regulatory reason", FIX_FILE, RETURN_CORRECT, RETURN_PLAIN },
	{ "RR04", "62", "Regulatory reason", CALL, RETURN_ASK, RETURN_PLAIN },
	{ "SL01", "63", "The debtor's bank lets this creditor not pass (his own list)", "Ask the customer to let your creditor identifier pass at his bank.", RETURN_CORRECT, RETURN_PLAIN },
	{ "TECH", "", "Technical problem, taken back", "Present it once more.", RETURN_RETRY, RETURN_PLAIN },
	{ "TM01", "61", "Sent after the cut-off time", "Present it once more.", RETURN_RETRY, RETURN_PLAIN },
	{ "ARDT", "71", "Received in error or already paid", "Check the customer's payments before asking again.", RETURN_NEVER, RETURN_DUPLICATE },
	/* bills of exchange, and what ISO has no code for */
	{ "", "01", "Endorsement wrong", FIX_FILE, RETURN_CORRECT, RETURN_PLAIN },
	{ "", "02", "Due date out of limits", FIX_FILE, RETURN_CORRECT, RETURN_PLAIN },
	{ "", "03", "Inconsistent date", FIX_FILE, RETURN_CORRECT, RETURN_PLAIN },
	{ "", "04", "Claimed back in part", DISPUTE, RETURN_ASK, RETURN_DISPUTED },
	{ "", "05", "Claimed back in full", DISPUTE, RETURN_ASK, RETURN_DISPUTED },
	{ "", "06", "Bill not accepted in time", "Send the bill for acceptance again, or ask for a transfer.", RETURN_ASK, RETURN_PLAIN },
	{ "", "11", "Cancelled by the bank", "Present it once more.", RETURN_RETRY, RETURN_PLAIN },
	{ "", "13", "Claim not identifiable", "Send the customer the invoice and its reference.", RETURN_CORRECT, RETURN_PLAIN },
	{ "", "19", "Claim assigned to another bank", CALL, RETURN_NEVER, RETURN_PLAIN },
	{ "", "32", "Court decision: collective proceedings", "Stop reminders and declare the claim within the time limit.", RETURN_NEVER, RETURN_INSOLVENT },
	{ "", "39", "Pays accepted bills or promissory notes only", OTHER_MEANS, RETURN_NEVER, RETURN_PLAIN },
	{ "", "70", "Drawing contested", DISPUTE, RETURN_NEVER, RETURN_DISPUTED },
	{ "", "72", "Wrong acceptance code", FIX_FILE, RETURN_CORRECT, RETURN_PLAIN },
	{ "", "74", "Due date contested", DISPUTE, RETURN_CORRECT, RETURN_DISPUTED },
	{ "", "75", "The customer asks for more time", "Agree a new date with him, or refuse it in writing.", RETURN_ASK, RETURN_NO_MONEY },
	{ "", "76", "Claimed back too late", CALL, RETURN_ASK, RETURN_PLAIN },
	{ "", "90", "Paid in part by the drawee", "Allocate what was paid and ask for the rest.", RETURN_NEVER, RETURN_NO_MONEY },
};

const struct return_reason *return_reason_find(const char *code)
{
	for (size_t i = 0; code && *code && i < COUNT(reasons); i++)
		if (strcasecmp(reasons[i].iso, code) == 0 || strcasecmp(reasons[i].cfonb, code) == 0) return &reasons[i];
	return NULL;
}

size_t return_reason_count(void)
{
	return COUNT(reasons);
}

const struct return_reason *return_reason_at(size_t index)
{
	return index < COUNT(reasons) ? &reasons[index] : NULL;
}
