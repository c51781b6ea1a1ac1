#include "formats/unzip.h"

#include "base/memory.h"
#include "base/text.h"

#include <string.h>
#include <zip.h>

enum { PIECE = 1 << 16 };

struct unzip {
	zip_t *zip;
	struct unzip_member *members;
	size_t count;
};

static struct status open_zip(struct unzip *unzip, const char *bytes, size_t len)
{
	zip_error_t error;
	zip_error_init(&error);
	zip_source_t *source = zip_source_buffer_create(bytes, len, 0, &error);
	unzip->zip = source ? zip_open_from_source(source, ZIP_RDONLY, &error) : NULL;
	zip_error_fini(&error);
	if (!unzip->zip) {
		if (source) zip_source_free(source);
		return status_make(STATUS_INVALID, "This ZIP container is damaged or cut off: it can't be opened.");
	}
	int64_t count = zip_get_num_entries(unzip->zip, 0);
	if (count < 0 || count > UNZIP_MEMBERS_MAX)
		return status_make(STATUS_INVALID, "This archive holds more than %d files. Split it.", UNZIP_MEMBERS_MAX);
	unzip->members = xcalloc((size_t)count + 1, sizeof *unzip->members);
	unzip->count = (size_t)count;
	for (size_t i = 0; i < unzip->count; i++) {
		struct unzip_member *member = &unzip->members[i];
		zip_stat_t stat;
		member->name = "";
		if (zip_stat_index(unzip->zip, i, 0, &stat) != 0) continue;
		if ((stat.valid & ZIP_STAT_NAME) && stat.name && utf8_valid(stat.name, strlen(stat.name))) member->name = stat.name;
		if (stat.valid & ZIP_STAT_SIZE) member->size = stat.size;
		if (stat.valid & ZIP_STAT_COMP_SIZE) member->packed = stat.comp_size;
		member->encrypted = (stat.valid & ZIP_STAT_ENCRYPTION_METHOD) && stat.encryption_method != ZIP_EM_NONE;
		size_t name_len = strlen(member->name);
		member->folder = name_len && member->name[name_len - 1] == '/';
	}
	return STATUS_FINE;
}

struct status unzip_open(const char *bytes, size_t len, struct unzip **out)
{
	struct unzip *unzip = xcalloc(1, sizeof *unzip);
	struct status status = open_zip(unzip, bytes, len);
	if (status.code)
		unzip_close(unzip);
	else
		*out = unzip;
	return status;
}

void unzip_close(struct unzip *zip)
{
	if (!zip) return;
	if (zip->zip) zip_discard(zip->zip);
	free(zip->members);
	free(zip);
}

size_t unzip_count(const struct unzip *zip)
{
	return zip->count;
}

const struct unzip_member *unzip_member(const struct unzip *zip, size_t index)
{
	return &zip->members[index];
}

int64_t unzip_find(const struct unzip *zip, const char *name)
{
	for (size_t i = 0; i < zip->count; i++)
		if (strcasecmp(zip->members[i].name, name) == 0) return (int64_t)i;
	return -1;
}

static struct status stream(zip_file_t *file, uint64_t limit, unzip_take *take, void *context)
{
	cleanup_free char *piece = xmalloc(PIECE);
	uint64_t total = 0;
	while (true) {
		int64_t got = zip_fread(file, piece, PIECE);
		if (got < 0) return status_make(STATUS_INVALID, "A file inside the ZIP container is damaged: it can't be unpacked.");
		total += (uint64_t)got;
		if (total > limit)
			return status_make(STATUS_INVALID, "A file inside the ZIP container unpacks to more than %llu MB: it is not read.",
			                   (unsigned long long)(limit >> 20));
		TRY(take(context, piece, (size_t)got, got == 0));
		if (got == 0) return STATUS_FINE;
	}
}

struct status unzip_stream(struct unzip *zip, size_t index, uint64_t limit, unzip_take *take, void *context)
{
	if (index >= zip->count) return status_make(STATUS_INVALID, "The ZIP container has no such file.");
	if (zip->members[index].encrypted)
		return status_make(STATUS_INVALID, "The ZIP container is locked by a password. Unlock it and send it again.");
	zip_file_t *file = zip_fopen_index(zip->zip, index, 0);
	if (!file) return status_make(STATUS_INVALID, "A file inside the ZIP container is damaged: it can't be unpacked.");
	struct status status = stream(file, limit, take, context);
	zip_fclose(file);
	return status;
}

static struct status gather(void *context, const char *bytes, size_t len, bool last)
{
	(void)last;
	text_add_bytes(context, bytes, len);
	return STATUS_FINE;
}

struct status unzip_read(struct unzip *zip, size_t index, uint64_t limit, char **out, size_t *len)
{
	cleanup_text struct text all = { 0 };
	TRY(unzip_stream(zip, index, limit, gather, &all));
	*len = all.len;
	*out = text_take(&all);
	return STATUS_FINE;
}
