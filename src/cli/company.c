/* company show, company set KEY=VALUE…, company keys: what a company chose, and what there is to choose. */
#include "cli/commands.h"

#include "base/memory.h"
#include "ledger/golive.h"

#include <string.h>

static const struct {
	const char *name, *help;
} own[] = {
	{ "name", "Name" },
	{ "siren", "SIREN" },
	{ "country", "Country" },
	{ "currency", "Currency; it can change while there are no items" },
	{ "zone", "Time zone" },
	{ "live", "1: messages leave; 0: test mode, nothing leaves" },
};

static const char *own_value(const struct company *company, size_t index)
{
	const char *const values[] = { company->name, company->siren, company->country, company->currency, company->zone,
		                       company->live ? "1" : "0" };
	return values[index];
}

static json_t *value_json(const struct settings *settings, const struct setting_key *key)
{
	switch (key->type) {
	case SETTING_INT:
	case SETTING_AMOUNT: return json_integer(setting_int(settings, key->name));
	case SETTING_BOOL: return json_boolean(setting_bool(settings, key->name));
	case SETTING_SECRET: return *setting_text(settings, key->name) ? json_string("•••") : json_null();
	default: return json_string(setting_text(settings, key->name));
	}
}

static const char *value_shown(const struct settings *settings, const struct setting_key *key)
{
	const char *value = setting_text(settings, key->name);
	return key->type == SETTING_SECRET && *value ? "•••" : value;
}

struct status command_company_show(struct cli *cli, int *exit_status)
{
	(void)exit_status;
	TRY(cli_options(cli, NULL, NULL, 0, NULL));
	TRY(cli_company(cli));
	struct db *db = NULL;
	TRY(cli_read(cli, &db));
	const struct settings *settings = NULL;
	struct status status = settings_load(db, cli->company.tenant_id, cli->company.id, cli->arena, &settings);
	cli_release(cli, db);
	TRY(status);
	size_t count = 0;
	const struct setting_key *keys = setting_keys(&count);
	const struct company *company = &cli->company;
	if (cli->json) {
		json_t *values = json_object();
		for (size_t i = 0; i < count; i++) json_object_set_new(values, keys[i].name, value_json(settings, &keys[i]));
		cli_json(cli, json_pack("{s:s,s:s,s:s,s:s,s:s,s:s,s:b,s:o}", "company", company->code, "name", company->name, "siren",
		                        company->siren, "country", company->country, "currency", company->currency, "zone", company->zone,
		                        "live", company->live, "settings", values));
		return STATUS_FINE;
	}
	struct cli_table *table = cli_table_new(cli, "lll", (const char *const[]){ "Key", "Value", "" });
	cli_table_row(table, (const char *const[]){ "code", company->code, "" });
	for (size_t i = 0; i < COUNT(own); i++) cli_table_row(table, (const char *const[]){ own[i].name, own_value(company, i), "" });
	for (size_t i = 0; i < count; i++)
		cli_table_row(table, (const char *const[]){ keys[i].name, value_shown(settings, &keys[i]),
		                                            setting_changed(settings, keys[i].name) ? "" : cli_tr(cli, "(default)") });
	cli_table_print(table);
	return STATUS_FINE;
}

struct status command_company_keys(struct cli *cli, int *exit_status)
{
	static const char *const types[] = { [SETTING_TEXT] = "text", [SETTING_INT] = "integer", [SETTING_BOOL] = "boolean",
		                             [SETTING_AMOUNT] = "amount", [SETTING_DATE] = "date", [SETTING_LIST] = "list",
		                             [SETTING_SECRET] = "secret" };
	(void)exit_status;
	TRY(cli_options(cli, NULL, NULL, 0, NULL));
	size_t count = 0;
	const struct setting_key *keys = setting_keys(&count);
	json_t *rows = json_array();
	struct cli_table *table = cli->json ? NULL : cli_table_new(cli, "llll", (const char *const[]){ "Key", "Type", "Default", "Meaning" });
	for (size_t i = 0; i < COUNT(own); i++) {
		json_array_append_new(rows, json_pack("{s:s,s:s,s:s}", "key", own[i].name, "type", "company", "help", cli_tr(cli, own[i].help)));
		if (table) cli_table_row(table, (const char *const[]){ own[i].name, "company", "", cli_tr(cli, own[i].help) });
	}
	for (size_t i = 0; i < count; i++) {
		const char *help = cli_tr(cli, keys[i].help);
		json_t *row = json_pack("{s:s,s:s,s:s,s:s}", "key", keys[i].name, "type", types[keys[i].type], "default", keys[i].otherwise,
		                        "help", help);
		if (keys[i].choices) json_object_set_new(row, "choices", json_string(keys[i].choices));
		json_array_append_new(rows, row);
		if (table)
			cli_table_row(table, (const char *const[]){ keys[i].name, keys[i].choices ? keys[i].choices : types[keys[i].type],
			                                            keys[i].otherwise, help });
	}
	if (table) {
		json_decref(rows);
		cli_table_print(table);
	} else {
		cli_json(cli, json_pack("{s:o}", "keys", rows));
	}
	return STATUS_FINE;
}

struct set_call {
	const struct cli_pair *pairs;
	int count;
};

static struct status set_all(struct change *change, void *context)
{
	const struct set_call *call = context;
	for (int i = 0; i < call->count; i++) {
		const char *key = call->pairs[i].key, *value = call->pairs[i].value;
		if (strcmp(key, "live") == 0) {
			bool live = strcmp(value, "1") == 0 || strcmp(value, "yes") == 0 || strcmp(value, "oui") == 0 || strcmp(value, "true") == 0;
			if (!live && strcmp(value, "0") != 0 && strcmp(value, "no") != 0 && strcmp(value, "non") != 0 && strcmp(value, "false") != 0)
				return status_make(STATUS_INVALID, "%s is yes or no, not “%s”.", key, value);
			TRY(golive_set(change, live));
		} else {
			TRY(company_set(change, key, value));
		}
	}
	return STATUS_FINE;
}

struct status command_company_set(struct cli *cli, int *exit_status)
{
	(void)exit_status;
	const char *arguments[64];
	struct cli_pair pairs[64];
	int count = 0;
	TRY(cli_options(cli, NULL, arguments, 64, &count));
	if (!count) return status_make(STATUS_INVALID, "What is to be set? Give KEY=VALUE; “encours company keys” lists the keys.");
	TRY(cli_pairs(cli, arguments, count, pairs, 64));
	TRY(cli_company(cli));
	TRY(cli_change(cli, set_all, &(struct set_call){ pairs, count }));
	if (cli->json) {
		json_t *set = json_array();
		for (int i = 0; i < count; i++) json_array_append_new(set, json_string(pairs[i].key));
		cli_json(cli, json_pack("{s:s,s:o}", "company", cli->company.code, "set", set));
	} else {
		fprintf(cli_out(cli), cli_tr(cli, "Done. %d set.\n"), count);
	}
	return STATUS_FINE;
}
