/* testimap — a real IMAP server for tests: Debian's dovecot, user "desk", password "secret" (tests/mail/dovecot.py). */
#ifndef BASE_TESTIMAP_H
#define BASE_TESTIMAP_H

#include "base/memory.h"
#include "base/text.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

struct testimap {
	pid_t pid;
	int port, plain_port; /* with TLS: IMAPS, and IMAP with STARTTLS */
	int delivered;
	char folder[64];
};

static inline void testimap_pause(int ms)
{
	nanosleep(&(struct timespec){ ms / 1000, (long)(ms % 1000) * 1000000 }, NULL);
}

static inline bool testimap_answers(int port)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	cleanup_fd int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	return fd >= 0 && connect(fd, (struct sockaddr *)&to, sizeof to) == 0;
}

/* cert and key: NULL for a server without encryption. Aborts when it can't be started: no test passes without its server. */
static inline struct testimap testimap_start(const char *cert, const char *key)
{
	struct testimap imap = { 0 };
	snprintf(imap.folder, sizeof imap.folder, "/tmp/encours-imap-XXXXXX");
	const char *source = getenv("ENCOURS_SOURCE");
	int out[2];
	if (!source || !mkdtemp(imap.folder) || pipe(out) != 0) abort();
	char path[512];
	snprintf(path, sizeof path, "%s/tests/mail/dovecot.py", source);
	const char *argv[8] = { "/usr/bin/python3", path, imap.folder };
	if (cert) argv[3] = "tls", argv[4] = cert, argv[5] = key;
	imap.pid = fork();
	if (imap.pid == 0) {
		dup2(out[1], 1);
		close(out[0]), close(out[1]);
		execv(argv[0], (char *const *)(uintptr_t)argv);
		_exit(127);
	}
	close(out[1]);
	FILE *port = fdopen(out[0], "r");
	if (!port || fscanf(port, "%d %d", &imap.port, &imap.plain_port) != 2) abort();
	fclose(port);
	for (int i = 0; i < 200 && !testimap_answers(imap.port); i++) testimap_pause(50);
	return imap;
}

/* A message comes into the INBOX; its lines end as they are given. */
static inline void testimap_deliver(struct testimap *imap, const char *bytes, size_t len)
{
	char from[160], to[160];
	snprintf(from, sizeof from, "%s/mail/tmp/%010d.test", imap->folder, ++imap->delivered);
	snprintf(to, sizeof to, "%s/mail/new/%010d.test", imap->folder, imap->delivered);
	cleanup_file FILE *file = fopen(from, "wb");
	if (!file || fwrite(bytes, 1, len, file) != len || fflush(file) != 0 || chmod(from, 0666) != 0 || rename(from, to) != 0) abort();
}

/* Messages in mail/FOLDER/cur and new whose name ends with these flags ("" any), "S" seen. */
static inline int testimap_count(const struct testimap *imap, const char *folder, const char *flag)
{
	int count = 0;
	static const char *const parts[] = { "cur", "new" };
	for (size_t i = 0; i < COUNT(parts); i++) {
		char path[200];
		snprintf(path, sizeof path, "%s/mail/%s/%s", imap->folder, folder, parts[i]);
		DIR *open = opendir(path);
		for (struct dirent *entry; open && (entry = readdir(open));) {
			const char *flags = strstr(entry->d_name, ":2,");
			count += entry->d_name[0] != '.' && (!*flag || (flags && strstr(flags, flag)));
		}
		if (open) closedir(open);
	}
	return count;
}

static inline void testimap_stop(struct testimap *imap)
{
	kill(imap->pid, SIGTERM);
	waitpid(imap->pid, NULL, 0);
	char command[128];
	snprintf(command, sizeof command, "rm -rf %s", imap->folder);
	if (system(command) != 0) abort();
}

#endif
