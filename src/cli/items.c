/* items: the pieces of the book, all or those that are open, as of a day. */
#include "cli/commands.h"
#include "cli/figures.h"

struct asked {
	const char *customer, *state, *kind, *text;
	bool open;
};

static struct status filter_of(const struct figures *figures, const struct asked *asked, struct item_filter *filter)
{
	*filter = (struct item_filter){ .state = asked->open ? LIST_OPEN : LIST_ALL, /* a deposit request is a memo: not among what is open */ .outside = !asked->open, .text = asked->text };
	if (asked->state && !item_state_parse(asked->state, &filter->state))
		return status_make(STATUS_INVALID, "--state takes all, open, due, not_due, overdue, unallocated, closed, disputed, promised, to_chase, insolvent, blocked, in_dispute, in_promise or held.");
	if (asked->kind) {
		enum item_kind kind;
		if (!item_kind_parse(asked->kind, &kind)) return status_make(STATUS_INVALID, "There is no kind of item “%s”.", asked->kind);
		filter->kinds = 1u << kind;
	}
	if (asked->customer) {
		size_t index = book_find_customer_code(figures->book, asked->customer);
		if (index == SIZE_MAX) return status_make(STATUS_NOT_FOUND, "There is no customer “%s”.", asked->customer);
		filter->customer = index + 1;
	}
	return STATUS_FINE;
}

static struct status items_print(struct cli *cli, struct figures *figures, const struct asked *asked)
{
	struct item_filter filter;
	json_t *model;
	TRY(figures_open(cli, figures));
	TRY(filter_of(figures, asked, &filter));
	TRY(insight_items(&figures->context, &filter, (struct list_page){ .sort = ITEM_BY_CUSTOMER }, &model));
	return figures_print(cli, figures, model);
}

struct status command_items(struct cli *cli, int *exit_status)
{
	struct figures figures = { .as_of = DAY_NONE };
	struct asked asked = { 0 };
	TRY(cli_options(cli, (const struct cli_option[]){ FIGURES_OPTIONS(&figures), { "--customer", .value = &asked.customer },
		{ "--open", .flag = &asked.open }, { "--state", .value = &asked.state }, { "--kind", .value = &asked.kind },
		{ "--text", .value = &asked.text }, { 0 } }, NULL, 0, NULL));
	struct status status = items_print(cli, &figures, &asked);
	figures_close(cli, &figures);
	*exit_status = 0;
	return status;
}
