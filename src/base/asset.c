#include "base/asset.h"

#include "base/memory.h"

#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct embedded_entry {
	const char *name, *bytes;
	uint64_t len;
};
extern const struct embedded_entry embedded_table[];
extern const uint64_t embedded_count;

/* Files read from the source tree are kept for ever, since templates point into them. */
static struct kept {
	struct kept *next;
	char *name, *bytes;
} *_Atomic kept_files;

static void keep(char *name, char *bytes)
{
	struct kept *kept = xmalloc(sizeof *kept);
	*kept = (struct kept){ atomic_load(&kept_files), name, bytes };
	while (!atomic_compare_exchange_weak(&kept_files, &kept->next, kept)) {}
}

/* A file of the source tree, for work on pages. */
static bool read_source(const char *name, struct asset *out)
{
	const char *root = getenv("ENCOURS_SOURCE");
	if (!root || !*root || strstr(name, "..")) return false;
	char path[4096];
	if (snprintf(path, sizeof path, "%s/%s", root, name) >= (int)sizeof path) return false;
	cleanup_file FILE *file = fopen(path, "rb");
	if (!file || fseek(file, 0, SEEK_END) != 0) return false;
	long size = ftell(file);
	if (size < 0 || size > 64 << 20) return false;
	rewind(file);
	char *bytes = xmalloc((size_t)size + 1);
	size_t len = fread(bytes, 1, (size_t)size, file);
	bytes[len] = 0;
	char *copy = xstrdup(name);
	keep(copy, bytes);
	*out = (struct asset){ copy, bytes, len };
	return true;
}

bool asset_find(const char *name, struct asset *out)
{
	if (strncmp(name, "pages/", 6) == 0 || strncmp(name, "assets/", 7) == 0)
		if (read_source(name, out)) return true;
	size_t low = 0, high = embedded_count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = strcmp(embedded_table[middle].name, name);
		if (order == 0) {
			*out = (struct asset){ embedded_table[middle].name, embedded_table[middle].bytes, embedded_table[middle].len };
			return true;
		}
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return false;
}

bool asset_next(const char *prefix, size_t *index, struct asset *out)
{
	for (; *index < embedded_count; ++*index) {
		const struct embedded_entry *entry = &embedded_table[*index];
		if (strncmp(entry->name, prefix, strlen(prefix)) != 0) continue;
		*out = (struct asset){ entry->name, entry->bytes, entry->len };
		++*index;
		return true;
	}
	return false;
}
