/* Any bytes as accounting entries of a package: what is read keeps its lines in order, and the FEC made of it is readable. */
#include "formats/entry_file.h"
#include "formats/fec.h"

#include "base/memory.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	static const enum format_kind kinds[] = { FORMAT_CEGID_TRA, FORMAT_CIEL_RIMPORT, FORMAT_CIEL_XIMPORT, FORMAT_EBP, FORMAT_ENTRY_TABLE, FORMAT_QUADRA,
		FORMAT_SAGE_MECG, FORMAT_SAGE_PNM };
	if (len < 1 || len > 1 << 16) return 0;
	const char *input = (const char *)bytes + 1;
	size_t input_len = len - 1;
	enum format_kind kind = entry_file_recognise(input, input_len);
	if (kind == FORMAT_UNKNOWN) kind = kinds[bytes[0] % COUNT(kinds)]; /* also what the user insists on */
	struct entry_file *entries = NULL;
	struct fec *fec = NULL;
	if (entry_file_read(kind, input, input_len, (struct entry_file_options){ .lang = LANG_EN, .currency = "EUR" }, &entries).code) return 0;
	for (size_t i = 1; i < entries->row_count; i++)
		if (entries->rows[i].line <= entries->rows[i - 1].line) abort();
	if (fec_read(entries->fec.bytes, entries->fec.len, (struct fec_options){ .lang = LANG_EN, .header_above = true }, &fec).code == STATUS_OK) {
		if (fec->data_lines != (int64_t)fec->line_count + fec->ignored_lines + fec->rejected.total) abort();
		for (size_t i = 0; i < fec->line_count; i++)
			if (fec->lines[i].line < 1 || fec->lines[i].line > entries->rows[entries->row_count - 1].line) abort();
		fec_free(fec);
	}
	entry_file_free(entries);
	return 0;
}
