/* user_list — accounts from a list (CSV, text, workbook): e-mail, name, role, portfolio. Looked at first, then made; the passwords are
 * given once, to be printed.
 *
 *     TRY(user_list_look(&intake, bytes, len, &list));
 *     TRY(user_list_make(&intake, &list));                    list.rows[i].password of those it made
 *     TRY(user_list_undo(&intake, &list, &closed));           closes those accounts of the list that nobody has used yet
 *
 * An address that has an account is left as it is: a file never changes what somebody may do. All rows are right, or none is made. One
 * that fails all the same (somebody added that address meanwhile) stops none of the others: each password is shown once, whatever
 * happens to the next. Taking a list back closes what a list made, never an account made by hand.
 */
#ifndef INTAKE_USER_LIST_H
#define INTAKE_USER_LIST_H

#include "access/user.h"
#include "intake/intake.h"

enum { USER_LIST_MOST = 200 };

struct user_list {
	struct user_row {
		int64_t line;
		const char *email, *name, *phone;
		enum role role;
		enum portfolio portfolio;
		const char *group;
		bool known;           /* has an account already */
		const char *problem;  /* in words; NULL: none */
		const char *password; /* once made; shown even when something failed after it */
		const char *failed;   /* why it could not be made, or not be recorded, though the list was right */
	} *rows;                      /* in the intake's arena */
	size_t count, fresh, problems, failed;
};
struct status user_list_look(const struct intake *intake, const char *bytes, size_t len, struct user_list *out);
struct status user_list_make(const struct intake *intake, struct user_list *list);
struct status user_list_undo(const struct intake *intake, const struct user_list *list, size_t *closed);
/* The rows as a list that user_list_look reads again. */
void user_list_text(const struct user_list *list, struct text *out);

#endif
