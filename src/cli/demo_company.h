/* demo_company — the accounting of a fictional company, alive on any day: what its packages would export on that day.
 *
 * A deterministic generator: the history is a function of the calendar (an invoice of May stays what it was when the demo is
 * started a day later), the stories are placed around `today`. Written as FECs and CSVs, imported by the real path. `as_of`,
 * not after today, is the day of the export: the weekly ones of the last weeks are written with the same stories.
 *
 *     struct demo_files files;
 *     demo_company_write(today, today, &files);
 *     … files.file[i].name, files.file[i].text …
 *     demo_files_free(&files);
 */
#ifndef CLI_DEMO_COMPANY_H
#define CLI_DEMO_COMPANY_H

#include "base/text.h"

#include <stdint.h>

enum { DEMO_FILES = 5 };

struct demo_files {
	struct demo_file {
		char name[64];
		struct text text;
	} file[DEMO_FILES]; /* customers, contacts, then one FEC a year, oldest first */
	int count;
};

void demo_company_write(int32_t today, int32_t as_of, struct demo_files *out);
void demo_files_free(struct demo_files *files);

/* Customers that a story is told of; codes as in the files. */
enum demo_story {
	DEMO_KEY_ACCOUNT,   /* paid by its holding */
	DEMO_HOSPITAL,      /* public */
	DEMO_TOWN,          /* public */
	DEMO_BUILDER,       /* retentions on 4117 */
	DEMO_BROKEN_PROMISE,
	DEMO_BILL,          /* 413 */
	DEMO_LIMIT,         /* above its limit */
	DEMO_INSOLVENCY,    /* items before and after the opening */
	DEMO_DIRECT_DEBIT,  /* with a return */
	DEMO_SUPPLIER,      /* we owe him too */
	DEMO_DISPUTE,       /* our credit note is late */
	DEMO_REPLY,         /* unread */
	DEMO_BELGIAN,       /* in English */
	DEMO_DOUBTFUL,      /* moved to 416 */
	DEMO_BARRED,        /* soon time-barred */
	DEMO_CONSUMER_1,
	DEMO_CONSUMER_2,
	DEMO_RETURNED,      /* a cheque came back */
	DEMO_GENERIC,       /* counter sales */
	DEMO_PROMISE,       /* one that runs */
	DEMO_STORIES
};
const char *demo_story_code(enum demo_story story);
int32_t demo_insolvency_day(int32_t today);

#endif
