#include "outreach/retention_paper.h"

#include "base/memory.h"
#include "base/words.h"
#include "outreach/facts.h"
#include "outreach/paper.h"
#include "outreach/parts.h"

#include <string.h>

struct sheet {
	const struct retention *one;
	const struct compose_facts *facts;
	struct arena *arena;
	enum lang lang;
};

static const char *day_of(const struct sheet *x, int32_t day)
{
	cleanup_text struct text out = { 0 };
	words_date_long(&out, x->lang, day);
	return arena_strdup(x->arena, text_cstr(&out));
}

static void draw(struct paper *paper, void *context)
{
	const struct sheet *x = context;
	const struct retention *one = x->one;
	enum lang lang = x->lang;
	cleanup_text struct text amount = { 0 };
	words_amount(&amount, lang, one->open, one->currency);
	paper_text(paper, PAPER_MARGIN, PAPER_MARGIN, 80, 9, PAPER_LEFT, false, parts_sender(x->facts, x->arena));
	paper_text(paper, 110, 55, 85, 10, PAPER_LEFT, false, parts_address(x->facts, x->arena));
	paper_move(paper, 96);
	paper_paragraph(paper, 10, 3, false, arena_printf(x->arena, "%s, %s", x->facts->sender.city, day_of(x, x->facts->today)));
	paper_paragraph(paper, 13, 3, false, tr(lang, "Release of a retention"));
	paper_paragraph(paper, 10, 3, false, arena_printf(x->arena, tr(lang, "You keep back %s on %s as a retention on works."), text_cstr(&amount), one->number));
	if (one->guarantee_day != DAY_NONE)
		paper_paragraph(paper, 10, 3, false, arena_printf(x->arena, tr(lang, "A bank guarantee has stood in its place since %s (%s): it is to be released (law 71-584, article 1)."),
			day_of(x, one->guarantee_day), one->guarantee));
	else if (one->accepted_day != DAY_NONE)
		paper_paragraph(paper, 10, 3, false, arena_printf(x->arena, tr(lang, "The works were accepted on %s. One year after, on %s, the retention is to be paid, with or without reserves at the acceptance, "
			"unless you have opposed it before by a registered letter that gives your reasons (law 71-584, article 2)."), day_of(x, one->accepted_day), day_of(x, one->due_day)));
	else
		paper_paragraph(paper, 10, 3, false, arena_printf(x->arena, tr(lang, "It is to be released on %s."), day_of(x, one->due_day)));
	paper_paragraph(paper, 10, 3, false, one->due_day <= x->facts->today ? arena_printf(x->arena, tr(lang, "We ask you to pay us %s now."), text_cstr(&amount))
	                                                                     : arena_printf(x->arena, tr(lang, "We ask you to pay us %s on that day."), text_cstr(&amount)));
	paper_paragraph(paper, 10, 4, false, parts_payment(x->facts, x->arena));
	paper_paragraph(paper, 10, 3, false, parts_signature(x->facts, x->arena));
}

struct status retention_pdf(struct db *db, const struct viewer *viewer, const struct company *company, int64_t item_id, int32_t today, struct arena *arena, struct attachment *out)
{
	const struct settings *settings;
	struct retention *list;
	struct compose_facts facts;
	size_t count, at = 0;
	TRY(settings_load(db, company->tenant_id, company->id, arena, &settings));
	TRY(retention_list(db, viewer, company->id, 0, arena, &list, &count));
	while (at < count && list[at].item_id != item_id) at++;
	if (at == count) return status_make(STATUS_NOT_FOUND, "There is no open retention %lld, or it is not in your portfolio.", (long long)item_id);
	if (!list[at].known) return status_make(STATUS_CONFLICT, "The acceptance of the works is not known: note it first.");
	if (list[at].opposed_day != DAY_NONE) return status_make(STATUS_CONFLICT, "Its release was opposed: settle that first.");
	TRY(facts_of_customer(db, viewer, company, settings, list[at].customer_code, "reminder", today, arena, &facts));
	struct sheet sheet = { &list[at], &facts, arena, facts.lang };
	const char *title = tr(facts.lang, "Release of a retention");
	*out = (struct attachment){ .name = arena_printf(arena, "%s-%lld.pdf", facts.lang == LANG_FR ? "retenue" : "retention", (long long)item_id), .type = "application/pdf" };
	return paper_make(draw, &sheet, &(struct paper_about){ .title = title, .author = facts.sender.name, .reference = list[at].number, .lang = facts.lang, .today = today }, arena,
	                  &out->bytes, &out->len);
}
