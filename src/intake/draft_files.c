/* Several files dropped at once, or an archive of them: each waits on its own, electronic invoices together. */
#include "base/memory.h"
#include "formats/archive.h"
#include "formats/einvoice.h"
#include "intake/draft.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

enum { DRAFTS_MAX = 100, INVOICES_MAX_BYTES = 512 << 20 };

struct dropping {
	const struct intake *intake;
	int64_t *ids;
	size_t count, invoice_bytes;
	struct archive_part *invoices;
	size_t invoice_count, invoice_cap;
};

static const char *base_name(const char *name)
{
	const char *slash = strrchr(name, '/');
	return slash && slash[1] ? slash + 1 : name;
}

static struct status keep(struct dropping *d, const char *name, const char *bytes, size_t len)
{
	struct intake named = *d->intake;
	named.options.file_name = base_name(name);
	if (len == 0) return STATUS_FINE;
	if (d->count == DRAFTS_MAX) return status_make(STATUS_INVALID, "These are more than %d files to look at one by one. Drop fewer at once.", DRAFTS_MAX);
	TRY(draft_keep_bytes(&named, bytes, len, &d->ids[d->count]));
	d->count++;
	return STATUS_FINE;
}

/* Owns nothing: a copy is kept until all are packed. */
static struct status keep_invoice(struct dropping *d, const char *name, const char *bytes, size_t len)
{
	d->invoice_bytes += len;
	if (d->invoice_bytes > INVOICES_MAX_BYTES || d->invoice_count == ARCHIVE_FILES_MAX)
		return status_make(STATUS_INVALID, "These are too many invoices at once. Drop them in parts.");
	char *copy = xmalloc(len + 1);
	memcpy(copy, bytes, len);
	GROW(d->invoices, d->invoice_count, d->invoice_cap);
	/* two files of one name from two folders stay two */
	d->invoices[d->invoice_count] = (struct archive_part){ arena_printf(d->intake->arena, "%zu/%s", d->invoice_count + 1, base_name(name)), copy, len };
	d->invoice_count++;
	return STATUS_FINE;
}

static struct status take_archive(struct dropping *d, const char *bytes, size_t len)
{
	struct archive *archive = NULL;
	TRY(archive_open(bytes, len, d->intake->viewer->lang, &archive));
	struct status status = archive->count ? STATUS_FINE : status_make(STATUS_INVALID, "This archive is empty.");
	for (size_t i = 0; !status.code && i < archive->count; i++) {
		char *content = NULL;
		size_t content_len = 0;
		status = archive_read(archive, i, &content, &content_len);
		if (!status.code) status = (archive->files[i].einvoice ? keep_invoice : keep)(d, archive->files[i].name, content, content_len);
		free(content);
	}
	archive_free(archive);
	return status;
}

static struct status take_upload(struct dropping *d, const struct draft_upload *upload, bool alone)
{
	cleanup_fd int fd = open(upload->path, O_RDONLY | O_CLOEXEC);
	struct stat stat;
	if (fd < 0 || fstat(fd, &stat) != 0) return status_make(STATUS_INTERNAL, "The file could not be read. Please send it again.");
	if (stat.st_size == 0) return alone ? status_make(STATUS_INVALID, "This file is empty.") : STATUS_FINE;
	size_t len = (size_t)stat.st_size;
	char *bytes = mmap(NULL, len, PROT_READ, MAP_PRIVATE, fd, 0);
	if (bytes == MAP_FAILED) return status_make(STATUS_INTERNAL, "The file could not be read. Please send it again.");
	struct status status;
	bool zip = len > 4 && memcmp(bytes, "PK", 2) == 0 && recognise(bytes, len, d->intake->viewer->lang, d->intake->arena).kind == FORMAT_ZIP;
	bool invoice = !alone && ((len > 4 && memcmp(bytes, "%PDF", 4) == 0) || einvoice_syntax(bytes, len));
	status = zip ? take_archive(d, bytes, len) : invoice ? keep_invoice(d, upload->name, bytes, len) : keep(d, upload->name, bytes, len);
	munmap(bytes, len);
	return status;
}

static struct status keep_invoices(struct dropping *d, const char *name)
{
	if (d->invoice_count == 0) return STATUS_FINE;
	if (d->invoice_count == 1) return keep(d, d->invoices[0].name, d->invoices[0].bytes, d->invoices[0].len);
	cleanup_text struct text packed = { 0 };
	TRY(archive_pack(d->invoices, d->invoice_count, &packed));
	return keep(d, name, packed.bytes, packed.len);
}

struct status draft_keep_all(const struct intake *intake, const struct draft_upload *uploads, size_t count, int64_t **ids, size_t *id_count)
{
	struct dropping d = { .intake = intake, .ids = arena_array(intake->arena, int64_t, DRAFTS_MAX) };
	struct status status = STATUS_FINE;
	for (size_t i = 0; !status.code && i < count; i++) status = take_upload(&d, &uploads[i], count == 1);
	if (!status.code) status = keep_invoices(&d, count == 1 ? uploads[0].name : tr(intake->viewer->lang, "invoices.zip"));
	for (size_t i = 0; i < d.invoice_count; i++) free((char *)(uintptr_t)d.invoices[i].bytes);
	free(d.invoices);
	/* all of them or none */
	for (size_t i = 0; status.code && i < d.count; i++) {
		struct status dropped = draft_drop(intake, d.ids[i]);
		if (dropped.code) status = dropped;
	}
	*ids = d.ids, *id_count = status.code ? 0 : d.count;
	return status;
}
