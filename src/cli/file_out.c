#include "cli/file_out.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

struct status file_out(struct cli *cli, const char *path, const char *bytes, size_t len)
{
	const char *part = arena_printf(cli->arena, "%s.part", path);
	int fd = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	size_t at = 0;
	bool fine = fd >= 0;
	while (fine && at < len) {
		ssize_t done = write(fd, bytes + at, len - at);
		if (done < 0 && errno == EINTR) continue;
		fine = done > 0;
		if (fine) at += (size_t)done;
	}
	int problem = errno;
	if (fine && fsync(fd) != 0) fine = false, problem = errno;
	if (fd >= 0 && close(fd) != 0 && fine) fine = false, problem = errno;
	if (fine && rename(part, path) != 0) fine = false, problem = errno;
	if (fine) return STATUS_FINE;
	unlink(part);
	return status_make(STATUS_UNAVAILABLE, "“%s” could not be written: %s.", path, strerror(problem));
}
