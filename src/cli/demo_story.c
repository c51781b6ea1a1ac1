#include "cli/demo_story.h"

#include "access/user.h"
#include "base/calendar.h"
#include "base/day.h"
#include "base/memory.h"
#include "base/zone.h"
#include "cli/demo_company.h"
#include "ledger/contact.h"
#include "ledger/customer.h"
#include "ledger/dispute.h"
#include "ledger/dispute_case.h"
#include "ledger/event.h"
#include "ledger/hold.h"
#include "ledger/item.h"
#include "ledger/golive.h"
#include "ledger/payment_plan.h"
#include "ledger/promise.h"
#include "ledger/reply.h"

#include <string.h>
#include <time.h>

static const char zone[] = "Europe/Paris";

int64_t demo_instant(const struct demo *demo, int32_t day, int hour, int minute)
{
	(void)demo;
	return zone_instant(zone, day, hour * 60 + minute);
}

struct status demo_open(struct demo *demo)
{
	if (demo->cli->clock.forced) {
		demo->today = demo->cli->clock.today;
		return STATUS_FINE;
	}
	zone_civil(zone, time(NULL), &demo->today, NULL);
	/* nothing is planned on a closed day: who looks on a Sunday sees the last working day, whole */
	const struct calendar calendar = { 0 };
	int32_t working = calendar_previous(&calendar, demo->today);
	if (working != demo->today) demo->cli->clock = (struct clock){ .forced = true, .today = demo->today = working, .minutes = 10 * 60 };
	return STATUS_FINE;
}

/* --- one transaction of the team ----------------------------------------------------------------------------------------- */
struct change_context {
	struct demo *demo;
	int32_t day;
	int64_t now;
	demo_work *work;
	void *context;
};

static struct status run_change(struct db *db, void *opaque)
{
	struct change_context *c = opaque;
	struct change change;
	TRY(company_begin(db, &c->demo->collector, c->demo->company.id, c->day, c->now, &change));
	TRY(c->work(&change, c->context));
	return company_end(&change);
}

struct status demo_change(struct demo *demo, int32_t day, int hour, int minute, demo_work *work, void *context)
{
	struct change_context c = { demo, day, demo_instant(demo, day, hour, minute), work, context };
	return store_transact(demo->cli->store, run_change, &c);
}

/* --- company and team ------------------------------------------------------------------------------------------------------ */
static struct status set_up(struct change *change, void *context)
{
	(void)context;
	static const char *const settings[][2] = {
		{ "terms.days", "30" },          { "bank.iban", "FR7630006000011234567890189" },
		{ "bank.bic", "AGRIFRPP" },      { "legal.form", "SAS" },
		{ "legal.capital", "250 000 €" }, { "legal.rcs", "RCS Annecy 999 104 512" },
		{ "legal.vat", "FR32999104512" }, { "legal.address", "12 route des Aravis" },
		{ "legal.postcode", "74000" },   { "legal.city", "Annecy" },
		{ "legal.phone", "04 55 00 12 12" }, { "mail.from", "recouvrement@brevent.example" },
		{ "mail.from_name", "Brévent Industrie" }, { "mail.host", "mail.brevent.example" },
		{ "signature.name", "Claire Renaud" }, { "signature.title", "Chargée de recouvrement" },
		{ "signature.phone", "04 55 00 12 34" }, { "assistant.done", "1" },
	};
	for (size_t i = 0; i < COUNT(settings); i++) TRY(setting_change(change, settings[i][0], settings[i][1]));
	return STATUS_FINE;
}

struct status demo_company_make(struct demo *demo, int32_t day, const char *login, const char *password)
{
	struct cli *cli = demo->cli;
	int64_t now = demo_instant(demo, day, 7, 0);
	TRY(company_create(cli->store, &cli->viewer, (struct company_new){ .code = "DEMO", .name = "Brévent Industrie SAS", .siren = "999104512" }, now, &demo->company));
	static const struct {
		const char *email, *name;
		enum role role;
	} team[] = { { NULL, "Claire Renaud", ROLE_ADMINISTRATOR },          { "hugo.martin@encours.example", "Hugo Martin", ROLE_COLLECTOR },
		         { "sofia.benali@encours.example", "Sofia Benali", ROLE_SALES }, { "luc.petit@encours.example", "Luc Petit", ROLE_RESOLVER },
		         { "cabinet@encours.example", "Cabinet Morel", ROLE_ACCOUNTANT } };
	struct user user;
	int64_t claire = 0;
	for (size_t i = 0; i < COUNT(team); i++) {
		char made[USER_PASSWORD_MADE];
		TRY(user_add(cli->store, &cli->viewer, (struct user_new){ team[i].email ? team[i].email : login, team[i].name, team[i].role, password }, now, made, &user));
		if (i == 0) claire = user.id;
	}
	struct db *db;
	TRY(store_reader(cli->store, &db));
	struct status status = user_viewer(db, demo->company.tenant_id, claire, &demo->collector);
	store_release(cli->store, db);
	TRY(status);
	demo->collector.lang = LANG_FR;
	return demo_change(demo, day, 7, 5, set_up, NULL);
}

/* --- what stories need ------------------------------------------------------------------------------------------------------ */
struct story {
	struct demo *demo;
	struct change *change;
	struct arena *arena;
	int32_t day;
};

static struct status customer_of(const struct story *s, enum demo_story who, struct customer *out)
{
	return customer_find(s->change->db, s->change->viewer, s->demo->company.id, demo_story_code(who), s->arena, out);
}

/* His oldest open invoice that is late by at least so many days; otherwise his oldest. */
static struct status late_item(const struct story *s, int64_t customer_id, int days, struct item *out)
{
	struct item *items;
	size_t count;
	TRY(item_list_open(s->change->db, s->change->viewer, s->demo->company.id, customer_id, s->arena, &items, &count));
	const struct item *oldest = NULL;
	for (size_t i = 0; i < count; i++) {
		if (items[i].open <= 0 || items[i].posting_day > s->day) continue;
		if (!oldest) oldest = &items[i];
		if (s->day - items[i].due_day < days) break;
		oldest = &items[i];
	}
	if (!oldest) return status_make(STATUS_NOT_FOUND, "no open item");
	*out = *oldest;
	return STATUS_FINE;
}

static struct status tell_note(const struct story *s, enum demo_story who, const char *text)
{
	struct customer customer;
	TRY(customer_of(s, who, &customer));
	return note_add(s->change, customer.id, text, NULL, 0);
}

static struct status tell_promise(const struct story *s, enum demo_story who, int32_t on, int days_late, const char *note)
{
	struct customer customer;
	struct item item;
	int64_t id;
	TRY(customer_of(s, who, &customer));
	struct status found = late_item(s, customer.id, days_late, &item);
	if (found.code == STATUS_NOT_FOUND) return tell_note(s, who, note);
	TRY(found);
	return promise_make(s->change, &(struct promise_new){ .customer_id = customer.id, .items = &item.id, .item_count = 1, .day = on, .means = "transfer", .note = note }, &id);
}

static struct status tell_dispute(const struct story *s, enum demo_story who, int days_late, struct dispute_new dispute)
{
	struct customer customer;
	struct item item;
	int64_t id;
	TRY(customer_of(s, who, &customer));
	struct status found = late_item(s, customer.id, days_late, &item);
	if (found.code == STATUS_NOT_FOUND) return tell_note(s, who, dispute.note);
	TRY(found);
	dispute.item_id = item.id;
	return dispute_open(s->change, &dispute, &id);
}

/* What became of his newest dispute; a story that found no item to contest has none. */
static struct status newest_case(const struct story *s, enum demo_story who, struct dispute_case *out, bool *found)
{
	struct customer customer;
	struct dispute_case *cases;
	size_t count;
	*found = false;
	TRY(customer_of(s, who, &customer));
	TRY(dispute_case_list(s->change->db, s->change->viewer, s->demo->company.id, (struct dispute_case_filter){ .customer_id = customer.id, .open_only = true },
	                      s->arena, &cases, &count));
	for (size_t i = 0; i < count; i++)
		if (!*found || cases[i].id > out->id) *out = cases[i], *found = true;
	return STATUS_FINE;
}

static struct status tell_moved(const struct story *s, enum demo_story who, enum dispute_state state, const char *comment)
{
	struct dispute_case one;
	bool found;
	TRY(newest_case(s, who, &one, &found));
	if (!found) return STATUS_FINE;
	if (comment) TRY(dispute_say(s->change, one.id, false, "note", NULL, comment, 0));
	return one.state == state ? STATUS_FINE : dispute_move(s->change, one.id, state, "");
}

static struct status tell_closed(const struct story *s, enum demo_story who, const char *outcome, int64_t percent, const char *note, const char *cause, const char *remedy)
{
	struct dispute_case one;
	bool found;
	TRY(newest_case(s, who, &one, &found));
	if (!found) return STATUS_FINE;
	return dispute_case_close(s->change, one.id, &(struct dispute_closing){ .outcome = outcome, .granted = one.opened_amount * percent / 100, .note = note,
	                          .cause = cause, .remedy = remedy });
}

/* Instalments for his late items, agreed at once. */
static struct status tell_plan(const struct story *s, enum demo_story who, int32_t first, size_t count, const char *note)
{
	struct customer customer;
	struct item item;
	struct plan_part parts[6];
	int64_t id;
	TRY(customer_of(s, who, &customer));
	struct status found = late_item(s, customer.id, 1, &item);
	if (found.code == STATUS_NOT_FOUND) return tell_note(s, who, note);
	TRY(found);
	payment_plan_split(item.open, count, first, parts);
	TRY(payment_plan_propose(s->change, &(struct payment_plan_new){ .customer_id = customer.id, .items = &item.id, .item_count = 1, .parts = parts,
	                         .part_count = count, .insurer = who == DEMO_SUPPLIER, .by_debtor = true, .note = note }, &id));
	return payment_plan_agree(s->change, id, who != DEMO_SUPPLIER);
}

static struct status tell_reply(const struct story *s, enum demo_story who, enum reply_kind kind, const char *text)
{
	struct customer customer;
	struct contact *contacts;
	size_t count;
	int64_t id;
	TRY(customer_of(s, who, &customer));
	TRY(contact_list(s->change->db, s->change->viewer, s->demo->company.id, customer.id, s->arena, &contacts, &count));
	return reply_note(s->change, &(struct reply_new){ .customer_id = customer.id, .kind = kind, .address = count ? contacts[0].email : "", .text = text }, &id);
}

/* --- the stories ---------------------------------------------------------------------------------------------------------------- */
static struct status start(struct change *change, void *opaque)
{
	struct story *s = opaque;
	s->change = change;
	static const struct {
		enum demo_story who;
		const char *field, *value;
	} fields[] = {
		{ DEMO_KEY_ACCOUNT, "key_account", "1" },
		{ DEMO_KEY_ACCOUNT, "note", "Règlements émis par Sorbiers Holding, le 10 de chaque mois. Passer par le portail fournisseurs." },
		{ DEMO_PROMISE, "note", "Lots de virements le lundi. Toute facture doit porter le numéro de commande et le bon de livraison signé." },
		{ DEMO_SUPPLIER, "supplier_balance", "1840000" },
		{ DEMO_HOSPITAL, "note", "Chorus Pro obligatoire : service FACT-LOG, numéro d'engagement sur chaque facture." },
	};
	for (size_t i = 0; i < COUNT(fields); i++) {
		struct customer customer;
		TRY(customer_of(s, fields[i].who, &customer));
		TRY(customer_set(change, customer.id, fields[i].field, fields[i].value));
	}
	/* the biggest accounts are Claire's, the others Hugo's */
	for (int i = 0; i < DEMO_STORIES; i++) {
		struct customer customer;
		TRY(customer_of(s, (enum demo_story)i, &customer));
		TRY(customer_set(change, customer.id, "collector", i % 3 ? "demo@encours.example" : "hugo.martin@encours.example"));
	}
	return golive_set(change, true);
}

static struct status happen(struct change *change, void *opaque)
{
	struct story *s = opaque;
	int32_t ago = s->demo->today - s->day;
	s->change = change;
	struct customer customer;
	switch (ago) {
	case 40: return tell_dispute(s, DEMO_KEY_ACCOUNT, 1, (struct dispute_new){ .reason = "price", .note = "Frais de port contestés.", .owner = "Luc Petit", .due_day = DAY_NONE, .credit_expected_day = DAY_NONE });
	case 38: return tell_dispute(s, DEMO_LIMIT, 1, (struct dispute_new){ .reason = "technical", .note = "Soudures non conformes au plan B, rapport attendu.", .owner = "Service qualité", .due_day = DAY_NONE, .credit_expected_day = DAY_NONE });
	case 36: return tell_closed(s, DEMO_KEY_ACCOUNT, "refused", 0, "Port prévu au contrat, client d'accord.", "Conditions de port absentes du devis.", "Les afficher sur chaque devis.");
	case 27: return tell_closed(s, DEMO_LIMIT, "settled", 30, "Avoir partiel accordé.", "Contrôle final sauté en août.", "Contrôle bloquant avant expédition.");
	case 30: return tell_plan(s, DEMO_RETURNED, s->day + 9, 3, "Trois versements demandés par le gérant");
	case 20: return tell_moved(s, DEMO_BUILDER, CASE_CUSTOMER, "Bon de livraison signé demandé au client.");
	case 33: return tell_note(s, DEMO_LIMIT, "Visite du commercial : carnet plein, mais un chantier important les paie tard.");
	case 26: return tell_dispute(s, DEMO_BUILDER, 5, (struct dispute_new){ .reason = "delivery", .note = "Deux palettes manquantes sur le bon de livraison.", .owner = "Luc Petit", .due_day = s->day + 7, .credit_expected_day = DAY_NONE });
	case 16: TRY(tell_note(s, DEMO_RETURNED, "Le gérant demande qu'on représente le chèque en fin de mois.")); break;
	case 13:
		TRY(customer_of(s, DEMO_INSOLVENCY, &customer));
		TRY(customer_insolvency(change, customer.id, demo_insolvency_day(s->demo->today), "Redressement judiciaire, jugement publié au BODACC. Créance à déclarer dans les deux mois."));
		break;
	case 12: return tell_promise(s, DEMO_BROKEN_PROMISE, s->demo->today - 5, 8, "Virement annoncé par la comptable");
	case 11:
		return tell_dispute(s, DEMO_DISPUTE, 5, (struct dispute_new){ .reason = "credit_expected", .note = "Remise de fin d'année non déduite : avoir promis par l'ADV.", .owner = "Luc Petit", .due_day = s->demo->today - 4, .credit_expected_day = s->demo->today - 3 });
	case 6:
		TRY(tell_dispute(s, DEMO_LIMIT, 3, (struct dispute_new){ .reason = "price", .note = "Prix unitaire différent de la commande 4500018000.", .owner = "Luc Petit", .due_day = s->demo->today + 2, .credit_expected_day = DAY_NONE }));
		return tell_reply(s, DEMO_TOWN, REPLY_ABSENCE, "Absent jusqu'à lundi, merci d'écrire au service comptabilité.");
	case 10: return tell_plan(s, DEMO_SUPPLIER, s->demo->today + 5, 4, "Quatre versements, convenus par téléphone");
	case 9:
		TRY(tell_moved(s, DEMO_DISPUTE, CASE_CREDIT, "L'ADV prépare l'avoir."));
		return tell_dispute(s, DEMO_BELGIAN, 1, (struct dispute_new){ .reason = "quantity", .note = "2 palettes manquantes sur 6.", .owner = "Logistique", .due_day = s->demo->today + 2, .credit_expected_day = DAY_NONE });
	case 5:
		TRY(tell_moved(s, DEMO_LIMIT, CASE_ANALYSIS, "Le prix de la commande prévoyait 4 % de remise : à vérifier avec l'accord-cadre."));
		break;
	case 4:
		TRY(customer_of(s, DEMO_TOWN, &customer));
		int64_t id;
		return hold_set(change, &(struct hold_new){ .customer_id = customer.id, .kind = HOLD_HOLD, .until_day = s->demo->today + 10, .reason = "Mandatement en cours, date confirmée par la trésorerie" }, &id);
	case 3:
		TRY(tell_promise(s, DEMO_LIMIT, s->demo->today, 1, "Virement ce vendredi"));
		return tell_promise(s, DEMO_PROMISE, s->demo->today + 4, 1, "Lot de virements de lundi");
	default: break;
	}
	return change->events ? STATUS_FINE : status_make(STATUS_NOT_FOUND, "nothing happened that day");
}

static struct status this_morning(struct change *change, void *opaque)
{
	struct story *s = opaque;
	s->change = change;
	TRY(tell_dispute(s, DEMO_HOSPITAL, 1, (struct dispute_new){ .reason = "platform_suspended", .note = "Suspendue dans Chorus Pro : bon de commande à rattacher.", .owner = "Facturation", .due_day = s->demo->today + 3, .credit_expected_day = DAY_NONE }));
	TRY(tell_dispute(s, DEMO_KEY_ACCOUNT, 1, (struct dispute_new){ .reason = "purchase_order", .note = "Numéro de commande absent de la facture, à rééditer.", .owner = "Facturation", .due_day = s->demo->today + 1, .credit_expected_day = DAY_NONE }));
	TRY(setting_change(change, "mail.host", "")); /* from now on nothing leaves: the desk shows what would */
	return tell_reply(s, DEMO_REPLY, REPLY_REPLY, "Bonjour,\n\nNous avons réglé la facture la semaine dernière, par virement. Pouvez-vous vérifier ?\n\nCordialement,\nLe service comptabilité");
}

static struct status tell(struct demo *demo, int32_t day, int hour, int minute, demo_work *work)
{
	cleanup_arena struct arena *arena = arena_new();
	struct story story = { .demo = demo, .arena = arena, .day = day };
	return demo_change(demo, day, hour, minute, work, &story);
}

struct status demo_story_start(struct demo *demo, int32_t day)
{
	return tell(demo, day, 7, 50, start);
}

struct status demo_story_day(struct demo *demo, int32_t day)
{
	struct status status = tell(demo, day, 7, 55, happen);
	return status.code == STATUS_NOT_FOUND ? STATUS_FINE : status;
}

struct status demo_story_today(struct demo *demo)
{
	return tell(demo, demo->today, 7, 50, this_morning);
}
