#include "outreach/template.h"

#include "base/asset.h"
#include "base/memory.h"
#include "ledger/custom.h"
#include "ledger/event.h"

#include <assert.h>

static const struct template_kind kinds[] = {
	{ "before_due", "Before the due date", "A few days before an invoice falls due", false },
	{ "due", "Due today", "On the due date", false },
	{ "reminder", "Reminder", "First message after the due date", true },
	{ "follow_up", "Follow-up", "Second message, asks for a date", true },
	{ "firm", "Firm reminder", "Names what follows, interest and the fixed fee", true },
	{ "formal_notice", "Formal notice", "Registered letter: mise en demeure", true },
	{ "public", "Public sector", "Public buyers: payment period expired", true },
	{ "consumer", "Consumer", "Private persons: plain words, no fee", true },
	{ "promise_broken", "Broken promise", "A promised payment did not arrive", true },
	{ "debit_returned", "Returned direct debit", "A direct debit came back from the bank", true },
	{ "thanks", "Thank you", "A customer who was reminded has paid", false },
	{ "promise_noted", "Promise noted", "Confirms a promise made by telephone", false },
	{ "dispute_opened", "Dispute opened", "Confirms that a claim is being handled", false },
	{ "purchase_order", "Purchase order missing", "An invoice waits for an order number", false },
	{ "call_notes", "Call notes", "What was said in a call, to be confirmed", false },
	{ "sms", "Text message", "Short, without tables: what a text message says", false },
	{ "instalments", "Payment plan", "Proposes instalments, to be signed", true },
	{ "answer_received", "Answer received", "Confirms what the customer said on his page", false },
	{ "question", "Question to a colleague", "Asks somebody in the house who has no account", false },
	{ "bill", "Bill not returned", "A bill sent for acceptance has not come back", true },
};

/* reference/letters.md section 9. */
static const struct template_variable variables[] = {
	{ "company", "Our company's name", MUSTACHE_NAME_VALUE },
	{ "customer_name", "The customer's name", MUSTACHE_NAME_VALUE },
	{ "customer_code", "The customer's code", MUSTACHE_NAME_VALUE },
	{ "contact_name", "The contact's name, or Madame, Monsieur", MUSTACHE_NAME_VALUE },
	{ "city", "Our city", MUSTACHE_NAME_VALUE },
	{ "today", "Today's date", MUSTACHE_NAME_VALUE },
	{ "invoice_no", "Numbers of the items claimed; in a subject a count when they are too long", MUSTACHE_NAME_VALUE },
	{ "issue_date", "Issue date of the oldest item claimed", MUSTACHE_NAME_VALUE },
	{ "due_date", "Due date of the oldest item claimed", MUSTACHE_NAME_VALUE },
	{ "amount_open", "Open amount of the items claimed", MUSTACHE_NAME_VALUE },
	{ "amount_overdue", "What is claimed, credits deducted", MUSTACHE_NAME_VALUE },
	{ "amount_total_claimed", "What is claimed with interest and fees", MUSTACHE_NAME_VALUE },
	{ "max_days_late", "Days late of the oldest item claimed", MUSTACHE_NAME_VALUE },
	{ "last_contact_date", "Date of our last message about these items", MUSTACHE_NAME_VALUE },
	{ "contact_dates", "Dates of our messages about these items", MUSTACHE_NAME_VALUE },
	{ "penalty_rate", "Rate of late interest, the number alone", MUSTACHE_NAME_VALUE },
	{ "penalty_amount", "Late interest to date", MUSTACHE_NAME_VALUE },
	{ "indemnity_amount", "Fixed fee: 40 € for each invoice claimed", MUSTACHE_NAME_VALUE },
	{ "deadline", "Day before which to pay", MUSTACHE_NAME_VALUE },
	{ "next_step", "What follows in this scenario", MUSTACHE_NAME_VALUE },
	{ "notice_days", "Days given by a formal notice", MUSTACHE_NAME_VALUE },
	{ "iban", "Our IBAN", MUSTACHE_NAME_VALUE },
	{ "bic", "Our BIC", MUSTACHE_NAME_VALUE },
	{ "rf_reference", "Reference to quote with the payment", MUSTACHE_NAME_VALUE },
	{ "pay_link", "Link to pay", MUSTACHE_NAME_VALUE },
	{ "answer_link", "Link to the customer's own page, where he answers and pays", MUSTACHE_NAME_VALUE },
	{ "answer_words", "What the customer said on his page", MUSTACHE_NAME_VALUE },
	{ "question", "What a colleague is asked", MUSTACHE_NAME_VALUE },
	{ "call_date", "Date of the call", MUSTACHE_NAME_VALUE },
	{ "call_points", "What was said in the call", MUSTACHE_NAME_VALUE },
	{ "our_actions", "What we do", MUSTACHE_NAME_VALUE },
	{ "their_actions", "What the customer does", MUSTACHE_NAME_VALUE },
	{ "cc_names", "Who gets a copy", MUSTACHE_NAME_VALUE },
	{ "promise_amount", "Amount promised", MUSTACHE_NAME_VALUE },
	{ "promise_date", "Day promised", MUSTACHE_NAME_VALUE },
	{ "means", "Means of payment promised", MUSTACHE_NAME_VALUE },
	{ "payment_amount", "Amount received", MUSTACHE_NAME_VALUE },
	{ "payment_date", "Day it was received", MUSTACHE_NAME_VALUE },
	{ "paid_invoices", "Numbers of the items paid", MUSTACHE_NAME_VALUE },
	{ "next_due_date", "Next due date of the account", MUSTACHE_NAME_VALUE },
	{ "dispute_no", "Number of the claim", MUSTACHE_NAME_VALUE },
	{ "dispute_reason", "Reason of the claim", MUSTACHE_NAME_VALUE },
	{ "dispute_amount", "Amount in dispute", MUSTACHE_NAME_VALUE },
	{ "dispute_owner", "Who handles the claim", MUSTACHE_NAME_VALUE },
	{ "dispute_due", "Day of our answer", MUSTACHE_NAME_VALUE },
	{ "undisputed_amount", "Part that is not in dispute", MUSTACHE_NAME_VALUE },
	{ "n", "Number of instalments", MUSTACHE_NAME_VALUE },
	{ "registered_no", "Number of the registered letter", MUSTACHE_NAME_VALUE },
	{ "contract_reference", "Order or contract", MUSTACHE_NAME_VALUE },
	{ "delivery_reference", "Delivery", MUSTACHE_NAME_VALUE },
	{ "chorus_date", "Day of deposit on the public portal", MUSTACHE_NAME_VALUE },
	{ "chorus_status", "Status on the public portal", MUSTACHE_NAME_VALUE },
	{ "commitment_no", "Commitment number of a public buyer", MUSTACHE_NAME_VALUE },
	{ "service_code", "Service code of a public buyer", MUSTACHE_NAME_VALUE },
	{ "public_days", "Legal period of a public buyer, in days", MUSTACHE_NAME_VALUE },
	{ "bill_sent_date", "Day the bill was sent", MUSTACHE_NAME_VALUE },
	{ "bill_amount", "Amount of the bill", MUSTACHE_NAME_VALUE },
	{ "bill_due_date", "Maturity of the bill", MUSTACHE_NAME_VALUE },
	{ "dd_date", "Day of the direct debit", MUSTACHE_NAME_VALUE },
	{ "dd_amount", "Amount of the direct debit", MUSTACHE_NAME_VALUE },
	{ "return_reason", "Why the bank returned it", MUSTACHE_NAME_VALUE },
	{ "represent_date", "Day it can be presented again", MUSTACHE_NAME_VALUE },
	{ "our_order_ref", "Our reference of the order", MUSTACHE_NAME_VALUE },
	{ "signatory_name", "Who signs letters", MUSTACHE_NAME_VALUE },
	{ "signatory_title", "His function", MUSTACHE_NAME_VALUE },
	{ "user_name", "Who writes", MUSTACHE_NAME_VALUE },
	{ "user_email", "His address", MUSTACHE_NAME_VALUE },
	{ "user_phone", "His telephone", MUSTACHE_NAME_VALUE },
	{ "attachments", "List of attachments", MUSTACHE_NAME_VALUE },
	{ "mediator", "Consumer mediator", MUSTACHE_NAME_VALUE },

	{ "invoice_table", "Table of what is claimed, with its total", MUSTACHE_NAME_BLOCK },
	{ "statement_table", "Table of the account's other items", MUSTACHE_NAME_BLOCK },
	{ "instalment_table", "Table of instalments", MUSTACHE_NAME_BLOCK },
	{ "payment_block", "How to pay: payee, IBAN, BIC, reference", MUSTACHE_NAME_BLOCK },
	{ "overdue_table", "Table of everything overdue on the account", MUSTACHE_NAME_BLOCK },
	{ "not_due_table", "Table of what is not due yet", MUSTACHE_NAME_BLOCK },
	{ "credits_table", "Table of credits and payments not allocated", MUSTACHE_NAME_BLOCK },
	{ "totals_block", "What is claimed, credits, interest and fee, and their sum", MUSTACHE_NAME_BLOCK },
	{ "interest_table", "How late interest is computed, item by item", MUSTACHE_NAME_BLOCK },
	{ "qr_block", "QR code to pay by transfer", MUSTACHE_NAME_BLOCK },
	{ "answer_button", "Button to the customer's own page, to answer or pay", MUSTACHE_NAME_BLOCK },
	{ "sender_block", "Our name and address", MUSTACHE_NAME_BLOCK },
	{ "address_block", "The customer's name and address", MUSTACHE_NAME_BLOCK },
	{ "signature", "Name and telephone of who writes", MUSTACHE_NAME_BLOCK },

	{ "one_invoice", "One item only is claimed", MUSTACHE_NAME_TEST },
	{ "one_rate", "One rate of interest applies over the whole time", MUSTACHE_NAME_TEST },
	{ "is_consumer", "The customer is a private person", MUSTACHE_NAME_TEST },
	{ "is_late", "The oldest item claimed is late", MUSTACHE_NAME_TEST },
	{ "is_takeover", "First contact about an old debt", MUSTACHE_NAME_TEST },
	{ "is_good_payer", "The customer follows the scenario for good payers", MUSTACHE_NAME_TEST },
	{ "is_close_follow_up", "The customer follows the close follow-up scenario", MUSTACHE_NAME_TEST },
	{ "is_key_account", "The customer is a key account", MUSTACHE_NAME_TEST },
	{ "has_fee", "The fixed fee is claimed: professional or public, class known", MUSTACHE_NAME_TEST },
	{ "has_interest", "Late interest is claimed", MUSTACHE_NAME_TEST },
	{ "has_credits", "Credits are deducted", MUSTACHE_NAME_TEST },
	{ "has_last_contact", "We wrote about these items before", MUSTACHE_NAME_TEST },
	{ "has_broken_promise", "A promise was broken", MUSTACHE_NAME_TEST },
	{ "has_next_step", "A further step follows", MUSTACHE_NAME_TEST },
	{ "has_statement", "The account has other items", MUSTACHE_NAME_TEST },
	{ "has_overdue_rows", "Something is overdue on the account", MUSTACHE_NAME_TEST },
	{ "has_not_due", "Something is not due yet", MUSTACHE_NAME_TEST },
	{ "has_credit_rows", "The account has credits", MUSTACHE_NAME_TEST },
	{ "has_pay_link", "There is a link to pay", MUSTACHE_NAME_TEST },
	{ "has_answer_link", "The customer has a page of his own to answer on", MUSTACHE_NAME_TEST },
	{ "has_next_due", "Something remains to fall due", MUSTACHE_NAME_TEST },
	{ "has_undisputed", "A part is not in dispute", MUSTACHE_NAME_TEST },
	{ "has_return_reason", "The bank gave a reason", MUSTACHE_NAME_TEST },
	{ "has_our_order_ref", "We know the order", MUSTACHE_NAME_TEST },
	{ "has_invoice_copies", "Copies of the invoices are attached", MUSTACHE_NAME_TEST },
	{ "has_contract", "The order or contract is known", MUSTACHE_NAME_TEST },
	{ "has_delivery", "The delivery is known", MUSTACHE_NAME_TEST },
	{ "has_chorus", "The public portal's status is known", MUSTACHE_NAME_TEST },
	{ "has_mediator", "A mediator is set", MUSTACHE_NAME_TEST },
	{ "can_represent", "The debit can be presented again", MUSTACHE_NAME_TEST },
	{ "balance_zero", "Nothing is open any more", MUSTACHE_NAME_TEST },
};

const struct template_kind *template_kinds(size_t *count)
{
	*count = COUNT(kinds);
	return kinds;
}

const struct template_kind *template_kind(const char *code)
{
	for (size_t i = 0; i < COUNT(kinds); i++)
		if (strcmp(kinds[i].code, code) == 0) return &kinds[i];
	return NULL;
}

const struct template_variable *template_variables(size_t *count)
{
	*count = COUNT(variables);
	return variables;
}

#define FIELD_CODE "abcdefghijklmnopqrstuvwxyz0123456789_"

enum mustache_name template_name(void *context, const char *name)
{
	(void)context;
	for (size_t i = 0; i < COUNT(variables); i++)
		if (strcmp(variables[i].name, name) == 0) return variables[i].what;
	/* fields of the company's own; that they exist is checked when a text is saved */
	bool tested = strncmp(name, "has_field.", 10) == 0;
	if (tested || strncmp(name, "field.", 6) == 0) {
		const char *code = name + (tested ? 10 : 6);
		if (*code && strspn(code, FIELD_CODE) == strlen(code)) return tested ? MUSTACHE_NAME_TEST : MUSTACHE_NAME_VALUE;
	}
	return MUSTACHE_NAME_UNKNOWN;
}

/* A shipped file: "Subject: …", an empty line, the body. */
struct status template_shipped(const char *code, enum lang lang, struct arena *arena, struct template_text *out)
{
	if (!template_kind(code)) return status_make(STATUS_NOT_FOUND, "There is no text “%s”.", code);
	const char *name = arena_printf(arena, "pages/mail/%s.%s.txt", code, lang_code(lang));
	struct asset asset;
	if (!asset_find(name, &asset)) return status_make(STATUS_NOT_FOUND, "There is no text “%s”.", code);
	static const char prefix[] = "Subject: ";
	const char *end = memmem(asset.bytes, asset.len, "\n\n", 2);
	assert(end && strncmp(asset.bytes, prefix, strlen(prefix)) == 0); /* template_test reads every one */
	*out = (struct template_text){ .lang = lang };
	snprintf(out->language, sizeof out->language, "%s", lang_code(lang));
	snprintf(out->code, sizeof out->code, "%s", code);
	out->subject = arena_strndup(arena, asset.bytes + strlen(prefix), (size_t)(end - asset.bytes) - strlen(prefix));
	struct slice body = slice_trim((struct slice){ end, asset.len - (size_t)(end - asset.bytes) });
	out->body = arena_printf(arena, "%.*s\n", SLICE_PRINT(body));
	return STATUS_FINE;
}

struct status template_get(struct db *db, int64_t tenant, int64_t company, const char *code, const char *language, enum lang words,
                           struct arena *arena, struct template_text *out)
{
	if (!template_kind(code)) return status_make(STATUS_NOT_FOUND, "There is no text “%s”.", code);
	bool french = strcmp(language, "fr") == 0, shipped = french || strcmp(language, "en") == 0;
	*out = (struct template_text){ .lang = words };
	snprintf(out->code, sizeof out->code, "%s", code);
	snprintf(out->language, sizeof out->language, "%s", language);
	if (shipped) TRY(template_shipped(code, french ? LANG_FR : LANG_EN, arena, out));
	cleanup_rows struct rows *rows = db_query(db,
	        "SELECT subject, body, updated_at, by_user, rev FROM template "
	        "WHERE tenant_id = $tenant AND company_id = $company AND code = $code AND language = $language",
	        DB_ARGS(db_int("tenant", tenant), db_int("company", company), db_text("code", code), db_text("language", language)));
	if (rows_next(rows)) {
		out->subject = arena_strdup(arena, row_text(rows, 0));
		out->body = arena_strdup(arena, row_text(rows, 1));
		out->updated_at = row_int(rows, 2), out->by_user = row_int(rows, 3), out->rev = row_int(rows, 4);
		out->changed = true;
	}
	TRY(rows_status(rows));
	return out->changed || shipped ? STATUS_FINE : status_make(STATUS_NOT_FOUND, "There is no text “%s” in this language.", code);
}

struct status template_load(struct db *db, int64_t tenant, int64_t company, const char *code, const char *language, enum lang words,
                            struct arena *arena, struct template_text *out)
{
	char tag[LANGUAGE_TAG];
	bool more = language_tag(language, tag);
	struct status status = status_make(STATUS_NOT_FOUND, "-");
	while (more && status.code == STATUS_NOT_FOUND) {
		status = template_get(db, tenant, company, code, tag, words, arena, out);
		more = language_wider(tag);
	}
	return status.code == STATUS_NOT_FOUND ? template_get(db, tenant, company, code, lang_code(words), words, arena, out) : status;
}

static struct template_language *language_row(struct template_language *list, size_t *count, size_t room, const char *language)
{
	char tag[LANGUAGE_TAG];
	enum lang known;
	if (!language_tag(language, tag) || (language_words(tag, LANG_EN, &known) && !strchr(tag, '-'))) return NULL;
	size_t at = 0;
	while (at < *count && strcmp(list[at].tag, tag) < 0) at++;
	if (at < *count && strcmp(list[at].tag, tag) == 0) return &list[at];
	if (*count == room) return NULL;
	memmove(&list[at + 1], &list[at], (*count - at) * sizeof *list);
	list[at] = (struct template_language){ 0 };
	memcpy(list[at].tag, tag, sizeof tag);
	(*count)++;
	return &list[at];
}

struct status template_languages(struct db *db, int64_t tenant, int64_t company, struct arena *arena, struct template_language **out, size_t *count)
{
	enum { ROOM = 200 };
	struct template_language *list = arena_array(arena, struct template_language, ROOM + 1);
	*out = list, *count = 0;
	cleanup_rows struct rows *rows = db_query(db,
	        "SELECT 0, language, COUNT(*) FROM template WHERE tenant_id = $tenant AND company_id = $company GROUP BY language "
	        "UNION ALL SELECT 1, language, COUNT(*) FROM customer WHERE tenant_id = $tenant AND company_id = $company AND language <> '' "
	        "AND merged_into = 0 GROUP BY language "
	        "UNION ALL SELECT 2, language, COUNT(*) FROM contact WHERE tenant_id = $tenant AND company_id = $company AND language <> '' "
	        "AND removed = 0 GROUP BY language ORDER BY 1, 2",
	        DB_ARGS(db_int("tenant", tenant), db_int("company", company)));
	while (rows_next(rows)) {
		struct template_language *row = language_row(list, count, ROOM, row_text(rows, 1));
		if (!row) continue;
		int64_t *into[] = { &row->texts, &row->customers, &row->contacts };
		*into[row_int(rows, 0)] += row_int(rows, 2);
	}
	return rows_status(rows);
}

static struct status check_part(const char *source, bool subject, size_t limit, struct template_problem *problem)
{
	struct template_problem found = { .in_subject = subject };
	struct status status = STATUS_FINE;
	size_t len = strlen(source);
	struct slice trimmed = slice_trim((struct slice){ source, len });
	if (trimmed.len == 0) {
		status = subject ? status_make(STATUS_INVALID, "The subject is empty.") : status_make(STATUS_INVALID, "The text is empty.");
	} else if (len > limit) {
		status = status_make(STATUS_INVALID, "The text is too long: %zu characters, at most %zu.", len, limit);
		found.problem.trouble = MUSTACHE_TOO_LONG;
	} else if (!utf8_valid(source, len)) {
		status = status_make(STATUS_INVALID, "The text holds characters that can't be read.");
	} else if (subject && strpbrk(source, "\r\n")) {
		status = status_make(STATUS_INVALID, "A subject stays on one line.");
		found.problem.trouble = MUSTACHE_LINE_BREAK;
	} else {
		struct mustache_rules rules = { .mode = MUSTACHE_USER, .name = template_name, .no_blocks = subject, .problem = &found.problem };
		cleanup_mustache struct mustache *compiled = NULL;
		status = mustache_compile(source, len, &rules, &compiled);
		if (status.code && subject) {
			char text[sizeof status.text];
			snprintf(text, sizeof text, "%s", status.text);
			status = status_make(STATUS_INVALID, "In the subject. %s", text);
		}
	}
	if (problem && status.code) *problem = found;
	return status;
}

struct status template_check(const struct template_text *text, struct template_problem *problem)
{
	if (problem) *problem = (struct template_problem){ 0 };
	if (!template_kind(text->code)) return status_make(STATUS_NOT_FOUND, "There is no text “%s”.", text->code);
	TRY(check_part(text->subject, true, TEMPLATE_SUBJECT_MAX, problem));
	return check_part(text->body, false, TEMPLATE_BODY_MAX, problem);
}

static struct status note(struct change *change, const char *kind, const char *code, const char *language)
{
	return event_add_json(change, (struct event_new){ .kind = kind }, json_pack("{s:s, s:s}", "code", code, "language", language));
}

struct status template_reset(struct change *change, const char *code, const char *language)
{
	if (!template_kind(code)) return status_make(STATUS_NOT_FOUND, "There is no text “%s”.", code);
	TRY(db_run(change->db,
	           "DELETE FROM template WHERE tenant_id = $tenant AND company_id = $company AND code = $code AND language = $language",
	           DB_ARGS(db_int("tenant", change->company.tenant_id), db_int("company", change->company.id), db_text("code", code),
	                   db_text("language", language))));
	return note(change, "template.reset", code, language);
}

/* Browsers send CRLF from a text area. */
static char *unix_lines(const char *text)
{
	char *copy = xstrdup(text), *to = copy;
	for (const char *from = copy; *from; from++)
		if (!(*from == '\r' && from[1] == '\n')) *to++ = *from;
	*to = 0;
	return copy;
}

/* A text names only fields of the company's own that there are. */
static struct status check_fields(struct change *change, const char *source)
{
	cleanup_arena struct arena *arena = arena_new();
	struct custom_fields fields = { 0 };
	bool loaded = false;
	for (const char *at = source; (at = strstr(at, "field.")) != NULL;) {
		const char *before = at;
		while (before > source && strchr("has_#^/ \t", before[-1])) before--;
		at += strlen("field.");
		if (before - source < 2 || before[-1] != '{' || before[-2] != '{') continue; /* only words */
		if (!loaded) TRY(custom_fields_load(change->db, change->company.tenant_id, change->company.id, arena, &fields));
		loaded = true;
		const char *code = arena_strndup(arena, at, strspn(at, FIELD_CODE));
		if (!custom_field_find(&fields, CUSTOM_CUSTOMER, code) && !custom_field_find(&fields, CUSTOM_ITEM, code))
			return status_make(STATUS_INVALID, "There is no field “%s”.", code);
	}
	return STATUS_FINE;
}

struct status template_save(struct change *change, const struct template_text *text)
{
	cleanup_free char *body = unix_lines(text->body);
	struct template_text tidy = *text;
	tidy.body = body;
	TRY(template_check(&tidy, NULL));
	TRY(check_fields(change, text->subject));
	TRY(check_fields(change, body));
	cleanup_arena struct arena *arena = arena_new();
	char language[LANGUAGE_TAG];
	const char *wanted = *text->language ? text->language : lang_code(text->lang);
	if (!language_tag(wanted, language)) return status_make(STATUS_INVALID, "“%s” is no language. Write its code: fr, en, de, pt-BR…", wanted);
	if (strcmp(language, "fr") == 0 || strcmp(language, "en") == 0) {
		struct template_text shipped;
		TRY(template_shipped(text->code, lang_parse(language, LANG_EN), arena, &shipped));
		struct slice mine = slice_trim(slice_of(body)), theirs = slice_trim(slice_of(shipped.body));
		if (strcmp(text->subject, shipped.subject) == 0 && mine.len == theirs.len && memcmp(mine.bytes, theirs.bytes, mine.len) == 0)
			return template_reset(change, text->code, language);
	}
	TRY(db_run(change->db,
	           "INSERT INTO template (tenant_id, company_id, code, language, subject, body, updated_at, by_user, rev) "
	           "VALUES ($tenant, $company, $code, $language, $subject, $body, $now, $user, $rev) "
	           "ON CONFLICT (tenant_id, company_id, code, language) DO UPDATE SET subject = excluded.subject, body = excluded.body, "
	           "updated_at = excluded.updated_at, by_user = excluded.by_user, rev = excluded.rev",
	           DB_ARGS(db_int("tenant", change->company.tenant_id), db_int("company", change->company.id), db_text("code", text->code),
	                   db_text("language", language), db_text("subject", text->subject), db_text("body", body),
	                   db_int("now", change->now), db_int("user", change->viewer->user_id), db_int("rev", change->rev))));
	return note(change, "template.changed", text->code, language);
}

/* --- what goes with it ------------------------------------------------------------------------------------------------------- */

static const struct {
	const char *code;
	int bit;
} file_kinds[] = { { "pdf", FILE_PDF }, { "xlsx", FILE_XLSX }, { "csv", FILE_CSV }, { "invoices", FILE_INVOICES } };

struct status template_files(struct db *db, int64_t tenant, int64_t company, const char *code, int *files)
{
	*files = TEMPLATE_FILES_USUAL;
	cleanup_rows struct rows *rows = db_query(db, "SELECT files FROM template_file WHERE tenant_id = $tenant AND company_id = $company AND code = $code",
	                                          DB_ARGS(db_int("tenant", tenant), db_int("company", company), db_text("code", code)));
	if (rows_next(rows)) {
		*files = FILES_CHOSEN;
		for (const char *at = row_text(rows, 0); *at;) {
			size_t len = strcspn(at, ",");
			for (size_t i = 0; i < COUNT(file_kinds); i++)
				if (strlen(file_kinds[i].code) == len && memcmp(file_kinds[i].code, at, len) == 0) *files |= file_kinds[i].bit;
			at += len + (at[len] == ',');
		}
	}
	return rows_status(rows);
}

struct status template_files_set(struct change *change, const char *code, int files)
{
	if (!template_kind(code)) return status_make(STATUS_NOT_FOUND, "There is no text “%s”.", code);
	cleanup_text struct text list = { 0 };
	for (size_t i = 0; files != TEMPLATE_FILES_USUAL && i < COUNT(file_kinds); i++)
		if (files & file_kinds[i].bit) text_addf(&list, "%s%s", list.len ? "," : "", file_kinds[i].code);
	const struct db_arg tenant = db_int("tenant", change->company.tenant_id), company = db_int("company", change->company.id), of = db_text("code", code);
	if (files == TEMPLATE_FILES_USUAL)
		TRY(db_run(change->db, "DELETE FROM template_file WHERE tenant_id = $tenant AND company_id = $company AND code = $code", DB_ARGS(tenant, company, of)));
	else
		TRY(db_run(change->db,
		        "INSERT INTO template_file (tenant_id, company_id, code, files, updated_at, by_user, rev) VALUES ($tenant, $company, $code, $files, $now, $user, $rev) "
		        "ON CONFLICT (tenant_id, company_id, code) DO UPDATE SET files = excluded.files, updated_at = excluded.updated_at, by_user = excluded.by_user, rev = excluded.rev",
		        DB_ARGS(tenant, company, of, db_text("files", text_cstr(&list)), db_int("now", change->now), db_int("user", change->viewer->user_id), db_int("rev", change->rev))));
	return event_add_json(change, (struct event_new){ .kind = "template.files" },
	                      json_pack("{s:s, s:s}", "code", code, "files", files == TEMPLATE_FILES_USUAL ? "usual" : text_cstr(&list)));
}
