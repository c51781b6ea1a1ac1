/* UN/CEFACT Cross Industry Invoice, D16B as in Factur-X and ZUGFeRD 2, and the older names of ZUGFeRD 1. Paths stand below a
 * section, which bears another name in each of the two. */
#include "formats/einvoice_inside.h"

#include <string.h>

enum section { CONTEXT, DOCUMENT, AGREEMENT, DELIVERY, SETTLEMENT, LINES };

static const struct {
	const char *names[2]; /* below the root */
} sections[] = {
	[CONTEXT] = { { "ExchangedDocumentContext", "SpecifiedExchangedDocumentContext" } },
	[DOCUMENT] = { { "ExchangedDocument", "HeaderExchangedDocument" } },
	[AGREEMENT] = { { "SupplyChainTradeTransaction/ApplicableHeaderTradeAgreement", "SpecifiedSupplyChainTradeTransaction/ApplicableSupplyChainTradeAgreement" } },
	[DELIVERY] = { { "SupplyChainTradeTransaction/ApplicableHeaderTradeDelivery", "SpecifiedSupplyChainTradeTransaction/ApplicableSupplyChainTradeDelivery" } },
	[SETTLEMENT] = { { "SupplyChainTradeTransaction/ApplicableHeaderTradeSettlement", "SpecifiedSupplyChainTradeTransaction/ApplicableSupplyChainTradeSettlement" } },
	[LINES] = { { "SupplyChainTradeTransaction", "SpecifiedSupplyChainTradeTransaction" } },
};

#define PARTY(where, who)                                                                                              \
	{ AGREEMENT, { where "/Name", TAKE_TEXT, FIELD(who.name), 0 } },                                               \
	{ AGREEMENT, { where "/SpecifiedLegalOrganization/TradingBusinessName", TAKE_TEXT, FIELD(who.trading_name), 0 } }, \
	{ AGREEMENT, { where "/SpecifiedLegalOrganization/ID", TAKE_LEGAL_ID, FIELD(who), 0 } },                       \
	{ AGREEMENT, { where "/ID", TAKE_PARTY_ID, FIELD(who), 0 } },                                                  \
	{ AGREEMENT, { where "/GlobalID", TAKE_PARTY_ID, FIELD(who), 0 } },                                            \
	{ AGREEMENT, { where "/SpecifiedTaxRegistration/ID", TAKE_TAX_ID, FIELD(who), 0 } },                           \
	{ AGREEMENT, { where "/URIUniversalCommunication/URIID", TAKE_TEXT, FIELD(who.endpoint), FIELD(who.endpoint_scheme) } }, \
	{ AGREEMENT, { where "/PostalTradeAddress/LineOne", TAKE_LINES, FIELD(who.address), 0 } },                     \
	{ AGREEMENT, { where "/PostalTradeAddress/LineTwo", TAKE_LINES, FIELD(who.address), 0 } },                     \
	{ AGREEMENT, { where "/PostalTradeAddress/LineThree", TAKE_LINES, FIELD(who.address), 0 } },                   \
	{ AGREEMENT, { where "/PostalTradeAddress/PostcodeCode", TAKE_TEXT, FIELD(who.postcode), 0 } },                \
	{ AGREEMENT, { where "/PostalTradeAddress/CityName", TAKE_TEXT, FIELD(who.city), 0 } },                        \
	{ AGREEMENT, { where "/PostalTradeAddress/CountryID", TAKE_TEXT, FIELD(who.country), 0 } },                    \
	{ AGREEMENT, { where "/DefinedTradeContact/PersonName", TAKE_TEXT, FIELD(who.contact), 0 } },                  \
	{ AGREEMENT, { where "/DefinedTradeContact/EmailURIUniversalCommunication/URIID", TAKE_TEXT, FIELD(who.email), 0 } }, \
	{ AGREEMENT, { where "/DefinedTradeContact/TelephoneUniversalCommunication/CompleteNumber", TAKE_TEXT, FIELD(who.phone), 0 } }

/* The sums stand in an element that ZUGFeRD 1 names without "Header". */
#define SUM(name, what)                                                                                                \
	{ SETTLEMENT, { "SpecifiedTradeSettlementHeaderMonetarySummation/" name, what } },                             \
	{ SETTLEMENT, { "SpecifiedTradeSettlementMonetarySummation/" name, what } }

static const struct {
	enum section section;
	struct einvoice_path path;
} paths[] = {
	{ CONTEXT, { "GuidelineSpecifiedDocumentContextParameter/ID", TAKE_TEXT, FIELD(profile), 0 } },
	{ CONTEXT, { "BusinessProcessSpecifiedDocumentContextParameter/ID", TAKE_TEXT, FIELD(process), 0 } },
	{ DOCUMENT, { "ID", TAKE_TEXT, FIELD(number), 0 } }, { DOCUMENT, { "TypeCode", TAKE_TYPE, 0, 0 } },
	{ DOCUMENT, { "IssueDateTime/DateTimeString", TAKE_DAY, FIELD(issue_day), 0 } },
	{ DOCUMENT, { "IncludedNote/Content", TAKE_NOTE, 0, 0 } }, { DOCUMENT, { "IncludedNote/SubjectCode", TAKE_NOTE_CODE, 0, 0 } },
	{ AGREEMENT, { "BuyerReference", TAKE_TEXT, FIELD(buyer_reference), 0 } },
	{ AGREEMENT, { "BuyerOrderReferencedDocument/IssuerAssignedID", TAKE_TEXT, FIELD(purchase_order), 0 } },
	{ AGREEMENT, { "BuyerOrderReferencedDocument/ID", TAKE_TEXT, FIELD(purchase_order), 0 } },
	{ AGREEMENT, { "SellerOrderReferencedDocument/IssuerAssignedID", TAKE_TEXT, FIELD(sales_order), 0 } },
	{ AGREEMENT, { "ContractReferencedDocument/IssuerAssignedID", TAKE_TEXT, FIELD(contract), 0 } },
	{ AGREEMENT, { "ContractReferencedDocument/ID", TAKE_TEXT, FIELD(contract), 0 } },
	PARTY("SellerTradeParty", seller), PARTY("BuyerTradeParty", buyer),
	{ DELIVERY, { "ActualDeliverySupplyChainEvent/OccurrenceDateTime/DateTimeString", TAKE_DAY, FIELD(delivery_day), 0 } },
	{ DELIVERY, { "DespatchAdviceReferencedDocument/IssuerAssignedID", TAKE_TEXT, FIELD(delivery_note), 0 } },
	{ DELIVERY, { "DeliveryNoteReferencedDocument/IssuerAssignedID", TAKE_TEXT, FIELD(delivery_note), 0 } },
	{ DELIVERY, { "DeliveryNoteReferencedDocument/ID", TAKE_TEXT, FIELD(delivery_note), 0 } },
	{ SETTLEMENT, { "InvoiceCurrencyCode", TAKE_TEXT, FIELD(currency), 0 } },
	{ SETTLEMENT, { "PaymentReference", TAKE_TEXT, FIELD(remittance), 0 } },
	{ SETTLEMENT, { "PayeeTradeParty/Name", TAKE_TEXT, FIELD(payee.name), 0 } },
	{ SETTLEMENT, { "PayeeTradeParty/SpecifiedLegalOrganization/ID", TAKE_LEGAL_ID, FIELD(payee), 0 } },
	{ SETTLEMENT, { "SpecifiedTradeSettlementPaymentMeans/TypeCode", TAKE_TEXT, FIELD(payment_means), 0 } },
	{ SETTLEMENT, { "SpecifiedTradeSettlementPaymentMeans/PayeePartyCreditorFinancialAccount/IBANID", TAKE_TEXT, FIELD(iban), 0 } },
	{ SETTLEMENT, { "SpecifiedTradeSettlementPaymentMeans/PayeePartyCreditorFinancialAccount/ProprietaryID", TAKE_TEXT, FIELD(iban), 0 } },
	{ SETTLEMENT, { "SpecifiedTradeSettlementPaymentMeans/PayeeSpecifiedCreditorFinancialInstitution/BICID", TAKE_TEXT, FIELD(bic), 0 } },
	{ SETTLEMENT, { "SpecifiedTradePaymentTerms/Description", TAKE_TEXT, FIELD(terms), 0 } },
	{ SETTLEMENT, { "SpecifiedTradePaymentTerms/DueDateDateTime/DateTimeString", TAKE_DUE_DAY, 0, 0 } },
	{ SETTLEMENT, { "SpecifiedTradePaymentTerms/PartialPaymentAmount", TAKE_PART, 0, 0 } },
	{ SETTLEMENT, { "SpecifiedTradePaymentTerms/DirectDebitMandateID", TAKE_TEXT, FIELD(mandate), 0 } },
	{ SETTLEMENT, { "InvoiceReferencedDocument/IssuerAssignedID", TAKE_LIST, FIELD(preceding), 0 } },
	{ SETTLEMENT, { "InvoiceReferencedDocument/ID", TAKE_LIST, FIELD(preceding), 0 } },
	SUM("TaxBasisTotalAmount", AMOUNT(net)), SUM("TaxTotalAmount", AMOUNT(tax)), SUM("GrandTotalAmount", AMOUNT(grand)),
	SUM("TotalPrepaidAmount", AMOUNT(prepaid)), SUM("DuePayableAmount", AMOUNT(payable)), SUM("RoundingAmount", AMOUNT(rounding)),
	{ LINES, { "IncludedSupplyChainTradeLineItem", TAKE_LINE, 0, 0 } },
};

const struct einvoice_path *cii_path(const char *path)
{
	const char *below = strchr(path + 1, '/');
	if (!below) return NULL;
	below++;
	if (strstr(below, "/IncludedSupplyChainTradeLineItem/")) return NULL;
	for (size_t s = 0; s < sizeof sections / sizeof *sections; s++)
		for (size_t n = 0; n < 2; n++) {
			size_t len = strlen(sections[s].names[n]);
			if (strncmp(below, sections[s].names[n], len) != 0 || below[len] != '/') continue;
			for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
				if (paths[i].section == s && strcmp(paths[i].path.path, below + len + 1) == 0) return &paths[i].path;
		}
	return NULL;
}
