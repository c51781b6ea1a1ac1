/* secret — random values handed out once, of which only a hash is stored. */
#ifndef ACCESS_SECRET_H
#define ACCESS_SECRET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SECRET_HASH = 32, SECRET_TEXT = 44 /* 256 bits in base64url, with its 0 */ };

void secret_make(char out[static SECRET_TEXT]);
void secret_hash(const char *value, uint8_t out[static SECRET_HASH]);
/* "PREFIX<tenant>.<secret>": the tenant leads every key of the store. False when it doesn't look like one. */
bool secret_tenant(const char *value, const char *prefix, int64_t *tenant);

#endif
