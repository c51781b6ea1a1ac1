#include "outreach/debtor_account.h"

#include "base/day.h"
#include "base/memory.h"
#include "base/money.h"
#include "base/text.h"
#include "outreach/facts.h"
#include "outreach/facts_read.h"
#include "outreach/pay_to.h"

#include <stdlib.h>

/* --- what is asked: pure ------------------------------------------------------------------------------------------------- */
/* Of several customers who are not netted, one whose credits cover what is picked of him is asked for nothing, and gives nothing to others. */
static void leave_covered(struct debtor_account *account)
{
	for (size_t i = 0; account->apart && i < account->count; i++) {
		int64_t customer = account->items[i].item->customer_id, rest = 0;
		bool first = true;
		for (size_t k = 0; k < account->count; k++) {
			const struct debtor_item *other = &account->items[k];
			if (other->item->customer_id != customer) continue;
			first &= k >= i;
			if (other->picked && __builtin_add_overflow(rest, other->asked, &rest)) rest = INT64_MAX / 2;
		}
		for (size_t k = 0; first && rest <= 0 && k < account->count; k++)
			if (account->items[k].item->customer_id == customer) account->items[k].picked = false;
	}
}

static void sum(struct debtor_account *account)
{
	account->asked = 0, account->picked = 0;
	leave_covered(account);
	for (size_t i = 0; i < account->count; i++) {
		const struct debtor_item *item = &account->items[i];
		if (!item->picked) continue;
		account->picked += item->place != DEBTOR_CREDIT;
		if (__builtin_add_overflow(account->asked, item->asked, &account->asked)) account->asked = INT64_MAX / 2;
	}
	if (account->asked < 0) account->asked = 0;
}

void debtor_account_propose(struct debtor_account *account)
{
	bool any = false;
	for (size_t i = 0; i < account->count; i++) any = (account->items[i].picked = account->items[i].place == DEBTOR_DUE) || any;
	for (size_t i = 0; any && i < account->count; i++)
		if (account->items[i].place == DEBTOR_CREDIT) account->items[i].picked = true;
	sum(account);
}

void debtor_account_pick(struct debtor_account *account, const int64_t *ids, size_t count)
{
	for (size_t i = 0; i < account->count; i++) {
		account->items[i].picked = false;
		for (size_t j = 0; j < count && !account->items[i].picked; j++) account->items[i].picked = ids[j] == account->items[i].id;
	}
	sum(account);
}

static int compare(const void *left, const void *right)
{
	const struct debtor_item *a = left, *b = right;
	if (a->place != b->place) return a->place < b->place ? -1 : 1;
	if (a->item->due_day != b->item->due_day) return a->item->due_day < b->item->due_day ? -1 : 1;
	return a->id < b->id ? -1 : a->id > b->id;
}

/* --- reading ---------------------------------------------------------------------------------------------------------------- */
#define OF " tenant_id = $tenant AND company_id = $company AND customer_id = $customer "

struct reading {
	struct db *db;
	const struct company *company;
	int64_t customer_id;
	int32_t today;
	struct arena *arena;
	struct debtor_account *account;
	const struct debtor_page *page;
};

static struct debtor_item *find(struct debtor_account *account, int64_t id)
{
	for (size_t i = 0; i < account->count; i++)
		if (account->items[i].id == id) return &account->items[i];
	return NULL;
}

#define READING_ARGS(reading)                                                                                                  \
	DB_ARGS(db_int("tenant", (reading)->company->tenant_id), db_int("company", (reading)->company->id),                        \
	        db_int("customer", (reading)->customer_id), db_day("today", (reading)->today))

static struct status read_disputes(struct reading *reading)
{
	cleanup_rows struct rows *rows = db_query(reading->db,
	        "SELECT item_id, amount, opened_day, due_day, reason FROM dispute WHERE" OF "AND closed_day IS NULL AND opened_day <= $today",
	        READING_ARGS(reading));
	while (rows_next(rows)) {
		struct debtor_item *item = find(reading->account, row_int(rows, 0));
		if (!item || item->asked <= 0) continue;
		int64_t part = row_null(rows, 1) ? item->item->open : row_int(rows, 1);
		item->disputed = part < item->item->open ? part : item->item->open;
		item->course = DEBTOR_DISPUTED;
		item->since = row_day(rows, 2), item->until = row_day(rows, 3);
		item->reason = arena_strdup(reading->arena, row_text(rows, 4));
		item->asked = item->item->open - item->disputed;
		if (item->asked == 0) item->asked = item->item->open, item->place = DEBTOR_UNDERWAY;
	}
	return rows_status(rows);
}

static struct status read_promises(struct reading *reading)
{
	cleanup_rows struct rows *rows = db_query(reading->db,
	        "SELECT pi.item_id, p.day FROM promise p JOIN promise_item pi ON pi.tenant_id = p.tenant_id AND pi.company_id = p.company_id "
	        "AND pi.promise_id = p.id WHERE p.tenant_id = $tenant AND p.company_id = $company AND p.customer_id = $customer "
	        "AND p.state = 'expected' AND p.made_day <= $today", READING_ARGS(reading));
	while (rows_next(rows)) {
		struct debtor_item *item = find(reading->account, row_int(rows, 0));
		if (!item || item->place != DEBTOR_DUE || row_day(rows, 1) < reading->today) continue;
		item->course = DEBTOR_PROMISED, item->place = DEBTOR_UNDERWAY;
		item->since = DAY_NONE, item->until = row_day(rows, 1);
	}
	return rows_status(rows);
}

/* A direct debit under way, a payment plan, what he told us was paid. Other holds are ours: the item is due all the same. */
static struct status read_holds(struct reading *reading)
{
	cleanup_rows struct rows *rows = db_query(reading->db,
	        "SELECT h.item_id, h.kind, h.until_day, CASE WHEN EXISTS (SELECT 1 FROM answer_item ai JOIN answer a ON a.tenant_id = ai.tenant_id "
	        "AND a.company_id = ai.company_id AND a.id = ai.answer_id WHERE ai.tenant_id = h.tenant_id AND ai.company_id = h.company_id "
	        "AND ai.item_id = h.item_id AND ai.effect = 'hold' AND ai.effect_id = h.id AND a.kind = 'paid') THEN 1 ELSE 0 END "
	        "FROM hold h WHERE h.tenant_id = $tenant AND h.company_id = $company AND h.customer_id = $customer AND h.lifted_day IS NULL "
	        "AND h.from_day <= $today AND (h.until_day IS NULL OR h.until_day >= $today)", READING_ARGS(reading));
	while (rows_next(rows)) {
		const char *kind = row_text(rows, 1);
		enum debtor_course course = strcmp(kind, "plan") == 0 ? DEBTOR_ON_PLAN : strcmp(kind, "direct_debit") == 0 ? DEBTOR_DEBIT
		                            : row_int(rows, 3)         ? DEBTOR_SAID_PAID : DEBTOR_NOTHING;
		if (course == DEBTOR_NOTHING) continue;
		for (size_t i = 0; i < reading->account->count; i++) {
			struct debtor_item *item = &reading->account->items[i];
			if (item->item->customer_id != reading->customer_id) continue;
			if ((row_int(rows, 0) && row_int(rows, 0) != item->id) || item->place != DEBTOR_DUE) continue;
			item->course = course, item->place = DEBTOR_UNDERWAY;
			item->since = DAY_NONE, item->until = row_day(rows, 2);
		}
	}
	return rows_status(rows);
}

static struct status read_orders(struct reading *reading)
{
	cleanup_rows struct rows *rows = db_query(reading->db,
	        "SELECT id, extra FROM item WHERE" OF "AND open_amount <> 0 AND extra <> '' AND posting_day <= $today", READING_ARGS(reading));
	while (rows_next(rows)) {
		struct debtor_item *item = find(reading->account, row_int(rows, 0));
		if (!item) continue;
		json_t *extra = json_loads(row_text(rows, 1), 0, NULL);
		const char *order = json_string_value(json_object_get(extra, "purchase_order"));
		if (order) item->order = arena_strdup(reading->arena, order);
		json_decref(extra);
	}
	return rows_status(rows);
}

/* The invoices' own files: not what went with a message, and not what a customer sent in. */
#define HIS_FILE                                                                                                                \
	"d.tenant_id = $tenant AND d.company_id = $company AND d.customer_id = $customer AND d.item_id > 0 AND d.outbox_id = 0 "   \
	"AND d.type = 'application/pdf' AND NOT EXISTS (SELECT 1 FROM answer_file f WHERE f.tenant_id = d.tenant_id "            \
	"AND f.company_id = d.company_id AND f.document_id = d.id) "

static struct status read_files(struct reading *reading)
{
	cleanup_rows struct rows *rows = db_query(reading->db,
	        "SELECT d.item_id, d.id, d.name, d.type FROM document d WHERE " HIS_FILE "AND $today > 0 ORDER BY d.item_id, d.id DESC",
	        READING_ARGS(reading));
	while (rows_next(rows)) {
		struct debtor_item *item = find(reading->account, row_int(rows, 0));
		if (!item || item->file_count >= 5) continue;
		struct debtor_file *files = arena_array(reading->arena, struct debtor_file, item->file_count + 1);
		if (item->file_count) memcpy(files, item->files, item->file_count * sizeof *files);
		files[item->file_count++] = (struct debtor_file){ row_int(rows, 1), arena_strdup(reading->arena, row_text(rows, 2)),
		                                                  arena_strdup(reading->arena, row_text(rows, 3)) };
		item->files = files;
	}
	return rows_status(rows);
}

static const char *whose(const struct payer_group *group, int64_t customer_id)
{
	for (size_t m = 1; m < group->count; m++)
		if (group->members[m].id == customer_id) return group->members[m].name;
	return "";
}

static struct status read_account(struct reading *reading)
{
	struct debtor_account *account = reading->account;
	const struct payer_group *group = &reading->page->group;
	struct compose_item *items = arena_array(reading->arena, struct compose_item, 1);
	size_t count = 0;
	for (size_t m = 0; m < group->count; m++) {
		struct compose_item *his, *all;
		size_t more;
		bool ceded;
		TRY(facts_open_items(reading->db, reading->company, group->members[m].id, account->currency, reading->today, 0, reading->arena, &his, &more, &ceded));
		account->ceded |= ceded;
		all = arena_array(reading->arena, struct compose_item, count + more + 1);
		memcpy(all, items, count * sizeof *all);
		memcpy(all + count, his, more * sizeof *all);
		items = all, count += more;
	}
	account->apart = group->count > 1 && !group->netted;
	struct compose_facts asked = reading->page->facts;
	snprintf(asked.currency, sizeof asked.currency, "%s", account->currency);
	asked.items = items, asked.item_count = count, asked.ceded_left_out = account->ceded;
	TRY(pay_to(reading->db, reading->company, false, reading->arena, &asked));
	account->sender = asked.sender, account->assigned = asked.assigned, account->ceded = asked.ceded_left_out;
	account->elsewhere = asked.elsewhere, account->elsewhere_count = asked.elsewhere_count;
	const struct compose_item *of = asked.items;
	count = asked.item_count;
	account->items = arena_array(reading->arena, struct debtor_item, count + 1);
	for (size_t i = 0; i < count; i++) {
		enum debtor_place place = of[i].open < 0 ? DEBTOR_CREDIT : of[i].due_day <= reading->today ? DEBTOR_DUE : DEBTOR_LATER;
		account->items[account->count++] = (struct debtor_item){ .id = of[i].id, .item = &of[i], .place = place, .asked = of[i].open,
		                                                         .since = DAY_NONE, .until = DAY_NONE, .reason = "", .order = "",
		                                                         .whose = whose(group, of[i].customer_id) };
		account->balance += of[i].open;
		if (place == DEBTOR_CREDIT) account->credits += of[i].open;
		if (place == DEBTOR_DUE) account->due += of[i].open;
		if (place == DEBTOR_LATER) account->later += of[i].open;
	}
	for (size_t m = 0; m < group->count; m++) {
		reading->customer_id = group->members[m].id;
		TRY(read_disputes(reading));
		TRY(read_holds(reading));
		TRY(read_promises(reading));
		TRY(read_orders(reading));
		TRY(read_files(reading));
	}
	if (account->count) qsort(account->items, account->count, sizeof *account->items, compare);
	debtor_account_propose(account);
	return STATUS_FINE;
}

struct status debtor_page_load(struct db *db, const struct company *company, const struct settings *settings, int64_t customer_id,
                               int32_t today, struct arena *arena, struct debtor_page *out)
{
	enum { CURRENCIES = 16 };
	struct viewer system = viewer_system(company->tenant_id);
	*out = (struct debtor_page){ 0 };
	TRY(customer_get(db, &system, company->id, customer_id, arena, &out->customer));
	TRY(facts_of_customer(db, &system, company, settings, out->customer.code, "reminder", today, arena, &out->facts));
	out->facts.item_count = 0;
	TRY(payer_group_load(db, company, settings, out->customer.id, today, arena, &out->group));
	if (out->group.count > 1) out->facts.discount_rate = 0; /* items of several customers: each has terms of his own */
	out->facts.members = out->group.count > 1 ? out->group.members : NULL;
	out->facts.member_count = out->group.count > 1 ? out->group.count : 0;
	out->insolvent = out->customer.insolvency_day != DAY_NONE && out->customer.insolvency_day <= today;
	out->accounts = arena_array(arena, struct debtor_account, CURRENCIES);
	snprintf(out->accounts[out->account_count++].currency, sizeof out->accounts->currency, "%s", company->currency);
	for (size_t m = 0; m < out->group.count; m++) {
		cleanup_rows struct rows *rows = db_query(db,
		        "SELECT DISTINCT currency FROM item WHERE" OF "AND open_amount <> 0 AND withdrawn = 0 AND posting_day <= $today ORDER BY currency",
		        DB_ARGS(db_int("tenant", company->tenant_id), db_int("company", company->id), db_int("customer", out->group.members[m].id),
		                db_day("today", today)));
		while (out->account_count < CURRENCIES && rows_next(rows)) {
			bool known = false;
			for (size_t a = 0; a < out->account_count; a++) known |= strcmp(row_text(rows, 0), out->accounts[a].currency) == 0;
			if (known) continue;
			struct debtor_account *account = &out->accounts[out->account_count++];
			snprintf(account->currency, sizeof account->currency, "%s", row_text(rows, 0));
		}
		TRY(rows_status(rows));
	}
	for (size_t i = 0; i < out->account_count; i++) {
		struct reading reading = { db, company, customer_id, today, arena, &out->accounts[i], out };
		TRY(read_account(&reading));
	}
	return STATUS_FINE;
}

/* --- what the PDF and the QR code are made of ------------------------------------------------------------------------------------ */
void debtor_account_facts(const struct debtor_page *page, const struct debtor_account *account, struct arena *arena, struct compose_facts *out)
{
	*out = page->facts;
	struct compose_item *items = arena_array(arena, struct compose_item, account->count + 1);
	for (size_t i = 0; i < account->count; i++) {
		const struct debtor_item *item = &account->items[i];
		items[i] = *item->item;
		items[i].asked = item->asked;
		items[i].role = !item->picked ? PLAN_STATEMENT : item->place == DEBTOR_CREDIT ? PLAN_CREDIT : PLAN_CLAIMED;
	}
	out->items = items, out->item_count = account->count;
	out->ceded_left_out = account->ceded, out->sender = account->sender, out->assigned = account->assigned;
	out->elsewhere = account->elsewhere, out->elsewhere_count = account->elsewhere_count;
	snprintf(out->currency, sizeof out->currency, "%s", account->currency);
}

static void add_escaped(struct text *out, const char *value)
{
	for (; *value; value++) {
		unsigned char c = (unsigned char)*value;
		if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || strchr("-._~", c))
			text_add_char(out, (char)c);
		else
			text_addf(out, "%%%02X", c);
	}
}

const char *debtor_pay_url(const struct settings *settings, const struct debtor_page *page, const struct debtor_account *account,
                           struct arena *arena)
{
	const char *template = setting_text(settings, "debtor.pay_url");
	if (!*template || account->asked <= 0 || page->insolvent || account->assigned) return ""; /* that page pays us */
	char reference[26], cents[24], amount[40];
	compose_reference(page->customer.code, reference);
	snprintf(cents, sizeof cents, "%lld", (long long)account->asked);
	int decimals = currency_decimals(account->currency);
	int64_t unit = 1;
	for (int i = 0; i < decimals; i++) unit *= 10;
	if (decimals)
		snprintf(amount, sizeof amount, "%lld.%0*lld", (long long)(account->asked / unit), decimals, (long long)(account->asked % unit));
	else
		snprintf(amount, sizeof amount, "%s", cents);
	const struct {
		const char *name, *value;
	} places[] = { { "{amount}", amount }, { "{cents}", cents }, { "{currency}", account->currency }, { "{reference}", reference },
		       { "{customer}", page->customer.code } };
	cleanup_text struct text out = { 0 };
	while (*template) {
		size_t found = COUNT(places);
		for (size_t i = 0; i < COUNT(places); i++)
			if (strncmp(template, places[i].name, strlen(places[i].name)) == 0) found = i;
		if (found < COUNT(places)) {
			add_escaped(&out, places[found].value);
			template += strlen(places[found].name);
		} else {
			text_add_char(&out, *template++);
		}
	}
	return arena_strdup(arena, text_cstr(&out));
}

struct status debtor_document(struct db *db, const struct debtor_page *page, int64_t tenant, int64_t company, int64_t document_id,
                              struct arena *arena, struct attachment *out)
{
	bool his = false;
	for (size_t a = 0; a < page->account_count; a++)
		for (size_t i = 0; i < page->accounts[a].count; i++)
			for (size_t f = 0; f < page->accounts[a].items[i].file_count; f++)
				his = his || page->accounts[a].items[i].files[f].id == document_id;
	struct status none = status_make(STATUS_NOT_FOUND, "This document is not among those of your account.");
	bool found = false;
	for (size_t m = 0; his && m < page->group.count && !found; m++) {
		cleanup_rows struct rows *rows = db_query(db, "SELECT d.name, d.type, d.bytes FROM document d WHERE " HIS_FILE "AND d.id = $id",
		        DB_ARGS(db_int("tenant", tenant), db_int("company", company), db_int("customer", page->group.members[m].id), db_int("id", document_id)));
		found = rows_next(rows);
		if (found) {
			size_t len;
			const void *bytes = row_blob(rows, 2, &len);
			*out = (struct attachment){ arena_strdup(arena, row_text(rows, 0)), arena_strdup(arena, row_text(rows, 1)),
			                            arena_strndup(arena, len ? bytes : "", len), len };
		}
		TRY(rows_status(rows));
	}
	return found ? STATUS_FINE : none;
}
