#include "base/mustache.h"

#include "base/day.h"
#include "base/memory.h"
#include "base/test.h"

#include <dirent.h>

/* --- helpers ---------------------------------------------------------------------------------------------------------- */

struct partials {
	const json_t *texts;
	struct mustache *made[8];
	const char *names[8];
	int count;
};

static const struct mustache *partial(void *context, const char *name)
{
	struct partials *partials = context;
	for (int i = 0; i < partials->count; i++)
		if (strcmp(partials->names[i], name) == 0) return partials->made[i];
	const char *text = json_string_value(json_object_get(partials->texts, name));
	if (!text || partials->count == 8) return NULL;
	struct mustache *made;
	if (mustache_compile(text, strlen(text), NULL, &made).code) return NULL;
	partials->names[partials->count] = name;
	return partials->made[partials->count++] = made;
}

/* The caller frees. */
static char *render_with(const char *source, const json_t *model, const json_t *texts, struct mustache_options options)
{
	struct partials partials = { .texts = texts };
	cleanup_mustache struct mustache *template = NULL;
	cleanup_text struct text out = { 0 };
	options.partial = partial, options.context = &partials;
	struct status status = mustache_compile(source, strlen(source), NULL, &template);
	if (!status.code) status = mustache_render(template, model, &options, &out);
	for (int i = 0; i < partials.count; i++) mustache_free(partials.made[i]);
	return xstrdup(status.code ? status.text : text_cstr(&out));
}

static void check(const char *source, const char *model, const char *want)
{
	json_t *json = json_loads(model, JSON_DECODE_ANY, NULL);
	CHECK(json);
	cleanup_free char *got = render_with(source, json, NULL, (struct mustache_options){ .lang = LANG_FR, .today = day_from_civil(2025, 11, 21) });
	CHECK_TEXT(got, want);
	json_decref(json);
}

/* --- the public specification ------------------------------------------------------------------------------------------ */

static int run_spec(const char *file)
{
	json_t *spec = json_load_file(file, 0, NULL);
	CHECK(spec);
	json_t *tests = json_object_get(spec, "tests"), *test;
	size_t i;
	json_array_foreach(tests, i, test) {
		cleanup_free char *got = render_with(json_string_value(json_object_get(test, "template")), json_object_get(test, "data"),
		                                     json_object_get(test, "partials"), (struct mustache_options){ .lang = LANG_EN });
		const char *want = json_string_value(json_object_get(test, "expected"));
		if (strcmp(got, want) != 0) {
			printf("  %s: %s\n    got      «%s»\n    expected «%s»\n", file, json_string_value(json_object_get(test, "name")), got, want);
			test_failures++;
		}
	}
	int count = (int)json_array_size(tests);
	json_decref(spec);
	return count;
}

static void the_public_cases_pass(void)
{
	static const char *const names[] = { "comments", "delimiters", "interpolation", "inverted", "partials", "sections" };
	const char *source = getenv("ENCOURS_SOURCE");
	char path[4096];
	int count = 0;
	for (size_t i = 0; source && i < COUNT(names); i++) {
		snprintf(path, sizeof path, "%s/../shared/samples/mustache/specs/%s.json", source, names[i]);
		if (access(path, R_OK) == 0) count += run_spec(path);
	}
	printf("  %d public cases\n", count);
}

/* --- our own copy of what the specification asks ------------------------------------------------------------------------ */

static void values_are_escaped(void)
{
	check("Hello, {{who}}!", "{\"who\":\"world\"}", "Hello, world!");
	check("{{a}} {{{a}}} {{&a}}", "{\"a\":\"<b>&\\\"'\"}", "&lt;b&gt;&amp;&quot;&#39; <b>&\"' <b>&\"'");
	check("{{n}} {{r}} {{t}} {{nothing}}{{no}}", "{\"n\":-85,\"r\":1.21,\"t\":true,\"no\":null}", "-85 1.21 true ");
	check("{{a.b.c}} {{ a.b.x }}|", "{\"a\":{\"b\":{\"c\":\"deep\"}},\"x\":\"no\"}", "deep |");
	check("{{a", "{}", "Line 1, column 1: the braces opened here are never closed.");
	check("é\n é{{  }}", "{}", "Line 2, column 3: there is no name between the braces.");
}

static void sections_repeat_and_are_left_out(void)
{
	check("{{#on}}yes{{/on}}{{^on}}no{{/on}}", "{\"on\":true}", "yes");
	check("{{#on}}yes{{/on}}{{^on}}no{{/on}}", "{\"on\":[]}", "no");
	check("{{#zero}}a{{/zero}}{{#empty}}b{{/empty}}|", "{\"zero\":0,\"empty\":\"\"}", "|");
	check("{{#l}}{{@index}}{{.}}{{^@last}}, {{/@last}}{{/l}}", "{\"l\":[\"a\",\"b\",\"c\"]}", "1a, 2b, 3c");
	check("{{#rows}}{{n}}/{{all}} {{/rows}}", "{\"rows\":[{\"n\":1},{\"n\":2}],\"all\":2}", "1/2 2/2 ");
	check("| A\n{{#b}}\n|\n{{/b}}\n| B", "{\"b\":true}", "| A\n|\n| B");
	check("{{#a}}{{b.c}}{{/a}}", "{\"a\":{\"b\":{}},\"b\":{\"c\":\"outer\"}}", "");
	check("{{#a}}x", "{}", "Line 1, column 1: the section “a” is never closed.");
	check("x\n{{#a}}{{/b}}", "{}", "Line 2, column 7: “b” is closed here but is not the open section.");
	check("{{#state=queued}}Q{{/state}}{{^state=queued}}other{{/state=queued}}", "{\"state\":\"queued\"}", "Q");
	check("{{#n=2}}two{{/n}}{{^n=2}}other{{/n}}", "{\"n\":3}", "other");
}

static void partials_are_indented_and_bounded(void)
{
	json_t *texts = json_pack("{s:s, s:s, s:s}", "p", "|\n{{{c}}}\n|\n", "again", "{{n}}{{#next}}<{{> again}}>{{/next}}", "loop", "x{{> loop}}");
	json_t *model = json_pack("{s:s, s:i, s:{s:i, s:b}}", "c", "<\n->", "n", 1, "next", "n", 2, "next", 0);
	struct mustache_options options = { .lang = LANG_EN };
	cleanup_free char *indented = render_with("\\\n {{>p}}\n/\n", model, texts, options);
	CHECK_TEXT(indented, "\\\n |\n <\n->\n |\n/\n");
	cleanup_free char *recursive = render_with("{{> again}}{{> missing}}", model, texts, options);
	CHECK_TEXT(recursive, "1<2>");
	cleanup_free char *endless = render_with("{{> loop}}", model, texts, options);
	CHECK(strstr(endless, "too many sections") != NULL);
	json_decref(texts), json_decref(model);
}

static void comments_and_delimiters(void)
{
	check("a{{! no\nway }}b\n  {{! alone }}\nc", "{}", "ab\nc");
	check("{{=<% %>=}}(<%text%>){{text}}", "{\"text\":\"Hey\"}", "(Hey){{text}}");
	check("{{= = =}}", "{}", "Line 1, column 1: these delimiters can't be used.");
	check("{{=a=}}", "{}", "Line 1, column 1: these delimiters can't be used.");
}

/* --- what pages have besides ------------------------------------------------------------------------------------------- */

static void filters_print_for_people(void)
{
	check("{{a|money}}", "{\"a\":123456}", "1\u00a0234,56\u00a0€");
	check("{{#rows}}{{a|money}};{{/rows}}", "{\"currency\":\"USD\",\"rows\":[{\"a\":-100},{\"a\":1234,\"currency\":\"JPY\"}]}",
	      "−1,00\u00a0USD;1\u00a0234\u00a0JPY;");
	check("{{a|money0}} {{a|short}} {{a|input}}", "{\"a\":69712345}", "697\u00a0123\u00a0€ 697\u00a0k€ 697123,45");
	check("{{d|date}} {{d|date_short}} {{d|date_long}}", "{\"d\":\"2025-11-01\"}", "01/11/2025 01/11 1er novembre 2025");
	check("{{d|date_full}}, {{m|month}}", "{\"d\":\"2025-11-21\",\"m\":\"2025-09\"}", "vendredi 21 novembre 2025, septembre 2025");
	check("{{t|time}} {{t|clock}} {{t|date}}", "{\"t\":\"2025-11-21T09:05:00Z\"}", "21/11/2025 09:05 09:05 21/11/2025");
	check("{{p|percent}} {{n|number}} {{x|decimal1}} {{n|days}}", "{\"p\":0.233,\"n\":1234,\"x\":60.84}", "23,3\u00a0% 1\u00a0234 60,8 1\u00a0234\u00a0j");
	check("{{no|money}} {{gone|date}} [{{no|input}}]", "{\"no\":null}", "– – []");
	check("{{u|url}}", "{\"u\":\"a b/é&\"}", "a%20b%2F%C3%A9%26");
	check("{{c|json}}", "{\"c\":{\"t\":\"</script>&\"}}", "{\"t\":\"\\u003c/script\\u003e\\u0026\"}");
	check("{{d|date}}", "{\"d\":\"<soon>\"}", "&lt;soon&gt;");
	check("{{a|munny}}", "{}", "Line 1, column 1: “munny” is not a known filter.");
}

static int one_hour(void *context, int64_t at)
{
	(void)context, (void)at;
	return 3600;
}

static void instants_are_read_in_the_zone(void)
{
	json_t *model = json_pack("{s:s}", "t", "2025-12-31T23:30:00Z");
	cleanup_mustache struct mustache *template = NULL;
	CHECK_OK(mustache_compile("{{t|time}}", 10, NULL, &template));
	cleanup_text struct text out = { 0 };
	CHECK_OK(mustache_render(template, model, &(struct mustache_options){ .lang = LANG_FR, .utc_offset = one_hour }, &out));
	CHECK_TEXT(text_cstr(&out), "01/01/2026 00:30");
	json_decref(model);
}

static void words_are_translated(void)
{
	check("{{_ Not in <any> catalogue}}", "{}", "Not in &lt;any&gt; catalogue");
	check("{{_ You chase\n   [n|number] items of [name] }}", "{\"n\":1200,\"name\":\"<B>\"}", "You chase 1\u00a0200 items of &lt;B&gt;");
	check("{{_n n; [n] item; [n] items}}", "{\"n\":1}", "1 item");
	check("{{_n n; [n] item; [n] items}}", "{\"n\":2}", "2 items");
	check("{{_ [Ctrl] [n|nope]}}", "{}", "Line 1, column 1: “nope]” is not a known filter.");
	check("{{_name}}{{next}}", "{\"_name\":\"a\",\"next\":\"b\"}", "ab");
}

/* --- what users write ---------------------------------------------------------------------------------------------------- */

static enum mustache_name names(void *context, const char *name)
{
	(void)context;
	if (strcmp(name, "amount_open") == 0 || strcmp(name, "contact_name") == 0) return MUSTACHE_NAME_VALUE;
	if (strcmp(name, "has_fee") == 0) return MUSTACHE_NAME_TEST;
	if (strcmp(name, "invoice_table") == 0) return MUSTACHE_NAME_BLOCK;
	return MUSTACHE_NAME_UNKNOWN;
}

static void refused(const char *source, bool subject, enum mustache_trouble trouble, int line, int column, const char *name)
{
	struct mustache_problem problem;
	struct mustache_rules rules = { .mode = MUSTACHE_USER, .name = names, .no_blocks = subject, .problem = &problem };
	cleanup_mustache struct mustache *template = NULL;
	struct status status = mustache_compile(source, strlen(source), &rules, &template);
	CHECK(status.code == STATUS_INVALID && !template);
	CHECK_INT(problem.trouble, trouble);
	CHECK_INT(problem.line, line);
	CHECK_INT(problem.column, column);
	CHECK_TEXT(problem.name, name);
}

static void mistakes_of_users_are_named_with_their_place(void)
{
	refused("Total\n  {{amount_opne}}", false, MUSTACHE_UNKNOWN_NAME, 2, 3, "amount_opne");
	refused("{{#has_fee}}fee", false, MUSTACHE_UNCLOSED_SECTION, 1, 1, "has_fee");
	refused("{{#has_fees}}fee{{/has_fees}}", false, MUSTACHE_UNKNOWN_NAME, 1, 1, "has_fees");
	refused("{{has_fee}}", false, MUSTACHE_NOT_ALLOWED, 1, 1, "has_fee");
	refused("à {{invoice_table}}", true, MUSTACHE_BLOCK_HERE, 1, 3, "invoice_table");
	refused("{{{amount_open}}}", false, MUSTACHE_NOT_ALLOWED, 1, 1, "{amount_open");
	refused("{{&amount_open}}", false, MUSTACHE_NOT_ALLOWED, 1, 1, "&amount_open");
	refused("{{> page}}", false, MUSTACHE_NOT_ALLOWED, 1, 1, "> page");
	refused("{{=<% %>=}}", false, MUSTACHE_NOT_ALLOWED, 1, 1, "=<% %>");
	refused("{{_ Hello}}", false, MUSTACHE_NOT_ALLOWED, 1, 1, "_ Hello");
	refused("{{amount_open|money}}", false, MUSTACHE_UNKNOWN_NAME, 1, 1, "amount_open|money");
	refused("a {{ b", false, MUSTACHE_UNCLOSED_TAG, 1, 3, "");
}

static struct status fill(const char *source, json_t *model, enum mustache_medium medium, struct text *out,
                          struct mustache_problem *problem)
{
	struct mustache_rules rules = { .mode = MUSTACHE_USER, .name = names };
	cleanup_mustache struct mustache *template = NULL;
	TRY(mustache_compile(source, strlen(source), &rules, &template));
	json_t *blocks = json_pack("{s:s}", "invoice_table", "<table></table>");
	struct status status = mustache_render(template, model, &(struct mustache_options){ .medium = medium, .blocks = blocks, .problem = problem }, out);
	json_decref(blocks);
	return status;
}

static void each_medium_escapes_its_own_way(void) /* reference/letters.md section 9: contact name `<b>&Co` */
{
	json_t *model = json_pack("{s:s}", "contact_name", "<b>&Co\x01");
	static const struct { enum mustache_medium medium; const char *want; } cases[] = {
		{ MUSTACHE_SUBJECT, "1 < 2: <b>&Co" }, { MUSTACHE_TEXT, "1 < 2: <b>&Co" },
		{ MUSTACHE_HTML, "1 &lt; 2: &lt;b&gt;&amp;Co" }, { MUSTACHE_MARKUP, "1 &lt; 2: &lt;b&gt;&amp;Co" },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		cleanup_text struct text out = { 0 };
		CHECK_OK(fill("1 < 2: {{contact_name}}", model, cases[i].medium, &out, NULL));
		CHECK_TEXT(text_cstr(&out), cases[i].want);
	}
	cleanup_text struct text out = { 0 };
	CHECK_OK(fill("{{invoice_table}}", model, MUSTACHE_HTML, &out, NULL));
	CHECK_TEXT(text_cstr(&out), "<table></table>");
	json_decref(model);
}

static void missing_values_refuse_the_message(void)
{
	json_t *model = json_pack("{s:s, s:n}", "contact_name", "", "amount_open");
	struct mustache_problem problem;
	cleanup_text struct text out = { 0 };
	struct status status = fill("{{contact_name}} {{amount_open}}{{#has_fee}}{{amount_open}}{{/has_fee}}", model, MUSTACHE_TEXT, &out, &problem);
	CHECK(status.code == STATUS_INVALID);
	CHECK_INT(problem.trouble, MUSTACHE_MISSING_VALUE);
	CHECK_TEXT(problem.name, "contact_name, amount_open");
	CHECK_OK(fill("{{#has_fee}}{{amount_open}}{{/has_fee}}ok", model, MUSTACHE_TEXT, &out, &problem));
	json_decref(model);
}

static void lists_inside_one_another_end(void)
{
	cleanup_text struct text source = { 0 };
	for (int i = 0; i < 30; i++) text_add(&source, "{{#l}}");
	for (int i = 0; i < 30; i++) text_add(&source, "{{/l}}");
	struct mustache_rules rules = { .mode = MUSTACHE_USER };
	cleanup_mustache struct mustache *template = NULL;
	CHECK_OK(mustache_compile(source.bytes, source.len, &rules, &template));
	json_t *model = json_pack("{s:[i,i,i]}", "l", 1, 2, 3);
	cleanup_text struct text out = { 0 };
	CHECK(mustache_render(template, model, &(struct mustache_options){ 0 }, &out).code == STATUS_INVALID);
	json_decref(model);
}

static void a_subject_stays_on_one_line(void)
{
	json_t *model = json_pack("{s:s}", "contact_name", "Ann\r\nBcc: x@example.org");
	struct mustache_problem problem;
	cleanup_text struct text out = { 0 };
	CHECK(fill("To {{contact_name}}", model, MUSTACHE_SUBJECT, &out, &problem).code == STATUS_INVALID);
	CHECK_INT(problem.trouble, MUSTACHE_LINE_BREAK);
	CHECK_TEXT(problem.name, "contact_name");
	json_decref(model);
}

static void uses_are_listed_once(void)
{
	cleanup_mustache struct mustache *template = NULL;
	CHECK_OK(mustache_compile("{{a}}{{#b}}{{a}}{{c}}{{/b}}", 27, NULL, &template));
	CHECK(slice_equal(mustache_uses(template, 0), "a") && slice_equal(mustache_uses(template, 1), "b"));
	CHECK(slice_equal(mustache_uses(template, 2), "c") && !mustache_uses(template, 3).bytes);
}

TESTS({ "the public cases pass", the_public_cases_pass }, { "values are escaped", values_are_escaped },
      { "sections repeat and are left out", sections_repeat_and_are_left_out },
      { "partials are indented and bounded", partials_are_indented_and_bounded },
      { "comments and delimiters", comments_and_delimiters }, { "filters print for people", filters_print_for_people },
      { "instants are read in the zone", instants_are_read_in_the_zone }, { "words are translated", words_are_translated },
      { "mistakes of users are named with their place", mistakes_of_users_are_named_with_their_place },
      { "each medium escapes its own way", each_medium_escapes_its_own_way },
      { "missing values refuse the message", missing_values_refuse_the_message },
      { "lists inside one another end", lists_inside_one_another_end },
      { "a subject stays on one line", a_subject_stays_on_one_line }, { "uses are listed once", uses_are_listed_once }, )
