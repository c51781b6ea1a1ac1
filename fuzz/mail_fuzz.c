/* Any bytes as a message: it is read within bounds, and all that is said of it can be shown. */
#include "formats/mail.h"

#include "base/day.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void shown(const char *text, size_t max, int lines)
{
	size_t len = strlen(text);
	if (len > max || !utf8_valid(text, len)) abort();
	for (size_t i = 0; i < len; i++)
		if (((unsigned char)text[i] < 0x20 && !(lines && text[i] == '\n')) || text[i] == 0x7f) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	if (len > 1 << 17) return 0;
	struct arena *arena = arena_new();
	struct mail mail;
	mail_read((const char *)bytes, len, 20640, arena, &mail);
	shown(mail.subject, 2004, 0), shown(mail.from_name, 2004, 0), shown(mail.from, 2004, 0);
	shown(mail.text, MAIL_TEXT_MAX + 8, 1), shown(mail.words, MAIL_WORDS_MAX, 1);
	if (mail.id_count > MAIL_IDS_MAX || mail.failed_count > MAIL_FAILED_MAX || mail.file_count > MAIL_FILES_MAX) abort();
	if (mail.kind == MAIL_BOUNCE && !mail.failed_count) abort();
	for (size_t i = 0; i < mail.failed_count; i++) shown(mail.failed[i].address, 200, 0), shown(mail.failed[i].words, 400, 0);
	for (size_t i = 0; i < mail.id_count; i++)
		if (strpbrk(mail.ids[i], "<> \r\n")) abort();
	for (size_t i = 0; i < mail.file_count; i++) {
		shown(mail.files[i].name, 200, 0), shown(mail.files[i].type, 2004, 0);
		if (!*mail.files[i].name || strpbrk(mail.files[i].name, "/\\") || mail.files[i].len == 0) abort();
	}
	if (mail.back_day != DAY_NONE && (mail.back_day < 20640 - 60 || mail.back_day > 20640 + 401)) abort();
	char *text = malloc(len + 1);
	if (!text) abort();
	if (len) memcpy(text, bytes, len);
	text[len] = 0;
	if (utf8_valid(text, strlen(text))) {
		char *words = mail_trim(text);
		if (strlen(words) > 2 * len + 2 || !utf8_valid(words, strlen(words))) abort();
		free(words);
	}
	free(text);
	arena_free(arena);
	return 0;
}
