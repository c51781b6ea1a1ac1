#include "formats/archive.h"

#include "base/test.h"
#include "formats/testzip.h"

static void files_stand_in_the_order_of_their_import(void)
{
	size_t len, inner_len;
	char *inner = testzip((struct testzip_part[]){ { "x", "y", 0 }, { 0 } }, &inner_len);
	static const char fec[] = "JournalCode\tJournalLib\tEcritureNum\tEcritureDate\tCompteNum\tDebit\tCredit\nVE\t\t1\t20250101\t411\t1\t0\n";
	char *zip = testzip((struct testzip_part[]){ { "facture.xml", "<Invoice><ID>1</ID></Invoice>", 0 }, { "dedans.zip", inner, inner_len }, { "notes.txt", "bonjour", 0 },
		{ "b/1FEC20251231.txt", fec, 0 }, { "a/1FEC20241231.txt", fec, 0 }, { "items.csv", "client;facture;date facture;echeance;montant ttc\nA;F1;2025-01-31;2025-02-28;1,50\n", 0 },
		{ ".cache", "x", 0 }, { "__MACOSX/a", "x", 0 }, { "clients.csv", "Code client;Nom client;Ville\nA;Dupont;Lyon\n", 0 }, { "vide.csv", "", 0 }, { 0 } }, &len);
	struct archive *archive = NULL;
	CHECK_OK(archive_open(zip, len, LANG_EN, &archive));
	static const char *const names[] = { "clients.csv", "a/1FEC20241231.txt", "b/1FEC20251231.txt", "items.csv", "facture.xml" };
	if (archive) {
		CHECK_INT(archive->count, 7);
		CHECK_INT(archive->einvoices, 1);
		for (size_t i = 0; i < COUNT(names) && i < archive->count; i++) CHECK_TEXT(archive->files[i].name, names[i]);
		for (size_t i = 5; i < archive->count; i++) CHECK(archive->files[i].problem != NULL);
		char *bytes = NULL;
		size_t bytes_len = 0;
		CHECK_OK(archive_read(archive, 1, &bytes, &bytes_len));
		CHECK(bytes && strcmp(bytes, fec) == 0);
		free(bytes);
	}
	archive_free(archive);
	free(zip), free(inner);
}

static void a_bomb_is_not_unpacked(void)
{
	size_t len;
	enum { ZEROS = 64 << 20 };
	char *zeros = xcalloc(1, ZEROS);
	char *zip = testzip((struct testzip_part[]){ { "bomb.csv", zeros, ZEROS }, { 0 } }, &len);
	struct archive *archive = NULL;
	CHECK(len < 1 << 20);
	CHECK_OK(archive_open(zip, len, LANG_EN, &archive));
	if (archive && archive->count == 1) CHECK(archive->files[0].problem && strstr(archive->files[0].problem, "more than 200 times") != NULL);
	archive_free(archive);
	free(zip), free(zeros);
}

static void what_came_one_by_one_is_packed_and_found_again(void)
{
	cleanup_text struct text packed = { 0 };
	struct archive *archive = NULL;
	CHECK_OK(archive_pack((struct archive_part[]){ { "1/a.xml", "<Invoice><ID>1</ID></Invoice>", 29 }, { "2/a.xml", "<CreditNote/>", 13 } }, 2, &packed));
	CHECK_OK(archive_open(packed.bytes, packed.len, LANG_EN, &archive));
	if (archive) CHECK_INT(archive->einvoices, 2);
	archive_free(archive);
	for (size_t cut = 0; cut < packed.len; cut += 11)
		if (archive_open(packed.bytes, cut, LANG_EN, &archive).code == STATUS_OK) archive_free(archive);
}

TESTS({ "files stand in the order of their import", files_stand_in_the_order_of_their_import },
      { "a bomb is not unpacked", a_bomb_is_not_unpacked },
      { "what came one by one is packed and found again", what_came_one_by_one_is_packed_and_found_again }, )
