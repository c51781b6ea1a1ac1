#include "formats/lifecycle.h"

#include "base/test.h"

static struct lifecycle_file *file;

static struct status take(enum format_kind kind, const char *text)
{
	lifecycle_free(file);
	file = NULL;
	return lifecycle_read(kind, text, strlen(text), (struct lifecycle_options){ .lang = LANG_EN, .currency = "EUR" }, &file);
}

static int32_t on(const char *iso)
{
	int32_t day = DAY_NONE;
	day_parse(iso, strlen(iso), &day);
	return day;
}

static struct recognised kind_of(const char *text)
{
	static struct arena *arena;
	if (!arena) arena = arena_new();
	return recognise(text, strlen(text), LANG_EN, arena);
}

static const char refused[] =
	"<?xml version=\"1.0\" encoding=\"UTF-8\"?><rsm:CrossDomainAcknowledgementAndResponse"
	" xmlns:rsm=\"urn:un:unece:uncefact:data:standard:CrossDomainAcknowledgementAndResponse:100\" xmlns:ram=\"urn:r\" xmlns:udt=\"urn:u\" xmlns:qdt=\"urn:q\">"
	"<rsm:ExchangedDocument><ram:ID>MSG-1</ram:ID><ram:IssueDateTime><udt:DateTimeString format=\"204\">20250704120000</udt:DateTimeString></ram:IssueDateTime>"
	"<ram:SenderTradeParty><ram:GlobalID schemeID=\"0238\">9998</ram:GlobalID></ram:SenderTradeParty></rsm:ExchangedDocument>"
	"<rsm:AcknowledgementDocument><ram:IssueDateTime><udt:DateTimeString format=\"204\">20250703143000</udt:DateTimeString></ram:IssueDateTime>"
	"<ram:ReferenceReferencedDocument><ram:IssuerAssignedID>FA25-001</ram:IssuerAssignedID><ram:TypeCode>380</ram:TypeCode>"
	"<ram:FormattedIssueDateTime><qdt:DateTimeString format=\"102\">20250701</qdt:DateTimeString></ram:FormattedIssueDateTime>"
	"<ram:ProcessConditionCode>210</ram:ProcessConditionCode><ram:ProcessCondition>Refus\xC3\xA9" "e</ram:ProcessCondition>"
	"<ram:IssuerTradeParty><ram:GlobalID schemeID=\"0002\">732829320</ram:GlobalID></ram:IssuerTradeParty>"
	"<ram:RecipientTradeParty><ram:GlobalID schemeID=\"0002\">404833048</ram:GlobalID></ram:RecipientTradeParty>"
	"<ram:SpecifiedDocumentStatus><ram:ReasonCode>CMD_ERR</ram:ReasonCode><ram:Reason>Commande inconnue</ram:Reason>"
	"<ram:IncludedNote><ram:Content>Voir avec les achats</ram:Content></ram:IncludedNote></ram:SpecifiedDocumentStatus>"
	"</ram:ReferenceReferencedDocument></rsm:AcknowledgementDocument></rsm:CrossDomainAcknowledgementAndResponse>";

static void a_refusal_is_read(void)
{
	CHECK_INT(kind_of(refused).kind, FORMAT_CDAR);
	CHECK_OK(take(FORMAT_CDAR, refused));
	CHECK_INT(file->count, 1);
	const struct lifecycle_status *row = &file->rows[0];
	CHECK_INT(row->code, LIFECYCLE_REFUSED);
	CHECK_TEXT(row->number, "FA25-001");
	CHECK_TEXT(row->seller_siren, "732829320");
	CHECK_TEXT(row->buyer_siren, "404833048");
	CHECK_TEXT(row->reason_code, "CMD_ERR");
	CHECK_TEXT(row->reason, "Commande inconnue");
	CHECK_TEXT(row->note, "Voir avec les achats");
	CHECK_INT(row->day, on("2025-07-03"));
	CHECK_INT(row->minutes, 14 * 60 + 30);
	CHECK_INT(row->issue_day, on("2025-07-01"));
	CHECK_TEXT(row->message, "MSG-1");
	CHECK_TEXT(lifecycle_reason_subject(row->reason_code), "purchase_order");
}

static void a_partial_approval_contests_what_is_not_approved(void)
{
	CHECK_OK(take(FORMAT_CDAR,
		"<CrossDomainAcknowledgementAndResponse><AcknowledgementDocument><ReferenceReferencedDocument><IssuerAssignedID>F1</IssuerAssignedID>"
		"<ProcessConditionCode>206</ProcessConditionCode><SpecifiedDocumentStatus>"
		"<SpecifiedDocumentCharacteristic><TypeCode>MAPTTC</TypeCode><ValueAmount currencyID=\"EUR\">900.00</ValueAmount></SpecifiedDocumentCharacteristic>"
		"<SpecifiedDocumentCharacteristic><TypeCode>MNATTC</TypeCode><ValueAmount currencyID=\"EUR\">300.00</ValueAmount></SpecifiedDocumentCharacteristic>"
		"<SpecifiedDocumentCharacteristic><TypeCode>MNA</TypeCode><ValueAmount currencyID=\"EUR\">250.00</ValueAmount></SpecifiedDocumentCharacteristic>"
		"</SpecifiedDocumentStatus></ReferenceReferencedDocument></AcknowledgementDocument></CrossDomainAcknowledgementAndResponse>"));
	CHECK_INT(file->rows[0].code, LIFECYCLE_PARTLY);
	CHECK_INT(file->rows[0].contested, 30000);
	CHECK_TEXT(file->rows[0].currency, "EUR");
}

static void peppol(const char *customization, const char *code, enum lifecycle_code expected)
{
	char text[2000];
	snprintf(text, sizeof text,
		"<ApplicationResponse xmlns=\"urn:oasis:names:specification:ubl:schema:xsd:ApplicationResponse-2\"><CustomizationID>%s</CustomizationID><ID>R1</ID>"
		"<IssueDate>2025-07-03</IssueDate><IssueTime>09:05:00</IssueTime><SenderParty><EndpointID schemeID=\"0009\">40483304800022</EndpointID></SenderParty>"
		"<ReceiverParty><EndpointID schemeID=\"0002\">732829320</EndpointID></ReceiverParty><DocumentResponse><Response><ResponseCode>%s</ResponseCode>"
		"<Status><StatusReasonCode listID=\"OPStatusAction\">NIN</StatusReasonCode></Status><Status><StatusReasonCode listID=\"OPStatusReason\">PRI</StatusReasonCode>"
		"<StatusReason>Prices differ</StatusReason></Status></Response><DocumentReference><ID>FA1</ID><IssueDate>2025-07-01</IssueDate></DocumentReference></DocumentResponse>"
		"</ApplicationResponse>", customization, code);
	CHECK_INT(kind_of(text).kind, FORMAT_PEPPOL_RESPONSE);
	CHECK_OK(take(FORMAT_PEPPOL_RESPONSE, text));
	CHECK_INT(file->count, 1);
	CHECK_INT(file->rows[0].code, expected);
	CHECK_TEXT(file->rows[0].number, "FA1");
	CHECK_TEXT(file->rows[0].buyer_siret, "40483304800022");
	CHECK_TEXT(file->rows[0].buyer_siren, "404833048");
	CHECK_TEXT(file->rows[0].seller_siren, "732829320");
	CHECK_TEXT(file->rows[0].reason_code, "PRI");
	CHECK_TEXT(file->rows[0].reason, "Prices differ");
	CHECK_INT(file->rows[0].day, on("2025-07-03"));
	CHECK_INT(file->rows[0].minutes, 545);
	CHECK_INT(file->rows[0].issue_day, on("2025-07-01"));
}

static void answers_of_peppol_are_read(void)
{
	static const char response[] = "urn:fdc:peppol.eu:poacc:trns:invoice_response:3", level[] = "urn:fdc:peppol.eu:poacc:trns:mlr:3";
	peppol(response, "AP", LIFECYCLE_APPROVED);
	peppol(response, "RE", LIFECYCLE_REFUSED);
	peppol(response, "UQ", LIFECYCLE_SUSPENDED);
	peppol(response, "PD", LIFECYCLE_PAYMENT_SENT);
	peppol(response, "CA", LIFECYCLE_PARTLY);
	peppol(response, "ZZ", LIFECYCLE_OTHER);
	peppol(level, "RE", LIFECYCLE_REJECTED);
	peppol(level, "AP", LIFECYCLE_RECEIVED);
}

static void a_list_of_chorus_pro_is_read(void)
{
	static const char text[] =
		"Liste des factures \xC3\xA9mises\n"
		"Num\xC3\xA9ro de facture;Date de facture;Date de d\xC3\xA9p\xC3\xB4t;Statut;Date du statut;Destinataire;SIRET;Num\xC3\xA9ro d'engagement;Montant TTC;Commentaire\n"
		"F-1;01/03/2026;02/03/2026;Mise \xC3\xA0 disposition du destinataire;02/03/2026 09:15;Ville;40483304800022;E1;1200,00;\n"
		"F-2;01/03/2026;02/03/2026;SUSPENDUE;20/03/2026 17:40;Ville;404 833 048 00022;E2;600,00;Bon de livraison absent\n"
		"F-3;01/03/2026;02/03/2026;En cours de lecture;20/03/2026;Ville;40483304800022;E3;600,00;\n"
		";01/03/2026;02/03/2026;Mandat\xC3\xA9" "e;20/03/2026;Ville;;E3;600,00;\n"
		"F-5;01/03/2026;02/03/2026;Mandat\xC3\xA9" "e;demain;Ville;;E3;600,00;\n"
		"F-6;01/03/2026;02/03/2026;D\xC3\xA9pos\xC3\xA9" "e;;Ville;;E3;600,00;\n";
	CHECK_INT(kind_of(text).kind, FORMAT_STATUS_LIST);
	CHECK_TEXT(kind_of(text).name, "chorus-pro");
	CHECK_OK(take(FORMAT_STATUS_LIST, text));
	CHECK_TEXT(file->format, "chorus-pro");
	CHECK_INT(file->lines, 6);
	CHECK_INT(file->count, 4);
	CHECK_INT(file->rejected.total, 2);
	CHECK_INT(file->rows[0].code, LIFECYCLE_AVAILABLE);
	CHECK_INT(file->rows[0].day, on("2026-03-02"));
	CHECK_INT(file->rows[0].minutes, 9 * 60 + 15);
	CHECK_TEXT(file->rows[0].buyer_siret, "40483304800022");
	CHECK_INT(file->rows[1].code, LIFECYCLE_SUSPENDED);
	CHECK_TEXT(file->rows[1].buyer_siren, "404833048");
	CHECK_TEXT(file->rows[1].note, "Bon de livraison absent");
	CHECK_INT(file->rows[2].code, LIFECYCLE_OTHER);
	CHECK_TEXT(file->rows[2].said, "En cours de lecture");
	CHECK_INT(file->rows[3].code, LIFECYCLE_DEPOSITED);
	CHECK_INT(file->rows[3].day, on("2026-03-02"));
	CHECK_INT(file->rejected.rows[0].line, 6);
	CHECK_INT(file->rejected.rows[1].line, 7);
}

static void lists_are_told_from_lists_of_invoices(void)
{
	CHECK_TEXT(kind_of("Invoice number,Status code,Status date,Buyer SIREN,Reason code\nA1,210,2026-03-01,404833048,CMD_ERR\n").name, "status-list");
	/* invoices with what is due of them, whatever their status says */
	CHECK(kind_of("Num\xC3\xA9ro;Client;Date;\xC3\x89" "ch\xC3\xA9" "ance;Montant TTC;Statut\nF1;ACME;01/03/2026;31/03/2026;12,00;Approuv\xC3\xA9" "e\n").kind == FORMAT_CSV);
	CHECK(kind_of("Num\xC3\xA9ro;Client;Date;Statut\nF1;ACME;01/03/2026;Pay\xC3\xA9" "e\n").kind == FORMAT_CSV);
}

static void words_of_all_kinds_are_known(void)
{
	static const struct { const char *said; enum lifecycle_code code; } cases[] = {
		{ "MISE_A_DISPOSITION", LIFECYCLE_AVAILABLE }, { "MISE_A_DISPOSITION_COMPTABLE", LIFECYCLE_WITH_ACCOUNTANT }, { "MISE_EN_PAIEMENT", LIFECYCLE_PAYMENT_SENT },
		{ "fr:210", LIFECYCLE_REFUSED }, { "211", LIFECYCLE_PAYMENT_SENT }, { "207 - En litige", LIFECYCLE_DISPUTED }, { "Rejet\xC3\xA9" "e", LIFECYCLE_REFUSED },
		{ "A_RECYCLER", LIFECYCLE_TO_RECYCLE }, { "SERVICE_FAIT", LIFECYCLE_SERVICE_DONE }, { "2100", LIFECYCLE_OTHER }, { "", LIFECYCLE_OTHER },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) CHECK_INT(lifecycle_of_words(cases[i].said, strlen(cases[i].said)), cases[i].code);
	for (int i = 1; i < LIFECYCLE_CODES; i++) CHECK_INT(lifecycle_parse(lifecycle_name((enum lifecycle_code)i)), i);
}

static void what_can_t_be_used_is_said(void)
{
	CHECK_INT(take(FORMAT_CDAR, "<CrossDomainAcknowledgementAndResponse/>").code, STATUS_INVALID);
	CHECK_INT(take(FORMAT_CDAR, "<!DOCTYPE a [<!ENTITY b \"c\">]><CrossDomainAcknowledgementAndResponse/>").code, STATUS_INVALID);
	CHECK_INT(take(FORMAT_CDAR, "<CrossDomainAcknowledgementAndResponse><AcknowledgementDocument>").code, STATUS_INVALID);
	CHECK_OK(take(FORMAT_CDAR, "<CrossDomainAcknowledgementAndResponse><ReferenceReferencedDocument><ProcessConditionCode>210</ProcessConditionCode></ReferenceReferencedDocument></CrossDomainAcknowledgementAndResponse>"));
	CHECK_INT(file->rejected.total, 1);
	CHECK_INT(take(FORMAT_STATUS_LIST, "a;b\n1;2\n").code, STATUS_INVALID);
	lifecycle_free(file);
	file = NULL;
}

TESTS({ "a refusal is read", a_refusal_is_read }, { "a partial approval contests what is not approved", a_partial_approval_contests_what_is_not_approved },
      { "answers of Peppol are read", answers_of_peppol_are_read }, { "a list of Chorus Pro is read", a_list_of_chorus_pro_is_read },
      { "lists are told from lists of invoices", lists_are_told_from_lists_of_invoices }, { "words of all kinds are known", words_of_all_kinds_are_known },
      { "what can't be used is said", what_can_t_be_used_is_said }, )
