#include "outreach/template.h"

#include "base/memory.h"
#include "base/test.h"

static void every_shipped_text_can_be_saved(void)
{
	size_t count;
	const struct template_kind *kinds = template_kinds(&count);
	cleanup_arena struct arena *arena = arena_new();
	for (size_t i = 0; i < count; i++) {
		for (int lang = LANG_FR; lang <= LANG_EN; lang++) {
			struct template_text text;
			CHECK_OK(template_shipped(kinds[i].code, (enum lang)lang, arena, &text));
			struct status status = template_check(&text, NULL);
			if (status.code) printf("  %s.%s: %s\n", kinds[i].code, lang_code((enum lang)lang), status.text);
			CHECK(!status.code);
		}
	}
	struct template_text text;
	CHECK(template_shipped("nothing", LANG_FR, arena, &text).code == STATUS_NOT_FOUND);
}

static void mistake(const char *subject, const char *body, const char *words)
{
	struct template_text text = { .code = "reminder", .subject = subject, .body = body };
	struct status status = template_check(&text, NULL);
	CHECK(status.code == STATUS_INVALID);
	CHECK_TEXT(status.text, words);
}

static void saving_refuses_mistakes_and_names_the_place(void) /* letters.md section 9 */
{
	mistake("{{company}}", "Total :\n {{amount_opne}}", "Line 2, column 2: “amount_opne” is not a known variable.");
	mistake("{{company}}", "{{#has_fee}}40", "Line 1, column 1: the section “has_fee” is never closed.");
	mistake("{{invoice_table}}", "x", "In the subject. Line 1, column 1: “invoice_table” is a block and can't stand in a single line.");
	mistake("a\nb", "x", "A subject stays on one line.");
	mistake(" ", "x", "The subject is empty.");
	mistake("a", " \n", "The text is empty.");
	mistake("a", "{{{company}}}", "Line 1, column 1: “{company” can't be used in this text.");
	mistake("a", "{{has_fee}}", "Line 1, column 1: “has_fee” can't be used in this text.");
}

static void the_part_with_the_mistake_is_told(void)
{
	struct template_problem problem;
	struct template_text text = { .code = "reminder", .subject = "{{nope}}", .body = "x" };
	CHECK(template_check(&text, &problem).code == STATUS_INVALID);
	CHECK(problem.in_subject && problem.problem.trouble == MUSTACHE_UNKNOWN_NAME);
	text.subject = "x", text.body = "a\n{{nope}}";
	CHECK(template_check(&text, &problem).code == STATUS_INVALID);
	CHECK(!problem.in_subject && problem.problem.line == 2);
	text.body = "{{company}}";
	CHECK_OK(template_check(&text, &problem));
	CHECK(problem.problem.trouble == MUSTACHE_FINE);
}

TESTS({ "every shipped text can be saved", every_shipped_text_can_be_saved },
      { "saving refuses mistakes and names the place", saving_refuses_mistakes_and_names_the_place },
      { "the part with the mistake is told", the_part_with_the_mistake_is_told }, )
