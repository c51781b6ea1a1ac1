#include "ledger/doubtful_rule.h"

#include "base/day.h"
#include "base/memory.h"
#include "base/money.h"

#include <string.h>

/* --- words ------------------------------------------------------------------------------------------------------------------------- */
const struct doubtful_word doubtful_reasons[] = { /* msgids */
	{ "insolvency", "Collective procedure" }, { "handed_over", "File handed over" }, { "dispute", "Dispute that lasts" }, { "age", "Late for too long" },
	{ "other", "Another reason" }, { 0 },
};
const struct doubtful_proof doubtful_proofs[] = { /* msgids */
	{ "certificate", "Certificate of irrecoverability", true },
	{ "liquidation", "Judgment that opened a liquidation", true },
	{ "closed", "Liquidation closed for want of assets", true },
	{ "plan", "Given up in a plan ordered by the court", true },
	{ "gone", "Debtor gone, every search was in vain", true },
	{ "none", "No proof: given up", false },
	{ 0 },
};

const char *doubtful_reason_label(const char *code)
{
	for (const struct doubtful_word *reason = doubtful_reasons; reason->code; reason++)
		if (strcmp(reason->code, code) == 0) return reason->label;
	return strcmp(code, "small") == 0 ? "Small balance" : code;
}

const struct doubtful_proof *doubtful_proof_find(const char *code)
{
	for (const struct doubtful_proof *proof = doubtful_proofs; code && proof->code; proof++)
		if (strcmp(proof->code, code) == 0) return proof;
	return NULL;
}

/* --- settings ---------------------------------------------------------------------------------------------------------------------- */
static bool percent_read(const char *text, size_t len, int32_t *out)
{
	int64_t rate = 0;
	if (!amount_parse(text, len, (struct amount_style){ '.', 2 }, &rate) || rate < 0 || rate > 10000) return false;
	*out = (int32_t)rate;
	return true;
}

static bool stages_read(const char *text, struct doubtful_terms *out)
{
	const struct { const char *code; int32_t *rate; } stages[] = { { "insolvency", &out->insolvency }, { "liquidation", &out->liquidation },
		{ "handed_over", &out->handed_over }, { "dispute", &out->dispute } };
	while (*text) {
		size_t len = strcspn(text, ","), cut = strcspn(text, ":"), i = 0;
		while (i < COUNT(stages) && (strlen(stages[i].code) != cut || strncmp(stages[i].code, text, cut) != 0)) i++;
		if (cut >= len || i == COUNT(stages) || !percent_read(text + cut + 1, len - cut - 1, stages[i].rate)) return false;
		text += len;
		if (*text && !*++text) return false; /* a comma at the end */
	}
	return true;
}

struct status doubtful_stages_check(char *value)
{
	struct doubtful_terms terms = { 0 };
	return stages_read(value, &terms) ? STATUS_FINE
	                                  : status_make(STATUS_INVALID, "Write stages and percentages as insolvency:50.00,liquidation:100.00,handed_over:50.00,dispute:25.00.");
}

struct status doubtful_terms_read(const struct settings *settings, struct doubtful_terms *out)
{
	*out = (struct doubtful_terms){ .days = setting_int(settings, "doubtful.days"), .dispute_days = setting_int(settings, "doubtful.dispute_days"),
		.on_receipts = strcmp(setting_text(settings, "doubtful.vat_due"), "receipts") == 0 };
	const char *vat = setting_text(settings, "doubtful.vat_rate");
	bool fine = rebate_read(setting_text(settings, "provision.ages"), out->ages, &out->age_count) && stages_read(setting_text(settings, "provision.stages"), out);
	if (!fine || (*vat && !percent_read(vat, strlen(vat), &out->vat))) return status_make(STATUS_INVALID, "The percentages of provisions in the settings can't be read.");
	return STATUS_FINE;
}

void doubtful_accounts_read(const struct settings *settings, struct doubtful_accounts *out)
{
	*out = (struct doubtful_accounts){ .doubtful = setting_text(settings, "doubtful.account"), .loss = setting_text(settings, "doubtful.loss_account"),
		.vat = setting_text(settings, "doubtful.vat_account"), .vat_waiting = setting_text(settings, "doubtful.vat_waiting_account"),
		.provision = setting_text(settings, "provision.account"), .charge = setting_text(settings, "provision.charge_account"),
		.release = setting_text(settings, "provision.release_account"), .small_loss = setting_text(settings, "small.loss_account"),
		.small_gain = setting_text(settings, "small.gain_account"), .supplier = setting_text(settings, "doubtful.supplier_account") };
}

/* --- which, how much ----------------------------------------------------------------------------------------------------------------- */
/* Claims from after the opening are paid as they fall due: they are as good as any (L622-17). */
static bool insolvent(const struct doubtful_view *view, int32_t day)
{
	return view->insolvency_day != DAY_NONE && view->insolvency_day <= day && view->issue_day <= view->insolvency_day;
}

const char *doubtful_reason(const struct doubtful_view *view, const struct doubtful_terms *terms, int32_t today)
{
	if (view->open <= 0) return NULL;
	if (insolvent(view, today)) return "insolvency"; /* what is not due yet, too */
	int64_t late = (int64_t)today - view->due_day;
	if (view->not_due_by_nature || late <= 0) return NULL;
	if (view->handed_over) return "handed_over";
	if (view->disputed && terms->dispute_days && late >= terms->dispute_days) return "dispute";
	return terms->days && late >= terms->days ? "age" : NULL;
}

int64_t doubtful_vat(int64_t amount, int32_t vat) { return round_div((__int128)amount * vat, 10000 + vat); }

int32_t provision_rate(const struct doubtful_view *view, const struct doubtful_terms *terms, int32_t day, const char **rule)
{
	int32_t rate = 0;
	*rule = "none";
	const struct { bool holds; int32_t rate; const char *code; } stages[] = { { insolvent(view, day) && view->liquidation, terms->liquidation, "liquidation" },
		{ insolvent(view, day), terms->insolvency, "insolvency" }, { view->handed_over, terms->handed_over, "handed_over" }, { view->disputed, terms->dispute, "dispute" } };
	for (size_t i = 0; i < COUNT(stages); i++)
		if (stages[i].holds && stages[i].rate > rate) rate = stages[i].rate, *rule = stages[i].code;
	int32_t by_age = 0;
	int64_t late = (int64_t)day - view->due_day;
	for (size_t i = 0; i < terms->age_count; i++)
		if (late >= terms->ages[i].at) by_age = terms->ages[i].basis_points;
	if (by_age > rate) rate = by_age, *rule = "age";
	return rate;
}

int64_t provision_amount(int64_t base, int32_t rate) { return base > 0 ? round_div((__int128)base * rate, 10000) : 0; }

int32_t doubtful_vat_until(int32_t proof_day) { return day_from_civil(day_civil(proof_day).year + 2, 12, 31); }

/* --- entries ------------------------------------------------------------------------------------------------------------------------- */
static size_t two(const char *debit, bool debit_person, const char *credit, bool credit_person, int64_t amount, struct book_line *lines)
{
	if (amount <= 0) return 0;
	lines[0] = (struct book_line){ debit, debit_person, amount };
	lines[1] = (struct book_line){ credit, credit_person, -amount };
	return 2;
}

size_t doubtful_transfer_lines(const struct doubtful_accounts *accounts, const char *from, int64_t amount, struct book_line *lines)
{
	return two(accounts->doubtful, true, from, true, amount, lines);
}

size_t doubtful_provision_lines(const struct doubtful_accounts *accounts, int64_t change, struct book_line *lines)
{
	return change >= 0 ? two(accounts->charge, false, accounts->provision, false, change, lines) : two(accounts->provision, false, accounts->release, false, -change, lines);
}

size_t doubtful_loss_lines(const struct doubtful_accounts *accounts, const char *from, int64_t amount, int64_t vat, bool on_receipts, struct book_line *lines)
{
	size_t count = 0;
	if (amount <= 0 || vat < 0 || vat > amount) return 0;
	if (amount > vat) lines[count++] = (struct book_line){ accounts->loss, false, amount - vat };
	if (vat) lines[count++] = (struct book_line){ on_receipts ? accounts->vat_waiting : accounts->vat, false, vat };
	lines[count++] = (struct book_line){ from, true, -amount };
	return count;
}

size_t doubtful_small_lines(const struct doubtful_accounts *accounts, const char *from, int64_t open, struct book_line *lines)
{
	return open >= 0 ? two(accounts->small_loss, false, from, true, open, lines) : two(from, true, accounts->small_gain, false, -open, lines);
}

size_t doubtful_set_off_lines(const struct doubtful_accounts *accounts, const char *from, int64_t amount, struct book_line *lines)
{
	return two(accounts->supplier, true, from, true, amount, lines);
}
