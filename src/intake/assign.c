#include "intake/assign.h"

#include "base/memory.h"
#include "base/words.h"

#include <string.h>

static const struct {
	const char *code, *label;
/* msgids */
} ops[ASSIGN_OP_COUNT] = {
	[ASSIGN_IS] = { "is", "is" },
	[ASSIGN_IS_NOT] = { "is_not", "is not" },
	[ASSIGN_BEGINS] = { "begins", "begins with" },
	[ASSIGN_HOLDS] = { "holds", "contains" },
	[ASSIGN_AT_LEAST] = { "at_least", "at least" },
	[ASSIGN_AT_MOST] = { "at_most", "at most" },
	[ASSIGN_KNOWN] = { "known", "is filled in" },
	[ASSIGN_UNKNOWN] = { "unknown", "is empty" },
};

const char *assign_op_code(enum assign_op op)
{
	return ops[op].code;
}

bool assign_op_parse(const char *code, enum assign_op *out)
{
	for (int i = 0; code && i < ASSIGN_OP_COUNT; i++)
		if (strcmp(code, ops[i].code) == 0) return *out = (enum assign_op)i, true;
	return false;
}

const char *assign_op_label(enum assign_op op)
{
	return ops[op].label;
}

/* msgids */
static const struct assign_subject subjects[] = {
	{ "code", "Customer code", ASSIGN_TEXT, NULL },
	{ "name", "Customer name", ASSIGN_TEXT, NULL },
	{ "country", "Country", ASSIGN_TEXT, NULL },
	{ "postcode", "Postcode", ASSIGN_TEXT, NULL },
	{ "city", "City", ASSIGN_TEXT, NULL },
	{ "group", "Group", ASSIGN_TEXT, NULL },
	{ "tags", "Tags", ASSIGN_TEXT, NULL },
	{ "siren", "SIREN", ASSIGN_TEXT, NULL },
	{ "vat_number", "VAT number", ASSIGN_TEXT, NULL },
	{ "email", "E-mail", ASSIGN_TEXT, NULL },
	{ "language", "Language", ASSIGN_TEXT, NULL },
	{ "salesperson", "Salesperson", ASSIGN_TEXT, NULL },
	{ "class", "Kind of customer", ASSIGN_CHOICES, "professional|public|consumer|unknown" },
	{ "payment_means", "Pays by", ASSIGN_CHOICES, "transfer|direct_debit|bill|cheque|card" },
	{ "profile", "Profile", ASSIGN_CHOICES, "good_payer|average|close_follow_up|key_account|public|consumer" },
	{ "account", "Account of an open item", ASSIGN_TEXT, NULL },
	{ "currency", "Currency of an open item", ASSIGN_TEXT, NULL },
	{ "outstanding", "Outstanding", ASSIGN_AMOUNT, NULL },
	{ "largest_item", "Largest open item", ASSIGN_AMOUNT, NULL },
	{ "items", "Number of open items", ASSIGN_NUMBER, NULL },
	{ "terms", "Payment term in days", ASSIGN_NUMBER, NULL },
};

const struct assign_subject *assign_subjects(size_t *count)
{
	*count = COUNT(subjects);
	return subjects;
}

const struct assign_subject *assign_subject(const char *name)
{
	for (size_t i = 0; name && i < COUNT(subjects); i++)
		if (strcmp(subjects[i].name, name) == 0) return &subjects[i];
	return NULL;
}

static const char *const targets[] = { "scenario", "collector", "group", "tags", "payer", "profile", "class", "language", "key_account", "terms.days",
	"terms.end_of_month", "terms.day", "payment_means", "minimum", "credit_limit", "sales", NULL };

const char *const *assign_targets(void)
{
	return targets;
}

bool assign_target_known(const char *name)
{
	for (size_t i = 0; targets[i]; i++)
		if (strcmp(targets[i], name) == 0) return true;
	return strncmp(name, "field.", 6) == 0;
}

/* --- one condition --------------------------------------------------------------------------------------------------------------- */
static bool text_fits(const char *text, enum assign_op op, const char *wanted)
{
	cleanup_free char *have = text_normalise(text, strlen(text)), *want = text_normalise(wanted, strlen(wanted));
	/* what holds no letter or digit compares as it stands */
	const char *a = *want ? have : text, *b = *want ? want : wanted;
	if (!*b) return false;
	if (op == ASSIGN_BEGINS) return strncmp(a, b, strlen(b)) == 0;
	if (op == ASSIGN_HOLDS) return strstr(a, b) != NULL;
	return strcmp(a, b) == 0;
}

/* Whether one of the texts is one of the wanted ones. */
static bool any_fits(struct assign_set have, enum assign_op op, const char *wanted)
{
	for (const char *at = wanted; *at;) {
		size_t len = strcspn(at, ",;");
		struct slice one = slice_trim((struct slice){ at, len });
		cleanup_free char *want = xstrndup(one.bytes, one.len);
		for (size_t i = 0; i < have.count; i++)
			if (text_fits(have.texts[i], op, want)) return true;
		at += len + (at[len] != 0);
	}
	return false;
}

static bool set_holds(struct assign_set have, enum assign_op op, const char *wanted)
{
	size_t known = 0;
	for (size_t i = 0; i < have.count; i++) known += *have.texts[i] != 0;
	if (op == ASSIGN_KNOWN) return known > 0;
	if (op == ASSIGN_UNKNOWN) return known == 0;
	if (op == ASSIGN_IS_NOT) return !any_fits(have, ASSIGN_IS, wanted);
	return any_fits(have, op, wanted);
}

static bool number_holds(int64_t have, bool known, enum assign_op op, const char *wanted)
{
	int64_t want;
	if (op == ASSIGN_KNOWN) return known;
	if (op == ASSIGN_UNKNOWN) return !known;
	if (!known || !text_parse_int(wanted, strlen(wanted), &want)) return false;
	switch (op) {
	case ASSIGN_IS: return have == want;
	case ASSIGN_IS_NOT: return have != want;
	case ASSIGN_AT_LEAST: return have >= want;
	case ASSIGN_AT_MOST: return have <= want;
	default: return false;
	}
}

static bool own_one(const struct custom_field *field, const char *value, enum assign_op op, const char *wanted)
{
	static const enum custom_op as[ASSIGN_OP_COUNT] = { [ASSIGN_IS] = CUSTOM_IS, [ASSIGN_IS_NOT] = CUSTOM_IS_NOT, [ASSIGN_BEGINS] = CUSTOM_IS, [ASSIGN_HOLDS] = CUSTOM_HOLDS,
		[ASSIGN_AT_LEAST] = CUSTOM_AT_LEAST, [ASSIGN_AT_MOST] = CUSTOM_AT_MOST, [ASSIGN_KNOWN] = CUSTOM_KNOWN, [ASSIGN_UNKNOWN] = CUSTOM_UNKNOWN };
	if (op == ASSIGN_BEGINS) return text_fits(value, op, wanted);
	return custom_test(field, value, as[op], wanted);
}

static bool own_holds(const struct assign_condition *c, const struct assign_facts *facts)
{
	if (!c->field) return false;
	const char *single = "";
	struct assign_set have = { &single, 1 };
	if (c->field->subject == CUSTOM_CUSTOMER) single = facts->value ? facts->value(facts->context, c->field) : "";
	else if (facts->item_values) have = facts->item_values(facts->context, c->field);
	bool opposite = c->op == ASSIGN_IS_NOT || c->op == ASSIGN_UNKNOWN; /* holds when none is */
	enum assign_op op = c->op == ASSIGN_IS_NOT ? ASSIGN_IS : c->op == ASSIGN_UNKNOWN ? ASSIGN_KNOWN : c->op;
	bool any = false, list = c->field->kind == CUSTOM_TEXT || c->field->kind == CUSTOM_CHOICE;
	for (size_t i = 0; i < have.count && !any; i++) {
		if (op == ASSIGN_KNOWN || !list || op == ASSIGN_AT_LEAST || op == ASSIGN_AT_MOST) {
			any = own_one(c->field, have.texts[i], op, c->value);
			continue;
		}
		for (const char *at = c->value; *at && !any;) { /* one of several */
			size_t len = strcspn(at, ",;");
			struct slice one = slice_trim((struct slice){ at, len });
			cleanup_free char *want = xstrndup(one.bytes, one.len);
			any = one.len && own_one(c->field, have.texts[i], op, want);
			at += len + (at[len] != 0);
		}
	}
	return any != opposite;
}

/* His tags, each alone. */
static bool tags_hold(const char *tags, enum assign_op op, const char *wanted)
{
	cleanup_free char *copy = xstrdup(tags);
	const char *list[64];
	size_t count = 0;
	for (char *at = copy; *at && count < COUNT(list);) {
		size_t len = strcspn(at, ",");
		bool more = at[len] != 0;
		at[len] = 0;
		list[count++] = at;
		at += len + more;
	}
	return set_holds((struct assign_set){ list, count }, op, wanted);
}

static bool holds(const struct assign_condition *c, const struct assign_facts *facts)
{
	const struct customer *customer = facts->customer;
	if (strncmp(c->subject, "field.", 6) == 0) return own_holds(c, facts);
	if (strcmp(c->subject, "account") == 0) return set_holds(facts->accounts, c->op, c->value);
	if (strcmp(c->subject, "currency") == 0) return set_holds(facts->currencies, c->op, c->value);
	if (strcmp(c->subject, "tags") == 0) return tags_hold(customer->tags, c->op, c->value);
	if (strcmp(c->subject, "outstanding") == 0) return number_holds(facts->outstanding, true, c->op, c->value);
	if (strcmp(c->subject, "largest_item") == 0) return number_holds(facts->largest, facts->items > 0, c->op, c->value);
	if (strcmp(c->subject, "items") == 0) return number_holds(facts->items, true, c->op, c->value);
	if (strcmp(c->subject, "terms") == 0) return number_holds(customer->terms_days, customer->terms_days >= 0, c->op, c->value);
	const struct {
		const char *name, *value;
	} texts[] = { { "code", customer->code }, { "name", customer->name }, { "country", customer->country }, { "postcode", customer->postcode },
		      { "city", customer->city }, { "group", customer->group_code }, { "siren", customer->siren }, { "vat_number", customer->vat_number },
		      { "email", customer->email }, { "language", customer->language }, { "salesperson", customer->salesperson }, { "class", customer->class },
		      { "payment_means", customer->payment_means }, { "profile", customer->profile } };
	for (size_t i = 0; i < COUNT(texts); i++)
		if (strcmp(texts[i].name, c->subject) == 0) return set_holds((struct assign_set){ &texts[i].value, 1 }, c->op, c->value);
	return false;
}

bool assign_holds(const struct assign_rule *rule, const struct assign_facts *facts)
{
	for (size_t i = 0; i < rule->condition_count; i++)
		if (holds(&rule->conditions[i], facts) == rule->any_of) return rule->any_of;
	return !rule->any_of || rule->condition_count == 0;
}

/* --- all rules --------------------------------------------------------------------------------------------------------------------- */
static bool decided(const struct assign_decision *list, size_t count, const char *target)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(list[i].target, target) == 0) return true;
	return false;
}

size_t assign_decide(const struct assign_rule *rules, size_t count, const struct assign_facts *facts, struct arena *arena,
                     struct assign_decision out[static ASSIGN_DECISIONS])
{
	size_t made = 0;
	cleanup_text struct text tags = { 0 };
	const struct assign_rule *tagger = NULL;
	text_add(&tags, facts->customer->tags);
	for (size_t r = 0; r < count; r++) {
		const struct assign_rule *rule = &rules[r];
		if (!rule->enabled || !assign_holds(rule, facts)) continue;
		for (size_t i = 0; i < rule->outcome_count && made + 1 < ASSIGN_DECISIONS; i++) {
			const struct assign_outcome *outcome = &rule->outcomes[i];
			if (strcmp(outcome->target, "tags") == 0) {
				for (const char *at = outcome->value; *at;) {
					size_t len = strcspn(at, ",;");
					struct slice tag = slice_trim((struct slice){ at, len });
					at += len + (at[len] != 0);
					if (!tag.len || customer_tagged(text_cstr(&tags), arena_strndup(arena, tag.bytes, tag.len))) continue;
					text_addf(&tags, "%s%.*s", tags.len ? "," : "", SLICE_PRINT(tag));
					if (!tagger) tagger = rule;
				}
			} else if (!decided(out, made, outcome->target)) {
				out[made++] = (struct assign_decision){ outcome->target, outcome->value, rule };
			}
		}
	}
	if (tagger) out[made++] = (struct assign_decision){ "tags", arena_strdup(arena, text_cstr(&tags)), tagger };
	return made;
}

void assign_words(struct text *out, enum lang lang, const struct assign_rule *rule, const char *currency)
{
	for (size_t i = 0; i < rule->condition_count; i++) {
		const struct assign_condition *c = &rule->conditions[i];
		const struct assign_subject *subject = assign_subject(c->subject);
		int64_t minor;
		if (i) text_addf(out, " %s ", tr(lang, rule->any_of ? "or" : "and"));
		text_addf(out, "%s %s", subject ? tr(lang, subject->label) : c->field ? custom_label(c->field, lang) : c->subject, tr(lang, ops[c->op].label));
		if (c->op == ASSIGN_KNOWN || c->op == ASSIGN_UNKNOWN) continue;
		text_add(out, " ");
		if (subject && subject->shape == ASSIGN_AMOUNT && text_parse_int(c->value, strlen(c->value), &minor)) words_amount(out, lang, minor, currency);
		else if (subject && subject->shape == ASSIGN_CHOICES) text_add(out, tr(lang, c->value));
		else text_addf(out, "“%s”", c->value);
	}
	if (!rule->condition_count) text_add(out, tr(lang, "Every customer"));
}
