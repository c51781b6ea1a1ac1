/* xlsx_inside — what the two halves of the workbook reader share: xlsx.c knows the container (sheets, styles, shared strings),
 * xlsx_sheet.c turns one sheet into text. Nothing outside these files includes it. */
#ifndef FORMATS_XLSX_INSIDE_H
#define FORMATS_XLSX_INSIDE_H

#include "base/arena.h"
#include "formats/unzip.h"
#include "formats/xlsx.h"

#include <expat.h>

enum xlsx_shape { SHAPE_NUMBER, SHAPE_DATE, SHAPE_TIME, SHAPE_PADDED /* 00000: zeros in front belong to it */ };
struct xlsx_style {
	enum xlsx_shape shape;
	int digits; /* SHAPE_PADDED: how many; SHAPE_NUMBER: decimals shown, -1 as many as there are */
};

struct xlsx {
	struct unzip *zip;
	struct arena *arena;
	struct xlsx_sheet *sheets;
	size_t sheet_count;
	bool macros, epoch_1904;
	struct xlsx_style *styles; /* by index in cellXfs */
	size_t style_count, style_cap;
	struct text strings;       /* all shared strings, one behind the other */
	uint32_t *string_ends;
	size_t string_count, string_cap;
};

/* Parses a member's XML piece by piece; element names without prefix. A handler stops the parsing by setting `stop`. */
struct xlsx_parse {
	void (*start)(void *context, const char *name, const char **attributes);
	void (*end)(void *context, const char *name);
	void (*text)(void *context, const char *bytes, int len);
	void *context;
	bool stop;             /* enough, without a failure */
	struct status failure; /* what a handler has to say */
	XML_Parser parser;
	bool doctype;
	int depth;
};
struct status xlsx_parse(struct xlsx *xlsx, const char *member, uint64_t limit, struct xlsx_parse *parse);
const char *xlsx_attribute(const char **attributes, const char *name); /* without prefix; NULL */
/* "BC12" gives column 54, row 12 (from 1); either may be missing: -1. */
void xlsx_reference(const char *text, int64_t *column, int64_t *row);

#endif
