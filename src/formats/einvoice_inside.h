/* einvoice_inside — what ubl.c and cii.c share: a table of paths, and how a text becomes a field. Nothing else includes it. */
#ifndef FORMATS_EINVOICE_INSIDE_H
#define FORMATS_EINVOICE_INSIDE_H

#include "base/text.h"
#include "formats/einvoice.h"
#include "formats/xml.h"

#include <stddef.h>

enum einvoice_take {
	TAKE_TEXT,      /* const char *: the first that is not empty stands */
	TAKE_DAY,       /* int32_t */
	TAKE_AMOUNT,    /* int64_t, and a flag beside it */
	TAKE_TYPE,
	TAKE_LIST,
	TAKE_LINES,     /* of an address: joined by line feeds */
	TAKE_LEGAL_ID,  /* of a party: SIREN, SIRET or another register's number, by its scheme and shape */
	TAKE_PARTY_ID,  /* of a party: a SIRET by its scheme, else his code */
	TAKE_TAX_ID,    /* of a party */
	TAKE_DUE_DAY,   /* one of several perhaps */
	TAKE_PART,      /* amount of the instalment whose due day stands beside it */
	TAKE_NOTE,
	TAKE_NOTE_CODE, /* CII: the subject of the note beside it */
	TAKE_LINE,      /* counted */
};

struct einvoice_path {
	const char *path;      /* below the root or section: "LegalMonetaryTotal/PayableAmount" */
	enum einvoice_take take;
	size_t field, flag;    /* offsets in struct einvoice; flag 0: none */
};
#define FIELD(name)      offsetof(struct einvoice, name)
#define AMOUNT(name)     TAKE_AMOUNT, offsetof(struct einvoice, name), offsetof(struct einvoice, has_##name)

struct einvoice_reading {
	struct einvoice *invoice;
	char scheme[32], format[16], currency[8]; /* attributes of the element that was begun last */
	const char *note_code;
	struct {
		char text[40];
		size_t flag, field;
		int64_t line, column;
	} amounts[8]; /* read once the currency is known */
	size_t amount_count;
	struct {
		char text[40];
		size_t instalment;
	} parts[EINVOICE_LIST_MAX];
	size_t part_count;
};

void einvoice_begin(struct einvoice_reading *reading, const struct xml_element *element); /* keeps its attributes */
struct status einvoice_take(struct einvoice_reading *reading, const struct einvoice_path *path, const struct xml_element *element);

/* Of each syntax: the path of an element, or NULL. */
const struct einvoice_path *ubl_path(const char *path);
const struct einvoice_path *cii_path(const char *path);

#endif
