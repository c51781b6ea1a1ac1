/* The number of each item (contract section 3): PieceRef; where that is empty or a placeholder, an invoice number read from the
 * label by the shapes that the file itself uses; else journal and entry number. */
#include "formats/fec_inside.h"

#include "base/memory.h"

#include <string.h>

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* --- placeholders --------------------------------------------------------------------------------------------------- */
struct piece_use {
	uint32_t first_customer, second_customer;
	uint8_t customers; /* 3: or more */
	bool digits;
	bool known;        /* of an invoice or credit note, no placeholder */
};

struct numbering {
	struct fec *fec;
	struct keys pieces;     /* as written */
	struct piece_use *uses; /* by key */
	uint32_t *piece;        /* key by line: finding it again is a walk through cold memory */
	struct keys known;      /* numbers of invoices and credit notes that are not written in capitals, in capitals */
	struct keys shapes;
	struct arena *arena;    /* of known and shapes */
};

static bool has_digit(struct slice text)
{
	for (size_t i = 0; i < text.len; i++)
		if (is_digit(text.bytes[i])) return true;
	return false;
}

/* Words that name no document wherever they stand. What else repeats over customers shows by counting. */
static bool word_for_nothing(struct slice piece)
{
	static const char *const words[] = { "sans", "an", "ran", "ano", "a nouveau", "a nouveaux", "neant", "n a", "na", "nc", "nd", "aucun",
		"aucune", "sans ref", "sans reference", "sans piece", "none", "null", "divers" };
	bool zeros = true;
	for (size_t i = 0; i < piece.len && zeros; i++) zeros = !is_letter(piece.bytes[i]) && (!is_digit(piece.bytes[i]) || piece.bytes[i] == '0');
	if (zeros && piece.len) {
		for (size_t i = 0; i < piece.len; i++)
			if ((unsigned char)piece.bytes[i] >= 0x80) zeros = false;
		if (zeros) return true;
	}
	if (piece.len > 20 || has_digit(piece)) return false; /* none of the words has one */
	cleanup_free char *plain = text_normalise(piece.bytes, piece.len);
	for (size_t i = 0; i < COUNT(words); i++)
		if (strcmp(plain, words[i]) == 0) return true;
	return false;
}

static void count_customers(struct numbering *n, size_t index)
{
	const struct fec_line *line = &n->fec->lines[index];
	uint32_t before = n->pieces.count, key = keys_take(&n->pieces, spot_text(line->piece), 0);
	n->piece[index] = key;
	if (key >= before) {
		if ((key & (key + 1)) == 0 || key == 0) n->uses = xrealloc(n->uses, ((size_t)key + 1) * 2, sizeof *n->uses);
		n->uses[key] = (struct piece_use){ .first_customer = line->customer, .customers = word_for_nothing(spot_text(line->piece)) ? 3 : 1,
			.digits = has_digit(spot_text(line->piece)) };
		return;
	}
	struct piece_use *use = &n->uses[key];
	if (use->customers == 1 && line->customer != use->first_customer)
		use->second_customer = line->customer, use->customers = 2;
	else if (use->customers == 2 && line->customer != use->first_customer && line->customer != use->second_customer)
		use->customers = 3;
}

/* A word ("VIR", "REM CB") that two customers share names no document; a number may be shared by two (an invoice moved to
 * another account), but not by three: then it is a batch, a month, a file page. */
static bool placeholder(const struct numbering *n, size_t line)
{
	const struct piece_use *use = &n->uses[n->piece[line]];
	return spot_empty(n->fec->lines[line].piece) || use->customers >= (use->digits ? 3 : 2);
}

/* --- shapes --------------------------------------------------------------------------------------------------------- */
enum { NUMBER_MAX = 40 };

static struct slice capitals(struct arena *arena, struct slice text)
{
	bool small = false;
	for (size_t i = 0; i < text.len; i++) small |= text.bytes[i] >= 'a' && text.bytes[i] <= 'z';
	if (!small) return text;
	char *out = arena_strndup(arena, text.bytes, text.len);
	for (size_t i = 0; i < text.len; i++)
		if (out[i] >= 'a' && out[i] <= 'z') out[i] = (char)(out[i] - 32);
	return (struct slice){ out, text.len };
}

/* FA25-001 gives FA99-#: letters as they are, each digit a 9, the last run (the counter) of any length where something else
 * makes the number recognisable. Empty: no number that could be found in a sentence. *plain: it has no letters, so that it
 * counts only behind a word such as "facture". */
static struct slice shape_of(struct slice number, char out[static NUMBER_MAX + 1], bool *plain)
{
	size_t letters = 0, digits = 0, runs = 0, len = 0, last_run = 0;
	if (number.len > NUMBER_MAX) return (struct slice){ out, 0 };
	for (size_t i = 0; i < number.len; i++) {
		char c = number.bytes[i];
		if (is_digit(c)) {
			if (i == 0 || !is_digit(number.bytes[i - 1])) runs++, last_run = len;
			out[len++] = '9', digits++;
		} else if (is_letter(c)) {
			out[len++] = (char)(c >= 'a' ? c - 32 : c), letters++;
		} else if (strchr("-/_.#", c) && c) {
			out[len++] = c;
		} else {
			return (struct slice){ out, 0 };
		}
	}
	*plain = letters == 0;
	if (digits < (letters ? 2u : 4u)) return (struct slice){ out, 0 };
	if (letters + 2 * runs >= 4) {
		size_t end = last_run;
		while (end < len && out[end] == '9') end++;
		memmove(out + last_run + 1, out + end, len - end);
		out[last_run] = '#';
		len -= end - last_run - 1;
	}
	return (struct slice){ out, len };
}

static void learn(struct numbering *n, struct slice number)
{
	char buffer[NUMBER_MAX + 1];
	bool plain;
	struct slice shape = shape_of(number, buffer, &plain);
	if (shape.len == 0) return;
	if (keys_find(&n->shapes, shape, plain) == KEYS_NONE)
		keys_take(&n->shapes, (struct slice){ arena_strndup(n->arena, shape.bytes, shape.len), shape.len }, plain);
}

/* --- numbers in labels ---------------------------------------------------------------------------------------------- */
static bool token_char(char c)
{
	return is_digit(c) || is_letter(c) || (c && strchr("-/_.#", c));
}

static bool mark(char c)
{
	return c && strchr("-/_.#", c);
}

/* "facture", "FACT.", "avoir n" … before a number. */
static bool announces(struct slice word)
{
	static const char *const words[] = { "facture", "factures", "fact", "fac", "fra", "avoir", "invoice", "inv", "fature", "credit note" };
	for (size_t i = 0; i < COUNT(words); i++)
		if (slice_equal_fold(word, words[i])) return true;
	return false;
}

static bool connects(struct slice word)
{
	return slice_equal_fold(word, "n") || slice_equal_fold(word, "no") || slice_equal_fold(word, "num") || slice_equal_fold(word, "numero")
	       || slice_equal_fold(word, "client") || slice_equal_fold(word, "ref");
}

static bool known(const struct numbering *n, struct slice capitals)
{
	int64_t key = keys_find(&n->pieces, capitals, 0);
	return (key != KEYS_NONE && n->uses[key].known) || keys_find(&n->known, capitals, 0) != KEYS_NONE;
}

/* The best reading of one token: itself or a part between two marks, longest first ("FACT.FA25-001": FA25-001). */
static bool part_found(const struct numbering *n, struct slice token, bool announced, struct slice *out, int *worth)
{
	enum { PARTS_MAX = 8 };
	size_t starts[PARTS_MAX], ends[PARTS_MAX], start_count = 0, end_count = 0;
	*worth = 0;
	if (token.len > NUMBER_MAX || !has_digit(token)) return false;
	for (size_t i = 0; i < token.len; i++) {
		if (mark(token.bytes[i])) continue;
		if ((i == 0 || mark(token.bytes[i - 1])) && start_count < PARTS_MAX) starts[start_count++] = i;
		if ((i + 1 == token.len || mark(token.bytes[i + 1])) && end_count < PARTS_MAX) ends[end_count++] = i + 1;
	}
	for (size_t s = 0; s < start_count; s++)
		for (size_t e = end_count; e-- > 0 && ends[e] > starts[s];) {
			struct slice part = { token.bytes + starts[s], ends[e] - starts[s] };
			char upper[NUMBER_MAX + 1], buffer[NUMBER_MAX + 1];
			bool plain = false;
			struct slice shape = shape_of(part, buffer, &plain);
			if (shape.len == 0) continue;
			for (size_t i = 0; i < part.len; i++)
				upper[i] = (char)(part.bytes[i] >= 'a' && part.bytes[i] <= 'z' ? part.bytes[i] - 32 : part.bytes[i]);
			int this = 0;
			if (known(n, (struct slice){ upper, part.len }))
				this = 4;
			else if (keys_find(&n->shapes, shape, plain) != KEYS_NONE && (!plain || announced))
				this = 3;
			if (this > *worth || (this && this == *worth && part.len > out->len)) *worth = this, *out = part;
		}
	return *worth > 0;
}

static struct slice label_number(const struct numbering *n, struct slice label)
{
	struct slice best = { label.bytes, 0 };
	int best_worth = 0;
	bool announced = false;
	for (size_t i = 0; i < label.len;) {
		while (i < label.len && !token_char(label.bytes[i])) i++;
		size_t from = i;
		while (i < label.len && token_char(label.bytes[i])) i++;
		struct slice token = { label.bytes + from, i - from };
		while (token.len && mark(token.bytes[0])) token.bytes++, token.len--;
		while (token.len && mark(token.bytes[token.len - 1])) token.len--;
		if (token.len == 0) continue;
		struct slice part = token;
		int worth;
		if (part_found(n, token, announced, &part, &worth) && worth > best_worth) best = part, best_worth = worth;
		/* "Facture 2025/118", of no shape known: behind the word it is a number all the same */
		size_t digits = 0;
		for (size_t j = 0; j < token.len; j++) digits += is_digit(token.bytes[j]);
		if (announced && digits >= 3 && token.len <= NUMBER_MAX && best_worth < 2) best = token, best_worth = 2;
		if (announces(token))
			announced = true;
		else if (!connects(token))
			announced = false;
	}
	return best;
}

/* Files whose PieceRef is a placeholder throughout: a form of token that stands on a fifth of the sales labels, differing from
 * line to line, is their number. */
static void learn_from_labels(struct numbering *n)
{
	struct keys shapes = { 0 }, tokens = { 0 };
	uint32_t *lines = NULL, *distinct = NULL, cap = 0, cap_distinct = 0, sales = 0;
	for (size_t i = 0; i < n->fec->line_count; i++) {
		const struct fec_line *line = &n->fec->lines[i];
		if (line->kind != FEC_INVOICE && line->kind != FEC_CREDIT_NOTE) continue;
		sales++;
		struct slice label = spot_text(line->label);
		for (size_t at = 0; at < label.len;) {
			while (at < label.len && !token_char(label.bytes[at])) at++;
			size_t from = at;
			while (at < label.len && token_char(label.bytes[at])) at++;
			char buffer[NUMBER_MAX + 1];
			bool plain;
			struct slice token = { label.bytes + from, at - from }, shape = shape_of(token, buffer, &plain);
			if (shape.len == 0 || plain) continue;
			uint32_t before = shapes.count;
			int64_t key = keys_find(&shapes, shape, 0);
			if (key == KEYS_NONE)
				key = keys_take(&shapes, (struct slice){ arena_strndup(n->arena, shape.bytes, shape.len), shape.len }, 0);
			if ((uint32_t)key >= before) {
				GROW(lines, before, cap);
				GROW(distinct, before, cap_distinct);
				lines[key] = distinct[key] = 0;
			}
			uint32_t seen = tokens.count;
			lines[key]++;
			distinct[key] += keys_take(&tokens, token, 0) >= seen;
			break; /* the first of each label */
		}
	}
	for (uint32_t key = 0; key < shapes.count; key++)
		if (lines[key] >= 3 && lines[key] >= sales / 5 && distinct[key] * 2 >= lines[key]) keys_take(&n->shapes, keys_text(&shapes, key), 0);
	free(lines);
	free(distinct);
	keys_free(&shapes);
	keys_free(&tokens);
}

/* --- all lines ------------------------------------------------------------------------------------------------------ */
void fec_number(struct fec *fec)
{
	struct numbering *n = xcalloc(1, sizeof *n); /* keys are salted by their address: they stay where they are */
	n->fec = fec, n->arena = arena_new();
	n->piece = xmalloc_large((fec->line_count + 1) * sizeof *n->piece);
	for (size_t i = 0; i < fec->line_count; i++) count_customers(n, i);
	for (size_t i = 0; i < fec->line_count; i++) {
		const struct fec_line *line = &fec->lines[i];
		if ((line->kind != FEC_INVOICE && line->kind != FEC_CREDIT_NOTE) || placeholder(n, i)) continue;
		struct piece_use *use = &n->uses[n->piece[i]];
		if (use->known) continue;
		use->known = true;
		struct slice piece = spot_text(line->piece);
		learn(n, piece);
		struct slice upper = capitals(n->arena, piece);
		if (upper.bytes != piece.bytes) keys_take(&n->known, upper, 0);
	}
	if (n->shapes.count == 0) learn_from_labels(n);
	for (size_t i = 0; i < fec->line_count; i++) {
		struct fec_line *line = &fec->lines[i];
		bool sale = line->kind == FEC_INVOICE || line->kind == FEC_CREDIT_NOTE, none = placeholder(n, i);
		if (none || !sale) line->label_number = spot_of(label_number(n, spot_text(line->label)), fec->arena);
		if (!none) {
			line->number = line->piece, line->number_source = FEC_NUMBER_PIECE;
		} else if (!spot_empty(line->label_number)) {
			line->number = line->label_number, line->number_source = FEC_NUMBER_LABEL;
		} else {
			struct slice journal = fec->journals[line->journal].code, entry = spot_text(line->entry_number);
			char *number = arena_printf(fec->arena, "%.*s-%.*s", SLICE_PRINT(journal), SLICE_PRINT(entry));
			line->number = spot_of(slice_of(number), fec->arena), line->number_source = FEC_NUMBER_ENTRY;
		}
	}
	keys_free(&n->pieces);
	keys_free(&n->known);
	keys_free(&n->shapes);
	free(n->uses), free(n->piece);
	arena_free(n->arena);
	free(n);
}
