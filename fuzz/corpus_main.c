/* Runs a fuzz target over every file of a folder, so that the corpus is a test in every build. */
#include "base/memory.h"

#include <dirent.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int main(int argc, char **argv)
{
	if (argc < 2) return 2;
	DIR *folder = opendir(argv[1]);
	if (!folder) return fprintf(stderr, "%s: no such folder\n", argv[1]), 2;
	int count = 0;
	for (struct dirent *entry; (entry = readdir(folder));) {
		if (entry->d_name[0] == '.') continue;
		char path[4096];
		snprintf(path, sizeof path, "%s/%s", argv[1], entry->d_name);
		cleanup_file FILE *file = fopen(path, "rb");
		if (!file) continue;
		enum { LIMIT = 4 << 20 };
		cleanup_free char *bytes = xmalloc(LIMIT);
		size_t len = fread(bytes, 1, LIMIT, file);
		LLVMFuzzerTestOneInput((const uint8_t *)bytes, len);
		count++;
	}
	closedir(folder);
	LLVMFuzzerTestOneInput((const uint8_t *)"", 0);
	printf("%d inputs\n1 passed, 0 failed\n", count);
	return count ? 0 : 1;
}
