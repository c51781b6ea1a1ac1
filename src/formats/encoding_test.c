#include "formats/encoding.h"

#include "base/test.h"

static struct arena *arena;

static const char *read_as(const char *bytes, enum encoding expected)
{
	struct encoding_guess guess = encoding_guess(bytes, strlen(bytes));
	CHECK_TEXT(encoding_name(guess.encoding), encoding_name(expected));
	struct slice text = encoding_text(arena, &guess, (struct slice){ bytes + guess.mark_len, strlen(bytes) - guess.mark_len });
	CHECK(utf8_valid(text.bytes, text.len));
	return arena_strndup(arena, text.bytes, text.len);
}

static void french_is_recognised_in_every_set(void)
{
	arena = arena_new();
	CHECK_TEXT(read_as("Soci\xC3\xA9t\xC3\xA9 G\xC3\xA9n\xC3\xA9rale", ENCODING_UTF8), "Société Générale");
	CHECK_TEXT(read_as("\xEF\xBB\xBFSoci\xC3\xA9t\xC3\xA9", ENCODING_UTF8), "Société");
	CHECK_TEXT(read_as("Soci\xE9t\xE9 d\x92h\xF4tel \x80", ENCODING_WINDOWS_1252), "Société d’hôtel €");
	CHECK_TEXT(read_as("SOCI\xC9T\xC9 \xC0 RESPONSABILIT\xC9", ENCODING_WINDOWS_1252), "SOCIÉTÉ À RESPONSABILITÉ");
	CHECK_TEXT(read_as("SOCI\xE9T\xE9 FRAN\xE7""AISE", ENCODING_WINDOWS_1252), "SOCIéTé FRANçAISE");
	CHECK_TEXT(read_as("Cr\xE9""ances \xA4 c\xBDur", ENCODING_ISO_8859_15), "Créances € cœur");
	CHECK_TEXT(read_as("Soci\x82t\x82 \x85 responsabilit\x82", ENCODING_CP850), "Société à responsabilité");
	CHECK_TEXT(read_as("FAC N\xF8 12 CREAT\xF8", ENCODING_CP850), "FAC N° 12 CREAT°"); /* the only high byte of a sample file */
	CHECK_TEXT(read_as("Fran\x87ois H\x93tel d\x82""cembre ao\x96t", ENCODING_CP850), "François Hôtel décembre août");
	CHECK_TEXT(read_as("N\xB0 12 \x96 ao\xFBt", ENCODING_WINDOWS_1252), "N° 12 – août");
	CHECK_TEXT(read_as("Prestation S\xF8ren S\xF8rensen K\xF8""benhavn", ENCODING_WINDOWS_1252), "Prestation Søren Sørensen København");
	arena_free(arena);
}

static void a_damaged_utf8_file_keeps_its_accents(void)
{
	arena = arena_new();
	CHECK_TEXT(read_as("Soci\xC3\xA9t\xC3\xA9 \xC3\xA0 r\xC3\xA9""f\xC3\xA9r\xC3\xA9""e \xC3\xA9t\xC3\xA9 ancien r\xE9glement", ENCODING_UTF8_DAMAGED),
	           "Société à référée été ancien réglement");
	arena_free(arena);
}

static void control_characters_become_spaces(void)
{
	arena = arena_new();
	CHECK_TEXT(read_as(" two\nlines\x01 here ", ENCODING_UTF8), "two lines  here");
	arena_free(arena);
}

static void utf16_is_converted_whole(void)
{
	static const char le[] = "\xFF\xFE" "\xE9\0a\0\x3D\xD8\xA9\xDC" "\x00\xD8x\0", be[] = "\xFE\xFF\0\xE9\0a";
	char *out;
	size_t len;
	CHECK(encoding_guess(le, sizeof le - 1).encoding == ENCODING_UTF16_LE);
	encoding_convert_utf16(le, sizeof le - 1, false, &out, &len);
	CHECK_TEXT(out, "éa💩\xEF\xBF\xBDx");
	free(out);
	CHECK(encoding_guess(be, sizeof be - 1).encoding == ENCODING_UTF16_BE);
	encoding_convert_utf16(be, sizeof be - 1, true, &out, &len);
	CHECK_TEXT(out, "éa");
	free(out);
	static const char unmarked[] = "J\0o\0u\0r\0n\0a\0l\0\t\0";
	CHECK(encoding_guess(unmarked, sizeof unmarked - 1).encoding == ENCODING_UTF16_LE);
}

TESTS({ "French is recognised in every set", french_is_recognised_in_every_set },
      { "a damaged UTF-8 file keeps its accents", a_damaged_utf8_file_keeps_its_accents },
      { "control characters become spaces", control_characters_become_spaces },
      { "UTF-16 is converted whole", utf16_is_converted_whole }, )
