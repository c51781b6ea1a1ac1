#include "formats/notice.h"

#include "base/memory.h"
#include "base/text.h"
#include "formats/column.h"
#include "formats/siren.h"
#include "formats/xml.h"

#include <ctype.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

static const char *const acts[NOTICE_ACTS] = { "other", "opening", "conversion", "plan", "closing", "cancelled" };
static const char *const kinds[NOTICE_KINDS] = { "", "safeguard", "receivership", "liquidation" };
static const char *const words[NOTICE_KINDS] = { /* msgids */ "Collective proceedings", "Safeguard proceedings", "Receivership", "Judicial liquidation" };

const char *notice_act_name(enum notice_act act)
{
	return acts[act];
}

const char *notice_kind_name(enum notice_kind kind)
{
	return kinds[kind];
}

const char *notice_kind_words(enum notice_kind kind)
{
	return words[kind];
}

enum notice_act notice_act_parse(const char *name)
{
	for (int i = 0; i < NOTICE_ACTS; i++)
		if (strcmp(acts[i], name) == 0) return (enum notice_act)i;
	return NOTICE_OTHER;
}

enum notice_kind notice_kind_parse(const char *name)
{
	for (int i = 0; i < NOTICE_KINDS; i++)
		if (strcmp(kinds[i], name) == 0) return (enum notice_kind)i;
	return NOTICE_UNKNOWN;
}

void notice_classify(const char *family, const char *nature, enum notice_act *act, enum notice_kind *kind)
{
	cleanup_free char *f = text_normalise(family, strlen(family) < 300 ? strlen(family) : 300), *n = text_normalise(nature, strlen(nature) < 500 ? strlen(nature) : 500);
	const char *said = *n ? n : f;
	*kind = strstr(said, "liquidation judiciaire") ? NOTICE_LIQUIDATION : strstr(said, "redressement judiciaire") ? NOTICE_RECEIVERSHIP : strstr(said, "sauvegarde") ? NOTICE_SAFEGUARD : NOTICE_UNKNOWN;
	bool closing = strstr(said, "cloture") != NULL || strstr(f, "cloture") != NULL, plan = strstr(said, "plan de") != NULL || strstr(said, "arretant le plan") != NULL;
	bool ends_plan = strstr(said, "resolution du plan") != NULL || strstr(said, "resolution de plan") != NULL; /* the plan failed: liquidation follows */
	*act = NOTICE_OTHER;
	if (strstr(said, "conversion")) {
		*act = NOTICE_CONVERSION;
		const char *to = strstr(said, "conversion");
		*kind = strstr(to, "en liquidation") ? NOTICE_LIQUIDATION : strstr(to, "en redressement") ? NOTICE_RECEIVERSHIP : *kind;
	} else if (closing) {
		*act = NOTICE_CLOSING;
	} else if (strstr(f, "ouverture") || strstr(said, "ouverture") || strstr(said, "ouvrant") || strstr(said, "prononcant la liquidation") || (ends_plan && *kind == NOTICE_LIQUIDATION)) {
		*act = NOTICE_OPENING;
	} else if (plan) {
		*act = NOTICE_PLAN;
	}
}

/* "732 829 320", "RCS Lyon 732 829 320": the first nine digits with their check digit. */
static void take_siren(struct arena *arena, struct notice *notice, const char *text)
{
	char digits[10];
	size_t n = 0;
	for (const char *c = text; *c && notice->siren_count < NOTICE_SIRENS_MAX; c++) {
		if (isdigit((unsigned char)*c)) {
			if (n == 9) memmove(digits, digits + 1, 8), n = 8;
			digits[n++] = *c, digits[n] = 0;
			bool ends = !isdigit((unsigned char)c[1]);
			if (n < 9 || !ends || !siren_valid(digits)) continue;
			bool known = false;
			for (size_t i = 0; i < notice->siren_count; i++) known |= strcmp(notice->sirens[i], digits) == 0;
			if (!known) notice->sirens[notice->siren_count++] = arena_strdup(arena, digits);
			n = 0;
		} else if (*c != ' ' && *c != '.' && *c != '\t') {
			n = 0;
		}
	}
}

/* 2025-01-15, 15 janvier 2025 */
static int32_t day_of(const char *text)
{
	int32_t day;
	struct slice cell = slice_trim(slice_of(text));
	if (cell.len >= 10 && day_parse(cell.bytes, 10, &day)) return day;
	return cell.len && date_read(cell, DATE_DMY, &day) ? day : DAY_NONE;
}

/* "A", "20250015", "1234" → "A202500151234" */
static const char *number_of(struct arena *arena, const char *publication, const char *issue, const char *number)
{
	const char *letter = *publication ? publication + strlen(publication) - 1 : "A"; /* "BODACC A" */
	return *issue && *number ? arena_printf(arena, "%c%.20s%.12s", toupper((unsigned char)*letter), issue, number) : "";
}

static struct notice *add(struct notice_file *file)
{
	GROW(file->rows, file->count, file->cap);
	struct notice *notice = &file->rows[file->count++];
	*notice = (struct notice){ .number = "", .corrects = "", .name = "", .court = "", .nature = "", .text = "", .published_day = DAY_NONE, .judgment_day = DAY_NONE };
	return notice;
}

/* What can't be used is named; what says nothing of a company that can be told is passed over. */
static void settle(struct notice_file *file, enum lang lang, int64_t line, const char *type)
{
	struct notice *notice = &file->rows[file->count - 1];
	cleanup_free char *plain = text_normalise(type, strlen(type) < 100 ? strlen(type) : 100);
	notice->correction = strncmp(plain, "rectificatif", 12) == 0;
	if (strncmp(plain, "annulation", 10) == 0) notice->act = NOTICE_CANCELLED;
	const char *reason = !*notice->number ? "This notice has no number." : notice->published_day == DAY_NONE ? "This notice has no date." : NULL;
	if (reason) {
		complaint_add(&file->rejected, (struct complaint){ .line = line, .column = "", .value = notice->name, .reason = tr(lang, reason) });
		file->count--;
	}
}

/* --- JSON -------------------------------------------------------------------------------------------------------------------------------- */
static const char *text_at(const json_t *object, const char *name)
{
	const char *text = json_string_value(json_object_get(object, name));
	return text ? text : "";
}

/* A value that is an object, or one written as text. */
static json_t *inner(const json_t *record, const char *name)
{
	json_t *value = json_object_get(record, name);
	if (json_is_object(value)) return json_incref(value);
	const char *text = json_string_value(value);
	json_t *parsed = text ? json_loads(text, 0, NULL) : NULL;
	return json_is_object(parsed) ? parsed : (json_decref(parsed), json_object());
}

static void sirens_within(struct arena *arena, struct notice *notice, const json_t *value, int depth)
{
	const char *key;
	json_t *each;
	size_t i;
	if (depth > 6) return;
	if (json_is_array(value)) json_array_foreach((json_t *)value, i, each) sirens_within(arena, notice, each, depth + 1);
	if (!json_is_object(value)) return;
	json_object_foreach((json_t *)value, key, each) {
		if (json_is_string(each) && strncmp(key, "numeroIdentification", 20) == 0) take_siren(arena, notice, json_string_value(each));
		else sirens_within(arena, notice, each, depth + 1);
	}
}

static void take_number(char out[24], const json_t *value)
{
	if (json_is_string(value)) snprintf(out, 24, "%.20s", json_string_value(value));
	else if (json_is_integer(value)) snprintf(out, 24, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
	else out[0] = 0;
}

static void read_record(struct notice_file *file, enum lang lang, const json_t *record, int64_t line)
{
	struct arena *arena = file->arena;
	const char *family = text_at(record, "familleavis");
	file->lines++;
	if (*family && strcmp(family, "collective") != 0) {
		file->foreign++;
		return;
	}
	struct notice *notice = add(file);
	json_t *judgment = inner(record, "jugement"), *before = inner(record, "parutionavisprecedent"), *persons = inner(record, "listepersonnes");
	char number[24], issue[24];
	take_number(number, json_object_get(record, "numeroannonce"));
	take_number(issue, json_object_get(record, "parution"));
	notice->number = number_of(arena, text_at(record, "publicationavis"), issue, number);
	if (!*notice->number) notice->number = arena_strndup(arena, text_at(record, "id"), strlen(text_at(record, "id")) < 40 ? strlen(text_at(record, "id")) : 40);
	take_number(number, json_object_get(before, "numeroAnnonce"));
	take_number(issue, json_object_get(before, "numeroParution"));
	notice->corrects = number_of(arena, text_at(before, "nomPublication"), issue, number);
	const json_t *registry = json_object_get(record, "registre");
	const json_t *each;
	size_t i;
	if (json_is_string(registry)) take_siren(arena, notice, json_string_value(registry));
	json_array_foreach((json_t *)registry, i, each) if (json_is_string(each)) take_siren(arena, notice, json_string_value(each));
	sirens_within(arena, notice, persons, 0);
	notice->name = arena_strdup(arena, text_at(record, "commercant"));
	notice->court = arena_strdup(arena, text_at(record, "tribunal"));
	notice->nature = arena_strdup(arena, *text_at(judgment, "nature") ? text_at(judgment, "nature") : text_at(judgment, "famille"));
	notice->text = arena_strdup(arena, text_at(judgment, "complementJugement"));
	notice->published_day = day_of(text_at(record, "dateparution")), notice->judgment_day = day_of(text_at(judgment, "date"));
	notice_classify(text_at(judgment, "famille"), text_at(judgment, "nature"), &notice->act, &notice->kind);
	json_decref(judgment);
	json_decref(before);
	json_decref(persons);
	settle(file, lang, line, *text_at(record, "typeavis") ? text_at(record, "typeavis") : text_at(record, "typeavis_lib"));
}

static struct status read_json(struct notice_file *file, const char *bytes, size_t len, enum lang lang)
{
	json_error_t error;
	json_t *root = json_loadb(bytes, len, JSON_REJECT_DUPLICATES, &error);
	if (!root) return status_make(STATUS_INVALID, "Line %d: this JSON is cut off or damaged.", error.line);
	const json_t *list = json_is_array(root) ? root : json_object_get(root, "results");
	struct status status = json_is_array(list) ? STATUS_FINE : status_make(STATUS_INVALID, "This file holds no notice of the gazette.");
	for (size_t i = 0; !status.code && i < json_array_size(list); i++) {
		const json_t *record = json_array_get(list, i);
		const json_t *fields = json_object_get(record, "fields"); /* of the API's first version */
		if (!json_is_object(record)) continue;
		if (i >= NOTICE_ROWS_MAX) status = status_make(STATUS_INVALID, "This file holds more than %d notices. Split it.", NOTICE_ROWS_MAX);
		else read_record(file, lang, json_is_object(fields) ? fields : record, (int64_t)i + 1);
	}
	json_decref(root);
	return status;
}

/* --- XML ---------------------------------------------------------------------------------------------------------------------------------- */
struct reading {
	struct notice_file *file;
	enum lang lang;
	bool open;
	char issue[24], number[24], before_name[40], before_issue[24], before_number[24], type[40];
	const char *family;
	int32_t published;
	int64_t line;
};

static void keep(char *to, size_t size, const struct xml_element *element)
{
	snprintf(to, size, "%.*s", (int)(element->text_len < size ? element->text_len : size - 1), element->text);
}

static struct status start(void *context, const struct xml_element *element)
{
	struct reading *r = context;
	if (!r->open && (strcmp(element->name, "annonce") == 0 || strcmp(element->name, "avis") == 0) && strstr(element->path, "typeAnnonce") == NULL) {
		if (r->file->lines >= NOTICE_ROWS_MAX) return status_make(STATUS_INVALID, "This file holds more than %d notices. Split it.", NOTICE_ROWS_MAX);
		r->open = true, r->line = xml_line(element), r->family = "";
		r->number[0] = r->before_name[0] = r->before_issue[0] = r->before_number[0] = r->type[0] = 0;
		add(r->file);
	} else if (r->open && xml_at(element, "typeAnnonce/annonce")) {
		snprintf(r->type, sizeof r->type, "annonce");
	} else if (r->open && (xml_at(element, "typeAnnonce/rectificatif") || xml_at(element, "typeAnnonce/annulation"))) {
		snprintf(r->type, sizeof r->type, "%s", element->name);
	}
	return STATUS_FINE;
}

static struct status end(void *context, const struct xml_element *element)
{
	struct reading *r = context;
	struct arena *arena = r->file->arena;
	if (!r->open) {
		if (strcmp(element->name, "parution") == 0) keep(r->issue, sizeof r->issue, element);
		if (strcmp(element->name, "dateParution") == 0) r->published = day_of(element->text);
		return STATUS_FINE;
	}
	struct notice *notice = &r->file->rows[r->file->count - 1];
	bool before = strstr(element->path, "/parutionAvisPrecedent/") != NULL;
	if (xml_at(element, "parutionAvisPrecedent/nomPublication")) keep(r->before_name, sizeof r->before_name, element);
	else if (xml_at(element, "parutionAvisPrecedent/numeroParution")) keep(r->before_issue, sizeof r->before_issue, element);
	else if (xml_at(element, "parutionAvisPrecedent/numeroAnnonce")) keep(r->before_number, sizeof r->before_number, element);
	else if (before) return STATUS_FINE;
	else if (strcmp(element->name, "numeroAnnonce") == 0) keep(r->number, sizeof r->number, element);
	else if (strcmp(element->name, "tribunal") == 0) notice->court = arena_strndup(arena, element->text, element->text_len);
	else if (strcmp(element->name, "denomination") == 0 || (strcmp(element->name, "nom") == 0 && !*notice->name)) notice->name = arena_strndup(arena, element->text, element->text_len);
	else if (strncmp(element->name, "numeroIdentification", 20) == 0) take_siren(arena, notice, element->text);
	else if (xml_at(element, "jugement/famille")) r->family = arena_strndup(arena, element->text, element->text_len);
	else if (xml_at(element, "jugement/nature")) notice->nature = arena_strndup(arena, element->text, element->text_len);
	else if (xml_at(element, "jugement/date")) notice->judgment_day = day_of(element->text);
	else if (xml_at(element, "jugement/complementJugement")) notice->text = arena_strndup(arena, element->text, element->text_len);
	else if ((strcmp(element->name, "annonce") == 0 || strcmp(element->name, "avis") == 0) && !strstr(element->path, "typeAnnonce")) {
		r->open = false;
		r->file->lines++;
		notice->published_day = r->published;
		notice->number = number_of(arena, "A", r->issue, r->number), notice->corrects = number_of(arena, r->before_name, r->before_issue, r->before_number);
		notice_classify(r->family, notice->nature, &notice->act, &notice->kind);
		if (!*notice->nature) notice->nature = r->family;
		settle(r->file, r->lang, r->line, r->type);
	}
	return STATUS_FINE;
}

/* --- both ---------------------------------------------------------------------------------------------------------------------------------- */
static const char *skip_space(const char *bytes, size_t *len)
{
	if (*len >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0) bytes += 3, *len -= 3;
	while (*len && strchr(" \t\r\n", *bytes) && *bytes) bytes++, --*len;
	return bytes;
}

bool notice_like(const char *bytes, size_t len)
{
	bytes = skip_space(bytes, &len);
	if (len && *bytes == '<') {
		struct xml_root root;
		return xml_root(bytes, len, &root) && (strncmp(root.name, "PCL_", 4) == 0 || strcmp(root.name, "PCL") == 0);
	}
	return len && (*bytes == '[' || *bytes == '{') && memmem(bytes, len < 1 << 16 ? len : 1 << 16, "\"familleavis\"", 13) != NULL;
}

struct status notice_read(const char *bytes, size_t len, enum lang lang, struct notice_file **out)
{
	*out = NULL;
	if (len > NOTICE_SIZE_MAX) return status_make(STATUS_INVALID, "This file of notices is over %d MB. Split it.", NOTICE_SIZE_MAX >> 20);
	struct notice_file *file = xcalloc(1, sizeof *file);
	file->arena = arena_new();
	file->rejected.arena = file->arena;
	bytes = skip_space(bytes, &len);
	struct reading reading = { .file = file, .lang = lang, .published = DAY_NONE };
	struct status status = len && *bytes == '<' ? xml_read(bytes, len, &(struct xml_handler){ .context = &reading, .start = start, .end = end }) : read_json(file, bytes, len, lang);
	if (!status.code && !file->lines) status = status_make(STATUS_INVALID, "This file holds no notice of the gazette.");
	if (status.code) return notice_free(file), status;
	*out = file;
	return STATUS_FINE;
}

void notice_free(struct notice_file *file)
{
	if (!file) return;
	complaints_free(&file->rejected);
	free(file->rows);
	arena_free(file->arena);
	free(file);
}
