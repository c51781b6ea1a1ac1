#include "ledger/doubtful.h"

#include "base/day.h"
#include "base/memory.h"
#include "base/text.h"
#include "ledger/customer.h"
#include "ledger/event.h"
#include "ledger/hold.h"
#include "ledger/item.h"
#include "ledger/provision.h"

#include <string.h>

enum { WORDS = 1000 };
#define OF_COMPANY(change) db_int("tenant", (change)->company.tenant_id), db_int("company", (change)->company.id)

static struct status check_words(const char *words)
{
	if (strlen(words) <= WORDS && utf8_valid(words, strlen(words))) return STATUS_FINE;
	return status_make(STATUS_INVALID, "This text is too long, or not readable: at most %d characters.", WORDS);
}

static struct status tell(struct change *change, const char *kind, const struct doubtful_case *debt, int64_t amount, const char *text)
{
	return event_add_json(change, (struct event_new){ .kind = kind, .customer_id = debt->customer_id, .ref = debt->id },
	                      json_pack("{s:I, s:s, s:s, s:[s]}", "amount", (json_int_t)amount, "currency", debt->currency, "text", text, "items", debt->number));
}

/* --- the debt that a decision is about ------------------------------------------------------------------------------------------------- */
/* What there is of it: a case, or one as it would be. */
static struct status debt_of(struct change *change, int64_t item_id, struct arena *arena, struct item *item, struct doubtful_case *out)
{
	int64_t root = 0;
	struct doubtful_case *list;
	size_t count;
	TRY(item_get(change->db, change->viewer, change->company.id, item_id, item));
	TRY(doubtful_root(change->db, change->company.tenant_id, change->company.id, item_id, &root));
	TRY(doubtful_cases(change->db, change->viewer, &change->company, change->today, (struct doubtful_filter){ .root_id = root }, arena, &list, &count));
	if (count) {
		*out = list[0];
		return STATUS_FINE;
	}
	struct customer who;
	const struct settings *settings;
	struct doubtful_terms terms;
	TRY(customer_get(change->db, change->viewer, change->company.id, item->customer_id, arena, &who));
	TRY(settings_load(change->db, change->company.tenant_id, change->company.id, arena, &settings));
	TRY(doubtful_terms_read(settings, &terms));
	cleanup_free char *account = NULL;
	TRY(db_get_text(change->db, "SELECT account FROM item WHERE tenant_id = $tenant AND company_id = $company AND id = $id", DB_ARGS(OF_COMPANY(change), db_int("id", item_id)), &account));
	bool abroad = *who.country && strcmp(who.country, change->company.country) != 0;
	*out = (struct doubtful_case){ .root_id = root, .item_id = item->id, .customer_id = item->customer_id, .collector_id = who.collector_id, .open = item->open, .open_then = item->open,
		.vat = abroad ? 0 : terms.vat, .number = arena_strdup(arena, item->number), .account = arena_strdup(arena, account ? account : ""), .customer_code = who.code,
		.customer_name = who.name, .issue_day = item->issue_day, .due_day = item->due_day, .booked_day = DAY_NONE, .state = "", .before = "", .reason = "", .why = "", .lost_why = "",
		.proof = "", .proof_words = "", .day = DAY_NONE, .lost_day = DAY_NONE, .proof_day = DAY_NONE, .duplicate_day = DAY_NONE, .lost_booked_day = DAY_NONE, .view = { .insolvency_day = who.insolvency_day } };
	snprintf(out->currency, sizeof out->currency, "%s", item->currency);
	return STATUS_FINE;
}

static struct status case_by_id(struct change *change, int64_t id, struct arena *arena, struct doubtful_case *out)
{
	struct doubtful_case *list;
	size_t count = 0;
	if (id > 0) TRY(doubtful_cases(change->db, change->viewer, &change->company, change->today, (struct doubtful_filter){ .id = id }, arena, &list, &count));
	if (!count) return status_make(STATUS_NOT_FOUND, "There is no such decision on a doubtful debt, or it is not in your portfolio.");
	*out = list[0];
	return STATUS_FINE;
}

static struct status check_debt(struct change *change, const struct item *item, const struct doubtful_case *debt)
{
	int64_t other = 0;
	bool found = false;
	if (strcmp(item->kind, "deposit_request") == 0) return status_make(STATUS_INVALID, "%s is a request for a deposit: the books don't have it.", item->number);
	if (strcmp(debt->currency, change->company.currency) != 0)
		return status_make(STATUS_INVALID, "%s is in %s: its entry is made in the books, at their rate.", item->number, debt->currency);
	TRY(db_get_int(change->db,
	               "SELECT a.id FROM assignment_item n JOIN assignment a ON a.tenant_id = n.tenant_id AND a.company_id = n.company_id AND a.id = n.assignment_id"
	               " WHERE n.tenant_id = $tenant AND n.company_id = $company AND n.item_id = $item AND n.back_day IS NULL AND a.state = 'active' LIMIT 1",
	               DB_ARGS(OF_COMPANY(change), db_int("item", item->id)), &other, &found));
	return found ? status_make(STATUS_CONFLICT, "%s is assigned to a third party: have the claim given back first.", item->number) : STATUS_FINE;
}

static struct status insert(struct change *change, struct doubtful_case *debt, const char *state, const char *reason, const char *why)
{
	TRY(id_take(change->db, change->company.tenant_id, change->company.id, "doubtful", 1, &debt->id));
	return db_run(change->db,
	              "INSERT INTO doubtful (tenant_id, company_id, id, customer_id, item_id, state, reason, why, currency, amount, vat_rate, day, by_user, rev) VALUES"
	              " ($tenant, $company, $id, $customer, $item, $state, $reason, $why, $currency, $amount, $vat, $today, $by, $rev)",
	              DB_ARGS(OF_COMPANY(change), db_int("id", debt->id), db_int("customer", debt->customer_id), db_int("item", debt->root_id), db_text("state", state),
	                      db_text("reason", reason), db_text("why", why), db_text("currency", debt->currency), db_int("amount", debt->open), db_int("vat", debt->vat),
	                      db_day("today", change->today), db_int("by", change->viewer->user_id), db_int("rev", change->rev)));
}

static struct status ask_books(struct change *change, const struct doubtful_case *debt, const char *kind, const char *label, const struct book_line *lines, size_t count)
{
	int64_t entry;
	if (!count) return STATUS_FINE;
	return book_entry_add(change, &(struct book_entry_new){ .kind = kind, .subject_id = debt->id, .customer_id = debt->customer_id, .item_id = debt->item_id, .day = change->today,
	                      .number = debt->number, .label = label, .currency = debt->currency, .lines = lines, .count = count }, &entry);
}

static struct status accounts_of(struct change *change, struct arena *arena, struct doubtful_accounts *accounts, struct doubtful_terms *terms, enum lang *lang)
{
	const struct settings *settings;
	TRY(settings_load(change->db, change->company.tenant_id, change->company.id, arena, &settings));
	doubtful_accounts_read(settings, accounts);
	TRY(book_entry_lang(change, arena, lang));
	return doubtful_terms_read(settings, terms);
}

/* --- doubtful ---------------------------------------------------------------------------------------------------------------------------- */
struct status doubtful_decide(struct change *change, const struct doubtful_new *decision, int64_t *id)
{
	cleanup_arena struct arena *arena = arena_new();
	struct doubtful_accounts accounts;
	struct doubtful_terms terms;
	struct doubtful_case debt;
	enum lang lang;
	struct item item;
	const char *why = decision->why ? decision->why : "", *reason = decision->reason ? decision->reason : "";
	const struct doubtful_word *known = doubtful_reasons;
	TRY(change_allows(change, RIGHT_SCENARIO));
	TRY(check_words(why));
	while (known->code && strcmp(known->code, reason) != 0) known++;
	if (!known->code) return status_make(STATUS_INVALID, "Say why it is doubtful: insolvency, handed_over, dispute, age or other.");
	if (strcmp(reason, "other") == 0 && !*why) return status_make(STATUS_INVALID, "Say why it is doubtful.");
	if (decision->vat > 10000) return status_make(STATUS_INVALID, "A rate is a percentage between 0 and 100.");
	TRY(debt_of(change, decision->item_id, arena, &item, &debt));
	if (debt.id) return status_make(STATUS_CONFLICT, "%s is doubtful, or lost, already.", item.number);
	if (debt.open <= 0 || item.open <= 0) return status_make(STATUS_CONFLICT, "Nothing is owed on %s any more.", item.number);
	TRY(check_debt(change, &item, &debt));
	TRY(accounts_of(change, arena, &accounts, &terms, &lang));
	if (decision->vat >= 0) debt.vat = decision->vat;
	TRY(insert(change, &debt, "doubtful", reason, why));
	*id = debt.id;
	struct book_line lines[BOOK_LINES];
	bool there = debt.booked_day != DAY_NONE || strncmp(debt.account, "416", 3) == 0;
	if (!there) TRY(ask_books(change, &debt, "transfer", arena_printf(arena, tr(lang, "Doubtful debt %s"), debt.number), lines, doubtful_transfer_lines(&accounts, debt.account, debt.open, lines)));
	return tell(change, "doubtful.decided", &debt, debt.open, *why ? why : tr(lang_spoken(), known->label));
}

struct status doubtful_cancel(struct change *change, int64_t id, const char *why)
{
	cleanup_arena struct arena *arena = arena_new();
	struct doubtful_case debt;
	why = why ? why : "";
	TRY(change_allows(change, RIGHT_SCENARIO));
	TRY(check_words(why));
	TRY(case_by_id(change, id, arena, &debt));
	if (strcmp(debt.state, "doubtful") != 0) return status_make(STATUS_CONFLICT, "%s is lost, or let go: take that back first.", debt.number);
	bool asked = false;
	int64_t entry = 0;
	TRY(db_get_int(change->db, "SELECT id FROM book_entry WHERE tenant_id = $tenant AND company_id = $company AND kind = 'transfer' AND subject_id = $id AND cancelled = 0 LIMIT 1",
	               DB_ARGS(OF_COMPANY(change), db_int("id", id)), &entry, &asked));
	if (asked && debt.booked_day != DAY_NONE && debt.open > 0) return status_make(STATUS_CONFLICT, "The books have %s on account 416: they move it back.", debt.number);
	TRY(db_run(change->db, "UPDATE doubtful SET state = 'cancelled', rev = $rev WHERE tenant_id = $tenant AND company_id = $company AND id = $id",
	           DB_ARGS(db_int("rev", change->rev), OF_COMPANY(change), db_int("id", id))));
	if (debt.booked_day == DAY_NONE) TRY(book_entry_take_back(change, "transfer", id));
	return tell(change, "doubtful.cancelled", &debt, debt.open, why);
}

/* --- lost -------------------------------------------------------------------------------------------------------------------------------- */
static struct status check_proof(struct change *change, const struct doubtful_loss *loss, const struct doubtful_proof *proof, const struct doubtful_case *debt, bool on_receipts,
                                 int32_t *proof_day)
{
	*proof_day = loss->proof_day;
	if (!proof->vat) return *loss->why ? STATUS_FINE : status_make(STATUS_INVALID, "Say why it is given up.");
	if (strcmp(proof->code, "liquidation") == 0) {
		if (debt->view.insolvency_day == DAY_NONE || !debt->view.liquidation)
			return status_make(STATUS_CONFLICT, "No liquidation is noted of this customer: note the judgment in his collective procedure first.");
		if (*proof_day == DAY_NONE) *proof_day = debt->view.insolvency_day;
	} else if (!*loss->proof_words) {
		return status_make(STATUS_INVALID, "Say which proof there is: its reference, and where it is.");
	}
	if (*proof_day == DAY_NONE || *proof_day > change->today || *proof_day < debt->issue_day) return status_make(STATUS_INVALID, "The proof has its day: between the invoice and today.");
	if (!loss->keep_vat && !on_receipts && debt->vat > 0 && change->today > doubtful_vat_until(*proof_day)) {
		char iso[11];
		day_format(doubtful_vat_until(*proof_day), iso);
		return status_make(STATUS_CONFLICT, "The VAT could be taken back until %s: write the debt off without it.", iso);
	}
	return STATUS_FINE;
}

static struct status hold_it(struct change *change, int64_t item_id, int64_t id, struct arena *arena)
{
	int64_t hold;
	return hold_set(change, &(struct hold_new){ .item_id = item_id, .kind = HOLD_LOST, .until_day = DAY_NONE, .reason = arena_printf(arena, tr(lang_spoken(), "Written off (%lld)"), (long long)id) }, &hold);
}

/* On 416 once the transfer is asked for, wherever the books are with it. */
static struct status loss_account(struct change *change, const struct doubtful_case *debt, const struct doubtful_accounts *accounts, const char **out)
{
	int64_t entry = 0;
	bool asked = false;
	*out = debt->account;
	if (debt->booked_day != DAY_NONE || !debt->id) return STATUS_FINE;
	TRY(db_get_int(change->db, "SELECT id FROM book_entry WHERE tenant_id = $tenant AND company_id = $company AND kind = 'transfer' AND subject_id = $id AND cancelled = 0 LIMIT 1",
	               DB_ARGS(OF_COMPANY(change), db_int("id", debt->id)), &entry, &asked));
	if (asked) *out = accounts->doubtful;
	return STATUS_FINE;
}

struct status doubtful_lose(struct change *change, const struct doubtful_loss *given, int64_t *id)
{
	cleanup_arena struct arena *arena = arena_new();
	struct doubtful_loss loss = *given;
	struct doubtful_accounts accounts;
	struct doubtful_terms terms;
	struct doubtful_case debt;
	enum lang lang;
	struct item item;
	int32_t proof_day;
	loss.why = loss.why ? loss.why : "", loss.proof_words = loss.proof_words ? loss.proof_words : "";
	TRY(change_allows(change, RIGHT_SCENARIO));
	TRY(check_words(loss.why));
	TRY(check_words(loss.proof_words));
	const struct doubtful_proof *proof = doubtful_proof_find(loss.proof);
	if (!proof) return status_make(STATUS_INVALID, "Say what proves the loss: certificate, liquidation, closed, plan, gone, or none.");
	if (loss.vat > 10000) return status_make(STATUS_INVALID, "A rate is a percentage between 0 and 100.");
	TRY(debt_of(change, loss.item_id, arena, &item, &debt));
	if (debt.id && strcmp(debt.state, "doubtful") != 0) return status_make(STATUS_CONFLICT, "%s is written off already.", item.number);
	if (debt.open <= 0) return status_make(STATUS_CONFLICT, "Nothing is owed on %s any more.", item.number);
	TRY(check_debt(change, &item, &debt));
	TRY(accounts_of(change, arena, &accounts, &terms, &lang));
	if (loss.vat >= 0) debt.vat = loss.vat;
	/* liquidation is known of cases; of one that is not a case yet, here */
	int64_t liquidation = 0;
	TRY(db_get_int(change->db, "SELECT COUNT(*) FROM insolvency_file WHERE tenant_id = $tenant AND company_id = $company AND customer_id = $customer AND kind = 'liquidation'",
	               DB_ARGS(OF_COMPANY(change), db_int("customer", debt.customer_id)), &liquidation, NULL));
	debt.view.liquidation = liquidation > 0;
	TRY(check_proof(change, &loss, proof, &debt, terms.on_receipts, &proof_day));
	const char *before = debt.id ? "doubtful" : "", *account;
	TRY(loss_account(change, &debt, &accounts, &account));
	if (!debt.id) TRY(insert(change, &debt, "lost", "other", loss.why));
	*id = debt.id;
	int64_t contained = doubtful_vat(debt.open, debt.vat);
	int64_t vat = terms.on_receipts ? contained : proof->vat && !loss.keep_vat ? contained : 0;
	TRY(db_run(change->db,
	           "UPDATE doubtful SET state = 'lost', before = $before, vat_rate = $rate, lost_day = $today, lost_amount = $amount, lost_vat = $vat, lost_why = $why, lost_by = $by,"
	           " proof = $proof, proof_day = $proof_day, proof_words = $words, duplicate_day = NULL, rev = $rev WHERE tenant_id = $tenant AND company_id = $company AND id = $id",
	           DB_ARGS(db_text("before", before), db_int("rate", debt.vat), db_day("today", change->today), db_int("amount", debt.open), db_int("vat", terms.on_receipts ? 0 : vat),
	                   db_text("why", loss.why), db_int("by", change->viewer->user_id), db_text("proof", proof->code), db_day("proof_day", proof_day),
	                   db_text("words", loss.proof_words), db_int("rev", change->rev), OF_COMPANY(change), db_int("id", debt.id))));
	struct book_line lines[BOOK_LINES];
	TRY(ask_books(change, &debt, "loss", arena_printf(arena, tr(lang, "Lost debt %s"), debt.number), lines, doubtful_loss_lines(&accounts, account, debt.open, vat, terms.on_receipts, lines)));
	if (debt.allowance > 0) TRY(provision_release(change, &debt, "loss"));
	TRY(hold_it(change, debt.item_id, debt.id, arena));
	return tell(change, "doubtful.lost", &debt, debt.open, *loss.why ? loss.why : tr(lang_spoken(), proof->label));
}

struct status doubtful_let_go(struct change *change, int64_t item_id, const char *why, int64_t *id)
{
	cleanup_arena struct arena *arena = arena_new();
	struct doubtful_accounts accounts;
	struct doubtful_terms terms;
	struct doubtful_case debt;
	enum lang lang;
	struct item item;
	const struct settings *settings;
	why = why ? why : "";
	TRY(change_allows(change, RIGHT_CASH));
	TRY(check_words(why));
	TRY(settings_load(change->db, change->company.tenant_id, change->company.id, arena, &settings));
	TRY(debt_of(change, item_id, arena, &item, &debt));
	if (debt.id) return status_make(STATUS_CONFLICT, "%s is doubtful, or lost, already.", item.number);
	if (!debt.open || !item.open) return status_make(STATUS_CONFLICT, "Nothing is open on %s any more.", item.number);
	int64_t most = setting_int(settings, "small.most"), size = debt.open < 0 ? -debt.open : debt.open;
	TRY(check_debt(change, &item, &debt));
	if (size > most) return status_make(STATUS_CONFLICT, "%s is more than a small balance, by your settings.", item.number);
	TRY(accounts_of(change, arena, &accounts, &terms, &lang));
	TRY(insert(change, &debt, "small", "small", why));
	*id = debt.id;
	TRY(db_run(change->db,
	           "UPDATE doubtful SET lost_day = $today, lost_amount = $amount, lost_by = $by WHERE tenant_id = $tenant AND company_id = $company AND id = $id",
	           DB_ARGS(db_day("today", change->today), db_int("amount", debt.open), db_int("by", change->viewer->user_id), OF_COMPANY(change), db_int("id", debt.id))));
	struct book_line lines[BOOK_LINES];
	TRY(ask_books(change, &debt, "small", arena_printf(arena, tr(lang, "Small balance %s"), debt.number), lines, doubtful_small_lines(&accounts, debt.account, debt.open, lines)));
	if (debt.open > 0) TRY(hold_it(change, debt.item_id, debt.id, arena));
	return tell(change, "doubtful.small", &debt, debt.open, why);
}

struct status doubtful_restore(struct change *change, int64_t id, const char *why)
{
	cleanup_arena struct arena *arena = arena_new();
	struct doubtful_case debt;
	why = why ? why : "";
	TRY(check_words(why));
	TRY(case_by_id(change, id, arena, &debt));
	bool lost = strcmp(debt.state, "lost") == 0, small = strcmp(debt.state, "small") == 0;
	TRY(change_allows(change, small ? RIGHT_CASH : RIGHT_SCENARIO));
	if (!lost && !small) return status_make(STATUS_CONFLICT, "%s is not written off.", debt.number);
	/* paid after all: what no file has yet must not go to the books beside the payment */
	if (!debt.open && !debt.loss_waits) return status_make(STATUS_CONFLICT, "Nothing is open on %s any more: the books have closed it.", debt.number);
	if (debt.lost_booked_day != DAY_NONE) return status_make(STATUS_CONFLICT, "The books have written %s off: they take it back.", debt.number);
	bool doubtful = lost && strcmp(debt.before, "doubtful") == 0;
	TRY(db_run(change->db,
	           "UPDATE doubtful SET state = $state, lost_day = NULL, lost_amount = 0, lost_vat = 0, proof = '', proof_day = NULL, duplicate_day = NULL, rev = $rev"
	           " WHERE tenant_id = $tenant AND company_id = $company AND id = $id",
	           DB_ARGS(db_text("state", doubtful ? "doubtful" : "cancelled"), db_int("rev", change->rev), OF_COMPANY(change), db_int("id", id))));
	TRY(book_entry_take_back(change, lost ? "loss" : "small", id));
	if (lost) TRY(provision_release_undo(change, debt.root_id, "loss"));
	struct status status = hold_lift_of(change, debt.customer_id, debt.item_id, HOLD_LOST);
	if (status.code && status.code != STATUS_NOT_FOUND) return status;
	return tell(change, "doubtful.restored", &debt, debt.open, why);
}

struct status doubtful_duplicate_sent(struct change *change, int64_t id, int32_t day)
{
	cleanup_arena struct arena *arena = arena_new();
	struct doubtful_case debt;
	TRY(change_allows(change, RIGHT_COLLECT));
	TRY(case_by_id(change, id, arena, &debt));
	if (strcmp(debt.state, "lost") != 0 || debt.lost_vat <= 0) return status_make(STATUS_CONFLICT, "No VAT is taken back of %s: no duplicate is needed.", debt.number);
	if (day == DAY_NONE || day > change->today || day < debt.issue_day) return status_make(STATUS_INVALID, "Give the day it was sent: not after today.");
	TRY(db_run(change->db, "UPDATE doubtful SET duplicate_day = $day, rev = $rev WHERE tenant_id = $tenant AND company_id = $company AND id = $id",
	           DB_ARGS(db_day("day", day), db_int("rev", change->rev), OF_COMPANY(change), db_int("id", id))));
	return tell(change, "doubtful.duplicate", &debt, debt.lost_vat, "");
}

struct status doubtful_keep(struct change *change, int64_t *changed)
{
	cleanup_arena struct arena *arena = arena_new();
	struct doubtful_case *list;
	size_t count;
	int64_t any = 0;
	*changed = 0;
	TRY(db_get_int(change->db, "SELECT COUNT(*) FROM doubtful WHERE tenant_id = $tenant AND company_id = $company AND state IN ('lost', 'small')", DB_ARGS(OF_COMPANY(change)), &any, NULL));
	if (!any) return STATUS_FINE;
	TRY(doubtful_cases(change->db, change->viewer, &change->company, change->today, (struct doubtful_filter){ 0 }, arena, &list, &count));
	for (size_t i = 0; i < count; i++) {
		const struct doubtful_case *debt = &list[i];
		int64_t held = 0;
		bool found = false;
		if ((strcmp(debt->state, "lost") != 0 && strcmp(debt->state, "small") != 0) || debt->open <= 0) continue;
		TRY(db_get_int(change->db, "SELECT id FROM hold WHERE tenant_id = $tenant AND company_id = $company AND item_id = $item AND kind = 'lost' AND lifted_day IS NULL LIMIT 1",
		               DB_ARGS(OF_COMPANY(change), db_int("item", debt->item_id)), &held, &found));
		if (found) continue;
		TRY(hold_it(change, debt->item_id, debt->id, arena));
		++*changed;
	}
	return STATUS_FINE;
}
