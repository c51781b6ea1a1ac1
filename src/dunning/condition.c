#include "dunning/condition.h"

#include "base/memory.h"
#include "base/money.h"
#include "base/words.h"

#include <string.h>

enum shape { SHAPE_NUMBER, SHAPE_AMOUNT, SHAPE_TEXT, SHAPE_YES_NO };
static const struct {
	const char *code, *label;
	enum shape shape;
} kinds[FACT_COUNT] = {
	[FACT_AMOUNT] = { "amount", "Amount asked", SHAPE_AMOUNT },
	[FACT_DAYS_LATE] = { "days_late", "Days late of the oldest item", SHAPE_NUMBER },
	[FACT_SCORE] = { "score", "Score", SHAPE_NUMBER },
	[FACT_SCORE_CLASS] = { "score_class", "Score class", SHAPE_TEXT },
	[FACT_DEBTOR] = { "debtor", "Kind of customer", SHAPE_TEXT },
	[FACT_GROUP] = { "group", "Group", SHAPE_TEXT },
	[FACT_LANGUAGE] = { "language", "Language", SHAPE_TEXT },
	[FACT_KEY_ACCOUNT] = { "key_account", "Key account", SHAPE_YES_NO },
	[FACT_FIELD] = { "field", "Field of your own", SHAPE_TEXT },
	[FACT_PROMISES_BROKEN] = { "promises_broken", "Promises broken in 12 months", SHAPE_NUMBER },
	[FACT_PROMISES_KEPT] = { "promises_kept", "Promises kept in 12 months", SHAPE_NUMBER },
	[FACT_DISPUTES] = { "disputes", "Disputes opened in 12 months", SHAPE_NUMBER },
	[FACT_ANSWERED] = { "answered", "Wrote since our last message", SHAPE_YES_NO },
	[FACT_AVERAGE_LATE] = { "average_late", "Average days late over 12 months", SHAPE_NUMBER },
	[FACT_HISTORY] = { "history", "Has paid something in 12 months", SHAPE_YES_NO },
};
static const struct {
	const char *code, *label;
} compares[COMPARE_COUNT] = {
	{ "is", "is" }, { "is_not", "is not" }, { "at_least", "at least" }, { "at_most", "at most" },
};

const char *fact_code(enum fact_kind fact) { return kinds[fact].code; }
const char *fact_label(enum fact_kind fact) { return kinds[fact].label; }
bool fact_is_number(enum fact_kind fact) { return kinds[fact].shape <= SHAPE_AMOUNT; }
bool fact_is_yes_no(enum fact_kind fact) { return kinds[fact].shape == SHAPE_YES_NO; }
const char *compare_code(enum compare compare) { return compares[compare].code; }
const char *compare_label(enum compare compare) { return compares[compare].label; }

bool fact_parse(const char *code, enum fact_kind *out)
{
	for (int i = 0; i < FACT_COUNT; i++)
		if (strcmp(kinds[i].code, code) == 0) return *out = (enum fact_kind)i, true;
	return false;
}

bool compare_parse(const char *code, enum compare *out)
{
	for (int i = 0; i < COMPARE_COUNT; i++)
		if (strcmp(compares[i].code, code) == 0) return *out = (enum compare)i, true;
	return false;
}

/* --- holding ------------------------------------------------------------------------------------------------------------- */
static bool number_of(const struct condition *condition, const struct condition_facts *facts, int64_t *out)
{
	switch (condition->fact) {
	case FACT_AMOUNT: *out = facts->amount; return true;
	case FACT_DAYS_LATE: *out = facts->days_late; return true;
	case FACT_SCORE: *out = facts->score; return facts->score >= 0;
	case FACT_KEY_ACCOUNT: *out = facts->key_account; return true;
	case FACT_PROMISES_BROKEN: *out = facts->promises_broken; return true;
	case FACT_PROMISES_KEPT: *out = facts->promises_kept; return true;
	case FACT_DISPUTES: *out = facts->disputes; return true;
	case FACT_ANSWERED: *out = facts->answered; return true;
	case FACT_AVERAGE_LATE: *out = facts->average_late; return facts->average_late != INT32_MIN;
	case FACT_HISTORY: *out = facts->history; return true;
	default: return false;
	}
}

static const char *text_of(const struct condition *condition, const struct condition_facts *facts, char class[static 2])
{
	switch (condition->fact) {
	case FACT_SCORE_CLASS: class[0] = facts->score_class, class[1] = 0; return class;
	case FACT_DEBTOR: return facts->debtor ? facts->debtor : "";
	case FACT_GROUP: return facts->group ? facts->group : "";
	case FACT_LANGUAGE: return facts->language ? facts->language : "";
	default: return "";
	}
}

/* Whether the value is one of those named, separated by commas; case and spaces around do not count. */
static bool one_of(const char *list, const char *value)
{
	struct slice have = slice_trim(slice_of(value));
	for (const char *p = list; *p;) {
		size_t len = strcspn(p, ",");
		struct slice want = slice_trim((struct slice){ p, len });
		if (want.len == have.len && strncasecmp(want.bytes, have.bytes, have.len) == 0) return true;
		p += len + (p[len] == ',');
	}
	return !*list && have.len == 0; /* "is nothing" */
}

/* A field of the company's own, as its kind compares: of several values named, one is enough. */
static bool field_holds(const struct condition *condition, const struct condition_facts *facts)
{
	const struct condition_field *found = NULL;
	for (size_t i = 0; i < facts->field_count && !found; i++)
		if (strcmp(facts->fields[i].code, condition->field) == 0) found = &facts->fields[i];
	const char *value = found ? found->value : "";
	if (condition->compare >= COMPARE_AT_LEAST)
		return found && found->field && value[0] &&
		       custom_test(found->field, value, condition->compare == COMPARE_AT_LEAST ? CUSTOM_AT_LEAST : CUSTOM_AT_MOST, condition->text);
	bool same = one_of(condition->text, value);
	for (const char *p = condition->text; !same && found && found->field && *p;) {
		char one[sizeof condition->text];
		size_t len = strcspn(p, ",");
		struct slice piece = slice_trim((struct slice){ p, len });
		snprintf(one, sizeof one, "%.*s", SLICE_PRINT(piece));
		same = piece.len && custom_test(found->field, value, CUSTOM_IS, one);
		p += len + (p[len] == ',');
	}
	return condition->compare == COMPARE_IS ? same : !same;
}

bool condition_holds(const struct condition *condition, const struct condition_facts *facts)
{
	if (condition->fact == FACT_FIELD) return field_holds(condition, facts);
	if (kinds[condition->fact].shape == SHAPE_TEXT) {
		char class[2];
		bool found = one_of(condition->text, text_of(condition, facts, class));
		return condition->compare == COMPARE_IS_NOT ? !found : found;
	}
	int64_t value = 0;
	if (!number_of(condition, facts, &value)) return condition->compare == COMPARE_IS_NOT;
	switch (condition->compare) {
	case COMPARE_IS: return value == condition->number;
	case COMPARE_IS_NOT: return value != condition->number;
	case COMPARE_AT_LEAST: return value >= condition->number;
	default: return value <= condition->number;
	}
}

bool conditions_hold(const struct condition *list, size_t count, const struct condition_facts *facts)
{
	for (size_t from = 0; from < count;) {
		bool all = true;
		size_t to = from;
		for (; to < count && list[to].group == list[from].group; to++) all = all && condition_holds(&list[to], facts);
		if (all) return true;
		from = to;
	}
	return count == 0;
}

/* --- words ----------------------------------------------------------------------------------------------------------------- */
void condition_value(struct text *out, const struct condition *condition, const char *currency)
{
	if (kinds[condition->fact].shape == SHAPE_TEXT) {
		text_add(out, condition->text);
	} else if (kinds[condition->fact].shape == SHAPE_AMOUNT) {
		int decimals = currency_decimals(currency);
		int64_t unit = 1;
		for (int i = 0; i < decimals; i++) unit *= 10;
		text_addf(out, "%lld", (long long)(condition->number / unit));
		if (condition->number % unit) text_addf(out, ".%0*lld", decimals, (long long)(condition->number % unit));
	} else {
		text_addf(out, "%lld", (long long)condition->number);
	}
}

/* "unknown, public" in the reader's words. */
static void debtor_words(struct text *out, enum lang lang, const char *list)
{
	/* msgids */
	static const struct { const char *code, *label; } kinds_of[] = {
		{ "professional", "Professional" }, { "public", "Public sector" }, { "consumer", "Consumer" }, { "unknown", "Unknown" },
	};
	for (const char *p = list; *p;) {
		size_t len = strcspn(p, ",");
		struct slice piece = slice_trim((struct slice){ p, len });
		const char *label = NULL;
		for (size_t i = 0; i < COUNT(kinds_of); i++)
			if (slice_equal_fold(piece, kinds_of[i].code)) label = tr(lang, kinds_of[i].label);
		if (p != list) text_add(out, ", ");
		if (label)
			text_add(out, label);
		else
			text_add_bytes(out, piece.bytes, piece.len);
		p += len + (p[len] == ',');
	}
}

void condition_words(struct text *out, enum lang lang, const struct condition *condition, const char *currency)
{
	text_add(out, condition->fact == FACT_FIELD ? condition->field : tr(lang, kinds[condition->fact].label));
	if (kinds[condition->fact].shape == SHAPE_YES_NO) {
		bool yes = (condition->number != 0) == (condition->compare == COMPARE_IS);
		text_addf(out, "%s %s", lang == LANG_FR ? " :" : ":", tr(lang, yes ? "yes" : "no"));
		return;
	}
	text_addf(out, " %s ", tr(lang, compares[condition->compare].label));
	if (kinds[condition->fact].shape == SHAPE_AMOUNT)
		words_amount(out, lang, condition->number, currency);
	else if (kinds[condition->fact].shape == SHAPE_NUMBER)
		words_number(out, lang, condition->number);
	else if (condition->fact == FACT_DEBTOR)
		debtor_words(out, lang, condition->text);
	else if (condition->text[0])
		text_add(out, condition->text);
	else
		text_add(out, tr(lang, "empty"));
}

void conditions_words(struct text *out, enum lang lang, const struct condition *list, size_t count, const char *currency)
{
	for (size_t i = 0; i < count; i++) {
		if (i) {
			text_add(out, list[i].group == list[i - 1].group ? " " : ", ");
			text_addf(out, "%s ", tr(lang, list[i].group == list[i - 1].group ? "and" : "or"));
		}
		condition_words(out, lang, &list[i], currency);
	}
}

/* --- JSON -------------------------------------------------------------------------------------------------------------------- */
json_t *conditions_to_json(const struct condition *list, size_t count)
{
	json_t *out = json_array();
	for (size_t i = 0; i < count; i++) {
		json_t *one = json_pack("{s:s, s:s, s:i}", "fact", kinds[list[i].fact].code, "compare", compares[list[i].compare].code, "group",
					(int)list[i].group);
		json_object_set_new(one, "value", kinds[list[i].fact].shape == SHAPE_TEXT ? json_string(list[i].text)
											  : json_integer(list[i].number));
		if (list[i].fact == FACT_FIELD) json_object_set_new(one, "field", json_string(list[i].field));
		json_array_append_new(out, one);
	}
	return out;
}

static struct status condition_check(const struct condition *condition, const char *where)
{
	bool number = kinds[condition->fact].shape <= SHAPE_AMOUNT;
	if (!number && condition->fact != FACT_FIELD && condition->compare >= COMPARE_AT_LEAST)
		return status_make(STATUS_INVALID, "%s: “%s” is compared with “is” or “is not”.", where, kinds[condition->fact].label);
	if (condition->fact == FACT_FIELD && !condition->field[0])
		return status_make(STATUS_INVALID, "%s: name the field that a condition looks at.", where);
	if (condition->fact == FACT_SCORE && (condition->number < 0 || condition->number > 100))
		return status_make(STATUS_INVALID, "%s: a score is between 0 and 100.", where);
	return STATUS_FINE;
}

struct status conditions_from_json(const json_t *json, const char *where, struct condition list[static CONDITIONS], size_t *count)
{
	*count = 0;
	if (!json || json_is_null(json)) return STATUS_FINE;
	if (!json_is_array(json)) return status_make(STATUS_INVALID, "%s: its conditions are a list.", where);
	if (json_array_size(json) > CONDITIONS) return status_make(STATUS_INVALID, "%s: at most %d conditions.", where, CONDITIONS);
	for (size_t i = 0; i < json_array_size(json); i++) {
		const json_t *from = json_array_get(json, i), *value = json_object_get(from, "value");
		const char *fact = json_string_value(json_object_get(from, "fact")), *compare = json_string_value(json_object_get(from, "compare")),
			   *field = json_string_value(json_object_get(from, "field"));
		struct condition one = { 0 };
		if (!fact || !fact_parse(fact, &one.fact)) return status_make(STATUS_INVALID, "%s: “%.40s” is nothing a condition can look at.", where, fact ? fact : "");
		if (!compare || !compare_parse(compare, &one.compare)) return status_make(STATUS_INVALID, "%s: “%.40s” is no comparison.", where, compare ? compare : "");
		json_int_t group = json_integer_value(json_object_get(from, "group"));
		if (group < 0 || group > CONDITIONS || (i && group < list[i - 1].group))
			return status_make(STATUS_INVALID, "%s: the groups of its conditions are numbered in order.", where);
		one.group = (uint8_t)group;
		bool text = kinds[one.fact].shape == SHAPE_TEXT;
		if (text ? !json_is_string(value) || json_string_length(value) >= sizeof one.text : !json_is_integer(value))
			return status_make(STATUS_INVALID, "%s: the value of “%s” is not right.", where, fact);
		if (text)
			snprintf(one.text, sizeof one.text, "%s", json_string_value(value));
		else
			one.number = json_integer_value(value);
		if (field && strlen(field) >= sizeof one.field) return status_make(STATUS_INVALID, "%s: the name of a field is too long.", where);
		if (field && one.fact == FACT_FIELD) snprintf(one.field, sizeof one.field, "%s", field);
		TRY(condition_check(&one, where));
		list[(*count)++] = one;
	}
	return STATUS_FINE;
}

struct status condition_read(const char *fact, const char *compare, const char *value, const char *field, const char *currency,
			     struct condition *out)
{
	struct condition one = { .group = out->group };
	if (!fact_parse(fact, &one.fact)) return status_make(STATUS_INVALID, "Choose what the condition looks at.");
	if (!compare_parse(compare, &one.compare)) return status_make(STATUS_INVALID, "Choose how the condition compares.");
	struct slice trimmed = slice_trim(slice_of(value));
	bool fine = true;
	switch (kinds[one.fact].shape) {
	case SHAPE_AMOUNT:
		fine = amount_parse(trimmed.bytes, trimmed.len, (struct amount_style){ ',', currency_decimals(currency) }, &one.number) ||
		       amount_parse(trimmed.bytes, trimmed.len, (struct amount_style){ '.', currency_decimals(currency) }, &one.number);
		break;
	case SHAPE_NUMBER: fine = text_parse_int(trimmed.bytes, trimmed.len, &one.number) && one.number > -100000 && one.number < 100000; break;
	case SHAPE_YES_NO:
		if (slice_equal_fold(trimmed, "yes") || slice_equal_fold(trimmed, "oui") || slice_equal_fold(trimmed, "1"))
			one.number = 1;
		else
			fine = slice_equal_fold(trimmed, "no") || slice_equal_fold(trimmed, "non") || slice_equal_fold(trimmed, "0");
		break;
	case SHAPE_TEXT:
		if (trimmed.len >= sizeof one.text) return status_make(STATUS_INVALID, "The value of a condition has at most %zu characters.", sizeof one.text - 1);
		memcpy(one.text, trimmed.bytes, trimmed.len);
		break;
	}
	if (!fine) return status_make(STATUS_INVALID, "“%.40s” does not fit “%s”.", value, kinds[one.fact].label);
	if (one.fact == FACT_FIELD) {
		struct slice name = slice_trim(slice_of(field ? field : ""));
		if (name.len >= sizeof one.field) return status_make(STATUS_INVALID, "The name of a field is too long.");
		memcpy(one.field, name.bytes, name.len);
	}
	TRY(condition_check(&one, "A condition"));
	*out = one;
	return STATUS_FINE;
}
