/* golive — from test mode, where nothing leaves, to the real thing; with what is worth checking before. */
#ifndef LEDGER_GOLIVE_H
#define LEDGER_GOLIVE_H

#include "base/arena.h"
#include "ledger/company.h"

/* Going live drops the test history: actions, messages and their attachments that were made in test mode. Going back keeps
 * everything. An event either way; STATUS_FORBIDDEN without RIGHT_SETTINGS. Setting what is already so does nothing. */
struct status golive_set(struct change *change, bool live);

struct golive_check {
	const char *code;  /* items fresh due_dates contacts identity bank mail reply users stop */
	const char *words; /* English msgid of what is checked */
	bool ok;
	int64_t missing;   /* customers, days… by code; 0 when ok or not counted */
};
/* In the order they are shown; *out lives in the arena. None of them forbids: the person decides. */
struct status golive_checks(struct db *db, const struct company *company, int32_t today, struct arena *arena,
                            struct golive_check **out, size_t *count);

#endif
