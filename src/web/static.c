#include "web/server.h"

#include "base/asset.h"
#include "base/memory.h"

#include <pthread.h>
#include <sodium.h>
#include <strings.h>
#include <zlib.h>

/* What may be asked for by its ending; anything else is not served. */
static const struct {
	const char *ending, *type;
	bool pack; /* gzip is worth it */
} types[] = {
	{ ".css", "text/css; charset=utf-8", true },         { ".js", "text/javascript; charset=utf-8", true },
	{ ".svg", "image/svg+xml", true },                   { ".woff2", "font/woff2", false },
	{ ".png", "image/png", false },                      { ".ico", "image/x-icon", false },
	{ ".json", "application/json; charset=utf-8", true }, { ".txt", "text/plain; charset=utf-8", true },
};

/* Embedded assets, packed and tagged when first asked for, then kept. */
static struct kept {
	struct asset asset;
	char tag[37];
	char *packed;
	size_t packed_len;
	struct kept *next;
} *kept_first; /* guarded by kept_lock */
static pthread_mutex_t kept_lock = PTHREAD_MUTEX_INITIALIZER;

static void tag_of(const char *bytes, size_t len, char out[static 37])
{
	uint8_t digest[16];
	crypto_generichash(digest, sizeof digest, (const uint8_t *)bytes, len, NULL, 0);
	out[0] = '"';
	sodium_bin2hex(out + 1, 33, digest, sizeof digest);
	memcpy(out + 33, "\"", 2);
}

static void pack(struct kept *kept)
{
	z_stream stream = { .next_in = (Bytef *)(uintptr_t)kept->asset.bytes, .avail_in = (uInt)kept->asset.len };
	if (deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY) != Z_OK) return;
	size_t room = deflateBound(&stream, (uLong)kept->asset.len);
	kept->packed = xmalloc(room);
	stream.next_out = (Bytef *)kept->packed, stream.avail_out = (uInt)room;
	bool whole = deflate(&stream, Z_FINISH) == Z_STREAM_END;
	kept->packed_len = stream.total_out;
	deflateEnd(&stream);
	if (whole && kept->packed_len < kept->asset.len) return;
	free(kept->packed);
	kept->packed = NULL;
}

static const struct kept *keep(const struct asset *asset, bool packing)
{
	pthread_mutex_lock(&kept_lock);
	struct kept *kept = kept_first;
	while (kept && kept->asset.bytes != asset->bytes) kept = kept->next;
	if (!kept) {
		kept = xcalloc(1, sizeof *kept);
		kept->asset = *asset;
		tag_of(asset->bytes, asset->len, kept->tag);
		if (packing) pack(kept);
		kept->next = kept_first;
		kept_first = kept;
	}
	pthread_mutex_unlock(&kept_lock);
	return kept;
}

bool static_serve(struct exchange *x)
{
	const char *path = x->target;
	if (strcmp(path, "/favicon.ico") == 0) path = "/assets/logo.svg";
	if (strncmp(path, "/assets/", 8) != 0) return false;
	x->http_status = 404;
	/* names of the program's own list: nothing is looked up on the disk but with ENCOURS_SOURCE, where no dots climb either */
	for (const char *at = path + 8; *at; at++)
		if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./", *at)) return true;
	if (strstr(path, "..")) return true;
	size_t len = strlen(path), type = 0;
	while (type < COUNT(types) && (len < strlen(types[type].ending) || strcmp(path + len - strlen(types[type].ending), types[type].ending) != 0))
		type++;
	struct asset asset;
	if (type == COUNT(types) || !asset_find(path + 1, &asset)) return true;

	struct kept now; /* with ENCOURS_SOURCE the bytes are new each time */
	const struct kept *kept = &now;
	if (getenv("ENCOURS_SOURCE")) {
		now = (struct kept){ .asset = asset };
		tag_of(asset.bytes, asset.len, now.tag);
	} else {
		kept = keep(&asset, types[type].pack);
	}
	exchange_reply_header(x, "ETag", kept->tag);
	/* an address that names this build never changes; one without is asked about again */
	bool lasting = x->query_text && strncmp(x->query_text, "v=", 2) == 0 && strcmp(x->query_text + 2, x->server->build) == 0;
	exchange_reply_header(x, "Cache-Control", lasting ? "public, max-age=31536000, immutable" : "no-cache");
	if (types[type].pack) exchange_reply_header(x, "Vary", "Accept-Encoding");
	const char *known = exchange_header(x, MHD_HTTP_HEADER_IF_NONE_MATCH);
	if (known && strstr(known, kept->tag)) {
		x->http_status = 304;
		return true;
	}
	x->http_status = 200;
	x->out_type = types[type].type;
	const char *accepted = exchange_header(x, MHD_HTTP_HEADER_ACCEPT_ENCODING);
	bool packed = kept->packed && accepted && strstr(accepted, "gzip");
	if (packed) exchange_reply_header(x, "Content-Encoding", "gzip");
	text_add_bytes(&x->out, packed ? kept->packed : asset.bytes, packed ? kept->packed_len : asset.len);
	return true;
}

/* Of the program itself: its pages and assets travel in it, so one digest speaks for all. */
void static_build(char out[static 24])
{
	crypto_generichash_state state;
	uint8_t digest[16], piece[64 << 10];
	crypto_generichash_init(&state, NULL, 0, sizeof digest);
	cleanup_file FILE *program = fopen("/proc/self/exe", "rb");
	for (size_t len; program && (len = fread(piece, 1, sizeof piece, program)) > 0;) crypto_generichash_update(&state, piece, len);
	crypto_generichash_update(&state, (const uint8_t *)ENCOURS_VERSION, strlen(ENCOURS_VERSION));
	crypto_generichash_final(&state, digest, sizeof digest);
	sodium_bin2hex(out, 17, digest, 8);
}
