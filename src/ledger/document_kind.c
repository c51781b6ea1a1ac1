#include "ledger/document_kind.h"

#include "base/text.h"

#include <string.h>

const struct document_kind document_kinds[] = {
	{ "contract", "Contract or terms of sale" }, { "order", "Order" }, { "delivery", "Delivery note" }, { "acceptance", "Acceptance of the work" },
	{ "invoice", "Invoice" }, { "notice_proof", "Proof of a formal notice" }, { "letter", "Letter or mail" }, { "other", "Another document" }, { 0 },
};

const struct document_kind *document_kind_find(const char *code)
{
	for (const struct document_kind *kind = document_kinds; code && kind->code; kind++)
		if (strcmp(kind->code, code) == 0) return kind;
	return NULL;
}

size_t document_kind_rank(const char *code)
{
	const struct document_kind *kind = document_kind_find(code);
	return kind ? (size_t)(kind - document_kinds) : sizeof document_kinds / sizeof *document_kinds;
}

/* The name in small letters without accents, every other sign a space, a space at both ends. */
static void words_of(const char *name, char *out, size_t size)
{
	size_t len = 0;
	out[len++] = ' ';
	const char *dot = strrchr(name, '.');
	for (const char *c = name; *c && c != dot && len + 2 < size; c++) {
		unsigned char byte = (unsigned char)*c;
		if (byte == 0xc3 && (unsigned char)c[1] >= 0xa0) { /* à to ÿ and their capitals: the plain letter */
			static const char plain[] = "aaaaaaaceeeeiiiidnooooo ouuuuyty";
			out[len++] = plain[((unsigned char)*++c - 0xa0) & 31];
		} else if (byte == 0xc3 && (unsigned char)c[1] >= 0x80) {
			static const char plain[] = "aaaaaaaceeeeiiiidnooooo ouuuuyty";
			out[len++] = plain[((unsigned char)*++c - 0x80) & 31];
		} else if (byte >= 'A' && byte <= 'Z') {
			out[len++] = (char)(byte - 'A' + 'a');
		} else if (byte >= 'a' && byte <= 'z') {
			out[len++] = (char)byte;
		} else if (out[len - 1] != ' ') {
			out[len++] = ' ';
		}
	}
	out[len++] = ' ', out[len] = 0;
}

const char *document_kind_guess(const char *name)
{
	/* the proof of a notice before the letter, a delivery note before the order that it names */
	static const struct { const char *code, *words[9]; } signs[] = {
		{ "notice_proof", { " accuse ", " lrar ", " ar lettre ", " preuve de depot ", " mise en demeure ", " formal notice " } },
		{ "delivery", { " bl ", " bon de livraison ", " bons de livraison ", " livraison ", " cmr ", " lettre de voiture ", " delivery ", " pod " } },
		{ "acceptance", { " pv ", " proces verbal ", " reception ", " recette ", " acceptance ", " bon d intervention " } },
		{ "contract", { " contrat ", " cgv ", " conditions generales ", " contract ", " accord cadre ", " terms " } },
		{ "order", { " bc ", " bon de commande ", " commande ", " cde ", " devis ", " order ", " po ", " quote " } },
		{ "invoice", { " facture ", " factures ", " invoice ", " fac " } },
		{ "letter", { " courrier ", " courriel ", " lettre ", " mail ", " letter " } },
	};
	char words[256];
	words_of(name, words, sizeof words);
	for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
		for (size_t k = 0; k < 9 && signs[i].words[k]; k++)
			if (strstr(words, signs[i].words[k])) return signs[i].code;
	return "";
}
