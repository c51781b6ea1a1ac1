#include "ledger/remittance.h"

#include "base/day.h"
#include "base/memory.h"
#include "base/text.h"
#include "formats/remit.h"
#include "ledger/event.h"

#include <string.h>

#define OF_COMPANY(change) db_int("tenant", (change)->company.tenant_id), db_int("company", (change)->company.id)

struct making {
	struct change *change;
	struct arena *arena;
	const struct settings *settings;
	struct instrument *list;
	size_t count;
	const char *kind;
	int32_t value_day;
};

static const char *kind_of(const struct instrument *one) { return strcmp(one->kind, "debit") == 0 ? one->scheme : "lcr"; }

static struct status ready(const struct making *m, const struct instrument *one)
{
	bool debit = strcmp(one->kind, "debit") == 0;
	const char *state = one->state;
	if (debit && strcmp(state, "drawn") == 0 && one->sent_day == DAY_NONE)
		return status_make(STATUS_CONFLICT, "No. %lld: tell %s of the debit first.", (long long)one->id, one->customer_name);
	if (debit && one->due_day <= m->change->today)
		return status_make(STATUS_CONFLICT, "No. %lld: its day has come; the bank wants it a day before. Cancel it and plan another.", (long long)one->id);
	if (debit && one->sent_day != DAY_NONE && one->attempt == 1 && one->sent_day + setting_int(m->settings, "debit.notice_days") > one->due_day)
		return status_make(STATUS_CONFLICT, "No. %lld: %s was told less than %d days before.", (long long)one->id, one->customer_name,
		                   (int)setting_int(m->settings, "debit.notice_days"));
	if (strcmp(state, "accepted") == 0 || (strcmp(state, "drawn") == 0 && (debit || !one->to_accept))) return STATUS_FINE;
	return status_make(STATUS_CONFLICT, "No. %lld can't be remitted: %s.", (long long)one->id, tr(lang_spoken(), instrument_state_label(one, m->change->today)));
}

static struct status gather(struct making *m, const struct remittance_new *given)
{
	m->list = arena_array(m->arena, struct instrument, given->count + 1);
	for (size_t i = 0; i < given->count; i++) {
		struct instrument *one = &m->list[m->count++];
		for (size_t k = 0; k < i; k++)
			if (given->instruments[k] == given->instruments[i]) return status_make(STATUS_INVALID, "No. %lld is named twice.", (long long)given->instruments[i]);
		TRY(instrument_get(m->change->db, m->change->viewer, m->change->company.id, given->instruments[i], m->arena, one));
		TRY(ready(m, one));
		if (i == 0) m->kind = kind_of(one), m->value_day = strcmp(m->kind, "lcr") == 0 ? DAY_NONE : one->due_day;
		if (strcmp(kind_of(one), m->kind) != 0) return status_make(STATUS_INVALID, "One file holds bills, CORE debits or B2B debits: not several of them.");
		if (strcmp(m->kind, "lcr") != 0 && one->due_day != m->value_day) return status_make(STATUS_INVALID, "The debits of one file are collected on one day.");
		if (one->open != one->amount)
			return status_make(STATUS_CONFLICT, "What is open on the items of no. %lld has changed since: cancel it and draw it again.", (long long)one->id);
	}
	return STATUS_FINE;
}

static struct status fill_mandate(struct making *m, const struct instrument *one, struct remit_line *line)
{
	struct mandate *mandates;
	size_t count;
	TRY(mandate_list(m->change->db, m->change->viewer, m->change->company.id, one->customer_id, one->mandate_id, m->arena, &mandates, &count));
	if (!count || !mandate_usable(&mandates[0], one->due_day))
		return status_make(STATUS_CONFLICT, "The mandate of no. %lld is not in use any more: note the new one, cancel this debit and plan it again.", (long long)one->id);
	line->rum = mandates[0].rum, line->signed_day = mandates[0].signed_day, line->first = mandates[0].last_used_day == DAY_NONE;
	line->iban = arena_strdup(m->arena, mandates[0].iban), line->bic = arena_strdup(m->arena, mandates[0].bic);
	if (*mandates[0].debtor) line->name = mandates[0].debtor;
	return STATUS_FINE;
}

static struct status write_file(struct making *m, const struct remittance_new *given, int64_t id, struct text *out)
{
	struct change *change = m->change;
	struct remit_line *lines = arena_array(m->arena, struct remit_line, m->count + 1);
	for (size_t i = 0; i < m->count; i++) {
		const struct instrument *one = &m->list[i];
		cleanup_text struct text words = { 0 };
		char reference[INSTRUMENT_REFERENCE];
		instrument_reference(one->id, reference);
		for (size_t k = 0; k < one->item_count; k++) text_addf(&words, "%s%s", k ? " " : "", one->items[k].number);
		lines[i] = (struct remit_line){ .reference = arena_strdup(m->arena, reference), .name = one->customer_name, .iban = one->iban, .bic = "", .bank = "",
			.amount = one->amount, .due_day = one->due_day, .made_day = one->made_day, .text = arena_strdup(m->arena, text_cstr(&words)),
			.accepted = one->accepted_day != DAY_NONE, .promissory = strcmp(one->kind, "bor") == 0, .rum = "", .signed_day = DAY_NONE };
		if (one->mandate_id) {
			TRY(fill_mandate(m, one, &lines[i]));
			for (size_t k = 0; k < i; k++)
				if (m->list[k].mandate_id == one->mandate_id) lines[i].first = false; /* the first of the file is FRST, what follows is not */
		}
	}
	const char *payee = setting_text(m->settings, "bank.payee");
	struct remit remit = { .reference = arena_printf(m->arena, "REM%lld", (long long)id), .creditor = *payee ? payee : change->company.name,
		.iban = setting_text(m->settings, "bank.iban"), .bic = setting_text(m->settings, "bank.bic"), .bank = setting_text(m->settings, "bank.name"),
		.creditor_id = setting_text(m->settings, "debit.creditor_id"), .b2b = strcmp(m->kind, "b2b") == 0, .discount = given->discount, .made_day = change->today,
		.value_day = m->value_day, .made_minutes = given->made_minutes, .lines = lines, .line_count = m->count };
	return strcmp(m->kind, "lcr") == 0 ? remit_lcr(&remit, out) : remit_debits(&remit, out);
}

struct status remittance_make(struct change *change, const struct remittance_new *given, int64_t *id)
{
	TRY(change_allows(change, RIGHT_CASH));
	cleanup_arena struct arena *arena = arena_new();
	struct making m = { .change = change, .arena = arena, .value_day = DAY_NONE };
	if (!given->count || given->count > REMITTANCE_LINES) return status_make(STATUS_INVALID, "Tick 1 to %d bills or direct debits.", REMITTANCE_LINES);
	TRY(settings_load(change->db, change->company.tenant_id, change->company.id, arena, &m.settings));
	TRY(gather(&m, given));
	bool bills = strcmp(m.kind, "lcr") == 0;
	if (given->discount && !bills) return status_make(STATUS_INVALID, "Only bills are discounted.");
	TRY(id_take(change->db, change->company.tenant_id, change->company.id, "remittance", 1, id));
	cleanup_text struct text file = { 0 };
	TRY(write_file(&m, given, *id, &file));
	int64_t total = 0;
	for (size_t i = 0; i < m.count; i++) total += m.list[i].amount;
	char day[11];
	day_format(change->today, day);
	const char *name = arena_printf(arena, "%s-%lld-%s.%s", m.kind, (long long)*id, day, bills ? "txt" : "xml");
	TRY(db_run(change->db,
	           "INSERT INTO remittance (tenant_id, company_id, id, kind, discount, made_day, value_day, iban, count, total, currency, file_name, bytes, by_user, at, rev)"
	           " VALUES ($tenant, $company, $id, $kind, $discount, $today, $value, $iban, $count, $total, 'EUR', $name, $bytes, $by, $at, $rev)",
	           DB_ARGS(OF_COMPANY(change), db_int("id", *id), db_text("kind", m.kind), db_int("discount", given->discount), db_day("today", change->today),
	                   db_day("value", m.value_day), db_text("iban", setting_text(m.settings, "bank.iban")), db_int("count", (int64_t)m.count), db_int("total", total),
	                   db_text("name", name), db_blob("bytes", file.bytes, file.len), db_int("by", change->viewer->user_id), db_int("at", change->now),
	                   db_int("rev", change->rev))));
	for (size_t i = 0; i < m.count; i++) TRY(instrument_remitted(change, &m.list[i], *id, given->discount));
	return event_add_json(change, (struct event_new){ .kind = "remittance.made", .ref = *id },
	                      json_pack("{s:s,s:I,s:s}", "what", name, "amount", (json_int_t)total, "currency", "EUR"));
}

static void fill(struct rows *rows, struct arena *arena, struct remittance *out)
{
	*out = (struct remittance){ .id = row_int(rows, 0), .kind = arena_strdup(arena, row_text(rows, 1)), .discount = row_int(rows, 2) != 0, .made_day = row_day(rows, 3),
		.value_day = row_day(rows, 4), .iban = arena_strdup(arena, row_text(rows, 5)), .count = row_int(rows, 6), .total = row_int(rows, 7),
		.currency = arena_strdup(arena, row_text(rows, 8)), .file_name = arena_strdup(arena, row_text(rows, 9)), .by_user = row_int(rows, 10), .at = row_int(rows, 11),
		.rev = row_int(rows, 12) };
}
#define COLUMNS "id, kind, discount, made_day, value_day, iban, count, total, currency, file_name, by_user, at, rev"

struct status remittance_list(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t id, struct arena *arena, struct remittance **out,
                              size_t *count)
{
	enum { MOST = 500 };
	*out = arena_array(arena, struct remittance, MOST), *count = 0;
	if (!viewer_sees_company(viewer, company_id)) return status_make(STATUS_NOT_FOUND, "There is no such company.");
	cleanup_rows struct rows *rows = db_query(db,
		"SELECT " COLUMNS " FROM remittance WHERE tenant_id = $tenant AND company_id = $company AND (CAST($id AS BIGINT) = 0 OR id = $id) ORDER BY id DESC LIMIT 500",
		DB_ARGS(db_int("tenant", viewer->tenant_id), db_int("company", company_id), db_int("id", id)));
	while (*count < MOST && rows_next(rows)) fill(rows, arena, &(*out)[(*count)++]);
	return rows_status(rows);
}

struct status remittance_file(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t id, struct arena *arena, struct remittance *out,
                              const char **bytes, size_t *len)
{
	if (!viewer_may(viewer, RIGHT_CASH)) return status_make(STATUS_FORBIDDEN, "Your role does not allow this.");
	bool found = false;
	if (viewer_sees_company(viewer, company_id)) {
		cleanup_rows struct rows *rows = db_query(db, "SELECT " COLUMNS ", bytes FROM remittance WHERE tenant_id = $tenant AND company_id = $company AND id = $id",
		                                          DB_ARGS(db_int("tenant", viewer->tenant_id), db_int("company", company_id), db_int("id", id)));
		if (rows_next(rows)) {
			found = true;
			fill(rows, arena, out);
			const void *blob = row_blob(rows, 13, len);
			*bytes = arena_strndup(arena, *len ? blob : "", *len);
		}
		TRY(rows_status(rows));
	}
	return found ? STATUS_FINE : status_make(STATUS_NOT_FOUND, "There is no remittance %lld.", (long long)id);
}
