#include "db/seal.h"

#include "base/log.h"
#include "base/memory.h"
#include "base/text.h"
#include "db/internal.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <sys/stat.h>

#define PREFIX "sealed:1:"
enum { KEY = crypto_secretbox_KEYBYTES, NONCE = crypto_secretbox_NONCEBYTES, MAC = crypto_secretbox_MACBYTES,
       HEX = 2 * KEY, BASE64 = sodium_base64_VARIANT_ORIGINAL };

bool seal_is(const char *text)
{
	return strncmp(text, PREFIX, sizeof PREFIX - 1) == 0;
}

static const char *variable(const char *name)
{
	const char *value = getenv(name);
	return value && *value ? value : NULL;
}

/* The file that holds the key; NULL when the store has no place beside it. malloc'd. */
static char *key_path(const struct store *store)
{
	const char *named = variable("ENCOURS_KEY_FILE");
	if (named) return xstrdup(named);
	if (store->kind != DB_SQLITE) return NULL;
	cleanup_text struct text path = { 0 };
	text_addf(&path, "%s.key", store->where);
	return text_take(&path);
}

bool seal_ready(const struct store *store)
{
	cleanup_free char *path = key_path(store);
	return variable("ENCOURS_KEY") || path;
}

static bool read_hex(const char *hex, unsigned char key[KEY])
{
	size_t len = 0;
	struct slice trimmed = slice_trim(slice_of(hex));
	return trimmed.len == HEX && sodium_hex2bin(key, KEY, trimmed.bytes, trimmed.len, NULL, &len, NULL) == 0 && len == KEY;
}

static struct status read_file(const char *path, unsigned char key[KEY], bool *there)
{
	char hex[HEX + 16] = "";
	cleanup_fd int fd = open(path, O_RDONLY | O_CLOEXEC);
	*there = fd >= 0;
	if (fd < 0 && errno == ENOENT) return STATUS_FINE;
	struct stat stat;
	ssize_t len = fd < 0 ? -1 : read(fd, hex, sizeof hex - 1);
	if (len < 0) return status_make(STATUS_UNAVAILABLE, "The key's file %s can't be read: %s.", path, strerror(errno));
	if (fstat(fd, &stat) == 0 && (stat.st_mode & 077))
		log_line(LOG_WARNING, "the key's file %s can be read by others: chmod 600", path);
	bool read = read_hex(hex, key);
	sodium_memzero(hex, sizeof hex);
	return read ? STATUS_FINE : status_make(STATUS_UNAVAILABLE, "The key's file %s holds no key: 64 hexadecimal digits are expected.", path);
}

/* Another process may make it at the same time: whose link comes first has made it, whole. */
static struct status make_file(const char *path, unsigned char key[KEY])
{
	char hex[HEX + 2];
	cleanup_text struct text draft = { 0 };
	text_addf(&draft, "%s.%08x", path, randombytes_random());
	randombytes_buf(key, KEY);
	sodium_bin2hex(hex, sizeof hex, key, KEY);
	hex[HEX] = '\n';
	int fd = open(text_cstr(&draft), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	bool done = fd >= 0 && write(fd, hex, HEX + 1) == HEX + 1 && fsync(fd) == 0;
	int trouble = errno;
	if (fd >= 0) done &= close(fd) == 0;
	sodium_memzero(hex, sizeof hex);
	bool first = done && link(text_cstr(&draft), path) == 0;
	if (done && !first) trouble = errno;
	unlink(text_cstr(&draft));
	if (first) {
		log_line(LOG_INFO, "key made: %s; keep a copy of it apart from the store", path);
		return STATUS_FINE;
	}
	bool there = false;
	if (done && trouble == EEXIST) return read_file(path, key, &there);
	return status_make(STATUS_UNAVAILABLE, "The key's file %s can't be made: %s.", path, strerror(trouble));
}

static struct status find_key(const struct store *store, bool make, unsigned char key[KEY])
{
	const char *given = variable("ENCOURS_KEY");
	if (given)
		return read_hex(given, key) ? STATUS_FINE : status_make(STATUS_UNAVAILABLE, "ENCOURS_KEY holds no key: 64 hexadecimal digits are expected.");
	cleanup_free char *path = key_path(store);
	if (!path)
		return status_make(STATUS_UNAVAILABLE, "There is no key for passwords kept in this store: set ENCOURS_KEY or ENCOURS_KEY_FILE (docs/operations.md).");
	bool there = false;
	TRY(read_file(path, key, &there));
	if (there) return STATUS_FINE;
	if (make) return make_file(path, key);
	return status_make(STATUS_UNAVAILABLE, "The key of this store's passwords is missing: %s. Put it back, or enter the password again.", path);
}

struct status seal_close(const struct store *store, const char *plain, char **out)
{
	unsigned char key[KEY];
	TRY(find_key(store, true, key));
	size_t len = strlen(plain), sealed_len = NONCE + MAC + len;
	cleanup_free unsigned char *sealed = xmalloc(sealed_len);
	randombytes_buf(sealed, NONCE);
	crypto_secretbox_easy(sealed + NONCE, (const unsigned char *)plain, len, sealed, key);
	sodium_memzero(key, sizeof key);
	size_t room = sodium_base64_encoded_len(sealed_len, BASE64);
	char *text = xmalloc(sizeof PREFIX - 1 + room);
	memcpy(text, PREFIX, sizeof PREFIX - 1);
	sodium_bin2base64(text + sizeof PREFIX - 1, room, sealed, sealed_len, BASE64);
	*out = text;
	return STATUS_FINE;
}

struct status seal_open(const struct store *store, const char *sealed, char **out)
{
	unsigned char key[KEY];
	const char *encoded = sealed + sizeof PREFIX - 1;
	size_t room = strlen(encoded), len = 0;
	cleanup_free unsigned char *bytes = xmalloc(room + 1);
	if (!seal_is(sealed) || sodium_base642bin(bytes, room, encoded, room, NULL, &len, NULL, BASE64) != 0 || len < NONCE + MAC)
		return status_make(STATUS_UNAVAILABLE, "A password kept in this store is damaged. Enter it again.");
	TRY(find_key(store, false, key));
	char *plain = xcalloc(len - NONCE - MAC + 1, 1);
	int opened = crypto_secretbox_open_easy((unsigned char *)plain, bytes + NONCE, len - NONCE, bytes, key);
	sodium_memzero(key, sizeof key);
	if (opened != 0) {
		free(plain);
		return status_make(STATUS_UNAVAILABLE, "A password kept in this store was sealed with another key. Use that key, or enter the password again.");
	}
	*out = plain;
	return STATUS_FINE;
}
