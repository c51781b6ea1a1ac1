#include "intake/push.h"

#include "base/memory.h"
#include "base/text.h"
#include "formats/archive.h"
#include "formats/csv.h"
#include "formats/recognise.h"
#include "intake/values.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

enum { DIGEST = 32, KEPT_SECONDS = 90 * 86400 };

struct pushing {
	const struct intake *intake;
	const char *key;
	unsigned char digest[DIGEST];
	json_t *answer;
};

#define OWNER(p) db_int("tenant", (p)->intake->viewer->tenant_id), db_int("company", (p)->intake->company_id)

/* Bytes and what was asked of them: the same file to be read otherwise is another request. */
static void digest_of(struct pushing *p, const char *bytes, size_t len)
{
	const struct intake_options *o = &p->intake->options;
	crypto_generichash_state state;
	crypto_generichash_init(&state, NULL, 0, DIGEST);
	const char *texts[] = { o->format, o->mode, o->source, o->mapping };
	for (size_t i = 0; i < COUNT(texts); i++)
		crypto_generichash_update(&state, (const unsigned char *)(texts[i] ? texts[i] : ""), strlen(texts[i] ? texts[i] : "") + 1);
	crypto_generichash_update(&state, (const unsigned char *)&o->as_of, sizeof o->as_of);
	unsigned char flags = (unsigned char)(o->dry_run | o->accept_partial << 1 | o->yes << 2);
	crypto_generichash_update(&state, &flags, 1);
	crypto_generichash_update(&state, (const unsigned char *)bytes, len);
	crypto_generichash_final(&state, p->digest, DIGEST);
}

/* Answered before: *out is that answer. */
static struct status known(const struct pushing *p, json_t **out)
{
	struct db *db;
	*out = NULL;
	if (!p->key) return STATUS_FINE;
	TRY(store_reader(p->intake->store, &db));
	struct rows *rows = db_query(db, "SELECT digest, answer FROM import_key WHERE tenant_id = $tenant AND company_id = $company AND key = $key",
	                             DB_ARGS(OWNER(p), db_text("key", p->key)));
	struct status status = STATUS_FINE;
	if (rows_next(rows)) {
		size_t len;
		const void *digest = row_blob(rows, 0, &len);
		if (len != DIGEST || memcmp(digest, p->digest, DIGEST) != 0)
			status = status_make(STATUS_CONFLICT, "The key %s was used for another file. Nothing was changed: a new file wants a new key.", p->key);
		else
			*out = json_loads(row_text(rows, 1), 0, NULL);
	}
	if (!status.code) status = rows_status(rows);
	rows_close(rows);
	store_release(p->intake->store, db);
	if (*out) json_object_set_new(*out, "repeated", json_true());
	return status;
}

static struct status remember(struct db *db, void *context)
{
	struct pushing *p = context;
	cleanup_free char *text = json_dumps(p->answer, JSON_COMPACT);
	TRY(db_run(db, "DELETE FROM import_key WHERE tenant_id = $tenant AND company_id = $company AND at < $old",
	           DB_ARGS(OWNER(p), db_int("old", p->intake->now - KEPT_SECONDS))));
	int64_t added = 0;
	TRY(db_run_count(db,
	                 "INSERT INTO import_key (tenant_id, company_id, key, digest, answer, at) VALUES ($tenant, $company, $key, $digest, $answer, $now)"
	                 " ON CONFLICT (tenant_id, company_id, key) DO NOTHING",
	                 DB_ARGS(OWNER(p), db_text("key", p->key), db_blob("digest", p->digest, DIGEST), db_text("answer", text), db_int("now", p->intake->now)),
	                 &added));
	return added ? STATUS_FINE : status_make(STATUS_CONFLICT, "The key %s is being used at this moment. Nothing was changed: ask again.", p->key);
}

/* In the transaction that makes the import count: both or neither. */
static struct status commit(struct db *db, void *context, const struct intake_result *result)
{
	struct pushing *p = context;
	json_decref(p->answer);
	p->answer = intake_result_json(result);
	return remember(db, p);
}

static struct status check_key(const char *key)
{
	if (!key) return STATUS_FINE;
	size_t len = strlen(key);
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)key[i] < 33 || (unsigned char)key[i] > 126) len = 0;
	return len > 0 && len <= PUSH_KEY_MAX ? STATUS_FINE : status_make(STATUS_INVALID, "A key has 1 to %d letters, digits and signs, without spaces.", PUSH_KEY_MAX);
}

/* The files of an archive, each under a key of its own; electronic invoices together. One that is refused stops none of the others. */
static struct status push_archive(const struct intake *intake, const char *key, const char *bytes, size_t len, json_t **answer)
{
	struct archive *archive = NULL;
	TRY(archive_open(bytes, len, intake->viewer->lang, &archive));
	struct status status = archive->count ? STATUS_FINE : status_make(STATUS_INVALID, "This archive is empty.");
	json_t *imports = json_array();
	bool refused = false, invoices = false;
	for (size_t i = 0; i < archive->count && !status.code; i++) {
		const struct archive_file *file = &archive->files[i];
		struct intake one = *intake;
		json_t *said = NULL;
		char *content = NULL;
		size_t content_len = 0;
		if (file->einvoice && invoices) continue;
		const char *part_key = key ? arena_printf(intake->arena, "%s/%zu", key, i + 1) : NULL;
		one.options.file_name = file->name;
		struct status taken = file->problem ? status_make(STATUS_INVALID, "%s", file->problem) : STATUS_FINE;
		if (file->einvoice) {
			invoices = true;
			one.options.format = "einvoices", one.options.file_name = intake->options.file_name;
			taken = push_import(&one, part_key, bytes, len, &said);
		} else if (!taken.code) {
			status = archive_read(archive, i, &content, &content_len);
			if (!status.code) taken = push_import(&one, part_key, content, content_len, &said);
			free(content);
		}
		if (taken.code && taken.code != STATUS_INVALID) status = taken;
		if (taken.code || status.code) {
			json_decref(said);
			said = json_pack("{s:n, s:s}", "import", "refused", taken.text);
		}
		json_object_set_new(said, "file", json_string(one.options.file_name ? one.options.file_name : ""));
		const json_t *no = json_object_get(said, "refused");
		refused |= json_is_true(no) || json_is_string(no);
		json_array_append_new(imports, said);
	}
	archive_free(archive);
	if (status.code) return json_decref(imports), status;
	*answer = json_pack("{s:o, s:b}", "imports", imports, "refused", refused);
	return STATUS_FINE;
}

struct status push_import(const struct intake *intake, const char *key, const char *bytes, size_t len, json_t **answer)
{
	struct pushing p = { .intake = intake, .key = key && *key ? key : NULL };
	*answer = NULL;
	TRY(check_key(p.key));
	bool named = intake->options.format && *intake->options.format;
	if (!named && len > 4 && memcmp(bytes, "PK", 2) == 0 && recognise(bytes, len, intake->viewer->lang, intake->arena).kind == FORMAT_ZIP)
		return push_archive(intake, p.key, bytes, len, answer);
	digest_of(&p, bytes, len);
	TRY(known(&p, answer));
	if (*answer) return STATUS_FINE;
	struct intake with_key = *intake;
	if (p.key) with_key.options.commit = commit, with_key.options.commit_context = &p;
	struct intake_result result = { 0 };
	struct status status = intake_import(&with_key, bytes, len, &result);
	json_decref(p.answer);
	p.answer = NULL;
	if (!status.code) {
		*answer = intake_result_json(&result);
		/* nothing new: no transaction has kept the answer yet */
		if (p.key && !result.import_id && !result.refused && !result.dry_run) {
			p.answer = *answer;
			status = store_transact(intake->store, remember, &p);
		}
	}
	complaints_free(&result.rejected);
	return status;
}

struct status push_import_path(const struct intake *intake, const char *key, const char *path, json_t **answer)
{
	cleanup_fd int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat stat;
	*answer = NULL;
	if (fd < 0 || fstat(fd, &stat) != 0) return status_make(STATUS_INTERNAL, "The file could not be read. Please send it again.");
	if (stat.st_size == 0) return status_make(STATUS_INVALID, "This file is empty.");
	char *bytes = mmap(NULL, (size_t)stat.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (bytes == MAP_FAILED) return status_make(STATUS_INTERNAL, "The file could not be read. Please send it again.");
	struct status status = push_import(intake, key, bytes, (size_t)stat.st_size, answer);
	munmap(bytes, (size_t)stat.st_size);
	return status;
}

/* --- rows as JSON, written out as the list that csv.h reads --------------------------------------------------------------------- */
static const struct part {
	const char *name, *format;
} parts[] = { { "customers", "csv-customers" }, { "contacts", "csv-contacts" }, { "items", "csv-items" }, { "payments", "csv-payments" } };

enum { COLUMNS = 256 };
struct columns {
	struct {
		enum csv_target target;
		const struct csv_own *own; /* target CSV_FIELD */
	} list[COLUMNS];
	size_t count;
	const struct csv_options *options; /* with the company's own fields */
};

static const struct csv_own *own_named(const struct columns *columns, const char *name)
{
	for (size_t i = 0; strncmp(name, "field.", 6) == 0 && i < columns->options->own_count; i++)
		if (strcmp(columns->options->own[i].code, name + 6) == 0) return &columns->options->own[i];
	return NULL;
}

static struct status columns_find(const struct part *part, const json_t *rows, struct columns *columns)
{
	bool seen[CSV_TARGETS] = { false };
	size_t index;
	const json_t *row;
	json_array_foreach((json_t *)(uintptr_t)rows, index, row) {
		const char *name;
		json_t *value;
		if (!json_is_object(row)) return status_make(STATUS_INVALID, "%s[%zu] is no object.", part->name, index);
		json_object_foreach((json_t *)(uintptr_t)row, name, value) {
			enum csv_target target = csv_target_parse(name);
			const struct csv_own *own = own_named(columns, name);
			bool known = false;
			for (size_t i = 0; own && i < columns->count; i++) known |= columns->list[i].own == own;
			if (known) continue;
			if (own && columns->count < COLUMNS) {
				columns->list[columns->count].target = CSV_FIELD, columns->list[columns->count++].own = own;
				continue;
			}
			if (target == CSV_IGNORED || columns->count == COLUMNS) return status_make(STATUS_INVALID, "%s[%zu]: there is no field “%.60s”.", part->name, index, name);
			if (seen[target]) continue;
			seen[target] = true;
			columns->list[columns->count].target = target, columns->list[columns->count++].own = NULL;
		}
	}
	return STATUS_FINE;
}

static void add_cell(struct text *out, const char *value)
{
	text_add_char(out, '"');
	for (; *value; value++) {
		if (*value == '"') text_add_char(out, '"');
		text_add_char(out, *value);
	}
	text_add_char(out, '"');
}

static struct status add_value(const struct part *part, size_t index, enum csv_target target, const char *name, const json_t *value, struct text *out)
{
	if (!value || json_is_null(value)) return STATUS_FINE;
	if (csv_target_is_amount(target)) {
		if (!json_is_integer(value)) return status_make(STATUS_INVALID, "%s[%zu].%s: a whole number in minor units is expected.", part->name, index, name);
		text_addf(out, "%lld", (long long)json_integer_value(value));
	} else if (json_is_string(value)) {
		const char *text = json_string_value(value);
		int32_t day;
		if (csv_target_is_day(target) && *text && !day_parse(text, strlen(text), &day))
			return status_make(STATUS_INVALID, "%s[%zu].%s: a date such as 2025-12-31 is expected.", part->name, index, name);
		if (strpbrk(text, "\r\n")) return status_make(STATUS_INVALID, "%s[%zu].%s: one line is expected.", part->name, index, name);
		add_cell(out, text);
	} else if (json_is_boolean(value)) {
		text_add(out, json_is_true(value) ? "yes" : "no");
	} else if (json_is_integer(value)) {
		text_addf(out, "%lld", (long long)json_integer_value(value));
	} else if (json_is_real(value) && target == CSV_FIELD) {
		text_addf(out, "%.6f", json_real_value(value));
	} else if (json_is_array(value)) { /* numbers that a payment pays */
		cleanup_text struct text list = { 0 };
		size_t i;
		const json_t *one;
		json_array_foreach((json_t *)(uintptr_t)value, i, one) {
			if (!json_is_string(one) || strpbrk(json_string_value(one), ";,|\r\n")) return status_make(STATUS_INVALID, "%s[%zu].%s: a list of numbers is expected.", part->name, index, name);
			text_addf(&list, "%s%s", i ? ";" : "", json_string_value(one));
		}
		add_cell(out, text_cstr(&list));
	} else {
		return status_make(STATUS_INVALID, "%s[%zu].%s can't be read.", part->name, index, name);
	}
	return STATUS_FINE;
}

static const char *own_name(const struct csv_own *own, char name[static 80])
{
	snprintf(name, 80, "field.%s", own->code);
	return name;
}

static struct status write_list(const struct part *part, const json_t *rows, const struct csv_options *options, struct text *out, char **mapping)
{
	struct columns columns = { .options = options };
	TRY(columns_find(part, rows, &columns));
	json_t *said = json_object();
	for (size_t i = 0; i < columns.count; i++) {
		enum csv_target target = columns.list[i].target;
		char header[80];
		if (columns.list[i].own) {
			text_addf(out, "%s%s", i ? ";" : "", own_name(columns.list[i].own, header));
			json_object_set_new(said, header, json_pack("{s:s, s:s, s:s}", "target", header, "dates", date_order_name(DATE_YMD), "decimal", "."));
			continue;
		}
		/* a header that says cents makes whole numbers minor units */
		snprintf(header, sizeof header, "%s%s", csv_target_name(target), csv_target_is_amount(target) ? "_cents" : "");
		text_addf(out, "%s%s", i ? ";" : "", header);
		json_t *column = json_pack("{s:s}", "target", csv_target_name(target));
		if (csv_target_is_day(target)) json_object_set_new(column, "dates", json_string(date_order_name(DATE_YMD)));
		json_object_set_new(said, header, column);
	}
	text_add_char(out, '\n');
	json_t *all = json_pack("{s:s, s:o}", "what", part->format, "columns", said);
	*mapping = json_dumps(all, JSON_COMPACT);
	json_decref(all);
	size_t index;
	const json_t *row;
	json_array_foreach((json_t *)(uintptr_t)rows, index, row) {
		for (size_t i = 0; i < columns.count; i++) {
			if (i) text_add_char(out, ';');
			char header[80];
			const char *name = columns.list[i].own ? own_name(columns.list[i].own, header) : csv_target_name(columns.list[i].target);
			TRY(add_value(part, index, columns.list[i].target, name, json_object_get(row, name), out));
		}
		text_add_char(out, '\n');
	}
	return STATUS_FINE;
}

static struct status push_part(const struct intake *intake, const char *key, const struct part *part, const json_t *rows, json_t *answers, bool *refused)
{
	cleanup_text struct text list = { 0 };
	cleanup_free char *mapping = NULL;
	char part_key[PUSH_KEY_MAX + 32];
	struct csv_options options = values_options(intake, NULL);
	TRY(write_list(part, rows, &options, &list, &mapping));
	struct intake one = *intake;
	one.options.format = part->format, one.options.mapping = mapping;
	if (!one.options.mode) one.options.mode = "delta";
	if (!one.options.source || !*one.options.source) one.options.source = "api"; /* what a program says speaks for itself */
	if (!one.options.file_name || !*one.options.file_name) one.options.file_name = arena_printf(intake->arena, "%s.json", part->name);
	snprintf(part_key, sizeof part_key, "%s/%s", key ? key : "", part->name);
	json_t *answer = NULL;
	TRY(push_import(&one, key ? part_key : NULL, list.bytes, list.len, &answer));
	*refused = json_is_string(json_object_get(answer, "refused"));
	json_object_set_new(answer, "part", json_string(part->name));
	json_array_append_new(answers, answer);
	return STATUS_FINE;
}

static struct status check_body(const json_t *body)
{
	const char *name;
	json_t *value;
	if (!json_is_object(body)) return status_make(STATUS_INVALID, "A JSON object is expected: customers, contacts, items, payments.");
	json_object_foreach((json_t *)(uintptr_t)body, name, value) {
		size_t i = 0;
		while (i < COUNT(parts) && strcmp(parts[i].name, name) != 0) i++;
		if (i == COUNT(parts)) continue; /* options are read by the caller */
		if (!json_is_array(value)) return status_make(STATUS_INVALID, "“%s” is a list of objects.", name);
		if (json_array_size(value) > PUSH_ROWS_MAX) return status_make(STATUS_INVALID, "At most %d rows at a time: send a file instead.", PUSH_ROWS_MAX);
	}
	return STATUS_FINE;
}

struct status push_json(const struct intake *intake, const char *key, const json_t *body, json_t **answer)
{
	*answer = NULL;
	TRY(check_key(key));
	TRY(check_body(body));
	bool any = false, refused = false;
	json_t *answers = json_array();
	for (size_t i = 0; i < COUNT(parts) && !refused; i++) {
		const json_t *rows = json_object_get(body, parts[i].name);
		if (!rows || json_array_size(rows) == 0) continue;
		any = true;
		struct status status = push_part(intake, key, &parts[i], rows, answers, &refused);
		if (status.code) return json_decref(answers), status;
	}
	if (!any) return json_decref(answers), status_make(STATUS_INVALID, "There is nothing to import: customers, contacts, items and payments are all empty.");
	*answer = json_pack("{s:o, s:b}", "imports", answers, "refused", refused);
	return STATUS_FINE;
}
