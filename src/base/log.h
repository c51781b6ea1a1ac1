/* log — one line per event on stderr: instant, level, words. Never a password, a token or a message's text. */
#ifndef BASE_LOG_H
#define BASE_LOG_H

enum log_level { LOG_ERROR, LOG_WARNING, LOG_INFO, LOG_DEBUG };

void log_level_set(enum log_level level); /* LOG_INFO at first; lines above it are dropped */
[[gnu::format(printf, 2, 3)]] void log_line(enum log_level level, const char *format, ...);

#endif
