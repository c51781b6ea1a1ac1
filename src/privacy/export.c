#include "privacy/export.h"

#include "base/day.h"
#include "base/memory.h"
#include "formats/zip_make.h"
#include "insight/export.h"
#include "ledger/customer.h"
#include "ledger/event.h"
#include "privacy/map.h"

#include <string.h>
#include <time.h>

enum { COLUMNS = 60, FILES_MOST = 4000, BYTES_MOST = 300 << 20 };

/* Tables with an instant of their own. */
static const char *const dated[] = { "reply", "document", "event", "inbox_message", "call_attempt", "notification", "watch", "customer_merge", "cash_application", "action_approval",
	"answer", "interest_note", "case_file", "dispute_message", "absence" };

struct exporting {
	struct db *db;
	const struct company *company;
	const struct subject *subject;
	struct arena *arena;
	enum lang lang;
	json_t *tables;
	int64_t rows;
	struct zip_file *files;
	size_t file_count, bytes;
};

static json_t *instant_json(int64_t at)
{
	char iso[32];
	time_t seconds = (time_t)at;
	struct tm parts;
	if (!at || !gmtime_r(&seconds, &parts)) return json_null();
	strftime(iso, sizeof iso, "%Y-%m-%dT%H:%M:%SZ", &parts);
	return json_string(iso);
}

static json_t *text_json(const char *text)
{
	json_t *inside = *text == '{' || *text == '[' ? json_loads(text, 0, NULL) : NULL;
	if (inside) return inside;
	json_t *plain = json_string(text);
	return plain ? plain : json_string_nocheck(text);
}

static json_t *value_json(struct rows *rows, int column, char type)
{
	char iso[11];
	if (row_null(rows, column)) return json_null();
	switch (type) {
	case 'd': day_format(row_day(rows, column), iso); return json_string(iso);
	case 't': return instant_json(row_int(rows, column));
	case 'm': case 'n': return json_integer(row_int(rows, column));
	default: return text_json(row_text(rows, column));
	}
}

/* Columns that are told, in the order: when, names, words, the rest. */
static size_t told_columns(const struct personal_table *table, struct personal_column out[COLUMNS])
{
	size_t count = 0;
	for (size_t i = 0; i < COUNT(dated); i++)
		if (strcmp(dated[i], table->name) == 0) out[count++] = (struct personal_column){ .name = "at", .type = 't' };
	const char *lists[] = { table->names, table->words, table->plain };
	for (size_t i = 0; i < COUNT(lists); i++)
		for (const char *at = lists[i]; count < COLUMNS && personal_column_next(&at, &out[count]);)
			if (!out[count].hidden && out[count].type != 'b') count++;
	return count;
}

/* Whether a row that is in a customer's file is about this person. */
static bool his(const struct exporting *x, const struct personal_table *table, struct rows *rows, const struct personal_column *columns, size_t count)
{
	if (x->subject->kind == SUBJECT_CUSTOMER || x->subject->kind == SUBJECT_USER) return true;
	(void)table;
	for (size_t i = 0; i < count; i++)
		if (!columns[i].type && mask_text(x->subject->mask, row_text(rows, (int)i), NULL)) return true;
	return false;
}

static struct status add_table(struct exporting *x, const struct personal_table *table, const char *condition, bool of_company, int64_t customer)
{
	struct personal_column columns[COLUMNS];
	size_t count = told_columns(table, columns);
	cleanup_text struct text sql = { 0 };
	text_add(&sql, "SELECT ");
	for (size_t i = 0; i < count; i++) text_addf(&sql, "%st.%s", i ? ", " : "", columns[i].name);
	text_addf(&sql, "%s FROM %s t WHERE t.tenant_id = $tenant AND %s(%s)", count ? "" : "1", table->name, of_company ? "t.company_id = $company AND " : "", condition);
	if (strcmp(table->name, "event") == 0) text_add(&sql, " AND t.content IS NOT NULL ORDER BY t.seq");
	struct db_arg args[5] = { db_int("tenant", x->company->tenant_id) };
	size_t n = 1;
	if (of_company) args[n++] = db_int("company", x->company->id);
	if (strstr(condition, "$customer")) args[n++] = db_int("customer", customer);
	if (strstr(condition, "$user")) args[n++] = db_int("user", x->subject->id);
	cleanup_rows struct rows *rows = db_query(x->db, text_cstr(&sql), args);
	while (rows_next(rows)) {
		if (!his(x, table, rows, columns, count)) continue;
		json_t *row = json_object(), *part = json_object_get(x->tables, table->name);
		for (size_t i = 0; i < count; i++) json_object_set_new(row, columns[i].name, value_json(rows, (int)i, columns[i].type));
		if (!part) {
			part = json_pack("{s:s, s:[]}", "title", tr(x->lang, table->title), "rows");
			json_object_set_new(x->tables, table->name, part);
		}
		json_array_append_new(json_object_get(part, "rows"), row);
		x->rows++;
	}
	return rows_status(rows);
}

/* --- documents ---------------------------------------------------------------------------------------------------------------------- */

static struct status add_file(struct exporting *x, const char *name, const char *bytes, size_t len)
{
	if (x->file_count >= FILES_MOST || x->bytes + len > BYTES_MOST)
		return status_make(STATUS_INVALID, "There is too much for one file: more than %d MB, or %d documents.", BYTES_MOST >> 20, FILES_MOST);
	x->files[x->file_count++] = (struct zip_file){ name, bytes, len };
	x->bytes += len;
	return STATUS_FINE;
}

static struct status add_documents(struct exporting *x, int64_t customer, int64_t *count)
{
	bool whole = x->subject->kind == SUBJECT_CUSTOMER;
	cleanup_rows struct rows *rows = db_query(x->db, whole
		? "SELECT d.id, d.name, d.bytes FROM document d WHERE d.tenant_id = $tenant AND d.company_id = $company AND d.customer_id = $customer ORDER BY d.id"
		: "SELECT d.id, d.name, d.bytes FROM document d JOIN reply r ON r.tenant_id = d.tenant_id AND r.company_id = d.company_id AND r.id = d.reply_id AND r.address <> ''"
		  " AND LOWER(r.address) = LOWER($email) WHERE d.tenant_id = $tenant AND d.company_id = $company AND d.customer_id = $customer ORDER BY d.id",
		DB_ARGS(db_int("tenant", x->company->tenant_id), db_int("company", x->company->id), db_int("customer", customer),
		        whole ? (struct db_arg){ .type = DB_END } : db_text("email", x->subject->email)));
	while (rows_next(rows)) {
		size_t len = 0;
		const void *bytes = row_blob(rows, 2, &len);
		cleanup_text struct text name = { 0 };
		text_addf(&name, "documents/%lld-", (long long)row_int(rows, 0));
		export_name(row_text(rows, 1), &name);
		TRY(add_file(x, arena_strdup(x->arena, text_cstr(&name)), len ? arena_strndup(x->arena, bytes, len) : "", len));
		++*count;
	}
	return rows_status(rows);
}

/* --- all of it ------------------------------------------------------------------------------------------------------------------------ */

static struct status gather(struct exporting *x, struct person_export *out)
{
	size_t count;
	const struct personal_table *tables = personal_tables(&count);
	bool user = x->subject->kind == SUBJECT_USER;
	for (size_t i = 0; i < count; i++) {
		if (user) {
			/* accounts and what hangs on them are the tenant's; what is about customers is told to those only */
			bool of_company = strstr(" event action_approval notification watch ", arena_printf(x->arena, " %s ", tables[i].name)) != NULL;
			if (tables[i].user && strcmp(tables[i].name, "event") != 0) TRY(add_table(x, &tables[i], tables[i].user, of_company, 0));
			if (strcmp(tables[i].name, "event") == 0) TRY(add_table(x, &tables[i], "t.kind LIKE 'user.%' AND t.ref = $user", true, 0));
			continue;
		}
		for (size_t k = 0; tables[i].customer && k < x->subject->customer_count; k++) TRY(add_table(x, &tables[i], tables[i].customer, true, x->subject->customers[k]));
	}
	for (size_t k = 0; k < x->subject->customer_count; k++) TRY(add_documents(x, x->subject->customers[k], &out->documents));
	return STATUS_FINE;
}

static struct status put_together(struct exporting *x, int32_t today, int64_t now, struct person_export *out)
{
	char iso[11];
	TRY(gather(x, out));
	day_format(today, iso);
	json_t *data = json_pack("{s:{s:s, s:s, s:s, s:s, s:s}, s:{s:s, s:s, s:s}, s:s, s:O}", "person", "kind", subject_code(x->subject->kind), "name", x->subject->name, "email", x->subject->email,
	                         "phone", x->subject->phone, "customer", x->subject->code, "company", "code", x->company->code, "name", x->company->name, "siren", x->company->siren, "made_on", iso,
	                         "tables", x->tables);
	char *text = json_dumps(data, JSON_INDENT(1));
	const char *paper = NULL;
	size_t len = 0;
	struct status status = text ? person_paper(data, x->company, x->lang, today, x->arena, &paper, &len) : status_make(STATUS_INTERNAL, "The result could not be written as JSON.");
	json_decref(data);
	if (!status.code) status = add_file(x, "00-donnees.pdf", paper, len);
	if (!status.code) status = add_file(x, "donnees.json", text, strlen(text));
	if (!status.code) status = zip_make(x->files, x->file_count, now, &out->zip);
	free(text);
	out->rows = x->rows;
	cleanup_text struct text name = { 0 };
	text_addf(&name, "%s-%s-%lld-%s.zip", tr(x->lang, "personal-data"), subject_code(x->subject->kind), (long long)x->subject->id, iso);
	out->name = arena_strdup(x->arena, text_cstr(&name));
	return status;
}

struct status person_export(struct db *db, const struct viewer *viewer, const struct company *company, enum subject_kind kind, int64_t id, int32_t today, int64_t now, struct arena *arena,
                            struct person_export *out)
{
	struct subject subject;
	*out = (struct person_export){ 0 };
	TRY(subject_load(db, viewer, company->id, kind, id, arena, &subject));
	struct exporting x = { .db = db, .company = company, .subject = &subject, .arena = arena, .lang = lang_spoken(), .tables = json_object(),
		               .files = arena_array(arena, struct zip_file, FILES_MOST + 2) };
	out->who = subject.name, out->customer_id = subject.customer_count ? subject.customers[0] : 0;
	struct status status = put_together(&x, today, now, out);
	json_decref(x.tables);
	subject_free(&subject);
	if (status.code) text_free(&out->zip);
	return status;
}

struct status person_exported(struct change *change, enum subject_kind kind, int64_t id, const struct person_export *export)
{
	TRY(change_allows(change, RIGHT_PERSONAL));
	return event_add_json(change, (struct event_new){ .kind = "person.exported", .customer_id = export->customer_id, .ref = id },
	                      json_pack("{s:s, s:I, s:I}", "subject", subject_code(kind), "rows", (json_int_t)export->rows, "documents", (json_int_t)export->documents));
}
