/* agenda_page — what the agenda's screens share: an action as a page shows it. */
#ifndef WEB_AGENDA_PAGE_H
#define WEB_AGENDA_PAGE_H

#include "dunning/day_list.h"
#include "dunning/call.h"
#include "dunning/plan_load.h"
#include "dunning/run.h"
#include "standing/standing.h"
#include "web/item_view.h"

struct agenda {
	struct request *request;
	const struct book *book;
	struct scenario *scenarios;
	size_t scenario_count;
};
struct status agenda_open(struct request *request, struct agenda *out);
/* action_to_json with what its row shows: label, icon, kind, score, class, profile, days_late, level, waiting, state_label. */
json_t *agenda_action(const struct agenda *agenda, const struct action *action);
/* Sentences of "why this action", in the reader's language. */
json_t *agenda_why(const struct agenda *agenda, const struct action *action);
json_t *agenda_reasons(const struct agenda *agenda, const struct action *action); /* [{ code, label }] that need a yes */
bool agenda_waits(const struct action *action, int32_t today); /* a person still has to do something with it today */
const char *agenda_scenario_name(const struct agenda *agenda, const char *code);

/* calls.c: what surrounds a call */
struct call_hours_known {
	const struct call_hour *rows; /* by customer */
	size_t count;
	int now;                      /* the hour it is */
};
struct status calls_hours(struct request *request, struct call_hours_known *out);
int calls_hour(const struct call_hours_known *hours, int64_t customer_id); /* -1: not known */
json_t *calls_hour_words(const struct request *request, int hour);         /* "10–11 h"; null for -1 */
json_t *calls_objections(const struct request *request);
struct status calls_reasons(struct request *request, int64_t customer_id, json_t *call);
struct status calls_after(struct request *request);

extern const struct route calls_routes[];
struct day { /* all the tabs need */
	struct agenda agenda;
	const struct day_list *list;       /* everybody's; held by agenda_show */
	const struct day_action **actions; /* the viewer's: what waits, then what is put off, then what is done */
	size_t count;
	const struct day_left **left;
	size_t left_count;
	struct reply *replies;
	size_t reply_count;
	const char *tab;
	const struct user *users;
	size_t user_count;
};
json_t *agenda_customer(const struct agenda *agenda, int64_t customer_id); /* { customer, name } */
/* agenda_more.c */
struct status agenda_collectors(struct request *request, const struct day *day, json_t **out);
struct status agenda_teams(struct request *request, const struct day *day, json_t **out); /* [{ name, count, on, href }] */
bool agenda_of_collector(const struct request *request, const struct day *day, int64_t assigned_to); /* by ?mine=, ?collector=, ?team= */
struct status agenda_people(struct request *request, json_t **out);           /* [{ id, name, email }] who may collect */
struct status agenda_alerts_model(struct request *request, const struct day *day);
size_t agenda_sent_count(const struct day *day);
struct status agenda_sent_model(struct request *request, const struct day *day);
size_t agenda_orphans(struct request *request, const struct day *day, size_t **out); /* customers of the day without a collector */

extern const struct route agenda_routes[], agenda_act_routes[], agenda_more_routes[];

#endif
