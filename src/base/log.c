#include "base/log.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

static atomic_int limit = LOG_INFO;

void log_level_set(enum log_level level)
{
	atomic_store(&limit, (int)level);
}

void log_line(enum log_level level, const char *format, ...)
{
	if ((int)level > atomic_load(&limit)) return;
	static const char *const names[] = { "error", "warning", "info", "debug" };
	char line[2048];
	struct timespec now;
	struct tm tm;
	clock_gettime(CLOCK_REALTIME, &now);
	gmtime_r(&now.tv_sec, &tm);
	int len = snprintf(line, sizeof line, "%04d-%02d-%02dT%02d:%02d:%02dZ %s ", tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday,
	                   tm.tm_hour, tm.tm_min, tm.tm_sec, names[level]);
	va_list args;
	va_start(args, format);
	int more = vsnprintf(line + len, sizeof line - (size_t)len - 1, format, args);
	va_end(args);
	len = len + more < (int)sizeof line - 2 ? len + more : (int)sizeof line - 2;
	for (int i = 0; i < len; i++)
		if ((unsigned char)line[i] < ' ') line[i] = ' '; /* a line stays a line whatever came from outside */
	line[len++] = '\n';
	/* one write: lines of several threads do not mix */
	if (write(STDERR_FILENO, line, (size_t)len) < 0) return;
}
