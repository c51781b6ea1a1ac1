/* forecast — receipts expected in the coming months, from the items known on the day.
 *
 * An item is expected on the day it was promised. Else, where the book has enough payments (insight/learned.h), on its due day
 * plus the median of its own curve of days late, of what is later than it already is: the model that `forecast judge` puts to the
 * test. Where it has not, by averages: on its due day plus the customer's average days late over the last year (weighted by
 * amount; the company's where he has fewer than five payments); one that is later than that already, after the median of the
 * payments that were later still, his or else everybody's. Later than all of them, it has no day. Always on a working day. The
 * customer's own credits are taken off his oldest items first. Disputed amounts and customers in insolvency proceedings are not
 * expected, and are named.
 *
 * p50 is the sum of the items expected in the month. p10 and p90 are how far the month may move: the customer's items are
 * placed at nine points of their curves (by averages: of his own past days late), the variance over these is added up over
 * customers (each pays on his own), and the band is 1.2816 standard deviations on each side.
 *
 * What is contested stands beside as well: a dispute is decided after the time that its type takes (insight/dispute_figures.h, the
 * last twelve months), and what is not given away of it is paid like anything that is late: after the company's usual days.
 *
 * Sales to come are no item: they stand beside, as the sales of the last twelve months a year later, paid after the average
 * days to pay.
 */
#ifndef INSIGHT_FORECAST_H
#define INSIGHT_FORECAST_H

#include "insight/report.h"

enum { FORECAST_MONTHS = 24 };
struct forecast_month {
	int32_t first_day;             /* of the month; the first one starts on the day after as_of */
	int64_t p10, p50, p90;
	int64_t sales_to_come;
	int64_t disputed_to_come;      /* contested now, decided by then: what is usually not given away of it */
};
struct forecast_item {
	size_t index;                  /* of the book */
	int64_t amount;                /* expected: open, less credits and what is disputed */
	int32_t expected_day;          /* DAY_NONE: later than any payment of the year */
	double p_90_days;              /* paid within 90 days of as_of; < 0: not known */
	bool promised;
};
struct forecast {
	struct forecast_month months[FORECAST_MONTHS];
	size_t count;
	struct forecast_item *items;   /* customer after customer */
	size_t items_count;
	bool learned;                  /* by the model; false: by averages */
	int64_t disputed, insolvent, later, undated; /* open, and not in the months */
};
void forecast_make(const struct report_context *context, size_t months, struct forecast *out);
/* {"as_of","currency","months":[{"month","p10","p50","p90","sales_to_come"}],"items":[{"id","expected_on","p_90_days",…}],…} */
struct status insight_forecast(const struct report_context *context, size_t months, json_t **out);
/* The same for a page: "items" are the soonest within `days`, at most `limit`, with "name" and "due_date"; "soon" has their
 * { count, total } in all, and "cut" when not all are listed. A million items are not written to show a hundred. */
struct status insight_forecast_page(const struct report_context *context, size_t months, int32_t days, size_t limit, json_t **out);
/* What is expected within `days` of as_of. */
int64_t forecast_within(const struct forecast *forecast, int32_t as_of, int32_t days);

#endif
