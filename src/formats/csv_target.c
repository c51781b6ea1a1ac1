/* What columns are called in the programs that people use: the table of reference page formats, section 13. */
#include "formats/csv_inside.h"

#include "base/memory.h"

#include <string.h>

enum { IN_ITEMS = 1 << CSV_ITEMS, IN_PAYMENTS = 1 << CSV_PAYMENTS, IN_CUSTOMERS = 1 << CSV_CUSTOMERS, IN_CONTACTS = 1 << CSV_CONTACTS,
       IN_LISTS = IN_ITEMS | IN_PAYMENTS, IN_PEOPLE = IN_CUSTOMERS | IN_CONTACTS, IN_ALL = IN_LISTS | IN_PEOPLE };

/* Names between bars; a name that begins with = counts only when it is the whole header. */
static const struct {
	enum csv_target target;
	int in, worth;
	const char *names;
} synonyms[] = {
	{ CSV_IGNORED, IN_ALL, 100, "date lettrage|date de lettrage|datelet|matching date|date rapprochement|delai de reglement constate|days to settle|days to pay|mode de reglement|mode reglement|payment method" },
	{ CSV_IGNORED, IN_LISTS, 100, "plafond|plafond d encours|encours autorise|encours maximum|limite de credit|limite credit|limite d encours|credit limit" },
	{ CSV_CUSTOMER_CODE, IN_ALL, 100, "code client|n client|no client|num client|numero client|compte client|code tiers|compte auxiliaire|compauxnum|ct num|=tiers|=compte|customer no|customer number|customer code|customer id|=account|account number|account no|account code|kunnr|partner ref|cust no|debtor no|debtor number|debtor code|code auxiliaire|id client|client id|client code|client number|reference client|ref client" },
	{ CSV_CUSTOMER_CODE, IN_PEOPLE, 90, "=code|=id|=number|=numero|=n|=no" },
	{ CSV_CUSTOMER_CODE, IN_ALL, 55, "=client|=customer|=debtor|=debiteur|=partner" },
	{ CSV_CUSTOMER_NAME, IN_ALL, 100, "nom client|nom du client|raison sociale|intitule|libelle compte|compauxlib|denomination|customer name|client name|bill to name|sold to|partner name|invoice partner display name|partner display name|nom d affichage du partenaire de la facture|company name|account name|nom d affichage du partenaire|nom tiers|nom du tiers|societe" },
	{ CSV_CUSTOMER_NAME, IN_ALL, 90, "=client|=customer|=partner|=debiteur|=debtor|=company|=entreprise" },
	{ CSV_CUSTOMER_NAME, IN_LISTS | IN_CUSTOMERS, 85, "=nom|=name" },
	{ CSV_NUMBER, IN_ITEMS, 100, "n facture|no facture|numero facture|numero de facture|num facture|num piece|n piece|no piece|numero piece|numero de piece|=piece|pieceref|reference facture|ref facture|=document|=facture|=invoice|invoice no|invoice number|invoice num|document no|doc number|document number|documentno|doc no|belnr|xblnr|invoice ref|invoice reference|reference piece|n document|n doc|numero document" },
	{ CSV_NUMBER, IN_ITEMS, 80, "=number|=numero|=reference|=ref|=n|=no|=num" },
	{ CSV_NUMBER, IN_PAYMENTS, 100, "payment number|payment no|payment reference|payment ref|n reglement|numero reglement|numero de reglement|reference paiement|reference reglement|n paiement|numero paiement|receipt number|receipt no|n piece|num piece|=piece|=reference|=ref|=number|=numero" },
	{ CSV_TYPE, IN_LISTS, 100, "=type|type piece|type de piece|type document|type de document|=nature|document type|doc type|blart|move type|type facture|invoice type|=kind|transaction type" },
	{ CSV_SENSE, IN_LISTS, 100, "=sens|=d c|=dc|shkzg|debit credit" },
	{ CSV_ISSUE_DAY, IN_ITEMS, 100, "date facture|date de facture|date de la facture|date facturation|date de facturation|date piece|date de piece|date document|date emission|date d emission|piecedate|invoice date|invoice bill date|document date|doc date|bldat|issue date|issued on|date of issue|bill date|billing date" },
	{ CSV_ISSUE_DAY, IN_ITEMS, 80, "=date" },
	{ CSV_POSTING_DAY, IN_LISTS, 100, "date comptable|date ecriture|ecrituredate|date compta|date comptabilisation|date de comptabilisation|posting date|budat|posted on|entry date" },
	{ CSV_DUE_DAY, IN_ITEMS, 100, "echeance|date echeance|date d echeance|=ech|date limite|a regler le|exigibilite|due date|net due date|invoice date due|date due|maturity|date maturity|maturity date|deadline|due on|=due|due by|payable le|a payer le" },
	{ CSV_SETTLED_ON, IN_LISTS, 100, "date reglement|date de reglement|date du reglement|date paiement|date de paiement|date du paiement|regle le|paye le|date encaissement|date d encaissement|solde le|settled date|settlement date|settled on|paid date|date paid|payment date|paid on|paid at|cleared on|augdt|closed at date|clearing date|received on|date received|receipt date" },
	{ CSV_SETTLED_ON, IN_PAYMENTS, 80, "=date|date operation|transaction date|date valeur|value date" },
	{ CSV_DISPUTED, IN_ITEMS, 100, "litige|en litige|conteste|motif litige|blocage|disputed|dispute|in dispute|on hold|payment block|zlspr|contested" },
	{ CSV_DAYS_LATE, IN_ITEMS, 100, "jours de retard|jours retard|=retard|nb jours retard|nb jours de retard|days late|days overdue|days past due|arrears after net due date|=arrears|retard apres echeance" },
	{ CSV_AMOUNT, IN_LISTS, 100, "montant ttc|=ttc|total ttc|net a payer|invoice amount|gross amount|total incl tax|amount incl tax|amount incl vat|amount in local currency|dmbtr|wrbtr|amount total|total amount|total signe|montant total|montant facture|gross total|montant en devise interne|payment amount|montant reglement|montant du reglement|montant paiement|montant paye|amount received|montant encaisse|amount signed" },
	{ CSV_AMOUNT, IN_LISTS, 86, "=montant|=amount" },
	{ CSV_AMOUNT, IN_LISTS, 85, "=total|=value|=valeur|=gross|=montant signe" },
	{ CSV_AMOUNT, IN_LISTS, 60, "montant|amount" },
	{ CSV_NET_AMOUNT, IN_ITEMS, 100, "montant ht|=ht|total ht|base ht|net amount|untaxed|total excl tax|amount untaxed|amount excl tax|=net|subtotal|sous total ht|amount net" },
	{ CSV_TAX, IN_ITEMS, 100, "=tva|montant tva|=vat|tax amount|vat amount|amount tax|=tax|total tva|total tax" },
	{ CSV_OPEN, IN_ITEMS, 100, "=solde|reste du|restant du|reste a payer|reste a regler|montant ouvert|montant du|encours|non regle|=balance|remaining amount|open amount|amount due|amount open|residual|outstanding|solde du|montant restant|balance due|=remaining|=open|=reste|a encaisser|solde restant|du signe|open balance" },
	{ CSV_PAID, IN_ITEMS, 100, "=regle|=paye|montant regle|montant paye|acompte|=paid|amount paid|paid amount|deja regle|total paye|encaisse|montant encaisse" },
	{ CSV_DEBIT, IN_LISTS, 100, "debit|montant debit|=dr" },
	{ CSV_CREDIT, IN_LISTS, 100, "=credit|montant credit|=cr|credit eur" },
	{ CSV_LETTERING, IN_LISTS, 100, "lettrage|=let|ecriturelet|code lettrage|pointage|=matching|clearing document|augbl|matching number|piece rapprochement|=lettre" },
	{ CSV_CURRENCY, IN_LISTS, 100, "devise|idevise|monnaie|currency|=ccy|waers|currency code|code devise" },
	{ CSV_LABEL, IN_LISTS, 100, "libelle|ecriturelib|objet|designation|texte|description|=text|label|sgtxt|memo|commentaire|=note|=notes|remittance" },
	{ CSV_EXTERNAL_ID, IN_ITEMS, 100, "=id|invoice id|document id|=uuid|external id|id facture|id piece|=identifiant|=guid|entry no|n sequence|line id" },
	{ CSV_EXTERNAL_ID, IN_PAYMENTS, 100, "=id|payment id|id reglement|id paiement|receipt id|external id|transaction id|=uuid|=identifiant|=guid" },
	{ CSV_APPLIES_ID, IN_PAYMENTS, 100, "invoice id|invoice ids|payment invoice id|document id|id facture|item id" },
	{ CSV_APPLIES_NUMBER, IN_PAYMENTS, 100, "applies to doc no|applies to|facture reglee|factures reglees|facture payee|factures payees|piece reglee|pieces reglees|ref reglement|invoice number|invoice numbers|invoice no|=invoice|=invoices|paid invoices|invoices paid|invoice ref|invoice reference|n facture|numero facture|numero de facture|no facture|num facture|=facture|=factures|reference facture|ref facture|=document|document no|document number" },
	{ CSV_PURCHASE_ORDER, IN_ITEMS, 100, "bon de commande|n commande|numero commande|numero de commande|no commande|commande|purchase order|po number|po no|=po|order number|reference commande|votre reference" },
	{ CSV_SENDING, IN_ITEMS, 100, "=paperless bill|=paperless|=paperless invoice|mode envoi|mode d envoi|=envoi|sending method|delivery method|=delivery|invoice format|format facture|=dematerialisee|=electronic" },
	{ CSV_STATE, IN_ITEMS, 100, "=statut|=status|=state|=etat|etat facture|statut facture|invoice status|etat du document" },
	{ CSV_TERMS, IN_ALL, 100, "conditions de reglement|condition de reglement|conditions de paiement|delai de paiement|delai de reglement|=delai|payment terms|payment term|zterm|=terms|terms days|delai jours" },
	{ CSV_SIREN, IN_ALL, 100, "siren|siret|registration no|registration number|company number" },
	{ CSV_TAX_NUMBER, IN_ALL, 100, "n tva|tva intracom|tva intracommunautaire|vat no|vat number|vat id|numero tva|numero de tva|tax id|vat registration" },
	{ CSV_TAX_NUMBER, IN_PEOPLE, 90, "=tva|=vat" },
	{ CSV_EMAIL, IN_ALL, 100, "mail|courriel|email|e mail|adresse electronique" },
	{ CSV_PHONE, IN_ALL, 100, "=tel|telephone|portable|phone|mobile|=gsm|tel fixe|tel portable" },
	{ CSV_CONTACT_NAME, IN_ALL, 100, "contact|interlocuteur|nom contact|nom du contact|contact name|=responsable|full name|=prenom|first name|last name|nom de famille|surname" },
	{ CSV_CONTACT_NAME, IN_CONTACTS, 88, "=nom|=name" },
	{ CSV_CONTACT_ROLE, IN_PEOPLE, 100, "fonction|role|=poste|job title|=title|=service|qualite|=position" },
	{ CSV_ADDRESS, IN_ALL, 100, "adresse|rue|address|street|voie|complement adresse" },
	{ CSV_POSTCODE, IN_ALL, 100, "=cp|code postal|zip|post code|postcode|postal code" },
	{ CSV_CITY, IN_ALL, 100, "ville|city|=town|=commune|localite" },
	{ CSV_COUNTRY, IN_ALL, 100, "pays|country" },
	{ CSV_LANGUAGE, IN_ALL, 100, "langue|language|=lang" },
	{ CSV_SALESPERSON, IN_ALL, 100, "commercial|representant|vendeur|salesperson|sales rep|account manager|charge d affaires" },
	{ CSV_GROUP, IN_ALL, 100, "=groupe|=group|code groupe|group code|maison mere|holding|groupe client" },
	{ CSV_CLASS, IN_PEOPLE, 100, "categorie client|type client|type de client|customer type|customer class|=categorie|nature client|=category|=type" },
	{ CSV_NUMBER, IN_CUSTOMERS, 100, "n facture|no facture|numero facture|numero de facture|num facture|num piece|n piece|numero piece|numero de piece|=piece|=facture|=invoice|invoice no|invoice number|document no|document number" },
	{ CSV_LEVEL, IN_ALL, 100, "niveau relance|niveau de relance|niv relance|=niveau|=relance|=relances|nb relances|nombre de relances|no relance|n relance|numero relance|derniere relance niveau|dunning level|reminder level|level of reminder|reminder no|last reminder level|=level|mahns|mansp" },
	{ CSV_LEVEL_DAY, IN_ALL, 100, "date relance|date de relance|date derniere relance|date de derniere relance|date de la derniere relance|derniere relance|=relance le|=relancee le|last reminder|last reminder date|last dunning date|last dunned|dunning date|reminder date|madat" },
	{ CSV_CREDIT_LIMIT, IN_PEOPLE, 100, "plafond|plafond d encours|limite d encours|encours autorise|limite de credit|credit limit|encours maximum|limite credit" },
};

static const struct {
	const char *name, *words;
} targets[CSV_TARGETS] = {
	[CSV_IGNORED] = { "ignored", "Ignore" },
	[CSV_CUSTOMER_CODE] = { "customer_code", "Customer code" },
	[CSV_CUSTOMER_NAME] = { "customer_name", "Customer name" },
	[CSV_NUMBER] = { "number", "Number" },
	[CSV_TYPE] = { "type", "Type" },
	[CSV_ISSUE_DAY] = { "issue_date", "Issue date" },
	[CSV_POSTING_DAY] = { "posting_date", "Posting date" },
	[CSV_DUE_DAY] = { "due_date", "Due date" },
	[CSV_SETTLED_ON] = { "settled_on", "Paid on" },
	[CSV_DISPUTED] = { "disputed", "Disputed" },
	[CSV_DAYS_LATE] = { "days_late", "Days late (checked only)" },
	[CSV_AMOUNT] = { "amount", "Amount incl. VAT" },
	[CSV_NET_AMOUNT] = { "net_amount", "Amount excl. VAT" },
	[CSV_TAX] = { "tax", "VAT" },
	[CSV_OPEN] = { "open", "Open amount" },
	[CSV_PAID] = { "paid", "Amount paid" },
	[CSV_DEBIT] = { "debit", "Debit" },
	[CSV_CREDIT] = { "credit", "Credit" },
	[CSV_SENSE] = { "sense", "Debit or credit" },
	[CSV_LETTERING] = { "lettering", "Lettering" },
	[CSV_CURRENCY] = { "currency", "Currency" },
	[CSV_LABEL] = { "label", "Label" },
	[CSV_EXTERNAL_ID] = { "external_id", "Identifier" },
	[CSV_APPLIES_NUMBER] = { "applies_to_number", "Pays invoice (number)" },
	[CSV_APPLIES_ID] = { "applies_to_id", "Pays invoice (identifier)" },
	[CSV_PURCHASE_ORDER] = { "purchase_order", "Purchase order" },
	[CSV_SENDING] = { "sending", "How it was sent" },
	[CSV_STATE] = { "state", "State (drafts and cancelled ones are left out)" },
	[CSV_TERMS] = { "terms", "Payment terms" },
	[CSV_SIREN] = { "siren", "SIREN or SIRET" },
	[CSV_TAX_NUMBER] = { "tax_number", "VAT number" },
	[CSV_EMAIL] = { "email", "E-mail" },
	[CSV_PHONE] = { "phone", "Phone" },
	[CSV_CONTACT_NAME] = { "contact_name", "Contact name" },
	[CSV_CONTACT_ROLE] = { "contact_role", "Contact role" },
	[CSV_ADDRESS] = { "address", "Address" },
	[CSV_POSTCODE] = { "postcode", "Postcode" },
	[CSV_CITY] = { "city", "City" },
	[CSV_COUNTRY] = { "country", "Country" },
	[CSV_LANGUAGE] = { "language", "Language" },
	[CSV_SALESPERSON] = { "salesperson", "Salesperson" },
	[CSV_GROUP] = { "group", "Group" },
	[CSV_CLASS] = { "class", "Kind of customer" },
	[CSV_CREDIT_LIMIT] = { "credit_limit", "Credit limit" },
	[CSV_LEVEL] = { "level", "Level of reminder reached" },
	[CSV_LEVEL_DAY] = { "level_date", "Date of the last reminder" },
	[CSV_FIELD] = { "field", "Field of your own" },
};

const char *csv_target_name(enum csv_target target)
{
	return targets[target].name;
}

const char *csv_target_words(enum csv_target target)
{
	return targets[target].words;
}

enum csv_target csv_target_parse(const char *name)
{
	for (int i = 0; i < CSV_FIELD; i++)
		if (name && strcmp(name, targets[i].name) == 0) return (enum csv_target)i;
	return CSV_IGNORED;
}

bool csv_target_is_day(enum csv_target target)
{
	return target == CSV_ISSUE_DAY || target == CSV_POSTING_DAY || target == CSV_DUE_DAY || target == CSV_SETTLED_ON || target == CSV_LEVEL_DAY;
}

bool csv_target_is_amount(enum csv_target target)
{
	return (target >= CSV_AMOUNT && target <= CSV_CREDIT) || target == CSV_CREDIT_LIMIT;
}

bool csv_target_many(enum csv_target target)
{
	return target == CSV_ADDRESS || target == CSV_CONTACT_NAME || target == CSV_IGNORED || target == CSV_FIELD;
}

bool csv_column_is_day(const struct csv_column *column)
{
	return csv_target_is_day(column->target) || (column->own && column->own->is_day);
}

bool csv_column_is_amount(const struct csv_column *column)
{
	return csv_target_is_amount(column->target) || (column->own && column->own->is_number);
}

const char *csv_column_target(const struct csv *csv, const struct csv_column *column)
{
	return column->own ? arena_printf(csv->arena, "field.%s", column->own->code) : csv_target_name(column->target);
}

const char *csv_column_means(const struct csv_column *column, enum lang lang)
{
	if (column->own) return lang == LANG_FR ? column->own->label_fr : column->own->label_en;
	return tr(lang, csv_target_words(column->target));
}

const struct csv_own *csv_header_own(const struct csv *csv, const char *plain)
{
	for (size_t i = 0; *plain && i < csv->options.own_count; i++) {
		const struct csv_own *own = &csv->options.own[i];
		const char *names[] = { own->label_fr, own->label_en, own->code };
		for (size_t n = 0; n < COUNT(names); n++) {
			bool minor;
			cleanup_free char *name = csv_header_plain(names[n], &minor);
			if (strcmp(name, plain) == 0) return own;
		}
	}
	return NULL;
}

static const char *const what_names[] = { "", "csv-items", "csv-payments", "csv-customers", "csv-contacts" };

const char *csv_what_name(enum csv_what what)
{
	return what_names[what];
}

enum csv_what csv_what_parse(const char *name)
{
	for (size_t i = 1; i < COUNT(what_names); i++)
		if (name && strcmp(name, what_names[i]) == 0) return (enum csv_what)i;
	return CSV_UNKNOWN;
}

const char *csv_kind_name(enum csv_kind kind)
{
	static const char *const names[] = { "invoice", "credit_note", "payment", "unpaid_return", "bill", "deposit_request", "retention", "other" };
	return names[kind];
}

/* --- headers --------------------------------------------------------------------------------------------------------- */
static bool word_in(const char *word, size_t len, const char *list)
{
	for (const char *at = list; *at;) {
		size_t n = strcspn(at, "|");
		if (n == len && memcmp(at, word, len) == 0) return true;
		at += n + (at[n] == '|');
	}
	return false;
}

char *csv_header_plain(const char *header, bool *minor)
{
	cleanup_text struct text spaced = { 0 }, out = { 0 };
	for (const char *at = header; *at; at++) {
		bool lower = at > header && ((at[-1] >= 'a' && at[-1] <= 'z') || (at[-1] >= '0' && at[-1] <= '9'));
		if (lower && *at >= 'A' && *at <= 'Z') text_add_char(&spaced, ' ');
		text_add_char(&spaced, *at);
	}
	cleanup_free char *plain = text_normalise(spaced.bytes ? spaced.bytes : "", spaced.len);
	*minor = false;
	for (const char *word = plain; *word;) {
		size_t len = strcspn(word, " ");
		if (word_in(word, len, "cents|centimes|minor|cent")) *minor = true;
		if (!word_in(word, len, "cents|centimes|cent|minor|units|eur|euro|euros|usd|gbp")) {
			if (out.len) text_add_char(&out, ' ');
			text_add_bytes(&out, word, len);
		}
		word += len + (word[len] == ' ');
	}
	if (*minor && out.len > 3 && strcmp(out.bytes + out.len - 3, " in") == 0) out.len -= 3, out.bytes[out.len] = 0;
	return text_take(&out);
}

static bool contains_words(const char *text, const char *words, size_t len)
{
	for (const char *at = text; at; at = strchr(at, ' ')) {
		at += *at == ' ';
		if (strncmp(at, words, len) == 0 && (at[len] == ' ' || at[len] == 0)) return true;
	}
	return false;
}

static int score_name(const char *plain, size_t plain_len, const char *names, int worth)
{
	int best = 0;
	for (const char *at = names; *at;) {
		size_t len = strcspn(at, "|");
		bool whole = *at == '=';
		const char *name = at + whole;
		size_t name_len = len - whole;
		int score = 0;
		if (name_len == plain_len && memcmp(name, plain, name_len) == 0)
			score = worth;
		else if (!whole && name_len < plain_len && contains_words(plain, name, name_len))
			score = worth * (60 + (int)(20 * name_len / plain_len)) / 100;
		if (score > best) best = score;
		at += len + (at[len] == '|');
	}
	return best;
}

int csv_header_score(const char *plain, enum csv_target target, enum csv_what what)
{
	int best = 0;
	size_t len = strlen(plain);
	for (size_t i = 0; len && i < COUNT(synonyms); i++) {
		if (synonyms[i].target != target || !(synonyms[i].in & 1 << what)) continue;
		int score = score_name(plain, len, synonyms[i].names, synonyms[i].worth);
		if (score > best) best = score;
	}
	return best;
}

int csv_header_best(const char *plain)
{
	int best = 0;
	size_t len = strlen(plain);
	for (size_t i = 0; len && i < COUNT(synonyms); i++) {
		if (synonyms[i].target == CSV_IGNORED) continue;
		int score = score_name(plain, len, synonyms[i].names, synonyms[i].worth);
		if (score > best) best = score;
	}
	return best;
}
