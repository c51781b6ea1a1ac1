/* email — addresses as people type them. */
#ifndef BASE_EMAIL_H
#define BASE_EMAIL_H

#include <stdbool.h>
#include <stddef.h>

/* One address, "name@host.tld", ASCII or UTF-8 before the @; no display name, no spaces, no control characters, nothing that
 * could end a header line. Whether a mailbox exists is not known. */
bool email_plausible(const char *address);
/* Trimmed and in lower case (ASCII), into out; false when it doesn't fit or isn't plausible. */
bool email_fold(const char *address, char *out, size_t size);

#endif
