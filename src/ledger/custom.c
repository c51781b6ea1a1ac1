#include "ledger/custom.h"

#include "base/day.h"
#include "base/memory.h"
#include "base/words.h"
#include "formats/column.h"
#include "ledger/customer.h"
#include "ledger/event.h"

#include <ctype.h>
#include <string.h>

enum { VALUE_MAX = 300, LABEL_MAX = 60, CODE_MAX = 40, CHOICES_MAX = 100, FIELDS_MAX = 60,
       DECIMALS = 6 /* of a number */ };

static const char *const subjects[CUSTOM_SUBJECT_COUNT] = { [CUSTOM_CUSTOMER] = "customer", [CUSTOM_ITEM] = "item" };
static const char *const kinds[CUSTOM_KIND_COUNT] = {
	[CUSTOM_TEXT] = "text", [CUSTOM_NUMBER] = "number", [CUSTOM_DATE] = "date", [CUSTOM_CHOICE] = "choice",
};

const char *custom_subject_code(enum custom_subject subject)
{
	return subjects[subject];
}

bool custom_subject_parse(const char *code, enum custom_subject *out)
{
	for (int i = 0; code && i < CUSTOM_SUBJECT_COUNT; i++)
		if (strcmp(code, subjects[i]) == 0) return *out = (enum custom_subject)i, true;
	return false;
}

const char *custom_kind_code(enum custom_kind kind)
{
	return kinds[kind];
}

bool custom_kind_parse(const char *code, enum custom_kind *out)
{
	for (int i = 0; code && i < CUSTOM_KIND_COUNT; i++)
		if (strcmp(code, kinds[i]) == 0) return *out = (enum custom_kind)i, true;
	return false;
}

const char *custom_label(const struct custom_field *field, enum lang lang)
{
	return lang == LANG_FR ? field->label_fr : field->label_en;
}

/* --- the fields --------------------------------------------------------------------------------------------------------------- */
static const char *const *split_choices(struct arena *arena, const char *lines)
{
	size_t count = 1, used = 0;
	for (const char *at = lines; *at; at++) count += *at == '\n';
	const char **list = arena_array(arena, const char *, count + 1);
	for (const char *at = lines; *at;) {
		size_t len = strcspn(at, "\n");
		if (len) list[used++] = arena_strndup(arena, at, len);
		at += len + (at[len] == '\n');
	}
	return list;
}

struct status custom_fields_load(struct db *db, int64_t tenant, int64_t company, struct arena *arena, struct custom_fields *out)
{
	struct custom_field *list = arena_array(arena, struct custom_field, 2 * FIELDS_MAX);
	*out = (struct custom_fields){ list, 0 };
	cleanup_rows struct rows *rows = db_query(db,
		"SELECT id, subject, kind, code, label_fr, label_en, choices FROM custom_field WHERE tenant_id = $tenant AND company_id = $company"
		" AND removed = 0 ORDER BY subject, position, id", DB_ARGS(db_int("tenant", tenant), db_int("company", company)));
	while (rows_next(rows) && out->count < 2 * FIELDS_MAX) {
		struct custom_field *field = &list[out->count];
		*field = (struct custom_field){ .id = row_int(rows, 0), .code = arena_strdup(arena, row_text(rows, 3)),
			.label_fr = arena_strdup(arena, row_text(rows, 4)), .label_en = arena_strdup(arena, row_text(rows, 5)),
			.choice_lines = arena_strdup(arena, row_text(rows, 6)) };
		if (!custom_subject_parse(row_text(rows, 1), &field->subject) || !custom_kind_parse(row_text(rows, 2), &field->kind)) continue;
		field->choices = split_choices(arena, field->choice_lines);
		out->count++;
	}
	return rows_status(rows);
}

const struct custom_field *custom_field_find(const struct custom_fields *fields, enum custom_subject subject, const char *code)
{
	if (code && strncmp(code, "field.", 6) == 0) code += 6;
	for (size_t i = 0; code && i < fields->count; i++)
		if (fields->rows[i].subject == subject && strcmp(fields->rows[i].code, code) == 0) return &fields->rows[i];
	return NULL;
}

const struct custom_field *custom_field_by_id(const struct custom_fields *fields, int64_t id)
{
	for (size_t i = 0; i < fields->count; i++)
		if (fields->rows[i].id == id) return &fields->rows[i];
	return NULL;
}

/* --- one value ------------------------------------------------------------------------------------------------------------------- */
static bool number_read(const char *text, int64_t *out)
{
	const char *comma = strrchr(text, ','), *point = strrchr(text, '.');
	char mark = comma && (!point || comma > point) ? ',' : '.';
	return amount_parse(text, strlen(text), (struct amount_style){ mark, DECIMALS }, out);
}

static const char *number_kept(int64_t millionths, struct arena *arena)
{
	uint64_t size = millionths < 0 ? 0 - (uint64_t)millionths : (uint64_t)millionths;
	char *text = arena_printf(arena, "%s%llu.%06llu", millionths < 0 ? "-" : "", (unsigned long long)(size / 1000000), (unsigned long long)(size % 1000000));
	for (size_t len = strlen(text); text[len - 1] == '0' || text[len - 1] == '.'; len--) {
		bool point = text[len - 1] == '.';
		text[len - 1] = 0;
		if (point) break;
	}
	return text;
}

static bool day_read(const char *text, int32_t *day)
{
	struct slice cell = slice_of(text);
	return date_read(cell, DATE_YMD, day) || date_read(cell, DATE_DMY, day);
}

/* Trimmed, without control characters. */
static char *clean(struct arena *arena, const char *text)
{
	struct slice trimmed = slice_trim(slice_of(text ? text : ""));
	char *copy = arena_strndup(arena, trimmed.bytes, trimmed.len), *to = copy;
	for (const char *c = copy; *c; c++)
		if ((unsigned char)*c >= ' ') *to++ = *c;
	*to = 0;
	return copy;
}

struct status custom_read(const struct custom_field *field, const char *text, struct arena *arena, const char **out)
{
	const char *label = custom_label(field, lang_spoken());
	const char *cell = clean(arena, text);
	*out = "";
	if (!*cell) return STATUS_FINE;
	if (strlen(cell) > VALUE_MAX || !utf8_valid(cell, strlen(cell)))
		return status_make(STATUS_INVALID, "%s: at most %d characters of readable text.", label, VALUE_MAX);
	int64_t number;
	int32_t day;
	switch (field->kind) {
	case CUSTOM_NUMBER:
		if (!number_read(cell, &number)) return status_make(STATUS_INVALID, "%s is a number, not “%s”.", label, cell);
		*out = number_kept(number, arena);
		return STATUS_FINE;
	case CUSTOM_DATE:
		if (!day_read(cell, &day)) return status_make(STATUS_INVALID, "%s is a date, not “%s”.", label, cell);
		{
			char iso[11];
			day_format(day, iso);
			*out = arena_strdup(arena, iso);
		}
		return STATUS_FINE;
	case CUSTOM_CHOICE: {
		cleanup_free char *plain = text_normalise(cell, strlen(cell));
		for (size_t i = 0; field->choices[i]; i++) {
			cleanup_free char *choice = text_normalise(field->choices[i], strlen(field->choices[i]));
			if (strcmp(field->choices[i], cell) == 0 || (*plain && strcmp(choice, plain) == 0)) return *out = field->choices[i], STATUS_FINE;
		}
		return status_make(STATUS_INVALID, "%s has no choice “%s”.", label, cell);
	}
	default: *out = cell; return STATUS_FINE;
	}
}

const char *custom_shown(const struct custom_field *field, const char *value, enum lang lang, struct arena *arena)
{
	if (!value || !*value) return "";
	cleanup_text struct text out = { 0 };
	int32_t day;
	if (field->kind == CUSTOM_DATE && day_parse(value, strlen(value), &day)) {
		words_date(&out, lang, day);
		return arena_strdup(arena, text_cstr(&out));
	}
	char *copy = arena_strdup(arena, value);
	for (char *c = copy; field->kind == CUSTOM_NUMBER && lang == LANG_FR && *c; c++)
		if (*c == '.') *c = ',';
	return copy;
}

bool custom_test(const struct custom_field *field, const char *value, enum custom_op op, const char *wanted)
{
	bool known = value && *value;
	if (op == CUSTOM_KNOWN) return known;
	if (op == CUSTOM_UNKNOWN) return !known;
	if (!field || !wanted) return false;
	if (op == CUSTOM_HOLDS) {
		cleanup_free char *text = text_normalise(known ? value : "", known ? strlen(value) : 0), *part = text_normalise(wanted, strlen(wanted));
		return *part && strstr(text, part) != NULL;
	}
	cleanup_arena struct arena *arena = arena_new();
	const char *read;
	if (custom_read(field, wanted, arena, &read).code) return false;
	if (!known) return op == CUSTOM_IS ? !*read : op == CUSTOM_IS_NOT && *read;
	if (!*read) return op == CUSTOM_IS_NOT;
	int order = strcmp(value, read);
	int64_t a, b;
	if (field->kind == CUSTOM_NUMBER && number_read(value, &a) && number_read(read, &b)) order = (a > b) - (a < b);
	if (field->kind == CUSTOM_TEXT && (op == CUSTOM_IS || op == CUSTOM_IS_NOT)) {
		cleanup_free char *left = text_normalise(value, strlen(value)), *right = text_normalise(read, strlen(read));
		if (*left && *right) order = strcmp(left, right);
	}
	return op == CUSTOM_IS ? order == 0 : op == CUSTOM_IS_NOT ? order != 0 : op == CUSTOM_AT_LEAST ? order >= 0 : order <= 0;
}

/* --- defining ------------------------------------------------------------------------------------------------------------------------ */
/* "Secteur d'activité" becomes secteur_d_activite. */
static const char *code_of(struct arena *arena, const char *label)
{
	cleanup_free char *plain = text_normalise(label, strlen(label));
	char *code = arena_strndup(arena, plain, strlen(plain) < CODE_MAX ? strlen(plain) : CODE_MAX);
	for (char *c = code; *c; c++)
		if (*c == ' ') *c = '_';
	return code;
}

static bool code_valid(const char *code)
{
	if (!islower((unsigned char)*code) || strlen(code) > CODE_MAX) return false;
	for (; *code; code++)
		if (!islower((unsigned char)*code) && !isdigit((unsigned char)*code) && *code != '_') return false;
	return true;
}

/* One each line, trimmed, none twice; "" when there is none. */
static struct status choices_of(struct arena *arena, const char *given, const char **out)
{
	cleanup_text struct text lines = { 0 };
	size_t count = 0;
	for (const char *at = given ? given : ""; *at;) {
		size_t len = strcspn(at, "\n");
		const char *choice = clean(arena, arena_strndup(arena, at, len));
		at += len + (at[len] == '\n');
		if (!*choice) continue;
		if (strlen(choice) > LABEL_MAX) return status_make(STATUS_INVALID, "A choice has at most %d characters.", LABEL_MAX);
		bool twice = false;
		for (const char *line = text_cstr(&lines); *line && !twice;) {
			size_t n = strcspn(line, "\n");
			twice = n == strlen(choice) && memcmp(line, choice, n) == 0;
			line += n + (line[n] == '\n');
		}
		if (twice) continue;
		if (++count > CHOICES_MAX) return status_make(STATUS_INVALID, "A field has at most %d choices.", CHOICES_MAX);
		text_addf(&lines, "%s\n", choice);
	}
	*out = arena_strdup(arena, text_cstr(&lines));
	return STATUS_FINE;
}

#define OF_COMPANY(change) db_int("tenant", (change)->company.tenant_id), db_int("company", (change)->company.id), db_int("rev", (change)->rev)

struct status custom_define(struct change *change, const struct custom_new *given, int64_t *id)
{
	TRY(change_allows(change, RIGHT_SETTINGS));
	cleanup_arena struct arena *arena = arena_new();
	const char *french = clean(arena, given->label_fr), *english = clean(arena, given->label_en), *choices = "";
	if (!*french) french = english;
	if (!*english) english = french;
	if (!*french) return status_make(STATUS_INVALID, "Give the field a name.");
	if (!utf8_valid(french, strlen(french)) || !utf8_valid(english, strlen(english)) || strlen(french) > LABEL_MAX || strlen(english) > LABEL_MAX)
		return status_make(STATUS_INVALID, "The name of a field has at most %d characters.", LABEL_MAX);
	TRY(choices_of(arena, given->choices, &choices));
	struct custom_fields fields;
	TRY(custom_fields_load(change->db, change->company.tenant_id, change->company.id, arena, &fields));
	const struct custom_field *known = custom_field_by_id(&fields, given->id);
	if (given->id && !known) return status_make(STATUS_NOT_FOUND, "There is no such field.");
	enum custom_kind kind = known ? known->kind : given->kind;
	enum custom_subject subject = known ? known->subject : given->subject;
	if (kind == CUSTOM_CHOICE && !*choices) return status_make(STATUS_INVALID, "Give the choices, one on each line.");
	if (kind != CUSTOM_CHOICE) choices = "";
	const char *code = known ? known->code : given->code && *given->code ? given->code : code_of(arena, french);
	if (!code_valid(code))
		return status_make(STATUS_INVALID, "The code of a field is made of small letters, digits and _, a letter first: not “%s”.", code);
	const struct custom_field *same = custom_field_find(&fields, subject, code);
	if (same && !known) return status_make(STATUS_CONFLICT, "There is a field “%s” already.", code);
	size_t of_subject = 0;
	for (size_t i = 0; i < fields.count; i++) of_subject += fields.rows[i].subject == subject;
	if (!known && of_subject >= FIELDS_MAX) return status_make(STATUS_INVALID, "There are %d fields already: remove one first.", FIELDS_MAX);
	*id = given->id;
	if (!known) TRY(id_take(change->db, change->company.tenant_id, change->company.id, "custom_field", 1, id));
	int64_t position = given->position > 0 ? given->position : *id;
	TRY(db_run(change->db,
	           "INSERT INTO custom_field (tenant_id, company_id, id, subject, code, kind, label_fr, label_en, choices, position, rev)"
	           " VALUES ($tenant, $company, $id, $subject, $code, $kind, $french, $english, $choices, $position, $rev)"
	           " ON CONFLICT (tenant_id, company_id, id) DO UPDATE SET label_fr = excluded.label_fr, label_en = excluded.label_en,"
	           " choices = excluded.choices, position = excluded.position, rev = excluded.rev",
	           DB_ARGS(OF_COMPANY(change), db_int("id", *id), db_text("subject", subjects[subject]), db_text("code", code),
	                   db_text("kind", kinds[kind]), db_text("french", french), db_text("english", english), db_text("choices", choices),
	                   db_int("position", position))));
	return event_add_json(change, (struct event_new){ .kind = "field.defined", .ref = *id },
	                      json_pack("{s:s, s:s, s:s, s:s}", "field", code, "subject", subjects[subject], "kind", kinds[kind], "text", french));
}

struct status custom_remove(struct change *change, int64_t id)
{
	TRY(change_allows(change, RIGHT_SETTINGS));
	cleanup_arena struct arena *arena = arena_new();
	struct custom_fields fields;
	TRY(custom_fields_load(change->db, change->company.tenant_id, change->company.id, arena, &fields));
	const struct custom_field *field = custom_field_by_id(&fields, id);
	if (!field) return status_make(STATUS_NOT_FOUND, "There is no such field.");
	TRY(db_run(change->db, "UPDATE custom_field SET removed = 1, rev = $rev WHERE tenant_id = $tenant AND company_id = $company AND id = $id",
	           DB_ARGS(OF_COMPANY(change), db_int("id", id))));
	return event_add_json(change, (struct event_new){ .kind = "field.removed", .ref = id },
	                      json_pack("{s:s, s:s, s:s}", "field", field->code, "subject", subjects[field->subject], "text", field->label_fr));
}
