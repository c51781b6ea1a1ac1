/* work — looking at a waiting file, or importing it, behind the page: asked for by a person, done by any server, one file of a
 * company after the other, with its progress, and a way to cancel it.
 *
 *     TRY(work_ask(&intake, draft_id, WORK_LOOK, options));            a row that waits
 *     TRY(work_turn(&worker, draft_id, &worked));                      begins it, unless another one of the company is under way
 *     TRY(work_get(db, &viewer, company_id, draft_id, arena, &row));   what the page shows
 *     TRY(work_cancel(&intake, draft_id));                             nothing is changed
 *
 * Who works holds the lease of the company's imports and renews it; who dies loses it, and the next one begins the same file
 * anew: nothing was changed, since the import and its row end in one transaction. A file that took its worker down three times
 * is left alone, and says so. A small file is worked by the request that asks for it, a big one by the job of src/jobs/importing.c:
 * the same function.
 */
#ifndef INTAKE_WORK_H
#define INTAKE_WORK_H

#include "intake/draft.h"
#include "ledger/company.h"

#include <stdatomic.h>

enum { WORK_SMALL = 4 << 20 }; /* bytes: about a second */

enum work_task { WORK_LOOK, WORK_IMPORT };
enum work_state { WORK_WAITING, WORK_RUNNING, WORK_DONE, WORK_REFUSED, WORK_FAILED, WORK_CANCELLED, WORK_INTERRUPTED };
const char *work_state_code(enum work_state state); /* "waiting" … */

struct work_row {
	int64_t draft_id, asked_at, asked_by, size, started_at, ended_at, import_id, lines;
	enum work_task task;
	enum work_state state;
	int done;                /* thousandths */
	int before;              /* how many of the company go before it while it waits */
	const char *file_name, *doing /* msgid */, *words /* why it was refused or failed; "" */, *result /* JSON of the import; "" */;
	bool seen;
};
static inline bool work_open(const struct work_row *row)
{
	return row->state == WORK_WAITING || row->state == WORK_RUNNING;
}

/* Options: of WORK_LOOK as draft_look takes them, of WORK_IMPORT { "accept_partial", "yes" }. STATUS_CONFLICT while the draft is
 * being worked on already. */
struct status work_ask(const struct intake *intake, int64_t draft_id, enum work_task task, const json_t *options);
/* STATUS_NOT_FOUND when nothing was ever asked of it. */
struct status work_get(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t draft_id, struct arena *arena, struct work_row *out);
/* What the viewer asked for and that is under way, or ended without his having seen it: newest first. */
struct status work_news(struct db *db, const struct viewer *viewer, int64_t company_id, struct arena *arena, struct work_row **out, size_t *count);
/* All of the company that wait or run, in their order. */
struct status work_list(struct db *db, const struct viewer *viewer, int64_t company_id, struct arena *arena, struct work_row **out, size_t *count);
/* STATUS_CONFLICT when it has ended already. */
struct status work_cancel(const struct intake *intake, int64_t draft_id);
struct status work_seen(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t draft_id); /* in a transaction */

struct worker {
	struct store *store;
	const struct clock *clock;
	const char *holder;            /* this process, or this request */
	int64_t tenant_id;
	int64_t company_id;
	const atomic_bool *stopping;   /* NULL: never; the work goes back to waiting */
};
/* One piece of work of the company: that of this draft (0: whichever comes first). *worked false: there was none, or another
 * worker has the company. What goes wrong with the file itself is in its row. */
struct status work_turn(const struct worker *worker, int64_t draft_id, bool *worked);
/* Companies of the tenant that have work, by id; *out lives in the arena. */
struct status work_companies(struct db *db, int64_t tenant_id, struct arena *arena, int64_t **out, size_t *count);

#endif
