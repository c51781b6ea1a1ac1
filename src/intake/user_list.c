#include "intake/user_list.h"

#include "base/email.h"
#include "base/memory.h"
#include "formats/csv.h"
#include "ledger/people.h"

#include <stdlib.h>
#include <string.h>

enum column { COLUMN_EMAIL, COLUMN_NAME, COLUMN_FIRST, COLUMN_ROLE, COLUMN_PORTFOLIO, COLUMN_GROUP, COLUMN_PHONE, COLUMN_COUNT };
static const char *const headers[COLUMN_COUNT] = {
	[COLUMN_EMAIL] = "|email|e mail|mail|courriel|adresse|adresse mail|adresse email|adresse e mail|adresse electronique|login|identifiant|",
	[COLUMN_NAME] = "|nom|name|nom complet|full name|utilisateur|user|last name|nom de famille|",
	[COLUMN_FIRST] = "|prenom|first name|given name|",
	[COLUMN_ROLE] = "|role|profil|profile|droits|fonction|habilitation|",
	[COLUMN_PORTFOLIO] = "|portefeuille|portfolio|perimetre|scope|clients|voit|sees|",
	[COLUMN_GROUP] = "|groupe|group|groupe de clients|customer group|",
	[COLUMN_PHONE] = "|telephone|tel|phone|portable|mobile|",
};

static const struct {
	const char *words;
	enum role role;
} roles[] = {
	{ "|administrator|administrateur|administratrice|admin|", ROLE_ADMINISTRATOR },
	{ "|credit manager|responsable recouvrement|responsable credit|", ROLE_CREDIT_MANAGER },
	{ "|collector|charge de recouvrement|chargee de recouvrement|recouvreur|recouvrement|gestionnaire|", ROLE_COLLECTOR },
	{ "|sales|commercial|commerciale|vendeur|", ROLE_SALES },
	{ "|resolver|dispute resolver|litiges|gestionnaire de litiges|traite les litiges|", ROLE_RESOLVER },
	{ "|reader|lecteur|lectrice|lecture|consultation|", ROLE_READER },
	{ "|accountant|outside accountant|comptable|expert comptable|comptable externe|", ROLE_ACCOUNTANT },
};

static bool among(const char *list, const char *plain)
{
	size_t len = strlen(plain);
	for (const char *at = len ? strstr(list, plain) : NULL; at; at = strstr(at + 1, plain))
		if (at[-1] == '|' && at[len] == '|') return true;
	return false;
}

static const char *plain_of(struct arena *arena, const char *text)
{
	cleanup_free char *plain = text_normalise(text, strlen(text));
	return arena_strdup(arena, plain);
}

static const char *cell_of(const struct csv_line *line, const int *at, enum column column)
{
	return at[column] < 0 ? "" : line->cells[at[column]];
}

static void read_row(const struct intake *intake, const struct csv_line *line, const int *at, struct user_row *out)
{
	struct arena *arena = intake->arena;
	enum lang lang = intake->viewer->lang;
	const char *first = cell_of(line, at, COLUMN_FIRST), *name = cell_of(line, at, COLUMN_NAME);
	*out = (struct user_row){ .line = line->line, .phone = cell_of(line, at, COLUMN_PHONE), .group = "", .portfolio = PORTFOLIO_ALL };
	char *email = arena_strdup(arena, cell_of(line, at, COLUMN_EMAIL));
	for (char *c = email; *c; c++)
		if (*c >= 'A' && *c <= 'Z') *c += 'a' - 'A';
	out->email = email;
	out->name = *first ? arena_printf(arena, "%s %s", first, name) : name;
	if (!email_plausible(email)) {
		out->problem = tr(lang, "This is not an e-mail address.");
		return;
	}
	const char *role = plain_of(arena, cell_of(line, at, COLUMN_ROLE));
	size_t r = 0;
	while (r < COUNT(roles) && !among(roles[r].words, role)) r++;
	if (r == COUNT(roles)) {
		out->problem = arena_printf(arena, tr(lang, "“%s” is not a role: administrator, credit manager, collector, sales, dispute resolver, reader, accountant."), cell_of(line, at, COLUMN_ROLE));
		return;
	}
	out->role = roles[r].role;
	const char *portfolio = plain_of(arena, cell_of(line, at, COLUMN_PORTFOLIO)), *group = cell_of(line, at, COLUMN_GROUP);
	if (among("|own|les siens|ses clients|siens|his customers|", portfolio))
		out->portfolio = PORTFOLIO_OWN;
	else if (*group || among("|group|groupe|", portfolio))
		out->portfolio = PORTFOLIO_GROUP, out->group = group;
	else if (*portfolio && !among("|all|tous|toutes|tous les clients|all customers|", portfolio))
		out->problem = arena_printf(arena, tr(lang, "“%s” is not a portfolio: all, own, group."), cell_of(line, at, COLUMN_PORTFOLIO));
	if (out->portfolio == PORTFOLIO_GROUP && !*out->group) out->problem = tr(lang, "Name the group of customers that this account sees.");
	const struct user limits;
	if (strlen(out->name) >= sizeof limits.name || strlen(out->phone) >= sizeof limits.phone || strlen(out->group) >= sizeof limits.portfolio_group || strlen(email) >= sizeof limits.email)
		out->problem = tr(lang, "A name, telephone number or group is too long.");
}

static struct status look_rows(const struct intake *intake, struct csv *csv, struct user_list *out)
{
	int at[COLUMN_COUNT];
	for (int c = 0; c < COLUMN_COUNT; c++) {
		at[c] = -1;
		for (size_t i = 0; i < csv->column_count && at[c] < 0; i++)
			if (among(headers[c], plain_of(intake->arena, csv->columns[i].header))) at[c] = (int)i;
	}
	if (at[COLUMN_EMAIL] < 0 || at[COLUMN_ROLE] < 0) return status_make(STATUS_INVALID, "A list of users has a column of e-mail addresses and one of roles.");
	struct table table;
	int64_t *lines = arena_array(intake->arena, int64_t, USER_LIST_MOST + 1);
	size_t count = 0;
	bool more = false;
	table_open(&table, csv->bytes, csv->len, csv->dialect);
	while (table_next(&table) == TABLE_ROW) {
		if (table.line <= csv->header_line || table.blank) continue;
		if (count == USER_LIST_MOST) more = true;
		if (more) break;
		lines[count++] = table.line;
	}
	table_close(&table);
	if (more) return status_make(STATUS_INVALID, "A list of users has at most %d rows.", USER_LIST_MOST);
	struct csv_line *cells;
	TRY(csv_lines(csv, lines, count, false, intake->arena, &cells));
	out->rows = arena_array(intake->arena, struct user_row, count + 1);
	for (size_t i = 0; i < count; i++)
		if (cells[i].found) read_row(intake, &cells[i], at, &out->rows[out->count++]);
	return out->count ? STATUS_FINE : status_make(STATUS_INVALID, "The list has no user.");
}

struct status user_list_look(const struct intake *intake, const char *bytes, size_t len, struct user_list *out)
{
	*out = (struct user_list){ 0 };
	if (!viewer_may(intake->viewer, RIGHT_USERS)) return status_make(STATUS_FORBIDDEN, "You may not manage accounts.");
	struct csv *csv = NULL;
	TRY(csv_look(bytes, len, (struct csv_options){ .lang = intake->viewer->lang, .what = CSV_CONTACTS }, &csv));
	struct status status = look_rows(intake, csv, out);
	csv_free(csv);
	TRY(status);
	struct db *db;
	TRY(store_reader(intake->store, &db));
	for (size_t i = 0; i < out->count && !status.code; i++) {
		struct user user;
		struct user_row *row = &out->rows[i];
		for (size_t k = 0; k < i && !row->problem; k++)
			if (strcmp(out->rows[k].email, row->email) == 0) row->problem = tr(intake->viewer->lang, "This address stands twice in the list.");
		if (!row->problem) {
			struct status found = user_find(db, intake->viewer, row->email, &user);
			if (found.code && found.code != STATUS_NOT_FOUND) status = found;
			row->known = !found.code;
		}
		out->problems += row->problem != NULL;
		out->fresh += !row->problem && !row->known;
	}
	store_release(intake->store, db);
	return status;
}

struct making {
	const struct intake *intake;
	const struct user *user;
	bool disabled;
};

static struct status make_one(const struct intake *intake, struct user_row *row)
{
	struct user user;
	char made[USER_PASSWORD_MADE];
	TRY(user_add(intake->store, intake->viewer, (struct user_new){ .email = row->email, .name = row->name, .role = row->role, .phone = row->phone,
		.portfolio = row->portfolio, .portfolio_group = row->group, .listed = true }, intake->now, made, &user));
	row->password = arena_strdup(intake->arena, made);
	return people_record(intake->store, intake->viewer, "user.added", &user, intake->now);
}

struct status user_list_make(const struct intake *intake, struct user_list *list)
{
	if (list->problems) return status_make(STATUS_INVALID, "Some rows can't be used. No account was made.");
	for (size_t i = 0; i < list->count; i++) {
		struct user_row *row = &list->rows[i];
		if (row->known) continue;
		struct status status = make_one(intake, row);
		if (!status.code) continue;
		row->failed = arena_strdup(intake->arena, status.text);
		list->failed++;
	}
	return STATUS_FINE;
}

static struct status disable(struct db *db, void *context)
{
	const struct making *m = context;
	return user_disable(db, m->intake->viewer, m->user->id, true, m->intake->now);
}

struct status user_list_undo(const struct intake *intake, const struct user_list *list, size_t *closed)
{
	*closed = 0;
	for (size_t i = 0; i < list->count; i++) {
		struct db *db;
		struct user user;
		if (list->rows[i].problem || !list->rows[i].known) continue;
		TRY(store_reader(intake->store, &db));
		struct status status = user_find(db, intake->viewer, list->rows[i].email, &user);
		store_release(intake->store, db);
		TRY(status);
		/* the first password was never changed: nobody has used it */
		if (user.disabled || !user.listed || !user.must_change || user.id == intake->viewer->user_id) continue;
		TRY(store_transact(intake->store, disable, &(struct making){ intake, &user, true }));
		user.disabled = true;
		TRY(people_record(intake->store, intake->viewer, "user.disabled", &user, intake->now));
		++*closed;
	}
	return STATUS_FINE;
}

static void quoted(struct text *out, const char *text)
{
	text_add_char(out, '"');
	for (; *text; text++) {
		if (*text == '"') text_add_char(out, '"');
		text_add_char(out, *text);
	}
	text_add_char(out, '"');
}

void user_list_text(const struct user_list *list, struct text *out)
{
	static const char *const portfolios[] = { [PORTFOLIO_ALL] = "all", [PORTFOLIO_OWN] = "own", [PORTFOLIO_GROUP] = "group" };
	text_add(out, "email;name;phone;role;portfolio;group\n");
	for (size_t i = 0; i < list->count; i++) {
		const struct user_row *row = &list->rows[i];
		const char *cells[] = { row->email, row->name, row->phone, role_code(row->role), portfolios[row->portfolio], row->group };
		for (size_t c = 0; c < COUNT(cells); c++) {
			if (c) text_add_char(out, ';');
			quoted(out, cells[c]);
		}
		text_add_char(out, '\n');
	}
}
