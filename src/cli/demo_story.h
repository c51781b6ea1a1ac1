/* demo_story — the people of the demo company and what happened to a few customers, told through the ledger's own functions. */
#ifndef CLI_DEMO_STORY_H
#define CLI_DEMO_STORY_H

#include "cli/cli.h"

struct demo {
	struct cli *cli;
	struct company company;
	int32_t today;
	struct viewer collector; /* who does the day's work */
};

struct status demo_open(struct demo *demo); /* the company's day, before it exists: its zone's today, or --today */
/* The company with its settings and its team; the login is an administrator's. */
struct status demo_company_make(struct demo *demo, int32_t day, const char *login, const char *password);
struct status demo_story_start(struct demo *demo, int32_t day);  /* after the first import */
struct status demo_story_day(struct demo *demo, int32_t day);    /* what happened on a past day, before its run */
struct status demo_story_today(struct demo *demo);               /* this morning */

int64_t demo_instant(const struct demo *demo, int32_t day, int hour, int minute); /* UTC seconds of the company's local time */
typedef struct status demo_work(struct change *change, void *context);
/* One write transaction on that day, by the collector. */
struct status demo_change(struct demo *demo, int32_t day, int hour, int minute, demo_work *work, void *context);

#endif
