/* company_field — the company's own fields, checked: what company_create and company_set share. */
#ifndef LEDGER_COMPANY_FIELD_H
#define LEDGER_COMPANY_FIELD_H

#include "ledger/company.h"

struct status company_check_name(const char *name, size_t size);
struct status company_check_code(const char *code);
/* Nine digits; of a SIRET, which people have at hand, the first nine. */
struct status company_read_siren(const char *given, char out[static 16]);
struct status company_check_currency(const char *currency);
struct status company_check_country(const char *country);

#endif
