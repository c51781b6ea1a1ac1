#include "book/snapshot.h"

#include "base/memory.h"
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

size_t snapshot_least_items = 50000;

/* --- the file ------------------------------------------------------------------------------------------------------------------ */
/* A header, then the people, then each block: arrays as they are in memory, each padded to 8 bytes. Numbers are those of the machine:
 * a file of another kind of machine fails on its magic. */
static const uint64_t MAGIC = 0x31306B6F6F42634Eull; /* and the order of bytes */
enum { FORMAT = 1 };

struct head {
	uint64_t magic, checksum;             /* of all that follows these two words */
	uint32_t format, schema;
	char build[32];
	int64_t tenant, company, mark, life, rev;
	char currency[8];
	uint64_t bytes;                       /* of the file */
	uint64_t blocks, people, texts;
	uint64_t rows_size;                   /* of a person's row: another build may have another */
};
struct block_head {
	uint64_t items, settlements, segments, customers, texts, origins, currencies;
	int64_t id_base;
	int32_t issue_first, issue_last, posting_first, unused;
};

/* Four lanes, each step a bijection of its word: any change of a word changes the sum. */
struct sum {
	uint64_t lane[4];
};
static const uint64_t STEP = 0x9FB21C651E98DF25ull;

static uint64_t turn(uint64_t lane, uint64_t word)
{
	lane = (lane ^ word) * STEP;
	return lane ^ lane >> 32;
}

static void sum_words(struct sum *sum, const void *bytes, size_t len)
{
	const unsigned char *at = bytes;
	uint64_t a = sum->lane[0], b = sum->lane[1], c = sum->lane[2], d = sum->lane[3];
	for (; len >= 32; len -= 32, at += 32) {
		uint64_t words[4];
		memcpy(words, at, 32);
		a = turn(a, words[0]), b = turn(b, words[1]), c = turn(c, words[2]), d = turn(d, words[3]);
	}
	for (; len >= 8; len -= 8, at += 8) {
		uint64_t word;
		memcpy(&word, at, 8);
		uint64_t rest = a;
		a = turn(b, word), b = c, c = d, d = rest; /* lanes move on, so that order counts */
	}
	*sum = (struct sum){ { a, b, c, d } };
}

static uint64_t sum_end(const struct sum *sum)
{
	uint64_t all = 0;
	for (int i = 0; i < 4; i++) all = turn(all, sum->lane[i]);
	return all;
}

static size_t padded(size_t len)
{
	return (len + 7) & ~(size_t)7;
}

/* --- writing ------------------------------------------------------------------------------------------------------------------- */

struct writer {
	FILE *file;
	struct sum sum;
	uint64_t bytes;
	bool failed;
};

static void put(struct writer *writer, const void *bytes, size_t len)
{
	size_t whole = len & ~(size_t)7, tail = len - whole;
	unsigned char last[8] = { 0 };
	if (whole) {
		sum_words(&writer->sum, bytes, whole);
		if (fwrite(bytes, 1, whole, writer->file) != whole) writer->failed = true;
	}
	if (tail) {
		memcpy(last, (const unsigned char *)bytes + whole, tail);
		sum_words(&writer->sum, last, 8);
		if (fwrite(last, 1, 8, writer->file) != 8) writer->failed = true;
	}
	writer->bytes += padded(len);
}

static uint32_t text_place(struct text *texts, const char *text)
{
	if (!*text) return 0;
	size_t at = texts->len;
	text_add_bytes(texts, text, strlen(text) + 1);
	return (uint32_t)at;
}

/* A person's row with places in the texts instead of pointers. */
struct person_row {
	int64_t id, collector_id, sales_id, credit_limit, supplier_balance;
	uint32_t code, name, group_code, class, profile, scenario, generic;
	int32_t insolvency_day;
	uint8_t key_account, stopped, presented, unused[5];
};

static void put_people(struct writer *writer, const struct people *people, struct text *texts)
{
	struct person_row *rows = xcalloc(people->count + 1, sizeof *rows);
	text_add_char(texts, 0);
	for (size_t i = 0; i < people->count; i++) {
		const struct book_customer *c = &people->rows[i];
		rows[i] = (struct person_row){ .id = c->id, .collector_id = c->collector_id, .sales_id = c->sales_id,
			.credit_limit = c->credit_limit, .supplier_balance = c->supplier_balance, .code = text_place(texts, c->code),
			.name = text_place(texts, c->name), .group_code = text_place(texts, c->group_code), .class = text_place(texts, c->class),
			.profile = text_place(texts, c->profile), .scenario = text_place(texts, c->scenario),
			.generic = text_place(texts, c->generic), .insolvency_day = c->insolvency_day, .key_account = c->key_account,
			.stopped = c->stopped, .presented = c->presented };
	}
	put(writer, rows, people->count * sizeof *rows);
	put(writer, people->by_id, people->count * sizeof *people->by_id);
	put(writer, texts->bytes, texts->len);
	free(rows);
}

/* The arrays of a block in the order of the file; reading uses the same list. */
#define BLOCK_ARRAYS(each)                                                                                                      \
	each(amount, items) each(posting, items) each(due, items) each(issue, items) each(id, items) each(flags, items)               \
	each(number, items) each(settled, settlements) each(settled_day, settlements) each(settled_due, settlements)                 \
	each(debit, settlements) each(credit, settlements) each(customer_id, customers) each(origins, origins)                       \
	each(currencies, currencies) each(texts, texts)

static void put_block(struct writer *writer, const struct block *block)
{
	struct block_head head = { .items = block->items, .settlements = block->settlements, .segments = block->segments_count,
		.customers = block->customers, .texts = block->texts_len, .origins = block->origins_count, .currencies = block->currencies_count,
		.id_base = block->id_base, .issue_first = block->issue_first, .issue_last = block->issue_last,
		.posting_first = block->posting_first };
	put(writer, &head, sizeof head);
	put(writer, block->segments, head.segments * sizeof *block->segments);
	put(writer, block->customer_segment, (head.customers + 1) * sizeof *block->customer_segment);
#define PUT(name, count) put(writer, block->name, head.count * sizeof *block->name);
	BLOCK_ARRAYS(PUT)
#undef PUT
}

static struct status write_all(FILE *file, const struct snapshot_key *key, const struct book *book)
{
	static const struct status full = { .code = STATUS_UNAVAILABLE, .text = "The snapshot of the book could not be written." };
	struct head head = { .magic = MAGIC, .format = FORMAT, .schema = (uint32_t)key->schema, .build = ENCOURS_VERSION,
		.tenant = key->tenant, .company = key->company, .mark = key->mark, .life = key->life, .rev = book->rev, .blocks = book->block_count,
		.people = book->people->count, .rows_size = sizeof(struct person_row) };
	memcpy(head.currency, book->currency, 4);
	struct writer writer = { .file = file };
	if (fseek(file, sizeof head, SEEK_SET) != 0) return full;
	cleanup_text struct text texts = { 0 };
	put_people(&writer, book->people, &texts);
	for (size_t b = 0; b < book->block_count; b++) put_block(&writer, book->blocks[b]);
	head.texts = texts.len;
	head.bytes = sizeof head + writer.bytes;
	/* the header last: its own words go into the sum after all the others */
	sum_words(&writer.sum, (const unsigned char *)&head + 16, sizeof head - 16);
	head.checksum = sum_end(&writer.sum);
	if (writer.failed || fseek(file, 0, SEEK_SET) != 0 || fwrite(&head, sizeof head, 1, file) != 1 || fflush(file) != 0) return full;
	return STATUS_FINE;
}

static void make_folders(const char *path)
{
	cleanup_free char *folder = xstrdup(path);
	for (char *slash = strchr(folder + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = 0;
		mkdir(folder, 0700); /* what is wrong, opening the file will say */
		*slash = '/';
	}
}

struct status snapshot_write(const char *path, const struct snapshot_key *key, const struct book *book)
{
	cleanup_text struct text fresh = { 0 };
	text_addf(&fresh, "%s.%llx.new", path, (unsigned long long)key->mark); /* two servers may write at once */
	make_folders(path);
	int fd = open(text_cstr(&fresh), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	FILE *file = fd >= 0 ? fdopen(fd, "w+") : NULL;
	if (!file) {
		if (fd >= 0) close(fd);
		return status_make(STATUS_UNAVAILABLE, "The folder of the book's snapshot can't be written.");
	}
	struct status status = write_all(file, key, book);
	if (fclose(file) != 0 && !status.code) status = status_make(STATUS_UNAVAILABLE, "The snapshot of the book could not be written.");
	/* no fsync: a file that a crash cut short fails its checksum */
	if (!status.code && rename(text_cstr(&fresh), path) != 0)
		status = status_make(STATUS_UNAVAILABLE, "The snapshot of the book could not be put at its place.");
	if (status.code) unlink(text_cstr(&fresh));
	return status;
}

/* --- reading -------------------------------------------------------------------------------------------------------------------- */

struct reader {
	int fd;                        /* -1: from memory */
	const unsigned char *bytes;
	size_t left;
	struct sum sum;
	bool failed;
};

static void take(struct reader *reader, void *out, size_t len)
{
	size_t size = padded(len);
	if (reader->failed || size > reader->left) {
		reader->failed = true;
		return;
	}
	reader->left -= size;
	if (reader->fd < 0) {
		memcpy(out, reader->bytes, len);
		sum_words(&reader->sum, reader->bytes, len & ~(size_t)7); /* as it was written */
		if (size > (len & ~(size_t)7)) sum_words(&reader->sum, reader->bytes + (len & ~(size_t)7), 8);
		reader->bytes += size;
		return;
	}
	/* in pieces that are still in the cache when they are summed */
	unsigned char *to = out, last[8] = { 0 };
	size_t whole = len & ~(size_t)7;
	for (size_t at = 0; at < whole;) {
		size_t piece = whole - at < 256 << 10 ? whole - at : 256 << 10;
		for (size_t got = 0; got < piece;) {
			ssize_t n = read(reader->fd, to + at + got, piece - got);
			if (n <= 0) {
				if (n < 0 && errno == EINTR) continue;
				reader->failed = true;
				return;
			}
			got += (size_t)n;
		}
		sum_words(&reader->sum, to + at, piece);
		at += piece;
	}
	if (whole == len) return;
	if (read(reader->fd, last, 8) != 8) {
		reader->failed = true;
		return;
	}
	sum_words(&reader->sum, last, 8);
	memcpy(to + whole, last, len - whole);
}

/* Room for an array that the file still has bytes for. */
static void *take_array(struct reader *reader, uint64_t count, size_t size)
{
	if (count > reader->left / size) {
		reader->failed = true;
		return xcalloc(1, size);
	}
	void *out = xmalloc_large(((size_t)count + 1) * size);
	take(reader, out, (size_t)count * size);
	return out;
}

static struct people *take_people(struct reader *reader, const struct head *head)
{
	struct person_row *rows = take_array(reader, head->people, sizeof *rows);
	uint32_t *by_id = take_array(reader, head->people, sizeof *by_id);
	char *texts = take_array(reader, head->texts, 1);
	bool fine = !reader->failed && head->people < NOBODY && head->texts > 0 && texts[0] == 0 && texts[head->texts - 1] == 0;
	struct people *people = NULL;
	if (fine) {
		people = xcalloc(1, sizeof *people);
		atomic_init(&people->readers, 1);
		people->count = (size_t)head->people;
		people->rows = xcalloc(people->count + 1, sizeof *people->rows);
		people->by_id = by_id, by_id = NULL;
		people->texts = people_texts_new(), people->stored = -1;
		char *kept = arena_alloc(people->texts->arena, (size_t)head->texts);
		memcpy(kept, texts, (size_t)head->texts);
		for (size_t i = 0; i < people->count && fine; i++) {
			const struct person_row *row = &rows[i];
			const uint32_t places[] = { row->code, row->name, row->group_code, row->class, row->profile, row->scenario, row->generic };
			for (size_t k = 0; k < COUNT(places); k++) fine = fine && places[k] < head->texts;
			fine = fine && people->by_id[i] < people->count;
			if (!fine) break;
			people->rows[i] = (struct book_customer){ .id = row->id, .code = kept + row->code, .name = kept + row->name,
				.group_code = kept + row->group_code, .class = kept + row->class, .profile = kept + row->profile,
				.scenario = kept + row->scenario, .generic = kept + row->generic, .collector_id = row->collector_id,
				.sales_id = row->sales_id, .credit_limit = row->credit_limit, .supplier_balance = row->supplier_balance,
				.key_account = row->key_account, .stopped = row->stopped, .presented = row->presented,
				.insolvency_day = row->insolvency_day };
			fine = i == 0 || strcmp(people->rows[i - 1].code, people->rows[i].code) <= 0;
		}
		for (size_t i = 1; i < people->count && fine; i++)
			fine = people->rows[people->by_id[i - 1]].id <= people->rows[people->by_id[i]].id;
	}
	free(rows), free(by_id), free(texts);
	if (fine) return people;
	reader->failed = true;
	people_release(people);
	return NULL;
}

/* Segments follow each other, within their customers; settlements join a debit and a credit of their own segment. */
static bool segments_fine(const struct block *block)
{
	uint64_t item = 0, settlement = 0;
	for (size_t c = 0; c < block->customers; c++)
		if (block->customer_segment[c] > block->customer_segment[c + 1]) return false;
	if (block->customer_segment[0] != 0 || block->customer_segment[block->customers] != block->segments_count) return false;
	for (size_t s = 0; s < block->segments_count; s++) {
		const struct segment *segment = &block->segments[s];
		uint64_t count = (uint64_t)segment->debits + segment->credits + segment->outside;
		if (segment->customer >= block->customers || segment->currency >= block->currencies_count || segment->first != item ||
		    s < block->customer_segment[segment->customer] || s >= block->customer_segment[segment->customer + 1])
			return false;
		item += count;
		if (segment->settlements > 0 && segment->first_settlement != settlement) return false;
		if (item > block->items || settlement + segment->settlements > block->settlements) return false;
		uint32_t debits = segment->first + segment->debits, credits = debits + segment->credits;
		uint32_t wrong = 0;
		for (uint64_t i = settlement; i < settlement + segment->settlements; i++)
			wrong |= (uint32_t)(block->debit[i] < segment->first) | (uint32_t)(block->debit[i] >= debits) |
			         (uint32_t)(block->credit[i] < debits) | (uint32_t)(block->credit[i] >= credits);
		if (wrong) return false;
		settlement += segment->settlements;
	}
	return item == block->items && settlement == block->settlements;
}

/* No sum of them can overflow. */
static bool amounts_fine(const int64_t *amounts, size_t count)
{
	double all = 0;
	for (size_t i = 0; i < count; i++) all += amounts[i] < 0 ? -(double)amounts[i] : (double)amounts[i];
	return all < 2e18;
}

static bool columns_fine(const struct block *block)
{
	if (!amounts_fine(block->amount, block->items) || !amounts_fine(block->settled, block->settlements)) return false;
	if (block->id_base < INT64_MIN / 2 || block->id_base > INT64_MAX / 2) return false;
	uint32_t wrong = 0;
	for (size_t i = 0; i < block->items; i++) {
		int32_t posting = block->posting[i], issue = block->issue[i], due = block->due[i];
		wrong |= (uint32_t)(block->number[i] >= block->texts_len) | (uint32_t)((block->flags[i] & FLAG_KIND) >= ITEM_KIND_COUNT) |
		         (uint32_t)((block->flags[i] >> FLAG_SOURCE_SHIFT & FLAG_SOURCE) >= DUE_SOURCE_COUNT) |
		         (uint32_t)(issue < block->issue_first) | (uint32_t)(issue > block->issue_last) | (uint32_t)(posting < DAY_MIN) |
		         (uint32_t)(posting > DAY_MAX) | (uint32_t)(due < DAY_MIN) | (uint32_t)(due > DAY_MAX);
	}
	for (size_t i = 0; i < block->settlements; i++) {
		int32_t day = block->settled_day[i], due = block->settled_due[i];
		wrong |= (uint32_t)(day < DAY_MIN) | (uint32_t)(day > DAY_MAX) | (uint32_t)(due < DAY_MIN) | (uint32_t)(due > DAY_MAX);
	}
	if (wrong || (block->items && (block->issue_first < DAY_MIN || block->issue_last > DAY_MAX))) return false;
	for (size_t i = 0; i < block->origins_count; i++)
		if (block->origins[i].item >= block->items || (i > 0 && block->origins[i - 1].item >= block->origins[i].item)) return false;
	for (size_t i = 0; i < block->currencies_count; i++)
		if (block->currencies[i][3] != 0) return false;
	return block->texts_len > 0 && block->texts[block->texts_len - 1] == 0 && block->currencies_count > 0 &&
	       block->currencies_count <= CURRENCIES_MAX;
}

static struct block *take_block(struct reader *reader)
{
	struct block_head head = { 0 };
	take(reader, &head, sizeof head);
	struct block *block = xcalloc(1, sizeof *block);
	atomic_init(&block->readers, 1);
	pthread_mutex_init(&block->kept_lock, NULL);
	if (head.items >= NOBODY || head.settlements >= NOBODY || head.segments >= NOBODY || head.customers >= NOBODY || head.texts >= NOBODY)
		reader->failed = true;
	block->segments = take_array(reader, head.segments, sizeof *block->segments);
	block->customer_segment = take_array(reader, head.customers + 1, sizeof *block->customer_segment);
#define TAKE(name, count) block->name = take_array(reader, head.count, sizeof *block->name);
	BLOCK_ARRAYS(TAKE)
#undef TAKE
	if (reader->failed) return block; /* without counts: nothing will look into it */
	block->items = (size_t)head.items, block->settlements = (size_t)head.settlements, block->segments_count = (size_t)head.segments;
	block->customers = (size_t)head.customers, block->texts_len = (size_t)head.texts, block->origins_count = (size_t)head.origins;
	block->currencies_count = (size_t)head.currencies, block->id_base = head.id_base;
	block->issue_first = head.issue_first, block->issue_last = head.issue_last, block->posting_first = head.posting_first;
	if (!columns_fine(block) || !segments_fine(block)) reader->failed = true;
	return block;
}

static struct book *take_book(struct reader *reader, const struct snapshot_key *key, size_t size)
{
	struct head head;
	if (size < sizeof head) return NULL;
	if (reader->fd < 0) {
		memcpy(&head, reader->bytes, sizeof head);
		reader->bytes += sizeof head;
	} else if (read(reader->fd, &head, sizeof head) != sizeof head) {
		return NULL;
	}
	reader->left = size - sizeof head;
	static const char build[sizeof head.build] = ENCOURS_VERSION;
	if (head.magic != MAGIC || head.format != FORMAT || head.schema != (uint32_t)key->schema || memcmp(head.build, build, sizeof build) != 0 ||
	    head.tenant != key->tenant || head.company != key->company || head.mark != key->mark || head.mark == 0 || head.life != key->life || head.bytes != size ||
	    head.rows_size != sizeof(struct person_row) || head.blocks > BLOCKS_MAX || head.currency[3] != 0)
		return NULL;
	struct block *blocks[BLOCKS_MAX];
	size_t count = 0;
	struct people *people = take_people(reader, &head);
	while (!reader->failed && count < head.blocks) blocks[count++] = take_block(reader);
	sum_words(&reader->sum, (const unsigned char *)&head + 16, sizeof head - 16);
	if (!reader->failed && reader->left == 0 && sum_end(&reader->sum) == head.checksum)
		return book_assemble(head.rev, head.currency, blocks, count, people, bounds_new(), NULL);
	for (size_t b = 0; b < count; b++) block_release(blocks[b]);
	people_release(people);
	return NULL;
}

struct book *snapshot_parse(const unsigned char *bytes, size_t len, const struct snapshot_key *key)
{
	struct reader reader = { .fd = -1, .bytes = bytes };
	return take_book(&reader, key, len);
}

void snapshot_seal(unsigned char *bytes, size_t len, const struct snapshot_key *key)
{
	if (len < sizeof(struct head) + sizeof(struct block_head)) return;
	/* the sum follows the pieces of the writing, so the file is read as far as it goes */
	struct head head;
	memcpy(&head, bytes, sizeof head);
	if (key) {
		head.magic = MAGIC, head.format = FORMAT, head.schema = (uint32_t)key->schema;
		memset(head.build, 0, sizeof head.build);
		snprintf(head.build, sizeof head.build, "%s", ENCOURS_VERSION);
		head.tenant = key->tenant, head.company = key->company, head.mark = key->mark, head.life = key->life;
		head.bytes = len, head.rows_size = sizeof(struct person_row);
		memcpy(bytes, &head, sizeof head);
	}
	struct reader reader = { .fd = -1, .bytes = bytes + sizeof head, .left = len - sizeof head };
	struct people *people = take_people(&reader, &head);
	people_release(people);
	for (uint64_t b = 0; b < head.blocks && b < BLOCKS_MAX && !reader.failed; b++) block_release(take_block(&reader));
	sum_words(&reader.sum, (const unsigned char *)&head + 16, sizeof head - 16);
	uint64_t checksum = sum_end(&reader.sum);
	memcpy(bytes + 8, &checksum, 8);
}

void snapshot_read(const char *path, const struct snapshot_key *key, struct book **out)
{
	*out = NULL;
	cleanup_fd int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	struct stat about;
	if (fd < 0 || fstat(fd, &about) != 0 || !S_ISREG(about.st_mode) || about.st_uid != geteuid()) return;
	struct reader reader = { .fd = fd };
	*out = take_book(&reader, key, (size_t)about.st_size);
}

/* --- the store's side -------------------------------------------------------------------------------------------------------------- */

static uint64_t hash_text(uint64_t hash, const char *text)
{
	for (; *text; text++) hash = (hash ^ (unsigned char)*text) * 0x100000001b3u;
	return hash;
}

char *snapshot_path(struct store *store, int64_t tenant, int64_t company)
{
	const char *folder = getenv("ENCOURS_CACHE"), *home = getenv("HOME"), *cache = getenv("XDG_CACHE_HOME");
	if (folder && strcmp(folder, "none") == 0) return NULL;
	struct text path = { 0 };
	/* the same store by another way to say it is the same */
	cleanup_free char *real = store_kind(store) == DB_SQLITE ? realpath(store_where(store), NULL) : NULL;
	const char *where = real ? real : store_where(store);
	if (folder && *folder) text_addf(&path, "%s/", folder);
	else if (store_kind(store) == DB_SQLITE) text_addf(&path, "%s.books/", where);
	else if (cache && *cache) text_addf(&path, "%s/encours/", cache);
	else if (home && *home) text_addf(&path, "%s/.cache/encours/", home);
	else return NULL;
	/* of this store, also when several share the folder */
	text_addf(&path, "%016llx-%lld-%lld.book", (unsigned long long)hash_text(0xcbf29ce484222325u, where), (long long)tenant,
	          (long long)company);
	return text_take(&path);
}

/* One mark per server and place: several servers on one store keep their own files. */
static void mark_name(const char *path, char out[static 32])
{
	char host[256] = "";
	gethostname(host, sizeof host - 1);
	snprintf(out, 32, "book@%016llx", (unsigned long long)hash_text(hash_text(0xcbf29ce484222325u, path), host));
}

struct status snapshot_expect(struct db *db, const char *path, struct snapshot_key *key)
{
	char name[32];
	bool found;
	int64_t schema = 0;
	mark_name(path, name);
	TRY(db_get_int(db, "SELECT COALESCE(MAX(version), 0) FROM schema_migration", DB_NO_ARGS, &schema, NULL));
	key->schema = (int)schema;
	TRY(store_life(db, &key->life));
	return db_get_int(db, "SELECT value FROM counter WHERE tenant_id = $tenant AND company_id = $company AND name = $name",
	                  DB_ARGS(db_int("tenant", key->tenant), db_int("company", key->company), db_text("name", name)), &key->mark, &found);
}

static struct status write_mark(struct db *db, const struct snapshot_key *key, const char *path)
{
	char name[32];
	int64_t life;
	mark_name(path, name);
	TRY(store_life(db, &life));
	/* restored meanwhile: the file is of the life before, and stays without a mark */
	if (life != key->life) return status_make(STATUS_CONFLICT, "The store was restored meanwhile.");
	return db_run(db, "INSERT INTO counter (tenant_id, company_id, name, value) VALUES ($tenant, $company, $name, $mark)"
	              " ON CONFLICT (tenant_id, company_id, name) DO UPDATE SET value = excluded.value",
	              DB_ARGS(db_int("tenant", key->tenant), db_int("company", key->company), db_text("name", name), db_int("mark", key->mark)));
}

struct status snapshot_keep(struct store *store, const char *path, const struct snapshot_key *loaded, const struct book *book)
{
	struct snapshot_key key = *loaded;
	key.mark = 0;
	while (key.mark <= 0) randombytes_buf(&key.mark, sizeof key.mark);
	TRY(snapshot_write(path, &key, book));
	struct db *db;
	TRY(store_writer(store, &db)); /* once: whoever writes now goes first, and the next start does without */
	struct status status = db_begin(db, DB_WRITE);
	if (!status.code) status = write_mark(db, &key, path);
	if (!status.code) status = db_commit(db);
	store_release(store, db);
	return status;
}
