/* language — the language that somebody reads, as a tag of BCP 47: "de", "pt-BR", "sr-Latn". Any that exists can be chosen; words,
 * dates and amounts of ours are French or English (locale.h), and a language without them says which of the two it falls back to.
 *
 *     char tag[LANGUAGE_TAG];
 *     if (language_tag("PT_br", tag)) …            "pt-BR"
 *     while (!found(tag) && language_wider(tag));  "pt-BR", then "pt"
 */
#ifndef BASE_LANGUAGE_H
#define BASE_LANGUAGE_H

#include "base/locale.h"

enum { LANGUAGE_TAG = 16 };

/* Tidied: a language of ISO 639 in its shortest code, then a script (ISO 15924) and a region (ISO 3166, or UN M.49 in digits) if they
 * are given. False for one that does not exist, and for variants and private tags. */
bool language_tag(const char *given, char out[static LANGUAGE_TAG]);
bool language_wider(char tag[static LANGUAGE_TAG]); /* its last part off; false when there is only one */
/* "Deutsch", in itself where we know how; else in English; "" for none. Of the first part alone. */
const char *language_name(const char *tag);
/* The catalogue whose words it takes: its own, or `otherwise`. True when it is its own. A tag from elsewhere, "" included, is fine. */
bool language_words(const char *tag, enum lang otherwise, enum lang *out);

#endif
