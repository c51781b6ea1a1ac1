/* Any bytes as a workbook: words or a list, each row taken once. The first byte chooses: the container itself, or the bytes as
 * the sheet of a sound container, so that the fuzzer reaches what lies behind the ZIP. */
#include "formats/csv.h"
#include "formats/testzip.h"
#include "formats/xlsx.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void read_all(const char *bytes, size_t len)
{
	struct xlsx *xlsx = NULL;
	if (xlsx_open(bytes, len, &xlsx).code) return;
	for (size_t i = 0; i < xlsx_sheet_count(xlsx) && i < 3; i++) {
		struct text text = { 0 };
		struct xlsx_notes notes = { 0 };
		if (xlsx_text(xlsx, i, 0, &text, &notes).code == STATUS_OK) {
			if (!utf8_valid(text_cstr(&text), text.len)) abort();
			int64_t lines = 0;
			for (size_t b = 0; b < text.len; b++) lines += text.bytes[b] == '\n';
			if (lines < notes.rows || lines > XLSX_ROWS_MAX) abort(); /* a row is a line */
		}
		text_free(&text);
	}
	xlsx_close(xlsx);
	struct csv *csv = NULL;
	if (csv_look(bytes, len, (struct csv_options){ .lang = LANG_EN }, &csv).code == STATUS_OK) csv_free(csv);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	if (len < 1 || len > 1 << 16) return 0;
	if (bytes[0] == 'P') {
		read_all((const char *)bytes, len);
		return 0;
	}
	static const char rels[] = "<R><Relationship Id='1' Type='/worksheet' Target='s.xml'/><Relationship Id='2' Type='/styles' Target='t.xml'/>"
	                           "<Relationship Id='3' Type='/sharedStrings' Target='u.xml'/></R>";
	size_t zip_len;
	const char *sheet = (const char *)bytes + 1;
	char *zip = testzip((struct testzip_part[]){ { "xl/workbook.xml", "<w xmlns:r='r'><sheet name='a' r:id='1'/></w>", 0 }, { "xl/_rels/workbook.xml.rels", rels, 0 },
		{ "xl/t.xml", "<s><cellXfs><xf numFmtId='0'/><xf numFmtId='14'/><xf numFmtId='2'/></cellXfs></s>", 0 },
		{ "xl/u.xml", "<s><si><t>Client</t></si><si><t>Montant</t></si><si><t>1 234,50</t></si></s>", 0 },
		{ "xl/s.xml", len > 1 ? sheet : " ", len > 1 ? len - 1 : 1 }, { 0 } }, &zip_len);
	read_all(zip, zip_len);
	free(zip);
	return 0;
}
