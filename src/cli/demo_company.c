#include "cli/demo_company.h"

#include "base/day.h"
#include "base/memory.h"
#include "base/money.h"

#include <inttypes.h>
#include <string.h>

enum { CUSTOMERS = 120, UNLETTERED_DAYS = 150, MONTHLY_SALES = 125000000 /* cents, VAT included, before the season */ };

/* --- who they are ---------------------------------------------------------------------------------------------------- */
enum means { TRANSFER, BILL, DIRECT_DEBIT, CHEQUE };

static const struct special {
	int rank; /* by turnover, 0 is the biggest */
	const char *name, *city, *postcode, *country, *language, *kind; /* kind: professional, public, consumer */
	int pace;                                                       /* 0 early … 3 very late */
	enum means means;
} specials[DEMO_STORIES] = {
	[DEMO_KEY_ACCOUNT] = { 0, "Groupe Sorbiers", "Lyon", "69003", "FR", "", "professional", 0, TRANSFER },
	[DEMO_HOSPITAL] = { 2, "Centre hospitalier de Vauclaire", "Vauclaire", "24700", "FR", "", "public", 1, TRANSFER },
	[DEMO_LIMIT] = { 3, "Kaolin Céramiques", "Limoges", "87000", "FR", "", "professional", 2, TRANSFER },
	[DEMO_BUILDER] = { 4, "Océane Chantiers", "Lorient", "56100", "FR", "", "professional", 1, TRANSFER },
	[DEMO_BROKEN_PROMISE] = { 5, "Transports Belle-Étape", "Bourges", "18000", "FR", "", "professional", 2, TRANSFER },
	[DEMO_BILL] = { 6, "Électro-Nord Distribution", "Roubaix", "59100", "FR", "", "professional", 1, BILL },
	[DEMO_PROMISE] = { 8, "Cité Froide Logistique", "Orléans", "45000", "FR", "", "professional", 2, TRANSFER },
	[DEMO_TOWN] = { 10, "Ville de Montrelais", "Montrelais", "44370", "FR", "", "public", 1, TRANSFER },
	[DEMO_INSOLVENCY] = { 11, "Maisons Bois Atlantique", "La Rochelle", "17000", "FR", "", "professional", 3, TRANSFER },
	[DEMO_DIRECT_DEBIT] = { 12, "Réseau Terre & Eau", "Nantes", "44000", "FR", "", "professional", 0, DIRECT_DEBIT },
	[DEMO_SUPPLIER] = { 13, "Fonderie du Grand Bief", "Vierzon", "18100", "FR", "", "professional", 1, TRANSFER },
	[DEMO_DISPUTE] = { 14, "Nautique Iroise", "Brest", "29200", "FR", "", "professional", 2, TRANSFER },
	[DEMO_REPLY] = { 15, "Scierie des Trois Cols", "Gap", "05000", "FR", "", "professional", 1, TRANSFER },
	[DEMO_BELGIAN] = { 16, "Zinal Construction Belgium", "Antwerpen", "2000", "BE", "en", "professional", 1, TRANSFER },
	[DEMO_DOUBTFUL] = { 17, "Imprimerie des Quais", "Rouen", "76000", "FR", "", "professional", 2, TRANSFER },
	[DEMO_BARRED] = { 21, "Charpentes du Layon", "Angers", "49000", "FR", "", "professional", 1, TRANSFER },
	[DEMO_RETURNED] = { 24, "Garage des Remparts", "Avignon", "84000", "FR", "", "professional", 1, CHEQUE },
	[DEMO_GENERIC] = { 40, "CLIENTS DIVERS COMPTOIR", "", "", "FR", "", "", 0, CHEQUE },
	[DEMO_CONSUMER_1] = { 90, "Lacombe Paul", "Tours", "37000", "FR", "", "consumer", 1, TRANSFER },
	[DEMO_CONSUMER_2] = { 97, "Carvalho Inès", "Niort", "79000", "FR", "", "consumer", 0, TRANSFER },
};
static const int unlettered[] = { 30, 37, 45 }; /* ranks whose books nobody has lettered lately, and whose openings are lumps */

static const char *const trades[] = { "Ateliers", "Menuiserie", "Transports", "Maçonnerie", "Cartonnages", "Vergers", "Laiterie",
	                                  "Tôlerie", "Plastiques", "Câblages", "Brasserie", "Serrurerie" };
static const char *const places[] = { "de Belledonne", "du Marais", "de l'Aubrac", "des Abers", "du Luberon", "de la Vanoise",
	                                  "du Perche", "des Corbières", "de Sologne", "du Queyras" };
static const char *const cities[][2] = { { "38000", "Grenoble" }, { "85000", "La Roche-sur-Yon" }, { "12000", "Rodez" },
	                                     { "29200", "Brest" },    { "84400", "Apt" },              { "73000", "Chambéry" },
	                                     { "61000", "Alençon" },  { "11000", "Carcassonne" },      { "41000", "Blois" },
	                                     { "05600", "Guillestre" } };

const char *demo_story_code(enum demo_story story)
{
	static char codes[DEMO_STORIES][16];
	snprintf(codes[story], sizeof codes[story], "C%04d", 1001 + specials[story].rank);
	return codes[story];
}

static const struct special *special_at(int rank)
{
	for (int i = 0; i < DEMO_STORIES; i++)
		if (specials[i].rank == rank) return &specials[i];
	return NULL;
}

static bool is_story(int rank, enum demo_story story)
{
	return specials[story].rank == rank;
}

static bool is_unlettered(int rank)
{
	for (size_t i = 0; i < COUNT(unlettered); i++)
		if (unlettered[i] == rank) return true;
	return false;
}

/* A number that depends on its names alone: the same invoice whatever the day the demo is started. */
static uint64_t mix(uint64_t a, uint64_t b, uint64_t c)
{
	uint64_t z = a * 0x9e3779b97f4a7c15u ^ b * 0xbf58476d1ce4e5b9u ^ c * 0x94d049bb133111ebu;
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

static int draw(uint64_t a, uint64_t b, uint64_t c, int low, int high)
{
	return low + (int)(mix(a, b, c) % (uint64_t)(high - low + 1));
}

struct customer {
	char code[16], name[64], siren[10];
	int pace, terms_days;
	bool end_of_month;
	enum means means;
	int64_t weight; /* millionths of the turnover */
};

static void siren_of(int rank, char out[static 10])
{
	/* 999 xxxxx + Luhn key: a range that is given to nobody */
	int digits[9] = { 9, 9, 9 }, sum = 0;
	int number = 10007 + rank * 631;
	for (int i = 7; i >= 3; i--) digits[i] = number % 10, number /= 10;
	for (int i = 0; i < 8; i++) {
		int d = digits[i] * (i % 2 ? 2 : 1);
		sum += d > 9 ? d - 9 : d;
	}
	digits[8] = (10 - sum % 10) % 10;
	for (int i = 0; i < 9; i++) out[i] = (char)('0' + digits[i]);
	out[9] = 0;
}

static struct customer customer_at(int rank)
{
	struct customer c = { 0 };
	const struct special *s = special_at(rank);
	snprintf(c.code, sizeof c.code, "C%04d", 1001 + rank);
	if (s)
		snprintf(c.name, sizeof c.name, "%s", s->name);
	else
		snprintf(c.name, sizeof c.name, "%s %s", trades[rank % 12], places[(rank * 7) / 12 % 10]);
	if (!s || strcmp(s->kind, "professional") == 0 || strcmp(s->kind, "public") == 0) siren_of(rank, c.siren);
	/* a third pays on the day, most a little late, some make one wait */
	static const int paces[] = { 0, 1, 0, 1, 2, 0, 1, 0, 1, 1, 0, 2, 1, 0, 3, 1 };
	c.pace = s ? s->pace : paces[mix((uint64_t)rank, 1, 2) % 16];
	if (rank < 10 && !s) c.pace = 1;
	c.means = s ? s->means : TRANSFER;
	static const struct {
		int days;
		bool end_of_month;
	} terms[] = { { 30, false }, { 45, false }, { 60, false }, { 30, true }, { 45, false }, { 30, false } };
	int t = draw((uint64_t)rank, 3, 4, 0, 5);
	c.terms_days = terms[t].days, c.end_of_month = terms[t].end_of_month;
	if (s && strcmp(s->kind, "public") == 0) c.terms_days = is_story(rank, DEMO_HOSPITAL) ? 50 : 30, c.end_of_month = false;
	if (s && strcmp(s->kind, "consumer") == 0) c.terms_days = 30, c.end_of_month = false;
	/* 1 / (rank + 1.6)^1.2, in millionths of the sum over 120: ten customers make six tenths */
	double sum = 0, own = 0;
	for (int i = 0; i < CUSTOMERS; i++) {
		double base = (double)i + 1.6, power = base * (1 + 0.2 * (base - 1) / (base + 6)); /* close to base^1.2, without libm */
		sum += 1 / power;
		if (i == rank) own = 1 / power;
	}
	c.weight = (int64_t)(own / sum * 1e6);
	if (s && strcmp(s->kind, "consumer") == 0) c.weight = 90;
	if (is_story(rank, DEMO_GENERIC)) c.weight = 1500;
	return c;
}

static int32_t due_of(const struct customer *c, int32_t issue)
{
	int32_t due = issue + c->terms_days;
	return c->end_of_month ? day_month_end(due) : due;
}

static int32_t working_day(int32_t day)
{
	while (day_weekday(day) > 5) day++;
	return day;
}

/* --- books -------------------------------------------------------------------------------------------------------------- */
struct line {
	int32_t day, piece_day;
	int entry, customer; /* customer: rank, -1 none */
	const char *journal, *account;
	char piece[24], label[96];
	int64_t amount; /* debit positive, cents */
	int group;      /* lettering, 0 none */
};

struct books {
	struct line *lines;
	size_t count, cap;
	int entries, groups;
	int32_t *group_day; /* when the last line of a group was posted */
	size_t group_cap;
	int32_t today, as_of;
};

static void post(struct books *b, int32_t day, const char *journal, const char *account, int customer, const char *piece,
                         int32_t piece_day, const char *label, int64_t amount, int group)
{
	if (day > b->as_of) return; /* not in an export of that day */
	GROW(b->lines, b->count, b->cap);
	struct line *line = &b->lines[b->count++];
	*line = (struct line){ .day = day, .piece_day = piece_day, .entry = b->entries, .customer = customer, .journal = journal,
		                   .account = account, .amount = amount, .group = group };
	snprintf(line->piece, sizeof line->piece, "%s", piece);
	snprintf(line->label, sizeof line->label, "%s", label);
	if (group && day > b->group_day[group]) b->group_day[group] = day;
}

static int new_group(struct books *b, int customer, int32_t day)
{
	if (is_unlettered(customer) && day >= b->today - UNLETTERED_DAYS) return 0;
	if ((size_t)b->groups + 2 > b->group_cap) {
		b->group_cap = b->group_cap ? b->group_cap * 2 : 1024;
		b->group_day = xrealloc(b->group_day, b->group_cap, sizeof *b->group_day);
	}
	b->group_day[++b->groups] = DAY_MIN;
	return b->groups;
}

static void post_bank(struct books *b, int rank, int32_t day, const char *piece, const char *label, int64_t amount, int group,
                      const char *account)
{
	b->entries++;
	post(b, day, "BQ", "512000", -1, piece, day, label, amount, 0);
	post(b, day, "BQ", account, rank, piece, day, label, -amount, group);
}

static void post_sale(struct books *b, int rank, int32_t day, const char *number, int64_t amount, int group)
{
	char label[64];
	bool abroad = is_story(rank, DEMO_BELGIAN);
	int64_t net = abroad ? amount : round_div((__int128)amount * 10, 12), retained = 0;
	snprintf(label, sizeof label, "%s %s", amount < 0 ? "Avoir" : "Facture", number);
	b->entries++;
	if (is_story(rank, DEMO_BUILDER) && amount > 0) retained = round_div((__int128)amount * 5, 100);
	post(b, day, "VE", "411000", rank, number, day, label, amount - retained, group);
	int kept = retained ? new_group(b, rank, day) : 0;
	if (retained) post(b, day, "VE", "411700", rank, number, day, "Retenue de garantie", retained, kept);
	post(b, day, "VE", abroad ? "707200" : "707000", -1, number, day, label, -net, 0);
	if (amount != net) post(b, day, "VE", "445710", -1, number, day, label, -(amount - net), 0);
	if (retained) { /* released a year after, with a few days' delay */
		snprintf(label, sizeof label, "VIR retenue de garantie %s", number);
		post_bank(b, rank, working_day(day_add_months(day, 12) + 4), "VIR", label, retained, kept, "411700");
	}
}

static void post_transfer(struct books *b, int rank, int32_t day, const char *number, const char *from, const char *to, const char *label,
                          int64_t amount, int from_group, int to_group)
{
	b->entries++;
	post(b, day, "OD", to, rank, number, day, label, amount, to_group);
	post(b, day, "OD", from, rank, number, day, label, -amount, from_group);
}

static int lateness(const struct customer *c, int rank, int32_t month, int k)
{
	static const int low[] = { -10, -9, 4, 25 }, high[] = { 0, 3, 50, 110 };
	int late = draw((uint64_t)rank * 7 + 1, (uint64_t)month, (uint64_t)k, low[c->pace], high[c->pace]);
	int accident = draw((uint64_t)rank * 7 + 2, (uint64_t)month, (uint64_t)k, 0, 99);
	if (c->pace > 0 && accident < 6) late += 50; /* an invoice that got lost */
	return late;
}

/* Percent of an average month: August and December are slow, quarters end well. */
static const int season[] = { 98, 100, 105, 103, 99, 104, 100, 54, 106, 106, 104, 66 };

struct bill_run {
	int64_t amount;
	int32_t day;
};

/* The invoices of one customer in one month, and what became of them by today. */
static void month_of(struct books *b, int rank, int year, int month)
{
	struct customer c = customer_at(rank);
	int32_t key = year * 12 + month - 1, start = day_from_civil(year, month, 1);
	int length = day_month_length(year, month);
	int64_t volume = round_div((__int128)MONTHLY_SALES * c.weight * season[month - 1], 100000000);
	volume = volume * draw((uint64_t)rank * 7 + 3, (uint64_t)key, 0, 80, 120) / 100;
	int count = volume > 30000000 ? 6 : volume > 9000000 ? 4 : volume > 3000000 ? 3 : volume > 900000 ? 2 : 1;
	if (volume < 500000 && draw((uint64_t)rank, (uint64_t)key, 9, 0, 2) == 0) return; /* small ones do not buy each month */
	if (is_story(rank, DEMO_INSOLVENCY) && start > demo_insolvency_day(b->today)) return;
	int64_t left = volume;
	for (int k = 0; k < count; k++) {
		/* half of them leave at the end of the month */
		bool at_end = draw((uint64_t)rank * 7 + 4, (uint64_t)key, (uint64_t)k, 0, 9) < 5;
		int32_t issue = start + (at_end ? length - 1 : draw((uint64_t)rank * 7 + 5, (uint64_t)key, (uint64_t)k, 1, length - 2));
		while (day_weekday(issue) > 5) issue--;
		int64_t amount = k == count - 1 ? left : left / (count - k) * draw((uint64_t)rank * 7 + 6, (uint64_t)key, (uint64_t)k, 70, 130) / 100;
		if (amount < 6000) amount = 6000 + (int64_t)(mix((uint64_t)rank, (uint64_t)key, (uint64_t)k) % 9000);
		left -= amount;
		if (issue > b->today) continue;
		char number[24], label[128];
		snprintf(number, sizeof number, "FA%02d%02d-%03d%c", year % 100, month, rank + 1, 'A' + k);
		int group = new_group(b, rank, issue);
		post_sale(b, rank, issue, number, amount, group);
		int32_t due = due_of(&c, issue), paid = working_day(due + lateness(&c, rank, key, k));
		int64_t rest = is_story(rank, DEMO_BUILDER) ? amount - round_div((__int128)amount * 5, 100) : amount;
		if (is_story(rank, DEMO_INSOLVENCY) && paid > demo_insolvency_day(b->today) - 40) continue; /* he pays no more */
		if (is_story(rank, DEMO_LIMIT) && paid > b->today - 21) continue; /* what breached the limit */
		bool waits = is_story(rank, DEMO_BROKEN_PROMISE) || is_story(rank, DEMO_DISPUTE) || is_story(rank, DEMO_PROMISE);
		if (waits && paid > b->today - 14) continue; /* what he promises or contests is still open */
		int fate = draw((uint64_t)rank * 7 + 8, (uint64_t)key, (uint64_t)k, 0, 199);
		if (fate < 3 && c.pace > 0) { /* goods came back: a credit note for a part */
			char credit[24];
			int64_t part = amount / 10;
			snprintf(credit, sizeof credit, "AV%02d%02d-%03d%c", year % 100, month, rank + 1, 'A' + k);
			int32_t day = working_day(issue + 12);
			if (day <= b->today) post_sale(b, rank, day, credit, -part, group), rest -= part;
		}
		if (c.means == BILL) {
			/* accepted ten days after the invoice, paid by the bank two days after its term */
			int32_t accepted = working_day(issue + 10), matured = working_day(due + 2);
			int bill = new_group(b, rank, issue);
			if (accepted > b->today) continue;
			snprintf(label, sizeof label, "LCR acceptee %s", number);
			post_transfer(b, rank, accepted, number, "411000", "413000", label, rest, group, bill);
			if (matured <= b->today) post_bank(b, rank, matured, number, "Encaissement LCR", rest, bill, "413000");
			continue;
		}
		if (paid > b->today) continue;
		if (fate >= 190 && c.pace > 0 && !is_unlettered(rank)) { /* two parts: the second a month later */
			int64_t part = rest / 2;
			snprintf(label, sizeof label, "VIR %s ACOMPTE %s", c.name, number);
			post_bank(b, rank, paid, "VIR", label, part, group, "411000");
			paid = working_day(paid + 30), rest -= part;
			if (paid > b->today) continue;
		}
		if (is_story(rank, DEMO_KEY_ACCOUNT)) snprintf(label, sizeof label, "VIR SORBIERS HOLDING %s", number);
		else if (c.means == DIRECT_DEBIT) snprintf(label, sizeof label, "PRLV SEPA %s %s", c.name, number);
		else if (c.means == CHEQUE) snprintf(label, sizeof label, "CHQ %s", number);
		else if (is_unlettered(rank)) snprintf(label, sizeof label, "VIR %s", c.name);
		else snprintf(label, sizeof label, "VIR %s %s", c.name, number);
		post_bank(b, rank, paid, c.means == CHEQUE ? "CHQ" : c.means == DIRECT_DEBIT ? "PRLV" : "VIR", label, rest, group, "411000");
	}
}

/* Counter sales: a total each Friday, paid the same day. */
static void counter_sales(struct books *b, int32_t from)
{
	int rank = specials[DEMO_GENERIC].rank;
	for (int32_t day = from; day <= b->today; day++) {
		if (day_weekday(day) != 5) continue;
		int64_t amount = 18000 + (int64_t)(mix((uint64_t)day, 5, 5) % 60000);
		struct civil c = day_civil(day);
		char piece[24], label[64];
		snprintf(piece, sizeof piece, "CC%02d%02d%02d", c.year % 100, c.month, c.day);
		snprintf(label, sizeof label, "Ventes comptoir semaine");
		int group = new_group(b, rank, day);
		b->entries++;
		int64_t net = round_div((__int128)amount * 10, 12);
		post(b, day, "VE", "411000", rank, piece, day, label, amount, group);
		post(b, day, "VE", "707100", -1, piece, day, label, -net, 0);
		post(b, day, "VE", "445710", -1, piece, day, label, -(amount - net), 0);
		post_bank(b, rank, day, "CB", "RECETTE CB", amount, group, "411000");
	}
}

/* A payment that came back: paid, lettered, then debited again by the bank. */
static void returned_payment(struct books *b, enum demo_story story, int days_ago, const char *prefix, const char *means, const char *word)
{
	int rank = specials[story].rank;
	struct customer c = customer_at(rank);
	int32_t back = working_day(b->today - days_ago), paid = working_day(back - 9), issue = back - 9 - c.terms_days;
	while (day_weekday(issue) > 5) issue--;
	struct civil civil = day_civil(issue);
	char number[24], label[64];
	snprintf(number, sizeof number, "FA%02d%02d-%03dR", civil.year % 100, civil.month, rank + 1);
	int group = new_group(b, rank, issue);
	int64_t amount = 241000 + rank * 1370;
	post_sale(b, rank, issue, number, amount, group);
	snprintf(label, sizeof label, "%s %s", prefix, number);
	post_bank(b, rank, paid, means, label, amount, group, "411000");
	if (back > b->today) return;
	snprintf(label, sizeof label, "%s %s", word, number);
	post_bank(b, rank, back, number, label, -amount, 0, "411000");
}

int32_t demo_insolvency_day(int32_t today)
{
	return today - 17;
}

static void stories(struct books *b)
{
	returned_payment(b, DEMO_RETURNED, 1, "CHQ", "CHQ", "IMPAYE");
	returned_payment(b, DEMO_DIRECT_DEBIT, 6, "PRLV SEPA", "PRLV", "REJET PRLV");

	/* an old invoice moved to the doubtful account */
	int rank = specials[DEMO_DOUBTFUL].rank;
	int32_t issue = b->today - 250, moved = working_day(b->today - 60);
	while (day_weekday(issue) > 5) issue--;
	int group = new_group(b, rank, issue);
	char number[24];
	struct civil civil = day_civil(issue);
	snprintf(number, sizeof number, "FA%02d%02d-%03dD", civil.year % 100, civil.month, rank + 1);
	post_sale(b, rank, issue, number, 1184040, group);
	post_transfer(b, rank, moved, number, "411000", "416000", "Passage en douteux", 1184040, group, 0);

	/* delivered after the judgment: owed by the administrator, in time */
	rank = specials[DEMO_INSOLVENCY].rank;
	issue = working_day(demo_insolvency_day(b->today) + 5);
	civil = day_civil(issue);
	snprintf(number, sizeof number, "FA%02d%02d-%03dP", civil.year % 100, civil.month, rank + 1);
	if (issue <= b->today) post_sale(b, rank, issue, number, 486000, 0);

	/* a free credit note and an advance nobody allocated */
	rank = specials[DEMO_PROMISE].rank;
	int32_t day = b->today - 34;
	while (day_weekday(day) > 5) day--;
	civil = day_civil(day);
	snprintf(number, sizeof number, "AV%02d%02d-%03dZ", civil.year % 100, civil.month, rank + 1);
	post_sale(b, rank, day, number, -186000, 0);
	rank = specials[DEMO_BELGIAN].rank;
	day = working_day(b->today - 12);
	post_bank(b, rank, day, "VIR", "VIR ZINAL ADVANCE ORDER 7712", 350000, 0, "411000");
}

/* --- files ----------------------------------------------------------------------------------------------------------------- */
static int by_day(const void *a, const void *b)
{
	const struct line *x = a, *y = b;
	if (x->day != y->day) return x->day < y->day ? -1 : 1;
	return x->entry != y->entry ? (x->entry < y->entry ? -1 : 1) : 0;
}

static void put_date(struct text *out, int32_t day)
{
	struct civil c = day_civil(day);
	text_addf(out, "%04d%02d%02d", c.year, c.month, c.day);
}

static void put_amount(struct text *out, int64_t amount)
{
	text_addf(out, "%" PRId64 ",%02d", amount / 100, (int)(amount % 100));
}

static void put_line(struct text *out, const struct line *l, int number, const char *journal, const char *label, const char *letter)
{
	static const struct {
		const char *code, *name;
	} journals[] = { { "VE", "Ventes" }, { "BQ", "Banque" }, { "OD", "Operations diverses" }, { "AN", "A nouveaux" } };
	static const struct {
		const char *account, *name;
	} accounts[] = { { "411000", "Clients" },         { "411700", "Clients - retenues de garantie" }, { "413000", "Clients - effets a recevoir" },
		             { "416000", "Clients douteux" }, { "512000", "Banque" },                          { "707000", "Ventes de marchandises" },
		             { "707100", "Ventes comptoir" }, { "707200", "Ventes intracommunautaires" },      { "445710", "TVA collectee" },
		             { "110000", "Report a nouveau" } };
	const char *journal_name = "", *account_name = "";
	for (size_t i = 0; i < COUNT(journals); i++)
		if (strcmp(journals[i].code, journal) == 0) journal_name = journals[i].name;
	for (size_t i = 0; i < COUNT(accounts); i++)
		if (strcmp(accounts[i].account, l->account) == 0) account_name = accounts[i].name;
	text_addf(out, "%s\t%s\t%s%05d\t", journal, journal_name, journal, number);
	put_date(out, l->day);
	text_addf(out, "\t%s\t%s\t", l->account, account_name);
	if (l->customer >= 0) {
		struct customer c = customer_at(l->customer);
		text_addf(out, "%s\t%s\t", c.code, c.name);
	} else {
		text_add(out, "\t\t");
	}
	text_addf(out, "%s\t", l->piece);
	put_date(out, l->piece_day);
	text_addf(out, "\t%s\t", label);
	put_amount(out, l->amount > 0 ? l->amount : 0);
	text_add_char(out, '\t');
	put_amount(out, l->amount < 0 ? -l->amount : 0);
	text_addf(out, "\t%s\t", letter);
	if (*letter) put_date(out, l->day);
	text_add_char(out, '\t');
	put_date(out, day_month_end(l->day));
	text_add(out, "\t\t\r\n");
}

static const char *letter_of(const struct line *l, const bool *paid, char out[static 8])
{
	out[0] = 0;
	if (!l->group || !paid[l->group]) return out;
	int n = l->group;
	out[0] = (char)('A' + n / 676 / 26 % 26), out[1] = (char)('A' + n / 676 % 26), out[2] = (char)('A' + n / 26 % 26), out[3] = (char)('A' + n % 26), out[4] = 0;
	return out;
}

/* A code is written once something was paid: a part payment is lettered with its invoice too, so that it shows what is left;
 * an invoice alone is not lettered. */
static void drop_open_groups(struct books *b)
{
	bool *has_credit = xcalloc((size_t)b->groups + 1, sizeof *has_credit);
	for (size_t i = 0; i < b->count; i++)
		if (b->lines[i].amount < 0) has_credit[b->lines[i].group] = true;
	for (size_t i = 0; i < b->count; i++)
		if (!has_credit[b->lines[i].group]) b->lines[i].group = 0;
	free(has_credit);
}

static void write_year(struct books *b, int year, bool lump, struct text *out)
{
	int32_t start = day_from_civil(year, 1, 1), end = day_from_civil(year, 12, 31);
	char letter[8];
	text_add(out, "JournalCode\tJournalLib\tEcritureNum\tEcritureDate\tCompteNum\tCompteLib\tCompAuxNum\tCompAuxLib\tPieceRef\tPieceDate\t"
	              "EcritureLib\tDebit\tCredit\tEcritureLet\tDateLet\tValidDate\tMontantdevise\tIdevise\r\n");
	/* opening: what was open on 31 December, item by item; one line for those whose books nobody letters */
	int64_t total = 0, lumps[CUSTOMERS] = { 0 };
	int64_t *left = xcalloc((size_t)b->groups + 1, sizeof *left); /* of each lettered group */
	bool *paid = xcalloc((size_t)b->groups + 1, sizeof *paid);    /* something of it was paid in this year: it bears its code */
	for (size_t i = 0; i < b->count; i++)
		if (b->lines[i].day >= start && b->lines[i].day <= end && b->lines[i].amount < 0) paid[b->lines[i].group] = true;
	for (size_t i = 0; i < b->count; i++)
		if (b->lines[i].day < start && b->lines[i].customer >= 0) left[b->lines[i].group] += b->lines[i].amount;
	for (size_t i = 0; i < b->count; i++) {
		struct line l = b->lines[i];
		if (l.day >= start || l.customer < 0) continue;
		if (l.group) { /* what is left of an invoice stands on its own line */
			if (l.amount < 0 || left[l.group] == 0) continue;
			l.amount = left[l.group];
		}
		if (lump && is_unlettered(l.customer)) {
			lumps[l.customer] += l.amount;
			continue;
		}
		l.day = start;
		char label[64];
		snprintf(label, sizeof label, "A nouveau %s", l.piece);
		put_line(out, &l, 1, "AN", label, letter_of(&b->lines[i], paid, letter));
		total += l.amount;
	}
	free(left);
	for (int c = 0; c < CUSTOMERS; c++) {
		if (!lumps[c]) continue;
		struct line l = { .day = start, .piece_day = start, .customer = c, .account = "411000", .piece = "AN", .amount = lumps[c] };
		put_line(out, &l, 1, "AN", "A nouveau", "");
		total += lumps[c];
	}
	{
		/* carried from year to year: five years less six weeks ago: soon time-barred */
		int32_t due = day_add_months(b->today, -60) + 40;
		int rank = specials[DEMO_BARRED].rank;
		struct customer c = customer_at(rank);
		struct line l = { .day = start, .piece_day = due - c.terms_days, .customer = rank, .account = "411000", .amount = 742800 };
		if (c.end_of_month) l.piece_day = day_month_start(due) - c.terms_days;
		struct civil civil = day_civil(l.piece_day);
		snprintf(l.piece, sizeof l.piece, "FA%02d%02d-%03dV", civil.year % 100, civil.month, rank + 1);
		put_line(out, &l, 1, "AN", "A nouveau ancienne facture", "");
		total += l.amount;
	}
	if (total) {
		struct line l = { .day = start, .piece_day = start, .customer = -1, .account = "110000", .piece = "AN", .amount = -total };
		put_line(out, &l, 1, "AN", "A nouveaux", "");
	}
	int number = 0, last = -1;
	for (size_t i = 0; i < b->count; i++) {
		const struct line *l = &b->lines[i];
		if (l->day < start || l->day > end) continue;
		if (l->entry != last) number++, last = l->entry;
		put_line(out, l, number, l->journal, l->label, letter_of(l, paid, letter));
	}
	free(paid);
}

static void write_customers(struct text *out)
{
	static const char *const sales[] = { "Camille Roux", "Julien Maréchal", "Sofia Benali" };
	text_add(out, "Code client;Raison sociale;SIREN;Catégorie;Adresse;Code postal;Ville;Pays;Langue;Téléphone;Délai de paiement;Fin de mois;Mode de règlement;Plafond;Commercial;Groupe\r\n");
	for (int rank = 0; rank < CUSTOMERS; rank++) {
		struct customer c = customer_at(rank);
		const struct special *s = special_at(rank);
		const char *kind = s ? s->kind : "professional", *country = s ? s->country : "FR";
		const char *postcode = s ? s->postcode : cities[(rank * 7) / 12 % 10][0], *city = s ? s->city : cities[(rank * 7) / 12 % 10][1];
		static const char *const means[] = { "Virement", "LCR", "Prélèvement", "Chèque" };
		int64_t limit = is_story(rank, DEMO_LIMIT) ? 6000000 : c.weight * 450; /* about four months of sales, in cents */
		limit = (limit / 500000 + 1) * 500000;
		bool person = strcmp(kind, "consumer") == 0 || is_story(rank, DEMO_GENERIC);
		text_addf(out, "%s;%s;%s;%s;%d rue de l'Industrie;%s;%s;%s;%s;0%d 55 01 %02d %02d;%d;%s;%s;%" PRId64 ";%s;%s\r\n", c.code, c.name, c.siren,
		          strcmp(kind, "public") == 0 ? "public" : strcmp(kind, "consumer") == 0 ? "particulier" : *kind ? "professionnel" : "",
		          3 + rank, postcode, city, country, s ? s->language : "", 1 + rank % 5, rank % 100, (rank * 37) % 100, c.terms_days,
		          c.end_of_month ? "oui" : "non", means[c.means], person ? (int64_t)0 : limit / 100, sales[rank % 3], rank < 10 ? "Grands comptes" : rank < 60 ? "Régions" : "Diffus");
	}
}

static void write_contacts(struct text *out)
{
	static const char *const first[] = { "Anne", "Karim", "Lucie", "Marc", "Nadia", "Paul", "Claire", "Hugo" };
	static const char *const last[] = { "Lefort", "Haddad", "Morin", "Perret", "Diallo", "Garnier", "Le Goff", "Weber" };
	text_add(out, "Code client;Nom;E-mail;Téléphone;Fonction;Langue\r\n");
	for (int rank = 0; rank < CUSTOMERS; rank++) {
		if (is_story(rank, DEMO_GENERIC)) continue;
		if (rank == 33 || rank == 57 || rank == 78) continue; /* some have nobody yet: the quality page says so */
		struct customer c = customer_at(rank);
		cleanup_free char *plain = text_normalise(c.name, strlen(c.name));
		for (char *p = plain; *p; p++)
			if (*p == ' ') *p = '-';
		const struct special *s = special_at(rank);
		text_addf(out, "%s;%s %s;comptabilite@%s.example;0%d 55 02 %02d %02d;facturation;%s\r\n", c.code, first[rank % 8], last[rank / 8 % 8], plain,
		          1 + rank % 5, rank % 100, (rank * 53) % 100, s ? s->language : "");
		if (rank < 25)
			text_addf(out, "%s;%s %s;direction@%s.example;;direction;%s\r\n", c.code, first[(rank + 3) % 8], last[(rank / 8 + 5) % 8], plain, s ? s->language : "");
	}
}

void demo_company_write(int32_t today, int32_t as_of, struct demo_files *out)
{
	*out = (struct demo_files){ 0 };
	struct books b = { .today = today, .as_of = as_of };
	struct civil now = day_civil(as_of);
	int first_year = day_civil(today).year - 2;
	int32_t from = day_from_civil(first_year, 1, 1);
	for (int month = first_year * 12; month <= now.year * 12 + now.month - 1; month++)
		for (int rank = 0; rank < CUSTOMERS; rank++)
			if (!is_story(rank, DEMO_GENERIC)) month_of(&b, rank, month / 12, month % 12 + 1);
	counter_sales(&b, from);
	stories(&b);
	drop_open_groups(&b);
	qsort(b.lines, b.count, sizeof *b.lines, by_day);

	snprintf(out->file[0].name, sizeof out->file[0].name, "clients.csv");
	write_customers(&out->file[0].text);
	snprintf(out->file[1].name, sizeof out->file[1].name, "contacts.csv");
	write_contacts(&out->file[1].text);
	out->count = 2;
	for (int year = first_year; year <= now.year; year++) {
		struct demo_file *file = &out->file[out->count++];
		int32_t close = year == now.year ? as_of : day_from_civil(year, 12, 31);
		struct civil c = day_civil(close);
		snprintf(file->name, sizeof file->name, "999104512FEC%04d%02d%02d.txt", c.year, c.month, c.day);
		write_year(&b, year, year == now.year, &file->text);
	}
	free(b.lines);
	free(b.group_day);
}

void demo_files_free(struct demo_files *files)
{
	for (int i = 0; i < files->count; i++) text_free(&files->file[i].text);
}
