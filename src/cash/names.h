/* names — who may be meant by a name as a bank writes it: legal forms, accents, order, shortened and cut words forgiven.
 *
 * Words weigh by their rarity among the names known ("GARAGE" little, "NOVALIS" much). Of two coverages one says how much of
 * the known name stands in the text, the other how much of the text the known name explains.
 */
#ifndef CASH_NAMES_H
#define CASH_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cash_names;

enum { CASH_NAME_HITS = 16, CASH_NAME_WORDS = 24 };
struct cash_name_hit {
	uint32_t owner, learned; /* as given to cash_names_add */
	float of_name, of_text;  /* coverages, 0..1 */
};

struct cash_names *cash_names_new(void);
void cash_names_free(struct cash_names *names);
void cash_names_add(struct cash_names *names, const char *name, uint32_t owner, uint32_t learned);
void cash_names_ready(struct cash_names *names); /* once all are added */

/* Best first; at most CASH_NAME_HITS. `alone`: the text is a name only, not a whole line of a statement. */
size_t cash_names_find(const struct cash_names *names, const char *text, bool alone, struct cash_name_hit out[static CASH_NAME_HITS]);

#endif
