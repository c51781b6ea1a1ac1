/* erase_inside — what the files of erase and retention share. */
#ifndef PRIVACY_ERASE_INSIDE_H
#define PRIVACY_ERASE_INSIDE_H

#include "privacy/erase.h"

#include <jansson.h>

enum { ERASE_PARTS = 200 };
struct erasing {
	struct db *db;
	struct change *change; /* NULL: only counted */
	int64_t tenant, company;
	const struct subject *subject;
	struct erase_plan *plan;
	struct arena *arena;
	int32_t before; /* conditions of retention: $before, $before_at */
};
/* condition: on t; may name $customer, $before, $before_at. lists: columns of the map, NULL where there are none. */
struct status erase_empty(struct erasing *e, const struct personal_table *table, const char *condition, const char *const lists[2], int64_t customer);
struct status erase_delete(struct erasing *e, const struct personal_table *table, const char *condition, int64_t customer);
struct status erase_mask(struct erasing *e, const struct personal_table *table, const char *condition, const char *const lists[2], int64_t customer);
struct status erase_events(struct erasing *e, int64_t customer, bool all, const char *kind, int64_t ref, json_t *content);
struct status erase_everything(struct erasing *e, json_t *content /* of the event that says so; borrowed */);
/* What stands against it, in words. */
struct status erase_refusals(struct db *db, const struct viewer *viewer, int64_t company, const struct subject *subject, struct arena *arena, struct erase_plan *plan);

/* What no import gives an erased customer again; and the mark of one who was stopped before, for the day the erasure is lifted. */
#define ERASED_BY_HAND "name,siren,vat_number,group_code,class,address,postcode,city,country,language,phone,email,salesperson,terms_days,terms_month,terms_day,credit_limit"
#define ERASED_STOPPED ",stopped"

#endif
