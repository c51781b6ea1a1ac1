#include "web/timeline.h"

#include "access/user.h"
#include "base/memory.h"
#include "base/words.h"
#include "dunning/action.h"
#include "ledger/customer.h"
#include "ledger/dispute_kind.h"

#include <string.h>

const struct timeline_kind timeline_kinds[] = {
	{ "messages", "Messages", { "action." } },
	{ "replies", "Replies", { "reply.", "inbox." } },
	{ "promises", "Promises", { "promise." } },
	{ "disputes", "Disputes", { "dispute." } },
	{ "statuses", "Statuses of invoices", { "status." } },
	{ "notes", "Comments", { "note." } },
	{ "holds", "Holds", { "hold.", "exclusion.", "plan." } },
	{ "changes", "Changes", { "customer.", "contact." } },
	{ 0 },
};

/* The first prefix that fits gives icon and tone. */
static const struct { const char *prefix, *icon, *tone; } looks[] = {
	{ "action.sent", "send", "mail" },       { "action.failed", "alert-triangle", "bad" }, { "action.unknown", "alert-triangle", "bad" },
	{ "action.done", "checkbox", "call" },   { "action.skipped", "player-skip-forward", "task" }, { "action.", "clock", "task" },
	{ "reply.bounced", "mail-off", "bad" },  { "reply.undelivered", "mail-x", "bad" },     { "reply.complained", "mail-off", "bad" },
	{ "reply.answered", "send", "mail" },    { "inbox.", "mail-question", "task" },       { "task.", "checkbox", "task" },
	{ "file.", "paperclip", "task" },  { "reply.", "corner-up-left", "rep" },        { "promise.kept", "circle-check", "call" },
	{ "promise.broken", "hand-stop", "bad" }, { "promise.", "hand-stop", "sms" },          { "dispute.closed", "circle-check", "call" },
	{ "dispute.", "message-report", "bad" }, { "note.", "message-circle", "brand" },      { "hold.", "player-pause", "task" },
	{ "exclusion.", "ban", "task" },         { "plan.", "calendar-due", "mail" },         { "contact.", "user-edit", "task" },
	{ "status.", "file-invoice", "mail" },
	{ "customer.insolvent", "gavel", "bad" }, { "insolvency.", "gavel", "bad" }, { "customer.stopped", "ban", "bad" },       { "import.", "database-import", "task" },
};

static void add_part(struct text *out, const char *text)
{
	if (!text || !*text) return;
	if (out->len) text_add(out, " · ");
	text_add(out, text);
}

static void add_day(struct text *out, enum lang lang, const char *label, const json_t *value)
{
	int32_t day;
	const char *iso = json_string_value(value);
	if (!iso || !day_parse(iso, strlen(iso), &day)) return;
	cleanup_text struct text part = { 0 };
	text_addf(&part, "%s ", tr(lang, label));
	words_date(&part, lang, day);
	add_part(out, text_cstr(&part));
}

static void add_person(struct text *out, const struct request *request, int64_t id)
{
	struct user user;
	bool known = user_get(request->db, request->viewer, id, &user).code == STATUS_OK;
	text_add(out, !known ? "–" : *user.name ? user.name : user.email);
}

/* "Credit limit: – → 60 000,50 €" */
static void describe_change(struct text *out, const struct request *request, const json_t *content)
{
	const char *field = json_string_value(json_object_get(content, "field"));
	const char *values[2] = { json_string_value(json_object_get(content, "before")), json_string_value(json_object_get(content, "after")) };
	if (!values[0] || !values[1]) return;
	cleanup_text struct text part = { 0 };
	size_t count;
	const struct customer_field *fields = customer_fields(&count);
	for (size_t i = 0; field && i < count; i++) {
		if (strcmp(fields[i].name, field) != 0) continue;
		const char *help = tr(request->lang, fields[i].help);
		text_add_bytes(&part, help, strcspn(help, ";:")); /* what follows explains how to set it */
		text_add(&part, " ");
	}
	bool person = field && (strcmp(field, "collector") == 0 || strcmp(field, "sales") == 0);
	bool amount = field && (strcmp(field, "credit_limit") == 0 || strcmp(field, "minimum") == 0);
	for (int i = 0; i < 2; i++) {
		int64_t minor;
		if (i) text_add(&part, " → ");
		if (!*values[i]) text_add(&part, "–");
		else if (amount && text_parse_int(values[i], strlen(values[i]), &minor)) words_amount(&part, request->lang, minor, request->company.currency);
		else if (person && text_parse_int(values[i], strlen(values[i]), &minor)) add_person(&part, request, minor);
		else text_add(&part, tr(request->lang, values[i]));
	}
	add_part(out, text_cstr(&part));
}

/* Contents differ by kind; what they share by name is told in one order: what, how much, until when, why. */
static void describe(struct text *out, const struct request *request, const json_t *content)
{
	enum lang lang = request->lang;
	const char *what[] = { "label", "subject", "number", "item", "recipient", "address", "name", "email" };
	const char *french = lang == LANG_FR ? json_string_value(json_object_get(content, "label_fr")) : NULL; /* a field of the company's own */
	if (french) what[0] = "label_fr";
	for (size_t i = 0; i < sizeof what / sizeof *what; i++) add_part(out, json_string_value(json_object_get(content, what[i])));
	const json_t *items = json_object_get(content, "items");
	if (json_is_array(items) && json_array_size(items) > 0) {
		cleanup_text struct text part = { 0 };
		for (size_t i = 0; i < json_array_size(items) && i < 5; i++) {
			const char *number = json_string_value(json_array_get(items, i));
			if (number) text_addf(&part, "%s%s", part.len ? ", " : "", number);
		}
		if (part.len && json_array_size(items) > 5) text_add(&part, "…");
		add_part(out, text_cstr(&part));
	}
	int64_t others = json_integer_value(json_object_get(content, "others"));
	const char *payer = json_string_value(json_object_get(content, "payer"));
	if (others == 1) add_part(out, tr(lang, "for another customer too"));
	if (others > 1) add_part(out, arena_printf(request->arena, tr(lang, "for %lld other customers too"), (long long)others));
	if (payer && *payer) add_part(out, arena_printf(request->arena, tr(lang, "asked of his payer %s"), payer));
	const json_t *amount = json_object_get(content, "amount");
	if (json_is_integer(amount) && json_integer_value(amount) != 0) {
		const char *currency = json_string_value(json_object_get(content, "currency"));
		cleanup_text struct text part = { 0 };
		words_amount(&part, lang, json_integer_value(amount), currency ? currency : request->company.currency);
		add_part(out, text_cstr(&part));
	}
	add_day(out, lang, "for", json_object_get(content, "day"));
	add_day(out, lang, "for", json_object_get(content, "date"));
	add_day(out, lang, "until", json_object_get(content, "until"));
	describe_change(out, request, content);
	const char *reason = json_string_value(json_object_get(content, "reason"));
	if (reason && *reason) add_part(out, tr(lang, dispute_label(reason)));
	const char *state = json_string_value(json_object_get(content, "state"));
	if (state && *state) add_part(out, tr(lang, state));
	const char *outcome = json_string_value(json_object_get(content, "outcome"));
	if (outcome && *outcome) add_part(out, tr(lang, action_outcome_label(outcome)));
	const char *said[] = { "text", "note" };
	for (size_t i = 0; i < 2; i++) {
		const char *text = json_string_value(json_object_get(content, said[i]));
		if (!text || !*text) continue;
		if (out->len) text_add(out, "\n");
		text_add(out, text);
	}
}

json_t *timeline_entry(const struct request *request, const struct event *event)
{
	const char *icon = "point", *tone = "task";
	for (size_t i = 0; i < sizeof looks / sizeof *looks; i++)
		if (strncmp(event->kind, looks[i].prefix, strlen(looks[i].prefix)) == 0) {
			icon = looks[i].icon, tone = looks[i].tone;
			break;
		}
	cleanup_text struct text text = { 0 }, title = { 0 };
	json_t *content = event->content && *event->content ? json_loads(event->content, 0, NULL) : NULL;
	/* an action is called by its step, what became of it follows: "Follow-up · E-mail", "Message sent · …" */
	enum rank rank;
	enum channel channel;
	const char *step = json_string_value(json_object_get(content, "step")), *by_channel = json_string_value(json_object_get(content, "channel"));
	if (step && by_channel && rank_parse(step, &rank) && channel_parse(by_channel, &channel)) {
		text_addf(&title, "%s · %s", tr(request->lang, rank_label(rank)), tr(request->lang, channel_label(channel)));
		add_part(&text, tr(request->lang, event_words(event->kind)));
	} else {
		text_add(&title, tr(request->lang, event_words(event->kind)));
	}
	if (content) describe(&text, request, content);
	json_decref(content);

	json_t *by = json_null();
	struct user user;
	if (event->by_user && user_get(request->db, request->viewer, event->by_user, &user).code == STATUS_OK)
		by = json_string(*user.name ? user.name : user.email);
	/* an answer has a page of its own: what was said, the files, writing back */
	bool answer = strncmp(event->kind, "reply.", 6) == 0 && event->ref > 0;
	return json_pack("{s:o, s:o, s:s, s:s, s:o, s:o, s:s, s:s, s:I}", "href",
	                 answer ? json_string(arena_printf(request->arena, "/replies/%lld", (long long)event->ref)) : json_null(), "at", model_instant(event->at), "kind", event->kind, "title",
	                 text_cstr(&title), "text", text.len ? json_string(text_cstr(&text)) : json_null(), "by", by,
	                 "icon", icon, "tone", tone, "seq", (json_int_t)event->seq);
}

struct status timeline_list(struct request *request, int64_t customer_id, const struct timeline_kind *kind, int64_t before,
                            size_t limit, json_t **out, int64_t *older)
{
	json_t *entries = json_array();
	*out = entries;
	*older = 0;
	struct event *merged = arena_array(request->arena, struct event, 4 * (limit + 1));
	size_t count = 0;
	for (size_t p = 0; p < 4 && (p == 0 || (kind && kind->prefixes[p])); p++) {
		struct event *events;
		size_t found;
		struct status status = event_list(request->db, request->viewer, request->company.id, customer_id, kind ? kind->prefixes[p] : NULL,
		                                  before, limit + 1, request->arena, &events, &found);
		if (status.code) {
			json_decref(entries);
			*out = NULL;
			return status;
		}
		for (size_t i = 0; i < found; i++) {
			size_t at = count++;
			while (at > 0 && merged[at - 1].seq < events[i].seq) merged[at] = merged[at - 1], at--;
			merged[at] = events[i];
		}
	}
	for (size_t i = 0; i < count && i < limit; i++) json_array_append_new(entries, timeline_entry(request, &merged[i]));
	if (count > limit) *older = merged[limit - 1].seq;
	return STATUS_FINE;
}

static bool entry_holds(const json_t *entry, const char *sought)
{
	static const char *const parts[] = { "title", "text", "by" };
	for (size_t i = 0; i < COUNT(parts); i++) {
		const char *text = json_string_value(json_object_get(entry, parts[i]));
		if (!text) continue;
		cleanup_free char *plain = text_normalise(text, strlen(text));
		if (strstr(plain, sought)) return true;
	}
	return false;
}

struct status timeline_search(struct request *request, int64_t customer_id, const struct timeline_kind *kind, const char *sought, size_t limit, json_t **out,
                              int64_t *older)
{
	enum { LOOKED_AT = 3000 };
	json_t *all;
	cleanup_free char *plain = text_normalise(sought, strlen(sought) < 200 ? strlen(sought) : 200);
	TRY(timeline_list(request, customer_id, kind, 0, LOOKED_AT, &all, older));
	*out = json_array(), *older = 0;
	for (size_t i = 0; i < json_array_size(all) && json_array_size(*out) < limit; i++)
		if (*plain && entry_holds(json_array_get(all, i), plain)) json_array_append(*out, json_array_get(all, i));
	json_decref(all);
	return STATUS_FINE;
}
