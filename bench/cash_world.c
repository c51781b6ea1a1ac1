#include "cash_world_inside.h"

#include "base/memory.h"

#include <ctype.h>
#include <math.h>

uint64_t world_random(struct world_inside *inside, uint64_t below)
{
	inside->state ^= inside->state << 13, inside->state ^= inside->state >> 7, inside->state ^= inside->state << 17;
	return (inside->state * 2685821657736338717ull >> 20) % below;
}

bool world_chance(struct world_inside *inside, int percent)
{
	return (int)world_random(inside, 100) < percent;
}

/* --- names ------------------------------------------------------------------------------------------------------------------- */

static const char *const surnames[] = {
	"Martin", "Bernard", "Thomas", "Petit", "Robert", "Richard", "Durand", "Dubois", "Moreau", "Laurent", "Simon", "Michel",
	"Lefèvre", "Leroy", "Roux", "David", "Bertrand", "Morel", "Fournier", "Girard", "Bonnet", "Dupont", "Lambert", "Fontaine",
	"Rousseau", "Vincent", "Muller", "Lefebvre", "Faure", "André", "Mercier", "Blanc", "Guérin", "Boyer", "Garnier", "Chevalier",
	"François", "Legrand", "Gauthier", "Garcia", "Perrin", "Robin", "Clément", "Morin", "Nicolas", "Henry", "Roussel", "Mathieu",
	"Gautier", "Masson", "Marchand", "Duval", "Denis", "Dumont", "Marie", "Lemaire", "Noël", "Meyer", "Dufour", "Meunier", "Brun",
	"Blanchard", "Giraud", "Joly", "Rivière", "Lucas", "Brunet", "Gaillard", "Barbier", "Arnaud", "Martinez", "Gérard", "Roche",
	"Renard", "Schmitt", "Roy", "Leroux", "Colin", "Vidal", "Caron", "Picard", "Roger", "Fabre", "Aubert", "Lemoine", "Renaud",
	"Dumas", "Lacroix", "Olivier", "Philippe", "Bourgeois", "Pierre", "Benoît", "Rey", "Leclerc", "Payet", "Rolland", "Leclercq",
	"Guillaume", "Lecomte", "Lopez", "Jean", "Dupuy", "Guillot", "Hubert", "Berger", "Carpentier", "Sanchez", "Dupuis", "Moulin",
	"Louis", "Deschamps", "Huet", "Vasseur", "Perez", "Boucher", "Fleury", "Royer", "Klein", "Jacquet", "Adam", "Paris",
	"Poirier", "Marty", "Aubry", "Guyot", "Carré", "Charles", "Renault", "Charpentier", "Ménard", "Maillard", "Baron", "Bertin",
	"Bailly", "Hervé", "Schneider", "Fernandez", "Le Gall", "Collet", "Léger", "Bouvier", "Julien", "Prévost", "Millet", "Perrot",
	"Daniel", "Le Roux", "Cousin", "Germain", "Breton", "Besson", "Langlois", "Rémy", "Le Goff", "Pelletier", "Lévêque", "Perrier",
	"Leblanc", "Barré", "Lebrun", "Marchal", "Weber", "Mallet", "Hamon", "Boulanger", "Jacob", "Monnier", "Michaud", "Rodriguez",
};
static const char *const trades[] = {
	"Menuiserie", "Garage", "Transports", "Boulangerie", "Plomberie", "Électricité", "Maçonnerie", "Imprimerie", "Pharmacie",
	"Carrosserie", "Peinture", "Charpente", "Paysages", "Traiteur", "Optique", "Ambulances", "Ferronnerie", "Couverture",
	"Serrurerie", "Chauffage", "Métallerie", "Carrelage", "Conseil", "Ingénierie", "Distribution", "Logistique", "Immobilier",
	"Travaux Publics", "Terrassement", "Nettoyage", "Sécurité", "Emballages", "Matériaux", "Agencement", "Informatique",
};
static const char *const towns[] = {
	"Lille", "Lens", "Arras", "Douai", "Reims", "Troyes", "Metz", "Nancy", "Dijon", "Lyon", "Vienne", "Valence", "Nîmes",
	"Arles", "Toulon", "Nice", "Pau", "Tarbes", "Agen", "Niort", "Tours", "Blois", "Nantes", "Rennes", "Brest", "Vannes",
	"Caen", "Rouen", "Évreux", "Amiens", "Laon", "Cergy", "Meaux", "Melun", "Créteil", "Bordeaux", "Limoges", "Le Mans",
};
static const char *const forms[] = { "SARL", "SAS", "SA", "EURL", "SASU", "SNC", "", "", "SCI", "SCOP" };
static const char *const syllables[] = { "no", "va", "li", "tec", "mo", "ra", "pro", "di", "sol", "ac", "ti", "lu", "me", "ga", "be",
	"ro", "cy", "ne", "tri", "al", "or", "eu", "ver", "ka", "syn", "ex", "in", "do", "pa", "qua" };

#define PICK(array) (array)[world_random(inside, COUNT(array))]

static const char *brand(struct cash_world *world)
{
	struct world_inside *inside = world->inside;
	char word[32] = "";
	size_t used = 0;
	for (size_t i = 0, n = 3 + world_random(inside, 2); i < n; i++)
		used += (size_t)snprintf(word + used, sizeof word - used, "%s", PICK(syllables));
	word[0] = (char)toupper((unsigned char)word[0]);
	return arena_strdup(world->arena, word);
}

static const char *with_form(struct cash_world *world, const char *name)
{
	struct world_inside *inside = world->inside;
	const char *form = PICK(forms);
	if (!*form) return name;
	return world_chance(inside, 75) ? arena_printf(world->arena, "%s %s", name, form) : arena_printf(world->arena, "%s %s", form, name);
}

static const char *company_name(struct cash_world *world)
{
	struct world_inside *inside = world->inside;
	struct arena *arena = world->arena;
	switch (world_random(inside, 10)) {
	case 0: case 1: return with_form(world, arena_printf(arena, "%s %s", PICK(trades), PICK(surnames)));
	case 2: return with_form(world, arena_printf(arena, "%s et Fils", PICK(surnames)));
	case 3: return with_form(world, arena_printf(arena, "Établissements %s", PICK(surnames)));
	case 4: return with_form(world, arena_printf(arena, "%s %s", PICK(surnames), PICK(trades)));
	case 5: return with_form(world, arena_printf(arena, "%s %s", brand(world), PICK(trades)));
	case 6: return arena_printf(arena, "%s %s", PICK(surnames), PICK(surnames)); /* a sole trader */
	default: return with_form(world, brand(world));
	}
}

const char *world_person(struct cash_world *world)
{
	struct world_inside *inside = world->inside;
	static const char *const first[] = { "JEAN", "MARIE", "PAUL", "ANNE", "LUC", "SOPHIE", "KARIM", "ELISE", "HUGO", "NADIA" };
	return world_spelling(world, arena_printf(world->arena, "%s %s %s", world_chance(inside, 50) ? "M" : "MME", PICK(first), PICK(surnames)));
}

/* Capitals without accents, as banks do. */
static char *bank_letters(struct arena *arena, const char *name)
{
	static const struct { const char *accented; char plain; } map[] = { { "é", 'E' }, { "è", 'E' }, { "ê", 'E' }, { "ë", 'E' },
		{ "É", 'E' }, { "È", 'E' }, { "à", 'A' }, { "â", 'A' }, { "î", 'I' }, { "ï", 'I' }, { "ô", 'O' }, { "û", 'U' }, { "ç", 'C' },
		{ "ç", 'C' } };
	char *out = arena_alloc(arena, strlen(name) + 1), *to = out;
	while (*name) {
		bool found = false;
		for (size_t i = 0; i < COUNT(map) && !found; i++)
			if (strncmp(name, map[i].accented, 2) == 0) *to++ = map[i].plain, name += 2, found = true;
		if (!found) *to++ = (char)toupper((unsigned char)*name++);
	}
	return out;
}

static const char *without_form(struct cash_world *world, const char *name)
{
	static const char *const all[] = { "SARL", "SASU", "SAS", "EURL", "SNC", "SCI", "SCOP", "SA" };
	size_t len = strlen(name);
	for (size_t i = 0; i < COUNT(all); i++) {
		size_t form = strlen(all[i]);
		if (len > form + 1 && strcmp(name + len - form, all[i]) == 0 && name[len - form - 1] == ' ')
			return arena_strndup(world->arena, name, len - form - 1);
		if (len > form + 1 && strncmp(name, all[i], form) == 0 && name[form] == ' ') return arena_strdup(world->arena, name + form + 1);
	}
	return name;
}

/* One bank's spelling of a name: capitals, legal form gone, moved or another, words shortened, cut. */
const char *world_spelling(struct cash_world *world, const char *name)
{
	struct world_inside *inside = world->inside;
	struct arena *arena = world->arena;
	const char *out = bank_letters(arena, name);
	switch (world_random(inside, 8)) {
	case 0: case 1: out = without_form(world, out); break;
	case 2: out = arena_printf(arena, "%s %s", world_chance(inside, 50) ? "SARL" : "SAS", without_form(world, out)); break;
	case 3: out = arena_printf(arena, "%s %s", world_chance(inside, 50) ? "STE" : "SOCIETE", without_form(world, out)); break;
	default: break;
	}
	static const struct { const char *from, *to; } shorter[] = { { "ETABLISSEMENTS", "ETS" }, { " ET FILS", " & FILS" },
		{ "TRANSPORTS", "TRANSP" }, { "MENUISERIE", "MENUIS." }, { "DISTRIBUTION", "DISTRIB" }, { "TRAVAUX PUBLICS", "TP" } };
	for (size_t i = 0; i < COUNT(shorter); i++) {
		const char *at = strstr(out, shorter[i].from);
		if (at && world_chance(inside, 50))
			out = arena_printf(arena, "%.*s%s%s", (int)(at - out), out, shorter[i].to, at + strlen(shorter[i].from));
	}
	if (world_chance(inside, 12) && strlen(out) > 18) out = arena_strndup(arena, out, 18 + world_random(inside, 9));
	if (world_chance(inside, 5)) out = arena_printf(arena, "%s %05d %s", out, (int)world_random(inside, 95999), bank_letters(arena, PICK(towns)));
	return out;
}

/* --- numbers ------------------------------------------------------------------------------------------------------------------- */

const char *world_iban(struct cash_world *world)
{
	struct world_inside *inside = world->inside;
	char iban[28] = "FR76";
	for (int i = 4; i < 27; i++) iban[i] = (char)('0' + world_random(inside, 10));
	return arena_strdup(world->arena, iban);
}

const char *world_rf(struct cash_world *world, const char *reference)
{
	int rest = 0;
	cleanup_free char *all = xmalloc(strlen(reference) + 5);
	snprintf(all, strlen(reference) + 5, "%sRF00", reference);
	for (const char *c = all; *c; c++) {
		int value = *c >= 'A' ? *c - 'A' + 10 : *c - '0';
		rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
	}
	return arena_printf(world->arena, "RF%02d%s", 98 - rest, reference);
}

/* Seven companies number in seven ways. */
const char *world_number(struct cash_world *world, int64_t serial, bool credit)
{
	int n = (int)serial;
	switch (world->inside->scheme) {
	case 0: return arena_printf(world->arena, "%s25%05d", credit ? "AV" : "FA", n);
	case 1: return arena_printf(world->arena, "%s-2025-%04d", credit ? "AV" : "FA", n);
	case 2: return arena_printf(world->arena, "%s2025%06d", credit ? "A" : "F", n);
	case 3: return arena_printf(world->arena, "2025-%05d", n + (credit ? 90000 : 0));
	case 4: return arena_printf(world->arena, "%s%08d", credit ? "AVC" : "VTE", n);
	case 5: return arena_printf(world->arena, "%d", 250000 + n);
	default: return arena_printf(world->arena, "%s/%06d/25", credit ? "AV" : "FC", n);
	}
}

static const char *siren(struct cash_world *world)
{
	char digits[10];
	int sum = 0;
	for (int i = 0; i < 8; i++) {
		int digit = (int)world_random(world->inside, 10), twice = digit * 2;
		digits[i] = (char)('0' + digit);
		sum += i % 2 ? (twice > 9 ? twice - 9 : twice) : digit; /* Luhn: every second from the right */
	}
	digits[8] = (char)('0' + (10 - sum % 10) % 10), digits[9] = 0;
	return arena_strdup(world->arena, digits);
}

static int64_t amount(struct world_inside *inside)
{
	double u = ((double)world_random(inside, 1000000) + 1) / 1000001, v = (double)world_random(inside, 1000000) / 1000000;
	double normal = sqrt(-2 * log(u)) * cos(2 * 3.14159265358979 * v);
	int64_t cents = (int64_t)(exp(6.6 + 1.2 * normal) * 100);
	if (cents < 1200) cents += 1200;
	if (world_chance(inside, 8)) return (cents / 10000 + 1) * 10000;      /* 1 200.00 */
	if (world_chance(inside, 20)) return (cents / 6000 + 1) * 6000;       /* a round price and 20 % VAT */
	return cents;
}

/* --- the company --------------------------------------------------------------------------------------------------------------- */

static size_t item_count_of(struct world_inside *inside)
{
	uint64_t at = world_random(inside, 100);
	if (at < 35) return 1 + world_random(inside, 2);
	if (at < 75) return 2 + world_random(inside, 4);
	if (at < 94) return 5 + world_random(inside, 10);
	if (at < 99) return 15 + world_random(inside, 25);
	return 40 + world_random(inside, 120);
}

static void make_customers(struct cash_world *world, size_t count)
{
	struct world_inside *inside = world->inside;
	struct arena *arena = world->arena;
	for (size_t i = 0; i < count; i++) {
		struct cash_customer *customer = &world->customers[i];
		struct world_payer *payer = &inside->payers[i];
		*payer = (struct world_payer){ .group = SIZE_MAX, .agent = SIZE_MAX };
		customer->id = (int64_t)i + 1000;
		customer->code = arena_printf(arena, "C%05d", (int)i + 1);
		customer->siren = world_chance(inside, 80) ? siren(world) : "";
		if (i > 0 && world_chance(inside, 4)) { /* another establishment or a namesake of the one before */
			const char *before = world->customers[i - 1].name;
			customer->name = world_chance(inside, 60) ? arena_printf(arena, "%s %s", before, PICK(towns)) : with_form(world, arena_printf(arena, "%s %s", PICK(trades), PICK(surnames)));
		} else {
			customer->name = company_name(world);
		}
		payer->iban = world_iban(world);
		const char *paying = world_chance(inside, 3) ? company_name(world) : customer->name; /* his bank knows him by another name */
		payer->spelling = world_spelling(world, paying);
		payer->bank_gives_iban = world_chance(inside, 55);
		payer->bank_gives_name = world_chance(inside, 65);
		payer->habit = world_chance(inside, 70) ? 0 : world_chance(inside, 60) ? 1 : 2;
		payer->discount = world_chance(inside, 8);
		if (world_chance(inside, 3)) customer->owed_by_us = amount(inside);
	}
	for (size_t i = 5; i < count; i++) { /* groups: 5 % of the customers are paid by a holding among the first of every hundred */
		if (!world_chance(inside, 5)) continue;
		size_t holding = i / 100 * 100;
		if (holding == i) continue;
		inside->payers[i].group = holding;
		if (world_chance(inside, 60)) world->customers[i].payer_id = world->customers[holding].id;
	}
	inside->agent_count = count / 60 + 2 > 64 ? 64 : count / 60 + 2;
	for (size_t i = 0; i < inside->agent_count; i++) {
		struct world_agent *agent = &inside->agents[i];
		agent->factor = i % 2 == 0;
		agent->iban = world_iban(world);
		agent->name = agent->factor ? arena_printf(arena, "%s FACTORING", bank_letters(arena, brand(world)))
		                            : world_chance(inside, 50) ? world_person(world) : world_spelling(world, company_name(world));
	}
	for (size_t i = 0; i < count; i++)
		if (world_chance(inside, 5)) inside->payers[i].agent = world_random(inside, inside->agent_count);
}

static void make_items(struct cash_world *world, size_t customers, size_t limit)
{
	struct world_inside *inside = world->inside;
	struct arena *arena = world->arena;
	size_t cap = 0, count = 0;
	struct cash_item *items = NULL;
	for (size_t c = 0; c < customers && (!limit || count < limit); c++) {
		struct world_payer *payer = &inside->payers[c];
		payer->first = count;
		size_t own = limit ? limit / customers + 1 : item_count_of(inside);
		bool recurring = world_chance(inside, 14), dollars = world_chance(inside, 3), orders = world_chance(inside, 20), rf = world_chance(inside, 18);
		int64_t same = amount(inside);
		int terms = world_chance(inside, 60) ? 30 : world_chance(inside, 50) ? 45 : 60;
		for (size_t i = 0; i < own; i++) {
			struct cash_item item = { .id = (int64_t)count + 1, .customer_id = world->customers[c].id, .reference = "" };
			bool credit = i > 0 && world_chance(inside, 6);
			int64_t serial = inside->next_number + (int64_t)world_random(inside, 3);
			inside->next_number = serial + 1;
			item.number = world_number(world, serial, credit);
			item.issue_day = item.posting_day = inside->today - 5 - (int32_t)world_random(inside, 110);
			item.due_day = credit ? item.issue_day : item.issue_day + terms;
			item.amount = recurring && world_chance(inside, 80) ? same : amount(inside);
			if (credit) item.amount = -(item.amount / 3 + 100);
			item.open = item.amount;
			if (!credit && world_chance(inside, 3)) item.open -= item.amount / 3; /* part paid before */
			snprintf(item.currency, sizeof item.currency, "%s", dollars ? "USD" : "EUR");
			if (payer->discount && !credit) item.discount = item.amount / 50, item.discount_until = item.issue_day + 15;
			if (orders && !credit) item.reference = arena_printf(arena, "%s%d", world_chance(inside, 50) ? "BC" : "45000", (int)(10000 + world_random(inside, 89999)));
			if (rf && !credit) {
				char plain[32];
				size_t used = 0;
				for (const char *at = item.number; *at && used < 21; at++)
					if (isalnum((unsigned char)*at)) plain[used++] = *at;
				plain[used] = 0;
				item.reference = world_rf(world, plain);
			}
			GROW(items, count, cap);
			items[count++] = item;
		}
		payer->count = count - payer->first;
	}
	/* invoices are numbered by day over all customers, not customer by customer */
	for (size_t i = count; !limit && i > 1; i--) {
		size_t j = world_random(inside, i);
		if ((items[i - 1].open < 0) != (items[j].open < 0)) continue;
		const char *number = items[i - 1].number, *reference = items[i - 1].reference;
		items[i - 1].number = items[j].number, items[j].number = number;
		if (strncmp(reference, "RF", 2) == 0 || strncmp(items[j].reference, "RF", 2) == 0)
			items[i - 1].reference = items[j].reference, items[j].reference = reference;
	}
	world->items = arena_array(arena, struct cash_item, count);
	memcpy(world->items, items, count * sizeof *items);
	free(items);
	world->view.items = world->items, world->view.item_count = count;
}

static void make_learned(struct cash_world *world, size_t customers, double share)
{
	struct world_inside *inside = world->inside;
	size_t count = 0;
	world->learned = arena_array(world->arena, struct cash_learned, customers * 3 + 1);
	for (size_t i = 0; i < customers; i++) {
		const struct world_payer *payer = &inside->payers[i];
		if ((double)world_random(inside, 1000) >= share * 1000) continue;
		size_t whose = world_random(inside, 300) == 0 ? world_random(inside, customers) : i; /* persons err */
		world->learned[count++] = (struct cash_learned){ .iban = payer->bank_gives_iban ? payer->iban : "", .name = payer->spelling,
			.customer_id = world->customers[whose].id, .times = 1 + (int64_t)world_random(inside, 6) };
		if (payer->group != SIZE_MAX && world_chance(inside, 60)) {
			const struct world_payer *holding = &inside->payers[payer->group];
			world->learned[count++] = (struct cash_learned){ .iban = holding->iban, .name = holding->spelling,
				.customer_id = world->customers[i].id, .times = 1 + (int64_t)world_random(inside, 3) };
		}
		if (payer->agent != SIZE_MAX && world_chance(inside, 60)) {
			const struct world_agent *agent = &inside->agents[payer->agent];
			world->learned[count++] = (struct cash_learned){ .iban = agent->iban, .name = agent->name,
				.customer_id = world->customers[i].id, .times = 1 + (int64_t)world_random(inside, 3) };
		}
	}
	world->view.learned = world->learned, world->view.learned_count = count;
}

struct cash_world *cash_world_new(struct cash_world_options options)
{
	struct cash_world *world = xcalloc(1, sizeof *world);
	world->arena = arena_new();
	struct world_inside *inside = world->inside = arena_make(world->arena, struct world_inside);
	inside->state = options.seed * 0x9E3779B97F4A7C15ull + 0x123456789ull;
	for (int i = 0; i < 10; i++) world_random(inside, 2);
	inside->scheme = (int)world_random(inside, 7);
	inside->next_number = 100 + (int64_t)world_random(inside, 3000);
	inside->today = day_from_civil(2025, 9, 30);
	world->customers = arena_array(world->arena, struct cash_customer, options.customers);
	inside->payers = arena_array(world->arena, struct world_payer, options.customers);
	make_customers(world, options.customers);
	world->view.customers = world->customers, world->view.customer_count = options.customers;
	make_items(world, options.customers, options.big ? options.items : 0);
	make_learned(world, options.customers, options.learned);
	inside->taken = arena_array(world->arena, bool, world->view.item_count);
	world_statement(world, options);
	return world;
}

void cash_world_free(struct cash_world *world)
{
	if (!world) return;
	arena_free(world->arena);
	free(world);
}
