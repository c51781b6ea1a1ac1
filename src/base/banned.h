/* banned — calls that are not used here; each has a safe counterpart. Included before every file. */
#if !defined(BASE_BANNED_H) && !defined(__ASSEMBLER__)
#define BASE_BANNED_H

/* clang says by a feature what gcc says by a macro */
#if defined __has_feature
#if __has_feature(address_sanitizer) && !defined __SANITIZE_ADDRESS__
#define __SANITIZE_ADDRESS__ 1
#endif
#if __has_feature(thread_sanitizer) && !defined __SANITIZE_THREAD__
#define __SANITIZE_THREAD__ 1
#endif
#endif

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Poisoned after the system headers that declare them; a header that needs one must come before. */
#if !defined(ENCOURS_ALLOW_BANNED)
#undef sprintf /* macros of fortified headers, with clang */
#undef vsprintf
#pragma GCC poison strcpy strcat sprintf vsprintf gets atoi atol atoll strtok
#endif

#endif
