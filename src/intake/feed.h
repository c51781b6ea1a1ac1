/* feed — files that come by themselves: a watched folder, a server by SFTP, an address by HTTPS. Each file that is found goes
 * through intake as if a person had dropped it; what needs a person's yes, or a correction, waits on the imports page.
 *
 *     TRY(feed_add(&change, &(struct feed_new){ .kind = FEED_FOLDER, .location = "/srv/exports", .pattern = "*.txt" }, &id));
 *     TRY(feed_turn(&intake, id, &turn));          one look: what is new is imported; safe to repeat
 *
 * A file is known by name, size and time of change: it is taken once, whether or not it can be moved away. A feed that fails is
 * tried again, each time later, up to six hours. Secrets are files on the server's disk; those of programs that are asked over their
 * interface are kept in the store, sealed (db/seal.h).
 */
#ifndef INTAKE_FEED_H
#define INTAKE_FEED_H

#include "intake/intake.h"
#include "ledger/customer.h"

enum feed_kind {
	FEED_FOLDER, FEED_SFTP, FEED_HTTPS,
	FEED_BUSINESS_CENTRAL, FEED_SAP, FEED_PENNYLANE, FEED_ODOO, /* asked over their interface: connector.h */
	FEED_BODACC,  /* insolvency notices of the official gazette, asked over its API: notice_batch.h */
	FEED_MAILBOX, /* attachments of mails: mailbox.h */
	FEED_KINDS
};
const char *feed_kind_code(enum feed_kind kind);
bool feed_kind_parse(const char *code, enum feed_kind *out);

struct feed_new {
	enum feed_kind kind;
	/* FOLDER: absolute path. SFTP: sftp://user@host[:port]/folder/. HTTPS: https://…; http:// only to this machine. */
	const char *location;
	const char *name, *pattern, *secret_file, *host_key; /* NULL: none */
	/* Of those that are asked: what is secret (kept sealed), and JSON of the rest: client_id, tenant, user, database, company, token_url,
	 * scope, grant; folder, senders, security of a mailbox. */
	const char *secret, *options;
	const char *format, *mode, *source, *mapping;        /* NULL: by content */
	int every_minutes, late_hours;                       /* 0: 15 minutes; never late */
};
struct feed {
	int64_t id;
	enum feed_kind kind;
	const char *name, *location, *pattern, *secret_file, *host_key, *format, *mode, *source, *mapping, *etag, *error, *options, *cursor;
	int64_t every_minutes, late_hours, next_at, checked_at, received_at, failures, created_at;
	bool enabled, late; /* late: nothing came for longer than late_hours */
};
struct feed_file {
	int64_t id, feed_id, at, size, changed_at, import_id, draft_id;
	const char *name, *state, *text, *feed;
};

/* STATUS_INVALID, in words, for a place that can't be a feed. Needs RIGHT_SETTINGS. */
struct status feed_add(struct change *change, const struct feed_new *make, int64_t *id);
struct status feed_remove(struct change *change, int64_t id); /* its history goes with it; imports stay */
struct status feed_enable(struct change *change, int64_t id, bool on);
struct status feed_list(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t now, struct arena *arena, struct feed **out, size_t *count);
/* Newest first. */
struct status feed_files(struct db *db, const struct viewer *viewer, int64_t company_id, size_t limit, struct arena *arena, struct feed_file **out,
                         size_t *count);

struct feed_turn {
	int imported, unchanged, waiting, failed;
	char error[sizeof(((struct status *)0)->text)]; /* why the place could not be looked at; "" */
};
/* One look at one feed, whatever its schedule says; at most FEED_FILES_MAX files. One at a time by lease: STATUS_BUSY. */
enum { FEED_FILES_MAX = 200 };
struct status feed_turn(const struct intake *intake, int64_t id, struct feed_turn *out);
/* All that are enabled and due (or all that are enabled: `all`). Failures of one are in its row and don't stop the others. */
struct status feed_turn_due(const struct intake *intake, bool all, struct feed_turn *out);

#endif
