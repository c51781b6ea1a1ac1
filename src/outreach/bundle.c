#include "outreach/bundle.h"

#include "base/asset.h"
#include "base/memory.h"
#include "base/words.h"
#include "base/zone.h"
#include "book/book.h"
#include "dunning/claims.h"
#include "dunning/limitation_report.h"
#include "formats/zip_make.h"
#include "ledger/document.h"
#include "ledger/document_kind.h"
#include "ledger/event.h"
#include "ledger/item.h"
#include "ledger/reply.h"
#include "outreach/court_paper.h"
#include "outreach/facts.h"
#include "outreach/outbox.h"
#include "outreach/parts.h"

#include <sodium.h>
#include <string.h>

enum { FILES_MOST = 4000, BYTES_MOST = 400 << 20, MESSAGES_MOST = 1000 };

struct making {
	struct db *db;
	const struct viewer *viewer;
	const struct company *company;
	const struct settings *settings;
	struct arena *arena;
	struct bundle_facts *facts;
	struct zip_file *files;
	size_t count, bytes;
	int32_t today;
};

static const char *sum_hex(const char *bytes, size_t len, struct arena *arena)
{
	unsigned char digest[crypto_hash_sha256_BYTES];
	crypto_hash_sha256(digest, (const unsigned char *)bytes, len);
	char *hex = arena_alloc(arena, 2 * sizeof digest + 1);
	sodium_bin2hex(hex, 2 * sizeof digest + 1, digest, sizeof digest);
	return hex;
}

/* A name for a file of the bundle: no folder, no control, nothing that a shell or Windows minds. */
static const char *tame(const char *name, struct arena *arena)
{
	cleanup_text struct text out = { 0 };
	for (const char *c = name; *c && out.len < 100; c++) {
		unsigned char byte = (unsigned char)*c;
		text_add_char(&out, byte < 0x20 || byte == 0x7f || strchr("/\\:*?\"<>|", *c) ? '_' : *c);
	}
	while (out.len && (out.bytes[0] == '.' || out.bytes[0] == ' ')) out.bytes[0] = '_';
	/* the cut may have left half a character */
	while (out.len && !utf8_valid(out.bytes, out.len)) out.len--;
	return out.len ? arena_strndup(arena, out.bytes, out.len) : "document";
}

/* The bytes must live as long as the arena. label NULL: not an exhibit. */
static struct status put(struct making *m, const char *name, const char *label, const char *bytes, size_t len)
{
	if (m->count >= FILES_MOST || m->bytes + len > BYTES_MOST)
		return status_make(STATUS_INVALID, "This file is too big for one bundle: more than %d MB, or %d documents.", BYTES_MOST >> 20, FILES_MOST);
	m->files[m->count++] = (struct zip_file){ name, bytes, len };
	m->bytes += len;
	if (label) {
		struct bundle_exhibit *exhibit = &m->facts->exhibits[m->facts->exhibit_count++];
		*exhibit = (struct bundle_exhibit){ .name = name, .label = label };
		snprintf(exhibit->sha256, sizeof exhibit->sha256, "%s", sum_hex(bytes, len, m->arena));
	}
	return STATUS_FINE;
}

/* --- the claim -------------------------------------------------------------------------------------------------------------------- */

static struct status claim(struct making *m)
{
	struct bundle_facts *facts = m->facts;
	struct case_file_item *items;
	size_t count;
	cleanup_book const struct book *book = NULL;
	cleanup_claims struct claims *claims = NULL;
	TRY(case_file_items(m->db, m->company->tenant_id, m->company->id, facts->file.id, m->arena, &items, &count));
	TRY(book_get(db_store(m->db), m->company->tenant_id, m->company->id, &book));
	TRY(claims_load(m->db, m->viewer, m->company->id, m->arena, &claims));
	json_t *limits = NULL;
	struct limitation_filter filter = { .customer_id = facts->customer.id, .as_of = m->today, .before = DAY_NONE };
	TRY(limitation_report(m->db, m->viewer, m->company->id, &filter, m->arena, &limits));
	facts->items = arena_array(m->arena, struct bundle_item, count + 1);
	for (size_t i = 0; i < count; i++) {
		size_t index = book_find_item(book, items[i].item_id);
		if (index == SIZE_MAX) continue;
		struct book_item item = book_item(book, index, m->today);
		struct bundle_item *one = &facts->items[facts->item_count++];
		*one = (struct bundle_item){ .id = item.id, .number = arena_strdup(m->arena, item.number), .issue_day = item.issue_day, .due_day = item.due_day,
			                     .amount = item.amount, .open = item.open > 0 ? item.open : 0, .barred_from = DAY_NONE };
		if (!claims_interest_of(claims, index, m->today, m->arena, &one->interest)) one->interest = (struct interest){ 0 };
		facts->principal += one->open, facts->interest += one->interest.interest, facts->fee += one->interest.fee;
		size_t k;
		json_t *row;
		json_array_foreach(json_object_get(limits, "rows"), k, row)
			if (json_integer_value(json_object_get(row, "item_id")) == item.id) {
				const char *iso = json_string_value(json_object_get(row, "barred_from"));
				if (iso && !day_parse(iso, strlen(iso), &one->barred_from)) one->barred_from = DAY_NONE;
				if (one->barred_from != DAY_NONE && (facts->barred_from == DAY_NONE || one->barred_from < facts->barred_from)) facts->barred_from = one->barred_from;
			}
	}
	json_decref(limits);
	return STATUS_FINE;
}

/* --- exhibits ----------------------------------------------------------------------------------------------------------------------- */

/* Its bytes, read one document at a time. */
static struct status document_bytes(struct making *m, int64_t id, const char **bytes, size_t *len)
{
	*bytes = "", *len = 0;
	cleanup_rows struct rows *rows = db_query(m->db, "SELECT bytes FROM document WHERE tenant_id = $tenant AND company_id = $company AND id = $id",
	                                          DB_ARGS(db_int("tenant", m->company->tenant_id), db_int("company", m->company->id), db_int("id", id)));
	if (rows_next(rows)) {
		const void *blob = row_blob(rows, 0, len);
		if (m->bytes + *len <= BYTES_MOST) *bytes = arena_strndup(m->arena, blob, *len);
		else *len = (size_t)BYTES_MOST + 1; /* put() refuses it */
	}
	return rows_status(rows);
}

/* Contracts first, then orders, delivery notes, invoices …; of a kind the oldest first. */
static int document_order(const void *a, const void *b)
{
	const struct document *x = a, *y = b;
	size_t left = document_kind_rank(x->kind), right = document_kind_rank(y->kind);
	if (left != right) return left < right ? -1 : 1;
	return (x->id > y->id) - (x->id < y->id);
}

static const char *document_label(const struct making *m, const struct document *document, const struct bundle_item *item)
{
	enum lang lang = m->facts->lang;
	const struct document_kind *kind = document_kind_find(document->kind);
	if (kind) return item ? arena_printf(m->arena, "%s, %s", tr(lang, kind->label), item->number) : tr(lang, kind->label);
	return item ? arena_printf(m->arena, tr(lang, "Document of %s"), item->number) : tr(lang, "Document of the customer");
}

static struct status documents(struct making *m, bool *ordered, bool *proved)
{
	struct bundle_facts *facts = m->facts;
	struct document *list;
	size_t count;
	TRY(document_list(m->db, m->viewer, m->company->id, facts->customer.id, 0, m->arena, &list, &count));
	if (count) qsort(list, count, sizeof *list, document_order);
	for (size_t i = 0; i < count; i++) {
		struct bundle_item *item = NULL;
		for (size_t k = 0; k < facts->item_count; k++)
			if (facts->items[k].id == list[i].item_id) item = &facts->items[k];
		if (list[i].item_id && !item) continue; /* another invoice's: no business of this file */
		const char *bytes, *kind = list[i].kind, *name = arena_printf(m->arena, "pieces/%02zu-%s", m->facts->exhibit_count + 1, tame(list[i].name, m->arena));
		size_t len;
		TRY(document_bytes(m, list[i].id, &bytes, &len));
		TRY(put(m, name, document_label(m, &list[i], item), bytes, len));
		*ordered |= strcmp(kind, "order") == 0 || strcmp(kind, "contract") == 0;
		*proved |= strcmp(kind, "notice_proof") == 0;
		bool delivery = strcmp(kind, "delivery") == 0 || strcmp(kind, "acceptance") == 0;
		for (size_t k = 0; k < facts->item_count; k++) /* one of the customer may be of each */
			if (delivery && (!item || item == &facts->items[k])) facts->items[k].delivered = true;
		if (item && (strcmp(kind, "invoice") == 0 || !*kind)) item->invoiced = true;
	}
	return STATUS_FINE;
}

static void add_step(struct making *m, size_t *room, int32_t day, const char *words)
{
	struct bundle_facts *facts = m->facts;
	if (facts->step_count == *room) {
		size_t more = *room ? 2 * *room : 64;
		struct bundle_step *steps = arena_array(m->arena, struct bundle_step, more);
		if (facts->step_count) memcpy(steps, facts->steps, facts->step_count * sizeof *steps);
		facts->steps = steps, *room = more;
	}
	facts->steps[facts->step_count++] = (struct bundle_step){ day, words };
}

static int step_order(const void *a, const void *b)
{
	const struct bundle_step *x = a, *y = b;
	return (x->day > y->day) - (x->day < y->day);
}

static const char *moment(struct making *m, int64_t at)
{
	cleanup_text struct text out = { 0 };
	int32_t day;
	int minutes;
	zone_civil(m->company->zone, at, &day, &minutes);
	words_date(&out, m->facts->lang, day);
	text_addf(&out, " %02d:%02d", minutes / 60, minutes % 60);
	return arena_strdup(m->arena, text_cstr(&out));
}

static struct status messages(struct making *m, size_t *room)
{
	struct outbox_row *rows;
	size_t count;
	struct outbox_filter filter = { .states = 1u << OUTBOX_SENT | 1u << OUTBOX_UNKNOWN, .customer_id = m->facts->customer.id, .limit = MESSAGES_MOST };
	TRY(outbox_list(m->db, m->viewer, m->company->id, &filter, m->arena, &rows, &count));
	for (size_t i = count; i-- > 0;) {
		struct outbox_row row;
		if (rows[i].internal) continue;
		TRY(outbox_get(m->db, m->viewer, m->company->id, rows[i].id, m->arena, &row));
		int64_t at = row.sent_at ? row.sent_at : row.queued_at;
		cleanup_text struct text body = { 0 };
		const char *colon = m->facts->lang == LANG_FR ? " :" : ":", *when = moment(m, at);
		text_addf(&body, "%s%s %s\n%s%s %s\n%s%s %s\n%s%s %s\nMessage-ID%s %s\n%s%s %s\n\n%s\n", tr(m->facts->lang, "Date"), colon, when,
		          tr(m->facts->lang, "From"), colon, row.sender, tr(m->facts->lang, "To"), colon, row.recipient, tr(m->facts->lang, "Subject"), colon,
		          row.subject, colon, row.message_id, tr(m->facts->lang, "State"), colon, tr(m->facts->lang, outbox_state_label(row.state)), row.text);
		char iso[11];
		int32_t day;
		zone_civil(m->company->zone, at, &day, NULL);
		day_format(day, iso);
		TRY(put(m, arena_printf(m->arena, "echanges/%s-%05lld.txt", iso, (long long)row.id), row.subject, arena_strndup(m->arena, body.bytes, body.len), body.len));
		struct outbox_file *files;
		size_t file_count;
		TRY(outbox_files(m->db, m->viewer, m->company->id, row.id, m->arena, &files, &file_count));
		for (size_t f = 0; f < file_count; f++) {
			struct attachment file;
			TRY(outbox_file(m->db, m->viewer, m->company->id, files[f].id, m->arena, &file));
			TRY(put(m, arena_printf(m->arena, "echanges/%s-%05lld-%zu-%s", iso, (long long)row.id, f + 1, tame(file.name, m->arena)),
			        arena_printf(m->arena, tr(m->facts->lang, "Attached to “%s”"), row.subject), file.bytes, file.len));
		}
		add_step(m, room, day, arena_printf(m->arena, tr(m->facts->lang, "Sent to %s: %s"), *row.recipient ? row.recipient : m->facts->customer.name, row.subject));
	}
	return STATUS_FINE;
}

static struct status answers(struct making *m, size_t *room)
{
	struct reply *replies;
	size_t count;
	TRY(reply_list(m->db, m->viewer, m->company->id, m->facts->customer.id, false, m->arena, &replies, &count));
	for (size_t i = count; i-- > 0;) {
		cleanup_text struct text body = { 0 };
		const char *colon = m->facts->lang == LANG_FR ? " :" : ":";
		text_addf(&body, "%s%s %s\n%s%s %s\n\n%s\n", tr(m->facts->lang, "Date"), colon, moment(m, replies[i].at), tr(m->facts->lang, "From"), colon,
		          replies[i].address, replies[i].text);
		char iso[11];
		day_format(replies[i].day, iso);
		TRY(put(m, arena_printf(m->arena, "echanges/%s-reponse-%lld.txt", iso, (long long)replies[i].id),
		        arena_printf(m->arena, tr(m->facts->lang, "Answer from %s"), *replies[i].address ? replies[i].address : m->facts->customer.name),
		        arena_strndup(m->arena, body.bytes, body.len), body.len));
		add_step(m, room, replies[i].day, arena_printf(m->arena, tr(m->facts->lang, "Answer from %s"), *replies[i].address ? replies[i].address : m->facts->customer.name));
	}
	return STATUS_FINE;
}

/* Calls, promises, disputes and the like: what the timeline of the customer says besides messages and answers. */
static struct status happened(struct making *m, size_t *room)
{
	static const char *const kinds[] = { "action.done", "promise.", "dispute.opened", "dispute.closed", "dispute.exchange", "dispute.credit", "plan.", "limitation.", "customer.insolvent", "case." };
	for (size_t k = 0; k < COUNT(kinds); k++) {
		struct event *events;
		size_t count;
		TRY(event_list(m->db, m->viewer, m->company->id, m->facts->customer.id, kinds[k], 0, 500, m->arena, &events, &count));
		for (size_t i = 0; i < count; i++) {
			json_t *content = json_loads(events[i].content, 0, NULL);
			const char *text = json_string_value(json_object_get(content, "text"));
			add_step(m, room, events[i].day, text && *text ? arena_printf(m->arena, "%s: %s", tr(m->facts->lang, event_words(events[i].kind)), text)
			                                               : arena_strdup(m->arena, tr(m->facts->lang, event_words(events[i].kind))));
			json_decref(content);
		}
	}
	return STATUS_FINE;
}

/* --- what is missing, and the data --------------------------------------------------------------------------------------------------- */

static void miss(struct making *m, const char *words) { m->facts->missing[m->facts->missing_count++] = words; }

/* The day of the last formal notice that left for this customer. */
static struct status find_notice(struct making *m)
{
	cleanup_rows struct rows *rows = db_query(m->db,
		"SELECT max(a.done_day) FROM action a JOIN company m ON m.tenant_id = a.tenant_id AND m.id = a.company_id WHERE a.tenant_id = $tenant"
		" AND a.company_id = $company AND a.customer_id = $customer AND a.step_rank = 6 AND a.state IN ('sent', 'done') AND a.test = 1 - m.live",
		DB_ARGS(db_int("tenant", m->company->tenant_id), db_int("company", m->company->id), db_int("customer", m->facts->customer.id)));
	m->facts->notice_day = DAY_NONE;
	if (rows_next(rows) && !row_null(rows, 0)) m->facts->notice_day = row_day(rows, 0);
	return rows_status(rows);
}

static struct status look_for_gaps(struct making *m, bool ordered, bool proved)
{
	struct bundle_facts *facts = m->facts;
	const struct customer *who = &facts->customer;
	enum lang lang = facts->lang;
	facts->missing = arena_array(m->arena, const char *, 2 * facts->item_count + 12);
	if (!*who->address || !*who->city) miss(m, tr(lang, "The debtor’s address"));
	if (!*who->siren && strcmp(who->class, "consumer") != 0) miss(m, tr(lang, "The debtor’s SIREN"));
	if (strcmp(who->class, "unknown") == 0 || !*who->class) miss(m, tr(lang, "Whether the debtor is a professional or a consumer: it decides which court, and the fixed fee"));
	if (!*facts->statement.sender.address) miss(m, tr(lang, "Our own address (settings, company)"));
	if (!*facts->statement.sender.siren) miss(m, tr(lang, "Our own SIREN (settings, company)"));
	if (!*facts->statement.sender.signatory_name) miss(m, tr(lang, "Our legal representative, who signs (settings, signature)"));
	if (facts->notice_day == DAY_NONE && !proved) miss(m, tr(lang, "A formal notice with its proof of sending: none was sent from here"));
	if (facts->notice_day != DAY_NONE && !proved) miss(m, tr(lang, "The proof of sending or receipt of the formal notice"));
	if (!ordered) miss(m, tr(lang, "The order or the contract"));
	for (size_t i = 0; i < facts->item_count; i++) {
		if (!facts->items[i].invoiced) miss(m, arena_printf(m->arena, tr(lang, "The invoice %s as a document"), facts->items[i].number));
		if (!facts->items[i].delivered) miss(m, arena_printf(m->arena, tr(lang, "The delivery note or the acceptance of the work of %s"), facts->items[i].number));
	}
	return STATUS_FINE;
}

static json_t *decimals(int64_t minor) { return json_sprintf("%s%lld.%02lld", minor < 0 ? "-" : "", (long long)(minor < 0 ? -minor : minor) / 100, (long long)(minor < 0 ? -minor : minor) % 100); }

static json_t *iso_day(int32_t day)
{
	char iso[11];
	if (day == DAY_NONE) return json_null();
	day_format(day, iso);
	return json_string(iso);
}

static struct status data(struct making *m)
{
	struct bundle_facts *facts = m->facts;
	const struct compose_sender *us = &facts->statement.sender;
	const struct customer *who = &facts->customer;
	json_t *items = json_array(), *exhibits = json_array();
	for (size_t i = 0; i < facts->item_count; i++) {
		const struct bundle_item *item = &facts->items[i];
		json_t *row = json_pack("{s:s}", "numero", item->number);
		json_object_set_new(row, "date", iso_day(item->issue_day));
		json_object_set_new(row, "echeance", iso_day(item->due_day));
		json_object_set_new(row, "montant_ttc", decimals(item->amount));
		json_object_set_new(row, "reste_du", decimals(item->open));
		json_object_set_new(row, "interets", decimals(item->interest.interest));
		json_object_set_new(row, "indemnite", decimals(item->interest.fee));
		json_object_set_new(row, "prescrite_a_compter_du", iso_day(item->barred_from));
		json_array_append_new(items, row);
	}
	for (size_t i = 0; i < facts->exhibit_count; i++)
		json_array_append_new(exhibits, json_pack("{s:I, s:s, s:s, s:s}", "numero", (json_int_t)(i + 1), "fichier", facts->exhibits[i].name, "objet",
		                                          facts->exhibits[i].label, "sha256", facts->exhibits[i].sha256));
	bool consumer = strcmp(who->class, "consumer") == 0;
	json_t *all = json_pack("{s:{s:s,s:s,s:s,s:s,s:s,s:s,s:s,s:s}, s:{s:s,s:s,s:s,s:s,s:s,s:s,s:b}, s:s, s:s}",
		"creancier", "nom", us->name, "forme", us->form, "capital", us->capital, "rcs", us->rcs, "siren", us->siren, "adresse", us->address, "code_postal",
		us->postcode, "ville", us->city,
		"debiteur", "nom", who->name, "siren", who->siren, "adresse", who->address, "code_postal", who->postcode, "ville", who->city, "pays", who->country,
		"consommateur", consumer, "devise", facts->file.currency, "voie", facts->file.route);
	json_object_set_new(all, "tribunal", json_string(consumer ? "Tribunal judiciaire du lieu où demeure le débiteur" : "Tribunal de commerce ou des activités économiques du siège du débiteur"));
	json_object_set_new(all, "cerfa", json_string(strcmp(facts->file.route, "order_for_payment") == 0 ? consumer ? "12948" : "12946" : ""));
	json_object_set_new(all, "principal", decimals(facts->principal));
	json_object_set_new(all, "interets", decimals(facts->interest));
	json_object_set_new(all, "indemnite_forfaitaire", decimals(facts->fee));
	json_object_set_new(all, "total", decimals(facts->principal + facts->interest + facts->fee));
	json_object_set_new(all, "factures", items);
	json_object_set_new(all, "bordereau", exhibits);
	cleanup_free char *text = json_dumps(all, JSON_INDENT(2) | JSON_PRESERVE_ORDER);
	json_decref(all);
	if (!text) return status_make(STATUS_INTERNAL, "The data of the file hold text that can't be written.");
	return put(m, "donnees.json", NULL, arena_strdup(m->arena, text), strlen(text));
}

/* --- proof ------------------------------------------------------------------------------------------------------------------------------ */

static struct status proof(struct making *m)
{
	cleanup_text struct text chain = { 0 };
	TRY(event_head(m->db, m->company->tenant_id, m->company->id, &m->facts->head_seq, m->facts->head));
	TRY(event_proof(m->db, m->company->tenant_id, m->company->id, m->facts->customer.id, &chain));
	TRY(put(m, "preuve/chaine.jsonl", NULL, arena_strndup(m->arena, chain.bytes, chain.len), chain.len));
	struct asset script;
	if (!asset_find("assets/proof/verifier.py", &script)) return status_make(STATUS_INTERNAL, "The program lacks its file %s.", "verifier.py");
	return put(m, "preuve/verifier.py", NULL, script.bytes, script.len);
}

static struct status sums(struct making *m)
{
	cleanup_text struct text list = { 0 };
	for (size_t i = 0; i < m->count; i++) text_addf(&list, "%s  %s\n", sum_hex(m->files[i].bytes, m->files[i].len, m->arena), m->files[i].name);
	return put(m, "SHA256SUMS", NULL, arena_strndup(m->arena, list.bytes, list.len), list.len);
}

/* All that is known of a file, its exhibits in making->files. The facts live in making->facts. */
static struct status gather(struct making *m, int64_t file_id)
{
	struct bundle_facts *facts = m->facts;
	size_t room = 0;
	bool ordered = false, proved = false;
	*facts = (struct bundle_facts){ .lang = lang_parse(setting_text(m->settings, "language"), LANG_FR), .today = m->today, .barred_from = DAY_NONE };
	if (!viewer_may(m->viewer, RIGHT_EXPORT)) return status_make(STATUS_FORBIDDEN, "Your role does not allow this.");
	TRY(case_file_get(m->db, m->viewer, m->company->id, file_id, m->arena, &facts->file));
	facts->route = case_route_find(facts->file.route);
	TRY(customer_get(m->db, m->viewer, m->company->id, facts->file.customer_id, m->arena, &facts->customer));
	TRY(facts_of_customer(m->db, m->viewer, m->company, m->settings, facts->customer.code, "reminder", m->today, m->arena, &facts->statement));
	facts->exhibits = arena_array(m->arena, struct bundle_exhibit, FILES_MOST);
	m->files = arena_array(m->arena, struct zip_file, FILES_MOST + 8);
	TRY(claim(m));
	TRY(find_notice(m));
	struct attachment statement;
	if (facts->statement.item_count) {
		facts->statement.lang = facts->lang;
		TRY(statement_pdf(&facts->statement, m->arena, &statement));
		TRY(put(m, "01-releve.pdf", tr(facts->lang, "Statement of account"), statement.bytes, statement.len));
	}
	TRY(documents(m, &ordered, &proved));
	TRY(messages(m, &room));
	TRY(answers(m, &room));
	TRY(happened(m, &room));
	if (facts->step_count) qsort(facts->steps, facts->step_count, sizeof *facts->steps, step_order);
	return look_for_gaps(m, ordered, proved);
}

struct status bundle_make(struct db *db, const struct viewer *viewer, const struct company *company, const struct settings *settings,
                          int64_t file_id, int32_t today, int64_t now, struct arena *arena, struct bundle *out)
{
	*out = (struct bundle){ 0 };
	struct bundle_facts facts;
	struct making making = { .db = db, .viewer = viewer, .company = company, .settings = settings, .arena = arena, .facts = &facts, .today = today };
	TRY(gather(&making, file_id));
	TRY(proof(&making));
	TRY(data(&making));
	struct attachment index, sheet;
	if (court_paper_for(facts.file.route)) {
		TRY(court_paper(&facts, arena, &sheet));
		TRY(put(&making, arena_printf(arena, "02-%s", sheet.name), NULL, sheet.bytes, sheet.len));
	}
	TRY(bundle_index(&facts, arena, &index));
	TRY(put(&making, "00-dossier.pdf", NULL, index.bytes, index.len));
	TRY(sums(&making));
	TRY(zip_make(making.files, making.count, now, &out->zip));
	crypto_hash_sha256(out->digest, (const unsigned char *)out->zip.bytes, out->zip.len);
	memcpy(out->head, facts.head, sizeof out->head);
	char iso[11];
	day_format(today, iso);
	out->name = arena_printf(arena, "dossier-%lld-%s-%s.zip", (long long)file_id, tame(facts.customer.code, arena), iso);
	return STATUS_FINE;
}

/* --- for somebody who is no court ------------------------------------------------------------------------------------------------------ */

static struct status name_items(struct making *m, const int64_t *items, size_t count)
{
	struct bundle_facts *facts = m->facts;
	facts->items = arena_array(m->arena, struct bundle_item, count + 1);
	for (size_t i = 0; i < count; i++) {
		struct item item;
		TRY(item_get(m->db, m->viewer, m->company->id, items[i], &item));
		if (item.customer_id != facts->customer.id) return status_make(STATUS_INVALID, "%s is another customer's.", item.number);
		facts->items[facts->item_count++] = (struct bundle_item){ .id = item.id, .number = arena_strdup(m->arena, item.number), .amount = item.amount, .open = item.open,
			.issue_day = item.issue_day, .due_day = item.due_day, .barred_from = DAY_NONE };
		facts->principal += item.open;
	}
	return STATUS_FINE;
}

struct status bundle_of_items(struct db *db, const struct viewer *viewer, const struct company *company, const struct settings *settings, int64_t customer_id,
                              const struct bundle_front *front, int32_t today, int64_t now, struct arena *arena, struct bundle *out)
{
	*out = (struct bundle){ 0 };
	if (!viewer_may(viewer, RIGHT_EXPORT)) return status_make(STATUS_FORBIDDEN, "Your role does not allow this.");
	struct bundle_facts facts = { .lang = lang_parse(setting_text(settings, "language"), LANG_FR), .today = today };
	TRY(customer_get(db, viewer, company->id, customer_id, arena, &facts.customer));
	TRY(facts_of_customer(db, viewer, company, settings, facts.customer.code, "reminder", today, arena, &facts.statement));
	facts.exhibits = arena_array(arena, struct bundle_exhibit, FILES_MOST);
	struct making making = { db, viewer, company, settings, arena, &facts, arena_array(arena, struct zip_file, FILES_MOST + 8), 0, 0, today };
	size_t room = 0;
	struct attachment statement, first;
	TRY(name_items(&making, front->items, front->item_count));
	if (facts.statement.item_count) {
		facts.statement.lang = facts.lang;
		TRY(statement_pdf(&facts.statement, arena, &statement));
		TRY(put(&making, "01-releve.pdf", tr(facts.lang, "Statement of account"), statement.bytes, statement.len));
	}
	for (size_t i = 0; i < front->more_count; i++) TRY(put(&making, front->more[i].name, NULL, front->more[i].bytes, front->more[i].len));
	TRY(documents(&making, &(bool){ false }, &(bool){ false }));
	TRY(messages(&making, &room));
	TRY(answers(&making, &room));
	TRY(happened(&making, &room));
	if (facts.step_count) qsort(facts.steps, facts.step_count, sizeof *facts.steps, step_order);
	TRY(front->front(&facts, front->context, arena, &first));
	TRY(put(&making, first.name, NULL, first.bytes, first.len));
	TRY(sums(&making));
	TRY(zip_make(making.files, making.count, now, &out->zip));
	crypto_hash_sha256(out->digest, (const unsigned char *)out->zip.bytes, out->zip.len);
	char iso[11];
	day_format(today, iso);
	out->name = arena_printf(arena, "%s-%s-%s.zip", front->name, tame(facts.customer.code, arena), iso);
	return STATUS_FINE;
}

struct status bundle_sheet(struct db *db, const struct viewer *viewer, const struct company *company, const struct settings *settings, int64_t file_id,
                           int32_t today, struct arena *arena, struct attachment *out)
{
	struct bundle_facts facts;
	struct making making = { .db = db, .viewer = viewer, .company = company, .settings = settings, .arena = arena, .facts = &facts, .today = today };
	TRY(gather(&making, file_id));
	if (!court_paper_for(facts.file.route)) return status_make(STATUS_INVALID, "Only an order for payment and small claims have a sheet.");
	return court_paper(&facts, arena, out);
}
