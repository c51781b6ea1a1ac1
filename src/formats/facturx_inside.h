/* facturx_inside — the pipe between the two processes: records of a kind, two lengths, a name and content. */
#ifndef FORMATS_FACTURX_INSIDE_H
#define FORMATS_FACTURX_INSIDE_H

#include "formats/facturx.h"

#include <stdint.h>

enum { RECORD_ATTACHMENT = 'A', RECORD_TEXT = 'T', RECORD_LOCKED = 'L', RECORD_DAMAGED = 'D', RECORD_END = 'Z', ATTACHMENTS_MAX = 50, TEXT_PAGES = 3 };
struct facturx_record {
	uint32_t kind, name_len, len;
};

/* Takes what a child wrote. Pure: the boundary that is fuzzed. STATUS_INVALID in words when it is not all there. */
struct status facturx_take(const char *bytes, size_t len, struct facturx *out);

#endif
