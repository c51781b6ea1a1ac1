#include "ledger/limitation_event.h"

#include "base/day.h"
#include "base/memory.h"
#include "base/text.h"
#include "ledger/customer.h"
#include "ledger/event.h"
#include "ledger/item.h"

#include <string.h>

enum { PROOF_BYTES = 1000 };

const struct limitation_event_kind limitation_event_kinds[] = {
	{ "acknowledged", "The debtor admitted the debt in writing" },
	{ "payment_named", "A payment that itself names the invoice" },
	{ "court", "Court claim, served order or enforcement act" },
	{ "demand", "Written demand to a public body, with proof of dispatch" },
	{ "suspension", "Mediation, conciliation or another suspension" },
	{ 0 },
};

/* The table's own string: it outlives what was given. NULL: unknown. */
static const char *kind_known(const char *code)
{
	for (const struct limitation_event_kind *kind = limitation_event_kinds; kind->code; kind++)
		if (strcmp(kind->code, code) == 0) return kind->code;
	return NULL;
}

static struct status check_proof(const char *proof)
{
	if (strlen(proof) <= PROOF_BYTES && utf8_valid(proof, strlen(proof))) return STATUS_FINE;
	return status_make(STATUS_INVALID, "This text is too long, or not readable: at most %d characters.", PROOF_BYTES);
}

/* Which part of what was given is refused, for the form that it came from. */
static struct status wrong(const struct limitation_note *note, const char *part, struct status status)
{
	if (note->wrong && status.code) *note->wrong = part;
	return status;
}

static struct status check_days(const struct limitation_note *note, int32_t today)
{
	bool suspension = strcmp(note->kind, "suspension") == 0, court = strcmp(note->kind, "court") == 0;
	if (note->day == DAY_NONE || note->day > today) return wrong(note, "date", status_make(STATUS_INVALID, "Give the day it happened: not after today."));
	if (note->until_day == DAY_NONE) return wrong(note, "until", suspension ? status_make(STATUS_INVALID, "A suspension has a last day.") : STATUS_FINE);
	if (!suspension && !court) return wrong(note, "until", status_make(STATUS_INVALID, "Only a suspension or a court case has an end."));
	if (note->until_day < note->day) return wrong(note, "until", status_make(STATUS_INVALID, "It ends before it begins."));
	return STATUS_FINE;
}

static struct status no_proof(void)
{
	return status_make(STATUS_INVALID, "Only what is proved counts: say what proves it and where it is, or choose its document.");
}

static struct status add_event(struct change *change, const char *kind, const struct limitation_note *note, const char *number, const char *text)
{
	char day[11], until[11] = "";
	day_format(note->day, day);
	if (note->until_day != DAY_NONE) day_format(note->until_day, until);
	return event_add_json(change, (struct event_new){ .kind = kind, .customer_id = note->customer_id, .ref = note->id },
	                      json_pack("{s:s, s:s, s:s, s:s, s:I, s:[s]}", "what", note->kind, "day", day, "until", until, "text", text, "document",
	                                (json_int_t)note->document_id, "items", number));
}

struct status limitation_note_add(struct change *change, const struct limitation_note *given, bool confirm, int64_t *id)
{
	TRY(change_allows(change, RIGHT_COLLECT));
	struct limitation_note note = *given;
	note.proof = note.proof ? note.proof : "";
	if (!note.kind || !kind_known(note.kind)) return wrong(given, "kind", status_make(STATUS_INVALID, "“%s” does not move a limitation.", note.kind ? note.kind : ""));
	TRY(wrong(given, "proof", check_proof(note.proof)));
	TRY(check_days(&note, change->today));
	struct item item;
	TRY(item_get(change->db, change->viewer, change->company.id, note.item_id, &item));
	note.customer_id = item.customer_id;
	int64_t there = 0;
	TRY(db_get_int(change->db, "SELECT count(*) FROM limitation_event WHERE tenant_id = $tenant AND company_id = $company AND item_id = $item AND removed_at = 0",
	               DB_ARGS(db_int("tenant", change->company.tenant_id), db_int("company", change->company.id), db_int("item", note.item_id)), &there, NULL));
	if (there >= LIMITATION_EVENTS_MOST) return status_make(STATUS_CONFLICT, "%s has %d such events already.", item.number, LIMITATION_EVENTS_MOST);
	if (note.document_id) {
		int64_t owner = 0;
		bool found = false;
		TRY(db_get_int(change->db, "SELECT customer_id FROM document WHERE tenant_id = $tenant AND company_id = $company AND id = $id",
		               DB_ARGS(db_int("tenant", change->company.tenant_id), db_int("company", change->company.id), db_int("id", note.document_id)),
		               &owner, &found));
		if (!found || owner != note.customer_id) return wrong(given, "document", status_make(STATUS_INVALID, "This document is not one of the customer's."));
	}
	if (confirm && !*note.proof && !note.document_id) return wrong(given, "proof", no_proof());
	TRY(id_take(change->db, change->company.tenant_id, change->company.id, "limitation_event", 1, id));
	note.id = *id;
	TRY(db_run(change->db,
	           "INSERT INTO limitation_event (tenant_id, company_id, id, customer_id, item_id, kind, day, until_day, proof, document_id, noted_by,"
	           " noted_at, confirmed_by, confirmed_at, rev) VALUES ($tenant, $company, $id, $customer, $item, $kind, $day, $until, $proof, $document,"
	           " $by, $at, $confirmed_by, $confirmed_at, $rev)",
	           DB_ARGS(db_int("tenant", change->company.tenant_id), db_int("company", change->company.id), db_int("id", *id),
	                   db_int("customer", note.customer_id), db_int("item", note.item_id), db_text("kind", note.kind), db_day("day", note.day),
	                   db_day("until", note.until_day), db_text("proof", note.proof), db_int("document", note.document_id),
	                   db_int("by", change->viewer->user_id), db_int("at", change->now), db_int("confirmed_by", confirm ? change->viewer->user_id : 0),
	                   db_int("confirmed_at", confirm ? change->now : 0), db_int("rev", change->rev))));
	return add_event(change, confirm ? "limitation.confirmed" : "limitation.noted", &note, item.number, note.proof);
}

/* The one that is to be changed, with its item's number: it must be one of the viewer's customers. */
static struct status take(struct change *change, int64_t id, struct limitation_note *out, struct item *item)
{
	TRY(change_allows(change, RIGHT_COLLECT));
	*out = (struct limitation_note){ .id = id };
	bool found = false;
	{
		cleanup_rows struct rows *rows = db_query(change->db,
			"SELECT customer_id, item_id, kind, day, until_day, document_id, confirmed_at, CASE WHEN proof = '' THEN 0 ELSE 1 END FROM limitation_event"
			" WHERE tenant_id = $tenant AND company_id = $company AND id = $id AND removed_at = 0",
			DB_ARGS(db_int("tenant", change->company.tenant_id), db_int("company", change->company.id), db_int("id", id)));
		if (rows_next(rows)) {
			found = true;
			out->customer_id = row_int(rows, 0), out->item_id = row_int(rows, 1);
			out->kind = kind_known(row_text(rows, 2)), out->day = row_day(rows, 3), out->until_day = row_day(rows, 4), out->document_id = row_int(rows, 5);
			out->confirmed_at = row_int(rows, 6), out->proof = row_int(rows, 7) ? "1" : "";
		}
		TRY(rows_status(rows));
	}
	if (!found) return status_make(STATUS_NOT_FOUND, "This event is not there any more. Load the page again.");
	return item_get(change->db, change->viewer, change->company.id, out->item_id, item);
}

struct status limitation_note_confirm(struct change *change, int64_t id, const char *proof)
{
	struct limitation_note note;
	struct item item;
	TRY(take(change, id, &note, &item));
	if (note.confirmed_at) return status_make(STATUS_CONFLICT, "This event is confirmed already.");
	proof = proof ? proof : "";
	TRY(check_proof(proof));
	if (!*proof && !*note.proof && !note.document_id) return no_proof();
	TRY(db_run(change->db,
	           "UPDATE limitation_event SET confirmed_by = $by, confirmed_at = $at, rev = $rev, proof = CASE WHEN $proof = '' THEN proof ELSE $proof END"
	           " WHERE tenant_id = $tenant AND company_id = $company AND id = $id",
	           DB_ARGS(db_int("by", change->viewer->user_id), db_int("at", change->now), db_int("rev", change->rev), db_text("proof", proof),
	                   db_int("tenant", change->company.tenant_id), db_int("company", change->company.id), db_int("id", id))));
	return add_event(change, "limitation.confirmed", &note, item.number, proof);
}

struct status limitation_note_remove(struct change *change, int64_t id, const char *why)
{
	struct limitation_note note;
	struct item item;
	TRY(take(change, id, &note, &item));
	if (!why || !*why) return status_make(STATUS_INVALID, "Say why it is taken back.");
	TRY(check_proof(why));
	TRY(db_run(change->db, "UPDATE limitation_event SET removed_at = $at, rev = $rev WHERE tenant_id = $tenant AND company_id = $company AND id = $id",
	           DB_ARGS(db_int("at", change->now), db_int("rev", change->rev), db_int("tenant", change->company.tenant_id),
	                   db_int("company", change->company.id), db_int("id", id))));
	return add_event(change, "limitation.removed", &note, item.number, why);
}

struct status limitation_note_list(struct db *db, int64_t tenant, int64_t company, int64_t item_id, struct arena *arena,
                                   struct limitation_note **out, size_t *count)
{
	size_t cap = 0;
	struct limitation_note *list = NULL;
	*count = 0;
	cleanup_rows struct rows *rows = db_query(db,
		"SELECT id, customer_id, item_id, kind, day, until_day, proof, document_id, noted_by, noted_at, confirmed_by, confirmed_at FROM limitation_event"
		" WHERE tenant_id = $tenant AND company_id = $company AND removed_at = 0 AND ($item = 0 OR item_id = $item) ORDER BY item_id, day, id",
		DB_ARGS(db_int("tenant", tenant), db_int("company", company), db_int("item", item_id)));
	while (rows_next(rows)) {
		GROW(list, *count, cap);
		list[(*count)++] = (struct limitation_note){ .id = row_int(rows, 0), .customer_id = row_int(rows, 1), .item_id = row_int(rows, 2),
			.kind = arena_strdup(arena, row_text(rows, 3)), .day = row_day(rows, 4), .until_day = row_day(rows, 5),
			.proof = arena_strdup(arena, row_text(rows, 6)), .document_id = row_int(rows, 7), .noted_by = row_int(rows, 8),
			.noted_at = row_int(rows, 9), .confirmed_by = row_int(rows, 10), .confirmed_at = row_int(rows, 11) };
	}
	*out = arena_array(arena, struct limitation_note, *count + 1);
	if (*count) memcpy(*out, list, *count * sizeof *list);
	free(list);
	return rows_status(rows);
}
