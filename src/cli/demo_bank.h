/* demo_bank — the bank statement of the demo company: the lines of a day on its current account, made of what is open today.
 * Lines that are certain, that want a look, that fit twice, that nobody knows, and a direct debit that comes back. */
#ifndef CLI_DEMO_BANK_H
#define CLI_DEMO_BANK_H

#include "base/text.h"
#include "book/book.h"

#include <stdint.h>

/* camt.053.001.08 of that day. */
void demo_bank_write(const struct book *book, int32_t day, int32_t today, struct text *out);

#endif
