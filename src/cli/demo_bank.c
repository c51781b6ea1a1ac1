#include "cli/demo_bank.h"
#include "cli/demo_company.h"

#include "base/day.h"
#include "base/memory.h"

#include <inttypes.h>
#include <string.h>

enum { CERTAIN = 6, OPENING = 18472055 };

struct writing {
	const struct book *book;
	int32_t day, today;
	struct text *out;
	int64_t balance;
	int count;
	const char *iso;
	struct text lines;
};

static void add_xml(struct text *out, const char *text)
{
	for (; *text; text++) {
		if (*text == '&') text_add(out, "&amp;");
		else if (*text == '<') text_add(out, "&lt;");
		else text_add_char(out, *text);
	}
}

static void add_amount(struct text *out, int64_t cents)
{
	int64_t size = cents < 0 ? -cents : cents;
	text_addf(out, "%" PRId64 ".%02d", size / 100, (int)(size % 100));
}

/* A check digit for a made-up account of one payer, so that the IBAN reads right. */
static void payer_iban(const char *code, char out[28])
{
	unsigned long long number = 5381;
	for (; *code; code++) number = number * 33 + (unsigned char)*code;
	char body[24];
	snprintf(body, sizeof body, "30003%05llu%011llu%02llu", number % 99991, number % 99999999977ull, number % 97);
	unsigned rest = 0;
	for (const char *c = body; *c; c++) rest = (rest * 10 + (unsigned)(*c - '0')) % 97;
	for (const char *c = "152700"; *c; c++) rest = (rest * 10 + (unsigned)(*c - '0')) % 97; /* FR00 */
	snprintf(out, 28, "FR%02u%.23s", 98 - rest, body);
}

struct movement {
	int64_t cents;
	const char *family, *payer, *iban, *text, *return_code;
};

static void add_line(struct writing *w, struct movement m)
{
	struct text *out = &w->lines;
	bool in = m.cents > 0;
	w->balance += m.cents;
	w->count++;
	text_add(out, "<Ntry><Amt Ccy=\"EUR\">");
	add_amount(out, m.cents);
	text_addf(out, "</Amt><CdtDbtInd>%s</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>%s</Dt></BookgDt><ValDt><Dt>%s</Dt></ValDt>"
	               "<AcctSvcrRef>%d%04d</AcctSvcrRef><BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>%.4s</Cd><SubFmlyCd>%s</SubFmlyCd></Fmly></Domn></BkTxCd>"
	               "<NtryDtls><TxDtls>",
	          in ? "CRDT" : "DBIT", w->iso, w->iso, w->day, w->count, m.family, m.family + 5);
	if (m.payer) {
		text_addf(out, "<RltdPties><%s><Pty><Nm>", in ? "Dbtr" : "Cdtr");
		add_xml(out, m.payer);
		text_addf(out, "</Nm></Pty></%s>", in ? "Dbtr" : "Cdtr");
		if (m.iban) text_addf(out, "<%sAcct><Id><IBAN>%s</IBAN></Id></%sAcct>", in ? "Dbtr" : "Cdtr", m.iban, in ? "Dbtr" : "Cdtr");
		text_add(out, "</RltdPties>");
	}
	text_add(out, "<RmtInf><Ustrd>");
	add_xml(out, m.text);
	text_add(out, "</Ustrd></RmtInf>");
	if (m.return_code) text_addf(out, "<RtrInf><Rsn><Cd>%s</Cd></Rsn></RtrInf>", m.return_code);
	text_add(out, "</TxDtls></NtryDtls></Ntry>");
}

static bool owes(const struct writing *w, const struct book_item *item)
{
	return item->exists && !item->outside && item->open > 0 && item->kind == ITEM_INVOICE && item->open == item->amount && item->due_day < w->day
	       && strcmp(item->currency, "EUR") == 0;
}

/* Overdue invoices of a customer, oldest due first; how many. */
static size_t invoices_of(const struct writing *w, size_t customer, struct book_item *out, size_t most, struct arena *arena)
{
	struct book_customer who = book_customer(w->book, customer);
	struct book_item *all = arena_array(arena, struct book_item, who.item_count + 1);
	size_t count = 0;
	book_customer_items(w->book, customer, w->today, all);
	for (size_t i = 0; i < who.item_count && count < most; i++)
		if (owes(w, &all[i])) out[count++] = all[i];
	return count;
}

static bool plain_customer(const struct book_customer *who)
{
	return !*who->generic && !who->stopped && !who->presented && who->insolvency_day == DAY_NONE && strcmp(who->class, "consumer") != 0;
}

static void pay(struct writing *w, size_t customer, const struct book_item *items, size_t count, int64_t cents, const char *words)
{
	struct book_customer who = book_customer(w->book, customer);
	cleanup_text struct text text = { 0 };
	char iban[28];
	payer_iban(who.code, iban);
	text_addf(&text, "%s", words);
	for (size_t i = 0; i < count; i++) text_addf(&text, " %s", items[i].number);
	add_line(w, (struct movement){ cents, "RCDT-ESCT", who.name, iban, text_cstr(&text), NULL });
}

/* A payment of the last weeks that settled one invoice comes back: a debit where we present them, else a cheque. */
static bool send_back(struct writing *w, bool presented, struct arena *arena)
{
	for (size_t i = book_items(w->book); i > 0; i--) {
		struct book_item item = book_item(w->book, i - 1, w->today);
		if (item.kind != ITEM_PAYMENT || !item.exists || item.open != 0 || item.customer == SIZE_MAX || item.posting_day < w->day - (presented ? 90 : 40)) continue;
		if (item.posting_day > w->day - 3 || book_customer(w->book, item.customer).presented != presented) continue;
		struct book_settlement *settled;
		if (book_item_settlements(w->book, i - 1, arena, &settled) != 1) continue;
		struct book_item invoice = book_item(w->book, settled[0].debit, w->today);
		if (invoice.kind != ITEM_INVOICE || invoice.amount != -item.amount) continue;
		struct book_customer who = book_customer(w->book, item.customer);
		cleanup_text struct text text = { 0 };
		text_addf(&text, "%s %s %s", presented ? "REJET PRLV" : "CHQ IMPAYE", invoice.number, who.name);
		add_line(w, (struct movement){ item.amount, "RDDT-UPDD", who.name, NULL, text_cstr(&text), "AM04" });
		return true;
	}
	return false;
}

/* Two invoices of one amount, and a payment of that amount that names none: a person has to say which. */
static bool pay_one_of_two(struct writing *w, struct arena *arena)
{
	for (size_t c = 0; c < book_customers(w->book); c++) {
		struct book_customer who = book_customer(w->book, c);
		struct book_item *all = arena_array(arena, struct book_item, who.item_count + 1);
		if (!plain_customer(&who)) continue;
		book_customer_items(w->book, c, w->today, all);
		for (size_t i = 0; i < who.item_count; i++)
			for (size_t k = i + 1; k < who.item_count && all[i].exists && all[i].open > 0; k++)
				if (all[k].exists && all[k].open == all[i].open) return pay(w, c, &all[i], 0, all[i].open, "VIR SEPA REGLEMENT"), true;
	}
	return false;
}

/* A debit that we presented was booked, and came back the same day. */
static bool present_and_return(struct writing *w, struct arena *arena)
{
	for (size_t c = 0; c < book_customers(w->book); c++) {
		struct book_customer who = book_customer(w->book, c);
		struct book_item item = { 0 }, *all = arena_array(arena, struct book_item, who.item_count + 1);
		if (!who.presented && strcmp(who.code, demo_story_code(DEMO_DIRECT_DEBIT)) != 0) continue;
		book_customer_items(w->book, c, w->today, all);
		for (size_t i = 0; i < who.item_count && !item.open; i++)
			if (all[i].exists && all[i].kind == ITEM_INVOICE && all[i].open > 0 && all[i].open == all[i].amount) item = all[i];
		if (!item.open) continue;
		cleanup_text struct text text = { 0 }, back = { 0 };
		text_addf(&text, "PRLV SEPA %s", item.number);
		text_addf(&back, "REJET PRLV %s %s", item.number, who.name);
		add_line(w, (struct movement){ item.open, "IDDT-ESDD", who.name, NULL, text_cstr(&text), NULL });
		add_line(w, (struct movement){ -item.open, "IDDT-UPDD", who.name, NULL, text_cstr(&back), "AM04" });
		return true;
	}
	return false;
}

static void write_lines(struct writing *w)
{
	cleanup_arena struct arena *arena = arena_new();
	int certain = 0;
	bool several = false, part = false, twice = false;
	for (size_t i = 0; i < book_customers(w->book); i++) {
		struct book_customer who = book_customer(w->book, i);
		struct book_item items[3];
		if (!plain_customer(&who)) continue;
		size_t count = invoices_of(w, i, items, 3, arena);
		if (!count || i % 3 == 1) continue; /* not everybody pays on one day */
		if (count == 3 && !several) {
			pay(w, i, items, 3, items[0].open + items[1].open + items[2].open, "VIR SEPA REGLT FACTURES");
			several = true;
		} else if (!part && certain >= 2) {
			pay(w, i, items, 0, items[0].open / 100 * 60, "VIR SEPA ACOMPTE");
			part = true;
		} else if (!twice && certain >= 3 && count == 1) {
			/* the holding of nobody we know, the amount of one invoice: by its amount alone nothing is sure */
			add_line(w, (struct movement){ items[0].open, "RCDT-ESCT", "FINANCIERE DES ALPES", NULL, "VIR SEPA REGLEMENT", NULL });
			twice = true;
		} else if (certain < CERTAIN) {
			pay(w, i, items, 1, items[0].open, "VIR SEPA FACT");
			certain++;
		}
	}
	pay_one_of_two(w, arena);
	add_line(w, (struct movement){ 124000, "RCDT-ESCT", "DRFIP 74", NULL, "REMBOURSEMENT CREDIT TVA", NULL });
	add_line(w, (struct movement){ 81240, "RCHQ-CCHQ", NULL, NULL, "REM CHQ 0048812", NULL });
	if (!present_and_return(w, arena)) send_back(w, false, arena);
	add_line(w, (struct movement){ -9450, "MDOP-CHRG", NULL, NULL, "FRAIS DE TENUE DE COMPTE", NULL });
	add_line(w, (struct movement){ -482310, "ICDT-ESCT", "FONDERIES DU RHONE", NULL, "FACTURE 20931", NULL });
}

void demo_bank_write(const struct book *book, int32_t day, int32_t today, struct text *out)
{
	char iso[11];
	day_format(day, iso);
	struct writing w = { .book = book, .day = day, .today = today, .out = out, .balance = OPENING, .iso = iso };
	write_lines(&w);
	text_addf(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.08\"><BkToCstmrStmt>"
	               "<GrpHdr><MsgId>DEMO%d</MsgId><CreDtTm>%sT06:00:00</CreDtTm></GrpHdr><Stmt><Id>DEMO%d</Id><ElctrncSeqNb>%d</ElctrncSeqNb>"
	               "<Acct><Id><IBAN>FR7630006000011234567890189</IBAN></Id><Ccy>EUR</Ccy><Nm>Compte courant</Nm></Acct>",
	          day, iso, day, day % 1000);
	text_add(out, "<Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy=\"EUR\">");
	add_amount(out, OPENING);
	text_addf(out, "</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>%s</Dt></Dt></Bal><Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy=\"EUR\">", iso);
	add_amount(out, w.balance);
	text_addf(out, "</Amt><CdtDbtInd>%s</CdtDbtInd><Dt><Dt>%s</Dt></Dt></Bal>", w.balance < 0 ? "DBIT" : "CRDT", iso);
	text_add_bytes(out, w.lines.bytes, w.lines.len);
	text_add(out, "</Stmt></BkToCstmrStmt></Document>\n");
	text_free(&w.lines);
}
