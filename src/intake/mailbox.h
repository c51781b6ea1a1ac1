/* mailbox — a feed that is a folder of a mailbox (IMAP): attachments of mails from senders that are named go through intake, once each.
 *
 * Location imaps://user@host[:port]/Folder (imap:// with STARTTLS; plain only to this machine). Options: senders (addresses or @domains,
 * separated by commas; needed), move (a folder for mails that were read), security. A mail is known by its folder's UIDs, an attachment
 * besides by its message's id and its bytes: a mailbox that counts anew brings nothing twice. What is written in a mail decides
 * nothing: the list of senders keeps out noise, not forgers; whatever comes is checked as a file that is dropped, and what needs a yes
 * waits for a person.
 */
#ifndef INTAKE_MAILBOX_H
#define INTAKE_MAILBOX_H

#include "intake/feed_ask.h"

enum { MAILBOX_MAILS_MAX = 50 }; /* in one look */
struct status mailbox_ask(const struct intake *intake, const struct feed *feed, const char *password, feed_take *take, void *context);
/* "a@b.fr,@c.fr": whether an address (lower case) is among them. */
bool mailbox_sender_named(const char *senders, const char *address);

#endif
