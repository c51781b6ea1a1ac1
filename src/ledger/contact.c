#include "ledger/contact.h"

#include "base/email.h"
#include "base/language.h"
#include "base/memory.h"
#include "base/text.h"
#include "base/words.h"
#include "ledger/event.h"
#include "ledger/forgotten.h"

#include <string.h>

static const char *const roles[] = { "billing", "manager", "buyer", "other" };

#define SELECT                                                                                                                 \
	"SELECT k.id, k.customer_id, k.name, k.email, k.phone, k.role, k.language, k.main, k.bounced_at, k.rev, "               \
	"CASE WHEN s.address IS NULL THEN 0 ELSE 1 END FROM contact k "                                                         \
	"LEFT JOIN suppression s ON s.tenant_id = k.tenant_id AND s.address = LOWER(k.email) "                                  \
	"WHERE k.tenant_id = $tenant AND k.company_id = $company AND k.removed = 0 "

static void read_contact(struct rows *rows, struct arena *arena, struct contact *out)
{
	*out = (struct contact){ .id = row_int(rows, 0),
		                 .customer_id = row_int(rows, 1),
		                 .name = arena_strdup(arena, row_text(rows, 2)),
		                 .email = arena_strdup(arena, row_text(rows, 3)),
		                 .phone = arena_strdup(arena, row_text(rows, 4)),
		                 .role = arena_strdup(arena, row_text(rows, 5)),
		                 .language = arena_strdup(arena, row_text(rows, 6)),
		                 .main = row_int(rows, 7) != 0,
		                 .bounced_at = row_int(rows, 8),
		                 .rev = row_int(rows, 9),
		                 .suppressed = row_int(rows, 10) != 0 };
}

struct status contact_list(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t customer_id,
                           struct arena *arena, struct contact **out, size_t *count)
{
	TRY(customer_check(db, viewer, company_id, customer_id));
	size_t found = 0, cap = 0;
	struct contact *list = NULL;
	struct status status;
	{
		cleanup_rows struct rows *rows = db_query(
		        db,
		        SELECT "AND k.customer_id = $customer ORDER BY k.main DESC, CASE k.role WHEN 'billing' THEN 0 WHEN 'manager' THEN 1 "
		               "WHEN 'buyer' THEN 2 ELSE 3 END, k.id",
		        DB_ARGS(db_int("tenant", viewer->tenant_id), db_int("company", company_id), db_int("customer", customer_id)));
		while (rows_next(rows)) {
			GROW(list, found, cap);
			read_contact(rows, arena, &list[found++]);
		}
		status = rows_status(rows);
	}
	*out = arena_array(arena, struct contact, found ? found : 1);
	if (found) memcpy(*out, list, found * sizeof *list);
	*count = found;
	free(list);
	return status;
}

struct status contact_get(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t id, struct arena *arena,
                          struct contact *out)
{
	bool found = false;
	{
		cleanup_rows struct rows *rows = db_query(
		        db, SELECT "AND k.id = $id",
		        DB_ARGS(db_int("tenant", viewer->tenant_id), db_int("company", company_id), db_int("id", id)));
		if (rows_next(rows)) {
			found = true;
			read_contact(rows, arena, out);
		}
		TRY(rows_status(rows));
	}
	struct status unknown = status_make(STATUS_NOT_FOUND, "There is no such contact.");
	if (!found) return unknown;
	struct status seen = customer_check(db, viewer, company_id, out->customer_id);
	return seen.code == STATUS_NOT_FOUND ? unknown : seen;
}

/* Trimmed, one line each; the address checked and in lower case. */
struct tidy {
	char name[200], email[160], phone[60];
	const char *role;
	char language[LANGUAGE_TAG];
};

static struct status tidy_text(const char *given, char *out, size_t size, const char *what)
{
	struct slice text = slice_trim(slice_of(given ? given : ""));
	if (text.len >= size || !utf8_valid(text.bytes, text.len)) return status_make(STATUS_INVALID, "%s is too long.", what);
	for (size_t i = 0; i < text.len; i++) out[i] = (unsigned char)text.bytes[i] < ' ' ? ' ' : text.bytes[i];
	out[text.len] = 0;
	return STATUS_FINE;
}

static struct status tidy(const struct contact_new *given, struct tidy *out)
{
	*out = (struct tidy){ .role = given->role && *given->role ? given->role : "billing" };
	TRY(tidy_text(given->name, out->name, sizeof out->name, tr(lang_spoken(), "Name")));
	TRY(tidy_text(given->phone, out->phone, sizeof out->phone, tr(lang_spoken(), "Telephone")));
	if (given->email && *slice_trim(slice_of(given->email)).bytes && slice_trim(slice_of(given->email)).len &&
	    !email_fold(given->email, out->email, sizeof out->email))
		return status_make(STATUS_INVALID, "“%s” is not an e-mail address.", given->email);
	bool known = false;
	for (size_t i = 0; i < COUNT(roles); i++) known |= strcmp(roles[i], out->role) == 0;
	if (!known) return status_make(STATUS_INVALID, "A contact's role is billing, manager, buyer or other, not “%s”.", out->role);
	if (given->language && *given->language && !language_tag(given->language, out->language))
		return status_make(STATUS_INVALID, "“%s” is no language. Write its code: fr, en, de, pt-BR…", given->language);
	if (!*out->name && !*out->email && !*out->phone)
		return status_make(STATUS_INVALID, "A contact needs a name, an address or a telephone number.");
	return STATUS_FINE;
}

static struct status check_double(struct change *change, int64_t customer_id, int64_t but, const char *email)
{
	if (!*email) return STATUS_FINE;
	int64_t same = 0;
	TRY(db_get_int(change->db,
	               "SELECT COUNT(*) FROM contact WHERE tenant_id = $tenant AND company_id = $company AND customer_id = $customer "
	               "AND removed = 0 AND id <> $but AND LOWER(email) = $email",
	               DB_ARGS(db_int("tenant", change->company.tenant_id), db_int("company", change->company.id),
	                       db_int("customer", customer_id), db_int("but", but), db_text("email", email)),
	               &same, NULL));
	return same ? status_make(STATUS_CONFLICT, "%s is a contact of this customer already.", email) : STATUS_FINE;
}

/* Whoever asked to be forgotten does not come back by the way. */
static struct status check_forgotten(struct change *change, int64_t customer_id, const struct tidy *contact)
{
	int32_t day;
	TRY(forgotten_find(change->db, change->company.tenant_id, change->company.id,
	                   &(struct forgotten_who){ .customer_id = customer_id, .name = contact->name, .email = contact->email, .phone = contact->phone }, &day));
	if (day == DAY_NONE) return STATUS_FINE;
	cleanup_text struct text date = { 0 };
	words_date(&date, lang_spoken(), day);
	return status_make(STATUS_CONFLICT, "The data of %s was erased on %s. If this person gives it again, lift the erasure first (Settings, Personal data).",
	                   *contact->email ? contact->email : *contact->name ? contact->name : contact->phone, text_cstr(&date));
}

/* One main contact a customer: the others step back. */
static struct status only_main(struct change *change, int64_t customer_id, int64_t id)
{
	return db_run(change->db,
	              "UPDATE contact SET main = 0, rev = $rev WHERE tenant_id = $tenant AND company_id = $company "
	              "AND customer_id = $customer AND id <> $id AND main = 1",
	              DB_ARGS(db_int("rev", change->rev), db_int("tenant", change->company.tenant_id),
	                      db_int("company", change->company.id), db_int("customer", customer_id), db_int("id", id)));
}

static struct status touch_customer(struct change *change, int64_t customer_id)
{
	return db_run(change->db, "UPDATE customer SET rev = $rev WHERE tenant_id = $tenant AND company_id = $company AND id = $id",
	              DB_ARGS(db_int("rev", change->rev), db_int("tenant", change->company.tenant_id),
	                      db_int("company", change->company.id), db_int("id", customer_id)));
}

struct status contact_add(struct change *change, int64_t customer_id, const struct contact_new *given, int64_t *id)
{
	TRY(change_allows(change, RIGHT_NOTE));
	TRY(customer_check(change->db, change->viewer, change->company.id, customer_id));
	struct tidy contact;
	TRY(tidy(given, &contact));
	TRY(check_double(change, customer_id, 0, contact.email));
	TRY(check_forgotten(change, customer_id, &contact));
	int64_t others = 0;
	TRY(db_get_int(change->db,
	               "SELECT COUNT(*) FROM contact WHERE tenant_id = $tenant AND company_id = $company AND customer_id = $customer "
	               "AND removed = 0 AND main = 1",
	               DB_ARGS(db_int("tenant", change->company.tenant_id), db_int("company", change->company.id),
	                       db_int("customer", customer_id)),
	               &others, NULL));
	bool main = given->main || others == 0;
	TRY(id_take(change->db, change->company.tenant_id, change->company.id, "contact", 1, id));
	TRY(db_run(change->db,
	           "INSERT INTO contact (tenant_id, company_id, id, customer_id, name, email, phone, role, language, main, rev) "
	           "VALUES ($tenant, $company, $id, $customer, $name, $email, $phone, $role, $language, $main, $rev)",
	           DB_ARGS(db_int("tenant", change->company.tenant_id), db_int("company", change->company.id), db_int("id", *id),
	                   db_int("customer", customer_id), db_text("name", contact.name), db_text("email", contact.email),
	                   db_text("phone", contact.phone), db_text("role", contact.role), db_text("language", contact.language),
	                   db_int("main", main), db_int("rev", change->rev))));
	if (main) TRY(only_main(change, customer_id, *id));
	TRY(touch_customer(change, customer_id));
	return event_add_json(change, (struct event_new){ .kind = "contact.added", .customer_id = customer_id, .ref = *id },
	                      json_pack("{s:s,s:s,s:s}", "name", contact.name, "email", contact.email, "role", contact.role));
}

struct status contact_set(struct change *change, int64_t id, const struct contact_new *given)
{
	TRY(change_allows(change, RIGHT_NOTE));
	cleanup_arena struct arena *arena = arena_new();
	struct contact before;
	TRY(contact_get(change->db, change->viewer, change->company.id, id, arena, &before));
	struct contact_new merged = { .name = given->name ? given->name : before.name,
		                      .email = given->email ? given->email : before.email,
		                      .phone = given->phone ? given->phone : before.phone,
		                      .role = given->role ? given->role : before.role,
		                      .language = given->language ? given->language : before.language };
	struct tidy contact;
	TRY(tidy(&merged, &contact));
	TRY(check_double(change, before.customer_id, id, contact.email));
	if (strcmp(contact.email, before.email) != 0 || strcmp(contact.phone, before.phone) != 0 || strcmp(contact.name, before.name) != 0)
		TRY(check_forgotten(change, before.customer_id, &contact));
	bool fresh = strcmp(contact.email, before.email) != 0, main = given->main || before.main;
	TRY(db_run(change->db,
	           "UPDATE contact SET name = $name, email = $email, phone = $phone, role = $role, language = $language, main = $main, "
	           "bounced_at = $bounced, rev = $rev WHERE tenant_id = $tenant AND company_id = $company AND id = $id",
	           DB_ARGS(db_text("name", contact.name), db_text("email", contact.email), db_text("phone", contact.phone),
	                   db_text("role", contact.role), db_text("language", contact.language), db_int("main", main),
	                   db_int("bounced", fresh ? 0 : before.bounced_at), db_int("rev", change->rev),
	                   db_int("tenant", change->company.tenant_id), db_int("company", change->company.id), db_int("id", id))));
	if (main) TRY(only_main(change, before.customer_id, id));
	TRY(touch_customer(change, before.customer_id));
	return event_add_json(change, (struct event_new){ .kind = "contact.changed", .customer_id = before.customer_id, .ref = id },
	                      json_pack("{s:s,s:s,s:s}", "name", contact.name, "email", contact.email, "before", before.email));
}

struct status contact_remove(struct change *change, int64_t id)
{
	TRY(change_allows(change, RIGHT_NOTE));
	cleanup_arena struct arena *arena = arena_new();
	struct contact before;
	TRY(contact_get(change->db, change->viewer, change->company.id, id, arena, &before));
	TRY(db_run(change->db,
	           "UPDATE contact SET removed = 1, main = 0, rev = $rev WHERE tenant_id = $tenant AND company_id = $company AND id = $id",
	           DB_ARGS(db_int("rev", change->rev), db_int("tenant", change->company.tenant_id),
	                   db_int("company", change->company.id), db_int("id", id))));
	TRY(touch_customer(change, before.customer_id));
	return event_add_json(change, (struct event_new){ .kind = "contact.removed", .customer_id = before.customer_id, .ref = id },
	                      json_pack("{s:s,s:s}", "name", before.name, "email", before.email));
}

struct status contact_bounced(struct change *change, int64_t id, bool bounced)
{
	TRY(change_allows(change, RIGHT_NOTE));
	cleanup_arena struct arena *arena = arena_new();
	struct contact before;
	TRY(contact_get(change->db, change->viewer, change->company.id, id, arena, &before));
	TRY(db_run(change->db,
	           "UPDATE contact SET bounced_at = $at, rev = $rev WHERE tenant_id = $tenant AND company_id = $company AND id = $id",
	           DB_ARGS(db_int("at", bounced ? change->now : 0), db_int("rev", change->rev),
	                   db_int("tenant", change->company.tenant_id), db_int("company", change->company.id), db_int("id", id))));
	if (!bounced && *before.email) TRY(suppression_remove(change->db, change->company.tenant_id, before.email, "bounce"));
	TRY(touch_customer(change, before.customer_id));
	return event_add_json(change, (struct event_new){ .kind = "contact.changed", .customer_id = before.customer_id, .ref = id },
	                      json_pack("{s:s,s:b}", "email", before.email, "bounced", bounced));
}

/* --- suppression ---------------------------------------------------------------------------------------------------------- */
struct status suppression_add(struct db *db, int64_t tenant, const char *address, const char *reason, int64_t now)
{
	char folded[160];
	if (!email_fold(address, folded, sizeof folded)) return status_make(STATUS_INVALID, "“%s” is not an e-mail address.", address);
	return db_run(db,
	              "INSERT INTO suppression (tenant_id, address, reason, at) VALUES ($tenant, $address, $reason, $at) "
	              "ON CONFLICT (tenant_id, address) DO NOTHING",
	              DB_ARGS(db_int("tenant", tenant), db_text("address", folded), db_text("reason", reason), db_int("at", now)));
}

struct status suppression_remove(struct db *db, int64_t tenant, const char *address, const char *reason)
{
	char folded[160];
	if (!email_fold(address, folded, sizeof folded)) return STATUS_FINE;
	return db_run(db,
	              "DELETE FROM suppression WHERE tenant_id = $tenant AND address = $address AND (reason = $reason OR $any = 1)",
	              DB_ARGS(db_int("tenant", tenant), db_text("address", folded), db_text("reason", reason ? reason : ""),
	                      db_int("any", !reason)));
}

struct status suppression_find(struct db *db, int64_t tenant, const char *address, bool *suppressed)
{
	char folded[160];
	*suppressed = false;
	if (!email_fold(address, folded, sizeof folded)) return STATUS_FINE;
	int64_t hits = 0;
	TRY(db_get_int(db, "SELECT COUNT(*) FROM suppression WHERE tenant_id = $tenant AND address = $address",
	               DB_ARGS(db_int("tenant", tenant), db_text("address", folded)), &hits, NULL));
	*suppressed = hits > 0;
	return STATUS_FINE;
}
