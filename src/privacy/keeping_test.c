#include "privacy/keeping.h"

#include "base/memory.h"
#include "ledger/event.h"
#include "ledger/testcompany.h"
#include "privacy/export.h"

#include <string.h>

/* Day 20514 is 2026-03-02; five years before it is 18688. */
static const char rows[] =
	"INSERT INTO customer (tenant_id, company_id, id, code, name, class, email, created_at) VALUES (1, 1, 1, 'C1', 'Jean Kérouac', 'consumer', 'jean@kerouac.fr', 1), (1, 1, 2, 'C2', 'Encore', 'consumer', '', 1),"
	" (1, 1, 3, 'C3', 'SARL Trois', 'professional', '', 1);"
	"INSERT INTO item (tenant_id, company_id, customer_id, id, number, kind, account, issue_day, posting_day, due_day, due_source, amount, open_amount, currency, label) VALUES"
	" (1, 1, 1, 10, 'F1', 'invoice', '411', 18000, 18000, 18030, 'file', 5000, 0, 'EUR', 'Facture'), (1, 1, 2, 11, 'F2', 'invoice', '411', 18000, 18000, 18030, 'file', 5000, 5000, 'EUR', 'x');"
	"INSERT INTO contact (tenant_id, company_id, id, customer_id, name, email) VALUES (1, 1, 1, 1, 'Jean Kérouac', 'jean@kerouac.fr'), (1, 1, 2, 2, 'Paul Encore', 'paul@encore.fr'), (1, 1, 3, 3, 'Anne Trois', 'anne@trois.fr');"
	"INSERT INTO outbox (tenant_id, company_id, id, action_id, customer_id, channel, message_id, sender, recipient, subject, body_text, body_html, state, queued_at) VALUES"
	" (1, 1, 1, 0, 1, 'email', 'a', 'us', 'jean@kerouac.fr', 'Rappel', 'Bonjour', '', 'sent', 18100 * 86400), (1, 1, 2, 0, 2, 'email', 'b', 'us', 'paul@encore.fr', 'Rappel', 'Bonjour', '', 'sent', 18100 * 86400),"
	" (1, 1, 3, 0, 2, 'email', 'c', 'us', 'paul@encore.fr', 'Avant', 'Bonjour', '', 'sent', 17000 * 86400), (1, 1, 4, 0, 3, 'email', 'd', 'us', 'anne@trois.fr', 'Rappel', 'Bonjour', '', 'sent', 20500 * 86400);"
	"INSERT INTO reply (tenant_id, company_id, id, customer_id, at, day, kind, address, text) VALUES (1, 1, 1, 2, 18100 * 86400, 18100, 'reply', 'paul@encore.fr', 'non');"
	"INSERT INTO cash_payer (tenant_id, company_id, id, iban, name, customer_id, times, last_day) VALUES (1, 1, 1, 'FR76', 'VIEUX', 3, 1, 19000), (1, 1, 2, 'FR77', 'NEUF', 3, 1, 20500);"
	"INSERT INTO user_account (tenant_id, id, email, name, role, disabled, disabled_at, created_at) VALUES (1, 5, 'old@us.fr', 'Vieux Collègue', 'collector', 1, 19000 * 86400, 1), (1, 6, 'new@us.fr', 'Neuf', 'collector', 1, 20500 * 86400, 1)";

static const struct keeping_row *row_of(const struct keeping_row *list, size_t count, const char *code)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(list[i].kind->code, code) == 0) return &list[i];
	return NULL;
}

static struct status tell(struct change *change, void *context)
{
	(void)context;
	return event_add_json(change, (struct event_new){ .kind = "note.added", .customer_id = 1 }, json_pack("{s:s}", "text", "Jean Kérouac"));
}

struct going {
	const struct keeping_kind *kind;
	struct arena *arena;
	int64_t rows;
};
static struct status do_going(struct change *change, void *context)
{
	struct going *going = context;
	return keeping_erase(change, going->kind, going->arena, &going->rows);
}

static void what_is_due_goes_and_what_is_open_stays(struct store *given)
{
	store = given, everybody = viewer_system(1), everybody.lang = LANG_EN;
	cleanup_arena struct arena *arena = arena_new();
	CHECK_OK(company_create(store, &everybody, (struct company_new){ .name = "Test", .code = "TEST" }, NOW, &company));
	CHECK_OK(sql(rows));
	/* one address for a customer who is quiet and one who was written to lately: it is in use */
	CHECK_OK(sql("INSERT INTO contact (tenant_id, company_id, id, customer_id, name, email) VALUES (1, 1, 4, 1, 'Compta', 'compta@groupe.fr'), (1, 1, 5, 3, 'Compta', 'Compta@groupe.fr')"));
	today = 18100;
	CHECK_OK(change(tell, NULL));
	today = on("2026-03-02");
	struct keeping_row *due;
	size_t count;
	struct db *db;
	CHECK_OK(store_reader(store, &db));
	CHECK_OK(keeping_due(db, &everybody, company.id, today, arena, &due, &count));
	store_release(store, db);
	CHECK_INT(row_of(due, count, "exchanges")->rows, 3); /* two messages and a note; not the one since the open item, nor its answer, which nobody handled */
	CHECK_INT(row_of(due, count, "contacts")->rows, 1);  /* C1's; C2 owes, C3 was written to lately */
	CHECK_INT(row_of(due, count, "customers")->rows, 1);
	CHECK_TEXT(row_of(due, count, "customers")->names[0], "Jean Kérouac, C1");
	CHECK_INT(row_of(due, count, "payers")->rows, 1);
	CHECK_INT(row_of(due, count, "users")->rows, 1);
	CHECK_INT(row_of(due, count, "mail")->rows, 0);
	CHECK_INT(row_of(due, count, "vouchers")->rows, 0);
	static const char *const order[] = { "exchanges", "payers", "contacts", "customers", "users" };
	for (size_t i = 0; i < COUNT(order); i++) {
		struct going going = { keeping_kind(order[i]), arena, 0 };
		CHECK_OK(change(do_going, &going));
		CHECK_INT(going.rows, row_of(due, count, order[i])->rows);
		CHECK_OK(change(do_going, &going)); /* again: nothing left */
		CHECK_INT(going.rows, 0);
	}
	CHECK_INT(number("SELECT COUNT(*) FROM outbox WHERE recipient = '' AND body_text = ''"), 2);
	CHECK_INT(number("SELECT COUNT(*) FROM outbox WHERE id = 2 AND recipient = 'paul@encore.fr'"), 1);
	CHECK_INT(number("SELECT COUNT(*) FROM customer WHERE name = 'Erased C1'"), 1);
	CHECK_INT(number("SELECT COUNT(*) FROM contact WHERE id = 5 AND removed = 0 AND email = 'Compta@groupe.fr'"), 1);
	CHECK_INT(number("SELECT COUNT(*) FROM cash_payer WHERE name = 'NEUF'"), 1);
	CHECK_INT(number("SELECT COUNT(*) FROM user_account WHERE name = 'Former colleague 5' OR name = 'Neuf'"), 2);
	CHECK_INT(number("SELECT COUNT(*) FROM erasure WHERE subject = 'retention'"), 2);
	CHECK_INT(number("SELECT COUNT(*) FROM item WHERE number = 'F1' AND amount = 5000"), 1);
	int64_t events, broken;
	CHECK_OK(store_reader(store, &db));
	CHECK_OK(event_verify(db, 1, company.id, &events, &broken));
	everybody.rights = RIGHT_READ;
	CHECK_INT(keeping_due(db, &everybody, company.id, today, arena, &due, &count).code, STATUS_FORBIDDEN);
	store_release(store, db);
	CHECK_INT(broken, 0);
	struct going going = { keeping_kind("payers"), arena, 0 };
	CHECK_INT(change(do_going, &going).code, STATUS_FORBIDDEN);
	everybody.rights = RIGHT_ALL;
	CHECK(!keeping_kind("books"));
}

static bool holds(const struct text *zip, const char *words) { return memmem(zip->bytes, zip->len, words, strlen(words)) != NULL; }

/* What a person is given: his, whole, and nobody else's. */
static void handed_out(struct store *given)
{
	store = given, everybody = viewer_system(1), everybody.lang = LANG_EN, today = on("2026-03-02");
	cleanup_arena struct arena *arena = arena_new();
	CHECK_OK(company_create(store, &everybody, (struct company_new){ .name = "Test", .code = "TEST" }, NOW, &company));
	CHECK_OK(sql(rows));
	CHECK_OK(sql("INSERT INTO reply (tenant_id, company_id, id, customer_id, at, day, kind, address, name, text, handled_at) VALUES (1, 1, 2, 3, 1, 1, 'reply', 'anne@trois.fr', 'Anne Trois', 'je paie', 1);"
	             "UPDATE user_account SET password_hash = 'secret-hash'"));
	CHECK_OK(change(tell, NULL));
	struct db *db;
	struct person_export customer, contact, user, none;
	CHECK_OK(store_reader(store, &db));
	CHECK_OK(person_export(db, &everybody, &company, SUBJECT_CUSTOMER, 1, today, NOW, arena, &customer));
	CHECK_OK(person_export(db, &everybody, &company, SUBJECT_CONTACT, 3, today, NOW, arena, &contact));
	CHECK_OK(person_export(db, &everybody, &company, SUBJECT_USER, 5, today, NOW, arena, &user));
	CHECK_INT(customer.rows, 5); /* customer, contact, message, item, note */
	CHECK_INT(contact.rows, 3);  /* contact, message, answer */
	CHECK_INT(user.rows, 1);
	CHECK(holds(&customer.zip, "donnees.json") && holds(&customer.zip, "00-donnees.pdf"));
	CHECK_TEXT(contact.name, "personal-data-contact-3-2026-03-02.zip");
	CHECK_INT(person_export(db, &everybody, &company, SUBJECT_CONTACT, 99, today, NOW, arena, &none).code, STATUS_NOT_FOUND);
	everybody.rights = RIGHT_ALL & ~(unsigned)RIGHT_USERS;
	CHECK_INT(person_export(db, &everybody, &company, SUBJECT_USER, 5, today, NOW, arena, &none).code, STATUS_FORBIDDEN);
	everybody.rights = RIGHT_EXPORT;
	CHECK_INT(person_export(db, &everybody, &company, SUBJECT_CUSTOMER, 1, today, NOW, arena, &none).code, STATUS_FORBIDDEN);
	everybody.rights = RIGHT_ALL;
	store_release(store, db);
	text_free(&customer.zip), text_free(&contact.zip), text_free(&user.zip);
}

static void due_on_both(void) { teststore_each(what_is_due_goes_and_what_is_open_stays); }
static void out_on_both(void) { teststore_each(handed_out); }

TESTS({ "what is due goes, what is open stays", due_on_both }, { "handed out", out_on_both }, )
