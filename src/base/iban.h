/* iban — an account number that is right, or none at all: a wrong one is a wrong payment.
 *
 *     char iban[IBAN_SIZE], bic[BIC_SIZE];
 *     if (!iban_read("FR76 3000 6000 …", iban)) …           ISO 13616, spaces and small letters allowed
 */
#ifndef BASE_IBAN_H
#define BASE_IBAN_H

#include <stdbool.h>

enum { IBAN_SIZE = 35, BIC_SIZE = 12 };
/* Capital letters and digits only in out; false, and out "", when a character is missing or wrong. */
bool iban_read(const char *text, char out[static IBAN_SIZE]);
/* 8 or 11 characters, six letters first; "" is fine. */
bool bic_read(const char *text, char out[static BIC_SIZE]);

#endif
