/* facturx — what a PDF carries: the XML of a Factur-X or ZUGFeRD invoice, and its text.
 *
 * A PDF is the most dangerous thing people send. It is opened by a child process: this same program, started anew with one
 * word (FACTURX_CHILD), which gives itself little time and memory, no files to write, no network and no processes, and writes
 * what it found into a pipe. Whatever happens to it there, the desk goes on and says so in words.
 *
 *     struct facturx pdf;
 *     TRY(facturx_read(bytes, len, &pdf));      words for a damaged, locked or endless PDF
 *     if (pdf.xml) … einvoice_read(pdf.xml, pdf.xml_len, &invoice) …
 *     facturx_free(&pdf);
 *
 * Each program that calls facturx_read hands its main over when it is started so:
 *
 *     if (argc == 2 && strcmp(argv[1], FACTURX_CHILD) == 0) return facturx_child();
 */
#ifndef FORMATS_FACTURX_H
#define FORMATS_FACTURX_H

#include "base/status.h"

#include <stdbool.h>
#include <stddef.h>

#define FACTURX_CHILD "--read-pdf"
enum { FACTURX_PDF_MAX = 64 << 20, FACTURX_XML_MAX = 32 << 20, FACTURX_TEXT_MAX = 1 << 20, FACTURX_SECONDS = 15 };

struct facturx {
	char *xml;        /* malloc'd; NULL: no e-invoice inside */
	size_t xml_len;
	char name[128];   /* of the attachment: factur-x.xml… */
	char *text;       /* of its first pages, malloc'd, UTF-8; "" when there is none */
	size_t text_len;
	int attachments;
};
struct status facturx_read(const char *bytes, size_t len, struct facturx *out);
void facturx_free(struct facturx *pdf);

int facturx_child(void); /* PDF on the standard input; never returns to anything else */

#endif
