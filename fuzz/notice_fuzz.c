/* Any bytes as notices of the gazette: words, or rows that hold together. */
#include "formats/notice.h"

#include "base/text.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	if (len > 1 << 17) return 0;
	struct notice_file *file = NULL;
	struct status status = notice_read((const char *)bytes, len, LANG_FR, &file);
	if (status.code) {
		if (!status.text[0]) abort();
		return 0;
	}
	if (file->lines < (int64_t)file->count + file->rejected.total) abort();
	for (size_t i = 0; i < file->count; i++) {
		const struct notice *notice = &file->rows[i];
		if (!*notice->number || notice->published_day == DAY_NONE || notice->siren_count > NOTICE_SIRENS_MAX) abort();
		if (!utf8_valid(notice->name, strlen(notice->name)) || !utf8_valid(notice->text, strlen(notice->text)) || !utf8_valid(notice->court, strlen(notice->court))) abort();
		for (size_t k = 0; k < notice->siren_count; k++)
			if (strlen(notice->sirens[k]) != 9) abort();
	}
	notice_free(file);
	return 0;
}
