#include "privacy/subject.h"

#include "access/user.h"
#include "base/email.h"
#include "base/memory.h"
#include "ledger/contact.h"
#include "ledger/customer.h"

#include <string.h>

static const char *const codes[] = { [SUBJECT_CUSTOMER] = "customer", [SUBJECT_CONTACT] = "contact", [SUBJECT_ANSWER] = "answer", [SUBJECT_USER] = "user" };
enum { FAMILY = 200 }; /* grown by so many */

const char *subject_code(enum subject_kind kind) { return codes[kind]; }
bool subject_parse(const char *code, enum subject_kind *out)
{
	for (size_t i = 0; code && i < COUNT(codes); i++)
		if (strcmp(codes[i], code) == 0) {
			*out = (enum subject_kind)i;
			return true;
		}
	return false;
}

#define OF(tenant, company) db_int("tenant", tenant), db_int("company", company)

static void add_customer(struct subject *subject, int64_t id, struct arena *arena)
{
	for (size_t i = 0; i < subject->customer_count; i++)
		if (subject->customers[i] == id) return;
	if (subject->customer_count % FAMILY == 0) {
		int64_t *more = arena_array(arena, int64_t, subject->customer_count + FAMILY);
		if (subject->customer_count) memcpy(more, subject->customers, subject->customer_count * sizeof *more);
		subject->customers = more;
	}
	subject->customers[subject->customer_count++] = id;
}

/* And all who were made one with them. */
static struct status add_merged(struct db *db, int64_t tenant, int64_t company, struct subject *subject, struct arena *arena)
{
	for (size_t i = 0; i < subject->customer_count; i++) {
		cleanup_rows struct rows *rows = db_query(db, "SELECT id FROM customer WHERE tenant_id = $tenant AND company_id = $company AND merged_into = $id",
		                                          DB_ARGS(OF(tenant, company), db_int("id", subject->customers[i])));
		while (rows_next(rows)) add_customer(subject, row_int(rows, 0), arena);
		TRY(rows_status(rows));
	}
	return STATUS_FINE;
}

static struct status read_contacts(struct rows *rows, struct subject *subject, struct arena *arena)
{
	size_t cap = 0, count = 0;
	struct subject_contact *list = NULL;
	while (rows_next(rows)) {
		GROW(list, count, cap);
		list[count++] = (struct subject_contact){ row_int(rows, 0), row_int(rows, 1), arena_strdup(arena, row_text(rows, 2)), arena_strdup(arena, row_text(rows, 3)),
			                                  arena_strdup(arena, row_text(rows, 4)) };
	}
	size_t before = subject->contact_count;
	struct subject_contact *all = arena_array(arena, struct subject_contact, before + count + 1);
	if (before) memcpy(all, subject->contacts, before * sizeof *all);
	if (count) memcpy(all + before, list, count * sizeof *all);
	free(list);
	subject->contacts = all, subject->contact_count = before + count;
	return rows_status(rows);
}

static void mask_contact(struct mask *mask, const struct subject_contact *contact)
{
	mask_name(mask, contact->name), mask_email(mask, contact->email), mask_phone(mask, contact->phone);
}

/* What banks call him and pay him by. */
static struct status mask_payers(struct db *db, int64_t tenant, int64_t company, int64_t customer, struct mask *mask)
{
	cleanup_rows struct rows *rows = db_query(db,
		"SELECT iban, name FROM cash_payer WHERE tenant_id = $tenant AND company_id = $company AND customer_id = $customer"
		" UNION ALL SELECT iban, debtor FROM mandate WHERE tenant_id = $tenant AND company_id = $company AND customer_id = $customer",
		DB_ARGS(OF(tenant, company), db_int("customer", customer)));
	while (rows_next(rows)) mask_code(mask, row_text(rows, 0)), mask_name(mask, row_text(rows, 1));
	return rows_status(rows);
}

static struct status load_customer(struct db *db, const struct viewer *viewer, int64_t company, struct arena *arena, struct subject *out)
{
	struct customer customer;
	TRY(customer_get(db, viewer, company, out->id, arena, &customer));
	for (int hops = 0; customer.merged_into && hops < 20; hops++) TRY(customer_get(db, viewer, company, customer.merged_into, arena, &customer));
	out->id = customer.id, out->name = customer.name, out->code = customer.code, out->email = customer.email, out->phone = customer.phone;
	out->legal_person = strcmp(customer.class, "public") == 0;
	add_customer(out, customer.id, arena);
	TRY(add_merged(db, viewer->tenant_id, company, out, arena));
	for (size_t i = 0; i < out->customer_count; i++) {
		struct customer one;
		TRY(customer_get(db, viewer, company, out->customers[i], arena, &one));
		mask_whole(out->mask, one.name), mask_email(out->mask, one.email), mask_phone(out->mask, one.phone);
		mask_code(out->mask, one.siren), mask_code(out->mask, one.vat_number);
		TRY(mask_payers(db, viewer->tenant_id, company, out->customers[i], out->mask));
		cleanup_rows struct rows *rows = db_query(db, "SELECT id, customer_id, name, email, phone FROM contact WHERE tenant_id = $tenant AND company_id = $company"
		                                              " AND customer_id = $customer ORDER BY id", DB_ARGS(OF(viewer->tenant_id, company), db_int("customer", out->customers[i])));
		TRY(read_contacts(rows, out, arena));
	}
	for (size_t i = 0; i < out->contact_count; i++) mask_contact(out->mask, &out->contacts[i]);
	return STATUS_FINE;
}

/* Contacts with the address of this one; or, of an answer, the customers whom its sender answered for, with what he calls himself. */
static struct status load_contact(struct db *db, const struct viewer *viewer, int64_t company, struct arena *arena, struct subject *out)
{
	if (out->kind == SUBJECT_ANSWER) {
		cleanup_rows struct rows *rows = db_query(db,
			"SELECT DISTINCT 0, r.customer_id, r.name, CASE WHEN r.address LIKE '%@%' THEN LOWER(r.address) ELSE '' END,"
			" CASE WHEN r.address LIKE '%@%' THEN '' ELSE r.address END, CASE WHEN r.id = o.id THEN 0 ELSE 1 END FROM reply r"
			" JOIN reply o ON o.tenant_id = r.tenant_id AND o.company_id = r.company_id AND o.id = $id AND (o.address <> '' OR o.name <> '')"
			" AND (r.id = o.id OR (o.address <> '' AND LOWER(r.address) = LOWER(o.address))) WHERE r.tenant_id = $tenant AND r.company_id = $company"
			" ORDER BY 6, 2, 3", DB_ARGS(OF(viewer->tenant_id, company), db_int("id", out->id)));
		TRY(read_contacts(rows, out, arena));
	} else {
		cleanup_rows struct rows *rows = db_query(db,
			"SELECT k.id, k.customer_id, k.name, k.email, k.phone FROM contact k JOIN contact o ON o.tenant_id = k.tenant_id AND o.company_id = k.company_id"
			" AND o.id = $id AND (k.id = o.id OR (o.email <> '' AND LOWER(k.email) = LOWER(o.email)))"
			" WHERE k.tenant_id = $tenant AND k.company_id = $company ORDER BY CASE WHEN k.id = $id THEN 0 ELSE 1 END, k.id",
			DB_ARGS(OF(viewer->tenant_id, company), db_int("id", out->id)));
		TRY(read_contacts(rows, out, arena));
	}
	if (!out->contact_count || (!*out->contacts->name && !*out->contacts->email && !*out->contacts->phone)) return status_make(STATUS_NOT_FOUND, "There is no such contact.");
	const struct subject_contact *first = out->contacts;
	out->name = *first->name ? first->name : *first->email ? first->email : first->phone;
	out->email = first->email, out->phone = first->phone;
	for (size_t i = 0; i < out->contact_count; i++) {
		struct customer customer;
		struct status seen = customer_get(db, viewer, company, out->contacts[i].customer_id, arena, &customer);
		if (seen.code) return seen.code == STATUS_NOT_FOUND ? status_make(STATUS_NOT_FOUND, "There is no such contact.") : seen;
		if (!out->code) out->code = customer.code;
		add_customer(out, customer.id, arena);
		mask_contact(out->mask, &out->contacts[i]);
	}
	return add_merged(db, viewer->tenant_id, company, out, arena);
}

static struct status load_user(struct db *db, const struct viewer *viewer, struct arena *arena, struct subject *out)
{
	struct user user;
	if (!viewer_may(viewer, RIGHT_USERS)) return status_make(STATUS_FORBIDDEN, "Only an administrator may do this with a colleague's data.");
	TRY(user_get(db, viewer, out->id, &user));
	out->name = arena_strdup(arena, *user.name ? user.name : user.email), out->email = arena_strdup(arena, user.email), out->phone = arena_strdup(arena, user.phone);
	out->disabled = user.disabled;
	mask_name(out->mask, user.name), mask_email(out->mask, user.email), mask_phone(out->mask, user.phone);
	return STATUS_FINE;
}

struct status subject_load(struct db *db, const struct viewer *viewer, int64_t company_id, enum subject_kind kind, int64_t id, struct arena *arena, struct subject *out)
{
	*out = (struct subject){ .kind = kind, .id = id, .name = "", .email = "", .phone = "" };
	if (!viewer_may(viewer, RIGHT_PERSONAL)) return status_make(STATUS_FORBIDDEN, "Only an administrator or a credit manager may do this with a person's data.");
	out->mask = mask_new();
	struct status status = kind == SUBJECT_CUSTOMER ? load_customer(db, viewer, company_id, arena, out)
	                       : kind == SUBJECT_USER ? load_user(db, viewer, arena, out) : load_contact(db, viewer, company_id, arena, out);
	if (!out->code) out->code = "";
	if (status.code) subject_free(out);
	return status;
}

void subject_free(struct subject *subject)
{
	mask_free(subject->mask);
	subject->mask = NULL;
}

struct status subject_find(struct db *db, const struct viewer *viewer, int64_t company_id, const char *words, struct arena *arena, enum subject_kind *kind, int64_t *id)
{
	char email[160];
	bool found = false;
	if (!email_fold(words, email, sizeof email)) {
		struct customer customer;
		TRY(customer_find(db, viewer, company_id, words, arena, &customer));
		*kind = SUBJECT_CUSTOMER, *id = customer.id;
		return STATUS_FINE;
	}
	*kind = SUBJECT_CONTACT;
	TRY(db_get_int(db, "SELECT MIN(id) FROM contact WHERE tenant_id = $tenant AND company_id = $company AND LOWER(email) = $email HAVING COUNT(*) > 0",
	               DB_ARGS(OF(viewer->tenant_id, company_id), db_text("email", email)), id, &found));
	if (found) return STATUS_FINE;
	*kind = SUBJECT_CUSTOMER;
	TRY(db_get_int(db, "SELECT MIN(id) FROM customer WHERE tenant_id = $tenant AND company_id = $company AND LOWER(email) = $email HAVING COUNT(*) > 0",
	               DB_ARGS(OF(viewer->tenant_id, company_id), db_text("email", email)), id, &found));
	if (found) return STATUS_FINE;
	*kind = SUBJECT_ANSWER;
	TRY(db_get_int(db, "SELECT MAX(id) FROM reply WHERE tenant_id = $tenant AND company_id = $company AND LOWER(address) = $email HAVING COUNT(*) > 0",
	               DB_ARGS(OF(viewer->tenant_id, company_id), db_text("email", email)), id, &found));
	if (found) return STATUS_FINE;
	*kind = SUBJECT_USER;
	TRY(db_get_int(db, "SELECT id FROM user_account WHERE tenant_id = $tenant AND email = $email", DB_ARGS(db_int("tenant", viewer->tenant_id), db_text("email", email)), id, &found));
	return found ? STATUS_FINE : status_make(STATUS_NOT_FOUND, "Nobody with the address “%s” is known here.", email);
}
