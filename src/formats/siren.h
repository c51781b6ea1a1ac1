/* siren — the numbers that identify a French company (SIREN, 9 digits) and its places (SIRET, 14), with their check digit. */
#ifndef FORMATS_SIREN_H
#define FORMATS_SIREN_H

#include <stdbool.h>

bool siren_valid(const char *digits); /* nine digits, nothing else, Luhn */
bool siret_valid(const char *digits); /* fourteen; La Poste's places have a rule of their own */

#endif
