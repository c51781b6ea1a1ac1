/* The container: which sheets there are, how cells are to be shown, the strings they share. */
#include "formats/xlsx_inside.h"

#include "base/memory.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum { PART_MAX = 64 << 20, STRINGS_MAX = 512 << 20, DEPTH_MAX = 64, STYLES_MAX = 100000, ID_MAX = 255 };

void xlsx_column_letters(size_t column, char out[static 4])
{
	char back[4];
	size_t n = 0, i = 0;
	for (column++; column && n < 3; column = (column - 1) / 26) back[n++] = (char)('A' + (column - 1) % 26);
	while (n) out[i++] = back[--n];
	out[i] = 0;
}

bool xlsx_is_ole(const char *bytes, size_t len, bool *locked)
{
	static const char name[] = "E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e";
	if (len < 8 || memcmp(bytes, "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", 8) != 0) return false;
	*locked = memmem(bytes, len, name, sizeof name - 1) != NULL;
	return true;
}

/* --- XML, piece by piece ------------------------------------------------------------------------------------------------------ */
static const char *local(const char *name)
{
	const char *colon = strrchr(name, ':');
	return colon ? colon + 1 : name;
}

const char *xlsx_attribute(const char **attributes, const char *name)
{
	for (; *attributes; attributes += 2)
		if (strcmp(local(attributes[0]), name) == 0) return attributes[1];
	return NULL;
}

static void stop(struct xlsx_parse *parse)
{
	XML_StopParser(parse->parser, XML_FALSE);
}

static void on_start(void *context, const char *name, const char **attributes)
{
	struct xlsx_parse *parse = context;
	if (++parse->depth > DEPTH_MAX)
		parse->failure = status_make(STATUS_INVALID, "The workbook is damaged: its elements are nested too deep.");
	else
		parse->start(parse->context, local(name), attributes);
	if (parse->stop || parse->failure.code) stop(parse);
}

static void on_end(void *context, const char *name)
{
	struct xlsx_parse *parse = context;
	parse->depth--;
	if (parse->end) parse->end(parse->context, local(name));
	if (parse->stop || parse->failure.code) stop(parse);
}

static void on_text(void *context, const char *bytes, int len)
{
	struct xlsx_parse *parse = context;
	if (parse->text) parse->text(parse->context, bytes, len);
	if (parse->stop || parse->failure.code) stop(parse);
}

static void on_doctype(void *context, const char *name, const char *system, const char *public, int subset)
{
	(void)name, (void)system, (void)public, (void)subset;
	struct xlsx_parse *parse = context;
	parse->failure = status_make(STATUS_INVALID, "The workbook holds a document type declaration, which Excel never writes. It is not read.");
	stop(parse);
}

static struct status take_piece(void *context, const char *bytes, size_t len, bool last)
{
	struct xlsx_parse *parse = context;
	if (parse->stop) return STATUS_FINE;
	enum XML_Status outcome = XML_Parse(parse->parser, bytes, (int)len, last);
	if (parse->failure.code) return parse->failure;
	if (parse->stop) return status_make(STATUS_CONFLICT, "Enough."); /* xlsx_parse takes it for what it is */
	if (outcome == XML_STATUS_OK) return STATUS_FINE;
	return status_make(STATUS_INVALID, "The workbook is damaged: its XML breaks at line %lu, column %lu (%s).",
	                   XML_GetCurrentLineNumber(parse->parser), XML_GetCurrentColumnNumber(parse->parser) + 1,
	                   XML_ErrorString(XML_GetErrorCode(parse->parser)));
}

struct status xlsx_parse(struct xlsx *xlsx, const char *member, uint64_t limit, struct xlsx_parse *parse)
{
	int64_t index = unzip_find(xlsx->zip, member);
	if (index < 0) return status_make(STATUS_INVALID, "The workbook is damaged: “%s” is missing in it.", member);
	parse->parser = XML_ParserCreate(NULL);
	if (!parse->parser) abort();
	XML_SetUserData(parse->parser, parse);
	XML_SetElementHandler(parse->parser, on_start, on_end);
	XML_SetCharacterDataHandler(parse->parser, on_text);
	XML_SetStartDoctypeDeclHandler(parse->parser, on_doctype);
	struct status status = unzip_stream(xlsx->zip, (size_t)index, limit, take_piece, parse);
	XML_ParserFree(parse->parser);
	if (status.code && parse->stop && !parse->failure.code) return STATUS_FINE;
	return status;
}

void xlsx_reference(const char *text, int64_t *column, int64_t *row)
{
	int64_t letters = 0, number = 0;
	size_t n = 0;
	for (; isalpha((unsigned char)text[n]) && n < 4; n++) letters = letters * 26 + (toupper((unsigned char)text[n]) - 'A' + 1);
	*column = n && n < 4 ? letters - 1 : -1;
	size_t first = n;
	for (; isdigit((unsigned char)text[n]) && n - first < 8; n++) number = number * 10 + (text[n] - '0');
	*row = n > first && number >= 1 && number <= XLSX_ROWS_MAX ? number : -1;
}

/* --- where the parts are ---------------------------------------------------------------------------------------------------------- */
struct relation {
	const char *id, *type, *target;
};
struct relations {
	struct xlsx *xlsx;
	struct relation rows[ID_MAX + 1];
	size_t count;
};

static void relation_start(void *context, const char *name, const char **attributes)
{
	struct relations *relations = context;
	if (strcmp(name, "Relationship") != 0 || relations->count == ID_MAX) return;
	struct arena *arena = relations->xlsx->arena;
	relations->rows[relations->count++] = (struct relation){
		.id = arena_strdup(arena, xlsx_attribute(attributes, "Id")), .type = arena_strdup(arena, xlsx_attribute(attributes, "Type")),
		.target = arena_strdup(arena, xlsx_attribute(attributes, "Target")) };
}

static struct status relations_read(struct xlsx *xlsx, const char *member, struct relations *out)
{
	out->xlsx = xlsx, out->count = 0;
	return xlsx_parse(xlsx, member, PART_MAX, &(struct xlsx_parse){ .start = relation_start, .context = out });
}

static bool type_is(const struct relation *relation, const char *type)
{
	size_t len = strlen(relation->type), n = strlen(type);
	return len > n && relation->type[len - n - 1] == '/' && strcmp(relation->type + len - n, type) == 0;
}

/* "worksheets/sheet1.xml" beside "xl/workbook.xml", or "/xl/worksheets/sheet1.xml" from the top. */
static const char *beside(struct xlsx *xlsx, const char *member, const char *target)
{
	if (*target == '/') return target + 1;
	const char *slash = strrchr(member, '/');
	return arena_printf(xlsx->arena, "%.*s%s", slash ? (int)(slash + 1 - member) : 0, member, target);
}

/* --- the workbook ---------------------------------------------------------------------------------------------------------------------- */
struct book {
	struct xlsx *xlsx;
	const struct relations *relations;
	const char *member;
};

static void book_start(void *context, const char *name, const char **attributes)
{
	struct book *book = context;
	struct xlsx *xlsx = book->xlsx;
	if (strcmp(name, "workbookPr") == 0) {
		const char *epoch = xlsx_attribute(attributes, "date1904");
		xlsx->epoch_1904 = epoch && (strcmp(epoch, "1") == 0 || strcmp(epoch, "true") == 0);
	}
	if (strcmp(name, "sheet") != 0 || xlsx->sheet_count == XLSX_SHEETS_MAX) return;
	const char *state = xlsx_attribute(attributes, "state"), *id = NULL;
	for (const char **at = attributes; *at; at += 2) /* r:id, not sheetId */
		if (strcmp(local(at[0]), "id") == 0 && strchr(at[0], ':')) id = at[1];
	struct xlsx_sheet *sheet = &xlsx->sheets[xlsx->sheet_count++];
	sheet->name = arena_strdup(xlsx->arena, xlsx_attribute(attributes, "name"));
	sheet->hidden = state && strcmp(state, "visible") != 0;
	for (size_t i = 0; id && i < book->relations->count; i++)
		if (strcmp(book->relations->rows[i].id, id) == 0 && type_is(&book->relations->rows[i], "worksheet"))
			sheet->member = beside(xlsx, book->member, book->relations->rows[i].target);
}

/* --- styles: which numbers are dates -------------------------------------------------------------------------------------------------- */
struct format {
	int64_t id;
	struct xlsx_style style;
};
struct styling {
	struct xlsx *xlsx;
	struct format *formats;
	size_t count, cap;
	bool in_cells;
};

/* The first section of a format: "#,##0.00 €;[Red]-…". Quoted and escaped text, colours and conditions say nothing. */
static struct xlsx_style style_of(const char *code)
{
	bool quoted = false, date = false, hour = false, fraction = false, only_zeros = true;
	int zeros = 0, decimals = 0, places = 0;
	if (strncasecmp(code, "General", 7) == 0 || strncasecmp(code, "Standard", 8) == 0 || *code == '@') return (struct xlsx_style){ SHAPE_NUMBER, -1 };
	for (const char *c = code; *c && (*c != ';' || quoted); c++) {
		if (*c == '"') {
			quoted = !quoted;
		} else if (quoted) {
			continue;
		} else if (*c == '\\' || *c == '_' || *c == '*') {
			if (!*++c) break;
		} else if (*c == '[') {
			const char *close = strchr(c, ']');
			char first = (char)tolower((unsigned char)c[1]);
			if (!close) break;
			if ((first == 'h' || first == 'm' || first == 's') && (c[2] == c[1] || c[2] == ']')) hour = true; /* elapsed time */
			c = close;
		} else {
			char low = (char)tolower((unsigned char)*c);
			date |= low == 'y' || low == 'd' || low == 'j';
			hour |= low == 'h' || low == 's';
			if (low == 'm' && !hour) date |= strpbrk(code, "hHsS") == NULL;
			if (low == '0' || low == '#' || low == '?') places++, decimals += fraction, zeros += low == '0';
			if (low == '.') fraction = true;
			only_zeros &= low == '0' || low == ' ';
		}
	}
	if (date) return (struct xlsx_style){ SHAPE_DATE, 0 };
	if (hour) return (struct xlsx_style){ SHAPE_TIME, 0 };
	if (only_zeros && zeros > 1 && places == zeros) return (struct xlsx_style){ SHAPE_PADDED, zeros };
	return (struct xlsx_style){ SHAPE_NUMBER, places ? decimals : -1 };
}

static struct xlsx_style built_in(int64_t id)
{
	if ((id >= 14 && id <= 17) || id == 22 || (id >= 27 && id <= 31) || id == 36 || (id >= 50 && id <= 54) || id == 57 || id == 58)
		return (struct xlsx_style){ SHAPE_DATE, 0 };
	if ((id >= 18 && id <= 21) || (id >= 32 && id <= 35) || (id >= 45 && id <= 47)) return (struct xlsx_style){ SHAPE_TIME, 0 };
	if (id == 2 || id == 4 || id == 7 || id == 8 || id == 39 || id == 40 || id == 43 || id == 44) return (struct xlsx_style){ SHAPE_NUMBER, 2 };
	if (id == 1 || id == 3 || id == 5 || id == 6 || id == 37 || id == 38 || id == 41 || id == 42) return (struct xlsx_style){ SHAPE_NUMBER, 0 };
	return (struct xlsx_style){ SHAPE_NUMBER, -1 };
}

static int64_t number_of(const char *text)
{
	int64_t out = -1;
	return text && text_parse_int(text, strlen(text), &out) ? out : -1;
}

static void style_start(void *context, const char *name, const char **attributes)
{
	struct styling *styling = context;
	struct xlsx *xlsx = styling->xlsx;
	if (strcmp(name, "numFmt") == 0 && styling->count < STYLES_MAX) {
		const char *code = xlsx_attribute(attributes, "formatCode");
		GROW(styling->formats, styling->count, styling->cap);
		styling->formats[styling->count++] = (struct format){ number_of(xlsx_attribute(attributes, "numFmtId")), style_of(code ? code : "") };
	}
	if (strcmp(name, "cellXfs") == 0) styling->in_cells = true;
	if (strcmp(name, "xf") != 0 || !styling->in_cells || xlsx->style_count == STYLES_MAX) return;
	int64_t id = number_of(xlsx_attribute(attributes, "numFmtId"));
	GROW(xlsx->styles, xlsx->style_count, xlsx->style_cap);
	struct xlsx_style *style = &xlsx->styles[xlsx->style_count++];
	*style = built_in(id);
	for (size_t i = 0; i < styling->count; i++)
		if (styling->formats[i].id == id) *style = styling->formats[i].style;
}

static void style_end(void *context, const char *name)
{
	struct styling *styling = context;
	if (strcmp(name, "cellXfs") == 0) styling->in_cells = false;
}

/* --- shared strings ------------------------------------------------------------------------------------------------------------------------ */
struct sharing {
	struct xlsx *xlsx;
	int in_text, in_phonetic;
};

static void string_start(void *context, const char *name, const char **attributes)
{
	(void)attributes;
	struct sharing *sharing = context;
	sharing->in_text += strcmp(name, "t") == 0;
	sharing->in_phonetic += strcmp(name, "rPh") == 0; /* how Japanese is read aloud: not what is written */
}

static void string_text(void *context, const char *bytes, int len)
{
	struct sharing *sharing = context;
	if (sharing->in_text && !sharing->in_phonetic) text_add_bytes(&sharing->xlsx->strings, bytes, (size_t)len);
}

static void string_end(void *context, const char *name)
{
	struct sharing *sharing = context;
	struct xlsx *xlsx = sharing->xlsx;
	sharing->in_text -= strcmp(name, "t") == 0;
	sharing->in_phonetic -= strcmp(name, "rPh") == 0;
	if (strcmp(name, "si") != 0) return;
	GROW(xlsx->string_ends, xlsx->string_count, xlsx->string_cap);
	xlsx->string_ends[xlsx->string_count++] = (uint32_t)xlsx->strings.len; /* STRINGS_MAX is below 4 GB */
}

/* --- all of it ------------------------------------------------------------------------------------------------------------------------------- */
static struct status read_parts(struct xlsx *xlsx)
{
	struct relations *relations = arena_make(xlsx->arena, struct relations);
	const char *member = "xl/workbook.xml";
	if (unzip_find(xlsx->zip, "xl/workbook.bin") >= 0)
		return status_make(STATUS_INVALID, "This is a binary Excel workbook (.xlsb). Save it as .xlsx and send that file.");
	if (unzip_find(xlsx->zip, "_rels/.rels") >= 0) {
		TRY(relations_read(xlsx, "_rels/.rels", relations));
		for (size_t i = 0; i < relations->count; i++)
			if (type_is(&relations->rows[i], "officeDocument")) member = beside(xlsx, "", relations->rows[i].target);
	}
	if (unzip_find(xlsx->zip, member) < 0) return status_make(STATUS_INVALID, "This ZIP container holds no Excel workbook.");
	const char *slash = strrchr(member, '/'), *base = slash ? slash + 1 : member;
	const char *rels = arena_printf(xlsx->arena, "%.*s_rels/%s.rels", (int)(base - member), member, base);
	TRY(relations_read(xlsx, rels, relations));
	TRY(xlsx_parse(xlsx, member, PART_MAX, &(struct xlsx_parse){ .start = book_start, .context = &(struct book){ xlsx, relations, member } }));
	for (size_t i = 0; i < relations->count; i++) {
		const struct relation *relation = &relations->rows[i];
		xlsx->macros |= type_is(relation, "vbaProject");
		const char *part = beside(xlsx, member, relation->target);
		if (type_is(relation, "styles") && unzip_find(xlsx->zip, part) >= 0) {
			struct styling styling = { .xlsx = xlsx };
			struct status status = xlsx_parse(xlsx, part, PART_MAX, &(struct xlsx_parse){ .start = style_start, .end = style_end, .context = &styling });
			free(styling.formats);
			TRY(status);
		}
		if (type_is(relation, "sharedStrings") && unzip_find(xlsx->zip, part) >= 0)
			TRY(xlsx_parse(xlsx, part, STRINGS_MAX, &(struct xlsx_parse){ .start = string_start, .end = string_end, .text = string_text,
				.context = &(struct sharing){ .xlsx = xlsx } }));
	}
	if (xlsx->sheet_count == 0) return status_make(STATUS_INVALID, "This workbook has no sheet.");
	return STATUS_FINE;
}

struct status xlsx_open(const char *bytes, size_t len, struct xlsx **out)
{
	bool locked = false;
	if (xlsx_is_ole(bytes, len, &locked))
		return locked ? status_make(STATUS_INVALID, "This workbook is locked by a password. Open it in Excel, remove the password, save it and send it again.")
		              : status_make(STATUS_INVALID, "This is an old Excel workbook (.xls). Save it as .xlsx and send that file.");
	struct xlsx *xlsx = xcalloc(1, sizeof *xlsx);
	xlsx->arena = arena_new();
	xlsx->sheets = arena_array(xlsx->arena, struct xlsx_sheet, XLSX_SHEETS_MAX);
	struct status status = unzip_open(bytes, len, &xlsx->zip);
	if (!status.code) status = read_parts(xlsx);
	if (status.code)
		xlsx_close(xlsx);
	else
		*out = xlsx;
	return status;
}

void xlsx_close(struct xlsx *xlsx)
{
	if (!xlsx) return;
	unzip_close(xlsx->zip);
	text_free(&xlsx->strings);
	free(xlsx->string_ends);
	free(xlsx->styles);
	arena_free(xlsx->arena);
	free(xlsx);
}

size_t xlsx_sheet_count(const struct xlsx *xlsx)
{
	return xlsx->sheet_count;
}

const struct xlsx_sheet *xlsx_sheet(const struct xlsx *xlsx, size_t index)
{
	return &xlsx->sheets[index];
}

bool xlsx_has_macros(const struct xlsx *xlsx)
{
	return xlsx->macros;
}
