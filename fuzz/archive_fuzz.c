/* Any bytes as an archive: words, or files that are each told what they are, in order, within the bounds. */
#include "formats/archive.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static struct status take(void *context, const char *name, char *bytes, size_t len)
{
	uint64_t *total = context;
	if (!utf8_valid(name, strlen(name))) abort();
	*total += len;
	free(bytes);
	return STATUS_FINE;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	if (len > 1 << 15) return 0;
	struct archive *archive = NULL;
	struct status status = archive_open((const char *)bytes, len, LANG_EN, &archive);
	if (status.code && !status.text[0]) abort();
	if (!status.code) {
		for (size_t i = 0; i < archive->count; i++) {
			if (i && archive->files[i].rank < archive->files[i - 1].rank) abort();
			if (archive->files[i].rank == 9 && !archive->files[i].problem) abort();
		}
		archive_free(archive);
	}
	uint64_t total = 0;
	status = archive_each((const char *)bytes, len, take, &total);
	if (!status.code && total > ((uint64_t)len + 4096 * UINT64_C(5000)) * ARCHIVE_RATIO_MAX) abort();
	return 0;
}
