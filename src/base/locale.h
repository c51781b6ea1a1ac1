/* locale — French and English, looked up per request, never by the process's locale.
 *
 *     tr(LANG_FR, "Outstanding")       "Encours"
 *
 * Message ids are the English text (locale/fr, one file per area); what has no translation is returned as it is. */
#ifndef BASE_LOCALE_H
#define BASE_LOCALE_H

#include <stdbool.h>

enum lang { LANG_FR = 0, LANG_EN = 1 };

[[gnu::format_arg(2)]] const char *tr(enum lang lang, const char *english); /* lives as long as the program, or is `english` itself */
const char *trn(enum lang lang, long count, const char *one, const char *many); /* French: 0 and 1 are singular */
enum lang lang_parse(const char *code, enum lang otherwise); /* "fr", "fr-FR", "en_GB.UTF-8"… */
const char *lang_code(enum lang lang);                       /* "fr", "en" */

/* The language of whoever this thread is working for: status_make words its texts in it. English until set. Each request,
 * job and command sets it anew. */
void lang_speak(enum lang lang);
enum lang lang_spoken(void);

#endif
