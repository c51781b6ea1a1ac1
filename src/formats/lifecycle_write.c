#include "formats/lifecycle_write.h"

#include "base/money.h"

#include <inttypes.h>

static void escaped(struct text *out, const char *text)
{
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;
		if (c == '&') text_add(out, "&amp;");
		else if (c == '<') text_add(out, "&lt;");
		else if (c == '>') text_add(out, "&gt;");
		else if (c == '"') text_add(out, "&quot;");
		else if (c >= ' ' || c == '\t') text_add_char(out, *text);
	}
}

static void element(struct text *out, const char *name, const char *attributes, const char *text)
{
	text_addf(out, "<%s%s>", name, attributes);
	escaped(out, text);
	text_addf(out, "</%s>\n", name);
}

static void date(struct text *out, const char *name, const char *prefix, int32_t day, int minutes)
{
	struct civil civil = day_civil(day);
	text_addf(out, "<%s><%s:DateTimeString format=\"%s\">%04d%02d%02d", name, prefix, minutes < 0 ? "102" : "204", civil.year, civil.month, civil.day);
	if (minutes >= 0) text_addf(out, "%02d%02d00", minutes / 60, minutes % 60);
	text_addf(out, "</%s:DateTimeString></%s>\n", prefix, name);
}

static void decimal(struct text *out, int64_t minor, const char *currency)
{
	int decimals = currency_decimals(currency);
	uint64_t whole = minor < 0 ? (uint64_t)-(minor + 1) + 1 : (uint64_t)minor, unit = 1;
	for (int i = 0; i < decimals; i++) unit *= 10;
	text_addf(out, "%s%" PRIu64, minor < 0 ? "-" : "", whole / unit);
	if (decimals) text_addf(out, ".%0*" PRIu64, decimals, whole % unit);
}

void lifecycle_write_collected(const struct lifecycle_collected *c, struct text *out)
{
	text_add(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		"<rsm:CrossDomainAcknowledgementAndResponse xmlns:rsm=\"urn:un:unece:uncefact:data:standard:CrossDomainAcknowledgementAndResponse:100\""
		" xmlns:qdt=\"urn:un:unece:uncefact:data:standard:QualifiedDataType:100\""
		" xmlns:ram=\"urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100\""
		" xmlns:udt=\"urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100\">\n"
		"<rsm:ExchangedDocumentContext>\n<ram:GuidelineSpecifiedDocumentContextParameter>\n");
	element(out, "ram:ID", "", "urn.cpro.gouv.fr:1p0:CDV:invoice");
	text_add(out, "</ram:GuidelineSpecifiedDocumentContextParameter>\n</rsm:ExchangedDocumentContext>\n<rsm:ExchangedDocument>\n");
	element(out, "ram:ID", "", c->message);
	date(out, "ram:IssueDateTime", "udt", c->written_day, c->written_minutes);
	text_add(out, "<ram:IssuerTradeParty>\n");
	element(out, "ram:GlobalID", " schemeID=\"0002\"", c->seller_siren);
	element(out, "ram:RoleCode", "", "SE");
	text_add(out, "</ram:IssuerTradeParty>\n");
	if (*c->buyer_siren) {
		text_add(out, "<ram:RecipientTradeParty>\n");
		element(out, "ram:GlobalID", " schemeID=\"0002\"", c->buyer_siren);
		element(out, "ram:RoleCode", "", "BY");
		text_add(out, "</ram:RecipientTradeParty>\n");
	}
	text_add(out, "</rsm:ExchangedDocument>\n<rsm:AcknowledgementDocument>\n<ram:MultipleReferencesIndicator><udt:Indicator>false</udt:Indicator></ram:MultipleReferencesIndicator>\n");
	date(out, "ram:IssueDateTime", "udt", c->written_day, c->written_minutes);
	text_add(out, "<ram:ReferenceReferencedDocument>\n");
	element(out, "ram:IssuerAssignedID", "", c->number);
	element(out, "ram:TypeCode", "", "380");
	date(out, "ram:FormattedIssueDateTime", "qdt", c->issue_day, -1);
	element(out, "ram:ProcessConditionCode", "", "212");
	element(out, "ram:ProcessCondition", "", "Encaiss\xC3\xA9" "e");
	text_add(out, "<ram:IssuerTradeParty>\n");
	element(out, "ram:GlobalID", " schemeID=\"0002\"", c->seller_siren);
	text_add(out, "</ram:IssuerTradeParty>\n<ram:SpecifiedDocumentStatus>\n");
	date(out, "ram:ReferenceDateTime", "udt", c->day, 0);
	element(out, "ram:SequenceNumeric", "", "1");
	text_add(out, "<ram:SpecifiedDocumentCharacteristic>\n");
	element(out, "ram:TypeCode", "", "MEN");
	text_add(out, "<ram:ValueAmount currencyID=\"");
	escaped(out, c->currency);
	text_add(out, "\">");
	decimal(out, c->amount, c->currency);
	text_add(out, "</ram:ValueAmount>\n");
	date(out, "ram:ValueDateTime", "udt", c->day, -1);
	if (*c->vat_rate) element(out, "ram:ValuePercent", "", c->vat_rate);
	text_add(out, "</ram:SpecifiedDocumentCharacteristic>\n</ram:SpecifiedDocumentStatus>\n</ram:ReferenceReferencedDocument>\n</rsm:AcknowledgementDocument>\n"
		"</rsm:CrossDomainAcknowledgementAndResponse>\n");
}
