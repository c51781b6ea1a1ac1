#include "ledger/company.h"

#include "ledger/company_field.h"

#include "access/user.h"
#include "base/day.h"
#include "base/memory.h"
#include "base/money.h"
#include "base/text.h"
#include "base/zone.h"
#include "ledger/event.h"

#include <ctype.h>
#include <string.h>
#include <time.h>

#define COLUMNS "id, code, name, siren, country, currency, zone, live, rev"

static void copy(char *out, size_t size, const char *value)
{
	snprintf(out, size, "%s", value);
}

static void read_company(struct rows *rows, int64_t tenant, struct company *out)
{
	*out = (struct company){ .tenant_id = tenant, .id = row_int(rows, 0), .live = row_int(rows, 7) != 0, .rev = row_int(rows, 8) };
	copy(out->code, sizeof out->code, row_text(rows, 1));
	copy(out->name, sizeof out->name, row_text(rows, 2));
	copy(out->siren, sizeof out->siren, row_text(rows, 3));
	copy(out->country, sizeof out->country, row_text(rows, 4));
	copy(out->currency, sizeof out->currency, row_text(rows, 5));
	copy(out->zone, sizeof out->zone, row_text(rows, 6));
}

static const char *zone_of_country(const char *country)
{
	static const struct {
		const char country[3], *zone;
	} zones[] = {
		{ "BE", "Europe/Brussels" },   { "LU", "Europe/Luxembourg" }, { "CH", "Europe/Zurich" },  { "DE", "Europe/Berlin" },
		{ "ES", "Europe/Madrid" },     { "IT", "Europe/Rome" },       { "PT", "Europe/Lisbon" },  { "NL", "Europe/Amsterdam" },
		{ "GB", "Europe/London" },     { "IE", "Europe/Dublin" },     { "MC", "Europe/Monaco" },  { "RE", "Indian/Reunion" },
		{ "MQ", "America/Martinique" }, { "GP", "America/Guadeloupe" }, { "GF", "America/Cayenne" }, { "YT", "Indian/Mayotte" },
		{ "NC", "Pacific/Noumea" },    { "PF", "Pacific/Tahiti" },    { "TN", "Africa/Tunis" },   { "MA", "Africa/Casablanca" },
	};
	for (size_t i = 0; i < COUNT(zones); i++)
		if (strcmp(zones[i].country, country) == 0) return zones[i].zone;
	return "Europe/Paris";
}

/* "Brévent Industrie SAS" gives BREVENT: the first word of the name, without accents, in capitals. */
static void derive_code(const char *name, char out[static 32])
{
	cleanup_free char *plain = text_normalise(name, strlen(name));
	size_t len = strcspn(plain, " ");
	if (len > 24) len = 24;
	for (size_t i = 0; i < len; i++) out[i] = (char)toupper((unsigned char)plain[i]);
	out[len] = 0;
	if (!len) memcpy(out, "COMPANY", 8);
}

/* --- creating -------------------------------------------------------------------------------------------------------- */
struct create {
	const struct viewer *viewer;
	struct company company;
	bool code_given;
	int64_t now;
};

static struct status code_free(struct db *db, int64_t tenant, const char *code, bool *free)
{
	int64_t taken = 0;
	TRY(db_get_int(db, "SELECT COUNT(*) FROM company WHERE tenant_id = $tenant AND code = $code",
	               DB_ARGS(db_int("tenant", tenant), db_text("code", code)), &taken, NULL));
	*free = taken == 0;
	return STATUS_FINE;
}

static struct status create(struct db *db, void *context)
{
	struct create *call = context;
	struct company *company = &call->company;
	int64_t tenant = company->tenant_id;
	TRY(db_run(db, "INSERT INTO tenant (id, name, created_at) VALUES ($id, $name, $now) ON CONFLICT (id) DO NOTHING",
	           DB_ARGS(db_int("id", tenant), db_text("name", company->name), db_int("now", call->now))));
	bool free = false;
	TRY(code_free(db, tenant, company->code, &free));
	if (!free && call->code_given)
		return status_make(STATUS_CONFLICT, "There is a company with the code %s already.", company->code);
	char stem[32];
	memcpy(stem, company->code, sizeof stem);
	for (int n = 2; !free && n < 100; n++) {
		snprintf(company->code, sizeof company->code, "%.24s%d", stem, n);
		TRY(code_free(db, tenant, company->code, &free));
	}
	if (!free) return status_make(STATUS_CONFLICT, "Choose a code for this company: those that fit its name are taken.");
	TRY(id_take(db, tenant, 0, "company", 1, &company->id));
	TRY(db_run(db,
	           "INSERT INTO company (tenant_id, id, code, name, siren, country, currency, zone, created_at) "
	           "VALUES ($tenant, $id, $code, $name, $siren, $country, $currency, $zone, $now)",
	           DB_ARGS(db_int("tenant", tenant), db_int("id", company->id), db_text("code", company->code),
	                   db_text("name", company->name), db_text("siren", company->siren), db_text("country", company->country),
	                   db_text("currency", company->currency), db_text("zone", company->zone), db_int("now", call->now))));
	struct viewer all = *call->viewer; /* whoever may create one sees it while it is made */
	all.company_count = 0;
	int32_t today = 0;
	zone_civil(company->zone, call->now, &today, NULL);
	struct change change;
	TRY(company_begin(db, &all, company->id, today, call->now, &change));
	TRY(event_add_json(&change, (struct event_new){ .kind = "company.created", .ref = company->id },
	                   json_pack("{s:s,s:s,s:s}", "code", company->code, "name", company->name, "currency", company->currency)));
	TRY(company_end(&change));
	company->rev = change.rev;
	return STATUS_FINE;
}

struct status company_create(struct store *store, const struct viewer *viewer, struct company_new make, int64_t now,
                             struct company *out)
{
	if (!viewer_may(viewer, RIGHT_SETTINGS)) return status_make(STATUS_FORBIDDEN, "Your role can't create a company.");
	struct create call = { .viewer = viewer, .now = now };
	struct company *company = &call.company;
	company->tenant_id = viewer->tenant_id;
	TRY(company_check_name(make.name ? make.name : "", sizeof company->name));
	struct slice name = slice_trim(slice_of(make.name));
	snprintf(company->name, sizeof company->name, "%.*s", SLICE_PRINT(name));
	if (make.code && *make.code) {
		TRY(company_check_code(make.code));
		copy(company->code, sizeof company->code, make.code);
		call.code_given = true;
	} else {
		derive_code(company->name, company->code);
	}
	TRY(company_read_siren(make.siren ? make.siren : "", company->siren));
	const char *country = make.country && *make.country ? make.country : "FR";
	const char *currency = make.currency && *make.currency ? make.currency : "EUR";
	TRY(company_check_country(country));
	TRY(company_check_currency(currency));
	copy(company->country, sizeof company->country, country);
	copy(company->currency, sizeof company->currency, currency);
	copy(company->zone, sizeof company->zone, zone_of_country(country));
	TRY(store_transact(store, create, &call));
	*out = call.company;
	return STATUS_FINE;
}

/* --- finding ---------------------------------------------------------------------------------------------------------- */
struct status company_list(struct db *db, const struct viewer *viewer, struct arena *arena, struct company **out, size_t *count)
{
	size_t cap = 0, found = 0;
	struct company *list = NULL;
	{
		cleanup_rows struct rows *rows = db_query(db, "SELECT " COLUMNS " FROM company WHERE tenant_id = $tenant ORDER BY code",
		                                          DB_ARGS(db_int("tenant", viewer->tenant_id)));
		while (rows_next(rows)) {
			if (!viewer_sees_company(viewer, row_int(rows, 0))) continue;
			GROW(list, found, cap);
			read_company(rows, viewer->tenant_id, &list[found++]);
		}
		struct status status = rows_status(rows);
		if (status.code) {
			free(list);
			return status;
		}
	}
	*out = arena_array(arena, struct company, found ? found : 1);
	if (found) memcpy(*out, list, found * sizeof *list);
	*count = found;
	free(list);
	return STATUS_FINE;
}

struct status company_find(struct db *db, const struct viewer *viewer, const char *code, struct company *out)
{
	cleanup_arena struct arena *arena = arena_new();
	struct company *list = NULL;
	size_t count = 0;
	TRY(company_list(db, viewer, arena, &list, &count));
	bool named = code && *code;
	if (!count && !named) return status_make(STATUS_NOT_FOUND, "There is no company yet. “encours init --name NAME” makes one.");
	if (!named && count == 1) {
		*out = list[0];
		return STATUS_FINE;
	}
	for (size_t i = 0; named && i < count; i++)
		if (strcmp(list[i].code, code) == 0) {
			*out = list[i];
			return STATUS_FINE;
		}
	cleanup_text struct text codes = { 0 };
	for (size_t i = 0; i < count && i < 20; i++) text_addf(&codes, "%s%s", i ? ", " : "", list[i].code);
	if (named) return status_make(STATUS_NOT_FOUND, "There is no company “%s”. There are: %s.", code, text_cstr(&codes));
	return status_make(STATUS_INVALID, "There are several companies: name one of %s.", text_cstr(&codes));
}

struct status company_get(struct db *db, const struct viewer *viewer, int64_t id, struct company *out)
{
	if (!viewer_sees_company(viewer, id)) return status_make(STATUS_NOT_FOUND, "There is no such company.");
	cleanup_rows struct rows *rows = db_query(db, "SELECT " COLUMNS " FROM company WHERE tenant_id = $tenant AND id = $id",
	                                          DB_ARGS(db_int("tenant", viewer->tenant_id), db_int("id", id)));
	if (rows_next(rows)) {
		read_company(rows, viewer->tenant_id, out);
		return rows_status(rows);
	}
	TRY(rows_status(rows));
	return status_make(STATUS_NOT_FOUND, "There is no such company.");
}

/* --- clock ------------------------------------------------------------------------------------------------------------- */
int64_t company_now(const struct company *company, const struct clock *clock)
{
	return clock->forced ? zone_instant(company->zone, clock->today, clock->minutes) : (int64_t)time(NULL);
}

int32_t company_today(const struct company *company, const struct clock *clock)
{
	if (clock->forced) return clock->today;
	int32_t day = 0;
	zone_civil(company->zone, (int64_t)time(NULL), &day, NULL);
	return day;
}

int company_minutes(const struct company *company, const struct clock *clock)
{
	if (clock->forced) return clock->minutes;
	int minutes = 0;
	zone_civil(company->zone, (int64_t)time(NULL), NULL, &minutes);
	return minutes;
}

/* --- one change ---------------------------------------------------------------------------------------------------------- */
/* The UPDATE locks the company's row until commit, on both stores: whoever comes second waits here and then reads the head
 * and the revision that the first one left, so revisions commit in order. */
struct status company_begin(struct db *db, const struct viewer *viewer, int64_t company_id, int32_t today, int64_t now,
                            struct change *out)
{
	*out = (struct change){ .db = db, .viewer = viewer, .today = today, .now = now };
	if (!viewer_sees_company(viewer, company_id)) return status_make(STATUS_NOT_FOUND, "There is no such company.");
	cleanup_rows struct rows *rows = db_query(db,
	                                          "UPDATE company SET rev = rev + 1 WHERE tenant_id = $tenant AND id = $id "
	                                          "RETURNING " COLUMNS ", event_seq, event_hash",
	                                          DB_ARGS(db_int("tenant", viewer->tenant_id), db_int("id", company_id)));
	if (!rows_next(rows)) {
		TRY(rows_status(rows));
		return status_make(STATUS_NOT_FOUND, "There is no such company.");
	}
	read_company(rows, viewer->tenant_id, &out->company);
	out->rev = out->company.rev;
	out->event_seq = row_int(rows, 9);
	size_t len = 0;
	const void *hash = row_blob(rows, 10, &len);
	if (hash && len == sizeof out->event_hash) memcpy(out->event_hash, hash, len);
	while (rows_next(rows)) {}
	return rows_status(rows);
}

struct status company_end(struct change *change)
{
	if (!change->events) return STATUS_FINE; /* nothing differed: a setting set to what it was */
	return db_run(change->db,
	              "UPDATE company SET event_seq = $seq, event_hash = $hash WHERE tenant_id = $tenant AND id = $id",
	              DB_ARGS(db_int("seq", change->event_seq), db_blob("hash", change->event_hash, sizeof change->event_hash),
	                      db_int("tenant", change->company.tenant_id), db_int("id", change->company.id)));
}
