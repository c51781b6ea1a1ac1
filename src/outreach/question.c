#include "outreach/question.h"

#include "base/calendar.h"
#include "base/day.h"
#include "base/email.h"
#include "base/memory.h"
#include "base/text.h"
#include "dunning/plan_load.h"
#include "ledger/customer.h"
#include "ledger/dispute_case.h"
#include "ledger/event.h"
#include "ledger/item.h"
#include "outreach/facts.h"
#include "outreach/outbox.h"

enum { TEXT_MAX = 4000, LISTED = 200 };

#define COLUMNS                                                                                                                 \
	"q.id, q.customer_id, q.item_id, q.dispute_id, q.asked_at, q.asked_by, q.answered_at, q.closed_at, q.due_day, c.code, c.name, " \
	"COALESCE((SELECT i.number FROM item i WHERE i.tenant_id = q.tenant_id AND i.company_id = q.company_id AND i.id = q.item_id), ''), " \
	"q.address, q.text, q.answer, q.answered_name, "                                                                            \
	"COALESCE((SELECT CASE WHEN u.name <> '' THEN u.name ELSE u.email END FROM user_account u WHERE u.tenant_id = q.tenant_id AND u.id = q.asked_by), ''), " \
	"c.collector_id, c.sales_id, c.group_code "
#define FROM                                                                                                                    \
	"FROM question q JOIN customer c ON c.tenant_id = q.tenant_id AND c.company_id = q.company_id AND c.id = q.customer_id "    \
	"WHERE q.tenant_id = $tenant AND q.company_id = $company "

static void read_question(struct rows *rows, struct arena *arena, struct question *out)
{
	*out = (struct question){
		.id = row_int(rows, 0), .customer_id = row_int(rows, 1), .item_id = row_int(rows, 2), .dispute_id = row_int(rows, 3),
		.asked_at = row_int(rows, 4), .asked_by = row_int(rows, 5), .answered_at = row_int(rows, 6), .closed_at = row_int(rows, 7),
		.due_day = row_day(rows, 8), .customer_code = arena_strdup(arena, row_text(rows, 9)), .customer_name = arena_strdup(arena, row_text(rows, 10)),
		.item_number = arena_strdup(arena, row_text(rows, 11)), .address = arena_strdup(arena, row_text(rows, 12)),
		.text = arena_strdup(arena, row_text(rows, 13)), .answer = arena_strdup(arena, row_text(rows, 14)),
		.answered_name = arena_strdup(arena, row_text(rows, 15)), .asker = arena_strdup(arena, row_text(rows, 16)),
	};
}

static bool sees(const struct viewer *viewer, struct rows *rows)
{
	return viewer_sees_customer(viewer, row_int(rows, 17), row_int(rows, 18), row_text(rows, 19));
}

static struct status get(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t id, struct arena *arena, struct question *out)
{
	cleanup_rows struct rows *rows = db_query(db, "SELECT " COLUMNS FROM "AND q.id = $id",
	        DB_ARGS(db_int("tenant", viewer->tenant_id), db_int("company", company_id), db_int("id", id)));
	bool found = viewer_sees_company(viewer, company_id) && rows_next(rows) && sees(viewer, rows);
	if (found) read_question(rows, arena, out);
	TRY(rows_status(rows));
	return found ? STATUS_FINE : status_make(STATUS_NOT_FOUND, "There is no question %lld.", (long long)id);
}

static struct status check_words(const char *text)
{
	if (!text || !slice_trim(slice_of(text)).len) return status_make(STATUS_INVALID, "Write something first.");
	if (strlen(text) > TEXT_MAX || !utf8_valid(text, strlen(text)))
		return status_make(STATUS_INVALID, "This text is too long, or not readable: at most %d characters.", TEXT_MAX);
	return STATUS_FINE;
}

/* The mail to him, from whoever asks; its link is made as it leaves, as a customer's (debtor_link.h). */
static struct status mail(struct change *change, const struct settings *settings, const struct customer *customer, int64_t id, const char *key,
                          const char *address, const char *text, struct arena *arena, int64_t *outbox)
{
	struct compose_facts facts;
	struct template_text template;
	struct message message;
	TRY(facts_of_customer(change->db, change->viewer, &change->company, settings, customer->code, "question", change->today, arena, &facts));
	facts.recipient = address, facts.contact_name = "", facts.question = text, facts.lang = lang_parse(setting_text(settings, "language"), LANG_FR);
	facts.answer_link = debtor_link_placeholder(settings, arena);
	facts.sender.user_name = change->viewer->name, facts.sender.user_email = change->viewer->email;
	TRY(template_load(change->db, change->company.tenant_id, change->company.id, "question", "", facts.lang, arena, &template));
	TRY(compose_message(&facts, &template, arena, &message));
	char about[40];
	snprintf(about, sizeof about, "question %lld", (long long)id);
	return outbox_add(change, settings,
	        &(struct outbox_new){ .customer_id = customer->id, .key = key, .held = !change->company.live || !mail_ready(settings), .channel = "email",
	                              .internal = true, .about = about, .message = &message }, outbox);
}

struct status question_ask(struct change *change, const struct question_new *given, struct arena *arena, int64_t *id)
{
	TRY(change_allows(change, RIGHT_NOTE));
	TRY(check_words(given->text));
	char address[160];
	if (!given->address || !email_fold(given->address, address, sizeof address))
		return status_make(STATUS_INVALID, "“%s” is not an e-mail address.", given->address ? given->address : "");
	const struct settings *settings;
	struct customer customer;
	TRY(settings_load(change->db, change->company.tenant_id, change->company.id, arena, &settings));
	TRY(customer_get(change->db, change->viewer, change->company.id, given->customer_id, arena, &customer));
	if (!*debtor_link_base(settings))
		return status_make(STATUS_CONFLICT, "Say first under which address this desk is reached: Settings, Customer's page.");
	if (given->item_id) {
		struct item item;
		TRY(item_get(change->db, change->viewer, change->company.id, given->item_id, &item));
		if (item.customer_id != customer.id) return status_make(STATUS_INVALID, "%s is another customer's.", item.number);
	}
	struct calendar calendar = calendar_of(settings, change->company.country, arena);
	int32_t due = given->due_day != DAY_NONE ? given->due_day : calendar_add(&calendar, change->today, 3);
	if (due < change->today) return status_make(STATUS_INVALID, "Choose today or a later day.");
	int64_t outbox = 0;
	TRY(id_take(change->db, change->company.tenant_id, change->company.id, "question", 1, id));
	char key[64];
	snprintf(key, sizeof key, "question-%lld", (long long)*id);
	TRY(mail(change, settings, &customer, *id, key, arena_strdup(arena, address), given->text, arena, &outbox));
	TRY(db_run(change->db,
	        "INSERT INTO question (tenant_id, company_id, id, customer_id, item_id, dispute_id, address, text, asked_at, asked_by, due_day, outbox_id, rev) "
	        "VALUES ($tenant, $company, $id, $customer, $item, $dispute, $address, $text, $now, $by, $due, $outbox, $rev)",
	        DB_ARGS(db_int("tenant", change->company.tenant_id), db_int("company", change->company.id), db_int("id", *id),
	                db_int("customer", customer.id), db_int("item", given->item_id), db_int("dispute", given->dispute_id), db_text("address", address),
	                db_text("text", given->text), db_int("now", change->now), db_int("by", change->viewer->user_id), db_day("due", due),
	                db_int("outbox", outbox), db_int("rev", change->rev))));
	return event_add_json(change, (struct event_new){ .kind = "question.asked", .customer_id = customer.id, .ref = *id },
	                      json_pack("{s:s, s:s}", "address", address, "text", given->text));
}

struct status question_of_dispute(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t dispute_id, const char *address, int64_t *id)
{
	char folded[160] = "";
	*id = 0;
	if (!viewer_sees_company(viewer, company_id) || !email_fold(address, folded, sizeof folded)) return STATUS_FINE;
	return db_get_int(db,
	        "SELECT COALESCE(MAX(id), 0) FROM question WHERE tenant_id = $tenant AND company_id = $company AND dispute_id = $dispute AND address = $address "
	        "AND closed_at = 0",
	        DB_ARGS(db_int("tenant", viewer->tenant_id), db_int("company", company_id), db_int("dispute", dispute_id), db_text("address", folded)), id, NULL);
}

struct status question_remind(struct change *change, int64_t id, const char *text, struct arena *arena)
{
	struct question question;
	struct customer customer;
	const struct settings *settings;
	int64_t outbox = 0;
	TRY(change_allows(change, RIGHT_NOTE));
	TRY(get(change->db, change->viewer, change->company.id, id, arena, &question));
	if (question.closed_at) return status_make(STATUS_CONFLICT, "This question is not asked any more.");
	TRY(settings_load(change->db, change->company.tenant_id, change->company.id, arena, &settings));
	TRY(customer_get(change->db, change->viewer, change->company.id, question.customer_id, arena, &customer));
	char key[64];
	snprintf(key, sizeof key, "question-%lld-%d", (long long)id, change->today); /* once a day */
	return mail(change, settings, &customer, id, key, question.address, text, arena, &outbox);
}

struct status question_answer(struct change *change, const struct debtor_link *link, const char *answer, const char *name)
{
	cleanup_arena struct arena *arena = arena_new();
	struct question question;
	TRY(check_words(answer));
	name = name ? name : "";
	if (strlen(name) > 120 || !utf8_valid(name, strlen(name)))
		return status_make(STATUS_INVALID, "This text is too long, or not readable: at most %d characters.", 120);
	TRY(question_of_link(change->db, link, arena, &question));
	if (question.closed_at) return status_make(STATUS_CONFLICT, "This question is not asked any more.");
	if (question.answered_at && strcmp(question.answer, answer) == 0) return STATUS_FINE; /* a double click */
	cleanup_text struct text whole = { 0 };
	if (question.answered_at) text_addf(&whole, "%s\n\n", question.answer);
	text_add(&whole, answer);
	if (whole.len > 5 * TEXT_MAX) return status_make(STATUS_CONFLICT, "This question has been answered at length already.");
	TRY(db_run(change->db,
	        "UPDATE question SET answer = $answer, answered_name = $name, answered_at = $now, rev = $rev WHERE tenant_id = $tenant "
	        "AND company_id = $company AND id = $id",
	        DB_ARGS(db_text("answer", text_cstr(&whole)), db_text("name", name), db_int("now", change->now), db_int("rev", change->rev),
	                db_int("tenant", link->tenant_id), db_int("company", link->company_id), db_int("id", question.id))));
	if (question.dispute_id) { /* his answer stands in the conversation about the dispute as well */
		struct status said = dispute_say(change, question.dispute_id, false, "note", *name ? name : question.address, answer, 0);
		if (said.code && said.code != STATUS_NOT_FOUND) return said;
	}
	return event_add_json(change, (struct event_new){ .kind = "question.answered", .customer_id = question.customer_id, .ref = question.id },
	                      json_pack("{s:s, s:s, s:s, s:s}", "address", question.address, "name", name, "question", question.text, "text", answer));
}

struct status question_close(struct change *change, int64_t id)
{
	TRY(change_allows(change, RIGHT_NOTE));
	cleanup_arena struct arena *arena = arena_new();
	struct question question;
	TRY(get(change->db, change->viewer, change->company.id, id, arena, &question));
	if (question.closed_at) return status_make(STATUS_CONFLICT, "This question is not asked any more.");
	TRY(db_run(change->db, "UPDATE question SET closed_at = $now, rev = $rev WHERE tenant_id = $tenant AND company_id = $company AND id = $id",
	           DB_ARGS(db_int("now", change->now), db_int("rev", change->rev), db_int("tenant", change->company.tenant_id),
	                   db_int("company", change->company.id), db_int("id", id))));
	return event_add_json(change, (struct event_new){ .kind = "question.closed", .customer_id = question.customer_id, .ref = id },
	                      json_pack("{s:s}", "text", question.text));
}

struct status question_of_link(struct db *db, const struct debtor_link *link, struct arena *arena, struct question *out)
{
	struct viewer system = viewer_system(link->tenant_id);
	return get(db, &system, link->company_id, link->question_id, arena, out);
}

struct status question_list(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t customer_id, bool open_only,
                            struct arena *arena, struct question **out, size_t *count)
{
	*out = arena_array(arena, struct question, LISTED), *count = 0;
	if (!viewer_sees_company(viewer, company_id)) return STATUS_FINE;
	cleanup_rows struct rows *rows = db_query(db,
	        "SELECT " COLUMNS FROM "AND (CAST($customer AS BIGINT) = 0 OR q.customer_id = $customer) "
	        "AND (CAST($all AS BIGINT) = 1 OR (q.answered_at = 0 AND q.closed_at = 0)) ORDER BY q.id DESC",
	        DB_ARGS(db_int("tenant", viewer->tenant_id), db_int("company", company_id), db_int("customer", customer_id), db_int("all", !open_only)));
	while (*count < LISTED && rows_next(rows))
		if (sees(viewer, rows)) read_question(rows, arena, &(*out)[(*count)++]);
	return rows_status(rows);
}
