/* 00-donnees.pdf: what is held about a person, for people. */
#include "base/day.h"
#include "base/memory.h"
#include "base/words.h"
#include "ledger/event.h"
#include "outreach/paper.h"
#include "privacy/export.h"
#include "privacy/map.h"

#include <string.h>

enum { VALUE_MOST = 1500 };
struct drawing {
	const json_t *data;
	const struct company *company;
	enum lang lang;
	struct arena *arena;
};

static void heading(struct paper *paper, const char *words)
{
	paper_room(paper, 24);
	paper_move(paper, paper_y(paper) + 3);
	paper_text(paper, PAPER_MARGIN, paper_y(paper), 170, 12, PAPER_LEFT, false, words);
	paper_move(paper, paper_y(paper) + 7);
}

static const struct personal_column *column_of(const struct personal_table *table, const char *name, struct personal_column *out)
{
	const char *lists[] = { table->names, table->words, table->plain };
	for (size_t i = 0; i < COUNT(lists); i++)
		for (const char *at = lists[i]; personal_column_next(&at, out);)
			if (strcmp(out->name, name) == 0) return out;
	*out = (struct personal_column){ .type = strcmp(name, "at") == 0 ? 't' : 0 };
	return out;
}

static void add_value(const struct drawing *x, const json_t *row, char type, const json_t *value, struct text *out)
{
	int32_t day;
	const char *text = json_string_value(value), *currency = json_string_value(json_object_get(row, "currency"));
	if (type == 'm' && json_is_integer(value)) words_amount(out, x->lang, json_integer_value(value), currency && *currency ? currency : x->company->currency);
	else if (json_is_integer(value)) text_addf(out, "%lld", (long long)json_integer_value(value));
	else if (text && (type == 'd' || type == 't') && day_parse(text, 10, &day)) words_date(out, x->lang, day);
	else if (text) {
		size_t len = strlen(text);
		if (len <= VALUE_MOST) text_add(out, text);
		else {
			size_t cut = VALUE_MOST;
			while (cut && (text[cut] & 0xC0) == 0x80) cut--;
			text_add_bytes(out, text, cut);
			text_add(out, "…");
		}
	} else if (value) {
		const char *key;
		json_t *part;
		size_t i;
		bool first = true;
		if (json_is_object(value))
			json_object_foreach((json_t *)value, key, part)
			{
				text_addf(out, "%s%s: ", first ? "" : ", ", key), first = false;
				add_value(x, row, 0, part, out);
			}
		else if (json_is_array(value))
			json_array_foreach((json_t *)value, i, part)
			{
				if (i) text_add(out, ", ");
				add_value(x, row, 0, part, out);
			}
		else if (json_is_boolean(value)) text_add(out, tr(x->lang, json_is_true(value) ? "yes" : "no"));
	}
}

static bool blank(const json_t *value)
{
	return !value || json_is_null(value) || (json_is_string(value) && !*json_string_value(value)) || (json_is_object(value) && !json_object_size(value));
}

static void draw_row(struct paper *paper, const struct drawing *x, const struct personal_table *table, const json_t *row)
{
	cleanup_text struct text line = { 0 };
	const char *name;
	json_t *value;
	json_object_foreach((json_t *)row, name, value)
	{
		struct personal_column column;
		const char *label = personal_label(name);
		if (!label || blank(value)) continue;
		text_addf(&line, "%s%s : ", line.len ? "\n" : "", tr(x->lang, label));
		if (strcmp(table->name, "event") == 0 && strcmp(name, "kind") == 0) text_add(&line, tr(x->lang, event_words(json_string_value(value))));
		else add_value(x, row, column_of(table, name, &column)->type, value, &line);
	}
	if (!line.len) return;
	paper_paragraph(paper, 8.5, 2.5, false, text_cstr(&line));
}

static void draw(struct paper *paper, void *context)
{
	const struct drawing *x = context;
	const json_t *person = json_object_get(x->data, "person");
	cleanup_text struct text who = { 0 };
	static const char *const parts[] = { "name", "email", "phone", "customer" };
	for (size_t i = 0; i < COUNT(parts); i++) {
		const char *value = json_string_value(json_object_get(person, parts[i]));
		if (value && *value) text_addf(&who, "%s%s", who.len ? "\n" : "", value);
	}
	paper_paragraph(paper, 16, 4, false, tr(x->lang, "What is held about you"));
	paper_paragraph(paper, 10, 3, false, text_cstr(&who));
	paper_paragraph(paper, 9.5, 2, false, arena_printf(x->arena, tr(x->lang,
		"%s holds this to follow its invoices and have them paid: by contract and by its legitimate interest (GDPR art. 6-1-b and f), and where books are concerned by law (6-1-c). "
		"It comes from the accounts, from what was invoiced, and from what you or your company wrote or said."), x->company->name));
	paper_paragraph(paper, 9.5, 2, false, tr(x->lang,
		"It is kept as long as a claim is open or may be contested, then erased; books and their vouchers are kept ten years (C. com. L123-22). Nobody outside receives it but "
		"those who send messages for the company, its accountant, its bank, and whoever is charged with a claim that stays unpaid. Scores are help for a person who decides; no decision is taken by the program alone."));
	paper_paragraph(paper, 9.5, 4, false, tr(x->lang,
		"You may have it put right, erased or restricted, object to it, and complain to the data protection authority (in France the CNIL, cnil.fr). Other persons' data in it is theirs."));
	const char *name;
	json_t *part;
	json_object_foreach(json_object_get(x->data, "tables"), name, part)
	{
		const struct personal_table *table = personal_table(name);
		const json_t *rows = json_object_get(part, "rows");
		heading(paper, arena_printf(x->arena, "%s (%zu)", json_string_value(json_object_get(part, "title")), json_array_size(rows)));
		size_t i;
		json_t *row;
		json_array_foreach((json_t *)rows, i, row)
			draw_row(paper, x, table, row);
	}
	paper_paragraph(paper, 9, 0, false, tr(x->lang, "The same as data is in donnees.json, long texts in full."));
}

struct status person_paper(const json_t *data, const struct company *company, enum lang lang, int32_t today, struct arena *arena, const char **bytes, size_t *len)
{
	struct drawing x = { data, company, lang, arena };
	return paper_make(draw, &x, &(struct paper_about){ .title = tr(lang, "What is held about you"), .author = company->name, .lang = lang, .today = today }, arena, bytes, len);
}
