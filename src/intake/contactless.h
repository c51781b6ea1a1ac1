/* contactless — customers who owe something and have no address that works, for the grid where contacts are typed or pasted.
 *
 *     struct contactless *rows; size_t count; int64_t total;
 *     TRY(contactless_list(db, &viewer, company_id, 200, arena, &rows, &count, &total));
 *     TRY(contacts_paste(&intake, text, &result));          lines of a spreadsheet: customer code, address, name, phone
 */
#ifndef INTAKE_CONTACTLESS_H
#define INTAKE_CONTACTLESS_H

#include "book/book.h"
#include "intake/intake.h"

struct contactless {
	int64_t id, open;
	const char *code, *name;
};
/* The largest amounts first; generic accounts whose exclusion was accepted are left out. Texts live in the arena. */
struct status contactless_list(struct db *db, const struct viewer *viewer, int64_t company_id, size_t limit, struct arena *arena,
                               struct contactless **out, size_t *count, int64_t *total);

/* A 1 at each customer of the book who has an address that works; `out` has room for book_customers() of them, zeroed. */
struct status customers_reached(struct db *db, const struct viewer *viewer, int64_t company_id, const struct book *book, uint8_t *out);

/* Pasted lines as a file of contacts. Without a line of names, columns are told by their values: what has an @ is the address,
 * what matches a customer's code the customer. */
struct status contacts_paste(const struct intake *intake, const char *text, struct intake_result *out);

#endif
