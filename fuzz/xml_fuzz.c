/* Any bytes as XML: starts and ends pair up, paths are what is open, all text is UTF-8, and nothing goes past its bound. */
#include "base/text.h"
#include "formats/xml.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static struct status start(void *context, const struct xml_element *element)
{
	int *depth = context;
	if (element->depth != ++*depth || *depth > XML_DEPTH_MAX || !xml_at(element, element->name) || !xml_at(element, element->path)) abort();
	const char *currency = xml_attribute(element, "Ccy");
	if (currency && !utf8_valid(currency, strlen(currency))) abort();
	return STATUS_FINE;
}

static struct status end(void *context, const struct xml_element *element)
{
	int *depth = context;
	if (element->depth != (*depth)-- || !xml_at(element, element->name)) abort();
	if (element->text_len > 100 || strlen(element->text) != element->text_len || !utf8_valid(element->text, element->text_len)) abort();
	if (xml_line(element) < 1 || xml_column(element) < 1) abort();
	return STATUS_FINE;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	int depth = 0;
	struct status status = xml_read((const char *)bytes, len, &(struct xml_handler){ .context = &depth, .start = start, .end = end, .text_max = 100 });
	if (status.code == STATUS_OK && depth != 0) abort();
	if (status.code && !status.text[0]) abort();
	struct xml_root root;
	bool found = xml_root((const char *)bytes, len, &root);
	if (status.code == STATUS_OK && !found) abort();
	return 0;
}
