/* scenario — the ordered steps of a reminder ladder, as data.
 *
 * Six come ready (reference/letters.md section 2); a company publishes its own versions (table `scenario`), which are frozen
 * once published. Which scenario a customer follows: set by hand, else public or consumer flag, else key account, else by his
 * score's class (A good_payer, B average, C and D close_follow_up); no history: average.
 *
 *     const struct scenario *scenario = scenario_ready("average");
 *     json_t *json = scenario_to_json(scenario);
 */
#ifndef DUNNING_SCENARIO_H
#define DUNNING_SCENARIO_H

#include "base/arena.h"
#include "base/locale.h"
#include "base/status.h"
#include "dunning/condition.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a step is, whatever its name: the rules speak of ranks ("from firm on, only items at least 8 days late"). */
enum rank { RANK_NONE, RANK_BEFORE_DUE, RANK_DUE, RANK_REMINDER, RANK_FOLLOW_UP, RANK_FIRM, RANK_FORMAL_NOTICE, RANK_COUNT };
enum channel {
	CHANNEL_EMAIL, CHANNEL_LETTER, CHANNEL_REGISTERED_LETTER, CHANNEL_SMS, CHANNEL_CALL, CHANNEL_TASK,
	CHANNEL_DEPOSIT,  /* a deposit is asked before the next order: a person does it, the customer hears of it */
	CHANNEL_BLOCK,    /* deliveries: a stop is proposed to our own people */
	CHANNEL_HANDOVER, /* the file goes to a lawyer, an agency or an insurer */
	CHANNEL_COUNT
};
enum sender { SENDER_COLLECTOR, SENDER_SALES, SENDER_ESCALATED, SENDER_COUNT }; /* escalated: the setting escalation.sender */
enum mode { MODE_AUTOMATIC, MODE_CONFIRM, MODE_MANUAL, MODE_COUNT };

const char *rank_code(enum rank rank);          /* "reminder" */
bool rank_parse(const char *code, enum rank *out);
const char *rank_label(enum rank rank);         /* English msgid: "Reminder" */
const char *channel_code(enum channel channel); /* "registered_letter", as in the contract */
bool channel_parse(const char *code, enum channel *out);
const char *channel_label(enum channel channel);
const char *mode_code(enum mode mode);
bool mode_parse(const char *code, enum mode *out);
const char *mode_label(enum mode mode);
const char *sender_code(enum sender sender); /* "collector" "sales" "escalated" */
bool sender_parse(const char *code, enum sender *out);
const char *sender_label(enum sender sender);
/* Whether a person's contact follows from it, as opposed to a task of our own. */
static inline bool channel_is_contact(enum channel channel) { return channel < CHANNEL_TASK || channel == CHANNEL_DEPOSIT; }
/* A task of our own: nobody outside hears of it. */
static inline bool channel_is_task(enum channel channel) { return !channel_is_contact(channel); }
static inline bool channel_needs_address(enum channel channel) { return channel == CHANNEL_EMAIL || channel == CHANNEL_SMS; }

enum { SCENARIO_STEPS = 24 };

struct step {
	char code[40];            /* unique in its scenario: "reminder", "follow_up_mail" */
	enum rank rank;
	bool from_previous;       /* offset counts from the previous step's sending, not from the due date */
	int16_t offset;           /* days; negative before the due date */
	int16_t tone;             /* 1 informative … 6 legal */
	enum channel channel;
	enum mode mode;
	char template[40];        /* outreach's code: "before_due", "due", "reminder", "follow_up", "firm", "formal_notice", "public",
	                           * "consumer"…; "" for calls and tasks without a text */
	int64_t minimum, maximum; /* of the amount asked, minor units; 0: none. A step whose condition fails is passed over */
	int16_t min_gap;          /* days since the last contact, besides the general working-day gap; 0: none */
	/* who gets it, who signs */
	char recipient[12];       /* role of the contact: billing manager buyer other; "": the main one */
	char fallback[12];        /* when no contact of that role has an address: a role, "": the main one, "none": a person finds one */
	bool copy_sales, copy_collector;
	enum sender sender;
	/* only if: else the step is passed over (condition.h) */
	struct condition conditions[CONDITIONS];
	size_t condition_count;
	/* the last step may come again: so many times more, each after so many days */
	int16_t repeat, repeat_every;
	char next_fr[200], next_en[200]; /* what this step is called when the one before announces it; "": never announced */
	char label_fr[80], label_en[80]; /* short name on screens */
};

struct scenario {
	char code[40], name_fr[80], name_en[80];
	int64_t version;          /* 0: as shipped */
	int64_t minimum;          /* below it an account is not chased; 0: none */
	/* What a person decided on publishing a changed ladder, for reminders of before that day (0: never decided): */
	int32_t restart_day;      /* they don't count any more, but a formal notice always does */
	int32_t rank_day;         /* they count by their rank alone, whatever their step was called */
	size_t count;
	struct step steps[SCENARIO_STEPS];
};

/* For those midway in a ladder that changes: at the same step by its code, and by rank where that is gone; at the step of the same
 * rank; or from the first step. */
enum midway { MIDWAY_STEP, MIDWAY_RANK, MIDWAY_RESTART };
bool midway_parse(const char *code, enum midway *out); /* "step", "rank", "restart" */
const char *midway_code(enum midway midway);

/* The six, in the order good_payer, average, close_follow_up, key_account, public, consumer. */
const struct scenario *scenario_ready_all(size_t *count);
const struct scenario *scenario_ready(const char *code); /* NULL when there is none of that code */

/* What decides a customer's scenario. */
struct profile_facts {
	const char *by_hand_scenario; /* customer.scenario: a code, "none", or "" */
	const char *by_hand_profile;  /* customer.profile */
	const char *class;            /* professional public consumer unknown */
	bool key_account;
	char score_class;             /* 'A'..'D', 0: no history */
};
/* A scenario's code; "none" when the customer is never chased. Never NULL. */
const char *profile_scenario(const struct profile_facts *facts);

const char *scenario_name(const struct scenario *scenario, enum lang lang);
const char *step_label(const struct step *step, enum lang lang);
const char *step_next(const struct step *step, enum lang lang);
int scenario_step(const struct scenario *scenario, const char *code); /* index, -1: none */

/* A scenario that a person edited: codes unique, ranks in order, offsets in order within the ladder, no firm step first, a
 * formal notice after at least one reminder, modes that fit channels. */
struct status scenario_check(const struct scenario *scenario);
/* The `steps` column: {"minimum":0,"steps":[{"code","rank","offset","from_previous",…}]}. New reference. */
json_t *scenario_to_json(const struct scenario *scenario);
struct status scenario_from_json(const json_t *json, struct scenario *out); /* code, names and version are left as they are */

#endif
