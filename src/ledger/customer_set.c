#include "base/day.h"
#include "base/email.h"
#include "base/language.h"
#include "base/memory.h"
#include "base/money.h"
#include "base/text.h"
#include "ledger/contact.h"
#include "ledger/custom.h"
#include "ledger/customer.h"
#include "ledger/event.h"
#include "ledger/projection_store.h"

#include <ctype.h>
#include <string.h>

enum field_type { FIELD_TEXT, FIELD_LINES, FIELD_CHOICE, FIELD_BOOL, FIELD_INT, FIELD_AMOUNT, FIELD_USER, FIELD_EMAIL, FIELD_SCENARIO,
                  FIELD_PAYER, FIELD_TAGS, FIELD_PERCENT, FIELD_LANGUAGE };

/* What a person may set; the SQL of each is a literal, so that no name from outside ever enters a statement. */
static const struct entry {
	struct customer_field field;
	enum field_type type;
	const char *column, *sql;
	int64_t low, high; /* FIELD_INT */
	bool terms;        /* due dates come from it */
} entries[] = {
#define SQL(column) "UPDATE customer SET " column " = $value, hand_made = $hand_made, rev = $rev WHERE tenant_id = $tenant AND company_id = $company AND id = $id"
#define F(name_, type_, column_, right_, help_, ...)                                                                           \
	{ .field = { .name = name_, .help = help_, .right = right_ }, .type = type_, .column = column_, .sql = SQL(column_), __VA_ARGS__ }
	F("name", FIELD_TEXT, "name", RIGHT_COLLECT, "Name"),
	F("group", FIELD_TEXT, "group_code", RIGHT_COLLECT, "Group he belongs to"),
	F("siren", FIELD_TEXT, "siren", RIGHT_COLLECT, "SIREN"),
	F("vat_number", FIELD_TEXT, "vat_number", RIGHT_COLLECT, "VAT number"),
	F("class", FIELD_CHOICE, "class", RIGHT_COLLECT, "What he is: decides what may be claimed from him",
	  .field.choices = "professional|public|consumer|unknown"),
	F("key_account", FIELD_BOOL, "key_account", RIGHT_COLLECT, "Key account"),
	F("profile", FIELD_CHOICE, "profile", RIGHT_SCENARIO, "Payer profile set by hand; empty: by rule",
	  .field.choices = "|good_payer|average|close_follow_up|key_account|public|consumer"),
	F("scenario", FIELD_SCENARIO, "scenario", RIGHT_SCENARIO, "Scenario set by hand; none: never chased; empty: by profile"),
	F("address", FIELD_LINES, "address", RIGHT_COLLECT, "Address, one line each"),
	F("postcode", FIELD_TEXT, "postcode", RIGHT_COLLECT, "Postcode"),
	F("city", FIELD_TEXT, "city", RIGHT_COLLECT, "City"),
	F("country", FIELD_TEXT, "country", RIGHT_COLLECT, "Country"),
	F("language", FIELD_LANGUAGE, "language", RIGHT_COLLECT, "Language of messages, by its code: fr, en, de…; empty: by country"),
	F("phone", FIELD_TEXT, "phone", RIGHT_NOTE, "Telephone"),
	F("email", FIELD_EMAIL, "email", RIGHT_NOTE, "General address, used when no contact has one"),
	F("collector", FIELD_USER, "collector_id", RIGHT_SCENARIO, "Collector, by the address of his account"),
	F("sales", FIELD_USER, "sales_id", RIGHT_SCENARIO, "Salesperson, by the address of his account"),
	F("terms.days", FIELD_INT, "terms_days", RIGHT_COLLECT, "Payment term in days; empty: the company's", .high = 365, .terms = true),
	F("terms.end_of_month", FIELD_CHOICE, "terms_month", RIGHT_COLLECT, "End of month: none, after the days, or before them",
	  .field.choices = "none|after|before", .terms = true),
	F("terms.day", FIELD_INT, "terms_day", RIGHT_COLLECT, "Day of the month on which payments fall due, 0 for none", .high = 31,
	  .terms = true),
	F("payment_means", FIELD_CHOICE, "payment_means", RIGHT_COLLECT, "How he pays",
	  .field.choices = "|transfer|direct_debit|bill|cheque|card"),
	F("credit_limit", FIELD_AMOUNT, "credit_limit", RIGHT_SCENARIO, "Credit limit; empty: none"),
	F("supplier_balance", FIELD_AMOUNT, "supplier_balance", RIGHT_COLLECT, "What we owe him as a supplier"),
	F("minimum", FIELD_AMOUNT, "minimum", RIGHT_SCENARIO, "Amount below which he is not chased; empty: the scenario's"),
	F("generic", FIELD_CHOICE, "generic", RIGHT_SCENARIO, "Generic account, as cash sales or sundry: accepted ones are never chased",
	  .field.choices = "|proposed|accepted|refused"),
	F("payer", FIELD_PAYER, "payer_id", RIGHT_COLLECT, "Who pays for him, by the customer's code: a holding, a factor"),
	F("payer_mode", FIELD_CHOICE, "payer_mode", RIGHT_SCENARIO, "Of one who pays for others: reminded for them apart, together or netted; empty: as the company",
	  .field.choices = "|apart|together|netted"),
	F("tags", FIELD_TAGS, "tags", RIGHT_COLLECT, "Tags, separated by commas"),
	F("discount.days", FIELD_INT, "discount_days", RIGHT_COLLECT, "Early payment discount: within so many days of the invoice", .high = 365),
	F("discount.rate", FIELD_PERCENT, "discount_rate", RIGHT_COLLECT, "Early payment discount in percent", .high = 5000),
	F("note", FIELD_LINES, "note", RIGHT_NOTE, "Note pinned to the file"),
#undef F
#undef SQL
};

static struct customer_field fields[COUNT(entries)];

const struct customer_field *customer_fields(size_t *count)
{
	for (size_t i = 0; i < COUNT(entries); i++) fields[i] = entries[i].field;
	*count = COUNT(entries);
	return fields;
}

static const struct entry *find_entry(const char *name)
{
	for (size_t i = 0; i < COUNT(entries); i++)
		if (strcmp(entries[i].field.name, name) == 0) return &entries[i];
	return NULL;
}

static const char *percent_text(int64_t hundredths, struct arena *arena)
{
	return hundredths % 100 ? arena_printf(arena, "%lld.%02lld", (long long)(hundredths / 100), (long long)(hundredths % 100))
	                        : arena_printf(arena, "%lld", (long long)(hundredths / 100));
}

const char *customer_field_value(const struct customer *c, const char *name, struct arena *arena)
{
	const struct {
		const char *name, *value;
	} texts[] = { { "name", c->name },         { "group", c->group_code },           { "siren", c->siren },
		      { "vat_number", c->vat_number }, { "class", c->class },            { "profile", c->profile },
		      { "scenario", c->scenario }, { "address", c->address },            { "postcode", c->postcode },
		      { "city", c->city },         { "country", c->country },            { "language", c->language },
		      { "phone", c->phone },       { "email", c->email },                { "terms.end_of_month", c->terms_month },
		      { "payment_means", c->payment_means }, { "generic", c->generic },  { "note", c->note },
		      { "payer", c->payer_code },  { "payer_mode", c->payer_mode },  { "tags", c->tags } };
	for (size_t i = 0; i < COUNT(texts); i++)
		if (strcmp(texts[i].name, name) == 0) return texts[i].value;
	if (strcmp(name, "discount.rate") == 0) return c->discount_rate ? percent_text(c->discount_rate, arena) : "";
	const struct {
		const char *name;
		int64_t value, none;
	} numbers[] = { { "key_account", c->key_account, -1 },   { "collector", c->collector_id, 0 }, { "sales", c->sales_id, 0 },
		        { "terms.days", c->terms_days, -1 },     { "terms.day", c->terms_day, -1 },   { "credit_limit", c->credit_limit, -1 },
		        { "minimum", c->minimum, -1 },           { "supplier_balance", c->supplier_balance, 0 },
		        { "discount.days", c->discount_days, 0 } };
	for (size_t i = 0; i < COUNT(numbers); i++)
		if (strcmp(numbers[i].name, name) == 0)
			return numbers[i].value == numbers[i].none ? "" : arena_printf(arena, "%lld", (long long)numbers[i].value);
	return "";
}

/* --- reading a value ------------------------------------------------------------------------------------------------------ */
struct value {
	const char *text;   /* as stored, for texts */
	int64_t number;
	bool is_number, null;
	char shown[600];    /* in the event */
};

static bool among(const char *choices, const char *value)
{
	size_t len = strlen(value);
	for (const char *p = choices;;) {
		size_t part = strcspn(p, "|");
		if (part == len && memcmp(p, value, len) == 0) return true;
		if (!p[part]) return false;
		p += part + 1;
	}
}

static struct status read_user(struct change *change, const char *text, struct value *out)
{
	out->is_number = true, out->number = 0;
	if (!*text || strcmp(text, "0") == 0) return STATUS_FINE;
	char email[160];
	int64_t id = 0;
	bool found = false, numeric = text_parse_int(text, strlen(text), &id);
	if (!numeric && !email_fold(text, email, sizeof email)) return status_make(STATUS_INVALID, "“%s” is not an e-mail address.", text);
	TRY(db_get_int(change->db,
	               "SELECT id FROM user_account WHERE tenant_id = $tenant AND disabled = 0 AND (email = $email OR id = $id)",
	               DB_ARGS(db_int("tenant", change->company.tenant_id), db_text("email", numeric ? "" : email),
	                       db_int("id", numeric ? id : 0)),
	               &out->number, &found));
	return found ? STATUS_FINE : status_make(STATUS_NOT_FOUND, "There is no account for %s.", text);
}

static struct status check_scenario(struct change *change, const char *code)
{
	if (among("|none|good_payer|average|close_follow_up|key_account|public|consumer", code)) return STATUS_FINE;
	int64_t known = 0;
	TRY(db_get_int(change->db, "SELECT COUNT(*) FROM scenario WHERE tenant_id = $tenant AND company_id = $company AND code = $code",
	               DB_ARGS(db_int("tenant", change->company.tenant_id), db_int("company", change->company.id), db_text("code", code)),
	               &known, NULL));
	return known ? STATUS_FINE : status_make(STATUS_INVALID, "There is no scenario “%s”.", code);
}

/* Who pays for him: neither he himself, nor one for whom another pays. */
static struct status read_payer(struct change *change, int64_t id, const char *code, struct value *out)
{
	out->is_number = true, out->number = 0;
	if (!*code) return STATUS_FINE;
	cleanup_arena struct arena *arena = arena_new();
	struct customer payer;
	TRY(customer_find(change->db, change->viewer, change->company.id, code, arena, &payer));
	int64_t into = payer.merged_into ? payer.merged_into : payer.id, paid = 0;
	if (into == id) return status_make(STATUS_INVALID, "Nobody else pays for him: leave the payer empty.");
	if (payer.payer_id) return status_make(STATUS_INVALID, "%s is paid for by another customer: name that one.", payer.name);
	TRY(db_get_int(change->db, "SELECT COUNT(*) FROM customer WHERE tenant_id = $tenant AND company_id = $company AND payer_id = $id",
	               DB_ARGS(db_int("tenant", change->company.tenant_id), db_int("company", change->company.id), db_int("id", id)), &paid, NULL));
	if (paid) return status_make(STATUS_INVALID, "He pays for others himself: he can't have a payer.");
	out->number = into;
	return STATUS_FINE;
}

/* Trimmed, each once, in the order given. */
static struct status read_tags(const char *given, struct arena *arena, const char **out)
{
	cleanup_text struct text tags = { 0 };
	for (const char *at = given; *at;) {
		size_t len = strcspn(at, ",;");
		struct slice tag = slice_trim((struct slice){ at, len });
		at += len + (at[len] != 0);
		if (!tag.len) continue;
		if (tag.len > 40) return status_make(STATUS_INVALID, "A tag has at most %d characters.", 40);
		if (customer_tagged(text_cstr(&tags), arena_strndup(arena, tag.bytes, tag.len))) continue;
		text_addf(&tags, "%s%.*s", tags.len ? "," : "", SLICE_PRINT(tag));
	}
	if (tags.len > 300) return status_make(STATUS_INVALID, "%s is too long.", "tags");
	*out = arena_strdup(arena, text_cstr(&tags));
	return STATUS_FINE;
}

static struct status read_value(struct change *change, const struct entry *entry, int64_t id, char *text, struct arena *arena, struct value *out)
{
	const char *name = entry->field.name;
	size_t len = strlen(text);
	switch (entry->type) {
	case FIELD_TEXT:
		if (len > 300) return status_make(STATUS_INVALID, "%s is too long.", name);
		if (strcmp(name, "name") == 0 && !len) return status_make(STATUS_INVALID, "A customer needs a name.");
		break;
	case FIELD_LINES:
		if (len > 2000) return status_make(STATUS_INVALID, "%s is too long.", name);
		break;
	case FIELD_CHOICE:
		if (!among(entry->field.choices, text)) {
			const char *choices = entry->field.choices[0] == '|' ? entry->field.choices + 1 : entry->field.choices;
			return status_make(STATUS_INVALID, "%s can be %s, not “%s”.", name, choices, text);
		}
		break;
	case FIELD_SCENARIO: TRY(check_scenario(change, text)); break;
	case FIELD_LANGUAGE: {
		char tag[LANGUAGE_TAG] = "";
		if (len && !language_tag(text, tag)) return status_make(STATUS_INVALID, "“%s” is no language. Write its code: fr, en, de, pt-BR…", text);
		text = arena_strdup(arena, tag);
		break;
	}
	case FIELD_EMAIL:
		if (len && !email_plausible(text)) return status_make(STATUS_INVALID, "“%s” is not an e-mail address.", text);
		break;
	case FIELD_BOOL:
		out->is_number = true;
		out->number = among("1|yes|oui|true|on", text);
		if (!out->number && !among("0|no|non|false|off|", text)) return status_make(STATUS_INVALID, "%s is yes or no, not “%s”.", name, text);
		break;
	case FIELD_INT:
		out->is_number = true;
		out->null = !len && strcmp(name, "terms.days") == 0;
		if (len && (!text_parse_int(text, len, &out->number) || out->number < entry->low || out->number > entry->high))
			return status_make(STATUS_INVALID, "%s is a whole number from %lld to %lld, not “%s”.", name, (long long)entry->low,
			                   (long long)entry->high, text);
		break;
	case FIELD_AMOUNT: {
		out->is_number = true, out->null = !len;
		char mark = strchr(text, ',') ? ',' : '.';
		bool minor = len && strspn(text, "0123456789") == len;
		struct amount_style style = { mark, currency_decimals(change->company.currency) };
		if (len && !(minor ? text_parse_int(text, len, &out->number) : amount_parse(text, len, style, &out->number)))
			return status_make(STATUS_INVALID, "%s is an amount, not “%s”.", name, text);
		if (out->number < 0) return status_make(STATUS_INVALID, "%s can't be negative.", name);
		break;
	}
	case FIELD_USER: TRY(read_user(change, text, out)); break;
	case FIELD_PAYER: TRY(read_payer(change, id, text, out)); break;
	case FIELD_TAGS: {
		const char *tags;
		TRY(read_tags(text, arena, &tags));
		text = arena_strdup(arena, tags);
		break;
	}
	case FIELD_PERCENT: {
		char mark = strchr(text, ',') ? ',' : '.';
		out->is_number = true;
		if (len && (!amount_parse(text, len, (struct amount_style){ mark, 2 }, &out->number) || out->number < entry->low || out->number > entry->high))
			return status_make(STATUS_INVALID, "%s is a percentage up to %lld, not “%s”.", name, (long long)(entry->high / 100), text);
		break;
	}
	}
	out->text = text;
	if (out->null || (entry->type == FIELD_PAYER && !out->number) || (entry->type == FIELD_PERCENT && !out->number))
		out->shown[0] = 0;
	else if (entry->type == FIELD_PAYER)
		snprintf(out->shown, sizeof out->shown, "%.500s", text);
	else if (entry->type == FIELD_PERCENT)
		snprintf(out->shown, sizeof out->shown, "%s", percent_text(out->number, arena));
	else if (out->is_number)
		snprintf(out->shown, sizeof out->shown, "%lld", (long long)out->number);
	else
		snprintf(out->shown, sizeof out->shown, "%.500s", text);
	return STATUS_FINE;
}

bool customer_by_hand(const char *hand_made, const char *column)
{
	size_t len = strlen(column);
	for (const char *p = hand_made; *p;) {
		size_t part = strcspn(p, ",");
		if (part == len && memcmp(p, column, len) == 0) return true;
		p += part + (p[part] == ',');
	}
	return false;
}

bool customer_tagged(const char *tags, const char *tag)
{
	size_t len = strlen(tag);
	for (const char *p = tags; *p;) {
		size_t part = strcspn(p, ",");
		if (part == len && strncasecmp(p, tag, len) == 0) return true;
		p += part + (p[part] == ',');
	}
	return false;
}

/* The list of fields a person set, with this one in it. */
static char *remember(const char *hand_made, const char *column)
{
	if (customer_by_hand(hand_made, column)) return xstrdup(hand_made);
	cleanup_text struct text list = { 0 };
	text_addf(&list, "%s%s%s", hand_made, *hand_made ? "," : "", column);
	return text_take(&list);
}

static struct status no_field(const char *field)
{
	cleanup_text struct text names = { 0 };
	for (size_t i = 0; i < COUNT(entries); i++) text_addf(&names, "%s%s", i ? ", " : "", entries[i].field.name);
	return status_make(STATUS_INVALID, "A customer has no field “%s”. There are: %s.", field, text_cstr(&names));
}

/* Trimmed, without control characters. */
static struct status clean(const struct entry *entry, const char *value, struct arena *arena, char **out)
{
	if (!utf8_valid(value, strlen(value))) return status_make(STATUS_INVALID, "%s is not readable text.", entry->field.name);
	struct slice trimmed = slice_trim(slice_of(value));
	char *text = arena_strndup(arena, trimmed.bytes, trimmed.len), *to = text;
	for (const char *c = text; *c; c++)
		if ((unsigned char)*c >= ' ' || (*c == '\n' && entry->type == FIELD_LINES)) *to++ = *c;
	*to = 0;
	*out = text;
	return STATUS_FINE;
}

struct setting_one {
	struct value read;
	char before[600];
	bool same;
};

/* Checks the value and, where it differs (or becomes a person's), writes it. */
static struct status set_one(struct change *change, const struct customer *customer, const struct entry *entry, const char *value,
                             const char *hand_made, struct arena *arena, struct setting_one *out)
{
	char *text = NULL;
	TRY(clean(entry, value, arena, &text));
	*out = (struct setting_one){ 0 };
	struct value *read = &out->read;
	TRY(read_value(change, entry, customer->id, text, arena, read));
	snprintf(out->before, sizeof out->before, "%.500s", customer_field_value(customer, entry->field.name, arena));
	out->same = strcmp(out->before, read->shown) == 0 || (read->is_number && !read->null && read->number == 0 && !*out->before);
	if (out->same && strcmp(hand_made, customer->hand_made) == 0) return STATUS_FINE;
	struct db_arg bound = read->null ? db_null("value") : read->is_number ? db_int("value", read->number) : db_text("value", read->text);
	TRY(db_run(change->db, entry->sql,
	           DB_ARGS(bound, db_text("hand_made", hand_made), db_int("rev", change->rev),
	                   db_int("tenant", change->company.tenant_id), db_int("company", change->company.id), db_int("id", customer->id))));
	/* an address that was written anew is taken to work */
	if (entry->type == FIELD_EMAIL && *text) TRY(suppression_remove(change->db, change->company.tenant_id, text, "bounce"));
	return STATUS_FINE;
}

struct status customer_set(struct change *change, int64_t id, const char *field, const char *value)
{
	if (strncmp(field, "field.", 6) == 0) return custom_set(change, CUSTOM_CUSTOMER, id, field, value);
	const struct entry *entry = find_entry(field);
	if (!entry) return no_field(field);
	TRY(change_allows(change, entry->field.right));
	cleanup_arena struct arena *arena = arena_new();
	struct customer customer;
	struct setting_one one;
	TRY(customer_get(change->db, change->viewer, change->company.id, id, arena, &customer));
	cleanup_free char *hand_made = remember(customer.hand_made, entry->column);
	TRY(set_one(change, &customer, entry, value, hand_made, arena, &one));
	if (one.same && strcmp(hand_made, customer.hand_made) == 0) return STATUS_FINE;
	const char *kind = strcmp(field, "generic") == 0 && strcmp(one.read.shown, "accepted") == 0 ? "customer.generic" : "customer.changed";
	TRY(event_add_json(change, (struct event_new){ .kind = kind, .customer_id = id },
	                   json_pack("{s:s,s:s,s:s}", "field", field, "before", one.before, "after", one.read.shown)));
	if (entry->terms) TRY(projection_refresh(change, &id, 1));
	return STATUS_FINE;
}

struct status customer_assign(struct change *change, int64_t id, const char *field, const char *value, bool over_hand, bool *changed)
{
	cleanup_arena struct arena *arena = arena_new();
	*changed = false;
	if (strncmp(field, "field.", 6) == 0) {
		struct custom_fields own;
		const char *read;
		TRY(custom_fields_load(change->db, change->company.tenant_id, change->company.id, arena, &own));
		const struct custom_field *custom = custom_field_find(&own, CUSTOM_CUSTOMER, field);
		if (!custom) return status_make(STATUS_NOT_FOUND, "There is no field “%s”.", field);
		TRY(custom_read(custom, value, arena, &read));
		return custom_store(change, custom, id, read, 0, over_hand, changed);
	}
	const struct entry *entry = find_entry(field);
	if (!entry) return no_field(field);
	struct customer customer;
	struct setting_one one;
	TRY(customer_get(change->db, change->viewer, change->company.id, id, arena, &customer));
	if (!over_hand && customer_by_hand(customer.hand_made, entry->column)) return STATUS_FINE;
	TRY(set_one(change, &customer, entry, value, customer.hand_made, arena, &one));
	*changed = !one.same;
	return STATUS_FINE;
}

struct status customer_value_check(struct change *change, const char *field, const char *value)
{
	const struct entry *entry = find_entry(field);
	if (!entry) return no_field(field);
	cleanup_arena struct arena *arena = arena_new();
	struct value read = { 0 };
	char *text = NULL;
	TRY(clean(entry, value, arena, &text));
	return read_value(change, entry, 0, text, arena, &read);
}

bool customer_field_moves_dates(const char *field)
{
	const struct entry *entry = find_entry(field);
	return entry && entry->terms;
}

const char *customer_field_column(const char *field)
{
	const struct entry *entry = find_entry(field);
	return entry ? entry->column : field;
}
