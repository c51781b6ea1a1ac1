/* xml — a bounded reader of XML for data from outside: bank statements (CAMT, pain, OFX 2) and e-invoices (UBL, CII).
 *
 * Elements come one by one with their path of local names; prefixes and namespaces are left out, since banks and packages
 * declare them every other way. The text of an element is there at its end. Nothing is kept: the handler copies what it wants.
 *
 *     static struct status end(void *context, const struct xml_element *element)
 *     {
 *             if (xml_at(element, "Ntry/Amt")) take(element->text, xml_attribute(element, "Ccy"));
 *             if (wrong) return status_make(STATUS_INVALID, "Line %" PRId64 ": …", xml_line(element));      stops the reading
 *             return STATUS_FINE;
 *     }
 *     TRY(xml_read(bytes, len, &(struct xml_handler){ .context = &mine, .start = start, .end = end }));
 *
 * Safe with anything: a document type (and with it every entity of its own) is refused, as are more than XML_DEPTH_MAX levels and
 * tags beyond XML_TAG_MAX; text beyond `text_max` is dropped and said (element->cut). Time and memory are bounded by the size.
 *
 * Characters: UTF-8, UTF-16, ISO-8859-1 and -15, Windows-1252, CP850. What the bytes are stands over what the first line declares
 * (files that call themselves UTF-8 and hold Windows-1252 are common).
 */
#ifndef FORMATS_XML_H
#define FORMATS_XML_H

#include "base/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { XML_DEPTH_MAX = 64, XML_PATH_MAX = 4096, XML_TAG_MAX = 4 << 20, XML_TEXT_MAX = 1 << 20 };

struct xml_reader;
struct xml_element {
	const char *name;     /* local: "Ntry" */
	const char *path;     /* of local names from the root: "/Document/BkToCstmrStmt/Stmt/Ntry" */
	int depth;            /* the root's is 1 */
	const char *space;    /* the namespace that the root's name is in; "" when it declares none */
	const char *text;     /* at the end: its own text, trimmed, children's left out; "" at the start. 0-terminated UTF-8 */
	size_t text_len;
	bool cut;             /* its text went beyond text_max: the rest is missing */
	const char **attributes; /* name, value, name, value…, NULL; only at the start. By xml_attribute */
	struct xml_reader *reader;
};
/* Both live only during the call. A status other than STATUS_FINE stops the reading and is given back by xml_read. */
typedef struct status xml_call(void *context, const struct xml_element *element);

struct xml_handler {
	void *context;
	xml_call *start, *end; /* either may be NULL */
	size_t text_max;       /* of the texts of all open elements together; 0: XML_TEXT_MAX */
};

/* STATUS_INVALID names line and column and what is wrong there. */
struct status xml_read(const char *bytes, size_t len, const struct xml_handler *handler);

/* Whether the element's path ends in these whole names: xml_at(element, "Acct/Id/IBAN"). From the root with a leading "/". */
bool xml_at(const struct xml_element *element, const char *tail);
/* By local name; NULL when it has none. */
const char *xml_attribute(const struct xml_element *element, const char *name);
int64_t xml_line(const struct xml_element *element); /* from 1; counts on from the last call, so ask only when it is wanted */
int64_t xml_column(const struct xml_element *element);

/* For recognising: the root's local name and namespace from a file's beginning; false when that is no XML. A text that is longer
 * than its place is cut. */
struct xml_root {
	char name[64], space[200];
};
bool xml_root(const char *bytes, size_t len, struct xml_root *root);

/* The name of the characters a file of XML is in, as xml_read takes it ("utf-8", "windows-1252"…). */
const char *xml_encoding(const char *bytes, size_t len);

#endif
