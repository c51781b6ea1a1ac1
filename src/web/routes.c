/* The only list of what exists: permission tests, menu, OpenAPI and metrics come from these tables. Within a menu entry the first
 * GET route without parameters is its page. Add a screen: its declaration and its line. */
#include "web/agenda_page.h"
#include "web/cash_page.h"
#include "web/casework_page.h"
#include "web/customer_page.h"
#include "web/debtor_page.h"
#include "web/doubtful_page.h"
#include "web/fields_page.h"
#include "web/figures_page.h"
#include "web/legal_page.h"
#include "web/messages.h"
#include "web/imports_page.h"
#include "web/inbox_page.h"
#include "web/invoice_status_view.h"
#include "web/people.h"
#include "web/present_page.h"
#include "web/probes.h"
#include "web/scenario_page.h"
#include "web/settings.h"
#include "web/together_page.h"
#include "web/web.h"

const struct route *const route_tables[] = {
	home_routes,
	dashboard_routes,
	agenda_routes,
	agenda_act_routes,
	agenda_more_routes,
	calls_routes,
	inbox_routes,
	scenarios_routes,
	scenario_publish_routes,
	trials_routes,
	profiles_routes,
	customers_routes,
	duplicates_routes,
	customer_routes,
	customer_edit_routes,
	together_routes,
	items_routes,
	disputes_routes,
	dispute_routes,
	promises_routes,
	plans_routes,
	holds_routes,
	instruments_routes,
	mandates_routes,
	assignments_routes,
	retentions_routes,
	set_offs_routes,
	deposits_routes,
	discounts_routes,
	cash_routes,
	cash_act_routes,
	cash_more_routes,
	limitation_routes,
	insolvency_routes,
	insurance_routes,
	interest_routes,
	cases_routes,
	doubtful_routes,
	provisions_routes,
	forecast_routes,
	reports_routes,
	imports_routes,
	import_draft_routes,
	feeds_routes,
	rules_routes,
	presets_routes,
	sources_routes,
	quality_routes,
	start_routes,
	item_routes,
	statuses_routes,
	insolvencies_routes,
	bind_routes,
	remind_routes,
	templates_routes,
	outbox_routes,
	debtor_routes,
	debtor_answers_routes,
	letters_routes,
	search_routes,
	login_routes,
	account_routes,
	users_file_routes,
	users_routes,
	settings_routes,
	logo_routes,
	fields_routes,
	persons_routes,
	audit_routes,
	probe_routes,
	NULL,
};
