/* testmail — mail servers for tests: Debian's aiosmtpd, and one that misbehaves (tests/mail/). */
#ifndef OUTREACH_TESTMAIL_H
#define OUTREACH_TESTMAIL_H

#include "base/memory.h"
#include "base/text.h"

#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <dirent.h>
#include <time.h>

struct testmail {
	pid_t pid;
	int port;
	char folder[64]; /* its messages, or its log */
};

static inline void testmail_pause(int ms)
{
	nanosleep(&(struct timespec){ ms / 1000, (long)(ms % 1000) * 1000000 }, NULL);
}

/* The program's own arguments end with NULL; aborts when it can't be started: no test passes without its server. */
static inline struct testmail testmail_start(const char *python, const char *script, const char *first, ...)
{
	struct testmail mail = { 0 };
	snprintf(mail.folder, sizeof mail.folder, "/tmp/encours-mail-XXXXXX");
	const char *source = getenv("ENCOURS_SOURCE");
	int out[2];
	if (!source || !mkdtemp(mail.folder) || pipe(out) != 0) abort();
	char path[512], log[128];
	snprintf(path, sizeof path, "%s/tests/mail/%s", source, script);
	snprintf(log, sizeof log, "%s/log", mail.folder);
	bool hostile = strcmp(script, "hostile.py") == 0;
	const char *argv[16] = { python, path };
	int n = 2;
	va_list more;
	va_start(more, first);
	if (hostile) {
		argv[n++] = first, argv[n++] = log;
	} else {
		argv[n++] = mail.folder;
		for (const char *next = first; next && n < 15; next = va_arg(more, const char *)) argv[n++] = next;
	}
	va_end(more);
	mail.pid = fork();
	if (mail.pid == 0) {
		dup2(out[1], 1);
		close(out[0]);
		execv(python, (char *const *)(uintptr_t)argv);
		_exit(127);
	}
	close(out[1]);
	FILE *port = fdopen(out[0], "r");
	if (!port || fscanf(port, "%d", &mail.port) != 1) {
		fprintf(stderr, "%s could not be started\n", path);
		abort();
	}
	fclose(port);
	return mail;
}

static inline struct testmail testmail_hostile(const char *mode)
{
	return testmail_start("/usr/bin/python3", "hostile.py", mode, NULL);
}

static inline void testmail_stop(struct testmail *mail)
{
	kill(mail->pid, SIGKILL);
	waitpid(mail->pid, NULL, 0);
	char command[128];
	snprintf(command, sizeof command, "rm -rf %s", mail->folder);
	if (system(command) != 0) abort();
}

/* A file of the server's folder, malloc'd; "" when there is none. */
static inline char *testmail_read(const struct testmail *mail, const char *name)
{
	char path[128];
	snprintf(path, sizeof path, "%s/%s", mail->folder, name);
	cleanup_file FILE *file = fopen(path, "rb");
	cleanup_text struct text out = { 0 };
	char buffer[4096];
	for (size_t n; file && (n = fread(buffer, 1, sizeof buffer, file)) > 0;) text_add_bytes(&out, buffer, n);
	return out.len ? text_take(&out) : xstrdup("");
}

/* How often the hostile server's log has a line that starts with this word. */
static inline int testmail_logged(const struct testmail *mail, const char *word)
{
	cleanup_free char *log = testmail_read(mail, "log");
	int count = 0;
	for (const char *line = log; *line; line += strcspn(line, "\n"), line += *line == '\n')
		count += strncmp(line, word, strlen(word)) == 0;
	return count;
}

static inline int testmail_count(const struct testmail *mail)
{
	int count = 0;
	DIR *folder = opendir(mail->folder);
	for (struct dirent *entry; folder && (entry = readdir(folder));) {
		size_t len = strlen(entry->d_name);
		count += len > 4 && strcmp(entry->d_name + len - 4, ".eml") == 0;
	}
	if (folder) closedir(folder);
	return count;
}

#endif
