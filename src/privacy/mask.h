/* mask — a person's name, addresses and numbers taken out of words that stay.
 *
 * A name is found as whole words, whatever their case and accents, in either order ("Anne Martin", "MARTIN ANNE"), and alone after a
 * form of address ("Mme Martin"); a single word never is, unless it stands after one: it may be a place or somebody else. An address
 * is found whatever its case; a telephone number and an IBAN however they are spaced. What is found becomes "[…]".
 *
 *     struct mask *mask = mask_new();
 *     mask_name(mask, "Anne Martin"), mask_email(mask, "anne@ex.fr"), mask_phone(mask, "06 12 34 56 78");
 *     if (mask_text(mask, words, &out)) …changed…
 *     mask_free(mask);
 */
#ifndef PRIVACY_MASK_H
#define PRIVACY_MASK_H

#include "base/text.h"

struct mask;
struct mask *mask_new(void);
void mask_free(struct mask *mask); /* NULL is fine */
void mask_free_at(struct mask **mask);
#define cleanup_mask [[gnu::cleanup(mask_free_at)]]

/* Too short to be told from other words: left out. */
void mask_name(struct mask *mask, const char *name);
/* A name taken as it is, even if it is one word: a customer's own, a payer's as the bank writes it. Four letters at least. */
void mask_whole(struct mask *mask, const char *name);
void mask_email(struct mask *mask, const char *email);
void mask_phone(struct mask *mask, const char *phone);
void mask_code(struct mask *mask, const char *code); /* IBAN, SIREN, VAT number: letters and digits, spaces ignored */
bool mask_empty(const struct mask *mask);

/* Whether anything was found; then `out` (appended) is the text without it. `out` NULL: only asks. */
bool mask_text(const struct mask *mask, const char *text, struct text *out);

#endif
