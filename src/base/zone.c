#include "base/zone.h"

#include "base/day.h"
#include "base/memory.h"

#include <ctype.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* A day on which clocks move, as POSIX TZ rules say it. */
struct rule_day {
	enum { RULE_MONTH_WEEK, RULE_JULIAN, RULE_ZERO_BASED } kind; /* Mm.w.d, Jn (no 29 February), n */
	int month, week, weekday, day;
	int seconds; /* after midnight, local time; may be negative or over a day (RFC 8536 3.3.1) */
};

struct zone {
	size_t count;        /* transitions, ascending */
	int64_t *at;         /* from this instant on */
	int32_t *offset;     /*   clocks are that many seconds east */
	int32_t first;       /* before the first transition */
	bool has_rule;       /* after the last one */
	bool rule_dst;
	int32_t standard, daylight;
	struct rule_day start, end;
};

/* --- the rule of a footer ------------------------------------------------------------------------------------------- */
static bool skip_name(const char **p)
{
	const char *start = *p;
	if (**p == '<') {
		while (**p && **p != '>') ++*p;
		if (**p != '>') return false;
		++*p;
		return true;
	}
	while (isalpha((unsigned char)**p)) ++*p;
	return *p - start >= 3;
}

static bool read_number(const char **p, int limit, int *out)
{
	if (!isdigit((unsigned char)**p)) return false;
	int value = 0;
	while (isdigit((unsigned char)**p)) {
		value = value * 10 + (*(*p)++ - '0');
		if (value > limit) return false;
	}
	*out = value;
	return true;
}

/* [+-]hh[:mm[:ss]] */
static bool read_time(const char **p, int *seconds)
{
	int sign = 1, h = 0, m = 0, s = 0;
	if (**p == '+' || **p == '-') sign = *(*p)++ == '-' ? -1 : 1;
	if (!read_number(p, 167, &h)) return false;
	if (**p == ':') {
		++*p;
		if (!read_number(p, 59, &m)) return false;
		if (**p == ':') {
			++*p;
			if (!read_number(p, 59, &s)) return false;
		}
	}
	*seconds = sign * (h * 3600 + m * 60 + s);
	return true;
}

static bool read_rule_day(const char **p, struct rule_day *out)
{
	if (*(*p)++ != ',') return false;
	*out = (struct rule_day){ .seconds = 7200 };
	if (**p == 'M') {
		++*p;
		if (!read_number(p, 12, &out->month) || out->month < 1 || *(*p)++ != '.') return false;
		if (!read_number(p, 5, &out->week) || out->week < 1 || *(*p)++ != '.') return false;
		if (!read_number(p, 6, &out->weekday)) return false;
	} else if (**p == 'J') {
		++*p;
		out->kind = RULE_JULIAN;
		if (!read_number(p, 365, &out->day) || out->day < 1) return false;
	} else {
		out->kind = RULE_ZERO_BASED;
		if (!read_number(p, 365, &out->day)) return false;
	}
	if (**p != '/') return true;
	++*p;
	return read_time(p, &out->seconds);
}

static bool read_rule(const char *text, struct zone *zone)
{
	const char *p = text;
	int seconds = 0;
	if (!skip_name(&p) || !read_time(&p, &seconds)) return false;
	zone->standard = -seconds; /* POSIX counts west */
	if (*p) {
		if (!skip_name(&p)) return false;
		zone->daylight = zone->standard + 3600;
		if (*p && *p != ',') {
			if (!read_time(&p, &seconds)) return false;
			zone->daylight = -seconds;
		}
		if (!read_rule_day(&p, &zone->start) || !read_rule_day(&p, &zone->end) || *p) return false;
		zone->rule_dst = true;
	}
	return zone->has_rule = true;
}

static int32_t rule_civil_day(const struct rule_day *rule, int year)
{
	bool leap = day_month_length(year, 2) == 29;
	switch (rule->kind) {
	case RULE_JULIAN: return day_from_civil(year, 1, 1) + rule->day - 1 + (leap && rule->day >= 60);
	case RULE_ZERO_BASED: return day_from_civil(year, 1, 1) + rule->day;
	case RULE_MONTH_WEEK: break;
	}
	int32_t first = day_from_civil(year, rule->month, 1);
	int length = day_month_length(year, rule->month);
	int shift = (rule->weekday - day_weekday(first) % 7 + 7) % 7; /* POSIX: 0 is Sunday */
	int day = shift + 7 * (rule->week - 1);
	while (day >= length) day -= 7;
	return first + day;
}

static int rule_offset(const struct zone *zone, int64_t instant)
{
	if (!zone->rule_dst) return zone->standard;
	int64_t local = instant + zone->standard;
	int64_t day = local >= 0 ? local / 86400 : -((-local + 86399) / 86400);
	if (day < DAY_MIN || day > DAY_MAX) return zone->standard;
	int year = day_civil((int32_t)day).year;
	int64_t start = rule_civil_day(&zone->start, year) * INT64_C(86400) + zone->start.seconds - zone->standard;
	int64_t end = rule_civil_day(&zone->end, year) * INT64_C(86400) + zone->end.seconds - zone->daylight;
	bool summer = start < end ? instant >= start && instant < end : instant >= start || instant < end; /* south: over new year */
	return summer ? zone->daylight : zone->standard;
}

/* --- the file ---------------------------------------------------------------------------------------------------------- */
static uint64_t big_endian(const char *bytes, int len)
{
	uint64_t value = 0;
	for (int i = 0; i < len; i++) value = value << 8 | (unsigned char)bytes[i];
	return value;
}

struct header {
	uint32_t utc_count, std_count, leap_count, time_count, type_count, char_count;
	char version;
};

static bool read_header(const char *bytes, size_t len, struct header *out)
{
	if (len < 44 || memcmp(bytes, "TZif", 4) != 0) return false;
	uint32_t *fields[] = { &out->utc_count,  &out->std_count,  &out->leap_count,
		               &out->time_count, &out->type_count, &out->char_count };
	for (int i = 0; i < 6; i++) {
		*fields[i] = (uint32_t)big_endian(bytes + 20 + 4 * i, 4);
		if (*fields[i] > 100000) return false;
	}
	out->version = bytes[4];
	return out->type_count > 0;
}

static size_t block_size(const struct header *h, size_t time_size)
{
	return h->time_count * (time_size + 1) + h->type_count * (size_t)6 + h->char_count + h->leap_count * (time_size + 4) +
	       h->std_count + h->utc_count;
}

struct zone *zone_read(const char *bytes, size_t len)
{
	struct header h = { 0 };
	if (!read_header(bytes, len, &h)) return NULL;
	size_t at = 44, time_size = 4;
	if (h.version >= '2') { /* the second block has 64-bit times */
		size_t skip = at + block_size(&h, 4);
		if (skip > len || !read_header(bytes + skip, len - skip, &h)) return NULL;
		at = skip + 44, time_size = 8;
	}
	if (block_size(&h, time_size) > len - at) return NULL;
	const char *times = bytes + at, *indexes = times + h.time_count * time_size, *types = indexes + h.time_count;
	struct zone *zone = xcalloc(1, sizeof *zone);
	zone->at = xcalloc(h.time_count + 1, sizeof *zone->at);
	zone->offset = xcalloc(h.time_count + 1, sizeof *zone->offset);
	zone->count = h.time_count;
	zone->first = (int32_t)big_endian(types, 4);
	for (uint32_t i = 0; i < h.time_count; i++) {
		uint64_t raw = big_endian(times + i * time_size, (int)time_size);
		zone->at[i] = time_size == 8 ? (int64_t)raw : (int32_t)(uint32_t)raw;
		unsigned char type = (unsigned char)indexes[i];
		if (type >= h.type_count || (i && zone->at[i] <= zone->at[i - 1])) {
			zone_free(zone);
			return NULL;
		}
		zone->offset[i] = (int32_t)(uint32_t)big_endian(types + 6 * type, 4);
	}
	size_t footer = at + block_size(&h, time_size);
	if (time_size == 8 && footer < len && bytes[footer] == '\n') {
		const char *end = memchr(bytes + footer + 1, '\n', len - footer - 1);
		cleanup_free char *rule = end ? xstrndup(bytes + footer + 1, (size_t)(end - (bytes + footer + 1))) : NULL;
		if (rule && *rule) read_rule(rule, zone); /* one that can't be read leaves the last offset in force */
	}
	return zone;
}

void zone_free(struct zone *zone)
{
	if (!zone) return;
	free(zone->at);
	free(zone->offset);
	free(zone);
}

int zone_offset_at(const struct zone *zone, int64_t instant)
{
	if (zone->count == 0 || instant < zone->at[0]) return zone->count || !zone->has_rule ? zone->first : rule_offset(zone, instant);
	if (instant >= zone->at[zone->count - 1] && zone->has_rule) return rule_offset(zone, instant);
	size_t low = 0, high = zone->count; /* the last transition that is not after the instant */
	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;
		if (zone->at[middle] <= instant)
			low = middle;
		else
			high = middle;
	}
	return zone->offset[low];
}

/* --- by name ------------------------------------------------------------------------------------------------------------- */
enum { NAME_MAX_LEN = 63 };
static struct kept {
	struct kept *next;
	struct zone *zone;
	char name[NAME_MAX_LEN + 1];
} *kept; /* guarded by lock; entries live as long as the program (the tz database has some 600) */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/* "Europe/Paris": what could leave the folder is no zone. */
static bool name_plausible(const char *name)
{
	if (!name || !*name || strlen(name) > NAME_MAX_LEN || *name == '/' || strstr(name, "..")) return false;
	for (const char *c = name; *c; c++)
		if (!isalnum((unsigned char)*c) && !strchr("/_+-", *c)) return false;
	return true;
}

static struct zone *load(const char *name)
{
	const char *folder = getenv("ENCOURS_ZONEINFO");
	char path[4096];
	if (snprintf(path, sizeof path, "%s/%s", folder && *folder ? folder : "/usr/share/zoneinfo", name) >= (int)sizeof path)
		return NULL;
	cleanup_file FILE *file = fopen(path, "rb");
	if (!file) return NULL;
	enum { LIMIT = 1 << 18 };
	cleanup_free char *bytes = xmalloc(LIMIT);
	size_t len = fread(bytes, 1, LIMIT, file);
	return ferror(file) ? NULL : zone_read(bytes, len);
}

static const struct zone *find(const char *name)
{
	if (!name_plausible(name)) return NULL;
	pthread_mutex_lock(&lock);
	struct kept *entry = kept;
	while (entry && strcmp(entry->name, name) != 0) entry = entry->next;
	if (!entry) {
		struct zone *zone = load(name);
		if (zone) { /* names that mean nothing are not kept: they are many */
			entry = xcalloc(1, sizeof *entry);
			*entry = (struct kept){ .next = kept, .zone = zone };
			memcpy(entry->name, name, strlen(name) + 1);
			kept = entry;
		}
	}
	pthread_mutex_unlock(&lock);
	return entry ? entry->zone : NULL;
}

bool zone_known(const char *name)
{
	return find(name) != NULL;
}

int zone_offset(const char *name, int64_t instant)
{
	const struct zone *zone = find(name);
	return zone ? zone_offset_at(zone, instant) : 0;
}

void zone_civil(const char *name, int64_t instant, int32_t *day, int *minutes)
{
	int64_t local = instant + zone_offset(name, instant);
	int64_t days = local >= 0 ? local / 86400 : -((-local + 86399) / 86400);
	if (day) *day = (int32_t)days;
	if (minutes) *minutes = (int)((local - days * 86400) / 60);
}

int64_t zone_instant(const char *name, int32_t day, int minutes)
{
	int64_t local = day * INT64_C(86400) + minutes * INT64_C(60);
	/* offsets in force a day before and a day after: they differ only around a change */
	int before = zone_offset(name, local - 86400), after = zone_offset(name, local + 86400);
	int64_t first = local - before, second = local - after;
	if (zone_offset(name, first) == before) return first;
	if (zone_offset(name, second) == after) return second;
	return first; /* a time that clocks skip */
}
