/* CDAR and UBL ApplicationResponse: one message speaks of one invoice, or of several. */
#include "formats/lifecycle.h"

#include "base/memory.h"
#include "base/money.h"
#include "formats/xml.h"

#include <string.h>

struct reading {
	struct lifecycle_file *file;
	struct lifecycle_options options;
	enum format_kind kind;
	struct lifecycle_status one; /* the reference that is open */
	bool open, mlr;
	const char *message, *seller, *seller_siret, *buyer, *buyer_siret; /* of the message: its sender and receiver */
	int32_t day, document_day;
	int minutes, document_minutes;
	/* the amount that is open: SpecifiedDocumentCharacteristic */
	char type[8], amount[40], currency[4];
};

static const char *kept(struct reading *r, const struct xml_element *element)
{
	return arena_strndup(r->file->arena, element->text, element->text_len);
}

static int two(const char *at)
{
	return at[0] >= '0' && at[0] <= '9' && at[1] >= '0' && at[1] <= '9' ? (at[0] - '0') * 10 + at[1] - '0' : -1;
}

/* 20250701101500, 20250701, 2025-07-01, 2025-07-01T10:15:00Z */
static bool instant(const char *text, int32_t *day, int *minutes)
{
	char iso[11];
	size_t len = strlen(text), at;
	if (len >= 10 && text[4] == '-') {
		memcpy(iso, text, 10), at = 11;
	} else if (len >= 8) {
		snprintf(iso, sizeof iso, "%.4s-%.2s-%.2s", text, text + 4, text + 6);
		at = 8;
	} else {
		return false;
	}
	iso[10] = 0;
	if (!day_parse(iso, 10, day)) return false;
	*minutes = -1;
	if (len >= at + 4) {
		int hour = two(text + at), minute = two(text + at + (text[at + 2] == ':' ? 3 : 2));
		if (hour >= 0 && hour < 24 && minute >= 0 && minute < 60) *minutes = hour * 60 + minute;
	}
	return true;
}

static void begin_one(struct reading *r, const struct xml_element *element)
{
	r->open = true;
	r->one = (struct lifecycle_status){ .line = xml_line(element), .said = "", .number = "", .reason_code = "", .reason = "", .note = "", .seller_siren = "",
		.buyer_siren = "", .buyer_siret = "", .message = "", .issue_day = DAY_NONE, .day = DAY_NONE, .minutes = -1 };
}

static void refuse(struct reading *r, const char *column, const char *value, const char *reason)
{
	complaint_add(&r->file->rejected, (struct complaint){ .line = r->one.line, .column = column, .value = value, .reason = tr(r->options.lang, reason) });
}

static struct status end_one(struct reading *r)
{
	struct lifecycle_file *file = r->file;
	r->open = false;
	file->lines++;
	if (file->lines > LIFECYCLE_ROWS_MAX) return status_make(STATUS_INVALID, "This file holds more than %d statuses. Split it.", LIFECYCLE_ROWS_MAX);
	if (!*r->one.number) return refuse(r, "", "", "This status does not say of which invoice it speaks."), STATUS_FINE;
	if (!*r->one.said) return refuse(r, "", r->one.number, "This invoice has no status here."), STATUS_FINE;
	if (r->one.day == DAY_NONE) r->one.day = r->day, r->one.minutes = r->minutes;
	*lifecycle_add(file) = r->one;
	return STATUS_FINE;
}

/* --- CDAR ------------------------------------------------------------------------------------------------------------------------------ */
static struct status cdar_start(struct reading *r, const struct xml_element *element)
{
	if (strcmp(element->name, "ReferenceReferencedDocument") == 0 && !r->open) begin_one(r, element);
	if (strcmp(element->name, "SpecifiedDocumentCharacteristic") == 0) r->type[0] = r->amount[0] = r->currency[0] = 0;
	const char *currency = xml_attribute(element, "currencyID");
	if (currency && strcmp(element->name, "ValueAmount") == 0) snprintf(r->currency, sizeof r->currency, "%.3s", currency);
	return STATUS_FINE;
}

/* What is not approved (MNA, MNATTC) is contested; an amount that can't be read contests the whole. */
static void cdar_amount(struct reading *r)
{
	if (strcmp(r->type, "MNATTC") != 0 && strcmp(r->type, "MNA") != 0) return;
	const char *currency = r->currency[0] ? r->currency : r->options.currency ? r->options.currency : "EUR";
	int64_t amount;
	if (!currency_known(currency) || !amount_parse(r->amount, strlen(r->amount), (struct amount_style){ '.', currency_decimals(currency) }, &amount) || amount <= 0) return;
	if (r->one.contested && strcmp(r->type, "MNA") == 0) return; /* with tax goes first */
	r->one.contested = amount;
	snprintf(r->one.currency, sizeof r->one.currency, "%s", currency);
}

static struct status cdar_end(struct reading *r, const struct xml_element *element)
{
	struct lifecycle_status *one = &r->one;
	struct arena *arena = r->file->arena;
	if (xml_at(element, "ExchangedDocument/ID")) r->message = kept(r, element);
	if (xml_at(element, "ExchangedDocument/IssueDateTime/DateTimeString") && !r->open) instant(element->text, &r->document_day, &r->document_minutes);
	if (xml_at(element, "AcknowledgementDocument/IssueDateTime/DateTimeString")) instant(element->text, &r->day, &r->minutes);
	if (!r->open) return STATUS_FINE;
	if (xml_at(element, "ReferenceReferencedDocument/IssuerAssignedID")) one->number = kept(r, element);
	else if (xml_at(element, "ReferenceReferencedDocument/FormattedIssueDateTime/DateTimeString")) {
		int ignored;
		instant(element->text, &one->issue_day, &ignored);
	} else if (xml_at(element, "ReferenceReferencedDocument/ProcessConditionCode")) {
		one->said = kept(r, element);
		one->code = lifecycle_of_words(element->text, element->text_len);
	} else if (xml_at(element, "ReferenceReferencedDocument/ProcessCondition")) {
		if (one->code == LIFECYCLE_OTHER && element->text_len) one->said = kept(r, element), one->code = lifecycle_of_words(element->text, element->text_len);
	} else if (xml_at(element, "ReferenceReferencedDocument/IssuerTradeParty/GlobalID") || xml_at(element, "IssuerTradeParty/SpecifiedLegalOrganization/ID")) {
		const char *siret = "";
		lifecycle_take_company(arena, element->text, &one->seller_siren, &siret);
	} else if (xml_at(element, "ReferenceReferencedDocument/RecipientTradeParty/GlobalID") || xml_at(element, "RecipientTradeParty/SpecifiedLegalOrganization/ID")) {
		lifecycle_take_company(arena, element->text, &one->buyer_siren, &one->buyer_siret);
	} else if (xml_at(element, "SpecifiedDocumentStatus/ReasonCode")) {
		if (!*one->reason_code) one->reason_code = kept(r, element);
	} else if (xml_at(element, "SpecifiedDocumentStatus/Reason")) {
		if (!*one->reason) one->reason = kept(r, element);
	} else if (xml_at(element, "SpecifiedDocumentStatus/IncludedNote/Content")) {
		if (!*one->note) one->note = kept(r, element);
	} else if (xml_at(element, "SpecifiedDocumentStatus/ReferenceDateTime/DateTimeString")) {
		instant(element->text, &one->day, &one->minutes);
	} else if (xml_at(element, "SpecifiedDocumentCharacteristic/TypeCode")) {
		snprintf(r->type, sizeof r->type, "%.7s", element->text);
	} else if (xml_at(element, "SpecifiedDocumentCharacteristic/ValueAmount")) {
		snprintf(r->amount, sizeof r->amount, "%s", element->text_len < sizeof r->amount ? element->text : "");
	} else if (strcmp(element->name, "SpecifiedDocumentCharacteristic") == 0) {
		cdar_amount(r);
	} else if (strcmp(element->name, "ReferenceReferencedDocument") == 0) {
		return end_one(r);
	}
	return STATUS_FINE;
}

/* --- UBL ------------------------------------------------------------------------------------------------------------------------------- */
static struct status ubl_start(struct reading *r, const struct xml_element *element)
{
	if (strcmp(element->name, "DocumentResponse") == 0 && !r->open) begin_one(r, element);
	return STATUS_FINE;
}

/* Invoice response (UNCL 4343): received, in process, under query, conditionally accepted, rejected, accepted, paid. A message level
 * response says whether the receiver's system could read it. */
static enum lifecycle_code peppol_code(const struct reading *r, const char *code)
{
	static const struct {
		const char *code;
		enum lifecycle_code response, level;
	} known[] = {
		{ "AB", LIFECYCLE_AVAILABLE, LIFECYCLE_RECEIVED }, { "IP", LIFECYCLE_TAKEN_OVER, LIFECYCLE_TAKEN_OVER }, { "UQ", LIFECYCLE_SUSPENDED, LIFECYCLE_SUSPENDED },
		{ "CA", LIFECYCLE_PARTLY, LIFECYCLE_PARTLY }, { "RE", LIFECYCLE_REFUSED, LIFECYCLE_REJECTED }, { "AP", LIFECYCLE_APPROVED, LIFECYCLE_RECEIVED },
		{ "PD", LIFECYCLE_PAYMENT_SENT, LIFECYCLE_PAYMENT_SENT },
	};
	for (size_t i = 0; i < COUNT(known); i++)
		if (strcmp(known[i].code, code) == 0) return r->mlr ? known[i].level : known[i].response;
	return LIFECYCLE_OTHER;
}

static struct status ubl_end(struct reading *r, const struct xml_element *element)
{
	struct lifecycle_status *one = &r->one;
	struct arena *arena = r->file->arena;
	if (xml_at(element, "/ApplicationResponse/ID")) r->message = kept(r, element);
	else if (xml_at(element, "/ApplicationResponse/CustomizationID") || xml_at(element, "/ApplicationResponse/ProfileID"))
		r->mlr |= strstr(element->text, ":mlr") != NULL || strstr(element->text, "message_level") != NULL;
	else if (xml_at(element, "/ApplicationResponse/IssueDate")) {
		int ignored;
		instant(element->text, &r->day, &ignored);
	} else if (xml_at(element, "/ApplicationResponse/IssueTime")) {
		int hour = two(element->text), minute = element->text_len >= 5 ? two(element->text + 3) : -1;
		if (hour >= 0 && hour < 24 && minute >= 0 && minute < 60) r->minutes = hour * 60 + minute;
	} else if (xml_at(element, "/ApplicationResponse/SenderParty/EndpointID") || xml_at(element, "/ApplicationResponse/SenderParty/PartyLegalEntity/CompanyID")
	           || xml_at(element, "/ApplicationResponse/SenderParty/PartyIdentification/ID")) {
		lifecycle_take_company(arena, element->text, &r->buyer, &r->buyer_siret);
	} else if (xml_at(element, "/ApplicationResponse/ReceiverParty/EndpointID") || xml_at(element, "/ApplicationResponse/ReceiverParty/PartyLegalEntity/CompanyID")
	           || xml_at(element, "/ApplicationResponse/ReceiverParty/PartyIdentification/ID")) {
		lifecycle_take_company(arena, element->text, &r->seller, &r->seller_siret);
	}
	if (!r->open) return STATUS_FINE;
	if (xml_at(element, "DocumentResponse/DocumentReference/ID")) {
		if (!*one->number) one->number = kept(r, element);
	} else if (xml_at(element, "DocumentReference/IssueDate")) {
		int ignored;
		instant(element->text, &one->issue_day, &ignored);
	} else if (xml_at(element, "DocumentResponse/Response/ResponseCode")) {
		one->said = kept(r, element), one->code = peppol_code(r, element->text);
	} else if (xml_at(element, "DocumentResponse/Response/EffectiveDate")) {
		instant(element->text, &one->day, &one->minutes);
	} else if (xml_at(element, "DocumentResponse/Response/Description")) {
		if (!*one->note) one->note = kept(r, element);
	} else if (xml_at(element, "Response/Status/StatusReasonCode")) {
		/* OPStatusReason says why, OPStatusAction what is wanted: codes of three letters, the reasons are known */
		if (!*one->reason_code && lifecycle_reason_words(element->text)) one->reason_code = kept(r, element);
	} else if (xml_at(element, "Response/Status/StatusReason")) {
		if (!*one->reason) one->reason = kept(r, element);
	} else if (xml_at(element, "DocumentResponse/IssuerParty/PartyIdentification/ID") || xml_at(element, "DocumentResponse/IssuerParty/PartyLegalEntity/CompanyID")) {
		const char *siret = "";
		lifecycle_take_company(arena, element->text, &one->seller_siren, &siret);
	} else if (strcmp(element->name, "DocumentResponse") == 0) {
		return end_one(r);
	}
	return STATUS_FINE;
}

/* --- both ------------------------------------------------------------------------------------------------------------------------------ */
static struct status start(void *context, const struct xml_element *element)
{
	struct reading *r = context;
	return r->kind == FORMAT_CDAR ? cdar_start(r, element) : ubl_start(r, element);
}

static struct status end(void *context, const struct xml_element *element)
{
	struct reading *r = context;
	return r->kind == FORMAT_CDAR ? cdar_end(r, element) : ubl_end(r, element);
}

struct status lifecycle_xml_read(enum format_kind kind, const char *bytes, size_t len, struct lifecycle_options options, struct lifecycle_file *file)
{
	struct reading r = { .file = file, .options = options, .kind = kind, .message = "", .seller = "", .seller_siret = "", .buyer = "", .buyer_siret = "", .day = DAY_NONE,
		.document_day = DAY_NONE, .minutes = -1, .document_minutes = -1 };
	file->format = kind == FORMAT_CDAR ? "cdar" : "peppol-response";
	file->encoding = xml_encoding(bytes, len);
	TRY(xml_read(bytes, len, &(struct xml_handler){ .context = &r, .start = start, .end = end }));
	for (size_t i = 0; i < file->count; i++) { /* parts of the message that stand behind what they are about */
		struct lifecycle_status *row = &file->rows[i];
		row->message = r.message;
		if (row->day == DAY_NONE) row->day = r.day != DAY_NONE ? r.day : r.document_day, row->minutes = r.day != DAY_NONE ? r.minutes : r.document_minutes;
		if (!*row->seller_siren) row->seller_siren = r.seller;
		if (!*row->buyer_siren) row->buyer_siren = r.buyer;
		if (!*row->buyer_siret) row->buyer_siret = r.buyer_siret;
	}
	return STATUS_FINE;
}

bool lifecycle_like_xml(const char *bytes, size_t len, enum format_kind *kind)
{
	struct xml_root root;
	if (!xml_root(bytes, len, &root)) return false;
	if (strcmp(root.name, "CrossDomainAcknowledgementAndResponse") == 0) return *kind = FORMAT_CDAR, true;
	if (strcmp(root.name, "ApplicationResponse") == 0) return *kind = FORMAT_PEPPOL_RESPONSE, true;
	return false;
}
