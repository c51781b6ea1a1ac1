#include "privacy/mask.h"

#include "base/memory.h"
#include "base/test.h"

static void taken_out(void)
{
	static const struct { const char *name, *whole, *email, *phone, *code, *text, *left; } cases[] = {
		{ "Anne Martin", .text = "Bonjour Anne Martin,", .left = "Bonjour […]," },
		{ "Anne Martin", .text = "VIR MARTIN ANNE FA12", .left = "VIR […] FA12" },
		{ "Hélène Dupré", .text = "helene dupre a répondu ; Mme DUPRE rappelle", .left = "[…] a répondu ; Mme […] rappelle" },
		{ "Mme Anne Martin", .text = "Madame Martin et Monsieur Martinez", .left = "Madame […] et Monsieur Martinez" },
		{ "Anne Martin", .text = "Martin SA, rue Saint-Martin ; Anne de Bretagne", .left = NULL },
		{ "Anne-Marie Le Goff", .text = "Anne\u2011Marie Le\u00a0Goff; LE GOFF Anne-Marie", .left = "[…]; […]" },
		{ "Paul", .text = "Saint-Paul, Paul, M. Paul", .left = "Saint-Paul, Paul, M. […]" },
		{ .whole = "Dupont", .text = "FACTURE DUPONT 12, Duponteau", .left = "FACTURE […] 12, Duponteau" },
		{ .whole = "Li", .text = "Li reste", .left = NULL },
		{ .email = "Anne@Ex.fr", .text = "écrire à ANNE@EX.FR ou anne@ex.fr.", .left = "écrire à […] ou […]." },
		{ .email = "anne@ex.fr", .text = "marianne@ex.com", .left = NULL },
		{ .email = "anne@ex.fr", .text = "marianne@ex.fr, marie-anne@ex.fr, m.anne@ex.fr, anne@ex.fr.example, anne@ex.frank.de", .left = NULL },
		{ .email = "anne@ex.fr", .text = "<anne@ex.fr>, _anne@ex.fr_; mailto:anne@ex.fr. -anne@ex.fr", .left = "<[…]>, _[…]_; mailto:[…]. -[…]" },
		{ "Anne Martin", .email = "anne@ex.fr", .text = "{\"text\":\"Vu\\nAnne Martin\\tanne@ex.fr\"}", .left = "{\"text\":\"Vu\\n[…]\\t[…]\"}" },
		{ .phone = "06 12 34 56 78", .text = "tél. +33 6 12 34 56 78, 0612345678 ; 06.12.34.56.79", .left = "tél. […], […] ; 06.12.34.56.79" },
		{ .phone = "1234", .text = "1234", .left = NULL },
		{ .code = "FR7630006000011234567890189", .text = "IBAN FR76 3000 6000 0112 3456 7890 189.", .left = "IBAN […]." },
		{ .code = "732829320", .text = "SIREN 732 829 320, 7328293201", .left = "SIREN […], 7328293201" },
		{ "Anne Martin", .email = "anne@ex.fr", .text = "{\"to\":\"anne@ex.fr\",\"name\":\"Anne Martin\"}", .left = "{\"to\":\"[…]\",\"name\":\"[…]\"}" },
		{ "Anne Martin", .whole = "Anne Martin", .text = "Anne Martin", .left = "[…]" },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		cleanup_mask struct mask *mask = mask_new();
		cleanup_text struct text out = { 0 };
		mask_name(mask, cases[i].name), mask_whole(mask, cases[i].whole), mask_email(mask, cases[i].email);
		mask_phone(mask, cases[i].phone), mask_code(mask, cases[i].code);
		bool found = mask_text(mask, cases[i].text, &out);
		CHECK(found == (cases[i].left != NULL));
		CHECK(mask_text(mask, cases[i].text, NULL) == found);
		if (found) CHECK_TEXT(text_cstr(&out), cases[i].left ? cases[i].left : "");
	}
}

static void nothing_of_nobody(void)
{
	cleanup_mask struct mask *mask = mask_new();
	mask_name(mask, ""), mask_name(mask, NULL), mask_email(mask, "no address"), mask_phone(mask, ""), mask_code(mask, "12"), mask_name(mask, "de la");
	CHECK(mask_empty(mask));
	CHECK(!mask_text(mask, "anything", NULL));
	CHECK(!mask_text(mask, "", NULL));
}

TESTS({ "taken out", taken_out }, { "nothing of nobody", nothing_of_nobody }, )
