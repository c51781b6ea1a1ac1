#include "intake/people.h"
#include "intake/levels.h"
#include "intake/truth.h"
#include "intake/values.h"

#include "base/language.h"
#include "base/email.h"
#include "base/memory.h"
#include "formats/keys.h"
#include "ledger/contact.h"
#include "ledger/forgotten.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum field {
	FIELD_SIREN, FIELD_VAT, FIELD_GROUP, FIELD_CLASS, FIELD_ADDRESS, FIELD_POSTCODE, FIELD_CITY, FIELD_COUNTRY, FIELD_LANGUAGE,
	FIELD_PHONE, FIELD_EMAIL, FIELD_SALESPERSON, FIELD_COUNT
};

/* A field of a customer that a list may fill, as long as nobody set it by hand. */
#define SET(column)                                                                                                    \
	"UPDATE customer SET " column " = $value, rev = $rev WHERE tenant_id = $tenant AND company_id = $company AND id = $id"
static const struct {
	const char *column, *sql;
} fields[FIELD_COUNT] = {
	[FIELD_SIREN] = { "siren", SET("siren") },
	[FIELD_VAT] = { "vat_number", SET("vat_number") },
	[FIELD_GROUP] = { "group_code", SET("group_code") },
	[FIELD_CLASS] = { "class", SET("class") },
	[FIELD_ADDRESS] = { "address", SET("address") },
	[FIELD_POSTCODE] = { "postcode", SET("postcode") },
	[FIELD_CITY] = { "city", SET("city") },
	[FIELD_COUNTRY] = { "country", SET("country") },
	[FIELD_LANGUAGE] = { "language", SET("language") },
	[FIELD_PHONE] = { "phone", SET("phone") },
	[FIELD_EMAIL] = { "email", SET("email") },
	[FIELD_SALESPERSON] = { "salesperson", SET("salesperson") },
};

struct person {
	uint32_t customer;              /* index in the batch */
	const char *values[FIELD_COUNT]; /* NULL: the list does not say */
	int terms_days, terms_day;      /* days -1: not said */
	const char *terms_month;
	int64_t credit_limit;
	bool has_credit_limit;
	const char *contact_name, *contact_email, *contact_phone, *contact_role, *contact_language;
	bool has_contact;
	bool gentle;                    /* fills blanks only */
	/* found by people_match */
	bool set[FIELD_COUNT], set_terms, set_limit, add_contact;
};

struct people {
	struct person *rows;
	size_t count, cap;
	struct truth *truth; /* which source may say what; once matched */
};

struct reading {
	const struct intake *intake;
	struct batch *batch;
	struct people *people;
	struct csv *csv;
	struct keys codes;
};

/* --- reading ------------------------------------------------------------------------------------------------------------------- */
static const char *keep(struct arena *arena, struct slice slice)
{
	return slice.len ? arena_strndup(arena, slice.bytes, slice.len) : NULL;
}

static const char *keep_lower(struct arena *arena, struct slice slice)
{
	char *text = slice.len ? arena_strndup(arena, slice.bytes, slice.len) : NULL;
	for (char *c = text; c && *c; c++) *c = (char)tolower((unsigned char)*c);
	return text;
}

/* A code as we write it ("de", "pt-BR"); what is none is kept as the file says it. */
static const char *keep_language(struct arena *arena, struct slice slice)
{
	const char *text = keep_lower(arena, slice);
	char tag[LANGUAGE_TAG];
	return language_tag(text, tag) ? arena_strdup(arena, tag) : text;
}

static const char *role_of(struct slice cell)
{
	static const struct {
		const char *word, *role;
	} words[] = { { "compta", "billing" }, { "factur", "billing" }, { "billing", "billing" }, { "account", "billing" },
		      { "tresor", "billing" }, { "finance", "billing" }, { "daf", "billing" }, { "direct", "manager" },
		      { "gerant", "manager" }, { "manager", "manager" }, { "president", "manager" }, { "achat", "buyer" },
		      { "acheteu", "buyer" }, { "buy", "buyer" }, { "purchas", "buyer" } };
	if (!cell.len) return "billing";
	cleanup_free char *plain = text_normalise(cell.bytes, cell.len);
	for (size_t i = 0; i < COUNT(words); i++)
		if (strstr(plain, words[i].word)) return words[i].role;
	return "other";
}

static struct status take_person(void *context, const struct csv_row *row)
{
	struct reading *r = context;
	struct batch *batch = r->batch;
	struct arena *arena = batch->arena;
	const char *email = keep_lower(arena, row->email);
	if (email && !email_plausible(email)) {
		complaint_add(&r->csv->rejected, (struct complaint){ .line = row->line, .column = "", .value = email,
			                                             .reason = tr(r->intake->viewer->lang, "This is not an e-mail address.") });
		return STATUS_FINE;
	}
	uint32_t customer = keys_take(&r->codes, row->customer_code, 0);
	if (customer == batch->customer_count) {
		if (batch->customer_count == batch->customer_cap) {
			size_t cap = batch->customer_cap ? batch->customer_cap * 2 : 256;
			struct batch_customer *bigger = arena_array(arena, struct batch_customer, cap);
			if (batch->customer_count) memcpy(bigger, batch->customers, batch->customer_count * sizeof *bigger);
			batch->customers = bigger, batch->customer_cap = cap;
		}
		batch->customers[batch->customer_count++] = (struct batch_customer){ .code = row->customer_code };
	}
	if (row->customer_name.len) batch->customers[customer].name = row->customer_name;
	bool fits;
	TRY(values_take(r->intake, batch, r->csv, row, customer, &fits));
	if (!fits) return STATUS_FINE;
	levels_take(batch, row, customer);
	GROW(r->people->rows, r->people->count, r->people->cap);
	struct person *person = &r->people->rows[r->people->count++];
	*person = (struct person){ .customer = customer, .terms_days = row->terms_days, .terms_day = row->terms_day,
		                   .terms_month = row->terms_month, .credit_limit = row->credit_limit,
		                   .has_credit_limit = row->has_credit_limit };
	bool contacts = r->csv->what == CSV_CONTACTS;
	person->values[FIELD_SIREN] = keep(arena, row->siren), person->values[FIELD_VAT] = keep(arena, row->tax_number);
	person->values[FIELD_GROUP] = keep(arena, row->group), person->values[FIELD_ADDRESS] = keep(arena, row->address);
	person->values[FIELD_CLASS] = row->customer_class && *row->customer_class ? row->customer_class : NULL;
	person->values[FIELD_POSTCODE] = keep(arena, row->postcode), person->values[FIELD_CITY] = keep(arena, row->city);
	person->values[FIELD_COUNTRY] = keep(arena, row->country);
	person->values[FIELD_SALESPERSON] = keep(arena, row->salesperson);
	if (!contacts) {
		person->values[FIELD_PHONE] = keep(arena, row->phone), person->values[FIELD_EMAIL] = email;
		person->values[FIELD_LANGUAGE] = keep_language(arena, row->language);
	}
	person->has_contact = contacts ? email || row->phone.len || row->contact_name.len : row->contact_name.len > 0;
	person->contact_name = keep(arena, row->contact_name), person->contact_email = email;
	person->contact_phone = keep(arena, row->phone), person->contact_role = role_of(row->contact_role);
	person->contact_language = keep_language(arena, row->language);
	return STATUS_FINE;
}

struct status people_read(const struct intake *intake, struct csv *csv, struct batch *batch, struct intake_result *result)
{
	(void)result;
	batch->people = arena_make(batch->arena, struct people);
	struct reading reading = { .intake = intake, .batch = batch, .people = batch->people, .csv = csv };
	struct status status = csv_read(csv, take_person, &reading);
	keys_free(&reading.codes);
	struct person *rows = batch->people->rows;
	batch->people->rows = arena_array(batch->arena, struct person, batch->people->count + 1);
	if (batch->people->count) memcpy(batch->people->rows, rows, batch->people->count * sizeof *rows);
	free(rows);
	batch->mode = IMPORT_DELTA;
	TRY(status);
	if (batch->people->count == 0 && csv->rejected.total == 0)
		return status_make(STATUS_INVALID, "This file holds no line to import.");
	return STATUS_FINE;
}

static const char *said(const char *text)
{
	return text && *text ? text : NULL;
}

void people_hint(struct batch *batch, const struct people_hint *hint)
{
	if (!batch->people) batch->people = arena_make(batch->arena, struct people);
	struct people *people = batch->people;
	if (people->count == people->cap) {
		size_t cap = people->cap ? people->cap * 2 : 64;
		struct person *bigger = arena_array(batch->arena, struct person, cap);
		if (people->count) memcpy(bigger, people->rows, people->count * sizeof *bigger);
		people->rows = bigger, people->cap = cap;
	}
	struct person *person = &people->rows[people->count++];
	*person = (struct person){ .customer = hint->customer, .terms_days = -1, .gentle = true, .contact_role = "billing" };
	person->values[FIELD_SIREN] = said(hint->siren), person->values[FIELD_VAT] = said(hint->vat_number);
	person->values[FIELD_ADDRESS] = said(hint->address), person->values[FIELD_POSTCODE] = said(hint->postcode);
	person->values[FIELD_CITY] = said(hint->city), person->values[FIELD_COUNTRY] = said(hint->country);
	const char *email = said(hint->email) ? keep_lower(batch->arena, slice_of(hint->email)) : NULL;
	if (!email || !email_plausible(email)) return;
	person->has_contact = true, person->contact_email = email;
	person->contact_name = said(hint->contact_name), person->contact_phone = said(hint->phone);
}

void people_renumber(struct batch *batch, const uint32_t *map)
{
	for (size_t i = 0; batch->people && i < batch->people->count; i++)
		batch->people->rows[i].customer = map[batch->people->rows[i].customer];
}

/* --- against what is known ------------------------------------------------------------------------------------------------------- */
static bool by_hand(const char *hand_made, const char *column)
{
	size_t len = strlen(column);
	for (const char *at = hand_made; (at = strstr(at, column)) != NULL; at += len)
		if ((at == hand_made || at[-1] == ',') && (at[len] == 0 || at[len] == ',')) return true;
	return false;
}

static void compare(struct person *person, struct rows *rows)
{
	static const char fallback[] = "";
	const char *hand_made = rows ? row_text(rows, FIELD_COUNT) : fallback;
	for (int f = 0; f < FIELD_COUNT; f++)
		person->set[f] = person->values[f] && !by_hand(hand_made, fields[f].column)
		                 && (!rows || (person->gentle ? !*row_text(rows, f) : strcmp(row_text(rows, f), person->values[f]) != 0));
	/* parts of two addresses make none */
	if (person->gentle && rows && (*row_text(rows, FIELD_ADDRESS) || *row_text(rows, FIELD_CITY)))
		person->set[FIELD_ADDRESS] = person->set[FIELD_POSTCODE] = person->set[FIELD_CITY] = false;
	if (person->terms_days >= 0 && !by_hand(hand_made, "terms_days"))
		person->set_terms = !rows || row_null(rows, FIELD_COUNT + 1) || row_int(rows, FIELD_COUNT + 1) != person->terms_days
		                    || strcmp(row_text(rows, FIELD_COUNT + 2), person->terms_month) != 0
		                    || row_int(rows, FIELD_COUNT + 3) != person->terms_day;
	if (person->has_credit_limit && !by_hand(hand_made, "credit_limit"))
		person->set_limit = !rows || row_null(rows, FIELD_COUNT + 4) || row_int(rows, FIELD_COUNT + 4) != person->credit_limit;
}

/* What is said of one who was made one with another is said of that one. */
static int64_t person_of(const struct batch_customer *customer)
{
	return customer->into ? customer->into : customer->id;
}

/* What another source, or a rule, says better stays. */
static void believe(const struct truth *truth, int64_t customer, struct person *person)
{
	for (int f = 0; f < FIELD_COUNT; f++) person->set[f] = person->set[f] && truth_may(truth, customer, fields[f].column);
	static const char *const terms[] = { "terms_days", "terms_month", "terms_day" };
	for (size_t i = 0; i < COUNT(terms); i++) person->set_terms = person->set_terms && truth_may(truth, customer, terms[i]);
	person->set_limit = person->set_limit && truth_may(truth, customer, "credit_limit");
}

static struct status match_contact(const struct intake *intake, struct db *db, const struct batch *batch, struct person *person)
{
	const struct batch_customer *customer = &batch->customers[person->customer];
	int64_t known = 0;
	if (!person->has_contact) return STATUS_FINE;
	if (!customer->is_new && person->gentle)
		TRY(db_get_int(db,
		               "SELECT count(*) FROM customer WHERE tenant_id = $tenant AND company_id = $company AND id = $customer AND (email <> ''"
		               " OR EXISTS (SELECT 1 FROM contact t WHERE t.tenant_id = $tenant AND t.company_id = $company AND t.customer_id = $customer"
		               " AND t.removed = 0 AND t.email <> ''))",
		               DB_ARGS(db_int("tenant", intake->viewer->tenant_id), db_int("company", intake->company_id),
		                       db_int("customer", person_of(customer))), &known, NULL));
	else if (!customer->is_new)
		TRY(db_get_int(db,
		               "SELECT count(*) FROM contact WHERE tenant_id = $tenant AND company_id = $company AND customer_id = $customer"
		               " AND removed = 0 AND ((email = $email AND email <> '') OR ($email = '' AND name = $name))",
		               DB_ARGS(db_int("tenant", intake->viewer->tenant_id), db_int("company", intake->company_id),
		                       db_int("customer", person_of(customer)), db_text("email", person->contact_email ? person->contact_email : ""),
		                       db_text("name", person->contact_name ? person->contact_name : "")), &known, NULL));
	person->add_contact = known == 0;
	return STATUS_FINE;
}

/* Whose data was erased is not brought back by a list: his contact, or his address as the customer's own. */
static struct status leave_forgotten(const struct intake *intake, struct db *db, const struct batch *batch, struct person *person, int64_t *left)
{
	const struct batch_customer *customer = &batch->customers[person->customer];
	int64_t id = customer->is_new ? 0 : person_of(customer);
	int32_t day;
	bool said = false;
	if (person->add_contact) {
		TRY(forgotten_find(db, intake->viewer->tenant_id, intake->company_id,
		                   &(struct forgotten_who){ id, person->contact_name, person->contact_email, person->contact_phone }, &day));
		if (day != DAY_NONE) person->add_contact = false, said = true;
	}
	for (int f = FIELD_PHONE; f <= FIELD_EMAIL; f++) {
		if (!person->set[f]) continue;
		struct forgotten_who who = { .email = f == FIELD_EMAIL ? person->values[f] : NULL, .phone = f == FIELD_PHONE ? person->values[f] : NULL };
		TRY(forgotten_find(db, intake->viewer->tenant_id, intake->company_id, &who, &day));
		if (day != DAY_NONE) person->set[f] = false, said = true;
	}
	*left += said;
	return STATUS_FINE;
}

struct status people_match(const struct intake *intake, struct db *db, struct batch *batch, struct intake_result *result,
                           bool *anything)
{
	*anything = false;
	bool erased;
	int64_t left = 0;
	TRY(truth_load(db, intake->viewer->tenant_id, intake->company_id, batch->source, batch->arena, &batch->people->truth));
	TRY(forgotten_any(db, intake->viewer->tenant_id, intake->company_id, &erased));
	for (size_t i = 0; i < batch->people->count; i++) {
		struct person *person = &batch->people->rows[i];
		struct batch_customer *customer = &batch->customers[person->customer];
		bool found = false;
		if (!customer->is_new) {
			cleanup_rows struct rows *rows = db_query(db,
				"SELECT siren, vat_number, group_code, class, address, postcode, city, country, language, phone, email, salesperson,"
				" hand_made, terms_days, terms_month, terms_day, credit_limit FROM customer"
				" WHERE tenant_id = $tenant AND company_id = $company AND id = $id",
				DB_ARGS(db_int("tenant", intake->viewer->tenant_id), db_int("company", intake->company_id),
				        db_int("id", person_of(customer))));
			found = rows_next(rows);
			if (found) compare(person, rows), believe(batch->people->truth, person_of(customer), person);
			TRY(rows_status(rows));
		}
		if (!found) compare(person, NULL);
		TRY(match_contact(intake, db, batch, person));
		if (erased) TRY(leave_forgotten(intake, db, batch, person, &left));
		bool changed = person->set_terms || person->set_limit || person->add_contact;
		for (int f = 0; f < FIELD_COUNT; f++) changed |= person->set[f];
		if (changed && !customer->is_new && !customer->renamed) result->customers_changed++;
		*anything |= changed;
	}
	if (left)
		batch_warn(intake, result, arena_printf(batch->arena, left == 1 ? tr(lang_spoken(), "%lld person of this file was left out: his data was erased here. See Settings, Personal data.")
			: tr(lang_spoken(), "%lld persons of this file were left out: their data was erased here. See Settings, Personal data."), (long long)left));
	return STATUS_FINE;
}

/* --- writing ------------------------------------------------------------------------------------------------------------------------- */
#define OF_CUSTOMER(change, id_value)                                                                                  \
	db_int("tenant", (change)->company.tenant_id), db_int("company", (change)->company.id), db_int("id", (id_value)),  \
		db_int("rev", (change)->rev)

/* Whose word each field is from now on. */
static struct status note_origins(struct change *change, const struct truth *truth, const struct person *person, int64_t customer)
{
	for (int f = 0; f < FIELD_COUNT; f++)
		if (person->set[f]) TRY(truth_note(change, truth, customer, fields[f].column));
	if (person->set_terms) TRY(truth_note(change, truth, customer, "terms_days"));
	return person->set_limit ? truth_note(change, truth, customer, "credit_limit") : STATUS_FINE;
}

/* What stood there goes aside, once an import; the columns are literals. */
static struct status keep_before(struct change *change, int64_t import_id, int64_t customer, const char *column, const char *after)
{
	cleanup_text struct text sql = { 0 };
	text_addf(&sql, "INSERT INTO customer_before (tenant_id, company_id, import_id, customer_id, field, before, after) SELECT tenant_id, company_id, $import, id, '%s', CAST(%s AS TEXT),"
	          " $after FROM customer WHERE tenant_id = $tenant AND company_id = $company AND id = $id ON CONFLICT (tenant_id, company_id, import_id, customer_id, field)"
	          " DO UPDATE SET after = excluded.after", column, column);
	return db_run(change->db, text_cstr(&sql), DB_ARGS(db_int("tenant", change->company.tenant_id), db_int("company", change->company.id), db_int("id", customer),
	                                                  db_int("import", import_id), db_text("after", after)));
}

static struct status keep_number_before(struct change *change, int64_t import_id, int64_t customer, const char *column, int64_t after)
{
	char number[24];
	snprintf(number, sizeof number, "%lld", (long long)after);
	return keep_before(change, import_id, customer, column, number);
}

static struct status keep_person_before(struct change *change, const struct person *person, int64_t customer, int64_t import_id)
{
	for (int f = 0; f < FIELD_COUNT; f++)
		if (person->set[f]) TRY(keep_before(change, import_id, customer, fields[f].column, person->values[f]));
	if (person->set_terms) {
		TRY(keep_number_before(change, import_id, customer, "terms_days", person->terms_days));
		TRY(keep_before(change, import_id, customer, "terms_month", person->terms_month && *person->terms_month ? person->terms_month : "none"));
		TRY(keep_number_before(change, import_id, customer, "terms_day", person->terms_day));
	}
	return person->set_limit ? keep_number_before(change, import_id, customer, "credit_limit", person->credit_limit) : STATUS_FINE;
}

static struct status apply_person(struct change *change, const struct person *person, int64_t customer, bool is_new, int64_t import_id)
{
	if (!is_new) TRY(keep_person_before(change, person, customer, import_id));
	for (int f = 0; f < FIELD_COUNT; f++)
		if (person->set[f])
			TRY(db_run(change->db, fields[f].sql, DB_ARGS(OF_CUSTOMER(change, customer), db_text("value", person->values[f]))));
	if (person->set_terms)
		TRY(db_run(change->db,
		           "UPDATE customer SET terms_days = $days, terms_month = $month, terms_day = $day, rev = $rev"
		           " WHERE tenant_id = $tenant AND company_id = $company AND id = $id",
		           DB_ARGS(OF_CUSTOMER(change, customer), db_int("days", person->terms_days),
		                   db_text("month", person->terms_month && *person->terms_month ? person->terms_month : "none"),
		                   db_int("day", person->terms_day))));
	if (person->set_limit)
		TRY(db_run(change->db,
		           "UPDATE customer SET credit_limit = $limit, rev = $rev WHERE tenant_id = $tenant AND company_id = $company"
		           " AND id = $id", DB_ARGS(OF_CUSTOMER(change, customer), db_int("limit", person->credit_limit))));
	if (!person->add_contact) return STATUS_FINE;
	int64_t id = 0;
	struct status status = contact_add(change, customer,
		&(struct contact_new){ .name = person->contact_name, .email = person->contact_email, .phone = person->contact_phone,
		                       .role = person->contact_role, .language = person->contact_language }, &id);
	if (status.code == STATUS_CONFLICT) return STATUS_FINE; /* twice in the list */
	TRY(status);
	return db_run(change->db,
	              "UPDATE contact SET import_id = $import WHERE tenant_id = $tenant AND company_id = $company AND id = $id",
	              DB_ARGS(db_int("tenant", change->company.tenant_id), db_int("company", change->company.id), db_int("id", id),
	                      db_int("import", import_id)));
}

struct status people_apply(struct change *change, const struct intake *intake, const struct batch *batch, int64_t import_id,
                           int64_t **touched, size_t *count)
{
	(void)intake;
	size_t cap = *count;
	for (size_t i = 0; i < batch->people->count; i++) {
		const struct person *person = &batch->people->rows[i];
		int64_t customer = person_of(&batch->customers[person->customer]);
		TRY(apply_person(change, person, customer, batch->customers[person->customer].is_new, import_id));
		if (batch->people->truth) TRY(note_origins(change, batch->people->truth, person, customer));
		if (!person->set_terms) continue;
		GROW(*touched, *count, cap);
		(*touched)[(*count)++] = customer;
	}
	return STATUS_FINE;
}

/* Columns that a list can change, and what stands in them when nothing is known. */
static const struct {
	const char *column, *none; /* none NULL: the column may be NULL */
	bool number;
} restorable[] = { { "siren", "", false }, { "vat_number", "", false }, { "group_code", "", false }, { "class", "unknown", false }, { "address", "", false },
	{ "postcode", "", false }, { "city", "", false }, { "country", "", false }, { "language", "", false }, { "phone", "", false }, { "email", "", false },
	{ "salesperson", "", false }, { "terms_month", "none", false }, { "terms_days", NULL, true }, { "terms_day", "0", true }, { "credit_limit", NULL, true } };

static struct status give_back(struct change *change, int64_t customer, const char *field, const char *before, const char *after)
{
	size_t at = 0;
	while (at < COUNT(restorable) && strcmp(restorable[at].column, field) != 0) at++;
	if (at == COUNT(restorable)) return STATUS_FINE;
	struct db_arg value = db_null("value");
	if (!before) before = restorable[at].none;
	if (before) value = restorable[at].number ? db_int("value", strtoll(before, NULL, 10)) : db_text("value", before);
	cleanup_text struct text sql = { 0 };
	/* what was changed since stays */
	text_addf(&sql, "UPDATE customer SET %s = $value, rev = $rev WHERE tenant_id = $tenant AND company_id = $company AND id = $id AND CAST(%s AS TEXT) = $after", field, field);
	return db_run(change->db, text_cstr(&sql), DB_ARGS(OF_CUSTOMER(change, customer), value, db_text("after", after)));
}

static struct status fields_undo(struct change *change, int64_t import_id, int64_t **touched, size_t *count)
{
	cleanup_arena struct arena *arena = arena_new();
	struct told {
		int64_t customer;
		const char *field, *before, *after;
	} *list = NULL;
	size_t told = 0, cap = 0, touched_cap = *count;
	cleanup_rows struct rows *rows = db_query(change->db,
		"SELECT b.customer_id, b.field, b.before, b.after, c.hand_made FROM customer_before b JOIN customer c ON c.tenant_id = b.tenant_id AND c.company_id = b.company_id"
		" AND c.id = b.customer_id WHERE b.tenant_id = $tenant AND b.company_id = $company AND b.import_id = $id ORDER BY b.customer_id, b.field",
		DB_ARGS(db_int("tenant", change->company.tenant_id), db_int("company", change->company.id), db_int("id", import_id)));
	while (rows_next(rows)) {
		if (by_hand(row_text(rows, 4), row_text(rows, 1))) continue;
		GROW(list, told, cap);
		list[told++] = (struct told){ row_int(rows, 0), arena_strdup(arena, row_text(rows, 1)), row_null(rows, 2) ? NULL : arena_strdup(arena, row_text(rows, 2)),
			arena_strdup(arena, row_text(rows, 3)) };
	}
	struct status status = rows_status(rows);
	for (size_t i = 0; i < told && !status.code; i++) {
		status = give_back(change, list[i].customer, list[i].field, list[i].before, list[i].after);
		if (strcmp(list[i].field, "terms_days") != 0) continue;
		GROW(*touched, *count, touched_cap);
		(*touched)[(*count)++] = list[i].customer;
	}
	free(list);
	return status;
}

struct status people_undo(struct change *change, int64_t import_id, int64_t **touched, size_t *count)
{
	TRY(fields_undo(change, import_id, touched, count));
	return db_run(change->db,
	              "UPDATE contact SET removed = 1, rev = $rev WHERE tenant_id = $tenant AND company_id = $company"
	              " AND import_id = $id AND removed = 0",
	              DB_ARGS(db_int("tenant", change->company.tenant_id), db_int("company", change->company.id),
	                      db_int("id", import_id), db_int("rev", change->rev)));
}
