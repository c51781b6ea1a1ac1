#include "intake/testdesk.h"
#include "intake/user_list.h"

static struct status look(struct desk *desk, const char *text, struct user_list *out)
{
	struct intake intake = intake_of(desk);
	return user_list_look(&intake, text, strlen(text), out);
}

static void by_hand(struct desk *desk, const char *email)
{
	struct user user;
	char made[USER_PASSWORD_MADE];
	CHECK_OK(user_add(desk->store, &desk->viewer, (struct user_new){ .email = email, .name = "By hand", .role = ROLE_READER }, 1700000000, made, &user));
}

static const char LIST[] = "email;nom;role;portefeuille;groupe\nanne@ex.fr;Anne;recouvrement;les siens;\nbob@ex.fr;Bob;commercial;groupe;EST\n"
                           "carla@ex.fr;Carla;lecteur;;\n";

/* Somebody adds one of the addresses between the look and the making: the others are made, every password is shown. */
static void no_password_is_lost_and_nobody_s_account_closed(struct store *store)
{
	struct desk desk = desk_new(store);
	struct intake intake = intake_of(&desk);
	struct user_list list;
	size_t closed = 0;
	CHECK_OK(look(&desk, LIST, &list));
	CHECK_INT(list.fresh, 3);
	by_hand(&desk, "bob@ex.fr");
	CHECK_OK(user_list_make(&intake, &list));
	CHECK_INT(list.failed, 1);
	CHECK(list.rows[0].password && !list.rows[0].failed);
	CHECK(!list.rows[1].password && list.rows[1].failed && strstr(list.rows[1].failed, "bob@ex.fr"));
	CHECK(list.rows[2].password && !list.rows[2].failed);
	CHECK_INT(number(&desk, "SELECT count(*) FROM user_account WHERE email = 'anne@ex.fr' AND portfolio = 'own' AND listed = 1 AND $company > 0"), 1);
	/* taken back: what the list made and nobody used; not what was made by hand, nor what somebody uses */
	CHECK_OK(look(&desk, LIST, &list));
	CHECK_INT(list.fresh, 0);
	struct db *db;
	CHECK_OK(store_writer(store, &db));
	CHECK_OK(db_run(db, "UPDATE user_account SET must_change = 0 WHERE email = 'carla@ex.fr'", DB_NO_ARGS));
	store_release(store, db);
	CHECK_OK(user_list_undo(&intake, &list, &closed));
	CHECK_INT(closed, 1);
	CHECK_INT(number(&desk, "SELECT count(*) FROM user_account WHERE disabled = 1 AND email = 'anne@ex.fr' AND $company > 0"), 1);
	CHECK_INT(number(&desk, "SELECT count(*) FROM user_account WHERE disabled = 1 AND $company > 0"), 1);
	desk_free(&desk);
}

static void a_wrong_row_makes_none(struct store *store)
{
	struct desk desk = desk_new(store);
	struct intake intake = intake_of(&desk);
	struct user_list list;
	CHECK_OK(look(&desk, "email;role\na@ex.fr;lecteur\na@ex.fr;lecteur\nb@ex.fr;roi\nno;lecteur\n", &list));
	CHECK_INT(list.problems, 3);
	CHECK_INT(user_list_make(&intake, &list).code, STATUS_INVALID);
	CHECK_INT(number(&desk, "SELECT count(*) FROM user_account WHERE $company > 0"), 0);
	CHECK_INT(look(&desk, "nom;age\nx;3\n", &list).code, STATUS_INVALID);
	desk_free(&desk);
}

ON_BOTH(no_password_is_lost_and_nobody_s_account_closed)
ON_BOTH(a_wrong_row_makes_none)

TESTS({ "no password is lost, and nobody's account closed", no_password_is_lost_and_nobody_s_account_closed_on_both },
      { "a wrong row makes none", a_wrong_row_makes_none_on_both })
