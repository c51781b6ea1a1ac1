/* account_number — whether two names of a bank account mean the same one: IBAN against IBAN, against the parts of one (bank, branch,
 * number, as CFONB and RIBs write it) or against the bare number within one (QIF, MT940, a bank's CSV).
 *
 *     enum account_likeness likeness = account_compare("FR7630006000011234567890189", "12345678901");      ACCOUNT_NUMBER
 *
 * A bare number says nothing of the bank: two accounts of a company may end in the same one. So it counts only where one alone
 * fits (bank.c). */
#ifndef CASH_ACCOUNT_NUMBER_H
#define CASH_ACCOUNT_NUMBER_H

enum account_likeness { ACCOUNT_OTHER, ACCOUNT_NUMBER, ACCOUNT_SAME };
enum account_likeness account_compare(const char *a, const char *b);

#endif
