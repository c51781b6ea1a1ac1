#include "ledger/insolvency_notice.h"

#include "base/calendar.h"
#include "base/memory.h"
#include "base/words.h"
#include "ledger/customer.h"
#include "ledger/event.h"

#include <stdlib.h>
#include <string.h>

enum { DECLARE_MONTHS = 2, NOTE_MAX = 480 };

#define OF_COMPANY(tenant, company) db_int("tenant", tenant), db_int("company", company)
#define OF_CHANGE(change) OF_COMPANY((change)->company.tenant_id, (change)->company.id)

int32_t insolvency_declare_by(int32_t published_day)
{
	static const struct calendar calendar = { 0 };
	return published_day == DAY_NONE ? DAY_NONE : calendar_next(&calendar, day_add_months(published_day, DECLARE_MONTHS));
}

/* --- which are new ---------------------------------------------------------------------------------------------------------------------- */
static struct status known_notice(struct db *db, int64_t tenant, int64_t company, const char *number, const char *siren, int64_t customer, bool *out)
{
	int64_t count = 0;
	TRY(db_get_int(db,
	               "SELECT count(*) FROM insolvency_notice WHERE tenant_id = $tenant AND company_id = $company AND notice = $notice AND siren = $siren AND customer_id = $customer"
	               " AND state <> 'undone'",
	               DB_ARGS(OF_COMPANY(tenant, company), db_text("notice", number), db_text("siren", siren), db_int("customer", customer)), &count, NULL));
	*out = count > 0;
	return STATUS_FINE;
}

struct who {
	char siren[10];
	int64_t id;
};

static int by_siren(const void *a, const void *b)
{
	const struct who *x = a, *y = b;
	int order = strcmp(x->siren, y->siren);
	return order ? order : (x->id > y->id) - (x->id < y->id);
}

/* A customer's SIREN, or that of his SIRET. */
static struct status read_sirens(struct db *db, int64_t tenant, int64_t company, struct arena *arena, struct who **out, size_t *count)
{
	int64_t most = 0;
	TRY(db_get_int(db, "SELECT count(*) FROM customer WHERE tenant_id = $tenant AND company_id = $company AND siren <> '' AND merged_into = 0", DB_ARGS(OF_COMPANY(tenant, company)), &most, NULL));
	*out = arena_array(arena, struct who, most + 1), *count = 0;
	cleanup_rows struct rows *rows = db_query(db, "SELECT siren, id FROM customer WHERE tenant_id = $tenant AND company_id = $company AND siren <> '' AND merged_into = 0",
		DB_ARGS(OF_COMPANY(tenant, company)));
	while (rows_next(rows) && (int64_t)*count < most) {
		struct who *who = &(*out)[(*count)++];
		snprintf(who->siren, sizeof who->siren, "%.9s", row_text(rows, 0));
		who->id = row_int(rows, 1);
	}
	if (*count) qsort(*out, *count, sizeof **out, by_siren);
	return rows_status(rows);
}

static bool names(const struct notice *notice, const char *siren)
{
	for (size_t i = 0; i < notice->siren_count; i++)
		if (strcmp(notice->sirens[i], siren) == 0) return true;
	return false;
}

/* Whether it cancels a notice that we hold, or says that it was another company's. */
static struct status takes_back_held(struct db *db, int64_t tenant, int64_t company, const struct notice *notice, bool *out)
{
	cleanup_rows struct rows *rows = db_query(db,
		"SELECT siren FROM insolvency_notice WHERE tenant_id = $tenant AND company_id = $company AND notice = $notice AND state IN ('proposed', 'confirmed', 'noted')",
		DB_ARGS(OF_COMPANY(tenant, company), db_text("notice", notice->corrects)));
	while (rows_next(rows)) *out |= notice->act == NOTICE_CANCELLED || (notice->siren_count && !names(notice, row_text(rows, 0)));
	return rows_status(rows);
}

struct status insolvency_compare(struct db *db, int64_t tenant, int64_t company, const struct notice *notices, size_t count, struct arena *arena, struct insolvency_news *out)
{
	struct who *who;
	size_t who_count, cap = 0;
	TRY(read_sirens(db, tenant, company, arena, &who, &who_count));
	*out = (struct insolvency_news){ .corrections = arena_array(arena, const struct notice *, count + 1) };
	for (size_t i = 0; i < count; i++) {
		const struct notice *notice = &notices[i];
		bool takes_back = false;
		if (*notice->corrects) TRY(takes_back_held(db, tenant, company, notice, &takes_back));
		if (takes_back) out->corrections[out->correction_count++] = notice;
		for (size_t s = 0; s < notice->siren_count; s++) {
			size_t low = 0, high = who_count;
			while (low < high) {
				size_t middle = low + (high - low) / 2;
				if (strcmp(who[middle].siren, notice->sirens[s]) < 0) low = middle + 1;
				else high = middle;
			}
			for (; low < who_count && strcmp(who[low].siren, notice->sirens[s]) == 0; low++) {
				bool known = false;
				TRY(known_notice(db, tenant, company, notice->number, notice->sirens[s], who[low].id, &known));
				for (size_t k = 0; k < out->count && !known; k++) /* twice in one file */
					known = out->rows[k].customer_id == who[low].id && strcmp(out->rows[k].notice->number, notice->number) == 0;
				if (known) {
					out->known++;
					continue;
				}
				if (out->count == cap) {
					size_t bigger_cap = cap ? cap * 2 : 16;
					struct insolvency_match *bigger = arena_array(arena, struct insolvency_match, bigger_cap);
					if (out->count) memcpy(bigger, out->rows, out->count * sizeof *bigger);
					out->rows = bigger, cap = bigger_cap;
				}
				out->rows[out->count++] = (struct insolvency_match){ notice, who[low].id, notice->sirens[s] };
			}
		}
	}
	return STATUS_FINE;
}

/* --- what follows -------------------------------------------------------------------------------------------------------------------------- */
struct acting {
	struct viewer viewer;
	const struct viewer *asked;
};

/* As the program, for the one who imports. */
static void act(struct change *change, struct acting *acting)
{
	acting->asked = change->viewer;
	acting->viewer = viewer_system(change->company.tenant_id);
	acting->viewer.user_id = change->viewer->user_id, acting->viewer.lang = strcmp(change->company.country, "FR") == 0 ? LANG_FR : change->viewer->lang; /* of what is kept as text */
	change->viewer = &acting->viewer;
}

/* "Judicial liquidation, Tribunal de commerce de Lyon, judgment of 15/01/2025. BODACC A202500151234 of 23/01/2025." */
static const char *note_of(const struct notice *notice, enum lang lang, struct arena *arena)
{
	cleanup_text struct text out = { 0 };
	text_add(&out, tr(lang, notice_kind_words(notice->kind)));
	if (*notice->court) text_addf(&out, ", %.150s", notice->court);
	text_addf(&out, ". BODACC %s, ", notice->number);
	words_date(&out, lang, notice->published_day);
	text_add(&out, ".");
	return arena_strndup(arena, text_cstr(&out), out.len < NOTE_MAX ? out.len : NOTE_MAX);
}

static struct status tell(struct change *change, const char *kind, int64_t customer, int64_t id, const struct notice *notice, const char *text)
{
	char iso[11] = "";
	if (notice && notice->judgment_day != DAY_NONE) day_format(notice->judgment_day, iso);
	return event_add_json(change, (struct event_new){ .kind = kind, .customer_id = customer, .ref = id }, json_pack("{s:s, s:s}", "day", iso, "text", text));
}

static struct status keep(struct change *change, const struct insolvency_match *match, int64_t import_id)
{
	const struct notice *notice = match->notice;
	cleanup_arena struct arena *arena = arena_new();
	struct customer customer;
	int64_t id;
	TRY(customer_get(change->db, change->viewer, change->company.id, match->customer_id, arena, &customer));
	bool opens = notice->act == NOTICE_OPENING || notice->act == NOTICE_CONVERSION;
	int32_t day = notice->judgment_day != DAY_NONE ? notice->judgment_day : notice->published_day;
	if (day > change->today) day = change->today; /* a slip in the notice: from now on, then */
	bool sets = opens && customer.insolvency_day == DAY_NONE;
	const char *note = note_of(notice, change->viewer->lang, arena);
	if (sets) TRY(customer_insolvency(change, match->customer_id, day, note));
	else if (notice->act == NOTICE_CONVERSION) TRY(customer_insolvency(change, match->customer_id, customer.insolvency_day, note)); /* the day of the opening stays */
	TRY(id_take(change->db, change->company.tenant_id, change->company.id, "insolvency_notice", 1, &id));
	TRY(db_run(change->db, "DELETE FROM insolvency_notice WHERE tenant_id = $tenant AND company_id = $company AND notice = $notice AND siren = $siren AND customer_id = $customer AND state = 'undone'",
	           DB_ARGS(OF_CHANGE(change), db_text("notice", notice->number), db_text("siren", match->siren), db_int("customer", match->customer_id))));
	TRY(db_run(change->db,
	           "INSERT INTO insolvency_notice (tenant_id, company_id, id, import_id, customer_id, siren, notice, published_day, judgment_day, act, kind, nature, court, name, text,"
	           " corrects, state, opened, rev) VALUES ($tenant, $company, $id, $import, $customer, $siren, $notice, $published, $judgment, $act, $kind, $nature, $court, $name, $text,"
	           " $corrects, $state, $opened, $rev)",
	           DB_ARGS(OF_CHANGE(change), db_int("id", id), db_int("import", import_id), db_int("customer", match->customer_id), db_text("siren", match->siren),
	                   db_text("notice", notice->number), db_day("published", notice->published_day), db_day("judgment", notice->judgment_day), db_text("act", notice_act_name(notice->act)),
	                   db_text("kind", notice_kind_name(notice->kind)), db_text("nature", notice->nature), db_text("court", notice->court), db_text("name", notice->name),
	                   db_text("text", notice->text), db_text("corrects", notice->corrects), db_text("state", sets ? "proposed" : "noted"), db_int("opened", sets), db_int("rev", change->rev))));
	return tell(change, sets ? "insolvency.proposed" : "insolvency.noted", match->customer_id, id, notice, sets ? note : *notice->nature ? notice->nature : note);
}

struct held {
	int64_t id, customer;
	bool opened, proposed;
	char siren[10];
};

static struct status set_state(struct change *change, int64_t id, const char *state)
{
	return db_run(change->db, "UPDATE insolvency_notice SET state = $state, rev = $rev WHERE tenant_id = $tenant AND company_id = $company AND id = $id",
	              DB_ARGS(OF_CHANGE(change), db_text("state", state), db_int("rev", change->rev), db_int("id", id)));
}

/* Nothing that a person confirmed is taken back by itself: he is told. */
static struct status take_back(struct change *change, const struct held *held, const struct notice *notice, const char *state)
{
	TRY(set_state(change, held->id, state));
	if (held->opened && held->proposed) {
		struct status status = customer_insolvency(change, held->customer, DAY_NONE, "");
		if (status.code && status.code != STATUS_CONFLICT) return status; /* withdrawn by hand already */
	}
	return tell(change, "insolvency.cancelled", held->customer, held->id, notice, notice ? notice->number : "");
}

static struct status correct(struct change *change, const struct notice *notice)
{
	struct held *list = NULL;
	size_t count = 0, cap = 0;
	struct status status;
	{
		cleanup_rows struct rows *rows = db_query(change->db,
			"SELECT id, customer_id, opened, CASE WHEN state = 'proposed' THEN 1 ELSE 0 END, siren FROM insolvency_notice WHERE tenant_id = $tenant AND company_id = $company"
			" AND notice = $notice AND state IN ('proposed', 'confirmed', 'noted') ORDER BY id",
			DB_ARGS(OF_CHANGE(change), db_text("notice", notice->corrects)));
		while (rows_next(rows)) {
			GROW(list, count, cap);
			list[count] = (struct held){ row_int(rows, 0), row_int(rows, 1), row_int(rows, 2) != 0, row_int(rows, 3) != 0, "" };
			snprintf(list[count++].siren, sizeof list->siren, "%.9s", row_text(rows, 4));
		}
		status = rows_status(rows);
	}
	for (size_t i = 0; i < count && !status.code; i++) {
		bool gone = notice->act == NOTICE_CANCELLED || (notice->siren_count && !names(notice, list[i].siren)); /* it was another company's */
		if (gone) {
			status = take_back(change, &list[i], notice, "cancelled");
		} else if (list[i].opened && list[i].proposed && notice->judgment_day != DAY_NONE && notice->judgment_day <= change->today) {
			cleanup_arena struct arena *arena = arena_new();
			status = customer_insolvency(change, list[i].customer, notice->judgment_day, note_of(notice, change->viewer->lang, arena));
			if (!status.code)
				status = db_run(change->db, "UPDATE insolvency_notice SET judgment_day = $day, rev = $rev WHERE tenant_id = $tenant AND company_id = $company AND id = $id",
				                DB_ARGS(OF_CHANGE(change), db_day("day", notice->judgment_day), db_int("rev", change->rev), db_int("id", list[i].id)));
		}
	}
	free(list);
	return status;
}

struct status insolvency_store(struct change *change, const struct insolvency_news *news, int64_t import_id)
{
	struct acting acting;
	act(change, &acting);
	struct status status = STATUS_FINE;
	/* openings first, so that a notice and its cancelling in one file end as they should */
	for (size_t i = 0; i < news->count && !status.code; i++)
		if (!*news->rows[i].notice->corrects) status = keep(change, &news->rows[i], import_id);
	for (size_t i = 0; i < news->count && !status.code; i++)
		if (*news->rows[i].notice->corrects) status = keep(change, &news->rows[i], import_id);
	for (size_t i = 0; i < news->correction_count && !status.code; i++) status = correct(change, news->corrections[i]);
	for (size_t i = 0; i < news->count && !status.code; i++)
		if (*news->rows[i].notice->corrects) status = correct(change, news->rows[i].notice); /* what came in the same file */
	change->viewer = acting.asked;
	return status;
}

struct status insolvency_undo(struct change *change, int64_t import_id)
{
	struct held *list = NULL;
	size_t count = 0, cap = 0;
	struct acting acting;
	struct status status;
	{
		cleanup_rows struct rows *rows = db_query(change->db,
			"SELECT id, customer_id, opened, CASE WHEN state = 'proposed' THEN 1 ELSE 0 END FROM insolvency_notice WHERE tenant_id = $tenant AND company_id = $company"
			" AND import_id = $import AND state IN ('proposed', 'noted') ORDER BY id",
			DB_ARGS(OF_CHANGE(change), db_int("import", import_id)));
		while (rows_next(rows)) {
			GROW(list, count, cap);
			list[count++] = (struct held){ row_int(rows, 0), row_int(rows, 1), row_int(rows, 2) != 0, row_int(rows, 3) != 0, "" };
		}
		status = rows_status(rows);
	}
	act(change, &acting);
	for (size_t i = 0; i < count && !status.code; i++) status = take_back(change, &list[i], NULL, "undone");
	change->viewer = acting.asked;
	free(list);
	return status;
}

struct status insolvency_decide(struct change *change, int64_t id, bool confirmed)
{
	TRY(change_allows(change, RIGHT_COLLECT));
	struct held held = { .id = id };
	bool found = false;
	{
		cleanup_rows struct rows *rows = db_query(change->db,
			"SELECT customer_id, opened, CASE WHEN state = 'proposed' THEN 1 ELSE 0 END FROM insolvency_notice WHERE tenant_id = $tenant AND company_id = $company AND id = $id",
			DB_ARGS(OF_CHANGE(change), db_int("id", id)));
		if (rows_next(rows)) found = true, held.customer = row_int(rows, 0), held.opened = row_int(rows, 1) != 0, held.proposed = row_int(rows, 2) != 0;
		TRY(rows_status(rows));
	}
	if (!found) return status_make(STATUS_NOT_FOUND, "There is no such notice.");
	TRY(customer_check(change->db, change->viewer, change->company.id, held.customer));
	if (!held.proposed) return status_make(STATUS_CONFLICT, "Somebody else has done this already.");
	TRY(db_run(change->db, "UPDATE insolvency_notice SET state = $state, decided_at = $at, decided_by = $by, rev = $rev WHERE tenant_id = $tenant AND company_id = $company AND id = $id",
	           DB_ARGS(OF_CHANGE(change), db_text("state", confirmed ? "confirmed" : "dismissed"), db_int("at", change->now), db_int("by", change->viewer->user_id), db_int("rev", change->rev),
	                   db_int("id", id))));
	if (!confirmed && held.opened) {
		struct status status = customer_insolvency(change, held.customer, DAY_NONE, "");
		if (status.code && status.code != STATUS_CONFLICT) return status;
	}
	return tell(change, confirmed ? "insolvency.confirmed" : "insolvency.dismissed", held.customer, id, NULL, "");
}

struct status insolvency_list(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t customer_id, bool proposed, struct arena *arena,
                              struct insolvency_notice **out, size_t *count)
{
	size_t cap = 0;
	*out = NULL, *count = 0;
	if (!viewer_sees_company(viewer, company_id) || !viewer_may(viewer, RIGHT_READ)) return status_make(STATUS_FORBIDDEN, "You may not see the customers of this company.");
	cleanup_rows struct rows *rows = db_query(db,
		"SELECT n.id, n.customer_id, n.act, n.kind, n.published_day, n.judgment_day, c.collector_id, c.sales_id, c.group_code, n.notice, n.siren, n.name, n.nature, n.court, n.text, n.state,"
		" c.code, c.name FROM insolvency_notice n JOIN customer c ON c.tenant_id = n.tenant_id AND c.company_id = n.company_id AND c.id = n.customer_id"
		" WHERE n.tenant_id = $tenant AND n.company_id = $company AND n.state <> 'undone' AND (CAST($customer AS BIGINT) = 0 OR n.customer_id = $customer)"
		" AND (CAST($proposed AS BIGINT) = 0 OR n.state = 'proposed') ORDER BY n.published_day DESC, n.id DESC",
		DB_ARGS(OF_COMPANY(viewer->tenant_id, company_id), db_int("customer", customer_id), db_int("proposed", proposed)));
	while (rows_next(rows)) {
		if (!viewer_sees_customer(viewer, row_int(rows, 6), row_int(rows, 7), row_text(rows, 8))) continue;
		if (*count == cap) {
			size_t bigger_cap = cap ? cap * 2 : 16;
			struct insolvency_notice *bigger = arena_array(arena, struct insolvency_notice, bigger_cap);
			if (*count) memcpy(bigger, *out, *count * sizeof *bigger);
			*out = bigger, cap = bigger_cap;
		}
		struct insolvency_notice *n = &(*out)[(*count)++];
		*n = (struct insolvency_notice){ .id = row_int(rows, 0), .customer_id = row_int(rows, 1), .act = notice_act_parse(row_text(rows, 2)), .kind = notice_kind_parse(row_text(rows, 3)),
			.published_day = row_day(rows, 4), .judgment_day = row_day(rows, 5) };
		const char **texts[] = { &n->number, &n->siren, &n->name, &n->nature, &n->court, &n->text, &n->state, &n->customer_code, &n->customer_name };
		for (size_t i = 0; i < COUNT(texts); i++) *texts[i] = arena_strdup(arena, row_text(rows, 9 + (int)i));
		n->declare_by = n->act == NOTICE_OPENING ? insolvency_declare_by(n->published_day) : DAY_NONE;
	}
	return rows_status(rows);
}
