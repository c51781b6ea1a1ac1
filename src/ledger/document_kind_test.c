#include "ledger/document_kind.h"

#include "base/test.h"

static void guessed_by_the_words_of_a_name(void)
{
	static const char *const cases[][2] = {
		{ "BL 2025-114 signé.pdf", "delivery" }, { "bon_de_livraison.PDF", "delivery" }, { "Lettre de voiture.jpg", "delivery" }, { "BC-4512.pdf", "order" },
		{ "Commande 12 livraison lundi.pdf", "delivery" }, { "Devis accepté.pdf", "order" }, { "CONTRAT CADRE.pdf", "contract" }, { "PV de réception.pdf", "acceptance" },
		{ "Facture FA-12.pdf", "invoice" }, { "Mise en demeure accusé de réception.pdf", "notice_proof" }, { "courrier du client.eml", "letter" }, { "FA25-001.pdf", "" },
		{ "", "" }, { "....", "" }, { "\xc3", "" }, { "table.xlsx", "" }, { "RÉCEPTION.pdf", "acceptance" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) CHECK_TEXT(document_kind_guess(cases[i][0]), cases[i][1]);
	char name[600];
	memset(name, 'x', sizeof name - 1), name[sizeof name - 1] = 0;
	CHECK_TEXT(document_kind_guess(name), "");
}

static void in_the_order_of_exhibits(void)
{
	CHECK(document_kind_rank("contract") < document_kind_rank("order"));
	CHECK(document_kind_rank("order") < document_kind_rank("delivery"));
	CHECK(document_kind_rank("invoice") < document_kind_rank(""));
	CHECK(document_kind_find("nothing") == NULL);
}

TESTS({ "guessed by the words of a name", guessed_by_the_words_of_a_name }, { "in the order of exhibits", in_the_order_of_exhibits }, )
