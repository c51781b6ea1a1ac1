/* What follows from the statuses of one invoice. */
#include "ledger/invoice_status.h"

enum { NEW_TERM = 30 /* CCP R2192-29 */ };

struct walk {
	struct invoice_terms terms;
	struct invoice_standing standing;
	int32_t left;       /* days that were left when the clock stopped */
	bool stopped;
};

static void bind_to(struct walk *walk, const struct invoice_status *status, enum invoice_binding binding, int32_t until)
{
	walk->standing.binding = binding, walk->standing.cause = binding == BINDING_NONE ? NULL : status, walk->standing.until_day = until;
}

/* The buyer's time starts again, or for the first time. */
static void clock_goes(struct walk *walk, int32_t day)
{
	if (!walk->stopped) return;
	walk->stopped = false;
	walk->standing.due_day = day + (walk->left > NEW_TERM ? walk->left : NEW_TERM);
}

static void take(struct walk *walk, const struct invoice_status *status)
{
	switch (status->code) {
	case LIFECYCLE_AVAILABLE:
		if (walk->terms.public_buyer && walk->standing.due_day == DAY_NONE) walk->standing.due_day = status->day + walk->terms.days;
		/* delivered after all: what kept it from the buyer is over */
		if (walk->standing.cause && (walk->standing.cause->code == LIFECYCLE_REJECTED || walk->standing.cause->code == LIFECYCLE_TO_RECYCLE))
			bind_to(walk, NULL, BINDING_NONE, DAY_NONE);
		break;
	case LIFECYCLE_PARTLY: case LIFECYCLE_DISPUTED:
		bind_to(walk, status, BINDING_DISPUTE, DAY_NONE);
		break;
	case LIFECYCLE_SUSPENDED:
		if (walk->terms.public_buyer && walk->standing.due_day != DAY_NONE && !walk->stopped) {
			walk->stopped = true;
			walk->left = walk->standing.due_day - status->day > 0 ? walk->standing.due_day - status->day : 0;
		}
		bind_to(walk, status, BINDING_HOLD, DAY_NONE);
		break;
	case LIFECYCLE_COMPLETED:
		clock_goes(walk, status->day);
		if (walk->standing.cause && walk->standing.cause->code == LIFECYCLE_SUSPENDED) bind_to(walk, NULL, BINDING_NONE, DAY_NONE);
		break;
	case LIFECYCLE_REFUSED: case LIFECYCLE_REJECTED: case LIFECYCLE_TO_RECYCLE:
		bind_to(walk, status, BINDING_HOLD, DAY_NONE);
		break;
	case LIFECYCLE_PAYMENT_SENT:
		clock_goes(walk, status->day);
		bind_to(walk, status, BINDING_HOLD, status->day + walk->terms.payment_pause);
		break;
	case LIFECYCLE_APPROVED: case LIFECYCLE_SERVICE_DONE: case LIFECYCLE_ORDERED: case LIFECYCLE_WITH_ACCOUNTANT: case LIFECYCLE_BOOKED:
		clock_goes(walk, status->day);
		bind_to(walk, NULL, BINDING_NONE, DAY_NONE);
		break;
	case LIFECYCLE_OTHER: case LIFECYCLE_DEPOSITED: case LIFECYCLE_ISSUED: case LIFECYCLE_RECEIVED: case LIFECYCLE_TAKEN_OVER: case LIFECYCLE_COLLECTED: case LIFECYCLE_CODES:
		break; /* on its way, or ours to say */
	}
}

struct invoice_standing invoice_standing(const struct invoice_status *statuses, size_t count, struct invoice_terms terms)
{
	struct walk walk = { .terms = terms, .standing = { .until_day = DAY_NONE, .due_day = DAY_NONE } };
	for (size_t i = 0; i < count; i++) take(&walk, &statuses[i]);
	return walk.standing;
}
