#include "formats/einvoice.h"

#include "base/memory.h"
#include "base/money.h"
#include "base/test.h"
#include "base/text.h"
#include "formats/siren.h"

#include <stdlib.h>

/* --- small documents ---------------------------------------------------------------------------------------------------------------- */
#define UBL_HEAD "<?xml version='1.0' encoding='UTF-8'?>\n<Invoice xmlns='urn:oasis:names:specification:ubl:schema:xsd:Invoice-2' xmlns:cbc='b' xmlns:cac='a'>\n"
#define UBL_PARTIES                                                                                                    \
	"<cac:AccountingSupplierParty><cac:Party><cbc:EndpointID schemeID='0225'>732829320</cbc:EndpointID>"               \
	"<cac:PartyTaxScheme><cbc:CompanyID>FR 44 732829320</cbc:CompanyID></cac:PartyTaxScheme>"                          \
	"<cac:PartyLegalEntity><cbc:RegistrationName>Nous SAS</cbc:RegistrationName></cac:PartyLegalEntity></cac:Party></cac:AccountingSupplierParty>" \
	"<cac:AccountingCustomerParty><cac:Party><cac:PartyIdentification><cbc:ID>C0042</cbc:ID></cac:PartyIdentification>" \
	"<cac:PostalAddress><cbc:StreetName>1 rue A</cbc:StreetName><cbc:AdditionalStreetName>Bât. B</cbc:AdditionalStreetName><cbc:CityName>Lyon</cbc:CityName>" \
	"<cbc:PostalZone>69001</cbc:PostalZone><cac:Country><cbc:IdentificationCode>FR</cbc:IdentificationCode></cac:Country></cac:PostalAddress>" \
	"<cac:PartyLegalEntity><cbc:RegistrationName>Dupont &amp; fils</cbc:RegistrationName><cbc:CompanyID schemeID='0002'>404833048</cbc:CompanyID></cac:PartyLegalEntity>" \
	"<cac:Contact><cbc:Name>Mme Roux</cbc:Name><cbc:ElectronicMail>compta@dupont.example</cbc:ElectronicMail></cac:Contact></cac:Party></cac:AccountingCustomerParty>"

static struct einvoice *read_text(const char *text)
{
	struct einvoice *invoice = NULL;
	CHECK_OK(einvoice_read(text, strlen(text), &invoice));
	return invoice;
}

static void every_field_of_ubl_is_found(void)
{
	struct einvoice *invoice = read_text(UBL_HEAD
		"<cbc:CustomizationID>urn:cen.eu:en16931:2017</cbc:CustomizationID><cbc:ProfileID>S1</cbc:ProfileID><cbc:ID>FA25-001</cbc:ID><cbc:IssueDate>2025-01-31</cbc:IssueDate>"
		"<cbc:DueDate>2025-03-02</cbc:DueDate><cbc:InvoiceTypeCode>380</cbc:InvoiceTypeCode><cbc:Note>#PMD#Pénalités : 12 %</cbc:Note><cbc:DocumentCurrencyCode>EUR</cbc:DocumentCurrencyCode>"
		"<cbc:BuyerReference>SERVICE-7</cbc:BuyerReference><cac:OrderReference><cbc:ID>BC-99</cbc:ID></cac:OrderReference>"
		"<cac:BillingReference><cac:InvoiceDocumentReference><cbc:ID>FA24-900</cbc:ID></cac:InvoiceDocumentReference></cac:BillingReference>"
		"<cac:ContractDocumentReference><cbc:ID>M-1</cbc:ID></cac:ContractDocumentReference>" UBL_PARTIES
		"<cac:Delivery><cbc:ActualDeliveryDate>2025-01-20</cbc:ActualDeliveryDate></cac:Delivery>"
		"<cac:PaymentMeans><cbc:PaymentMeansCode>58</cbc:PaymentMeansCode><cbc:PaymentID>RF18539007547034</cbc:PaymentID><cac:PayeeFinancialAccount><cbc:ID>FR14 2004 1010 0505 0001 3M02 606</cbc:ID></cac:PayeeFinancialAccount></cac:PaymentMeans>"
		"<cac:PaymentTerms><cbc:Note>30 jours</cbc:Note></cac:PaymentTerms><cac:TaxTotal><cbc:TaxAmount currencyID='EUR'>200.00</cbc:TaxAmount></cac:TaxTotal>"
		"<cac:LegalMonetaryTotal><cbc:TaxExclusiveAmount currencyID='EUR'>1000</cbc:TaxExclusiveAmount><cbc:TaxInclusiveAmount currencyID='EUR'>1200.0</cbc:TaxInclusiveAmount>"
		"<cbc:PrepaidAmount currencyID='EUR'>200.000</cbc:PrepaidAmount><cbc:PayableAmount currencyID='EUR'>1000.00</cbc:PayableAmount></cac:LegalMonetaryTotal>"
		"<cac:InvoiceLine><cbc:ID>1</cbc:ID><cbc:Note>no</cbc:Note></cac:InvoiceLine></Invoice>");
	if (!invoice) return;
	char day[11];
	int64_t amount, settled;
	CHECK_TEXT(invoice->number, "FA25-001");
	CHECK_INT(invoice->type, 380);
	day_format(invoice->due_day, day);
	CHECK_TEXT(day, "2025-03-02");
	CHECK_TEXT(invoice->seller.siren, "732829320");
	CHECK_TEXT(invoice->seller.vat_number, "FR44732829320");
	CHECK_TEXT(invoice->buyer.siren, "404833048");
	CHECK_TEXT(invoice->buyer.name, "Dupont & fils");
	CHECK_TEXT(invoice->buyer.code, "C0042");
	CHECK_TEXT(invoice->buyer.address, "1 rue A\nBât. B");
	CHECK_TEXT(invoice->buyer.postcode, "69001");
	CHECK_TEXT(invoice->buyer.email, "compta@dupont.example");
	CHECK_TEXT(invoice->purchase_order, "BC-99");
	CHECK_TEXT(invoice->contract, "M-1");
	CHECK_TEXT(invoice->buyer_reference, "SERVICE-7");
	CHECK_TEXT(invoice->iban, "FR1420041010050500013M02606");
	CHECK_TEXT(invoice->remittance, "RF18539007547034");
	CHECK_TEXT(invoice->terms, "30 jours");
	CHECK_INT(invoice->preceding.count, 1);
	CHECK_INT(invoice->notes.count, 1);
	if (invoice->notes.count) CHECK_TEXT(invoice->notes.texts[0], "PMD: Pénalités : 12 %");
	CHECK_INT(invoice->line_count, 1);
	CHECK_INT(invoice->tax, 20000);
	einvoice_amounts(invoice, &amount, &settled);
	CHECK_INT(amount, 120000);
	CHECK_INT(settled, 20000);
	CHECK(!einvoice_is_credit(invoice));
	einvoice_free(invoice);
}

static void cii_is_read_with_the_names_of_both_generations(void)
{
	static const char *const documents[] = {
		"<rsm:CrossIndustryInvoice xmlns:rsm='urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100' xmlns:ram='r' xmlns:udt='u'>"
		"<rsm:ExchangedDocument><ram:ID>AV25-1</ram:ID><ram:TypeCode>381</ram:TypeCode><ram:IssueDateTime><udt:DateTimeString format='102'>20250131</udt:DateTimeString></ram:IssueDateTime>"
		"<ram:IncludedNote><ram:Content>40 EUR</ram:Content><ram:SubjectCode>PMT</ram:SubjectCode></ram:IncludedNote></rsm:ExchangedDocument><rsm:SupplyChainTradeTransaction>"
		"<ram:IncludedSupplyChainTradeLineItem><ram:AssociatedDocumentLineDocument/></ram:IncludedSupplyChainTradeLineItem>"
		"<ram:ApplicableHeaderTradeAgreement><ram:SellerTradeParty><ram:Name>Nous</ram:Name><ram:SpecifiedLegalOrganization><ram:ID schemeID='0002'>732829320</ram:ID></ram:SpecifiedLegalOrganization></ram:SellerTradeParty>"
		"<ram:BuyerTradeParty><ram:Name>Eux</ram:Name><ram:SpecifiedTaxRegistration><ram:ID schemeID='VA'>FR83404833048</ram:ID></ram:SpecifiedTaxRegistration></ram:BuyerTradeParty>"
		"<ram:BuyerOrderReferencedDocument><ram:IssuerAssignedID>BC1</ram:IssuerAssignedID></ram:BuyerOrderReferencedDocument></ram:ApplicableHeaderTradeAgreement>"
		"<ram:ApplicableHeaderTradeSettlement><ram:InvoiceCurrencyCode>EUR</ram:InvoiceCurrencyCode><ram:SpecifiedTradePaymentTerms><ram:DueDateDateTime><udt:DateTimeString format='102'>20250302</udt:DateTimeString></ram:DueDateDateTime></ram:SpecifiedTradePaymentTerms>"
		"<ram:SpecifiedTradeSettlementHeaderMonetarySummation><ram:GrandTotalAmount>8.850</ram:GrandTotalAmount><ram:DuePayableAmount>8.850</ram:DuePayableAmount></ram:SpecifiedTradeSettlementHeaderMonetarySummation>"
		"<ram:InvoiceReferencedDocument><ram:IssuerAssignedID>FA24-9</ram:IssuerAssignedID></ram:InvoiceReferencedDocument></ram:ApplicableHeaderTradeSettlement></rsm:SupplyChainTradeTransaction></rsm:CrossIndustryInvoice>",
		"<rsm:CrossIndustryDocument xmlns:rsm='urn:ferd:CrossIndustryDocument:invoice:1p0' xmlns:ram='r' xmlns:udt='u'>"
		"<rsm:HeaderExchangedDocument><ram:ID>AV25-1</ram:ID><ram:TypeCode>381</ram:TypeCode><ram:IssueDateTime><udt:DateTimeString format='102'>20250131</udt:DateTimeString></ram:IssueDateTime></rsm:HeaderExchangedDocument>"
		"<rsm:SpecifiedSupplyChainTradeTransaction><ram:ApplicableSupplyChainTradeAgreement><ram:SellerTradeParty><ram:Name>Nous</ram:Name></ram:SellerTradeParty>"
		"<ram:BuyerTradeParty><ram:Name>Eux</ram:Name><ram:SpecifiedTaxRegistration><ram:ID schemeID='VA'>FR83404833048</ram:ID></ram:SpecifiedTaxRegistration></ram:BuyerTradeParty>"
		"<ram:BuyerOrderReferencedDocument><ram:ID>BC1</ram:ID></ram:BuyerOrderReferencedDocument></ram:ApplicableSupplyChainTradeAgreement>"
		"<ram:ApplicableSupplyChainTradeSettlement><ram:InvoiceCurrencyCode>EUR</ram:InvoiceCurrencyCode><ram:SpecifiedTradePaymentTerms><ram:DueDateDateTime><udt:DateTimeString format='102'>20250302</udt:DateTimeString></ram:DueDateDateTime></ram:SpecifiedTradePaymentTerms>"
		"<ram:SpecifiedTradeSettlementMonetarySummation><ram:GrandTotalAmount currencyID='EUR'>8.85</ram:GrandTotalAmount><ram:DuePayableAmount currencyID='EUR'>8.85</ram:DuePayableAmount></ram:SpecifiedTradeSettlementMonetarySummation>"
		"<ram:InvoiceReferencedDocument><ram:ID>FA24-9</ram:ID></ram:InvoiceReferencedDocument>"
		"</ram:ApplicableSupplyChainTradeSettlement></rsm:SpecifiedSupplyChainTradeTransaction></rsm:CrossIndustryDocument>",
	};
	for (size_t i = 0; i < COUNT(documents); i++) {
		struct einvoice *invoice = read_text(documents[i]);
		if (!invoice) continue;
		int64_t amount, settled;
		char day[11];
		CHECK_TEXT(invoice->syntax, "cii");
		CHECK_TEXT(invoice->number, "AV25-1");
		day_format(invoice->issue_day, day);
		CHECK_TEXT(day, "2025-01-31");
		day_format(invoice->due_day, day);
		CHECK_TEXT(day, "2025-03-02");
		CHECK_TEXT(invoice->buyer.siren, "404833048");
		CHECK_TEXT(invoice->purchase_order, "BC1");
		CHECK_INT(invoice->preceding.count, 1);
		CHECK(einvoice_is_credit(invoice));
		einvoice_amounts(invoice, &amount, &settled);
		CHECK_INT(amount, -885); /* a credit note's amounts are positive in CII */
		CHECK_INT(settled, 0);
		if (i == 0 && invoice->notes.count) CHECK_TEXT(invoice->notes.texts[0], "PMT: 40 EUR");
		einvoice_free(invoice);
	}
}

#define UBL_TAIL(currency, totals) "<DocumentCurrencyCode>" currency "</DocumentCurrencyCode><LegalMonetaryTotal>" totals "</LegalMonetaryTotal></Invoice>"
#define UBL_ONE(currency, totals) "<Invoice><ID>1</ID><IssueDate>2025-01-31</IssueDate>" UBL_TAIL(currency, totals)

static void amounts_keep_the_decimals_of_their_currency(void)
{
	static const struct {
		const char *text;
		int64_t amount, settled;
	} cases[] = {
		{ UBL_ONE("JPY", "<PayableAmount>12000</PayableAmount>"), 12000, 0 },
		{ UBL_ONE("JPY", "<PayableAmount>12000.00</PayableAmount>"), 12000, 0 },
		{ UBL_ONE("TND", "<PayableAmount>12.345</PayableAmount>"), 12345, 0 },
		{ UBL_ONE("HUF", "<PayableAmount>87859.00</PayableAmount>"), 8785900, 0 },
		{ UBL_ONE("EUR", "<PayableAmount>8.850</PayableAmount>"), 885, 0 },
		{ UBL_ONE("EUR", "<PayableAmount>-529.87</PayableAmount>"), -52987, 0 },
		{ UBL_ONE("EUR", "<TaxInclusiveAmount>100.00</TaxInclusiveAmount><PrepaidAmount>100</PrepaidAmount><PayableAmount>0</PayableAmount>"), 10000, 10000 },
		{ UBL_ONE("EUR", "<TaxInclusiveAmount>100.00</TaxInclusiveAmount>"), 10000, 0 },
		{ UBL_ONE("EUR", "<TaxInclusiveAmount>99.98</TaxInclusiveAmount><PayableRoundingAmount>0.02</PayableRoundingAmount><PayableAmount>100</PayableAmount>"), 10000, 0 },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct einvoice *invoice = read_text(cases[i].text);
		int64_t amount = 0, settled = 0;
		if (invoice) einvoice_amounts(invoice, &amount, &settled);
		CHECK_INT(amount, cases[i].amount);
		CHECK_INT(settled, cases[i].settled);
		einvoice_free(invoice);
	}
}

static void several_due_dates_are_instalments_or_a_discount(void)
{
#define TERMS(day, part) "<ram:SpecifiedTradePaymentTerms><ram:DueDateDateTime><udt:DateTimeString>" day "</udt:DateTimeString></ram:DueDateDateTime>" part "</ram:SpecifiedTradePaymentTerms>"
#define CII(terms) "<CrossIndustryInvoice xmlns:ram='r' xmlns:udt='u'><ExchangedDocument><ID>1</ID><IssueDateTime><DateTimeString>20250131</DateTimeString></IssueDateTime></ExchangedDocument>" \
	"<SupplyChainTradeTransaction><ApplicableHeaderTradeSettlement><InvoiceCurrencyCode>EUR</InvoiceCurrencyCode>" terms "<SpecifiedTradeSettlementHeaderMonetarySummation>"          \
	"<DuePayableAmount>100.00</DuePayableAmount></SpecifiedTradeSettlementHeaderMonetarySummation></ApplicableHeaderTradeSettlement></SupplyChainTradeTransaction></CrossIndustryInvoice>"
	struct einvoice *invoice = read_text(CII(TERMS("20250228", "<ram:PartialPaymentAmount>40.00</ram:PartialPaymentAmount>") TERMS("20250331", "<ram:PartialPaymentAmount>60.00</ram:PartialPaymentAmount>")));
	if (invoice) {
		CHECK_INT(invoice->instalment_count, 2);
		if (invoice->instalment_count == 2) CHECK_INT(invoice->instalments[0].amount, 4000);
	}
	einvoice_free(invoice);
	invoice = read_text(CII(TERMS("20250210", "") TERMS("20250331", "")));
	if (invoice) {
		char day[11];
		CHECK_INT(invoice->instalment_count, 0);
		day_format(invoice->due_day, day);
		CHECK_TEXT(day, "2025-03-31");
	}
	einvoice_free(invoice);
}

static void what_is_wrong_is_said_with_its_place(void)
{
	static const struct {
		const char *text, *words;
	} cases[] = {
		{ "<Order/>", "neither UBL nor CII" },
		{ "<Invoice><ID>1</ID>\n<IssueDate>2025-02-30</IssueDate></Invoice>", "Line 2" },
		{ "<Invoice><ID>1</ID><IssueDate>2025-01-31</IssueDate></Invoice>", "names no currency" },
		{ "<Invoice><IssueDate>2025-01-31</IssueDate></Invoice>", "has no number" },
		{ "<Invoice><ID>1</ID></Invoice>", "no issue date" },
		{ UBL_ONE("EUR", ""), "has no total" },
		{ UBL_ONE("EUR", "\n<PayableAmount>8.855</PayableAmount>"), "Line 2" },
		{ UBL_ONE("EUR", "<PayableAmount>1,5</PayableAmount>"), "is not an amount" },
		{ UBL_ONE("EUR", "<PayableAmount>99999999999999999999</PayableAmount>"), "is not an amount" },
		{ UBL_ONE("EUR", "<PayableAmount currencyID='USD'>1</PayableAmount>"), "another currency" },
		{ "<Invoice><ID>1</ID>\n<IssueDate>2025-01-31</IssueDat></Invoice>", "2" },
		{ "<!DOCTYPE Invoice [<!ENTITY a 'b'>]><Invoice><ID>&a;</ID></Invoice>", "" },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct einvoice *invoice = NULL;
		struct status status = einvoice_read(cases[i].text, strlen(cases[i].text), &invoice);
		CHECK_INT(status.code, STATUS_INVALID);
		if (!strstr(status.text, cases[i].words)) printf("  %s\n", status.text), test_failures++;
		einvoice_free(invoice);
	}
}

static void numbers_of_companies_are_checked(void)
{
	static const char *const sirens[] = { "732829320", "404833048", "356000000", "552100554" };
	static const char *const sirets[] = { "73282932000074", "40483304800022", "35600000000048", "35600000049837", "35600000009075" };
	for (size_t i = 0; i < COUNT(sirens); i++) CHECK(siren_valid(sirens[i]));
	for (size_t i = 0; i < COUNT(sirets); i++) CHECK(siret_valid(sirets[i]));
	CHECK(!siren_valid("732829321"));
	CHECK(!siren_valid("73282932"));
	CHECK(!siren_valid("000000000"));
	CHECK(!siret_valid("73282932000075"));
	CHECK(!siret_valid("35600000049838"));
}

/* --- what others wrote: samples/MANIFEST.tsv says what is in it ------------------------------------------------------------------------ */
static const char *word_after(const char *line, const char *word, char *out, size_t size, const char *until)
{
	const char *at = strstr(line, word);
	if (!at) return NULL;
	at += strlen(word);
	const char *end = until ? strstr(at, until) : NULL;
	size_t len = end ? (size_t)(end - at) : strcspn(at, " \n\t");
	snprintf(out, size, "%.*s", (int)len, at);
	return out;
}

static int64_t minor_of(const char *text, const char *currency)
{
	int64_t out = INT64_MIN;
	if (!amount_parse(text, strlen(text), (struct amount_style){ '.', currency_decimals(currency) }, &out)) out = INT64_MIN;
	return out;
}

static void check_sample(const char *root, const char *file, const char *expected)
{
	char path[4096], want[64], currency[8] = "";
	snprintf(path, sizeof path, "%s/../shared/samples/%s", root, file);
	cleanup_file FILE *stream = fopen(path, "rb");
	if (!stream) return;
	cleanup_text struct text bytes = { 0 };
	char piece[4096];
	for (size_t n; (n = fread(piece, 1, sizeof piece, stream)) > 0;) text_add_bytes(&bytes, piece, n);
	struct einvoice *invoice = NULL;
	struct status status = einvoice_read(text_cstr(&bytes), bytes.len, &invoice);
	if (strstr(expected, "not well-formed")) {
		CHECK_INT(status.code, STATUS_INVALID);
		CHECK(strchr(status.text, '1') != NULL || strstr(status.text, "ine") != NULL);
		einvoice_free(invoice);
		return;
	}
	if (status.code) printf("  %s: %s\n", file, status.text), test_failures++;
	if (!invoice) return;
	int before = test_failures;
	bool cii = strncmp(expected, "CII", 3) == 0;
	char day[11];
	CHECK_TEXT(invoice->syntax, cii ? "cii" : "ubl");
	if (word_after(expected, "type ", want, sizeof want, NULL)) CHECK_INT(invoice->type, strtol(want, NULL, 10));
	if (word_after(expected, " no ", want, sizeof want, cii ? " due " : " issued ")) CHECK_TEXT(invoice->number, want);
	if (word_after(expected, "issued ", want, sizeof want, NULL)) {
		day_format(invoice->issue_day, day);
		CHECK_TEXT(day, want);
	}
	if (word_after(expected, " due ", want, sizeof want, NULL)) {
		day_format(invoice->due_day, day);
		if (want[0] == '-')
			CHECK_TEXT(day, "");
		else if (strlen(want) == 8)
			CHECK(day[0] && strncmp(day, want, 4) == 0 && strncmp(day + 5, want + 4, 2) == 0 && strncmp(day + 8, want + 6, 2) == 0);
		else
			CHECK_TEXT(day, want);
	}
	const char *payable = strstr(expected, " payable ");
	if (payable) {
		snprintf(currency, sizeof currency, "%.3s", payable - 3);
		CHECK_TEXT(invoice->currency, currency);
	}
	if (word_after(expected, " payable ", want, sizeof want, NULL)) CHECK_INT(invoice->payable, minor_of(want, currency));
	if (word_after(expected, " grand total ", want, sizeof want, NULL)) CHECK_INT(invoice->grand, minor_of(want, currency));
	if (test_failures != before) printf("  … in %s\n", file);
	einvoice_free(invoice);
}

static void samples_give_what_their_manifest_says(void)
{
	const char *root = getenv("ENCOURS_SOURCE") ? getenv("ENCOURS_SOURCE") : ".";
	char path[1024], line[2048];
	snprintf(path, sizeof path, "%s/../shared/samples/MANIFEST.tsv", root);
	cleanup_file FILE *manifest = fopen(path, "r");
	int seen = 0;
	while (manifest && fgets(line, sizeof line, manifest)) {
		if (strncmp(line, "einvoice/", 9) != 0 || strstr(line, ".pdf\t")) continue;
		char *expected = line;
		for (int i = 0; i < 6 && expected; i++) expected = strchr(expected, '\t') ? strchr(expected, '\t') + 1 : NULL;
		if (!expected || strlen(expected) < 4) continue;
		line[strcspn(line, "\t")] = 0;
		check_sample(root, line, expected);
		seen++;
	}
	if (manifest) CHECK(seen > 70);
}

TESTS({ "every field of UBL is found", every_field_of_ubl_is_found },
      { "CII is read with the names of both generations", cii_is_read_with_the_names_of_both_generations },
      { "amounts keep the decimals of their currency", amounts_keep_the_decimals_of_their_currency },
      { "several due dates are instalments, or a discount", several_due_dates_are_instalments_or_a_discount },
      { "what is wrong is said with its place", what_is_wrong_is_said_with_its_place },
      { "numbers of companies are checked", numbers_of_companies_are_checked },
      { "samples give what their manifest says", samples_give_what_their_manifest_says }, )
