#include "ledger/people.h"

#include "base/zone.h"
#include "ledger/event.h"

struct record {
	const struct viewer *viewer;
	const struct company *company;
	const char *kind;
	const struct user *user;
	int64_t now;
};

static struct status record(struct db *db, void *context)
{
	const struct record *call = context;
	int32_t today = 0;
	zone_civil(call->company->zone, call->now, &today, NULL);
	struct change change;
	TRY(company_begin(db, call->viewer, call->company->id, today, call->now, &change));
	TRY(event_add_json(&change, (struct event_new){ .kind = call->kind, .ref = call->user->id },
	                   json_pack("{s:s,s:s,s:b}", "email", call->user->email, "role", role_code(call->user->role), "disabled",
	                             call->user->disabled)));
	return company_end(&change);
}

struct status people_record(struct store *store, const struct viewer *viewer, const char *kind, const struct user *user, int64_t now)
{
	cleanup_arena struct arena *arena = arena_new();
	struct company *companies = NULL;
	size_t count = 0;
	struct db *db = NULL;
	TRY(store_reader(store, &db));
	struct status status = company_list(db, viewer, arena, &companies, &count);
	store_release(store, db);
	for (size_t i = 0; !status.code && i < count; i++)
		status = store_transact(store, record, &(struct record){ viewer, &companies[i], kind, user, now });
	return status;
}
