/* sap — lists of customers' items from SAP, made plain before csv.h reads them as any list: the "unconverted" print of FBL5N
 * with its page headers, customers on lines of their own and subtotals; the tables BSID and BSAD, whose due date must be computed.
 *
 *     struct text plain = { 0 };
 *     if (sap_list(bytes, len, &plain)) …        tabs, UTF-8, one header in words that csv.h knows, each row on its own line
 *
 * Number: the reference (XBLNR), which is what the customer knows; where it is empty the assignment (ZUONR) or the document
 * number. Identifier: document number, and in the tables year and item. What a clearing document joins is lettered by it.
 */
#ifndef FORMATS_SAP_H
#define FORMATS_SAP_H

#include "base/text.h"

bool sap_list(const char *bytes, size_t len, struct text *out); /* false: none of SAP's, out untouched */

#endif
