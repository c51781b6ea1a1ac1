/* The side of the desk: start the child, feed it, take what it says. */
#include "formats/facturx_inside.h"

#include "base/memory.h"
#include "base/text.h"
#include "formats/einvoice.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <strings.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

enum { ANSWER_MAX = FACTURX_XML_MAX + FACTURX_TEXT_MAX + (1 << 20) };

/* --- what the child says ------------------------------------------------------------------------------------------------------------ */
/* How likely an attachment is the invoice: by its name, else by what is in it. */
static int rank(const char *name, const char *bytes, size_t len)
{
	static const char *const names[] = { "factur-x.xml", "zugferd-invoice.xml", "xrechnung.xml" };
	for (size_t i = 0; i < COUNT(names); i++)
		if (strcasecmp(name, names[i]) == 0) return 2;
	return einvoice_syntax(bytes, len) ? 1 : 0;
}

static void take_attachment(struct facturx *out, const char *name, size_t name_len, const char *bytes, size_t len)
{
	char plain[sizeof out->name];
	snprintf(plain, sizeof plain, "%.*s", name_len < sizeof plain ? (int)name_len : 0, name);
	out->attachments++;
	int mine = rank(plain, bytes, len), known = out->xml ? rank(out->name, out->xml, out->xml_len) : 0;
	if (len == 0 || len > FACTURX_XML_MAX || mine <= known) return;
	free(out->xml);
	out->xml = xmalloc(len + 1);
	memcpy(out->xml, bytes, len);
	out->xml[len] = 0, out->xml_len = len;
	memcpy(out->name, plain, sizeof plain);
}

struct status facturx_take(const char *bytes, size_t len, struct facturx *out)
{
	for (size_t at = 0; len - at >= sizeof(struct facturx_record);) {
		struct facturx_record record;
		memcpy(&record, bytes + at, sizeof record);
		at += sizeof record;
		if (record.name_len > len - at || record.len > len - at - record.name_len) break;
		const char *name = bytes + at, *content = name + record.name_len;
		switch (record.kind) {
		case RECORD_LOCKED: return status_make(STATUS_INVALID, "This PDF is locked by a password. Unlock it and send it again.");
		case RECORD_DAMAGED: return status_make(STATUS_INVALID, "This PDF is damaged or cut off: it can't be opened.");
		case RECORD_END: return STATUS_FINE;
		case RECORD_ATTACHMENT: take_attachment(out, name, record.name_len, content, record.len); break;
		case RECORD_TEXT:
			if (record.len > FACTURX_TEXT_MAX || !utf8_valid(content, record.len)) break;
			free(out->text);
			out->text = xstrndup(content, record.len), out->text_len = record.len;
			break;
		default: return status_make(STATUS_INVALID, "This PDF could not be read.");
		}
		at += record.name_len + record.len;
	}
	return status_make(STATUS_INVALID, "This PDF could not be read: reading it took too much time or memory, or failed.");
}

/* --- the child ----------------------------------------------------------------------------------------------------------------------------- */
static int64_t milliseconds(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static bool write_all(int fd, const char *bytes, size_t len)
{
	while (len) {
		ssize_t n = write(fd, bytes, len);
		if (n < 0 && errno == EINTR) continue;
		if (n <= 0) return false;
		bytes += n, len -= (size_t)n;
	}
	return true;
}

/* Until it is silent, has said too much, or its time is over. */
static void listen_to(int fd, struct text *answer)
{
	char piece[1 << 16];
	int64_t until = milliseconds() + FACTURX_SECONDS * 1000;
	while (answer->len < ANSWER_MAX) {
		int64_t left = until - milliseconds();
		struct pollfd wait = { .fd = fd, .events = POLLIN };
		if (left <= 0) return;
		int ready = poll(&wait, 1, (int)left);
		if (ready < 0 && errno == EINTR) continue;
		if (ready <= 0) return;
		ssize_t n = read(fd, piece, sizeof piece);
		if (n < 0 && errno == EINTR) continue;
		if (n <= 0) return;
		text_add_bytes(answer, piece, (size_t)n);
	}
}

static struct status start(int input, int output, pid_t *pid)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	sigset_t none;
	char *const arguments[] = { "encours", FACTURX_CHILD, NULL };
	char *const environment[] = { "LC_ALL=C.UTF-8", NULL }; /* nothing of ours: it holds passwords */
	sigemptyset(&none);
	posix_spawn_file_actions_init(&actions);
	posix_spawnattr_init(&attributes);
	posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
	posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
	posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", 1 /* O_WRONLY */, 0);
	posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1);
	posix_spawnattr_setsigmask(&attributes, &none);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
	int failed = posix_spawn(pid, "/proc/self/exe", &actions, &attributes, arguments, environment);
	posix_spawn_file_actions_destroy(&actions);
	posix_spawnattr_destroy(&attributes);
	return failed ? status_make(STATUS_INTERNAL, "The reader of PDF files could not be started: %s.", strerror(failed)) : STATUS_FINE;
}

static struct status ask(const char *bytes, size_t len, struct text *answer)
{
	cleanup_fd int input = memfd_create("pdf", MFD_CLOEXEC);
	int ends[2];
	if (input < 0 || !write_all(input, bytes, len) || lseek(input, 0, SEEK_SET) != 0 || pipe2(ends, 02000000 /* O_CLOEXEC */) != 0)
		return status_make(STATUS_INTERNAL, "The reader of PDF files could not be started: %s.", strerror(errno));
	cleanup_fd int from = ends[0];
	pid_t pid = 0;
	struct status status = start(input, ends[1], &pid);
	close(ends[1]);
	TRY(status);
	listen_to(from, answer);
	kill(pid, SIGKILL); /* done or not: nothing more is wanted of it */
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR) continue;
	return STATUS_FINE;
}

struct status facturx_read(const char *bytes, size_t len, struct facturx *out)
{
	*out = (struct facturx){ 0 };
	if (len > FACTURX_PDF_MAX) return status_make(STATUS_INVALID, "A PDF of more than %d MB is not read.", FACTURX_PDF_MAX >> 20);
	cleanup_text struct text answer = { 0 };
	TRY(ask(bytes, len, &answer));
	struct status status = facturx_take(text_cstr(&answer), answer.len, out);
	if (status.code) facturx_free(out);
	if (!status.code && !out->text) out->text = xstrdup("");
	return status;
}

void facturx_free(struct facturx *pdf)
{
	free(pdf->xml);
	free(pdf->text);
	*pdf = (struct facturx){ 0 };
}
