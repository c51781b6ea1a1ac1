/* The lines of an invented statement: who pays what, and how his bank writes it. */
#include "cash_world_inside.h"

#include "base/memory.h"
#include "base/text.h"

#include <ctype.h>

static const struct {
	const char *name;
	int share;
} kinds[WORLD_KINDS] = {
	[WORLD_NUMBER] = { "one invoice, its number", 300 },
	[WORLD_MANGLED] = { "one invoice, its number in pieces or without prefix", 85 },
	[WORLD_TYPO] = { "one invoice, a slip in its number", 20 },
	[WORLD_BARE] = { "one invoice, no number", 110 },
	[WORLD_SEVERAL] = { "several, each number", 85 },
	[WORLD_RANGE] = { "several, as a range or list", 25 },
	[WORLD_SUM] = { "several, no number", 45 },
	[WORLD_CREDIT] = { "less a credit note", 30 },
	[WORLD_DISCOUNT] = { "early-payment discount, in time", 15 },
	[WORLD_DISCOUNT_LATE] = { "early-payment discount, too late", 5 },
	[WORLD_FEE] = { "bank fee kept back", 10 },
	[WORLD_ROUNDING] = { "a few cents off", 10 },
	[WORLD_STRUCTURED] = { "RF reference", 45 },
	[WORLD_END_TO_END] = { "our id comes back", 15 },
	[WORLD_HOLDING] = { "a holding for its companies", 25 },
	[WORLD_THIRD_PARTY] = { "a third party", 12 },
	[WORLD_FACTOR] = { "a factor or paying agent", 12 },
	[WORLD_PART] = { "part payment", 25 },
	[WORLD_OVER] = { "overpayment", 10 },
	[WORLD_ACCOUNT] = { "round sum on account", 12 },
	[WORLD_TIE] = { "no number, two that fit", 12 },
	[WORLD_TWINS] = { "twins", 6 },
	[WORLD_CLOSED] = { "names an invoice paid before", 10 },
	[WORLD_OTHERS] = { "names somebody else's invoice", 5 },
	[WORLD_CUT] = { "number cut by the bank", 25 },
	[WORLD_ORDER] = { "only the purchase order", 10 },
	[WORLD_SETOFF] = { "less what we owe him", 3 },
	[WORLD_CHEQUES] = { "remittance of cheques", 8 },
	[WORLD_REFUND] = { "a credit note we paid back", 5 },
	[WORLD_OUTSIDE] = { "no customer, came in", 60 },
	[WORLD_OUTSIDE_OUT] = { "no customer, went out", 120 },
};

const char *world_kind_name(enum world_kind kind)
{
	return kinds[kind].name;
}

int world_kind_share(enum world_kind kind)
{
	return kinds[kind].share;
}

/* --- what the payer writes --------------------------------------------------------------------------------------------------- */

#define PICK(array) (array)[world_random(inside, COUNT(array))]
#define PRINT(...)  arena_printf(world->arena, __VA_ARGS__)

static const char *mangled(struct cash_world *world, const char *number)
{
	struct world_inside *inside = world->inside;
	char out[64];
	size_t used = 0, len = strlen(number);
	size_t digits = strcspn(number, "0123456789");
	switch (world_random(inside, 5)) {
	case 0: /* only the digits */
		for (size_t i = digits; i < len; i++)
			if (isdigit((unsigned char)number[i])) out[used++] = number[i];
		break;
	case 1: /* prefix and digits apart, digits in groups */
		for (size_t i = 0; i < len && used < 60; i++) {
			if (i && (isdigit((unsigned char)number[i]) != 0) != (isdigit((unsigned char)number[i - 1]) != 0)) out[used++] = ' ';
			if (isalnum((unsigned char)number[i])) out[used++] = number[i];
		}
		break;
	case 2: /* separators of another kind */
		for (size_t i = 0; i < len && used < 60; i++) {
			if (i == digits && digits && isalnum((unsigned char)number[i - 1])) out[used++] = "-/. "[world_random(inside, 4)];
			out[used++] = isalnum((unsigned char)number[i]) ? number[i] : "-/. "[world_random(inside, 4)];
		}
		break;
	case 3: { /* leading zeros of the last run gone */
		size_t end = len;
		while (end && !isdigit((unsigned char)number[end - 1])) end--;
		size_t start = end;
		while (start && isdigit((unsigned char)number[start - 1])) start--;
		size_t zero = start;
		while (zero + 1 < end && number[zero] == '0') zero++;
		memcpy(out, number, start), used = start;
		memcpy(out + used, number + zero, len - zero), used += len - zero;
		break;
	}
	default: /* lower case, "facture n°" before */
		used = (size_t)snprintf(out, sizeof out, "n°%s", number);
		for (size_t i = 0; i < used; i++) out[i] = (char)tolower((unsigned char)out[i]);
	}
	return arena_strndup(world->arena, out, used);
}

static const char *slipped(struct cash_world *world, const char *number)
{
	struct world_inside *inside = world->inside;
	char *out = arena_strdup(world->arena, number);
	size_t len = strlen(out), at = len - 1;
	while (at > 1 && !(isdigit((unsigned char)out[at]) && isdigit((unsigned char)out[at - 1]))) at--;
	at -= at > 3 && isdigit((unsigned char)out[at - 2]) ? world_random(inside, 2) : 0;
	switch (world_random(inside, 3)) {
	case 0: {
		char digit = out[at];
		out[at] = out[at - 1], out[at - 1] = digit;
		break;
	}
	case 1: out[at] = (char)('0' + (out[at] - '0' + 1 + (int)world_random(inside, 8)) % 10); break;
	default: memmove(out + at, out + at + 1, len - at);
	}
	return out;
}

/* The words around the numbers; NULL for none. */
static const char *motif(struct cash_world *world, const char *numbers)
{
	struct world_inside *inside = world->inside;
	static const char *const before[] = { "FACT ", "FACTURE ", "FACT. N ", "REGLEMENT FACTURE ", "", "FAC ", "RGLT FACT ", "PAIEMENT ", "NOS REF ", "Facture n° ",
		"VOTRE FACTURE ", "FAC N" };
	static const char *const nothing[] = { "REGLEMENT", "", "VIREMENT", "PAIEMENT FACTURE", "REGLEMENT VOTRE FACTURE", "FOURNISSEUR", "SOLDE", "RGLT",
		"MERCI", "REGLEMENT FACTURES", "VOS FACTURES" };
	const char *out = numbers ? PRINT("%s%s", PICK(before), numbers) : PICK(nothing);
	if (numbers && world_chance(inside, 6)) out = PRINT("%s %s", numbers, "MERCI");
	if (world_chance(inside, 12)) /* the payer's own number, a date, a phone, a company number */
		switch (world_random(inside, 5)) {
		case 0: out = PRINT("%s DU %02d/%02d/%s", out, (int)(1 + world_random(inside, 28)), (int)(1 + world_random(inside, 12)), world_chance(inside, 50) ? "25" : "2025"); break;
		case 1: out = PRINT("%s TEL 0%d %02d %02d %02d %02d", out, (int)(1 + world_random(inside, 9)), (int)world_random(inside, 100), (int)world_random(inside, 100),
			                (int)world_random(inside, 100), (int)world_random(inside, 100)); break;
		case 2: out = PRINT("%s %02d%02d2025", out, (int)(1 + world_random(inside, 28)), (int)(1 + world_random(inside, 12))); break;
		case 3: out = PRINT("%s V/REF %d", out, (int)world_random(inside, 99999)); break;
		default: out = PRINT("%s SIREN %09d", out, (int)world_random(inside, 999999999));
		}
	return out;
}

/* The line as the payer's bank hands it over to ours, and ours writes it. */
static void written(struct cash_world *world, struct world_line *line, const struct world_payer *payer, const char *who, const char *iban, const char *words)
{
	struct world_inside *inside = world->inside;
	static const char *const labels[] = { "VIR SEPA RECU", "VIREMENT EN VOTRE FAVEUR", "VIR RECU", "VIREMENT RECU", "VIR INST" };
	line->line.label = PICK(labels);
	line->line.end_to_end = world_chance(inside, 40) ? PRINT("%s%09d", world_chance(inside, 50) ? "PAY" : "", (int)world_random(inside, 999999999)) : "";
	if (payer->bank_gives_name) {
		line->line.payer = who;
		line->line.text = words;
	} else {
		const char *reference = PRINT("%c%07d", (int)('A' + world_random(inside, 26)), (int)world_random(inside, 9999999));
		switch (world_random(inside, 4)) {
		case 0: line->line.text = PRINT("VIR SEPA RECU /DE %s /MOTIF %s /REF %s", who, words, reference); break;
		case 1: line->line.text = PRINT("VIREMENT EN VOTRE FAVEUR %s %s", who, words); break;
		case 2: line->line.text = PRINT("VIR RECU %010d DE: %s MOTIF: %s REF: %s", (int)world_random(inside, 999999999), who, words, reference); break;
		default: line->line.text = PRINT("VIR %s %s", who, words);
		}
		line->line.payer = "";
	}
	line->line.payer_iban = payer->bank_gives_iban ? iban : "";
	if (strlen(line->line.text) > 140) line->line.text = arena_strndup(world->arena, line->line.text, 140);
}

/* --- who pays what ----------------------------------------------------------------------------------------------------------- */

struct deal {
	size_t customer, items[64], count;
};

static bool is_free(const struct cash_world *world, size_t item, bool credit)
{
	const struct cash_item *it = &world->items[item];
	return !world->inside->taken[item] && (it->open < 0) == credit && it->open != 0;
}

static bool same_currency(const struct cash_world *world, size_t one, size_t other)
{
	return strcmp(world->items[one].currency, world->items[other].currency) == 0;
}

/* The customer's next invoices, old ones first mostly; some few jump about. */
static size_t pick_items(struct cash_world *world, size_t customer, size_t wanted, size_t *out)
{
	struct world_inside *inside = world->inside;
	const struct world_payer *payer = &inside->payers[customer];
	size_t order[256], count = 0;
	for (size_t i = payer->first; i < payer->first + payer->count && count < COUNT(order); i++)
		if (is_free(world, i, false) && (count == 0 || same_currency(world, i, order[0]))) order[count++] = i;
	if (count < wanted) return 0;
	for (size_t i = 1; i < count; i++)
		for (size_t j = i; j && world->items[order[j]].due_day < world->items[order[j - 1]].due_day; j--) {
			size_t swap = order[j];
			order[j] = order[j - 1], order[j - 1] = swap;
		}
	size_t start = world_chance(inside, 65) ? 0 : world_random(inside, count - wanted + 1);
	if (wanted > 1 && world_chance(inside, 15)) { /* scattered */
		size_t got = 0;
		for (size_t i = 0; i < count && got < wanted; i++)
			if (world_random(inside, count - i) < wanted - got) out[got++] = order[i];
		return got;
	}
	for (size_t i = 0; i < wanted; i++) out[i] = order[start + i];
	return wanted;
}

static void part(struct world_line *line, const struct cash_item *item, int64_t amount)
{
	line->parts[line->part_count++] = (struct cash_part){ item->id, item->customer_id, amount };
}

static const char *join_numbers(struct cash_world *world, const struct deal *deal, int habit)
{
	struct world_inside *inside = world->inside;
	static const char *const joints[] = { " ", ", ", " + ", "/", " ET ", "-", ";" };
	const char *joint = PICK(joints), *out = "";
	bool bare = habit && world_chance(inside, 40);
	for (size_t i = 0; i < deal->count; i++) {
		const char *number = world->items[deal->items[i]].number;
		if (bare && i) number += strcspn(number, "0123456789");
		out = PRINT("%s%s%s", out, i ? joint : "", number);
	}
	return out;
}

/* "FA2500012 à 15", "FA2500012, 13 et 17": the first in full, of the others what differs. */
static const char *join_short(struct cash_world *world, struct deal *deal)
{
	struct world_inside *inside = world->inside;
	const char *first = world->items[deal->items[0]].number, *out = first;
	if (world_random(inside, 2) && deal->count > 2) {
		const char *last = world->items[deal->items[deal->count - 1]].number;
		static const char *const words[] = { " à ", " A ", " AU ", "-", " a " };
		size_t same = 0;
		while (first[same] && first[same] == last[same]) same++;
		same = same && strlen(first) - same < 2 ? same - 1 : same;
		return PRINT("%s%s%s", first, PICK(words), world_random(inside, 3) ? last + same : last);
	}
	for (size_t i = 1; i < deal->count; i++) {
		const char *number = world->items[deal->items[i]].number;
		size_t same = 0;
		while (first[same] && first[same] == number[same]) same++;
		same = strlen(number) - same < 2 && same ? same - 1 : same;
		out = PRINT("%s%s%s", out, i + 1 == deal->count ? (world_random(inside, 2) ? " et " : " ET ") : ", ", number + same);
	}
	return out;
}

static bool any_of(const struct cash_world *world, const char *number)
{
	for (size_t i = 0; i < world->view.item_count; i++)
		if (strcmp(world->items[i].number, number) == 0) return true;
	return false;
}

/* One line of `kind` for some customer; false when this customer can't. Twins make two. */
static bool make_line(struct cash_world *world, enum world_kind kind, size_t customer, int32_t day, struct world_line *line)
{
	struct world_inside *inside = world->inside;
	const struct world_payer *payer = &inside->payers[customer];
	struct deal deal = { .customer = customer };
	size_t wanted = 1;
	if (kind == WORLD_SEVERAL || kind == WORLD_SUM) wanted = 2 + world_random(inside, 4) + (world_chance(inside, 10) ? world_random(inside, 12) : 0);
	if (kind == WORLD_RANGE) wanted = 2 + world_random(inside, 3);
	if (kind == WORLD_CREDIT) wanted = 1 + world_random(inside, 4);
	if (kind != WORLD_CHEQUES && kind != WORLD_REFUND && kind != WORLD_OUTSIDE && kind != WORLD_OUTSIDE_OUT && kind != WORLD_HOLDING && kind != WORLD_ACCOUNT
	    && kind != WORLD_CLOSED && kind != WORLD_TIE && kind != WORLD_TWINS) {
		deal.count = pick_items(world, customer, wanted, deal.items);
		if (!deal.count) return false;
	}
	*line = (struct world_line){ .kind = kind, .line = { .day = day, .currency = "EUR", .text = "", .label = "", .end_to_end = "", .structured = "",
		.payer = "", .payer_iban = "", .ultimate_payer = "" } };
	line->parts = arena_array(world->arena, struct cash_part, 64);
	const char *who = payer->spelling, *iban = payer->iban, *numbers = NULL;
	const struct cash_item *item = deal.count ? &world->items[deal.items[0]] : NULL;
	int64_t extra = 0; /* the line is the sum of its parts, and this */
	switch (kind) {
	case WORLD_NUMBER: numbers = item->number; break;
	case WORLD_MANGLED: numbers = mangled(world, item->number); break;
	case WORLD_TYPO: numbers = slipped(world, item->number); break;
	case WORLD_BARE: case WORLD_SUM: break;
	case WORLD_SEVERAL: numbers = join_numbers(world, &deal, payer->habit); break;
	case WORLD_RANGE: { /* consecutive numbers of one customer: he gets them */
		if (inside->scheme == 6) return false;
		int64_t serial = inside->next_number;
		inside->next_number += 40;
		for (size_t i = 0; i < deal.count; i++) world->items[deal.items[i]].number = world_number(world, serial + (int64_t)i, false), world->items[deal.items[i]].reference = "";
		numbers = join_short(world, &deal);
		break;
	}
	case WORLD_CREDIT: {
		size_t credit = SIZE_MAX;
		for (size_t i = payer->first; i < payer->first + payer->count; i++)
			if (is_free(world, i, true) && same_currency(world, i, deal.items[0]) && -world->items[i].open < item->open) credit = i;
		if (credit == SIZE_MAX) return false;
		deal.items[deal.count++] = credit;
		int way = (int)world_random(inside, 3);
		if (way == 1) deal.count--;
		if (way < 2) numbers = join_numbers(world, &deal, 0);
		if (way == 1) deal.count++;
		break;
	}
	case WORLD_DISCOUNT: case WORLD_DISCOUNT_LATE:
		if (!item->discount || item->open != item->amount || (kind == WORLD_DISCOUNT ? day > item->discount_until : day <= item->discount_until)) return false;
		extra = -item->discount, numbers = world_chance(inside, 75) ? item->number : NULL;
		break;
	case WORLD_FEE:
		extra = -(int64_t)(500 + world_random(inside, 2500));
		if (item->open < 20000) return false;
		numbers = world_chance(inside, 80) ? item->number : NULL;
		if (world_chance(inside, 40)) line->line.fee = -extra;
		break;
	case WORLD_ROUNDING: extra = (int64_t)world_random(inside, 9) - 4, numbers = world_chance(inside, 70) ? item->number : NULL; break;
	case WORLD_STRUCTURED:
		if (strncmp(item->reference, "RF", 2) != 0) return false;
		if (world_chance(inside, 70)) line->line.structured = item->reference;
		else numbers = item->reference;
		break;
	case WORLD_END_TO_END: break; /* below: written() gives one of the bank's */
	case WORLD_HOLDING: {
		size_t holding = customer / 100 * 100, members = 0, list[100];
		for (size_t i = holding + 1; i < holding + 100 && i < world->view.customer_count; i++)
			if (inside->payers[i].group == holding) list[members++] = i;
		if (members == 0) return false;
		size_t paid = 1 + world_random(inside, members > 3 ? 3 : members);
		for (size_t i = 0; i < paid; i++) {
			size_t member = list[world_random(inside, members)], got[1];
			if (!pick_items(world, member, 1, got)) continue;
			bool twice = deal.count && !same_currency(world, got[0], deal.items[0]);
			for (size_t j = 0; j < deal.count; j++) twice |= deal.items[j] == got[0];
			if (!twice) deal.items[deal.count++] = got[0];
		}
		if (!deal.count) return false;
		payer = &inside->payers[holding], who = payer->spelling, iban = payer->iban;
		if (world_chance(inside, 65)) numbers = join_numbers(world, &deal, 0);
		break;
	}
	case WORLD_THIRD_PARTY: case WORLD_FACTOR: {
		size_t at = payer->agent;
		if (at == SIZE_MAX || inside->agents[at].factor != (kind == WORLD_FACTOR)) return false;
		who = inside->agents[at].name, iban = inside->agents[at].iban;
		int way = (int)world_random(inside, 100);
		if (way < 75) numbers = item->number;
		else if (way < 90) numbers = PRINT("CLIENT %s", payer->spelling);
		if (way >= 75 && way < 85) line->line.ultimate_payer = payer->spelling;
		break;
	}
	case WORLD_PART:
		extra = world_chance(inside, 60) ? -(item->open / (2 + (int64_t)world_random(inside, 3))) : -((int64_t)world_random(inside, (uint64_t)item->open / 100) * 100);
		if (-extra >= item->open || extra == 0) return false;
		numbers = world_chance(inside, 75) ? item->number : NULL;
		break;
	case WORLD_OVER: extra = 100 + (int64_t)world_random(inside, 20000), numbers = world_chance(inside, 80) ? item->number : NULL; break;
	case WORLD_ACCOUNT: extra = (int64_t)(1 + world_random(inside, 40)) * 10000; break;
	case WORLD_TIE: case WORLD_TWINS: {
		for (size_t i = payer->first; i < payer->first + payer->count && !deal.count; i++)
			for (size_t j = i + 1; j < payer->first + payer->count && !deal.count; j++)
				if (is_free(world, i, false) && is_free(world, j, false) && world->items[i].open == world->items[j].open && same_currency(world, i, j)) {
					bool second = world->items[j].due_day < world->items[i].due_day;
					if (world_chance(inside, 30)) second = !second;
					deal.items[deal.count++] = second ? j : i; /* the older one mostly */
				}
		if (!deal.count) return false;
		item = &world->items[deal.items[0]];
		break;
	}
	case WORLD_CLOSED: {
		numbers = world_number(world, inside->next_number > 90 ? inside->next_number - 1 - (int64_t)world_random(inside, 80) : 5, false);
		if (any_of(world, numbers)) return false;
		if (world_chance(inside, 30)) { /* for an open one's amount: he pays last month's again */
			if (!pick_items(world, customer, 1, deal.items)) return false;
			extra = world->items[deal.items[0]].open;
			snprintf(line->line.currency, sizeof line->line.currency, "%s", world->items[deal.items[0]].currency);
		} else {
			extra = 3000 + (int64_t)world_random(inside, 300000);
		}
		break;
	}
	case WORLD_OTHERS: {
		size_t other = world_random(inside, world->view.item_count);
		if (world->items[other].customer_id == item->customer_id || world->items[other].open < 0) return false;
		numbers = world->items[other].number;
		break;
	}
	case WORLD_CUT: {
		const char *number = item->number;
		numbers = number;
		break;
	}
	case WORLD_ORDER:
		if (!*item->reference || strncmp(item->reference, "RF", 2) == 0) return false;
		numbers = PRINT("CDE %s", item->reference);
		break;
	case WORLD_SETOFF:
		if (!world->customers[customer].owed_by_us || world->customers[customer].owed_by_us >= item->open || strcmp(item->currency, "EUR") != 0) return false;
		extra = -world->customers[customer].owed_by_us, numbers = PRINT("%s COMPENSATION", item->number);
		break;
	case WORLD_CHEQUES: {
		for (size_t i = 0, n = 3 + world_random(inside, 6); i < n; i++) {
			size_t other = world_random(inside, world->view.customer_count), got[1];
			if (pick_items(world, other, 1, got) && strcmp(world->items[got[0]].currency, "EUR") == 0) {
				bool twice = false;
				for (size_t j = 0; j < deal.count; j++) twice |= deal.items[j] == got[0];
				if (!twice) deal.items[deal.count++] = got[0];
			}
		}
		if (deal.count < 2) return false;
		break;
	}
	case WORLD_REFUND:
		for (size_t i = payer->first; i < payer->first + payer->count && !deal.count; i++)
			if (is_free(world, i, true)) deal.items[deal.count++] = i;
		if (!deal.count) return false;
		numbers = PRINT("REMBOURSEMENT %s", world->items[deal.items[0]].number);
		break;
	case WORLD_OUTSIDE: {
		static const char *const texts[] = { "INTERETS CREDITEURS 3E TRIMESTRE 2025", "DGFIP REMBOURSEMENT CREDIT TVA 082025", "AXA INDEMNITE SINISTRE 2025003412",
			"URSSAF RHONE ALPES REMBOURSEMENT TROP PERCU", "VERSEMENT ESPECES AGENCE", "REMISE CB 0012345 280925", "VIR DE NOTRE COMPTE EPARGNE", "CPAM IJSS 2910525 SEPT 2025",
			"APPORT COMPTE COURANT ASSOCIE", "REMISE TPE 4512 DU 290925 NB 34", "EDF REMBOURSEMENT TROP PERCU CLIENT 0012345678", "PRET PRO DEBLOCAGE 00451278", "STRIPE PAYOUT 8812345", "CHEQUE VACANCES ANCV 12345" };
		line->line.text = PICK(texts), line->line.label = line->line.text;
		extra = world_chance(inside, 20) ? (int64_t)(1 + world_random(inside, 90)) * 10000 : 500 + (int64_t)world_random(inside, 900000);
		break;
	}
	case WORLD_OUTSIDE_OUT: {
		static const char *const texts[] = { "VIR SALAIRES 09/2025", "PRLV SEPA LOYER BUREAUX T4 2025", "PRLV ORANGE PRO FACT 0512345678", "CB TOTAL 4512 280925", "URSSAF ECHEANCE 15/09/2025",
			"DGFIP TVA3 CA3 082025", "COMMISSIONS ET FRAIS 092025", "VIR FOURNISSEUR METRO 2509118", "PRLV AXA ASSURANCE FLOTTE", "ECHEANCE PRET 00451278", "CHEQUE 0004512", "FRAIS TENUE DE COMPTE" };
		line->line.text = PICK(texts), line->line.label = line->line.text;
		extra = -(500 + (int64_t)world_random(inside, 900000));
		break;
	}
	case WORLD_KINDS: return false;
	}

	int64_t sum = 0;
	for (size_t i = 0; i < deal.count && kind != WORLD_CLOSED; i++) sum += world->items[deal.items[i]].open;
	if (kind != WORLD_OUTSIDE && kind != WORLD_OUTSIDE_OUT && sum + extra <= 0 && kind != WORLD_REFUND) return false;
	for (size_t i = 0; i < deal.count && kind != WORLD_CLOSED; i++) {
		const struct cash_item *paid = &world->items[deal.items[i]];
		int64_t amount = paid->open;
		/* fees, discounts in time and cents close the item; other shortfalls stay open */
		if (kind == WORLD_PART || kind == WORLD_DISCOUNT_LATE) amount += extra;
		part(line, paid, amount);
		inside->taken[deal.items[i]] = true;
		if (i == 0) snprintf(line->line.currency, sizeof line->line.currency, "%s", paid->currency);
	}
	line->line.amount = sum + extra;
	if (kind == WORLD_OVER || kind == WORLD_ACCOUNT || kind == WORLD_CLOSED) line->remainder = extra;
	if (kind == WORLD_ACCOUNT || kind == WORLD_CLOSED || line->part_count) line->customer_id = line->part_count ? line->parts[0].customer_id : world->customers[customer].id;
	if (kind == WORLD_OUTSIDE || kind == WORLD_OUTSIDE_OUT) return true;
	if (kind == WORLD_CHEQUES) {
		line->line.text = line->line.label = PRINT("REMISE CHEQUES N %07d NB %d", (int)world_random(inside, 9999999), (int)deal.count);
		line->customer_id = 0;
		return true;
	}
	const char *words = kind == WORLD_ACCOUNT && world_chance(inside, 50) ? "ACOMPTE" : motif(world, numbers);
	if (kind == WORLD_REFUND) {
		line->line.label = "VIR SEPA EMIS", line->line.text = PRINT("VIR SEPA EMIS %s %s", who, numbers);
		return true;
	}
	written(world, line, payer, who, iban, words);
	if (kind == WORLD_END_TO_END) {
		char plain[40];
		size_t used = 0;
		for (const char *at = item->number; *at && used < 30; at++)
			if (isalnum((unsigned char)*at)) plain[used++] = *at;
		plain[used] = 0;
		line->line.end_to_end = world_chance(inside, 50) ? PRINT("%s", plain) : item->number;
	}
	if (kind == WORLD_CUT) { /* within the number, or a little before or after it */
		const char *at = strstr(line->line.text, numbers);
		if (at) {
			size_t keep = (size_t)(at - line->line.text) + 2 + world_random(inside, strlen(numbers) - 1);
			line->line.text = arena_strndup(world->arena, line->line.text, keep);
		}
	}
	return true;
}

void world_statement(struct cash_world *world, struct cash_world_options options)
{
	struct world_inside *inside = world->inside;
	world->lines = arena_array(world->arena, struct world_line, options.lines + 2);
	if (options.big) return;
	int total = 0;
	for (size_t i = 0; i < WORLD_KINDS; i++) total += kinds[i].share;
	int months = options.months ? options.months : 1;
	while (world->line_count < options.lines) {
		int at = (int)world_random(inside, (uint64_t)total);
		enum world_kind kind = 0;
		while (at >= kinds[kind].share) at -= kinds[kind].share, kind++;
		int32_t day = inside->today + (int32_t)(world->line_count * (size_t)months * 30 / (options.lines + 1));
		if (kind == WORLD_DISCOUNT) day = inside->today; /* the windows are those of the first days */
		for (int tries = 0; tries < 400; tries++) {
			size_t customer = world_random(inside, world->view.customer_count);
			struct world_line *line = &world->lines[world->line_count];
			if (!make_line(world, kind, customer, day, line)) continue;
			world->line_count++;
			if (kind == WORLD_TWINS && world->line_count < options.lines) { /* the other of the two, the same day */
				struct world_line *twin = &world->lines[world->line_count];
				if (make_line(world, WORLD_BARE, customer, day, twin) && twin->line.amount == line->line.amount) {
					twin->kind = WORLD_TWINS, world->line_count++;
				} else if (twin->part_count) {
					inside->taken[twin->parts[0].item_id - 1] = false;
				}
			}
			break;
		}
	}
}
