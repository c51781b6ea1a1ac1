#include "web/server.h"

#include "base/memory.h"

#include <assert.h>
#include <pthread.h>
#include <strings.h>

/* The tables of routes.c in one array, with what matching needs worked out once. */
static struct entry {
	const struct route *route;
	unsigned segments;
	unsigned literals; /* one bit per literal segment, the first one highest: the more literal, the better the match */
} *entries;
static size_t entry_count;

static unsigned segment_count(const char *path)
{
	unsigned count = 0;
	for (const char *at = path; *at; at++) count += *at == '/' && at[1] != 0;
	return count;
}

static void prepare(void)
{
	size_t cap = 0;
	for (const struct route *const *table = route_tables; *table; table++) {
		for (const struct route *route = *table; route->method; route++) {
			assert(route->pattern[0] == '/' && route->handler);
			struct entry entry = { .route = route, .segments = segment_count(route->pattern) };
			assert(entry.segments <= LIMIT_SEGMENTS);
			unsigned bit = 1u << LIMIT_SEGMENTS;
			for (const char *at = route->pattern; at; at = strchr(at + 1, '/'), bit >>= 1)
				if (at[1] != '{') entry.literals |= bit;
			GROW(entries, entry_count, cap);
			entries[entry_count++] = entry;
		}
	}
}

void routes_prepare(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	pthread_once(&once, prepare);
}

size_t routes_count(void)
{
	routes_prepare();
	return entry_count;
}

const struct route *routes_at(size_t index)
{
	return entries[index].route;
}

/* Whether the raw (still encoded) path fits the pattern; parameters are decoded into the list. */
static bool pattern_fits(const char *pattern, const char *path, struct arena *arena, struct fields *parameters)
{
	for (;;) {
		if (*pattern == 0 || *path == 0) return *pattern == *path;
		if (*pattern++ != '/' || *path++ != '/') return false;
		const char *path_end = strchrnul(path, '/'), *pattern_end = strchrnul(pattern, '/');
		size_t len = (size_t)(path_end - path);
		if (*pattern == '{') {
			const char *value = len > 0 ? url_decode(arena, path, len, false) : NULL;
			if (!value) return false;
			const char *name = arena_strndup(arena, pattern + 1, (size_t)(pattern_end - pattern) - 2);
			fields_add(parameters, arena, name, value);
		} else if (len != (size_t)(pattern_end - pattern) || memcmp(path, pattern, len) != 0) {
			return false;
		}
		path = path_end, pattern = pattern_end;
	}
}

const struct route *route_match(const char *method, const char *path, struct arena *arena, struct fields *parameters,
                                size_t *index, bool *other_method)
{
	const char *wanted = strcmp(method, "HEAD") == 0 ? "GET" : method;
	unsigned segments = segment_count(path);
	const struct entry *best = NULL;
	*other_method = false;
	for (size_t i = 0; i < entry_count; i++) {
		const struct entry *entry = &entries[i];
		if (entry->segments != segments || (best && entry->literals <= best->literals)) continue;
		struct fields found = { .last = NULL };
		if (!pattern_fits(entry->route->pattern, path, arena, &found)) continue;
		if (strcmp(entry->route->method, wanted) != 0) {
			*other_method = true;
			continue;
		}
		best = entry, *index = i;
		*parameters = found;
		if (!found.first) parameters->last = NULL;
	}
	return best ? best->route : NULL;
}

const struct route *menu_route(enum menu menu, const struct viewer *viewer)
{
	for (size_t i = 0; i < entry_count; i++) {
		const struct route *route = entries[i].route;
		if (route->menu != menu || strcmp(route->method, "GET") != 0 || !route->template || strchr(route->pattern, '{')) continue;
		return viewer && viewer_may(viewer, route->right) ? route : NULL;
	}
	return NULL;
}

const char *menu_code(enum menu menu)
{
	static const char *const codes[MENU_COUNT] = {
		[MENU_NONE] = "", [MENU_DASHBOARD] = "dashboard", [MENU_AGENDA] = "agenda", [MENU_CUSTOMERS] = "customers",
		[MENU_ITEMS] = "items", [MENU_DISPUTES] = "disputes", [MENU_CASH] = "cash", [MENU_LEGAL] = "legal", [MENU_FORECAST] = "forecast", [MENU_REPORTS] = "reports",
		[MENU_IMPORTS] = "imports", [MENU_SCENARIOS] = "scenarios", [MENU_TEMPLATES] = "templates",
		[MENU_SETTINGS] = "settings", [MENU_AUDIT] = "audit", [MENU_ACCOUNT] = "account",
	};
	return codes[menu];
}
