#include "base/mustache.h"

#include "base/memory.h"
#include "base/mustache_filter.h"

#include <assert.h>
#include <string.h>

enum node_type { NODE_TEXT, NODE_VALUE, NODE_RAW, NODE_SECTION, NODE_INVERTED, NODE_PARTIAL, NODE_TRANSLATE, NODE_PLURAL };

struct node {
	enum node_type type;
	enum filter filter;
	bool line_start;    /* first on its line: a standalone partial's indentation goes before it */
	bool compared;      /* {{#name=value}} */
	struct slice name;  /* 0-terminated, except text */
	struct slice value; /* compared with; a partial's indentation; the singular of a plural */
	struct slice many;  /* the plural */
	size_t end;         /* of a section: the node after its last child */
	size_t at;          /* offset in the source, for messages */
};

struct mustache {
	char *source;
	enum mustache_mode mode;
	struct node *nodes;
	size_t count, cap;
	struct slice *uses;
	size_t use_count, use_cap;
};

enum { TAG_MAX = 4096, STACK_MAX = 4 * MUSTACHE_DEPTH_MAX, PAGE_STEPS_MAX = 20000000, USER_STEPS_MAX = 1000000 };

/* --- compiling -------------------------------------------------------------------------------------------------------- */

struct parser {
	struct mustache *template;
	const struct mustache_rules *rules;
	const char *original; /* the caller's bytes: names get their 0 in the copy */
	size_t len;
	char open[16], close[16];
	size_t open_len, close_len;
	size_t sections[MUSTACHE_DEPTH_MAX]; /* nodes of the open sections */
	int depth;
};

static void place(const char *source, size_t at, int *line, int *column)
{
	*line = 1, *column = 1;
	for (size_t i = 0; i < at; i++) {
		if (source[i] == '\n')
			++*line, *column = 1;
		else if (((unsigned char)source[i] & 0xC0) != 0x80)
			++*column;
	}
}

static struct status trouble(const char *source, struct mustache_problem *problem, enum mustache_trouble kind, size_t at,
                             const char *name)
{
	static const char *const words[] = {
		[MUSTACHE_UNCLOSED_TAG] = "the braces opened here are never closed",
		[MUSTACHE_EMPTY_TAG] = "there is no name between the braces",
		[MUSTACHE_UNCLOSED_SECTION] = "the section “%s” is never closed",
		[MUSTACHE_WRONG_CLOSE] = "“%s” is closed here but is not the open section",
		[MUSTACHE_BAD_DELIMITER] = "these delimiters can't be used",
		[MUSTACHE_NOT_ALLOWED] = "“%s” can't be used in this text",
		[MUSTACHE_UNKNOWN_NAME] = "“%s” is not a known variable",
		[MUSTACHE_BLOCK_HERE] = "“%s” is a block and can't stand in a single line",
		[MUSTACHE_UNKNOWN_FILTER] = "“%s” is not a known filter",
		[MUSTACHE_TOO_DEEP] = "too many sections inside one another",
		[MUSTACHE_TOO_LONG] = "the text is too long",
	};
	struct mustache_problem found = { .trouble = kind };
	place(source, at, &found.line, &found.column);
	snprintf(found.name, sizeof found.name, "%s", name ? name : "");
	if (problem) *problem = found;
	char text[240];
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	snprintf(text, sizeof text, tr(lang_spoken(), words[kind]), found.name);
#pragma GCC diagnostic pop
	return status_make(STATUS_INVALID, "Line %d, column %d: %s.", found.line, found.column, text);
}

static struct status fault(struct parser *p, enum mustache_trouble kind, size_t at, const char *name)
{
	return trouble(p->original, p->rules ? p->rules->problem : NULL, kind, at, name);
}

static struct node *add_node(struct parser *p, enum node_type type, size_t at)
{
	struct mustache *t = p->template;
	GROW(t->nodes, t->count, t->cap);
	struct node *node = &t->nodes[t->count++];
	*node = (struct node){ .type = type, .at = at, .line_start = at == 0 || t->source[at - 1] == '\n' };
	return node;
}

static void add_text(struct parser *p, size_t from, size_t to)
{
	if (from < to) add_node(p, NODE_TEXT, from)->name = (struct slice){ p->template->source + from, to - from };
}

/* A tag that leaves nothing behind, first on a line with other things: the line is still indented. */
static void add_mark(struct parser *p, size_t at)
{
	if (at == 0 || p->template->source[at - 1] == '\n') add_node(p, NODE_TEXT, at)->name = (struct slice){ "", 0 };
}

static void note_use(struct mustache *t, struct slice name)
{
	for (size_t i = 0; i < t->use_count; i++)
		if (t->uses[i].len == name.len && memcmp(t->uses[i].bytes, name.bytes, name.len) == 0) return;
	GROW(t->uses, t->use_count, t->use_cap);
	t->uses[t->use_count++] = name;
}

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Trims a piece of the source copy and puts a 0 behind it: the bytes after a name belong to its tag and are never printed. */
static struct slice own_word(char *from, char *to)
{
	while (from < to && is_space(*from)) from++;
	while (from < to && is_space(to[-1])) to--;
	*to = 0;
	return (struct slice){ from, (size_t)(to - from) };
}

/* Runs of white space become one space: a message id may be wrapped over several lines of a page. */
static struct slice own_phrase(char *from, char *to)
{
	struct slice word = own_word(from, to);
	char *start = (char *)word.bytes, *write = start;
	for (const char *read = start; *read; read++) {
		if (!is_space(*read))
			*write++ = *read;
		else if (write > start && write[-1] != ' ')
			*write++ = ' ';
	}
	*write = 0;
	return (struct slice){ start, (size_t)(write - start) };
}

/* Finds the next [name] or [name|filter] of a phrase from *at: its bounds; false when there is none. */
static bool placeholder(const char *phrase, size_t *at, size_t *end)
{
	for (size_t i = *at; phrase[i]; i++) {
		if (phrase[i] != '[') continue;
		size_t j = i + 1;
		while ((phrase[j] >= 'a' && phrase[j] <= 'z') || (phrase[j] >= '0' && phrase[j] <= '9') ||
		       (phrase[j] && strchr("_.@|", phrase[j])))
			j++;
		if (j == i + 1 || phrase[j] != ']') continue;
		*at = i, *end = j + 1;
		return true;
	}
	return false;
}

static struct status check_phrase(struct parser *p, const struct node *node, const char *phrase)
{
	size_t end = 0;
	for (size_t at = 0; placeholder(phrase, &at, &end); at = end) {
		const char *bar = memchr(phrase + at, '|', end - at);
		if (bar && filter_parse(bar + 1, (size_t)(phrase + end - 1 - (bar + 1))) == FILTER_UNKNOWN)
			return fault(p, MUSTACHE_UNKNOWN_FILTER, node->at, bar + 1);
	}
	return STATUS_FINE;
}

/* In a user's template a name must be known; blocks stand alone, tests only in sections. */
static struct status check_name(struct parser *p, const struct node *node)
{
	const struct mustache_rules *rules = p->rules;
	if (p->template->mode != MUSTACHE_USER || !rules->name) return STATUS_FINE;
	bool section = node->type == NODE_SECTION || node->type == NODE_INVERTED;
	switch (rules->name(rules->context, node->name.bytes)) {
	case MUSTACHE_NAME_VALUE: return STATUS_FINE;
	case MUSTACHE_NAME_TEST:
		if (section) return STATUS_FINE;
		return fault(p, MUSTACHE_NOT_ALLOWED, node->at, node->name.bytes);
	case MUSTACHE_NAME_BLOCK:
		if (section) return STATUS_FINE;
		return rules->no_blocks ? fault(p, MUSTACHE_BLOCK_HERE, node->at, node->name.bytes) : STATUS_FINE;
	case MUSTACHE_NAME_UNKNOWN: break;
	}
	return fault(p, MUSTACHE_UNKNOWN_NAME, node->at, node->name.bytes);
}

/* The inside of {{name}}, {{name|filter}}, {{#name}}, {{#name=value}}. */
static struct status read_name(struct parser *p, struct node *node, char *from, char *to, bool page)
{
	bool section = node->type == NODE_SECTION || node->type == NODE_INVERTED;
	char *mark = page ? memchr(from, section ? '=' : '|', (size_t)(to - from)) : NULL;
	if (mark) {
		struct slice rest = own_word(mark + 1, to);
		if (section) {
			node->compared = true, node->value = rest;
		} else {
			node->filter = filter_parse(rest.bytes, rest.len);
			if (node->filter == FILTER_UNKNOWN) return fault(p, MUSTACHE_UNKNOWN_FILTER, node->at, rest.bytes);
		}
	}
	node->name = own_word(from, mark ? mark : to);
	if (node->name.len == 0) return fault(p, MUSTACHE_EMPTY_TAG, node->at, NULL);
	TRY(check_name(p, node));
	note_use(p->template, node->name);
	return STATUS_FINE;
}

static struct status read_translation(struct parser *p, size_t at, char *from, char *to)
{
	if (from + 1 < to && *from == 'n' && is_space(from[1])) { /* {{_n count; one; many}} */
		char *first = memchr(from, ';', (size_t)(to - from));
		char *second = first ? memchr(first + 1, ';', (size_t)(to - first - 1)) : NULL;
		if (!second) return fault(p, MUSTACHE_EMPTY_TAG, at, NULL);
		struct node *node = add_node(p, NODE_PLURAL, at);
		node->many = own_phrase(second + 1, to);
		node->value = own_phrase(first + 1, second);
		node->name = own_word(from + 1, first);
		note_use(p->template, node->name);
		TRY(check_phrase(p, node, node->value.bytes));
		return check_phrase(p, node, node->many.bytes);
	}
	struct node *node = add_node(p, NODE_TRANSLATE, at);
	node->name = own_phrase(from, to);
	if (node->name.len == 0) return fault(p, MUSTACHE_EMPTY_TAG, at, NULL);
	return check_phrase(p, node, node->name.bytes);
}

static struct status read_delimiters(struct parser *p, size_t at, char *from, char *to)
{
	struct slice both = own_word(from, to);
	size_t first = 0;
	while (first < both.len && !is_space(both.bytes[first])) first++;
	size_t second = first;
	while (second < both.len && is_space(both.bytes[second])) second++;
	size_t rest = both.len - second;
	if (!first || !rest || first >= sizeof p->open || rest >= sizeof p->close || memchr(both.bytes, '=', both.len))
		return fault(p, MUSTACHE_BAD_DELIMITER, at, NULL);
	for (size_t i = second; i < both.len; i++)
		if (is_space(both.bytes[i])) return fault(p, MUSTACHE_BAD_DELIMITER, at, NULL);
	memcpy(p->open, both.bytes, first), p->open_len = first;
	memcpy(p->close, both.bytes + second, rest), p->close_len = rest;
	return STATUS_FINE;
}

static struct status close_section(struct parser *p, size_t at, char *from, char *to)
{
	struct slice name = own_word(from, to);
	if (name.len == 0) return fault(p, MUSTACHE_EMPTY_TAG, at, NULL);
	if (p->depth == 0) return fault(p, MUSTACHE_WRONG_CLOSE, at, name.bytes);
	struct node *open = &p->template->nodes[p->sections[p->depth - 1]];
	const char *equals = memchr(name.bytes, '=', name.len); /* {{/state=queued}} closes {{#state=queued}} too */
	size_t len = open->compared && equals ? (size_t)(equals - name.bytes) : name.len;
	while (len && is_space(name.bytes[len - 1])) len--;
	if (len != open->name.len || memcmp(name.bytes, open->name.bytes, len) != 0)
		return fault(p, MUSTACHE_WRONG_CLOSE, at, name.bytes);
	open->end = p->template->count;
	p->depth--;
	return STATUS_FINE;
}

/* The bounds of the tag's whole lines when it stands alone on them (white space apart), as the specification asks. */
static bool stands_alone(const struct parser *p, size_t tag, size_t after, size_t *line, size_t *next)
{
	const char *s = p->template->source;
	size_t from = tag, to = after;
	while (from > 0 && (s[from - 1] == ' ' || s[from - 1] == '\t')) from--;
	if (from > 0 && s[from - 1] != '\n') return false;
	while (to < p->len && (s[to] == ' ' || s[to] == '\t')) to++;
	if (to < p->len && s[to] == '\r' && to + 1 < p->len && s[to + 1] == '\n') to++;
	if (to < p->len && s[to] != '\n') return false;
	*line = from, *next = to < p->len ? to + 1 : to;
	return true;
}

static char *find(char *from, char *end, const char *what, size_t len)
{
	return from > end ? NULL : memmem(from, (size_t)(end - from), what, len);
}

static struct status parse(struct parser *p)
{
	struct mustache *t = p->template;
	char *source = t->source, *end = source + p->len;
	size_t at = 0;
	for (;;) {
		char *open = find(source + at, end, p->open, p->open_len);
		if (!open) break;
		size_t tag = (size_t)(open - source);
		char *inside = open + p->open_len;
		char kind = inside < end ? *inside : 0;
		char close[sizeof p->close + 1];
		size_t close_len = p->close_len;
		if (kind == '{' || kind == '=') { /* }}} and =}} */
			close[0] = kind == '{' ? '}' : '=';
			memcpy(close + 1, p->close, close_len++);
		} else {
			memcpy(close, p->close, close_len);
		}
		char *from = kind && strchr("#^/!>={&_", kind) ? inside + 1 : inside;
		if (kind == '_' && from < end && !is_space(*from) && *from != 'n') from = inside, kind = 0; /* {{_name}} */
		if (kind == '_' && *from == 'n' && (from + 1 >= end || !is_space(from[1]))) from = inside, kind = 0;
		char *to = find(from, end, close, close_len);
		if (!to) return fault(p, MUSTACHE_UNCLOSED_TAG, tag, NULL);
		if (kind != '!' && to - from > TAG_MAX) return fault(p, MUSTACHE_UNCLOSED_TAG, tag, NULL);
		size_t after = (size_t)(to - source) + close_len;
		if (t->mode == MUSTACHE_USER && kind && strchr(">={&_", kind)) {
			char name[64];
			snprintf(name, sizeof name, "%.*s", (int)(to - inside < 60 ? to - inside : 60), inside);
			return fault(p, MUSTACHE_NOT_ALLOWED, tag, name);
		}

		size_t line = tag, next = after;
		bool alone = kind && strchr("#^/!>=", kind) && stands_alone(p, tag, after, &line, &next);
		add_text(p, at, line);
		at = alone ? next : after;
		bool page = t->mode == MUSTACHE_PAGE;
		switch (kind) {
		case '!':
			if (!alone) add_mark(p, tag);
			break;
		case '=':
			if (!alone) add_mark(p, tag);
			TRY(read_delimiters(p, tag, from, to));
			break;
		case '/':
			if (!alone) add_mark(p, tag);
			TRY(close_section(p, tag, from, to));
			break;
		case '#':
		case '^': {
			if (p->depth == MUSTACHE_DEPTH_MAX) return fault(p, MUSTACHE_TOO_DEEP, tag, NULL);
			p->sections[p->depth++] = t->count;
			struct node *node = add_node(p, kind == '#' ? NODE_SECTION : NODE_INVERTED, tag);
			node->line_start = node->line_start && !alone;
			TRY(read_name(p, node, from, to, page));
			break;
		}
		case '>': {
			struct node *node = add_node(p, NODE_PARTIAL, tag);
			if (alone) node->value = (struct slice){ source + line, tag - line };
			node->line_start = node->line_start && !alone;
			node->name = own_word(from, to);
			if (node->name.len == 0) return fault(p, MUSTACHE_EMPTY_TAG, tag, NULL);
			break;
		}
		case '_': TRY(read_translation(p, tag, from, to)); break;
		case '{':
		case '&': TRY(read_name(p, add_node(p, NODE_RAW, tag), from, to, page)); break;
		default: TRY(read_name(p, add_node(p, NODE_VALUE, tag), from, to, page)); break;
		}
	}
	add_text(p, at, p->len);
	if (p->depth > 0) {
		const struct node *node = &t->nodes[p->sections[p->depth - 1]];
		return fault(p, MUSTACHE_UNCLOSED_SECTION, node->at, node->name.bytes);
	}
	return STATUS_FINE;
}

struct status mustache_compile(const char *source, size_t len, const struct mustache_rules *rules, struct mustache **out)
{
	*out = NULL;
	if (rules && rules->problem) *rules->problem = (struct mustache_problem){ 0 };
	if (len > MUSTACHE_SOURCE_MAX) return trouble("", rules ? rules->problem : NULL, MUSTACHE_TOO_LONG, 0, NULL);
	cleanup_mustache struct mustache *template = xcalloc(1, sizeof *template);
	template->source = xstrndup(source, len);
	template->mode = rules ? rules->mode : MUSTACHE_PAGE;
	struct parser parser = { .template = template, .rules = rules, .original = source, .len = len, .open = "{{", .close = "}}",
	                         .open_len = 2, .close_len = 2 };
	TRY(parse(&parser));
	*out = template;
	template = NULL;
	return STATUS_FINE;
}

void mustache_free(struct mustache *template)
{
	if (!template) return;
	free(template->source);
	free(template->nodes);
	free(template->uses);
	free(template);
}

void mustache_free_at(struct mustache **template)
{
	mustache_free(*template);
}

struct slice mustache_uses(const struct mustache *template, size_t index)
{
	return index < template->use_count ? template->uses[index] : (struct slice){ NULL, 0 };
}

/* --- rendering -------------------------------------------------------------------------------------------------------- */

struct render {
	const struct mustache_options *options;
	struct text *out;
	size_t limit;
	const json_t *stack[STACK_MAX]; /* contexts, the innermost last */
	size_t index[STACK_MAX], count[STACK_MAX]; /* of a list's entry; count 0: no list */
	int depth;
	int nesting;         /* of partials and sections being rendered */
	size_t steps;        /* nodes rendered: lists inside one another multiply */
	struct text indent;  /* of the standalone partials we are in */
	struct text scratch;
	struct mustache_problem problem;
	struct text missing;
};

void mustache_escape(struct text *out, const char *bytes, size_t len)
{
	size_t from = 0;
	for (size_t i = 0; i < len; i++) {
		const char *entity;
		switch (bytes[i]) {
		case '&': entity = "&amp;"; break;
		case '<': entity = "&lt;"; break;
		case '>': entity = "&gt;"; break;
		case '"': entity = "&quot;"; break;
		case '\'': entity = "&#39;"; break;
		default: continue;
		}
		text_add_bytes(out, bytes + from, i - from);
		text_add(out, entity);
		from = i + 1;
	}
	text_add_bytes(out, bytes + from, len - from);
}

static void add_escaped(struct render *r, const char *bytes, size_t len)
{
	if (r->options->medium == MUSTACHE_HTML || r->options->medium == MUSTACHE_MARKUP)
		mustache_escape(r->out, bytes, len);
	else
		text_add_bytes(r->out, bytes, len);
}

static const json_t *look_up(const struct render *r, const char *name, size_t len)
{
	if (len == 1 && *name == '.') return r->depth ? r->stack[r->depth - 1] : NULL;
	const char *dot = memchr(name, '.', len);
	size_t first = dot ? (size_t)(dot - name) : len;
	const json_t *found = NULL;
	for (int i = r->depth - 1; i >= 0 && !found; i--)
		found = json_object_getn(r->stack[i], name, first); /* NULL for what is no object */
	while (found && dot) { /* once the first part is found the rest must be there: no second search */
		const char *part = dot + 1;
		size_t rest = len - (size_t)(part - name);
		dot = memchr(part, '.', rest);
		found = json_object_getn(found, part, dot ? (size_t)(dot - part) : rest);
	}
	return found;
}

static bool holds(const json_t *value)
{
	switch (value ? json_typeof(value) : JSON_NULL) {
	case JSON_NULL:
	case JSON_FALSE: return false;
	case JSON_STRING: return json_string_length(value) > 0;
	case JSON_INTEGER: return json_integer_value(value) != 0;
	case JSON_REAL: return json_real_value(value) != 0;
	case JSON_ARRAY: return json_array_size(value) > 0;
	default: return true;
	}
}

/* The innermost list of the stack; NULL outside lists. */
static const size_t *loop(const struct render *r, size_t *count)
{
	for (int i = r->depth - 1; i >= 0; i--)
		if (r->count[i]) return *count = r->count[i], &r->index[i];
	return NULL;
}

static bool section_holds(const struct render *r, const struct node *node, const json_t *value)
{
	if (node->name.bytes[0] == '@') {
		size_t count = 0;
		const size_t *index = loop(r, &count);
		if (!index) return false;
		if (strcmp(node->name.bytes, "@first") == 0) return *index == 0;
		if (strcmp(node->name.bytes, "@last") == 0) return *index + 1 == count;
		return true;
	}
	if (!node->compared) return holds(value);
	cleanup_text struct text plain = { 0 };
	if (value) filter_plain(value, &plain);
	return slice_equal(node->value, text_cstr(&plain));
}

static const char *currency(const struct render *r)
{
	const json_t *value = look_up(r, "currency", strlen("currency"));
	if (json_is_string(value)) return json_string_value(value);
	return r->options->currency ? r->options->currency : "EUR";
}

static void add_value(struct render *r, const char *name, size_t len, enum filter filter, bool raw)
{
	size_t count = 0;
	text_clear(&r->scratch);
	if (len == 6 && memcmp(name, "@index", 6) == 0) {
		const size_t *index = loop(r, &count);
		if (index) text_addf(r->out, "%zu", *index + 1);
		return;
	}
	const json_t *value = look_up(r, name, len);
	if (filter == FILTER_NONE) {
		if (json_is_string(value)) { /* the usual case, without a copy */
			if (raw)
				text_add_bytes(r->out, json_string_value(value), json_string_length(value));
			else
				add_escaped(r, json_string_value(value), json_string_length(value));
			return;
		}
		if (value) filter_plain(value, &r->scratch);
	} else {
		filter_apply(filter, value, currency(r), r->options, &r->scratch);
		raw = raw || filter == FILTER_JSON;
	}
	if (raw)
		text_add_bytes(r->out, text_cstr(&r->scratch), r->scratch.len);
	else
		add_escaped(r, text_cstr(&r->scratch), r->scratch.len);
}

static void add_phrase(struct render *r, const char *phrase)
{
	size_t from = 0, at = 0, end = 0;
	for (; placeholder(phrase, &at, &end); from = at = end) {
		add_escaped(r, phrase + from, at - from);
		const char *name = phrase + at + 1, *close = phrase + end - 1;
		const char *bar = memchr(name, '|', (size_t)(close - name));
		enum filter filter = bar ? filter_parse(bar + 1, (size_t)(close - bar - 1)) : FILTER_NONE;
		add_value(r, name, (size_t)((bar ? bar : close) - name), filter == FILTER_UNKNOWN ? FILTER_NONE : filter, false);
	}
	add_escaped(r, phrase + from, strlen(phrase + from));
}

/* A value of a user's template: present, one line in a subject, no control characters. */
static void add_user_value(struct render *r, const struct node *node)
{
	if (r->options->blocks) {
		const json_t *block = json_object_getn(r->options->blocks, node->name.bytes, node->name.len);
		if (json_is_string(block) && json_string_length(block)) {
			text_add_bytes(r->out, json_string_value(block), json_string_length(block));
			return;
		}
	}
	const json_t *value = look_up(r, node->name.bytes, node->name.len);
	text_clear(&r->scratch);
	if (value) filter_plain(value, &r->scratch);
	if (r->scratch.len == 0) {
		if (r->missing.len) text_add(&r->missing, ", ");
		text_add_bytes(&r->missing, node->name.bytes, node->name.len);
		return;
	}
	size_t kept = 0;
	for (size_t i = 0; i < r->scratch.len; i++) {
		unsigned char c = (unsigned char)r->scratch.bytes[i];
		if ((c == '\n' || c == '\r') && r->options->medium == MUSTACHE_SUBJECT && !r->problem.trouble) {
			r->problem.trouble = MUSTACHE_LINE_BREAK;
			snprintf(r->problem.name, sizeof r->problem.name, "%s", node->name.bytes);
		}
		if (c >= 0x20 ? c != 0x7f : c == '\n' || c == '\t') r->scratch.bytes[kept++] = (char)c;
	}
	add_escaped(r, r->scratch.bytes, kept);
}

/* Text of the template itself; inside a standalone partial each of its lines is indented. */
static void add_own_text(struct render *r, const struct mustache *t, const struct node *node)
{
	const char *bytes = node->name.bytes;
	size_t len = node->name.len;
	if (t->mode == MUSTACHE_USER) {
		add_escaped(r, bytes, len);
		return;
	}
	if (r->indent.len == 0) {
		text_add_bytes(r->out, bytes, len);
		return;
	}
	for (size_t from = 0; from < len;) {
		const char *feed = memchr(bytes + from, '\n', len - from);
		size_t next = feed ? (size_t)(feed - bytes) + 1 : len;
		if (from > 0 && bytes[from] != '\n') text_add_bytes(r->out, r->indent.bytes, r->indent.len);
		text_add_bytes(r->out, bytes + from, next - from);
		from = next;
	}
}

static struct status render_nodes(struct render *r, const struct mustache *t, size_t from, size_t to);

static struct status render_in(struct render *r, const struct mustache *t, const struct node *node, size_t from,
                               const json_t *context, size_t index, size_t count)
{
	if (r->depth == STACK_MAX) return trouble(t->source, &r->problem, MUSTACHE_TOO_DEEP, node->at, NULL);
	r->stack[r->depth] = context, r->index[r->depth] = index, r->count[r->depth] = count;
	r->depth++;
	struct status status = render_nodes(r, t, from, node->end);
	r->depth--;
	return status;
}

static struct status render_section(struct render *r, const struct mustache *t, size_t at)
{
	const struct node *node = &t->nodes[at];
	const json_t *value = look_up(r, node->name.bytes, node->name.len);
	if (!section_holds(r, node, value)) return STATUS_FINE;
	if (!value || node->compared) return render_nodes(r, t, at + 1, node->end);
	if (!json_is_array(value)) return render_in(r, t, node, at + 1, value, 0, 0);
	size_t count = json_array_size(value);
	for (size_t i = 0; i < count; i++)
		TRY(render_in(r, t, node, at + 1, json_array_get(value, i), i, count));
	return STATUS_FINE;
}

static struct status render_partial(struct render *r, const struct node *node)
{
	const struct mustache *partial = r->options->partial ? r->options->partial(r->options->context, node->name.bytes) : NULL;
	if (!partial) return STATUS_FINE;
	size_t kept = r->indent.len;
	text_add_bytes(&r->indent, node->value.bytes ? node->value.bytes : "", node->value.len);
	struct status status = render_nodes(r, partial, 0, partial->count);
	r->indent.len = kept;
	return status;
}

static struct status render_nodes(struct render *r, const struct mustache *t, size_t from, size_t to)
{
	if (r->nesting == STACK_MAX)
		return trouble(t->source, &r->problem, MUSTACHE_TOO_DEEP, from < t->count ? t->nodes[from].at : 0, NULL);
	r->nesting++;
	struct status status = STATUS_FINE;
	for (size_t i = from; i < to && !status.code; i++) {
		const struct node *node = &t->nodes[i];
		if (++r->steps > (t->mode == MUSTACHE_USER ? USER_STEPS_MAX : PAGE_STEPS_MAX))
			return r->nesting--, trouble(t->source, &r->problem, MUSTACHE_TOO_LONG, node->at, NULL);
		if (node->line_start && r->indent.len && !(node->type == NODE_TEXT && node->name.len && *node->name.bytes == '\n'))
			text_add_bytes(r->out, r->indent.bytes, r->indent.len);
		switch (node->type) {
		case NODE_TEXT: add_own_text(r, t, node); break;
		case NODE_VALUE:
			if (t->mode == MUSTACHE_USER)
				add_user_value(r, node);
			else
				add_value(r, node->name.bytes, node->name.len, node->filter, false);
			break;
		case NODE_RAW: add_value(r, node->name.bytes, node->name.len, node->filter, true); break;
		case NODE_TRANSLATE: add_phrase(r, tr(r->options->lang, node->name.bytes)); break;
		case NODE_PLURAL: {
			const json_t *count = look_up(r, node->name.bytes, node->name.len);
			long number = json_is_number(count) ? (long)json_number_value(count) : 0;
			add_phrase(r, trn(r->options->lang, number, node->value.bytes, node->many.bytes));
			break;
		}
		case NODE_SECTION:
			status = render_section(r, t, i);
			i = node->end - 1;
			break;
		case NODE_INVERTED:
			if (!section_holds(r, node, look_up(r, node->name.bytes, node->name.len)))
				status = render_nodes(r, t, i + 1, node->end);
			i = node->end - 1;
			break;
		case NODE_PARTIAL: status = render_partial(r, node); break;
		}
		if (!status.code && r->out->len > r->limit)
			status = trouble(t->source, &r->problem, MUSTACHE_TOO_LONG, node->at, NULL);
	}
	r->nesting--;
	return status;
}

struct status mustache_render(const struct mustache *template, const json_t *model, const struct mustache_options *options,
                              struct text *out)
{
	struct render render = { .options = options, .out = out, .limit = out->len + MUSTACHE_OUTPUT_MAX, .depth = 1 };
	render.stack[0] = model;
	struct status status = render_nodes(&render, template, 0, template->count);
	if (!status.code && render.missing.len) {
		render.problem.trouble = MUSTACHE_MISSING_VALUE;
		snprintf(render.problem.name, sizeof render.problem.name, "%s", text_cstr(&render.missing));
		status = status_make(STATUS_INVALID, "These values are missing: %s.", render.problem.name);
	} else if (!status.code && render.problem.trouble == MUSTACHE_LINE_BREAK) {
		status = status_make(STATUS_INVALID, "“%s” holds a line break and can't stand in a subject.", render.problem.name);
	}
	if (options->problem) *options->problem = render.problem;
	text_free(&render.indent);
	text_free(&render.scratch);
	text_free(&render.missing);
	return status;
}
