/* What every reader of bank formats must give, over the samples of others where they are at hand; each format's own behaviour
 * is in its test. */
#include "formats/statement.h"

#include "base/memory.h"
#include "base/test.h"
#include "base/text.h"

#include <dirent.h>
#include <stdlib.h>

#define SAMPLES "../shared/samples/"

static char *read_file(const char *path, size_t *len)
{
	cleanup_file FILE *file = fopen(path, "rb");
	if (!file) return NULL;
	enum { LIMIT = 4 << 20 };
	char *bytes = xmalloc(LIMIT);
	*len = fread(bytes, 1, LIMIT, file);
	return bytes;
}

struct counted {
	int64_t lines, credits, debits;
};

static struct counted count(const struct statement_file *file)
{
	struct counted counted = { 0 };
	for (size_t i = 0; i < file->statement_count; i++)
		for (size_t j = 0; j < file->statements[i].line_count; j++) {
			int64_t amount = file->statements[i].lines[j].amount;
			counted.lines++;
			*(amount < 0 ? &counted.debits : &counted.credits) += llabs(amount);
		}
	return counted;
}

/* 8.850 and 200000 as minor units of a currency with two decimals. */
static int64_t cents(const char *text)
{
	char *end;
	int64_t whole = strtoll(text, &end, 10), part = 0;
	for (int i = 1; *end && i <= 2; i++) part = part * 10 + (end[i] >= '0' && end[i] <= '9' ? end[i] - '0' : 0);
	return whole * 100 + part;
}

static const char *after(const char *text, const char *word)
{
	const char *at = strstr(text, word);
	return at ? at + strlen(word) : "";
}

static void check_sample(const char *name, const char *expected, int *read, int *refused)
{
	char path[512];
	snprintf(path, sizeof path, SAMPLES "%s", name);
	size_t len;
	cleanup_free char *bytes = read_file(path, &len);
	if (!bytes) return;
	enum format_kind kind = strstr(name, "/camt-") ? FORMAT_CAMT : strstr(name, ".240-") ? FORMAT_CFONB240 : strstr(name, "/cfonb-") ? FORMAT_CFONB :
		strstr(name, "/mt940-") ? FORMAT_MT940 : strstr(name, "/ofx-") ? FORMAT_OFX : FORMAT_QIF;
	struct statement_file *file = NULL;
	struct status status = statement_read(kind, bytes, len, (struct statement_options){ .lang = LANG_EN }, &file);
	int before = test_failures;
	if (status.code) {
		++*refused;
		CHECK_INT(status.code, STATUS_INVALID);
		CHECK(strlen(status.text) > 20);
		/* what holds a statement is read */
		if (kind == FORMAT_CAMT) CHECK_INT(strtol(after(expected, "statements "), NULL, 10), 0);
		if (kind == FORMAT_CFONB || kind == FORMAT_CFONB240) CHECK(false);
		if (kind == FORMAT_MT940) CHECK(strtol(after(expected, "statements (:20:) "), NULL, 10) == 0 || strstr(name, "reference.sta"));
		if (kind == FORMAT_OFX) CHECK(strtol(after(expected, "STMTTRN "), NULL, 10) == 0 || strstr(status.text, "investment"));
		if (kind == FORMAT_QIF) CHECK(strstr(status.text, "no movement"));
	} else {
		++*read;
		struct counted counted = count(file);
		if (kind == FORMAT_CAMT) {
			CHECK_INT(file->statement_count, strtol(after(expected, "statements "), NULL, 10));
			CHECK_INT(counted.credits, cents(after(expected, "credits ")));
			CHECK_INT(counted.debits, cents(after(expected, "debits ")));
			CHECK(strncmp(expected, file->format, 8) == 0);
			CHECK_INT(file->rejected.total, 0);
		} else if (kind == FORMAT_CFONB) {
			CHECK_INT(file->statement_count, strtol(after(expected, "01:"), NULL, 10));
			CHECK_INT(counted.lines, strtol(after(expected, "04:"), NULL, 10));
			CHECK_INT(file->rejected.total, 0);
		} else if (kind == FORMAT_MT940) {
			CHECK_INT(counted.lines + file->rejected.total, strtol(after(expected, "(:61:) "), NULL, 10));
			CHECK_INT(file->statement_count, strtol(after(expected, "statements (:20:) "), NULL, 10));
		} else if (kind == FORMAT_OFX) {
			CHECK_INT(counted.lines + file->rejected.total, strtol(after(expected, "STMTTRN "), NULL, 10));
		} else if (kind == FORMAT_QIF) { /* its records are accounts, categories and classes too */
			CHECK(counted.lines > 0 && counted.lines + file->rejected.total <= strtol(after(expected, "records (^) "), NULL, 10));
		}
	}
	if (test_failures != before) printf("  in %s (%s): %s\n", name, expected, status.text);
	statement_file_free(file);
}

static void samples_give_what_their_manifest_expects(void)
{
	size_t len;
	cleanup_free char *manifest = read_file(SAMPLES "MANIFEST.tsv", &len);
	if (!manifest) {
		puts("  (samples are not at hand)");
		return;
	}
	int read = 0, refused = 0;
	manifest[len - 1] = 0;
	for (char *line = manifest, *next; line && *line; line = next) {
		next = strchr(line, '\n');
		if (next) *next++ = 0;
		if (strncmp(line, "bank/", 5) != 0) continue;
		char *tab = strchr(line, '\t'), *last = strrchr(line, '\t');
		*tab = 0;
		if (!strstr(line, ".json")) check_sample(line, last + 1, &read, &refused);
	}
	printf("  %d samples read, %d refused in words\n", read, refused);
	CHECK(read + refused >= 60);
}

TESTS({ "samples give what their manifest expects", samples_give_what_their_manifest_expects }, )
