#include "outreach/insurer_folder.h"

#include "base/memory.h"
#include "base/money.h"
#include "base/words.h"
#include "outreach/paper.h"
#include "outreach/parts.h"
#include "standing/insured.h"

#include <string.h>

struct folder {
	const struct bundle_facts *facts;
	const struct insurance *insurance;
	const struct insured_account *account;
	const struct book *book;
	const struct insurer_decision *decisions;
	size_t decision_count;
	const bool *in;                      /* items of the account that are in it */
	const char *currency;
	struct arena *arena;
	enum lang lang;
	int32_t today;
};

static const char *money_of(const struct folder *x, int64_t minor)
{
	cleanup_text struct text out = { 0 };
	words_amount(&out, x->lang, minor, x->currency);
	return arena_strdup(x->arena, text_cstr(&out));
}
static const char *day_of(const struct folder *x, int32_t day)
{
	cleanup_text struct text out = { 0 };
	if (day == DAY_NONE) return "–";
	words_date(&out, x->lang, day);
	return arena_strdup(x->arena, text_cstr(&out));
}
static const char *number_of(const struct folder *x, size_t i) { return arena_strdup(x->arena, book_item(x->book, x->account->index[i], BOOK_FACTS).number); }

static void heading(struct paper *paper, const char *words)
{
	paper_room(paper, 24);
	paper_move(paper, paper_y(paper) + 2);
	paper_paragraph(paper, 12, 2, false, words);
}

static void parties(struct paper *paper, const struct folder *x)
{
	const struct compose_sender *us = &x->facts->statement.sender;
	const struct customer *who = &x->facts->customer;
	const struct insurance_policy *policy = insurance_policy_of(x->insurance, x->account->total.policy);
	cleanup_text struct text left = { 0 }, right = { 0 };
	const char *const ours[] = { us->name, us->siren, us->address, arena_printf(x->arena, "%s %s", us->postcode ? us->postcode : "", us->city ? us->city : "") };
	const char *const his[] = { who->name, who->siren, who->address, arena_printf(x->arena, "%s %s", who->postcode, who->city), who->country };
	for (size_t i = 0; i < COUNT(ours); i++)
		if (ours[i] && *ours[i]) text_addf(&left, "%s%s%s", left.len ? "\n" : "", i == 1 ? "SIREN " : "", ours[i]);
	for (size_t i = 0; i < COUNT(his); i++)
		if (his[i] && *his[i]) text_addf(&right, "%s%s%s", right.len ? "\n" : "", i == 1 ? "SIREN " : "", his[i]);
	paper_paragraph(paper, 15, 1, false, tr(x->lang, "Declaration to the credit insurer"));
	if (policy) paper_paragraph(paper, 10, 4, false, arena_printf(x->arena, tr(x->lang, "%s, policy %s · on %s"), policy->insurer, policy->number, day_of(x, x->today)));
	double top = paper_y(paper);
	paper_text(paper, PAPER_MARGIN, top, 80, 8.5, PAPER_LEFT, false, tr(x->lang, "Insured"));
	paper_text(paper, PAPER_MARGIN + 90, top, 80, 8.5, PAPER_LEFT, false, tr(x->lang, "Buyer"));
	double a = paper_text(paper, PAPER_MARGIN, top + 5, 80, 10, PAPER_LEFT, false, text_cstr(&left));
	double b = paper_text(paper, PAPER_MARGIN + 90, top + 5, 80, 10, PAPER_LEFT, false, text_cstr(&right));
	paper_move(paper, top + 5 + (a > b ? a : b) + 4);
	if (who->insolvency_day != DAY_NONE)
		paper_paragraph(paper, 10, 3, false, arena_printf(x->arena, tr(x->lang, "Collective proceedings opened on %s."), day_of(x, who->insolvency_day)));
}

static void items(struct paper *paper, const struct folder *x)
{
	enum { COLUMNS = 7 };
	const struct paper_column columns[COLUMNS] = { { tr(x->lang, "Number"), 32, PAPER_LEFT }, { tr(x->lang, "Delivered"), 20, PAPER_LEFT }, { tr(x->lang, "Due date"), 20, PAPER_LEFT },
		{ tr(x->lang, "Limit"), 25, PAPER_RIGHT }, { tr(x->lang, "Amount due"), 25, PAPER_RIGHT }, { tr(x->lang, "Covered"), 25, PAPER_RIGHT }, { tr(x->lang, "Declared"), 23, PAPER_RIGHT } };
	const char **cells = arena_array(x->arena, const char *, (x->account->open + 1) * COLUMNS);
	size_t at = 0, rows = 0;
	int64_t due = 0, covered = 0, indemnity = 0;
	for (size_t i = 0; i < x->account->open; i++) {
		const struct cover_item *item = &x->account->items[i];
		if (!x->in[i]) continue;
		rows++, due += item->cover.exposed, covered += item->cover.covered, indemnity += item->cover.indemnity;
		cells[at++] = number_of(x, i), cells[at++] = day_of(x, item->delivered_day), cells[at++] = day_of(x, item->due_day);
		cells[at++] = item->cover.limit ? money_of(x, item->cover.limit) : "–", cells[at++] = money_of(x, item->cover.exposed), cells[at++] = money_of(x, item->cover.covered);
		cells[at++] = day_of(x, item->declared_day);
	}
	cells[at++] = tr(x->lang, "Total"), cells[at++] = "", cells[at++] = "", cells[at++] = "", cells[at++] = money_of(x, due), cells[at++] = money_of(x, covered), cells[at++] = "";
	heading(paper, tr(x->lang, "Unpaid items"));
	paper_table(paper, columns, COLUMNS, cells, rows + 1, 1, 8);
	paper_paragraph(paper, 10, 2, false, arena_printf(x->arena, tr(x->lang, "Insured share of what is covered: %s, before the deductible."), money_of(x, indemnity)));
	for (size_t i = 0; i < x->account->open; i++) {
		const struct cover *cover = &x->account->items[i].cover;
		if (x->in[i] && cover->reason != COVER_YES) paper_paragraph(paper, 9, 1, false, arena_printf(x->arena, "%s: %s", number_of(x, i), tr(x->lang, cover_reason_label(cover->reason))));
	}
}

static const char *decision_words(const struct folder *x, const struct insurer_decision *one)
{
	static const char *const labels[] = { /* msgids */
		[COVER_REQUESTED] = "Asked for", [COVER_GRANTED] = "Limit granted", [COVER_REDUCED] = "Limit reduced", [COVER_WITHDRAWN] = "Limit withdrawn", [COVER_REFUSED] = "Limit refused" };
	return tr(x->lang, labels[one->rule.state]);
}

static void history(struct paper *paper, const struct folder *x)
{
	enum { COLUMNS = 4, WAYS = 2, SHOWN = 300 };
	if (x->decision_count) {
		const struct paper_column columns[COLUMNS] = { { tr(x->lang, "For deliveries from"), 45, PAPER_LEFT }, { tr(x->lang, "Decision"), 55, PAPER_LEFT }, { tr(x->lang, "Reference"), 35, PAPER_LEFT },
			{ tr(x->lang, "Limit"), 35, PAPER_RIGHT } };
		const char **cells = arena_array(x->arena, const char *, x->decision_count * COLUMNS);
		size_t at = 0;
		for (size_t i = x->decision_count; i-- > 0;) {
			const struct insurer_decision *one = &x->decisions[i];
			cells[at++] = day_of(x, one->rule.from_day), cells[at++] = decision_words(x, one), cells[at++] = one->reference, cells[at++] = one->rule.amount ? money_of(x, one->rule.amount) : "–";
		}
		heading(paper, tr(x->lang, "What the insurer decided"));
		paper_table(paper, columns, COLUMNS, cells, x->decision_count, 0, 8);
	}
	size_t count = x->facts->step_count, first = count > SHOWN ? count - SHOWN : 0;
	if (!count) return;
	const struct paper_column columns[WAYS] = { { tr(x->lang, "Date"), 25, PAPER_LEFT }, { tr(x->lang, "What was done"), 145, PAPER_LEFT } };
	const char **cells = arena_array(x->arena, const char *, (count - first) * WAYS);
	size_t at = 0;
	for (size_t i = first; i < count; i++) cells[at++] = day_of(x, x->facts->steps[i].day), cells[at++] = x->facts->steps[i].words;
	heading(paper, tr(x->lang, "What was done"));
	paper_table(paper, columns, WAYS, cells, count - first, 0, 8);
}

static void draw(struct paper *paper, void *context)
{
	const struct folder *x = context;
	parties(paper, x);
	items(paper, x);
	history(paper, x);
	paper_room(paper, 30);
	paper_paragraph(paper, 9, 3, false, tr(x->lang, "In the folder: the statement of account, the invoices and papers we have, every message sent and every answer received. Add the order and the signed delivery note if they are missing."));
	paper_paragraph(paper, 10, 2, false, parts_signature(&x->facts->statement, x->arena));
}

static struct status front(const struct bundle_facts *facts, void *context, struct arena *arena, struct attachment *out)
{
	struct folder *x = context;
	x->facts = facts, x->lang = facts->lang;
	const char *title = tr(x->lang, "Declaration to the credit insurer");
	*out = (struct attachment){ .name = "00-declaration.pdf", .type = "application/pdf" };
	return paper_make(draw, x, &(struct paper_about){ .title = title, .author = facts->statement.sender.name, .reference = facts->customer.name, .lang = x->lang, .today = x->today }, arena,
	                  &out->bytes, &out->len);
}

/* For the insurer's own form: one line an item, amounts as decimals. */
static void decimal(struct text *out, int64_t minor, const char *currency)
{
	int64_t unit = 1;
	int places = currency_decimals(currency);
	for (int i = places; i > 0; i--) unit *= 10;
	if (places) text_addf(out, "%lld,%0*lld;", (long long)(minor / unit), places, (long long)(minor % unit));
	else text_addf(out, "%lld;", (long long)minor);
}
static void iso(struct text *out, int32_t day)
{
	char text[11];
	day_format(day, text);
	text_addf(out, "%s;", text);
}
static void quoted(struct text *out, const char *text)
{
	text_add_char(out, '"');
	if (*text && strchr("=+-@", *text)) text_add_char(out, '\''); /* no formula in a spreadsheet */
	for (; *text; text++) {
		if (*text == '"') text_add_char(out, '"');
		text_add_char(out, *text);
	}
	text_add(out, "\";");
}

static struct attachment sheet(const struct folder *x)
{
	cleanup_text struct text out = { 0 };
	text_add(&out, "\xef\xbb\xbfnumero;livraison;echeance;devise;agrement;reste_du;garanti;quotite_garantie;prorogation_jusqu_au;impaye_avant_le;sinistre_avant_le;declare_le;motif;\r\n");
	for (size_t i = 0; i < x->account->open; i++) {
		const struct cover_item *item = &x->account->items[i];
		if (!x->in[i]) continue;
		quoted(&out, number_of(x, i));
		iso(&out, item->delivered_day), iso(&out, item->due_day);
		text_addf(&out, "%s;", x->currency);
		decimal(&out, item->cover.limit, x->currency), decimal(&out, item->cover.exposed, x->currency);
		decimal(&out, item->cover.covered, x->currency), decimal(&out, item->cover.indemnity, x->currency);
		iso(&out, item->cover.extend_by), iso(&out, item->cover.declare_by), iso(&out, item->cover.claim_by), iso(&out, item->declared_day);
		quoted(&out, cover_reason_code(item->cover.reason));
		text_add(&out, "\r\n");
	}
	return (struct attachment){ .name = "pieces.csv", .type = "text/csv", .bytes = arena_strndup(x->arena, out.bytes, out.len), .len = out.len };
}

struct status insurer_folder(struct db *db, const struct viewer *viewer, const struct company *company, const struct settings *settings, int64_t customer_id, int32_t today,
                             int64_t now, struct arena *arena, struct bundle *out)
{
	const struct insurance *insurance;
	struct insurer_decision *decisions;
	struct insured_account account;
	struct customer who;
	size_t decided, chosen = 0;
	cleanup_book const struct book *book = NULL;
	*out = (struct bundle){ 0 };
	TRY(customer_get(db, viewer, company->id, customer_id, arena, &who));
	TRY(insurance_load(db, viewer, company->id, customer_id, arena, &insurance));
	if (!insurance) return status_make(STATUS_CONFLICT, "No credit insurance policy is noted.");
	TRY(cover_decision_list(db, viewer, company->id, customer_id, arena, &decisions, &decided));
	TRY(book_get(db_store(db), viewer->tenant_id, company->id, &book));
	size_t index = book_find_customer(book, customer_id);
	if (index == SIZE_MAX) return status_make(STATUS_CONFLICT, "Nothing is open on this customer.");
	const char *currency = insurance_currency(insurance);
	insured_account(insurance, book, index, today, currency, arena, &account);
	bool *in = arena_array(arena, bool, account.open + 1), all = who.insolvency_day != DAY_NONE;
	int64_t *ids = arena_array(arena, int64_t, account.open + 1);
	for (int pass = 0; pass < 2 && !chosen; pass++, all = true)
		for (size_t i = 0; i < account.open; i++) {
			const struct cover_item *item = &account.items[i];
			in[i] = item->sale && item->cover.exposed > 0 && strcmp(item->currency, currency) == 0 && (all || item->due_day < today);
			if (in[i]) ids[chosen++] = item->id;
		}
	if (!chosen) return status_make(STATUS_CONFLICT, "Nothing is open on this customer.");
	struct folder folder = { .insurance = insurance, .account = &account, .book = book, .decisions = decisions, .decision_count = decided, .in = in, .currency = currency, .arena = arena,
		.today = today };
	const struct attachment csv = sheet(&folder);
	return bundle_of_items(db, viewer, company, settings, customer_id, &(struct bundle_front){ .name = "assurance-credit", .front = front, .context = &folder, .items = ids, .item_count = chosen,
		.more = &csv, .more_count = 1 }, today, now, arena, out);
}
