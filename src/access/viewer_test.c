#include "access/viewer.h"

#include "base/test.h"

/* One line per role, one column per right: what is read here is what the program grants. */
static void roles_have_their_rights(void)
{
	static const struct {
		enum right right;
		const char *allowed; /* A M C S V R X: administrator, manager, collector, sales, resolver, reader, accountant */
	} table[] = {
		{ RIGHT_READ, "AMCSVRX" },  { RIGHT_NOTE, "AMCSV" },    { RIGHT_COLLECT, "AMC" }, { RIGHT_RESOLVE, "AMV" },
		{ RIGHT_IMPORT, "AMX" },    { RIGHT_SCENARIO, "AM" },   { RIGHT_SETTINGS, "A" },  { RIGHT_USERS, "A" },
		{ RIGHT_AUDIT, "AMX" },     { RIGHT_EXPORT, "AMCX" },   { RIGHT_SELF, "AMCSVRX" },
		{ RIGHT_CASH, "AMCX" },
		{ RIGHT_PERSONAL, "AM" },
	};
	static const char letters[] = "AMCSVRX";
	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		for (int role = 0; role < ROLE_COUNT; role++) {
			bool expected = strchr(table[i].allowed, letters[role]) != NULL;
			bool granted = (role_rights((enum role)role) & (unsigned)table[i].right) != 0;
			if (granted != expected) printf("  right %d for %s\n", table[i].right, role_code((enum role)role));
			CHECK_INT(granted, expected);
		}
	unsigned seen = 0;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) seen |= (unsigned)table[i].right;
	CHECK_INT(seen, RIGHT_ALL); /* a new right needs its line here */
}

static void role_codes_go_both_ways(void)
{
	for (int role = 0; role < ROLE_COUNT; role++) {
		enum role back = ROLE_COUNT;
		CHECK(role_parse(role_code((enum role)role), &back));
		CHECK_INT(back, role);
	}
	enum role untouched = ROLE_SALES;
	CHECK(!role_parse("root", &untouched));
	CHECK(!role_parse("", &untouched));
	CHECK(!role_parse(NULL, &untouched));
	CHECK_INT(untouched, ROLE_SALES);
}

static void portfolios_narrow(void)
{
	struct viewer all = { .portfolio = PORTFOLIO_ALL, .user_id = 7 };
	struct viewer own = { .portfolio = PORTFOLIO_OWN, .user_id = 7 };
	struct viewer group = { .portfolio = PORTFOLIO_GROUP, .user_id = 7, .portfolio_group = "NORD" };
	struct viewer nobody = { .portfolio = PORTFOLIO_OWN };
	CHECK(viewer_sees_customer(&all, 1, 2, "SUD"));
	CHECK(viewer_sees_customer(&own, 7, 2, ""));
	CHECK(viewer_sees_customer(&own, 1, 7, ""));
	CHECK(!viewer_sees_customer(&own, 1, 2, "NORD"));
	CHECK(!viewer_sees_customer(&nobody, 0, 0, "")); /* no collector is not user 0's customer */
	CHECK(viewer_sees_customer(&group, 1, 2, "NORD"));
	CHECK(!viewer_sees_customer(&group, 7, 7, "SUD"));
	CHECK(!viewer_sees_customer(&group, 7, 7, NULL));
	group.portfolio_group[0] = 0;
	CHECK(!viewer_sees_customer(&group, 1, 2, ""));
}

static void companies_narrow(void)
{
	struct viewer viewer = { 0 };
	CHECK(viewer_sees_company(&viewer, 3));
	viewer.companies[0] = 4, viewer.company_count = 1;
	CHECK(!viewer_sees_company(&viewer, 3));
	CHECK(viewer_sees_company(&viewer, 4));
	struct viewer system = viewer_system(9);
	CHECK_INT(system.tenant_id, 9);
	CHECK(viewer_may(&system, RIGHT_ALL));
}

TESTS({ "roles have their rights", roles_have_their_rights }, { "role codes go both ways", role_codes_go_both_ways },
      { "portfolios narrow what is seen", portfolios_narrow }, { "companies narrow what is seen", companies_narrow }, )
