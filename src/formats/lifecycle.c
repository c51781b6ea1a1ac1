#include "formats/lifecycle.h"

#include "base/memory.h"
#include "formats/siren.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	const char *name, *words;
	int number;
} codes[LIFECYCLE_CODES] = {
	[LIFECYCLE_OTHER] = { "other", "Another status", 0 },
	[LIFECYCLE_DEPOSITED] = { "deposited", "Deposited", 200 },
	[LIFECYCLE_ISSUED] = { "issued", "Issued by the platform", 201 },
	[LIFECYCLE_RECEIVED] = { "received", "Received by the platform", 202 },
	[LIFECYCLE_AVAILABLE] = { "available", "Made available to the buyer", 203 },
	[LIFECYCLE_TAKEN_OVER] = { "taken_over", "Taken over by the buyer", 204 },
	[LIFECYCLE_APPROVED] = { "approved", "Approved", 205 },
	[LIFECYCLE_PARTLY] = { "partly_approved", "Partly approved", 206 },
	[LIFECYCLE_DISPUTED] = { "disputed", "In dispute", 207 },
	[LIFECYCLE_SUSPENDED] = { "suspended", "Suspended", 208 },
	[LIFECYCLE_COMPLETED] = { "completed", "Completed", 209 },
	[LIFECYCLE_REFUSED] = { "refused", "Refused by the buyer", 210 },
	[LIFECYCLE_PAYMENT_SENT] = { "payment_sent", "Payment sent", 211 },
	[LIFECYCLE_COLLECTED] = { "collected", "Collected", 212 },
	[LIFECYCLE_REJECTED] = { "rejected", "Rejected by the platform", 213 },
	[LIFECYCLE_TO_RECYCLE] = { "to_recycle", "To send again to the right addressee", 0 },
	[LIFECYCLE_SERVICE_DONE] = { "service_done", "Service done, says the buyer", 0 },
	[LIFECYCLE_ORDERED] = { "payment_ordered", "Payment ordered", 0 },
	[LIFECYCLE_WITH_ACCOUNTANT] = { "with_accountant", "With the public accountant", 0 },
	[LIFECYCLE_BOOKED] = { "booked", "Booked by the public accountant", 0 },
};

const char *lifecycle_name(enum lifecycle_code code)
{
	return codes[code].name;
}

const char *lifecycle_words(enum lifecycle_code code)
{
	return codes[code].words;
}

int lifecycle_number(enum lifecycle_code code)
{
	return codes[code].number;
}

enum lifecycle_code lifecycle_parse(const char *name)
{
	for (int i = 0; i < LIFECYCLE_CODES; i++)
		if (strcmp(codes[i].name, name) == 0) return (enum lifecycle_code)i;
	return LIFECYCLE_OTHER;
}

/* As lists write them, normalised; Peppol's codes among them. A word that means two things by who says it ("rejetée") stands for
 * what a list of a public buyer means by it: refused, a new invoice is wanted. */
static const struct {
	const char *words;
	enum lifecycle_code code;
} said[] = {
	{ "deposee", LIFECYCLE_DEPOSITED }, { "depose", LIFECYCLE_DEPOSITED }, { "deposited", LIFECYCLE_DEPOSITED }, { "submitted", LIFECYCLE_DEPOSITED },
	{ "emise", LIFECYCLE_ISSUED }, { "emise par la plateforme", LIFECYCLE_ISSUED }, { "en cours d acheminement", LIFECYCLE_ISSUED },
	{ "en cours acheminement", LIFECYCLE_ISSUED }, { "issued", LIFECYCLE_ISSUED }, { "recue", LIFECYCLE_RECEIVED },
	{ "recue par la plateforme", LIFECYCLE_RECEIVED }, { "received", LIFECYCLE_RECEIVED }, { "mise a disposition", LIFECYCLE_AVAILABLE },
	{ "mise a disposition du destinataire", LIFECYCLE_AVAILABLE }, { "mise a disposition destinataire", LIFECYCLE_AVAILABLE },
	{ "made available", LIFECYCLE_AVAILABLE }, { "available", LIFECYCLE_AVAILABLE }, { "prise en charge", LIFECYCLE_TAKEN_OVER },
	{ "taken over", LIFECYCLE_TAKEN_OVER }, { "acknowledged", LIFECYCLE_TAKEN_OVER }, { "in process", LIFECYCLE_TAKEN_OVER },
	{ "approuvee", LIFECYCLE_APPROVED }, { "validee", LIFECYCLE_APPROVED }, { "acceptee", LIFECYCLE_APPROVED }, { "approved", LIFECYCLE_APPROVED },
	{ "accepted", LIFECYCLE_APPROVED }, { "approuvee partiellement", LIFECYCLE_PARTLY }, { "partiellement approuvee", LIFECYCLE_PARTLY },
	{ "partially approved", LIFECYCLE_PARTLY }, { "partly approved", LIFECYCLE_PARTLY }, { "en litige", LIFECYCLE_DISPUTED }, { "litige", LIFECYCLE_DISPUTED },
	{ "disputed", LIFECYCLE_DISPUTED }, { "in dispute", LIFECYCLE_DISPUTED }, { "under query", LIFECYCLE_DISPUTED }, { "suspendue", LIFECYCLE_SUSPENDED },
	{ "suspended", LIFECYCLE_SUSPENDED }, { "completee", LIFECYCLE_COMPLETED }, { "completed", LIFECYCLE_COMPLETED }, { "refusee", LIFECYCLE_REFUSED },
	{ "refused", LIFECYCLE_REFUSED }, { "paiement transmis", LIFECYCLE_PAYMENT_SENT }, { "payment sent", LIFECYCLE_PAYMENT_SENT },
	{ "mise en paiement", LIFECYCLE_PAYMENT_SENT }, { "encaissee", LIFECYCLE_COLLECTED }, { "collected", LIFECYCLE_COLLECTED },
	{ "rejetee", LIFECYCLE_REFUSED }, { "rejected by the platform", LIFECYCLE_REJECTED }, { "rejetee par la plateforme", LIFECYCLE_REJECTED },
	{ "rejetee par la plate forme", LIFECYCLE_REJECTED }, { "rejected", LIFECYCLE_REJECTED }, { "a recycler", LIFECYCLE_TO_RECYCLE },
	{ "service fait", LIFECYCLE_SERVICE_DONE }, { "mandatee", LIFECYCLE_ORDERED }, { "mise a disposition du comptable", LIFECYCLE_WITH_ACCOUNTANT },
	{ "mise a disposition comptable", LIFECYCLE_WITH_ACCOUNTANT }, { "comptabilisee", LIFECYCLE_BOOKED },
};

enum lifecycle_code lifecycle_of_words(const char *bytes, size_t len)
{
	if (len > 120) return LIFECYCLE_OTHER;
	cleanup_free char *plain = text_normalise(bytes, len);
	const char *digits = strncmp(plain, "fr ", 3) == 0 ? plain + 3 : plain;
	if (strlen(digits) >= 3 && isdigit((unsigned char)digits[0]) && isdigit((unsigned char)digits[1]) && isdigit((unsigned char)digits[2])
	    && (digits[3] == 0 || digits[3] == ' ')) { /* "210", "210 - Refusée" */
		int number = (digits[0] - '0') * 100 + (digits[1] - '0') * 10 + (digits[2] - '0');
		for (int i = 1; i < LIFECYCLE_CODES; i++)
			if (codes[i].number == number) return (enum lifecycle_code)i;
	}
	for (size_t i = 0; i < COUNT(said); i++)
		if (strcmp(said[i].words, plain) == 0) return said[i].code;
	return LIFECYCLE_OTHER;
}

/* The reform's list (XP Z12-012), then Peppol's (OPStatusReason). */
static const struct {
	const char *code, *words, *subject;
} reasons[] = {
	{ "JUSTIF_ABS", "A supporting document is missing", "other" }, { "COORD_BANC_ERR", "Bank details are wrong", "other" },
	{ "TX_TVA_ERR", "The VAT rate is wrong", "price" }, { "MONTANTTOTAL_ERR", "The total is wrong", "price" }, { "CALCUL_ERR", "The computation is wrong", "price" },
	{ "NON_CONFORME", "A legal mention is missing", "other" }, { "DOUBLON", "Already received", "duplicate" }, { "DEST_INC", "Addressee unknown", "other" },
	{ "DEST_ERR", "Wrong addressee", "other" }, { "TRANSAC_INC", "Unknown transaction", "other" }, { "EMMET_INC", "Issuer unknown", "other" },
	{ "CONTRAT_TERM", "The contract has ended", "other" }, { "DOUBLE_FACT", "Invoiced twice", "duplicate" }, { "CMD_ERR", "The order number is wrong or missing", "purchase_order" },
	{ "ADR_ERR", "The address is wrong", "other" }, { "SIRET_ERR", "The SIRET is wrong or missing", "other" },
	{ "CODE_ROUTAGE_ERR", "The routing code is wrong or missing", "other" }, { "REF_CT_ABSENT", "The contract reference is missing", "purchase_order" },
	{ "REF_ERR", "A reference is wrong", "purchase_order" }, { "PU_ERR", "A unit price is wrong", "price" }, { "REM_ERR", "A discount is wrong", "price" },
	{ "QTE_ERR", "A quantity is wrong", "quantity" }, { "ART_ERR", "An article is wrong", "quality" }, { "MODPAI_ERR", "The payment terms are wrong", "other" },
	{ "QUALITE_ERR", "The quality is contested", "quality" }, { "LIVR_INCOMP", "The delivery is incomplete", "delivery" },
	{ "NON_TRANSMISE", "Not transmitted", "other" }, { "ROUTAGE_ERR", "Routing failed", "other" }, { "AUTRE", "Another reason", "other" },
	{ "REJ_SEMAN", "Rejected: its content breaks a rule", "other" }, { "REJ_UNI", "Rejected: this number exists already", "duplicate" },
	{ "REJ_COH", "Rejected: its data contradict each other", "other" }, { "REJ_ADR", "Rejected: the addressee is not known", "other" },
	{ "REJ_CONT_B2G", "Rejected: a rule of public buyers", "other" }, { "REJ_REF_PJ", "Rejected: an attachment is not referred to", "other" },
	{ "REJ_ASS_PJ", "Rejected: an attachment is missing", "other" },
	{ "REF", "A reference is wrong", "purchase_order" }, { "LEG", "A legal mention is missing", "other" }, { "REC", "Addressee unknown", "other" },
	{ "QUA", "The quality is contested", "quality" }, { "DEL", "The delivery is contested", "delivery" }, { "PRI", "A price is wrong", "price" },
	{ "QTY", "A quantity is wrong", "quantity" }, { "ITM", "An article is wrong", "quality" }, { "PAY", "The payment terms are wrong", "other" },
	{ "UNR", "Not recognised by the buyer", "other" }, { "FIN", "The financing conditions are wrong", "other" }, { "PPD", "Partly paid", "already_paid" },
	{ "OTH", "Another reason", "other" },
};

const char *lifecycle_reason_words(const char *code)
{
	for (size_t i = 0; i < COUNT(reasons); i++)
		if (strcmp(reasons[i].code, code) == 0) return reasons[i].words;
	return NULL;
}

const char *lifecycle_reason_subject(const char *code)
{
	for (size_t i = 0; i < COUNT(reasons); i++)
		if (strcmp(reasons[i].code, code) == 0) return reasons[i].subject;
	return "other";
}

/* --- what both readers share ------------------------------------------------------------------------------------------------------ */
struct lifecycle_status *lifecycle_add(struct lifecycle_file *file)
{
	GROW(file->rows, file->count, file->cap);
	struct lifecycle_status *row = &file->rows[file->count++];
	*row = (struct lifecycle_status){ .said = "", .number = "", .reason_code = "", .reason = "", .note = "", .seller_siren = "", .buyer_siren = "",
		.buyer_siret = "", .message = "", .issue_day = DAY_NONE, .day = DAY_NONE, .minutes = -1 };
	return row;
}

void lifecycle_take_company(struct arena *arena, const char *text, const char **siren, const char **siret)
{
	char plain[40];
	size_t len = 0;
	for (; *text && *text != '_' && len + 1 < sizeof plain; text++)
		if (isalnum((unsigned char)*text)) plain[len++] = *text;
		else if (!strchr(" .-\t", *text)) return;
	plain[len] = 0;
	const char *digits = len == 13 && strncmp(plain, "FR", 2) == 0 ? plain + 4 : plain;
	if (siret_valid(digits)) {
		if (!**siret) *siret = arena_strdup(arena, digits);
		if (!**siren) *siren = arena_strndup(arena, digits, 9);
	} else if (siren_valid(digits) && !**siren) {
		*siren = arena_strdup(arena, digits);
	}
}

struct status lifecycle_read(enum format_kind kind, const char *bytes, size_t len, struct lifecycle_options options, struct lifecycle_file **out)
{
	*out = NULL;
	if (len > LIFECYCLE_SIZE_MAX) return status_make(STATUS_INVALID, "This file of statuses is over %d MB. Split it.", LIFECYCLE_SIZE_MAX >> 20);
	struct lifecycle_file *file = xcalloc(1, sizeof *file);
	file->arena = arena_new();
	file->rejected.arena = file->arena;
	file->encoding = "utf-8";
	struct status status = kind == FORMAT_CDAR || kind == FORMAT_PEPPOL_RESPONSE ? lifecycle_xml_read(kind, bytes, len, options, file)
	                                                                            : lifecycle_list_read(bytes, len, options, file);
	if (!status.code && !file->count && !file->rejected.total) status = status_make(STATUS_INVALID, "This file holds no status of an invoice.");
	if (status.code) return lifecycle_free(file), status;
	*out = file;
	return STATUS_FINE;
}

void lifecycle_free(struct lifecycle_file *file)
{
	if (!file) return;
	complaints_free(&file->rejected);
	free(file->rows);
	arena_free(file->arena);
	free(file);
}
