/* testpdf — small PDF files made in memory by tests: a page of text, attachments, a lock.
 *
 *     struct text pdf = { 0 };
 *     testpdf(&pdf, "Facture FA25-001", (struct testpdf_attachment[]){ { "factur-x.xml", xml }, { 0 } }, false);
 */
#ifndef FORMATS_TESTPDF_H
#define FORMATS_TESTPDF_H

#include "base/memory.h"
#include "base/text.h"

#include <string.h>

struct testpdf_attachment {
	const char *name, *content;
};

static inline void testpdf(struct text *out, const char *words, const struct testpdf_attachment *attachments, bool locked)
{
	size_t offsets[64], count = 0, files = 0;
	while (attachments && attachments[files].name) files++;
#define OBJECT() (offsets[++count] = out->len, text_addf(out, "%zu 0 obj\n", count))
	text_add(out, "%PDF-1.7\n");
	OBJECT();
	text_add(out, "<< /Type /Catalog /Pages 2 0 R");
	if (files) {
		text_add(out, " /Names << /EmbeddedFiles << /Names [");
		for (size_t i = 0; i < files; i++) text_addf(out, "(%s) %zu 0 R ", attachments[i].name, 6 + 2 * i);
		text_add(out, "] >> >>");
	}
	text_add(out, " >>\nendobj\n");
	OBJECT();
	text_add(out, "<< /Type /Pages /Kids [3 0 R] /Count 1 >>\nendobj\n");
	OBJECT();
	text_add(out, "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>\nendobj\n");
	OBJECT();
	text_addf(out, "<< /Length %zu >>\nstream\nBT /F1 12 Tf 72 720 Td (%s) Tj ET\nendstream\nendobj\n", strlen(words) + 32, words);
	OBJECT();
	text_add(out, "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>\nendobj\n");
	for (size_t i = 0; i < files; i++) {
		OBJECT();
		text_addf(out, "<< /Type /Filespec /F (%s) /UF (%s) /EF << /F %zu 0 R >> >>\nendobj\n", attachments[i].name, attachments[i].name, 7 + 2 * i);
		OBJECT();
		text_addf(out, "<< /Type /EmbeddedFile /Length %zu >>\nstream\n%s\nendstream\nendobj\n", strlen(attachments[i].content), attachments[i].content);
	}
	size_t xref = out->len;
	text_addf(out, "xref\n0 %zu\n0000000000 65535 f \n", count + 1);
	for (size_t i = 1; i <= count; i++) text_addf(out, "%010zu 00000 n \n", offsets[i]);
	text_addf(out, "trailer\n<< /Size %zu /Root 1 0 R", count + 1);
	if (locked) text_add(out, " /ID [<00><00>] /Encrypt << /Filter /Standard /V 1 /R 2 /P -44 /O <0102030405060708091011121314151617181920212223242526272829303132>"
		" /U <3132030405060708091011121314151617181920212223242526272829300102> >>");
	text_addf(out, " >>\nstartxref\n%zu\n%%%%EOF\n", xref);
#undef OBJECT
}

#endif
