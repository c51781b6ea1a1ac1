/* messages — screens of the texts we send and of the messages that left, wait, or need a word. */
#ifndef WEB_MESSAGES_H
#define WEB_MESSAGES_H

#include "web/web.h"

extern const struct route remind_routes[], letters_routes[], templates_routes[], outbox_routes[];

#endif
