/* proof — the head of a company's event chain told to people, so that nobody can rewrite the history unseen (architecture,
 * mechanism 3): once a day to every administrator by mail, and as a line of a file where the server has a folder for it.
 *
 * The day is noted in the chain before anything leaves: at most once a day, whatever happens then; what could not leave is told to
 * the log. Companies in test mode, or stopped, mail nobody. Switch: the setting proof.mail. Folder: ENCOURS_HEADS.
 */
#ifndef OUTREACH_PROOF_H
#define OUTREACH_PROOF_H

#include "ledger/company.h"
#include "outreach/outbox.h"

struct proof_options {
	const char *folder;            /* CODE-heads.txt grows in it; NULL: no file */
	void (*transport)(void *context, const struct smtp_server *server, const struct smtp_mail *mail, struct smtp_result *out); /* NULL: SMTP */
	void *context;
};
struct proof_result {
	bool already;                  /* told today */
	int sent, failed;              /* mails */
	bool filed;
};
struct status proof_day(struct store *store, const struct viewer *viewer, const struct company *company, int32_t today, int64_t now,
                        const struct proof_options *options, struct arena *arena, struct proof_result *out);

#endif
