#include "ledger/dispute_kind.h"

#include "base/email.h"
#include "base/memory.h"
#include "base/text.h"

#include <string.h>

static const struct dispute_kind kinds[] = {
	{ "price", "Price", "tag", false, 3, "owner>manager>credit>back" },
	{ "quality", "Quality", "certificate", false, 7, "proof>owner>manager>credit>back" },
	{ "technical", "Technical", "tool", false, 7, "proof>owner>manager>credit>back" },
	{ "delivery", "Delivery", "truck-delivery", false, 5, "proof>owner>credit>back" },
	{ "quantity", "Quantity", "packages", false, 5, "proof>owner>credit>back" },
	{ "duplicate", "Invoiced twice", "copy", false, 3, "owner>credit>back" },
	{ "already_paid", "Already paid", "cash", false, 3, "proof>owner>back" },
	{ "credit_expected", "Credit note expected", "receipt-refund", false, 5, "owner>credit>back" },
	{ "other", "Other", "help-circle", false, 5, "owner>manager>credit>back" },
	{ "purchase_order", "Purchase order missing", "file-search", true, 3, "owner>back" },
	{ "invoice_form", "Invoice not compliant", "file-alert", true, 3, "owner>credit>back" },
	{ "wrong_entity", "Sent to the wrong entity", "building", true, 3, "owner>credit>back" },
	{ "platform_rejected", "Rejected by the platform", "file-off", true, 3, "owner>back" },
	{ "platform_suspended", "Suspended on the platform", "player-pause", true, 3, "owner>back" },
};

/* the same codes, for those who offer the list */
const char *const dispute_reasons[] = { "price",        "quality",   "technical",      "delivery",     "quantity",     "duplicate",         "already_paid",
	                                "credit_expected", "other", "purchase_order", "invoice_form", "wrong_entity", "platform_rejected", "platform_suspended",
	                                NULL };

static const struct { const char *code, *label; } steps[DISPUTE_STEPS] = {
	[DISPUTE_PROOF] = { "proof", "Ask the customer for proof" }, [DISPUTE_OWNER] = { "owner", "The owner looks into it" },
	[DISPUTE_MANAGER] = { "manager", "The manager decides" },    [DISPUTE_CREDIT] = { "credit", "Issue the credit note" },
	[DISPUTE_BACK] = { "back", "Back to collection" },
};

const char *dispute_step_code(enum dispute_step step) { return steps[step].code; }
const char *dispute_step_label(enum dispute_step step) { return steps[step].label; }

bool dispute_step_parse(const char *code, size_t len, enum dispute_step *out)
{
	for (int i = 0; i < DISPUTE_STEPS; i++)
		if (strlen(steps[i].code) == len && memcmp(steps[i].code, code, len) == 0) return *out = (enum dispute_step)i, true;
	return false;
}

const struct dispute_kind *dispute_kinds(size_t *count)
{
	*count = COUNT(kinds);
	return kinds;
}

const struct dispute_kind *dispute_kind(const char *code)
{
	for (size_t i = 0; code && i < COUNT(kinds); i++)
		if (strcmp(kinds[i].code, code) == 0) return &kinds[i];
	return NULL;
}

const char *dispute_label(const char *reason)
{
	const struct dispute_kind *kind = dispute_kind(reason);
	return kind ? kind->label : reason;
}

int dispute_chain_read(const char *chain, enum dispute_step out[static DISPUTE_CHAIN_MAX])
{
	int count = 0;
	for (const char *p = chain; *p;) {
		size_t len = strcspn(p, ">");
		if (count == DISPUTE_CHAIN_MAX || !dispute_step_parse(p, len, &out[count++])) return -1;
		p += len;
		if (*p && !*++p) return -1; /* nothing after the last arrow */
	}
	return count ? count : -1;
}

/* The value of "type:value" for this type in a list; false when the list says nothing of it. */
static bool entry_of(const char *list, const char *code, const char **value, size_t *len)
{
	size_t name = strlen(code);
	for (const char *p = list; *p;) {
		size_t part = strcspn(p, ",");
		if (part > name && p[name] == ':' && memcmp(p, code, name) == 0) return *value = p + name + 1, *len = part - name - 1, true;
		p += part + (p[part] == ',');
	}
	return false;
}

void dispute_policy(const struct settings *settings, const struct dispute_kind *kind, struct dispute_policy *out)
{
	*out = (struct dispute_policy){ .days = kind->days };
	const char *value;
	size_t len;
	int64_t days;
	if (entry_of(setting_text(settings, "dispute.days"), kind->code, &value, &len) && text_parse_int(value, len, &days)) out->days = (int)days;
	if (entry_of(setting_text(settings, "dispute.owners"), kind->code, &value, &len)) snprintf(out->owner, sizeof out->owner, "%.*s", (int)len, value);
	snprintf(out->chain, sizeof out->chain, "%s", kind->chain);
	if (entry_of(setting_text(settings, "dispute.chains"), kind->code, &value, &len)) snprintf(out->chain, sizeof out->chain, "%.*s", (int)len, value);
	out->step_count = dispute_chain_read(out->chain, out->steps);
	if (out->step_count < 0) { /* of a later build: as shipped */
		snprintf(out->chain, sizeof out->chain, "%s", kind->chain);
		out->step_count = dispute_chain_read(out->chain, out->steps);
	}
}

/* --- checks ------------------------------------------------------------------------------------------------------------------ */
static struct status check(char *list, struct status (*one)(const char *value, size_t len))
{
	for (const char *p = list; *p;) {
		size_t part = strcspn(p, ","), name = strcspn(p, ":,");
		char code[40];
		snprintf(code, sizeof code, "%.*s", (int)name, p);
		if (name >= part || !dispute_kind(code)) return status_make(STATUS_INVALID, "“%.*s” does not begin with a type of dispute, as in price:3.", (int)part, p);
		TRY(one(p + name + 1, part - name - 1));
		p += part + (p[part] == ',');
	}
	return STATUS_FINE;
}

static struct status one_days(const char *value, size_t len)
{
	int64_t days;
	return text_parse_int(value, len, &days) && days >= 0 && days <= DISPUTE_DAYS_MAX
	               ? STATUS_FINE
	               : status_make(STATUS_INVALID, "The days to answer a dispute are a number up to %d.", DISPUTE_DAYS_MAX);
}

static struct status one_chain(const char *value, size_t len)
{
	enum dispute_step read[DISPUTE_CHAIN_MAX];
	cleanup_free char *chain = xstrndup(value, len);
	if (len >= 80 || dispute_chain_read(chain, read) < 0)
		return status_make(STATUS_INVALID, "The steps of a dispute are proof, owner, manager, credit, back, joined by “>”.");
	return STATUS_FINE;
}

static struct status one_owner(const char *value, size_t len)
{
	cleanup_free char *address = xstrndup(value, len);
	return len < 160 && (!*address || email_plausible(address)) ? STATUS_FINE
	                                                             : status_make(STATUS_INVALID, "“%s” is not an e-mail address.", address);
}

struct status dispute_check_days(char *value) { return check(value, one_days); }
struct status dispute_check_chains(char *value) { return check(value, one_chain); }
struct status dispute_check_owners(char *value) { return check(value, one_owner); }
