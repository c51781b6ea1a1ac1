/* What disputes say: Pareto, durations, what is given away and what waiting costs; values to be checked by hand. */
#include "base/day.h"
#include "base/test.h"
#include "insight/dispute_figures.h"

enum { JAN_1 = 20454 /* 2026-01-01 */ };

static struct dispute_case made(const char *kind, int64_t amount, int32_t opened, int32_t closed, const char *outcome, int64_t granted, const char *owner)
{
	return (struct dispute_case){ .kind = dispute_kind(kind), .opened_amount = amount, .amount = amount, .opened_day = opened, .closed_day = closed,
		.state = closed == DAY_NONE ? CASE_OPEN : CASE_CLOSED, .outcome = outcome, .granted = granted, .owner_name = owner, .owner_email = "",
		.currency = "EUR", .due_day = opened + 3, .answered_day = closed, .paused_day = DAY_NONE };
}

static void pareto_and_durations(void)
{
	const struct dispute_case cases[] = {
		made("price", 60000, JAN_1, JAN_1 + 2, "accepted", 60000, "Ana"), made("price", 40000, JAN_1 + 5, JAN_1 + 15, "refused", 0, "Ana"),
		made("technical", 200000, JAN_1 + 5, JAN_1 + 17, "settled", 50000, "Bob"), made("quantity", 100000, JAN_1 + 35, DAY_NONE, "", 0, "Bob"),
		made("purchase_order", 70000, JAN_1 + 36, JAN_1 + 37, "", 0, "Ana"), made("price", 999, JAN_1 - 400, JAN_1 - 390, "", 0, "Old"),
	};
	struct dispute_figures figures;
	dispute_figures(cases, 6, &(struct dispute_figures_options){ .currency = "EUR", .from = JAN_1, .to = JAN_1 + 45, .handling = 1000, .funds_rate = 400 },
	                &figures);
	CHECK_INT(figures.type_count, 4);
	CHECK_TEXT(figures.types[0].code, "technical");
	CHECK_TEXT(figures.types[1].code, "price"); /* as much as quantity: by name */
	CHECK_TEXT(figures.types[2].code, "quantity");
	CHECK_TEXT(figures.types[3].code, "purchase_order");
	CHECK_INT(figures.types[1].count, 2);
	CHECK_INT(figures.types[1].days, 12);
	CHECK_INT(figures.types[1].median, 2);
	CHECK_INT(figures.types[2].median, -1);
	CHECK_INT(figures.all.count, 4);
	CHECK_INT(figures.all.amount, 400000);
	CHECK_INT(figures.all.granted, 110000);
	CHECK_INT(figures.all.median, 10);
	CHECK_INT(figures.all.in_time, 1); /* two days: within three; ten and twelve are not */
	CHECK_INT(figures.all.answered, 3);
	CHECK_INT(figures.blockages.count, 1);
	CHECK_INT(figures.blockages.median, 1);
	CHECK_INT(figures.accepted, 1);
	CHECK_INT(figures.refused, 1);
	CHECK_INT(figures.settled, 1);
	CHECK_INT(figures.handling_cost, 5000);
	/* 60000×2 + 40000×10 + 200000×12 + 100000×10 + 70000×1 = 3 990 000 days, × 4 % ÷ 365 */
	CHECK_INT(figures.funds_cost, 437);
	CHECK_INT(figures.months[DISPUTE_MONTHS - 1].opened, 1);
	CHECK_INT(figures.months[DISPUTE_MONTHS - 2].opened, 3);
	CHECK_INT(figures.months[DISPUTE_MONTHS - 2].days, 24);
	CHECK_INT(figures.owner_count, 2);
	CHECK_TEXT(figures.owners[0].label, "Ana");
	CHECK_INT(figures.owners[0].count, 3);
}

static void what_the_forecast_asks(void)
{
	const struct dispute_case cases[] = { made("price", 60000, JAN_1, JAN_1 + 3, "accepted", 60000, ""), made("price", 40000, JAN_1, JAN_1 + 8, "refused", 0, "") };
	struct dispute_figures figures;
	dispute_figures(cases, 2, &(struct dispute_figures_options){ .currency = "EUR", .from = JAN_1, .to = JAN_1 + 30 }, &figures);
	struct dispute_case price = made("price", 5000, JAN_1 + 20, DAY_NONE, "", 0, ""), delivery = made("delivery", 5000, JAN_1 + 20, DAY_NONE, "", 0, "");
	CHECK_INT(dispute_usual_days(&figures, &price), 6); /* 5.5, half up */
	CHECK_INT(dispute_usual_days(&figures, &delivery), 6); /* none of its type yet: as all */
	CHECK_INT(dispute_kept_share(&figures, &price), 4000);
	struct dispute_figures none;
	dispute_figures(cases, 0, &(struct dispute_figures_options){ .currency = "EUR", .from = JAN_1, .to = JAN_1 + 30 }, &none);
	CHECK_INT(dispute_usual_days(&none, &delivery), 3); /* our own deadline */
	CHECK_INT(dispute_kept_share(&none, &delivery), 10000);
	delivery.due_day = DAY_NONE;
	CHECK_INT(dispute_usual_days(&none, &delivery), 5);
}

TESTS({ "pareto, durations, cost", pareto_and_durations }, { "what the forecast asks", what_the_forecast_asks })
