/* HTML as text. No tree is built: one pass over tags, which is all that hostile or broken markup deserves. */
#include "formats/mail.h"

#include "base/memory.h"

#include <ctype.h>
#include <string.h>

enum { DEPTH_MAX = 20 };

struct page {
	struct text *out;
	size_t max, start;
	int breaks;   /* line ends owed before the next word */
	bool space;   /* a space owed */
	int quote;    /* blockquotes around */
	bool fresh;   /* at a line's beginning */
};

static void begin_line(struct page *page)
{
	for (int i = 0; i < page->quote; i++) text_add(page->out, "> ");
	page->fresh = false;
}

static void add(struct page *page, const char *bytes, size_t len)
{
	if (page->out->len - page->start + len + DEPTH_MAX * 2 + 4 > page->max) return;
	if (page->out->len == page->start) page->breaks = 0, page->fresh = true;
	for (; page->breaks > 0; page->breaks--) text_add_char(page->out, '\n'), page->fresh = true, page->space = false;
	if (page->fresh) begin_line(page);
	else if (page->space) text_add_char(page->out, ' ');
	page->space = false;
	text_add_bytes(page->out, bytes, len);
}

static void owe(struct page *page, int breaks)
{
	if (page->breaks < breaks) page->breaks = breaks;
	page->space = false;
}

static const struct {
	const char *name;
	uint32_t code;
} entities[] = {
	{ "amp", '&' }, { "lt", '<' }, { "gt", '>' }, { "quot", '"' }, { "apos", '\'' }, { "nbsp", ' ' }, { "euro", 0x20ac }, { "eacute", 0xe9 }, { "egrave", 0xe8 },
	{ "agrave", 0xe0 }, { "acirc", 0xe2 }, { "ecirc", 0xea }, { "icirc", 0xee }, { "ocirc", 0xf4 }, { "ucirc", 0xfb }, { "ugrave", 0xf9 }, { "ccedil", 0xe7 },
	{ "iuml", 0xef }, { "euml", 0xeb }, { "Eacute", 0xc9 }, { "Egrave", 0xc8 }, { "Agrave", 0xc0 }, { "Ccedil", 0xc7 }, { "rsquo", 0x2019 }, { "lsquo", 0x2018 },
	{ "ldquo", 0x201c }, { "rdquo", 0x201d }, { "laquo", 0xab }, { "raquo", 0xbb }, { "hellip", 0x2026 }, { "ndash", 0x2013 }, { "mdash", 0x2014 }, { "deg", 0xb0 },
	{ "oelig", 0x153 }, { "copy", 0xa9 }, { "uuml", 0xfc }, { "ouml", 0xf6 }, { "auml", 0xe4 }, { "szlig", 0xdf },
};

/* The character an entity stands for, and how long it is; 0 when it is none. */
static size_t entity(const char *at, size_t len, uint32_t *code)
{
	const char *end = memchr(at, ';', len < 12 ? len : 12);
	if (!end || end == at + 1) return 0;
	size_t size = (size_t)(end - at) + 1, name = size - 2;
	*code = 0;
	if (at[1] == '#') {
		bool hex = size > 4 && (at[2] | 0x20) == 'x';
		for (const char *p = at + (hex ? 3 : 2); p < end; p++) {
			int digit = isdigit((unsigned char)*p) ? *p - '0' : hex && isxdigit((unsigned char)*p) ? (*p | 0x20) - 'a' + 10 : -1;
			if (digit < 0 || *code > 0x10ffff) return 0;
			*code = *code * (hex ? 16u : 10u) + (uint32_t)digit;
		}
		if (*code == 0xa0) *code = ' ';
		return *code >= 0x20 && *code <= 0x10ffff && (*code < 0xd800 || *code > 0xdfff) && (*code < 0x7f || *code > 0x9f) ? size : 0;
	}
	for (size_t i = 0; i < COUNT(entities); i++)
		if (strlen(entities[i].name) == name && memcmp(entities[i].name, at + 1, name) == 0) return *code = entities[i].code, size;
	return 0;
}

static bool named(const char *name, size_t len, const char *const *names, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (strlen(names[i]) == len && strncasecmp(names[i], name, len) == 0) return true;
	return false;
}

/* Past what a tag's end tag closes: script, style, head, title. */
static const char *skip_element(const char *at, const char *end, const char *name, size_t len)
{
	for (const char *p = at; p + len + 2 < end; p++)
		if (p[0] == '<' && p[1] == '/' && strncasecmp(p + 2, name, len) == 0) {
			const char *close = memchr(p, '>', (size_t)(end - p));
			return close ? close + 1 : end;
		}
	return end;
}

static bool mentions(const char *tag, size_t len, const char *part)
{
	size_t size = strlen(part);
	for (size_t i = 0; i + size <= len; i++)
		if (strncasecmp(tag + i, part, size) == 0) return true;
	return false;
}

/* Reads one tag; returns where the text goes on. */
static const char *tag(struct page *page, const char *at, const char *end)
{
	static const char *const skipped[] = { "script", "style", "head", "title", "template" };
	static const char *const lines[] = { "br", "div", "tr", "li", "hr", "table", "dt", "dd", "section", "article", "header", "footer" };
	static const char *const paragraphs[] = { "p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "blockquote", "pre" };
	if (end - at >= 4 && memcmp(at, "<!--", 4) == 0) {
		for (const char *p = at + 4; p + 2 < end; p++)
			if (memcmp(p, "-->", 3) == 0) return p + 3;
		return end;
	}
	const char *close = at + 1;
	char inside = 0;
	for (; close < end && (inside || *close != '>'); close++)
		if (inside ? *close == inside : *close == '"' || *close == '\'') inside = inside ? 0 : *close;
	if (close >= end) { /* a quote that never ends: to the next ">" */
		close = memchr(at, '>', (size_t)(end - at));
		if (!close) return end;
	}
	const char *name = at + 1;
	bool ending = *name == '/';
	name += ending;
	size_t len = 0;
	while (name + len < close && isalnum((unsigned char)name[len])) len++;
	size_t tag_len = (size_t)(close - at);
	if (!ending && named(name, len, skipped, COUNT(skipped))) return skip_element(close + 1, end, name, len);
	if (len == 10 && strncasecmp(name, "blockquote", 10) == 0) {
		owe(page, 2);
		if (!ending && page->quote < DEPTH_MAX) page->quote++;
		if (ending && page->quote > 0) page->quote--;
	} else if (named(name, len, paragraphs, COUNT(paragraphs))) {
		owe(page, 2);
	} else if (named(name, len, lines, COUNT(lines))) {
		bool line = len == 2 && strncasecmp(name, "br", 2) == 0;
		if (line && page->breaks < 3) page->breaks++, page->space = false;
		else if (!line) owe(page, 1);
		if (!ending && len == 2 && strncasecmp(name, "li", 2) == 0) add(page, "-", 1), page->space = true;
	} else if (len == 2 && (strncasecmp(name, "td", 2) == 0 || strncasecmp(name, "th", 2) == 0)) {
		page->space = true;
	}
	/* where Outlook on the web puts what it quotes, without saying so in words */
	if (!ending && (mentions(at, tag_len, "divRplyFwdMsg") || mentions(at, tag_len, "id=\"appendonsend\""))) {
		owe(page, 1);
		if (mentions(at, tag_len, "divRplyFwdMsg")) add(page, "________________________________", 32), owe(page, 1);
	}
	return close + 1;
}

void mail_html_text(const char *html, size_t len, size_t max, struct text *out)
{
	struct page page = { .out = out, .max = max, .start = out->len, .fresh = true };
	const char *end = html + len;
	for (const char *p = html; p < end;) {
		if (*p == '<' && p + 1 < end && (isalpha((unsigned char)p[1]) || p[1] == '/' || p[1] == '!' || p[1] == '?')) {
			p = tag(&page, p, end);
		} else if (isspace((unsigned char)*p)) {
			page.space = !page.fresh && !page.breaks, p++;
		} else if (*p == '&') {
			uint32_t code = 0;
			size_t size = entity(p, (size_t)(end - p), &code);
			if (size && code == ' ') {
				page.space = !page.fresh && !page.breaks;
			} else if (size) {
				cleanup_text struct text one = { 0 };
				text_add_utf8(&one, code);
				add(&page, one.bytes, one.len);
			} else {
				add(&page, "&", 1);
			}
			p += size ? size : 1;
		} else {
			const char *from = p;
			while (p < end && *p != '<' && *p != '&' && !isspace((unsigned char)*p)) p++;
			if (p == from) p++;
			add(&page, from, (size_t)(p - from));
		}
	}
}
