#include "intake/limit_list.h"

#include "base/day.h"
#include "base/memory.h"
#include "base/money.h"
#include "base/text.h"
#include "formats/csv.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum column { COLUMN_CUSTOMER, COLUMN_SIREN, COLUMN_AMOUNT, COLUMN_STATE, COLUMN_FROM, COLUMN_UNTIL, COLUMN_REFERENCE, COLUMN_POLICY, COLUMN_KIND, COLUMN_COUNT };
static const char *const headers[COLUMN_COUNT] = {
	[COLUMN_CUSTOMER] = "|code|code client|client|customer|customer code|compte|compte client|numero client|n client|votre reference|your reference|",
	[COLUMN_SIREN] = "|siren|siret|numero siren|identifiant|identifiant legal|registration number|legal id|",
	[COLUMN_AMOUNT] = "|montant|agrement|montant agree|montant accorde|limite|limite de credit|limit|amount|credit limit|garantie|encours garanti|montant garanti|",
	[COLUMN_STATE] = "|decision|etat|statut|status|state|reponse|answer|",
	[COLUMN_FROM] = "|date d effet|date effet|effet|du|debut|date de debut|a partir du|from|effective date|start date|valid from|date decision|date de decision|",
	[COLUMN_UNTIL] = "|date de fin|fin|au|jusqu au|date d expiration|expiration|echeance|until|end date|valid to|expiry date|",
	[COLUMN_REFERENCE] = "|reference|ref|numero d agrement|reference agrement|reference assureur|insurer reference|numero|",
	[COLUMN_POLICY] = "|police|numero de police|contrat|policy|policy number|contract|",
	[COLUMN_KIND] = "|type|nature|kind|type d agrement|",
};

static bool among(const char *list, const char *plain)
{
	size_t len = strlen(plain);
	for (const char *at = len ? strstr(list, plain) : NULL; at; at = strstr(at + 1, plain))
		if (at[-1] == '|' && at[len] == '|') return true;
	return false;
}

static const char *plain_of(struct arena *arena, const char *text)
{
	cleanup_free char *plain = text_normalise(text, strlen(text));
	return arena_strdup(arena, plain);
}

bool limit_amount(const char *text, const char *currency, int64_t *out)
{
	char digits[32];
	size_t count = 0, after = 0;
	const char *last = NULL;
	int decimals = currency_decimals(currency);
	for (const char *c = text; *c; c++)
		if (*c == ',' || *c == '.') last = c;
	for (const char *c = last ? last + 1 : ""; *c; c++) after += *c >= '0' && *c <= '9';
	bool both = strchr(text, ',') && strchr(text, '.'), split = last && after > 0 && (after != 3 || decimals == 3);
	if (after == 3 && both != (decimals == 3) && (both || decimals == 3)) return false; /* could be either */
	if (split && after > (size_t)decimals) return false;
	for (const char *c = text; *c; c++) {
		unsigned char byte = (unsigned char)*c;
		if (*c >= '0' && *c <= '9') {
			if (count == sizeof digits - 4) return false;
			digits[count++] = *c;
		} else if (!(*c == ' ' || *c == ',' || *c == '.' || *c == '\'' || byte >= 0x80)) { /* spaces of all kinds, a currency's sign */
			if (!isalpha(byte) || count == 0) return false;
			break; /* "EUR" after it */
		}
	}
	if (!count) return false;
	for (size_t i = split ? after : 0; i < (size_t)decimals; i++) digits[count++] = '0';
	digits[count] = 0;
	return text_parse_int(digits, count, out) && *out >= 0 && *out <= 1000000000000000;
}

bool limit_day(const char *text, int32_t *out)
{
	int parts[3] = { 0 }, widths[3] = { 0 }, n = 0;
	if (day_parse(text, strlen(text), out)) return true;
	for (const char *c = text; *c; c++) {
		if (*c >= '0' && *c <= '9') {
			if (widths[n] == 4) return false;
			parts[n] = parts[n] * 10 + (*c - '0'), widths[n]++;
		} else if ((*c == '/' || *c == '.' || *c == '-') && n < 2 && widths[n]) {
			n++;
		} else if (*c == ' ' && n == 2 && widths[2]) {
			break; /* a time after it */
		} else {
			return false;
		}
	}
	if (n != 2 || widths[2] != 4 || widths[0] > 2 || widths[1] > 2 || !day_valid(parts[2], parts[1], parts[0])) return false;
	*out = day_from_civil(parts[2], parts[1], parts[0]);
	return *out >= DAY_MIN && *out <= DAY_MAX;
}

/* --- who and which policy ---------------------------------------------------------------------------------------------------------- */
struct known {
	const char *code, *siren, *name;
	int64_t id;
};
struct looking {
	const struct viewer *viewer;
	struct arena *arena;
	enum lang lang;
	int32_t today;
	struct known *by_code, *by_siren;
	size_t customer_count, siren_count;
	struct insurance_policy *policies;
	size_t policy_count;
	struct insurer_decision *decisions; /* newest first */
	size_t decision_count;
	int64_t policy_id;
};
static int code_order(const void *a, const void *b) { return strcmp(((const struct known *)a)->code, ((const struct known *)b)->code); }
static int siren_order(const void *a, const void *b) { return strcmp(((const struct known *)a)->siren, ((const struct known *)b)->siren); }

static struct status load(struct db *db, int64_t company_id, struct looking *l)
{
	struct customer *all;
	size_t count;
	TRY(customer_all(db, l->viewer, company_id, l->arena, &all, &count));
	l->by_code = arena_array(l->arena, struct known, count + 1), l->by_siren = arena_array(l->arena, struct known, count + 1);
	for (size_t i = 0; i < count; i++) {
		struct known one = { all[i].code, all[i].siren, all[i].name, all[i].id };
		l->by_code[l->customer_count++] = one;
		if (*one.siren) l->by_siren[l->siren_count++] = one;
	}
	if (l->customer_count) qsort(l->by_code, l->customer_count, sizeof *l->by_code, code_order);
	if (l->siren_count) qsort(l->by_siren, l->siren_count, sizeof *l->by_siren, siren_order);
	TRY(insurance_policy_list(db, l->viewer, company_id, l->arena, &l->policies, &l->policy_count));
	return cover_decision_list(db, l->viewer, company_id, 0, l->arena, &l->decisions, &l->decision_count);
}

static const char *cell_of(const struct csv_line *line, const int *at, enum column column) { return at[column] < 0 ? "" : line->cells[at[column]]; }

/* One SIREN may be several customers': then the list must name his code. */
static const struct known *find(const struct looking *l, const char *code, const char *siren, const char **problem)
{
	char digits[10] = "";
	size_t count = 0;
	if (*code) {
		const struct known *one = l->customer_count ? bsearch(&(struct known){ .code = code }, l->by_code, l->customer_count, sizeof *l->by_code, code_order) : NULL;
		if (one) return one;
	}
	for (const char *c = *siren ? siren : code; *c && count < 9; c++)
		if (*c >= '0' && *c <= '9') digits[count++] = *c;
	digits[count] = 0;
	const struct known *one = count == 9 && l->siren_count ? bsearch(&(struct known){ .siren = digits }, l->by_siren, l->siren_count, sizeof *l->by_siren, siren_order) : NULL;
	if (!one) return *problem = tr(l->lang, "No customer has this code or SIREN."), NULL;
	bool twice = (one > l->by_siren && strcmp(one[-1].siren, digits) == 0) || (one + 1 < l->by_siren + l->siren_count && strcmp(one[1].siren, digits) == 0);
	if (twice) return *problem = tr(l->lang, "Several customers have this SIREN: name his code."), NULL;
	return one;
}

static const struct insurance_policy *policy_of(const struct looking *l, const char *number, int32_t day, const char **problem)
{
	const struct insurance_policy *found = NULL;
	for (size_t i = 0; i < l->policy_count; i++) {
		const struct insurance_policy *one = &l->policies[i];
		bool in = one->rule.from_day <= day && (one->rule.until_day == DAY_NONE || day <= one->rule.until_day);
		if (*number ? strcmp(one->number, number) != 0 : l->policy_id ? one->rule.id != l->policy_id : !in) continue;
		if (found && !*number) return *problem = tr(l->lang, "Several policies are in force on that day: choose one."), NULL;
		if (!found || in) found = one;
	}
	if (!found) *problem = tr(l->lang, "No policy fits this row.");
	return found;
}

static const struct insurer_decision *in_force(const struct looking *l, int64_t customer_id, int64_t policy_id, int32_t day)
{
	for (size_t i = 0; i < l->decision_count; i++) { /* newest first */
		const struct cover_decision *rule = &l->decisions[i].rule;
		if (l->decisions[i].customer_id == customer_id && rule->policy_id == policy_id && !rule->temporary && rule->state != COVER_REQUESTED && rule->from_day <= day) return &l->decisions[i];
	}
	return NULL;
}

static void read_state(const struct looking *l, const char *cell, struct limit_row *row)
{
	static const struct { const char *words, *state; } states[] = {
		{ "|requested|demande|demandee|en cours|en attente|pending|", "requested" }, { "|refused|refuse|refusee|rejete|rejected|declined|", "refused" },
		{ "|withdrawn|resilie|resiliee|retire|retiree|annule|annulee|supprime|cancelled|canceled|", "withdrawn" }, { "|reduced|reduit|reduite|reduction|", "reduced" },
		{ "|granted|accorde|accordee|agree|agreee|accepte|acceptee|approved|accepted|total|partiel|accord total|accord partiel|en vigueur|actif|active|", "granted" } };
	const char *plain = plain_of(l->arena, cell);
	row->new.state = row->new.amount > 0 ? "granted" : "withdrawn";
	if (!*plain) return;
	for (size_t i = 0; i < COUNT(states); i++)
		if (among(states[i].words, plain)) {
			row->new.state = states[i].state;
			return;
		}
	row->problem = arena_printf(l->arena, tr(l->lang, "“%s” is no decision: requested, granted, reduced, withdrawn, refused."), cell);
}

static void read_row(const struct looking *l, const struct csv_line *line, const int *at, struct limit_row *row)
{
	const char *code = cell_of(line, at, COLUMN_CUSTOMER), *siren = cell_of(line, at, COLUMN_SIREN), *amount = cell_of(line, at, COLUMN_AMOUNT);
	const char *from = cell_of(line, at, COLUMN_FROM), *until = cell_of(line, at, COLUMN_UNTIL);
	*row = (struct limit_row){ .line = line->line, .customer = *code ? code : siren, .name = "",
		.new = { .from_day = l->today, .until_day = DAY_NONE, .reference = cell_of(line, at, COLUMN_REFERENCE), .note = "", .state = "granted" } };
	row->new.temporary = among("|temporaire|temporary|ponctuel|complementaire|additionnel|", plain_of(l->arena, cell_of(line, at, COLUMN_KIND)));
	const struct known *who = find(l, code, siren, &row->problem);
	if (!who) return;
	row->name = who->name, row->new.customer_id = who->id;
	if (*from && !limit_day(from, &row->new.from_day)) row->problem = arena_printf(l->arena, tr(l->lang, "“%s” is no day: write it as 2025-03-01 or 01/03/2025."), from);
	if (*until && !limit_day(until, &row->new.until_day)) row->problem = arena_printf(l->arena, tr(l->lang, "“%s” is no day: write it as 2025-03-01 or 01/03/2025."), until);
	if (row->problem) return;
	const struct insurance_policy *policy = policy_of(l, cell_of(line, at, COLUMN_POLICY), row->new.from_day, &row->problem);
	if (!policy) return;
	row->new.policy_id = policy->rule.id;
	if (*amount && !limit_amount(amount, policy->rule.currency, &row->new.amount)) {
		row->problem = arena_printf(l->arena, tr(l->lang, "“%s” is not an amount."), amount);
		return;
	}
	read_state(l, cell_of(line, at, COLUMN_STATE), row);
	if (row->problem) return;
	bool none = strcmp(row->new.state, "withdrawn") == 0 || strcmp(row->new.state, "refused") == 0;
	if (none) row->new.amount = 0;
	else if (!row->new.amount) row->problem = tr(l->lang, "Give the amount of the limit, above zero.");
	const struct insurer_decision *now = row->new.temporary ? NULL : in_force(l, who->id, policy->rule.id, row->new.from_day > l->today ? row->new.from_day : l->today);
	if (!row->new.temporary && !now && none && strcmp(row->new.state, "withdrawn") == 0) row->problem = tr(l->lang, "Nothing is in force that could be withdrawn.");
	if (now && strcmp(row->new.state, "requested") != 0) {
		bool over = now->rule.state == COVER_WITHDRAWN || now->rule.state == COVER_REFUSED;
		row->known = now->rule.amount == row->new.amount && now->rule.until_day == row->new.until_day && over == none;
		if (!none && strcmp(row->new.state, "granted") == 0 && !over && row->new.amount < now->rule.amount) row->new.state = "reduced";
	}
	for (size_t i = 0; i < l->decision_count && !row->known; i++) { /* the very same was noted, in force or not */
		const struct cover_decision *rule = &l->decisions[i].rule;
		row->known = l->decisions[i].customer_id == who->id && rule->policy_id == policy->rule.id && rule->temporary == row->new.temporary && rule->amount == row->new.amount &&
			     rule->from_day == row->new.from_day && rule->until_day == row->new.until_day && strcmp(cover_state_code(rule->state), row->new.state) == 0;
	}
}

static struct status look_rows(struct looking *l, struct csv *csv, struct limit_list *out)
{
	int at[COLUMN_COUNT];
	for (int c = 0; c < COLUMN_COUNT; c++) {
		at[c] = -1;
		for (size_t i = 0; i < csv->column_count && at[c] < 0; i++)
			if (among(headers[c], plain_of(l->arena, csv->columns[i].header))) at[c] = (int)i;
	}
	if ((at[COLUMN_CUSTOMER] < 0 && at[COLUMN_SIREN] < 0) || at[COLUMN_AMOUNT] < 0)
		return status_make(STATUS_INVALID, "A list of limits has a column of customers (code or SIREN) and one of amounts.");
	struct table table;
	int64_t *lines = arena_array(l->arena, int64_t, LIMIT_LIST_MOST + 1);
	size_t count = 0;
	bool more = false;
	table_open(&table, csv->bytes, csv->len, csv->dialect);
	while (!more && table_next(&table) == TABLE_ROW) {
		if (table.line <= csv->header_line || table.blank) continue;
		if (count == LIMIT_LIST_MOST) more = true;
		else lines[count++] = table.line;
	}
	table_close(&table);
	if (more) return status_make(STATUS_INVALID, "A list of limits has at most %d rows.", LIMIT_LIST_MOST);
	struct csv_line *cells;
	TRY(csv_lines(csv, lines, count, false, l->arena, &cells));
	out->rows = arena_array(l->arena, struct limit_row, count + 1);
	for (size_t i = 0; i < count; i++)
		if (cells[i].found) read_row(l, &cells[i], at, &out->rows[out->count++]);
	return out->count ? STATUS_FINE : status_make(STATUS_INVALID, "The list has no limit.");
}

struct status limit_list_look(struct db *db, const struct viewer *viewer, const struct company *company, const char *bytes, size_t len, int64_t policy_id, int32_t today,
                              enum lang lang, struct arena *arena, struct limit_list *out)
{
	*out = (struct limit_list){ 0 };
	struct looking looking = { .viewer = viewer, .arena = arena, .lang = lang, .today = today, .policy_id = policy_id };
	struct csv *csv = NULL;
	if (!viewer_may(viewer, RIGHT_SCENARIO)) return status_make(STATUS_FORBIDDEN, "Your role does not allow this.");
	TRY(load(db, company->id, &looking));
	if (!looking.policy_count) return status_make(STATUS_CONFLICT, "Note the policy with its delays first.");
	snprintf(out->currency, sizeof out->currency, "%s", looking.policies[0].rule.currency);
	TRY(csv_look(bytes, len, (struct csv_options){ .lang = lang, .currency = company->currency, .what = CSV_CUSTOMERS }, &csv));
	struct status status = look_rows(&looking, csv, out);
	csv_free(csv);
	TRY(status);
	for (size_t i = 0; i < out->count; i++) {
		struct limit_row *row = &out->rows[i];
		out->problems += row->problem != NULL;
		out->known += !row->problem && row->known;
		out->fresh += !row->problem && !row->known;
	}
	return STATUS_FINE;
}

struct status limit_list_make(struct change *change, const struct limit_list *list)
{
	int64_t id;
	if (list->problems) return status_make(STATUS_INVALID, "Some rows can’t be used. No limit was noted.");
	for (size_t i = 0; i < list->count; i++)
		if (!list->rows[i].known) TRY(cover_decide(change, &list->rows[i].new, &id));
	return STATUS_FINE;
}
