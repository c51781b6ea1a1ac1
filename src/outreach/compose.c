#include "outreach/compose.h"

#include "base/memory.h"
#include "base/words.h"
#include "outreach/parts.h"

#include <ctype.h>

/* --- figures -------------------------------------------------------------------------------------------------------------- */

int64_t compose_asked(const struct compose_facts *facts)
{
	int64_t sum = 0;
	for (size_t i = 0; i < facts->item_count; i++)
		if (facts->items[i].role == PLAN_CLAIMED || facts->items[i].role == PLAN_CREDIT) sum += facts->items[i].asked;
	return sum;
}

bool parts_has_role(const struct compose_facts *facts, enum plan_role role)
{
	for (size_t i = 0; i < facts->item_count; i++)
		if (facts->items[i].role == role) return true;
	return false;
}

int64_t parts_fee(const struct compose_facts *facts)
{
	int64_t count = 0;
	for (size_t i = 0; facts->claims_fee && i < facts->item_count; i++)
		count += facts->items[i].role == PLAN_CLAIMED && facts->items[i].fee;
	return count * 4000; /* C. com. D441-5: 40 € for each invoice paid late */
}

int64_t parts_interest(const struct compose_facts *facts)
{
	int64_t sum = 0;
	for (size_t i = 0; facts->claims_interest && i < facts->item_count; i++)
		if (facts->items[i].role == PLAN_CLAIMED && facts->items[i].interest) sum += facts->items[i].interest->interest;
	return sum;
}

int32_t parts_rate(const struct compose_facts *facts)
{
	int32_t rate = -1;
	for (size_t i = 0; i < facts->item_count; i++) {
		const struct interest *interest = facts->items[i].role == PLAN_CLAIMED ? facts->items[i].interest : NULL;
		for (size_t s = 0; interest && s < interest->segment_count; s++) {
			if (rate >= 0 && interest->segments[s].basis_points != rate) return -1;
			rate = interest->segments[s].basis_points;
		}
	}
	return rate;
}

/* ISO 11649: check digits by ISO 7064 MOD 97-10 over reference + "RF00", letters as 10..35. */
void compose_reference(const char *reference, char out[static 26])
{
	char kept[22];
	size_t len = 0;
	for (const char *c = reference; *c && len < 21; c++)
		if (isalnum((unsigned char)*c)) kept[len++] = (char)toupper((unsigned char)*c);
	if (len == 0) kept[len++] = '0';
	kept[len] = 0;
	char digits[32];
	snprintf(digits, sizeof digits, "%sRF00", kept);
	unsigned rest = 0;
	for (const char *c = digits; *c; c++)
		rest = isdigit((unsigned char)*c) ? (rest * 10 + (unsigned)(*c - '0')) % 97 : (rest * 100 + (unsigned)(*c - 'A' + 10)) % 97;
	snprintf(out, 26, "RF%02u%s", 98 - rest, kept);
}

/* On paper the statement is always the last page. */
static int compose_files(const struct compose_facts *facts)
{
	return facts->files == TEMPLATE_FILES_USUAL ? FILE_PDF : facts->channel == CHANNEL_EMAIL ? facts->files : facts->files | FILE_PDF;
}

/* --- the model ---------------------------------------------------------------------------------------------------------- */

static void set(json_t *model, const char *name, const char *value)
{
	if (value && *value) json_object_set_new(model, name, json_string(value));
}

static void set_test(json_t *model, const char *name, bool value)
{
	json_object_set_new(model, name, json_boolean(value));
}

static void set_amount(json_t *model, const char *name, int64_t minor, const struct compose_facts *facts)
{
	cleanup_text struct text words = { 0 };
	words_amount(&words, facts->lang, minor, facts->currency);
	set(model, name, text_cstr(&words));
}

static void set_day(json_t *model, const char *name, int32_t day, enum lang lang)
{
	cleanup_text struct text words = { 0 };
	words_date_long(&words, lang, day);
	set(model, name, text_cstr(&words));
}

static void set_number(json_t *model, const char *name, int64_t value, enum lang lang)
{
	cleanup_text struct text words = { 0 };
	words_number(&words, lang, value);
	set(model, name, text_cstr(&words));
}

/* "12 novembre 2025, 3 décembre 2025 et 5 janvier 2026" */
static void set_contacts(json_t *model, const struct compose_facts *facts)
{
	cleanup_text struct text words = { 0 };
	for (size_t i = 0; i < facts->contact_count; i++) {
		if (i) text_add(&words, i + 1 < facts->contact_count ? ", " : facts->lang == LANG_FR ? " et " : " and ");
		words_date_long(&words, facts->lang, facts->contact_days[i]);
	}
	set(model, "contact_dates", text_cstr(&words));
	if (facts->contact_count) set_day(model, "last_contact_date", facts->contact_days[facts->contact_count - 1], facts->lang);
	set_test(model, "has_last_contact", facts->contact_count > 0);
}

static void set_claim(json_t *model, const struct compose_facts *facts, bool short_numbers)
{
	cleanup_text struct text numbers = { 0 };
	const struct compose_item *oldest = NULL;
	int64_t claimed = 0, rest = 0;
	int count = 0, late = 0;
	for (size_t i = 0; i < facts->item_count; i++) {
		const struct compose_item *item = &facts->items[i];
		if (item->role == PLAN_STATEMENT) rest += item->open;
		if (item->role != PLAN_CLAIMED) continue;
		if (count++) text_add(&numbers, ", ");
		text_add(&numbers, item->number);
		claimed += item->asked;
		if (!oldest || item->due_day < oldest->due_day) oldest = item;
		if (item->days_late > late) late = item->days_late;
	}
	bool thanks = strcmp(facts->template, "thanks") == 0; /* claims nothing: the amount open is what remains */
	if (short_numbers && count > 1) {
		text_clear(&numbers);
		text_addf(&numbers, "(%d)", count);
	}
	if (count) {
		set(model, "invoice_no", text_cstr(&numbers));
		set_day(model, "issue_date", oldest->issue_day, facts->lang);
		set_day(model, "due_date", oldest->due_day, facts->lang);
		set_amount(model, "amount_open", claimed, facts);
		set_amount(model, "amount_overdue", compose_asked(facts), facts);
		set_amount(model, "amount_total_claimed", compose_asked(facts) + parts_interest(facts) + parts_fee(facts), facts);
	} else if (thanks) {
		set_amount(model, "amount_open", rest, facts);
	}
	if (late) set_number(model, "max_days_late", late, facts->lang);
	set_test(model, "one_invoice", count == 1);
	set_test(model, "is_late", late > 0);
	set_test(model, "has_credits", parts_has_role(facts, PLAN_CREDIT));
	set_test(model, "has_statement", parts_has_role(facts, PLAN_STATEMENT));
	set_test(model, "has_overdue_rows", parts_has_rows(facts, ROWS_OVERDUE));
	set_test(model, "has_not_due", parts_has_rows(facts, ROWS_NOT_DUE));
	set_test(model, "has_credit_rows", parts_has_rows(facts, ROWS_CREDITS));
	set_test(model, "balance_zero", !count && !parts_has_role(facts, PLAN_STATEMENT) && !parts_has_role(facts, PLAN_CREDIT));
	set_test(model, "has_next_due", thanks && rest > 0 && facts->next_due_day != DAY_NONE && facts->next_due_day >= facts->today);
	if (facts->next_due_day != DAY_NONE) set_day(model, "next_due_date", facts->next_due_day, facts->lang);
}

static void set_interest(json_t *model, const struct compose_facts *facts)
{
	int64_t interest = parts_interest(facts), fee = parts_fee(facts);
	int32_t rate = parts_rate(facts);
	set_test(model, "has_interest", interest > 0);
	set_test(model, "has_fee", fee > 0);
	set_test(model, "one_rate", rate >= 0);
	if (interest > 0) set_amount(model, "penalty_amount", interest, facts);
	if (fee > 0) set_amount(model, "indemnity_amount", fee, facts);
	if (interest > 0 && rate >= 0) {
		cleanup_text struct text words = { 0 };
		words_decimal(&words, facts->lang, rate / 100.0, 2);
		set(model, "penalty_rate", text_cstr(&words));
	}
}

static void set_people(json_t *model, const struct compose_facts *facts)
{
	const struct compose_sender *sender = &facts->sender;
	bool named = facts->contact_name && *facts->contact_name;
	set(model, "company", sender->name);
	set(model, "city", sender->city);
	set(model, "customer_name", facts->customer_name);
	set(model, "customer_code", facts->customer_code);
	set(model, "contact_name", named ? facts->contact_name : facts->lang == LANG_FR ? "Madame, Monsieur" : "Sir or Madam");
	set(model, "signatory_name", sender->signatory_name && *sender->signatory_name ? sender->signatory_name : sender->user_name);
	set(model, "signatory_title", sender->signatory_title && *sender->signatory_title ? sender->signatory_title : sender->user_title);
	set(model, "user_name", sender->user_name);
	set(model, "user_email", sender->user_email);
	set(model, "user_phone", sender->user_phone);
	set(model, "mediator", sender->mediator);
	set_test(model, "has_mediator", sender->mediator && *sender->mediator);
	set(model, "iban", sender->iban);
	set(model, "bic", sender->bic);
	char reference[26];
	compose_reference(facts->customer_code, reference);
	set(model, "rf_reference", reference);
	set(model, "pay_link", facts->pay_link);
	set_test(model, "has_pay_link", facts->pay_link && *facts->pay_link);
	set(model, "answer_link", facts->answer_link);
	set_test(model, "has_answer_link", facts->answer_link && *facts->answer_link);
	set(model, "answer_words", facts->answer_words);
	set(model, "question", facts->question);
}

static void set_fields(json_t *model, const struct compose_facts *facts)
{
	json_t *values = json_object(), *known = json_object();
	for (size_t i = 0; i < facts->field_count; i++) {
		const struct compose_field *field = &facts->fields[i];
		if (*field->value) json_object_set_new(values, field->code, json_string(field->value));
		if (*field->value || !json_object_get(known, field->code)) json_object_set_new(known, field->code, json_boolean(*field->value != 0));
	}
	json_object_set_new(model, "field", values);
	json_object_set_new(model, "has_field", known);
}

static void set_rest(json_t *model, const struct compose_facts *facts)
{
	set_fields(model, facts);
	enum lang lang = facts->lang;
	set_day(model, "today", facts->today, lang);
	bool next = facts->next_step && *facts->next_step;
	set_test(model, "has_next_step", next);
	if (next) set(model, "next_step", facts->next_step);
	if (facts->next_day != DAY_NONE) set_day(model, "deadline", facts->next_day, lang);
	if (facts->notice_days > 0) set_number(model, "notice_days", facts->notice_days, lang);
	set_test(model, "is_takeover", facts->takeover);
	set_test(model, "is_consumer", facts->debtor == DEBTOR_CONSUMER);
	set_test(model, "is_good_payer", !facts->takeover && facts->profile && strcmp(facts->profile, "good_payer") == 0);
	set_test(model, "is_close_follow_up", !facts->takeover && facts->profile && strcmp(facts->profile, "close_follow_up") == 0);
	set_test(model, "is_key_account", facts->profile && strcmp(facts->profile, "key_account") == 0);
	set(model, "registered_no", facts->registered_no);
	set(model, "contract_reference", facts->contract_reference);
	set(model, "delivery_reference", facts->delivery_reference);
	set(model, "our_order_ref", facts->contract_reference);
	set_test(model, "has_contract", facts->contract_reference && *facts->contract_reference);
	set_test(model, "has_delivery", facts->delivery_reference && *facts->delivery_reference);
	set_test(model, "has_our_order_ref", facts->contract_reference && *facts->contract_reference);
	set_test(model, "has_invoice_copies", facts->invoice_copies);
	cleanup_text struct text attached = { 0 };
	int files = compose_files(facts);
	if (files & (FILE_PDF | FILE_XLSX | FILE_CSV)) text_add(&attached, lang == LANG_FR ? "relevé de compte" : "statement of account");
	if (facts->invoice_copies) text_addf(&attached, "%s%s", attached.len ? ", " : "", lang == LANG_FR ? "copies des factures" : "copies of the invoices");
	set(model, "attachments", attached.len ? text_cstr(&attached) : lang == LANG_FR ? "néant" : "none");

	/* a promise may be named only when it is known in full */
	bool promised = facts->promise_day != DAY_NONE && facts->promise_amount > 0;
	set_test(model, "has_broken_promise", facts->broken_promise && promised);
	if (promised) {
		set_amount(model, "promise_amount", facts->promise_amount, facts);
		set_day(model, "promise_date", facts->promise_day, lang);
	}
	set(model, "means", facts->promise_means);
	if (facts->payment_amount > 0) set_amount(model, "payment_amount", facts->payment_amount, facts);
	if (facts->payment_day != DAY_NONE) set_day(model, "payment_date", facts->payment_day, lang);
	set(model, "paid_invoices", facts->paid_invoices);
	if (facts->call_day > 0) set_day(model, "call_date", facts->call_day, lang);
	if (facts->instalment_count) set_number(model, "n", (int64_t)facts->instalment_count, lang);
	if (facts->dispute_id) {
		char number[32];
		snprintf(number, sizeof number, "L-%lld", (long long)facts->dispute_id);
		set(model, "dispute_no", number);
		set_amount(model, "dispute_amount", facts->dispute_amount, facts);
		if (facts->undisputed_amount > 0) set_amount(model, "undisputed_amount", facts->undisputed_amount, facts);
		if (facts->dispute_due_day != DAY_NONE) set_day(model, "dispute_due", facts->dispute_due_day, lang);
	}
	set_test(model, "has_undisputed", facts->dispute_id && facts->undisputed_amount > 0);
	set(model, "dispute_reason", facts->dispute_reason);
	set(model, "dispute_owner", facts->dispute_owner);
	if (facts->call_points && facts->call_day != DAY_NONE) set_day(model, "call_date", facts->call_day, lang);
	set(model, "call_points", facts->call_points);
	set(model, "our_actions", facts->our_actions);
	set(model, "their_actions", facts->their_actions);
	set(model, "cc_names", facts->cc_names);
}

/* A bill sent for acceptance; a direct debit that came back. */
static void set_presented(json_t *model, const struct compose_facts *facts)
{
	if (facts->bill_amount > 0) {
		set_amount(model, "bill_amount", facts->bill_amount, facts);
		set_day(model, "bill_sent_date", facts->bill_sent_day, facts->lang);
		set_day(model, "bill_due_date", facts->bill_due_day, facts->lang);
	}
	if (facts->dd_amount > 0) {
		set_amount(model, "dd_amount", facts->dd_amount, facts);
		set_day(model, "dd_date", facts->dd_day, facts->lang);
		set(model, "return_reason", facts->return_reason);
		set_test(model, "has_return_reason", facts->return_reason && *facts->return_reason);
		set_test(model, "can_represent", facts->represent_day > 0);
		if (facts->represent_day > 0) set_day(model, "represent_date", facts->represent_day, facts->lang);
	}
}

json_t *parts_model(const struct compose_facts *facts, bool short_numbers)
{
	json_t *model = json_object();
	set_people(model, facts);
	set_claim(model, facts, short_numbers);
	set_interest(model, facts);
	set_contacts(model, facts);
	set_presented(model, facts);
	set_rest(model, facts);
	return model;
}

/* --- filling --------------------------------------------------------------------------------------------------------------- */

/* Blocks stand in the rendered text as \1 name \2 until each medium draws them: values can hold no control characters. */
static const struct {
	const char *name;
	enum part_kind kind;
} blocks[] = {
	{ "invoice_table", PART_INVOICE_TABLE }, { "statement_table", PART_STATEMENT_TABLE },
	{ "instalment_table", PART_INSTALMENT_TABLE }, { "payment_block", PART_PAYMENT }, { "sender_block", PART_SENDER },
	{ "address_block", PART_ADDRESS }, { "signature", PART_SIGNATURE }, { "overdue_table", PART_OVERDUE_TABLE },
	{ "not_due_table", PART_NOT_DUE_TABLE }, { "credits_table", PART_CREDITS_TABLE }, { "interest_table", PART_INTEREST_TABLE },
	{ "totals_block", PART_TOTALS }, { "qr_block", PART_QR }, { "answer_button", PART_ANSWER },
};

static bool block_there(const struct compose_facts *facts, enum part_kind kind)
{
	switch (kind) {
	case PART_INVOICE_TABLE: return parts_has_role(facts, PLAN_CLAIMED);
	case PART_STATEMENT_TABLE: return parts_has_role(facts, PLAN_STATEMENT);
	case PART_OVERDUE_TABLE: return parts_has_rows(facts, ROWS_OVERDUE);
	case PART_NOT_DUE_TABLE: return parts_has_rows(facts, ROWS_NOT_DUE);
	case PART_CREDITS_TABLE: return parts_has_rows(facts, ROWS_CREDITS);
	case PART_INTEREST_TABLE: return facts->claims_interest && parts_interest(facts) > 0;
	case PART_TOTALS: return parts_has_role(facts, PLAN_CLAIMED);
	case PART_INSTALMENT_TABLE: return facts->instalment_count > 0;
	case PART_ADDRESS: return facts->customer_city && *facts->customer_city;
	case PART_ANSWER: return facts->answer_link && *facts->answer_link;
	default: return true;
	}
}

/* Only blocks that have something to show are offered; the others are then missing, by name. */
static json_t *block_marks(const struct compose_facts *facts)
{
	json_t *marks = json_object();
	for (size_t i = 0; i < COUNT(blocks); i++) {
		bool there = block_there(facts, blocks[i].kind);
		char mark[40];
		snprintf(mark, sizeof mark, "\1%s\2", blocks[i].name);
		if (there) json_object_set_new(marks, blocks[i].name, json_string(mark));
	}
	return marks;
}

static struct status fill(const struct compose_facts *facts, const char *source, enum mustache_medium medium, bool short_numbers,
                          struct text *out)
{
	struct mustache_problem problem;
	struct mustache_rules rules = { .mode = MUSTACHE_USER, .name = template_name, .no_blocks = medium == MUSTACHE_SUBJECT };
	cleanup_mustache struct mustache *compiled = NULL;
	TRY(mustache_compile(source, strlen(source), &rules, &compiled));
	json_t *model = parts_model(facts, short_numbers), *marks = block_marks(facts);
	struct mustache_options options = { .medium = medium, .lang = facts->lang, .today = facts->today, .blocks = marks, .problem = &problem };
	struct status status = mustache_render(compiled, model, &options, out);
	json_decref(model);
	json_decref(marks);
	if (status.code && problem.trouble == MUSTACHE_MISSING_VALUE)
		return status_make(STATUS_INVALID, "Nothing is sent while these values are missing: %s.", problem.name);
	if (!status.code && strstr(text_cstr(out), "{{"))
		return status_make(STATUS_INVALID, "Nothing is sent with {{ in it.");
	return status;
}

struct status parts_subject(const struct compose_facts *facts, const struct template_text *text, struct arena *arena, const char **out)
{
	enum { SUBJECT_MAX = 78 };
	cleanup_text struct text line = { 0 };
	TRY(fill(facts, text->subject, MUSTACHE_SUBJECT, false, &line));
	if (utf8_length(text_cstr(&line)) > SUBJECT_MAX) { /* the numbers give way to a count */
		text_clear(&line);
		TRY(fill(facts, text->subject, MUSTACHE_SUBJECT, true, &line));
	}
	struct slice trimmed = slice_trim((struct slice){ text_cstr(&line), line.len });
	char *subject = arena_strndup(arena, trimmed.bytes, trimmed.len);
	if (utf8_length(subject) > SUBJECT_MAX) {
		char *end = subject;
		for (int count = 0; count < SUBJECT_MAX - 1; count++)
			do end++;
			while (((unsigned char)*end & 0xC0) == 0x80);
		*end = 0;
		subject = arena_printf(arena, "%s…", subject);
	}
	*out = subject;
	return STATUS_FINE;
}

static void add_part(struct arena *arena, struct part *parts, size_t *count, enum part_kind kind, const char *from, size_t len)
{
	struct slice trimmed = slice_trim((struct slice){ from, len });
	if (kind == PART_PARAGRAPH && trimmed.len == 0) return;
	parts[(*count)++] = (struct part){ kind, kind == PART_PARAGRAPH ? arena_strndup(arena, trimmed.bytes, trimmed.len) : "" };
}

/* Cuts one stretch of text at empty lines. */
static void add_paragraphs(struct arena *arena, struct part *parts, size_t *count, const char *from, size_t len)
{
	while (len) {
		const char *gap = memmem(from, len, "\n\n", 2);
		size_t part = gap ? (size_t)(gap - from) : len;
		add_part(arena, parts, count, PART_PARAGRAPH, from, part);
		if (!gap) break;
		from += part + 2, len -= part + 2;
	}
}

struct status parts_fill(const struct compose_facts *facts, const struct template_text *text, enum mustache_medium medium,
                         struct arena *arena, struct part **out, size_t *count)
{
	cleanup_text struct text filled = { 0 };
	TRY(fill(facts, text->body, medium, false, &filled));
	const char *rest = text_cstr(&filled);
	size_t limit = 2;
	for (const char *c = rest; *c; c++) limit += *c == '\1' ? 2 : *c == '\n';
	struct part *parts = arena_array(arena, struct part, limit);
	*count = 0;
	for (const char *mark; (mark = strchr(rest, '\1'));) {
		add_paragraphs(arena, parts, count, rest, (size_t)(mark - rest));
		const char *end = strchr(mark, '\2');
		if (!end) break;
		for (size_t i = 0; i < COUNT(blocks); i++)
			if (strlen(blocks[i].name) == (size_t)(end - mark - 1) && memcmp(blocks[i].name, mark + 1, (size_t)(end - mark - 1)) == 0)
				add_part(arena, parts, count, blocks[i].kind, "", 0);
		rest = end + 1;
	}
	add_paragraphs(arena, parts, count, rest, strlen(rest));
	*out = parts;
	return STATUS_FINE;
}

/* --- messages --------------------------------------------------------------------------------------------------------------- */

/* The logo travels with the mail: nothing is fetched from us when it is opened. */
static const char *logo_of(const struct compose_facts *facts, struct arena *arena)
{
	enum { WIDTH = 180, HEIGHT = 60 };
	const struct logo *logo = facts->sender.logo_in_mail ? facts->sender.logo : NULL;
	if (!logo) return "";
	int width = logo->width, height = logo->height;
	if (width > WIDTH) height = height * WIDTH / width, width = WIDTH;
	if (height > HEIGHT) width = width * HEIGHT / height, height = HEIGHT;
	cleanup_text struct text name = { 0 };
	mustache_escape(&name, facts->sender.name, strlen(facts->sender.name));
	return arena_printf(arena, "<p><img src=\"cid:" COMPOSE_LOGO "\" width=\"%d\" height=\"%d\" alt=\"%s\"></p>\n", width > 0 ? width : 1, height > 0 ? height : 1,
	                    text_cstr(&name));
}

static const char *document(const struct compose_facts *facts, const char *language, const char *subject, const char *body, struct arena *arena)
{
	cleanup_text struct text title = { 0 };
	mustache_escape(&title, subject, strlen(subject));
	return arena_printf(arena,
	        "<!DOCTYPE html>\n<html lang=\"%s\"><head><meta charset=\"utf-8\"><title>%s</title>\n"
	        "<style>body{font-family:Arial,Helvetica,sans-serif;font-size:14px;line-height:1.5;color:#13252b}"
	        "table.items{border-collapse:collapse;font-size:13px}table.items th{text-align:left;color:#43565e}"
	        ".num{text-align:right;white-space:nowrap}</style></head>\n<body>\n%s%s</body></html>\n",
	        language, text_cstr(&title), logo_of(facts, arena), body);
}

static void start(const struct compose_facts *facts, const char *language, struct message *out)
{
	*out = (struct message){ .lang = facts->lang, .recipient = facts->recipient ? facts->recipient : "", .copies = facts->copies,
	                         .recipient_name = facts->contact_name ? facts->contact_name : "", .asked = compose_asked(facts), .logo = facts->sender.logo_in_mail ? facts->sender.logo : NULL };
	snprintf(out->language, sizeof out->language, "%s", language);
	memcpy(out->template, facts->template, sizeof out->template);
	memcpy(out->currency, facts->currency, sizeof out->currency);
}

/* Too heavy to travel: where he finds them. A letter carries none either way. */
static bool where_invoices(const struct compose_facts *facts)
{
	return facts->invoice_links && facts->channel == CHANNEL_EMAIL && facts->answer_link && *facts->answer_link;
}

static const char *invoices_line(const struct compose_facts *facts, const char *link, struct arena *arena)
{
	return arena_printf(arena, facts->lang == LANG_FR ? "%s : %s" : "%s: %s", tr(facts->lang, "Copies of the invoices, too heavy for this message"), link);
}

struct status compose_message(const struct compose_facts *facts, const struct template_text *text, struct arena *arena,
                              struct message *out)
{
	start(facts, *text->language ? text->language : lang_code(facts->lang), out);
	TRY(template_check(text, NULL));
	TRY(parts_subject(facts, text, arena, &out->subject));
	struct part *parts;
	size_t count;
	TRY(parts_fill(facts, text, MUSTACHE_TEXT, arena, &parts, &count));
	out->text = parts_text(facts, parts, count, arena);
	if (where_invoices(facts)) out->text = arena_printf(arena, "%s\n%s\n", out->text, invoices_line(facts, facts->answer_link, arena));
	TRY(parts_fill(facts, text, MUSTACHE_HTML, arena, &parts, &count));
	out->html_body = parts_html(facts, parts, count, arena);
	if (where_invoices(facts)) {
		cleanup_text struct text link = { 0 };
		mustache_escape(&link, facts->answer_link, strlen(facts->answer_link));
		const char *line = invoices_line(facts, arena_printf(arena, "<a href=\"%s\">%s</a>", text_cstr(&link), text_cstr(&link)), arena);
		out->html_body = arena_printf(arena, "%s<p>%s</p>\n", out->html_body, line);
	}
	out->html = document(facts, out->language, out->subject, out->html_body, arena);
	return STATUS_FINE;
}

struct status compose_edited(const struct compose_facts *facts, const char *subject, const char *body, struct arena *arena,
                             struct message *out)
{
	start(facts, *facts->language ? facts->language : lang_code(facts->lang), out);
	struct slice subject_line = slice_trim(slice_of(subject)), words = slice_trim(slice_of(body));
	if (!subject_line.len) return status_make(STATUS_INVALID, "The subject is empty.");
	if (!words.len) return status_make(STATUS_INVALID, "The text is empty.");
	if (memchr(subject_line.bytes, '\n', subject_line.len) || memchr(subject_line.bytes, '\r', subject_line.len))
		return status_make(STATUS_INVALID, "A subject stays on one line.");
	if (strstr(subject, "{{") || strstr(body, "{{")) return status_make(STATUS_INVALID, "Nothing is sent with {{ in it.");
	out->subject = arena_strndup(arena, subject_line.bytes, subject_line.len);
	if (utf8_length(out->subject) > 78) return status_make(STATUS_INVALID, "A subject has at most 78 characters.");
	cleanup_text struct text plain = { 0 }, escaped = { 0 };
	for (size_t i = 0; i < words.len; i++) {
		unsigned char c = (unsigned char)words.bytes[i];
		if (c >= 0x20 ? c != 0x7f : c == '\n' || c == '\t') text_add_char(&plain, (char)c);
	}
	text_add_char(&plain, '\n');
	out->text = arena_strndup(arena, text_cstr(&plain), plain.len);
	mustache_escape(&escaped, text_cstr(&plain), plain.len);
	struct part *parts = arena_array(arena, struct part, escaped.len + 1);
	size_t count = 0;
	add_paragraphs(arena, parts, &count, text_cstr(&escaped), escaped.len);
	out->html_body = parts_html(facts, parts, count, arena);
	out->html = document(facts, out->language, out->subject, out->html_body, arena);
	return STATUS_FINE;
}

struct status compose_attachments(const struct compose_facts *facts, struct arena *arena, struct message *out)
{
	if (strcmp(facts->template, "thanks") == 0) return STATUS_FINE; /* nothing is asked: no statement of what is */
	int files = compose_files(facts);
	if (files & FILE_PDF) TRY(statement_pdf(facts, arena, &out->attachments[out->attachment_count++]));
	if (files & FILE_XLSX) TRY(statement_xlsx(facts, arena, &out->attachments[out->attachment_count++]));
	if (files & FILE_CSV) TRY(statement_csv(facts, arena, &out->attachments[out->attachment_count++]));
	return STATUS_FINE;
}

/* A block as its text part says it; null when it has nothing to show here. */
static json_t *block_words(const struct compose_facts *facts, const char *name, struct arena *arena)
{
	for (size_t i = 0; i < COUNT(blocks); i++)
		if (strcmp(blocks[i].name, name) == 0 && block_there(facts, blocks[i].kind)) {
			const struct part part = { blocks[i].kind, "" };
			return json_string(parts_text(facts, &part, 1, arena));
		}
	return json_null();
}

json_t *compose_values(const struct compose_facts *facts, enum lang reader)
{
	size_t count;
	const struct template_variable *variables = template_variables(&count);
	cleanup_arena struct arena *arena = arena_new();
	json_t *model = parts_model(facts, false), *list = json_array();
	for (size_t i = 0; i < count; i++) {
		const struct template_variable *variable = &variables[i];
		const json_t *value = json_object_get(model, variable->name);
		json_t *entry = json_pack("{s:s, s:s}", "name", variable->name, "help", tr(reader, variable->help));
		static const char *const words[] = { "", "value", "test", "block" };
		json_object_set_new(entry, "kind", json_string(words[variable->what]));
		if (json_is_boolean(value))
			json_object_set_new(entry, "value", json_string(tr(reader, json_is_true(value) ? "yes" : "no")));
		else if (variable->what == MUSTACHE_NAME_BLOCK)
			json_object_set_new(entry, "value", block_words(facts, variable->name, arena));
		else
			json_object_set_new(entry, "value", json_is_string(value) ? json_string(json_string_value(value)) : json_null());
		json_array_append_new(list, entry);
	}
	for (size_t i = 0; i < facts->field_count; i++)
		json_array_append_new(list, json_pack("{s:o, s:s, s:s, s:s?}", "name", json_sprintf("field.%s", facts->fields[i].code), "help", facts->fields[i].label, "kind",
		                                      "value", "value", *facts->fields[i].value ? facts->fields[i].value : NULL));
	json_decref(model);
	return list;
}
