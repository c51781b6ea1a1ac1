/* setting — what a company chose, over defaults that are one table: src/ledger/setting.c. Add a key by adding a line there.
 *
 *     const struct settings *settings;
 *     TRY(settings_load(db, tenant, company, arena, &settings));
 *     int64_t days = setting_int(settings, "terms.days");
 *
 * Values are text as setting_set stored them: whole numbers in digits, booleans 0/1, amounts in minor units, dates
 * YYYY-MM-DD, lists separated by commas without spaces. */
#ifndef LEDGER_SETTING_H
#define LEDGER_SETTING_H

#include "base/arena.h"
#include "base/language.h"
#include "db/db.h"

#include <stdbool.h>
#include <stdint.h>

enum setting_type { SETTING_TEXT, SETTING_INT, SETTING_BOOL, SETTING_AMOUNT, SETTING_DATE, SETTING_LIST, SETTING_SECRET };
struct setting_key {
	const char *name;      /* "terms.days"; the part before the point is its group */
	enum setting_type type;
	const char *otherwise; /* default, as stored */
	const char *help;      /* English msgid */
	int64_t low, high;     /* SETTING_INT */
	const char *choices;   /* SETTING_TEXT: "none|after|before"; NULL: free */
	struct status (*check)(char *value); /* SETTING_TEXT, SETTING_LIST: refuses in words, may tidy in place (never longer) */
	bool long_text;        /* several lines */
};
const struct setting_key *setting_keys(size_t *count);
const struct setting_key *setting_key(const char *name); /* NULL when there is none */

/* All settings of a company, read at once; values are borrowed from the arena. */
struct settings;
struct status settings_load(struct db *db, int64_t tenant, int64_t company, struct arena *arena, const struct settings **out);
const struct settings *settings_default(struct arena *arena);
const char *setting_text(const struct settings *settings, const char *name); /* asserts that the name exists; never NULL */
int64_t setting_int(const struct settings *settings, const char *name);      /* also SETTING_AMOUNT; 0 when empty */
bool setting_bool(const struct settings *settings, const char *name);
/* The catalogue of words for a reader of that language ("" none chosen): its own, else the one that the company falls back to. */
enum lang setting_words(const struct settings *settings, const char *language);
bool setting_changed(const struct settings *settings, const char *name);     /* differs from the default */

/* A secret that can't be opened (db/seal.h) reads as "": why, in words; STATUS_FINE when it can, or none is set. */
struct status setting_unlocked(const struct settings *settings, const char *name);
/* Seals the secrets that an earlier build kept in plain, where there is a key or can be one; *sealed: how many. */
struct status settings_seal(struct store *store, int64_t tenant, int64_t *sealed);

/* Reads a value as a person writes it (1/0, yes/no, oui/non; an amount as 12,50, digits alone being
 * minor units) into the form that is stored: *out malloc'd. */
struct status setting_read(const struct setting_key *key, const char *currency, const char *value, char **out);
/* Checks and stores, without an event: a value equal to the default is forgotten. People's changes go through
 * setting_change, which records who changed what (never a secret's value). */
struct status setting_set(struct db *db, int64_t tenant, int64_t company, const char *name, const char *value);
struct change;
struct status setting_change(struct change *change, const char *name, const char *value);

#endif
