#include "cash/list.h"

#include "base/day.h"
#include "cash/bank.h"
#include "cash/free.h"

/* Contract section 4, `cash`; more members beside the promised ones. */
static json_t *day_json(int32_t day)
{
	char text[11];
	if (day == DAY_NONE) return json_null();
	day_format(day, text);
	return json_string(text);
}

json_t *cash_choice_json(const struct cash_choice *choice)
{
	static const char *const kinds[] = { [CASH_DISCOUNT] = "discount", [CASH_FEE] = "fee", [CASH_ROUNDING] = "rounding", [CASH_SETOFF] = "setoff" };
	json_t *items = json_array(), *reasons = json_array(), *differences = json_array();
	for (size_t i = 0; i < choice->item_count; i++) {
		const struct cash_row_item *item = &choice->items[i];
		json_array_append_new(items, json_pack("{s:s, s:s, s:I, s:I, s:s, s:I, s:o}", "number", item->number, "customer", item->customer_code,
		                                       "amount", (json_int_t)item->amount, "item_id", (json_int_t)item->item_id, "customer_name",
		                                       item->customer_name, "open", (json_int_t)item->open, "due_date", day_json(item->due_day)));
	}
	for (size_t i = 0; i < choice->difference_count; i++)
		json_array_append_new(differences, json_pack("{s:s, s:I, s:I}", "kind", kinds[choice->differences[i].kind], "item_id",
		                                             (json_int_t)choice->differences[i].item_id, "amount",
		                                             (json_int_t)choice->differences[i].amount));
	for (size_t i = 0; i < choice->reason_count; i++) json_array_append_new(reasons, json_string(choice->reasons[i]));
	return json_pack("{s:s?, s:s?, s:o, s:f, s:o, s:o, s:I, s:I}", "customer", choice->customer_id ? choice->customer_code : NULL,
	                 "customer_name", choice->customer_id ? choice->customer_name : NULL, "items", items, "confidence", choice->confidence,
	                 "reasons", reasons, "differences", differences, "on_account", (json_int_t)choice->remainder, "fees",
	                 (json_int_t)choice->fees);
}

json_t *cash_row_json(const struct cash_row *row)
{
	json_t *out = row->choice_count ? cash_choice_json(&row->choices[0])
	                                : json_pack("{s:n, s:n, s:[], s:f, s:[], s:[], s:i, s:i}", "customer", "customer_name", "items", "confidence",
	                                            0.0, "reasons", "differences", "on_account", 0, "fees", 0);
	json_t *alternatives = json_array();
	for (size_t i = 1; i < row->choice_count; i++) json_array_append_new(alternatives, cash_choice_json(&row->choices[i]));
	json_object_set_new(out, "alternatives", alternatives);
	json_object_set_new(out, "id", json_integer(row->id));
	json_object_set_new(out, "account", json_string(row->account));
	json_object_set_new(out, "date", day_json(row->day));
	json_object_set_new(out, "value_date", day_json(row->value_day));
	json_object_set_new(out, "amount", json_integer(row->amount));
	json_object_set_new(out, "currency", json_string(row->currency));
	json_object_set_new(out, "text", json_string(*row->text ? row->text : row->label));
	json_object_set_new(out, "label", json_string(row->label));
	json_object_set_new(out, "payer", json_string(row->payer));
	json_object_set_new(out, "payer_iban", json_string(row->payer_iban));
	json_object_set_new(out, "kind", json_string(row->kind));
	json_object_set_new(out, "state", json_string(cash_line_state_code(row->state)));
	json_object_set_new(out, "pending", json_boolean(row->pending));
	json_object_set_new(out, "returns", json_boolean(row->returns));
	json_object_set_new(out, "in_books", json_boolean(row->in_books));
	json_object_set_new(out, "automatic", json_boolean(row->automatic));
	json_object_set_new(out, "waiting_since", day_json(row->waiting_day));
	json_object_set_new(out, "note", json_string(row->reason));
	json_object_set_new(out, "doubt", json_string(row->doubt));
	json_object_set_new(out, "return_reason", json_string(row->return_words));
	json_object_set_new(out, "decided_by", json_string(row->decided_by));
	return out;
}

json_t *cash_list_json(const struct cash_list *list)
{
	json_t *lines = json_array(), *sums = json_object();
	for (size_t i = 0; i < list->count; i++) json_array_append_new(lines, cash_row_json(&list->rows[i]));
	for (int s = 0; s < LINE_STATE_COUNT; s++)
		json_object_set_new(sums, cash_line_state_code((enum cash_line_state)s),
		                    json_pack("{s:I, s:I}", "count", (json_int_t)list->sums[s].count, "amount", (json_int_t)list->sums[s].amount));
	json_object_set_new(sums, "waiting", json_pack("{s:I, s:I}", "count", (json_int_t)list->waiting.count, "amount", (json_int_t)list->waiting.amount));
	json_t *ages = json_array();
	for (int i = 0; i < CASH_AGES; i++)
		json_array_append_new(ages, json_pack("{s:i, s:o, s:I, s:I}", "from", i ? (int)cash_age_edges[i - 1] + 1 : 0, "to",
		                                      i < CASH_AGES - 1 ? json_integer(cash_age_edges[i]) : json_null(), "count", (json_int_t)list->ages[i].count, "amount",
		                                      (json_int_t)list->ages[i].amount));
	json_object_set_new(sums, "ages", ages);
	return json_pack("{s:o, s:o, s:s, s:o}", "lines", lines, "sums", sums, "currency", list->currency, "waiting_since", day_json(list->waiting_since));
}

json_t *cash_payers_json(const struct cash_payer *rows, size_t count)
{
	json_t *list = json_array();
	for (size_t i = 0; i < count; i++)
		json_array_append_new(list, json_pack("{s:I, s:s, s:s, s:s, s:s, s:I, s:o, s:s}", "id", (json_int_t)rows[i].id, "name", rows[i].name, "iban",
		                                      rows[i].iban, "customer", rows[i].customer_code, "customer_name", rows[i].customer_name, "times",
		                                      (json_int_t)rows[i].times, "last", day_json(rows[i].last_day), "by", rows[i].by));
	return list;
}

json_t *bank_accounts_json(const struct bank_account_row *rows, size_t count)
{
	json_t *list = json_array();
	for (size_t i = 0; i < count; i++)
		json_array_append_new(list, json_pack("{s:I, s:s, s:s, s:s, s:s, s:o, s:o, s:o, s:I, s:I, s:I, s:b, s:o, s:I}", "id", (json_int_t)rows[i].id,
		                                      "account", rows[i].account, "name", rows[i].name, "bank", rows[i].bank, "currency", rows[i].currency,
		                                      "balance", rows[i].known ? json_integer(rows[i].balance) : json_null(), "balance_date",
		                                      day_json(rows[i].balance_day), "last_line", day_json(rows[i].last_day), "lines",
		                                      (json_int_t)rows[i].line_count, "waiting", (json_int_t)rows[i].open_count, "waiting_amount",
		                                      (json_int_t)rows[i].open_amount, "gap", rows[i].gap, "gap_date", day_json(rows[i].gap_day), "gap_amount",
		                                      (json_int_t)rows[i].gap_amount));
	return list;
}

json_t *cash_free_json(const struct cash_free *list)
{
	json_t *rows = json_array(), *balances = json_array(), *manual = json_array();
	for (size_t i = 0; i < list->count; i++) {
		const struct cash_free_row *row = &list->rows[i];
		struct cash_choice choice = { .customer_id = row->customer_id, .customer_code = row->customer_code, .customer_name = row->customer_name,
			                      .items = row->items, .item_count = row->item_count, .confidence = row->confidence, .reasons = row->reasons,
			                      .reason_count = row->reason_count };
		json_t *out = cash_choice_json(&choice);
		json_object_set_new(out, "id", json_integer(row->credit_id));
		json_object_set_new(out, "number", json_string(row->number));
		json_object_set_new(out, "kind", json_string(row->kind));
		json_object_set_new(out, "date", day_json(row->day));
		json_object_set_new(out, "open", json_integer(row->open));
		json_object_set_new(out, "currency", json_string(row->currency));
		json_object_set_new(out, "state", json_string(cash_line_state_code(row->state)));
		json_object_set_new(out, "settles", json_integer(row->settles));
		json_object_set_new(out, "overdue", json_integer(row->overdue));
		json_array_append_new(rows, out);
	}
	for (size_t i = 0; i < list->balance_count; i++)
		json_array_append_new(balances, json_pack("{s:s, s:s, s:I}", "customer", list->balances[i].customer_code, "name",
		                                          list->balances[i].customer_name, "balance", (json_int_t)list->balances[i].balance));
	for (size_t i = 0; i < list->manual_count; i++)
		json_array_append_new(manual, json_pack("{s:I, s:o, s:I, s:I, s:s}", "id", (json_int_t)list->manual[i].id, "date", day_json(list->manual[i].day),
		                                        "pairs", (json_int_t)list->manual[i].pairs, "amount", (json_int_t)list->manual[i].amount, "by",
		                                        list->manual[i].by));
	return json_pack("{s:o, s:o, s:o, s:I, s:I, s:I, s:s}", "credits", rows, "balances", balances, "matches", manual, "unallocated",
	                 (json_int_t)list->unallocated, "settles", (json_int_t)list->settled, "overdue", (json_int_t)list->overdue_settled, "currency",
	                 list->currency);
}
