#include "formats/table.h"

#include "base/memory.h"

#include <string.h>
#if defined __SSE2__
#include <emmintrin.h>
#endif

void table_open(struct table *table, const char *bytes, size_t len, struct table_dialect dialect)
{
	while (len && bytes[len - 1] == 0x1A) len--;
	/* cells[] is 8 KB and needs no clearing */
	table->count = 0, table->line = 0, table->blank = false;
	table->begin = table->at = bytes, table->end = bytes + len;
	table->next_line = 1;
	table->dialect = dialect;
	table->scratch = NULL, table->scratch_cap = table->scratch_used = 0;
}

void table_close(struct table *table)
{
	free(table->scratch);
	table->scratch = NULL;
}

struct slice table_cell(const struct table *table, int column)
{
	if (column < 0 || (size_t)column >= table->count) return (struct slice){ "", 0 };
	return table->cells[column];
}

/* End of the physical line at `at`; *next is behind its line end. */
static const char *line_end(const struct table *table, const char *at, const char **next)
{
	const char *end = memchr(at, table->dialect.cr_lines ? '\r' : '\n', (size_t)(table->end - at));
	if (!end) return *next = table->end, table->end;
	*next = end + 1;
	return end;
}

static bool add(struct table *table, const char *bytes, size_t len)
{
	if (table->count == TABLE_COLUMNS_MAX) return false;
	table->cells[table->count++] = (struct slice){ bytes, len };
	return true;
}

/* A line without any quote. */
static enum table_step split_plain(struct table *table, const char *at, const char *end)
{
	char separator = table->dialect.separator;
#if defined __SSE2__
	/* cells are short: sixteen bytes at a time find two or three ends, where a call for each would look at ten bytes */
	const __m128i wanted = _mm_set1_epi8(separator);
	for (const char *block = at; separator && block < end && table->end - block >= 16; block += 16) {
		unsigned found = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(_mm_loadu_si128((const __m128i *)block), wanted));
		if (end - block < 16) found &= (1u << (end - block)) - 1;
		for (; found; found &= found - 1) {
			const char *stop = block + __builtin_ctz(found);
			if (!add(table, at, (size_t)(stop - at))) return TABLE_TOO_WIDE;
			at = stop + 1;
		}
	}
#endif
	while (separator) {
		const char *stop = memchr(at, separator, (size_t)(end - at));
		if (!stop) break;
		if (!add(table, at, (size_t)(stop - at))) return TABLE_TOO_WIDE;
		at = stop + 1;
	}
	return add(table, at, (size_t)(end - at)) ? TABLE_ROW : TABLE_TOO_WIDE;
}

/* The quote that closes the cell opened just before `at`: not doubled, with only spaces up to a separator or the line's end
 * behind it. NULL when there is none before `limit`; *doubled counts pairs on the way. `line`: end of the cell's first line. */
static const char *closing_quote(const struct table *table, const char *at, const char *limit, size_t *doubled,
                                 const char *line)
{
	*doubled = 0;
	while (at < limit) {
		const char *quote = memchr(at, '"', (size_t)(limit - at));
		if (!quote) return NULL;
		const char *behind = quote + 1;
		if (behind < limit && *behind == '"') {
			++*doubled;
			at = behind + 1;
			continue;
		}
		while (behind < limit && *behind == ' ') behind++;
		if (behind >= limit || *behind == '\n' || *behind == '\r' || (table->dialect.separator && *behind == table->dialect.separator)) return quote;
		if (behind > line) return NULL; /* beyond its own line a cell must be written by the book */
		at = quote + 1;                 /* a stray one inside the cell */
	}
	return NULL;
}

/* Takes the cell between `from` and `to`, pairs of quotes made one. */
static bool add_quoted(struct table *table, const char *from, const char *to, size_t doubled)
{
	if (doubled == 0) return add(table, from, (size_t)(to - from));
	/* The room was made before the row began (a row's cells point into it): a quoted text never grows. */
	char *out = table->scratch + table->scratch_used;
	size_t len = 0;
	for (const char *at = from; at < to; at++) {
		out[len++] = *at;
		if (*at == '"' && at + 1 < to && at[1] == '"') at++;
	}
	table->scratch_used += len;
	return add(table, out, len);
}

/* A row with quotes, from `at`; `end` is where its first line ends. With `literal`, quotes that stay open on this line are
 * characters. *next is behind the row, *lines counts the physical lines it took. */
static enum table_step split_quoted(struct table *table, const char *at, const char *end, const char **next, int64_t *lines,
                                    bool literal)
{
	char separator = table->dialect.separator;
	table->count = 0, table->scratch_used = 0, *lines = 1;
	const char *begin = at;
	for (;;) {
		const char *quote = at;
		while (quote < end && *quote == ' ' && separator != ' ') quote++;
		const char *stop = NULL;
		if (quote < end && *quote == '"') {
			size_t doubled;
			const char *line = end, *close = closing_quote(table, quote + 1, end, &doubled, line);
			while (!close && !literal && *next < table->end && *lines < TABLE_CELL_LINES_MAX && *next - begin < TABLE_LINE_MAX) {
				end = line_end(table, *next, next);
				++*lines;
				close = closing_quote(table, quote + 1, end, &doubled, line);
			}
			if (!close && !literal) return TABLE_END; /* the caller reads the first line alone */
			if (close) {
				if (!add_quoted(table, quote + 1, close, doubled)) return TABLE_TOO_WIDE;
				stop = close + 1;
				while (stop < end && *stop != separator) stop++;
			}
		}
		if (!stop) {
			stop = separator ? memchr(at, separator, (size_t)(end - at)) : NULL;
			if (!stop) stop = end;
			if (!add(table, at, (size_t)(stop - at))) return TABLE_TOO_WIDE;
		}
		if (stop >= end) return TABLE_ROW;
		at = stop + 1;
	}
}

static void make_room(struct table *table, size_t len)
{
	if (table->scratch_cap >= len) return;
	table->scratch_cap = len < 4096 ? 4096 : len;
	table->scratch = xrealloc(table->scratch, table->scratch_cap, 1);
}

enum table_step table_next(struct table *table)
{
	table->count = 0;
	if (table->at >= table->end) return TABLE_END;
	const char *next, *at = table->at, *end = line_end(table, at, &next);
	table->line = table->next_line;
	if (end - at > TABLE_LINE_MAX) return TABLE_TOO_LONG;
	while (end > at && end[-1] == '\r') end--;
	int64_t lines = 1;
	enum table_step step;
	if (!memchr(at, '"', (size_t)(end - at))) {
		step = split_plain(table, at, end);
	} else {
		size_t left = (size_t)(table->end - at);
		make_room(table, left < 2 * TABLE_LINE_MAX ? left : 2 * TABLE_LINE_MAX);
		const char *first_next = next;
		step = split_quoted(table, at, end, &next, &lines, table->dialect.one_line);
		/* A quote that runs on must leave the row as wide as the others; else it was a character of its line. */
		bool wide = table->dialect.columns == 0 || (int)table->count == table->dialect.columns;
		if (step == TABLE_END || (lines > 1 && !wide) || (lines > 1 && step != TABLE_ROW)) {
			next = first_next, lines = 1;
			step = split_quoted(table, at, end, &next, &lines, true);
		}
	}
	if (step != TABLE_ROW) return step;
	table->blank = true;
	for (size_t i = 0; i < table->count && table->blank; i++)
		for (size_t j = 0; j < table->cells[i].len && table->blank; j++)
			table->blank = table->cells[i].bytes[j] == ' ' || table->cells[i].bytes[j] == '\t' || table->cells[i].bytes[j] == '\r';
	table->at = next;
	table->next_line += lines;
	return TABLE_ROW;
}

/* --- sniffing ------------------------------------------------------------------------------------------------------- */
enum { SNIFF_LINES = 50 };

/* How well a separator explains the first lines: rows that have the most frequent width, and that width. */
static int explain(const char *bytes, size_t len, struct table_dialect dialect, int *columns)
{
	int widths[SNIFF_LINES], rows = 0, best = 0;
	struct table table;
	table_open(&table, bytes, len, dialect);
	while (rows < SNIFF_LINES && table_next(&table) == TABLE_ROW)
		if (!table.blank) widths[rows++] = (int)table.count;
	table_close(&table);
	*columns = 1;
	for (int i = 0; i < rows; i++) {
		int same = 0;
		for (int j = 0; j < rows; j++) same += widths[j] == widths[i];
		if (widths[i] > 1 && (same > best || (same == best && widths[i] > *columns))) best = same, *columns = widths[i];
	}
	/* A comma in each amount is regular too, but it is not in the line that names the columns. */
	return rows ? best * 1000 / rows / (widths[0] > 1 ? 1 : 2) : 0;
}

struct table_dialect table_sniff(const char *bytes, size_t len)
{
	struct table_dialect found = { 0 };
	size_t sample = len < 1 << 16 ? len : 1 << 16;
	const char *cr = memchr(bytes, '\r', sample);
	found.cr_lines = cr && !memchr(bytes, '\n', sample);
	static const char candidates[] = { '\t', '|', ';', ',' };
	int best = 0;
	for (size_t i = 0; i < sizeof candidates; i++) {
		struct table_dialect candidate = { .separator = candidates[i], .cr_lines = found.cr_lines };
		int columns, score = explain(bytes, len, candidate, &columns);
		/* equally regular: the earlier candidate, unless a later one cuts far finer (a lone tab in every label) */
		if (score > best || (score > 0 && score == best && columns > 2 * found.columns))
			best = score, found.separator = candidate.separator, found.columns = columns;
	}
	return found;
}
