#include "formats/xml.h"

#include "base/memory.h"
#include "base/test.h"
#include "base/text.h"

struct seen {
	struct text out;
	const char *stop_at;
};

static struct status start(void *context, const struct xml_element *element)
{
	struct seen *seen = context;
	const char *currency = xml_attribute(element, "Ccy");
	text_addf(&seen->out, "<%s%s%s ", element->path, currency ? " " : "", currency ? currency : "");
	return STATUS_FINE;
}

static struct status end(void *context, const struct xml_element *element)
{
	struct seen *seen = context;
	text_addf(&seen->out, "%s=%s%s> ", element->name, element->text, element->cut ? "…" : "");
	if (seen->stop_at && strcmp(element->name, seen->stop_at) == 0)
		return status_make(STATUS_CONFLICT, "stopped at line %" PRId64 ", column %" PRId64, xml_line(element), xml_column(element));
	return STATUS_FINE;
}

static struct status read_all(const char *bytes, size_t len, struct seen *seen)
{
	return xml_read(bytes, len, &(struct xml_handler){ .context = seen, .start = start, .end = end });
}

static void expect(const char *xml, const char *want)
{
	struct seen seen = { 0 };
	CHECK_OK(read_all(xml, strlen(xml), &seen));
	CHECK_TEXT(text_cstr(&seen.out), want);
	text_free(&seen.out);
}

static void refused(const char *xml, size_t len, const char *part)
{
	struct seen seen = { 0 };
	struct status status = read_all(xml, len, &seen);
	CHECK_INT(status.code, STATUS_INVALID);
	if (!strstr(status.text, part)) printf("  “%s” lacks “%s”\n", status.text, part), test_failures++;
	text_free(&seen.out);
}

static void elements_come_with_their_path_attributes_and_text(void)
{
	expect("<?xml version=\"1.0\"?>\n<a:Document xmlns:a=\"urn:x\"><a:Ntry><a:Amt a:Ccy=\"EUR\"> 8.85\n</a:Amt></a:Ntry></a:Document>",
	       "</Document </Document/Ntry </Document/Ntry/Amt EUR Amt=8.85> Ntry=> Document=> ");
	expect("<A>one<B>two</B>three<![CDATA[ & four]]></A>", "</A </A/B B=two> A=onethree & four> ");
	expect("\xEF\xBB\xBF\n  <?xml version='1.0'?><A>&lt;&amp;&#233;</A>", "</A A=<&é> ");
	expect("<undeclared:A><undeclared:B/></undeclared:A>", "</A </A/B B=> A=> ");
}

static struct status check_paths(void *context, const struct xml_element *element)
{
	int *met = context;
	CHECK_TEXT(element->space, "urn:iso:camt.053");
	if (element->depth != 3) return STATUS_FINE;
	++*met;
	CHECK(xml_at(element, "Amt") && xml_at(element, "Ntry/Amt") && xml_at(element, "/Document/Ntry/Amt"));
	CHECK(!xml_at(element, "/Ntry/Amt") && !xml_at(element, "try/Amt") && !xml_at(element, "mt") && !xml_at(element, "X/Document/Ntry/Amt"));
	return STATUS_FINE;
}

static void paths_are_compared_by_whole_names(void)
{
	static const char xml[] = "<Document xmlns='urn:iso:camt.053'><Ntry><Amt/></Ntry></Document>";
	int met = 0;
	CHECK_OK(xml_read(xml, strlen(xml), &(struct xml_handler){ .context = &met, .start = check_paths }));
	CHECK_INT(met, 1);
	struct xml_root root;
	CHECK(xml_root("<?xml version='1.0'?><!-- x --><p:Invoice xmlns='urn:a' xmlns:p='urn:b'><cut off", 80, &root));
	CHECK_TEXT(root.name, "Invoice");
	CHECK_TEXT(root.space, "urn:b");
	CHECK(!xml_root("Date;Montant", 12, &root));
	CHECK(!xml_root("", 0, &root));
}

static void characters_are_what_the_bytes_say(void)
{
	static const char want[] = "</A A=é€> ";
	expect("<?xml version='1.0' encoding='UTF-8'?><A>\xC3\xA9\xE2\x82\xAC</A>", want);
	expect("<?xml version='1.0' encoding='ISO-8859-1'?><A>\xE9\x80</A>", want); /* as everybody means it */
	expect("<?xml version='1.0' encoding='windows-1252'?><A>\xE9\x80</A>", want);
	expect("<?xml version='1.0' encoding=\"ISO-8859-15\"?><A>\xE9\xA4</A>", want);
	expect("<?xml version='1.0' encoding='UTF-8'?><A>\xE9\x80</A>", want);
	expect("<?xml version='1.0' encoding='ISO-8859-1'?><A>\xC3\xA9\xE2\x82\xAC</A>", want);
	static const char utf16[] = "\xFF\xFE<\0?\0x\0m\0l\0 \0v\0e\0r\0s\0i\0o\0n\0=\0'\0" "1\0.\0" "0\0'\0 \0e\0n\0c\0o\0d\0i\0n\0g\0=\0'\0U\0T\0F\0-\0" "1\0" "6\0'\0?\0>\0<\0A\0>\0\xE9\0\xAC\x20<\0/\0A\0>\0";
	struct seen seen = { 0 };
	CHECK_OK(read_all(utf16, sizeof utf16 - 1, &seen));
	CHECK_TEXT(text_cstr(&seen.out), want);
	CHECK_TEXT(xml_encoding(utf16, sizeof utf16 - 1), "utf-16le");
	text_free(&seen.out);
	refused("<?xml version='1.0' encoding='ISO-8859-2'?><A>\xB1</A>", 49, "ISO-8859-2");
	/* one stray byte in good UTF-8 */
	expect("<A>é é é é é é é \xE9</A>", "</A A=é é é é é é é é> ");
}

static void what_is_wrong_is_said_with_line_and_column(void)
{
	refused("<A>\n <B></C></A>", 17, "Line 2, column 7: this closing tag does not fit <B>");
	refused("<A>\n <B>text", 12, "breaks off inside <B>");
	refused("<A>\n <B attr='x", 15, "breaks off in the middle of a tag");
	refused("<A/>\n<B/>", 9, "Line 2, column 1: something follows");
	refused("<A>&eacute;</A>", 15, "entity");
	refused("<A x='1' x='2'/>", 16, "same attribute twice");
	refused("", 0, "empty");
	refused(" \n ", 3, "no XML element");
	refused("<A>\0</A>", 8, "not well-formed");
	refused("\0\0\0\0\0\0\0\0\0\0\0\0", 12, "");
	struct seen seen = { .stop_at = "B" };
	struct status status = read_all("<A>\n <B>x</B><C>never</C></A>", 29, &seen);
	CHECK_INT(status.code, STATUS_CONFLICT);
	CHECK_TEXT(status.text, "stopped at line 2, column 6");
	CHECK_TEXT(text_cstr(&seen.out), "</A </A/B B=x> ");
	text_free(&seen.out);
}

static void entities_of_a_files_own_are_refused(void)
{
	static const char laughs[] = "<?xml version='1.0'?>\n<!DOCTYPE lolz [\n<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;'>]>\n<lolz>&b;</lolz>";
	refused(laughs, strlen(laughs), "Line 2: the file brings a document type");
	static const char outside[] = "<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><a>&x;</a>";
	refused(outside, strlen(outside), "document type");
}

static void depth_and_sizes_are_bounded(void)
{
	cleanup_text struct text deep = { 0 };
	for (int i = 0; i < 64; i++) text_add(&deep, "<a>");
	for (int i = 0; i < 64; i++) text_add(&deep, "</a>");
	struct seen seen = { 0 };
	CHECK_OK(read_all(deep.bytes, deep.len, &seen));
	text_free(&seen.out);
	text_clear(&deep);
	for (int i = 0; i < 100000; i++) text_add(&deep, "<a>");
	refused(deep.bytes, deep.len, "deeper than 64 levels");

	text_clear(&deep);
	text_add(&deep, "<a><b>");
	for (int i = 0; i < 1 << 20; i++) text_add(&deep, "éx");
	text_add(&deep, "</b><c>kept</c></a>");
	struct seen cut = { 0 };
	CHECK_OK(xml_read(deep.bytes, deep.len, &(struct xml_handler){ .context = &cut, .end = end, .text_max = 20 }));
	CHECK_TEXT(text_cstr(&cut.out), "b=éxéxéxéxéxéxé…> c=kept> a=> ");
	text_free(&cut.out);

	text_clear(&deep);
	text_add(&deep, "<a x='");
	cleanup_free char *pad = xmalloc(32 << 20);
	memset(pad, 'x', 32 << 20);
	text_add_bytes(&deep, pad, 32 << 20);
	refused(deep.bytes, deep.len, "more than 4 MB");
}

TESTS({ "elements come with their path, attributes and text", elements_come_with_their_path_attributes_and_text },
      { "paths are compared by whole names", paths_are_compared_by_whole_names },
      { "characters are what the bytes say", characters_are_what_the_bytes_say },
      { "what is wrong is said with line and column", what_is_wrong_is_said_with_line_and_column },
      { "entities of a file's own are refused", entities_of_a_files_own_are_refused },
      { "depth and sizes are bounded", depth_and_sizes_are_bounded }, )
