/* Any bytes as a list of SAP's: what is made plain has one header, and a row stands on the line where it stood. */
#include "formats/sap.h"

#include "base/memory.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct text out = { 0 };
	if (len > 1 << 16) return 0;
	if (sap_list((const char *)bytes, len, &out)) {
		size_t lines = 0, made = 0;
		for (size_t i = 0; i < len; i++) lines += bytes[i] == '\n' || bytes[i] == '\r';
		for (size_t i = 0; i < out.len; i++) made += out.bytes[i] == '\n';
		if (made > lines + 2) abort();
		if (!strstr(text_cstr(&out), "Customer number\t")) abort();
	}
	text_free(&out);
	return 0;
}
