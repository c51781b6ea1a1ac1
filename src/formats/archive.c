#include "formats/archive.h"

#include "base/memory.h"
#include "formats/csv.h"
#include "formats/einvoice.h"
#include "formats/unzip.h"

#include <stdlib.h>
#include <string.h>
#include <zip.h>

/* --- names -------------------------------------------------------------------------------------------------------------------------- */
/* What systems add of their own: nobody packed it. */
static bool is_litter(const char *name)
{
	const char *slash = strrchr(name, '/'), *base = slash ? slash + 1 : name;
	return strncmp(name, "__MACOSX/", 9) == 0 || strstr(name, "/__MACOSX/") || base[0] == '.' || strcasecmp(base, "Thumbs.db") == 0
	       || strcasecmp(base, "desktop.ini") == 0;
}

static const char *clean_name(struct arena *arena, const char *name)
{
	char *out = arena_strdup(arena, name);
	for (char *c = out; *c; c++)
		if ((unsigned char)*c < 0x20 || *c == 0x7F) *c = ' ';
		else if (*c == '\\') *c = '/';
	return out;
}

/* --- bounds ------------------------------------------------------------------------------------------------------------------------------ */
struct taking {
	struct text out;
	uint64_t most;
};

static struct status gather(void *context, const char *bytes, size_t len, bool last)
{
	(void)last;
	struct taking *taking = context;
	if (taking->out.len + len > taking->most)
		return status_make(STATUS_INVALID, "A file of this archive unpacks to more than %d times its size: it is not read.", ARCHIVE_RATIO_MAX);
	text_add_bytes(&taking->out, bytes, len);
	return STATUS_FINE;
}

static struct status read_member(struct unzip *zip, size_t index, char **out, size_t *len)
{
	const struct unzip_member *member = unzip_member(zip, index);
	struct taking taking = { .most = (member->packed + 4096) * ARCHIVE_RATIO_MAX };
	struct status status = unzip_stream(zip, index, ARCHIVE_FILE_MAX, gather, &taking);
	if (status.code) {
		text_free(&taking.out);
		return status;
	}
	*len = taking.out.len;
	*out = text_take(&taking.out);
	return STATUS_FINE;
}

static struct status check_bounds(struct unzip *zip)
{
	uint64_t total = 0;
	size_t files = 0;
	for (size_t i = 0; i < unzip_count(zip); i++) {
		const struct unzip_member *member = unzip_member(zip, i);
		if (member->folder || is_litter(member->name)) continue;
		if (member->encrypted) return status_make(STATUS_INVALID, "This archive is locked by a password. Unpack it and send the files.");
		total += member->size < ARCHIVE_TOTAL_MAX ? member->size : ARCHIVE_TOTAL_MAX;
		files++;
	}
	if (files > ARCHIVE_FILES_MAX) return status_make(STATUS_INVALID, "This archive holds more than %d files. Split it.", ARCHIVE_FILES_MAX);
	if (total > ARCHIVE_TOTAL_MAX) return status_make(STATUS_INVALID, "This archive unpacks to more than %d GB. Split it.", (int)(ARCHIVE_TOTAL_MAX >> 30));
	return STATUS_FINE;
}

/* --- order --------------------------------------------------------------------------------------------------------------------------------- */
static int rank_of(const struct recognised *found, const char *bytes, size_t len, enum lang lang)
{
	switch (found->kind) {
	case FORMAT_FEC: return 2;
	case FORMAT_CEGID_TRA: case FORMAT_CIEL_RIMPORT: case FORMAT_CIEL_XIMPORT: case FORMAT_EBP: case FORMAT_ENTRY_TABLE: case FORMAT_QUADRA:
	case FORMAT_SAGE_MECG: case FORMAT_SAGE_PNM: return 2;
	case FORMAT_CSV: case FORMAT_XLSX: {
		struct csv *csv = NULL;
		if (csv_look(bytes, len, (struct csv_options){ .lang = lang }, &csv).code) return 9;
		static const int ranks[] = { [CSV_UNKNOWN] = 9, [CSV_ITEMS] = 3, [CSV_PAYMENTS] = 5, [CSV_CUSTOMERS] = 0, [CSV_CONTACTS] = 1 };
		int rank = ranks[csv->what];
		csv_free(csv);
		return rank;
	}
	case FORMAT_CAMT: case FORMAT_CFONB: case FORMAT_CFONB240: case FORMAT_MT940: case FORMAT_OFX: case FORMAT_QIF: case FORMAT_BANK_CSV:
	case FORMAT_PAIN002: return found->readable ? 6 : 9;
	default: return found->readable ? 7 : 9;
	}
}

/* Years in their order by name (SIRENFECAAAAMMJJ) and otherwise as the alphabet has it. */
static int compare_files(const void *a, const void *b)
{
	const struct archive_file *x = a, *y = b;
	if (x->rank != y->rank) return x->rank - y->rank;
	const char *p = strrchr(x->name, '/'), *q = strrchr(y->name, '/');
	int order = strcmp(p ? p + 1 : x->name, q ? q + 1 : y->name);
	return order ? order : (x->index > y->index) - (x->index < y->index);
}

static void look_at(struct archive *archive, enum lang lang, struct archive_file *file)
{
	char *bytes = NULL;
	size_t len = 0;
	struct status status = read_member(archive->zip, file->index, &bytes, &len);
	if (status.code) {
		file->rank = 9, file->problem = arena_strdup(archive->arena, status.text);
		file->found = (struct recognised){ .name = "", .grounds = file->problem };
		return;
	}
	bool pdf = len > 4 && memcmp(bytes, "%PDF", 4) == 0;
	file->einvoice = pdf || einvoice_syntax(bytes, len) != NULL;
	file->found = recognise(bytes, len, lang, archive->arena);
	if (file->einvoice)
		file->rank = 4, archive->einvoices++;
	else if (file->found.kind == FORMAT_ZIP)
		file->rank = 9, file->problem = tr(lang, "An archive inside an archive is not opened.");
	else
		file->rank = rank_of(&file->found, bytes, len, lang);
	if (file->rank == 9 && !file->problem) file->problem = file->found.grounds;
	free(bytes);
}

struct status archive_open(const char *bytes, size_t len, enum lang lang, struct archive **out)
{
	struct archive *archive = xcalloc(1, sizeof *archive);
	archive->arena = arena_new();
	struct status status = unzip_open(bytes, len, &archive->zip);
	if (!status.code) status = check_bounds(archive->zip);
	if (status.code) {
		archive_free(archive);
		return status;
	}
	archive->files = arena_array(archive->arena, struct archive_file, unzip_count(archive->zip) + 1);
	for (size_t i = 0; i < unzip_count(archive->zip); i++) {
		const struct unzip_member *member = unzip_member(archive->zip, i);
		if (member->folder || is_litter(member->name) || member->size == 0) continue;
		struct archive_file *file = &archive->files[archive->count++];
		*file = (struct archive_file){ .name = clean_name(archive->arena, member->name), .index = i, .size = member->size };
		look_at(archive, lang, file);
	}
	if (archive->count) qsort(archive->files, archive->count, sizeof *archive->files, compare_files);
	*out = archive;
	return STATUS_FINE;
}

struct status archive_read(struct archive *archive, size_t file, char **out, size_t *len)
{
	return read_member(archive->zip, archive->files[file].index, out, len);
}

void archive_free(struct archive *archive)
{
	if (!archive) return;
	unzip_close(archive->zip);
	arena_free(archive->arena);
	free(archive);
}

/* --- in turn ---------------------------------------------------------------------------------------------------------------------------------- */
struct status archive_each(const char *bytes, size_t len, archive_take *take, void *context)
{
	struct unzip *zip = NULL;
	cleanup_arena struct arena *arena = arena_new();
	TRY(unzip_open(bytes, len, &zip));
	struct status status = check_bounds(zip);
	for (size_t i = 0; !status.code && i < unzip_count(zip); i++) {
		const struct unzip_member *member = unzip_member(zip, i);
		char *content = NULL;
		size_t content_len = 0;
		if (member->folder || is_litter(member->name) || member->size == 0) continue;
		if (read_member(zip, i, &content, &content_len).code) continue; /* archive_open says what is wrong with it */
		status = take(context, clean_name(arena, member->name), content, content_len);
	}
	unzip_close(zip);
	return status;
}

struct status archive_pack(const struct archive_part *parts, size_t count, struct text *out)
{
	zip_error_t error;
	zip_error_init(&error);
	zip_source_t *target = zip_source_buffer_create(NULL, 0, 0, &error);
	zip_t *zip = target ? zip_open_from_source(target, ZIP_TRUNCATE, &error) : NULL;
	zip_error_fini(&error);
	if (!zip) {
		if (target) zip_source_free(target);
		return status_make(STATUS_INTERNAL, "The files could not be put together.");
	}
	zip_source_keep(target);
	bool good = true;
	for (size_t i = 0; i < count && good; i++) {
		zip_source_t *source = zip_source_buffer(zip, parts[i].bytes, parts[i].len, 0);
		int64_t index = source ? zip_file_add(zip, parts[i].name, source, ZIP_FL_ENC_UTF_8 | ZIP_FL_OVERWRITE) : -1;
		if (source && index < 0) zip_source_free(source);
		good = index >= 0 && zip_set_file_compression(zip, (zip_uint64_t)index, ZIP_CM_STORE, 0) == 0;
	}
	if (!good) zip_discard(zip);
	good = good && zip_close(zip) == 0 && zip_source_open(target) == 0;
	char piece[1 << 16];
	for (int64_t n; good && (n = zip_source_read(target, piece, sizeof piece)) != 0;) {
		good = n > 0;
		if (good) text_add_bytes(out, piece, (size_t)n);
	}
	if (good) zip_source_close(target);
	zip_source_free(target);
	return good ? STATUS_FINE : status_make(STATUS_INTERNAL, "The files could not be put together.");
}
