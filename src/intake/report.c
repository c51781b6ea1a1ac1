#include "intake/intake.h"

static json_t *text_json(const char *text)
{
	return json_string(text ? text : "");
}

json_t *intake_result_json(const struct intake_result *r)
{
	json_t *rejected = json_array(), *warnings = json_array();
	for (size_t i = 0; i < r->rejected.count; i++) {
		const struct complaint *row = &r->rejected.rows[i];
		json_array_append_new(rejected, json_pack("{s:I, s:o, s:o, s:o}", "line", (json_int_t)row->line, "column",
		                                          text_json(row->column), "value", text_json(row->value), "reason",
		                                          text_json(row->reason)));
	}
	for (size_t i = 0; i < r->warning_count; i++) json_array_append_new(warnings, text_json(r->warnings[i]));
	json_t *out = json_pack(
		"{s:o, s:o, s:o, s:I, s:I, s:{s:I, s:I, s:I, s:I, s:I}, s:{s:I, s:I}, s:I, s:o, s:I, s:o}",
		"import", r->import_id ? json_integer(r->import_id) : json_null(), "format", text_json(r->format), "encoding",
		text_json(r->encoding), "lines", (json_int_t)r->lines, "ignored", (json_int_t)r->ignored,
		"items", "new", (json_int_t)r->items_new, "changed", (json_int_t)r->items_changed, "closed", (json_int_t)r->items_closed,
		"withdrawn", (json_int_t)r->items_withdrawn, "unchanged", (json_int_t)r->items_unchanged,
		"customers", "new", (json_int_t)r->customers_new, "changed", (json_int_t)r->customers_changed,
		"settlements", (json_int_t)r->settlements, "rejected", rejected, "rejected_count", (json_int_t)r->rejected.total,
		"warnings", warnings);
	json_object_set_new(out, "file", text_json(r->file_name));
	json_object_set_new(out, "source", text_json(r->source));
	json_object_set_new(out, "mode", text_json(r->mode));
	json_object_set_new(out, "open_before", json_integer(r->open_before));
	json_object_set_new(out, "open_after", json_integer(r->open_after));
	json_object_set_new(out, "dry_run", json_boolean(r->dry_run));
	json_object_set_new(out, "assigned", json_integer(r->assigned));
	if (r->assignments) json_object_set_new(out, "assignments", json_loads(r->assignments, 0, NULL));
	if (r->mended) json_object_set_new(out, "mended", json_loads(r->mended, 0, NULL));
	if (r->refused) {
		json_object_set_new(out, "refused", text_json(r->reason));
		json_object_set_new(out, "needs_yes", json_boolean(r->needs_yes));
	}
	return out;
}

int intake_result_exit(const struct intake_result *r)
{
	return r->refused ? 2 : r->rejected.total ? 1 : 0;
}
