/* recognise_bank — the bank's formats by their content, for recognise.c. */
#ifndef FORMATS_RECOGNISE_BANK_H
#define FORMATS_RECOGNISE_BANK_H

#include "formats/encoding.h"
#include "formats/recognise.h"

/* Each false where it is none; *out untouched then. Text without byte order mark and never UTF-16. */
bool recognise_bank_xml(const char *bytes, size_t len, enum lang lang, struct recognised *out);
bool recognise_bank_text(const char *bytes, size_t len, enum lang lang, struct recognised *out);
/* A bank's own table; asked last, after whatever a table may be instead. */
bool recognise_bank_table(const char *bytes, size_t len, const struct encoding_guess *encoding, enum lang lang, struct recognised *out);

#endif
