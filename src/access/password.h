/* password — argon2id hashes, passwords that are made, and which ones are too easy. */
#ifndef ACCESS_PASSWORD_H
#define ACCESS_PASSWORD_H

#include "base/status.h"

#include <stdbool.h>
#include <stddef.h>

enum { PASSWORD_HASH_MAX = 128 };

/* 3 passes over 19 MiB: tens of milliseconds, so never inside a write transaction. */
struct status password_hash(const char *password, char out[static PASSWORD_HASH_MAX]);
/* An empty or unknown hash takes as long as a real one and never fits. */
bool password_fits(const char *hash, const char *password);
bool password_outdated(const char *hash); /* made with older parameters */
/* "kx7m-q2hd-…": 16 characters of an alphabet without look-alikes, 78 bits. */
void password_make(char *out, size_t size);

#endif
