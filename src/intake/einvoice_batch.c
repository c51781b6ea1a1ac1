/* Electronic invoices into rows: one XML, one PDF that carries it, or an archive of them; and PDF files that only show an invoice,
 * which belong to an item that is known by its number. */
#include "base/memory.h"
#include "formats/archive.h"
#include "formats/einvoice.h"
#include "formats/facturx.h"
#include "formats/keys.h"
#include "formats/siren.h"
#include "intake/batch.h"
#include "intake/people.h"

#include <ctype.h>
#include <string.h>

#define INVOICE_ACCOUNT "411"

struct owner {
	struct einvoice **invoices;
	size_t count, cap;
	char **files; /* bytes of PDF files */
	size_t file_count, file_cap;
};

struct taking {
	const struct intake *intake;
	struct batch *batch;
	struct intake_result *result;
	struct company company;
	struct owner *owner;
	struct keys customers;
	int64_t ordinal;        /* of the document in its archive */
	const char *name;       /* of the file it is in */
	bool single;
	int64_t paid, purchases;
	const char *first_purchase;
	bool unchecked;         /* nothing tells whether the company is the seller */
};

static void free_owner(void *context)
{
	struct owner *owner = context;
	for (size_t i = 0; i < owner->count; i++) einvoice_free(owner->invoices[i]);
	for (size_t i = 0; i < owner->file_count; i++) free(owner->files[i]);
	free(owner->invoices), free(owner->files), free(owner);
}

static const char *words(const struct taking *t, const char *msgid)
{
	return tr(t->intake->viewer->lang, msgid);
}

/* --- whose invoice it is ------------------------------------------------------------------------------------------------------------ */
enum part { PART_UNKNOWN, PART_SELLER, PART_BUYER, PART_NEITHER };

static bool same_name(const char *a, const char *b)
{
	cleanup_free char *x = text_normalise(a, strlen(a)), *y = text_normalise(b, strlen(b));
	return *x && strcmp(x, y) == 0;
}

static enum part our_part(const struct taking *t, const struct einvoice *invoice)
{
	const char *ours = t->company.siren;
	const struct einvoice_party *seller = &invoice->seller, *buyer = &invoice->buyer;
	if (*ours && strcmp(seller->siren, ours) == 0) return PART_SELLER;
	if (*ours && strcmp(buyer->siren, ours) == 0) return PART_BUYER;
	bool sold = same_name(seller->name, t->company.name) || same_name(seller->trading_name, t->company.name);
	bool bought = same_name(buyer->name, t->company.name) || same_name(buyer->trading_name, t->company.name);
	if (sold != bought) return sold ? PART_SELLER : PART_BUYER;
	return *ours && *seller->siren ? PART_NEITHER : PART_UNKNOWN;
}

/* --- one invoice ------------------------------------------------------------------------------------------------------------------------ */
static void refuse(struct taking *t, const char *reason)
{
	complaint_add(&t->result->rejected, (struct complaint){ .line = t->ordinal, .column = t->name, .value = "", .reason = reason });
}

static void set_text(json_t *object, const char *name, const char *text)
{
	if (text && *text) json_object_set_new(object, name, json_string(text));
}

/* The rate of VAT where one holds for the whole invoice: what is collected of it is told with its rate. */
static const char *one_rate(const struct einvoice *invoice)
{
	static const struct {
		int64_t basis_points;
		const char *text;
	} rates[] = { { 2000, "20" }, { 1000, "10" }, { 850, "8.5" }, { 550, "5.5" }, { 210, "2.1" } };
	if (!invoice->has_net || !invoice->has_tax || invoice->net <= 0 || invoice->net > INT64_MAX / 20000) return "";
	if (invoice->tax == 0) return "0";
	for (size_t i = 0; i < COUNT(rates); i++) {
		int64_t off = invoice->tax * 10000 - invoice->net * rates[i].basis_points;
		if (off <= 20000 && off >= -20000) return rates[i].text; /* two cents of rounding */
	}
	return "";
}

/* What belongs to the invoice and no rule reads. */
static struct slice extra_of(struct taking *t, const struct einvoice *invoice)
{
	json_t *extra = json_object();
	set_text(extra, "purchase_order", invoice->purchase_order);
	set_text(extra, "contract", invoice->contract);
	set_text(extra, "delivery_note", invoice->delivery_note);
	set_text(extra, "buyer_reference", invoice->buyer_reference);
	set_text(extra, "buyer_siret", invoice->buyer.siret);
	set_text(extra, "remittance", invoice->remittance);
	set_text(extra, "payment_means", invoice->payment_means);
	set_text(extra, "terms", invoice->terms);
	set_text(extra, "vat_rate", one_rate(invoice));
	if (invoice->preceding.count) set_text(extra, "preceding", invoice->preceding.texts[0]);
	if (invoice->type != 380 && invoice->type != 381) json_object_set_new(extra, "type", json_integer(invoice->type));
	if (!json_object_size(extra)) return json_decref(extra), (struct slice){ "", 0 };
	cleanup_free char *text = json_dumps(extra, JSON_COMPACT | JSON_SORT_KEYS);
	json_decref(extra);
	return slice_of(arena_strdup(t->batch->arena, text));
}

static struct slice joined(struct arena *arena, const struct einvoice_list *list)
{
	cleanup_text struct text out = { 0 };
	for (size_t i = 0; i < list->count; i++) text_add(&out, i ? "\n" : ""), text_add(&out, list->texts[i]);
	return slice_of(arena_strdup(arena, text_cstr(&out)));
}

static const char *first_said(const char *a, const char *b, const char *c, const char *d)
{
	return *a ? a : *b ? b : *c ? c : d;
}

static uint32_t take_customer(struct taking *t, const struct einvoice_party *buyer)
{
	struct batch *batch = t->batch;
	const char *code = first_said(buyer->code, buyer->siren, buyer->vat_number, buyer->name);
	const char *key = first_said(buyer->siren, buyer->vat_number, buyer->code, buyer->name);
	uint32_t index = keys_take(&t->customers, slice_of(key), 0);
	if (index < batch->customer_count) return index;
	if (batch->customer_count == batch->customer_cap) {
		size_t cap = batch->customer_cap ? batch->customer_cap * 2 : 64;
		struct batch_customer *bigger = arena_array(batch->arena, struct batch_customer, cap);
		if (batch->customer_count) memcpy(bigger, batch->customers, batch->customer_count * sizeof *bigger);
		batch->customers = bigger, batch->customer_cap = cap;
	}
	batch->customers[batch->customer_count++] = (struct batch_customer){ .code = slice_of(code), .name = slice_of(buyer->name), .party = buyer };
	people_hint(batch, &(struct people_hint){ .customer = index, .siren = buyer->siren, .vat_number = buyer->vat_number, .address = buyer->address,
		.postcode = buyer->postcode, .city = buyer->city, .country = buyer->country, .contact_name = buyer->contact, .email = buyer->email, .phone = buyer->phone });
	return index;
}

static struct batch_row *add_row(struct batch *batch)
{
	if (batch->row_count == batch->row_cap) {
		batch->row_cap = batch->row_cap ? batch->row_cap * 2 : 64;
		batch->rows = xrealloc(batch->rows, batch->row_cap, sizeof *batch->rows);
	}
	return &batch->rows[batch->row_count++];
}

static void take_rows(struct taking *t, const struct einvoice *invoice, uint32_t document)
{
	int64_t amount, settled;
	einvoice_amounts(invoice, &amount, &settled);
	bool parts = invoice->instalment_count > 1 && settled == 0, credit = amount < 0;
	const char *currency = strcmp(invoice->currency, t->batch->currency) == 0 ? t->batch->currency : invoice->currency;
	uint32_t customer = take_customer(t, &invoice->buyer);
	struct spot number = spot_of(slice_of(invoice->number), t->batch->arena);
	for (size_t i = 0; i < (parts ? invoice->instalment_count : 1); i++) {
		struct batch_row *row = add_row(t->batch);
		*row = (struct batch_row){
			.line = (uint32_t)t->ordinal, .entry = (uint32_t)t->ordinal, .customer = customer, .kind = credit ? ITEM_CREDIT_NOTE : ITEM_INVOICE,
			.posting_day = invoice->issue_day, .piece_day = invoice->issue_day,
			.due_day = parts ? invoice->instalments[i].due_day : credit ? DAY_NONE : invoice->due_day,
			.amount = parts ? (credit ? -1 : 1) * invoice->instalments[i].amount : amount, .settled_on = DAY_NONE, .currency = currency,
			.number = number, .piece = number, .account = spot_of(slice_of(INVOICE_ACCOUNT), t->batch->arena),
			.applies_to = spot_of(credit ? joined(t->batch->arena, &invoice->preceding) : (struct slice){ "", 0 }, t->batch->arena),
			.extra = spot_of(extra_of(t, invoice), t->batch->arena), .tells_settled = settled != 0, .settled = settled, .settled_before = true, .document = i ? 0 : document,
		};
		t->result->receivable_balance += row->amount - row->settled;
		t->result->lines++;
	}
}

static uint32_t add_document(struct taking *t, const char *name, const char *bytes, size_t len, int64_t item_id, int64_t customer_id)
{
	struct batch *batch = t->batch;
	if (batch->document_count == batch->document_cap) {
		size_t cap = batch->document_cap ? batch->document_cap * 2 : 32;
		struct batch_document *bigger = arena_array(batch->arena, struct batch_document, cap);
		if (batch->document_count) memcpy(bigger, batch->documents, batch->document_count * sizeof *bigger);
		batch->documents = bigger, batch->document_cap = cap;
	}
	batch->documents[batch->document_count++] = (struct batch_document){ .name = arena_strdup(batch->arena, name), .bytes = bytes, .len = len,
		.item_id = item_id, .customer_id = customer_id };
	return (uint32_t)batch->document_count;
}

/* Of a file alone the status refuses it; of one among others it is a refused line, or passed over. */
static struct status take_invoice(struct taking *t, const char *xml, size_t xml_len, const char *pdf, size_t pdf_len)
{
	struct einvoice *invoice = NULL;
	struct status status = einvoice_read(xml, xml_len, &invoice);
	if (status.code && t->single) return status;
	if (status.code) {
		refuse(t, status.text);
		t->result->lines++;
		return STATUS_FINE;
	}
	struct owner *owner = t->owner;
	GROW(owner->invoices, owner->count, owner->cap);
	owner->invoices[owner->count++] = invoice;
	enum part part = our_part(t, invoice);
	if (part == PART_BUYER) {
		if (t->single)
			return status_make(STATUS_INVALID, "Invoice %s was received from %s: it is a purchase, not a receivable. Only invoices that you issue are followed here.",
			                   invoice->number, invoice->seller.name);
		if (!t->purchases++) t->first_purchase = invoice->number;
		t->result->lines++, t->result->ignored++;
		return STATUS_FINE;
	}
	if (part == PART_NEITHER && !t->intake->options.yes) {
		t->result->needs_yes = t->result->refused = true;
		if (!*t->result->reason)
			t->result->reason = fill(t->intake->arena, words(t, "Invoice {number} was issued by {seller} (SIREN {siren}), not by this company (SIREN {ours}). Confirm it if that is right."),
				(struct blank[]){ { "number", invoice->number }, { "seller", invoice->seller.name }, { "siren", invoice->seller.siren }, { "ours", t->company.siren }, { 0 } });
	}
	t->unchecked |= part == PART_UNKNOWN;
	int64_t amount, settled;
	einvoice_amounts(invoice, &amount, &settled);
	const char *reason = !currency_known(invoice->currency) ? words(t, "Its currency is no known code (ISO 4217).")
	                     : !*invoice->buyer.name && !*invoice->buyer.siren && !*invoice->buyer.code && !*invoice->buyer.vat_number ? words(t, "It does not say who the buyer is.")
	                                                                                                                                : NULL;
	if (reason && t->single) return status_make(STATUS_INVALID, "Invoice %s can't be imported. %s", invoice->number, reason);
	if (reason) {
		refuse(t, reason);
		t->result->lines++;
		return STATUS_FINE;
	}
	if (amount == 0) {
		t->paid++, t->result->lines++, t->result->ignored++;
		return STATUS_FINE;
	}
	take_rows(t, invoice, pdf ? add_document(t, t->name, pdf, pdf_len, 0, 0) : 0);
	return STATUS_FINE;
}

/* --- a PDF without an invoice inside: which item it shows ------------------------------------------------------------------------------- */
/* The only item that bears this number, whoever's it is. */
static struct status item_of_number(struct db *db, const struct taking *t, const char *number, int64_t *item, int64_t *customer, bool *several)
{
	cleanup_rows struct rows *rows = db_query(db,
		"SELECT id, customer_id FROM item WHERE tenant_id = $tenant AND company_id = $company AND number = $number AND withdrawn = 0"
		" AND kind <> 'payment' ORDER BY id",
		DB_ARGS(db_int("tenant", t->intake->viewer->tenant_id), db_int("company", t->intake->company_id), db_text("number", number)));
	while (rows_next(rows)) {
		*several |= *item != 0 && *customer != row_int(rows, 1);
		if (!*item) *item = row_int(rows, 0), *customer = row_int(rows, 1);
	}
	return rows_status(rows);
}

/* Words that hold a digit: "Facture_FA25-001_Dupont.pdf" gives FA25-001. Marks inside a number are not told from those between
 * words, so longer pieces are tried before their parts. */
static struct status item_of_words(struct db *db, const struct taking *t, const char *text, size_t len, bool file_name, int64_t *item, int64_t *customer)
{
	const char *apart = file_name ? " _()[],;+&" : " \t\n\r,;:()\"'";
	for (size_t at = 0, tried = 0; at < len && !*item && tried < 2000;) {
		while (at < len && strchr(apart, text[at])) at++;
		size_t from = at;
		bool digit = false;
		while (at < len && text[at] && !strchr(apart, text[at])) digit |= isdigit((unsigned char)text[at]) != 0, at++;
		if (at == from) at++;
		if (!digit || at - from < 3 || at - from > 60) continue;
		bool several = false;
		char number[64];
		snprintf(number, sizeof number, "%.*s", (int)(at - from), text + from);
		tried++;
		TRY(item_of_number(db, t, number, item, customer, &several));
		if (several) *item = 0;
	}
	return STATUS_FINE;
}

/* "1 200,00", "1.200,00", "1200.00": whether the text shows this amount, marks and spaces inside a number left out. */
static bool shows_amount(const char *text, size_t len, int64_t amount)
{
	char wanted[24];
	int digits = snprintf(wanted, sizeof wanted, "%lld", (long long)llabs(amount));
	for (size_t i = 0; i < len;) {
		size_t at = i, n = 0;
		bool same = true;
		if (!isdigit((unsigned char)text[i]) || (i > 0 && isdigit((unsigned char)text[i - 1]))) {
			i++;
			continue;
		}
		for (; at < len; at++) {
			unsigned char c = (unsigned char)text[at];
			if (isdigit(c)) same &= n < (size_t)digits && c == (unsigned char)wanted[n], n++;
			else if (!(strchr(" .,'", c) && c && at + 1 < len && isdigit((unsigned char)text[at + 1])) && c != 0xC2 && c != 0xA0 && c != 0xE2 && c != 0x80 && c != 0xAF) break;
			if (n == (size_t)digits && same && (at + 1 >= len || !isdigit((unsigned char)text[at + 1]))) return true;
		}
		while (i < len && isdigit((unsigned char)text[i])) i++;
	}
	return false;
}

/* Of a text that names several invoices (one that it replaces, a statement): the only one whose amount it shows. */
static struct status item_of_text(struct db *db, const struct taking *t, const char *text, size_t len, int64_t *item, int64_t *customer)
{
	enum { NAMED_MAX = 4 };
	int64_t items[NAMED_MAX], customers[NAMED_MAX];
	size_t count = 0;
	for (size_t at = 0, tried = 0; at < len && tried < 2000;) {
		int64_t found = 0, whose = 0;
		size_t from = at + strspn(text + at, " \t\n\r,;:()\"'"), end = from;
		while (end < len && text[end] && !strchr(" \t\n\r,;:()\"'", text[end])) end++;
		if (end == from) break;
		tried++, at = end + 1;
		size_t stop = end;
		while (stop > from && text[stop - 1] == '.') stop--; /* the end of a sentence */
		TRY(item_of_words(db, t, text + from, stop - from, false, &found, &whose));
		if (!found) continue;
		bool known = false;
		for (size_t i = 0; i < count; i++) known |= items[i] == found;
		if (known) continue;
		if (count == NAMED_MAX) return STATUS_FINE; /* a statement, a list */
		items[count] = found, customers[count++] = whose;
	}
	size_t which = 0, fitting = count == 1;
	for (size_t i = 0; i < count && count > 1; i++) {
		int64_t amount = 0;
		TRY(db_get_int(db, "SELECT amount FROM item WHERE tenant_id = $tenant AND company_id = $company AND id = $item",
		               DB_ARGS(db_int("tenant", t->intake->viewer->tenant_id), db_int("company", t->intake->company_id), db_int("item", items[i])), &amount, NULL));
		if (shows_amount(text, len, amount)) which = i, fitting++;
	}
	if (fitting == 1) *item = items[which], *customer = customers[which];
	return STATUS_FINE;
}

static struct status find_item(const struct taking *t, const struct facturx *pdf, int64_t *item, int64_t *customer)
{
	struct db *db;
	const char *slash = strrchr(t->name, '/'), *base = slash ? slash + 1 : t->name, *dot = strrchr(base, '.');
	size_t len = dot ? (size_t)(dot - base) : strlen(base);
	bool several = false;
	TRY(store_reader(t->intake->store, &db));
	struct status status = item_of_number(db, t, arena_strndup(t->batch->arena, base, len), item, customer, &several);
	if (several) *item = 0;
	if (!status.code && !*item) status = item_of_words(db, t, base, len, true, item, customer);
	if (!status.code && !*item) status = item_of_text(db, t, pdf->text, pdf->text_len, item, customer);
	store_release(t->intake->store, db);
	return status;
}

static struct status take_pdf(struct taking *t, char *bytes, size_t len)
{
	struct facturx pdf;
	struct status status = facturx_read(bytes, len, &pdf);
	if (status.code && t->single) return status;
	if (status.code) {
		refuse(t, status.text);
		t->result->lines++;
		return STATUS_FINE;
	}
	if (pdf.xml) {
		status = take_invoice(t, pdf.xml, pdf.xml_len, bytes, len);
	} else {
		int64_t item = 0, customer = 0;
		status = find_item(t, &pdf, &item, &customer);
		if (!status.code && item)
			add_document(t, t->name, bytes, len, item, customer), t->result->lines++, t->result->ignored++;
		else if (!status.code && t->single)
			status = status_make(STATUS_INVALID, "This PDF holds no electronic invoice, and no item bears a number that its name or its text shows.");
		else if (!status.code)
			refuse(t, words(t, "This PDF holds no electronic invoice, and no item bears a number that its name or its text shows.")), t->result->lines++;
	}
	facturx_free(&pdf);
	return status;
}

/* --- the file --------------------------------------------------------------------------------------------------------------------------------- */
static struct status take_file(void *context, const char *name, char *bytes, size_t len)
{
	struct taking *t = context;
	t->name = arena_strdup(t->batch->arena, name), t->ordinal++;
	if (len > 4 && memcmp(bytes, "%PDF", 4) == 0) {
		GROW(t->owner->files, t->owner->file_count, t->owner->file_cap);
		t->owner->files[t->owner->file_count++] = bytes; /* kept until it is written */
		return take_pdf(t, bytes, len);
	}
	struct status status = STATUS_FINE;
	if (einvoice_syntax(bytes, len)) status = take_invoice(t, bytes, len, NULL, 0);
	else if (t->intake->options.grouped) t->ordinal--; /* another importer's turn */
	else refuse(t, words(t, "This is no electronic invoice: import it by itself.")), t->result->lines++;
	free(bytes);
	return status;
}

static struct status load_company(struct taking *t)
{
	struct db *db;
	TRY(store_reader(t->intake->store, &db));
	struct status status = company_get(db, t->intake->viewer, t->intake->company_id, &t->company);
	store_release(t->intake->store, db);
	return status;
}

static void tell(struct taking *t)
{
	struct arena *arena = t->intake->arena;
	if (t->purchases)
		batch_warn(t->intake, t->result, fill(arena, words(t, "{count} invoices were received, not issued ({number} is the first): purchases are passed over."),
			(struct blank[]){ { "count", arena_printf(arena, "%lld", (long long)t->purchases) }, { "number", t->first_purchase }, { 0 } }));
	if (t->paid)
		batch_warn(t->intake, t->result, fill(arena, words(t, "{count} invoices of nothing were passed over."),
			(struct blank[]){ { "count", arena_printf(arena, "%lld", (long long)t->paid) }, { 0 } }));
	if (t->unchecked && !*t->company.siren)
		batch_warn(t->intake, t->result, words(t, "The company has no SIREN in its settings: it was not checked that it issued these invoices."));
	else if (t->unchecked)
		batch_warn(t->intake, t->result, words(t, "The document has no SIREN of the seller: it was not checked that this company issued it."));
}

struct status einvoice_batch_read(const struct intake *intake, const struct settings *settings, const char *bytes, size_t len,
                                  struct batch *batch, struct intake_result *result)
{
	(void)settings;
	struct taking taking = { .intake = intake, .batch = batch, .result = result, .owner = xcalloc(1, sizeof(struct owner)) };
	batch->owner = taking.owner, batch->owner_free = free_owner;
	if (batch->mode != IMPORT_DELTA) return status_make(STATUS_INVALID, "Electronic invoices are read in mode delta only.");
	if (!intake->options.source || !*intake->options.source) batch->source = "einvoice";
	TRY(load_company(&taking));
	result->encoding = "utf-8";
	struct status status;
	if (strcmp(batch->format, "einvoices") == 0) {
		status = archive_each(bytes, len, take_file, &taking);
	} else {
		taking.single = true;
		char *copy = xmalloc(len + 1);
		memcpy(copy, bytes, len);
		copy[len] = 0;
		status = take_file(&taking, result->file_name, copy, len);
	}
	keys_free(&taking.customers);
	TRY(status);
	tell(&taking);
	for (size_t i = 0; i < batch->row_count; i++) {
		if (result->from_day == DAY_NONE || batch->rows[i].posting_day < result->from_day) result->from_day = batch->rows[i].posting_day;
		if (result->to_day == DAY_NONE || batch->rows[i].posting_day > result->to_day) result->to_day = batch->rows[i].posting_day;
	}
	batch->partial = result->rejected.total > 0;
	return STATUS_FINE;
}
