#include "intake/feed_place.h"

#include "base/log.h"
#include "base/memory.h"

#include <curl/curl.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <pthread.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

enum { SETTLED_SECONDS = 5, SECRET_MAX = 4096, LISTING_MAX = 1 << 20, IDLE_SECONDS = 60, CONNECT_SECONDS = 20 };
#define DOWNLOAD_MAX (INT64_C(4) << 30)

static bool wanted(const struct feed *feed, const char *name)
{
	size_t len = strlen(name);
	if (len == 0 || name[0] == '.' || strchr(name, '/')) return false;
	/* what another program is still writing */
	static const char *const unfinished[] = { ".tmp", ".part", ".filepart", ".crdownload", ".writing" };
	for (size_t i = 0; i < COUNT(unfinished); i++)
		if (len > strlen(unfinished[i]) && strcmp(name + len - strlen(unfinished[i]), unfinished[i]) == 0) return false;
	return !*feed->pattern || fnmatch(feed->pattern, name, 0) == 0;
}

static int by_age(const void *a, const void *b)
{
	const struct feed_entry *x = a, *y = b;
	if (x->changed_at != y->changed_at) return x->changed_at < y->changed_at ? -1 : 1;
	return strcmp(x->name, y->name);
}

struct entries {
	struct arena *arena;
	struct feed_entry *rows;
	size_t count, cap;
};

static void entries_add(struct entries *entries, const char *name, int64_t size, int64_t changed_at)
{
	if (entries->count == entries->cap) {
		size_t cap = entries->cap ? entries->cap * 2 : 32;
		struct feed_entry *bigger = arena_array(entries->arena, struct feed_entry, cap);
		if (entries->count) memcpy(bigger, entries->rows, entries->count * sizeof *bigger);
		entries->rows = bigger, entries->cap = cap;
	}
	entries->rows[entries->count++] = (struct feed_entry){ .name = arena_strdup(entries->arena, name), .size = size, .changed_at = changed_at };
}

/* --- a folder of this machine --------------------------------------------------------------------------------------------------- */
static struct status folder_list(const struct feed *feed, struct entries *entries)
{
	int64_t now = (int64_t)time(NULL); /* the disk's clock, whatever the business date: what was written just now may not be whole */
	DIR *folder = opendir(feed->location);
	if (!folder) return status_make(STATUS_UNAVAILABLE, "The folder %s can't be read: %s.", feed->location, strerror(errno));
	for (struct dirent *found; (found = readdir(folder)) != NULL && entries->count < (size_t)FEED_FILES_MAX * 50;) {
		struct stat stat;
		if (!wanted(feed, found->d_name) || fstatat(dirfd(folder), found->d_name, &stat, AT_SYMLINK_NOFOLLOW) != 0) continue;
		if (!S_ISREG(stat.st_mode) || stat.st_size == 0 || stat.st_mtime > now - SETTLED_SECONDS) continue;
		entries_add(entries, found->d_name, stat.st_size, stat.st_mtime);
	}
	closedir(folder);
	return STATUS_FINE;
}

static bool make_folder(const char *path)
{
	return mkdir(path, 0750) == 0 || errno == EEXIST;
}

void feed_place_put_away(const struct feed *feed, const struct feed_entry *entry, bool done)
{
	if (feed->kind != FEED_FOLDER) return;
	cleanup_arena struct arena *arena = arena_new();
	const char *folder = arena_printf(arena, "%s/%s", feed->location, done ? "done" : "waiting");
	const char *from = arena_printf(arena, "%s/%s", feed->location, entry->name), *to = arena_printf(arena, "%s/%s", folder, entry->name);
	if (!make_folder(folder)) return; /* may not be written: the file is known by name, size and time */
	for (int i = 2; access(to, F_OK) == 0 && i < 1000; i++) to = arena_printf(arena, "%s/%d-%s", folder, i, entry->name);
	if (access(to, F_OK) != 0 && rename(from, to) != 0) log_line(LOG_INFO, "feed=%lld %s stays where it is: %s", (long long)feed->id, entry->name, strerror(errno));
}

/* --- over the network --------------------------------------------------------------------------------------------------------------- */
static void start(void)
{
	curl_global_init(CURL_GLOBAL_DEFAULT);
}

/* The first line of the secret's file: a password, or a whole header for HTTPS ("Authorization: Bearer …"). */
static struct status read_secret(const struct feed *feed, char *out, size_t size)
{
	*out = 0;
	if (!*feed->secret_file) return STATUS_FINE;
	cleanup_file FILE *file = fopen(feed->secret_file, "re");
	if (!file || !fgets(out, (int)size, file)) return status_make(STATUS_UNAVAILABLE, "The secret's file can't be read: %s.", strerror(errno));
	out[strcspn(out, "\r\n")] = 0;
	return STATUS_FINE;
}

static bool is_key_file(const char *path)
{
	cleanup_file FILE *file = fopen(path, "re");
	char line[64] = "";
	return file && fgets(line, sizeof line, file) && strncmp(line, "-----BEGIN", 10) == 0;
}

static bool to_this_machine(const char *url)
{
	static const char *const hosts[] = { "http://127.0.0.1:", "http://127.0.0.1/", "http://localhost:", "http://localhost/", "http://[::1]:" };
	for (size_t i = 0; i < COUNT(hosts); i++)
		if (strncmp(url, hosts[i], strlen(hosts[i])) == 0) return true;
	return false;
}

struct call {
	CURL *curl;
	struct curl_slist *headers;
	char error[CURL_ERROR_SIZE], secret[SECRET_MAX], etag[200];
};

static size_t read_header(char *bytes, size_t size, size_t count, void *context)
{
	struct call *call = context;
	size_t len = size * count;
	if (len > 6 && strncasecmp(bytes, "etag:", 5) == 0) {
		size_t from = 5, kept = 0;
		while (from < len && bytes[from] == ' ') from++;
		while (from < len && bytes[from] != '\r' && bytes[from] != '\n' && kept + 1 < sizeof call->etag) call->etag[kept++] = bytes[from++];
		call->etag[kept] = 0;
	}
	return len;
}

static struct status call_begin(const struct feed *feed, const char *url, struct call *call)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	pthread_once(&once, start);
	*call = (struct call){ .curl = curl_easy_init() };
	if (!call->curl) return status_make(STATUS_UNAVAILABLE, "The connection could not be made.");
	bool sftp = feed->kind == FEED_SFTP, key = sftp && *feed->secret_file && is_key_file(feed->secret_file);
	if (!key) {
		struct status status = read_secret(feed, call->secret, sizeof call->secret);
		if (status.code) return curl_easy_cleanup(call->curl), call->curl = NULL, status;
	}
	CURL *curl = call->curl;
	curl_easy_setopt(curl, CURLOPT_URL, url);
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, sftp ? "sftp" : to_this_machine(url) ? "http" : "https");
	curl_easy_setopt(curl, CURLOPT_REDIR_PROTOCOLS_STR, "https");
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_SECONDS);
	curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, 1L);
	curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, (long)IDLE_SECONDS);
	curl_easy_setopt(curl, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)DOWNLOAD_MAX);
	curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, call->error);
	curl_easy_setopt(curl, CURLOPT_FILETIME, 1L);
	if (sftp) {
		curl_easy_setopt(curl, CURLOPT_SSH_HOST_PUBLIC_KEY_SHA256, feed->host_key);
		curl_easy_setopt(curl, CURLOPT_SSH_AUTH_TYPES, key ? (long)CURLSSH_AUTH_PUBLICKEY : (long)CURLSSH_AUTH_PASSWORD | (long)CURLSSH_AUTH_KEYBOARD);
		if (key) curl_easy_setopt(curl, CURLOPT_SSH_PRIVATE_KEYFILE, feed->secret_file);
		else curl_easy_setopt(curl, CURLOPT_PASSWORD, call->secret);
		return STATUS_FINE;
	}
	if (*call->secret) call->headers = curl_slist_append(call->headers, call->secret);
	if (*feed->etag) {
		cleanup_text struct text header = { 0 };
		text_addf(&header, "If-None-Match: %s", feed->etag);
		call->headers = curl_slist_append(call->headers, text_cstr(&header));
	}
	if (call->headers) curl_easy_setopt(curl, CURLOPT_HTTPHEADER, call->headers);
	curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, read_header);
	curl_easy_setopt(curl, CURLOPT_HEADERDATA, call);
	curl_easy_setopt(curl, CURLOPT_FAILONERROR, 1L);
	curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 1L);
	curl_easy_setopt(curl, CURLOPT_MAXREDIRS, 3L);
	curl_easy_setopt(curl, CURLOPT_ACCEPT_ENCODING, "");
	return STATUS_FINE;
}

static void call_end(struct call *call)
{
	curl_slist_free_all(call->headers);
	if (call->curl) curl_easy_cleanup(call->curl);
	memset(call->secret, 0, sizeof call->secret);
}

static struct status failed(const struct call *call, CURLcode code)
{
	long http = 0;
	curl_easy_getinfo(call->curl, CURLINFO_RESPONSE_CODE, &http);
	switch (code) {
	case CURLE_COULDNT_RESOLVE_HOST: return status_make(STATUS_UNAVAILABLE, "The server's name is not known.");
	case CURLE_COULDNT_CONNECT: return status_make(STATUS_UNAVAILABLE, "The server does not answer.");
	case CURLE_LOGIN_DENIED: return status_make(STATUS_UNAVAILABLE, "The server refused the login.");
	case CURLE_PEER_FAILED_VERIFICATION: return status_make(STATUS_UNAVAILABLE, "The server is not the one that was named: its key or certificate differs.");
	case CURLE_OPERATION_TIMEDOUT: return status_make(STATUS_UNAVAILABLE, "The server took too long to answer.");
	case CURLE_FILESIZE_EXCEEDED: return status_make(STATUS_UNAVAILABLE, "The file is over %d GB.", (int)(DOWNLOAD_MAX >> 30));
	case CURLE_HTTP_RETURNED_ERROR: return status_make(STATUS_UNAVAILABLE, "The server answered with the error %ld.", http);
	default: return status_make(STATUS_UNAVAILABLE, "The connection broke (%.120s).", call->error[0] ? call->error : curl_easy_strerror(code));
	}
}

static size_t gather(char *bytes, size_t size, size_t count, void *context)
{
	struct text *text = context;
	if (text->len + size * count > LISTING_MAX) return 0;
	text_add_bytes(text, bytes, size * count);
	return size * count;
}

static size_t skip(char *bytes, size_t size, size_t count, void *context)
{
	(void)bytes, (void)context;
	return size * count;
}

static char *file_url(const struct feed *feed, const char *name, struct arena *arena)
{
	CURL *curl = curl_easy_init();
	char *escaped = curl ? curl_easy_escape(curl, name, 0) : NULL;
	char *url = arena_printf(arena, "%s%s", feed->location, escaped ? escaped : "");
	curl_free(escaped);
	curl_easy_cleanup(curl);
	return url;
}

/* Size and time of one file. */
static struct status sftp_look(const struct feed *feed, const char *name, struct arena *arena, struct entries *entries)
{
	struct call call;
	TRY(call_begin(feed, file_url(feed, name, arena), &call));
	curl_easy_setopt(call.curl, CURLOPT_NOBODY, 1L);
	curl_easy_setopt(call.curl, CURLOPT_WRITEFUNCTION, skip);
	CURLcode code = curl_easy_perform(call.curl);
	curl_off_t size = -1, changed = 0;
	curl_easy_getinfo(call.curl, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &size);
	curl_easy_getinfo(call.curl, CURLINFO_FILETIME_T, &changed);
	struct status status = code == CURLE_OK ? STATUS_FINE : failed(&call, code);
	call_end(&call);
	if (!status.code && size != 0) entries_add(entries, name, size, changed > 0 ? changed : 0);
	return status;
}

static struct status sftp_list(const struct feed *feed, struct entries *entries)
{
	struct call call;
	cleanup_text struct text listing = { 0 };
	TRY(call_begin(feed, feed->location, &call));
	curl_easy_setopt(call.curl, CURLOPT_DIRLISTONLY, 1L);
	curl_easy_setopt(call.curl, CURLOPT_WRITEFUNCTION, gather);
	curl_easy_setopt(call.curl, CURLOPT_WRITEDATA, &listing);
	CURLcode code = curl_easy_perform(call.curl);
	struct status status = code == CURLE_OK ? STATUS_FINE : failed(&call, code);
	call_end(&call);
	TRY(status);
	int looked = 0;
	for (char *line = listing.bytes, *next; line && *line && looked < FEED_FILES_MAX; line = next) {
		size_t len = strcspn(line, "\r\n");
		next = line + len + strspn(line + len, "\r\n");
		line[len] = 0;
		if (!wanted(feed, line)) continue;
		looked++;
		TRY(sftp_look(feed, line, entries->arena, entries));
	}
	return STATUS_FINE;
}

static const char *url_name(const struct feed *feed, struct arena *arena)
{
	const char *slash = strrchr(feed->location, '/');
	const char *from = slash && slash[1] && slash[1] != '?' ? slash + 1 : "download";
	return arena_strndup(arena, from, strcspn(from, "?#"));
}

struct status feed_place_list(const struct feed *feed, struct arena *arena, struct feed_entry **out, size_t *count)
{
	struct entries entries = { .arena = arena };
	switch (feed->kind) {
	case FEED_FOLDER: TRY(folder_list(feed, &entries)); break;
	case FEED_SFTP: TRY(sftp_list(feed, &entries)); break;
	case FEED_HTTPS: entries_add(&entries, url_name(feed, arena), -1, 0); break; /* what it is shows when it is fetched */
	case FEED_BUSINESS_CENTRAL: case FEED_SAP: case FEED_PENNYLANE: case FEED_ODOO: case FEED_BODACC: case FEED_MAILBOX: case FEED_KINDS: break; /* feed_ask.c */
	}
	if (entries.count) qsort(entries.rows, entries.count, sizeof *entries.rows, by_age);
	*out = entries.rows, *count = entries.count;
	return STATUS_FINE;
}

struct status feed_place_fetch(const struct feed *feed, const struct feed_entry *entry, struct arena *arena, const char **path, bool *temporary,
                               const char **etag, bool *nothing_new)
{
	*temporary = *nothing_new = false, *etag = feed->etag;
	if (feed->kind == FEED_FOLDER) return *path = arena_printf(arena, "%s/%s", feed->location, entry->name), STATUS_FINE;
	const char *folder = getenv("TMPDIR");
	char *name = arena_printf(arena, "%s/encours-feed-XXXXXX", folder && *folder ? folder : "/tmp");
	int fd = mkostemp(name, O_CLOEXEC);
	if (fd < 0) return status_make(STATUS_UNAVAILABLE, "A temporary file could not be made: %s.", strerror(errno));
	cleanup_file FILE *file = fdopen(fd, "wb");
	struct call call;
	struct status status = call_begin(feed, feed->kind == FEED_SFTP ? file_url(feed, entry->name, arena) : feed->location, &call);
	if (!status.code) {
		long http = 0;
		curl_easy_setopt(call.curl, CURLOPT_WRITEDATA, file);
		CURLcode code = curl_easy_perform(call.curl);
		curl_easy_getinfo(call.curl, CURLINFO_RESPONSE_CODE, &http);
		if (code != CURLE_OK) status = failed(&call, code);
		else if (fflush(file) != 0) status = status_make(STATUS_UNAVAILABLE, "The file could not be written here: %s.", strerror(errno));
		*nothing_new = !status.code && http == 304;
		if (!status.code && !*nothing_new) *etag = arena_strdup(arena, call.etag);
		call_end(&call);
	}
	if (status.code || *nothing_new) unlink(name);
	*path = name, *temporary = true;
	return status;
}
