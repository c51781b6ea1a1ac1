#include "base/memory.h"
#include "base/text.h"
#include "base/zone.h"
#include "ledger/company.h"
#include "ledger/company_field.h"
#include "ledger/event.h"
#include "ledger/projection_store.h"

#include <string.h>

/* --- its own fields -------------------------------------------------------------------------------------------------------- */
static struct status set_field(struct change *change, const char *sql, const char *name, const char *before, const char *after)
{
	if (strcmp(before, after) == 0) return STATUS_FINE;
	TRY(db_run(change->db, sql,
	           DB_ARGS(db_text("value", after), db_int("tenant", change->company.tenant_id), db_int("id", change->company.id))));
	return event_add_json(change, (struct event_new){ .kind = "company.changed" },
	                      json_pack("{s:s,s:s,s:s}", "name", name, "before", before, "after", after));
}

#define SET(column) "UPDATE company SET " column " = $value WHERE tenant_id = $tenant AND id = $id"

struct status company_set(struct change *change, const char *name, const char *value)
{
	struct company *company = &change->company;
	if (strcmp(name, "name") == 0) {
		TRY(company_check_name(value, sizeof company->name));
		struct slice trimmed = slice_trim(slice_of(value));
		cleanup_free char *text = xstrndup(trimmed.bytes, trimmed.len);
		return set_field(change, SET("name"), name, company->name, text);
	}
	if (strcmp(name, "siren") == 0) {
		char siren[16];
		TRY(company_read_siren(value, siren));
		return set_field(change, SET("siren"), name, company->siren, siren);
	}
	if (strcmp(name, "country") == 0) {
		TRY(company_check_country(value));
		return set_field(change, SET("country"), name, company->country, value);
	}
	if (strcmp(name, "zone") == 0) {
		if (!zone_known(value))
			return status_make(STATUS_INVALID, "“%s” is no time zone; Paris is Europe/Paris.", value);
		if (strlen(value) >= sizeof company->zone) return status_make(STATUS_INVALID, "This time zone's name is too long.");
		return set_field(change, SET("zone"), name, company->zone, value);
	}
	if (strcmp(name, "currency") == 0) {
		TRY(company_check_currency(value));
		if (strcmp(value, company->currency) == 0) return STATUS_FINE;
		int64_t items = 0;
		TRY(db_get_int(change->db, "SELECT COUNT(*) FROM fact WHERE tenant_id = $tenant AND company_id = $id",
		               DB_ARGS(db_int("tenant", company->tenant_id), db_int("id", company->id)), &items, NULL));
		if (items)
			return status_make(STATUS_CONFLICT, "The currency can't change any more: there are items in %s.", company->currency);
		return set_field(change, SET("currency"), name, company->currency, value);
	}
	int before = change->events;
	TRY(setting_change(change, name, value));
	/* due dates of customers without their own terms come from these */
	if (strncmp(name, "terms.", 6) == 0 && change->events > before) TRY(projection_refresh(change, NULL, 0));
	return STATUS_FINE;
}
