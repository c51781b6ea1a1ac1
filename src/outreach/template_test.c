#include "outreach/template.h"

#include "base/memory.h"
#include "base/test.h"
#include "db/teststore.h"
#include "ledger/setting.h"

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

static struct viewer viewer;
static struct company company;
static struct status save(struct db *db, void *context)
{
	struct change change;
	TRY(company_begin(db, &viewer, company.id, 20500, 1000, &change));
	TRY(template_save(&change, context));
	return company_end(&change);
}
static struct status forget(struct db *db, void *language)
{
	struct change change;
	TRY(company_begin(db, &viewer, company.id, 20500, 1000, &change));
	TRY(template_reset(&change, "reminder", language));
	return company_end(&change);
}

static void loaded(struct db *db, const char *language, enum lang words, const char *expected)
{
	cleanup_arena struct arena *arena = arena_new();
	struct template_text text;
	CHECK_OK(template_load(db, 1, company.id, "reminder", language, words, arena, &text));
	CHECK_TEXT(text.language, expected);
	CHECK(*text.subject && *text.body);
}

static void a_language_of_the_company_s_own(struct store *store)
{
	viewer = viewer_system(1);
	CHECK_OK(company_create(store, &viewer, (struct company_new){ .name = "Test", .code = "T" }, 1000, &company));
	struct template_text german = { .code = "reminder", .language = "DE_at", .lang = LANG_EN, .subject = "Konto {{customer_code}}", .body = "Guten Tag,\n\n{{invoice_table}}" };
	CHECK_OK(store_transact(store, save, &german));
	memcpy(german.language, "de", 3);
	CHECK_OK(store_transact(store, save, &german));
	memcpy(german.language, "xx", 3);
	CHECK(store_transact(store, save, &german).code == STATUS_INVALID);
	memcpy(german.language, "de", 3);
	german.body = "{{nirgends}}";
	struct status status = store_transact(store, save, &german);
	CHECK(status.code == STATUS_INVALID && strstr(status.text, "Line 1, column 1"));

	cleanup_arena struct arena *arena = arena_new();
	struct db *db;
	struct template_text text;
	struct template_language *languages;
	size_t count;
	CHECK_OK(store_reader(store, &db));
	loaded(db, "de-AT", LANG_EN, "de-AT"), loaded(db, "de-CH", LANG_EN, "de"), loaded(db, "de", LANG_FR, "de");
	loaded(db, "it", LANG_FR, "fr"), loaded(db, "it", LANG_EN, "en"), loaded(db, "", LANG_FR, "fr"), loaded(db, "?", LANG_EN, "en");
	loaded(db, "fr-CA", LANG_FR, "fr"), loaded(db, "en", LANG_EN, "en");
	CHECK_INT(template_get(db, 1, company.id, "reminder", "it", LANG_EN, arena, &text).code, STATUS_NOT_FOUND);
	CHECK_OK(template_get(db, 1, company.id, "reminder", "de", LANG_EN, arena, &text));
	CHECK_TEXT(text.subject, "Konto {{customer_code}}");
	CHECK(text.changed && text.lang == LANG_EN);
	CHECK_OK(template_languages(db, 1, company.id, arena, &languages, &count));
	CHECK_INT(count, 2);
	CHECK_TEXT(languages[0].tag, "de");
	CHECK_INT(languages[1].texts, 1);
	CHECK_OK(template_languages(db, 1, company.id + 1, arena, &languages, &count));
	CHECK_INT(count, 0);
	store_release(store, db);
	CHECK_OK(store_transact(store, forget, (void *)(uintptr_t)"de"));
	CHECK_OK(store_reader(store, &db));
	loaded(db, "de", LANG_EN, "en");
	store_release(store, db);
}
static void a_language_of_the_company_s_own_on_both(void) { teststore_each(a_language_of_the_company_s_own); }

static void words_of_a_language_without_a_catalogue(void)
{
	cleanup_arena struct arena *arena = arena_new();
	const struct settings *settings = settings_default(arena);
	CHECK(setting_words(settings, "de") == LANG_EN && setting_words(settings, "fr-BE") == LANG_FR && setting_words(settings, "") == LANG_EN);
}

TESTS({ "every shipped text can be saved", every_shipped_text_can_be_saved },
      { "saving refuses mistakes and names the place", saving_refuses_mistakes_and_names_the_place },
      { "the part with the mistake is told", the_part_with_the_mistake_is_told },
      { "a language of the company's own", a_language_of_the_company_s_own_on_both },
      { "words of a language without a catalogue", words_of_a_language_without_a_catalogue }, )
