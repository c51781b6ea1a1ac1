#include "privacy/mask.h"

#include "base/email.h"
#include "base/memory.h"

#include <ctype.h>
#include <string.h>

enum { WORDS_MOST = 8, WORD = 60 };
static const char hidden[] = "[…]";
static const char *const addressed[] = { "m", "mr", "mme", "mlle", "monsieur", "madame", "mademoiselle", "mrs", "ms", "miss", "me", "maitre" };
/* Parts of names that name nobody alone. */
static const char *const small[] = { "de", "du", "des", "le", "la", "les", "van", "von", "den", "der", "et", "and", "sa", "sas", "sarl", "sasu", "eurl", "sci", "ets", "ste" };

struct needle {
	enum { NAME, LITERAL, CODE, PHONE } kind;
	size_t count;                  /* NAME: its words, normalised */
	char words[WORDS_MOST][WORD];
	bool single;                   /* NAME: one word is enough */
	char text[200];                /* LITERAL in lower case; CODE in capitals; PHONE its last nine digits */
};
struct mask {
	struct needle *needles;
	size_t count, cap;
};

struct mask *mask_new(void) { return xcalloc(1, sizeof(struct mask)); }
void mask_free(struct mask *mask)
{
	if (mask) free(mask->needles);
	free(mask);
}
void mask_free_at(struct mask **mask) { mask_free(*mask); }
bool mask_empty(const struct mask *mask) { return mask->count == 0; }

static struct needle *add(struct mask *mask)
{
	GROW(mask->needles, mask->count, mask->cap);
	mask->needles[mask->count] = (struct needle){ 0 };
	return &mask->needles[mask->count++];
}

static bool one_of(const char *word, const char *const *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(word, list[i]) == 0) return true;
	return false;
}

static void add_name(struct mask *mask, const char *name, bool single)
{
	struct needle needle = { .kind = NAME, .single = single };
	size_t letters = 0;
	cleanup_free char *folded = text_normalise(name ? name : "", name ? strlen(name) : 0);
	char *rest = NULL;
	for (char *word = strtok_r(folded, " ", &rest); word && needle.count < WORDS_MOST; word = strtok_r(NULL, " ", &rest)) {
		if (needle.count == 0 && one_of(word, addressed, COUNT(addressed))) continue;
		snprintf(needle.words[needle.count++], WORD, "%s", word);
		if (!one_of(word, small, COUNT(small))) letters += strlen(word);
	}
	if (letters < 4) return;
	*add(mask) = needle;
}
void mask_name(struct mask *mask, const char *name) { add_name(mask, name, false); }
void mask_whole(struct mask *mask, const char *name) { add_name(mask, name, true); }

void mask_email(struct mask *mask, const char *email)
{
	char folded[160];
	if (!email || !email_fold(email, folded, sizeof folded)) return;
	struct needle *needle = add(mask);
	needle->kind = LITERAL;
	snprintf(needle->text, sizeof needle->text, "%s", folded);
}

void mask_phone(struct mask *mask, const char *phone)
{
	char digits[40];
	size_t len = 0;
	for (const char *c = phone ? phone : ""; *c && len + 1 < sizeof digits; c++)
		if (isdigit((unsigned char)*c)) digits[len++] = *c;
	if (len < 8) return;
	struct needle *needle = add(mask);
	needle->kind = PHONE;
	size_t keep = len > 9 ? 9 : len; /* +33 6 …, 06 …: the same nine */
	memcpy(needle->text, digits + len - keep, keep);
}

void mask_code(struct mask *mask, const char *code)
{
	char folded[64];
	size_t len = 0;
	for (const char *c = code ? code : ""; *c && len + 1 < sizeof folded; c++)
		if (isalnum((unsigned char)*c)) folded[len++] = (char)toupper((unsigned char)*c);
	if (len < 8) return;
	folded[len] = 0;
	struct needle *needle = add(mask);
	needle->kind = CODE;
	snprintf(needle->text, sizeof needle->text, "%s", folded);
}

/* --- words of a text -------------------------------------------------------------------------------------------------------------- */
struct word {
	size_t start, end;
	char folded[WORD];
};

static bool of_word(unsigned char c) { return isalnum(c) || c >= 0x80; }

/* Letters, digits and everything beyond ASCII but the spaces, quotes and dashes of typographers. */
static size_t word_end(const char *text, size_t at)
{
	while (of_word((unsigned char)text[at])) {
		unsigned char c = (unsigned char)text[at];
		if (c == 0xC2 && ((unsigned char)text[at + 1] == 0xA0 || (unsigned char)text[at + 1] == 0xAB || (unsigned char)text[at + 1] == 0xBB)) break;
		if (c == 0xE2 && (unsigned char)text[at + 1] == 0x80) break;
		at++;
	}
	return at;
}

/* "n" of a line's end in JSON as it is stored: no letter of a word. */
static bool escaped(const char *text, size_t at)
{
	return at && text[at - 1] == '\\' && strchr("nrt", text[at]) && text[at];
}

static size_t read_words(const char *text, struct word **out)
{
	size_t count = 0, cap = 0;
	struct word *words = NULL;
	for (size_t at = 0; text[at];) {
		size_t end = word_end(text, at);
		if (end == at) {
			at += text[at] == '\\' && text[at + 1] && escaped(text, at + 1) ? 2 : 1;
			continue;
		}
		GROW(words, count, cap);
		cleanup_free char *folded = text_normalise(text + at, end - at);
		words[count] = (struct word){ .start = at, .end = end };
		snprintf(words[count++].folded, WORD, "%s", folded);
		at = end;
	}
	*out = words;
	return count;
}

/* Only what may stand between two words of one name: a space, a hyphen, an apostrophe, a comma, a line's end. */
static bool close_by(const char *text, size_t from, size_t to)
{
	if (to - from > 3) return false;
	for (size_t i = from; i < to; i++)
		if ((unsigned char)text[i] < 0x80 && !strchr(" -',\t\n\r", text[i])) return false;
	return true;
}

static bool follows(const struct needle *needle, size_t first, size_t len, const char *text, const struct word *words, size_t count, size_t at)
{
	if (at + len > count) return false;
	for (size_t i = 0; i < len; i++) {
		if (strcmp(needle->words[(first + i) % needle->count], words[at + i].folded) != 0) return false;
		if (i && !close_by(text, words[at + i - 1].end, words[at + i].start)) return false;
	}
	return true;
}

/* How many words from `at` on are this name; 0: none. */
static size_t name_at(const struct needle *needle, const char *text, const struct word *words, size_t count, size_t at)
{
	if (needle->count > 1 || needle->single)
		for (size_t turn = 0; turn < needle->count; turn++) /* "Anne Martin", "Martin Anne" */
			if (follows(needle, turn, needle->count, text, words, count, at)) return needle->count;
	if (at && one_of(words[at - 1].folded, addressed, COUNT(addressed)) && words[at].start - words[at - 1].end <= 3) {
		if (needle->count == 1) return follows(needle, 0, 1, text, words, count, at);
		const char *last = needle->words[needle->count - 1], *first = needle->words[0];
		if (strcmp(last, words[at].folded) == 0 && strlen(last) > 1) return 1;
		if (strcmp(first, words[at].folded) == 0 && strlen(first) > 1) return 1;
	}
	return 0;
}

struct span {
	size_t from, to;
};
struct spans {
	struct span *list;
	size_t count, cap;
};
static void note(struct spans *spans, size_t from, size_t to)
{
	GROW(spans->list, spans->count, spans->cap);
	spans->list[spans->count++] = (struct span){ from, to };
}

/* Whether an address goes on before or after: "anne@ex.fr" is not in "marie-anne@ex.fr" nor in "anne@ex.fr.example". */
static bool goes_on(const char *text, size_t from, size_t to)
{
	if (from && isalnum((unsigned char)text[from - 1])) return !escaped(text, from - 1);
	if (from > 1 && strchr("._%+-", text[from - 1]) && isalnum((unsigned char)text[from - 2])) return true;
	if (isalnum((unsigned char)text[to])) return true;
	return (text[to] == '-' && isalnum((unsigned char)text[to + 1])) || (text[to] == '.' && (islower((unsigned char)text[to + 1]) || isdigit((unsigned char)text[to + 1])));
}

static void find_literal(const char *needle, const char *text, struct spans *spans)
{
	size_t len = strlen(needle);
	for (const char *at = text; (at = strcasestr(at, needle)) != NULL;) {
		size_t from = (size_t)(at - text);
		bool his = !goes_on(text, from, from + len);
		if (his) note(spans, from, from + len);
		at += his ? len : 1;
	}
}

/* Characters of the code with nothing but spaces, points and hyphens between them; a telephone number's country or zero before it goes
 * along. */
static void find_code(const struct needle *needle, const char *text, struct spans *spans)
{
	size_t len = strlen(needle->text);
	for (size_t start = 0; text[start]; start++) {
		if (toupper((unsigned char)text[start]) != needle->text[0]) continue;
		size_t at = start, done = 0;
		while (text[at] && done < len) {
			if (toupper((unsigned char)text[at]) == needle->text[done]) done++, at++;
			else if (done && strchr(" .-/", text[at])) at++;
			else if (done && (unsigned char)text[at] == 0xC2 && (unsigned char)text[at + 1] == 0xA0) at += 2;
			else break;
		}
		if (done < len || (needle->kind == PHONE && isdigit((unsigned char)text[at]))) continue;
		if (needle->kind == CODE && ((start && isalnum((unsigned char)text[start - 1])) || isalnum((unsigned char)text[at]))) continue;
		size_t from = start;
		if (needle->kind == PHONE)
			while (from && (isdigit((unsigned char)text[from - 1]) || strchr(" .-+()", text[from - 1])) && start - from < 7) from--;
		while (from < start && strchr(" .-)", text[from])) from++;
		note(spans, from, at);
		start = at - 1;
	}
}

static int by_start(const void *a, const void *b)
{
	const struct span *x = a, *y = b;
	return x->from != y->from ? (x->from > y->from) - (x->from < y->from) : (x->to < y->to) - (x->to > y->to);
}

bool mask_text(const struct mask *mask, const char *text, struct text *out)
{
	struct spans spans = { 0 };
	struct word *words = NULL;
	size_t count = 0;
	bool read = false;
	for (size_t n = 0; n < mask->count; n++) {
		const struct needle *needle = &mask->needles[n];
		if (needle->kind == LITERAL) find_literal(needle->text, text, &spans);
		else if (needle->kind != NAME) find_code(needle, text, &spans);
		else {
			if (!read) count = read_words(text, &words), read = true;
			for (size_t at = 0; at < count;) {
				size_t found = name_at(needle, text, words, count, at);
				if (found) note(&spans, words[at].start, words[at + found - 1].end);
				at += found ? found : 1;
			}
		}
	}
	free(words);
	bool any = spans.count > 0;
	if (any && out) {
		qsort(spans.list, spans.count, sizeof *spans.list, by_start);
		size_t done = 0;
		for (size_t i = 0; i < spans.count; i++) {
			if (spans.list[i].to <= done) continue;
			if (spans.list[i].from >= done) {
				text_add_bytes(out, text + done, spans.list[i].from - done);
				text_add(out, hidden);
			}
			done = spans.list[i].to;
		}
		text_add(out, text + done);
	}
	free(spans.list);
	return any;
}
