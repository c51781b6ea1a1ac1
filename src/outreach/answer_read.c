/* Reading answers: for the desk, narrowed to the viewer's portfolio, and for the page of the link they came by. */
#include "base/memory.h"
#include "ledger/customer.h"
#include "outreach/answer_inside.h"

static const struct {
	const char *code, *label;
} waits[] = {
	{ "setting", "By your settings this kind waits for a person." },
	{ "repeated", "It was said before about one of these items: a person decides." },
	{ "nothing_open", "Nothing could take effect: paid meanwhile, disputed or promised already." },
	{ "partly", "A part of it took effect; the rest is paid, disputed or promised already." },
};

const char *answer_waits_label(const char *code)
{
	for (size_t i = 0; i < COUNT(waits); i++)
		if (strcmp(waits[i].code, code) == 0) return waits[i].label;
	return "";
}

#define COLUMNS                                                                                                                 \
	"a.id, a.customer_id, a.link_id, a.reply_id, a.at, a.owner_id, a.settled_at, a.settled_by, a.rev, a.kind, a.day, "          \
	"a.due_day, c.code, c.name, a.text, a.words, a.detail, a.state, a.waits, a.outcome, "                                       \
	"COALESCE((SELECT CASE WHEN u.name <> '' THEN u.name ELSE u.email END FROM user_account u WHERE u.tenant_id = a.tenant_id AND u.id = a.owner_id), ''), " \
	"COALESCE((SELECT l.recipient FROM debtor_link l WHERE l.tenant_id = a.tenant_id AND l.company_id = a.company_id AND l.id = a.link_id), ''), " \
	"c.collector_id, c.sales_id, c.group_code "
#define FROM                                                                                                                    \
	"FROM answer a JOIN customer c ON c.tenant_id = a.tenant_id AND c.company_id = a.company_id AND c.id = a.customer_id "      \
	"WHERE a.tenant_id = $tenant AND a.company_id = $company "

static void read_answer(struct rows *rows, struct arena *arena, struct answer *out)
{
	*out = (struct answer){
		.id = row_int(rows, 0), .customer_id = row_int(rows, 1), .link_id = row_int(rows, 2), .reply_id = row_int(rows, 3), .at = row_int(rows, 4),
		.owner_id = row_int(rows, 5), .settled_at = row_int(rows, 6), .settled_by = row_int(rows, 7), .rev = row_int(rows, 8),
		.day = row_day(rows, 10), .due_day = row_day(rows, 11), .customer_code = arena_strdup(arena, row_text(rows, 12)),
		.customer_name = arena_strdup(arena, row_text(rows, 13)), .text = arena_strdup(arena, row_text(rows, 14)),
		.words = arena_strdup(arena, row_text(rows, 15)), .detail = arena_strdup(arena, row_text(rows, 16)),
		.state = arena_strdup(arena, row_text(rows, 17)), .waits = arena_strdup(arena, row_text(rows, 18)),
		.outcome = arena_strdup(arena, row_text(rows, 19)), .owner = arena_strdup(arena, row_text(rows, 20)),
		.recipient = arena_strdup(arena, row_text(rows, 21)), .bank_day = DAY_NONE,
	};
	answer_kind_parse(row_text(rows, 9), &out->kind);
}

static struct status fill_items(struct db *db, int64_t tenant, int64_t company, struct arena *arena, struct answer *answer)
{
	answer->items = arena_array(arena, struct answer_item, ANSWER_ITEMS);
	cleanup_rows struct rows *rows = db_query(db,
	        "SELECT ai.item_id, ai.amount, ai.effect_id, COALESCE(i.number, ''), COALESCE(i.currency, ''), ai.effect FROM answer_item ai "
	        "LEFT JOIN item i ON i.tenant_id = ai.tenant_id AND i.company_id = ai.company_id AND i.id = ai.item_id "
	        "WHERE ai.tenant_id = $tenant AND ai.company_id = $company AND ai.answer_id = $answer ORDER BY ai.item_id",
	        DB_ARGS(db_int("tenant", tenant), db_int("company", company), db_int("answer", answer->id)));
	while (answer->count < ANSWER_ITEMS && rows_next(rows))
		answer->items[answer->count++] = (struct answer_item){ .id = row_int(rows, 0), .amount = row_int(rows, 1), .effect_id = row_int(rows, 2),
			.number = arena_strdup(arena, row_text(rows, 3)), .currency = arena_strdup(arena, row_text(rows, 4)),
			.effect = arena_strdup(arena, row_text(rows, 5)) };
	return rows_status(rows);
}

static struct status fill_files(struct db *db, int64_t tenant, int64_t company, struct arena *arena, struct answer *answer)
{
	answer->files = arena_array(arena, struct answer_file, ANSWER_FILES);
	cleanup_rows struct rows *rows = db_query(db,
	        "SELECT d.id, d.name, d.type, length(d.bytes) FROM answer_file f JOIN document d ON d.tenant_id = f.tenant_id "
	        "AND d.company_id = f.company_id AND d.id = f.document_id WHERE f.tenant_id = $tenant AND f.company_id = $company "
	        "AND f.answer_id = $answer ORDER BY d.id",
	        DB_ARGS(db_int("tenant", tenant), db_int("company", company), db_int("answer", answer->id)));
	while (answer->file_count < ANSWER_FILES && rows_next(rows))
		answer->files[answer->file_count++] = (struct answer_file){ .id = row_int(rows, 0), .name = arena_strdup(arena, row_text(rows, 1)),
			.type = arena_strdup(arena, row_text(rows, 2)), .len = (size_t)row_int(rows, 3) };
	return rows_status(rows);
}

/* The money that came since for what he said is paid: not earlier than ten days before the day he named. */
static struct status fill_bank(struct db *db, int64_t tenant, int64_t company, struct answer *answer)
{
	if (answer->kind != ANSWER_PAID && answer->kind != ANSWER_PROMISE) return STATUS_FINE;
	cleanup_rows struct rows *rows = db_query(db,
	        "SELECT b.id, b.booking_day, SUM(k.amount) FROM answer_item ai JOIN cash_link k ON k.tenant_id = ai.tenant_id "
	        "AND k.company_id = ai.company_id AND k.customer_id = $customer AND k.debit_id = ai.item_id "
	        "JOIN cash_application p ON p.tenant_id = k.tenant_id AND p.company_id = k.company_id AND p.id = k.application_id "
	        "AND p.state = 'active' JOIN bank_line b ON b.tenant_id = p.tenant_id AND b.company_id = p.company_id AND b.id = p.line_id "
	        "WHERE ai.tenant_id = $tenant AND ai.company_id = $company AND ai.answer_id = $answer AND b.booking_day >= $since "
	        "GROUP BY b.id, b.booking_day ORDER BY b.booking_day, b.id",
	        DB_ARGS(db_int("tenant", tenant), db_int("company", company), db_int("customer", answer->customer_id),
	                db_int("answer", answer->id), db_day("since", answer->day - 10)));
	while (rows_next(rows)) {
		if (!answer->bank_line) answer->bank_line = row_int(rows, 0), answer->bank_day = row_day(rows, 1);
		answer->bank_amount += row_int(rows, 2);
	}
	return rows_status(rows);
}

static struct status fill(struct db *db, int64_t tenant, int64_t company, struct arena *arena, struct answer *answer)
{
	TRY(fill_items(db, tenant, company, arena, answer));
	TRY(fill_files(db, tenant, company, arena, answer));
	return fill_bank(db, tenant, company, answer);
}

struct status answer_list(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t customer_id, int64_t reply_id,
                          bool waiting_only, struct arena *arena, struct answer **out, size_t *count)
{
	enum { LISTED = 500 };
	*out = arena_array(arena, struct answer, LISTED), *count = 0;
	if (!viewer_sees_company(viewer, company_id)) return STATUS_FINE;
	{
		cleanup_rows struct rows *rows = db_query(db,
		        "SELECT " COLUMNS FROM "AND (CAST($customer AS BIGINT) = 0 OR a.customer_id = $customer) "
		        "AND (CAST($reply AS BIGINT) = 0 OR a.reply_id = $reply) AND (CAST($all AS BIGINT) = 1 OR a.state = 'waiting') ORDER BY a.id DESC",
		        DB_ARGS(db_int("tenant", viewer->tenant_id), db_int("company", company_id), db_int("customer", customer_id),
		                db_int("reply", reply_id), db_int("all", !waiting_only)));
		while (*count < LISTED && rows_next(rows))
			if (viewer_sees_customer(viewer, row_int(rows, 22), row_int(rows, 23), row_text(rows, 24))) read_answer(rows, arena, &(*out)[(*count)++]);
		TRY(rows_status(rows));
	}
	for (size_t i = 0; i < *count; i++) TRY(fill(db, viewer->tenant_id, company_id, arena, &(*out)[i]));
	return STATUS_FINE;
}

struct status answer_get(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t id, struct arena *arena, struct answer *out)
{
	bool found = false;
	{
		cleanup_rows struct rows *rows = db_query(db, "SELECT " COLUMNS FROM "AND a.id = $id",
		        DB_ARGS(db_int("tenant", viewer->tenant_id), db_int("company", company_id), db_int("id", id)));
		found = viewer_sees_company(viewer, company_id) && rows_next(rows) &&
		        viewer_sees_customer(viewer, row_int(rows, 22), row_int(rows, 23), row_text(rows, 24));
		if (found) read_answer(rows, arena, out);
		TRY(rows_status(rows));
	}
	if (!found) return status_make(STATUS_NOT_FOUND, "There is no answer %lld.", (long long)id);
	return fill(db, viewer->tenant_id, company_id, arena, out);
}

struct status answer_of_link(struct db *db, const struct debtor_link *link, int64_t id, struct arena *arena, struct answer *out)
{
	struct viewer system = viewer_system(link->tenant_id);
	TRY(answer_get(db, &system, link->company_id, id, arena, out));
	return out->link_id == link->id ? STATUS_FINE : status_make(STATUS_NOT_FOUND, "There is no answer %lld.", (long long)id);
}
