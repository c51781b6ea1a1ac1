/* remind CODE [--item N…] [--send]: the message about what he owes now, as a person asks for it: shown with what stays out and why, and
 * sent only with --send. Without --item: what is late, of him and of those for whom he is asked. */
#include "cli/commands.h"

#include "base/memory.h"
#include "ledger/customer.h"
#include "ledger/item.h"
#include "ledger/payer_group.h"
#include "outreach/confirm.h"

enum { ITEMS_MAX = 1000 };

struct reminding {
	int64_t customer_id, ids[ITEMS_MAX];
	size_t count;
	int64_t expected;
	struct arena *arena;
	struct confirmed done;
};

static struct status late_items(struct cli *cli, struct db *db, struct reminding *about)
{
	const struct settings *settings;
	struct payer_group group;
	TRY(settings_load(db, cli->company.tenant_id, cli->company.id, cli->arena, &settings));
	TRY(payer_group_load(db, &cli->company, settings, about->customer_id, cli_today(cli), cli->arena, &group));
	for (size_t m = 0; m < group.count; m++) {
		struct item *items;
		size_t count;
		TRY(item_list_open(db, &cli->viewer, cli->company.id, group.members[m].id, cli->arena, &items, &count));
		for (size_t i = 0; i < count && about->count < ITEMS_MAX; i++)
			if (items[i].open > 0 && items[i].due_day < cli_today(cli)) about->ids[about->count++] = items[i].id;
	}
	return STATUS_FINE;
}

static struct status propose(struct cli *cli, struct db *db, const char *code, const char *const *names, int name_count, struct reminding *about,
                             struct remind_preview *out)
{
	struct customer customer;
	TRY(customer_find(db, &cli->viewer, cli->company.id, code, cli->arena, &customer));
	about->customer_id = customer.id;
	const struct settings *settings;
	int64_t asked, of_item;
	TRY(settings_load(db, cli->company.tenant_id, cli->company.id, cli->arena, &settings));
	TRY(payer_group_asked(db, &cli->company, settings, customer.id, cli_today(cli), &asked));
	for (int i = 0; i < name_count; i++) {
		struct item item;
		TRY(item_find(db, &cli->viewer, cli->company.id, 0, names[i], &item));
		TRY(payer_group_asked(db, &cli->company, settings, item.customer_id, cli_today(cli), &of_item));
		if (of_item != asked) return status_make(STATUS_INVALID, "%s is not asked of %s: it is another customer's.", item.number, customer.name);
		about->ids[about->count++] = item.id;
	}
	if (!name_count) TRY(late_items(cli, db, about));
	if (!about->count) return status_make(STATUS_CONFLICT, "Nothing of %s is late.", customer.name);
	return remind_preview(db, &cli->viewer, cli->company.id, customer.id, about->ids, about->count, CHANNEL_EMAIL, cli_today(cli), cli->arena, out);
}

static struct status send(struct change *change, void *context)
{
	struct reminding *about = context;
	return remind_send(change, about->customer_id, about->ids, about->count, about->expected, &(struct remind_way){ .channel = CHANNEL_EMAIL }, NULL, about->arena, &about->done);
}

static json_t *told(const struct remind_preview *preview, const struct reminding *about, bool sent)
{
	const struct message *message = &preview->message;
	const struct action *action = preview->proposal.action;
	json_t *left = json_array();
	for (size_t l = 0; l < preview->proposal.left_count; l++) json_array_append_new(left, left_to_json(&preview->proposal.left[l]));
	json_t *out = json_pack("{s:o, s:o, s:s?, s:o}", "action", action ? action_to_json(action) : json_null(), "message",
	                        action && !preview->trouble ? json_pack("{s:s?, s:s?, s:s?}", "to", message->recipient, "subject", message->subject, "text", message->text)
	                                                    : json_null(),
	                        "trouble", preview->trouble, "left_out", left);
	json_object_set_new(out, "sent", json_boolean(sent));
	if (sent) json_object_set_new(out, "held", json_boolean(about->done.held));
	return out;
}

struct status command_remind(struct cli *cli, int *exit_status)
{
	const char *words[2], *names[ITEMS_MAX];
	int count, name_count = 0;
	bool wanted = false;
	TRY(cli_options(cli, (const struct cli_option[]){ { "--item", .list = names, .list_limit = ITEMS_MAX, .list_count = &name_count },
		{ "--send", .flag = &wanted }, { 0 } }, words, 2, &count));
	if (count != 1) return status_make(STATUS_INVALID, "Which customer? Give his code.");
	TRY(cli_company(cli));
	struct reminding *about = arena_make(cli->arena, struct reminding);
	struct remind_preview preview;
	struct db *db;
	about->arena = cli->arena;
	TRY(cli_read(cli, &db));
	struct status status = propose(cli, db, words[0], names, name_count, about, &preview);
	cli_release(cli, db);
	TRY(status);
	const struct action *action = preview.proposal.action;
	bool sends = wanted && action && !preview.trouble;
	if (sends) {
		about->expected = action->amount;
		TRY(cli_change(cli, send, about));
	}
	*exit_status = (wanted && !sends) || preview.proposal.left_count > 0;
	if (cli->json) {
		cli_json(cli, told(&preview, about, sends));
		return STATUS_FINE;
	}
	FILE *out = cli_out(cli);
	if (action && !preview.trouble) fprintf(out, "%s\n%s\n\n%s\n", preview.message.recipient, preview.message.subject, preview.message.text);
	if (preview.trouble) fprintf(out, "%s\n", preview.trouble);
	for (size_t l = 0; l < preview.proposal.left_count; l++)
		fprintf(out, "%s: %s\n", preview.proposal.left[l].item, preview.proposal.left[l].detail);
	if (sends) fprintf(out, "%s\n", cli_tr(cli, about->done.held ? "Kept back: test mode, or no mail server." : "Ready to leave."));
	else if (action && !preview.trouble && !wanted) fprintf(out, "%s\n", cli_tr(cli, "Nothing was sent. Say --send to send it."));
	return STATUS_FINE;
}
