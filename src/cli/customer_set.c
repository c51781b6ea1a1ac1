/* customer set CODE KEY=VALUE…, contact add CODE …: what a person knows better than the export. */
#include "cli/commands.h"

#include "base/day.h"
#include "ledger/contact.h"
#include "ledger/customer.h"

#include <string.h>

static struct status find(struct cli *cli, const char *code, struct customer *out)
{
	TRY(cli_company(cli));
	struct db *db = NULL;
	TRY(cli_read(cli, &db));
	struct status status = customer_find(db, &cli->viewer, cli->company.id, code, cli->arena, out);
	cli_release(cli, db);
	return status;
}

struct set_call {
	const struct cli_pair *pairs;
	int count;
	int64_t customer_id;
};

static bool is_yes(const char *value)
{
	return strcmp(value, "1") == 0 || strcmp(value, "yes") == 0 || strcmp(value, "oui") == 0 || strcmp(value, "true") == 0;
}

static struct status set_one(struct change *change, int64_t id, const char *key, const char *value)
{
	/* switches, beside the fields of ledger/customer.h */
	if (strcmp(key, "stopped") == 0) return customer_stop(change, id, is_yes(value), "");
	if (strcmp(key, "insolvency") == 0) {
		int32_t day = DAY_NONE;
		if (*value && !day_parse(value, strlen(value), &day))
			return status_make(STATUS_INVALID, "insolvency is the day of the opening judgment, YYYY-MM-DD, or empty; not “%s”.", value);
		return customer_insolvency(change, id, day, "");
	}
	return customer_set(change, id, key, value);
}

static struct status set_all(struct change *change, void *context)
{
	const struct set_call *call = context;
	for (int i = 0; i < call->count; i++) TRY(set_one(change, call->customer_id, call->pairs[i].key, call->pairs[i].value));
	return STATUS_FINE;
}

struct status command_customer_set(struct cli *cli, int *exit_status)
{
	(void)exit_status;
	const char *arguments[65];
	struct cli_pair pairs[64];
	int count = 0;
	TRY(cli_options(cli, NULL, arguments, 65, &count));
	if (count < 2) {
		size_t fields = 0;
		const struct customer_field *list = customer_fields(&fields);
		cleanup_text struct text names = { 0 };
		for (size_t i = 0; i < fields; i++) text_addf(&names, "%s%s", i ? " " : "", list[i].name);
		cli_message("%s", text_cstr(&names));
		return status_make(STATUS_INVALID, "Give the customer's code and KEY=VALUE; the keys are listed above, with stopped and insolvency.");
	}
	TRY(cli_pairs(cli, arguments + 1, count - 1, pairs, 64));
	struct customer customer;
	TRY(find(cli, arguments[0], &customer));
	TRY(cli_change(cli, set_all, &(struct set_call){ pairs, count - 1, customer.id }));
	if (cli->json) {
		json_t *set = json_array();
		for (int i = 0; i < count - 1; i++) json_array_append_new(set, json_string(pairs[i].key));
		cli_json(cli, json_pack("{s:s,s:o}", "customer", customer.code, "set", set));
	} else {
		fprintf(cli_out(cli), "%s: %d %s\n", customer.code, count - 1, trn(cli->lang, count - 1, "field set", "fields set"));
	}
	return STATUS_FINE;
}

struct contact_call {
	struct contact_new contact;
	int64_t customer_id, id;
};

static struct status add_contact(struct change *change, void *context)
{
	struct contact_call *call = context;
	return contact_add(change, call->customer_id, &call->contact, &call->id);
}

struct status command_contact_add(struct cli *cli, int *exit_status)
{
	(void)exit_status;
	const char *codes[1] = { NULL };
	int count = 0;
	struct contact_call call = { 0 };
	TRY(cli_options(cli,
	                (const struct cli_option[]){ { "--email", .value = &call.contact.email },
	                                             { "--name", .value = &call.contact.name },
	                                             { "--phone", .value = &call.contact.phone },
	                                             { "--role", .value = &call.contact.role },
	                                             { "--language", .value = &call.contact.language },
	                                             { "--main", .flag = &call.contact.main },
	                                             { 0 } },
	                codes, 1, &count));
	if (!count) return status_make(STATUS_INVALID, "Whose contact? Give the customer's code.");
	struct customer customer;
	TRY(find(cli, codes[0], &customer));
	call.customer_id = customer.id;
	TRY(cli_change(cli, add_contact, &call));
	if (cli->json)
		cli_json(cli, json_pack("{s:s,s:I}", "customer", customer.code, "contact", (json_int_t)call.id));
	else
		fprintf(cli_out(cli), "%s: %s\n", customer.code, cli_tr(cli, "contact added"));
	return STATUS_FINE;
}
