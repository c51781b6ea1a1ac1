/* testcompany — for tests of one company in a store: its day, a change by somebody who may everything, plain SQL. Included once, by a
 * test; not part of the program. */
#ifndef LEDGER_TESTCOMPANY_H
#define LEDGER_TESTCOMPANY_H

#include "base/day.h"
#include "base/test.h"
#include "db/teststore.h"
#include "ledger/company.h"

enum { NOW = 1760000000 };
static struct store *store;
static struct company company;
static struct viewer everybody;
static int32_t today;

static inline int32_t on(const char *iso)
{
	int32_t day = DAY_NONE;
	CHECK(day_parse(iso, strlen(iso), &day));
	return day;
}

typedef struct status step(struct change *change, void *context);
struct call {
	step *run;
	void *context;
};
static inline struct status in_change(struct db *db, void *context)
{
	struct call *call = context;
	struct change change;
	TRY(company_begin(db, &everybody, company.id, today, NOW, &change));
	TRY(call->run(&change, call->context));
	return change.events ? company_end(&change) : STATUS_FINE;
}
static inline struct status change(step *run, void *context) { return store_transact(store, in_change, &(struct call){ run, context }); }

static inline struct status sql(const char *text)
{
	struct db *db = NULL;
	TRY(store_writer(store, &db));
	struct status status = db_begin(db, DB_WRITE);
	if (!status.code) status = db_script(db, text);
	if (!status.code) status = db_commit(db);
	store_release(store, db);
	return status;
}
static inline int64_t number(const char *text)
{
	struct db *db = NULL;
	int64_t value = -1;
	CHECK_OK(store_reader(store, &db));
	CHECK_OK(db_get_int(db, text, DB_NO_ARGS, &value, NULL));
	store_release(store, db);
	return value;
}

#endif
