/* The side of the child: shut itself in, open the PDF, say what is in it. */
#include "formats/facturx_inside.h"

#include "base/memory.h"
#include "base/text.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poppler.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#endif

/* --- the cage ------------------------------------------------------------------------------------------------------------------------- */
static void limit(int what, rlim_t most)
{
	setrlimit((__rlimit_resource_t)what, &(struct rlimit){ most, most });
}

/* No network, no other program, no other process, no look into others. Reading files stays: fonts and character maps. */
static void shut_in(void)
{
	static const unsigned refused[] = { SYS_socket, SYS_socketpair, SYS_connect, SYS_bind, SYS_execve, SYS_execveat, SYS_ptrace,
		SYS_process_vm_readv, SYS_process_vm_writev, SYS_unlinkat, SYS_renameat2, SYS_mkdirat, SYS_linkat, SYS_symlinkat, SYS_fchmodat,
		SYS_kill, SYS_tkill, SYS_mount, SYS_bpf, SYS_perf_event_open,
#ifdef SYS_fork
		SYS_fork, SYS_vfork, SYS_unlink, SYS_rename, SYS_mkdir, SYS_rmdir, SYS_link, SYS_symlink, SYS_chmod,
#endif
	};
#if defined(__x86_64__)
	const unsigned machine = AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
	const unsigned machine = AUDIT_ARCH_AARCH64;
#else
	const unsigned machine = 0;
#endif
	struct sock_filter filter[8 + 2 * COUNT(refused)];
	unsigned short n = 0;
	if (!machine) return;
	filter[n++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch));
	filter[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, machine, 1, 0);
	filter[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS);
	filter[n++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr));
	for (size_t i = 0; i < COUNT(refused); i++) {
		filter[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, refused[i], 0, 1);
		filter[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM);
	}
	filter[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return;
	prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &(struct sock_fprog){ .len = n, .filter = filter });
}

static void live_small(void)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	prctl(PR_SET_DUMPABLE, 0);
	limit(RLIMIT_CPU, FACTURX_SECONDS - 3);
	limit(RLIMIT_CORE, 0);
	limit(RLIMIT_FSIZE, 0); /* files only: the answer goes into a pipe */
	limit(RLIMIT_NOFILE, 64);
#ifndef SANITIZED
	limit(RLIMIT_AS, (rlim_t)1 << 30);
#endif
	shut_in();
}

/* --- saying ---------------------------------------------------------------------------------------------------------------------------- */
static void say_bytes(const char *bytes, size_t len)
{
	while (len) {
		ssize_t n = write(STDOUT_FILENO, bytes, len);
		if (n < 0 && errno == EINTR) continue;
		if (n <= 0) _exit(1);
		bytes += n, len -= (size_t)n;
	}
}

static void say(uint32_t kind, const char *name, const char *bytes, size_t len)
{
	size_t name_len = name ? strlen(name) : 0;
	say_bytes((const char *)&(struct facturx_record){ kind, (uint32_t)name_len, (uint32_t)len }, sizeof(struct facturx_record));
	say_bytes(name, name_len);
	say_bytes(bytes, len);
}

/* --- looking ----------------------------------------------------------------------------------------------------------------------------- */
static gboolean gather(const gchar *bytes, gsize len, gpointer to, GError **error)
{
	(void)error;
	struct text *text = to;
	if (text->len + len > FACTURX_XML_MAX) return FALSE;
	text_add_bytes(text, bytes, len);
	return TRUE;
}

static void say_attachments(PopplerDocument *document)
{
	size_t total = 0;
	int count = 0;
	for (GList *at = poppler_document_get_attachments(document); at && count < ATTACHMENTS_MAX; at = at->next, count++) {
		PopplerAttachment *attachment = at->data;
		struct text content = { 0 };
		const char *name = attachment->name ? attachment->name : "";
		if (poppler_attachment_save_to_callback(attachment, gather, &content, NULL) && total + content.len <= FACTURX_XML_MAX && strlen(name) < 4096) {
			total += content.len;
			say(RECORD_ATTACHMENT, name, text_cstr(&content), content.len);
		}
		text_free(&content);
	}
}

static void say_text(PopplerDocument *document)
{
	struct text all = { 0 };
	int pages = poppler_document_get_n_pages(document);
	for (int i = 0; i < pages && i < TEXT_PAGES; i++) {
		PopplerPage *page = poppler_document_get_page(document, i);
		char *text = page ? poppler_page_get_text(page) : NULL;
		if (text && all.len + strlen(text) + 1 <= FACTURX_TEXT_MAX) text_add(&all, text), text_add_char(&all, '\n');
		g_free(text);
		if (page) g_object_unref(page);
	}
	say(RECORD_TEXT, NULL, text_cstr(&all), all.len);
}

int facturx_child(void)
{
	struct stat stat;
	if (fstat(STDIN_FILENO, &stat) != 0 || stat.st_size <= 0 || stat.st_size > FACTURX_PDF_MAX) return 2;
	size_t len = (size_t)stat.st_size;
	void *bytes = mmap(NULL, len, PROT_READ, MAP_PRIVATE, STDIN_FILENO, 0);
	if (bytes == MAP_FAILED) return 2;
	live_small();
	GError *error = NULL;
	PopplerDocument *document = poppler_document_new_from_bytes(g_bytes_new_static(bytes, len), NULL, &error);
	if (!document) {
		bool locked = error && error->domain == POPPLER_ERROR && error->code == POPPLER_ERROR_ENCRYPTED;
		say(locked ? RECORD_LOCKED : RECORD_DAMAGED, NULL, NULL, 0);
		_exit(0);
	}
	say_attachments(document);
	say_text(document);
	say(RECORD_END, NULL, NULL, 0);
	_exit(0); /* no tidying up behind a document that may have broken things */
}
