/* notice — judgments of collective proceedings as the official gazette (BODACC) publishes them: the open-data API's JSON, and the daily
 * XML file of its publisher (PCL). Which company is meant is said by its SIREN alone; names are shown, never compared.
 *
 *     struct notice_file *file;
 *     TRY(notice_read(bytes, len, lang, &file));
 *     … file->rows[i].siren, .act, .kind, .judgment_day …
 *     notice_free(file);
 */
#ifndef FORMATS_NOTICE_H
#define FORMATS_NOTICE_H

#include "base/arena.h"
#include "base/day.h"
#include "base/locale.h"
#include "base/status.h"
#include "formats/complaint.h"

enum { NOTICE_SIZE_MAX = 256 << 20, NOTICE_ROWS_MAX = 200000, NOTICE_SIRENS_MAX = 20 };

enum notice_act { NOTICE_OTHER, NOTICE_OPENING, NOTICE_CONVERSION, NOTICE_PLAN, NOTICE_CLOSING, NOTICE_CANCELLED, NOTICE_ACTS };
enum notice_kind { NOTICE_UNKNOWN, NOTICE_SAFEGUARD, NOTICE_RECEIVERSHIP, NOTICE_LIQUIDATION, NOTICE_KINDS };
const char *notice_act_name(enum notice_act act);    /* "opening" */
const char *notice_kind_name(enum notice_kind kind); /* "liquidation"; "" */
const char *notice_kind_words(enum notice_kind kind); /* English msgid */
enum notice_act notice_act_parse(const char *name);
enum notice_kind notice_kind_parse(const char *name);

struct notice {
	const char *number;       /* its own: "A202500151234" */
	const char *corrects;     /* number of the notice that it puts right or cancels; "" */
	enum notice_act act;
	enum notice_kind kind;
	bool correction;          /* a rectificatif */
	const char *sirens[NOTICE_SIRENS_MAX];
	size_t siren_count;
	const char *name, *court, *nature, *text;
	int32_t published_day, judgment_day; /* the latter DAY_NONE where not said */
};
struct notice_file {
	struct arena *arena;
	struct notice *rows;
	size_t count, cap;
	int64_t lines, foreign; /* notices in the file; those of other families */
	struct complaints rejected;
};
struct status notice_read(const char *bytes, size_t len, enum lang lang, struct notice_file **out);
void notice_free(struct notice_file *file);
/* For recognise.c: JSON of the API, or the XML file. */
bool notice_like(const char *bytes, size_t len);

/* For tests: what a judgment's words say. */
void notice_classify(const char *family, const char *nature, enum notice_act *act, enum notice_kind *kind);

#endif
