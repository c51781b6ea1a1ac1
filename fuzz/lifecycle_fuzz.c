/* Any bytes as statuses of invoices: words, or rows that hold together. */
#include "formats/lifecycle.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void text_checked(const char *text)
{
	if (!text || !utf8_valid(text, strlen(text))) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	if (len < 1 || len > 1 << 17) return 0;
	static const enum format_kind kinds[] = { FORMAT_CDAR, FORMAT_PEPPOL_RESPONSE, FORMAT_STATUS_LIST };
	struct lifecycle_file *file = NULL;
	struct status status = lifecycle_read(kinds[bytes[0] % 3], (const char *)bytes + 1, len - 1, (struct lifecycle_options){ .lang = LANG_FR }, &file);
	if (status.code) {
		if (!status.text[0]) abort();
		return 0;
	}
	if (file->lines != (int64_t)file->count + file->rejected.total) abort();
	for (size_t i = 0; i < file->count; i++) {
		const struct lifecycle_status *row = &file->rows[i];
		text_checked(row->number), text_checked(row->said), text_checked(row->reason), text_checked(row->reason_code), text_checked(row->note), text_checked(row->message);
		if (!*row->number || !*row->said || row->contested < 0 || row->minutes < -1 || row->minutes >= 1440) abort();
		if (*row->buyer_siren && strlen(row->buyer_siren) != 9) abort();
		if (*row->seller_siren && strlen(row->seller_siren) != 9) abort();
	}
	lifecycle_free(file);
	return 0;
}
