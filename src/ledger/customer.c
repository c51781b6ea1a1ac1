#include "ledger/customer.h"

#include "base/day.h"
#include "base/memory.h"
#include "base/text.h"
#include "ledger/event.h"

#include <stdlib.h>
#include <string.h>

#define SELECT                                                                                                                 \
	"SELECT id, collector_id, sales_id, credit_limit, supplier_balance, minimum, terms_days, terms_day, merged_into, rev, "  \
	"code, name, group_code, siren, vat_number, class, profile, scenario, address, postcode, city, country, language, "      \
	"phone, email, salesperson, terms_month, payment_means, generic, stopped_reason, insolvency_note, note, hand_made, "     \
	"key_account, stopped, insolvency_day, payer_id, tags, discount_days, discount_rate, COALESCE((SELECT p.code FROM customer p "  \
	"WHERE p.tenant_id = customer.tenant_id AND p.company_id = customer.company_id AND p.id = customer.payer_id), ''), payer_mode "          \
	"FROM customer WHERE tenant_id = $tenant AND company_id = $company "

static void read_customer(struct rows *rows, struct arena *arena, struct customer *c)
{
	int64_t *const numbers[] = { &c->id,      &c->collector_id, &c->sales_id,  &c->credit_limit, &c->supplier_balance,
		                     &c->minimum, &c->terms_days,   &c->terms_day, &c->merged_into,  &c->rev };
	const char **const texts[] = { &c->code,     &c->name,    &c->group_code,     &c->siren,           &c->vat_number,
		                       &c->class,    &c->profile, &c->scenario,       &c->address,         &c->postcode,
		                       &c->city,     &c->country, &c->language,       &c->phone,           &c->email,
		                       &c->salesperson, &c->terms_month, &c->payment_means, &c->generic,   &c->stopped_reason,
		                       &c->insolvency_note, &c->note, &c->hand_made };
	int column = 0;
	for (size_t i = 0; i < COUNT(numbers); i++, column++) *numbers[i] = row_null(rows, column) ? -1 : row_int(rows, column);
	for (size_t i = 0; i < COUNT(texts); i++, column++) *texts[i] = arena_strdup(arena, row_text(rows, column));
	c->key_account = row_int(rows, column) != 0;
	c->stopped = row_int(rows, column + 1) != 0;
	c->insolvency_day = row_day(rows, column + 2);
	c->payer_id = row_int(rows, column + 3), c->tags = arena_strdup(arena, row_text(rows, column + 4));
	c->discount_days = row_int(rows, column + 5), c->discount_rate = row_int(rows, column + 6);
	c->payer_code = arena_strdup(arena, row_text(rows, column + 7));
	c->payer_mode = arena_strdup(arena, row_text(rows, column + 8));
}

static struct status read_one(struct rows *rows, const struct viewer *viewer, struct arena *arena, struct customer *out, bool *found)
{
	*found = false;
	if (rows_next(rows)) {
		read_customer(rows, arena, out);
		*found = viewer_sees_customer(viewer, out->collector_id, out->sales_id, out->group_code);
	}
	return rows_status(rows);
}

struct status customer_get(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t id, struct arena *arena,
                           struct customer *out)
{
	bool found = false;
	if (viewer_sees_company(viewer, company_id)) {
		cleanup_rows struct rows *rows = db_query(
		        db, SELECT "AND id = $id",
		        DB_ARGS(db_int("tenant", viewer->tenant_id), db_int("company", company_id), db_int("id", id)));
		TRY(read_one(rows, viewer, arena, out, &found));
	}
	return found ? STATUS_FINE : status_make(STATUS_NOT_FOUND, "There is no such customer.");
}

struct status customer_find(struct db *db, const struct viewer *viewer, int64_t company_id, const char *code, struct arena *arena,
                            struct customer *out)
{
	bool found = false;
	if (viewer_sees_company(viewer, company_id)) {
		cleanup_rows struct rows *rows = db_query(
		        db, SELECT "AND code = $code",
		        DB_ARGS(db_int("tenant", viewer->tenant_id), db_int("company", company_id), db_text("code", code)));
		TRY(read_one(rows, viewer, arena, out, &found));
	}
	return found ? STATUS_FINE : status_make(STATUS_NOT_FOUND, "There is no customer “%s”.", code);
}

struct status customer_all(struct db *db, const struct viewer *viewer, int64_t company_id, struct arena *arena, struct customer **out, size_t *count)
{
	struct customer *list = NULL;
	size_t cap = 0;
	*count = 0, *out = NULL;
	if (!viewer_sees_company(viewer, company_id)) return STATUS_FINE;
	struct rows *rows = db_query(db, SELECT "AND merged_into = 0 ORDER BY id", DB_ARGS(db_int("tenant", viewer->tenant_id), db_int("company", company_id)));
	while (rows_next(rows)) {
		GROW(list, *count, cap);
		read_customer(rows, arena, &list[*count]);
		*count += viewer_sees_customer(viewer, list[*count].collector_id, list[*count].sales_id, list[*count].group_code);
	}
	struct status status = rows_status(rows);
	rows_close(rows);
	*out = arena_array(arena, struct customer, *count + 1);
	if (*count) memcpy(*out, list, *count * sizeof *list);
	free(list);
	return status;
}

struct status customer_check(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t id)
{
	cleanup_arena struct arena *arena = arena_new();
	struct customer customer;
	return customer_get(db, viewer, company_id, id, arena, &customer);
}

struct status change_allows(const struct change *change, enum right right)
{
	return viewer_may(change->viewer, right) ? STATUS_FINE : status_make(STATUS_FORBIDDEN, "Your role does not allow this.");
}

/* --- switches ------------------------------------------------------------------------------------------------------------ */
static struct status check_words(const char *text, size_t limit)
{
	if (strlen(text) > limit || !utf8_valid(text, strlen(text)))
		return status_make(STATUS_INVALID, "This text is too long, or not readable: at most %zu characters.", limit);
	return STATUS_FINE;
}

struct status customer_stop(struct change *change, int64_t id, bool stopped, const char *reason)
{
	TRY(change_allows(change, RIGHT_COLLECT));
	reason = reason ? reason : "";
	TRY(check_words(reason, 500));
	cleanup_arena struct arena *arena = arena_new();
	struct customer customer;
	TRY(customer_get(change->db, change->viewer, change->company.id, id, arena, &customer));
	if (customer.stopped == stopped)
		return stopped ? status_make(STATUS_CONFLICT, "%s is stopped already.", customer.name)
		               : status_make(STATUS_CONFLICT, "%s is not stopped.", customer.name);
	TRY(db_run(change->db,
	           "UPDATE customer SET stopped = $stopped, stopped_reason = $reason, rev = $rev "
	           "WHERE tenant_id = $tenant AND company_id = $company AND id = $id",
	           DB_ARGS(db_int("stopped", stopped), db_text("reason", stopped ? reason : ""), db_int("rev", change->rev),
	                   db_int("tenant", change->company.tenant_id), db_int("company", change->company.id), db_int("id", id))));
	return event_add_json(change, (struct event_new){ .kind = stopped ? "customer.stopped" : "customer.resumed", .customer_id = id },
	                      json_pack("{s:s}", "reason", reason));
}

struct status customer_insolvency(struct change *change, int64_t id, int32_t day, const char *note)
{
	TRY(change_allows(change, RIGHT_COLLECT));
	note = note ? note : "";
	TRY(check_words(note, 500));
	if (day != DAY_NONE && day > change->today)
		return status_make(STATUS_INVALID, "The opening judgment can't be in the future.");
	cleanup_arena struct arena *arena = arena_new();
	struct customer customer;
	TRY(customer_get(change->db, change->viewer, change->company.id, id, arena, &customer));
	if (day == DAY_NONE && customer.insolvency_day == DAY_NONE)
		return status_make(STATUS_CONFLICT, "No insolvency is noted for %s.", customer.name);
	TRY(db_run(change->db,
	           "UPDATE customer SET insolvency_day = $day, insolvency_note = $note, rev = $rev "
	           "WHERE tenant_id = $tenant AND company_id = $company AND id = $id",
	           DB_ARGS(db_day("day", day), db_text("note", note), db_int("rev", change->rev),
	                   db_int("tenant", change->company.tenant_id), db_int("company", change->company.id), db_int("id", id))));
	char iso[11] = "";
	if (day != DAY_NONE) day_format(day, iso);
	return event_add_json(change,
	                      (struct event_new){ .kind = day == DAY_NONE ? "customer.solvent" : "customer.insolvent", .customer_id = id },
	                      json_pack("{s:s,s:s}", "day", iso, "note", note));
}

/* --- notes ----------------------------------------------------------------------------------------------------------------- */
struct status note_add(struct change *change, int64_t customer_id, const char *text, const int64_t *items, size_t count)
{
	TRY(change_allows(change, RIGHT_NOTE));
	struct slice trimmed = slice_trim(slice_of(text));
	if (!trimmed.len) return status_make(STATUS_INVALID, "Write the note first.");
	TRY(check_words(text, 4000));
	TRY(customer_check(change->db, change->viewer, change->company.id, customer_id));
	json_t *numbers = json_array();
	for (size_t i = 0; i < count; i++) {
		cleanup_free char *number = NULL;
		struct status status = db_get_text(
		        change->db,
		        "SELECT number FROM item WHERE tenant_id = $tenant AND company_id = $company AND customer_id = $customer AND id = $id",
		        DB_ARGS(db_int("tenant", change->company.tenant_id), db_int("company", change->company.id),
		                db_int("customer", customer_id), db_int("id", items[i])),
		        &number);
		if (!status.code && !number) status = status_make(STATUS_NOT_FOUND, "There is no item %lld.", (long long)items[i]);
		if (status.code) {
			json_decref(numbers);
			return status;
		}
		json_array_append_new(numbers, json_string(number));
	}
	return event_add_json(change, (struct event_new){ .kind = "note.added", .customer_id = customer_id, .ref = count == 1 ? items[0] : 0 },
	                      json_pack("{s:s%,s:o}", "text", trimmed.bytes, trimmed.len, "items", numbers));
}
