/* Reports by group, collector, sales, country, class, profile, currency or account instead of by customer. */
#include "insight/report_by.h"

#include "base/memory.h"
#include "book/page.h"
#include "insight/inside.h"

#include <stdlib.h>
#include <string.h>

/* --- the dimension's value of each customer -------------------------------------------------------------------------------------- */
enum extra { EXTRA_COUNTRY, EXTRA_SALES };

/* What the book does not keep: country, and the salesperson as the source names him where no account is set. */
static struct status read_extra(const struct report_context *context, enum extra extra, const char **keys)
{
	if (!context->db) return STATUS_FINE;
	struct db_arg tenant = db_int("tenant", context->viewer->tenant_id), company = db_int("company", context->company->id);
	cleanup_rows struct rows *rows = db_query(context->db, "SELECT id, country, salesperson FROM customer "
	                                          "WHERE tenant_id = $tenant AND company_id = $company", DB_ARGS(tenant, company));
	while (rows_next(rows)) {
		size_t index = book_find_customer(context->book, row_int(rows, 0));
		if (index != SIZE_MAX && !*keys[index]) keys[index] = arena_strdup(context->arena, row_text(rows, extra == EXTRA_COUNTRY ? 1 : 2));
	}
	return rows_status(rows);
}

static struct status read_keys(const struct report_context *context, const char **keys)
{
	struct user_names users;
	TRY(user_names_load(context, &users));
	bool sales = strcmp(context->by, "sales") == 0, country = strcmp(context->by, "country") == 0;
	for (size_t c = 0; c < book_customers(context->book); c++) {
		struct book_customer customer = book_customer(context->book, c);
		keys[c] = strcmp(context->by, "group") == 0       ? customer.group_code
		          : strcmp(context->by, "collector") == 0 ? user_name(&users, customer.collector_id)
		          : strcmp(context->by, "class") == 0     ? customer.class
		          : sales                                 ? user_name(&users, customer.sales_id)
		                                                  : "";
	}
	if (sales || country) return read_extra(context, country ? EXTRA_COUNTRY : EXTRA_SALES, keys);
	return STATUS_FINE;
}

/* --- groups --------------------------------------------------------------------------------------------------------------------- */
static int text_compare(const void *left, const void *right)
{
	return strcmp(*(const char *const *)left, *(const char *const *)right);
}

static void make_groups(struct arena *arena, const char *const *keys, size_t count, struct report_groups *out)
{
	out->names = arena_array(arena, const char *, count + 1);
	out->of = arena_array(arena, uint32_t, count + 1);
	out->count = 0;
	const char **sorted = arena_array(arena, const char *, count + 1);
	if (count) memcpy(sorted, keys, count * sizeof *sorted);
	qsort(sorted, count, sizeof *sorted, text_compare);
	for (size_t i = 0; i < count; i++)
		if (i == 0 || strcmp(sorted[i], sorted[i - 1]) != 0) out->names[out->count++] = sorted[i];
	for (size_t i = 0; i < count; i++) {
		const char **found = bsearch(&keys[i], out->names, out->count, sizeof *out->names, text_compare);
		out->of[i] = found ? (uint32_t)(found - out->names) : 0;
	}
}

struct status report_group(const struct report_context *context, struct report_groups *out)
{
	static const char *const known[] = { "group", "collector", "sales", "country", "class" };
	size_t at = 0, count = book_customers(context->book);
	while (at < COUNT(known) && strcmp(context->by, known[at]) != 0) at++;
	if (at == COUNT(known))
		return status_make(STATUS_INVALID, "--by takes customer, group, collector, sales, country, class, currency or account, not “%s”.", context->by);
	const char **keys = arena_array(context->arena, const char *, count + 1);
	TRY(read_keys(context, keys));
	make_groups(context->arena, keys, count, out);
	return STATUS_FINE;
}

/* --- the aged balance by account ---------------------------------------------------------------------------------------------------- */
struct accounts {
	const char **keys;             /* by item index; NULL: none of ours */
	size_t count;
};

static struct status read_accounts(const struct report_context *context, struct accounts *out)
{
	out->count = book_items(context->book);
	out->keys = arena_array(context->arena, const char *, out->count + 1);
	if (!context->db) return STATUS_FINE;
	struct db_arg tenant = db_int("tenant", context->viewer->tenant_id), company = db_int("company", context->company->id);
	cleanup_rows struct rows *rows = db_query(context->db, "SELECT id, account FROM item WHERE tenant_id = $tenant AND company_id = $company "
	                                          "ORDER BY account", DB_ARGS(tenant, company));
	const char *last = NULL;
	while (rows_next(rows)) {
		const char *account = row_text(rows, 1);
		if (!last || strcmp(last, account) != 0) last = arena_strdup(context->arena, account);
		size_t index = book_find_item(context->book, row_int(rows, 0));
		if (index != SIZE_MAX) out->keys[index] = last;
	}
	return rows_status(rows);
}

static int bucket_of(const struct book_age_options *options, int32_t late)
{
	if (late <= 0) return 0;
	for (int k = 0; k < 3; k++)
		if (late <= options->edges[k]) return k + 1;
	return 4;
}

struct status report_age_accounts(const struct report_context *context, struct report_groups *groups, struct book_ageing **out)
{
	if (context->basis == BASIS_NET)
		return status_make(STATUS_INVALID, "--by account goes with --basis gross: a customer's credits cover his items whatever their account.");
	struct accounts accounts;
	struct book_age_options options = report_ageing(context);
	TRY(read_accounts(context, &accounts));
	int64_t *open = arena_array(context->arena, int64_t, accounts.count + 1);
	book_open_amounts(context->book, context->as_of, open, NULL);
	size_t kept = 0;
	size_t *items = arena_array(context->arena, size_t, accounts.count + 1);
	const char **keys = arena_array(context->arena, const char *, accounts.count + 1);
	for (size_t i = 0; i < accounts.count; i++)
		if (open[i] != 0 && accounts.keys[i]) items[kept] = i, keys[kept++] = accounts.keys[i];
	make_groups(context->arena, keys, kept, groups);
	*out = arena_array(context->arena, struct book_ageing, groups->count + 1);
	for (size_t i = 0; i < kept; i++) {
		struct book_item item = book_item(context->book, items[i], BOOK_FACTS);
		if (item.outside || item.customer == SIZE_MAX || (options.selected && !options.selected[item.customer]) ||
		    strcmp(item.currency, report_currency(context)) != 0)
			continue;
		struct book_ageing *ageing = &(*out)[groups->of[i]];
		if (open[items[i]] < 0) ageing->unallocated += open[items[i]];
		else ageing->bucket[bucket_of(&options, context->as_of - item.due_day)] += open[items[i]];
	}
	return STATUS_FINE;
}
