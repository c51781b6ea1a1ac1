/* learned — the model of lateness (standing/lateness.h) of one company on one day, learned from its book and kept while the
 * payments it was learned from are the same.
 *
 * The forecast uses it where the book has enough: at least LEARNED_ENOUGH invoices of the last three years that payments settled,
 * and no more open items than LEARNED_OPEN (each is asked about one by one). Otherwise it goes by averages (insight/forecast.h).
 */
#ifndef INSIGHT_LEARNED_H
#define INSIGHT_LEARNED_H

#include "insight/report.h"
#include "standing/lateness.h"

enum { LEARNED_ENOUGH = 200, LEARNED_OPEN = 30000, LEARNED_DAYS = 3 * 365 };
struct learned;

/* NULL where there is too little to learn from. Learned from all customers of the company, whoever asks. */
struct learned *learned_get(const struct report_context *context);
void learned_release(struct learned *learned); /* NULL is fine */
void learned_curve(const struct learned *learned, const struct report_context *context, size_t index, const struct book_item *item,
                   struct lateness_curve *out);

#endif
