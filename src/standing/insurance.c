#include "standing/insurance.h"

#include "base/day.h"
#include "base/memory.h"
#include "base/money.h"
#include "base/text.h"
#include "ledger/event.h"
#include "ledger/item.h"

#include <stdlib.h>
#include <string.h>

#define OF_COMPANY(change) db_int("tenant", (change)->company.tenant_id), db_int("company", (change)->company.id)

static const char *const scopes[] = { [COVER_ALL] = "all", [COVER_DOMESTIC] = "domestic", [COVER_EXPORT] = "export" };
static const char *const counted[] = { [COVER_FROM_DUE] = "due", [COVER_FROM_CREDIT] = "credit" };

const char *cover_scope_code(enum cover_scope scope) { return scopes[scope]; }
const char *cover_counted_code(enum cover_counted from) { return counted[from]; }
bool cover_scope_parse(const char *code, enum cover_scope *out)
{
	for (size_t i = 0; i < COUNT(scopes); i++)
		if (code && strcmp(code, scopes[i]) == 0) return *out = (enum cover_scope)i, true;
	return false;
}

static struct status check_words(const char *words, size_t most)
{
	if (strlen(words) > most || !utf8_valid(words, strlen(words))) return status_make(STATUS_INVALID, "This text is too long, or not readable: at most %zu characters.", most);
	return STATUS_FINE;
}

/* --- policies ------------------------------------------------------------------------------------------------------------------------ */
#define POLICY_COLUMNS                                                                                                                            \
	"id, insurer, number, email, currency, scope, from_day, until_day, share_bp, vat_bp, deductible, discretionary, discretionary_late, terms_days," \
	" terms_export_days, extension_days, counted_from, declare_days, declare_from, claim_days, insolvency_days, stop_days, public_buyers, note, rev"

static struct insurance_policy read_policy(struct rows *rows, struct arena *arena)
{
	struct insurance_policy out = { .insurer = arena_strdup(arena, row_text(rows, 1)), .number = arena_strdup(arena, row_text(rows, 2)),
		.email = arena_strdup(arena, row_text(rows, 3)), .note = arena_strdup(arena, row_text(rows, 23)), .rev = row_int(rows, 24) };
	struct cover_policy *rule = &out.rule;
	*rule = (struct cover_policy){ .id = row_int(rows, 0), .from_day = row_day(rows, 6), .until_day = row_day(rows, 7), .share_bp = (int32_t)row_int(rows, 8),
		.vat_bp = (int32_t)row_int(rows, 9), .deductible = row_int(rows, 10), .discretionary = row_int(rows, 11), .discretionary_late = (int32_t)row_int(rows, 12),
		.terms_days = (int32_t)row_int(rows, 13), .terms_export_days = (int32_t)row_int(rows, 14), .extension_days = (int32_t)row_int(rows, 15),
		.counted = strcmp(row_text(rows, 16), "credit") == 0 ? COVER_FROM_CREDIT : COVER_FROM_DUE, .declare_days = (int32_t)row_int(rows, 17),
		.declare_from = row_int(rows, 18), .claim_days = (int32_t)row_int(rows, 19), .insolvency_days = (int32_t)row_int(rows, 20),
		.stop_days = (int32_t)row_int(rows, 21), .public_buyers = row_int(rows, 22) != 0 };
	snprintf(rule->currency, sizeof rule->currency, "%s", row_text(rows, 4));
	if (!cover_scope_parse(row_text(rows, 5), &rule->scope)) rule->scope = COVER_ALL;
	return out;
}

struct status insurance_policy_list(struct db *db, const struct viewer *viewer, int64_t company_id, struct arena *arena, struct insurance_policy **out, size_t *count)
{
	*out = arena_array(arena, struct insurance_policy, 1), *count = 0;
	if (!viewer_sees_company(viewer, company_id)) return status_make(STATUS_NOT_FOUND, "There is no such company.");
	struct insurance_policy *list = NULL;
	size_t cap = 0;
	cleanup_rows struct rows *rows = db_query(db,
		"SELECT " POLICY_COLUMNS " FROM insurance_policy WHERE tenant_id = $tenant AND company_id = $company ORDER BY from_day DESC, id DESC",
		DB_ARGS(db_int("tenant", viewer->tenant_id), db_int("company", company_id)));
	while (rows_next(rows)) {
		GROW(list, *count, cap);
		list[(*count)++] = read_policy(rows, arena);
	}
	struct insurance_policy *kept = arena_array(arena, struct insurance_policy, *count + 1);
	if (*count) memcpy(kept, list, *count * sizeof *list);
	free(list);
	*out = kept;
	return rows_status(rows);
}

struct status insurance_policy_get(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t id, struct arena *arena, struct insurance_policy *out)
{
	struct insurance_policy *list;
	size_t count;
	TRY(insurance_policy_list(db, viewer, company_id, arena, &list, &count));
	for (size_t i = 0; i < count; i++)
		if (list[i].rule.id == id) {
			*out = list[i];
			return STATUS_FINE;
		}
	return status_make(STATUS_NOT_FOUND, "There is no credit insurance policy %lld.", (long long)id);
}

static struct status check_policy(const struct insurance_policy *policy)
{
	const struct cover_policy *rule = &policy->rule;
	const struct { const char *what; int32_t days; } days[] = { { "discretionary_late", rule->discretionary_late }, { "terms_days", rule->terms_days },
		{ "terms_export_days", rule->terms_export_days }, { "extension_days", rule->extension_days }, { "declare_days", rule->declare_days },
		{ "claim_days", rule->claim_days }, { "insolvency_days", rule->insolvency_days }, { "stop_days", rule->stop_days } };
	if (!*policy->insurer || !*policy->number) return status_make(STATUS_INVALID, "Give the insurer’s name and the number of the policy.");
	TRY(check_words(policy->insurer, 120));
	TRY(check_words(policy->number, 80));
	TRY(check_words(policy->email, 160));
	TRY(check_words(policy->note, 1000));
	if (*policy->email && !strchr(policy->email, '@')) return status_make(STATUS_INVALID, "“%s” is not an e-mail address.", policy->email);
	if (strlen(rule->currency) != 3 || strspn(rule->currency, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != 3) return status_make(STATUS_INVALID, "A currency has three letters, as EUR.");
	if (rule->from_day == DAY_NONE) return status_make(STATUS_INVALID, "Give the day from which deliveries are insured.");
	if (rule->until_day != DAY_NONE && rule->until_day < rule->from_day) return status_make(STATUS_INVALID, "The policy ends before it begins.");
	if (rule->share_bp < 1 || rule->share_bp > 10000) return status_make(STATUS_INVALID, "The insured share is above 0 and at most 100 %%.");
	if (rule->vat_bp < 0 || rule->vat_bp > 5000) return status_make(STATUS_INVALID, "The VAT rate is between 0 and 50 %%.");
	if (rule->deductible < 0 || rule->discretionary < 0 || rule->declare_from < 0) return status_make(STATUS_INVALID, "Amounts of a policy are not below zero.");
	for (size_t i = 0; i < COUNT(days); i++)
		if (days[i].days < 0 || days[i].days > 3650) return status_make(STATUS_INVALID, "Days of a policy are between 0 and 3650; see %s.", days[i].what);
	if (rule->counted == COVER_FROM_CREDIT && !rule->terms_days) return status_make(STATUS_INVALID, "Delays counted from the end of the longest credit need its days.");
	if (rule->claim_days && rule->claim_days < rule->declare_days) return status_make(STATUS_INVALID, "A claim is filed after the overdue item was declared: give more days for it.");
	return STATUS_FINE;
}

struct status insurance_policy_save(struct change *change, const struct insurance_policy *policy, int64_t *id)
{
	const struct cover_policy *rule = &policy->rule;
	TRY(change_allows(change, RIGHT_SCENARIO));
	TRY(check_policy(policy));
	*id = rule->id;
	if (*id) {
		cleanup_arena struct arena *arena = arena_new();
		struct insurance_policy before;
		TRY(insurance_policy_get(change->db, change->viewer, change->company.id, *id, arena, &before));
	} else {
		TRY(id_take(change->db, change->company.tenant_id, change->company.id, "insurance_policy", 1, id));
	}
	TRY(db_run(change->db, "DELETE FROM insurance_policy WHERE tenant_id = $tenant AND company_id = $company AND id = $id", DB_ARGS(OF_COMPANY(change), db_int("id", *id))));
	TRY(db_run(change->db,
	           "INSERT INTO insurance_policy (tenant_id, company_id, " POLICY_COLUMNS ", by_user) VALUES ($tenant, $company, $id, $insurer, $number, $email, $currency, $scope,"
	           " $from, $until, $share, $vat, $deductible, $discretionary, $discretionary_late, $terms, $terms_export, $extension, $counted, $declare, $declare_from, $claim,"
	           " $insolvency, $stop, $public, $note, $rev, $by)",
	           DB_ARGS(OF_COMPANY(change), db_int("id", *id), db_text("insurer", policy->insurer), db_text("number", policy->number), db_text("email", policy->email),
	                   db_text("currency", rule->currency), db_text("scope", scopes[rule->scope]), db_day("from", rule->from_day), db_day("until", rule->until_day),
	                   db_int("share", rule->share_bp), db_int("vat", rule->vat_bp), db_int("deductible", rule->deductible), db_int("discretionary", rule->discretionary),
	                   db_int("discretionary_late", rule->discretionary_late), db_int("terms", rule->terms_days), db_int("terms_export", rule->terms_export_days),
	                   db_int("extension", rule->extension_days), db_text("counted", counted[rule->counted]), db_int("declare", rule->declare_days),
	                   db_int("declare_from", rule->declare_from), db_int("claim", rule->claim_days), db_int("insolvency", rule->insolvency_days),
	                   db_int("stop", rule->stop_days), db_int("public", rule->public_buyers), db_text("note", policy->note), db_int("rev", change->rev),
	                   db_int("by", change->viewer->user_id))));
	return event_add_json(change, (struct event_new){ .kind = "insurance.policy", .ref = *id },
	                      json_pack("{s:s,s:s,s:s,s:i,s:I,s:i,s:i,s:i,s:i}", "what", policy->insurer, "text", policy->number, "currency", rule->currency, "share_bp", (int)rule->share_bp,
	                                "discretionary", (json_int_t)rule->discretionary, "terms_days", (int)rule->terms_days, "extension_days", (int)rule->extension_days,
	                                "declare_days", (int)rule->declare_days, "claim_days", (int)rule->claim_days));
}

/* --- decisions -------------------------------------------------------------------------------------------------------------------------- */
struct status cover_decision_list(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t customer_id, struct arena *arena, struct insurer_decision **out,
                                  size_t *count)
{
	*out = arena_array(arena, struct insurer_decision, 1), *count = 0;
	if (!viewer_sees_company(viewer, company_id)) return status_make(STATUS_NOT_FOUND, "There is no such company.");
	struct insurer_decision *list = NULL;
	size_t cap = 0;
	cleanup_rows struct rows *rows = db_query(db,
		"SELECT d.id, d.policy_id, d.customer_id, d.kind, d.state, d.amount, d.from_day, d.until_day, d.reference, d.note, d.by_user, d.at, p.insurer, p.number, p.currency,"
		" c.code, c.name, c.collector_id, c.sales_id, c.group_code FROM cover_decision d JOIN insurance_policy p ON p.tenant_id = d.tenant_id"
		" AND p.company_id = d.company_id AND p.id = d.policy_id JOIN customer c ON c.tenant_id = d.tenant_id AND c.company_id = d.company_id AND c.id = d.customer_id"
		" WHERE d.tenant_id = $tenant AND d.company_id = $company AND (CAST($customer AS BIGINT) = 0 OR d.customer_id = $customer) AND d.removed_day IS NULL"
		" ORDER BY d.from_day DESC, d.id DESC",
		DB_ARGS(db_int("tenant", viewer->tenant_id), db_int("company", company_id), db_int("customer", customer_id)));
	while (rows_next(rows)) {
		if (!viewer_sees_customer(viewer, row_int(rows, 17), row_int(rows, 18), row_text(rows, 19))) continue;
		GROW(list, *count, cap);
		struct insurer_decision *one = &list[(*count)++];
		*one = (struct insurer_decision){ .rule = { .id = row_int(rows, 0), .policy_id = row_int(rows, 1), .temporary = strcmp(row_text(rows, 3), "temporary") == 0,
			.amount = row_int(rows, 5), .from_day = row_day(rows, 6), .until_day = row_day(rows, 7) }, .customer_id = row_int(rows, 2),
			.reference = arena_strdup(arena, row_text(rows, 8)), .note = arena_strdup(arena, row_text(rows, 9)), .by_user = row_int(rows, 10), .at = row_int(rows, 11),
			.insurer = arena_strdup(arena, row_text(rows, 12)), .number = arena_strdup(arena, row_text(rows, 13)), .customer_code = arena_strdup(arena, row_text(rows, 15)),
			.customer_name = arena_strdup(arena, row_text(rows, 16)) };
		if (!cover_state_parse(row_text(rows, 4), &one->rule.state)) one->rule.state = COVER_REQUESTED;
		snprintf(one->currency, sizeof one->currency, "%s", row_text(rows, 14));
	}
	struct insurer_decision *kept = arena_array(arena, struct insurer_decision, *count + 1);
	if (*count) memcpy(kept, list, *count * sizeof *list);
	free(list);
	*out = kept;
	return rows_status(rows);
}

struct status cover_decide(struct change *change, const struct cover_decision_new *given, int64_t *id)
{
	enum { AHEAD = 366 };
	cleanup_arena struct arena *arena = arena_new();
	enum cover_state state;
	struct insurance_policy policy;
	const char *reference = given->reference ? given->reference : "", *note = given->note ? given->note : "";
	if (!cover_state_parse(given->state, &state)) return status_make(STATUS_INVALID, "The insurer’s answer is requested, granted, reduced, withdrawn or refused, not “%s”.", given->state ? given->state : "");
	TRY(change_allows(change, state == COVER_REQUESTED ? RIGHT_COLLECT : RIGHT_SCENARIO));
	TRY(insurance_policy_get(change->db, change->viewer, change->company.id, given->policy_id, arena, &policy));
	TRY(customer_check(change->db, change->viewer, change->company.id, given->customer_id));
	TRY(check_words(reference, 80));
	TRY(check_words(note, 500));
	bool none = state == COVER_WITHDRAWN || state == COVER_REFUSED;
	if (none && given->amount) return status_make(STATUS_INVALID, "A limit withdrawn or refused has no amount.");
	if (!none && given->amount <= 0) return status_make(STATUS_INVALID, "Give the amount of the limit, above zero.");
	if (given->from_day == DAY_NONE || given->from_day > change->today + AHEAD) return status_make(STATUS_INVALID, "Give the day from which deliveries fall under it.");
	if (given->until_day != DAY_NONE && given->until_day < given->from_day) return status_make(STATUS_INVALID, "The limit ends before it begins.");
	if (given->temporary && given->until_day == DAY_NONE && !none) return status_make(STATUS_INVALID, "A temporary limit has a last day.");
	if (given->temporary && (none || state == COVER_REDUCED)) return status_make(STATUS_INVALID, "A temporary limit is requested or granted; the one that ends it is the named limit.");
	if (given->from_day < policy.rule.from_day || (policy.rule.until_day != DAY_NONE && given->from_day > policy.rule.until_day))
		return status_make(STATUS_INVALID, "That day is outside the policy: it insures deliveries of its own period.");
	TRY(id_take(change->db, change->company.tenant_id, change->company.id, "cover_decision", 1, id));
	TRY(db_run(change->db,
	           "INSERT INTO cover_decision (tenant_id, company_id, id, policy_id, customer_id, kind, state, amount, from_day, until_day, reference, note, by_user, at, rev)"
	           " VALUES ($tenant, $company, $id, $policy, $customer, $kind, $state, $amount, $from, $until, $reference, $note, $by, $at, $rev)",
	           DB_ARGS(OF_COMPANY(change), db_int("id", *id), db_int("policy", given->policy_id), db_int("customer", given->customer_id),
	                   db_text("kind", given->temporary ? "temporary" : "named"), db_text("state", given->state), db_int("amount", given->amount), db_day("from", given->from_day),
	                   db_day("until", given->until_day), db_text("reference", reference), db_text("note", note), db_int("by", change->viewer->user_id),
	                   db_int("at", change->now), db_int("rev", change->rev))));
	char from[11];
	day_format(given->from_day, from);
	return event_add_json(change, (struct event_new){ .kind = arena_printf(arena, "cover.%s", given->state), .customer_id = given->customer_id, .ref = *id },
	                      json_pack("{s:I,s:s,s:s,s:s,s:s}", "amount", (json_int_t)given->amount, "currency", policy.rule.currency, "date", from, "what", policy.insurer, "text", note));
}

struct status cover_decision_remove(struct change *change, int64_t id, const char *why)
{
	cleanup_arena struct arena *arena = arena_new();
	struct insurer_decision *list, *one = NULL;
	size_t count;
	why = why ? why : "";
	TRY(change_allows(change, RIGHT_SCENARIO));
	TRY(check_words(why, 500));
	TRY(cover_decision_list(change->db, change->viewer, change->company.id, 0, arena, &list, &count));
	for (size_t i = 0; i < count; i++)
		if (list[i].rule.id == id) one = &list[i];
	if (!one) return status_make(STATUS_NOT_FOUND, "There is no decision %lld of an insurer, or it is not in your portfolio.", (long long)id);
	TRY(db_run(change->db, "UPDATE cover_decision SET removed_day = $today, rev = $rev WHERE tenant_id = $tenant AND company_id = $company AND id = $id",
	           DB_ARGS(db_day("today", change->today), db_int("rev", change->rev), OF_COMPANY(change), db_int("id", id))));
	return event_add_json(change, (struct event_new){ .kind = "cover.removed", .customer_id = one->customer_id, .ref = id },
	                      json_pack("{s:I,s:s,s:s,s:s}", "amount", (json_int_t)one->rule.amount, "currency", one->currency, "what", one->insurer, "text", why));
}

/* --- items --------------------------------------------------------------------------------------------------------------------------------- */
#define INSURED_COLUMNS "item_id, delivered_day, extended_until, extended_day, declared_day, claimed_day, claim_reference, refused_day, refused_why, paid_day, paid, tasked"

static struct insured_item read_insured(struct rows *rows, struct arena *arena)
{
	return (struct insured_item){ .item_id = row_int(rows, 0), .delivered_day = row_day(rows, 1), .extended_until = row_day(rows, 2), .extended_day = row_day(rows, 3),
		.declared_day = row_day(rows, 4), .claimed_day = row_day(rows, 5), .claim_reference = arena_strdup(arena, row_text(rows, 6)), .refused_day = row_day(rows, 7),
		.refused_why = arena_strdup(arena, row_text(rows, 8)), .paid_day = row_day(rows, 9), .paid = row_int(rows, 10), .tasked = arena_strdup(arena, row_text(rows, 11)) };
}

struct status insured_list(struct db *db, int64_t tenant, int64_t company_id, struct arena *arena, struct insured_item **out, size_t *count)
{
	struct insured_item *list = NULL;
	size_t cap = 0;
	*count = 0;
	cleanup_rows struct rows *rows = db_query(db, "SELECT " INSURED_COLUMNS " FROM insured_item WHERE tenant_id = $tenant AND company_id = $company ORDER BY item_id",
	                                          DB_ARGS(db_int("tenant", tenant), db_int("company", company_id)));
	while (rows_next(rows)) {
		GROW(list, *count, cap);
		list[(*count)++] = read_insured(rows, arena);
	}
	*out = arena_array(arena, struct insured_item, *count + 1);
	if (*count) memcpy(*out, list, *count * sizeof *list);
	free(list);
	return rows_status(rows);
}

static struct status get_insured(struct change *change, int64_t item_id, struct arena *arena, struct insured_item *out)
{
	*out = (struct insured_item){ item_id, 0, DAY_NONE, DAY_NONE, DAY_NONE, DAY_NONE, DAY_NONE, DAY_NONE, DAY_NONE, "", "", "" };
	cleanup_rows struct rows *rows = db_query(change->db,
		"SELECT " INSURED_COLUMNS " FROM insured_item WHERE tenant_id = $tenant AND company_id = $company AND item_id = $item", DB_ARGS(OF_COMPANY(change), db_int("item", item_id)));
	if (rows_next(rows)) *out = read_insured(rows, arena);
	return rows_status(rows);
}

static struct status take_back(struct insured_item *one)
{
	if (one->paid_day != DAY_NONE) one->paid_day = DAY_NONE, one->paid = 0;
	else if (one->refused_day != DAY_NONE) one->refused_day = DAY_NONE, one->refused_why = "";
	else if (one->claimed_day != DAY_NONE) one->claimed_day = DAY_NONE, one->claim_reference = "";
	else if (one->declared_day != DAY_NONE) one->declared_day = DAY_NONE;
	else if (one->extended_until != DAY_NONE) one->extended_until = one->extended_day = DAY_NONE;
	else return status_make(STATUS_CONFLICT, "Nothing of this item was told to an insurer yet.");
	return STATUS_FINE;
}

static struct status apply_step(const struct change *change, const struct item *item, const char *step, int32_t day, int64_t amount, const char *words, struct insured_item *one)
{
	bool past = strcmp(step, "extend") != 0;
	if (strcmp(step, "undo") == 0) return take_back(one);
	if (day == DAY_NONE || (past && (day > change->today || day < item->issue_day - 366))) return status_make(STATUS_INVALID, "Give the day: today or before, not before the invoice.");
	if (strcmp(step, "deliver") == 0) {
		one->delivered_day = day;
	} else if (strcmp(step, "extend") == 0) {
		if (day <= item->due_day) return status_make(STATUS_INVALID, "An extension ends after the due date.");
		if (one->declared_day != DAY_NONE) return status_make(STATUS_CONFLICT, "%s was declared overdue already: an extension is agreed with the insurer before.", item->number);
		one->extended_until = day, one->extended_day = change->today;
	} else if (strcmp(step, "declare") == 0) {
		if (one->declared_day != DAY_NONE) return status_make(STATUS_CONFLICT, "%s was declared overdue already.", item->number);
		one->declared_day = day;
	} else if (strcmp(step, "claim") == 0) {
		if (one->claimed_day != DAY_NONE) return status_make(STATUS_CONFLICT, "The claim for %s was filed already.", item->number);
		if (item->open <= 0) return status_make(STATUS_CONFLICT, "Nothing is owed on %s any more.", item->number);
		one->claimed_day = day, one->claim_reference = words;
	} else if (strcmp(step, "refuse") == 0) {
		if (one->claimed_day == DAY_NONE && one->declared_day == DAY_NONE) return status_make(STATUS_CONFLICT, "Nothing of %s was told to the insurer yet.", item->number);
		if (!*words) return status_make(STATUS_INVALID, "Give the insurer’s reason.");
		one->refused_day = day, one->refused_why = words;
	} else if (strcmp(step, "paid") == 0) {
		if (one->claimed_day == DAY_NONE) return status_make(STATUS_CONFLICT, "No claim was filed for %s.", item->number);
		if (amount <= 0 || amount > item->amount) return status_make(STATUS_INVALID, "The indemnity is above zero and at most the item.");
		one->paid_day = day, one->paid = amount;
	} else {
		return status_make(STATUS_INVALID, "Give a step: deliver, extend, declare, claim, paid, refuse or undo.");
	}
	return STATUS_FINE;
}

struct status insured_mark(struct change *change, int64_t item_id, const char *step, int32_t day, int64_t amount, const char *words)
{
	cleanup_arena struct arena *arena = arena_new();
	struct item item;
	struct insured_item one;
	step = step ? step : "", words = words ? words : "";
	TRY(change_allows(change, RIGHT_COLLECT));
	TRY(check_words(words, 500));
	TRY(item_get(change->db, change->viewer, change->company.id, item_id, &item));
	if (item.amount <= 0) return status_make(STATUS_INVALID, "%s is nothing that the customer owes.", item.number);
	TRY(get_insured(change, item_id, arena, &one));
	TRY(apply_step(change, &item, step, day, amount, words, &one));
	TRY(db_run(change->db, "DELETE FROM insured_item WHERE tenant_id = $tenant AND company_id = $company AND item_id = $item", DB_ARGS(OF_COMPANY(change), db_int("item", item_id))));
	TRY(db_run(change->db,
	           "INSERT INTO insured_item (tenant_id, company_id, " INSURED_COLUMNS ", by_user, rev) VALUES ($tenant, $company, $item, $delivered, $until, $extended, $declared, $claimed,"
	           " $reference, $refused, $why, $paid_day, $paid, $tasked, $by, $rev)",
	           DB_ARGS(OF_COMPANY(change), db_int("item", item_id), db_day("delivered", one.delivered_day), db_day("until", one.extended_until), db_day("extended", one.extended_day),
	                   db_day("declared", one.declared_day), db_day("claimed", one.claimed_day), db_text("reference", one.claim_reference), db_day("refused", one.refused_day),
	                   db_text("why", one.refused_why), db_day("paid_day", one.paid_day), db_int("paid", one.paid), db_text("tasked", one.tasked),
	                   db_int("by", change->viewer->user_id), db_int("rev", change->rev))));
	char iso[11] = "";
	if (day != DAY_NONE) day_format(day, iso);
	return event_add_json(change, (struct event_new){ .kind = arena_printf(arena, "insurance.%s", step), .customer_id = item.customer_id, .ref = item_id },
	                      json_pack("{s:I,s:s,s:s,s:s,s:[s]}", "amount", (json_int_t)(amount ? amount : item.open), "currency", item.currency, "date", iso, "text", words, "items", item.number));
}

/* --- customers ------------------------------------------------------------------------------------------------------------------------------- */
struct status insurer_told(struct change *change, int64_t customer_id, const char *kind, int32_t day, const char *note)
{
	int64_t id;
	kind = kind ? kind : "", note = note ? note : "";
	TRY(change_allows(change, RIGHT_COLLECT));
	TRY(customer_check(change->db, change->viewer, change->company.id, customer_id));
	TRY(check_words(note, 500));
	if (strcmp(kind, "insolvency") != 0 && strcmp(kind, "other") != 0) return status_make(STATUS_INVALID, "An insurer is told of an insolvency, or of something other.");
	if (day == DAY_NONE || day > change->today) return status_make(STATUS_INVALID, "Give the day on which the insurer was told: today or before.");
	if (strcmp(kind, "other") == 0 && !*note) return status_make(STATUS_INVALID, "Say what the insurer was told.");
	TRY(id_take(change->db, change->company.tenant_id, change->company.id, "insurer_notice", 1, &id));
	TRY(db_run(change->db,
	           "INSERT INTO insurer_notice (tenant_id, company_id, id, customer_id, kind, day, note, by_user, rev) VALUES ($tenant, $company, $id, $customer, $kind, $day, $note, $by, $rev)",
	           DB_ARGS(OF_COMPANY(change), db_int("id", id), db_int("customer", customer_id), db_text("kind", kind), db_day("day", day), db_text("note", note),
	                   db_int("by", change->viewer->user_id), db_int("rev", change->rev))));
	char iso[11];
	day_format(day, iso);
	return event_add_json(change, (struct event_new){ .kind = strcmp(kind, "insolvency") == 0 ? "insurance.insolvency" : "insurance.told", .customer_id = customer_id, .ref = id },
	                      json_pack("{s:s,s:s}", "date", iso, "text", note));
}

struct status insurer_notices(struct db *db, int64_t tenant, int64_t company_id, int64_t customer_id, struct arena *arena, struct insurer_notice **out, size_t *count)
{
	struct insurer_notice *list = NULL;
	size_t cap = 0;
	*count = 0;
	cleanup_rows struct rows *rows = db_query(db,
		"SELECT customer_id, day, kind, note FROM insurer_notice WHERE tenant_id = $tenant AND company_id = $company AND (CAST($customer AS BIGINT) = 0 OR customer_id = $customer)"
		" ORDER BY customer_id, day, id", DB_ARGS(db_int("tenant", tenant), db_int("company", company_id), db_int("customer", customer_id)));
	while (rows_next(rows)) {
		GROW(list, *count, cap);
		list[(*count)++] = (struct insurer_notice){ row_int(rows, 0), row_day(rows, 1), arena_strdup(arena, row_text(rows, 2)), arena_strdup(arena, row_text(rows, 3)) };
	}
	*out = arena_array(arena, struct insurer_notice, *count + 1);
	if (*count) memcpy(*out, list, *count * sizeof *list);
	free(list);
	return rows_status(rows);
}
