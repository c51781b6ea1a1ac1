/* An archive, or a folder: its files one after the other, each as if it had come alone. */
#include "base/memory.h"
#include "formats/archive.h"
#include "intake/intake.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

static struct intake_result refused(const struct intake *intake, const char *name, const char *format, const char *reason)
{
	struct intake_result result = { .refused = true, .rejected.arena = intake->arena, .from_day = DAY_NONE, .to_day = DAY_NONE, .encoding = "",
		.mode = "", .source = "", .format = arena_strdup(intake->arena, format), .file_name = arena_strdup(intake->arena, name),
		.reason = arena_strdup(intake->arena, reason), .dry_run = intake->options.dry_run };
	complaint_add(&result.rejected, (struct complaint){ .column = "", .value = "", .reason = result.reason });
	return result;
}

static const char *base_name(const char *name)
{
	const char *slash = strrchr(name, '/');
	return slash ? slash + 1 : name;
}

static struct status import_one(const struct intake *intake, const char *name, const char *format, const char *bytes, size_t len, struct intake_result *out)
{
	struct intake one = *intake;
	one.options.file_name = name;
	one.options.format = format;
	one.options.grouped = format && strcmp(format, "einvoices") == 0;
	if (!format || strcmp(format, "einvoices") != 0) one.options.mapping = NULL; /* a mapping is of one file */
	if (format && strcmp(format, "einvoices") == 0) one.options.mode = NULL;
	struct status status = intake_import(&one, bytes, len, out);
	if (!status.code || status.code == STATUS_UNAVAILABLE || status.code == STATUS_INTERNAL || status.code == STATUS_BUSY || status.code == STATUS_FORBIDDEN) return status;
	complaints_free(&out->rejected); /* this one can't be used: the others can */
	*out = refused(intake, name, out->format && *out->format ? out->format : format ? format : "", status.text);
	return STATUS_FINE;
}

static struct status import_archive(const struct intake *intake, struct archive *archive, const char *bytes, size_t len, struct intake_result *out, size_t *count)
{
	bool invoices = false;
	const char *name = intake->options.file_name ? intake->options.file_name : "";
	for (size_t i = 0; i < archive->count; i++) {
		const struct archive_file *file = &archive->files[i];
		struct status status = STATUS_FINE;
		char *content = NULL;
		size_t content_len = 0;
		if (file->einvoice) {
			if (invoices) continue;
			invoices = true; /* together, in the place of the first of them */
			status = import_one(intake, name, "einvoices", bytes, len, &out[*count]);
		} else if (file->problem) {
			out[*count] = refused(intake, base_name(file->name), file->found.name, file->problem);
		} else {
			TRY(archive_read(archive, i, &content, &content_len));
			status = import_one(intake, base_name(file->name), NULL, content, content_len, &out[*count]);
			free(content);
		}
		TRY(status);
		++*count;
	}
	return STATUS_FINE;
}

struct status intake_import_all(const struct intake *intake, const char *bytes, size_t len, struct intake_result **out, size_t *count)
{
	*count = 0;
	bool zip = len > 4 && memcmp(bytes, "PK", 2) == 0 && (!intake->options.format || !*intake->options.format);
	if (zip && recognise(bytes, len, intake->viewer->lang, intake->arena).kind == FORMAT_ZIP) {
		struct archive *archive = NULL;
		TRY(archive_open(bytes, len, intake->viewer->lang, &archive));
		*out = arena_array(intake->arena, struct intake_result, archive->count + 1);
		struct status status = archive->count ? import_archive(intake, archive, bytes, len, *out, count)
		                                      : status_make(STATUS_INVALID, "This archive is empty.");
		archive_free(archive);
		return status;
	}
	*out = arena_array(intake->arena, struct intake_result, 1);
	struct status status = intake_import(intake, bytes, len, *out);
	if (status.code)
		complaints_free(&(*out)->rejected);
	else
		*count = 1;
	return status;
}

/* --- a folder ---------------------------------------------------------------------------------------------------------------------------- */
struct file {
	char *name, *bytes;
	size_t len;
};

static int compare_files(const void *a, const void *b)
{
	return strcmp(((const struct file *)a)->name, ((const struct file *)b)->name);
}

static struct status map_file(const char *path, char **bytes, size_t *len)
{
	cleanup_fd int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat stat;
	*bytes = NULL, *len = 0;
	if (fd < 0) return status_make(STATUS_NOT_FOUND, "%s could not be opened: %s.", path, strerror(errno));
	if (fstat(fd, &stat) != 0 || !S_ISREG(stat.st_mode) || stat.st_size == 0) return STATUS_FINE; /* nothing to read */
	void *mapped = mmap(NULL, (size_t)stat.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (mapped == MAP_FAILED) return status_make(STATUS_INTERNAL, "%s could not be read: %s.", path, strerror(errno));
	*bytes = mapped, *len = (size_t)stat.st_size;
	return STATUS_FINE;
}

static struct status gather_folder(const char *path, struct file **files, size_t *count)
{
	DIR *folder = opendir(path);
	size_t cap = 0;
	struct status status = STATUS_FINE;
	if (!folder) return status_make(STATUS_NOT_FOUND, "%s could not be opened: %s.", path, strerror(errno));
	for (struct dirent *entry; !status.code && (entry = readdir(folder)) != NULL;) {
		char *whole = NULL;
		struct file file = { 0 };
		if (entry->d_name[0] == '.' || asprintf(&whole, "%s/%s", path, entry->d_name) < 0) continue;
		status = map_file(whole, &file.bytes, &file.len);
		free(whole);
		if (status.code || !file.bytes) continue;
		file.name = xstrdup(entry->d_name);
		GROW(*files, *count, cap);
		(*files)[(*count)++] = file;
		if (*count > ARCHIVE_FILES_MAX) status = status_make(STATUS_INVALID, "This folder holds more than %d files. Split it.", ARCHIVE_FILES_MAX);
	}
	closedir(folder);
	if (*count) qsort(*files, *count, sizeof **files, compare_files);
	return status;
}

static struct status import_folder(const struct intake *intake, const char *path, struct intake_result **out, size_t *count)
{
	struct file *files = NULL;
	size_t file_count = 0;
	cleanup_text struct text packed = { 0 };
	struct status status = gather_folder(path, &files, &file_count);
	struct archive_part *parts = xcalloc(file_count + 1, sizeof *parts);
	for (size_t i = 0; i < file_count; i++) parts[i] = (struct archive_part){ files[i].name, files[i].bytes, files[i].len };
	if (!status.code && !file_count) status = status_make(STATUS_INVALID, "%s holds no file.", path);
	if (!status.code) status = archive_pack(parts, file_count, &packed);
	for (size_t i = 0; i < file_count; i++) munmap(files[i].bytes, files[i].len), free(files[i].name);
	free(files), free(parts);
	TRY(status);
	struct intake named = *intake;
	cleanup_free char *name = xstrdup(path);
	for (size_t len = strlen(name); len > 1 && name[len - 1] == '/'; len--) name[len - 1] = 0;
	if (!named.options.file_name) named.options.file_name = arena_printf(intake->arena, "%s.zip", base_name(name));
	return intake_import_all(&named, packed.bytes, packed.len, out, count);
}

struct status intake_import_path_all(const struct intake *intake, const char *path, struct intake_result **out, size_t *count)
{
	struct stat found;
	*count = 0;
	if (stat(path, &found) != 0) return status_make(STATUS_NOT_FOUND, "%s could not be opened: %s.", path, strerror(errno));
	if (S_ISDIR(found.st_mode)) return import_folder(intake, path, out, count);
	char *bytes = NULL;
	size_t len = 0;
	if (!S_ISREG(found.st_mode)) return status_make(STATUS_INVALID, "%s is not a file.", path);
	TRY(map_file(path, &bytes, &len));
	if (!bytes) return status_make(STATUS_INVALID, "%s is empty.", path);
	madvise(bytes, len, MADV_SEQUENTIAL);
	struct intake named = *intake;
	if (!named.options.file_name) named.options.file_name = base_name(path);
	struct status status = intake_import_all(&named, bytes, len, out, count);
	munmap(bytes, len);
	return status;
}
