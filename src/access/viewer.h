/* viewer — who is asking: every function that reads for somebody takes one and narrows by it. There is none without it.
 *
 * The command line and jobs act as `viewer_system(tenant)`: every right, every customer. */
#ifndef ACCESS_VIEWER_H
#define ACCESS_VIEWER_H

#include "base/locale.h"

#include <stdbool.h>
#include <stdint.h>

enum { TENANT_FIRST = 1 }; /* the tenant of a store that has one */

enum role {
	ROLE_ADMINISTRATOR,
	ROLE_CREDIT_MANAGER,
	ROLE_COLLECTOR,
	ROLE_SALES,
	ROLE_RESOLVER,
	ROLE_READER,
	ROLE_ACCOUNTANT, /* the outside accountant: reads everything, imports, never contacts */
	ROLE_COUNT
};

/* Rights are a set; a route names the one it needs. */
enum right {
	RIGHT_NONE = 0,           /* open to anyone, logged in or not */
	RIGHT_READ = 1 << 0,      /* figures, items, customers of the portfolio */
	RIGHT_NOTE = 1 << 1,      /* notes, contacts, replies noted by hand */
	RIGHT_COLLECT = 1 << 2,   /* actions, promises, holds, disputes opened */
	RIGHT_RESOLVE = 1 << 3,   /* disputes closed */
	RIGHT_IMPORT = 1 << 4,    /* import and undo */
	RIGHT_SCENARIO = 1 << 5,  /* scenarios, templates, profiles, exclusions */
	RIGHT_SETTINGS = 1 << 6,  /* company, bank details, mail, go-live, the stop switch */
	RIGHT_USERS = 1 << 7,     /* accounts, tokens of others */
	RIGHT_AUDIT = 1 << 8,     /* the audit log */
	RIGHT_EXPORT = 1 << 9,    /* lists and reports as files */
	RIGHT_SELF = 1 << 10,     /* one's own account: every logged-in user */
	RIGHT_CASH = 1 << 11,     /* bank lines applied, taken back, set aside; items matched by hand */
	RIGHT_PERSONAL = 1 << 12, /* a person's data: exported, erased */
	RIGHT_ALL = (1 << 13) - 1,
};

enum portfolio { PORTFOLIO_ALL, PORTFOLIO_OWN, PORTFOLIO_GROUP };

struct viewer {
	int64_t tenant_id;
	int64_t user_id; /* 0: the program itself */
	enum role role;
	unsigned rights; /* enum right, or-ed; a token's scope is taken off already */
	enum portfolio portfolio;
	char portfolio_group[64];
	enum lang lang;
	char name[96], email[160];
	int64_t stands_for[8]; /* colleagues away today whose stand-in he is (access/absence.h) */
	int stands_for_count;
	int64_t companies[32]; /* that he may see; company_count 0: all of the tenant */
	int company_count;
};

struct viewer viewer_system(int64_t tenant_id);
unsigned role_rights(enum role role);
const char *role_code(enum role role); /* "credit_manager" */
bool role_parse(const char *code, enum role *out);
static inline bool viewer_may(const struct viewer *viewer, enum right right)
{
	return (viewer->rights & (unsigned)right) == (unsigned)right;
}
bool viewer_sees_company(const struct viewer *viewer, int64_t company_id);
/* Whether a customer with this collector, sales user and group is in the portfolio. Sales: his own as sales or collector. */
bool viewer_sees_customer(const struct viewer *viewer, int64_t collector_id, int64_t sales_id, const char *group_code);

#endif
