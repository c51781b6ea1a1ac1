#include "ledger/setting.h"

#include "base/day.h"
#include "base/memory.h"
#include "base/test.h"
#include "db/teststore.h"
#include "ledger/company.h"
#include "ledger/event.h"

enum { NOW = 1760000000, TODAY = 20370 };
static struct viewer everybody;

static struct status read_one(const char *name, const char *value, char *out, size_t size)
{
	const struct setting_key *key = setting_key(name);
	CHECK(key != NULL);
	cleanup_free char *stored = NULL;
	struct status status = setting_read(key, "EUR", value, &stored);
	snprintf(out, size, "%s", stored ? stored : "");
	return status;
}

static void values_are_read(void)
{
	static const struct {
		const char *name, *given, *stored; /* NULL: refused */
	} cases[] = {
		{ "terms.days", "45", "45" },
		{ "terms.days", " 45 ", "45" },
		{ "terms.days", "366", NULL },
		{ "terms.days", "-1", NULL },
		{ "terms.days", "", NULL },
		{ "terms.end_of_month", "after", "after" },
		{ "terms.end_of_month", "aft", NULL },
		{ "stop_all", "oui", "1" },
		{ "stop_all", "No", "0" },
		{ "stop_all", "peut-être", NULL },
		{ "minimum.account", "1500", "1500" },
		{ "minimum.account", "15,00", "1500" },
		{ "minimum.account", "15.5", "1550" },
		{ "minimum.account", "-15,00", NULL },
		{ "accounts.receivable", " 411, 413 ;416,, ", "411,413,416" },
		{ "accounts.receivable", "41'1", NULL },
		{ "ageing.edges", "15,30,60", "15,30,60" },
		{ "ageing.edges", "30,15,60", NULL },
		{ "ageing.edges", "30,60", NULL },
		{ "window.hours", "09:00-12:30,14:00-17:30", "09:00-12:30,14:00-17:30" },
		{ "window.hours", "14:00-17:30,09:00-12:30", NULL },
		{ "window.hours", "9h-12h", NULL },
		{ "window.hours", "", NULL },
		{ "holidays.extra", "2026-05-15, 2026-12-24", "2026-05-15,2026-12-24" },
		{ "holidays.extra", "2026-02-30", NULL },
		{ "bank.iban", "FR76 3000 6000 0112 3456 7890 189", "FR7630006000011234567890189" },
		{ "bank.iban", "FR76 3000 6000 0112 3456 7890 188", NULL },
		{ "bank.iban", "BE68539007547034", "BE68539007547034" },
		{ "bank.iban", "", "" },
		{ "bank.bic", "agrifrpp", "AGRIFRPP" },
		{ "bank.bic", "AGRI", NULL },
		{ "mail.from", "compta@example.fr", "compta@example.fr" },
		{ "mail.from", "compta", NULL },
		{ "mail.from", "compta@example.fr\r\nBcc: x@example.fr", NULL },
		{ "mail.from_name", "Encours\r\nBcc: x@example.fr", "EncoursBcc: x@example.fr" }, /* one line: no header of its own */
		{ "mail.password", " p w ", " p w " },
		{ "interest.clause_rate", "12,15", "12.15" },
		{ "interest.clause_rate", "101", NULL },
		{ "interest.clause_rate", "12,155", NULL },
		{ "letter.offset_x", "-3", "-3" },
		{ "letter.offset_x", "21", NULL },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char stored[200];
		struct status status = read_one(cases[i].name, cases[i].given, stored, sizeof stored);
		if ((status.code == STATUS_OK) != (cases[i].stored != NULL)) printf("  %s=%s: %s\n", cases[i].name, cases[i].given, status.text);
		CHECK_INT(status.code, cases[i].stored ? STATUS_OK : STATUS_INVALID);
		if (cases[i].stored) CHECK_TEXT(stored, cases[i].stored);
	}
}

/* Each default is a value that its own key accepts, and every key has French words. */
static void the_table_is_sound(void)
{
	size_t count = 0;
	const struct setting_key *keys = setting_keys(&count);
	for (size_t i = 0; i < count; i++) {
		cleanup_free char *stored = NULL;
		struct status status = setting_read(&keys[i], "EUR", keys[i].otherwise, &stored);
		if (status.code) printf("  %s: %s\n", keys[i].name, status.text);
		CHECK_INT(status.code, STATUS_OK);
		if (stored) CHECK_TEXT(stored, keys[i].otherwise);
		if (strcmp(tr(LANG_FR, keys[i].help), keys[i].help) == 0)
			printf("  no French for “%s”\n", keys[i].help), test_failures++;
		for (size_t j = 0; j < i; j++) CHECK(strcmp(keys[i].name, keys[j].name) != 0);
	}
}

struct set {
	int64_t company;
	const char *name, *value;
	int events;
};
static struct status set(struct db *db, void *context)
{
	struct set *call = context;
	struct change change;
	TRY(company_begin(db, &everybody, call->company, TODAY, NOW, &change));
	TRY(setting_change(&change, call->name, call->value));
	call->events = change.events;
	return company_end(&change);
}

static const char key_one[] = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
static const char key_two[] = "ff0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

static char *stored_password(struct store *store)
{
	struct db *db = NULL;
	char *value = NULL;
	CHECK_OK(store_reader(store, &db));
	CHECK_OK(db_get_text(db, "SELECT value FROM setting WHERE name = 'mail.password'", DB_NO_ARGS, &value));
	store_release(store, db);
	return value ? value : xstrdup("");
}

static struct status password_of(struct store *store, int64_t company, struct arena *arena, const char **out)
{
	struct db *db = NULL;
	const struct settings *settings = NULL;
	CHECK_OK(store_reader(store, &db));
	CHECK_OK(settings_load(db, TENANT_FIRST, company, arena, &settings));
	store_release(store, db);
	*out = setting_text(settings, "mail.password");
	return setting_unlocked(settings, "mail.password");
}

static struct status plain_again(struct db *db, void *context)
{
	(void)context;
	return db_run(db, "UPDATE setting SET value = 'from before' WHERE name = 'mail.password'", DB_NO_ARGS);
}

static void secrets_are_sealed(struct store *store)
{
	everybody = viewer_system(TENANT_FIRST);
	struct company company;
	CHECK_OK(company_create(store, &everybody, (struct company_new){ .name = "Secrets" }, NOW, &company));
	cleanup_arena struct arena *arena = arena_new();
	const char *password = NULL;
	struct set call = { company.id, "mail.password", "s3cret-value", 0 };
	if (store_kind(store) == DB_POSTGRESQL) {
		unsetenv("ENCOURS_KEY");
		struct status refused = store_transact(store, set, &call);
		CHECK(refused.code == STATUS_UNAVAILABLE && strstr(refused.text, "ENCOURS_KEY"));
	}
	setenv("ENCOURS_KEY", key_one, 1);
	CHECK_OK(store_transact(store, set, &call));
	cleanup_free char *sealed = stored_password(store);
	CHECK(strncmp(sealed, "sealed:1:", 9) == 0 && !strstr(sealed, "s3cret"));
	CHECK_OK(password_of(store, company.id, arena, &password));
	CHECK_TEXT(password, "s3cret-value");
	CHECK_OK(store_transact(store, set, &call));
	CHECK_INT(call.events, 0); /* the same password: nothing happened */
	setenv("ENCOURS_KEY", key_two, 1);
	struct status other = password_of(store, company.id, arena, &password);
	CHECK(other.code == STATUS_UNAVAILABLE && strstr(other.text, "another key"));
	CHECK_TEXT(password, "");
	setenv("ENCOURS_KEY", "short", 1);
	CHECK(strstr(password_of(store, company.id, arena, &password).text, "64 hexadecimal"));
	CHECK_OK(store_transact(store, set, &(struct set){ company.id, "terms.days", "45", 0 })); /* the rest goes on */
	setenv("ENCOURS_KEY", key_two, 1);
	CHECK_OK(store_transact(store, set, &call)); /* entered again, under the other key */
	CHECK_OK(password_of(store, company.id, arena, &password));
	CHECK_TEXT(password, "s3cret-value");

	int64_t count = 0;
	CHECK_OK(store_transact(store, plain_again, NULL));
	CHECK_OK(password_of(store, company.id, arena, &password)); /* of an earlier build: it is read */
	CHECK_TEXT(password, "from before");
	CHECK_OK(settings_seal(store, TENANT_FIRST, &count));
	CHECK_INT(count, 1);
	CHECK_OK(settings_seal(store, TENANT_FIRST, &count));
	CHECK_INT(count, 0);
	cleanup_free char *after = stored_password(store);
	CHECK(strncmp(after, "sealed:1:", 9) == 0);
	CHECK_OK(password_of(store, company.id, arena, &password));
	CHECK_TEXT(password, "from before");
	setenv("ENCOURS_KEY", key_one, 1);
}

static void stored_and_recorded(struct store *store)
{
	setenv("ENCOURS_KEY", key_one, 1);
	everybody = viewer_system(TENANT_FIRST);
	struct company company;
	CHECK_OK(company_create(store, &everybody, (struct company_new){ .name = "Réglages" }, NOW, &company));
	struct set call = { company.id, "terms.days", "60", 0 };
	CHECK_OK(store_transact(store, set, &call));
	CHECK_INT(call.events, 1);
	CHECK_OK(store_transact(store, set, &call));
	CHECK_INT(call.events, 0); /* nothing differed */
	call = (struct set){ company.id, "mail.password", "s3cret-value", 0 };
	CHECK_OK(store_transact(store, set, &call));
	call = (struct set){ company.id, "no.such", "1", 0 };
	CHECK_INT(store_transact(store, set, &call).code, STATUS_INVALID);
	cleanup_arena struct arena *arena = arena_new();
	const struct settings *settings = NULL;
	struct event *events = NULL;
	size_t count = 0;
	struct db *db = NULL;
	CHECK_OK(store_reader(store, &db));
	CHECK_OK(settings_load(db, TENANT_FIRST, company.id, arena, &settings));
	CHECK_INT(setting_int(settings, "terms.days"), 60);
	CHECK_TEXT(setting_text(settings, "mail.password"), "s3cret-value");
	CHECK(setting_changed(settings, "terms.days"));
	CHECK(!setting_changed(settings, "stale.days"));
	CHECK_INT(setting_int(settings, "stale.days"), 8);
	CHECK(!setting_bool(settings, "stop_all"));
	CHECK_OK(event_list(db, &everybody, company.id, 0, "setting.", 0, 10, arena, &events, &count));
	CHECK_INT(count, 2);
	if (count == 2) {
		CHECK_TEXT(events[0].content, "{\"name\":\"mail.password\"}"); /* a secret leaves no trace of its value */
		CHECK_TEXT(events[1].content, "{\"name\":\"terms.days\",\"before\":\"30\",\"after\":\"60\"}");
	}
	store_release(store, db);
	call = (struct set){ company.id, "terms.days", "30", 0 };
	CHECK_OK(store_transact(store, set, &call)); /* back to the default: no row is kept */
	CHECK_OK(store_reader(store, &db));
	int64_t rows = 0;
	CHECK_OK(db_get_int(db, "SELECT COUNT(*) FROM setting WHERE name = 'terms.days'", DB_NO_ARGS, &rows, NULL));
	CHECK_INT(rows, 0);
	store_release(store, db);
}

static void companies(struct store *store)
{
	everybody = viewer_system(TENANT_FIRST);
	struct company first, second, found;
	struct db *db = NULL;
	CHECK_OK(store_reader(store, &db));
	CHECK_INT(company_find(db, &everybody, NULL, &found).code, STATUS_NOT_FOUND);
	store_release(store, db);
	CHECK_OK(company_create(store, &everybody, (struct company_new){ .name = "Brévent Industrie" }, NOW, &first));
	CHECK_TEXT(first.code, "BREVENT");
	CHECK_TEXT(first.zone, "Europe/Paris");
	CHECK_OK(store_reader(store, &db));
	CHECK_OK(company_find(db, &everybody, NULL, &found));
	CHECK_INT(found.id, first.id);
	store_release(store, db);
	CHECK_OK(company_create(store, &everybody, (struct company_new){ .name = "Brévent Négoce", .country = "BE", .siren = "123 456 789 00012" },
	                        NOW, &second));
	CHECK_TEXT(second.code, "BREVENT2");
	CHECK_TEXT(second.zone, "Europe/Brussels");
	CHECK_TEXT(second.siren, "123456789");
	struct company refused;
	CHECK_INT(company_create(store, &everybody, (struct company_new){ .name = "X", .code = "BREVENT" }, NOW, &refused).code, STATUS_CONFLICT);
	CHECK_INT(company_create(store, &everybody, (struct company_new){ .name = " " }, NOW, &refused).code, STATUS_INVALID);
	CHECK_INT(company_create(store, &everybody, (struct company_new){ .name = "X", .currency = "FRF?" }, NOW, &refused).code, STATUS_INVALID);
	CHECK_INT(company_create(store, &everybody, (struct company_new){ .name = "X", .siren = "12345" }, NOW, &refused).code, STATUS_INVALID);
	CHECK_OK(store_reader(store, &db));
	struct status several = company_find(db, &everybody, NULL, &found);
	CHECK_INT(several.code, STATUS_INVALID);
	CHECK_TEXT(several.text, "There are several companies: name one of BREVENT, BREVENT2.");
	CHECK_OK(company_find(db, &everybody, "BREVENT2", &found));
	CHECK_INT(company_find(db, &everybody, "brevent", &found).code, STATUS_NOT_FOUND);
	/* who sees one company only finds it without naming it */
	struct viewer narrow = { .tenant_id = TENANT_FIRST, .companies = { second.id }, .company_count = 1 };
	CHECK_OK(company_find(db, &narrow, NULL, &found));
	CHECK_INT(found.id, second.id);
	CHECK_INT(company_find(db, &narrow, "BREVENT", &found).code, STATUS_NOT_FOUND);
	CHECK_INT(company_get(db, &narrow, first.id, &found).code, STATUS_NOT_FOUND);
	store_release(store, db);
}

static void clocks(void)
{
	struct company paris = { .zone = "Europe/Paris" }, noumea = { .zone = "Pacific/Noumea" };
	int32_t day = day_from_civil(2025, 9, 30);
	struct clock clock = { .forced = true, .today = day, .minutes = 600 };
	CHECK_INT(company_today(&paris, &clock), day);
	CHECK_INT(company_minutes(&paris, &clock), 600);
	CHECK_INT(company_now(&paris, &clock), day * INT64_C(86400) + 8 * 3600);
	CHECK_INT(company_now(&noumea, &clock), (day - 1) * INT64_C(86400) + 23 * 3600);
}

#define BOTH(name)                                                                                                             \
	static void name##_both(void)                                                                                          \
	{                                                                                                                      \
		teststore_each(name);                                                                                          \
	}
BOTH(stored_and_recorded)
BOTH(secrets_are_sealed)
BOTH(companies)

TESTS({ "values are read as people write them", values_are_read }, { "the table is sound", the_table_is_sound },
      { "settings are stored and recorded", stored_and_recorded_both }, { "secrets are sealed", secrets_are_sealed_both }, { "companies are made and found", companies_both },
      { "a forced clock is the company's own", clocks }, )
