/* mustache_filter — what {{name|filter}} does with a value: only for mustache.c. */
#ifndef BASE_MUSTACHE_FILTER_H
#define BASE_MUSTACHE_FILTER_H

#include "base/mustache.h"

enum filter {
	FILTER_NONE = 0,
	FILTER_MONEY,
	FILTER_MONEY0,
	FILTER_SHORT,
	FILTER_INPUT,
	FILTER_DATE,
	FILTER_DATE_SHORT,
	FILTER_DATE_LONG,
	FILTER_DATE_FULL,
	FILTER_MONTH,
	FILTER_TIME,
	FILTER_CLOCK,
	FILTER_DAYS,
	FILTER_PERCENT,
	FILTER_NUMBER,
	FILTER_DECIMAL1,
	FILTER_TR,
	FILTER_URL,
	FILTER_JSON,
	FILTER_UNKNOWN,
};

enum filter filter_parse(const char *name, size_t len);
/* Appends the value as people read it, not escaped (json: safe inside a script element). */
void filter_apply(enum filter filter, const json_t *value, const char *currency, const struct mustache_options *options,
                  struct text *out);
/* A value without a filter: text as it is, numbers in their shortest form, true, false; nothing for null, lists, objects. */
void filter_plain(const json_t *value, struct text *out);

#endif
