/* Taking an answer: checked, kept, handed to its remedy, confirmed. */
#include "outreach/debtor_answer.h"

#include "base/calendar.h"
#include "base/day.h"
#include "base/email.h"
#include "base/memory.h"
#include "base/text.h"
#include "base/words.h"
#include "dunning/plan_load.h"
#include "ledger/customer.h"
#include "ledger/document.h"
#include "ledger/event.h"
#include "ledger/item.h"
#include "ledger/payer_group.h"
#include "ledger/reply.h"
#include "outreach/answer_inside.h"
#include "outreach/facts.h"
#include "outreach/outbox.h"

#include <sodium.h>

/* --- words ------------------------------------------------------------------------------------------------------------------ */
static const struct {
	const char *code, *label, *setting, *topic;
} kinds[ANSWER_KIND_COUNT] = {
	[ANSWER_PROMISE] = { "promise", "I will pay on…", "debtor.on_promise", "promise" },
	[ANSWER_PAID] = { "paid", "I have already paid", "debtor.on_paid", "paid" },
	[ANSWER_DISPUTE] = { "dispute", "I dispute this", "debtor.on_dispute", "dispute" },
	[ANSWER_DOCUMENT] = { "document", "A document is missing", "debtor.on_document", "document" },
	[ANSWER_CREDIT] = { "credit", "I await a credit note", "debtor.on_credit", "credit" },
	[ANSWER_CONTACT] = { "contact", "Wrong contact", "debtor.on_contact", "contact" },
	[ANSWER_INSTALMENTS] = { "instalments", "I propose instalments", "debtor.on_instalments", "plan" },
};

const char *answer_kind_code(enum answer_kind kind)
{
	return kinds[kind].code;
}

bool answer_kind_parse(const char *code, enum answer_kind *out)
{
	for (int i = 0; code && i < ANSWER_KIND_COUNT; i++)
		if (strcmp(kinds[i].code, code) == 0) return *out = (enum answer_kind)i, true;
	return false;
}

const char *answer_kind_label(enum answer_kind kind)
{
	return kinds[kind].label;
}

const char *const answer_reasons[] = { "price", "quality", "delivery", "quantity", "duplicate", "other", NULL };
static const char *const reason_labels[] = { "The price is not the one agreed", "The goods or the service are not right", "Not delivered, or late",
	                                     "The quantity is wrong", "Billed twice", "Another reason" };
const char *const answer_papers[] = { "invoice", "purchase_order", "delivery_note", "other", NULL };
static const char *const paper_labels[] = { "Copy of the invoice", "Purchase order", "Delivery note", "Another document" };

static const char *label_of(const char *const *codes, const char *const *labels, const char *code)
{
	for (size_t i = 0; codes[i]; i++)
		if (strcmp(codes[i], code) == 0) return labels[i];
	return NULL;
}

const char *answer_reason_label(const char *code)
{
	const char *label = label_of(answer_reasons, reason_labels, code);
	return label ? label : "Another reason";
}

const char *answer_paper_label(const char *code)
{
	const char *label = label_of(answer_papers, paper_labels, code);
	return label ? label : "Another document";
}

/* --- files --------------------------------------------------------------------------------------------------------------------- */
static const struct {
	const char *type, *ending;
} file_types[] = { { "application/pdf", ".pdf" }, { "image/jpeg", ".jpg" }, { "image/png", ".png" }, { "image/webp", ".webp" }, { "image/heic", ".heic" } };

const char *answer_file_type(const char *bytes, size_t len)
{
	if (len < 16) return NULL;
	if (memcmp(bytes, "%PDF-", 5) == 0) return file_types[0].type;
	if (memcmp(bytes, "\xFF\xD8\xFF", 3) == 0) return file_types[1].type;
	if (memcmp(bytes, "\x89PNG\r\n\x1a\n", 8) == 0) return file_types[2].type;
	if (memcmp(bytes, "RIFF", 4) == 0 && memcmp(bytes + 8, "WEBP", 4) == 0) return file_types[3].type;
	if (memcmp(bytes + 4, "ftyphei", 7) == 0 || memcmp(bytes + 4, "ftypmif1", 8) == 0) return file_types[4].type;
	return NULL;
}

const char *answer_file_name(const char *given, const char *type, struct arena *arena)
{
	const char *ending = ".bin", *name = given ? given : "";
	for (size_t i = 0; i < COUNT(file_types); i++)
		if (strcmp(file_types[i].type, type) == 0) ending = file_types[i].ending;
	for (const char *at = name; *at; at++)
		if (*at == '/' || *at == '\\') name = at + 1;
	size_t len = strlen(name);
	const char *dot = strrchr(name, '.');
	if (dot && dot > name) len = (size_t)(dot - name);
	if (len > 80) len = 80;
	while (len && !utf8_valid(name, len)) len--;
	cleanup_text struct text out = { 0 };
	for (size_t i = 0; i < len; i++) text_add_char(&out, (unsigned char)name[i] < 32 || name[i] == 127 || strchr("\"<>|:*?", name[i]) ? '_' : name[i]);
	const char *made = text_cstr(&out);
	while (*made == '.' || *made == ' ') made++;
	return arena_printf(arena, "%s%s", *made ? made : "document", ending);
}

/* --- checks ------------------------------------------------------------------------------------------------------------------- */
static const char *or_empty(const char *value)
{
	return value ? value : "";
}

static struct status check_text(const char *value, size_t limit)
{
	if (strlen(value) > limit || !utf8_valid(value, strlen(value)))
		return status_make(STATUS_INVALID, "This text is too long, or not readable: at most %d characters.", (int)limit);
	for (const unsigned char *c = (const unsigned char *)value; *c; c++)
		if (*c < 32 && *c != '\n' && *c != '\r' && *c != '\t') return status_make(STATUS_INVALID, "This text holds characters that can't be shown.");
	return STATUS_FINE;
}

int32_t debtor_last_day(const struct settings *settings, const char *country, int32_t today, struct arena *arena)
{
	struct calendar calendar = calendar_of(settings, country, arena);
	int64_t days = setting_int(settings, "debtor.promise_days"), furthest = setting_int(settings, "promise.max_days");
	if (days > furthest) days = furthest;
	int32_t last = calendar_previous(&calendar, today + (int32_t)days);
	return last < today ? today : last;
}

/* Whole and within bounds; a promised day goes to the next working day, so that a transfer can be made on it. */
static struct status check(const struct change *change, const struct settings *settings, struct answer_new *answer, struct arena *arena)
{
	TRY(check_text(answer->text, ANSWER_TEXT_MAX));
	TRY(check_text(answer->reference, 140));
	TRY(check_text(answer->name, 120));
	TRY(check_text(answer->phone, 40));
	if (answer->count > ANSWER_ITEMS) return status_make(STATUS_INVALID, "Please answer for at most %d items at once.", ANSWER_ITEMS);
	if (!answer->count && answer->kind != ANSWER_CONTACT) return status_make(STATUS_INVALID, "Tick at least one invoice, then answer.");
	if (answer->file_count > ANSWER_FILES) return status_make(STATUS_INVALID, "Please send at most %d files at once.", ANSWER_FILES);
	for (size_t i = 0; i < answer->file_count; i++) {
		if (answer->files[i].len > ANSWER_FILE_MAX) return status_make(STATUS_INVALID, "“%s” is over %d MB.", answer->files[i].name, ANSWER_FILE_MAX >> 20);
		if (!answer_file_type(answer->files[i].bytes, answer->files[i].len))
			return status_make(STATUS_INVALID, "“%s” can't be taken: send a PDF or a picture.", answer->files[i].name);
	}
	struct calendar calendar = calendar_of(settings, change->company.country, arena);
	int32_t last = debtor_last_day(settings, change->company.country, change->today, arena);
	cleanup_text struct text words = { 0 };
	words_date(&words, lang_spoken(), last);
	switch (answer->kind) {
	case ANSWER_PROMISE:
		if (answer->day == DAY_NONE) return status_make(STATUS_INVALID, "On which day will you pay? Choose a date.");
		if (answer->day < change->today) return status_make(STATUS_INVALID, "This day is past: choose today or a later one.");
		if (answer->day > last) return status_make(STATUS_INVALID, "Please choose a day until %s. For a later one, propose instalments.", text_cstr(&words));
		answer->day = calendar_next(&calendar, answer->day);
		if (answer->day > last && last >= change->today) answer->day = last;
		return STATUS_FINE;
	case ANSWER_PAID:
		if (answer->day == DAY_NONE) return status_make(STATUS_INVALID, "On which day did you pay? Choose a date.");
		if (answer->day > change->today || answer->day < change->today - 400)
			return status_make(STATUS_INVALID, "The day of a payment made is today or in the past year.");
		return STATUS_FINE;
	case ANSWER_DISPUTE:
		if (!*answer->reason) answer->reason = "other";
		if (!label_of(answer_reasons, reason_labels, answer->reason)) return status_make(STATUS_INVALID, "Choose a reason from the list.");
		if (!slice_trim(slice_of(answer->text)).len) return status_make(STATUS_INVALID, "Please say in a few words what is wrong.");
		return STATUS_FINE;
	case ANSWER_DOCUMENT:
		if (!*answer->paper) answer->paper = "other";
		if (!label_of(answer_papers, paper_labels, answer->paper)) return status_make(STATUS_INVALID, "Choose a document from the list.");
		return STATUS_FINE;
	case ANSWER_CREDIT: return STATUS_FINE;
	case ANSWER_CONTACT: {
		char folded[160];
		if (!*answer->email && !*answer->name && !*answer->phone && !slice_trim(slice_of(answer->text)).len)
			return status_make(STATUS_INVALID, "Who is the right person? Give a name, an e-mail address or a telephone number.");
		if (*answer->email && !email_fold(answer->email, folded, sizeof folded))
			return status_make(STATUS_INVALID, "“%s” is not an e-mail address.", answer->email);
		return STATUS_FINE;
	}
	case ANSWER_INSTALMENTS:
		if (answer->parts < 2 || answer->parts > 24) return status_make(STATUS_INVALID, "Instalments are 2 to 24, one a month.");
		if (answer->day == DAY_NONE || answer->day < change->today || answer->day > change->today + 92)
			return status_make(STATUS_INVALID, "The first instalment is due within three months.");
		return STATUS_FINE;
	case ANSWER_KIND_COUNT: break;
	}
	return STATUS_FINE;
}

/* --- what was said, in one sentence ------------------------------------------------------------------------------------------- */
struct named {
	const char *numbers; /* "FA1, FA2 and 3 others" would hide which: all of them, at most 30 by name */
	int64_t open;
	char currency[4];
	int64_t *amounts;
};

static struct status name_items(struct change *change, int64_t customer_id, const struct answer_new *answer, struct arena *arena, struct named *out)
{
	cleanup_text struct text list = { 0 };
	*out = (struct named){ .amounts = arena_array(arena, int64_t, answer->count + 1) };
	for (size_t i = 0; i < answer->count; i++) {
		struct item item;
		struct status status = item_get(change->db, change->viewer, change->company.id, answer->items[i], &item);
		/* another customer's is as if it did not exist */
		if (status.code == STATUS_NOT_FOUND || (!status.code && item.customer_id != customer_id))
			return status_make(STATUS_CONFLICT, "Your account has changed meanwhile. Look at it again, then answer.");
		TRY(status);
		for (size_t j = 0; j < i; j++)
			if (answer->items[j] == answer->items[i]) return status_make(STATUS_INVALID, "The same invoice is named twice.");
		if (i < 30) text_addf(&list, "%s%s", i ? ", " : "", item.number);
		if (i == 30) text_addf(&list, " … (%zu)", answer->count);
		if (!*out->currency) memcpy(out->currency, item.currency, sizeof out->currency);
		out->amounts[i] = item.open;
		if (strcmp(out->currency, item.currency) == 0) out->open += item.open;
	}
	out->numbers = arena_strdup(arena, text_cstr(&list));
	return STATUS_FINE;
}

static const char *say(enum lang lang, const struct answer_new *answer, const struct named *named, struct arena *arena)
{
	cleanup_text struct text out = { 0 }, amount = { 0 }, day = { 0 };
	if (answer->count) words_amount(&amount, lang, named->open, named->currency);
	if (answer->day != DAY_NONE) words_date(&day, lang, answer->day);
	switch (answer->kind) {
	case ANSWER_PROMISE: text_addf(&out, tr(lang, "Payment announced for %s: %s (%s)."), text_cstr(&day), named->numbers, text_cstr(&amount)); break;
	case ANSWER_PAID:
		text_addf(&out, tr(lang, "Said to be paid on %s: %s (%s)."), text_cstr(&day), named->numbers, text_cstr(&amount));
		if (*answer->reference) text_addf(&out, tr(lang, " Reference: %s."), answer->reference);
		break;
	case ANSWER_DISPUTE: text_addf(&out, tr(lang, "Disputed: %s (%s). %s."), named->numbers, text_cstr(&amount), tr(lang, answer_reason_label(answer->reason))); break;
	case ANSWER_DOCUMENT: text_addf(&out, tr(lang, "Document asked for: %s, for %s."), tr(lang, answer_paper_label(answer->paper)), named->numbers); break;
	case ANSWER_CREDIT: text_addf(&out, tr(lang, "Credit note awaited for %s (%s)."), named->numbers, text_cstr(&amount)); break;
	case ANSWER_CONTACT:
		text_addf(&out, tr(lang, "The right person: %s"), *answer->name ? answer->name : *answer->email ? answer->email : answer->phone);
		if (*answer->name && *answer->email) text_addf(&out, ", %s", answer->email);
		if (*answer->phone && (*answer->name || *answer->email)) text_addf(&out, ", %s", answer->phone);
		text_add_char(&out, '.');
		break;
	case ANSWER_INSTALMENTS:
		text_addf(&out, tr(lang, "%lld monthly instalments proposed from %s on: %s (%s)."), (long long)answer->parts, text_cstr(&day), named->numbers, text_cstr(&amount));
		break;
	case ANSWER_KIND_COUNT: break;
	}
	return arena_strdup(arena, text_cstr(&out));
}

/* --- once ------------------------------------------------------------------------------------------------------------------------ */
static void digest_part(crypto_generichash_state *state, const void *bytes, size_t len)
{
	uint64_t length = len;
	crypto_generichash_update(state, (const unsigned char *)&length, sizeof length);
	crypto_generichash_update(state, bytes, len);
}

static void digest(const struct answer_new *answer, const char *key, unsigned char out[static 32])
{
	crypto_generichash_state state;
	crypto_generichash_init(&state, NULL, 0, 32);
	digest_part(&state, key, strlen(key));
	digest_part(&state, kinds[answer->kind].code, strlen(kinds[answer->kind].code));
	digest_part(&state, answer->items, answer->count * sizeof *answer->items);
	digest_part(&state, &answer->day, sizeof answer->day);
	digest_part(&state, &answer->parts, sizeof answer->parts);
	const char *const texts[] = { answer->text, answer->reference, answer->reason, answer->paper, answer->name, answer->email, answer->phone };
	for (size_t i = 0; i < COUNT(texts); i++) digest_part(&state, texts[i], strlen(texts[i]));
	for (size_t i = 0; i < answer->file_count; i++) digest_part(&state, answer->files[i].bytes, answer->files[i].len);
	crypto_generichash_final(&state, out, 32);
}

struct said {
	unsigned char key[32], content[32];
};

static struct status find_said(struct change *change, const struct debtor_link *link, const struct said *said, struct answer_done *out)
{
	bool found = false;
	TRY(db_get_int(change->db,
	        "SELECT id FROM answer WHERE tenant_id = $tenant AND company_id = $company AND link_id = $link "
	        "AND (key = $key OR (content = $content AND at > $since)) ORDER BY id DESC LIMIT 1",
	        DB_ARGS(db_int("tenant", link->tenant_id), db_int("company", link->company_id), db_int("link", link->id),
	                db_blob("key", said->key, sizeof said->key), db_blob("content", said->content, sizeof said->content),
	                db_int("since", change->now - 600)),
	        &out->id, &found));
	out->again = found;
	return STATUS_FINE;
}

static struct status check_rate(struct change *change, const struct debtor_link *link)
{
	int64_t today = 0;
	TRY(db_get_int(change->db, "SELECT COUNT(*) FROM answer WHERE tenant_id = $tenant AND company_id = $company AND link_id = $link AND at > $since",
	               DB_ARGS(db_int("tenant", link->tenant_id), db_int("company", link->company_id), db_int("link", link->id),
	                       db_int("since", change->now - 86400)), &today, NULL));
	return today >= ANSWERS_A_DAY ? status_make(STATUS_CONFLICT, "That is a lot of answers for one day. Please call us, or come back tomorrow.")
	                              : STATUS_FINE;
}

/* --- keeping ----------------------------------------------------------------------------------------------------------------------- */
struct keeping {
	struct change *change;
	const struct debtor_link *link;
	const struct answer_new *answer;
	const struct settings *settings;
	struct arena *arena;
	struct named named;
	const char *words, *detail, *state, *waits;
	int64_t id, reply_id, owner_id;
	int32_t due_day;
	const struct said *said;
};

static struct status keep_row(struct keeping *k)
{
	struct change *change = k->change;
	return db_run(change->db,
	        "INSERT INTO answer (tenant_id, company_id, id, customer_id, link_id, reply_id, key, content, kind, at, day, text, words, detail, "
	        "state, waits, owner_id, due_day, rev) VALUES ($tenant, $company, $id, $customer, $link, $reply, $key, $content, $kind, $now, "
	        "$today, $text, $words, $detail, $state, $waits, $owner, $due, $rev)",
	        DB_ARGS(db_int("tenant", k->link->tenant_id), db_int("company", k->link->company_id), db_int("id", k->id),
	                db_int("customer", k->link->customer_id), db_int("link", k->link->id), db_int("reply", k->reply_id),
	                db_blob("key", k->said->key, 32), db_blob("content", k->said->content, 32), db_text("kind", kinds[k->answer->kind].code),
	                db_int("now", change->now), db_day("today", change->today), db_text("text", k->answer->text), db_text("words", k->words),
	                db_text("detail", k->detail), db_text("state", k->state), db_text("waits", k->waits), db_int("owner", k->owner_id),
	                db_day("due", k->due_day), db_int("rev", change->rev)));
}

static struct status keep_items(struct keeping *k)
{
	for (size_t i = 0; i < k->answer->count; i++)
		TRY(db_run(k->change->db,
		        "INSERT INTO answer_item (tenant_id, company_id, answer_id, item_id, amount) VALUES ($tenant, $company, $answer, $item, $amount)",
		        DB_ARGS(db_int("tenant", k->link->tenant_id), db_int("company", k->link->company_id), db_int("answer", k->id),
		                db_int("item", k->answer->items[i]), db_int("amount", k->named.amounts[i]))));
	return STATUS_FINE;
}

static struct status keep_files(struct keeping *k)
{
	for (size_t i = 0; i < k->answer->file_count; i++) {
		const struct answer_file *file = &k->answer->files[i];
		const char *type = answer_file_type(file->bytes, file->len);
		int64_t document = 0;
		TRY(document_add(k->change,
		        &(struct document_new){ .customer_id = k->link->customer_id, .item_id = k->answer->count == 1 ? k->answer->items[0] : 0,
		                                .name = answer_file_name(file->name, type, k->arena), .type = type, .bytes = file->bytes, .len = file->len },
		        &document));
		TRY(db_run(k->change->db, "UPDATE document SET reply_id = $reply WHERE tenant_id = $tenant AND company_id = $company AND id = $id",
		           DB_ARGS(db_int("reply", k->reply_id), db_int("tenant", k->link->tenant_id), db_int("company", k->link->company_id),
		                   db_int("id", document))));
		TRY(db_run(k->change->db,
		        "INSERT INTO answer_file (tenant_id, company_id, answer_id, document_id) VALUES ($tenant, $company, $answer, $document)",
		        DB_ARGS(db_int("tenant", k->link->tenant_id), db_int("company", k->link->company_id), db_int("answer", k->id),
		                db_int("document", document))));
	}
	return STATUS_FINE;
}

/* A line of thanks to the address the link went to; one that was handed over by a person, or printed, has none. */
static struct status confirm_by_mail(struct keeping *k)
{
	struct change *change = k->change;
	if (!*k->link->recipient) return STATUS_FINE;
	struct status usable = recipient_check(change->db, k->link->tenant_id, k->link->company_id, k->link->recipient);
	if (usable.code == STATUS_CONFLICT || usable.code == STATUS_INVALID) return STATUS_FINE;
	TRY(usable);
	struct customer customer;
	struct compose_facts facts;
	struct template_text text;
	struct message message;
	TRY(customer_get(change->db, change->viewer, change->company.id, k->link->customer_id, k->arena, &customer));
	if (customer.stopped) return STATUS_FINE;
	TRY(facts_of_customer(change->db, change->viewer, &change->company, k->settings, customer.code, "answer_received", change->today, k->arena,
	                      &facts));
	if (strcmp(facts.recipient, k->link->recipient) != 0) facts.contact_name = "";
	facts.recipient = k->link->recipient;
	enum lang own; /* his page was in French or English: his own language stays that of the text where it is neither */
	facts_language(&facts, language_words(facts.language, lang_spoken(), &own) ? lang_code(lang_spoken()) : facts.language, lang_spoken());
	facts.answer_words = *k->answer->text ? arena_printf(k->arena, "%s\n%s", k->words, k->answer->text) : k->words;
	TRY(template_load(change->db, k->link->tenant_id, k->link->company_id, "answer_received", facts.language, facts.lang, k->arena, &text));
	TRY(compose_message(&facts, &text, k->arena, &message));
	char key[64];
	int64_t outbox = 0;
	snprintf(key, sizeof key, "answer-%lld", (long long)k->id);
	return outbox_add(change, k->settings,
	        &(struct outbox_new){ .customer_id = k->link->customer_id, .key = key, .held = !change->company.live || !mail_ready(k->settings),
	                              .channel = "email", .message = &message }, &outbox);
}

static struct status keep(struct keeping *k)
{
	struct change *change = k->change;
	cleanup_text struct text whole = { 0 };
	text_add(&whole, k->words);
	if (*k->answer->text) text_addf(&whole, "\n%s", k->answer->text);
	TRY(reply_note(change, &(struct reply_new){ .customer_id = k->link->customer_id, .kind = REPLY_REPLY, .address = k->link->recipient,
	                                            .text = text_cstr(&whole), .source = "page", .topic = kinds[k->answer->kind].topic,
	                                            .detail = k->detail, .outbox_id = k->link->outbox_id }, &k->reply_id));
	TRY(keep_row(k));
	TRY(keep_items(k));
	TRY(keep_files(k));
	return event_add_json(change, (struct event_new){ .kind = "answer.received", .customer_id = k->link->customer_id, .ref = k->id },
	        json_pack("{s:s, s:s, s:s, s:s, s:s, s:I, s:I}", "kind", kinds[k->answer->kind].code, "words", k->words, "text", k->answer->text,
	                  "address", k->link->recipient, "items", k->named.numbers ? k->named.numbers : "", "link", (json_int_t)k->link->id, "files",
	                  (json_int_t)k->answer->file_count));
}

static struct status set_state(struct change *change, int64_t id, const char *state, const char *waits)
{
	return db_run(change->db,
	        "UPDATE answer SET state = $state, waits = $waits, rev = $rev WHERE tenant_id = $tenant AND company_id = $company AND id = $id",
	        DB_ARGS(db_text("state", state), db_text("waits", waits), db_int("rev", change->rev), db_int("tenant", change->company.tenant_id),
	                db_int("company", change->company.id), db_int("id", id)));
}

/* Of one customer: the link's, or one he pays for. `words` gets what was said; NULL: he is told of it himself. */
static struct status answer_one(struct change *change, const struct debtor_link *link, const struct answer_new *given, struct text *words,
                                struct arena *arena, struct answer_done *out)
{
	struct answer_new answer = *given;
	answer.text = or_empty(given->text), answer.reference = or_empty(given->reference), answer.reason = or_empty(given->reason);
	answer.paper = or_empty(given->paper), answer.name = or_empty(given->name), answer.email = or_empty(given->email);
	answer.phone = or_empty(given->phone);
	*out = (struct answer_done){ 0 };
	const struct settings *settings;
	TRY(settings_load(change->db, link->tenant_id, link->company_id, arena, &settings));
	TRY(check(change, settings, &answer, arena));
	struct said said;
	digest(&answer, or_empty(given->key), said.key);
	digest(&answer, "", said.content);
	TRY(find_said(change, link, &said, out));
	if (out->again) return STATUS_FINE;
	if (!words) TRY(check_rate(change, link));

	struct keeping k = { .change = change, .link = link, .answer = &answer, .settings = settings, .arena = arena, .said = &said,
	                     .state = "waiting", .waits = "setting" };
	struct customer customer;
	struct calendar calendar = calendar_of(settings, change->company.country, arena);
	TRY(customer_get(change->db, change->viewer, link->company_id, link->customer_id, arena, &customer));
	TRY(name_items(change, link->customer_id, &answer, arena, &k.named));
	k.words = say(lang_spoken(), &answer, &k.named, arena);
	k.owner_id = customer.collector_id;
	k.due_day = calendar_add(&calendar, change->today, (int)setting_int(settings, "debtor.answer_days"));
	struct effect effect = { .customer_id = link->customer_id, .kind = answer.kind, .items = answer.items, .count = answer.count,
	                         .day = answer.day, .parts = answer.parts, .text = answer.text, .reference = answer.reference,
	                         .reason = answer.reason, .paper = answer.paper, .name = answer.name, .email = answer.email,
	                         .phone = answer.phone, .settings = settings, .lang = lang_spoken() };
	effect.owner_id = k.owner_id;
	json_t *detail = answer_detail(&effect);
	cleanup_free char *json = json_dumps(detail, JSON_COMPACT);
	json_decref(detail);
	k.detail = json ? json : "{}";
	TRY(id_take(change->db, link->tenant_id, link->company_id, "answer", 1, &k.id));
	TRY(keep(&k));
	effect.answer_id = out->id = k.id;
	if (strcmp(setting_text(settings, kinds[answer.kind].setting), "at_once") == 0) {
		const char *waits = "";
		TRY(effect_take(change, &effect, arena, &waits));
		TRY(set_state(change, k.id, *waits ? "waiting" : "done", waits));
	}
	if (!words) return confirm_by_mail(&k);
	text_addf(words, "%s%s", words->len ? "\n" : "", k.words);
	return STATUS_FINE;
}

/* One answer for each customer whose items he named, so that each is in its own file, with its own owner; told to him once. */
static struct status answer_several(struct change *change, const struct debtor_link *link, const struct settings *settings, const struct answer_new *given,
                                    const int64_t *owners, struct arena *arena, struct answer_done *out)
{
	enum { FILES_KEPT = 20 << 20 }; /* all copies together; beyond, the first customer's file alone */
	struct payer_group group;
	cleanup_text struct text words = { 0 };
	size_t bytes = 0, answers = 0;
	TRY(payer_group_load(change->db, &change->company, settings, link->customer_id, change->today, arena, &group));
	for (size_t i = 0; i < given->count; i++) {
		bool his = false;
		for (size_t m = 0; m < group.count; m++) his |= group.members[m].id == owners[i];
		if (!his) return status_make(STATUS_CONFLICT, "Your account has changed meanwhile. Look at it again, then answer.");
	}
	TRY(check_rate(change, link));
	for (size_t i = 0; i < given->file_count; i++) bytes += given->files[i].len;
	*out = (struct answer_done){ .again = true };
	for (size_t m = 0; m < group.count; m++) {
		struct debtor_link of = *link;
		struct answer_new part = *given;
		struct answer_done done;
		int64_t *items = arena_array(arena, int64_t, given->count);
		part.items = items, part.count = 0;
		for (size_t i = 0; i < given->count; i++)
			if (owners[i] == group.members[m].id) items[part.count++] = given->items[i];
		if (!part.count) continue;
		of.customer_id = group.members[m].id;
		part.key = arena_printf(arena, "%s/%lld", or_empty(given->key), (long long)of.customer_id);
		if (answers++ && bytes * group.count > FILES_KEPT) part.file_count = 0;
		TRY(answer_one(change, &of, &part, &words, arena, &done));
		if (!out->id) out->id = done.id;
		out->again &= done.again;
	}
	if (out->again) return STATUS_FINE;
	struct answer_new told = *given;
	told.text = or_empty(given->text);
	struct keeping k = { .change = change, .link = link, .answer = &told, .settings = settings, .arena = arena, .words = arena_strdup(arena, text_cstr(&words)), .id = out->id };
	return confirm_by_mail(&k);
}

struct status debtor_answer(struct change *change, const struct debtor_link *link, const struct answer_new *given, struct arena *arena,
                            struct answer_done *out)
{
	*out = (struct answer_done){ 0 };
	int64_t *owners = arena_array(arena, int64_t, given->count + 1);
	bool others = false;
	for (size_t i = 0; i < given->count && i < ANSWER_ITEMS; i++) {
		struct item item;
		struct status status = item_get(change->db, change->viewer, change->company.id, given->items[i], &item);
		if (status.code && status.code != STATUS_NOT_FOUND) return status;
		owners[i] = status.code ? 0 : item.customer_id;
		others |= owners[i] != link->customer_id;
	}
	if (!others || given->count > ANSWER_ITEMS) return answer_one(change, link, given, NULL, arena, out);
	const struct settings *settings;
	TRY(settings_load(change->db, link->tenant_id, link->company_id, arena, &settings));
	return answer_several(change, link, settings, given, owners, arena, out);
}
