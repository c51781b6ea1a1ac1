#include "outreach/set_off_paper.h"

#include "base/memory.h"
#include "base/words.h"
#include "outreach/facts.h"
#include "outreach/paper.h"
#include "outreach/parts.h"

struct sheet {
	const struct set_off *one;
	const struct compose_facts *facts;
	struct arena *arena;
	enum lang lang;
};

static const char *money_of(const struct sheet *x, int64_t minor)
{
	cleanup_text struct text out = { 0 };
	words_amount(&out, x->lang, minor, x->one->currency);
	return arena_strdup(x->arena, text_cstr(&out));
}

static const char *day_of(const struct sheet *x, int32_t day)
{
	cleanup_text struct text out = { 0 };
	words_date_long(&out, x->lang, day);
	return arena_strdup(x->arena, text_cstr(&out));
}

static void side(struct paper *paper, const struct sheet *x, bool his)
{
	enum { COLUMNS = 3 };
	const struct paper_column columns[COLUMNS] = { { tr(x->lang, "Number"), 70, PAPER_LEFT }, { tr(x->lang, "Due date"), 50, PAPER_LEFT }, { tr(x->lang, "Amount"), 50, PAPER_RIGHT } };
	size_t count = his ? x->one->item_count : x->one->debt_count, at = 0;
	const char **cells = arena_array(x->arena, const char *, (count + 1) * COLUMNS);
	int64_t total = 0;
	for (size_t i = 0; i < count; i++) {
		int64_t amount = his ? x->one->items[i].amount : x->one->debts[i].amount;
		cells[at++] = his ? x->one->items[i].number : x->one->debts[i].number;
		cells[at++] = day_of(x, his ? x->one->items[i].due_day : x->one->debts[i].due_day);
		cells[at++] = money_of(x, amount);
		total += amount;
	}
	cells[at++] = tr(x->lang, "Total"), cells[at++] = "", cells[at++] = money_of(x, total);
	paper_table(paper, columns, COLUMNS, cells, count + 1, 1, 9);
}

static void draw(struct paper *paper, void *context)
{
	const struct sheet *x = context;
	enum lang lang = x->lang;
	const struct set_off *one = x->one;
	int64_t his = 0, ours = 0;
	for (size_t i = 0; i < one->item_count; i++) his += one->items[i].amount;
	for (size_t i = 0; i < one->debt_count; i++) ours += one->debts[i].amount;
	paper_text(paper, PAPER_MARGIN, PAPER_MARGIN, 80, 9, PAPER_LEFT, false, parts_sender(x->facts, x->arena));
	paper_text(paper, 110, 55, 85, 10, PAPER_LEFT, false, parts_address(x->facts, x->arena));
	paper_move(paper, 96);
	paper_paragraph(paper, 10, 3, false, arena_printf(x->arena, "%s, %s", x->facts->sender.city, day_of(x, x->facts->today)));
	paper_paragraph(paper, 13, 3, false, tr(lang, "Set-off of our debts to each other"));
	if (one->agreed)
		paper_paragraph(paper, 10, 4, false, tr(lang, "We owe each other the sums below. We propose to set them off against each other by agreement (C. civ. 1348-2), up to the smaller of the two. "
		                                              "Please return this letter signed if you agree."));
	else
		paper_paragraph(paper, 10, 4, false, tr(lang, "We owe each other the sums below, certain, liquid and due. We invoke their set-off (C. civ. 1347 and 1347-1), up to the smaller of the two."));
	paper_paragraph(paper, 11, 2, false, tr(lang, "What you owe us"));
	side(paper, x, true);
	paper_paragraph(paper, 11, 2, false, tr(lang, "What we owe you"));
	side(paper, x, false);
	paper_paragraph(paper, 10, 2, false, arena_printf(x->arena, tr(lang, "Set off: %s, with effect on %s."), money_of(x, one->amount), day_of(x, one->effect_day)));
	if (his > ours) paper_paragraph(paper, 10, 3, false, arena_printf(x->arena, tr(lang, "After it you owe us %s."), money_of(x, his - ours)));
	else if (ours > his) paper_paragraph(paper, 10, 3, false, arena_printf(x->arena, tr(lang, "After it we owe you %s."), money_of(x, ours - his)));
	else paper_paragraph(paper, 10, 3, false, tr(lang, "After it neither owes the other anything of these."));
	paper_paragraph(paper, 10, 3, false, parts_signature(x->facts, x->arena));
	if (one->agreed) {
		paper_room(paper, 30);
		paper_paragraph(paper, 9, 2, false, tr(lang, "Read and agreed: date, name, signature"));
	}
}

struct status set_off_pdf(struct db *db, const struct viewer *viewer, const struct company *company, int64_t id, int32_t today, struct arena *arena, struct attachment *out)
{
	const struct settings *settings;
	struct set_off *list;
	struct compose_facts facts;
	size_t count = 0;
	TRY(settings_load(db, company->tenant_id, company->id, arena, &settings));
	if (id > 0) TRY(set_off_list(db, viewer, company->id, id, 0, arena, &list, &count));
	if (!count) return status_make(STATUS_NOT_FOUND, "There is no set-off %lld, or it is not in your portfolio.", (long long)id);
	TRY(facts_of_customer(db, viewer, company, settings, list[0].customer_code, "reminder", today, arena, &facts));
	struct sheet sheet = { &list[0], &facts, arena, facts.lang };
	const char *title = arena_printf(arena, tr(facts.lang, "Set-off %lld"), (long long)id);
	*out = (struct attachment){ .name = arena_printf(arena, "%s-%lld.pdf", facts.lang == LANG_FR ? "compensation" : "set-off", (long long)id), .type = "application/pdf" };
	return paper_make(draw, &sheet, &(struct paper_about){ .title = title, .author = facts.sender.name, .reference = title, .lang = facts.lang, .today = today }, arena,
	                  &out->bytes, &out->len);
}
