/* Which lines of a bank's file are known already. */
#include "cash/bank_inside.h"

#include "base/memory.h"
#include "base/text.h"

#include <ctype.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

const char *bank_told_by(const struct bank_line *line)
{
	return *line->text ? line->text : line->label;
}

struct status bank_known_load(struct comparing *c)
{
	size_t cap = 0;
	int32_t from = INT32_MAX, to = INT32_MIN;
	for (size_t i = 0; i < c->news->line_count; i++) {
		int32_t day = c->news->lines[i].line->booking_day;
		if (day < from) from = day;
		if (day > to) to = day;
	}
	if (from > to) return STATUS_FINE;
	cleanup_rows struct rows *rows = db_query(c->db,
		"SELECT l.id, l.account_id, l.amount, l.booking_day, l.occurrence, l.bank_reference, l.text, l.label, l.currency, l.present,"
		" l.pending, i.format, l.advice, l.end_to_end, l.import_id, l.batch, l.lump_id, l.state, l.payer_iban, l.payer, CASE WHEN EXISTS (SELECT 1"
		" FROM bank_line d WHERE d.tenant_id = l.tenant_id AND d.company_id = l.company_id AND d.lump_id = l.id AND d.present = 1) THEN 1 ELSE 0 END, l.reason, l.told"
		" FROM bank_line l JOIN import i ON i.tenant_id = l.tenant_id AND i.company_id = l.company_id AND i.id = l.import_id WHERE l.tenant_id = $tenant AND l.company_id = $company AND l.booking_day >= $from"
		" AND l.booking_day <= $to ORDER BY l.account_id, l.booking_day, l.amount, l.id",
		DB_ARGS(OF_COMPANY(c), db_day("from", from - BANK_ADVICE_DAYS), db_day("to", to + BANK_ADVICE_DAYS)));
	while (rows_next(rows)) {
		if (c->known_count == cap) {
			cap = cap ? cap * 2 : 64;
			struct known_line *bigger = arena_array(c->arena, struct known_line, cap);
			if (c->known_count) memcpy(bigger, c->known, c->known_count * sizeof *bigger);
			c->known = bigger;
		}
		struct known_line *line = &c->known[c->known_count++];
		*line = (struct known_line){
			.id = row_int(rows, 0), .account_id = row_int(rows, 1), .amount = row_int(rows, 2), .day = row_day(rows, 3),
			.occurrence = row_int(rows, 4), .reference = arena_strdup(c->arena, row_text(rows, 5)),
			.text = arena_strdup(c->arena, row_text(rows, 6)[0] ? row_text(rows, 6) : row_text(rows, 7)), .present = row_int(rows, 9),
			.pending = row_int(rows, 10), .format = arena_strdup(c->arena, row_text(rows, 11)), .advice = row_int(rows, 12),
			.end_to_end = arena_strdup(c->arena, row_text(rows, 13)), .import_id = row_int(rows, 14), .batch = row_int(rows, 15),
			.lump_id = row_int(rows, 16), .open = strcmp(row_text(rows, 17), "open") == 0 || strcmp(row_text(rows, 21), "outgoing") == 0,
			.payer_iban = arena_strdup(c->arena, row_text(rows, 18)), .payer = arena_strdup(c->arena, row_text(rows, 19)), .detailed = row_int(rows, 20) != 0,
		};
		snprintf(line->currency, sizeof line->currency, "%s", row_text(rows, 8));
		size_t told_len = 0;
		const void *told = row_blob(rows, 22, &told_len);
		if (told_len == BANK_TOLD) line->told = (const unsigned char *)arena_strndup(c->arena, told, told_len);
	}
	return rows_status(rows);
}

/* The known lines of an account, day and amount. */
struct known_line *bank_alike(struct comparing *c, const struct bank_news_line *line, size_t *count)
{
	size_t low = 0, high = c->known_count;
	int64_t account = c->accounts[line->account].id;
	*count = 0;
	if (!account) return NULL;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct known_line *k = &c->known[middle];
		bool before = k->account_id != account           ? k->account_id < account
		              : k->day != line->line->booking_day ? k->day < line->line->booking_day
		                                                  : k->amount < line->line->amount;
		if (before)
			low = middle + 1;
		else
			high = middle;
	}
	for (size_t i = low; i < c->known_count && c->known[i].account_id == account && c->known[i].day == line->line->booking_day
	                     && c->known[i].amount == line->line->amount; i++)
		(*count)++;
	return c->known_count ? c->known + low : NULL;
}

static void meet(struct bank_news_line *line, struct known_line *known)
{
	known->taken = true;
	line->id = known->id, line->revive = !known->present && !known->detailed;
}

/* Banks cut and respace their texts from one format to the next: letters and digits only. */
bool bank_same_text(const char *a, const char *b)
{
	while (true) {
		while (*a && !isalnum((unsigned char)*a) && (unsigned char)*a < 0x80) a++;
		while (*b && !isalnum((unsigned char)*b) && (unsigned char)*b < 0x80) b++;
		if (!*a || !*b) return !*a && !*b;
		if (toupper((unsigned char)*a++) != toupper((unsigned char)*b++)) return false;
	}
}

void bank_told(const char *text, const unsigned char salt[static BANK_TOLD_SALT], unsigned char out[static BANK_TOLD])
{
	cleanup_text struct text folded = { 0 };
	for (; *text; text++)
		if (isalnum((unsigned char)*text) || (unsigned char)*text >= 0x80) text_add_char(&folded, (char)toupper((unsigned char)*text));
	memmove(out, salt, BANK_TOLD_SALT);
	crypto_generichash(out + BANK_TOLD_SALT, BANK_TOLD - BANK_TOLD_SALT, (const unsigned char *)text_cstr(&folded), folded.len, out, BANK_TOLD_SALT);
}

bool bank_said(const struct known_line *known, const char *text)
{
	if (!known->told) return bank_same_text(known->text, text);
	unsigned char told[BANK_TOLD];
	bank_told(text, known->told, told);
	return memcmp(told, known->told, BANK_TOLD) == 0;
}

static int compare_news(const void *a, const void *b)
{
	const struct bank_news_line *x = *(struct bank_news_line *const *)a, *y = *(struct bank_news_line *const *)b;
	if (x->account != y->account) return x->account < y->account ? -1 : 1;
	if (x->line->booking_day != y->line->booking_day) return x->line->booking_day < y->line->booking_day ? -1 : 1;
	if (x->line->amount != y->line->amount) return x->line->amount < y->line->amount ? -1 : 1;
	return (x > y) - (x < y);
}

/* Lines of the file of one account, day and amount, in their order. */
static void chain_alike(const struct comparing *c)
{
	size_t count = c->news->line_count;
	struct bank_news_line **order = arena_array(c->arena, struct bank_news_line *, count + 1);
	for (size_t i = 0; i < count; i++) order[i] = &c->news->lines[i];
	qsort(order, count, sizeof *order, compare_news);
	for (size_t i = 0; i < count; i++) {
		bool same = i > 0 && order[i]->account == order[i - 1]->account && order[i]->line->amount == order[i - 1]->line->amount
		            && order[i]->line->booking_day == order[i - 1]->line->booking_day;
		order[i]->first_alike = same ? order[i - 1]->first_alike : order[i];
		if (same) order[i - 1]->next_alike = order[i];
	}
}

enum meeting { BY_REFERENCE, BY_TEXT, BY_FORMAT };

/* What an advice announces, a statement books about that day, under an account that the advice may not name. An advice of what is
 * booked already is known; a return that was announced is known when it is booked. Money in that was only announced gives way to
 * its booking: it is shown no longer once the bank has told that day (list.c). */
static void meet_advices(struct comparing *c)
{
	bool any = false;
	for (size_t k = 0; k < c->known_count && !any; k++) any = c->known[k].advice;
	for (size_t s = 0; s < c->news->file->statement_count && !any; s++) any = c->news->file->statements[s].advice;
	if (!any) return;
	for (size_t i = 0; i < c->news->line_count; i++) {
		struct bank_news_line *line = &c->news->lines[i];
		struct known_line *best = NULL;
		if (line->id) continue;
		for (size_t k = 0; k < c->known_count; k++) {
			struct known_line *known = &c->known[k];
			if (known->taken || known->detailed || known->lump_id || known->advice == line->statement->advice || known->amount != line->line->amount) continue;
			if (known->advice && known->amount > 0) continue;
			if (known->day < line->line->booking_day - BANK_ADVICE_DAYS || known->day > line->line->booking_day + BANK_ADVICE_DAYS) continue;
			if (strcmp(known->currency, line->line->currency) != 0) continue;
			bool both = *known->end_to_end && *line->line->end_to_end, same = both && strcmp(known->end_to_end, line->line->end_to_end) == 0;
			if (both && !same) continue;
			if (!best || same) best = known;
		}
		if (best) meet(line, best);
	}
}

/* Money that is only announced is shown and never applied: its statement books it. What comes back is known at once. */
bool bank_told_pending(const struct bank_news_line *line)
{
	return line->line->pending || (line->statement->advice && line->line->amount > 0);
}

static bool whole_iban(const char *iban)
{
	return strlen(iban) >= 15 && !strchr(iban, '*') && !strstr(iban, "XXX");
}

/* Ids that the payer gave, or his whole account: where both tell one, it is the same. */
static bool tells_another(const struct bank_line *line, const struct known_line *known)
{
	if (*line->end_to_end && *known->end_to_end && strcmp(line->end_to_end, known->end_to_end) != 0) return true;
	return whole_iban(line->payer_iban) && whole_iban(known->payer_iban) && strcmp(line->payer_iban, known->payer_iban) != 0;
}

static bool fits(const struct comparing *c, const struct bank_news_line *line, const struct known_line *known, enum meeting how)
{
	const char *reference = line->line->bank_reference;
	bool announced = known->pending || (known->lump_id && known->advice && known->amount > 0); /* of a payment whose sum is booked */
	if (known->taken || announced != bank_told_pending(line)) return false;
	switch (how) {
	case BY_REFERENCE: return *reference && strcmp(reference, known->reference) == 0;
	case BY_TEXT: return (!*reference || !*known->reference) && bank_said(known, line->text);
	/* the same day from another kind of file, which words it otherwise and numbers its lines otherwise */
	case BY_FORMAT: return strcmp(known->format, c->news->file->format) != 0 && !tells_another(line->line, known);
	}
	return false;
}

static void meet_known(struct comparing *c, enum meeting how)
{
	for (size_t i = 0; i < c->news->line_count; i++) {
		struct bank_news_line *line = &c->news->lines[i];
		size_t count;
		if (line->id) continue;
		struct known_line *known = bank_alike(c, line, &count), *first = NULL;
		for (size_t k = 0; k < count; k++) {
			if (!fits(c, line, &known[k], how)) continue;
			if (!first || (known[k].present && !first->present)) first = &known[k];
		}
		if (first) meet(line, first);
	}
}

/* --- the same days from another kind of file ---------------------------------------------------------------------------------- */
/* A day has as many lines of an amount in one format as in another, unless one of the files holds only a part of it: so each line
 * of the file meets one that is known while there are any, the likest first, and what is over is new. A file that has fewer of them
 * than are known may also be of another part of the day: then a line must share a word at least. */
static int word_of(const char **text, const char **word)
{
	while (**text && !isalnum((unsigned char)**text) && (unsigned char)**text < 0x80) (*text)++;
	*word = *text;
	while (isalnum((unsigned char)**text) || (unsigned char)**text >= 0x80) (*text)++;
	return (int)(*text - *word);
}

static bool has_word(const char *text, const char *word, int len)
{
	const char *other;
	for (int n; (n = word_of(&text, &other)) > 0;)
		if (n == len && strncasecmp(other, word, (size_t)len) == 0) return true;
	return false;
}

enum { WORD_MIN = 3, WORDS_MAX = 40 };
static int shared_words(const char *text, const char *other, const char *or_other)
{
	const char *word;
	int shared = 0, words = 0;
	for (int n; words < WORDS_MAX && (n = word_of(&text, &word)) > 0;)
		if (n >= WORD_MIN) words++, shared += has_word(other, word, n) || has_word(or_other, word, n);
	return shared;
}

static int likeness(const struct bank_news_line *line, const struct known_line *known)
{
	const struct bank_line *told = line->line;
	int score = shared_words(line->text, known->text, known->payer) + shared_words(told->payer, known->text, known->payer);
	if (*told->end_to_end && strcmp(told->end_to_end, known->end_to_end) == 0) score += 1000;
	if (whole_iban(told->payer_iban) && strcmp(told->payer_iban, known->payer_iban) == 0) score += 100;
	return score;
}

struct like {
	struct bank_news_line *line;
	struct known_line *known;
	int score;
};

static int compare_likes(const void *a, const void *b)
{
	const struct like *x = a, *y = b;
	if (x->score != y->score) return x->score > y->score ? -1 : 1;
	if (x->known->present != y->known->present) return x->known->present ? -1 : 1;
	if (x->line != y->line) return x->line < y->line ? -1 : 1;
	return (x->known > y->known) - (x->known < y->known);
}

enum { LIKES_MAX = 40000 };
static void meet_other_format(struct comparing *c)
{
	struct like *likes = NULL;
	for (size_t i = 0; i < c->news->line_count; i++) {
		struct bank_news_line *first = &c->news->lines[i];
		size_t known_count, count = 0, ours = 0;
		if (first->first_alike != first) continue;
		struct known_line *known = bank_alike(c, first, &known_count);
		size_t fitting = 0;
		for (const struct bank_news_line *n = first; n; n = n->next_alike) ours += !n->id;
		for (size_t k = 0; k < known_count; k++) fitting += !known[k].taken && strcmp(known[k].format, c->news->file->format) != 0;
		if (!ours || !fitting) continue;
		bool compare = ours * known_count <= LIKES_MAX; /* else in their order */
		if (!likes) likes = arena_array(c->arena, struct like, LIKES_MAX);
		for (struct bank_news_line *n = first; n; n = n->next_alike)
			for (size_t k = 0; !n->id && k < known_count; k++) {
				if (!fits(c, n, &known[k], BY_FORMAT)) continue;
				if (!compare) {
					meet(n, &known[k]);
					break;
				}
				likes[count++] = (struct like){ n, &known[k], likeness(n, &known[k]) };
			}
		if (count) qsort(likes, count, sizeof *likes, compare_likes);
		for (size_t k = 0; k < count; k++)
			if (!likes[k].line->id && !likes[k].known->taken && (likes[k].score || ours >= fitting)) meet(likes[k].line, likes[k].known);
	}
}

void bank_meet(struct comparing *c)
{
	chain_alike(c);
	meet_known(c, BY_REFERENCE);
	meet_known(c, BY_TEXT);
	meet_other_format(c);
	bank_meet_lumps(c);
	meet_advices(c);
}
