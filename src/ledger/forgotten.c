#include "ledger/forgotten.h"

#include "base/email.h"
#include "base/memory.h"
#include "base/text.h"

#include <sodium.h>
#include <string.h>

enum { HASH = 32, KEY = 32 };

/* Absent until something is erased: *found says whether there is one. */
static struct status key_load(struct db *db, int64_t tenant, int64_t company, unsigned char key[static KEY], bool *found)
{
	*found = false;
	cleanup_rows struct rows *rows = db_query(db, "SELECT hash FROM forgotten WHERE tenant_id = $tenant AND company_id = $company AND kind = 'key'",
	                                          DB_ARGS(db_int("tenant", tenant), db_int("company", company)));
	if (rows_next(rows)) {
		size_t len = 0;
		const void *bytes = row_blob(rows, 0, &len);
		if (len == KEY) memcpy(key, bytes, KEY), *found = true;
	}
	return rows_status(rows);
}

static struct status insert(struct change *change, const char *kind, const unsigned char *hash, int64_t erasure_id)
{
	return db_run(change->db,
	              "INSERT INTO forgotten (tenant_id, company_id, kind, hash, erasure_id) VALUES ($tenant, $company, $kind, $hash, $erasure)"
	              " ON CONFLICT (tenant_id, company_id, kind, hash) DO UPDATE SET erasure_id = excluded.erasure_id",
	              DB_ARGS(db_int("tenant", change->company.tenant_id), db_int("company", change->company.id), db_text("kind", kind), db_blob("hash", hash, HASH),
	                      db_int("erasure", erasure_id)));
}

void forgotten_digits(const char *phone, char *out, size_t size)
{
	size_t len = 0;
	for (const char *c = phone; *c && len + 1 < size; c++)
		if (*c >= '0' && *c <= '9') out[len++] = *c;
	out[len] = 0;
	if (strncmp(out, "00", 2) == 0) memmove(out, out + 2, len - 1);
	else if (len == 10 && out[0] == '0' && size > 12) memmove(out + 2, out + 1, len), out[0] = out[1] = '3';
}

static bool digest_of(const unsigned char key[static KEY], const char *kind, const struct forgotten_who *who, unsigned char out[static HASH])
{
	cleanup_text struct text folded = { 0 };
	char plain[160] = "";
	if (strcmp(kind, "email") == 0) {
		if (!who->email || !email_fold(who->email, plain, sizeof plain)) return false;
	} else if (strcmp(kind, "phone") == 0) {
		if (!who->phone) return false;
		forgotten_digits(who->phone, plain, sizeof plain);
		if (strlen(plain) < 6) return false;
	} else {
		cleanup_free char *name = text_normalise(who->name ? who->name : "", who->name ? strlen(who->name) : 0);
		if (!*name) return false;
		text_addf(&folded, "%lld %s", (long long)who->customer_id, name);
	}
	text_add(&folded, plain);
	crypto_generichash(out, HASH, (const unsigned char *)folded.bytes, folded.len, key, KEY);
	return true;
}

struct status forgotten_add(struct change *change, int64_t erasure_id, const struct forgotten_who *who)
{
	static const char *const kinds[] = { "email", "phone", "name" };
	unsigned char key[KEY], hash[HASH];
	bool found;
	TRY(key_load(change->db, change->company.tenant_id, change->company.id, key, &found));
	if (!found) {
		randombytes_buf(key, sizeof key);
		TRY(insert(change, "key", key, 0));
	}
	for (size_t i = 0; i < COUNT(kinds); i++)
		if (digest_of(key, kinds[i], who, hash)) TRY(insert(change, kinds[i], hash, erasure_id));
	return STATUS_FINE;
}

struct status forgotten_any(struct db *db, int64_t tenant, int64_t company, bool *any)
{
	unsigned char key[KEY];
	return key_load(db, tenant, company, key, any);
}

struct status forgotten_find(struct db *db, int64_t tenant, int64_t company, const struct forgotten_who *who, int32_t *day)
{
	unsigned char key[KEY], hash[HASH];
	bool found;
	*day = DAY_NONE;
	TRY(key_load(db, tenant, company, key, &found));
	if (!found) return STATUS_FINE;
	/* a switchboard's number is many persons', a name may be two's: each counts only of who has nothing better */
	const char *kind = who->email && *who->email ? "email" : who->phone && *who->phone ? "phone" : "name";
	if (!digest_of(key, kind, who, hash)) return STATUS_FINE;
	cleanup_rows struct rows *rows = db_query(db,
		"SELECT e.day FROM forgotten f JOIN erasure e ON e.tenant_id = f.tenant_id AND e.company_id = f.company_id AND e.id = f.erasure_id"
		" WHERE f.tenant_id = $tenant AND f.company_id = $company AND f.kind = $kind AND f.hash = $hash AND e.lifted_day IS NULL",
		DB_ARGS(db_int("tenant", tenant), db_int("company", company), db_text("kind", kind), db_blob("hash", hash, HASH)));
	if (rows_next(rows)) *day = row_day(rows, 0);
	return rows_status(rows);
}

struct status forgotten_lift(struct change *change, int64_t erasure_id)
{
	return db_run(change->db, "DELETE FROM forgotten WHERE tenant_id = $tenant AND company_id = $company AND erasure_id = $erasure AND kind <> 'key'",
	              DB_ARGS(db_int("tenant", change->company.tenant_id), db_int("company", change->company.id), db_int("erasure", erasure_id)));
}
