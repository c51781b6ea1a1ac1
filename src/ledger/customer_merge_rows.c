#include "ledger/customer_merge_rows.h"

#include "base/memory.h"
#include "base/text.h"
#include "ledger/customer.h"

#include <stdlib.h>
#include <string.h>

#define OF_COMPANY(change) db_int("tenant", (change)->company.tenant_id), db_int("company", (change)->company.id)
#define OF_TWO(change, from, into) OF_COMPANY(change), db_int("from", from), db_int("into", into)

static const char computed[] = "facts stay under their account, and are computed under the one who stays (ledger/projection_store.h)";
static const char said_then[] = "what was said of him on that day";

/* In this order. */
static const struct merge_table tables[] = {
	{ "contact", .key = "id", .rev = true },
	{ "action", .key = "id", .rev = true },
	{ "promise", .key = "id", .rev = true },
	{ "dispute", .key = "id", .rev = true },
	{ "hold", .key = "id", .rev = true },
	{ "reply", .key = "id", .rev = true },
	{ "outbox", .key = "id", .rev = true },
	{ "document", .key = "id" },
	{ "task", .key = "id", .rev = true },
	{ "inbox_message", .key = "id", .rev = true },
	{ "answer", .key = "id", .rev = true },
	{ "question", .key = "id", .rev = true },
	{ "dispute_case", .key = "id", .rev = true },
	{ "dispute_message", .key = "case_id || '/' || id", .rev = true },
	{ "payment_plan", .key = "id", .rev = true },
	{ "mandate", .key = "id", .rev = true },
	{ "instrument", .key = "id", .rev = true },
	{ "set_off", .key = "id", .rev = true },
	{ "doubtful", .key = "id", .rev = true },
	{ "provision", .key = "id", .rev = true },
	{ "book_entry", .key = "id", .rev = true },
	{ "cover_decision", .key = "id", .rev = true },
	{ "insurer_notice", .key = "id", .rev = true },
	{ "deposit", .key = "id", .rev = true },
	{ "invoice_status", .key = "id", .rev = true },
	{ "case_file", .key = "id", .rev = true },
	{ "limitation_event", .key = "id", .rev = true },
	{ "letter", .key = "action_id", .rev = true },
	{ "call_attempt", .key = "id" },
	{ "debtor_link", .key = "id" },
	{ "interest_note", .key = "id", .rev = true },
	{ "collected_report", .key = "id" },
	{ "notification", .key = "id" },
	{ "erasure", .key = "id", .rev = true },
	{ "insolvency_notice", .key = "id", .clash = "o.notice = t.notice AND o.siren = t.siren", .rev = true },
	{ "insolvency_file", .clash = "1 = 1", .rev = true },
	{ "cash_payer", .key = "id", .clash = "o.iban = t.iban AND o.name = t.name", .rev = true },
	{ "watch", .key = "user_id", .clash = "o.user_id = t.user_id" },
	{ "preference", .clash = "1 = 1", .rev = true },
	{ "action_member", .key = "action_id", .clash = "o.action_id = t.action_id" },
	{ "trial_member", .key = "trial_id", .clash = "o.trial_id = t.trial_id" },
	{ "level_taken", .key = "item_id || '/' || import_id", .clash = "o.item_id = t.item_id AND o.import_id = t.import_id" },
	{ "custom_value", .key = "field_id", .clash = "o.subject = 'customer' AND o.field_id = t.field_id", .owner = "owner_id", .only = " AND t.subject = 'customer'", .rev = true },
	{ "fact", computed },
	{ "fact_change", computed },
	{ "item", computed },
	{ "settlement", computed },
	{ "restatement", computed },
	{ "cash_fact", computed },
	{ "cash_link", computed },
	{ "event", "the chain is never rewritten; the timeline of the one who stays reads both" },
	{ "left_out", said_then },
	{ "plan_note", said_then },
	{ "customer_profile", "made anew each day" },
	{ "customer_before", "what an import found goes with the account that it named" },
	{ "customer_origin", "whose word a field is goes with the account that the source names" },
};

const struct merge_table *merge_tables(size_t *count)
{
	*count = COUNT(tables);
	return tables;
}

/* --- rows ---------------------------------------------------------------------------------------------------------------------- */
/* All parts are literals of the table above; nothing from outside enters a statement. */
static void rows_of(const struct merge_table *table, const char *whose, const char *other, struct text *out)
{
	const char *owner = table->owner ? table->owner : "customer_id";
	text_addf(out, " t.tenant_id = $tenant AND t.company_id = $company AND t.%s = $%s%s", owner, whose, table->only ? table->only : "");
	if (table->clash)
		text_addf(out, " AND NOT EXISTS (SELECT 1 FROM %s o WHERE o.tenant_id = $tenant AND o.company_id = $company AND o.%s = $%s AND %s)", table->name, owner, other,
		          table->clash);
}

static struct status gather(struct change *change, const struct merge_table *table, int64_t from, int64_t into, json_t *out)
{
	cleanup_text struct text sql = { 0 };
	text_addf(&sql, "SELECT CAST(%s AS TEXT) FROM %s t WHERE", table->key ? table->key : "0", table->name);
	rows_of(table, "from", "into", &sql);
	text_add(&sql, " ORDER BY 1");
	cleanup_rows struct rows *rows = db_query(change->db, text_cstr(&sql),
		DB_ARGS(OF_COMPANY(change), db_int("from", from), table->clash ? db_int("into", into) : (struct db_arg){ .type = DB_END }));
	while (rows_next(rows)) {
		const char *key = row_text(rows, 0);
		char *end;
		long long number = strtoll(key, &end, 10);
		json_array_append_new(out, *end ? json_string(key) : json_integer(number));
	}
	return rows_status(rows);
}

static struct status move_table(struct change *change, const struct merge_table *table, int64_t from, int64_t into)
{
	cleanup_text struct text sql = { 0 };
	text_addf(&sql, "UPDATE %s AS t SET %s = $into%s WHERE", table->name, table->owner ? table->owner : "customer_id", table->rev ? ", rev = $rev" : "");
	rows_of(table, "from", "into", &sql);
	return db_run(change->db, text_cstr(&sql), DB_ARGS(OF_TWO(change, from, into), table->rev ? db_int("rev", change->rev) : (struct db_arg){ .type = DB_END }));
}

static struct status move_back(struct change *change, const struct merge_table *table, int64_t from, int64_t into, const json_t *keys)
{
	cleanup_text struct text sql = { 0 };
	text_addf(&sql, "UPDATE %s AS t SET %s = $from%s WHERE", table->name, table->owner ? table->owner : "customer_id", table->rev ? ", rev = $rev" : "");
	rows_of(table, "into", "from", &sql);
	text_addf(&sql, " AND CAST(%s AS TEXT) = $key", table->key ? table->key : "0");
	size_t i;
	json_t *value;
	json_array_foreach((json_t *)keys, i, value) {
		char number[24];
		snprintf(number, sizeof number, "%lld", (long long)json_integer_value(value));
		TRY(db_run(change->db, text_cstr(&sql),
		           DB_ARGS(OF_TWO(change, from, into), db_text("key", json_is_string(value) ? json_string_value(value) : number),
		                   table->rev ? db_int("rev", change->rev) : (struct db_arg){ .type = DB_END })));
	}
	return STATUS_FINE;
}

/* --- fields ---------------------------------------------------------------------------------------------------------------------- */
enum shape { TEXT, NUMBER, NUMBER_OR_NULL };
/* Fields of which he takes what he does not know; those of one group go together. That somebody is not to be written to, or is
 * insolvent, is known of both from then on. */
static const struct {
	const char *column;
	int group;
	enum shape shape;
	const char *none; /* what stands there when nothing is known; "" where NULL */
} fields[] = {
	{ "siren", 1, TEXT, NULL },          { "vat_number", 2, TEXT, NULL },        { "email", 3, TEXT, NULL },        { "phone", 4, TEXT, NULL },
	{ "address", 5, TEXT, NULL },        { "postcode", 5, TEXT, NULL },          { "city", 5, TEXT, NULL },         { "country", 6, TEXT, NULL },
	{ "group_code", 7, TEXT, NULL },     { "profile", 8, TEXT, NULL },           { "scenario", 9, TEXT, NULL },     { "language", 10, TEXT, NULL },
	{ "salesperson", 11, TEXT, NULL },   { "payment_means", 12, TEXT, NULL },    { "note", 13, TEXT, NULL },        { "class", 14, TEXT, "unknown" },
	{ "collector_id", 15, NUMBER, NULL }, { "sales_id", 16, NUMBER, NULL },      { "payer_id", 17, NUMBER, NULL }, { "payer_mode", 25, TEXT, NULL },  { "key_account", 18, NUMBER, NULL },
	{ "terms_days", 19, NUMBER_OR_NULL, NULL }, { "terms_month", 19, TEXT, "none" }, { "terms_day", 19, NUMBER, NULL },
	{ "credit_limit", 20, NUMBER_OR_NULL, NULL }, { "minimum", 21, NUMBER_OR_NULL, NULL },
	{ "discount_days", 22, NUMBER, NULL }, { "discount_rate", 22, NUMBER, NULL },
	{ "stopped", 23, NUMBER, NULL },     { "stopped_reason", 23, TEXT, NULL },
	{ "insolvency_day", 24, NUMBER_OR_NULL, NULL }, { "insolvency_note", 24, TEXT, NULL },
};
enum { TAGS = COUNT(fields), HAND_MADE, READ };

/* As text; "" where nothing is known. */
static struct status read_fields(struct change *change, int64_t id, struct arena *arena, const char *out[static READ])
{
	cleanup_text struct text sql = { 0 };
	text_add(&sql, "SELECT ");
	for (size_t i = 0; i < COUNT(fields); i++) text_addf(&sql, "COALESCE(CAST(%s AS TEXT), ''), ", fields[i].column);
	text_add(&sql, "tags, hand_made FROM customer WHERE tenant_id = $tenant AND company_id = $company AND id = $id");
	cleanup_rows struct rows *rows = db_query(change->db, text_cstr(&sql), DB_ARGS(OF_COMPANY(change), db_int("id", id)));
	bool found = rows_next(rows);
	for (size_t i = 0; i < READ; i++) {
		const char *text = found ? row_text(rows, (int)i) : "";
		bool none = i < COUNT(fields) && ((fields[i].shape == NUMBER && strcmp(text, "0") == 0) || (fields[i].none && strcmp(text, fields[i].none) == 0));
		out[i] = none ? "" : arena_strdup(arena, text);
	}
	return rows_status(rows);
}

static struct status write_field(struct change *change, int64_t id, size_t field, const char *text)
{
	cleanup_text struct text sql = { 0 };
	text_addf(&sql, "UPDATE customer SET %s = $value, rev = $rev WHERE tenant_id = $tenant AND company_id = $company AND id = $id", fields[field].column);
	struct db_arg value = db_text("value", *text || !fields[field].none ? text : fields[field].none);
	if (fields[field].shape != TEXT) value = *text || fields[field].shape == NUMBER ? db_int("value", strtoll(text, NULL, 10)) : db_null("value");
	return db_run(change->db, text_cstr(&sql), DB_ARGS(OF_COMPANY(change), db_int("id", id), db_int("rev", change->rev), value));
}

static bool lists(const char *list, const char *word)
{
	size_t len = strlen(word);
	for (const char *at = list; *at;) {
		size_t n = strcspn(at, ",");
		if (n == len && memcmp(at, word, n) == 0) return true;
		at += n + (at[n] == ',');
	}
	return false;
}

/* `list` with those of `more` that it has not (add), or without those of `more`. */
static void list_change(const char *list, const char *more, bool add, struct text *out)
{
	const char *both[] = { list, add ? more : "" };
	for (int b = 0; b < 2; b++)
		for (const char *at = both[b]; *at;) {
			size_t n = strcspn(at, ",");
			char *word = xstrndup(at, n);
			if (n && !(b == 1 && lists(list, word)) && !(!add && lists(more, word))) text_addf(out, "%s%s", out->len ? "," : "", word);
			free(word);
			at += n + (at[n] == ',');
		}
}

static struct status write_lists(struct change *change, int64_t id, const char *tags, const char *hand_made)
{
	return db_run(change->db, "UPDATE customer SET tags = $tags, hand_made = $hand, rev = $rev WHERE tenant_id = $tenant AND company_id = $company AND id = $id",
	              DB_ARGS(OF_COMPANY(change), db_int("id", id), db_text("tags", tags), db_text("hand", hand_made), db_int("rev", change->rev)));
}

static struct status take_fields(struct change *change, int64_t from, int64_t into, json_t *noted)
{
	cleanup_arena struct arena *arena = arena_new();
	const char *his[READ], *mine[READ];
	TRY(read_fields(change, from, arena, his));
	TRY(read_fields(change, into, arena, mine));
	json_t *taken = json_object();
	json_object_set_new(noted, "fields", taken);
	cleanup_text struct text by_hand = { 0 }, tags = { 0 }, hand_made = { 0 }, new_tags = { 0 };
	for (size_t i = 0; i < COUNT(fields); i++) {
		bool known = false;
		for (size_t k = 0; k < COUNT(fields); k++) known |= fields[k].group == fields[i].group && *mine[k];
		if (known || !*his[i]) continue;
		if (strcmp(fields[i].column, "payer_id") == 0 && strtoll(his[i], NULL, 10) == into) continue; /* nobody pays for himself */
		TRY(write_field(change, into, i, his[i]));
		json_object_set_new(taken, fields[i].column, json_string(his[i]));
		if (lists(his[HAND_MADE], fields[i].column) && !lists(mine[HAND_MADE], fields[i].column))
			text_addf(&by_hand, "%s%s", by_hand.len ? "," : "", fields[i].column);
	}
	list_change(mine[TAGS], his[TAGS], true, &tags);
	list_change(his[TAGS], mine[TAGS], false, &new_tags);
	list_change(mine[HAND_MADE], text_cstr(&by_hand), true, &hand_made);
	json_object_set_new(noted, "tags", json_string(text_cstr(&new_tags)));
	json_object_set_new(noted, "by_hand", json_string(text_cstr(&by_hand)));
	return new_tags.len || by_hand.len ? write_lists(change, into, text_cstr(&tags), text_cstr(&hand_made)) : STATUS_FINE;
}

/* What he took goes again, unless it was changed since; and what goes is no choice by hand any more. */
static struct status give_fields(struct change *change, int64_t into, const json_t *noted)
{
	cleanup_arena struct arena *arena = arena_new();
	const char *mine[READ];
	TRY(read_fields(change, into, arena, mine));
	const json_t *taken = json_object_get(noted, "fields");
	for (size_t i = 0; i < COUNT(fields); i++) {
		const char *text = json_string_value(json_object_get(taken, fields[i].column));
		if (text && strcmp(text, mine[i]) == 0) TRY(write_field(change, into, i, ""));
	}
	const char *added = json_string_value(json_object_get(noted, "tags")), *by_hand = json_string_value(json_object_get(noted, "by_hand"));
	if (!added || !by_hand || !(*added || *by_hand)) return STATUS_FINE;
	cleanup_text struct text tags = { 0 }, hand_made = { 0 };
	list_change(mine[TAGS], added, false, &tags);
	list_change(mine[HAND_MADE], by_hand, false, &hand_made);
	return write_lists(change, into, text_cstr(&tags), text_cstr(&hand_made));
}

/* --- both ------------------------------------------------------------------------------------------------------------------------ */
struct status merge_rows_over(struct change *change, int64_t from, int64_t into, json_t *noted)
{
	TRY(take_fields(change, from, into, noted));
	json_t *rows = json_object();
	json_object_set_new(noted, "rows", rows);
	for (size_t i = 0; i < COUNT(tables); i++) {
		if (tables[i].stays) continue;
		json_t *keys = json_array();
		json_object_set_new(rows, tables[i].name, keys);
		TRY(gather(change, &tables[i], from, into, keys));
		if (json_array_size(keys)) TRY(move_table(change, &tables[i], from, into));
	}
	return STATUS_FINE;
}

struct status merge_rows_back(struct change *change, int64_t from, int64_t into, const json_t *noted)
{
	const json_t *rows = json_object_get(noted, "rows");
	for (size_t i = 0; i < COUNT(tables); i++)
		if (!tables[i].stays) TRY(move_back(change, &tables[i], from, into, json_object_get(rows, tables[i].name)));
	return give_fields(change, into, noted);
}
