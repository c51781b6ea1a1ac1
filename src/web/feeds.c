/* feeds — files that come by themselves: the places, what came, looking now. Places are added on the command line only. */
#include "web/imports_page.h"

#include "intake/feed.h"

#include <inttypes.h>

enum { FILES_SHOWN = 100 };

static struct status feeds_show(struct request *request)
{
	struct feed *feeds;
	struct feed_file *files;
	size_t count, file_count;
	TRY(feed_list(request->db, request->viewer, request->company.id, request->now, request->arena, &feeds, &count));
	TRY(feed_files(request->db, request->viewer, request->company.id, FILES_SHOWN, request->arena, &files, &file_count));
	json_t *rows = json_array(), *came = json_array();
	for (size_t i = 0; i < count; i++) {
		const struct feed *f = &feeds[i];
		json_array_append_new(rows, json_pack("{s:I, s:s, s:s, s:s, s:s, s:I, s:b, s:b, s:s, s:o, s:o}", "id", (json_int_t)f->id, "name", f->name, "kind",
			feed_kind_code(f->kind), "location", f->location, "pattern", f->pattern, "every_minutes", (json_int_t)f->every_minutes, "enabled", f->enabled, "late",
			f->late, "error", tr(request->lang, f->error) /* kept in the language of the job */, "checked_at", model_instant(f->checked_at), "received_at", model_instant(f->received_at)));
	}
	for (size_t i = 0; i < file_count; i++) {
		const struct feed_file *f = &files[i];
		bool waiting = strcmp(f->state, "waiting") == 0;
		json_array_append_new(came, json_pack("{s:s, s:s, s:s, s:s, s:o, s:b, s:b, s:b, s:b, s:I, s:I}", "name", f->name, "feed", f->feed, "state", f->state, "text", tr(request->lang, f->text),
			"at", model_instant(f->at), "waiting", waiting, "imported", f->import_id != 0, "unchanged", strcmp(f->state, "unchanged") == 0, "failed",
			strcmp(f->state, "failed") == 0, "import", (json_int_t)f->import_id, "draft", (json_int_t)f->draft_id));
	}
	json_object_set_new(request->model, "has_feeds", json_boolean(count > 0));
	json_object_set_new(request->model, "has_files", json_boolean(file_count > 0));
	json_object_set_new(request->model, "feeds", rows);
	json_object_set_new(request->model, "files", came);
	return STATUS_FINE;
}

static struct status feeds_look(struct request *request)
{
	int64_t id;
	struct feed_turn turn;
	struct intake intake = imports_intake(request);
	TRY(imports_path_id(request, &id));
	TRY(feed_turn(&intake, id, &turn));
	json_t *counts = json_pack("{s:i, s:i, s:i, s:i, s:s}", "imported", turn.imported, "unchanged", turn.unchanged, "waiting", turn.waiting, "failed", turn.failed,
	                           "error", turn.error);
	json_object_update(request->model, counts);
	json_decref(counts);
	request->notice = turn.error[0] ? arena_strdup(request->arena, turn.error)
	                                : arena_printf(request->arena, tr(request->lang, "Looked: %d imported, %d unchanged, %d waiting for a person."), turn.imported,
	                                               turn.unchanged, turn.waiting);
	request->redirect = "/imports/feeds";
	return STATUS_FINE;
}

struct switching {
	int64_t id;
	bool on;
};

static struct status do_switch(struct change *change, void *context)
{
	const struct switching *switching = context;
	return feed_enable(change, switching->id, switching->on);
}

static struct status feeds_switch(struct request *request, bool on)
{
	struct switching switching = { .on = on };
	TRY(imports_path_id(request, &switching.id));
	TRY(request_change(request, do_switch, &switching));
	request->notice = tr(request->lang, on ? "This feed is switched on." : "This feed is switched off.");
	request->redirect = "/imports/feeds";
	return STATUS_FINE;
}

static struct status feeds_on(struct request *request)
{
	return feeds_switch(request, true);
}

static struct status feeds_off(struct request *request)
{
	return feeds_switch(request, false);
}

const struct route feeds_routes[] = {
	{ "GET", "/imports/feeds", RIGHT_IMPORT, feeds_show, .template = "feeds", .menu = MENU_IMPORTS, .summary = "Files that come by themselves", .live = true },
	{ "POST", "/imports/feeds/{id}/look", RIGHT_IMPORT, feeds_look, .menu = MENU_IMPORTS, .summary = "Look for files now" },
	{ "POST", "/imports/feeds/{id}/on", RIGHT_SETTINGS, feeds_on, .menu = MENU_IMPORTS, .summary = "Switch a feed on" },
	{ "POST", "/imports/feeds/{id}/off", RIGHT_SETTINGS, feeds_off, .menu = MENU_IMPORTS, .summary = "Switch a feed off" },
	{ 0 },
};
