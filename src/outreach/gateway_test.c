/* Text messages: their length, their numbers, the shape of the gateway; and what is known after each way a gateway can answer. */
#include "outreach/gateway.h"

#include "base/memory.h"
#include "base/test.h"
#include "outreach/sms.h"
#include "outreach/testmail.h"

static void length_is_counted_as_networks_do(void)
{
	static const struct {
		const char *text;
		bool gsm;
		int units, parts;
	} cases[] = { { "", true, 0, 1 }, { "Facture FA-12", true, 13, 1 }, { "é è à ù ì ò", true, 11, 1 }, { "10 €", true, 5, 1 },
		      { "ç", false, 1, 1 }, { "😀", false, 2, 1 }, { "[a]", true, 5, 1 } };
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct sms_size size = sms_measure(cases[i].text);
		CHECK(size.gsm == cases[i].gsm);
		CHECK_INT(size.units, cases[i].units);
		CHECK_INT(size.parts, cases[i].parts);
	}
	char text[400];
	memset(text, 'a', sizeof text);
	static const struct { int len, parts; } plain[] = { { 160, 1 }, { 161, 2 }, { 306, 2 }, { 307, 3 } };
	for (size_t i = 0; i < COUNT(plain); i++) {
		memset(text, 'a', sizeof text), text[plain[i].len] = 0;
		CHECK_INT(sms_measure(text).parts, plain[i].parts);
	}
	char wide[400] = "ê"; /* one sign outside the alphabet: all of it in UCS-2 */
	memset(wide + 2, 'a', 69), wide[71] = 0;
	CHECK_INT(sms_measure(wide).parts, 1);
	memset(wide + 2, 'a', 70), wide[72] = 0;
	CHECK_INT(sms_measure(wide).parts, 2);
	cleanup_text struct text tidy = { 0 };
	sms_tidy("L\u2019encours\u00a0: 1\u202f200,00\u00a0\u20ac \u2013\n\n  fin\u2026 ", &tidy);
	CHECK_TEXT(text_cstr(&tidy), "L'encours : 1 200,00 \u20ac - fin...");
	CHECK(sms_measure(text_cstr(&tidy)).gsm);
}

static void numbers_are_read(void)
{
	static const struct { const char *phone, *country, *want; } cases[] = {
		{ "06 12 34 56 78", "FR", "+33612345678" }, { "+33 (0)6.12.34.56.78", "FR", "+33612345678" }, { "0033612345678", "BE", "+33612345678" },
		{ "07-12-34-56-78", "", "+33712345678" }, { "01 55 02 00 00", "FR", "" }, { "0470 12 34 56", "BE", "+32470123456" }, { "12", "FR", "" },
		{ "appeler le soir", "FR", "" }, { "+33612345678901234567", "FR", "" }, { "06 12 34 56 78\r\nX: y", "FR", "" } };
	for (size_t i = 0; i < COUNT(cases); i++) {
		char out[24] = "";
		bool read = sms_phone(cases[i].phone, cases[i].country, out, sizeof out);
		CHECK(read == (*cases[i].want != 0));
		if (read) CHECK_TEXT(out, cases[i].want);
	}
	CHECK(sms_says_stop(" STOP ") && sms_says_stop("Arrêt") && sms_says_stop("stop sms") && sms_says_stop("Stop merci"));
	CHECK(!sms_says_stop("Ne stoppez pas la livraison") && !sms_says_stop("stop: nous contestons la facture FA-12 depuis un mois") && !sms_says_stop(""));
}

static void the_shape_is_filled(void)
{
	const struct gateway_value values[] = { { "to", "+33612345678" }, { "text", "10 € \"net\"\n& {key}" }, { "key", "s3\r\nX: y" } };
	static const struct { const char *template, *want; enum gateway_escape escape; } cases[] = {
		{ "{\"to\":\"{to}\",\"m\":{\"t\":\"{text}\"}}", "{\"to\":\"+33612345678\",\"m\":{\"t\":\"10 € \\\"net\\\"\\n& {key}\"}}", GATEWAY_JSON },
		{ "to={to}&text={text}&x={other}", "to=%2B33612345678&text=10%20%E2%82%AC%20%22net%22%0A%26%20%7Bkey%7D&x={other}", GATEWAY_FORM },
		{ "Authorization: Bearer {key}", "Authorization: Bearer s3X: y", GATEWAY_RAW } };
	for (size_t i = 0; i < COUNT(cases); i++) {
		cleanup_text struct text out = { 0 };
		gateway_fill(&out, cases[i].template, values, COUNT(values), cases[i].escape);
		CHECK_TEXT(text_cstr(&out), cases[i].want);
	}
	CHECK(gateway_escape_of(" {\"a\":1}") == GATEWAY_JSON && gateway_escape_of("a=b") == GATEWAY_FORM);
	cleanup_arena struct arena *arena = arena_new();
	const char *json = "{\"messages\":[{\"id\":\"ab\",\"n\":7}]}";
	CHECK_TEXT(gateway_field(json, strlen(json), "messages.0.id", arena), "ab");
	CHECK_TEXT(gateway_field(json, strlen(json), "messages.0.n", arena), "7");
	CHECK(!gateway_field(json, strlen(json), "messages.1.id", arena) && !gateway_field("x", 1, "id", arena) && !gateway_field(json, strlen(json), "", arena));
}

static void addresses_are_checked(void)
{
	CHECK(hook_url_fits("https://sms.example/send", false) && hook_url_fits("http://127.0.0.1:81/x", false) && hook_url_fits("http://localhost/x", false));
	CHECK(!hook_url_fits("http://sms.example/send", false) && hook_url_fits("http://sms.example/send", true));
	CHECK(!hook_url_fits("file:///etc/passwd", true) && !hook_url_fits("https:///x", true) && !hook_url_fits("https://a b", true) && !hook_url_fits("", true));
	CHECK(!hook_url_fits("http://127.0.0.1.evil.example/", false));
}

/* A gateway of our own that answers, refuses, hangs and breaks off. */
static void what_is_known_after_each_answer(void)
{
	static const struct { const char *path; enum hook_outcome outcome; int code; } cases[] = {
		{ "ok", HOOK_ANSWERED, 200 }, { "refuse", HOOK_ANSWERED, 422 }, { "broken", HOOK_ANSWERED, 500 }, { "hang", HOOK_UNKNOWN, 0 },
		{ "drop", HOOK_UNKNOWN, 0 },  { "half", HOOK_UNKNOWN, 200 },    { "moved", HOOK_ANSWERED, 302 } };
	struct testmail gateway = testmail_start("/usr/bin/python3", "gateway.py", NULL);
	for (size_t i = 0; i < COUNT(cases); i++) {
		cleanup_hook_answer struct hook_answer answer = { 0 };
		char url[80];
		snprintf(url, sizeof url, "http://127.0.0.1:%d/%s", gateway.port, cases[i].path);
		hook_send(&(struct hook_call){ .url = url, .body = "x=1", .len = 3, .timeout_s = 2 }, &answer);
		if (answer.outcome != cases[i].outcome) printf("  %s: %s\n", cases[i].path, answer.words);
		CHECK_INT(answer.outcome, cases[i].outcome);
		if (answer.outcome == HOOK_ANSWERED) CHECK_INT(answer.code, cases[i].code);
	}
	testmail_stop(&gateway);
	cleanup_hook_answer struct hook_answer answer = { 0 };
	char url[80];
	snprintf(url, sizeof url, "http://127.0.0.1:%d/ok", gateway.port);
	hook_send(&(struct hook_call){ .url = url, .timeout_s = 2 }, &answer); /* nobody listens any more */
	CHECK_INT(answer.outcome, HOOK_NOT_SENT);
}

TESTS({ "length is counted as networks do", length_is_counted_as_networks_do }, { "numbers are read", numbers_are_read },
      { "the shape is filled", the_shape_is_filled }, { "addresses are checked", addresses_are_checked },
      { "what is known after each answer", what_is_known_after_each_answer })
