#include "privacy/erase.h"

#include "base/memory.h"
#include "base/words.h"
#include "cash/bank.h"
#include "ledger/customer.h"
#include "ledger/event.h"
#include "ledger/forgotten.h"
#include "privacy/erase_inside.h"

#include <sodium.h>
#include <string.h>

/* All parts of a statement are literals of the map; nothing from outside enters one. */
static void where(struct text *sql, const char *condition)
{
	text_addf(sql, " WHERE t.tenant_id = $tenant AND t.company_id = $company AND (%s)", condition);
}

#define OF_COMPANY(e) db_int("tenant", (e)->tenant), db_int("company", (e)->company)
enum { ARGS = 10 };
/* What a condition names, after the arguments that are there. */
static const struct db_arg *bound(const struct erasing *e, const char *condition, int64_t customer, struct db_arg args[ARGS], size_t count)
{
	args[count++] = db_int("tenant", e->tenant), args[count++] = db_int("company", e->company);
	if (strstr(condition, "$customer")) args[count++] = db_int("customer", customer);
	if (strstr(condition, "$before_at")) args[count++] = db_int("before_at", (int64_t)e->before * 86400);
	for (const char *at = condition; (at = strstr(at, "$before")) != NULL; at += 7)
		if (at[7] != '_') {
			args[count++] = db_day("before", e->before);
			break;
		}
	args[count] = (struct db_arg){ .type = DB_END };
	return args;
}
#define BOUND(e, condition, customer) bound(e, condition, customer, (struct db_arg[ARGS]){ 0 }, 0)

static struct erase_part *part_of(struct erasing *e, const char *table, const char *title, enum erase_fate fate, const char *why)
{
	struct erase_plan *plan = e->plan;
	for (size_t i = 0; i < plan->count; i++)
		if (strcmp(plan->parts[i].table, table) == 0 && plan->parts[i].fate == fate) return &plan->parts[i];
	plan->parts[plan->count] = (struct erase_part){ .table = table, .title = title, .fate = fate, .why = why };
	return &plan->parts[plan->count++];
}

static void told(struct erasing *e, const struct personal_table *table, enum erase_fate fate, int64_t rows)
{
	if (!rows) return;
	part_of(e, table->name, table->title, fate, fate == ERASE_KEPT ? table->why : NULL)->rows += rows;
	if (fate != ERASE_KEPT) e->plan->rows += rows;
}

static struct status count_rows(struct erasing *e, const struct personal_table *table, const char *condition, const char *and, int64_t customer, int64_t *out)
{
	cleanup_text struct text sql = { 0 };
	text_addf(&sql, "SELECT COUNT(*) FROM %s t", table->name);
	where(&sql, condition);
	text_add(&sql, and);
	return db_get_int(e->db, text_cstr(&sql), BOUND(e, condition, customer), out, NULL);
}

/* --- emptied, gone ------------------------------------------------------------------------------------------------------------------ */

struct status erase_empty(struct erasing *e, const struct personal_table *table, const char *condition, const char *const lists[2], int64_t customer)
{
	cleanup_text struct text set = { 0 }, filled = { 0 }, sql = { 0 };
	for (int i = 0; i < 2; i++) {
		struct personal_column column;
		for (const char *at = lists[i]; personal_column_next(&at, &column);) {
			if (column.type == 'b') continue;
			text_addf(&set, "%s%s = '%s'", set.len ? ", " : "", column.name, column.empty);
			text_addf(&filled, "%st.%s <> '%s'", filled.len ? " OR " : "", column.name, column.empty);
		}
	}
	if (!set.len) return STATUS_FINE;
	int64_t rows = 0;
	cleanup_text struct text and = { 0 };
	text_addf(&and, " AND (%s)", text_cstr(&filled));
	if (!e->change) {
		TRY(count_rows(e, table, condition, text_cstr(&and), customer, &rows));
	} else {
		text_addf(&sql, "UPDATE %s AS t SET %s%s", table->name, text_cstr(&set), table->rev ? ", rev = $rev" : "");
		where(&sql, condition);
		text_add(&sql, text_cstr(&and));
		struct db_arg args[ARGS] = { 0 };
		size_t count = 0;
		if (table->rev) args[count++] = db_int("rev", e->change->rev);
		TRY(db_run_count(e->db, text_cstr(&sql), bound(e, condition, customer, args, count), &rows));
	}
	told(e, table, ERASE_EMPTIED, rows);
	return STATUS_FINE;
}

struct status erase_delete(struct erasing *e, const struct personal_table *table, const char *condition, int64_t customer)
{
	cleanup_text struct text sql = { 0 };
	int64_t rows = 0;
	if (!e->change) {
		TRY(count_rows(e, table, condition, "", customer, &rows));
	} else {
		text_addf(&sql, "DELETE FROM %s AS t", table->name);
		where(&sql, condition);
		TRY(db_run_count(e->db, text_cstr(&sql), BOUND(e, condition, customer), &rows));
	}
	told(e, table, ERASE_DELETED, rows);
	return STATUS_FINE;
}

/* --- masked ------------------------------------------------------------------------------------------------------------------------- */

/* Found by what it says, so that no key is needed: rows that say the same lose the name together. */
static struct status mask_column(struct erasing *e, const struct personal_table *table, const char *condition, const char *column, int64_t customer, int64_t *changed)
{
	cleanup_text struct text sql = { 0 }, update = { 0 };
	struct said {
		char *before, *after;
	} *list = NULL;
	size_t count = 0, cap = 0;
	text_addf(&sql, "SELECT t.%s, COUNT(*) FROM %s t", column, table->name);
	where(&sql, condition);
	text_addf(&sql, " AND t.%s <> '' GROUP BY 1", column);
	struct status status;
	{
		cleanup_rows struct rows *rows = db_query(e->db, text_cstr(&sql), BOUND(e, condition, customer));
		while (rows_next(rows)) {
			cleanup_text struct text after = { 0 };
			if (!mask_text(e->subject->mask, row_text(rows, 0), &after)) continue;
			*changed += row_int(rows, 1);
			if (!e->change) continue;
			GROW(list, count, cap);
			list[count++] = (struct said){ xstrdup(row_text(rows, 0)), text_take(&after) };
		}
		status = rows_status(rows);
	}
	text_addf(&update, "UPDATE %s AS t SET %s = $after%s", table->name, column, table->rev ? ", rev = $rev" : "");
	where(&update, condition);
	text_addf(&update, " AND t.%s = $said", column);
	for (size_t i = 0; i < count; i++) {
		struct db_arg args[ARGS] = { db_text("after", list[i].after), db_text("said", list[i].before) };
		size_t n = 2;
		if (table->rev) args[n++] = db_int("rev", e->change->rev);
		if (!status.code) status = db_run(e->db, text_cstr(&update), bound(e, condition, customer, args, n));
		free(list[i].before), free(list[i].after);
	}
	free(list);
	return status;
}

struct status erase_mask(struct erasing *e, const struct personal_table *table, const char *condition, const char *const lists[2], int64_t customer)
{
	int64_t changed = 0;
	for (int i = 0; i < 2; i++) {
		struct personal_column column;
		for (const char *at = lists[i]; personal_column_next(&at, &column);)
			if (!column.type) TRY(mask_column(e, table, condition, column.name, customer, &changed));
	}
	told(e, table, ERASE_MASKED, changed);
	return STATUS_FINE;
}

/* A line of the bank is known again by what it said: before a name goes, a digest of it is kept. */
static struct status mask_bank_lines(struct erasing *e, const struct personal_table *table, int64_t customer)
{
	if (e->change) {
		struct line {
			int64_t id;
			unsigned char told[BANK_TOLD];
		} *list = NULL;
		size_t count = 0, cap = 0;
		cleanup_text struct text sql = { 0 };
		text_add(&sql, "SELECT t.id, CASE WHEN t.text <> '' THEN t.text ELSE t.label END FROM bank_line t");
		where(&sql, table->customer);
		text_add(&sql, " AND t.told IS NULL");
		struct status status;
		{
			cleanup_rows struct rows *rows = db_query(e->db, text_cstr(&sql), DB_ARGS(OF_COMPANY(e), db_int("customer", customer)));
			while (rows_next(rows)) {
				unsigned char salt[BANK_TOLD_SALT];
				if (!mask_text(e->subject->mask, row_text(rows, 1), NULL)) continue;
				GROW(list, count, cap);
				list[count].id = row_int(rows, 0);
				randombytes_buf(salt, sizeof salt);
				bank_told(row_text(rows, 1), salt, list[count++].told);
			}
			status = rows_status(rows);
		}
		for (size_t i = 0; i < count && !status.code; i++)
			status = db_run(e->db, "UPDATE bank_line SET told = $told WHERE tenant_id = $tenant AND company_id = $company AND id = $id",
			                DB_ARGS(OF_COMPANY(e), db_int("id", list[i].id), db_blob("told", list[i].told, BANK_TOLD)));
		free(list);
		TRY(status);
	}
	return erase_mask(e, table, table->customer, (const char *const[]){ table->words, e->subject->kind == SUBJECT_CUSTOMER ? NULL : table->names }, customer);
}

/* --- the history -------------------------------------------------------------------------------------------------------------------- */

static bool says(const struct mask *mask, const json_t *value)
{
	const char *key;
	json_t *part;
	size_t i;
	if (json_is_string(value)) return mask_text(mask, json_string_value(value), NULL);
	if (json_is_array(value))
		json_array_foreach((json_t *)value, i, part)
			if (says(mask, part)) return true;
	if (json_is_object(value))
		json_object_foreach((json_t *)value, key, part)
			if (says(mask, part)) return true;
	return false;
}

/* Events of a customer (0: of none): all of them, or those that name the person; `ref`: also those of this kind about him. */
struct status erase_events(struct erasing *e, int64_t customer, bool all, const char *kind, int64_t ref, json_t *content)
{
	int64_t *seqs = NULL;
	size_t count = 0, cap = 0;
	struct status status;
	{
		cleanup_rows struct rows *rows = db_query(e->db, "SELECT seq, content, kind, ref FROM event WHERE tenant_id = $tenant AND company_id = $company AND customer_id = $customer"
		                                                 " AND content IS NOT NULL AND kind <> 'customer.erased' ORDER BY seq", DB_ARGS(OF_COMPANY(e), db_int("customer", customer)));
		while (rows_next(rows)) {
			bool his = all || (kind && ref == row_int(rows, 3) && strncmp(row_text(rows, 2), kind, strlen(kind)) == 0);
			if (!his) {
				json_t *said = json_loads(row_text(rows, 1), 0, NULL);
				his = said ? says(e->subject->mask, said) : mask_text(e->subject->mask, row_text(rows, 1), NULL);
				json_decref(said);
			}
			if (!his) continue;
			GROW(seqs, count, cap);
			seqs[count++] = row_int(rows, 0);
		}
		status = rows_status(rows);
	}
	e->plan->events += (int64_t)count;
	if (!status.code && count) told(e, personal_table("event"), ERASE_EMPTIED, (int64_t)count);
	if (!status.code && e->change && (count || content)) status = event_erase(e->change, customer, seqs, count, content ? json_incref(content) : json_object());
	free(seqs);
	return status;
}

/* --- a customer ----------------------------------------------------------------------------------------------------------------------- */

/* Files that came or went with words; an invoice and whatever hangs on one is a voucher and stays. */
#define LOOSE "t.customer_id = $customer AND (t.outbox_id > 0 OR t.reply_id > 0 OR t.inbox_id > 0 OR t.item_id = 0)" \
	" AND NOT EXISTS (SELECT 1 FROM limitation_event l WHERE l.tenant_id = t.tenant_id AND l.company_id = t.company_id AND l.document_id = t.id)"
#define PRINTED "t.customer_id = 0 AND EXISTS (SELECT 1 FROM letter_batch b JOIN letter l ON l.tenant_id = b.tenant_id AND l.company_id = b.company_id AND l.batch_id = b.id" \
	" WHERE b.tenant_id = t.tenant_id AND b.company_id = t.company_id AND b.document_id = t.id AND l.customer_id = $customer)"

static struct status documents(struct erasing *e, const struct personal_table *table, int64_t customer)
{
	TRY(erase_delete(e, table, LOOSE, customer));
	TRY(erase_delete(e, table, PRINTED, customer)); /* a print run holds the letters of many: each is printed, and kept with its message */
	if (e->change)
		TRY(db_run(e->db, "UPDATE letter_batch SET document_id = 0, rev = $rev WHERE tenant_id = $tenant AND company_id = $company AND document_id > 0 AND NOT EXISTS"
		                  " (SELECT 1 FROM document d WHERE d.tenant_id = letter_batch.tenant_id AND d.company_id = letter_batch.company_id AND d.id = letter_batch.document_id)",
		           DB_ARGS(OF_COMPANY(e), db_int("rev", e->change->rev))));
	return erase_mask(e, table, "t.customer_id = $customer AND NOT (" LOOSE ")", (const char *const[]){ table->names, NULL }, customer);
}

/* What his payer was told for him: it stays with the payer, without the name. Letters and files sent stay as they were. */
#define TO_PAYER(id) "t.customer_id <> $customer AND EXISTS (SELECT 1 FROM action_member m WHERE m.tenant_id = t.tenant_id AND m.company_id = t.company_id" \
	" AND m.action_id = t." id " AND m.customer_id = $customer)"
static struct status told_to_payer(struct erasing *e, int64_t customer)
{
	TRY(erase_mask(e, personal_table("outbox"), TO_PAYER("action_id"), (const char *const[]){ "subject body_text body_html", NULL }, customer));
	return erase_mask(e, personal_table("action"), TO_PAYER("id"), (const char *const[]){ "note why", NULL }, customer);
}

/* A name that names nobody, and a file that no import fills again and no message leaves from. */
static struct status close_file(struct erasing *e, int64_t customer)
{
	if (!e->change) return STATUS_FINE;
	cleanup_text struct text day = { 0 };
	words_date(&day, lang_spoken(), e->change->today);
	return db_run(e->db,
	              "UPDATE customer SET name = $erased || ' ' || code, stopped = 1, stopped_reason = $why, payer_id = 0, hand_made = CASE WHEN hand_made LIKE $hand || '%'"
	              " THEN hand_made WHEN stopped = 1 THEN $hand || $stopped ELSE $hand END, rev = $rev, ledger_rev = $rev WHERE tenant_id = $tenant AND company_id = $company AND id = $id",
	              DB_ARGS(OF_COMPANY(e), db_int("id", customer), db_int("rev", e->change->rev), db_text("erased", tr(lang_spoken(), "Erased")), db_text("hand", ERASED_BY_HAND), db_text("stopped", ERASED_STOPPED),
	                      db_text("why", arena_printf(e->arena, tr(lang_spoken(), "Data erased on %s"), text_cstr(&day)))));
}

static struct status customer_rows(struct erasing *e, int64_t customer)
{
	size_t count;
	const struct personal_table *tables = personal_tables(&count);
	for (size_t i = 0; i < count; i++) {
		const struct personal_table *table = &tables[i];
		if (!table->customer || strcmp(table->name, "event") == 0) continue;
		if (strcmp(table->name, "document") == 0) {
			TRY(documents(e, table, customer));
		} else if (strcmp(table->name, "bank_line") == 0) {
			TRY(mask_bank_lines(e, table, customer));
			TRY(erase_empty(e, table, table->customer, (const char *const[]){ table->names, NULL }, customer));
		} else if (strcmp(table->name, "contact") == 0) { /* its row stays, removed, so that books of other servers hear of it */
			TRY(erase_empty(e, table, table->customer, (const char *const[]){ table->names, NULL }, customer));
			if (e->change)
				TRY(db_run(e->db, "UPDATE contact SET removed = 1, main = 0, rev = $rev WHERE tenant_id = $tenant AND company_id = $company AND customer_id = $customer",
				           DB_ARGS(OF_COMPANY(e), db_int("rev", e->change->rev), db_int("customer", customer))));
		} else if (table->fate == PERSONAL_DELETE) {
			TRY(erase_delete(e, table, table->customer, customer));
		} else if (table->fate == PERSONAL_EMPTY) {
			TRY(erase_empty(e, table, table->customer, (const char *const[]){ table->names, table->words }, customer));
		} else {
			TRY(erase_mask(e, table, table->customer, (const char *const[]){ table->names, table->words }, customer));
		}
		if (table->fate != PERSONAL_KEEP) continue;
		int64_t rows = 0;
		TRY(count_rows(e, table, table->customer, strcmp(table->name, "document") == 0 ? " AND NOT (" LOOSE ")" : "", customer, &rows));
		told(e, table, ERASE_KEPT, rows);
	}
	TRY(told_to_payer(e, customer));
	return close_file(e, customer);
}

/* The files that name him as they came. */
static struct status originals(struct erasing *e)
{
	int64_t files = 0;
	for (size_t i = 0; i < e->subject->customer_count; i++) {
		int64_t some = 0;
		TRY(db_get_int(e->db, "SELECT COUNT(DISTINCT import_id) FROM fact WHERE tenant_id = $tenant AND company_id = $company AND customer_id = $customer",
		               DB_ARGS(OF_COMPANY(e), db_int("customer", e->subject->customers[i])), &some, NULL));
		files += some;
	}
	told(e, personal_table("import_file"), ERASE_KEPT, files);
	return STATUS_FINE;
}

/* --- whoever it is: what is in nobody's file ---------------------------------------------------------------------------------------- */

static struct status addresses(struct erasing *e, const char *email, const char *phone)
{
	const struct personal_table *mail = personal_table("inbox_message"), *suppressed = personal_table("suppression"), *stopped = personal_table("phone_stop");
	char digits[40] = "";
	int64_t rows = 0;
	if (email && *email) {
		/* mail that no customer's file has */
		const struct db_arg args[] = { OF_COMPANY(e), db_text("email", email), e->change ? db_int("rev", e->change->rev) : (struct db_arg){ .type = DB_END }, { .type = DB_END } };
		if (!e->change)
			TRY(db_get_int(e->db, "SELECT COUNT(*) FROM inbox_message WHERE tenant_id = $tenant AND company_id = $company AND customer_id = 0 AND LOWER(from_address) = LOWER($email)", args, &rows, NULL));
		else
			TRY(db_run_count(e->db, "UPDATE inbox_message SET from_address = '', from_name = '', subject = '', words = '', text = '', detail = '', state = CASE WHEN state = 'waiting'"
			                        " THEN 'dismissed' ELSE state END, rev = $rev WHERE tenant_id = $tenant AND company_id = $company AND customer_id = 0 AND LOWER(from_address) = LOWER($email)",
			                 args, &rows));
		told(e, mail, ERASE_EMPTIED, rows);
		/* a bounce says nothing of a wish; what he asked for is kept, or he would be written to again */
		const struct db_arg tenant[] = { db_int("tenant", e->tenant), db_text("email", email), { .type = DB_END } };
		if (!e->change) TRY(db_get_int(e->db, "SELECT COUNT(*) FROM suppression WHERE tenant_id = $tenant AND address = LOWER($email) AND reason = 'bounce'", tenant, &rows, NULL));
		else TRY(db_run_count(e->db, "DELETE FROM suppression WHERE tenant_id = $tenant AND address = LOWER($email) AND reason = 'bounce'", tenant, &rows));
		told(e, suppressed, ERASE_DELETED, rows);
		TRY(db_get_int(e->db, "SELECT COUNT(*) FROM suppression WHERE tenant_id = $tenant AND address = LOWER($email) AND reason <> 'bounce'", tenant, &rows, NULL));
		told(e, suppressed, ERASE_KEPT, rows);
	}
	if (phone) forgotten_digits(phone, digits, sizeof digits);
	if (*digits) {
		TRY(db_get_int(e->db, "SELECT COUNT(*) FROM phone_stop WHERE tenant_id = $tenant AND phone = '+' || $digits",
		               DB_ARGS(db_int("tenant", e->tenant), db_text("digits", digits)), &rows, NULL));
		told(e, stopped, ERASE_KEPT, rows);
	}
	return STATUS_FINE;
}

/* --- a contact, or who answered ------------------------------------------------------------------------------------------------------- */

static struct status contact_rows(struct erasing *e)
{
	size_t count;
	const struct personal_table *tables = personal_tables(&count);
	for (size_t k = 0; k < e->subject->customer_count; k++) {
		int64_t customer = e->subject->customers[k];
		for (size_t i = 0; i < count; i++) {
			const struct personal_table *table = &tables[i];
			if (!table->customer || strcmp(table->name, "event") == 0) continue;
			if (strcmp(table->name, "bank_line") == 0) TRY(mask_bank_lines(e, table, customer));
			else if (strcmp(table->name, "customer") == 0) /* a sole trader is his own contact: the customer's name and place go with the customer */
				TRY(erase_mask(e, table, table->customer, (const char *const[]){ "email phone note stopped_reason insolvency_note tags", NULL }, customer));
			else TRY(erase_mask(e, table, table->customer, (const char *const[]){ table->names, table->words }, customer));
		}
	}
	const struct personal_table *contact = personal_table("contact");
	for (size_t i = 0; i < e->subject->contact_count; i++) {
		if (!e->subject->contacts[i].id) continue;
		told(e, contact, ERASE_DELETED, 1);
		if (e->change)
			TRY(db_run(e->db, "UPDATE contact SET name = '', email = '', phone = '', removed = 1, main = 0, rev = $rev WHERE tenant_id = $tenant AND company_id = $company AND id = $id",
			           DB_ARGS(OF_COMPANY(e), db_int("rev", e->change->rev), db_int("id", e->subject->contacts[i].id))));
	}
	for (size_t k = 0; e->change && k < e->subject->customer_count; k++)
		TRY(db_run(e->db, "UPDATE customer SET rev = $rev, ledger_rev = $rev WHERE tenant_id = $tenant AND company_id = $company AND id = $id",
		           DB_ARGS(OF_COMPANY(e), db_int("rev", e->change->rev), db_int("id", e->subject->customers[k]))));
	return STATUS_FINE;
}

/* --- a colleague ------------------------------------------------------------------------------------------------------------------------ */

static struct status user_rows(struct erasing *e)
{
	static const char *const gone[][2] = {
		{ "session", "DELETE FROM session WHERE tenant_id = $tenant AND user_id = $user" },
		{ "token", "DELETE FROM token WHERE tenant_id = $tenant AND user_id = $user" },
		{ "absence", "DELETE FROM absence WHERE tenant_id = $tenant AND user_id = $user" },
		{ "notification", "DELETE FROM notification WHERE tenant_id = $tenant AND user_id = $user" },
		{ "watch", "DELETE FROM watch WHERE tenant_id = $tenant AND user_id = $user" },
	};
	static const char *const counted[] = { "SELECT COUNT(*) FROM session WHERE tenant_id = $tenant AND user_id = $user", "SELECT COUNT(*) FROM token WHERE tenant_id = $tenant AND user_id = $user",
		"SELECT COUNT(*) FROM absence WHERE tenant_id = $tenant AND user_id = $user", "SELECT COUNT(*) FROM notification WHERE tenant_id = $tenant AND user_id = $user",
		"SELECT COUNT(*) FROM watch WHERE tenant_id = $tenant AND user_id = $user" };
	const struct db_arg args[] = { db_int("tenant", e->tenant), db_int("user", e->subject->id), { .type = DB_END } };
	for (size_t i = 0; i < COUNT(gone); i++) {
		int64_t rows = 0;
		if (e->change) TRY(db_run_count(e->db, gone[i][1], args, &rows));
		else TRY(db_get_int(e->db, counted[i], args, &rows, NULL));
		told(e, personal_table(gone[i][0]), ERASE_DELETED, rows);
	}
	told(e, personal_table("user_account"), ERASE_EMPTIED, 1);
	int64_t rows = 0;
	TRY(db_get_int(e->db, "SELECT COUNT(*) FROM event WHERE tenant_id = $tenant AND by_user = $user AND kind NOT LIKE 'user.%'", args, &rows, NULL));
	if (rows) {
		part_of(e, "event", "History", ERASE_KEPT, "Who did what is kept under a number, without a name, so that the history stays provable.")->rows += rows;
	}
	if (!e->change) return STATUS_FINE;
	return db_run(e->db, "UPDATE user_account SET email = $email, name = $name, phone = '', password_hash = '', team = '', language = '', digest = 0 WHERE tenant_id = $tenant AND id = $id",
	              DB_ARGS(db_int("tenant", e->tenant), db_int("id", e->subject->id), db_text("email", arena_printf(e->arena, "erased-%lld", (long long)e->subject->id)),
	                      db_text("name", arena_printf(e->arena, tr(lang_spoken(), "Former colleague %lld"), (long long)e->subject->id))));
}

/* An account is the tenant's: every company's history tells of it, whoever erases it sees that company or not. */
static struct status user_elsewhere(struct erasing *e)
{
	int64_t *ids = NULL;
	size_t count = 0, cap = 0;
	struct status status;
	{
		cleanup_rows struct rows *rows = db_query(e->db, "SELECT id FROM company WHERE tenant_id = $tenant AND id <> $company ORDER BY id", DB_ARGS(OF_COMPANY(e)));
		while (rows_next(rows)) {
			GROW(ids, count, cap);
			ids[count++] = row_int(rows, 0);
		}
		status = rows_status(rows);
	}
	for (size_t i = 0; i < count && !status.code; i++) {
		struct erasing there = *e;
		struct viewer viewer;
		struct change change = { 0 };
		there.company = ids[i];
		if (e->change) {
			viewer = *e->change->viewer, viewer.company_count = 0;
			status = company_begin(e->db, &viewer, ids[i], e->change->today, e->change->now, &change);
			there.change = &change;
		}
		if (!status.code) status = erase_events(&there, 0, false, "user.", e->subject->id, NULL);
		if (!status.code && e->change) status = company_end(&change);
	}
	free(ids);
	return status;
}

/* --- all of it -------------------------------------------------------------------------------------------------------------------------- */

struct status erase_everything(struct erasing *e, json_t *content)
{
	const struct subject *subject = e->subject;
	if (subject->kind == SUBJECT_USER) {
		TRY(user_rows(e));
		TRY(user_elsewhere(e));
		return erase_events(e, 0, false, "user.", subject->id, content);
	}
	TRY(addresses(e, subject->email, subject->phone));
	for (size_t i = 0; i < subject->contact_count; i++) {
		bool known = strcasecmp(subject->contacts[i].email, subject->email) == 0;
		for (size_t k = 0; k < i; k++) known |= strcasecmp(subject->contacts[i].email, subject->contacts[k].email) == 0;
		if (!known) TRY(addresses(e, subject->contacts[i].email, subject->contacts[i].phone));
	}
	if (subject->kind == SUBJECT_CUSTOMER) {
		for (size_t i = 0; i < subject->customer_count; i++) TRY(customer_rows(e, subject->customers[i]));
		TRY(originals(e));
	} else {
		TRY(contact_rows(e));
	}
	/* what a report of an import quoted */
	TRY(erase_mask(e, personal_table("import"), "1 = 1", (const char *const[]){ "report", NULL }, 0));
	for (size_t i = 0; i < subject->customer_count; i++)
		TRY(erase_events(e, subject->customers[i], subject->kind == SUBJECT_CUSTOMER, NULL, 0, i == 0 ? content : NULL));
	return erase_events(e, 0, false, NULL, 0, NULL);
}
