#include "base/email.h"

#include "base/test.h"

static void addresses(void)
{
	static const struct {
		const char *address;
		bool plausible;
	} cases[] = {
		{ "lea@example.fr", true },           { "l.o'neil+test@sub.example.co.uk", true }, { "prénom@exemple.fr", true },
		{ "x@exämple.fr", true },             { "lea@example", false },                    { "@example.fr", false },
		{ "lea@", false },                    { "lea.example.fr", false },                 { "a@b@example.fr", false },
		{ "Lea <lea@example.fr>", false },    { "lea@example.fr,paul@example.fr", false }, { "lea@example.fr\r\nBcc: x@y.fr", false },
		{ "lea@exa mple.fr", false },         { ".lea@example.fr", false },                { "lea@.example.fr", false },
		{ "lea..m@example.fr", false },       { "lea@example.f", false },                  { "", false },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		if (email_plausible(cases[i].address) != cases[i].plausible) printf("  %s\n", cases[i].address);
		CHECK_INT(email_plausible(cases[i].address), cases[i].plausible);
	}
}

static void folded(void)
{
	char out[40];
	CHECK(email_fold("  Lea@Example.FR ", out, sizeof out));
	CHECK_TEXT(out, "lea@example.fr");
	CHECK(!email_fold("not one", out, sizeof out));
	CHECK(!email_fold("lea@example.fr", out, 10));
}

TESTS({ "what may be an address", addresses }, { "folded to lower case", folded }, )
