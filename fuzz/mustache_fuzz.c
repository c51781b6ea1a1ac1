/* Any bytes as a template, a page's and a user's: no crash, bounded work, and what a user's template prints for hostile values
 * holds no markup of theirs. */
#include "base/memory.h"
#include "base/mustache.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static const struct mustache *self(void *context, const char *name)
{
	(void)name;
	return context;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	if (len > 4096) return 0;
	json_t *model = json_pack("{s:[{s:i, s:s}, {s:s}], s:s, s:{s:f}, s:b, s:s}", "a", "n", -5, "d", "2025-11-21", "n", "x", "b",
	                          "<i>&\"'", "c", "d", 0.25, "e", 1, "t", "2025-11-21T10:00:00Z");
	for (int i = 0; i < 2; i++) {
		struct mustache_problem problem;
		struct mustache_rules rules = { .mode = i ? MUSTACHE_USER : MUSTACHE_PAGE, .problem = &problem };
		cleanup_mustache struct mustache *template = NULL;
		struct status status = mustache_compile((const char *)bytes, len, &rules, &template);
		if (status.code) {
			assert(problem.trouble && problem.line >= 1 && problem.column >= 1 && !template);
			continue;
		}
		cleanup_text struct text out = { 0 };
		/* a template that includes itself ends by its depth; two inclusions each time would still be 2^depth */
		size_t inclusions = 0;
		for (size_t at = 0; at < len; at++) inclusions += bytes[at] == '>';
		struct mustache_options options = { .lang = LANG_FR, .partial = inclusions < 2 ? self : NULL, .context = template };
		(void)!mustache_render(template, model, &options, &out).code;
		if (i && out.len) assert(!memmem(out.bytes, out.len, "<i>", 3));
	}
	json_decref(model);
	return 0;
}
