/* What a child that went astray may write into the pipe: taken whole, or refused in words. */
#include "formats/facturx_inside.h"

#include "base/text.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct facturx found = { 0 };
	struct status status = facturx_take((const char *)bytes, len, &found);
	if (status.code && !status.text[0]) abort();
	if (found.xml && strlen(found.xml) > found.xml_len) abort();
	if (found.text && !utf8_valid(found.text, found.text_len)) abort();
	facturx_free(&found);
	return 0;
}
