/* logo — the company's picture: uploaded in the settings, shown to who works here and on the customers' page. */
#include "web/settings.h"

#include "base/memory.h"
#include "formats/picture.h"
#include "ledger/logo.h"

#include <fcntl.h>
#include <unistd.h>

struct status logo_send(struct request *request, int64_t tenant, int64_t company)
{
	struct logo logo;
	TRY(logo_get(request->db, tenant, company, request->arena, &logo));
	if (!logo.len) return status_make(STATUS_NOT_FOUND, "There is no logo.");
	request->file_type = "image/png";
	text_add_bytes(&request->file, logo.bytes, logo.len);
	return STATUS_FINE;
}

struct status logo_model(struct request *request, int64_t tenant, int64_t company, const char *address)
{
	struct logo logo;
	TRY(logo_get(request->db, tenant, company, request->arena, &logo));
	json_object_set_new(request->model, "logo", logo.len ? json_pack("{s:s, s:i, s:i, s:I}", "address", arena_printf(request->arena, "%s?v=%lld", address, (long long)logo.rev),
	                                                                 "width", logo.width, "height", logo.height, "size", (json_int_t)logo.len)
	                                                     : json_null());
	return STATUS_FINE;
}

static struct status logo_show(struct request *request)
{
	return logo_send(request, request->company.tenant_id, request->company.id);
}

struct uploading {
	char *bytes;
	size_t len;
};

static struct status upload_work(struct change *change, void *context)
{
	struct uploading *uploading = context;
	return logo_set(change, uploading->bytes, uploading->len);
}

static struct status read_file(struct request *request, struct uploading *out)
{
	const struct upload *upload = request_upload(request, "file", 0);
	if (!upload || upload->size == 0) return status_make(STATUS_INVALID, "Choose a picture first: PNG or JPEG.");
	if (upload->size > PICTURE_FILE_MAX) return status_make(STATUS_INVALID, "A logo is a picture of at most %d MB.", PICTURE_FILE_MAX >> 20);
	cleanup_fd int fd = open(upload->path, O_RDONLY | O_CLOEXEC);
	out->bytes = arena_alloc(request->arena, (size_t)upload->size + 1);
	while (fd >= 0 && (int64_t)out->len < upload->size) {
		ssize_t got = pread(fd, out->bytes + out->len, (size_t)upload->size - out->len, (off_t)out->len);
		if (got <= 0) break;
		out->len += (size_t)got;
	}
	return fd >= 0 && (int64_t)out->len == upload->size ? STATUS_FINE : status_make(STATUS_UNAVAILABLE, "The file could not be read. Please send it again.");
}

static struct status logo_save(struct request *request)
{
	struct uploading uploading = { .bytes = arena_strdup(request->arena, "") };
	bool remove = request_int(request, "remove", 0) == 1;
	struct status status = remove ? STATUS_FINE : read_file(request, &uploading);
	if (!status.code) status = request_change(request, upload_work, &uploading);
	if (status.code == STATUS_INVALID && !request->json) return settings_again(request, "letters", status.text);
	TRY(status);
	request->notice = tr(request->lang, remove ? "The logo is taken away." : "The logo is kept: letters, mails and the customers' page show it from now on.");
	request->redirect = "/settings?section=letters";
	return STATUS_FINE;
}

const struct route logo_routes[] = {
	{ "GET", "/portal/logo.png", RIGHT_READ, logo_show, .menu = MENU_CUSTOMERS, .live = true, .summary = "The company's logo" },
	{ "POST", "/settings/logo", RIGHT_SETTINGS, logo_save, .template = "settings", .menu = MENU_SETTINGS, .summary = "Upload the company's logo, or take it away",
	  .upload = true, .body_limit = PICTURE_FILE_MAX + (1 << 16), .fields = "remove" },
	{ 0 },
};
