#include "formats/facturx_inside.h"

#include "base/test.h"
#include "formats/einvoice.h"
#include "formats/testpdf.h"

#include <dirent.h>
#include <stdlib.h>

static const char xml[] = "<Invoice><ID>FA25-001</ID><IssueDate>2025-01-31</IssueDate><DocumentCurrencyCode>EUR</DocumentCurrencyCode>"
                          "<LegalMonetaryTotal><PayableAmount>12.00</PayableAmount></LegalMonetaryTotal></Invoice>";

static void the_invoice_is_taken_out_of_its_pdf(void)
{
	cleanup_text struct text pdf = { 0 };
	struct facturx found;
	testpdf(&pdf, "Facture FA25-001 du 31/01/2025", (struct testpdf_attachment[]){ { "conditions.txt", "a" }, { "other.xml", "<Order/>" }, { "factur-x.xml", xml }, { 0 } }, false);
	CHECK_OK(facturx_read(pdf.bytes, pdf.len, &found));
	CHECK_TEXT(found.xml ? found.xml : "", xml);
	CHECK_TEXT(found.name, "factur-x.xml");
	CHECK_INT(found.attachments, 3);
	CHECK(found.text && strstr(found.text, "FA25-001"));
	facturx_free(&found);
	/* by its content where its name says nothing */
	text_clear(&pdf);
	testpdf(&pdf, "x", (struct testpdf_attachment[]){ { "data.bin", xml }, { 0 } }, false);
	CHECK_OK(facturx_read(pdf.bytes, pdf.len, &found));
	CHECK(found.xml != NULL);
	facturx_free(&found);
}

static void a_pdf_without_invoice_gives_its_text(void)
{
	cleanup_text struct text pdf = { 0 };
	struct facturx found;
	testpdf(&pdf, "Facture FA25-002", NULL, false);
	CHECK_OK(facturx_read(pdf.bytes, pdf.len, &found));
	CHECK(found.xml == NULL);
	CHECK(found.text && strstr(found.text, "FA25-002"));
	facturx_free(&found);
}

static void expect_words(const char *bytes, size_t len, const char *words)
{
	struct facturx found;
	struct status status = facturx_read(bytes, len, &found);
	CHECK_INT(status.code, STATUS_INVALID);
	if (!strstr(status.text, words)) printf("  %s\n", status.text), test_failures++;
	if (!status.code) facturx_free(&found);
}

static void hostile_files_end_in_words(void)
{
	cleanup_text struct text pdf = { 0 };
	struct facturx found;
	testpdf(&pdf, "x", (struct testpdf_attachment[]){ { "factur-x.xml", xml }, { 0 } }, true);
	expect_words(pdf.bytes, pdf.len, "locked by a password");
	expect_words("%PDF-1.7\ngarbage", 16, "damaged or cut off");
	expect_words("", 0, "could not be read");
	text_clear(&pdf);
	testpdf(&pdf, "x", (struct testpdf_attachment[]){ { "factur-x.xml", xml }, { 0 } }, false);
	for (size_t cut = 1; cut < pdf.len; cut += pdf.len / 9) /* poppler mends what it can */
		if (facturx_read(pdf.bytes, cut, &found).code == STATUS_OK) facturx_free(&found);
	/* an attachment that refers to itself, a page tree that does */
	static const char loop[] = "%PDF-1.7\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R /Names << /EmbeddedFiles 1 0 R /Kids [1 0 R] >> >>\nendobj\n2 0 obj\n"
	                           "<< /Type /Pages /Kids [2 0 R] /Count 100000000 >>\nendobj\ntrailer\n<< /Root 1 0 R /Size 3 >>\n";
	if (facturx_read(loop, sizeof loop - 1, &found).code == STATUS_OK) facturx_free(&found);
}

static void what_the_child_says_is_not_believed(void)
{
	cleanup_text struct text answer = { 0 };
	struct facturx found = { 0 };
	struct facturx_record record = { RECORD_ATTACHMENT, 12, 0xFFFFFFFF };
	text_add_bytes(&answer, (const char *)&record, sizeof record);
	text_add(&answer, "factur-x.xml");
	CHECK_INT(facturx_take(answer.bytes, answer.len, &found).code, STATUS_INVALID);
	facturx_free(&found);
	text_clear(&answer);
	record = (struct facturx_record){ RECORD_TEXT, 0, 2 };
	text_add_bytes(&answer, (const char *)&record, sizeof record);
	text_add(&answer, "\xFF\xFE");
	CHECK_INT(facturx_take(answer.bytes, answer.len, &found).code, STATUS_INVALID); /* no end: it died */
	CHECK(found.text == NULL);
	facturx_free(&found);
}

static void check_folder(const char *root, const char *folder, int least)
{
	char path[1024];
	snprintf(path, sizeof path, "%s/../shared/samples/einvoice/%s", root, folder);
	DIR *directory = opendir(path);
	int invoices = 0;
	for (struct dirent *entry; directory && (entry = readdir(directory)) != NULL;) {
		const char *end = strrchr(entry->d_name, '.');
		if (!end || strcmp(end, ".pdf") != 0) continue;
		char file[2048];
		snprintf(file, sizeof file, "%s/%s", path, entry->d_name);
		cleanup_file FILE *stream = fopen(file, "rb");
		cleanup_text struct text bytes = { 0 };
		char piece[8192];
		for (size_t n; stream && (n = fread(piece, 1, sizeof piece, stream)) > 0;) text_add_bytes(&bytes, piece, n);
		struct facturx found;
		struct einvoice *invoice = NULL;
		struct status status = facturx_read(text_cstr(&bytes), bytes.len, &found);
		if (!status.code && found.xml) status = einvoice_read(found.xml, found.xml_len, &invoice);
		if (status.code) printf("  %s: %s\n", entry->d_name, status.text), test_failures++;
		invoices += invoice != NULL;
		if (invoice) {
			int64_t amount, settled;
			einvoice_amounts(invoice, &amount, &settled);
			if (!*invoice->number || !*invoice->buyer.name || amount == 0) printf("  %s: %s %s %lld\n", entry->d_name, invoice->number, invoice->buyer.name, (long long)amount), test_failures++;
			if (strncmp(entry->d_name, "Avoir", 5) == 0) CHECK(amount < 0);
			if (strncmp(entry->d_name, "Facture", 7) == 0) CHECK(amount > 0 && strlen(invoice->seller.siren) == 9);
		}
		einvoice_free(invoice);
		if (!status.code || found.text) facturx_free(&found);
	}
	if (directory) {
		closedir(directory);
		if (invoices < least) printf("  %s: %d invoices\n", folder, invoices), test_failures++;
	}
}

static void samples_are_read(void)
{
	const char *root = getenv("ENCOURS_SOURCE") ? getenv("ENCOURS_SOURCE") : ".";
	check_folder(root, "corpus-fnfe", 4);
	check_folder(root, "corpus-fnfe-fail", 5);
	check_folder(root, "corpus-facturx-pdf", 10);
	check_folder(root, "horstoeko", 3);
}

static const struct test tests[] = {
	{ "the invoice is taken out of its PDF", the_invoice_is_taken_out_of_its_pdf },
	{ "a PDF without invoice gives its text", a_pdf_without_invoice_gives_its_text },
	{ "hostile files end in words", hostile_files_end_in_words },
	{ "what the child says is not believed", what_the_child_says_is_not_believed },
	{ "samples are read", samples_are_read },
};

int main(int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[1], FACTURX_CHILD) == 0) return facturx_child();
	return test_run(tests, COUNT(tests), argc > 1 ? argv[1] : NULL);
}
