/* UBL 2.1: Invoice and CreditNote. Paths are those below the root. */
#include "formats/einvoice_inside.h"

#include <string.h>

#define PARTY(where, who)                                                                                              \
	{ where "/PartyLegalEntity/RegistrationName", TAKE_TEXT, FIELD(who.name), 0 },                                 \
	{ where "/PartyName/Name", TAKE_TEXT, FIELD(who.trading_name), 0 },                                            \
	{ where "/PartyLegalEntity/CompanyID", TAKE_LEGAL_ID, FIELD(who), 0 },                                         \
	{ where "/PartyIdentification/ID", TAKE_PARTY_ID, FIELD(who), 0 },                                             \
	{ where "/PartyTaxScheme/CompanyID", TAKE_TAX_ID, FIELD(who), 0 },                                             \
	{ where "/EndpointID", TAKE_TEXT, FIELD(who.endpoint), FIELD(who.endpoint_scheme) },                           \
	{ where "/PostalAddress/StreetName", TAKE_LINES, FIELD(who.address), 0 },                                      \
	{ where "/PostalAddress/AdditionalStreetName", TAKE_LINES, FIELD(who.address), 0 },                            \
	{ where "/PostalAddress/AddressLine/Line", TAKE_LINES, FIELD(who.address), 0 },                                \
	{ where "/PostalAddress/PostalZone", TAKE_TEXT, FIELD(who.postcode), 0 },                                      \
	{ where "/PostalAddress/CityName", TAKE_TEXT, FIELD(who.city), 0 },                                            \
	{ where "/PostalAddress/Country/IdentificationCode", TAKE_TEXT, FIELD(who.country), 0 },                       \
	{ where "/Contact/Name", TAKE_TEXT, FIELD(who.contact), 0 },                                                   \
	{ where "/Contact/ElectronicMail", TAKE_TEXT, FIELD(who.email), 0 },                                           \
	{ where "/Contact/Telephone", TAKE_TEXT, FIELD(who.phone), 0 }

static const struct einvoice_path paths[] = {
	{ "CustomizationID", TAKE_TEXT, FIELD(profile), 0 }, { "ProfileID", TAKE_TEXT, FIELD(process), 0 },
	{ "ID", TAKE_TEXT, FIELD(number), 0 }, { "IssueDate", TAKE_DAY, FIELD(issue_day), 0 },
	{ "DueDate", TAKE_DUE_DAY, 0, 0 }, { "PaymentMeans/PaymentDueDate", TAKE_DUE_DAY, 0, 0 }, { "PaymentTerms/PaymentDueDate", TAKE_DUE_DAY, 0, 0 },
	{ "InvoiceTypeCode", TAKE_TYPE, 0, 0 }, { "CreditNoteTypeCode", TAKE_TYPE, 0, 0 }, { "Note", TAKE_NOTE, 0, 0 },
	{ "DocumentCurrencyCode", TAKE_TEXT, FIELD(currency), 0 }, { "BuyerReference", TAKE_TEXT, FIELD(buyer_reference), 0 },
	{ "OrderReference/ID", TAKE_TEXT, FIELD(purchase_order), 0 }, { "OrderReference/SalesOrderID", TAKE_TEXT, FIELD(sales_order), 0 },
	{ "ContractDocumentReference/ID", TAKE_TEXT, FIELD(contract), 0 }, { "DespatchDocumentReference/ID", TAKE_TEXT, FIELD(delivery_note), 0 },
	{ "BillingReference/InvoiceDocumentReference/ID", TAKE_LIST, FIELD(preceding), 0 },
	{ "Delivery/ActualDeliveryDate", TAKE_DAY, FIELD(delivery_day), 0 },
	{ "PaymentMeans/PaymentMeansCode", TAKE_TEXT, FIELD(payment_means), 0 }, { "PaymentMeans/PaymentID", TAKE_TEXT, FIELD(remittance), 0 },
	{ "PaymentMeans/PayeeFinancialAccount/ID", TAKE_TEXT, FIELD(iban), 0 },
	{ "PaymentMeans/PayeeFinancialAccount/FinancialInstitutionBranch/ID", TAKE_TEXT, FIELD(bic), 0 },
	{ "PaymentMeans/PaymentMandate/ID", TAKE_TEXT, FIELD(mandate), 0 }, { "PaymentTerms/Note", TAKE_TEXT, FIELD(terms), 0 },
	{ "LegalMonetaryTotal/TaxExclusiveAmount", AMOUNT(net) }, { "LegalMonetaryTotal/TaxInclusiveAmount", AMOUNT(grand) },
	{ "LegalMonetaryTotal/PrepaidAmount", AMOUNT(prepaid) }, { "LegalMonetaryTotal/PayableRoundingAmount", AMOUNT(rounding) },
	{ "LegalMonetaryTotal/PayableAmount", AMOUNT(payable) }, { "TaxTotal/TaxAmount", AMOUNT(tax) },
	PARTY("AccountingSupplierParty/Party", seller), PARTY("AccountingCustomerParty/Party", buyer),
	{ "PayeeParty/PartyName/Name", TAKE_TEXT, FIELD(payee.name), 0 }, { "PayeeParty/PartyLegalEntity/CompanyID", TAKE_LEGAL_ID, FIELD(payee), 0 },
	{ "InvoiceLine", TAKE_LINE, 0, 0 }, { "CreditNoteLine", TAKE_LINE, 0, 0 },
};

const struct einvoice_path *ubl_path(const char *path)
{
	const char *below = strchr(path + 1, '/');
	if (!below) return NULL;
	below++;
	if (strncmp(below, "InvoiceLine/", 12) == 0 || strncmp(below, "CreditNoteLine/", 15) == 0) return NULL;
	for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
		if (strcmp(paths[i].path, below) == 0) return &paths[i];
	return NULL;
}
