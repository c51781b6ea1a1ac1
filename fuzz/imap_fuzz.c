/* Any bytes as what a mailbox's server answers: it ends, within bounds, with a message or with words. */
#include "base/imap.h"

#include "base/day.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

struct feed {
	const uint8_t *bytes;
	size_t at, len;
};

static int feed_read(void *context, char *buffer, size_t size)
{
	struct feed *feed = context;
	size_t part = feed->len - feed->at < 700 ? feed->len - feed->at : 700;
	if (part > size) part = size;
	if (part) memcpy(buffer, feed->bytes + feed->at, part);
	feed->at += part;
	return (int)part;
}

static bool feed_write(void *context, const char *said, size_t len)
{
	(void)context;
	size_t ends = 0;
	for (size_t i = 0; i < len; i++) ends += said[i] == '\n';
	if (ends != 1) abort(); /* one command a line, whatever the names */
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct feed feed = { bytes, 0, len };
	struct imap *imap = imap_over((struct imap_wire){ feed_read, feed_write, NULL, &feed });
	struct imap_folder folder;
	int64_t uids[8];
	size_t count = 0;
	struct status status = imap_select(imap, "INBOX", &folder);
	if (!status.code && folder.uid_validity <= 0) abort();
	if (!status.code) status = imap_search(imap, 3, DAY_NONE, uids, 8, &count);
	for (size_t i = 0; i < count; i++)
		if (uids[i] <= (i ? uids[i - 1] : 3)) abort();
	for (size_t i = 0; !status.code && i < count; i++) {
		struct imap_message message;
		status = imap_fetch(imap, uids[i], 500, &message);
		if (message.bytes.len > 500 || message.size < (int64_t)message.bytes.len) abort();
		text_free(&message.bytes);
		if (!status.code) status = imap_move(imap, uids[i], "Lus");
	}
	if (status.code && (!status.text[0] || !utf8_valid(status.text, strlen(status.text)))) abort();
	imap_close(imap);
	return 0;
}
