#include "outreach/letters.h"

#include "base/memory.h"
#include "base/words.h"
#include "dunning/action_member.h"
#include "ledger/event.h"
#include "outreach/outbox.h"
#include "outreach/paper.h"
#include "outreach/parts.h"

#include <ctype.h>
#include <sodium.h>

enum { SCAN_MAX = 10 << 20 };

static bool is_letter(const struct action *action)
{
	return action->channel == CHANNEL_LETTER || action->channel == CHANNEL_REGISTERED_LETTER;
}

bool letter_number_fits(const char *number)
{
	size_t len = strlen(number);
	for (const char *c = number; *c; c++)
		if (!isalnum((unsigned char)*c) && *c != ' ') return false;
	return len <= 30;
}

/* --- reading ------------------------------------------------------------------------------------------------------------------------- */
struct status letters_list(struct db *db, const struct viewer *viewer, int64_t company_id, int32_t today, struct arena *arena,
                           struct letter_row **out, size_t *count)
{
	*count = 0, *out = arena_array(arena, struct letter_row, 1);
	if (!viewer_sees_company(viewer, company_id)) return STATUS_FINE;
	struct action_hidden hidden; /* a payer's that names customers whom the viewer does not see: it is not his to print */
	TRY(action_hidden_read(db, viewer, company_id, arena, &hidden));
	struct rows *rows = db_query(db,
	        "SELECT a.id, a.amount, a.currency, a.channel, a.state, a.step_rank, c.code, c.name, c.city, c.collector_id, c.sales_id, c.group_code, "
	        "COALESCE(l.batch_id, 0), COALESCE(l.number, ''), COALESCE(l.printed_at, 0), l.deposited_day, l.delivered_day, COALESCE(l.fate, ''), "
	        "COALESCE(l.note, ''), a.reason, "
	        "(SELECT MAX(o.id) FROM outbox o WHERE o.tenant_id = a.tenant_id AND o.company_id = a.company_id AND o.action_id = a.id AND o.state <> 'cancelled') "
	        "FROM action a JOIN customer c ON c.tenant_id = a.tenant_id AND c.company_id = a.company_id AND c.id = a.customer_id "
	        "JOIN company m ON m.tenant_id = a.tenant_id AND m.id = a.company_id "
	        "LEFT JOIN letter l ON l.tenant_id = a.tenant_id AND l.company_id = a.company_id AND l.action_id = a.id "
	        "WHERE a.tenant_id = $tenant AND a.company_id = $company AND a.test = 1 - m.live AND a.channel IN ('letter', 'registered_letter') "
	        "AND (a.state IN ('planned', 'to_confirm') OR (a.channel = 'registered_letter' AND a.state IN ('done', 'sent') AND a.done_day > $since)) "
	        "AND a.plan_day <= $today ORDER BY a.state, a.priority DESC, a.id",
	        DB_ARGS(db_int("tenant", viewer->tenant_id), db_int("company", company_id), db_day("since", today - 120), db_day("today", today)));
	struct letter_row *list = NULL;
	size_t cap = 0;
	while (rows_next(rows)) {
		if (!viewer_sees_customer(viewer, row_int(rows, 9), row_int(rows, 10), row_text(rows, 11)) || action_hidden(&hidden, row_int(rows, 0))) continue;
		GROW(list, *count, cap);
		struct letter_row *row = &list[(*count)++];
		struct action action = { .step = "", .reason = row_text(rows, 19), .channel = CHANNEL_LETTER };
		channel_parse(row_text(rows, 3), &action.channel);
		int64_t rank = row_int(rows, 5);
		action.rank = rank > 0 && rank < RANK_COUNT ? (enum rank)rank : RANK_NONE;
		*row = (struct letter_row){
			.action_id = row_int(rows, 0), .amount = row_int(rows, 1), .channel = action.channel, .state = STATE_PLANNED,
			.customer_code = arena_strdup(arena, row_text(rows, 6)), .customer_name = arena_strdup(arena, row_text(rows, 7)),
			.city = arena_strdup(arena, row_text(rows, 8)), .batch_id = row_int(rows, 12), .number = arena_strdup(arena, row_text(rows, 13)),
			.printed_at = row_int(rows, 14), .deposited_day = row_day(rows, 15), .delivered_day = row_day(rows, 16),
			.fate = arena_strdup(arena, row_text(rows, 17)), .note = arena_strdup(arena, row_text(rows, 18)), .outbox_id = row_int(rows, 20),
			.label = action_label(&action, viewer->lang, arena) };
		action_state_parse(row_text(rows, 4), &row->state);
		snprintf(row->currency, sizeof row->currency, "%s", row_text(rows, 2));
	}
	struct status status = rows_status(rows);
	rows_close(rows);
	*out = arena_array(arena, struct letter_row, *count + 1);
	if (*count) memcpy(*out, list, *count * sizeof *list);
	free(list);
	return status;
}

/* --- writing the letter's own row ------------------------------------------------------------------------------------------------------ */
static const struct db_arg *key_args(struct change *change, int64_t action_id, struct arena *arena)
{
	struct db_arg *args = arena_array(arena, struct db_arg, 4);
	args[0] = db_int("tenant", change->company.tenant_id), args[1] = db_int("company", change->company.id), args[2] = db_int("action", action_id);
	args[3] = (struct db_arg){ .type = DB_END };
	return args;
}

static struct status letter_row_make(struct change *change, const struct action *action)
{
	return db_run(change->db, "INSERT INTO letter (tenant_id, company_id, action_id, customer_id, rev) VALUES ($tenant, $company, $action, $customer, $rev) "
	                          "ON CONFLICT (tenant_id, company_id, action_id) DO UPDATE SET rev = excluded.rev",
	              DB_ARGS(db_int("tenant", change->company.tenant_id), db_int("company", change->company.id), db_int("action", action->id),
	                      db_int("customer", action->customer_id), db_int("rev", change->rev)));
}

static struct status letter_take(struct change *change, int64_t action_id, struct arena *arena, struct action **out)
{
	TRY(action_get(change->db, change->viewer, change->company.id, action_id, arena, out));
	return is_letter(*out) ? STATUS_FINE : status_make(STATUS_INVALID, "Action %lld is no letter.", (long long)action_id);
}

static struct status followed(struct change *change, const struct action *action, const char *kind, json_t *content)
{
	return event_add_json(change, (struct event_new){ .kind = kind, .customer_id = action->customer_id, .ref = action->id }, content);
}

struct status letter_number(struct change *change, int64_t action_id, const char *number)
{
	cleanup_arena struct arena *arena = arena_new();
	struct action *action;
	TRY(letter_take(change, action_id, arena, &action));
	if (!letter_number_fits(number)) return status_make(STATUS_INVALID, "“%.40s” is no postal number: letters, digits and blanks.", number);
	TRY(letter_row_make(change, action));
	TRY(db_run(change->db, "UPDATE letter SET number = $number WHERE tenant_id = $tenant AND company_id = $company AND action_id = $action",
	           DB_ARGS(db_text("number", number), db_int("tenant", change->company.tenant_id), db_int("company", change->company.id),
	                   db_int("action", action_id))));
	return followed(change, action, "letter.followed", json_pack("{s:s}", "number", number));
}

struct status letter_follow(struct change *change, int64_t action_id, const char *fate, int32_t day, const char *note)
{
	static const char *const fates[] = { "delivered", "refused", "unclaimed", "unknown_address" };
	cleanup_arena struct arena *arena = arena_new();
	struct action *action;
	bool known = false;
	char iso[11];
	TRY(letter_take(change, action_id, arena, &action));
	for (size_t i = 0; i < COUNT(fates); i++) known |= strcmp(fates[i], fate) == 0;
	if (!known) return status_make(STATUS_INVALID, "Say what became of it: delivered, refused, unclaimed or unknown_address.");
	if (action->state != STATE_DONE && action->state != STATE_SENT) return status_make(STATUS_CONFLICT, "This letter was not posted yet.");
	if (day == DAY_NONE || day > change->today) return status_make(STATUS_INVALID, "Choose the day of the receipt, today at the latest.");
	if (action->done_day != DAY_NONE && day < action->done_day) return status_make(STATUS_INVALID, "The receipt is not before the deposit.");
	TRY(letter_row_make(change, action));
	TRY(db_run(change->db, "UPDATE letter SET fate = $fate, delivered_day = $day, note = $note WHERE tenant_id = $tenant AND company_id = $company "
	                       "AND action_id = $action",
	           DB_ARGS(db_text("fate", fate), db_day("day", day), db_text("note", note ? note : ""), db_int("tenant", change->company.tenant_id),
	                   db_int("company", change->company.id), db_int("action", action_id))));
	day_format(day, iso);
	return followed(change, action, "letter.followed", json_pack("{s:s, s:s, s:s}", "fate", fate, "date", iso, "note", note ? note : ""));
}

/* --- printing ------------------------------------------------------------------------------------------------------------------------------ */
struct printed {
	const struct action *action;
	struct letter_drawing *drawing;
	const char *address, *number;
	size_t pages;
};

struct listing {
	const struct printed *letters;
	size_t count;
	const struct company *company;
	int64_t batch_id;
	int32_t today;
	enum lang lang;
	struct arena *arena;
};

/* The posting list: what goes to the post, one line each, for the clerk's stamp and our file. */
static void draw_listing(struct paper *paper, void *context)
{
	const struct listing *list = context;
	struct arena *arena = list->arena;
	enum lang lang = list->lang;
	enum { COLUMNS = 6 };
	const struct paper_column columns[COLUMNS] = { { "", 9, PAPER_RIGHT }, { tr(lang, "Customer"), 44, PAPER_LEFT }, { tr(lang, "Address"), 54, PAPER_LEFT },
		{ tr(lang, "Registered no."), 32, PAPER_LEFT }, { tr(lang, "Pages"), 11, PAPER_RIGHT }, { tr(lang, "Amount"), 20, PAPER_RIGHT } };
	const char **cells = arena_array(arena, const char *, (list->count + 1) * COLUMNS);
	size_t pages = 0, registered = 0;
	for (size_t i = 0; i < list->count; i++) {
		const struct printed *letter = &list->letters[i];
		const char **cell = cells + i * COLUMNS;
		cleanup_text struct text amount = { 0 };
		words_amount(&amount, lang, letter->action->amount, letter->action->currency);
		bool by_hand = letter->action->channel == CHANNEL_REGISTERED_LETTER;
		registered += by_hand, pages += letter->pages;
		cell[0] = arena_printf(arena, "%zu", i + 1);
		cell[1] = arena_printf(arena, "%s\n%s", letter->action->customer_name, letter->action->customer_code);
		cell[2] = letter->address;
		cell[3] = *letter->number ? letter->number : by_hand ? tr(lang, "to be stuck on") : "";
		cell[4] = arena_printf(arena, "%zu", letter->pages);
		cell[5] = arena_strdup(arena, text_cstr(&amount));
	}
	const char **total = cells + list->count * COLUMNS;
	for (int i = 0; i < COLUMNS; i++) total[i] = "";
	total[1] = arena_printf(arena, lang == LANG_FR ? "Lettres : %zu, dont recommandées : %zu" : "Letters: %zu, of them registered: %zu", list->count, registered);
	total[4] = arena_printf(arena, "%zu", pages);
	cleanup_text struct text day = { 0 };
	words_date_long(&day, lang, list->today);
	paper_text(paper, PAPER_MARGIN, paper_y(paper), 170, 15, PAPER_LEFT, false,
	           arena_printf(arena, lang == LANG_FR ? "Bordereau de dépôt n° %lld" : "Posting list no. %lld", (long long)list->batch_id));
	paper_move(paper, paper_y(paper) + 9);
	paper_paragraph(paper, 9.5, 5, false, arena_printf(arena, "%s, %s", list->company->name, text_cstr(&day)));
	paper_table(paper, columns, COLUMNS, cells, list->count + 1, 1, 8);
	paper_room(paper, 25);
	paper_paragraph(paper, 9, 3, false, tr(lang, "Handed to the post on: ____________________     Signature and stamp:"));
}

/* The very file that was printed, kept with the customer; a print before it gives way. */
static struct status keep_print(struct change *change, const struct settings *settings, const struct action *action, const struct compose_facts *facts,
                                struct message *message, int64_t batch_id, struct arena *arena)
{
	int64_t prints = 0, outbox_id;
	TRY(db_run(change->db, "UPDATE outbox SET state = 'cancelled', rev = $rev WHERE tenant_id = $tenant AND company_id = $company AND action_id = $action "
	                       "AND state = 'held'",
	           DB_ARGS(db_int("rev", change->rev), db_int("tenant", change->company.tenant_id), db_int("company", change->company.id),
	                   db_int("action", action->id))));
	TRY(db_get_int(change->db, "SELECT COUNT(*) FROM outbox WHERE tenant_id = $tenant AND company_id = $company AND action_id = $action",
	               key_args(change, action->id, arena), &prints, NULL));
	message->recipient = facts->customer_name;
	TRY(outbox_add(change, settings,
	               &(struct outbox_new){ .action_id = action->id, .customer_id = action->customer_id, .held = true, .channel = channel_code(action->channel),
	                                     .key = arena_printf(arena, "letter-%lld-%lld", (long long)action->id, (long long)prints), .message = message },
	               &outbox_id));
	TRY(letter_row_make(change, action));
	return db_run(change->db, "UPDATE letter SET batch_id = $batch, printed_at = $now WHERE tenant_id = $tenant AND company_id = $company AND action_id = $action",
	              DB_ARGS(db_int("batch", batch_id), db_int("now", change->now), db_int("tenant", change->company.tenant_id),
	                      db_int("company", change->company.id), db_int("action", action->id)));
}

static struct status print_one(struct change *change, const struct settings *settings, int64_t id, int64_t batch_id, struct arena *arena,
                               struct printed *out, const char **name)
{
	struct compose_facts facts;
	struct action *action;
	struct template_text text;
	struct message message;
	bool stands;
	const char *reason;
	*name = "";
	TRY(letter_take(change, id, arena, &action));
	*name = action->customer_name;
	if (action->state != STATE_PLANNED && action->state != STATE_TO_CONFIRM)
		return status_make(STATUS_CONFLICT, "Action %lld of %s is “%s” already. Reload the agenda.", (long long)id, action->customer_name,
		                   action_state_code(action->state));
	TRY(action_check(change->db, change->viewer, change->company.id, id, change->today, arena, &stands, &reason));
	if (!stands) return status_make(STATUS_CONFLICT, "The letter to %s no longer stands (%s). Plan the day again.", action->customer_name, reason);
	TRY(facts_of_action(change->db, change->viewer, &change->company, settings, id, change->today, arena, &facts, NULL));
	TRY(facts_text(change->db, &change->company, &facts, facts.template, arena, &text));
	TRY(compose_message(&facts, &text, arena, &message));
	TRY(letter_pdf(&facts, &text, (int)setting_int(settings, "letter.offset_x"), (int)setting_int(settings, "letter.offset_y"), arena, &message.attachments[0]));
	message.attachment_count = 1;
	struct compose_facts *kept = arena_make(arena, struct compose_facts);
	*kept = facts;
	TRY(letter_drawing(kept, &text, (int)setting_int(settings, "letter.offset_x"), (int)setting_int(settings, "letter.offset_y"), arena, &out->drawing));
	if (!action->test) TRY(keep_print(change, settings, action, &facts, &message, batch_id, arena));
	out->action = action, out->address = parts_address(&facts, arena), out->number = facts.registered_no;
	return STATUS_FINE;
}

struct status letters_print(struct change *change, const int64_t *ids, size_t count, struct arena *arena, struct letters_print *out)
{
	const struct settings *settings;
	*out = (struct letters_print){ .refused = arena_array(arena, struct letters_refused, count + 1) };
	if (count > LETTERS_MAX) return status_make(STATUS_INVALID, "At most %d letters are printed at once.", LETTERS_MAX);
	TRY(settings_load(change->db, change->company.tenant_id, change->company.id, arena, &settings));
	TRY(id_take(change->db, change->company.tenant_id, change->company.id, "letter_batch", 1, &out->batch_id));
	struct printed *letters = arena_array(arena, struct printed, count + 1);
	for (size_t i = 0; i < count; i++) {
		const char *name;
		struct status status = print_one(change, settings, ids[i], out->batch_id, arena, &letters[out->printed], &name);
		if (!status.code) {
			out->printed++;
			continue;
		}
		if (status.code != STATUS_CONFLICT && status.code != STATUS_INVALID) return status;
		out->refused[out->refused_count++] = (struct letters_refused){ ids[i], name, arena_strdup(arena, status.text) };
	}
	if (!out->printed)
		return status_make(STATUS_INVALID, "%s", out->refused_count ? out->refused[0].reason : "Tick at least one letter first.");

	struct paper_part *parts = arena_array(arena, struct paper_part, out->printed + 1);
	enum lang lang = change->viewer->lang;
	for (size_t i = 0; i < out->printed; i++) {
		parts[i + 1] = letter_part(letters[i].drawing);
		TRY(paper_count(&parts[i + 1], &letters[i].pages));
		out->pages += letters[i].pages;
	}
	struct listing listing = { letters, out->printed, &change->company, out->batch_id, change->today, lang, arena };
	struct paper_about about = { .title = tr(lang, "Posting list"), .author = change->company.name, .lang = lang, .today = change->today,
	                             .reference = change->company.name };
	parts[0] = (struct paper_part){ draw_listing, &listing, about };
	TRY(paper_make_all(parts, out->printed + 1, arena, &out->pdf.bytes, &out->pdf.len));
	char day[11];
	day_format(change->today, day);
	out->pdf.name = arena_printf(arena, lang == LANG_FR ? "lettres-%s-%lld.pdf" : "letters-%s-%lld.pdf", day, (long long)out->batch_id);
	out->pdf.type = "application/pdf";

	int64_t document_id;
	unsigned char digest[crypto_generichash_BYTES];
	crypto_generichash(digest, sizeof digest, (const unsigned char *)out->pdf.bytes, out->pdf.len, NULL, 0);
	TRY(id_take(change->db, change->company.tenant_id, change->company.id, "document", 1, &document_id));
	TRY(db_run(change->db, "INSERT INTO document (tenant_id, company_id, id, customer_id, name, type, digest, bytes, at) VALUES ($tenant, $company, $id, 0, "
	                       "$name, $type, $digest, $bytes, $at)",
	           DB_ARGS(db_int("tenant", change->company.tenant_id), db_int("company", change->company.id), db_int("id", document_id),
	                   db_text("name", out->pdf.name), db_text("type", out->pdf.type), db_blob("digest", digest, sizeof digest),
	                   db_blob("bytes", out->pdf.bytes, out->pdf.len), db_int("at", change->now))));
	TRY(db_run(change->db, "INSERT INTO letter_batch (tenant_id, company_id, id, at, day, by_user, letters, pages, document_id, rev) VALUES ($tenant, $company, "
	                       "$id, $at, $day, $user, $letters, $pages, $document, $rev)",
	           DB_ARGS(db_int("tenant", change->company.tenant_id), db_int("company", change->company.id), db_int("id", out->batch_id),
	                   db_int("at", change->now), db_day("day", change->today), db_int("user", change->viewer->user_id),
	                   db_int("letters", (int64_t)out->printed), db_int("pages", (int64_t)out->pages), db_int("document", document_id),
	                   db_int("rev", change->rev))));
	return event_add_json(change, (struct event_new){ .kind = "letter.printed", .ref = out->batch_id },
	                      json_pack("{s:I, s:I, s:I}", "batch", (json_int_t)out->batch_id, "letters", (json_int_t)out->printed, "pages", (json_int_t)out->pages));
}

struct status letters_batch(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t batch_id, struct arena *arena,
                            struct attachment *out)
{
	/* it holds letters of many customers: whoever sees only some of them printed it himself, or gets his letters one by one */
	cleanup_rows struct rows *rows = db_query(db,
	        "SELECT d.name, d.type, d.bytes, b.by_user FROM letter_batch b JOIN document d ON d.tenant_id = b.tenant_id AND d.company_id = b.company_id "
	        "AND d.id = b.document_id WHERE b.tenant_id = $tenant AND b.company_id = $company AND b.id = $id",
	        DB_ARGS(db_int("tenant", viewer->tenant_id), db_int("company", company_id), db_int("id", batch_id)));
	bool found = viewer_sees_company(viewer, company_id) && rows_next(rows) &&
	             (viewer->portfolio == PORTFOLIO_ALL || row_int(rows, 3) == viewer->user_id);
	if (found) {
		size_t len;
		const void *bytes = row_blob(rows, 2, &len);
		*out = (struct attachment){ arena_strdup(arena, row_text(rows, 0)), arena_strdup(arena, row_text(rows, 1)),
		                            arena_strndup(arena, len ? bytes : "", len), len };
	}
	TRY(rows_status(rows));
	return found ? STATUS_FINE : status_make(STATUS_NOT_FOUND, "There is no print run %lld.", (long long)batch_id);
}

/* --- posting -------------------------------------------------------------------------------------------------------------------------------- */
struct status letter_post(struct change *change, int64_t action_id, int32_t day, const char *number, struct arena *arena)
{
	struct action *action;
	bool stands, found = false;
	const char *reason;
	int64_t print = 0;
	TRY(letter_take(change, action_id, arena, &action));
	if (day == DAY_NONE) day = change->today;
	if (day > change->today || day < change->today - 10) return status_make(STATUS_INVALID, "A letter was posted today, or in the last ten days.");
	if (number && !letter_number_fits(number)) return status_make(STATUS_INVALID, "“%.40s” is no postal number: letters, digits and blanks.", number);
	if (action->state != STATE_PLANNED && action->state != STATE_TO_CONFIRM)
		return status_make(STATUS_CONFLICT, "Action %lld of %s is “%s” already. Reload the agenda.", (long long)action_id, action->customer_name,
		                   action_state_code(action->state));
	TRY(action_check(change->db, change->viewer, change->company.id, action_id, change->today, arena, &stands, &reason));
	if (!stands)
		return status_make(STATUS_CONFLICT, "Do not post the letter to %s: it no longer stands (%s).", action->customer_name, reason);
	TRY(db_get_int(change->db, "SELECT MAX(id) FROM outbox WHERE tenant_id = $tenant AND company_id = $company AND action_id = $action AND state = 'held'",
	               key_args(change, action_id, arena), &print, &found));
	if (found && print) { /* what was printed is what is kept */
		TRY(action_done(change, action_id, "", NULL));
		TRY(db_run(change->db, "UPDATE outbox SET state = 'sent', sent_at = $now, rev = $rev WHERE tenant_id = $tenant AND company_id = $company AND id = $id",
		           DB_ARGS(db_int("now", change->now), db_int("rev", change->rev), db_int("tenant", change->company.tenant_id),
		                   db_int("company", change->company.id), db_int("id", print))));
	} else {
		TRY(confirm_done(change, action_id, "", NULL, arena));
	}
	TRY(letter_row_make(change, action));
	TRY(db_run(change->db, "UPDATE letter SET deposited_day = $day, number = CASE WHEN $number = '' THEN number ELSE $number END WHERE tenant_id = $tenant "
	                       "AND company_id = $company AND action_id = $action",
	           DB_ARGS(db_day("day", day), db_text("number", number ? number : ""), db_int("tenant", change->company.tenant_id),
	                   db_int("company", change->company.id), db_int("action", action_id))));
	char iso[11];
	day_format(day, iso);
	return followed(change, action, "letter.posted", json_pack("{s:s, s:s}", "date", iso, "number", number ? number : ""));
}

struct status letter_scan(struct change *change, int64_t action_id, const char *name, const char *bytes, size_t len)
{
	cleanup_arena struct arena *arena = arena_new();
	struct action *action;
	int64_t outbox_id = 0;
	bool found = false;
	TRY(letter_take(change, action_id, arena, &action));
	if (len == 0 || len > SCAN_MAX) return status_make(STATUS_INVALID, "A scan is a file of at most %d MB.", SCAN_MAX >> 20);
	const char *type = len > 4 && memcmp(bytes, "%PDF", 4) == 0 ? "application/pdf" : len > 8 && memcmp(bytes, "\x89PNG\r\n\x1a\n", 8) == 0 ? "image/png"
	                   : len > 3 && memcmp(bytes, "\xff\xd8\xff", 3) == 0 ? "image/jpeg" : NULL;
	if (!type) return status_make(STATUS_INVALID, "A scan is a PDF, PNG or JPEG file.");
	TRY(db_get_int(change->db, "SELECT MAX(id) FROM outbox WHERE tenant_id = $tenant AND company_id = $company AND action_id = $action AND state = 'sent'",
	               key_args(change, action_id, arena), &outbox_id, &found));
	if (!found || !outbox_id) return status_make(STATUS_CONFLICT, "This letter was not posted yet.");
	cleanup_text struct text plain = { 0 };
	for (const char *c = name; *c && plain.len < 100; c++)
		if ((unsigned char)*c >= ' ' && !strchr("/\\\"<>|:*?", *c)) text_add_char(&plain, *c);
	if (!utf8_valid(text_cstr(&plain), plain.len) || !plain.len) text_clear(&plain), text_add(&plain, "scan");
	TRY(outbox_attach(change, action->customer_id, outbox_id, &(struct attachment){ text_cstr(&plain), type, bytes, len }));
	return followed(change, action, "letter.followed", json_pack("{s:s}", "scan", text_cstr(&plain)));
}
