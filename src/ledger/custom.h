/* custom — fields that a company defines for its customers and items: a text, a number, a date or one of some choices.
 *
 * A field has a code, which never changes: columns of files, filters, rules, conditions and texts name it field.<code>. Values are
 * kept in one way of writing each kind (12.5, 2025-01-31, a choice as it was defined), so that they compare as text or number.
 *
 *     struct custom_fields fields;
 *     TRY(custom_fields_load(db, tenant, company, arena, &fields));
 *     struct custom_values values;
 *     TRY(custom_values_load(db, tenant, company, CUSTOM_CUSTOMER, 0, arena, &values));        everybody's
 *     const struct custom_field *sector = custom_field_find(&fields, CUSTOM_CUSTOMER, "sector");
 *     if (custom_test(sector, custom_value_of(&values, customer.id, sector->id), CUSTOM_IS, "Retail")) …
 *
 * custom_field_find, custom_value_of and custom_test touch no store: rules and conditions call them.
 * What a person wrote stays his: an import leaves it. An import that is taken back takes its values with it.
 */
#ifndef LEDGER_CUSTOM_H
#define LEDGER_CUSTOM_H

#include "base/arena.h"
#include "base/text.h"
#include "ledger/company.h"

enum custom_subject { CUSTOM_CUSTOMER, CUSTOM_ITEM, CUSTOM_SUBJECT_COUNT };
const char *custom_subject_code(enum custom_subject subject); /* "customer", "item" */
bool custom_subject_parse(const char *code, enum custom_subject *out);

enum custom_kind { CUSTOM_TEXT, CUSTOM_NUMBER, CUSTOM_DATE, CUSTOM_CHOICE, CUSTOM_KIND_COUNT };
const char *custom_kind_code(enum custom_kind kind);          /* "text", "number", "date", "choice" */
bool custom_kind_parse(const char *code, enum custom_kind *out);

struct custom_field {
	int64_t id;
	enum custom_subject subject;
	enum custom_kind kind;
	const char *code, *label_fr, *label_en;
	const char *const *choices; /* kind choice; NULL-terminated */
	const char *choice_lines;   /* the same, one each line */
};
struct custom_fields {
	const struct custom_field *rows; /* in the company's order, customers' first */
	size_t count;
};
const char *custom_label(const struct custom_field *field, enum lang lang);
struct status custom_fields_load(struct db *db, int64_t tenant, int64_t company, struct arena *arena, struct custom_fields *out);
/* By code, with or without "field." before it; NULL when there is none. */
const struct custom_field *custom_field_find(const struct custom_fields *fields, enum custom_subject subject, const char *code);
const struct custom_field *custom_field_by_id(const struct custom_fields *fields, int64_t id);

/* A value as the field keeps it, or words why not. "" is no value. Numbers with comma or point, days as 31/01/2025 or 2025-01-31,
 * choices whatever their case and accents. */
struct status custom_read(const struct custom_field *field, const char *text, struct arena *arena, const char **out);
/* A kept value as people of that language read it. */
const char *custom_shown(const struct custom_field *field, const char *value, enum lang lang, struct arena *arena);

enum custom_op { CUSTOM_IS, CUSTOM_IS_NOT, CUSTOM_HOLDS, CUSTOM_AT_LEAST, CUSTOM_AT_MOST, CUSTOM_KNOWN, CUSTOM_UNKNOWN };
/* Whether a kept value ("" or NULL: none) is so. `wanted` is read as custom_read does; one that can't be read fits nothing.
 * At least and at most: numbers by size, days by date, texts by code point. */
bool custom_test(const struct custom_field *field, const char *value, enum custom_op op, const char *wanted);

/* --- values ------------------------------------------------------------------------------------------------------------------ */
struct custom_value {
	int64_t owner, field;
	const char *text;
	bool by_hand;
};
struct custom_values {
	const struct custom_value *rows; /* by owner, then field */
	size_t count;
};
/* Of one owner (a customer's or an item's id), or of all (owner 0). */
struct status custom_values_load(struct db *db, int64_t tenant, int64_t company, enum custom_subject subject, int64_t owner,
                                 struct arena *arena, struct custom_values *out);
/* "" when he has none; borrowed. */
const char *custom_value_of(const struct custom_values *values, int64_t owner, int64_t field);
const struct custom_value *custom_value_find(const struct custom_values *values, int64_t owner, int64_t field); /* NULL */
/* Who has a value that passes, in rising order. */
struct status custom_owners(struct db *db, int64_t tenant, int64_t company, const struct custom_field *field, enum custom_op op,
                            const char *wanted, struct arena *arena, int64_t **out, size_t *count);

/* --- changing ---------------------------------------------------------------------------------------------------------------- */
struct custom_new {
	int64_t id; /* 0: a new field; else what changes of it: labels, choices, position. Subject, code and kind stay. */
	enum custom_subject subject;
	enum custom_kind kind;
	const char *code /* NULL or "": made of the label */, *label_fr, *label_en /* one may be empty: the other then */, *choices;
	int64_t position;
};
struct status custom_define(struct change *change, const struct custom_new *given, int64_t *id);
/* Its values are no longer shown; defining the same code again brings a field without values. */
struct status custom_remove(struct change *change, int64_t id);
/* A person's word: checked, with an event on the customer. owner: the customer's or the item's id. */
struct status custom_set(struct change *change, enum custom_subject subject, int64_t owner, const char *code, const char *value);
/* What a file (import_id) or a rule (0) says, as custom_read gave it: no event. A person's word stays unless over_hand.
 * changed may be NULL. */
struct status custom_store(struct change *change, const struct custom_field *field, int64_t owner, const char *value, int64_t import_id,
                           bool over_hand, bool *changed);
/* What an import said is what was before again. */
struct status custom_undo(struct change *change, int64_t import_id);

#endif
