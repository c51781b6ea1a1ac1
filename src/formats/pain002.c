#include "formats/statement_maker.h"
#include "formats/xml.h"

#include <inttypes.h>
#include <string.h>

/* pain.002: what became of orders that we sent (direct debits of pain.008, transfers of pain.001). Only what was refused or came
 * back gives a line, as an advice: the statement books it, if money ever moved. A payment that is refused as a whole names its
 * reason on the payment (PmtInf) or on the file: its transactions carry it. */

struct reason {
	char status[8];
	const char *code, *text;
};
struct pain002 {
	struct statement_maker *maker;
	struct reason group, payment, transaction;
	const char *end_to_end, *instruction, *mandate, *debtor, *debtor_account, *creditor, *creditor_account, *text, *reference, *message;
	char amount_text[40], currency[4], said_currency[4];
	int32_t created, collected, settled, payment_day;
	int64_t ordinal, line;
	size_t base; /* of the open TxInfAndSts, past the slash */
	bool met, transfers; /* the orders were transfers (pain.001) */
	int64_t refused;
};

static int32_t day_of(const char *text)
{
	int32_t day;
	return strlen(text) >= 10 && day_parse(text, 10, &day) ? day : DAY_NONE;
}

static bool is_refusal(const char *status)
{
	return strcmp(status, "RJCT") == 0 || strcmp(status, "CANC") == 0 || strcmp(status, "RTRN") == 0;
}

static void take_reason(struct pain002 *p, struct reason *reason, const struct xml_element *element)
{
	if (xml_at(element, "Rsn/Cd") || xml_at(element, "Rsn/Prtry"))
		reason->code = maker_utf8(p->maker, element->text, element->text_len);
	else if (strcmp(element->name, "AddtlInf") == 0 || strcmp(element->name, "AddtlStsRsnInf") == 0)
		reason->text = maker_join(p->maker, reason->text ? reason->text : "", maker_utf8(p->maker, element->text, element->text_len));
	else if (strcmp(element->name, "GrpSts") == 0 || strcmp(element->name, "PmtInfSts") == 0 || strcmp(element->name, "TxSts") == 0)
		snprintf(reason->status, sizeof reason->status, "%.4s", element->text);
}

static struct status start(void *context, const struct xml_element *element)
{
	struct pain002 *p = context;
	if (strncmp(element->name, "CstmrPmtStsRpt", 14) == 0 || strncmp(element->name, "pain.002", 8) == 0) p->met = true;
	if (strcmp(element->name, "OrgnlPmtInfAndSts") == 0) p->payment = (struct reason){ 0 }, p->payment_day = DAY_NONE;
	if (strcmp(element->name, "TxInfAndSts") == 0) {
		p->transaction = (struct reason){ 0 };
		p->end_to_end = p->instruction = p->mandate = p->debtor = p->debtor_account = p->creditor = p->creditor_account = p->text = p->reference = "";
		p->amount_text[0] = p->said_currency[0] = 0;
		p->collected = p->settled = DAY_NONE;
		p->base = strlen(element->path) + 1;
		p->line = xml_line(element);
		p->ordinal++;
	}
	const char *currency = xml_attribute(element, "Ccy");
	if (currency) p->currency[0] = 0, maker_currency(p->currency, currency);
	return STATUS_FINE;
}

static void finish(struct pain002 *p)
{
	struct statement_maker *maker = p->maker;
	/* the nearest that says something: transaction, payment, file */
	const struct reason *levels[] = { &p->transaction, &p->payment, &p->group };
	const char *status = "", *code = "", *text = "";
	for (size_t i = 0; i < 3; i++) {
		if (!*status) status = levels[i]->status;
		if (!*code && levels[i]->code) code = levels[i]->code;
		if (!*text && levels[i]->text) text = levels[i]->text;
	}
	if (!is_refusal(status) && strcmp(status, "PART") != 0) return;
	if (strcmp(status, "PART") == 0 && !*p->transaction.status) return;
	p->refused++;
	const char *currency = p->said_currency[0] ? p->said_currency : "EUR";
	int64_t amount;
	if (!p->amount_text[0]) {
		maker_reject(maker, p->line, "OrgnlTxRef/Amt", p->end_to_end, tr(maker->lang, "A refused payment without an amount: the report does not repeat the order."));
		return;
	}
	if (!plain_amount(slice_of(p->amount_text), '.', currency, &amount) || amount < 0) {
		maker_reject(maker, p->line, "OrgnlTxRef/Amt", p->amount_text, tr(maker->lang, "This is not an amount of its currency: digits with a decimal point are expected."));
		return;
	}
	int32_t day = p->created != DAY_NONE ? p->created : p->settled != DAY_NONE ? p->settled : p->collected != DAY_NONE ? p->collected : p->payment_day;
	if (day == DAY_NONE) {
		maker_reject(maker, p->line, "CreDtTm", "", tr(maker->lang, "This is not a date (YYYY-MM-DD)."));
		return;
	}
	/* of our debit the debtor's money did not come; of our transfer our own came back */
	const char *ours = p->transfers ? p->debtor_account : p->creditor_account;
	struct bank_statement *statement = maker_last(maker);
	ours = maker_account(maker, ours);
	if (!statement || (*ours && strcmp(statement->account, ours) != 0)) {
		statement = maker_statement(maker);
		statement->advice = true, statement->account = ours, statement->number = p->message;
		memcpy(statement->currency, currency, 4);
	}
	struct bank_line *line = maker_line(maker, p->ordinal);
	line->booking_day = day;
	line->value_day = p->collected != DAY_NONE ? p->collected : p->payment_day;
	line->amount = p->transfers ? amount : -amount;
	memcpy(line->currency, currency, 4);
	line->kind = BANK_LINE_RETURN;
	line->end_to_end = maker_reference(p->end_to_end), line->bank_reference = maker_reference(p->instruction), line->mandate = maker_reference(p->mandate);
	line->payer = p->transfers ? p->creditor : p->debtor;
	line->payer_iban = maker_account(maker, p->transfers ? p->creditor_account : p->debtor_account);
	line->text = p->text, line->structured = maker_reference(p->reference);
	line->return_code = code, line->return_text = text;
	line->label = tr(maker->lang, p->transfers ? "Returned payment" : "Returned direct debit");
}

static void take_transaction(struct pain002 *p, const struct xml_element *element)
{
	const char *below = element->path + p->base;
	struct statement_maker *maker = p->maker;
	static const struct {
		const char *path;
		size_t place;
	} texts[] = {
#define TEXT(path, member) { path, offsetof(struct pain002, member) }
		TEXT("OrgnlEndToEndId", end_to_end), TEXT("OrgnlInstrId", instruction), TEXT("OrgnlTxRef/MndtRltdInf/MndtId", mandate),
		TEXT("OrgnlTxRef/MndtRltdInf/DrctDbtMndt/MndtId", mandate), TEXT("OrgnlTxRef/Dbtr/Nm", debtor), TEXT("OrgnlTxRef/Dbtr/Pty/Nm", debtor),
		TEXT("OrgnlTxRef/DbtrAcct/Id/IBAN", debtor_account), TEXT("OrgnlTxRef/DbtrAcct/Id/Othr/Id", debtor_account), TEXT("OrgnlTxRef/Cdtr/Nm", creditor),
		TEXT("OrgnlTxRef/Cdtr/Pty/Nm", creditor), TEXT("OrgnlTxRef/CdtrAcct/Id/IBAN", creditor_account), TEXT("OrgnlTxRef/CdtrAcct/Id/Othr/Id", creditor_account),
		TEXT("OrgnlTxRef/RmtInf/Strd/CdtrRefInf/Ref", reference),
#undef TEXT
	};
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		if (strcmp(below, texts[i].path) == 0) {
			*(const char **)(void *)((char *)p + texts[i].place) = maker_utf8(maker, element->text, element->text_len);
			return;
		}
	if (strcmp(below, "OrgnlTxRef/RmtInf/Ustrd") == 0) {
		p->text = maker_join(maker, p->text, maker_utf8(maker, element->text, element->text_len));
	} else if (strcmp(below, "OrgnlTxRef/Amt/InstdAmt") == 0 || strcmp(below, "OrgnlTxRef/IntrBkSttlmAmt") == 0 || strcmp(below, "OrgnlTxRef/Amt/EqvtAmt/Amt") == 0) {
		if (element->text_len < sizeof p->amount_text && (!p->amount_text[0] || strcmp(element->name, "InstdAmt") == 0)) {
			memcpy(p->amount_text, element->text, element->text_len + 1);
			memcpy(p->said_currency, p->currency, sizeof p->currency);
		}
	} else if (strcmp(below, "OrgnlTxRef/ReqdColltnDt") == 0 || strcmp(below, "OrgnlTxRef/ReqdExctnDt") == 0 || strcmp(below, "OrgnlTxRef/ReqdExctnDt/Dt") == 0) {
		p->collected = day_of(element->text);
	} else if (strcmp(below, "OrgnlTxRef/IntrBkSttlmDt") == 0) {
		p->settled = day_of(element->text);
	} else {
		take_reason(p, &p->transaction, element);
	}
}

static struct status end(void *context, const struct xml_element *element)
{
	struct pain002 *p = context;
	if (p->base && strlen(element->path) + 1 == p->base) {
		finish(p);
		p->base = 0;
	} else if (!element->text_len) {
		return STATUS_FINE;
	} else if (p->base) {
		take_transaction(p, element);
	} else if (xml_at(element, "GrpHdr/CreDtTm")) {
		p->created = day_of(element->text);
	} else if (xml_at(element, "GrpHdr/MsgId")) {
		p->message = maker_utf8(p->maker, element->text, element->text_len);
	} else if (strcmp(element->name, "OrgnlMsgNmId") == 0) {
		p->transfers = strncmp(element->text, "pain.001", 8) == 0;
	} else if (strstr(element->path, "/OrgnlPmtInfAndSts/")) {
		if (xml_at(element, "OrgnlTxRef/ReqdColltnDt")) p->payment_day = day_of(element->text);
		take_reason(p, &p->payment, element);
	} else if (strstr(element->path, "/OrgnlGrpInfAndSts/")) {
		take_reason(p, &p->group, element);
	}
	return STATUS_FINE;
}

struct status pain002_read(struct statement_maker *maker, const char *bytes, size_t len)
{
	struct pain002 p = { .maker = maker, .message = "", .created = DAY_NONE, .payment_day = DAY_NONE };
	TRY(xml_read(bytes, len, &(struct xml_handler){ .context = &p, .start = start, .end = end }));
	if (!p.met) return status_make(STATUS_INVALID, "This XML holds no payment status report (pain.002).");
	if (!maker_last(maker) && !p.refused) {
		struct bank_statement *statement = maker_statement(maker); /* good news are read too */
		statement->advice = true, statement->number = p.message;
		maker_warn(maker, is_refusal(p.group.status) ? tr(maker->lang, "The whole file of orders was refused.") : tr(maker->lang, "The report holds no refused payment."));
	}
	return STATUS_FINE;
}
