/* imap — a mailbox looked into: which messages came since, their bytes, what becomes of them. Never deletes one.
 *
 * A message is known by its folder's UIDVALIDITY and its UID, which only grows: who keeps the highest one it stored, in the
 * transaction that stores the message, reads each once and loses none. Looking leaves no trace (BODY.PEEK); marking as seen, or
 * moving, comes after the message is safe.
 *
 *     cleanup_imap struct imap *imap = NULL;
 *     TRY(imap_open(&server, &imap));
 *     TRY(imap_select(imap, "INBOX", &folder));
 *     TRY(imap_search(imap, last_uid, DAY_NONE, uids, COUNT(uids), &count));
 *     TRY(imap_fetch(imap, uids[i], 30 << 20, &message));
 *     … store it, commit …
 *     TRY(imap_mark_seen(imap, uids[i]));
 *
 * libcurl connects, secures the line and logs in; the dialogue after it is ours, over any wire, so that it can be tested and
 * fuzzed without a network. A hostile server finds every length bounded.
 */
#ifndef BASE_IMAP_H
#define BASE_IMAP_H

#include "base/oauth.h"
#include "base/status.h"
#include "base/text.h"

#include <stdbool.h>
#include <stdint.h>

enum imap_security { IMAP_TLS, IMAP_STARTTLS, IMAP_PLAIN };
struct imap_server {
	const char *host;
	int port;                      /* 0: 993 with IMAP_TLS, otherwise 143 */
	enum imap_security security;
	const char *user, *password;
	char bearer[OAUTH_TOKEN];      /* instead of the password; "": none */
	const char *ca_file;           /* NULL: the system's */
	int timeout_s;                 /* longest silence; 0: 30 */
};
struct imap;
struct status imap_open(const struct imap_server *server, struct imap **out);
void imap_close(struct imap *imap); /* says goodbye; NULL is fine */
void imap_close_at(struct imap **imap);
#define cleanup_imap [[gnu::cleanup(imap_close_at)]]

struct imap_folder {
	int64_t uid_validity, uid_next, messages; /* uid_next 0: the server did not say */
};
/* A name in UTF-8, "INBOX/Relances" with the server's own separator. STATUS_NOT_FOUND when there is none of that name. */
struct status imap_select(struct imap *imap, const char *folder, struct imap_folder *out);
/* UIDs above `after`, rising, the lowest `max` of them; since: received on that day or later, DAY_NONE for all. */
struct status imap_search(struct imap *imap, int64_t after, int32_t since, int64_t *uids, size_t max, size_t *count);

struct imap_message {
	struct text bytes;   /* RFC 5322, at most the size asked for; text_free it */
	int64_t size;        /* the whole of it, as the server says */
	int64_t received_at; /* UTC seconds, 0: not said */
	bool found;          /* false: it is gone meanwhile */
};
struct status imap_fetch(struct imap *imap, int64_t uid, size_t max, struct imap_message *out);

struct status imap_mark_seen(struct imap *imap, int64_t uid);
bool imap_can_move(const struct imap *imap); /* the server moves in one step (RFC 6851); without it nothing is moved */
/* Into a folder that is made when it is not there. A message that is gone meanwhile is no failure. */
struct status imap_move(struct imap *imap, int64_t uid, const char *folder);

/* A folder's name as IMAP writes it (RFC 3501 section 5.1.3): "Envoyés" gives "Envoy&AOk-s". */
void imap_folder_encode(struct text *out, const char *utf8);

/* --- over another wire: tests ------------------------------------------------------------------------------------------- */
struct imap_wire {
	int (*read)(void *context, char *buffer, size_t size); /* bytes; 0: closed; -1: failed, or too long silent */
	bool (*write)(void *context, const char *bytes, size_t len);
	void (*close)(void *context);                          /* NULL: nothing to close */
	void *context;
};
struct imap *imap_over(struct imap_wire wire); /* logged in already */

#endif
