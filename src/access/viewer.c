#include "access/viewer.h"

#include <assert.h>
#include <string.h>

/* Who may do what, at a glance; the role rights test prints it back. */
static const struct {
	const char *code;
	unsigned rights;
} roles[ROLE_COUNT] = {
	[ROLE_ADMINISTRATOR] = { "administrator", RIGHT_ALL },
	[ROLE_CREDIT_MANAGER] = { "credit_manager", RIGHT_READ | RIGHT_NOTE | RIGHT_COLLECT | RIGHT_RESOLVE | RIGHT_IMPORT | RIGHT_CASH |
	                                                    RIGHT_SCENARIO | RIGHT_AUDIT | RIGHT_EXPORT | RIGHT_PERSONAL | RIGHT_SELF },
	[ROLE_COLLECTOR] = { "collector", RIGHT_READ | RIGHT_NOTE | RIGHT_COLLECT | RIGHT_CASH | RIGHT_EXPORT | RIGHT_SELF },
	[ROLE_SALES] = { "sales", RIGHT_READ | RIGHT_NOTE | RIGHT_SELF },
	[ROLE_RESOLVER] = { "resolver", RIGHT_READ | RIGHT_NOTE | RIGHT_RESOLVE | RIGHT_SELF },
	[ROLE_READER] = { "reader", RIGHT_READ | RIGHT_SELF },
	/* reads everything and brings the books, but never speaks to a customer */
	[ROLE_ACCOUNTANT] = { "accountant", RIGHT_READ | RIGHT_IMPORT | RIGHT_CASH | RIGHT_AUDIT | RIGHT_EXPORT | RIGHT_SELF },
};

struct viewer viewer_system(int64_t tenant_id)
{
	return (struct viewer){ .tenant_id = tenant_id, .role = ROLE_ADMINISTRATOR, .rights = RIGHT_ALL };
}

unsigned role_rights(enum role role)
{
	assert((unsigned)role < ROLE_COUNT);
	return roles[role].rights;
}

const char *role_code(enum role role)
{
	assert((unsigned)role < ROLE_COUNT);
	return roles[role].code;
}

bool role_parse(const char *code, enum role *out)
{
	for (int i = 0; code && i < ROLE_COUNT; i++)
		if (strcmp(roles[i].code, code) == 0) {
			*out = (enum role)i;
			return true;
		}
	return false;
}

bool viewer_sees_company(const struct viewer *viewer, int64_t company_id)
{
	for (int i = 0; i < viewer->company_count; i++)
		if (viewer->companies[i] == company_id) return true;
	return viewer->company_count == 0;
}

bool viewer_sees_customer(const struct viewer *viewer, int64_t collector_id, int64_t sales_id, const char *group_code)
{
	switch (viewer->portfolio) {
	case PORTFOLIO_ALL: return true;
	case PORTFOLIO_OWN:
		if (!viewer->user_id) return false;
		for (int i = 0; i < viewer->stands_for_count; i++)
			if (collector_id == viewer->stands_for[i] || sales_id == viewer->stands_for[i]) return true;
		return collector_id == viewer->user_id || sales_id == viewer->user_id;
	case PORTFOLIO_GROUP: return viewer->portfolio_group[0] && group_code && strcmp(group_code, viewer->portfolio_group) == 0;
	}
	return false;
}
