/* map — every table and column of the store: whether it can hold what is about a person, whose it is, and what becomes of it when he is
 * erased. One table (map.c); export, erasure, retention and the register of processing are read off it. A test walks the schema and
 * fails for a table or column that is not declared, so nothing new can hold a person unseen.
 *
 * Columns are listed by name, separated by spaces. After a name: `:d` civil day, `:t` instant, `:m` amount, `:n` number, `:b` bytes, nothing: text; `=x`
 * what an emptied one becomes (a JSON column: `={}`). Before it: `-` not told in an export (keys of our own, secrets).
 */
#ifndef PRIVACY_MAP_H
#define PRIVACY_MAP_H

#include <stdbool.h>
#include <stddef.h>

enum personal_fate {
	PERSONAL_KEEP,   /* the row stays and is not emptied: `why` says what asks for it; words that name him lose his name */
	PERSONAL_EMPTY,  /* the row stays (who did what when, amounts), what is about him goes */
	PERSONAL_DELETE, /* the row goes */
};
struct personal_table {
	const char *name;
	const char *title;   /* English msgid: what its rows are called; NULL: nothing of a person in it */
	const char *customer; /* condition on t that finds the rows of $customer; NULL: they are not a customer's */
	const char *user;    /* condition on t that finds the rows of the account $user; NULL: they are not an account's */
	const char *names;   /* what names or describes a person */
	const char *words;   /* free words, in which he may be named */
	const char *plain;   /* everything else */
	enum personal_fate fate;
	const char *why;     /* English msgid: why they stay (PERSONAL_KEEP) */
	bool rev;            /* has a revision */
};
const struct personal_table *personal_tables(size_t *count);
const struct personal_table *personal_table(const char *name); /* NULL when it is not declared */

/* One after the other: false at the end. `at` starts as the list. */
struct personal_column {
	char name[40], empty[8]; /* empty: what it becomes when it is emptied */
	char type;               /* 'd' day, 't' instant, 'm' amount, 'n' number, 'b' bytes, 0 text */
	bool hidden;             /* not told */
};
bool personal_column_next(const char **at, struct personal_column *out);
/* English msgid of a column on the readable page; NULL: it is in the JSON only. */
const char *personal_label(const char *column);
/* In every table, of no person. */
extern const char PERSONAL_COMMON[];

#endif
