/* How a text of the document becomes a field, and what must be there in the end. */
#include "formats/einvoice_inside.h"

#include "base/locale.h"
#include "base/memory.h"
#include "base/money.h"
#include "formats/siren.h"

#include <ctype.h>
#include <string.h>

/* --- which syntax ------------------------------------------------------------------------------------------------------------------ */
const char *einvoice_syntax(const char *bytes, size_t len)
{
	struct xml_root root;
	if (!xml_root(bytes, len, &root)) return NULL;
	bool named = strcmp(root.name, "Invoice") == 0 || strcmp(root.name, "CreditNote") == 0;
	if (named && (!*root.space || strstr(root.space, "oasis"))) return "ubl";
	if (strcmp(root.name, "CrossIndustryInvoice") == 0 || strcmp(root.name, "CrossIndustryDocument") == 0) return "cii";
	return NULL;
}

/* --- complaints ---------------------------------------------------------------------------------------------------------------------- */
static struct status wrong(const struct xml_element *element, const char *reason)
{
	return status_make(STATUS_INVALID, "Line %lld, column %lld, %s “%.60s”: %s", (long long)xml_line(element), (long long)xml_column(element),
	                   element->name, element->text, reason);
}

/* --- days ------------------------------------------------------------------------------------------------------------------------------ */
/* 2025-01-31 (a zone or time behind it is no matter), 20250131. */
static bool day_of(const char *text, size_t len, int32_t *out)
{
	if (len >= 10 && day_parse(text, 10, out)) return true;
	int64_t digits;
	if (len < 8 || !text_parse_int(text, 8, &digits) || digits < 0 || (len > 8 && isdigit((unsigned char)text[8]) && len != 12 && len != 14)) return false;
	int year = (int)(digits / 10000), month = (int)(digits / 100 % 100), day = (int)(digits % 100);
	if (year < 1900 || year > 2199 || !day_valid(year, month, day)) return false;
	return *out = day_from_civil(year, month, day), true;
}

static void add_due_day(struct einvoice *invoice, int32_t day)
{
	for (size_t i = 0; i < invoice->instalment_count; i++)
		if (invoice->instalments[i].due_day == day) return;
	if (invoice->instalment_count == EINVOICE_LIST_MAX) return;
	if (!invoice->instalments) invoice->instalments = arena_array(invoice->arena, struct einvoice_instalment, EINVOICE_LIST_MAX);
	invoice->instalments[invoice->instalment_count++] = (struct einvoice_instalment){ .due_day = day };
}

/* --- texts --------------------------------------------------------------------------------------------------------------------------------- */
static void add_text(struct arena *arena, struct einvoice_list *list, const char *text)
{
	if (!*text || list->count == EINVOICE_LIST_MAX) return;
	for (size_t i = 0; i < list->count; i++)
		if (strcmp(list->texts[i], text) == 0) return;
	if (!list->texts) list->texts = arena_array(arena, const char *, EINVOICE_LIST_MAX);
	list->texts[list->count++] = text;
}

/* "#PMD#…" of UBL as "PMD: …". */
static const char *note_text(struct arena *arena, const char *text)
{
	if (text[0] == '#' && isupper((unsigned char)text[1]) && isupper((unsigned char)text[2]) && isalpha((unsigned char)text[3]) && text[4] == '#')
		return arena_printf(arena, "%.3s: %s", text + 1, text + 5);
	return arena_strdup(arena, text);
}

static const char *packed(struct arena *arena, const char *text)
{
	char *out = arena_strdup(arena, text), *to = out;
	for (const char *c = text; *c; c++)
		if (isalnum((unsigned char)*c)) *to++ = (char)toupper((unsigned char)*c);
	*to = 0;
	return out;
}

/* --- parties -------------------------------------------------------------------------------------------------------------------------------- */
static void take_siren(struct arena *arena, struct einvoice_party *party, const char *text)
{
	const char *plain = packed(arena, text);
	if (siret_valid(plain) && !*party->siret) party->siret = plain;
	if ((siren_valid(plain) || siret_valid(plain)) && !*party->siren) party->siren = arena_strndup(arena, plain, 9);
}

static bool french_scheme(const char *scheme)
{
	return strcmp(scheme, "0002") == 0 || strcmp(scheme, "0009") == 0 || strncasecmp(scheme, "FR:SIR", 6) == 0 || strncasecmp(scheme, "SIRE", 4) == 0;
}

static void take_id(struct einvoice_reading *r, const struct einvoice_path *path, const char *text)
{
	struct einvoice_party *party = (struct einvoice_party *)((char *)r->invoice + path->field);
	struct arena *arena = r->invoice->arena;
	const char *kept = arena_strdup(arena, text), *plain = packed(arena, text);
	if (path->take == TAKE_TAX_ID) {
		bool vat = isalpha((unsigned char)plain[0]) && isalpha((unsigned char)plain[1]) && strlen(plain) >= 4 && strcmp(r->scheme, "FC") != 0;
		if (vat && !*party->vat_number) party->vat_number = plain;
		return;
	}
	if (french_scheme(r->scheme)) take_siren(arena, party, text);
	if (path->take == TAKE_LEGAL_ID && !*party->legal_id) party->legal_id = kept;
	if (path->take == TAKE_PARTY_ID && !*party->code && !french_scheme(r->scheme)) party->code = kept;
}

static void settle_party(struct arena *arena, struct einvoice_party *party)
{
	if (!*party->name) party->name = party->trading_name;
	if (!*party->siren && strncmp(party->vat_number, "FR", 2) == 0 && strlen(party->vat_number) == 13) take_siren(arena, party, party->vat_number + 4);
	if (!*party->siren && (strcmp(party->endpoint_scheme, "0225") == 0 || french_scheme(party->endpoint_scheme))) {
		/* SIREN, SIREN_SIRET or SIREN_suffix: what a French platform routes by */
		take_siren(arena, party, arena_strndup(arena, party->endpoint, strcspn(party->endpoint, "_")));
	}
	if (!*party->siren && strcmp(party->country, "FR") == 0) take_siren(arena, party, party->legal_id);
	if (!*party->siren && strcmp(party->country, "FR") == 0) take_siren(arena, party, party->code);
	if (!*party->email && strchr(party->endpoint, '@') && strcmp(party->endpoint_scheme, "EM") == 0) party->email = party->endpoint;
	if (strcmp(party->code, party->siret) == 0 || strcmp(party->code, party->siren) == 0) party->code = "";
}

/* --- amounts ---------------------------------------------------------------------------------------------------------------------------------- */
enum amount_fault { AMOUNT_FINE, AMOUNT_NO_NUMBER, AMOUNT_TOO_FINE };

/* An XML decimal, exactly: decimals beyond the currency's must be zeros. */
static enum amount_fault decimal_read(const char *text, int decimals, int64_t *out)
{
	bool negative = *text == '-';
	int64_t minor = 0;
	int digits = 0, places = 0;
	bool fraction = false;
	if (*text == '-' || *text == '+') text++;
	for (; *text; text++) {
		if (*text == '.' && !fraction) {
			fraction = true;
			continue;
		}
		if (!isdigit((unsigned char)*text)) return AMOUNT_NO_NUMBER;
		digits++;
		if (fraction && places == decimals) {
			if (*text != '0') return AMOUNT_TOO_FINE;
			continue;
		}
		if (__builtin_mul_overflow(minor, 10, &minor) || __builtin_add_overflow(minor, *text - '0', &minor)) return AMOUNT_NO_NUMBER;
		places += fraction;
	}
	if (digits == 0) return AMOUNT_NO_NUMBER;
	for (; places < decimals; places++)
		if (__builtin_mul_overflow(minor, 10, &minor)) return AMOUNT_NO_NUMBER;
	*out = negative ? -minor : minor;
	return AMOUNT_FINE;
}

static void keep_amount(struct einvoice_reading *r, const struct einvoice_path *path, const struct xml_element *element)
{
	for (size_t i = 0; i < r->amount_count; i++)
		if (r->amounts[i].field == path->field) return; /* the first: a second tax total is in another currency */
	if (r->amount_count == COUNT(r->amounts)) return;
	snprintf(r->amounts[r->amount_count].text, sizeof r->amounts->text, "%s", element->text_len < sizeof r->amounts->text ? element->text : "?");
	r->amounts[r->amount_count].flag = path->flag, r->amounts[r->amount_count].field = path->field;
	r->amounts[r->amount_count].line = xml_line(element), r->amounts[r->amount_count].column = xml_column(element);
	r->amount_count++;
}

static struct status read_amounts(struct einvoice_reading *r)
{
	struct einvoice *invoice = r->invoice;
	int decimals = currency_decimals(invoice->currency);
	for (size_t i = 0; i < r->amount_count; i++) {
		int64_t *out = (int64_t *)(void *)((char *)invoice + r->amounts[i].field);
		bool needed = r->amounts[i].field != FIELD(net) && r->amounts[i].field != FIELD(tax);
		enum amount_fault fault = decimal_read(r->amounts[i].text, decimals, out);
		long long line = (long long)r->amounts[i].line, column = (long long)r->amounts[i].column;
		if (fault == AMOUNT_FINE)
			*(bool *)((char *)invoice + r->amounts[i].flag) = true;
		else if (needed && fault == AMOUNT_TOO_FINE)
			return status_make(STATUS_INVALID, "Line %lld, column %lld: the amount “%s” has more decimals than %s has.", line, column, r->amounts[i].text, invoice->currency);
		else if (needed)
			return status_make(STATUS_INVALID, "Line %lld, column %lld: “%s” is not an amount.", line, column, r->amounts[i].text);
	}
	for (size_t i = 0; i < r->part_count; i++) {
		struct einvoice_instalment *instalment = &invoice->instalments[r->parts[i].instalment];
		instalment->has_amount = decimal_read(r->parts[i].text, decimals, &instalment->amount) == AMOUNT_FINE;
	}
	return STATUS_FINE;
}

/* --- one element --------------------------------------------------------------------------------------------------------------------------------- */
static void keep_attribute(char *to, size_t size, const struct xml_element *element, const char *name)
{
	const char *value = xml_attribute(element, name);
	snprintf(to, size, "%s", value && strlen(value) < size ? value : "");
}

void einvoice_begin(struct einvoice_reading *reading, const struct xml_element *element)
{
	keep_attribute(reading->scheme, sizeof reading->scheme, element, "schemeID");
	keep_attribute(reading->format, sizeof reading->format, element, "format");
	keep_attribute(reading->currency, sizeof reading->currency, element, "currencyID");
}

struct status einvoice_take(struct einvoice_reading *r, const struct einvoice_path *path, const struct xml_element *element)
{
	struct einvoice *invoice = r->invoice;
	struct arena *arena = invoice->arena;
	const char **text = (const char **)(void *)((char *)invoice + path->field);
	int32_t day;
	if (path->take == TAKE_LINE) invoice->line_count++;
	if (!*element->text || element->cut) return STATUS_FINE;
	switch (path->take) {
	case TAKE_TEXT:
		if (**text) break;
		*text = arena_strdup(arena, element->text);
		if (path->flag) *(const char **)(void *)((char *)invoice + path->flag) = arena_strdup(arena, r->scheme);
		break;
	case TAKE_LINES: *text = **text ? arena_printf(arena, "%s\n%s", *text, element->text) : arena_strdup(arena, element->text); break;
	case TAKE_DAY:
		if (day_of(element->text, element->text_len, (int32_t *)(void *)((char *)invoice + path->field))) break;
		return wrong(element, tr(lang_spoken(), "this is not a date."));
	case TAKE_DUE_DAY:
		if (!day_of(element->text, element->text_len, &day)) return wrong(element, tr(lang_spoken(), "this is not a date."));
		if (invoice->due_day == DAY_NONE && strcmp(element->name, "DueDate") == 0) invoice->due_day = day;
		add_due_day(invoice, day);
		break;
	case TAKE_PART:
		if (!invoice->instalment_count || r->part_count == COUNT(r->parts) || element->text_len >= sizeof r->parts->text) break;
		snprintf(r->parts[r->part_count].text, sizeof r->parts->text, "%s", element->text);
		r->parts[r->part_count++].instalment = invoice->instalment_count - 1;
		break;
	case TAKE_TYPE: {
		int64_t type;
		if (!text_parse_int(element->text, element->text_len, &type) || type < 0 || type > 9999) return wrong(element, tr(lang_spoken(), "this is not a type code."));
		invoice->type = (int)type;
		break;
	}
	case TAKE_LEGAL_ID:
	case TAKE_PARTY_ID:
	case TAKE_TAX_ID: take_id(r, path, element->text); break;
	case TAKE_LIST: add_text(arena, (struct einvoice_list *)(void *)((char *)invoice + path->field), arena_strdup(arena, element->text)); break;
	case TAKE_NOTE: add_text(arena, &invoice->notes, note_text(arena, element->text)); break;
	case TAKE_NOTE_CODE: /* behind the content it is about */
		if (invoice->notes.count)
			invoice->notes.texts[invoice->notes.count - 1] = arena_printf(arena, "%s: %s", element->text, invoice->notes.texts[invoice->notes.count - 1]);
		break;
	case TAKE_AMOUNT:
		if (*r->currency && *invoice->currency && strcmp(r->currency, invoice->currency) != 0) {
			if (path->field == FIELD(tax)) break;
			return wrong(element, tr(lang_spoken(), "the amount is in another currency than the document."));
		}
		keep_amount(r, path, element);
		break;
	case TAKE_LINE: break;
	}
	return STATUS_FINE;
}

struct walk {
	struct einvoice_reading reading;
	const struct einvoice_path *(*path)(const char *path);
};

static struct status on_start(void *context, const struct xml_element *element)
{
	struct walk *walk = context;
	einvoice_begin(&walk->reading, element);
	return STATUS_FINE;
}

static struct status on_end(void *context, const struct xml_element *element)
{
	struct walk *walk = context;
	if (element->depth == 1) walk->reading.invoice->credit_note_document = strcmp(element->name, "CreditNote") == 0;
	const struct einvoice_path *path = walk->path(element->path);
	return path ? einvoice_take(&walk->reading, path, element) : STATUS_FINE;
}

/* --- the whole ------------------------------------------------------------------------------------------------------------------------------------- */
/* Text fields are never NULL: table and struct say where they are, so all of them are pointed at "" first. */
static void empty_party(struct einvoice_party *party)
{
	*party = (struct einvoice_party){ "", "", "", "", "", "", "", "", "", "", "", "", "", "", "", "" };
}

static void settle_due_days(struct einvoice *invoice)
{
	int32_t latest = DAY_NONE;
	int64_t sum = 0;
	bool parts = invoice->instalment_count > 1;
	for (size_t i = 0; i < invoice->instalment_count; i++) {
		const struct einvoice_instalment *instalment = &invoice->instalments[i];
		if (instalment->due_day > latest) latest = instalment->due_day;
		parts &= instalment->has_amount && !__builtin_add_overflow(sum, instalment->amount, &sum);
	}
	/* several days without amounts are those of a discount: the last one is when all of it is due */
	if (invoice->due_day == DAY_NONE) invoice->due_day = latest;
	if (!parts || !invoice->has_payable || sum != invoice->payable) invoice->instalment_count = 0;
}

static struct status settle(struct walk *walk)
{
	struct einvoice *invoice = walk->reading.invoice;
	settle_party(invoice->arena, &invoice->seller), settle_party(invoice->arena, &invoice->buyer), settle_party(invoice->arena, &invoice->payee);
	invoice->iban = packed(invoice->arena, invoice->iban);
	if (invoice->type == 0) invoice->type = invoice->credit_note_document ? 381 : 380;
	if (!*invoice->number) return status_make(STATUS_INVALID, "This e-invoice has no number.");
	if (invoice->issue_day == DAY_NONE) return status_make(STATUS_INVALID, "E-invoice %s has no issue date.", invoice->number);
	if (strlen(invoice->currency) != 3) return status_make(STATUS_INVALID, "E-invoice %s names no currency.", invoice->number);
	TRY(read_amounts(&walk->reading));
	if (!invoice->has_payable && !invoice->has_grand) return status_make(STATUS_INVALID, "E-invoice %s has no total.", invoice->number);
	if (!invoice->has_payable) {
		invoice->payable = invoice->grand - (invoice->has_prepaid ? invoice->prepaid : 0); /* both are read: no overflow of sane amounts */
		invoice->has_payable = true;
	}
	settle_due_days(invoice);
	return STATUS_FINE;
}

struct status einvoice_read(const char *bytes, size_t len, struct einvoice **out)
{
	const char *syntax = einvoice_syntax(bytes, len);
	if (!syntax) TRY(xml_read(bytes, len, &(struct xml_handler){ 0 })); /* where it breaks, if it does */
	if (!syntax) return status_make(STATUS_INVALID, "This is no e-invoice: its XML is neither UBL nor CII.");
	if (len > EINVOICE_SIZE_MAX) return status_make(STATUS_INVALID, "An e-invoice of more than %d MB is not read.", EINVOICE_SIZE_MAX >> 20);
	struct arena *arena = arena_new();
	struct einvoice *invoice = arena_make(arena, struct einvoice);
	*invoice = (struct einvoice){ .arena = arena, .syntax = syntax, .profile = "", .process = "", .number = "", .issue_day = DAY_NONE,
		.due_day = DAY_NONE, .delivery_day = DAY_NONE, .terms = "", .currency = "", .buyer_reference = "", .purchase_order = "",
		.sales_order = "", .contract = "", .delivery_note = "", .payment_means = "", .iban = "", .bic = "", .remittance = "", .mandate = "" };
	empty_party(&invoice->seller), empty_party(&invoice->buyer), empty_party(&invoice->payee);
	struct walk *walk = xcalloc(1, sizeof *walk);
	walk->reading.invoice = invoice;
	walk->path = strcmp(syntax, "ubl") == 0 ? ubl_path : cii_path;
	/* a document carries its attachments in base64: more than the limit is cut, and never looked at */
	struct status status = xml_read(bytes, len, &(struct xml_handler){ .context = walk, .start = on_start, .end = on_end });
	if (!status.code) status = settle(walk);
	free(walk);
	if (status.code)
		einvoice_free(invoice);
	else
		*out = invoice;
	return status;
}

void einvoice_free(struct einvoice *invoice)
{
	if (invoice) arena_free(invoice->arena);
}

/* --- what it means ------------------------------------------------------------------------------------------------------------------------------------ */
static bool credit_type(int type)
{
	static const int types[] = { 81, 83, 261, 262, 296, 308, 381, 396, 420, 458, 532 };
	for (size_t i = 0; i < COUNT(types); i++)
		if (types[i] == type) return true;
	return false;
}

bool einvoice_is_credit(const struct einvoice *invoice)
{
	if (credit_type(invoice->type) || invoice->credit_note_document) return true;
	return invoice->has_grand && invoice->grand != 0 ? invoice->grand < 0 : invoice->payable < 0;
}

void einvoice_amounts(const struct einvoice *invoice, int64_t *amount, int64_t *settled)
{
	int64_t due = invoice->payable < 0 ? -invoice->payable : invoice->payable, whole = due;
	int64_t grand = invoice->has_grand ? (invoice->grand < 0 ? -invoice->grand : invoice->grand) : due;
	bool same_sign = !invoice->has_grand || (invoice->grand < 0) == (invoice->payable < 0) || invoice->payable == 0;
	int64_t rounded = grand;
	if (invoice->has_rounding && __builtin_add_overflow(grand, invoice->grand < 0 ? -invoice->rounding : invoice->rounding, &rounded)) rounded = grand;
	/* what was paid before it was issued is part of the claim, and settled */
	if (same_sign && rounded > due) whole = rounded;
	bool credit = einvoice_is_credit(invoice);
	*amount = credit ? -whole : whole;
	*settled = credit ? -(whole - due) : whole - due;
}
