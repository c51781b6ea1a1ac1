#include "formats/complaint.h"

#include "base/memory.h"

enum { VALUE_SHOWN = 120 };

void complaint_add(struct complaints *list, struct complaint complaint)
{
	list->total++;
	if (list->count >= COMPLAINTS_MAX) return;
	GROW(list->rows, list->count, list->cap);
	const char *value = complaint.value ? complaint.value : "";
	size_t len = strlen(value), shown = len;
	if (len > VALUE_SHOWN)
		for (shown = VALUE_SHOWN; shown > 0 && ((unsigned char)value[shown] & 0xC0) == 0x80;) shown--;
	list->rows[list->count++] = (struct complaint){
		.line = complaint.line,
		.column = arena_strdup(list->arena, complaint.column),
		.value = shown < len ? arena_printf(list->arena, "%.*s…", (int)shown, value) : arena_strdup(list->arena, value),
		.reason = arena_strdup(list->arena, complaint.reason),
	};
}

void complaints_free(struct complaints *list)
{
	free(list->rows);
	*list = (struct complaints){ 0 };
}

char *fill(struct arena *arena, const char *pattern, const struct blank *blanks)
{
	cleanup_text struct text out = { 0 };
	for (const char *at = pattern; *at;) {
		const char *end = *at == '{' ? strchr(at, '}') : NULL;
		const struct blank *blank = NULL;
		for (const struct blank *b = blanks; end && b->name; b++)
			if (strlen(b->name) == (size_t)(end - at - 1) && memcmp(b->name, at + 1, strlen(b->name)) == 0) blank = b;
		if (blank) {
			text_add(&out, blank->value);
			at = end + 1;
		} else {
			text_add_char(&out, *at++);
		}
	}
	return arena_strdup(arena, text_cstr(&out));
}
