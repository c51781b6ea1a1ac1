/* What each program calls its lists and their fields. */
#include "intake/connector.h"

#include <stddef.h>

#define END { NULL, NULL, VALUE_TEXT }

/* --- Dynamics 365 Business Central: API v2.0 below companies({id}), or OData pages of the same fields ----------------------------- */
static const struct connector_field bc_customers[] = {
	{ "customer_code", "number|No", VALUE_TEXT }, { "customer_name", "displayName|Name", VALUE_TEXT }, { "address", "addressLine1|address.street|Address", VALUE_TEXT },
	{ "postcode", "postalCode|address.postalCode|Post_Code", VALUE_TEXT }, { "city", "city|address.city|City", VALUE_TEXT },
	{ "country", "country|address.countryLetterCode|Country_Region_Code", VALUE_TEXT }, { "email", "email|E_Mail", VALUE_TEXT },
	{ "phone", "phoneNumber|Phone_No", VALUE_TEXT }, { "tax_number", "taxRegistrationNumber|VAT_Registration_No", VALUE_TEXT },
	{ "salesperson", "salespersonCode|Salesperson_Code", VALUE_TEXT }, { "siren", "registrationNumber|Registration_Number", VALUE_TEXT }, END,
};
static const struct connector_field bc_items[] = {
	{ "customer_code", "customerNumber|Customer_No", VALUE_TEXT }, { "customer_name", "customerName|Customer_Name", VALUE_TEXT },
	{ "type", "documentType|Document_Type", VALUE_TYPE }, { "number", "documentNumber|Document_No|number", VALUE_TEXT },
	{ "issue_date", "documentDate|Document_Date|invoiceDate|postingDate|Posting_Date", VALUE_DAY }, { "posting_date", "postingDate|Posting_Date", VALUE_DAY },
	{ "due_date", "dueDate|Due_Date", VALUE_DAY }, { "settled_on", "closedAtDate|Closed_at_Date", VALUE_DAY }, { "amount", "amount|Amount|totalAmountIncludingTax", VALUE_AMOUNT },
	{ "open", "remainingAmount|Remaining_Amount", VALUE_AMOUNT }, { "currency", "currencyCode|Currency_Code", VALUE_TEXT },
	{ "label", "description|Description", VALUE_TEXT }, { "external_id", "entryNumber|Entry_No|id", VALUE_TEXT },
	{ "purchase_order", "externalDocumentNumber|External_Document_No", VALUE_TEXT }, END,
};
static const struct connector_resource bc[] = {
	{ .name = "customers", .path = "customers", .fixed = "$top=20000", .since = "$filter=lastModifiedDateTime ge {since}", .changed_at = "lastModifiedDateTime|systemModifiedAt",
	  .id = "id|number|No", .format = "csv-customers", .fields = bc_customers },
	{ .name = "items", .path = "customerLedgerEntries", .fixed = "$top=1000000", .since = "$filter=systemModifiedAt ge {since}",
	  .changed_at = "systemModifiedAt|lastModifiedDateTime", .id = "entryNumber|Entry_No|id", .skip = "documentType=Reminder,Finance Charge Memo|Document_Type=Reminder,Finance Charge Memo", .format = "csv-items", .fields = bc_items },
	{ .name = NULL },
};

/* --- SAP S/4HANA: OData V2 ------------------------------------------------------------------------------------------------------------ */
static const struct connector_field sap_customers[] = {
	{ "customer_code", "Customer", VALUE_TEXT }, { "customer_name", "CustomerName|CustomerFullName|BPCustomerName", VALUE_TEXT }, { "tax_number", "VATRegistration", VALUE_TEXT },
	{ "siren", "TaxNumber2|TaxNumber1", VALUE_TEXT }, END,
};
static const struct connector_field sap_items[] = {
	{ "customer_code", "Customer", VALUE_TEXT }, { "type", "AccountingDocumentType", VALUE_TYPE }, { "number", "DocumentReferenceID|AccountingDocument", VALUE_TEXT },
	{ "issue_date", "DocumentDate", VALUE_DAY }, { "posting_date", "PostingDate", VALUE_DAY }, { "due_date", "NetDueDate", VALUE_DAY }, { "settled_on", "ClearingDate", VALUE_DAY },
	{ "amount", "AmountInTransactionCurrency|AmountInCompanyCodeCurrency", VALUE_AMOUNT }, { "open", "@open", VALUE_AMOUNT },
	{ "currency", "TransactionCurrency|CompanyCodeCurrency", VALUE_TEXT }, { "label", "DocumentItemText", VALUE_TEXT },
	{ "external_id", "@key", VALUE_TEXT }, END,
};
static const struct connector_resource sap[] = {
	{ .name = "customers", .path = "API_BUSINESS_PARTNER/A_Customer", .fixed = "$format=json", .since = "", .changed_at = NULL, .id = "Customer", .format = "csv-customers", .fields = sap_customers },
	{ .name = "items", .path = "API_OPLACCTGDOCITEMCUBE_SRV/A_OperationalAcctgDocItemCube", .fixed = "$format=json&$filter=FinancialAccountType eq 'D'",
	  .since = " and (PostingDate ge datetime'{since}T00:00:00' or ClearingDate ge datetime'{since}T00:00:00')", .changed_at = NULL,
	  .id = "CompanyCode+FiscalYear+AccountingDocument+AccountingDocumentItem", .format = "csv-items", .fields = sap_items },
	{ .name = NULL },
};

/* --- Pennylane: API v2 ------------------------------------------------------------------------------------------------------------------ */
static const struct connector_field pennylane_customers[] = {
	{ "customer_code", "id", VALUE_TEXT }, { "customer_name", "name", VALUE_TEXT }, { "siren", "reg_no", VALUE_TEXT }, { "tax_number", "vat_number", VALUE_TEXT },
	{ "email", "emails.0", VALUE_TEXT }, { "phone", "phone", VALUE_TEXT }, { "address", "billing_address.address", VALUE_TEXT }, { "postcode", "billing_address.postal_code", VALUE_TEXT },
	{ "city", "billing_address.city", VALUE_TEXT }, { "country", "billing_address.country_alpha2", VALUE_TEXT }, END,
};
static const struct connector_field pennylane_items[] = {
	{ "customer_code", "customer.id", VALUE_TEXT }, { "customer_name", "customer.name", VALUE_TEXT }, { "type", "@sign", VALUE_TYPE }, { "number", "invoice_number", VALUE_TEXT },
	{ "issue_date", "date", VALUE_DAY }, { "due_date", "deadline", VALUE_DAY }, { "amount", "currency_amount|amount", VALUE_AMOUNT },
	{ "open", "remaining_amount_with_tax|remaining_amount", VALUE_AMOUNT }, { "currency", "currency", VALUE_TEXT }, { "label", "label", VALUE_TEXT }, { "external_id", "id", VALUE_TEXT }, END,
};
static const struct connector_resource pennylane[] = {
	{ .name = "customers", .path = "customers", .fixed = "limit=100", .changes = "changelogs/customers", .changed_at = "processed_at", .id = "id", .format = "csv-customers", .fields = pennylane_customers },
	{ .name = "items", .path = "customer_invoices", .fixed = "limit=100", .changes = "changelogs/customer_invoices", .changed_at = "processed_at", .id = "id",
	  .skip = "draft=true|status=draft,cancelled", .format = "csv-items", .fields = pennylane_items },
	{ .name = NULL },
};

/* --- Odoo: JSON-RPC ----------------------------------------------------------------------------------------------------------------------- */
static const struct connector_field odoo_customers[] = {
	{ "customer_code", "id", VALUE_TEXT }, { "customer_name", "name", VALUE_TEXT }, { "siren", "siret|company_registry", VALUE_TEXT }, { "tax_number", "vat", VALUE_TEXT }, { "email", "email", VALUE_TEXT },
	{ "phone", "phone", VALUE_TEXT }, { "address", "street", VALUE_TEXT }, { "postcode", "zip", VALUE_TEXT }, { "city", "city", VALUE_TEXT }, END,
};
static const struct connector_field odoo_items[] = {
	{ "customer_code", "partner_id", VALUE_ID_OF }, { "customer_name", "partner_id", VALUE_NAME_OF }, { "type", "move_type", VALUE_TYPE }, { "number", "name", VALUE_TEXT },
	{ "issue_date", "invoice_date", VALUE_DAY }, { "due_date", "invoice_date_due", VALUE_DAY }, { "amount", "amount_total_signed", VALUE_AMOUNT },
	{ "open", "amount_residual_signed", VALUE_AMOUNT }, { "label", "ref", VALUE_TEXT }, { "external_id", "id", VALUE_TEXT }, END,
};
static const struct connector_resource odoo[] = {
	{ .name = "customers", .path = "res.partner", .fixed = "[[\"customer_rank\",\">\",0]]", .since = "[\"write_date\",\">=\",\"{since}\"]", .changed_at = "write_date", .id = "id",
	  .format = "csv-customers", .fields = odoo_customers },
	{ .name = "items", .path = "account.move", .fixed = "[[\"move_type\",\"in\",[\"out_invoice\",\"out_refund\"]],[\"state\",\"=\",\"posted\"]]",
	  .since = "[\"write_date\",\">=\",\"{since}\"]", .changed_at = "write_date", .id = "id", .format = "csv-items", .fields = odoo_items },
	{ .name = NULL },
};

static const struct connector connectors[] = {
	{ FEED_BUSINESS_CENTRAL, LOGIN_OAUTH, PAGING_ODATA4, "https://login.microsoftonline.com/{tenant}/oauth2/v2.0/token", "https://api.businesscentral.dynamics.com/.default", bc },
	{ FEED_SAP, LOGIN_BASIC, PAGING_ODATA2, "", "", sap },
	{ FEED_PENNYLANE, LOGIN_BEARER, PAGING_CURSOR, "https://app.pennylane.com/oauth/token", "", pennylane },
	{ FEED_ODOO, LOGIN_ODOO, PAGING_ODOO, "", "", odoo },
};

const struct connector *connector_of(enum feed_kind kind)
{
	for (size_t i = 0; i < sizeof connectors / sizeof *connectors; i++)
		if (connectors[i].kind == kind) return &connectors[i];
	return NULL;
}

bool feed_kind_is_connector(enum feed_kind kind)
{
	return connector_of(kind) != NULL;
}
