/* The sheet for the yearly negotiation: turnover, how each customer pays, the rebate by the company's table (ledger/rebate.h). */
#include "insight/inside.h"

#include "base/memory.h"
#include "base/money.h"
#include "ledger/rebate.h"
#include "ledger/setting.h"

#include <string.h>

static void read_terms(const struct report_context *context, struct rebate_terms *out)
{
	const struct settings *settings = context->settings ? context->settings : settings_default(context->arena);
	int64_t vat = 0;
	const char *rate = setting_text(settings, "rebate.vat");
	*out = (struct rebate_terms){ .unit = 1 };
	if (!rebate_read(setting_text(settings, "rebate.tiers"), out->tiers, &out->tier_count)) out->tier_count = 0;
	if (!rebate_read(setting_text(settings, "rebate.weights"), out->weights, &out->weight_count)) out->weight_count = 0;
	if (*rate && amount_parse(rate, strlen(rate), (struct amount_style){ '.', 2 }, &vat)) out->vat = (int32_t)vat;
	for (int i = currency_decimals(report_currency(context)); i > 0; i--) out->unit *= 10;
}

/* Sales of the 365 days to as_of (contract section 3), of one customer. */
static int64_t sales_of(const struct report_context *context, size_t customer, const char *currency)
{
	struct book_customer who = book_customer(context->book, customer);
	int64_t sales = 0;
	for (size_t i = who.first_item; i < who.first_item + who.item_count; i++) {
		struct book_item item = book_item(context->book, i, BOOK_FACTS);
		if (item.outside || (item.kind != ITEM_INVOICE && item.kind != ITEM_CREDIT_NOTE) || item.posting_day > context->as_of) continue;
		if (item.issue_day <= context->as_of - 365 || item.issue_day > context->as_of || strcmp(item.currency, currency) != 0) continue;
		sales += item.amount;
	}
	return sales;
}

struct status report_rebate(const struct report_context *context, json_t **out)
{
	size_t count = book_customers(context->book), found = 0;
	struct rebate_terms terms;
	const char *currency = report_currency(context);
	const uint8_t *selected = report_selected(context);
	struct book_behaviour *behaviour = arena_array_raw(context->arena, struct book_behaviour, count + 1);
	int64_t net = 0, full = 0, amount = 0;
	read_terms(context, &terms);
	book_behave(context->book, (struct book_behaviour_options){ .as_of = context->as_of, .currency = context->currency, .selected = selected,
		.no_lateness = report_no_lateness(context) }, behaviour, NULL);
	json_t *rows = json_array();
	for (size_t c = 0; c < count; c++) {
		if (selected && !selected[c]) continue;
		int64_t sales = sales_of(context, c, currency);
		if (sales <= 0) continue;
		struct rebate rebate;
		rebate_compute(&terms, sales, behaviour[c].days_late, behaviour[c].late_weight, &rebate);
		net += rebate.net, full += rebate.full, amount += rebate.amount;
		if (context->rows && found++ >= context->rows) continue;
		struct book_customer who = book_customer(context->book, c);
		json_t *row = json_pack("{s:s, s:s, s:I}", "customer", who.code, "name", who.name, "net_sales", (json_int_t)rebate.net);
		json_object_set_new(row, "average_days_late", json_days(behaviour[c].days_late, behaviour[c].late_weight));
		json_object_set_new(row, "on_time_rate", json_ratio(behaviour[c].on_time, behaviour[c].settled));
		json_object_set_new(row, "rate", json_ratio(rebate.rate, 10000));
		json_object_set_new(row, "weight", rebate.weight < 0 ? json_null() : json_ratio(rebate.weight, 10000));
		json_object_set_new(row, "rebate", rebate.weight < 0 ? json_null() : json_integer(rebate.amount));
		json_object_set_new(row, "full_rebate", json_integer(rebate.full));
		json_array_append_new(rows, row);
	}
	*out = report_head(context, "rebate");
	json_object_set_new(*out, "rows", rows);
	json_object_set_new(*out, "total", json_pack("{s:I, s:I, s:I}", "net_sales", (json_int_t)net, "rebate", (json_int_t)amount, "full_rebate", (json_int_t)full));
	if (context->rows && found) json_object_set_new(*out, "rows_count", json_integer((json_int_t)found));
	return STATUS_FINE;
}
