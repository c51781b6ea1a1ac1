/* return_reason — why a bank sends a payment back, in words (reference/formats.md section 6). */
#ifndef CASH_RETURN_REASON_H
#define CASH_RETURN_REASON_H

#include "base/arena.h"
#include "base/locale.h"

/* "Insufficient funds (AM04)"; the bank's own words where the code says nothing; the line's text where there is neither. */
const char *bank_return_words(const char *code, const char *bank_words, const char *text, enum lang lang, struct arena *arena);

#endif
