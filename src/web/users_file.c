/* users_file — accounts from a list: shown first, then made, their first passwords shown once. */
#include "web/people.h"
#include "web/server.h"

#include "base/memory.h"
#include "intake/user_list.h"

#include <fcntl.h>
#include <unistd.h>

enum { FILE_MAX = 1 << 20 };

static struct status form(struct request *request, const char *error)
{
	if (error) request->http_status = 422, request->template = "users_file";
	json_object_set_new(request->model, "title", json_string(tr(request->lang, "Accounts from a list")));
	json_object_set_new(request->model, "error", error ? json_string(error) : json_null());
	if (!json_object_get(request->model, "list")) json_object_set_new(request->model, "list", json_null());
	return STATUS_FINE;
}

static struct status users_file_show(struct request *request)
{
	return form(request, NULL);
}

static struct status read_file(struct request *request, const char **bytes, size_t *len)
{
	const struct upload *upload = request_upload(request, "file", 0);
	const char *text = request_field(request, "text");
	if (upload && upload->size > 0) {
		if (upload->size > FILE_MAX) return status_make(STATUS_INVALID, "The file is over %d MB.", FILE_MAX >> 20);
		cleanup_fd int fd = open(upload->path, O_RDONLY | O_CLOEXEC);
		char *to = arena_alloc(request->arena, (size_t)upload->size + 1);
		int64_t got = 0;
		while (fd >= 0 && got < upload->size) {
			ssize_t part = pread(fd, to + got, (size_t)(upload->size - got), got);
			if (part <= 0) break;
			got += part;
		}
		if (got < upload->size) return status_make(STATUS_UNAVAILABLE, "The file could not be read. Please send it again.");
		return *bytes = to, *len = (size_t)upload->size, STATUS_FINE;
	}
	if (!text || !*text) return status_make(STATUS_INVALID, "Choose a file.");
	return *bytes = text, *len = strlen(text), STATUS_FINE;
}

static void list_model(struct request *request, const struct user_list *list, bool made)
{
	json_t *rows = json_array();
	for (size_t i = 0; i < list->count; i++) {
		const struct user_row *row = &list->rows[i];
		json_array_append_new(rows, json_pack("{s:I, s:s, s:s, s:s, s:s, s:b, s:s?, s:s?, s:s?}", "line", (json_int_t)row->line, "email", row->email, "name", row->name, "role",
			role_code(row->role), "role_name", row->problem ? "" : role_label(row->role), "known", row->known, "problem", row->problem, "password", row->password, "failed", row->failed));
	}
	cleanup_text struct text text = { 0 };
	user_list_text(list, &text);
	json_object_set_new(request->model, "list", json_pack("{s:o, s:I, s:I, s:I, s:b, s:b, s:s}", "rows", rows, "failed", (json_int_t)list->failed, "fresh", (json_int_t)list->fresh, "problems", (json_int_t)list->problems,
		"made", made, "ready", !made && !list->problems && list->fresh > 0, "text", text_cstr(&text)));
}

static struct status users_file_take(struct request *request)
{
	const char *bytes = "";
	size_t len = 0;
	struct user_list list;
	struct intake intake = { .store = request->store, .viewer = request->viewer, .today = request->today, .now = clock_wall(), .arena = request->arena };
	bool make = request_int(request, "make", 0) != 0;
	struct status status = read_file(request, &bytes, &len);
	if (!status.code) status = user_list_look(&intake, bytes, len, &list);
	if (status.code == STATUS_INVALID && !request->json) return form(request, status.text);
	TRY(status);
	if (make) {
		if (list.problems) return status_make(STATUS_INVALID, "Some rows can't be used. No account was made.");
		db_rollback(request->db); /* accounts are made in transactions of their own */
		status = user_list_make(&intake, &list);
		(void)db_begin(request->db, DB_READ);
		TRY(status);
		request->http_status = 201;
	}
	list_model(request, &list, make);
	return form(request, NULL);
}

const struct route users_file_routes[] = {
	{ "GET", "/settings/users/file", RIGHT_USERS, users_file_show, .template = "users_file", .menu = MENU_SETTINGS, .summary = "Accounts from a list", .no_company = true, .live = true },
	{ "POST", "/settings/users/file", RIGHT_USERS, users_file_take, .template = "users_file", .menu = MENU_SETTINGS,
	  .summary = "Look at a list of accounts (file, or text); with make=1: make them, passwords shown once", .no_company = true, .upload = true, .fields = "file text make" },
	{ 0 },
};
