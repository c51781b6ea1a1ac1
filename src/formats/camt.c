#include "formats/statement_maker.h"
#include "formats/xml.h"

#include "base/memory.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* camt.052, .053 and .054 in all versions: elements are found by their path below the statement, entry or detail, so that Pty
 * levels, BIC or BICFI, Sts or Sts/Cd are only more rows of the tables. */

enum { ENTRY_TEXTS = 20 }; /* details whose texts a collective line keeps */

enum field {
	F_NONE, F_AMOUNT, F_TX_AMOUNT, F_SIDE, F_REVERSAL, F_STATUS, F_BOOKED, F_VALUED, F_BANK_REF, F_ENTRY_REF, F_FAMILY, F_SUB_FAMILY, F_PROPRIETARY,
	F_INSTRUCTED, F_CHARGE, F_CHARGES_TOTAL, F_INFO, F_BATCH_COUNT, F_END_TO_END, F_INSTRUCTION, F_MANDATE, F_CHEQUE, F_DEBTOR, F_DEBTOR_ACCOUNT,
	F_DEBTOR_LAST, F_CREDITOR, F_CREDITOR_ACCOUNT, F_CREDITOR_LAST, F_TEXT, F_CREDITOR_REF, F_DOCUMENT, F_MORE_TEXT, F_RETURN_CODE, F_RETURN_TEXT,
	F_ACCOUNT, F_CURRENCY, F_ACCOUNT_NAME, F_OWNER, F_BANK, F_BANK_NAME, F_NUMBER, F_NUMBER_LEGAL, F_ID, F_FROM, F_TO, F_CREATED,
	F_BALANCE_CODE, F_BALANCE_AMOUNT, F_BALANCE_SIDE, F_BALANCE_DAY,
};
struct path {
	const char *path; /* below Stmt, Ntry or TxDtls; sorted */
	enum field field;
};
static const struct path statement_paths[] = {
	{ "Acct/Ccy", F_CURRENCY }, { "Acct/Id/IBAN", F_ACCOUNT }, { "Acct/Id/Othr/Id", F_ACCOUNT }, { "Acct/Id/PrtryAcct/Id", F_ACCOUNT }, { "Acct/Nm", F_ACCOUNT_NAME },
	{ "Acct/Ownr/Nm", F_OWNER }, { "Acct/Ownr/Pty/Nm", F_OWNER }, { "Acct/Svcr/FinInstnId/BIC", F_BANK }, { "Acct/Svcr/FinInstnId/BICFI", F_BANK },
	{ "Acct/Svcr/FinInstnId/Nm", F_BANK_NAME }, { "Bal/Amt", F_BALANCE_AMOUNT }, { "Bal/CdtDbtInd", F_BALANCE_SIDE }, { "Bal/Dt/Dt", F_BALANCE_DAY },
	{ "Bal/Dt/DtTm", F_BALANCE_DAY }, { "Bal/Tp/Cd", F_BALANCE_CODE }, { "Bal/Tp/CdOrPrtry/Cd", F_BALANCE_CODE }, { "CreDtTm", F_CREATED },
	{ "ElctrncSeqNb", F_NUMBER }, { "FrToDt/FrDt", F_FROM }, { "FrToDt/FrDtTm", F_FROM }, { "FrToDt/ToDt", F_TO }, { "FrToDt/ToDtTm", F_TO }, { "Id", F_ID },
	{ "LglSeqNb", F_NUMBER_LEGAL },
};
static const struct path entry_paths[] = {
	{ "AcctSvcrRef", F_BANK_REF }, { "AddtlNtryInf", F_INFO }, { "Amt", F_AMOUNT }, { "AmtDtls/InstdAmt/Amt", F_INSTRUCTED }, { "BkTxCd/Domn/Fmly/Cd", F_FAMILY },
	{ "BkTxCd/Domn/Fmly/SubFmlyCd", F_SUB_FAMILY }, { "BkTxCd/Prtry/Cd", F_PROPRIETARY }, { "BookgDt/Dt", F_BOOKED }, { "BookgDt/DtTm", F_BOOKED },
	{ "Btch/NbOfTxs", F_BATCH_COUNT }, { "CdtDbtInd", F_SIDE }, { "Chrgs/Amt", F_CHARGE }, { "Chrgs/Rcrd/Amt", F_CHARGE }, { "Chrgs/TtlChrgsAndTaxAmt", F_CHARGES_TOTAL },
	{ "NtryDtls/Btch/NbOfTxs", F_BATCH_COUNT }, { "NtryRef", F_ENTRY_REF }, { "RvslInd", F_REVERSAL }, { "Sts", F_STATUS }, { "Sts/Cd", F_STATUS }, { "ValDt/Dt", F_VALUED },
	{ "ValDt/DtTm", F_VALUED },
};
static const struct path detail_paths[] = {
	{ "AddtlTxInf", F_INFO }, { "Amt", F_AMOUNT }, { "AmtDtls/InstdAmt/Amt", F_INSTRUCTED }, { "AmtDtls/TxAmt/Amt", F_TX_AMOUNT }, { "BkTxCd/Domn/Fmly/Cd", F_FAMILY },
	{ "BkTxCd/Domn/Fmly/SubFmlyCd", F_SUB_FAMILY }, { "BkTxCd/Prtry/Cd", F_PROPRIETARY }, { "CdtDbtInd", F_SIDE }, { "Chrgs/Amt", F_CHARGE }, { "Chrgs/Rcrd/Amt", F_CHARGE },
	{ "Chrgs/TtlChrgsAndTaxAmt", F_CHARGES_TOTAL }, { "Refs/AcctSvcrRef", F_BANK_REF }, { "Refs/ChqNb", F_CHEQUE }, { "Refs/EndToEndId", F_END_TO_END },
	{ "Refs/InstrId", F_INSTRUCTION }, { "Refs/MndtId", F_MANDATE }, { "RltdPties/Cdtr/Nm", F_CREDITOR }, { "RltdPties/Cdtr/Pty/Nm", F_CREDITOR },
	{ "RltdPties/CdtrAcct/Id/IBAN", F_CREDITOR_ACCOUNT }, { "RltdPties/CdtrAcct/Id/Othr/Id", F_CREDITOR_ACCOUNT }, { "RltdPties/Dbtr/Nm", F_DEBTOR },
	{ "RltdPties/Dbtr/Pty/Nm", F_DEBTOR }, { "RltdPties/DbtrAcct/Id/IBAN", F_DEBTOR_ACCOUNT }, { "RltdPties/DbtrAcct/Id/Othr/Id", F_DEBTOR_ACCOUNT },
	{ "RltdPties/UltmtCdtr/Nm", F_CREDITOR_LAST }, { "RltdPties/UltmtCdtr/Pty/Nm", F_CREDITOR_LAST }, { "RltdPties/UltmtDbtr/Nm", F_DEBTOR_LAST },
	{ "RltdPties/UltmtDbtr/Pty/Nm", F_DEBTOR_LAST }, { "RmtInf/Strd/AddtlRmtInf", F_MORE_TEXT }, { "RmtInf/Strd/CdtrRefInf/CdtrRef", F_CREDITOR_REF },
	{ "RmtInf/Strd/CdtrRefInf/Ref", F_CREDITOR_REF }, { "RmtInf/Strd/RfrdDocInf/Nb", F_DOCUMENT }, { "RmtInf/Strd/RfrdDocInf/RfrdDocNb", F_DOCUMENT },
	{ "RmtInf/Ustrd", F_TEXT }, { "RtrInf/AddtlInf", F_RETURN_TEXT }, { "RtrInf/Rsn/Cd", F_RETURN_CODE }, { "RtrInf/Rsn/Prtry", F_RETURN_CODE },
	{ "RtrInf/RtrRsn/Cd", F_RETURN_CODE },
};

struct money_said {
	bool said, wrong;
	int64_t minor;
	char currency[4];
};
struct detail {
	struct money_said amount, tx_amount, instructed;
	int side; /* +1 credit, -1 debit, 0 not said */
	int64_t charges, charges_total;
	char family[8], sub_family[8];
	const char *proprietary, *info, *bank_ref, *entry_ref, *cheque, *end_to_end, *mandate, *debtor, *debtor_account, *debtor_last, *creditor, *creditor_account,
		*creditor_last, *text, *creditor_ref, *return_code, *return_text;
};
struct entry {
	struct detail own; /* what is said of the entry as a whole */
	bool reversal;
	char status[8];
	int32_t booked, valued;
	int64_t batch_count, line;
	const char *amount_text, *day_text;
};
struct camt {
	struct statement_maker *maker;
	size_t statement_base, entry_base, detail_base; /* lengths of the open paths, past the slash; 0: none open */
	struct entry entry;
	struct detail *details;
	size_t detail_count, detail_cap;
	char currency[4]; /* of the Amt that is open */
	struct {
		char code[8];
		struct money_said amount;
		int side;
		int32_t day;
	} balance;
	int32_t created;
	int opening_rank, closing_rank;
	int64_t ordinal, batches, lumps;
	bool intraday, advice, met;
};

static enum field look_up(const struct path *table, size_t count, const char *path)
{
	size_t low = 0, high = count;
	while (low < high) {
		size_t middle = (low + high) / 2;
		int order = strcmp(path, table[middle].path);
		if (order == 0) return table[middle].field;
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return F_NONE;
}

static int32_t day_of(const char *text)
{
	int32_t day;
	return strlen(text) >= 10 && day_parse(text, 10, &day) ? day : DAY_NONE;
}

static int side_of(const char *text)
{
	return strcmp(text, "CRDT") == 0 ? 1 : strcmp(text, "DBIT") == 0 ? -1 : 0;
}

static void take_amount(struct camt *camt, const char *text, struct money_said *out)
{
	*out = (struct money_said){ .said = true };
	const char *currency = camt->currency[0] ? camt->currency : maker_last(camt->maker)->currency;
	memcpy(out->currency, currency, sizeof out->currency);
	out->wrong = !plain_amount(slice_of(text), '.', *currency ? currency : "EUR", &out->minor);
}

static void take_statement(struct camt *camt, enum field field, const char *text)
{
	struct statement_maker *maker = camt->maker;
	struct bank_statement *statement = maker_last(maker);
	switch (field) {
	case F_ACCOUNT: statement->account = maker_account(maker, text); break;
	case F_CURRENCY: maker_currency(statement->currency, text); break;
	case F_ACCOUNT_NAME: statement->account_name = maker_utf8(maker, text, strlen(text)); break;
	case F_OWNER:
		if (!*statement->account_name) statement->account_name = maker_utf8(maker, text, strlen(text));
		break;
	case F_BANK: statement->bank = maker_utf8(maker, text, strlen(text)); break;
	case F_BANK_NAME:
		if (!*statement->bank) statement->bank = maker_utf8(maker, text, strlen(text));
		break;
	case F_NUMBER: statement->number = maker_utf8(maker, text, strlen(text)); break;
	case F_ID:
	case F_NUMBER_LEGAL:
		if (!*statement->number || field == F_NUMBER_LEGAL) statement->number = maker_utf8(maker, text, strlen(text));
		break;
	case F_FROM: statement->from_day = day_of(text); break;
	case F_TO: statement->to_day = day_of(text); break;
	case F_CREATED: camt->created = day_of(text); break;
	case F_BALANCE_CODE: snprintf(camt->balance.code, sizeof camt->balance.code, "%.4s", text); break;
	case F_BALANCE_AMOUNT: take_amount(camt, text, &camt->balance.amount); break;
	case F_BALANCE_SIDE: camt->balance.side = side_of(text); break;
	case F_BALANCE_DAY: camt->balance.day = day_of(text); break;
	default: break;
	}
}

static void add_text(struct camt *camt, const char **to, const char *text)
{
	*to = maker_join(camt->maker, *to ? *to : "", maker_utf8(camt->maker, text, strlen(text)));
}

static void take_detail(struct camt *camt, struct detail *detail, enum field field, const char *text)
{
	struct statement_maker *maker = camt->maker;
	struct money_said charge;
	const char **place = NULL;
	switch (field) {
	case F_AMOUNT: take_amount(camt, text, &detail->amount); break;
	case F_TX_AMOUNT: take_amount(camt, text, &detail->tx_amount); break;
	case F_INSTRUCTED: take_amount(camt, text, &detail->instructed); break;
	case F_SIDE: detail->side = side_of(text); break;
	case F_CHARGE:
	case F_CHARGES_TOTAL:
		take_amount(camt, text, &charge);
		if (charge.wrong || charge.minor < 0 || charge.minor > INT64_MAX / 1000) break;
		if (field == F_CHARGES_TOTAL)
			detail->charges_total = charge.minor;
		else if (detail->charges < INT64_MAX / 1000)
			detail->charges += charge.minor;
		break;
	case F_FAMILY: snprintf(detail->family, sizeof detail->family, "%.4s", text); break;
	case F_SUB_FAMILY: snprintf(detail->sub_family, sizeof detail->sub_family, "%.4s", text); break;
	case F_TEXT: add_text(camt, &detail->text, text); break;
	case F_CREDITOR_REF:
		if (detail->creditor_ref)
			add_text(camt, &detail->text, text);
		else
			place = &detail->creditor_ref;
		break;
	case F_DOCUMENT:
	case F_MORE_TEXT: add_text(camt, &detail->text, text); break;
	case F_RETURN_TEXT: add_text(camt, &detail->return_text, text); break;
	case F_PROPRIETARY: place = &detail->proprietary; break;
	case F_INFO: place = &detail->info; break;
	case F_BANK_REF: place = &detail->bank_ref; break;
	case F_ENTRY_REF: place = &detail->entry_ref; break;
	case F_CHEQUE: place = &detail->cheque; break;
	case F_END_TO_END: place = &detail->end_to_end; break;
	case F_MANDATE: place = &detail->mandate; break;
	case F_DEBTOR: place = &detail->debtor; break;
	case F_DEBTOR_ACCOUNT: place = &detail->debtor_account; break;
	case F_DEBTOR_LAST: place = &detail->debtor_last; break;
	case F_CREDITOR: place = &detail->creditor; break;
	case F_CREDITOR_ACCOUNT: place = &detail->creditor_account; break;
	case F_CREDITOR_LAST: place = &detail->creditor_last; break;
	case F_RETURN_CODE: place = &detail->return_code; break;
	default: break;
	}
	if (place) *place = maker_utf8(maker, text, strlen(text));
}

static void take_entry(struct camt *camt, enum field field, const char *text)
{
	struct entry *entry = &camt->entry;
	switch (field) {
	case F_AMOUNT:
		entry->amount_text = arena_strdup(camt->maker->file->arena, text);
		take_detail(camt, &entry->own, field, text);
		break;
	case F_STATUS: snprintf(entry->status, sizeof entry->status, "%.4s", text); break;
	case F_REVERSAL: entry->reversal = strcmp(text, "true") == 0 || strcmp(text, "1") == 0; break;
	case F_BOOKED:
		entry->booked = day_of(text);
		entry->day_text = arena_strdup(camt->maker->file->arena, text);
		break;
	case F_VALUED: entry->valued = day_of(text); break;
	case F_BATCH_COUNT: text_parse_int(text, strlen(text), &entry->batch_count); break;
	default: take_detail(camt, &entry->own, field, text); break;
	}
}

/* --- lines --------------------------------------------------------------------------------------------------------------- */

static enum bank_line_kind kind_of(const struct detail *detail, const struct detail *entry)
{
	static const struct {
		enum bank_line_kind kind;
		const char *codes;
	} sub[] = { { BANK_LINE_RETURN, "RRTN UPDD UPCQ UPCT UPTI UDFT ARET PRDD RPCR" }, { BANK_LINE_FEE, "CHRG COMM FEES COMI COME COMT" }, },
	  family[] = { { BANK_LINE_TRANSFER, "RCDT ICDT RRCT IRCT" }, { BANK_LINE_DIRECT_DEBIT, "RDDT IDDT" }, { BANK_LINE_CHEQUE, "RCHQ ICHQ" },
		       { BANK_LINE_CARD, "CCRD MCRD" }, { BANK_LINE_BILL, "DRFT LOCK" } };
	const char *family_code = detail->family[0] ? detail->family : entry->family, *sub_code = detail->sub_family[0] ? detail->sub_family : entry->sub_family;
	if (detail->return_code || entry->return_code) return BANK_LINE_RETURN;
	for (size_t i = 0; i < COUNT(sub) && strlen(sub_code) == 4; i++)
		if (strstr(sub[i].codes, sub_code)) return sub[i].kind;
	for (size_t i = 0; i < COUNT(family) && strlen(family_code) == 4; i++)
		if (strstr(family[i].codes, family_code)) return family[i].kind;
	const char *own = detail->proprietary ? detail->proprietary : entry->proprietary ? entry->proprietary : "";
	enum bank_line_kind kind = kind_of_operation(own);
	if (kind == BANK_LINE_OTHER) kind = kind_of_label(entry->info ? entry->info : "");
	if (kind == BANK_LINE_OTHER) kind = kind_of_label(own);
	return kind;
}

/* Who is on the other side: of money that came in the debtor, of money that went out the creditor; of what came back the party of
 * the original payment, and never ourselves. */
static void other_side(struct camt *camt, struct bank_line *line, const struct detail *detail)
{
	const char *own = maker_last(camt->maker)->account;
	bool debtor = (line->amount >= 0) != (line->kind == BANK_LINE_RETURN || line->reversal);
	for (int turn = 0; turn < 2; turn++, debtor = !debtor) {
		const char *name = debtor ? detail->debtor : detail->creditor, *account = debtor ? detail->debtor_account : detail->creditor_account;
		const char *last = debtor ? detail->debtor_last : detail->creditor_last;
		account = account ? maker_account(camt->maker, account) : "";
		if (!name && !last && !*account) continue;
		const char *opposite = debtor ? detail->creditor_account : detail->debtor_account;
		if (*own && strcmp(account, own) == 0 && turn == 0 && (!opposite || strcmp(maker_account(camt->maker, opposite), own) != 0)
		    && (debtor ? detail->creditor : detail->debtor)) continue;
		line->payer = name ? name : "", line->payer_iban = account, line->ultimate_payer = last ? last : "";
		return;
	}
}

static struct bank_line *add_line(struct camt *camt, const struct detail *detail, int64_t amount)
{
	const struct entry *entry = &camt->entry;
	struct bank_line *line = maker_line(camt->maker, camt->ordinal);
	line->booking_day = entry->booked, line->value_day = entry->valued, line->amount = amount;
	memcpy(line->currency, entry->own.amount.currency, sizeof line->currency);
	line->reversal = entry->reversal;
	line->pending = camt->intraday || (entry->status[0] && strcmp(entry->status, "BOOK") != 0);
	line->kind = kind_of(detail, &entry->own);
	const char *bank_ref = detail->bank_ref ? detail->bank_ref : entry->own.bank_ref ? entry->own.bank_ref : entry->own.entry_ref;
	line->bank_reference = maker_reference(bank_ref ? bank_ref : "");
	line->end_to_end = maker_reference(detail->end_to_end ? detail->end_to_end : "");
	line->structured = maker_reference(detail->creditor_ref ? detail->creditor_ref : "");
	line->mandate = maker_reference(detail->mandate ? detail->mandate : "");
	line->label = entry->own.info ? entry->own.info : "";
	line->text = detail->text ? detail->text : detail->info && detail != &entry->own ? detail->info : "";
	if (detail->cheque) line->text = maker_join(camt->maker, line->text, detail->cheque);
	const char *code = detail->return_code ? detail->return_code : entry->own.return_code, *said = detail->return_text ? detail->return_text : entry->own.return_text;
	line->return_code = code ? code : "", line->return_text = said ? said : "";
	line->fee = detail->charges_total ? detail->charges_total : detail->charges;
	const struct money_said *original = detail->instructed.said ? &detail->instructed : &entry->own.instructed;
	if (original->said && !original->wrong && original->minor > 0 && strcmp(original->currency, line->currency) != 0) {
		line->original_amount = amount < 0 ? -original->minor : original->minor;
		memcpy(line->original_currency, original->currency, sizeof line->original_currency);
	}
	other_side(camt, line, detail);
	return line;
}

static const struct money_said *amount_of(const struct detail *detail)
{
	return detail->amount.said && (!detail->tx_amount.said || detail->amount.minor) ? &detail->amount : &detail->tx_amount;
}

/* The details as lines of their own, where their amounts make the entry's; signs as they say, else the entry's for all. Charges
 * that the bank kept back become a line, so that the lines still make the booked sum. */
static bool split(struct camt *camt, int64_t total)
{
	const struct entry *entry = &camt->entry;
	for (int said = 1; said >= 0; said--) {
		__int128 sum = 0;
		bool all = true;
		for (size_t i = 0; i < camt->detail_count && all; i++) {
			const struct money_said *amount = amount_of(&camt->details[i]);
			int side = said && camt->details[i].side ? camt->details[i].side : entry->own.side;
			all = amount->said && !amount->wrong && strcmp(amount->currency, entry->own.amount.currency) == 0;
			sum += (__int128)side * amount->minor;
		}
		if (!all) return false;
		int64_t fee = entry->own.charges_total ? entry->own.charges_total : entry->own.charges;
		bool less_fee = fee > 0 && sum - total == fee;
		if (sum != total && !less_fee) continue;
		camt->batches++;
		for (size_t i = 0; i < camt->detail_count; i++) {
			const struct detail *detail = &camt->details[i];
			int side = said && detail->side ? detail->side : entry->own.side;
			struct bank_line *line = add_line(camt, detail, side * amount_of(detail)->minor);
			line->in_batch = true, line->batch = camt->batches;
		}
		if (!less_fee) return true;
		struct bank_line *line = add_line(camt, &entry->own, -fee);
		line->in_batch = true, line->batch = camt->batches, line->kind = BANK_LINE_FEE, line->fee = 0;
		return true;
	}
	return false;
}

/* One line of the whole sum, with the texts of its payments behind one another and what they have in common. */
static void lump(struct camt *camt, int64_t total)
{
	struct detail whole = camt->details[0];
	const char *text = whole.text ? whole.text : "";
	for (size_t i = 1; i < camt->detail_count; i++) {
		const struct detail *detail = &camt->details[i];
		if (i < ENTRY_TEXTS) text = maker_join(camt->maker, text, detail->text ? detail->text : detail->creditor_ref ? detail->creditor_ref : "");
#define COMMON(member) if (!whole.member || !detail->member || strcmp(whole.member, detail->member) != 0) whole.member = NULL
		COMMON(end_to_end);
		COMMON(creditor_ref);
		COMMON(mandate);
		COMMON(debtor);
		COMMON(debtor_account);
		COMMON(debtor_last);
		COMMON(creditor);
		COMMON(creditor_account);
		COMMON(creditor_last);
		COMMON(return_code);
		COMMON(bank_ref);
#undef COMMON
	}
	whole.text = text;
	whole.charges = camt->entry.own.charges, whole.charges_total = camt->entry.own.charges_total, whole.instructed = camt->entry.own.instructed;
	camt->lumps++;
	add_line(camt, &whole, total);
}

static void finish_entry(struct camt *camt)
{
	struct entry *entry = &camt->entry;
	struct statement_maker *maker = camt->maker;
	const char *value = entry->amount_text ? entry->amount_text : "";
	if (!entry->own.amount.said || entry->own.amount.wrong || entry->own.amount.minor < 0) {
		maker_reject(maker, entry->line, "Amt", value, tr(maker->lang, "This is not an amount of its currency: digits with a decimal point are expected."));
		return;
	}
	if (!entry->own.side) {
		maker_reject(maker, entry->line, "CdtDbtInd", "", tr(maker->lang, "It is not said whether the money came in (CRDT) or went out (DBIT)."));
		return;
	}
	if (entry->booked == DAY_NONE && !entry->day_text) entry->booked = entry->valued != DAY_NONE ? entry->valued : camt->created;
	if (entry->booked == DAY_NONE) {
		maker_reject(maker, entry->line, "BookgDt", entry->day_text ? entry->day_text : "", tr(maker->lang, "This is not a date (YYYY-MM-DD)."));
		return;
	}
	int64_t total = entry->own.side * entry->own.amount.minor;
	if (camt->detail_count == 0) {
		add_line(camt, &entry->own, total);
	} else if (camt->detail_count == 1) {
		struct detail *detail = &camt->details[0];
		if (!detail->charges && !detail->charges_total) detail->charges = entry->own.charges, detail->charges_total = entry->own.charges_total;
		add_line(camt, detail, total);
	} else if (!split(camt, total)) {
		lump(camt, total);
	}
}

static void finish_balance(struct camt *camt)
{
	/* the booked balances; the previous closing one where there is no opening one, the interim one of a page */
	static const struct {
		const char *code;
		int opening, closing;
	} ranks[] = { { "OPBD", 3, 0 }, { "PRCD", 2, 0 }, { "CLBD", 0, 3 }, { "ITBD", 1, 1 } };
	struct bank_statement *statement = maker_last(camt->maker);
	if (!camt->balance.amount.said || camt->balance.amount.wrong || !camt->balance.side) return;
	struct bank_balance balance = { true, camt->balance.day, camt->balance.side * camt->balance.amount.minor };
	for (size_t i = 0; i < COUNT(ranks); i++) {
		if (strcmp(camt->balance.code, ranks[i].code) != 0) continue;
		if (!statement->currency[0]) memcpy(statement->currency, camt->balance.amount.currency, 4);
		if (strcmp(statement->currency, camt->balance.amount.currency) != 0) return; /* the same balance in another currency */
		/* of two interim ones the first opens the page and the last closes it */
		if (ranks[i].opening > camt->opening_rank) {
			statement->opening = balance, camt->opening_rank = ranks[i].opening;
			if (strcmp(ranks[i].code, "ITBD") == 0) return;
		}
		if (ranks[i].closing && ranks[i].closing >= camt->closing_rank) statement->closing = balance, camt->closing_rank = ranks[i].closing;
		return;
	}
}

/* --- elements ------------------------------------------------------------------------------------------------------------ */

static bool is_statement(const struct xml_element *element)
{
	const char *name = element->name;
	if (strcmp(name, "Stmt") != 0 && strcmp(name, "Rpt") != 0 && strcmp(name, "Ntfctn") != 0) return false;
	return strstr(element->path, "/BkToCstmr") != NULL;
}

static struct status start(void *context, const struct xml_element *element)
{
	struct camt *camt = context;
	size_t base = strlen(element->path) + 1;
	if (!camt->statement_base) {
		if (strncmp(element->name, "BkToCstmr", 9) == 0) {
			camt->met = true;
			camt->intraday = strncmp(element->name, "BkToCstmrAcctRpt", 16) == 0;
			camt->advice = strncmp(element->name, "BkToCstmrDbtCdtNtfctn", 21) == 0;
			camt->maker->file->format = camt->intraday ? "camt.052" : camt->advice ? "camt.054" : "camt.053";
		} else if (is_statement(element)) {
			maker_statement(camt->maker)->advice = camt->advice;
			camt->statement_base = base, camt->created = DAY_NONE, camt->opening_rank = camt->closing_rank = 0;
		}
		return STATUS_FINE;
	}
	if (camt->entry_base == 0 && strcmp(element->name, "Ntry") == 0 && element->path[camt->statement_base] && strchr(element->path + camt->statement_base, '/') == NULL) {
		camt->entry = (struct entry){ .booked = DAY_NONE, .valued = DAY_NONE, .line = xml_line(element) };
		camt->entry_base = base, camt->detail_count = 0, camt->ordinal++;
	} else if (camt->entry_base && !camt->detail_base && strcmp(element->name, "TxDtls") == 0) {
		GROW(camt->details, camt->detail_count, camt->detail_cap);
		camt->details[camt->detail_count++] = (struct detail){ 0 };
		camt->detail_base = base;
	} else if (!camt->entry_base && strcmp(element->path + camt->statement_base, "Bal") == 0) {
		memset(&camt->balance, 0, sizeof camt->balance);
		camt->balance.day = DAY_NONE;
	}
	if (strcmp(element->name, "Amt") == 0 || strcmp(element->name, "TtlChrgsAndTaxAmt") == 0) {
		camt->currency[0] = 0;
		maker_currency(camt->currency, xml_attribute(element, "Ccy"));
	}
	return STATUS_FINE;
}

static struct status end(void *context, const struct xml_element *element)
{
	struct camt *camt = context;
	if (!camt->statement_base) return STATUS_FINE;
	size_t len = strlen(element->path) + 1;
	if (len == camt->detail_base) {
		camt->detail_base = 0;
	} else if (len == camt->entry_base) {
		finish_entry(camt);
		camt->entry_base = 0;
	} else if (len == camt->statement_base) {
		camt->statement_base = 0;
	} else if (camt->detail_base) {
		if (element->text_len)
			take_detail(camt, &camt->details[camt->detail_count - 1], look_up(detail_paths, COUNT(detail_paths), element->path + camt->detail_base), element->text);
	} else if (camt->entry_base) {
		if (element->text_len) take_entry(camt, look_up(entry_paths, COUNT(entry_paths), element->path + camt->entry_base), element->text);
	} else if (strcmp(element->path + camt->statement_base, "Bal") == 0) {
		finish_balance(camt);
	} else if (element->text_len) {
		take_statement(camt, look_up(statement_paths, COUNT(statement_paths), element->path + camt->statement_base), element->text);
	}
	return STATUS_FINE;
}

struct status camt_read(struct statement_maker *maker, const char *bytes, size_t len)
{
	struct camt camt = { .maker = maker, .created = DAY_NONE };
	struct status status = xml_read(bytes, len, &(struct xml_handler){ .context = &camt, .start = start, .end = end });
	free(camt.details);
	TRY(status);
	if (!camt.met) return status_make(STATUS_INVALID, "This XML holds no account statement (camt.052, 053 or 054).");
	if (camt.lumps) {
		char count[24];
		snprintf(count, sizeof count, "%" PRId64, camt.lumps);
		maker_warn(maker, fill(maker->file->arena, tr(maker->lang, "Collective entries whose payments name no amounts that make the booked sum: {count}. Each is one line of its sum."),
		                       (struct blank[]){ { "count", count }, { 0 } }));
	}
	return STATUS_FINE;
}
